from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgstats.published.printed import Interval, read_printed

decimals = st.decimals(
    min_value=Decimal(-(10**6)), max_value=Decimal(10**6), places=4, allow_nan=False
)
intervals = st.tuples(decimals, decimals).map(
    lambda ends: Interval(Fraction(min(ends)), Fraction(max(ends)))
)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("02", ["2"]),
        ("1.300", ["1300"]),
        ("6.892.545", ["6892545"]),
        ("106,0", ["106.0"]),
        ("52.486,08", ["52486.08"]),
        ("6.081 km/7.084 km", ["6081", "7084"]),
        ("10-15", ["10", "15"]),
        ("1,5% - 2%", ["1.5", "2"]),
        ("4.21", ["4.21"]),
        ("71, 4", ["71.4"]),
        ("412204.00", ["412204.00"]),
        ("30 ngàn 309", ["30309"]),
        ("02/2,4", ["2", "2.4"]),
        ("18 tỷ 600 triệu", ["18.600"]),
    ],
)
def test_numbers_are_read_in_vietnamese_style(text, values):
    assert [str(number.value) for number in read_printed(text)] == values


@pytest.mark.parametrize("text", ["12.34,5", "1.2345"])
def test_a_number_in_another_style_is_refused(text):
    with pytest.raises(ValueError, match="Vietnamese style"):
        read_printed(text)


@given(value=decimals, places=st.integers(0, 4))
def test_a_printed_number_stands_for_all_that_rounds_to_it(value, places):
    printed = Decimal(round(Fraction(value) * 10**places)).scaleb(-places)
    interval = Interval.of_printed(printed, places)
    assert interval.low <= Fraction(value) <= interval.high


@given(a=intervals, b=intervals, part=st.fractions(0, 1), other=st.fractions(0, 1))
def test_interval_arithmetic_contains_every_result(a, b, part, other):
    x = a.low + part * (a.high - a.low)
    y = b.low + other * (b.high - b.low)
    for interval, result in ((a + b, x + y), (a - b, x - y), (a * b, x * y), (-a, -x)):
        assert interval.low <= result <= interval.high
    if b.low > 0 or b.high < 0:
        quotient = a / b
        assert quotient.low <= x / y <= quotient.high
    else:
        with pytest.raises(ZeroDivisionError):
            a / b
