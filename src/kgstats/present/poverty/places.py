"""Where poverty is concentrated, and the same households on the areas of a later year."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from kgstats.present import claims, numbers
from kgstats.present.charts import Chart, concentration_curve
from kgstats.present.figures import Figure
from kgstats.present.names import unit_names
from kgstats.present.poverty import wording
from kgstats.present.prose import Prose
from kgstats.present.provenance import behind
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.reference import areas
from kgstats.words import N_, translator

_CONCENTRATION = TableSpec(
    slug="poverty-concentration",
    caption=N_("Shares of the poor households and of all households, {year}"),
    columns=(
        "district_code poor_rate_pct poor_end_hh poor_share_pct household_share_pct",
        "concentration_ratio cumulative_poor_pct cumulative_household_pct",
    ),
    notes=N_("Poorest first. Above 1: poorer than all together."),
)


def concentration_table(
    concentrated: pd.DataFrame, whole: pd.DataFrame, year: int, lang: str
) -> Table | Prose:
    """Show where the poor live: share of the poor against share of households, poorest first.

    Parameters
    ----------
    concentrated, whole
        :func:`kgstats.analysis.poverty.concentration`, and the levels of the province.
    """
    if concentrated.empty:
        return wording.no_report(year, lang)
    return wording.area_table(
        _CONCENTRATION, concentrated, None, year, lang, [wording.coverage_note(whole, lang)]
    )


_CURVE = TableSpec(
    slug="poverty-curve-data",
    caption=N_("Concentration of poor households, poorest first, {year}"),
    columns=("", "poor_rate_pct cumulative_household_pct cumulative_poor_pct"),
)
_TITLES = {
    True: N_(
        "The poorest commune-level units with {households} of the households hold {poor} of the "
        "{what} in {year}"
    ),
    False: N_(
        "The poorest districts with {households} of the households hold {poor} of the {what} in "
        "{year}"
    ),
}
_AT = 20.0


def concentration_chart(
    curve: pd.DataFrame, index: Any, whole: pd.DataFrame, lang: str
) -> Figure | Prose:
    """Draw the concentration curve: areas poorest first, share of households and of the poor.

    Parameters
    ----------
    curve, index
        :func:`kgstats.analysis.poverty.concentration` by commune (or district), and its index;
        None where it is not given.
    whole
        Levels of the province.
    """
    t = translator(lang)
    year = int(whole["year"].iloc[0])
    if curve.empty:
        return wording.no_report(year, lang)
    if curve["cumulative_poor_pct"].isna().any():
        return Prose([t("Nobody is poor in the tables of {year}.", year=year)])
    points = [(0.0, 0.0)]
    points += curve[["cumulative_household_pct", "cumulative_poor_pct"]].itertuples(index=False)
    across, up = ([float(value) for value in side] for side in zip(*points, strict=True))
    communes, note = "commune_code" in curve.columns, ""
    if index is not None:
        note = t(
            "Concentration index between commune-level units: {n} (0: evenly spread; 1: all in "
            "one place).",
            n=numbers.number(index, lang, 3),
        )
    shares = {"households": numbers.percent(_AT, lang, 0), "year": year}
    shares["poor"] = numbers.percent(_along(across, up, _AT), lang, 0)
    title = t(_TITLES[communes], what=t("Poor households").lower(), **shares)
    if claims.first(curve["poor_rate_pct"], 2).everyone:
        title = t("Poor households are spread as all households are in {year}", year=year)
    told = [
        f"{numbers.percent(x, lang, 0)}: {numbers.percent(_along(across, up, x), lang, 0)}"
        for x in (10.0, 20.0, 40.0, 60.0, 80.0)
    ]
    chart = Chart(
        slug="poverty-curve",
        title=wording.of_those(title, whole, lang, "poor_rate_units"),
        says=t("Concentration curve above the diagonal. Share of households, and of the poor:"),
        note=note,
        table=wording.area_table(
            _CURVE, curve, None, year, lang, [wording.coverage_note(whole, lang)]
        ),
        axis=t("share of all households, %, cumulative, poorest areas first"),
        values=told,
    )
    return concentration_curve(
        chart,
        across,
        up,
        _AT,
        upwards=t("share of the poor households, %, cumulative"),
        text=t("{households} of households,\n{poor} of the poor", **shares),
        even=t("evenly spread"),
    )


def _along(across: list[float], up: list[float], at: float) -> float:
    """Return the height of a line of points at a place across."""
    import numpy as np

    return float(np.interp(at, across, up))


_BESIDE = ("poor_end_hh", "poor_rate_pct")


def later_areas_table(
    levels: pd.DataFrame,
    parts: pd.DataFrame,
    whole: pd.DataFrame,
    to_year: int,
    lang: str,
    guarded: bool = False,
) -> Table | Prose:
    """Show the years on the areas of a later year, by summing whole units.

    Parameters
    ----------
    levels, parts, whole
        Levels by commune of counts carried to the later year's areas, of the units that report in
        all the years; of how many units each is; and levels of the province.
    guarded
        Whether disclosure control is on: then the sums could give withheld counts away.
    """
    t = translator(lang)
    if levels["poor_end_hh"].isna().all():
        return wording.no_base(int(whole["year"].max()), lang)
    if guarded:
        return wording.guarded_note(lang)
    years = [int(year) for year in whole["year"]]
    # The codes are those of another year: under this name no one joins them to the year's own.
    shown, total = (
        wording.years_beside(
            wording.cells(frame).rename(columns={"commune_code": "later_code"}),
            _BESIDE,
            ["later_code"],
        )
        for frame in (levels, whole)
    )
    shown["units"] = shown["later_code"].map(parts.set_index("commune_code")["parts"])
    # The sum is of the units of the later year that reported whole, so is their number.
    total["units"] = int(parts.loc[parts["counted"], "parts"].sum())
    units = unit_names(to_year, lang)
    columns = [
        Column("later_code", N_("Unit of {to_year}")),
        Column("units", N_("Units of {year} in it"), "number"),
        *wording.year_columns(years, _BESIDE),
    ]
    note = t(
        "Counts of whole units are added, rates computed again from the sums; no unit was "
        "divided. Units of {to_year} belong to the province of {province}.",
        to_year=to_year,
        province=areas.province(to_year),
    )
    spec = TableSpec(
        slug=f"poverty-areas-{to_year}",
        caption=N_("Poor households of {years} on the commune-level units of {to_year}"),
        columns=tuple(columns),
        name=lambda row, lang: units[row["later_code"]],
        total=N_("Total"),
    )
    base = whole[whole["year"] == years[-1]]
    if wording.coverage_note(base, lang):
        spec = replace(spec, total=N_("Units that reported"))
    made = spec.table(
        shown,
        lang,
        total=total,
        notes=wording.notes_of(
            [shown, total], years[-1], lang, note, wording.coverage_note(base, lang)
        ),
        year=years[-1],
        to_year=to_year,
        years=numbers.joined([str(year) for year in years], lang),
    )
    return replace(made, sources=behind(whole, list(_BESIDE), None))
