"""Cells as they are read, and the tables of a page."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from functools import lru_cache

from kgstats.returns.cells import Cell, ErrorValue, Sheet, column_letter
from kgstats.text import Decoded, Encoding, decode, fold

NUMERAL = re.compile(
    r"^(?!\(\d\)$)['’]?[(\-–−+]?\s*\d[\d.,\s'’]*\s*%?\s*\)?(\s*(\(\d\)|\*+|[¹²³⁴-⁹⁰]+))?$"
    r"|^['’]?[-–−]?[.,]\d+\s*%?$"
)
DASH = re.compile(r"^[-–—−…._]+$")
MARK = re.compile(r"^(x|đ|d|cđ|kđ|đạt|chưa đạt|không đạt|có|không|\+|v|✓|✔|√|ü|þ)$", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(r"[a-z0-9]+|%")


_NUMBERS = frozenset((int, float))

Place = tuple[int, int]
"""Row and column of a cell."""


@lru_cache(maxsize=1 << 16)
def tokens(text: str) -> str:
    """Return the folded words of a text, one space between them, without punctuation.

    >>> tokens("Tổng số hộ (DTTS):")
    'tong so ho dtts'
    """
    return " ".join(_TOKEN.findall(fold(text)))


@lru_cache(maxsize=1 << 16)
def _read_text(raw: str, font: str | None, hint: Encoding | None) -> tuple[str, Decoded, str, str]:
    """Return text, how it was decoded, folded words and kind of a text cell."""
    decoded = decode(raw, font, hint)
    text = _SPACE.sub(" ", decoded.text).strip()
    if not text:
        return "", decoded, "", "blank"
    if NUMERAL.match(text):
        kind = "numeral"
    elif DASH.match(text):
        kind = "dash"
    elif MARK.match(text):
        kind = "mark"
    else:
        kind = "text"
    return text, decoded, tokens(text), kind


Seen = Cell
"""A cell that was read (`see`): decoded text, what kind of thing it is, and its folded words."""


@dataclass(slots=True, eq=False)
class Subjects:
    """A column that names what the rows of a form are about, and the rows that name one."""

    column: int
    rows: list[int]


@dataclass(slots=True, eq=False)
class Column:
    """One column of a table: its header, joined from top to bottom."""

    index: int
    header: str
    path: tuple[str, ...]
    folded: str
    number_style: str | None = None
    inherited: int = 0
    """How many parts of the path stand at the left and may head the column too, unmerged."""

    @property
    def readings(self) -> tuple[tuple[str, ...], ...]:
        """The paths that the words may make: all words first, its own alone last."""
        return readings_of(self.path, self.inherited)

    @property
    def letter(self) -> str:
        """The column's letters on the sheet."""
        return column_letter(self.index)


def readings_of(path: tuple[str, ...], inherited: int) -> tuple[tuple[str, ...], ...]:
    """Return the paths that a heading may have whose first parts may head other columns alone."""
    own = path[inherited:]
    return tuple((*path[:count], *own) for count in range(inherited, -1, -1))


@dataclass(slots=True, eq=False)
class TableBlock:
    """One table on a sheet. Rows and columns count from 1."""

    first_column: int
    last_column: int
    header_first: int
    header_last: int
    column_number_row: int | None = None
    body_rows: list[int] = field(default_factory=list)
    """Every row of the body with something in it: sections, items, totals."""
    total_rows: list[int] = field(default_factory=list)
    section_rows: list[int] = field(default_factory=list)
    repeated_header_rows: list[int] = field(default_factory=list)
    continuations: dict[int, int] = field(default_factory=dict)
    """Rows that finish the words or values of an earlier row."""
    footer_rows: list[int] = field(default_factory=list)
    title_rows: list[int] = field(default_factory=list)
    unit: str | None = None
    encoding: str = "unicode"
    columns: list[Column] = field(default_factory=list)
    order_column: int | None = None
    label_column: int | None = None
    title: str = ""
    sheet_title: str = ""
    """The words above the first table of the sheet, which are said once for all of them."""
    sheet_unit: str | None = None
    """The unit stated above the first table of the sheet, where this one states none."""

    @property
    def first_data_row(self) -> int | None:
        """First row of the body, a total or a section included."""
        return self.body_rows[0] if self.body_rows else None

    @property
    def last_data_row(self) -> int | None:
        """Last row of the body, a total or a section included."""
        return self.body_rows[-1] if self.body_rows else None

    def column(self, index: int) -> Column | None:
        """Return the column with a sheet index."""
        for column in self.columns:
            if column.index == index:
                return column
        return None


@dataclass(slots=True, eq=False)
class Page:
    """A sheet with its tables and, for every cell, its place in the page."""

    sheet: Sheet
    seen: list[Seen]
    at: dict[tuple[int, int], Seen]
    tables: list[TableBlock]
    roles: dict[tuple[int, int], tuple[str, int | None]]
    """Role and number of the table; ``body`` where the form has to say what a cell is."""
    around: list[Seen]
    """The cells above, between, beside and below the tables."""
    rows: dict[int, list[Seen]]
    mended: list[Seen]
    """Cells whose text was decoded or could not be, in any way."""
    outside: list[str] = field(default_factory=list)
    """The text beside the grid (`Sheet.outside`), decoded."""


def see_all(cells: list[Cell]) -> list[Cell]:
    """Read the cells of a sheet (`see`, in one go): nearly all are numbers or text.

    Returns
    -------
    list
        The cells whose text was decoded or could not be, in any way.
    """
    mended = []
    for cell in cells:
        value = cell.value
        if value.__class__ in _NUMBERS:
            cell.place, cell.decoded, cell.fate = (cell.row, cell.column), None, None
            cell.kind, cell.text, cell.folded = "number", "", ""
        elif value.__class__ is str:
            cell.place, cell.fate = (cell.row, cell.column), None
            cell.text, decoded, cell.folded, cell.kind = _read_text(value, cell.font, None)
            cell.decoded = decoded
            if decoded.notes:
                mended.append(cell)
        else:
            see(cell)
    return mended


def see(cell: Cell, hint: Encoding | None = None) -> Seen:
    """Read one cell: decode text, fold its words, say what kind of thing it holds."""
    value = cell.value
    cell.place = cell.row, cell.column
    cell.text = cell.folded = ""
    cell.decoded = cell.fate = None
    if isinstance(value, str):
        cell.text, cell.decoded, cell.folded, cell.kind = _read_text(value, cell.font, hint)
    elif isinstance(value, bool):
        cell.kind = "bool"
    elif isinstance(value, int | float):
        cell.kind = "number"
    elif isinstance(value, ErrorValue):
        cell.kind, cell.text = "error", value.code
    else:
        cell.kind = "date"
    return cell


def header_text(one: Seen) -> str:
    """Return the words of a header cell; a number is written as a whole number."""
    if one.kind == "number":
        value = as_float(one)
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(one.value, dt.date):
        return one.value.strftime("%d/%m/%Y")
    return one.text


def as_float(one: Seen) -> float:
    """Return the number of a cell; 0 where it holds none."""
    value = one.value
    return float(value) if isinstance(value, int | float) else 0.0
