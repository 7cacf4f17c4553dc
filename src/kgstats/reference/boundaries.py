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
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kgstats.reference import areas
from kgstats.reference.refusal import Refusal

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

UTM = 32648
"""UTM zone 48N, metres: the zone Kiên Giang lies in."""

GAP_M = 150.0
"""Gaps between neighbours narrower than this are slips of the pen and are closed."""
SIMPLIFY_M = 40.0
"""Detail that no printed map of a province shows."""
FAR_M = 3000.0
"""A unit's known point farther than this from its polygon makes the match doubtful."""

_TYPES = ("thi tran", "thanh pho", "thi xa", "dac khu", "phuong", "huyen", "xa", "tt", "p", "x")
_SUFFIXES = (".geojson", ".json", ".gpkg", ".shp", ".zip")
_FILE = "communes_{year}.geojson"


class BoundariesError(Refusal):
    """A boundary file that cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Matching:
    """Which feature of a file is which unit.

    Parameters
    ----------
    found
        ``feature`` (number of the row in the file, from 0), ``commune_code``, ``name`` (as the
        file writes it), ``by`` (``code``, ``name``, ``alias``), ``distance_m`` of the unit's
        known point from the polygon.
    unmatched
        Features in the area that are no unit: ``feature, name, reason``.
    missing
        Units no feature was found for: ``commune_code, name, district_name``.
    elsewhere
        Number of features of other provinces, left out.
    """

    found: pd.DataFrame
    unmatched: pd.DataFrame
    missing: pd.DataFrame
    elsewhere: int


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
    doubtful: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True, eq=False)
class Boundaries:
    """Boundaries for one year's units, in UTM 48N."""

    year: int
    polygons: Mapping[str, BaseGeometry]
    source: str


def folded(text: object) -> str:
    """Return a name without accents, case, doubled spaces and punctuation.

    >>> folded("Thị trấn  Thứ Mười Một"), folded("Hòa Điền") == folded("Hoà Điền")
    ('thi tran thu muoi mot', True)
    """
    plain = unicodedata.normalize("NFD", str(text).replace("đ", "d").replace("Đ", "D"))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters).split())


def _without_type(name: str) -> tuple[str, str]:
    """Split a folded name into its type (``xa``, ``phuong``, ``thi tran``) and the rest."""
    for kind in _TYPES:
        if name.startswith(kind + " ") and len(name) > len(kind) + 1:
            return {"tt": "thi tran", "p": "phuong", "x": "xa"}.get(kind, kind), name[
                len(kind) + 1 :
            ]
    return "", name


def read(path: Path) -> GeoDataFrame:
    """Read the polygons of a file in UTM 48N.

    Raises
    ------
    BoundariesError
        For a file that is not there, cannot be read, holds no polygons, or does not say in which
        coordinates it is.
    """
    import geopandas

    if not path.is_file():
        raise BoundariesError(f"there is no file {path}")
    if path.suffix.lower() not in _SUFFIXES:
        raise BoundariesError(
            f"{path.name}: boundaries are read from {', '.join(_SUFFIXES)}, not {path.suffix!r}"
        )
    try:
        frame = geopandas.read_file(path)
    except Exception as error:  # pyogrio raises many kinds; the reader needs one line
        raise BoundariesError(f"{path.name} cannot be read as boundaries: {error}") from None
    if not isinstance(frame, geopandas.GeoDataFrame) or frame.geometry.isna().all():
        raise BoundariesError(f"{path.name} holds no geometry")
    frame = frame[frame.geometry.notna() & ~frame.geometry.is_empty].reset_index(drop=True)
    polygonal = frame.geometry.geom_type.isin(["Polygon", "MultiPolygon", "GeometryCollection"])
    if not polygonal.any():
        kinds = ", ".join(sorted(set(frame.geometry.geom_type)))
        raise BoundariesError(f"{path.name} holds no polygons but {kinds}")
    frame = frame[polygonal].reset_index(drop=True)
    if frame.crs is None:
        west, south, east, north = frame.total_bounds
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise BoundariesError(
                f"{path.name} does not say in which coordinates it is (a shapefile needs its .prj "
                "beside it); export it again in WGS 84"
            )
        frame = frame.set_crs(4326)
    return frame.to_crs(UTM)


