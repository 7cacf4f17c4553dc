"""Poor and near-poor households, year over year.

:func:`levels`, :func:`changes`, :func:`flows` and :func:`reasons` take counts by commune-level
unit (a clean table ``poverty``, or several made comparable by :func:`on_areas_of`) and return one
row per year and area; what follows from those frames stands in
:mod:`kgstats.analysis.poverty_compared`. Counts are whole households; rates are percent of
resident households of the same group (``_pct``), their differences percentage points (``_pp``),
relative changes percent of the earlier value (``_relative_pct``): a fall of the rate from 4.14 %
to 2.69 % is 1.45 points, or 35 % of the rate, never "1.45 %".

Rates are computed from counts, never averaged and never taken from a stated percentage. Years
under different poverty standards are refused, and so are communes whose code stands for another
territory in the other year, unless their counts are carried to one year's areas first.

Every function takes, unless it says otherwise: ``year``, the reporting year; ``households``, counts
by unit and year: a clean table ``poverty``, or from `kgstats.analysis.households.together`.
"""

from __future__ import annotations

import pandas as pd

from kgstats.analysis.households import (
    COUNT_COLUMNS,
    MEASURES,
    UNIT_KEYS,
    PovertyError,
    area_keys,
    carried,
    exact_rates,
    floats,
    on_areas_of,
    pair,
    parts_of,
    prepared,
    together,
    years_of,
)
from kgstats.analysis.indicators import household_poverty
from kgstats.analysis.poverty_compared import (
    against_targets,
    bridge,
    concentration,
    concentration_index,
    contribution_total,
    decompose,
    ethnic_gap,
    ethnic_gap_change,
    fall_targets,
    pace,
    verdict_counts,
)
from kgstats.analysis.poverty_groups import against_others, both_groups, by_grouping
from kgstats.analysis.poverty_moves import bounds_of_moves, unlike_last_end
from kgstats.analysis.poverty_published import beside_published, published_series
from kgstats.analysis.tidy import By, keys, percent, sums
from kgstats.reference import areas, poverty_standards
from kgstats.reference.poverty_standards import FEW_HOUSEHOLDS

__all__ = [
    "COUNT_COLUMNS",
    "FEW_HOUSEHOLDS",
    "MEASURES",
    "UNIT_KEYS",
    "PovertyError",
    "against_others",
    "against_targets",
    "base_year",
    "beside_published",
    "both_groups",
    "bounds_of_moves",
    "bridge",
    "by_grouping",
    "carried",
    "changes",
    "concentration",
    "concentration_index",
    "contribution_total",
    "decompose",
    "ethnic_gap",
    "ethnic_gap_change",
    "fall_targets",
    "flows",
    "levels",
    "main_areas",
    "on_areas_of",
    "pace",
    "parts_of",
    "published_series",
    "reasons",
    "steady",
    "together",
    "unlike_last_end",
    "verdict_counts",
    "years_before",
]

STATUSES = ("poor", "near_poor")
_MOVES = ("start", "escaped", "fell_back", "new", "end")


# ------------------------------------------------------------------ which years, which areas


def years_before(year: int, base: int | None = None) -> list[int]:
    """Return the years that stand beside a year: from the base year on, or the year before.

    Parameters
    ----------
    base
        The first year shown; None for the year before only.

    Raises
    ------
    kgstats.reference.poverty_standards.StandardsDiffer
        When a base year is asked for that was reviewed under another standard.

    Examples
    --------
    >>> years_before(2019), years_before(2020, 2018), years_before(2022)
    ([2018], [2018, 2019], [])
    """
    if base is not None:
        if base >= year:
            raise PovertyError(f"the base year must be before {year}, not {base}")
        poverty_standards.comparable(base, year)
        return list(range(base, year))
    same = poverty_standards.standard(year - 1).code == poverty_standards.standard(year).code
    return [year - 1] if same else []


