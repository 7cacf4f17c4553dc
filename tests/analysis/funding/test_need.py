"""Money beside need: what has no need or no count has no ratio."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.funding.money import BN, FEW, money

from illustrative.truth import truth
from kgstats.analysis import funding, inequality
from kgstats.reference import areas

PAIRS = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**6)), min_size=1, max_size=12)


@FEW
@given(PAIRS)
def test_inequality_is_nothing_at_proportion_and_stays_below_one(pairs):
    x, w = [a for a, _ in pairs], [b for _, b in pairs]
    if sum(x) == 0 or sum(w) == 0:
        with pytest.raises(inequality.NoInequality):
            inequality.hoover(x, w)
        return
    hoover, gini = inequality.hoover(x, w), inequality.gini(x, w)
    assert 0 <= hoover <= gini <= 1  # the Lorenz triangle under the farthest point
    assert inequality.hoover([7 * v for v in w], w) == 0 == inequality.gini([7 * v for v in w], w)
    assert inequality.gini(x[::-1], w[::-1]) == gini
    points = inequality.lorenz(x, w)
    assert points[-1] == (1, 1)
    slopes = [(b - d) / (a - c) for (c, d), (a, b) in pairwise(points) if a > c]
    assert slopes == sorted(slopes)


def test_theil_is_infinite_where_money_goes_without_need():
    with pytest.raises(inequality.NoInequality, match="no finite value"):
        inequality.theil([1, 1], [1, 0])


def need(counts: dict[str, int]) -> pd.Series:
    return pd.Series(counts, dtype="Int64", name="poor_start_hh")


def test_need_of_zero_gives_no_ratio():
    lines = money([{"district_code": "906"}, {"district_code": "908"}])
    found = funding.against_need(lines, need({"906": 5, "908": 0}))
    per = found.set_index("district_code")["per_need_vnd"]
    assert per["906"] == 2 * BN and pd.isna(per["908"])
    uneven = funding.unevenness(found, "poor_start_hh").iloc[0]
    assert pd.isna(uneven["theil"]) and uneven["hoover_pct"] == 50.0


def test_money_where_the_need_is_not_known_stands_against_no_need():
    lines = money([{"district_code": "906"}, {"district_code": "908"}])
    total = funding.against_need(lines, need({"906": 5}), by=()).iloc[0]
    assert (total["allocated_vnd"], total["per_need_vnd"]) == (20 * BN, 2 * BN)
    found = funding.against_need(lines, need({"906": 5}))
    assert found["poor_start_hh"].isna().tolist() == [False, True]


def test_a_need_without_money_and_no_need_at_all():
    lines = money([{"district_code": "906"}])
    found = funding.against_need(lines, need({"906": 5, "899": 3}), reported=["899", "906"])
    assert found["allocated_vnd"].tolist() == [0, 10 * BN]
    # A district that returned no money at all has not reported; its need is no base either.
    silent = funding.against_need(lines, need({"906": 5, "899": 3}), reported=["906"])
    assert silent["allocated_vnd"].isna().tolist() == [True, False]
    assert silent["per_need_vnd"].isna().tolist() == [True, False]
    total = funding.against_need(lines, need({"906": 5, "899": 3}), by=(), reported=["906"])
    assert total[["poor_start_hh", "per_need_vnd"]].to_numpy().tolist() == [[5, 2 * BN]]
    nothing = funding.poor_households(pd.DataFrame())
    assert funding.against_need(lines, nothing)["per_need_vnd"].isna().all()
    assert pd.isna(funding.against_need(lines, nothing, by=())["per_need_vnd"].iloc[0])
    uneven = funding.unevenness(funding.against_need(lines, nothing), "poor_start_hh")
    assert uneven.isna().all().all()


def test_needs_of_the_illustrative_years(of_2019):
    poor = funding.poor_households(truth(2019)["poverty"])
    assert poor.sum() > 17_000 and poor.name == "poor_start_hh"
    tables = truth(2018)
    unmet = funding.unmet_criteria(tables["communes"], tables["attainment"])
    # What the page of commune standards counts as not met.
    missed = (~tables["attainment"]["met"]).groupby(tables["attainment"]["district_code"]).sum()
    assert unmet.to_dict() == missed.to_dict()
    assert funding.unmet_criteria(pd.DataFrame(), pd.DataFrame()).empty
    gnbv = of_2019[of_2019["programme"] == "gnbv"]
    assert funding.against_need(gnbv, poor, by=())["allocated_vnd"].tolist() == [56_135_000_000]
    assert funding.unevenness(funding.against_need(gnbv, poor), "poor_start_hh").iloc[0, 0] > 0


def test_a_part_of_the_need_is_not_the_need():
    """Money of a whole district beside the households of six of its seven communes misleads."""
    poverty, listed = truth(2019)["poverty"], areas.units(2019)
    gone = poverty["commune_code"].iloc[5]
    district = poverty["district_code"].iloc[5]
    part = funding.poor_households(poverty[poverty["commune_code"] != gone], listed)
    assert part.index[part.isna()].tolist() == [district]
    assert funding.poor_households(poverty, listed).notna().all()
    tables = truth(2018)
    rural = areas.rural(2018)
    communes = tables["communes"][tables["communes"]["commune_code"] != gone]
    unmet = funding.unmet_criteria(communes, tables["attainment"], rural)
    assert unmet.isna().sum() == int(gone in set(rural["commune_code"]))
    assert funding.unmet_criteria(tables["communes"], tables["attainment"], rural).notna().all()
