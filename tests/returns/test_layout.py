"""Tables are found by words and shape on pages that no form ever looked like."""

from __future__ import annotations

import itertools

import pytest
from tests.returns.building import POVERTY_HEAD, poverty, sheet
from tests.returns.records.pages import (
    MARKS_HEAD,
    MARKS_TITLE,
    PEOPLE,
    RIGHT,
    marks,
    met_of,
    read,
)

from kgstats.returns.cells import Cell, ErrorValue, Sheet
from kgstats.returns.inspect import inspect_file
from kgstats.returns.layout import codes, find_tables, is_column_numbers, parse_unit, read_page, see
from kgstats.returns.read import read_bytes
from kgstats.returns.subjects.bodies import read_return_page


def only(found):
    assert len(found) == 1, [block.columns[0].header for block in found]
    return found[0]


def shape(block):
    return (
        (block.header_first, block.header_last),
        block.column_number_row,
        block.first_data_row,
        block.last_data_row,
    )


ROWS = [["1", "Xã An Sơn", 120, 10], ["2", "Xã Nam Du", 80, 7]]


# --- the real public files ----------------------------------------------------------------------


def real(shared, name):
    path = shared / "samples" / "real" / name
    if not path.is_file():
        pytest.skip(f"{name} is not on this machine")
    return inspect_file(path)


def test_budget_2009_of_the_ministry(shared):
    table = real(shared, "mof_budget_Plan_2009.xls")["sheets"][0]["tables"]
    assert len(table) == 1
    table = table[0]
    assert table["header_rows"] == [8, 14]
    assert table["column_number_row"] == 15
    assert table["total_rows"] == [16, 17, 18]
    assert table["section_rows"] == [19, 34, 46, 62, 68, 75]
    assert (table["first_data_row"], table["last_data_row"]) == (16, 88)
    assert table["footer_rows"] == [90]
    assert table["unit"] == "Triệu đồng"
    assert table["encoding"] == "unicode"
    headers = {column["letter"]: column["header"] for column in table["columns"]}
    assert headers["B"] == "Tỉnh, thành phố"
    assert headers["I"].endswith("Thực hiện các dự án, công trình quan trọng (vốn đầu tư)")
    assert headers["G"] == (
        "Bổ sung từ ngân sách trung ương cho ngân sách địa phương: Bổ sung cân đối"
    )
    styles = {column["letter"]: column["number_style"] for column in table["columns"]}
    assert styles["B"] is None
    assert {styles[letter] for letter in "CDEFGHIJK"} == {"number"}


def test_the_value_under_a_footnote_mark_belongs_to_the_row_above(shared):
    path = shared / "samples" / "real" / "mof_budget_Plan_2009.xls"
    from kgstats.returns.read import read_workbook

    page = read_page(read_workbook(path).sheets[0])
    assert page.tables[0].continuations[18] == 16
    assert page.roles[18, 7] == ("total", 0)
    assert page.roles[90, 1] == ("note", 0)
    assert page.roles[7, 8] == ("unit", 0)


def test_budget_2007_of_the_ministry(shared):
    found = real(shared, "mof_budget_Plan_2007.xls")
    assert [len(one["tables"]) for one in found["sheets"]] == [1, 0, 0, 0]
    table = found["sheets"][0]["tables"][0]
    assert table["header_rows"] == [8, 12]
    assert table["column_number_row"] == 13
    assert table["total_rows"] == [14]
    assert table["section_rows"] == [15, 30, 43, 58, 64, 71]
    assert table["last_data_row"] == 84
    assert table["footer_rows"] == [87, 88, 89]


def test_list_of_communes_of_lao_cai(shared):
    table = real(shared, "gso_admin_laocai_2020.xls")["sheets"][0]["tables"][0]
    assert table["header_rows"] == [1, 1]
    assert (table["first_data_row"], table["last_data_row"]) == (2, 163)
    styles = {column["header"]: column["number_style"] for column in table["columns"]}
    assert styles["Mã PX"] == "digits"
    assert styles["Phường Xã"] is None


def test_empty_form_of_the_land_count(shared):
    table = real(shared, "form_Template_Bieu01TKKK.xlsx")["sheets"][0]["tables"][0]
    assert table["header_rows"] == [7, 9]
    assert table["column_number_row"] == 10
    assert table["unit"] == "ha"
    assert (table["first_data_row"], table["last_data_row"]) == (11, 11)
    assert table["footer_rows"] == [12, 13, 14, 17, 18, 19]


def test_ten_thousand_communes_in_tcvn3(shared):
    table = real(shared, "communes_tcvn3_10614.csv")["sheets"][0]["tables"][0]
    assert table["header_rows"] == [1, 1]
    assert (table["first_data_row"], table["last_data_row"]) == (2, 10615)
    assert table["encoding"] == "tcvn3"
    # Folded names collide with words of the page (Cống Vị, Bằng Phúc); none may be taken for one.
    assert table["total_rows"] == table["section_rows"] == table["footer_rows"] == []


# --- shapes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("top", [1, 4])
@pytest.mark.parametrize("left", [1, 3])
@pytest.mark.parametrize("code", [None, ["A", "B", 1, 2], ["(1)", "(2)", "(3)", "(4)=(3)/2"]])
def test_a_plain_table_wherever_it_stands(top, left, code):
    rows = [["BÁO CÁO NĂM 2019"], ["TT", "Tên xã", "Số hộ", "Hộ nghèo"]]
    rows += [code] if code else []
    rows += ROWS
    block = only(find_tables(sheet(rows, top=top, left=left)))
    head = top + 1
    first = head + (2 if code else 1)
    assert shape(block) == ((head, head), head + 1 if code else None, first, first + 1)
    assert [column.header for column in block.columns] == ["TT", "Tên xã", "Số hộ", "Hộ nghèo"]
    assert block.title == "BÁO CÁO NĂM 2019"


def test_column_numbers_stored_as_negatives():
    cells = [see(Cell(1, at, value)) for at, value in enumerate(["(1)", "(2)", -3.0, -4.0], 1)]
    assert is_column_numbers(cells)


@pytest.mark.parametrize(
    "row",
    [
        ["A", "B", "C", "D"],
        ["(a)", "(b)", "(c)", "(d)=(b)+(c)"],
        ["A", "B", 1],
        ["-1", "-2", "-3", "-4"],
        ["Cột 1", "Cột 2", "Cột 3", "Cột 4"],
        ["A", "B", "1", "2", "1+2"],
        ["A", "B", 1, 2, "3=∑(1-2)"],
        ["A", "B", 1, 2, "3 (1+2)"],
        ["A", "B", 1, 2, "Cột 3=1+2"],
        ["(1)", "(2)", "(3)=(4)+..", "(4)", "(5)", "…"],
        ["A", "B", "a", "b", "c", "d"],
        ["(A)", "(B)", "(a)", "(b)", "(c)=(a)+(b)"],
    ],
)
def test_column_numbers_as_offices_write_them(row):
    assert is_column_numbers([see(Cell(1, at, value)) for at, value in enumerate(row, 1)])


