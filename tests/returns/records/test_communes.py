"""Marks, levels and decisions of form 01 as pages give them."""

from __future__ import annotations

import pytest
from tests.returns.records.pages import (
    CODES,
    MARKS_HEAD,
    MARKS_TITLE,
    RIGHT,
    attainment,
    marks,
    met_of,
    read,
    told,
)

from kgstats.returns.cells import ErrorValue

LEGENDS = [
    ("v", "x", "Ghi chú: v: đạt; x: chưa đạt"),
    ("x", "v", "x: đạt; v: chưa đạt"),
    ("+", "-", "(+) đạt, (-) không đạt"),
    ("Đ", "K", "Ký hiệu: Đ là đạt, K là không đạt"),
    (1, 2, "Chú thích: 1: Đạt; 2: Chưa đạt"),
    ("o", "x", "o: đạt; x: không đạt"),
    (None, "x", "Đánh dấu x vào tiêu chí chưa đạt; ô trống: đạt"),
    ("x", None, "Ghi chú: x: đạt, ô trống: chưa đạt"),
    ("A", "B", "A: Đạt, B: Chưa đạt"),
    ("Y", "N", "Quy ước: Y = đạt, N = không đạt"),
    ("Đ", "Đ*", "Ghi chú: Đ: đạt; Đ*: chưa đạt"),
]


@pytest.mark.parametrize(("met", "unmet", "legend"), LEGENDS)
@pytest.mark.parametrize("where", ["below", "above", "title"])
def test_a_legend_anywhere_on_the_page_gives_marks_their_meaning(met, unmet, legend, where):
    rows = marks(met, unmet, counts=False)
    if where == "below":
        page = attainment(rows, after=[[None], [legend]])
    elif where == "above":
        page = attainment(rows, before=[[legend]])
    else:
        page = attainment(rows, title=f"{MARKS_TITLE} ({legend})")
    result = read(page)
    assert met_of(result) == RIGHT
    assert told(result) == {}


@pytest.mark.parametrize(
    ("met", "unmet"),
    [("Đ", "CĐ"), ("x", "-"), ("✓", "✗"), ("TRUE", "FALSE"), (True, False), (1, 0),
     ("có", "không"), ("ĐẠT", "CHƯA ĐẠT")],
)  # fmt: skip
def test_usual_marks_need_no_legend(met, unmet):
    result = read(attainment(marks(met, unmet)))
    assert met_of(result) == RIGHT and told(result) == {}


@pytest.mark.parametrize("tick", ["v", "✓", "Đ", "+"])
def test_a_cross_beside_a_tick_means_what_the_stated_numbers_say(tick):
    result = read(attainment(marks(tick, "x")))
    assert met_of(result) == RIGHT and told(result) == {}


@pytest.mark.parametrize("tick", ["v", "✓", "Đ", "+"])
def test_a_cross_beside_a_tick_is_refused_where_nothing_says_what_it_means(tick):
    result = read(attainment(marks(tick, "x", counts=False)))
    assert [[one is not True for one in row] for row in met_of(result)] == [
        [one is not True for one in row] for row in RIGHT
    ]
    assert not any(one is False for row in met_of(result) for one in row)
    assert told(result)["mark_open"] == ["R6"], "one error for all of them"


TURNED = [
    ("CĐ", "KĐ", "CĐ: công nhận đạt; KĐ: không đạt"), ("CĐ", "Đ", "Đ: chưa đạt; CĐ: đạt"),
    ("CĐ", "K", "CĐ là cơ bản đạt; K là không đạt"),
    ("CĐ", "Đ", "“CĐ” - Công nhận đạt; “Đ” - chưa đạt"),
]  # fmt: skip
USUAL = [("Đ", "CĐ", "Đ: đạt theo QĐ 1980; CĐ: chưa đạt"), ("Đ", "CĐ", "CĐ: cần phấn đấu đạt")]


@pytest.mark.parametrize(("met", "unmet", "legend"), [*TURNED, *USUAL])
@pytest.mark.parametrize("sums", ["rows", "columns"])
def test_stated_numbers_settle_a_legend_that_turns_letters_round(met, unmet, legend, sums):
    rows = marks(met, unmet, counts=sums == "rows")
    down = [[row[at] for row in rows].count(met) for at in range(2, 21)]
    total = [None, "Tổng cộng", *down] if sums == "columns" else [None]
    result = read(attainment([*rows, total], after=[[None], [f"Ghi chú: {legend}"]]))
    assert met_of(result) == RIGHT and "mark_open" not in told(result)


