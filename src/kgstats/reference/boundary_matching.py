"""Which feature of a boundary file is which commune: by code, or by name within its district."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from kgstats.reference import areas, unit_types
from kgstats.reference.boundary_files import GUESSED, UTM, BoundariesError

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

FAR_M = 3000.0
"""A unit's known point farther than this from its polygon makes the match doubtful."""


@dataclass(frozen=True)
class Matching:
    """Which feature of a file is which unit.

    Parameters
    ----------
    found
        ``feature`` (number of the row in the file, from 0), ``commune_code``, ``name`` (as the
        file writes it), ``by`` (``code``, ``name``, ``alias``, ``beginning``), ``distance_m`` of
        the unit's known point from the polygon; null where no point is known.
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
    said = max((one for one in _kinds() if name.startswith(one + " ")), key=len, default="")
    return _kinds().get(said, ""), name.removeprefix(said).lstrip()


@lru_cache
def _kinds() -> dict[str, str]:
    """Return the words of kinds of areas and the kinds, both folded."""
    said = unit_types.words("commune") | unit_types.words("district", plain=True)
    return {folded(word): folded(kind) for word, kind in said.items()}


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
    itself; one that was cut off to fit its field matches the one unit that begins so.

    Of a province whose units have no known points, the file's own words decide which features are
    of other provinces, and among several of one unit, which lie with the rest.

    Raises
    ------
    BoundariesError
        When no column holds codes or names of the year's units.
    """
    known = _known(year)
    units = _Units(known, _names(year))
    columns = _text_columns(frame)
    code_column = _code_column(frame, set(known["commune_code"]))
    name_column = _best(columns, {bare for _, bare in units.names}, [code_column or ""])
    if code_column is None and name_column is None:
        raise BoundariesError(_nothing_known(frame))
    wanted = {folded(name) for name in known["district_name"].dropna()}
    district_column = _best(columns, wanted, [name_column or "", code_column or ""])
    codes = _as_codes(frame[code_column]) if code_column is not None else None
    rows: list[tuple[int, str, str, str, float]] = []
    lost: list[tuple[int, str, str]] = []
    others = set() if units.placed else _of_other_provinces(columns, name_column, district_column)
    elsewhere = len(others)
    for number in range(len(frame)):
        if number in others:
            continue
        shape = frame.geometry.iloc[number]
        label = str(frame[name_column].iloc[number]) if name_column else ""
        code = codes.iloc[number] if codes is not None else None
        how, reason = "code", "code unknown in that year"
        if pd.isna(code) or code not in units.points:
            code, how = None, "name"
            if name_column is not None:
                said = _Said(
                    columns[name_column].iloc[number],
                    columns[district_column].iloc[number] if district_column else "",
                    _kind_said(columns, number),
                    number in frame.attrs.get("cut", {}).get(name_column, ()),
                )
                code, how, reason = units.by_name(said, shape)
            if code is None:
                if units.near(shape) or not units.placed:
                    lost.append((number, label, reason))
                else:
                    elsewhere += 1
                continue
        distance = float(shape.distance(units.points[code])) if units.placed else float("nan")
        if how != "code" and distance > 20 * FAR_M:
            elsewhere += 1  # a namesake in another province
            continue
        rows.append((number, str(code), label, how, distance))
    if not units.placed:
        strays = _strays(frame, rows)
        rows = [row for row in rows if row[0] not in strays]
        within = frame.geometry.iloc[[row[0] for row in rows]].union_all().convex_hull
        kept = [one for one in lost if not rows or within.intersects(frame.geometry.iloc[one[0]])]
        elsewhere += len(strays) + len(lost) - len(kept)
        lost = kept
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


