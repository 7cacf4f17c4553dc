"""Several workspaces and years in one run: each as run alone, a broken one costs nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.pipeline import tiny

from kgstats.pipeline import hand, several
from kgstats.pipeline.graph import NothingToDo
from kgstats.pipeline.holding import holding
from kgstats.workspace import Workspace


def command(*options: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-P", "-m", "kgstats.cli", "run", *map(str, options)]
    return subprocess.run(line, capture_output=True, encoding="utf-8", timeout=300)


@pytest.fixture(scope="module")
def three(tmp_path_factory, root) -> list[Workspace]:
    """Two whole workspaces, and one whose notebook stops."""
    folder = tmp_path_factory.mktemp("several")
    places = [tiny.lay_out(folder / name, root) for name in ("one", "two", "broken")]
    tiny.notebook(places[2].root / "notebooks" / "01_money.ipynb", "1 / 0")
    return places


@pytest.fixture(scope="module")
def together(three):
    named = [part for place in three for part in ("--workspace", place.root)]
    return command("--year", "2018-2020", "--lang", "vi", *named)


@pytest.mark.cluster
def test_a_broken_workspace_costs_nothing_else_and_the_worst_code_counts(three, together):
    assert together.returncode == 1, together.stdout + together.stderr
    assert "broken 2019: 01_money (vi)" in together.stdout
    assert "division by zero" in together.stdout
    for place in three[:2]:
        record = json.loads((place.outputs(2019) / "run.json").read_text(encoding="utf-8"))
        assert record["year"] == 2019
        assert tiny.published(place)
    assert not three[2].outputs(2019).exists()


@pytest.mark.cluster
def test_each_is_the_same_bytes_as_run_alone(three, together, tmp_path, root):
    alone = tiny.lay_out(tmp_path / "alone", root)
    made = command("--year", 2019, "--lang", "vi", "--workspace", alone.root)
    assert made.returncode == 0, made.stderr
    assert tiny.published(alone) == tiny.published(three[0]) == tiny.published(three[1])


SINCE = """from kgstats import notebook

