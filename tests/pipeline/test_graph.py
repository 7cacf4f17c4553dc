"""The plan of a run, laid out on the whole collection; nothing is run."""

from __future__ import annotations

import shutil
from pathlib import Path

from kgstats.pipeline import graph
from kgstats.workspace import Workspace


def make_workspace(folder: Path, root: Path) -> Workspace:
    shutil.copytree(root / "data/raw", folder / "data/raw")
    shutil.copytree(
        root / "notebooks",
        folder / "notebooks",
        ignore=shutil.ignore_patterns(".ipynb_checkpoints"),
    )
    return Workspace(folder)


def needs(workspace: Workspace) -> dict[str, list[Path]]:
    return {step.id: step.needs for step in graph.make_plan(workspace, 2019).steps}


def test_the_first_run_is_laid_out_as_the_second(tmp_path, root):
    workspace = make_workspace(tmp_path, root)
    first = graph.make_plan(workspace, 2019)
    for step in first.steps:
        for path in step.makes:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    assert needs(workspace) == {step.id: step.needs for step in first.steps}


def test_a_notebook_waits_for_the_tables_it_reads(tmp_path, root):
    workspace = make_workspace(tmp_path, root)
    read = needs(workspace)["run-00_overview-vi"]
    tables = ("attainment", "communes", "funding", "poverty", "cells")
    assert {workspace.data_set(name, 2019) for name in tables} <= set(read)
