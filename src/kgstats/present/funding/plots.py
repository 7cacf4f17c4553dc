"""Plots of programme money: two years' rates, rates against size, money against need."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kgstats.present import claims, numbers, style
from kgstats.present.charts import Chart, canvas, dots_around, spread, wrapped
from kgstats.present.figures import Figure
from kgstats.present.funding import wording
from kgstats.present.funding.charts import PROVINCE
from kgstats.present.funding.notes import NEEDS
from kgstats.present.prose import Prose, capital
from kgstats.present.tables import Column, TableSpec
from kgstats.words import N_, translator

# ------------------------------------------------------------------ last year

LAST_YEAR = TableSpec(
    slug="funding-last-year-data",
    caption=N_("Disbursement beside that of {before}, VND billion"),
    columns=(
        Column("programme", N_("Money")),
        "{before}: gap_before_vnd",
        "{before}: disbursed_rate_before_pct",
        "{year}: gap_vnd",
        "{year}: disbursed_rate_pct",
        "disbursed_rate_change_pp",
        "unmatched_vnd",
    ),
    name=wording.what,
)


def last_year_chart(
    compared: pd.DataFrame, total: pd.DataFrame, year: int, lang: str
) -> Figure | Prose:
    """Draw the rates of both years on lines measured in both, joined by slopes."""
    t = translator(lang)
    if total.empty:
        return Prose([t("There is nothing of {a} to compare with {b}.", a=year - 1, b=year)])
    rates = ["disbursed_rate_before_pct", "disbursed_rate_pct"]
    shown = compared.dropna(subset=rates)
    if shown.empty:
        return Prose([t("No line is measured in both {a} and {b}.", a=year - 1, b=year)])
    note = t("Only lines measured in both years, with the same district, component and source.")
    if not total["same_day"].iloc[0]:
        note += " " + t("The two years' cut-offs do not fall on the same day of the year.")
    chart = Chart(
        slug="funding-last-year",
        title=_last_year_title(total.iloc[0], year, lang),
        says=t("Lines from last year's disbursement rate to this year's."),
        lang=lang,
        table=LAST_YEAR(shown, lang, total=total, year=year, before=year - 1),
        note=note,
    )
    return _slopes(chart, wording.records(shown, year))


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


def _slopes(chart: Chart, rows: list[dict[str, Any]]) -> Figure:
    height = 1.2 + 0.75 * len(rows)
    starts = [float(row["disbursed_rate_before_pct"]) for row in rows]
    ends = [float(row["disbursed_rate_pct"]) for row in rows]
    low, high = min([*starts, *ends, 50.0]), max([*starts, *ends, 90.0])
    line = (high - low + 14) / (height - 0.5) * 0.19
    year = rows[0]["year"]
    with canvas(height) as (drawn, axes):
        placed = zip(spread(starts, 1.2 * line), spread(ends, 2.3 * line), strict=True)
        for at, (row, (left, right)) in enumerate(zip(rows, placed, strict=True)):
            colour = style.SERIES[at % len(style.SERIES)]
            axes.plot([0, 1], [starts[at], ends[at]], color=colour, lw=2.2, marker="o", ms=6)
            before, now = (wording.rate(rate, chart.lang) for rate in (starts[at], ends[at]))
            axes.text(-0.06, left, before, ha="right", va="center", color=colour)
            label = wrapped(wording.what(row, chart.lang), 30)
            axes.text(1.06, right, f"{now}  {label}", va="center", color=colour, fontsize=9.5)
        axes.set_xlim(-0.3, 2.5)
        axes.set_ylim(low - 8, high + 6)
        axes.set_xticks([0, 1], [str(year - 1), str(year)])
        axes.set_yticks([])
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(axis="x", length=0)
        for x in (0, 1):
            axes.axvline(x, color=style.GRID, lw=1, zorder=0)
        told = [
            f"{wording.what(row, chart.lang)} {wording.rate(start, chart.lang)} → "
            f"{wording.rate(end, chart.lang)}"
            for row, start, end in zip(rows, starts, ends, strict=True)
        ]
        return chart.figure(drawn, told)


# ------------------------------------------------------------------ rates against size

LOOKS = {
    "below": (style.CONTRAST, "v", N_("slower, and it matters")),
    "above": (style.ACCENT, "^", N_("faster, and it matters")),
    "inside": ("#8b95a0", "o", N_("too small to matter")),
}
FUNNEL = TableSpec(
    slug="funding-funnel-data",
    caption=N_("Lines and their departure from the common rate, {year}"),
    columns=(
        Column("district_code", N_("District or city")),
        Column("what", N_("Money")),
        Column("allocated_vnd", N_("Allocated, VND million"), "million", 1),
        Column("disbursed_vnd", N_("Disbursed, VND million"), "million", 1),
        "disbursed_rate_pct",
        "departure_vnd",
    ),
    name=wording.district_name,
    group=Column("looks", ""),
)
_TOP = 112
"""Rates above this, in percent, are drawn at it."""


def funnel_chart(points: pd.DataFrame, year: int, lang: str) -> Figure | Prose:
    """Draw rates against the size of the line, with the limits within which they do not matter."""
    t = translator(lang)
    if points.empty or points["step_vnd"].iloc[0] == 0:
        return Prose([t("No line has a gap and a rate to compare.")])
    order = {where: at for at, where in enumerate(LOOKS)}
    table = points.assign(
        what=[wording.what(row, lang) for row in wording.records(points, year)],
        looks=[capital(t(LOOKS[where][2])) for where in points["where"]],
        order=points["where"].map(order),
        size=-points["departure_vnd"].abs(),
    ).sort_values(["order", "size"], kind="stable")
    where = points["where"].value_counts()
    title = t(
        "Slower than the common {rate} by an amount that matters: {base}",
        base=claims.base({"lines": (int(where.get("below", 0)), len(points))}, lang),
        rate=wording.rate(points["common_rate_pct"].iloc[0], lang),
    )
    chart = Chart(
        slug="funding-funnel",
        title=title,
        says=t(
            "Points by size and rate of each line, within limits that narrow as lines grow; "
            "small lines within them, whatever their rate: {small}.",
            small=int(where.get("inside", 0)),
        ),
        lang=lang,
        table=FUNNEL(table, lang, year=year),
        axis=t("allocated on the line, VND billion (each step ten times)"),
        note=t(
            "Within the grey limits a line's departure from the common rate is at most {step}, "
            "one percent of the whole gap. An account of money, not of chance.",
            step=wording.amount(points["step_vnd"].iloc[0], lang),
        ),
    )
    return _funnel(chart, wording.districts_named(points, year, lang))


def _funnel(chart: Chart, points: pd.DataFrame) -> Figure:
    t, lang = translator(chart.lang), chart.lang
    common, step = float(points["common_rate_pct"].iloc[0]), int(points["step_vnd"].iloc[0])
    drawn_at = points.assign(
        x=[int(vnd) / 10**9 for vnd in points["allocated_vnd"]],
        y=[min(float(rate), _TOP) for rate in points["disbursed_rate_pct"]],
    )
    low, high = drawn_at["x"].min() / 1.5, drawn_at["x"].max() * 3.2
    grid = [low * (high / low) ** (i / 120) for i in range(121)]
    band = [100 * step / 10**9 / size for size in grid]
    with canvas(4.6) as (drawn, axes):
        axes.spines["left"].set_visible(True)
        axes.fill_between(
            grid,
            [max(common - width, -4) for width in band],
            [min(common + width, _TOP) for width in band],
            color=style.NOT_REPORTED_FILL, zorder=0, linewidth=0,
        )  # fmt: skip
        axes.axhline(common, color=style.MUTED, lw=1, ls=(0, (4, 3)))
        for where, (colour, mark, label) in LOOKS.items():
            part = drawn_at[drawn_at["where"] == where]
            axes.scatter(
                part["x"], part["y"], s=26 if where == "inside" else 42, color=colour,
                marker=mark, edgecolor=style.PAPER, linewidth=0.5, label=t(label), zorder=2,
            )  # fmt: skip
        axes.set_xscale("log")
        axes.set_xlim(low, high)
        axes.set_ylim(-4, max(104, drawn_at["y"].max() + 4 if drawn_at["y"].max() < 108 else _TOP))
        _log_axis(axes, lang)
        percents = range(0, 101, 25)
        axes.set_yticks(percents, [numbers.percent(n, lang, 0) for n in percents])
        axes.set_xlabel(chart.axis)
        axes.set_ylabel(t("disbursed, %"))
        axes.legend(loc="lower left", bbox_to_anchor=(-0.12, 1), ncols=3, handletextpad=0.2,
                    columnspacing=1.0, fontsize=9.5)  # fmt: skip
        _name_telling(axes, drawn_at)
        return chart.figure(drawn, [])


def _name_telling(axes: Any, points: pd.DataFrame) -> None:
    """Write the districts beside the two largest departures to each side."""
    sizes = points.assign(size=points["departure_vnd"].abs())
    telling = sizes.sort_values("size", ascending=False, kind="stable")
    marked = pd.concat([telling[telling["where"] == side].head(2) for side in ("below", "above")])
    heights = spread(list(marked["disbursed_rate_pct"].astype(float)), 5.5)
    over = max([height - 101 for height in heights] + [0.0])
    for row, height in zip(marked.to_dict("records"), heights, strict=True):
        lowered = height - over if row["where"] == "above" else height
        axes.text(row["x"] * 1.13, lowered, row["name"], va="center", fontsize=9.5)


def _log_axis(axes: Any, lang: str) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.xaxis.set_major_locator(LogLocator(base=10))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda v, _: numbers.number(float(f"{v:g}"), lang))
    )
    axes.xaxis.set_minor_formatter(NullFormatter())


# ------------------------------------------------------------------ need

PER_NEED = {
    "billion": N_("VND billion allocated per {one}"),
    "million": N_("VND million allocated per {one}"),
}


def need_chart(per_need: pd.DataFrame, total: pd.DataFrame, year: int, lang: str) -> Figure | Prose:
    """Draw the money allocated per unit of need by district.

    Parameters
    ----------
    per_need, total
        Money beside poor households or beside unmet criteria, by district and of the province.
    """
    t = translator(lang)
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
        caption=N_("Money allocated beside {many}, {year}"),
        columns=(
            Column("district_code", N_("District or city")),
            Column("allocated_vnd", N_("Allocated, VND billion"), "billion", 3),
            Column(need, capital(many), "number"),
            Column("per_need_vnd", capital(axis), unit.kind, 2),
            "allocated_share_pct",
            "need_share_pct",
        ),
        name=wording.district_name,
        total=PROVINCE,
    )
    chart = Chart(
        slug=f"funding-need-{SLUGS[need]}",
        title=_need_title(shown.set_index("name")["per_need_vnd"], one, lang),
        says=t("Points by district, money allocated per {one}, highest first.", one=one),
        lang=lang,
        table=spec(
            pd.concat([shown, found[found["per_need_vnd"].isna()]]),
            lang,
            total=total,
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
    return dots_around(
        chart,
        shown.assign(place=[unit.value(vnd) for vnd in shown["per_need_vnd"]]),
        "name",
        "place",
        unit.value(mean),
        text=lambda value: numbers.number(round(value, 1), lang, 1),
        middle_text=t("province {value}", value=unit.text(mean)),
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
        notes.append(t("Not reported: {many} of {names}.", many=many, names=names))
    return " ".join(notes)
