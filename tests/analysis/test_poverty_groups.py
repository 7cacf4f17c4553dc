"""Ethnic-minority households against the others, and groupings of communes."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.poverty_tables import three_years

from kgstats.analysis import poverty
from kgstats.reference import groupings

KIEN_HAI = "912"


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return three_years()


def others(frame: pd.DataFrame, by="province") -> pd.DataFrame:
    return poverty.against_others(poverty.levels(poverty.both_groups(frame), by))


def test_the_ratio_to_the_others_rose_while_the_gap_fell(frame) -> None:
    """2.02 times in 2019, 1.92 in 2018: recomputed from the counts alone."""
    found = others(frame).set_index("year")
    assert round(float(found.loc[2018, "others_ratio"]), 2) == 1.92
    assert round(float(found.loc[2019, "others_ratio"]), 2) == 2.02
    assert found.loc[2019, "gap_others_pp"] < found.loc[2018, "gap_others_pp"]
    own = frame[frame["year"] == 2019]
    poor, ethnic = own["poor_end_hh"].sum(), own["ethnic_poor_end_hh"].sum()
    homes, theirs = own["households_hh"].sum(), own["ethnic_households_hh"].sum()
    ratio = Fraction(int(ethnic), int(theirs)) / Fraction(int(poor - ethnic), int(homes - theirs))
    assert float(found.loc[2019, "others_ratio"]) == float(ratio)
    # The gap to all households, of whom ethnic minorities are a part, is smaller.
    gaps = poverty.ethnic_gap(poverty.levels(frame)).set_index("year")
    assert (found["gap_others_pp"] > gaps["gap_pp"]).all()


def test_both_groups_make_up_all_households(frame) -> None:
    found = others(frame, "district").set_index(["year", "district_code"])
    levels = poverty.levels(frame, "district").set_index(["year", "district_code"])
    assert (
        found["other_households_hh"] + found["ethnic_households_hh"] == levels["households_hh"]
    ).all()
    assert (found["other_poor_end_hh"] + found["ethnic_poor_end_hh"] == levels["poor_end_hh"]).all()


@given(st.data())
@settings(max_examples=15, deadline=None)
def test_what_is_missing_is_in_neither_group(frame, data) -> None:
    """Damaged at random, no household is counted as "other" because another count is missing."""
    columns = ["households_hh", "poor_end_hh", "ethnic_households_hh", "ethnic_poor_end_hh"]
    damaged = frame.copy()
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.integers(0, len(frame) - 1))
        damaged.loc[row, data.draw(st.sampled_from(columns))] = pd.NA
    whole = damaged.groupby("commune_code")[columns].apply(lambda own: own.notna().all(axis=None))
    kept = frame[frame["commune_code"].map(whole)]
    found = others(damaged).set_index("year")
    for year, own in kept.groupby("year"):
        assert found.loc[year, "other_poor_end_hh"] == (
            own["poor_end_hh"].sum() - own["ethnic_poor_end_hh"].sum()
        )
        assert found.loc[year, "both_units"] == len(own)


def test_more_ethnic_households_than_households_are_no_others(frame) -> None:
    one = frame[frame["commune_code"] == "31108"].copy()
    one["ethnic_households_hh"] = one["households_hh"] + 1
    row = others(one).iloc[-1]
    assert pd.isna(row["other_households_hh"]) and pd.isna(row["others_ratio"])
    nobody = frame[frame["commune_code"] == "31108"].copy()
    nobody["poor_end_hh"] = nobody["ethnic_poor_end_hh"]
    row = others(nobody).iloc[-1]
    assert row["other_poor_rate_pct"] == 0
    assert pd.isna(row["others_ratio"])


def test_a_grouping_is_of_the_units_that_a_document_names(frame) -> None:
    found = poverty.by_grouping(frame, 2018, 2019).set_index("grouping")
    assert list(found.index) == groupings.groupings(2019)["grouping"].tolist()
    for name in ("especially_difficult", "island"):
        codes = groupings.members(2019, name)["commune_code"]
        own = frame[frame["commune_code"].isin(codes)]
        now, before = (own[own["year"] == year] for year in (2019, 2018))
        rates = [
            Fraction(100 * int(one["poor_end_hh"].sum()), int(one["households_hh"].sum()))
            for one in (before, now)
        ]
        row = found.loc[name]
        assert float(row["poor_rate_pct"]) == float(rates[1])
        assert float(row["change_pp"]) == pytest.approx(float(rates[1] - rates[0]))
        assert row["units_listed"] == row["units_reported"] == len(codes)
    for name in ("border", "programme_30a", "programme_135"):
        assert found.loc[name, "units_listed"] == 0
        assert found.loc[name, ["poor_end_hh", "poor_rate_pct", "change_pp"]].isna().all()
    assert not found["is_complete"].any()


def test_a_grouping_of_which_a_unit_did_not_report_says_so(frame) -> None:
    gone = frame.copy()
    first = groupings.members(2019, "especially_difficult")["commune_code"].iloc[0]
    gone.loc[(gone["commune_code"] == first) & (gone["year"] == 2018), "poor_end_hh"] = pd.NA
    row = poverty.by_grouping(gone, 2018, 2019).set_index("grouping").loc["especially_difficult"]
    assert (row["units_reported"], row["matched_units"]) == (4, 3)
    # The change is of the same units in both years, not of more in the later one.
    assert row["poor_rate_pct"] != row["after_rate_pct"]
    assert poverty.by_grouping(frame, None, 2019)["change_pp"].isna().all()
