"""Groups of households and of communes against each other: ethnic minorities, groupings.

:func:`against_others` follows from levels like the functions of
:mod:`kgstats.analysis.poverty_compared`; :func:`both_groups` says which units it may be of.
:func:`by_grouping` counts the communes that policy singles out.
"""

from __future__ import annotations

import pandas as pd

from kgstats.analysis.households import (
    MEASURES,
    counted,
    exact_rates,
    floats,
    measure_named,
    prepared,
)
from kgstats.analysis.indicators import household_poverty
from kgstats.analysis.poverty_compared import keys_in, marked, withheld_in
from kgstats.analysis.tidy import sums
from kgstats.reference import groupings


def both_groups(households: pd.DataFrame, status: str = "poor") -> pd.DataFrame:
    """Leave the counts of units that report all and ethnic-minority households in every year.

    Only of such units can ethnic-minority households be taken from all households, and can years
    be set beside each other.

    Parameters
    ----------
    households
        Counts by unit and year, as for :func:`kgstats.analysis.poverty.levels`.
    status
        ``poor`` or ``near_poor``.

    Examples
    --------
    >>> from kgstats.analysis.households import COUNT_COLUMNS
    >>> counts = dict.fromkeys(COUNT_COLUMNS, 5) | {"year": 2019}
    >>> table = pd.DataFrame(
    ...     [{**counts, "commune_code": "31108"},
    ...      {**counts, "commune_code": "31111", "ethnic_poor_end_hh": None}]
    ... )
    >>> int(both_groups(table)["poor_end_hh"].sum())
    5
    """
    frame = prepared(households).copy()
    rates = [measure_named(name) for name in (status, f"ethnic_{status}")]
    columns = [name for rate in rates for name in (rate.base, rate.count)]
    there = frame[columns].notna().all(axis=1)
    every = there.groupby(frame["commune_code"]).transform("sum") == frame["year"].nunique()
    frame[columns] = frame[columns].where(every)
    return frame


def against_others(levels: pd.DataFrame, status: str = "poor") -> pd.DataFrame:
    """Set ethnic-minority households against the others, by year and area.

    Others are all resident households less those of ethnic minorities. With p and b the poor and
    all households, e of ethnic minorities: rate of the others = (p − pₑ) ÷ (b − bₑ) × 100;
    gap = ethnic rate − rate of the others, in points; ratio = ethnic rate ÷ rate of the others.
    The gap to the others is wider than that to all households
    (:func:`kgstats.analysis.poverty.ethnic_gap`), of whom ethnic minorities are a part. Base:
    units that report all four counts; of other units, and where more ethnic-minority households
    than households are counted, nothing is formed. Source: the districts' yearly reviews, columns
    "hộ dân cư" and "hộ DTTS".

    Parameters
    ----------
    levels
        :func:`kgstats.analysis.poverty.levels` of :func:`both_groups`.
    status
        ``poor`` or ``near_poor``.

    Returns
    -------
    pandas.DataFrame
        ``year`` and the keys of ``levels``; ``ethnic_households_hh, ethnic_poor_end_hh,
        ethnic_poor_rate_pct, other_households_hh, other_poor_end_hh, other_poor_rate_pct,
        gap_others_pp, others_ratio`` (null where no other household is poor);
        ``ethnic_share_pct, ethnic_poor_share_pct`` (of all households, of the poor);
        ``both_units, expected_units``. With ``near_poor`` the names say so.

    Examples
    --------
    >>> levels = pd.DataFrame(
    ...     {"year": [2019], "poor_rate_pct": [3.0], "poor_rate_base_hh": [1000],
    ...      "ethnic_poor_rate_pct": [6.0], "ethnic_poor_rate_base_hh": [200],
    ...      "poor_rate_units": 1, "ethnic_poor_rate_units": 1, "expected_units": 1}
    ... )
    >>> row = against_others(levels).iloc[0]
    >>> int(row["other_poor_end_hh"]), float(row["other_poor_rate_pct"])
    (18, 2.25)
    >>> float(row["gap_others_pp"]), round(float(row["others_ratio"]), 2)
    (3.75, 2.67)
    """
    ethnic = f"ethnic_{status}"
    same = levels[f"{status}_rate_units"] == levels[f"{ethnic}_rate_units"]
    counts = {name: counted(levels, name).where(same) for name in (status, ethnic)}
    homes = {
        name: levels[f"{name}_rate_base_hh"].astype("Int64").where(same)
        for name in (status, ethnic)
    }
    poor, base = counts[status] - counts[ethnic], homes[status] - homes[ethnic]
    fits = ((poor >= 0) & (base >= poor)).fillna(False)
    poor, base = poor.where(fits), base.where(fits)
    own = exact_rates(counts[ethnic], homes[ethnic])
    others = exact_rates(poor, base)
    both = list(zip(own, others, strict=True))
    frame = levels[["year", *keys_in(levels)]].assign(
        **{
            "ethnic_households_hh": homes[ethnic],
            MEASURES[ethnic].count: counts[ethnic],
            f"{ethnic}_rate_pct": floats(own, levels.index),
            f"{ethnic}_rate_few": levels.get(f"{ethnic}_rate_few"),
            "other_households_hh": base,
            f"other_{status}_end_hh": poor,
            f"other_{status}_rate_pct": floats(others, levels.index),
        }
    )
    gaps = [None if a is None or b is None else a - b for a, b in both]
    frame["gap_others_pp"] = floats(gaps, frame.index)
    ratios = [None if a is None or not b else a / b for a, b in both]
    frame["others_ratio"] = floats(ratios, frame.index)
    shares = exact_rates(homes[ethnic], homes[status]), exact_rates(counts[ethnic], counts[status])
    frame["ethnic_share_pct"] = floats(shares[0], frame.index)
    frame[f"{ethnic}_share_pct"] = floats(shares[1], frame.index)
    frame["both_units"] = levels[f"{ethnic}_rate_units"].where(same)
    frame["expected_units"] = levels["expected_units"]
    return marked(frame, withheld_in(levels))


