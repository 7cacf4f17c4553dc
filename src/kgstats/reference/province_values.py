"""What may stand in the lists of ``province.yml``, and what is said of anything else.

``data/province_values.csv`` has a row for each column: what kind of value it takes, whether it is
needed, and whether it is part of what tells one row from another.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from kgstats import registry

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""The years that a workspace may have."""
ANY = "*"
SPANS = (("first_year", "last_year"), ("low", "high"))
"""Columns of which the second is not below the first."""
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Known:
    """What of the world a value may name."""

    shipped: Callable[[str], Rows]
    """The rows that ship of a list, by what ``province.yml`` calls it."""
    districts: Collection[str]
    """Codes of the province's districts, of any year."""
    units: Collection[str]
    """Codes of its communes, wards and townships in the first list."""


@dataclass(frozen=True)
class Column:
    """What a column takes."""

    name: str
    kind: str
    needed: bool
    key: bool


@lru_cache
def columns(rows: tuple[tuple[str, ...], ...], of: str) -> tuple[Column, ...]:
    """Return the columns of a list, from the rows of ``province_values.csv``."""
    return tuple(
        Column(name, kind, needed == "yes", key == "yes")
        for table, name, kind, needed, key in rows
        if table == of
    )


def text(value: Any) -> str | None:
    """Return a value as the reference tables have it; None for one that is no single value.

    >>> text(True), text(643), text(dt.date(2019, 5, 20)), text(" x "), text([1]), text(None)
    ('yes', '643', '2019-05-20', 'x', None, '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime) or not isinstance(value, (str, int, float, dt.date)):
        return None
    return str(value).strip()


def wrong(of: str, rows: Rows, known: Known, taken: Sequence[Column]) -> Iterator[str]:
    """Yield what is wrong with the rows of a list, each with row, column, value and what may be.

    Parameters
    ----------
    of
        What ``province.yml`` calls the list.
    taken
        Its columns.
    """
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows, 1):
        at = f"{of}, row {number}"
        found: dict[str, str] = {}
        for one in taken:
            value = text(row.get(one.name))
            shown = f"{at}, {one.name}: {row.get(one.name)!r}"
            if value is None:
                yield f"{shown} must be one value"
            elif not value and one.needed:
                yield f"{at}: {one.name} is missing; it takes {_takes(one.kind, of, one, known)[1]}"
            elif value and not (rule := _takes(one.kind, of, one, known))[0](value):
                yield f"{shown} is not {rule[1]}"
            else:
                found[one.name] = value
        for low, high in SPANS:
            if found.get(low) and found.get(high) and float(found[high]) < float(found[low]):
                yield f"{at}: {high} {found[high]} is below {low} {found[low]}"
        key = tuple(found.get(one.name, "") for one in taken if one.key)
        if any(key) and (first := seen.setdefault(key, number)) != number:
            yield f"{at} says again what row {first} says: {', '.join(key)}"


def _takes(kind: str, of: str, column: Column, known: Known) -> tuple[Callable[[str], bool], str]:
    """Return a test of values and what it asks for, in words."""
    kind, _, detail = kind.partition(":")
    if kind in ("code", "any"):
        allowed = [*registry.codes(detail), *([ANY] if kind == "any" else [])]
        return allowed.__contains__, f"one of {', '.join(allowed)}"
    if kind == "shipped":
        rows = known.shipped(of)
        allowed = list(dict.fromkeys(row[column.name] for row in rows if row[column.name]))
        return allowed.__contains__, f"one of {', '.join(allowed)}"
    if kind == "district":
        codes = ", ".join(sorted(known.districts))
        return known.districts.__contains__, f"the code of a district, in quotes: one of {codes}"
    if kind == "unit":
        return known.units.__contains__, "the code of a commune of the province: '02347', in quotes"
    return SIMPLE[kind]


def _number(value: str) -> bool:
    return re.fullmatch(r"\d+(\.\d+)?", value) is not None


def _year(value: str) -> bool:
    return re.fullmatch(r"\d{4}", value) is not None and FIRST_YEAR <= int(value) <= LAST_YEAR


def _date(value: str) -> bool:
    try:
        return dt.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is(values: Collection[str], value: str) -> bool:
    return value in values


SIMPLE: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "text": (bool, "a text"),
    "number": (_number, "a number of 0 or more, as 1.5"),
    "whole": (str.isdecimal, "a whole number of 0 or more"),
    "year": (_year, f"a year from {FIRST_YEAR} to {LAST_YEAR}"),
    "date": (_date, "a day, as 2019-05-20"),
    "yes_no": (partial(_is, ("yes", "no")), "yes or no"),
}
