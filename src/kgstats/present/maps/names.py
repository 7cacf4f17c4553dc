"""Where names stand on a map: within their area, else beside it on the water, none on another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from kgstats.present.maps.layout import (
    MAIN,
    TITLE_ROOM,
    TITLE_SIZE,
    Area,
    Bar,
    Box,
    Label,
    Rect,
    Sheet,
    extent,
)
from kgstats.present.style import text_width

MARK = 5.0
"""Half the size of a sign over an area."""
STEP = 2.0
"""How finely places for a name are tried."""
APART = 4.0
"""Room between two names: bold letters run a little wider than reckoned, and each has a rim."""


def place(
    box: Box,
    wanted: Sequence[tuple[str, BaseGeometry]],
    taken: Sequence[Rect],
    size: float,
    *,
    narrow: bool,
    must: bool,
) -> list[Label]:
    """Place names in a box so that none touches another or what stands there already.

    Parameters
    ----------
    wanted
        Names and what they name.
    taken
        Rectangles that are not free.
    must
        Whether each name must stand, where its best place is a poor one.
    """
    # The smallest areas choose first: they have the fewest places.
    order = sorted(wanted, key=lambda entry: (entry[1].area, entry[0]))
    if not order:
        # Since July 2025 there are no districts to name.
        return []
    ground = _Ground(box, [shape for _, shape in order], taken, size, must)
    spots = [ground.spot(name, number) for number, (name, _) in enumerate(order)]
    return [
        Label(lines, round(x, 1), round(y, 1), size, box.frame, narrow)
        for lines, x, y in filter(None, spots)
    ]


def reserved(
    box: Box, boxes: Sequence[Box], bars: Sequence[Bar], arrow: tuple[float, float], narrow: bool
) -> list[Rect]:
    """Return what names must keep clear of: bars, the arrow, other boxes, the box's title."""
    words = 66 if narrow else 40
    taken = [
        (bar.x - 4, bar.y - (18 if narrow else 14), bar.x + bar.length + words, bar.y + 6)
        for bar in bars
        if bar.frame == box.frame
    ]
    if box.frame != MAIN:
        head = text_width(max(box.titles.values(), key=len), TITLE_SIZE * 1.4)
        return [*taken, (box.x, box.y, box.x + head, box.y + TITLE_ROOM + 3 * narrow)]
    taken.append((arrow[0] - 14, arrow[1] - 12, arrow[0] + 14, arrow[1] + 40))
    # On a narrow screen insets are moved; those laid over the main map's sea stay clear.
    others = [other for other in boxes if other.frame != MAIN]
    return [*taken, *(_seen_from(box, other) if narrow else other.rim for other in others)]


def _seen_from(main: Box, box: Box) -> Rect:
    """Return a box of the narrow sheet in the main map's own coordinates."""
    (nx, ny, scale), (x, y, own) = main.narrow, box.narrow
    left, top = (x - nx) / scale + main.x, (y - ny) / scale + main.y
    return (left, top, left + box.width * own / scale, top + box.height * own / scale)


def _wrapped(name: str) -> list[tuple[str, ...]]:
    """Return the ways to set a name: in one line, or in two of about the same length."""
    words = name.split()
    halves = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    nearest = min(halves, key=lambda half: abs(len(half[0]) - len(half[1])), default=None)
    return [(name,)] if nearest is None else [(name,), nearest]


