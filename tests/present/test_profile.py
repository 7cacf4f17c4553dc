"""A district's profile: its own communes alone, its rates beside the province's."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from kgstats.present import profile
from kgstats.present.attainment_figures import STANDING_LOOKS
from kgstats.reference import areas


def communes(status: dict[str, str], lacking: dict[str, tuple[int, ...]]) -> pd.DataFrame:
    units = areas.units(2019)
    units = units[units["district_code"] == "908"].reset_index(drop=True)
    rural = units["type"] == "xã"
    codes = [str(code) for code in units["commune_code"]]
    return units[["district_code", "commune_code", "name", "type"]].assign(
        status=pd.Series([status.get(code) for code in codes]).where(rural),
        lacking=[lacking.get(code, ()) for code in codes],
    )


def rural_codes() -> list[str]:
    units = areas.units(2019)
    own = units[(units["district_code"] == "908") & (units["type"] == "xã")]
    return [str(code) for code in own["commune_code"]]


def test_the_map_counts_the_districts_own_communes_and_no_others():
    met, near, far, silent = rural_codes()[:4]
    status = dict.fromkeys(rural_codes(), "not_yet") | {met: "recognised", silent: "not_reported"}
    frame = communes(status, {near: (10, 11), far: (2, 5, 6)})
    figure = profile.standard_map(frame, 2019, "908", "en")
    rural = len(rural_codes())
    assert (
        figure.title
        == f"1 of {rural} rural communes of An Biên meets the standard; 7 of 8 communes reported"
    )
    counts = re.findall(r"([A-Z][^:;.]+): (\d+)[;.]", figure.alternative)
    assert sum(int(n) for _, n in counts) == len(frame)
    assert dict(counts)["Not reported"] == "1" and dict(counts)["One or two criteria short"] == "1"


def years(rates: dict[int, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "year": list(rates),
            "poor_end_hh": [None if rate is None else 100 for rate in rates.values()],
            "poor_rate_pct": list(rates.values()),
            "near_poor_end_hh": 50,
            "poor_rate_units": 9,
            "units": 9,
            "near_poor_rate_pct": [None if rate is None else rate / 2 for rate in rates.values()],
        }
    )
    numbers = {"year": "Int64", "poor_end_hh": "Int64", "poor_rate_pct": "Float64"}
    return frame.astype(numbers | {"near_poor_rate_pct": "Float64"})


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_rates_of_the_years_stand_beside_the_provinces(lang):
    own, whole = years({2018: 4.5, 2019: 3.25}), years({2018: 4.0, 2019: 2.5})
    figure = profile.poverty_chart(own, whole, 2019, "908", lang)
    assert "An Biên" in figure.title and "2018" in figure.title
    assert {"3,25", "3.25"} & set(re.findall(r"\d[.,]\d\d", figure.title))
    columns = ["poor_rate_pct", "province_poor_pct"]
    assert figure.table.frame[columns].to_numpy().tolist() == [[4.5, 4.0], [3.25, 2.5]]
    assert set(figure.table.frame["district_code"]) == {"908"}
    # One entry for the district and one for the province, not one a panel.
    assert len(re.findall(r"<span>An Biên</span>", figure.svg)) == 1


def test_a_first_year_has_nothing_before_it_and_a_year_without_rates_is_not_drawn():
    own, whole = years({2018: None, 2019: 3.25}), years({2018: None, 2019: 2.5})
    figure = profile.poverty_chart(own, whole, 2019, "908", "en")
    assert figure.title == "An Biên: 3.25% of households were poor in 2019"
    assert figure.table.frame["year"].tolist() == [2019]


def test_nothing_is_claimed_of_a_district_that_did_not_report():
    silent = communes(dict.fromkeys(rural_codes(), "not_reported"), {})
    title = profile.standard_map(silent, 2019, "908", "en").title
    assert title == "No commune of An Biên reported its status"
    none = years({2018: None, 2019: None})
    assert (
        "reported no households" in profile.poverty_chart(none, none, 2019, "908", "en").to_text()
    )
    past = years({2018: 4.5, 2019: None})
    figure = profile.poverty_chart(past, past, 2019, "908", "en")
    assert figure.title == "An Biên: the poverty rate of 2019 is not reported"


def test_a_rate_of_some_units_of_the_province_says_of_how_many():
    own, whole = years({2018: 4.5, 2019: 3.25}), years({2018: 4.0, 2019: 2.5}).assign(units=145)
    note = profile.poverty_chart(own, whole, 2019, "908", "en").note
    assert "province: 9 of 145 commune-level units" in note


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_provinces_money_says_of_how_many_districts_it_is(lang):
    funding = pd.DataFrame({"district_code": ["903", "905", "911", "911", None]})
    base = profile.reporting(funding, 2019, lang)
    assert base == {"vi": "3/15 huyện, thành phố", "en": "3 of 15 districts"}[lang]
    row = {"indicator": "disbursed_rate_pct", "unit": "percent", "value": 58.1, "change": None,
           "base_year": 2018, "units": None, "units_expected": None}  # fmt: skip
    frame = pd.DataFrame([row])
    told = profile.district_headlines(frame, frame, lang, base).to_html()
    assert base in told
    assert base not in profile.district_headlines(frame, frame, lang).to_html()
    everybody = pd.DataFrame({"district_code": list(areas.districts(2019)["district_code"])})
    assert profile.reporting(everybody, 2019, lang) == ""


def test_a_commune_is_three_criteria_short_only_where_they_are_known():
    far, unclear = rural_codes()[:2]
    status = dict.fromkeys(rural_codes(), "recognised") | {far: "not_yet", unclear: "not_yet"}
    figure = profile.standard_map(communes(status, {far: (2, 5, 6)}), 2019, "908", "en")
    counts = dict(re.findall(r"([A-Z][^:;.]+): (\d+)[;.]", figure.alternative))
    assert counts["Three or more criteria short"] == "1"
    assert counts["Not recognised, its criteria not all reported"] == "1"


@pytest.mark.parametrize(("expected", "shown"), [(None, "x"), (8, "…")])
def test_a_district_without_communes_has_no_figure_to_report(expected, shown):
    """Not applicable is another state than not reported."""

    def headline(units: int | None, value: int | None) -> pd.DataFrame:
        row = {"indicator": "communes_recognised", "unit": "communes", "base_year": 2018}
        row |= dict.fromkeys(("change", "compared", "expected"), pd.NA)
        row |= {"value": value, "units": units and 8, "units_expected": units}
        return pd.DataFrame([row])

    (made,) = profile.district_headlines(headline(expected, None), headline(117, 64), "vi").items
    assert made.value == shown


def test_a_status_looks_as_on_the_map_of_all_communes():
    for status in ("recognised", "pending"):
        assert profile.STATE_LOOKS[status] == STANDING_LOOKS[status]
    looks = list(profile.STATE_LOOKS.values())
    assert len(set(looks)) == len(looks)
