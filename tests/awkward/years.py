"""Years whose returns are awkward: each a workspace with clean tables, made from illustrative ones.

The year that is read is the last one of each; the others are what it is compared with.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from illustrative import truth
from kgstats import registry
from kgstats.pipeline.collection import PROPOSED_DATA, REPORT_DATA, read_collection
from kgstats.published import audit
from kgstats.reference import areas
from kgstats.returns import processed
from kgstats.returns.clean import frame_of
from kgstats.returns.ledger import LEDGER_COLUMNS
from kgstats.workspace import Workspace

Tables = dict[str, pd.DataFrame]
Years = dict[int, Tables]
FORMS = ("attainment", "communes", "funding", "poverty")
THREE = ("903", "905", "911")
"""Three districts of fifteen: their files are tidy, and they have 28 of the 117 communes."""
OTHERS = ("899", "900", "910")


def of(year: int, *, as_year: int | None = None) -> Tables:
    """The clean tables of a year's illustrative returns, dated as of another year if asked."""
    shift = (as_year or year) - year
    tables = {}
    for name, table in truth(year).items():
        table = table.assign(year=table["year"] + shift)
        if "plan_year" in table:
            table["plan_year"] = table["plan_year"] + shift
        for column in {"decision_date", "cut_off"} & set(table):
            table[column] = pd.to_datetime(table[column]) + pd.DateOffset(years=shift)
        if "commune_code" in table:
            known = areas.units(year + shift)["commune_code"]
            known = known if shift else table["commune_code"]
            table = table[table["commune_code"].isin(known)]
        tables[name] = table.reset_index(drop=True)
    return tables


def within(tables: Tables, districts: tuple[str, ...]) -> Tables:
    return {
        name: table[table["district_code"].isin(districts)].reset_index(drop=True)
        for name, table in tables.items()
    }


def without(tables: Tables, *names: str) -> Tables:
    return {name: table.iloc[:0] if name in names else table for name, table in tables.items()}


