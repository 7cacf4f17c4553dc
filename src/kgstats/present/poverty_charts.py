"""Charts of poor and near-poor households; each says its finding in its title."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import pairwise
from textwrap import wrap
from typing import Any

import pandas as pd

from kgstats.analysis import poverty as analysis
from kgstats.analysis.poverty import Review
from kgstats.present import numbers, sources, style
from kgstats.present.figures import Figure, from_canvas
from kgstats.present.poverty import (
    MEASURE_NAMES,
    RATE_NAMES,
    VERDICT_NAMES,
    district_names,
    joined_text,
    names_of,
    no_base,
    of_year,
    poverty_targets,
    province_row,
    records,
    source_note,
    targets_are_yearly,
    whole_name,
)
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, table
from kgstats.reference import poverty_standards
from kgstats.words import translator

WIDE = 6.0
"""Width of a chart in inches: still legible when a telephone shrinks it."""
_PALE = style.SEQUENCE[1]
_QUIET = "#9aa5b1"
_DECIMALS = 2


def _in_house_style(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Let a chart be drawn in the house style, its words large enough for a telephone."""

    @wraps(draw)
    def drawn(*args: Any, **options: Any) -> Any:
        import matplotlib

        names = ("font.size", "axes.labelsize", "xtick.labelsize", "ytick.labelsize")
        sizes: Any = dict.fromkeys((*names, "legend.fontsize"), 10)
        with style.house(), matplotlib.rc_context(sizes):
            return draw(*args, **options)

    return drawn


def _canvas(height: float) -> tuple[Any, Any]:
    from matplotlib import pyplot

    canvas, axes = pyplot.subplots(figsize=(WIDE, height), layout="constrained")
    return canvas, axes


def _decimal_axis(axis: Any, lang: str, decimals: int | None = None, sign: bool = False) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    def shown(value: float, _: Any) -> str:
        write = numbers.signed if sign else numbers.number
        return write(round(value, 6), lang, decimals)

    axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(shown))


def _spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Move positions apart until neighbours keep the gap, as little as possible."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    blocks: list[tuple[float, list[int]]] = []
    for index in order:
        members, place = [index], wanted[index]
        # Labels that would touch are set as one block around the middle of their wishes.
        while blocks and blocks[-1][0] + gap * (len(blocks[-1][1]) + len(members)) / 2 > place:
            members = blocks.pop()[1] + members
            place = sum(wanted[i] for i in members) / len(members)
        blocks.append((place, members))
    placed = [0.0] * len(wanted)
    for place, members in blocks:
        for rank, index in enumerate(members):
            placed[index] = place + gap * (rank - (len(members) - 1) / 2)
    return placed


def _rate(value: Any, lang: str) -> str:
    return numbers.percent(value, lang, _DECIMALS)


def _points(value: Any, lang: str) -> str:
    return numbers.number(abs(float(value)), lang, _DECIMALS)


@dataclass(frozen=True)
class _Line:
    """One area's rates over the years."""

    name: str
    is_province: bool
    values: list[float]

    @property
    def change(self) -> float:
        return self.values[-1] - self.values[0]


# ------------------------------------------------------------------ over the years


@_in_house_style
def published_chart(series: pd.DataFrame, review: Review, lang: str) -> Figure | Prose:
    """Draw the published poor rates of all years, broken where the standard changes."""
    t = translator(lang)
    points = analysis.published_series(series)
    points = points[~points["standard"].eq("")].reset_index(drop=True)
    if points.empty:
        return Prose([t("No published rate of other years is known here.")])
    canvas, axes = _canvas(3.5)
    rows = records(points)
    middle = [(row["first_year"] + row["last_year"]) / 2 for row in rows]
    top = max(float(row["rate_pct"]) for row in rows)
    for segment in sorted({row["segment"] for row in rows}):
        own = [index for index, row in enumerate(rows) if row["segment"] == segment]
        colour = style.SERIES[(int(segment) - 1) % len(style.SERIES)]
        axes.plot(
            [middle[i] for i in own],
            [float(rows[i]["rate_pct"]) for i in own],
            color=colour,
            lw=1.8,
            zorder=2,
        )
        for index in own:
            row = rows[index]
            height = float(row["rate_pct"])
            dated = bool(row["is_dated"])
            if not dated:
                ends = [row["first_year"], row["last_year"]]
                axes.plot(ends, [height] * 2, color=colour, lw=1, marker="|", ms=8, zorder=3)
            axes.plot(
                middle[index],
                height,
                "o",
                ms=7,
                color=colour if dated else style.PAPER,
                markeredgecolor=colour,
                markeredgewidth=1.5,
                zorder=4,
            )
            axes.annotate(
                numbers.number(row["rate_pct"], lang),
                (middle[index], height),
                textcoords="offset points",
                xytext=(6, 6),
                ha="left",
                fontweight="bold",
            )
        name = _standard_name(str(rows[own[0]]["standard"]), lang)
        axes.annotate(
            "\n".join(wrap(name, 18)),
            ((middle[own[0]] + middle[own[-1]]) / 2, top * 1.4),
            ha="center",
            va="top",
            color=colour,
            linespacing=1.1,
        )
    first, last = int(min(middle)), int(max(row["last_year"] for row in rows))
    starts = {one.code: one.first_year for one in poverty_standards.standards()}
    for earlier, later in pairwise(rows):
        if earlier["segment"] != later["segment"]:
            begins = starts.get(str(later["standard"]), later["first_year"])
            axes.axvline(begins - 0.5, color=style.MUTED, lw=1, ls=(0, (4, 3)))
    axes.set_xlim(min(middle) - 0.5, last + 1.1)
    axes.set_ylim(0, top * 1.42)
    axes.set_xticks(range(first, last + 1))
    axes.set_ylabel(t("poor households, %"))
    axes.grid(axis="y")
    _decimal_axis(axes.yaxis, lang)
    data = table(
        points.assign(
            name=[_standard_name(str(code), lang) for code in points["standard"]],
            label=[_date_words(str(label), lang) for label in points["label"]],
            source=[sources.said(text, lang) for text in points["source"]],
        ),
        slug="poverty-series-data",
        caption=t("Published rates of poor households, by standard"),
        columns=[
            Column("label", t("Date")),
            Column("rate_pct", t("Poor rate"), "percent", 2),
            Column("change_pp", t("Change on the one before, points"), "points", 2),
            Column("name", t("Standard")),
            Column("source", t("Source")),
        ],
        lang=lang,
        notes=[t("No change is formed between two standards, nor with a point of open date.")],
    )
    listed = "; ".join(
        f"{_date_words(str(row['label']), lang)}: {_rate(row['rate_pct'], lang)}" for row in rows
    )
    return from_canvas(
        canvas,
        slug="poverty-series",
        title=_series_title(rows, lang),
        alternative=t("Line of published poor rates, broken between standards. {points}.",
                      points=listed),
        lang=lang,
        table=data,
        note=t(
            "Hollow: the source leaves the year open. The survey of living standards measures "
            "something else and is not drawn."
        ),
    )  # fmt: skip


