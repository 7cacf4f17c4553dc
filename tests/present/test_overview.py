import re
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
    row = SimpleNamespace(
        indicator="allocated_vnd", unit="VND", year=2019, base_year=2018, change=change,
        compared=258, compared_of=258, units=pd.NA, units_expected=pd.NA,
    )  # fmt: skip
    assert overview.against(row, lang) == [said]
    row.compared = 247
    part = {"vi": ", tính trên 247/258 dòng vốn", "en": ", over 247 of 258 budget lines"}
    assert overview.against(row, lang) == [said + part[lang]]


def fact(**changes):
    return {
        "label_vi": "tỷ lệ hộ nghèo, 2019-04-26",
        "label_en": "poverty rate, 2019-04-26",
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
    facts = pd.DataFrame([fact(), over])
    made = overview.agreement_table(facts, COUNTS, 2019, "vi")
    shown = made.shown()
    assert list(shown.iloc[0]) == [
        "Tỷ lệ hộ nghèo, 26/04/2019",
        "%",
        "2,69",
        "",
        "2,6899",
        "khớp",
        "báo cáo 25/BC-BCĐ, I.4: trên 50 %",
    ]
    assert list(shown.iloc[1])[1:5] == ["xã", "> 4,5", "", "6"]


COUNTS = pd.DataFrame([{"agree": 80, "agree_corrected": 6, "differ": 0, "unknown": 18}])


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (COUNTS, "80 agree, 6 agree after a correction, 18 are not compared"),
        (COUNTS.assign(agree=1, agree_corrected=0, differ=1, unknown=0), "1 agrees, 1 differs"),
        (COUNTS * 0, "none is known"),
    ],
)
def test_what_agrees_only_after_a_correction_is_counted_apart(counts, said):
    assert overview.agreement_counts(counts, "en") == said


NAMES = ("communes", "attainment", "poverty", "funding")


LEDGERS = {
    "findings": ["file", "sheet", "cell", "rule", "severity"],
    "cells": ["file", "sheet", "cell", "role", "table", "row_key", "column"],
}


def given(*years: int) -> dict[str, dict[int, pd.DataFrame]]:
    empty = {name: pd.DataFrame(columns=columns) for name, columns in LEDGERS.items()}
    return {name: {year: truth(year)[name] for year in years} for name in NAMES} | {
        name: dict.fromkeys((*years, 2021, 2022), frame) for name, frame in empty.items()
    }


def words(shown: list) -> str:
    told = "\n".join(str(one._repr_mimebundle_()["text/plain"]) for one in shown)
    return told.replace("\u00a0", " ")


def test_the_page_tells_the_year_its_change_and_its_targets(notebook_page):
    text = words(notebook_page("00_overview", given(2018, 2019), 2019, "en"))
    for told in (
        # The targets are those of 2020: a year before, nothing is judged.
        "64 of 117 +13 against 2018; target 2020: 79\n",
        "16.9 +0.8 against 2018; target 2020: 16.6\n",
        "2.69% −1.45 pp against 2018; target 2019: a fall of 1–1.5 pp (reached)",
        "13 communes were newly recognised.",
        "Newly recognised: Bình Trị (Kiên Lương)",
        "The poverty rate fell most in",
        # Money carried over into 2019 is not set against a year whose returns have none.
        "VND 1,130.7 billion +VND 124.3 billion against 2018, over 247 of 258 budget lines",
        "−17.2 pp against 2018, over 49 of 258 budget lines",
        "VND 330.1 billion is money of other programmes",
    ):
        assert told in text, told


def test_a_target_is_judged_in_its_own_year(notebook_page):
    text = words(notebook_page("00_overview", given(2019, 2020), 2020, "en")[:1])
    assert re.search(r"81 of 117 \+17 against 2019; target 2020: 79 \(reached\)", text)
    assert re.search(r"17\.\d \+0\.\d against 2019; target 2020: 16\.6 \(reached\)", text)
    assert "target 2020: a fall of 1 pp (missed)" in text


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_first_year_has_no_change_and_says_so(notebook_page, lang):
    shown = notebook_page("00_overview", given(2018), 2018, lang)
    text = words(shown)
    assert {"vi": "năm 2017", "en": "cannot be compared with 2017"}[lang] in text
    assert "nan" not in text and "<NA>" not in text and "None" not in text
    assert sum(isinstance(one, Table | Figure) for one in shown) == 4


def test_years_under_other_standards_are_never_subtracted(notebook_page):
    """In 2022 criteria and poverty lines are new: no change, and one year in the chart."""
    tables = given(2020)
    for name in NAMES:
        held = tables[name]
        known = held.pop(2020)
        for year in (2021, 2022):
            held[year] = known.assign(year=pd.array([year] * len(known), dtype="Int64"))
            if name != "funding":
                listed = areas.units(year) if name == "poverty" else areas.rural(year)
                there = held[year]["commune_code"].isin(listed["commune_code"])
                held[year] = held[year][there]
    shown = notebook_page("00_overview", tables, 2022, "en")
    text = words(shown[:1])
    assert "Poverty rate" in text and "pp against 2021" not in text.split("Money")[0]
    chart = next(one for one in shown if isinstance(one, Figure))
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
        overview.agreement_table(shown, COUNTS, 2019, "en")
    finally:
        provenance.find_with(None)
    told = {tuple(names): rows.to_dict("list") for names, rows in asked}
    assert told[("allocated_vnd",)] == {
        "year": [2019, 2019],
        "source": ["province", "integrated"],
        "plan_year": [2019, 2019],
    }
    assert told[("poor_rate_pct",)] == {"year": [2018, 2019]}


COMPARED = pd.DataFrame({"indicator": ["communes_recognised"]})


