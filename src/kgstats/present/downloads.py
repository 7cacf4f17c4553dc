"""Tables as files to take away: CSV and XLSX that open as they are, and never run anything."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kgstats.words import N_, translator

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Fixed, so that the same table gives the same bytes.
_CREATED = dt.datetime(2020, 1, 1)
NOTES = N_("Notes")
DATA = N_("Data")


def as_text(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers.

    >>> as_text("=cmd|' /C calc'!A0"), as_text(-1.5), as_text("−1,5")
    ("'=cmd|' /C calc'!A0", -1.5, '−1,5')
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def write_csv(table: Mapping[str, Any], path: Path, notes: Sequence[str] = ()) -> None:
    """Write a table's payload as CSV: UTF-8 with a mark so that Excel reads the accents.

    The first row names the columns, absent values are empty, numbers have a decimal point; notes
    follow after an empty row.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([as_text(column["label"]) for column in table["columns"]])
        for row in table["rows"]:
            writer.writerow(["" if value is None else as_text(value) for value in row])
        listed = [*notes, *table.get("notes", ())]
        if listed:
            writer.writerow([])
            writer.writerows([as_text(note)] for note in listed)


def write_xlsx(
    table: Mapping[str, Any], path: Path, notes: Sequence[str] = (), lang: str = "vi"
) -> None:
    """Write a table's payload as XLSX: caption, header, rows, and a sheet of notes."""
    import xlsxwriter

    t = translator(lang)
    book = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    )
    book.set_properties({"title": table["caption"], "created": _CREATED})
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    sheet = book.add_worksheet(t(DATA))
    sheet.write_string(0, 0, table["caption"], bold)
    for column, about in enumerate(table["columns"]):
        sheet.write_string(2, column, about["label"], head)
        lengths = [len(str(row[column])) for row in table["rows"] if row[column] is not None]
        sheet.set_column(column, column, min(60, max([10, *lengths]) + 2))
    for line, row in enumerate(table["rows"], start=3):
        for column, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, bool):
                sheet.write_boolean(line, column, value)
            elif isinstance(value, int | float):
                sheet.write_number(line, column, value)
            else:
                sheet.write_string(line, column, str(value))
    sheet.freeze_panes(3, 1)
    listed = [*notes, *table.get("notes", ())]
    if listed:
        page = book.add_worksheet(t(NOTES))
        page.set_column(0, 0, 100, book.add_format({"text_wrap": True}))
        for line, note in enumerate(listed):
            page.write_string(line, 0, note)
    book.close()
