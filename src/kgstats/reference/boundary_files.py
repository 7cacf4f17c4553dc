"""Boundary files as users have them: GeoJSON, GeoPackage, Shapefile, or one of these in a zip.

GeoJSON is read as the JSON it is. GDAL, which reads the others, tells formats by content and would
follow one file to others and to the network; it is given only what is a GeoPackage or Shapefile
by its first bytes, copied to a folder of its own.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unicodedata
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kgstats.reference.refusal import Refusal

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

UTM = 32648
"""UTM zone 48N, metres: the zone of most provinces, and of the one that ships."""

MOST_BYTES = 256 << 20
"""Size of a file, and of what is unpacked from a zip."""

_JSON = (".geojson", ".json")
SUFFIXES = (*_JSON, ".gpkg", ".shp", ".zip")
_BESIDE = (".dbf", ".shx", ".prj", ".cpg")
_SHAPEFILE, _SQLITE = b"\x00\x00\x27\x0a", b"SQLite format 3\x00"
_GEOPACKAGE = (b"GPKG", b"GP10", b"GP11")
_CRS = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|OGC):(?:[\d.]*:)?(\d+|CRS84)", re.IGNORECASE)
GUESSED = ("cp1258", "latin-1")
"""Encodings in which any bytes spell something: names are read so where nothing better is known."""


class BoundariesError(Refusal):
    """A boundary file that cannot be used; the message says why and what to do."""


def read(path: Path) -> GeoDataFrame:
    """Read the polygons of a file in UTM 48N.

    Returns
    -------
    GeoDataFrame
        The features with a polygon. ``attrs["letters"]`` says how names were put right, where
        they had to be, ``attrs["cut"]`` in which rows of a column names were cut off, and
        ``attrs["undrawn"]`` how many features have no polygon.

    Raises
    ------
    BoundariesError
        For a file that is not there, cannot be read, holds no polygons, or does not say in which
        coordinates it is.
    """
    if not path.is_file():
        raise BoundariesError(f"there is no file {path}")
    if path.suffix.lower() not in SUFFIXES:
        raise BoundariesError(
            f"{path.name}: boundaries are read from {', '.join(SUFFIXES)}, not {path.suffix!r}; "
            "export it as GeoJSON"
        )
    if path.stat().st_size > MOST_BYTES:
        raise BoundariesError(f"{path.name} is larger than {MOST_BYTES >> 20} MB")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(action="ignore"):
        file = _unpacked(path, Path(folder))
        frame = (_geojson if file.suffix in _JSON else _with_gdal)(file, path.name)
        stated = frame.attrs.get("codec")
    features = len(frame)
    frame = _polygons(frame, path.name)
    undrawn = features - len(frame)
    letters, cut = _letters(frame, stated)
    with warnings.catch_warnings(action="ignore"):
        frame = _in_metres(frame, path.name)
    frame.attrs = {"letters": letters, "cut": cut, "undrawn": undrawn}
    return frame


def _polygons(frame: GeoDataFrame, name: str) -> GeoDataFrame:
    drawn = np.array([shape is not None and not shape.is_empty for shape in frame.geometry], bool)
    if not drawn.any():
        raise BoundariesError(f"{name} holds no geometry")
    frame = frame[drawn].reset_index(drop=True)
    polygonal = frame.geometry.geom_type.isin(["Polygon", "MultiPolygon", "GeometryCollection"])
    if not polygonal.any():
        kinds = ", ".join(sorted(set(frame.geometry.geom_type)))
        raise BoundariesError(f"{name} holds no polygons but {kinds}")
    return frame[polygonal].reset_index(drop=True)


def _in_metres(frame: GeoDataFrame, name: str) -> GeoDataFrame:
    west, south, east, north = frame.total_bounds
    geographic = frame.crs is None or frame.crs.is_geographic
    left, bottom, right, top = frame.geometry.bounds.to_numpy().T
    exchanged = int(((left >= 8) & (right <= 24) & (bottom >= 102) & (top <= 110)).sum())
    if geographic and exchanged:
        where = name if exchanged == len(frame) else f"{exchanged} features of {name}"
        raise BoundariesError(
            f"latitude and longitude are exchanged in {where}: longitude stands first"
        )
    degrees = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if frame.crs is None:
        if not degrees:
            raise BoundariesError(
                f"{name} does not say in which coordinates it is (a shapefile needs its .prj "
                "beside it); export it again in WGS 84"
            )
        frame = frame.set_crs(4326)
    if geographic and not degrees:
        raise BoundariesError(
            f"the coordinates of {name} are metres, not degrees: export it in WGS 84 (EPSG:4326)"
        )
    frame = frame.to_crs(UTM)
    if not np.isfinite(frame.total_bounds).all():
        raise BoundariesError(
            f"the coordinates of {name} are not in the system it states; export it in WGS 84"
        )
    return frame


# --- what is in the file ---------------------------------------------------------------------


def _unpacked(path: Path, folder: Path) -> Path:
    """Copy the one data set of a file into a folder of its own, under plain names."""
    suffix = path.suffix.lower()
    if suffix in _JSON:
        return path
    target = folder / "boundaries"
    if suffix != ".zip":
        beside = {one.suffix.lower(): one for one in path.parent.glob(f"{_escaped(path.stem)}.*")}
        for one in (suffix, *(_BESIDE if suffix == ".shp" else ())):
            if one in beside:
                shutil.copyfile(path if one == suffix else beside[one], target.with_suffix(one))
        return target.with_suffix(suffix)
    try:
        with zipfile.ZipFile(path) as archive:
            members = {
                PurePosixPath(info.filename): info
                for info in archive.infolist()
                if not info.is_dir() and "__MACOSX" not in info.filename
            }
            found = [one for one in members if one.suffix.lower() in SUFFIXES[:-1]]
            if len(found) != 1:
                names = ", ".join(str(one) for one in found[:5]) or "none"
                raise BoundariesError(
                    f"{path.name} must hold one file of boundaries; it has {names}"
                )
            chosen, left = found[0], MOST_BYTES
            for member, info in members.items():
                one = member.suffix.lower()
                if member == chosen or (
                    member.with_suffix("") == chosen.with_suffix("") and one in _BESIDE
                ):
                    left = _extracted(archive, info, target.with_suffix(one), left)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise BoundariesError(f"{path.name} cannot be unpacked: {error}") from None
    if left < 0:
        raise BoundariesError(f"{path.name} unpacks to more than {MOST_BYTES >> 20} MB")
    return target.with_suffix(chosen.suffix.lower())


def _escaped(name: str) -> str:
    return re.sub(r"([\[\]*?])", r"[\1]", name)


def _extracted(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Unpack a member as far as there is room; return how much room is left."""
    with archive.open(info) as source, target.open("wb") as file:
        while left >= 0 and (piece := source.read(1 << 20)):
            file.write(piece)
            left -= len(piece)
    return left


