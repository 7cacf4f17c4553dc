"""Quality of a year's data: what arrived, what was found, and what was assumed.

Everything is counted from the findings, the ledger of cells, the clean tables and the reference
data; nothing is typed. A finding without a place (a return that never came) belongs to the
district it names; one whose file tells no district stands apart, never dropped.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from kgstats.reference import areas, criteria, funding_rules, poverty_standards, programmes
from kgstats.reference.refusal import Refusal
from kgstats.reference.tables import records
from kgstats.returns.rules import SEVERITIES

FORMS: dict[str, tuple[str, ...]] = {
    "01": ("attainment", "communes"),
    "02": ("funding",),
    "03": ("poverty",),
}
"""Forms of a return and the clean tables each one fills."""


def file_districts(cells: pd.DataFrame, deliveries: pd.DataFrame | None = None) -> pd.Series:
    """Return the district each received file belongs to.

    A file's district is that of the rows its values stand in; a file that was not used belongs
    to the district of the file that took its place, or to the one declared.

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
        placed = cells[cells["row_key"].fillna("") != ""]
        pairs = placed[["file", "row_key"]].drop_duplicates("file")
        for file, key in zip(pairs["file"], pairs["row_key"], strict=True):
            found[str(file)] = str(key).split("/")[1]
    if deliveries is not None and len(deliveries):
        for _ in range(len(deliveries)):
            # A delivery may take the place of one that took the place of another.
            for row in deliveries.itertuples():
                district = found.get(row.file)
                if district is None and not pd.isna(row.district):
                    district = found[row.file] = str(row.district)
                for old in row.supersedes:
                    if district is not None:
                        found.setdefault(old, district)
    return pd.Series(found, dtype="string").rename_axis("file").rename("district_code")


