"""Against the targets of the year, and what the next year needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import claims, numbers, style
from kgstats.present.charts import Chart
from kgstats.present.charts_over_years import QUIET, Look, Range, dots_to_target
from kgstats.present.figures import Figure
from kgstats.present.names import places, unit_names
from kgstats.present.poverty import wording
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.reference.programmes import Target
from kgstats.words import N_, translator

_COLUMNS = (
    "district_code",
    "before_rate_pct",
    "after_rate_pct",
    "fall_pp",
    "target_low_pp",
    "target_high_pp",
    Column("verdict", N_("Result"), "code"),
)
_TARGETS = TableSpec(
    slug="poverty-targets",
    caption=N_("Fall of the poverty rate from {before} to {year} against the target"),
    columns=_COLUMNS,
    group=Column("scope", "", "code"),
    notes=(
        N_("A rate that was lower than the target cannot fall by it and has not missed it."),
        N_(
            "Nothing is judged where not all units reported both years, or where every number is "
            "that of the year before."
        ),
        wording.ROUNDED,
    ),
)
_SIGNS = {
    "below": (style.CONTRAST, "v"),
    "within": (style.ACCENT, "o"),
    "above": (style.SERIES[2], "^"),
    "out_of_reach": (QUIET, "s"),
    "incomplete": (QUIET, "x"),
    "whole_incomplete": (QUIET, "x"),
    "list_incomplete": (QUIET, "x"),
    "sent_again": (QUIET, "x"),
}
_MOST_DOTS = 25


def target_words(target: Target, lang: str) -> str:
    """Write a target as a range, or as what is to be reached at least."""
    low = numbers.number(target.low, lang)
    if target.high is None:
        return translator(lang)("at least {n}", n=low)
    return f"{low}–{numbers.number(target.high, lang)}"


def no_targets(
    wholes: pd.DataFrame, targets: Sequence[Target], year: int, lang: str
) -> Prose | None:
    """Say why nothing can be held against targets, or nothing where it can."""
    t = translator(lang)
    if not targets:
        return Prose([t("No target of the poverty rate is known for {year}.", year=year)])
    if not wording.is_comparable(wholes):
        return wording.no_base(year, lang)
    before = int(wholes["base_year"].iloc[0])
    if before == year - 1:
        return None
    text = t(
        "Targets are for one year; {before} and {year} are further apart.", before=before, year=year
    )
    return Prose([text], kind="caution")


def targets_table(
    rows: Sequence[pd.DataFrame],
    together: Sequence[pd.DataFrame],
    targets: Sequence[Target],
    year: int,
    lang: str,
) -> Table | Prose:
    """Show the fall of the poverty rate against its targets: province, districts, communes named.

    Parameters
    ----------
    rows
        :func:`kgstats.analysis.poverty.against_targets` by district (or commune), and of the
        communes named.
    together
        The same of the province, and of those communes together.
    """
    t = translator(lang)
    wholes = pd.concat([frame for frame in together if len(frame)] or together, ignore_index=True)
    against = pd.concat([frame for frame in rows if len(frame)] or rows, ignore_index=True)
    refused = no_targets(wholes, targets, year, lang)
    if refused is not None:
        return refused
    of_all = wholes[wholes["scope"] == "all"]
    units, province = unit_names(year, lang), wording.whole_name(year, lang, of_all)

    def named(row: Mapping[str, Any], lang: str) -> str:
        if not numbers.is_absent(row.get("commune_code")):
            return units[row["commune_code"]]
        return places(year)["district"].get(str(row["district_code"]), "")

    hard = int((against["scope"] == "especially_difficult").sum())
    these = t("These communes together")
    called = [these if one == "especially_difficult" else province for one in wholes["scope"]]
    notes = [
        t(
            "Especially difficult communes: only the {n} that documents known here name; the "
            "list is not complete.",
            n=hard,
        )
        if hard
        else "",
        t("The target of this year is taken from the year after: not confirmed.")
        if any(not target.confirmed for target in targets)
        else "",
        wording.coverage_note(of_all, lang),
    ]
    shown, subtotals = wording.cells(against), wording.cells(wholes).assign(total_name=called)
    return replace(_TARGETS, name=named).table(
        shown,
        lang,
        subtotals=subtotals,
        notes=wording.notes_of([shown, subtotals], year, lang, *notes),
        year=year,
        before=int(wholes["base_year"].iloc[0]),
    )


def targets_chart(
    against: pd.DataFrame,
    wholes: pd.DataFrame,
    counts: pd.DataFrame,
    targets: Sequence[Target],
    year: int,
    lang: str,
) -> Figure | Prose:
    """Draw each district's fall of the poverty rate against the target of the year.

    Parameters
    ----------
    against, wholes
        :func:`kgstats.analysis.poverty.against_targets` by district (or commune), and of the
        province.
    counts
        :func:`kgstats.analysis.poverty.verdict_counts` of the first.
    """
    t = translator(lang)
    aims = [target for target in targets if target.scope == "all"]
    refused = no_targets(wholes, aims, year, lang)
    if refused is not None:
        return refused
    (target,) = aims
    own, whole = (frame[frame["scope"] == "all"] for frame in (against, wholes))
    own = own[own["fall_pp"].notna()].sort_values("fall_pp", ascending=False, kind="stable")
    drawn = own.head(_MOST_DOTS - 1).assign(
        what=lambda rows: wording.area_words(rows, year, lang), whole=False
    )
    drawn = pd.concat([drawn, whole.assign(what=wording.whole_name(year, lang, whole), whole=True)])
    drawn = drawn[drawn["fall_pp"].notna()].sort_values("fall_pp", ascending=False, kind="stable")
    words, said = target_words(target, lang), registry.codes("verdict")
    if drawn.empty:
        return Prose([t("No unit reported both years: nothing is judged.")], kind="caution")
    spec = TableSpec(
        slug="poverty-targets-chart-data",
        caption=N_("Fall of the poverty rate by area"),
        columns=_COLUMNS,
    )
    chart = Chart(
        slug="poverty-targets-chart",
        title=_title(own, counts, target, lang),
        says=t(
            "Dots by area: fall of the poverty rate in percentage points, target {target}.",
            target=words,
        ),
        axis=t("fall of the poverty rate, percentage points"),
        note=wording.source_note(year, lang),
        table=wording.area_table(
            spec, own, whole, year, lang, before=int(wholes["base_year"].iloc[0])
        ),
    )
    looks = {state: Look(t(said[state]), *look) for state, look in _SIGNS.items()}
    reach = Range(target.low, target.high)
    return dots_to_target(chart, drawn, "what", "fall_pp", reach, looks, strong="whole")


def _title(own: pd.DataFrame, counts: pd.DataFrame, target: Target, lang: str) -> str:
    """Say how many areas reached the target, of those that can be judged."""
    t = translator(lang)
    of_all = counts[counts["scope"] == "all"].sum(numeric_only=True)
    again = int(of_all["areas_sent_again"])
    values: dict[str, Any] = {
        "met": int(of_all["areas_reached"]),
        "could": int(of_all["areas_judged"]),
        "places": wording.areas_called(own, lang),
        "target": _points(target, lang)
        if target.high is None
        else t("{n} percentage points", n=target_words(target, lang)),
    }
    if not values["could"]:
        text = N_(
            "The target fall of {target} is judged for none of the {all} {places}: rates were "
            "below it, or not all units reported"
        )
        if again:
            text = N_(
                "The target fall of {target} is judged for none of the {all} {places}: {n} sent "
                "the numbers of the year before"
            )
        return t(text, n=again, all=len(own), **values)
    title = t("{met} of {could} {places} reached the target fall of {target}", **values)
    for name, why in _NOT_JUDGED.items():
        if n := int(of_all[name]):
            title += t(why, n=n)
    return title


_NOT_JUDGED = {
    "areas_out_of_reach": N_("; {n} are not judged, for their rate was below it before"),
    "areas_incomplete": N_("; {n} are not judged, for not all their units reported"),
    "areas_sent_again": N_("; {n} are not judged, for their numbers are those of the year before"),
}


# ------------------------------------------------------------------ the next year

_PACE = TableSpec(
    slug="poverty-pace",
    caption=N_("What {next_year} requires: a fall of {points} in every area, or to zero"),
    columns=(
        "district_code poor_rate_pct needed_rate_pct poor_end_hh needed_end_hh",
        "needed_escapes_hh poor_escaped_hh escape_pace_ratio",
    ),
)


def pace_table(
    pace: pd.DataFrame, whole: pd.DataFrame, target: Target | None, year: int, lang: str
) -> Table | Prose:
    """Show what the next year needs to reach its target, by district.

    Parameters
    ----------
    pace, whole
        :func:`kgstats.analysis.poverty.pace` by district (or commune), and of the province.
    """
    t = translator(lang)
    if target is None:
        return Prose([t("No target of the poverty rate is known for {year}.", year=year + 1)])
    notes = [
        t(
            "With as many households as now, and as many becoming poor or falling back as in "
            "{year}.",
            year=year,
        )
    ]
    points = _points(target, lang)
    return wording.area_table(
        _PACE, pace, whole, year, lang, notes, next_year=year + 1, points=points
    )


def _points(target: Target, lang: str) -> str:
    """Write the lower end of a target with its unit."""
    places = 0 if target.low == int(target.low) else 1
    return claims.counted(claims.UNITS["points"], target.low, lang, places)
