"""Workbooks of Excel 5 to 2003."""

from __future__ import annotations

import datetime as dt
import struct

import pytest
import xlrd
import xlwt
from hypothesis import given, settings
from tests.returns.files.writers import (
    biff5,
    byte_text,
    cell_record,
    compound_with,
    counted,
    formula,
    grids,
    record,
    same,
    stream_of,
    values_of,
    xls_of,
)

from kgstats.returns.cells import ErrorValue
from kgstats.returns.files.containers import Limits
from kgstats.returns.read import read_bytes, read_workbook
from kgstats.text import decode, to_tcvn3, to_vni


def test_xls_has_values_errors_formats_fonts_and_what_is_hidden():
    def fill(book):
        sheet = book.add_sheet("Biểu 01")
        sheet.write(0, 0, "Xã", xlwt.easyxf("font: name .VnTime"))
        sheet.write(0, 1, "  ")
        sheet.row(1).set_cell_error(2, 0x17)
        sheet.write(2, 3, 0.875, xlwt.easyxf(num_format_str="0.0%"))
        sheet.write(3, 4, dt.date(2019, 5, 2), xlwt.easyxf(num_format_str="d-mmm"))
        sheet.write(4, 5, True)
        for column in range(4):
            sheet.write(5, column, column * 3)
        sheet.write_merge(9, 10, 0, 2, "gộp")
        sheet.row(2).hidden = True
        sheet.col(5).hidden = True
        book.add_sheet("Ẩn").visibility = 1
        book.add_sheet("Sâu").visibility = 2

    book = read_bytes(xls_of(fill))
    assert (book.format, book.problem) == ("xls", None)
    assert [(one.name, one.state) for one in book.sheets] == [
        ("Biểu 01", "visible"),
        ("Ẩn", "hidden"),
        ("Sâu", "very_hidden"),
    ]
    sheet = book.sheets[0]
    cells = {cell.address: cell for cell in sheet.cells}
    assert {address: cell.value for address, cell in cells.items()} == {
        "A1": "Xã",
        "C2": ErrorValue("#REF!"),
        "D3": 0.875,
        "E4": dt.date(2019, 5, 2),
        "F5": True,
        "A6": 0,
        "B6": 3,
        "C6": 6,
        "D6": 9,
        "A10": "gộp",
    }
    assert cells["A1"].font == ".VnTime"
    assert (cells["D3"].number_format, cells["E4"].number_format) == ("0.0%", "d-mmm")
    assert sheet.merged == [(10, 1, 11, 3)]
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({3}, {6})
    assert {address for address, cell in cells.items() if cell.hidden} == {"D3", "F5"}


def test_biff5_with_its_rich_labels_code_page_and_formulas():
    cells = (
        cell_record(0x204, 0, 0, byte_text(to_tcvn3("Huyện Giồng Riềng").encode("latin-1")))
        + cell_record(0xD6, 1, 0, byte_text(to_vni("Hòn Đất").encode("latin-1")) + b"\x01\x00\x00")
        + cell_record(0x203, 1, 1, struct.pack("<d", 0.875), style=1)
        + cell_record(0x205, 2, 1, b"\x17\x01")
        + formula(3, 0, struct.pack("<d", 12.5))
        + formula(3, 1, b"\x01\x00\x01\x00\x00\x00\xff\xff")
        + formula(3, 2, b"\x02\x00\x07\x00\x00\x00\xff\xff")
        + formula(3, 3, b"\x00\x00\x00\x00\x00\x00\xff\xff")
        + record(0x207, byte_text(b"chu"))
        + record(0x208, struct.pack("<HHHHHHI", 2, 0, 4, 255, 0, 0, 0x120))
        + record(0x7D, struct.pack("<HHHHHH", 2, 2, 256, 0, 1, 0))
    )
    book = read_bytes(biff5(cells))
    assert book.problem is None, book.detail
    sheet = book.sheets[0]
    found = {cell.address: cell.value for cell in sheet.cells}
    assert decode(found.pop("A1"), ".VnTime").text == "Huyện Giồng Riềng"
    assert decode(found.pop("A2"), "VNI-Times").text == "Hòn Đất"
    assert found == {
        "B2": 0.875,
        "B3": ErrorValue("#REF!"),
        "A4": 12.5,
        "B4": True,
        "C4": ErrorValue("#DIV/0!"),
        "D4": "chu",
    }
    percent = next(cell for cell in sheet.cells if cell.address == "B2")
    assert (percent.number_format, percent.font) == ("0.0%", ".VnTime")
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({3}, {3})


