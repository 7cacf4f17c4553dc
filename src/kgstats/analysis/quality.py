"""Quality of a year's data: what arrived, what was found, and what was assumed.

Everything is counted from the findings, the ledger of cells, the clean tables and the reference
data; nothing is typed. A finding without a place (a return that never came) belongs to the
district it names; one whose file tells no district stands apart, never dropped.

Every function takes, unless it says otherwise: ``year``, the reporting year; ``findings``, the
table ``findings`` of the year; ``cells``, the ledger of cells, table ``cells``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.analysis import tidy
from kgstats.reference import (
    areas,
    criteria,
    funding_rules,
    groupings,
    poverty_standards,
    programmes,
)
from kgstats.reference.refusal import Refusal
from kgstats.reference.tables import records
from kgstats.returns.rules import SEVERITIES

COUNTED = {severity: f"{severity}s" for severity in SEVERITIES}
"""Columns that count findings, by their severity."""


def file_districts(cells: pd.DataFrame, deliveries: pd.DataFrame | None = None) -> pd.Series:
    """Return the district each received file belongs to.

    A file's district is that of the rows most of its values stand in; a file that was not used
    belongs to the district of the file that took its place, or to the one declared.

    Parameters
    ----------
    cells
        The ledger: ``file, row_key`` (``year/district/…``).
    deliveries
        What was declared: ``file, district, supersedes`` (a list of files); may be empty.

    Returns
    -------
    pandas.Series
        District code by file name; files of unknown district are not in it.

    Examples
    --------
    >>> ledger = pd.DataFrame({"file": ["a.xls", "a.xls"], "row_key": ["", "2019/906/30904/5"]})
    >>> file_districts(ledger).to_dict()
    {'a.xls': '906'}
    """
    found: dict[str, str] = {}
    if len(cells):
        placed = cells.loc[cells["row_key"].fillna("") != "", ["file", "row_key"]]
        district = placed["row_key"].str.split("/").str[1].rename("district")
        counted = placed.groupby(["file", district]).size().reset_index(name="cells")
        counted = counted.sort_values(["cells", "district"], ascending=[False, True])
        for file, code in counted.drop_duplicates("file")[["file", "district"]].itertuples(
            index=False
        ):
            found[str(file)] = str(code)
    if deliveries is not None and len(deliveries):
        for _ in range(len(deliveries)):
            # A delivery may take the place of one that took the place of another.
            for row in deliveries.itertuples():
                district = found.get(row.file)
                if district is None and not pd.isna(row.district_code):
                    district = found[row.file] = str(row.district_code)
                for old in row.supersedes:
                    if district is not None:
                        found.setdefault(old, district)
    return pd.Series(found, dtype="string").rename_axis("file").rename("district_code")


def coverage(cells: pd.DataFrame, tables: Mapping[str, pd.DataFrame], year: int) -> pd.DataFrame:
    """Return what arrived from each district, against what a whole return holds.

    A form counts as received when at least one of its rows reached the clean table. A form about
    places has a row for every rural commune, or for every commune-level unit: rows and units
    expected stand side by side. Form 02 has as many rows as the district has lines of money.

    Parameters
    ----------
    cells
        The ledger.
    tables
        The clean tables by name; a table that is not there counts as without rows.

    Returns
    -------
    pandas.DataFrame
        One row for each district of the year, one with a null code where there are none:
        ``district_code, files`` (files used); for each
        form ``rows_01, expected_01`` and so on (a missing form, or what no list tells, is null);
        ``forms`` (received), ``missing`` (numbers of the missing forms, separated by blanks).
    """
    frame = areas.districts(year)[["district_code", "units", "rural_communes"]]
    if frame.empty:
        whole = {"units": len(areas.units(year)), "rural_communes": len(areas.rural(year))}
        frame = pd.DataFrame([{"district_code": "", **whole}])
    codes = frame["district_code"]
    used = file_districts(cells).value_counts()
    found = pd.DataFrame({"district_code": codes, "files": codes.map(used).fillna(0)})
    for form, names in registry.forms().items():
        # Where a form fills two tables, the last has a row a unit.
        name = names[-1]
        held = tables.get(name, pd.DataFrame())
        given = held["district_code"].fillna("") if len(held) else pd.Series(dtype="string")
        found[f"rows_{form}"] = codes.map(given.value_counts())
        column = {"rural": "rural_communes", "all": "units"}.get(registry.tables()[name].units)
        found[f"expected_{form}"] = frame[column] if column else pd.NA
    received = pd.DataFrame({form: found[f"rows_{form}"].notna() for form in registry.forms()})
    found["forms"] = received.sum(axis=1)
    found["missing"] = [
        " ".join(form for form in received if not has[form]) for has in received.to_dict("records")
    ]
    found["district_code"] = codes.where(codes != "")
    counts = [name for name in found if name not in ("district_code", "missing")]
    kinds = {"district_code": "string", "missing": "string"}
    return found.astype({**kinds, **dict.fromkeys(counts, "Int64")})


def received(coverage: pd.DataFrame, findings: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Sum up what arrived of a year and what became of it.

    Parameters
    ----------
    coverage
        :func:`coverage`.
    findings, cells
        The findings and the ledger.

    Returns
    -------
    pandas.DataFrame
        One row: ``districts, districts_there`` (with a form; 0 where the year has no districts),
        ``forms, forms_expected, cells, cells_refused`` and the number of findings of each
        severity.
    """
    listed = coverage["district_code"].notna()
    found = findings["severity"].value_counts() if len(findings) else {}
    row = {
        "districts": int(listed.sum()),
        "districts_there": int((coverage.loc[listed, "forms"] > 0).sum()),
        "forms": int(coverage["forms"].sum()),
        "forms_expected": len(coverage) * len(registry.forms()),
        "cells": len(cells),
        "cells_refused": int((cells["role"] == "quarantined").sum()) if len(cells) else 0,
    }
    return pd.DataFrame([row | {many: int(found.get(name, 0)) for name, many in COUNTED.items()}])


