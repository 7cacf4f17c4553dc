"""What was found on each sheet of any spreadsheet, ours or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kgstats.returns.book import file_name
from kgstats.returns.cells import Workbook, column_letter
from kgstats.returns.layout import Page, TableBlock, read_page
from kgstats.returns.values.numbers import decide_style, read_number
from kgstats.returns.values.readings import Rule


def inspect_file(path: Path) -> dict[str, Any]:
    """Describe the tables of a spreadsheet.

    Returns
    -------
    dict
        ``{file, sheets: [{name, hidden, tables: [{header_rows: [first, last],
        column_number_row, first_data_row, last_data_row, total_rows, section_rows,
        repeated_header_rows, footer_rows, unit, encoding, columns: [{letter, header,
        number_style}]}]}]}``, rows from 1. Data rows run from the first row below the header to
        the last above the notes, totals and sections included; a form still to be filled in has
        none, and both are null. ``number_style`` is ``number`` for real numbers, ``vi``
        (1.234,5), ``en`` (1,234.5) or ``digits`` for numbers typed as text, ``ambiguous`` or
        ``mixed`` where that cannot be said, and null for other columns.
        A file that could not be read has no sheets, and ``problem`` and ``detail`` say why.
    """
    from kgstats.returns.read import read_workbook

    book = read_workbook(path)
    book.file = file_name(Path(path))
    return inspect_book(book)


def inspect_book(book: Workbook) -> dict[str, Any]:
    """Describe the tables of a workbook in memory; as `inspect_file`."""
    found: dict[str, Any] = {"file": book.file, "sheets": []}
    for sheet in book.sheets:
        page = read_page(sheet)
        found["sheets"].append(
            {
                "name": sheet.name,
                "hidden": sheet.state != "visible",
                "tables": [_table(page, block) for block in page.tables],
            }
        )
    if book.problem is not None:
        found["problem"] = book.problem
        found["detail"] = book.detail
    return found


def _table(page: Page, block: TableBlock) -> dict[str, Any]:
    return {
        "header_rows": [block.header_first, block.header_last],
        "column_number_row": block.column_number_row,
        "first_data_row": block.first_data_row,
        "last_data_row": block.last_data_row,
        "total_rows": sorted(set(block.total_rows)),
        "section_rows": sorted(block.section_rows),
        "repeated_header_rows": sorted(block.repeated_header_rows),
        "footer_rows": sorted(block.footer_rows),
        "unit": block.unit or block.sheet_unit,
        "encoding": block.encoding,
        "columns": [
            {
                "letter": column_letter(column.index),
                "header": column.header,
                "number_style": number_style(page, block, column.index),
            }
            for column in block.columns
        ],
    }


def number_style(page: Page, block: TableBlock, column: int) -> str | None:
    """Return how a column writes its numbers; None for a column of words, marks or dates."""
    real = typed = 0
    other = 0
    readings = []
    for row in block.body_rows:
        one = page.at.get((row, column))
        if one is None or one.kind in ("blank", "dash"):
            continue
        if one.kind == "number":
            real += 1
        elif one.kind == "numeral":
            typed += 1
            readings.append(read_number(one.value))
        else:
            other += 1
    if real + typed <= other or (column == block.order_column and not real):
        return None
    if real and not typed:
        return "number"
    style = decide_style(readings)
    if style is None:
        proved = {reading.proves for reading in readings if reading.proves is not None}
        if len(proved) > 1:
            return "mixed"
        if any(reading.rule is Rule.AMBIGUOUS for reading in readings):
            return "ambiguous"
        return "mixed" if real else "digits"
    return "mixed" if real > typed else style
