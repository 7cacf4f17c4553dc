"""The pages of awkward years, read as a reader does: sentences, titles, alternative texts, tables.

The notebooks run in this process on clean tables; nothing is drawn to a file, so that all pages of
all years cost two minutes. ``KGSTATS_TEST_PAGES=folder`` keeps the texts for reading.
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.awkward import years

from kgstats import workspace
from kgstats.present import provenance
from kgstats.present.figures import Figure
from kgstats.present.prose import Headlines, Prose
from kgstats.present.tables import Table

KEPT = "KGSTATS_TEST_PAGES"
_EMPTY = b'<svg viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg"></svg>'


@dataclass
class Page:
    """What a notebook shows, in words."""

    name: str
    lang: str
    shown: list[Any] = field(default_factory=list)
    error: str = ""

    def of(self, kind: type) -> list[Any]:
        return [one for one in self.shown if isinstance(one, kind)]

    def tables(self) -> dict[str, Table]:
        assert not self.error
        own = [one.table for one in self.of(Figure) if one.table is not None]
        return {one.slug: one for one in [*self.of(Table), *own]}

    def sentences(self) -> str:
        """Titles, alternative texts, notes and prose: what is said, not what is tabulated."""
        assert not self.error
        parts = []
        for one in self.shown:
            if isinstance(one, Figure):
                parts += [one.title, one.alternative, one.note]
            elif isinstance(one, Table):
                parts += [one.caption, *one.notes]
            elif isinstance(one, Prose):
                parts.append(one.to_text())
            elif isinstance(one, Headlines):
                parts += [f"{item.label}: {item.value} {item.context}" for item in one.items]
            else:
                parts.append(str(one))
        return "\n".join(filter(None, parts))

    def text(self) -> str:
        """All that a reader reads, tables among it."""
        parts = [f"##### {self.name} {self.lang} {self.error}"]
        for one in self.shown:
            if isinstance(one, Figure):
                parts += [f"[figure {one.slug}] {one.title}", one.alternative, one.note]
                one = one.table
            if isinstance(one, Table):
                parts += [f"[table {one.slug}] {one.caption}", one.to_text(), *one.notes]
            elif isinstance(one, Headlines):
                parts += [f"* {item.label}: {item.value} | {item.context}" for item in one.items]
            elif isinstance(one, Prose):
                parts.append(one.to_text())
        return "\n".join(filter(None, parts))


IN_WORDS = ("lang", "report.t", "findings")
"""What a statement of a notebook mentions when its result is in one language."""


class Notebook:
    """A notebook whose cells run in this process, as a kernel would run them.

    In another language only what is in words is run again: analyses have none.
    """

    def __init__(self, path: Path, year: int, **parameters: object) -> None:
        content = json.loads(path.read_text(encoding="utf-8"))
        self.path, self.given = path, {"year": year} | parameters
        self.cells = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
        self.space: dict[str, Any] = {}

    def page(self, lang: str) -> Page:
        page = Page(self.path.stem, lang)
        again = bool(self.space)
        self.space["display"] = lambda *shown: page.shown.extend(shown)
        in_words = set(IN_WORDS)
        for cell in self.cells:
            parameters = "parameters" in cell["metadata"].get("tags", [])
            for statement in ast.parse("".join(cell["source"])).body:
                source = ast.unparse(statement)
                own = any(re.search(rf"\b{re.escape(name)}\b", source) for name in in_words)
                if again and not own and isinstance(statement, ast.Assign):
                    continue
                if own and isinstance(statement, ast.Assign) and "notebook.start" not in source:
                    in_words |= {
                        n.id for n in ast.walk(statement.targets[0]) if isinstance(n, ast.Name)
                    }
                try:
                    found = self._run(statement)
                except Exception as error:
                    page.error = f"{type(error).__name__}: {error} (at {source})"
                    return page
                page.shown += [] if found is None else [found]
            if parameters:
                self.space |= self.given | {"lang": lang}
        return page

    def _run(self, statement: ast.stmt) -> Any:
        if isinstance(statement, ast.Expr):
            code = compile(ast.Expression(statement.value), self.path.name, "eval")
            return eval(code, self.space)
        exec(compile(ast.Module([statement], []), self.path.name, "exec"), self.space)
        return None


@pytest.fixture(scope="session")
def read(
    tmp_path_factory: pytest.TempPathFactory, root: Path
) -> Iterator[Callable[[str, str, str], Page]]:
    """Return a reader: name of an awkward year, name of a notebook, language; each is run once."""
    from matplotlib import pyplot
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    def savefig(_: Canvas, buffer: Any, *__: object, format: str = "", **___: object) -> None:
        buffer.write(_EMPTY.decode() if format == "svg" else b"")

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
        os.environ[workspace.ENVIRONMENT_VARIABLE] = str(laid_out(name)[0].root)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Canvas, "savefig", savefig)
            patched.setattr(Canvas, "set_dpi", lambda *_: None)
            patched.setattr(FigureCanvasAgg, "draw", FigureCanvasAgg.get_renderer)
            page = opened(name, notebook).page(lang)
        provenance.find_with(None)
        pyplot.close("all")
        if folder := os.environ.get(KEPT):
            kept = Path(folder) / name / f"{notebook}.{lang}.txt"
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(page.text(), encoding="utf-8")
            if not page.error:
                kept.with_suffix(".said").write_text(page.sentences(), encoding="utf-8")
        return page

    yield reader
