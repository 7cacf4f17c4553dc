"""Charts of programme money by district and by line: where it is, what it is made of."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from kgstats.present import claims, numbers, style
from kgstats.present.charts import Chart, Series, around_zero, bars_within, records, words_at_ends
from kgstats.present.figures import Figure
from kgstats.present.funding import wording
from kgstats.present.funding.tables import GAP
from kgstats.present.picture import Entry, Rows, Scale
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, TableSpec, places
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
        "lines lines_reported allocated_vnd covered_vnd",
        Column("uncovered_vnd", N_("Not reported"), "billion", 3),
        "coverage_pct",
    ),
    name=wording.what,
)


def coverage_chart(
    gaps: pd.DataFrame, total: pd.DataFrame, year: int, lang: str, base: str = ""
) -> Figure | None:
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
    chart = Chart(
        slug="funding-coverage",
        title=title,
        says=t("Bars by programme and source, share of money with a reported disbursement."),
        table=COVERAGE.table(gaps, lang, total=total, year=year),
        axis=t("share of allocated money, %"),
        ends=t("allocated, {unit}", unit=unit.name),
    )
    laid = Rows.of([_source_name(row, year, lang) for row in rows])
    said = [
        "" if numbers.is_absent(row["allocated_vnd"]) else unit.text(row["allocated_vnd"])
        for row in rows
    ]
    key = [
        Entry(t("disbursement reported"), style.ACCENT),
        Entry(t("not reported"), style.NOT_REPORTED_FILL, pattern=True),
    ]
    percents = [(float(n), numbers.number(n, lang)) for n in range(0, 101, 25)]
    scale, right = Scale(0, 100), max(words_at_ends(said), 20)
    plot, picture = chart.ground(laid, scale, right, key, said=percents)
    told = [f"{wording.what(r, lang)} {wording.rate(r['coverage_pct'], lang)}" for r in rows]
    for at, row in laid.marks(plot, rows, told):
        covered = 0 if numbers.is_absent(row["coverage_pct"]) else float(row["coverage_pct"])
        plot.bar((0, 1), laid.bar(at), style.NOT_REPORTED_FILL, pattern=picture.pattern)
        plot.bar((0, scale(covered)), laid.bar(at), style.ACCENT)
        plot.text(1, laid.middles[at], said[at], dx=right, side="end")
    return wording.on_base(chart.figure(picture, told), base)


def _source_name(row: wording.Row, year: int, lang: str) -> str:
    programme = wording.programme_name(row["programme"], year, lang)
    return f"{programme},\n{wording.sources(row['source'], lang)}"


# ------------------------------------------------------------------ districts

DISTRICTS = TableSpec(
    slug="funding-districts-data",
    caption=N_("Money by district, {year}, VND billion"),
    columns=(Column("district_code", N_("District or city")), *GAP),
    name=wording.district_name,
    total=PROVINCE,
)


def district_chart(
    gaps: pd.DataFrame, total: pd.DataFrame, year: int, lang: str, base: str = ""
) -> Figure | Prose:
    """Draw each district's disbursed money within the money that is reported on.

    The largest gap stands first.
    """
    t = translator(lang)
    if none := wording.without_districts(year, lang):
        return none
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
        says=t(
            "Bars by district, disbursed within the allocated money that is reported on; gap and "
            "rate."
        ),
        table=DISTRICTS.table(
            shown,
            lang,
            total=wording.whole(total, base, lang),
            notes=[wording.gap_note(total, lang)],
            year=year,
        ),
        axis=unit.name,
        ends=t("gap (rate disbursed)"),
        note=" ".join(filter(None, notes)),
        values=[
            f"{row['name']} {wording.amount(row['gap_vnd'], lang)}, "
            f"{wording.rate(row['disbursed_rate_pct'], lang)}"
            for row in reported.to_dict("records")
        ],
    )
    return wording.on_base(
        bars_within(
            chart,
            reported.assign(
                allocated=[unit.value(vnd) for vnd in reported["covered_vnd"]],
                disbursed=[unit.value(vnd) for vnd in reported["disbursed_vnd"]],
            ),
            "name",
            Series("allocated", t("allocated, disbursement reported"), PALE),
            Series("disbursed", t("disbursed"), style.ACCENT),
            text=lambda row: (
                f"{unit.text(row['gap_vnd'])}  ({wording.rate(row['disbursed_rate_pct'], lang)})"
            ),
        ),
        base,
    )


GAP_OF = claims.Words(
    one=N_("{names} has the largest gap, {value}"),
    many=N_("{names} have the largest gap, {value} each"),
    every=N_("All districts have the same gap, {value}"),
)
RATE_OF = claims.Words(
    one=N_("{names} has the lowest rate, {value}"),
    many=N_("{names} have the lowest rate, {value}"),
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
        "gap_vnd general_vnd mix_vnd own_vnd disbursed_rate_pct",
    ),
    name=wording.district_name,
    total=PROVINCE,
    notes=N_(
        "Gap = general level + mix + own, exact to the đồng. General level: the gap at the "
        "province's rate. Mix: the effect of having more or less of the kinds of money that "
        "are slow everywhere. Own: the effect of being slower or faster than others with the "
        "same kinds of money."
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
    parts: pd.DataFrame,
    total: pd.DataFrame,
    year: int,
    lang: str,
    base: str = "",
    left_out: str = "",
) -> Figure | Prose:
    """Draw what sets each district's gap apart from the common rate: its mix, and its own pace."""
    t = translator(lang)
    if none := wording.without_districts(year, lang):
        return none
    if parts.empty:
        return Prose([t("No disbursement is reported: nothing can be decomposed.")])
    if len(parts) == 1:
        return Prose([t("Only one district is compared: there is no other to measure it by.")])
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
        table=DECOMPOSITION.table(found, lang, total=wording.whole(total, base, lang), year=year),
        axis=t("{unit} of the gap", unit=unit.name),
        note=left_out,
    )
    return wording.on_base(_own_and_mix(chart, found, unit), base)


