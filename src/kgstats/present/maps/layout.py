"""Where everything stands on the sheet: main map, insets, scale bars, outlines, names.

The sheet is measured in its own units (one is about a pixel of a wide screen), y downwards.
``layouts.csv`` declares the boxes; scales follow from what must fit into them, so that the same
sheet serves schematic and true shapes. On a narrow screen the boxes are moved, by styles alone,
to ``narrow_x, narrow_y`` and scaled by ``narrow_scale``.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import resources

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from kgstats.present.maps.shapes import Shapes
from kgstats.reference import areas

MAIN = "main"
COMMUNE = "commune"
DISTRICT = "district"
GAZETTEER_YEAR = 2019
TITLE_ROOM = 19.0
BAR_ROOM = 22.0
NAME_ROOM = 8.0
EDGE = 6.0
WIDE_SIZES = {"districts": 12.5, "communes": 10.0}
NARROW_SIZES = {"districts": 17.5, "communes": 13.5}
TITLE_SIZE = 12.0
LARGEST_SCALE = 9.0 / 1000
"""Units a metre that no box exceeds, or a lone islet would fill its inset."""
DETAIL = 0.35
"""Simplification on the sheet: what nobody sees."""


@dataclass(frozen=True)
class Box:
    """One declared box of the sheet."""

    frame: str
    titles: Mapping[str, str]
    districts: tuple[str, ...]
    communes: tuple[str, ...]
    types: tuple[str, ...]
    labels: str
    x: float
    y: float
    width: float
    height: float
    narrow: tuple[float, float, float]
    padding: float = 6.0

    def title(self, lang: str) -> str:
        """Return the box's title in a language."""
        return self.titles[lang]

    def holds(self, code: str, district: str, kind: str) -> bool:
        """Whether a unit of 2019 is declared to stand in this box."""
        if self.communes:
            chosen = code in self.communes
            return chosen if not self.districts else chosen and district in self.districts
        if self.districts and district not in self.districts:
            return False
        return not self.types or kind in self.types


@dataclass(frozen=True)
class Area:
    """One area as it is drawn: its outline on the sheet."""

    code: str
    frame: str
    shape: BaseGeometry
    anchor: tuple[float, float]
    primary: bool = True
    """False for a further part of an area that stands in another box too."""


@dataclass(frozen=True)
class Label:
    """A name on the sheet, in one or two lines."""

    lines: tuple[str, ...]
    x: float
    y: float
    size: float
    frame: str
    narrow: bool
    align: str = "middle"


@dataclass(frozen=True)
class Bar:
    """A scale bar: its left end, and how long so many kilometres are."""

    frame: str
    x: float
    y: float
    length: float
    km: float


@dataclass(frozen=True, eq=False)
class Sheet:
    """A laid-out map without its colours."""

    name: str
    level: str
    width: float
    height: float
    narrow: tuple[float, float]
    boxes: tuple[Box, ...]
    areas: tuple[Area, ...]
    outlines: Mapping[str, BaseGeometry]
    labels: tuple[Label, ...]
    bars: tuple[Bar, ...]
    locators: Mapping[str, BaseGeometry] = field(default_factory=dict)
    """Where in the main map an inset's units lie, by inset."""
    leaders: tuple[tuple[float, float, float, float], ...] = ()
    arrow: tuple[float, float] = (0.0, 0.0)
    here: tuple[BaseGeometry, BaseGeometry] | None = None
    """The whole land and a district in it, in the box ``where`` of a district's own map."""


