"""Note marks that a cell sets above the line are no digits of its number."""

from __future__ import annotations

import pytest
import xlwt
from odf.style import Style, TextProperties
from odf.table import Table, TableRow
from odf.text import P, Span
from tests.returns.files.writers import (
    in_sheet,
    ods_cell,
    ods_of,
    patched,
    values_of,
    xls_of,
    xlsx_of,
)

from kgstats.returns.values.numbers import read_number

TEXTS = [("178", "1"), ("1.234,5", "2"), ("9,5 %", "3)"), ("m", "2"), ("Tân Hòa", "1")]


def of_xlsx():
    def fill(book):
        sheet, high = book.add_worksheet(), book.add_format({"font_script": 1})
        for row, (text, mark) in enumerate(TEXTS):
            sheet.write_rich_string(row, 0, text, high, mark, " ")
        sheet.write_string(len(TEXTS), 0, "51")

    return xlsx_of(fill)


def of_inline_xlsx():
    rows = "".join(
        f"<row r='{row}'><c r='A{row}' t='inlineStr'><is><r><t>{text}</t></r>"
        f"<r><rPr><vertAlign val='superscript'/></rPr><t>{mark}</t></r></is></c></row>"
        for row, (text, mark) in enumerate([*TEXTS, ("51", "")], 1)
    )
    inline = f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()
    return patched(xlsx_of(lambda book: book.add_worksheet()), in_sheet(lambda _: inline))


def of_xls():
    def fill(book):
        sheet, high = book.add_sheet("A"), xlwt.Font()
        high.escapement = xlwt.Font.ESCAPEMENT_SUPERSCRIPT
        for row, (text, mark) in enumerate(TEXTS):
            sheet.write_rich_text(row, 0, [text, (mark, high)])
        sheet.write(len(TEXTS), 0, "51")

    return xls_of(fill)


def of_ods():
    high = Style(name="T1", family="text")
    high.addElement(TextProperties(textposition="super 58%"))
    table = Table(name="A")
    for text, mark in [*TEXTS, ("51", "")]:
        cell, row = ods_cell("", valuetype="string"), TableRow()
        words = P(text=text)
        words.addElement(Span(stylename="T1", text=mark))
        cell.childNodes = []
        cell.addElement(words)
        row.addElement(cell)
        table.addElement(row)
    return ods_of([table], (high,))


def of_xml():
    rows = "".join(
        f'<Row><Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">{text}'
        f"<Sup>{mark}</Sup></ss:Data></Cell></Row>"
        for text, mark in [*TEXTS, ("51", "")]
    )
    names = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{names}" xmlns:ss="{names}">'
        f'<Worksheet ss:Name="A"><Table>{rows}</Table></Worksheet></Workbook>'
    ).encode()


def of_html():
    marks = ("<sup>{}</sup>", "<span style='vertical-align:super'>{}</span>")
    rows = "".join(
        f"<tr><td>{text}{marks[row % 2].format(mark)}</td></tr>"
        for row, (text, mark) in enumerate([*TEXTS, ("51", "")])
    )
    return f"<html><meta charset=utf-8><table>{rows}</table></html>".encode()


@pytest.mark.parametrize("written", [of_xlsx, of_inline_xlsx, of_xls, of_ods, of_xml, of_html])
def test_a_raised_mark_is_no_digit(written):
    texts = [str(value).strip() for value in values_of(written()).values()]
    assert texts == ["178¹", "1.234,5²", "9,5 %³)", "m2", "Tân Hòa1", "51"]
    readings = [read_number(text) for text in texts[:3]]
    assert [(one.value, one.footnote) for one in readings] == [
        (178, "1"), (read_number("1.234,5").value, "2"), (read_number("9,5").value, "3"),
    ]  # fmt: skip
