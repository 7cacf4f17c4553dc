"""Whether districts grow alike: spread, catching up, and the gaps between groups over the years.

Years are compared within periods. A period ends where the poverty standard or the set of criteria
changes: what is measured is then another quantity. Within a period all years stand on the areas
of its last year, so that the reform of 2025 does not pass for a change, and every number is of
the units that reported in all years of the period.

Spread is the standard deviation over districts, each counted once (σ-convergence: it falls).
Catching up is the slope of the change on the level at first (β-convergence: it is below zero);
with few districts it says little, and what stood out by chance at first moves towards the middle
by itself (Galton's fallacy), so that the slope is given beside the spread and never alone. Source:
Barro and Sala-i-Martin (1992); Quah (1993) for the caveat.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from kgstats.analysis import attainment, paths, poverty, tidy
from kgstats.analysis.poverty_disclosure import Release
from kgstats.reference import poverty_standards
from kgstats.reference.refusal import Refusal


def periods(tables: Mapping[int, pd.DataFrame], year: int) -> list[pd.DataFrame]:
    """Put the tables of poverty into periods of one standard each, on one list of areas.

    Parameters
    ----------
    tables
        The clean table ``poverty`` by year.
    year
        The reporting year; later years are left out.

    Returns
    -------
    list of pandas.DataFrame
        For each standard, the earliest first: counts by unit and year, every year on the areas of
        the period's last year, only of the units that report a count and its base in all of its
        years (:func:`kgstats.analysis.poverty.steady`), with ``period`` (the standard's code).
        Years of which no standard is known are left out.
    """
    of_standard: dict[str, list[int]] = {}
    for known in sorted(tables):
        if known > year or tables[known].empty:
            continue
        try:
            of_standard.setdefault(poverty_standards.standard(known).code, []).append(known)
        except Refusal:
            continue
    found = []
    for code, years in of_standard.items():
        held = poverty.on_areas_of(years[-1], *(tables[one] for one in years))
        found.append(tidy.keyed(poverty.steady(held).assign(period=code)))
    return found


def rates(
    periods: Sequence[pd.DataFrame],
    by: str = "",
    release: Release | None = None,
) -> pd.DataFrame:
    """Return the rates of every year, of the units that reported in all years of its period.

    Parameters
    ----------
    periods
        :func:`periods`.
    by
        ``area`` (urban and rural), ``units`` (districts; communes where a period's last year has
        no districts), or nothing for the province.
    release
        What disclosure control lets out. Where it is on, units are left out altogether: rates of
        many years, each of the units that reported in all of them, could be set against other
        pages.

    Returns
    -------
    pandas.DataFrame
        :func:`kgstats.analysis.poverty.levels` of each period below the other, with ``period``.
        By ``units`` every unit has its row, reported or not.
    """
    pieces = []
    for households in periods:
        last = int(households["areas_year"].max())
        found = poverty.levels(households, poverty.main_areas(last) if by == "units" else by or ())
        if release is not None and release.is_on:
            found = found.head(0) if by == "units" else release.applied(found)
        pieces.append(found.assign(period=households["period"].iloc[0]))
    return tidy.keyed(pd.concat(pieces, ignore_index=True))


def yearly_rates(
    tables: Mapping[int, pd.DataFrame], year: int, release: Release | None = None
) -> pd.DataFrame:
    """Return the rates of every commune-level unit in every year, each year on its own areas.

    Unlike :func:`rates`, a unit that reported in one year only has its row there: the frame is for
    looking at each year, not for measuring change.

    Parameters
    ----------
    tables
        The clean table ``poverty`` by year.
    year
        The reporting year; later years are left out.
    release
        What disclosure control lets out. Where it is on there are no rows.

    Returns
    -------
    pandas.DataFrame
        :func:`kgstats.analysis.poverty.levels` by commune of each year, with ``period`` (the
        standard's code). Years of which no standard is known are left out.
    """
    pieces = []
    for known in sorted(tables):
        if known > year or tables[known].empty:
            continue
        try:
            code = poverty_standards.standard(known).code
        except Refusal:
            continue
        pieces.append(poverty.levels(tables[known], "commune").assign(period=code))
    if not pieces:
        return pd.DataFrame(columns=["period", "year", "commune_code", "poor_rate_pct"])
    found = tidy.keyed(pd.concat(pieces, ignore_index=True))
    return found.head(0) if release is not None and release.is_on else found


def criteria_means(standings: pd.DataFrame) -> pd.DataFrame:
    """Return the mean number of criteria by district, of communes known in every year of a set.

    Parameters
    ----------
    standings
        Every year's standing of communes, from `kgstats.analysis.paths.standings`.

    Returns
    -------
    pandas.DataFrame
        ``period`` (the set's code), ``year, district_code, mean_criteria, criteria_communes``, a
        row for every district (null where none of its communes can be followed). Years after
        districts were abolished are left out.
    """
    pieces = []
    for code, own in standings.groupby("criteria_set", sort=False):
        held = own[own["district_code"].notna()]
        if held.empty:
            continue
        means = attainment.summary(paths.followed(held), by="district")
        every = held[["year", "district_code"]].drop_duplicates()
        pieces.append(every.merge(means, how="left", validate="one_to_one").assign(period=code))
    columns = ["period", "year", "district_code", "mean_criteria", "criteria_communes"]
    return (
        pd.concat(pieces, ignore_index=True)[columns] if pieces else pd.DataFrame(columns=columns)
    )


def _wide(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return the measure of one period, a row a unit and a column a year, no value absent."""
    key = (
        "district_code"
        if frame.get("district_code", pd.Series(dtype=object)).notna().any()
        else ("commune_code")
    )
    wide = frame.pivot(index=key, columns="year", values=measure).astype("Float64")
    return wide.dropna().sort_index(axis=1)


def spread(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Measure how far units lie apart, year by year.

    Standard deviation = √(Σ (x − x̄)² ÷ n) over the units with a value in every year of the
    period, each counted once: they are all there are, no sample. Coefficient of variation =
    standard deviation ÷ x̄ × 100: when all rates fall, the deviation falls with them, the
    coefficient need not.

    Parameters
    ----------
    frame
        One row a unit and year: ``period, year``, ``district_code`` or ``commune_code``, and the
        measure.
    measure
        ``poor_rate_pct``, ``mean_criteria`` or another column.

    Returns
    -------
    pandas.DataFrame
        ``period, year, measure, units`` (compared), ``expected_units`` (that the frame has rows
        of), ``unit_mean, unit_sd, variation_pct`` (null where the mean is not above zero),
        ``lowest, highest``. Without rows for a period of fewer than two
        units.

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {"period": "md2016", "year": [2018, 2018, 2019, 2019],
    ...      "district_code": ["899", "900"] * 2, "poor_rate_pct": [2.0, 6.0, 2.0, 4.0]}
    ... )
    >>> spread(given, "poor_rate_pct")[["year", "unit_sd", "variation_pct"]].values.tolist()
    [[2018, 2.0, 50.0], [2019, 1.0, 33.333333333333336]]
    """
    rows = []
    for period, own in frame.groupby("period", sort=False):
        wide = _wide(own, measure)
        if len(wide) < 2:
            continue
        for year in wide.columns:
            values = [float(one) for one in wide[year]]
            mean = math.fsum(values) / len(values)
            deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in values) / len(values))
            rows.append(
                {
                    "period": period, "year": year, "measure": measure, "units": len(values),
                    "expected_units": int((own["year"] == year).sum()),
                    "unit_mean": mean, "unit_sd": deviation,
                    "variation_pct": 100 * deviation / mean if mean > 0 else None,
                    "lowest": min(values), "highest": max(values),
                }
            )  # fmt: skip
    return tidy.frame(
        rows,
        "period",
        "Int64: year",
        "measure",
        "Int64: units expected_units",
        "unit_mean unit_sd variation_pct lowest highest",
    )


def first_and_last(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return for each unit its value in a period's first and last year, and the change.

    Parameters
    ----------
    frame
        A row a unit and year.
    measure
        The column compared.

    Returns
    -------
    pandas.DataFrame
        ``period, first_year, year``, the unit's code, ``value_first, value_last, value_change``,
        and ``expected_units`` (how many units there are in the last year). Only units with a
        value in every year; without rows for a period of one year.
    """
    pieces = []
    for period, own in frame.groupby("period", sort=False):
        wide = _wide(own, measure)
        if len(wide.columns) < 2:
            continue
        first, last = wide.columns[0], wide.columns[-1]
        found = pd.DataFrame({"value_first": wide[first], "value_last": wide[last]}).reset_index()
        found["value_change"] = found["value_last"] - found["value_first"]
        found["expected_units"] = int((own["year"] == last).sum())
        pieces.append(found.assign(period=period, first_year=first, year=last))
    if not pieces:
        columns = ["period", "first_year", "year", "district_code", "value_first", "value_last"]
        return pd.DataFrame(columns=[*columns, "value_change", "expected_units"])
    found = pd.concat(pieces, ignore_index=True).astype({"first_year": "Int64", "year": "Int64"})
    return tidy.keyed(found)


def catch_up(moves: pd.DataFrame) -> pd.DataFrame:
    """Ask whether units that stood worse at first moved more.

    Slope = Σ (x − x̄)(y − ȳ) ÷ Σ (x − x̄)², least squares of the change y on the value at first x:
    below zero the higher came down more. ``relative_slope`` is the same of ln(last) − ln(first)
    on ln(first), over the units above zero in both years: below zero the higher came down more in
    proportion, too. ``rank_correlation`` is Spearman's, between value at first and change in
    proportion (with ties, of the mean ranks): it rests on no single district.
    ``slope_holds`` and ``relative_holds`` say whether a slope keeps its sign whichever single unit
    is left out.

    Parameters
    ----------
    moves
        :func:`first_and_last`.

    Returns
    -------
    pandas.DataFrame
        One row a period: ``period, first_year, year, units, expected_units, slope, intercept,
        r_squared, slope_holds, relative_units, relative_slope, relative_holds,
        rank_correlation``; null where fewer than three units, or units that do not differ, give
        none.

    Examples
    --------
    >>> moves = pd.DataFrame(
    ...     {"period": "md2016", "first_year": 2018, "year": 2019,
    ...      "value_first": [2.0, 4.0, 6.0], "value_last": [1.0, 2.0, 3.0],
    ...      "expected_units": 15}
    ... ).assign(value_change=lambda rows: rows["value_last"] - rows["value_first"])
    >>> found = catch_up(moves).iloc[0]
    >>> float(found["slope"]), round(float(found["relative_slope"]), 9)
    (-0.5, 0.0)
    """
    rows = []
    for (period, first, last), own in moves.groupby(["period", "first_year", "year"], sort=False):
        both = own[(own["value_first"] > 0) & (own["value_last"] > 0)]
        logs = both["value_first"].map(math.log)
        proportion = both["value_last"].map(math.log) - logs
        slope, fit, intercept = _line(own["value_first"], own["value_change"])
        relative, *_ = _line(logs, proportion)
        sign, ranked, _ = _line(logs.rank(), proportion.rank())
        rows.append(
            {
                "period": period, "first_year": first, "year": last, "units": len(own),
                "expected_units": own["expected_units"].iloc[0],
                "slope": slope, "intercept": intercept, "r_squared": fit,
                "slope_holds": _holds(own["value_first"], own["value_change"]),
                "relative_units": len(both), "relative_slope": relative,
                "relative_holds": _holds(logs, proportion),
                "rank_correlation": None
                if ranked is None or sign is None
                else math.copysign(math.sqrt(ranked), sign),
            }
        )  # fmt: skip
    return tidy.frame(
        rows,
        "period",
        "Int64: first_year year units expected_units",
        "Float64: slope intercept r_squared",
        "boolean: slope_holds",
        "Int64: relative_units",
        "Float64: relative_slope",
        "boolean: relative_holds",
        "Float64: rank_correlation",
    )


def _holds(x: pd.Series, y: pd.Series) -> bool | None:
    """Say whether the slope keeps its sign without any single unit; null where there is none.

    >>> even = pd.Series([1.0, 2.0, 3.0, 4.0])
    >>> _holds(even, -even), _holds(even, pd.Series([0.0, 0.1, 0.0, -9.0]))
    (True, False)
    """
    whole, *_ = _line(x, y)
    if whole is None:
        return None
    parts = [_line(x.drop(one), y.drop(one))[0] for one in x.index]
    return all(part is not None and part * whole > 0 for part in parts)


def _line(x: pd.Series, y: pd.Series) -> tuple[float | None, float | None, float | None]:
    """Return slope, share of variance explained and intercept of the least-squares line."""
    across, up = [float(one) for one in x], [float(one) for one in y]
    if len(across) < 3:
        return None, None, None
    x_mean, y_mean = math.fsum(across) / len(across), math.fsum(up) / len(up)
    spread_x = math.fsum((one - x_mean) ** 2 for one in across)
    spread_y = math.fsum((one - y_mean) ** 2 for one in up)
    together = math.fsum((a - x_mean) * (b - y_mean) for a, b in zip(across, up, strict=True))
    # What is no more than the last digits of the machine is no difference.
    if spread_x <= 1e-18 * max(1.0, x_mean**2) * len(across):
        return None, None, None
    fit = together**2 / (spread_x * spread_y) if spread_y > 1e-18 * len(up) else None
    slope = together / spread_x
    return slope, fit, y_mean - slope * x_mean


def area_gaps(by_area: pd.DataFrame) -> pd.DataFrame:
    """Set the poverty rate of rural areas beside that of urban areas, year by year.

    gap = rural rate − urban rate, in points; ratio = rural rate ÷ urban rate.

    Parameters
    ----------
    by_area
        :func:`rates` by area.

    Returns
    -------
    pandas.DataFrame
        ``period, year, rural_poor_rate_pct, urban_poor_rate_pct, area_gap_pp, area_gap_ratio,
        reported_units, expected_units`` (of both areas).

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {"period": "md2016", "year": [2019, 2019], "area": ["rural", "urban"],
    ...      "poor_rate_pct": [3.0, 1.5], "poor_rate_units": [116, 28],
    ...      "expected_units": [117, 28]}
    ... )
    >>> area_gaps(given)[["area_gap_pp", "area_gap_ratio"]].values.tolist()
    [[1.5, 2.0]]
    """
    wide = by_area.pivot(index=["period", "year"], columns="area", values="poor_rate_pct")
    wide = wide.reindex(columns=["rural", "urban"]).astype("Float64")
    frame = wide.rename(columns=lambda name: f"{name}_poor_rate_pct").rename_axis(columns=None)
    rural, urban = frame["rural_poor_rate_pct"], frame["urban_poor_rate_pct"]
    frame["area_gap_pp"] = rural - urban
    frame["area_gap_ratio"] = (rural / urban).where(urban > 0)
    units = by_area.groupby(["period", "year"])[["poor_rate_units", "expected_units"]].sum()
    frame = frame.join(units.rename(columns={"poor_rate_units": "reported_units"}))
    return frame.reset_index().sort_values("year", ignore_index=True)


def ethnic_gaps(province: pd.DataFrame) -> pd.DataFrame:
    """Set the poverty rate of ethnic-minority households beside that of all, year by year.

    Parameters
    ----------
    province
        :func:`rates` of the province.

    Returns
    -------
    pandas.DataFrame
        :func:`kgstats.analysis.poverty.ethnic_gap` with ``period, reported_units,
        expected_units``.
    """
    return tidy.keyed(
        poverty.ethnic_gap(province).assign(
            period=province["period"],
            reported_units=province["poor_rate_units"],
            expected_units=province["expected_units"],
        )
    )
