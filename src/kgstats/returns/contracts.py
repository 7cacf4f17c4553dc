"""The gate on clean tables: no table leaves the cleaning that breaks its contract.

Columns in the form's order, their types and units, ranges, controlled words, keys that are unique
and codes that are in the gazetteer. What a district may get wrong is caught before, cell by cell;
a broken contract is an error of the product.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kgstats.returns.forms import CRITERIA, KEYS, TABLES, form_rows, table_columns
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
CHECK = "types and values"


class ContractBroken(AssertionError):
    """A clean table breaks its contract. Names table, column and check."""


def _words(name: str, key: str = "code") -> list[str]:
    return [row[key] for row in form_rows(name)]


@lru_cache
def allowed(table: str, year: int) -> dict[str, frozenset[object]]:
    """Return the values that a column of codes or words may have, by column."""
    places = gazetteer(year)
    units = [unit for district in places.districts for unit in places.units(district)]
    communes = [unit.code for unit in units if table == "poverty" or unit.type == "xã"]
    every: dict[str, list[Any]] = {
        "year": [year],
        "district_code": list(places.districts),
        "commune_code": communes,
        "criterion": list(range(1, CRITERIA + 1)),
        "level": _words("levels"),
        "status": list(STATUSES),
        "programme": _words("programmes"),
        "component": _words("components", "component"),
        "source": _words("sources"),
        "kind": _words("kinds"),
        "cause": [*_words("causes"), "other"],
    }
    names = [column.name for column in table_columns(table)]
    return {name: frozenset(values) for name, values in every.items() if name in names}


@lru_cache
def ranges(table: str, year: int) -> dict[tuple[float, float], list[str]]:
    """Return the columns of numbers by the lowest and highest value they may have."""
    found: dict[tuple[float, float], list[str]] = {}
    for column in table_columns(table):
        name = column.name
        if name.endswith("_hh"):
            limits = (0.0, float(MOST_HOUSEHOLDS))
        elif name.endswith("_vnd"):
            limits = (0.0, float(MOST_MONEY_VND))
        elif name.endswith("_pct"):
            limits = (0.0, 1000.0 if name == "disbursed_pct" else 100.0)
        elif name == "criteria_met":
            limits = (0.0, float(CRITERIA))
        elif name == "plan_year":
            limits = (2000.0, year + 1.0)
        else:
            continue
        found.setdefault(limits, []).append(name)
    return found


@lru_cache
def _types(table: str) -> dict[str, Any]:
    """Return the pandas type of each column of a clean table."""
    import pandas as pd

    return {
        column.name: pd.api.types.pandas_dtype(DTYPES[column.dtype])
        for column in table_columns(table)
    }


def breach(frame: pd.DataFrame, table: str, year: int) -> tuple[str, object] | None:
    """Return the first column with a type or a value it may not have, and that type or value."""
    import numpy as np
    import pandas as pd

    found = frame.dtypes.to_dict()
    for name, dtype in _types(table).items():
        if found.get(name) != dtype:
            return name, found.get(name)
    for name, values in allowed(table, year).items():
        strange = {value for value in frame[name].array.unique() if value is not pd.NA} - values
        if strange:
            return name, min(strange, key=str)
    limits = [(name, *limit) for limit, names in ranges(table, year).items() for name in names]
    if limits:
        names, low, high = map(list, zip(*limits, strict=True))
        numbers = frame[names].to_numpy(dtype="float64", na_value=np.nan)
        wrong = (numbers < low) | (numbers > high)
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            return names[column], numbers[row, column]
    return None


@lru_cache
def schema(table: str, year: int) -> Any:
    """Return the pandera schema of a clean table of one year.

    The types and values of all columns are held to one check of the whole table: checks of each
    column cost more than the cleaning itself.
    """
    import pandera.pandas as pa

    columns: dict[str, Any] = {}
    for column in table_columns(table):
        name = column.name
        required = name in KEYS[table] or (table == "communes" and name == "status")
        columns[name] = pa.Column(nullable=not required)
    values = pa.Check(lambda frame: breach(frame, table, year) is None, name=CHECK)
    return pa.DataFrameSchema(
        columns, checks=[values], strict=True, ordered=True, unique=list(KEYS[table]), name=table
    )


def check(tables: dict[str, pd.DataFrame], year: int) -> None:
    """Hold clean tables to their contracts.

    Raises
    ------
    ContractBroken
        Naming the first table, column and value that fail.
    """
    import pandera.errors as broken

    for name in TABLES:
        frame = tables[name]
        try:
            schema(name, year).validate(frame, lazy=True)
        except broken.SchemaErrors as error:
            first = error.failure_cases.iloc[0]
            found = breach(frame, name, year) if first["check"] == CHECK else None
            column, value = found or (first["column"], first["failure_case"])
            raise ContractBroken(
                f"{name} of {year}: column {column!r} fails {first['check']!r} with {value!r} "
                f"({len(error.failure_cases)} cases in all)"
            ) from None
