"""Workspaces of several provinces that hold clean tables alone, made in a moment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from kgstats import registry
from kgstats.reference import areas, province
from kgstats.returns import contracts, processed
from kgstats.workspace import Workspace

CITY, NORTH, SOUTH = "48", "04", "93"
"""Đà Nẵng: one district has communes; Cao Bằng: a code with a nought; Hậu Giang."""


def lay_out(
    folder: Path, code: str, years: Mapping[int, int], *, silent: int = 0, illustrative: bool = True
) -> Workspace:
    """Make a workspace with the clean tables of some years.

    Parameters
    ----------
    years
        Of each year how many poor households every unit has; it has a hundred households.
    silent
        So many units, from the list's end on, did not report.
    """
    place = Workspace(folder)
    place.raw.mkdir(parents=True)
    (place.raw / province.FILE).write_text(f'code: "{code}"\n', encoding="utf-8")
    for year, poor in years.items():
        place.year_raw(year).mkdir()
        if illustrative:
            (place.year_raw(year) / "origin.yml").write_text("illustrative: true\n")
        with province.turned(province.of_code(code)):
            made = tables(year, poor, silent)
        place.processed(year).mkdir(parents=True)
        for name, frame in made.items():
            write(place, name, year, frame, illustrative=illustrative)
    return place


def write(
    place: Workspace, name: str, year: int, frame: pd.DataFrame, *, illustrative: bool = True
) -> None:
    """Write a clean table, whatever is in it."""
    path = place.data_set(name, year)
    processed.write_parquet(frame, path, illustrative=illustrative)


def tables(year: int, poor: int, silent: int = 0) -> dict[str, pd.DataFrame]:
    """Make the clean tables of a year of the province that is turned to."""
    places = ["district_code", "commune_code"]
    units, rural = areas.units(year)[places], areas.rural(year)[places]
    units, rural = units.head(len(units) - silent), rural.head(len(rural) - silent)
    counts = [one.name for one in registry.tables()["poverty"].columns if one.name.endswith("_hh")]
    households = units.assign(**dict.fromkeys(counts, 0)).assign(
        households_hh=100, poor_end_hh=poor, poor_start_hh=poor, poor_income_hh=poor
    )
    done = [at % 2 == 0 for at in range(len(rural))]
    standing = rural.assign(
        criteria_met=[19 if one else 15 for one in done],
        level=["standard" if one else "none" for one in done],
        decision_no=["1/QĐ-UBND" if one else None for one in done],
        decision_date=[pd.Timestamp(year, 1, 2) if one else pd.NaT for one in done],
        status=["recognised" if one else "not_yet" for one in done],
    )
    marks = rural.assign(done=done).merge(pd.DataFrame({"criterion": range(1, 20)}), how="cross")
    marks["met"] = marks["done"] | (marks["criterion"] <= 15)
    codes = sorted(set(units["district_code"]))
    money = pd.DataFrame({"district_code": codes}).assign(
        programme="ntm", component="ntm_general", source="central", kind="investment",
        plan_year=year, allocated_vnd=1_000_000_000, disbursed_vnd=750_000_000,
        cut_off=pd.Timestamp(year, 12, 31),
    )  # fmt: skip
    # A town without communes owes no form about them.
    forms = ["01 02 03" if code in set(rural["district_code"]) else "02 03" for code in codes]
    files = pd.DataFrame({"district_code": codes, "forms": forms}).assign(
        file=[f"{code}.xlsx" for code in codes], sheets=3, cells=10, values=8,
        quarantined=1, errors=1, warnings=0, notes=0,
    )  # fmt: skip
    findings = files[["file"]].assign(
        sheet="Biểu 01", cell="C7", rule="value_in_doubt", severity="error", raw="x",
        message="", advice="", action="quarantined", args="{}",
    )  # fmt: skip
    cells = files[["file"]].assign(
        sheet="Biểu 01", cell="C7", raw="x", role="signature", row_key="", column=""
    )
    found = {
        "attainment": marks, "communes": standing, "funding": money, "poverty": households,
        "findings": findings, "cells": cells, "files": files, "stated": pd.DataFrame(),
    }  # fmt: skip
    return {
        name: frame.assign(year=year).reindex(columns=list(kinds)).astype(kinds)
        for name, frame in found.items()
        for kinds in [contracts.types(name)]
    }
