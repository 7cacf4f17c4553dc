"""A result that was never calculated is no value; a true zero is one."""

from __future__ import annotations

import io
import struct

import openpyxl
import pytest
import xlwt
from odf.table import Table, TableCell, TableRow
from tests.returns.files.writers import (
    cell_record,
    compound_with,
    ods_of,
    patched,
    record,
    stream_of,
    xls_of,
    xlsx_of,
)

from kgstats.returns.cells import Cell, Sheet
from kgstats.returns.files.formulas import Calculation, Formulas
from kgstats.returns.read import read_bytes, read_workbook


def book_of(formulas: dict[str, tuple[str, object]], numbers: dict[str, float], *, asks: bool):
    """Write a workbook of Excel; ``asks``: its writer leaves it to others to calculate."""

    def fill(book):
        sheet = book.add_worksheet()
        for address, number in numbers.items():
            sheet.write(address, number)
        for address, (formula, result) in formulas.items():
            sheet.write_formula(address, formula, None, result)

    def settled(name, content):
        return (
            content.replace(b' fullCalcOnLoad="1"', b"") if name == "xl/workbook.xml" else content
        )

    return xlsx_of(fill) if asks else patched(xlsx_of(fill), settled)


def outcome(data: bytes) -> tuple[dict[str, object], list[tuple[int, int]]]:
    sheet = read_bytes(data).sheets[0]
    return {cell.address: cell.value for cell in sheet.cells}, sheet.uncalculated


NUMBERS = {"A1": 5, "A2": 7, "A3": -12, "B1": 0}


@pytest.mark.parametrize("asks", [True, False])
@pytest.mark.parametrize(
    ("formula", "result", "calculated"),
    [
        ("=A1+A2", 0, False),
        ("=SUM(A1:A2)", 0, False),
        ("=SUM(A1:A2,B1)", "", False),
        ("=A1*100/A2", 0, False),
        ("=SUM(A1:A3)", 0, True),
        ("=A1-5", 0, True),
        ("=B1", 0, True),
        ("=SUM(C1:C9)", 0, True),
        ("=A1+A2", 12, True),
    ],
)
def test_arithmetic_tells_a_true_zero_from_none(formula, result, calculated, asks):
    found, none = outcome(book_of({"D4": (formula, result)}, NUMBERS, asks=asks))
    assert none == ([] if calculated else [(4, 4)])
    assert ("D4" in found) == calculated


@pytest.mark.parametrize(
    ("formula", "saved", "stale"),
    [
        ("=A1+A2", 13, {(4, 4): (13.0, 12.0)}),
        ("=SUM(A1:A2)-B1", 40, {(4, 4): (40.0, 12.0)}),
        ("=SUM(A1:A2)", 12, {}),
        ("=SUM(A1:A2)", 12.4, {}),
        ("=A1*100/A2", 71, {}),
        ("=ROUND(A1+A2,0)", 13, {}),
        ("=A1+Z9", 5, {}),
    ],
)
def test_a_sum_that_its_cells_no_longer_make_is_stale(formula, saved, stale):
    sheet = read_bytes(book_of({"D4": (formula, saved)}, NUMBERS, asks=False)).sheets[0]
    assert (sheet.stale, sheet.uncalculated) == (stale, [])
    assert ("D4" in {cell.address for cell in sheet.cells}) == (not stale)


def test_sums_of_numbers_as_they_are_shown_are_left_alone():
    def rounded(name, content):
        return content.replace(b"<calcPr", b'<calcPr fullPrecision="0"')

    data = book_of({"D4": ("=A1+A2", 13)}, NUMBERS, asks=False)
    assert read_bytes(patched(data, rounded)).sheets[0].stale == {}


def test_a_formula_that_needs_others_is_calculated_through_them():
    formulas = {"B2": ("=A1+A2", 0), "B3": ("=B2*2", 0), "B4": ("=B3-24", 0)}
    assert outcome(book_of(formulas, NUMBERS, asks=False))[1] == [(2, 2), (3, 2)]


@pytest.mark.parametrize(
    ("asks", "other", "none"),
    [(True, 0, [(1, 4), (2, 4)]), (True, 3, []), (False, 0, [])],
)
def test_other_formulas_are_judged_by_their_writer(asks, other, none):
    """What cannot be calculated here: nothing in the whole workbook was, and the writer says so."""
    formulas = {"D1": ("=IF(A1>1,A1,0)", 0), "D2": ("=MAX(A1:A2)", other)}
    assert outcome(book_of(formulas, NUMBERS, asks=asks))[1] == none


def test_a_blank_that_a_formula_gives_is_no_lost_result():
    def as_text(name, content):
        return content.replace(b'<c r="D1"', b'<c r="D1" t="str"')

    formulas = {"D1": ('=IF(A1>9,A1,"")', ""), "D2": ("=MAX(A1:A2)", 7)}
    data = book_of(formulas, NUMBERS, asks=True)
    assert outcome(patched(data, as_text))[1] == []
    assert outcome(data)[1] == [(1, 4)], "nothing was saved, not even an empty text"


def test_copies_of_a_shared_formula_are_calculated_in_their_place():
    def share(name, content):
        if not name.endswith("sheet1.xml"):
            return content
        content = content.replace(b"<f>A1+A2</f>", b'<f t="shared" ref="D1:D3" si="0">A1+A2</f>')
        return content.replace(b"<f>A2+A3</f>", b'<f t="shared" si="0"/>').replace(
            b"<f>A3+A4</f>", b'<f t="shared" si="0"/>'
        )

    formulas = {f"D{row}": (f"=A{row}+A{row + 1}", 0) for row in (1, 2, 3)}
    numbers = {"A1": 5, "A2": 7, "A3": -7, "A4": 1}
    data = patched(book_of(formulas, numbers, asks=False), share)
    assert outcome(data)[1] == [(1, 4), (3, 4)]


