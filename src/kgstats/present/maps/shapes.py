"""The shapes of a map: a schematic drawn from points and areas, or boundaries the user added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from kgstats import workspace
from kgstats.reference import areas, boundaries

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

UTM = 32648
"""UTM zone 48N, metres: the zone of most provinces, and of the one that ships."""

GROWTH = 1.45
"""Radius of a commune's disc against that of a circle of its area: discs must meet to close."""
ISLET_M = 1700.0
"""Least radius of a disc that stands alone: an islet must be there to be seen and pointed at."""
CLOSING_M = 3000.0
"""Bays between discs narrower than twice this are land."""
PRECISION_M = 1.0
TILE_M = 5000.0
"""Side of a tile, where no unit's place is known."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """The area of every commune-level unit of one year, in UTM 48N.

    ``schematic`` shapes are Voronoi cells; they have the right neighbours and roughly the right
    sizes, but no true boundary.
    """

    year: int
    units: pd.DataFrame
    polygons: Mapping[str, BaseGeometry]
    points: Mapping[str, tuple[float, float]]
    schematic: bool
    source: str = ""
    tiles: bool = False
    """Whether the shapes are equal tiles by district: of no unit is it known where it lies."""

    def geodata(self) -> GeoDataFrame:
        """Return the shapes as a GeoDataFrame with the columns of ``areas.units`` (UTM 48N)."""
        import geopandas

        frame = self.units.reset_index(drop=True)
        geometry = [self.polygons[code] for code in frame["commune_code"]]
        return geopandas.GeoDataFrame(frame, geometry=geometry, crs=UTM)


def projected(lon: Any, lat: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return WGS 84 degrees as metres in UTM 48N.

    Parameters
    ----------
    lon
        Longitude in degrees.
    lat
        Latitude in degrees.
    """
    from pyproj import Transformer

    x, y = Transformer.from_crs(4326, UTM, always_xy=True).transform(
        np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    )
    return x, y


def voronoi_discs(x: np.ndarray, y: np.ndarray, area_km2: np.ndarray) -> list[BaseGeometry]:
    """Draw a cell around each point: its Voronoi cell, clipped by land grown from the areas.

    The land is made of discs of ``GROWTH`` times the radius of a circle of the unit's area,
    joined where they meet and smoothed; a disc that meets no other stays an island. No two cells
    overlap, each holds its point, and cells of neighbours share their border exactly.

    Parameters
    ----------
    x, y
        Points in metres.
    area_km2
        Areas of the units.
    """
    points = shapely.points(x, y)
    margin = 60_000.0
    frame = shapely.box(x.min() - margin, y.min() - margin, x.max() + margin, y.max() + margin)
    found = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame)
    parts = shapely.get_parts(found)
    # The collection's order is GEOS's own; each cell belongs to the point it holds.
    owner, cell = shapely.STRtree(parts).query(points, predicate="intersects")
    by_point = dict(zip(owner.tolist(), cell.tolist(), strict=True))
    cells = [parts[by_point[i]] for i in range(len(points))]
    radius = GROWTH * np.sqrt(np.asarray(area_km2, dtype=float) * 1e6 / np.pi)
    discs = shapely.buffer(points, radius, quad_segs=12)
    land = shapely.get_parts(shapely.union_all(discs))
    alone = [len(members) == 1 for members in _members(land, points)]
    land = np.array(
        [
            part if not lonely else shapely.centroid(part).buffer(_islet(part), quad_segs=12)
            for part, lonely in zip(land, alone, strict=True)
        ]
    )
    # Smoothed island by island, so that no bridge grows between two of them.
    smooth = [part.buffer(CLOSING_M, quad_segs=6).buffer(-CLOSING_M, quad_segs=6) for part in land]
    tree = shapely.STRtree(land)
    result = []
    for point, whole in zip(points, cells, strict=True):
        island = smooth[int(tree.query(point, predicate="intersects")[0])]
        cut = shapely.set_precision(shapely.intersection(whole, island), PRECISION_M)
        result.append(_part_with(cut, point))
    return list(shapely.coverage_simplify(result, 40.0))


def _members(land: np.ndarray, points: np.ndarray) -> list[list[int]]:
    """Return the points on each piece of land."""
    members: list[list[int]] = [[] for _ in land]
    for piece, point in shapely.STRtree(points).query(land, predicate="intersects").T:
        members[int(piece)].append(int(point))
    return members


