"""Legal closes as readers see them: what would lapse, how far behind, what became of last year's.

Where the documents at hand allow two last days for payment, both stand side by side, and no title
or headline rests on a day that is not confirmed in the text of the law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import numbers, provenance
from kgstats.present import sources as cited
from kgstats.present.charts import Chart, steps
from kgstats.present.figures import Figure
from kgstats.present.funding import wording
from kgstats.present.funding.tables import BOTH, OF_PROGRAMME
from kgstats.present.prose import Prose, capital
from kgstats.present.tables import Column, Table, TableSpec, places
from kgstats.reference import funding_rules
from kgstats.words import N_, translator

# ------------------------------------------------------------------ what would lapse

STEP_NAMES = registry.codes("money_step")
WATERFALL = TableSpec(
    slug="funding-waterfall-data",
    caption=N_("From the money allocated to what would lapse, {year}, VND billion"),
    columns=(Column("step", N_("Step")), "amount_vnd after_vnd"),
    name=lambda row, lang: translator(lang)(STEP_NAMES[row["step"]]),
)
NOTHING_REPORTED = N_("No disbursement is reported: what is left is not known.")


def waterfall_chart(
    waterfall: pd.DataFrame, at_risk: pd.DataFrame, year: int, lang: str, base: str = ""
) -> Figure | Prose:
    """Draw the steps from the money allocated to what would lapse at the pace so far.

    Parameters
    ----------
    at_risk
        What lapses of all money together: says how much of it has a close that is not confirmed.
    """
    t = translator(lang)
    amounts = waterfall.set_index("step")["amount_vnd"]
    if numbers.is_absent(amounts["shortfall"]):
        return Prose([t(NOTHING_REPORTED)])
    uncovered = -int(amounts["uncovered"])
    covered = int(amounts["allocated"]) - uncovered
    # The picture begins at what is covered: the rest would leave it no room.
    hidden = ["allocated", "uncovered"]
    if amounts["lapse_high"] == amounts["lapse_low"]:
        hidden.append("lapse_low")
    shown = waterfall[~waterfall["step"].isin(hidden)]
    first = {"step": "allocated", "is_level": True, "amount_vnd": covered, "after_vnd": covered}
    names = dict(STEP_NAMES)
    notes = []
    if uncovered:
        missing = wording.amount(uncovered, lang)
        names["allocated"] = N_("allocated, disbursement reported")
        note = t("Not shown: {amount} whose disbursement is not reported.", amount=missing)
        notes.append(note)
    unconfirmed = wording.positive(at_risk["unconfirmed_vnd"].iloc[0])
    if unconfirmed:
        note = (
            N_("The last day for paying all of the rest is not confirmed in the law.")
            if unconfirmed == amounts["shortfall"]
            else N_("The last day for paying {amount} of the rest is not confirmed in the law.")
        )
        notes.append(t(note, amount=wording.amount(unconfirmed, lang)))
    table = WATERFALL.table(waterfall, lang, year=year)
    table.totals = [bool(level) for level in waterfall["is_level"]]
    chart = Chart(
        slug="funding-waterfall",
        title=_waterfall_title(amounts, unconfirmed, lang),
        says=t("Steps from the money allocated to what would lapse."),
        table=table,
        note=" ".join([*notes, t("The pace is arithmetic on days, not a forecast.")]),
    )
    return wording.on_base(
        _steps(chart, pd.concat([pd.DataFrame([first]), shown], ignore_index=True), names), base
    )


def _waterfall_title(amounts: pd.Series, unconfirmed: int, lang: str) -> str:
    t = translator(lang)
    words = {
        "short": wording.amount(amounts["shortfall"], lang),
        "low": wording.amount(amounts["lapse_low"], lang),
        "high": wording.amount(amounts["lapse_high"], lang),
    }
    if not amounts["shortfall"]:
        partly = amounts["uncovered"] < 0
        nothing = N_("Nothing is left to disburse of the money whose disbursement is reported")
        return t(nothing if partly else N_("Nothing is left to disburse"))
    if unconfirmed:
        return t(
            N_(
                "{short} is not yet disbursed; how much of it lapses depends on unconfirmed "
                "deadlines"
            ),
            **words,
        )
    if not amounts["lapse_high"]:
        return t(
            "At the pace so far, all of the {short} not yet disbursed will be paid by its legal "
            "deadline",
            **words,
        )
    if words["low"] == words["high"]:
        return t(
            "At the pace so far, {high} of the {short} not yet disbursed would lapse at the "
            "legal deadline",
            **words,
        )
    return t(
        "At the pace so far, {low} to {high} of the {short} not yet disbursed would lapse", **words
    )


def _steps(chart: Chart, shown: pd.DataFrame, names: Mapping[str, str], **words: object) -> Figure:
    """Draw the steps that add or take away something, and the levels between them."""
    t, lang = translator(chart.lang), chart.lang
    shown = shown[shown["is_level"] | (shown["amount_vnd"] != 0)]
    shown = shown[shown["amount_vnd"].notna()]
    unit = wording.Unit.of(shown["after_vnd"], lang)
    drawn = shown.assign(
        name=[capital(t(names[step], **words)) for step in shown["step"]],
        after=[unit.value(vnd) for vnd in shown["after_vnd"]],
    )
    values = [
        f"{row['name']} {wording.amount(_told(row), lang)}" for row in drawn.to_dict("records")
    ]

    def text(row: wording.Row) -> str:
        vnd = int(row["amount_vnd"])
        return unit.text(vnd) if row["is_level"] else unit.signed(vnd)

    return steps(replace(chart, axis=unit.name, values=values), drawn, "name", text=text)


def _told(row: wording.Row) -> int:
    """Return the amount of a step as what it is called: money disbursed can be below nothing."""
    adds = row["is_level"] or row["step"] in ("excess", "beyond")
    return int(row["amount_vnd"]) if adds else -int(row["amount_vnd"])


def _last_days(row: wording.Row, lang: str) -> str:
    t = translator(lang)
    if numbers.is_absent(row["close_first"]):
        return t("not known")
    first, last = (numbers.date(row[f"close_{end}"], lang) for end in ("first", "last"))
    text = first if first == last else t("{first} or {last}", first=first, last=last)
    return text if row["confirmed"] else text + " *"


FIRST, LAST = N_("By the first deadline"), N_("By the last deadline")
LAPSING = TableSpec(
    slug="funding-lapsing",
    caption=N_("Money not yet disbursed, the last day for payment, and the pace it takes, {year}"),
    columns=(
        Column("programme", N_("Money")),
        Column("closes", N_("Last day for payment"), said=_last_days),
        "shortfall_vnd paid_per_day_vnd",
        f"{FIRST}: pace_high_ratio lapse_high_vnd",
        f"{LAST}: pace_low_ratio lapse_low_vnd",
    ),
    name=wording.what,
    total=N_("Total"),
    empty="",
    notes=(
        wording.of_base,
        N_(
            "Pace so far: disbursed, divided by the days since the detailed allocation (since 1 "
            "January where that date is not known), in VND million a day. Pace needed: what is "
            "left, divided by the days from the cut-off to the deadline."
        ),
        N_(
            "What would lapse is computed for each line of the returns at its own pace, and "
            "then added up: a line that paid nothing so far would pay nothing more. From the sums "
            "in a row another amount would come out."
        ),
        N_(
            "Money can be extended beyond the deadline by decision; such decisions are not in "
            "the returns."
        ),
    ),
)


def lapsing_table(
    closes: pd.DataFrame, total: pd.DataFrame, year: int, lang: str, base: str = ""
) -> Table | Prose | None:
    """Show what is at risk at the first and the last close, and the pace it would take."""
    days = closes["days_left_last"].notna()
    paces = ["paid_per_day_vnd", "pace_high_ratio", "pace_low_ratio"]
    # Several closes have no days in common.
    together = _blank(total.assign(**dict.fromkeys(paces)), paces)
    notes = _bases(closes[days], year, lang)
    return LAPSING(_blank(closes, paces), lang, total=together, notes=notes, year=year, base=base)


def _blank(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Leave cells empty that cannot have a number, where a number might be thought missing."""
    return frame.assign(**{name: frame[name].astype(object).fillna("") for name in columns})


