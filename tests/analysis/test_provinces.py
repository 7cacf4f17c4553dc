"""Provinces side by side: figures as on the own pages of each, with what they are of."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.national import small

from illustrative.truth import truth
from kgstats.analysis import attainment, overview, provinces
from kgstats.reference import province


def held(*years: int, poor: int = 5, silent: int = 0) -> dict[str, dict[int, pd.DataFrame]]:
    made = {year: small.tables(year, poor, silent) for year in years}
    names = ("communes", "attainment", "funding", "poverty")
    return {name: {year: tables[name] for year, tables in made.items()} for name in names}


@pytest.fixture
def city():
    with province.turned(province.of_code(small.CITY)):
        yield


def test_they_are_the_figures_of_the_own_pages():
    tables = {name: {own: truth(own)[name] for own in (2018, 2019)}
              for name in ("communes", "attainment", "funding", "poverty")}  # fmt: skip
    standings = attainment.standings(tables["communes"], tables["attainment"], 2019)
    own = overview.years(standings, tables["poverty"], tables["funding"], 2019)
    found = provinces.figures(tables, 2019)
    for name in ("communes_recognised", "recognised_pct", "poor_rate_pct", "disbursed_rate_pct"):
        assert found[name].tolist() == own.loc[own["year"] == 2019, name].tolist()
    both = overview.two_years(tables["poverty"], 2019)
    moved = overview.like_for_like(standings, both, tables["funding"], 2019)
    pd.testing.assert_frame_equal(provinces.changes(tables, 2019), moved)


def test_a_province_of_which_all_reported_is_whole(city):
    row = provinces.figures(held(2019), 2019).iloc[0]
    assert [row[name] for name in ("communes", "communes_recognised", "units")] == [11, 6, 56]
    assert row["poor_rate_pct"] == 5.0
    assert row["disbursed_rate_pct"] == 75.0
    assert (row["districts_with_communes"], row["districts_met"], row["condition_met_pct"]) == (
        1,
        0,
        0.0,
    )
    assert all(row[f"{rate}_whole"] for rate in provinces.RATES)


def test_one_unit_that_is_silent_is_no_whole(city):
    row = provinces.figures(held(2019, silent=1), 2019).iloc[0]
    assert (row["communes_reported"], row["poor_rate_units"]) == (10, 55)
    assert not row["recognised_pct_whole"]
    assert not row["poor_rate_pct_whole"]


def test_money_of_a_district_without_a_disbursement_is_no_whole(city):
    tables = held(2019)
    money = tables["funding"][2019]
    money.loc[0, "disbursed_vnd"] = pd.NA
    row = provinces.figures(tables, 2019).iloc[0]
    assert (row["money_districts"], row["districts_all"]) == (6, 7)
    assert not row["disbursed_rate_pct_whole"]


def test_silence_is_no_nought(city):
    row = provinces.figures(held(2019, silent=56), 2019).iloc[0]
    for rate in ("recognised_pct", "condition_met_pct", "poor_rate_pct"):
        assert pd.isna(row[rate])
        assert not row[f"{rate}_whole"]


@pytest.mark.parametrize(("year", "compared"), [(2020, True), (2022, False)])
def test_nothing_is_compared_across_standards(city, year, compared):
    found = provinces.changes(held(year - 1, year), year)
    assert ("poor_rate_pct" in set(found["indicator"])) == compared
    assert ("communes_recognised" in set(found["indicator"])) == compared
