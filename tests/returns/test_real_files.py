"""Public files of Vietnamese offices are read right; skipped where they are not at hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from kgstats.returns.read import read_bytes, read_workbook
from kgstats.returns.values.numbers import read_number
from kgstats.text import decode, encoding_hints


@pytest.fixture(scope="module")
def real(shared):
    folder = shared / "samples" / "real"
    if not folder.is_dir():
        pytest.skip("the public sample files are not on this machine")
    return folder


def cells_of(path, sheet=0):
    book = read_workbook(path)
    assert book.problem is None, (book.problem, book.detail)
    return {cell.address: cell for cell in book.sheets[sheet].cells}


@pytest.mark.parametrize(
    "name",
    [
        "mof_budget_Plan_2009.xls",
        "mof_budget_Plan_2007.xls",
        "gso_admin_laocai_2020.xls",
        "form_Template_Bieu01TKKK.xlsx",
    ],
)
def test_no_cell_is_lost_against_a_bare_read(real, name):
    book = read_workbook(real / name)
    bare = CalamineWorkbook.from_path(real / name)
    for index, sheet in enumerate(book.sheets):
        grid = bare.get_sheet_by_index(index)
        first_row, first_column = grid.start or (0, 0)
        wanted = {
            (first_row + row + 1, first_column + column + 1): value
            for row, values in enumerate(grid.to_python() if grid.start else [])
            for column, value in enumerate(values)
            if not (isinstance(value, str) and not value.strip())
        }
        assert {(cell.row, cell.column): cell.value for cell in sheet.cells} == wanted


def test_budget_plan_2009(real):
    cells = cells_of(real / "mof_budget_Plan_2009.xls")
    assert cells["H7"].value == "Đơn vị: Triệu đồng."
    assert read_number(cells["C16"].value).value == 417_900_000
    regions = [cells[f"C{row}"].value for row in (19, 34, 46, 62, 68, 75)]
    assert sum(regions) == cells["C16"].value
    # A total with a footnote mark above it: G16 holds the mark, G18 the value.
    assert cells["G16"].value.strip() == "(1)"
    assert isinstance(cells["G18"].value, int | float)
    # Blank and zero are different things.
    assert "G35" not in cells
    assert read_number(cells["G81"].value).value == 0
    assert "A90" in cells or "B90" in cells
    assert max(cell.row for cell in cells.values()) == 90


def test_budget_plan_2007(real):
    book = read_workbook(real / "mof_budget_Plan_2007.xls")
    assert [(sheet.name, bool(sheet.cells)) for sheet in book.sheets] == [
        ("mau so 09", True),
        ("Sheet1", False),
        ("Sheet2", False),
        ("Sheet3", False),
    ]
    cells = {cell.address: cell for cell in book.sheets[0].cells}
    assert cells["F13"].value == "4=5+6"
    assert read_number(cells["C14"].value).value == 293_400_800
    # Fonts of TCVN3 stand in the file, and the text is Unicode all the same.
    hints = encoding_hints(
        (cell.value, cell.font) for cell in cells.values() if isinstance(cell.value, str)
    )
    assert set(hints.values()) == {"unicode"}
    for cell in cells.values():
        if isinstance(cell.value, str):
            assert not decode(cell.value, cell.font, hints.get(cell.font)).changed


def test_list_of_communes_keeps_codes_as_text(real):
    cells = cells_of(real / "gso_admin_laocai_2020.xls")
    codes = {cells[f"F{row}"].value for row in range(2, 164)}
    assert len(codes) == 162
    assert all(isinstance(code, str) and len(code) == 5 for code in codes)
    assert cells["D2"].value == "080"


def test_form_of_a_ministry(real):
    book = read_workbook(real / "form_Template_Bieu01TKKK.xlsx")
    cells = {cell.address: cell for cell in book.sheets[0].cells}
    # "(3)" typed into a cell is stored as -3.
    assert [cells[f"{column}10"].value for column in "ABCF"] == ["(1)", "(2)", -3, -6]
    assert (7, 1, 9, 1) in book.sheets[0].merged
    assert cells["S6"].value == "Đơn vị tính diện tích: ha"


def test_list_in_tcvn3(real):
    book = read_workbook(real / "communes_tcvn3_10614.csv")
    assert (book.format, book.sheets[0].name) == ("csv", "")
    cells = {cell.address: cell.value for cell in book.sheets[0].cells}
    assert sum(1 for address in cells if address.startswith("A")) == 10_615
    assert decode(cells["A2"]).text == "TT. Tân Châu"
    assert cells["E2"] == "30376"


def test_a_truncated_copy_is_a_problem_and_nothing_else(real):
    for path in sorted(real.glob("*.xls*")):
        data = path.read_bytes()
        for share in (0.2, 0.5, 0.9):
            book = read_bytes(data[: int(len(data) * share)], path.name)
            assert book.problem in ("truncated", "damaged", None)
            if book.problem is None:
                # What is missing lay behind the workbook's own stream.
                whole = read_bytes(data)
                assert [len(one.cells) for one in book.sheets] == [
                    len(one.cells) for one in whole.sheets
                ]


def test_values_stay_what_they_are(real):
    for path in sorted(real.glob("*.xls*")):
        for sheet in read_workbook(path).sheets:
            for cell in sheet.cells:
                assert isinstance(cell.value, str | int | float | bool | dt.date | Decimal)
