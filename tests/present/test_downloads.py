import csv

import openpyxl
import pandas as pd
import pytest

from kgstats.present import downloads
from kgstats.present.numbers import Quantity
from kgstats.present.tables import Column, Table

TABLE = {
    "caption": "=1+1",
    "columns": [{"key": "a", "label": "Tên"}, {"key": "b", "label": "+Số", "kind": "number"}],
    "rows": [["=cmd|' /C calc'!A0", 1.5], ["@x", None], ["Tân Hiệp", -2], ["-1", True]],
    "notes": ["Nguồn"],
}


def test_csv_opens_with_accents_and_runs_nothing(tmp_path):
    path = tmp_path / "t.csv"
    downloads.write_csv(TABLE, path, ["minh họa"])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(path.open(encoding="utf-8-sig", newline="")))
    assert rows[0] == ["Tên", "'+Số"]
    assert rows[1] == ["'=cmd|' /C calc'!A0", "1.5"]
    assert rows[2] == ["'@x", ""]
    assert rows[3] == ["Tân Hiệp", "-2"]
    assert rows[-2:] == [["minh họa"], ["Nguồn"]]


def test_xlsx_has_numbers_as_numbers_and_no_formula(tmp_path):
    path = tmp_path / "t.xlsx"
    downloads.write_xlsx(TABLE, path, ["minh họa"], lang="vi")
    book = openpyxl.load_workbook(path)
    sheet = book["Số liệu"]
    assert [cell.value for cell in sheet[3]] == ["Tên", "+Số"]
    assert sheet["B4"].value == 1.5
    assert sheet["B5"].value is None
    assert sheet["B6"].value == -2
    for row in sheet.iter_rows():
        assert all(cell.data_type != "f" for cell in row)
    assert [cell.value for cell in book["Ghi chú"]["A"]] == ["minh họa", "Nguồn"]


def test_the_same_table_gives_the_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        downloads.write_xlsx(TABLE, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_units_beside_numbers_are_in_the_language_of_the_file():
    cells = [Quantity(64, "number", 0, unit="rural communes"), Quantity(2.7, "percent", 2)]
    frame = pd.DataFrame({"what": ["a", "b"], "value": cells})
    heads = [Column("what", "What"), Column("value", "Value", "quantity")]
    made = Table("x", "caption", frame, heads, "vi")
    columns = {one["key"]: place for place, one in enumerate(made.payload()["columns"])}
    rows = made.payload()["rows"]
    assert [row[columns["value_unit"]] for row in rows] == ["xã", "%"]


def test_a_workbook_shows_whole_numbers_whole_and_makes_room_for_heads(tmp_path):
    table = {
        "caption": "c",
        "columns": [
            {"key": "v", "label": "a long head of many words " * 4, "kind": "quantity",
             "decimals": None, "unit": "", "definition": ""},
        ],
        "rows": [[64], [16.897435897435898]],
    }  # fmt: skip
    downloads.write_xlsx(table, tmp_path / "t.xlsx", lang="en")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]
    assert [sheet.cell(row, 1).number_format for row in (4, 5)] == ["#,##0", "#,##0.0##"]
    assert sheet.cell(5, 1).value == pytest.approx(16.897435897435898, rel=1e-14)
    assert sheet.row_dimensions[3].height > 60
    assert sheet.page_setup.orientation == "landscape" and sheet.print_title_rows == "$3:$3"
