"""Targets are judged in their year only; what the next year may bring is what the rates give."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from illustrative.truth import truth
from kgstats.analysis import attainment
from kgstats.analysis import attainment_outlook as outlook
from kgstats.reference import programmes

YEARS = (2018, 2019, 2020)


@pytest.fixture(scope="module")
def tables():
    return {year: truth(year) for year in YEARS}


def standings_of(tables, year: int) -> pd.DataFrame:
    return attainment.standings(
        {known: held["communes"] for known, held in tables.items() if known <= year},
        {known: held["attainment"] for known, held in tables.items() if known <= year},
        year,
    )


@pytest.fixture(scope="module")
def of_2019(tables):
    return standings_of(tables, 2019)


@pytest.fixture(scope="module")
def of_2020(tables):
    return standings_of(tables, 2020)


def silent(standings: pd.DataFrame, year: int, codes: list[str]) -> pd.DataFrame:
    """The same with nothing reported of some communes in a year."""
    gone = standings["commune_code"].isin(codes) & (standings["year"] == year)
    return standings.assign(
        reported=standings["reported"].where(~gone, False),
        status=standings["status"].where(~gone, "not_reported"),
        criteria_met=standings["criteria_met"].where(~gone),
        marks_known=standings["marks_known"].where(~gone, 0),
        lacking=[() if one else held for one, held in zip(gone, standings["lacking"], strict=True)],
    )


def fewer(standings: pd.DataFrame, year: int, lost: int) -> pd.DataFrame:
    """The same with fewer communes recognised in a year."""
    held = standings[(standings["year"] == year) & (standings["status"] == "recognised")]
    status = standings["status"].copy()
    status[held.index[:lost]] = "not_yet"
    return standings.assign(status=status)


# Targets -----------------------------------------------------------------------------------


def test_a_target_of_a_later_year_is_not_judged(of_2019):
    judged = outlook.judged(of_2019, 2019).set_index(["target", "target_year"])["target_state"]
    assert judged["newly_attained_communes", 2019] == "reached"
    assert set(judged.loc[(slice(None), 2020)]) == {"not_due"}
    # Even where the number is already there.
    assert (
        outlook.judged(of_2019, 2019).set_index("target").at["mean_criteria", "target_reached"]
        > 16.6
    )
    assert outlook.progress(of_2019, 2019)["target_state"].iloc[0] == "not_due"


def test_in_its_year_a_target_is_reached_or_missed_never_not_yet(of_2020):
    judged = outlook.judged(of_2020, 2020).set_index("target")["target_state"]
    assert judged.to_dict() == {
        "attained_communes": "reached",
        "newly_attained_communes": "reached",
        "advanced_communes": "reached",
        "model_communes": "missed",
        "mean_criteria": "reached",
    }
    short = fewer(of_2020, 2020, 3)  # 78 of 79
    assert outlook.progress(short, 2020)["target_state"].iloc[0] == "missed"


@pytest.mark.parametrize(
    ("lost", "gone", "state"),
    [
        (2, 0, "reached"),
        (3, 0, "missed"),
        (3, 1, "not_judged"),
        (4, 1, "missed"),
        (2, 5, "reached"),
    ],
)
def test_silence_decides_nothing(of_2020, lost, gone, state):
    """With 79 wanted: reached or missed only if it is whatever the silent communes report."""
    short = fewer(of_2020, 2020, lost)
    own = short[(short["year"] == 2020) & (short["status"] == "not_yet")]
    told = silent(short, 2020, own["commune_code"].tolist()[-gone:] if gone else [])
    assert outlook.progress(told, 2020)["target_state"].iloc[0] == state
    judged = outlook.judged(told, 2020).set_index("target")["target_state"]
    assert judged["attained_communes"] == state


def test_a_change_is_counted_over_communes_reported_in_both_years(of_2019):
    gone = of_2019.loc[of_2019["district_code"] == "904", "commune_code"].unique().tolist()
    found = outlook.progress(silent(of_2019, 2019, gone), 2019).iloc[0]
    assert found["communes_compared"] == 107
    assert found["communes_more"] == 13  # none of the ten was recognised within the year
    assert pd.isna(found["communes_remaining"])


# What the next year may bring ----------------------------------------------------------------


def test_rates_are_what_a_count_by_hand_gives(tables, of_2020):
    rates = outlook.transitions(of_2020, 2020).set_index("criterion")
    wide = {
        year: held["attainment"].pivot(index="commune_code", columns="criterion", values="met")
        for year, held in tables.items()
    }
    assert (rates["pairs"] == 2).all()
    for criterion in range(1, 20):
        unmet = gained = met = lost = 0
        for before, after in itertools.pairwise(YEARS):
            was, has = wide[before][criterion], wide[after][criterion]
            unmet += int((~was).sum())
            gained += int((~was & has).sum())
            met += int(was.sum())
            lost += int((was & ~has).sum())
        row = rates.loc[criterion]
        assert (row["marks_unmet_before"], row["marks_gained"]) == (unmet, gained)
        assert (row["marks_met_before"], row["marks_lost"]) == (met, lost)


def outlook_of(standings, year):
    own = standings[standings["year"] == year]
    chances = outlook.chances(own, outlook.transitions(standings, year))
    return outlook.outlook(standings, chances, year)


def test_scenarios_of_2020_from_2019(of_2019):
    found = outlook_of(of_2019, 2019).set_index("scenario")
    assert found.at["decisions", "communes_expected"] == 64 + 4
    near = attainment.nearly(of_2019[of_2019["year"] == 2019], short=1)
    assert found.at["one_short", "communes_expected"] == 64 + 4 + len(near)
    assert (found["target_communes"] == 79).all()
    observed = found.loc["observed"]
    assert observed["communes_least"] <= observed["communes_expected"] <= observed["communes_most"]


def test_the_expectation_is_the_sum_of_the_chances(of_2019):
    own = of_2019[of_2019["year"] == 2019]
    chances = outlook.chances(own, outlook.transitions(of_2019, 2019))
    assert len(chances) == 117 - 64
    observed = outlook_of(of_2019, 2019).set_index("scenario").loc["observed"]
    assert observed["communes_added"] == pytest.approx(chances["chance_pct"].sum() / 100)
    assert (chances.loc[chances["status"] == "pending", "chance_pct"] == 100).all()
    assert chances["chance_pct"].is_monotonic_decreasing


def test_a_chance_is_what_a_product_by_hand_gives(of_2019):
    """Each criterion at its own rate; where that rests on too few marks, at the rate of all."""
    rates = outlook.transitions(of_2019, 2019).set_index("criterion")
    own = of_2019[of_2019["year"] == 2019]
    chances = outlook.chances(own, rates.reset_index()).set_index("commune_code")

    def rate(criterion: int, part: str, whole: str) -> float:
        if rates.at[criterion, whole] >= 10:
            return rates.at[criterion, part] / rates.at[criterion, whole]
        return rates[part].sum() / rates[whole].sum()

    assert rates["marks_unmet_before"].lt(10).any()
    for code in ("30836", "30781", "31009"):
        lacking = chances.at[code, "lacking"]
        by_hand = 1.0
        for criterion in range(1, 20):
            if criterion in lacking:
                by_hand *= rate(criterion, "marks_gained", "marks_unmet_before")
            else:
                by_hand *= 1 - rate(criterion, "marks_lost", "marks_met_before")
        assert chances.at[code, "chance_pct"] == pytest.approx(100 * by_hand)


def test_a_criterion_with_too_few_marks_takes_the_rate_of_all():
    rates = pd.DataFrame(
        {"criterion": [1, 2, 3], "marks_gained": [1, 9, 10], "marks_unmet_before": [9, 10, 81]}
    )
    found = outlook._rates(rates, "marks_gained", "marks_unmet_before")
    assert found == {1: 0.2, 2: 0.9, 3: 10 / 81}


def test_without_two_years_there_are_no_rates_but_the_decisions(tables):
    first = standings_of(tables, 2018)
    found = outlook_of(first, 2018).set_index("scenario")
    assert outlook.transitions(first, 2018).empty
    assert found.at["decisions", "communes_expected"] == 51 + 7
    assert pd.isna(found.at["observed", "communes_expected"])


def test_nothing_is_said_across_two_sets_or_of_silence(of_2019):
    later = of_2019[of_2019["year"] == 2019].assign(year=2021)
    assert outlook_of(later, 2021).empty
    codes = of_2019["commune_code"].unique().tolist()
    assert outlook_of(silent(of_2019, 2019, codes), 2019).empty


def test_silent_communes_widen_the_range_upwards_alone(of_2019):
    whole = outlook_of(of_2019, 2019).set_index("scenario")
    gone = of_2019.loc[of_2019["district_code"] == "904", "commune_code"].unique().tolist()
    part = outlook_of(silent(of_2019, 2019, gone), 2019).set_index("scenario")
    assert part.at["decisions", "communes_most"] == whole.at["decisions", "communes_most"]
    assert part.at["decisions", "communes_least"] == whole.at["decisions", "communes_least"] - 10


def test_last_years_method_stands_beside_what_happened(of_2019, of_2020):
    said = outlook.tested(of_2020, 2020).iloc[0]
    then = outlook_of(of_2019, 2019).set_index("scenario").loc["observed"]
    assert said["communes_least"] == then["communes_least"]
    assert said["communes_most"] == then["communes_most"]
    assert said["communes_recognised"] == 81
    # Of 2019 nothing could be said from 2018 alone.
    assert outlook.tested(of_2019, 2019).empty


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=10))
def test_the_range_holds_four_of_five_outcomes(ways):
    low, high = outlook._range(pd.Series(ways))
    inside = 0.0
    for happened in itertools.product([0, 1], repeat=len(ways)):
        weight = float(np.prod([w if h else 1 - w for w, h in zip(ways, happened, strict=True)]))
        inside += weight if low <= sum(happened) <= high else 0.0
    assert inside >= 0.8 - 1e-6
    assert low <= sum(ways) + 1 and high >= sum(ways) - 1


# Districts proposed, groupings, witnesses -----------------------------------------------------


def test_the_five_units_proposed_for_2020(of_2019):
    own = of_2019[of_2019["year"] == 2019]
    districts = attainment.district_standard(attainment.summary(own, by="district"))
    near = attainment.nearly(own, short=1)
    found = attainment.proposals(districts, near, programmes.district_units(2019))
    assert found["district_name"].tolist() == [
        "Hà Tiên", "Kiên Lương", "Giồng Riềng", "Gò Quao", "Vĩnh Thuận"
    ]  # fmt: skip
    assert found.set_index("district_name").at["Hà Tiên", "route"] == "task"
    parts = ["communes_recognised", "communes_pending", "communes_one_short", "communes_further"]
    assert (found[parts].sum(axis=1) == found["communes"]).all()
    assert found.set_index("district_name").at["Vĩnh Thuận", "condition"] == "awaits_decisions"


def test_a_proposal_of_a_silent_district_says_nothing(of_2019):
    gone = of_2019.loc[of_2019["district_code"] == "907", "commune_code"].unique().tolist()
    told = silent(of_2019, 2019, gone)
    own = told[told["year"] == 2019]
    districts = attainment.district_standard(attainment.summary(own, by="district"))
    near = attainment.nearly(own, short=1)
    found = attainment.proposals(districts, near, programmes.district_units(2019))
    row = found.set_index("district_name").loc["Gò Quao"]
    assert row["condition"] == "unknown"
    assert row[["communes_one_short", "communes_further"]].isna().all()
    assert attainment.proposals(districts, near, programmes.district_units(2018)).empty


def test_a_stated_number_never_stands_beside_marks_that_contradict_it(tables):
    """Twelve met beside eight not met is no number of nineteen criteria."""
    code = "31108"
    communes, marks = tables[2019]["communes"].copy(), tables[2019]["attainment"].copy()
    communes.loc[communes["commune_code"] == code, "criteria_met"] = 12
    own = marks["commune_code"] == code
    marks.loc[own, "met"] = [True] * 10 + [False] * 8 + [None]
    row = attainment.standing(communes, marks, 2019).set_index("commune_code").loc[code]
    assert pd.isna(row["criteria_met"]) and len(row["lacking"]) == 8
    found = attainment.witnesses(attainment.standing(communes, marks, 2019))
    assert found["commune_code"].tolist() == [code]
    # With all nineteen known the marks count, and the stated number is told apart.
    marks.loc[own, "met"] = [True] * 11 + [False] * 8
    standing = attainment.standing(communes, marks, 2019)
    assert standing.set_index("commune_code").at[code, "criteria_met"] == 11
    assert attainment.witnesses(standing)["criteria_stated"].tolist() == [12]


@settings(max_examples=40, deadline=None)
@given(
    stated=st.one_of(st.none(), st.integers(0, 19)),
    given_marks=st.lists(st.sampled_from([True, False, None]), min_size=19, max_size=19),
)
def test_criteria_met_and_those_named_as_missing_are_never_more_than_nineteen(stated, given_marks):
    communes, marks = COMMUNES.copy(), MARKS.copy()
    communes.loc[communes["commune_code"] == "31108", "criteria_met"] = stated
    marks.loc[marks["commune_code"] == "31108", "met"] = given_marks
    standing = attainment.standing(communes, marks, 2019).set_index("commune_code").loc["31108"]
    if not pd.isna(standing["criteria_met"]):
        assert standing["criteria_met"] + len(standing["lacking"]) <= 19
        assert standing["criteria_met"] >= sum(one is True for one in given_marks)


COMMUNES, MARKS = truth(2019)["communes"], truth(2019)["attainment"]
