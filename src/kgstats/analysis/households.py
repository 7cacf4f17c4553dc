"""Counts of households by commune-level unit: checked, carried to other areas, grouped, paired.

The ground on which :mod:`kgstats.analysis.poverty` stands. A unit that did not report is kept
with absent counts; it is never a zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import pandas as pd

from kgstats.reference import areas, poverty_standards
from kgstats.reference.refusal import Refusal

COUNT_COLUMNS: tuple[str, ...] = (
    "households_hh",
    "ethnic_households_hh",
    "poor_start_hh",
    "poor_escaped_hh",
    "poor_fell_back_hh",
    "poor_new_hh",
    "poor_end_hh",
    "poor_income_hh",
    "poor_deprivation_hh",
    "ethnic_poor_end_hh",
    "near_poor_start_hh",
    "near_poor_escaped_hh",
    "near_poor_fell_back_hh",
    "near_poor_new_hh",
    "near_poor_end_hh",
    "ethnic_near_poor_end_hh",
)
"""Counts of households in the clean table."""

LEVELS: tuple[str, ...] = ("province", "area", "district", "district_area", "commune")
"""Levels of a table: the province; urban and rural; districts; both; commune-level units."""

KEYS: list[str] = ["level", "code", "name", "district_code", "area"]
"""Columns that say which area a row is about."""

AREAS: tuple[str, ...] = ("urban", "rural", "special")
"""Kinds of units: wards and townships; communes; special zones (đặc khu, since 2025)."""

_AREA_OF_TYPE = {"xã": "rural", "phường": "urban", "thị trấn": "urban", "đặc khu": "special"}


@dataclass(frozen=True)
class Measure:
    """A rate: households counted in ``count`` out of those in ``base``."""

    name: str
    count: str
    base: str


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("poor", "poor_end_hh", "households_hh"),
        Measure("near_poor", "near_poor_end_hh", "households_hh"),
        Measure("ethnic_poor", "ethnic_poor_end_hh", "ethnic_households_hh"),
        Measure("ethnic_near_poor", "ethnic_near_poor_end_hh", "ethnic_households_hh"),
    )
}


class PovertyError(Refusal):
    """The table of poverty cannot be used as it is; the message says where and what to do."""


def together(*frames: pd.DataFrame) -> pd.DataFrame:
    """Put the tables of several years below each other, after checking each.

    Parameters
    ----------
    *frames
        Clean tables ``poverty``, of one or several years each.

    Returns
    -------
    pandas.DataFrame
        ``year, commune_code`` and ``COUNT_COLUMNS``, by year and code; counts as Int64.
        Stated percentages are left behind: rates are computed again.

    Raises
    ------
    PovertyError
        When a column is missing, a count is negative, a unit occurs twice in a year, or a code
        is no commune-level unit of its year.
    """
    if not frames:
        raise PovertyError("no table of poverty was given")
    frame = pd.concat(frames, ignore_index=True)
    missing = [c for c in ("year", "commune_code", *COUNT_COLUMNS) if c not in frame.columns]
    if missing:
        raise PovertyError(f"the table of poverty has no column {', '.join(missing)}")
    frame = frame[["year", "commune_code", *COUNT_COLUMNS]].astype(
        {"year": "Int64", "commune_code": "string", **dict.fromkeys(COUNT_COLUMNS, "Int64")}
    )
    for column in COUNT_COLUMNS:
        negative = frame[frame[column].fillna(0) < 0]
        if len(negative):
            row = negative.iloc[0]
            raise PovertyError(
                f"{column} is negative in {row['commune_code']} in {row['year']}: {row[column]}"
            )
    twice = frame[frame.duplicated(["year", "commune_code"])]
    if len(twice):
        row = twice.iloc[0]
        raise PovertyError(f"{row['commune_code']} occurs twice in {row['year']}")
    for year, rows in frame.groupby("year"):
        known = set(areas.units(int(str(year)))["commune_code"])
        strange = sorted(set(rows["commune_code"]) - known)
        if strange:
            raise PovertyError(
                f"{len(strange)} codes are no commune-level units of {year}: "
                f"{', '.join(strange[:5])}. Is the table of another year?"
            )
    return frame.sort_values(["year", "commune_code"], ignore_index=True)


def years_of(frame: pd.DataFrame) -> list[int]:
    """Return the years of a table, in order."""
    return sorted({int(year) for year in frame["year"]})


def year_of(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the rows of one year.

    Raises
    ------
    PovertyError
        When there are none, naming the years there are.
    """
    rows = frame[frame["year"] == year]
    if rows.empty:
        there = ", ".join(str(one) for one in years_of(frame))
        raise PovertyError(f"there is no table of poverty for {year} (there are: {there})")
    return rows


def list_year_of(rows: pd.DataFrame, year: int) -> int:
    """Return the year whose list of areas the rows follow: their own, unless carried."""
    return int(rows["areas_year"].iloc[0]) if "areas_year" in rows.columns else year