def base_year(households: pd.DataFrame, year: int, base: int | None = None) -> int | None:
    """Return the year to compare with: the one asked for, or the last before ``year``.

    None where there is no comparable table.

    Parameters
    ----------
    base
        The year asked for; None for the last before ``year``.

    Raises
    ------
    PovertyError
        When there is no table of the year, or of the base year asked for.
    """
    there = years_of(households)
    for wanted in [year] if base is None else [year, base]:
        if wanted not in there:
            raise PovertyError(
                f"there is no table of poverty for {wanted} (there are: "
                f"{', '.join(str(one) for one in there)}). Make it with: "
                f"kgstats clean --year {wanted}"
            )
    poverty_standards.comparable(*there)
    return base if base is not None else max((y for y in there if y < year), default=None)


def main_areas(year: int) -> str:
    """Return the areas of the main tables: districts, or communes since districts are gone.

    Examples
    --------
    >>> main_areas(2019), main_areas(2025)
    ('district', 'commune')
    """
    return "district" if len(areas.districts(year)) else "commune"


def steady(households: pd.DataFrame) -> pd.DataFrame:
    """Leave of each count only the units that report it, and its base, in every year.

    Rates of several years that are drawn beside each other are then of the same units, as
    :func:`changes` of two years are: a unit that did not report in one of them is neither a rise
    nor a fall.

    Examples
    --------
    >>> counts = dict.fromkeys(COUNT_COLUMNS, 1)
    >>> table = pd.DataFrame(
    ...     [
    ...         {**counts, "year": year, "commune_code": code, "poor_end_hh": poor}
    ...         for year, code, poor in ((2018, "31108", 5), (2018, "31111", 9), (2019, "31108", 4))
    ...     ]
    ... )
    >>> kept = steady(table)
    >>> kept.groupby("year")["poor_end_hh"].sum().tolist()
    [5, 4]
    """
    frame = prepared(households).copy()
    years = frame["year"].nunique()
    for rate in MEASURES.values():
        there = frame[rate.count].notna() & frame[rate.base].notna()
        times = there.groupby(frame["commune_code"]).transform("sum")
        frame[rate.count] = frame[rate.count].where(times == years)
    return frame


# ------------------------------------------------------------------ levels and changes


def levels(households: pd.DataFrame, by: By = (), few_below: int = FEW_HOUSEHOLDS) -> pd.DataFrame:
    """Count poor and near-poor households and form their rates, by year and area.

    Counts and rates are those of :func:`kgstats.analysis.indicators.household_poverty`: rate =
    households of the kind at the end of the year ÷ resident households × 100, over the units
    that report both; for ethnic minorities both are of ethnic-minority households.

    Parameters
    ----------
    households
        Counts by unit and year: a clean table ``poverty``, or from :func:`together`,
        :func:`carried` or :func:`on_areas_of`, whole or filtered.
    by
        ``district``, ``commune``, ``area`` (urban and rural), or several of them; the province
        by default.
    few_below
        Rates on fewer households are marked in the columns ``*_few``.

    Returns
    -------
    pandas.DataFrame
        One row per year and area: ``year``, the keys of ``by``; ``households_hh,
        ethnic_households_hh, poor_end_hh, near_poor_end_hh, ethnic_poor_end_hh,
        ethnic_near_poor_end_hh``; for each rate (``poor_rate_pct``, ``near_poor_rate_pct``,
        ``ethnic_poor_rate_pct``, ``ethnic_near_poor_rate_pct``) its ``_base_hh``, ``_units`` and
        ``_few``; ``poor_income_hh, poor_deprivation_hh``; and ``reported_units`` (with
        households, poor and near-poor) of ``expected_units``. A count that no unit reports is
        null.

    Raises
    ------
    PovertyError
        For another level, or for districts after they were abolished.

    Examples
    --------
    >>> counts = dict.fromkeys(COUNT_COLUMNS, 0)
    >>> table = pd.DataFrame(
    ...     [
    ...         {**counts, "year": 2019, "commune_code": "31108", "households_hh": 500,
    ...          "poor_end_hh": 10},
    ...         {**counts, "year": 2019, "commune_code": "31111", "households_hh": 300,
    ...          "poor_end_hh": 2},
    ...     ]
    ... )
    >>> found = levels(table, "district").set_index("district_code").loc["912"]
    >>> int(found["poor_end_hh"]), float(found["poor_rate_pct"])
    (12, 1.5)
    >>> int(found["reported_units"]), int(found["expected_units"])
    (2, 4)
    """
    frame = prepared(households)
    names = ["year", *area_keys(frame, by)]
    counted = {name for rate in MEASURES.values() for name in (rate.count, rate.base)}
    found = household_poverty(frame[[*names, *sorted(counted)]], names)
    for name in MEASURES:
        base = found[f"{name}_rate_base_hh"]
        found[f"{name}_rate_few"] = (base < few_below).where(base > 0)
    needed = ["households_hh", "poor_end_hh", "near_poor_end_hh"]
    more = ["poor_income_hh", "poor_deprivation_hh", "reported_units", "expected_units"]
    work = frame.assign(
        reported_units=frame[needed].notna().all(axis=1).astype("Int64"), expected_units=1
    )
    return found.merge(sums(work, more, names), on=names, validate="one_to_one")


