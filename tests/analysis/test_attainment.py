"""Commune standards: the published facts come out of the tables, and nothing is counted twice."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from illustrative.truth import truth
from kgstats.analysis import attainment as analysis
from kgstats.analysis import attainment_outlook as outlook
from kgstats.analysis import indicators
from kgstats.reference import areas, criteria
from kgstats.reference.published_facts import Fact, facts

YEARS = (2018, 2019, 2020)


@pytest.fixture(scope="module")
def tables():
    return {year: truth(year) for year in YEARS}


@pytest.fixture(scope="module")
def standings(tables):
    return analysis.standings(
        {year: tables[year]["communes"] for year in YEARS},
        {year: tables[year]["attainment"] for year in YEARS},
        2020,
    )


@pytest.fixture(scope="module")
def of_2019(standings):
    return of_year(standings, 2019)


def of_year(standings: pd.DataFrame, year: int) -> pd.DataFrame:
    return standings[standings["year"] == year].reset_index(drop=True)


def whole_province(standing: pd.DataFrame) -> pd.Series:
    return analysis.summary(standing).iloc[0]


def marks_of(tables: dict[int, dict[str, pd.DataFrame]], year: int = 2019) -> pd.DataFrame:
    return analysis.marks(tables[year]["attainment"], year)


def stated(indicator: str, key: str | None = None) -> list[Fact]:
    """What was published outside a report's figures, of the province, a district or a commune."""
    return [
        fact
        for fact in facts()
        if not fact.figure
        and fact.indicator == indicator
        and (key in fact.where if key else not set(fact.where) & {"district_code", "commune_code"})
    ]


# What was published ------------------------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
def test_province_figures_are_those_published(standings, year):
    (fact,) = [one for one in stated("communes_recognised") if one.year == year]
    row = whole_province(of_year(standings, year))
    assert int(row["communes_recognised"]) == int(fact.value)
    assert int(row["communes"]) == areas.rural_base(year)


def test_mean_criteria_of_2019_is_16_9_and_none_is_below_ten(of_2019):
    row = whole_province(of_2019)
    assert f"{row['mean_criteria']:.1f}" == "16.9"
    assert row["mean_criteria"] == row["criteria_total"] / row["criteria_communes"]
    assert row["least_criteria"] == of_2019["criteria_met"].min() == 10
    assert row["communes_met_below_10"] == 0 and row["communes_met_unknown"] == 0
    assert sum(row[name] for name, _, _ in analysis.BANDS) == 117


def test_district_facts_of_2019(of_2019):
    held = analysis.summary(of_2019, by="district").set_index("district_code")
    found = stated("communes_recognised", "district_code")
    for fact in found:
        row = held.loc[fact.where["district_code"]]
        assert int(row["communes"]) == fact.of, fact
        if fact.rule == "equal":
            assert int(row["communes_recognised"]) == int(fact.value), fact
        else:
            assert int(row["communes_recognised"]) * 2 > int(row["communes"]), fact
    assert len(found) == 8


def test_communes_named_in_public_documents(of_2019):
    standing = of_2019.set_index("commune_code")
    named = {"recognised": 0, "pending": 0}
    for fact in stated("criteria_met", "commune_code"):
        row = standing.loc[fact.where["commune_code"]]
        assert row["status"] == fact.where["status"], fact
        assert row["criteria_met"] == int(fact.value) == 19 and row["lacking"] == ()
        named[row["status"]] += 1
    assert named == {"recognised": 8, "pending": 4}


def test_decision_of_may_2019_was_for_the_standard_of_2018(of_2019):
    table = analysis.recognitions(of_2019)
    late = table[(table["decision_year"] == 2019) & (table["standard_year"] == 2018)]
    assert late["communes"].sum() == 7
    pending = table[table["decision_year"].isna()]
    assert pending["communes"].sum() == 4 and pending["standard_year_exact"].all()
    decided = of_2019[of_2019["decision_date"] == pd.Timestamp(2019, 5, 2)]
    assert len(decided) == 7 and (decided["standard_year"] == 2018).all()