def _standard_name(code: str, lang: str) -> str:
    for standard in poverty_standards.standards():
        if standard.code == code:
            return standard.name(lang)
    return code


def _date_words(label: str, lang: str) -> str:
    t = translator(lang)
    year, dash, month = label.partition("-")
    if dash and len(month) == 2:
        return f"{int(month)}/{year}" if lang == "vi" else f"{year}-{month}"
    if " or " in label:
        first, _, second = label.partition(" or ")
        return t("{first} or {second}", first=first, second=second)
    return label


def _series_title(rows: Sequence[Mapping[str, Any]], lang: str) -> str:
    t = translator(lang)
    segments: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        segments.setdefault(row["segment"], []).append(row)
    longest = max(segments.values(), key=len)
    first, last = longest[0], longest[-1]
    values = {
        "first": _rate(first["rate_pct"], lang),
        "from_year": _years_words(first, lang),
        "last": _rate(last["rate_pct"], lang),
        "to_year": _years_words(last, lang),
    }
    if len(segments) > 1:
        return t(
            "The poor rate went from {first} ({from_year}) to {last} ({to_year}) under one "
            "standard; rates under another are not compared with it",
            **values,
        )
    return t("The poor rate went from {first} ({from_year}) to {last} ({to_year})", **values)


def _years_words(row: Mapping[str, Any], lang: str) -> str:
    first, last = int(row["first_year"]), int(row["last_year"])
    if first == last:
        return str(first)
    return translator(lang)("{first} or {second}", first=first, second=last)


@_in_house_style
def slope_chart(review: Review, lang: str, measure: str = "poor") -> Figure | Prose:
    """Draw each district's rate in each year, a line a district, and the province's."""
    t = translator(lang)
    if review.before is None:
        return no_base(review, lang)
    years = [year for year in review.years if review.before <= year <= review.year]
    lines: list[_Line] = []
    for by in (review.by, "province"):
        frame = analysis.levels(review.frame, by, seen=review.seen)
        for code in dict.fromkeys(frame["code"]):
            own = frame[frame["code"] == code].set_index("year")[f"{measure}_pct"]
            values = [own.get(year, pd.NA) for year in years]
            if any(numbers.is_absent(value) for value in values):
                continue
            name = frame.loc[frame["code"] == code, "name"].iloc[0]
            lines.append(
                _Line(
                    whole_name(review, lang) if by == "province" else joined_text(name),
                    by == "province",
                    [float(value) for value in values],
                )
            )
    everywhere = [line for line in lines if not line.is_province]
    areas_drawn = everywhere
    if review.by == "commune":
        areas_drawn = sorted(areas_drawn, key=lambda line: -line.values[-1])[:15]
    drawn = areas_drawn + [line for line in lines if line.is_province]
    canvas, axes = _canvas(5.6)
    top = max((max(line.values) for line in drawn), default=1.0)
    gap = top * 1.04 / 21
    places = list(range(len(years)))
    left = _spread([line.values[0] for line in drawn], gap)
    right = _spread([line.values[-1] for line in drawn], gap)
    falls = [line.change for line in areas_drawn]
    most = falls.index(min(falls)) if falls else -1
    for index, line in enumerate(drawn):
        strong = line.is_province
        marked = index == most
        colour = style.CONTRAST if strong else style.ACCENT if marked else _QUIET
        weight = "bold" if strong or marked else "normal"
        order = 5 if strong else 4 if marked else 2
        axes.plot(
            places,
            line.values,
            color=colour,
            lw=2.6 if strong else 2 if marked else 1.1,
            marker="o",
            ms=5 if strong or marked else 3.5,
            zorder=order,
        )
        ink = colour if strong or marked else style.INK
        first, last = line.values[0], line.values[-1]
        for side, place, height, at in (
            (-1, 0, first, left[index]),
            (1, len(years) - 1, last, right[index]),
        ):
            axes.plot(
                [place + side * 0.03, place + side * 0.09],
                [height, at],
                color=style.GRID,
                lw=0.8,
                zorder=1,
            )
            words = numbers.number(height, lang, 2)
            text = f"{line.name}  {words}" if side < 0 else f"{words}  {line.name}"
            axes.text(
                place + side * 0.1,
                at,
                text,
                ha="right" if side < 0 else "left",
                va="center",
                color=ink,
                fontweight=weight,
                fontsize=9.5,
            )
    axes.set_xlim(-0.85 * max(1, len(years) - 1), len(years) - 1 + 0.85 * max(1, len(years) - 1))
    axes.set_ylim(min(0.0, min(left + right)) - gap, max([top, *left, *right]) + gap)
    axes.set_xticks(places, [str(year) for year in years], fontweight="bold")
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0)
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    for place in places:
        axes.axvline(place, color=style.GRID, lw=1, zorder=0)
    frame = pd.DataFrame(
        [
            {
                "what": line.name,
                **{str(year): value for year, value in zip(years, line.values, strict=True)},
                "change": line.change,
            }
            for line in lines
        ]
    )
    data = table(
        frame,
        slug=f"poverty-slope-{measure.replace('_', '-')}-data",
        caption=t("{rate} by district", rate=t(RATE_NAMES[measure])),
        columns=[
            Column("what", t("Area")),
            *(Column(str(year), str(year), "percent", 2) for year in years),
            Column("change", t("Change, points"), "points", 2),
        ],
        lang=lang,
        totals=[line.is_province for line in lines],
    )
    listed = "; ".join(
        f"{line.name} {numbers.number(line.values[0], lang, 2)} → "
        f"{numbers.number(line.values[-1], lang, 2)}"
        for line in drawn
    )
    return from_canvas(
        canvas,
        slug=f"poverty-slope-{measure.replace('_', '-')}",
        title=_slope_title(everywhere, review, measure, lang),
        alternative=t(
            "Lines from {before} to {year}, one for each district and one for the province, "
            "in percent. {values}.",
            before=years[0],
            year=years[-1],
            values=listed,
        ),
        lang=lang,
        table=data,
        note=(
            source_note(review, lang)
            if len(areas_drawn) == len(everywhere)
            else t("Drawn: the {n} with the highest rates.", n=len(areas_drawn))
            + " "
            + source_note(review, lang)
        ),
    )