def _bases(closes: pd.DataFrame, year: int, lang: str) -> list[str]:
    """Say on which law each last day rests, that of the laws not read apart."""
    t = translator(lang)
    found: dict[bool, dict[str, None]] = {True: {}, False: {}}
    kinds = closes[["kind", "plan_year"]].drop_duplicates()
    for kind, plan_year in kinds.itertuples(index=False):
        for one in funding_rules.closes(str(kind), int(plan_year), year):
            basis, source = (cited.said(text, lang) for text in (one.basis, one.source))
            said = f"{numbers.date(one.day, lang)}: {basis}"
            if not one.confirmed:
                said += f" ({source})"
            found[one.confirmed][said] = None
    texts = {
        True: N_("The last day for payment rests on: {bases}."),
        False: N_("* Not confirmed in the text of the law: {bases}."),
    }
    return [t(texts[read], bases="; ".join(of)) for read, of in found.items() if of]


# ------------------------------------------------------------------ time


def _counted_from(closes: pd.DataFrame, lang: str, words: dict[str, Any]) -> str:
    if (closes["timed_from"] == "decision").any():
        return ""
    return translator(lang)("The day of the decision is not known: counted from 1 January.")


TIME = TableSpec(
    slug="funding-time",
    caption=N_("Gap against the time elapsed, {year}, VND billion"),
    columns=(
        Column("programme", N_("Money")),
        "started",
        "allocated_vnd disbursed_vnd",
        f"{FIRST}: elapsed_high_pct behind_high_vnd",
        f"{LAST}: elapsed_low_pct behind_low_vnd",
    ),
    name=wording.what,
    total=N_("Total"),
    empty="",
    notes=(
        wording.of_base,
        N_(
            "Due = share of time elapsed × allocated; behind = due − disbursed (below zero: "
            "ahead). Time runs from the day of the detailed allocation to the legal deadline."
        ),
        _counted_from,
    ),
)


