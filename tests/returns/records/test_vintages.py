"""Headings that say of which year money is."""

from __future__ import annotations

import pytest
from tests.returns.records.pages import ALLOCATED, MONEY, MONEY_HEAD, allocated, money, read, told

UNDATED = [name for name in MONEY_HEAD if name != "Năm kế hoạch"]
THIS_YEAR = [[*row[:4], *row[5:]] for row in MONEY]
LAST_YEAR = [[*row[:4], row[4] / 2, row[5] / 2, row[6], *row[7:]] for row in THIS_YEAR]


def in_sections(earlier, later="Năm 2019", number=("I", "II"), sums=(None, None)):
    rows = [[number[0], earlier, None, None, sums[0]], *LAST_YEAR]
    rows += [[number[1], later, None, None, sums[1]], *THIS_YEAR]
    return read(money(rows, head=UNDATED))


@pytest.mark.parametrize(
    "words",
    ["Năm 2018", "NĂM 2018:", "Thực hiện năm 2018", "Năm trước", "Cùng kỳ năm trước", "Năm 2020",
     "Số liệu năm 2018"],
)  # fmt: skip
def test_lines_below_a_heading_of_another_year_are_no_money_of_this_one(words):
    """Nothing says whether they were carried over, or are there to compare with."""
    for result in (
        in_sections(words), in_sections(words, number=(None, None)),
        in_sections(words, later="Năm nay"),
    ):  # fmt: skip
        assert allocated(result) == ALLOCATED
        assert {row["plan_year"] for row in result.records["funding"]} == {2019}
        assert told(result) == {"section_of_another_year": ["B6"]}


def test_the_sums_of_a_year_stand_beside_it():
    sums = [sum(row[4] for row in rows) for rows in (LAST_YEAR, THIS_YEAR)]
    result = in_sections("Năm 2018", number=(None, None), sums=sums)
    assert allocated(result) == ALLOCATED and told(result) == {"section_of_another_year": ["B6"]}


@pytest.mark.parametrize(
    "words", ["Vốn năm 2018 chuyển sang", "Kế hoạch vốn năm 2018", "Vốn năm trước chuyển sang",
              "Năm 2018 kéo dài"],
)  # fmt: skip
def test_a_heading_of_a_plan_dates_the_money_below_it(words):
    result = in_sections(words)
    assert told(result) == {}
    years = [row["plan_year"] for row in result.records["funding"]]
    assert (years.count(2018), years.count(2019)) == (5, 5)


def test_a_programme_until_a_year_is_of_no_other_year():
    rows = [["I", "Chương trình MTQG xây dựng nông thôn mới đến năm 2020"], *THIS_YEAR]
    assert allocated(read(money(rows, head=UNDATED))) == ALLOCATED


PAIRS = [f"Năm {year}: {words}" for year in (2018, 2019) for words in ("Kế hoạch vốn", "Giải ngân")]
PAIRED = [[*row[:4], row[5] / 2, row[6] / 2, row[5], row[6]] for row in MONEY]


def test_last_years_columns_beside_headings_of_plan_years_are_left_aside():
    sections = [["I", "Vốn năm 2019"], ["II", "Vốn năm 2018 chuyển sang"]]
    rows = [sections[0], *PAIRED[:3], sections[1], *PAIRED[3:]]
    result = read(money(rows, head=[*MONEY_HEAD[:4], *PAIRS]))
    assert allocated(result) == ALLOCATED and told(result) == {"column_extra": ["E5", "F5"]}
    assert [row["plan_year"] for row in result.records["funding"]] == [2019] * 3 + [2018] * 2


def test_a_year_over_columns_that_is_not_said_to_be_that_of_a_plan_is_doubted():
    plain = read(money(PAIRED, head=[*MONEY_HEAD[:4], *PAIRS]))
    assert told(plain) == {"heading_of_another_year": ["F5"]}
    carried = [words.replace("Năm 2018", "Vốn năm 2018 kéo dài") for words in PAIRS]
    assert told(read(money(PAIRED, head=[*MONEY_HEAD[:4], *carried]))) == {}