def test_a_stray_cell_in_the_last_row_of_an_xls():
    def fill(book):
        sheet = book.add_sheet("A")
        sheet.write(0, 0, "x")
        sheet.write(65535, 255, 5)

    assert values_of(xls_of(fill)) == {"A1": "x", "IV65536": 5}


@pytest.mark.parametrize("kind", [0xFC, 0x200])
def test_sizes_stated_wrongly_in_an_xls(kind):
    """What a file states about its size is never believed."""
    data = xls_of(lambda book: book.add_sheet("A").write(0, 0, "x"))
    stream = bytearray(stream_of(data))
    at = stream.find(struct.pack("<H", kind))
    while struct.unpack_from("<H", stream, at + 2)[0] not in (14, 12):
        at = stream.find(struct.pack("<H", kind), at + 1)
    if kind == 0xFC:
        struct.pack_into("<I", stream, at + 8, 0x7FFFFFFF)
    else:
        struct.pack_into("<II", stream, at + 4, 0, 0x7FFFFFFF)
    assert values_of(compound_with("Workbook", bytes(stream))) == {"A1": "x"}


def test_a_chart_on_a_sheet_does_not_end_it():
    """The records of a chart end like a sheet; cells after them are still the sheet's."""
    chart = record(0x0809, struct.pack("<HHHH", 0x0500, 0x0020, 0, 0))
    chart += cell_record(0x203, 9, 9, struct.pack("<d", 99)) + record(0x0A)
    cells = cell_record(0x203, 0, 0, struct.pack("<d", 1)) + chart
    cells += cell_record(0x203, 1, 0, struct.pack("<d", 2))
    assert values_of(biff5(cells)) == {"A1": 1.0, "A2": 2.0}


def test_a_ragged_last_sector_is_no_damage():
    data = xls_of(lambda book: book.add_sheet("A").write(0, 0, "x"))
    stream = stream_of(data)
    assert values_of(compound_with("Workbook", stream + bytes(700))) == {"A1": "x"}


@settings(max_examples=40, deadline=None)
@given(grids)
def test_xls_cells_read_are_cells_written(grid):
    def fill(book):
        sheet = book.add_sheet("A")
        for (row, column), value in grid.items():
            sheet.write(row, column, value)

    cells = read_bytes(xls_of(fill)).sheets[0].cells
    assert len(cells) == counted(grid)
    assert same(cells, grid)


# --- code pages ------------------------------------------------------------------------------


def tables(book):
    sheet = book.add_sheet("Biểu 01")
    sheet.write(0, 0, "Huyện Giồng Riềng")
    sheet.write(1, 0, "xa")
    sheet.write(1, 1, 0.5, xlwt.easyxf("font: name .VnTime", num_format_str="0.0%"))


@pytest.mark.parametrize("page", [1252, 1258, 1200, 437, 65001, 0, 9999])
def test_the_code_page_of_a_unicode_workbook_means_nothing(page):
    """Writers of other countries leave theirs; text is Unicode all the same."""
    stream = bytearray(stream_of(xls_of(tables)))
    at = stream.find(struct.pack("<HH", 0x42, 2))
    struct.pack_into("<H", stream, at + 4, page)
    sheet = read_bytes(compound_with("Workbook", bytes(stream))).sheets[0]
    assert sheet == read_bytes(xls_of(tables)).sheets[0]
    assert (sheet.name, sheet.cells[0].value) == ("Biểu 01", "Huyện Giồng Riềng")


@pytest.mark.parametrize(
    ("page", "stored", "text"),
    [
        (1258, b"Ho\xe0 \xd0\xe2\xecng", "Hoà Đâ\u0301ng"),
        (1252, b"Ho\xe0", "Hoà"),
        (10000, b"Ho\x88", "Hoà"),
        (65001, "Hoà Đất".encode(), "Hoà Đất"),
        (9999, b"Ho\xe0", "Hoà"),
    ],
)
def test_text_of_excel_5_is_in_its_code_page(page, stored, text):
    data = biff5(cell_record(0x204, 0, 0, byte_text(stored)), page=page)
    assert values_of(data) == {"A1": text}


