"""A page of a return before it is a file: cells, merged ranges, what is hidden."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Value = str | int | float | dt.date

UNICODE_FONT = "Times New Roman"


@dataclass(slots=True)
class Put:
    """One cell to write: its value and how it looks."""

    value: Value
    number_format: str | None = None
    font: str = UNICODE_FONT
    bold: bool = False
    italic: bool = False
    centred: bool = False
    framed: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value of the clean tables stands: for tests of a reading."""

    table: str
    row_key: tuple[str, ...]
    column: str


@dataclass(slots=True)
class Page:
    """One sheet. Rows and columns count from 1."""

    name: str
    state: Literal["visible", "hidden", "very_hidden"] = "visible"
    cells: dict[tuple[int, int], Put] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    widths: dict[int, float] = field(default_factory=dict)
    sources: dict[tuple[int, int], Source] = field(default_factory=dict)

    def put(
        self,
        row: int,
        column: int,
        value: Value | None,
        *,
        to: tuple[int, int] | None = None,
        of: Source | None = None,
        number_format: str | None = None,
        bold: bool = False,
        italic: bool = False,
        centred: bool = False,
        framed: bool = False,
    ) -> None:
        """Write a value (None writes nothing), merged as far as ``to`` where given."""
        if to is not None and to != (row, column):
            self.merged.append((row, column, *to))
        if value is None:
            return
        self.cells[row, column] = Put(
            value,
            number_format,
            bold=bold,
            italic=italic,
            centred=centred,
            framed=framed,
        )
        if of is not None:
            self.sources[row, column] = of

    @property
    def last_row(self) -> int:
        """The last row with a cell."""
        return max((row for row, _ in self.cells), default=0)

    @property
    def last_column(self) -> int:
        """The last column with a cell or a merged range."""
        ends = [column for _, column in self.cells] + [merge[3] for merge in self.merged]
        return max(ends, default=0)


def header(page: Page, top: int, left: int, heads: Sequence[Sequence[str]]) -> int:
    """Write a header given as the path of each column; return the rows it takes.

    A path ``("Số hộ nghèo cuối năm", "Tỷ lệ %")`` puts the second word under the first; equal
    words side by side under the same parent become one merged cell, and a short path reaches
    down to the last header row.
    """
    depth = max(len(path) for path in heads)
    for level in range(depth):
        at = 0
        while at < len(heads):
            path = heads[at]
            if level >= len(path):
                at += 1
                continue
            upto = at
            last = len(path) == level + 1
            while (
                upto + 1 < len(heads)
                and not last
                and len(heads[upto + 1]) > level + 1
                and heads[upto + 1][: level + 1] == path[: level + 1]
            ):
                upto += 1
            bottom = top + depth - 1 if last else top + level
            page.put(
                top + level,
                left + at,
                path[level],
                to=(bottom, left + upto),
                bold=True,
                centred=True,
                framed=True,
            )
            at = upto + 1
    return depth
