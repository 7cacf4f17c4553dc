"""Pictures of charts that are whole at any width: places across are shares, heights are pixels.

A picture is an SVG without a fixed width: it is as wide as the page lets it be, its words keep
their size, and one drawing serves a telephone, a desktop and a sheet of paper. Words around it
(the key, the names of the axes) are text of the page, which wraps by itself. Every mark carries
its value in words, for whoever points at it, taps it or walks to it with the keyboard.

Colours are written so that a page can give them its own (light, dark, print).
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kgstats.present import numbers, style
from kgstats.present.style import FILLS, INKS

SIZE = 12.5
"""Size of a chart's words in pixels, at every width."""
LINE = 15.0
"""From one line of words to the next, in pixels."""
NARROWEST = 312.0
"""Width in pixels at which everything must still be seen: a telephone of 360 pixels."""
PANEL = 144.0
"""The same of one of several drawings: two stand side by side on a telephone."""
WIDE = 560.0
"""From this width on, marks and words for wide pages are shown."""
NAME_ROOM = 122.0
"""What the names of rows may take of the width, before they stand above their rows."""
_GAP = 8.0

Place = float
"""A share of the width, from 0 to 1."""
Box = tuple[float, float, float, float]
"""Left, right, top and low edge in pixels, at one width of the page."""


def share(place: Place) -> str:
    """Write a place across as percent of the width.

    >>> share(0.5), share(1 / 3)
    ('50%', '33.33%')
    """
    return f"{_short(100 * place, 2)}%"


def px(value: float) -> str:
    """Write pixels with one decimal at most."""
    return _short(value, 1)


