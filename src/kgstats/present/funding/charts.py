"""Charts of programme money by district and by line: where it is, what it is made of."""

from __future__ import annotations

import pandas as pd

from kgstats.present import claims, numbers, style
from kgstats.present.charts import (
    Chart,
    Series,
    bars_within,
    canvas,
    legend_above,
    number_axis,
    wrapped,
)
from kgstats.present.figures import Figure
from kgstats.present.funding import wording
from kgstats.present.funding.tables import GAP
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, TableSpec
from kgstats.words import N_, translator

PALE = style.SEQUENCE[1]
MOST_BARS = 20
PROVINCE = N_("Province")


# ------------------------------------------------------------------ coverage

COVERAGE = TableSpec(
    slug="funding-coverage-data",
    caption=N_("Money with a reported disbursement, {year}, VND billion"),
    columns=(
        Column("programme", N_("Money")),
        "lines",
        "lines_reported",
        "allocated_vnd",
        "covered_vnd",
        Column("uncovered_vnd", N_("Not reported"), "billion", 3),
        "coverage_pct",
    ),
    name=wording.what,
)


def coverage_chart(gaps: pd.DataFrame, total: pd.DataFrame, year: int, lang: str) -> Figure | None:
    """Draw which money has a reported disbursement, by programme and source."""
    t = translator(lang)
    if gaps.empty:
        return None
    rows, all_of = wording.records(gaps, year), total.iloc[0]
    unit = wording.Unit.of(gaps["allocated_vnd"], lang)
    if numbers.is_absent(all_of["allocated_vnd"]):
        title = t("No allocated amount is reported")
    elif all_of["uncovered_vnd"] == 0:
        title = t("A disbursement is reported for all the money allocated")
    else:
        title = t(
            "A disbursement is reported for {share} of the allocated money",
            share=wording.rate(all_of["coverage_pct"], lang),
        )
    label = t("share of allocated money, %; right: allocated, {unit}", unit=unit.name)
    chart = Chart(
        slug="funding-coverage",
        title=title,
        says=t("Bars by programme and source, share of money with a reported disbursement."),
        lang=lang,
        table=COVERAGE(gaps, lang, total=total, year=year),
        axis=wrapped(label, 40),
    )
    with canvas(1.1 + 0.5 * len(rows)) as (drawn, axes):
        heights = range(len(rows))[::-1]
        covered = [0 if numbers.is_absent(r["coverage_pct"]) else r["coverage_pct"] for r in rows]
        # The reported part is named first, and lies over the bar of all money.
        axes.barh(heights, covered, height=0.62, color=style.ACCENT, zorder=2,
                  label=t("disbursement reported"))  # fmt: skip
        axes.barh(heights, 100, height=0.62, color=style.NOT_REPORTED_FILL, hatch="////",
                  edgecolor=style.OUTSIDE_FILL, linewidth=0.6, label=t("not reported"))  # fmt: skip
        for y, row in zip(heights, rows, strict=True):
            if not numbers.is_absent(row["allocated_vnd"]):
                axes.text(103, y, unit.text(row["allocated_vnd"]), va="center")
        names = [
            f"{wording.programme_name(row['programme'], year, lang)},\n"
            f"{wording.sources(row['source'], lang)}"
            for row in rows
        ]
        axes.set_yticks(heights, names, multialignment="right")
        axes.set_xlim(0, 118)
        percents = range(0, 101, 25)
        axes.set_xticks(percents, [numbers.number(n, lang) for n in percents])
        axes.set_xlabel(chart.axis)
        legend_above(axes, 2)
        told = [f"{wording.what(r, lang)} {wording.rate(r['coverage_pct'], lang)}" for r in rows]
        return chart.figure(drawn, told)


# ------------------------------------------------------------------ districts

DISTRICTS = TableSpec(
    slug="funding-districts-data",
    caption=N_("Money by district, {year}, VND billion"),
    columns=(Column("district_code", N_("District or city")), *GAP),
    name=wording.district_name,
    total=PROVINCE,
)


