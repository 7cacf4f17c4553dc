import pytest

from kgstats.published.audit import audit

TABLE = """
Đơn vị tính: triệu đồng

| TT | Huyện | Tổng số hộ | Hộ nghèo | Tỷ lệ (%) | Kinh phí |
|---|---|---|---|---|---|
| A | B | 1 | 2 | 3=2/1 | 4 |
| 1 | Vị Thủy | 25.000 | 1.000 | 4,00 | 120,5 |
| 2 | Long Mỹ | 20.000 | 900 | 4,50 | 80,0 |
| 3 | Phụng Hiệp | 50.000 | 1.500 | 3,00 | 99,5 |
| | Tổng cộng | 95.000 | {poor} | 3,58 | 300,0 |
"""


def test_a_table_states_its_totals_and_rates(told):
    found = told(TABLE.format(poor="3.400"))
    assert sum(kind == "sum" for kind, _ in found) == 3
    assert sum(kind == "ratio" for kind, _ in found) == 4
    assert {klass for _, klass in found} == {"exact", "rounding"}


def test_units_stand_in_heads_and_above_the_table(figures):
    units = {unit for _, _, unit in figures(TABLE.format(poor="3.400"))}
    assert units == {"households", "percent", "VND_million"}


def test_one_wrong_total_is_named_by_the_sum_and_the_rate(propose, units):
    report = propose(TABLE.format(poor="3.500")).report(units)
    wrong = [one for one in audit(report) if one.klass == "wrong"]
    assert len(wrong) == 2
    assert {one.suggestion.rpartition("=")[2] for one in wrong} == {"3400"}


def test_a_column_of_totals_adds_up_across(told):
    text = """
| Huyện | Tổng cộng | Vốn trung ương | Vốn tỉnh |
|---|---|---|---|
| An Biên | 30 | 20 | 10 |
| An Minh | 45 | 25 | 20 |
| Gò Quao | 50 | 26 | 25 |
"""
    assert sorted(klass for _, klass in told(text)) == ["exact", "exact", "wrong"]


def test_what_is_left_is_the_difference_of_two_columns(told):
    text = """
| Nguồn vốn (tỷ đồng) | Kế hoạch | Giải ngân | Còn lại |
|---|---|---|---|
| Trung ương | 450 | 360 | 90 |
| Tỉnh | 300 | 210 | 90 |
| Huyện | 200 | 150 | {left} |
"""
    assert {klass for _, klass in told(text.format(left=50))} == {"exact"}
    assert sorted(klass for _, klass in told(text.format(left=60))) == ["exact", "exact", "wrong"]


def test_years_head_columns_and_a_column_of_units_names_those_of_its_rows(propose):
    text = """
| Chỉ tiêu | ĐV tính | 2010 | 2011 |
|---|---|---|---|
| Tổng số hộ | hộ | 412204.00 | 421820.00 |
| Tỷ lệ hộ nghèo | % | 15.40 | 12.11 |
"""
    found = [(one.period, one.unit, f"{one.value}") for one in propose(text).reading.figures]
    assert found == [
        ("2010", "households", "412204.00"), ("2011", "households", "421820.00"),
        ("2010", "percent", "15.40"), ("2011", "percent", "12.11"),
    ]  # fmt: skip


GROUPS = """
| TT | Vùng | Tổng vốn | Đầu tư | Sự nghiệp | Cơ cấu (%) |
|---|---|---|---|---|---|
| I | Miền núi | 900 | 600 | 300 | 60,0 |
| 1 | Xuân Hòa | 500 | 300 | 200 | 33,3 |
| 2 | Hà Mường | 400 | 300 | 100 | 26,7 |
| II | Đồng bằng | 600 | 400 | 200 | 40,0 |
| 3 | Nguyên Lạc | 350 | 200 | 150 | 23,3 |
| 4 | Bảo Lâm | 250 | 200 | 50 | 16,7 |
| | Tổng cộng | 1.500 | 1.000 | 500 | 100 |
"""
TURNED = """
| Nội dung | Năm 2017 | Năm 2018 | Năm 2019 | Tổng |
|---|---|---|---|---|
| Tổng số hộ | 112.350 | 112.800 | 113.500 | |
| Số hộ nghèo | 10.120 | 8.988 | 7.945 | |
| Tỷ lệ hộ nghèo (%) | 9,01 | 7,97 | 7,00 | |
| Kế hoạch vốn (triệu đồng) | 900 | 950 | 980 | 2.830 |
| Đã giải ngân (triệu đồng) | 700 | 800 | 900 | 2.400 |
| Chưa giải ngân (triệu đồng) | 200 | 150 | 80 | 430 |
"""


@pytest.mark.parametrize(
    ("table", "right", "wrong"),
    [
        (GROUPS, "| 900 |", "| 990 |"),
        (GROUPS, "| 400 | 200 | 40,0", "| 300 | 200 | 40,0"),
        (GROUPS, "| 60,0 |", "| 61,0 |"),
        (TURNED, "| 7,00 |", "| 7,50 |"),
        (TURNED, "| 80 | 430", "| 90 | 430"),
        (TURNED, "| 2.400 |", "| 2.040 |"),
    ],
)
def test_groups_shares_of_a_whole_and_turned_tables_are_read(told, table, right, wrong):
    assert {klass for _, klass in told(table)} <= {"exact", "rounding"}
    damaged = table.replace(right, wrong)
    assert damaged != table
    assert "wrong" in {klass for _, klass in told(damaged)}


def test_a_group_that_names_only_some_of_its_parts_is_no_sum(told):
    text = """
| TT | Nội dung | Số hộ |
|---|---|---|
| 1 | Hộ nghèo | 900 |
| a | Dân tộc thiểu số | 600 |
| b | Có phụ nữ làm chủ hộ | 250 |
| 2 | Hộ cận nghèo | 700 |
| a | Dân tộc thiểu số | 400 |
| b | Có phụ nữ làm chủ hộ | 100 |
"""
    assert told(text) == []
