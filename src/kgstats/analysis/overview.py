"""The year on one page: headline indicators with change and target, for a province or a district.

Every number is one of :mod:`kgstats.analysis.indicators`; here they are put beside each other, and
beside last year's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import pandas as pd

from kgstats.analysis import attainment, indicators, poverty, quality
from kgstats.analysis.tidy import By, keys
from kgstats.reference import areas, poverty_standards, programmes

HEADLINES: dict[str, tuple[str, str | None]] = {
    "communes_recognised": ("communes", "attained_communes"),
    "mean_criteria": ("criteria_per_commune", "mean_criteria"),
    "poor_rate_pct": ("percent", "poor_fall"),
    "near_poor_rate_pct": ("percent", None),
    "ethnic_poor_rate_pct": ("percent", None),
    "poor_end_hh": ("households", None),
    "allocated_vnd": ("VND", None),
    "coverage_pct": ("percent", None),
    "disbursed_rate_pct": ("percent", None),
}
"""The headline indicators, in their order, each with its unit and its target."""

_RATES = {f"{name}_rate_pct": name for name in ("poor", "near_poor", "ethnic_poor")}


def years(
    standings: pd.DataFrame,
    households: Mapping[int, pd.DataFrame],
    funding: Mapping[int, pd.DataFrame],
    year: int,
    district: str | None = None,
) -> pd.DataFrame:
    """Return the indicators of a year and of the years before it.

    Years under another set of criteria have no count of communes, and years under another poverty
    standard none of poor households: they are other series.

    Parameters
    ----------
    standings
        :func:`kgstats.analysis.attainment.standings`.
    households, funding
        Clean tables ``poverty`` and ``funding`` by year.
    year
        The reporting year.
    district
        GSO code of one district; the whole province by default.

    Returns
    -------
    pandas.DataFrame
        One row a year: ``year`` and the columns of
        :func:`kgstats.analysis.attainment.summary`,
        :func:`kgstats.analysis.indicators.household_poverty` and
        :func:`kgstats.analysis.indicators.disbursement`; null where nothing is reported.
    """
    code = poverty_standards.standard(year).code
    same = [
        table
        for own, table in households.items()
        if own <= year and poverty_standards.standard(own).code == code
    ]
    money = [table for own, table in funding.items() if own <= year]
    parts = [attainment.summary(_within(standings, district))]
    for tables, indicator in (
        (same, indicators.household_poverty),
        (money, indicators.disbursement),
    ):
        held = [_within(table, district) for table in tables]
        held = [table for table in held if len(table)]
        if held:
            parts.append(indicator(pd.concat(held, ignore_index=True), "year"))
    frame = reduce(lambda one, other: one.merge(other, on="year", how="outer"), parts)
    wanted = [name for name in HEADLINES if name not in frame.columns]
    return frame.assign(**dict.fromkeys(wanted, pd.NA)).sort_values("year", ignore_index=True)


def _within(table: pd.DataFrame, district: str | None) -> pd.DataFrame:
    if district is None or table.empty:
        return table
    return table[table["district_code"] == district]


def rate_changes(
    households: Mapping[int, pd.DataFrame], year: int, by: str = "province"
) -> pd.DataFrame:
    """Compare poor households with the year before: :func:`kgstats.analysis.poverty.changes`.

    Over the units that report both years. Without rows where there is no table of last year, or
    it is of another poverty standard.

    Parameters
    ----------
    households
        Clean tables ``poverty`` by year.
    by
        ``province``, or ``district``: communes, for a year without districts.
    """
    by = poverty.main_areas(year) if by == "district" else by
    there = {own: table for own, table in households.items() if len(table)}
    before = [own for own in poverty.years_before(year) if own in there]
    if year not in there or not before:
        return pd.DataFrame(columns=[*keys(by), "measure", "change_pp", "after_rate_pct"])
    both = poverty.on_areas_of(year, there[before[-1]], there[year])
    return poverty.changes(both, before[-1], year, by)


def headline(
    years: pd.DataFrame, changes: pd.DataFrame, year: int, targets: bool = True
) -> pd.DataFrame:
    """Return the year's headline indicators with last year's, the change, and the target.

    The change of a rate is that of :func:`rate_changes`, over the units that report both years;
    of another indicator, its value less last year's.

    Parameters
    ----------
    years
        What :func:`years` returns.
    changes
        The rows of :func:`rate_changes` of the province, or of the one district.
    year
        The reporting year.
    targets
        Whether to add the targets, which are the province's.

    Returns
    -------
    pandas.DataFrame
        One row per indicator reported on: ``indicator, year, value, base`` (communes),
        ``unit, before, change, target_year, target_low, target_high, reached``; null where
        unknown.
    """
    now = years[years["year"] == year]
    then = years[years["year"] == year - 1]
    moved = changes.set_index("measure")["change_pp"] if len(changes) else pd.Series(dtype=float)
    rows: list[dict[str, Any]] = []
    for indicator, (unit, aim) in HEADLINES.items():
        value, before = _value(now, indicator), _value(then, indicator)
        if pd.isna(value) and pd.isna(before):
            continue
        change = value - before
        if indicator in _RATES:
            change = moved.get(_RATES[indicator], pd.NA)
        row: dict[str, Any] = {
            "indicator": indicator,
            "year": year,
            "value": value,
            "base": _value(now, "communes") if unit == "communes" else pd.NA,
            "unit": unit,
            "before": before,
            "change": change,
        }
        found = _target(aim, year) if targets and aim is not None else None
        if found is not None:
            row |= {"target_year": found.year, "target_low": found.low, "target_high": found.high}
            row["reached"] = _reached(-change if aim == "poor_fall" else value, found)
        rows.append(row)
    numbers = ["value", "before", "change", "target_low", "target_high"]
    columns = ["indicator", "year", "value", "base", "unit", "before", "change", "target_year"]
    frame = pd.DataFrame(rows, columns=[*columns, "target_low", "target_high", "reached"])
    types = dict.fromkeys(["indicator", "unit"], "string") | dict.fromkeys(numbers, "Float64")
    types |= dict.fromkeys(["year", "base", "target_year"], "Int64") | {"reached": "boolean"}
    return frame.astype(types)


def _value(years: pd.DataFrame, indicator: str) -> Any:
    return years[indicator].iloc[0] if len(years) and indicator in years.columns else pd.NA


def _target(name: str, year: int) -> programmes.Target | None:
    """Return the target of the year; of a level, else that of the next year on the way."""
    found = programmes.target(name, year)
    return found or (None if name == "poor_fall" else programmes.target(name, year + 1))


def _reached(measured: Any, aim: programmes.Target) -> Any:
    # Twelve decimals: the difference of two exact rates, without the binary tail.
    return pd.NA if pd.isna(measured) else round(float(measured), 12) >= aim.low


def district_money(funding: pd.DataFrame, district: str, by: By = ()) -> pd.DataFrame:
    """Sum a district's money, with the province's rate of disbursement beside it.

    Parameters
    ----------
    funding
        The clean table ``funding`` of the year.
    by
        Key columns such as ``programme``; the whole by default.

    Returns
    -------
    pandas.DataFrame
        The keys, the columns of :func:`kgstats.analysis.indicators.disbursement` and
        ``province_pct``. Without rows by key where the district reported no money.

    Examples
    --------
    >>> funding = pd.DataFrame(
    ...     {
    ...         "district_code": ["903", "904"],
    ...         "programme": ["ntm", "ntm"],
    ...         "allocated_vnd": [100, 100],
    ...         "disbursed_vnd": [80, 40],
    ...     }
    ... )
    >>> found = district_money(funding, "904", by="programme")
    >>> found[["disbursed_rate_pct", "province_pct"]].values.tolist()
    [[40.0, 60.0]]
    """
    own = indicators.disbursement(funding[funding["district_code"] == district], by)
    province = indicators.disbursement(funding, by)
    rates = province[[*keys(by), "disbursed_rate_pct"]]
    rates = rates.rename(columns={"disbursed_rate_pct": "province_pct"})
    return own.merge(rates, on=keys(by), how="left") if keys(by) else own.join(rates)


def files_of_district(cells: pd.DataFrame, findings: pd.DataFrame, district: str) -> pd.DataFrame:
    """Account for what a district sent: its files, their cells and their findings.

    Which files are a district's, :func:`kgstats.analysis.quality.file_districts` says.

    Returns
    -------
    pandas.DataFrame
        One row per file: ``file, sheets, cells, values, quarantined, errors, warnings, notes``.

    Examples
    --------
    >>> cells = pd.DataFrame({"file": "a.xls", "sheet": "1", "row_key": ["", "2019/906/30904"]})
    >>> cells["role"] = ["quarantined", "value"]
    >>> findings = pd.DataFrame({"file": ["a.xls", "b.xls"], "severity": ["error", "error"]})
    >>> files_of_district(cells, findings, "906").values[0].tolist()
    ['a.xls', 1, 2, 1, 1, 1, 0, 0]
    """
    owners = quality.file_districts(cells)
    own = sorted(owners.index[owners == district])
    held = cells[cells["file"].isin(own)]
    frame = held.groupby("file")["sheet"].agg(sheets="nunique", cells="size").reindex(own)
    counted = {"values": "value", "quarantined": "quarantined"}
    told = {"errors": "error", "warnings": "warning", "notes": "note"}
    for names, table, column in ((counted, held, "role"), (told, findings, "severity")):
        for name, code in names.items():
            number = table.loc[table[column] == code, "file"].value_counts()
            frame[name] = number.reindex(own).fillna(0)
    return frame.rename_axis("file").fillna(0).astype(int).reset_index()


def commune_table(
    standing: pd.DataFrame, households: pd.DataFrame, year: int, district: str
) -> pd.DataFrame:
    """Put a district's communes side by side: standard, missing criteria, poverty.

    Parameters
    ----------
    standing
        :func:`kgstats.analysis.attainment.standing` of the year.
    households
        The clean table ``poverty`` of the year.

    Returns
    -------
    pandas.DataFrame
        One row per commune-level unit of the year: ``year, district_code, commune_code, name,
        type``; ``criteria_met, status, lacking`` (numbers of criteria not met), null for wards
        and townships, which have no standard; ``households_hh, poor_end_hh, poor_rate_pct,
        near_poor_rate_pct``.
    """
    units = areas.units(year)
    units = units[units["district_code"] == district]
    by: By = "commune"
    rates = ["households_hh", "poor_end_hh", "poor_rate_pct", "near_poor_rate_pct"]
    counted = indicators.household_poverty(households, by)[[*keys(by), *rates]]
    stands = standing[[*keys(by), "criteria_met", "status", "lacking"]]
    frame = units[[*keys(by), "name", "type"]].merge(stands, on=keys(by), how="left")
    frame = frame.merge(counted, on=keys(by), how="left", validate="one_to_one")
    frame.insert(0, "year", pd.array([year] * len(frame), dtype="Int64"))
    return frame