_CHANGE_COUNTS = ("before_hh", "after_hh", "base_before_hh", "base_after_hh")
_CHANGE_COLUMNS = [
    "before_hh", "after_hh", "change_hh", "count_relative_pct", "base_before_hh", "base_after_hh",
    "before_rate_pct", "after_rate_pct", "change_pp", "rate_relative_pct",
    "is_few", "matched_units", "expected_units",
]  # fmt: skip


def changes(
    households: pd.DataFrame,
    before: int | None,
    after: int,
    by: By = (),
    areas_year: int | None = None,
    few_below: int = FEW_HOUSEHOLDS,
) -> pd.DataFrame:
    """Compare two years: in households, in percentage points, and relatively, each by its name.

    With c and b the households counted and their base, over the units that reported both years:
    change_hh = c₁ − c₀; count_relative_pct = (c₁ − c₀) ÷ c₀ × 100;
    change_pp = 100 c₁/b₁ − 100 c₀/b₀; rate_relative_pct = (change_pp ÷ rate₀) × 100.
    The points are the difference of the exact rates, not of the rounded ones.

    Parameters
    ----------
    few_below
        Rates on fewer households are marked.
    households
        Counts by unit and year, as for :func:`levels`.
    before, after
        The years compared; both under one poverty standard. Without a year before, or without
        units, there is nothing to compare, and no row.
    by
        As for :func:`levels`; units are classed as in the later year.
    areas_year
        Year to whose areas both years are carried first; needed where units were merged between
        the two years.

    Returns
    -------
    pandas.DataFrame
        One row per area and measure (``poor``, ``near_poor``, ``ethnic_poor``,
        ``ethnic_near_poor``): ``base_year, year``, the keys of ``by``, ``measure``; ``before_hh,
        after_hh, change_hh, count_relative_pct, base_before_hh, base_after_hh, before_rate_pct,
        after_rate_pct, change_pp, rate_relative_pct, is_few, matched_units, expected_units``.

    Raises
    ------
    kgstats.reference.poverty_standards.StandardsDiffer
        For years under different standards.
    kgstats.reference.areas.DifferentAreas
        For units whose code changed its territory, without ``areas_year``.

    Examples
    --------
    >>> counts = dict.fromkeys(COUNT_COLUMNS, 0) | {"commune_code": "31108"}
    >>> table = pd.DataFrame(
    ...     [
    ...         {**counts, "year": 2018, "households_hh": 400, "poor_end_hh": 12},
    ...         {**counts, "year": 2019, "households_hh": 500, "poor_end_hh": 10},
    ...     ]
    ... )
    >>> row = changes(table, 2018, 2019).iloc[0]
    >>> row["measure"], int(row["change_hh"]), float(row["change_pp"])
    ('poor', -2, -1.0)
    """
    if before is None or households.empty:
        return pd.DataFrame(columns=["base_year", "year", *keys(by), "measure", *_CHANGE_COLUMNS])
    both = pair(households, before, after, areas_year)
    names = area_keys(both, by)
    pieces = []
    for measure, rate in MEASURES.items():
        columns = [f"{rate.count}_before", f"{rate.count}_after"]
        columns += [f"{rate.base}_before", f"{rate.base}_after"]
        there = both[columns].notna().all(axis=1)
        work = both[names].assign(matched_units=there.astype("Int64"), expected_units=1)
        for name, column in zip(_CHANGE_COUNTS, columns, strict=True):
            work[name] = both[column].where(there)
        summed = [*_CHANGE_COUNTS, "matched_units", "expected_units"]
        pieces.append(sums(work, summed, names).assign(measure=measure))
    frame = pd.concat(pieces, ignore_index=True)
    if names:
        frame = frame.sort_values(names, kind="stable", ignore_index=True)
    frame = frame.assign(base_year=before, year=after).astype(
        {"base_year": "Int64", "year": "Int64", "measure": "string"}
    )
    frame["is_few"] = frame[["base_before_hh", "base_after_hh"]].min(axis=1) < few_below
    return compared(frame)[["base_year", "year", *names, "measure", *_CHANGE_COLUMNS]]


