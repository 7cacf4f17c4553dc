"""Where what is not yet disbursed lies, why, and which lines matter."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from kgstats.analysis import indicators
from kgstats.analysis.funding.lines import DIMENSIONS, in_order, measured
from kgstats.analysis.funding.rounding import nearest
from kgstats.analysis.tidy import By, keys, percent


def shortfall(money: pd.DataFrame, by: By = ()) -> pd.DataFrame:
    """Return what is not yet disbursed, on the lines that have money left, such as by cause.

    Shortfall = Σ (A − D) over lines where it is above zero. Every line has one cause at most, so
    that the causes add up to the shortfall of all.

    Parameters
    ----------
    money
        What :func:`kgstats.analysis.funding.lines` returns.
    by
        Columns to group by; all money together by default.

    Returns
    -------
    pandas.DataFrame
        The keys, ``lines``, ``districts``, ``shortfall_vnd``, ``shortfall_share_pct`` (of the whole
        shortfall); largest first, lines without the key (no cause given) last.

    Examples
    --------
    >>> money = pd.DataFrame(
    ...     {
    ...         "district_code": ["899", "900", "900"], "cause": ["land", None, "land"],
    ...         "allocated_vnd": [30, 20, 10], "disbursed_vnd": [20, 15, 12],
    ...     }
    ... )
    >>> shortfall(money, by="cause")
      cause  lines  districts  shortfall_vnd  shortfall_share_pct
    0  land      1          1             10            66.666667
    1   NaN      1          1              5            33.333333
    >>> shortfall(money)["shortfall_vnd"].tolist()
    [15]
    """
    names = keys(by)
    held = measured(money)
    held = held[held["allocated_vnd"] > held["disbursed_vnd"]]
    sums = in_order(indicators.disbursement(held, by), names)
    table = sums[[*names, "lines", "shortfall_vnd"]].fillna({"shortfall_vnd": 0})
    counted = held.groupby(names, dropna=False)["district_code"] if names else None
    if counted is not None:
        table = table.merge(counted.nunique().rename("districts").reset_index(), on=names)
    else:
        table["districts"] = held["district_code"].nunique()
    table["districts"] = table["districts"].astype("Int64")
    whole = pd.Series(int(table["shortfall_vnd"].sum()), index=table.index)
    table["shortfall_share_pct"] = percent(table["shortfall_vnd"], whole)
    given = table[names].notna().all(axis=1)
    order = pd.DataFrame({"given": given, "size": table["shortfall_vnd"]})
    order = order.sort_values(["given", "size"], ascending=False, kind="stable").index
    columns = [*names, "lines", "districts", "shortfall_vnd", "shortfall_share_pct"]
    return table.loc[order, columns].reset_index(drop=True)


def pareto(
    money: pd.DataFrame,
    by: By = ("district", "programme", "kind", "plan_year"),
    percent_of_all: int = 80,
) -> pd.DataFrame:
    """Return the groups by size of their shortfall, and the fewest that make 80 % of it.

    Parameters
    ----------
    money
        Lines of money: the clean table ``funding``, whole or filtered.
    by
        What the rows are grouped by; see the table returned.
    percent_of_all
        The share of the shortfall that the fewest groups are to make.

    Returns
    -------
    pandas.DataFrame
        The keys, ``position`` (1 the largest), ``covered_vnd, disbursed_vnd, shortfall_vnd,
        disbursed_rate_pct, shortfall_share_pct, shortfall_cumulative_pct, within`` (among the
        fewest that make ``percent_of_all`` of the whole shortfall, with all that equal the last of
        them). Groups without shortfall are left out; equal shortfalls stand in the order of the
        fields.

    Examples
    --------
    >>> money = pd.DataFrame(
    ...     {
    ...         "source": ["central", "province", "community"],
    ...         "allocated_vnd": [30, 90, 10], "disbursed_vnd": [20, 10, 10],
    ...     }
    ... )
    >>> pareto(money, "source")[["source", "shortfall_vnd", "within"]].to_dict("list")
    {'source': ['province', 'central'], 'shortfall_vnd': [80, 10], 'within': [True, False]}
    """
    names = keys(by)
    return _ranked(
        in_order(indicators.disbursement(measured(money), by), names), names, percent_of_all
    )


def largest(gaps: pd.DataFrame, by: By = "district", percent_of_all: int = 50) -> pd.DataFrame:
    """Return groups by size of their shortfall, and the fewest that make half of it.

    Left out are groups without shortfall, and those with a line that has no rate (an amount below
    zero, or paid without a plan): their shortfall cannot be put in an order with others.

    Parameters
    ----------
    gaps
        :func:`kgstats.analysis.funding.gaps` of the same ``by``.
    by, percent_of_all
        As for :func:`pareto`.

    Returns
    -------
    pandas.DataFrame
        As :func:`pareto`.

    Examples
    --------
    >>> gaps = pd.DataFrame(
    ...     {
    ...         "district_code": ["899", "900", "902"], "shortfall_vnd": [10, 70, 40],
    ...         "covered_vnd": 100, "disbursed_vnd": [90, 30, 60], "disbursed_rate_pct": 60.0,
    ...         "lines_without_rate": [0, 0, 1],
    ...     }
    ... )
    >>> largest(gaps)[["district_code", "shortfall_share_pct", "within"]].to_dict("list")
    {'district_code': ['900', '899'], 'shortfall_share_pct': [87.5, 12.5], 'within': [True, False]}
    """
    return _ranked(gaps[(gaps["lines_without_rate"] == 0).fillna(False)], keys(by), percent_of_all)


def _ranked(table: pd.DataFrame, names: list[str], percent_of_all: int) -> pd.DataFrame:
    table = table[(table["shortfall_vnd"] > 0).fillna(False)]
    table = table.sort_values("shortfall_vnd", ascending=False, kind="stable", ignore_index=True)
    size = table["shortfall_vnd"]
    total = pd.Series(size.sum(), index=table.index, dtype="Int64")
    running = size.cumsum()
    table["position"] = pd.Series(table.index + 1, dtype="Int64")
    table["shortfall_share_pct"], table["shortfall_cumulative_pct"] = (
        percent(size, total),
        percent(running, total),
    )
    needed = 100 * (running - size) < percent_of_all * total
    # Never cut between equals.
    table["within"] = size.ge(size[needed].min()).astype("boolean") if len(table) else needed
    columns = [
        "covered_vnd",
        "disbursed_vnd",
        "shortfall_vnd",
        "disbursed_rate_pct",
        "shortfall_share_pct",
    ]
    return table[[*names, "position", *columns, "shortfall_cumulative_pct", "within"]]


def funnel(money: pd.DataFrame, material: Fraction = Fraction(1, 100)) -> pd.DataFrame:
    """Tell lines that matter from small lines with an extreme rate.

    A line departs from the common rate r by D − r · A đồng. The departure is material when it is
    more than ``material`` (1 %) of the whole shortfall; in a chart of rate against size the
    limits are r ± step / A: wide for small lines, narrow for large ones. This is an account of
    money, not of chance: nothing is sampled.

    Parameters
    ----------
    money
        Lines of money: the clean table ``funding``, whole or filtered.
    material
        From which share of the whole shortfall a departure matters.

    Returns
    -------
    pandas.DataFrame
        One row a measured line with a plan above zero: what makes the line, ``vintage,
        allocated_vnd, disbursed_vnd, disbursed_rate_pct, departure_vnd`` (D − r · A), ``where``
        (``below`` or ``above``: material; ``inside``: not), and the same in every row
        ``common_rate_pct`` (r) and ``step_vnd`` (the material amount).

    Examples
    --------
    >>> money = pd.DataFrame(
    ...     {
    ...         "district_code": ["906", "908", "914"], "programme": "ntm",
    ...         "component": "ntm_general", "source": "central", "kind": "investment",
    ...         "plan_year": 2019, "vintage": "current",
    ...         "allocated_vnd": [10_000, 10_000, 50], "disbursed_vnd": [7_000, 5_000, 0],
    ...     }
    ... )
    >>> funnel(money)[["disbursed_rate_pct", "where"]].to_dict("list")
    {'disbursed_rate_pct': [70.0, 50.0, 0.0], 'where': ['above', 'below', 'inside']}
    """
    held = measured(money)
    held = held[held["allocated_vnd"] > 0].reset_index(drop=True)
    plan, paid = held["allocated_vnd"], held["disbursed_vnd"]
    rate = Fraction(int(paid.sum()), int(plan.sum())) if len(held) else Fraction(0)
    step = nearest(material * int((plan - paid).clip(lower=0).sum()))
    away = [int(d) - rate * int(a) for a, d in zip(plan, paid, strict=True)]
    points = held[[*DIMENSIONS, "vintage", "allocated_vnd", "disbursed_vnd"]].copy()
    points["disbursed_rate_pct"] = percent(paid, plan)
    points["departure_vnd"] = pd.array([nearest(value) for value in away], "Int64")
    points["where"] = pd.array(
        ["inside" if abs(v) <= step else "below" if v < 0 else "above" for v in away], "string"
    )
    return points.assign(common_rate_pct=float(100 * rate), step_vnd=step)
