"""Marks that compare years: lines with breaks, slopes, dots against a target.

As in :mod:`kgstats.present.charts`: a chart is a frame, a mark and the words that say what it
shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kgstats.present import numbers, style
from kgstats.present.charts import Chart, Series, canvas, number_axis, spread, wrapped
from kgstats.present.figures import Figure

QUIET = "#9aa5b1"
"""Colour of what stands in the background of a comparison."""
_NEAR = {"textcoords": "offset points", "va": "center"}


# ------------------------------------------------------------------ lines


@dataclass(frozen=True)
class Dates:
    """What is known of the places across beside where they are.

    ``breaks``: places where what is measured changes. ``first``, ``last``: columns with the
    earliest and the latest place that a point may stand at.
    """

    breaks: Sequence[float] = ()
    first: str = ""
    last: str = ""


def lines(
    chart: Chart,
    frame: pd.DataFrame,
    x: str,
    series: Sequence[Series],
    *,
    dates: Dates = Dates(),
    text: Callable[[Any], str] | None = None,
    apart: str | None = None,
) -> Figure:
    """Draw a line a series over years, each point's value beside it; no line over what is absent.

    Parameters
    ----------
    frame
        A row for each place across, in order: the place in the column ``x``, and the columns of
        the series, null where a series has no value.
    dates
        At a break a broken line stands from top to bottom, and the series' names stand above
        their parts instead of at their ends. A point of open date is hollow, with a bar from its
        first place to its last.
    text
        Writes a value; with two decimals when not given.
    apart
        Column with words that stand between two series.
    """
    write = text or (lambda value: numbers.number(value, chart.lang, 2))
    columns = [one.column for one in series]
    with canvas(3.5) as (drawn, axes):
        top = float(frame[columns].max(axis=None))
        for place in dates.breaks:
            axes.axvline(place, color=style.MUTED, lw=1, ls=(0, (4, 3)))
        for one in series:
            below = not dates.breaks and float(frame[one.column].max()) < top
            _line(axes, frame, x, one, dates)
            for row in _rows(frame[frame[one.column].notna()]):
                axes.annotate(
                    write(row[one.column]), (row[x], row[one.column]), color=one.colour,
                    xytext=(5, 10) if dates.breaks else (0, -13 if below else 10),
                    ha="left" if dates.breaks else "center", fontweight="bold", **_NEAR,
                )  # fmt: skip
            _name(axes, frame, x, one, top * 1.4 if dates.breaks else None)
        for row in _rows(frame) if apart is not None else ():
            low, high = (float(row[column]) for column in sorted(columns, key=row.__getitem__))
            axes.plot([row[x]] * 2, [low, high], color=style.MUTED, lw=1, ls=(0, (2, 2)), zorder=1)
            axes.annotate(
                row[str(apart)],
                (row[x], (low + high) / 2),
                xytext=(5, 0),
                color=style.MUTED,
                **_NEAR,
            )
        ends = [dates.first, dates.last] if dates.first else [x]
        _years_across(axes, frame[ends], bool(dates.breaks))
        axes.set_ylim(0, (top or 1) * (1.42 if dates.breaks else 1.18))
        axes.set_ylabel(chart.axis)
        number_axis(axes, chart.lang, which="y")
        return chart.figure(drawn, [_told(row, x, series, write) for row in _rows(frame)])


def _line(axes: Any, frame: pd.DataFrame, x: str, one: Series, dates: Dates) -> None:
    own = frame[frame[one.column].notna()]
    axes.plot(own[x].astype(float), own[one.column].astype(float), color=one.colour, lw=2, zorder=2)
    for row in _rows(own):
        ends = [row[dates.first], row[dates.last]] if dates.first else []
        open_date, height = len(set(ends)) > 1, row[one.column]
        if open_date:
            axes.plot(ends, [height] * 2, color=one.colour, lw=1, marker="|", ms=8, zorder=3)
        axes.plot(
            row[x], height, "o", ms=6, markeredgewidth=1.5, markeredgecolor=one.colour,
            color=style.PAPER if open_date else one.colour, zorder=4,
        )  # fmt: skip


def _name(axes: Any, frame: pd.DataFrame, x: str, one: Series, above: float | None) -> None:
    """Write a series' name at the end of its line, or above its middle."""
    own = frame[frame[one.column].notna()]
    across, up = own[x].astype(float), own[one.column].astype(float)
    if above is None:
        axes.annotate(
            wrapped(one.label, 20), (across.iloc[-1], up.iloc[-1]), xytext=(20, 0),
            color=one.colour, **_NEAR,
        )  # fmt: skip
    else:
        axes.text(
            across.mean(), above, wrapped(one.label, 18), ha="center", va="top", color=one.colour,
            linespacing=1.1,
        )  # fmt: skip


