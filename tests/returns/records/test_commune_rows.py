"""Which rows are communes: names with notes, broken names, totals, averages, clusters."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.returns.building import POVERTY_HEAD, poverty
from tests.returns.records.pages import (
    CODES,
    MARKS_HEAD,
    PEOPLE,
    POOR,
    attainment,
    marks,
    met_of,
    poor,
    poor_of,
    read,
    summed,
    told,
)

from kgstats.returns.layout import Seen, see
from kgstats.returns.subjects.bodies import names_commune

TOTALS = [
    "Tổng cộng", "TỔNG", "Cộng toàn huyện", "Toàn huyện", "Tổng số (4 xã)", "CẢ HUYỆN", "Cộng:",
    "Huyện Kiên Hải (Tổng số)", "TOÀN HUYỆN: 4 XÃ", "Tổng cộng các xã", "* Tổng số", "Tong cong",
    "Chung toàn huyện", "Tổng hợp toàn huyện", "(Tổng cộng)", "Kiên Hải", "Cộng (I+II)",
    "TỔNG CỘNG TOÀN HUYỆN KIÊN HẢI", "T.Cộng", "Số liệu toàn huyện", "CẢ NƯỚC",
]  # fmt: skip


@pytest.mark.parametrize("label", TOTALS)
@pytest.mark.parametrize("first", [True, False])
def test_a_total_in_any_words_first_or_last(label, first):
    total = summed(label)
    result = poor(*([total, *PEOPLE] if first else [*PEOPLE, total]))
    assert told(result) == {}
    assert poor_of(result) == POOR


@pytest.mark.parametrize("label", ["Kết quả toàn huyện", "Σ", "Hết", ".", "-", None])
@pytest.mark.parametrize("first", [True, False])
def test_a_row_of_sums_is_a_total_whatever_its_words(label, first):
    total = summed(label)
    result = poor(*([total, *PEOPLE] if first else [*PEOPLE, total]))
    assert told(result) == {} and poor_of(result) == POOR
    other = [None, label, *[number and number + 7 for number in total[2:]]]
    refused = told(poor(*PEOPLE, other))
    assert ("place_unknown" if label else "value_outside_form") in refused


@pytest.mark.parametrize("label", ["Kết quả toàn huyện", "Σ", "-", None])
def test_a_row_of_counts_under_marks_is_no_commune_whatever_its_words(label):
    rows = marks()
    counts = [None, label, *[sum(row[at] == "Đ" for row in rows) for at in range(2, 21)]]
    result = read(attainment([*rows, counts]))
    assert told(result) == {} and len(met_of(result)) == 4
    refused = told(read(attainment([*rows, [5, label, *rows[0][2:]]])))
    assert ("place_unknown" if label else "value_outside_form") in refused


def test_a_misspelt_commune_numbered_as_a_group_keeps_its_row():
    rows = [["II." + str(number), *row[1:]] for number, row in enumerate(marks(), 1)]
    rows[1][1] = "Xã Lại Sơnn"
    result = read(attainment(rows))
    assert set(told(result)) == {"place_near"} and len(met_of(result)) == 4
    rows[1][1] = "Khu vực nông thôn"
    assert "place_missing" in told(read(attainment(rows)))


@pytest.mark.parametrize("counted", [True, False])
def test_a_row_that_lost_its_name_is_one_error_and_casts_no_doubt_on_totals(counted):
    rows = [list(row) for row in PEOPLE]
    rows[1][1] = None
    left = [row for row in rows if row[1]]
    result = poor(*rows, summed("Tổng cộng", rows if counted else left))
    assert poor_of(result) == {code: POOR[code] for code in POOR if code != "31111"}
    assert set(told(result)) == {"value_outside_form", "place_missing"}
    marked = marks()
    counts = [None, "Tổng cộng", *[sum(row[at] == "Đ" for row in marked) for at in range(2, 21)]]
    marked[1][1] = None
    found = told(read(attainment([*marked, counts])))
    assert set(found) == {"value_outside_form", "place_missing"}


@pytest.mark.parametrize(
    "label", ["Tổng cộng", "TOÀN HUYỆN: 4 XÃ", "Huyện Kiên Hải (Tổng số)", "Gộp", None]
)
def test_a_total_in_any_words_is_checked(label):
    total = summed(label)
    total[3] = 999
    assert told(poor(*PEOPLE, total)) == {"total_differs": ["D9"]}


@pytest.mark.parametrize(
    "label", ["Bình quân", "Trung bình", "Bình quân/xã", "BQ chung", "Tỷ lệ (%)", "TỶ LỆ CHUNG"]
)
def test_averages_and_rates_are_no_totals_and_no_communes(label):
    average = [None, label, 1075, 47.5, 10.75, 0.75, 2, 39.5, 3.67, 30, 28.5]
    result = poor(*PEOPLE, summed("Tổng cộng"), average)
    assert told(result) == {}
    assert poor_of(result) == POOR


@pytest.mark.parametrize(
    ("first", "second"),
    [("Cụm 1", "Cụm 2"), ("Tiểu vùng A", "Tiểu vùng B"), ("Các xã điểm", "Các xã còn lại"),
     ("Khu vực 1", "Khu vực 2"), ("Nhóm I", "Nhóm II"), (None, None)],
)  # fmt: skip
@pytest.mark.parametrize("way", ["head", "sums above", "sums below"])
def test_clusters_with_their_sums(first, second, way):
    one, two = PEOPLE[:2], PEOPLE[2:]
    if way == "head":
        rows = [[None, first], *one, [None, second], *two]
    elif way == "sums above":
        rows = [summed(first, one), *one, summed(second, two), *two]
    else:
        rows = [
            [None, first], *one, summed(first and f"Cộng {first.lower()}", one),
            [None, second], *two, summed(second and f"Cộng {second.lower()}", two),
        ]  # fmt: skip
    result = poor(*rows, summed("Tổng cộng"))
    assert told(result) == {}
    assert poor_of(result) == POOR


def test_the_sum_of_a_cluster_is_checked():
    wrong = summed("Cụm 1", PEOPLE[:2])
    wrong[3] = 999
    rows = [wrong, *PEOPLE[:2], summed("Cụm 2", PEOPLE[2:]), *PEOPLE[2:]]
    assert told(poor(*rows, summed("Tổng cộng"))) == {"total_differs": ["D5"]}


def test_a_total_whose_label_is_merged_over_two_rows():
    page = poverty([*PEOPLE, summed("Tổng cộng"), summed(None)])  # type: ignore[arg-type]
    page.merged = [(9, 2, 10, 2)]
    result = read(page)
    assert told(result) == {} and poor_of(result) == POOR


# --- names ----------------------------------------------------------------------------------------

NOTED = [
    "Xã Hòn Tre (xã điểm)", "UBND xã Hòn Tre", "Ủy ban nhân dân xã Hòn Tre", "HÒN TRE (Xã đảo)",
    "Xã Hòn Tre – xã bãi ngang", "Xã Hòn Tre - xã đảo", "xã Hòn Tre (đạt chuẩn 2018)",
    "Xã Hòn Tre: xã điểm", "Xã Hòn Tre [điểm]", "Xã Hòn Tre xã điểm", "Xã Hòn Tre/xã đảo",
    "UBND Xã Hòn Tre (xã điểm)", "Xã  Hòn Tre(xã điểm)", "Xã Hòn Tre (nay là thị trấn)",
]  # fmt: skip


@pytest.mark.parametrize("name", NOTED)
def test_words_beside_a_name_are_left_aside_and_said(name):
    result = poor([1, name, *PEOPLE[0][2:]], *PEOPLE[1:])
    assert told(result) == {"place_noted": ["B5"]}
    assert poor_of(result) == POOR


@pytest.mark.parametrize(
    "name",
    ["Xã Hòn Tre và xã Lại Sơn", "Xã Hòn Tre - Lại Sơn", "Xã Hòn Tre (Lại Sơn)",
     "Xã Hòn Tre, Nam Du", "Xã Hòn Tree (xã điểm)", "Xã mới (xã điểm)"],
)  # fmt: skip
def test_a_cell_about_two_communes_or_none_is_refused(name):
    result = poor([1, name, *PEOPLE[0][2:]], *PEOPLE[1:])
    assert told(result)["place_unknown"] == ["B5"]
    assert set(poor_of(result)) == set(POOR) - {"31108"}


@given(st.sampled_from(NOTED[:10]), st.sampled_from([str.upper, str.lower, str]))
@settings(max_examples=20, deadline=None)
def test_the_case_of_a_noted_name_changes_nothing(name, case):
    assert poor_of(poor([1, case(name), *PEOPLE[0][2:]], *PEOPLE[1:])) == POOR


def test_a_name_broken_over_two_rows_is_joined():
    rows = [[1, "Xã Hòn", *PEOPLE[0][2:]], [None, "Tre"], *PEOPLE[1:]]
    result = poor(*rows)
    assert told(result) == {"place_broken": ["B5"]}
    assert poor_of(result) == POOR


def test_a_name_broken_over_two_rows_may_have_its_values_in_the_second():
    rows = [[1, "Xã Hòn"], [None, "Tre", *PEOPLE[0][2:]], *PEOPLE[1:]]
    result = poor(*rows)
    assert told(result) == {"place_broken": ["B5"]}
    assert poor_of(result) == POOR


def test_a_commune_without_values_takes_none_from_the_row_below():
    result = poor([1, "Xã Hòn Tre"], *PEOPLE[1:], [5, "Xã khác", *PEOPLE[0][2:]])
    assert poor_of(result) == {**{code: POOR[code] for code in list(POOR)[1:]}, "31108": None} or (
        "31108" not in poor_of(result)
    )
    assert told(result)["place_unknown"] == ["B9"]


def test_words_below_a_row_that_complete_no_name_are_not_joined():
    result = poor(PEOPLE[0], [None, "Khánh"], *PEOPLE[1:])
    assert "place_broken" not in told(result)
    assert poor_of(result) == POOR


# --- counts under form 01 -------------------------------------------------------------------------

COUNTED = [4] * 12 + [3] * 3 + [2] * 2 + [1] * 2


@pytest.mark.parametrize(
    ("label", "counts"),
    [
        ("Tổng số xã đạt", COUNTED),
        ("SỐ XÃ ĐẠT", COUNTED),
        ("Cộng", COUNTED),
        ("Số xã chưa đạt", [4 - count for count in COUNTED]),
        ("Tỷ lệ xã đạt (%)", [25 * count for count in COUNTED]),
        ("Tổng số xã đạt tiêu chí", [f"{count}/4" for count in COUNTED]),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_counts_of_communes_are_no_marks(label, counts, first):
    row = [None, label, *counts]
    result = read(attainment([row, *marks()] if first else [*marks(), row]))
    assert told(result) == {}


def test_a_count_of_communes_is_checked():
    wrong = [None, "Tổng số xã đạt", *COUNTED[:-1], 3]
    assert told(read(attainment([*marks(), wrong]))) == {"total_differs": ["U9"]}
    assert len(MARKS_HEAD) == 26


def test_a_page_is_let_go_when_it_is_read():
    read(attainment([*marks(), [None, "Tổng số xã đạt", *COUNTED]]))
    gc.collect()
    gc.disable()
    try:
        before = sum(isinstance(one, Seen) for one in gc.get_objects())
        read(attainment([*marks(), [None, "Tổng số xã đạt", *COUNTED]]))
        assert sum(isinstance(one, Seen) for one in gc.get_objects()) == before
    finally:
        gc.enable()


def test_a_commune_named_where_no_row_was_read_is_not_called_forgotten():
    """Half of the communes beside the others, without headings: an error on each of their rows."""
    beside = [[*row, None, *other] for row, other in zip(PEOPLE[:2], PEOPLE[2:], strict=True)]
    result = read(poverty(beside))
    assert told(result)["place_not_read"] == ["N5", "N6"]
    assert "place_missing" not in told(result)
    fates = dict(zip(result.ledger.cell, result.ledger.role, strict=True))
    assert {fates[cell] for cell in ("N5", "O5", "W6")} == {"quarantined"}
    # A name without values says nothing of the form: its commune is missing.
    named = read(poverty(PEOPLE[:3], after=[[None], ["Ghi chú"], [None, "Xã Nam Du"]]))
    assert set(told(named)) == {"place_missing"}


@pytest.mark.parametrize("name", ["UBND xã {}", "{}, huyện Kiên Hải", "2. Xã {} - Kiên Hải"])
def test_a_name_with_its_office_or_its_district_makes_a_body(name):
    rows = [[at, name.format(str(row[1])[3:]), *row[2:]] for at, row in enumerate(PEOPLE, 1)]
    cells = [see(cell) for cell in poverty(rows).cells if cell.column == 2 and cell.row > 4]
    assert all(map(names_commune, cells))


def test_other_communes_beside_the_first_are_a_table_of_their_own():
    """Without the words that begin a heading again, and a row higher: no value goes to another."""
    half = len(POVERTY_HEAD) - 2
    head = ["#", *POVERTY_HEAD[1:half], "#", "Tên", *POVERTY_HEAD[half:]]
    left = [row[:half] for row in PEOPLE]
    right = [[row[0], row[1], *row[half:]] for row in PEOPLE]
    section: list[object] = ["I", "Khu vực nông thôn", *[None] * (half - 2)]
    rows = [[*one, *other] for one, other in zip([section, *left], [*right, []], strict=True)]
    result = read(poverty(rows, head=head))
    assert poor_of(result) in (POOR, dict.fromkeys(POOR))
    for row, known in zip(result.records["poverty"], PEOPLE, strict=True):
        assert row["near_poor_end_hh"] in (known[-1], None)


def test_a_share_of_nearly_nothing_is_no_rate_that_agrees_by_its_slack():
    """0.0006 of 1,800 households is one household, 0.06 %; 0.06 % typed as such stays."""
    for stated in (0.0006, 0.06):
        row = [1, "Xã Hòn Tre", 1800, 1, 0, 0, 0, 1, stated, 30, 28]
        made = read(poverty([row, *PEOPLE[1:]]))
        assert made.records["poverty"][0]["poor_end_pct"] == 0.06


def test_a_district_of_one_commune_never_loses_its_row_in_silence():
    """Marks that only a legend explains make its one row a body; without words it is an error."""
    rows = [["A" if value in ("Đ", "CĐ") else value for value in row] for row in marks()[:1]]
    page = attainment(rows, title="BIỂU", after=[[None], ["Ghi chú: A = đạt, B = chưa đạt"]])
    assert met_of(read(page))[0] == [True] * 19
    bare = attainment(rows, head=["", "Xây dựng nông thôn mới"], title="BIỂU")
    assert "form_not_read" in told(read(bare))


def test_numbers_beside_a_form_that_lacks_a_column_are_never_left_aside_in_silence():
    head = [word for word in POVERTY_HEAD if word != "Hộ cận nghèo cuối năm"]
    rows = [[*row[:-1], None, None, row[-1]] for row in PEOPLE]
    result = read(poverty(rows, head=head))
    assert told(result)["beside_not_read"] == ["M5"]
    # Working notes of words are, and so are numbers beside a form that lacks none of its own.
    notes = [[*row[:-1], None, None, "đã rà soát"] for row in PEOPLE]
    assert "beside_not_read" not in told(read(poverty(notes, head=head)))


def test_one_slip_in_a_heading_said_again_gives_its_marks_to_no_other_criterion():
    again = ["TC1" if word == "TC17" else word for word in MARKS_HEAD]
    rows = marks()
    result = read(attainment([*rows[:2], again, *rows[2:]]))
    assert met_of(result) == met_of(read(attainment(rows)))


GROUPED = ["TT", "Đơn vị", "Tổng số hộ", "Hộ nghèo", *[None] * 5, "Hộ cận nghèo", None]
BELOW = [None, None, None, "Đầu năm", "Thoát nghèo", "Tái nghèo", "Phát sinh", "Cuối năm", "Tỷ lệ",
         "Đầu năm", "Cuối năm"]  # fmt: skip
GROUPS = [(4, 4, 4, 9), (4, 10, 4, 11)]


@pytest.mark.parametrize("above", [1, 2])
def test_a_body_may_begin_above_the_numbers_of_its_columns(above):
    numbers = ["A", "B", *range(1, 10)]
    result = read(poverty([*PEOPLE[:above], numbers, *PEOPLE[above:]]))
    assert poor_of(result) == POOR and told(result) == {}


@pytest.mark.parametrize("lost", [(1,), (0, 1, 2)])
def test_a_heading_merged_down_into_the_first_row_takes_only_its_name(lost):
    """Excel drops the cells under a merge; the numbers beside them are no words of the heading."""
    merged = [(4, column + 1, 6 if column in lost else 5, column + 1) for column in range(3)]
    first = [None if at in lost else value for at, value in enumerate(PEOPLE[0])]
    result = read(poverty([BELOW, first, *PEOPLE[1:]], head=GROUPED, merged=[*merged, *GROUPS]))
    assert poor_of(result) == {code: POOR[code] for code in CODES[1:]}
    assert told(result).keys() == {"value_outside_form", "place_missing"}
    # With its cells it is a row like the others.
    result = read(poverty([BELOW, *PEOPLE], head=GROUPED, merged=[*merged, *GROUPS]))
    assert poor_of(result) == POOR and told(result) == {}


def test_a_commune_swallowed_by_the_heading_is_named():
    awaited = [1, "Xã Hòn Tre", *["Đang rà soát"] * 19]
    for page, cell in (
        (attainment(marks()[1:], before=[awaited]), "B4"),
        (attainment([awaited, ["A", "B", *range(1, 23)], *marks()[1:]]), "B5"),
        (poverty([BELOW, *PEOPLE[1:]], head=GROUPED, before=[]), None),
    ):
        found = told(read(page))
        assert found.get("place_not_read", [None]) == [cell]
        assert ("place_missing" in found) == (cell is None)