def _slope_title(lines: Sequence[_Line], review: Review, measure: str, lang: str) -> str:
    t = translator(lang)
    fell = [line for line in lines if line.change < 0]
    values: dict[str, Any] = {
        "what": t(RATE_NAMES[measure]),
        "fell": len(fell),
        "all": len(lines),
        "places": t("districts") if review.by == "district" else t("communes and wards"),
        "before": review.before,
        "year": review.year,
    }
    if not fell:
        return t("{what}: no fall in any of {all} {places} from {before} to {year}", **values)
    most = min(fell, key=lambda line: (line.change, line.name))
    values |= {"name": most.name, "points": _points(most.change, lang)}
    if len(fell) == len(lines):
        return t(
            "{what}: a fall in all {all} {places} from {before} to {year}, largest in {name}, by "
            "{points} percentage points",
            **values,
        )
    return t(
        "{what}: a fall in {fell} of {all} {places} from {before} to {year}, largest in {name}, "
        "by {points} percentage points",
        **values,
    )


# ------------------------------------------------------------------ contributions and flows


@_in_house_style
def contribution_chart(review: Review, lang: str, measure: str = "poor") -> Figure | Prose:
    """Draw how the districts take the province's rate from one year's to the other's."""
    t = translator(lang)
    if review.before is None:
        return no_base(review, lang)
    parts = analysis.decompose(
        review.frame, review.before, review.year, measure, review.by, seen=review.seen
    )
    whole = province_row(
        analysis.changes(review.frame, review.before, review.year, "province", seen=review.seen),
        measure=measure,
    )
    rows = records(parts)
    steps = [(joined_text(row["name"]), float(row["rate_effect_exact"])) for row in rows]
    steps.sort(key=lambda step: step[1])
    if len(steps) > 18:
        rest = sum(size for _, size in steps[16:])
        others = t("{n} other areas", n=len(steps) - 16)
        steps = [*steps[:16], (others, rest)]
    weights = float(sum(parts["weight_effect_exact"]))
    steps.append((t("shift of households"), weights))
    before, after = float(whole["before_pct"]), float(whole["after_pct"])
    # Withheld areas are together what is left of the change.
    rest = after - before - sum(size for _, size in steps)
    if abs(rest) > 1e-9:
        steps.append((t("areas withheld, together"), rest))
    canvas, axes = _canvas(1.0 + 0.31 * (len(steps) + 2))
    bars = [(str(review.before), before, 0.0, before)]
    level = before
    for name, size in steps:
        bars.append((name, size, level, level + size))
        level += size
    bars.append((str(review.year), after, 0.0, after))
    ends = [end for bar in bars for end in bar[2:] if end]
    low_end, high_end = min(ends), max(ends)
    span = (high_end - low_end) or 1.0
    for place, (_name, size, low, high) in enumerate(bars[::-1]):
        # The two levels are points, not bars: the axis shows only what lies between them.
        if place in (0, len(bars) - 1):
            axes.plot(high, place, "o", color=style.CONTRAST, ms=9)
            axes.annotate(
                _rate(size, lang),
                (high, place),
                textcoords="offset points",
                xytext=(9 if place == 0 else -9, 0),
                ha="left" if place == 0 else "right",
                va="center",
                color=style.CONTRAST,
                fontweight="bold",
            )
        else:
            colour = style.ACCENT if size < 0 else style.SERIES[2]
            axes.barh(place, abs(high - low), left=min(low, high), height=0.66, color=colour)
            words = numbers.signed(size, lang, 2)
            axes.text(max(low, high) + span * 0.015, place, words, va="center")
        if place < len(bars) - 1:
            axes.plot([low or high] * 2, [place + 1, place], color=style.MUTED, lw=0.7, zorder=0)
    axes.set_yticks(range(len(bars)), [bar[0] for bar in bars[::-1]])
    for label, place in zip(axes.get_yticklabels(), range(len(bars)), strict=True):
        label.set_fontweight("bold" if place in (0, len(bars) - 1) else "normal")
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(low_end - span * 0.06, high_end + span * 0.14)
    axes.set_ylim(-0.7, len(bars) - 0.3)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_xlabel(t("poor households, %; the axis does not start at zero"))
    _decimal_axis(axes.xaxis, lang)
    ordered = sorted(rows, key=lambda row: row["contribution_exact"])
    change = float(whole["change_pp"])
    title = _contribution_title(ordered, change, review, measure, lang)
    data = table(
        pd.DataFrame(
            {"what": [bar[0] for bar in bars], "value": [bar[1] for bar in bars]},
        ),
        slug="poverty-waterfall-data",
        caption=t(
            "Steps from the rate of {before} to that of {year}",
            before=review.before,
            year=review.year,
        ),
        columns=[
            Column("what", t("Step")),
            Column("value", t("Percent, percentage points"), "number", 3),
        ],
        lang=lang,
    )
    listed = "; ".join(f"{name} {numbers.signed(size, lang, 2)}" for name, size in steps)
    return from_canvas(
        canvas,
        slug=f"poverty-waterfall-{measure.replace('_', '-')}",
        title=title,
        alternative=t(
            "Bars as steps from {before} to {after}: {steps}.",
            before=_rate(before, lang),
            after=_rate(after, lang),
            steps=listed,
        ),
        lang=lang,
        table=data,
        note=t(
            "Each step: half the sum of the district's shares of households in both years, times "
            "the change of its rate. Shift of households: districts poorer or better off than the "
            "province grew or shrank."
        ),
    )


