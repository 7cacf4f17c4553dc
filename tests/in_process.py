"""Notebooks run in this process on clean tables, as a kernel would run them; nothing is drawn.

So all pages of a year cost seconds: they are read as a reader does, and read back.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from kgstats import registry, workspace
from kgstats.present import provenance, tables
from kgstats.present.figures import Figure
from kgstats.present.prose import Headlines, Prose
from kgstats.present.tables import Table

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

    def unregistered(self) -> dict[str, list[str]]:
        """Columns that the registry does not name, of the frames that the notebook assigned."""
        frames = {name: list(of_frames(held)) for name, held in self.space.items()}
        assert any(frames.values()), f"{self.path.name} assigned no frame"
        return {
            name: left
            for name, held in frames.items()
            if (left := sorted({str(c) for one in held for c in one} - registry.names()))
        }

    def _run(self, statement: ast.stmt) -> Any:
        if isinstance(statement, ast.Expr):
            code = compile(ast.Expression(statement.value), self.path.name, "eval")
            return eval(code, self.space)
        exec(compile(ast.Module([statement], []), self.path.name, "exec"), self.space)
        return None


def of_frames(held: object) -> Iterator[pd.DataFrame]:
    """Yield a frame, or those of a list or dictionary of frames."""
    if isinstance(held, pd.DataFrame):
        yield held
    elif isinstance(held, dict | list | tuple):
        for one in held.values() if isinstance(held, dict) else held:
            yield from of_frames(one)


def _savefig(_: object, buffer: Any, *__: object, format: str = "", **___: object) -> None:
    buffer.write(_EMPTY.decode() if format == "svg" else b"")


@contextmanager
def undrawn(root: Path) -> Iterator[None]:
    """Run notebooks of a workspace without drawing, and leave nothing of a report behind."""
    from matplotlib import pyplot
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(workspace.ENVIRONMENT_VARIABLE, str(root))
        patched.setattr(Canvas, "savefig", _savefig)
        patched.setattr(Canvas, "set_dpi", lambda *_: None)
        patched.setattr(FigureCanvasAgg, "draw", FigureCanvasAgg.get_renderer)
        yield
    provenance.find_with(None)
    tables.check_with(None)
    pyplot.close("all")
