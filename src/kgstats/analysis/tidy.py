"""Frames of one row a unit: what ``by`` means, exact sums by group, exact quotients.

Every analysis that takes ``by`` reads it here, so that the same word gives the same key columns
everywhere, and two results can be put beside each other by their keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

KEYS: dict[str, tuple[str, ...]] = {
    "province": (),
    "district": ("district_code",),
    "commune": ("district_code", "commune_code"),
}
"""Key columns of the areas that have a code; any other word in ``by`` is the key column itself."""

By = str | Sequence[str]


def frame(rows: Iterable[Any], *columns: str) -> pd.DataFrame:
    """Put rows below each other under named columns of one type each, whatever they hold.

    Parameters
    ----------
    rows
        Tuples in the order of the columns, or mappings by their names.
    *columns
        In their order: a type of pandas, a colon, and the names that have it; names alone keep
        the type of what they hold.

    Examples
    --------
    >>> found = frame([("899", 3, 2)], "string: district_code", "Int64: units", "Float64: rate_pct")
    >>> found.dtypes.astype(str).to_dict()
    {'district_code': 'string', 'units': 'Int64', 'rate_pct': 'Float64'}
    """
    told = [part.rpartition(":") for part in columns]
    types = {name: dtype for dtype, _, names in told for name in names.split()}
    table = pd.DataFrame(rows, columns=list(types))
    return table.astype({name: dtype for name, dtype in types.items() if dtype})


def keys(by: By) -> list[str]:
    """Return the key columns that ``by`` asks for, each once.

    Parameters
    ----------
    by
        Names such as ``district``, or columns.

    Examples
    --------
    >>> keys("district"), keys(("year", "programme")), keys(())
    (['district_code'], ['year', 'programme'], [])
    """
    names = [by] if isinstance(by, str) else list(by)
    return list(dict.fromkeys(key for name in names for key in KEYS.get(name, (name,))))


def sums(frame: pd.DataFrame, columns: Sequence[str], by: By = ()) -> pd.DataFrame:
    """Sum whole numbers exactly, by group, over what is there.

    Parameters
    ----------
    frame
        The rows.
    columns
        Columns of whole numbers.
    by
        Key columns; one row for all without any.

    Returns
    -------
    pandas.DataFrame
        The key columns, rising, then ``columns`` as Int64: null where no row of the group has a
        value. One row when there is nothing to group by, even of an empty frame.

    Examples
    --------
    >>> frame = pd.DataFrame({"district_code": ["899", "900", "900"], "n": [1, pd.NA, 2]})
    >>> sums(frame, ["n"], "district").to_dict("list")
    {'district_code': ['899', '900'], 'n': [1, 2]}
    >>> sums(frame.head(0), ["n"])["n"].tolist()
    [<NA>]
    """
    names = keys(by)
    held = frame[[*names, *columns]]
    # Most are whole numbers already, and to say so again takes longer than to sum them.
    others = [name for name in columns if not isinstance(frame[name].dtype, pd.Int64Dtype)]
    held = held.astype(dict.fromkeys(others, "Int64")) if others else held
    if not names:
        whole = [held[column].sum(min_count=1) for column in columns]
        return pd.DataFrame([whole], columns=list(columns)).astype("Int64")
    grouped = held.groupby(names, dropna=False, sort=True)[list(columns)].sum(min_count=1)
    return grouped.reset_index()


def quotient(part: pd.Series, whole: pd.Series, scale: int = 1) -> pd.Series:
    """Return ``scale`` × part ÷ whole, each the float nearest to the exact quotient.

    Null without a part or a whole, or where the whole is not above zero.

    Parameters
    ----------
    part
        Whole numbers.
    whole
        Whole numbers, the base.
    scale
        What 1 is written as: 100 for percent.

    Examples
    --------
    >>> quotient(pd.Series([1, 1]), pd.Series([3, 0]), 100).tolist()
    [33.333333333333336, <NA>]
    """

    def one(above: Any, below: Any) -> Any:
        known = not (pd.isna(above) or pd.isna(below))
        return float(Fraction(scale * int(above), int(below))) if known and below > 0 else pd.NA

    values = [one(above, below) for above, below in zip(part, whole, strict=True)]
    return pd.Series(pd.array(values, dtype="Float64"), index=part.index)


FIRST = ("period", "base_year", "first_year", "year", *KEYS["commune"])
"""What a row is of, in the order in which it stands before what is said of it."""


def keyed(frame: pd.DataFrame) -> pd.DataFrame:
    """Put the keys of a frame before its other columns, in one order everywhere.

    Parameters
    ----------
    frame
        Rows with keys at any place.

    Examples
    --------
    >>> keyed(pd.DataFrame(columns=["poor_end_hh", "district_code", "year"])).columns.tolist()
    ['year', 'district_code', 'poor_end_hh']
    """
    keys_there = [name for name in FIRST if name in frame]
    return frame[[*keys_there, *(name for name in frame if name not in FIRST)]]


def percent(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Return 100 × part ÷ whole: see :func:`quotient`.

    Parameters
    ----------
    part
        Whole numbers.
    whole
        Whole numbers, the base.
    """
    return quotient(part, whole, 100)
