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
