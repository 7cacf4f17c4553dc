"""Last year's unspent money followed into this year: what is known adds up, silence is silence."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from tests.analysis.funding.money import ANY_ROWS, BN, FEW, known, money, table, total_of

from illustrative.truth import truth
from kgstats.analysis import funding

AMOUNTS = ("shortfall_before_vnd", "unknown_vnd", "not_carried_vnd", "beyond_vnd", "carried_vnd")


def followed(now: list[dict], before: list[dict]) -> pd.Series:
    return funding.carry_over(money(now), table(before, 2018)).iloc[0]


@FEW
@given(ANY_ROWS, ANY_ROWS)
def test_what_was_left_is_carried_not_carried_or_unknown(now, before):
    earlier = [row | {"plan_year": 2018, "cut_off": pd.Timestamp(2018, 12, 20)} for row in before]
    frame, previous = money(now), table(earlier, 2018)
    whole = funding.carry_over(frame, previous)
    by_kind = funding.carry_over(frame, previous, ["programme", "kind", "plan_year"])
    for found in (*whole.to_dict("records"), *by_kind.to_dict("records")):
        left, unknown, rest, beyond, carried = (known(found[name]) for name in AMOUNTS)
        assert left + beyond == unknown + rest + carried
        assert min(left, unknown, rest, beyond) >= 0
        assert known(found["refuted_vnd"]) <= known(found["forecast_high_vnd"])
        assert known(found["forecast_low_vnd"]) <= known(found["forecast_high_vnd"]) <= left
    for name in AMOUNTS:
        if len(whole):
            assert total_of(by_kind[name]) == known(whole[name].iloc[0]), name


@FEW
@given(ANY_ROWS, ANY_ROWS)
def test_the_steps_add_up(now, before):
    earlier = [row | {"plan_year": 2018} for row in before]
    whole = funding.carry_over(money(now), table(earlier, 2018))
    steps = funding.carry_over_steps(whole).set_index("step")
    if len(whole):
        amount = {name: known(value) for name, value in steps["amount_vnd"].items()}
        changes = amount["unknown"] + amount["not_carried"] + amount["beyond"]
        assert amount["shortfall_before"] + changes == amount["carried"]
        used = amount["carried_uncovered"] + amount["carried_disbursed"]
        assert amount["carried"] + used == amount["carried_gap"]


def test_an_amount_left_open_is_neither_carried_nor_cancelled():
    line = {"plan_year": 2018, "allocated_vnd": None, "disbursed_vnd": 2 * BN}
    found = followed([line], [{}])
    assert int(found["unknown_vnd"]) == 6 * BN
    used = ["carried_vnd", "not_carried_vnd", "carried_disbursed_vnd", "carried_gap_vnd"]
    assert found[used].isna().all()


def test_a_district_that_reports_nothing_now_cancelled_nothing():
    found = followed([{"district_code": "906"}], [{}])
    assert int(found["unknown_vnd"]) == 6 * BN
    # Nor carried anything, nor was a forecast right or wrong: silence is no zero.
    silent = ["not_carried_vnd", "carried_vnd", "forecast_high_vnd", "refuted_vnd"]
    assert found[silent].isna().all()
    # It reports other money, but no such line: it was paid or cancelled.
    found = followed([{"kind": "recurrent"}], [{}])
    assert int(found["unknown_vnd"]) == 0 and int(found["not_carried_vnd"]) == 6 * BN


def test_more_carried_than_was_left_is_told_apart():
    carried = {"plan_year": 2018, "allocated_vnd": 7 * BN, "disbursed_vnd": None}
    found = followed([carried], [{}])
    assert int(found["beyond_vnd"]) == BN and int(found["not_carried_vnd"]) == 0
    assert int(found["carried_uncovered_vnd"]) == 7 * BN
    assert pd.isna(found["carried_disbursed_vnd"]) and pd.isna(found["carried_gap_vnd"])


def test_without_a_year_before_there_is_no_row():
    assert funding.carry_over(money([{}]), pd.DataFrame()).empty
    assert funding.carry_over_steps(funding.carry_over(money([{}]), pd.DataFrame())).empty


def test_last_years_forecast_is_held_against_what_was_carried(of_2019):
    found = funding.carry_over(of_2019, truth(2018)["funding"], by=["programme", "kind"]).iloc[0]
    left, carried = int(found["shortfall_before_vnd"]), int(found["carried_vnd"])
    assert (left, carried) == (22_784_500_000, 13_144_000_000)
    assert int(found["forecast_high_vnd"]) == 17_823_147_313
    # At most what was not carried can have lapsed, so that the forecast was too high by this.
    assert int(found["not_carried_vnd"]) == left - carried
    assert int(found["refuted_vnd"]) >= int(found["forecast_high_vnd"]) - (left - carried)