def by_grouping(households: pd.DataFrame, before: int | None, year: int) -> pd.DataFrame:
    """Count poor and near-poor households of the communes that policy singles out.

    Rates are those of :func:`kgstats.analysis.indicators.household_poverty`, of the units that a
    document names (:func:`kgstats.reference.groupings.members`); a unit can belong to several
    groupings, so that their sums say nothing. The earlier rate and the change are of the units
    that reported both years. A grouping without any list has its row, and no number.

    Parameters
    ----------
    households
        Counts by unit and year on the areas of ``year``.
    before, year
        The years compared; without a year before there is no change.

    Returns
    -------
    pandas.DataFrame
        One row a grouping: ``base_year, year, grouping, is_complete`` (whether the list is known
        to be whole), ``units_listed, units_reported``; ``households_hh, poor_end_hh,
        poor_rate_pct, near_poor_end_hh, near_poor_rate_pct``; ``before_rate_pct, after_rate_pct,
        change_pp`` of the poverty rate, ``matched_units``.

    Examples
    --------
    >>> from kgstats.analysis.households import COUNT_COLUMNS
    >>> counts = dict.fromkeys(COUNT_COLUMNS, 0) | {"households_hh": 100, "near_poor_end_hh": 1}
    >>> table = pd.DataFrame(
    ...     [
    ...         {**counts, "year": 2018, "commune_code": "30797", "poor_end_hh": 9},
    ...         {**counts, "year": 2019, "commune_code": "30797", "poor_end_hh": 6},
    ...     ]
    ... )
    >>> found = by_grouping(table, 2018, 2019).set_index("grouping").loc["especially_difficult"]
    >>> int(found["units_reported"]), int(found["units_listed"])
    (1, 4)
    >>> float(found["poor_rate_pct"]), float(found["change_pp"])
    (6.0, -3.0)
    """
    members = groupings.members(year)[["grouping", "commune_code"]]
    own = prepared(households).merge(members, on="commune_code")
    rate = MEASURES["poor"]
    there = own[[rate.count, rate.base, "near_poor_end_hh"]].notna().all(axis=1)
    own = own.assign(units_reported=there.astype("Int64"))
    now = own[own["year"] == year]
    frame = household_poverty(now, "grouping").merge(
        sums(now, ["units_reported"], "grouping"), on="grouping"
    )
    wanted = [rate.base, rate.count, "poor_rate_pct", "near_poor_end_hh", "near_poor_rate_pct"]
    frame = frame[["grouping", "units_reported", *wanted]]
    keys = ["grouping", "commune_code"]
    pair = own[own["year"] == before].merge(now, on=keys, suffixes=("_before", "_after"))
    four = [f"{name}_{when}" for when in ("before", "after") for name in (rate.count, rate.base)]
    pair = pair[pair[four].notna().all(axis=1)].assign(matched_units=1)
    both = sums(pair, [*four, "matched_units"], "grouping")
    first, last = (exact_rates(both[four[at]], both[four[at + 1]]) for at in (0, 2))
    both["before_rate_pct"] = floats(first, both.index)
    both["after_rate_pct"] = floats(last, both.index)
    moves = [None if a is None or b is None else b - a for a, b in zip(first, last, strict=True)]
    both["change_pp"] = floats(moves, both.index)
    changed = ["before_rate_pct", "after_rate_pct", "change_pp", "matched_units"]
    known = groupings.groupings(year).rename(columns={"complete": "is_complete"})
    found = (
        known[["grouping", "is_complete", "units_listed"]]
        .merge(frame, on="grouping", how="left")
        .merge(both[["grouping", *changed]], on="grouping", how="left")
    )
    found = found.assign(base_year=before, year=year).astype({"base_year": "Int64"})
    zero = dict.fromkeys(["units_reported", "matched_units"], 0)
    units = ["is_complete", "units_listed", "units_reported"]
    return found[["base_year", "year", "grouping", *units, *wanted, *changed]].fillna(zero)
