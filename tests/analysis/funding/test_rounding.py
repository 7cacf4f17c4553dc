"""Parts rounded to whole đồng still add up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.funding.money import FEW

from kgstats.analysis.funding.rounding import nearest, whole


@FEW
@given(st.lists(st.fractions(min_value=-100, max_value=100, max_denominator=97), max_size=12))
def test_rounded_parts_add_up_and_none_moves_by_a_whole(parts):
    rounded = whole(parts)
    assert sum(rounded) == nearest(sum(parts))
    assert all(abs(a - b) <= 1 for a, b in zip(rounded, parts, strict=True))
