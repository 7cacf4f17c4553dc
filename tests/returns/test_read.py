"""Every kind of file is read cell by cell; a bad one is a named problem and nothing else."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import subprocess
import sys
import unicodedata
import warnings
import zipfile

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableProperties, TextProperties
from odf.table import Table, TableCell, TableColumn, TableRow
from odf.text import P

from kgstats.returns.cells import ErrorValue
from kgstats.returns.files.containers import Limits, compound_with, open_compound
from kgstats.returns.read import PROBLEMS, read_bytes, read_workbook
from kgstats.returns.text import decode, encoding_hints, to_tcvn3, to_vni

# --- writers ---------------------------------------------------------------------------------


def xlsx_of(fill, **options) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    fill(book)
    book.close()
    return out.getvalue()


def xls_of(fill) -> bytes:
    book = xlwt.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def values_of(data: bytes, sheet: int = 0, name: str = "") -> dict[str, object]:
    book = read_bytes(data, name)
    assert book.problem is None, (book.problem, book.detail)
    return {cell.address: cell.value for cell in book.sheets[sheet].cells}


def patched(data: bytes, change) -> bytes:
    """Change parts of an archive: ``change(name, content)`` gives the new content."""
    source = zipfile.ZipFile(io.BytesIO(data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return out.getvalue()


def in_sheet(change):
    return lambda name, content: change(content) if name.endswith("sheet1.xml") else content


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def cell_record(kind: int, row: int, column: int, rest: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<HHH", row, column, style) + rest)


def byte_text(text: bytes) -> bytes:
    return struct.pack("<H", len(text)) + text


def biff5(cells: bytes, *, sheet_kind: int = 0, before: bytes = b"", page: int = 1258) -> bytes:
    """Write a workbook of Excel 5 as one file."""
    name = b"Bieu"
    font = struct.pack("<HHHHHBBBB", 200, 0, 8, 400, 0, 0, 0, 0, 0) + b"\x07.VnTime"
    percent = struct.pack("<HB", 164, 4) + b"0.0%"
    head = record(0x0809, struct.pack("<HHHH", 0x0500, 0x0005, 0, 0)) + before
    head += record(0x42, struct.pack("<H", page)) + record(0x31, font) + record(0x41E, percent)
    head += record(0xE0, struct.pack("<HH", 0, 0) + bytes(12))
    head += record(0xE0, struct.pack("<HH", 0, 164) + bytes(12))
    bound = len(name) + 7
    start = len(head) + 4 + bound + 4
    head += record(0x85, struct.pack("<IBBB", start, 0, sheet_kind, len(name)) + name)
    head += record(0x0A)
    sheet = record(0x0809, struct.pack("<HHHH", 0x0500, 0x0010, 0, 0)) + cells + record(0x0A)
    return compound_with("Book", head + sheet)


# --- workbooks of Excel since 2007 -----------------------------------------------------------


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


def sample(book):
    sheet = book.add_worksheet("A")
    sheet.write("A1", "x")
    sheet.write("B2", 1)
    sheet.write_formula("B3", "=1/0", None, "#DIV/0!")
    sheet.write("C4", "y")


PLAIN = {"A1": "x", "B2": 1.0, "B3": ErrorValue("#DIV/0!"), "C4": "y"}


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
    """calamine alone would ask for half a terabyte, which ends the process."""

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


# --- workbooks of Excel 97 to 2003 -----------------------------------------------------------


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


def formula(row: int, column: int, result: bytes) -> bytes:
    # The tokens after the result are nonsense: results are read, formulas are not.
    return cell_record(0x06, row, column, result + bytes(6) + b"\x03\x00\xfe\xfe\xfe")


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
    """calamine reserves memory for the stated number of strings and the stated extent."""
    data = xls_of(lambda book: book.add_sheet("A").write(0, 0, "x"))
    stream = bytearray(open_compound(data).read("workbook"))
    at = stream.find(struct.pack("<H", kind))
    while struct.unpack_from("<H", stream, at + 2)[0] not in (14, 12):
        at = stream.find(struct.pack("<H", kind), at + 1)
    if kind == 0xFC:
        struct.pack_into("<I", stream, at + 8, 0x7FFFFFFF)
    else:
        struct.pack_into("<II", stream, at + 4, 0, 0x7FFFFFFF)
    assert values_of(compound_with("Workbook", bytes(stream))) == {"A1": "x"}


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 9_000_000))
def test_compound_files_come_back(size):
    stream = bytes(range(251)) * (size // 251 + 1)
    book = open_compound(compound_with("Workbook", stream[:size]))
    assert book.read("workbook")[:size] == stream[:size]


# --- OpenDocument ----------------------------------------------------------------------------


def ods_of(tables: list[Table], styles: tuple[Style, ...] = ()) -> bytes:
    book = OpenDocumentSpreadsheet()
    for style in styles:
        book.automaticstyles.addElement(style)
    for table in tables:
        book.spreadsheet.addElement(table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods_cell(text: str = "", **attributes) -> TableCell:
    cell = TableCell(**attributes)
    if text:
        cell.addElement(P(text=text))
    return cell


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


# --- text, pages, XML ------------------------------------------------------------------------

GRID = [["BÁO CÁO", "", ""], ["Xã", "Tỷ lệ", "Ghi chú"], ["Bình An", "2,5", 'chữ "a"; b']]


def delimited(mark: str) -> str:
    quoted = [['"' + f.replace('"', '""') + '"' if '"' in f else f for f in row] for row in GRID]
    if mark == ",":
        quoted = [
            [f'"{f}"' if "," in f and not f.startswith('"') else f for f in row] for row in quoted
        ]
    return "".join(mark.join(row) + "\r\n" for row in quoted)


def one_byte(text: str) -> bytes:
    """Encode as Vietnamese Windows does: base letter and tone mark."""
    out = b""
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tones = "".join(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
            base = "".join(part for part in parts if part not in tones)
            out += (unicodedata.normalize("NFC", base) + tones).encode("cp1258")
    return out


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        one_byte,
        lambda text: to_tcvn3(text).encode("latin-1"),
        lambda text: to_vni(text).encode("latin-1"),
    ],
    ids=["utf8", "bom", "utf16", "utf16le", "utf16be", "cp1258", "tcvn3", "vni"],
)
def test_delimited_text(mark, encode):
    book = read_bytes(encode(delimited(mark)), "bieu.csv")
    assert book.problem is None
    assert book.format == ("tsv" if mark == "\t" else "csv")
    assert book.sheets[0].name == ""
    cells = book.sheets[0].cells
    hint = encoding_hints((cell.value, None) for cell in cells).get(None)
    found = {cell.address: decode(cell.value, hint=hint).text.casefold() for cell in cells}
    assert found == {
        f"{'ABC'[column]}{row + 1}": field.casefold()
        for row, fields in enumerate(GRID)
        for column, field in enumerate(fields)
        if field
    }


def test_a_stray_quotation_mark_does_not_swallow_the_file():
    lines = "".join(f"{n};Xã {n};x\n" for n in range(200))
    data = ('1;"Xã hỏng;x\n' + lines).encode()
    assert len(values_of(data, name="a.csv")) == 603


def test_tab_separated_text_called_xls():
    book = read_bytes("TT\tXã\n1\tBình An\n".encode("utf-16"), "bieu.xls")
    assert (book.format, len(book.sheets[0].cells)) == ("tsv", 4)


def test_html_called_xls_is_laid_on_its_grid():
    page = """<html><head><meta charset="utf-8"><style>.p{mso-number-format:"0\\.0%"}</style></head>
    <body><p>UBND huyện Hòn Đất</p><table>
    <tr><th rowspan="2">Xã<th colspan="2">Hộ &lt;nghèo&gt;
    <tr><td>Đầu<br>năm<td class="p" x:num="0.875">87,5%
    <tr style="display:none"><td>ẩn<td>&nbsp;<td><font face=".VnTime">HuyÖn</font>
    </table><table><tr><td>dưới</table></body></html>"""
    book = read_bytes(page.encode(), "bieu.xls")
    assert (book.format, book.problem) == ("html", None)
    sheet = book.sheets[0]
    assert {cell.address: cell.value for cell in sheet.cells} == {
        "A1": "Xã",
        "B1": "Hộ <nghèo>",
        "B2": "Đầu\nnăm",
        "C2": 0.875,
        "A3": "ẩn",
        "C3": "HuyÖn",
        "A4": "dưới",
    }
    assert sheet.merged == [(1, 1, 2, 1), (1, 2, 1, 3)]
    assert sheet.hidden_rows == {3}
    assert sheet.outside == ["UBND huyện Hòn Đất"]
    by_address = {cell.address: cell for cell in sheet.cells}
    assert by_address["C2"].number_format == "0.0%"
    assert by_address["C3"].font == ".VnTime" and by_address["C3"].hidden


def test_html_spans_are_bounded():
    page = "<table>" + "<tr><td colspan=999999 rowspan=999999>a</td></tr>" * 50 + "</table>"
    book = read_bytes(page.encode())
    assert book.problem in (None, "too_large")
    nested = "<table><tr><td>" * 300 + "x"
    assert read_bytes(nested.encode()).problem in (None, "too_large")


def test_web_archive_called_xls():
    data = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n<table><tr><td>X=C3=A3</td><td>5</td></tr></table>\r\n--b--\r\n"
    )
    book = read_bytes(data, "bieu.xls")
    assert (book.format, [cell.value for cell in book.sheets[0].cells]) == ("mhtml", ["Xã", "5"])


def test_xml_of_excel_2003_called_xls():
    data = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
    <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
     xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
    <Styles><Style ss:ID="s1"><Font ss:FontName=".VnTime"/>
    <NumberFormat ss:Format="Percent"/></Style></Styles>
    <Worksheet ss:Name="Biểu"><Table><Column ss:Index="3" ss:Hidden="1"/>
    <Row ss:Index="2"><Cell ss:MergeAcross="1"><Data ss:Type="String">Xã</Data></Cell>
    <Cell ss:StyleID="s1"><Data ss:Type="Number">0.875</Data></Cell>
    <Cell ss:Index="6"><Data ss:Type="Error">#REF!</Data></Cell></Row>
    <Row><Cell><Data ss:Type="DateTime">2019-05-02T00:00:00.000</Data></Cell></Row>
    </Table></Worksheet></Workbook>""".encode()
    book = read_bytes(data, "bieu.xls")
    assert (book.format, book.problem) == ("xml", None)
    sheet = book.sheets[0]
    assert {cell.address: cell.value for cell in sheet.cells} == {
        "A2": "Xã",
        "C2": 0.875,
        "F2": ErrorValue("#REF!"),
        "A3": dt.date(2019, 5, 2),
    }
    percent = next(cell for cell in sheet.cells if cell.address == "C2")
    assert (percent.number_format, percent.font, percent.hidden) == ("0.00%", ".VnTime", True)
    assert sheet.merged == [(2, 1, 2, 2)]


