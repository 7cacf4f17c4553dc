"""Two years beside each other, on what is measured in both."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from tests.analysis.funding.money import ANY_ROWS, BN, FEW, known, money, table, total_of

from illustrative.truth import truth
from kgstats.analysis import funding


def test_only_lines_measured_in_both_years_are_compared():
    this = money([{}, {"district_code": "906", "disbursed_vnd": 1}])
    before = table([{"disbursed_vnd": 6 * BN}], 2018)
    found = funding.against_last_year(this, before, "kind")
    row = found.iloc[0]
    rates = ["disbursed_rate_before_pct", "disbursed_rate_pct", "disbursed_rate_change_pp"]
    assert row[rates].tolist() == [60.0, 40.0, -20.0]
    assert row["unmatched_vnd"] == 10 * BN and found["same_day"].all()


@FEW
@given(ANY_ROWS, ANY_ROWS)
def test_the_comparison_with_last_year_foots(rows, earlier):
    this = money(rows)
    last = table([row | {"plan_year": row["plan_year"] - 1} for row in earlier], 2018)
    last["cut_off"] = last["cut_off"] - pd.DateOffset(years=1)
    found = funding.against_last_year(this, last, ["programme", "kind"])
    total = funding.against_last_year(this, last)
    if total.empty:
        assert not set(this["programme"]) & set(last["programme"])
        return
    for name in ("covered_vnd", "gap_vnd", "gap_before_vnd"):
        assert total_of(found[name]) == known(total.iloc[0][name]), name
    measured = funding.measured(this)
    compared = known(total.iloc[0]["covered_vnd"]) + known(total.iloc[0]["unmatched_vnd"])
    assert compared == total_of(measured["allocated_vnd"])


def test_without_a_year_before_there_is_nothing_to_compare():
    nothing = funding.against_last_year(money([{}]), pd.DataFrame(), "kind")
    other = table([{"programme": "gnbv", "component": "gnbv_capacity"}], 2018)
    assert nothing.empty and funding.against_last_year(money([{}]), other).empty
    assert {"kind", "disbursed_rate_change_pp", "same_day"} <= set(nothing.columns)


def test_a_line_twice_the_year_before_matches_once():
    found = funding.against_last_year(money([{}]), table([{}, {}], 2018)).iloc[0]
    assert (found["covered_before_vnd"], found["covered_vnd"]) == (20 * BN, 10 * BN)


def test_the_rate_of_the_report_beside_that_of_2018(of_2019):
    found = funding.against_last_year(of_2019, truth(2018)["funding"], ["programme", "kind"])
    first = found.iloc[0]
    rates = first[["disbursed_rate_before_pct", "disbursed_rate_pct"]].astype(float)
    assert rates.round(1).tolist() == [78.4, 59.8]
