"""XML workbooks of 2003."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.returns.files.writers import values_of

from kgstats.returns.cells import ErrorValue
from kgstats.returns.read import read_bytes


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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_xml_workbooks_in_every_encoding_of_unicode(encoding):
    text = SPREADSHEETML.format('<Row><Cell><Data ss:Type="String">Xã</Data></Cell></Row>')
    assert values_of(text.encode(encoding)) == {"A1": "Xã"}


@pytest.mark.parametrize(("range_", "rows"), [("R1C1:R3C1", {2, 3}), ("R3C1:R9C1", set())])
def test_rows_behind_a_filter_of_an_xml_workbook(range_, rows):
    row = '<Row{}><Cell><Data ss:Type="Number">1</Data></Cell></Row>'
    text = SPREADSHEETML.format(row.format("") + row.format(' ss:Hidden="1"') * 2)
    text = text.replace("</Table>", f'</Table><AutoFilter x:Range="{range_}" xmlns:x="x"/>')
    sheet = read_bytes(text.encode()).sheets[0]
    assert (sheet.hidden_rows, sheet.filtered_rows) == ({2, 3}, rows)
