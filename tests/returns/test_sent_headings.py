"""Parts of criteria, marks of two years, groups filled cell by cell: each beside its opposite."""

from __future__ import annotations

import random

import pytest
from tests.returns import breaking
from tests.returns.breaking import Way, make, values_read, write_heading
from tests.returns.building import POVERTY_HEAD, poverty, sheet
from tests.returns.records.pages import (
    MARKS_HEAD,
    MARKS_TITLE,
    MONEY,
    MONEY_HEAD,
    PEOPLE,
    POOR,
    RIGHT,
    marks,
    met_of,
    money,
    poor_of,
    read,
    told,
)
from tests.returns.test_unseen_headings import FLAT, is_whole, made

from kgstats.returns.book import read_book
from kgstats.returns.cells import Cell
from kgstats.returns.columns.criteria import divided_criterion
from kgstats.returns.columns.matching import recognise
from kgstats.returns.layout import read_page

OVER = "Kết quả thực hiện các tiêu chí"
CRITERIA = {name: words for name, (*_, words) in breaking.ATTAINMENT if name.startswith("met")}


def attainment(columns: list[tuple[str, breaking.Path]], style: str, fill: bool = False):
    """Build form 01 with other columns; a column without a name holds the opposite mark."""
    paths: list[breaking.Path] = [("TT",), ("Tên xã",), *(path for _, path in columns)]
    cells, merges, last = write_heading(paths, Way(style=style), 4)
    if fill:
        cells |= {
            (row, column): cells[top, left]
            for top, left, bottom, right in merges
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        }
    head = [[cells.get((row, at)) for at in range(1, len(paths) + 1)] for row in range(4, last + 1)]
    places = [MARKS_HEAD[2:].index(f"TC{name[4:]}") if name.startswith("met") else None
              for name, _ in columns]  # fmt: skip
    rows = [
        [row[0], row[1], *("CĐ" if at is None else row[2 + at] for at in places)] for row in marks()
    ]
    top = [["UBND HUYỆN KIÊN HẢI"], [MARKS_TITLE], [None]]
    return sheet([*top, *head, *rows], name="Bieu 01", merged=() if fill else merges)


def divided(numbers: tuple[int, ...], own: str | None) -> list[tuple[str, breaking.Path]]:
    """Return columns of form 01 with the parts of some criteria, beside a column of its own."""
    columns: list[tuple[str, breaking.Path]] = []
    for name, words in CRITERIA.items():
        if (number := int(name[4:])) not in numbers:
            columns.append((name, (OVER, words)))
            continue
        if own is not None:
            columns.append((name, (OVER, words, own)))
        columns.extend(("", (OVER, words, f"{number}.{part}")) for part in (1, 2, 3))
    return columns


@pytest.mark.parametrize("style", ["merged", "first"])
def test_parts_of_a_criterion_are_left_aside_where_it_has_a_column(style):
    result = read(attainment(divided((2, 17), "Đánh giá chung"), style))
    assert met_of(result) == RIGHT
    assert told(result).keys() <= {"column_extra"}


@pytest.mark.parametrize("style", ["merged", "first"])
def test_parts_of_a_criterion_without_its_column_are_refused_by_name(style):
    result = read(attainment(divided((2, 17), None), style))
    kept = [[None if at in (2, 17) else met for at, met in enumerate(row, 1)] for row in RIGHT]
    assert met_of(result) == kept
    assert len(told(result)["column_doubtful"]) == 6


def test_the_number_of_a_criterion_is_no_part():
    whole = ["1. Quy hoạch", "10 Thu nhập", "TC 1.", "2019.5.1", "2.0"]
    assert [divided_criterion((one,)) for one in whole] == [None] * len(whole)
    assert divided_criterion((OVER, "Tiêu chí 17.3")) == 17


@pytest.mark.parametrize("style", ["merged", "first", "one cell"])
@pytest.mark.parametrize("words", ["{}", "Năm {}"])
def test_of_the_marks_of_two_years_the_reports_are_read(style, words):
    columns: list[tuple[str, breaking.Path]] = []
    for name, said in CRITERIA.items():
        for year in (2018, 2019):
            own = words.format(year)
            path = (OVER, f"{said}\n{own}") if style == "one cell" else (OVER, said, own)
            columns.append((name if year == 2019 else "", path))
    result = read(attainment(columns, "merged" if style == "one cell" else style))
    assert met_of(result) == RIGHT
    assert told(result).keys() <= {"column_extra"}


@pytest.mark.parametrize("years", [(2018, 2019), (2019, 2018)])
def test_a_group_of_which_every_cell_was_filled_heads_its_columns(years):
    columns = [
        (name if year == 2019 else "", (OVER, words, f"Năm {year}"))
        for name, words in CRITERIA.items()
        for year in years
    ]
    result = read(attainment(columns, "merged", fill=True))
    assert met_of(result) == RIGHT


@pytest.mark.parametrize("order", ["S\nT\nT", "TT (No)", "S TT"])
def test_order_numbers_put_no_column_in_doubt(order):
    result = read(poverty(PEOPLE, head=[order, *POVERTY_HEAD[1:]]))
    assert poor_of(result) == POOR and told(result) == {}


def test_words_of_neighbours_that_go_on_otherwise_stay_one_heading(monkeypatch):
    is_whole(made("poverty", monkeypatch, {}, Way(style="split", numbers=False)))