@lru_cache
def boxes(name: str) -> tuple[Box, ...]:
    """Return the boxes of a layout in the order in which units are given to them.

    Raises
    ------
    KeyError
        For a name that no layout has.
    """
    text = (resources.files("kgstats.present.maps") / "layouts.csv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(text.splitlines()):
        if row["layout"] != name:
            continue
        found.append(
            Box(
                frame=row["frame"],
                titles={"vi": row["title_vi"], "en": row["title_en"]},
                districts=tuple(row["district_2019"].split()),
                communes=tuple(row["communes_2019"].split()),
                types=tuple(part for part in row["type_2019"].split("|") if part),
                labels=row["labels"],
                x=float(row["x"]),
                y=float(row["y"]),
                width=float(row["width"]),
                height=float(row["height"]),
                narrow=(
                    float(row["narrow_x"]),
                    float(row["narrow_y"]),
                    float(row["narrow_scale"]),
                ),
                padding=float(row["padding"]),
            )
        )
    if not found:
        raise KeyError(f"there is no map layout {name!r}")
    return tuple(found)


def frames_of(year: int, layout: str) -> dict[str, str]:
    """Return the box of each unit of a year: where all the units of 2019 it is made of stand."""
    gazetteer = areas.units(GAZETTEER_YEAR)
    declared = boxes(layout)
    of_member = {}
    for unit in gazetteer.itertuples(index=False):
        of_member[str(unit.commune_code)] = next(
            box.frame
            for box in declared
            if box.frame == MAIN
            or box.holds(str(unit.commune_code), str(unit.district_code), str(unit.type))
        )
    members = areas.members(year)
    result = {}
    for code, parts in members.groupby("commune_code", sort=False)["member_code"]:
        frames = {of_member[str(part)] for part in parts}
        result[str(code)] = frames.pop() if len(frames) == 1 else MAIN
    return result


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is set in a sans-serif; rather too wide than too narrow."""
    narrow, wide = set("iljtfrI.,:;'()|! "), set("mwMW–—@%")
    ems = 0.0
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.combining(char):
            continue
        if char in narrow:
            ems += 0.33
        elif char in wide:
            ems += 0.9
        elif char.isupper() or char.isdigit() or char in "ĐƯƠ":
            ems += 0.68
        else:
            ems += 0.58
    return ems * size


@lru_cache(maxsize=24)
def sheet(shapes: Shapes, layout: str, level: str = COMMUNE) -> Sheet:
    """Lay out a year's shapes on a sheet; the result is kept for the process's other maps."""
    declared = boxes(layout)
    units = shapes.units
    frame_of = frames_of(shapes.year, layout)
    codes = [str(code) for code in units["commune_code"]]
    district_of = {
        str(c): None if pd.isna(d) else str(d)
        for c, d in zip(units["commune_code"], units["district_code"], strict=True)
    }
    placed: dict[str, dict[str, BaseGeometry]] = {}
    anchors: dict[str, tuple[float, float]] = {}
    scales: dict[str, tuple[float, float, float]] = {}
    for box in declared:
        own = [code for code in codes if frame_of[code] == box.frame]
        if not own:
            continue
        polygons = np.array([shapes.polygons[code] for code in own], dtype=object)
        scale, dx, dy = _fit(box, shapely.total_bounds(polygons))
        scales[box.frame] = (scale, dx, dy)
        moved = _moved(polygons, scale, dx, dy)
        simple = shapely.coverage_simplify(moved, DETAIL)
        placed[box.frame] = {
            code: small if not small.is_empty else whole
            for code, small, whole in zip(own, simple, moved, strict=True)
        }
        for code in own:
            x, y = shapes.points[code]
            anchors[code] = (x * scale + dx, dy - y * scale)
    used = tuple(box for box in declared if box.frame in placed)
    locators = _locators(shapes, used, frame_of, scales)
    drawn = (
        _commune_areas(placed, anchors)
        if level == COMMUNE
        else _district_areas(placed, district_of)
    )
    outlines = {
        frame: shapely.union_all(
            [shapely.boundary(whole) for whole in _dissolved(cells, district_of).values()]
        )
        for frame, cells in placed.items()
    }
    bars = _bars(used, placed, scales) if layout != "small" else ()
    labels: list[Label] = []
    main = next((box for box in used if box.frame == MAIN), None)
    if layout != "small" and main is not None:
        arrow = (main.x + main.width - 24, main.y + 12)
        for narrow in (False, True):
            labels += _labels(used, placed, units, district_of, locators, bars, arrow, narrow)
    else:
        arrow = (0.0, 0.0)
    leaders = _leaders(used, locators) if main is not None else ()
    width = max(box.x + box.width for box in used)
    height = max(box.y + box.height for box in used)
    narrow_size = (
        max(box.narrow[0] + box.width * box.narrow[2] for box in used),
        max(box.narrow[1] + box.height * box.narrow[2] for box in used),
    )
    return Sheet(
        name=layout,
        level=level,
        width=width,
        height=height,
        narrow=narrow_size,
        boxes=used,
        areas=tuple(drawn),
        outlines=outlines,
        labels=tuple(labels),
        bars=tuple(bars),
        locators=locators,
        leaders=leaders,
        arrow=arrow,
    )


WHERE = "where"
DISTRICT_WIDTH = 540.0
DISTRICT_HEAD = 46.0
"""Room for the scale bar and the arrow above a district."""
DISTRICT_SIDE = 144.0
DISTRICT_NARROW = 0.74
DISTRICT_SIZES = {False: 12.0, True: 16.0}
DISTRICT_SCALE = 0.04
FAR_M = 60_000.0
"""Islands farther than this from the rest of their district stand in a box of their own."""
WHERE_TITLES = {"vi": "Vị trí trong tỉnh", "en": "In the province"}


@lru_cache(maxsize=24)
def district_sheet(shapes: Shapes, district: str) -> Sheet:
    """Lay out one district as large as the sheet allows, every commune named.

    A small map beside it shows where in the province the district lies.

    Raises
    ------
    KeyError
        For a district that has no units in the shapes' year.
    """
    own = shapes.units[shapes.units["district_code"].astype("string") == district]
    codes = [str(code) for code in own["commune_code"]]
    if not codes:
        raise KeyError(f"district {district!r} has no units at the end of {shapes.year}")
    names = dict(zip(codes, own["name"].astype(str), strict=True))
    groups = _near(shapes, codes)
    bounds = shapely.total_bounds([shapes.polygons[code] for code in groups[0]])
    shape_ratio = (bounds[3] - bounds[1]) / (bounds[2] - bounds[0])
    inner = float(np.clip((DISTRICT_WIDTH - 2 * EDGE) * shape_ratio, 240.0, 460.0))
    main = _plain_box(MAIN, "communes", 0, 0, DISTRICT_WIDTH, DISTRICT_HEAD + inner + EDGE)
    below = main.height * DISTRICT_NARROW + 8
    main = replace(main, narrow=(0.0, 0.0, DISTRICT_NARROW))
    left, side = DISTRICT_WIDTH + 16, DISTRICT_SIDE
    where = replace(
        _plain_box(WHERE, "", left, 0, side, side), titles=WHERE_TITLES, narrow=(0.0, below, 1.0)
    )
    used, of_box = [main], {MAIN: groups[0]}
    for number, group in enumerate(groups[1:]):
        name = ", ".join(names[code] for code in group)
        box = _plain_box(f"far-{number}", "", left, (number + 1) * (side + 10), side, side * 0.75)
        moved = (side + 12.0 + number * (side + 12.0), below, 1.0)
        used.append(replace(box, titles={"vi": name, "en": name}, narrow=moved))
        of_box[box.frame] = group
    placed: dict[str, dict[str, BaseGeometry]] = {}
    scales: dict[str, tuple[float, float, float]] = {}
    anchors: dict[str, tuple[float, float]] = {}
    for box in used:
        room = box
        if box.frame == MAIN:
            room = replace(box, y=DISTRICT_HEAD, height=box.height - DISTRICT_HEAD)
        polygons = np.array([shapes.polygons[code] for code in of_box[box.frame]], dtype=object)
        most = DISTRICT_SCALE if box.frame == MAIN else LARGEST_SCALE
        scales[box.frame] = scale, dx, dy = _fit(room, shapely.total_bounds(polygons), most)
        simple = shapely.coverage_simplify(_moved(polygons, scale, dx, dy), DETAIL)
        placed[box.frame] = dict(zip(of_box[box.frame], simple, strict=True))
        for code in of_box[box.frame]:
            x, y = shapes.points[code]
            anchors[code] = (x * scale + dx, dy - y * scale)
    whole = shapely.coverage_union_all(list(shapes.polygons.values()))
    mine = shapely.coverage_union_all([shapes.polygons[code] for code in codes])
    small = _fit(where, shapely.total_bounds([whole]))
    here = shapely.simplify(_moved(np.array([whole, mine], dtype=object), *small), DETAIL)
    arrow = (main.width - 24, 12.0)
    bars = _bars(used, placed, scales)
    one = dict.fromkeys(codes, district)
    labels: list[Label] = []
    for narrow in (False, True):
        labels += _labels(used, placed, own, one, {}, bars, arrow, narrow, DISTRICT_SIZES[narrow])
    boxes_ = (*used, where)
    return Sheet(
        name=f"district-{district}",
        level=COMMUNE,
        width=max(box.x + box.width for box in boxes_),
        height=max(box.y + box.height for box in boxes_),
        narrow=(
            max(box.narrow[0] + box.width * box.narrow[2] for box in boxes_),
            max(box.narrow[1] + box.height * box.narrow[2] for box in boxes_),
        ),
        boxes=boxes_,
        areas=tuple(_commune_areas(placed, anchors)),
        outlines={
            frame: shapely.union_all(
                [shapely.boundary(part) for part in _dissolved(cells, one).values()]
            )
            for frame, cells in placed.items()
        },
        labels=tuple(labels),
        bars=bars,
        arrow=arrow,
        here=(here[0], here[1]),
    )


def _plain_box(frame: str, labels: str, x: float, y: float, width: float, height: float) -> Box:
    blank = {"vi": "", "en": ""}
    return Box(frame, blank, (), (), (), labels, x, y, width, height, (0.0, 0.0, 1.0))


def _near(shapes: Shapes, codes: Sequence[str]) -> list[list[str]]:
    """Gather units that lie near each other, the largest group first."""
    left, groups = list(codes), []
    while left:
        group = [left.pop(0)]
        for code in group:
            close = [
                other
                for other in left
                if shapes.polygons[code].distance(shapes.polygons[other]) < FAR_M
            ]
            group += close
            left = [other for other in left if other not in close]
        groups.append(sorted(group))
    return sorted(groups, key=lambda group: (-len(group), group))


def _fit(
    box: Box, bounds: np.ndarray, largest: float = LARGEST_SCALE
) -> tuple[float, float, float]:
    """Return scale and shifts that fit bounds (metres) into a box under its title."""
    west, south, east, north = bounds
    titled = bool(box.titles["vi"]) or bool(box.titles["en"])
    top = TITLE_ROOM if titled else 0.0
    bottom = (BAR_ROOM + NAME_ROOM * (box.labels == "communes")) if titled else 0.0
    inner_width = box.width - 2 * box.padding
    inner_height = box.height - top - bottom - 2 * min(box.padding, EDGE)
    scale = min(inner_width / (east - west), inner_height / (north - south), largest)
    left = box.x + box.padding + (inner_width - (east - west) * scale) / 2
    upper = box.y + top + min(box.padding, EDGE) + (inner_height - (north - south) * scale) / 2
    return scale, left - west * scale, upper + north * scale


def _moved(shapes: np.ndarray, scale: float, dx: float, dy: float) -> np.ndarray:
    """Bring shapes from metres to the sheet."""
    return np.asarray(
        shapely.transform(
            shapes, lambda xy: np.column_stack([xy[:, 0] * scale + dx, dy - xy[:, 1] * scale])
        )
    )


def _dissolved(
    cells: Mapping[str, BaseGeometry], district_of: Mapping[str, str | None]
) -> dict[str, BaseGeometry]:
    groups: dict[str, list[BaseGeometry]] = {}
    for code, shape in cells.items():
        groups.setdefault(district_of[code] or code, []).append(shape)
    return {code: shapely.coverage_union_all(parts) for code, parts in sorted(groups.items())}


def _commune_areas(
    placed: Mapping[str, Mapping[str, BaseGeometry]], anchors: Mapping[str, tuple[float, float]]
) -> list[Area]:
    return [
        Area(code, frame, shape, anchors[code])
        for frame, cells in placed.items()
        for code, shape in cells.items()
    ]


def _district_areas(
    placed: Mapping[str, Mapping[str, BaseGeometry]], district_of: Mapping[str, str | None]
) -> list[Area]:
    parts = [
        (code, frame, whole)
        for frame, cells in placed.items()
        for code, whole in _dissolved(cells, district_of).items()
    ]
    largest: dict[str, float] = {}
    for code, _, shape in parts:
        largest[code] = max(largest.get(code, 0.0), shape.area)
    found = []
    for code, frame, shape in parts:
        inside = shapely.point_on_surface(shape)
        found.append(
            Area(code, frame, shape, (inside.x, inside.y), primary=shape.area == largest[code])
        )
    return found


def _locators(
    shapes: Shapes,
    used: Sequence[Box],
    frame_of: Mapping[str, str],
    scales: Mapping[str, tuple[float, float, float]],
) -> dict[str, BaseGeometry]:
    """Return the place in the main map of insets whose units touch it."""
    if MAIN not in scales:
        return {}
    mainland = [shapes.polygons[code] for code, frame in frame_of.items() if frame == MAIN]
    tree = shapely.STRtree(mainland)
    found = {}
    for box in used:
        own = [shapes.polygons[code] for code, frame in frame_of.items() if frame == box.frame]
        if box.frame == MAIN or not own:
            continue
        union = shapely.union_all(own)
        if len(tree.query(union, predicate="dwithin", distance=500.0)):
            found[box.frame] = shapely.simplify(_moved(np.array([union]), *scales[MAIN])[0], DETAIL)
    return found


def _leaders(
    used: Sequence[Box], locators: Mapping[str, BaseGeometry]
) -> tuple[tuple[float, float, float, float], ...]:
    lines = []
    for box in used:
        if box.frame not in locators:
            continue
        rim = shapely.box(box.x, box.y, box.x + box.width, box.y + box.height)
        line = shapely.shortest_line(locators[box.frame], rim)
        (x1, y1), (x2, y2) = shapely.get_coordinates(line)
        lines.append((float(x1), float(y1), float(x2), float(y2)))
    return tuple(lines)


def _bars(
    used: Sequence[Box],
    placed: Mapping[str, Mapping[str, BaseGeometry]],
    scales: Mapping[str, tuple[float, float, float]],
) -> tuple[Bar, ...]:
    """Give each box a bar of 1, 2 or 5 times a power of ten kilometres."""
    bars = []
    for box in used:
        scale = scales[box.frame][0]
        room = 110.0 if box.frame == MAIN else box.width * 0.42
        nice = [m * 10.0**e for e in range(-1, 4) for m in (1, 2, 5)]
        km = max(value for value in nice if value * 1000 * scale <= room)
        length = km * 1000 * scale
        if box.frame == MAIN:
            x, y = box.x + box.width - 88 - length, box.y + 40
        else:
            x, y = box.x + EDGE + 2, box.y + box.height - 8
        bars.append(Bar(box.frame, float(x), float(y), float(length), km))
    return tuple(bars)


def _wrapped(name: str) -> list[tuple[str, ...]]:
    """Return the ways to set a name: in one line, or in two of about the same length."""
    words = name.split()
    ways: list[tuple[str, ...]] = [(name,)]
    if len(words) > 1:
        cut = min(
            range(1, len(words)),
            key=lambda i: abs(len(" ".join(words[:i])) - len(" ".join(words[i:]))),
        )
        ways.append((" ".join(words[:cut]), " ".join(words[cut:])))
    return ways


LINE = 1.12
_Rect = tuple[float, float, float, float]


def _extent(lines: Sequence[str], size: float) -> tuple[float, float]:
    return max(text_width(line, size) for line in lines), size * LINE * len(lines)


def _labels(
    used: Sequence[Box],
    placed: Mapping[str, Mapping[str, BaseGeometry]],
    units: pd.DataFrame,
    district_of: Mapping[str, str | None],
    locators: Mapping[str, BaseGeometry],
    bars: Sequence[Bar],
    arrow: tuple[float, float],
    narrow: bool,
    own_size: float | None = None,
) -> list[Label]:
    """Place names so that none touches another, a box, a scale bar or the arrow.

    ``own_size`` is that of a district's own map, where every commune is named.
    """
    sizes = NARROW_SIZES if narrow else WIDE_SIZES
    names = dict(zip(units["commune_code"].astype(str), units["name"].astype(str), strict=True))
    districts = {
        str(row.district_code): str(row.district_name)
        for row in units.itertuples(index=False)
        if not pd.isna(row.district_code)
    }
    found: list[Label] = []
    for box in used:
        if not box.labels:
            continue
        size = own_size or sizes[box.labels]
        cells = placed[box.frame]
        taken = [_bar_box(bar, narrow) for bar in bars if bar.frame == box.frame]
        if box.frame == MAIN:
            taken.append((arrow[0] - 14, arrow[1] - 12, arrow[0] + 14, arrow[1] + 40))
            taken += [_rim(b) for b in used if b.frame != MAIN and not narrow]
            # On a narrow screen insets are moved; those laid over the main map's sea stay clear.
            taken += _moved_boxes(used, box) if narrow else []
        else:
            head = text_width(max(box.titles.values(), key=len), TITLE_SIZE * 1.4)
            room = TITLE_ROOM + 3 * narrow
            taken.append((box.x, box.y, box.x + head, box.y + room))
        if box.labels == "districts":
            targets = _dissolved(cells, district_of)
            for frame, shape in locators.items():
                for code in {district_of[c] for c in placed[frame]}:
                    if code is not None:
                        targets[code] = shapely.union_all([targets.get(code, shape), shape])
            wanted = [(districts[code], s) for code, s in targets.items() if code in districts]
        else:
            wanted = [(names[code], shape) for code, shape in cells.items()]
        if not wanted:
            # Since July 2025 there are no districts to name.
            continue
        # The smallest areas choose first: they have the fewest places.
        wanted.sort(key=lambda entry: (entry[1].area, entry[0]))
        ground = _Ground(_rim(box), [shape for _, shape in wanted])
        middles = [shapely.centroid(shape).coords[0] for _, shape in wanted]
        for number, (name, shape) in enumerate(wanted):
            must = box.labels == "districts" or own_size is not None
            others = [middle for i, middle in enumerate(middles) if i != number]
            spot = _spot(name, number, shape, ground, taken, size, must, others)
            if spot is None:
                continue
            lines, x, y, extent = spot
            taken.append(extent)
            found.append(Label(lines, round(x, 1), round(y, 1), size, box.frame, narrow))
    return found


def _rim(box: Box) -> _Rect:
    return (box.x, box.y, box.x + box.width, box.y + box.height)


def _moved_boxes(used: Sequence[Box], main: Box) -> list[_Rect]:
    """Return the boxes of the narrow sheet, in the main map's own coordinates."""
    nx, ny, scale = main.narrow
    result = []
    for box in used:
        if box.frame == MAIN:
            continue
        x, y, own = box.narrow
        left, top = (x - nx) / scale + main.x, (y - ny) / scale + main.y
        result.append((left, top, left + box.width * own / scale, top + box.height * own / scale))
    return result


def _bar_box(bar: Bar, narrow: bool) -> _Rect:
    words = 46 if narrow else 34
    return (bar.x - 4, bar.y - 14, bar.x + bar.length + words, bar.y + 6)


class _Ground:
    """A box of the sheet as a grid, to ask quickly how much of a rectangle lies on what."""

    STEP = 2.0

    def __init__(self, room: tuple[float, float, float, float], land: Sequence[BaseGeometry]):
        self.west, self.north, east, south = room
        self.columns = np.arange(self.west + self.STEP / 2, east, self.STEP)
        self.rows = np.arange(self.north + self.STEP / 2, south, self.STEP)
        self.gx, self.gy = (g.ravel() for g in np.meshgrid(self.columns, self.rows))
        points = shapely.points(self.gx, self.gy)
        owner = np.full(len(points), -1)
        hit, cell = shapely.STRtree(points).query(list(land), predicate="contains")
        owner[cell] = hit
        self.owner = owner.reshape(len(self.rows), len(self.columns))
        self.land = self._summed(self.owner >= 0)

    def _summed(self, mask: np.ndarray) -> np.ndarray:
        return np.pad(mask.astype(float).cumsum(0).cumsum(1), ((1, 0), (1, 0)))

    def share(
        self, summed: np.ndarray, x: np.ndarray, y: np.ndarray, width: float, height: float
    ) -> np.ndarray:
        """Return the share of rectangles centred at x, y that is marked."""
        left = np.clip(np.rint((x - width / 2 - self.west) / self.STEP), 0, len(self.columns))
        right = np.clip(np.rint((x + width / 2 - self.west) / self.STEP), 0, len(self.columns))
        top = np.clip(np.rint((y - height / 2 - self.north) / self.STEP), 0, len(self.rows))
        low = np.clip(np.rint((y + height / 2 - self.north) / self.STEP), 0, len(self.rows))
        le, ri, to, lo = (edge.astype(int) for edge in (left, right, top, low))
        total = summed[lo, ri] - summed[to, ri] - summed[lo, le] + summed[to, le]
        return np.asarray(total / np.maximum((ri - le) * (lo - to), 1))


def _spot(
    name: str,
    number: int,
    shape: BaseGeometry,
    ground: _Ground,
    taken: Sequence[_Rect],
    size: float,
    must: bool,
    others: Sequence[tuple[float, float]],
) -> tuple[tuple[str, ...], float, float, _Rect] | None:
    """Return the best place for a name: within its area, else beside it on the water.

    ``must`` takes the least bad place that touches no other name; otherwise a name without a
    good place is left out.
    """
    largest = max(shapely.get_parts(shape), key=lambda part: part.area)
    pole = shapely.maximum_inscribed_circle(shapely.simplify(largest, 1.0), tolerance=1.0)
    centre = shapely.get_coordinates(pole)[0]
    own = ground._summed(ground.owner == number)
    reach = 90.0 if must else 34.0
    near = np.hypot(ground.gx - centre[0], ground.gy - centre[1]) < max(
        reach, 0.75 * np.hypot(*np.subtract(shape.bounds[2:], shape.bounds[:2]))
    )
    x, y = ground.gx[near], ground.gy[near]
    best: tuple[float, tuple[str, ...], float, float, _Rect] | None = None
    for lines in _wrapped(name):
        width, height = _extent(lines, size)
        left, right, top, low = x - width / 2, x + width / 2, y - height / 2, y + height / 2
        free = (
            (left >= ground.west)
            & (right <= ground.columns[-1] + 1)
            & (top >= ground.north)
            & (low <= ground.rows[-1] + 1)
        )
        for x1, y1, x2, y2 in taken:
            free &= (right < x1) | (left > x2) | (low < y1) | (top > y2)
        inside = ground.share(own, x, y, width, height)
        foreign = ground.share(ground.land, x, y, width, height) - inside
        cost = np.hypot(x - centre[0], y - centre[1]) / size + 1.2 * (len(lines) - 1)
        if shape.area > 1.5 * width * height:
            cost = cost + 40 * foreign + 8 * (1 - inside)
        else:  # a name over a smaller islet would hide it
            cost = cost + 40 * (foreign + inside)
        if not must:
            # Nearer to its own islet than to any other, or it would seem to name that one.
            away = np.hypot(x - centre[0], y - centre[1])
            near_other = np.min(
                [np.hypot(x - ox, y - oy) for ox, oy in others] or [np.full(len(x), np.inf)],
                axis=0,
            )
            free &= (foreign < 0.04) & (away < near_other * 0.9)
        cost = np.where(free, cost, np.inf)
        i = int(np.argmin(cost))
        if np.isfinite(cost[i]) and (best is None or cost[i] < best[0]):
            rect = (float(left[i]), float(top[i]), float(right[i]), float(low[i]))
            best = (float(cost[i]), lines, float(x[i]), float(y[i]), rect)
    if best is None or (not must and shape.distance(shapely.box(*best[4])) > 8):
        return None
    return best[1:]


TILE = 16.0
TILE_STEP = 18.0
TILE_ROW = 23.0
TILE_SIZE = 14.5


def tiles(rows: Sequence[tuple[str, Sequence[str], str]]) -> Sheet:
    """Lay out equal tiles, a row an area group: for counts that true areas would distort.

    Parameters
    ----------
    rows
        Each row's name, the codes of its tiles in order, and what stands behind them.
    """
    head = max(text_width(name, TILE_SIZE) for name, _, _ in rows) + 10
    width = max(
        head + len(codes) * TILE_STEP + 12 + text_width(told, TILE_SIZE) for _, codes, told in rows
    )
    height = len(rows) * TILE_ROW + 4
    drawn, labels = [], []
    for line, (name, codes, told) in enumerate(rows):
        top = 2 + line * TILE_ROW
        labels.append(
            Label((name,), head - 8, top + TILE / 2, TILE_SIZE, "tiles", False, align="end")
        )
        end = head + len(codes) * TILE_STEP + 4
        if told:
            labels.append(
                Label((told,), end, top + TILE / 2, TILE_SIZE, "tiles", False, align="start")
            )
        for place, code in enumerate(codes):
            left = head + place * TILE_STEP
            drawn.append(
                Area(
                    code,
                    "tiles",
                    shapely.box(left, top, left + TILE, top + TILE),
                    (left + TILE / 2, top + TILE / 2),
                )
            )
    box = Box("tiles", {"vi": "", "en": ""}, (), (), (), "", 0, 0, width, height, (0, 0, 1))
    return Sheet(
        name="tiles",
        level="tile",
        width=width,
        height=height,
        narrow=(width, height),
        boxes=(box,),
        areas=tuple(drawn),
        outlines={},
        labels=tuple(labels),
        bars=(),
    )


def mark_places(sheet: Sheet, codes: frozenset[str]) -> dict[str, tuple[str, float, float]]:
    """Return where a sign stands in each of some areas: its box and place, clear of the names.

    At the area's own point unless a name is there; then at the nearest point of the area that no
    name covers, on the wide sheet and the narrow one alike.
    """
    rects: dict[str, list[_Rect]] = {}
    for label in sheet.labels:
        width, height = _extent(label.lines, label.size)
        rects.setdefault(label.frame, []).append(
            (
                label.x - width / 2 - MARK,
                label.y - height / 2 - MARK,
                label.x + width / 2 + MARK,
                label.y + height / 2 + MARK,
            )
        )
    found = {}
    for area in sheet.areas:
        if area.code in codes and area.primary:
            x, y = _clear(area, rects.get(area.frame, [])) if sheet.level != "tile" else area.anchor
            found[area.code] = (area.frame, x, y)
    return found


MARK = 5.0
"""Half the size of a sign over an area."""


def _clear(area: Area, rects: Sequence[_Rect]) -> tuple[float, float]:
    def covered(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        hits = np.zeros(len(x))
        for left, top, right, low in rects:
            hits += (x > left) & (x < right) & (y > top) & (y < low)
        return hits

    x, y = area.anchor
    if not covered(np.array([x]), np.array([y]))[0]:
        return area.anchor
    west, north, east, south = area.shape.bounds
    gx, gy = (
        grid.ravel() for grid in np.meshgrid(np.arange(west, east, 2), np.arange(north, south, 2))
    )
    inner = area.shape.buffer(-MARK * 0.8)
    within = shapely.contains_xy(inner if not inner.is_empty else area.shape, gx, gy)
    gx, gy = gx[within], gy[within]
    if not len(gx):
        return area.anchor
    cost = covered(gx, gy) * 1000 + np.hypot(gx - x, gy - y)
    best = int(np.argmin(cost))
    return float(gx[best]), float(gy[best])