@pytest.mark.parametrize("codes", ["A B 1 2 3 4 5 6 7 8 9", "1 2 3 4 5 6 7 8 9"])
@pytest.mark.parametrize("note", [[], [None, "Số liệu năm 2018"]])
def test_columns_may_be_numbered_behind_extra_ones_and_beside_a_note(codes, note):
    """What numbers the columns is no word of their headings."""
    numbers = codes.split()
    row = [*numbers[:1], None, *numbers[1:]] if numbers[0] == "A" else [None] * 3 + numbers
    rows = [[*row, *note], *([one[0], 31105 + 3 * one[0], *one[1:]] for one in PEOPLE)]
    head = [POVERTY_HEAD[0], "Mã xã", *POVERTY_HEAD[1:]]
    block = only(read_return_page(poverty(rows, head=head)).tables)
    assert [one.header for one in block.columns][: len(head)] == head


@pytest.mark.parametrize(
    "row",
    [
        ["1", "Xã An Sơn", 2, 3],
        [1, 120, 10, 7],
        ["A", "B", "C"],
        [5, 6, 7, 8],
        [1, 2],
        ["A", "B", "x", "x", "x"],
    ],
)
def test_data_is_not_taken_for_column_numbers(row):
    assert not is_column_numbers([see(Cell(1, at, value)) for at, value in enumerate(row, 1)])


def test_numbers_of_columns_of_which_some_were_left_out_still_count_up():
    def row(*values):
        return [see(Cell(1, at, value)) for at, value in enumerate(values, 3)]

    assert codes.counts_up(row(*(n for n in range(1, 20) if n not in (7, 13))))
    assert codes.counts_up(row("1", "2", "3", "5", "6", "7", "8", "9"))
    assert codes.counts_up(row(*range(1, 20), *range(1, 20)))  # last year's beside this year's
    assert not codes.counts_up(row(1, 3, 5, 7, 9, 11, 13, 15))
    assert not codes.counts_up(row(4, 1, 1, 1, 1, 1, 1, 1, 1))
    assert not codes.counts_up(row(4, 1, 0, 1, 1, 0, 1, 2, 1))
    assert not codes.counts_up(row(1, 2, 4, 5))
    assert not codes.counts_up(row(120, 121, 122, 124, 125, 126, 127, 128, 129))


def test_header_of_several_rows_with_merges():
    rows = [
        ["TT", "Đơn vị", "Hộ nghèo", None, None],
        [None, None, "Đầu năm", "Cuối năm", None],
        [None, None, None, "Số hộ", "Tỷ lệ"],
        [1, "Xã An Sơn", 12, 10, 2.5],
        [2, "Xã Nam Du", 9, 7, 1.5],
    ]
    merged = [(1, 1, 3, 1), (1, 2, 3, 2), (1, 3, 1, 5), (2, 3, 3, 3), (2, 4, 2, 5)]
    block = only(find_tables(sheet(rows, merged=merged)))
    assert shape(block) == ((1, 3), None, 4, 5)
    assert [column.header for column in block.columns][2:] == [
        "Hộ nghèo: Đầu năm",
        "Hộ nghèo: Cuối năm: Số hộ",
        "Hộ nghèo: Cuối năm: Tỷ lệ",
    ]


def test_the_same_header_without_merges():
    rows = [
        ["TT", "Đơn vị", "Hộ nghèo", None, None],
        [None, None, "Đầu năm", "Cuối năm", None],
        [None, None, None, "Số hộ", "Tỷ lệ"],
        [1, "Xã An Sơn", 12, 10, 2.5],
        [2, "Xã Nam Du", 9, 7, 1.5],
    ]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((1, 3), None, 4, 5)
    assert block.columns[4].header == "Hộ nghèo: Cuối năm: Tỷ lệ"


def test_words_of_a_heading_split_over_rows():
    rows = [
        ["TT", "Tên", "Số hộ", "Vốn"],
        [None, None, "thoát nghèo", "(triệu đồng)"],
        [1, "Xã An Sơn", 12, 10.5],
        [2, "Xã Nam Du", 9, 7.5],
    ]
    block = only(find_tables(sheet(rows)))
    assert block.columns[2].header == "Số hộ thoát nghèo"
    assert block.columns[3].header == "Vốn (triệu đồng)"


@pytest.mark.parametrize("merged", [True, False])
def test_numbered_headings_are_not_column_numbers(merged):
    rows = [
        ["TT", "Xã", "Tiêu chí", *[None] * 18, "Tổng số"],
        [None, None, *range(1, 20), None],
        [1, "Xã An Sơn", *["Đ"] * 19, 19],
        [2, "Xã Nam Du", *["CĐ"] * 19, 0],
    ]
    spans = [(1, 3, 1, 21), (1, 1, 2, 1), (1, 2, 2, 2), (1, 22, 2, 22)] if merged else []
    block = only(find_tables(sheet(rows, merged=spans)))
    assert shape(block) == ((1, 2), None, 3, 4)
    assert block.columns[4].header == "Tiêu chí: 3"
    both = [*rows[:2], ["A", "B", *range(1, 21)], *rows[2:]]
    block = only(find_tables(sheet(both, merged=spans)))
    assert shape(block) == ((1, 2), 3, 4, 5)


def test_totals_first_and_last_and_sections():
    rows = [
        ["TT", "Đơn vị", "Số hộ"],
        [None, "TỔNG SỐ", 30],
        ["I", "Khu vực thành thị", 10],
        [1, "TT Thứ Ba", 10],
        ["II", "Khu vực nông thôn", None],
        [2, "Xã Tây Yên", 20],
        [None, "Tổng cộng", 30],
    ]
    block = only(find_tables(sheet(rows)))
    assert block.total_rows == [2, 7]
    assert block.section_rows == [3, 5]
    assert (block.first_data_row, block.last_data_row) == (2, 7)


def test_header_repeated_after_a_page_break():
    head = ["TT", "Tên xã", "Số hộ", "Hộ nghèo"]
    rows = [["Biểu 03"], head, *ROWS, ["(tiếp theo)"], head, ["3", "Xã Hòn Tre", 60, 5]]
    block = only(find_tables(sheet(rows)))
    assert block.repeated_header_rows == [6]
    assert block.body_rows == [3, 4, 7]


def test_rubbish_in_a_heading_and_in_its_repeat_is_no_word_that_moved():
    head = ["TT", "Tên xã", "Số hộ", "Hộ nghèo", "Hộ cận nghèo", "Tái nghèo", "Thoát nghèo"]
    names = ("Hòn Tre", "Lại Sơn"), ("An Sơn", "Nam Du")
    rows, more = ([[1, f"Xã {name}", 9, 8, 7, 6, 5] for name in held] for held in names)
    first = [*head[:3], "10-15", *head[4:]]
    again = [*head[:4], "10-15", *head[5:]]
    block = only(read_return_page(sheet([["Biểu 03"], first, *rows, again, *more])).tables)
    assert block.repeated_header_rows == [5]
    moved = [*head[:2], *reversed(head[2:])]
    assert len(read_return_page(sheet([["Biểu 03"], head, *rows, moved, *more])).tables) == 2


