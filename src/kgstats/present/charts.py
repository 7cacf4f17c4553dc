"""Marks in house style: a chart is a frame, a mark and the words that say what it shows.

Each mark draws one kind of picture from a frame whose rows are what is compared. A chart cannot be
made without its finding (``title``), without words for readers who do not see it (``says`` and the
values, row by row), or without its data.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from kgstats.present import numbers, style
from kgstats.present.figures import Figure, from_canvas

if TYPE_CHECKING:
    from kgstats.present.tables import Table

WIDE = 6.0
"""Width of a chart in inches: still legible when a telephone shrinks it."""
WORD_SIZE = 10.5
"""Size of a chart's words in points, large enough for a telephone."""


@dataclass(frozen=True)
class Chart:
    """What every chart has beside its marks.

    Parameters
    ----------
    slug
        Stable name, unique on its page.
    title
        The finding in one sentence, computed from the data.
    says
        What kind of picture it is, for readers who do not see it; the values follow by themselves.
    table
        The data, given beside the picture.
    axis
        What the length of a mark measures, with its unit.
    note
        Source, date, cautions: one short line below.
    values
        What each row says, for readers who do not see it, where that is not what is written
        beside the marks.
    png
        Whether the figure also carries a picture at print resolution.
    """

    slug: str
    title: str
    says: str
    lang: str
    table: Table
    axis: str = ""
    note: str = ""
    values: Sequence[str] | None = None
    png: bool = False

    def figure(self, canvas: Any, values: Sequence[str]) -> Figure:
        """Return the finished figure: the picture, and in words what it shows."""
        told = "; ".join(values if self.values is None else self.values)
        return from_canvas(
            canvas,
            slug=self.slug,
            title=self.title,
            alternative=" ".join(filter(None, (self.says, told and f"{told}."))),
            lang=self.lang,
            table=self.table,
            note=self.note,
            png=self.png,
        )


@dataclass(frozen=True)
class Series:
    """One part of a stacked mark: the frame's column, its words, its colour and pattern."""

    column: str
    label: str
    colour: str
    pattern: str = ""


@dataclass(frozen=True)
class Target:
    """A value to be reached, and at which name of the axis."""

    name: str
    value: float
    label: str


def words_on(colour: str) -> str:
    """Return the colour of words that can be read on a colour: paper on dark, ink on light.

    >>> words_on(style.SEQUENCE[0]) == style.INK, words_on(style.ACCENT) == style.PAPER
    (True, True)
    """
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return style.PAPER if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.45 else style.INK


@contextmanager
def canvas(
    height: float, panels: int = 1, width: float = WIDE, **options: Any
) -> Iterator[tuple[Any, Any]]:
    """Give a canvas in house style with bare left edges, as charts with named rows have them.

    The figure is finished inside: marks of an axis take the style at the moment they are drawn.
    """
    import matplotlib
    from matplotlib import pyplot

    names = ("font.size", "axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize")
    with style.house(), matplotlib.rc_context(dict.fromkeys(names, WORD_SIZE)):
        # Lower than this there is no room for axes between their words.
        drawn, axes = pyplot.subplots(
            1, panels, figsize=(width, max(height, 2.2)), layout="constrained", **options
        )
        for one in [axes] if panels == 1 else axes:
            one.tick_params(axis="y", length=0)
            one.spines["left"].set_visible(False)
            one.set_axisbelow(True)
        yield drawn, axes


