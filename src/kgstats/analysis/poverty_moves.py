"""Where households that left poverty went, and who fell back: the bounds that the returns leave."""

from __future__ import annotations

import pandas as pd

from kgstats.analysis.households import area_keys, prepared, year_of
from kgstats.analysis.tidy import By, keyed, percent, sums
from kgstats.reference import poverty_standards

_NEEDED = (
    "poor_escaped_hh",
    "poor_fell_back_hh",
    "poor_new_hh",
    "near_poor_escaped_hh",
    "near_poor_fell_back_hh",
    "near_poor_new_hh",
)


def bounds_of_moves(
    households: pd.DataFrame, before: int | None, year: int, by: By = ()
) -> pd.DataFrame:
    """Bound moves between poverty and near-poverty, and relapse of those that left last year.

    The form of 2016-2020 counts who left and who came to each list, not from where and to where
    (that of 2022 on has "thoát nghèo trở thành cận nghèo" as a column of its own). Unit by unit:

    - left poverty for near-poverty: at most the smaller of those that left poverty and those that
      came to near-poverty (newly or again). The others that left rose above near-poverty: at
      least ``above_least_hh``.
    - fell from near-poverty into poverty: at most the smaller of those that left near-poverty and
      those that came to poverty.
    - relapse: of those that left poverty in the year before, at most those that fell back this
      year; they may as well have left in any earlier year.

    No lower bound but zero follows. A household that left near-poverty, and another that moved
    away, are told apart by nobody. Base: units that report all six movements; for relapse also
    those that left in the year before.

    Parameters
    ----------
    households
        Counts by unit and year, on the areas of ``year``.
    before
        The year before; with another, or none, relapse is null.
    by
        As for :func:`kgstats.analysis.poverty.levels`.

    Returns
    -------
    pandas.DataFrame
        One row an area: ``base_year, year``, the keys of ``by``; ``poor_escaped_hh,
        to_near_poor_most_hh, above_least_hh, above_least_pct`` (of those that left);
        ``poor_entered_hh, from_near_poor_most_hh``; ``escaped_before_hh, relapse_most_hh,
        relapse_most_pct``; ``reported_units, expected_units``.

    Examples
    --------
    >>> from kgstats.analysis.households import COUNT_COLUMNS
    >>> counts = dict.fromkeys(COUNT_COLUMNS, 0) | {"commune_code": "31108"}
    >>> moves = {"poor_escaped_hh": 20, "near_poor_new_hh": 6, "poor_fell_back_hh": 1}
    >>> table = pd.DataFrame(
    ...     [{**counts, "year": 2018, "poor_escaped_hh": 10}, {**counts, "year": 2019, **moves}]
    ... )
    >>> row = bounds_of_moves(table, 2018, 2019).iloc[0]
    >>> int(row["to_near_poor_most_hh"]), int(row["above_least_hh"])
    (6, 14)
    >>> int(row["relapse_most_hh"]), float(row["relapse_most_pct"])
    (1, 10.0)
    """
    frame = prepared(households)
    now = year_of(frame, year)
    last = frame[frame["year"] == (before if before == year - 1 else None)]
    left = last.set_index("commune_code")["poor_escaped_hh"]
    names = area_keys(now, by)
    there = now[list(_NEEDED)].notna().all(axis=1)
    escaped, back, new, near_escaped, near_back, near_new = (
        now[name].where(there).astype("Int64") for name in _NEEDED
    )
    left_before = now["commune_code"].map(left).astype("Int64").where(there)
    work = now[names].assign(
        poor_escaped_hh=escaped,
        to_near_poor_most_hh=_smaller(escaped, near_new + near_back),
        poor_entered_hh=new + back,
        from_near_poor_most_hh=_smaller(near_escaped, new + back),
        escaped_before_hh=left_before,
        relapse_most_hh=_smaller(left_before, back),
        reported_units=there.astype("Int64"),
        expected_units=1,
    )
    found = sums(work, [name for name in work.columns if name not in names], names)
    found["above_least_hh"] = found["poor_escaped_hh"] - found["to_near_poor_most_hh"]
    found["above_least_pct"] = percent(found["above_least_hh"], found["poor_escaped_hh"])
    found["relapse_most_pct"] = percent(found["relapse_most_hh"], found["escaped_before_hh"])
    found = found.assign(base_year=before, year=year)
    return keyed(found.astype({"base_year": "Int64", "year": "Int64"}))


def _smaller(one: pd.Series, other: pd.Series) -> pd.Series:
    """Return the smaller of two counts, null where one is null."""
    return one.where(one <= other, other).where(one.notna() & other.notna())


def unlike_last_end(
    flows: pd.DataFrame, levels: pd.DataFrame, status: str = "poor"
) -> pd.DataFrame:
    """Return the areas that start a year with other households than they ended the last with.

    Two returns that were exchanged show here only: their sum is the same. Compared are areas
    wholly reported in both years; none in the first year of a poverty standard, whose start the
    returns do not count by a stated one.

    Parameters
    ----------
    flows
        :func:`kgstats.analysis.poverty.flows` of one year.
    levels
        :func:`kgstats.analysis.poverty.levels` of the same areas, of earlier years too.
    status
        ``poor`` or ``near_poor``.

    Returns
    -------
    pandas.DataFrame
        ``year``, the keys, ``start_hh``, ``last_end_hh``: one row an area that differs.

    Examples
    --------
    >>> whole = {"district_code": ["899", "900"], "expected_units": [2, 2]}
    >>> flows = pd.DataFrame(
    ...     {"year": 2019, **whole, "poor_flow_units": [2, 2], "poor_start_hh": [10, 20]}
    ... )
    >>> levels = pd.DataFrame(
    ...     {"year": 2018, **whole, "reported_units": [2, 2], "poor_end_hh": [10, 25]}
    ... )
    >>> unlike_last_end(flows, levels).to_dict("records")
    [{'year': 2019, 'district_code': '900', 'start_hh': 20, 'last_end_hh': 25}]
    """
    year = int(flows["year"].iloc[0])
    keys = [name for name in ("area", "district_code", "commune_code") if name in flows]
    last = levels[(levels["year"] == year - 1)]
    last = last[last["reported_units"] == last["expected_units"]]
    if poverty_standards.standard(year).first_year == year:
        last = last.head(0)
    last = last[[*keys, f"{status}_end_hh"]].rename(columns={f"{status}_end_hh": "last_end_hh"})
    start = flows.rename(columns={f"{status}_start_hh": "start_hh"})
    pairs = start.merge(last, on=keys) if keys else start.merge(last, how="cross")
    whole = pairs[f"{status}_flow_units"] == pairs["expected_units"]
    unlike = ((pairs["start_hh"] != pairs["last_end_hh"]) & whole).fillna(False).astype(bool)
    return pairs.loc[unlike, ["year", *keys, "start_hh", "last_end_hh"]].reset_index(drop=True)