def time_table(
    closes: pd.DataFrame, total: pd.DataFrame, year: int, lang: str, base: str = ""
) -> Table | Prose | None:
    """Show how much of the time has passed by the cut-off, and how far behind that the money is."""
    shares = ["elapsed_high_pct", "elapsed_low_pct"]
    together = _blank(total.assign(**dict.fromkeys(["started", *shares], "")), shares)
    return TIME(_blank(closes, shares), lang, total=together, year=year, base=base)


# ------------------------------------------------------------------ last year's money

CARRY_OVER_STEPS = registry.codes("carry_over_step")
STEPS_OF_CARRY_OVER = TableSpec(
    slug="funding-carry-over-data",
    caption=N_("What became of the money not disbursed in {before}, VND billion"),
    columns=(Column("step", N_("Step")), "amount_vnd after_vnd"),
    name=lambda row, lang: translator(lang)(
        CARRY_OVER_STEPS[row["step"]], year=row["year"], before=row["year"] - 1
    ),
)


def carry_over_chart(
    steps_of: pd.DataFrame, total: pd.DataFrame, year: int, lang: str
) -> Figure | Prose:
    """Draw what became of the money that was left a year ago.

    Parameters
    ----------
    steps_of, total
        The steps, and the one row of all money together that they are of; without rows where
        there are no returns of the year before.
    """
    t = translator(lang)
    if total.empty:
        if not places(year)["district"]:
            gone = N_(
                "What districts had left in {before} is not followed: there are none at the end of "
                "{year}."
            )
            return Prose([t(gone, before=year - 1, year=year)])
        return Prose([t("Nothing of {a} can be compared with {b}.", a=year - 1, b=year)])
    all_of = total.iloc[0]
    left, carried = (wording.positive(all_of[f"{name}_vnd"]) for name in _FOLLOWED)
    if not left and not carried:
        if not wording.positive(all_of["lines_before"]):
            return Prose([t("No disbursement of {year} is reported.", year=year - 1)])
        none = N_(
            "Of the money of {year} whose disbursement is reported nothing was left, and nothing "
            "carried over."
        )
        return Prose([t(none, year=year - 1)])
    table = STEPS_OF_CARRY_OVER.table(steps_of, lang, year=year, before=year - 1)
    table.totals = [bool(level) for level in steps_of["is_level"]]
    table.sources = provenance.behind(total, list(total.columns), None)
    traced = wording.positive(all_of["carried_vnd"] - all_of["beyond_vnd"])
    unknown = wording.positive(all_of["unknown_vnd"])
    known = wording.amount(left - unknown, lang)
    words: dict[str, Any] = {"left": known, "before": year - 1, "year": year}
    if unknown == left:
        title = t("No district that had money left in {before} reports money of {year}", **words)
    elif unknown and traced:
        title = t(
            "Where it is reported again, {carried} of {left} not disbursed by the cut-off of "
            "{before} was carried over",
            carried=wording.amount(traced, lang),
            **words,
        )
    elif traced:
        title = t(
            "Of {left} not disbursed by the cut-off of {before}, {carried} was carried over into "
            "{year}",
            carried=wording.amount(traced, lang),
            **words,
        )
    else:
        title = t(
            "Nothing of {left} not disbursed by the cut-off of {before} was carried over", **words
        )
    chart = Chart(
        slug="funding-carry-over",
        title=title,
        says=t("Steps from what was not disbursed last year to what is left of it now."),
        table=table,
        note=t(
            "The returns do not tell what was paid between the cut-off and the deadline from "
            "what lapsed."
        ),
    )
    return _steps(chart, steps_of, CARRY_OVER_STEPS, year=year, before=year - 1)


