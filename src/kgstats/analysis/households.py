"""Counts of households by commune-level unit: checked, complete, carried to other areas, paired.

The ground on which :mod:`kgstats.analysis.poverty` stands. A unit of the list that did not report
is there with null counts; it is never a zero.

Every function takes, unless it says otherwise: ``households``, counts by unit and year: a clean
table ``poverty``, or from `kgstats.analysis.households.together`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import pandas as pd

from kgstats.analysis.indicators import RATES, Rate, lived_in
from kgstats.analysis.tidy import By, keys
from kgstats.reference import areas, poverty_standards, unit_types
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

UNIT_KEYS: tuple[str, ...] = ("year", "areas_year", "district_code", "commune_code", "area")
"""Columns that say which unit a row is about; ``areas_year`` is the year whose list it is of."""

MEASURES: Mapping[str, Rate] = {
    name.removesuffix("_rate_pct"): rate for name, rate in RATES.items()
}
"""``poor, near_poor, ethnic_poor, ethnic_near_poor``: the rates that are compared over years."""


class PovertyError(Refusal):
    """The table of poverty cannot be used as it is; the message says where and what to do."""


def measure_named(name: str) -> Rate:
    """Return one of ``MEASURES``, or refuse another name with the right ones.

    Parameters
    ----------
    name
        A name of ``MEASURES``.
    """
    if name not in MEASURES:
        raise PovertyError(f"there is no measure {name!r}: use one of {', '.join(MEASURES)}")
    return MEASURES[name]


def together(*tables: pd.DataFrame) -> pd.DataFrame:
    """Put the tables of several years below each other, checked, every unit of the list in them.

    Parameters
    ----------
    *tables
        Clean tables ``poverty``, of one or several years each.

    Returns
    -------
    pandas.DataFrame
        ``UNIT_KEYS`` and ``COUNT_COLUMNS`` (Int64), one row for each unit of each year's list,
        by year, district and unit. ``area`` is ``urban`` (wards and townships), ``rural``
        (communes) or ``special`` (special zones, since 2025). Stated percentages are left behind:
        rates are computed again. A unit of no household has not reported them.

    Raises
    ------
    PovertyError
        When a column is missing, a count is negative, a unit occurs twice in a year, or a code
        is no commune-level unit of its year.
    """
    if not tables:
        raise PovertyError("no table of poverty was given")
    frame = pd.concat(tables, ignore_index=True)
    missing = [c for c in ("year", "commune_code", *COUNT_COLUMNS) if c not in frame.columns]
    if missing:
        raise PovertyError(f"the table of poverty has no column {', '.join(missing)}")
    frame = frame[["year", "commune_code", *COUNT_COLUMNS]].astype(
        {"year": "Int64", "commune_code": "string", **dict.fromkeys(COUNT_COLUMNS, "Int64")}
    )
    for column in COUNT_COLUMNS:
        negative = frame[column].lt(0)
        if negative.any():
            row = frame[negative.fillna(False)].iloc[0]
            raise PovertyError(
                f"{column} is negative in {row['commune_code']} in {row['year']}: {row[column]}"
            )
    twice = frame[frame.duplicated(["year", "commune_code"])]
    if len(twice):
        row = twice.iloc[0]
        raise PovertyError(f"{row['commune_code']} occurs twice in {row['year']}")
    pieces = []
    for year in years_of(frame):
        rows = frame[frame["year"] == year]
        strange = sorted(set(rows["commune_code"]) - set(areas.units(year)["commune_code"]))
        if strange:
            raise PovertyError(
                f"{len(strange)} codes are no commune-level units of {year}: "
                f"{', '.join(strange[:5])}. Is the table of another year?"
            )
        pieces.append(_listed(lived_in(rows), year, year))
    return pd.concat(pieces, ignore_index=True) if pieces else _listed(frame, 0, None)


def prepared(table: pd.DataFrame) -> pd.DataFrame:
    """Return a clean table as :func:`together` makes it; one already made so stays as it is.

    Parameters
    ----------
    table
        The clean table, or one already prepared.
    """
    return table if "areas_year" in table.columns else together(table)


@lru_cache(maxsize=16)
def _places(areas_year: int) -> pd.DataFrame:
    units = areas.units(areas_year)
    return pd.DataFrame(
        {
            "district_code": units["district_code"].astype("string"),
            "commune_code": units["commune_code"].astype("string"),
            "area": units["type"].map(unit_types.area_of).astype("string"),
        }
    ).sort_values(["district_code", "commune_code"], ignore_index=True)


def _listed(rows: pd.DataFrame, year: int, areas_year: int | None) -> pd.DataFrame:
    """Give every unit of a list its row, with null counts where it has none."""
    counts = [column for column in rows.columns if column not in UNIT_KEYS]
    if areas_year is None:
        return pd.DataFrame(columns=[*UNIT_KEYS, *counts])
    frame = _places(areas_year).merge(
        rows[["commune_code", *counts]], on="commune_code", how="left", validate="one_to_one"
    )
    frame = frame.assign(year=year, areas_year=areas_year)
    return frame[[*UNIT_KEYS, *counts]].astype({"year": "Int64", "areas_year": "Int64"})


def years_of(frame: pd.DataFrame) -> list[int]:
    """Return the years of a table, in order.

    Parameters
    ----------
    frame
        Any table with a column ``year``.

    Examples
    --------
    >>> years_of(pd.DataFrame({"year": [2019, 2018, 2019]}))
    [2018, 2019]
    """
    return sorted({int(year) for year in frame["year"]}) if len(frame) else []


def year_of(households: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the rows of one year.

    Parameters
    ----------
    year
        The reporting year.

    Raises
    ------
    PovertyError
        When there are none, naming the years there are.
    """
    rows = households[households["year"] == year]
    if rows.empty:
        there = ", ".join(str(one) for one in years_of(households))
        raise PovertyError(
            f"there is no table of poverty for {year} (there are: {there}). "
            f"Make it with: kgstats clean --year {year}"
        )
    return rows


