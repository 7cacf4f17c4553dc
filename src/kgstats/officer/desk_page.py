"""The words and pieces of the desk's page: what was found, beside the cells it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from kgstats.officer import delivery
from kgstats.officer.delivery import Checked
from kgstats.reference.areas import NoAreasForYear, first_list
from kgstats.returns.annotating import shown
from kgstats.returns.book import Return
from kgstats.returns.cells import CellValue, Sheet, column_letter
from kgstats.returns.ledger import raw_text
from kgstats.returns.rules import SEVERITIES, Finding, advice, figure, told
from kgstats.returns.subjects.places import gazetteer
from kgstats.returns.telling import QUIET, SEVERITY_WORDS
from kgstats.text import decode
from kgstats.words import N_, Translate, translator

MOST_SHOWN = 100
"""So many findings of one file stand on the page; all of them stand in the copy."""

LANGUAGE_NAMES = (("vi", "Tiếng Việt"), ("en", "English"))
TITLE = N_("Check a return before it is sent")
WORDS = {
    "skip": N_("To the content"),
    "languages": N_("Language"),
    "lead": N_(
        "Give all workbooks of your district's return. In a minute you see what to mend and where."
    ),
    "give": N_("1. Give the workbooks"),
    "files": N_("Workbooks of the return"),
    "drop": N_(
        "Choose one or several files (.xlsx, .xls, .ods, .csv, .zip), or drop them on this page."
    ),
    "check": N_("Check"),
    "not_kept": N_(
        "Files stay on this machine. They are read, and deleted at once; copies to take are held "
        "in memory for a quarter of an hour."
    ),
    "too_large": N_("These files are too large for a return."),
    "none_chosen": N_("Choose a file first."),
    "busy": N_("Reading…"),
    "found": N_("2. What was found"),
    "unpublished": N_("What the province could not publish"),
    "take_copy": N_("Take the copy with marked cells"),
    "todo": N_("What to do:"),
    "form": N_("A workbook to fill in"),
    "form_lead": N_(
        "It has the communes of your district and checks itself while you type. Filled in, give it "
        "here again before you send it."
    ),
    "year": N_("Reporting year"),
    "district": N_("District"),
    "take": N_("Take the workbook"),
    "foot": N_("This page is served by this machine, for this machine only."),
}
COUNTS = N_("Errors: {errors}; to check: {warnings}; notes: {notes}.")
MORE = N_("{n} more findings stand in the copy.")
WHERE = N_("sheet “{sheet}”, cell {cell}")
WHERE_CELL = N_("cell {cell}")


@dataclass(frozen=True)
class Shown:
    """One file on the page."""

    name: str
    counts: str
    findings: list[dict[str, Any]]
    more: str
    copy: str


@lru_cache
def _template() -> Any:
    import jinja2

    text = (resources.files("kgstats.officer") / "assets" / "page.html").read_text(encoding="utf-8")
    return jinja2.Environment(autoescape=True).from_string(text)


def page(
    lang: str,
    token: str,
    most_bytes: int,
    *,
    checked: Checked | None = None,
    files: Sequence[Shown] = (),
    problem: str = "",
) -> str:
    """Return the page: empty, with what was found, or with what went wrong."""
    t = translator(lang)
    year = dt.date.today().year - 1
    years = [one for one in range(year + 1, first_list().year - 1, -1) if _districts(one)]
    chosen = year if year in years else years[0]
    said: dict[str, Any] = {}
    if checked is not None:
        graves = [one.grave for one in checked.findings]
        unread = any(one.problem is not None for _, one in checked.files)
        bad = "error" in graves or unread or checked.exit_code
        doubtful = "warning" in graves or any(one.missing for one in checked.deliveries)
        received = sum(one.received for _, one in checked.files)
        said = {
            "checked": files,
            "verdict": "error" if bad else "warning" if doubtful else "good",
            "closing": delivery.summed_up(checked, received, lang),
            "summary": [line for one in checked.deliveries for line in delivery.said(one, lang)],
            "unpublished": [
                line for one in checked.deliveries for line in delivery.unpublished(one, lang)
            ],
        }
    return str(
        _template().render(
            lang=lang, token=token, most_bytes=most_bytes, title=t(TITLE), problem=problem,
            w={name: t(words) for name, words in WORDS.items()}, languages=LANGUAGE_NAMES,
            years=years, year=chosen, districts=_districts(chosen), **said,
        )
    )  # fmt: skip


@lru_cache
def _districts(year: int) -> tuple[tuple[str, str], ...]:
    try:
        known = gazetteer(year).districts
    except NoAreasForYear:
        return ()
    return tuple((code, one.full_name) for code, one in known.items())


def shown_file(one: Return, sheets: Sequence[Sheet], copy: str, lang: str) -> Shown:
    """Return what the page shows of one file."""
    t, graves = translator(lang), one.graves()
    counts = t(
        COUNTS, errors=figure(graves["error"], lang), warnings=figure(graves["warning"], lang),
        notes=figure(graves["note"], lang),
    )  # fmt: skip
    ordered = sorted(
        (finding for finding in one.findings if finding.rule not in QUIET),
        key=lambda finding: SEVERITIES.index(finding.grave),
    )
    pages = {sheet.name: sheet for sheet in sheets}
    listed, seen = [], set()
    for finding in ordered[:MOST_SHOWN]:
        place = finding.sheet, finding.cell
        # What was shown once need not be shown again.
        listed.append(_finding(finding, {} if place in seen else pages, t, lang))
        seen.add(place)
    left = len(ordered) - len(listed)
    more = t(MORE, n=figure(left, lang)) if left else ""
    return Shown(one.file, counts, listed, more, copy)


def _finding(
    finding: Finding, sheets: Mapping[str, Sheet], t: Translate, lang: str
) -> dict[str, Any]:
    where = ""
    if finding.cell:
        words = WHERE if finding.sheet else WHERE_CELL
        args = {"sheet": finding.sheet} if finding.sheet else {}
        where = t(words, cell=finding.cell, **args)
    sheet = sheets.get(finding.sheet) if finding.cell else None
    return {
        "severity": finding.grave,
        "word": t(SEVERITY_WORDS[finding.grave]),
        "where": where,
        "found": told(finding, lang),
        "to_do": advice(finding, lang),
        "preview": preview(sheet, finding.cell, lang)
        if sheet is not None and finding.cell
        else None,
    }


def _written(value: CellValue, lang: str) -> str:
    """Write a value as its sheet shows it; a number that may be a year stays as it is."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and float(value).is_integer() and not 1900 <= value <= 2100:  # type: ignore[arg-type, operator]
        return figure(int(value), lang)  # type: ignore[arg-type]
    return value if isinstance(value, str) else shown(raw_text(value), lang)


