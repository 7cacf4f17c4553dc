"""Poor and near-poor households, year over year.

Every function takes the clean table ``poverty`` (one row per commune-level unit and year, counts
of households) and returns a new table. Counts are whole households; rates are percent of resident
households of the same group (``_pct``), their differences percentage points (``_pp``), relative
changes percent of the earlier value (``_relative_pct``): a fall of the rate from 4.14 % to 2.69 %
is 1.45 points, or 35 % of the rate, never "1.45 %".

Rates are computed from counts, never averaged and never taken from a stated percentage. Years
under different poverty standards are refused, and so are communes whose code stands for another
territory in the other year, unless their counts are carried to one year's areas first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from kgstats.analysis.disclosure import Control, Release, release
from kgstats.analysis.households import (
    AREAS,
    COUNT_COLUMNS,
    KEYS,
    LEVELS,
    MEASURES,
    Measure,
    PovertyError,
    Seen,
    Unit,
    carried,
    decimal,
    exact,
    groups,
    pair,
    pair_sums,
    ratio,
    sums,
    together,
    total,
    typed,
    units_of,
    years_of,
)
from kgstats.analysis.poverty_published import beside_published, published_series
from kgstats.reference import areas, poverty_standards
from kgstats.reference.programmes import Target

__all__ = [
    "AREAS",
    "COUNT_COLUMNS",
    "FEW_HOUSEHOLDS",
    "KEYS",
    "LEVELS",
    "MEASURES",
    "PovertyError",
    "Review",
    "against_targets",
    "beside_published",
    "by_reason",
    "carried",
    "changes",
    "concentration",
    "concentration_index",
    "continuity",
    "decompose",
    "ethnic_gap",
    "flows",
    "levels",
    "pace",
    "published_series",
    "review",
    "together",
    "years_before",
]

FEW_HOUSEHOLDS = 100
"""A rate on fewer households than this is marked: one household moves it by over a point."""


def _measure(name: str) -> Measure:
    try:
        return MEASURES[name]
    except KeyError:
        raise PovertyError(
            f"there is no measure {name!r}: use one of {', '.join(MEASURES)}"
        ) from None


def _status(name: str) -> str:
    if name not in ("poor", "near_poor"):
        raise PovertyError(f"there is no status {name!r}: use poor or near_poor")
    return name


def _difference(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before


def _table(rows: list[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Make a table with these columns in this order, typed; what a row lacks is null."""
    return typed(pd.DataFrame(rows, columns=list(columns)))


@dataclass(frozen=True)
class Review:
    """The tables of a publication: a year, the years before it, and what may be shown.

    All years are on the areas of the year itself.
    """

    frame: pd.DataFrame
    year: int
    before: int | None
    """The year it is compared with; None when there is no comparable table."""
    release: Release

    @property
    def years(self) -> list[int]:
        """The years there are, in order."""
        return years_of(self.frame)

    @property
    def seen(self) -> Seen:
        """How readers get a count."""
        return self.release.seen

    @property
    def standard(self) -> poverty_standards.PovertyStandard:
        """The poverty standard of all the years."""
        return poverty_standards.comparable(*self.years)

    @property
    def by(self) -> str:
        """The level of the main tables: districts, or communes since districts are gone."""
        return "district" if len(areas.districts(self.year)) else "commune"


def years_before(year: int, base_year: int | None = None) -> list[int]:
    """Return the years that stand beside a year: from the base year on, or the year before.

    Raises
    ------
    kgstats.reference.poverty_standards.StandardsDiffer
        When a base year is asked for that was reviewed under another standard.

    Examples
    --------
    >>> years_before(2019), years_before(2020, 2018), years_before(2022)
    ([2018], [2018, 2019], [])
    """
    if base_year is not None:
        if base_year >= year:
            raise PovertyError(f"the base year must be before {year}, not {base_year}")
        poverty_standards.comparable(base_year, year)
        return list(range(base_year, year))
    same = poverty_standards.standard(year - 1).code == poverty_standards.standard(year).code
    return [year - 1] if same else []