def test_column_numbers_are_a_row_though_a_third_of_them_is_damaged():
    head = ["TT", "Tên xã", *(f"Hộ nghèo {at}" for at in range(10))]
    codes = ["=cmd|' /C calc'!A0", "B", 1, 2, 3, "??", 5, 6, 7, 8, ErrorValue("#REF!"), "10-15"]
    rows = [[at, f"Xã {name}", *range(10)] for at, name in enumerate(("Tây Yên", "Hòn Tre"), 1)]
    block = only(read_return_page(sheet([["Biểu 03"], head, codes, *rows])).tables)
    assert block.column_number_row == 3 and block.body_rows == [4, 5]
    # The only words over a column are its heading, also beside the numbers of others.
    head[-2:] = [None, None]
    codes = ["A", "B", *range(1, 9), "Số", "Ngày"]
    block = only(read_return_page(sheet([["Biểu 03"], head, codes, *rows])).tables)
    assert [one.path[-1] for one in block.columns[-2:]] == ["Số", "Ngày"]


def test_two_tables_one_below_the_other():
    rows = [
        ["Biểu 01"],
        ["TT", "Tên xã", "Số hộ"],
        *[row[:3] for row in ROWS],
        ["Ghi chú: số liệu đến 15/12"],
        [None],
        ["Biểu 02"],
        ["ĐVT: triệu đồng"],
        ["TT", "Nội dung", "Kế hoạch", "Giải ngân"],
        [1, "Đường ấp 3", 100, 50],
        ["NGƯỜI LẬP BIỂU"],
    ]
    first, second = find_tables(sheet(rows))
    assert shape(first) == ((2, 2), None, 3, 4)
    assert first.footer_rows == [5]
    assert shape(second) == ((9, 9), None, 10, 10)
    assert second.title == "Biểu 02"
    assert second.unit == "triệu đồng"
    assert second.footer_rows == [11]


def test_two_tables_side_by_side():
    rows = [
        ["Biểu 01", None, None, None, "Biểu 02"],
        ["TT", "Tên xã", "Số hộ", None, "TT", "Nội dung", "Vốn"],
        [1, "Xã An Sơn", 120, None, 1, "Đường ấp 3", 100],
        [2, "Xã Nam Du", 80, None, 2, "Trường học", 70],
        [3, "Xã Hòn Tre", 60],
    ]
    left, right = find_tables(sheet(rows))
    assert (left.first_column, left.last_column, left.last_data_row) == (1, 3, 5)
    assert (right.first_column, right.last_column, right.last_data_row) == (5, 7, 4)
    assert [column.header for column in right.columns] == ["TT", "Nội dung", "Vốn"]


def test_the_cells_of_a_table_beside_another_have_their_roles():
    rows = [
        ["TT", "Tên xã", "Số hộ", None, "TT", "Nội dung", "Vốn"],
        [1, "Xã An Sơn", 120, None, 1, "Đường ấp 3", 100],
        [2, "Xã Nam Du", 80, None, 2, "Trường học", 70],
    ]
    page = read_page(sheet(rows))
    assert set(page.roles) == {(one.row, one.column) for one in page.seen}
    assert page.roles[1, 7] == ("header", 1)
    assert page.roles[3, 6] == ("body", 1)
    assert len(page.rows[2]) == 6


def test_scribbles_beside_a_table_are_not_part_of_it():
    rows = [
        ["TT", "Tên xã", "Số hộ", "Hộ nghèo"],
        ["1", "Xã An Sơn", 120, 10, None, None, "kiểm tra lại"],
        ["2", "Xã Nam Du", 80, 7, None, None, 200],
    ]
    page = read_page(sheet(rows))
    block = only(page.tables)
    assert block.last_column == 4
    assert page.roles[2, 7][0] == page.roles[3, 7][0] == "ignored"


def test_notes_and_signatures_below():
    rows = [
        ["TT", "Tên xã", "Số hộ", "Hộ nghèo"],
        *ROWS,
        [None],
        ["Ghi chú: (*) tạm tính"],
        [None, None, "An Biên, ngày 20 tháng 12 năm 2019"],
        ["NGƯỜI LẬP BIỂU", None, "KT. CHỦ TỊCH"],
        [None, None, "PHÓ CHỦ TỊCH"],
        ["Nguyễn Văn A", None, "Trần Thị B"],
    ]
    page = read_page(sheet(rows))
    assert only(page.tables).footer_rows == [5, 6, 7, 8, 9]
    roles = {place: role for place, (role, _) in page.roles.items()}
    assert roles[5, 1] == "note"
    assert {roles[6, 3], roles[7, 1], roles[7, 3], roles[8, 3], roles[9, 1]} == {"signature"}


def test_a_row_number_in_the_middle_does_not_end_a_table():
    rows = [["TT", "Tên xã", "Số hộ", "Hộ nghèo"], *ROWS, [None], ["3", "Xã Hòn Tre", 60, 5]]
    assert only(find_tables(sheet(rows))).body_rows == [2, 3, 5]


def test_a_page_of_prose_has_no_table():
    rows = [
        ["Kính gửi: Văn phòng điều phối"],
        ["Thực hiện công văn số 12"],
        ["Xin báo cáo như sau:"],
    ]
    assert find_tables(sheet(rows)) == []
    assert find_tables(Sheet("trống")) == []


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("ĐVT: triệu đồng", "triệu đồng"),
        ("Đơn vị tính: Đồng", "Đồng"),
        ("(Đơn vị: 1.000 đồng)", "1.000 đồng"),
        ("Đơn vị tính diện tích: ha", "ha"),
        ("triệu đồng", "triệu đồng"),
        ("Đơn vị tính: Triệu đồng - Unit: Mill. dongs", "Triệu đồng"),
        ("ĐVT: Nghìn người", "Nghìn người"),
        ("Nghìn tấn - Thous. tons", "Nghìn tấn - Thous. tons"),
        ("Lao động - việc làm", None),
        ("Đơn vị: 1.000 USD", "1.000 USD"),
        ("Đơn vị: Triệu đồng Việt Nam", "Triệu đồng Việt Nam"),
        ("ĐVT: triệu đồng (giá so sánh 2010)", "triệu đồng (giá so sánh 2010)"),
        ("Ha", "Ha"),
        ("ĐVT- triệu đồng", "triệu đồng"),
        ("Đơn vị báo cáo:", None),
        ("Đơn vị: UBND xã An Sơn", None),
        ("Đơn vị", None),
        ("Tên đơn vị", None),
    ],
)
def test_unit_lines(line, unit):
    assert parse_unit(line) == unit


