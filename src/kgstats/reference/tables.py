"""Read the reference tables that ship with the package."""

from __future__ import annotations

import csv
import io
from importlib import resources

import pandas as pd


def records(name: str) -> list[dict[str, str]]:
    """Read ``reference/data/<name>.csv`` row by row; an empty cell is empty text.

    >>> records("districts_2019")[0]["name"]
    'Rạch Giá'
    """
    file = resources.files("kgstats.reference") / "data" / f"{name}.csv"
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))


def table(name: str) -> pd.DataFrame:
    """Read ``reference/data/<name>.csv`` as text; an empty cell is null.

    Every column comes as nullable text, so that codes keep their leading zeros; the caller
    gives numbers and dates their types.

    >>> table("districts_2019").loc[0, ["district_code", "name"]].tolist()
    ['899', 'Rạch Giá']
    """
    file = resources.files("kgstats.reference") / "data" / f"{name}.csv"
    text = file.read_text(encoding="utf-8-sig")
    return pd.read_csv(io.StringIO(text), dtype="string", keep_default_na=False, na_values=[""])
