"""The gate on clean tables: no table leaves the cleaning that breaks its contract.

Columns in the form's order, their types and units, ranges, controlled words, keys that are unique
and codes that are in the gazetteer. What a district may get wrong is caught before, cell by cell;
a broken contract is an error of the product.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kgstats.returns.forms import CRITERIA, KEYS, TABLES, _rows, table_columns
from kgstats.returns.places import gazetteer
from kgstats.returns.rows import MOST_HOUSEHOLDS, MOST_MONEY_VND

if TYPE_CHECKING:
    import pandas as pd

DTYPES = {
    "int": "Int64",
    "text": "string",
    "float": "Float64",
    "bool": "boolean",
    "date": "datetime64[us]",
}
"""pandas type of a form's type; all of them have a null."""

STATUSES = ("recognised", "pending", "not_yet")


class ContractBroken(AssertionError):
    """A clean table breaks its contract. Names table, column and check."""


def _words(name: str, key: str = "code") -> list[str]:
    return [row[key] for row in _rows(name)]


@lru_cache
def schema(table: str, year: int) -> Any:
    """Return the pandera schema of a clean table of one year."""
    import pandera.pandas as pa

    places = gazetteer(year)
    districts = list(places.districts)
    communes = [unit.code for district in districts for unit in places.units(district)]
    rural = [
        unit.code for district in districts for unit in places.units(district) if unit.type == "xã"
    ]
    checks: dict[str, list[Any]] = {
        "year": [pa.Check.isin([year])],
        "district_code": [pa.Check.isin(districts)],
        "commune_code": [pa.Check.isin(communes if table == "poverty" else rural)],
        "criterion": [pa.Check.in_range(1, CRITERIA)],
        "criteria_met": [pa.Check.in_range(0, CRITERIA)],
        "level": [pa.Check.isin(_words("levels"))],
        "status": [pa.Check.isin(list(STATUSES))],
        "programme": [pa.Check.isin(_words("programmes"))],
        "component": [pa.Check.isin(sorted(set(_words("components", "component"))))],
        "source": [pa.Check.isin(_words("sources"))],
        "kind": [pa.Check.isin(_words("kinds"))],
        "plan_year": [pa.Check.in_range(2000, year + 1)],
        "cause": [pa.Check.isin([*_words("causes"), "other"])],
    }
    columns: dict[str, Any] = {}
    for column in table_columns(table):
        name = column.name
        own = checks.get(name, [])
        if name.endswith("_hh"):
            own = [pa.Check.in_range(0, MOST_HOUSEHOLDS)]
        elif name.endswith("_vnd"):
            own = [pa.Check.in_range(0, MOST_MONEY_VND)]
        elif name.endswith("_pct"):
            own = [pa.Check.in_range(0, 1000 if name == "disbursed_pct" else 100)]
        nullable = name not in KEYS[table] and not (table == "communes" and name == "status")
        columns[name] = pa.Column(DTYPES[column.dtype], own, nullable=nullable)
    return pa.DataFrameSchema(
        columns, strict=True, ordered=True, unique=list(KEYS[table]), name=table
    )


def check(tables: dict[str, pd.DataFrame], year: int) -> None:
    """Hold clean tables to their contracts.

    Raises
    ------
    ContractBroken
        Naming the first table, column and check that fail, with a value.
    """
    import pandera.errors as broken

    for name in TABLES:
        try:
            schema(name, year).validate(tables[name], lazy=True)
        except broken.SchemaErrors as error:
            first = error.failure_cases.iloc[0]
            raise ContractBroken(
                f"{name} of {year}: column {first['column']!r} fails {first['check']!r} "
                f"with {first['failure_case']!r} ({len(error.failure_cases)} cases in all)"
            ) from None