def review(
    tables: Iterable[pd.DataFrame],
    year: int,
    base_year: int | None = None,
    threshold: int = 0,
    rounding: int = 1,
) -> Review:
    """Put the tables of a year and of those before it together for publication.

    Parameters
    ----------
    tables
        Clean tables ``poverty``; empty ones (no return of that year) are left out.
    year
        Year of the publication; all years are carried to its areas.
    base_year
        Year to compare with; by default the year before, when there is a table of it.
    threshold, rounding
        Disclosure control, off by default: see :mod:`kgstats.analysis.disclosure`.

    Raises
    ------
    PovertyError
        When there is no table of the year, or of a base year asked for.
    """
    held = [table for table in tables if len(table)]
    frame = carried(together(*held), year)
    there = years_of(frame)
    for wanted in [year] if base_year is None else [year, base_year]:
        if wanted not in there:
            raise PovertyError(
                f"there is no table of poverty for {wanted} (there are: "
                f"{', '.join(str(one) for one in there)}). Make it with: "
                f"kgstats clean --year {wanted}"
            )
    poverty_standards.comparable(*there)
    before = (
        base_year if base_year is not None else max((y for y in there if y < year), default=None)
    )
    return Review(frame, year, before, release(frame, Control(threshold, rounding)))


def levels(
    frame: pd.DataFrame,
    by: str = "district",
    few_below: int = FEW_HOUSEHOLDS,
    seen: Seen = exact,
) -> pd.DataFrame:
    """Count poor and near-poor households and compute their rates, by area.

    Rate = households of the kind at the end of the year ÷ resident households × 100, over the
    units that report both; for ethnic minorities both are of ethnic-minority households
    (QĐ 59/2015/QĐ-TTg; form of the yearly review, column ``4=3/1*100``).

    Parameters
    ----------
    frame
        Counts by unit and year: see :func:`together` or :func:`carried`.
    by
        One of ``LEVELS``.
    few_below
        Rates on fewer households are marked in the columns ``*_few``.
    seen
        How readers get a count (here and in the other functions): as it is, or
        :meth:`kgstats.analysis.disclosure.Release.seen`. What follows from a withheld count is
        null; from a rounded one it is computed again.

    Returns
    -------
    pandas.DataFrame
        One row per year and area: ``year``, ``KEYS``, ``households_hh, ethnic_households_hh,
        poor_hh, near_poor_hh, ethnic_poor_hh, ethnic_near_poor_hh, poor_income_hh,
        poor_deprivation_hh``, the rates ``poor_pct, near_poor_pct, ethnic_poor_pct,
        ethnic_near_poor_pct``, a mark ``*_few`` for each rate, and ``reported_units`` of
        ``expected_units``. A count that no unit reports is null; every unit of the year's list
        is there, reported or not.

    Raises
    ------
    PovertyError
        For another level, or for districts after they were abolished.

    Examples
    --------
    >>> from kgstats.sample.truth import truth
    >>> row = levels(together(truth(2019)["poverty"]), "province").iloc[0]
    >>> f"{row['poor_pct']:.2f} {row['near_poor_pct']:.2f} {row['poor_hh']}"
    '2.69 4.59 12118'
    """
    rows = []
    for year in years_of(frame):
        units, list_year = units_of(frame, year)
        for key, part in groups(units, by, list_year):
            row: dict[str, Any] = {"year": year, **key}
            for name in ("households_hh", "ethnic_households_hh"):
                row[name] = total(part, name)
            for name, measure in MEASURES.items():
                (count, base), there = sums(part, (measure.count, measure.base))
                place = (year, by, str(key["code"]), measure.count)
                all_counted = total(part, measure.count)
                row[f"{name}_hh"] = None if all_counted is None else seen(*place, all_counted)
                row[f"{name}_pct"] = decimal(ratio(seen(*place, count), base))
                row[f"{name}_few"] = base < few_below if there and base else None
            for name in ("poor_income_hh", "poor_deprivation_hh"):
                counted = total(part, name)
                place = (year, by, str(key["code"]), name)
                row[name] = None if counted is None else seen(*place, counted)
            needed = ("households_hh", "poor_end_hh", "near_poor_end_hh")
            row["reported_units"] = sums(part, needed)[1]
            row["expected_units"] = len(part)
            rows.append(row)
    order = ["year", *KEYS, "households_hh", "ethnic_households_hh"]
    order += [f"{name}_hh" for name in MEASURES] + ["poor_income_hh", "poor_deprivation_hh"]
    order += [f"{name}_pct" for name in MEASURES] + [f"{name}_few" for name in MEASURES]
    return _table(rows, [*order, "reported_units", "expected_units"])


