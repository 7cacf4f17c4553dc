"""Habits of writing, each with its opposite: what is read as meant, and what is refused by name."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from tests.returns.breaking import Way, make
from tests.returns.building import POVERTY_HEAD, body, poverty, sheet
from tests.returns.records.pages import (
    MARKS_HEAD,
    MET,
    MONEY,
    RIGHT,
    allocated,
    attainment,
    marks,
    met_of,
    money,
    read,
)
from tests.returns.test_clean import GOOD, at, roles, values

from kgstats.returns.book import read_book
from kgstats.returns.columns.criteria import criterion_of
from kgstats.returns.columns.heading_times import money_time, stock_time
from kgstats.returns.columns.heading_words import heading_meanings, may_stand_for
from kgstats.returns.files.delimited import sniff_delimiter
from kgstats.returns.forms import all_forms
from kgstats.returns.rules import message
from kgstats.returns.subjects.total_words import sense_of_row

CRITERIA = all_forms()["attainment"].column("criterion").words


def grave(result, rule):
    return [one.cell for one in result.findings if one.rule == rule and one.grave == "error"]


# --- headings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Quy hoạch TC {n}", "Quy hoạch tiêu chí số {n}", "{n} *", "{n}²", "Quy hoạch TC"]
)
def test_the_number_of_a_criterion_may_stand_behind_its_name_or_carry_a_mark(name):
    head = [name.format(n=one[2:]) if one == "TC1" else one for one in MARKS_HEAD]
    result = read(attainment(marks(), head=head))
    assert met_of(result)[0] == [True] * 19 and not grave(result, "column_doubtful")


@pytest.mark.parametrize(
    ("path", "number"),
    [
        (("văn hóa (6)",), 6),
        (("văn hóa", "(6)"), 6),
        (("Văn hóa (16)",), 16),
        (("Văn hóa (1)",), 16),
        (("nghèo (11)",), 11),
    ],
)
def test_the_last_words_of_a_criterion_are_known_by_the_number_behind_them(path, number):
    """The number of a footnote stands behind words that are none of that criterion's."""
    assert criterion_of(path) == (number, "")


@pytest.mark.parametrize("apart", [": ", " - ", "\n"])
@pytest.mark.parametrize("name", ["{n} {name}", "{n}. {name}", "{name}", "TC{n}"])
def test_one_cell_may_say_what_all_criteria_are_and_which_one_it_is(name, apart):
    named = [name.format(n=one.partition(" ")[0], name=one.partition(" ")[2]) for one in CRITERIA]
    head = [f"Kết quả thực hiện các tiêu chí{apart}{one}" for one in named]
    result = read(attainment(marks(), head=[*MARKS_HEAD[:2], *head, *MARKS_HEAD[21:]]))
    assert met_of(result) == RIGHT and not grave(result, "column_doubtful")


def test_forms_below_one_another_where_a_component_is_named_once():
    first = attainment(marks())
    below = money([MONEY[0], [None, None, *MONEY[1][2:]], *MONEY[2:]], top=15)
    first.cells = [*first.cells, *below.cells]
    result = read(first)
    assert met_of(result) == RIGHT and len(allocated(result)) == len(MONEY)


def test_criteria_are_known_by_the_names_of_each_set_and_by_short_ones():
    names = ["Thủy lợi và phòng, chống thiên tai", "Nghèo đa chiều", "Lao động", "CSVC văn hóa"]
    assert [criterion_of((name,))[0] for name in names] == [3, 11, 12, 6]


@pytest.mark.parametrize(
    "heading",
    ["Số, ngày quyết định công nhận", "Số QĐ, ngày QĐ", "Quyết định công nhận (số, ngày tháng)"],
)
def test_number_and_day_of_a_decision_may_share_a_column(heading):
    rows = [[*row[:23], row[23] and f"{row[23]} ngày {row[24]}"] for row in marks()]
    result = read(attainment(rows, head=[*MARKS_HEAD[:23], heading]))
    first = result.records["communes"][0]
    assert (first["decision_no"], first["decision_date"]) == ("15/QĐ-UBND", dt.date(2019, 7, 12))