def number_axis(axes: Any, lang: str, *, which: str = "x") -> None:
    """Write an axis of numbers as readers of the language write them, with a grid."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: numbers.number(round(value, 6), lang)))
    axes.grid(True, axis=which)


def wrapped(text: str, width: int) -> str:
    r"""Break words into lines of so many letters.

    >>> wrapped("disbursement not reported", 16)
    'disbursement not\nreported'
    """
    return "\n".join(textwrap.wrap(text, width))


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Move the places of labels apart until neighbours keep the gap, as little as possible.

    >>> spread([10, 10, 40], 6)
    [7.0, 13.0, 40.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    blocks: list[tuple[float, list[int]]] = []
    for index in order:
        members, place = [index], float(wanted[index])
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


def legend_above(axes: Any, columns: int) -> None:
    """Put the legend above the picture, from its left edge, in as many columns as fit."""
    axes.figure.legend(
        *axes.get_legend_handles_labels(), loc="outside upper left", ncols=min(columns, 3),
        columnspacing=1.2, handlelength=1.2,
    )  # fmt: skip


def stacked_bars(
    chart: Chart, frame: pd.DataFrame, by: str, series: Sequence[Series], *, written: bool = False
) -> Figure:
    """Draw a bar a row, from top to bottom, made of a part a series.

    Parameters
    ----------
    frame
        A row for each bar: its name in the column ``by``, and the columns of the series.
    written
        Whether each part's number stands in it.
    """
    rows = frame.iloc[::-1]
    with canvas(1.2 + 0.28 * len(rows)) as (drawn, axes):
        left = pd.Series(0.0, index=rows.index)
        for one in series:
            widths = rows[one.column].fillna(0).astype(float)
            axes.barh(
                rows[by], widths, left=left, height=0.7, label=one.label,
                color=one.colour, edgecolor=style.PAPER, linewidth=0.8,
            )  # fmt: skip
            if written:
                _write_parts(axes, left, widths, one, chart.lang)
            left = left + widths
        axes.set_xlabel(chart.axis)
        number_axis(axes, chart.lang)
        legend_above(axes, len(series))
        return chart.figure(drawn, [_parts(row, by, series, chart.lang) for row in _rows(frame)])


def _write_parts(axes: Any, left: pd.Series, widths: pd.Series, one: Series, lang: str) -> None:
    for place, (start, width) in enumerate(zip(left, widths, strict=True)):
        if width:
            axes.text(
                start + width / 2, place, numbers.number(width, lang), ha="center", va="center",
                fontsize=8.5, color=words_on(one.colour),
            )  # fmt: skip


def _parts(row: Mapping[str, Any], by: str, series: Sequence[Series], lang: str) -> str:
    known = [one for one in series if not numbers.is_absent(row[one.column])]
    # A bar of nothing is told by its first part: "Recognised 0".
    there = [one for one in known if row[one.column]] or known[:1]
    told = [f"{one.label} {numbers.number(row[one.column], lang)}" for one in there]
    return f"{row[by]}: {', '.join(told) or numbers.NOT_REPORTED}"


def bars(
    chart: Chart,
    frame: pd.DataFrame,
    by: str,
    value: str,
    *,
    text: Callable[[Any], str] | None = None,
    colour: Callable[[Mapping[str, Any]], str] | None = None,
    legend: Mapping[str, str] | None = None,
) -> Figure:
    """Draw a bar a row, from top to bottom, its value written at its end.

    Parameters
    ----------
    frame
        A row for each bar: its name in the column ``by``, its length in the column ``value``.
    text
        Writes a value; as a plain number when not given.
    colour
        Gives a row's colour; the accent when not given.
    legend
        What the colours mean: colour by words.
    """
    from matplotlib.patches import Patch

    write = text or (lambda one: numbers.number(one, chart.lang))
    rows = _rows(frame)[::-1]
    with canvas(0.9 + 0.3 * len(rows)) as (drawn, axes):
        lengths = [0.0 if numbers.is_absent(row[value]) else float(row[value]) for row in rows]
        fills = [style.ACCENT if colour is None else colour(row) for row in rows]
        axes.barh([row[by] for row in rows], lengths, height=0.7, color=fills)
        for place, (row, length) in enumerate(zip(rows, lengths, strict=True)):
            axes.annotate(
                write(row[value]), (length, place), xytext=(4 if length >= 0 else -4, 0),
                textcoords="offset points", va="center", ha="left" if length >= 0 else "right",
            )  # fmt: skip
        axes.margins(x=0.14)
        axes.set_xlabel(chart.axis)
        number_axis(axes, chart.lang)
        if legend:
            handles = [Patch(color=shade, label=words) for words, shade in legend.items()]
            drawn.legend(handles=handles, loc="outside upper left", ncols=1)
        return chart.figure(drawn, [f"{row[by]}: {write(row[value])}" for row in rows[::-1]])


def bars_within(
    chart: Chart,
    frame: pd.DataFrame,
    by: str,
    outer: Series,
    inner: Series,
    *,
    text: Callable[[Mapping[str, Any]], str],
) -> Figure:
    """Draw a part within its whole, a bar a row from top to bottom, with words at its end.

    Parameters
    ----------
    frame
        A row for each bar: its name in the column ``by``, the columns of both series.
    outer, inner
        The whole and, narrower and before it, the part.
    text
        Writes the words at a bar's end.
    """
    rows = _rows(frame)
    with canvas(0.95 + 0.34 * max(len(rows), 1)) as (drawn, axes):
        names = [row[by] for row in rows[::-1]]
        for one, height in ((outer, 0.7), (inner, 0.36)):
            lengths = [float(row[one.column]) for row in rows[::-1]]
            axes.barh(names, lengths, height=height, color=one.colour, label=one.label)
        for place, row in enumerate(rows[::-1]):
            end = max(float(row[outer.column]), float(row[inner.column]), 0.0)
            axes.annotate(
                text(row), (end, place), xytext=(4, 0), textcoords="offset points", va="center"
            )
        axes.set_xlim(right=max([axes.get_xlim()[1], 0.001]) * 1.26)
        axes.set_xlabel(chart.axis)
        number_axis(axes, chart.lang)
        legend_above(axes, 2)
        return chart.figure(drawn, [f"{row[by]} {text(row)}" for row in rows])


def steps(
    chart: Chart,
    frame: pd.DataFrame,
    by: str,
    *,
    text: Callable[[Mapping[str, Any]], str],
    from_zero: bool = True,
) -> Figure:
    """Draw levels and the changes between them, from top to bottom (a waterfall).

    Parameters
    ----------
    frame
        A row for each step: its name in the column ``by``, ``is_level``, and ``after``, the level
        it reaches.
    text
        Writes the number beside a step.
    from_zero
        Whether the axis starts at zero. Otherwise it shows what lies between the levels, and
        levels are points: a bar would lie about their size.
    """
    rows = _rows(frame)
    ends = [float(row["after"]) for row in rows]
    starts = [0.0 if row["is_level"] else one for row, one in zip(rows, [0.0, *ends], strict=False)]
    low = 0.0 if from_zero else min(ends)
    span = (max(ends) - low) or 1.0
    with canvas(0.9 + (0.48 if len(rows) < 9 else 0.31) * len(rows)) as (drawn, axes):
        for at, (row, start, end) in enumerate(zip(rows, starts, ends, strict=True)):
            y = len(rows) - 1 - at
            if row["is_level"]:
                colour = style.CONTRAST if at == len(rows) - 1 else style.ACCENT
            else:
                colour = style.SEQUENCE[2] if end < start else style.SERIES[3]
            if row["is_level"] and not from_zero:
                axes.plot(end, y, "o", color=colour, ms=9)
            else:
                axes.barh(y, abs(end - start), left=min(start, end), height=0.64, color=colour)
            if at:
                axes.plot([ends[at - 1]] * 2, [y + 1.32, y - 0.32], color=style.MUTED, lw=0.8)
            right = max(start, end) if from_zero or not row["is_level"] else end + span * 0.015
            axes.annotate(
                text(row), (right, y), xytext=(4, 0), textcoords="offset points", va="center",
                fontweight="bold" if row["is_level"] else "normal",
            )  # fmt: skip
        labels = [wrapped(row[by], 24) for row in rows[::-1]]
        axes.set_yticks(range(len(rows)), labels, multialignment="right")
        axes.set_xlim(low if from_zero else low - span * 0.06, low + span * 1.18)
        axes.set_ylim(-0.7, len(rows) - 0.3)
        axes.set_xlabel(chart.axis)
        number_axis(axes, chart.lang)
        return chart.figure(drawn, [f"{row[by]} {text(row)}" for row in rows])


def dots_around(
    chart: Chart,
    frame: pd.DataFrame,
    by: str,
    value: str,
    middle: float,
    *,
    text: Callable[[Any], str],
    middle_text: str,
) -> Figure:
    """Draw a dot a row, from top to bottom, and how far it is from one value for all.

    Parameters
    ----------
    frame
        A row for each dot: its name in the column ``by``, its place in the column ``value``.
    middle
        The value for all, such as the province's.
    text, middle_text
        Writes the number beside a dot; the words over the line of the value for all.
    """
    rows = _rows(frame)
    most = max([float(row[value]) for row in rows] + [middle]) or 1.0
    with canvas(1.05 + 0.33 * len(rows)) as (drawn, axes):
        for at, row in enumerate(rows[::-1]):
            place = float(row[value])
            side = -1 if place < middle else 1
            axes.plot([middle, place], [at, at], color=style.OUTSIDE_FILL, lw=2, zorder=1)
            axes.scatter([place], [at], s=42, color=style.ACCENT, zorder=2)
            axes.annotate(
                text(row[value]), (place, at), xytext=(7 * side, 0), textcoords="offset points",
                va="center", ha="right" if side < 0 else "left",
            )  # fmt: skip
        top = len(rows) - 0.5
        axes.plot([middle, middle], [-0.7, top], color=style.CONTRAST, lw=1.2, zorder=0)
        axes.text(middle, top, middle_text, color=style.CONTRAST, ha="center", va="bottom")
        labels = [wrapped(row[by], 24) for row in rows[::-1]]
        axes.set_yticks(range(len(rows)), labels, multialignment="right")
        axes.set_ylim(-0.7, len(rows) + 0.1)
        number_axis(axes, chart.lang)
        axes.set_xlim(-most * 0.12, most * 1.16)
        axes.set_xticks([tick for tick in axes.get_xticks() if 0 <= tick <= most * 1.16])
        axes.set_xlabel(chart.axis)
        return chart.figure(drawn, [f"{row[by]} {text(row[value])}" for row in rows])


def dot_pairs(
    chart: Chart,
    frame: pd.DataFrame,
    by: str,
    pair: tuple[Series, Series],
    *,
    text: Callable[[Any], str],
    strong: str,
) -> Figure:
    """Draw two dots a row, from top to bottom, and how far they are apart.

    Parameters
    ----------
    frame
        A row for each pair: its name in the column ``by``, the columns of both series.
    text
        Writes the number beside a dot.
    strong
        Column saying which rows' names are bold (the whole).
    """
    rows = _rows(frame)[::-1]
    with canvas(1.1 + 0.33 * len(rows)) as (drawn, axes):
        for at, row in enumerate(rows):
            places = [float(row[one.column]) for one in pair]
            axes.plot(places, [at, at], color=style.OUTSIDE_FILL, lw=2.5, zorder=1)
            for one, place, other in zip(pair, places, places[::-1], strict=True):
                right = place >= other if one is pair[1] else place > other
                axes.scatter(
                    [place], [at], s=46, color=one.colour, zorder=2,
                    label=one.label if at == 0 else None,
                )  # fmt: skip
                axes.annotate(
                    text(place), (place, at), xytext=(8 if right else -8, 0), va="center",
                    textcoords="offset points", ha="left" if right else "right", color=one.colour,
                )  # fmt: skip
        most = max((float(row[one.column]) for row in rows for one in pair), default=0.0) or 1.0
        axes.set_xlim(-most * 0.12, most * 1.14)
        axes.set_yticks(range(len(rows)), [row[by] for row in rows])
        for label, row in zip(axes.get_yticklabels(), rows, strict=True):
            label.set_fontweight("bold" if row[strong] else "normal")
        axes.set_ylim(-0.7, len(rows) - 0.3)
        axes.set_xlabel(chart.axis)
        number_axis(axes, chart.lang)
        axes.set_xticks([tick for tick in axes.get_xticks() if 0 <= tick <= most * 1.14])
        legend_above(axes, 2)
        return chart.figure(drawn, [_parts_written(row, by, pair, text) for row in rows[::-1]])


def _parts_written(
    row: Mapping[str, Any], by: str, series: Sequence[Series], text: Callable[[Any], str]
) -> str:
    return f"{row[by]}: " + ", ".join(f"{one.label} {text(row[one.column])}" for one in series)


def concentration_curve(
    chart: Chart,
    across: Sequence[float],
    up: Sequence[float],
    at: float,
    *,
    upwards: str,
    text: str,
    even: str,
) -> Figure:
    """Draw a curve of two cumulative shares in percent, and the diagonal of an even spread.

    Parameters
    ----------
    across, up
        The points of the curve, both from 0 to 100; ``chart.axis`` names the share across.
    at
        The place across where a point of the curve is singled out.
    upwards, text, even
        The name of the axis upwards, the words beside the point, those beside the diagonal.
    """
    import numpy as np

    height = float(np.interp(at, across, up))
    with canvas(4.4) as (drawn, axes):
        axes.plot([0, 100], [0, 100], color=style.MUTED, lw=1, ls=(0, (4, 3)))
        axes.fill_between(across, up, across, color=style.SEQUENCE[1], alpha=0.6, lw=0)
        axes.plot(across, up, color=style.ACCENT, lw=2.2)
        axes.plot([at, at, 0], [0, height, height], color=style.CONTRAST, lw=1.1)
        axes.plot(at, height, "o", color=style.CONTRAST, ms=6)
        axes.annotate(
            text, (at, height), xytext=(34, 12), va="center", color=style.CONTRAST,
            fontweight="bold", arrowprops={"arrowstyle": "-", "color": style.CONTRAST, "lw": 0.8},
        )  # fmt: skip
        axes.text(72, 66, even, color=style.MUTED, ha="left", va="top")
        axes.set(xlim=(0, 100), ylim=(0, 100), xlabel=chart.axis, ylabel=upwards)
        axes.set_aspect("equal", adjustable="box")
        ticks = range(0, 101, 20)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_ticks(list(ticks), [numbers.number(n, chart.lang) for n in ticks])
        axes.grid()
        return chart.figure(drawn, [text])


def columns(
    chart: Chart,
    frame: pd.DataFrame,
    by: str,
    series: Sequence[Series],
    *,
    target: Target | None = None,
    top: float | None = None,
) -> Figure:
    """Draw an upright bar a row, from left to right, made of a part a series.

    Parameters
    ----------
    frame
        A row for each bar, as years: its name in the column ``by``, and the columns of the series.
    target
        A line at the value to be reached, with a place of its own where no row has its name.
    top
        Where the axis ends, when what is counted is out of so many.
    """
    names = [str(name) for name in frame[by]]
    if target is not None and target.name not in names:
        names.append(target.name)
    with canvas(3.6) as (drawn, axes):
        left = pd.Series(0.0, index=frame.index)
        for place, one in enumerate(series):
            parts = frame[one.column].fillna(0).astype(float)
            made = axes.bar(
                range(len(frame)), parts, bottom=left, width=0.55, label=one.label,
                color=one.colour, hatch=one.pattern, edgecolor=style.INK, linewidth=0,
            )  # fmt: skip
            if place == 0:
                axes.bar_label(
                    made, [numbers.number(part, chart.lang) for part in frame[one.column]],
                    label_type="center", color=words_on(one.colour), fontweight="bold",
                )  # fmt: skip
            left = left + parts
        if target is not None:
            _draw_target(axes, names.index(target.name), target)
        axes.set_xticks(range(len(names)), names)
        axes.tick_params(axis="x", length=0)
        axes.set_ylim(0, top)
        axes.set_ylabel(chart.axis)
        number_axis(axes, chart.lang, which="y")
        legend_above(axes, len(series))
        told = [_parts(row, by, series, chart.lang) for row in _rows(frame)]
        return chart.figure(drawn, told if target is None else [*told, target.label])


def _draw_target(axes: Any, place: int, target: Target) -> None:
    axes.plot(
        [place - 0.4, place + 0.4], [target.value] * 2, color=style.CONTRAST, linewidth=2.5
    )  # fmt: skip
    axes.annotate(
        target.label, (place, target.value), xytext=(0, 5), textcoords="offset points",
        ha="center", color=style.CONTRAST, fontweight="bold",
    )  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """One of several small charts side by side: the frame's column, its words, its decimals."""

    column: str
    label: str
    decimals: int = 0