def _years_across(axes: Any, places: pd.DataFrame, broken: bool) -> None:
    first, last = int(places.min(axis=None)), int(places.max(axis=None))
    axes.set_xticks(range(first, last + 1), [str(year) for year in range(first, last + 1)])
    if last - first > 7:
        axes.tick_params(axis="x", rotation=45)
    axes.set_xlim(first - 0.5, last + 0.6 if broken else last + max(0.95, (last - first) * 0.6))


def _told(
    row: Mapping[str, Any], x: str, series: Sequence[Series], write: Callable[[Any], str]
) -> str:
    values = [write(row[one.column]) for one in series if not numbers.is_absent(row[one.column])]
    return f"{row.get('label', row[x])}: {', '.join(values)}"


# ------------------------------------------------------------------ slopes


def slopes(
    chart: Chart,
    frame: pd.DataFrame,
    by: str,
    places: Mapping[str, str],
    *,
    strong: str,
    marked: str,
) -> Figure:
    """Draw a line a row from its value in one year to that in another, named at both ends.

    Parameters
    ----------
    frame
        A row for each line: its name in the column ``by``, its values in the columns ``places``.
    places
        Columns from left to right, with the word above each.
    strong, marked
        Columns saying which rows are drawn strongly (the whole) and which are singled out.
    """
    columns = list(places)
    rows = _rows(frame)
    values = frame[columns].astype(float)
    top = float(values.max(axis=None)) if rows else 1.0
    gap = top * 1.04 / 20
    with canvas(max(3.0, 1.0 + 0.26 * len(rows))) as (drawn, axes):
        sides = [(-1, 0, columns[0]), (1, len(columns) - 1, columns[-1])]
        at = {side: spread(list(values[column]), gap) for side, _, column in sides}
        for number, row in enumerate(rows):
            look = _look(bool(row[strong]), bool(row[marked]))
            axes.plot(range(len(columns)), [row[c] for c in columns], marker="o", **look)
            ink = style.INK if look["color"] == QUIET else look["color"]
            weight = "normal" if look["color"] == QUIET else "bold"
            for side, place, column in sides:
                words = numbers.number(row[column], chart.lang, 2)
                name = f"{row[by]}  {words}" if side < 0 else f"{words}  {row[by]}"
                ends = [row[column], at[side][number]]
                axes.plot(
                    [place + side * 0.03, place + side * 0.09], ends, color=style.GRID, lw=0.8
                )
                axes.text(
                    place + side * 0.1, ends[1], name, ha="right" if side < 0 else "left",
                    va="center", color=ink, fontweight=weight, fontsize=9.5,
                )  # fmt: skip
        room = 0.85 * max(1, len(columns) - 1)
        axes.set_xlim(-room, len(columns) - 1 + room)
        ends = [*at[-1], *at[1]]
        axes.set_ylim(min([0.0, *ends]) - gap, max([top, *ends]) + gap)
        axes.set_xticks(range(len(columns)), list(places.values()), fontweight="bold")
        axes.xaxis.tick_top()
        axes.tick_params(axis="x", length=0)
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
        for place in range(len(columns)):
            axes.axvline(place, color=style.GRID, lw=1, zorder=0)
        told = [
            f"{row[by]} {' → '.join(numbers.number(row[c], chart.lang, 2) for c in columns)}"
            for row in rows
        ]
        return chart.figure(drawn, told)


def _look(strong: bool, marked: bool) -> dict[str, Any]:
    if strong:
        return {"color": style.CONTRAST, "lw": 2.6, "ms": 5, "zorder": 5}
    if marked:
        return {"color": style.ACCENT, "lw": 2, "ms": 5, "zorder": 4}
    return {"color": QUIET, "lw": 1.1, "ms": 3.5, "zorder": 2}


# ------------------------------------------------------------------ dots against a target


@dataclass(frozen=True)
class Look:
    """How a state is drawn: its words, colour and sign."""

    label: str
    colour: str
    sign: str


@dataclass(frozen=True)
class Range:
    """What is to be reached: at least ``low``; up to ``high`` where a range is given."""

    low: float
    high: float | None = None


