"""OpenDocument spreadsheets."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from odf.style import Style, TableProperties, TextProperties
from odf.table import Table, TableCell, TableColumn, TableRow
from tests.returns.files.writers import counted, grids, ods_cell, ods_of, same

from kgstats.returns.cells import ErrorValue
from kgstats.returns.read import read_bytes


def test_ods_has_values_errors_formats_fonts_and_what_is_hidden():
    hidden = Style(name="an", family="table")
    hidden.addElement(TableProperties(display="false"))
    legacy = Style(name="cu", family="table-cell")
    legacy.addElement(TextProperties(fontname=".VnTime"))
    table = Table(name="Biểu 01")
    table.addElement(TableColumn(numbercolumnsrepeated=3))
    table.addElement(TableColumn(visibility="collapse"))
    table.addElement(TableColumn(numbercolumnsrepeated=1020))
    rows = [
        [ods_cell("Xã  A", valuetype="string", stylename="cu"), ods_cell("  ", valuetype="string")],
        [
            ods_cell("87,5%", valuetype="percentage", value="0.875"),
            ods_cell("2/5", valuetype="date", datevalue="2019-05-02"),
            ods_cell("#DIV/0!", valuetype="float", value="0", formula="of:=1/0"),
            ods_cell("TRUE", valuetype="boolean", booleanvalue="true"),
        ],
        [ods_cell("5", valuetype="float", value="5", numbercolumnsrepeated=2)],
        [ods_cell("gộp", valuetype="string", numbercolumnsspanned=3, numberrowsspanned=2)],
    ]
    for index, cells in enumerate(rows):
        row = TableRow(visibility="collapse") if index == 2 else TableRow()
        for cell in cells:
            row.addElement(cell)
        table.addElement(row)
    empty = TableRow(numberrowsrepeated=1_048_572)
    empty.addElement(TableCell(numbercolumnsrepeated=16_384))
    table.addElement(empty)
    book = read_bytes(ods_of([table, Table(name="Ẩn", stylename="an")], (hidden, legacy)))
    assert (book.format, book.problem) == ("ods", None)
    assert [(one.name, one.state) for one in book.sheets] == [
        ("Biểu 01", "visible"),
        ("Ẩn", "hidden"),
    ]
    sheet = book.sheets[0]
    cells = {cell.address: cell for cell in sheet.cells}
    assert {address: cell.value for address, cell in cells.items()} == {
        "A1": "Xã  A",
        "A2": 0.875,
        "B2": dt.date(2019, 5, 2),
        "C2": ErrorValue("#DIV/0!"),
        "D2": True,
        "A3": 5.0,
        "B3": 5.0,
        "A4": "gộp",
    }
    assert cells["A1"].font == ".VnTime"
    assert (cells["A2"].number_format, cells["B2"].number_format) == ("0.00%", "d/m")
    assert sheet.merged == [(4, 1, 5, 3)]
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({3}, {4})
    assert {address for address, cell in cells.items() if cell.hidden} == {"D2", "A3", "B3"}


def test_ods_cells_repeated_without_end_are_refused():
    table = Table(name="A")
    row = TableRow(numberrowsrepeated=1_000_000)
    row.addElement(ods_cell("5", valuetype="float", value="5", numbercolumnsrepeated=16_000))
    table.addElement(row)
    assert read_bytes(ods_of([table])).problem == "too_large"


@settings(max_examples=15, deadline=None)
@given(grids)
def test_ods_cells_read_are_cells_written(grid):
    table = Table(name="A")
    for row in range(max((row for row, _ in grid), default=-1) + 1):
        element = TableRow()
        for column in range(max((c for r, c in grid if r == row), default=-1) + 1):
            value = grid.get((row, column))
            if value is None:
                element.addElement(TableCell())
            elif isinstance(value, bool):
                element.addElement(ods_cell(valuetype="boolean", booleanvalue=str(value).lower()))
            elif isinstance(value, str):
                element.addElement(ods_cell(value, valuetype="string"))
            else:
                element.addElement(ods_cell(str(value), valuetype="float", value=repr(value)))
        table.addElement(element)
    cells = read_bytes(ods_of([table])).sheets[0].cells
    assert len(cells) == counted(grid)
    assert same(cells, grid)
