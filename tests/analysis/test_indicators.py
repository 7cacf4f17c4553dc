"""An indicator has one value, whichever page prints it and however much of the data is missing."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from illustrative.truth import truth
from kgstats.analysis import (
    agreement,
    attainment,
    attainment_outlook,
    convergence,
    funding,
    indicators,
    overview,
    period_targets,
    poverty,
    provinces,
    uncertainty,
)

YEAR = 2019
NOTHING = pd.DataFrame()
DISTRICT = ("poor_end_hh", "poor_rate_pct", "disbursed_rate_pct")
NAMES = ("communes", "attainment", "poverty", "funding")
WHOLE = {name: truth(YEAR)[name] for name in NAMES}
DAMAGE = {
    "communes": ("criteria_met", "level", "decision_date", "decision_no", "status"),
    "attainment": ("met",),
    "poverty": (
        *(rate.count for rate in indicators.RATES.values()),
        "households_hh",
        "ethnic_households_hh",
    ),
    "funding": ("allocated_vnd", "disbursed_vnd"),
}


@st.composite
def damaged(draw) -> dict[str, pd.DataFrame]:
    """The clean tables of a year with values and rows of every table missing here and there."""
    tables = {}
    for name, columns in DAMAGE.items():
        table = WHOLE[name].copy()
        holes = draw(
            st.lists(
                st.tuples(st.integers(0, len(table) - 1), st.sampled_from(columns)), max_size=8
            )
        )
        for row, column in holes:
            table.loc[table.index[row], column] = pd.NA
        codes = table["district_code"].unique().tolist()
        lost = draw(st.one_of(st.none(), st.sampled_from(codes)))
        gone = draw(st.sets(st.integers(0, len(table) - 1), max_size=3))
        table = table.drop(index=table.index[list(gone)])
        kept = table if lost is None else table[table["district_code"] != lost]
        tables[name] = kept.reset_index(drop=True)
    return tables


def pages(tables: dict[str, pd.DataFrame]) -> dict[str, dict[str, object]]:
    """Every indicator as each page computes it, by indicator and page."""
    by_year = {name: {YEAR: tables[name]} for name in NAMES}
    standings = attainment.standings(by_year["communes"], by_year["attainment"], YEAR)
    found: dict[str, dict[str, object]] = {}

    def put(page: str, **values: object) -> None:
        for name, value in values.items():
            found.setdefault(name, {})[page] = value

    years = overview.years(standings, by_year["poverty"], by_year["funding"], YEAR)
    both = overview.two_years(by_year["poverty"], YEAR)
    moved = overview.like_for_like(standings, both, by_year["funding"], YEAR)
    told = overview.headline(years, moved, YEAR)
    shown = told.set_index("indicator")["value"]
    put("00 headline", **{name: shown.get(name, pd.NA) for name in overview.HEADLINES})
    ranges = uncertainty.ranges(
        standings,
        by_year["poverty"],
        tables["funding"],
        YEAR,
        uncertainty.doubtful(NOTHING, NOTHING),
    )
    put("00 ranges", **ranges.set_index("indicator")["value"].to_dict())
    facts = agreement.agreement(by_year).set_index("fact")["from_returns"]
    for name in ("communes_recognised", "mean_criteria"):
        # A fact is compared only if everybody it is about reported.
        if pd.notna(value := facts[f"{name}_{YEAR}"]):
            put("00 facts", **{name: value})
    province = attainment.summary(standings).iloc[0]
    put("20", **province[["communes_recognised", "mean_criteria"]].to_dict())
    progress = attainment_outlook.progress(standings, YEAR).iloc[0]
    put("20 progress", communes_recognised=progress["communes_recognised"])
    districts = attainment.summary(standings, by="district")
    put("20 districts", communes_recognised=districts["communes_recognised"].sum(min_count=1))
    total = districts[["criteria_total", "criteria_communes"]].sum()
    mean = total["criteria_total"] / total["criteria_communes"]
    put("20 districts", mean_criteria=mean if total["criteria_communes"] else pd.NA)
    levels = poverty.levels(poverty.together(tables["poverty"])).iloc[0]
    rates = ("poor_rate_pct", "near_poor_rate_pct", "ethnic_poor_rate_pct")
    put("40", **levels[[*rates, "poor_end_hh"]].to_dict())
    for code in ("904", "914"):
        own = overview.years(standings, by_year["poverty"], by_year["funding"], YEAR, code)
        communes = overview.commune_table(standings, tables["poverty"], YEAR, code)
        put("70", **{f"poor_end_hh of {code}": own["poor_end_hh"].iloc[0]})
        put("70 communes", **{f"poor_end_hh of {code}": communes["poor_end_hh"].sum(min_count=1)})
        by_district = poverty.levels(poverty.together(tables["poverty"]), "district")
        here = by_district[by_district["district_code"] == code].iloc[0]
        put("70", **{f"poor_rate_pct of {code}": own["poor_rate_pct"].iloc[0]})
        put("40 districts", **{f"poor_rate_pct of {code}": here["poor_rate_pct"]})
    results = period_targets.commune_results(standings).set_index("indicator")["result"]
    attained, mean = (results.get(one, pd.NA) for one in ("attained_communes", "mean_criteria"))
    put("45 targets", communes_recognised=attained, mean_criteria=mean)
    periods = convergence.periods(by_year["poverty"], YEAR)
    put("45", **(convergence.rates(periods).iloc[0][[*rates]].to_dict() if periods else {}))
    ranked = overview.districts(standings, tables["poverty"], tables["funding"], YEAR)
    ranked = ranked.set_index("district_code")
    lines = funding.lines(tables["funding"], YEAR)
    of_districts = funding.gaps(lines, "district").set_index("district_code")
    for code in ("904", "914"):
        put("70 ranks", **{f"{name} of {code}": ranked.at[code, name] for name in DISTRICT})
        one = overview.district_money(tables["funding"], code).iloc[0]
        paid = of_districts["disbursed_rate_pct"].get(code, pd.NA)
        put("30 districts", **{f"disbursed_rate_pct of {code}": paid})
        put("70", **{f"disbursed_rate_pct of {code}": one["disbursed_rate_pct"]})
    money = funding.gaps(lines).iloc[0]
    put("30", allocated_vnd=money["allocated_vnd"], coverage_pct=money["coverage_pct"])
    put("30", disbursed_rate_pct=money["disbursed_rate_pct"])
    national = provinces.figures(by_year, YEAR).iloc[0]
    put("national", **{name: national[name] for name in overview.HEADLINES})
    return found


def same(one: object, other: object) -> bool:
    if pd.isna(one) or pd.isna(other):
        return bool(pd.isna(one) and pd.isna(other))
    return float(one) == pytest.approx(float(other), abs=1e-9)


def assert_one_value_each(tables: dict[str, pd.DataFrame]) -> None:
    for indicator, told in pages(tables).items():
        first, *others = told.values()
        assert all(same(first, other) for other in others), (indicator, told)


def test_every_page_prints_the_same_of_whole_data():
    assert_one_value_each(WHOLE)
    assert {"00 facts", "20"} <= set(pages(WHOLE)["communes_recognised"])


def test_every_page_prints_the_same_where_three_definitions_disagreed():
    """One commune without households, one recognised without its level, three marks unread."""
    tables = {name: table.copy() for name, table in WHOLE.items()}
    poor, communes, marks = tables["poverty"], tables["communes"], tables["attainment"]
    largest = poor.sort_values("households_hh", ascending=False).index[0]
    poor.loc[largest, "households_hh"] = pd.NA
    communes.loc[communes.index[communes["status"] == "recognised"][0], "level"] = pd.NA
    marks.loc[marks.index[:3], "met"] = pd.NA
    assert_one_value_each(tables)
    found = pages(tables)
    assert {int(value) for value in found["communes_recognised"].values()} == {64}
    assert float(found["poor_rate_pct"]["00 headline"]) == pytest.approx(2.7523, abs=1e-4)


@settings(max_examples=15, deadline=None)
@given(damaged())
def test_every_page_prints_the_same_however_damaged(tables):
    assert_one_value_each(tables)


@settings(max_examples=40, deadline=None)
@given(damaged())
def test_the_indicators_are_what_a_count_by_hand_gives(tables):
    """The definitions once more, row by row, in other code."""
    part = whole = 0
    for row in tables["poverty"].to_dict("records"):
        if not pd.isna(row["poor_end_hh"]) and not pd.isna(row["households_hh"]):
            part, whole = part + row["poor_end_hh"], whole + row["households_hh"]
    rate = indicators.household_poverty(tables["poverty"])["poor_rate_pct"].iloc[0]
    assert same(rate, float(Fraction(100 * int(part), int(whole))) if whole else pd.NA)

    paid = covered = 0
    for row in tables["funding"].to_dict("records"):
        if not pd.isna(row["allocated_vnd"]) and not pd.isna(row["disbursed_vnd"]):
            paid, covered = paid + row["disbursed_vnd"], covered + row["allocated_vnd"]
    money = indicators.disbursement(tables["funding"]).iloc[0]
    assert int(money["covered_vnd"]) == covered
    assert same(money["gap_vnd"], covered - paid if covered else pd.NA)

    stated = dict(
        zip(tables["communes"]["commune_code"], tables["communes"]["criteria_met"], strict=True)
    )
    marks: dict[str, list[object]] = {}
    for row in tables["attainment"].to_dict("records"):
        marks.setdefault(row["commune_code"], []).append(row["met"])
    found = indicators.criteria_met(tables["communes"], tables["attainment"])
    for code, number in zip(found["commune_code"], found["criteria_met"], strict=True):
        known = [mark for mark in marks.get(code, []) if not pd.isna(mark)]
        met, left = sum(map(bool, known)), 19 - len(known)
        said = stated.get(code, pd.NA)
        if left == 0:
            assert number == met
        elif pd.isna(said) or not met <= said <= met + left:
            assert pd.isna(number)
        else:
            assert number == said


@settings(max_examples=15, deadline=None)
@given(damaged())
def test_districts_and_statuses_add_up_to_the_whole(tables):
    standing = attainment.standing(tables["communes"], tables["attainment"], YEAR)
    parts = indicators.commune_standard(standing, "district")
    whole = indicators.commune_standard(standing).iloc[0]
    for name in ("communes", "communes_recognised", "communes_pending", "criteria_total"):
        assert parts[name].fillna(0).sum() == whole[name]
    statuses = [f"communes_{name}" for name in indicators.STATUSES]
    assert parts[statuses].fillna(0).sum(axis=1).eq(parts["communes"]).all()
    silent = parts["communes"] - parts["communes_reported"]
    assert silent.eq(parts["communes_not_reported"]).all()
    money = indicators.disbursement(tables["funding"], ("district", "programme"))
    total = indicators.disbursement(tables["funding"]).iloc[0]
    for name in ("allocated_vnd", "covered_vnd", "disbursed_vnd", "gap_vnd"):
        assert money[name].sum() == total[name]
    assert (money["allocated_vnd"] == money["covered_vnd"] + money["uncovered_vnd"]).all()


# Each definition, and its opposite -----------------------------------------------------------


def commune(**changes: object) -> pd.DataFrame:
    row = {"commune_code": "30763", "criteria_met": 18, "status": "recognised"}
    return pd.DataFrame([row | {"decision_date": "2019-05-02"} | changes])


def marked(met: int, not_met: int = 0) -> pd.DataFrame:
    values = [True] * met + [False] * not_met + [None] * (19 - met - not_met)
    frame = pd.DataFrame({"commune_code": ["30763"] * 19, "met": values})
    return frame.astype({"met": "boolean"})


@pytest.mark.parametrize(
    ("stated", "marks", "wanted"),
    [
        (12, marked(11, 8), 11),  # the marks are what is assessed
        (12, marked(11, 7), 12),  # one is blank: eleven or twelve, and the district says which
        (15, marked(11, 7), None),  # fifteen it cannot be
        (10, marked(11, 7), None),  # nor ten
        (None, marked(11, 7), None),
        (18, marked(0), 18),
    ],
)
def test_criteria_met_are_counted_from_marks_and_stated_where_marks_allow_it(stated, marks, wanted):
    row = indicators.criteria_met(commune(criteria_met=stated), marks).iloc[0]
    assert (None if pd.isna(row["criteria_met"]) else int(row["criteria_met"])) == wanted
    assert (None if pd.isna(row["criteria_stated"]) else int(row["criteria_stated"])) == stated


def test_a_decision_counts_at_whatever_level_and_only_within_its_set():
    assert indicators.commune_status(commune(level=None), 2019).tolist() == ["recognised"]
    old = commune(decision_date="2014-12-24")
    assert indicators.commune_status(old.assign(criteria_met=19), 2019).tolist() == ["recognised"]
    assert indicators.commune_status(old.assign(criteria_met=18), 2019).tolist() == ["earlier_set"]
    assert indicators.commune_status(old.assign(criteria_met=None), 2019).tolist() == [
        "earlier_set"
    ]
    undated = commune(decision_date=None)
    assert indicators.commune_status(undated, 2019).tolist() == ["recognised"]


def test_nothing_reported_is_unknown_and_not_none():
    standing = attainment.standing(WHOLE["communes"].head(0), WHOLE["attainment"].head(0), YEAR)
    row = indicators.commune_standard(standing).iloc[0]
    assert row["communes"] == row["communes_not_reported"] == 117
    for name in ("communes_recognised", "recognised_pct", "mean_criteria", "least_criteria"):
        assert pd.isna(row[name]), name
    lines = WHOLE["funding"].assign(
        disbursed_vnd=pd.array([pd.NA] * len(WHOLE["funding"]), "Int64")
    )
    money = indicators.disbursement(lines).iloc[0]
    assert money["covered_vnd"] == 0 and money["uncovered_vnd"] == money["allocated_vnd"]
    for name in ("disbursed_vnd", "gap_vnd", "disbursed_rate_pct", "shortfall_vnd"):
        assert pd.isna(money[name]), name


def test_marks_alone_do_not_tell_how_a_commune_stands():
    """Where no decision or status could be read, the range is as wide on each page."""
    communes = WHOLE["communes"].copy()
    unread = communes.index[communes["status"] == "recognised"][:3]
    communes.loc[unread, ["status", "decision_date", "decision_no", "level"]] = pd.NA
    tables = {**WHOLE, "communes": communes}
    assert_one_value_each(tables)
    by_year = {name: {YEAR: tables[name]} for name in NAMES}
    standings = attainment.standings(by_year["communes"], by_year["attainment"], YEAR)
    row = attainment.summary(standings).iloc[0]
    counted = ["communes_recognised", "communes_reported", "communes_not_reported"]
    assert row[[*counted, "criteria_communes"]].tolist() == [61, 114, 3, 117]
    ranges = uncertainty.ranges(
        standings,
        by_year["poverty"],
        tables["funding"],
        YEAR,
        uncertainty.doubtful(NOTHING, NOTHING),
    ).set_index("indicator")
    assert ranges.loc["communes_recognised", ["low", "high"]].tolist() == [61, 64]
    results = period_targets.commune_results(standings).set_index("indicator")
    told = ["result", "result_high", "reported_units", "expected_units"]
    assert results.loc["attained_communes", told].tolist() == [61, 64, 114, 117]
    facts = agreement.agreement(by_year).set_index("fact")["from_returns"]
    assert pd.isna(facts[f"communes_recognised_{YEAR}"])


def test_a_unit_where_nobody_lives_has_not_reported_its_households():
    """On the map, in the headline, its base, its change and its range alike."""
    now, then = WHOLE["poverty"].copy(), truth(2018)["poverty"]
    now.loc[now.index[:3], [name for name in now if name.endswith("_hh")]] = 0
    tables = {2018: then, YEAR: now}
    assert indicators.household_poverty(now).iloc[0]["poor_rate_units"] == len(now) - 3
    standing = attainment.standings({YEAR: WHOLE["communes"]}, {YEAR: WHOLE["attainment"]}, YEAR)
    told = overview.reported(standing, now, WHOLE["funding"], YEAR).set_index("form")
    assert told.loc["03", ["units", "units_expected"]].tolist() == [len(now) - 3, len(now)]
    moved = poverty.changes(overview.two_years(tables, YEAR), 2018, YEAR)
    assert set(moved["matched_units"]) == {len(now) - 3}
    targets = poverty.fall_targets(YEAR)
    assert set(poverty.against_targets(moved, targets, ["all"])["verdict"]) == {"incomplete"}
    doubts = uncertainty.doubtful(NOTHING, NOTHING)
    ranges = uncertainty.ranges(standing, tables, WHOLE["funding"], YEAR, doubts)
    assert ranges.set_index("indicator").loc["poor_rate_pct", "not_reported"] == 3
