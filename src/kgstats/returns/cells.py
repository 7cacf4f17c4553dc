"""A received workbook as it is: sheets of cells, nothing guessed, nothing dropped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from kgstats.text import Decoded


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """A spreadsheet error (``#REF!``, ``#DIV/0!``): a cell that was received, without a value."""

    code: str


Fate = tuple[str, str, str, str]
"""What became of a cell: role, table, row key and column."""

CellValue = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | ErrorValue


@dataclass(slots=True)
class Cell:
    """One non-empty cell.

    ``row`` and ``column`` count from 1. ``value`` is what the file stores, text undecoded and
    untrimmed. ``number_format`` and ``font`` are None where the file does not say. What follows
    ``fate`` is there once the cell was read (`layout.see`), and not before.
    """

    row: int
    column: int
    value: CellValue
    number_format: str | None = None
    font: str | None = None
    hidden: bool = False
    fate: Fate | None = field(init=False, repr=False, compare=False, default=None)
    """What became of it, once that is known."""
    place: tuple[int, int] = field(init=False, repr=False, compare=False)
    """Row and column."""
    kind: str = field(init=False, repr=False, compare=False)
    """number, numeral (a number typed as text), text, mark, dash, date, bool, error, blank."""
    text: str = field(init=False, repr=False, compare=False)
    """Its text as it was meant, decoded and trimmed; nothing for a number."""
    folded: str = field(init=False, repr=False, compare=False)
    """Its words without accents and punctuation, in small letters."""
    decoded: Decoded | None = field(init=False, repr=False, compare=False)
    """How its text was decoded."""

    @property
    def numeric(self) -> bool:
        """Whether the cell holds a number, typed or real."""
        return self.kind == "number" or self.kind == "numeral"

    @property
    def address(self) -> str:
        """The cell's address on its sheet, as ``AB12``."""
        return f"{column_letter(self.column)}{self.row}"


@dataclass(slots=True)
class Sheet:
    """One sheet: its non-empty cells in reading order (row by row, left to right)."""

    name: str
    state: Literal["visible", "hidden", "very_hidden"] = "visible"
    cells: list[Cell] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Merged ranges as first row, first column, last row, last column."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    filtered_rows: set[int] = field(default_factory=set)
    """Those of the hidden rows that a filter left on hides."""
    kind: Literal["worksheet", "macro"] = "worksheet"
    uncalculated: list[tuple[int, int]] = field(default_factory=list)
    """Row and column of formulas whose result was never calculated; they are no cells."""
    computed: set[tuple[int, int]] = field(default_factory=set)
    """Row and column of formulas, where the file tells them: what they give is no witness."""
    stale: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)
    """Row and column of sums saved with another result than their cells give: the one saved and
    the one calculated. They are no cells."""
    outside: list[str] = field(default_factory=list)
    """Text beside the grid (an HTML page's paragraphs); it has no address."""
    starts: set[int] = field(default_factory=set)
    """Rows where another table of an HTML page begins."""
    cut_row: int | None = None
    """The last row of a text file that ends in the middle of it."""
    open_end: tuple[int, int] | None = None
    """Row and column of the number that a text file ends with, without a line break: it may have
    had more digits."""


@dataclass(slots=True)
class Workbook:
    """One received file. ``problem`` says why it could not be read; then there are no sheets."""

    file: str
    format: str
    sheets: list[Sheet] = field(default_factory=list)
    problem: str | None = None
    """A rule name: empty_file, locked, truncated, not_a_spreadsheet, macro_only, too_large, ..."""
    detail: str = ""


def areas(places: Iterable[tuple[int, int]]) -> list[str]:
    """Name cells by the ranges they fill, from top to bottom.

    Parameters
    ----------
    places
        Row and column of each cell.

    Examples
    --------
    >>> areas([(9, 9), (10, 9), (11, 9), (9, 10), (10, 10), (11, 10), (2, 1)])
    ['A2', 'I9:J11']
    """
    by_column: dict[int, list[int]] = {}
    for row, column in sorted(places):
        by_column.setdefault(column, []).append(row)
    wide: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for column, rows in sorted(by_column.items()):
        for top, bottom in runs(rows):
            beside = wide.setdefault((top, bottom), [])
            if beside and beside[-1][1] == column - 1:
                beside[-1] = (beside[-1][0], column)
            else:
                beside.append((column, column))
    found = sorted(
        (top, left, bottom, right) for (top, bottom), all_ in wide.items() for left, right in all_
    )
    return [
        f"{column_letter(left)}{top}"
        + (f":{column_letter(right)}{bottom}" if (top, left) != (bottom, right) else "")
        for top, left, bottom, right in found
    ]


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Join numbers in ascending order into runs, first and last.

    >>> runs([2, 3, 4, 9])
    [(2, 4), (9, 9)]
    """
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def column_letter(column: int) -> str:
    """Return the letters of a column counted from 1.

    >>> column_letter(1), column_letter(28)
    ('A', 'AB')
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