def _own_and_mix(chart: Chart, rows: pd.DataFrame, unit: wording.Unit) -> Figure:
    """Draw the districts' own parts to both sides, and thin below them their mixes."""
    t = translator(chart.lang)
    found = records(rows)
    said = [unit.signed(row["own_vnd"]) for row in found]
    own, mix = ([unit.value(row[name]) for row in found] for name in ("own_vnd", "mix_vnd"))
    laid = Rows.of([str(row["name"]) for row in found])
    scale, right = around_zero(own, said, laid.left, others=mix)
    key = [
        Entry(t("slower than others"), style.CONTRAST),
        Entry(t("faster"), style.ACCENT),
        Entry(t("mix of money"), style.OUTSIDE_FILL),
    ]
    plot, picture = chart.ground(laid, scale, right, key, least=min([0.0, *own, *mix]))
    told = [f"{row['name']} {wording.signed_amount(row['own_vnd'], chart.lang)}" for row in found]
    mixed = [
        f"{words}; {t('mix of money')} {wording.signed_amount(row['mix_vnd'], chart.lang)}"
        for row, words in zip(found, told, strict=True)
    ]
    for at, _ in laid.marks(plot, found, mixed):
        upper, lower = laid.bar(at)
        colour = style.CONTRAST if own[at] >= 0 else style.ACCENT
        plot.bar((scale(0), scale(own[at])), (upper, lower - 5), colour)
        plot.bar((scale(0), scale(mix[at])), (lower - 4, lower), style.OUTSIDE_FILL)
        plot.beside(scale(own[at]), laid.middles[at] - 2, said[at], 5, left=own[at] < 0)
    plot.line((scale(0), laid.top), (scale(0), laid.low), style.INK, 0.9)
    return chart.figure(picture, told)


PARETO = TableSpec(
    slug="funding-pareto-data",
    caption=N_("Lines by size of their gap, {year}, VND billion"),
    columns=(
        Column("district_code", N_("District and money")),
        "shortfall_vnd disbursed_rate_pct shortfall_share_pct shortfall_cumulative_pct",
    ),
    name=lambda row, lang: _line_name(row, lang),
)