def carried(frame: pd.DataFrame, to_year: int) -> pd.DataFrame:
    """Carry the counts of every year to the areas of one year, by summing whole units.

    Parameters
    ----------
    frame
        Counts by commune-level unit and year: see :func:`together`.
    to_year
        Year whose units of 31 December are wanted.

    Returns
    -------
    pandas.DataFrame
        As ``frame``, with the codes of ``to_year`` and a column ``areas_year``. A unit of which
        a part was not reported has null counts.

    Raises
    ------
    kgstats.reference.areas.CannotCarry
        Where a unit would have to be divided.

    Examples
    --------
    >>> from kgstats.sample.truth import truth
    >>> on_2025 = carried(together(truth(2019)["poverty"]), 2025)
    >>> len(on_2025), int(on_2025["poor_end_hh"].sum())
    (48, 12118)
    """
    pieces = []
    for year in years_of(frame):
        rows = year_of(frame, year)
        columns = [column for column in COUNT_COLUMNS if column in rows.columns]
        start = list_year_of(rows, year)
        moved = areas.carry(rows, "commune_code", columns, start, to_year)
        moved = moved.drop(columns=["name", "units_carried", "units_expected"])
        pieces.append(moved.assign(year=year))
    result = pd.concat(pieces, ignore_index=True)
    result["areas_year"] = to_year
    result = result.astype({"year": "Int64", "areas_year": "Int64"})
    return result[["year", "areas_year", *[c for c in result if c not in ("year", "areas_year")]]]


@dataclass(frozen=True)
class Unit:
    """One commune-level unit with its counts; a count that was not reported is None."""

    code: str
    name: str
    district_code: str | None
    district_name: str | None
    area: str
    counts: Mapping[str, int | None]

    def reported(self, columns: Sequence[str]) -> tuple[int, ...] | None:
        """Return these counts when all of them were reported."""
        values = tuple(self.counts.get(column) for column in columns)
        return None if None in values else values  # type: ignore[return-value]


Seen = Callable[[int, str, str, str, int], int | None]
"""How readers get a count: year, level, code, column and count give the count or None."""


def exact(year: int, level: str, code: str, column: str, value: int) -> int | None:
    """Show every count as it is."""
    return value


Group = tuple[dict[str, Any], list[Unit]]
"""An area of a level: what it is called (``KEYS``), and its units."""


def units_of(frame: pd.DataFrame, year: int) -> tuple[list[Unit], int]:
    """Return every unit of a year's list with its counts, and the year of the list.

    Units of the list without a row have no counts.
    """
    rows = year_of(frame, year)
    list_year = list_year_of(rows, year)
    columns = [column for column in COUNT_COLUMNS if column in rows.columns]
    held: dict[str, dict[str, int | None]] = {}
    for row in rows[["commune_code", *columns]].to_dict("records"):
        code = str(row["commune_code"])
        held[code] = {
            column: None if pd.isna(row[column]) else int(row[column]) for column in columns
        }
    return _listed(held, list_year), list_year


@lru_cache(maxsize=16)
def _places(list_year: int) -> tuple[tuple[str, str, str | None, str | None, str], ...]:
    """Return code, name, district code and name, and kind of area of every unit of a list."""
    rows = []
    for place in areas.units(list_year).to_dict("records"):
        district = None if pd.isna(place["district_code"]) else str(place["district_code"])
        name = None if district is None else str(place["district_name"])
        kind = _AREA_OF_TYPE[str(place["type"])]
        rows.append((str(place["commune_code"]), str(place["name"]), district, name, kind))
    return tuple(rows)


def _listed(held: Mapping[str, Mapping[str, int | None]], list_year: int) -> list[Unit]:
    return [Unit(*place, counts=held.get(place[0], {})) for place in _places(list_year)]


def groups(units: Sequence[Unit], by: str, list_year: int) -> list[Group]:
    """Gather units into the areas of a level, in the order of publication.

    Raises
    ------
    PovertyError
        For another level, or for districts after they were abolished.
    """
    if by not in LEVELS:
        raise PovertyError(f"there is no level {by!r}: use one of {', '.join(LEVELS)}")
    if by in ("district", "district_area") and all(unit.district_code is None for unit in units):
        raise PovertyError(
            f"there were no districts at the end of {list_year}: use the level commune or province"
        )
    found: dict[str, Group] = {}
    for unit in sorted(units, key=lambda unit: _place(unit, by)):
        code: str | None
        if by == "province":
            code, name = "91", areas.TERRITORY
        elif by == "area":
            code, name = unit.area, None
        elif by == "commune":
            code, name = unit.code, unit.name
        elif by == "district":
            code, name = unit.district_code, unit.district_name
        else:
            code, name = f"{unit.district_code}-{unit.area}", unit.district_name
        key = {
            "level": by,
            "code": code,
            "name": name,
            "district_code": unit.district_code if by not in ("province", "area") else None,
            "area": unit.area if by in ("area", "district_area", "commune") else None,
        }
        found.setdefault(str(code), (key, []))[1].append(unit)
    return list(found.values())


