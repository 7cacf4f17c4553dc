"""Commune standards: the published facts come out of the tables, and nothing is counted twice."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from illustrative.truth import truth
from kgstats.analysis import attainment as analysis
from kgstats.reference import areas, criteria
from kgstats.reference.tables import records

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
    return standings[2019]


def whole_province(standing: pd.DataFrame) -> pd.Series:
    return analysis.summary(standing, "province").iloc[0]


# What was published ------------------------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
def test_province_figures_are_those_published(standings, year):
    facts = {
        int(row["as_of"][:4]): row
        for row in records("known_attainment")
        if row["level"] == "province" and row["fact"] == "attained_share"
    }
    # The figure of January 2021 is that of the end of 2020; its base is the list of 2021.
    row = whole_province(standings[year])
    fact = facts[2021 if year == 2020 else year]
    assert int(row["recognised"]) == int(fact["value"])
    assert int(row["communes"]) == areas.rural_base(year)


def test_mean_criteria_of_2019_is_16_9_and_none_is_below_ten(of_2019):
    row = whole_province(of_2019)
    assert f"{row['mean_criteria']:.1f}" == "16.9"
    assert row["mean_criteria"] == pytest.approx(
        float(Fraction(int(row["criteria_total"]), int(row["criteria_communes"])))
    )
    bands = analysis.bands(of_2019, "province").set_index("band")["communes"]
    assert bands["below_10"] == 0 and bands["not_reported"] == 0
    assert bands.sum() == 117


def test_district_facts_of_2019(of_2019):
    held = analysis.summary(of_2019, "district")
    names = areas.districts(2019).set_index("district_code")["district_name"]
    found = {names[row.district_code]: row for row in held.itertuples(index=False)}
    checked = 0
    for fact in records("known_attainment"):
        if fact["level"] != "district":
            continue
        row = found[fact["place"]]
        assert int(row.communes) == int(fact["of"]), fact
        if fact["fact"] == "attained_share":
            assert int(row.recognised) == int(fact["value"]), fact
        else:
            assert int(row.recognised) * 2 > int(row.communes), fact
        checked += 1
    assert checked == 8


def commune(standing: pd.DataFrame, place: str) -> pd.Series:
    name, district = place.replace(" (xã)", "").split(", ")
    codes = areas.districts(2019).set_index("district_name")["district_code"]
    row = standing[(standing["name"] == name) & (standing["district_code"] == codes[district])]
    assert len(row) == 1, place
    return row.iloc[0]


def test_communes_named_in_public_documents(of_2019):
    named = {"attained": 0, "pending_decision": 0}
    for fact in records("known_attainment"):
        if fact["level"] != "commune":
            continue
        row = commune(of_2019, fact["place"])
        expected = "recognised" if fact["fact"] == "attained" else "pending"
        assert row["status"] == expected, fact
        assert row["criteria_met"] == 19 and row["lacking"] == ()
        named[fact["fact"]] += 1
    assert named == {"attained": 8, "pending_decision": 4}


def test_decision_of_may_2019_was_for_the_standard_of_2018(of_2019):
    table = analysis.recognitions(of_2019)
    late = table[(table["decision_year"] == 2019) & (table["standard_year"] == 2018)]
    assert late["communes"].sum() == 7
    pending = table[table["decision_year"].isna()]
    assert pending["communes"].sum() == 4 and pending["exact"].all()
    decided = of_2019[of_2019["decision_date"] == pd.Timestamp(2019, 5, 2)]
    assert len(decided) == 7 and (decided["standard_year"] == 2018).all()


def test_progress_to_the_target_of_2020(standings):
    found = analysis.progress(standings[2019], standings[2018])
    assert (found.attained, int(found.target.low), found.remaining) == (64, 79, 15)
    assert (found.years_left, found.pace_needed, found.gained) == (1, Fraction(15), 13)
    assert (int(found.plan.low), found.decided) == (12, 13)
    assert analysis.progress(standings[2020]).reached is True
    assert analysis.progress(standings[2018]).pace_needed == Fraction(14)


def test_gains_of_the_year_add_up_to_the_change(standings):
    changed = analysis.changes(standings[2019], standings[2018])
    assert (changed["event"] == "recognised").sum() == 13
    gains = analysis.gains(changed)
    before, now = whole_province(standings[2018]), whole_province(standings[2019])
    assert gains["net"].sum() == now["criteria_total"] - before["criteria_total"]
    assert changed["change"].sum() == gains["net"].sum()


def test_advanced_communes_of_2020_count_as_standard_too(standings):
    table = analysis.levels(standings[2020]).set_index("level")
    assert table.at["standard", "at_least"] == 81
    assert table.at["advanced", "communes"] == 2
    assert table.at["model", "at_least"] == 0


def test_district_standard_needs_every_commune(of_2019):
    table = analysis.district_standard(of_2019).set_index("district_name")
    assert table.at["Tân Hiệp", "condition"] == "met"
    assert table.at["Vĩnh Thuận", "condition"] == "awaits_decisions"
    assert table.at["Hòn Đất", "condition"] == "not_met"
    assert table.at["Rạch Giá", "route"] == "task" and table.at["Tân Hiệp", "route"] == "standard"
    assert (table["district_criteria"] == 9).all()
    assert not table["district_criteria_reported"].any()


# Sums agree --------------------------------------------------------------------------------


def test_districts_add_up_to_the_province(of_2019):
    parts, whole = analysis.summary(of_2019), whole_province(of_2019)
    for column in ("communes", "recognised", "pending", "not_yet", "criteria_total"):
        assert parts[column].sum() == whole[column]
    bands = analysis.bands(of_2019)
    assert bands["communes"].sum() == 117


def test_failures_add_up_whichever_way_they_are_counted(tables, of_2019):
    marks = tables[2019]["attainment"]
    by_criterion = analysis.failures(marks, 2019)
    by_district = analysis.failures(marks, 2019, "district")
    by_group = analysis.failures(marks, 2019, "group")
    total = 117 * 19 - int(whole_province(of_2019)["criteria_total"])
    assert {int(t["failed"].sum()) for t in (by_criterion, by_district, by_group)} == {total}
    assert len(by_group) == 4
    assert by_criterion["failed"].is_monotonic_decreasing
    groups = by_criterion.groupby("group")["failed"].sum()
    assert groups.to_dict() == by_group.set_index("group")["failed"].to_dict()


def test_pairs_are_what_a_count_by_hand_gives(tables, of_2019):
    pairs = analysis.failing_pairs(tables[2019]["attainment"], 2019)
    for row in pairs.head(5).itertuples(index=False):
        both = sum({row.first, row.second} <= set(lacking) for lacking in of_2019["lacking"])
        either = sum(bool({row.first, row.second} & set(lacking)) for lacking in of_2019["lacking"])
        assert (both, round(100 * both / either, 6)) == (row.both, round(row.overlap_pct, 6))
    single = analysis.failures(tables[2019]["attainment"], 2019).set_index("criterion")["failed"]
    first = pairs.iloc[0]
    expected = single[first["first"]] * single[first["second"]] / 117
    assert first["expected"] == pytest.approx(float(expected))


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
    assert pd.isna(row["criteria_met"]) and pd.isna(row["band"])
    whole = whole_province(standing)
    assert (whole["recognised"], whole["not_reported"], whole["communes"]) == (63, 1, 117)
    assert whole["attained_pct"] < whole["attained_max_pct"]
    assert whole["criteria_communes"] == 116
    assert (
        analysis.bands(standing, "province").set_index("band").at["not_reported", "communes"] == 1
    )


def test_a_blank_mark_is_neither_met_nor_failed(tables):
    communes, marks = tables[2019]["communes"], tables[2019]["attainment"].copy()
    place = marks.index[marks["met"]][0]
    marks.loc[place, "met"] = pd.NA
    before = analysis.failures(tables[2019]["attainment"], 2019).set_index("criterion")
    after = analysis.failures(marks, 2019).set_index("criterion")
    number = marks.at[place, "criterion"]
    assert after.at[number, "marked"] == before.at[number, "marked"] - 1
    assert after.at[number, "failed"] == before.at[number, "failed"]
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
        analysis.changes(later, standings[2020])
    found = analysis.standings(
        {2020: tables[2020]["communes"], 2022: communes},
        {2020: tables[2020]["attainment"], 2022: marks},
        2022,
    )
    assert list(found) == [2022]
    assert analysis.progress(later).target is None


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
    assert sum(int(whole[status]) for status in analysis.STATUSES) == 117
    assert analysis.bands(standing, "province")["communes"].sum() == 117
    failed = analysis.failures(marks, 2019)
    known = [met for *_, met in rows if met is not None]
    assert failed["marked"].sum() == len(known)
    assert failed["failed"].sum() == known.count(False)


def test_dates_keep_their_day(of_2019):
    assert of_2019["decision_date"].dropna().max().date() <= dt.date(2019, 12, 31)
