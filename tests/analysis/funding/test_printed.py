"""The printed report's figures on money beside the returns."""

from __future__ import annotations

import pandas as pd
import pytest

from illustrative.truth import truth
from kgstats.analysis import funding
from kgstats.reference import funding_rules


def test_every_printed_figure_stands_beside_the_returns(of_2019, figures, audit):
    found = funding.beside_printed(of_2019, figures, audit)
    assert found["agrees"].notna().all()
    differing = found[~found["agrees"]].set_index("figure")
    assert differing["class"].to_dict() == {
        "gnbv_central_2019_allocated": "wrong",
        "ntm_central_carried_disbursed_share": "wrong",
        "p135_production": "wrong",
        "other_communes_production": "wrong_unit",
    }
    assert not differing["holds"].any()
    rates = found[found["measure"] == "rate"].set_index("figure")["class"]
    assert rates["ntm_central_2019_disbursed_share"] == "truncation"
    assert rates["ntm_central_investment_2019_disbursed_share"] == "rounding"
    total = found.set_index("figure").loc[
        "ntm_central_2019_allocated + ntm_province_2019_allocated"
    ]
    assert total["printed_vnd"] == total["returns_vnd"] == 1_061_433_000_000


def test_every_printed_figure_and_identity_named_exists(figures, audit):
    named = funding_rules.published(2019)
    identities = {i for text in named["identities"].dropna() for i in text.split("|")}
    assert identities <= set(audit["identity_id"])
    used = {name.strip() for text in named["figure"] for name in text.split("+")}
    assert used <= set(figures["id"])
    money_ids = figures[
        figures["id"].str.match(r"(ntm_(central|province)|gnbv_(total|central|province))_")
        | (figures["id"].str.startswith("p30a_") & figures["id"].str.contains("disbursed"))
    ]["id"]
    assert set(money_ids) <= used, "a printed figure on this money is set beside nothing"


def test_a_figure_that_is_not_transcribed_is_named(of_2019, figures, audit):
    less = figures[figures["id"] != "ntm_central_2019_allocated"]
    with pytest.raises(funding.FundingError, match="no figure ntm_central_2019_allocated"):
        funding.beside_printed(of_2019, less, audit)


def test_results_with_printed_recomputed_and_corrected_inputs(of_2019, figures, audit):
    beside = funding.beside_printed(of_2019, figures, audit)
    found = funding.sensitivity(of_2019, beside)
    central = found[found["figure"] == "gnbv_central_2019_allocated"].iloc[0]
    assert [central[n] for n in ("printed", "recomputed", "corrected")] == [
        50_541_000_000, 51_541_000_000, 51_541_000_000,
    ]  # fmt: skip
    ratio = found[found["result"] == "counterpart"].iloc[0]
    assert [round(ratio[n], 4) for n in ("printed", "recomputed", "corrected")] == [
        0.0909, 0.0891, 0.0891,
    ]  # fmt: skip
    carried = found[found["result"] == "rate"].iloc[0]
    assert [round(carried[n], 2) for n in ("printed", "recomputed", "corrected")] == [
        51.1, 51.5, 51.5,
    ]  # fmt: skip
    assigned = funding.allocation_gap(beside).set_index(["programme", "source", "plan_year"])
    assert assigned.loc[("gnbv", "central", 2019), "allocation_gap_vnd"] == -(10**9)
    assert assigned.loc[("ntm", "central", 2019), "allocation_gap_vnd"] == 0


def test_outputs_beside_the_money(of_2019, figures):
    found = funding.outputs(of_2019, figures).set_index("component")
    assert found.loc["gnbv_30a_livelihoods", ["projects", "projects_planned", "households"]].tolist(
    ) == [10, 13, 234]  # fmt: skip
    assert found.loc["gnbv_30a_labour_export", "persons"] == 2


@pytest.mark.parametrize("year", [2018, 2020])
def test_years_without_a_printed_report_have_nothing_to_stand_beside(year):
    nothing = pd.DataFrame()
    frame = funding.lines(truth(year)["funding"], year)
    beside = funding.beside_printed(frame, nothing, nothing)
    assert beside.empty and funding.sensitivity(frame, beside).empty
    assert funding.outputs(frame, nothing).empty
    assert funding.allocation_gap(beside).empty


def test_part_of_a_sum_is_no_verdict_on_it(of_2019, figures, audit):
    three = of_2019[of_2019["district_code"].isin(["903", "905", "911"])]
    found = funding.beside_printed(three, figures, audit, silent=["899"])
    assert found["agrees"].isna().all() and found["returns_vnd"].isna().all()
    assert found["printed_text"].notna().all()
    assert "coverage" not in set(funding.sensitivity(three, found)["result"])
