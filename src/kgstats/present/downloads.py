"""Tables as files to take away: CSV and XLSX that open as they are, and never run anything."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from kgstats.words import N_, translator

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Fixed, so that the same table gives the same bytes.
CREATED = dt.datetime(2020, 1, 1)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NOTES = N_("Notes")
DATA = N_("Data")
COLUMNS = N_("What the columns are")
COLUMN, UNIT, MEANING, NAME_IN_DATA = N_("Column"), N_("Unit"), N_("Meaning"), N_("Column name")


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
    follow after an empty row. What the columns mean stands beside it: see `write_metadata`.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([as_text(column["label"]) for column in table["columns"]])
        writer.writerows([_csv(value) for value in row] for row in table["rows"])
        listed = [*notes, *table.get("notes", ())]
        if listed:
            writer.writerow([])
            writer.writerows([as_text(note)] for note in listed)


def _csv(value: Any) -> Any:
    if isinstance(value, float):
        text = format(Decimal(repr(value)), "f")  # Never 5e-06: people read it too.
        return text if "." in text else f"{text}.0"
    return "" if value is None else as_text(value)


METADATA = "csv-metadata.json"
_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def write_metadata(
    tables: Sequence[Mapping[str, Any]], path: Path, notes: Sequence[str] = (), lang: str = "vi"
) -> None:
    """Describe the CSV files of a folder by the W3C's vocabulary for tables on the web.

    For each column: header, type, unit and definition, as the page has them.
    """
    described = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": lang}],
        "dc:description": list(notes),
        "tables": [_described(table) for table in tables],
    }
    text = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _described(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "url": f"{table['slug']}.csv",
        "dc:title": table["caption"],
        "rdfs:comment": list(table.get("notes", ())),
        "dialect": {"encoding": "utf-8", "header": True, "skipBlankRows": True},
        "tableSchema": {
            "columns": [
                {
                    "name": column["key"],
                    "titles": column["label"],
                    "datatype": _datatype(table, place),
                    **({"schema:unitText": column["unit"]} if column.get("unit") else {}),
                    **(
                        {"dc:description": column["definition"]} if column.get("definition") else {}
                    ),
                }
                for place, column in enumerate(table["columns"])
            ]
        },
    }


def _datatype(table: Mapping[str, Any], place: int) -> str:
    """Return the type of a column by what stands in it; of an empty one by its kind."""
    column = table["columns"][place]
    if column.get("kind") == "date":
        return "date"
    types = {type(row[place]) for row in table["rows"] if row[place] is not None}
    if types <= {int, float} and types:
        return "integer" if types == {int} else "number"
    if not types and column.get("unit"):
        return "number"
    return "string" if len(types) != 1 else _TYPES[types.pop()]


def write_xlsx(
    table: Mapping[str, Any], path: Path, notes: Sequence[str] = (), lang: str = "vi"
) -> None:
    """Write a table's payload as XLSX: the data, what its columns mean, and notes.

    Numbers have all their decimals and are shown with as many as on the page.
    """
    import xlsxwriter

    t = translator(lang)
    book = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    )
    book.set_properties({"title": table["caption"], "created": CREATED})
    write_sheet(book, t(DATA), table, {})
    _write_columns(book, table, lang)
    listed = [*notes, *table.get("notes", ())]
    if listed:
        page = book.add_worksheet(t(NOTES))
        page.set_column(0, 0, 100, book.add_format({"text_wrap": True}))
        for line, note in enumerate(listed):
            page.write_string(line, 0, note)
    book.close()


def write_sheet(
    book: Any,
    name: str,
    table: Mapping[str, Any],
    formats: dict[str, Any],
    notes: Sequence[str] | None = None,
) -> None:
    """Add a sheet with a table: its caption, heads, rows, and below them notes, where wanted.

    ``formats`` keeps those of the workbook by name, so that each is made once.
    """
    if not formats:
        formats["bold"] = book.add_format({"bold": True})
        head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
        formats["head"] = book.add_format(head)
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, table["caption"], formats["bold"])
    tallest = 1
    for place, about in enumerate(table["columns"]):
        sheet.write_string(2, place, about["label"], formats["head"])
        values = [row[place] for row in table["rows"]]
        width = _width(about, values)
        sheet.set_column(place, place, width)
        tallest = max(tallest, len(textwrap.wrap(about["label"], int(0.85 * width))))
        for line, value in enumerate(values, start=3):
            written = _format(about, value)
            if written not in formats:
                shown = {"indent": 1} if written == TEXT else {"num_format": written}
                formats[written] = book.add_format(shown)
            _write_cell(sheet, line, place, value, about, formats[written])
    # Spreadsheets do not make room for a head of several lines by themselves.
    sheet.set_row(2, 15.5 * tallest)
    sheet.freeze_panes(3, 1)
    lay_on_paper(sheet)
    if notes is not None:
        for line, note in enumerate([*table.get("notes", ()), *notes], len(table["rows"]) + 4):
            sheet.write_string(line, 0, note)


def _width(about: Mapping[str, Any], values: Sequence[Any]) -> float:
    """Return how many characters a column needs: its values, and the longest word of its head."""
    texts = [
        f"{value:,.{about.get('decimals') or 3}f}" if isinstance(value, float) else str(value)
        for value in values
        if value is not None
    ]
    words = about["label"].split() or [""]
    return float(min(60, max(10, *map(len, texts), *map(len, words)) + 2))


def lay_on_paper(sheet: Any) -> None:
    """Print on A4 across, as wide as the paper, with the heads on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)


def of_page(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the tables of a page, and those of its figures' data."""
    return list(told["tables"]) + [one["data"] for one in told["figures"] if "data" in one]


TEXT = "General"
"""How text is shown; apart from the number before it."""


def _format(about: Mapping[str, Any], value: Any) -> str:
    """Return how a spreadsheet shows a value: as the page does.

    Where the values of a column have units of their own, whole numbers are shown as such and
    others with up to three decimals; the cell holds all of them.
    """
    if about.get("kind") == "date":
        return "dd/mm/yyyy"
    if isinstance(value, str) or about.get("kind", "text") == "text":
        return TEXT
    decimals = about.get("decimals")
    if decimals is None:
        return "#,##0.0##" if isinstance(value, float) and not value.is_integer() else "#,##0"
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _write_cell(
    sheet: Any, line: int, place: int, value: Any, about: Mapping[str, Any], shown: Any
) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value, shown)
    elif about.get("kind") == "date" and _DAY.fullmatch(value):
        sheet.write_datetime(line, place, dt.datetime.fromisoformat(value), shown)
    else:
        sheet.write_string(line, place, str(value), shown)


def _write_columns(book: Any, table: Mapping[str, Any], lang: str) -> None:
    """Add the sheet that says what the columns are: header, unit, meaning, name."""
    t = translator(lang)
    page = book.add_worksheet(t(COLUMNS))
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    for place, (name, width) in enumerate(
        ((COLUMN, 40), (UNIT, 20), (MEANING, 70), (NAME_IN_DATA, 28))
    ):
        page.write_string(0, place, t(name), bold)
        page.set_column(place, place, width, wrapped)
    for line, about in enumerate(table["columns"], start=1):
        for place, name in enumerate(("label", "unit", "definition", "key")):
            if about.get(name):
                page.write_string(line, place, about[name])
