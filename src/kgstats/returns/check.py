"""What a district officer needs before sending a return: what is wrong, where, and what to do.

The file says itself of which year it is: by the titles of its forms, also where the year in them
has a slip; else by the day it was counted to, its name, or its signature.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from kgstats.reference.areas import ANCHOR, NoAreasForYear, first_list
from kgstats.returns.book import Previous, Return, file_name, read_book
from kgstats.returns.cells import Workbook
from kgstats.returns.columns.matching import recognise
from kgstats.returns.layout import Page, Seen, TableBlock
from kgstats.returns.records.titles import stated_cut_off, stated_year
from kgstats.returns.rules import Finding, Words
from kgstats.returns.spans import signed_on, slipped_year
from kgstats.returns.subjects.places import gazetteer
from kgstats.returns.turned import read_forms
from kgstats.words import N_

BY_SLIP = N_("the title")
BY_CUT_OFF = N_("the day up to which money is counted")
BY_FILE_NAME = N_("the file's name")
BY_SIGNATURE = N_("the day under the table")
BY_NOTHING = N_("nothing: give the year with --year")

LAST_MONTH_FOR_LAST_YEAR = 6
"""A return signed by the end of this month is that of the year before."""

_YEAR_IN_NAME = re.compile(r"(?<!\d)(20[1-4]\d)(?!\d)")


def check_file(path: Path, year: int | None = None, previous: Previous | None = None) -> Return:
    """Read one return as the province will, without writing anything.

    Parameters
    ----------
    path
        The workbook.
    year
        Reporting year; what the file says of it when not given.
    previous
        Poverty values of the year before by commune code, for the check of the year's start.
    """
    from kgstats.returns.read import read_workbook

    book = read_workbook(path)
    book.file = file_name(path)
    if book.problem is not None:
        return read_book(book, year or 0)
    found: list[Finding] = []
    if year is None:
        year, found = year_of(book)
    known = _known(year)
    result = read_book(book, known, previous=previous)
    if known != year:
        args = {"stated": year, "first": known}
        result.findings = [one for one in result.findings if one.rule != "year_differs"]
        found.append(Finding("year_out_of_reach", book.file, args=args))
    known_rules = {one.rule for one in result.findings}
    found = [one for one in found if one.rule not in known_rules]
    result.findings = [*found, *result.findings]
    return result


def year_of_file(path: Path) -> int | None:
    """Return the year a file says it is of; None where it cannot be read."""
    from kgstats.returns.read import read_workbook

    book = read_workbook(path)
    book.file = file_name(path)
    return None if book.problem is not None else year_of(book)[0]


def _known(year: int) -> int:
    """Return a year, or the first one whose communes are known where it lies before."""
    try:
        gazetteer(year)
    except NoAreasForYear:
        return first_list().year
    return year


def year_of(book: Workbook) -> tuple[int, list[Finding]]:
    """Say of which year a workbook is, and what is doubtful about it.

    Returns
    -------
    year, findings
        The year most titles state. Where none does, what else says it, with a finding that names
        the witness, at the title whose year cannot be read or that has none.
    """
    forms = _forms(book)
    stated = Counter(found[0] for page, block in forms if (found := stated_year(page, block)))
    if stated:
        return max(sorted(stated, reverse=True), key=lambda year: stated[year]), []
    if not forms:
        # Nothing depends on the year: what is wrong is that there is no form.
        return ANCHOR.year, []
    page, block = forms[0]
    year, witness, title = _by_other_witnesses(book, forms)
    rule = "year_absent" if witness != BY_SLIP else "year_slip"
    seen = title or _title(page, block)
    cell = seen.address if seen is not None else ""
    raw = seen.text if seen is not None else ""
    args = {"year": year, "witness": Words(witness)}
    return year, [Finding(rule, book.file, page.sheet.name, cell, raw, args=args)]


def _forms(book: Workbook) -> list[tuple[Page, TableBlock]]:
    """Return the tables of a workbook that are forms."""
    found: list[tuple[Page, TableBlock]] = []
    for sheet in book.sheets:
        if sheet.state != "visible":
            continue
        page, blocks = read_forms(sheet, _forms_on)
        found.extend((page, one) for one in blocks)
    return found


def _forms_on(page: Page) -> list[TableBlock]:
    return [one for one in page.tables if recognise(one, page)[0] is not None]


def _by_other_witnesses(
    book: Workbook, forms: list[tuple[Page, TableBlock]]
) -> tuple[int, str, Seen | None]:
    """Return the year by the best witness there is: its words, and the title that has a slip."""
    for page, block in forms:
        slip = slipped_year(page, block)
        if slip is not None:
            return slip[0], BY_SLIP, slip[1]
    for page, block in forms:
        day = stated_cut_off(page, block)
        if day is not None:
            return day[0].year, BY_CUT_OFF, None
    named = set(_YEAR_IN_NAME.findall(book.file))
    if len(named) == 1:
        return int(named.pop()), BY_FILE_NAME, None
    for page, _ in forms:
        day = signed_on(page)
        if day is not None:
            late = day[0].month <= LAST_MONTH_FOR_LAST_YEAR
            return day[0].year - late, BY_SIGNATURE, None
    return ANCHOR.year, BY_NOTHING, None


def _title(page: Page, block: TableBlock) -> Seen | None:
    """Return the longest line of a table's title: the one that should state the year."""
    rows = block.title_rows or (page.tables[0].title_rows if page.tables else [])
    lines = [one for row in rows for one in page.rows.get(row, ()) if one.kind == "text"]
    return max(lines, key=lambda one: len(one.text), default=None)
