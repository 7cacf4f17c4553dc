"""Claims of computed sentences, held against random frames by plain counting."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgstats.present import claims, numbers
from kgstats.words import LANGUAGES

WORDS = claims.Words(
    one="{names} is first: {value}",
    many="{names} are first: {value} each",
    none="nobody is first",
    every="all {n} are equal: {value}",
)
VALUE = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.sampled_from([0.004, -0.004, 0.005, 1.404, 1.4, 2.665, -59.3, float("nan")]),
    st.floats(-100, 100).map(lambda value: round(value, 6)),
)
FRAMES = st.dictionaries(st.sampled_from([f"place {n}" for n in range(9)]), VALUE)


def as_printed(value: object) -> Decimal | None:
    """What a reader sees of a value, by other code than the product's."""
    if value is None or value != value:
        return None
    return Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def seen(frame: dict) -> dict:
    return {place: as_printed(v) for place, v in frame.items() if as_printed(v) is not None}


def series(frame: dict) -> pd.Series:
    return pd.Series(frame, dtype=object)


@given(FRAMES, st.booleans(), st.sampled_from([None, 0]))
def test_the_first_are_all_those_whom_no_other_exceeds(frame, lowest, above):
    place = claims.first(series(frame), 2, lowest=lowest, above=above)
    shown = seen(frame)
    fit = {name: v for name, v in shown.items() if above is None or v > above}
    assert set(place.holders) == {
        name
        for name, v in fit.items()
        if not any((w < v) if lowest else (w > v) for w in fit.values())
    }
    assert place.compared == len(shown)
    assert place.compared + place.missing == len(frame)
    assert all(as_printed(place.value) == shown[name] for name in place.holders)


@given(FRAMES, st.sampled_from([None, 0]), st.sampled_from(LANGUAGES))
def test_a_sentence_names_who_is_first_and_nobody_else(frame, above, lang):
    place = claims.first(series(frame), 2, above=above)
    text = claims.said(place, WORDS, lambda v: numbers.number(v, lang, 2), lang)
    shown = seen(frame)
    if not shown:
        assert text == ""
        return
    fit = {name: v for name, v in shown.items() if above is None or v > above}
    if not fit:
        assert text == "nobody is first"
        return
    best = max(fit.values())
    holders = {name for name, v in fit.items() if v == best}
    told = text.split(":")[1].strip().removesuffix(" each")
    assert told == numbers.number(best, lang, 2)
    named = set(re.findall(r"place \d", text))
    if len(shown) > 1 and len(holders) == len(shown):
        assert text.startswith(f"all {len(shown)} are equal")
    elif len(holders) > 5:
        assert not named and text.startswith(str(len(holders)))
    else:
        assert named == holders
        assert (" is first" in text) == (len(holders) == 1)
    silent = set(frame) - set(shown)
    assert not named & silent


@given(FRAMES, st.integers(0, 9), st.booleans(), st.sampled_from([None, 0]))
def test_a_list_is_never_cut_between_equals(frame, most, lowest, above):
    found = claims.top(series(frame), most, 2, lowest=lowest, above=above)
    shown = {name: v for name, v in seen(frame).items() if above is None or v > above}
    listed = [name for name, _ in found]
    assert len(listed) == len(set(listed)) <= most
    left = [v for name, v in shown.items() if name not in listed]
    for name in listed:
        assert all(shown[name] > v if not lowest else shown[name] < v for v in left)
    if len(shown) <= most:
        assert set(listed) == set(shown)
    ordered = [shown[name] for name in listed]
    assert ordered == sorted(ordered, reverse=not lowest)
    # As long as it can be: the next group of equals would be too long.
    if left:
        following = min(left) if lowest else max(left)
        assert len(listed) + left.count(following) > most


@given(VALUE, VALUE, st.sampled_from(LANGUAGES))
def test_a_level_rose_if_and_only_if_it_is_seen_to(before, after, lang):
    text = claims.moved(before, after, lambda v: numbers.number(v, lang, 2), lang, 2)
    one, two = as_printed(before), as_printed(after)
    rose, fell = {"en": ("rose", "fell"), "vi": ("tăng", "giảm")}[lang]
    assert text.startswith(rose) == (one is not None and two is not None and two > one)
    assert text.startswith(fell) == (one is not None and two is not None and two < one)
    assert bool(text) == (two is not None)
    assert two is None or numbers.number(two, lang, 2) in text


@given(VALUE, st.sampled_from(LANGUAGES))
def test_a_change_has_a_direction_only_where_it_is_seen(change, lang):
    text = claims.change(change, lambda v: numbers.number(v, lang, 2), lang, 2)
    shown = as_printed(change)
    rose, fell, same = {
        "en": ("rose by", "fell by", "did not change"),
        "vi": ("tăng ", "giảm ", "không đổi"),
    }[lang]
    if shown is None:
        assert text == ""
    elif shown == 0:
        assert text == same
    else:
        assert text.startswith(rose if shown > 0 else fell)
        assert numbers.number(abs(shown), lang, 2) in text
        assert numbers.MINUS not in text


@given(st.integers(-3, 3), st.sampled_from([0, 1]))
def test_one_is_one_and_everything_else_is_many(n, decimals):
    text = claims.counted(claims.UNITS["communes"], n, "en", decimals)
    assert text.endswith("commune") == (abs(n) == 1 and decimals == 0)
    assert claims.counted(claims.UNITS["communes"], n, "vi", decimals).endswith("xã")


@given(VALUE, VALUE)
def test_a_ratio_is_said_only_of_two_rates_above_zero(one, other):
    text = claims.times(one, other, "en")
    there = as_printed(one) is not None and as_printed(other) is not None
    assert bool(text) == (there and one > 0 and other > 0)


def test_a_booking_of_less_than_nothing_is_not_the_lowest_rate():
    rates = pd.Series({"a": -59.3, "b": 0.0, "c": 88.0})
    assert claims.first(rates, 1, lowest=True, least=0).holders == ("b",)
    assert claims.first(rates, 1, lowest=True).holders == ("a",)


def test_money_is_compared_in_the_unit_that_is_printed():
    money = pd.Series({"a": 1_051_000_000, "b": 1_001_000_000, "c": 900_000_000})
    assert claims.first(money, 1, scale=10**9).holders == ("a",)
    assert claims.first(money, 0, scale=10**9).holders == ("a", "b", "c")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "3 of 15 districts, 28 of 117 communes"),
        ("vi", "3/15 huyện, thành phố, 28/117 xã"),
    ],
)
def test_a_base_is_stated(lang, said):
    assert claims.base({"districts": (3, 15), "communes": (28, 117)}, lang) == said


def test_nobody_is_first_among_one():
    assert not claims.first(pd.Series({"a": 5})).alone
    assert claims.first(pd.Series({"a": 5, "b": 4})).alone
    assert not claims.first(pd.Series({"a": 5, "b": 5, "c": 4})).alone
