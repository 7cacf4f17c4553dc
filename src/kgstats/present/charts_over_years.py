"""Marks that compare years: lines with breaks, slopes, dots against a target.

As in :mod:`kgstats.present.charts`: a chart is a frame, a mark and the words that say what it
shows.

Every mark takes a ``chart``: what it has beside its marks (`kgstats.present.charts.Chart`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import pandas as pd

from kgstats.present import numbers, style
from kgstats.present.charts import UPRIGHT, Chart, Series, Target, records, words_at_ends
from kgstats.present.figures import Figure
from kgstats.present.picture import (
    LINE,
    NARROWEST,
    PANEL,
    SIZE,
    Box,
    Entry,
    Picture,
    Plot,
    Rows,
    Scale,
    px,
    share,
    spread,
    touch,
    wrapped,
    written,
)

QUIET = "#9aa5b1"
"""Colour of what stands in the background of a comparison."""


# ------------------------------------------------------------------ lines


@dataclass(frozen=True)
class Dates:
    """What is known of the places across beside where they are.

    ``breaks``: places where what is measured changes. ``first``, ``last``: columns with the
    earliest and the latest place that a point may stand at. ``aim``: a value to be reached, drawn
    as a level line.
    """

    breaks: Sequence[float] = ()
    first: str = ""
    last: str = ""
    aim: Target | None = None


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
    series
        The parts or lines: column, words and colour of each.
    frame
        A row for each place across, in order: the place in the column ``x``, and the columns of
        the series, null where a series has no value.
    dates
        At a break a broken line stands from top to bottom. A point of open date is hollow, with
        a bar from its first place to its last.
    text
        Writes a value; with two decimals when not given.
    apart
        Column with words that stand between two series.
    """
    write = text or (lambda value: numbers.number(value, chart.lang, 2))
    own = {one.column: _points(frame, x, one.column, dates) for one in series}
    values = [point.value for points in own.values() for point in points]
    ends = frame[[dates.first, dates.last] if dates.first else [x]]
    aims = [] if dates.aim is None else [dates.aim]
    ground = _Ground.of([*values, *(one.value * 1.08 for one in aims)], ends, chart.lang)
    key = [one.entry("-") for one in series if own[one.column]]
    picture = Picture(chart.slug, [ground.plot], key, upwards=chart.axis)
    for place in dates.breaks:
        at = ground.across(place)
        ground.plot.line((at, ground.top), (at, ground.low), style.MUTED, 1, "4 3")
    if apart is not None:
        _words_apart(ground, frame, x, [one.column for one in series], str(apart))
    taken: list[Box] = []
    for aim in aims:
        _level(ground, aim, taken)
    _draw(ground, own, series, write, taken)
    return chart.figure(picture, [_told(row, x, series, write) for row in records(frame)])


def lines_beside(
    chart: Chart,
    frame: pd.DataFrame,
    x: str,
    panels: Mapping[str, Sequence[Series]],
) -> Figure:
    """Draw several charts of lines side by side, on one scale, with one key.

    Parameters
    ----------
    frame
        A row for each mark, in order.
    x
        The column with the places across.
    panels
        The series of each chart by its title; those at the same place have the same key.
    """
    write = partial(numbers.number, lang=chart.lang, decimals=2)
    columns = [one.column for series in panels.values() for one in series]
    values = [float(value) for column in columns for value in frame[column].dropna()]
    plots = []
    for title, series in panels.items():
        own = {one.column: _points(frame, x, one.column, Dates()) for one in series}
        ground = _Ground.of(values, frame[[x]], chart.lang, PANEL if len(panels) > 1 else NARROWEST)
        ground.plot.title = title
        _draw(ground, own, series, write, [])
        plots.append(ground.plot)
    key = [one.entry("-") for one in next(iter(panels.values()), ())]
    picture = Picture(chart.slug, plots, key, upwards=chart.axis)
    return chart.figure(picture, [])


def _level(ground: _Ground, aim: Target, taken: list[Box]) -> None:
    """Draw the line of what is to be reached, its words above its left end."""
    y = ground.height(aim.value)
    with ground.plot.mark(aim.label):
        ground.plot.line((0, y), (1, y), style.CONTRAST, 1.2, "5 3")
        ground.plot.text(0, y - 10, aim.label, dx=4, colour=style.CONTRAST)
    taken.append((0, style.text_width(aim.label, SIZE) + 8, y - 18, y + 2))


@dataclass(frozen=True)
class _Point:
    at: float
    value: float
    name: str
    ends: tuple[float, float]

    @property
    def open_date(self) -> bool:
        return self.ends[0] != self.ends[1]