def in_all(counted: pd.DataFrame) -> pd.DataFrame:
    """Add up counts over all rows: one row, without keys.

    Parameters
    ----------
    counted
        A frame of counts by some key, such as :func:`by_district` returns.

    Examples
    --------
    >>> in_all(pd.DataFrame({"file": ["a.xls", "b.xls"], "cells": [12, 8]})).to_dict("records")
    [{'cells': 20}]
    """
    return counted.select_dtypes(["number"]).sum().to_frame().T


def by_district(
    findings: pd.DataFrame,
    cells: pd.DataFrame,
    year: int,
    deliveries: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Count findings by district and severity.

    Parameters
    ----------
    deliveries
        What is declared about the files.

    Returns
    -------
    pandas.DataFrame
        One row for each district of the year, and one with a null code where findings belong to
        none: ``district_code, errors, warnings, notes, findings``. The columns add up to the number
        of findings; null for a district of which nothing was received: that is not faultless.
        Without rows for a year of which nothing was received.
    """
    columns = ["district_code", *COUNTED.values(), "findings"]
    if not len(cells) and not len(findings):
        return pd.DataFrame(columns=columns)
    codes = list(areas.districts(year)["district_code"].astype(str))
    known = file_districts(cells, deliveries)
    named = findings["raw"].where(findings["file"].fillna("") == "")
    code = findings["file"].map(known).fillna(named)
    code = code.where(code.isin(codes))
    counted = (
        findings.assign(district_code=code)
        .groupby(["district_code", "severity"], dropna=False)
        .size()
        .unstack(fill_value=0)
        .reindex(columns=list(SEVERITIES), fill_value=0)
        .rename(columns=COUNTED)
        .rename_axis(columns=None)
    )
    nowhere = [pd.NA] if code.isna().any() or not codes else []
    found = counted.reindex([*codes, *nowhere], fill_value=0).astype("Int64")
    found["findings"] = found.sum(axis=1)
    found = found.rename_axis("district_code").reset_index().astype({"district_code": "string"})
    sent = found["district_code"].fillna("").isin(set(known.dropna()))
    silent = ~sent & (found["findings"] == 0)
    counts = [*COUNTED.values(), "findings"]
    found[counts] = found[counts].mask(silent)
    return found


def by_rule(findings: pd.DataFrame) -> pd.DataFrame:
    """Count findings by rule.

    Returns
    -------
    pandas.DataFrame
        ``rule, severity, action, findings, files``; gravest first, then the most frequent. A
        rule that was applied with two severities has two rows.
    """
    columns = ["rule", "severity", "action", "findings", "files"]
    if not len(findings):
        return pd.DataFrame(columns=columns)
    counted = (
        findings.groupby(["rule", "severity", "action"], sort=True)
        .agg(findings=("file", "size"), files=("file", "nunique"))
        .reset_index()
    )
    rank = {severity: place for place, severity in enumerate(SEVERITIES)}
    counted["rank"] = [rank[severity] for severity in counted["severity"]]
    counted = counted.sort_values(
        ["rank", "findings", "rule"], ascending=[True, False, True], kind="stable"
    )
    return counted[columns].reset_index(drop=True)


def kinds_found(by_rule: pd.DataFrame) -> pd.DataFrame:
    """Count findings of each rule, with whatever severity.

    Parameters
    ----------
    by_rule
        :func:`by_rule`.

    Returns
    -------
    pandas.DataFrame
        ``rule, findings, all_findings``, the same in every row; the most frequent first.

    Examples
    --------
    >>> found = pd.DataFrame({"rule": ["place_near"] * 2, "findings": [3, 1]})
    >>> kinds_found(found).values.tolist()
    [['place_near', 4, 4]]
    """
    counted = by_rule.groupby("rule", as_index=False, sort=False)["findings"].sum()
    counted["all_findings"] = counted["findings"].sum()
    return counted.sort_values("findings", ascending=False, kind="stable", ignore_index=True)


def accounts(cells: pd.DataFrame, by: str | None = "role") -> pd.DataFrame:
    """Return the accounts of the ledger: how many cells received have which role.

    Parameters
    ----------
    by
        What the rows are grouped by; see the table returned.

    Returns
    -------
    pandas.DataFrame
        ``role`` (in the order of the roles; not with ``by=None``, which gives one row for all),
        ``cells, files, cells_share_pct`` (of all cells received).
    """
    if not len(cells):
        return pd.DataFrame(columns=["role", "cells", "files", "cells_share_pct"])
    counts = {"cells": ("file", "size"), "files": ("file", "nunique")}
    if by is None:
        counted = pd.DataFrame({"cells": [len(cells)], "files": [cells["file"].nunique()]})
    else:
        counted = cells.groupby(by).agg(**counts)
        counted = counted.reindex(
            [role for role in registry.codes("role") if role in counted.index]
        )
        counted = counted.rename_axis("role").reset_index()
    return counted.assign(cells_share_pct=100 * counted["cells"] / max(len(cells), 1))


def refused_cells(
    cells: pd.DataFrame, year: int, deliveries: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Count the cells that were refused, by district.

    Parameters
    ----------
    deliveries
        What is declared about the files.

    Returns
    -------
    pandas.DataFrame
        ``district_code, refused_cells``: a row for each district a file was received of, and one
        with a null code where refused cells belong to none. They add up to the refused cells.
    """
    known = file_districts(cells, deliveries)
    codes = known[known.isin(areas.districts(year)["district_code"])]
    files = (
        cells.loc[cells["role"] == "quarantined", "file"] if len(cells) else pd.Series(dtype=str)
    )
    counted = files.map(codes).value_counts(dropna=False)
    nowhere = [pd.NA] if counted.index.isna().any() else []
    found = pd.DataFrame({"district_code": [*sorted(set(codes)), *nowhere]}, dtype="string")
    counts = {pd.NA if pd.isna(code) else code: n for code, n in counted.items()}
    return found.assign(
        refused_cells=pd.array([counts.get(one, 0) for one in found["district_code"]], "Int64")
    )


def corrections(declared: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Return the declared corrections, each with whether it was applied in this year's cleaning.

    Parameters
    ----------
    declared
        The declared corrections, `kgstats.notebook.Report.corrections`.

    Returns
    -------
    pandas.DataFrame
        The columns declared and ``applied``: there is a finding ``correction_applied`` at the
        cell.
    """
    done: set[tuple[str, str, str]] = set()
    if len(findings):
        marks = findings[findings["rule"] == "correction_applied"]
        places = marks[["file", "sheet", "cell"]].fillna("")
        done = set(places.itertuples(index=False, name=None))
    found = declared.copy()
    found["applied"] = pd.array(
        [(row.file, row.sheet, row.cell) in done for row in declared.itertuples()],
        dtype="boolean",
    )
    return found


def replaced(declared: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Return the files that were not used because a later delivery took their place.

    Parameters
    ----------
    declared
        What was declared: ``file, district_code, received, reason, supersedes`` (a list of files).
    cells
        The ledger.

    Returns
    -------
    pandas.DataFrame
        ``file`` (not used), ``district_code, replaced_by, received, reason``.
    """
    columns = ["file", "district_code", "replaced_by", "received", "reason"]
    known = file_districts(cells, declared)
    return pd.DataFrame(
        [
            (old, known.get(old, row.district_code), row.file, row.received, row.reason)
            for row in declared.itertuples()
            for old in row.supersedes
        ],
        columns=columns,
    )


# What was assumed ---------------------------------------------------------------------------


def thresholds(year: int) -> pd.DataFrame:
    """Return the criteria thresholds of a year that nobody confirmed in the decision itself.

    Returns
    -------
    pandas.DataFrame
        As :func:`kgstats.reference.criteria.thresholds`, only rows whose national value or whose
        value for the Mekong Delta is unconfirmed; without rows for a year without a set.
    """
    try:
        frame = criteria.thresholds(year)
    except Refusal:
        return pd.DataFrame()
    open_ = ~(frame["national_confirmed"] & frame["mekong_confirmed"])
    return frame[open_].reset_index(drop=True)


def assumptions(year: int) -> pd.DataFrame:
    """Return the other reference data of a year that nobody confirmed.

    Returns
    -------
    pandas.DataFrame
        ``topic`` (``sub_criteria, groups, district_criteria, close, allocation, programme,
        target, poverty_rule, especially_difficult``), ``item_vi, item_en`` (empty where the
        topic says it), ``about`` (kind of money, indicator), ``plan_year``, ``amount,
        amount_high, unit, date`` (what is taken), ``basis`` (the decision or law), ``source``
        (what is known about it). Rows stand where the reference data says ``confirmed = no``,
        and one where a list is known to be incomplete.
    """
    rows: list[dict[str, Any]] = []
    for part in (_of_criteria, _of_money, _of_programmes, _of_poverty):
        rows += part(year)
    return tidy.frame(
        rows,
        "string: topic item_vi item_en about",
        "Int64: plan_year",
        "Float64: amount amount_high",
        "string: unit",
        "object: date",
        "string: basis source",
    )


def _open(frame: pd.DataFrame, topic: str, **told: Any) -> list[dict[str, Any]]:
    """Return the rows nobody confirmed, as assumptions of a topic.

    ``told`` says of each what is assumed: the name of a column that holds it, or itself.
    """
    rows = frame[~frame["confirmed"]].to_dict("records")
    return [
        {"topic": topic} | {name: row.get(one, one) for name, one in told.items()} for row in rows
    ]


_NAMED = {"item_vi": "name_vi", "item_en": "name_en"}


def _of_criteria(year: int) -> list[dict[str, Any]]:
    try:
        one = criteria.criteria_set(year)
    except Refusal:
        return []
    counted = {"topic": "sub_criteria", "amount": one.sub_criteria, "unit": "sub_criteria"}
    rows = [] if one.sub_criteria_confirmed else [counted | {"basis": one.decision}]
    rows += _open(criteria.groups(year), "groups", **_NAMED, basis=one.decision)
    districts = criteria.district_criteria(year)
    return rows + _open(districts, "district_criteria", **_NAMED, amount="number", source="source")


def _of_money(year: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for plan_year in (year, year - 1):
        for kind in funding_rules.KINDS:
            try:
                closes = funding_rules.closes(kind, plan_year, year)
            except funding_rules.NoCloseKnown:
                continue
            rows += [
                {
                    "topic": "close",
                    "about": kind,
                    "plan_year": plan_year,
                    "date": close.day,
                    "basis": close.basis,
                    "source": close.source,
                }
                for close in closes
                if not close.confirmed
            ]
    for row in records("funding_allocations"):
        if row["confirmed"] != "yes" and int(row["plan_year"]) in (year, year - 1):
            rows.append(
                {
                    "topic": "allocation",
                    "about": row["programme"],
                    "plan_year": int(row["plan_year"]),
                    "date": dt.date.fromisoformat(row["allocated_on"]),
                    "basis": row["document"],
                    "source": row["basis"],
                }
            )
    return rows


def _of_programmes(year: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for code in programmes.PROGRAMMES:
        try:
            one = programmes.programme(code, year)
        except Refusal:
            continue
        if not one.confirmed:
            rows.append(
                {
                    "topic": "programme",
                    "item_vi": one.name_vi,
                    "item_en": one.name_en,
                    "basis": one.decision,
                }
            )
    for row in records("targets"):
        if row["confirmed"] != "yes" and int(row["first_year"]) <= year <= int(row["last_year"]):
            rows.append(
                {
                    "topic": "target",
                    "about": programmes.target_code(row["indicator"], row["scope"]),
                    "amount": float(row["low"]),
                    "amount_high": float(row["high"]) if row["high"] else None,
                    "unit": row["unit"],
                    "source": row["source"],
                }
            )
    listed = groupings.members(year, "especially_difficult")
    if len(listed):
        rows.append(
            {
                "topic": "especially_difficult",
                "amount": len(listed),
                "unit": "communes",
                "source": str(listed["source"].iloc[0]),
            }
        )
    return rows


def _of_poverty(year: int) -> list[dict[str, Any]]:
    try:
        one = poverty_standards.standard(year)
    except Refusal:
        return []
    if one.rule_confirmed:
        return []
    return [
        {
            "topic": "poverty_rule",
            "item_vi": one.rule_vi,
            "item_en": one.rule_en,
            "basis": one.decision,
            "source": one.source,
        }
    ]


def unknown(year: int) -> list[str]:
    """Return which reference data is not known at all for a year.

    Among ``criteria``, ``thresholds``, ``poverty_standard``, ``programmes``.

    Examples
    --------
    >>> unknown(2019), unknown(2023)
    ([], ['thresholds'])
    """
    found = []
    try:
        if criteria.thresholds(year).empty:
            found.append("thresholds")
    except Refusal:
        found.append("criteria")
    try:
        poverty_standards.standard(year)
    except Refusal:
        found.append("poverty_standard")
    for code in programmes.PROGRAMMES:
        try:
            programmes.programme(code, year)
        except Refusal:
            found.append("programmes")
            break
    return found
