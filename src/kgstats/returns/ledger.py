"""The ledger: what became of every cell received.

One row for every non-empty cell: text that is more than white space, any number, date, boolean or
error value. The accounts must add up: cells received are cells accounted for.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from kgstats import registry
from kgstats.returns.cells import (
    Cell,
    CellValue,
    ErrorValue,
    Fate,
    Workbook,
    column_letter,
    runs,
)
from kgstats.returns.rules import Words
from kgstats.words import N_

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

LEDGER_COLUMNS = ("file", "sheet", "cell", "raw", "role", "table", "row_key", "column")
"""Columns of ``cells.parquet``, in their order."""

ROLES = tuple(registry.codes("role"))
"""What a cell may be: a value of a table, an explained part of the page, or quarantined."""

_ROLES = frozenset(ROLES)
NO_PLACE = ("", "", "")
FATES: dict[str, Fate] = {role: (role, *NO_PLACE) for role in ROLES}
"""The fates of cells that stand behind no value."""


class AccountsDiffer(AssertionError):
    """Cells were lost or counted twice: an error of the product, never of a return."""


def row_key(*parts: object) -> str:
    """Join the key of a row of a clean table into one text.

    >>> row_key(2019, "906", "30904", 5)
    '2019/906/30904/5'
    """
    return "/".join(map(str, parts))


class _Reals(dict[float, str]):
    """Real numbers in their shortest form: the same ones come again and again."""

    def __missing__(self, value: float) -> str:
        if len(self) >= MOST_KEPT:
            self.clear()
        whole = value.is_integer() and abs(value) < 1e15
        text = self[value] = str(int(value)) if whole else repr(value)
        return text


MOST_KEPT = 1 << 16
_REALS = _Reals()


@lru_cache(maxsize=1 << 16, typed=True)
def raw_text(value: CellValue) -> str:
    """Write a value as the ledger shows it: as stored, numbers in their shortest form.

    >>> raw_text(17.0), raw_text(0.875), raw_text(True), raw_text("  Đ ")
    ('17', '0.875', 'TRUE', '  Đ ')
    """
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            return value.encode("utf-8", "replace").decode("utf-8")
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _REALS[value]
    if isinstance(value, ErrorValue):
        return value.code
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.timedelta):
        return str(value)
    return value.isoformat()


def raw_texts(cells: Sequence[Cell]) -> list[str]:
    """Write the values of cells as the ledger shows them (`raw_text`, in one go)."""
    values = [*map(attrgetter("value"), cells)]
    found = [
        one if one.__class__ is str else _REALS[one] if one.__class__ is float else raw_text(one)
        for one in values
    ]
    try:
        "".join(found).encode()
    except UnicodeEncodeError:
        return [*map(raw_text, values)]
    return found


def is_empty(value: CellValue | None) -> bool:
    """Whether a cell counts as empty: nothing, or white space only."""
    return value is None or (value.__class__ is str and not value.strip())


def cells_received(book: Workbook) -> int:
    """Count the non-empty cells of a workbook."""
    return sum(len(filled(sheet.cells)) for sheet in book.sheets)


def filled(cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells that are not empty (`is_empty`, in one go)."""
    return [
        cell
        for cell in cells
        if (value := cell.value) is not None and (value.__class__ is not str or value.strip())
    ]


