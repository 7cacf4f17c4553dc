"""The rules between numbers name the wrong cell, leave the right ones, and change nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.returns.breaking import Way, make
from tests.returns.building import POVERTY_HEAD, body, book, poverty, sheet

from kgstats.edits.cover import Cover
from kgstats.returns.book import read_book, read_return
from kgstats.returns.cells import Cell
from kgstats.returns.rules import advice, message

DATA = Path(__file__).parents[1] / "data"
HEAD = [
    *POVERTY_HEAD[:9], "Tỷ lệ hộ cận nghèo cuối năm", "Hộ cận nghèo đầu năm", "Thoát cận nghèo",
    "Tái cận nghèo", "Phát sinh cận nghèo", "Hộ cận nghèo cuối năm",
]  # fmt: skip
ROWS = body(
    (1012, 50, 10, 0, 2, 42, 4.15, 2.77, 30, 7, 1, 4, 28),
    (2340, 183, 27, 1, 14, 171, 7.31, 2.39, 60, 12, 0, 8, 56),
    (1521, 120, 35, 0, 6, 91, 5.98, 0.79, 10, 1, 0, 3, 12),
    (1870, 240, 48, 2, 12, 206, 11.02, 0.96, 20, 6, 1, 3, 18),
)


def total(rows=ROWS):
    sums = [None, "Tổng cộng", *(sum(row[at] for row in rows) for at in range(2, len(HEAD)))]
    sums[HEAD.index("Tỷ lệ hộ nghèo cuối năm")] = None
    sums[HEAD.index("Tỷ lệ hộ cận nghèo cuối năm")] = None
    return sums


def page(changes=(), rows=ROWS, last=None):
    rows = [list(row) for row in [*rows, last or total()]]
    for row, column, value in changes:
        rows[row][HEAD.index(column)] = value
    return poverty(rows, head=HEAD)


def read(*sheets, **more):
    return read_book(book(*sheets, file="Kien Hai 2019.xlsx"), 2019, **more)


def found(result, *severities):
    return [
        (one.rule, one.cell)
        for one in result.findings
        if one.grave in (severities or ("error", "warning"))
    ]


def values(result):
    return {one["commune_code"]: one for one in result.records["poverty"]}


def test_a_consistent_page_says_nothing():
    result = read(page())
    assert found(result) == []
    assert values(result)["31108"]["households_hh"] == 1012


@pytest.mark.parametrize(
    ("column", "cell", "name", "typed", "looks"),
    [
        ("Tổng số hộ", "C5", "households_hh", 10_120, "a zero too many: 1,012"),
        ("Tổng số hộ", "C5", "households_hh", 1102, "two of its digits"),
        ("Hộ nghèo cuối năm", "H5", "poor_end_hh", 420, "a zero too many: 42"),
        ("Hộ nghèo cuối năm", "H5", "poor_end_hh", 24, "two of its digits"),
        ("Hộ nghèo đầu năm", "D5", "poor_start_hh", 5, "lack a zero: 50"),
        ("Thoát nghèo", "E5", "poor_escaped_hh", 16, "one of its digits seems to be wrong: 10"),
        ("Hộ cận nghèo đầu năm", "K5", "near_poor_start_hh", 30_000, "another unit: 30"),
    ],
)
def test_a_value_that_row_and_total_contradict_is_refused(column, cell, name, typed, looks):
    result = read(page([(0, column, typed)]))
    assert found(result) == [("value_contradicted", cell)]
    (finding,) = [one for one in result.findings if one.rule == "value_contradicted"]
    assert looks in message(finding, "en") and cell in advice(finding, "vi")
    read_as = values(result)
    assert read_as["31108"][name] is None
    others = {key for key in read_as["31108"] if key != name}
    untouched = values(read(page()))
    assert all(read_as["31108"][key] == untouched["31108"][key] for key in others)
    assert read_as["31111"] == untouched["31111"]
    roles = dict(zip(result.ledger.cell, result.ledger.role, strict=True))
    assert roles[cell] == "quarantined"
    assert len(result.ledger) == result.received


def test_a_wrong_total_blames_no_row():
    result = read(page([(4, "Hộ nghèo đầu năm", 600)]))
    assert found(result) == [("total_differs", "D9")]
    assert all(one["poor_start_hh"] is not None for one in values(result).values())


def test_a_wrong_rate_alone_is_a_doubt_at_the_rate():
    result = read(page([(1, "Tỷ lệ hộ nghèo cuối năm", 7.9)]))
    assert found(result) == [("rate_differs", "I6")]
    assert values(result)["31111"]["poor_end_pct"] == 7.9


def test_one_rule_that_fails_alone_refuses_nothing():
    plain = [None, "Tổng cộng", *[None] * (len(HEAD) - 2)]
    result = read(page([(2, "Thoát nghèo", 36)], last=plain))
    assert found(result) == [("poor_flow_differs", "H7")]
    assert values(result)["31114"]["poor_escaped_hh"] == 36
    doubted = {one.cell for one in result.findings if one.rule == "value_in_doubt"}
    assert set("DEFG") <= {cell[0] for cell in doubted} and {cell[1:] for cell in doubted} == {"7"}


def test_two_values_exchanged_are_one_slip_of_two_cells():
    result = read(page([(1, "Thoát nghèo", 1), (1, "Tái nghèo", 27)]))
    assert found(result) == [("value_contradicted", "E6"), ("value_contradicted", "F6")]
    said = {message(one, "en") for one in result.findings if one.grave == "error"}
    assert all("exchanged with its neighbour" in text for text in said)


def test_values_typed_one_row_off_are_one_slip_of_their_column():
    column = "Hộ nghèo đầu năm"
    result = read(page([(0, column, 120), (1, column, 50), (2, column, 183)]))
    assert found(result) == [("value_contradicted", f"D{row}") for row in (5, 6, 7)]
    said = [message(one, "en") for one in result.findings if one.grave == "error"]
    assert all("typed one row off" in text for text in said)
    assert ["50 would agree" in text for text in said] == [True, False, False]
    # The same three values wrong in another way are told apart no further than the rules do.
    other = read(page([(0, column, 51), (1, column, 182), (2, column, 120)]))
    assert not any("one row off" in message(one, "en") for one in other.findings)


def test_two_slips_in_two_rows_are_both_refused():
    result = read(page([(0, "Tổng số hộ", 10_120), (2, "Hộ nghèo cuối năm", 19)]))
    assert set(found(result)) == {("value_contradicted", "C5"), ("value_contradicted", "H7")}


def test_the_end_of_last_year_speaks_for_the_start_of_this_one():
    before = {"31108": {"poor_end_hh": 50, "near_poor_end_hh": 30}}
    plain = [None, "Tổng cộng", *[None] * (len(HEAD) - 2)]
    result = read(page([(0, "Hộ nghèo đầu năm", 500)], last=plain), previous=before)
    assert found(result) == [("value_contradicted", "D5")]
    kept = read(page(last=plain), previous={"31108": {"poor_end_hh": 51, "near_poor_end_hh": 30}})
    assert found(kept) == [("start_differs", "D5")]


def test_poor_and_near_poor_together_are_not_more_than_all():
    rows = body((1000, 600, 0, 0, 0, 600, 60.0, 50.0, 500, 0, 0, 0, 500))
    result = read(page(rows=rows, last=[None, "Tổng cộng", *[None] * (len(HEAD) - 2)]))
    assert ("poor_and_near_above_households", "O5") in found(result, "warning")


def test_the_sample_names_the_cell_and_not_the_four_it_spoils():
    result = read_return(DATA / "inputs" / "one_zero_too_many.xlsx", 2019)
    errors = [one for one in result.findings if one.grave == "error"]
    assert [(one.rule, one.sheet, one.cell) for one in errors] == [
        ("value_contradicted", "Bieu 03", "C9")
    ]
    assert "12.171" in message(errors[0], "vi") and errors[0].raw == "121710"
    assert not {"C8", "C20", "J9", "S9"} & {one.cell for one in result.findings}


def test_a_thousandfold_amount_is_never_accepted():
    result = read_return(DATA / "inputs" / "unit_in_cell_thousandfold.xlsx", 2019)
    amounts = [line["allocated_vnd"] for line in result.records["funding"]]
    assert 2_707 * 10**9 not in amounts
    if 2_707 * 10**6 not in amounts:
        assert ("value_contradicted", "F12") in found(result, "error")


def form_of_marks(counted=(0, 0, 0, 0), change=None):
    """A page of four communes with nineteen marks, their counts and totals of both."""
    head = ["TT", "Xã", *(f"TC{n}" for n in range(1, 20)), "Số tiêu chí đạt"]
    marks = [["Đ"] * 19 for _ in range(4)]
    marks[1][4] = marks[2][4] = "CĐ"
    names = ("Hòn Tre", "Lại Sơn", "An Sơn", "Nam Du")
    rows = [
        [at, name, *row, row.count("Đ")]
        for at, (name, row) in enumerate(zip(names, marks, strict=True), 1)
    ]
    sums = [sum(row[at] == "Đ" for row in marks) for at in range(19)]
    last = [None, "Tổng số", *sums, sum(sums)]

    for row, more in zip(rows, counted, strict=True):
        row[-1] += more
    if change is not None:
        rows[change[0]][change[1]] = change[2]
    titles = [["UBND HUYỆN KIÊN HẢI"], ["BỘ TIÊU CHÍ NÔNG THÔN MỚI NĂM 2019"]]
    return sheet([*titles, head, *rows, last])


def test_marks_are_judged_with_their_count_and_their_total():
    assert found(read(form_of_marks()), "error") == []
    # Criterion 5 of Lại Sơn: the count of the row and the total say not met.
    result = read(form_of_marks(change=(1, 6, "Đ")))
    assert found(result, "error") == [("value_contradicted", "G5")]
    met = {(one["commune_code"], one["criterion"]): one["met"]
           for one in result.records["attainment"]}  # fmt: skip
    assert met["31111", 5] is None and met["31111", 4] is True


def test_the_search_for_what_nothing_tells_is_short(monkeypatch):
    """Two counts that are wrong while their total holds: any of forty cells may be to blame."""
    tried = []
    smallest = Cover.smallest
    monkeypatch.setattr(Cover, "smallest", lambda self: tried.append(1) or smallest(self))
    result = read(form_of_marks(counted=(-1, 1, 0, 0)))
    rules = [rule for rule, _ in found(result, "warning")]
    assert rules.count("criteria_met_differs") == 2
    assert len(tried) <= 2 * 21


# --- rows typed one column off --------------------------------------------------------------------


def off(row, first, last, step):
    """Move the values of some columns of a row one column on or back; what falls out is lost."""
    held = row[first : last + 1]
    row[first : last + 1] = [None] * len(held)
    for at, value in enumerate(held, first + step):
        if first <= at <= last or at < len(row) - 1:
            row[at] = value
    return row


def kept(result, table="poverty", code="31111"):
    """Return the values of one commune that were accepted."""
    (row,) = [one for one in result.records[table] if one["commune_code"] == code]
    keys = ("year", "district_code", "commune_code")
    return {name: value for name, value in row.items() if name not in keys and value is not None}


@pytest.mark.parametrize("with_total", [True, False])
@pytest.mark.parametrize(
    ("first", "last", "step"), [(2, 13, 1), (3, 14, -1), (5, 13, 1), (7, 14, -1), (7, 11, 1)]
)
def test_a_row_typed_one_column_off_leaves_no_value_of_the_run(first, last, step, with_total):
    plain = [None, "Tổng cộng", *[None] * (len(HEAD) - 2)]
    rows = [list(row) for row in ROWS]
    off(rows[1], first, last, step)
    result = read(page(rows=rows, last=total() if with_total else plain))
    assert found(result, "error")
    if with_total:
        right = values(read(page()))["31111"]
        assert all(right[name] == value for name, value in kept(result).items())
    assert values(result)["31114"]["poor_end_pct"] == 5.98


def test_one_value_of_the_wrong_kind_costs_its_row_nothing_else():
    result = read(page([(1, "Tổng số hộ", 2340.5)]))
    assert found(result, "error") == [("number_not_whole", "C6")]
    assert values(result)["31111"]["poor_end_hh"] == 171
    # Nor do two that no column beside could have.
    two = read(page([(1, "Tổng số hộ", "2x40"), (1, "Thoát nghèo", "hai")]))
    assert {rule for rule, _ in found(two, "error")} == {"number_unreadable"}
    assert values(two)["31111"]["poor_end_hh"] == 171


@pytest.mark.parametrize("step", [1, -1])
def test_marks_typed_one_column_off_are_refused(step):
    right = form_of_marks()
    cells = {(one.row, one.column): one for one in right.cells}
    line = [cells[5, at].value if (5, at) in cells else None for at in range(1, 23)]
    off(line, 2 if step == 1 else 3, 21, step)
    for at in range(3, 23):
        cells.pop((5, at), None)
    changed = [one for one in right.cells if (one.row, one.column) in cells]
    changed += [Cell(5, at, line[at - 1]) for at in range(3, 23) if line[at - 1] is not None]
    right.cells = sorted(changed, key=lambda one: (one.row, one.column))
    result = read(right)
    assert found(result, "error")
    met = [one["met"] for one in result.records["attainment"] if one["commune_code"] == "31111"]
    assert False not in [mark for at, mark in enumerate(met, 1) if at != 5]


@pytest.mark.parametrize("column", ["poor_start_hh", "poor_escaped_hh", "near_poor_end_hh"])
@pytest.mark.parametrize("first", [0, 3])
@pytest.mark.parametrize("lost", [True, False])
def test_a_column_typed_one_row_down_is_not_accepted(column, first, lost):
    made = make("poverty", Way(), random.Random(7), district="909")
    cells = {(one.row, one.column): one for one in made.book.sheets[0].cells}
    codes = sorted(made.rows, key=made.rows.__getitem__)[first:]
    places = [(made.rows[code], made.columns[column]) for code in codes]
    held = [cells[place].value for place in places]
    for place, value in zip(places, [None if lost else held[-1], *held[:-1]], strict=True):
        cells[place].value = value
    made.book.sheets[0].cells = [one for one in cells.values() if one.value is not None]
    result = read_book(made.book, 2019)
    assert found(result, "error")
    accepted = {code: one[column] for code, one in values(result).items()}
    assert all(accepted[code] is None for code in codes)


def sums_of_money(rows):
    """A page of money without rates, two programmes with their sums and the sum of both."""
    head = ["TT", "Nội dung", "Nguồn vốn", "Tính chất", "Năm kế hoạch", "Kế hoạch vốn"]
    ntm, poor = rows[:3], rows[3:]
    whole = sum(NTM_PLAN) + sum(POOR_PLAN)
    lines = [
        ["Tổng cộng", whole],
        ["Chương trình MTQG xây dựng nông thôn mới", sum(NTM_PLAN)],
        *(
            ("Xây dựng nông thôn mới", *key, value)
            for key, value in zip(KEYS_OF_NTM, ntm, strict=True)
        ),
        ["Chương trình MTQG giảm nghèo bền vững", sum(POOR_PLAN)],
        *(
            (name, "NSTW", "Sự nghiệp", 2019, value)
            for name, value in zip(POOR_NAMES, poor, strict=True)
        ),
    ]
    cells = [
        [at, one[0], *([None] * 3 if len(one) == 2 else one[1:4]), one[-1]]
        for at, one in enumerate(lines)
    ]
    titles = [["UBND HUYỆN KIÊN HẢI"], [TITLE_02], ["ĐVT: triệu đồng"]]
    return sheet([*titles, head, *cells])


TITLE_02 = "TÌNH HÌNH PHÂN BỔ, GIẢI NGÂN VỐN CÁC CHƯƠNG TRÌNH MTQG NĂM 2019"
KEYS_OF_NTM = [("NSTW", "ĐTPT", 2019), ("NSTW", "Sự nghiệp", 2019), ("NSĐP", "ĐTPT", 2019)]
POOR_NAMES = ["Truyền thông về giảm nghèo", "Nâng cao năng lực và giám sát, đánh giá chương trình"]
NTM_PLAN, POOR_PLAN = [12_500, 3_217, 5_431], [173, 241]


def test_money_that_two_sums_contradict_is_refused_with_its_rows():
    right = [*NTM_PLAN, *POOR_PLAN]
    assert found(read(sums_of_money(right)), "error") == []
    result = read(sums_of_money([12_500, 3_350, 5_431, 173, 241]))
    rules = [one for one in result.findings if one.grave == "error"]
    assert [one.rule for one in rules] == ["rows_contradicted"]
    assert "7–9" in message(rules[0], "vi")
    accepted = {line["allocated_vnd"] for line in result.records["funding"]}
    assert accepted == {None, 173 * 10**6, 241 * 10**6}
    # One sum alone may be wrong itself: it is doubted, and no row is.
    single = sums_of_money(right)
    next(one for one in single.cells if one.column == 6 and one.row == 6).value += 133
    assert found(read(single), "error") == []


def test_sums_that_count_a_commune_without_a_row_refuse_no_other_row():
    rural = total()
    rural[1] = "Khu vực nông thôn"
    result = read(poverty([rural, *ROWS[:-1], total()], head=HEAD))
    assert {one.rule for one in result.findings if one.grave == "error"} == {"place_missing"}
    assert [row["households_hh"] for row in result.records["poverty"]] == [1012, 2340, 1521]


def test_a_row_typed_in_another_unit_with_its_own_sum_is_refused():
    page = sums_of_money([*NTM_PLAN, *POOR_PLAN])
    line = next(one for one in page.cells if one.value == NTM_PLAN[0])
    own = next(one for one in page.cells if one.value == sum(NTM_PLAN))
    line.value, own.value = line.value / 1000, own.value / 1000
    result = read(page)
    assert found(result, "error") == [("value_contradicted", line.address)]
    assert sorted(
        one["allocated_vnd"] for one in result.records["funding"] if one["allocated_vnd"]
    ) == sorted(amount * 10**6 for amount in (*NTM_PLAN[1:], *POOR_PLAN))


def test_a_row_copied_from_its_neighbour_is_not_accepted():
    rows = body(
        (1000, 50, 10, 0, 2, 42, 4.2, 30, 28), (2000, 80, 20, 1, 4, 65, 3.25, 60, 55),
        (2000, 80, 20, 1, 4, 65, 3.25, 60, 55), (800, 40, 8, 2, 2, 36, 4.5, 20, 18),
    )  # fmt: skip
    result = read(poverty(rows))
    copied = [one.raw for one in result.findings if one.rule == "rows_alike"]
    assert copied == [rows[1][1], rows[2][1]]
    ends = [one["poor_end_hh"] for one in result.records["poverty"]]
    assert ends == [42, None, None, 36]
    assert [one["households_hh"] for one in result.records["poverty"]] == [1000, None, None, 800]


def with_wrong_households(wrong):
    """A page of which some numbers of households are a few hundred too high, with its sum."""
    made = make("poverty", Way(), random.Random(4), district="906")
    sheet = made.book.sheets[0]
    column = made.columns["households_hh"]
    cells = {one.row: one for one in sheet.cells if one.column == column}
    rows = list(made.rows.values())
    sheet.cells.append(Cell(rows[-1] + 1, 2, "Tổng cộng"))
    sheet.cells.append(Cell(rows[-1] + 1, column, sum(cells[row].value for row in rows)))
    rows = rows[-wrong:]
    for at, row in enumerate(rows):
        cells[row].value += 800 + 37 * at * at
    return made, rows


@pytest.mark.parametrize("count", [1, 3, 6, 7])
def test_no_value_that_row_and_sum_contradict_is_accepted(count):
    made, rows = with_wrong_households(count)
    if count == 3:  # one of them has one rate alone to speak against it
        sheet = made.book.sheets[0]
        gone = (rows[2], made.columns["poor_end_pct"])
        sheet.cells = [one for one in sheet.cells if (one.row, one.column) != gone]
    result = read_book(made.book, 2019)
    assert {one.cell for one in result.findings if one.grave == "error"} == {
        f"C{row}" for row in rows
    }
    read = [one["households_hh"] for one in result.records["poverty"]]
    assert read.count(None) == count
