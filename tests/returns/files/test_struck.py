"""What a font strikes out was not sent: it is read as it is seen, and is no number or mark."""

from __future__ import annotations

import pytest
import xlwt
from odf.style import Style, TextProperties
from odf.table import Table, TableRow
from tests.returns.building import book, poverty
from tests.returns.files.writers import ods_cell, ods_of, values_of, xls_of, xlsx_of
from tests.returns.test_clean import GOOD

from kgstats.returns.book import read_book
from kgstats.returns.files.formats import struck
from kgstats.returns.values.marks import read_mark
from kgstats.returns.values.numbers import read_number


def of_xlsx() -> bytes:
    def fill(out):
        sheet, line = out.add_worksheet(), out.add_format({"font_strikeout": True})
        for row, value in enumerate((87, "Đ", 12.5)):
            sheet.write(row, 0, value, line)
            sheet.write(row, 1, value)

    return xlsx_of(fill)


def of_xls() -> bytes:
    def fill(out):
        sheet, line = out.add_sheet("a"), xlwt.easyxf("font: struck_out on")
        for row, value in enumerate((87, "Đ", 12.5)):
            sheet.write(row, 0, value, line)
            sheet.write(row, 1, value)

    return xls_of(fill)


def of_ods() -> bytes:
    line = Style(name="bo", family="table-cell")
    line.addElement(TextProperties(textlinethroughstyle="solid"))
    table = Table(name="a")
    for value, kind in ((87, "float"), ("Đ", "string"), (12.5, "float")):
        row = TableRow()
        more = {"value": str(value)} if kind == "float" else {}
        for style in ({"stylename": "bo"}, {}):
            row.addElement(ods_cell(str(value), valuetype=kind, **more, **style))
        table.addElement(row)
    return ods_of([table], (line,))


@pytest.mark.parametrize("made", [of_xlsx, of_xls, of_ods])
def test_what_is_struck_out_is_read_struck_out_in_every_kind_of_file(made):
    assert values_of(made()) == {
        "A1": struck(87), "B1": 87.0, "A2": struck("Đ"), "B2": "Đ", "A3": struck(12.5), "B3": 12.5,
    }  # fmt: skip


def test_it_is_no_number_and_no_mark():
    assert read_number(struck(1254.0)).value is None
    assert read_mark(struck("Đ")).met is None


def test_a_struck_number_is_refused_with_its_cell_and_costs_no_other():
    page = poverty(GOOD)
    cell = next(one for one in page.cells if one.value == 42)
    cell.value = struck(cell.value)
    result = read_book(book(page, file="Kien Hai 2019.xlsx"), 2019)
    errors = [(one.rule, one.cell) for one in result.findings if one.grave == "error"]
    assert errors == [("number_unreadable", cell.address)]
    ends = [one["poor_end_hh"] for one in result.records["poverty"]]
    assert ends == [None, 65, 15, 36]
