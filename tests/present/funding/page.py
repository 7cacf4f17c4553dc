"""Everything that the page on money shows of some lines, as its notebook computes it."""

from __future__ import annotations

from typing import Any

import pandas as pd
from tests.analysis.funding.money import BN

from kgstats.analysis import funding
from kgstats.present import funding as show
from kgstats.reference import areas

NOTHING = pd.DataFrame()
UNUSUAL: dict[str, list[dict]] = {
    "nothing reported": [{"disbursed_vnd": None}, {"district_code": "906", "disbursed_vnd": None}],
    "all paid": [{"disbursed_vnd": 10 * BN}, {"district_code": "906", "disbursed_vnd": 10 * BN}],
    "paid above plan": [{"disbursed_vnd": 12 * BN}],
    "plan of zero": [{"allocated_vnd": 0, "disbursed_vnd": 5 * 10**6}],
    "no plan at all": [{"allocated_vnd": None}],
    "below zero": [{"allocated_vnd": -BN, "disbursed_vnd": -2 * BN}, {"district_code": "906"}],
    "one small line": [{"allocated_vnd": 3_000_000, "disbursed_vnd": 0}],
    "two cut-offs": [{}, {"district_code": "906", "cut_off": pd.Timestamp(2019, 12, 15)}],
    "after the close": [{"cut_off": pd.Timestamp(2020, 3, 1)}],
    "old and future plans": [{"plan_year": 2015}, {"plan_year": 2021}, {"plan_year": None}],
    "no district": [{"district_code": None}, {"district_code": None, "kind": "recurrent"}],
    "unknown words": [{"component": "gnbv_new", "programme": "gnbv", "cause": "weather"}],
}


def districts(money: pd.DataFrame, year: int) -> pd.DataFrame:
    """Gaps by district, also of districts without a line."""
    return funding.gaps(money, "district", expected=areas.districts(year)["district_code"])


def need_shown(
    money: pd.DataFrame, need: pd.Series, year: int, lang: str, base: str = ""
) -> list[Any]:
    """The chart and the note on money beside a need."""
    by_district = funding.against_need(money, need)
    total = funding.against_need(money, need, by=())
    uneven = funding.unevenness(by_district, str(need.name))
    return [
        show.need_chart(by_district, total, year, lang, base),
        show.need_note(by_district, uneven, lang),
    ]


def compared(
    money: pd.DataFrame, previous: pd.DataFrame, year: int, lang: str, base: str = ""
) -> Any:
    """The chart of two years' rates."""
    kinds = ["programme", "source", "kind", "vintage"]
    return show.last_year_chart(
        funding.against_last_year(money, previous, kinds),
        funding.against_last_year(money, previous),
        year,
        lang,
        base,
    )


def everything(
    money: pd.DataFrame, lang: str, previous: pd.DataFrame = NOTHING, year: int = 2019
) -> list[Any]:
    """All that the page shows of some money, but the map."""
    of = (year, lang)
    base = show.reporting(districts(money, year), year, lang)
    on = (*of, base)
    plain = funding.comparable(money)
    left_out = show.left_out_note(money, plain, lang)
    total, by_programme = funding.gaps(money), funding.gaps(money, "programme")
    words = {"year": year, "base": base}
    summed = {"subtotals": by_programme, "total": total, **words}
    closed = funding.closing(money)
    steps = funding.waterfall(total, closed)
    closes, at_risk = funding.lapsing(closed), funding.lapsing(closed, by=())
    causes = funding.shortfall(money, "cause")
    poor = pd.Series({"908": 100, "906": 0}, dtype="Int64", name="poor_start_hh")
    unmet = poor.rename("criteria_unmet")
    beside = funding.beside_printed(money, NOTHING, NOTHING)
    followed = funding.carry_over(money, previous)
    shown = [
        show.headlines(total, at_risk, followed, lang, base),
        show.coverage_note(total, year, lang, base),
        show.coverage_chart(funding.gaps(money, ["programme", "source"]), total, *on),
        show.gap_table(
            funding.gaps(money, ["programme", "source", "kind", "plan_year"]), lang, **summed
        ),
        show.component_table(funding.gaps(money, ["programme", "component"]), lang, **summed),
        show.denominators_table(funding.by_denominator(money), lang, **words),
        show.counterpart_note(funding.counterpart(money), *of),
        show.district_chart(districts(money, year), total, *on),
        show.waterfall_chart(steps, at_risk, *on),
        show.lapsing_table(closes, at_risk, *on),
        show.ageing_table(funding.gaps(money, "plan_year"), lang, total=total, **words),
        show.time_table(closes, at_risk, *on),
        show.carry_over_chart(funding.carry_over_steps(followed), followed, *of),
        show.carry_over_table(
            funding.carry_over(money, previous, ["programme", "source", "kind", "plan_year"]),
            followed,
            *of,
        ),
        show.forecast_note(followed, *of),
        compared(money, previous, *on),
        show.decomposition_chart(
            funding.decompose(plain), funding.decompose(plain, by=()), *on, left_out
        ),
        show.composition_note(funding.composition(plain), *of, left_out),
        show.pareto_chart(funding.pareto(plain), *on, left_out),
        show.funnel_chart(funding.funnel(plain), *on, left_out),
        show.causes_note(causes, lang),
        show.causes_table(causes, lang, total=funding.shortfall(money), **words),
        need_shown(money[money["programme"] == "gnbv"], poor, *on)[0],
        need_shown(money[money["programme"] == "ntm"], unmet, *on)[0],
        show.outputs_table(funding.outputs(money, NOTHING), lang, **words),
        show.printed_table(beside, *of),
        show.unusual_table(funding.unusual_counts(funding.unusual(money)), total, *on),
    ]
    return [one for one in shown if one is not None]
