"""Workbooks of Excel since 2007, by whatever program."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.returns.files.writers import (
    PLAIN,
    counted,
    grids,
    in_sheet,
    patched,
    same,
    sample,
    values_of,
    xlsx_of,
)

from kgstats.returns.cells import ErrorValue
from kgstats.returns.files import grid
from kgstats.returns.files.containers import Limits
from kgstats.returns.read import PROBLEMS, read_bytes, read_workbook


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
    """A grid from corner to corner would ask for half a terabyte."""

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


def test_a_long_sheet_of_equal_rows_is_no_bomb():
    def equal(book):
        sheet = book.add_worksheet()
        for row in range(60_000):
            sheet.write_row(row, 0, [7, 7, 7, 7, 7])

    book = read_bytes(xlsx_of(equal))
    assert book.problem is None
    assert len(book.sheets[0].cells) == 300_000


def test_large_sheets_are_read():
    def fill(book):
        sheet = book.add_worksheet()
        for row in range(100_000):
            sheet.write_number(row, 0, row)
            sheet.write_string(row, 1, "Bình An")

    book = read_bytes(xlsx_of(fill, constant_memory=True))
    assert len(book.sheets[0].cells) == 200_000


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


# --- styles as any program writes them -------------------------------------------------------


def styled(xfs: str, fonts: str = "<font/>", formats: str = "", wrap: str = "{}") -> bytes:
    """A workbook whose cells A1, B1, … have the styles 0, 1, …, all holding 0.0269."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    styles = wrap.format(
        f"<styleSheet {main}><numFmts>{formats}</numFmts><fonts>{fonts}</fonts>"
        f"<cellStyleXfs><xf numFmtId='9'/></cellStyleXfs><cellXfs>{xfs}</cellXfs>"
        "<dxfs><dxf><font><name val='Dxf'/></font><numFmt numFmtId='10' formatCode='0'/></dxf>"
        "</dxfs></styleSheet>"
    )

    def change(name, content):
        if name.endswith("styles.xml"):
            return styles.encode()
        if name.endswith("sheet1.xml"):
            cells = "".join(f'<c r="{c}1" s="{i}"><v>0.0269</v></c>' for i, c in enumerate("ABCDE"))
            return re.sub(
                b"<sheetData>.*</sheetData>",
                f'<sheetData><row r="1">{cells}</row></sheetData>'.encode(),
                content,
            )
        return content

    return patched(xlsx_of(sample), change)


@pytest.mark.parametrize(
    "percent",
    [
        '<xf numFmtId="10" fontId="1"/>',
        "<xf fontId='1' numFmtId='10'></xf>",
        '<xf\n  applyFont="1"\n  fontId = "1" numFmtId = "10"><alignment/></xf>',
        '<!-- <xf/> --><xf fontId="1" numFmtId="10"/>',
    ],
)
def test_a_style_without_attributes_is_a_style_like_others(percent):
    fonts = "<font/><font><sz val='1'/><name val='.VnTime'/></font>"
    sheet = read_bytes(styled(f"<xf/>{percent}<xf/><xf/>{percent}", fonts)).sheets[0]
    found = [(cell.number_format, cell.font) for cell in sheet.cells]
    assert found == [(None, None), ("0.00%", ".VnTime"), (None, None), (None, None), found[1]]


def test_styles_may_have_a_prefix_entities_and_numbers_of_their_own():
    own = '<numFmt numFmtId="164" formatCode="0.0 &quot;h&#7897;&quot;"/><numFmt numFmtId="10"/>'
    data = styled('<xf numFmtId="164"/><xf numFmtId="9"/><xf numFmtId="10"/>', formats=own)
    assert [cell.number_format for cell in read_bytes(data).sheets[0].cells][:3] == [
        '0.0 "hộ"',
        "0%",
        None,
    ]

    def with_prefix(name, content):
        if not name.endswith("styles.xml"):
            return content
        content = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1o:\2", content)
        return content.replace(b"xmlns=", b"xmlns:o=")

    prefixed_too = read_bytes(patched(data, with_prefix)).sheets[0].cells
    assert prefixed_too == read_bytes(data).sheets[0].cells


