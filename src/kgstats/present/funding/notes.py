"""Sentences on programme money, computed from the frames of the analysis."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from kgstats.present import claims, numbers
from kgstats.present.funding import wording
from kgstats.present.prose import Headline, Headlines, Prose
from kgstats.words import N_, translator


def headlines(
    total: pd.DataFrame, at_risk: pd.DataFrame, followed: pd.DataFrame, lang: str, base: str = ""
) -> Headlines:
    """Show allocated, covered, disbursed, not yet disbursed, and what last year's rest became.

    What would lapse is among them only where every last day for payment is confirmed by the law.
    """
    t = translator(lang)
    all_of, risk = total.iloc[0], at_risk.iloc[0]
    covered = wording.amount(all_of["covered_vnd"], lang)
    lines = numbers.number(all_of["lines_allocated"], lang)
    items = [
        Headline(
            t("Allocated, with money carried over"),
            wording.amount(all_of["allocated_vnd"], lang),
            t("{n} lines of {base}", n=lines, base=base)
            if base
            else t("{n} lines of the returns", n=lines),
        )
    ]
    if all_of["lines"]:
        items.append(
            Headline(
                t("Money with a disbursement report"),
                wording.rate(all_of["coverage_pct"], lang),
                t("{amount} of the allocated money", amount=covered),
            )
        )
    if not numbers.is_absent(all_of["disbursed_rate_pct"]):
        items += [
            Headline(
                t("Disbursed so far"),
                wording.rate(all_of["disbursed_rate_pct"], lang),
                f"{wording.amount(all_of['disbursed_vnd'], lang)}, {wording.cut_off(total, lang)}",
            ),
            Headline(
                t("Gap"),
                wording.amount(all_of["gap_vnd"], lang),
                t("allocated less disbursed, where disbursement is reported"),
            ),
        ]
    if wording.positive(risk["lapse_high_vnd"]) and not wording.positive(risk["unconfirmed_vnd"]):
        ends = dict.fromkeys(wording.amount(risk[f"lapse_{e}_vnd"], lang) for e in ("low", "high"))
        items.append(
            Headline(
                t("Could lapse at the pace so far"),
                " – ".join(ends),
                t("not paid by the legal deadline"),
            )
        )
    for row in followed.to_dict("records"):
        unknown = wording.positive(row["unknown_vnd"])
        left = wording.positive(row["shortfall_before_vnd"]) - unknown
        if left > 0 and not numbers.is_absent(row["carried_vnd"]):
            said = N_("{left} was not disbursed by last year's cut-off")
            again = N_("of {left} left last year where it is reported again")
            items.append(
                Headline(
                    t("Carried over from last year"),
                    wording.amount(row["carried_vnd"], lang),
                    t(again if unknown else said, left=wording.amount(left, lang)),
                )
            )
    return Headlines(items)


def coverage_note(
    total: pd.DataFrame, year: int, lang: str, base: str = "", far: pd.DataFrame | None = None
) -> Prose:
    """Say how much of the money can be spoken of at all, and what the true rate can be.

    Parameters
    ----------
    far
        Lines whose amount is far from last year's, of :func:`kgstats.analysis.funding.unusual`.
    """
    t = translator(lang)
    all_of = total.iloc[0]
    if not all_of["lines"]:
        return Prose([t("No district reports this money for {year}.", year=year)], kind="caution")
    texts = []
    if base:
        texts.append(
            t("Money is reported by {base}; this page does not cover the others.", base=base)
        )
    if all_of["lines_without_rate"]:
        forms = claims.P_(
            "{n} budget line has an amount below zero or paid without a plan; it is kept in the "
            "sums as received.",
            "{n} budget lines have an amount below zero or paid without a plan; they are kept in "
            "the sums as received.",
        )
        texts.append(claims.counted(forms, all_of["lines_without_rate"], lang))
    if far is not None and len(far):
        forms = claims.P_(
            "{n} budget line has several hundred times last year's amount, or one in several "
            "hundred, {amount} in all: the unit may be another.",
            "{n} budget lines have several hundred times last year's amount, or one in several "
            "hundred, {amount} in all: the unit may be another.",
        )
        amount = wording.amount(far["allocated_vnd"].sum(), lang)
        texts.append(claims.counted(forms, len(far), lang, amount=amount))
    if wording.positive(all_of["excess_vnd"]):
        texts.append(
            t(
                "On some lines more was paid than allocated, {excess} in all: the gap of a sum is "
                "net of it.",
                excess=wording.amount(all_of["excess_vnd"], lang),
            )
        )
    if numbers.is_absent(all_of["disbursed_rate_pct"]):
        text = t("No disbursement is reported: no gap and no rate can be given.")
        return Prose([*texts, text], kind="caution")
    if all_of["uncovered_vnd"] == 0:
        text = t("A disbursement is reported for all the money allocated.")
        return Prose([*texts, text], kind="caution" if texts else "note")
    text = t(
        "For {uncovered} of {allocated}, no disbursement is reported. Not reported is not zero: "
        "the rate for all of it lies between {low} and {high}. The gaps and rates below "
        "cover the {share} with a reported disbursement.",
        uncovered=wording.amount(all_of["uncovered_vnd"], lang),
        allocated=wording.amount(all_of["allocated_vnd"], lang),
        low=wording.rate(all_of["disbursed_rate_low_pct"], lang),
        high=wording.rate(all_of["disbursed_rate_high_pct"], lang),
        share=wording.rate(all_of["coverage_pct"], lang),
    )
    return Prose([*texts, text], kind="caution")


def counterpart_note(counterpart: pd.DataFrame, year: int, lang: str) -> Prose | None:
    """Say how much local money stands beside each đồng of central money."""
    t = translator(lang)
    items = [
        t(
            "{programme}: {local} alongside {central} from the central budget, {ratio} đồng for "
            "each central đồng.",
            programme=wording.programme_name(row["programme"], year, lang),
            local=wording.amount(row["local_vnd"], lang),
            central=wording.amount(row["central_vnd"], lang),
            ratio=numbers.number(
                row["counterpart_ratio"], lang, 3 if row["counterpart_ratio"] < 1 else 2
            ),
        )
        for row in counterpart.dropna(subset="counterpart_ratio").to_dict("records")
    ]
    if not items:
        return None
    texts = [t("Money of the year's plan from sources other than the central budget:")]
    integrated = wording.positive(counterpart["integrated_vnd"].sum())
    if integrated:
        items.append(
            t(
                "{amount} of it is integrated from other programmes, which count it as theirs "
                "too; adding it to their money would count it twice.",
                amount=wording.amount(integrated, lang),
            )
        )
    return Prose(texts, items)


def left_out_note(money: pd.DataFrame, compared: pd.DataFrame, lang: str) -> str:
    """Say how many lines are not compared, for want of a rate; nothing where none is."""
    forms = claims.P_(
        "Not in it: {n} budget line with an amount below zero or paid without a plan.",
        "Not in it: {n} budget lines with an amount below zero or paid without a plan.",
    )
    n = len(money) - len(compared)
    return claims.counted(forms, n, lang) if n else ""


def composition_note(
    composition: pd.DataFrame, year: int, lang: str, left_out: str = ""
) -> Prose | None:
    """Say whether the shortfall is general or a shift between kinds and sources."""
    t = translator(lang)
    items = []
    for row in composition.dropna(subset="variance_pct").to_dict("records"):
        values = {
            "programme": wording.programme_name(row["programme"], year, lang),
            "outturn": wording.rate(row["outturn_pct"], lang),
            "covered": wording.amount(row["covered_vnd"], lang),
            "plan": wording.amount(row["allocated_vnd"], lang),
        }
        spent = N_(
            "{programme}: disbursement is reported for {covered} of the plan of {plan}, and "
            "{outturn} of that is disbursed."
        )
        if row["headings"] < 2:
            varied = t("Only one kind of money is reported: its composition cannot vary.")
        else:
            varied = t(
                "Its composition by component, source and kind differs from the plan's by "
                "{variance}.",
                variance=wording.rate(row["variance_pct"], lang),
            )
        items.append(f"{t(spent, **values)} {varied}")
    if not items:
        return None
    lead = t(
        "Aggregate outturn and composition variance follow the formulas of PEFA (PI-1, PI-2), "
        "for lines of the year's plan with a reported disbursement. No PEFA grade is given: a "
        "grade needs three years of a whole government."
    )
    return Prose([" ".join(filter(None, [lead, left_out]))], items)


LARGEST_CAUSE = claims.Words(
    one=N_("The largest amount, {value}, is put down to {names}."),
    many=N_("The largest amounts, {value} each, are put down to {names}."),
    every=N_("Every cause given has the same amount, {value}."),
)


def causes_note(causes: pd.DataFrame, lang: str) -> Prose | None:
    """Say for how much of the gap a cause is known, and which weighs most."""
    t = translator(lang)
    if causes.empty:
        return None
    given = causes[causes["cause"].notna()]
    if given.empty:
        return Prose([t("No return gives a cause.")])
    known, whole = int(given["shortfall_vnd"].sum()), int(causes["shortfall_vnd"].sum())
    share = t(
        "Districts gave a cause for {share} of the money not yet disbursed.",
        share=wording.rate(Fraction(100 * known, whole), lang),
    )
    names = [f"“{wording.cause(code, lang)}”" for code in given["cause"]]
    largest = wording.first(given["shortfall_vnd"].set_axis(names), above=0)
    said = claims.said(largest, LARGEST_CAUSE, lambda vnd: wording.amount(vnd, lang), lang)
    return Prose([" ".join(filter(None, [share, said]))])


NEEDS = {
    "poor_start_hh": (N_("poor household"), N_("poor households at the start of the year")),
    "criteria_unmet": (
        N_("unmet criterion"),
        N_("criteria that communes did not meet at the start of the year"),
    ),
}
"""The words for one of a need and for all of it."""


def need_note(per_need: pd.DataFrame, unevenness: pd.DataFrame, lang: str) -> Prose | None:
    """Say how unevenly the money stands to the need, without a word on why."""
    t = translator(lang)
    need = next(name for name in NEEDS if name in per_need)
    found = unevenness.iloc[0]
    if numbers.is_absent(found["hoover_pct"]) or numbers.is_absent(found["gini"]):
        return None
    texts = [
        t(
            "{share} of the money would have to move to other districts for every district "
            "compared to have the same amount per {one} (Hoover index); Gini coefficient {gini}.",
            share=wording.rate(found["hoover_pct"], lang),
            one=t(NEEDS[need][0]),
            gini=numbers.number(found["gini"], lang, 2),
        )
    ]
    if not numbers.is_absent(found["spread"]):
        texts.append(
            t(
                "Among districts that got such money, the highest amount is {times} times the "
                "lowest.",
                times=numbers.number(found["spread"], lang, 1),
            )
        )
    texts.append(
        t("The programmes have other aims as well; a difference here does not show its cause.")
    )
    return Prose([" ".join(texts)])
