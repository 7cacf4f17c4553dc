"""The pages of awkward years, read as a reader does: sentences, titles, alternative texts, tables.

The notebooks run in this process on clean tables; nothing is drawn to a file, so that all pages of
all years cost two minutes. ``KGSTATS_TEST_PAGES=folder`` keeps the texts for reading.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from tests.awkward import years
from tests.in_process import Notebook, Page, undrawn

from kgstats import workspace

KEPT = "KGSTATS_TEST_PAGES"


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Callable[[str, str, str], Page]:
    """Return a reader: name of an awkward year, name of a notebook, language; each is run once."""

    @cache
    def laid_out(name: str) -> tuple[workspace.Workspace, int]:
        return years.lay_out(name, tmp_path_factory.mktemp(name), root)

    @cache
    def opened(name: str, notebook: str) -> Notebook:
        place, year = laid_out(name)
        own = {"district": "903"} if notebook.startswith("70") else {}
        return Notebook(place.notebooks / f"{notebook}.ipynb", year, **own)

    @cache
    def reader(name: str, notebook: str, lang: str) -> Page:
        with undrawn(laid_out(name)[0].root):
            page = opened(name, notebook).page(lang)
        if folder := os.environ.get(KEPT):
            kept = Path(folder) / name / f"{notebook}.{lang}.txt"
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(page.text(), encoding="utf-8")
            if not page.error:
                kept.with_suffix(".said").write_text(page.sentences(), encoding="utf-8")
        return page

    return reader
