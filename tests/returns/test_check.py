"""A return of any year, or with a slip in its year, is checked; what its title lacks is said."""

from __future__ import annotations

import openpyxl
import pytest
from tests.returns.building import poverty
from tests.returns.test_clean import GOOD

from kgstats.returns.check import check_file

TITLE = "TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO"


@pytest.fixture
def write(tmp_path):
    def make(title, name="Kien Hai.xlsx", rows=GOOD, after=()):
        made = openpyxl.Workbook()
        page = poverty(rows, after=after)
        page.cells[1].value = title
        for cell in page.cells:
            made.active.cell(cell.row, cell.column, cell.value)
        made.active.title = "Bieu 03"
        path = tmp_path / name
        made.save(path)
        return path

    return make


def doubts(result):
    return [(one.rule, one.cell) for one in result.findings if one.grave != "note"]


def year(result):
    return {record["year"] for record in result.records["poverty"]}


def test_the_year_of_the_titles_counts(write):
    for stated in (2018, 2019, 2020):
        result = check_file(write(f"{TITLE} NĂM {stated}"))
        assert year(result) == {stated} and doubts(result) == []


def test_a_slip_in_the_year_is_one_line_and_the_rest_is_checked(write):
    wrong = [list(row) for row in GOOD]
    wrong[1][3] = "x1"
    result = check_file(write(f"{TITLE} NĂM 20I8", rows=wrong))
    assert year(result) == {2018}
    assert ("year_slip", "A2") in doubts(result)
    assert doubts(result).count(("year_slip", "A2")) == 1
    assert ("number_unreadable", "D6") in doubts(result)


@pytest.mark.parametrize(
    ("title", "read_as"),
    [
        (f"{TITLE} NĂM 20018 (số liệu đến 31/12/20018)", 2018),
        (f"{TITLE} NĂM 2108 (số liệu đến 31/12/2108)", 2019),
    ],
)
def test_the_day_of_a_year_that_cannot_be_is_no_witness(write, title, read_as):
    assert year(check_file(write(title))) == {read_as}


@pytest.mark.parametrize(
    ("name", "after", "read_as", "witness"),
    [
        ("Kien Hai 2020.xlsx", (), 2020, "the file's name"),
        ("Kien Hai.xlsx", [[None], [None] * 6 + ["Kiên Hải, ngày 05 tháng 01 năm 2021"],
                           [None] * 6 + ["NGƯỜI LẬP BIỂU"]], 2020, "the day under the table"),
        ("Kien Hai.xlsx", [[None], [None] * 6 + ["Kiên Hải, ngày 25 tháng 12 năm 2018"],
                           [None] * 6 + ["NGƯỜI LẬP BIỂU"]], 2018, "the day under the table"),
        ("Kien Hai.xlsx", (), 2019, "nothing: give the year with --year"),
    ],
)  # fmt: skip
def test_without_a_year_in_the_titles_the_next_best_witness_counts(
    write, name, after, read_as, witness
):
    result = check_file(write(TITLE, name, after=after))
    assert year(result) == {read_as}
    (found,) = [one for one in result.findings if one.rule == "year_absent"]
    assert found.cell == "A2" and found.args["witness"].text == witness


@pytest.mark.parametrize("stated", [2012, 2016, 2024])
def test_a_year_beyond_the_known_lists_is_checked_all_the_same(write, stated):
    wrong = [list(row) for row in GOOD]
    wrong[1][3] = "x1"
    result = check_file(write(f"{TITLE} NĂM {stated}", rows=wrong))
    rules = {one.rule for one in result.findings}
    assert "number_unreadable" in rules or "place_unknown" in rules
    assert ("year_out_of_reach" in rules) == (stated < 2017)
    assert "year_differs" not in rules


def test_a_year_given_is_the_year(write):
    result = check_file(write(f"{TITLE} NĂM 2018"), 2019)
    assert year(result) == {2019} and doubts(result) == [("year_differs", "A2")]
