"""Headings as districts wrote them that nobody here had seen: read, or refused by name.

Each kind stands beside its opposite, so that what helps one page never misreads another.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest
from tests.returns import breaking
from tests.returns.breaking import Made, Way, make, values_read
from tests.returns.building import body, book, poverty, sheet

from kgstats.returns.cells import Cell
from kgstats.returns.clean import read_book
from kgstats.returns.columns.criteria import criterion_of
from kgstats.returns.columns.heading_times import money_time
from kgstats.returns.columns.heading_words import heading_meanings
from kgstats.returns.forms import all_forms
from kgstats.returns.layout import find_tables

FLAT = Way(numbers=False)
NAMED = [words.partition(" ")[2] for words in all_forms()["attainment"].column("criterion").words]
"""The names of the criteria."""


def made(form: str, monkeypatch, renamed: dict[str, tuple[str, ...]], way: Way = FLAT) -> Made:
    """Make a page with other words above some columns."""
    columns = [(name, renamed.get(name, path)) for name, path in breaking.COLUMNS[form]]
    monkeypatch.setitem(breaking.COLUMNS, form, columns)
    return make(form, way, random.Random(form))


def numbered(words: str, number: str = "{}") -> dict[str, tuple[str, ...]]:
    return {f"met {at}": (words, number.format(at)) for at in range(1, 20)}


def errors(result) -> list[tuple[str, str]]:
    return [(one.rule, one.cell) for one in result.findings if one.grave == "error"]


def read(page: Made) -> tuple[dict[tuple[str, str], object], list[tuple[str, str]]]:
    result = read_book(page.book, 2019)
    found = values_read(result)
    return {key: found.get(key) for key in page.truth}, errors(result)


def is_whole(page: Made) -> None:
    values, wrong = read(page)
    assert not wrong
    assert values == page.truth


def rewritten(page: Made, change) -> Made:
    """Return the page with the cells of its heading changed, row by row and column by column."""
    sheet = page.book.sheets[0]
    sheet.cells = [
        Cell(one.row, one.column, text)
        for one in sheet.cells
        if (text := change(one.row, one.column, one.value)) is not None
    ]
    return page


def said_in_every_cell(page: Made) -> Made:
    """Write the words of a group above each of its columns, without merges."""
    sheet = page.book.sheets[0]
    at = {(one.row, one.column): one for one in sheet.cells}
    for top, left, _, right in sheet.merged:
        for column in range(left + 1, right + 1):
            sheet.cells.append(Cell(top, column, at[top, left].value))
    sheet.cells.sort(key=lambda one: (one.row, one.column))
    sheet.merged = [one for one in sheet.merged if one[1] == one[3]]
    return page


# --- numbers in headings --------------------------------------------------------------------------


def test_numbers_that_alone_tell_equal_headings_apart_are_headings(monkeypatch):
    is_whole(said_in_every_cell(made("attainment", monkeypatch, numbered("Tiêu chí số"))))


@pytest.mark.parametrize("number", ["({})", "[{}]", "-{}-", "TC.{:02d}"])
def test_numbers_in_signs_under_a_word_over_all_of_them(monkeypatch, number):
    is_whole(made("attainment", monkeypatch, numbered("Mức độ đạt từng tiêu chí", number)))


def test_numbers_below_headings_of_their_own_stay_column_numbers():
    page = make("attainment", Way(numbers=True), random.Random(1))
    (block,) = find_tables(page.book.sheets[0])
    assert block.column_number_row == page.heading[1] + 1
    is_whole(page)


@pytest.mark.parametrize("form", ["attainment", "funding", "poverty"])
@pytest.mark.parametrize("sign", ["({})", "-{}-"])
def test_columns_numbered_twice(form, sign):
    page = make(form, Way(numbers=True), random.Random(2))
    sheet = page.book.sheets[0]
    row = page.heading[1] + 1
    width = sum(one.row == row for one in sheet.cells)
    moved = [replace(one, row=one.row + (one.row > row)) for one in sheet.cells]
    moved += [Cell(row + 1, at, sign.format(at)) for at in range(1, width + 1)]
    sheet.cells = sorted(moved, key=lambda one: (one.row, one.column))
    is_whole(page)


def test_numbers_split_over_rows_stand_as_far_apart_as_their_columns(monkeypatch):
    page = made("attainment", monkeypatch, numbered("Tiêu chí số"))
    last = page.heading[1]
    sheet = page.book.sheets[0]
    rng = random.Random(3)
    sheet.cells = [
        replace(
            one, row=one.row + (rng.choice((0, 1, 2)) if one.row == last else 2 * (one.row > last))
        )
        for one in sheet.cells
    ]
    sheet.cells.sort(key=lambda one: (one.row, one.column))
    sheet.merged = [one for one in sheet.merged if one[1] < one[3]]
    is_whole(page)


def test_the_number_behind_a_name_is_its_own_or_a_footnote(monkeypatch):
    names = {
        f"met {at}": (words.split(" ", 1)[1] + f" ({at})",)
        for at, words in enumerate(breaking._CRITERIA, 1)
    }
    is_whole(made("attainment", monkeypatch, names))
    assert criterion_of(("Thu nhập (1)",)) == (10, "")


# --- words of a heading ---------------------------------------------------------------------------


def test_an_office_in_a_heading_signs_nothing(monkeypatch):
    monkeypatch.setitem(breaking.EXTRA, "poverty", [("Người lập",)])
    is_whole(make("poverty", FLAT, random.Random(4), extra=True))


@pytest.mark.parametrize("at", ["top", "bottom", "middle"])
def test_a_label_of_one_word_a_row(monkeypatch, at):
    monkeypatch.setitem(breaking.NAMES, "funding", "Dự án/Tiểu dự án")
    way = Way(style="split", words_a_row=1, at=at, numbers=False)
    is_whole(made("funding", monkeypatch, {"note": ("Ghi chú",)}, way))


def test_a_label_as_long_as_the_longest_heading(monkeypatch):
    """Its first word stands over the others with one more, far below the groups."""
    words = "Xã, phường, thị trấn thuộc huyện có hộ được rà soát"
    monkeypatch.setitem(breaking.NAMES, "poverty", words)
    way = Way(style="split", words_a_row=1, at="bottom", numbers=False)
    is_whole(made("poverty", monkeypatch, {}, way))


def test_a_last_row_of_few_words_beside_the_end_of_the_order_word(monkeypatch):
    words = {f"met {at}": (f"TC{at}",) for at in range(1, 20)} | {
        "criteria_met": ("Số tiêu chí đạt",)
    }
    page = made("attainment", monkeypatch, words, Way(style="split", numbers=False))
    first, last = page.heading
    assert last == first + 1
    broken = {"STT": "Số thứ", "TT": "Số thứ", "Mức đạt": "Mức"}
    rewritten(page, lambda row, _, value: broken.get(value, value))
    page.book.sheets[0].cells += [Cell(last, 1, "tự"), Cell(last, page.columns["level"], "đạt")]
    page.book.sheets[0].cells.sort(key=lambda one: (one.row, one.column))
    is_whole(page)


def test_the_signs_between_number_and_name_in_a_row_of_their_own(monkeypatch):
    words = {f"met {at}": (f"TC{at} - {name}",) for at, name in enumerate(NAMED, 1)}
    is_whole(made("attainment", monkeypatch, words, Way("split", words_a_row=1, numbers=False)))


def test_the_last_word_of_a_heading_may_look_like_a_mark(monkeypatch):
    words = {**numbered("Tiêu chí số"), "criteria_met": ("Số tiêu chí đạt",)}
    way = Way(style="split", words_a_row=1, numbers=False)
    is_whole(made("attainment", monkeypatch, words, way))


def test_a_word_over_all_columns_tells_none_of_them_apart(monkeypatch):
    over = {name: ("Thực hiện năm 2019", *path) for name, path in breaking.FUNDING}
    is_whole(made("funding", monkeypatch, over))


def test_movements_under_a_word_for_their_sign(monkeypatch):
    moves = {
        "poor_start_hh": ("Số hộ nghèo tại thời điểm 01/01/2019",),
        "poor_escaped_hh": ("Biến động giảm hộ nghèo", "Thoát nghèo"),
        "poor_fell_back_hh": ("Biến động tăng hộ nghèo", "Tái nghèo"),
        "poor_new_hh": ("Biến động tăng hộ nghèo", "Phát sinh"),
        "near_poor_start_hh": ("Hộ cận nghèo cuối năm 2018",),
    }
    is_whole(made("poverty", monkeypatch, moves))


@pytest.mark.parametrize("style", ["merged", "first", "split"])
@pytest.mark.parametrize("both", ["Hộ nghèo, cận nghèo", "Hộ nghèo và hộ cận nghèo"])
def test_words_over_columns_of_poor_and_near_poor_tell_neither(monkeypatch, both, style):
    """ "Hộ nghèo" below them is of the poor, "Hộ cận nghèo" of the near-poor."""
    own = {"poor": "Hộ nghèo", "near_poor": "Hộ cận nghèo"}
    over = {"start_hh": f"{both} năm 2018", "end_hh": f"{both} năm 2019",
            "end_pct": f"Tỷ lệ {both.lower()} cuối năm (%)"}  # fmt: skip
    paths = {f"{who}_{what}": (words, own[who]) for what, words in over.items() for who in own}
    columns = [("households_hh", ("Tổng số hộ",)), *paths.items()]
    monkeypatch.setitem(breaking.COLUMNS, "poverty", columns)
    page = make("poverty", Way(style, numbers=False), random.Random(11))
    page.truth = {key: value for key, value in page.truth.items() if key[1] in dict(columns)}
    is_whole(page)


def test_a_decrease_without_its_cause_is_no_movement_of_the_form():
    for words in ("Số hộ nghèo giảm trong năm", "Số hộ nghèo tăng", "Giảm khác: hộ nghèo"):
        assert heading_meanings("poverty", (words,), words, 2019) == ()


def test_words_that_tell_a_column_are_never_left_aside_in_silence(monkeypatch):
    """Few columns of the form are there, and the words of one are only partly known."""
    kept = ("households_hh", "poor_start_hh", "poor_escaped_hh", "poor_end_hh")
    columns = [one for one in breaking.POVERTY if one[0] in kept]
    monkeypatch.setitem(breaking.COLUMNS, "poverty", columns)
    words = ("Kết quả xét duyệt đưa ra khỏi danh sách của ấp: thoát nghèo bền vững",)
    page = made("poverty", monkeypatch, {"poor_escaped_hh": words})
    values, wrong = read(page)
    lost = {name for (_, name), value in values.items() if value is None and name in page.columns}
    assert lost <= {"poor_escaped_hh"}
    assert not lost or [rule for rule, _ in wrong] == ["column_doubtful"]


def money_in_groups(*heading, line):
    """Read form 02 whose money stands in groups of columns, merged over the words below them."""
    merged = [
        (row, at, row, next((to for to in range(at, len(words)) if words[to]), len(words)))
        for row, words in enumerate(heading[:-1], 4)
        for at, word in enumerate(words, 1)
        if word and at > 2
    ]
    lines = [[at, label, *line] for at, label in enumerate(LABELS, 1)]
    head = ["UBND HUYỆN GIỒNG RIỀNG"], [breaking.TITLES["funding"]], ["ĐVT: triệu đồng"]
    result = read_book(book(sheet([*head, *heading, *lines], merged=merged)), 2019)
    assert not errors(result)
    return result.records["funding"]


LABELS = ("Xây dựng nông thôn mới", "Truyền thông về giảm nghèo")


@pytest.mark.parametrize(
    "words",
    ["Vốn năm 2018 kéo dài sang năm 2019", "Vốn 2018 kéo dài sang 2019",
     "Vốn năm 2018 chuyển sang năm 2019"],
)  # fmt: skip
def test_money_carried_over_into_this_year_is_not_left_aside(words):
    held = money_in_groups(
        ["STT", "Nội dung", "Nguồn vốn", "Tính chất", words, None, "Vốn năm 2019", None],
        [None, None, None, None, *("Kế hoạch", "Giải ngân") * 2],
        line=["NSTW", "Sự nghiệp", 400, 300, 900, 800],
    )
    found = [(one["plan_year"], one["allocated_vnd"] // 10**6) for one in held]
    assert sorted(found) == sorted([(2018, 400), (2019, 900)] * len(LABELS))


def test_money_carried_over_into_next_year_is_not_this_years():
    assert money_time("von nam 2019 keo dai sang nam 2020", "allocated_vnd", 2019) == "other"
    assert money_time("von keo dai sang nam sau", "allocated_vnd", 2019) == "other"


def test_a_plan_below_a_source_and_a_kind_is_of_money_and_no_year():
    kinds = ["Đầu tư phát triển", None, "Sự nghiệp", None]
    held = money_in_groups(
        ["STT", "Nội dung", "Ngân sách trung ương", *[None] * 3, "Ngân sách tỉnh", *[None] * 3],
        [None, None, *kinds * 2],
        [None, None, *("Kế hoạch", "Giải ngân") * 4],
        line=[400, 300, 900, 800, 410, 310, 910, 810],
    )
    keys = [("central", "investment"), ("central", "recurrent"), ("province", "investment"),
            ("province", "recurrent")]  # fmt: skip
    found = [((one["source"], one["kind"]), one["allocated_vnd"] // 10**6) for one in held]
    assert sorted(found) == sorted([*zip(keys, (400, 900, 410, 910), strict=True)] * len(LABELS))


# --- columns known by what stands in them ---------------------------------------------------------


def test_a_column_of_kinds_is_known_by_its_words(monkeypatch):
    is_whole(made("funding", monkeypatch, {"kind": ("Phân loại theo QĐ 48",)}))


def test_a_heading_of_sources_over_kinds_is_not_believed(monkeypatch):
    words = {"source": ("Phân theo cấp",), "kind": ("Nguồn vốn đầu tư",)}
    is_whole(made("funding", monkeypatch, words))


def test_two_columns_of_kinds_are_refused(monkeypatch):
    monkeypatch.setitem(breaking.EXTRA, "funding", [("Phân loại theo NQ 73",)])
    page = made("funding", monkeypatch, {"kind": ("Phân loại theo QĐ 48",)})
    sheet = page.book.sheets[0]
    kinds = {one.row: one.value for one in sheet.cells if one.column == page.columns["kind"]}
    extra = max(one.column for one in sheet.cells) + 1
    top, last = page.heading
    for row, value in kinds.items():
        if row > last:
            sheet.cells.append(Cell(row, extra, "Sự nghiệp" if value == "ĐTPT" else "ĐTPT"))
    sheet.cells.append(Cell(top, extra, "Phân loại theo NQ 73"))
    sheet.cells.sort(key=lambda one: (one.row, one.column))
    values, wrong = read(page)
    assert all(value is None for value in values.values())
    assert {"column_doubtful", "key_missing"} <= {rule for rule, _ in wrong}


def test_money_without_its_source_is_refused_line_by_line(monkeypatch):
    """A programme's own name in each line makes none of them a heading of the others."""
    page = made("funding", monkeypatch, {"source": ("Ai trả",), "kind": ("Ai trả nữa",)})
    source, kind = page.columns["source"], page.columns["kind"]
    first = min(page.rows.values())
    spoilt = rewritten(
        page,
        lambda row, column, value: (
            f"Mục {row}" if column in (source, kind) and row >= first else value
        ),
    )
    values, wrong = read(spoilt)
    assert all(value is None for value in values.values())
    said = {cell[1:] for rule, cell in wrong if rule == "key_missing"}
    assert said == {str(row) for row in page.rows.values()}