def _with_gdal(file: Path, name: str) -> GeoDataFrame:
    import geopandas

    with file.open("rb") as opened:
        head = opened.read(72)
    shapefile = file.suffix == ".shp"
    if shapefile and not head.startswith(_SHAPEFILE):
        raise BoundariesError(f"{name} is no shapefile")
    if not shapefile and not (head.startswith(_SQLITE) and head[68:72] in _GEOPACKAGE):
        raise BoundariesError(f"{name} is no GeoPackage")
    if shapefile and not file.with_suffix(".shx").is_file():
        raise BoundariesError(f"{name} needs its .shx beside it, as it was exported")
    stated = file.with_suffix(".cpg")
    # Bytes of names come through Latin-1 unharmed; what they spell is found out afterwards.
    encoding = {"encoding": "ISO-8859-1"} if shapefile else {}
    codec = stated.read_text("ascii", "replace").strip() if stated.is_file() else ""
    stated.unlink(missing_ok=True)
    try:
        frame = geopandas.read_file(file, engine="pyogrio", **encoding)
    except Exception as error:  # pyogrio raises many kinds; the reader needs one line
        said = str(error).replace(str(file), name)
        raise BoundariesError(f"{name} cannot be read as boundaries: {said}") from None
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise BoundariesError(f"{name} holds no geometry")
    frame.attrs = {"codec": codec} if shapefile else {}
    return frame


