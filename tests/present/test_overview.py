from types import SimpleNamespace

import pandas as pd
import pytest

from illustrative.truth import truth
from kgstats.present import overview, provenance
from kgstats.present.figures import Figure
from kgstats.present.tables import Table
from kgstats.reference import areas


@pytest.mark.parametrize(
    ("lang", "change", "said"),
    [
        ("vi", 137_400_000_000, "+137,4 tỷ đồng so với 2018"),
        ("en", -5_900_000_000, "\u2212VND 5.9 billion against 2018"),
    ],
)
def test_a_change_of_money_has_its_unit(lang, change, said):
    row = SimpleNamespace(indicator="allocated_vnd", unit="VND", year=2019, change=change)
    assert overview._against(row, lang) == [said]


def fact(**changes):
    return {
        "label_vi": "tỷ lệ hộ nghèo, 2019-04-26",
        "label_en": "poor rate, 2019-04-26",
        "year": 2019,
        "unit": "percent",
        "rule": "rounded",
        "printed": 2.69,
        "corrected": None,
        "from_returns": 2.689900110987791,
        "agrees": True,
        "fact": "a",
        "indicator": "poor_rate_pct",
        "where": {},
        "source_vi": "báo cáo 25/BC-BCĐ, I.4: trên 50 %",
        "source_en": "report 25/BC-BCĐ I.4: above 50%",
    } | changes


def test_published_facts_are_given_with_unit_bound_and_source_in_words():
    over = fact(rule="more_than_half", unit="communes", printed=4.5, from_returns=6.0)
    made = overview.agreement_table(pd.DataFrame([fact(), over]), "vi")
    shown = made.shown()
    assert list(shown.iloc[0]) == [
        "Tỷ lệ hộ nghèo, 26/04/2019",
        "2019",
        "%",
        "2,69",
        "",
        "2,6899",
        "khớp",
        "báo cáo 25/BC-BCĐ, I.4: trên 50 %",
    ]
    assert list(shown.iloc[1])[2:6] == ["xã", "> 4,5", "", "6"]


NAMES = ("communes", "attainment", "poverty", "funding")


def given(*years: int) -> dict[str, dict[int, pd.DataFrame]]:
    return {name: {year: truth(year)[name] for year in years} for name in NAMES}


def words(shown: list) -> str:
    told = "\n".join(str(one._repr_mimebundle_()["text/plain"]) for one in shown)
    return told.replace("\u00a0", " ")


def test_the_page_tells_the_year_its_change_and_its_targets(notebook_page):
    text = words(notebook_page("00_overview", given(2018, 2019), 2019, "en"))
    for told in (
        "64 of 117 +13 against 2018; target 2020: 79 (not yet)",
        "16.9 +0.8 against 2018; target 2020: 16.6 (reached)",
        "2.69% −1.45 pp against 2018; target 2019: a fall of 1–1.5 points (reached)",
        "Newly recognised communes: 13",
        "The poor rate fell most in",
    ):
        assert told in text, told


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_first_year_has_no_change_and_says_so(notebook_page, lang):
    shown = notebook_page("00_overview", given(2018), 2018, lang)
    text = words(shown)
    assert {"vi": "năm 2017", "en": "return of 2017"}[lang] in text
    assert "nan" not in text and "<NA>" not in text and "None" not in text
    assert sum(isinstance(one, Table | Figure) for one in shown) == 3


def test_years_under_other_standards_are_never_subtracted(notebook_page):
    """In 2022 criteria and poverty lines are new: no change, and one year in the chart."""
    tables = given(2020)
    for name, held in tables.items():
        known = held.pop(2020)
        for year in (2021, 2022):
            held[year] = known.assign(year=pd.array([year] * len(known), dtype="Int64"))
            if name != "funding":
                listed = areas.units(year) if name == "poverty" else areas.rural(year)
                there = held[year]["commune_code"].isin(listed["commune_code"])
                held[year] = held[year][there]
    shown = notebook_page("00_overview", tables, 2022, "en")
    text = words(shown[:1])
    assert "Poor households" in text and "pp against 2021" not in text.split("Money")[0]
    (chart,) = [one for one in shown if isinstance(one, Figure)]
    rates = chart.table.frame.set_index("year")["poor_rate_pct"]
    assert rates.notna().to_dict() in ({2022: True}, {2021: False, 2022: True})


@pytest.mark.parametrize("years", [(2018, 2019), (2019,)])
def test_a_profile_sets_the_district_beside_the_province(notebook_page, years):
    tables = given(*years) | {
        "findings": {2019: pd.DataFrame(columns=["file", "severity", "sheet", "cell"])},
        "cells": {2019: pd.DataFrame(columns=["file", "sheet", "cell", "row_key", "role"])},
    }
    shown = notebook_page("70_district_profile", tables, 2019, "en", district="904")
    text = words(shown)
    assert "10 of 10" in text and "province 2.69%" in text
    assert ("against 2018" in text) == (2018 in years)
    assert "target" not in text.split("Map")[0]


def test_a_published_fact_names_the_cells_of_its_own_rows():
    """Each fact asks for the rows it is about: its place, its kinds of money, both its years."""
    asked = []
    provenance.find_with(lambda rows, names: asked.append((list(names), rows)) or ())
    try:
        where = [{"source": "province|integrated", "plan_year": "2019"}, {}]
        shown = pd.DataFrame([fact(), fact()]).assign(
            indicator=["allocated_vnd", "poor_rate_fall_pp"], where=where
        )
        overview.agreement_table(shown, "en")
    finally:
        provenance.find_with(None)
    told = {tuple(names): rows.to_dict("list") for names, rows in asked}
    assert told[("allocated_vnd",)] == {
        "year": [2019, 2019],
        "source": ["province", "integrated"],
        "plan_year": [2019, 2019],
    }
    assert told[("poor_rate_pct",)] == {"year": [2018, 2019]}
