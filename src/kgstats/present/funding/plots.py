"""Plots of programme money: two years' rates, rates against size, money against need."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import claims, numbers, style
from kgstats.present.charts import Chart, dots_around
from kgstats.present.charts_of_points import Axis, Ground, points
from kgstats.present.charts_over_years import Look, slopes
from kgstats.present.figures import Figure
from kgstats.present.funding import wording
from kgstats.present.funding.charts import PROVINCE
from kgstats.present.funding.notes import NEEDS
from kgstats.present.picture import Scale
from kgstats.present.prose import Prose, capital
from kgstats.present.tables import Column, TableSpec, places
from kgstats.words import N_, translator

# ------------------------------------------------------------------ last year

LAST_YEAR = TableSpec(
    slug="funding-last-year-data",
    caption=N_("Disbursement beside that of {before}, VND billion"),
    columns=(
        Column("programme", N_("Money")),
        "{before}: gap_before_vnd disbursed_rate_before_pct",
        "{year}: gap_vnd disbursed_rate_pct",
        "disbursed_rate_change_pp unmatched_vnd",
    ),
    name=wording.what,
)


def last_year_chart(
    compared: pd.DataFrame, total: pd.DataFrame, year: int, lang: str, base: str = ""
) -> Figure | Prose:
    """Draw the rates of both years on lines measured in both, joined by slopes."""
    t = translator(lang)
    if total.empty:
        return Prose([t("Nothing of {a} can be compared with {b}.", a=year - 1, b=year)])
    rates = ["disbursed_rate_before_pct", "disbursed_rate_pct"]
    shown = compared.dropna(subset=rates)
    if shown.empty:
        return Prose([t("No line is measured in both {a} and {b}.", a=year - 1, b=year)])
    note = t("Only lines reported in both years, with the same district, component and source.")
    if not total["same_day"].iloc[0]:
        note += " " + t("The two years' cut-offs do not fall on the same day of the year.")
    chart = Chart(
        slug="funding-last-year",
        title=_last_year_title(total.iloc[0], year, lang),
        says=t("Lines from last year's disbursement rate to this year's."),
        table=LAST_YEAR.table(shown, lang, total=total, year=year, before=year - 1),
        note=note,
    )
    changes = shown["disbursed_rate_change_pp"].astype(float)
    lines = shown.assign(
        named=[wording.what(row, lang) for row in wording.records(shown, year)],
        whole=False,
        most=changes.abs() == changes.abs().max(),
    )
    places = dict(zip(rates, (str(year - 1), str(year)), strict=True))
    drawn = slopes(
        chart, lines, "named", places, strong="whole", marked="most",
        text=lambda rate: wording.rate(rate, lang),
    )  # fmt: skip
    return wording.on_base(drawn, base)


def _last_year_title(total: pd.Series, year: int, lang: str) -> str:
    t = translator(lang)
    change = float(total["disbursed_rate_change_pp"])
    now = wording.rate(total["disbursed_rate_pct"], lang)
    if round(change, 1) == 0:
        return t("{now} of the comparable money is disbursed, as in {year}", now=now, year=year - 1)
    less = N_("{now} of the comparable money is disbursed, {points} less than in {year} ({before})")
    more = N_("{now} of the comparable money is disbursed, {points} more than in {year} ({before})")
    return t(
        less if change < 0 else more,
        now=now,
        before=wording.rate(total["disbursed_rate_before_pct"], lang),
        points=numbers.points(abs(change), lang, 1).lstrip("+"),
        year=year - 1,
    )


# ------------------------------------------------------------------ rates against size

LOOKS = {
    "below": (style.CONTRAST, "v"), "above": (style.ACCENT, "^"), "inside": ("#8b95a0", "o"),
}  # fmt: skip
FUNNEL = TableSpec(
    slug="funding-funnel-data",
    caption=N_("Lines and their difference from the overall rate, {year}"),
    columns=(
        Column("district_code", N_("District or city")),
        Column("what", N_("Money")),
        Column("allocated_vnd", N_("Allocated, VND million"), "million", 1),
        Column("disbursed_vnd", N_("Disbursed, VND million"), "million", 1),
        "disbursed_rate_pct departure_vnd",
    ),
    name=wording.district_name,
    group=Column("looks", ""),
)
_TOP = 112
"""Rates above this, in percent, are drawn at it."""


def funnel_chart(
    found: pd.DataFrame, year: int, lang: str, base: str = "", left_out: str = ""
) -> Figure | Prose:
    """Draw rates against the size of the line, with the limits within which they do not matter."""
    t = translator(lang)
    if found.empty or found["step_vnd"].iloc[0] == 0:
        return Prose([t("No line has a gap and a rate to compare.")])
    order = {where: at for at, where in enumerate(LOOKS)}
    table = found.assign(
        what=[wording.what(row, lang) for row in wording.records(found, year)],
        looks=[capital(t(registry.codes("departure")[where])) for where in found["where"]],
        order=found["where"].map(order),
        size=-found["departure_vnd"].abs(),
    ).sort_values(["order", "size"], kind="stable")
    where = found["where"].value_counts()
    slow, rate = int(where.get("below", 0)), wording.rate(found["common_rate_pct"].iloc[0], lang)
    title = t("No line is materially slower than the overall {rate}", rate=rate)
    if slow:
        title = t(
            "Materially slower than the overall {rate}: {base}",
            base=claims.base({"lines": (slow, len(found))}, lang),
            rate=rate,
        )
    spec, named = FUNNEL, wording.districts_named(table, year, lang)
    if not places(year)["district"]:
        spec = replace(FUNNEL, columns=FUNNEL.columns[1:], name=lambda row, _: str(row["what"]))
        named = table.assign(name=table["what"])
    chart = Chart(
        slug="funding-funnel",
        title=title,
        says=t(
            "Points by size and rate of each line, within limits that narrow as lines grow; "
            "small lines within them, whatever their rate: {small}.",
            small=int(where.get("inside", 0)),
        ),
        values=(),
        table=spec.table(table, lang, year=year),
        axis=t("allocated on the line, VND billion (logarithmic scale)"),
        note=t(
            "Within the grey limits, a line's departure from the overall rate amounts to at most "
            "{step}, one per cent of the whole gap. The limits are set by amount; this is not a "
            "statistical test.",
            step=wording.amount(found["step_vnd"].iloc[0], lang),
        )
        + (f" {left_out}" if left_out else ""),
    )
    return wording.on_base(_funnel(chart, named), base)


def _funnel(chart: Chart, found: pd.DataFrame) -> Figure:
    t, lang = translator(chart.lang), chart.lang
    common, step = float(found["common_rate_pct"].iloc[0]), int(found["step_vnd"].iloc[0])
    sizes = found["departure_vnd"].astype(float).abs()
    drawn = found.assign(
        x=[int(vnd) / 10**9 for vnd in found["allocated_vnd"]],
        y=[min(float(rate), _TOP) for rate in found["disbursed_rate_pct"]],
        look=found["where"],
        says=[_point_says(row, lang) for row in found.to_dict("records")],
        # The largest departures that matter are named first.
        order=sizes.where(found["where"] != "inside", -1 / (1 + sizes)),
    )
    drawn = drawn.sort_values("order", ascending=False, kind="stable")
    drawn["named"] = False
    for side in ("below", "above"):
        drawn.loc[drawn.index[drawn["where"] == side][:4], "named"] = True
    low, high = drawn["x"].min() / 1.5, drawn["x"].max() * 2
    top = max(104.0, drawn["y"].max() + 4 if drawn["y"].max() < 108 else _TOP)
    grid = [low * (high / low) ** (i / 60) for i in range(61)]
    band = [100 * step / 10**9 / size for size in grid]

    def behind(ground: Ground) -> None:
        upper = [
            ground.at(x, min(common + width, top)) for x, width in zip(grid, band, strict=True)
        ]
        lower = [ground.at(x, max(common - width, -4)) for x, width in zip(grid, band, strict=True)]
        ground.plot.shape([*upper, *reversed(lower)], fill=style.OUTSIDE_FILL, opacity=0.35)
        level = ground.at(low, common)[1]
        ground.plot.line((0, level), (1, level), style.MUTED, 1, "4 3")

    axes = (
        Axis("x", chart.axis, Scale(low, high, log=True)),
        Axis("y", t("disbursed, %"), Scale(-4, top), lambda n: numbers.percent(n, lang, 0)),
    )
    looks = {
        where: Look(t(label), *LOOKS[where], 0.8 if where == "inside" else 1.0)
        for where, label in registry.codes("departure").items()
    }
    return points(chart, drawn, "name", axes, looks, behind=behind, named="named")


def _point_says(row: dict[str, Any], lang: str) -> str:
    rate = wording.rate(row["disbursed_rate_pct"], lang)
    allocated, departure = (
        wording.amount(row[name], lang) for name in ("allocated_vnd", "departure_vnd")
    )
    names = dict.fromkeys((row["name"], row["what"]))  # Without districts a line is its money.
    return translator(lang)(
        "{line}: {rate} of {allocated}; difference {departure}",
        line=", ".join(names), rate=rate, allocated=allocated, departure=departure,
    )  # fmt: skip


# ------------------------------------------------------------------ need

PER_NEED = {
    "billion": N_("VND billion allocated per {one}"),
    "million": N_("VND million allocated per {one}"),
}


def need_chart(
    per_need: pd.DataFrame, total: pd.DataFrame, year: int, lang: str, base: str = ""
) -> Figure | Prose:
    """Draw the money allocated per unit of need by district.

    Parameters
    ----------
    per_need, total
        Money beside poor households or beside unmet criteria, by district and of the province.
    """
    t = translator(lang)
    if none := wording.without_districts(year, lang):
        return none
    need = next(name for name in NEEDS if name in per_need)
    one, many = (t(text) for text in NEEDS[need])
    if per_need["allocated_vnd"].isna().all():
        return Prose([t("No district reports money for this need.")])
    if not per_need["allocated_vnd"].sum():
        return Prose([t("The money chosen here is not for this need.")])
    found = wording.districts_named(per_need, year, lang)
    shown = found[found["per_need_vnd"].notna()]
    if shown.empty or numbers.is_absent(total["per_need_vnd"].iloc[0]):
        return Prose([t("There is no count of {many} to compare the money with.", many=many)])
    shown = shown.sort_values("per_need_vnd", ascending=False, kind="stable")
    unit = wording.Unit.of([*shown["per_need_vnd"], *total["per_need_vnd"]], lang)
    axis = t(PER_NEED[unit.kind], one=one)
    spec = TableSpec(
        slug=f"funding-need-{SLUGS[need]}-data",
        caption=N_("Money allocated compared with {many}, {year}"),
        columns=(
            Column("district_code", N_("District or city")),
            Column("allocated_vnd", N_("Allocated, VND billion"), "billion", 3),
            Column(need, capital(many), "number"),
            Column("per_need_vnd", capital(axis), unit.kind, 2),
            "allocated_share_pct need_share_pct",
        ),
        name=wording.district_name,
        total=PROVINCE,
    )
    chart = Chart(
        slug=f"funding-need-{SLUGS[need]}",
        title=_need_title(shown.set_index("name")["per_need_vnd"], one, lang),
        says=t("Points by district, money allocated per {one}, highest first.", one=one),
        table=spec.table(
            pd.concat([shown, found[found["per_need_vnd"].isna()]]),
            lang,
            total=wording.whole(total, base, lang),
            year=year,
            many=many,
        ),
        axis=axis,
        note=_without(found[found["per_need_vnd"].isna()], need, lang),
        values=[
            f"{row['name']} {wording.amount(row['per_need_vnd'], lang)}"
            for row in shown.to_dict("records")
        ],
    )
    mean = total["per_need_vnd"].iloc[0]
    middle = N_("districts that reported {value}") if base else N_("province {value}")
    return wording.on_base(
        dots_around(
            chart,
            shown.assign(place=[unit.value(vnd) for vnd in shown["per_need_vnd"]]),
            "name",
            "place",
            unit.value(mean),
            text=lambda value: numbers.number(round(value, 1), lang, 1),
            middle_text=t(middle, value=unit.text(mean)),
        ),
        base,
    )


def _need_title(per_need: pd.Series, one: str, lang: str) -> str:
    """Say the least and the most money per need, and who has it."""
    t = translator(lang)
    high, low = wording.first(per_need), wording.first(per_need, lowest=True)
    values = {"low": wording.amount(low.value, lang), "high": wording.amount(high.value, lang)}
    if high.everyone or not high.compared > 1:
        return t("Money per {one}: {high}", one=one, **values)
    return t(
        "Money per {one}: from {low} in {last} to {high} in {first}",
        one=one,
        last=claims.named([str(name) for name in low.holders], lang),
        first=claims.named([str(name) for name in high.holders], lang),
        **values,
    )


SLUGS = {"poor_start_hh": "poor", "criteria_unmet": "criteria"}


def _without(others: pd.DataFrame, need: str, lang: str) -> str:
    """Name the districts without any need, and those whose need is not known."""
    t = translator(lang)
    one, many = (t(text) for text in NEEDS[need])
    silent = others["allocated_vnd"].isna()
    none = list(others.loc[others[need].notna() & ~silent, "name"])
    unknown = list(others.loc[others[need].isna() & ~silent, "name"])
    notes = []
    if silent.any():
        names = numbers.joined(list(others.loc[silent, "name"]), lang)
        notes.append(t("No money reported by {names}.", names=names))
    if none:
        notes.append(t("Without any {one}: {names}.", one=one, names=numbers.joined(none, lang)))
    if unknown:
        names = numbers.joined(unknown, lang)
        notes.append(t("Not reported, or only in part: {many} of {names}.", many=many, names=names))
    return " ".join(notes)
