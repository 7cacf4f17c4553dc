"""The way of communes' criteria over the years: what is followed, and what is never joined."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgstats.analysis import paths
from kgstats.reference import areas

CODES = list(areas.rural(2019)["commune_code"])
HOME = dict(zip(areas.rural(2019)["commune_code"], areas.rural(2019)["district_code"], strict=True))


def standings(ways: dict[str, list[int | None]], first: int = 2018, **columns) -> pd.DataFrame:
    """Standings as analysis gives them: a row a commune and year, lacking the last criteria."""
    rows = [
        {
            "criteria_set": "qd1980" if first + place <= 2021 else "qd318",
            "year": first + place,
            "district_code": HOME.get(code),
            "commune_code": code,
            "criteria_met": met,
            "marks_known": 0 if met is None else 19,
            "lacking": () if met is None else tuple(range(met + 1, 20)),
            "status": None if met is None else "recognised" if met == 19 else "not_yet",
            "level": None,
            "decision_year": pd.NA,
            "decision_date": pd.NaT,
        }
        for code, way in ways.items()
        for place, met in enumerate(way)
    ]
    return pd.DataFrame(rows).assign(**columns).astype({"criteria_met": "Int64"})


def path_of(*numbers: int | None) -> str:
    found = paths.paths(standings({CODES[0]: list(numbers)}))
    return found["path"].iloc[0]


def test_a_path_is_named_by_what_became_of_nineteen_before_anything_else():
    assert path_of(19, 19, 19) == "kept"
    assert path_of(17, 19, 19) == "reached"
    assert path_of(19, 18, 19) == "regained"
    assert path_of(17, 19, 18) == path_of(19, 12, 18) == "relapsed"
    assert path_of(15, 15, 16) == "rising"
    assert path_of(15, 14, 15) == path_of(15, 14, 17) == "wavering"
    assert path_of(18, 18, 18) == "stuck"
    assert path_of(15, 17, 14) == "falling"


def test_a_commune_with_a_gap_is_not_followed_and_not_counted_as_stuck():
    given_ = standings({CODES[0]: [15, None, 15], CODES[1]: [15, 15, 15]})
    found = paths.paths(given_).set_index("commune_code")
    assert found["path"].to_dict() == {CODES[0]: "not_comparable", CODES[1]: "stuck"}
    assert pd.isna(found.loc[CODES[0], "criteria_gain"])
    assert set(paths.followed(given_)["commune_code"]) == {CODES[1]}
    counted = paths.by_path(found.reset_index()).iloc[0]
    assert (counted["communes"], counted["path_stuck"], counted["path_not_comparable"]) == (2, 1, 1)


def test_years_under_another_set_are_another_path():
    found = paths.paths(standings({CODES[0]: [19, 19, 12, 13]}, first=2020))
    row = found.iloc[0]
    assert (row["first_year"], row["year"], row["path"]) == (2022, 2023, "rising")
    steps = paths.steps(standings({CODES[0]: [18, 19, 12, 13]}, first=2020))
    # From 2021 to 2022 nothing is counted: 19 of one set and 12 of another are no fall.
    assert steps["commune_years"].sum() == 2 and steps["moved_down"].sum() == 0


def test_a_code_that_stands_for_another_territory_is_not_followed():
    merged = areas.successions(2020, 2021)
    code = merged.loc[merged["relation"] == "merged", "from_code"].iloc[0]
    held = paths.followed(standings({code: [15, 16], CODES[0]: [15, 16]}, first=2020))
    assert set(held["commune_code"]) == {CODES[0]}


def test_one_year_has_no_path_and_no_step():
    one = standings({CODES[0]: [15], CODES[1]: [19]})
    assert paths.paths(one).empty and paths.by_criterion(one).empty
    assert paths.steps(one).empty and paths.from_one_short(one).empty
    assert paths.by_path(paths.paths(one))["communes"].isna().all()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(10, 19), min_size=3, max_size=3), min_size=1, max_size=8))
def test_every_commune_has_one_path_and_every_mark_one_way(ways):
    given_ = standings(dict(zip(CODES, ways, strict=False)))
    found = paths.by_path(paths.paths(given_)).iloc[0]
    assert sum(found[f"path_{name}"] for name in paths.PATHS) == found["communes"] == len(ways)
    marks = paths.by_criterion(given_)
    sums = marks[[f"criterion_{name}" for name in paths.CRITERION_PATHS]].sum(axis=1)
    assert (sums == marks["communes"]).all()
    steps = paths.steps(given_)
    assert (
        steps["commune_years"] == steps["moved_up"] + steps["stayed"] + steps["moved_down"]
    ).all()
    pairs = [(a, b) for way in ways for a, b in pairwise(way) if a < 19]
    assert int(steps["commune_years"].sum()) == len(pairs)
    assert int(steps["moved_up"].sum()) == sum(b > a for a, b in pairs)


def test_those_who_wait_make_a_step_longer():
    """Two of three moved within two years of waiting each: 5 commune-years, 2 steps."""
    given_ = standings({CODES[0]: [18, 18, 19], CODES[1]: [18, 19, 19], CODES[2]: [18, 18, 18]})
    row = paths.steps(given_).iloc[0]
    assert (row["criteria_before"], row["commune_years"], row["moved_up"]) == (18, 5, 2)
    assert row["years_per_step"] == 2.5
    short = paths.from_one_short(given_).set_index(["first_year", "year"])
    assert short.loc[(2018, 2020), ["communes", "communes_met_19"]].tolist() == [3, 2]
    assert short.loc[(2019, 2020), ["communes", "communes_met_19"]].tolist() == [2, 1]


def test_a_gap_of_years_is_no_step():
    given_ = standings({CODES[0]: [15, 16, 17]})
    assert paths.steps(given_[given_["year"] != 2019]).empty


def test_quality_after_recognition_follows_communes_even_when_they_are_no_longer_recognised():
    ways = standings({CODES[0]: [19, 18, 17], CODES[1]: [19, 19, 19], CODES[2]: [19, None, 19]})
    ways["decision_date"] = pd.Timestamp("2018-06-01")
    ways["decision_year"] = 2018
    # The last return no longer gives a decision for the first commune.
    ways.loc[(ways["commune_code"] == CODES[0]) & (ways["year"] == 2020), "decision_year"] = pd.NA
    found = paths.after_recognition(ways).set_index("year")
    assert found["communes"].tolist() == [3, 3, 3]
    assert found["communes_lapsed"].tolist() == [0, 1, 1]
    assert found["communes_unknown"].tolist() == [0, 1, 0]
    assert found["criteria_lost"].tolist() == [0, 1, 2]
    assert paths.lost_after_recognition(ways)["criterion"].tolist() == [18, 19]


def test_a_decision_under_an_earlier_set_is_about_another_standard():
    ways = standings({CODES[0]: [17, 17]}, first=2022)
    ways["decision_date"], ways["decision_year"] = pd.Timestamp("2019-06-01"), 2019
    assert paths.after_recognition(ways).empty and paths.lost_after_recognition(ways).empty


@pytest.mark.parametrize("later", [2020, 2021])
def test_a_year_in_the_middle_does_not_see_later_years(later):
    codes = areas.rural(2019)["commune_code"]
    communes = {
        year: pd.DataFrame(
            {"year": year, "commune_code": codes, "criteria_met": 15, "status": "not_yet"}
        ).assign(level=None, decision_no=None, decision_date=pd.NaT)
        for year in (2018, 2019, later)
    }
    marks = {
        year: pd.DataFrame({"year": year, "commune_code": codes, "criterion": 1, "met": True})
        for year in communes
    }
    with_later = paths.standings(communes, marks, 2019)
    del communes[later], marks[later]
    pd.testing.assert_frame_equal(with_later, paths.standings(communes, marks, 2019))