report = notebook.start(year=year, lang=lang)
told = {one: report.data("funding", year=one)["allocated_vnd"].sum() for one in range(2018, year)}
report.data("funding")["allocated_vnd"].sum(), told"""


def of_years(folder: Path, root: Path) -> Workspace:
    """A workspace of three years, one page of which looks back at all of them."""
    place = tiny.lay_out(folder, root)
    for year in (2018, 2020):
        shutil.copytree(place.year_raw(2019), place.year_raw(year))
    tiny.notebook(place.notebooks / "02_since.ipynb", SINCE, title="Since")
    return place


@pytest.mark.cluster
@pytest.mark.parametrize("where", [(), ("--cluster", "local")])
def test_years_at_once_are_the_same_bytes_as_one_after_another(where, tmp_path, root):
    one_by_one, at_once = (of_years(tmp_path / name, root) for name in ("a", "b"))
    for year in (2018, 2019, 2020):
        told = command("--year", year, "--lang", "vi", "--workspace", one_by_one.root)
        assert told.returncode == 0, told.stderr
    given = ("--year", "2018-2020", "--lang", "vi", *where, "--workspace", at_once.root)
    told = command(*given)
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.count("clean tables of 2018  ") == 1
    for year in (2018, 2019, 2020):
        assert tiny.published(at_once, year) == tiny.published(one_by_one, year)
    index = at_once.outputs(2018).parent / "index.html"
    assert index.read_bytes() == (one_by_one.outputs(2018).parent / "index.html").read_bytes()
    # What later years made ends no proof.
    assert "steps" not in command(*given).stdout


@pytest.mark.cluster
def test_one_progress_names_workspace_and_year(together):
    lines = together.stdout.splitlines()
    for name, count in (("one", 5), ("two", 5), ("broken", 3)):
        assert f"{name} 2019: {count} of {count} steps to take for 2019:" in lines
    numbers = [line.split()[0] for line in lines if line.endswith(" s") and "/" in line]
    assert len(numbers) == 10
    assert numbers[-1] in ("10/10", "10/13")


@pytest.mark.cluster
def test_untouched_workspaces_are_known_at_once_and_a_folder_that_is_none_is_told(
    three, together, tmp_path
):
    told = command(
        *("--year", "2018-2020", "--lang", "vi", "--workspace", three[0].root),
        *("--workspace", tmp_path / "none", "--workspace", three[1].root),
    )
    assert told.returncode == 2
    assert "is not a workspace" in told.stdout
    assert "steps" not in told.stdout


@pytest.mark.cluster
def test_by_the_clock_each_line_says_its_workspace(three, together):
    shutil.rmtree(three[1].outputs(2019))
    told = command(
        *("--year", "2019", "--lang", "vi", "--log-json"),
        *("--workspace", three[0].root, "--workspace", three[1].root),
    )
    events = [json.loads(line) for line in told.stdout.splitlines()]
    assert {one["workspace"] for one in events[:-1]} == {"one 2019", "two 2019"}
    # Only one district's returns are there.
    assert (events[-1]["event"], events[-1]["code"], told.returncode) == ("ended", 4, 4)


def test_a_workspace_whose_province_is_broken_is_told_beside_the_others(tmp_path, root):
    broken, whole = (tiny.lay_out(tmp_path / name, root) for name in ("broken", "whole"))
    broken.province.write_text("code: abc\n", encoding="utf-8")
    told = command("--year", "2010-2012", "--workspace", broken.root, "--workspace", whole.root)
    assert told.returncode == 2
    assert "broken: data/raw/province.yml: code: no province has the code 'abc'" in told.stdout
    assert "whole: nothing was received for 2010-2012" in told.stdout


def test_years_of_a_span_are_those_that_were_received(three):
    assert several.years("2016-2025", three[0]) == ["2019"]
    with pytest.raises(NothingToDo, match="2010-2012"):
        several.years("2010-2012", three[0])
    with pytest.raises(ValueError, match="2016-2025"):
        several.years("2019-x", three[0])


HAND = """import json, sys
for line in sys.stdin:
    told = json.loads(line)
    if "job" not in told:
        continue
    if told["job"]["asks"]:
        for number in range({steps}):
            print(json.dumps({{"event": "asks", "number": number, "asked": {{}}}}), flush=True)
            sys.stdin.readline()
    print(json.dumps({{"event": "cleaned"}}), flush=True)
    print(json.dumps({{"code": 0}}), flush=True)"""


class Workers:
    """Take steps and jobs, so many at the same time: none is answered before all have one."""

    def __init__(self, slots: int, answers: bool = True) -> None:
        self.slots, self.answers = slots, answers
        self.asked: list = []
        self.jobs: list[str] = []
        self.most = 0
        self.busy = threading.Event()
        self.telling = threading.Lock()

    def give(self, told, answered, heard) -> None:
        with self.telling:
            if "job" in told:
                self.jobs.append(told["job"]["root"])
                heard({"event": "cleaned"})
            self.asked.append(answered)
            self.most = max(self.most, len(self.asked))
        if self.most >= self.slots:
            self.busy.set()
        if self.busy.is_set() and self.answers:
            self.answer()

    def answer(self) -> None:
        with self.telling:
            asked, self.asked = self.asked, []
        for one in asked:
            one({"code": 0})


class Heard:
    """Note in which order years ended."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def heard(self, job, told) -> None:
        self.told.append((job.label, told["event"]))


def begun(monkeypatch, folder, workers, counts, *, steps: int = 3, view=None, program=HAND):
    """Begin a run of so many years of each workspace; return it, its thread and its exit codes."""
    code = program.format(steps=steps)
    monkeypatch.setattr(hand, "kept", lambda command: [sys.executable, "-c", code])
    made = several.Members({}, view or Heard(), workers)
    jobs = [
        several.Job(Workspace(folder / f"w{number}"), str(2017 + year), f"w{number} {2017 + year}")
        for number, years in enumerate(counts)
        for year in range(years)
    ]
    found: list[int] = []
    going = threading.Thread(target=lambda: found.append(made.run(jobs)), daemon=True)
    going.start()
    return made, going, found