def district_chart(gaps: pd.DataFrame, total: pd.DataFrame, year: int, lang: str) -> Figure:
    """Draw each district's disbursed money within its allocated money, largest gap first."""
    t = translator(lang)
    gaps = wording.districts_named(gaps, year, lang)
    reported = gaps[gaps["gap_vnd"].notna()]
    reported = reported.sort_values("gap_vnd", ascending=False, kind="stable")
    silent = gaps[gaps["gap_vnd"].isna()]
    unit = wording.Unit.of([*reported["covered_vnd"], *reported["disbursed_vnd"]], lang)
    notes = [wording.not_compared(reported, lang)]
    if len(silent):
        names = numbers.joined(list(silent["name"]), lang)
        notes.insert(0, t("No disbursement reported by {names}.", names=names))
    shown = pd.concat([reported, silent])
    chart = Chart(
        slug="funding-districts",
        title=_district_title(gaps, lang),
        says=t("Bars by district, disbursed within allocated money; gap and rate."),
        lang=lang,
        table=DISTRICTS(shown, lang, total=total, notes=[wording.gap_note(total, lang)], year=year),
        axis=t("{unit}; at the right: gap (and rate)", unit=unit.name),
        note=" ".join(filter(None, notes)),
        values=[
            f"{row['name']} {wording.amount(row['gap_vnd'], lang)}, "
            f"{wording.rate(row['disbursed_rate_pct'], lang)}"
            for row in reported.to_dict("records")
        ],
    )
    return bars_within(
        chart,
        reported.assign(
            allocated=[unit.value(vnd) for vnd in reported["covered_vnd"]],
            disbursed=[unit.value(vnd) for vnd in reported["disbursed_vnd"]],
        ),
        "name",
        Series("allocated", t("allocated"), PALE),
        Series("disbursed", t("disbursed"), style.ACCENT),
        text=lambda row: (
            f"{unit.text(row['gap_vnd'])}  ({wording.rate(row['disbursed_rate_pct'], lang)})"
        ),
    )


GAP_OF = claims.Words(
    one=N_("{names} has the largest gap, {value}"),
    many=N_("{names} have the largest gap, {value} each"),
    none="",
    every=N_("All districts have the same gap, {value}"),
)
RATE_OF = claims.Words(
    one=N_("{names} has the lowest rate, {value}"),
    many=N_("{names} have the lowest rate, {value}"),
    none="",
    every=N_("all have disbursed {value}"),
)


def _district_title(gaps: pd.DataFrame, lang: str) -> str:
    t = translator(lang)
    reported = gaps[gaps["gap_vnd"].notna()]
    if reported.empty:
        return t("No district reports a disbursement")
    if not (reported["shortfall_vnd"] > 0).any():
        return wording.nothing_left(gaps, lang)
    held = wording.comparable(gaps).set_index("name")
    if held.empty:
        return t("No district reports amounts that can be compared")
    if len(held) == 1:
        return t(
            "Only {name} can be compared with its plan: gap {gap}, rate {rate}",
            name=held.index[0],
            gap=wording.amount(held["gap_vnd"].iloc[0], lang),
            rate=wording.rate(held["disbursed_rate_pct"].iloc[0], lang),
        )
    gap = wording.first(held["gap_vnd"], above=0)
    rate = claims.first(held["disbursed_rate_pct"], 1, lowest=True, least=0)
    if gap.alone and gap.holders == rate.holders:
        return t(
            "{name} has both the largest gap, {gap}, and the lowest rate, {rate}",
            name=gap.holders[0],
            gap=wording.amount(gap.value, lang),
            rate=wording.rate(rate.value, lang),
        )
    said = [
        claims.said(gap, GAP_OF, lambda vnd: wording.amount(vnd, lang), lang),
        claims.said(rate, RATE_OF, lambda value: wording.rate(value, lang), lang),
    ]
    return "; ".join(filter(None, said))


# ------------------------------------------------------------------ where and why

