"""Several workspaces and years in one run: each as run alone, a broken one costs nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

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