def coverage(
    cells: pd.DataFrame,
    communes: pd.DataFrame,
    funding: pd.DataFrame,
    poverty: pd.DataFrame,
    year: int,
    deliveries: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return what arrived from each district, against what a whole return holds.

    A form counts as received when at least one of its rows reached the clean table. Forms 01 and
    03 have a row for every rural commune, for every commune-level unit: rows and units expected
    stand side by side. Form 02 has as many rows as the district has lines of money.

    Returns
    -------
    pandas.DataFrame
        One row for each district of the year: ``district_code, district, files`` (files used),
        ``communes, communes_expected, lines, units, units_expected`` (rows of forms 01, 02 and
        03; a missing form is null), ``forms`` (received), ``missing`` (numbers of the missing
        forms, separated by blanks).
    """
    districts = areas.districts(year)
    used = file_districts(cells)
    files = used.value_counts()
    rows = {
        "01": _count(communes),
        "02": _count(funding),
        "03": _count(poverty),
    }
    lines = []
    for row in districts.itertuples():
        code = str(row.district_code)
        received = [form for form in FORMS if rows[form].get(code, 0)]
        lines.append(
            {
                "district_code": code,
                "district": row.district_name,
                "files": int(files.get(code, 0)),
                "communes": rows["01"].get(code),
                "communes_expected": int(row.rural_communes),
                "lines": rows["02"].get(code),
                "units": rows["03"].get(code),
                "units_expected": int(row.units),
                "forms": len(received),
                "missing": " ".join(form for form in FORMS if form not in received),
            }
        )
    kinds = dict.fromkeys(("district_code", "district", "missing"), "string")
    counts = ("files", "communes", "communes_expected", "lines", "units", "units_expected", "forms")
    return pd.DataFrame(lines).astype({**kinds, **dict.fromkeys(counts, "Int64")})


def _count(table: pd.DataFrame) -> dict[str, int]:
    if not len(table):
        return {}
    return {str(code): int(n) for code, n in table["district_code"].value_counts().items()}


def by_district(
    findings: pd.DataFrame,
    cells: pd.DataFrame,
    year: int,
    deliveries: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Count findings by district and severity.

    Returns
    -------
    pandas.DataFrame
        One row for each district of the year, and one with a null code where findings belong to
        none: ``district_code, district, error, warning, note, findings``. The columns add up to
        the number of findings.
    """
    known = file_districts(cells, deliveries)
    districts = areas.districts(year).set_index("district_code")["district_name"]
    counts: dict[str | None, dict[str, int]] = {str(code): {} for code in districts.index}
    for row in findings.itertuples():
        code: str | None = known.get(row.file)
        if not row.file and row.raw in districts.index:
            code = str(row.raw)
        own = counts.setdefault(code if code in districts.index else None, {})
        own[row.severity] = own.get(row.severity, 0) + 1
    frame = pd.DataFrame(
        [
            {
                "district_code": code,
                "district": None if code is None else districts[code],
                **{severity: own.get(severity, 0) for severity in SEVERITIES},
                "findings": sum(own.values()),
            }
            for code, own in counts.items()
        ]
    )
    kinds = {"district_code": "string", "district": "string"}
    return frame.astype({**kinds, **dict.fromkeys((*SEVERITIES, "findings"), "Int64")})


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


def accounts(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts of the ledger: how many cells received have which role.

    Returns
    -------
    pandas.DataFrame
        ``role, cells, files, share_pct`` (of all cells received), in the order of the roles.
    """
    from kgstats.returns.ledger import ROLES

    if not len(cells):
        return pd.DataFrame(columns=["role", "cells", "files", "share_pct"])
    counted = cells.groupby("role").agg(cells=("file", "size"), files=("file", "nunique"))
    counted = counted.reindex([role for role in ROLES if role in counted.index])
    counted["share_pct"] = 100 * counted["cells"] / counted["cells"].sum()
    return counted.rename_axis("role").reset_index()


def corrections(declared: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Return the declared corrections, each with whether it was applied in this year's cleaning.

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
        topic says it), ``code`` (kind of money, indicator), ``plan_year``, ``amount,
        amount_high, unit, date`` (what is taken), ``basis`` (the decision or law), ``source``
        (what is known about it). Rows stand where the reference data says ``confirmed = no``,
        and one where a list is known to be incomplete.
    """
    rows: list[dict[str, Any]] = []
    for part in (_of_criteria, _of_money, _of_programmes, _of_poverty):
        rows += part(year)
    columns = {
        "topic": "string",
        "item_vi": "string",
        "item_en": "string",
        "code": "string",
        "plan_year": "Int64",
        "amount": "Float64",
        "amount_high": "Float64",
        "unit": "string",
        "date": "object",
        "basis": "string",
        "source": "string",
    }
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype(columns)


def _of_criteria(year: int) -> list[dict[str, Any]]:
    try:
        one = criteria.criteria_set(year)
    except Refusal:
        return []
    rows: list[dict[str, Any]] = []
    if not one.sub_criteria_confirmed:
        rows.append(
            {
                "topic": "sub_criteria",
                "amount": one.sub_criteria,
                "unit": "sub_criteria",
                "basis": one.decision,
            }
        )
    groups = criteria.groups(year)
    for row in groups[~groups["confirmed"]].itertuples():
        rows.append(
            {
                "topic": "groups",
                "item_vi": row.name_vi,
                "item_en": row.name_en,
                "basis": one.decision,
            }
        )
    districts = criteria.district_criteria(year)
    for row in districts[~districts["confirmed"]].itertuples():
        rows.append(
            {
                "topic": "district_criteria",
                "item_vi": row.name_vi,
                "item_en": row.name_en,
                "amount": row.number,
                "source": row.source,
            }
        )
    return rows


def _of_money(year: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    sources = {row["rule"]: row["source"] for row in records("funding_closes")}
    for plan_year in (year, year - 1):
        for kind in funding_rules.KINDS:
            try:
                close = funding_rules.close(kind, plan_year, year)
            except funding_rules.NoCloseKnown:
                continue
            if not close.confirmed:
                rows.append(
                    {
                        "topic": "close",
                        "code": kind,
                        "plan_year": plan_year,
                        "date": close.settle,
                        "basis": close.basis,
                        "source": sources[close.rule],
                    }
                )
    for row in records("funding_allocations"):
        if row["confirmed"] != "yes" and int(row["plan_year"]) in (year, year - 1):
            rows.append(
                {
                    "topic": "allocation",
                    "code": row["programme"],
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
                    "code": row["indicator"],
                    "amount": float(row["low"]),
                    "amount_high": float(row["high"]) if row["high"] else None,
                    "unit": row["unit"],
                    "source": row["source"],
                }
            )
    listed = programmes.especially_difficult(year)
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