def _islet(part: BaseGeometry) -> float:
    return max(ISLET_M, float(np.sqrt(part.area / np.pi)))


def _part_with(geometry: BaseGeometry, point: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(geometry)
    return parts[int(np.argmin(shapely.distance(parts, point)))]


@lru_cache(maxsize=8)
def schematic(year: int) -> Shapes:
    """Return the built-in shapes of a year's units, made from the gazetteer alone.

    Parameters
    ----------
    year
        The reporting year.
    """
    units = areas.units(year)
    if units["lon"].isna().any():
        return tiled(year, units)
    x, y = projected(units["lon"], units["lat"])
    cells = voronoi_discs(x, y, units["area_km2"].to_numpy())
    codes = [str(code) for code in units["commune_code"]]
    return Shapes(
        year=year,
        units=units,
        polygons=dict(zip(codes, cells, strict=True)),
        points=dict(zip(codes, zip(x.tolist(), y.tolist(), strict=True), strict=True)),
        schematic=True,
    )


def tiled(year: int, units: pd.DataFrame) -> Shapes:
    """Return equal tiles, a block a district in the order of codes: where no place is known.

    Blocks stand in rows from the north-west on, about as wide together as high.

    Parameters
    ----------
    year
        The year the units are of.
    units
        A row a unit, with ``commune_code`` and ``district_code``.

    Examples
    --------
    >>> import pandas as pd
    >>> units = pd.DataFrame({"commune_code": ["1", "2", "3"], "district_code": ["a", "a", "b"]})
    >>> sorted(tiled(2019, units).polygons)
    ['1', '2', '3']
    """
    codes = units["commune_code"].astype(str)
    blocks = [list(part) for _, part in codes.groupby(units["district_code"].fillna(""))]
    across = float(np.sqrt(sum((_side(block) + 1) ** 2 for block in blocks)) * 1.25)
    polygons: dict[str, BaseGeometry] = {}
    left, top, deep = 0.0, 0.0, 0.0
    for block in blocks:
        side = _side(block)
        if left and left + side > across:
            left, top, deep = 0.0, top - deep - 1, 0.0
        for at, code in enumerate(block):
            x, y = left + at % side, top - at // side
            polygons[code] = shapely.box(x * TILE_M, (y - 1) * TILE_M, (x + 1) * TILE_M, y * TILE_M)
        deep = max(deep, -(-len(block) // side))
        left += side + 1
    return Shapes(
        year=year,
        units=units,
        polygons=polygons,
        points={code: (cell.centroid.x, cell.centroid.y) for code, cell in polygons.items()},
        schematic=True,
        tiles=True,
    )


def _side(block: list[str]) -> int:
    return int(np.ceil(np.sqrt(len(block))))


def shapes(year: int, place: workspace.Workspace | None = None) -> Shapes:
    """Return the shapes to draw a year's maps with.

    The boundaries added to the workspace with ``kgstats boundaries add`` when there are any that
    hold in that year, otherwise the built-in schematic shapes.

    Parameters
    ----------
    year
        The reporting year.
    place
        A workspace; the one at hand when not given.
    """
    folder = _boundaries_folder(place)
    kept = [] if folder is None else boundaries.stored(folder)
    # The file of the year itself first, then those of other years that may still hold.
    for file in sorted(kept, key=lambda file: (file.stem != f"communes_{year}", file.name)):
        found = _true(year, file, file.stat().st_mtime_ns)
        if found is not None:
            return found
    return schematic(year)


def _boundaries_folder(place: workspace.Workspace | None) -> Path | None:
    if place is not None:
        return place.boundaries
    try:
        return workspace.find().boundaries
    except workspace.WorkspaceError:
        return None


@lru_cache(maxsize=8)
def _true(year: int, file: Path, stamp: int) -> Shapes | None:
    loaded = boundaries.load(file, year)
    if loaded is None:
        return None
    units = areas.units(year)
    codes = [str(code) for code in units["commune_code"]]
    if units["lon"].isna().any():
        inside = [loaded.polygons[code].representative_point() for code in codes]
        x, y = np.array([one.x for one in inside]), np.array([one.y for one in inside])
    else:
        x, y = projected(units["lon"], units["lat"])
    return Shapes(
        year=year,
        units=units,
        polygons=loaded.polygons,
        points=dict(zip(codes, zip(x.tolist(), y.tolist(), strict=True), strict=True)),
        schematic=False,
        source=loaded.source,
    )
