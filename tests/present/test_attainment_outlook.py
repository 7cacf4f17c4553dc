"""What is said of targets, the next year, districts proposed and groupings follows the frames."""

from __future__ import annotations

import pandas as pd
import pytest

from illustrative.truth import truth
from kgstats.analysis import attainment
from kgstats.analysis import attainment_outlook as analysis
from kgstats.present import attainment_outlook as show
from kgstats.reference import groupings, programmes

YEARS = (2018, 2019, 2020)


@pytest.fixture(scope="module")
def standings():
    tables = {year: truth(year) for year in YEARS}
    return attainment.standings(
        {year: held["communes"] for year, held in tables.items()},
        {year: held["attainment"] for year, held in tables.items()},
        2020,
    )


def up_to(standings: pd.DataFrame, year: int) -> pd.DataFrame:
    return standings[standings["year"] <= year]


def scenarios(low: int, high: int, decisions: int, target: int | None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "year": 2019,
            "communes": 117,
            "communes_reported": 117,
            "target_year": 2020,
            "scenario": ["decisions", "one_short", "observed"],
            "communes_added": [4.0, 9.0, 6.0],
            "communes_expected": [float(decisions), decisions + 5.0, (low + high) / 2],
            "communes_least": [decisions, decisions + 5, low],
            "communes_most": [decisions, decisions + 5, high],
            "target_communes": target,
        }
    )


NOBODY = pd.DataFrame({"lacking_count": [], "commune_code": []})


@pytest.mark.parametrize(
    ("low", "high", "decisions", "said"),
    [
        (70, 75, 75, "needs faster progress than so far"),
        (75, 80, 68, "lies within that range"),
        (79, 85, 68, "The whole of that range reaches"),
        (80, 85, 79, "by decisions alone"),
        (60, 65, 60, "None of these scenarios reaches"),
    ],
)
def test_the_target_is_held_against_the_range(low, high, decisions, said):
    target = 79 if said != "None of these scenarios reaches" else 70
    told = scenarios(low, high, decisions, target)
    text = show.outlook_text(told, NOBODY, pd.DataFrame(), 2019, "en").to_text()
    assert said in text
    assert f"{low} to {high}" in text


def test_without_rates_observed_nothing_is_said_of_them():
    """A first year has no rates: the target is held against pending and near communes alone."""
    told = scenarios(70, 75, 68, 73)
    observed = told["scenario"] == "observed"
    told[["communes_expected", "communes_least", "communes_most"]] = told[
        ["communes_expected", "communes_least", "communes_most"]
    ].astype("Float64")
    told.loc[observed, ["communes_expected", "communes_least", "communes_most"]] = pd.NA
    text = show.outlook_text(told, NOBODY, pd.DataFrame(), 2019, "en").to_text()
    assert "There are no two years" in text
    assert "faster progress" not in text
    assert "The target of 73 for 2020 needs communes that are one criterion short." in text


def test_a_target_already_passed_is_not_reached_by_what_is_to_come():
    text = show.outlook_text(scenarios(90, 95, 90, 79), NOBODY, pd.DataFrame(), 2019, "en")
    assert "That is already as many as the target of 79 for 2020 asks." in text.to_text()
    assert "by decisions alone" not in text.to_text()


def test_without_a_target_or_with_silence_nothing_is_judged():
    none = show.outlook_text(scenarios(70, 75, 68, None), NOBODY, pd.DataFrame(), 2019, "en")
    assert "target" not in none.to_text()
    silent = scenarios(70, 99, 68, 79).assign(communes_reported=100)
    text = show.outlook_text(silent, NOBODY, pd.DataFrame(), 2019, "en").to_text()
    assert "100 of 117 communes" in text and "target" not in text
    assert "100 of 117 communes" in show.outlook_chart(silent, 2019, "en").title


def test_candidates_are_named_each_with_its_district_where_two_share_a_name(standings):
    known = up_to(standings, 2019)
    own = known[known["year"] == 2019]
    chances = analysis.chances(own, analysis.transitions(known, 2019))
    text = show.outlook_text(
        analysis.outlook(known, chances, 2019), chances, analysis.tested(known, 2019), 2019, "en"
    ).to_text()
    assert "Thạnh Lộc (Châu Thành)" in text and "Thạnh Lộc (Giồng Riềng)" in text
    table = show.chances_table(chances, attainment.summary(own), "en")
    assert len(table.frame) >= (chances["lacking_count"] <= 1).sum()


