"""A copy of a return with a comment on each doubtful cell."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from kgstats.returns.cells import Cell, ErrorValue
from kgstats.returns.rules import Finding, advice, figure, message
from kgstats.returns.telling import QUIET, SEVERITY_WORDS
from kgstats.returns.text import decode
from kgstats.words import translator

AUTHOR = "kgstats"
_CREATED = dt.datetime(2020, 1, 1)
_SHEET_SIGNS = re.compile(r"[\[\]:*?/\\]")

MOST_COMMENTS = 20
"""So many cells of one sheet get a comment about one rule; the first says how many there are."""


def comments(findings: Sequence[Finding], lang: str) -> dict[tuple[str, str], str]:
    """Return the comment of each doubtful cell, by sheet and cell."""
    t = translator(lang)
    alike = Counter((one.rule, one.sheet) for one in findings if one.cell)
    told: Counter[tuple[str, str]] = Counter()
    found: dict[tuple[str, str], list[str]] = {}
    for one in findings:
        kind = one.rule, one.sheet
        if not one.cell or one.rule in QUIET or told[kind] == MOST_COMMENTS:
            continue
        told[kind] += 1
        text = f"{t(SEVERITY_WORDS[one.grave])}: {message(one, lang)} {advice(one, lang)}"
        if told[kind] == 1 and alike[kind] > MOST_COMMENTS:
            text += " " + t("({n} such cells on this sheet.)", n=figure(alike[kind], lang))
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
