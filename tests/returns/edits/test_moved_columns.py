"""Columns of money in wrong places: one row too low, or under another's heading."""

from __future__ import annotations

import pytest
from tests.returns.building import book, sheet

from kgstats.returns.clean import read_book

HEAD = ["TT", "Nội dung", "Nguồn vốn", "Tính chất", "Năm kế hoạch", "Kế hoạch vốn", "Giải ngân"]
LINES = [
    ("Xây dựng nông thôn mới", "NSTW", "ĐTPT", 7138, 5607.3),
    ("Xây dựng nông thôn mới", "NSTW", "Sự nghiệp", 2115, 1579.6),
    ("Xây dựng nông thôn mới", "NSĐP", "ĐTPT", 15608, None),
    ("Xây dựng nông thôn mới", "NSĐP", "Sự nghiệp", 1587, 801),
    ("Đầu tư xây dựng cơ sở hạ tầng", "NSTW", "ĐTPT", 1818, 1299.7),
    ("Duy tu, bảo dưỡng công trình", "NSTW", "Sự nghiệp", 88, None),
    ("Truyền thông về giảm nghèo", "NSTW", "Sự nghiệp", 59, 12),
    ("Giảm nghèo về thông tin", "NSTW", "Sự nghiệp", 69, 69),
]
PLAN, PAID = [line[3] for line in LINES], [line[4] for line in LINES]
RATES = [
    round(100 * paid / plan, 2) if paid else None for plan, paid in zip(PLAN, PAID, strict=True)
]


def of(numbers) -> float:
    return sum(one or 0 for one in numbers)


def money(plan=PLAN, paid=PAID, rates=None, totals=True, first=None):
    """Build a page of form 02; its sums are those of the right numbers."""
    sums = [[of(PLAN[:4]) if first is None else first, of(PAID[:4])], [of(PLAN[4:]), of(PAID[4:])]]
    if not totals:
        sums = [[], []]
    rows = [
        [
            at,
            *line[:3],
            2019,
            plan[at - 1],
            paid[at - 1],
            *([] if rates is None else [rates[at - 1]]),
        ]
        for at, line in enumerate(LINES, 1)
    ]
    blank = [None] * 3
    lines = [
        ["I", "Chương trình MTQG xây dựng nông thôn mới", *blank, *sums[0]],
        *rows[:4],
        ["II", "Chương trình MTQG giảm nghèo bền vững", *blank, *sums[1]],
        [None, "Chương trình 30a"],
        *rows[4:6],
        [None, "Hoạt động khác"],
        *rows[6:],
    ]
    title = "TÌNH HÌNH PHÂN BỔ, GIẢI NGÂN VỐN CÁC CHƯƠNG TRÌNH MTQG NĂM 2019"
    head = [*HEAD, "Tỷ lệ (%)"] if rates else HEAD
    titles = [["UBND HUYỆN KIÊN HẢI"], [title], ["ĐVT: triệu đồng"]]
    return read_book(book(sheet([*titles, head, *lines]), file="912 2019.xlsx"), 2019)


def held(result, name):
    return [one[name] for one in result.records["funding"]]


def rules(result, *grave):
    return sorted({one.rule for one in result.findings if one.grave in grave})


def down(numbers, start=0):
    return [*numbers[:start], None, *numbers[start:-1]]


def test_a_page_without_slips_says_nothing():
    result = money()
    assert rules(result, "error", "warning") == []
    assert held(result, "allocated_vnd") == [one * 10**6 for one in PLAN]
    assert rules(money(rates=RATES), "error", "warning") == []


@pytest.mark.parametrize("start", [0, 2])
def test_money_typed_one_row_too_low_is_refused_from_there_on(start):
    """Plan and payments moved together break no rule of a row; the sums of the sections tell."""
    result = money(down(PLAN, start), down(PAID, start))
    assert "column_moved" in rules(result, "error")
    assert held(result, "allocated_vnd") == [
        *(one * 10**6 for one in PLAN[:start]),
        *[None] * (8 - start),
    ]
    assert set(held(result, "disbursed_vnd")[start:]) == {None}


def test_a_plan_that_is_missing_moved_nothing():
    result = money([None, *PLAN[1:]], [None, *PAID[1:]])
    assert "column_moved" not in rules(result, "error")
    assert held(result, "allocated_vnd")[1:] == [one * 10**6 for one in PLAN[1:]]


def test_a_line_that_reported_nothing_moved_nothing_though_one_column_agrees_by_chance(monkeypatch):
    paid = [PAID[4], *PAID[1:]]
    monkeypatch.setattr(f"{__name__}.PAID", paid)
    result = money([None, *PLAN[1:]], [None, *paid[1:]])
    assert rules(result, "error") == []
    assert held(result, "allocated_vnd")[1:] == [one * 10**6 for one in PLAN[1:]]
    moved = money(down(PLAN), down(paid))
    assert "column_moved" in rules(moved, "error")


def test_a_section_of_sections_is_the_sum_up_to_the_next_of_its_kind():
    """I is not the sum of rows under II, though some of them would make it agree."""
    result = money(first=of(PLAN[:4]) + PLAN[4])
    assert rules(result, "error", "warning") == ["total_differs"]


@pytest.mark.parametrize(
    ("columns", "refused"),
    [
        ({"plan": PAID, "paid": PLAN}, {"allocated_vnd", "disbursed_vnd"}),
        ({"paid": RATES, "rates": PAID}, {"disbursed_vnd", "disbursed_pct"}),
        ({"plan": RATES, "rates": PLAN}, {"allocated_vnd", "disbursed_pct"}),
    ],
)  # fmt: skip
def test_columns_under_each_others_heading_are_both_refused(columns, refused):
    result = money(**{"rates": RATES, "totals": False, **columns})
    assert "column_contradicted" in rules(result, "error")
    for name in ("allocated_vnd", "disbursed_vnd", "disbursed_pct"):
        values = {one.get(name) for one in result.records.get("funding", ())}
        assert (name in refused) == (values <= {None})