def test_every_cell_of_a_page_has_exactly_one_role():
    rows = [
        ["UBND HUYỆN AN BIÊN", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["TT", "Tên xã", "Số hộ", "Hộ nghèo"],
        *ROWS,
        ["Ghi chú"],
    ]
    page = read_page(sheet(rows))
    assert set(page.roles) == {(one.row, one.column) for one in page.seen}


def test_order_of_cells_in_the_file_does_not_matter():
    rows = [["TT", "Tên xã", "Số hộ", "Hộ nghèo"], *ROWS]
    straight = sheet(rows)
    shuffled = Sheet("Bieu", cells=list(reversed(straight.cells)))
    assert [shape(block) for block in find_tables(straight)] == [
        shape(block) for block in find_tables(shuffled)
    ]


def test_a_hundred_thousand_rows_are_read_in_reasonable_time():
    rows = itertools.chain(
        [["TT", "Tên xã", "Số hộ"]], ([at, f"Ấp {at}", at * 3] for at in range(1, 20_001))
    )
    block = only(find_tables(sheet(list(rows))))
    assert block.last_data_row == 20_001


@pytest.mark.parametrize("named", [None, "Địa phương"])
def test_a_line_of_years_heads_a_table_of_the_statistical_yearbook(named):
    rows = [
        ["Tỷ lệ hộ nghèo phân theo địa phương"],
        ["Đơn vị tính: %"],
        [None],
        [named, 2015, 2016, 2017, 2018],
        ["CẢ NƯỚC", 7.0, 5.8, 7.9, 6.8],
        ["Đồng bằng sông Cửu Long", 7.9, 5.2, 7.4, 5.8],
        ["Kiên Giang", 6.1, 2.7, 8.3, 4.1],
        ["Nguồn: Tổng cục Thống kê"],
    ]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((4, 4), None, 5, 7)
    assert [column.header for column in block.columns] == [
        named or "",
        "2015",
        "2016",
        "2017",
        "2018",
    ]
    assert (block.total_rows, block.footer_rows, block.unit) == ([5], [8], "%")
    assert block.label_column == 1


def test_years_in_the_body_are_data():
    rows = [
        ["TT", "Công trình", "Năm khởi công", "Năm hoàn thành"],
        [1, "Cầu Kênh 3", 2015, 2017],
        [2, "Đường ấp 5", 2016, 2018],
    ]
    assert shape(only(find_tables(sheet(rows)))) == ((1, 1), None, 2, 3)


@pytest.mark.parametrize("merged", [(), ((2, 2, 3, 2), (2, 3, 2, 4))])
def test_names_without_a_heading_of_their_own(merged):
    rows = [
        ["Số đơn vị hành chính"],
        [None, "Tổng số", "Chia ra", None],
        [None, None, "Xã", "Phường"],
        ["CẢ NƯỚC", 10, 8, 2],
        ["Kiên Giang", 5, 4, 1],
    ]
    block = only(find_tables(sheet(rows, merged=merged)))
    assert shape(block) == ((2, 3), None, 4, 5)
    assert [column.header for column in block.columns] == [
        "", "Tổng số", "Chia ra: Xã", "Chia ra: Phường",
    ]  # fmt: skip


def test_a_header_of_many_rows_without_order_column_merges_or_codes(shared):
    """The ministry's budget of 2009 as a text file would have it: words on seven rows, no marks."""
    from kgstats.returns.read import read_workbook

    page = read_workbook(shared / "samples" / "real" / "mof_budget_Plan_2009.xls").sheets[0]
    bare = Sheet("csv", cells=[cell for cell in page.cells if cell.row != 15 and cell.column != 1])
    block = only(find_tables(bare))
    assert (block.header_first, block.header_last, block.last_data_row) == (8, 14, 88)
    whole = only(find_tables(Sheet("csv", cells=page.cells)))
    assert shape(whole) == ((8, 14), 15, 16, 88)
    assert whole.section_rows == [19, 34, 46, 62, 68, 75]


def test_a_label_that_ends_in_the_middle_goes_on_in_the_next_row():
    rows = [
        ["TT", "Vùng", "Thu", "Chi"],
        ["I", "Bắc Trung Bộ và", 10, 12],
        [None, "Duyên hải Miền Trung"],
        [1, "Thanh Hóa", 10, 12],
    ]
    block = only(find_tables(sheet(rows)))
    assert block.continuations == {3: 2} and block.section_rows == [2]


# --- tables of a statistical yearbook -----------------------------------------------------------

RICE = [
    ["CẢ NƯỚC - WHOLE COUNTRY", 7828.0, 7737.1, 7705.2],
    ["Đồng bằng sông Cửu Long - Mekong River Delta", 4301.5, 4241.1, 4188.8],
    ["Long An", 518.6, 526.7, 526.7],
    ["Kiên Giang", 769.5, 765.9, 735.3],
]


def test_a_line_of_years_ends_with_a_first_estimate_and_a_unit_in_two_languages():
    rows = [
        ["139", "Diện tích lúa cả năm phân theo địa phương"],
        [None, "Planted area of paddy by province"],
        [None, None, None, "Nghìn ha - Thous. ha"],
        [None, 2015, 2016, "Sơ bộ - Prel. 2017"],
        *RICE,
        ["Nguồn: Tổng cục Thống kê - Source: General Statistics Office"],
    ]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((4, 4), None, 5, 8)
    assert (block.unit, block.total_rows, block.footer_rows) == ("Nghìn ha - Thous. ha", [5], [9])
    assert [column.header for column in block.columns] == [
        "", "2015", "2016", "Sơ bộ - Prel. 2017",
    ]  # fmt: skip


def test_words_over_one_year_belong_to_the_header():
    rows = [
        ["Tỷ lệ hộ nghèo"],
        [None, None, None, "Sơ bộ"],
        [None, None, None, "Prel."],
        ["Địa phương", 2015, 2016, 2017],
        *RICE,
    ]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((2, 4), None, 5, 8)
    assert block.columns[3].header == "Sơ bộ Prel. 2017"


def test_two_years_head_a_table_of_their_own():
    rows = [["ĐVT: Xã"], [None, 2018, 2019], ["Rạch Giá", 1, 1], ["Tân Hiệp", 9, 11]]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((2, 2), None, 3, 4)
    assert block.label_column == 1


@pytest.mark.parametrize("merged", [(), ((1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 5))])
def test_years_again_under_each_heading(merged):
    rows = [
        ["Địa phương", "Diện tích", None, "Sản lượng", None],
        [None, 2018, 2019, 2018, 2019],
        ["Hòn Đất", 160.1, 159.5, 980.1, 990.0],
        ["Giồng Riềng", 93.2, 92.8, 590.2, 601.1],
    ]
    block = only(find_tables(sheet(rows, merged=merged)))
    assert shape(block) == ((1, 2), None, 3, 4)
    assert [column.header for column in block.columns][1:] == [
        "Diện tích: 2018", "Diện tích: 2019", "Sản lượng: 2018", "Sản lượng: 2019",
    ]  # fmt: skip


def test_headings_split_before_a_year_without_a_heading_for_the_names():
    rows = [
        [None, "Thực hiện", "Ước tính", "Năm 2019"],
        [None, "tháng 11", "năm", "so với năm"],
        [None, "năm 2019", "2019", "2018 (%)"],
        [None, "(Tỷ đồng)", "(Tỷ đồng)"],
        [None],
        ["TỔNG SỐ", 34500, 341100, 105.8],
        ["Hà Nội", 5000, 43000, 108.0],
    ]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((1, 4), None, 6, 7)
    assert [column.header for column in block.columns] == [
        "", "Thực hiện tháng 11 năm 2019 (Tỷ đồng)", "Ước tính năm 2019 (Tỷ đồng)",
        "Năm 2019 so với năm 2018 (%)",
    ]  # fmt: skip


@pytest.mark.parametrize("merged", [(), ((2, 2, 2, 4),)])
def test_a_header_in_two_languages_and_years_as_names(merged):
    rows = [
        ["Dân số trung bình - Average population"],
        [None, "Tổng số", "Phân theo giới tính", None],
        [None, "Total", "By sex", None],
        [None, None, "Nam", "Nữ"],
        [None, None, "Male", "Female"],
        [None, "Nghìn người - Thous. persons"],
        ["2015", 1766.2, 890.1, 876.1],
        ["2016", 1776.6, 895.0, 881.6],
        [None, "Cơ cấu - Structure (%)"],
        ["2015", 100, 50.4, 49.6],
        ["2016", 100, 50.4, 49.6],
    ]
    spans = [(6, 2, 6, 4), (9, 2, 9, 4)] if merged else []
    block = only(find_tables(sheet(rows, merged=spans)))
    assert shape(block) == ((2, 5), None, 6, 11)
    assert (block.section_rows, block.total_rows) == ([6, 9], [])
    assert [column.index for column in block.columns] == [1, 2, 3, 4]


def test_merged_headings_over_numbers_without_a_heading_for_the_names():
    rows = [
        ["Đơn vị: Người - Unit: Persons"],
        [None, "Tổng số - Total", None, "Thành thị - Urban", None],
        [None, "Nam", "Nữ", "Nam", "Nữ"],
        ["TỔNG SỐ - TOTAL", 100, 110, 40, 50],
        ["Rạch Giá", 60, 70, 30, 40],
        ["Hà Tiên", 40, 40, 10, 10],
    ]
    block = only(find_tables(sheet(rows, merged=[(2, 2, 2, 3), (2, 4, 2, 5)])))
    assert shape(block) == ((2, 3), None, 4, 6)
    assert (block.unit, block.total_rows) == ("Người", [4])
    assert block.columns[4].header == "Thành thị - Urban: Nữ"


def test_a_heading_that_ends_with_a_colon_spans_its_columns():
    rows = [
        [None, "Mã", "Tháng 12 so với:", None, "Bình quân"],
        [None, None, "Kỳ gốc", "Tháng 11", None],
        ["CHỈ SỐ GIÁ", "C", "115.20", "101.40", "102.79"],
        ["I. Hàng ăn", "01", "118.1", "103.4", "105.1"],
        ["1. Lương thực", "011", "107.0", "100.5", "100.6"],
    ]
    spans = [(1, 2, 2, 2), (1, 3, 1, 4), (1, 5, 2, 5)]
    block = only(find_tables(sheet(rows, merged=spans)))
    assert shape(block) == ((1, 2), None, 3, 5)
    assert block.columns[3].header == "Tháng 12 so với: Tháng 11"
    assert block.section_rows == [4]


def test_names_and_values_with_blank_columns_between():
    rows = [
        [None, None, "Năm 2018", None, "Năm 2019"],
        ["TỔNG SỐ", None, 13500, None, 11900],
        ["Rạch Giá", None, 420, None, 380],
        ["Hà Tiên", None, 260, None, 240],
    ]
    block = only(find_tables(sheet(rows)))
    assert (block.first_column, block.label_column, block.total_rows) == (1, 1, [2])


@pytest.mark.parametrize(
    "other", ["Đồng bằng sông Hồng - Red River Delta", "Red River Delta", "Đông Bắc", "Tam Nông"]
)
def test_regions_head_their_provinces(other):
    rows = [["Tỉnh", "Thu", "Chi"], [other, 5, 6], ["Hà Nội", 5, 6], ["TÂY NGUYÊN", 1, 2]]
    rows += [["Kon Tum", 1, 2]]
    block = only(find_tables(sheet(rows)))
    assert block.section_rows == ([] if other == "Tam Nông" else [2, 4])


def test_regions_without_a_number_head_numbered_provinces():
    rows = [["STT", "Tỉnh", "Thu"], [None, "Miền núi phía Bắc", 9], ["1", "Hà Giang", 9]]
    assert only(find_tables(sheet(rows))).section_rows == [2]


def test_regions_alone_are_what_is_counted():
    rows = [["Vùng", "Thu"], ["Đồng bằng sông Hồng", 5], ["Tây Nguyên", 6], ["Đông Nam Bộ", 7]]
    assert only(find_tables(sheet(rows))).section_rows == []


def test_a_page_goes_on_below_its_title_in_two_languages():
    rows = [
        ["26", "Dân số trung bình"],
        [None, "Average population"],
        [None, None, None, "Nghìn người - Thous. pers."],
        [None, 2015, 2016, 2017],
        *RICE[:3],
        [None],
        ["26", "(Tiếp theo) Dân số trung bình"],
        [None, "(Cont.) Average population"],
        [None, None, None, "Nghìn người - Thous. pers."],
        [None, 2015, 2016, 2017],
        *RICE[3:],
        ["Cà Mau", 1, 2, 3],
    ]
    block = only(find_tables(sheet(rows)))
    assert block.repeated_header_rows == [12]
    assert block.body_rows == [5, 6, 7, 13, 14]
    assert block.unit == "Nghìn người - Thous. pers."


@pytest.mark.parametrize("names", [("Hòn Tre", "An Sơn"), ("Lại Sơn", "Nam Du")])
def test_the_same_header_below_another_title_starts_a_table_where_the_names_start_again(names):
    rows = [
        ["1. Tổng số hộ"],
        ["Xã", "Năm 2018", "Năm 2019"],
        ["Hòn Tre", 900, 910],
        ["An Sơn", 1000, 1010],
        [None],
        ["2. Hộ nghèo"],
        ["Xã", "Năm 2018", "Năm 2019"],
        *([name, 40, 30] for name in names),
    ]
    found = find_tables(sheet(rows))
    assert len(found) == (2 if names[0] == "Hòn Tre" else 1)
    if len(found) == 2:
        assert [shape(block) for block in found] == [((2, 2), None, 3, 4), ((7, 7), None, 8, 9)]
        assert found[1].title == "2. Hộ nghèo"
    else:
        assert found[0].repeated_header_rows == [7]


# --- other public tables ------------------------------------------------------------------------


def test_a_second_table_that_stands_against_the_first_keeps_its_columns():
    rows = [
        ["STT", "Nội dung thu", "Số tiền", "STT", "Nội dung chi", "Số tiền"],
        [None, "Tổng số thu", 5000, None, "Tổng số chi", 4900],
        ["I", "Thu 100%", 200, "I", "Chi đầu tư", 900],
        ["II", "Thu bổ sung", 4800, "II", "Chi thường xuyên", 4000],
    ]
    left, right = find_tables(sheet(rows))
    assert (left.first_column, left.last_column) == (1, 3)
    assert (right.first_column, right.last_column) == (4, 6)


def test_names_said_again_in_english_below_are_the_same_rows():
    rows = [
        ["Địa phương", 2017, 2018],
        ["TỔNG SỐ", 459, 461],
        ["TOTAL"],
        ["Rạch Giá", 240, 241],
        ["Rach Gia city"],
        ["Hà Tiên", 48, 49],
        ["Ha Tien town"],
        ["Hòn Đất", 171, 171],
        ["Hon Dat district"],
    ]
    block = only(find_tables(sheet(rows)))
    assert (block.total_rows, block.section_rows) == ([2], [])
    assert block.continuations == {3: 2, 5: 4, 7: 6, 9: 8}


def test_a_title_beside_a_unit_is_no_header():
    rows = [
        ["Biểu 02", None, None, "ĐVT: ha"],
        ["Huyện", "Lúa", "Màu", "Cây ăn trái"],
        ["An Biên", 1000.5, 20, 300],
        ["An Minh", 1200.5, 30, 350],
    ]
    block = only(find_tables(sheet(rows)))
    assert (shape(block), block.unit) == (((2, 2), None, 3, 4), "ha")


def test_the_order_word_split_over_two_rows():
    rows = [["Số", "Tên đơn vị", "Chi"], ["TT", None, "đầu tư"], ["A", "B", 1], [1, "An Biên", 9]]
    block = only(find_tables(sheet(rows)))
    assert [column.header for column in block.columns] == ["Số TT", "Tên đơn vị", "Chi đầu tư"]
    assert block.column_number_row == 3
    assert block.order_column == 1


def test_the_total_of_a_budget_stands_first_or_last():
    rows = [["Chỉ tiêu", "Dự toán"], ["Tổng thu NSNN", 30], ["I. Thu nội địa", 20]]
    rows += [["Tổng chi NSĐP do dân góp", 5], ["II. Thu dầu thô", 10]]
    assert only(find_tables(sheet(rows))).total_rows == [2]


def test_a_list_in_small_letters_is_no_header():
    rows = [["id", "name", "slug"], *([word, word.title(), word] for word in ("ao", "ag", "ar"))]
    assert shape(only(find_tables(sheet(rows)))) == ((1, 1), None, 2, 4)


def test_two_columns_of_words():
    rows = [["Tên cũ", "Tên mới"], *([f"Xã {at}", f"Phường {at}"] for at in "abcdefgh")]
    assert shape(only(find_tables(sheet(rows)))) == ((1, 1), None, 2, 9)
    assert find_tables(sheet(rows[:6])) == []


def test_a_wide_list_of_which_most_cells_are_empty():
    rows = [list("ABCDEFGHIJKL"), *([f"Ấp {at}", "x", None, "y", at, *[None] * 7] for at in "vwx")]
    rows[0] = [f"Cột {letter}" for letter in rows[0]]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((1, 1), None, 2, 4)
    assert len(block.columns) == 12


def test_years_from_the_last_to_the_first():
    rows = [["Huyện", 2019, 2018], ["An Biên", 23.8, 17.5], ["An Minh", 12.1, 11.9]]
    assert shape(only(find_tables(sheet(rows)))) == ((1, 1), None, 2, 3)


@pytest.mark.parametrize("codes", [["(1)", "(2)", -3, -4], None])
def test_a_form_still_to_be_filled_in(codes):
    rows = [
        ["STT", "Chủ hộ", "Giới tính", None],
        [None, None, "Nam", "Nữ"],
        codes or [None],
        [None],
    ]
    rows += [[None, None, "Người lập biểu"]]
    merged = [(1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 4)]
    block = only(find_tables(sheet(rows, merged=merged)))
    assert shape(block) == ((1, 2), 3 if codes else None, None, None)
    assert block.footer_rows == [5]


def test_the_same_page_with_other_years_is_another_table():
    rows = [
        [None, 2010, 2011, 2012],
        ["TỔNG SỐ", 3497, 3921, 4287],
        ["Hòn Đất", 800, 900, 950],
        [None],
        ["(Tiếp theo) Sản lượng lúa"],
        [None, 2013, 2014, 2015],
        ["TỔNG SỐ", 4474, 4525, 4643],
        ["Hòn Đất", 960, 970, 980],
    ]
    first, second = find_tables(sheet(rows))
    assert shape(first) == ((1, 1), None, 2, 3)
    assert shape(second) == ((6, 6), None, 7, 8)


@pytest.mark.parametrize("line", ["Tháng 12 năm 2019", "Năm 2019", "Toàn tỉnh"])
def test_a_short_line_over_one_heading_is_no_part_of_it(line):
    rows = [["BÁO CÁO"], [None, None, line], ["TT", "Chủ đầu tư", "Kế hoạch", "Giải ngân"], *ROWS]
    assert only(find_tables(sheet(rows))).header_first == 3


def test_a_header_below_a_total_starts_another_table():
    rows = [
        ["Xã", "Nam", "Nữ"],
        ["Hòn Tre", 900, 910],
        ["Tổng cộng", 900, 910],
        ["Xã", "Đất ở", "Đất rừng"],
        ["Hòn Tre", 40, 30],
    ]
    assert [shape(block) for block in find_tables(sheet(rows))] == [
        ((1, 1), None, 2, 3),
        ((4, 4), None, 5, 5),
    ]


def test_each_table_of_a_web_page_is_its_own():
    cells = [["TT", "Chỉ tiêu", "Thu"], ["1", "Thuế", "1.000,5"], ["", "Phí", "20"]]
    other = [["Tên xã", "Số hộ", "Ghi chú"], ["Hòn Tre", "900", ""], ["Lại Sơn", "1900", "đảo"]]
    tables = "".join(
        "<table>"
        + "".join(f"<tr>{''.join(f'<td>{value}</td>' for value in row)}</tr>" for row in rows)
        + "</table>"
        for rows in (cells, other)
    )
    page = read_bytes(f"<html><meta charset=utf-8><p>ĐVT: hộ</p>{tables}</html>".encode(), "a.xls")
    found = find_tables(page.sheets[0])
    assert [shape(block) for block in found] == [((1, 1), None, 2, 3), ((4, 4), None, 5, 6)]


def test_the_unit_beside_the_grid_of_a_web_page_in_tcvn3():
    page = sheet([["TT", "Tªn x·", "Sè hé"], ["1", "X· Hßn Tre", 120], ["2", "X· An S¬n", 80]])
    page.outside = ["§¬n vÞ tÝnh: TriÖu ®ång"]
    found = read_page(page)
    assert found.outside == ["Đơn vị tính: Triệu đồng"]
    assert only(found.tables).sheet_unit == "Triệu đồng"


def test_subtotals_of_a_district_are_totals():
    rows = [["TT", "Xã", "Số hộ"], [1, "X", 10], [None, "Cộng huyện A", 10], [2, "Cống Vị", 4]]
    rows += [[None, "Cộng toàn huyện", 14]]
    assert only(find_tables(sheet(rows))).total_rows == [3, 5]


def test_the_date_of_a_decision_in_a_list_is_no_line_of_signing():
    rows = [
        ["Tên xã", "Quyết định công nhận", "Ghi chú"],
        ["Xã Tân Hiệp A", "Quyết định số 5/QĐ-UBND ngày 15 tháng 12 năm 2015", "xã điểm"],
        ["Xã Định Hòa", "QĐ số 6 ngày 20 tháng 12 năm 2014"],
        ["An Biên, ngày 03/01/2020"],
    ]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((1, 1), None, 2, 3)
    assert block.footer_rows == [4]


# --- what public tables are exported as ---------------------------------------------------------


def test_years_stand_once_over_the_headings_they_span():
    rows = [
        ["Diện tích và dân số chia theo năm"],
        [None],
        [None, "2017", None, "2018", None],
        [None, "Diện tích", "Dân số", "Diện tích", "Dân số"],
        ["CẢ NƯỚC", 331230.8, 94286.0, 331235.7, 95385.2],
        ["Hà Nội", 3358.6, 7739.2, 3358.6, ".."],
    ]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((3, 4), None, 5, 6)
    assert [column.header for column in block.columns] == [
        "", "2017: Diện tích", "2017: Dân số", "2018: Diện tích", "2018: Dân số",
    ]  # fmt: skip
    assert block.total_rows == [5]


def test_names_in_two_columns_without_headings():
    rows = [
        [None, None, "2017", "2018"],
        ["CẢ NƯỚC", "Nam", 46000.1, 47000.2],
        [None, "Nữ", 48000.1, 48300.2],
        ["Kiên Giang", "Nam", 890.1, 900.2],
        [None, "Nữ", 880.1, 870.2],
    ]
    block = only(find_tables(sheet(rows)))
    assert (block.first_column, block.label_column, block.total_rows) == (1, 1, [2])


@pytest.mark.parametrize("years", [(2018, 2019), ("2018", "2019")])
def test_two_years_beside_two_headings(years):
    rows = [
        ["Chỉ tiêu", "ĐVT", *years],
        ["I. KINH TẾ"],
        ["1. GRDP", "Tỷ đồng", 60000, 65000],
        ["2. Thu nhập", "Triệu đồng", 48, 52],
        ["II. XÃ HỘI"],
        ["1. Dân số", "Người", 1714100, 1723067],
    ]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((1, 1), None, 2, 6)
    assert block.section_rows == [2, 5]


def test_rows_of_years_are_no_header_of_years():
    rows = [["Cầu A", "Xã X", 2015, 2017], ["Cầu B", "Xã Y", 2016, 2018], ["C", "Z", 2016, 2019]]
    assert find_tables(sheet(rows)) == []


def test_an_order_column_without_a_heading_belongs_to_the_table():
    rows = [[None, "Tên xã", "Số hộ", "Số khẩu"], [1, "X", 100, 400], [2, "Y", 200, 800]]
    block = only(find_tables(sheet(rows)))
    assert (block.first_column, block.order_column, block.label_column) == (1, 1, 2)


@pytest.mark.parametrize(
    "title",
    [
        "TỔNG HỢP NỢ ĐỌNG\n(Kèm theo Báo cáo số 12/BC-UBND)\nĐVT: triệu đồng",
        "Phụ lục 2: tổng hợp nợ đọng trong xây dựng cơ bản của các xã trên địa bàn toàn tỉnh "
        "(Đơn vị tính: triệu đồng)",
    ],
)
def test_a_unit_at_the_end_of_a_title(title):
    block = only(find_tables(sheet([[title], ["TT", "Tên xã", "Số hộ", "Hộ nghèo"], *ROWS])))
    assert block.unit == "triệu đồng"
    assert block.title.startswith(title[:8])


def test_the_same_header_below_a_title_and_a_unit_of_its_own_starts_a_table():
    head = ["TT", "Dự án", "Kế hoạch", "Giải ngân"]
    rows = [
        ["I. Chương trình xây dựng nông thôn mới"],
        ["ĐVT: triệu đồng"],
        head,
        ["1", "Xây dựng nông thôn mới", 100, 50],
        [None, "Cộng", 100, 50],
        [None],
        ["II. Chương trình giảm nghèo bền vững"],
        ["(Tính đến ngày 20/12/2019)"],
        ["ĐVT: triệu đồng"],
        head,
        ["1", "Đầu tư cơ sở hạ tầng", 70, 60],
    ]
    first, second = find_tables(sheet(rows))
    assert (first.last_data_row, second.header_first) == (5, 10)
    assert second.title.startswith("II. Chương trình")


@pytest.mark.parametrize("line", ["Trang 2", "Trang 2/3", "(tiếp theo trang 1)", "Tiếp"])
def test_a_page_that_goes_on(line):
    head = ["TT", "Tên xã", "Số hộ", "Hộ nghèo"]
    rows = [head, *ROWS, [None], [line], head, ["3", "Xã Hòn Tre", 60, 5]]
    block = only(find_tables(sheet(rows)))
    assert block.repeated_header_rows == [6]
    assert block.body_rows == [2, 3, 7]


def test_the_same_number_in_every_column_numbers_nothing():
    cells = [see(Cell(1, at, value)) for at, value in enumerate(["-1"] * 6, 1)]
    assert not is_column_numbers(cells)
    assert not is_column_numbers([see(Cell(1, at, 1)) for at in range(1, 6)])
    halves = ["(A)", "(B)", "(1)", "(2a)", "(2b)"]
    assert is_column_numbers([see(Cell(1, at, value)) for at, value in enumerate(halves, 1)])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["Tên xã", "Số hộ", "Dân số"], ["(Commune)", "(Households)", "(Population)"]),
        (["Tên xã", "Số hộ", "Dân số"], ["Commune", "Households", "Population"]),
        (["ten_xa", "so_ho", "dan_so"], ["Tên xã", "Số hộ", "Dân số"]),
    ],
)
def test_headings_said_again_in_another_language(first, second):
    rows = [first, second, ["Hòn Tre", 500, 2000], ["Lại Sơn", 1900, 8000]]
    assert shape(only(find_tables(sheet(rows)))) == ((1, 2), None, 3, 4)


