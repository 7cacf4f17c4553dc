"""What is known of a district's end of last year: this year starts from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kgstats.reference import areas
from kgstats.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

CLOSINGS = {"poor_start_hh": "poor_end_hh", "near_poor_start_hh": "near_poor_end_hh"}
"""The columns a year starts with, and those of last year they continue."""


@dataclass(frozen=True)
class Unspent:
    """A line of last year's money of which something was not paid out."""

    component: str
    source: str
    kind: str
    plan_year: int
    vnd: int


@dataclass(frozen=True)
class LastYear:
    """The closing figures of a district: by commune code and column, and what money was left."""

    year: int
    communes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    unspent: tuple[Unspent, ...] = ()

    def closing(self, commune: str, column: str) -> int | None:
        """Return one closing figure, or None where it is not known."""
        return self.communes.get(commune, {}).get(column)


def of_tables(tables: Mapping[str, pd.DataFrame], district: str, year: int) -> LastYear:
    """Return the closing figures of a district for a year, from last year's clean tables.

    A commune whose territory changed since has none: its figures are not those of the same place.
    """
    found: dict[str, dict[str, int]] = {}
    for name, columns in (
        ("poverty", ("households_hh", "poor_end_hh", "near_poor_end_hh")),
        ("communes", ("criteria_met",)),
    ):
        if name not in tables:
            continue
        frame = tables[name]
        for row in frame[frame["district_code"] == district].to_dict("records"):
            known = {one: int(row[one]) for one in columns if _known(row[one])}
            found.setdefault(str(row["commune_code"]), {}).update(known)
    same = {code: held for code, held in found.items() if areas.same_place(code, year - 1, year)}
    return LastYear(year - 1, same, _unspent(tables, district))


def of_workspace(workspace: Workspace, district: str, year: int) -> LastYear | None:
    """Return the closing figures a workspace knows of; None where last year was not cleaned."""
    import pandas as pd

    paths = {
        name: workspace.data_set(name, year - 1) for name in ("poverty", "communes", "funding")
    }
    tables = {name: pd.read_parquet(path) for name, path in paths.items() if path.is_file()}
    return of_tables(tables, district, year) if tables else None


def _unspent(tables: Mapping[str, pd.DataFrame], district: str) -> tuple[Unspent, ...]:
    if "funding" not in tables:
        return ()
    frame = tables["funding"]
    left: list[Unspent] = []
    for row in frame[frame["district_code"] == district].to_dict("records"):
        if not (_known(row["allocated_vnd"]) and _known(row["disbursed_vnd"])):
            continue
        vnd = int(row["allocated_vnd"]) - int(row["disbursed_vnd"])
        if vnd > 0:
            left.append(
                Unspent(row["component"], row["source"], row["kind"], int(row["plan_year"]), vnd)
            )
    return tuple(left)


def _known(value: object) -> bool:
    import pandas as pd

    return not pd.isna(value)
