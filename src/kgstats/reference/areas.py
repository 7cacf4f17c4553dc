"""Administrative areas of a province with their validity, predecessors and successors.

A commune-level unit (xã, phường, thị trấn; đặc khu since 2025) is known by its code in the list
of the General Statistics Office, but a code alone does not say which territory is meant: codes
are kept by mergers and given to other units. Everything here therefore takes a year (the units
valid on its 31 December) or a date.

Of the province that ships in full the first list is that of 15 October 2017 (145 units, 118 of
them xã). Changes since then stand in ``data/admin_changes_*.csv``; a new resolution is new rows
there and no change of code. Of the other provinces the same first list and every change are in
``data/areas``, made by rules from the lists of each day (``tools/gazetteer.py``). Since 1 July
2025 there are no districts, and most provinces are a part of another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import numpy as np
import pandas as pd

from kgstats.reference import unit_types
from kgstats.reference.province import ANCHOR as ANCHOR
from kgstats.reference.province import current as province_of_workspace
from kgstats.reference.province import split_type
from kgstats.reference.refusal import Refusal
from kgstats.reference.tables import records, table

CHANGE_FILES = ("admin_changes_2018", "admin_changes_2019_2025")

_RATE_ENDINGS = ("_pct", "_pp", "_rate", "_share", "_mean", "_ratio", "_index")

UNIT_COLUMNS = [
    "commune_code",
    "name",
    "type",
    "district_code",
    "district_name",
    "district_type",
    "province",
    "lon",
    "lat",
    "population_2019",
    "area_km2",
    "valid_from",
    "valid_to",
]


class NoAreasForYear(Refusal):
    """No list of areas is known for the year or date asked for."""


class NoDistricts(NoAreasForYear):
    """No district stood at the end of the year asked for, and so none owes a return."""


class DifferentAreas(Refusal):
    """The same code stands for different territories in the years asked for."""


class CannotCarry(Refusal):
    """Values cannot be carried to the areas of another year without inventing numbers."""


@dataclass(frozen=True)
class _Version:
    """One unit between two changes."""

    code: str
    name: str
    type: str
    district_code: str | None
    district_name: str | None
    district_type: str | None
    province: str
    valid_from: dt.date
    members: tuple[str, ...]
    """The units of the first list that make up its territory, wholly or in part."""
    territory: int
    """Number of the territory: the same as long as only names and types change."""
    valid_to: dt.date | None = None


@dataclass
class _History:
    versions: list[_Version] = field(default_factory=list)
    edges: list[tuple[int, int]] = field(default_factory=list)
    """Pairs (territory before, territory after) of every change of territory."""


def first_list() -> dt.date:
    """Return the date from which units are known."""
    return dt.date(2017, 10, 15)


def territory() -> str:
    """Return the name of the whole area, also since it is a part of another province.

    >>> territory()
    'Kiên Giang'
    """
    return province_of_workspace().name


@lru_cache
def _commune_changes() -> tuple[dict[str, str], ...]:
    """Read the changes of commune-level units in the order in which they took effect."""
    rows = [row for name in CHANGE_FILES for row in records(name) if row["level"] == "commune"]
    return tuple(sorted(rows, key=lambda row: row["effective_date"]))


@lru_cache
def _gazetteer() -> pd.DataFrame:
    frame = table("communes_2019")
    frame["population_2019"] = frame["population_2019"].astype("Int64")
    for column in ("lon", "lat", "area_km2"):
        frame[column] = frame[column].astype("Float64").astype("float64")
    return frame


def _first_list() -> dict[str, _Version]:
    """Return the units of the first list: as listed, or the changes up to the anchor undone."""
    versions: dict[str, _Version] = {}
    own = province_of_workspace().first_units()
    for number, row in enumerate(records("communes_2019") if own is None else own):
        code = row["commune_code"]
        versions[code] = _Version(
            code=code,
            name=row["name"],
            type=row["type"],
            district_code=row["district_code"],
            district_name=row["district_name"],
            district_type=row["district_type"],
            province=territory(),
            valid_from=first_list(),
            members=(code,),
            territory=number,
        )
    for row in reversed(_commune_changes() if own is None else ()):
        if row["effective_date"] > ANCHOR.isoformat():
            continue
        code = row["old_code"]
        if code != row["new_code"] or row["change"] not in ("retype", "parent_retype"):
            raise ValueError(
                f"change of {code} on {row['effective_date']} cannot be undone from the list "
                f"of {ANCHOR.isoformat()}: only changes of type are allowed before that date"
            )
        kind, district = split_type(row["old_parent"])
        versions[code] = replace(
            versions[code],
            name=row["old_name"],
            type=row["old_type"],
            district_code=row["old_parent_code"],
            district_name=district,
            district_type=kind,
        )
    return versions


@lru_cache
def _history() -> _History:
    history = _History()
    current = _first_list()
    numbers = len(current)
    for effective, rows in groupby(_commune_changes(), key=itemgetter("effective_date")):
        day = dt.date.fromisoformat(effective)
        sources: dict[str, list[str]] = {}
        target: dict[str, dict[str, str]] = {}
        for row in rows:
            if not row["old_code"]:  # nothing is known of what it was made from
                target[row["new_code"]] = row
                sources.setdefault(row["new_code"], [])
                continue
            if row["old_code"] not in current:
                raise ValueError(
                    f"change of {row['old_code']} on {effective}: no unit of that code is valid"
                )
            sources.setdefault(row["new_code"], []).append(row["old_code"])
            if row["new_code"]:
                target[row["new_code"]] = row
        gone = sorted({code for codes in sources.values() for code in codes})
        parts = {code: sum(code in codes for codes in sources.values()) for code in gone}
        after = {code: version for code, version in current.items() if code not in parts}
        eve = day - dt.timedelta(days=1)
        history.versions.extend(replace(current[code], valid_to=eve) for code in gone)
        for new_code, row in target.items():
            olds = [current[code] for code in dict.fromkeys(sources[new_code])]
            if len(olds) == 1 and parts[olds[0].code] == 1:
                territory = olds[0].territory
            else:
                territory, numbers = numbers, numbers + 1
                history.edges.extend((old.territory, territory) for old in olds)
            parent_type, parent_name = split_type(row["new_parent"])
            in_district = len(row["new_parent_code"]) > 2
            after[new_code] = _Version(
                code=new_code,
                name=row["new_name"],
                type=row["new_type"],
                district_code=row["new_parent_code"] if in_district else None,
                district_name=parent_name if in_district else None,
                district_type=parent_type if in_district else None,
                province=province_of_workspace().name if in_district else parent_name,
                valid_from=day,
                members=tuple(sorted({member for old in olds for member in old.members})),
                territory=territory,
            )
        current = after
    history.versions.extend(current.values())
    return history


def _valid_on(day: dt.date) -> list[_Version]:
    if day < first_list():
        raise NoAreasForYear(
            f"no list of areas is known for {day.isoformat()}: "
            f"the first one is that of {first_list().isoformat()}"
        )
    valid = [
        version
        for version in _history().versions
        if version.valid_from <= day and (version.valid_to is None or day <= version.valid_to)
    ]
    return sorted(valid, key=lambda version: (version.district_code or "", version.code))


def _year_end(year: int) -> dt.date:
    return dt.date(int(year), 12, 31)


@lru_cache
def _measured() -> dict[str, tuple[float, float, int, float]]:
    """Return lon, lat, population and area of the units that ship with them, by code."""
    columns = ["commune_code", "lon", "lat", "population_2019", "area_km2"]
    known = _gazetteer()[columns].dropna()
    return {
        code: (*point, int(people), km2)
        for code, *point, people, km2 in known.itertuples(index=False, name=None)
    }


def _as_frame(versions: Iterable[_Version]) -> pd.DataFrame:
    measured = _measured()
    rows = []
    for version in versions:
        members = [measured[code] for code in version.members if code in measured]
        # A merged unit keeps a point that is inside it: that of its most populous member.
        lon, lat, *_ = max(members, key=itemgetter(2), default=(np.nan, np.nan))
        rows.append(
            (
                version.code,
                version.name,
                version.type,
                version.district_code,
                version.district_name,
                version.district_type,
                version.province,
                lon,
                lat,
                sum(one[2] for one in members) if members else None,
                round(sum(one[3] for one in members), 2) if members else np.nan,
                version.valid_from,
                version.valid_to,
            )
        )
    frame = pd.DataFrame(rows, columns=UNIT_COLUMNS)
    texts = ["commune_code", "name", "type", "province"]
    texts += ["district_code", "district_name", "district_type"]
    frame = frame.astype(dict.fromkeys(texts, "string"))
    frame["population_2019"] = frame["population_2019"].astype("Int64")
    frame["lon"] = frame["lon"].astype("float64")
    frame["lat"] = frame["lat"].astype("float64")
    frame["area_km2"] = frame["area_km2"].astype("float64")
    frame["valid_from"] = pd.to_datetime(frame["valid_from"]).astype("datetime64[s]")
    frame["valid_to"] = pd.to_datetime(frame["valid_to"]).astype("datetime64[s]")
    return frame


@lru_cache
def _units_on(day: dt.date) -> pd.DataFrame:
    return _as_frame(_valid_on(day))


def units_on(day: dt.date | str) -> pd.DataFrame:
    """Return the commune-level units valid on a day.

    Parameters
    ----------
    day
        A date, or its text ``YYYY-MM-DD``.

    Returns
    -------
    pandas.DataFrame
        One row per unit, by district and code, with the columns ``UNIT_COLUMNS``.
        ``lon``/``lat`` (WGS 84) is a point inside the unit (of a merged unit: of its most
        populous member); ``population_2019`` (census of 1 April 2019) and ``area_km2`` are sums
        over the units of 2019 that make it up. ``area_km2`` is good enough for a schematic map,
        not for statistics. ``district_*`` are null since 1 July 2025. ``valid_to`` is the last
        day of validity, null for a unit still valid.

    Raises
    ------
    NoAreasForYear
        Before 15 October 2017.

    Examples
    --------
    >>> before = units_on("2018-10-31")
    >>> before.loc[before["name"] == "Mỹ Đức", "type"].item()
    'xã'
    """
    return _units_on(dt.date.fromisoformat(day) if isinstance(day, str) else day).copy()


def units(year: int) -> pd.DataFrame:
    """Return the commune-level units valid on 31 December of a year.

    145 units at the end of 2017 to 2020, 144 from 2021, 143 from 2024, 48 (of An Giang, the
    former Kiên Giang's part) from 2025. Columns and errors as in :func:`units_on`.

    >>> [len(units(year)) for year in (2018, 2019, 2020, 2021, 2024, 2025)]
    [145, 145, 145, 144, 143, 48]
    """
    return units_on(_year_end(year))


def rural(year: int) -> pd.DataFrame:
    """Return the rural communes (xã) of a year: the base of the new-rural programme.

    Wards and townships are outside the programme. Columns as in :func:`units`.

    >>> len(rural(2019))
    117
    """
    frame = units(year)
    return frame[frame["type"].isin(unit_types.named("commune", "rural"))].reset_index(drop=True)


def rural_base(year: int) -> int:
    """Return the number of rural communes (xã) valid on 31 December of a year.

    >>> {year: rural_base(year) for year in (2017, 2018, 2019, 2020, 2021)}
    {2017: 118, 2018: 117, 2019: 117, 2020: 117, 2021: 116}
    """
    return len(rural(year))


def districts(year: int) -> pd.DataFrame:
    r"""Return the districts valid on 31 December of a year.

    Returns
    -------
    pandas.DataFrame
        ``district_code, district_name, district_type, units, rural_communes, wards,
        townships, population_2019, area_km2``, by code. Without rows from 2025: districts were
        abolished on 1 July 2025.

    Examples
    --------
    >>> districts(2019)[["district_name", "units", "rural_communes"]].head(2).to_csv(index=False)
    'district_name,units,rural_communes\nRạch Giá,12,1\nHà Tiên,7,2\n'
    """
    return _districts(int(year)).copy()


def reporting(year: int) -> pd.DataFrame:
    """Return the districts that owe returns of a year, as :func:`districts` does.

    Raises
    ------
    NoDistricts
        Where there was none at the year's end.

    Examples
    --------
    >>> reporting(2025)
    Traceback (most recent call last):
    ...
    kgstats.reference.areas.NoDistricts: Kiên Giang had no districts at the end of 2025: \
there are no returns of districts
    """
    found = districts(year)
    if found.empty:
        raise NoDistricts(
            f"{territory()} had no districts at the end of {year}: "
            "there are no returns of districts"
        )
    return found


@lru_cache
def _districts(year: int) -> pd.DataFrame:
    frame = units(year).dropna(subset=["district_code"])
    keys = ["district_code", "district_name", "district_type"]
    grouped = frame.assign(
        units=1,
        rural_communes=frame["type"].isin(unit_types.named("commune", "rural")).astype("Int64"),
        wards=(frame["type"] == "phường").astype("Int64"),
        townships=(frame["type"] == "thị trấn").astype("Int64"),
    ).groupby(keys, sort=True)
    counts = ["units", "rural_communes", "wards", "townships", "population_2019"]
    result = grouped[[*counts, "area_km2"]].sum(min_count=1).reset_index()
    result["area_km2"] = result["area_km2"].round(2)
    return result.astype(dict.fromkeys(counts, "Int64"))


def province(year: int) -> str:
    """Return the name of the province the area belongs to at the end of a year.

    >>> province(2019), province(2025)
    ('Kiên Giang', 'An Giang')
    """
    return _valid_on(_year_end(year))[0].province


def aliases() -> pd.DataFrame:
    """Return the other spellings under which units of 2019 are found in files.

    Returns
    -------
    pandas.DataFrame
        ``commune_code, name, district_code, district_name, alias, kind``; ``kind`` says why
        (abbreviation, tone placement, misspelling, numeral, variant, disambiguation).
    """
    codes = _gazetteer()[["commune_code", "district_code"]]
    frame = table("commune_aliases").rename(columns={"district": "district_name"})
    frame = frame.merge(codes, on="commune_code", how="left", validate="many_to_one")
    return frame[["commune_code", "name", "district_code", "district_name", "alias", "kind"]]


def periods() -> pd.DataFrame:
    """Return every unit with the interval in which it had that name, type and territory.

    Columns as in :func:`units_on`, one row per unit and interval, by code and first day.
    """
    ordered = sorted(_history().versions, key=lambda version: (version.code, version.valid_from))
    return _as_frame(ordered)


def changes() -> pd.DataFrame:
    """Return the administrative changes since 2017 as the resolutions state them.

    Returns
    -------
    pandas.DataFrame
        One row per unit that ended or changed: ``level, old_code, old_type, old_name,
        old_parent, change, new_code, new_type, new_name, new_parent, effective_date,
        legal_document``. ``new_*`` are null where the tier itself was abolished.
    """
    frame = pd.concat([table(name) for name in CHANGE_FILES], ignore_index=True)
    frame = frame.sort_values("effective_date", kind="stable", ignore_index=True)
    frame["effective_date"] = pd.to_datetime(frame["effective_date"]).astype("datetime64[s]")
    columns = ["level", "old_code", "old_type", "old_name", "old_parent", "change"]
    columns += ["new_code", "new_type", "new_name", "new_parent"]
    return frame[[*columns, "effective_date", "legal_document"]]


def members(year: int) -> pd.DataFrame:
    """Return which units of the 2019 map make up each unit of a year.

    Returns
    -------
    pandas.DataFrame
        ``commune_code`` (of the year) and ``member_code`` (of 2019), one row per member: to draw
        the year's areas by dissolving those of 2019. In a year before 2019 a unit is a part of
        its member.
    """
    rows = [(unit.code, of_2019.code) for of_2019, unit in _pairs(ANCHOR.year, year)]
    return pd.DataFrame(rows, columns=["commune_code", "member_code"], dtype="string")


def _forward(from_day: dt.date, to_day: dt.date) -> list[tuple[_Version, _Version]]:
    """Pair each unit of the earlier day with every unit of the later day that took part of it."""
    following: dict[int, list[int]] = {}
    for before, after in _history().edges:
        following.setdefault(before, []).append(after)
    later = {version.territory: version for version in _valid_on(to_day)}
    pairs: list[tuple[_Version, _Version]] = []
    for version in _valid_on(from_day):
        seen: list[int] = []
        todo = [version.territory]
        while todo:
            territory = todo.pop(0)
            if territory in later:
                if territory not in seen:
                    seen.append(territory)
            else:
                todo.extend(following.get(territory, []))
        pairs.extend((version, later[territory]) for territory in seen)
    return pairs


@lru_cache
def _pairs(from_year: int, to_year: int) -> tuple[tuple[_Version, _Version], ...]:
    start, end = _year_end(from_year), _year_end(to_year)
    if start <= end:
        return tuple(_forward(start, end))
    return tuple((after, before) for before, after in _forward(end, start))


def successions(from_year: int, to_year: int) -> pd.DataFrame:
    """Return which units of one year went into which units of another.

    Works in both directions of time. ``relation`` says what happened between the two lists:

    - ``same``: the same territory under the same name and type;
    - ``renamed``: the same territory, another name or type or code;
    - ``merged``: wholly inside a larger unit of the other year;
    - ``split``: its territory belongs to several units of the other year.

    Returns
    -------
    pandas.DataFrame
        ``from_code, from_name, from_type, to_code, to_name, to_type, relation``.

    Examples
    --------
    >>> rows = successions(2020, 2021)
    >>> rows.loc[rows["relation"] == "merged", ["from_name", "to_name"]].values.tolist()
    [['An Thới', 'An Thới'], ['Hòn Thơm', 'An Thới']]
    """
    pairs = _pairs(from_year, to_year)
    spread: dict[str, int] = {}
    for before, _ in pairs:
        spread[before.code] = spread.get(before.code, 0) + 1
    rows = []
    for before, after in pairs:
        if spread[before.code] > 1:
            relation = "split"
        elif before.territory != after.territory:
            relation = "merged"
        elif (before.code, before.name, before.type) == (after.code, after.name, after.type):
            relation = "same"
        else:
            relation = "renamed"
        rows.append(
            (
                before.code,
                before.name,
                before.type,
                after.code,
                after.name,
                after.type,
                relation,
            )
        )
    columns = ["from_code", "from_name", "from_type", "to_code", "to_name", "to_type", "relation"]
    return pd.DataFrame(rows, columns=columns, dtype="string")


def _one(code: str, year: int) -> _Version:
    for version in _valid_on(_year_end(year)):
        if version.code == code:
            return version
    raise NoAreasForYear(f"no commune-level unit had the code {code} at the end of {year}")


def successors(code: str, year: int, to_year: int) -> pd.DataFrame:
    """Return the units of ``to_year`` that hold the territory a unit had at the end of ``year``.

    Columns as in :func:`successions`.

    >>> successors("31099", 2019, 2025)[["to_code", "to_name"]].values.tolist()
    [['31078', 'Phú Quốc']]
    """
    _one(code, year)
    frame = successions(year, to_year)
    return frame[frame["from_code"] == code].reset_index(drop=True)


def predecessors(code: str, year: int, from_year: int) -> pd.DataFrame:
    """Return the units of ``from_year`` from which a unit of ``year`` was made.

    Columns as in :func:`successions`.

    >>> predecessors("30760", 2025, 2019)["from_name"].tolist()
    ['Vĩnh Thông', 'Phi Thông', 'Mỹ Lâm']
    """
    _one(code, year)
    frame = successions(from_year, year)
    return frame[frame["to_code"] == code].reset_index(drop=True)


def _listed(names: Sequence[str], limit: int = 8) -> str:
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


@lru_cache(maxsize=1 << 12)
def same_place(code: str, year_a: int, year_b: int) -> bool:
    """Whether a code stands for the same territory in two years, as far as both are known.

    >>> same_place("31081", 2019, 2020), same_place("31081", 2020, 2021)
    (True, False)
    """
    try:
        join_guard(year_a, year_b, [code])
    except (DifferentAreas, NoAreasForYear):
        return False
    return True


def join_guard(year_a: int, year_b: int, codes: Iterable[str] | None = None) -> None:
    """Refuse to join the communes of two years by code where a code changed its territory.

    Parameters
    ----------
    year_a, year_b
        The years whose lists the two tables follow.
    codes
        The codes to be joined; by default all codes that occur in both lists.

    Raises
    ------
    DifferentAreas
        When one of the codes stands for another territory in the other year, with the units and
        what to do instead. A change of name or type alone is no obstacle.

    Examples
    --------
    >>> join_guard(2019, 2020)
    >>> join_guard(2020, 2021)
    Traceback (most recent call last):
    ...
    kgstats.reference.areas.DifferentAreas: communes of 2020 and 2021 cannot be joined by code: \
1 of the 144 common codes stands for another territory, 0 of them for a unit of another name \
(31081 An Thới). Carry the counts to one year's areas first: areas.carry(frame, "commune_code", \
[...], from_year=2020, to_year=2021)
    """
    earlier, later = sorted((int(year_a), int(year_b)))
    before = {version.code: version for version in _valid_on(_year_end(earlier))}
    after = {version.code: version for version in _valid_on(_year_end(later))}
    common = [code for code in before if code in after]
    if codes is not None:
        wanted = {str(code) for code in codes}
        common = [code for code in common if code in wanted]
    moved = [code for code in common if before[code].territory != after[code].territory]
    if not moved:
        return
    renamed = [code for code in moved if before[code].name != after[code].name]
    shown = [
        f"{code} {before[code].name}"
        + (f" → {after[code].name}" if before[code].name != after[code].name else "")
        for code in renamed + [code for code in moved if code not in renamed]
    ]
    verb = "stands" if len(moved) == 1 else "stand"
    raise DifferentAreas(
        f"communes of {earlier} and {later} cannot be joined by code: {len(moved)} of the "
        f"{len(common)} common codes {verb} for another territory, {len(renamed)} of them for a "
        f"unit of another name ({_listed(shown)}). Carry the counts to one year's areas first: "
        f'areas.carry(frame, "commune_code", [...], from_year={earlier}, to_year={later})'
    )


def join(
    left: pd.DataFrame,
    right: pd.DataFrame,
    left_year: int,
    right_year: int,
    code_column: str = "commune_code",
    how: str = "outer",
    suffixes: tuple[str, str] | None = None,
) -> pd.DataFrame:
    """Join two tables of communes by code, after making sure the codes mean the same areas.

    One row per code on each side. ``suffixes`` are ``_<year>`` unless given.

    Raises
    ------
    DifferentAreas
        As in :func:`join_guard`, for the codes in the tables.
    CannotCarry
        When a code occurs twice in one table, or is no unit of its year.
    """
    for frame, year in ((left, left_year), (right, right_year)):
        _check_codes(frame, code_column, year, ())
    codes = set(left[code_column]) | set(right[code_column])
    join_guard(left_year, right_year, codes)
    marks = suffixes or (f"_{left_year}", f"_{right_year}")
    return left.merge(
        right,
        on=code_column,
        how=how,
        suffixes=marks,
        validate="one_to_one",
        sort=True,
    )


def _check_codes(
    frame: pd.DataFrame, code_column: str, year: int, by: Sequence[str]
) -> dict[str, _Version]:
    known = {version.code: version for version in _valid_on(_year_end(year))}
    if code_column not in frame.columns:
        raise CannotCarry(f"the table has no column {code_column!r}")
    codes = frame[code_column].astype("string")
    if codes.isna().any():
        raise CannotCarry(f"{int(codes.isna().sum())} rows have no {code_column}")
    strange = sorted(set(codes) - set(known))
    if strange:
        raise CannotCarry(
            f"{len(strange)} codes are no commune-level units of {year}: {_listed(strange)}. "
            f"Is the table of another year?"
        )
    keys = pd.concat([codes, frame[list(by)]], axis=1)
    twice = sorted(set(codes[keys.duplicated()]))
    if twice:
        names = [f"{code} {known[code].name}" for code in twice]
        raise CannotCarry(f"units that occur twice would be counted twice: {_listed(names)}")
    return known


def _check_counts(frame: pd.DataFrame, value_columns: Sequence[str]) -> None:
    for column in value_columns:
        if column not in frame.columns:
            raise CannotCarry(f"the table has no column {column!r}")
        values = frame[column]
        whole = pd.api.types.is_integer_dtype(values.dtype)
        if column.endswith(_RATE_ENDINGS) or not whole:
            raise CannotCarry(
                f"{column!r} is not a count ({values.dtype}): only whole numbers add up over "
                f"areas. Carry the counts of a rate and compute it again"
            )


def carry(
    frame: pd.DataFrame,
    code_column: str,
    value_columns: Sequence[str],
    from_year: int,
    to_year: int,
    by: Sequence[str] = (),
) -> pd.DataFrame:
    """Carry counts from the areas of one year to those of another by summing whole units.

    Only whole units are added; nothing is ever divided. Rates cannot be carried: carry their
    counts and compute them again.

    Parameters
    ----------
    frame
        One row per unit (and per combination of ``by``).
    code_column
        Column with the commune codes of ``from_year``.
    value_columns
        Integer columns to add up; a null makes the sum of its unit null (absent is not zero).
    from_year, to_year
        Years whose lists of 31 December apply. Back in time works only where no unit has to be
        divided.
    by
        Further key columns (year, criterion, …) that are kept.

    Returns
    -------
    pandas.DataFrame
        ``by``, the code column (units of ``to_year``), ``name``, the values (Int64), and
        ``units_carried`` / ``units_expected``: how many units were added, and of how many the
        unit of ``to_year`` consists. Where a member is missing from ``frame`` the values are
        null: the sum of the others is not the unit's count.

    Raises
    ------
    CannotCarry
        For rates, for codes that are no units of ``from_year``, for units that occur twice, and
        for units that would have to be split, with their names.

    Examples
    --------
    >>> frame = units(2019)[["commune_code", "population_2019"]]
    >>> carried = carry(frame, "commune_code", ["population_2019"], 2019, 2025)
    >>> len(carried), int(carried["population_2019"].sum())
    (48, 1723067)
    """
    values, keys = list(value_columns), list(by)
    known = _check_codes(frame, code_column, from_year, keys)
    _check_counts(frame, values)
    codes = frame[code_column].astype("string")
    after, members = _whole_units(from_year, to_year, {code: known[code].name for code in codes})
    work = frame[[*keys, *values]].astype(dict.fromkeys(values, "Int64"))
    work[code_column] = codes.map({code: unit.code for code, unit in after.items()})
    grouped = work.groupby([*keys, code_column], sort=True, dropna=False)
    size = grouped.size()
    # Fewer values present than rows means that one is absent.
    sums = grouped[values].sum().where(grouped[values].count().eq(size, axis=0))
    result = sums.reset_index().assign(units_carried=size.to_numpy())
    result["units_expected"] = result[code_column].map(members)
    counted = ["units_carried", "units_expected"]
    result = result.astype(dict.fromkeys([*values, *counted], "Int64"))
    result[values] = result[values].where(result["units_carried"] == result["units_expected"])
    result[code_column] = result[code_column].astype("string")
    names = {unit.code: unit.name for unit in after.values()}
    result.insert(len(keys) + 1, "name", result[code_column].map(names).astype("string"))
    return result


def carriable(codes: Iterable[str], from_year: int, to_year: int) -> set[str]:
    """Return which units' counts can be carried to another year's areas as they are.

    Not those that were divided, and none of a district where it is not known what became of a
    unit: it may be a part of any that its neighbours are in.

    >>> areas_2019 = units(2019)["commune_code"]
    >>> carriable(areas_2019, 2019, 2025) == set(areas_2019)
    True
    """
    known = {version.code: version for version in _valid_on(_year_end(from_year))}
    targets: dict[str, int] = {}
    for before, _ in _pairs(from_year, to_year):
        targets[before.code] = targets.get(before.code, 0) + 1
    doubtful = {one.district_code for code, one in known.items() if code not in targets}
    return {
        code
        for code in codes
        if targets.get(code) == 1 and known[code].district_code not in doubtful
    }


def _whole_units(
    from_year: int, to_year: int, carried: Mapping[str, str]
) -> tuple[dict[str, _Version], dict[str, int]]:
    """Return the unit that each unit became, and of how many units each of those consists.

    Raises
    ------
    CannotCarry
        When one of those carried, names by code, became more than one.
    """
    target: dict[str, list[_Version]] = {}
    members: dict[str, int] = {}
    for before, after in _pairs(from_year, to_year):
        target.setdefault(before.code, []).append(after)
        members[after.code] = members.get(after.code, 0) + 1
    lost = sorted(code for code in carried if code not in target)
    if lost:
        raise CannotCarry(
            f"counts of {from_year} cannot be carried to the areas of {to_year}: what became of "
            f"{len(lost)} units is not known: {_listed([f'{c} {carried[c]}' for c in lost], 5)}"
        )
    split = sorted(code for code in carried if len(target[code]) > 1)
    if split:
        shown = [
            f"{code} {carried[code]} ({len(target[code])} units of {to_year})" for code in split
        ]
        raise CannotCarry(
            f"counts of {from_year} cannot be carried to the areas of {to_year}: "
            f"{len(split)} units would have to be divided: {_listed(shown, 5)}"
        )
    return {code: units[0] for code, units in target.items()}, members