@pytest.mark.parametrize("day", ["12/07/2019", dt.date(2019, 7, 12)])
@pytest.mark.parametrize("words", [None, "Ghi chú thêm"])
def test_days_below_no_heading_are_read_or_refused_by_name(words, day):
    """Days of decisions are no marks: where their column is missing they are never left aside."""
    head = [words if one == "Ngày" else one for one in MARKS_HEAD]
    rows = [[day if value == "12/07/2019" else value for value in row] for row in marks()]
    result = read(attainment(rows, head=head))
    said = [str(one.args["names"]) for one in result.findings if one.rule == "column_doubtful"]
    assert len(said) == 1 and "Ngày" in said[0] and "Tiêu chí" not in said[0]


def test_the_heading_of_one_criterion_may_be_lost_between_its_neighbours():
    head = [None if one == "TC7" else one for one in MARKS_HEAD]
    assert met_of(read(attainment(marks(), head=head)))[1] == [True] * 15 + [False] * 4
    head = [None if one in ("TC7", "TC8") else one for one in MARKS_HEAD]
    lost = read(attainment(marks(), head=head))
    assert [row[6:8] for row in met_of(lost)] == [[]] * 4 or grave(lost, "column_doubtful")


@pytest.mark.parametrize(
    ("leaf", "name"),
    [(("Tỷ", "lệ"), "near_poor_end_pct"), (("Nhân khẩu",), None), (("Số", "ấp"), None)],
)
def test_a_word_broken_over_rows_is_known_with_the_syllable_above(leaf, name):
    path = ("Số hộ cận nghèo cuối năm", *leaf)
    found = heading_meanings("poverty", path, ": ".join(path), 2019)
    assert (found[0].name if found else None) == name


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Số hộ cận nhèo cuối năm: Số hộ", "near_poor_end_hh"),
        ("Số hộ nhèo cuối năm: Số hộ", "poor_end_hh"),
    ],
)
def test_a_misspelt_word_does_not_change_what_a_heading_is_about(heading, name):
    assert heading_meanings("poverty", (heading,), heading, 2019)[0].name == name


def test_a_letter_lost_in_a_short_word_leaves_a_heading_to_be_proved():
    assert may_stand_for("poverty", "Số hộ nghèo cuối năm: Hộ TTS", "ethnic_poor_end_hh")
    assert not may_stand_for("poverty", "Số hộ nghèo cuối năm: Hộ BTXH", "ethnic_poor_end_hh")
    head = ["Tỷ lệ hộ nghèo cuối nm" if "Tỷ lệ" in one else one for one in POVERTY_HEAD]
    assert values(read(poverty(GOOD, head=head)))["31108"]["poor_end_pct"] == 4.2


def test_rates_typed_as_text_name_their_column():
    rows = [[*row[:8], f"{row[8]} %".replace(".", ","), *row[9:]] for row in GOOD]
    head = ["Cột 9" if "Tỷ lệ" in one else one for one in POVERTY_HEAD]
    result = read(poverty(rows, head=head))
    assert grave(result, "column_doubtful") == ["I4"]


@pytest.mark.parametrize("heading", ["Ngày, tháng, năm công nhận", "Ngày tháng năm ban hành"])
def test_day_month_and_year_of_a_decision_are_a_heading_and_no_signature(heading):
    head = [heading if one == "Ngày" else one for one in MARKS_HEAD]
    top = [None if one.startswith("TC") else one for one in head]
    split = [one if one.startswith("TC") else None for one in head]
    result = read(attainment([split, *marks()], head=top))
    days = [row["decision_date"] for row in result.records["communes"]]
    assert str(days[0]) == "2019-07-12" and len(met_of(result)[3]) == 19


def test_the_first_word_of_a_heading_in_two_rows_may_be_source():
    head = ["TT", "Nội dung", "vốn", "Tính chất", "Năm kế hoạch", "hoạch vốn", "Giải ngân", "Tỷ lệ"]
    above = [None, None, "Nguồn", None, None, "Kế"]
    assert len(allocated(read(money(MONEY, head=above, after=())))) == 0
    page = money([head, *MONEY], head=above)
    assert allocated(read(page)) == [row[5] * 10**6 for row in MONEY]


