"""Causes and the largest lines hold all of the shortfall; small lines do not outrank large ones."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from tests.analysis.funding.money import ANY_ROWS, BN, FEW, known, money, total_of

from kgstats.analysis import funding


@FEW
@given(ANY_ROWS)
def test_causes_and_pareto_hold_all_of_the_shortfall(rows):
    frame = money(rows)
    total = known(funding.gaps(frame)["shortfall_vnd"].iloc[0])
    by_cause, whole = funding.shortfall(frame, "cause"), funding.shortfall(frame).iloc[0]
    assert total_of(by_cause["shortfall_vnd"]) == total == int(whole["shortfall_vnd"])
    assert by_cause["lines"].sum() == whole["lines"]
    assert by_cause["cause"].isna().tolist() == sorted(by_cause["cause"].isna())
    listed = funding.pareto(frame, funding.DIMENSIONS)
    assert total_of(listed["shortfall_vnd"]) == total
    if total:
        inside = listed[listed["within"]]
        assert 100 * total_of(inside["shortfall_vnd"]) >= 80 * total
        # The fewest that make it: without the last of them, and its equals, they would not.
        least = inside["shortfall_vnd"].min()
        assert 100 * total_of(inside["shortfall_vnd"][inside["shortfall_vnd"] > least]) < 80 * total
        assert listed["within"].equals(listed["shortfall_vnd"] >= least)
        assert listed["shortfall_vnd"].is_monotonic_decreasing
        assert float(listed["shortfall_cumulative_pct"].iloc[-1]) == 100.0


def test_a_district_counts_once_in_each_cause_and_in_all():
    frame = money([
        {"cause": "land"}, {"cause": "land", "kind": "recurrent"}, {"cause": None},
        {"cause": "tender", "district_code": "906", "disbursed_vnd": 10 * BN},
    ])  # fmt: skip
    by_cause = funding.shortfall(frame, "cause")
    assert by_cause["cause"].fillna("").tolist() == ["land", ""]
    assert by_cause["districts"].tolist() == [1, 1]
    assert funding.shortfall(frame)["districts"].tolist() == [1]


def test_the_largest_of_the_new_rural_money(of_2019):
    found = funding.pareto(of_2019[of_2019["programme"] == "ntm"], ["kind", "vintage"])
    assert found["shortfall_vnd"].tolist() == [49_644_000_000, 18_500_000_000, 6_375_000_000]
    assert found["within"].tolist() == [True, True, False]


def test_a_tiny_line_with_an_extreme_rate_is_not_ranked_with_large_ones():
    found = funding.funnel(money([
        {"district_code": "906", "allocated_vnd": 100 * BN, "disbursed_vnd": 70 * BN},
        {"district_code": "908", "allocated_vnd": 100 * BN, "disbursed_vnd": 50 * BN},
        {"district_code": "914", "allocated_vnd": BN // 2, "disbursed_vnd": 0},
    ]))  # fmt: skip
    where = found.set_index("district_code")["where"].to_dict()
    assert where == {"906": "above", "908": "below", "914": "inside"}


def test_a_line_without_a_plan_has_no_point():
    found = funding.funnel(money([{"allocated_vnd": 0, "disbursed_vnd": 5}]))
    assert found.empty and isinstance(found, pd.DataFrame) and "step_vnd" in found