def _reported(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that have any count."""
    return rows[rows[list(COUNT_COLUMNS)].notna().any(axis=1)]


def parts_of(levels: pd.DataFrame, to_year: int) -> pd.DataFrame:
    """Count the units of the last year of a table that each later unit is made of.

    Parameters
    ----------
    levels
        :func:`kgstats.analysis.poverty.levels` by commune, of what :func:`carried` returned.
    to_year
        The year whose units the rows are of.

    Returns
    -------
    pandas.DataFrame
        ``commune_code, parts, counted``: whether the later unit has a count in that year.
    """
    last = levels[levels["year"] == levels["year"].max()]
    years = {int(one) for one in last["year"]}
    parts = pd.Series(
        [one for year in years for one in areas.successions(year, to_year)["to_code"]], dtype=object
    ).value_counts()
    return pd.DataFrame(
        {
            "commune_code": last["commune_code"],
            "parts": last["commune_code"].map(parts).astype("Int64"),
            "counted": last["poor_end_hh"].notna(),
        }
    ).reset_index(drop=True)


def carried(households: pd.DataFrame, to_year: int, *, whole_only: bool = False) -> pd.DataFrame:
    """Carry the counts of every year to the areas of one year, by summing whole units.

    Parameters
    ----------
    households
        Counts by commune-level unit and year: a clean table, or from :func:`together`.
    to_year
        Year whose units of 31 December are wanted.
    whole_only
        Leave out what cannot be carried as it is: the units it is a part of have null counts.

    Returns
    -------
    pandas.DataFrame
        As from :func:`together`, on the units of ``to_year``. A unit of which a part was not
        reported has null counts.

    Raises
    ------
    kgstats.reference.areas.CannotCarry
        Where a unit would have to be divided.

    Examples
    --------
    An Thới and Hòn Thơm became one unit in 2021:

    >>> counts = dict.fromkeys(COUNT_COLUMNS, 0)
    >>> table = pd.DataFrame(
    ...     [
    ...         {**counts, "year": 2020, "commune_code": "31081", "poor_end_hh": 40},
    ...         {**counts, "year": 2020, "commune_code": "31099", "poor_end_hh": 2},
    ...     ]
    ... )
    >>> moved = carried(table, 2021)
    >>> int(moved.loc[moved["commune_code"] == "31081", "poor_end_hh"].iloc[0])
    42
    """
    frame = prepared(households)
    pieces = []
    for year in years_of(frame):
        rows = frame[frame["year"] == year]
        start = int(rows["areas_year"].iloc[0])
        moved = _reported(rows)
        if len(moved) and start != to_year:
            if whole_only:
                kept = areas.carriable(moved["commune_code"], start, to_year)
                moved = moved[moved["commune_code"].isin(kept)]
            moved = areas.carry(moved, "commune_code", COUNT_COLUMNS, start, to_year)
        pieces.append(_listed(moved[["commune_code", *COUNT_COLUMNS]], year, to_year))
    return pd.concat(pieces, ignore_index=True)


def on_areas_of(year: int, *tables: pd.DataFrame, whole_only: bool = True) -> pd.DataFrame:
    """Put tables together and carry all of them to one year's areas.

    An empty table is left out; where nothing was received of ``year`` itself, its units are there
    without counts. So are the units that hold a part of one that was divided, or of whose earlier
    areas the lists do not tell: they are compared with nothing.

    Parameters
    ----------
    year
        The reporting year.
    *tables
        Clean tables ``poverty``, of any years.
    whole_only
        As for :func:`carried`: False refuses what cannot be carried.

    Examples
    --------
    >>> silent = on_areas_of(2019, pd.DataFrame())
    >>> len(silent), int(silent["poor_end_hh"].notna().sum())
    (145, 0)
    """
    there = [table for table in tables if len(table)]
    frame = carried(together(*there), year, whole_only=whole_only) if there else pd.DataFrame()
    if year in years_of(frame):
        return frame
    own = _listed(pd.DataFrame(columns=["commune_code", *COUNT_COLUMNS]), year, year)
    own = own.astype(dict.fromkeys(COUNT_COLUMNS, "Int64"))
    return pd.concat([frame, own], ignore_index=True) if len(frame) else own


def area_keys(households: pd.DataFrame, by: By) -> list[str]:
    """Return the key columns of an area: districts and communes, urban and rural areas, or both.

    Parameters
    ----------
    by
        What the rows are grouped by; see the table returned.

    Raises
    ------
    PovertyError
        For another level, or for districts after they were abolished.
    """
    names = keys(by)
    strange = [name for name in names if name not in UNIT_KEYS]
    if strange:
        raise PovertyError(
            f"there is no level {strange[0]!r}: use province, area, district, commune, or several"
        )
    alone = "district_code" in names and "commune_code" not in names
    if alone and households["district_code"].isna().all():
        years = households["areas_year"]
        raise PovertyError(
            f"there were no districts at the end of {years.max()}: use the level commune or "
            f"province"
        )
    return names


def pair(
    households: pd.DataFrame, before: int, after: int, areas_year: int | None = None
) -> pd.DataFrame:
    """Pair the counts of two years, unit by unit; units are classed as in the later year.

    Parameters
    ----------
    before
        The earlier year.
    after
        The later year.
    areas_year
        The year whose areas the units are put on.

    Returns
    -------
    pandas.DataFrame
        One row for each unit of the later year: ``UNIT_KEYS``, and each count column twice, ending
        in ``_before`` and ``_after``.

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
    frame = prepared(households)
    first, second = year_of(frame, before), year_of(frame, after)
    if areas_year is not None:
        first, second = carried(first, areas_year), carried(second, areas_year)
    else:
        codes = set(_reported(first)["commune_code"]) | set(_reported(second)["commune_code"])
        areas.join_guard(int(first["areas_year"].iloc[0]), int(second["areas_year"].iloc[0]), codes)
    counts = list(COUNT_COLUMNS)
    return second.rename(columns={name: f"{name}_after" for name in counts}).merge(
        first[["commune_code", *counts]].rename(
            columns={name: f"{name}_before" for name in counts}
        ),
        on="commune_code",
        how="left",
        validate="one_to_one",
    )


def exact_rates(part: pd.Series, whole: pd.Series) -> list[Fraction | None]:
    """Return part ÷ whole × 100, exact; None without a part or a whole.

    Parameters
    ----------
    part
        Exact counts, or None.
    whole
        Exact counts of the base, or None.

    Examples
    --------
    >>> exact_rates(pd.Series([8790, None]), pd.Series([460250, 10]))
    [Fraction(3516, 1841), None]
    """
    return [
        None if pd.isna(above) or pd.isna(below) or not below
        else Fraction(100 * int(above), int(below))
        for above, below in zip(part, whole, strict=True)
    ]  # fmt: skip


def floats(values: Iterable[Fraction | None], index: pd.Index[Any]) -> pd.Series[Any]:
    """Return exact numbers as the nearest floating-point ones, null for None.

    Parameters
    ----------
    values
        Exact numbers, or None.
    index
        The index of the series returned.

    Examples
    --------
    >>> floats([Fraction(1, 4), None], pd.RangeIndex(2)).tolist()
    [0.25, <NA>]
    """
    nearest = [pd.NA if value is None else float(value) for value in values]
    return pd.Series(pd.array(nearest, dtype="Float64"), index=index)


def counted(levels: pd.DataFrame, measure: str) -> pd.Series[Any]:
    """Return the households counted in a rate: those of the units that report its base as well.

    The count beside a rate can be of more units. Exact: a rate is the float nearest to
    100 × count ÷ base, so that rate × base ÷ 100 rounds to the count.

    Parameters
    ----------
    levels
        Counts and rates by area, from `kgstats.analysis.poverty.levels`.
    measure
        A name of ``MEASURES``.
    """
    parts = levels[f"{measure}_rate_pct"] * levels[f"{measure}_rate_base_hh"] / 100
    return parts.round().astype("Int64")
