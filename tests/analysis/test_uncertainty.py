"""The range of a headline holds the truth, whoever is silent, and is none where all is known."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from illustrative.truth import truth
from kgstats.analysis import attainment, indicators, uncertainty

YEAR = 2019
NONE = pd.DataFrame(columns=["table", "row_key", "column"], dtype="string")
DISTRICTS = sorted(truth(YEAR)["poverty"]["district_code"].unique())


def ranges(tables: dict[str, pd.DataFrame], doubts: pd.DataFrame = NONE) -> pd.DataFrame:
    standing = attainment.standing(tables["communes"], tables["attainment"], YEAR)
    households = {2018: truth(2018)["poverty"], YEAR: tables["poverty"]}
    found = uncertainty.ranges(standing, households, tables["funding"], YEAR, doubts)
    return found.set_index("indicator")


def known() -> pd.Series:
    tables = truth(YEAR)
    standing = attainment.standing(tables["communes"], tables["attainment"], YEAR)
    values = pd.concat(
        [
            indicators.commune_standard(standing).iloc[0],
            indicators.household_poverty(tables["poverty"]).iloc[0],
            indicators.disbursement(tables["funding"]).iloc[0],
        ]
    )
    return values.astype(float)


def test_what_is_known_has_no_range():
    found = ranges(truth(YEAR)).drop("disbursed_rate_pct")
    assert found["low"].tolist() == found["high"].tolist() == found["value"].tolist()
    assert not found[["not_reported", "doubtful"]].to_numpy().any()


@settings(max_examples=12, deadline=None)
@given(st.sets(st.sampled_from(DISTRICTS), min_size=1, max_size=14))
def test_the_truth_lies_in_the_range_whoever_is_silent(silent):
    tables = {
        name: table[~table["district_code"].isin(silent)] for name, table in truth(YEAR).items()
    }
    found, true = ranges(tables), known()
    for row in found.loc[["communes_recognised", "mean_criteria"]].itertuples():
        assert row.low <= true[row.Index] <= row.high
    assert found.loc["allocated_vnd", "low"] <= true["allocated_vnd"]
    assert pd.isna(found.loc["allocated_vnd", "high"])
    assert pd.isna(found.loc["disbursed_rate_pct", "high"])
    # The rates of the silent units must lie between those of the others for the rest to hold.
    units = truth(YEAR)["poverty"].assign(
        rate=lambda t: t["poor_end_hh"].astype(float) / t["households_hh"].astype(float)
    )
    there = units["district_code"].isin(silent)
    low, high = units.loc[~there, "rate"].min(), units.loc[~there, "rate"].max()
    row = found.loc["poor_rate_pct"]
    # Bases of the silent are those of 2018: a little off.
    slack = 0.02
    inside = units.loc[there, "rate"].between(low, high).all()
    assert not inside or row["low"] - slack <= true["poor_rate_pct"] <= row["high"] + slack


def test_a_doubtful_value_is_as_if_it_were_not_reported():
    tables = truth(YEAR)
    row = tables["poverty"].iloc[0]
    key = f"{YEAR}/{row['district_code']}/{row['commune_code']}"
    doubts = pd.DataFrame({"table": ["poverty"], "row_key": [key], "column": ["poor_end_hh"]})
    silent = {**tables, "poverty": tables["poverty"].iloc[1:]}
    one, other = ranges(tables, doubts), ranges(silent)
    rate = "poor_rate_pct"
    assert one.loc[rate, "doubtful"] == 1 and other.loc[rate, "not_reported"] == 1
    assert one.loc[rate, "low"] < one.loc[rate, "value"] < one.loc[rate, "high"]
    # The count is doubtful, its base is not; last year's base is all there is of a silent unit.
    assert one.loc[rate, ["low", "high"]].tolist() == pytest.approx(
        other.loc[rate, ["low", "high"]].tolist(), abs=0.01
    )
    assert one.loc["near_poor_rate_pct", "low"] == one.loc["near_poor_rate_pct", "high"]


def test_money_without_a_report_leaves_all_of_it_open():
    found = ranges(truth(YEAR)).loc["disbursed_rate_pct"]
    money = truth(YEAR)["funding"]
    paid = money.loc[money["disbursed_vnd"].notna()]
    least = 100 * paid["disbursed_vnd"].sum() / money["allocated_vnd"].sum()
    assert found["low"] == pytest.approx(float(least))
    assert found["not_reported"] == money["disbursed_vnd"].isna().sum()


def test_without_any_base_there_is_no_range():
    tables = truth(YEAR)
    tables = {**tables, "poverty": tables["poverty"].iloc[1:]}
    standing = attainment.standing(tables["communes"], tables["attainment"], YEAR)
    found = uncertainty.ranges(
        standing, {YEAR: tables["poverty"]}, tables["funding"], YEAR, NONE
    ).set_index("indicator")
    assert found.loc["poor_rate_pct", ["low", "high"]].isna().all()


def test_few_reports_make_no_figure_certain():
    """One commune of 117 that meets all criteria does not make 19.0 the province's mean."""
    tables = {name: table[table["district_code"] == "899"] for name, table in truth(YEAR).items()}
    found = ranges(tables)
    assert (found["low"] < found["high"]).drop(["allocated_vnd", "disbursed_rate_pct"]).all()
    assert found.loc["mean_criteria", "low"] == pytest.approx(19 / 117)
    # The extremes are those of either year: of 12 units near each other alone they say little.
    earlier = truth(2018)["poverty"]
    worst = (earlier["poor_end_hh"].astype(float) / earlier["households_hh"].astype(float)).max()
    own = tables["poverty"]
    others = earlier[~earlier["commune_code"].isin(own["commune_code"])]["households_hh"].sum()
    most = (own["poor_end_hh"].sum() + others * worst) / (own["households_hh"].sum() + others)
    assert found.loc["poor_rate_pct", "high"] == pytest.approx(100 * float(most))
