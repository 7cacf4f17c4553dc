"""Legal closes: steps that add up, dues that round exactly, paces of days."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from tests.analysis.funding.money import ANY_ROWS, BN, FEW, known, money, total_of

from kgstats.analysis import funding
from kgstats.analysis.funding.rounding import nearest
from kgstats.reference import funding_rules


@FEW
@given(ANY_ROWS)
def test_steps_of_the_waterfall_add_up(rows):
    frame = money(rows)
    found = funding.waterfall(funding.gaps(frame), funding.closing(frame)).set_index("step")
    amount = {str(name): int(value) for name, value in found["amount_vnd"].items()}
    changes = ("uncovered", "disbursed", "excess", "undated", "projected")
    # Money disbursed on lines without an allocation is on neither side: it is not covered.
    assert amount["allocated"] + sum(amount[name] for name in changes) == amount["lapse"]
    assert amount["shortfall"] + amount["undated"] + amount["projected"] == amount["lapse"]
    assert amount["lapse"] >= 0 and amount["projected"] <= 0
    before = found["after_vnd"].shift()
    moved = ~found["is_level"]
    assert (found["after_vnd"] - before)[moved].eq(found["amount_vnd"][moved]).all()


@FEW
@given(ANY_ROWS)
def test_what_lapses_foots_and_dues_round_exactly(rows):
    closed = funding.closing(money(rows))
    found, total = funding.lapsing(closed), funding.lapsing(closed, by=()).iloc[0]
    for name in ("shortfall_vnd", "projected_vnd", "lapse_vnd", "due_vnd", "behind_vnd"):
        assert total_of(found[name]) == total_of(closed[name]) == known(total[name]), name
    dated = closed[closed["close"].notna()]
    short = total_of(dated["shortfall_vnd"])
    assert total_of(dated["projected_vnd"]) + total_of(dated["lapse_vnd"]) == short
    exact = Fraction(0)
    for row in dated.to_dict("records"):
        period = (row["close"] - row["started"]).days
        passed = Fraction(int(row["days_elapsed"]), period) if period > 0 else Fraction(1)
        exact += min(max(passed, Fraction(0)), Fraction(1)) * int(row["allocated_vnd"])
    assert total_of(dated["due_vnd"]) == nearest(exact)


def test_closes_have_their_years():
    assert funding_rules.close("investment", 2019, 2019).close == dt.date(2020, 1, 31)
    assert not funding_rules.close("investment", 2019, 2019).confirmed
    later = funding_rules.close("investment", 2021, 2021)
    assert later.basis == "Law 39/2019/QH14, Art. 68" and later.confirmed
    assert funding_rules.close("investment", 2025, 2025).rule == "investment_2025"
    assert funding_rules.close("investment", 2019, 2020).close == dt.date(2020, 12, 31)
    with pytest.raises(funding_rules.NoCloseKnown, match="no legal close is known"):
        funding_rules.close("investment", 2016, 2019)


def test_no_two_rules_hold_for_one_kind_of_money():
    from kgstats.reference.tables import records

    for year in range(2017, 2030):
        for kind in funding_rules.KINDS:
            for vintage in ("current", "carried"):
                holding = [
                    row["rule"]
                    for row in records("funding_closes")
                    if (row["kind"], row["vintage"]) == (kind, vintage)
                    and int(row["first_plan_year"]) <= year
                    and (not row["last_plan_year"] or year <= int(row["last_plan_year"]))
                ]
                assert len(holding) == 1, (kind, vintage, year)


def test_a_settled_year_has_no_days_left_and_everything_lapses():
    closed = funding.closing(money([{"cut_off": pd.Timestamp(2020, 2, 1)}]))
    assert int(closed["days_left"].iloc[0]) == -1
    assert int(closed["lapse_vnd"].iloc[0]) == 6 * BN
    assert int(closed["due_vnd"].iloc[0]) == 10 * BN


def test_money_without_a_known_close_has_no_dates_and_lapses_nowhere():
    lines = money([{"plan_year": 2016}, {"plan_year": None}])
    closed = funding.closing(lines)
    assert closed[["close", "days_left", "due_vnd", "lapse_vnd"]].isna().all().all()
    found = funding.waterfall(funding.gaps(lines), closed).set_index("step")["amount_vnd"]
    assert found[["shortfall", "undated", "lapse"]].tolist() == [12 * BN, -12 * BN, 0]


def test_pace_so_far_and_pace_needed():
    found = funding.lapsing(funding.closing(money([{"disbursed_vnd": 2140 * 10**6}]))).iloc[0]
    assert (int(found["days_elapsed"]), int(found["days_left"])) == (214, 42)
    assert int(found["paid_per_day_vnd"]) == 10 * 10**6
    assert int(found["needed_per_day_vnd"]) == nearest(Fraction(7860 * 10**6, 42))
    assert int(found["projected_vnd"]) == 420 * 10**6


def test_several_closes_have_no_pace_in_common():
    closed = funding.closing(money([{}, {"kind": "recurrent"}]))
    found = funding.lapsing(closed, by=()).iloc[0]
    assert found[["days_left", "needed_per_day_vnd", "pace_ratio"]].isna().all()
    assert int(found["shortfall_vnd"]) == 12 * BN


def test_the_paces_of_the_year_of_the_report(of_2019):
    closed = funding.closing(of_2019[of_2019["programme"] == "ntm"])
    days = closed[["days_elapsed", "days_left"]].drop_duplicates().to_numpy().tolist()
    assert days == [[214, 42], [214, 11], [353, 11]]
    first = funding.lapsing(closed).iloc[0]
    paces = first[["shortfall_vnd", "paid_per_day_vnd", "needed_per_day_vnd"]].tolist()
    assert paces == [49_644_000_000, 345_121_495, 1_182_000_000]
    assert round(float(first["pace_ratio"]), 2) == 3.42
