"""What the tests of pages may ask for."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from kgstats import notebook, registry
from kgstats.analysis import tidy
from kgstats.analysis.disclosure import Control
from kgstats.analysis.poverty_disclosure import Release

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@dataclass(frozen=True)
class Given:
    """A report that reads tables by name and year from what it was given."""

    year: int
    lang: str
    tables: Mapping[str, Mapping[int, pd.DataFrame]] = field(repr=False)
    interactive: bool = False

    def data(self, name: str, *, year: int | None = None, optional: bool = False) -> pd.DataFrame:
        found = self.tables.get(name, {}).get(self.year if year is None else year)
        if found is None and not optional:
            raise notebook.NotebookError(f"{name} was not given")
        return pd.DataFrame() if found is None else found

    @property
    def release(self) -> Release:
        return Release(Control(), {}, {})

    def from_files(self, *_: object) -> Callable[[Any], Any]:
        return lambda shown: shown

    def by_year(self, name: str) -> dict[int, pd.DataFrame]:
        held = self.tables.get(name, {})
        return {year: held[year] for year in sorted(held) if year <= self.year}


@pytest.fixture
def notebook_page(monkeypatch) -> Callable[..., list[Any]]:
    """Run the cells of a notebook of the collection on tables given to it, without a kernel.

    Called with the notebook's name, tables by name and year, year, language, and its parameters;
    returns what each cell shows, in order.
    """

    def run(
        name: str,
        tables: Mapping[str, Mapping[int, pd.DataFrame]],
        year: int,
        lang: str,
        **parameters: object,
    ) -> list[Any]:
        report = Given(year, lang, tables)
        monkeypatch.setattr(notebook, "start", lambda year, lang, disclosure=(0, 1): report)
        content = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
        space: dict[str, Any] = {}
        shown = []
        for cell in content["cells"]:
            if cell["cell_type"] != "code":
                continue
            tree = ast.parse("".join(cell["source"]))
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, name, "exec"), space)
            if "parameters" in cell["metadata"].get("tags", []):
                space |= {"year": year, "lang": lang} | parameters
            if last is not None:
                shown.append(eval(compile(ast.Expression(last.value), name, "eval"), space))
        late = [name for name, held in space.items() if not keys_stand_first(held)]
        assert late == [], "keys stand before what is said of them"
        return [one for one in shown if one is not None]

    return run


def keys_stand_first(held: object) -> bool:
    """Whether year and area of a frame's rows stand before what is computed of them."""
    if not isinstance(held, pd.DataFrame):
        return True
    computed = {name for name, one in registry.measures().items() if one.origins}
    kinds = [name in computed for name in held if name in computed | {*tidy.FIRST}]
    return kinds == sorted(kinds)
