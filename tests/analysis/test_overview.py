"""The year on one page: what is put beside what, and what never is."""

from __future__ import annotations

import pandas as pd
import pytest

from illustrative.truth import truth
from kgstats.analysis import attainment, indicators, overview, period_targets, poverty
from kgstats.present import overview as show

YEARS = (2018, 2019)


@pytest.fixture(scope="module")
def tables():
    names = ("communes", "attainment", "poverty", "funding")
    return {name: {year: truth(year)[name] for year in YEARS} for name in names}


@pytest.fixture(scope="module")
def standings(tables):
    return attainment.standings(tables["communes"], tables["attainment"], 2019)


@pytest.fixture(scope="module")
def years(tables, standings):
    return overview.years(standings, tables["poverty"], tables["funding"], 2019)


def headline(tables, years, standings, **more):
    both = overview.two_years(tables["poverty"], 2019)
    moved = overview.like_for_like(standings, both, tables["funding"], 2019)
    return overview.headline(years, moved, 2019, **more).set_index("indicator")


def test_each_year_is_a_row_of_the_indicators(tables, years):
    assert years["year"].tolist() == [2018, 2019]
    rates = indicators.household_poverty(tables["poverty"][2018]).iloc[0]
    money = indicators.disbursement(tables["funding"][2019]).iloc[0]
    assert years.loc[0, "poor_rate_pct"] == rates["poor_rate_pct"]
    assert years.loc[1, "disbursed_rate_pct"] == money["disbursed_rate_pct"]
    assert years["communes_recognised"].tolist() == [51, 64]


def test_the_headline_has_change_and_target(tables, years, standings):
    found = headline(tables, years, standings)
    assert found.loc["communes_recognised", ["value", "before", "change"]].tolist() == [64, 51, 13]
    assert found.loc["communes_recognised", "target_low"] == 79
    # That target is of 2020, and is judged in 2020.
    assert found.loc["communes_recognised", "target_year"] == 2020
    assert pd.isna(found.loc["communes_recognised", "reached"])
    fall = found.loc["poor_rate_pct"]
    assert (fall["target_low"], fall["target_high"], fall["reached"]) == (1, 1.5, True)
    assert found.loc["poor_end_hh", "change"] == -6134
    assert headline(tables, years, standings, targets=False)["target_year"].isna().all()


def reached(change: float, compared: int = 145) -> object:
    years = pd.DataFrame({"year": [2018, 2019], "communes": 1, "poor_rate_pct": [3.7, 2.7]})
    moved = pd.DataFrame({"indicator": ["poor_rate_pct"], "before": 3.7, "change": [change]})
    moved = moved.assign(compared=compared, compared_of=145)
    found = overview.headline(years, moved, 2019).set_index("indicator")
    return found.loc["poor_rate_pct", "reached"]


def test_a_target_just_reached_is_reached():
    """The fall of 3.7 to 2.7 is one point, although the floats' difference is a little less."""
    assert bool(reached(2.7 - 3.7))
    assert not reached(-0.999)


def test_no_target_is_judged_where_not_all_reported():
    assert pd.isna(reached(-1.2, compared=144)) and reached(-1.2)


@pytest.mark.parametrize("year", [2018, 2019])
def test_who_is_silent_in_either_year_changes_nothing(tables, year):
    """Whoever is left out of one of two years, a change is that of the others in both."""
    code = "905"
    part = {
        name: {own: t[t["district_code"] != code] if own == year else t for own, t in held.items()}
        for name, held in tables.items()
    }
    both = {
        name: {own: t[t["district_code"] != code] for own, t in held.items()}
        for name, held in tables.items()
    }

    def moved(given):
        standings = attainment.standings(given["communes"], given["attainment"], 2019)
        both = overview.two_years(given["poverty"], 2019)
        found = overview.like_for_like(standings, both, given["funding"], 2019)
        return found.set_index("indicator")

    one, other = moved(part), moved(both)
    assert one["change"].tolist() == pytest.approx(other["change"].tolist())
    assert one["compared"].tolist() == other["compared"].tolist()
    assert set(one.index) == set(overview.HEADLINES)
    assert (one.loc[["communes_recognised", "poor_rate_pct"], "compared"]
            < one.loc[["communes_recognised", "poor_rate_pct"], "compared_of"]).all()  # fmt: skip


def test_only_units_of_every_year_are_drawn_beside_each_other(tables, standings):
    households = {
        2018: tables["poverty"][2018].query("district_code != '905'"),
        2019: tables["poverty"][2019].query("district_code != '903'"),
    }
    silent = (standings["year"] == 2018) & (standings["district_code"] == "904")
    communes, kept = overview.steady(
        standings.assign(reported=standings["reported"] & ~silent), households, 2019
    )
    assert {len(part) for part in kept.values()} == {
        145 - tables["poverty"][2019]["district_code"].isin(["903", "905"]).sum()
    }
    assert communes.groupby("year").size().tolist() == [107, 107]
    _, alone = overview.steady(standings, households, 2019, "905")
    assert list(alone) == [2019]
    assert (alone[2019]["district_code"] == "905").any()
    assert list(overview.steady(standings, households, 2019, "904")[1]) == [2018, 2019]