@pytest.mark.parametrize(
    ("words", "when"),
    [
        ("bien dong ho ngheo trong nam 2019 so ho thoat ngheo", "now"),
        ("bien dong so voi nam truoc", "other"),
        ("bien dong", "other"),
    ],
)
def test_a_movement_is_of_this_year_and_a_difference_is_not(words, when):
    assert stock_time(words, 2019).when == when


def test_the_money_of_the_year_before_is_not_what_was_carried_over_from_it():
    assert money_time("nam truoc ke hoach von", "allocated_vnd", 2019) == "other"
    assert money_time("von nam truoc chuyen sang", "allocated_vnd", 2019) == "now"


# --- tables that go on, or begin again ------------------------------------------------------------

NEAR = ["TT", "Đơn vị", "Tổng số hộ", "Hộ cận nghèo đầu năm", "Thoát cận nghèo", "Tái cận nghèo",
        "Phát sinh cận nghèo", "Hộ cận nghèo cuối năm"]  # fmt: skip


def test_a_second_table_of_the_same_communes_is_no_continuation_of_the_first():
    poor = ["TT", "Đơn vị", "Tổng số hộ", "Hộ nghèo đầu năm", "Thoát nghèo", "Tái nghèo",
            "Phát sinh nghèo", "Hộ nghèo cuối năm"]  # fmt: skip
    near = [[*row[:3], 30, 5, 0, 3, 28] for row in GOOD]
    page = poverty([row[:8] for row in GOOD], head=poor, after=[[None], NEAR, *near])
    one = values(read(page))["31108"]
    assert (one["poor_end_hh"], one["near_poor_end_hh"]) == (42, 28)


def test_a_column_that_one_part_lacks_is_an_error_for_its_communes():
    rest = [[*row[:3], *row[4:]] for row in GOOD[2:]]
    head = [one for one in POVERTY_HEAD if one != "Hộ nghèo đầu năm"]
    result = read(poverty(GOOD[:2]), poverty(rest, head=head, name="tiep"))
    table = values(result)
    assert table["31108"]["poor_start_hh"] == 50 and table["31115"]["poor_start_hh"] is None
    assert grave(result, "column_missing") == ["A4"]
    parts = poverty([row[:8] for row in GOOD], head=POVERTY_HEAD[:8])
    whole = sheet([["HỘ CẬN NGHÈO NĂM 2019"], [*POVERTY_HEAD[:2], *POVERTY_HEAD[9:]],
                   *([*row[:2], *row[9:]] for row in GOOD)], name="tiep")  # fmt: skip
    assert not grave(read(parts, whole), "column_missing")


# --- rows -----------------------------------------------------------------------------------------

AN_MINH = [
    [1, "Xã Vân Khánh", 1000, 50, 10, 0, 2, 42, 4.2, 30, 28],
    [2, "Xã Vân Khánh", 2000, 80, 20, 1, 4, 65, 3.25, 60, 55],
    [None, "Tây"],
    [3, "Xã Đông Hòa", 500, 20, 5, 0, 0, 15, 3.0, 10, 12],
]


def test_a_name_broken_over_rows_may_begin_with_another_commune():
    page = poverty(AN_MINH)
    page.cells[0].value = "UBND HUYỆN AN MINH"
    result = read(page)
    assert at(result, "place_broken") == ["B6"] and not at(result, "place_twice")
    assert sorted(one["households_hh"] for one in values(result).values()) == [500, 1000, 2000]
    again = poverty([row for row in AN_MINH if row[0]])
    again.cells[0].value = "UBND HUYỆN AN MINH"
    assert len(at(read(again), "place_twice")) == 2


@pytest.mark.parametrize(
    ("label", "sense"),
    [("Tiểu cộng", "total"), ("Còn lại chưa đạt", "count"), ("Đạt tỷ lệ", "rate"),
     ("Cùng kỳ năm 2018", "rate"), ("So với năm trước", "rate"), ("Năm 2018", "aside")],
)  # fmt: skip
def test_more_words_for_rows_that_sum_up(label, sense):
    assert sense_of_row(label) == sense