def preview(sheet: Sheet, address: str, lang: str) -> dict[str, Any] | None:
    """Return the cells around one: its row and those beside it, its neighbours, the names.

    Parameters
    ----------
    sheet
        The sheet as it was received.
    address
        The cell, ``F12``.
    lang
        Numbers are written as people of this language write them.
    """
    letters = address.rstrip("0123456789")
    if not letters or letters == address:
        return None
    row, column = int(address[len(letters) :]), 0
    for letter in letters:
        column = 26 * column + ord(letter) - 64
    values = {
        # Words in the fonts of old machines are shown as they were meant.
        (cell.row, cell.column): decode(cell.value, cell.font).text
        if isinstance(cell.value, str)
        else cell.value
        for cell in sheet.cells
        if abs(cell.row - row) <= 1
    }
    first = min((at[1] for at in values), default=column)
    columns = sorted({first, first + 1, column - 1, column, column + 1} - {0})
    rows = []
    for at in range(max(1, row - 1), row + 2):
        cells = []
        for one in columns:
            value = values.get((at, one))
            text = "" if value is None else _written(value, lang)
            cells.append({"text": text[:80], "marked": (at, one) == (row, column)})
        rows.append({"at": at, "cells": cells})
    return {"letters": [column_letter(one) for one in columns], "rows": rows}