def test_a_change_of_a_rate_is_over_the_units_of_both_years(tables, years):
    """A large commune without last year's count is in this year's rate and in no change."""
    before = tables["poverty"][2018].copy()
    largest = before["households_hh"].astype(int).idxmax()
    before.loc[largest, "poor_end_hh"] = pd.NA
    held = overview.two_years({2018: before, 2019: tables["poverty"][2019]}, 2019)
    moved = overview.rate_changes(held, 2019)
    gone = before.loc[largest, "commune_code"]
    both = [
        indicators.household_poverty(table[table["commune_code"] != gone])["poor_rate_pct"].iloc[0]
        for table in (before, tables["poverty"][2019])
    ]
    change = moved.set_index("measure").loc["poor", "change_pp"]
    assert change == pytest.approx(both[1] - both[0])


def test_years_under_another_poverty_standard_are_left_out(tables, standings):
    households = {2019: tables["poverty"][2019], 2015: tables["poverty"][2018].assign(year=2015)}
    found = overview.years(standings, households, {}, 2019).set_index("year")
    assert 2015 not in found.index
    assert pd.isna(found.loc[2018, "poor_rate_pct"]) and found.loc[2019, "poor_rate_pct"] > 0
    assert found["allocated_vnd"].isna().all()
    assert overview.rate_changes(overview.two_years(households, 2019), 2019).empty


def test_a_district_is_its_own_rows(tables, standings):
    own = overview.years(standings, tables["poverty"], tables["funding"], 2019, district="904")
    row = own[own["year"] == 2019].iloc[0]
    assert (row["communes"], row["communes_recognised"]) == (10, 10)
    part = tables["poverty"][2019].query("district_code == '904'")
    assert row["poor_end_hh"] == part["poor_end_hh"].sum()


def test_a_districts_communes_stand_side_by_side(tables, standings):
    standing = standings[standings["year"] == 2019]
    found = overview.commune_table(standing, tables["poverty"][2019], 2019, "904")
    part = tables["poverty"][2019].query("district_code == '904'")
    assert found["poor_end_hh"].sum() == part["poor_end_hh"].sum()
    urban = found[found["type"] != "xã"]
    assert urban["criteria_met"].isna().all() and len(urban) == 1
    assert (found.loc[found["type"] == "xã", "criteria_met"] == 19).all()


def test_a_district_without_money_has_no_rows(tables):
    funding = tables["funding"][2019].query("district_code != '904'")
    assert overview.district_money(funding, "904", by="programme").empty
    whole = overview.district_money(tables["funding"][2019], "904")
    assert len(whole) == 1 and whole["province_rate_pct"].notna().all()


def test_a_return_of_last_year_sent_again_is_found(tables, years, standings):
    """Of one district, whatever else the others sent; ordinary years have none."""
    assert overview.unchanged(tables["poverty"], tables["funding"], 2019).empty
    again = {}
    for name in ("poverty", "funding"):
        then, now = tables[name][2018], tables[name][2019]
        own = then[then["district_code"] == "906"].sample(frac=1, random_state=1)
        own = own.assign(year=2019)
        again[name] = {2018: then, 2019: pd.concat([now[now["district_code"] != "906"], own])}
    found = overview.unchanged(again["poverty"], again["funding"], 2019)
    assert found.values.tolist() == [["03", "906"], ["02", "906"]]
    # Nor is a target judged on it: of the province, of the district, over the years.
    both = overview.two_years(again["poverty"], 2019)
    moved = overview.like_for_like(standings, both, tables["funding"], 2019)
    told = overview.headline(years, moved, 2019, same=found).set_index("indicator")
    assert told.loc["poor_rate_pct", ["target_year", "sent_again"]].tolist() == [2019, True]
    assert pd.isna(told.loc["poor_rate_pct", "reached"])
    assert "not judged: some numbers" in show.headlines(told.reset_index(), "en").to_html()
    targets = poverty.fall_targets(2019)
    for by, judged in (("district", 14), ((), 0)):
        changes = poverty.changes(both, 2018, 2019, by)
        verdicts = poverty.against_targets(changes, targets, ["all"], again={"906"})["verdict"]
        assert (verdicts != "sent_again").sum() == judged
    assert period_targets.poverty_results(again["poverty"], 2019)["result_high"].isna().all()
    whole = period_targets.poverty_results(tables["poverty"], 2019)
    assert whole["result_high"].notna().all()


def test_amounts_that_may_be_wrong_are_each_counted_once(tables):
    assert overview.odd_money(tables["funding"], 2019).empty
    now = tables["funding"][2019].copy()
    largest = now["allocated_vnd"].idxmax()
    now.loc[largest, ["allocated_vnd", "disbursed_vnd"]] *= 1000
    now.loc[largest, "disbursed_vnd"] = now.loc[largest, "allocated_vnd"] + 1
    found = overview.odd_money({2018: tables["funding"][2018], 2019: now}, 2019)
    assert len(found) == 1 and found["allocated_vnd"].iloc[0] == now.loc[largest, "allocated_vnd"]