def _points(frame: pd.DataFrame, x: str, column: str, dates: Dates) -> list[_Point]:
    found = []
    for row in records(frame[frame[column].notna()]):
        at = float(row[x])
        ends = (float(row[dates.first]), float(row[dates.last])) if dates.first else (at, at)
        whole = str(int(at)) if at.is_integer() else f"{at:g}"
        found.append(_Point(at, float(row[column]), str(row.get("label", whole)), ends))
    return found


@dataclass(frozen=True)
class _Ground:
    """The plot of a chart over years, with its two scales."""

    plot: Plot
    across: Scale
    up: Scale
    top: float
    low: float

    @classmethod
    def of(
        cls, values: Sequence[float], years: pd.DataFrame, lang: str, whole: float = NARROWEST
    ) -> _Ground:
        """Make the ground: years across, from zero (or below) up."""
        first, last = int(years.min(axis=None)), math.ceil(years.max(axis=None))
        high, low = max([0.0, *values]), min([0.0, *values])
        margin = 0.1 * ((high - low) or 1.0)
        up = Scale(low - (margin if low < 0 else 0.0), high + margin or 1.0)
        across = Scale(first - 0.4, last + 0.4)
        top, bottom = 8.0, 8.0 + UPRIGHT
        widest = max(style.text_width(one, SIZE) for one in written(up.ticks(5), lang))
        plot = Plot(bottom + 22, widest + 12, 28, whole=whole)
        plot.grid_upwards(up, lang, top=top, low=bottom)
        years_said = [(float(year), str(year)) for year in range(first, last + 1)]
        room = plot.narrowest / (last - first + 0.8)
        every = next((n for n in (1, 2, 3, 5) if n * room > 36), 10)
        for number, (year, text) in enumerate(reversed(years_said)):
            # The last year is always said.
            with plot.wide(number % every != 0):
                plot.text(across(year), bottom + 12, text, side="middle", colour=style.MUTED)
        return cls(plot, across, up, top, bottom)

    def height(self, value: float) -> float:
        """Return a value's height in pixels."""
        return self.low - self.up(value) * (self.low - self.top)

    def point(self, one: _Point) -> tuple[float, float]:
        """Return where a point lies."""
        return self.across(one.at), self.height(one.value)


def _draw(
    ground: _Ground,
    own: Mapping[str, Sequence[_Point]],
    series: Sequence[Series],
    write: Callable[[Any], str],
    taken: list[Box],
) -> None:
    """Draw line after line, the values of each clear of the points of the others."""
    for one in series:
        for start, end in pairwise(own[one.column]):
            ground.plot.line(ground.point(start), ground.point(end), one.colour, 2)
        others = [p for name, points in own.items() if name != one.column for p in points]
        _label_points(ground, one, own[one.column], others, write, taken)


def _label_points(
    ground: _Ground,
    one: Series,
    points: Sequence[_Point],
    others: Sequence[_Point],
    write: Callable[[Any], str],
    taken: list[Box],
) -> None:
    """Draw a series' points, and write each value above it, below it, or on wide pages only."""
    plot = ground.plot
    # The last value matters most, then the first; those between where there is room.
    order = sorted(range(len(points)), key=lambda n: (n != len(points) - 1, n != 0, n))
    where: dict[int, tuple[tuple[float, float, str], bool]] = {}
    for n in order:
        where[n] = _free(ground, points, n, others, write(points[n].value), taken)
    for n, point in enumerate(points):
        x, y = ground.point(point)
        with plot.mark(f"{one.label}, {point.name}: {write(point.value)}"):
            if point.open_date:
                left, right = (ground.across(end) for end in point.ends)
                plot.line((left, y), (right, y), one.colour, 1)
                for end in (left, right):
                    plot.line((end, y - 4), (end, y + 4), one.colour, 1)
            plot.dot(x, y, one.colour, hollow=point.open_date)
            (dx, dy, side), fits = where[n]
            with plot.wide(not fits):
                plot.text(x, y + dy, write(point.value), dx=dx, side=side, colour=one.colour,
                          bold=True)  # fmt: skip