# --- files that cannot be read ---------------------------------------------------------------


def macro_sheet(name, content):
    if name.endswith("workbook.xml.rels"):
        return content.replace(b"relationships/worksheet", b"relationships/xlMacrosheet")
    return content


def entities(name, content):
    bomb = b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    return (
        content.replace(b"?>", b"?>" + bomb, 1) if name.endswith("sharedStrings.xml") else content
    )


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def with_part(name: str, content: bytes = b"x") -> bytes:
    data = io.BytesIO(xlsx_of(sample))
    with zipfile.ZipFile(data, "a") as file, warnings.catch_warnings(action="ignore"):
        file.writestr(zipfile.ZipInfo(name), content)
    return data.getvalue()


def filepass() -> bytes:
    return biff5(b"", before=record(0x2F, b"\x01\x00\x01\x00"))


def encrypted_zip() -> bytes:
    data = bytearray(xlsx_of(sample))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 1)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty_file"),
        (b"\r\n \t\n", "empty_file"),
        (b"\xef\xbb\xbf\r\n", "empty_file"),
        (xlsx_of(sample)[:-200], "truncated"),
        (xlsx_of(sample)[:40], "truncated"),
        (xls_of(lambda book: book.add_sheet("A").write(0, 0, "x"))[:3000], "truncated"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "truncated"),
        (compound_with("EncryptedPackage", b"x" * 5000), "locked"),
        (filepass(), "locked"),
        (encrypted_zip(), "locked"),
        (patched(xlsx_of(sample), macro_sheet), "macro_only"),
        (biff5(b"", sheet_kind=1), "macro_only"),
        (biff5(b"", sheet_kind=6), "macro_only"),
        (patched(xlsx_of(sample), entities), "unsafe_xml"),
        (with_part("../../evil.txt"), "unsafe_archive"),
        (with_part("/etc/passwd"), "unsafe_archive"),
        (with_part("C:\\evil.txt"), "unsafe_archive"),
        (with_part("xl/worksheets/sheet1.xml"), "unsafe_archive"),
        (archive(xl__workbook_dot_bin=b"x"), "unsupported_format"),
        (archive(word__document_dot_xml=b"x"), "not_a_spreadsheet"),
        (archive(bieu_dot_xlsx=b"x"), "not_a_spreadsheet"),
        (compound_with("WordDocument", b"x" * 5000), "not_a_spreadsheet"),
        (b"%PDF-1.4\n", "not_a_spreadsheet"),
        (b"\xff\xd8\xff\xe0 JFIF", "not_a_spreadsheet"),
        (b"MZ\x90\x00", "not_a_spreadsheet"),
        (bytes(range(256)) * 20, "not_a_spreadsheet"),
        ("Kính gửi quý cơ quan.\nTrân trọng.".encode(), "not_a_spreadsheet"),
        (b"<html><body><p>none</p></body></html>", "not_a_spreadsheet"),
        (b"\x09\x00\x04\x00\x02\x00\x10\x00", "unsupported_format"),
        (
            patched(xlsx_of(sample), in_sheet(lambda xml: xml.replace(b'"B2"', b'"B9999999"'))),
            "damaged",
        ),
        (patched(xlsx_of(sample), in_sheet(lambda xml: xml[:-90] + b"<!--")), "damaged"),
    ],
)
def test_problems_have_names(data, problem):
    book = read_bytes(data, "bieu.xls")
    assert (book.problem, book.sheets) == (problem, [])
    assert problem in PROBLEMS
    assert book.detail