def test_a_first_row_without_numbers_is_data():
    rows = [["Tên xã", "Số hộ", "Dân số"], ["Hòn Tre", "chưa có", "chưa có"]]
    rows += [["Lại Sơn", 1900, 8000], ["An Sơn", 1100, 4000]]
    assert shape(only(find_tables(sheet(rows)))) == ((1, 1), None, 2, 4)


def test_the_order_word_said_again_in_another_language():
    rows = [["STT", "Tỉnh", "Dân số"], ["No.", "Province", "Population"], [1, "An Giang", 1908]]
    assert shape(only(find_tables(sheet(rows)))) == ((1, 2), None, 3, 3)


def test_a_header_merged_down_to_a_row_without_words():
    rows = [["Sheet", "Contents", "Cases"], [None], ["All", "Number", "None"]]
    rows += [["Cases", "Number", "1"], ["Deaths", "Number", "2"]]
    merged = [(1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 2, 3)]
    assert shape(only(find_tables(sheet(rows, merged=merged)))) == ((1, 2), None, 3, 5)


def test_a_list_of_offices_is_no_block_of_signatures():
    rows = [
        ["Chức danh", "Họ tên", "Đơn vị"],
        ["Chủ tịch", "Nguyễn Văn A", "UBND xã X"],
        ["Phó Chủ tịch", "Trần Văn B", "UBND xã X"],
        ["Kế toán trưởng", "Lê Thị C", "UBND xã Y"],
        ["Người lập biểu", "Kế toán trưởng", "Thủ trưởng đơn vị"],
    ]
    block = only(find_tables(sheet(rows)))
    assert shape(block) == ((1, 1), None, 2, 4)
    assert block.footer_rows == [5]


