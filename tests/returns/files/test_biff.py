"""Workbooks of Excel 5 to 2003."""

from __future__ import annotations

import datetime as dt
import struct

import pytest
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
from kgstats.returns.read import read_bytes
from kgstats.returns.text import decode, to_tcvn3, to_vni


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
