"""Commune boundaries that a user adds: matched to the list of areas, repaired, simplified.

The product ships no polygon. A file (GeoJSON, GeoPackage, Shapefile, or one of these in a zip)
is read once by :func:`add`; what is kept is a simplified coverage in ``data/boundaries`` of the
workspace, in which neighbours share their borders. :func:`load` then gives the shapes of any year
whose units are those of the file, or unions of them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kgstats.reference import areas
from kgstats.reference.boundary_files import UTM, BoundariesError, read
from kgstats.reference.boundary_matching import FAR_M, Matching, folded, match

__all__ = [
    "UTM", "Added", "Boundaries", "BoundariesError", "Matching", "Repairs",
    "add", "fetch", "folded", "load", "match", "read", "repair", "stored",
]  # fmt: skip

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

GAP_M = 150.0
"""Gaps between neighbours narrower than this are slips of the pen and are closed."""
SIMPLIFY_M = 40.0
"""Detail that no printed map of a province shows."""
_FILE = "communes_{year}.geojson"


@dataclass(frozen=True)
class Repairs:
    """What had to be mended in the geometry."""

    invalid: tuple[str, ...] = ()
    overlapping: tuple[str, ...] = ()
    overlap_km2: float = 0.0
    gaps: int = 0
    gap_km2: float = 0.0
    several_features: tuple[str, ...] = ()
    vertices_before: int = 0
    vertices_after: int = 0


@dataclass(frozen=True)
class Added:
    """The outcome of adding a file: what is kept where, and what was found in it."""

    path: Path
    year: int
    matching: Matching
    repairs: Repairs
    letters: str = ""
    """Encoding that the names were found to be in, where the file did not say so."""
    doubtful: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True, eq=False)
class Boundaries:
    """Boundaries for one year's units, in UTM 48N."""

    year: int
    polygons: Mapping[str, BaseGeometry]
    source: str


def repair(
    shapes: Mapping[str, Sequence[BaseGeometry]],
) -> tuple[dict[str, BaseGeometry], Repairs]:
    """Make a coverage of polygons: valid, without overlaps, without slivers between neighbours.

    Parameters
    ----------
    shapes
        The polygons of each unit, in metres.

    Returns
    -------
    tuple
        One (multi)polygon for each unit, and what was mended. Overlaps go to the neighbour with
        the longest common border; gaps narrower than ``GAP_M`` likewise; borders are then
        simplified together, so that neighbours do not part.
    """
    import shapely

    invalid, several = [], []
    whole: dict[str, BaseGeometry] = {}
    before = 0
    for code in sorted(shapes):
        parts = list(shapes[code])
        before += int(shapely.get_num_coordinates(parts).sum())
        if len(parts) > 1:
            several.append(code)
        if not all(shapely.is_valid(part) for part in parts):
            invalid.append(code)
            parts = [shapely.make_valid(part) for part in parts]
        whole[code] = _polygonal(shapely.union_all(parts))
    codes = list(whole)
    polygons = np.array(list(whole.values()), dtype=object)
    overlapping, overlap = _overlaps(codes, polygons)
    gaps_before = _gaps(polygons)
    clean = shapely.coverage_clean(polygons, gap_width=GAP_M, snapping_distance=1.0)
    gaps_after = _gaps(clean)
    simple = shapely.coverage_simplify(clean, SIMPLIFY_M)
    result = {code: _polygonal(shape) for code, shape in zip(codes, simple, strict=True)}
    empty = [code for code, shape in result.items() if shape.is_empty]
    for code in empty:  # an islet smaller than the detail kept is still there
        result[code] = _polygonal(clean[codes.index(code)])
    return result, Repairs(
        invalid=tuple(invalid),
        overlapping=tuple(overlapping),
        overlap_km2=overlap / 1e6,
        gaps=max(0, len(gaps_before) - len(gaps_after)),
        gap_km2=max(0.0, sum(gaps_before) - sum(gaps_after)) / 1e6,
        several_features=tuple(several),
        vertices_before=before,
        vertices_after=int(shapely.get_num_coordinates(list(result.values())).sum()),
    )


def _polygonal(shape: BaseGeometry) -> BaseGeometry:
    import shapely

    parts = [p for p in shapely.get_parts(shapely.get_parts(shape)) if p.geom_type == "Polygon"]
    parts = [p for part in parts for p in shapely.get_parts(part) if p.area > 1.0]
    if not parts:
        return shapely.Polygon()
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _overlaps(codes: Sequence[str], polygons: np.ndarray) -> tuple[list[str], float]:
    import shapely

    left, right = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    pairs = left < right
    shared = shapely.area(shapely.intersection(polygons[left[pairs]], polygons[right[pairs]]))
    # A square metre is the rounding of coordinates, no overlap.
    real = shared > 1.0
    names = {codes[i] for i in left[pairs][real]} | {codes[i] for i in right[pairs][real]}
    return sorted(names), float(shared[real].sum())


def _gaps(polygons: np.ndarray) -> list[float]:
    """Return the areas of the holes between polygons that are too narrow to be a lake."""
    import shapely

    union = shapely.union_all(polygons)
    holes = [
        shapely.Polygon(ring)
        for part in shapely.get_parts(union)
        for ring in shapely.get_rings(part)[1:]
    ]
    return [hole.area for hole in holes if hole.buffer(-GAP_M / 2).is_empty and hole.area > 1.0]


