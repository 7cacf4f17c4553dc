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


def _required(table: str) -> list[str]:
    """Return the columns that have no null: the key, and a commune's status."""
    return [*KEYS[table], *(["status"] if table == "communes" else [])]


def breach(frame: pd.DataFrame, table: str, year: int) -> str | None:
    """Return what first breaks the contract of a clean table, in one pass; None when nothing does.

    It asks what `schema` asks, of all columns at once.
    """
    import numpy as np
    import pandas as pd

    types = _types(table)
    if list(frame.columns) != list(types):
        return f"columns {list(frame.columns)}"
    for name, dtype in frame.dtypes.items():
        if dtype != types[str(name)]:
            return f"column {name!r} is {dtype}"
    for name in _required(table):
        if frame[name].array.isna().any():
            return f"column {name!r} has a null"
    if frame.duplicated(list(KEYS[table])).any():
        return "a key is there twice"
    for name, values in allowed(table, year).items():
        strange = {value for value in frame[name].array.unique() if value is not pd.NA} - values
        if strange:
            return f"column {name!r} has {min(strange, key=str)!r}"
    limits = [(name, *limit) for limit, names in ranges(table, year).items() for name in names]
    if limits:
        names, low, high = map(list, zip(*limits, strict=True))
        numbers = frame[names].to_numpy(dtype="float64", na_value=np.nan)
        wrong = (numbers < low) | (numbers > high)
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            return f"column {names[column]!r} has {numbers[row, column]}"
    return None


@lru_cache
def schema(table: str, year: int) -> Any:
    """Return the pandera schema of a clean table of one year: its contract."""
    import pandera.pandas as pa

    values = allowed(table, year)
    limits = {name: limit for limit, names in ranges(table, year).items() for name in names}
    required = _required(table)
    columns: dict[str, Any] = {}
    for column in table_columns(table):
        name = column.name
        checks = []
        if name in values:
            checks.append(pa.Check.isin(sorted(values[name], key=str)))
        if name in limits:
            checks.append(pa.Check.in_range(*limits[name]))
        columns[name] = pa.Column(DTYPES[column.dtype], checks, nullable=name not in required)
    return pa.DataFrameSchema(
        columns, strict=True, ordered=True, unique=list(KEYS[table]), name=table
    )


def check(tables: dict[str, pd.DataFrame], year: int) -> None:
    """Hold clean tables to their contracts.

    All columns are looked at in one pass first: pandera, which looks at each of 47 columns by
    itself, takes as long as the cleaning. It is asked where the pass finds something, and says
    what and how often.

    Raises
    ------
    ContractBroken
        Naming the first table, column and value that fail.
    """
    for name in TABLES:
        found = breach(tables[name], name, year)
        if found is not None:
            raise ContractBroken(f"{name} of {year}: {_said(tables[name], name, year) or found}")


def _said(frame: pd.DataFrame, table: str, year: int) -> str | None:
    """Return what pandera finds wrong with a table."""
    import pandera.errors as broken

    try:
        schema(table, year).validate(frame, lazy=True)
    except broken.SchemaErrors as error:
        first = error.failure_cases.iloc[0]
        return (
            f"column {first['column']!r} fails {first['check']!r} with {first['failure_case']!r} "
            f"({len(error.failure_cases)} cases in all)"
        )
    return None