def compared(counts: pd.DataFrame) -> pd.DataFrame:
    """Form again what :func:`changes` forms from the counts and bases of two years.

    Parameters
    ----------
    counts
        Counts and bases of two years, as :func:`changes` returns them.
    """
    frame = counts.copy()
    frame["change_hh"] = frame["after_hh"] - frame["before_hh"]
    first = exact_rates(frame["before_hh"], frame["base_before_hh"])
    last = exact_rates(frame["after_hh"], frame["base_after_hh"])
    points = [None if a is None or b is None else b - a for a, b in zip(first, last, strict=True)]
    relative = [
        None if step is None or not a else step / a * 100
        for a, step in zip(first, points, strict=True)
    ]
    frame["count_relative_pct"] = percent(frame["change_hh"], frame["before_hh"])
    for name, values in (
        ("before_rate_pct", first),
        ("after_rate_pct", last),
        ("change_pp", points),
        ("rate_relative_pct", relative),
    ):
        frame[name] = floats(values, frame.index)
    return frame


# ------------------------------------------------------------------ in and out of poverty


def flows(households: pd.DataFrame, by: By = ()) -> pd.DataFrame:
    """Follow households into and out of poverty, and near-poverty, during each year.

    start − escaped + fell back + newly poor = end. What the stated flows leave unexplained is the
    residue = end − (start − escaped + fell back + new): moves between places, divided households,
    errors. Net change = end − start; gross change (turnover) = escaped + fell back + new. Rates,
    in percent: escape = escaped ÷ start; re-entry = fell back ÷ escaped (so many fell back for
    each 100 that escaped in the same year); entry = (fell back + new) ÷ households that were not
    poor at the start (resident households − start).

    Parameters
    ----------
    households, by
        As for :func:`levels`.

    Returns
    -------
    pandas.DataFrame
        One row per year and area: ``year``, the keys of ``by``, ``expected_units``; and for
        ``poor`` and ``near_poor``, over the units that report start, all three flows and end:
        the five counts under their names in the clean table (``poor_start_hh`` …),
        ``poor_flow_base_hh`` (resident households of those units; null where one does not report
        them), ``poor_residue_hh, poor_net_change_hh, poor_gross_change_hh, poor_escape_rate_pct,
        poor_reentry_rate_pct, poor_entry_rate_pct``, ``poor_open_units`` (units whose own flows
        do not close) and ``poor_flow_units``.

    Examples
    --------
    >>> counts = dict.fromkeys(COUNT_COLUMNS, 0) | {"year": 2019, "commune_code": "31108"}
    >>> moves = {"poor_start_hh": 20, "poor_escaped_hh": 8, "poor_fell_back_hh": 1,
    ...          "poor_new_hh": 2, "poor_end_hh": 15}
    >>> row = flows(pd.DataFrame([{**counts, **moves}])).iloc[0]
    >>> int(row["poor_net_change_hh"]), int(row["poor_gross_change_hh"])
    (-5, 11)
    >>> float(row["poor_escape_rate_pct"]), int(row["poor_residue_hh"])
    (40.0, 0)
    """
    frame = prepared(households)
    names = ["year", *area_keys(frame, by)]
    work = frame[names].assign(expected_units=1)
    for status in STATUSES:
        moves = [f"{status}_{move}_hh" for move in _MOVES]
        there = frame[moves].notna().all(axis=1)
        work[moves] = frame[moves].where(there)
        work[f"{status}_flow_units"] = there.astype("Int64")
        work[f"{status}_flow_base_hh"] = frame["households_hh"].where(there)
        work[f"{status}_unknown"] = (there & frame["households_hh"].isna()).astype("Int64")
        work[f"{status}_open_units"] = (_residue(work, status) != 0).astype("Int64")
    found = sums(work, [column for column in work.columns if column not in names], names)
    for status in STATUSES:
        base = f"{status}_flow_base_hh"
        found[base] = found[base].where(found.pop(f"{status}_unknown") == 0)
    return followed(found)