def _place(unit: Unit, by: str) -> tuple[Any, ...]:
    district, area = unit.district_code or "", AREAS.index(unit.area)
    if by == "area":
        return (area, district, unit.code)
    if by == "district_area":
        return (district, area, unit.code)
    return (district, unit.code)


def sums(units: Sequence[Unit], columns: Sequence[str]) -> tuple[tuple[int, ...], int]:
    """Sum columns over the units that report all of them; and how many units these are."""
    reported = [values for unit in units if (values := unit.reported(columns)) is not None]
    totals = tuple(sum(column) for column in zip(*reported, strict=True))
    return totals or tuple(0 for _ in columns), len(reported)


def total(units: Sequence[Unit], column: str) -> int | None:
    """Sum a column over the units that report it; None when none does."""
    values = [value for unit in units if (value := unit.counts.get(column)) is not None]
    return sum(values) if values else None


@dataclass(frozen=True)
class Pair:
    """Two years of the same units, on one list of areas."""

    units: list[Unit]
    """Counts of both years: columns ending in ``_before`` and ``_after``."""
    list_year: int

    def groups(self, by: str) -> list[Group]:
        """Gather the units into the areas of a level."""
        return groups(self.units, by, self.list_year)


def pair(frame: pd.DataFrame, before: int, after: int, areas_year: int | None = None) -> Pair:
    """Pair the counts of two years, unit by unit; units are classed as in the later year.

    Raises
    ------
    kgstats.reference.poverty_standards.StandardsDiffer
        For years under different standards.
    kgstats.reference.areas.DifferentAreas
        For units whose code changed its territory, without ``areas_year``.
    PovertyError
        When the base year is not before the year, or a year has no table.
    """
    poverty_standards.comparable(before, after)
    if before >= after:
        raise PovertyError(f"the base year must be before the year: {before} is not before {after}")
    first, second = year_of(frame, before), year_of(frame, after)
    if areas_year is not None:
        first, second = carried(first, areas_year), carried(second, areas_year)
    else:
        codes = set(first["commune_code"]) | set(second["commune_code"])
        areas.join_guard(list_year_of(first, before), list_year_of(second, after), codes)
    earlier = {unit.code: unit.counts for unit in units_of(first, before)[0]}
    later, list_year = units_of(second, after)
    held = {
        unit.code: {
            **{f"{column}_before": value for column, value in earlier.get(unit.code, {}).items()},
            **{f"{column}_after": value for column, value in unit.counts.items()},
        }
        for unit in later
    }
    return Pair(_listed(held, list_year), list_year)


@dataclass(frozen=True)
class PairSums:
    """Counts and bases of two years, over the units that report all four.

    A count is None when it is withheld from readers.
    """

    count_before: int | None
    base_before: int
    count_after: int | None
    base_after: int
    units: int

    @property
    def rate_before(self) -> Fraction | None:
        """Rate of the earlier year in percent; None without a base."""
        return ratio(self.count_before, self.base_before)

    @property
    def rate_after(self) -> Fraction | None:
        """Rate of the later year in percent; None without a base."""
        return ratio(self.count_after, self.base_after)


def pair_sums(
    group: Group, measure: Measure, years: tuple[int, int], seen: Seen = exact
) -> PairSums:
    """Sum a measure's counts and bases of both years over the units that report all."""
    key, units = group
    columns = (
        f"{measure.count}_before",
        f"{measure.base}_before",
        f"{measure.count}_after",
        f"{measure.base}_after",
    )
    (count_0, base_0, count_1, base_1), there = sums(units, columns)
    place = (str(key["level"]), str(key["code"]), measure.count)
    return PairSums(
        seen(years[0], *place, count_0), base_0, seen(years[1], *place, count_1), base_1, there
    )


def ratio(part: int | None, whole: int | None) -> Fraction | None:
    """Return part ÷ whole × 100, exact; None without a part or a whole.

    >>> ratio(8790, 460250)
    Fraction(3516, 1841)
    """
    return Fraction(100 * part, whole) if part is not None and whole else None


def decimal(value: Fraction | None) -> Any:
    """Return the nearest floating-point number, or null."""
    return pd.NA if value is None else float(value)


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give columns the nullable types that their names' endings say."""
    kinds: dict[str, str] = {}
    for column in frame.columns:
        if column in (*KEYS, "measure", "scope", "verdict"):
            kinds[column] = "string"
        elif column.endswith(("_hh", "_units")) or column in ("year", "base_year"):
            kinds[column] = "Int64"
        elif column.endswith(("_pct", "_pp", "_ratio")):
            kinds[column] = "Float64"
        elif column.endswith("_few") or column.startswith("is_"):
            kinds[column] = "boolean"
    return frame.astype(kinds)