class _Ground:
    """A box of the sheet as a grid, to ask quickly how much of a rectangle lies on what."""

    def __init__(
        self,
        box: Box,
        shapes: Sequence[BaseGeometry],
        taken: Sequence[Rect],
        size: float,
        must: bool,
    ):
        self.west, self.north, east, south = box.rim
        self.shapes, self.taken, self.size, self.must = shapes, list(taken), size, must
        self.middles = [shapely.centroid(shape).coords[0] for shape in shapes]
        self.columns = np.arange(self.west + STEP / 2, east, STEP)
        self.rows = np.arange(self.north + STEP / 2, south, STEP)
        self.gx, self.gy = (g.ravel() for g in np.meshgrid(self.columns, self.rows))
        points = shapely.points(self.gx, self.gy)
        owner = np.full(len(points), -1)
        hit, cell = shapely.STRtree(points).query(list(shapes), predicate="contains")
        owner[cell] = hit
        self.owner = owner.reshape(len(self.rows), len(self.columns))
        self.land = self._summed(self.owner >= 0)

    def _summed(self, mask: np.ndarray) -> np.ndarray:
        return np.pad(mask.astype(float).cumsum(0).cumsum(1), ((1, 0), (1, 0)))

    def _share(
        self, summed: np.ndarray, x: np.ndarray, y: np.ndarray, width: float, height: float
    ) -> np.ndarray:
        """Return the share of rectangles centred at x, y that is marked."""

        def cell(edge: np.ndarray, start: float, most: int) -> np.ndarray:
            return np.clip(np.rint((edge - start) / STEP), 0, most).astype(int)

        across, down = len(self.columns), len(self.rows)
        le, ri = (cell(x + side * width / 2, self.west, across) for side in (-1, 1))
        to, lo = (cell(y + side * height / 2, self.north, down) for side in (-1, 1))
        total = summed[lo, ri] - summed[to, ri] - summed[lo, le] + summed[to, le]
        return np.asarray(total / np.maximum((ri - le) * (lo - to), 1))

    def spot(self, name: str, number: int) -> tuple[tuple[str, ...], float, float] | None:
        """Return the best place for the name of a shape, and take it.

        Where a name must stand, the least bad place that touches no other name; otherwise a name
        without a good place is left out.
        """
        shape, size = self.shapes[number], self.size
        largest = max(shapely.get_parts(shape), key=lambda part: part.area)
        pole = shapely.maximum_inscribed_circle(shapely.simplify(largest, 1.0), tolerance=1.0)
        cx, cy = shapely.get_coordinates(pole)[0]
        span = 0.75 * np.hypot(*np.subtract(shape.bounds[2:], shape.bounds[:2]))
        near = np.hypot(self.gx - cx, self.gy - cy) < max(90.0 if self.must else 34.0, span)
        x, y = self.gx[near], self.gy[near]
        away = np.hypot(x - cx, y - cy)
        own = self._summed(self.owner == number)
        best: tuple[float, tuple[str, ...], float, float, Rect] | None = None
        for lines in _wrapped(name):
            width, height = extent(lines, size)
            edges = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            free = self._free(*edges)
            inside = self._share(own, x, y, width, height)
            foreign = self._share(self.land, x, y, width, height) - inside
            cost = away / size + 1.2 * (len(lines) - 1)
            if shape.area > 1.5 * width * height:
                cost = cost + 40 * foreign + 8 * (1 - inside)
            else:  # a name over a smaller islet would hide it
                cost = cost + 40 * (foreign + inside)
            if not self.must:
                # Nearer to its own islet than to any other, or it would seem to name that one.
                others = [np.hypot(x - ox, y - oy) for ox, oy in self._others(number)]
                nearest = np.min(others or [np.full(len(x), np.inf)], axis=0)
                free &= (foreign < 0.04) & (away < nearest * 0.9)
            cost = np.where(free, cost, np.inf)
            i = int(np.argmin(cost))
            if np.isfinite(cost[i]) and (best is None or cost[i] < best[0]):
                left, top, right, low = (float(edge[i]) for edge in edges)
                best = (float(cost[i]), lines, float(x[i]), float(y[i]), (left, top, right, low))
        if best is None or (not self.must and shape.distance(shapely.box(*best[4])) > 8):
            return None
        left, top, right, low = best[4]
        self.taken.append((left - APART, top, right + APART, low))
        return best[1:4]

    def _others(self, number: int) -> list[tuple[float, ...]]:
        return [middle for i, middle in enumerate(self.middles) if i != number]

    def _free(
        self, left: np.ndarray, top: np.ndarray, right: np.ndarray, low: np.ndarray
    ) -> np.ndarray:
        """Say which rectangles lie in the box and touch nothing that stands there."""
        free = (left >= self.west) & (right <= self.columns[-1] + 1)
        free &= (top >= self.north) & (low <= self.rows[-1] + 1)
        for x1, y1, x2, y2 in self.taken:
            free &= (right < x1) | (left > x2) | (low < y1) | (top > y2)
        return np.asarray(free)


def mark_places(sheet: Sheet, codes: frozenset[str]) -> Mapping[str, tuple[str, float, float]]:
    """Return where a sign stands in each of some areas: its box and place, clear of the names.

    At the area's own point unless a name is there; then at the nearest point of the area that no
    name covers, on the wide sheet and the narrow one alike.
    """
    rects: dict[str, list[Rect]] = {}
    for label in sheet.labels:
        across, down = (half / 2 + MARK for half in extent(label.lines, label.size))
        rect = (label.x - across, label.y - down, label.x + across, label.y + down)
        rects.setdefault(label.frame, []).append(rect)
    return {
        area.code: (area.frame, *_clear(area, rects.get(area.frame, ())))
        if sheet.level != "tile"
        else (area.frame, *area.anchor)
        for area in sheet.areas
        if area.code in codes and area.primary
    }


def _clear(area: Area, rects: Sequence[Rect]) -> tuple[float, float]:
    def covered(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        hits = np.zeros(len(x))
        for left, top, right, low in rects:
            hits += (x > left) & (x < right) & (y > top) & (y < low)
        return hits

    x, y = area.anchor
    if not covered(np.array([x]), np.array([y]))[0]:
        return area.anchor
    west, north, east, south = area.shape.bounds
    grid = np.meshgrid(np.arange(west, east, 2), np.arange(north, south, 2))
    gx, gy = (one.ravel() for one in grid)
    inner = area.shape.buffer(-MARK * 0.8)
    within = shapely.contains_xy(inner if not inner.is_empty else area.shape, gx, gy)
    gx, gy = gx[within], gy[within]
    if not len(gx):
        return area.anchor
    best = int(np.argmin(covered(gx, gy) * 1000 + np.hypot(gx - x, gy - y)))
    return float(gx[best]), float(gy[best])
