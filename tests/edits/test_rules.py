"""Rules are exact, and know which values of one cell they allow."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kgstats.edits import Linear, Rate, broken, slip_between
from kgstats.edits.slips import PLAUSIBLE, candidates

NUMBERS = st.integers(0, 10**13)


@given(NUMBERS, NUMBERS)
def test_a_sum_agrees_to_the_last_unit(one, other):
    rule = Linear("sum", (("a", 1), ("b", 1), ("all", -1)))
    assert rule.holds({"a": one, "b": other, "all": one + other})
    assert not rule.holds({"a": one, "b": other, "all": one + other + 1})


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 10**6))
def test_the_range_of_a_cell_is_where_the_rule_holds(part, base, rate):
    values = {"r": Decimal(rate).scaleb(-4), "p": part, "b": base}
    rule = Rate("rate", "r", "p", "b")
    low, high = rule.range_of("p", values)
    for value in (int(low), int(high), int(high) + 1, part):
        assert rule.holds({**values, "p": value}) == (low <= value <= high)
    low, high = rule.range_of("b", values)
    for value in (part, base, max(part, base) + 7, 1):
        inside = (low is None or value >= low) and (high is None or value <= high)
        assert rule.holds({**values, "b": value}) == inside or part == 0


def test_a_part_may_be_below_its_whole():
    rule = Linear("part", (("ethnic", 1), ("all", -1)), "<=")
    assert rule.range_of("ethnic", {"ethnic": 9, "all": 4}) == (None, 4)
    assert rule.range_of("all", {"ethnic": 9, "all": 4}) == (9, None)


def test_no_base_is_no_rate():
    assert Rate("r", "r", "p", "b").holds({"r": Decimal(3), "p": 0, "b": 0})
    assert broken([Rate("r", "r", "p", "b")], {"r": Decimal(3), "p": 0}) == []


@given(st.integers(1, 10**9))
def test_every_slip_is_undone_by_one_of_its_kind(meant):
    for typed, slip in (
        (meant * 10, "zero_too_many"), (meant * 1000, "unit"), (-meant, "sign"),
    ):  # fmt: skip
        found = slip_between(typed, (meant, meant))
        assert found is not None and found[1] == meant
        assert PLAUSIBLE.index(found[0]) <= PLAUSIBLE.index(slip)


@given(st.integers(0, 10**9))
def test_no_slip_makes_a_number_of_itself(typed):
    assert all(number != typed for slip, number in candidates(typed) if slip.startswith("digit"))
    assert slip_between(typed, (typed + 10**11, typed + 10**11 + 7)) is None
