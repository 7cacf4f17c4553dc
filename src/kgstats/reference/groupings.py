"""Communes that policy singles out: especially difficult, border, island, Programmes 30a and 135.

A list is data with its years and its source: ``data/groupings.csv`` says which groupings there
are, ``data/grouping_members.csv`` which units of the 2019 map belong to each. Only what a document
names is listed; where a list is not complete, ``complete`` is false, and whoever counts the
grouping says so.
"""

from __future__ import annotations

import pandas as pd

from kgstats.reference import areas
from kgstats.reference.tables import table


def _of_year(name: str, year: int) -> pd.DataFrame:
    frame = table(name)
    first, last = frame["first_year"].astype("Int64"), frame["last_year"].astype("Int64")
    return frame[(first <= year) & (last.fillna(year) >= year)].reset_index(drop=True)


def groupings(year: int) -> pd.DataFrame:
    """Return the groupings of communes that hold in a year.

    Returns
    -------
    pandas.DataFrame
        ``grouping`` (a code of the registry's list), ``complete`` (whether the list of its members
        is known to be whole), ``units_listed`` (its members at the end of the year, wards and
        townships among them), ``note_vi, note_en`` (what is known of the list), ``source``.

    Examples
    --------
    >>> groupings(2019).set_index("grouping")["units_listed"].to_dict()
    {'especially_difficult': 4, 'border': 0, 'island': 14, 'programme_30a': 0, 'programme_135': 0}
    """
    frame = _of_year("groupings", year)
    counts = members(year)["grouping"].value_counts()
    listed = frame["grouping"].map(counts).fillna(0).astype("Int64")
    complete = (frame["complete"] == "yes").astype("boolean")
    columns = ["grouping", "complete", "units_listed", "note_vi", "note_en", "source"]
    return frame.assign(complete=complete, units_listed=listed)[columns]


def members(year: int, grouping: str | None = None) -> pd.DataFrame:
    """Return the units of a year that belong to each grouping, or to one.

    Lists name units of 2019; a later unit belongs where all that it was made of does. A unit can
    belong to several groupings.

    Returns
    -------
    pandas.DataFrame
        ``grouping, commune_code, name`` (as of the end of the year), ``source``.

    Examples
    --------
    >>> members(2019, "especially_difficult")["name"].tolist()
    ['Phú Lợi', 'Phú Mỹ', 'Nam Thái A', 'Vân Khánh Đông']
    >>> members(2025, "island")["commune_code"].tolist()
    ['31078', '31105', '31108']
    """
    listed = _of_year("grouping_members", year)
    if grouping is not None:
        listed = listed[listed["grouping"] == grouping]
    # Before the first list of areas the units are those of that list.
    of_year = max(year, areas.first_list().year)
    parts, names = areas.members(of_year), areas.units(of_year)[["commune_code", "name"]]
    found = listed[["grouping", "member_code", "source"]].merge(parts, on="member_code")
    keys = ["grouping", "commune_code"]
    found = found.groupby(keys, sort=False).agg(
        listed=("member_code", "size"), source=("source", "first")
    )
    whole = parts["commune_code"].value_counts()
    found = found.reset_index()
    every = found["listed"].to_numpy() == found["commune_code"].map(whole).to_numpy()
    found = found[every].merge(names, on="commune_code").sort_values(keys, ignore_index=True)
    return found[[*keys, "name", "source"]]
