"""The 145 units of Kiên Giang that the illustrative returns report on."""

from __future__ import annotations

import pandas as pd

from kgstats.reference.tables import table

YEARS: tuple[int, ...] = (2018, 2019, 2020)
"""Years with illustrative returns: their published facts are known, and the 145 units the same.

Mỹ Đức became a ward on 1 November 2018 and Hòn Thơm ceased to be on 1 January 2021, so the
list of the end of 2019 holds at the end of each of the three years: 117 rural communes.
"""


class UnknownYear(ValueError):
    """No published facts to agree with are carried for this year."""


def check_year(year: int) -> None:
    """Refuse a year without published facts, naming those there are."""
    if year not in YEARS:
        raise UnknownYear(
            f"no illustrative returns for {year}: choose {YEARS[0]} to {YEARS[-1]}, the years"
            " whose published figures they agree with"
        )


def units() -> pd.DataFrame:
    """Return the 145 commune-level units, in the order of their district and code.

    Returns
    -------
    pandas.DataFrame
        ``commune_code, name, type`` (xã, phường, thị trấn), ``district_code, district,
        district_type, population`` (census of 1 April 2019).
    """
    listed = table("communes_2019").rename(columns={"district_name": "district"})
    listed["population"] = listed["population_2019"].astype("int64")
    columns = ["commune_code", "name", "type", "district_code", "district", "district_type"]
    listed = listed[[*columns, "population"]]
    return listed.sort_values(["district_code", "commune_code"], ignore_index=True)


def districts() -> pd.DataFrame:
    """Return the 15 districts: ``district_code, type, name``."""
    return table("districts_2019")[["district_code", "type", "name"]]