def test_words_set_over_years_are_a_section_and_no_heading():
    rows = [
        [None, 2017, 2018, 2019],
        [None, "TỔNG SỐ - TOTAL", None, None],
        ["An Biên", 100, 110, 120],
        ["An Minh", 200, 210, 220],
        [None, "KHAI THÁC - CAUGHT", None, None],
        ["An Biên", 60, 60, 70],
        ["An Minh", 110, 120, 120],
    ]
    for merged in ((), ((2, 2, 2, 4), (5, 2, 5, 4))):
        block = only(find_tables(sheet(rows, merged=merged)))
        assert shape(block) == ((1, 1), None, 2, 7)
        assert (block.section_rows, block.total_rows) == ([2, 5], [])


def test_the_same_years_about_another_subject_head_another_table():
    rows = [
        ["Cơ sở", 2015, 2016, 2017],
        ["Bệnh viện", 14, 14, 14],
        ["Trạm y tế", 138, 138, 138],
        [None],
        ["Giường", 2015, 2016, 2017],
        ["Bệnh viện", 3600, 3700, 3900],
    ]
    assert [shape(block) for block in find_tables(sheet(rows))] == [
        ((1, 1), None, 2, 3),
        ((5, 5), None, 6, 6),
    ]


def test_the_number_of_a_page_and_a_numbered_title_end_a_table():
    rows = [
        ["10", "Dân số năm 2019"],
        [None, "Tổng số", "Nam", "Nữ"],
        ["TỔNG SỐ", 30, 14, 16],
        [None],
        ["Rạch Giá", 10, 4, 6],
        ["Hà Tiên", 20, 10, 10],
        [None],
        [None, None, 35],
        [None],
        ["11", "Dân số phân theo giới tính"],
        [None, "Population by sex"],
        [None, "Tổng số", "Thành thị", "Nông thôn"],
        ["2015", 1761, 485, 1276],
        ["2016", 1776, 493, 1283],
    ]
    first, second = find_tables(sheet(rows))
    assert shape(first) == ((2, 2), None, 3, 6)
    assert shape(second) == ((12, 12), None, 13, 14)
    assert second.title.endswith("Population by sex")


