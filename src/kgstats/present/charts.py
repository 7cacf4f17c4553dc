"""Marks in house style: a chart is a frame, a mark and the words that say what it shows.

Each mark draws one kind of picture from a frame whose rows are what is compared. A chart cannot be
made without its finding (``title``), without words for readers who do not see it (``says`` and the
values, row by row), or without its data.

Every mark takes a ``chart``: what it has beside its marks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from kgstats.present import numbers, style
from kgstats.present.figures import Figure, from_canvas
from kgstats.present.figures import canvas as canvas
from kgstats.present.figures import legend_above as legend_above
from kgstats.present.picture import (
    LINE,
    NARROWEST,
    SIZE,
    WIDE,
    Entry,
    Picture,
    Plot,
    Rows,
    Scale,
    px,
    words_on,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

    from kgstats.present.tables import Table


SMALL = 11.5
"""Size in pixels of numbers within marks."""
UPRIGHT = 250.0
"""Height in pixels of what lies upright: columns, lines, points."""


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
    ends
        What the numbers at the ends of the rows are, where they are not what the axis measures.
    """

    slug: str
    title: str
    says: str
    table: Table
    axis: str = ""
    note: str = ""
    values: Sequence[str] | None = None
    ends: str = ""

    @property
    def lang(self) -> str:
        """The language: that of its data."""
        return self.table.lang

    def ground(
        self, laid: Rows, scale: Scale, right: float, key: Sequence[Entry] = (), **grid: Any
    ) -> tuple[Plot, Picture]:
        """Return the drawing of a chart of rows with its grid, and the picture it is in.

        Parameters
        ----------
        laid, scale, right
            Where the rows lie, where their values lie across, and the room in pixels right of them.
        key, grid
            What colours and signs mean; settings of the grid.
        """
        plot = Plot(laid.low + 20, laid.left, right)
        plot.grid_across(scale, self.lang, top=laid.top, low=laid.low, **grid)
        return plot, Picture(self.slug, [plot], key, self.axis, ends=self.ends)

    def figure(self, picture: Picture | Canvas, values: Sequence[str]) -> Figure:
        """Return the finished figure: the picture, and in words what it shows.

        A picture of one's own may be a matplotlib canvas (see :func:`canvas`).

        Parameters
        ----------
        picture
            What a mark drew, or a matplotlib canvas.
        values
            What it shows, row by row, in words.
        """
        told = "; ".join(values if self.values is None else self.values)
        alternative = " ".join(filter(None, (self.says, told and f"{told}.")))
        about: dict[str, Any] = {
            "slug": self.slug,
            "title": self.title,
            "alternative": alternative,
            "lang": self.lang,
            "table": self.table,
            "note": self.note,
        }
        if not isinstance(picture, Picture):
            return from_canvas(picture, **about)
        return Figure(svg=picture.html(alternative), **about)


@dataclass(frozen=True)
class Series:
    """One part of a stacked mark: the frame's column, its words, its colour and pattern."""

    column: str
    label: str
    colour: str
    pattern: str = ""

    def entry(self, sign: str = "") -> Entry:
        """Return the series as an entry of the key.

        Parameters
        ----------
        sign
            The sign in the key: ``o``, ``-`` …; a square by itself.
        """
        return Entry(self.label, self.colour, bool(self.pattern), sign)


@dataclass(frozen=True)
class Target:
    """A value to be reached, and at which name of the axis."""

    name: str
    value: float
    label: str