def money(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Years:
    tables = of(2019)
    return {2018: of(2018), 2019: tables | {"funding": change(tables["funding"])}}


def all_met(tables: Tables, met: bool = True) -> Tables:
    communes = tables["communes"]
    day = pd.to_datetime(communes["decision_date"]).min()
    return tables | {
        "attainment": tables["attainment"].assign(met=pd.array([met], "boolean")[0]),
        "communes": communes.assign(
            criteria_met=19 if met else 0,
            status="recognised" if met else "not_yet",
            level="standard" if met else "none",
            decision_date=day if met else pd.NaT,
            decision_no=communes["decision_no"].dropna().iloc[0] if met else pd.NA,
        ),
    }


def tied(tables: Tables) -> Tables:
    """Every place with the same numbers."""
    numbers = [name for name in tables["poverty"] if name.endswith(("_hh", "_pct"))]
    poverty, funding = tables["poverty"].copy(), tables["funding"]
    for name in numbers:
        poverty[name] = poverty[name].dropna().iloc[7]
    one = funding[funding["district_code"] == "903"]
    same = [one.assign(district_code=code) for code in funding["district_code"].unique()]
    marks = tables["attainment"].assign(
        met=(tables["attainment"]["criterion"] > 4).astype("boolean")
    )
    communes = all_met(tables, met=False)["communes"].assign(criteria_met=15)
    return {
        "attainment": marks,
        "communes": communes,
        "funding": pd.concat(same, ignore_index=True),
        "poverty": poverty,
    }


def swapped_poverty() -> Years:
    """Poverty rose: each year with the households of the other."""
    first, second = of(2018), of(2019)
    one, two = first["poverty"].assign(year=2019), second["poverty"].assign(year=2018)
    return {2018: first | {"poverty": two}, 2019: second | {"poverty": one}}


def negative(funding: pd.DataFrame) -> pd.DataFrame:
    """A district with a booking of less than nothing, money without a plan, plans of nothing."""
    funding = funding.copy()
    own = funding["district_code"] == "903"
    funding.loc[own, "disbursed_vnd"] = -(funding.loc[own, "allocated_vnd"] // 2)
    other = funding["district_code"] == "904"
    funding.loc[other, ["allocated_vnd", "disbursed_vnd"]] = 0
    funding.loc[funding["district_code"] == "905", "allocated_vnd"] = pd.NA
    funding.loc[funding["district_code"] == "906", "disbursed_vnd"] = pd.NA
    return funding


def reformed() -> Years:
    """2025: no districts, 48 units in place of 143."""
    before, later = of(2019, as_year=2024), of(2020, as_year=2024)
    counts = [name for name in later["poverty"] if name.endswith("_hh")]
    poverty = areas.carry(later["poverty"], "commune_code", counts, 2024, 2025)[
        ["commune_code", *counts]
    ]
    rural = areas.rural(2025)["commune_code"]
    marks, communes = later["attainment"], later["communes"]
    keys = [name for name in later["funding"] if not name.endswith(("_vnd", "_pct"))]
    keys = [name for name in keys if name not in ("district_code", "cause", "note")]
    funding = later["funding"].groupby(keys, dropna=False, as_index=False)[
        ["allocated_vnd", "disbursed_vnd"]
    ].sum(min_count=1)  # fmt: skip
    made = {
        "attainment": marks[marks["commune_code"].isin(rural)],
        "communes": communes[communes["commune_code"].isin(rural)],
        "funding": funding.assign(plan_year=funding["plan_year"] + 1),
        "poverty": poverty,
    }
    return {2024: before, 2025: {name: _as(made[name], later[name]) for name in FORMS}}


def _as(table: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    table = table.reindex(columns=list(like)).assign(year=2025, district_code=pd.NA)
    if "cut_off" in table:
        table["cut_off"] = pd.to_datetime(table["cut_off"]) + pd.DateOffset(years=1)
    return table.astype(like.dtypes.to_dict()).reset_index(drop=True)


def one_commune_silent() -> Years:
    tables = of(2019)
    rural = tables["communes"]["commune_code"].iloc[5]
    return {
        2018: of(2018),
        2019: {
            name: table[table["commune_code"] != rural] if "commune_code" in table else table
            for name, table in tables.items()
        },
    }


MADE: dict[str, Callable[[], Years]] = {
    "three_districts": lambda: {2018: of(2018), 2019: within(of(2019), THREE)},
    "other_districts_before": lambda: {
        2018: within(of(2018), OTHERS),
        2019: within(of(2019), THREE),
    },
    "one_commune_silent": one_commune_silent,
    "nothing_disbursed_reported": lambda: money(lambda f: f.assign(
        disbursed_vnd=pd.array([pd.NA] * len(f), "Int64"),
        disbursed_pct=pd.array([pd.NA] * len(f), "Float64"),
    )),
    "nothing_disbursed": lambda: money(lambda f: f.assign(disbursed_vnd=0)),
    "all_disbursed": lambda: money(lambda f: f.assign(disbursed_vnd=f["allocated_vnd"])),
    "negative_and_null_money": lambda: money(negative),
    "all_met": lambda: {2018: of(2018), 2019: all_met(of(2019))},
    "none_met": lambda: {2018: of(2018), 2019: all_met(of(2019), met=False)},
    "all_tied": lambda: {2018: tied(of(2018)), 2019: tied(of(2019))},
    "poverty_rose": swapped_poverty,
    "no_earlier_year": lambda: {2019: of(2019)},
    "no_attainment_form": lambda: {
        2018: of(2018),
        2019: without(of(2019), "attainment", "communes"),
    },
    "no_funding_form": lambda: {2018: of(2018), 2019: without(of(2019), "funding")},
    "no_poverty_form": lambda: {2018: of(2018), 2019: without(of(2019), "poverty")},
    "two_standards": lambda: {2021: of(2019, as_year=2021), 2022: of(2020, as_year=2022)},
    "reform": reformed,
}  # fmt: skip
"""The awkward years by name."""
LATER = {"two_standards": 2022, "reform": 2025}
"""The year that is read, where it is not that of the printed report."""
_NOTEBOOKS = read_collection(Path(__file__).parents[2] / "notebooks").notebooks
PAGES = [
    (name, notebook.name)
    for name in MADE
    for notebook in _NOTEBOOKS
    if (name not in LATER or not notebook.needs(REPORT_DATA))
    and not notebook.needs(PROPOSED_DATA)
    and (name in ("three_districts", *LATER) or notebook.reads_any(FORMS))
    and (name != "reform" or notebook.each is None)
]
"""Every page that a run of an awkward year makes; those that no return can change, once."""


def ledgers(tables: Tables) -> dict[str, pd.DataFrame]:
    """What goes with the tables: a ledger with a cell for each value, files, findings, totals."""
    parts = []
    for name, table in tables.items():
        described = registry.tables()[name]
        keys = list(described.key)
        table = table.reset_index(drop=True)
        told = table[keys].astype("string").fillna("")
        values = [column for column in table if column not in keys]
        cells = (
            table[values]
            .astype("string")
            .assign(
                file="file_of_" + table["district_code"].astype("string").fillna("") + ".xlsx",
                sheet=f"Bieu {described.form} {name}",
                row=table.index + 9,
                row_key=told.agg("/".join, axis=1) if len(table) else pd.Series(dtype="string"),
                table=name,
            )
        )
        where = ["file", "sheet", "row", "row_key", "table"]
        parts.append(cells.melt(where, values, "column", "raw").dropna(subset=["raw"]))
    cells = pd.concat(parts, ignore_index=True)
    letters = (
        cells["column"]
        .astype("category")
        .cat.codes.map(lambda n: "CDEFGHIJKLMNOPQRSTUVWXYZ"[n % 24])
    )
    cells = cells.assign(cell=letters + cells["row"].astype(str), role="value")
    forms = {name: one.form for name, one in registry.tables().items()}
    files = cells.assign(form=cells["table"].map(forms)).groupby("file").agg(
        sheets=("sheet", "nunique"), cells=("cell", "size"),
        forms=("form", lambda held: " ".join(sorted(set(held)))),
    ).reset_index()  # fmt: skip
    files = files.assign(
        district_code=files["file"].str.extract(r"_(\d*)\.")[0],
        values=files["cells"],
        **dict.fromkeys(("quarantined", "errors", "warnings", "notes"), 0),
        problem=pd.NA,
    )
    texts = ["file", "district_code", "forms", "problem"]
    counts = ["sheets", "cells", "values", "quarantined", "errors", "warnings", "notes"]
    found = ["file", "sheet", "cell", "rule", "severity", "raw", "message", "advice", "action"]
    return {
        "cells": cells[list(LEDGER_COLUMNS)].astype("string"),
        "files": files.astype(dict.fromkeys(texts, "string") | dict.fromkeys(counts, "Int64")),
        "findings": pd.DataFrame(columns=[*found, "args"], dtype="string"),
        "stated": frame_of("stated", []),
    }


@lru_cache
def made(name: str) -> Years:
    """Return the tables of an awkward year and of the years it is compared with."""
    return MADE[name]()


def lay_out(name: str, folder: Path, root: Path) -> tuple[Workspace, int]:
    """Make the workspace of an awkward year; return it and the year."""
    place = Workspace(folder)
    shutil.copytree(root / "data/raw/published", place.raw / "published")
    shutil.copytree(root / "notebooks", folder / "notebooks")
    own = LATER.get(name, 2019)
    for year, tables in made(name).items():
        returns = place.returns(year)
        returns.mkdir(parents=True)
        shutil.copy(root / "data/raw/2019/origin.yml", place.year_raw(year))
        (returns / "file_of_903.xlsx").touch()
        for data, frame in (tables | (ledgers(tables) if year == own else {})).items():
            path = place.data_set(data, year)
            path.parent.mkdir(parents=True, exist_ok=True)
            processed.write_parquet(frame, path, illustrative=True)
    if place.has_report(own):
        audit.write(folder, own)
    return place, own