def changes(
    frame: pd.DataFrame,
    before: int,
    after: int,
    by: str = "district",
    areas_year: int | None = None,
    few_below: int = FEW_HOUSEHOLDS,
    seen: Seen = exact,
) -> pd.DataFrame:
    """Compare two years: in households, in percentage points, and relatively, each by its name.

    With c and b the households counted and their base, over the units that reported both years:
    change_hh = c₁ − c₀; count_relative_pct = (c₁ − c₀) ÷ c₀ × 100;
    change_pp = 100 c₁/b₁ − 100 c₀/b₀; rate_relative_pct = (change_pp ÷ rate₀) × 100.
    The points are the difference of the exact rates, not of the rounded ones.

    Parameters
    ----------
    frame
        Counts by unit and year.
    before, after
        The years compared; both under one poverty standard.
    by
        One of ``LEVELS``; units are classed as in the later year.
    areas_year
        Year to whose areas both years are carried first; needed where units were merged between
        the two years.

    Returns
    -------
    pandas.DataFrame
        One row per area and measure (``poor``, ``near_poor``, ``ethnic_poor``,
        ``ethnic_near_poor``): ``KEYS, measure, base_year, year, before_hh, after_hh, change_hh,
        count_relative_pct, base_before_hh, base_after_hh, before_pct, after_pct, change_pp,
        rate_relative_pct, is_few, matched_units, expected_units``.

    Raises
    ------
    kgstats.reference.poverty_standards.StandardsDiffer
        For years under different standards.
    kgstats.reference.areas.DifferentAreas
        For units whose code changed its territory, without ``areas_year``.

    Examples
    --------
    >>> from kgstats.sample.truth import truth
    >>> frame = together(truth(2018)["poverty"], truth(2019)["poverty"])
    >>> row = changes(frame, 2018, 2019, "province").iloc[0]
    >>> f"{row['measure']} {row['change_pp']:.2f} points, {row['change_hh']} households"
    'poor -1.45 points, -6134 households'
    """
    pairs = pair(frame, before, after, areas_year)
    rows = []
    for key, part in pairs.groups(by):
        for name, measure in MEASURES.items():
            both = pair_sums((key, part), measure, (before, after), seen)
            row: dict[str, Any] = {**key, "measure": name, "base_year": before, "year": after}
            if both.units:
                rate_0, rate_1 = both.rate_before, both.rate_after
                points = None if rate_0 is None or rate_1 is None else rate_1 - rate_0
                relative = points / rate_0 * 100 if points is not None and rate_0 else None
                more = _difference(both.count_before, both.count_after)
                row |= {
                    "before_hh": both.count_before,
                    "after_hh": both.count_after,
                    "change_hh": more,
                    "count_relative_pct": decimal(ratio(more, both.count_before)),
                    "base_before_hh": both.base_before,
                    "base_after_hh": both.base_after,
                    "before_pct": decimal(rate_0),
                    "after_pct": decimal(rate_1),
                    "change_pp": decimal(points),
                    "rate_relative_pct": decimal(relative),
                    "is_few": min(both.base_before, both.base_after) < few_below,
                }
            row["matched_units"] = both.units
            row["expected_units"] = len(part)
            rows.append(row)
    columns = [*KEYS, "measure", "base_year", "year", "before_hh", "after_hh", "change_hh"]
    columns += ["count_relative_pct", "base_before_hh", "base_after_hh", "before_pct", "after_pct"]
    columns += ["change_pp", "rate_relative_pct", "is_few", "matched_units", "expected_units"]
    return _table(rows, columns)