@pytest.mark.parametrize(
    ("compared", "said"),
    [
        (COMPARED, "No commune's status changed."),
        (COMPARED[:0], "cannot be compared with 2018"),
    ],
)
def test_silence_about_the_year_before_is_not_standing_still(compared, said):
    none = pd.DataFrame([{"communes_newly": 0, "communes_no_longer": 0}])
    rates = moved()
    assert said in overview.news(none, rates, compared, 2019, "en").to_text()


def moved(**points: float | None) -> pd.DataFrame:
    codes = dict(zip(("908", "899", "903"), points.values(), strict=False))
    return pd.DataFrame(
        {"district_code": list(codes), "change_pp": list(codes.values()), "measure": "poor"}
    ).assign(matched_units=5, expected_units=5)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (
            {"a": -1.402, "b": -1.398, "c": -0.3},
            "fell most in An Biên and Rạch Giá: by 1.40 percentage points in each."
            "|It fell least in Hòn Đất: by 0.30 ",
        ),
        (
            {"a": -1.4, "b": 0.2, "c": None},
            "fell most in An Biên: by 1.40 |It rose most in Rạch Giá: by 0.20 ",
        ),
        ({"a": 0.1, "b": 0.2}, "The poverty rate fell nowhere.|It rose most in Rạch Giá"),
        ({"a": 0.0, "b": 0.001}, "The poverty rate did not change in any district compared."),
        ({"a": -1}, "The poverty rate fell by 1.00 percentage points in An Biên, the only place"),
        ({"a": 1, "b": None}, "It rose by 1.00 percentage points in An Biên, the only place"),
        ({"a": -1, "b": -1, "c": -1}, "fell by 1.00 percentage points in each of the 3 districts."),
        ({"a": 1, "b": 1, "c": 1}, "It rose by 1.00 percentage points in each of the 3 districts."),
    ],
)
def test_what_moved_most_knows_ties_and_signs(points, said):
    none = pd.DataFrame([{"communes_newly": 0, "communes_no_longer": 0}])
    text = (
        overview.news(none, moved(**points), COMPARED, 2019, "en").to_text().replace("\u00a0", " ")
    )
    for part in said.split("|"):
        assert part in text
    assert text.count("most in") <= 2
    assert "rose" not in text or max(p for p in points.values() if p is not None) > 0


def ranges(**low_high):
    rows = [
        {"indicator": name, "year": 2019, "value": value, "low": low, "high": high,
         "units": 117, "not_reported": 0, "doubtful": 0}
        for name, (value, low, high) in low_high.items()
    ]  # fmt: skip
    return pd.DataFrame(rows).astype(dict.fromkeys(["value", "low", "high"], "Float64"))


SURE, WIDE, OPEN = (64, 64, 64), (59.2, 9.7, 93.3), (325 * 10**9, 325 * 10**9, None)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            ranges(communes_recognised=SURE),
            "Every headline figure that is reported is certain as printed",
        ),
        (
            ranges(communes_recognised=SURE, disbursed_rate_pct=WIDE),
            "1 of 2 headline figures are certain as printed. Disbursement rate, where reported: "
            "from 9.7% to 93.3%",
        ),
        (
            ranges(poor_rate_pct=(2.4, 1, 5), disbursed_rate_pct=WIDE, allocated_vnd=OPEN),
            "None of the 3 headline figures is certain: 2 lie within a range and 1 has no limit",
        ),
    ],
)
def test_the_chart_of_ranges_says_what_its_table_holds(found, said):
    figure = overview.ranges_chart(found, 2019, "en")
    assert figure.title == said
    assert len(figure.table.frame) == len(found)
    for row in found.itertuples():
        label = overview.INDICATORS[row.indicator]
        assert (label in figure.note) == pd.isna(row.high)
        assert (label in figure.alternative) == pd.notna(row.high)


def test_without_any_limit_the_table_stands_alone():
    assert isinstance(overview.ranges_chart(ranges(allocated_vnd=OPEN), 2019, "vi"), Table)


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_what_should_be_checked_stands_before_the_figures(lang):
    same = pd.DataFrame({"form": ["03", "02"], "district_code": ["908", "908"]})
    odd = pd.DataFrame({"allocated_vnd": [71_041 * 10**9], "disbursed_vnd": [None]}, dtype="Int64")
    text = overview.cautions(odd, same, 2019, lang).to_text()
    assert text.count("An Biên") == 2 and text.count("2018") == 2
    assert {"en": "1 budget line has an amount", "vi": "1 dòng vốn có số âm"}[lang] in text
    assert {"en": "VND 71,041.0 billion", "vi": "71.041,0 tỷ đồng"}[lang] in text
    assert overview.cautions(odd.iloc[:0], same.iloc[:0], 2019, lang) is None


def test_money_of_a_part_of_the_districts_says_so():
    rows = {"form": ["01", "03", "02"], "districts": [3, 3, 3], "districts_expected": 15}
    row = {"indicator": "allocated_vnd", "value": 325 * 10**9, "unit": "VND", "year": 2019}
    absent = dict.fromkeys(
        ["base_year", "units", "units_expected", "change", "compared", "compared_of", "target_year"]
    )
    headline = pd.DataFrame([row | absent])
    for there, said in ((pd.DataFrame(rows), "3 of 15 districts reported"), (None, "")):
        (item,) = overview.headlines(headline, "en", reported=there).items
        assert item.context == said
    whole = pd.DataFrame(rows | {"districts": 15})
    assert overview.headlines(headline, "en", reported=whole).items[0].context == ""


def test_a_withheld_figure_is_not_drawn():
    found = ranges(communes_recognised=SURE, poor_end_hh=(None, 5, 9))
    figure = overview.ranges_chart(found, 2019, "en")
    assert "poor households" not in figure.alternative and "64" in figure.alternative
