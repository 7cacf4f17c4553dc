"""Programme money as readers see it: coverage, gaps, what lapses, where and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, wraps
from itertools import pairwise
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.analysis import funding as analysis
from kgstats.present import numbers, sources, style
from kgstats.present.figures import Figure, from_canvas
from kgstats.present.prose import Headline, Headlines, Prose
from kgstats.present.tables import Column, Table, table
from kgstats.reference import funding_rules
from kgstats.reference.programmes import NoProgrammeForYear, programme
from kgstats.words import N_, Translate, translator

SOURCE_NAMES = {
    "central": N_("central budget"),
    "province": N_("provincial budget"),
    "district": N_("district budget"),
    "integrated": N_("integrated from other programmes"),
    "community": N_("people's contributions"),
}
KIND_NAMES = {"investment": N_("investment"), "recurrent": N_("recurrent")}
CAUSE_NAMES = {
    "late_allocation": N_("money given out late"),
    "procedure": N_("investment procedures"),
    "land": N_("site clearance"),
    "tender": N_("tendering"),
    "volume": N_("works not yet accepted"),
    "replanned": N_("plan just changed"),
    "no_beneficiary": N_("no one entitled"),
    "other": N_("another cause"),
}
RULE_NAMES = {
    "duplicate_line": N_("the same line more than once"),
    "no_allocation": N_("no allocated amount"),
    "negative_allocated": N_("allocated amount below zero"),
    "negative_disbursed": N_("disbursed amount below zero"),
    "zero_plan_paid": N_("money paid on a plan of zero"),
    "zero_plan": N_("plan of zero"),
    "paid_above_plan": N_("more paid than allocated"),
    "future_plan_year": N_("plan year later than the report's"),
    "no_close_known": N_("no legal close known"),
    "no_cut_off": N_("no cut-off date; the other lines' date is used"),
    "stated_rate_differs": N_("the stated rate is not the ratio of the amounts"),
    "not_reported": N_("disbursement not reported"),
}
BASIS_NAMES = {
    "plan_reported": N_("plan of the year, lines with a reported disbursement"),
    "available_reported": N_("with money carried over, lines with a reported disbursement"),
    "plan_all": N_("plan of the year, all lines"),
    "available_all": N_("with money carried over, all lines"),
}
WIDE = 6.0
"""Width of a chart in inches: still legible when a telephone shrinks it."""
_PALE = style.SEQUENCE[1]
_MOST_BARS = 20


# ------------------------------------------------------------------ words


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(vnd: Any, lang: str) -> str:
    """Write an amount for a sentence: ``75,7 tỷ đồng``, ``470 triệu đồng``."""
    if numbers.is_absent(vnd):
        return numbers.NOT_REPORTED
    size = abs(int(vnd))
    if size < 10**9:
        round_sum = size >= 10**8 or size % 10**6 == 0
        return numbers.money(int(vnd), lang, "million", 0 if round_sum else 1)
    return numbers.money(int(vnd), lang, "billion", 1 if size >= 10**10 else 2)


def _rate(value: Any, lang: str) -> str:
    return numbers.percent(value, lang, 1)


@dataclass(frozen=True)
class _Unit:
    """The unit of a chart's axis: billions of đồng, or millions where all amounts are small."""

    scale: int
    lang: str

    @classmethod
    def of(cls, amounts: Iterable[Any], lang: str) -> _Unit:
        largest = max((abs(int(amount)) for amount in amounts), default=0)
        return cls(10**9 if largest >= 10**9 else 10**6, lang)

    @property
    def name(self) -> str:
        t = translator(self.lang)
        return t("VND billion") if self.scale == 10**9 else t("VND million")

    def value(self, vnd: Any) -> float:
        """Return the amount as a length on the axis."""
        return float(int(vnd) / self.scale)

    def text(self, vnd: Any) -> str:
        """Write the number alone: the axis names the unit."""
        return numbers.number(Fraction(int(vnd), self.scale), self.lang, 1)

    def signed(self, vnd: Any) -> str:
        """Write the number with its sign."""
        return numbers.signed(Fraction(int(vnd), self.scale), self.lang, 1)


@lru_cache
def _programme(code: Any, year: int, lang: str) -> str:
    try:
        return programme(str(code), year).short(lang)
    except NoProgrammeForYear:
        return str(code)


@lru_cache
def _component_names(column: str) -> dict[str, str]:
    known = funding_rules.components()
    return dict(zip(known["component"], known[column], strict=True))


def _component(code: Any, lang: str, stem: str = "name") -> str:
    return str(_component_names(f"{stem}_{lang}").get(str(code), code))


def _sources(text: Any, t: Translate) -> str:
    if numbers.is_absent(text) or text == funding_rules.ANY:
        return t("all sources")
    return ", ".join(t(SOURCE_NAMES.get(name, name)) for name in str(text).split("|"))


def _kind(text: Any, t: Translate) -> str:
    if numbers.is_absent(text) or text == funding_rules.ANY:
        return t("investment and recurrent")
    return t(KIND_NAMES.get(str(text), str(text)))


def _year_of(frame: pd.DataFrame) -> int:
    return int(frame["year"].dropna().iloc[0])


def _district_names(year: int, lang: str) -> Callable[[Any], str]:
    names, t = analysis.district_names(year), translator(lang)

    def name(code: Any) -> str:
        return (
            t("no district given") if numbers.is_absent(code) else names.get(str(code), str(code))
        )

    return name


def _what(row: Mapping[Any, Any], year: int, lang: str, *, short: bool = False) -> str:
    """Name a kind of money from the columns a row has: programme, source, kind, vintage."""
    t = translator(lang)
    parts = []
    if not numbers.is_absent(row.get("component")) and row["component"] != "ntm_general":
        parts.append(_component(row["component"], lang, "short" if short else "name"))
    elif not numbers.is_absent(row.get("programme")):
        parts.append(_programme(row["programme"], year, lang))
    if not numbers.is_absent(row.get("source")):
        parts.append(_sources(row["source"], t))
    if not numbers.is_absent(row.get("kind")):
        parts.append(_kind(row["kind"], t))
    plan: Any = row.get("plan_year")
    if row.get("vintage") == "carried" or (not numbers.is_absent(plan) and int(plan) < year):
        if numbers.is_absent(plan):
            parts.append(t("carried over"))
        else:
            parts.append(t("carried over from {year}", year=int(plan)))
    return _capital(", ".join(parts))


