"""Where a table or figure came from: district, file, sheet and cells, on demand."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgstats.present import numbers
from kgstats.words import plurals, translator

if TYPE_CHECKING:
    import pandas as pd

SHOWN_CELLS = 8
"""So many cells of a sheet are named one by one; of more, their number and where they lie."""


@dataclass(frozen=True)
class Source:
    """The cells of one sheet behind a table or figure."""

    district: str
    file: str
    sheet: str
    cells: tuple[str, ...]
    rows: int = 0
    """Of a clean table taken over without its workbooks: how many of its rows."""


Finder = Callable[["pd.DataFrame", Iterable[str]], Sequence[Source]]
"""Finds the cells behind some columns of a frame."""

_finder: Finder | None = None
_ADDRESS = re.compile(r"([A-Z]+)([0-9]+)")


def find_with(finder: Finder | None) -> None:
    """Let tables and figures say by themselves which cells they come from.

    A report sets this as a notebook starts, for it knows the year's clean tables and their cells;
    without it nothing is said.
    """
    global _finder
    _finder = finder


def behind(
    frame: pd.DataFrame, names: Iterable[str], totals: Sequence[bool] | None
) -> Sequence[Source]:
    """Return the cells behind the rows shown; a total comes from the rows above it."""
    if _finder is None:
        return ()
    rows = frame
    if totals is not None and not all(totals):
        rows = frame[[not mark for mark in totals]]
    return _finder(rows, names)


def sources(cells: pd.DataFrame, districts: dict[str, str]) -> list[Source]:
    """Gather cells of the ledger by district, file and sheet.

    Parameters
    ----------
    cells
        Rows of the ledger (``file, sheet, cell, row_key``), each cell once, as
        :mod:`kgstats.lineage` gives.
    districts
        District names by code; the code is the second part of a row key.
    """
    columns = [cells[name].tolist() for name in ("row_key", "file", "sheet", "cell")]
    by_page: dict[tuple[str, str, str], list[str]] = {}
    # Many cells say values of one row.
    codes = {key: _code(str(key)) for key in set(columns[0])}
    for key, file, sheet, cell in zip(*columns, strict=True):
        by_page.setdefault((codes[key], file, sheet), []).append(cell)
    named = [
        Source(str(districts.get(code, code)), str(file), str(sheet), tuple(map(str, own)))
        for (code, file, sheet), own in by_page.items()
    ]
    return sorted(named, key=lambda one: (one.district, one.file, one.sheet))


def _code(row_key: str) -> str:
    parts = row_key.split("/", 2)
    return parts[1] if len(parts) > 1 else ""


def panel(found: Sequence[Source], lang: str) -> str:
    """Return the sources as a small folded panel."""
    t, tn = translator(lang), plurals(lang)
    total = sum(len(source.cells) for source in found)
    files = len({source.file for source in found})
    rows = numbers.number(sum(source.rows for source in found), lang)
    lines = "".join(f"<li>{html.escape(_line(source, lang), quote=False)}</li>" for source in found)
    count = numbers.number(total, lang)
    if not total:
        summary = t("Where this comes from: {rows} rows of clean tables", rows=rows)
    elif files == 1:
        summary = tn(
            "Where this comes from: {cells} cell of one file",
            "Where this comes from: {cells} cells of one file",
            total,
            cells=count,
        )
    else:
        summary = t(
            "Where this comes from: {cells} cells of {files} files",
            cells=count,
            files=numbers.number(files, lang),
        )
    return (
        f'<details class="provenance"><summary>{html.escape(summary)}</summary>'
        f"<ul>{lines}</ul></details>"
    )


def _corners(cells: Sequence[str]) -> tuple[str, str]:
    """Return the corners of the block that holds cells, in whatever order they were found.

    >>> _corners(["F8", "AA3", "D15"])
    ('D3', 'AA15')
    """
    found = [match.groups() for cell in cells if (match := _ADDRESS.fullmatch(cell))]
    if len(found) < len(cells):
        return cells[0], cells[-1]
    columns = sorted({column for column, _ in found}, key=lambda column: (len(column), column))
    rows = sorted({int(row) for _, row in found})
    return f"{columns[0]}{rows[0]}", f"{columns[-1]}{rows[-1]}"


def _line(source: Source, lang: str) -> str:
    t = translator(lang)
    if source.rows:
        cells = t("{n} rows", n=numbers.number(source.rows, lang))
    elif len(source.cells) <= SHOWN_CELLS:
        cells = ", ".join(source.cells)
    else:
        first, last = _corners(source.cells)
        cells = t(
            "{n} cells, {first} to {last}",
            n=numbers.number(len(source.cells), lang),
            first=first,
            last=last,
        )
    place = f"{source.file} › {source.sheet}" if source.sheet else source.file
    return f"{source.district}: {place}: {cells}"
