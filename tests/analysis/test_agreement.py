"""Every published fact comes out of the illustrative returns, and a wrong figure is seen."""

from __future__ import annotations

import csv
import dataclasses
from decimal import Decimal

import pandas as pd
import pytest

from illustrative import SEED, YEARS, truth
from kgstats import published
from kgstats.analysis import agreement as module
from kgstats.analysis.agreement import agreement
from kgstats.reference.published_facts import facts as published_facts


@pytest.fixture(scope="module")
def printed(root):
    return (
        published.read("figures", root, 2019),
        published.read("series", root, 2019),
    )


@pytest.fixture()
def tables():
    return {year: truth(year) for year in YEARS}


def by_name(tables):
    """Clean tables by year and name, turned to name and year."""
    names = ("communes", "attainment", "poverty", "funding")
    return {name: {year: held[name] for year, held in tables.items()} for name in names}


def compared(tables, printed):
    return agreement(by_name(tables), *printed).set_index("fact")


@pytest.mark.parametrize("seed", [SEED, 3])
def test_every_fact_agrees_with_the_illustrative_returns(printed, seed):
    facts = agreement(by_name({year: truth(year, seed) for year in YEARS}), *printed)
    assert list(facts.columns) == [
        "fact", "year", "subject", "label_vi", "label_en", "source_vi", "source_en", "unit",
        "rule", "indicator", "where", "printed", "corrected", "from_returns", "difference",
        "agrees", "unknown_for",
    ]  # fmt: skip
    assert facts["fact"].is_unique
    assert len(facts) > 100
    assert facts["agrees"].notna().all()
    wrong = facts.loc[~facts["agrees"].astype(bool), ["fact", "printed", "from_returns"]]
    assert wrong.empty, wrong.to_string()


def test_every_known_fact_is_compared(printed, tables, shared):
    facts = agreement(by_name(tables), *printed)
    with (shared / "reference/known_attainment.csv").open(encoding="utf-8") as lines:
        known = list(csv.DictReader(lines))
    stated = {fact.fact for fact in published_facts() if not fact.figure}
    rows = facts[facts["fact"].isin(stated)]
    assert len(rows) == len(known)
    for row, fact in zip(rows.itertuples(), known, strict=True):
        # The list at hand cuts a long address short in the middle.
        start, _, end = fact["source"].partition("/.../")
        assert row.source_en.startswith(start) and row.source_en.endswith(end)
        assert "/.../" not in row.source_en
        if fact["value"]:
            assert row.printed == float(fact["value"])


def test_every_published_poverty_level_and_money_figure_is_compared(printed, tables):
    figures, series = printed
    ids = set(agreement(by_name(tables), *printed)["fact"])
    money = figures[
        figures["section"].isin(
            ["II.1.1", "II.1.2", "II.2.1.3", "II.2.2.3.a", "II.2.2.3.b", "II.2.2.3.c"]
        )
        & ~figures["unit"].isin(["projects", "households", "persons"])
    ]
    assert set(money["id"]) <= ids
    rates = figures[(figures["section"] == "II.2.2.1") & ~figures["id"].str.endswith("_target")]
    assert set(rates["id"]) <= ids
    year_2020 = series[
        series["year_or_date"].isin(["2018-12", "2020-10"]) & ~series["unit"].isin(["persons"])
    ]
    assert set(year_2020["id"]) - {"series_ntm_communes_met_2018"} <= ids


def test_contradictions_of_the_report_stand_beside_what_its_other_figures_ask_for(printed, tables):
    facts = compared(tables, printed)
    central = facts.loc["gnbv_central_2019_allocated"]
    assert (central["printed"], central["corrected"]) == (50.541, 51.541)
    assert central["from_returns"] == 51.541 and central["agrees"]
    assert facts.loc["p135_production", "corrected"] == pytest.approx(4.04)
    assert facts.loc["other_communes_production", "corrected"] == pytest.approx(3038)
    assert facts.loc["ntm_central_carried_disbursed_share", "corrected"] == pytest.approx(51.4988)
    assert pd.isna(facts.loc["ntm_central_investment_2019_disbursed_share", "corrected"])
    contradicted = facts.index[facts["corrected"].notna()]
    assert len(contradicted) == 6


