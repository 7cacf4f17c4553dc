"""Lay out a map: the whole province, one district alone, or a tile a commune."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from kgstats.present.maps import names
from kgstats.present.maps.layout import (
    COMMUNE,
    EDGE,
    MAIN,
    WHERE,
    Area,
    Bar,
    Box,
    Fit,
    Label,
    Rect,
    Sheet,
    boxes,
    frames_of,
)
from kgstats.present.maps.shapes import Shapes
from kgstats.present.style import text_width

DETAIL = 0.35
"""Simplification on the sheet: what nobody sees."""
SIZES = {False: {"districts": 12.5, "communes": 11.5}, True: {"districts": 19.8, "communes": 16.5}}
"""Sizes of names, on a wide screen and a narrow one: where a sheet is shrunk to a telephone of
360 pixels, none is smaller than 11."""
DISTRICT_SIZES = {False: {"communes": 12.0}, True: {"communes": 18.5}}
DISTRICT_WIDTH = 540.0
DISTRICT_HEAD = 46.0
"""Room for the scale bar and the arrow above a district."""
DISTRICT_SIDE = 144.0
DISTRICT_NARROW = 0.74
DISTRICT_SCALE = 0.04
FAR_M = 60_000.0
"""Islands farther than this from the rest of their district stand in a box of their own."""
WHERE_TITLES = {"vi": "Vị trí trong tỉnh", "en": "In the province"}


@dataclass(frozen=True, eq=False)
class _Filled:
    """Boxes with what stands in them, on the sheet."""

    boxes: tuple[Box, ...]
    fits: Mapping[str, Fit]
    cells: Mapping[str, Mapping[str, BaseGeometry]]
    anchors: Mapping[str, tuple[float, float]]
    units: pd.DataFrame

    def dissolved(self, frame: str) -> dict[str, BaseGeometry]:
        """Return the districts of a box, or its units where there are none."""
        district_of = _districts_of(self.units)
        groups: dict[str, list[BaseGeometry]] = {}
        for code, shape in self.cells[frame].items():
            groups.setdefault(district_of[code] or code, []).append(shape)
        return {code: shapely.coverage_union_all(parts) for code, parts in sorted(groups.items())}

    def outlines(self) -> dict[str, BaseGeometry]:
        """Return the borders of districts, by box."""
        return {
            frame: shapely.union_all([shapely.boundary(s) for s in self.dissolved(frame).values()])
            for frame in self.cells
        }

    def communes(self) -> tuple[Area, ...]:
        return tuple(
            Area(code, frame, shape, self.anchors[code])
            for frame, cells in self.cells.items()
            for code, shape in cells.items()
        )

    def districts(self) -> tuple[Area, ...]:
        parts = [
            (code, frame, whole)
            for frame in self.cells
            for code, whole in self.dissolved(frame).items()
        ]
        largest = {code: max(s.area for c, _, s in parts if c == code) for code, _, _ in parts}
        found = []
        for code, frame, shape in parts:
            inside = shapely.point_on_surface(shape)
            primary = shape.area == largest[code]
            found.append(Area(code, frame, shape, (inside.x, inside.y), primary))
        return tuple(found)

    def bars(self) -> tuple[Bar, ...]:
        """Give each box a bar of 1, 2 or 5 times a power of ten kilometres."""
        nice = [m * 10.0**e for e in range(-1, 4) for m in (1, 2, 5)]
        bars = []
        for box in self.boxes:
            scale = self.fits[box.frame].scale
            room = 110.0 if box.frame == MAIN else box.width * 0.42
            km = max(value for value in nice if value * 1000 * scale <= room)
            length = km * 1000 * scale
            x, y = box.x + EDGE + 2, box.y + box.height - 8
            if box.frame == MAIN:
                x, y = box.x + box.width - 88 - length, box.y + 40
            bars.append(Bar(box.frame, float(x), float(y), float(length), km))
        return tuple(bars)

    def labels(
        self,
        locators: Mapping[str, BaseGeometry],
        arrow: tuple[float, float],
        sizes: Mapping[bool, Mapping[str, float]],
        whole: bool = False,
    ) -> tuple[Label, ...]:
        """Place the names of districts and communes; ``whole``: every commune is named."""
        found: list[Label] = []
        bars = self.bars()
        for narrow in (False, True):
            for box in self.boxes:
                if box.labels:
                    taken = names.reserved(box, self.boxes, bars, arrow, narrow)
                    found += names.place(
                        box, self._wanted(box, locators), taken, sizes[narrow][box.labels],
                        narrow=narrow, must=whole or box.labels == "districts",
                    )  # fmt: skip
        return tuple(found)

    def _wanted(
        self, box: Box, locators: Mapping[str, BaseGeometry]
    ) -> list[tuple[str, BaseGeometry]]:
        cells = self.cells[box.frame]
        if box.labels == "communes":
            called = self.units.set_index("commune_code")["name"]
            return [(str(called[code]), shape) for code, shape in cells.items()]
        known = self.units.dropna(subset=["district_code"])
        called = known.drop_duplicates("district_code").set_index("district_code")["district_name"]
        of_unit = _districts_of(self.units)
        found = self.dissolved(box.frame)
        for frame, shape in locators.items():
            for code in {of_unit[unit] for unit in self.cells[frame]} - {None}:
                found[str(code)] = shapely.union_all([found.get(str(code), shape), shape])
        return [(str(called[code]), shape) for code, shape in found.items() if code in called.index]


def _districts_of(units: pd.DataFrame) -> dict[str, str | None]:
    return {
        str(code): None if pd.isna(district) else str(district)
        for code, district in zip(units["commune_code"], units["district_code"], strict=True)
    }


def _fill(shapes: Shapes, held: Sequence[tuple[Box, Sequence[str]]]) -> _Filled:
    """Bring units into their boxes; a box without any is left out."""
    fits: dict[str, Fit] = {}
    cells: dict[str, dict[str, BaseGeometry]] = {}
    anchors: dict[str, tuple[float, float]] = {}
    for box, codes in held:
        if not codes:
            continue
        polygons = [shapes.polygons[code] for code in codes]
        fits[box.frame] = fit = box.fit(polygons)
        moved = fit.moved(polygons)
        simple = shapely.coverage_simplify(moved, DETAIL)
        cells[box.frame] = {
            code: small if not small.is_empty else whole
            for code, small, whole in zip(codes, simple, moved, strict=True)
        }
        anchors |= {code: fit.point(*shapes.points[code]) for code in codes}
    used = tuple(box for box, codes in held if codes)
    own = shapes.units["commune_code"].isin(list(anchors))
    return _Filled(used, fits, cells, anchors, shapes.units[own])


@lru_cache(maxsize=24)
def sheet(shapes: Shapes, layout: str, level: str = COMMUNE) -> Sheet:
    """Lay out a year's shapes on a sheet; the result is kept for the process's other maps."""
    frame_of = frames_of(shapes.year, layout)
    codes = [str(code) for code in shapes.units["commune_code"]]
    filled = _fill(
        shapes,
        [(box, [code for code in codes if frame_of[code] == box.frame]) for box in boxes(layout)],
    )
    main = next((box for box in filled.boxes if box.frame == MAIN), None)
    locators = _locators(shapes, filled)
    arrow = (0.0, 0.0)
    labels: tuple[Label, ...] = ()
    if layout != "small" and main is not None:
        # Tiles have no north.
        arrow = (0.0, 0.0) if shapes.tiles else (main.x + main.width - 24, main.y + 12)
        labels = filled.labels(locators, arrow, SIZES)
    return Sheet(
        name=layout,
        level=level,
        boxes=filled.boxes,
        areas=filled.communes() if level == COMMUNE else filled.districts(),
        outlines=filled.outlines(),
        labels=labels,
        bars=filled.bars() if layout != "small" and not shapes.tiles else (),
        locators=locators,
        leaders=_leaders(filled.boxes, locators),
        arrow=arrow,
    )


@lru_cache(maxsize=24)
def district_sheet(shapes: Shapes, district: str) -> Sheet:
    """Lay out one district as large as the sheet allows, every commune named.

    A small map beside it shows where in the province the district lies. Tiles lie nowhere: they
    have neither that nor a scale nor an arrow.

    Raises
    ------
    KeyError
        For a district that has no units in the shapes' year.
    """
    own = shapes.units[shapes.units["district_code"].astype("string") == district]
    codes = [str(code) for code in own["commune_code"]]
    if not codes:
        raise KeyError(f"district {district!r} has no units at the end of {shapes.year}")
    groups = _near(shapes, codes)
    west, south, east, north = shapely.total_bounds([shapes.polygons[c] for c in groups[0]])
    room = (DISTRICT_WIDTH - 2 * EDGE) * (north - south) / (east - west)
    height = DISTRICT_HEAD + float(np.clip(room, 240.0, 460.0)) + EDGE
    main = Box(
        MAIN, 0, 0, DISTRICT_WIDTH, height, labels="communes", head=DISTRICT_HEAD,
        narrow=(0.0, 0.0, DISTRICT_NARROW), largest=DISTRICT_SCALE,
    )  # fmt: skip
    left, side, below = DISTRICT_WIDTH + 16, DISTRICT_SIDE, height * DISTRICT_NARROW + 8
    where = Box(WHERE, left, 0, side, side, titles=WHERE_TITLES, narrow=(0.0, below, 1.0))
    held = [(main, groups[0])]
    called = own.set_index("commune_code")["name"]
    for number, group in enumerate(groups[1:]):
        name = ", ".join(called[group])
        box = Box(f"far-{number}", left, (number + 1) * (side + 10), side, side * 0.75)
        place = (side + 12.0 + number * (side + 12.0), below, 1.0)
        held.append((replace(box, titles={"vi": name, "en": name}, narrow=place), group))
    filled = _fill(shapes, held)
    arrow = (0.0, 0.0) if shapes.tiles else (main.width - 24, 12.0)
    laid = Sheet(
        name=f"district-{district}",
        level=COMMUNE,
        boxes=filled.boxes,
        areas=filled.communes(),
        outlines=filled.outlines(),
        labels=filled.labels({}, arrow, DISTRICT_SIZES, whole=True),
        arrow=arrow,
    )
    if shapes.tiles:
        return laid
    whole = shapely.coverage_union_all(list(shapes.polygons.values()))
    mine = shapely.coverage_union_all([shapes.polygons[code] for code in codes])
    here = shapely.simplify(where.fit([whole]).moved([whole, mine]), DETAIL)
    boxes = (*filled.boxes, where)
    return replace(laid, boxes=boxes, bars=filled.bars(), here=(here[0], here[1]))


def _near(shapes: Shapes, codes: Sequence[str]) -> list[list[str]]:
    """Gather units that lie near each other, the largest group first."""
    left, groups = list(codes), []
    while left:
        group = [left.pop(0)]
        for code in group:
            own = shapes.polygons[code]
            close = [one for one in left if own.distance(shapes.polygons[one]) < FAR_M]
            group += close
            left = [other for other in left if other not in close]
        groups.append(sorted(group))
    return sorted(groups, key=lambda group: (-len(group), group))


def _locators(shapes: Shapes, filled: _Filled) -> dict[str, BaseGeometry]:
    """Return the place in the main map of insets whose units touch it."""
    if MAIN not in filled.fits:
        return {}
    mainland = shapely.STRtree([shapes.polygons[code] for code in filled.cells[MAIN]])
    found = {}
    for frame, cells in filled.cells.items():
        union = shapely.union_all([shapes.polygons[code] for code in cells])
        if frame != MAIN and len(mainland.query(union, predicate="dwithin", distance=500.0)):
            found[frame] = shapely.simplify(filled.fits[MAIN].moved([union])[0], DETAIL)
    return found


def _leaders(used: Sequence[Box], locators: Mapping[str, BaseGeometry]) -> tuple[Rect, ...]:
    lines = []
    for box in used:
        if box.frame in locators:
            line = shapely.shortest_line(locators[box.frame], shapely.box(*box.rim))
            (x1, y1), (x2, y2) = shapely.get_coordinates(line)
            lines.append((float(x1), float(y1), float(x2), float(y2)))
    return tuple(lines)


TILE = 16.0
TILE_STEP = 18.0
TILE_ROW = 23.0
TILE_SIZE = 19.0


def tiles(rows: Sequence[tuple[str, Sequence[str], str]]) -> Sheet:
    """Lay out equal tiles, a row an area group: for counts that true areas would distort.

    Parameters
    ----------
    rows
        Each row's name, the codes of its tiles in order, and what stands behind them.
    """
    head = max(text_width(name, TILE_SIZE) for name, _, _ in rows) + 10
    ends = [head + len(codes) * TILE_STEP for _, codes, _ in rows]
    told = zip(ends, rows, strict=True)
    width = max(end + 12 + text_width(words, TILE_SIZE) for end, (_, _, words) in told)
    drawn, labels = [], []
    for line, (name, codes, words) in enumerate(rows):
        top = 2 + line * TILE_ROW
        middle = top + TILE / 2
        for text, x, align in ((name, head - 8, "end"), (words, ends[line] + 4, "start")):
            if text:
                labels.append(Label((text,), x, middle, TILE_SIZE, "tiles", False, align=align))
        for place, code in enumerate(codes):
            left = head + place * TILE_STEP
            square = shapely.box(left, top, left + TILE, top + TILE)
            drawn.append(Area(code, "tiles", square, (left + TILE / 2, middle)))
    box = Box("tiles", 0, 0, width, len(rows) * TILE_ROW + 4, narrow=(0, 0, 1))
    return Sheet("tiles", "tile", (box,), tuple(drawn), labels=tuple(labels))