def flows(
    frame: pd.DataFrame, by: str = "district", status: str = "poor", seen: Seen = exact
) -> pd.DataFrame:
    """Follow households into and out of poverty during each year.

    start − escaped + fell back + newly poor = end. What the stated flows leave unexplained is
    ``residue_hh`` = end − (start − escaped + fell back + new): moves between places, divided
    households, errors. Net change = end − start; gross change (turnover) = escaped + fell back
    + new. Rates, in percent: escape = escaped ÷ start; re-entry = fell back ÷ escaped (so many
    fell back for each 100 that escaped in the same year); entry = (fell back + new) ÷
    households that were not poor at the start (resident households − start).

    Parameters
    ----------
    frame
        Counts by unit and year.
    by
        One of ``LEVELS``.
    status
        ``poor`` or ``near_poor``.

    Returns
    -------
    pandas.DataFrame
        ``year``, ``KEYS``, ``start_hh, escaped_hh, fell_back_hh, new_hh, end_hh, residue_hh,
        net_change_hh, gross_change_hh, escape_pct, reentry_pct, entry_pct, open_units`` (units
        whose own flows do not close), ``reported_units, expected_units``. Over the units that
        report start, all three flows and end.

    Examples
    --------
    >>> from kgstats.sample.truth import truth
    >>> row = flows(together(truth(2020)["poverty"]), "province").iloc[0]
    >>> int(row["start_hh"]), int(row["end_hh"]), int(row["residue_hh"])
    (12118, 8790, 0)
    """
    names = ["start", "escaped", "fell_back", "new", "end"]
    columns = [f"{_status(status)}_{name}_hh" for name in names]
    rows = []
    for year in years_of(frame):
        units, list_year = units_of(frame, year)
        for key, part in groups(units, by, list_year):
            row: dict[str, Any] = {"year": year, **key}
            counted, there = sums(part, columns)
            if there:
                place = (year, by, str(key["code"]))
                shown = [
                    seen(*place, name, value) for name, value in zip(columns, counted, strict=True)
                ]
                start, escaped, fell_back, new, end = shown
                row |= dict(zip((f"{name}_hh" for name in names), shown, strict=True))
                row["escape_pct"] = decimal(ratio(escaped, start))
                row["reentry_pct"] = decimal(ratio(fell_back, escaped))
                row["net_change_hh"] = _difference(start, end)
                entered = None if fell_back is None or new is None else fell_back + new
                if entered is not None and escaped is not None:
                    row["gross_change_hh"] = escaped + entered
                outside, _ = sums(part, ("households_hh", *columns))
                if start is not None and outside[0] > start:
                    row["entry_pct"] = decimal(ratio(entered, outside[0] - start))
                # Of rounded movements a residue would say nothing.
                if tuple(shown) == counted:
                    row["residue_hh"] = counted[4] - counted[0] + counted[1] - sum(counted[2:4])
                    row["open_units"] = sum(_is_open(unit, columns) for unit in part)
            row["reported_units"] = there
            row["expected_units"] = len(part)
            rows.append(row)
    order = ["year", *KEYS, *(f"{name}_hh" for name in names), "residue_hh", "net_change_hh"]
    order += ["gross_change_hh", "escape_pct", "reentry_pct", "entry_pct", "open_units"]
    return _table(rows, [*order, "reported_units", "expected_units"])


def _is_open(unit: Unit, columns: Sequence[str]) -> bool:
    """Say whether a unit's stated flows leave a residue."""
    values = unit.reported(columns)
    if values is None:
        return False
    start, escaped, fell_back, new, end = values
    return end != start - escaped + fell_back + new


def continuity(frame: pd.DataFrame, before: int, after: int) -> pd.DataFrame:
    """Compare the start of a year with the end of the year before, unit by unit.

    The list approved at the end of one year is the start of the next: both are the same
    households.

    Returns
    -------
    pandas.DataFrame
        The units where they differ: ``KEYS, measure`` (poor or near_poor), ``end_before_hh,
        start_after_hh, difference_hh`` (start − end).
    """
    rows = []
    for key, (unit,) in pair(frame, before, after).groups("commune"):
        for status in ("poor", "near_poor"):
            values = unit.reported((f"{status}_end_hh_before", f"{status}_start_hh_after"))
            if values is None or values[0] == values[1]:
                continue
            end, start = values
            rows.append(
                {
                    **key,
                    "measure": status,
                    "end_before_hh": end,
                    "start_after_hh": start,
                    "difference_hh": start - end,
                }
            )
    return _table(rows, [*KEYS, "measure", "end_before_hh", "start_after_hh", "difference_hh"])