def _known(year: int) -> GeoDataFrame:
    import geopandas

    units = areas.units(year)
    points = geopandas.points_from_xy(units["lon"], units["lat"], crs=4326)
    return geopandas.GeoDataFrame(units, geometry=points).to_crs(UTM)


def _as_codes(values: pd.Series) -> pd.Series:
    text = values.astype("string").str.strip().str.replace(r"\.0+$", "", regex=True)
    return text.where(text.str.fullmatch(r"\d{4,5}").fillna(False)).str.zfill(5)


def _code_column(frame: GeoDataFrame, codes: set[str]) -> str | None:
    """Return the column that holds GSO codes: the one with most of the year's codes."""
    best, most = None, 0
    for column in frame.columns.drop(frame.geometry.name):
        hits = len(set(_as_codes(frame[column]).dropna()) & codes)
        if hits > most:
            best, most = str(column), hits
    return best if most >= 3 or (most and most == len(frame)) else None


def _text_columns(frame: GeoDataFrame) -> dict[str, pd.Series]:
    return {
        str(column): frame[column].map(lambda v: folded(v) if isinstance(v, str) else "")
        for column in frame.columns.drop(frame.geometry.name)
        if frame[column].map(lambda v: isinstance(v, str)).any()
    }


def _best(columns: Mapping[str, pd.Series], wanted: set[str], taken: Sequence[str]) -> str | None:
    """Return the column whose values name most of the wanted names."""
    best, most = None, 1
    for column, values in columns.items():
        bare = {_without_type(value)[1] for value in values} | set(values)
        hits = len(bare & wanted)
        if column not in taken and hits > most:
            best, most = column, hits
    return best


def match(frame: GeoDataFrame, year: int) -> Matching:
    """Match the features of a file to the units of a year.

    By GSO code where a column holds codes; a code must not stand in the way of geography, so the
    distance of the unit's known point from the polygon is measured and kept. Otherwise by name
    within the district (accents, case and tone placement aside; known aliases count), the type
    of unit or the known point deciding between units of one name. A near name never matches by
    itself.

    Raises
    ------
    BoundariesError
        When no column holds codes or names of the year's units.
    """
    import shapely

    known = _known(year)
    points = dict(zip(known["commune_code"], known.geometry, strict=True))
    columns = _text_columns(frame)
    code_column = _code_column(frame, set(known["commune_code"]))
    code_of = (
        _as_codes(frame[code_column])
        if code_column is not None
        else pd.Series(pd.NA, index=frame.index, dtype="string")
    )
    names = _names(year)
    name_column = _best(columns, {bare for _, bare in names}, [code_column or ""])
    if code_column is None and name_column is None:
        raise BoundariesError(
            "no column of the file holds GSO codes or names of communes; it has "
            + ", ".join(str(column) for column in frame.columns.drop(frame.geometry.name))
        )
    district_column = _best(
        columns,
        {folded(name) for name in known["district_name"].dropna()},
        [name_column or "", code_column or ""],
    )
    rows: list[tuple[int, str, str, str, float]] = []
    lost: list[tuple[int, str, str]] = []
    elsewhere = 0
    tree = shapely.STRtree(list(points.values()))
    for number in range(len(frame)):
        shape = frame.geometry.iloc[number]
        label = str(frame[name_column].iloc[number]) if name_column else ""
        code, how = code_of.iloc[number], "code"
        if pd.isna(code) or code not in points:
            code, how, reason = None, "name", "code unknown in that year"
            if name_column is not None:
                code, how, reason = _by_name(
                    columns[name_column].iloc[number],
                    columns[district_column].iloc[number] if district_column else "",
                    names,
                    shape,
                    points,
                    _kind_said(columns, number),
                )
            if code is None:
                if len(tree.query(shape, predicate="intersects")):
                    lost.append((number, label, reason))
                else:
                    elsewhere += 1
                continue
        distance = float(shape.distance(points[code]))
        if how != "code" and distance > 20 * FAR_M:
            elsewhere += 1  # a namesake in another province
            continue
        rows.append((number, str(code), label, how, distance))
    found = pd.DataFrame(rows, columns=["feature", "commune_code", "name", "by", "distance_m"])
    missing = known.loc[
        ~known["commune_code"].isin(found["commune_code"]),
        ["commune_code", "name", "district_name"],
    ]
    return Matching(
        found=found,
        unmatched=pd.DataFrame(lost, columns=["feature", "name", "reason"]),
        missing=pd.DataFrame(missing).reset_index(drop=True),
        elsewhere=elsewhere,
    )


