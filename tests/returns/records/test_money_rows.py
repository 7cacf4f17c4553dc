"""Which rows of form 02 carry money: totals in any words, several sources, causes."""

from __future__ import annotations

import pytest
from tests.returns.records.pages import (
    ALLOCATED,
    MONEY,
    MONEY_HEAD,
    allocated,
    money,
    read,
    told,
    total,
)

TOTALS = [
    "Tổng cộng", "TỔNG", "Cộng", "Toàn huyện", "Tổng số", "Huyện Kiên Hải", "Tổng vốn", "Tổng hợp",
    "Tổng cộng toàn huyện", "CẢ HUYỆN", "(Tổng số)", "Tổng kinh phí", "Tổng nguồn vốn", "* Tổng",
    "TỔNG CỘNG (I+II)", "Chung", "Cộng các chương trình",
]  # fmt: skip


@pytest.mark.parametrize("label", TOTALS)
@pytest.mark.parametrize("first", [True, False])
def test_a_total_of_money_in_any_words(label, first):
    head = total(MONEY, label)
    result = read(money([head, *MONEY] if first else [*MONEY, head]))
    assert allocated(result) == ALLOCATED and told(result) == {}


@pytest.mark.parametrize("label", ["Tổng cộng", "Tổng kinh phí", "CẢ HUYỆN"])
def test_a_total_of_money_in_any_words_is_checked(label):
    wrong = total(MONEY, label)
    wrong[5] = 999
    assert "total_differs" in told(read(money([*MONEY, wrong])))


@pytest.mark.parametrize("merged", [True, False])
def test_totals_by_source_are_no_rows_of_money(merged):
    central = [None, "Tổng cộng", "NSTW", None, None, 16110, 9145, None]
    province = [None, None if merged else "Tổng cộng", "Ngân sách tỉnh", None, None, 5400, 5400]
    page = money([*MONEY, central, province])
    if merged:
        page.merged = [(11, 2, 12, 2)]
    result = read(page)
    assert allocated(result) == ALLOCATED and told(result) == {}


@pytest.mark.parametrize(
    "row",
    [
        [None, "Bình quân", None, None, None, 4302, 2909, None],
        [None, "Tỷ lệ giải ngân (%)", None, None, None, None, 67.6, None],
    ],
)
def test_averages_and_rates_of_money_are_no_totals(row):
    result = read(money([*MONEY, total(MONEY), row]))
    assert allocated(result) == ALLOCATED and told(result) == {}


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("NSTW, NS tỉnh, NS huyện", "word_several"), ("TW + ĐP", "word_several"),
        ("NSTW\nNgân sách tỉnh", "word_several"), ("Không", "word_unknown"),
        ("Dự kiến NSTW", "word_unknown"), ("NSTW (dự kiến)", "word_unknown"),
        ("Vốn khác", "word_unknown"), ("Không phải NSTW", "word_unknown"),
    ],
)  # fmt: skip
def test_money_is_credited_to_no_source_that_the_cell_does_not_choose(source, rule):
    rows = [list(row) for row in MONEY]
    rows[0][2] = source
    result = read(money(rows))
    assert allocated(result) == ALLOCATED[1:] and told(result) == {rule: ["C6"]}


def test_several_causes_are_other_and_their_words_kept():
    words = "Giao vốn chậm; vướng giải phóng mặt bằng"
    rows = [[*row, words if row[0] == 1 else None] for row in MONEY]
    head = [*MONEY_HEAD[:8], "Nguyên nhân"]
    result = read(money(rows, head=head))
    first = result.records["funding"][0]
    assert (first["cause"], first["note"]) == ("other", words)
    assert told(result) == {"cause_several": ["I6"]}


@pytest.mark.parametrize("label", ["∑", "Hết", "Thành tiền", "Số chung của huyện", None])
def test_a_row_that_adds_up_all_money_is_its_total_whatever_it_is_called(label):
    head = total(MONEY, label)
    result = read(money([*MONEY, head]))
    assert allocated(result) == ALLOCATED and told(result) == {}
    head[5] += 1
    assert told(read(money([*MONEY, head])))


def test_a_line_without_source_that_equals_the_sum_of_two_is_still_refused():
    rows = [list(row) for row in MONEY[:3]]
    rows[2][1:7] = [MONEY[3][1], None, None, None, *(rows[0][at] + rows[1][at] for at in (5, 6))]
    assert "key_missing" in told(read(money(rows)))