# --- rows and column numbers ----------------------------------------------------------------------


def test_letters_number_two_tables_beside_one_another():
    page = make("poverty", Way(numbers=False), random.Random(5))
    sheet = page.book.sheets[0]
    _, last = page.heading
    width = max(one.column for one in sheet.cells)
    moved = [replace(one, row=one.row + (one.row > last)) for one in sheet.cells]
    moved += [
        Cell(last + 1, at, "abcdefghijklmnopqrstuvwxyz"[at - 1]) for at in range(1, width + 1)
    ]
    aside = [("TT", "Hạng mục", "Diện tích", "Ghi chú"), tuple("abcd")]
    body = [(at, f"Mục {at}", 40 + at, 5) for at in range(1, 6)]
    for row, held in zip(
        (last, last + 1, *range(last + 2, last + 7)), (*aside, *body), strict=True
    ):
        moved += [Cell(row, width + 2 + at, value) for at, value in enumerate(held)]
    sheet.cells = sorted(moved, key=lambda one: (one.row, one.column))
    is_whole(page)


def test_a_section_above_a_repeated_heading_stays_a_section():
    page = make("funding", Way(numbers=False), random.Random(6), again=True)
    sheet = page.book.sheets[0]
    assert page.repeated is not None
    first, _ = page.repeated
    sheet.cells = [
        replace(one, value="Chương trình 135", column=2) if one.row == first - 1 else one
        for one in sheet.cells
    ]
    below = page.rows["gnbv/gnbv_communication/central/recurrent/2019"]
    sheet.cells = [
        replace(one, value="Hỗ trợ đầu tư cơ sở hạ tầng") if (one.row, one.column) == (below, 2)
        else one
        for one in sheet.cells
    ]  # fmt: skip
    result = read_book(page.book, 2019)
    assert "gnbv_135_infrastructure" in {one["component"] for one in result.records["funding"]}