class _Record(dict[str, Any]):
    """A row of a frame, which says what columns there are where one is asked for in vain."""

    def __missing__(self, column: str) -> Any:
        raise KeyError(f"the data has no column {column!r}; it has: {', '.join(self)}")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows, each a value by its column.

    Parameters
    ----------
    frame
        Any frame.

    Examples
    --------
    >>> records(pd.DataFrame({"name": ["a"], "n": [1]}))
    [{'name': 'a', 'n': 1}]
    """
    rows = frame.to_dict("records")
    return [_Record((str(key), value) for key, value in row.items()) for row in rows]


def _length(value: Any) -> float:
    return 0.0 if numbers.is_absent(value) else float(value)


def _all_whole(values: Sequence[float]) -> bool:
    return all(float(value).is_integer() for value in values)


def _widest(texts: Sequence[str]) -> float:
    return max((style.text_width(text, SIZE) for text in texts), default=0.0)


def words_at_ends(texts: Sequence[str]) -> float:
    """Return the room in pixels that words at the ends of bars need.

    Parameters
    ----------
    texts
        The words at the ends.
    """
    return _widest(texts) + 9


def stacked_bars(
    chart: Chart, frame: pd.DataFrame, by: str, series: Sequence[Series], *, written: bool = False
) -> Figure:
    """Draw a bar a row, from top to bottom, made of a part a series.

    Parameters
    ----------
    series
        The parts or lines: column, words and colour of each.
    frame
        A row for each bar: its name in the column ``by``, and the columns of the series.
    written
        Whether each part's number stands in it, where it has room.
    """
    rows = records(frame)
    laid = Rows.of([str(row[by]) for row in rows])
    longest = max((sum(_length(row[one.column]) for one in series) for row in rows), default=0.0)
    scale, key = Scale(0.0, longest or 1.0), [one.entry() for one in series]
    lengths = [_length(row[one.column]) for row in rows for one in series]
    plot, picture = chart.ground(laid, scale, 16, key, whole=_all_whole(lengths))
    told = [_parts(row, by, series, chart.lang) for row in rows]
    for at, row in laid.marks(plot, rows, told):
        left, (top, low) = 0.0, laid.bar(at)
        for one in series:
            right = left + _length(row[one.column])
            if right == left:
                continue
            pattern = picture.pattern if one.pattern else ""
            ends = scale(left), scale(right)
            plot.bar(ends, (top, low), one.colour, pattern=pattern)
            if left:
                plot.line((ends[0], top), (ends[0], low), style.PAPER)
            if written:
                text = numbers.number(row[one.column], chart.lang)
                _write_part(plot, ends, laid.middles[at], text, one.colour)
            left = right
    return chart.figure(picture, told)


def _write_part(plot: Plot, ends: tuple[float, float], y: float, text: str, colour: str) -> None:
    """Write a number in a part that has room for it: on a telephone, else on wide pages."""
    left, right = ends
    needs = style.text_width(text, SMALL) + 4
    if needs <= (right - left) * plot.narrowest:
        narrow = True
    elif needs <= (right - left) * (WIDE - plot.left - plot.right):
        narrow = False
    else:
        return
    with plot.wide(not narrow):
        plot.text((left + right) / 2, y, text, side="middle", colour=words_on(colour), size=SMALL)


def _parts(row: Mapping[str, Any], by: str, series: Sequence[Series], lang: str) -> str:
    known = [one for one in series if not numbers.is_absent(row[one.column])]
    # What is nothing is left out beside what is something; what is absent is not nothing.
    told = [one for one in known if row[one.column]] or known[:1]
    said = ", ".join(f"{one.label} {numbers.number(row[one.column], lang)}" for one in told)
    return f"{row[by]}: {said or numbers.NOT_REPORTED}"


def around_zero(
    values: Sequence[float], texts: Sequence[str], left: float, others: Sequence[float] = ()
) -> tuple[Scale, float]:
    """Return the scale of bars to both sides of zero with words at their ends, and the room right.

    Words left of a bar need room within the scale; those right of the longest bar beside it.

    Parameters
    ----------
    values
        Lengths of the bars.
    texts
        The words at their ends.
    left
        Room in pixels for the names.
    others
        Further values within the scale.
    """
    high, low = max([0.0, *values, *others]), min([0.0, *values])
    right = _widest([text for text, value in zip(texts, values, strict=True) if value >= 0]) + 9
    right = max(right, 16.0)
    room = NARROWEST - left - right
    needed = _widest([text for text, value in zip(texts, values, strict=True) if value < 0]) + 9
    if low < 0:
        # On a telephone the words take this share of what is drawn.
        taken = min(needed / room, 0.6)
        low -= (high - low) * taken / (1 - taken)
    return Scale(min([low, *others]), high if high > low else low + 1.0), right


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
    write = text or (lambda one: numbers.number(one, chart.lang))
    rows = records(frame)
    laid = Rows.of([str(row[by]) for row in rows])
    lengths, said = [_length(row[value]) for row in rows], [write(row[value]) for row in rows]
    scale, right = around_zero(lengths, said, laid.left)
    key = [Entry(words, shade) for words, shade in (legend or {}).items()]
    grid = {"least": min([0.0, *lengths]), "whole": _all_whole(lengths)}
    plot, picture = chart.ground(laid, scale, right, key, **grid)
    told = [f"{row[by]}: {words}" for row, words in zip(rows, said, strict=True)]
    for at, row in laid.marks(plot, rows, told):
        fill = style.ACCENT if colour is None else colour(row)
        plot.bar((scale(0), scale(lengths[at])), laid.bar(at), fill)
        plot.beside(scale(lengths[at]), laid.middles[at], said[at], 5, left=lengths[at] < 0)
    return chart.figure(picture, told)


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
    rows = records(frame)
    laid = Rows.of([str(row[by]) for row in rows], room=96 if chart.ends else 122)
    said = [text(row) for row in rows]
    ends = [max(_length(row[outer.column]), _length(row[inner.column]), 0.0) for row in rows]
    scale = Scale(0.0, max(ends, default=0.0) or 1.0)
    right = _widest(said) + 9
    plot, picture = chart.ground(laid, scale, right, [outer.entry(), inner.entry()])

    def written(row: Mapping[str, Any], one: Series) -> str:
        return f"{one.label} {numbers.number(round(_length(row[one.column]), 3), chart.lang)}"

    told = [f"{row[by]} {words}" for row, words in zip(rows, said, strict=True)]
    marked = [
        f"{row[by]}: {written(row, outer)}, {written(row, inner)}; {words}"
        for row, words in zip(rows, said, strict=True)
    ]
    for at, row in laid.marks(plot, rows, marked):
        for one, part in ((outer, 1.0), (inner, 0.5)):
            plot.bar((0.0, scale(_length(row[one.column]))), laid.bar(at, part), one.colour)
        if chart.ends:
            # Under their heading, at the right edge.
            plot.text(1.0, laid.middles[at], said[at], dx=right, side="end")
        else:
            plot.beside(scale(ends[at]), laid.middles[at], said[at], 5, left=False)
    return chart.figure(picture, told)


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
    rows = records(frame)
    said = [text(row) for row in rows]
    ends = [float(row["after"]) for row in rows]
    starts = [0.0 if row["is_level"] else one for row, one in zip(rows, [0.0, *ends], strict=False)]
    low = min([0.0, *ends]) if from_zero else min(ends)
    span = (max(ends) - low) or 1.0
    scale = Scale(low if from_zero else low - span * 0.06, low + span)
    laid = Rows.of([str(row[by]) for row in rows])
    plot, picture = chart.ground(laid, scale, _widest(said) * 1.08 + 14)
    told = [f"{row[by]} {words}" for row, words in zip(rows, said, strict=True)]
    for at, before in enumerate(map(scale, ends[:-1])):
        plot.line((before, laid.bar(at)[1]), (before, laid.bar(at + 1)[0]), style.MUTED)
    for at, row in laid.marks(plot, rows, told, "is_level"):
        start, end, y, level = starts[at], ends[at], laid.middles[at], bool(row["is_level"])
        if level:
            colour = style.CONTRAST if at == len(rows) - 1 else style.ACCENT
        else:
            colour = style.SEQUENCE[2] if end < start else style.SERIES[3]
        if level and not from_zero:
            plot.dot(scale(end), y, colour, size=1.2)
        else:
            plot.bar((scale(start), scale(end)), laid.bar(at), colour)
        right = max(start, end) if from_zero or not level else end
        plot.text(scale(right), y, said[at], dx=8, bold=level)
    return chart.figure(picture, told)


def _with_words_around(values: Sequence[float], width: float, left: float) -> tuple[Scale, float]:
    """Return a scale from zero on which words fit at both sides of each value on a telephone."""
    most = max(values, default=0.0) or 1.0
    room = NARROWEST - left - width
    taken = min(width / room, 0.45)
    # What does not fit between zero and the least value is added left of zero.
    least = min([0.0, *values])
    low = min(0.0, least, (min(values, default=0.0) - most * taken) / (1 - taken))
    return Scale(low, most), width


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
    rows = records(frame)
    said = [text(row[value]) for row in rows]
    laid = Rows.of([str(row[by]) for row in rows], head=24)
    values = [float(row[value]) for row in rows]
    scale, right = _with_words_around([*values, middle], _widest(said) + 12, laid.left)
    plot, picture = chart.ground(laid, scale, right, least=0)
    told = [f"{row[by]} {words}" for row, words in zip(rows, said, strict=True)]
    plot.line((scale(middle), 20), (scale(middle), laid.low), style.CONTRAST, 1.2)
    # Over the line, or beside it where the edge is near.
    at = scale(middle)
    half = style.text_width(middle_text, SIZE) / 2 / plot.narrowest
    side = "end" if at + half > 1 else "start" if at - half < 0 else "middle"
    plot.text(at, 10, middle_text, side=side, colour=style.CONTRAST)
    for n, _ in laid.marks(plot, rows, told):
        place, y = scale(values[n]), laid.middles[n]
        plot.line((at, y), (place, y), style.OUTSIDE_FILL, 2)
        plot.dot(place, y, style.ACCENT)
        plot.beside(place, y, said[n], left=values[n] < middle)
    return chart.figure(picture, told)


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
    pair
        The two series.
    frame
        A row for each pair: its name in the column ``by``, the columns of both series.
    text
        Writes the number beside a dot.
    strong
        Column saying which rows' names are bold (the whole).
    """
    rows = records(frame)
    values = [float(row[one.column]) for row in rows for one in pair]
    laid = Rows.of([str(row[by]) for row in rows])
    scale, right = _with_words_around(values, _widest([text(x) for x in values]) + 12, laid.left)
    plot, picture = chart.ground(laid, scale, right, [one.entry("o") for one in pair], least=0)
    told = [
        f"{row[by]}: " + ", ".join(f"{one.label} {text(row[one.column])}" for one in pair)
        for row in rows
    ]
    for at, row in laid.marks(plot, rows, told, strong):
        places, y = [float(row[one.column]) for one in pair], laid.middles[at]
        plot.line((scale(places[0]), y), (scale(places[1]), y), style.OUTSIDE_FILL, 2.5)
        for one, place, other in zip(pair, places, places[::-1], strict=True):
            right_of = place >= other if one is pair[1] else place > other
            plot.dot(scale(place), y, one.colour)
            plot.beside(scale(place), y, text(place), left=not right_of, colour=one.colour)
    return chart.figure(picture, told)