def _contribution_title(
    rows: Sequence[Mapping[str, Any]], change: float, review: Review, measure: str, lang: str
) -> str:
    t = translator(lang)
    values: dict[str, Any] = {
        "what": t(RATE_NAMES[measure]),
        "before": review.before,
        "year": review.year,
        "points": _points(change, lang),
    }
    if change >= 0:
        return t("{what}: the province's rate did not fall from {before} to {year}", **values)
    # The fewest districts that make half of the fall.
    share, few = 0.0, []
    for row in rows:
        few.append(row)
        share += float(row["contribution_exact"]) / change
        if share >= 0.5:
            break
    values |= {
        "names": names_of(few, lang),
        "share": numbers.percent(share * 100, lang, 0),
        "n": len(few),
    }
    return t(
        "{names} make up {share} of the fall of {points} percentage points from {before} to {year}",
        **values,
    )


@_in_house_style
def flow_chart(review: Review, lang: str, status: str = "poor") -> Figure | Prose:
    """Draw the households that stayed poor, escaped, fell back and became poor in the year."""
    t = translator(lang)
    frame = analysis.flows(review.frame, "province", status, seen=review.seen)
    row = province_row(frame, year=review.year)
    counts = {name: row[f"{name}_hh"] for name in ("start", "escaped", "fell_back", "new", "end")}
    if any(numbers.is_absent(value) for value in counts.values()):
        return Prose([t("The movements of {year} are not given.", year=review.year)])
    start, escaped, back, new, end = (int(value) for value in counts.values())
    residue = None if numbers.is_absent(row["residue_hh"]) else int(row["residue_hh"])
    stayed = start - escaped
    canvas, axes = _canvas(3.7)
    whole = max(start, end, 1)
    unit = 1 / whole
    gap = 0.12
    left_x, right_x, width = 0.0, 1.0, 0.035

    def ribbon(x0: float, y0: float, x1: float, y1: float, size: float, colour: str) -> None:
        _ribbon(axes, (x0, y0), (x1, y1), max(size, 0.008), colour)

    # Down from the top: what stays keeps its height, what leaves or comes in hangs below.
    top = 1.0
    axes.add_patch(_block(left_x - width, top - start * unit, width, start * unit, style.INK))
    axes.add_patch(_block(right_x, top - end * unit, width, end * unit, style.CONTRAST))
    ribbon(left_x, top, right_x, top, stayed * unit, _PALE)
    low = min(top - start * unit, top - end * unit) - gap
    out_size = escaped * unit
    ribbon(left_x, top - stayed * unit, 0.5, low, out_size, style.ACCENT)
    entered_at = top - stayed * unit
    poor = status == "poor"
    left_words = t("escaped") if poor else t("left near-poverty")
    back_words = t("fell back") if poor else t("near-poor again")
    new_words = t("newly poor") if poor else t("newly near-poor")
    comes = [(back, back_words), (new, new_words)]
    if residue:
        comes.append((residue, t("unexplained")))
    label_at = low
    for number, (size, words) in enumerate(comes):
        colour = style.SERIES[2 + number]
        source = label_at - number * 0.19
        ribbon(0.8, source, right_x, entered_at, size * unit, colour)
        axes.text(
            0.79,
            source - max(size * unit, 0.008) / 2,
            f"{words}\n{numbers.number(size, lang)}",
            ha="right",
            va="center",
            color=colour,
            linespacing=1.05,
        )
        entered_at -= size * unit
    axes.text(
        left_x - width - 0.02,
        top - start * unit / 2,
        f"{t('start')}\n{numbers.number(start, lang)}",
        ha="right",
        va="center",
        fontweight="bold",
    )
    axes.text(
        right_x + width + 0.02,
        top - end * unit / 2,
        f"{t('end')}\n{numbers.number(end, lang)}",
        ha="left",
        va="center",
        fontweight="bold",
    )
    axes.text(
        0.42,
        top - stayed * unit / 2,
        f"{t('stayed')} {numbers.number(stayed, lang)}",
        ha="center",
        va="center",
        color="#10181f",
    )
    axes.text(
        0.4,
        low - out_size - 0.03,
        f"{left_words} {numbers.number(escaped, lang)}",
        ha="center",
        va="top",
        color=style.ACCENT,
        fontweight="bold",
    )
    axes.set_xlim(-0.24, 1.24)
    axes.set_ylim(min(low - out_size - 0.14, label_at - 0.19 * len(comes) - 0.02), 1.04)
    axes.set_axis_off()
    values = {
        "escaped": numbers.number(escaped, lang),
        "entered": numbers.number(back + new, lang),
        "net": numbers.signed(end - start, lang),
        "year": review.year,
    }
    title = (
        t(
            "In {year} {escaped} households left poverty and {entered} became poor or fell back: "
            "{net} in all",
            **values,
        )
        if status == "poor"
        else t(
            "In {year} {escaped} households left near-poverty and {entered} came in: {net} in all",
            **values,
        )
    )
    note = ""
    if residue == 0:
        note = t("The stated movements close: start − escaped + fell back + newly poor = end.")
    elif residue is not None:
        note = t(
            "The stated movements leave {n} households unexplained.",
            n=numbers.signed(residue, lang),
        )
    shown = [
        (t("start"), start),
        (left_words, -escaped),
        (back_words, back),
        (new_words, new),
        *([] if residue is None else [(t("unexplained"), residue)]),
        (t("end"), end),
    ]
    return from_canvas(
        canvas,
        slug=f"poverty-flow-{status.replace('_', '-')}",
        title=title,
        alternative=t(
            "Flow diagram of households in {year}. {values}.",
            year=review.year,
            values="; ".join(f"{words} {numbers.number(size, lang)}" for words, size in shown),
        ),
        lang=lang,
        table=table(
            pd.DataFrame(shown, columns=["what", "count"]),
            slug=f"poverty-flow-{status.replace('_', '-')}-data",
            caption=t("Movements of {year}, households", year=review.year),
            columns=[Column("what", t("Step")), Column("count", t("Households"), "signed")],
            lang=lang,
        ),
        note=note,
    )