def _kind_said(columns: Mapping[str, pd.Series], number: int) -> str:
    """Return the type of unit a row says in a column of its own."""
    for values in columns.values():
        if values.iloc[number] in ("xa", "phuong", "thi tran", "dac khu"):
            return str(values.iloc[number])
    return ""


def _names(year: int) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    """Return ``(district, name)`` folded to ``(code, type, how)``; district "" holds them all."""
    names: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    units = areas.units(year)
    district_of = {}
    for unit in units.itertuples(index=False):
        district = "" if pd.isna(unit.district_name) else folded(unit.district_name)
        district_of[unit.commune_code] = (district, folded(unit.type))
        entry = (str(unit.commune_code), folded(unit.type), "name")
        for place in {district, ""}:
            names.setdefault((place, folded(unit.name)), []).append(entry)
    for alias in areas.aliases().itertuples(index=False):
        if alias.commune_code not in district_of:
            continue
        district, kind = district_of[alias.commune_code]
        entry = (str(alias.commune_code), kind, "alias")
        for written in {folded(alias.alias), _without_type(folded(alias.alias))[1]}:
            for place in {district, ""}:
                listed = names.setdefault((place, written), [])
                if all(code != entry[0] for code, _, _ in listed):
                    listed.append(entry)
    return names


def _by_name(
    name: str,
    district: str,
    names: Mapping[tuple[str, str], list[tuple[str, str, str]]],
    shape: BaseGeometry,
    points: Mapping[str, BaseGeometry],
    kind: str,
) -> tuple[str | None, str, str]:
    said, bare = _without_type(name)
    place = _without_type(district)[1]
    for asked in ((place, bare), (place, name)):
        candidates = names.get(asked, [])
        if not candidates:
            continue
        written = [c for c in candidates if c[2] == "name"] or candidates
        typed = [c for c in written if c[1] == (said or kind)] or written
        inside = [c for c in typed if shape.covers(points[c[0]])]
        chosen = typed if len(typed) == 1 else inside
        if len(chosen) == 1:
            return chosen[0][0], chosen[0][2], ""
        return None, "name", f"{len(typed)} units bear this name"
    from rapidfuzz import process

    near = process.extract(bare, sorted({n for d, n in names if d == place}), limit=2)
    hint = ", ".join(text for text, score, _ in near if score >= 80)
    return None, "name", "no unit of this name" + (f"; near: {hint}" if hint else "")


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


def add(path: Path, folder: Path, year: int = 2019) -> Added:
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
        raise BoundariesError(f"{path.name}: no feature is a commune of Kiên Giang in {year}")
    if len(matching.missing):
        raise BoundariesError(_missing_message(path, matching, year))
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
    return Added(target, year, matching, repairs, far)


def _missing_message(path: Path, matching: Matching, year: int) -> str:
    names = [f"{row.name_} ({row.district})" for row in _shown_missing(matching)]
    more = len(matching.missing) - len(names)
    lines = [
        f"{path.name}: {len(matching.missing)} of the units of {year} are not in it: "
        + ", ".join(names)
        + (f" and {more} more" if more > 0 else "")
    ]
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

    digest = hashlib.sha256(origin.read_bytes()).hexdigest()
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
