from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgstats.present import numbers
from kgstats.present.numbers import NO_BREAK


@pytest.mark.parametrize("absent", [None, float("nan"), pd.NA, pd.NaT])
def test_absent_is_never_zero(absent):
    for write in (numbers.number, numbers.percent, numbers.signed, numbers.points, numbers.money):
        assert write(absent, "vi") == numbers.NOT_REPORTED
    assert numbers.date(absent, "en") == numbers.NOT_REPORTED


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (0, "0", "0"),
        (1020, "1.020", "1,020"),
        (Decimal("106.0"), "106,0", "106.0"),
        (2.69, "2,69", "2.69"),
        (-1.45, "−1,45", "−1.45"),
        (6892545, "6.892.545", "6,892,545"),
        (1e-7, "0,0000001", "0.0000001"),
        (Decimal("1E+3"), "1.000", "1,000"),
    ],
)
def test_numbers_in_both_languages(value, vi, en):
    assert numbers.number(value, "vi") == vi
    assert numbers.number(value, "en") == en


def test_a_rounded_zero_has_no_sign():
    assert numbers.number(-0.001, "vi", 2) == "0,00"
    assert numbers.signed(-0.001, "en", 2) == "0.00"


def test_points_are_never_a_percentage():
    assert numbers.points(-1.45, "vi") == f"−1,45{NO_BREAK}điểm phần trăm"
    assert "%" not in numbers.points(-1.45, "en")


def test_money():
    assert numbers.money(56_135_000_000, "vi") == "56,135 tỷ đồng"
    assert numbers.money(30_000_000, "en", "million") == "VND 30 million"


def test_lists_in_words():
    assert numbers.joined(["a", "b", "c"], "vi") == "a, b và c"
    assert numbers.joined(["a"], "en") == "a"
    assert numbers.joined([], "en") == ""


@given(
    value=st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**6),
    places=st.integers(0, 4),
)
def test_rounding_is_half_away_from_zero(value, places):
    shown = Fraction(numbers.rounded(value, places))
    step = Fraction(1, 10**places)
    assert abs(shown - value) <= step / 2
    if abs(shown - value) == step / 2:
        assert abs(shown) > abs(value)
    assert numbers.rounded(-value, places) == -numbers.rounded(value, places)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3, allow_nan=False))
def test_what_is_written_can_be_read_back(value):
    for lang, thousands, point in (("vi", ".", ","), ("en", ",", ".")):
        text = numbers.number(value, lang)
        plain = text.replace(thousands, "").replace(point, ".").replace(numbers.MINUS, "-")
        assert Decimal(plain) == value