def test_one_dong_off_is_seen(printed, tables):
    money = tables[2019]["funding"]
    at = money.index[(money["source"] == "central") & (money["kind"] == "recurrent")][0]
    money.loc[at, "allocated_vnd"] += 1
    facts = compared(tables, printed)
    assert not facts.loc["ntm_central_2019_allocated", "agrees"]
    assert not facts.loc["ntm_central_recurrent_2019_allocated", "agrees"]
    assert facts.loc["ntm_central_investment_2019_allocated", "agrees"]
    assert facts.loc["ntm_central_2019_allocated", "difference"] == pytest.approx(1e-9)


def test_a_household_too_many_is_seen(printed, tables):
    poverty = tables[2020]["poverty"]
    poverty.loc[poverty.index[poverty["district_code"] == "912"][0], "poor_end_hh"] += 1
    facts = compared(tables, printed)
    assert not facts.loc["series_poor_households_2020", "agrees"]
    assert not facts.loc["series_kien_hai_poor_households_2020", "agrees"]
    assert facts.loc["series_poor_rate_2020", "agrees"]


def test_the_highest_district_must_be_the_highest(printed, tables):
    poverty = tables[2020]["poverty"]
    here = poverty.index[poverty["district_code"] == "906"]
    poverty.loc[here[0], "poor_end_hh"] += 500
    facts = compared(tables, printed)
    assert facts.loc["series_hon_dat_poor_households_2020", "from_returns"] == 1273
    assert not facts.loc["series_hon_dat_poor_households_2020", "agrees"]


def test_a_commune_without_its_decision_is_seen(printed, tables):
    communes = tables[2019]["communes"]
    at = communes.index[communes["commune_code"] == "30931"][0]
    communes.loc[at, ["decision_no", "decision_date"]] = pd.NA
    communes.loc[at, "status"] = "pending"
    facts = compared(tables, printed)
    assert (~facts["agrees"].astype("boolean").fillna(True)).sum() == 5
    assert pd.isna(facts.loc["criteria_met_ngoc_thuan_2019", "agrees"])
    assert facts.loc["communes_recognised_2019", "from_returns"] == 63
    assert facts.loc["ntm_communes_pending", "from_returns"] == 5


def test_a_commune_of_which_marks_alone_are_known_leaves_nothing_to_compare(printed, tables):
    tables[2019]["communes"] = tables[2019]["communes"].query("commune_code != '31099'")
    facts = compared(tables, printed)
    assert pd.isna(facts.loc["communes_recognised_2019", "from_returns"])
    assert pd.isna(facts.loc["communes_recognised_2019", "agrees"])
    # Hòn Thơm is no commune any more in January 2021, so 81 of 116 stands
    assert facts.loc["communes_recognised_2020", "agrees"]


def test_a_year_without_returns_neither_agrees_nor_disagrees(printed):
    facts = agreement(by_name({2019: truth(2019)}), *printed).set_index("fact")
    assert facts.loc[facts["year"] == 2019, "agrees"].notna().sum() > 60
    assert facts.loc[facts["year"] != 2019, "agrees"].isna().all()
    assert (
        facts.loc["poverty_poor_rate_2019_change", "from_returns"]
        != facts.loc["poverty_poor_rate_2019_change", "from_returns"]
    )
    nothing = agreement({}, *printed)
    assert nothing["agrees"].isna().all() and len(nothing) == len(facts)


def test_labels_are_in_both_languages(printed, tables):
    facts = agreement(by_name(tables), *printed)
    assert (facts["label_vi"] != facts["label_en"]).all()
    assert "trên 117 xã" in facts.set_index("fact").loc["communes_recognised_2019", "label_vi"]


