"""The publication, made once by a real run, and the browser that reads it as readers do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

YEAR = 2019
READY_SITE = "KGSTATS_TEST_SITE"
"""Names the html folder of a finished run, so that the tests need not make one."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The html folder of a run of 2019 in both languages."""
    if ready := os.environ.get(READY_SITE):
        folder = Path(ready).resolve()
        assert (folder / "index.html").is_file(), f"{READY_SITE}: {folder} has no index.html"
        return folder
    from kgstats.pipeline import run
    from kgstats.pipeline.graph import make_plan
    from kgstats.workspace import Workspace

    workspace = tmp_path_factory.mktemp("publication")
    shutil.copytree(root / "data" / "raw", workspace / "data" / "raw")
    shutil.copytree(
        root / "notebooks",
        workspace / "notebooks",
        ignore=shutil.ignore_patterns(".ipynb_checkpoints"),
    )
    outcome = run.run(make_plan(Workspace(workspace), YEAR))
    assert outcome.complete, outcome.failed or outcome.plan.missing
    assert outcome.published is not None
    return outcome.published / "html"


@pytest.fixture(scope="session")
def pages(site: Path) -> list[Path]:
    """Every page of the publication."""
    found = [site / "index.html", *sorted(site.glob("??/*.html"))]
    assert {page.parent.name for page in found[1:]} == {"vi", "en"}
    return found


@pytest.fixture(scope="session")
def browser(lacking: Callable[[str], None]) -> Iterator[Any]:
    """Headless Chromium as the machine has it."""
    from playwright.sync_api import sync_playwright

    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        lacking(f"no browser on this machine ({', '.join(BROWSERS)})")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=executable, args=["--disable-gpu", "--disable-quic"]
        )
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def window(browser: Any) -> Callable[..., Any]:
    """Return an opener of windows: ``with window(color_scheme="dark") as page``."""

    @contextmanager
    def opened(**settings: Any) -> Iterator[Any]:
        # Animations would only make the tests wait.
        context = browser.new_context(**{"reduced_motion": "reduce", **settings})
        try:
            yield context.new_page()
        finally:
            context.close()

    return opened