def decompose(
    frame: pd.DataFrame,
    before: int,
    after: int,
    measure: str = "poor",
    by: str = "district",
    areas_year: int | None = None,
    seen: Seen = exact,
) -> pd.DataFrame:
    """Split the change of the province's rate into what each area contributed, exactly.

    With wᵢ the share of area i in the province's households (the base of the measure), rᵢ its
    rate and R = Σ wᵢ rᵢ the province's, each area contributes wᵢ₁ rᵢ₁ − wᵢ₀ rᵢ₀ to R₁ − R₀, less
    what a mere shift of households would do at the average rate:

    - rate effect  = ½ (wᵢ₀ + wᵢ₁) (rᵢ₁ − rᵢ₀): poverty in the area fell or rose;
    - weight effect = (½ (rᵢ₀ + rᵢ₁) − ½ (R₀ + R₁)) (wᵢ₁ − wᵢ₀): the area, poorer or better off
      than the province, grew or shrank.

    Both sum over the areas to R₁ − R₀ with nothing left over (the weights' changes sum to zero);
    neither depends on which year is taken as the base (Kitagawa 1955, symmetric form).

    Parameters
    ----------
    frame
        Counts by unit and year.
    before, after
        The years compared.
    measure
        One of ``MEASURES``.
    by
        ``district``, ``area``, ``district_area`` or ``commune``.
    areas_year
        As in :func:`changes`.

    Returns
    -------
    pandas.DataFrame
        ``KEYS``, ``base_before_hh, base_after_hh, before_hh, after_hh, weight_before,
        weight_after, rate_before, rate_after, rate_effect_exact, weight_effect_exact,
        contribution_exact`` as :class:`fractions.Fraction`, whose sums are exact; the same
        effects rounded to floating point in ``rate_effect_pp, weight_effect_pp,
        contribution_pp``; and ``share_pct`` of the province's change (null where that is
        zero). The largest fall comes first.

    Raises
    ------
    PovertyError
        When no unit reports both years.

    Examples
    --------
    >>> from kgstats.sample.truth import truth
    >>> frame = together(truth(2018)["poverty"], truth(2019)["poverty"])
    >>> parts = decompose(frame, 2018, 2019)
    >>> total = sum(parts["contribution_exact"])
    >>> total, f"{float(total):.4f}"
    (Fraction(-288006334, 198611935), '-1.4501')
    """
    chosen = _measure(measure)
    pairs = pair(frame, before, after, areas_year)
    (everywhere,) = pairs.groups("province")
    whole = pair_sums(everywhere, chosen, (before, after), seen)
    province_0, province_1 = whole.rate_before, whole.rate_after
    if province_0 is None or province_1 is None:
        raise PovertyError(f"no unit reports {measure} in both {before} and {after}")
    change = province_1 - province_0
    rows = []
    for key, part in pairs.groups(by):
        own = pair_sums((key, part), chosen, (before, after), seen)
        if own.count_before is None or own.count_after is None:
            continue
        weight_0 = Fraction(own.base_before, whole.base_before)
        weight_1 = Fraction(own.base_after, whole.base_after)
        # An area without households in one year has no rate then: only its weight changed.
        known = [rate for rate in (own.rate_before, own.rate_after) if rate is not None]
        rate_0, rate_1 = (known[0], known[-1]) if known else (province_0, province_0)
        rate_effect = (weight_0 + weight_1) / 2 * (rate_1 - rate_0)
        distance = (rate_0 + rate_1) / 2 - (province_0 + province_1) / 2
        weight_effect = distance * (weight_1 - weight_0)
        contribution = rate_effect + weight_effect
        rows.append(
            {
                **key,
                "base_before_hh": own.base_before,
                "base_after_hh": own.base_after,
                "before_hh": own.count_before,
                "after_hh": own.count_after,
                "weight_before": weight_0,
                "weight_after": weight_1,
                "rate_before": own.rate_before,
                "rate_after": own.rate_after,
                "rate_effect_exact": rate_effect,
                "weight_effect_exact": weight_effect,
                "contribution_exact": contribution,
                "rate_effect_pp": float(rate_effect),
                "weight_effect_pp": float(weight_effect),
                "contribution_pp": float(contribution),
                "share_pct": decimal(contribution / change * 100 if change else None),
            }
        )
    rows.sort(key=lambda row: (row["contribution_exact"], row["code"]))
    return typed(pd.DataFrame(rows))


