"""What a district officer needs before sending a return: what is wrong, where, and what to do."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from kgstats.reference.areas import ANCHOR
from kgstats.returns.book import Return, file_name, read_book
from kgstats.returns.cells import Cell, ErrorValue, Workbook
from kgstats.returns.matching import recognise
from kgstats.returns.records.titles import stated_year
from kgstats.returns.rules import SEVERITIES, Finding, advice, message
from kgstats.returns.subjects import read_return_page
from kgstats.returns.text import decode
from kgstats.words import N_, translator

QUIET = frozenset({"number_decided", "text_decoded", "column_extra", "sheet_not_a_form"})
"""Notes that are for the record and no work for the officer; they are counted, not commented."""

SEVERITY_WORDS = {"error": N_("Error"), "warning": N_("Please check"), "note": N_("Note")}

AUTHOR = "kgstats"
_CREATED = dt.datetime(2020, 1, 1)
_SHEET_SIGNS = re.compile(r"[\[\]:*?/\\]")


YEAR_UNKNOWN = N_("{file} states no reporting year in its titles: give it with --year")


class YearUnknown(ValueError):
    """The return does not state its year, and no year was given."""

    def __init__(self, file: str) -> None:
        super().__init__(YEAR_UNKNOWN.format(file=file))
        self.file = file


def check_file(path: Path, year: int | None = None) -> Return:
    """Read one return as the province will, without writing anything.

    Parameters
    ----------
    path
        The workbook.
    year
        Reporting year; the one its titles state when not given.

    Raises
    ------
    YearUnknown
        When neither says the year.
    """
    from kgstats.returns.read import read_workbook

    book = read_workbook(path)
    book.file = file_name(path)
    if book.problem is not None:
        return read_book(book, year or 0)
    if year is None:
        forms, years = _stated_years(book)
        if forms and not years:
            raise YearUnknown(book.file)
        # Without a form nothing depends on the year: what is wrong is that there is none.
        year = _most(years) if years else ANCHOR.year
    return read_book(book, year)


def year_of(book: Workbook) -> int:
    """Return the year most of a workbook's forms state in their titles.

    Raises
    ------
    YearUnknown
        When no title states one.
    """
    _, years = _stated_years(book)
    if not years:
        raise YearUnknown(book.file)
    return _most(years)


def _most(years: Counter[int]) -> int:
    return max(sorted(years, reverse=True), key=lambda year: years[year])


def _stated_years(book: Workbook) -> tuple[int, Counter[int]]:
    """Return how many forms a workbook has, and the years their titles state."""
    forms, years = 0, Counter[int]()
    for sheet in book.sheets:
        if sheet.state != "visible":
            continue
        page = read_return_page(sheet)
        for block in page.tables:
            if recognise(block, page)[0] is None:
                continue
            forms += 1
            stated = stated_year(page, block)
            if stated is not None:
                years[stated[0]] += 1
    return forms, years


def lines(findings: Sequence[Finding], lang: str) -> list[tuple[str, str, str, str]]:
    """Return severity, place, message and advice of findings, gravest first.

    Quiet notes of one rule and sheet are put together into one line.
    """
    t = translator(lang)
    shown: list[tuple[int, int, tuple[str, str, str, str]]] = []
    quiet: dict[tuple[str, str], list[Finding]] = {}
    for place, one in enumerate(findings):
        if one.rule in QUIET and one.rule != "sheet_not_a_form":
            quiet.setdefault((one.rule, one.sheet), []).append(one)
            continue
        shown.append((SEVERITIES.index(one.grave), place, _line(one, lang)))
    for held in quiet.values():
        severity, where, said, what = _line(held[0], lang)
        if len(held) > 1:
            said += " " + t("({n} such cells on this sheet.)", n=len(held))
        shown.append(
            (SEVERITIES.index(held[0].grave), len(findings), (severity, where, said, what))
        )
    return [line for _, _, line in sorted(shown, key=lambda entry: entry[:2])]


def _line(one: Finding, lang: str) -> tuple[str, str, str, str]:
    t = translator(lang)
    where = f"{one.sheet}!{one.cell}" if one.sheet and one.cell else one.cell or one.sheet
    return t(SEVERITY_WORDS[one.grave]), where, message(one, lang), advice(one, lang)


def comments(findings: Sequence[Finding], lang: str) -> dict[tuple[str, str], str]:
    """Return the comment of each doubtful cell, by sheet and cell."""
    t = translator(lang)
    found: dict[tuple[str, str], list[str]] = {}
    for one in findings:
        if not one.cell or one.rule in QUIET:
            continue
        words = t(SEVERITY_WORDS[one.grave])
        text = f"{words}: {message(one, lang)} {advice(one, lang)}"
        found.setdefault((one.sheet, one.cell), []).append(text)
    return {place: "\n".join(texts) for place, texts in found.items()}


def annotate(path: Path, out: Path, findings: Sequence[Finding], lang: str) -> Path:
    """Write a copy of a workbook with a comment on each doubtful cell.

    Of ``.xlsx`` and ``.xlsm`` everything else stays as it is; other kinds are written as a new
    ``.xlsx`` with their values.

    Returns
    -------
    Path
        The copy: ``out``, with the ending its kind needs.
    """
    said = comments(findings, lang)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        copy = _annotate_in_place(path, out.with_suffix(path.suffix.lower()), said)
        if copy is not None:
            return copy
    return _annotate_anew(path, out.with_suffix(".xlsx"), said)


def _annotate_in_place(path: Path, out: Path, said: dict[tuple[str, str], str]) -> Path | None:
    import openpyxl
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment

    try:
        book = openpyxl.load_workbook(path, keep_vba=path.suffix.lower() == ".xlsm")
    except Exception:  # a workbook that openpyxl cannot open is written anew
        return None
    for (sheet, cell), text in said.items():
        if sheet not in book.sheetnames:
            continue
        page = book[sheet]
        place = page[cell]
        if isinstance(place, MergedCell):
            span = next((span for span in page.merged_cells.ranges if cell in span), None)
            if span is None:
                continue
            place = page.cell(span.min_row, span.min_col)
        known = f"{place.comment.text}\n" if place.comment is not None else ""
        comment = Comment(known + text, AUTHOR)
        comment.width, comment.height = 420, 60 + 18 * (len(text) // 50)
        place.comment = comment
    book.save(out)
    return out


def _annotate_anew(path: Path, out: Path, said: dict[tuple[str, str], str]) -> Path:
    import xlsxwriter

    from kgstats.returns.read import read_workbook

    received = read_workbook(path)
    book = xlsxwriter.Workbook(
        str(out), {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    )
    book.set_properties({"created": _CREATED})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    names: set[str] = set()
    for sheet in received.sheets:
        page = book.add_worksheet(_sheet_name(sheet.name or path.stem, names))
        if sheet.state != "visible" and len(received.sheets) > 1:
            page.hide()
        for cell in sheet.cells:
            _put(page, cell, day)
        for (name, address), text in said.items():
            if name == sheet.name:
                page.write_comment(address, text[:30_000], {"author": AUTHOR, "x_scale": 3})
    if not received.sheets:
        book.add_worksheet(_sheet_name(path.stem, names))
    book.close()
    return out


def _put(page: object, cell: Cell, day: object) -> None:
    """Write a value so that nothing in it can run."""
    row, column, value = cell.row - 1, cell.column - 1, cell.value
    write = page  # typed as object: xlsxwriter has no types
    if isinstance(value, bool):
        write.write_boolean(row, column, value)  # type: ignore[attr-defined]
    elif isinstance(value, int | float):
        write.write_number(row, column, value)  # type: ignore[attr-defined]
    elif isinstance(value, dt.datetime | dt.date):
        write.write_datetime(row, column, value, day)  # type: ignore[attr-defined]
    elif isinstance(value, ErrorValue):
        write.write_string(row, column, value.code)  # type: ignore[attr-defined]
    elif isinstance(value, str):
        write.write_string(row, column, decode(value, cell.font).text[:32_000])  # type: ignore[attr-defined]
    else:
        write.write_string(row, column, str(value))  # type: ignore[attr-defined]


def _sheet_name(name: str, taken: set[str]) -> str:
    bare = _SHEET_SIGNS.sub(" ", name).strip().strip("'")[:28] or "Sheet"
    number, free = 1, bare
    while free.lower() in taken:
        number += 1
        free = f"{bare} {number}"
    taken.add(free.lower())
    return free