def add(path: Path, folder: Path, year: int = areas.ANCHOR.year) -> Added:
    """Add a boundary file to a workspace; from then on its maps are drawn with it.

    Parameters
    ----------
    path
        The file.
    folder
        ``data/boundaries`` of the workspace.
    year
        The year whose list of units the file follows.

    Raises
    ------
    BoundariesError
        When it cannot be read, or units of the year are not in it: a map with holes would show
        communes as not reported that are merely not drawn.
    """
    frame = read(path)
    matching = match(frame, year)
    if matching.found.empty:
        raise BoundariesError(
            f"{path.name}: no feature is a commune of {areas.territory()} in {year}"
        )
    if len(matching.missing):
        raise BoundariesError(_missing_message(path, matching, year, frame.attrs["undrawn"]))
    shapes: dict[str, list[BaseGeometry]] = {}
    for row in matching.found.itertuples(index=False):
        shapes.setdefault(row.commune_code, []).append(frame.geometry.iloc[row.feature])
    polygons, repairs = repair(shapes)
    lost = sorted(code for code, shape in polygons.items() if shape.is_empty)
    if lost:
        raise BoundariesError(f"{path.name}: no area is left of {', '.join(lost)} after repair")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / _FILE.format(year=year)
    _write(target, polygons, year, path)
    far = matching.found[matching.found["distance_m"] > FAR_M].reset_index(drop=True)
    return Added(target, year, matching, repairs, frame.attrs.get("letters", ""), far)


def _missing_message(path: Path, matching: Matching, year: int, undrawn: int) -> str:
    names = [f"{row.name_} ({row.district})" for row in _shown_missing(matching)]
    more = len(matching.missing) - len(names)
    lines = [
        f"{path.name}: {len(matching.missing)} of the units of {year} are not in it: "
        + ", ".join(names)
        + (f" and {more} more" if more > 0 else "")
    ]
    if undrawn:
        lines.append(f"{undrawn} of its features have no polygon")
    if len(matching.unmatched):
        shown = [f"{row.name} ({row.reason})" for row in matching.unmatched.head(6).itertuples()]
        lines.append("features that are no unit: " + ", ".join(str(name) for name in shown))
    lines.append("Name the year the file follows with --year, or correct the names in it.")
    return "; ".join(lines)


@dataclass(frozen=True)
class _Missing:
    name_: str
    district: str


def _shown_missing(matching: Matching) -> list[_Missing]:
    return [
        _Missing(str(row["name"]), str(row["district_name"]))
        for _, row in matching.missing.head(8).iterrows()
    ]


def _write(target: Path, polygons: Mapping[str, BaseGeometry], year: int, origin: Path) -> None:
    """Write the coverage in metres, whole: plain JSON, so that drawing needs no reader of GIS."""
    import shapely

    from kgstats.workspace import replacing

    with origin.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    features = [
        {
            "type": "Feature",
            "properties": {"commune_code": code},
            "geometry": json.loads(shapely.to_geojson(shapely.set_precision(shape, 0.1))),
        }
        for code, shape in sorted(polygons.items())
    ]
    content = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{UTM}"}},
        "kgstats": {"year": year, "source": origin.name, "sha256": digest},
        "features": features,
    }
    with replacing(target) as draft:
        draft.write_text(
            json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n",
            encoding="utf-8",
            newline="\n",
        )


def stored(folder: Path) -> list[Path]:
    """Return the boundary files kept in a workspace, by year."""
    return sorted(folder.glob("communes_*.geojson")) if folder.is_dir() else []


def load(file: Path, year: int) -> Boundaries | None:
    """Return stored boundaries as those of a year; None where they do not hold in that year.

    They hold when each unit of the year is a unit of the file's year or a union of such units.
    """
    import shapely

    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        about = content["kgstats"]
        own = {
            str(f["properties"]["commune_code"]): shapely.from_geojson(json.dumps(f["geometry"]))
            for f in content["features"]
        }
        file_year, source = int(about["year"]), str(about["source"])
    except (ValueError, KeyError, TypeError) as error:
        raise BoundariesError(
            f"{file} is damaged ({error}); add the boundaries again with: kgstats boundaries add"
        ) from None
    if file_year == year:
        return Boundaries(year, own, source)
    following = areas.successions(file_year, year)
    if (following["relation"] == "split").any():
        return None
    polygons = {
        str(code): shapely.coverage_union_all([own[str(part)] for part in parts])
        for code, parts in following.groupby("to_code", sort=True)["from_code"]
    }
    if set(polygons) != set(areas.units(year)["commune_code"].astype(str)):
        return None
    return Boundaries(year, polygons, source)


def fetch(url: str, sha256: str, folder: Path) -> Path:
    """Download a boundary file and check it; returns where it is.

    Raises
    ------
    BoundariesError
        When it cannot be fetched or is not the file of that checksum.
    """
    import pooch

    if not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
        raise BoundariesError("--sha256 takes the 64 hexadecimal digits of the file's checksum")
    name = re.sub(r"[^\w.-]+", "_", url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]) or "download"
    try:
        kept = pooch.retrieve(
            url,
            known_hash=f"sha256:{sha256.lower()}",
            fname=name,
            path=folder / "downloads",
            progressbar=False,
        )
    except Exception as error:  # requests, urllib and pooch each raise their own
        raise BoundariesError(f"{url} could not be fetched: {error}") from None
    return Path(kept)