def _line_name(row: wording.Row, lang: str, *, programme: bool = True) -> str:
    what = wording.what(row if programme else {**row, "programme": None}, lang)
    if not places(row["year"])["district"]:
        return what
    return f"{wording.district_name(row, lang)}: {what[:1].lower()}{what[1:]}"


def pareto_chart(
    lines: pd.DataFrame, year: int, lang: str, base: str = "", left_out: str = ""
) -> Figure | Prose:
    """Draw the lines by size of their gap, with the running share of the whole."""
    t = translator(lang)
    if lines.empty:
        return Prose([t("There is no line with a reported disbursement and money left.")])
    inside = lines[lines["within"]]
    shown, rest = inside.head(MOST_BARS), lines[len(inside.head(MOST_BARS)) :]
    programmes = list(shown["programme"].drop_duplicates())
    notes = [t("A line here is a district's money of one programme, kind and plan year.")]
    spec = PARETO
    if not places(year)["district"]:
        notes = [t("A line here is money of one programme, kind and plan year.")]
        spec = replace(PARETO, columns=(Column("programme", N_("Money")), *PARETO.columns[1:]))
    if len(programmes) == 1:
        only = wording.programme_name(programmes[0], year, lang)
        notes.append(t("All lines shown are of one programme: {name}.", name=only))
    if len(rest):
        left = wording.amount(rest["shortfall_vnd"].sum(), lang)
        others = N_("Not shown: {amount} on the other {n} lines.")
        notes.append(t(others, n=len(rest), amount=left))
    notes += [left_out] if left_out else []
    unit = wording.Unit.of(shown["shortfall_vnd"], lang)
    chart = Chart(
        slug="funding-pareto",
        title=t(
            "{share} of the gap lies on {base}",
            base=claims.base({"lines": (len(inside), len(lines))}, lang),
            share=wording.rate(inside["shortfall_cumulative_pct"].iloc[-1], lang),
        ),
        says=t("Bars by size of the gap; largest first."),
        table=spec.table(lines, lang, year=year),
        axis=t("gap, {unit}", unit=unit.name),
        note=" ".join(notes),
        values=[
            f"{_line_name(row, lang)} {wording.amount(row['shortfall_vnd'], lang)}"
            for row in wording.records(shown.head(6), year)
        ],
    )
    return wording.on_base(
        _running_share(chart, shown, _line_labels(shown, year, lang), unit), base
    )


def _line_labels(shown: pd.DataFrame, year: int, lang: str) -> list[str]:
    only = shown["programme"].nunique() < 2
    rows = wording.records(shown, year)
    return [_line_name(row, lang, programme=not only) for row in rows]


def _running_share(
    chart: Chart, shown: pd.DataFrame, labels: list[str], unit: wording.Unit
) -> Figure:
    t, lang = translator(chart.lang), chart.lang
    rows = records(shown)
    said = [unit.text(row["shortfall_vnd"]) for row in rows]
    shares = [numbers.percent(row["shortfall_cumulative_pct"], lang, 0) for row in rows]
    laid = Rows.of(labels)
    column = words_at_ends(shares)
    scale = Scale(0, max([unit.value(row["shortfall_vnd"]) for row in rows] or [1.0]) or 1.0)
    chart = replace(chart, ends=t("running share of the whole gap"))
    plot, picture = chart.ground(laid, scale, words_at_ends(said) + column + 4)
    told = [
        f"{label}: {words} {unit.name}; {share}"
        for label, words, share in zip(labels, said, shares, strict=True)
    ]
    for at, row in laid.marks(plot, rows, told):
        y, length = laid.middles[at], scale(unit.value(row["shortfall_vnd"]))
        plot.bar((0, length), laid.bar(at), style.ACCENT)
        plot.text(length, y, said[at], dx=5)
        plot.text(1, y, shares[at], dx=plot.right, side="end", colour=style.CONTRAST, bold=True)
    return chart.figure(picture, [])
