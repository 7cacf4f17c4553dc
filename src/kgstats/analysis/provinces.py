"""Provinces side by side: the figures of each by the same definitions, and what may be compared.

Every figure is the one of the province's own pages (:mod:`kgstats.analysis.overview`). Two
provinces can be ranked by a figure only where both have all of what it is of: a share of the
communes that happen to have reported is no share of the province.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kgstats.analysis import attainment, overview
from kgstats.reference import areas

_MEASURED = frozenset(
    name
    for name, (unit, _) in overview.HEADLINES.items()
    if unit in ("percent", "criteria_per_commune")
)

Tables = Mapping[str, Mapping[int, pd.DataFrame]]
"""The clean tables of one province: by name, then by year; a table not there is empty."""

RATES: Mapping[str, tuple[str, str]] = {
    "recognised_pct": ("communes_reported", "communes"),
    "condition_met_pct": ("districts_known", "districts_with_communes"),
    "poor_rate_pct": ("poor_rate_units", "units"),
    "disbursed_rate_pct": ("money_districts", "districts_all"),
}
"""The rates by which provinces are compared: how many of its units each is of, and of how many."""


def figures(tables: Tables, year: int) -> pd.DataFrame:
    """Return the figures of a province for a year, each with what it is of.

    Share of communes recognised, poverty rate and rate of disbursement are those of
    :func:`kgstats.analysis.overview.years`. Districts are counted by the first condition of
    their standard, all rural communes recognised
    (:func:`kgstats.analysis.attainment.district_standard`).

    Parameters
    ----------
    tables
        The clean tables of one province, by name and year, up to this year.
    year
        The reporting year.

    Returns
    -------
    pandas.DataFrame
        One row: the columns of :func:`kgstats.analysis.overview.years`;
        ``districts_with_communes``, ``districts_known`` (whose condition is known),
        ``districts_met``,
        ``condition_met_pct``; ``districts_all``, and ``money_districts`` that report the
        disbursement of every line of theirs; for each of :data:`RATES` a column ``_whole``,
        whether it is of all units. Null where nothing is reported.

    Examples
    --------
    ``collected.each(provinces.figures)`` puts those of all provinces below each other; see
    ``notebooks/national/provinces.ipynb``.
    """
    standings = attainment.standings(tables["communes"], tables["attainment"], year)
    funding = {own: one for own, one in tables["funding"].items() if len(one)}
    households = {own: one for own, one in tables["poverty"].items() if len(one)}
    frame = overview.years(standings, households, funding, year)
    frame = frame[frame["year"] == year].drop(columns=["districts"], errors="ignore")
    of_year = standings[standings["year"] == year]
    met = attainment.district_standard(attainment.summary(of_year, by="district"))
    known = int((met["condition"] != "unknown").sum())
    done = int((met["condition"] == "met").sum())
    counted = {
        "districts_with_communes": len(met) or None,
        "districts_known": known if len(met) else None,
        "districts_met": done if known else None,
        "districts_all": len(areas.districts(year)) or None,
        "money_districts": _paid(funding.get(year)),
    }
    frame = frame.assign(**{name: pd.array([n], "Int64") for name, n in counted.items()})
    share = 100 * done / len(met) if known else None
    frame = frame.assign(condition_met_pct=pd.array([share], "Float64")).reset_index(drop=True)
    # What nobody reports has no type of its own.
    untyped = frame.select_dtypes("object").columns
    frame = frame.astype({name: "Float64" if name in _MEASURED else "Int64" for name in untyped})
    return frame.assign(**{f"{rate}_whole": _whole(frame, rate) for rate in RATES})


def _paid(funding: pd.DataFrame | None) -> int:
    """Count the districts that report the disbursement of all their lines."""
    if funding is None:
        return 0
    known = funding["allocated_vnd"].notna() & funding["disbursed_vnd"].notna()
    return int(known.groupby(funding["district_code"]).all().sum())


def changes(tables: Tables, year: int) -> pd.DataFrame:
    """Compare a province's figures with the year before, over what reported in both years.

    Parameters
    ----------
    tables
        As for :func:`figures`.
    year
        The reporting year.

    Returns
    -------
    pandas.DataFrame
        :func:`kgstats.analysis.overview.like_for_like`. Nothing is compared over two sets of
        criteria or two poverty standards.

    Examples
    --------
    ``collected.each(provinces.changes)`` puts those of all provinces below each other; see
    ``notebooks/national/provinces.ipynb``.
    """
    standings = attainment.standings(tables["communes"], tables["attainment"], year)
    both = overview.two_years(tables["poverty"], year)
    return overview.like_for_like(standings, both, tables["funding"], year)


def _whole(figures: pd.DataFrame, rate: str) -> pd.Series[Any]:
    """Say whether a rate is of all units of the province, so that it can be ranked."""
    reported, of = RATES[rate]
    told = figures[rate].notna() & figures[reported].eq(figures[of])
    return told.fillna(False).astype(bool)