def _cut_off(money: pd.DataFrame, lang: str) -> str:
    """Say up to which day the amounts count."""
    t = translator(lang)
    days = sorted({pd.Timestamp(day).date() for day in money["cut_off"]})
    if len(days) == 1:
        return t("disbursed by {day}", day=numbers.date(days[0], lang))
    return t(
        "disbursed by days from {first} to {last}",
        first=numbers.date(days[0], lang),
        last=numbers.date(days[-1], lang),
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _rows(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["row"] == "row"]


def _total(frame: pd.DataFrame) -> dict[str, Any]:
    return {str(key): value for key, value in frame.iloc[-1].items()}


def _marks(frame: pd.DataFrame) -> list[bool]:
    return [row != "row" for row in frame["row"]]


# ------------------------------------------------------------------ canvas


def _in_house_style(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Let a chart be drawn in the house style, its words large enough for a telephone."""

    @wraps(draw)
    def drawn(*args: Any, **options: Any) -> Any:
        import matplotlib

        names = ("font.size", "axes.labelsize", "xtick.labelsize", "ytick.labelsize")
        sizes: Any = dict.fromkeys((*names, "legend.fontsize"), 10.5)
        with style.house(), matplotlib.rc_context(sizes):
            return draw(*args, **options)

    return drawn


def _canvas(height: float) -> tuple[Any, Any]:
    from matplotlib import pyplot

    # Lower than this there is no room for axes between their words.
    canvas, axes = pyplot.subplots(figsize=(WIDE, max(height, 2.2)), layout="constrained")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_axisbelow(True)
    return canvas, axes


def _panels(height: float, widths: tuple[float, float]) -> tuple[Any, Any]:
    from matplotlib import pyplot

    canvas, both = pyplot.subplots(
        1,
        2,
        figsize=(WIDE, max(height, 2.2)),
        layout="constrained",
        sharey=True,
        width_ratios=widths,
    )
    for axes in both:
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_axisbelow(True)
    return canvas, both


def _percent_axis(axes: Any, lang: str) -> None:
    axes.set_xticks([0, 25, 50, 75, 100], [numbers.number(n, lang) for n in (0, 25, 50, 75, 100)])


def _amount_axis(axes: Any, lang: str, *, which: str = "x") -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MaxNLocator(5))
    axis.set_major_formatter(FuncFormatter(lambda value, _: numbers.number(round(value, 6), lang)))
    axes.grid(True, axis=which)


def _legend(axes: Any, entries: Sequence[tuple[str, dict[str, Any]]], **where: Any) -> None:
    from matplotlib.patches import Patch

    settings: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1), "borderaxespad": 0.3}
    settings |= {"ncols": len(entries), "handlelength": 1.2, "columnspacing": 1.2} | where
    axes.legend(handles=[Patch(label=label, **look) for label, look in entries], **settings)


# ------------------------------------------------------------------ opening


def headlines(money: pd.DataFrame, closed: pd.DataFrame, lang: str) -> Headlines:
    """Show allocated, covered, disbursed, not yet disbursed, and what would lapse."""
    t = translator(lang)
    total = _total(analysis.gaps(money))
    lapse = analysis.waterfall(money, closed).set_index("step")["amount_vnd"]["lapse"]
    items = [
        Headline(
            t("Allocated, with money carried over"),
            _short(total["allocated_vnd"], lang),
            t("{n} lines of the districts' returns", n=numbers.number(total["lines"], lang)),
        ),
        Headline(
            t("Disbursement reported for"),
            _rate(total["coverage_pct"], lang),
            t("{amount} of the allocated money", amount=_short(total["covered_vnd"], lang)),
        ),
    ]
    if not numbers.is_absent(total["rate_pct"]):
        items += [
            Headline(
                t("Disbursed of that"),
                _rate(total["rate_pct"], lang),
                f"{_short(total['disbursed_vnd'], lang)}, {_cut_off(money, lang)}",
            ),
            Headline(
                t("Gap"),
                _short(total["gap_vnd"], lang),
                t("allocated less disbursed, where disbursement is reported"),
            ),
            Headline(
                t("Would lapse at the pace so far"),
                _short(lapse, lang),
                t("not paid by the legal close"),
            ),
        ]
    return Headlines(items)


def coverage_note(money: pd.DataFrame, lang: str) -> Prose:
    """Say how much of the money can be spoken of at all, and what the true rate can be."""
    t = translator(lang)
    total = _total(analysis.gaps(money))
    if numbers.is_absent(total["rate_pct"]):
        text = t("No disbursement is reported: no gap and no rate can be given.")
        return Prose([text], kind="caution")
    if total["uncovered_vnd"] == 0:
        return Prose([t("A disbursement is reported for all the money allocated.")])
    text = t(
        "For {uncovered} of {allocated} no disbursement is reported. Not reported is not zero: "
        "the rate of all money lies anywhere between {low} and {high}. Gaps and rates below "
        "are those of the {share} with a reported disbursement.",
        uncovered=_short(total["uncovered_vnd"], lang),
        allocated=_short(total["allocated_vnd"], lang),
        low=_rate(total["rate_low_pct"], lang),
        high=_rate(total["rate_high_pct"], lang),
        share=_rate(total["coverage_pct"], lang),
    )
    return Prose([text], kind="caution")


@_in_house_style
def coverage_chart(money: pd.DataFrame, lang: str) -> Figure:
    """Draw which money has a reported disbursement, by programme and source."""
    t = translator(lang)
    year = _year_of(money)
    found = analysis.gaps(money, ["programme", "source"])
    rows, total = _records(_rows(found)), _total(found)
    unit = _Unit.of((row["allocated_vnd"] for row in rows), lang)
    canvas, axes = _canvas(1.1 + 0.5 * len(rows))
    for at, row in enumerate(rows[::-1]):
        covered = float(row["coverage_pct"] or 0)
        axes.barh(at, 100, height=0.62, color=style.NOT_REPORTED_FILL, hatch="////",
                  edgecolor=style.OUTSIDE_FILL, linewidth=0.6)  # fmt: skip
        axes.barh(at, covered, height=0.62, color=style.ACCENT)
        axes.text(103, at, unit.text(row["allocated_vnd"]), va="center")
    names = [
        f"{_programme(row['programme'], year, lang)},\n{_sources(row['source'], t)}"
        for row in rows[::-1]
    ]
    axes.set_yticks(range(len(rows)), names, multialignment="right")
    axes.set_xlim(0, 118)
    _percent_axis(axes, lang)
    label = t("share of allocated money, %; right: allocated, {unit}", unit=unit.name)
    axes.set_xlabel(_wrapped(label, 40))
    _legend(
        axes,
        [
            (t("disbursement reported"), {"facecolor": style.ACCENT}),
            (
                t("not reported"),
                {
                    "facecolor": style.NOT_REPORTED_FILL,
                    "hatch": "////",
                    "edgecolor": style.OUTSIDE_FILL,
                },
            ),
        ],
    )
    if total["uncovered_vnd"] == 0:
        title = t("A disbursement is reported for all the money allocated")
    else:
        title = t(
            "A disbursement is reported for {share} of the allocated money",
            share=_rate(total["coverage_pct"], lang),
        )
    words = [f"{_what(row, year, lang)} {_rate(row['coverage_pct'], lang)}" for row in rows]
    alternative = t("Bars by programme and source, share of money with a reported disbursement.")
    frame = found.assign(what=[*(_what(r, year, lang) for r in rows), t("All")])
    data = table(
        frame,
        slug="funding-coverage-data",
        caption=t("Money with a reported disbursement, {year}, VND billion", year=year),
        columns=[
            Column("what", t("Money")),
            Column("lines", t("Lines"), "number"),
            Column("lines_reported", t("Lines reported"), "number"),
            Column("allocated_vnd", t("Allocated"), "billion", 3),
            Column("covered_vnd", t("Disbursement reported"), "billion", 3),
            Column("uncovered_vnd", t("Not reported"), "billion", 3),
            Column("coverage_pct", t("Reported, %"), "percent", 1),
        ],
        lang=lang,
        totals=_marks(frame),
    )
    return from_canvas(
        canvas,
        slug="funding-coverage",
        title=title,
        alternative=f"{alternative} {'; '.join(words)}.",
        lang=lang,
        table=data,
    )


# ------------------------------------------------------------------ gaps


def gap_table(money: pd.DataFrame, lang: str) -> Table:
    """Show gap and rate by programme, source, kind and plan year, with subtotals and total."""
    t = translator(lang)
    year = _year_of(money)
    found = analysis.gaps(money, ["programme", "source", "kind", "plan_year"], subtotals=True)
    labels, groups = [], []
    for row in _records(found):
        of = _programme(row["programme"], year, lang)
        groups.append(t("Both programmes together") if row["row"] == "total" else of)
        if row["row"] == "row":
            labels.append(_what({**row, "programme": None}, year, lang))
        else:
            labels.append(t("Total"))
    frame = found.assign(what=labels, group=groups)
    if found["programme"].nunique() < 2:
        frame = frame[frame["row"] != "total"]
    return table(
        frame,
        slug="funding-gaps",
        caption=t(
            "Money of the programmes, {year}: allocated, disbursed and gap, VND billion", year=year
        ),
        columns=[
            Column("what", t("Source and kind")),
            *_gap_columns(t),
        ],
        lang=lang,
        group="group",
        totals=_marks(frame),
        notes=[_gap_note(money, lang)],
    )


def _gap_columns(t: Translate) -> list[Column]:
    return [
        Column("allocated_vnd", t("Allocated"), "billion", 3),
        Column("uncovered_vnd", t("of which not reported"), "billion", 3),
        Column("disbursed_vnd", t("Disbursed"), "billion", 3),
        Column("gap_vnd", t("Gap"), "billion", 3),
        Column("rate_pct", t("Rate, %"), "percent", 2),
    ]


def _gap_note(money: pd.DataFrame, lang: str) -> str:
    t = translator(lang)
    return t(
        "{cut_off}. Allocated = not reported + disbursed + gap in every row; amounts add up, "
        "rates are formed from the sums of the lines with a reported disbursement. {absent}: not "
        "reported.",
        cut_off=_capital(_cut_off(money, lang)),
        absent=numbers.NOT_REPORTED,
    )


def component_table(money: pd.DataFrame, lang: str) -> Table:
    """Show gap and rate by component of the programmes."""
    t = translator(lang)
    year = _year_of(money)
    found = analysis.gaps(money, ["programme", "component"], subtotals=True)
    single = money.groupby("programme")["component"].nunique() < 2
    alone = set(single[single].index)
    found = found[(found["row"] != "subtotal") | ~found["programme"].isin(alone)]
    plain = [row == "row" for row in found["row"]]
    names = [
        _component(code, lang) if own else t("Total")
        for code, own in zip(found["component"], plain, strict=True)
    ]
    groups = [
        t("Both programmes together")
        if row["row"] == "total"
        else _programme(row["programme"], year, lang)
        for row in _records(found)
    ]
    frame = found.assign(what=names, group=groups)
    if found["programme"].nunique() < 2:
        frame = frame[frame["row"] != "total"]
    return table(
        frame,
        slug="funding-components",
        caption=t(
            "Money by component, {year}: allocated, disbursed and gap, VND billion", year=year
        ),
        columns=[Column("what", t("Component")), *_gap_columns(t)],
        lang=lang,
        group="group",
        totals=_marks(frame),
        notes=[_gap_note(money, lang)],
    )


@_in_house_style
def district_chart(money: pd.DataFrame, lang: str) -> Figure:
    """Draw each district's disbursed money within its allocated money, largest gap first."""
    t = translator(lang)
    year = _year_of(money)
    name = _district_names(year, lang)
    found = analysis.gaps(money, ["district_code"], expected=list(analysis.district_names(year)))
    total = _total(found)
    reported = [r for r in _records(_rows(found)) if not numbers.is_absent(r["gap_vnd"])]
    reported.sort(key=lambda row: -int(row["gap_vnd"]))
    silent = [r for r in _records(_rows(found)) if numbers.is_absent(r["gap_vnd"])]
    canvas, axes = _canvas(0.95 + 0.34 * max(len(reported), 1))
    ends = [max(int(row["covered_vnd"]), int(row["disbursed_vnd"])) for row in reported]
    unit = _Unit.of(ends, lang)
    most = max([unit.value(end) for end in ends] + [0.001])
    for at, row in enumerate(reported[::-1]):
        plan, paid = unit.value(row["covered_vnd"]), unit.value(row["disbursed_vnd"])
        axes.barh(at, plan, height=0.7, color=_PALE)
        axes.barh(at, paid, height=0.36, color=style.ACCENT)
        text = f"{unit.text(row['gap_vnd'])}  ({_rate(row['rate_pct'], lang)})"
        axes.text(max(plan, paid, 0) + most * 0.015, at, text, va="center")
    axes.set_yticks(range(len(reported)), [name(r["district_code"]) for r in reported[::-1]])
    axes.set_xlim(right=most * 1.32)
    _amount_axis(axes, lang)
    axes.set_xlabel(t("{unit}; at the right: gap (and rate)", unit=unit.name))
    _legend(
        axes,
        [
            (t("allocated"), {"facecolor": _PALE}),
            (t("disbursed"), {"facecolor": style.ACCENT}),
        ],
    )
    frame = pd.concat([pd.DataFrame(reported + silent, columns=found.columns), found.tail(1)])
    frame = frame.assign(
        district=[
            t("Province") if row["row"] == "total" else name(row["district_code"])
            for row in _records(frame)
        ],
    )
    data = table(
        frame,
        slug="funding-districts-data",
        caption=t("Money by district, {year}, VND billion", year=year),
        columns=[Column("district", t("District or city")), *_gap_columns(t)],
        lang=lang,
        totals=_marks(frame),
        notes=[_gap_note(money, lang)],
    )
    note = ""
    if silent:
        note = t(
            "No disbursement reported by {names}.",
            names=numbers.joined([name(row["district_code"]) for row in silent], lang),
        )
    return from_canvas(
        canvas,
        slug="funding-districts",
        title=_district_title(reported, total, name, lang),
        alternative=t("Bars by district, disbursed within allocated money; gap and rate.")
        + " "
        + "; ".join(
            f"{name(r['district_code'])} {_short(r['gap_vnd'], lang)}, {_rate(r['rate_pct'], lang)}"
            for r in reported
        )
        + ".",
        lang=lang,
        table=data,
        note=note,
    )


def _district_title(
    reported: Sequence[Mapping[str, Any]],
    total: Mapping[str, Any],
    name: Callable[[Any], str],
    lang: str,
) -> str:
    t = translator(lang)
    short = [row for row in reported if row["gap_vnd"] > 0]
    if not reported:
        return t("No district reports a disbursement")
    if not short:
        return t("No district has money left to disburse")
    first = short[0]
    slow = min(
        (r for r in reported if not numbers.is_absent(r["rate_pct"])),
        key=lambda r: float(r["rate_pct"]),
        default=first,
    )
    if slow["district_code"] == first["district_code"]:
        return t(
            "{name} has both the largest gap, {gap}, and the lowest rate, {rate}",
            name=name(first["district_code"]),
            gap=_short(first["gap_vnd"], lang),
            rate=_rate(first["rate_pct"], lang),
        )
    return t(
        "{name} has the largest gap, {gap}; {slow} has the lowest rate, {rate}",
        name=name(first["district_code"]),
        gap=_short(first["gap_vnd"], lang),
        slow=name(slow["district_code"]),
        rate=_rate(slow["rate_pct"], lang),
    )


_GAP_CLASSES = {"billion": (1, 2.5, 5, 10, 20), "million": (50, 100, 200, 400, 800)}
"""Classes of the map, the same over years; small programmes have their own."""


def gap_map(money: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw the gap of every district on the map, in classes that stay the same over years."""
    from kgstats.present import maps

    t = translator(lang)
    year = _year_of(money)
    names = analysis.district_names(year)
    if not names:
        return Prose([t("There are no districts at the end of {year} to draw.", year=year)])
    found = analysis.gaps(money, ["district_code"], expected=list(names))
    held = [r for r in _records(_rows(found)) if str(r["district_code"]) in names]
    unit = "million" if set(money["programme"]) == {"gnbv"} else "billion"
    scale = 10**9 if unit == "billion" else 10**6
    facts = [
        []
        if numbers.is_absent(row["gap_vnd"])
        else [
            f"{t('Allocated')}: {_short(row['covered_vnd'], lang)}",
            f"{t('Disbursed')}: {_short(row['disbursed_vnd'], lang)} "
            f"({_rate(row['rate_pct'], lang)})",
        ]
        for row in held
    ]
    gaps = [None if numbers.is_absent(r["gap_vnd"]) else int(r["gap_vnd"]) / scale for r in held]
    frame = pd.DataFrame(
        {
            "district_code": [str(row["district_code"]) for row in held],
            "gap": pd.array(gaps, "Float64"),
            "facts": facts,
        }
    )
    label = t("Gap, VND billion") if unit == "billion" else t("Gap, VND million")
    shown = pd.DataFrame(held, columns=found.columns).assign(
        district=[names[str(row["district_code"])] for row in held]
    )
    return maps.choropleth(
        frame,
        "gap",
        classes=maps.Classes(_GAP_CLASSES[unit], decimals=1),
        label=label,
        year=year,
        lang=lang,
        slug="funding-map",
        title=_map_title(held, names, lang),
        level="district",
        facts="facts",
        note=_capital(_cut_off(money, lang)) + ".",
        table=table(
            shown,
            slug="funding-map-data",
            caption=t("Gap by district, in the order of the codes, {year}", year=year),
            columns=[Column("district", t("District or city")), *_gap_columns(t)],
            lang=lang,
        ),
    )


def _map_title(held: Sequence[Mapping[str, Any]], names: Mapping[str, str], lang: str) -> str:
    """Say where half of what is not yet disbursed lies."""
    t = translator(lang)
    short = sorted(
        (row for row in held if not numbers.is_absent(row["shortfall_vnd"])),
        key=lambda row: -int(row["shortfall_vnd"]),
    )
    total = sum(int(row["shortfall_vnd"]) for row in short)
    if not total:
        return t("No district has money left to disburse")
    running, half = 0, []
    for row in short:
        if 2 * running >= total:
            break
        running += int(row["shortfall_vnd"])
        half.append(names[str(row["district_code"])])
    if len(half) > 6:
        return t("Half of the gap lies in {n} of {all} districts", n=len(half), all=len(names))
    return t("Half of the gap lies in {names}", names=numbers.joined(half, lang))


def denominators_table(money: pd.DataFrame, lang: str) -> Table:
    """Show the rate on several denominators side by side."""
    t = translator(lang)
    year = _year_of(money)
    found = analysis.denominators(money)
    pool = ["programme", "source", "allocated_vnd", "disbursed_vnd"]
    found = found[~found.duplicated(pool)].reset_index(drop=True)
    ranges, pools = [], []
    for row in _records(found):
        low, high = row["rate_low_pct"], row["rate_high_pct"]
        pools.append(f"{_programme(row['programme'], year, lang)}, {_sources(row['source'], t)}")
        if numbers.is_absent(low):
            ranges.append(numbers.NOT_REPORTED)
        elif low == high:
            ranges.append(numbers.percent(low, lang, 2))
        else:
            ends = [numbers.percent(end, lang, 2) for end in (low, high)]
            ranges.append(" – ".join(ends))
    frame = found.assign(
        what=[_capital(t(BASIS_NAMES[basis])) for basis in found["basis"]],
        group=pools,
        rates=ranges,
    )
    return table(
        frame,
        slug="funding-denominators",
        caption=t("Disbursement rate on several denominators, {year}, VND billion", year=year),
        columns=[
            Column("what", t("Denominator")),
            Column("allocated_vnd", t("Allocated"), "billion", 3),
            Column("disbursed_vnd", t("Disbursed"), "billion", 3),
            Column("coverage_pct", t("Reported, %"), "percent", 1),
            Column("rates", t("Rate"), "mixed"),
        ],
        lang=lang,
        group="group",
        notes=[
            t(
                "Where part of the money has no reported disbursement, the rate lies between "
                "none and all of that part being spent."
            )
        ],
    )


def counterpart_note(money: pd.DataFrame, lang: str) -> Prose:
    """Say how much local money stands beside each đồng of central money."""
    t = translator(lang)
    year = _year_of(money)
    items = [
        t(
            "{programme}: {local} beside {central} from the central budget, {ratio} đồng for "
            "each central đồng.",
            programme=_programme(row["programme"], year, lang),
            local=_short(row["local_vnd"], lang),
            central=_short(row["central_vnd"], lang),
            ratio=numbers.number(row["ratio"], lang, 3 if row["ratio"] < 1 else 2),
        )
        for row in _records(analysis.counterpart(money))
        if not numbers.is_absent(row["ratio"])
    ]
    return Prose([t("Money of the year's plan from other sources than the central budget:")], items)


# ------------------------------------------------------------------ time

_STEP_NAMES = {
    "allocated": N_("allocated"),
    "uncovered": N_("disbursement not reported"),
    "disbursed": N_("disbursed"),
    "excess": N_("paid above plan, put back"),
    "shortfall": N_("not yet disbursed"),
    "undated": N_("no legal close known"),
    "projected": N_("paid by the close at the pace so far"),
    "lapse": N_("would lapse"),
}


@_in_house_style
def waterfall_chart(money: pd.DataFrame, closed: pd.DataFrame, lang: str) -> Figure:
    """Draw the steps from the money allocated to what would lapse at the pace so far."""
    t = translator(lang)
    year = _year_of(money)
    steps = analysis.waterfall(money, closed)
    by_step = {row["step"]: row for row in _records(steps)}
    covered = by_step["uncovered"]["after_vnd"]
    shown = [
        {"step": "allocated", "kind": "level", "amount_vnd": covered, "after_vnd": covered},
        *(row for row in _records(steps)[2:] if row["kind"] == "level" or row["amount_vnd"]),
    ]
    canvas, axes = _canvas(0.75 + 0.5 * len(shown))
    before = 0
    unit = _Unit.of((row["after_vnd"] for row in shown), lang)
    most = max(unit.value(covered), 0.001)
    for at, row in enumerate(shown):
        y = len(shown) - 1 - at
        after = int(row["after_vnd"])
        low, high = (0, after) if row["kind"] == "level" else sorted((before, after))
        last = row["step"] == "lapse"
        colour = style.CONTRAST if last else style.ACCENT if row["kind"] == "level" else _PALE
        axes.barh(y, unit.value(high - low), left=unit.value(low), height=0.62, color=colour)
        if at:
            axes.plot([unit.value(before)] * 2, [y + 1.31, y - 0.31], color=style.MUTED, lw=0.8)
        sign = "" if row["kind"] == "level" else numbers.MINUS if row["amount_vnd"] < 0 else "+"
        text = sign + unit.text(abs(int(row["amount_vnd"])))
        axes.text(unit.value(high) + most * 0.015, y, text, va="center")
        before = after
    names = [_capital(t(_STEP_NAMES[row["step"]])) for row in shown]
    if by_step["uncovered"]["amount_vnd"]:
        names[0] = _capital(t("allocated, disbursement reported"))
    labels = [_wrapped(name, 24) for name in names[::-1]]
    axes.set_yticks(range(len(shown)), labels, multialignment="right")
    axes.set_xlim(0, most * 1.16)
    _amount_axis(axes, lang)
    axes.set_xlabel(unit.name)
    lapse, short = by_step["lapse"]["amount_vnd"], by_step["shortfall"]["amount_vnd"]
    if not short:
        title = t("Nothing is left to disburse")
    elif not lapse:
        title = t(
            "At the pace so far all of the {short} not yet disbursed is paid by its legal close",
            short=_short(short, lang),
        )
    else:
        title = t(
            "At the pace so far {lapse} of the {short} not yet disbursed would lapse at the legal "
            "close",
            lapse=_short(lapse, lang),
            short=_short(short, lang),
        )
    frame = steps.assign(what=[_capital(t(_STEP_NAMES[name])) for name in steps["step"]])
    data = table(
        frame,
        slug="funding-waterfall-data",
        caption=t("From the money allocated to what would lapse, {year}, VND billion", year=year),
        columns=[
            Column("what", t("Step")),
            Column("amount_vnd", t("Amount"), "billion", 3),
            Column("after_vnd", t("Left after the step"), "billion", 3),
        ],
        lang=lang,
        totals=[kind == "level" for kind in steps["kind"]],
    )
    notes = [t("The pace is an account of days, not a forecast.")]
    if by_step["uncovered"]["amount_vnd"]:
        notes.insert(
            0,
            t(
                "Not in the picture: {amount} whose disbursement is not reported.",
                amount=_short(-by_step["uncovered"]["amount_vnd"], lang),
            ),
        )
    return from_canvas(
        canvas,
        slug="funding-waterfall",
        title=title,
        alternative=t("Steps from the money allocated to what would lapse.")
        + " "
        + "; ".join(
            f"{name} {_short(abs(int(row['amount_vnd'])), lang)}"
            for name, row in zip(names, shown, strict=True)
        )
        + ".",
        lang=lang,
        table=data,
        note=" ".join(notes),
    )


def _wrapped(text: str, width: int) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, width))


def lapsing_table(money: pd.DataFrame, closed: pd.DataFrame, lang: str) -> Table:
    """Show what is at risk at each legal close and the pace it would take."""
    t = translator(lang)
    year = _year_of(money)
    found = analysis.lapsing(closed)
    labels, closes = [], []
    for row in _records(found):
        labels.append(t("Total") if row["row"] == "total" else _what(row, year, lang))
        if row["row"] == "total":
            closes.append("")
        elif numbers.is_absent(row["close"]):
            closes.append(t("not known"))
        else:
            text = numbers.date(row["close"], lang)
            if row["settle"] != row["close"]:
                text += " " + t("(adjustment to {day})", day=numbers.date(row["settle"], lang))
            closes.append(text + ("" if row["confirmed"] else " *"))
    frame = found.assign(what=labels, closes=closes, left=_blank(found["days_left"], lang))
    for name in ("paid_per_day_vnd", "needed_per_day_vnd"):
        frame[name.removesuffix("_vnd")] = _blank(found[name], lang, 10**6)
    frame["ratio"] = [
        "" if numbers.is_absent(x) else numbers.number(x, lang, 1) + "×"
        for x in frame["pace_ratio"]
    ]
    rules = [_rule(row, year) for row in _records(_rows(found))]
    bases = [rule.basis for rule in rules if rule is not None and not rule.confirmed]
    notes = [
        t(
            "Pace so far: disbursed, divided by the days since the money was given out in detail "
            "(since 1 January where that date is not known). Pace needed: what is left, divided "
            "by the days from the cut-off to the close. Both in VND million a day."
        )
    ]
    notes.append(
        t(
            "Money can be extended beyond the close by decision; such decisions are not in the "
            "returns."
        )
    )
    if bases:
        notes.append(
            t(
                "* Not confirmed in the text of the law: {bases}.",
                bases="; ".join(sources.said(basis, lang) for basis in dict.fromkeys(bases)),
            )
        )
    return table(
        frame,
        slug="funding-lapsing",
        caption=t("Money not yet disbursed, its legal close, and the pace it would take, {year}",
                  year=year),
        columns=[
            Column("what", t("Money")),
            Column("closes", t("Legal close")),
            Column("left", t("Days left"), "mixed"),
            Column("shortfall_vnd", t("Not yet disbursed, VND billion"), "billion", 3),
            Column("paid_per_day", t("Pace so far"), "mixed"),
            Column("needed_per_day", t("Pace needed"), "mixed"),
            Column("ratio", t("Needed / so far"), "mixed"),
            Column("lapse_vnd", t("Would lapse at the close, VND billion"), "billion", 3),
            Column(
                "lapse_settle_vnd", t("at the end of the adjustment, VND billion"), "billion", 3
            ),
        ],
        lang=lang,
        totals=_marks(frame),
        notes=notes,
    )  # fmt: skip


def _blank(column: pd.Series, lang: str, unit: int = 1) -> list[str]:
    """Write numbers of a column that has none in the row of totals."""
    return [
        "" if numbers.is_absent(value) else numbers.number(Fraction(int(value), unit), lang, 0)
        for value in column
    ]


def _rule(row: Mapping[str, Any], year: int) -> funding_rules.Close | None:
    try:
        return funding_rules.close(str(row["kind"]), int(row["plan_year"]), year)
    except funding_rules.NoCloseKnown:
        return None


def ageing_table(money: pd.DataFrame, lang: str) -> Table:
    """Show the gap by vintage of the money."""
    t = translator(lang)
    year = _year_of(money)
    found = analysis.ageing(money)
    labels = [
        t("All")
        if row["row"] == "total"
        else t("plan of {year}", year=int(row["plan_year"]))
        if row["age"] <= 0
        else t("plan of {year}, carried over", year=int(row["plan_year"]))
        for row in _records(found)
    ]
    frame = found.assign(what=[_capital(label) for label in labels])
    return table(
        frame,
        slug="funding-ageing",
        caption=t("Money by plan year, {year}, VND billion", year=year),
        columns=[Column("what", t("Plan year")), *_gap_columns(t)],
        lang=lang,
        totals=_marks(frame),
        notes=[_gap_note(money, lang)],
    )


def time_table(money: pd.DataFrame, closed: pd.DataFrame, lang: str) -> Table:
    """Show what was due by the cut-off, and how far behind that the money is."""
    t = translator(lang)
    year = _year_of(money)
    found = analysis.lapsing(closed)
    labels: list[str] = []
    elapsed: list[str] = []
    for row in _records(found):
        labels.append(t("Total") if row["row"] == "total" else _what(row, year, lang))
        if row["row"] == "total" or numbers.is_absent(row["days_left"]):
            elapsed.append("")
        else:
            period = int(row["days_elapsed"]) + int(row["days_left"])
            passed = Fraction(100 * int(row["days_elapsed"]), period) if period > 0 else 100
            elapsed.append(numbers.percent(min(max(passed, 0), 100), lang, 1))
    since = ["" if numbers.is_absent(d) else numbers.date(d, lang) for d in found["started"]]
    frame = found.assign(what=labels, elapsed=elapsed, since=since)
    decided = any(row["timed_from"] == "decision" for row in _records(_rows(found)))
    notes = [
        t(
            "Due = elapsed share × allocated; behind = due − disbursed (below zero: ahead). The "
            "share runs from the day the money was given out in detail to the legal close."
        )
    ]
    if not decided:
        notes.append(t("The day of the decision is not known: counted from 1 January."))
    return table(
        frame,
        slug="funding-time",
        caption=t("Gap against the time elapsed, {year}, VND billion", year=year),
        columns=[
            Column("what", t("Money")),
            Column("since", t("Counted from"), "mixed"),
            Column("elapsed", t("Time elapsed"), "mixed"),
            Column("allocated_vnd", t("Allocated"), "billion", 3),
            Column("due_vnd", t("Due by the cut-off"), "billion", 3),
            Column("disbursed_vnd", t("Disbursed"), "billion", 3),
            Column("behind_vnd", t("Behind"), "billion", 3),
        ],
        lang=lang,
        totals=_marks(frame),
        notes=notes,
    )


@_in_house_style
def last_year_chart(money: pd.DataFrame, previous: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw the rates of both years on lines measured in both, joined by slopes."""
    t = translator(lang)
    year = _year_of(money)
    if previous.empty:
        return Prose([t("There are no returns of {year} to compare with.", year=year - 1)])
    before = analysis.lines(previous, year - 1)
    before = before[before["programme"].isin(set(money["programme"]))]
    found = analysis.against_last_year(money, before, ["programme", "source", "kind", "vintage"])
    rows = [
        r
        for r in _records(_rows(found))
        if not numbers.is_absent(r["rate_pct"]) and not numbers.is_absent(r["rate_before_pct"])
    ]
    if not rows:
        return Prose([t("No line is measured in both {a} and {b}.", a=year - 1, b=year)])
    total = _total(found)
    height = 1.2 + 0.75 * len(rows)
    canvas, axes = _canvas(height)
    axes.set_xlim(-0.3, 2.5)
    rates = [float(r[k]) for r in rows for k in ("rate_before_pct", "rate_pct")]
    low, high = min([*rates, 50.0]), max([*rates, 90.0])
    axes.set_ylim(low - 8, high + 6)
    line = (high - low + 14) / (height - 0.5) * 0.19
    ends = _apart([float(r["rate_pct"]) for r in rows], 2.3 * line)
    starts = _apart([float(r["rate_before_pct"]) for r in rows], 1.2 * line)
    for at, (row, end, start) in enumerate(zip(rows, ends, starts, strict=True)):
        colour = style.SERIES[at % len(style.SERIES)]
        y0, y1 = float(row["rate_before_pct"]), float(row["rate_pct"])
        axes.plot([0, 1], [y0, y1], color=colour, lw=2.2, marker="o", ms=6)
        axes.text(-0.06, start, _rate(y0, lang), ha="right", va="center", color=colour)
        label = _wrapped(_what(row, year, lang), 30)
        axes.text(1.06, end, f"{_rate(y1, lang)}  {label}", va="center", color=colour,
                  fontsize=9.5)  # fmt: skip
    axes.set_xticks([0, 1], [str(year - 1), str(year)])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="x", length=0)
    for x in (0, 1):
        axes.axvline(x, color=style.GRID, lw=1, zorder=0)
    change = float(total["change_pp"])
    values = {
        "now": _rate(total["rate_pct"], lang),
        "before": _rate(total["rate_before_pct"], lang),
        "points": numbers.points(abs(change), lang, 1).lstrip("+"),
        "year": year - 1,
    }
    if round(change, 1) < 0:
        title = t(
            "{now} of the comparable money is disbursed, {points} less than in {year} ({before})",
            **values,
        )
    elif round(change, 1) > 0:
        title = t(
            "{now} of the comparable money is disbursed, {points} more than in {year} ({before})",
            **values,
        )
    else:
        title = t(
            "{now} of the comparable money is disbursed, as in {year}",
            now=values["now"],
            year=year - 1,
        )
    frame = pd.DataFrame([*rows, total]).assign(
        what=[*(_what(r, year, lang) for r in rows), t("All")]
    )
    note = t("Only lines measured in both years, with the same district, component and source.")
    if not total["same_day"]:
        note += " " + t("The two years' cut-offs do not fall on the same day of the year.")
    return from_canvas(
        canvas,
        slug="funding-last-year",
        title=title,
        alternative=t("Lines from last year's disbursement rate to this year's.")
        + " "
        + "; ".join(
            f"{_what(r, year, lang)} {_rate(r['rate_before_pct'], lang)} → "
            f"{_rate(r['rate_pct'], lang)}"
            for r in rows
        )
        + ".",
        lang=lang,
        table=table(
            frame,
            slug="funding-last-year-data",
            caption=t("Disbursement beside that of {year}, VND billion", year=year - 1),
            columns=[
                Column("what", t("Money")),
                Column("gap_before_vnd", t("Gap"), "billion", 3, spanner=str(year - 1)),
                Column("rate_before_pct", t("Rate, %"), "percent", 2, spanner=str(year - 1)),
                Column("gap_vnd", t("Gap"), "billion", 3, spanner=str(year)),
                Column("rate_pct", t("Rate, %"), "percent", 2, spanner=str(year)),
                Column("change_pp", t("Change, points"), "points", 2),
                Column("unmatched_vnd", t("Not comparable"), "billion", 3),
            ],
            lang=lang,
            totals=_marks(frame),
        ),
        note=note,
    )


def _apart(values: Sequence[float], least: float) -> list[float]:
    """Move labels apart, keeping their order, so that none covers another."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    placed = list(values)
    for before, here in pairwise(order):
        placed[here] = max(placed[here], placed[before] + least)
    moved = sum(placed) / len(placed) - sum(values) / len(values)
    return [value - moved for value in placed]


# ------------------------------------------------------------------ where and why


@_in_house_style
def decomposition_chart(money: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw what sets each district's gap apart from the common rate: its mix, and its own pace."""
    t = translator(lang)
    year = _year_of(money)
    name = _district_names(year, lang)
    found = analysis.decompose(money)
    rows, total = _records(_rows(found)), _total(found)
    if not rows:
        return Prose([t("No disbursement is reported: nothing can be decomposed.")])
    rows.sort(key=lambda row: -int(row["own_vnd"]))
    canvas, axes = _canvas(1.05 + 0.34 * len(rows))
    unit = _Unit.of((r[k] for r in rows for k in ("own_vnd", "mix_vnd")), lang)
    reach = max([abs(unit.value(r[k])) for r in rows for k in ("own_vnd", "mix_vnd")] + [0.001])
    for at, row in enumerate(rows[::-1]):
        own, mix = unit.value(row["own_vnd"]), unit.value(row["mix_vnd"])
        colour = style.CONTRAST if own > 0 else style.ACCENT
        axes.barh(at + 0.1, own, height=0.5, color=colour)
        axes.barh(at - 0.29, mix, height=0.22, color=style.OUTSIDE_FILL)
        text = unit.signed(row["own_vnd"])
        axes.text(own + reach * (0.02 if own >= 0 else -0.02), at + 0.08, text, va="center",
                  ha="left" if own >= 0 else "right")  # fmt: skip
    axes.axvline(0, color=style.INK, lw=0.9)
    axes.set_yticks(range(len(rows)), [name(r["district_code"]) for r in rows[::-1]])
    own_values = [unit.value(r["own_vnd"]) for r in rows]
    axes.set_xlim(min(0.0, *own_values) - reach * 0.22, max(0.0, *own_values) + reach * 0.22)
    _amount_axis(axes, lang)
    axes.set_xlabel(t("{unit} of the gap", unit=unit.name))
    _legend(
        axes,
        [
            (t("slower than others"), {"facecolor": style.CONTRAST}),
            (t("faster"), {"facecolor": style.ACCENT}),
            (t("mix of money"), {"facecolor": style.OUTSIDE_FILL}),
        ],
    )
    slow = [row for row in rows if row["own_vnd"] > 0]
    if slow:
        title = t(
            "{name} has {amount} more left than if it paid the same kinds of money as fast as the "
            "province",
            name=name(slow[0]["district_code"]),
            amount=_short(slow[0]["own_vnd"], lang),
        )
    else:
        title = t("All districts pay the same kinds of money equally fast")
    frame = pd.DataFrame([*rows, total]).assign(
        district=[*(name(r["district_code"]) for r in rows), t("Province")]
    )
    data = table(
        frame,
        slug="funding-decomposition-data",
        caption=t("What the gap of each district consists of, {year}, VND billion", year=year),
        columns=[
            Column("district", t("District or city")),
            Column("gap_vnd", t("Gap"), "billion", 3),
            Column("general_vnd", t("General level"), "billion", 3),
            Column("mix_vnd", t("Mix of kinds and sources"), "billion", 3),
            Column("own_vnd", t("The district's own"), "billion", 3),
            Column("rate_pct", t("Rate, %"), "percent", 2),
        ],
        lang=lang,
        totals=_marks(frame),
        notes=[
            t(
                "Gap = general level + mix + own, to the đồng. General level: the gap at the "
                "province's rate. Mix: more or less of the kinds of money that are slow "
                "everywhere. Own: slower or faster than others with the same kind of money."
            )
        ],
    )
    return from_canvas(
        canvas,
        slug="funding-decomposition",
        title=title,
        alternative=t("Bars by district: the district's own part of its gap.")
        + " "
        + "; ".join(f"{name(r['district_code'])} {unit.signed(r['own_vnd'])}" for r in rows)
        + ".",
        lang=lang,
        table=data,
    )


def composition_note(money: pd.DataFrame, lang: str) -> Prose:
    """Say whether the shortfall is general or a shift between kinds and sources."""
    t = translator(lang)
    year = _year_of(money)
    items = []
    for row in _records(analysis.composition(money)):
        values = {
            "programme": _programme(row["programme"], year, lang),
            "outturn": _rate(row["outturn_pct"], lang),
        }
        if numbers.is_absent(row["variance_pct"]):
            continue
        if row["headings"] < 2:
            items.append(
                t(
                    "{programme}: {outturn} of the plan is spent; only one kind of money is "
                    "reported, so that its composition cannot vary.",
                    **values,
                )
            )
        else:
            items.append(
                t(
                    "{programme}: {outturn} of the plan is spent; its composition by source and "
                    "kind departs from the plan's by {variance}.",
                    variance=_rate(row["variance_pct"], lang),
                    **values,
                )
            )
    lead = t(
        "Aggregate outturn and composition variance by the formulas of PEFA (PI-1, PI-2), on "
        "lines of the year's plan with a reported disbursement; without its grades, which need "
        "three years of a whole government."
    )
    return Prose([lead], items)


@_in_house_style
def pareto_chart(money: pd.DataFrame, lang: str, percent: int = 80) -> Figure | Prose:
    """Draw the lines by size of their gap, with the running share of the whole."""
    t = translator(lang)
    year = _year_of(money)
    name = _district_names(year, lang)
    by = ("district_code", "programme", "kind", "vintage")
    found = analysis.pareto(money, by, percent)
    if found.empty:
        return Prose([t("Nothing is left to disburse on the lines reported.")])

    def label(row: Mapping[str, Any], *, several: bool) -> str:
        what = _what({**row, "programme": row["programme"] if several else None}, year, lang)
        return f"{name(row['district_code'])}: {what[:1].lower()}{what[1:]}"

    rows = _records(found)
    inside = [row for row in rows if row["within"]]
    shown = inside[:_MOST_BARS]
    pictured = {str(row["programme"]) for row in shown}
    rest = rows[len(shown) :]
    labels = [_wrapped(label(row, several=False), 40) for row in shown]
    if len(pictured) > 1:
        # Programme and vintage on a line of their own keep the bars room.
        labels = [
            f"{name(row['district_code'])}: {_kind(row['kind'], t)},\n"
            + _what({**row, "kind": None}, year, lang).lower()
            for row in shown
        ]
    step = 0.45 if any("\n" in text for text in labels[:-1]) else 0.34
    canvas, (axes, side) = _panels(1.0 + step * len(shown), (2.4, 1))
    heights = range(len(shown))[::-1]
    unit = _Unit.of((row["shortfall_vnd"] for row in shown), lang)
    most = max(unit.value(row["shortfall_vnd"]) for row in shown)
    for y, row in zip(heights, shown, strict=True):
        amount = unit.value(row["shortfall_vnd"])
        axes.barh(y, amount, height=0.66, color=style.ACCENT)
        axes.text(amount + most * 0.02, y, unit.text(row["shortfall_vnd"]), va="center")
    axes.set_yticks(heights, labels, fontsize=10, multialignment="right")
    axes.set_xlim(0, most * 1.22)
    _amount_axis(axes, lang)
    axes.set_xlabel(t("gap, {unit}", unit=unit.name))
    side.plot([float(r["cumulative_pct"]) for r in shown], heights, color=style.CONTRAST,
              marker="o", ms=4.5, lw=1.6)  # fmt: skip
    side.axvline(percent, color=style.MUTED, lw=1, ls=(0, (4, 3)))
    side.set_xlim(0, 105)
    side.set_xticks([0, 50, 100], [numbers.number(n, lang) for n in (0, 50, 100)])
    side.grid(True, axis="x")
    side.set_xlabel(_wrapped(t("running share, %"), 12))
    title = t(
        "{share} of the gap lies on {n} of {all} lines",
        n=len(inside),
        all=len(rows),
        share=_rate(inside[-1]["cumulative_pct"], lang),
    )
    notes = [t("A line here is a district's money of one programme, kind and vintage.")]
    if len(pictured) == 1:
        only = _programme(pictured.pop(), year, lang)
        notes.append(t("All lines in the picture are of one programme: {name}.", name=only))
    if rest:
        notes.append(
            t(
                "Not in the picture: {amount} on the other lines ({n}).",
                n=len(rest),
                amount=_short(sum(int(row["shortfall_vnd"]) for row in rest), lang),
            )
        )
    frame = found.assign(what=[label(row, several=True) for row in rows])
    return from_canvas(
        canvas,
        slug="funding-pareto",
        title=title,
        alternative=t("Bars by size of the gap; largest first.")
        + " "
        + "; ".join(
            f"{label(r, several=True)} {_short(r['shortfall_vnd'], lang)}" for r in shown[:6]
        )
        + ".",
        lang=lang,
        table=table(
            frame,
            slug="funding-pareto-data",
            caption=t("Lines by size of their gap, {year}, VND billion", year=year),
            columns=[
                Column("what", t("District and money")),
                Column("shortfall_vnd", t("Gap"), "billion", 3),
                Column("rate_pct", t("Rate, %"), "percent", 2),
                Column("share_pct", t("Share of the gap, %"), "percent", 1),
                Column("cumulative_pct", t("Running share, %"), "percent", 1),
            ],
            lang=lang,
        ),
        note=" ".join(notes),
    )


_WHERE_LOOKS = {
    "below": (style.CONTRAST, "v", N_("slower, and it matters")),
    "above": (style.ACCENT, "^", N_("faster, and it matters")),
    "inside": ("#8b95a0", "o", N_("too small to matter")),
}


@_in_house_style
def funnel_chart(money: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw rates against the size of the line, with the limits within which they do not matter."""
    t = translator(lang)
    year = _year_of(money)
    name = _district_names(year, lang)
    found = analysis.funnel(money)
    if found is None or found.step_vnd == 0:
        return Prose([t("No line has a gap and a rate to compare.")])
    points = found.points
    common = float(100 * found.rate)
    canvas, axes = _canvas(4.6)
    axes.spines["left"].set_visible(True)
    sizes = [int(value) for value in points["allocated_vnd"]]
    low, high = min(sizes) / 1.5, max(sizes) * 3.2
    grid = [low * (high / low) ** (i / 120) for i in range(121)]
    band = [100 * found.step_vnd / size for size in grid]
    axes.fill_between(
        [size / 10**9 for size in grid],
        [max(common - width, -4) for width in band],
        [min(common + width, 112) for width in band],
        color=style.NOT_REPORTED_FILL, zorder=0, linewidth=0,
    )  # fmt: skip
    axes.axhline(common, color=style.MUTED, lw=1, ls=(0, (4, 3)))
    for where, (colour, mark, _) in _WHERE_LOOKS.items():
        part = points[points["where"] == where]
        axes.scatter(
            [int(v) / 10**9 for v in part["allocated_vnd"]],
            [min(float(v), 112) for v in part["rate_pct"]],
            s=26 if where == "inside" else 42, color=colour, marker=mark,
            edgecolor=style.PAPER, linewidth=0.5, label=t(_WHERE_LOOKS[where][2]), zorder=2,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(low / 10**9, high / 10**9)
    axes.set_ylim(-4, max(104, min(112, max(float(v) for v in points["rate_pct"]) + 4)))
    _log_axis(axes, lang)
    axes.set_yticks([0, 25, 50, 75, 100], [numbers.percent(n, lang, 0) for n in range(0, 101, 25)])
    axes.set_xlabel(t("allocated on the line, VND billion (each step ten times)"))
    axes.set_ylabel(t("disbursed, %"))
    axes.legend(loc="lower left", bbox_to_anchor=(-0.12, 1), ncols=3, handletextpad=0.2,
                columnspacing=1.0, fontsize=9.5)  # fmt: skip
    telling = sorted(
        (r for r in _records(points) if r["where"] != "inside"),
        key=lambda r: -abs(int(r["away_vnd"])),
    )
    marked: list[dict[str, Any]] = []
    for side in ("below", "above"):
        marked += [row for row in telling if row["where"] == side][:2]
    heights = _apart([float(row["rate_pct"]) for row in marked], 5.5) if marked else []
    over = max([height - 101 for height in heights] + [0.0])
    for row, height in zip(marked, heights, strict=True):
        x = int(row["allocated_vnd"]) / 10**9 * 1.13
        lowered = height - over if row["where"] == "above" else height
        axes.text(x, lowered, name(row["district_code"]), va="center", fontsize=9.5)
    slow = int((points["where"] == "below").sum())
    small = int((points["where"] == "inside").sum())
    title = t(
        "Slower than the common {rate} by an amount that matters: {slow} of {all} lines",
        slow=slow,
        all=len(points),
        rate=_rate(common, lang),
    )
    order = {"below": 0, "above": 1, "inside": 2}
    frame = points.assign(
        district=[name(code) for code in points["district_code"]],
        what=[_what(row, year, lang) for row in _records(points)],
        group=[_capital(t(_WHERE_LOOKS[where][2])) for where in points["where"]],
        order=[order[where] for where in points["where"]],
        size=[abs(int(value)) for value in points["away_vnd"]],
    ).sort_values(["order", "size"], ascending=[True, False], kind="stable")
    return from_canvas(
        canvas,
        slug="funding-funnel",
        title=title,
        alternative=t(
            "Points by size and rate of each line, within limits that narrow as lines grow; "
            "small lines within them, whatever their rate: {small}.",
            small=small,
        ),
        lang=lang,
        table=table(
            frame,
            slug="funding-funnel-data",
            caption=t("Lines and their departure from the common rate, {year}", year=year),
            columns=[
                Column("district", t("District or city")),
                Column("what", t("Money")),
                Column("allocated_vnd", t("Allocated, VND million"), "million", 1),
                Column("disbursed_vnd", t("Disbursed, VND million"), "million", 1),
                Column("rate_pct", t("Rate, %"), "percent", 2),
                Column("away_vnd", t("Departure, VND million"), "million", 1),
            ],
            lang=lang,
            group="group",
        ),
        note=t(
            "Within the grey limits a line's departure from the common rate is at most {step}, "
            "one percent of the whole gap. An account of money, not of chance.",
            step=_short(found.step_vnd, lang),
        ),
    )


def _log_axis(axes: Any, lang: str) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.xaxis.set_major_locator(LogLocator(base=10))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda v, _: numbers.number(float(f"{v:g}"), lang))
    )
    axes.xaxis.set_minor_formatter(NullFormatter())


# ------------------------------------------------------------------ need

NEEDS = {
    "poor": ("gnbv", N_("poor household"), N_("poor households at the start of the year")),
    "criteria": (
        "ntm",
        N_("unmet criterion"),
        N_("criteria that communes did not meet at the start of the year"),
    ),
}
"""The programme that answers a need, and the words for one and for all of it."""


@_in_house_style
def need_chart(money: pd.DataFrame, need: pd.Series, what: str, lang: str) -> Figure | Prose:
    """Draw the money allocated per unit of need by district.

    ``what`` is ``poor`` (poverty-reduction money per poor household) or ``criteria`` (new-rural
    money per unmet criterion); of ``money`` the lines of that programme are taken.
    """
    t = translator(lang)
    year = _year_of(money)
    name = _district_names(year, lang)
    answers, one, many = NEEDS[what][0], t(NEEDS[what][1]), t(NEEDS[what][2])
    money = money[money["programme"] == answers]
    if money.empty:
        return Prose([t("The money chosen here is not for this need.")])
    found = analysis.against_need(money, need)
    rows = [r for r in _records(_rows(found.table)) if not numbers.is_absent(r["per_need_vnd"])]
    total = _total(found.table)
    if not rows or numbers.is_absent(total["per_need_vnd"]):
        return Prose([t("There is no count of {many} to compare the money with.", many=many)])
    rows.sort(key=lambda row: -int(row["per_need_vnd"]))
    highest = max(int(row["per_need_vnd"]) for row in [*rows, total])
    unit, scale = ("billion", 10**9) if highest >= 10**9 else ("million", 10**6)
    mean, most = int(total["per_need_vnd"]) / scale, (highest / scale) or 1.0
    canvas, axes = _canvas(1.05 + 0.33 * len(rows))
    for at, row in enumerate(rows[::-1]):
        value = int(row["per_need_vnd"]) / scale
        axes.plot([mean, value], [at, at], color=style.OUTSIDE_FILL, lw=2, zorder=1)
        axes.scatter([value], [at], s=42, color=style.ACCENT, zorder=2)
        left = value < mean
        axes.text(value + most * (-0.025 if left else 0.025), at,
                  numbers.number(round(value, 1), lang, 1), va="center",
                  ha="right" if left else "left")  # fmt: skip
    axes.plot([mean, mean], [-0.7, len(rows) - 0.5], color=style.CONTRAST, lw=1.2, zorder=0)
    axes.set_yticks(range(len(rows)), [name(r["district_code"]) for r in rows[::-1]])
    axes.set_xlim(-most * 0.12, most * 1.16)
    axes.set_ylim(-0.7, len(rows) + 0.1)
    axes.text(mean, len(rows) - 0.45, t("province {value}", value=numbers.number(
        round(mean, 1), lang, 1)), color=style.CONTRAST, ha="center", va="bottom")  # fmt: skip
    _amount_axis(axes, lang)
    axes.set_xticks([tick for tick in axes.get_xticks() if tick >= 0])
    axes.set_xlim(-most * 0.12, most * 1.16)
    words = {
        "million": t("VND million allocated per {one}", one=one),
        "billion": t("VND billion allocated per {one}", one=one),
    }
    axes.set_xlabel(words[unit])
    first, last = rows[0], rows[-1]
    title = t(
        "Money per {one}: from {low} in {last} to {high} in {first}",
        one=one,
        low=_short(last["per_need_vnd"], lang),
        last=name(last["district_code"]),
        high=_short(first["per_need_vnd"], lang),
        first=name(first["district_code"]),
    )
    others = [r for r in _records(_rows(found.table)) if numbers.is_absent(r["per_need_vnd"])]
    none = [name(r["district_code"]) for r in others if not numbers.is_absent(r["need"])]
    unknown = [name(r["district_code"]) for r in others if numbers.is_absent(r["need"])]
    notes = []
    if none:
        notes.append(t("Without any {one}: {names}.", one=one, names=numbers.joined(none, lang)))
    if unknown:
        notes.append(
            t("Not reported: {many} of {names}.", many=many, names=numbers.joined(unknown, lang))
        )
    frame = pd.DataFrame([*rows, total]).assign(
        district=[*(name(r["district_code"]) for r in rows), t("Province")]
    )
    return from_canvas(
        canvas,
        slug=f"funding-need-{what}",
        title=title,
        alternative=t("Points by district, money allocated per {one}, highest first.", one=one)
        + " "
        + "; ".join(f"{name(r['district_code'])} {_short(r['per_need_vnd'], lang)}" for r in rows)
        + ".",
        lang=lang,
        table=table(
            frame,
            slug=f"funding-need-{what}-data",
            caption=t("Money allocated beside {many}, {year}", many=many, year=year),
            columns=[
                Column("district", t("District or city")),
                Column("allocated_vnd", t("Allocated, VND billion"), "billion", 3),
                Column("need", _capital(many), "number"),
                Column("per_need_vnd", _capital(words[unit]), unit, 2),
                Column("amount_share_pct", t("Share of money, %"), "percent", 1),
                Column("need_share_pct", t("Share of need, %"), "percent", 1),
            ],
            lang=lang,
            totals=_marks(frame),
        ),
        note=" ".join(notes),
    )


def need_note(money: pd.DataFrame, need: pd.Series, what: str, lang: str) -> Prose | None:
    """Say how unevenly the money stands to the need, without a word on why."""
    t = translator(lang)
    found = analysis.against_need(money[money["programme"] == NEEDS[what][0]], need)
    if found.hoover is None or found.gini is None:
        return None
    texts = [
        t(
            "{share} of the money would have to be elsewhere for it to stand in the same "
            "proportion to {many} in every district (Hoover); Gini coefficient {gini}.",
            share=_rate(100 * found.hoover, lang),
            many=t(NEEDS[what][2]),
            gini=numbers.number(found.gini, lang, 2),
        )
    ]
    if found.spread is not None:
        texts.append(
            t(
                "The district with most has {times} times that of the district with least.",
                times=numbers.number(found.spread, lang, 1),
            )
        )
    texts.append(
        t("The programmes also follow other aims: a difference here says nothing about its reason.")
    )
    return Prose([" ".join(texts)])


# ------------------------------------------------------------------ causes, outputs, findings


def causes_table(money: pd.DataFrame, lang: str) -> Table:
    """Show the gap by the cause that districts gave."""
    t = translator(lang)
    year = _year_of(money)
    found = analysis.causes(money)
    labels = [
        t("All")
        if row["row"] == "total"
        else t("no cause given")
        if numbers.is_absent(row["cause"])
        else t(CAUSE_NAMES.get(str(row["cause"]), str(row["cause"])))
        for row in _records(found)
    ]
    frame = found.assign(what=[_capital(label) for label in labels])
    return table(
        frame,
        slug="funding-causes",
        caption=t("Money not yet disbursed, by the cause districts gave, {year}", year=year),
        columns=[
            Column("what", t("Cause")),
            Column("lines", t("Lines"), "number"),
            Column("districts", t("Districts"), "number"),
            Column("shortfall_vnd", t("Not yet disbursed, VND billion"), "billion", 3),
            Column("share_pct", t("Share, %"), "percent", 1),
        ],
        lang=lang,
        totals=_marks(frame),
        notes=[t("As the districts wrote it, one cause a line; lines paid in full are not here.")],
    )


def causes_note(money: pd.DataFrame, lang: str) -> Prose:
    """Say for how much of the gap a cause is known, and which weighs most."""
    t = translator(lang)
    found = analysis.causes(money)
    total = int(found["shortfall_vnd"].iloc[-1])
    given = [r for r in _records(_rows(found)) if not numbers.is_absent(r["cause"])]
    if not total or not given:
        return Prose([t("The districts gave no cause.")])
    known = sum(int(row["shortfall_vnd"]) for row in given)
    return Prose(
        [
            t(
                "Districts gave a cause for {share} of what is not yet disbursed. The largest "
                "amount, {amount}, stands under “{cause}”.",
                share=_rate(Fraction(100 * known, total), lang),
                amount=_short(given[0]["shortfall_vnd"], lang),
                cause=t(CAUSE_NAMES.get(str(given[0]["cause"]), str(given[0]["cause"]))),
            )
        ]
    )


def outputs_table(money: pd.DataFrame, figures: pd.DataFrame, lang: str) -> Table | Prose:
    """Show what the printed report says was delivered, beside the money."""
    t = translator(lang)
    year = _year_of(money)
    found = analysis.outputs(money, figures)
    if found.empty:
        return Prose([t("No printed report of {year} gives outputs beside this money.", year=year)])
    done = []
    for row in _records(found):
        if numbers.is_absent(row["projects"]):
            done.append("")
        elif numbers.is_absent(row["projects_planned"]):
            done.append(numbers.number(row["projects"], lang))
        else:
            done.append(
                t(
                    "{n} of {planned}",
                    n=numbers.number(row["projects"], lang),
                    planned=numbers.number(row["projects_planned"], lang),
                )
            )
    frame = found.assign(what=[_component(code, lang) for code in found["component"]], done=done)
    return table(
        frame,
        slug="funding-outputs",
        caption=t("Money and what the report says was delivered, {year}", year=year),
        columns=[
            Column("what", t("Component")),
            Column("allocated_vnd", t("Allocated, VND million"), "million", 0),
            Column("disbursed_vnd", t("Disbursed, VND million"), "million", 0),
            Column("rate_pct", t("Rate, %"), "percent", 2),
            Column("done", t("Projects"), "mixed"),
            Column("households", t("Households"), "number"),
            Column("persons", t("People"), "number"),
        ],
        lang=lang,
        notes=[t("Side by side; the one does not explain the other.")],
    )


def findings_table(money: pd.DataFrame, lang: str) -> Table:
    """Show what is unusual about the lines, by rule, with how much money it concerns."""
    t = translator(lang)
    year = _year_of(money)
    found = analysis.findings(money)
    rows, nothing = [], []
    for rule in analysis.RULES:
        part = found[found["rule"] == rule]
        if part.empty:
            nothing.append(t(RULE_NAMES[rule]))
            continue
        rows.append(
            {
                "what": _capital(t(RULE_NAMES[rule])),
                "lines": len(part),
                "districts": part["district_code"].nunique(),
                "allocated_vnd": int(part["allocated_vnd"].fillna(0).sum()),
            }
        )
    notes = [
        t(
            "No line is left out for any of these: its amounts stay in the sums as received, "
            "and a rate without a plan above zero is not formed. A line can be in several rows."
        )
    ]
    if nothing:
        notes.append(t("Looked for and not found: {rules}.", rules="; ".join(nothing)))
    columns = ["what", "lines", "districts", "allocated_vnd"]
    return table(
        pd.DataFrame(rows, columns=columns),
        slug="funding-findings",
        caption=t("What is unusual about the lines, {year}", year=year),
        columns=[
            Column("what", t("Finding")),
            Column("lines", t("Lines"), "number"),
            Column("districts", t("Districts"), "number"),
            Column("allocated_vnd", t("Allocated on them, VND billion"), "billion", 3),
        ],
        lang=lang,
        notes=notes,
    )


# ------------------------------------------------------------------ beside the printed report

MEASURE_NAMES = {
    "allocated": N_("allocated"),
    "disbursed": N_("disbursed"),
    "rate": N_("disbursement rate"),
}


def _no_report(year: int, lang: str) -> Prose:
    t = translator(lang)
    return Prose([t("There is no transcribed report of {year} to compare with.", year=year)])


def _printed_what(row: Mapping[str, Any], year: int, lang: str) -> str:
    t = translator(lang)
    parts = [t(MEASURE_NAMES[str(row["measure"])])] if "measure" in row else []
    if row["component"] != funding_rules.ANY and not numbers.is_absent(row["component"]):
        parts.append(
            " + ".join(_component(code, lang, "short") for code in str(row["component"]).split("|"))
        )
    if row["source"] != funding_rules.ANY:
        parts.append(_sources(row["source"], t))
    elif row["component"] == funding_rules.ANY:
        parts.append(t("all sources"))
    if row["kind"] != funding_rules.ANY and row["component"] == funding_rules.ANY:
        parts.append(_kind(row["kind"], t))
    if not numbers.is_absent(row["plan_year"]) and int(row["plan_year"]) < year:
        parts.append(t("carried over from {year}", year=int(row["plan_year"])))
    return _capital(", ".join(parts))


def _value(amount: Any, percent: Any, lang: str) -> str:
    if not numbers.is_absent(percent):
        return numbers.percent(percent, lang, 2)
    return _exact(amount, lang)


def _exact(vnd: Any, lang: str) -> str:
    """Write an amount with all its digits, in the unit in which it is read most easily."""
    if numbers.is_absent(vnd):
        return numbers.NOT_REPORTED
    return numbers.money(int(vnd), lang, "billion" if abs(int(vnd)) >= 10**9 else "million")


def _judged(row: Mapping[str, Any], t: Translate) -> str:
    """Say what the audit found on a printed figure, by itself or as part of a sum or ratio."""
    if numbers.is_absent(row["class"]):
        return t("in no sum of the report")
    if row["role"] == "tested":
        return t(registry.codes("class")[str(row["class"])])
    if row["class"] in analysis.HOLDS:
        return t("part of a sum or ratio that holds")
    return t("part of a sum or ratio that does not hold")


def printed_table(
    money: pd.DataFrame, figures: pd.DataFrame, audit: pd.DataFrame, lang: str
) -> Table | Prose:
    """Show the report's figures on money beside those from the returns, with the audit's class."""
    t = translator(lang)
    year = _year_of(money)
    found = analysis.beside_printed(money, figures, audit)
    if found.empty:
        return _no_report(year, lang)
    rows = _records(found)
    frame = found.assign(
        what=[_printed_what(row, year, lang) for row in rows],
        group=[_programme(row["programme"], year, lang) for row in rows],
        printed=[_value(row["printed_vnd"], row["printed_pct"], lang) for row in rows],
        returned=[_value(row["returns_vnd"], row["returns_pct"], lang) for row in rows],
        same=[
            ""
            if numbers.is_absent(row["agrees"])
            else t("agrees")
            if row["agrees"]
            else t("differs")
            for row in rows
        ],
        judged=[_judged(row, t) for row in rows],
    )
    return table(
        frame,
        slug="funding-printed",
        caption=t("Figures of the printed report beside the returns, {year}", year=year),
        columns=[
            Column("what", t("Figure")),
            Column("printed_text", t("As printed")),
            Column("printed", t("Printed value"), "mixed"),
            Column("returned", t("From the returns"), "mixed"),
            Column("same", t("Comparison")),
            Column("judged", t("The report against itself")),
        ],
        lang=lang,
        group="group",
        notes=[
            t(
                "The last column is the audit's class of the printed figure, recomputed from the "
                "report's own other figures. A rate agrees within one unit of its last printed "
                "digit."
            )
        ],
    )


def printed_note(
    money: pd.DataFrame, figures: pd.DataFrame, audit: pd.DataFrame, lang: str
) -> Prose | None:
    """Say how many printed figures the returns give again, and which they do not."""
    t = translator(lang)
    year = _year_of(money)
    found = analysis.beside_printed(money, figures, audit)
    if found.empty:
        return None
    known = found[found["agrees"].notna()]
    differ = known[~known["agrees"].astype(bool)]
    text = t(
        "Of {n} printed figures on this money the returns give {same} again.",
        n=len(known),
        same=len(known) - len(differ),
    )
    items = [
        t(
            "{what}: printed {printed}, from the returns {returned}.",
            what=_printed_what(row, year, lang),
            printed=_value(row["printed_vnd"], row["printed_pct"], lang),
            returned=_value(row["returns_vnd"], row["returns_pct"], lang),
        )
        for row in _records(differ)
    ]
    return Prose([text], items)


RESULT_NAMES = {
    "sum_of_sources": N_("allocated, sum of the sources"),
    "counterpart": N_("local đồng for each central đồng"),
    "coverage": N_("share of money with a reported disbursement"),
}


def sensitivity_table(
    money: pd.DataFrame, figures: pd.DataFrame, audit: pd.DataFrame, lang: str
) -> Table | Prose | None:
    """Show results with printed, recomputed and corrected inputs where the report is at odds."""
    t = translator(lang)
    year = _year_of(money)
    beside = analysis.beside_printed(money, figures, audit)
    if beside.empty:
        return None
    found = analysis.sensitivity(money, beside)
    if found.empty:
        return Prose([t("No figure on this money contradicts the report's own parts.")])

    def shown(value: Any, unit: str) -> str:
        if numbers.is_absent(value):
            return numbers.NOT_REPORTED
        if unit == "vnd":
            return _exact(value, lang)
        return (
            numbers.percent(value, lang, 2) if unit == "percent" else numbers.number(value, lang, 4)
        )

    def label(row: Mapping[str, Any]) -> str:
        if row["result"] in RESULT_NAMES:
            return _capital(t(RESULT_NAMES[str(row["result"])]))
        measure = "rate" if row["result"] == "rate" else "allocated"
        return _printed_what({**row, "measure": measure}, year, lang)

    rows = _records(found)
    frame = found.assign(
        what=[label(row) for row in rows],
        group=[_programme(row["programme"], year, lang) for row in rows],
        **{
            name: [shown(row[name], str(row["unit"])) for row in rows]
            for name in ("printed", "recomputed", "corrected")
        },
    )
    return table(
        frame,
        slug="funding-sensitivity",
        caption=t(
            "Results with printed, recomputed and corrected inputs, where they differ, {year}",
            year=year,
        ),
        columns=[
            Column("what", t("Result")),
            Column("printed", t("Printed inputs"), "mixed"),
            Column("recomputed", t("Recomputed from the report's parts"), "mixed"),
            Column("corrected", t("Corrected (returns)"), "mixed"),
        ],
        lang=lang,
        group="group",
    )


def allocation_table(
    money: pd.DataFrame, figures: pd.DataFrame, audit: pd.DataFrame, lang: str
) -> Table | None:
    """Show money assigned (as printed) less money on the districts' lines."""
    t = translator(lang)
    year = _year_of(money)
    found = analysis.allocation_gap(analysis.beside_printed(money, figures, audit))
    if found.empty:
        return None
    rows = _records(found)
    frame = found.assign(
        what=[_what({**r, "programme": None, "source": r["source"]}, year, lang) for r in rows],
        group=[_programme(row["programme"], year, lang) for row in rows],
    )
    return table(
        frame,
        slug="funding-assigned",
        caption=t("Money assigned and money given out in detail, {year}, VND billion", year=year),
        columns=[
            Column("what", t("Source")),
            Column("assigned_vnd", t("Assigned (printed report)"), "billion", 3),
            Column("detailed_vnd", t("In detail (returns)"), "billion", 3),
            Column("gap_vnd", t("Not given out in detail"), "billion", 3),
        ],
        lang=lang,
        group="group",
        notes=[
            t(
                "Below zero: more on the districts' lines than the report says was assigned, so "
                "that one of the two figures is wrong."
            )
        ],
    )