def _free(
    ground: _Ground,
    points: Sequence[_Point],
    n: int,
    others: Sequence[_Point],
    text: str,
    taken: list[Box],
) -> tuple[tuple[float, float, str], bool]:
    """Return where a point's value stands, and whether it covers nothing on a telephone."""
    x, y = ground.point(points[n])
    width, middle = style.text_width(text, SIZE) * 1.08, x * ground.plot.narrowest
    dots = []
    for one in others:
        across, height = ground.point(one)
        across *= ground.plot.narrowest
        dots.append((across - 5, across + 5, height - 5, height + 5))
    edge = ground.plot.narrowest + ground.plot.right
    places: list[tuple[bool, int, tuple[float, float, str], Box]] = []
    for spot in _spots(points, n, any(one.at == points[n].at and one.value > points[n].value
                                      for one in others)):  # fmt: skip
        dx, dy, side = spot
        left = middle + dx - {"start": 0.0, "middle": width / 2, "end": width}[side]
        box = (left, left + width, y + dy - 7, y + dy + 7)
        if box[3] > ground.low or box[1] > edge or box[2] < 0:
            continue
        free = not any(touch(box, other) for other in [*taken, *dots])
        places.append((not free, len(places), spot, box))
    if not places:
        return (0.0, -13.0, "middle"), False
    occupied, _, spot, box = min(places)
    if not occupied:
        taken.append(box)
    return spot, not occupied


def _spots(points: Sequence[_Point], n: int, below: bool) -> list[tuple[float, float, str]]:
    """Return where a value may stand: first where its own line does not run."""
    value = points[n].value
    before = points[n - 1].value if n else None
    after = points[n + 1].value if n + 1 < len(points) else None
    falls = (before is None or before > value) and (after is None or after < value)
    rises = (before is None or before < value) and (after is None or after > value)
    over, under = (0.0, -13.0, "middle"), (0.0, 14.0, "middle")
    if falls and not rises:
        return [(-4, 13, "end"), under, over] if below else [(5, -10, "start"), over, under]
    if rises and not falls:
        return [(5, 13, "start"), under, over] if below else [(-4, -10, "end"), over, under]
    return [under, over] if below else [over, under]


def _words_apart(
    ground: _Ground, frame: pd.DataFrame, x: str, columns: Sequence[str], apart: str
) -> None:
    for row in records(frame):
        values = sorted(float(row[column]) for column in columns)
        at = ground.across(float(row[x]))
        heights = [ground.height(value) for value in values]
        ground.plot.line((at, heights[0]), (at, heights[-1]), style.MUTED, 1, "2 2")
        last = row[x] == frame[x].max()
        middle = (heights[0] + heights[-1]) / 2
        lines = wrapped(str(row[apart]), ground.plot.narrowest * 0.3)
        ground.plot.text(
            at, middle, lines, dx=-6 if last else 6, side="end" if last else "start",
            colour=style.MUTED,
        )  # fmt: skip