def _block(x: float, y: float, width: float, height: float, colour: str) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), width, height, color=colour, lw=0)


def _ribbon(
    axes: Any, start: tuple[float, float], end: tuple[float, float], size: float, colour: str
) -> None:
    """Draw a band whose upper edge goes from one point to another."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    (x0, y0), (x1, y1) = start, end
    middle = (x0 + x1) / 2
    points = [
        (x0, y0), (middle, y0), (middle, y1), (x1, y1),
        (x1, y1 - size), (middle, y1 - size), (middle, y0 - size), (x0, y0 - size), (x0, y0),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(points, codes), facecolor=colour, lw=0, alpha=0.9))


# ------------------------------------------------------------------ concentration and gap


@_in_house_style
def concentration_chart(review: Review, lang: str, measure: str = "poor") -> Figure | Prose:
    """Draw the concentration curve: communes poorest first, share of households and of the poor."""
    t = translator(lang)
    by = review.by if review.release.is_on else "commune"
    frame = analysis.concentration(review.frame, review.year, measure, by, seen=review.seen)
    if frame.empty or frame["cumulative_poor_pct"].isna().any():
        return Prose([t("Nobody is poor in the tables of {year}.", year=review.year)])
    across = [0.0, *(float(value) for value in frame["cumulative_household_pct"])]
    up = [0.0, *(float(value) for value in frame["cumulative_poor_pct"])]
    at = 20.0
    height = _along(across, up, at)
    canvas, axes = _canvas(4.4)
    axes.plot([0, 100], [0, 100], color=style.MUTED, lw=1, ls=(0, (4, 3)))
    axes.fill_between(across, up, across, color=_PALE, alpha=0.6, lw=0)
    axes.plot(across, up, color=style.ACCENT, lw=2.2)
    axes.plot([at, at, 0], [0, height, height], color=style.CONTRAST, lw=1.1)
    axes.plot(at, height, "o", color=style.CONTRAST, ms=6)
    shares = t(
        "{households} of households,\n{poor} of the poor",
        households=numbers.percent(at, lang, 0),
        poor=numbers.percent(height, lang, 0),
    )
    axes.annotate(
        shares,
        (at, height),
        xytext=(34, 12),
        va="center",
        color=style.CONTRAST,
        fontweight="bold",
        arrowprops={"arrowstyle": "-", "color": style.CONTRAST, "lw": 0.8},
    )
    axes.text(72, 66, t("evenly spread"), color=style.MUTED, ha="left", va="top")
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_aspect("equal", adjustable="box")
    axes.set_xlabel(t("households, %, poorest first"))
    axes.set_ylabel(t("poor households, %"))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(
            [0, 20, 40, 60, 80, 100], [numbers.number(n, lang) for n in range(0, 101, 20)]
        )
    axes.grid()
    index = analysis.concentration_index(review.frame, review.year, measure)
    note = ""
    if index is not None and not review.release.is_on:
        note = t(
            "Concentration index between communes: {n} (0: evenly spread; 1: all in one place).",
            n=numbers.number(index, lang, 3),
        )
    of_code = of_year(review.year)
    shown = frame.assign(
        what=[
            of_code(code)[0] if level == "commune" else joined_text(name)
            for code, level, name in zip(frame["code"], frame["level"], frame["name"], strict=True)
        ]
    )
    steps = "; ".join(
        f"{numbers.percent(x, lang, 0)}: {numbers.percent(_along(across, up, x), lang, 0)}"
        for x in (10.0, 20.0, 40.0, 60.0, 80.0)
    )
    return from_canvas(
        canvas,
        slug="poverty-curve",
        title=_curve_title(by, at, height, review, measure, lang),
        alternative=t(
            "Concentration curve above the diagonal. Share of households, and of the poor: "
            "{steps}.",
            steps=steps,
        ),
        lang=lang,
        table=table(
            shown,
            slug="poverty-curve-data",
            caption=t("Concentration of poor households, poorest first, {year}", year=review.year),
            columns=[
                Column("what", t("Area")),
                Column("rate_pct", t("Poor rate"), "percent", 2),
                Column("cumulative_household_pct", t("Households, cumulative"), "percent", 1),
                Column("cumulative_poor_pct", t("Poor, cumulative"), "percent", 1),
            ],
            lang=lang,
        ),
        note=note,
    )


def _curve_title(by: str, at: float, height: float, review: Review, measure: str, lang: str) -> str:
    t = translator(lang)
    values: dict[str, Any] = {
        "households": numbers.percent(at, lang, 0),
        "poor": numbers.percent(height, lang, 0),
        "what": t(MEASURE_NAMES[measure]).lower(),
        "year": review.year,
    }
    if by == "district":
        return t(
            "The poorest districts with {households} of the households hold {poor} of the {what} "
            "in {year}",
            **values,
        )
    return t(
        "The poorest communes with {households} of the households hold {poor} of the {what} in "
        "{year}",
        **values,
    )


def _along(across: Sequence[float], up: Sequence[float], at: float) -> float:
    """Return the height of a line of points at a place across."""
    for (x0, y0), (x1, y1) in pairwise(zip(across, up, strict=True)):
        if x0 <= at <= x1:
            return y0 if x1 == x0 else y0 + (y1 - y0) * (at - x0) / (x1 - x0)
    return up[-1]


@_in_house_style
def gap_chart(review: Review, lang: str, status: str = "poor") -> Figure | Prose:
    """Draw the rates of ethnic-minority and of all households, and the gap between them."""
    t = translator(lang)
    if review.before is None:
        return no_base(review, lang)
    levels = analysis.levels(review.frame, "province", seen=review.seen)
    years = [year for year in review.years if review.before <= year <= review.year]
    rows = [province_row(levels, year=year) for year in years]
    every = [_or_none(row[f"{status}_pct"]) for row in rows]
    ethnic = [_or_none(row[f"ethnic_{status}_pct"]) for row in rows]
    row = records(
        analysis.ethnic_gap(review.frame, review.before, review.year, status, seen=review.seen)
    )[0]
    if None in every or None in ethnic or numbers.is_absent(row["gap_change_pp"]):
        return Prose([t("The rates of ethnic-minority households are not given.")])
    canvas, axes = _canvas(3.4)
    places = list(range(len(years)))
    pairs = (
        (ethnic, t("ethnic-minority households"), style.SERIES[2]),
        (every, t("all households"), style.ACCENT),
    )
    for values, words, colour in pairs:
        axes.plot(places, values, color=colour, lw=2.2, marker="o", ms=6)
        for place, value in zip(places, values, strict=True):
            axes.annotate(
                numbers.number(value, lang, 2),
                (place, value),
                textcoords="offset points",
                xytext=(0, 8 if values is ethnic else -14),
                ha="center",
                color=colour,
                fontweight="bold",
            )
        axes.text(places[-1] + 0.07, values[-1], words, color=colour, va="center")
    for place, low, high in zip(places, every, ethnic, strict=True):
        axes.plot([place, place], [low, high], color=style.MUTED, lw=1, ls=(0, (2, 2)), zorder=1)
        axes.annotate(
            t("gap {n}", n=numbers.number(high - low, lang, 2)),  # type: ignore[operator]
            (place, (low + high) / 2),  # type: ignore[operator]
            textcoords="offset points",
            xytext=(5, 0),
            va="center",
            color=style.MUTED,
        )
    axes.set_xticks(places, [str(year) for year in years])
    axes.set_xlim(-0.25, places[-1] + 0.95)
    top = max(value for value in [*ethnic, *every] if value is not None)
    axes.set_ylim(0, top * 1.18)
    axes.set_ylabel(t("poor households, %") if status == "poor" else t("near-poor households, %"))
    axes.grid(axis="y")
    _decimal_axis(axes.yaxis, lang)
    said = {
        "before": _points(row["gap_before_pp"], lang),
        "after": _points(row["gap_after_pp"], lang),
        "ratio_before": numbers.number(row["before_ratio"], lang, 2),
        "ratio_after": numbers.number(row["after_ratio"], lang, 2),
    }
    if row["is_narrowed"] and row["is_ratio_lower"]:
        title = t(
            "The ethnic-minority gap narrowed from {before} to {after} points, and from "
            "{ratio_before} to {ratio_after} times the rate of all households",
            **said,
        )
    elif row["is_narrowed"]:
        title = t(
            "The ethnic-minority gap narrowed from {before} to {after} points, but rose from "
            "{ratio_before} to {ratio_after} times the rate of all households",
            **said,
        )
    else:
        title = t("The ethnic-minority gap did not narrow: {before}, then {after} points", **said)
    frame = pd.DataFrame({"year": years, "ethnic": ethnic, "every": every})
    frame["gap"] = frame["ethnic"] - frame["every"]
    frame["ratio"] = frame["ethnic"] / frame["every"]
    return from_canvas(
        canvas,
        slug=f"poverty-gap-{status.replace('_', '-')}",
        title=title,
        alternative=t(
            "Two lines, ethnic-minority and all households, in percent. {values}.",
            values="; ".join(
                f"{line['year']}: {numbers.number(line['ethnic'], lang, 2)}, "
                f"{numbers.number(line['every'], lang, 2)}"
                for line in records(frame)
            ),
        ),
        lang=lang,
        table=table(
            frame.assign(year=[str(year) for year in years]),
            slug=f"poverty-gap-{status.replace('_', '-')}-data",
            caption=t("Rates of ethnic-minority and all households"),
            columns=[
                Column("year", t("Year")),
                Column("ethnic", t("Ethnic minorities"), "percent", 2),
                Column("every", t("All households"), "percent", 2),
                Column("gap", t("Gap, points"), "number", 2),
                Column("ratio", t("Times the rate of all"), "number", 2),
            ],
            lang=lang,
        ),
        note=source_note(review, lang),
    )


def _or_none(value: Any) -> float | None:
    return None if numbers.is_absent(value) else float(value)


# ------------------------------------------------------------------ targets


@_in_house_style
def targets_chart(review: Review, lang: str) -> Figure | Prose:
    """Draw each district's fall of the poor rate against the target of the year."""
    from matplotlib.lines import Line2D

    t = translator(lang)
    targets = [target for target in poverty_targets(review.year) if target.scope == "all"]
    if review.before is None:
        return no_base(review, lang)
    if not targets:
        return Prose([t("No target of the poor rate is known for {year}.", year=review.year)])
    if review.before != review.year - 1:
        return targets_are_yearly(review, lang)
    frame = pd.concat(
        [
            analysis.against_targets(
                review.frame, review.before, review.year, targets, by, seen=review.seen
            )
            for by in (review.by, "province")
        ],
        ignore_index=True,
    )
    frame = frame[frame["fall_pp"].notna()]
    rows = sorted(records(frame), key=lambda row: float(row["fall_pp"]))
    if len(rows) > 25:
        rows = [row for row in rows if row["level"] == "province"] + rows[-24:]
        rows.sort(key=lambda row: float(row["fall_pp"]))
    (target,) = targets
    looks = {
        "below": (style.CONTRAST, "v"),
        "within": (style.ACCENT, "o"),
        "above": (style.SERIES[2], "^"),
        "out_of_reach": (_QUIET, "s"),
    }
    canvas, axes = _canvas(1.2 + 0.3 * len(rows))
    if target.high is None:
        axes.axvline(target.low, color=style.MUTED, lw=1.2, ls=(0, (4, 3)))
    else:
        axes.axvspan(target.low, target.high, color=_PALE, alpha=0.55, lw=0)
    axes.axvline(0, color=style.MUTED, lw=0.8)
    names = []
    for place, row in enumerate(rows):
        colour, marker = looks[str(row["verdict"])]
        axes.plot([0, float(row["fall_pp"])], [place, place], color=style.GRID, lw=2, zorder=1)
        axes.plot(float(row["fall_pp"]), place, marker, color=colour, ms=8, zorder=3)
        axes.annotate(
            numbers.number(row["fall_pp"], lang, 2),
            (float(row["fall_pp"]), place),
            textcoords="offset points",
            xytext=(8, 0),
            va="center",
        )
        names.append(
            whole_name(review, lang) if row["level"] == "province" else joined_text(row["name"])
        )
    axes.set_yticks(range(len(rows)), names)
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        label.set_fontweight("bold" if row["level"] == "province" else "normal")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    lowest = min([0.0, *(float(row["fall_pp"]) for row in rows)])
    highest = max([target.high or target.low, *(float(row["fall_pp"]) for row in rows)])
    axes.set_xlim(lowest - 0.05 * highest, highest * 1.15)
    axes.set_xlabel(t("fall of the poor rate, percentage points"))
    _decimal_axis(axes.xaxis, lang)
    there = list(dict.fromkeys(str(row["verdict"]) for row in rows))
    axes.legend(
        handles=[
            Line2D([], [], ls="", marker=looks[name][1], color=looks[name][0], ms=8,
                   label=t(VERDICT_NAMES[name]))
            for name in looks if name in there
        ],
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=2,
        columnspacing=1.2,
        handletextpad=0.3,
    )  # fmt: skip
    own = [row for row in rows if row["level"] != "province"]
    met = [row for row in own if row["verdict"] in ("within", "above")]
    could = [row for row in own if row["verdict"] != "out_of_reach"]
    words = (
        numbers.number(target.low, lang)
        if target.high is None
        else f"{numbers.number(target.low, lang)}–{numbers.number(target.high, lang)}"
    )
    title = t(
        "{met} of {could} districts whose rate allowed it reached the target fall of {target} "
        "percentage points",
        met=len(met),
        could=len(could),
        target=words,
    )
    shown = pd.DataFrame(rows).assign(
        what=names, said=[t(VERDICT_NAMES[str(row["verdict"])]) for row in rows]
    )
    return from_canvas(
        canvas,
        slug="poverty-targets-chart",
        title=title,
        alternative=t(
            "Dots by district: fall of the poor rate in percentage points, target {target}. "
            "{values}.",
            target=words,
            values="; ".join(
                f"{name} {numbers.number(row['fall_pp'], lang, 2)}"
                for name, row in zip(names[::-1], rows[::-1], strict=True)
            ),
        ),
        lang=lang,
        table=table(
            shown,
            slug="poverty-targets-chart-data",
            caption=t("Fall of the poor rate by district"),
            columns=[
                Column("what", t("Area")),
                Column("before_pct", t("Rate {year}", year=review.before), "percent", 2),
                Column("fall_pp", t("Fall, points"), "number", 2),
                Column("said", t("Result")),
            ],
            lang=lang,
            totals=[row["level"] == "province" for row in rows],
        ),
        note=source_note(review, lang),
    )


