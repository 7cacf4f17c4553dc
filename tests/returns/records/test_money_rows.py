"""Which rows of form 02 carry money: totals in any words, several sources, causes."""

from __future__ import annotations

import pytest
from tests.returns.records.pages import (
    ALLOCATED,
    MONEY,
    MONEY_HEAD,
    MONEY_TITLE,
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


PROGRAMMES = ["xây dựng nông thôn mới", "giảm nghèo bền vững"]
YEARS = ["Vốn năm 2019", "Vốn năm 2018 chuyển sang"]


@pytest.mark.parametrize("marked", [True, False])
def test_a_year_named_within_a_programme_ends_with_it(marked):
    """What follows under the next programme is none of the money carried over under the first."""
    bare = [[*row[:4], None, *row[5:]] for row in MONEY]
    numbers = ("I", "1", "2", "II") if marked else (None,) * 4
    named = [f"Chương trình MTQG {PROGRAMMES[0]}", *YEARS, f"Chương trình MTQG {PROGRAMMES[1]}"]
    heads = [[number, name] for number, name in zip(numbers, named, strict=True)]
    rows = [heads[0], heads[1], *bare[:2], heads[2], bare[2], heads[3], *bare[3:]]
    years = [row["plan_year"] for row in read(money(rows)).records["funding"]]
    assert sorted(years) == [2018, 2019, 2019, 2019, 2019]
    # Named over the programmes it holds for all of them.
    over = [["A", YEARS[0]], heads[0], *bare[:2], heads[3], bare[3],
            ["B", YEARS[1]], heads[0], bare[2], heads[3], bare[4]]  # fmt: skip
    years = [row["plan_year"] for row in read(money(over)).records["funding"]]
    assert sorted(years) == [2018, 2018, 2019, 2019, 2019]


POOR = [[None, "Hỗ trợ đầu tư xây dựng cơ sở hạ tầng", "NSTW", "ĐTPT", 2019, 900, 300, 33.33],
        [None, "Hỗ trợ phát triển sản xuất và nhân rộng mô hình giảm nghèo", "NSTW", "Sự nghiệp",
         2019, 200, 50, 25]]  # fmt: skip


@pytest.mark.parametrize("between", [[], [[MONEY_TITLE]], [["(tiếp)"]]])
def test_a_section_above_a_heading_said_again_is_none_of_its_words(between):
    """A page break may part a programme's name from its lines."""
    heads = [["II", f"Chương trình MTQG {PROGRAMMES[1]}"], ["b", "Chương trình 135"]]
    heads = [[*words, None, None, None, 1100, 350] for words in heads]
    result = read(money([*MONEY[:3], *heads, *between, MONEY_HEAD, *POOR]))
    components = [row["component"] for row in result.records["funding"]]
    assert components[3:] == ["gnbv_135_infrastructure", "gnbv_135_production"]
    assert told(result) == {}
