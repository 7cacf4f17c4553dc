"""OpenDocument spreadsheets."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given, settings
from odf.style import Style, TableProperties, TextProperties
from odf.table import Table, TableCell, TableColumn, TableRow
from tests.returns.files.writers import counted, grids, ods_cell, ods_of, same, values_of

from kgstats.returns.cells import ErrorValue
from kgstats.returns.files.containers import Limits
from kgstats.returns.read import read_bytes


@pytest.mark.parametrize("flat", [False, True])
def test_ods_has_values_errors_formats_fonts_and_what_is_hidden(flat):
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
    written = ods_of([table, Table(name="Ẩn", stylename="an")], (hidden, legacy), flat=flat)
    assert written.startswith(b"<?xml" if flat else b"PK")
    book = read_bytes(written, "Bieu.fods")
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


def document(body: str, *, styles: str = "", before: str = "") -> bytes:
    """An ods of bare XML: rows of its one table, automatic styles, what stands before all."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style", "number")
    )
    content = (
        f"{before}<office:document-content {spaces}><office:automatic-styles>{styles}"
        "</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="A">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", content)
    return out.getvalue()


def row(*cells: str, **attributes: str) -> str:
    said = "".join(f' table:{name}="{value}"' for name, value in attributes.items())
    return f"<table:table-row{said}>{''.join(cells)}</table:table-row>"


def text(words: str) -> str:
    return (
        f'<table:table-cell office:value-type="string"><text:p>{words}</text:p></table:table-cell>'
    )


def number(value: str, style: str = "") -> str:
    said = f' table:style-name="{style}"' if style else ""
    return f'<table:table-cell{said} office:value-type="float" office:value="{value}"/>'


def test_rows_behind_a_filter_are_told_from_rows_hidden_by_hand():
    rows = row(text("a"), visibility="filter") + row(text("b"), visibility="collapse")
    sheet = read_bytes(document(rows + row(text("c")))).sheets[0]
    assert (sheet.hidden_rows, sheet.filtered_rows) == ({1, 2}, {1})
    assert [cell.hidden for cell in sheet.cells] == [True, True, False]


@pytest.mark.parametrize(
    ("number_style", "code"),
    [
        (
            'number:display-factor="1000" number:decimal-places="1" number:grouping="true"',
            "#,##0.0,",
        ),
        ('number:display-factor="1000000"', "0,,"),
        ('number:decimal-places="1"', None),
    ],
)
def test_numbers_shown_in_thousands_say_so(number_style, code):
    styles = (
        f'<number:number-style style:name="N1"><number:number {number_style}/>'
        '</number:number-style><style:style style:name="ce1" style:family="table-cell"'
        ' style:data-style-name="N1"/><style:style style:name="ce2" style:family="table-cell"'
        ' style:parent-style-name="ce1"/>'
    )
    body = row(number("7000", "ce1"), number("7000", "ce2"), number("7000"))
    cells = read_bytes(document(body, styles=styles)).sheets[0].cells
    assert [(cell.value, cell.number_format or None) for cell in cells] == [
        (7000.0, code),
        (7000.0, code),
        (7000.0, None),
    ]


@pytest.mark.parametrize(
    ("date", "value"),
    [("1900-01-11", 12.0), ("1900-02-28", 60.0), ("1900-03-01", dt.date(1900, 3, 1))],
)
def test_days_nobody_reports_of_are_numbers(date, value):
    cell = f'<table:table-cell office:value-type="date" office:date-value="{date}"/>'
    assert values_of(document(row(cell))) == {"A1": value}


def test_styles_of_columns_hold_for_cells_without_their_own():
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table-cell"><style:text-properties'
        f' style:font-name="{font}"/></style:style>'
        for name, font in (("a", ".VnTime"), ("b", "Arial"))
    )
    columns = (
        '<table:table-column table:default-cell-style-name="a"/><table:table-column'
        ' table:number-columns-repeated="2"/><table:table-column'
        ' table:default-cell-style-name="b"/>'
    )
    body = columns + row(*(number(one) for one in "12345"))
    cells = read_bytes(document(body, styles=styles)).sheets[0].cells
    assert [cell.font for cell in cells] == [".VnTime", None, None, "Arial", None]


# --- what costs time or memory ---------------------------------------------------------------


def test_repeated_spaces_are_counted():
    spaces = row(text("a" + '<text:s text:c="1000"/>' * 50)) * 20
    assert read_bytes(document(spaces)).problem is None
    assert read_bytes(document(spaces), limits=Limits(letters=900_000)).problem == "too_large"


@pytest.mark.parametrize(
    ("doctype", "problem"),
    [
        ('<!DOCTYPE office:document-content PUBLIC "-//OpenOffice.org//DTD" "office.dtd">', None),
        ('<!DOCTYPE a [<!ATTLIST table:table-cell x CDATA "v">]>', "unsafe_xml"),
        ('<!DOCTYPE a [<!ENTITY x "v">]>', "unsafe_xml"),
    ],
)
def test_document_types_may_be_named_and_not_written(doctype, problem):
    assert read_bytes(document(row(text("a")), before=doctype)).problem == problem