@pytest.mark.parametrize("page", [1252, 1258])
def test_a_byte_that_the_code_page_does_not_have_costs_nothing_else(page):
    cells = cell_record(0x204, 0, 0, byte_text(b"a\x9d")) + cell_record(
        0x204, 1, 0, byte_text("Huyện".encode("latin-1", "ignore") + b"\xe0")
    )
    found = values_of(biff5(cells, page=page))
    assert (found["A1"], found["A2"]) == ("a\x9d", "Huynà")


def test_the_code_page_of_a_received_workbook(shared):
    book = read_workbook(shared / "samples/returns/odd/xls_biff8_codepage_1252_perl.xls")
    known = xlrd.open_workbook(shared / "samples/returns/odd/xls_biff8_codepage_1252_perl.xls")
    expected = {
        (sheet.name, row, column): sheet.cell_value(row, column)
        for sheet in known.sheets()
        for row in range(sheet.nrows)
        for column in range(sheet.ncols)
        if sheet.cell_value(row, column) != ""
    }
    found = {
        (sheet.name, cell.row - 1, cell.column - 1): cell.value
        for sheet in book.sheets
        for cell in sheet.cells
    }
    assert found == expected


# --- what costs time or memory, or is not what it seems --------------------------------------


def many_sheets(count: int, apart: int) -> bytes:
    """A workbook of Excel 5 whose sheets begin ``apart`` bytes from each other."""
    sheet = record(0x0809, struct.pack("<HHHH", 0x0500, 0x10, 0, 0))
    sheet += cell_record(0x203, 0, 0, struct.pack("<d", 1)) + record(0x0A)
    head = record(0x0809, struct.pack("<HHHH", 0x0500, 5, 0, 0))
    start = len(head) + 12 * count + 4
    for number in range(count):
        place = start + number * (len(sheet) if apart else 0)
        head += record(0x85, struct.pack("<IBBB", place, 0, 0, 1) + b"A")
    return compound_with("Book", head + record(0x0A) + sheet * (count if apart else 1))


def test_sheets_may_not_share_a_place():
    assert read_bytes(many_sheets(2, apart=0)).problem == "damaged"
    assert len(read_bytes(many_sheets(2, apart=1)).sheets) == 2


def test_sheets_are_counted_before_they_are_read():
    assert read_bytes(many_sheets(9, apart=1), limits=Limits(sheets=9)).problem is None
    assert read_bytes(many_sheets(9, apart=1), limits=Limits(sheets=8)).problem == "too_large"


def test_cells_are_counted_before_they_are_read(monkeypatch):
    monkeypatch.setattr(xlrd, "open_workbook", None)
    numbers = b"".join(struct.pack("<HI", 0, 0) for _ in range(200))
    row = record(0xBD, struct.pack("<HH", 0, 0) + numbers + struct.pack("<H", 199))
    assert read_bytes(biff5(row), limits=Limits(cells=199)).problem == "too_large"


def test_a_filter_is_told():
    def fill(book):
        sheet = book.add_sheet("A")
        for row in range(4):
            sheet.write(row, 0, row)
        sheet.row(2).hidden = True

    data = xls_of(fill)
    assert read_bytes(data).sheets[0].filtered_rows == set()
    stream = stream_of(data)
    # FILTERMODE, in place of a record of the same length: none, so after the sheet's beginning.
    at = stream.find(struct.pack("<HHHH", 0x0809, 16, 0x0600, 0x10)) + 20
    filtered = compound_with("Workbook", stream[:at] + record(0x9B) + stream[at:])
    assert read_bytes(filtered).sheets[0].filtered_rows == {3}


def test_macro_sheets_are_received_and_told():
    data = xls_of(lambda book: [book.add_sheet(name).write(0, 0, name) for name in "AB"])
    stream = bytearray(stream_of(data))
    at = stream.find(struct.pack("<BB", 1, 0) + b"B") - 1
    assert stream[at] == 0
    stream[at] = 1
    book = read_bytes(compound_with("Workbook", bytes(stream)))
    assert [(one.name, one.kind, one.cells[0].value) for one in book.sheets] == [
        ("A", "worksheet", "A"),
        ("B", "macro", "B"),
    ]


def test_a_text_result_that_is_not_there_costs_nothing_else():
    text = formula(0, 0, b"\x00\x00\x00\x00\x00\x00\xff\xff")
    number = cell_record(0x203, 1, 0, struct.pack("<d", 2))
    assert values_of(biff5(text + number)) == {"A2": 2.0}
    assert values_of(biff5(text + record(0x207, byte_text(b"x")) + number))["A1"] == "x"
