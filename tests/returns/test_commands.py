"""The commands as a person meets them: exit codes, plain words, copies with comments."""

from __future__ import annotations

import json
import shutil

import openpyxl
import pytest
import typer
import xlsxwriter
from tests.returns.building import POVERTY_HEAD, body
from typer.testing import CliRunner

from kgstats.returns.annotating import annotate, comments
from kgstats.returns.check import check_file, year_of
from kgstats.returns.commands import register
from kgstats.returns.ledger import joined
from kgstats.returns.read import read_workbook

app = typer.Typer(pretty_exceptions_enable=False)
register(app)
run = CliRunner().invoke
GOOD = body(*[(1000, 50, 10, 0, 2, 42, 4.2, 30, 28)] * 4)


def write(path, rows, *, title="TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2019"):
    out = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    page = out.add_worksheet("Bieu 03")
    for at, row in enumerate([["UBND HUYỆN KIÊN HẢI"], [title], [], POVERTY_HEAD, *rows]):
        for column, value in enumerate(row):
            page.write(at, column, value)
    out.close()
    return path


@pytest.fixture(autouse=True)
def nothing_known_of_last_year(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "data" / "raw").mkdir(parents=True)
    monkeypatch.setenv("KGSTATS_WORKSPACE", str(folder))


@pytest.fixture
def good(tmp_path):
    return write(tmp_path / "Kien Hai.xlsx", GOOD)


@pytest.fixture
def bad(tmp_path):
    rows = [list(row) for row in GOOD]
    rows[0][2] = "một nghìn"
    rows[1][1] = "Xã [bold]Lạ[/bold] <script>"
    return write(tmp_path / "Kien Hai sai.xlsx", rows)


@pytest.fixture
def locked(tmp_path):
    path = tmp_path / "anh chup.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 300)
    return path


def test_clean_exit_codes(good, bad, locked, tmp_path):
    out = tmp_path / "out"
    first = run(app, ["clean", str(good), "--year", "2019", "--out", str(out)])
    assert first.exit_code == 0, first.output
    assert (out / "poverty.parquet").is_file() and (out / "cells.parquet").is_file()
    assert run(app, ["clean", str(bad), "--year", "2019"]).exit_code == 1
    third = run(app, ["clean", str(locked), "--year", "2019", "--lang", "en"])
    assert third.exit_code == 2
    assert "not a spreadsheet" in third.output