def test_openpyxl_saves_no_results():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"], book.active["B2"] = 1, "=A1*2", '=IF(A1=1,"x","")'
    out = io.BytesIO()
    book.save(out)
    assert outcome(out.getvalue()) == ({"A1": 1.0}, [(2, 1), (2, 2)])


def test_xlwt_saves_an_empty_text():
    def fill(book):
        sheet = book.add_sheet("A")
        sheet.write(0, 0, 5)
        sheet.write(1, 0, 7)
        sheet.write(2, 0, xlwt.Formula("SUM(A1:A2)"))
        sheet.write(3, 0, xlwt.Formula('IF(A1>9;A1;"")'))

    assert outcome(xls_of(fill)) == ({"A1": 5.0, "A2": 7.0}, [(3, 1)])


@pytest.mark.parametrize(
    ("saved", "exact", "stale"),
    [(12.0, True, False), (12.4, True, False), (17.0, True, True), (17.0, False, False)],
)
def test_a_sum_of_an_old_workbook_is_stale_like_others(saved, exact, stale):
    def fill(book):
        sheet = book.add_sheet("A")
        for row, value in enumerate((5, 7)):
            sheet.write(row, 0, value)
        sheet.write(2, 0, xlwt.Formula("SUM(A1:A2)"))
        sheet.write(3, 0, xlwt.Formula("A1*A2"))

    stream = bytearray(stream_of(xls_of(fill)))
    kind, place = struct.pack("<H", 0x06), struct.pack("<HH", 2, 0)
    at = next(
        at
        for at in range(len(stream))
        if stream[at : at + 2] == kind and stream[at + 4 : at + 8] == place
    )
    struct.pack_into("<d", stream, at + 10, saved)
    precision = stream.index(struct.pack("<HH", 0x0E, 2))
    struct.pack_into("<H", stream, precision + 4, exact)
    sheet = read_bytes(compound_with("Workbook", bytes(stream))).sheets[0]
    assert sheet.stale == ({(3, 1): (17.0, 12.0)} if stale else {})
    assert ("A3" in {cell.address for cell in sheet.cells}) == (not stale)


def test_a_sum_filled_down_an_old_workbook_is_calculated_in_each_place():
    def fill(book):
        sheet = book.add_sheet("A")
        for row in range(3):
            for column, value in enumerate((5, 7 + row)):
                sheet.write(row, column, value)

    stream = stream_of(xls_of(fill))
    tokens = struct.pack("<BHHHH", 0x2D, 0, 0, 0xC000 | 0xFE, 0xC000 | 0xFF) + b"\x19\x10\0\0"
    records = b""
    for row, saved in enumerate((12.0, 13.0, 99.0)):
        copy = struct.pack("<HBHH", 5, 0x01, 0, 2)
        records += cell_record(0x06, row, 2, struct.pack("<d", saved) + bytes(6) + copy)
        if row == 0:
            shared = struct.pack("<HHBBBBH", 0, 2, 2, 2, 0, 3, len(tokens)) + tokens
            records += record(0x4BC, shared)
    # The cells of the only sheet go on before its end.
    at = stream.rindex(struct.pack("<HH", 0x0A, 0))
    sheet = read_bytes(compound_with("Workbook", stream[:at] + records + stream[at:])).sheets[0]
    assert sheet.stale == {(3, 3): (99.0, 14.0)}
    assert {cell.address: cell.value for cell in sheet.cells}["C2"] == 13


@pytest.mark.parametrize(("second", "none"), [("7", [(1, 3)]), ("-5", [])])
def test_opendocument_formulas(second, none):
    table, row = Table(name="A"), TableRow()
    for value in ("5", second):
        row.addElement(TableCell(valuetype="float", value=value))
    row.addElement(TableCell(valuetype="float", value="0", formula="of:=[.A1]+[.B1]"))
    table.addElement(row)
    assert outcome(ods_of([table]))[1] == none


def test_the_zeros_of_a_received_workbook(shared):
    odd = shared / "samples/returns/odd"
    book = read_workbook(odd / "xlsxwriter_formulas_never_calculated_0.xlsx")
    assert book.sheets[2].uncalculated == [(row, 9) for row in range(9, 14)]


def calculation(formulas: dict[tuple[int, int], str], values: dict[tuple[int, int], object]):
    sheet = Sheet("A", cells=[Cell(*at, value) for at, value in values.items()])  # type: ignore[arg-type]
    known = Formulas().of(sheet)
    for at, text in formulas.items():
        known.add(*at, text, 0.0, saved=True)
    return Calculation(known)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("A1+B1*2", 11.0),
        ("-(A1-B1)/2", 2.0),
        ("$A$1", 1.0),
        ("SUM(A1:B1;10)", 16.0),
        ("SUM(A1:C1)", 6.0),
        ("A1+C1", None),
        ("A1/D9", None),
        ("LOG10(A1)", None),
        ("Sheet2!A1+1", None),
        ("A1^B1", None),
        ("A1:B1", None),
        ("B9", None),
        ("__import__", None),
        ("(" * 300 + "1" + ")" * 300, None),
        ("SUM(A1:XFD1048576)", None),
    ],
)
def test_only_plain_arithmetic_is_calculated(text, result):
    """B9 is the formula itself: a circle is not known."""
    values = {(1, 1): 1.0, (1, 2): 5.0, (1, 3): "chữ"}
    assert calculation({(9, 2): text}, values)((9, 2)) == result
