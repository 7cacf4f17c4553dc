"""Accounts of a cleaning add up, file by file and total by total."""

from __future__ import annotations

import pandas as pd

from kgstats.analysis import returns
from kgstats.returns.ledger import ROLES


def test_every_role_has_one_group():
    grouped = [role for roles in returns.GROUPS.values() for role in roles]
    assert sorted(grouped) == sorted(ROLES)


def test_accounts_by_file():
    cells = pd.DataFrame(
        {
            "file": ["a", "a", "a", "b"],
            "role": ["value", "title", "quarantined", "blank_mark"],
        }
    )
    summary = pd.DataFrame(
        {"file": ["a", "b", "c"], "district_code": ["906", None, None], "cells": [3, 2, 0]}
    ).assign(forms="", problem=None)
    found = returns.accounts_by_file(cells, summary).set_index("file")
    assert found.loc["a", ["values", "page", "aside", "quarantined"]].tolist() == [1, 1, 0, 1]
    assert found["balanced"].tolist() == [True, False, True]  # a cell of b is missing: it shows


def test_refused_are_the_errors():
    findings = pd.DataFrame(
        {name: ["x", "y"] for name in ("file", "sheet", "cell", "rule", "raw", "message", "advice")}
    ).assign(severity=["error", "note"])
    assert returns.refused(findings)["file"].tolist() == ["x"]


def test_totals_stated():
    stated = pd.DataFrame(
        {
            "district_code": ["906"] * 4,
            "file": ["a"] * 4,
            "sheet": ["S"] * 4,
            "cell": ["A1", "A2", "A3", "A4"],
            "form": ["02", "02", "03", "03"],
            "heading": ["x"] * 4,
            "stated": [10.0, 12.0, 5.0, 7.0],
            "counted": [10.0, 13.0, None, 7.0],
            "agrees": pd.array([True, False, None, True], "boolean"),
        }
    )
    counted = returns.stated_totals(stated).set_index("form")
    assert counted.loc["02"].tolist() == [2, 1, 1, 0]
    assert counted.loc["03"].tolist() == [2, 1, 0, 1]
    wrong = returns.differing_totals(stated)
    assert wrong[["cell", "difference"]].to_numpy().tolist() == [["A2", -1.0]]
    assert returns.stated_totals(stated.iloc[:0]).empty
