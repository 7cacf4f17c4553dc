"""Web pages and archives under a workbook's name."""

from __future__ import annotations

from kgstats.returns.files.containers import Limits
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


def test_of_several_rules_the_last_counts_and_the_cell_own_style_before_it():
    rules = (
        ".a{font-family:Arial;mso-number-format:'0.0'} td.a{font-family:.VnTime}"
        ".b{display:none} .c{mso-number-format:Percent}"
    )
    cells = "<td class=a>1<td class='a c'>2<td class=a style='font-family:VNI-Times'>3<td class=b>4"
    page = f"<html><style>{rules}</style><table><tr>{cells}</table></html>"
    found = read_bytes(page.encode()).sheets[0].cells
    assert [(cell.font, cell.number_format, cell.hidden) for cell in found] == [
        (".VnTime", "'0.0'", False),
        (".VnTime", "0.00%", False),
        ("VNI-Times", "'0.0'", False),
        (None, None, True),
    ]


def test_places_that_spans_cover_are_counted():
    page = "<table><tr>" + "<td rowspan=40>a" * 10 + "</tr>" + "<tr><td>b</tr>" * 39 + "</table>"
    assert read_bytes(page.encode()).problem is None
    assert read_bytes(page.encode(), limits=Limits(grid=500)).problem == "too_large"