# --- the body first -------------------------------------------------------------------------------


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("total", [None, "CẢ NƯỚC", "Tổng số - Total"])
def test_headings_split_over_rows_end_where_the_body_begins(counted, total):
    """Nothing is known of the rows but order numbers counting up, or names beside numbers."""
    import random

    from tests.returns.breaking import make
    from tests.returns.test_headings_of_forms import WAYS

    for way in WAYS:
        made = make("poverty", way, random.Random(3), district="906")
        page = made.book.sheets[0]
        rows = sorted(made.rows.values())
        last = rows[-1]
        if total is not None:
            last += 1
            page.cells.append(Cell(last, 2, total))
            page.cells.extend(Cell(last, column, 9000 + column) for column in range(3, 20))
        if not counted:
            top = made.heading[0]
            page.cells[:] = [one for one in page.cells if one.column > 1 or one.row < top]
            page.merged[:] = [one for one in page.merged if one[1] > 1]
        block = only(find_tables(page))
        assert (block.header_first, block.header_last) == made.heading, way
        assert (block.first_data_row, block.last_data_row) == (rows[0], last), way
        assert block.total_rows == ([last] if total else []), way


def test_a_table_beside_another_begins_where_its_first_words_stand_again():
    """Whatever the order column is called: here "#"."""
    head = ["#", "Tên đơn vị", "Số hộ", "Hộ nghèo"]
    rows = [[at, f"Xã {at}", 9 * at, at, at + 4, f"Xã {at + 4}", 7 * at, at] for at in range(1, 5)]
    left, right = find_tables(sheet([[*head, *head], *rows]))
    assert (left.last_column, right.first_column) == (4, 5)
    (once,) = find_tables(sheet([[*head, "Hộ cận nghèo", "Hộ nghèo"], *[row[:6] for row in rows]]))
    assert once.last_column == 6