@pytest.mark.parametrize(("mark", "read_as"), [('"', True), ("-nt-", True), ("?", False)])
def test_a_ditto_mark_stands_for_the_word_above(mark, read_as):
    rows = [list(row) for row in MONEY]
    rows[1][2] = mark
    result = read(money(rows))
    assert len(allocated(result)) == (5 if read_as else 4)
    assert grave(result, "word_unknown") == ([] if read_as else ["C7"])
    assert roles(result)["C7"] == ("label" if read_as else "quarantined")
    rows[0][2] = mark
    assert "C6" in grave(read(money(rows)), "word_unknown"), "nothing stands above"


# --- files, years, what is hidden -----------------------------------------------------------------


def test_lines_that_lack_blank_fields_have_the_same_separator():
    ragged = "TT;Xã;Hộ;%;\n1;Hòn Tre;1.000;4,2\n2;Lại Sơn;2.000;3,25;;\n3;An Sơn;500;3,0;;;\n"
    assert sniff_delimiter(ragged) == ";"
    assert sniff_delimiter("TT,Xã,Hộ\n1,Hòn Tre; Bãi Nhà,1000\n2,Lại Sơn,2000\n") == ","


@pytest.mark.parametrize(
    ("title", "day", "rule"),
    [
        (2018, "24 tháng 12 năm 2018", "year_not_reported"),
        (2018, "15 tháng 01 năm 2019", "year_not_reported"),
        (2018, "24 tháng 12 năm 2019", "year_differs"),
        (2020, "15 tháng 01 năm 2020", "year_differs"),
        (2019, "15 tháng 01 năm 2020", None),
    ],
)
def test_title_and_day_of_another_year_refuse_a_sheet(title, day, rule):
    signed = [[None], [None] * 6 + [f"Kiên Hải, ngày {day}"], [None] * 6 + ["NGƯỜI LẬP BIỂU"]]
    page = poverty(GOOD, after=signed)
    page.cells[1].value = page.cells[1].value.replace("2019", str(title))
    result = read(page)
    assert [one.rule for one in result.findings if one.rule.startswith("year_")] == (
        [rule] if rule else []
    )
    assert bool(values(result)) == (rule != "year_not_reported")


@pytest.mark.parametrize(("column", "severity"), [(4, "error"), (12, "warning")])
def test_a_hidden_column_of_the_form_is_an_error(column, severity):
    page = poverty([[*row, 7] for row in GOOD], head=[*POVERTY_HEAD, "Số ấp"])
    page.hidden_columns = {column}
    (found,) = [one for one in read(page).findings if one.rule == "column_hidden"]
    assert found.grave == severity


def test_hidden_columns_are_one_finding_that_names_them():
    page = poverty([[*row, 7] for row in GOOD], head=[*POVERTY_HEAD, "Số ấp"])
    page.hidden_columns = {4, 6, 7, 12}
    held = [one for one in read(page).findings if one.rule == "column_hidden"]
    assert [(one.grave, one.cell) for one in held] == [("error", "D1"), ("warning", "L1")]
    assert f"hides columns D, F, G; {3 * (len(GOOD) + 1)} cells there were not read" in message(
        held[0], "en"
    )
    assert "đang ẩn cột L; " in message(held[1], "vi")


def test_the_pages_of_these_tests_are_sound():
    assert not [one for one in read(poverty(body(*(row[2:] for row in GOOD)))).findings
                if one.grave == "error"]  # fmt: skip


# --- numbers that contradict one another ----------------------------------------------------------


def test_the_day_over_a_column_beside_the_forms_is_not_that_of_the_table():
    head = [*POVERTY_HEAD[:7], "Hộ nghèo đến 30/6/2019", *POVERTY_HEAD[7:]]
    rows = [[*row[:7], 40, *row[7:]] for row in GOOD]
    result = read(poverty(rows, head=head))
    assert not grave(result, "span_not_year")
    assert [row["poor_end_hh"] for row in result.records["poverty"]] == [row[7] for row in GOOD]
    # Over a column of the form it is: what stands there is of half a year.
    head = [*POVERTY_HEAD[:7], "Hộ nghèo đến 30/6/2019", *POVERTY_HEAD[8:]]
    assert not read(poverty(GOOD, head=head)).records.get("poverty", [{}])[0].get("poor_end_hh")


