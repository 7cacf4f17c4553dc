"""Figures of a district's profile: its communes on the map, its poverty beside the province's."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kgstats.present import maps, numbers, style
from kgstats.present.charts import Chart, canvas, legend_above
from kgstats.present.figures import Figure
from kgstats.present.tables import Column, TableSpec, places
from kgstats.reference import poverty_standards
from kgstats.words import N_, translator

STATES = (
    ("recognised", N_("Recognised as meeting the standard"), "#0b6168", ""),
    ("pending", N_("All criteria met, decision pending"), "#79b8b4", "dots"),
    ("close", N_("One or two criteria short"), "#e0b13c", ""),
    ("not_yet", N_("More criteria short"), "#f3e3b8", ""),
    ("urban", N_("Urban ward or township, outside the programme"), "#aeb6be", ""),
)


def _state(row: Any) -> str | None:
    if row.type != "xã":
        return "urban"
    if numbers.is_absent(row.status) or row.status == "not_reported":
        return None
    if row.status in ("recognised", "pending"):
        return str(row.status)
    return "close" if isinstance(row.lacking, tuple) and 0 < len(row.lacking) <= 2 else "not_yet"


def standard_map(communes: pd.DataFrame, year: int, district: str, lang: str) -> Figure:
    """Draw a district's communes by how they stand to the standard, each named.

    Parameters
    ----------
    communes
        What :func:`kgstats.analysis.overview.commune_table` returns.
    """
    t = translator(lang)
    states = [_state(row) for row in communes.itertuples()]
    title = t(
        "{n} of {all} rural communes of {name} meet the standard",
        n=states.count("recognised"),
        all=len(states) - states.count("urban"),
        name=places(year)["district"][district],
    )
    spec = maps.MapSpec(
        value="standing",
        label=t("New-rural standard"),
        year=year,
        lang=lang,
        slug="district-map",
        title=title,
        categories=[
            maps.Category(key, t(label), colour, pattern)
            for key, label, colour, pattern in STATES
            if key in states
        ],
        district=district,
        png=False,
    )
    return maps.area_map(communes[["commune_code"]].assign(standing=states), spec)


BESIDE = TableSpec(
    slug="district-poverty-data",
    caption=N_("Poor and near-poor households of {name} beside the province"),
    columns=(
        "year",
        Column("poor_end_hh", N_("Poor households"), "number"),
        Column("poor_rate_pct", N_("Poor, %"), "percent"),
        Column("province_poor_pct", N_("Province: poor, %"), "percent"),
        Column("near_poor_end_hh", N_("Near-poor households"), "number"),
        Column("near_poor_rate_pct", N_("Near-poor, %"), "percent"),
        Column("province_near_poor_pct", N_("Province: near-poor, %"), "percent"),
    ),
    name=lambda row, lang: str(row["year"]),
)
RATES = (
    ("poor_rate_pct", "province_poor_pct", N_("Poor households, %")),
    ("near_poor_rate_pct", "province_near_poor_pct", N_("Near-poor households, %")),
)
"""A district's rate, the province's beside it, and what the panel is called."""


def poverty_chart(
    own: pd.DataFrame, province: pd.DataFrame, year: int, district: str, lang: str
) -> Figure:
    """Draw a district's poor and near-poor rates over the years beside the province's.

    Parameters
    ----------
    own, province
        What :func:`kgstats.analysis.overview.years` returns of the district and of the province;
        years under another poverty standard have no rate there and are not drawn.
    """
    t = translator(lang)
    name = places(year)["district"][district]
    beside = province[["year", "poor_rate_pct", "near_poor_rate_pct"]].rename(
        columns={rate: column for rate, column, _ in RATES}
    )
    rows = own.merge(beside, on="year").assign(district_code=district)
    rows = rows.dropna(subset=[column for rate, column, _ in RATES for column in (rate, column)],
                       how="all").reset_index(drop=True)  # fmt: skip
    poor = [numbers.percent(rate, lang) for rate in rows["poor_rate_pct"]]
    years = [int(one) for one in rows["year"]]
    values = {"name": name, "last": poor[-1], "year": years[-1]}
    if len(rows) > 1:
        title = t(
            "{name}: {last} of households were poor in {year}, {first} in {before}",
            first=poor[0],
            before=years[0],
            **values,
        )
    else:
        title = t("{name}: {last} of households were poor in {year}", **values)
    chart = Chart(
        slug="district-poverty",
        title=title,
        says=t("Lines of the poor and near-poor rates by year."),
        lang=lang,
        table=BESIDE(rows, lang, name=name),
        note=t(
            "Years under the poverty standard of {decision}.",
            decision=poverty_standards.standard(year).decision,
        ),
        values=[
            f"{one}: {rate}, {t('Province')} {numbers.percent(other, lang)}"
            for one, rate, other in zip(years, poor, rows["province_poor_pct"], strict=True)
        ],
    )
    return _two_lines(chart, rows, name)


def _two_lines(chart: Chart, rows: pd.DataFrame, name: str) -> Figure:
    """Draw the district's line and the province's, a panel for each rate."""
    t = translator(chart.lang)
    shown = [column for rate, beside, _ in RATES for column in (rate, beside)]
    top = 1.15 * max(float(rows[column].max()) for column in shown if rows[column].notna().any())
    with canvas(3.1, 2, width=7.8, sharey=True) as (drawn, panels):
        for axes, (rate, beside, label) in zip(panels, RATES, strict=True):
            looks = (
                (rate, style.ACCENT, "o", "-", name),
                (beside, style.CONTRAST, "s", (0, (4, 2)), t("Province")),
            )
            for column, colour, mark, dashes, legend in looks:
                there = rows[rows[column].notna()]
                axes.plot(
                    there["year"].astype(int), there[column].astype(float), color=colour,
                    marker=mark, ms=5, lw=1.8, ls=dashes, label=legend,
                )  # fmt: skip
            axes.set_title(t(label), fontsize=9.5, fontweight="bold")
            axes.set_xticks([int(one) for one in rows["year"]])
            axes.spines["left"].set_visible(True)
            axes.grid(axis="y")
            axes.set_ylim(0, top)
            axes.margins(x=0.15)
        legend_above(panels[0], 2)
        return chart.figure(drawn, [])
