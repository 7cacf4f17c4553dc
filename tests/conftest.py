"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[1]
YEAR = 2019
READY_SITE = "KGSTATS_TEST_SITE"
"""Names the html folder of a finished run, so that the tests need not make one."""


@pytest.fixture(scope="session")
def root() -> Path:
    """The project folder."""
    return ROOT


@pytest.fixture(autouse=True)
def environment_as_it_was() -> Iterator[None]:
    """No test leaves variables behind for the next one: a run names its workspace in one."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module", autouse=True)
def texts_held_as_before() -> Iterator[None]:
    """A notebook that starts in a test's own process says how that holds texts of tables."""
    import pandas as pd

    with pd.option_context("mode.string_storage", pd.get_option("mode.string_storage")):
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The material beside the project that must not enter it; skips where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the material in ../shared is not on this machine")
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The html folder of a run of 2019 in both languages, made once."""
    if ready := os.environ.get(READY_SITE):
        folder = Path(ready).resolve()
        assert (folder / "index.html").is_file(), f"{READY_SITE}: {folder} has no index.html"
        return folder
    base = tmp_path_factory.getbasetemp()
    # Processes that test side by side have folders of their own in one.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    workspace = shared / "publication"
    with FileLock(shared / "publication.lock"):
        if not (workspace / "outputs" / str(YEAR)).is_dir():
            _publish(root, workspace)
    return workspace / "outputs" / str(YEAR) / "html"


def _publish(root: Path, workspace: Path, year: int = YEAR, **options: Any) -> None:
    from kgstats.pipeline import run
    from kgstats.pipeline.graph import make_plan
    from kgstats.workspace import Workspace

    shutil.copytree(root / "data" / "raw", workspace / "data" / "raw")
    shutil.copytree(
        root / "notebooks",
        workspace / "notebooks",
        ignore=shutil.ignore_patterns(".ipynb_checkpoints"),
    )
    outcome = run.run(make_plan(Workspace(workspace), year, **options))
    assert outcome.complete, outcome.failed or outcome.plan.missing
    assert outcome.published is not None


NEXT_YEAR = 2020
WITH_NUMBERS = ("00_overview", "20_commune_standards", "30_funding_gaps", "40_poverty_reduction",
                "45_over_the_years", "70_district_profile", "80_data_dictionary")  # fmt: skip


@pytest.fixture(scope="session")
def next_year(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The published folder of 2020: the pages with numbers in English, one district; made once."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    workspace = shared / "next_year"
    with FileLock(shared / "next_year.lock"):
        if not (workspace / "outputs" / str(NEXT_YEAR)).is_dir():
            _publish(
                root,
                workspace,
                NEXT_YEAR,
                languages=["en"],
                only=WITH_NUMBERS,
                parameters={"district": "912"},
            )
    return workspace / "outputs" / str(NEXT_YEAR)


@pytest.fixture(scope="session")
def lacking() -> Callable[[str], None]:
    """Skip for want of a program; a CI machine must have it, so there it is a failure."""

    def said(what: str) -> None:
        if os.environ.get("CI"):
            pytest.fail(f"{what}; CI installs it, see .ci/run", pytrace=False)
        pytest.skip(what)

    return said