def dots_to_target(
    chart: Chart,
    frame: pd.DataFrame,
    by: str,
    value: str,
    target: Range,
    looks: Mapping[str, Look],
    *,
    strong: str,
) -> Figure:
    """Draw a dot a row, from top to bottom, against what was to be reached.

    Parameters
    ----------
    frame
        A row for each dot: its name in the column ``by``, its place in ``value``, and in
        ``verdict`` its state.
    looks
        How each state is drawn.
    strong
        Column saying which rows' names are bold (the whole).
    """
    from matplotlib.lines import Line2D

    rows = _rows(frame)[::-1]
    values = [float(row[value]) for row in rows]
    with canvas(1.2 + 0.3 * len(rows)) as (drawn, axes):
        if target.high is None:
            axes.axvline(target.low, color=style.MUTED, lw=1.2, ls=(0, (4, 3)))
        else:
            axes.axvspan(target.low, target.high, color=style.SEQUENCE[1], alpha=0.55, lw=0)
        axes.axvline(0, color=style.MUTED, lw=0.8)
        for place, (row, at) in enumerate(zip(rows, values, strict=True)):
            look = looks[str(row["verdict"])]
            axes.plot([0, at], [place, place], color=style.GRID, lw=2, zorder=1)
            axes.plot(at, place, look.sign, color=look.colour, ms=8, zorder=3)
            text = numbers.number(row[value], chart.lang, 2)
            axes.annotate(text, (at, place), xytext=(8, 0), **_NEAR)
        axes.set_yticks(range(len(rows)), [row[by] for row in rows])
        for label, row in zip(axes.get_yticklabels(), rows, strict=True):
            label.set_fontweight("bold" if row[strong] else "normal")
        axes.set_ylim(-0.7, len(rows) - 0.3)
        most = max([target.high or target.low, *values])
        axes.set_xlim(min([0.0, *values]) - 0.05 * most, most * 1.15)
        axes.set_xlabel(chart.axis)
        number_axis(axes, chart.lang)
        there = {str(row["verdict"]) for row in rows}
        handles = [
            Line2D([], [], ls="", marker=one.sign, color=one.colour, ms=8, label=one.label)
            for state, one in looks.items()
            if state in there
        ]
        drawn.legend(handles=handles, loc="outside upper left", ncols=2, handletextpad=0.3)
        told = [f"{row[by]} {numbers.number(row[value], chart.lang, 2)}" for row in rows[::-1]]
        return chart.figure(drawn, told)


# ------------------------------------------------------------------ in and out during a year


@dataclass(frozen=True)
class Flow:
    """A stock at two times and what moved between them, each a name and a count."""

    start: tuple[str, int]
    left: tuple[str, int]
    came: Sequence[tuple[str, int]]
    end: tuple[str, int]
    stayed: str


_EDGE = 0.035
_THIN = 0.008
_APART = 0.19


def flow(chart: Chart, of: Flow) -> Figure:
    """Draw bands down from the top: what stays keeps its height, what moves hangs below."""
    unit, top = 1 / max(of.start[1], of.end[1], 1), 1.0
    stay, out = (of.start[1] - of.left[1]) * unit, of.left[1] * unit
    low = top - max(of.start[1], of.end[1], 1) * unit - 0.12

    def words(pair: tuple[str, int], apart: str = " ") -> str:
        return f"{pair[0]}{apart}{numbers.number(pair[1], chart.lang)}"

    with canvas(3.7) as (drawn, axes):
        for (_, count), at, ha, colour, x in (
            (of.start, -_EDGE, "right", style.INK, -_EDGE - 0.02),
            (of.end, 1.0, "left", style.CONTRAST, 1.0 + _EDGE + 0.02),
        ):
            size, pair = count * unit, of.start if at < 0 else of.end
            axes.bar(at, size, _EDGE, bottom=top - size, align="edge", color=colour)
            axes.text(
                x, top - size / 2, words(pair, "\n"), ha=ha, va="center", fontweight="bold"
            )  # fmt: skip
        entered = top - stay
        _ribbon(axes, (0.0, top), (1.0, top), stay, style.SEQUENCE[1])
        _ribbon(axes, (0.0, entered), (0.5, low), out, style.ACCENT)
        for number, pair in enumerate(of.came):
            size, colour, source = pair[1] * unit, style.SERIES[2 + number], low - number * _APART
            _ribbon(axes, (0.8, source), (1.0, entered), size, colour)
            axes.text(
                0.79, source - max(size, _THIN) / 2, words(pair, "\n"),
                ha="right", va="center", color=colour, linespacing=1.05,
            )  # fmt: skip
            entered -= size
        stayed = (of.stayed, of.start[1] - of.left[1])
        axes.text(0.42, top - stay / 2, words(stayed), ha="center", va="center", color="#10181f")
        axes.text(
            0.4, low - out - 0.03, words(of.left), ha="center", va="top", color=style.ACCENT,
            fontweight="bold",
        )  # fmt: skip
        axes.set_xlim(-0.24, 1.24)
        axes.set_ylim(min(low - out - 0.14, low - _APART * (len(of.came) - 1) - 0.21), 1.04)
        axes.set_axis_off()
        return chart.figure(drawn, [words(one) for one in (of.start, of.left, *of.came, of.end)])


def _ribbon(
    axes: Any, start: tuple[float, float], end: tuple[float, float], size: float, colour: str
) -> None:
    """Draw a band whose upper edge goes from one point to another."""
    import numpy as np

    along = np.linspace(0, 1, 40)
    upper = start[1] + (end[1] - start[1]) * along**2 * (3 - 2 * along)
    across = start[0] + (end[0] - start[0]) * along
    axes.fill_between(across, upper - max(size, _THIN), upper, color=colour, lw=0, alpha=0.9)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