DECOMPOSITION = TableSpec(
    slug="funding-decomposition-data",
    caption=N_("What the gap of each district consists of, {year}, VND billion"),
    columns=(
        Column("district_code", N_("District or city")),
        "gap_vnd",
        "general_vnd",
        "mix_vnd",
        "own_vnd",
        "disbursed_rate_pct",
    ),
    name=wording.district_name,
    total=PROVINCE,
    notes=(
        N_(
            "Gap = general level + mix + own, to the đồng. General level: the gap at the "
            "province's rate. Mix: more or less of the kinds of money that are slow "
            "everywhere. Own: slower or faster than others with the same kind of money."
        ),
    ),
)


OWN_OF = claims.Words(
    one=N_(
        "{names} has {value} more left than if it paid the same kinds of money as fast as the "
        "province"
    ),
    many=N_(
        "{names} have {value} more left each than if they paid the same kinds of money as fast as "
        "the province"
    ),
    none=N_("All districts pay the same kinds of money equally fast"),
)


def decomposition_chart(
    parts: pd.DataFrame, total: pd.DataFrame, year: int, lang: str
) -> Figure | Prose:
    """Draw what sets each district's gap apart from the common rate: its mix, and its own pace."""
    t = translator(lang)
    if parts.empty:
        return Prose([t("No disbursement is reported: nothing can be decomposed.")])
    found = wording.districts_named(parts, year, lang).sort_values(
        "own_vnd", ascending=False, kind="stable"
    )
    unit = wording.Unit.of([*found["own_vnd"], *found["mix_vnd"]], lang)
    slowest = wording.first(found.set_index("name")["own_vnd"], above=0)
    title = claims.said(slowest, OWN_OF, lambda vnd: wording.amount(vnd, lang), lang)
    chart = Chart(
        slug="funding-decomposition",
        title=title,
        says=t("Bars by district: the district's own part of its gap."),
        lang=lang,
        table=DECOMPOSITION(found, lang, total=total, year=year),
        axis=t("{unit} of the gap", unit=unit.name),
    )
    return _own_and_mix(chart, found[::-1], unit)


def _own_and_mix(chart: Chart, rows: pd.DataFrame, unit: wording.Unit) -> Figure:
    """Draw the districts' own parts to both sides, and thin below them their mixes."""
    t = translator(chart.lang)
    own, mix = ([unit.value(vnd) for vnd in rows[name]] for name in ("own_vnd", "mix_vnd"))
    reach = max(map(abs, [*own, *mix, 0.001]))
    slower = [max(value, 0.0) for value in own]
    faster = [min(value, 0.0) for value in own]
    places = range(len(rows))
    with canvas(1.05 + 0.34 * len(rows)) as (drawn, axes):
        looks = (
            (slower, 0.1, 0.5, style.CONTRAST, t("slower than others")),
            (faster, 0.1, 0.5, style.ACCENT, t("faster")),
            (mix, -0.29, 0.22, style.OUTSIDE_FILL, t("mix of money")),
        )
        for widths, shift, height, colour, label in looks:
            axes.barh([at + shift for at in places], widths, height=height, color=colour,
                      label=label)  # fmt: skip
        for at, (value, vnd) in enumerate(zip(own, rows["own_vnd"], strict=True)):
            side = 1 if value >= 0 else -1
            axes.text(value + reach * 0.02 * side, at + 0.08, unit.signed(vnd), va="center",
                      ha="left" if side > 0 else "right")  # fmt: skip
        axes.axvline(0, color=style.INK, lw=0.9)
        axes.set_yticks(places, list(rows["name"]))
        axes.set_xlim(min(0.0, *own) - reach * 0.22, max(0.0, *own) + reach * 0.22)
        number_axis(axes, chart.lang)
        axes.set_xlabel(chart.axis)
        legend_above(axes, 3)
        told = [
            f"{row['name']} {unit.signed(row['own_vnd'])}" for row in rows[::-1].to_dict("records")
        ]
        return chart.figure(drawn, told)


PARETO = TableSpec(
    slug="funding-pareto-data",
    caption=N_("Lines by size of their gap, {year}, VND billion"),
    columns=(
        Column("district_code", N_("District and money")),
        "shortfall_vnd",
        "disbursed_rate_pct",
        "shortfall_share_pct",
        "shortfall_cumulative_pct",
    ),
    name=lambda row, lang: _line_name(row, lang),
)