# ------------------------------------------------------------------ maps

RATE_BOUNDS = (1.0, 2.0, 4.0, 6.0, 10.0)
"""Classes of poor rates, the same over years: upper bounds in percent."""
CHANGE_BOUNDS = (-3.0, -1.5, -0.5, 0.5, 1.5)
"""Classes of changes of a rate, the same over years: upper bounds in percentage points."""
_HIGH = 4.0


def rate_map(review: Review, lang: str, measure: str = "poor") -> Figure:
    """Map the poor or near-poor rate of every commune-level unit on fixed classes."""
    from kgstats.present import maps

    t = translator(lang)
    frame = analysis.levels(review.frame, "commune", seen=review.seen)
    frame = frame[frame["year"] == review.year].reset_index(drop=True)
    names = district_names(review.year)
    high = frame[(frame[f"{measure}_pct"] > _HIGH).fillna(False).astype(bool)]
    there = frame[frame[f"{measure}_pct"].notna()]
    values: dict[str, Any] = {
        "n": len(high),
        "all": len(there),
        "high": numbers.percent(_HIGH, lang, 0),
        "year": review.year,
        "what": t({"poor": "poor", "near_poor": "near-poor"}[measure]),
    }
    if high.empty:
        title = t(
            "In none of {all} communes, wards and townships are more than {high} of households "
            "{what} in {year}",
            **values,
        )
    elif names:
        counts = high["district_code"].value_counts()
        first = sorted(counts[counts == counts.max()].index)[0]
        values |= {"district": names[str(first)], "most": int(counts.max())}
        title = t(
            "In {n} of {all} communes, wards and townships more than {high} of households are "
            "{what} in {year}, {most} of them in {district}",
            **values,
        )
    else:
        title = t(
            "In {n} of {all} communes, wards and townships more than {high} of households are "
            "{what} in {year}",
            **values,
        )
    shown = pd.DataFrame(
        {
            "commune_code": frame["code"],
            "rate": frame[f"{measure}_pct"],
            "facts": [_facts(row, measure, lang) for row in records(frame)],
        }
    )
    return maps.choropleth(
        shown,
        "rate",
        classes=maps.Classes(RATE_BOUNDS, kind="percent"),
        label=t("{rate}, {year}", rate=t(RATE_NAMES[measure]), year=review.year),
        year=review.year,
        lang=lang,
        slug=f"poverty-map-{measure.replace('_', '-')}",
        title=title,
        facts="facts",
        note=_map_note(review, lang),
    )


