"""Poverty year over year: published figures, exact identities, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from tests.analysis.poverty_tables import shown, three_years, two_years

from illustrative.truth import truth
from kgstats.analysis import poverty
from kgstats.reference import areas, poverty_standards

HON_DAT, KIEN_HAI = "903", "912"


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return three_years()


def province(frame: pd.DataFrame, before: int, after: int) -> pd.DataFrame:
    return poverty.changes(frame, before, after).set_index("measure")


@pytest.mark.parametrize(
    ("measure", "rate", "change"),
    [
        ("poor", "2.69", "-1.45"),
        ("near_poor", "4.59", "-0.09"),
        ("ethnic_poor", "4.70", "-2.25"),
        ("ethnic_near_poor", "7.23", "-0.05"),
    ],
)
def test_2019_against_2018_as_the_report_prints_it(frame, measure, rate, change) -> None:
    row = province(frame, 2018, 2019).loc[measure]
    assert shown(row["after_rate_pct"]) == Decimal(rate)
    assert shown(row["change_pp"]) == Decimal(change)


@pytest.mark.parametrize(
    ("measure", "households", "rate", "change"),
    [
        ("poor", 8790, "1.91", "-0.78"),
        ("near_poor", 19378, "4.21", "-0.38"),
        ("ethnic_poor", 2393, "3.40", "-1.30"),
        ("ethnic_near_poor", 4539, "6.45", "-0.78"),
    ],
)
def test_2020_as_the_decision_gives_it(frame, measure, households, rate, change) -> None:
    row = province(frame, 2019, 2020).loc[measure]
    assert row["after_hh"] == households
    assert shown(row["after_rate_pct"]) == Decimal(rate)
    assert shown(row["change_pp"]) == Decimal(change)


def test_the_published_districts_of_2020(frame) -> None:
    rows = poverty.levels(frame, "district")
    of_2020 = rows[rows["year"] == 2020].set_index("district_code")["poor_end_hh"]
    assert (of_2020[HON_DAT], of_2020[KIEN_HAI]) == (1273, 1)
    assert (of_2020.idxmax(), of_2020.idxmin()) == (HON_DAT, KIEN_HAI)


def test_years_under_different_standards_are_refused() -> None:
    before, after = truth(2020)["poverty"], truth(2020)["poverty"]
    codes = areas.units(2022)["commune_code"]
    after = after[after["commune_code"].isin(codes)].assign(year=2022)
    both = poverty.together(before, after)
    with pytest.raises(poverty_standards.StandardsDiffer, match="cannot be compared"):
        poverty.changes(both, 2020, 2022)
    with pytest.raises(poverty_standards.StandardsDiffer, match="cannot be compared"):
        poverty.base_year(both, 2022, 2020)
    assert set(poverty.levels(both)["year"]) == {2020, 2022}


def test_merged_units_need_one_years_areas() -> None:
    after = poverty.carried(poverty.together(truth(2020)["poverty"]), 2021)
    after = after.drop(columns="areas_year").assign(year=2021)
    both = poverty.together(truth(2020)["poverty"], after)
    with pytest.raises(areas.DifferentAreas, match="31081 An Thới"):
        poverty.changes(both, 2020, 2021)
    rows = poverty.changes(both, 2020, 2021, "commune", areas_year=2021)
    poor = rows[rows["measure"] == "poor"]
    assert len(poor) == 144
    assert (poor["change_hh"] == 0).all()
    merged = poor[poor["commune_code"] == "31081"].iloc[0]
    parts = truth(2020)["poverty"].set_index("commune_code")["poor_end_hh"]
    assert merged["before_hh"] == parts["31081"] + parts["31099"]


def test_a_ward_made_of_a_commune_is_compared_as_what_it_is_now() -> None:
    now = truth(2018)["poverty"]
    before = now.assign(year=2017)
    both = poverty.together(before, now)
    rows = poverty.changes(both, 2017, 2018, "area")
    assert rows["change_hh"].fillna(0).eq(0).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.drop(columns="poor_end_hh"), "no column poor_end_hh"),
        (lambda table: table.assign(poor_new_hh=-1), "poor_new_hh is negative in 30730 in 2019"),
        (lambda table: pd.concat([table, table.head(1)]), "30730 occurs twice in 2019"),
        (lambda table: table.assign(year=2021), "no commune-level units of 2021: 31099"),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(change, message) -> None:
    with pytest.raises(poverty.PovertyError, match=message):
        poverty.together(change(truth(2019)["poverty"]))


def test_wrong_words_are_answered_with_the_right_ones(frame) -> None:
    moved = poverty.changes(frame, 2018, 2019, "district")
    with pytest.raises(poverty.PovertyError, match="one of poor, near_poor"):
        poverty.decompose(moved, poverty.changes(frame, 2018, 2019), "rich")
    with pytest.raises(poverty.PovertyError, match="of one year, not of 2018, 2019, 2020"):
        poverty.concentration(poverty.levels(frame, "district"))
    with pytest.raises(poverty.PovertyError, match="use province, area"):
        poverty.levels(frame, "region")
    with pytest.raises(poverty.PovertyError, match=r"there are: 2018, 2019, 2020"):
        poverty.changes(frame, 2017, 2019)
    with pytest.raises(poverty.PovertyError, match="2019 is not before 2018"):
        poverty.changes(frame, 2019, 2018)
    with pytest.raises(poverty.PovertyError, match="no districts at the end of 2025"):
        poverty.levels(poverty.carried(frame, 2025), "district")
    with pytest.raises(poverty.PovertyError, match="no table"):
        poverty.together()


def test_levels_add_up_to_the_province(frame) -> None:
    whole = poverty.levels(frame).set_index("year")
    counts = ["households_hh", "poor_end_hh", "near_poor_end_hh", "ethnic_poor_end_hh"]
    counts.append("poor_income_hh")
    for by in ("area", "district", ("area", "district"), "commune"):
        parts = poverty.levels(frame, by)
        sums = parts.groupby("year")[counts].sum()
        assert sums.equals(whole[counts]), by
        assert (parts.groupby("year")["expected_units"].sum() == 145).all()
    assert poverty.levels(frame, "area")["area"].tolist() == ["rural", "urban"] * 3
    assert poverty.levels(frame, "commune").columns[:3].tolist() == [
        "year",
        "district_code",
        "commune_code",
    ]
    assert poverty.levels(frame, "commune")["reported_units"].eq(1).all()


def test_a_rate_is_never_the_mean_of_rates(frame) -> None:
    parts = poverty.levels(frame, "district")
    whole = poverty.levels(frame)
    for year in (2018, 2019, 2020):
        rows = parts[parts["year"] == year]
        weighted = (rows["poor_rate_pct"] * rows["households_hh"]).sum() / rows[
            "households_hh"
        ].sum()
        assert weighted == pytest.approx(whole.loc[whole["year"] == year, "poor_rate_pct"].item())


def test_what_was_not_reported_stays_absent() -> None:
    table = truth(2019)["poverty"].copy()
    an_bien = table["district_code"] == "908"
    one = table["commune_code"] == "30730"
    table.loc[one, ["poor_end_hh", "ethnic_poor_end_hh"]] = pd.NA
    frame = poverty.together(table[~an_bien])
    rows = poverty.levels(frame, "district").set_index("district_code")
    assert rows.loc["908", "poor_end_hh"] is pd.NA
    assert rows.loc["908", "poor_rate_pct"] is pd.NA
    assert rows.loc["908", "poor_rate_few"] is pd.NA
    assert (rows.loc["908", "reported_units"], rows.loc["908", "expected_units"]) == (0, 9)
    assert (rows.loc["899", "reported_units"], rows.loc["899", "expected_units"]) == (11, 12)
    # The rate leaves the unit out on both sides; it is not a household count over too many.
    rest = table[(table["district_code"] == "899") & ~one]
    exact = 100 * rest["poor_end_hh"].sum() / rest["households_hh"].sum()
    assert rows.loc["899", "poor_rate_pct"] == pytest.approx(exact)
    commune = poverty.levels(frame, "commune").set_index("commune_code")
    assert len(commune) == 145
    assert commune.loc["30730", "poor_end_hh"] is pd.NA
    compared = poverty.changes(
        poverty.together(truth(2018)["poverty"], table[~an_bien]), 2018, 2019, "district"
    )
    poor = compared[compared["measure"] == "poor"].set_index("district_code")
    assert poor.loc["908", "change_pp"] is pd.NA
    assert (poor.loc["899", "matched_units"], poor.loc["899", "expected_units"]) == (11, 12)


def test_rates_on_few_households_are_marked(frame) -> None:
    rows = poverty.levels(frame, "commune", few_below=50)
    base = rows["ethnic_households_hh"]
    few = rows["ethnic_poor_rate_few"]
    assert (few.dropna() == (base < 50)[few.notna()]).all()
    assert few.any()
    assert not few.all()


def test_points_households_and_percent_are_three_things(frame) -> None:
    row = province(frame, 2018, 2019).loc["poor"]
    assert row["change_hh"] == 12118 - 18252
    assert row["change_pp"] == pytest.approx(100 * 12118 / 450500 - 100 * 18252 / 440870)
    assert row["rate_relative_pct"] == pytest.approx(
        100 * row["change_pp"] / row["before_rate_pct"]
    )
    assert row["count_relative_pct"] == pytest.approx(100 * (12118 - 18252) / 18252)
    assert shown(row["rate_relative_pct"], 0) == -35


def test_flows_close_and_the_residue_is_shown_where_they_do_not(frame) -> None:
    rows = poverty.flows(frame)
    for status in ("poor", "near_poor"):
        assert rows[f"{status}_residue_hh"].eq(0).all()
        assert rows[f"{status}_open_units"].eq(0).all()
        net = rows[f"{status}_gross_change_hh"] - 2 * rows[f"{status}_escaped_hh"]
        assert (net == rows[f"{status}_net_change_hh"]).all()
    table = truth(2019)["poverty"].copy()
    table.loc[table["commune_code"] == "30730", "poor_new_hh"] += 3
    table.loc[table["commune_code"] == "30733", "poor_new_hh"] -= 2
    row = poverty.flows(table).iloc[0]
    assert (row["poor_residue_hh"], row["poor_open_units"]) == (-1, 2)


def test_flow_rates_have_their_own_denominators(frame) -> None:
    row = poverty.flows(frame).set_index("year").loc[2019]
    assert row["poor_escape_rate_pct"] == pytest.approx(100 * 6796 / 18252)
    assert row["poor_reentry_rate_pct"] == pytest.approx(100 * 55 / 6796)
    assert row["poor_entry_rate_pct"] == pytest.approx(100 * (55 + 607) / (450500 - 18252))


def test_a_rate_of_entry_is_not_formed_over_other_units_than_its_movements() -> None:
    table = truth(2019)["poverty"].copy()
    table.loc[table["commune_code"] == "30730", "households_hh"] = pd.NA
    rows = poverty.flows(table, "district").set_index("district_code")
    assert rows.loc["899", "poor_entry_rate_pct"] is pd.NA
    assert rows.loc["899", "poor_escape_rate_pct"] is not pd.NA
    assert rows.drop(index="899")["poor_entry_rate_pct"].notna().all()


def test_a_year_starts_where_the_last_ended(frame) -> None:
    levels = poverty.levels(frame, by="commune")
    table = truth(2019)["poverty"].copy()
    assert poverty.unlike_last_end(poverty.flows(table, by="commune"), levels).empty
    table.loc[table["commune_code"] == "31111", "poor_start_hh"] += 4
    rows = poverty.unlike_last_end(poverty.flows(table, by="commune"), levels)
    assert rows["commune_code"].tolist() == ["31111"]
    assert (rows["start_hh"] - rows["last_end_hh"]).tolist() == [4]
    assert poverty.unlike_last_end(poverty.flows(table, by="commune"), levels, "near_poor").empty
    whole = poverty.unlike_last_end(poverty.flows(table), poverty.levels(frame))
    assert (whole["start_hh"] - whole["last_end_hh"]).tolist() == [4]


def test_the_start_of_a_standard_is_held_against_no_year_before(frame) -> None:
    """Households were counted anew by another standard: nothing says by which at its start."""
    first = poverty.flows(frame[frame["year"] == 2019].assign(year=2022))
    levels = poverty.levels(frame[frame["year"] == 2018].assign(year=2021))
    assert poverty.unlike_last_end(first, levels).empty


def test_the_bridge_ends_at_the_rate_of_the_year(frame) -> None:
    moved = poverty.changes(frame, 2018, 2019, by="commune")
    whole = poverty.changes(frame, 2018, 2019)
    parts = poverty.decompose(moved, whole)
    steps = poverty.bridge(parts, poverty.contribution_total(parts, whole), most=10)
    assert steps["step"].tolist() == ["before", *["area"] * 10, "others", "shift", "after"]
    assert steps["areas"].sum() - len(parts) == len(parts)  # the areas, and all for their shift
    end, rate = steps["after_pct"].iloc[-2:]
    assert end == pytest.approx(rate)
    # What is withheld is together what the others leave.
    some = parts.iloc[3:]
    steps = poverty.bridge(some, poverty.contribution_total(some, whole))
    assert "withheld" in steps["step"].tolist()
    assert steps["after_pct"].iloc[-2] == pytest.approx(rate)


def test_reasons_add_up_and_are_absent_where_not_given(frame) -> None:
    row = poverty.reasons(frame).set_index("year").loc[2020]
    reasons = ["poor_income_hh", "poor_deprivation_hh", "reason_residue_hh"]
    assert row[reasons].tolist() == [8037, 753, 0]
    shares = row["poor_income_share_pct"] + row["poor_deprivation_share_pct"]
    assert shares == pytest.approx(100)
    table = truth(2019)["poverty"].copy()
    table["poor_income_hh"] = pd.NA
    silent = poverty.reasons(table).iloc[0]
    assert silent["poor_income_hh"] is pd.NA
    assert silent["reason_units"] == 0


@settings(max_examples=20, deadline=None)
@given(frame=two_years())
def test_carrying_and_grouping_commute_with_counting(frame) -> None:
    moved = poverty.carried(frame, 2025)
    there = moved["poor_end_hh"].dropna().sum()
    assert there <= frame["poor_end_hh"].sum()
    counts = poverty.levels(frame, "commune").groupby("year")["poor_end_hh"].sum()
    whole = poverty.levels(frame).set_index("year")["poor_end_hh"].fillna(0)
    assert (counts == whole).all()


def test_the_whole_province_carried_to_2025_keeps_its_rate(frame) -> None:
    moved = poverty.carried(frame, 2025)
    before = poverty.changes(frame, 2018, 2019)
    after = poverty.changes(moved, 2018, 2019)
    columns = ["before_hh", "after_hh", "change_pp", "before_rate_pct", "after_rate_pct"]
    pd.testing.assert_frame_equal(before[columns], after[columns])
    assert len(poverty.levels(moved, "commune")) == 3 * 48
