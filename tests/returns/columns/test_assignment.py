"""Where neighbouring headings are damaged no column is taken for another one."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.returns.breaking import make
from tests.returns.damaging import damage
from tests.returns.test_headings_of_forms import DISTRICTS, FORMS, judge, ways

from kgstats.returns.columns.assignment import displaced


@given(
    st.sampled_from(FORMS), ways(), st.integers(0, 10**6), st.booleans(), st.booleans(),
    st.sampled_from(DISTRICTS), st.integers(1, 6), st.booleans(),
)  # fmt: skip
@settings(
    max_examples=150, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
def test_neighbouring_headings_that_are_damaged_are_read_or_refused_by_name(
    form, way, seed, extra, again, district, times, one_kind
):
    rng = random.Random(seed)
    made = make(form, way, rng, extra=extra, again=again, district=district)
    damage(made, rng, times, one_kind=one_kind)
    found, bad = judge(made)
    assert not bad, (found, bad[:3])


@pytest.mark.parametrize(
    ("places", "proved", "given_up"),
    [
        ([0, 1, None, 3, 4], (), set()),  # one is nameless, and there is room for it
        ([0, 1, None, 2, 4, 5, 6], (), {3}),  # words slid to the right
        ([0, 1, 2, None, 3, 4], {2, 4}, set()),  # a column of no form between two that are proved
        ([11, 12, 13, 14, 15, 0, 1, 2, 3, None], (), set()),  # blocks in another order
        ([5, 2, 7, 1, 6, 0, 4, 3, None], (), set()),  # a page that has its own order says nothing
        ([3, 1, 2], (), set()),  # every column has a name
    ],
)
def test_the_fewest_columns_are_given_up(places, proved, given_up):
    assert displaced(places, proved, 18) == given_up
