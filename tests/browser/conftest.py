"""The browser that reads a publication as readers do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


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
