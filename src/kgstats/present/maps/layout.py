"""What a laid-out map is: boxes, areas, names, scale bars, all measured in units of the sheet.

One unit is about a pixel of a wide screen, y downwards. ``layouts.csv`` declares the boxes; scales
follow from what must fit into them, so that the same sheet serves schematic and true shapes. On a
narrow screen the boxes are moved, by styles alone, to ``narrow_x, narrow_y`` and scaled by
``narrow_scale``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from kgstats.present.style import text_width
from kgstats.reference import areas
from kgstats.words import local

MAIN = "main"
WHERE = "where"
COMMUNE = "commune"
DISTRICT = "district"
TITLE_ROOM = 19.0
BAR_ROOM = 22.0
NAME_ROOM = 8.0
EDGE = 6.0
TITLE_SIZE = 12.0
LINE = 1.12
LARGEST_SCALE = 9.0 / 1000
"""Units a metre that no box exceeds, or a lone islet would fill its inset."""
UNTITLED = {"vi": "", "en": ""}

Rect = tuple[float, float, float, float]
"""Left, top, right and low edge."""


@dataclass(frozen=True)
class Fit:
    """How metres become units of the sheet."""

    scale: float
    dx: float
    dy: float

    def moved(self, shapes: Sequence[BaseGeometry]) -> np.ndarray:
        """Bring shapes from metres to the sheet."""
        return np.asarray(
            shapely.transform(
                np.array(shapes, dtype=object),
                lambda xy: np.column_stack(
                    [xy[:, 0] * self.scale + self.dx, self.dy - xy[:, 1] * self.scale]
                ),
            )
        )

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Bring a point from metres to the sheet."""
        return (x * self.scale + self.dx, self.dy - y * self.scale)


@dataclass(frozen=True)
class Box:
    """One box of the sheet; ``head`` is room kept free at its top."""

    frame: str
    x: float
    y: float
    width: float
    height: float
    titles: Mapping[str, str] = field(default_factory=lambda: UNTITLED)
    labels: str = ""
    districts: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    narrow: tuple[float, float, float] = (0.0, 0.0, 1.0)
    padding: float = EDGE
    head: float = 0.0
    largest: float = LARGEST_SCALE

    def title(self, lang: str) -> str:
        """Return the box's title in a language."""
        return local(self.titles[lang], lang)

    @property
    def rim(self) -> Rect:
        """The box's edges."""
        return (self.x, self.y, self.x + self.width, self.y + self.height)

    def holds(self, code: str, district: str, kind: str) -> bool:
        """Whether a unit of 2019 is declared to stand in this box."""
        if self.communes:
            chosen = code in self.communes
            return chosen if not self.districts else chosen and district in self.districts
        if self.districts and district not in self.districts:
            return False
        return not self.types or kind in self.types

    def fit(self, shapes: Sequence[BaseGeometry]) -> Fit:
        """Return what brings shapes (metres) into the box, under its title and over its bar."""
        west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
        titled = any(self.titles.values())
        top = self.head + (TITLE_ROOM if titled else 0.0)
        bottom = (BAR_ROOM + NAME_ROOM * (self.labels == "communes")) if titled else 0.0
        edge = min(self.padding, EDGE)
        across, down = self.width - 2 * self.padding, self.height - top - bottom - 2 * edge
        scale = min(across / (east - west), down / (north - south), self.largest)
        left = self.x + self.padding + (across - (east - west) * scale) / 2
        upper = self.y + top + edge + (down - (north - south) * scale) / 2
        return Fit(scale, left - west * scale, upper + north * scale)


@dataclass(frozen=True)
class Area:
    """One area as it is drawn: its outline on the sheet.

    ``primary`` is false for a further part of an area that stands in another box too.
    """

    code: str
    frame: str
    shape: BaseGeometry
    anchor: tuple[float, float]
    primary: bool = True


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
    """A laid-out map without its colours.

    ``locators`` are the places of insets in the main map, by inset, and ``leaders`` the lines
    between the two; ``here`` is the whole land and a district in it, for the box ``where`` of a
    district's own map.
    """

    name: str
    level: str
    boxes: tuple[Box, ...]
    areas: tuple[Area, ...]
    outlines: Mapping[str, BaseGeometry] = field(default_factory=dict)
    labels: tuple[Label, ...] = ()
    bars: tuple[Bar, ...] = ()
    locators: Mapping[str, BaseGeometry] = field(default_factory=dict)
    leaders: tuple[Rect, ...] = ()
    arrow: tuple[float, float] = (0.0, 0.0)
    here: tuple[BaseGeometry, BaseGeometry] | None = None

    @property
    def width(self) -> float:
        """Width on a wide screen."""
        return max(box.x + box.width for box in self.boxes)

    @property
    def height(self) -> float:
        """Height on a wide screen."""
        return max(box.y + box.height for box in self.boxes)

    @property
    def narrow(self) -> tuple[float, float]:
        """Width and height on a narrow screen."""
        return (
            max(box.narrow[0] + box.width * box.narrow[2] for box in self.boxes),
            max(box.narrow[1] + box.height * box.narrow[2] for box in self.boxes),
        )


@lru_cache
def boxes(name: str) -> tuple[Box, ...]:
    """Return the boxes of a layout in the order in which units are given to them.

    Raises
    ------
    KeyError
        For a name that no layout has.
    """
    text = (resources.files("kgstats.present.maps") / "layouts.csv").read_text(encoding="utf-8")
    found = tuple(
        Box(
            frame=row["frame"],
            x=float(row["x"]),
            y=float(row["y"]),
            width=float(row["width"]),
            height=float(row["height"]),
            titles={"vi": row["title_vi"], "en": row["title_en"]},
            labels=row["labels"],
            districts=tuple(row["district_2019"].split()),
            communes=tuple(row["communes_2019"].split()),
            types=tuple(part for part in row["type_2019"].split("|") if part),
            narrow=(float(row["narrow_x"]), float(row["narrow_y"]), float(row["narrow_scale"])),
            padding=float(row["padding"]),
        )
        for row in csv.DictReader(text.splitlines())
        if row["layout"] == name
    )
    if not found:
        raise KeyError(f"there is no map layout {name!r}")
    return found


def frames_of(year: int, layout: str) -> dict[str, str]:
    """Return the box of each unit of a year: where all it is made of stands."""
    declared = boxes(layout)
    of_member = {
        str(unit.commune_code): next(
            box.frame
            for box in declared
            if box.frame == MAIN
            or box.holds(str(unit.commune_code), str(unit.district_code), str(unit.type))
        )
        for unit in areas.units(areas.ANCHOR.year).itertuples(index=False)
    }
    result = {}
    for code, parts in areas.members(year).groupby("commune_code", sort=False)["member_code"]:
        frames = {of_member[str(part)] for part in parts}
        result[str(code)] = frames.pop() if len(frames) == 1 else MAIN
    return result


def extent(lines: Sequence[str], size: float) -> tuple[float, float]:
    """Return width and height of a name."""
    return max(text_width(line, size) for line in lines), size * LINE * len(lines)
