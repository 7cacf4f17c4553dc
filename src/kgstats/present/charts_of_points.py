"""Points on two axes, named where a name covers nothing.

As in :mod:`kgstats.present.charts`: a chart is a frame, a mark and the words that say what it
shows.

Every mark takes a ``chart``: what it has beside its marks (`kgstats.present.charts.Chart`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kgstats.present import numbers, style
from kgstats.present.charts import Chart, records
from kgstats.present.charts_over_years import Look
from kgstats.present.figures import Figure
from kgstats.present.picture import SIZE, WIDE, Box, Entry, Picture, Plot, Scale, touch, written

_HIGH = 330.0
_AROUND = ((9, 0, "start"), (-9, 0, "end"), (0, -14, "middle"), (0, 14, "middle"),
           (8, -12, "start"), (-8, -12, "end"), (8, 12, "start"), (-8, 12, "end"),
           (0, -18, "middle"), (0, 18, "middle"))  # fmt: skip
"""Where a name may stand around its point, the likeliest first."""


@dataclass(frozen=True)
class Axis:
    """One of the two axes: the frame's column, its words, its scale, how a tick is written."""

    column: str
    label: str
    scale: Scale
    tick: Callable[[float], str] | None = None


@dataclass(frozen=True)
class Ground:
    """Where the points of a chart lie."""

    plot: Plot
    across: Scale
    up: Scale
    top: float
    low: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return a point's place across and its height.

        Parameters
        ----------
        x
            Its value across.
        y
            Its value upwards.
        """
        return self.across(x), self.low - self.up(y) * (self.low - self.top)


def points(
    chart: Chart,
    frame: pd.DataFrame,
    by: str,
    axes: tuple[Axis, Axis],
    looks: Mapping[str, Look],
    *,
    behind: Callable[[Ground], None] | None = None,
    named: str | None = None,
) -> Figure:
    """Draw a point a row, and its name beside it where there is room.

    Parameters
    ----------
    frame
        A row for each point: its name in the column ``by``, its words in ``says``, its look in
        ``look``, and the columns of both axes. Names of the first rows are written first.
    axes
        The axis across and the axis up.
    looks
        How each kind of point is drawn; the key where there are several.
    behind
        Draws what stands behind the points.
    named
        Column saying which points are named; all when not given.
    """
    across, up = axes
    top, low = 8.0, 8.0 + _HIGH
    left_said, low_said = (_said(axis, chart.lang) for axis in (up, across))
    widest = max((style.text_width(text, SIZE) for _, text in left_said), default=0.0)
    plot = Plot(low + 22, widest + 12, 14)
    ground = Ground(plot, across.scale, up.scale, top, low)
    plot.grid_upwards(up.scale, chart.lang, top=top, low=low, said=left_said)
    plot.grid_across(across.scale, chart.lang, top=top, low=low, said=low_said)
    if behind is not None:
        behind(ground)
    rows = records(frame)
    key = [Entry(one.label, one.colour, sign=one.sign) for one in looks.values()]
    picture = Picture(
        chart.slug, [plot], key if len(key) > 1 else (), across.label, upwards=up.label
    )
    wanted = [row for row in rows if named is None or row[named]]
    labels = _labels(ground, wanted, rows, by, axes)
    # What matters least is drawn first.
    for row in reversed(rows):
        look, (x, y) = looks[str(row["look"])], _at(ground, row, axes)
        with plot.mark(str(row["says"]), row):
            plot.dot(x, y, look.colour, sign=look.sign, size=look.size)
    for text, (x, y), (dx, dy, side), narrow in labels:
        with plot.wide(not narrow):
            plot.text(x, y + dy, text, dx=dx, side=side)
    return chart.figure(picture, [str(row["says"]) for row in rows])


def _said(axis: Axis, lang: str) -> list[tuple[float, str]]:
    ticks = axis.scale.ticks(5)
    if axis.tick is not None:
        return [(one, axis.tick(one)) for one in ticks]
    if axis.scale.log:
        return [(one, numbers.number(float(f"{one:g}"), lang)) for one in ticks]
    return list(zip(ticks, written(ticks, lang), strict=True))


def _at(ground: Ground, row: Mapping[str, Any], axes: tuple[Axis, Axis]) -> tuple[float, float]:
    return ground.at(float(row[axes[0].column]), float(row[axes[1].column]))


_Label = tuple[str, tuple[float, float], tuple[float, float, str], bool]


def _labels(
    ground: Ground,
    wanted: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    by: str,
    axes: tuple[Axis, Axis],
) -> list[_Label]:
    """Place names where they cover no point and no name: on a telephone, else on wide pages."""
    found: list[_Label] = []
    waiting = [(str(row[by]), _at(ground, row, axes)) for row in wanted]
    for narrow in (True, False):
        width = ground.plot.narrowest if narrow else WIDE - ground.plot.left - ground.plot.right
        places = [_at(ground, row, axes) for row in rows]
        taken = [(x * width - 5, x * width + 5, y - 5, y + 5) for x, y in places]
        taken += [_box(text, at, spot, width) for text, at, spot, _ in found]
        left = []
        for text, at in waiting:
            spot = next(
                (one for one in _AROUND if _free(_box(text, at, one, width), taken, ground, width)),
                None,
            )
            if spot is None:
                left.append((text, at))
                continue
            taken.append(_box(text, at, spot, width))
            found.append((text, at, spot, narrow))
        waiting = left
    return found


def _box(text: str, at: tuple[float, float], spot: tuple[float, float, str], width: float) -> Box:
    dx, dy, side = spot
    long = style.text_width(text, SIZE)
    left = at[0] * width + dx - {"start": 0.0, "end": long, "middle": long / 2}[side]
    return (left, left + long, at[1] + dy - 8, at[1] + dy + 8)


def _free(box: Box, taken: Sequence[Box], ground: Ground, width: float) -> bool:
    if box[0] < 2 or box[1] > width + ground.plot.right or box[2] < 0 or box[3] > ground.low:
        return False
    return not any(touch(box, other) for other in taken)