_FOLLOWED = ("shortfall_before", "carried")
FORECAST = N_("Last year's forecast of what lapses")
CARRY_OVER = TableSpec(
    slug="funding-carried",
    caption=N_(
        "Money not disbursed by the cut-off of {before}, and what became of it, VND billion"
    ),
    columns=(
        Column("source", N_("Source and kind")),
        "shortfall_before_vnd not_carried_vnd carried_vnd carried_disbursed_vnd carried_gap_vnd",
        f"{FORECAST}: forecast_high_vnd refuted_vnd forecast_low_vnd",
    ),
    name=lambda row, lang: _of_plan(row, lang),
    group=OF_PROGRAMME,
    total=N_("Total"),
    together=BOTH,
    notes=N_(
        "Left = not known (nothing reported of it now) + carried over + paid "
        "later or lapsed, unless a district carries over more than it had left. The "
        "forecast is last year's account of days, line by line, of what is reported "
        "again. What was carried over did not lapse at the first deadline; what did, is at "
        "most what was paid later or lapsed."
    ),
)


def _of_plan(row: wording.Row, lang: str) -> str:
    what = wording.what({**row, "programme": None, "plan_year": None}, lang)
    if numbers.is_absent(row["plan_year"]):
        return what
    return f"{what}, " + translator(lang)("plan of {year}", year=int(row["plan_year"]))


def carry_over_table(
    found: pd.DataFrame, total: pd.DataFrame, year: int, lang: str
) -> Table | None:
    """Show by kind of money what became of what was left, beside last year's forecast of it."""
    if found.empty:
        return None
    several = found["programme"].nunique() > 1
    spec = CARRY_OVER
    if wording.positive(total["unknown_vnd"].iloc[0]):
        left, *others = spec.columns[1:]
        spec = replace(spec, columns=(spec.columns[0], left, "unknown_vnd", *others))
    # Of nothing carried over nothing can be disbursed, or be left: that is not silence.
    used = ["carried_disbursed_vnd", "carried_gap_vnd"]
    blank = {
        name: found[name].astype(object).mask((found["carried_vnd"] == 0).fillna(False), "")
        for name in used
    }
    return spec.table(
        found.assign(**blank),
        lang,
        total=total if several else None,
        year=year,
        before=year - 1,
    )


def forecast_note(total: pd.DataFrame, year: int, lang: str) -> Prose | None:
    """Say how last year's forecast of what lapses stands to what then happened."""
    t = translator(lang)
    if total.empty or not wording.positive(total["forecast_high_vnd"].iloc[0]):
        return None
    all_of = total.iloc[0]
    names = ("forecast_high", "forecast_low", "refuted", "not_carried", "carried_gap", "unknown")
    words = {name: wording.amount(all_of[f"{name}_vnd"], lang) for name in names}
    items = []
    if wording.positive(all_of["refuted_vnd"]):
        items.append(
            t(
                "At the first deadline {forecast_high} was to lapse. At least {refuted} of that "
                "was carried over instead: the forecast was too high by that or more.",
                **words,
            )
        )
    else:
        items.append(
            t(
                "At the first deadline {forecast_high} was to lapse. What was carried over does "
                "not contradict it.",
                **words,
            )
        )
    if wording.positive(all_of["carried_gap_vnd"]):
        items.append(
            t(
                "At the last deadline {forecast_low} was to lapse. Of the money carried over, "
                "{carried_gap} is still not disbursed by this year's cut-off.",
                **words,
            )
        )
    most = t(
        "At most {not_carried} can have lapsed; part or all of it may have been paid later.",
        **words,
    )
    if wording.positive(all_of["unknown_vnd"]):
        most = t(
            "What became of {unknown} is not known: it is not reported this year, and "
            "the forecast above is not of it. Of the rest at most {not_carried} can have "
            "lapsed; part or all of it may have been paid later.",
            **words,
        )
    items.append(most)
    lead = t("How good was the forecast made of the returns of {before}?", before=year - 1)
    return Prose([lead], items)
