"""What is unusual is a finding and never an infinite rate."""

from __future__ import annotations

import pytest
from tests.analysis.funding.money import BN, money, table

from kgstats.analysis import funding


def far(amount: int | None, last: int | None) -> bool:
    previous = table([{"allocated_vnd": last, "plan_year": 2018}], 2018)
    found = funding.unusual(money([{"allocated_vnd": amount, "disbursed_vnd": None}]), previous)
    return "far_from_last_year" in set(found["unusual"])


def test_an_amount_far_from_last_years_is_a_finding():
    """A thousand times and a thousandth are another unit; a year may grow a hundredfold."""
    assert far(10_000 * BN, 10 * BN) and far(10 * BN, 10_000 * BN) and far(3000, 10)
    assert not far(1000 * BN, 10 * BN) and not far(2999, 10)
    for one, other in ((0, 10), (10 * BN, 0), (None, 5), (5, None), (-9000, 1)):
        assert not far(one, other)


def rules_of(*rows: dict) -> set[str]:
    return set(funding.unusual(money(list(rows)))["unusual"])


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"disbursed_vnd": 11 * BN}, "paid_above_plan"),
        ({"disbursed_vnd": -1}, "negative_disbursed"),
        ({"allocated_vnd": -1, "disbursed_vnd": None}, "negative_allocated"),
        ({"allocated_vnd": None}, "no_allocation"),
        ({"allocated_vnd": 0, "disbursed_vnd": 0}, "zero_plan"),
        ({"allocated_vnd": 0, "disbursed_vnd": None}, "zero_plan"),
        ({"allocated_vnd": 0, "disbursed_vnd": 5}, "zero_plan_paid"),
        ({"disbursed_vnd": None}, "not_reported"),
        ({"plan_year": 2021}, "future_plan_year"),
        ({"plan_year": 2016}, "no_close_known"),
        ({"plan_year": None}, "no_close_known"),
        ({"cut_off": None}, "no_cut_off"),
        ({"disbursed_pct": 41.0}, "stated_rate_differs"),
    ],
)
def test_what_is_unusual_is_a_finding_and_not_an_infinity(row, rule):
    assert rule in rules_of(row)
    found = funding.gaps(money([row, {"district_code": "906"}]), "district")
    assert not found.isin([float("inf"), float("-inf")]).any().any()


def test_an_ordinary_line_has_no_finding():
    assert rules_of({}) == set()
    assert rules_of({"disbursed_pct": 40.0}) == set()
    assert rules_of({"disbursed_pct": float("inf")}) == set()


def test_money_paid_on_a_plan_of_zero_is_not_also_above_plan():
    assert rules_of({"allocated_vnd": 0, "disbursed_vnd": 5}) == {"zero_plan_paid"}


def test_the_same_line_twice_is_a_finding():
    assert rules_of({}, {}) == {"duplicate_line"}


def test_findings_are_counted_by_rule(of_2019):
    counts = funding.unusual_counts(funding.unusual(of_2019)).set_index("unusual")
    assert tuple(counts.index) == funding.RULES
    assert counts.loc[counts["lines"] > 0, "lines"].to_dict() == {"not_reported": 198}
    assert counts.loc["not_reported", "districts"] == 15