@pytest.mark.parametrize("words", ["Số", "Số quyết"])
def test_numbers_of_decisions_name_their_column(words):
    head = [words if one == "Số quyết định" else one for one in MARKS_HEAD]
    found = read(attainment(marks(), head=head)).records["communes"]
    assert [row["decision_no"] for row in found].count("15/QĐ-UBND") == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Thoát nghèo", "Phát sinh nghèo"), ("Hộ nghèo đầu năm", "Hộ nghèo cuối năm")],
)
def test_two_columns_typed_under_each_others_heading_are_refused(one, other):
    head = list(POVERTY_HEAD)
    first, second = head.index(one), head.index(other)
    head[first], head[second] = other, one
    result = read(poverty(GOOD, head=head))
    cells = [f"{'ABCDEFGHIJK'[place]}4" for place in (first, second)]
    assert grave(result, "column_contradicted") == cells
    assert values(result)["31108"]["households_hh"] == 1000
    assert not [one for one in result.findings if one.rule == "poor_flow_differs"]


@pytest.mark.parametrize("shifted", [True, False])
def test_a_row_that_breaks_most_of_its_rules_is_refused_as_one(shifted):
    made = make("poverty", Way(), random.Random(4), district="912")
    cells = {(cell.row, cell.column): cell for cell in made.book.sheets[0].cells}
    row, last = made.rows["31111"], max(made.columns.values())
    if shifted:  # the last number is lost: no cell holds it any more
        for column in range(last, 3, -1):
            cells[row, column].value = cells[row, column - 1].value
        cells[row, 3].value = 0
    else:
        cells[row, made.columns["poor_end_hh"]].value += 700
    result = read_book(made.book, 2019)
    held = [value for name, value in values(result)["31111"].items() if name.endswith("_hh")]
    assert len(grave(result, "row_contradicted")) == shifted
    assert held.count(None) == (len(held) if shifted else 1)


def test_an_amount_with_its_comma_one_place_off_is_found_by_its_total():
    rows = [list(row) for row in MONEY]
    whole = [None, "Tổng cộng", None, None, None, sum(row[5] for row in rows)]
    rows[2][5:8] = [540.0, None, None]
    assert grave(read(money([*rows, whole])), "value_contradicted") == ["F8"]
    rows[2][5] = 541.5
    assert not grave(read(money([*rows, whole])), "value_contradicted")


@pytest.mark.parametrize("word", ["không phát sinh", "xem biểu 4"])
def test_a_column_of_the_form_that_holds_words_is_an_error_and_not_left_aside(word):
    at = POVERTY_HEAD.index("Tái nghèo")
    rows = [[*row[:at], word, *row[at + 1 :]] for row in GOOD]
    assert grave(read(poverty(rows)), "column_unfit") == ["F4"]
    # A column that is none of the form's may hold words.
    more = poverty([[*row, word] for row in GOOD], head=[*POVERTY_HEAD, "Nhận xét"])
    assert not [one for one in read(more).findings if one.grave == "error"]
    counts = [[*row[:21], f"{row[21]}/20", *row[22:]] for row in marks()]
    assert grave(read(attainment(counts)), "column_unfit") == ["V4"]


@pytest.mark.parametrize("times", [1, 100])
def test_rates_a_hundred_times_too_high_are_not_put_aside_with_a_note(times):
    at = POVERTY_HEAD.index("Tỷ lệ hộ nghèo cuối năm")
    group = [None, None, None, None, None, None, None, "Hộ nghèo năm 2019", None, None, None]
    head = [*POVERTY_HEAD]
    head[at - 1 : at + 1] = ["Số hộ", "Tỷ lệ"]
    rows = [[*row[:at], row[at] * times, *row[at + 1 :]] for row in GOOD]
    merged = [(4, 8, 4, 9)]
    result = read(poverty(rows, head=head, before=[group], merged=merged))
    assert grave(result, "column_unfit") == (["I5"] if times > 1 else [])