def _geojson(file: Path, name: str) -> GeoDataFrame:
    import geopandas
    from shapely.geometry import shape

    def constant(what: str) -> float:
        raise ValueError(f"{what} is no coordinate")

    try:
        content = json.loads(file.read_bytes(), parse_constant=constant)
        features = [content] if content["type"] == "Feature" else content["features"]
        rows = [
            {
                **{str(key): value for key, value in (one.get("properties") or {}).items()},
                "geometry": shape(one["geometry"]) if one.get("geometry") else None,
            }
            for one in features
        ]
        frame = pd.DataFrame(rows, columns=None if rows else ["geometry"])
        crs = _stated_crs(content, name)
        return geopandas.GeoDataFrame(frame, geometry="geometry", crs=crs)
    except BoundariesError:
        raise
    except Exception as error:  # not JSON, not GeoJSON, or not the geometry it says
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        raise BoundariesError(
            f"{name} cannot be read as boundaries: it is no GeoJSON of features ({reason})"
        ) from None


def _stated_crs(content: Mapping[str, Any], name: str) -> int:
    """Return the number of the system that GeoJSON of before 2016 may state; else WGS 84."""
    stated = content.get("crs")
    if not isinstance(stated, dict):
        return 4326
    match = _CRS.fullmatch(str((stated.get("properties") or {}).get("name", "")))
    if match is None:
        raise BoundariesError(f"{name} states no known system of coordinates; export it in WGS 84")
    return 4326 if match[2].upper() == "CRS84" else int(match[2])


# --- letters ---------------------------------------------------------------------------------


def _letters(frame: GeoDataFrame, stated: str | None) -> tuple[str, dict[str, set[int]]]:
    """Put right names whose bytes were read in another encoding than they were written in.

    Parameters
    ----------
    frame
        The features; their text is changed in place.
    stated
        What a shapefile's .cpg says, nothing where it has none; None for other files, whose text
        is taken for misread only where all of it is UTF-8 read as Latin-1.

    Returns
    -------
    tuple
        The encoding found, where another was stated or none, and by column the rows whose text
        was cut off to fit its field.
    """
    raw: dict[str, dict[int, bytes]] = {}
    for column in frame.columns.drop(frame.geometry.name):
        for row, value in frame[column].items():
            if isinstance(value, str):
                data = _bytes(value)
                if data is None:
                    return "", {}  # a letter that no single byte stands for: nothing was misread
                raw.setdefault(column, {})[row] = data
    pieces = [data for values in raw.values() for data in values.values() if not data.isascii()]
    known = _codec(stated or "")
    for codec in dict.fromkeys((known, "utf-8", *GUESSED)) if stated is not None else ("utf-8",):
        if not pieces or codec is None or any(_decoded(one, codec) is None for one in pieces):
            continue
        cut: dict[str, set[int]] = {}
        for column, values in raw.items():
            shown = {row: _decoded(data, codec) or ("", False) for row, data in values.items()}
            if any(ends for _, ends in shown.values()):
                width = max(map(len, values.values()))
                cut[column] = {row for row, data in values.items() if len(data) == width}
            replaced = pd.Series({row: text for row, (text, _) in shown.items()}, dtype=object)
            frame[column] = replaced.reindex(frame.index)
        return ("" if codec == known else codec), cut
    return "", {}


def _codec(stated: str) -> str | None:
    """Name the codec that a .cpg file states (``UTF-8``, ``1258``, ``ANSI 1252``)."""
    digits = re.fullmatch(r"(?:ansi|windows|cp)?[ -]?(125\d|65001)", stated.strip(), re.IGNORECASE)
    name = f"cp{digits[1]}" if digits else stated.strip()
    try:
        "".encode(name or "?")
    except LookupError:
        return None
    return "utf-8" if name.replace("_", "-").casefold() in ("utf-8", "utf8", "cp65001") else name


def _bytes(text: str) -> bytes | None:
    """Take a text back to the bytes it was read from as Latin-1 or cp1252; None if it was not."""
    found = bytearray()
    for letter in text:
        if letter <= "\xff":
            found.append(ord(letter))
            continue
        try:
            found += letter.encode("cp1252")
        except UnicodeEncodeError:
            return None
    return bytes(found)


def _decoded(data: bytes, codec: str) -> tuple[str, bool] | None:
    """Decode bytes; return the text and whether its last letter was cut off."""
    try:
        return unicodedata.normalize("NFC", data.decode(codec)), False
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return unicodedata.normalize("NFC", data[: error.start].decode(codec)), True
        return None