@pytest.mark.parametrize(
    "words",
    ["Năm 2018", "Kế hoạch 2020", "Thực hiện năm 2018", "Chỉ tiêu tỉnh giao",
     "Trong đó: xã đặc biệt khó khăn"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["poverty", "funding"])
def test_a_row_below_the_total_that_is_about_something_else(form, words):
    page = make(form, FLAT, random.Random(7))
    sheet = page.book.sheets[0]
    row = max(page.rows.values()) + 1
    names = [name for name in page.columns if name.endswith(("_hh", "_vnd"))]
    for at, label in enumerate(("Tổng cộng", words)):
        sheet.cells.append(Cell(row + at, 2, label))
        for name in names:
            known = [page.truth.get((key, name)) or 0 for key in page.rows]
            unit = 10**6 if name.endswith("_vnd") else 1
            sheet.cells.append(Cell(row + at, page.columns[name], sum(known) // unit + 11 * at))
    if form == "funding" and not any(letter.isdigit() for letter in words):
        return  # of money only another year is told from a component
    is_whole(page)


def test_money_of_a_year_named_above_its_lines_is_no_comparison(monkeypatch):
    """“Vốn năm 2018” with lines below it heads money of that plan year."""
    columns = [one for one in breaking.FUNDING if one[0] != "plan_year"]
    monkeypatch.setitem(breaking.COLUMNS, "funding", columns)
    page = make("funding", FLAT, random.Random(8))
    sheet = page.book.sheets[0]
    first = min(page.rows.values())
    moved = [replace(one, row=one.row + (one.row >= first)) for one in sheet.cells]
    sheet.cells = sorted(
        [*moved, Cell(first, 2, "Vốn năm 2018")], key=lambda one: (one.row, one.column)
    )
    years = {one["plan_year"] for one in read_book(page.book, 2019).records["funding"]}
    assert years == {2018}


def test_marks_that_only_the_page_explains_are_never_left_aside_in_silence(monkeypatch):
    """Under words that name no criterion a column of ``O`` and ``X`` is refused, not ignored."""
    page = made("attainment", monkeypatch, {"met 1": ("Đồ án",), "met 2": ("Đường sá",)})
    signs = {"Đ": "O", "CĐ": "X"}
    rewritten(page, lambda row, column, value: signs.get(value, value))
    last = max(page.rows.values())
    page.book.sheets[0].cells.append(Cell(last + 2, 1, "Chú thích: O: đạt; X: chưa đạt"))
    values, wrong = read(page)
    lost = {name for (_, name), value in values.items() if value is None}
    assert lost <= {"met 1", "met 2"}
    assert not lost or {rule for rule, _ in wrong} == {"column_doubtful"}


def test_a_group_of_one_criterion_joined_with_its_name():
    assert criterion_of(("Quy hoạch 1. Quy hoạch",)) == (1, "")


def test_two_numbers_in_one_heading_name_no_criterion():
    assert criterion_of(("Tiêu chí số", "10 16")) == (None, "")
    assert criterion_of(("Tiêu chí số", "10")) == (10, "")
    assert criterion_of(("19 tiêu chí (*)", "TC.06 (1)")) == (6, "")


def test_marks_of_one_and_nought_with_their_totals_are_never_left_aside(monkeypatch):
    page = made("attainment", monkeypatch, {"met 1": ("Đồ án",), "met 6": ("Nhà văn hóa xã",)})
    signs = {"Đ": 1, "CĐ": 0}
    rewritten(page, lambda row, column, value: signs.get(value, value))
    last = max(page.rows.values())
    marks = [page.columns[f"met {at}"] for at in range(1, 20)]
    page.book.sheets[0].cells += [
        Cell(last + 1, 2, "Số xã đạt"), *(Cell(last + 1, column, 5) for column in marks)
    ]  # fmt: skip
    values, wrong = read(page)
    lost = {name for (_, name), value in values.items() if value is None}
    assert lost <= {"met 1", "met 6"}
    assert not lost or "column_doubtful" in {rule for rule, _ in wrong}


def test_order_numbers_under_a_sign_alone():
    page = make("funding", FLAT, random.Random(9))
    rewritten(page, lambda row, column, value: "#" if value == "STT" else value)
    is_whole(page)


def test_the_row_of_the_order_word_is_heading_however_few_words_it_has(monkeypatch):
    page = made(
        "poverty", monkeypatch, {}, Way(style="split", words_a_row=1, at="bottom", numbers=False)
    )
    is_whole(page)


def test_order_numbers_under_the_words_of_a_rate_are_no_rates(monkeypatch):
    """A file whose lines were broken apart puts one column under the words of another."""
    kept = ("households_hh", "poor_start_hh", "poor_end_pct")
    columns = [one for one in breaking.POVERTY if one[0] in kept]
    monkeypatch.setitem(breaking.COLUMNS, "poverty", columns)
    page = make("poverty", FLAT, random.Random(10))
    rate, rows = (
        page.columns["poor_end_pct"],
        {row: at for at, row in enumerate(page.rows.values(), 1)},
    )
    rewritten(page, lambda row, column, value: rows.get(row, value) if column == rate else value)
    values, _ = read(page)
    assert {value for (_, name), value in values.items() if name == "poor_end_pct"} == {None}


def test_the_last_row_of_a_heading_may_be_few_words_and_a_year():
    """The rest of "Hộ cận nghèo cuối năm 2018" stands beside the rest of other words."""
    head = [
        ["TT", "Tên xã", "Tổng số hộ", "Hộ nghèo", "Thoát nghèo", "Tái nghèo", "Hộ nghèo mới",
         "Hộ nghèo", "Tỷ lệ", "Hộ cận", "Hộ cận nghèo"],
        [None, None, None, "đầu năm", None, None, None, "cuối năm", "hộ", "nghèo cuối", "cuối"],
        [None, None, None, None, None, None, None, None, "nghèo", 2018, "kỳ"],
    ]  # fmt: skip
    rows = body(
        (1000, 100, 20, 1, 4, 85, 8.5, 60, 55), (900, 90, 15, 0, 2, 77, 8.56, 50, 44),
        (800, 80, 12, 2, 1, 71, 8.88, 40, 33), (700, 70, 11, 0, 0, 59, 8.43, 30, 22),
    )  # fmt: skip
    result = read_book(book(poverty(rows, before=head[:2], head=head[2])), 2019)
    held = result.records["poverty"]
    assert [one["near_poor_start_hh"] for one in held] == [60, 50, 40, 30]
    assert [one["near_poor_end_hh"] for one in held] == [55, 44, 33, 22]


def test_rows_below_a_repeated_heading_that_is_damaged_stay_in_the_table():
    """Its order word, a date and a number in it leave none of its rows of money behind."""
    page = make("funding", FLAT, random.Random(12), again=True)
    assert page.repeated is not None
    damage = {
        1: "??",
        page.columns["plan_year"]: dt.date(2019, 5, 2),
        page.columns["disbursed_pct"]: 101,
    }
    first, _ = page.repeated
    rewritten(page, lambda row, column, value: damage.get(column, value) if row == first else value)
    values, _ = read(page)
    assert values == page.truth


def test_marks_below_words_for_a_note_are_those_of_the_criterion_that_is_missing(monkeypatch):
    is_whole(made("attainment", monkeypatch, {"met 14": ("Kết quả", "Xem ghi chú")}))


def test_a_year_in_a_heading_that_the_numbers_contradict_is_told(monkeypatch):
    """“Đầu năm 2020” in a report of 2019 is the end of 2019, but the flow proves its start."""
    words = {"poor_start_hh": ("Số hộ nghèo đầu năm 2020", "Số hộ")}
    page = made("poverty", monkeypatch, words)
    result = read_book(page.book, 2019)
    assert [one.rule for one in result.findings] == ["heading_year"]
    assert values_read(result).items() >= page.truth.items()


# --- headings exchanged ---------------------------------------------------------------------------


def nothing_wrong(page: Made, lost: set[str]) -> None:
    """Every value is right, or one of a column that was refused by an error."""
    values, wrong = read(page)
    assert wrong and {name for (key, name), value in page.truth.items()
                      if values[key, name] != value} == lost  # fmt: skip
    assert all(values[key, name] is None for key, name in values if name in lost)


def test_years_of_start_and_end_exchanged_are_seen_by_the_flow(monkeypatch):
    start = {"poor_start_hh": ("Hộ nghèo năm 2019", "Số hộ")}
    end = {
        name: ("Hộ nghèo năm 2018", *path[1:])
        for name, path in breaking.POVERTY
        if path[0] == "Số hộ nghèo cuối năm"
    }
    nothing_wrong(made("poverty", monkeypatch, start | end), {*start, *end})


def test_words_of_a_group_that_were_exchanged_head_all_its_columns(monkeypatch):
    other = {"Số hộ nghèo cuối năm": "Số hộ cận nghèo cuối năm"}
    other |= {there: here for here, there in other.items()}
    turned = {
        name: (other[path[0]], *path[1:])
        for name, path in breaking.POVERTY
        if path[0] in other and name.endswith(("_pct", "_poor_end_hh"))
    }
    turned.pop("near_poor_end_hh")
    nothing_wrong(made("poverty", monkeypatch, turned), set(turned))


def test_two_plans_of_which_neither_is_named_as_in_the_form_are_refused(monkeypatch):
    page = made("funding", monkeypatch, {"allocated_vnd": ("Kế hoạch tỉnh giao",)})
    at, sheet = page.columns["allocated_vnd"], page.book.sheets[0]
    sheet.merged = []
    sheet.cells = [replace(one, column=one.column + (one.column > at)) for one in sheet.cells]
    second = [replace(one, column=at + 1) for one in sheet.cells
              if one.column == at and one.row >= page.heading[0]]  # fmt: skip
    sheet.cells += [
        replace(one, value="Kế hoạch huyện phân bổ")
        if one.value == "Kế hoạch tỉnh giao"
        else replace(one, value=int(str(one.value)) + 1)
        for one in second
    ]
    sheet.cells.sort(key=lambda one: (one.row, one.column))
    nothing_wrong(page, {"allocated_vnd"})


def test_what_damage_left_of_a_heading_is_no_note(monkeypatch):
    """“Ghi” over levels is no “Ghi chú”."""
    nothing_wrong(made("attainment", monkeypatch, {"level": ("Ghi",)}), {"level"})


def dated(start: str, end: str) -> dict[str, tuple[str, ...]]:
    """Return the words of form 03 with dates for a year's start, and for its end and course."""
    years = {"đầu năm": start, "cuối năm": f"cuối năm {end}", "trong năm": f"trong năm {end}"}
    renamed = {}
    for name, path in breaking.POVERTY:
        for words, said in years.items():
            path = tuple(one.replace(words, said) for one in path)
        renamed[name] = path
    return renamed


@pytest.mark.parametrize("start", ["đầu năm", "đầu năm 2018", "năm 2017", "31/12/2017"])
def test_headings_all_of_another_year_are_not_read_as_this_ones_start(monkeypatch, start):
    """The title says 2019: “cuối năm 2018” would be the start of it."""
    page = made("poverty", monkeypatch, dated(start, "2018"))
    values, wrong = read(page)
    assert set(values.values()) == {None}
    assert [rule for rule, _ in wrong] == ["headings_not_reported"]


@pytest.mark.parametrize("start", ["đầu năm", "đầu năm 2019", "năm 2018", "31/12/2018"])
def test_headings_that_date_the_start_by_the_year_before_are_of_the_year(monkeypatch, start):
    is_whole(made("poverty", monkeypatch, dated(start, "2019")))
    own = {name: path for name, path in dated(start, "").items() if "start" in name}
    is_whole(made("poverty", monkeypatch, own))


def test_forms_of_which_one_begins_where_the_other_ends_stand_side_by_side():
    """Form 01 of a town has two communes, form 03 beside it has its heading lower."""
    pages = {form: make(form, FLAT, random.Random(3), district="900") for form in ("attainment",)}
    left = pages["attainment"].book.sheets[0]
    right = make("poverty", FLAT, random.Random(4), district="900")
    last = max(one.row for one in left.cells)
    wide = max(one.column for one in left.cells) + 3
    top = right.heading[0]
    moved = [
        replace(one, row=one.row - top + last, column=one.column + wide)
        for one in right.book.sheets[0].cells
        if one.row >= top
    ]
    title = Cell(3, wide + 1, breaking.TITLES["poverty"])
    left.cells = sorted([*left.cells, title, *moved], key=lambda one: (one.row, one.column))
    result = read_book(pages["attainment"].book, 2019)
    found = values_read(result)
    truth = {**pages["attainment"].truth, **right.truth}
    assert {key: found.get(key) for key in truth} == truth


ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV",
         "XV", "XVI", "XVII", "XVIII", "XIX", "XX")  # fmt: skip


@pytest.mark.parametrize(
    ("seed", "number", "districts"),
    [("poverty0csome", "C{}", True), ("poverty5romansome", None, False)],
)
def test_numbers_read_as_words_of_a_heading_of_which_half_is_lost_give_no_value(
    seed, number, districts
):
    """“C7” or “XII” ends the headings, and what is left stands under its neighbours' words."""
    rng = random.Random(seed)
    way = Way(rng.choice(("merged", "first", "split")))
    district = rng.choice(("906", "912", "913", "911"))
    page = make("poverty", way, rng, extra=districts, district=district)
    sheet = page.book.sheets[0]
    for one in sheet.cells:
        if one.row == page.heading[1] + 1 and one.column > 2:
            one.value = number.format(one.value) if number else ROMAN[int(one.value) - 1]
    rows = range(page.heading[0], page.heading[1] + 1)
    heads = [one for one in sheet.cells if one.row in rows and one.column > 2]
    gone = rng.sample(heads, len(heads) // 2)
    title = None if districts else 2
    sheet.cells = [one for one in sheet.cells if one not in gone and one.row != title]
    result = read_book(page.book, 2019)
    found = values_read(result)
    assert not {key for key, true in page.truth.items() if found.get(key) not in (None, true)}
    assert {one.rule for one in result.findings if one.grave == "error"} == {"column_doubtful"}