def concentration(
    frame: pd.DataFrame,
    year: int,
    measure: str = "poor",
    by: str = "district",
    seen: Seen = exact,
) -> pd.DataFrame:
    """Say where poverty is concentrated: share of the poor against share of households.

    poor_share = cᵢ ÷ Σ c; household_share = bᵢ ÷ Σ b; ratio = their quotient = rᵢ ÷ R (above 1:
    poorer than the province). Areas come poorest first, with cumulative shares: "the 20 % of
    households in the poorest communes hold 42 % of the poor".

    Returns
    -------
    pandas.DataFrame
        ``KEYS, count_hh, base_hh, rate_pct, poor_share_pct, household_share_pct,
        concentration_ratio, cumulative_poor_pct, cumulative_household_pct``, poorest first;
        areas without households or without a report are left out.
    """
    rows, all_poor, all_homes = _poorest_first(frame, year, measure, by, seen)
    result = []
    poor = homes = 0
    for key, count, base in rows:
        poor, homes = poor + count, homes + base
        rate = Fraction(100 * count, base)
        times = rate / Fraction(100 * all_poor, all_homes) if all_poor else None
        result.append(
            {
                **key,
                "count_hh": count,
                "base_hh": base,
                "rate_pct": float(rate),
                "poor_share_pct": decimal(ratio(count, all_poor)),
                "household_share_pct": decimal(ratio(base, all_homes)),
                "concentration_ratio": decimal(times),
                "cumulative_poor_pct": decimal(ratio(poor, all_poor)),
                "cumulative_household_pct": decimal(ratio(homes, all_homes)),
            }
        )
    columns = [*KEYS, "count_hh", "base_hh", "rate_pct", "poor_share_pct", "household_share_pct"]
    columns += ["concentration_ratio", "cumulative_poor_pct", "cumulative_household_pct"]
    return _table(result, columns)


def _poorest_first(
    frame: pd.DataFrame, year: int, measure: str, by: str, seen: Seen = exact
) -> tuple[list[tuple[dict[str, Any], int, int]], int, int]:
    """Return areas with their count and base, poorest first, and the sums of both."""
    chosen = _measure(measure)
    units, list_year = units_of(frame, year)
    rows = []
    for key, part in groups(units, by, list_year):
        (counted, base), _ = sums(part, (chosen.count, chosen.base))
        count = seen(year, by, str(key["code"]), chosen.count, counted)
        if base and count is not None:
            rows.append((key, count, base))
    rows.sort(key=lambda row: (-Fraction(row[1], row[2]), str(row[0]["code"])))
    return rows, sum(row[1] for row in rows), sum(row[2] for row in rows)


def concentration_index(
    frame: pd.DataFrame, year: int, measure: str = "poor", by: str = "commune"
) -> Fraction | None:
    """Measure how unevenly poverty lies over areas: 0 evenly, towards 1 all in few places.

    Twice the area between the concentration curve (areas poorest first, cumulative share of
    households across, of the poor upwards, straight lines between) and the diagonal: the Gini
    coefficient between areas. Exact.

    Returns
    -------
    fractions.Fraction or None
        None where nobody is poor.
    """
    rows, total_count, total_base = _poorest_first(frame, year, measure, by)
    if not total_count:
        return None
    area = Fraction(0)
    height = Fraction(0)
    for _, count, base in rows:
        step = Fraction(count, total_count)
        area += Fraction(base, total_base) * (height + step / 2)
        height += step
    return 2 * area - 1


def ethnic_gap(
    frame: pd.DataFrame,
    before: int,
    after: int,
    status: str = "poor",
    by: str = "province",
    areas_year: int | None = None,
    seen: Seen = exact,
) -> pd.DataFrame:
    """Ask whether the gap between ethnic-minority and all households narrowed.

    gap = ethnic rate − rate of all households, in points; ratio = ethnic rate ÷ rate of all.
    When poverty falls everywhere the gap often narrows while the ratio rises: both are given.

    Returns
    -------
    pandas.DataFrame
        ``KEYS, base_year, year, all_before_pct, all_after_pct, ethnic_before_pct,
        ethnic_after_pct, gap_before_pp, gap_after_pp, gap_change_pp, before_ratio,
        after_ratio, is_narrowed`` (the gap in points came closer to zero),
        ``is_ratio_lower``.

    Examples
    --------
    >>> from kgstats.sample.truth import truth
    >>> frame = together(truth(2018)["poverty"], truth(2019)["poverty"])
    >>> row = ethnic_gap(frame, 2018, 2019).iloc[0]
    >>> f"{row['gap_before_pp']:.2f} {row['gap_after_pp']:.2f} {row['is_narrowed']}"
    '2.81 2.01 True'
    """
    pairs = pair(frame, before, after, areas_year)
    rows = []
    for key, part in pairs.groups(by):
        years = (before, after)
        everyone = pair_sums((key, part), MEASURES[_status(status)], years, seen)
        ethnic = pair_sums((key, part), MEASURES[f"ethnic_{status}"], years, seen)
        row: dict[str, Any] = {**key, "base_year": before, "year": after}
        gaps: list[Fraction] = []
        times: list[Fraction] = []
        for when, all_rate, ethnic_rate in (
            ("before", everyone.rate_before, ethnic.rate_before),
            ("after", everyone.rate_after, ethnic.rate_after),
        ):
            row[f"all_{when}_pct"] = decimal(all_rate)
            row[f"ethnic_{when}_pct"] = decimal(ethnic_rate)
            if all_rate is not None and ethnic_rate is not None:
                gaps.append(ethnic_rate - all_rate)
                row[f"gap_{when}_pp"] = float(gaps[-1])
                if all_rate:
                    times.append(ethnic_rate / all_rate)
                    row[f"{when}_ratio"] = float(times[-1])
        if len(gaps) == 2:
            row["gap_change_pp"] = float(gaps[1] - gaps[0])
            row["is_narrowed"] = abs(gaps[1]) < abs(gaps[0])
        if len(times) == 2:
            row["is_ratio_lower"] = times[1] < times[0]
        rows.append(row)
    columns = [*KEYS, "base_year", "year", "all_before_pct", "all_after_pct", "ethnic_before_pct"]
    columns += ["ethnic_after_pct", "gap_before_pp", "gap_after_pp", "gap_change_pp"]
    return _table(rows, [*columns, "before_ratio", "after_ratio", "is_narrowed", "is_ratio_lower"])