def test_missing_file_and_folder(tmp_path):
    assert read_workbook(tmp_path / "none.xlsx").problem == "cannot_open"
    assert read_workbook(tmp_path).problem == "cannot_open"


def test_a_part_that_inflates_to_far_more_than_rows_can():
    blank = b" " * (20 << 20)
    bomb = patched(
        xlsx_of(sample), in_sheet(lambda xml: xml.replace(b"</sheetData>", blank + b"</sheetData>"))
    )
    book = read_bytes(bomb)
    assert book.problem == "too_large"
    assert "inflates" in book.detail


def test_a_long_sheet_of_equal_rows_is_no_bomb():
    def equal(book):
        sheet = book.add_worksheet()
        for row in range(60_000):
            sheet.write_row(row, 0, [7, 7, 7, 7, 7])

    book = read_bytes(xlsx_of(equal))
    assert book.problem is None
    assert len(book.sheets[0].cells) == 300_000


def test_archive_bombs():
    big = b"<c/>" * 40_000_000
    bomb = patched(xlsx_of(sample), in_sheet(lambda xml: xml.replace(b"</sheetData>", big)))
    small = Limits(expanded_bytes=50 << 20)
    assert len(bomb) < 1_000_000
    assert read_bytes(bomb, limits=small).problem == "too_large"
    # The directory lies about the size of the part.
    lying = bytearray(bomb)
    at = lying.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<I", lying, at + 24, 100)
        at = lying.find(b"PK\x01\x02", at + 1)
    assert read_bytes(bytes(lying), limits=small).problem in ("too_large", "damaged")
    assert read_bytes(bomb, limits=Limits(file_bytes=1000)).problem == "too_large"


