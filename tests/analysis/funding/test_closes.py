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
    amount = {str(name): int(value) for name, value in found["amount_vnd"].dropna().items()}
    if "shortfall" not in amount:
        assert funding.measured(frame).empty and set(amount) == {"allocated", "uncovered"}
        return
    changes = ("uncovered", "disbursed", "excess", "undated", "projected")
    # Money disbursed on lines without an allocation is on neither side: it is not covered.
    assert amount["allocated"] + sum(amount[name] for name in changes) == amount["lapse_high"]
    assert amount["shortfall"] + amount["undated"] + amount["projected"] == amount["lapse_high"]
    assert amount["lapse_high"] + amount["projected_later"] == amount["lapse_low"] >= 0
    assert amount["projected"] <= 0 and amount["projected_later"] <= 0
    before = found["after_vnd"].shift()
    moved = ~found["is_level"]
    assert (found["after_vnd"] - before)[moved].eq(found["amount_vnd"][moved]).all()


@FEW
@given(ANY_ROWS)
def test_what_lapses_foots_and_dues_round_exactly(rows):
    closed = funding.closing(money(rows))
    found, total = funding.lapsing(closed), funding.lapsing(closed, by=()).iloc[0]
    for name in ("shortfall_vnd", "lapse_low_vnd", "lapse_high_vnd", "due_high_vnd"):
        assert total_of(found[name]) == total_of(closed[name]) == known(total[name]), name
    dated = closed[closed["close_first"].notna()]
    short = total_of(dated["shortfall_vnd"])
    for which, end, other in (("first", "high", "low"), ("last", "low", "high")):
        projected = total_of(dated[f"projected_{other}_vnd"])
        assert projected + total_of(dated[f"lapse_{end}_vnd"]) == short
        exact = Fraction(0)
        for row in dated.to_dict("records"):
            period = (row[f"close_{which}"] - row["started"]).days
            passed = Fraction(int(row["days_elapsed"]), period) if period > 0 else Fraction(1)
            exact += min(max(passed, Fraction(0)), Fraction(1)) * int(row["allocated_vnd"])
        assert total_of(dated[f"due_{end}_vnd"]) == nearest(exact)
    assert (dated["lapse_low_vnd"] <= dated["lapse_high_vnd"]).all()


def test_closes_have_their_years():
    def days(kind: str, plan_year: int, year: int) -> list[str]:
        return [one.day.isoformat() for one in funding_rules.closes(kind, plan_year, year)]

    assert days("investment", 2017, 2017) == ["2018-01-31"]
    assert days("investment", 2018, 2018) == ["2019-01-31", "2019-12-31"]
    assert days("investment", 2019, 2019) == ["2020-01-31", "2020-12-31"]
    assert days("investment", 2020, 2020) == ["2021-01-31"]
    assert days("investment", 2019, 2020) == ["2020-12-31"]
    assert days("recurrent", 2019, 2019) == ["2019-12-31", "2020-01-31"]
    (later,) = funding_rules.closes("investment", 2021, 2021)
    assert later.basis == "Law 39/2019/QH14, Art. 68" and later.confirmed
    with pytest.raises(funding_rules.NoCloseKnown, match="no legal close is known"):
        funding_rules.closes("investment", 2016, 2019)


def test_a_decree_has_its_days_and_its_source_and_is_not_called_confirmed():
    old, new = funding_rules.closes("investment", 2019, 2019)
    assert new.basis.endswith("Decree 120/2018/NĐ-CP") and "116389" in new.source
    assert new.in_force_from == dt.date(2018, 9, 13)
    assert old.in_force_to == dt.date(2018, 9, 12)
    assert not old.confirmed and not new.confirmed


def test_every_kind_of_money_has_a_close_and_no_day_stands_twice():
    for plan_year in range(2017, 2030):
        for kind in funding_rules.KINDS:
            for year in (plan_year, plan_year + 1):
                found = [one.day for one in funding_rules.closes(kind, plan_year, year)]
                assert found == sorted(set(found)) and found, (kind, plan_year, year)
                # What is confirmed cannot be read in two ways.
                known = funding_rules.closes(kind, plan_year, year)
                assert len(known) == 1 or not any(one.confirmed for one in known)


def test_a_settled_year_has_no_days_left_and_everything_lapses():
    closed = funding.closing(money([{"cut_off": pd.Timestamp(2020, 2, 1)}]))
    assert int(closed["days_left_first"].iloc[0]) == -1
    assert int(closed["lapse_high_vnd"].iloc[0]) == 6 * BN > int(closed["lapse_low_vnd"].iloc[0])
    assert int(closed["due_high_vnd"].iloc[0]) == 10 * BN


def test_money_without_a_known_close_has_no_dates_and_lapses_nowhere():
    lines = money([{"plan_year": 2016}, {"plan_year": None}])
    closed = funding.closing(lines)
    assert (
        closed[["close_first", "days_left_last", "due_low_vnd", "lapse_high_vnd"]]
        .isna()
        .all()
        .all()
    )
    found = funding.waterfall(funding.gaps(lines), closed).set_index("step")["amount_vnd"]
    assert found[["shortfall", "undated", "lapse_low"]].tolist() == [12 * BN, -12 * BN, 0]
    assert int(funding.lapsing(closed, ())["unconfirmed_vnd"].iloc[0]) == 12 * BN


def test_pace_so_far_and_pace_needed():
    found = funding.lapsing(funding.closing(money([{"disbursed_vnd": 2140 * 10**6}]))).iloc[0]
    days = ["days_elapsed", "days_left_first", "days_left_last"]
    assert found[days].tolist() == [214, 42, 377]
    assert int(found["paid_per_day_vnd"]) == 10 * 10**6
    assert int(found["needed_per_day_high_vnd"]) == nearest(Fraction(7860 * 10**6, 42))
    assert int(found["needed_per_day_low_vnd"]) == nearest(Fraction(7860 * 10**6, 377))
    assert int(found["projected_low_vnd"]) == 420 * 10**6
    assert int(found["projected_high_vnd"]) == 3770 * 10**6
    assert round(float(found["elapsed_high_pct"]), 1) == 83.6


def test_several_closes_have_no_pace_in_common():
    closed = funding.closing(money([{}, {"kind": "recurrent"}]))
    found = funding.lapsing(closed, by=()).iloc[0]
    assert found[["days_left_first", "needed_per_day_high_vnd", "pace_low_ratio"]].isna().all()
    assert int(found["shortfall_vnd"]) == 12 * BN


def test_the_paces_of_the_year_of_the_report(of_2019):
    closed = funding.closing(of_2019[of_2019["programme"] == "ntm"])
    days = closed[["days_elapsed", "days_left_first"]].drop_duplicates().to_numpy().tolist()
    assert days == [[214, 42], [214, 11], [353, 11]]
    # The reading that is likelier leaves almost nothing of the year's investment to lapse.
    first = funding.lapsing(closed).iloc[0]
    assert first[["lapse_low_vnd", "lapse_high_vnd"]].tolist() == [252_878_972, 36_171_263_558]
    paces = first[["shortfall_vnd", "paid_per_day_vnd", "needed_per_day_high_vnd"]].tolist()
    assert paces == [49_644_000_000, 345_121_495, 1_182_000_000]
    assert round(float(first["pace_high_ratio"]), 2) == 3.42