def against_targets(
    frame: pd.DataFrame,
    before: int,
    after: int,
    targets: Iterable[Target],
    by: str = "district",
    especially_difficult: Sequence[str] = (),
    areas_year: int | None = None,
    seen: Seen = exact,
) -> pd.DataFrame:
    """Compare the fall of the poor rate with what was to be reached.

    fall = rate before − rate after, in points. ``below`` the target: fall < low; ``within``:
    low ≤ fall ≤ high; ``above``: fall > high. Without an upper end, ``within`` means reached.
    An area whose rate was lower than the target could not fall by it (``out_of_reach``): it is
    not said to have missed it.

    Parameters
    ----------
    frame
        Counts by unit and year.
    before, after
        The years compared.
    targets
        Targets of the indicator ``poor_fall``, of the scopes ``all``, ``ethnic`` and
        ``especially_difficult``; others are ignored.
    by
        Level of the comparison.
    especially_difficult
        Codes of the communes to which that scope applies (in the areas used); compared as one
        group and one by one, whatever ``by`` is. Without codes the scope is left out.

    Returns
    -------
    pandas.DataFrame
        ``KEYS, scope, before_pct, after_pct, fall_pp, target_low_pp, target_high_pp, verdict``
        (``below, within, above, out_of_reach``, null without both rates), ``is_few,
        matched_units``.
        Codes of the group of especially difficult communes: level ``group``.
    """
    pairs = pair(frame, before, after, areas_year)
    measures = {"all": "poor", "ethnic": "ethnic_poor", "especially_difficult": "poor"}
    rows = []
    for target in targets:
        if target.indicator != "poor_fall" or target.scope not in measures:
            continue
        chosen = MEASURES[measures[target.scope]]
        split = pairs.groups(by)
        if target.scope == "especially_difficult":
            named = [unit for unit in pairs.units if unit.code in set(especially_difficult)]
            if not named:
                continue
            group = {"level": "group", "code": target.scope}
            split = [(group, named), *groups(named, "commune", pairs.list_year)]
        low = Fraction(repr(target.low))
        high = None if target.high is None else Fraction(repr(target.high))
        for key, part in split:
            both = pair_sums((key, part), chosen, (before, after), seen)
            rate_0, rate_1 = both.rate_before, both.rate_after
            row: dict[str, Any] = {
                **key,
                "scope": target.scope,
                "before_pct": decimal(rate_0),
                "after_pct": decimal(rate_1),
                "target_low_pp": target.low,
                "target_high_pp": target.high,
                "matched_units": both.units,
            }
            if rate_0 is not None and rate_1 is not None:
                row["fall_pp"] = float(rate_0 - rate_1)
                row["verdict"] = _verdict(rate_0, rate_0 - rate_1, low, high)
                row["is_few"] = min(both.base_before, both.base_after) < FEW_HOUSEHOLDS
            rows.append(row)
    columns = [*KEYS, "scope", "before_pct", "after_pct", "fall_pp", "target_low_pp"]
    return _table(rows, [*columns, "target_high_pp", "verdict", "is_few", "matched_units"])


def _verdict(before: Fraction, fall: Fraction, low: Fraction, high: Fraction | None) -> str:
    if fall < low:
        return "out_of_reach" if before < low else "below"
    return "above" if high is not None and fall > high else "within"


