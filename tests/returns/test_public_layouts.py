"""Layouts of budgets, yearbooks and ministry forms that are no district's return."""

from __future__ import annotations

import pytest
from tests.returns.building import sheet
from tests.returns.test_layout import only, shape

from kgstats.returns.layout import find_tables
from kgstats.returns.layout.codes import is_column_numbers
from kgstats.returns.subjects.total_words import sense_of_row

PROVINCES = [
    [number, name, 100 + number, 50 + number, 7 * number]
    for number, name in enumerate(["Hà Giang", "Cao Bằng", "Lào Cai", "Yên Bái"], 1)
]


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("Tỷ đồng - In billions of dong", "Tỷ đồng - In billions of dong"),
        ("Triệu đồng", "Triệu đồng"),
        ("Nghìn người - Thous. pers.", "Nghìn người - Thous. pers."),
    ],
)
def test_a_unit_alone_on_a_heading_is_no_word_of_it(line, unit):
    rows = [
        ["DỰ TOÁN THU NGÂN SÁCH"],
        [None] * 4 + [line],
        ["STT No", "Tỉnh, thành phố", "Thu", "Chi", "Bổ sung"],
        *PROVINCES,
    ]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((3, 3), None, 4, 7)
    assert block.unit == unit


def test_a_word_of_a_heading_that_is_a_unit_too_stays_in_it():
    rows = [
        ["TT", "Xã", "Vốn", "Vốn", "Tỷ lệ"],
        [None, None, None, "giải", None],
        [None, None, None, "ngân", None],
        *PROVINCES,
    ]
    block = only(find_tables(sheet(rows)))
    assert block.columns[3].header == "Vốn giải ngân"


def test_of_which_stands_between_a_value_and_its_parts():
    rows = [
        ["STT", "Chỉ tiêu", "Dự toán", "Chia ra", None],
        [None, None, None, "Trung ương", "Địa phương"],
        ["A", "B", "1=2+3", 2, 3],
        ["A", "Chi cân đối", 725, 425, 300],
        ["I", "Chi đầu tư", 152, 79, 73],
        [None, "Trong đó - Of which"],
        [1, "Giáo dục", 25, 10, 15],
        [2, "Khoa học", 5, 2, 3],
        ["II", "Chi thường xuyên", 442, 224, 218],
        [None, "Trong đó - Of which"],
        [1, "Giáo dục", 110, 23, 87],
        [2, "Khoa học", 6, 5, 1],
        [None, "Tổng số (A+B) - Total (1)", 811, 500, 311],
    ]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((1, 2), 3, 4, 13)
    assert block.total_rows == [13]


def test_sections_begin_with_the_first_row():
    states = {"Northland": ["Banks", "Barton", "Bell"], "Southland": ["Cook", "Cowper", "Cox"]}
    rows = [
        ["Table 1 Response by State and Division"],
        [None, "Yes", None, "No", None],
        [None, "no.", "%", "no.", "%"],
    ]
    for state, divisions in states.items():
        rows.append([state])
        rows += [[name, 10 + at, 50.5, 12 + at, 49.5] for at, name in enumerate(divisions)]
        rows += [[f"{state} (Total)", 33, 50.5, 39, 49.5], []]
    rows += [["Islands"], ["Keys", 1, 20.5, 4, 79.5], ["Total", 67, 49.1, 82, 50.9]]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((2, 3), None, 4, 18)
    assert {4, 10, 16} <= set(block.section_rows)
    assert block.total_rows[-1] == 18


def test_a_code_of_a_section_that_is_spelled_like_an_order_word():
    head = ["Mã", "Cơ sở", "Tỷ lệ", "Ngày", "Chi chung", "Chi nội trú"]
    rows = [
        ["Theo dõi năm chỉ số"],
        head,
        ["00", "Toàn quốc", 10.2, 6.5, 876, 5456],
        ["V01", "Vùng", 13.6, 6.7, 768, 3746],
        [],
        ["TT", "Tuyến Tỉnh"],
        ["10061", "Bệnh viện A", 26.1, 7.7, 2038, 5942],
        ["10010", "Bệnh viện B", 51.7, 15.5, 3798, 6946],
        ["TH", "Tuyến Huyện"],
        ["10003", "Bệnh viện C", 23.0, 7.0, 786, 2623],
    ]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((2, 2), None, 3, 10)
    assert block.total_rows == [3]