def test_limit_on_cells():
    def fill(book):
        sheet = book.add_worksheet()
        for row in range(100):
            sheet.write_row(row, 0, range(10))

    for data in (xlsx_of(fill), b"1;2\n" * 600):
        assert read_bytes(data, "a.csv", limits=Limits(cells=900)).problem == "too_large"
        assert read_bytes(data, "a.csv").problem is None


def test_large_sheets_are_read():
    def fill(book):
        sheet = book.add_worksheet()
        for row in range(100_000):
            sheet.write_number(row, 0, row)
            sheet.write_string(row, 1, "Bình An")

    book = read_bytes(xlsx_of(fill, constant_memory=True))
    assert len(book.sheets[0].cells) == 200_000


def test_reading_needs_no_pandas():
    """What a district officer's check needs at least must start fast."""
    code = (
        "import sys, kgstats.returns.read, kgstats.returns.numbers; print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# --- properties ------------------------------------------------------------------------------

contents = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: round(value, 4)),
    st.booleans(),
    st.text("abc đĐạƯ=+-@<>&'\"\u00ad\u00a0 ", min_size=1, max_size=8),
)
grids = st.dictionaries(st.tuples(st.integers(0, 60), st.integers(0, 30)), contents, max_size=25)


def counted(grid) -> int:
    return sum(not (isinstance(value, str) and value.isspace()) for value in grid.values())


