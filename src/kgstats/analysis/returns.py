"""What a year's cleaning did: files received, what was refused, and the totals districts state."""

from __future__ import annotations

import pandas as pd

GROUPS: dict[str, tuple[str, ...]] = {
    "values": ("value", "blank_mark"),
    "page": (
        "label",
        "title",
        "header",
        "unit",
        "column_number",
        "section",
        "total",
        "note",
        "signature",
    ),
    "aside": ("ignored",),
    "quarantined": ("quarantined",),
}
"""Roles of cells put into four groups: values, parts of the page, left aside, quarantined."""


def accounts_by_file(cells: pd.DataFrame, summary: pd.DataFrame) -> pd.DataFrame:
    """Return the account of every file: cells received and what became of them.

    ``received = values + page + aside + quarantined``, cell by cell; a file that could not be
    read has none.

    Parameters
    ----------
    cells
        The ledger: ``file, role``.
    summary
        One row for every file: ``file, district_code, cells, forms, problem``.

    Returns
    -------
    pandas.DataFrame
        ``file, district_code, forms, problem, received, values, page, aside, quarantined,
        balanced``.
    """
    group = {role: name for name, roles in GROUPS.items() for role in roles}
    counted = (
        cells.assign(group=cells["role"].map(group))
        .groupby(["file", "group"], observed=True)
        .size()
        .unstack(fill_value=0)
        .reindex(columns=list(GROUPS), fill_value=0)
    )
    frame = summary[["file", "district_code", "forms", "problem", "cells"]].rename(
        columns={"cells": "received"}
    )
    frame = frame.merge(counted.reset_index(), on="file", how="left")
    names = list(GROUPS)
    frame[names] = frame[names].astype("Int64").fillna(0)
    frame["balanced"] = frame[names].sum(axis=1) == frame["received"]
    return frame


def refused(findings: pd.DataFrame) -> pd.DataFrame:
    """Return the findings that refused something, in the order of file, sheet and cell.

    Columns: ``file, sheet, cell, rule, raw, message, advice``.

    Parameters
    ----------
    findings
        The table ``findings`` of the year.
    """
    columns = ["file", "sheet", "cell", "rule", "raw", "message", "advice"]
    return findings.loc[findings["severity"] == "error", columns].reset_index(drop=True)


def stated_totals(stated: pd.DataFrame) -> pd.DataFrame:
    """Count, for every form, the totals that pages state and how many agree with their rows.

    Parameters
    ----------
    stated
        One row for every total a page states: ``form, agrees`` (null where a row of the sum
        could not be read).

    Returns
    -------
    pandas.DataFrame
        ``form, totals, agree, differ, open``; the last three add up to ``totals``.
    """
    marks = stated.assign(
        agree=stated["agrees"].eq(True).fillna(False),
        differ=stated["agrees"].eq(False).fillna(False),
        open=stated["agrees"].isna(),
    )
    counted = marks.groupby("form", sort=True).agg(
        totals=("form", "size"),
        agree=("agree", "sum"),
        differ=("differ", "sum"),
        open=("open", "sum"),
    )
    return counted.astype("Int64").reset_index()


def differing_totals(stated: pd.DataFrame) -> pd.DataFrame:
    """Return the stated totals that differ from the sum of their rows.

    Columns: ``district_code, file, sheet, cell, form, heading, stated, counted, difference``.

    Parameters
    ----------
    stated
        Totals as stated, beside the sum of their rows.
    """
    wrong = stated[stated["agrees"].eq(False).fillna(False)].copy()
    wrong["difference"] = wrong["stated"] - wrong["counted"]
    columns = ["district_code", "file", "sheet", "cell", "form", "heading"]
    return wrong[[*columns, "stated", "counted", "difference"]].reset_index(drop=True)