def test_progress_to_the_target_of_2020(standings):
    found = outlook.progress(standings, 2019).iloc[0]
    wanted = {"communes_recognised": 64, "target_communes": 79, "communes_remaining": 15}
    wanted |= {"years_left": 1, "pace_needed": 15, "communes_more": 13}
    wanted |= {"planned_communes": 12, "communes_decided": 13}
    assert found[list(wanted)].to_dict() == wanted
    assert outlook.progress(standings, 2020)["target_state"].iloc[0] == "reached"
    assert outlook.progress(standings, 2018)["pace_needed"].iloc[0] == 14
    alone = outlook.progress(of_year(standings, 2019), 2019).iloc[0]
    assert pd.isna(alone["communes_more"])


def test_gains_of_the_year_add_up_to_the_change(standings):
    changed = analysis.changes(standings, 2019)
    assert (changed["event"] == "recognised").sum() == 13
    gains = analysis.gains(changed)
    years = analysis.summary(standings).set_index("year")["criteria_total"]
    assert gains["communes_net"].sum() == years[2019] - years[2018]
    assert changed["criteria_change"].sum() == gains["communes_net"].sum()


def test_without_a_year_before_nothing_changed_and_nothing_was_gained(standings):
    changed = analysis.changes(standings, 2018)
    assert changed.empty and "event" in changed.columns
    assert analysis.gains(changed).empty


def test_advanced_communes_of_2020_count_as_standard_too(standings):
    table = analysis.levels(of_year(standings, 2020)).set_index("level")
    assert table.at["standard", "communes_at_least"] == 81
    assert table.at["advanced", "communes"] == 2
    assert table.at["model", "communes_at_least"] == 0


def test_district_standard_needs_every_commune(of_2019):
    table = analysis.district_standard(analysis.summary(of_2019, by="district")).set_index(
        "district_name"
    )
    assert table.at["Tân Hiệp", "condition"] == "met"
    assert table.at["Vĩnh Thuận", "condition"] == "awaits_decisions"
    assert table.at["Hòn Đất", "condition"] == "not_met"
    assert table.at["Rạch Giá", "route"] == "task" and table.at["Tân Hiệp", "route"] == "standard"
    assert (table["district_criteria"] == 9).all()


# Sums agree --------------------------------------------------------------------------------


def test_districts_add_up_to_the_province(of_2019):
    parts, whole = analysis.summary(of_2019, by="district"), whole_province(of_2019)
    bands = [name for name, _, _ in analysis.BANDS]
    for column in ("communes", "communes_recognised", "communes_pending", "criteria_total", *bands):
        assert parts[column].sum() == whole[column]


def test_failures_add_up_whichever_way_they_are_counted(tables, of_2019):
    marks = marks_of(tables)
    by_criterion = analysis.failures(marks)
    by_district = analysis.failures(marks, by=("district", "criterion"))
    by_group = analysis.failures(marks, by="criterion_group")
    total = 117 * 19 - int(whole_province(of_2019)["criteria_total"])
    counted = {int(t["marks_not_met"].sum()) for t in (by_criterion, by_district, by_group)}
    assert counted == {total}
    assert len(by_group) == 4
    assert by_criterion["marks_not_met"].is_monotonic_decreasing
    for _, part in by_district.groupby("district_code"):
        assert part["marks_not_met"].is_monotonic_decreasing
    groups = by_criterion.groupby("criterion_group")["marks_not_met"].sum()
    assert groups.to_dict() == by_group.set_index("criterion_group")["marks_not_met"].to_dict()


def test_pairs_are_what_a_count_by_hand_gives(tables, of_2019):
    pairs = analysis.failing_pairs(marks_of(tables))
    for row in pairs.head(5).itertuples(index=False):
        pair = {row.criterion, row.other_criterion}
        both = sum(pair <= set(lacking) for lacking in of_2019["lacking"])
        either = sum(bool(pair & set(lacking)) for lacking in of_2019["lacking"])
        wanted = (both, round(100 * both / either, 6))
        assert wanted == (row.communes_failing_both, round(row.overlap_pct, 6))
    single = analysis.failures(marks_of(tables)).set_index("criterion")["marks_not_met"]
    first = pairs.iloc[0]
    expected = single[first["criterion"]] * single[first["other_criterion"]] / 117
    assert first["expected_both"] == pytest.approx(float(expected))
    times = float(first["communes_failing_both"]) / float(expected)
    assert first["times_expected"] == pytest.approx(times)


def test_a_criterion_is_chosen_by_number_or_is_the_one_most_often_missed(tables):
    marks = marks_of(tables)
    most = analysis.failures(marks)["criterion"].iloc[0]
    assert set(analysis.of_criterion(marks)["criterion"]) == {most}
    assert len(analysis.of_criterion(marks, 17)) == 117
    with pytest.raises(analysis.AttainmentError, match="from 1 to 19, not 20"):
        analysis.of_criterion(marks, 20)