def test_lost_disbursement_is_unknown_not_zero(printed, tables):
    money = tables[2019]["funding"]
    money.loc[money["component"] == "gnbv_30a_models", "disbursed_vnd"] = pd.NA
    facts = compared(tables, printed)
    assert pd.isna(facts.loc["p30a_model_disbursed", "from_returns"])
    assert pd.isna(facts.loc["p30a_model_disbursed", "agrees"])


def test_facts_of_another_report_and_year_are_rows_of_data(tables, monkeypatch):
    """A report of 2021 with another number: its rows are enough."""
    own = truth(2020)["funding"]
    later = own.assign(year=pd.array([2021] * len(own), dtype="Int64"))
    lines = later[(later["programme"] == "gnbv") & (later["source"] == "central")]
    figures = pd.DataFrame(
        {
            "id": ["a", "b", "c"],
            "section": ["III.4", "III.5", "III.6"],
            "indicator_vi": ["vốn"] * 3,
            "indicator_en": ["money"] * 3,
            "value": [str(int(lines["allocated_vnd"].sum())), "10", "7"],
            "unit": ["VND"] * 3,
            "denominator": ["", "", ""],
        }
    )
    known = {fact.fact: fact for fact in published_facts()}["gnbv_central_2019_allocated"]
    more = {"year": 2021, "document": "7/BC-UBND", "identities": ()}
    plain = dataclasses.replace(
        known,
        **more,
        fact="x",
        figure="a",
        asked_by="",
        where={"programme": "gnbv", "source": "central"},
    )
    mended = dataclasses.replace(plain, fact="y", figure="b", asked_by="a - c")
    monkeypatch.setattr(module, "facts", lambda: (plain, mended))
    found = agreement({"funding": {2021: later}}, figures).set_index("fact")
    assert found.loc["x", "agrees"] and found.loc["x", "source_vi"] == "báo cáo 7/BC-UBND III.4"
    assert found.loc["y", "corrected"] == float(figures["value"][0]) - 7
    assert not found.loc["y", "agrees"]


@pytest.mark.parametrize(
    ("rule", "found", "agrees"),
    [
        ("over", "731.9", False), ("over", "732", True), ("over", "732.99", True),
        ("over", "733", False), ("least", "731.9", False), ("least", "733", True),
        ("more_than_half", "732", False), ("more_than_half", "732.1", True),
        ("rounded", "732.49", True), ("rounded", "732.5", False), ("rounded", "731.5", True),
        ("equal", "732.1", False),
    ],
)  # fmt: skip
def test_what_is_said_in_round_words_agrees_up_to_its_bounds(rule, found, agrees):
    assert module._agrees(rule, Decimal(732), Decimal(found), 0) is agrees


def test_a_decision_out_of_the_window_stays_in_the_base(printed, tables):
    facts = compared(tables, printed)
    until = facts.loc["series_ntm_communes_met_2018_05", "from_returns"]
    assert until < facts.loc["communes_recognised_2018", "from_returns"]
    communes = tables[2018]["communes"]
    days = pd.to_datetime(communes["decision_date"])
    counted = ((communes["status"] == "recognised") & (days <= "2018-05-31")).sum()
    assert until == counted


def test_what_agrees_after_a_correction_is_no_agreement_as_printed():
    facts = pd.DataFrame(
        {
            "subject": ["funding"] * 3 + ["poverty"] * 2,
            "corrected": [None, 51.541, 51.541, None, None],
            "agrees": pd.array([True, True, False, None, False], "boolean"),
        }
    )
    found = module.counts(facts, by="subject").set_index("subject")
    assert found.loc["funding"].tolist() == [3, 1, 1, 1, 0]
    assert found.loc["poverty"].tolist() == [2, 0, 0, 1, 1]
    assert module.counts(facts.head(0)).iloc[0].tolist() == [0, 0, 0, 0, 0]
