"""Sentences on programme money, computed from the frames of the analysis."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from kgstats.present import numbers
from kgstats.present.funding import wording
from kgstats.present.prose import Headline, Headlines, Prose
from kgstats.words import N_, translator


def headlines(
    total: pd.DataFrame, at_risk: pd.DataFrame, followed: pd.DataFrame, lang: str
) -> Headlines:
    """Show allocated, covered, disbursed, not yet disbursed, and what last year's rest became.

    What would lapse is among them only where every last day for payment is confirmed by the law.
    """
    t = translator(lang)
    all_of, risk = total.iloc[0], at_risk.iloc[0]
    covered = wording.amount(all_of["covered_vnd"], lang)
    items = [
        Headline(
            t("Allocated, with money carried over"),
            wording.amount(all_of["allocated_vnd"], lang),
            t("{n} lines of the districts' returns", n=numbers.number(all_of["lines"], lang)),
        ),
        Headline(
            t("Disbursement reported for"),
            wording.rate(all_of["coverage_pct"], lang),
            t("{amount} of the allocated money", amount=covered),
        ),
    ]
    if not numbers.is_absent(all_of["disbursed_rate_pct"]):
        items += [
            Headline(
                t("Disbursed of that"),
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
                t("Would lapse at the pace so far"),
                " – ".join(ends),
                t("not paid by the legal close"),
            )
        )
    for row in followed.to_dict("records"):
        if wording.positive(row["shortfall_before_vnd"]) and not numbers.is_absent(
            row["carried_vnd"]
        ):
            left = wording.amount(row["shortfall_before_vnd"], lang)
            items.append(
                Headline(
                    t("Carried over from last year"),
                    wording.amount(row["carried_vnd"], lang),
                    t("{left} was not disbursed by last year's cut-off", left=left),
                )
            )
    return Headlines(items)


def coverage_note(total: pd.DataFrame, lang: str) -> Prose:
    """Say how much of the money can be spoken of at all, and what the true rate can be."""
    t = translator(lang)
    all_of = total.iloc[0]
    if numbers.is_absent(all_of["disbursed_rate_pct"]):
        text = t("No disbursement is reported: no gap and no rate can be given.")
        return Prose([text], kind="caution")
    if all_of["uncovered_vnd"] == 0:
        return Prose([t("A disbursement is reported for all the money allocated.")])
    text = t(
        "For {uncovered} of {allocated} no disbursement is reported. Not reported is not zero: "
        "the rate of all money lies anywhere between {low} and {high}. Gaps and rates below "
        "are those of the {share} with a reported disbursement.",
        uncovered=wording.amount(all_of["uncovered_vnd"], lang),
        allocated=wording.amount(all_of["allocated_vnd"], lang),
        low=wording.rate(all_of["disbursed_rate_low_pct"], lang),
        high=wording.rate(all_of["disbursed_rate_high_pct"], lang),
        share=wording.rate(all_of["coverage_pct"], lang),
    )
    return Prose([text], kind="caution")


def counterpart_note(counterpart: pd.DataFrame, year: int, lang: str) -> Prose:
    """Say how much local money stands beside each đồng of central money."""
    t = translator(lang)
    items = [
        t(
            "{programme}: {local} beside {central} from the central budget, {ratio} đồng for "
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
    return Prose([t("Money of the year's plan from other sources than the central budget:")], items)


def composition_note(composition: pd.DataFrame, year: int, lang: str) -> Prose:
    """Say whether the shortfall is general or a shift between kinds and sources."""
    t = translator(lang)
    items = []
    for row in composition.dropna(subset="variance_pct").to_dict("records"):
        values = {
            "programme": wording.programme_name(row["programme"], year, lang),
            "outturn": wording.rate(row["outturn_pct"], lang),
        }
        if row["headings"] < 2:
            items.append(
                t(
                    "{programme}: {outturn} of the plan is spent; only one kind of money is "
                    "reported, so that its composition cannot vary.",
                    **values,
                )
            )
        else:
            items.append(
                t(
                    "{programme}: {outturn} of the plan is spent; its composition by source and "
                    "kind departs from the plan's by {variance}.",
                    variance=wording.rate(row["variance_pct"], lang),
                    **values,
                )
            )
    lead = t(
        "Aggregate outturn and composition variance by the formulas of PEFA (PI-1, PI-2), on "
        "lines of the year's plan with a reported disbursement; without its grades, which need "
        "three years of a whole government."
    )
    return Prose([lead], items)


def causes_note(causes: pd.DataFrame, lang: str) -> Prose:
    """Say for how much of the gap a cause is known, and which weighs most."""
    t = translator(lang)
    given = causes[causes["cause"].notna()]
    if given.empty:
        return Prose([t("The districts gave no cause.")])
    known, whole = int(given["shortfall_vnd"].sum()), int(causes["shortfall_vnd"].sum())
    text = t(
        "Districts gave a cause for {share} of what is not yet disbursed. The largest "
        "amount, {amount}, stands under “{cause}”.",
        share=wording.rate(Fraction(100 * known, whole), lang),
        amount=wording.amount(given["shortfall_vnd"].iloc[0], lang),
        cause=wording.cause(given["cause"].iloc[0], lang),
    )
    return Prose([text])


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
            "{share} of the money would have to be elsewhere for it to stand in the same "
            "proportion to {many} in every district (Hoover); Gini coefficient {gini}.",
            share=wording.rate(found["hoover_pct"], lang),
            many=t(NEEDS[need][1]),
            gini=numbers.number(found["gini"], lang, 2),
        )
    ]
    if not numbers.is_absent(found["spread"]):
        texts.append(
            t(
                "The district with most has {times} times that of the district with least.",
                times=numbers.number(found["spread"], lang, 1),
            )
        )
    texts.append(
        t("The programmes also follow other aims: a difference here says nothing about its reason.")
    )
    return Prose([" ".join(texts)])