def test_clean_tells_where_cells_went(bad):
    said = run(app, ["clean", str(bad), "--year", "2019", "--lang", "en"]).output
    assert "cells received" in said and "Nothing was written" in said
    assert "cell C5" in said
    # Markup in a name is shown as it was typed, not obeyed.
    assert "[bold]Lạ[/bold] <script>" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["clean", "khong co.xlsx"], "there is no file khong co.xlsx"),
        (["clean", "--lang", "fr"], "--lang must be one of vi, en"),
        (["check", "khong co.xlsx"], "there is no file"),
        (["inspect", "khong co.xlsx"], "there is no file"),
        (["lineage", "towns", "2019/906", "x"], "there is no clean table 'towns'"),
        (["lineage", "poverty", "2019", "poor_end_hh"], "a key of poverty is"),
    ],
)
def test_one_clear_line_and_no_traceback(arguments, said):
    result = run(app, arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output and result.output.count("\n") <= 2


def test_lineage_tells_what_a_correction_made_of_a_cell(root, tmp_path):
    raw, own = root / "data" / "raw" / "2019", tmp_path / "data" / "raw" / "2019"
    (own / "returns").mkdir(parents=True)
    shutil.copy(raw / "returns" / "Bieu 01-03 PhuQuoc 2019 sua.xlsx", own / "returns")
    shutil.copy(raw / "corrections.yml", own)
    cleaned = run(app, ["clean", "--year", "2019", "--workspace", str(tmp_path)])
    assert cleaned.exit_code < 2, cleaned.output
    asked = ["lineage", "poverty", "2019/911/{}", "households_hh", "--workspace", str(tmp_path)]

    def said(commune):
        return run(app, [one.format(commune) for one in asked])

    assert "C9\tvalue\t121710\tcorrected to 12171: " in said("31078").output
    assert "corrected" not in said("31105").output and said("31105").exit_code == 0
    nothing = said("99999")
    assert nothing.exit_code == 1 and "poverty has no row 2019/911/99999" in nothing.output


def test_clean_of_a_year_without_returns(tmp_path):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    result = run(app, ["clean", "--year", "2018", "--workspace", str(tmp_path)])
    assert result.exit_code == 2 and "no return of 2018" in result.output


def test_two_files_of_one_district_stop_the_run(good, tmp_path):
    other = write(tmp_path / "Kien Hai lan 2.xlsx", GOOD)
    result = run(app, ["clean", str(good), str(other), "--year", "2019"])
    assert result.exit_code == 2
    assert "deliveries.yml" in result.output and "Kien Hai lan 2.xlsx" in result.output


def test_check_speaks_plainly(good, bad, locked):
    fine = run(app, ["check", str(good), "--lang", "en"])
    assert fine.exit_code == 0, fine.output
    vi = run(app, ["check", str(bad)])
    assert vi.exit_code == 1
    assert "ô C5" in vi.output and "Lỗi" in vi.output and "→" in vi.output
    en = run(app, ["check", str(bad), "--lang", "en"])
    assert "cell C5" in en.output and "Error" in en.output
    assert run(app, ["check", str(locked)]).exit_code == 2


def test_check_of_a_file_without_a_form_or_without_a_year(tmp_path):
    stray = write(tmp_path / "nhap.xlsx", [], title="Bảng nháp")
    book = openpyxl.load_workbook(stray)
    book.active.delete_rows(3, 5)
    book.save(stray)
    said = run(app, ["check", str(stray)])
    assert said.exit_code == 1 and "Không tìm thấy biểu nào" in said.output
    undated = write(tmp_path / "Kien Hai.xlsx", GOOD, title="RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO")
    said = run(app, ["check", str(undated)])
    assert said.exit_code == 0 and "Không tiêu đề nào ghi năm báo cáo" in said.output
    assert "ô A2" in said.output and "kiểm tra 1 chỗ" in said.output


def test_check_takes_the_year_from_the_titles(good, tmp_path):
    assert year_of(read_workbook(good)) == (2019, [])
    undated = write(tmp_path / "Kien Hai 2018.xlsx", GOOD, title="KẾT QUẢ RÀ SOÁT HỘ NGHÈO")
    year, (found,) = year_of(read_workbook(undated))
    assert (year, found.rule) == (2018, "year_absent")
    assert run(app, ["check", str(undated), "--year", "2019"]).exit_code == 0


def test_annotate_leaves_the_rest_of_the_workbook_as_it_is(bad, tmp_path):
    result = run(app, ["check", str(bad), "--annotate"])
    copy = bad.with_name("Kien Hai sai.checked.xlsx")
    assert copy.is_file() and str(copy) in result.output.replace("\n", "")
    before, after = openpyxl.load_workbook(bad), openpyxl.load_workbook(copy)
    for left, right in zip(
        before["Bieu 03"].iter_rows(), after["Bieu 03"].iter_rows(), strict=True
    ):
        assert [cell.value for cell in left] == [cell.value for cell in right]
        assert [cell.number_format for cell in left] == [cell.number_format for cell in right]
    commented = {
        cell.coordinate: cell.comment.text
        for row in after["Bieu 03"].iter_rows()
        for cell in row
        if cell.comment is not None
    }
    assert set(commented) == {cell for _, cell in comments(check_file(bad).findings, "vi")}
    assert "không phải là số" in commented["C5"]
    assert run(app, ["check", str(bad), "--annotate", "--out", str(bad)]).exit_code == 2


def test_annotate_of_another_kind_writes_a_safe_copy(tmp_path):
    lines = [
        ["UBND HUYỆN KIÊN HẢI"],
        ["KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2019"],
        POVERTY_HEAD,
        [1, "=cmd|' /C calc'!A0", 1000, 50, 10, 0, 2, 42, "4,2", 30, 28],
        *GOOD[1:],
    ]
    path = tmp_path / "Kien Hai.csv"
    path.write_text("\n".join(";".join(map(str, line)) for line in lines), encoding="utf-8-sig")
    result = check_file(path)
    copy = annotate(path, tmp_path / "ban sao.csv", result.findings, "vi")
    assert copy.name == "ban sao.xlsx"
    page = openpyxl.load_workbook(copy).worksheets[1]
    assert page["B4"].value == "=cmd|' /C calc'!A0" and page["B4"].data_type == "s"
    assert "không phải là đơn vị cấp xã" in page["B4"].comment.text


def test_inspect_writes_the_agreed_json(good):
    result = run(app, ["inspect", str(good), "--json"])
    assert result.exit_code == 0
    found = json.loads(result.output)
    assert set(found) == {"file", "sheets"}
    (sheet,) = found["sheets"]
    assert set(sheet) == {"name", "hidden", "tables"} and sheet["hidden"] is False
    (table,) = sheet["tables"]
    assert set(table) == {
        "header_rows", "column_number_row", "first_data_row", "last_data_row", "total_rows",
        "section_rows", "repeated_header_rows", "footer_rows", "unit", "encoding", "columns",
    }  # fmt: skip
    assert table["header_rows"] == [4, 4] and table["last_data_row"] == 8
    assert table["columns"][2] == {
        "letter": "C", "header": "Tổng số hộ", "number_style": "number",
    }  # fmt: skip
    plain = run(app, ["inspect", str(good)]).output
    assert "header 4–4" in plain and "Tổng số hộ" in plain


def test_inspect_of_what_is_no_spreadsheet(locked):
    result = run(app, ["inspect", str(locked), "--json"])
    assert result.exit_code == 2
    found = json.loads(result.output)
    assert found["sheets"] == [] and found["problem"] == "not_a_spreadsheet"


def test_a_path_in_a_file_name_stays_a_name(tmp_path):
    folder = tmp_path / "..%2F..%2Fetc"
    folder.mkdir()
    path = write(folder / "..;rm -rf & Kien Hai.xlsx", GOOD)
    result = check_file(path)
    assert result.file == "..;rm -rf & Kien Hai.xlsx"
    assert set(joined([result.ledger]).column("file").to_pylist()) == {result.file}