@pytest.mark.parametrize(("met", "unmet", "legend"), TURNED)
def test_letters_that_a_legend_turns_round_are_refused_where_no_number_settles_it(
    met, unmet, legend
):
    rows = [[*row[:21]] for row in marks(met, unmet)]
    result = read(attainment(rows, head=MARKS_HEAD[:21], after=[[f"Ghi chú: {legend}"]]))
    wrong = [
        (one, true)
        for row, right in zip(met_of(result), RIGHT, strict=True)
        for one, true in zip(row, right, strict=True)
        if one not in (None, true)
    ]
    assert not wrong and len(told(result)["mark_open"]) <= 2
    assert [one for row in met_of(result) for one in row].count(True) == 0


@pytest.mark.parametrize("where", ["heading", "cells"])
def test_a_legend_may_stand_in_the_heading_or_in_two_cells(where):
    rows = [[*row[:21]] for row in marks("x", "v")]
    if where == "heading":
        groups = [None, None, "Kết quả (v: chưa đạt; x: đạt)"]
        page = attainment(rows, head=MARKS_HEAD[:21], before=[groups])
        page.merged = [(4, 3, 4, 21)]
    else:
        after = [[None], [None, "v", "Chưa đạt"], [None, "x", "Đạt"]]
        page = attainment(rows, head=MARKS_HEAD[:21], after=after)
    assert met_of(read(page)) == RIGHT


def test_where_one_letter_means_something_else_its_opposite_is_open_too():
    legend = "Ghi chú: Có: có vi phạm; đạt 19 tiêu chí là đủ"
    result = read(attainment(marks("Không", "Có"), after=[[legend]]))
    assert {one for row in met_of(result) for one in row} == {None}
    assert len(told(result)["mark_open"]) == 2
    alone = read(attainment(marks("Không", "Không", counts=False), after=[[legend]]))
    assert {one for row in met_of(alone) for one in row} == {None}, "its opposite need not stand"
    assert met_of(read(attainment(marks("Có", "Không")))) == RIGHT


def test_crosses_and_other_marks_for_met_are_alike_beside_a_mark_for_not_met():
    rows = marks("x", "CĐ")
    rows[0][2:10] = ["Đ"] * 8
    result = read(attainment(rows))
    assert met_of(result) == RIGHT and told(result) == {}


def test_crosses_alone_may_be_the_criteria_that_are_not_met():
    result = read(attainment(marks(None, "x")))
    assert met_of(result) == RIGHT and told(result) == {}
    result = read(attainment(marks("x", None)))
    assert [row.count(True) for row in met_of(result)] == [19, 15, 12, 17]
    assert len(told(result)["mark_blank"]) == 13


def test_marks_by_colour_only_are_said_once():
    result = read(attainment(marks(None, None)))
    assert told(result) == {"marks_not_typed": ["C4"]}
    assert all(one is None for row in met_of(result) for one in row)


def test_marks_left_blank_here_and_there_are_said_one_by_one():
    rows = marks()
    rows[1][4] = rows[2][5] = None
    assert told(read(attainment(rows))) == {"mark_blank": ["E6", "F7"]}


# --- levels, decisions, status --------------------------------------------------------------------


def communes(rows, **more):
    """Return the records of communes by code."""
    result = read(attainment(rows, **more))
    return {row["commune_code"]: row for row in result.records["communes"]}, told(result)


def test_no_status_is_concluded_without_columns_of_decisions():
    head = [*MARKS_HEAD[:23]]
    found, _ = communes([row[:23] for row in marks()], head=head)
    assert [found[code]["status"] for code in CODES] == [None] * 4


def test_a_status_is_concluded_from_columns_that_are_there():
    found, findings = communes(marks())
    statuses = [found[code]["status"] for code in CODES]
    assert statuses == ["recognised", "not_yet", "not_yet", "not_yet"] and findings == {}
    rows = marks()
    rows[0][23] = rows[0][24] = None
    found, _ = communes(rows)
    assert found["31108"]["status"] == "pending"