def dots_in_ranges(
    chart: Chart,
    frame: pd.DataFrame,
    by: str,
    columns: tuple[str, str, str, str],
    *,
    text: Callable[[Mapping[str, Any]], tuple[str, str]],
) -> Figure:
    """Draw a dot a row, from top to bottom, in the range that it can lie in.

    Rows may be in different units: each lies on a scale of its own, from zero.

    Parameters
    ----------
    frame
        A row for each dot: its name in the column ``by``, and the numbers of ``columns``.
    columns
        Columns of the value, of the least and the most it can be, and of where its scale ends.
    text
        Writes the value, and below it the range; no range where the value is certain.
    """
    rows = records(frame)
    said = [text(row) for row in rows]
    laid = Rows.of([str(row[by]) for row in rows], thick=28)
    plot = Plot(laid.low, laid.left, _widest([one for pair in said for one in pair]) * 1.08 + 12)
    picture = Picture(chart.slug, [plot], across=chart.axis)
    told = [
        f"{row[by]} {value}" + (f" ({range_})" if range_ else "")
        for row, (value, range_) in zip(rows, said, strict=True)
    ]
    for at, row in laid.marks(plot, rows, told):
        value, low, high, most = (float(row[name]) for name in columns)
        scale, y = Scale(min(0.0, low, value), max(most, high, value)), laid.middles[at]
        plot.line((0, y), (1, y), style.GRID, 2)
        if high > low:
            plot.bar((scale(low), scale(high)), laid.bar(at, 0.36), PALE)
        plot.dot(scale(value), y, style.ACCENT)
        words = [one for one in said[at] if one]
        for n, one in enumerate(words):
            line = y + LINE * (n - (len(words) - 1) / 2)
            ink = style.MUTED if n else style.INK
            plot.text(1.0, line, one, dx=plot.right, side="end", colour=ink)
    return chart.figure(picture, told)


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
    top, low, scale = 8.0, 300.0, Scale(0, 100)
    plot = Plot(low + 20, 34, 16)
    picture = Picture(chart.slug, [plot], across=chart.axis, upwards=upwards)
    said = [(float(n), numbers.number(n, chart.lang)) for n in range(0, 101, 20)]
    plot.grid_across(scale, chart.lang, top=top, low=low, said=said)
    plot.grid_upwards(scale, chart.lang, top=top, low=low, said=said)

    def point(x: float, y: float) -> tuple[float, float]:
        return scale(x), low - scale(y) * (low - top)

    curve = [point(float(x), float(y)) for x, y in zip(across, up, strict=True)]
    plot.shape([*curve, point(0, 0)], fill=style.ACCENT, opacity=0.2)
    plot.line(point(0, 0), point(100, 100), style.MUTED, 1, "4 3")
    plot.shape(curve, stroke=style.ACCENT, width=2.2)
    plot.line(point(at, 0), point(at, height), style.CONTRAST, 1.1)
    plot.line(point(0, height), point(at, height), style.CONTRAST, 1.1)
    room = (1 - scale(at)) * plot.narrowest - 14
    lines = wrapped(text, max(room, 90))
    with plot.mark(text):
        plot.dot(*point(at, height), style.CONTRAST, size=1.2)
        # Below the diagonal, which would run through the words.
        plot.text(scale(at), point(at, at / 2)[1], lines, dx=10, colour=style.CONTRAST, bold=True)
    _curve_points(plot, point, across, up, chart.lang)
    lines = wrapped(even, plot.narrowest * 0.42)
    # Under the diagonal where these words begin, clear of those beside the point.
    wide = 100 * max(style.text_width(line, SIZE) for line in lines) / plot.narrowest
    below = point(0, 99 - wide if at < 60 else 16)[1]
    plot.text(0.99, below + LINE * (len(lines) + 1) / 2, lines, side="end", colour=style.MUTED)
    return chart.figure(picture, [text])