@pytest.mark.parametrize(("year", "inside"), [(2020, False)])
def test_last_years_method_is_told_beside_what_happened(standings, year, inside):
    said = analysis.tested(standings, year)
    text = show._tested(said.iloc[0], "en")
    assert ("outside that range" in text) is not inside
    assert f"The outcome was {said['communes_recognised'].iloc[0]}" in text
    within = said.assign(communes_least=80, communes_most=82)
    assert "outside" not in show._tested(within.iloc[0], "en")


def test_a_target_missed_in_its_year_is_said_to_be_missed(standings):
    table = show.targets_table(analysis.judged(standings, 2020), 2020, "en")
    rows = table.shown().set_index("0")
    assert rows.loc["Communes at the model level"].tolist()[4] == "missed"
    assert rows.loc["Communes recognised"].tolist()[1:4] == ["79", "81", "rural communes"]
    assert "not yet" not in table.to_text()
    early = show.targets_table(analysis.judged(up_to(standings, 2019), 2019), 2019, "en")
    states = early.shown().groupby("1")["5"].agg(set)
    assert states["2020"] == {"not due yet"}


@pytest.mark.parametrize(
    ("change", "said"),
    [(3, "rose by 3"), (-3, "fell by 3"), (0, "did not change")],
)
def test_a_fall_is_no_rise(standings, change, said):
    progress = analysis.progress(up_to(standings, 2019), 2019).assign(communes_more=change)
    assert said in show.progress_text(progress, "en").to_text()


def test_a_rise_beyond_the_decisions_of_the_year_is_explained(standings):
    """A commune new in the returns whose decision is dated before last year's end."""
    progress = analysis.progress(up_to(standings, 2019), 2019).assign(communes_more=13)
    for decided, told in ((13, False), (4, True)):
        text = show.progress_text(progress.assign(communes_decided=decided), "en").to_text()
        assert ("The plan counts decisions by their date" in text) == told


def test_without_a_target_the_title_says_of_how_many_communes(standings):
    progress = analysis.progress(up_to(standings, 2019), 2019).assign(target_year=pd.NA)
    assert "reported:" not in show.progress_title(progress, "en")
    title = show.progress_title(progress.assign(communes_reported=32), "en")
    assert title.endswith("by the end of 2019 (reported: 32 of 117 communes)")


def test_groupings_say_which_lists_are_not_complete(standings):
    own = standings[standings["year"] == 2019]
    province = attainment.summary(own)
    counts = attainment.by_grouping(own, groupings.members(2019))
    table = show.groupings_table(counts, groupings.groupings(2019), province, "en")
    rows = table.shown().set_index("0")
    assert rows.loc["Border communes"].tolist()[0] == "…"
    assert rows.loc["Border communes"].tolist()[-1].startswith("list not available")
    assert rows.loc["Island communes"].tolist()[-1].startswith("not complete")
    chart = show.groupings_chart(counts, province, "en")
    assert "in the province 54.7%" in chart.title
    # Of a province with silent communes no share is set beside them.
    silent = province.assign(communes_not_reported=3)
    assert "in the province" not in show.groupings_chart(counts, silent, "en").title


def test_proposals_name_the_decision_where_one_is_known(standings):
    own = standings[standings["year"] == 2020]
    districts = attainment.district_standard(attainment.summary(own, by="district"))
    near = attainment.nearly(own, short=1)
    found = attainment.proposals(districts, near, programmes.district_units(2020))
    rows = show.proposals_table(found, "en", year=2020).shown().set_index("0")
    assert "669/QĐ-TTg" in rows.loc["Vĩnh Thuận"].tolist()[-1]
    assert rows.loc["Kiên Lương"].tolist()[-1] == ""
    none = show.proposals_table(found.head(0), "en", year=2018)
    assert "No available document" in none.to_text()
    assert show.proposals_chart(found.head(0), 2018, "en") is None


@pytest.mark.parametrize(
    ("low", "high", "decisions", "said"),
    [
        (70, 75, 78, "70 to 75 communes recognised by 2020 at the rates observed, 83 communes if"),
        (81, 81, 60, "81 communes recognised by 2020 at the rates observed, 65 communes if"),
    ],
)
def test_the_charts_title_says_what_was_observed_before_what_would_take_every_chance(
    low, high, decisions, said
):
    figure = show.outlook_chart(scenarios(low, high, decisions, 79), 2019, "en")
    assert figure.title.startswith(said) and figure.title.endswith("; the target is 79")
    alike = scenarios(117, 117, 117, None).assign(communes_expected=117.0, communes_least=117)
    alike = alike.assign(communes_most=117)
    assert show.outlook_chart(alike, 2019, "en").title == (
        "117 communes recognised by 2020 in every scenario"
    )