def test_ranks_under_an_order_word_are_a_row():
    head = ["Thứ tự", "Tỉnh", "Gia nhập", "Đất đai", "Minh bạch"]
    ranks = [None, "Thứ tự", 3, 1, 2]
    first = ["Thứ tự", 57, 30, 49, 12]
    for last in (ranks, first):
        rows = [head, *PROVINCES, [], head, [None, "Yên Bái", 103, 51, 28], last]
        blocks = find_tables(sheet(rows))
        assert max(block.last_data_row for block in blocks) == 9


def test_checks_far_below_are_no_row_of_the_table():
    rows = [["STT", "Tỉnh", "Thu", "Chi", "Bổ sung"], *PROVINCES, [], [], [], [], [None, None, 4]]
    assert only(find_tables(sheet(rows))).last_data_row == 5
    zeros = [["STT", "Tỉnh", "Thu", "Chi", "Bổ sung"], *PROVINCES, [None, None, None, 0]]
    assert only(find_tables(sheet(zeros))).last_data_row == 5


def test_a_form_whose_column_numbers_are_merged_and_leave_out_the_order():
    """Between its number row and its first figure a form has words for the one who fills it in."""
    rows = [
        ["STT", "Tên cửa khẩu", None, None, "Số kiểm tra", None, "Số phải xử lý", None],
        [None, None, None, None, "Tổng số", None, "Nghi ngờ", None],
        [None, "(1)", None, None, "(2)", None, "(3)", None],
        [None, None, "Nhập cảnh", "Tổng số"],
        [None, None, None, "Cộng dồn"],
        ["Tổng số", None, "Nhập cảnh", "Tổng số"],
        [None, None, None, "Cộng dồn"],
    ]
    merged = [
        *((row, left, row, left + 1) for row in (1, 2, 3) for left in (5, 7)),
        (1, 1, 2, 1),
        (1, 2, 2, 4),
        (3, 2, 3, 4),
        (6, 1, 7, 2),
    ]
    block = only(find_tables(sheet(rows, merged=merged)))
    assert shape(block) == ((1, 2), 3, 4, 7)
    assert 6 in block.total_rows


def test_codes_below_the_headings_of_which_one_has_none():
    rows = [
        ["Mã PCI", "Thứ hạng", "Tỉnh", "Gia nhập", "Đất đai", "Minh bạch"],
        ["Mã PCI", None, "Tỉnh", "Gia nhập_tt", "Tiếp cận_đđ", "Minh bạch_mb"],
        *[[number, 9 - number, name, *held] for number, name, *held in PROVINCES],
    ]
    assert shape(only(find_tables(sheet(rows)))) == ((1, 2), None, 3, 6)


def test_one_column_number_may_stand_twice():
    def row(*values):
        return sheet([list(values)]).cells

    from kgstats.returns.layout import see

    twice = ["A", "B", 1, 2, "3=4+5", 4, 5, 6, 6, 7, 8]
    assert is_column_numbers([see(cell) for cell in row(*twice)])
    assert not is_column_numbers([see(cell) for cell in row("A", "B", 1, 2, 2, 3, 3, 4)])
    assert not is_column_numbers([see(cell) for cell in row(1, 2, 2, 3, 4, 5)])


@pytest.mark.parametrize("name", ["Tổng công ty Điện lực", "Tổng cục Thống kê", "Tổng hội Y học"])
def test_an_office_is_no_total(name):
    rows = [
        ["STT", "Đơn vị", "Thu", "Chi", "Bổ sung"],
        ["", "TỔNG SỐ - TOTAL (1)", 99, 98, 97],
        *PROVINCES,
        [5, name, 1, 2, 3],
    ]
    assert only(find_tables(sheet(rows))).total_rows == [2]
    assert sense_of_row(name) is None


@pytest.mark.parametrize("label", ["Cộng I + II", "CỘNG I: (I.1+I.2+I.3)", "CỘNG II =1+2+3+4"])
def test_a_total_says_of_which_parts_it_is(label):
    rows = [
        ["STT", "Đơn vị", "Thu", "Chi", "Bổ sung"],
        ["I", "Tiền mặt", 410, 210, 70],
        *PROVINCES,
        ["II", "Tiền gửi", 5, 6, 7],
        ["III", label, 415, 216, 77],
    ]
    assert only(find_tables(sheet(rows))).total_rows == [8]


def test_a_title_merged_over_its_whole_table_is_no_heading():
    rows = [
        ["Tình hình sử dụng dự toán"],
        ["ma_cskcb", "ten_cskcb", "du_toan", "chi", "ty_le"],
        *[[f"100{number:02}", *row[1:]] for number, row in enumerate(PROVINCES, 3)],
    ]
    block = only(find_tables(sheet(rows, merged=[(1, 1, 1, 5)])))
    assert shape(block) == ((2, 2), None, 3, 6)
