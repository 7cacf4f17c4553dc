"""Gaps, coverage and rates: exact for any input, and the report's own figures."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.funding.money import ANY_ROWS, BN, FEW, amounts, known, money, total_of

from kgstats.analysis import funding

GROUPINGS = [
    ["programme"],
    ["kind", "source"],
    "district",
    ["plan_year"],
    ["programme", "component", "vintage"],
]


@FEW
@given(ANY_ROWS, st.sampled_from(GROUPINGS))
def test_every_table_of_gaps_foots(rows, by):
    lines = money(rows)
    found, total = funding.gaps(lines, by), funding.gaps(lines).iloc[0]
    for name in amounts(found):
        assert total_of(found[name]) == known(total[name]), name
    for row in found.dropna(subset="allocated_vnd").to_dict("records"):
        assert row["allocated_vnd"] == row["covered_vnd"] + row["uncovered_vnd"]
        if not pd.isna(row["gap_vnd"]):
            assert row["covered_vnd"] == row["disbursed_vnd"] + row["gap_vnd"]
            assert row["gap_vnd"] == row["shortfall_vnd"] - row["excess_vnd"]
            assert row["shortfall_vnd"] >= 0 and row["excess_vnd"] >= 0


@FEW
@given(ANY_ROWS)
def test_subtotals_are_the_sums_of_their_rows(rows):
    lines = money(rows)
    found = funding.gaps(lines, by=["programme", "source", "kind"])
    by_programme = funding.gaps(lines, by="programme").set_index("programme")
    assert list(by_programme.index) == list(found["programme"].drop_duplicates())
    for programme, part in found.groupby("programme"):
        for name in amounts(found):
            assert total_of(part[name]) == known(by_programme.loc[programme, name]), name


@FEW
@given(ANY_ROWS)
def test_no_rate_is_infinite_or_made_without_a_plan(rows):
    frame = money(rows)
    for found in (funding.gaps(frame, "kind"), funding.denominators(frame, "programme")):
        for name in (c for c in found.columns if c.endswith("_pct")):
            there = found[name].dropna().astype(float)
            assert there.map(lambda v: v == v and abs(v) != float("inf")).all()
    by_kind = funding.gaps(frame, "kind")
    without = by_kind["covered_vnd"].fillna(0) <= 0
    assert by_kind.loc[without, "disbursed_rate_pct"].isna().all()


def test_money_paid_above_plan_makes_the_gap_negative_and_stands_apart():
    lines = money([{"district_code": "906", "disbursed_vnd": 12 * BN}, {"district_code": "908"}])
    found = funding.gaps(lines, "district").set_index("district_code")
    assert found.loc["906", "gap_vnd"] == -2 * BN and found.loc["906", "excess_vnd"] == 2 * BN
    total = funding.gaps(lines).iloc[0]
    assert total[["gap_vnd", "shortfall_vnd", "excess_vnd"]].tolist() == [4 * BN, 6 * BN, 2 * BN]


def test_a_district_without_any_line_is_absent_and_not_zero():
    found = funding.gaps(money([{}]), "district", expected=["899", "908"])
    silent = found.set_index("district_code").loc["899"]
    assert silent["lines"] == 0 and pd.isna(silent["allocated_vnd"]) and pd.isna(silent["gap_vnd"])
    assert found["lines"].tolist() == [0, 1] and found.dtypes["gap_vnd"] == "Int64"
    with pytest.raises(funding.FundingError, match="of one key, not of 2"):
        funding.gaps(money([{}]), ["district", "kind"], expected=["899"])


def test_a_row_says_up_to_which_days_its_amounts_count():
    early = pd.Timestamp(2019, 12, 15)
    lines = money([{}, {"district_code": "906", "cut_off": early}])
    found = funding.gaps(lines, "district")
    assert found["cut_off_first"].tolist() == [early, pd.Timestamp(2019, 12, 20)]
    total = funding.gaps(lines).iloc[0]
    assert (total["cut_off_first"], total["cut_off_last"]) == (early, pd.Timestamp(2019, 12, 20))


def test_a_basis_without_lines_has_no_row():
    found = funding.denominators(money([{"disbursed_vnd": None}]))
    assert found["basis"].tolist() == ["plan_all", "available_all"]
    assert found["disbursed_rate_low_pct"].isna().all()


# ------------------------------------------------------------------ the report of 2019


def test_coverage_comes_before_any_rate(of_2019):
    found = funding.gaps(of_2019, "programme").set_index("programme")
    assert found.loc["ntm", ["covered_vnd", "allocated_vnd"]].tolist() == [
        180_144_000_000, 1_074_577_000_000,
    ]  # fmt: skip
    assert round(found.loc["ntm", "coverage_pct"], 1) == 16.8
    assert found.loc["gnbv", ["covered_vnd", "allocated_vnd"]].tolist() == [
        5_300_000_000, 56_135_000_000,
    ]  # fmt: skip
    assert round(found.loc["gnbv", "coverage_pct"], 1) == 9.4


def test_the_rate_depends_on_its_denominator(of_2019):
    found = funding.denominators(of_2019, "programme").set_index(["programme", "basis"])
    low = found["disbursed_rate_low_pct"].round(2)
    assert (low["ntm", "plan_reported"], low["ntm", "available_all"]) == (59.2, 9.83)


@pytest.mark.parametrize(
    ("chosen", "allocated", "disbursed"),
    [
        ("source == 'central' and plan_year == 2019", 167_000, 98_856),
        ("source == 'central' and plan_year == 2019 and kind == 'investment'", 123_500, 73_856),
        ("source == 'central' and plan_year == 2019 and kind == 'recurrent'", 43_500, 25_000),
        ("plan_year == 2018", 13_144, 6_769),
        ("source == 'central'", 180_144, 105_625),
        ("plan_year == 2019", 1_061_433, 98_856),
    ],
)
def test_new_rural_money_of_the_report(of_2019, chosen, allocated, disbursed):
    found = funding.gaps(of_2019.query("programme == 'ntm'").query(chosen)).iloc[0]
    assert int(found["allocated_vnd"]) == allocated * 10**6
    assert int(found["disbursed_vnd"]) == disbursed * 10**6


@pytest.mark.parametrize(
    ("component", "allocated", "disbursed", "rate"),
    [
        ("gnbv_30a_livelihoods", 2_400, 2_000, 83.33),
        ("gnbv_30a_models", 2_400, 2_100, 87.5),
        ("gnbv_30a_labour_export", 500, 30, 6.0),
    ],
)
def test_poverty_money_of_the_report(of_2019, component, allocated, disbursed, rate):
    found = funding.gaps(of_2019[of_2019["component"] == component]).iloc[0]
    assert int(found["allocated_vnd"]) == allocated * 10**6
    assert int(found["disbursed_vnd"]) == disbursed * 10**6
    assert round(float(found["disbursed_rate_pct"]), 2) == rate


def test_local_money_beside_each_central_dong(of_2019):
    assert funding.counterpart(of_2019)["counterpart_ratio"].round(3).tolist() == [5.356, 0.089]
