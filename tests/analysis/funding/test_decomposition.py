"""The parts of a gap add up to the đồng, whatever the input."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.funding.money import ANY_ROWS, FEW, any_row, known, money, total_of

from kgstats.analysis import funding

PARTS = ["general_vnd", "mix_vnd", "own_vnd"]


@FEW
@given(ANY_ROWS, st.sampled_from(["district", "programme"]))
def test_the_decomposition_is_exact_for_any_input(rows, by):
    lines = money(rows)
    found, total = funding.decompose(lines, by), funding.decompose(lines, by=())
    for row in found.to_dict("records"):
        assert sum(int(row[name]) for name in PARTS) == int(row["gap_vnd"])
    for name in (*PARTS, "gap_vnd"):
        assert total_of(found[name]) == (known(total.iloc[0][name]) if len(total) else 0), name


def planned(row: dict) -> dict:
    """The same line with a plan above zero and a payment of zero or more."""
    plan, paid = row["allocated_vnd"] or 0, row["disbursed_vnd"] or 0
    return row | {"allocated_vnd": abs(plan) + 1, "disbursed_vnd": abs(paid)}


@FEW
@given(st.lists(any_row().map(planned), min_size=1, max_size=12))
def test_over_all_districts_mix_and_own_are_nothing(rows):
    lines = money(rows)
    total = funding.decompose(lines, by=()).iloc[0]
    assert (int(total["mix_vnd"]), int(total["own_vnd"])) == (0, 0)
    assert int(total["general_vnd"]) == int(total["gap_vnd"])
    assert total_of(funding.decompose(lines)["mix_vnd"]) == 0


def test_one_kind_of_money_everywhere_equally_slow_leaves_nothing_own():
    found = funding.decompose(money([
        {"district_code": "908", "allocated_vnd": 10, "disbursed_vnd": 5},
        {"district_code": "906", "allocated_vnd": 30, "disbursed_vnd": 15},
    ]))  # fmt: skip
    assert found["own_vnd"].tolist() == [0, 0] and found["mix_vnd"].tolist() == [0, 0]
    assert found["general_vnd"].tolist() == [15, 5]


def test_a_district_with_only_slow_money_differs_by_its_mix():
    found = funding.decompose(money([
        {"district_code": "906", "kind": "investment", "allocated_vnd": 100, "disbursed_vnd": 100},
        {"district_code": "908", "kind": "recurrent", "allocated_vnd": 100, "disbursed_vnd": 0},
    ])).set_index("district_code")  # fmt: skip
    assert found.loc["906", PARTS].tolist() == [50, -50, 0]
    assert found.loc["908", PARTS].tolist() == [50, 50, 0]


def test_nothing_measured_is_nothing_to_decompose():
    assert funding.decompose(money([{"disbursed_vnd": None}])).empty


def test_composition_of_the_central_money(of_2019):
    found = funding.composition(of_2019).set_index("programme")
    assert round(found.loc["ntm", "outturn_pct"], 1) == 59.2
    assert round(found.loc["ntm", "variance_pct"], 1) == 1.5


def test_nothing_spent_has_an_outturn_and_no_composition():
    found = funding.composition(money([{"disbursed_vnd": 0}, {"kind": "recurrent"}]))
    assert found["variance_pct"].notna().all()
    none = funding.composition(money([{"disbursed_vnd": 0}])).iloc[0]
    assert none["outturn_pct"] == 0.0 and pd.isna(none["variance_pct"])
    with pytest.raises(funding.FundingError, match="1 budgets, but 2 actuals"):
        funding.outturn([1], [1, 2])
