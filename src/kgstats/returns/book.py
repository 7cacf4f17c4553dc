"""One received workbook on its way to records: from sheets to tables, rows, values, accounts."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kgstats.returns import corrections as fixes
from kgstats.returns.cells import Cell, Sheet, Workbook
from kgstats.returns.ledger import Address, Ledger, filled, raw_text
from kgstats.returns.records.lines import Work
from kgstats.returns.records.table import Table
from kgstats.returns.rules import FILE_RULES, Finding
from kgstats.returns.subjects.places import Gazetteer, gazetteer

Record = dict[str, Any]
Previous = Mapping[str, Mapping[str, int | None]]
"""Values of the year before by commune code; by district code, its money (`MONEY_BEFORE`)."""
MONEY_BEFORE = "money_vnd"
"""Names the sum of all amounts of a district's return of the year before."""


@dataclass(slots=True, eq=False)
class Return:
    """What was read from one file.

    ``district`` is whose file it is as a whole; ``held`` are the district and form of every table
    that was read, which may be of several districts.
    """

    file: str
    district: str | None = None
    forms: list[str] = field(default_factory=list)
    held: list[tuple[str, str]] = field(default_factory=list)
    records: dict[str, list[Record]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    ledger: Ledger | None = None
    problem: str | None = None
    sheets: int = 0
    stated: list[Record] = field(default_factory=list)

    @property
    def received(self) -> int:
        """Number of non-empty cells received."""
        return self.ledger.received if self.ledger is not None else 0

    def graves(self) -> Counter[str]:
        """Count the findings by severity."""
        return Counter(one.grave for one in self.findings)


@dataclass(slots=True, eq=False)
class Book:
    """A workbook while it is read: what is known of its sheets and tables so far."""

    book: Workbook
    year: int
    declared: str | None
    previous: Previous | None
    result: Return
    originals: Mapping[tuple[str, tuple[int, int]], str]
    received: Mapping[int, list[Cell]]
    """The cells of each sheet that are not empty, by its identity."""
    gazetteer: Gazetteer
    elsewhere: frozenset[str] = frozenset()
    """Districts whose return stands in a file of its own: a table of theirs here is a copy."""
    works: list[Work] = field(default_factory=list)
    hidden: list[Sheet] = field(default_factory=list)
    guidance: list[Sheet] = field(default_factory=list)
    """Sheets that only guide the officer."""
    tables: list[Table] = field(default_factory=list)
    aside: set[int] = field(default_factory=set)
    """Sheets with a table of another year."""
    address: Address = field(default_factory=Address)

    def find(self, rule: str, sheet: str = "", cell: str = "", **args: object) -> None:
        """Note a finding about the file, or a sheet that is not read."""
        self.result.findings.append(Finding(rule, self.book.file, sheet, cell, args=args))

    def of_form(self, key: str) -> list[Table]:
        """Return the tables of a form that can be used."""
        return [table for table in self.tables if table.form.key == key and not table.refused]


def file_name(path: Path, folder: Path | None = None) -> str:
    r"""Return a file's name as tables show it: composed letters, below its folder.

    >>> file_name(Path("../../x/Gio\u0300ng.xls")) == "Giòng.xls"
    True
    >>> file_name(Path("returns/An Bien/01.xls"), Path("returns"))
    'An Bien/01.xls'
    """
    below = path.relative_to(folder).as_posix() if folder is not None else path.name
    name = unicodedata.normalize("NFC", below)
    return name.encode("utf-8", "replace").decode("utf-8")


def read_return(
    path: Path,
    year: int,
    *,
    name: str | None = None,
    corrections: Sequence[fixes.Correction] = (),
    district: str | None = None,
    previous: Previous | None = None,
    elsewhere: Collection[str] = (),
) -> Return:
    """Read one file of one district.

    Parameters
    ----------
    path
        The file as received.
    year
        Reporting year: decides which communes there are.
    name
        What the file is called; its name without folders when not given.
    corrections
        Declared corrections; those of other files are ignored.
    district
        Code of the district where it is declared; found by witnesses otherwise.
    previous
        Values of the year before: poverty by commune code, for the check of the year's start,
        and money by district code, for a unit that is stated nowhere.
    elsewhere
        Districts whose return stands in a file of its own: their tables here are copies.
    """
    from kgstats.returns.read import read_workbook

    book = read_workbook(path)
    book.file = name or file_name(path)
    return read_book(
        book, year, corrections=corrections, district=district, previous=previous,
        elsewhere=elsewhere,
    )  # fmt: skip


def read_book(
    book: Workbook,
    year: int,
    *,
    corrections: Sequence[fixes.Correction] = (),
    district: str | None = None,
    previous: Previous | None = None,
    elsewhere: Collection[str] = (),
) -> Return:
    """Read a workbook that is in memory; as `read_return`."""
    file = book.file
    result = Return(file, problem=book.problem, ledger=Ledger(file))
    applied = fixes.apply(corrections, book) if corrections else []
    if book.problem is not None:
        rule = book.problem if book.problem in FILE_RULES else "unreadable"
        result.findings.append(Finding(rule, file, args={"detail": book.detail}))
        return result
    originals = {(one.correction.sheet, one.correction.place): one.raw for one in applied}
    assert result.ledger is not None
    received = {id(sheet): filled(sheet.cells) for sheet in book.sheets}
    result.ledger.received = sum(map(len, received.values())) + sum(
        one.correction.value in (None, "") for one in applied
    )
    for one in applied:
        fix = one.correction
        args = {
            "value": "" if fix.value is None else raw_text(fix.value),
            "reason": fix.reason,
            "reporter": fix.reported_by,
        }
        result.findings.append(
            Finding("correction_applied", file, fix.sheet, fix.cell, one.raw, args=args)
        )
    _read(
        Book(
            book, year, district, previous, result, originals, received, gazetteer(year),
            frozenset(elsewhere),
        )
    )  # fmt: skip
    return result


def _read(book: Book) -> None:
    """Read the sheets of a workbook: tables, whose they are, rows, records, what is left."""
    from kgstats.returns import clean_rows, leftovers, origin, pages

    pages.open_sheets(book)
    if not book.works and not book.hidden and not book.guidance:
        book.find("no_cells")
    origin.settle(book)
    pages.prefer_upright(book)
    for table in book.tables:
        if table.district is None or table.refused:
            table.quarantine()
            continue
        table.lines = pages.lines(book, table, table.district)
        if not table.lines and not any(one.grave == "error" for one in table.work.findings):
            table.work.find("form_without_rows", table.corner, form=table.form.number)
    clean_rows.make(book)
    leftovers.explain(book)
    result = book.result
    for work in book.works:
        result.findings.extend(work.findings)
    result.forms = list(dict.fromkeys(table.form.key for table in book.tables))
    result.held = list(
        dict.fromkeys(
            (table.district, table.form.key)
            for table in book.tables
            if table.district is not None and not table.refused
        )
    )
    result.sheets = len(book.book.sheets)
