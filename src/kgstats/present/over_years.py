"""Which years stand beside each other, of how many units, and where a series breaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from kgstats.present import attainment, attainment_figures, claims, maps, numbers
from kgstats.present.figures import Figure
from kgstats.present.poverty.levels import RATE_BOUNDS
from kgstats.present.poverty.wording import source_note
from kgstats.present.prose import Prose
from kgstats.reference import criteria, poverty_standards
from kgstats.words import N_, translator


def incomplete(reported: int, expected: int, unit: str, lang: str) -> str:
    """Say of how many units a number is, where it is not of all of them; else nothing.

    >>> incomplete(3, 15, "districts", "en"), incomplete(15, 15, "districts", "en")
    ('Only 3 of 15 districts can be compared.', '')
    """
    return claims.part(unit, reported, expected, lang, N_("Only {base} can be compared."))


def period_name(code: str, lang: str) -> str:
    """Return what a period is called: the poverty standard, or the decision on the criteria."""
    for one in poverty_standards.standards():
        if one.code == code:
            return one.name(lang)
    known = {one.code: one.decision for one in criteria.sets()}
    return known.get(code, code)


def first_years(frame: pd.DataFrame) -> list[int]:
    """Return the first year of every period but the earliest: where a break is drawn."""
    firsts = frame.sort_values("year").drop_duplicates("period")["year"]
    return [int(one) for one in firsts.iloc[1:]]


_OTHER_SET = N_("the communes' criteria are another set from {year} on ({name})")
_OTHER_STANDARD = N_("poverty is measured by another standard from {year} on ({name})")


def breaks(frame: pd.DataFrame, words: str, lang: str) -> dict[int, str]:
    """Say what breaks, by the first year of every period but the earliest."""
    t = translator(lang)
    found = {}
    for first in first_years(frame) if len(frame) else []:
        code = frame.loc[frame["year"] == first, "period"].iloc[0]
        said = t(words, year=first, name=period_name(str(code), lang))
        found[first] = said + "; " + t("nothing is subtracted across it")
    return found


_ONE_YEAR = N_("returns of {years} alone: nothing can be followed yet")


def years_text(
    standings: pd.DataFrame, followed: pd.DataFrame, rates: pd.DataFrame, lang: str
) -> Prose:
    """Say which years stand here, of how many units, and where what is measured breaks."""
    t = translator(lang)
    own = sorted({int(one) for one in standings["year"]})
    poor = sorted({int(one) for one in rates["year"]}) if len(rates) else []
    last = standings[standings["year"] == max(own)]
    reported = followed["commune_code"].nunique()
    said = N_(
        "returns of {years}; followed are {base}, whose number is known in every year under the "
        "last set of criteria"
    )
    of_set = standings["criteria_set"] == last["criteria_set"].iloc[0]
    if standings.loc[of_set, "year"].nunique() == 1:
        said = _ONE_YEAR
        if len(own) > 1:
            said = N_(
                "returns of {years}; of the last of them alone is there a return under its set of "
                "criteria, so that no commune can be followed yet"
            )
    items: list[str | tuple[str, str]] = [
        (
            t("Criteria of communes"),
            t(
                said,
                years=numbers.joined([str(one) for one in own], lang),
                base=claims.base({"communes": (reported, len(last))}, lang),
            ),
        ),
        (t("Poor households"), _households(rates, poor, lang)),
    ]
    of_sets = standings.rename(columns={"criteria_set": "period"})
    for frame, words in ((of_sets, _OTHER_SET), (rates, _OTHER_STANDARD)):
        items += [(t("Break"), said) for said in breaks(frame, words, lang).values()]
    alone = len(set(followed["year"])) < 2 and len(poor) < 2
    said = t(
        "There are returns of one comparable year only: there is nothing to compare here yet. The "
        "next year's returns will make it possible."
    )
    return Prose([said] if alone else [], items)


def _households(rates: pd.DataFrame, years: list[int], lang: str) -> str:
    t = translator(lang)
    if not years:
        return t("no returns")
    last = rates[rates["year"] == years[-1]].iloc[0]
    units = (int(last["poor_rate_units"]), int(last["expected_units"]))
    said = N_(
        "returns of {years}; followed are {base}, which reported in every year under the last "
        "standard"
    )
    if (rates["period"] == last["period"]).sum() == 1:
        said = _ONE_YEAR
        if len(years) > 1:
            said = N_(
                "returns of {years}; of the last of them alone is there a return under its "
                "standard, so that nothing can be followed yet"
            )
    return t(
        said,
        years=numbers.joined([str(one) for one in years], lang),
        base=claims.base({"units": units}, lang),
    )


# ------------------------------------------------------------------ maps


def criteria_map(standings: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw how many criteria each commune met, year by year on one map.

    Parameters
    ----------
    standings
        :func:`kgstats.analysis.paths.standings`: ``year, commune_code, criteria_met`` and
        ``criteria_set``.
    lang
        ``vi`` or ``en``.
    """
    frame = standings.rename(columns={"criteria_set": "period"})
    spec = _map("criteria_met", N_("Criteria met"), attainment_figures.CRITERIA_CLASSES, lang)
    not_rural = attainment_figures.not_rural
    return _over_years(frame, spec, _OTHER_SET, attainment.source, not_rural)


def poverty_map(rates: pd.DataFrame, lang: str, *, guarded: bool = False) -> Figure | Prose:
    """Draw the poverty rate of each commune-level unit, year by year on one map.

    Parameters
    ----------
    rates
        :func:`kgstats.analysis.convergence.yearly_rates`.
    lang
        ``vi`` or ``en``.
    guarded
        Whether disclosure control is on: then no rates of single units are shown.
    """
    if guarded:
        text = translator(lang)(
            "With disclosure control this page shows no map of single communes over the years: "
            "what is withheld elsewhere could be worked out from it."
        )
        return Prose([text])
    classes = maps.Classes(RATE_BOUNDS, kind="percent")
    spec = _map("poor_rate_pct", N_("Poverty rate"), classes, lang)
    return _over_years(rates, spec, _OTHER_STANDARD, source_note)


def _map(value: str, label: str, classes: maps.Classes, lang: str) -> maps.MapSpec:
    slug = f"{value.removesuffix('_pct').replace('_', '-')}-over-years"
    return maps.MapSpec(value, translator(lang)(label), 0, lang, classes=classes, slug=slug)


def _over_years(
    frame: pd.DataFrame,
    spec: maps.MapSpec,
    words: str,
    source: Callable[[int, str], str],
    outside: Callable[[int], frozenset[str]] | None = None,
) -> Figure | Prose:
    """Draw the years that have a value; say so where there are fewer than two."""
    known = frame[frame[spec.value].notna()] if len(frame) else frame
    years = sorted({int(one) for one in known["year"]})
    if len(years) < 2:
        return Prose(
            [translator(spec.lang)("Of fewer than two years are there values to draw maps of.")]
        )
    shown = frame[frame["year"].isin(years)]
    spec = replace(spec, year=years[-1], note=source(years[-1], spec.lang))
    found = breaks(shown, words, spec.lang)
    return maps.over_years(shown, spec, outside=outside, breaks=found)
