"""Tables saved as web pages or XML under a workbook's name."""

from __future__ import annotations

import datetime as dt

from kgstats.returns.cells import ErrorValue
from kgstats.returns.read import read_bytes


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
