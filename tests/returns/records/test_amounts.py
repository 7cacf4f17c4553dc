"""Units and scale of form 02: stated anywhere, in a cell, in a column; refused where impossible."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.returns.records.pages import (
    ALLOCATED,
    MONEY,
    MONEY_HEAD,
    MONEY_TITLE,
    allocated,
    money,
    read,
    times,
    told,
    total,
)

from kgstats.returns.book import MONEY_BEFORE, read_book
from kgstats.returns.cells import Cell, Workbook
from kgstats.returns.values.units import STEPS_VND, UNITS_VND, unit_name

THOUSANDS = [*map(unit_name, STEPS_VND)]
UNIT_HEAD = [*MONEY_HEAD[:5], "ĐVT", *MONEY_HEAD[5:]]
SIZES = {None: 1, "triệu đồng": 1, "tr.đ": 1, "nghìn đồng": 1000, "đồng": 10**6, "tỷ đồng": 0.001}


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("Đơn vị tính: nghìn đồng", 1000), ("ĐVT: đồng", 10**6), ("ĐVT: 1.000đ", 1000),
        ("Đơn vị: tr.đ", 1), ("(ĐVT: Trđ)", 1), ("Đơn vị tính: 1.000.000 đồng", 1),
        ("ĐVT: tỷ đồng", 0.001), ("ĐVT : Triệu VNĐ", 1), ("Đvt: ngàn đồng", 1000),
        ("Triệu đồng", 1), ("ĐVT: triệu đồng, %", 1), ("DVT: trieu dong", 1),
        ("ĐVT: chục triệu đồng", 0.1), ("(ĐVT: Trăm triệu đồng)", 0.01), ("Unit: bn VND", 0.001),
    ],
)  # fmt: skip
def test_a_unit_in_other_words(unit, factor):
    rows = times(factor)
    result = read(money([*rows, total(rows)], unit))
    assert allocated(result) == ALLOCATED and told(result) == {}


@pytest.mark.parametrize(
    "page",
    [
        money(MONEY, None, title=f"{MONEY_TITLE} (ĐVT: triệu đồng)"),
        money(MONEY, None, title=f"{MONEY_TITLE} - Đơn vị tính: triệu đồng"),
        money(MONEY, None, after=[[None], ["Ghi chú: đơn vị tính triệu đồng"]]),
        money(MONEY, None, head=[*MONEY_HEAD[:5], "Kế hoạch vốn (triệu đồng)", "Giải ngân (trđ)",
                                 *MONEY_HEAD[7:]]),
    ],
    ids=["brackets", "title", "note", "headings"],
)  # fmt: skip
def test_a_unit_stated_elsewhere_on_the_page(page):
    result = read(page)
    assert allocated(result) == ALLOCATED and told(result) == {}


def test_one_heading_with_a_unit_says_that_of_its_neighbour_where_they_are_alike():
    head = [*MONEY_HEAD[:5], "Kế hoạch vốn (triệu đồng)", *MONEY_HEAD[6:]]
    result = read(money(MONEY, None, head=head))
    assert result.records["funding"][0]["disbursed_vnd"] == 7200 * 10**6
    cells = [f"G{row}" for row in range(6, 11)]
    assert told(result) == {"unit_guessed": ["G5"], "amount_in_guessed_unit": cells}
    mixed = [[*row[:6], row[6] * 1000, *row[7:]] for row in MONEY]
    result = read(money(mixed, None, head=head))
    assert [row["disbursed_vnd"] for row in result.records["funding"]] == [None] * 5


@pytest.mark.parametrize("factor", [1, 1000, 0.001])
@pytest.mark.parametrize("times_as_much", [1, 8, 0.1])
def test_a_unit_stated_nowhere_is_that_of_last_year_where_few_amounts_leave_it_open(
    factor, times_as_much
):
    page = money(times(factor)[:3], None)
    assert set(told(read(page))) == {"unit_missing"}
    before = int(sum(ALLOCATED) * times_as_much)
    book = Workbook("Kien Hai 2019.xlsx", "xlsx", [page])
    result = read_book(book, 2019, previous={"912": {MONEY_BEFORE: before}})
    assert allocated(result) == ALLOCATED[:3]
    assert "unit_guessed" in told(result)


def test_a_unit_is_never_guessed_against_the_money_of_last_year():
    """Size alone says triệu đồng; last year's return had a thousandth of it: refused by name."""
    book = Workbook("Kien Hai 2019.xlsx", "xlsx", [money([*MONEY, total(MONEY)], None)])
    before = {"912": {MONEY_BEFORE: sum(ALLOCATED) // 1000}}
    result = read_book(book, 2019, previous=before)
    assert set(told(result)) == {"unit_missing"} and allocated(result) == [None] * 5


@pytest.mark.parametrize("factor", [1, 1000, 10**6, 0.001])
def test_a_unit_stated_nowhere_is_the_only_one_possible_with_a_warning(factor):
    rows = times(factor)
    result = read(money([*rows, total(rows)], None))
    assert allocated(result) == ALLOCATED
    cells = [f"{column}{row}" for column in "FG" for row in range(6, 11)]
    assert told(result) == {"unit_guessed": ["F5", "G5"], "amount_in_guessed_unit": cells}


@given(st.lists(st.integers(1, 30_000), min_size=1, max_size=3), st.sampled_from([1, 1000]))
@settings(max_examples=40, deadline=None)
def test_few_amounts_without_a_unit_are_never_guessed_small(amounts, factor):
    """A handful of numbers fits several units: none is chosen, unless only đồng is possible."""
    rows = [[*MONEY[at][:5], amount * factor] for at, amount in enumerate(amounts)]
    for given_, amount in zip(allocated(read(money(rows, None))), amounts, strict=True):
        assert given_ is None or given_ == amount * factor


@pytest.mark.parametrize("stated", THOUSANDS)
@pytest.mark.parametrize("meant", THOUSANDS)
def test_a_unit_a_thousand_times_off_is_refused_and_said_once_a_column(stated, meant):
    rows = times(10**6 / UNITS_VND[meant])
    result = read(money([*rows, total(rows)], f"ĐVT: {stated}"))
    if stated == meant:
        assert allocated(result) == ALLOCATED and told(result) == {}
    else:
        assert allocated(result) == [None] * 5
        assert len(told(result)["unit_in_doubt"]) == 2


# --- in cells -------------------------------------------------------------------------------------

SURE = [
    "12,5 tỷ", "12.5 tỷ", "12500 triệu", "12.500.000.000 đồng", "12,5 tỷ đồng", "12 tỷ 500 triệu",
    "12.500.000 nghìn đồng", "12500000000đ", "12 500",
]  # fmt: skip
EITHER = ["12,500 tỷ", "12.500 tr", "12.500", "12,500", "12.500 triệu đồng", "12,500 tỷ đồng"]


@pytest.mark.parametrize("summed", [True, False])
@pytest.mark.parametrize("rated", [True, False])
@pytest.mark.parametrize("text", [*SURE, *EITHER])
def test_an_amount_with_a_unit_of_its_own_is_right_or_refused(text, summed, rated):
    rows = [list(row) for row in MONEY]
    rows[0][5], rows[0][7] = text, 57.6 if rated else None
    result = read(money([*rows, *([total(MONEY)] if summed else [])]))
    if text in SURE or summed or rated:
        assert allocated(result) == ALLOCATED
    else:
        assert allocated(result) == [None, *ALLOCATED[1:]]
        assert told(result) == {"number_ambiguous": ["F6"]}


@given(st.integers(1001, 999_999).filter(lambda number: number % 1000))
@settings(max_examples=40, deadline=None)
def test_no_amount_in_a_unit_of_its_own_is_a_thousandfold_off(thousandths):
    """``d,ddd tỷ`` in a page in triệu: the total decides, whatever the number."""
    text = f"{Decimal(thousandths) / 1000:.3f} tỷ".replace(".", ",")
    rows = [[*row] for row in MONEY]
    rows[0][5:8] = [thousandths, thousandths // 2, None]
    sums = total(rows)
    rows[0][5] = text
    first = allocated(read(money([*rows, sums])))[0]
    assert first == thousandths * 10**6


@pytest.mark.parametrize("summed", [True, False])
def test_how_a_column_writes_numbers_says_nothing_of_an_amount_in_a_unit_of_its_own(summed):
    """``2.707 tỷ`` in a column that writes ``1.234,5`` would be two thousand billion."""
    rows = [[*row] for row in MONEY]
    rows[0][5:8] = [2707, 1000, None]
    rows[2][5] = "5.400,5"
    sums = total([*rows[:2], [*rows[2][:5], Decimal("5400.5"), *rows[2][6:]], *rows[3:]])
    sums[5] = float(sums[5])
    rows[0][5] = "2.707 tỷ"
    result = read(money([*rows, *([sums] if summed else [])]))
    assert allocated(result)[0] == (2707 * 10**6 if summed else None)
    assert allocated(result)[2] == 5_400_500_000
    assert ("number_ambiguous" in told(result)) is not summed


# --- a column of units ----------------------------------------------------------------------------


def in_units(units):
    """Return the rows of form 02 with a column of units, each row in its own."""
    return [
        [*row[:5], unit, row[5] * SIZES[unit], row[6] * SIZES[unit], row[7]]
        for row, unit in zip(MONEY, units, strict=True)
    ]


MIXED = ["triệu đồng", "nghìn đồng", "tr.đ", "đồng", "tỷ đồng"]


@pytest.mark.parametrize("unit", ["triệu đồng", "nghìn đồng", "tỷ đồng", None])
@pytest.mark.parametrize("units", [MIXED, ["triệu đồng"] * 5])
def test_a_column_of_units_holds_for_rows_and_totals(unit, units):
    sums = [sum(row[at] for row in MONEY) * SIZES[unit] for at in (5, 6)]
    head = [None, "Tổng cộng", None, None, None, unit, *(round(one, 3) for one in sums), None]
    result = read(money([*in_units(units), head], None, head=UNIT_HEAD))
    assert allocated(result) == ALLOCATED and told(result) == {}


def test_a_total_in_another_unit_is_still_checked():
    head = [None, "Tổng cộng", None, None, None, "tỷ đồng", 22.51, 14.545, None]
    result = read(money([*in_units(MIXED), head], None, head=UNIT_HEAD))
    assert told(result) == {"total_differs": ["G11"]}


def test_a_unit_merged_down_holds_for_its_rows_and_a_missing_one_is_said():
    rows = in_units(["triệu đồng"] * 5)
    for row in rows[1:]:
        row[5] = None
    page = money(rows, None, head=UNIT_HEAD)
    assert allocated(read(page)) == [ALLOCATED[0], None, None, None, None]
    assert set(told(read(page))) == {"unit_missing"}
    page.merged = [(6, 6, 10, 6)]
    assert allocated(read(page)) == ALLOCATED and told(read(page)) == {}


# --- formats --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "factor"),
    [
        ("#,##0.0,", 1000), ("#,##0,", 1000), ("#,##0.00,,", 10**6), ("#,##0,_)", 1000),
        ('#,##0, "tr"', 1000), ("#,##0.0,;-#,##0.0,", 1000), ("#,##0", 1), ("###,###,###", 1),
        ('#,##0" triệu đồng"', 1), ("#,##0.0_);(#,##0.0)", 1), ('#,##0;(#,##0);"-"', 1),
        ('_(* #,##0_);_(* (#,##0);_(* "-"??_);_(@_)', 1), ("0", 1),
    ],
)  # fmt: skip
def test_the_number_that_a_format_shows_counts(code, factor):
    page = money([[*row[:5], row[5] * factor, *row[6:]] for row in MONEY])
    page.cells = [
        Cell(one.row, one.column, one.value, number_format=code)
        if one.column == 6 and one.row > 5
        else one
        for one in page.cells
    ]
    result = read(page)
    assert allocated(result) == ALLOCATED and told(result) == {}


def test_money_typed_one_column_off_is_not_accepted():
    rows = [list(row) for row in MONEY]
    rows[1][5:8] = [None, 3200, 1800]  # plan blank, the rate of the row is 1800 %
    result = read(money(rows))
    assert ("disbursed_without_plan", "G7") in [
        (one.rule, one.cell) for one in result.findings if one.grave == "error"
    ]
    amounts = [one["disbursed_vnd"] for one in result.records["funding"]]
    rates = [one["disbursed_pct"] for one in result.records["funding"]]
    assert 3200 * 10**6 not in amounts and 1800 not in rates


@pytest.mark.parametrize(("rate", "refused"), [(325, True), (103, True), (100, False)])
def test_a_rate_above_its_whole_is_accepted_where_its_amounts_give_it(rate, refused):
    rows = [list(row) for row in MONEY]
    rows[2][7] = rate
    told_of = told(read(money(rows)))
    assert ("number_out_of_range" in told_of) == refused
    # A plan that was cut: more is paid, and the amounts say so too.
    rows[2][6:8] = [5562, 103]
    assert "number_out_of_range" not in told(read(money(rows)))


@pytest.mark.parametrize("unit", ["ĐVT: triệu USD", "Đơn vị tính: vạn đồng"])
def test_a_unit_of_money_that_is_not_known_is_never_guessed_by_size(unit):
    rows = [*MONEY, *[[*row[:4], 2018, *row[5:]] for row in MONEY]]
    result = read(money(rows, unit))
    assert set(allocated(result)) == {None} and told(result) == {"unit_missing": ["F5", "G5"]}
    assert None not in allocated(read(money(rows, "ĐVT: hộ")))


SECTIONS = [["I", "Chương trình MTQG xây dựng nông thôn mới", None, None, None, 21100, 14400, None],
            *MONEY[:3],
            ["II", "Chương trình MTQG giảm nghèo bền vững", None, None, None, 410, 145, None],
            *MONEY[3:],
            [None, "Tổng cộng", None, None, None, 21510, 14545, None]]  # fmt: skip


def in_thousands(rows, first, last):
    return [
        [*row[:5], row[5] * 1000, row[6] * 1000, *row[7:]] if first <= at <= last else row
        for at, row in enumerate(rows)
    ]


def test_the_head_of_a_section_states_the_unit_of_its_rows():
    rows = in_thousands(SECTIONS, 4, 6)
    rows[4] = [*rows[4][:1], f"{rows[4][1]} (ĐVT: nghìn đồng)", *rows[4][2:]]
    result = read(money(rows))
    assert allocated(result) == ALLOCATED and told(result) == {}


def test_a_section_in_another_unit_with_its_own_sum_is_refused_by_the_total():
    result = read(money(in_thousands(SECTIONS, 4, 6)))
    assert allocated(result) == [*ALLOCATED[:3], None, None]
    assert told(result) == {"unit_in_doubt": ["F11", "G11", "F12", "G12"]}
    assert told(read(money(SECTIONS))) == {}


def test_a_unit_that_formats_add_to_every_cell_is_weighed_as_a_stated_one():
    """``#,##0" tỷ"`` under “triệu đồng”: no district has so much."""
    page = money(times(10))
    for row in page.cells:
        if isinstance(row.value, (int, float)) and row.column in (6, 7):
            row.number_format = '#,##0" tỷ"'
    result = read(page)
    assert set(allocated(result)) == {None} and told(result) == {"unit_in_doubt": ["F5", "G5"]}


@pytest.mark.parametrize(
    ("year", "rule"), [(2020, "number_out_of_range"), (2018, "plan_year_none"), (2019, None)]
)
def test_plan_years_are_weighed_against_the_year_of_the_report(year, rule):
    result = read(money([[*row[:4], year, *row[5:]] for row in MONEY]))
    assert list(told(result)) == ([] if rule is None else [rule])
    assert len(allocated(result)) == (0 if year == 2020 else len(MONEY))


def test_money_that_is_said_to_be_carried_over_is_of_earlier_years():
    title = f"{MONEY_TITLE}, VỐN NĂM 2018 KÉO DÀI"
    rows = [[*row[:4], 2018, *row[5:]] for row in MONEY]
    assert "plan_year_none" not in told(read(money(rows, title=title)))
