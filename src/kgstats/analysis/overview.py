"""The year on one page: headline figures with change and target, for a province or a district."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import pandas as pd

from kgstats.analysis import funding as money
from kgstats.analysis import poverty
from kgstats.analysis.households import together
from kgstats.reference import areas, programmes

ATTAINED = ("standard", "advanced", "model")
COLUMNS = (
    "indicator",
    "year",
    "value",
    "base",
    "unit",
    "before",
    "change",
    "target",
    "reached",
)


def attained(communes: pd.DataFrame) -> pd.Series:
    """Mark the communes recognised as meeting the standard, at whatever level.

    A commune with all criteria met but no decision yet is pending and not marked.

    >>> from kgstats import sample
    >>> int(attained(sample.truth(2019)["communes"]).sum())
    64
    """
    recognised = communes["status"] == "recognised"
    return (recognised & communes["level"].isin(list(ATTAINED))).fillna(False).astype(bool)


def standard(communes: pd.DataFrame) -> dict[str, Fraction | int | None]:
    """Count communes that meet the standard and their mean criteria met.

    Mean criteria = criteria met, summed over the communes that report them ÷ those communes.

    >>> from kgstats import sample
    >>> found = standard(sample.truth(2019)["communes"])
    >>> found["met"], found["base"], round(float(found["mean_criteria"]), 1)
    (64, 117, 16.9)
    """
    reported = communes["criteria_met"].dropna()
    return {
        "met": int(attained(communes).sum()),
        "base": len(communes),
        "mean_criteria": Fraction(int(reported.sum()), len(reported)) if len(reported) else None,
    }


def headline(
    year: int,
    communes: Mapping[int, pd.DataFrame],
    households: Mapping[int, pd.DataFrame],
    funding: Mapping[int, pd.DataFrame],
    district: str | None = None,
) -> pd.DataFrame:
    """Return the year's headline figures with last year's, the change, and the target.

    Communes meeting the standard and criteria per commune; rates of poor, near-poor and
    ethnic-minority poor households (ends of year, in percent; changes in points); money allocated,
    share of it with a reported disbursement, and disbursement of that share.

    Parameters
    ----------
    communes, households, funding
        Clean tables ``communes``, ``poverty`` and ``funding`` by year; the year before may be
        missing.
    district
        GSO code of one district; the whole province by default (targets are the province's).

    Returns
    -------
    pandas.DataFrame
        One row per indicator: ``indicator, year, value, base, unit, before, change, target,
        reached``; values as exact fractions, null where nothing is reported.
    """
    rows: list[dict[str, object]] = []
    now = _figures(year, communes, households, funding, district)
    then = _figures(year - 1, communes, households, funding, district)
    for indicator, (value, base, unit) in now.items():
        before = then.get(indicator, (None, None, unit))[0]
        change = None if value is None or before is None else value - before
        aim = None if district is not None else _target(indicator, year)
        rows.append(
            {
                "indicator": indicator,
                "year": year,
                "value": value,
                "base": base,
                "unit": unit,
                "before": before,
                "change": change,
                "target": aim,
                "reached": _reached(indicator, value, change, aim),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


_Figures = dict[str, tuple[Fraction | None, int | None, str]]


def _figures(
    year: int,
    communes: Mapping[int, pd.DataFrame],
    households: Mapping[int, pd.DataFrame],
    funding: Mapping[int, pd.DataFrame],
    district: str | None,
) -> _Figures:
    found: _Figures = {}

    def chosen(tables: Mapping[int, pd.DataFrame]) -> pd.DataFrame:
        table = tables.get(year, pd.DataFrame())
        if district is None or table.empty:
            return table
        return table[table["district_code"] == district]

    held = chosen(communes)
    if len(held):
        counted = standard(held)
        met, base, mean = counted["met"], counted["base"], counted["mean_criteria"]
        assert isinstance(met, int) and isinstance(base, int)
        found["communes_met"] = (Fraction(met), base, "communes")
        found["mean_criteria"] = (
            None if mean is None else Fraction(mean),
            base,
            "criteria_per_commune",
        )
    held = chosen(households)
    if len(held):
        frame = together(held)
        for name, kind, whole in (
            ("poor_rate", "poor_end_hh", "households_hh"),
            ("near_poor_rate", "near_poor_end_hh", "households_hh"),
            ("ethnic_poor_rate", "ethnic_poor_end_hh", "ethnic_households_hh"),
        ):
            there = frame[frame[kind].notna() & frame[whole].notna()]
            part, base = int(there[kind].sum()), int(there[whole].sum())
            found[name] = (Fraction(100 * part, base) if base else None, base, "percent")
        poor = frame["poor_end_hh"].dropna()
        found["poor_households"] = (Fraction(int(poor.sum())), None, "households")
    held = chosen(funding)
    if len(held):
        total = money.gaps(money.lines(held, year)).iloc[-1]
        allocated, covered = int(total["allocated_vnd"]), int(total["covered_vnd"])
        found["allocated"] = (Fraction(allocated), None, "VND")
        found["coverage"] = (
            Fraction(100 * covered, allocated) if allocated else None,
            allocated,
            "percent",
        )
        paid = total["disbursed_vnd"]
        found["disbursed"] = (
            Fraction(100 * int(paid), covered) if covered and not pd.isna(paid) else None,
            covered,
            "percent",
        )
    return found


_TARGETS = {
    "communes_met": "attained_communes",
    "mean_criteria": "mean_criteria",
    "poor_rate": "poor_fall",
}


def _target(indicator: str, year: int) -> programmes.Target | None:
    """Return the indicator's target of the year, or for levels of the next year on the way."""
    name = _TARGETS.get(indicator)
    if name is None:
        return None
    found = programmes.target(name, year)
    if found is None and name != "poor_fall":
        found = programmes.target(name, year + 1)
    return found


def _reached(
    indicator: str,
    value: Fraction | None,
    change: Fraction | None,
    aim: programmes.Target | None,
) -> bool | None:
    if aim is None:
        return None
    measured = -change if indicator == "poor_rate" and change is not None else value
    if measured is None or (indicator == "poor_rate" and change is None):
        return None
    return measured >= Fraction(repr(aim.low))


def trend(
    communes: Mapping[int, pd.DataFrame], households: Mapping[int, pd.DataFrame]
) -> pd.DataFrame:
    """Return the headline levels of every year there is a return of.

    Years under different poverty standards or criteria sets are the caller's to keep apart.

    Returns
    -------
    pandas.DataFrame
        One row per year: ``year, communes_met, base, mean_criteria, poor_rate, near_poor_rate,
        ethnic_poor_rate``.
    """
    rows = []
    for year in sorted({*communes, *households}):
        found = _figures(year, communes, households, {}, None)
        row: dict[str, object] = {"year": year}
        for name in (
            "communes_met",
            "mean_criteria",
            "poor_rate",
            "near_poor_rate",
            "ethnic_poor_rate",
        ):
            value = found.get(name, (None, None, ""))[0]
            row[name] = None if value is None else float(value)
        row["base"] = found.get("communes_met", (None, None, ""))[1]
        rows.append(row)
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class News:
    """What changed since last year.

    ``gained`` and ``lost``: codes of communes newly recognised and no longer recognised, among
    the units of both years. ``districts``: change of the poor rate by district, the largest fall
    first, with the columns of :func:`kgstats.analysis.poverty.changes`.
    """

    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    districts: pd.DataFrame = field(default_factory=pd.DataFrame)


def news(
    year: int, communes: Mapping[int, pd.DataFrame], households: Mapping[int, pd.DataFrame]
) -> News:
    """Gather what changed since last year; empty where there is no return of last year.

    >>> from kgstats import sample
    >>> tables = {year: sample.truth(year) for year in (2018, 2019)}
    >>> communes = {year: held["communes"] for year, held in tables.items()}
    >>> found = news(2019, communes, {})
    >>> len(found.gained), found.lost
    (13, ())
    """
    gained: set[str] = set()
    lost: set[str] = set()
    if year in communes and year - 1 in communes:
        now, then = communes[year], communes[year - 1]
        both = set(now["commune_code"]) & set(then["commune_code"])
        areas.join_guard(year - 1, year, both)
        met_now = set(now.loc[attained(now), "commune_code"])
        met_then = set(then.loc[attained(then), "commune_code"])
        gained, lost = met_now - met_then, (met_then - met_now) & both
    districts = pd.DataFrame()
    if year in households and year - 1 in households:
        review = poverty.review([households[year - 1], households[year]], year)
        moved = poverty.changes(review.frame, year - 1, year, review.by)
        chosen = (moved["measure"] == "poor") & moved["change_pp"].notna()
        districts = moved[chosen].sort_values(["change_pp", "code"]).reset_index(drop=True)
    return News(tuple(sorted(gained)), tuple(sorted(lost)), districts)


def files_of_district(cells: pd.DataFrame, findings: pd.DataFrame, district: str) -> pd.DataFrame:
    """Account for what a district sent: its files, their cells and their findings.

    A file belongs to the district whose values it holds most of.

    Returns
    -------
    pandas.DataFrame
        One row per file: ``file, sheets, cells, values, quarantined, errors, warnings, notes``.
    """
    keys = cells["row_key"].fillna("").str.split("/")
    placed = cells.assign(district=[parts[1] if len(parts) > 1 else "" for parts in keys])
    owners = (
        placed[placed["district"] != ""]
        .groupby(["file", "district"])
        .size()
        .reset_index(name="n")
        .sort_values(["n", "district"], ascending=[False, True])
        .drop_duplicates("file")
    )
    own = sorted(owners.loc[owners["district"] == district, "file"])
    rows = []
    for file in own:
        held, told = cells[cells["file"] == file], findings[findings["file"] == file]
        rows.append(
            {
                "file": file,
                "sheets": int(held["sheet"].nunique()),
                "cells": len(held),
                "values": int((held["role"] == "value").sum()),
                "quarantined": int((held["role"] == "quarantined").sum()),
                "errors": int((told["severity"] == "error").sum()),
                "warnings": int((told["severity"] == "warning").sum()),
                "notes": int((told["severity"] == "note").sum()),
            }
        )
    return pd.DataFrame(
        rows,
        columns=[
            "file",
            "sheets",
            "cells",
            "values",
            "quarantined",
            "errors",
            "warnings",
            "notes",
        ],
    )


def commune_table(
    year: int,
    district: str,
    communes: pd.DataFrame,
    attainment: pd.DataFrame,
    households: pd.DataFrame,
) -> pd.DataFrame:
    """Put a district's communes side by side: standard, missing criteria, poverty.

    Returns
    -------
    pandas.DataFrame
        One row per commune-level unit of the year: ``commune_code, name, type, criteria_met,
        status, missing`` (numbers of criteria not met), ``households_hh, poor_hh, poor_pct,
        near_poor_pct``. Wards and townships have no standard; unreported is null.
    """
    units = areas.units(year)
    units = units[units["district_code"] == district]
    own = communes.set_index("commune_code")
    failed = attainment[attainment["met"].eq(False).fillna(False)]
    missing = failed.groupby("commune_code")["criterion"].apply(list).to_dict()
    counted = households.set_index("commune_code")
    rows = []
    for unit in units.itertuples():
        code = unit.commune_code
        row: dict[str, object] = {"commune_code": code, "name": unit.name, "type": unit.type}
        if code in own.index:
            row |= {
                "criteria_met": own.loc[code, "criteria_met"],
                "status": own.loc[code, "status"],
                "missing": [int(number) for number in missing.get(code, [])],
            }
        if code in counted.index:
            line = counted.loc[code]
            base = line["households_hh"]
            row |= {"households_hh": base, "poor_hh": line["poor_end_hh"]}
            for name, column in (
                ("poor_pct", "poor_end_hh"),
                ("near_poor_pct", "near_poor_end_hh"),
            ):
                known = not pd.isna(base) and not pd.isna(line[column]) and int(base) > 0
                row[name] = 100 * int(line[column]) / int(base) if known else None
        rows.append(row)
    columns = [
        "commune_code",
        "name",
        "type",
        "criteria_met",
        "status",
        "missing",
        "households_hh",
        "poor_hh",
        "poor_pct",
        "near_poor_pct",
    ]
    return pd.DataFrame(rows).reindex(columns=columns)
