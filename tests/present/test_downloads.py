import csv

import openpyxl

from kgstats.present import downloads

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
