"""Communes that policy singles out: especially difficult, border, island, Programmes 30a, 135."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import claims, numbers
from kgstats.present.charts import Chart, dots_around
from kgstats.present.figures import Figure
from kgstats.present.poverty import wording
from kgstats.present.prose import Prose
from kgstats.present.tables import Table, TableSpec
from kgstats.reference import groupings
from kgstats.words import N_, translator

_COLUMNS = (
    "grouping units_listed units_reported households_hh poor_end_hh poor_rate_pct",
    "near_poor_end_hh near_poor_rate_pct",
)
_TABLE = TableSpec(
    slug="poverty-groupings",
    caption=N_("Poor and near-poor households in priority communes, {year}"),
    columns=_COLUMNS,
    notes=N_(
        "Only units named in an available document are counted. A unit can belong to several "
        "groupings, so they do not add up."
    ),
)


def groupings_table(
    grouped: pd.DataFrame,
    whole: pd.DataFrame,
    moved: pd.DataFrame,
    year: int,
    lang: str,
    guarded: bool = False,
) -> Table | Prose:
    """Show poor and near-poor households of the communes of each grouping, and the province.

    Parameters
    ----------
    grouped, whole, moved
        :func:`kgstats.analysis.poverty.by_grouping`; levels and changes of the province.
    guarded
        Whether disclosure control is on: then sums of communes could give withheld counts away.
    """
    t = translator(lang)
    if guarded or grouped.empty:
        return wording.guarded_note(lang) if guarded else _none(year, lang)
    spec, words = replace(_TABLE, total=wording.whole_name(year, lang, whole)), {"year": year}
    units = ["reported_units", "expected_units"]
    total = whole.rename(columns=dict(zip(units, ["units_reported", "units_listed"], strict=True)))
    if grouped["change_pp"].notna().any():
        change = ["before_rate_pct", "change_pp"]
        spec = replace(
            spec, columns=(*spec.columns, *change), notes=(*spec.all_notes, wording.ROUNDED)
        )
        of_all = moved.loc[moved["measure"] == "poor", change].reset_index(drop=True)
        total = total.reset_index(drop=True).join(of_all)
        words["before"] = int(grouped["base_year"].iloc[0])
    names, known = registry.codes("grouping"), groupings.groupings(year)
    notes = [wording.coverage_note(whole, lang)]
    none = set(grouped.loc[grouped["units_listed"] == 0, "grouping"])
    for row in known[~known["complete"]].to_dict("records"):
        text = N_("{name}: list incomplete: {why}.")
        if row["grouping"] in none:
            text = N_("{name}: no list: {why}.")
        name = t(names[row["grouping"]])
        notes.append(t(text, name=name, why=row[f"note_{lang}"]))
    # Nobody counted the units without a list: they are not known, not none.
    counts = ["units_listed", "units_reported"]
    listed = grouped["units_listed"] > 0
    shown = grouped.assign(**{name: grouped[name].where(listed) for name in counts})
    rows, last = wording.cells(shown), wording.cells(total)
    return spec.table(
        rows, lang, total=last, notes=wording.notes_of([rows, last], year, lang, *notes), **words
    )


def _none(year: int, lang: str) -> Prose:
    text = translator(lang)(
        "No grouping of communes has a rate for {year}: no list is available, or no unit on it "
        "reported.",
        year=year,
    )
    return Prose([text], kind="caution")


def groupings_chart(
    grouped: pd.DataFrame, whole: pd.DataFrame, year: int, lang: str, guarded: bool = False
) -> Figure | Prose:
    """Draw the poverty rate of each grouping against the province's.

    Parameters
    ----------
    grouped, whole, guarded
        As for :func:`groupings_table`.
    """
    t = translator(lang)
    rate = whole["poor_rate_pct"].iloc[0]
    rows = grouped.dropna(subset=["poor_rate_pct"])
    if guarded or rows.empty or numbers.is_absent(rate):
        return wording.guarded_note(lang) if guarded else _none(year, lang)
    drawn = rows.assign(what=[_named(row, lang) for row in rows.to_dict("records")])
    province = numbers.percent(rate, lang)
    chart = Chart(
        slug="poverty-groupings-chart",
        title=wording.of_those(
            "; ".join(_against(row, rate, lang) for row in rows.to_dict("records")), whole, lang
        ),
        says=t("Dots by grouping: poverty rate; a line at the overall rate."),
        axis=t("poverty rate, %"),
        note=t("Covers the units that a document names; the lists are incomplete.")
        + " "
        + wording.source_note(year, lang),
        table=TableSpec("poverty-groupings-chart-data", _TABLE.caption, _COLUMNS).table(
            wording.cells(rows), lang, year=year
        ),
    )
    return dots_around(
        chart,
        drawn,
        "what",
        "poor_rate_pct",
        float(rate),
        text=lambda value: numbers.percent(value, lang),
        middle_text=f"{wording.whole_name(year, lang, whole)} {province}",
    )


def _named(row: dict[Any, Any], lang: str) -> str:
    """Name a grouping, and how many units of it a document names and reported."""
    t = translator(lang)
    name = t(registry.codes("grouping")[str(row["grouping"])])
    n, there = int(row["units_listed"]), int(row["units_reported"])
    if there < n:
        return t("{name} ({there} of {n} named)", name=name, n=n, there=there)
    return t("{name} ({n} named)", name=name, n=n)


def _against(row: dict[Any, Any], rate: float, lang: str) -> str:
    """Say how the rate of a grouping stands to the province's, in points."""
    t = translator(lang)
    own = row["poor_rate_pct"]
    apart = numbers.rounded(own, 2) - numbers.rounded(rate, 2)
    values = {
        "name": _named(row, lang),
        "points": claims.counted(claims.UNITS["points"], abs(apart), lang, 2),
    }
    if apart == 0:
        return t("{name}: the same as the overall poverty rate", **values)
    if apart > 0:
        return t("{name}: {points} above the overall poverty rate", **values)
    return t("{name}: {points} below the overall poverty rate", **values)
