"""Workbooks of Excel since 2007, by whatever program."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.returns.files.writers import (
    PLAIN,
    counted,
    grids,
    in_sheet,
    patched,
    same,
    sample,
    values_of,
    xlsx_of,
)

from kgstats.returns.cells import ErrorValue
from kgstats.returns.read import PROBLEMS, read_bytes


def test_xlsx_has_values_errors_formats_fonts_and_what_is_hidden():
    def fill(book):
        sheet = book.add_worksheet("Biểu 01")
        sheet.write("A1", "Xã", book.add_format({"font_name": ".VnTime"}))
        sheet.write("B1", "  ")
        sheet.write_formula("C2", "=1/0", None, "#DIV/0!")
        sheet.write("D3", 0.875, book.add_format({"num_format": "0.0%"}))
        sheet.write_datetime(
            "E4", dt.datetime(2019, 5, 2), book.add_format({"num_format": "d-mmm"})
        )
        sheet.write_boolean("F5", True)
        sheet.write_formula("G6", "=1+1", None, 2)
        sheet.write("H7", "=cmd|' /C calc'!A0")
        sheet.write_string("H8", "=1+2")
        sheet.merge_range("A10:C11", "gộp")
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column("F:F", None, None, {"hidden": True})
        sheet.write_blank("Z90", None, book.add_format({"bold": True}))
        book.add_worksheet("Ẩn").hide()
        book.add_worksheet("Sâu").very_hidden()

    book = read_bytes(xlsx_of(fill, strings_to_formulas=False), "a.xls")
    assert (book.format, book.problem) == ("xlsx", None)
    assert [(one.name, one.state) for one in book.sheets] == [
        ("Biểu 01", "visible"),
        ("Ẩn", "hidden"),
        ("Sâu", "very_hidden"),
    ]
    sheet = book.sheets[0]
    cells = {cell.address: cell for cell in sheet.cells}
    assert {address: cell.value for address, cell in cells.items()} == {
        "A1": "Xã",
        "C2": ErrorValue("#DIV/0!"),
        "D3": 0.875,
        "E4": dt.date(2019, 5, 2),
        "F5": True,
        "G6": 2.0,
        "H7": "=cmd|' /C calc'!A0",
        "H8": "=1+2",
        "A10": "gộp",
    }
    assert cells["A1"].font == ".VnTime"
    assert cells["D3"].number_format == "0.0%"
    assert cells["E4"].number_format == "d-mmm"
    assert sheet.merged == [(10, 1, 11, 3)]
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({3}, {6})
    assert {address for address, cell in cells.items() if cell.hidden} == {"D3", "F5"}


def test_formulas_never_calculated_are_told_and_are_no_cells():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"], book.active["B2"] = 1, "=A1*2", '="x"'
    out = io.BytesIO()
    book.save(out)
    sheet = read_bytes(out.getvalue()).sheets[0]
    assert [cell.address for cell in sheet.cells] == ["A1"]
    assert sheet.uncalculated == [(2, 1), (2, 2)]


def prefixed(name, content):
    if not re.search(r"sheet1\.xml$|sharedStrings|styles", name):
        return content
    content = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", content)
    return content.replace(b"xmlns=", b"xmlns:x=")


def reordered(xml: bytes) -> bytes:
    return re.sub(rb'<c (r="[A-Z0-9]+")([^>]*) t="(\w+)"', rb'<c t="\3" \1\2', xml)


def counts(name, content):
    if not re.search("sharedStrings|styles", name):
        return content
    return re.sub(rb'ount="\d+"', b'ount="4000000000"', content)


def absolute(name, content):
    if not name.endswith("workbook.xml.rels"):
        return content
    return content.replace(b'"worksheets/sheet1', b'"/xl/worksheets/sheet1')


VARIANTS = {
    "prefix": prefixed,
    "quotes": in_sheet(lambda xml: xml.replace(b'"', b"'")),
    "utf16": in_sheet(lambda xml: xml.decode().replace("UTF-8", "UTF-16").encode("utf-16")),
    "order": in_sheet(reordered),
    "extension": in_sheet(lambda xml: xml.replace(b"</v></c>", b"</v><extLst/></c>")),
    "comment": in_sheet(lambda xml: xml.replace(b"</sheetData>", b"<!-- <c/> --></sheetData>")),
    "dimension": in_sheet(lambda xml: re.sub(rb"ref=\"[A-Z0-9:]+\"", b'ref="A1:XFD1048576"', xml)),
    "counts": counts,
    "path": absolute,
}


@pytest.mark.parametrize("change", VARIANTS.values(), ids=VARIANTS)
def test_xlsx_of_other_programs(change):
    assert values_of(patched(xlsx_of(sample), change)) == PLAIN


def test_error_codes_of_newer_excel():
    data = patched(xlsx_of(sample), in_sheet(lambda xml: xml.replace(b"#DIV/0!", b"#SPILL!")))
    assert values_of(data)["B3"] == ErrorValue("#SPILL!")


def test_cells_without_addresses_are_counted():
    data = patched(xlsx_of(sample), in_sheet(lambda xml: re.sub(rb'<c r="[A-Z0-9]+"', b"<c", xml)))
    assert values_of(data) == {"A1": "x", "A2": 1.0, "A3": ErrorValue("#DIV/0!"), "A4": "y"}


def test_a_stray_cell_in_the_last_corner_does_not_cost_the_sheet():
    """A grid from corner to corner would ask for half a terabyte."""

    def fill(book):
        sample(book)
        sheet = book.get_worksheet_by_name("A")
        sheet.write("XFD1048576", "lạc")
        sheet.set_row(500_000, None, None, {"hidden": True})

    assert values_of(xlsx_of(fill)) == {**PLAIN, "XFD1048576": "lạc"}


def test_xlsm_is_read_and_its_macros_left():
    data = io.BytesIO(xlsx_of(sample))
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\0" * 100)
    book = read_bytes(data.getvalue())
    assert (book.format, len(book.sheets[0].cells)) == ("xlsm", 4)


def test_a_long_sheet_of_equal_rows_is_no_bomb():
    def equal(book):
        sheet = book.add_worksheet()
        for row in range(60_000):
            sheet.write_row(row, 0, [7, 7, 7, 7, 7])

    book = read_bytes(xlsx_of(equal))
    assert book.problem is None
    assert len(book.sheets[0].cells) == 300_000


def test_large_sheets_are_read():
    def fill(book):
        sheet = book.add_worksheet()
        for row in range(100_000):
            sheet.write_number(row, 0, row)
            sheet.write_string(row, 1, "Bình An")

    book = read_bytes(xlsx_of(fill, constant_memory=True))
    assert len(book.sheets[0].cells) == 200_000


@settings(max_examples=40, deadline=None)
@given(grids)
def test_xlsx_cells_read_are_cells_written(grid):
    def fill(book):
        sheet = book.add_worksheet()
        for (row, column), value in grid.items():
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            else:
                sheet.write(row, column, value)

    cells = read_bytes(xlsx_of(fill)).sheets[0].cells
    assert len(cells) == counted(grid)
    assert same(cells, grid)
    assert [(cell.row, cell.column) for cell in cells] == sorted(
        (cell.row, cell.column) for cell in cells
    )


@settings(max_examples=25, deadline=None)
@given(grids)
def test_openpyxl_cells_read_are_cells_written(grid):
    book = openpyxl.Workbook()
    for (row, column), value in grid.items():
        cell = book.active.cell(row + 1, column + 1)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    cells = read_bytes(out.getvalue()).sheets[0].cells
    assert len(cells) == counted(grid)
    assert same(cells, grid)


TOKENS = [
    b'"99999999999"',
    b"<c r='XFD1048576'><v>1</v></c>",
    b"<x:c r='ZZ1'/>",
    b"<![CDATA[<c>]]>",
    b'<c\nr="XFD1"><v>2</v></c>',
    b"</c>",
    b"&#0;",
]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(TOKENS))
def test_damaged_xml_never_raises(at, token):
    def change(xml):
        place = xml.find(b">", at % len(xml)) + 1
        return xml[:place] + token + xml[place:]

    data = patched(xlsx_of(sample), in_sheet(change))
    assert read_bytes(data).problem in (None, *PROBLEMS)