def _of_other_provinces(
    columns: Mapping[str, pd.Series], name_column: str | None, district_column: str | None
) -> set[int]:
    """Return the numbers of features that a column of provinces says are of another one."""
    own = folded(areas.territory())
    for column, values in columns.items():
        bare = values.map(lambda value: _without_type(value)[1].removeprefix("tinh "))
        if column not in (name_column, district_column) and (bare == own).any():
            return set(np.flatnonzero((bare != own) & (bare != "")).tolist())
    return set()


def _strays(frame: GeoDataFrame, rows: Sequence[tuple[int, str, str, str, float]]) -> set[int]:
    """Return features named as a unit of which another lies much nearer to the middle of all."""
    counts = Counter(code for _, code, *_ in rows)
    middles = frame.geometry.centroid
    alone = middles.iloc[[number for number, code, *_ in rows if counts[code] == 1]]
    if alone.empty:
        return set()
    away = np.hypot(middles.x - alone.x.median(), middles.y - alone.y.median())
    nearest = {code: min(away.iloc[n] for n, own, *_ in rows if own == code) for code in counts}
    return {
        number
        for number, code, _, how, _ in rows
        if how != "code" and away.iloc[number] > nearest[code] + 20 * FAR_M
    }


def _nothing_known(frame: GeoDataFrame) -> str:
    """Say why no column tells the units; letters read wrongly are the likeliest reason."""
    held = ", ".join(str(column) for column in frame.columns.drop(frame.geometry.name))
    said = f"no column of the file holds GSO codes or names of communes; it has {held or 'none'}"
    if frame.attrs.get("letters") in GUESSED:
        said += (
            ". The letters of its names are damaged: the .cpg file that says how they are stored "
            "is missing. Export it again in UTF-8"
        )
    return said


def _kind_said(columns: Mapping[str, pd.Series], number: int) -> str:
    """Return the type of unit a row says in a column of its own."""
    for values in columns.values():
        if values.iloc[number] in map(folded, unit_types.named("commune")):
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


class _Said(NamedTuple):
    """What a feature says of itself, folded."""

    name: str
    district: str
    kind: str
    cut: bool
    """Whether the name may have lost its end."""


class _Units:
    """The units of a year, by name and by place."""

    def __init__(
        self, known: GeoDataFrame, names: dict[tuple[str, str], list[tuple[str, str, str]]]
    ) -> None:
        import shapely

        self.names = names
        self.points = dict(zip(known["commune_code"], known.geometry, strict=True))
        self.tree = shapely.STRtree(list(self.points.values()))
        self.placed = bool(known["lon"].notna().any())
        """Whether it is known where the units lie."""

    def near(self, shape: BaseGeometry) -> bool:
        """Whether the known point of any unit lies in a shape."""
        return len(self.tree.query(shape, predicate="intersects")) > 0

    def by_name(self, said: _Said, shape: BaseGeometry) -> tuple[str | None, str, str]:
        """Return the unit of a name, how it was found, and why none was."""
        stated, bare = _without_type(said.name)
        place = _without_type(said.district)[1]
        for asked in (bare, said.name):
            candidates = self.names.get((place, asked), [])
            how = ""
            if not candidates and said.cut and len(asked) >= 3:
                candidates = [
                    one
                    for (district, name), listed in self.names.items()
                    if district == place and name.startswith(asked)
                    for one in listed
                ]
                how = "beginning"
            if not candidates:
                continue
            written = [c for c in candidates if c[2] == "name"] or candidates
            typed = [c for c in written if c[1] == (stated or said.kind)] or written
            inside = [c for c in typed if shape.covers(self.points[c[0]])]
            chosen = typed if len(typed) == 1 else inside
            if len(chosen) == 1:
                return chosen[0][0], how or chosen[0][2], ""
            return None, "name", f"{len(typed)} units bear this name"
        from rapidfuzz import process

        near = process.extract(bare, sorted({n for d, n in self.names if d == place}), limit=2)
        hint = ", ".join(text for text, score, _ in near if score >= 80)
        return None, "name", "no unit of this name" + (f"; near: {hint}" if hint else "")