def _short(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def esc(text: str) -> str:
    """Return text that is safe between tags and in quoted attributes."""
    return html.escape(text, quote=True)


def words_on(colour: str) -> str:
    """Return the colour of words that can be read on a colour: paper on dark, ink on light.

    >>> words_on(style.SEQUENCE[0]) == style.INK_ON_MARK, words_on(style.ACCENT) == style.PAPER
    (True, True)
    """
    red, green, blue = ((int(colour[at : at + 2], 16) / 255) ** 2.2 for at in (1, 3, 5))
    # White and ink are as easy to read on a luminance of 0.22; a page keeps series dark.
    if colour in style.SERIES or 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.22:
        return style.PAPER
    return style.INK if colour in FILLS else style.INK_ON_MARK


def wrapped(text: str, room: float, size: float = SIZE) -> list[str]:
    """Break words into lines that are no wider than the room, in pixels.

    >>> wrapped("disbursement not reported", 100)
    ['disbursement', 'not reported']
    """
    lines: list[str] = []
    for part in text.split("\n"):
        line = ""
        for word in part.split(" "):
            longer = f"{line} {word}" if line else word
            if line and style.text_width(longer, size) > room:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


def touch(one: Box, other: Box) -> bool:
    """Whether two boxes have some place in common.

    >>> touch((0, 10, 0, 10), (9, 20, 5, 6)), touch((0, 10, 0, 10), (10, 20, 5, 6))
    (True, False)
    """
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


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


@dataclass(frozen=True)
class Scale:
    """From values to shares of a length; ``log`` by powers of ten."""

    low: float
    high: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return where a value lies, from 0 to 1."""
        low, high = self.low, self.high
        if self.log:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        return (float(value) - low) / ((high - low) or 1.0)

    def ticks(self, most: int, *, whole: bool = False) -> list[float]:
        """Return at most about so many round values within the scale.

        >>> Scale(0, 38).ticks(5), Scale(0, 100).ticks(4), Scale(-0.3, 5).ticks(4)
        ([0.0, 10.0, 20.0, 30.0], [0.0, 25.0, 50.0, 75.0, 100.0], [0.0, 2.0, 4.0])
        """
        if self.log:
            first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
            return [10.0**power for power in range(first, last + 1)]
        step = _step((self.high - self.low) / max(most, 1), whole)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [round(at * step, 10) for at in range(first, last + 1)]


def _step(least: float, whole: bool) -> float:
    """Return the round step that is nearest above the least one: 1, 2, 5 or 25 of a power."""
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    # A quarter of a hundred is round; of ten or of one it is not.
    factors = (1.0, 2.0, 2.5, 5.0, 10.0) if power >= 10 else (1.0, 2.0, 5.0, 10.0)
    step = next(factor * power for factor in factors if factor * power >= least * 0.999)
    return max(step, 1.0) if whole else step


def written(values: Sequence[float], lang: str) -> list[str]:
    """Write the numbers of an axis, all with the same decimals.

    >>> written([0, 0.5, 1], "vi")
    ['0,0', '0,5', '1,0']
    """
    decimals = max((_decimals(value) for value in values), default=0)
    return [numbers.number(value, lang, decimals) for value in values]


def _decimals(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


SIGNS = {
    "o": "M-4.5,0a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0-9,0z",
    "v": "M-5-4.5H5L0,5z",
    "^": "M-5,4.5H5L0-5z",
    "s": "M-4-4H4V4H-4z",
    "D": "M0-5.5L5.5,0 0,5.5-5.5,0z",
    ">": "M-4.5-5V5L5,0z",
    "<": "M4.5-5V5L-5,0z",
    "x": "M-5-3.2L-3.2-5 0-1.8 3.2-5 5-3.2 1.8,0 5,3.2 3.2,5 0,1.8-3.2,5-5,3.2-1.8,0z",
}
"""Outlines of the signs of points, around the origin."""


@dataclass(frozen=True)
class Entry:
    """An entry of the key: its words, colour, and what it looks like."""

    label: str
    colour: str
    pattern: bool = False
    sign: str = ""
    """A sign of points; a bar where none is given, a line for ``-``."""
    hollow: bool = False

    def html(self) -> str:
        """Return the entry with its sample."""
        fill = FILLS.get(self.colour, self.colour)
        if self.sign == "-":
            sample = f'<path d="M0,6H18" stroke="{fill}" stroke-width="3"/>'
        elif self.sign:
            look = _filled(fill, self.hollow)
            sample = f'<path d="{SIGNS[self.sign]}" transform="translate(9,6)" {look}/>'
        else:
            sample = f'<path d="M2,.5h14v11h-14z" fill="{fill}"/>'
            if self.pattern:
                sample += f'<path d="M2,.5h14v11h-14z" fill="none" stroke="{_MUTED}"/>'
                sample += f'<path d="M2,11.5L13,.5M8,11.5L16,3.5M2,6L7.5,.5" stroke="{_MUTED}"/>'
        return (
            '<li style="display:flex;gap:.4em;align-items:center">'
            '<svg width="18" height="12" viewBox="0 0 18 12" aria-hidden="true" '
            f'style="flex:none;width:18px;height:12px">{sample}</svg>'
            f"<span>{esc(self.label)}</span></li>"
        )


_MUTED = f"var(--muted, {style.MUTED})"
_GRID = f"var(--grid, {style.GRID})"


BLANK = '<tspan font-size="0"> </tspan>'
"""Stands between two lines of words, for those who hear or copy them.

A blank with a width would move the line before it away from the place of its end or middle.
"""


def _filled(fill: str, hollow: bool) -> str:
    """Return how a sign is filled, or what is drawn around one that is not."""
    if hollow:
        return f'fill="{FILLS[style.PAPER]}" stroke="{fill}" stroke-width="1.8"'
    return f'fill="{fill}"'


@dataclass
class Plot:
    """One drawing: its height, and the room left and right of where its values lie.

    Marks are added in the order they are drawn. ``y`` counts pixels down from the top.
    """

    height: float
    left: float = 0.0
    right: float = 0.0
    title: str = ""
    parts: list[str] = field(default_factory=list)
    whole: float = NARROWEST
    """Width of the drawing on a telephone."""

    @property
    def narrowest(self) -> float:
        """Width of the part with values on a telephone."""
        return self.whole - self.left - self.right

    @contextmanager
    def mark(self, says: str, row: Mapping[str, Any] | None = None) -> Iterator[None]:
        """Put what is drawn inside into one mark, which answers with its words."""
        self.parts.append(f'<g class="mark"{place_of(row)}><title>{esc(says)}</title>')
        yield
        self.parts.append("</g>")

    @contextmanager
    def wide(self, only: bool = True) -> Iterator[None]:
        """Show what is drawn inside on wide pages only."""
        if only:
            self.parts.append('<g class="wide-only">')
        yield
        if only:
            self.parts.append("</g>")

    def bar(
        self, x: tuple[Place, Place], y: tuple[float, float], colour: str, *, pattern: str = "",
        opacity: float = 1.0,
    ) -> None:  # fmt: skip
        """Draw a rectangle between two places across and two heights, in either order."""
        (left, right), (top, low) = sorted(x), sorted(y)
        where = f'x="{share(left)}" y="{px(top)}"'
        where += f' width="{share(right - left)}" height="{px(low - top)}"'
        where += f' opacity="{opacity:g}"' if opacity != 1 else ""
        self.parts.append(f'<rect {where} fill="{FILLS.get(colour, colour)}"/>')
        if pattern:
            self.parts.append(f'<rect {where} fill="url(#{pattern})" stroke="{_GRID}"/>')

    def line(
        self,
        start: tuple[Place, float],
        end: tuple[Place, float],
        colour: str,
        width: float = 1.0,
        dashes: str = "",
    ) -> None:
        """Draw a straight line."""
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.parts.append(
            f'<line x1="{share(start[0])}" y1="{px(start[1])}" x2="{share(end[0])}" '
            f'y2="{px(end[1])}" stroke="{FILLS.get(colour, colour)}" '
            f'stroke-width="{px(width)}"{dashed}/>'
        )

    def dot(self, x: Place, y: float, colour: str, *, sign: str = "o", hollow: bool = False,
            size: float = 1.0) -> None:  # fmt: skip
        """Draw a sign at a point."""
        look = _filled(FILLS.get(colour, colour), hollow)
        if sign == "o":
            self.parts.append(f'<circle cx="{share(x)}" cy="{px(y)}" r="{px(4.5 * size)}" {look}/>')
        else:
            scaled = f' transform="scale({px(size)})"' if size != 1 else ""
            self.parts.append(
                f'<svg x="{share(x)}" y="{px(y)}" overflow="visible">'
                f'<path d="{SIGNS[sign]}" {look}{scaled}/></svg>'
            )

    def text(
        self,
        x: Place,
        y: float,
        words: str | Sequence[str],
        *,
        dx: float = 0.0,
        side: str = "start",
        colour: str = style.INK,
        bold: bool = False,
        size: float = SIZE,
    ) -> None:
        """Write words, their middle at the height; ``side`` says which end is at the place.

        (Each parameter is an attribute of the text as the picture holds it.)
        """
        lines = [words] if isinstance(words, str) else list(words)
        at = f'x="{share(x)}"' + (f' dx="{px(dx)}"' if dx else "")
        look = "" if side == "start" else f' text-anchor="{side}"'
        look += "" if colour == style.INK else f' fill="{INKS.get(colour, colour)}"'
        look += ' font-weight="700"' if bold else ""
        look += "" if size == SIZE else f' font-size="{px(size)}"'
        first = y + size * 0.36 - (len(lines) - 1) * LINE / 2
        if len(lines) == 1:
            self.parts.append(f'<text {at} y="{px(first)}"{look}>{esc(lines[0])}</text>')
            return
        spans = BLANK.join(
            f'<tspan {at} y="{px(first + n * LINE)}">{esc(line)}</tspan>'
            for n, line in enumerate(lines)
        )
        self.parts.append(f"<text{look}>{spans}</text>")

    def beside(
        self, x: Place, y: float, words: str, by: float = 8, *, left: bool, **look: Any
    ) -> None:
        """Write words so many pixels left or right of a place."""
        self.text(x, y, words, dx=-by if left else by, side="end" if left else "start", **look)

    def shape(
        self, points: Sequence[tuple[Place, float]], *, fill: str = "", stroke: str = "",
        width: float = 2.0, opacity: float = 1.0,
    ) -> None:  # fmt: skip
        """Draw a line through points, or fill the shape they enclose; it stretches with the page.

        Points lie between the left and the right edge of the values.
        """
        path = "M" + "L".join(f"{px(1000 * x)},{px(y)}" for x, y in points)
        look = f'fill="{FILLS.get(fill, fill)}"' if fill else 'fill="none"'
        if stroke:
            look += f' stroke="{FILLS.get(stroke, stroke)}" stroke-width="{px(width)}"'
        look += f' opacity="{opacity:g}"' if opacity != 1 else ""
        self.parts.append(
            f'<svg width="100%" height="{px(self.height)}" viewBox="0 0 1000 {px(self.height)}" '
            f'preserveAspectRatio="none" overflow="visible"><path d="{path}" {look} '
            'vector-effect="non-scaling-stroke"/></svg>'
        )

    def grid_across(
        self,
        scale: Scale,
        lang: str,
        *,
        top: float,
        low: float,
        least: float = -math.inf,
        whole: bool = False,
        said: Sequence[tuple[float, str]] | None = None,
    ) -> None:
        """Draw upright lines at round values, and the values below them; few on a telephone."""
        ticks = [one for one in scale.ticks(6, whole=whole) if one >= least]
        pairs = (
            list(said) if said is not None else list(zip(ticks, written(ticks, lang), strict=True))
        )
        widest = max((style.text_width(text, SIZE) for _, text in pairs), default=0.0)
        every = _every(len(pairs), scale, pairs, (widest + 14) / self.narrowest)
        anchor = next((n for n, (value, _) in enumerate(pairs) if value == 0), 0)
        for n, (value, text) in enumerate(pairs):
            with self.wide((n - anchor) % every != 0):
                self.line((scale(value), top), (scale(value), low), style.GRID)
                self.text(scale(value), low + 12, text, side="middle", colour=style.MUTED)

    def grid_upwards(self, scale: Scale, lang: str, *, top: float, low: float,
                     said: Sequence[tuple[float, str]] | None = None) -> None:  # fmt: skip
        """Draw level lines at round values, and the values left of them."""
        ticks = scale.ticks(5)
        pairs = said if said is not None else zip(ticks, written(ticks, lang), strict=True)
        for value, text in pairs:
            y = low - scale(value) * (low - top)
            self.line((0, y), (1, y), style.GRID)
            self.text(0, y, text, dx=-7, side="end", colour=style.MUTED)

    def html(self, about: str) -> str:
        """Return the drawing; ``about`` are attributes of its root."""
        margins = f"{px(self.right)}px 0 {px(self.left)}px"
        head = f'<p class="chart-panel">{esc(self.title)}</p>' if self.title else ""
        return (
            f'{head}<div class="chart-plot" style="margin:0 {margins}"><svg {about} '
            f'width="100%" height="{px(self.height)}" font-size="{px(SIZE)}" '
            f'fill="{INKS[style.INK]}" style="display:block;overflow:visible;max-width:none;'
            f'height:{px(self.height)}px">{"".join(self.parts)}</svg></div>'
        )


def _every(count: int, scale: Scale, pairs: Sequence[tuple[float, str]], least: float) -> int:
    """Return which of the ticks stand on a telephone: each, every second, and so on."""
    if count < 2:
        return 1
    step = scale(pairs[1][0]) - scale(pairs[0][0])
    return next((n for n in (1, 2, 4, 5, 8, 10) if n * step >= least), count)


def place_of(row: Mapping[str, Any] | None) -> str:
    """Return the attribute that says of which district something is."""
    if row is None:
        return ""
    code = row.get("district_code")
    return f' data-district="{esc(code)}"' if isinstance(code, str) and code else ""


@dataclass(frozen=True)
class Rows:
    """Where the named rows of a chart lie: names at their left, or above where they are long."""

    names: list[list[str]]
    above: bool
    left: float
    middles: list[float]
    thick: float
    top: float
    low: float

    @classmethod
    def of(cls, names: Sequence[str], *, head: float = 6.0, thick: float = 16.0,
           room: float = NAME_ROOM) -> Rows:  # fmt: skip
        """Lay out rows from top to bottom, below so much room for a heading."""
        beside = [wrapped(name, room) for name in names]
        fits = all(
            len(lines) <= 3 and all(style.text_width(line, SIZE) <= room * 1.06 for line in lines)
            for lines in beside
        )
        lines = beside if fits else [wrapped(name, NARROWEST - 8) for name in names]
        middles, at = [], head
        for one in lines:
            if fits:
                height = max(thick + 9, LINE * len(one) + 7)
                middles.append(at + height / 2)
            else:
                height = LINE * len(one) + thick + 11
                middles.append(at + LINE * len(one) + 3 + thick / 2)
            at += height
        widest = max((style.text_width(x, SIZE) for one in beside for x in one), default=0.0)
        # Bold names, and other fonts, are a little wider; names above leave room for half of
        # the first number of the axis.
        left = widest * 1.07 + _GAP if fits else 10.0
        return cls(lines, not fits, left, middles, thick, head, at + 2)

    def name(self, plot: Plot, at: int, *, bold: bool = False) -> None:
        """Write a row's name."""
        lines, y = self.names[at], self.middles[at]
        if self.above:
            middle = y - self.thick / 2 - 4 - LINE * len(lines) / 2
            # Lines between the rows and of the grid give way to the name that they would cross.
            plot.parts.append(
                f'<g paint-order="stroke" stroke="{FILLS[style.PAPER]}" stroke-width="4">'
            )
            plot.text(0, middle, lines, dx=-plot.left if plot.left else 0.0, bold=bold)
            plot.parts.append("</g>")
        else:
            plot.text(0, y, lines, dx=-_GAP, side="end", bold=bold)

    def bar(self, at: int, part: float = 1.0) -> tuple[float, float]:
        """Return the upper and lower edge of a row's bar; ``part`` of its thickness."""
        half = self.thick * part / 2
        return self.middles[at] - half, self.middles[at] + half

    def marks(
        self, plot: Plot, rows: Sequence[Mapping[str, Any]], told: Sequence[str], bold: str = ""
    ) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Name row after row; what is drawn for each until the next is its mark.

        ``bold`` is the column that says which names are.
        """
        for at, row in enumerate(rows):
            self.name(plot, at, bold=bool(bold and row[bold]))
            with plot.mark(told[at], row):
                yield at, row


@dataclass
class Picture:
    """A chart's picture: its key, one drawing or several, and the names of its axes."""

    slug: str
    plots: list[Plot]
    key: Sequence[Entry] = ()
    across: str = ""
    upwards: str = ""
    ends: str = ""
    """What the numbers right of the rows are."""

    @property
    def pattern(self) -> str:
        """The name of the picture's pattern of thin lines."""
        return f"{self.slug}-lines"

    def html(self, alternative: str) -> str:
        """Return the picture for a page."""
        left, right = self.plots[0].left, self.plots[0].right
        pieces = ['<div class="chart">']
        if self.key:
            pieces.append(
                '<ul class="chart-key" style="display:flex;flex-wrap:wrap;gap:.1em 1.2em;'
                'list-style:none;margin:0 0 .4em;padding:0">'
                f"{''.join(entry.html() for entry in self.key)}</ul>"
            )
        if self.upwards or self.ends:
            said = f"<span>{esc(self.upwards)}</span><span>{esc(self.ends)}</span>"
            pieces.append(
                '<p class="chart-axis" style="display:flex;justify-content:space-between;gap:1em;'
                f'margin:0 0 .2em">{said}</p>'
            )
        name = esc(alternative)
        if len(self.plots) == 1:
            pieces.append(self._drawn(self.plots[0], f'role="img" aria-label="{name}"'))
        else:
            hidden = 'aria-hidden="true"'
            room = f"flex:1 1 {PANEL / 16:g}rem;min-width:0"
            drawn = "".join(
                f'<div style="{room}">{self._drawn(plot, hidden)}</div>' for plot in self.plots
            )
            pieces.append(
                f'<div class="chart-panels" role="img" aria-label="{name}" '
                f'style="display:flex;flex-wrap:wrap;align-items:flex-end;gap:1em 1.5em">'
                f"{drawn}</div>"
            )
        if self.across:
            pieces.append(
                f'<p class="chart-axis" style="margin:.3em {px(right)}px 0 {px(left)}px">'
                f"{esc(self.across)}</p>"
            )
        return "".join([*pieces, "</div>"])

    def _drawn(self, plot: Plot, about: str) -> str:
        used = f"url(#{self.pattern})"
        if any(used in part for part in plot.parts) and not plot.parts[0].startswith("<defs"):
            plot.parts.insert(
                0,
                f'<defs><pattern id="{self.pattern}" width="6" height="6" '
                'patternUnits="userSpaceOnUse"><path d="M0,6L6,0M-1,1L1,-1M5,7L7,5" '
                f'stroke="{_MUTED}"/></pattern></defs>',
            )
        return plot.html(f'xmlns="http://www.w3.org/2000/svg" {about}')
