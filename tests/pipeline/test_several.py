"""Several workspaces and years in one run: each as run alone, a broken one costs nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading

import pytest
from tests.pipeline import tiny

from kgstats.pipeline import several
from kgstats.pipeline.graph import NothingToDo
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


def test_years_of_a_span_are_those_that_were_received(three):
    assert several.years("2016-2025", three[0]) == ["2019"]
    with pytest.raises(NothingToDo, match="2010-2012"):
        several.years("2010-2012", three[0])
    with pytest.raises(ValueError, match="2016-2025"):
        several.years("2019-x", three[0])


MEMBER = """import json, sys
for number in range({steps}):
    print(json.dumps({{"event": "asks", "number": number, "asked": {{}}}}), flush=True)
    if {one_by_one}:
        sys.stdin.readline()
print(json.dumps({{"event": "ended", "code": 0}}))"""


class Workers:
    """Take steps, so many at the same time: none is answered before all workers have one."""

    def __init__(self, slots: int, answers: bool = True) -> None:
        self.slots, self.answers = slots, answers
        self.asked: list = []
        self.busy = threading.Event()

    def give(self, told, answered) -> None:
        self.asked.append(answered)
        if len(self.asked) >= self.slots:
            self.busy.set()
        if self.busy.is_set() and self.answers:
            while self.asked:
                self.asked.pop()({})


class Unheard:
    def heard(self, job, told) -> None:
        pass


def members(
    monkeypatch, folder, workers: Workers, workspaces: int, steps: int, one_by_one: bool, view=None
):
    """Begin a run of members that only ask for steps; return it, its thread and its exit codes."""
    code = MEMBER.format(steps=steps, one_by_one=one_by_one)
    monkeypatch.setattr(several, "kept", lambda command: [sys.executable, "-c", code])
    places = [Workspace(folder / str(number)) for number in range(workspaces)]
    made = several.Members({}, view or Unheard(), workers)
    jobs = [several.Job(place, "2019", str(place.root)) for place in places]
    found: list[int] = []
    going = threading.Thread(target=lambda: found.append(made.run(jobs)), daemon=True)
    going.start()
    return made, going, found


def test_no_worker_is_idle_while_another_workspace_has_steps(monkeypatch, tmp_path):
    """Twelve workers, and workspaces that each have one step to take at a time."""
    workers = Workers(12)
    made, going, found = members(monkeypatch, tmp_path, workers, 14, steps=3, one_by_one=True)
    assert workers.busy.wait(60)
    going.join(60)
    assert found == [0] and made.codes == [0] * 14


def test_what_the_run_holds_does_not_grow_with_its_workspaces(monkeypatch, tmp_path):
    workers = Workers(2, answers=False)
    made, going, found = members(monkeypatch, tmp_path, workers, 40, steps=5, one_by_one=False)
    assert workers.busy.wait(60)
    most = 2 + (os.cpu_count() or 1)
    assert made._going <= most
    for _ in range(400):
        if not going.is_alive():
            break
        assert made._going <= most
        while workers.asked:
            workers.asked.pop()({})
        going.join(0.05)
    going.join(60)
    assert found == [0] and len(made.codes) == 40


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_goes_wrong_in_hearing_a_member_is_no_success(monkeypatch, tmp_path):
    class Broken:
        def heard(self, job, told) -> None:
            raise KeyError(told["event"])

    _, going, found = members(monkeypatch, tmp_path, Workers(1), 2, 1, False, Broken())
    going.join(60)
    assert found == [1]