@dataclass(slots=True)
class Ledger:
    """The ledger of one file, column by column."""

    file: str
    received: int = 0
    sheet: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    role: list[str] = field(default_factory=list)
    table: list[str] = field(default_factory=list)
    row_key: list[str] = field(default_factory=list)
    column: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of cells accounted for."""
        return len(self.cell)

    def check(self) -> None:
        """Raise unless every cell received stands in the ledger exactly once.

        Raises
        ------
        AccountsDiffer
            When cells are missing, doubled or have a role that does not exist.
        """
        if len(self.cell) != self.received:
            raise AccountsDiffer(
                f"{self.file}: {self.received} cells received, {len(self.cell)} accounted for"
            )
        if len(set(zip(self.sheet, self.cell, strict=True))) != len(self.cell):
            raise AccountsDiffer(f"{self.file}: a cell stands twice in the ledger")
        if not _ROLES.issuperset(self.role):
            strange = ", ".join(sorted(set(self.role) - _ROLES))
            raise AccountsDiffer(f"{self.file}: no such role: {strange}")

    def counts(self) -> Counter[str]:
        """Count the cells of each role."""
        return Counter(self.role)


class _Named(dict[tuple[int, int], str]):
    """Addresses by place: the same ones come on every sheet."""

    def __missing__(self, place: tuple[int, int]) -> str:
        if len(self) >= MOST_KEPT:
            self.clear()
        row, column = place
        address = self[place] = f"{column_letter(column)}{row}"
        return address


_NAMED = _Named()


@dataclass(slots=True)
class Address:
    """Addresses of cells as they were received."""

    def __call__(self, row: int, column: int) -> str:
        """Return the address of a place, as ``AB12``."""
        return _NAMED[row, column]

    def all(self, cells: Iterable[Cell]) -> list[str]:
        """Return the addresses of cells."""
        return [_NAMED[cell.row, cell.column] for cell in cells]

    def rows(self, rows: Collection[int]) -> Words:
        """Name rows as they were received."""
        return numbered(
            (ROW, ROWS), [f"{a}–{b}" if b > a else f"{a}" for a, b in runs(sorted(rows))]
        )


ROW, ROWS = N_("row {rows}"), N_("rows {rows}")
COLUMN, COLUMNS = N_("column {rows}"), N_("columns {rows}")


def numbered(words: tuple[str, str], named: Sequence[str]) -> Words:
    """Name one row or several, given as runs: ``7``, ``15–17``."""
    several = len(named) > 1 or "–" in named[0]
    return Words(words[several], (("rows", ", ".join(named)),))


def joined(ledgers: Sequence[Ledger]) -> pa.Table:
    """Put the ledgers of several files one below the other."""
    import pyarrow as pa

    text = pa.large_string()
    files = [pa.repeat(pa.scalar(one.file, text), len(one)) for one in ledgers]
    arrays = [pa.chunked_array(files, text).combine_chunks()]
    for name in LEDGER_COLUMNS[1:]:
        parts = map(attrgetter(name), ledgers)
        arrays.append(pa.array(list(chain.from_iterable(parts)), text))
    return pa.table(arrays, names=list(LEDGER_COLUMNS))


def as_frame(ledger: pa.Table) -> pd.DataFrame:
    """Return a ledger as a DataFrame of text columns."""
    import pandas as pd

    text: Any = pd.StringDtype()
    columns = {name: text.__from_arrow__(ledger.column(name)) for name in ledger.column_names}
    return pd.DataFrame(columns, copy=False)


def by_form(ledger: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return each form's part of a ledger: the cells of its tables, and what stands over them.

    What stands over them are the headings and sections of the sheets on which its tables stand. A
    page that names the cells behind its numbers depends on these parts of the forms it reads, so a
    changed cell of another form does not concern it.

    Parameters
    ----------
    ledger
        The ledger of a year, columns as in `LEDGER_COLUMNS`.

    Returns
    -------
    dict
        By the form's number, the rows of its part in the ledger's order.
    """
    import pandas as pd

    place, _ = pd.factorize(ledger["file"] + "\0" + ledger["sheet"])
    over = ledger["role"].isin(("header", "section")).to_numpy(bool)
    parts = {}
    for form, tables in registry.forms().items():
        own = ledger["table"].isin(tables).to_numpy(bool)
        beside = over & pd.Series(place).isin(pd.unique(place[own])).to_numpy(bool)
        parts[form] = ledger[own | beside].reset_index(drop=True)
    return parts


def totals(ledger: pd.DataFrame, by: Iterable[str] = ("role",)) -> pd.DataFrame:
    """Count the cells of a ledger, by role unless told otherwise.

    Columns: those of ``by`` and ``cells``.
    """
    keys = list(by)
    return ledger.groupby(keys, sort=True, observed=True).size().rename("cells").reset_index()