@pytest.mark.parametrize(
    ("words", "rule"),
    [("Đang trình", "decision_absent"), ("0", "decision_absent"), ("Chờ QĐ", "decision_absent"),
     ("x", "decision_unreadable"), (True, "decision_unreadable"),
     (0, "decision_absent"), (1, "decision_unreadable")],
)  # fmt: skip
def test_words_in_place_of_a_decision_recognise_nobody(words, rule):
    rows = marks()
    rows[0][23], rows[0][24] = words, None
    found, findings = communes(rows)
    assert found["31108"]["status"] == "pending" and found["31108"]["decision_no"] is None
    assert findings == {rule: ["X5"]}


@pytest.mark.parametrize(
    ("number", "day", "rule"),
    [
        ("Đã có", None, "decision_unreadable"), ("QĐ dự thảo 12/QĐ", None, "decision_unreadable"),
        ('"', None, "decision_unreadable"), (None, "quý II/2018", "date_unreadable"),
        (ErrorValue("#REF!"), None, "cell_error"), ("Đang trình", "quý II", "date_unreadable"),
        ("???", "12/07/2019", "decision_unreadable"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("met", [19, 15])
def test_nothing_is_concluded_from_a_decision_that_was_not_read(number, day, rule, met):
    rows = marks()
    at = [19, 15].index(met)
    rows[at][22:25] = None, number, day
    found, findings = communes(rows)
    assert rule in findings and found[CODES[at]]["status"] is None
    others = [found[code]["status"] for code in CODES if code != CODES[at]]
    assert None not in others
    rows[at][24] = "quý II/2018"
    rows[at][23] = "15/QĐ-UBND"  # the number was read: it is a decision
    assert communes(rows)[0][CODES[at]]["status"] == "recognised"


def test_a_level_goes_with_a_decision_and_its_marks():
    rows = marks()
    rows[1][22] = "Đạt chuẩn"  # four criteria are not met, and there is no decision
    rows[0][22] = "Chưa đạt"
    found, findings = communes(rows)
    assert findings == {"level_contradiction": ["W5"], "level_without_decision": ["W6"]}
    assert [found[code]["level"] for code in CODES[:2]] == ["none", None]
    assert [found[code]["status"] for code in CODES[:2]] == ["recognised", "not_yet"]
    rows = marks()
    rows[0][23] = rows[0][24] = None  # a decision is awaited
    assert communes(rows)[1] == {}


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({22: "Chưa đạt", 23: "15/QĐ-UBND", 24: "12/07/2019"}, {"decision_contradicted": ["X6"]}),
        ({22: "Đạt chuẩn", 23: "15/QĐ-UBND", 24: "12/07/2020"}, {"decision_later": ["Y6"]}),
    ],
)
def test_a_decision_that_marks_and_level_or_the_year_contradict_is_refused(cells, rule):
    rows = marks()
    for at, value in cells.items():
        rows[1][at] = value
    found, findings = communes(rows)
    assert findings == rule
    row = found[CODES[1]]
    assert row["status"] is row["decision_no"] is row["decision_date"] is None


def test_a_number_alone_is_a_decision_only_with_its_day_where_it_may_be_a_count():
    rows = marks()
    rows[0][23] = 19
    assert communes(rows)[0][CODES[0]]["status"] == "recognised"
    rows[0][24] = None
    found, findings = communes(rows)
    assert found[CODES[0]]["status"] is None and findings == {"decision_unreadable": ["X5"]}


def test_a_decision_and_its_level_stand_against_marks_that_were_given_anew():
    rows = marks()
    rows[1][22:25] = ["Đạt chuẩn", "15/QĐ-UBND", "12/07/2016"]
    found, findings = communes(rows)
    assert found[CODES[1]]["status"] == "recognised"
    assert findings["decision_without_marks"] == ["X6"]
    assert set(findings) == {"decision_without_marks", "value_in_doubt"}


def test_a_decision_with_a_day_and_no_number_leaves_the_status_open():
    rows = marks()
    rows[0][23] = None
    found, findings = communes(rows)
    assert found["31108"]["status"] is None
    assert findings == {"decision_without_number": ["Y5"]}


def test_words_in_place_of_a_day_say_that_there_is_none():
    rows = marks()
    rows[1][24] = "Chưa có"
    found, findings = communes(rows)
    assert found["31111"]["decision_date"] is None and findings == {"decision_absent": ["Y6"]}
    rows[1][24] = "quý II"
    assert communes(rows)[1] == {"date_unreadable": ["Y6"]}


@pytest.mark.parametrize("met", [18, 19])
def test_a_blank_mark_and_no_stated_number_leave_open_whether_all_are_met(met):
    rows = marks(counts=False)
    rows[0][23] = rows[0][24] = None
    rows[0][2] = None
    rows[0][21] = met
    found, _ = communes(rows)
    assert found["31108"]["status"] == ("pending" if met == 19 else "not_yet")
    rows[0][21] = None
    found, _ = communes(rows)
    assert found["31108"]["status"] is None


@pytest.mark.parametrize("label", ["Chưa đạt", "Số xã chưa đạt", "Đạt (%)"])
def test_rows_below_count_communes_that_do_not_meet_a_criterion_or_their_share(label):
    rows = marks()
    met = [[row[2 + one] for row in rows].count("Đ") for one in range(19)]
    share = "%" in label
    counted = [100 * one / 4 if share else 4 - one for one in met]
    assert "total_differs" not in told(read(attainment([*rows, [None, label, *counted]])))
    counted[3] += 9
    assert told(read(attainment([*rows, [None, label, *counted]])))["total_differs"]


@pytest.mark.parametrize(("numbers", "moved"), [
    (["1/QĐ-UBND", None, "2/QĐ-UBND", None], False),
    ([None, "1/QĐ-UBND", None, "2/QĐ-UBND"], True),
    ([None, "1/QĐ-UBND", None, None], False),
])  # fmt: skip
def test_decisions_typed_one_row_off_recognise_nobody(numbers, moved):
    rows = marks()
    for row, number, count in zip(rows, numbers, (19, 12, 19, 15), strict=True):
        row[2:] = [*["Đ"] * count, *["CĐ"] * (19 - count), count, None, number, None]
    result = read(attainment(rows))
    assert ("decisions_moved" in told(result)) == moved
    states = {one["commune_code"]: one["status"] for one in result.records["communes"]}
    assert (set(states.values()) == {None}) == moved


@pytest.mark.parametrize("first", ["12/20/2018", "20/12/2018"])
def test_a_day_among_days_with_the_month_first_is_refused_where_it_may_be_either(first):
    rows = marks("Đ", "Đ", counts=False)
    for row, day in zip(rows, [first, "02/05/2019", "05/05/2019", "13/06/2019"], strict=True):
        row[22:25] = "Đạt chuẩn", f"{row[0]}5/QĐ-UBND", day
    found, findings = communes(rows)
    month_first = first.startswith("12")
    assert findings.get("date_unreadable", []) == (["Y6"] if month_first else [])
    assert [str(found[code]["decision_date"]) for code in CODES] == [
        "2018-12-20", "None" if month_first else "2019-05-02", "2019-05-05", "2019-06-13",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "read_as"),
    [
        ("Số quyết định phê duyệt quy hoạch", False), ("Số quyết định phê duyệt đề án", False),
        ("Số tờ trình", False), ("Số QĐ công nhận", True),
        ("Số quyết định phê duyệt công nhận", True),
    ],
)  # fmt: skip
def test_the_number_of_another_paper_recognises_nobody(heading, read_as):
    head = [heading if one == "Số quyết định" else one for one in MARKS_HEAD if one != "Ngày"]
    found, findings = communes([[*row[:24], *row[25:]] for row in marks()], head=head)
    assert (found["31108"]["decision_no"] == "15/QĐ-UBND") == read_as
    assert (found["31108"]["status"] == "recognised") == read_as
    assert read_as or "column_doubtful" in findings


@pytest.mark.parametrize("counted", [4, 5])
def test_a_row_of_another_district_may_be_counted_or_not(counted):
    """What the page counts costs no commune of its own its row."""
    rows = [*marks(), [5, "Xã Thạnh Hưng", *marks()[1][2:]]]
    met = [sum(row[at] == "Đ" for row in rows[:counted]) for at in range(2, 21)]
    result = read(attainment([*rows, [None, "Số xã đạt", *met]]))
    assert met_of(result) == RIGHT and list(told(result)) == ["place_elsewhere"]
    met[0] -= 2
    wrong = read(attainment([*rows, [None, "Số xã đạt", *met]]))
    assert "total_differs" in told(wrong)