def _told(
    row: Mapping[str, Any], x: str, series: Sequence[Series], write: Callable[[Any], str]
) -> str:
    there = [one for one in series if not numbers.is_absent(row[one.column])]
    values = [write(row[one.column]) for one in there]
    if len(there) < len(series):
        # A value under another standard is no point of the same line.
        values = [f"{one.label} {value}" for one, value in zip(there, values, strict=True)]
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
    text: Callable[[Any], str] | None = None,
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
    text
        Writes a value; with two decimals when not given.
    """
    write = text or (lambda value: numbers.number(value, chart.lang, 2))
    columns = list(places)
    rows = records(frame)
    values = [[float(row[column]) for column in columns] for row in rows]
    names = [wrapped(str(row[by]), _SLOPE_NAME) for row in rows]
    tall = max(map(len, names), default=1)
    every = [value for one in values for value in one] or [0.0, 1.0]
    top, low = 30.0, 30.0 + max(180.0, (LINE * tall + 3) * len(rows))
    # Places, not lengths: where all values are far from zero the lines begin below them.
    least, most = min([*every]), max(every)
    scale = Scale(least - 0.1 * (most - least) if least > 0.4 * most else min(0.0, least), most)

    def height(value: float) -> float:
        return low - scale(value) * (low - top)

    # Bold words are a little wider.
    widest = 1.1 * max((style.text_width(x, SIZE) for one in names for x in one), default=0.0)
    number = 1.07 * max((style.text_width(write(value), SIZE) for value in every), default=0.0)
    gutter = min(widest + number + 24, (NARROWEST - 60) / 2)
    # Names that would leave no room for the lines stand at their right ends only.
    both = widest + number + 24 <= gutter + 1
    left, right = (gutter, gutter) if both else (number + 24, min(widest + number + 24, 200))
    gap = LINE * tall + 1
    wanted = [spread([height(value[n]) for value in values], gap) for n in (0, -1)]
    # Labels move down together until none stands over the heading.
    at = [[place + max(top - min(own), 0.0) for place in own] for own in wanted]
    bottom = max([low, *at[0], *at[1]]) + LINE * tall / 2 + 4
    plot = Plot(bottom, left, right)
    picture = Picture(chart.slug, [plot], upwards=chart.axis)
    across = Scale(0, max(len(columns) - 1, 1))
    for n, column in enumerate(columns):
        plot.line((across(n), top - 12), (across(n), bottom - 6), style.GRID)
        plot.text(across(n), 8, places[column], side="middle", bold=True)
    told = [
        f"{row[by]} {' → '.join(write(value) for value in one)}"
        for row, one in zip(rows, values, strict=True)
    ]
    order = sorted(range(len(rows)), key=lambda n: (bool(rows[n][strong]), bool(rows[n][marked])))
    for n in order:
        row, look = rows[n], _look(bool(rows[n][strong]), bool(rows[n][marked]))
        ends = [(0, values[n][0], at[0][n], -1), (1, values[n][-1], at[1][n], 1)]
        with plot.mark(told[n], row):
            for k, (one, other) in enumerate(pairwise(values[n])):
                start, end = (across(k), height(one)), (across(k + 1), height(other))
                plot.line(start, end, look.colour, look.width)
            for k, value in enumerate(values[n]):
                plot.dot(across(k), height(value), look.colour, size=look.dot)
            for place, value, label, side in ends:
                plot.parts.append(_leader(place, height(value), label, side))
                named = both or side > 0
                _end_words(plot, place, label, side, names[n] if named else [], write(value), look)
    return chart.figure(picture, told)


_SLOPE_NAME = 110.0


@dataclass(frozen=True)
class _Look:
    colour: str
    width: float
    dot: float

    @property
    def words(self) -> dict[str, Any]:
        quiet = self.colour == QUIET
        return {"colour": style.INK if quiet else self.colour, "bold": not quiet}


def _look(strong: bool, marked: bool) -> _Look:
    if strong:
        return _Look(style.CONTRAST, 2.6, 1.0)
    return _Look(style.ACCENT, 2.0, 1.0) if marked else _Look(QUIET, 1.2, 0.7)


def _leader(place: int, start: float, end: float, side: int) -> str:
    """Return a thin line from a point to its name, of a fixed length beside the plot."""
    return (
        f'<svg x="{share(place)}" overflow="visible"><path d="M{5 * side},{px(start)}'
        f'L{13 * side},{px(end)}" stroke="var(--grid, {style.GRID})"/></svg>'
    )


def _end_words(
    plot: Plot, place: int, y: float, side: int, name: list[str], value: str, look: _Look
) -> None:
    anchor = "end" if side < 0 else "start"
    if len(name) < 2:
        only = name[0] if name else ""
        words = f"{only}  {value}" if side < 0 else f"{value}  {only}"
        plot.text(place, y, words.strip(), dx=16 * side, side=anchor, **look.words)
        return
    width = style.text_width(value, SIZE)
    plot.text(place, y, value, dx=16 * side, side=anchor, **look.words)
    plot.text(place, y, name, dx=(22 + width) * side, side=anchor, **look.words)


# ------------------------------------------------------------------ dots against a target


@dataclass(frozen=True)
class Look:
    """How a state is drawn: its words, colour and sign."""

    label: str
    colour: str
    sign: str
    size: float = 1.0


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
    target
        What is to be reached.
    frame
        A row for each dot: its name in the column ``by``, its place in ``value``, and in
        ``verdict`` its state.
    looks
        How each state is drawn.
    strong
        Column saying which rows' names are bold (the whole).
    """
    rows = records(frame)
    values = [float(row[value]) for row in rows]
    said = [numbers.number(row[value], chart.lang, 2) for row in rows]
    laid = Rows.of([str(row[by]) for row in rows])
    most = max([target.high or target.low, *values, 0.0])
    scale = Scale(min([0.0, *values]) - 0.03 * most, most or 1.0)
    plot = Plot(laid.low + 20, laid.left, words_at_ends(said) + 5)
    there = {str(row["verdict"]) for row in rows}
    key = [
        Entry(one.label, one.colour, sign=one.sign)
        for state, one in looks.items()
        if state in there
    ]
    picture = Picture(chart.slug, [plot], key, chart.axis)
    if target.high is not None:
        plot.bar(
            (scale(target.low), scale(target.high)), (laid.top, laid.low), style.ACCENT, opacity=0.2
        )
    plot.grid_across(scale, chart.lang, top=laid.top, low=laid.low)
    if target.high is None:
        at = scale(target.low)
        plot.line((at, laid.top), (at, laid.low), style.MUTED, 1.2, "4 3")
    told = [f"{row[by]} {words}" for row, words in zip(rows, said, strict=True)]
    states = [looks[str(row["verdict"])] for row in rows]
    marked = [f"{words}; {look.label}" for words, look in zip(told, states, strict=True)]
    for n, _ in laid.marks(plot, rows, marked, strong):
        look, place, y = states[n], scale(values[n]), laid.middles[n]
        plot.line((scale(0), y), (place, y), style.GRID, 2)
        plot.dot(place, y, look.colour, sign=look.sign)
        plot.text(place, y, said[n], dx=9)
    return chart.figure(picture, told)


