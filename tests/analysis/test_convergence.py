"""Spread, catching up and gaps: of the same units in every year, never across a break."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgstats.analysis import convergence, disclosure, poverty_disclosure
from kgstats.analysis.poverty import COUNT_COLUMNS
from kgstats.reference import areas


def table(year: int, poor: int = 10, leave_out: int = 0) -> pd.DataFrame:
    """A clean table of poverty of a year, every unit alike, but for the first few left out."""
    units = areas.units(year)
    counts = dict.fromkeys(COUNT_COLUMNS, 0)
    counts |= {"households_hh": 500, "poor_end_hh": poor, "ethnic_households_hh": 100}
    frame = units[["district_code", "commune_code"]].assign(year=year, **counts)
    return frame.iloc[leave_out:].reset_index(drop=True)


def rows(measure: str = "poor_rate_pct", period: str = "md2016", **years: list[float | None]):
    return pd.DataFrame(
        [
            {"period": period, "year": int(year[1:]), "district_code": f"9{n:02}", measure: value}
            for year, values in years.items()
            for n, value in enumerate(values)
        ]
    )


def test_two_standards_are_two_periods():
    found = convergence.periods({year: table(year) for year in (2020, 2021, 2022, 2023)}, 2023)
    assert [one["period"].iloc[0] for one in found] == ["md2016", "md2022"]
    rates = convergence.rates(found, by="units")
    assert set(rates["year"]) == {2020, 2021, 2022, 2023}
    moves = convergence.first_and_last(rates, "poor_rate_pct")
    spans = set(zip(moves["first_year"], moves["year"], strict=True))
    assert spans == {(2020, 2021), (2022, 2023)}


def test_over_the_reform_all_years_stand_on_the_communes_of_the_last():
    found = convergence.periods({year: table(year) for year in (2024, 2025)}, 2025)
    rates = convergence.rates(found, by="units")
    counts = rates.groupby("year")["commune_code"].nunique()
    assert len(found) == 1 and counts[2024] == counts[2025] == len(areas.units(2025))


def test_later_years_are_not_seen():
    tables = {year: table(year) for year in (2018, 2019, 2020)}
    found = convergence.rates(convergence.periods(tables, 2019), by="units")
    assert set(found["year"]) == {2018, 2019}


def test_a_unit_that_did_not_report_once_is_in_no_year():
    tables = {2018: table(2018), 2019: table(2019, leave_out=12)}
    rates = convergence.rates(convergence.periods(tables, 2019), by="units")
    held = rates.dropna(subset=["poor_rate_pct"]).groupby("year")["district_code"].apply(set)
    assert held[2018] == held[2019]
    spread = convergence.spread(rates, "poor_rate_pct")
    assert spread["units"].nunique() == 1 and (spread["units"] < spread["expected_units"]).all()


def test_with_disclosure_control_no_unit_is_given():
    periods = convergence.periods({2018: table(2018, 3), 2019: table(2019, 2)}, 2019)
    households = pd.concat(periods).drop(columns="period")
    release = poverty_disclosure.release(households, disclosure.Control(rounding=10))
    units = convergence.rates(periods, by="units", release=release)
    assert units.empty
    assert convergence.spread(units, "poor_rate_pct").empty
    assert convergence.catch_up(convergence.first_and_last(units, "poor_rate_pct")).empty
    assert len(convergence.rates(periods, release=release)) == 2


def test_spread_is_of_all_units_not_of_a_sample():
    found = convergence.spread(rows(y2018=[1.0, 3.0, None], y2019=[2.0, 2.0, 9.0]), "poor_rate_pct")
    assert found["units"].tolist() == [2, 2]
    assert found["unit_sd"].tolist() == [1.0, 0.0]
    assert found["variation_pct"].tolist() == [50.0, 0.0]
    nothing = convergence.spread(rows(y2018=[0.0, 0.0]), "poor_rate_pct")
    assert nothing["unit_sd"].tolist() == [0.0] and nothing["variation_pct"].isna().all()
    assert convergence.spread(rows(y2018=[1.0]), "poor_rate_pct").empty


def test_all_falling_by_half_is_catching_up_in_points_and_not_in_proportion():
    moves = convergence.first_and_last(rows(y2018=[2.0, 4.0, 6.0], y2019=[1.0, 2.0, 3.0]),
                                       "poor_rate_pct")  # fmt: skip
    row = convergence.catch_up(moves).iloc[0]
    assert row["slope"] == pytest.approx(-0.5) and row["r_squared"] == pytest.approx(1)
    assert row["relative_slope"] == pytest.approx(0, abs=1e-12)


def test_a_slope_that_one_unit_decides_does_not_hold():
    even = [2.0, 3.0, 4.0, 5.0, 6.0]
    found = convergence.catch_up(convergence.first_and_last(
        # All halve but the lowest, which falls to next to nothing.
        rows(y2018=[1.0, *even], y2019=[0.1, *(n * 0.5 - (n == 6) * 0.1 for n in even)]),
        "poor_rate_pct",
    )).iloc[0]  # fmt: skip
    assert found["slope"] < 0 and found["slope_holds"]
    assert found["relative_slope"] > 0 and not found["relative_holds"]


def test_what_cannot_be_told_is_null():
    def found(**years):
        return convergence.catch_up(
            convergence.first_and_last(rows(**years), "poor_rate_pct")
        ).iloc[0]

    two = found(y2018=[1.0, 2.0], y2019=[1.0, 1.0])
    assert pd.isna(two["slope"]) and two["units"] == 2
    tied = found(y2018=[2.0, 2.0, 2.0], y2019=[1.0, 2.0, 3.0])
    assert pd.isna(tied["slope"]) and pd.isna(tied["rank_correlation"])
    zero = found(y2018=[0.0, 2.0, 4.0, 6.0], y2019=[0.0, 1.0, 2.0, 3.0])
    assert (zero["units"], zero["relative_units"]) == (4, 3)


values = st.lists(st.integers(1, 500), min_size=3, max_size=12)


@settings(max_examples=40, deadline=None)
@given(values, st.data())
def test_the_slope_is_the_least_squares_line_and_ranks_stay_within_one(first, data):
    last = data.draw(st.lists(st.integers(1, 500), min_size=len(first), max_size=len(first)))
    moves = convergence.first_and_last(
        rows(y2018=[float(x) for x in first], y2019=[float(x) for x in last]), "poor_rate_pct"
    )
    row = convergence.catch_up(moves).iloc[0]
    if len(set(first)) == 1:
        assert pd.isna(row["slope"])
        return
    mean_x = sum(first) / len(first)
    change = [b - a for a, b in zip(first, last, strict=True)]
    mean_y = sum(change) / len(change)
    residual = [
        y - mean_y - row["slope"] * (x - mean_x) for x, y in zip(first, change, strict=True)
    ]
    across = math.fsum(r * (x - mean_x) for r, x in zip(residual, first, strict=True))
    assert across == pytest.approx(0, abs=1e-4 * (1 + max(first)) * (1 + max(map(abs, change))))
    if pd.notna(row["rank_correlation"]):
        assert abs(row["rank_correlation"]) <= 1 + 1e-9


def test_a_gap_without_one_side_is_null():
    rural_only = pd.DataFrame(
        {"period": "md2016", "year": [2019], "area": ["rural"], "poor_rate_pct": [3.0]}
        | {"poor_rate_units": [9], "expected_units": [10]}
    )
    found = convergence.area_gaps(rural_only).iloc[0]
    assert pd.isna(found["area_gap_pp"]) and pd.isna(found["area_gap_ratio"])
    none_poor = pd.DataFrame(
        {"period": "md2016", "year": 2019, "area": ["rural", "urban"], "poor_rate_pct": [3.0, 0.0]}
        | {"poor_rate_units": 9, "expected_units": 10}
    )
    found = convergence.area_gaps(none_poor).iloc[0]
    assert found["area_gap_pp"] == 3 and pd.isna(found["area_gap_ratio"])
    assert (found["reported_units"], found["expected_units"]) == (18, 20)