def _line_name(row: wording.Row, lang: str, *, programme: bool = True) -> str:
    what = wording.what(row if programme else {**row, "programme": None}, lang)
    return f"{wording.district_name(row, lang)}: {what[:1].lower()}{what[1:]}"


def pareto_chart(lines: pd.DataFrame, year: int, lang: str) -> Figure | Prose:
    """Draw the lines by size of their gap, with the running share of the whole."""
    t = translator(lang)
    if lines.empty:
        return Prose([t("There is no line with a reported disbursement and money left.")])
    inside = lines[lines["within"]]
    shown, rest = inside.head(MOST_BARS), lines[len(inside.head(MOST_BARS)) :]
    programmes = list(shown["programme"].drop_duplicates())
    notes = [t("A line here is a district's money of one programme, kind and plan year.")]
    if len(programmes) == 1:
        only = wording.programme_name(programmes[0], year, lang)
        notes.append(t("All lines in the picture are of one programme: {name}.", name=only))
    if len(rest):
        left = wording.amount(rest["shortfall_vnd"].sum(), lang)
        others = N_("Not in the picture: {amount} on the other lines ({n}).")
        notes.append(t(others, n=len(rest), amount=left))
    unit = wording.Unit.of(shown["shortfall_vnd"], lang)
    chart = Chart(
        slug="funding-pareto",
        title=t(
            "{share} of the gap lies on {base}",
            base=claims.base({"lines": (len(inside), len(lines))}, lang),
            share=wording.rate(inside["shortfall_cumulative_pct"].iloc[-1], lang),
        ),
        says=t("Bars by size of the gap; largest first."),
        lang=lang,
        table=PARETO(lines, lang, year=year),
        axis=t("gap, {unit}", unit=unit.name),
        note=" ".join(notes),
        values=[
            f"{_line_name(row, lang)} {wording.amount(row['shortfall_vnd'], lang)}"
            for row in wording.records(shown.head(6), year)
        ],
    )
    return _running_share(chart, shown, _line_labels(shown, year, lang), unit)


def _line_labels(shown: pd.DataFrame, year: int, lang: str) -> list[str]:
    rows = wording.records(shown, year)
    if shown["programme"].nunique() < 2:
        return [wrapped(_line_name(row, lang, programme=False), 40) for row in rows]
    # Programme and plan year on a line of their own keep the bars room.
    return [
        f"{wording.district_name(row, lang)}: {wording.kind(row['kind'], lang)},\n"
        + wording.what({**row, "kind": None}, lang).lower()
        for row in rows
    ]


def _running_share(
    chart: Chart, shown: pd.DataFrame, labels: list[str], unit: wording.Unit
) -> Figure:
    t = translator(chart.lang)
    step = 0.45 if any("\n" in text for text in labels[:-1]) else 0.34
    height = 1.0 + step * len(shown)
    with canvas(height, 2, sharey=True, width_ratios=(2.4, 1)) as (drawn, (axes, side)):
        heights = range(len(shown))[::-1]
        lengths = [unit.value(vnd) for vnd in shown["shortfall_vnd"]]
        axes.barh(heights, lengths, height=0.66, color=style.ACCENT)
        for y, length, vnd in zip(heights, lengths, shown["shortfall_vnd"], strict=True):
            axes.text(length + max(lengths) * 0.02, y, unit.text(vnd), va="center")
        axes.set_yticks(heights, labels, fontsize=10, multialignment="right")
        axes.set_xlim(0, max(lengths) * 1.22)
        number_axis(axes, chart.lang)
        axes.set_xlabel(chart.axis)
        side.plot(shown["shortfall_cumulative_pct"].astype(float), heights, color=style.CONTRAST,
                  marker="o", ms=4.5, lw=1.6)  # fmt: skip
        side.axvline(80, color=style.MUTED, lw=1, ls=(0, (4, 3)))
        side.set_xlim(0, 105)
        side.set_xticks([0, 50, 100], [numbers.number(n, chart.lang) for n in (0, 50, 100)])
        side.grid(True, axis="x")
        side.set_xlabel(wrapped(t("running share, %"), 12))
        return chart.figure(drawn, [])
