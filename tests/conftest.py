"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


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


@pytest.fixture(scope="session")
def shared() -> Path:
    """The material beside the project that must not enter it; skips where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the material in ../shared is not on this machine")
    return folder


@pytest.fixture(scope="session")
def lacking() -> Callable[[str], None]:
    """Skip for want of a program; a CI machine must have it, so there it is a failure."""

    def said(what: str) -> None:
        if os.environ.get("CI"):
            pytest.fail(f"{what}; CI installs it, see .ci/run", pytrace=False)
        pytest.skip(what)

    return said
