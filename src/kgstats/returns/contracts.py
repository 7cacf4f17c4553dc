"""The gate on clean tables: no table leaves the cleaning that breaks its contract.

Columns in the registry's order, their types and units, ranges, controlled words, keys that are
unique and codes that are in the gazetteer. What a district may get wrong is caught before, cell
by cell; a broken contract is an error of the product.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from kgstats import registry
from kgstats.returns.forms import CRITERIA, form_rows
from kgstats.returns.subjects.places import gazetteer

if TYPE_CHECKING:
    import pandas as pd

    Columns: TypeAlias = pd.DataFrame | Mapping[str, Any]
    """A table, or its columns by name."""

DTYPES = {
    "int": "Int64",
    "text": "string",
    "float": "Float64",
    "bool": "boolean",
    "date": "datetime64[us]",
}
"""pandas type of a form's type; all of them have a null."""


class ContractBroken(AssertionError):
    """A clean table breaks its contract. Names table, column and check."""


@lru_cache
def allowed(table: str, year: int) -> dict[str, frozenset[object]]:
    """Return the values that a column of codes or words may have, by column."""
    found: dict[str, frozenset[object]] = {}
    for column in registry.tables()[table].columns:
        if column.name == "year":
            found[column.name] = frozenset([year])
        elif column.codes:
            found[column.name] = frozenset(_listed(column, year))
    return found


def _listed(column: registry.Column, year: int) -> Iterable[object]:
    """Return the values of a column's code list, wherever the list stands."""
    places = gazetteer(year)
    if column.codes == "district":
        return places.districts
    if column.codes == "commune":
        rural = registry.tables()[column.table].units == "rural"
        units = [unit for district in places.districts for unit in places.units(district)]
        return [unit.code for unit in units if not rural or unit.rural]
    if column.codes == "criterion":
        return range(1, CRITERIA + 1)
    if column.codes == "component":
        return [row["component"] for row in form_rows("components")]
    return registry.codes(column.codes)


@lru_cache
def ranges(table: str, year: int) -> dict[tuple[float, float], list[str]]:
    """Return the columns of numbers by the lowest and highest value they may have."""
    found: dict[tuple[float, float], list[str]] = {}
    for column in registry.tables()[table].columns:
        limits = column.limits(year)
        if limits is not None:
            found.setdefault((float(limits[0]), float(limits[1])), []).append(column.name)
    return found


@lru_cache
def types(table: str) -> dict[str, Any]:
    """Return the pandas type of each column of a clean table."""
    import pandas as pd

    return {
        column.name: pd.api.types.pandas_dtype(DTYPES[column.dtype])
        for column in registry.tables()[table].columns
    }


def _required(table: str) -> list[str]:
    """Return the columns that have no null."""
    return [column.name for column in registry.tables()[table].columns if column.filled]


def breach(
    table: Columns, name: str, year: int, values: Mapping[str, Sequence[Any]] | None = None
) -> str | None:
    """Return what first breaks the contract of a clean table, in one pass; None when nothing does.

    It asks what `schema` asks, of all columns at once. ``values`` are what the columns were made
    of, where that is at hand.
    """
    wanted = types(name)
    if list(table) != list(wanted):
        return f"columns {list(table)}"
    for column, dtype in wanted.items():
        if table[column].dtype != dtype:
            return f"column {column!r} is {table[column].dtype}"
    if values is None:
        import pyarrow as pa

        values = {column: pa.array(table[column]).to_pylist() for column in wanted}
    for column in _required(name):
        if None in values[column]:
            return f"column {column!r} has a null"
    keys = [values[column] for column in registry.tables()[name].key]
    if len(set(zip(*keys, strict=True))) != len(keys[0]):
        return "a key is there twice"
    for column, codes in allowed(name, year).items():
        strange = set(values[column]) - codes - {None}
        if strange:
            return f"column {column!r} has {min(strange, key=str)!r}"
    for (low, high), names in ranges(name, year).items():
        for column in names:
            held = [one for one in values[column] if one is not None]
            if held and (min(held) < low or max(held) > high):
                return f"column {column!r} has {min(held) if min(held) < low else max(held)}"
    return None


@lru_cache
def schema(table: str, year: int) -> Any:
    """Return the pandera schema of a clean table of one year: its contract."""
    import pandera.pandas as pa

    values = allowed(table, year)
    limits = {name: limit for limit, names in ranges(table, year).items() for name in names}
    required = _required(table)
    columns: dict[str, Any] = {}
    for column in registry.tables()[table].columns:
        name = column.name
        checks = []
        if name in values:
            checks.append(pa.Check.isin(sorted(values[name], key=str)))
        if name in limits:
            checks.append(pa.Check.in_range(*limits[name]))
        columns[name] = pa.Column(DTYPES[column.dtype], checks, nullable=name not in required)
    return pa.DataFrameSchema(
        columns, strict=True, ordered=True, unique=list(registry.tables()[table].key), name=table
    )


def check(
    tables: Mapping[str, Columns],
    year: int,
    values: Mapping[str, Mapping[str, Sequence[Any]]] | None = None,
) -> None:
    """Hold clean tables to their contracts, as frames or as the columns they are made of.

    All columns are looked at in one pass first: pandera, which looks at each of 47 columns by
    itself, takes as long as the cleaning. It is asked where the pass finds something, and says
    what and how often.

    Raises
    ------
    ContractBroken
        Naming the first table, column and value that fail.
    """
    for name in registry.of_forms():
        found = breach(tables[name], name, year, None if values is None else values[name])
        if found is not None:
            raise ContractBroken(f"{name} of {year}: {_said(tables[name], name, year) or found}")


def _said(table: Columns, name: str, year: int) -> str | None:
    """Return what pandera finds wrong with a table."""
    import pandas as pd
    import pandera.errors as broken

    try:
        schema(name, year).validate(pd.DataFrame(table), lazy=True)
    except broken.SchemaErrors as error:
        first = error.failure_cases.iloc[0]
        return (
            f"column {first['column']!r} fails {first['check']!r} with {first['failure_case']!r} "
            f"({len(error.failure_cases)} cases in all)"
        )
    return None