# ------------------------------------------------------------------ in and out during a year


@dataclass(frozen=True)
class Flow:
    """A stock at two times and what moved between them, each a name and a count."""

    start: tuple[str, int]
    left: tuple[str, int]
    came: Sequence[tuple[str, int]]
    end: tuple[str, int]
    stayed: str


_THIN = 2.0
_HIGH = 170.0
"""Height in pixels of the larger stock."""


def flow(chart: Chart, of: Flow) -> Figure:
    """Draw bands down from the top: what stays keeps its height, what moves hangs below.

    Parameters
    ----------
    of
        The stocks and what moved between them.
    """
    unit = _HIGH / max(of.start[1], of.end[1], 1)
    stay, out = (of.start[1] - of.left[1]) * unit, of.left[1] * unit

    def words(pair: tuple[str, int]) -> list[str]:
        return [*wrapped(pair[0], 86), numbers.number(pair[1], chart.lang)]

    def said(pair: tuple[str, int]) -> str:
        return f"{pair[0]} {numbers.number(pair[1], chart.lang)}"

    sides = [
        max(style.text_width(line, SIZE) * 1.08 for line in words(pair)) + 12
        for pair in (of.start, of.end)
    ]
    top, base = 6.0, 6.0 + _HIGH + 26
    wide = NARROWEST - sum(sides)
    came = [(pair, [*wrapped(pair[0], wide * 0.62), numbers.number(pair[1], chart.lang)])
            for pair in of.came]  # fmt: skip
    left_words = [*wrapped(of.left[0], wide * 0.44), numbers.number(of.left[1], chart.lang)]
    left_low = base + out + 6 + LINE * len(left_words)
    arrivals, at = [], left_low + 8
    for pair, texts in came:
        room = max(LINE * len(texts) + 6, pair[1] * unit + 6)
        arrivals.append((pair, texts, at + room / 2))
        at += room
    plot = Plot(at + 4, sides[0], sides[1])
    picture = Picture(chart.slug, [plot])
    with plot.mark(said((of.stayed, of.start[1] - of.left[1]))):
        _ribbon(plot, (0.0, top), (1.0, top), stay, style.SEQUENCE[1])
        inside = wrapped(of.stayed, wide * 0.86)
        count = numbers.number(of.start[1] - of.left[1], chart.lang)
        plot.text(0.5, top + stay / 2, [*inside[:-1], f"{inside[-1]} {count}"], side="middle",
                  colour="#10181f")  # fmt: skip
    with plot.mark(said(of.left)):
        _ribbon(plot, (0.0, top + stay), (0.45, base), out, style.ACCENT)
        middle = base + out + 4 + LINE * len(left_words) / 2
        plot.text(0.45, middle, left_words, side="end", colour=style.ACCENT, bold=True)
    entered = top + stay
    for number, (pair, texts, middle) in enumerate(arrivals):
        size, colour = pair[1] * unit, style.SERIES[2 + number]
        with plot.mark(said(pair)):
            _ribbon(plot, (0.8, middle - size / 2), (1.0, entered), size, colour)
            plot.text(0.79, middle, texts, side="end", colour=colour)
        entered += size
    for pair, place, side, colour in (
        (of.start, 0.0, -1, style.INK),
        (of.end, 1.0, 1, style.CONTRAST),
    ):
        size = pair[1] * unit
        with plot.mark(said(pair)):
            plot.line((place, top), (place, top + size), colour, 7)
            plot.text(place, top + size / 2, words(pair), dx=10 * side, bold=True,
                      side="end" if side < 0 else "start", colour=colour)  # fmt: skip
    return chart.figure(picture, [said(one) for one in (of.start, of.left, *of.came, of.end)])


def _ribbon(
    plot: Plot, start: tuple[float, float], end: tuple[float, float], size: float, colour: str
) -> None:
    """Draw a band whose upper edge goes from one point to another."""
    thick = max(size, _THIN)
    upper = []
    for n in range(25):
        along = n / 24
        height = start[1] + (end[1] - start[1]) * along**2 * (3 - 2 * along)
        upper.append((start[0] + (end[0] - start[0]) * along, height))
    lower = [(x, y + thick) for x, y in reversed(upper)]
    plot.shape([*upper, *lower], fill=colour, opacity=0.9)
