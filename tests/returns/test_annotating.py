"""The annotated copy shows every finding: a list first, and the cells themselves."""

from __future__ import annotations

import odf.opendocument
import odf.style
import odf.table
import odf.text
import openpyxl
import pytest
import xlwt
from tests.returns.building import POVERTY_HEAD
from tests.returns.test_commands import GOOD, write

from kgstats.returns.annotating import COLOURS, HEADS, annotate, lines
from kgstats.returns.check import check_file
from kgstats.words import translator

TITLES = [["UBND HUYỆN KIÊN HẢI"], ["KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2019"]]


@pytest.fixture
def rows():
    wrong = [list(row) for row in GOOD]
    wrong[0][2] = "một nghìn"
    wrong[2][9] = "khoảng 30"
    return wrong


def as_xlsx(path, rows):
    return write(path.with_suffix(".xlsx"), rows)


def as_xls(path, rows):
    book = xlwt.Workbook()
    page = book.add_sheet("Bieu 03")
    bold = xlwt.easyxf("font: bold on")
    page.col(1).width = 256 * 33
    for at, row in enumerate([*TITLES, POVERTY_HEAD, *rows]):
        for column, value in enumerate(row):
            page.write(at, column, value, bold if at == 1 else xlwt.Style.default_style)
    page.merge(1, 1, 0, 5)
    path = path.with_suffix(".xls")
    book.save(str(path))
    return path


def as_ods(path, rows):
    book = odf.opendocument.OpenDocumentSpreadsheet()
    wide = odf.style.Style(name="wide", family="table-column")
    wide.addElement(odf.style.TableColumnProperties(columnwidth="6.5cm"))
    book.automaticstyles.addElement(wide)
    table = odf.table.Table(name="Bieu 03")
    table.addElement(odf.table.TableColumn())
    table.addElement(odf.table.TableColumn(stylename=wide))
    for at, row in enumerate([*TITLES, POVERTY_HEAD, *rows]):
        line = odf.table.TableRow()
        for value in row:
            more = {"numbercolumnsspanned": 5} if at == 1 else {}
            number = isinstance(value, int | float)
            kind = {"valuetype": "float", "value": value} if number else {"valuetype": "string"}
            cell = odf.table.TableCell(**kind, **more)
            cell.addElement(odf.text.P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    path = path.with_suffix(".ods")
    book.save(str(path))
    return path


def as_csv(path, rows):
    text = "\n".join(";".join(map(str, row)) for row in [*TITLES, POVERTY_HEAD, *rows])
    path = path.with_suffix(".csv")
    path.write_text(text, encoding="utf-8-sig")
    return path


KINDS = {"xlsx": as_xlsx, "xls": as_xls, "ods": as_ods, "csv": as_csv}


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_first_sheet_lists_every_finding_with_links_to_coloured_cells(
    tmp_path, rows, kind, lang
):
    path = KINDS[kind](tmp_path / "Kien Hai", rows)
    result = check_file(path)
    copy = annotate(path, tmp_path / "copy.x", result.findings, lang, result.received)
    assert copy.suffix == ".xlsx"
    book = openpyxl.load_workbook(copy)
    first, page = book.worksheets[0], book.worksheets[1]
    assert book.active is first
    t = translator(lang)
    head = next(row for row in range(1, 12) if first.cell(row, 2).value == t(HEADS[1]))
    said = lines(result.findings, lang, set())
    assert {"error", "warning"} <= {one.severity for one in said}
    for row, line in enumerate(said, head + 1):
        assert first.cell(row, 6).value == line.found
        assert first.cell(row, 7).value == line.to_do
        assert first.cell(row, 2).fill.start_color.rgb[-6:] == COLOURS[line.severity]
        if line.cell:
            link = first.cell(row, 4).hyperlink
            assert (link.location or link.target.lstrip("#")) == f"'{page.title}'!{line.cell}"
    wrong = next(one.cell for one in said if one.severity == "error")
    assert page[wrong].fill.start_color.rgb[-6:] == COLOURS["error"]
    assert page[wrong].comment is not None


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_other_kinds_keep_merges_and_widths_and_say_what_is_not_kept(tmp_path, rows, kind):
    path = KINDS[kind](tmp_path / "Kien Hai", rows)
    result = check_file(path)
    book = openpyxl.load_workbook(annotate(path, tmp_path / "c.x", result.findings, "vi"))
    page = book.worksheets[1]
    assert [str(one) for one in page.merged_cells.ranges] != []
    assert 30 < page.column_dimensions["B"].width < 37
    told = [row[0] for row in book.worksheets[0].iter_rows(max_col=1, values_only=True)]
    assert any(words and f".{kind}" in words and "không giữ được" in words for words in told)


def test_bold_words_of_an_old_workbook_stay_bold(tmp_path, rows):
    path = as_xls(tmp_path / "Kien Hai", rows)
    book = openpyxl.load_workbook(annotate(path, tmp_path / "c.x", check_file(path).findings, "vi"))
    page = book.worksheets[1]
    assert page["A2"].font.bold and not page["B4"].font.bold


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_copy_that_comes_back_adds_no_finding_of_its_own(tmp_path, rows, kind):
    path = KINDS[kind](tmp_path / "Kien Hai", rows)
    result = check_file(path)
    copy = annotate(path, tmp_path / "copy.x", result.findings, "vi")
    again = check_file(copy)
    assert [(one.rule, one.cell) for one in again.findings] == [
        (one.rule, one.cell) for one in result.findings
    ]
    twice = annotate(copy, tmp_path / "twice.xlsx", again.findings, "vi")
    assert len(openpyxl.load_workbook(twice).sheetnames) == 2


def test_what_looks_like_a_formula_stays_a_text(tmp_path, rows):
    rows[0][1] = "=1+1"
    path = as_xlsx(tmp_path / "Kien Hai", rows)
    result = check_file(path)
    book = openpyxl.load_workbook(annotate(path, tmp_path / "c.xlsx", result.findings, "vi"))
    assert all(
        cell.data_type != "f" for page in book.worksheets[:1] for row in page for cell in row
    )


def test_numbers_typed_as_words_are_listed_as_they_were_typed(tmp_path):
    rows = [list(row) for row in GOOD]
    rows[1][2] = "2.500"
    for kind in KINDS:
        path = KINDS[kind](tmp_path / kind, rows)
        result = check_file(path)
        copy = annotate(path, tmp_path / f"copy {kind}", result.findings, "vi", result.received)
        said = [row[4].value for row in openpyxl.load_workbook(copy).worksheets[0].iter_rows()]
        assert "2.500" in said and "2,5" not in said, kind


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_cut_off_in_a_copy(tmp_path, rows, kind):
    path = KINDS[kind](tmp_path / "Kien Hai", rows)
    result = check_file(path)
    copy = annotate(path, tmp_path / "copy.x", result.findings, "vi", result.received)
    book = openpyxl.load_workbook(copy)
    first = book.worksheets[0]
    assert first.page_setup.orientation == "landscape" and first.page_setup.fitToHeight == 0
    for row in first.iter_rows(min_row=7):
        words = str(row[5].value or "")
        assert len(words) < 60 or (first.row_dimensions[row[0].row].height or 0) >= 30
    if kind != "xlsx":
        page = book.worksheets[1]
        assert page.page_setup.orientation == "landscape"
        # The letterhead runs on over the cells beside it.
        assert not page["A1"].alignment.wrap_text
