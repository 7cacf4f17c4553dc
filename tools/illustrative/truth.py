"""The clean tables behind the illustrative returns: what a perfect reading would give."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from . import attainment, funding, poverty
from .places import YEARS, check_year

SEED = 2019
"""Seed of the returns kept in ``data/raw``."""


@lru_cache(maxsize=4)
def _years(seed: int) -> dict[int, dict[str, pd.DataFrame]]:
    stood = attainment.standing(seed)
    households = poverty.tables(stood, seed)
    rates = {
        year: table.set_index("commune_code")["poor_end_pct"].astype(float)
        for year, table in households.items()
    }
    marks = {year: attainment.tables(year, stood, rates, seed) for year in YEARS}
    short = {
        year: (attainment.CRITERIA - communes["criteria_met"])
        .groupby(communes["district_code"])
        .sum()
        .astype(float)
        for year, (_, communes) in marks.items()
    }
    money = funding.tables(households, short, seed)
    return {
        year: {
            "attainment": marks[year][0],
            "communes": marks[year][1],
            "funding": money[year],
            "poverty": households[year],
        }
        for year in YEARS
    }


def truth(year: int, seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Return one year's clean tables of illustrative figures that agree with the published ones.

    The values are **illustrative**: real returns are not public. Summed over communes and
    districts they give every published figure of the year (module :mod:`illustrative.facts`
    says which are published and which had to be chosen), for any seed; a seed only decides
    how the totals fall on the places. The three years follow on: poor households at the start
    of a year are those at the end of the year before, money carried over was unspent.

    Parameters
    ----------
    year
        2018, 2019 or 2020.
    seed
        Any whole number; the same seed gives the same tables on every machine.

    Returns
    -------
    dict of pandas.DataFrame
        ``attainment`` (117 communes x 19 criteria), ``communes`` (117), ``funding`` (a component
        x source x kind x plan year of a district a row, whole đồng) and ``poverty`` (145 units,
        households), with the columns of the clean tables in their order and nullable types;
        dates are ``datetime64[us]``.

    Raises
    ------
    UnknownYear
        For another year.

    Examples
    --------
    >>> tables = truth(2019)
    >>> int((tables["communes"]["status"] == "recognised").sum())
    64
    >>> int(tables["funding"].query("programme == 'gnbv'")["allocated_vnd"].sum())
    56135000000
    """
    check_year(year)
    return {name: table.copy() for name, table in _years(seed)[year].items()}