def test_the_style_without_attributes_of_a_received_workbook(shared):
    book = read_workbook(shared / "samples/inputs/style_without_attributes.xlsx")
    cell = next(cell for cell in book.sheets[0].cells if cell.address == "F1")
    assert (cell.value, cell.number_format) == (0.0269, "0.00%")


@pytest.mark.parametrize(
    ("inner", "kind", "value"),
    [
        ("<v><![CDATA[12]]></v>", "n", 12.0),
        ("<v>1<!-- x -->2</v>", "n", 12.0),
        ("<v>&#49;2</v>", "n", 12.0),
        ("<v>\n 12 </v>\n", "n", 12.0),
        ("<v>3,5</v>", "n", "3,5"),
        ("<v>Xã &amp; huyện</v>", "str", "Xã & huyện"),
        ("<v>a_x000D_b_x005F_x0031_</v>", "str", "a\rb_x0031_"),
        ("<is><r><t>Bình </t></r><r><t>An</t></r><rPh><t>x</t></rPh></is>", "inlineStr", "Bình An"),
        ("<v>2019-05-02T00:00:00Z</v>", "d", dt.date(2019, 5, 2)),
        ("<v>1</v>", "b", True),
        ("<v> </v>", "str", None),
        ("<v> </v>", "n", None),
        ("<v> </v>", "s", None),
        ("<f>A1</f>", "s", None),
        ("<f>1/0</f>", "e", None),
        ("<v/>", "n", None),
    ],
)
def test_values_as_any_program_writes_them(inner, kind, value):
    def change(content):
        cell = f"<c t='{kind}' r = 'B2' >{inner}</c>"
        return re.sub(
            b"<sheetData>.*</sheetData>",
            f"<sheetData><row r='2' >{cell}</row></sheetData>".encode(),
            content,
        )

    found = values_of(patched(xlsx_of(sample), in_sheet(change)))
    assert found == ({} if value is None else {"B2": value})


def test_a_cell_of_another_row_keeps_its_own_address():
    def change(content):
        return content.replace(b'<c r="B2"', b'<c r="B12"')

    assert values_of(patched(xlsx_of(sample), in_sheet(change)))["B12"] == 1.0


def test_a_shared_text_that_is_not_there_is_damage():
    data = patched(xlsx_of(sample), in_sheet(lambda xml: xml.replace(b"<v>1</v></c></row>", b"")))
    lost = patched(
        xlsx_of(sample), in_sheet(lambda xml: xml.replace(b't="s"><v>1<', b't="s"><v>7<'))
    )
    assert read_bytes(lost).problem == "damaged"
    assert read_bytes(data).problem == "damaged"


# --- dates -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "code", "value"),
    [
        (12, "dd/mm/yyyy", 12.0),
        (59, "dd/mm/yyyy", 59.0),
        (60, "dd/mm/yyyy", 60.0),
        (61, "dd/mm/yyyy", dt.date(1900, 3, 1)),
        (43587, "d-mmm", dt.date(2019, 5, 2)),
        (43587.25, "dd/mm/yyyy h:mm", dt.datetime(2019, 5, 2, 6)),
        (0.25, "h:mm", dt.time(6)),
        (1.25, "[h]:mm", dt.timedelta(hours=30)),
        (43587, '#,##0 "ngày/tháng"', 43587.0),
        (43587, "[<1]0.0%;0", 43587.0),
        (43587, "#,##0.0,", 43587.0),
        (43587, "[Red]0.00_);\\(d\\)", 43587.0),
    ],
)
def test_only_numbers_under_a_date_format_that_can_be_dates_are_dates(number, code, value):
    def fill(book):
        book.add_worksheet().write(0, 0, number, book.add_format({"num_format": code}))

    cell = read_bytes(xlsx_of(fill)).sheets[0].cells[0]
    assert (cell.value, cell.number_format) == (value, code)


