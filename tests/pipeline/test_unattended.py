"""The run by the clock: its exit codes, its lines, and the schedules that call it."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from tests.pipeline import tiny

from kgstats.pipeline import schedule, unattended
from kgstats.pipeline.holding import holding
from kgstats.pipeline.limits import Limits, SettingsError, read_limits
from kgstats.workspace import Workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory, root) -> Workspace:
    """A workspace whose path has blanks and letters that shells and schedulers mind."""
    return tiny.lay_out(tmp_path_factory.mktemp("a") / "Sở 100% 'NN' $x {a}", root)


def call(place: Workspace, *given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kgstats.cli", "run", "--workspace", str(place.root), *given],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        cwd="/",
    )


ALWAYS = {"time": str, "level": str, "event": str, "message": str}


def documented(root: Path) -> dict[str, set[str]]:
    """The events of ``--log-json`` with their further fields, as the README lists them."""
    rows = re.findall(r"^\| (`.*?) \| (.*?) \|$", (root / "README.md").read_text("utf-8"), re.M)
    found = {
        event: set(re.findall(r"`(\w+)`", fields.partition(":")[0]))
        for events, fields in rows
        for event in re.findall("`(.*?)`", events)
    }
    assert found["ended"] == {"code"}
    return found


def json_lines(said: str, root: Path) -> list[dict[str, Any]]:
    """Read the lines of ``--log-json``; each is as documented."""
    lines = [json.loads(line) for line in said.splitlines()]
    events = documented(root)
    for line in lines:
        assert {name: type(line.get(name)) for name in ALWAYS} == ALWAYS
        assert dt.datetime.fromisoformat(line["time"]).tzinfo is not None
        assert line["level"] in ("info", "warning", "error")
        assert line.keys() - ALWAYS.keys() <= events[line["event"]], line
        assert str(root.parent) not in json.dumps(line)
    assert [line["event"] for line in lines].count("ended") == 1
    return lines


@pytest.mark.skipif(os.name == "nt", reason="cron and systemd are not of Windows")
def test_the_cron_line_runs_as_it_stands(made):
    line = schedule.cron(made, "06:30")
    fields = line.rstrip("\n").split(" ", 5)
    assert fields[:5] == ["30", "6", "*", "*", "*"]
    # As cron reads it: an escaped percent sign is one, the environment is nearly empty.
    command = fields[5].replace("\\%", "%")
    home = {"HOME": os.environ.get("HOME", "/"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(["/bin/sh", "-c", command], env=home, cwd="/", timeout=300)
    assert done.returncode == unattended.MISSING
    assert (made.outputs(2019) / "html" / "vi" / "money.html").is_file()
    log = schedule.log_file(made).read_text(encoding="utf-8")
    assert "ended with 4" in log and "Rạch Giá: forms 01, 02, 03 are missing" in log
    assert str(made.root) not in log
    assert "letters to the districts: outputs/letters/2019" in log
    letter = next(made.letters(2019).glob("*-rach-gia.txt")).read_text(encoding="utf-8")
    assert "Chưa nhận được báo cáo" in letter


def test_what_is_missing_is_named_on_every_page_it_touches(made, root):
    done = call(made, "--log-json")
    assert done.returncode == unattended.MISSING
    lines = json_lines(done.stdout, root)
    assert lines[-1]["event"] == "ended" and lines[-1]["code"] == unattended.MISSING
    assert sum(line["event"] == "missing" for line in lines) == 14
    assert {"published", "unchanged"} & {line["event"] for line in lines}
    for page in ("money", "index"):
        text = (made.outputs(2019) / "html" / "vi" / f"{page}.html").read_text(encoding="utf-8")
        assert "Số liệu tạm thời" in text and "An Biên" in text
        assert "của U Minh Thượng" not in text.partition("Số liệu tạm thời")[2][:400]
    record = json.loads((made.outputs(2019) / "run.json").read_text(encoding="utf-8"))
    assert record["status"] == "provisional"
    assert len(record["lacking"]) == 14


def systemd_words(unit: str, name: str) -> list[str]:
    line = next(line for line in unit.splitlines() if line.startswith(f"{name}="))
    words = shlex.split(line.partition("=")[2])
    return [word.replace("%%", "%").replace("$$", "$") for word in words]


@pytest.mark.skipif(os.name == "nt", reason="systemd is not of Windows")
def test_the_systemd_unit_runs_as_it_stands(made, tmp_path):
    units = schedule.systemd(made, "06:30")
    service, timer = (units[f"{schedule.name(made)}.{kind}"] for kind in ("service", "timer"))
    words = systemd_words(service, "ExecStart")
    assert words == schedule.command(made)
    done = subprocess.run(words, cwd=made.root, timeout=300, capture_output=True)
    accepted = systemd_words(service, "SuccessExitStatus")
    assert str(done.returncode) in accepted
    assert "OnCalendar=*-*-* 06:30:00" in timer
    if shutil.which("systemd-analyze"):
        for name, text in units.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        checked = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in units)],
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        said = [line for line in checked.stderr.splitlines() if "kgstats" in line]
        assert said == [], checked.stderr


def test_the_windows_task_calls_the_same(made):
    task = ET.fromstring(schedule.windows(made, "06:30").partition("?>")[2])
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    program, *arguments = schedule.command(made)
    arguments += ["--log", str(schedule.log_file(made))]
    assert task.findtext(f".//{space}Command") == program
    assert task.findtext(f".//{space}Arguments") == subprocess.list2cmdline(arguments)
    assert task.findtext(f".//{space}StartBoundary", "").endswith("T06:30:00")
    assert task.findtext(f".//{space}WorkingDirectory") == str(made.root)


# What the Task Scheduler documents of the elements used, in their order where it has one
# (learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema).
DOCUMENTED = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{0}" xmlns:t="{0}"
 targetNamespace="{0}" elementFormDefault="qualified">
<xs:simpleType name="path"><xs:restriction base="xs:string">
 <xs:minLength value="1"/><xs:maxLength value="260"/></xs:restriction></xs:simpleType>
<xs:simpleType name="wait"><xs:restriction base="xs:duration">
 <xs:minInclusive value="PT1M"/><xs:maxInclusive value="P31D"/></xs:restriction></xs:simpleType>
<xs:simpleType name="many"><xs:restriction base="xs:string">
 <xs:pattern value="Parallel|Queue|IgnoreNew|StopExisting"/></xs:restriction></xs:simpleType>
<xs:simpleType name="logon"><xs:restriction base="xs:string">
 <xs:pattern value="S4U|Password|InteractiveToken"/></xs:restriction></xs:simpleType>
<xs:simpleType name="level"><xs:restriction base="xs:string">
 <xs:pattern value="LeastPrivilege|HighestAvailable"/></xs:restriction></xs:simpleType>
<xs:complexType name="none"/>
<xs:element name="Task"><xs:complexType><xs:all>
 <xs:element name="RegistrationInfo" minOccurs="0"><xs:complexType><xs:all>
  <xs:element name="Description" type="xs:string" minOccurs="0"/></xs:all></xs:complexType>
 </xs:element>
 <xs:element name="Triggers"><xs:complexType><xs:sequence>
  <xs:element name="CalendarTrigger"><xs:complexType><xs:sequence>
   <xs:element name="Enabled" type="xs:boolean" minOccurs="0"/>
   <xs:element name="StartBoundary" type="xs:dateTime" minOccurs="0"/>
   <xs:element name="EndBoundary" type="xs:dateTime" minOccurs="0"/>
   <xs:element name="ScheduleByDay"><xs:complexType><xs:all>
    <xs:element name="DaysInterval" type="xs:unsignedInt"/></xs:all></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
 <xs:element name="Principals"><xs:complexType><xs:sequence>
  <xs:element name="Principal"><xs:complexType><xs:all>
   <xs:element name="LogonType" type="logon"/><xs:element name="RunLevel" type="level"/>
  </xs:all><xs:attribute name="id" type="xs:ID"/></xs:complexType></xs:element>
 </xs:sequence></xs:complexType></xs:element>
 <xs:element name="Settings"><xs:complexType><xs:all>
  <xs:element name="MultipleInstancesPolicy" type="many"/>
  <xs:element name="DisallowStartIfOnBatteries" type="xs:boolean"/>
  <xs:element name="StopIfGoingOnBatteries" type="xs:boolean"/>
  <xs:element name="StartWhenAvailable" type="xs:boolean"/>
  <xs:element name="ExecutionTimeLimit" type="xs:duration"/>
  <xs:element name="RestartOnFailure"><xs:complexType><xs:all>
   <xs:element name="Interval" type="wait"/><xs:element name="Count" type="xs:unsignedByte"/>
  </xs:all></xs:complexType></xs:element></xs:all></xs:complexType></xs:element>
 <xs:element name="Actions"><xs:complexType><xs:sequence>
  <xs:element name="Exec"><xs:complexType><xs:all>
   <xs:element name="Command" type="path"/><xs:element name="Arguments" type="xs:string"/>
   <xs:element name="WorkingDirectory" type="path"/></xs:all></xs:complexType></xs:element>
  </xs:sequence><xs:attribute name="Context" type="xs:IDREF"/></xs:complexType></xs:element>
</xs:all><xs:attribute name="version" type="xs:string"/></xs:complexType>
<xs:key name="principals"><xs:selector xpath="t:Principals/t:Principal"/>
 <xs:field xpath="@id"/></xs:key>
<xs:keyref name="context" refer="principals"><xs:selector xpath="t:Actions"/>
 <xs:field xpath="@Context"/></xs:keyref>
</xs:element></xs:schema>"""


