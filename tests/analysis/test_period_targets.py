"""Targets of a period: judged in their year, summed over years that have both, never guessed."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.analysis.test_convergence import table
from tests.analysis.test_paths import CODES, standings

from kgstats import published
from kgstats.analysis import period_targets
from kgstats.reference import areas

NONE = pd.DataFrame()


def result(indicator: str, year: int, value: float, high: float | None = -1, scope: str = "all"):
    high = value if high == -1 else high
    row = (indicator, scope, year, value, high, 10, 10, "returns", "")
    return period_targets._results([row])


def state(*results: pd.DataFrame, year: int, of: int | None = None, indicator="poor_fall") -> str:
    found = period_targets.against(list(results), year)
    own = found[(found["indicator"] == indicator) & (found["scope"] == "all")]
    return own.set_index("year").loc[of or year, "period_state"]


def test_a_yearly_target_is_judged_by_its_own_year_alone():
    assert state(result("poor_fall", 2019, 1.45), year=2019) == "reached"
    assert state(result("poor_fall", 2020, 0.78), year=2020) == "missed"
    found = period_targets.against([result("poor_fall", 2019, 1.45)], 2019)
    # The plan of 2020 is not held against the fall of 2019.
    assert not ((found["indicator"] == "poor_fall") & (found["year"] == 2020)).any()


def test_a_level_is_on_its_way_until_its_year_has_ended():
    args = {"indicator": "attained_communes", "of": 2020}
    assert state(result("attained_communes", 2019, 64), year=2019, **args) == "not_due"
    # Ahead of its year it is no more reached than missed.
    assert state(result("attained_communes", 2019, 79), year=2019, **args) == "not_due"
    assert state(result("attained_communes", 2020, 64), year=2020, **args) == "missed"
    assert state(result("attained_communes", 2020, 79), year=2020, **args) == "reached"


def test_what_did_not_report_leaves_the_verdict_open_where_it_matters():
    args = {"indicator": "attained_communes", "year": 2020}
    assert state(result("attained_communes", 2020, 70, 80), **args) == "open"
    assert state(result("attained_communes", 2020, 70, 78), **args) == "missed"
    assert state(result("attained_communes", 2020, 79, 90), **args) == "reached"
    # A rate of some units can go either way, whatever it is.
    assert state(result("poor_fall", 2019, 1.45, None), year=2019) == "open"
    assert state(result("poor_fall", 2019, 0.2, None), year=2019) == "open"


def test_a_digit_that_is_not_printed_decides_nothing():
    assert state(result("poor_fall", 2020, 1 - 1e-13), year=2020) == "reached"


def test_a_year_without_returns_and_without_a_dated_value_has_no_result(root):
    series = published.read("series", root, 2019)
    known = period_targets.published_results(series, 2020)
    falls = known[(known["indicator"] == "poor_fall") & (known["scope"] == "all")]
    # 2016 and 2017 are printed as "2016 or 2017": no fall is formed with them.
    assert falls["year"].tolist() == [2019, 2020]
    assert falls["result"].tolist() == pytest.approx([1.45, 0.78])
    counts = known[known["indicator"] == "attained_communes"]
    assert counts.set_index("year")["result"].to_dict() == {2018: 51, 2019: 64}
    assert period_targets.published_results(series, 2018)["year"].max() == 2018
    assert period_targets.published_results(NONE, 2019).empty


def test_returns_go_before_what_was_published():
    found = period_targets.against(
        [result("poor_fall", 2019, 1.2), result("poor_fall", 2019, 1.45)], 2019
    )
    assert found.loc[found["indicator"] == "poor_fall", "result"].iloc[0] == 1.2


def test_sums_are_over_the_years_that_have_both_and_name_the_others():
    results = [result("poor_fall", year, fall) for year, fall in ((2018, 2.0), (2019, 1.45))]
    sums = period_targets.cumulated(period_targets.against(results, 2020))
    row = sums[(sums["indicator"] == "poor_fall") & (sums["scope"] == "all")].iloc[0]
    assert (row["first_year"], row["year"], row["years"]) == (2019, 2019, 1)
    assert (row["target_low"], row["target_high"], row["result"]) == (1.0, 1.5, 1.45)
    assert 2018 in row["years_without_target"]
    assert row["years_without_result"] == (2020,)
    assert period_targets.cumulated(
        period_targets.against([period_targets._results([])], 2019)
    ).empty


def test_a_target_that_nobody_confirmed_is_not_summed():
    against = period_targets.against([result("poor_fall", 2019, 1.45)], 2019)
    assert len(period_targets.cumulated(against))
    assert period_targets.cumulated(against.assign(target_confirmed=False)).empty


def test_no_period_is_no_target():
    assert period_targets.against([result("poor_fall", 2030, 1.0)], 2030).empty


def test_communes_that_did_not_report_are_the_most_that_can_be_added():
    ways: dict[str, list[int | None]] = {code: [None] for code in CODES}
    ways |= {CODES[0]: [19], CODES[1]: [15]}
    ways_frame = standings(ways, first=2019)
    ways_frame["reported"] = ways_frame["criteria_met"].notna()
    ways_frame["status"] = ways_frame["status"].fillna("not_reported")
    found = period_targets.commune_results(ways_frame).set_index("indicator")
    row = found.loc["attained_communes"]
    assert (row["result"], row["result_high"]) == (1, 1 + len(CODES) - 2)
    assert (row["reported_units"], row["expected_units"]) == (2, len(CODES))
    assert pd.isna(found.loc["mean_criteria", "result_high"])
    silent = ways_frame.assign(reported=False, status="not_reported", criteria_met=pd.NA)
    assert period_targets.commune_results(silent).empty


def test_a_rate_of_some_districts_is_none_of_the_province(root):
    series = published.read("series", root, 2019)
    whole = period_targets.since_base(series, {2018: table(2018, 20), 2019: table(2019, 10)}, 2019)
    assert whole["result_from"].tolist() == ["published", "returns", "returns"]
    some = {2018: table(2018, 20), 2019: table(2019, 10, leave_out=100)}
    found = period_targets.since_base(series, some, 2019).set_index("year")
    # 2019 was published; what three districts say is not set beside the whole province of 2015.
    assert (
        found.loc[2019, "result_from"] == "published"
        and found.loc[2018, "result_from"] == "returns"
    )
    assert period_targets.since_base(NONE, some, 2019).empty


def test_falls_across_two_standards_or_a_missing_year_are_not_formed():
    tables = {year: table(year, 10) for year in (2018, 2021, 2022)}
    assert period_targets.poverty_results(tables, 2022).empty
    tables = {2018: table(2018, 20), 2019: table(2019, 10, leave_out=5)}
    found = period_targets.poverty_results(tables, 2019)
    assert found["result_high"].isna().all()
    assert set(found["expected_units"]) == {len(areas.units(2019))}
