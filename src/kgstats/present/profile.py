"""Figures of a district's profile: its communes on the map, its poverty beside the province's."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kgstats.analysis import poverty
from kgstats.analysis.households import together
from kgstats.present import maps, numbers, tables
from kgstats.present.figures import Figure, from_canvas
from kgstats.present.tables import Column, table
from kgstats.reference import areas, poverty_standards
from kgstats.words import N_, translator

STATES = (
    ("recognised", N_("Recognised as meeting the standard"), "#0b6168", ""),
    ("pending", N_("All criteria met, decision pending"), "#79b8b4", "dots"),
    ("close", N_("One or two criteria short"), "#e0b13c", ""),
    ("not_yet", N_("More criteria short"), "#f3e3b8", ""),
    ("urban", N_("Urban ward or township, outside the programme"), "#aeb6be", ""),
)


def _state(row: object) -> str | None:
    kind, status = getattr(row, "type", ""), getattr(row, "status", None)
    lacking = getattr(row, "lacking", None)
    if kind != "xã":
        return "urban"
    if numbers.is_absent(status) or status == "not_reported":
        return None
    if status in ("recognised", "pending"):
        return str(status)
    return "close" if isinstance(lacking, tuple) and 0 < len(lacking) <= 2 else "not_yet"


def standard_map(communes: pd.DataFrame, year: int, district: str, lang: str) -> Figure:
    """Draw a district's communes by how they stand to the standard, each named.

    Parameters
    ----------
    communes
        What :func:`kgstats.analysis.overview.commune_table` returns.
    """
    t = translator(lang)
    states = [_state(row) for row in communes.itertuples()]
    frame = pd.DataFrame({"commune_code": communes["commune_code"], "state": states})
    held = set(states)
    counted = states.count("recognised")
    rural = len(states) - states.count("urban")
    names = areas.districts(year).set_index("district_code")["district_name"]
    return maps.category_map(
        frame,
        "state",
        categories=[
            maps.Category(key, t(label), colour, pattern)
            for key, label, colour, pattern in STATES
            if key in held
        ],
        label=t("New-rural standard"),
        year=year,
        lang=lang,
        slug="district-map",
        title=t(
            "{n} of {all} rural communes of {name} meet the standard",
            n=counted,
            all=rural,
            name=names[district],
        ),
        district=district,
        png=False,
    )


def poverty_chart(
    households: Mapping[int, pd.DataFrame], year: int, district: str, lang: str
) -> Figure:
    """Draw a district's poor and near-poor rates over the years beside the province's."""
    from matplotlib import pyplot

    from kgstats.present import style

    t = translator(lang)
    standard = poverty_standards.standard(year)
    # Years under another standard are another series: they are not drawn beside this one.
    frame = together(
        *(
            table
            for own_year, table in households.items()
            if len(table) and poverty_standards.standard(own_year).code == standard.code
        )
    )
    levels = {
        name: poverty.levels(frame, level).sort_values("year")
        for name, level in (("district", "district"), ("province", "province"))
    }
    own = levels["district"][levels["district"]["district_code"] == district]
    whole = levels["province"]
    name = tables.places(year)["district"][district]
    rates = ["poor_rate_pct", "near_poor_rate_pct"]
    rows = own[["year", *rates, "poor_end_hh", "near_poor_end_hh"]].merge(
        whole[["year", *rates]], on="year", suffixes=("", "_province")
    )
    years = [int(y) for y in rows["year"]]
    shown = [*rates, *(f"{rate}_province" for rate in rates)]
    top = 1.15 * max(float(v) for name in shown for v in rows[name].dropna())
    with style.house():
        canvas, grid = pyplot.subplots(1, 2, figsize=(7.8, 3.1), sharey=True)
        for axes, column, label in (
            (grid[0], "poor_rate_pct", t("Poor households, %")),
            (grid[1], "near_poor_rate_pct", t("Near-poor households, %")),
        ):
            for key, colour, legend in (
                (column, style.ACCENT, name),
                (f"{column}_province", style.CONTRAST, t("Province")),
            ):
                values = [float(v) if not numbers.is_absent(v) else None for v in rows[key]]
                there = [(y, v) for y, v in zip(years, values, strict=True) if v is not None]
                dashes = "-" if key == column else (0, (4, 2))
                axes.plot(
                    [y for y, _ in there],
                    [v for _, v in there],
                    color=colour,
                    marker="o" if key == column else "s",
                    ms=5,
                    lw=1.8,
                    ls=dashes,
                    label=legend,
                )
            axes.set_title(label, fontsize=9.5, fontweight="bold")
            axes.set_xticks(years)
            axes.grid(axis="y")
            axes.set_ylim(0, top)
            axes.margins(x=0.15)
        canvas.tight_layout(w_pad=2, rect=(0, 0, 1, 0.9))
        # Above the panels: the lines run anywhere below.
        handles, labels = grid[0].get_legend_handles_labels()
        canvas.legend(handles, labels, loc="upper left", bbox_to_anchor=(0.03, 1.0), ncols=2)
    first, last = rows.iloc[0], rows.iloc[-1]
    title = (
        t(
            "{name}: {last} of households were poor in {year}, {first} in {before}",
            name=name,
            last=numbers.percent(last["poor_rate_pct"], lang),
            year=years[-1],
            first=numbers.percent(first["poor_rate_pct"], lang),
            before=years[0],
        )
        if len(rows) > 1
        else t(
            "{name}: {last} of households were poor in {year}",
            name=name,
            last=numbers.percent(last["poor_rate_pct"], lang),
            year=years[-1],
        )
    )
    listed = "; ".join(
        f"{y}: {numbers.percent(a, lang)}, {t('Province')} {numbers.percent(b, lang)}"
        for y, a, b in zip(
            years, rows["poor_rate_pct"], rows["poor_rate_pct_province"], strict=True
        )
    )
    return from_canvas(
        canvas,
        slug="district-poverty",
        title=title,
        alternative=t("Lines of the poor and near-poor rates by year.") + " " + listed,
        lang=lang,
        table=table(
            rows.assign(year=[str(y) for y in years]),
            slug="district-poverty-data",
            caption=t("Poor and near-poor households of {name} beside the province", name=name),
            columns=[
                Column("year", t("Year")),
                Column("poor_end_hh", t("Poor households"), "number"),
                Column("poor_rate_pct", t("Poor, %"), "percent"),
                Column("poor_rate_pct_province", t("Province: poor, %"), "percent"),
                Column("near_poor_end_hh", t("Near-poor households"), "number"),
                Column("near_poor_rate_pct", t("Near-poor, %"), "percent"),
                Column("near_poor_rate_pct_province", t("Province: near-poor, %"), "percent"),
            ],
            lang=lang,
        ),
        note=t("Years under the poverty standard of {decision}.", decision=standard.decision),
    )