def test_the_windows_task_is_what_the_task_scheduler_documents(made):
    from lxml import etree

    told = DOCUMENTED.replace("{0}", "http://schemas.microsoft.com/windows/2004/02/mit/task")
    schema = etree.XMLSchema(etree.fromstring(told))
    text = schedule.windows(made, "06:30").partition("?>")[2]
    schema.assertValid(etree.fromstring(text))
    for wrong in (
        text.replace('id="Author"', 'id="Other"'),
        text.replace("<ScheduleByDay>", "<Enabled>true</Enabled><ScheduleByDay>"),
        text.replace("PT1H", "1 hour"),
    ):
        assert not schema.validate(etree.fromstring(wrong))


def test_a_schedule_is_put_in_force_once(made, tmp_path, monkeypatch):
    table = tmp_path / "table"
    table.write_text("5 5 * * * other\n", encoding="utf-8")
    fake = tmp_path / "crontab"
    fake.write_text(
        f'#!/bin/sh\nif [ "$1" = -l ]; then cat {table}; else cat > {table}.new; '
        f"mv {table}.new {table}; fi\n",
        encoding="utf-8",
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    schedule.install("cron", made, "06:30")
    schedule.install("cron", made, "07:45")
    other = Workspace(tmp_path / made.root.name)
    (other.raw).mkdir(parents=True)
    schedule.install("cron", other, "08:00")
    lines = table.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "5 5 * * * other"
    # Two workspaces of one name, side by side.
    assert [line[:9] for line in lines[1:]] == ["45 7 * * ", "0 8 * * *"]
    schedule.remove("cron", made)
    assert table.read_text(encoding="utf-8").splitlines() == [lines[0], lines[2]]


def test_a_crontab_that_cannot_be_read_is_not_written(made, tmp_path, monkeypatch):
    fake = tmp_path / "crontab"
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for said, taken in (("no crontab for me", True), ("cannot open: locked", False)):
        fake.write_text(
            f"#!/bin/sh\n[ $1 = -l ] && {{ echo {said} >&2; exit 1; }}\ntouch {tmp_path}/written\n",
            encoding="utf-8",
        )
        fake.chmod(0o755)
        if taken:
            schedule.install("cron", made, "06:30")
            (tmp_path / "written").unlink()
        else:
            with pytest.raises(schedule.ScheduleError, match="cannot open: locked"):
                schedule.install("cron", made, "06:30")
            assert not (tmp_path / "written").exists()


def test_no_two_workspaces_have_one_schedule(made, tmp_path):
    other = Workspace(tmp_path / made.root.name)
    assert schedule.name(made) != schedule.name(other)
    assert schedule.systemd(made, "06:30").keys().isdisjoint(schedule.systemd(other, "06:30"))
    assert schedule.name(made) == schedule.name(Workspace(made.root))
    with pytest.raises(schedule.ScheduleError, match="cannot stand in a schedule"):
        schedule.cron(Workspace(tmp_path / "a\n* * * * * x"), "06:30")


def test_every_way_to_end_has_its_exit_code(made, tmp_path, root):
    assert call(made, "--year", "last").returncode == unattended.WRONG_CALL
    assert call(made, "--require", "15").returncode == unattended.MISSING
    empty = Workspace(tmp_path)
    empty.raw.mkdir(parents=True)
    nothing = call(empty, "--year", "auto", "--log-json")
    assert nothing.returncode == unattended.MISSING
    assert json_lines(nothing.stdout, root)[-1]["code"] == unattended.MISSING
    wrong = call(made, "--lang", "fr", "--log-json")
    assert json_lines(wrong.stdout, root)[-1]["code"] == unattended.WRONG_CALL
    with holding(made, "test"):
        held = call(made, "--unattended", "--log-json")
    assert held.returncode == unattended.HELD
    told = json_lines(held.stdout, root)[-1]
    assert (told["event"], told["level"], told["code"]) == ("ended", "error", unattended.HELD)
    assert "a test (process" in told["message"]
    broken = tiny.lay_out(tmp_path / "broken", root)
    tiny.notebook(broken.notebooks / "01_money.ipynb", "1 / 0")
    failed = call(broken, "--year", "auto", "--log-json")
    assert failed.returncode == unattended.FAILED
    lines = json_lines(failed.stdout, root)
    assert any("ZeroDivisionError" in line["message"] for line in lines if "step" in line)
    assert {"planned", "started", "failed", "unpublished"} <= {line["event"] for line in lines}
    assert (lines[-1]["event"], lines[-1]["code"]) == ("ended", unattended.FAILED)
    assert not broken.outputs(2019).exists()
    shown = subprocess.run(
        [sys.executable, "-m", "kgstats.cli", "open", "--show", "--workspace", str(broken.root)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert "stopped in cell [3], under “Money”: ZeroDivisionError" in shown.stdout
    kept = next(line for line in shown.stdout.splitlines() if line.startswith("as far as it ran"))
    assert (broken.root / kept.partition(": ")[2]).is_file()


def test_a_year_whose_values_were_refused_ends_so(made, tmp_path, root, capsys):
    from kgstats.pipeline.readiness import FORMS, District
    from kgstats.pipeline.run import Outcome

    districts = [District("913", "U Minh Thượng", "huyện", ["a"], set(FORMS), errors=2)]
    log = unattended.Log(made, as_json=True)

    class Plan:
        workspace, year, missing = made, 2019, ()

    outcome = Outcome(Plan())  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(unattended.readiness, "read", lambda *_: districts)
        assert unattended.verdict(outcome, log) == unattended.REFUSED
        log.end(unattended.REFUSED)
        lines = json_lines(capsys.readouterr().out, root)
        assert [line["event"] for line in lines] == ["unchanged", "refused", "ended"]
        assert lines[1]["district"] == "913" and lines[-1]["code"] == unattended.REFUSED
        districts[0].errors = 0
        assert unattended.verdict(outcome, log) == unattended.DONE


def test_limits_are_settings(tmp_path):
    assert read_limits(tmp_path) == Limits()
    path = tmp_path / "settings.yml"
    path.write_text("limits: {cell_minutes: 2, memory_gb: 1.5}", encoding="utf-8")
    assert read_limits(tmp_path).cell_minutes == 2
    assert read_limits(tmp_path).notebook_minutes == Limits().notebook_minutes
    for wrong in ("limits: {cell_hours: 2}", "limits: {memory_gb: much}", "limits: [", "- 1"):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(SettingsError, match=r"settings\.yml"):
            read_limits(tmp_path)


def test_late_returns_are_told(made):
    from kgstats.pipeline import readiness
    from kgstats.returns import processed

    processed.clean_year(2019, made)
    settings = made.root / "settings.yml"
    settings.write_text('deadline: "01-15"', encoding="utf-8")
    declared = made.year_raw(2019) / "deliveries.yml"
    declared.write_text(
        "deliveries:\n- {file: UMinhThuong_Bieu_01_2019.csv, received: 2020-01-20}\n",
        encoding="utf-8",
    )
    try:
        told = readiness.lines(made, 2019, dt.date(2020, 2, 1))
        assert "913 U Minh Thượng: 3 files, late: 2020-01-20" in told
        assert "908 An Biên: nothing received, due since 2020-01-15" in told
        early = readiness.lines(made, 2019, dt.date(2020, 1, 10))
        assert "908 An Biên: nothing received" in early
    finally:
        settings.unlink()
        declared.unlink()


def test_a_page_of_one_form_is_touched_by_that_form_alone():
    from kgstats.pipeline.readiness import District, gaps

    districts = [
        District("908", "An Biên", "huyện", ["a"], {"01", "02"}),
        District("909", "An Minh", "huyện", ["b"], {"01", "02", "03"}),
    ]
    assert gaps(districts, ["funding"]) == []
    assert [one.name for one in gaps(districts, ["poverty"])] == ["An Biên"]
    assert [one.name for one in gaps(districts, ["cells"])] == ["An Biên"]
    assert gaps(districts, ["poverty"], "909") == []
    assert gaps(districts, ["figures"]) == []


def test_a_log_names_no_place_of_this_machine(made, capsys):
    log = unattended.Log(made, as_json=False)
    log.say("x", f"{made.root}/data/raw/2019 and {Path.home()}/secret\nand more")
    said = capsys.readouterr().out
    assert said.endswith(" info data/raw/2019 and ~/secret and more\n")
    log = unattended.Log(made, as_json=True)
    log.say("x", "y", reasons=[f"{made.root}/data/raw/2019 changed"])
    assert json.loads(capsys.readouterr().out)["reasons"] == ["data/raw/2019 changed"]


def test_a_new_notebook_that_fails_holds_nothing_back(tmp_path, root):
    from kgstats.pipeline import graph, run

    place = tiny.lay_out(tmp_path / "w", root)

    def made(lang: str = "vi") -> run.Outcome:
        return run.run(graph.make_plan(place, 2019, languages=[lang]))

    # Neither in the first run of a workspace, nor in a later one.
    mine = tiny.notebook(place.root / "notebooks" / "02_mine.ipynb", "1 / 0", title="Mine")
    outcome = made()
    assert "run-02_mine-vi" in outcome.failed and outcome.published is not None
    first = tiny.published(place)
    told = json.loads((place.outputs(2019) / "run.json").read_text("utf-8"))["left_out"]
    assert [line for line in told if line.startswith("left out: 02_mine stopped in cell ")]
    # It is tried again, and told again; nothing is said to be up to date.
    outcome = made()
    assert outcome.published is None and not outcome.complete and outcome.failed
    mine.unlink()
    assert made().complete
    before = tiny.published(place)
    assert before == first
    tiny.notebook(mine, "1 / 0", title="Mine")
    with (place.returns(2019) / "UMinhThuong_Bieu_02_2019.csv").open("a") as file:
        file.write("\n")
    outcome = made()
    assert "ZeroDivisionError" in outcome.failed["run-02_mine-vi"]
    assert outcome.published is not None and not outcome.complete
    assert json.loads(place.failures(2019).read_text("utf-8"))[0]["notebook"] == "02_mine"
    now = tiny.published(place)
    assert now.keys() == before.keys() and now != before
    # A page goes with the change that broke its notebook, and comes back with it.
    good = (tiny.START, 'assert len(report.data("files")) == 3')
    tiny.notebook(mine, *good, title="Mine")
    assert made().complete
    whole = tiny.published(place)
    tiny.notebook(mine, "1 / 0", title="Mine")
    assert made().published is not None and tiny.published(place) == now
    tiny.notebook(mine, *good, title="Mine")
    assert made().complete and tiny.published(place) == whole
    # One that stops as it was published, of other data, does not withdraw its page.
    next(place.returns(2019).glob(tiny.RETURNS)).unlink()
    outcome = made()
    assert "AssertionError" in outcome.failed["run-02_mine-vi"]
    assert outcome.published is None and tiny.published(place) == whole