def pace(
    frame: pd.DataFrame, year: int, target: Target, by: str = "district", seen: Seen = exact
) -> pd.DataFrame:
    """Say what the next year needs to fall by the target.

    With the poor rate r now, the target fall t and households as now: the rate to reach is
    r − t (not below 0), the most households that may be poor then is ⌊(r − t) ÷ 100 × b⌋, and
    needed_fall_hh is what is above that. With as many households becoming poor or falling back
    as this year, needed_escapes_hh must escape: compare with those that escaped this year.

    Returns
    -------
    pandas.DataFrame
        ``KEYS, rate_pct, count_hh, base_hh, needed_rate_pct, needed_end_hh, needed_fall_hh,
        entered_hh, needed_escapes_hh, escaped_hh, pace_ratio`` (needed ÷ this year's escapes;
        above 1: faster than now), ``reported_units``.
    """
    units, list_year = units_of(frame, year)
    fall = Fraction(repr(target.low))
    chosen = MEASURES["poor"]
    movements = ("poor_escaped_hh", "poor_fell_back_hh", "poor_new_hh")
    rows = []
    for key, part in groups(units, by, list_year):
        place = (year, by, str(key["code"]))
        (counted, base), there = sums(part, (chosen.count, chosen.base))
        count = seen(*place, chosen.count, counted)
        rate = ratio(count, base)
        row: dict[str, Any] = {**key, "reported_units": there}
        if rate is not None and count is not None:
            aim = max(rate - fall, Fraction(0))
            most = math.floor(aim * base / 100)
            row |= {
                "rate_pct": float(rate),
                "count_hh": count,
                "base_hh": base,
                "needed_rate_pct": float(aim),
                "needed_end_hh": most,
                "needed_fall_hh": count - most,
            }
            moved, moving = sums(part, movements)
            escaped, fell_back, new = (
                seen(*place, name, value) for name, value in zip(movements, moved, strict=True)
            )
            if moving and escaped is not None and fell_back is not None and new is not None:
                needed = count - most + fell_back + new
                row |= {
                    "entered_hh": fell_back + new,
                    "needed_escapes_hh": needed,
                    "escaped_hh": escaped,
                    "pace_ratio": decimal(Fraction(needed, escaped) if escaped else None),
                }
        rows.append(row)
    columns = [*KEYS, "rate_pct", "count_hh", "base_hh", "needed_rate_pct", "needed_end_hh"]
    columns += ["needed_fall_hh", "entered_hh", "needed_escapes_hh", "escaped_hh", "pace_ratio"]
    return _table(rows, [*columns, "reported_units"])


def by_reason(frame: pd.DataFrame, by: str = "district", seen: Seen = exact) -> pd.DataFrame:
    """Split poor households into the income-poor and the deprivation-poor, where reported.

    Under QĐ 59/2015/QĐ-TTg a household is poor by income, or between the two lines with three or
    more indicators lacking. income + deprivation = poor; ``residue_hh`` is what is left.

    Returns
    -------
    pandas.DataFrame
        ``year, KEYS, poor_hh, income_hh, deprivation_hh, residue_hh, income_pct,
        deprivation_pct`` (of the poor), ``reported_units, expected_units``; over the units that
        report all three.
    """
    columns = ("poor_end_hh", "poor_income_hh", "poor_deprivation_hh")
    rows = []
    for year in years_of(frame):
        units, list_year = units_of(frame, year)
        for key, part in groups(units, by, list_year):
            row: dict[str, Any] = {"year": year, **key}
            counted, there = sums(part, columns)
            poor, income, deprivation = (
                seen(year, by, str(key["code"]), name, value)
                for name, value in zip(columns, counted, strict=True)
            )
            if there:
                known = poor is not None and income is not None and deprivation is not None
                row |= {
                    "poor_hh": poor,
                    "income_hh": income,
                    "deprivation_hh": deprivation,
                    "residue_hh": poor - income - deprivation if known else None,  # type: ignore[operator]
                    "income_pct": decimal(ratio(income, poor)),
                    "deprivation_pct": decimal(ratio(deprivation, poor)),
                }
            row["reported_units"] = there
            row["expected_units"] = len(part)
            rows.append(row)
    order = ["year", *KEYS, "poor_hh", "income_hh", "deprivation_hh", "residue_hh", "income_pct"]
    return _table(rows, [*order, "deprivation_pct", "reported_units", "expected_units"])