def test_days_counted_from_1904():
    def fill(book):
        dated = book.add_format({"num_format": "dd/mm/yyyy"})
        book.add_worksheet().write(0, 0, 42125, dated)

    def change(name, content):
        if name != "xl/workbook.xml":
            return content
        return content.replace(b"<workbookPr", b'<workbookPr date1904="1"')

    assert values_of(patched(xlsx_of(fill), change)) == {"A1": dt.date(2019, 5, 2)}


# --- filters ---------------------------------------------------------------------------------


def filtered(book, how: str):
    sheet = book.add_worksheet("A")
    for row in range(12):
        sheet.write(row, 0, f"r{row}")
        sheet.write(row, 1, row)
    if how == "filter":
        sheet.autofilter(1, 0, 9, 1)
        sheet.filter_column(1, "x > 100")
    elif how == "bare":
        sheet.autofilter(1, 0, 9, 1)
    elif how == "table":
        sheet.add_table(1, 0, 9, 1)
    for row in (3, 4, 11):
        sheet.set_row(row, options={"hidden": True})


@pytest.mark.parametrize(
    ("how", "rows"),
    [("filter", {4, 5}), ("bare", {4, 5}), ("table", {4, 5}), ("none", set())],
)
def test_rows_that_a_filter_hides_are_told_from_others(how, rows):
    sheet = read_bytes(xlsx_of(lambda book: filtered(book, how))).sheets[0]
    assert sheet.hidden_rows == {4, 5, 12}
    assert sheet.filtered_rows == rows


def test_the_filter_of_a_received_workbook(shared):
    book = read_workbook(shared / "samples/returns/odd/filter_left_on_101_lines.xlsx")
    assert [sheet.filtered_rows for sheet in book.sheets if sheet.filtered_rows] == [
        set(range(15, 25))
    ]


# --- what costs time or memory ---------------------------------------------------------------


def sheet_of(rows: bytes, before: bytes = b"") -> bytes:
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return patched(
        xlsx_of(sample),
        in_sheet(lambda _: start + before + b"<sheetData>" + rows + b"</sheetData></worksheet>"),
    )


def test_runs_of_hidden_columns_lying_upon_one_another_are_taken_once(monkeypatch):
    taken = []
    usual = grid.spread
    monkeypatch.setattr(grid, "spread", lambda *given: taken.append(usual(*given)) or taken[-1])
    columns = b"<cols>" + b'<col min="1" max="16384" hidden="1"/>' * 5000 + b"</cols>"
    sheet = read_bytes(sheet_of(b'<row r="1"><c r="C1"><v>1</v></c></row>', columns)).sheets[0]
    assert sheet.hidden_columns == {1, 2, 3}
    assert sum(map(len, taken)) == 3


def test_error_cells_that_do_not_end_are_damage():
    assert read_bytes(sheet_of(b'<row r="1">' + b'<c r="A1" t="e">' * 2000)).problem == "damaged"


def test_cells_are_counted_as_they_are_read():
    row = b'<row r="%d">' + b'<c r="A%d"><v>1</v></c>' + b"</row>"
    many = b"".join(row % (number, number) for number in range(1, 400))
    book = read_bytes(sheet_of(many), limits=Limits(cells=100))
    assert (book.problem, book.sheets) == ("too_large", [])
    assert len(read_bytes(sheet_of(many), limits=Limits(cells=399)).sheets[0].cells) == 399


def test_letters_are_counted_as_they_are_read():
    long = b'<row r="1"><c r="A1" t="str"><v>%s</v></c></row>' % (b"x" * 50_000)
    assert read_bytes(sheet_of(long)).problem is None
    assert read_bytes(sheet_of(long), limits=Limits(letters=10_000)).problem == "too_large"


def test_a_file_that_takes_its_time_is_refused():
    book = read_bytes(xlsx_of(sample), limits=Limits(seconds=0))
    assert book.problem == "too_large"
    assert "0 s" in book.detail