def test_a_table_under_the_title_of_another_form_is_not_this_one_for_a_few_columns():
    head = ["TT", "Xã", "Số hộ", "Hộ nghèo đầu năm", "Thoát nghèo", "Tái nghèo", "Quy hoạch"]
    rows = [[at, name, 900, 40, 5, 1, "x"] for at, name in enumerate(("Hòn Tre", "Lại Sơn"), 1)]
    top = [["UBND HUYỆN KIÊN HẢI"], [MARKS_TITLE], [None]]
    page = read_page(sheet([*top, head, *rows]))
    assert recognise(page.tables[0], page, 2019)[0] is None
    page = read_page(sheet([["UBND HUYỆN KIÊN HẢI"], ["HỘ NGHÈO NĂM 2019"], [None], head, *rows]))
    found = recognise(page.tables[0], page, 2019)[0]
    assert found is not None and found.key == "poverty"


def test_what_sums_poor_and_near_poor_up_puts_no_column_in_doubt(monkeypatch):
    together = ("Tổng số hộ nghèo và cận nghèo cuối năm", "Số hộ")
    columns = [*breaking.POVERTY, ("", together)]
    monkeypatch.setitem(breaking.COLUMNS, "poverty", columns)
    is_whole(made("poverty", monkeypatch, {}, FLAT))


@pytest.mark.parametrize("between", [" / ", "\n"])
def test_a_heading_in_a_second_language_says_what_it_says_in_the_first(between, monkeypatch):
    english = {
        "households_hh": "Households",
        "poor_start_hh": "Poor, start",
        "poor_end_hh": "Poor, end",
        "near_poor_end_hh": "Near-poor, end",
        "poor_end_pct": "Rate",
    }
    paths = dict(breaking.POVERTY)
    renamed = {
        name: (*paths[name][:-1], f"{paths[name][-1]}{between}{words}")
        for name, words in english.items()
    }
    is_whole(made("poverty", monkeypatch, renamed))


def test_a_code_beside_numbers_typed_as_text_puts_no_column_in_doubt():
    rows = [
        [row[0], 31108 + at, row[1], *(f"{one:,}".replace(",", ".") if isinstance(one, int) else one
                                       for one in row[2:])]
        for at, row in enumerate(PEOPLE)
    ]  # fmt: skip
    result = read(poverty(rows, head=["TT", "Mã xã", *POVERTY_HEAD[1:]]))
    assert poor_of(result) == POOR
    assert not {"column_doubtful", "number_ambiguous"} & told(result).keys()


@pytest.mark.parametrize("gap", [True, False])
@pytest.mark.parametrize("wrong", [True, False])
def test_last_years_end_that_is_this_years_start_is_said_twice(gap, wrong, monkeypatch):
    """Last year's column may leave rows out; what it holds is the start, or both are refused."""
    paths = dict(breaking.POVERTY)
    columns = [("", ("Năm 2018", *paths["poor_end_hh"]))]
    columns.extend((name, ("Năm 2019", *path)) for name, path in breaking.POVERTY)
    monkeypatch.setitem(breaking.COLUMNS, "poverty", columns)
    page = make("poverty", FLAT, random.Random(3))
    [held] = page.book.sheets
    at = {(cell.row, cell.column): cell for cell in held.cells}
    rows = list(page.rows.values())
    for row in rows:
        at[row, 3].value = at[row, page.columns["poor_start_hh"]].value
    if gap:
        held.cells.remove(at[rows[0], 3])
    if not wrong:
        is_whole(page)
        return
    at[rows[1], 3].value += 1
    found = values_read(read_book(page.book, 2019))
    starts = {key: value for key, value in page.truth.items() if key[1] == "poor_start_hh"}
    assert {found.get(key) for key in starts} <= {None, *starts.values()}


@pytest.mark.parametrize("style", ["merged", "first"])
def test_marks_in_numbers_of_the_pages_own_are_read_or_refused_and_never_left_aside(style):
    """1 for met and 2 for not: a column of twos alone is no column of 0 and 1."""
    page = attainment([(name, (OVER, words)) for name, words in CRITERIA.items()], style)
    for cell in page.cells:
        cell.value = {"Đ": 1, "CĐ": 2}.get(cell.value, cell.value)
    page.cells.append(Cell(99, 1, "Ghi chú: 1: đạt; 2: chưa đạt"))
    result = read(page)
    columns = list(zip(met_of(result), RIGHT, strict=True))
    for found, right in columns:
        assert all(one in (None, other) for one, other in zip(found, right, strict=True))
    missing = sum(one is None for one in columns[0][0])
    assert missing == len(told(result).get("column_unfit", []))


def test_money_of_last_year_under_a_year_over_its_first_column_only_is_left_aside():
    head = [None, None, None, None, None, "Năm 2018", None, "Năm 2019", None, None]
    below = [*MONEY_HEAD[:5], "Kế hoạch vốn", "Giải ngân", *MONEY_HEAD[5:8]]
    rows = [[*row[:5], 900, 800, row[5], None if at else row[6], None if at else row[7]]
            for at, row in enumerate(MONEY)]  # fmt: skip
    result = read(money([below, *rows], head=head))
    paid = [row["disbursed_vnd"] for row in result.records["funding"]]
    assert paid == [MONEY[0][6] * 10**6, *[None] * 4]