def _residue(frame: pd.DataFrame, status: str) -> pd.Series[int]:
    start, escaped, fell_back, new, end = (frame[f"{status}_{move}_hh"] for move in _MOVES)
    return end - start + escaped - fell_back - new


def followed(counts: pd.DataFrame) -> pd.DataFrame:
    """Form again what :func:`flows` forms from its counts.

    Parameters
    ----------
    counts
        Counts as :func:`flows` returns them.
    """
    frame = counts.copy()
    for status in STATUSES:
        start, escaped, fell_back, new, end = (frame[f"{status}_{move}_hh"] for move in _MOVES)
        frame[f"{status}_residue_hh"] = _residue(frame, status)
        frame[f"{status}_net_change_hh"] = end - start
        frame[f"{status}_gross_change_hh"] = escaped + fell_back + new
        frame[f"{status}_escape_rate_pct"] = percent(escaped, start)
        frame[f"{status}_reentry_rate_pct"] = percent(fell_back, escaped)
        frame[f"{status}_entry_rate_pct"] = percent(
            fell_back + new, frame[f"{status}_flow_base_hh"] - start
        )
    return frame


# ------------------------------------------------------------------ why they are poor


def reasons(households: pd.DataFrame, by: By = ()) -> pd.DataFrame:
    """Split poor households into the income-poor and the deprivation-poor, where reported.

    Under QĐ 59/2015/QĐ-TTg a household is poor by income, or between the two lines with three or
    more indicators lacking. income + deprivation = poor; ``reason_residue_hh`` is what is left.

    Parameters
    ----------
    by
        What the rows are grouped by; see the table returned.

    Returns
    -------
    pandas.DataFrame
        One row per year and area: ``year``, the keys of ``by``, ``poor_end_hh, poor_income_hh,
        poor_deprivation_hh, reason_residue_hh, poor_income_share_pct,
        poor_deprivation_share_pct`` (of the poor), ``reason_units, expected_units``; over the
        units that report all three.
    """
    frame = prepared(households)
    names = ["year", *area_keys(frame, by)]
    columns = ["poor_end_hh", "poor_income_hh", "poor_deprivation_hh"]
    there = frame[columns].notna().all(axis=1)
    work = frame[names].assign(reason_units=there.astype("Int64"), expected_units=1)
    work[columns] = frame[columns].where(there)
    return reasoned(sums(work, [*columns, "reason_units", "expected_units"], names))


def reasoned(counts: pd.DataFrame) -> pd.DataFrame:
    """Form again what :func:`reasons` forms from its counts.

    Parameters
    ----------
    counts
        Counts as :func:`reasons` returns them.
    """
    frame = counts.copy()
    poor, income, deprivation = (
        frame[name] for name in ("poor_end_hh", "poor_income_hh", "poor_deprivation_hh")
    )
    frame["reason_residue_hh"] = poor - income - deprivation
    frame["poor_income_share_pct"] = percent(income, poor)
    frame["poor_deprivation_share_pct"] = percent(deprivation, poor)
    return frame
