"""Read the reference tables that ship with the package, or that are the workspace's province's."""

from __future__ import annotations

import csv
import io
from importlib import resources
from typing import TYPE_CHECKING

from kgstats.reference import province

if TYPE_CHECKING:
    import pandas as pd


def _text(name: str) -> str:
    file = resources.files("kgstats.reference") / "data" / f"{name}.csv"
    return file.read_text(encoding="utf-8-sig")


def records(name: str) -> list[dict[str, str]]:
    """Read ``reference/data/<name>.csv`` row by row; an empty cell is empty text.

    Tables of areas, targets and what else is a province's own are those of the workspace's
    province (:mod:`kgstats.reference.province`).

    >>> records("districts_2019")[0]["name"]
    'Rạch Giá'
    """
    own = province.current().rows(name)
    if own is None:
        return list(csv.DictReader(io.StringIO(_text(name), newline="")))
    columns = next(csv.reader(io.StringIO(_text(name))))
    return [{column: row.get(column, "") for column in columns} for row in own]


def table(name: str) -> pd.DataFrame:
    """Read ``reference/data/<name>.csv`` as text; an empty cell is null.

    Every column comes as nullable text, so that codes keep their leading zeros; the caller
    gives numbers and dates their types. Whose table it is: as in :func:`records`.

    >>> table("districts_2019").loc[0, ["district_code", "name"]].tolist()
    ['899', 'Rạch Giá']
    """
    import pandas as pd  # only here: reading a text needs names, and no tables

    text = _text(name)
    if province.current().rows(name) is None:
        return pd.read_csv(io.StringIO(text), dtype="string", keep_default_na=False, na_values=[""])
    columns = next(csv.reader(io.StringIO(text)))
    rows = [[row[column] or None for column in columns] for row in records(name)]
    return pd.DataFrame(rows, columns=columns, dtype="string")