def _facts(row: Mapping[str, Any], measure: str, lang: str) -> list[str]:
    t = translator(lang)
    if numbers.is_absent(row[f"{measure}_hh"]):
        return []
    base = row["ethnic_households_hh" if measure.startswith("ethnic") else "households_hh"]
    lines = [
        t(
            "{count} of {base} households",
            count=numbers.number(row[f"{measure}_hh"], lang),
            base=numbers.number(base, lang),
        )
    ]
    few = row[f"{measure}_few"]
    if not numbers.is_absent(few) and bool(few):
        lines.append(t("rate on few households"))
    return lines


def _map_note(review: Review, lang: str) -> str:
    t = translator(lang)
    note = source_note(review, lang)
    if review.release.control.threshold > 1:
        note += " " + t("Withheld rates are drawn as not reported.")
    return note


def change_map(review: Review, lang: str, measure: str = "poor") -> Figure | Prose:
    """Map the change of the rate of every commune-level unit on fixed classes."""
    from kgstats.present import maps

    t = translator(lang)
    if review.before is None:
        return no_base(review, lang)
    frame = analysis.changes(review.frame, review.before, review.year, "commune", seen=review.seen)
    frame = frame[frame["measure"] == measure].reset_index(drop=True)
    there = frame[frame["change_pp"].notna()]
    values = {
        "n": int((there["change_pp"] < 0).sum()),
        "all": len(there),
        "before": review.before,
        "year": review.year,
        "what": t(RATE_NAMES[measure]),
    }
    title = t(
        "{what}: a fall in {n} of {all} communes, wards and townships from {before} to {year}",
        **values,
    )
    shown = pd.DataFrame(
        {
            "commune_code": frame["code"],
            "change": frame["change_pp"],
            "facts": [
                []
                if numbers.is_absent(row["change_pp"])
                else [
                    t(
                        "from {first} to {last}",
                        first=_rate(row["before_pct"], lang),
                        last=_rate(row["after_pct"], lang),
                    )
                ]
                for row in records(frame)
            ],
        }
    )
    falls = (style.SEQUENCE[5], style.SEQUENCE[3], style.SEQUENCE[1])
    return maps.choropleth(
        shown,
        "change",
        classes=maps.Classes(
            CHANGE_BOUNDS,
            kind="points",
            colours=(*falls, "#f4efe6", "#e9a679", "#c1521f"),
        ),
        label=t(
            "Change of the rate from {before} to {year}, percentage points",
            before=review.before,
            year=review.year,
        ),
        year=review.year,
        lang=lang,
        slug=f"poverty-change-map-{measure.replace('_', '-')}",
        title=title,
        facts="facts",
        note=_map_note(review, lang),
    )