def _curve_points(
    plot: Plot,
    point: Callable[[float, float], tuple[float, float]],
    across: Sequence[float],
    up: Sequence[float],
    lang: str,
) -> None:
    """Put unseen points on a curve, one at each tenth, which answer with both shares."""
    import numpy as np

    for x in range(10, 100, 10):
        y = float(np.interp(x, across, up))
        says = f"{numbers.percent(x, lang, 0)} → {numbers.percent(y, lang, 1)}"
        with plot.mark(says):
            left, height = point(x, y)
            plot.parts.append(
                f'<circle cx="{100 * left:g}%" cy="{px(height)}" r="6" fill="transparent"/>'
            )


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
    series
        The parts or lines: column, words and colour of each.
    frame
        A row for each bar, as years: its name in the column ``by``, and the columns of the series.
    target
        A line at the value to be reached, with a place of its own where no row has its name.
    top
        Where the axis ends, when what is counted is out of so many.
    """
    rows = records(frame)
    names = [str(row[by]) for row in rows]
    if target is not None and target.name not in names:
        names.append(target.name)
    sums = [sum(_length(row[one.column]) for one in series) for row in rows]
    most = max([*sums, target.value * 1.12 if target else 0.0])
    scale = Scale(0.0, top or most or 1.0)
    high, low = 10.0, 10.0 + UPRIGHT
    said = numbers.number(int(scale.high), chart.lang)
    plot = Plot(low + 22, style.text_width(said, SIZE) + 12, 6)
    picture = Picture(chart.slug, [plot], [one.entry() for one in series], upwards=chart.axis)
    plot.grid_upwards(scale, chart.lang, top=high, low=low)
    told = [_parts(row, by, series, chart.lang) for row in rows]
    band = 1 / max(len(names), 1)

    def up(value: float) -> float:
        return low - scale(value) * (low - high)

    for at, name in enumerate(names):
        plot.text((at + 0.5) * band, low + 12, name, side="middle")
    for at, row in enumerate(rows):
        left, right = (at + 0.2) * band, (at + 0.8) * band
        with plot.mark(told[at], row):
            below = 0.0
            for place, one in enumerate(series):
                above = below + _length(row[one.column])
                pattern = picture.pattern if one.pattern else ""
                if above > below:
                    plot.bar((left, right), (up(below), up(above)), one.colour, pattern=pattern)
                if place == 0:
                    words = numbers.number(row[one.column], chart.lang)
                    inside = up(below) - up(above) > LINE
                    y = (up(below) + up(above)) / 2 if inside else up(below) - 8
                    ink = words_on(one.colour) if inside else style.INK
                    plot.text((left + right) / 2, y, words, side="middle", colour=ink, bold=True)
                below = above
    if target is not None:
        _draw_target(plot, names.index(target.name), band, up(target.value), target.label)
    return chart.figure(picture, told if target is None else [*told, target.label])


def _draw_target(plot: Plot, at: int, band: float, y: float, label: str) -> None:
    with plot.mark(label):
        plot.line(((at + 0.1) * band, y), ((at + 0.9) * band, y), style.CONTRAST, 2.5)
        lines = wrapped(label, max(band * plot.narrowest * 1.05, 74))
        above = y - 8 - LINE * (len(lines) - 1) / 2 - LINE / 2 + 2
        if above - LINE * len(lines) / 2 < -LINE:
            above = y + 12 + LINE * (len(lines) - 1) / 2
        last = at and (at + 1) * band > 0.99
        x, side = (1.0, "end") if last else ((at + 0.5) * band, "middle")
        plot.text(x, above, lines, side=side, colour=style.CONTRAST, bold=True)


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
    panels
        What stands side by side.
    frame
        A row for each bar, as years: its name in the column ``by``, and a column a panel. Where a
        value is absent its place stays empty.
    current
        The name of the bar that the page is about.
    """
    names = [str(name) for name in frame[by]]
    band = 1 / max(len(names), 1)
    told, plots = [], []
    for panel in panels:
        values = [None if numbers.is_absent(one) else float(one) for one in frame[panel.column]]
        said = [numbers.number(one, chart.lang, panel.decimals) for one in values]
        scale = Scale(0.0, max([0.0, *(one for one in values if one is not None)]) or 1.0)
        plot = Plot(146, title=panel.label)
        for at, (name, value, text) in enumerate(zip(names, values, said, strict=True)):
            middle = (at + 0.5) * band
            plot.text(middle, 134, name, side="middle")
            if value is None:
                continue
            with plot.mark(f"{panel.label}, {name}: {text}"):
                height = 122 - max(scale(value), 0.0) * 100
                shade = style.ACCENT if name == current else PALE
                plot.bar((middle - band * 0.32, middle + band * 0.32), (height, 122), shade)
                plot.text(middle, height - 9, text, side="middle")
        plots.append(plot)
        listed = ", ".join(f"{name} {text}" for name, text in zip(names, said, strict=True))
        told.append(f"{panel.label}: {listed}")
    return chart.figure(Picture(chart.slug, plots), told)


PALE = "#9fb9bb"
"""Colour of what the page is not about."""
