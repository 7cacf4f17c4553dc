"""Rows to typed values: read right, decided with a trace, or refused with the cell."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.returns.building import KIEN_HAI, POVERTY_HEAD, body, book, poverty, sheet

from kgstats.returns.book import read_book, read_return
from kgstats.returns.cells import Cell, ErrorValue
from kgstats.returns.rules import RULES, advice, message


def read(*sheets, file="Kien Hai 2019.xlsx", year=2019, **more):
    return read_book(book(*sheets, file=file), year, **more)


def rules(result, *but):
    # The pages here have the columns their test is about; what they lack is a note.
    found = {one.rule for one in result.findings if (one.rule, one.severity) != LACKING}
    return sorted(found - set(but))


def at(result, rule):
    return [one.cell for one in result.findings if one.rule == rule]


def roles(result):
    return dict(zip(result.ledger.cell, result.ledger.role, strict=True))


def values(result, table="poverty"):
    return {record["commune_code"]: record for record in result.records.get(table, [])}


GOOD = body(
    (1000, 50, 10, 0, 2, 42, 4.2, 30, 28),
    (2000, 80, 20, 1, 4, 65, 3.25, 60, 55),
    (500, 20, 5, 0, 0, 15, 3.0, 10, 12),
    (800, 40, 8, 2, 2, 36, 4.5, 20, 18),
)
QUIET = ("form_missing", "column_missing")
LACKING = ("column_missing", "note")


def changed(row, column, value):
    rows = [list(one) for one in GOOD]
    rows[row][POVERTY_HEAD.index(column)] = value
    return poverty(rows)


def test_a_tidy_page_is_read_without_a_finding():
    result = read(poverty(GOOD))
    assert result.district == "912"
    assert rules(result) == []
    table = values(result)
    assert table["31108"]["households_hh"] == 1000
    assert table["31108"]["poor_end_pct"] == 4.2
    assert table["31115"]["near_poor_end_hh"] == 18
    assert table["31108"]["ethnic_households_hh"] is None  # no such column on the page
    held = roles(result)
    assert held["A1"] == "title" and held["C4"] == "header" and held["B5"] == "label"
    assert held["C5"] == "value"
    assert len(result.ledger) == result.received


@pytest.mark.parametrize(
    ("written", "read_as", "rule"),
    [
        ("1.000", 1000, "number_decided"),
        ("1000", 1000, None),
        ("1 000", 1000, None),
        ("01000", 1000, None),
        (1000.0, 1000, None),
        ("1000 (1)", 1000, "number_marked"),
        ("khoảng 1000", 1000, "number_hedged"),
        ("1000 hộ", 1000, "number_mended"),
        ("900-1000", None, "number_range"),
        ("một nghìn", None, "number_unreadable"),
        ("40%", None, "number_unreadable"),
        ("=1000+1", None, "number_unreadable"),
        (1000.5, None, "number_not_whole"),
        (-1000, None, "number_negative"),
        (10**7, None, "number_out_of_range"),
        (dt.date(2019, 5, 2), None, "number_is_date"),
        (ErrorValue("#REF!"), None, "cell_error"),
        (True, None, "number_unreadable"),
        ("…", None, None),
        ("-", None, "dash_contradicted"),  # some of no households are poor
        (None, None, None),
    ],
)
def test_one_cell_of_a_count(written, read_as, rule):
    result = read(changed(0, "Tổng số hộ", written))
    assert values(result)["31108"]["households_hh"] == read_as
    found = [one.rule for one in result.findings if one.cell == "C5"]
    if rule is None:
        assert found == []
    else:
        assert rule in found
    if read_as is None and rule is not None:
        assert roles(result)["C5"] == "quarantined"
        assert RULES[rule].severity == "error"
    # A bad cell never costs its neighbours.
    assert values(result)["31108"]["poor_end_hh"] == 42
    assert len(values(result)) == 4
    assert len(result.ledger) == result.received


def test_text_like_a_formula_in_a_column_of_numbers_is_found_once():
    result = read(changed(0, "Tổng số hộ", "=cmd|'/C calc'!A0"))
    assert rules(result) == ["number_unreadable"]


def test_a_dash_is_zero_where_the_form_says_so():
    result = read(changed(0, "Tái nghèo", "-"))
    assert values(result)["31108"]["poor_fell_back_hh"] == 0
    assert roles(result)["F5"] == "blank_mark"


def test_blank_dash_and_zero_stay_apart():
    result = read(
        changed(0, "Hộ cận nghèo cuối năm", None),
    )
    assert values(result)["31108"]["near_poor_end_hh"] is None
    assert values(read(changed(0, "Hộ cận nghèo cuối năm", 0)))["31108"]["near_poor_end_hh"] == 0


@pytest.mark.parametrize(
    ("written", "number_format", "read_as", "rule"),
    [
        (0.042, "0.0%", 4.2, None),
        ("4,2 %", None, 4.2, None),
        ("4.2", None, 4.2, None),
        (0.042, None, 4.2, "rate_scale"),
        (0.042, "0.00", 4.2, "rate_scale"),
        (42, None, 42.0, "rate_differs"),
        (4.21, None, 4.21, None),  # within rounding
        (420, None, None, "number_out_of_range"),
    ],
)
def test_rates(written, number_format, read_as, rule):
    page = changed(0, "Tỷ lệ hộ nghèo cuối năm", written)
    for cell in page.cells:
        if (cell.row, cell.column) == (5, 9):
            cell.number_format = number_format
    result = read(page)
    assert values(result)["31108"]["poor_end_pct"] == read_as
    assert at(result, rule) == ["I5"] if rule else "I5" not in [f.cell for f in result.findings]


@pytest.mark.parametrize(
    ("counted", "in_per_cent", "refused"),
    [(0, 0, 4), (3, 0, 1), (3, 1, 1), (3, 3, 0)],
)
def test_a_rate_that_may_be_a_share_is_refused_where_no_count_decides(
    counted, in_per_cent, refused
):
    rows = [list(row) for row in GOOD]
    whole, rate = POVERTY_HEAD.index("Tổng số hộ"), POVERTY_HEAD.index("Tỷ lệ hộ nghèo cuối năm")
    for number, row in enumerate(rows):
        row[whole] = row[whole] if number < counted else "xem sau"
        row[rate] = row[rate] if number < in_per_cent else row[rate] / 100
    result = read(poverty(rows))
    told = [one.cell for one in result.findings if one.rule == "rate_scale_open"]
    assert told == [f"I{at}" for at in range(9 - refused, 9)]
    stated = [row["poor_end_pct"] for row in values(result).values()]
    assert stated[4 - refused :] == [None] * refused
    assert stated[:counted] == [row[rate] for row in GOOD[:counted]]


def test_an_ambiguous_number_is_decided_by_its_column():
    rows = [list(one) for one in GOOD]
    for row, text in zip(rows, ("1.234", "12,5", "3,75", "2"), strict=True):
        row[8] = text
    result = read(poverty(rows))
    rate = [one for one in result.findings if one.rule == "number_decided"]
    # 1.234 of a column that writes 12,5 is 1234: no rate, and refused as one.
    assert at(result, "number_out_of_range") == ["I5"]
    assert [one.cell for one in rate] == ["I5"]


def test_money_between_two_styles_is_decided_by_the_total_or_refused():
    head = ["TT", "Nội dung", "Nguồn vốn", "Tính chất", "Kế hoạch vốn", "Giải ngân"]

    def page(total):
        return sheet(
            [
                ["UBND HUYỆN KIÊN HẢI"],
                ["TÌNH HÌNH GIẢI NGÂN VỐN NĂM 2019 (Tính đến ngày 20/12/2019)"],
                ["ĐVT: triệu đồng"],
                head,
                [1, "Truyền thông về giảm nghèo", "NSTW", "SN", "1.234", 100],
                [2, "Giảm nghèo về thông tin", "NSTW", "SN", "2.500", 50],
                *([[None, "Tổng cộng", None, None, total, 150]] if total else []),
            ]
        )

    whole = read(page("3.734"))
    assert [r["allocated_vnd"] for r in whole.records["funding"]] == [None, None]
    assert at(whole, "number_ambiguous") == ["E5", "E6"]
    small = read(page(3.734))
    assert [r["allocated_vnd"] for r in small.records["funding"]] == [1_234_000, 2_500_000]
    assert at(small, "number_decided") == ["E5", "E6"]
    big = read(page(3734))
    assert [r["allocated_vnd"] for r in big.records["funding"]] == [1_234_000_000, 2_500_000_000]
    open_ = read(page(None))
    assert [r["allocated_vnd"] for r in open_.records["funding"]] == [None, None]
    assert [r["disbursed_vnd"] for r in open_.records["funding"]] == [100_000_000, 50_000_000]


# --- whose return, which year -------------------------------------------------------------------


def test_the_district_is_found_by_commune_names_alone():
    page = poverty(GOOD)
    page.cells = [cell for cell in page.cells if cell.row != 1]
    assert read(page, file="bieu mau sua.xlsx").district == "912"


def test_witnesses_that_disagree_are_reported():
    result = read(poverty(GOOD), file="An Minh 2019.xlsx")
    assert result.district == "912"
    (conflict,) = [one for one in result.findings if one.rule == "district_conflict"]
    assert "huyện An Minh" in message(conflict, "vi") and "tên tệp" in message(conflict, "vi")
    assert "file name huyện An Minh" in message(conflict, "en")


def test_a_page_nobody_signed_is_quarantined_whole():
    rows = [[1, "Ấp Một", *range(9)], [2, "Ấp Hai", *range(9)]]
    page = poverty(rows)
    page.cells = [cell for cell in page.cells if cell.row != 1]
    result = read(page, file="bieu.xlsx")
    assert result.district is None and result.records == {}
    assert "district_unknown" in rules(result)
    held = roles(result)
    assert {held["B5"], held["C5"], held["K6"]} == {"quarantined"}
    assert len(result.ledger) == result.received


def test_last_years_form_is_noticed():
    result = read(poverty(GOOD), year=2020)
    assert at(result, "year_differs") == ["A2"]
    assert values(result)["31108"]["year"] == 2020


# --- rows ---------------------------------------------------------------------------------------


def test_a_misspelt_name_is_read_with_a_note_and_an_unknown_one_is_refused():
    rows = [list(one) for one in GOOD]
    rows[1][1], rows[2][1] = "Xã Lai Sơnn", "Xã Đảo Xa"
    result = read(poverty(rows))
    assert at(result, "place_near") == ["B6"]
    assert at(result, "place_unknown") == ["B7"]
    assert set(values(result)) == {"31108", "31111", "31115"}
    held = roles(result)
    assert {held[f"{letter}7"] for letter in "BCDEFGHIJK"} == {"quarantined"}
    assert [one.args["place"] for one in result.findings if one.rule == "place_missing"] == [
        "xã An Sơn"
    ]


def test_a_commune_of_another_district_is_quarantined_whole():
    rows = [*GOOD, [5, "Xã Ngọc Thuận", 1, 1, 0, 0, 0, 1, 100, 0, 0]]
    result = read(poverty(rows))
    assert at(result, "place_elsewhere") == ["B9"]
    assert len(values(result)) == 4
    assert roles(result)["C9"] == "quarantined"


def test_a_commune_named_twice():
    again = [5, "Xã Hòn Tre", *GOOD[0][2:]]
    same = read(poverty([*GOOD, again]))
    assert at(same, "place_repeated") == ["B9"] and len(values(same)) == 4
    assert roles(same)["C9"] == "ignored"
    other = read(poverty([*GOOD, [5, "Xã Hòn Tre", 999, *GOOD[0][3:]]]))
    assert at(other, "place_twice") == ["B5", "B9"]
    assert set(values(other)) == {"31111", "31114", "31115"}
    assert roles(other)["C5"] == roles(other)["C9"] == "quarantined"
    assert len(other.ledger) == other.received


def test_two_tables_of_one_form_complete_each_other():
    first = poverty([row[:9] for row in GOOD], head=POVERTY_HEAD[:9], name="ngheo")
    rest = [[*row[:2], row[2], *row[9:]] for row in GOOD]
    second = poverty(rest, head=[*POVERTY_HEAD[:3], *POVERTY_HEAD[9:]], name="can ngheo")
    result = read(first, second)
    assert values(result)["31108"]["poor_end_hh"] == 42
    assert values(result)["31108"]["near_poor_end_hh"] == 28
    rest[0][2] = 999
    second = poverty(rest, head=[*POVERTY_HEAD[:3], *POVERTY_HEAD[9:]], name="can ngheo")
    result = read(first, second)
    assert values(result)["31108"]["households_hh"] is None
    assert [one.rule for one in result.findings if one.rule == "value_twice"] == ["value_twice"]
    assert values(result)["31108"]["near_poor_end_hh"] == 28


def test_homonyms_are_decided_by_the_section_they_stand_in():
    names = ["Vĩnh Bình Bắc", "Vĩnh Bình Nam", "Bình Minh", "Tân Thuận", "Phong Đông", "Vĩnh Phong"]
    rows = [
        ["I", "Khu vực thành thị"],
        [1, "Vĩnh Thuận", 100, 5],
        ["II", "Khu vực nông thôn"],
        [2, "Vĩnh Thuận", 200, 7],
        *[[at, name, 300, 8] for at, name in enumerate(names, 3)],
    ]
    head = ["TT", "Đơn vị", "Tổng số hộ", "Hộ nghèo cuối năm", "Hộ nghèo đầu năm"]
    page = sheet(
        [
            ["UBND HUYỆN VĨNH THUẬN"],
            ["TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2019"],
            head,
            *rows,
        ]
    )
    result = read(page, file="Vinh Thuan.xlsx")
    assert values(result)["31051"]["households_hh"] == 100
    assert values(result)["31069"]["households_hh"] == 200
    assert [one.rule for one in result.findings if one.rule.startswith("place")] == []


def vinh_thuan(*rows):
    head = ["TT", "Đơn vị", "Tổng số hộ", "Hộ nghèo cuối năm", "Hộ nghèo đầu năm"]
    return sheet(
        [
            ["UBND HUYỆN VĨNH THUẬN"],
            ["TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2019"],
            head,
            *[[at, *row] for at, row in enumerate(rows, 1)],
        ]
    )


def test_of_two_homonyms_the_one_that_says_its_type_settles_the_other():
    result = read(vinh_thuan(["TT Vĩnh Thuận", 100, 5, 6], ["Vĩnh Thuận", 200, 7, 8]))
    assert values(result)["31051"]["households_hh"] == 100
    assert values(result)["31069"]["households_hh"] == 200
    assert at(result, "place_other") == ["B5"]
    neither = read(vinh_thuan(["Vĩnh Thuận", 100, 5, 6], ["Vĩnh Thuận", 200, 7, 8]))
    assert values(neither) == {} and at(neither, "place_ambiguous") == ["B4", "B5"]


def test_a_slip_in_a_name_is_no_word_of_an_old_font():
    rows = [[1, "Vân Khánh Tâi", 100, 5, 6], [2, "Vân Khánh Đông", 200, 7, 8]]
    page = vinh_thuan(*[row[1:] for row in rows])
    page.cells[0].value = "UBND HUYỆN AN MINH"
    result = read(page, file="An Minh.xlsx")
    assert values(result)["31048"]["households_hh"] == 100
    assert at(result, "place_near") == ["B4"]


def test_totals_are_checked_and_the_wrong_one_is_named():
    total = [None, "Tổng cộng", 4300, 190, 43, 3, 8, 158, None, 120, 113]
    assert rules(read(poverty([*GOOD, total]))) == []
    total[3] = 191
    result = read(poverty([*GOOD, total]))
    assert at(result, "total_differs") == ["D9"]
    (found,) = [one for one in result.findings if one.rule == "total_differs"]
    assert found.args["stated"] == 191 and found.args["counted"] == 190


@pytest.mark.parametrize(
    ("column", "value", "rule", "cell"),
    [
        ("Hộ nghèo cuối năm", 43, "poor_flow_differs", "H5"),
        ("Hộ nghèo cuối năm", 4200, "value_contradicted", "H5"),
    ],
)
def test_identities_of_a_row(column, value, rule, cell):
    result = read(changed(0, column, value))
    assert cell in at(result, rule)
    kept = value if rule == "poor_flow_differs" else None  # doubtful, or contradicted on all sides
    assert values(result)["31108"]["poor_end_hh"] == kept


def test_start_of_the_year_is_compared_with_the_year_before():
    before = {"31108": {"poor_end_hh": 51, "near_poor_end_hh": 30}}
    result = read(poverty(GOOD), previous=before)
    assert at(result, "start_differs") == ["D5"]


def test_extra_and_reordered_columns():
    head = ["TT", "Hộ nghèo cuối năm", "Ghi chú thêm", "Đơn vị", "Tổng số hộ", "Hộ nghèo đầu năm"]
    rows = [
        [at, 10 + at, "x", f"Xã {name}", 1000 + at, 9 + at] for at, name in enumerate(KIEN_HAI, 1)
    ]
    result = read(poverty(rows, head=head))
    assert values(result)["31108"]["poor_end_hh"] == 11
    assert values(result)["31108"]["households_hh"] == 1001
    assert [one.raw for one in result.findings if one.rule == "column_extra"] == ["Ghi chú thêm"]
    assert roles(result)["C5"] == "ignored"


# --- what is hidden, stray or elsewhere ---------------------------------------------------------


def test_hidden_rows_columns_and_sheets_are_reported_and_not_read():
    page = poverty(GOOD)
    page.hidden_rows = {6}
    page.hidden_columns = {11}
    last = poverty(GOOD, name="nam 2018")
    last.state = "very_hidden"
    result = read(page, last)
    assert set(values(result)) == {"31108", "31114", "31115"}
    assert values(result)["31108"]["near_poor_end_hh"] is None
    assert {one.rule for one in result.findings} >= {"row_hidden", "column_hidden", "sheet_hidden"}
    held = [
        role
        for role, name, cell in zip(
            result.ledger.role, result.ledger.sheet, result.ledger.cell, strict=True
        )
        if name == "nam 2018" or cell in ("C6", "K5")
    ]
    assert set(held) == {"ignored"}
    assert len(result.ledger) == result.received


def test_a_form_that_only_a_hidden_sheet_holds_is_lacking():
    shown, text = sheet([["Trang bìa"]], name="Bìa"), sheet([["Ghi chép"]], name="nháp")
    concealed, last = poverty(GOOD, name="Bieu 3"), poverty(GOOD, name="nam 2018")
    for one in last.cells:
        one.value = str(one.value).replace("2019", "2018") if one.row < 4 else one.value
    for one in (concealed, last, text):
        one.state = "hidden"
    found = [(one.rule, one.sheet, one.grave) for one in read(shown, concealed, last, text).findings
             if one.rule.endswith("hidden")]  # fmt: skip
    assert sorted(found) == [
        ("form_hidden", "Bieu 3", "error"),
        ("sheet_hidden", "nam 2018", "warning"),
        ("sheet_hidden", "nháp", "warning"),
    ]
    assert "form_hidden" not in rules(read(poverty(GOOD), concealed))


def test_a_total_may_count_hidden_rows():
    total = [None, "Tổng cộng", 4300, 190, 43, 3, 8, 158, None, 120, 113]
    page = poverty([*GOOD, total])
    page.hidden_rows = {6}
    assert at(read(page), "total_differs") == []
    total[2] = 4301
    page = poverty([*GOOD, total])
    page.hidden_rows = {6}
    assert at(read(page), "total_differs") == ["C9"]


def test_last_years_sheet_beside_this_years_is_left_aside():
    old = poverty(body(*[(900, 60, 10, 0, 0, 50, 5.56, 30, 28)] * 4), name="2018")
    old.cells[1].value = "TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2018"
    for pages in ((poverty(GOOD), old), (old, poverty(GOOD))):
        result = read(*pages)
        assert values(result)["31108"]["households_hh"] == 1000
        assert rules(result) == ["form_other_year"]
        assert len(result.ledger) == result.received
    alone = read(old)
    assert values(alone)["31108"]["households_hh"] == 900 and rules(alone) == ["year_differs"]


def test_a_form_in_parts_lacks_only_what_no_part_has():
    names = [[at, f"Xã {name}"] for at, name in enumerate(KIEN_HAI, 1)]

    def part(first, last, *more):
        head = ["TT", "Tên xã", *[f"TC{number}" for number in range(first, last + 1)], *more]
        rows = [[*name, *["Đ"] * (last - first + 1), *[19] * len(more)] for name in names]
        title = [["UBND HUYỆN KIÊN HẢI"], ["BỘ TIÊU CHÍ QUỐC GIA VỀ XÃ NÔNG THÔN MỚI NĂM 2019"]]
        return sheet([*title, head, *rows], name=f"{first}-{last}")

    result = read(part(1, 10), part(12, 19, "Tổng số tiêu chí đạt"))
    missing = [one.raw for one in result.findings if one.rule == "column_missing"]
    assert missing == ["level", "decision_no", "decision_date", "met 11"]
    result = read(poverty(GOOD))
    noted = {one.raw for one in result.findings if one.rule == "column_missing"}
    assert "ethnic_households_hh" in noted and "poor_end_hh" not in noted


def test_a_hidden_column_is_not_missing_as_well():
    page = poverty(GOOD)
    page.hidden_columns = {11}
    missing = [one.raw for one in read(page).findings if one.rule == "column_missing"]
    assert "near_poor_end_hh" not in missing and "near_poor_end_pct" in missing


@pytest.mark.parametrize(
    "label", ["Huyện Kiên Hải", "KIÊN HẢI", "Cộng toàn huyện", "Tổng huyện Kiên Hải", "Toàn huyện"]
)
def test_a_row_about_the_whole_district_is_a_total(label):
    total = [None, label, 4300, 190, 43, 3, 8, 158, None, 120, 114]
    for rows, cell in (([*GOOD, total], "K9"), ([total, *GOOD], "K5")):
        result = read(poverty(rows))
        assert rules(result) == ["total_differs"] and at(result, "total_differs") == [cell]
        assert len(values(result)) == 4
    sums = [None, label, None, None, None, 1000, 500]
    assert rules(read(money([NTM, sums]))) == []


def test_a_town_named_as_its_district_is_no_total():
    result = read(vinh_thuan(["Thị trấn Vĩnh Thuận", 100, 5, 6], ["Huyện Vĩnh Thuận", 100, 5, 6]))
    assert set(values(result)) == {"31051"} and roles(result)["C5"] == "total"


def test_sections_without_a_numeral():
    rows = [[None, "KHU VỰC THÀNH THỊ"], *GOOD[:1], [None, "Nông thôn", 3300], *GOOD[1:]]
    result = read(poverty(rows))
    assert rules(result) == [] and len(values(result)) == 4
    assert (roles(result)["B5"], roles(result)["C7"]) == ("section", "total")


@pytest.mark.parametrize(
    "row", [["x", 1], [None, "Tổng cộng", 5, 5, 5], ["I", "Khu vực khác", 5], [1, "Hòn Tre", 7]]
)
def test_cost_grows_with_the_rows_and_not_with_their_square(row):
    import time

    def seconds(count):
        page = poverty([*GOOD, *[row] * count])
        start = time.process_time()
        result = read(page)
        assert len(result.ledger) == result.received
        return time.process_time() - start

    seconds(100)  # what is remembered from now on
    few, many = seconds(400), seconds(20_000)
    # Fifty times the rows: what grows with the square would take 2500 times as long.
    assert many < 200 * max(few, 0.01)


def test_a_row_of_rates_is_no_commune():
    total = [None, "Tổng cộng", 4300, 190, 43, 3, 8, 158, None, 120, 113]
    rates = [None, "Tỷ lệ (%)", 100, 4.42, 1, 0.07, 0.19, 3.67, None, 2.79, 2.63]
    result = read(poverty([*GOOD, total, rates]))
    assert rules(result) == [] and len(values(result)) == 4
    assert roles(result)["D10"] == "total" and len(result.ledger) == result.received


def test_a_decision_with_its_day_in_one_cell():
    head = ["TT", "Tên xã", *[f"TC{number}" for number in range(1, 20)], "QĐ công nhận"]
    said = ["1510/QĐ-UBND ngày 12/07/2019", "99/QĐ-UBND (ngày 1.2.2019)", "7/QĐ-UBND", None]
    rows = [
        [at, f"Xã {name}", *["Đ"] * 19, decision]
        for at, (name, decision) in enumerate(zip(KIEN_HAI, said, strict=True), 1)
    ]
    title = [["UBND HUYỆN KIÊN HẢI"], ["BỘ TIÊU CHÍ QUỐC GIA VỀ XÃ NÔNG THÔN MỚI NĂM 2019"]]
    found = values(read(sheet([*title, head, *rows])), "communes")
    assert [(one["decision_no"], one["decision_date"]) for one in found.values()] == [
        ("1510/QĐ-UBND", dt.date(2019, 7, 12)),
        ("99/QĐ-UBND", dt.date(2019, 2, 1)),
        ("7/QĐ-UBND", None),
        (None, None),
    ]


def test_stray_sheets_and_working_tables_are_left_aside_with_a_note():
    stray = sheet([["cộng thử"], [1234.5], [2]], name="Sheet3")
    result = read(poverty(GOOD), stray)
    (found,) = [one for one in result.findings if one.rule == "sheet_not_a_form"]
    assert found.sheet == "Sheet3" and found.args["count"] == 3
    assert len(result.ledger) == result.received


def test_a_file_without_a_form_and_one_without_cells():
    assert "no_form" in rules(read(sheet([["xin chào"]])))
    assert rules(read(sheet([]))) == ["no_cells"]


def test_marks_levels_and_decisions():
    marks = ["Đ"] * 17
    head = ["TT", "Xã", *(f"TC{n}" for n in range(1, 20)), "Số tiêu chí đạt", "Mức đạt",
            "Số quyết định", "Ngày công nhận", "Ghi chú"]  # fmt: skip
    day = dt.date(2019, 5, 2)
    rows = [
        [1, "Xã Hòn Tre", *marks, "x", 1, 19, "Đạt chuẩn", "1007/QĐ-UBND", day, None],
        [2, "Lại Sơn", *marks, "đạt", "✓", 19, None, None, None, "Chờ quyết định"],
        [3, "An Sơn", *marks, "CĐ", None, 17, "Chưa đạt", None, None, "Đã công nhận"],
        [4, "Nam Du", *marks, "?", ErrorValue("#N/A"), "17/19", "đạt vừa", "-", "02/05/2019", "-"],
    ]
    page = sheet(
        [
            ["UBND HUYỆN KIÊN HẢI"],
            ["KẾT QUẢ THỰC HIỆN BỘ TIÊU CHÍ QUỐC GIA VỀ XÃ NÔNG THÔN MỚI NĂM 2019"],
            head,
            *rows,
        ]
    )
    result = read(page)
    communes = values(result, "communes")
    assert communes["31108"]["status"] == "recognised"
    assert communes["31108"]["decision_no"] == "1007/QĐ-UBND"
    assert communes["31108"]["decision_date"] == day
    assert communes["31111"]["status"] == "pending" and communes["31111"]["level"] is None
    assert communes["31114"]["status"] == "not_yet" and communes["31114"]["level"] == "none"
    assert communes["31115"]["criteria_met"] == 17 and communes["31115"]["level"] is None
    assert communes["31115"]["decision_no"] is None
    met = {(r["commune_code"], r["criterion"]): r["met"] for r in result.records["attainment"]}
    assert len(met) == 4 * 19
    assert met["31108", 18] is True and met["31108", 19] is True
    assert met["31114", 18] is False and met["31114", 19] is None
    assert met["31115", 18] is None and met["31115", 19] is None
    assert at(result, "mark_blank") == ["U6"]
    assert at(result, "mark_unreadable") == ["T7"]
    assert at(result, "cell_error") == ["U7"]
    assert at(result, "word_unknown") == ["W7"]
    assert at(result, "status_contradiction") == ["Z6"]
    assert at(result, "number_is_share") == ["V7"]
    assert len(result.ledger) == result.received


def test_a_town_in_form_01_is_refused():
    head = ["TT", "Xã", *(f"TC{n}" for n in range(1, 20)), "Số tiêu chí đạt"]
    rows = [[1, "TT. Thứ Ba", *["Đ"] * 19, 19], [2, "Tây Yên", *["Đ"] * 19, 19],
            [3, "Hưng Yên", *["Đ"] * 19, 19]]  # fmt: skip
    page = sheet([["UBND HUYỆN AN BIÊN"], ["BỘ TIÊU CHÍ NÔNG THÔN MỚI NĂM 2019"], head, *rows])
    result = read(page, file="An Bien.xlsx")
    assert at(result, "place_not_rural") == ["B4"]
    assert len(values(result, "communes")) == 2


# --- money --------------------------------------------------------------------------------------

HEAD_02 = [
    "TT", "Nội dung", "Nguồn vốn", "Tính chất", "Năm kế hoạch", "Kế hoạch vốn", "Giải ngân",
    "Tỷ lệ %", "Nguyên nhân", "Ghi chú",
]  # fmt: skip


def money(rows, unit="ĐVT: triệu đồng", head=HEAD_02, title=None):
    return sheet(
        [
            ["UBND HUYỆN KIÊN HẢI"],
            [title or "TÌNH HÌNH PHÂN BỔ, GIẢI NGÂN VỐN CÁC CHƯƠNG TRÌNH MTQG NĂM 2019"],
            ["(Tính đến ngày 20/12/2019)"],
            [unit],
            head,
            *rows,
        ]
    )


NTM = [1, "Xây dựng nông thôn mới", "NSTW", "ĐTPT", 2019, 1000, 500, 50.0, "Giao vốn chậm"]


def lines(result):
    return result.records["funding"]


@pytest.mark.parametrize(
    ("unit", "factor", "amount"),
    [
        ("ĐVT: triệu đồng", 10**6, 1000),
        ("Đơn vị tính: nghìn đồng", 10**3, 1_000_000),
        ("ĐVT: 1.000 đồng", 10**3, 1_000_000),
        ("Đơn vị: tỷ đồng", 10**9, 10),
        ("ĐVT: đồng", 1, 10**9),
    ],
)
def test_money_ends_as_whole_dong(unit, factor, amount):
    result = read(money([[*NTM[:5], amount, amount // 2, *NTM[7:]]], unit))
    (line,) = lines(result)
    assert line["allocated_vnd"] == amount * factor
    assert line["disbursed_vnd"] == amount // 2 * factor
    assert isinstance(line["allocated_vnd"], int)
    assert (line["programme"], line["component"]) == ("ntm", "ntm_general")
    assert (line["source"], line["kind"], line["plan_year"]) == ("central", "investment", 2019)
    assert line["cut_off"] == dt.date(2019, 12, 20)
    assert line["cause"] == "late_allocation" and line["note"] == "Giao vốn chậm"
    assert rules(result) == []


def test_a_unit_in_the_heading_or_the_cell_or_a_column():
    head = [*HEAD_02]
    head[5], head[6] = "Kế hoạch vốn (tỷ đồng)", "Giải ngân (triệu đồng)"
    (line,) = lines(read(money([NTM], "", head)))
    assert (line["allocated_vnd"], line["disbursed_vnd"]) == (10**12, 5 * 10**8)
    row = [*NTM]
    row[5] = "2 tỷ 500 triệu"
    result = read(money([row]))
    assert lines(result)[0]["allocated_vnd"] == 2_500_000_000
    assert at(result, "unit_in_cell") == ["F6"]
    (line,) = lines(read(money([[*NTM[:5], "nghìn đồng", *NTM[5:]]], "",
                               [*HEAD_02[:5], "ĐVT", *HEAD_02[5:]])))  # fmt: skip
    assert line["allocated_vnd"] == 1_000_000


def test_a_page_without_a_unit_is_not_guessed():
    result = read(money([NTM], "Biểu số 02"))
    assert lines(result)[0]["allocated_vnd"] is None
    assert at(result, "unit_missing") == ["F5", "G5"]
    assert roles(result)["F6"] == "quarantined"
    row = [*NTM]
    row[5], row[6] = 1_250_000_000, 625_000_000
    result = read(money([row], "Biểu số 02"))
    assert lines(result)[0]["allocated_vnd"] == 1_250_000_000
    assert at(result, "unit_guessed") == ["F5", "G5"]


def test_an_amount_in_another_unit_is_proved_by_the_total():
    rows = [
        NTM,
        [2, "Truyền thông về giảm nghèo", "NSTW", "Sự nghiệp", 2019, 200_000_000, 100, 50.0],
        [None, "Tổng cộng", None, None, None, 1200, 600],
    ]
    result = read(money(rows))
    assert at(result, "unit_in_doubt") == ["F7"]
    assert [line["allocated_vnd"] for line in lines(result)] == [10**9, None]


def test_labels_written_once_and_sections_above():
    rows = [
        ["I", "Chương trình MTQG xây dựng nông thôn mới", None, None, None, 3000, 1000],
        [*NTM[:5], 1000, 500, 50.0],
        [None, None, "Ngân sách tỉnh", "Sự nghiệp", 2019, 2000, 500, 25.0],
        ["II", "Chương trình giảm nghèo bền vững"],
        ["a", "Chương trình 135", None, None, None, 700, 70],
        [1, "Hỗ trợ đầu tư xây dựng cơ sở hạ tầng", "NSTW", "ĐTPT", 2019, 700, 70, 10.0],
        [None, "Các dự án khác"],
        [2, "Giảm nghèo về thông tin", "NSTW", "SN", 2018, 50, "-", None],
        [None, "Tổng cộng", None, None, None, 3750, 1070],
    ]
    result = read(money(rows))
    keys = [(r["component"], r["source"], r["kind"], r["plan_year"]) for r in lines(result)]
    assert keys == [
        ("ntm_general", "central", "investment", 2019),
        ("ntm_general", "province", "recurrent", 2019),
        ("gnbv_135_infrastructure", "central", "investment", 2019),
        ("gnbv_information", "central", "recurrent", 2018),
    ]
    assert lines(result)[3]["disbursed_vnd"] == 0
    assert rules(result) == []
    assert len(result.ledger) == result.received


def wide(label):
    head = ["TT", "Nội dung", "Kế hoạch vốn 2019", None, "Giải ngân", None]
    below = [None, None, "NSTW", "Ngân sách tỉnh", "NSTW", "Ngân sách tỉnh"]
    return sheet(
        [
            ["UBND HUYỆN KIÊN HẢI"],
            ["TÌNH HÌNH GIẢI NGÂN VỐN CHƯƠNG TRÌNH MTQG NĂM 2019"],
            ["ĐVT: triệu đồng"],
            head,
            below,
            [1, label, 100, 20, 50, 5],
        ],
        merged=[(4, 1, 5, 1), (4, 2, 5, 2), (4, 3, 4, 4), (4, 5, 4, 6)],
    )


def test_sources_as_headings():
    result = read(wide("Xây dựng nông thôn mới (vốn đầu tư)"))
    found = [
        (r["source"], r["kind"], r["plan_year"], r["allocated_vnd"], r["disbursed_vnd"])
        for r in lines(result)
    ]
    assert found == [
        ("central", "investment", 2019, 100_000_000, 50_000_000),
        ("province", "investment", 2019, 20_000_000, 5_000_000),
    ]
    assert len(result.ledger) == result.received


def test_a_kind_of_money_that_is_said_nowhere_is_not_guessed():
    result = read(wide("Xây dựng nông thôn mới"))
    assert "key_missing" in rules(result)
    held = roles(result)
    assert {held[cell] for cell in ("C6", "D6", "E6", "F6")} == {"quarantined"}


def test_sources_as_rows_below_their_component():
    head = ["TT", "Nội dung", "Tính chất", "Kế hoạch vốn năm 2019", "Giải ngân", "Tỷ lệ (%)"]
    rows = [
        ["I", "Chương trình nông thôn mới", None, 3000, 1000, 33.33],
        [1, "Xây dựng nông thôn mới", None, 3000, 1000, 33.33],
        [None, "- NSTW", "ĐTPT", 1000, 500, 50],
        [None, "- Ngân sách tỉnh", "SN", 2000, 500, 25],
        ["II", "Giảm nghèo bền vững", None, 70, 7, 10],
        [1, "Truyền thông về giảm nghèo", None, 70, 7, 10],
        [None, "- Ngân sách Trung ương", "Sự nghiệp", 70, 7, 10],
        [None, "Tổng cộng", None, 3070, 1007, 32.8],
    ]
    result = read(money(rows, head=head))
    keys = [(r["component"], r["source"], r["allocated_vnd"]) for r in lines(result)]
    assert keys == [
        ("ntm_general", "central", 1_000_000_000),
        ("ntm_general", "province", 2_000_000_000),
        ("gnbv_communication", "central", 70_000_000),
    ]
    assert rules(result) == []
    assert len(result.ledger) == result.received


def test_sources_and_kinds_under_three_rows_of_headings():
    page = sheet(
        [
            ["UBND HUYỆN KIÊN HẢI"],
            ["TÌNH HÌNH GIẢI NGÂN VỐN CHƯƠNG TRÌNH MTQG NĂM 2019"],
            ["ĐVT: triệu đồng"],
            ["STT", "Danh mục", "Kế hoạch vốn", None, None, "Giải ngân", None, None, "Tỷ lệ %"],
            [None, None, "Tổng số", "NSTW", None, "Tổng số", "NSTW", None, None],
            [None, None, None, "ĐTPT", "SN", None, "ĐTPT", "SN", None],
            ["A", "B", 1, 2, 3, 4, 5, 6, "7=4/1"],
            ["I", "Xây dựng nông thôn mới", 260, 200, 60, 130, 100, 30, 50],
            ["II", "Giảm nghèo bền vững"],
            [1, "Truyền thông về giảm nghèo", 10, None, 10, 5, None, 5, 50],
            [None, "Tổng cộng", 270, 200, 70, 135, 100, 35, 50],
        ],
        merged=[(4, 1, 6, 1), (4, 2, 6, 2), (4, 3, 4, 5), (5, 3, 6, 3), (5, 4, 5, 5),
                (4, 6, 4, 8), (5, 6, 6, 6), (5, 7, 5, 8), (4, 9, 6, 9)],
    )  # fmt: skip
    result = read(page)
    keys = [(r["component"], r["kind"], r["allocated_vnd"], r["disbursed_vnd"])
            for r in lines(result)]  # fmt: skip
    assert keys == [
        ("ntm_general", "investment", 200_000_000, 100_000_000),
        ("ntm_general", "recurrent", 60_000_000, 30_000_000),
        ("gnbv_communication", "recurrent", 10_000_000, 5_000_000),
    ]
    assert rules(result) == ["plan_year_assumed"]
    assert roles(result)["C8"] == "total" and len(result.ledger) == result.received


def test_what_a_money_row_lacks_is_named():
    rows = [
        [1, "Sửa trụ sở", "NSTW", "SN", 2019, 10, 5],
        [2, "Giảm nghèo về thông tin", "Quỹ lạ", "SN", 2019, 10, 5],
        [3, "Truyền thông về giảm nghèo", "NSTW", None, 2019, 10, 5],
        [4, "Nâng cao năng lực và giám sát, đánh giá Chương trình", "NSTW", "SN", 2019, 10, 5],
    ]
    result = read(money(rows))
    assert [line["component"] for line in lines(result)] == ["gnbv_capacity"]
    assert at(result, "component_unknown") == ["B6"]
    assert at(result, "word_unknown") == ["C7"]
    assert at(result, "key_missing") == ["F8"]
    assert len(result.ledger) == result.received


def test_the_year_of_a_row_comes_before_that_of_the_heading():
    head = [*HEAD_02[:5], "Kế hoạch vốn năm 2019", *HEAD_02[6:]]
    result = read(money([NTM, [2, *NTM[1:4], 2018, 70, 35, 50.0]], head=head))
    found = {line["plan_year"]: line["allocated_vnd"] for line in lines(result)}
    assert found == {2019: 10**9, 2018: 70_000_000}
    assert rules(result) == []


def test_other_projects_and_a_programme_of_one_component():
    rows = [
        [1, "Vốn CTMTQG nông thôn mới", *NTM[2:]],
        [None, "Các dự án khác", None, None, None, 30, 15],
        [1, "Truyền thông về giảm nghèo", "NSTW", "SN", 2019, 30, 15, 50.0],
    ]
    result = read(money(rows))
    assert [line["component"] for line in lines(result)] == ["ntm_general", "gnbv_communication"]
    assert rules(result) == [] and roles(result)["F7"] == "total"


def test_a_heading_without_words_ends_the_one_above():
    rows = [
        ["I", "Chương trình 30a"],
        [1, "Hỗ trợ đầu tư cơ sở hạ tầng", "NSTW", "ĐTPT", 2019, 10, 5, 50],
        ["II", None],
        [1, "Hỗ trợ đầu tư cơ sở hạ tầng", "NSTW", "ĐTPT", 2018, 20, 5, 25],
    ]
    result = read(money(rows))
    assert [line["component"] for line in lines(result)] == ["gnbv_30a_infrastructure"]
    assert at(result, "component_unknown") == ["B9"]


def test_a_cell_merged_down_says_it_for_every_row():
    row = [*NTM]
    row[0], row[2], row[4] = 2, None, None
    page = money([NTM, [*row[:3], "SN", *row[4:]], [3, *NTM[1:2], "NSĐP", *NTM[3:]]])
    page.merged = [(6, 3, 7, 3), (6, 5, 7, 5)]
    result = read(page)
    found = [(line["source"], line["kind"], line["plan_year"]) for line in lines(result)]
    assert found == [
        ("central", "investment", 2019),
        ("central", "recurrent", 2019),
        ("province", "investment", 2019),
    ]
    assert rules(result) == [] and len(result.ledger) == result.received
    assert roles(result)["C6"] == "value"


def test_one_amount_for_several_rows_is_refused_and_costs_no_neighbour():
    page = money([NTM, [2, *NTM[1:3], "SN", NTM[4], None, 7, None]])
    page.merged = [(6, 6, 7, 6)]
    result = read(page)
    assert at(result, "number_shared") == ["F6"]
    assert roles(result)["F6"] == "quarantined"
    kept = [(line["kind"], line["allocated_vnd"]) for line in lines(result)]
    assert kept == [("investment", None), ("recurrent", None)]
    assert [line["disbursed_vnd"] is not None for line in lines(result)] == [True, True]
    assert len(result.ledger) == result.received


def test_a_decision_merged_over_communes():
    head = ["TT", "Tên xã", *[f"TC{number}" for number in range(1, 20)], "Số quyết định", "Ngày"]
    rows = [
        [
            at,
            f"Xã {name}",
            *["Đ"] * 19,
            "7/QĐ" if at == 1 else None,
            "1/2/2019" if at == 1 else None,
        ]
        for at, name in enumerate(KIEN_HAI, 1)
    ]
    title = [["UBND HUYỆN KIÊN HẢI"], ["BỘ TIÊU CHÍ QUỐC GIA VỀ XÃ NÔNG THÔN MỚI NĂM 2019"]]
    page = sheet([*title, head, *rows], merged=[(4, 22, 6, 22), (4, 23, 6, 23)])
    result = read(page)
    found = values(result, "communes")
    assert [one["decision_no"] for one in found.values()] == ["7/QĐ", "7/QĐ", "7/QĐ", None]
    assert [one["status"] for one in found.values()] == [*["recognised"] * 3, "pending"]
    assert len(result.ledger) == result.received


def test_a_plan_year_left_open_among_others_is_not_assumed():
    rows = [NTM, [2, "Truyền thông về giảm nghèo", "NSTW", "SN", "…", 10, 5, 50.0]]
    result = read(money(rows))
    assert [line["component"] for line in lines(result)] == ["ntm_general"]
    assert at(result, "key_missing") == ["F7"] and rules(result) == ["key_missing"]
    only = [NTM, [2, "Truyền thông về giảm nghèo", "NSTW", "SN", None, 10, 5, 50.0]]
    only[0] = [*NTM[:4], 2018, *NTM[5:]]
    result = read(money(only))
    assert {line["plan_year"] for line in lines(result)} == {2018, 2019}
    assert rules(result) == ["plan_year_assumed"]


def test_a_form_that_gives_no_row_is_no_clean_form():
    result = read(money([[None, "Tổng cộng", None, None, None, 10, 5]]))
    assert not result.records and at(result, "form_without_rows") == ["A5"]


def test_households_are_no_money():
    result = read(money([[*NTM[:6], "5 hộ", None]]))
    assert lines(result)[0]["disbursed_vnd"] is None
    assert at(result, "number_unreadable") == ["G6"]


def test_the_plan_year_in_a_section_or_carried_in_a_cell():
    head = [*HEAD_02[:4], *HEAD_02[5:]]
    row = [*NTM[:4], *NTM[5:]]
    rows = [["I", "Vốn năm 2019"], row, ["II", "Vốn năm 2018 chuyển sang năm 2019"], row]
    result = read(money(rows, head=head))
    assert [line["plan_year"] for line in lines(result)] == [2019, 2018]
    assert rules(result) == []
    result = read(money([[*NTM[:4], "2018 chuyển sang 2019", *NTM[5:]]]))
    assert [line["plan_year"] for line in lines(result)] == [2018] and rules(result) == []


def by_year(first, second, *rows):
    head = ["TT", "Nội dung", "Nguồn vốn", "Tính chất", first, None, second, None]
    below = [None, None, None, None, "Kế hoạch vốn", "Giải ngân", "Kế hoạch vốn", "Giải ngân"]
    return sheet(
        [
            ["UBND HUYỆN KIÊN HẢI"],
            ["TÌNH HÌNH GIẢI NGÂN VỐN CHƯƠNG TRÌNH MTQG NĂM 2019"],
            ["ĐVT: triệu đồng"],
            head,
            below,
            *rows,
        ],
        merged=[(4, 5, 4, 6), (4, 7, 4, 8)],
    )


@pytest.mark.parametrize(
    "carried",
    ["Chuyển tiếp năm 2018", "Vốn chuyển tiếp từ năm 2018", "Vốn năm 2018 chuyển sang năm 2019"],
)
def test_years_side_by_side(carried):
    rows = [
        [1, "Xây dựng nông thôn mới", "NSTW", "ĐTPT", 100, 50, 30, 20],
        [2, "Truyền thông về giảm nghèo", "NSTW", "SN", 10, 5],
    ]
    result = read(by_year("Kế hoạch vốn năm 2019", carried, *rows))
    found = [(r["component"], r["plan_year"], r["allocated_vnd"]) for r in lines(result)]
    assert sorted(found) == [
        ("gnbv_communication", 2019, 10_000_000),
        ("ntm_general", 2018, 30_000_000),
        ("ntm_general", 2019, 100_000_000),
    ]
    assert rules(result) == [] and len(result.ledger) == result.received


def test_two_columns_never_make_one_value():
    row = [1, "Xây dựng nông thôn mới", "NSTW", "ĐTPT", 100, 50, 30, 20]
    result = read(by_year("Kế hoạch vốn năm 2019", "Vốn năm 2017, 2018", row))
    assert lines(result) == []
    assert "funding_twice" in rules(result)
    assert {roles(result)[cell] for cell in ("E6", "F6", "G6", "H6")} == {"quarantined"}


def test_a_source_in_the_row_keeps_columns_from_being_totals():
    row = [1, "Xây dựng nông thôn mới", "NSTW", "ĐTPT", 100, 50, 30, 20]
    result = read(by_year("Kế hoạch vốn năm 2019", "Ngân sách tỉnh", row))
    found = {(r["source"], r["allocated_vnd"]) for r in lines(result)}
    assert found == {("central", 100_000_000), ("province", 30_000_000)}


def test_money_that_says_its_own_unit_needs_none_above():
    result = read(money([[*NTM[:5], "1.000,5 triệu đồng", "0,5 tỷ đồng", 49.98]], "Biểu số 02"))
    assert lines(result)[0]["allocated_vnd"] == 1_000_500_000
    assert "unit_missing" not in rules(result)
    result = read(money([[*NTM[:5], "1.000,5 triệu đồng", 500, 49.98]], "Biểu số 02"))
    assert at(result, "unit_missing") == ["G5"]


def test_totals_may_count_rows_whose_words_were_refused():
    rows = [
        NTM,
        [2, "Giảm nghèo về thông tin", "Quỹ lạ", "SN", 2019, 10, 5],
        [None, "Tổng cộng", None, None, None, 1010, 505],
    ]
    result = read(money(rows))
    assert rules(result) == ["word_unknown"]


def test_a_row_whose_rate_decides_shows_how_its_columns_are_written():
    rows = [
        [1, "Truyền thông về giảm nghèo", "NSTW", "SN", 2019, "1.234", "617", 50],
        [2, "Giảm nghèo về thông tin", "NSTW", "SN", 2019, "2.000", "1.000", 50],
    ]
    result = read(money(rows))
    assert {line["allocated_vnd"] for line in lines(result)} == {1_234_000_000, 2_000_000_000}
    assert rules(result) == ["number_decided"]


@pytest.mark.parametrize(
    ("amount", "rule"), [(-1.2345678, "number_negative"), (2e7 + 1e-7, "number_out_of_range")]
)
def test_money_that_is_rounded_is_held_to_its_bounds(amount, rule):
    result = read(money([[*NTM[:5], amount, None, None]]))
    assert lines(result)[0]["allocated_vnd"] is None
    assert at(result, rule) == ["F6"]


def test_a_money_line_twice():
    same = read(money([NTM, [2, *NTM[1:]]]))
    assert len(lines(same)) == 1 and "funding_repeated" in rules(same)
    other = read(money([NTM, [2, *NTM[1:5], 2000, *NTM[6:]]]))
    assert lines(other) == [] and "funding_twice" in rules(other)


def test_more_disbursed_than_allocated_is_kept_and_said():
    result = read(money([[*NTM[:6], 1500, 150.0]]))
    assert lines(result)[0]["disbursed_vnd"] == 1_500_000_000
    assert at(result, "disbursed_above_allocated") == ["G6"]


def test_every_finding_names_its_place_in_both_languages():
    page = changed(0, "Tổng số hộ", "một nghìn")
    (found,) = [one for one in read(page).findings if one.rule == "number_unreadable"]
    for lang in ("vi", "en"):
        said = message(found, lang) + advice(found, lang)
        assert "Kien Hai 2019.xlsx" in said and "Bieu" in said and "C5" in said
        assert "một nghìn" in said


def test_legacy_letters_are_told_once_a_sheet():
    from kgstats.text import to_tcvn3

    page = poverty(GOOD)
    for cell in page.cells:
        if isinstance(cell.value, str):
            cell.value = to_tcvn3(cell.value)
            cell.font = ".VnTime"
    result = read(page)
    assert len(values(result)) == 4
    assert len([one for one in result.findings if one.rule == "text_decoded"]) == 1


def test_a_cell_of_white_space_is_no_cell():
    page = poverty(GOOD)
    page.cells.append(Cell(20, 1, " \u00a0 "))
    result = read(page)
    assert len(result.ledger) == result.received
    assert "A20" not in roles(result)


def test_the_ministrys_own_header_with_rates_beside_counts():
    moved = [("Thoát nghèo", 10), ("Tái nghèo", 0), ("Phát sinh", 2)]
    head = [
        "TT",
        "Đơn vị",
        "Tổng số hộ dân cư",
        None,
        "Số hộ nghèo đầu năm (theo QĐ)",
        None,
        "Diễn biến hộ nghèo trong năm",
        *[None] * 5,
        "Số hộ nghèo cuối năm",
        None,
        None,
        None,
    ]
    below = [
        None,
        None,
        "Số hộ",
        "Trong đó hộ DTTS",
        "Số hộ",
        "Tỷ lệ %",
        *[part for name, _ in moved for part in (name, None)],
        "Số hộ",
        "Tỷ lệ %",
        "Số hộ DTTS",
        "Tỷ lệ %",
    ]
    last = [*[None] * 6, *["Số hộ", "Tỷ lệ"] * 3]
    rows = [[at, f"Xã {name}", 1000, 20, 50, 5, 10, 20, 0, 0, 2, 0.2, 42, 4.2, 3, 15]
            for at, name in enumerate(KIEN_HAI, 1)]  # fmt: skip
    total = ["Tổng cộng", None, 4000, 80, 200, 5, 40, 20, 0, 0, 8, 0.2, 168, 4.2, 12, 15]
    merged = [(3, 1, 5, 1), (3, 2, 5, 2), (3, 3, 3, 4), (3, 5, 3, 6), (3, 7, 3, 12),
              (4, 7, 4, 8), (4, 9, 4, 10), (4, 11, 4, 12), (3, 13, 3, 16),
              *[(4, at, 5, at) for at in (3, 4, 5, 6, 13, 14, 15, 16)]]  # fmt: skip
    title = "TỔNG HỢP KẾT QUẢ ĐIỀU TRA, RÀ SOÁT HỘ NGHÈO NĂM 2019"
    page = sheet([["UBND HUYỆN KIÊN HẢI"], [title], head, below, last, *rows, total], merged=merged)
    result = read(page)
    assert values(result)["31111"] | {
        "poor_start_hh": 50, "poor_escaped_hh": 10, "poor_fell_back_hh": 0, "poor_new_hh": 2,
        "poor_end_hh": 42, "poor_end_pct": 4.2, "ethnic_poor_end_hh": 3,
    } == values(result)["31111"]  # fmt: skip
    assert values(result)["31111"]["near_poor_end_hh"] is None
    # The rates beside the counts are no columns of the form; a total of rates is no sum.
    assert rules(result) == ["column_extra"]
    assert len(at(result, "column_extra")) == 5


def test_a_form_in_two_halves_side_by_side_is_read_whole():
    left = poverty(body((500, 20, 5, 0, 1, 16, 3.2, 30, 28), (1900, 60, 10, 1, 2, 53, 2.8, 80, 70)))
    right = poverty(
        [
            [3, "Xã An Sơn", 1100, 80, 20, 0, 0, 60, 5.5, 50, 40],
            [4, "Xã Nam Du", 900, 50, 10, 0, 0, 40, 4.4, 30, 20],
        ],
        left=13,
    )
    page = sheet([], name="Bieu")
    page.cells = sorted([*left.cells, *right.cells], key=lambda cell: (cell.row, cell.column))
    result = read(page)
    assert len(values(result)) == 4
    assert rules(result, "form_missing") == []


@pytest.mark.parametrize(
    ("rows", "seems"),
    [
        ([["Ghi chú nội bộ"], ["Gọi lại cho xã"]], "words without a table"),
        ([[1, 2], [3, 4]], "numbers without headings"),
        ([["Xã Hòn Tre"], ["Xã Lại Sơn"], ["Xã An Sơn"]], "a list of communes"),
        (
            [["BIỂU 03"], ["TT", "Đơn vị", "Hộ nghèo cuối năm", "Hộ nghèo đầu năm"]],
            "an empty table of “TT, Đơn vị, Hộ nghèo cuối năm”",
        ),
        ([["TT", "Tên máy", "Số máy"], [1, "Máy in", 3], [2, "Máy tính", 7]], "Tên máy"),
    ],
)
def test_a_sheet_put_aside_says_what_it_seems_to_be(rows, seems):
    result = read(poverty(GOOD), sheet(rows, name="Khac"))
    (found,) = [one for one in result.findings if one.rule == "sheet_not_a_form"]
    assert seems in message(found, "en") and "{" not in message(found, "vi")


def test_a_table_put_aside_says_what_it_seems_to_be():
    page = poverty(GOOD)
    below = [["TT", "Máy", "Giá"], ["1", "a", 2], ["2", "b", 3]]
    page.cells.extend(
        Cell(60 + row, 2 + column, value)
        for row, held in enumerate(below)
        for column, value in enumerate(held)
    )
    (found,) = [one for one in read(page).findings if one.rule == "table_not_a_form"]
    assert "a table of “TT, Máy, Giá”" in message(found, "en") and found.cell == "B60"
    assert "{" not in message(found, "vi")


@pytest.mark.parametrize(
    ("total", "end", "told"),
    [(None, "", ["K8"]), (None, "\n", []), (140, "", []), (138, "", ["K9"])],
    ids=["open", "whole", "a sum agrees", "a sum does not"],
)
def test_a_text_file_that_ends_behind_a_number_may_have_lost_its_end(tmp_path, total, end, told):
    rows = [
        POVERTY_HEAD,
        *body(*([1000, 100, 20, 1, 4, 85, 8.5, 60, at] for at in (55, 44, 33, 8))),
    ]
    if total:
        rows.insert(1, [None, "Tổng cộng", 4000, 400, 80, 4, 16, 340, 8.5, 240, total])
    rows = [["UBND HUYỆN KIÊN HẢI"], ["RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2019"], [""], *rows]
    path = tmp_path / "Kien Hai 2019.csv"
    text = "\n".join(";".join("" if one is None else str(one) for one in row) for row in rows)
    path.write_text(text + end, encoding="utf-8")
    result = read_return(path, 2019)
    assert at(result, "number_at_end") == told
    assert values(result)["31115"]["near_poor_end_hh"] == 8


CUT_HEAD = ["TT", "Đơn vị", *map(str, range(1, 20)), "Số quyết định"]
CUT_ROWS = [
    [str(at), name, *["Đ"] * 19, f"{at}/QĐ-UBND"]
    for at, name in enumerate(("Xã Hòn Tre", "Xã Lại Sơn", "Xã An Sơn", "Xã Nam Du"), 1)
]


@pytest.mark.parametrize("mark", ["\t", ","])
@pytest.mark.parametrize("pad", [True, False], ids=["padded", "bare titles"])
@pytest.mark.parametrize("cut", [True, False], ids=["cut", "whole"])
def test_a_text_file_that_ends_in_the_middle_of_a_row(tmp_path, mark, pad, cut):
    titles = [["UBND HUYỆN KIÊN HẢI"], ["BỘ TIÊU CHÍ QUỐC GIA VỀ XÃ NÔNG THÔN MỚI NĂM 2019"]]
    width = len(CUT_HEAD)
    titles = [[*one, *[""] * (width - 1)] if pad else one for one in titles]
    text = "\n".join(mark.join(row) for row in [*titles, CUT_HEAD, *CUT_ROWS])
    path = tmp_path / "Kien Hai 2019.csv"
    path.write_text(text.rpartition(mark)[0][:-2] if cut else text, encoding="utf-8")
    result = read_return(path, 2019)
    assert [one.grave for one in result.findings if one.rule == "row_cut"] == (
        ["error"] if cut else []
    )
    found = {one["commune_code"]: one["status"] for one in result.records["communes"]}
    assert len(found) == (3 if cut else 4) and set(found.values()) == {"recognised"}
    assert "place_missing" not in rules(result)
    assert len(result.ledger) == result.received
    if cut:
        roles = dict(zip(result.ledger.cell, result.ledger.role, strict=True))
        assert roles["C7"] == "quarantined"