def test_so_many_of_all_criteria_is_their_number():
    counts = [[*row[:21], f"{row[21]}/19", *row[22:]] for row in marks()]
    result = read(attainment(counts))
    assert [row["criteria_met"] for row in result.records["communes"]] == list(MET)
    assert not [one for one in result.findings if one.grave == "error"]


# --- words that deny ------------------------------------------------------------------------------

DENYING = [
    ("poverty", "Số hộ chưa thoát nghèo"), ("poverty", "Số hộ không tái nghèo"),
    ("poverty", "Hộ không phải DTTS"), ("attainment", "Số tiêu chí chưa đạt"),
    ("attainment", "Số tiêu chí còn thiếu"), ("attainment", "Chưa có quyết định"),
    ("funding", "Vốn không giải ngân được"), ("funding", "Kế hoạch vốn chưa giao"),
]  # fmt: skip
AFFIRMING = [
    ("poverty", "Số hộ thoát nghèo", "poor_escaped_hh"),
    ("poverty", "Hộ nghèo thiếu hụt tiếp cận dịch vụ xã hội cơ bản", "poor_deprivation_hh"),
    ("attainment", "Số tiêu chí đạt", "criteria_met"),
    ("funding", "Kế hoạch vốn (không bao gồm vốn vay)", "allocated_vnd"),
    ("funding", "Nguyên nhân chưa giải ngân hết", "cause"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "words"), DENYING)
def test_a_heading_that_denies_is_not_read_as_what_it_denies(form, words):
    assert heading_meanings(form, (words,), words, 2019) == ()


@pytest.mark.parametrize(("form", "words", "name"), AFFIRMING)
def test_a_heading_that_denies_something_else_is_read(form, words, name):
    assert heading_meanings(form, (words,), words, 2019)[0].name == name


@pytest.mark.parametrize("words", ["Số tiêu chí đạt năm trước", "Số tiêu chí đạt đầu năm"])
def test_criteria_met_in_the_year_before_are_not_this_years(words):
    assert {one.when for one in heading_meanings("attainment", (words,), words, 2019)} == {"other"}


def test_a_count_that_no_row_agrees_with_is_refused_as_one_and_the_marks_stay():
    rows = [[19 - value if value.__class__ is int and at > 2 else value
             for at, value in enumerate(row)] for row in marks()]  # fmt: skip
    result = read(attainment(rows))
    assert len(grave(result, "column_contradicted")) == 1
    assert met_of(result) == met_of(read(attainment(marks())))


def test_a_mark_that_the_legend_gives_another_meaning_is_not_read_as_usual():
    def of(legend):
        return read(attainment(marks(), after=[[legend]]))

    assert met_of(of("Ghi chú: Đ: đạt; CĐ: chưa đạt"))[0] == [True] * 19
    refused = of("Ghi chú: Đ: đang thực hiện; CĐ: chưa đạt")
    assert grave(refused, "mark_open") and True not in met_of(refused)[0]
    assert met_of(of("Ghi chú: Đ: đạt theo bộ tiêu chí; TC: tiêu chí"))[0] == [True] * 19


@pytest.mark.parametrize("first", [True, False])
def test_the_marks_of_another_year_beside_these_are_left_aside(first):
    other = ["CĐ"] * 19
    own = [str(number) for number in range(1, 20)]
    rows = [
        [*row[:2], *((other, row[2:21]) if first else (row[2:21], other)), *row[21:]]
        for row in marks()
    ]
    rows = [[*row[:2], *row[2], *row[3], *row[4:]] for row in rows]
    years = ("Năm 2018", "Năm 2019") if first else ("Năm 2019", "Kế hoạch năm 2020")
    groups = [*MARKS_HEAD[:2], years[0], *[None] * 18, years[1], *[None] * 18, *MARKS_HEAD[21:]]
    head = [None, None, *own, *own, *[None] * 5]
    page = attainment(rows, head=head, before=[groups])
    page.merged = [(4, 3, 4, 21), (4, 22, 4, 40)]
    assert met_of(read(page)) == met_of(read(attainment(marks())))
