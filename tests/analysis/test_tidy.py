"""Sums by group are exact, and a quotient is the float nearest to the exact one."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from kgstats.analysis import tidy

COUNTS = st.one_of(st.none(), st.integers(0, 10**15))


@given(st.lists(st.tuples(st.sampled_from("ab"), COUNTS), max_size=12))
def test_sums_leave_out_what_is_missing_and_lose_nothing(rows):
    frame = pd.DataFrame(rows, columns=["district_code", "n"]).astype({"n": "Int64"})
    found = tidy.sums(frame, ["n"], "district")
    wanted: dict[str, int | None] = {}
    for key, value in rows:
        known = [one for one in (wanted.get(key), value) if one is not None]
        wanted[key] = sum(known) if known else None
    assert list(found.columns) == ["district_code", "n"]
    told = [None if pd.isna(value) else int(value) for value in found["n"]]
    assert dict(zip(found["district_code"], told, strict=True)) == wanted
    whole = tidy.sums(frame, ["n"])["n"].iloc[0]
    known = [value for _, value in rows if value is not None]
    assert (None if pd.isna(whole) else int(whole)) == (sum(known) if known else None)


@given(st.integers(0, 10**15), st.integers(0, 10**13))
def test_a_percentage_is_the_nearest_float(part, whole):
    found = tidy.percent(pd.Series([part]), pd.Series([whole])).iloc[0]
    if whole == 0:
        assert pd.isna(found)
    else:
        assert found == float(Fraction(100 * part, whole))


def test_the_same_word_gives_the_same_keys():
    assert tidy.keys("province") == tidy.keys(()) == []
    assert tidy.keys(("district", "programme")) == ["district_code", "programme"]
    assert tidy.keys(("district", "commune")) == ["district_code", "commune_code"]