def test_the_place_where_a_sheet_is_signed_is_no_commune_beside_the_values_of_another_form():
    """Two forms side by side: the left one ends where the right one still has rows."""
    names = ["Mong Thọ", "Mong Thọ A", "Mong Thọ B", "Giục Tượng"]
    left = [["TT", "Xã", *(f"TC {n}" for n in range(1, 20)), None]]
    left += [[n, f"Xã {name}", *["x", "0"] * 9, "x", None] for n, name in enumerate(names, 1)]
    left += [[None] * 22, [None] * 19 + ["Châu Thành, ngày 20 tháng 12 năm 2023", None, None]]
    right = [POVERTY_HEAD]
    for n, name in enumerate(["Minh Hòa", *names, "Bình An"], 1):
        right.append([n, f"Xã {name}", 1000, *range(50, 50 + len(POVERTY_HEAD) - 3)])
    rows = [one + other for one, other in zip(left, right, strict=False)]
    rows += [[None] * 22 + other for other in right[len(left) :]]
    found = read_return_page(sheet([["Biểu 01"], *rows])).tables
    assert [(one.first_data_row, len(one.body_rows)) for one in found] == [(3, 4), (3, 6)]


@pytest.mark.parametrize("district", ["Hà Tiên", "Huyện Kiên Hải", "Châu Thành"])
@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize("count", [2, 4])
def test_a_district_beside_each_commune_is_no_subject(district, at, count):
    """Communes have had the names of their districts since 2025."""
    beside = [[*row[:at], district, *row[at:]] for row in marks()[:count]]
    head = [*MARKS_HEAD[:at], "Huyện", *MARKS_HEAD[at:]]
    page = sheet([["UBND HUYỆN KIÊN HẢI"], [MARKS_TITLE], [None], head, *beside], name="Bieu 01")
    assert [one for one in met_of(read(page)) if one] == RIGHT[:count]