def test_nearly_names_what_is_lacking(of_2019):
    near = analysis.nearly(of_2019)
    assert (near["lacking_count"] == near["lacking"].map(len)).all()
    assert set(near["criteria_met"]) <= {17, 18}
    assert len(near) == int(of_2019["criteria_met"].isin([17, 18]).sum())


# Absent is not zero ------------------------------------------------------------------------


def without(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    return frame[frame["commune_code"] != code]


def test_a_commune_without_a_return_is_neither_recognised_nor_not(tables):
    communes, marks = tables[2019]["communes"], tables[2019]["attainment"]
    code = communes.loc[communes["status"] == "recognised", "commune_code"].iloc[0]
    standing = analysis.standing(without(communes, code), without(marks, code), 2019)
    row = standing.set_index("commune_code").loc[code]
    assert row["status"] == "not_reported" and not row["reported"]
    assert pd.isna(row["criteria_met"])
    whole = whole_province(standing)
    told = whole[["communes_recognised", "communes_not_reported", "communes"]]
    assert told.tolist() == [63, 1, 117]
    shares = [whole[f"recognised_{name}pct"] for name in ("min_", "", "max_")]
    assert shares == pytest.approx([100 * n / m for n, m in ((63, 117), (63, 116), (64, 117))])
    assert whole["criteria_communes"] == 116 and whole["communes_met_unknown"] == 1


def test_a_district_without_any_return_is_unknown_not_unmet(tables):
    communes, marks = (
        table[table["district_code"] != "904"]
        for table in (tables[2019]["communes"], tables[2019]["attainment"])
    )
    standing = analysis.standing(communes, marks, 2019)
    row = analysis.summary(standing, by="district").set_index("district_code").loc["904"]
    assert row["communes"] == row["communes_not_reported"] == 10
    assert pd.isna(row["communes_recognised"]) and pd.isna(row["recognised_pct"])
    conditions = analysis.district_standard(analysis.summary(standing, by="district")).set_index(
        "district_code"
    )["condition"]
    assert conditions["904"] == "unknown"
    assert conditions["903"] == "not_met"


def test_a_blank_mark_is_neither_met_nor_failed(tables):
    communes, marks = tables[2019]["communes"], tables[2019]["attainment"].copy()
    place = marks.index[marks["met"]][0]
    marks.loc[place, "met"] = pd.NA
    before = analysis.failures(marks_of(tables)).set_index("criterion")
    after = analysis.failures(analysis.marks(marks, 2019)).set_index("criterion")
    number = marks.at[place, "criterion"]
    assert after.at[number, "marks_given"] == before.at[number, "marks_given"] - 1
    assert after.at[number, "marks_not_met"] == before.at[number, "marks_not_met"]
    row = analysis.standing(communes, marks, 2019).set_index("commune_code")
    row = row.loc[marks.at[place, "commune_code"]]
    assert pd.isna(row["lacking_count"]) and row["marks_known"] == 18
    # With a mark absent the district's own number stands.
    stated = communes.set_index("commune_code")["criteria_met"]
    assert row["criteria_met"] == stated[row.name]


def test_marks_decide_over_the_stated_number(tables):
    communes = tables[2019]["communes"].copy()
    communes.loc[communes.index[0], "criteria_met"] = 3
    standing = analysis.standing(communes, tables[2019]["attainment"], 2019)
    code = communes["commune_code"].iloc[0]
    assert standing.set_index("commune_code").at[code, "criteria_met"] == 19


# Sets of criteria are kept apart -----------------------------------------------------------


def as_year(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    known = set(areas.rural(year)["commune_code"])
    return frame[frame["commune_code"].isin(known)].assign(
        year=pd.array([year] * frame["commune_code"].isin(known).sum(), dtype="Int64")
    )


def test_recognition_under_an_earlier_set_does_not_count_without_the_new_nineteen(tables):
    communes, marks = (
        as_year(tables[2020]["communes"], 2022),
        as_year(tables[2020]["attainment"], 2022),
    )
    code = communes.loc[communes["status"] == "recognised", "commune_code"].iloc[0]
    marks.loc[marks[marks["commune_code"] == code].index[0], "met"] = False
    standing = analysis.standing(communes, marks, 2022).set_index("commune_code")
    assert standing.at[code, "status"] == "earlier_set"
    # The others meet the nineteen of the new set too, so their decision holds.
    assert (standing["status"] == "recognised").sum() == (
        communes["status"] == "recognised"
    ).sum() - 1


def test_years_under_different_sets_are_never_compared(tables, standings):
    communes, marks = (
        as_year(tables[2020]["communes"], 2022),
        as_year(tables[2020]["attainment"], 2022),
    )
    later = analysis.standing(communes, marks, 2022)
    with pytest.raises(criteria.DifferentCriteria):
        analysis.changes(pd.concat([later, of_year(standings, 2020).assign(year=2021)]), 2022)
    found = analysis.standings(
        {2020: tables[2020]["communes"], 2022: communes},
        {2020: tables[2020]["attainment"], 2022: marks},
        2022,
    )
    assert set(found["year"]) == {2022}
    assert pd.isna(outlook.progress(later, 2022)["target_communes"].iloc[0])


def test_bases_follow_the_list_of_the_year(tables):
    communes, marks = (
        as_year(tables[2020]["communes"], 2021),
        as_year(tables[2020]["attainment"], 2021),
    )
    assert whole_province(analysis.standing(communes, marks, 2021))["communes"] == 116


# Bad input ---------------------------------------------------------------------------------


def test_tables_of_another_year_are_refused(tables):
    with pytest.raises(analysis.AttainmentError, match="of 2019, not of 2020"):
        analysis.standing(tables[2019]["communes"], tables[2019]["attainment"], 2020)


def test_a_ward_is_refused(tables):
    communes = tables[2019]["communes"].copy()
    communes.loc[communes.index[0], "commune_code"] = "30730"
    with pytest.raises(analysis.AttainmentError, match="30730; wards and townships"):
        analysis.standing(communes, tables[2019]["attainment"], 2019)


def test_a_commune_twice_is_refused(tables):
    marks = pd.concat([tables[2019]["attainment"], tables[2019]["attainment"].head(1)])
    with pytest.raises(analysis.AttainmentError, match="more than one row"):
        analysis.marks(marks, 2019)


def test_a_lacking_column_is_named(tables):
    with pytest.raises(analysis.AttainmentError, match="no column met"):
        analysis.marks(tables[2019]["attainment"].drop(columns="met"), 2019)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_counts_hold_for_any_marks(data):
    """Whatever is marked, met and failed and unknown make the whole, and bands cover everyone."""
    rural = areas.rural(2019)[["district_code", "commune_code"]].head(12)
    codes = rural["commune_code"].tolist()
    chosen = data.draw(st.lists(st.sampled_from(codes), unique=True, min_size=1))
    rows = [
        (2019, code, number, data.draw(st.sampled_from([True, False, None])))
        for code in chosen
        for number in range(1, 20)
    ]
    marks = pd.DataFrame(rows, columns=["year", "commune_code", "criterion", "met"]).astype(
        {"year": "Int64", "commune_code": "string", "criterion": "Int64", "met": "boolean"}
    )
    communes = pd.DataFrame(
        {
            "year": pd.array([2019] * len(chosen), dtype="Int64"),
            "commune_code": pd.array(chosen, dtype="string"),
            "criteria_met": pd.array([None] * len(chosen), dtype="Int64"),
            "level": pd.array(["none"] * len(chosen), dtype="string"),
            "decision_date": pd.array([pd.NaT] * len(chosen), dtype="datetime64[s]"),
            "status": pd.array(["not_yet"] * len(chosen), dtype="string"),
        }
    )
    standing = analysis.standing(communes, marks, 2019)
    whole = whole_province(standing)
    assert sum(int(whole[f"communes_{status}"]) for status in indicators.STATUSES) == 117
    bands = [*(name for name, _, _ in analysis.BANDS), "communes_met_unknown"]
    counted = [0 if pd.isna(whole[name]) else int(whole[name]) for name in bands]
    assert sum(counted) == 117
    failed = analysis.failures(analysis.marks(marks, 2019))
    known = [met for *_, met in rows if met is not None]
    assert failed["marks_given"].sum() == len(known)
    assert failed["marks_not_met"].sum() == known.count(False)


def test_dates_keep_their_day(of_2019):
    assert of_2019["decision_date"].dropna().max().date() <= dt.date(2019, 12, 31)