def same(found, grid) -> bool:
    wanted = {
        place: value
        for place, value in grid.items()
        if not (isinstance(value, str) and value.isspace())
    }
    return {(cell.row - 1, cell.column - 1): cell.value for cell in found} == wanted


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


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xls", "a"]))
def test_random_bytes_never_raise(data, name):
    assert read_bytes(data, name).problem in (None, *PROBLEMS)


BASES = [
    xlsx_of(sample),
    xls_of(lambda book: [book.add_sheet("A").write(row, 1, row * 1.5) for row in range(1)]),
    biff5(cell_record(0x204, 0, 0, byte_text(b"abc")) * 5),
    b"<table><tr><td rowspan=2>a<td>b<tr><td>c</table>",
    delimited(";").encode(),
]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(BASES),
    st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=8)), max_size=6),
    st.one_of(st.none(), st.integers(0, 10**6)),
)
def test_damaged_files_never_raise(data, writes, cut):
    damaged = bytearray(data)
    for at, content in writes:
        at %= len(damaged)
        damaged[at : at + len(content)] = content
    if cut is not None:
        damaged = damaged[: cut % len(damaged)]
    assert read_bytes(bytes(damaged), "a.xls").problem in (None, *PROBLEMS)


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


# --- where calamine gives up -----------------------------------------------------------------


def test_xls_is_read_without_calamine_too(monkeypatch):
    from kgstats.returns.files import biff
    from kgstats.returns.files.containers import Refusal

    def fill(book):
        sheet = book.add_sheet("Biểu 01")
        sheet.write(0, 0, "Xã", xlwt.easyxf("font: name .VnTime"))
        sheet.row(1).set_cell_error(2, 0x17)
        sheet.write(2, 3, 0.875, xlwt.easyxf(num_format_str="0.0%"))
        sheet.write(3, 4, dt.date(2019, 5, 2), xlwt.easyxf(num_format_str="d-mmm"))
        sheet.write(4, 5, True)
        sheet.row(2).hidden = True

    data = xls_of(fill)
    usual = read_bytes(data)

    def gives_up(source, sheets):
        raise Refusal("damaged", "as a test")

    monkeypatch.setattr(biff, "read_values", gives_up)
    patient = read_bytes(data)
    assert patient.problem is None, patient.detail
    assert patient.sheets == usual.sheets


def test_xlsx_is_read_without_calamine_too(monkeypatch):
    from kgstats.returns.files import ooxml
    from kgstats.returns.files.containers import Refusal

    def fill(book):
        sample(book)
        sheet = book.get_worksheet_by_name("A")
        dated = book.add_format({"num_format": "d-mmm"})
        sheet.write_datetime("D5", dt.datetime(2019, 5, 2), dated)
        sheet.write("XFD1048576", 1.5)

    data = xlsx_of(fill)
    usual = read_bytes(data)

    def gives_up(source, sheets):
        raise Refusal("damaged", "as a test")

    monkeypatch.setattr(ooxml, "read_values", gives_up)
    patient = read_bytes(data)
    assert patient.problem is None, patient.detail
    assert patient.sheets == usual.sheets


def test_a_chart_on_a_sheet_does_not_end_it():
    """The records of a chart end like a sheet; cells after them are still the sheet's."""
    chart = record(0x0809, struct.pack("<HHHH", 0x0500, 0x0020, 0, 0))
    chart += cell_record(0x203, 9, 9, struct.pack("<d", 99)) + record(0x0A)
    cells = cell_record(0x203, 0, 0, struct.pack("<d", 1)) + chart
    cells += cell_record(0x203, 1, 0, struct.pack("<d", 2))
    assert values_of(biff5(cells)) == {"A1": 1.0, "A2": 2.0}


def test_a_ragged_last_sector_is_no_damage():
    data = xls_of(lambda book: book.add_sheet("A").write(0, 0, "x"))
    stream = open_compound(data).read("workbook")
    assert values_of(compound_with("Workbook", stream + bytes(700))) == {"A1": "x"}


def test_a_sentence_with_commas_is_no_table():
    words = "Xin gửi kèm biểu, kính gửi Sở, trân trọng\n".encode()
    assert read_bytes(words, "gui.xls").problem == "not_a_spreadsheet"
    rows = "Xã,Số hộ\nHòn Tre,10\nLại Sơn,12\n".encode()
    assert read_bytes(rows, "bieu.xls").problem is None
