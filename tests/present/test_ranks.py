"""A district's rank: ties share it, who has no figure has none, the base is said."""

from __future__ import annotations

import pandas as pd
import pytest

from illustrative.truth import truth
from kgstats.analysis import attainment, overview, poverty_disclosure
from kgstats.analysis.disclosure import Control
from kgstats.present import ranks

YEARS = (2018, 2019)


@pytest.fixture(scope="module")
def tables():
    names = ("communes", "attainment", "poverty", "funding")
    return {name: {year: truth(year)[name] for year in YEARS} for name in names}


@pytest.fixture(scope="module")
def standings(tables):
    return attainment.standings(tables["communes"], tables["attainment"], 2019)


@pytest.fixture(scope="module")
def districts(tables, standings):
    return overview.districts(standings, tables["poverty"][2019], tables["funding"][2019], 2019)


def given(rates: list[float | None], name: str = "poor_rate_pct") -> pd.DataFrame:
    codes = [str(900 + n) for n in range(len(rates))]
    return pd.DataFrame({"district_code": codes, name: pd.array(rates, "Float64")})


def test_equal_as_printed_is_equal_in_rank():
    frame = given([1.0, 2.001, 2.004, 3.0])
    assert ranks.rank(frame, "901", "poor_rate_pct") == ranks.Rank(2, 1, 4, 4)
    assert ranks.rank(frame, "902", "poor_rate_pct") == ranks.Rank(2, 1, 4, 4)
    assert ranks.rank(frame, "903", "poor_rate_pct").rank == 4
    high = given([1.0, 2.0, 3.0], "disbursed_rate_pct")
    assert ranks.rank(high, "902", "disbursed_rate_pct").rank == 1


def test_who_has_no_figure_has_no_rank_and_counts_for_nobodys():
    frame = given([None, 2.0, 1.0])
    assert ranks.rank(frame, "900", "poor_rate_pct") == ranks.Rank(None, 0, 2, 3)
    place = ranks.rank(frame, "901", "poor_rate_pct")
    assert place.words("en") == "rank 2 of the 2 districts with a figure"
    assert place.words("vi") == "thứ 2/2 huyện, thành phố có số liệu"
    assert ranks.rank(given([None, 2.0]), "901", "poor_rate_pct").words("en") == ""


def test_districts_are_the_same_numbers_as_each_districts_own(tables, standings, districts):
    for code in ("904", "908"):
        years = overview.years(standings, tables["poverty"], tables["funding"], 2019, code)
        own = years[years["year"] == 2019].iloc[0]
        row = districts[districts["district_code"] == code].iloc[0]
        for name in ranks.BEST_HIGH:
            assert row[name] == pytest.approx(own[name]), name


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_chart_says_rank_value_and_province_of_each_rate(tables, standings, districts, lang):
    province = overview.years(standings, tables["poverty"], tables["funding"], 2019)
    figure = ranks.rank_chart(districts, province, 2019, "908", lang)
    place = ranks.rank(districts, "908", "poor_rate_pct")
    assert place.words(lang) in figure.title and "An Biên" in figure.title
    assert f"{place.rank}/15" in figure.svg
    assert figure.svg.count("<title>") == len(ranks.BEST_HIGH)
    silent = districts.assign(
        poor_rate_pct=districts["poor_rate_pct"].mask(districts["district_code"] == "908")
    )
    told = ranks.rank_chart(silent, province, 2019, "908", "en").alternative
    assert "Poverty rate: no figure, province" in told


def test_a_part_of_the_units_is_said_with_its_districts_and_the_provinces_base(districts):
    assert ranks._base(districts, "en") == []
    assert len(ranks._notes(districts, 2019, "en")) == 1
    silent = districts["poor_rate_units"] - (districts["district_code"] == "908").astype("Int64")
    part = districts.assign(poor_rate_units=silent)
    assert "144 of 145" in ranks._base(part, "en")[0]
    assert ranks._notes(part, 2019, "en")[1:] == ["Based on part of their units: An Biên."]


def test_what_is_withheld_is_not_ranked(tables, districts):
    some = ["912", "913", "914"]
    table = tables["poverty"][2019]
    held = table[table["district_code"].isin(some)]
    release = poverty_disclosure.release(held, Control(threshold=100))
    shown = release.applied(districts[districts["district_code"].isin(some)])
    hidden = shown.loc[shown["poor_rate_pct"].isna(), "district_code"]
    assert 0 < len(hidden) < len(shown)
    for code in hidden:
        place = ranks.rank(shown, code, "poor_rate_pct")
        assert place.rank is None and place.compared == len(shown) - len(hidden)
        assert not ranks.in_headlines(shown, code, "en")["poor_rate_pct"]
