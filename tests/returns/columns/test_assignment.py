"""Where neighbouring headings are damaged no column is taken for another one."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.returns.breaking import Way, make, values_read
from tests.returns.damaging import damage
from tests.returns.test_headings_of_forms import DISTRICTS, FORMS, judge, ways

from kgstats.returns.book import read_book
from kgstats.returns.columns.assignment import blamed, displaced, proved_by
from kgstats.returns.identities import identities


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


def exchanged_words(first: str, second: str, level: int):
    """Read a page of form 03 with the words above two columns in each other's place."""
    made = make("poverty", Way(numbers=False), random.Random(11), district="913")
    at = {(one.row, one.column): one for one in made.book.sheets[0].cells}
    row = made.heading[0] + level
    one, other = (at[row, made.columns[name]] for name in (first, second))
    one.value, other.value = other.value, one.value
    result = read_book(made.book, 2019)
    read = values_read(result)
    assert not [key for key, true in made.truth.items() if read.get(key) not in (None, true)]
    lost = {name for (_, name), true in made.truth.items() if true is not None} - {
        name for key, name in made.truth if read.get((key, name)) is not None
    }
    return lost, result


def test_of_two_headings_of_one_group_that_were_exchanged_the_others_stay():
    lost, result = exchanged_words("poor_end_hh", "ethnic_poor_end_hh", 1)
    assert lost == {"poor_end_hh", "ethnic_poor_end_hh"}
    errors = [one for one in result.findings if one.grave == "error"]
    assert {one.rule for one in errors} == {"column_contradicted"} and len(errors) == 2


def test_words_of_groups_that_were_exchanged_give_no_column_to_another():
    lost, _ = exchanged_words("poor_escaped_hh", "near_poor_escaped_hh", 0)
    assert lost


def test_one_column_explains_what_fails_or_the_one_with_a_damaged_heading():
    flow, parts = (
        next(one for one in identities("poverty") if one.name == name)
        for name in ("poor_flow_differs", "poor_parts_differ")
    )
    assert proved_by([(flow, False), (parts, True)]) == set(parts.columns)
    assert blamed([(flow, False), (parts, False)], []) == {"poor_end_hh"}
    assert blamed([(flow, False), (parts, True)], []) == set()
    torn = ["poor_new_hh", "households_hh"]
    assert blamed([(flow, False), (parts, True)], torn) == {"poor_new_hh"}