def small_columns(
    chart: Chart, frame: pd.DataFrame, by: str, panels: Sequence[Panel], current: str
) -> Figure:
    """Draw a small chart a measure, each with an upright bar a row, its value written on it.

    Parameters
    ----------
    frame
        A row for each bar, as years: its name in the column ``by``, and a column a panel. Where a
        value is absent its place stays empty.
    current
        The name of the bar that the page is about.
    """
    names = [str(name) for name in frame[by]]
    told = []
    with canvas(2.5, len(panels), width=8.4) as (drawn, grid):
        for axes, panel in zip(grid, panels, strict=True):
            values = [None if numbers.is_absent(one) else float(one) for one in frame[panel.column]]
            said = [numbers.number(one, chart.lang, panel.decimals) for one in values]
            for place, (name, value, text) in enumerate(zip(names, values, said, strict=True)):
                if value is None:
                    continue
                shade = style.ACCENT if name == current else "#9fb9bb"
                axes.bar(place, value, width=0.62, color=shade)
                axes.text(place, value, text, ha="center", va="bottom", fontsize=9)
            axes.set_title(wrapped(panel.label, 25), fontsize=9, fontweight="bold", pad=12)
            axes.set_xticks(range(len(names)), names)
            axes.set_xlim(-0.6, len(names) - 0.4)
            axes.set_yticks([])
            axes.tick_params(axis="x", length=0)
            axes.margins(y=0.12)
            listed = ", ".join(f"{name} {text}" for name, text in zip(names, said, strict=True))
            told.append(f"{panel.label}: {listed}")
        return chart.figure(drawn, told)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
