"""Tables saved as web pages or XML under a workbook's name."""

from __future__ import annotations

import datetime as dt

from kgstats.returns.cells import ErrorValue
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


SPREADSHEETML = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="A"><Table>'
    "{}</Table></Worksheet></Workbook>"
)


def spreadsheetml(rows: str) -> bytes:
    return SPREADSHEETML.format(rows).encode()


def test_runs_of_hidden_rows_and_columns_end_with_the_sheet():
    cell = '<Cell><Data ss:Type="Number">1</Data></Cell>'
    rows = (
        '<Column ss:Hidden="1" ss:Span="16000"/>' * 300
        + '<Row ss:Hidden="1" ss:Span="900000"/>' * 300
        + f'<Row ss:Index="2">{cell}{cell}</Row>'
    )
    sheet = read_bytes(spreadsheetml(rows)).sheets[0]
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({1, 2}, {1, 2})


def test_merged_cells_end_with_the_sheet():
    cell = '<Cell ss:MergeAcross="9999999" ss:MergeDown="9999999">{}</Cell>'
    data = '<Data ss:Type="String">a</Data>'
    sheet = read_bytes(spreadsheetml(f"<Row>{cell.format(data)}</Row>")).sheets[0]
    assert sheet.merged == [(1, 1, 1_048_576, 16_384)]


def test_days_of_early_1900_in_xml_are_numbers():
    cells = "".join(
        f'<Cell><Data ss:Type="DateTime">{day}T00:00:00.000</Data></Cell>'
        for day in ("1900-01-12", "1900-03-01")
    )
    sheet = read_bytes(spreadsheetml(f"<Row>{cells}</Row>")).sheets[0]
    assert [cell.value for cell in sheet.cells] == [12.0, dt.date(1900, 3, 1)]
