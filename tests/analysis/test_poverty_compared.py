"""Who made the fall, where poverty lies, gaps, targets and pace: exact, and nothing doubled."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.poverty_tables import shown, three_years, two_years

from illustrative.truth import truth
from kgstats.analysis import poverty
from kgstats.reference import groupings, programmes

KIEN_HAI = "912"


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return three_years()


def test_the_gap_can_narrow_while_the_ratio_grows(frame) -> None:
    row = poverty.ethnic_gap_change(poverty.changes(frame, 2018, 2019)).iloc[0]
    assert shown(row["gap_before_pp"]) == Decimal("2.81")
    assert shown(row["gap_after_pp"]) == Decimal("2.01")
    assert row["is_narrowed"]
    assert not row["is_ratio_lower"]
    assert shown(row["after_ratio"]) == Decimal("1.75")
    gaps = poverty.ethnic_gap(poverty.levels(frame)).set_index("year")
    assert gaps.loc[2019, "gap_pp"] == pytest.approx(row["gap_after_pp"])
    assert gaps.loc[2019, "gap_ratio"] == pytest.approx(row["after_ratio"])


def test_targets_are_judged_in_their_year(frame) -> None:
    """The plan for 2020 names three targets; that for 2019 one (report 25, II.2.2.1; part two)."""
    assert [target.scope for target in poverty.fall_targets(2019)] == ["all"]
    targets = poverty.fall_targets(2020)
    assert [target.scope for target in targets] == ["all", "ethnic", "especially_difficult"]
    assert poverty.fall_targets(2018) == []
    whole = poverty.against_targets(poverty.changes(frame, 2019, 2020), targets)
    assert whole.set_index("scope")["verdict"].to_dict() == {"all": "below", "ethnic": "below"}
    first = poverty.against_targets(poverty.changes(frame, 2018, 2019), poverty.fall_targets(2019))
    assert first["verdict"].tolist() == ["within"]
    assert poverty.against_targets(poverty.changes(frame, None, 2020), targets).empty


def test_every_area_is_judged_or_its_reason_counted(frame) -> None:
    moved = poverty.changes(frame, 2018, 2019, "district")
    moved.loc[0, "matched_units"] = 0
    rows = poverty.against_targets(moved, poverty.fall_targets(2019), again={"904"})
    (counts,) = poverty.verdict_counts(rows).to_dict("records")
    apart = ("out_of_reach", "incomplete", "sent_again")
    open_ = sum(counts[f"areas_{name}"] for name in apart)
    assert (
        counts["areas_judged"] + open_
        == counts["areas_compared"]
        == len(moved[moved["measure"] == "poor"])
    )
    assert counts["areas_incomplete"] == counts["areas_sent_again"] == 1
    assert 0 < counts["areas_reached"] < counts["areas_judged"]


@pytest.mark.parametrize("year", [2019, 2020])
def test_verdicts_follow_from_fall_and_target(frame, year) -> None:
    moved = poverty.changes(frame, year - 1, year, "district")
    rows = poverty.against_targets(moved, poverty.fall_targets(year))
    assert rows["verdict"].nunique() > 1
    for row in rows.itertuples():
        high = row.target_high_pp
        if row.verdict == "within":
            assert row.fall_pp >= row.target_low_pp
            assert pd.isna(high) or row.fall_pp <= high
        elif row.verdict == "above":
            assert row.fall_pp > high
        elif row.verdict == "out_of_reach":
            assert row.before_rate_pct < row.target_low_pp
        else:
            assert row.fall_pp < row.target_low_pp <= row.before_rate_pct


def test_no_verdict_rests_on_a_part(frame) -> None:
    """Neither on some of the units, nor on a list of communes that is not whole."""
    targets = poverty.fall_targets(2020)
    gone = frame.copy()
    one = gone.index[(gone["year"] == 2020) & (gone["district_code"] == "903")][0]
    gone.loc[one, "poor_end_hh"] = pd.NA
    rows = poverty.against_targets(
        poverty.changes(gone, 2019, 2020, "district"), targets, ["all"]
    ).set_index("district_code")["verdict"]
    assert rows.pop("903") == "incomplete"
    assert "incomplete" not in set(rows)
    # The target is the province's: with a part of it silent no district is judged either.
    province = poverty.changes(gone, 2019, 2020)
    rows = poverty.against_targets(
        poverty.changes(gone, 2019, 2020, "district"), targets, ["all"], whole=province
    )
    assert set(rows["verdict"]) == {"incomplete", "whole_incomplete"}
    hard = groupings.members(2020, "especially_difficult")["commune_code"]
    assert not groupings.groupings(2020).set_index("grouping")["complete"]["especially_difficult"]
    of_hard = frame[frame["commune_code"].isin(hard)]
    scope = ["especially_difficult"]
    for by in ("commune", ()):
        found = poverty.against_targets(poverty.changes(of_hard, 2019, 2020, by), targets, scope)
        assert set(found["verdict"]) == {"list_incomplete"}
        assert found["fall_pp"].notna().all()


def test_the_pace_that_the_next_year_needs(frame) -> None:
    target = programmes.target("poor_fall", 2020)

    def needed(year: int, by: str = "province") -> pd.DataFrame:
        rows = frame[frame["year"] == year]
        return poverty.pace(poverty.levels(rows, by), poverty.flows(rows, by), target)

    row = needed(2019).iloc[0]
    assert row["needed_end_hh"] == 7613
    assert Fraction(100 * 7613, 450500) <= Fraction(100 * 12118, 450500) - 1
    assert Fraction(100 * 7614, 450500) > Fraction(100 * 12118, 450500) - 1
    assert row["needed_fall_hh"] == 12118 - 7613
    assert row["needed_escapes_hh"] == row["needed_fall_hh"] + 54 + 608
    assert row["escape_pace_ratio"] == pytest.approx(row["needed_escapes_hh"] / 6796)
    small = needed(2020, "district").set_index("district_code")
    assert small.loc[KIEN_HAI, "needed_rate_pct"] == 0
    assert small.loc[KIEN_HAI, "needed_end_hh"] == 0


def of_year(frame: pd.DataFrame, year: int, by: str) -> pd.DataFrame:
    return poverty.levels(frame[frame["year"] == year], by)


def test_concentration_is_poorest_first_and_ends_at_the_whole(frame) -> None:
    rows = poverty.concentration(of_year(frame, 2019, "district"))
    assert rows["poor_rate_pct"].is_monotonic_decreasing
    assert rows["cumulative_poor_pct"].iloc[-1] == 100
    assert rows["cumulative_household_pct"].iloc[-1] == 100
    assert (rows["cumulative_poor_pct"] >= rows["cumulative_household_pct"]).all()
    times = rows["poor_share_pct"] / rows["household_share_pct"]
    assert times.tolist() == pytest.approx(rows["concentration_ratio"].tolist())


def test_the_index_of_known_distributions() -> None:
    table = truth(2019)["poverty"].copy()
    table["households_hh"] = pd.array([100] * 145, dtype="Int64")
    table["poor_end_hh"] = pd.array([7] * 145, dtype="Int64")
    even = poverty.together(table)
    assert poverty.concentration_index(poverty.levels(even, "commune")) == 0
    table["poor_end_hh"] = pd.array([50] + [0] * 144, dtype="Int64")
    one = poverty.levels(table, "commune")
    assert poverty.concentration_index(one) == 1 - Fraction(1, 145)
    table["poor_end_hh"] = pd.array([0] * 145, dtype="Int64")
    none = poverty.levels(table, "commune")
    assert poverty.concentration_index(none) is None
    assert poverty.concentration(none)["poor_share_pct"].isna().all()


@settings(max_examples=30, deadline=None)
@given(frame=two_years(), measure=st.sampled_from(("poor", "ethnic_poor")))
def test_contributions_sum_exactly_to_the_change(frame, measure) -> None:
    province = poverty.changes(frame, 2018, 2019)
    whole = province.set_index("measure").loc[measure]
    if pd.isna(whole["change_pp"]):
        parts = poverty.decompose(province, province, measure)
        assert parts.empty and poverty.contribution_total(parts, province).empty
        return
    exact = Fraction(100 * int(whole["after_hh"]), int(whole["base_after_hh"])) - Fraction(
        100 * int(whole["before_hh"]), int(whole["base_before_hh"])
    )
    for by in ("district", "area", ("area", "district"), "commune"):
        parts = poverty.decompose(poverty.changes(frame, 2018, 2019, by), province, measure)
        assert sum(parts["contribution_exact"]) == exact
        (total,) = poverty.contribution_total(parts, province).to_dict("records")
        assert total["contribution_exact"] == exact
        assert total["contribution_pp"] == pytest.approx(float(whole["change_pp"]))
        assert sum(parts["rate_effect_exact"]) + sum(parts["weight_effect_exact"]) == exact
        assert sum(parts["weight_before"]) == sum(parts["weight_after"]) == 1
        assert parts["after_hh"].sum() == whole["after_hh"]
        if exact:
            assert float(parts["contribution_share_pct"].sum()) == pytest.approx(100)
        else:
            assert parts["contribution_share_pct"].isna().all()


@settings(max_examples=40, deadline=None)
@given(frame=two_years())
def test_the_curve_lies_above_the_diagonal_and_its_index_within_0_and_1(frame) -> None:
    communes = of_year(frame, 2019, "commune")
    index = poverty.concentration_index(communes)
    rows = poverty.concentration(communes)
    if index is None:
        return
    assert 0 <= index < 1
    above = rows["cumulative_poor_pct"] - rows["cumulative_household_pct"]
    assert (above > -1e-9).all()