def test_no_worker_is_idle_while_another_workspace_has_steps(monkeypatch, tmp_path):
    """Twelve workers, and workspaces that each have one step to take at a time."""
    workers = Workers(12)
    made, going, found = begun(monkeypatch, tmp_path, workers, [1] * 14)
    assert workers.busy.wait(60)
    going.join(60)
    assert found == [0] and made.codes == [0] * 14


@pytest.mark.parametrize(("costs", "whole"), [(0.0, range(37, 40)), (3600.0, range(40, 41))])
def test_workers_take_whole_years_and_share_the_steps_of_the_last(
    monkeypatch, tmp_path, costs, whole
):
    monkeypatch.setattr(several, "LAYING_OUT_SECONDS", costs)
    workers = Workers(2, answers=False)
    made, going, found = begun(monkeypatch, tmp_path, workers, [1] * 40, steps=5)
    cores = os.cpu_count() or 1
    for _ in range(4000):
        if not going.is_alive():
            break
        here = sum(not own.away for own in list(made._going.values()))
        assert here <= cores and len(workers.asked) <= 3
        workers.answer()
        going.join(0.02)
    going.join(60)
    assert found == [0] and len(made.codes) == 40
    # Whole years as long as there is one more for the other worker, or where sharing costs more.
    assert len(workers.jobs) in whole


def test_a_year_begins_when_the_one_before_is_cleaned(monkeypatch, tmp_path):
    """Three years of one workspace are worked on at once, each cleaned after the one before."""
    workers = Workers(3)
    made, going, found = begun(
        monkeypatch,
        tmp_path,
        workers,
        [3],
        steps=1,
        program=HAND.replace(
            'print(json.dumps({{"event": "cleaned"}}), flush=True)\n    ', ""
        ).replace(
            "for number",
            'print(json.dumps({{"event": "cleaned"}}), flush=True)\n        for number',
        ),
    )
    assert workers.busy.wait(60)
    going.join(60)
    assert found == [0] and made.codes == [0] * 3


def test_a_year_waits_for_the_one_before_to_be_cleaned(monkeypatch, tmp_path):
    workers = Workers(3, answers=False)
    made, going, found = begun(monkeypatch, tmp_path, workers, [3], steps=1)
    while going.is_alive():
        assert len(made._going) <= 1
        workers.answer()
        going.join(0.05)
    assert found == [0] and made.codes == [0] * 3


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_goes_wrong_in_hearing_of_a_year_is_no_success(monkeypatch, tmp_path):
    class Broken:
        def heard(self, job, told) -> None:
            raise KeyError(told["event"])

    told = (
        'print(json.dumps({{"event": "noticed"}}), flush=True)\n    print(json.dumps({{"event": "cl'
    )
    program = HAND.replace('print(json.dumps({{"event": "cl', told)
    _, going, found = begun(monkeypatch, tmp_path, None, [1, 1], view=Broken(), program=program)
    going.join(60)
    assert found == [1]


def test_a_process_that_ends_before_its_time_costs_its_year_alone(monkeypatch, tmp_path):
    class View(Heard):
        def heard(self, job, told) -> None:
            self.told.append((job.label, told["message"]))

    view = View()
    ends = 'if told.get("job", {{}}).get("root", "").endswith("w1"): sys.exit(9)\n    if "job"'
    program = HAND.replace('if "job"', ends)
    made, going, found = begun(monkeypatch, tmp_path, None, [1, 1, 1], view=view, program=program)
    going.join(60)
    assert found == [1] and sorted(made.codes) == [0, 0, 1]
    assert [one for one, _ in view.told] == ["w1 2017"]
    assert "its process ended" in view.told[0][1]


def test_a_workspace_that_another_run_holds_is_told_and_costs_the_others_nothing(
    monkeypatch, tmp_path
):
    class View(Heard):
        def heard(self, job, told) -> None:
            self.told.append((job.label, told["code"]))

    view = View()
    with holding(Workspace(tmp_path / "w0"), "run of 2019"):
        made, going, found = begun(monkeypatch, tmp_path, None, [2, 1], view=view)
        going.join(60)
    assert found == [5] and sorted(made.codes) == [0, 5, 5]
    assert view.told == [("w0 2017", 5), ("w0 2018", 5)]
    with holding(Workspace(tmp_path / "w1"), "run of 2019"):
        pass
