"""Money of a year beside that of the year before, on lines measured in both."""

from __future__ import annotations

import pandas as pd

from kgstats.analysis import indicators
from kgstats.analysis.funding.lines import KIND_OF_MONEY, in_order, lines, measured, year_of
from kgstats.analysis.tidy import By, keys

SAME_LINE = ("district_code", *KIND_OF_MONEY)
"""What a line of one year has in common with that of the year before."""


def against_last_year(money: pd.DataFrame, previous: pd.DataFrame, by: By = ()) -> pd.DataFrame:
    """Return rate and gap beside those of the year before, on lines measured in both years.

    A line of this year is matched with the same district, component, source, kind and vintage
    (own plan or carried in) of the year before; money measured in one year only would change
    the rate by itself and stands apart in ``unmatched_vnd``.

    Parameters
    ----------
    money
        What :func:`kgstats.analysis.funding.lines` returns.
    previous
        The clean table ``funding`` of the year before; empty where there is none.
    by
        Columns of :data:`SAME_LINE` to group by; all money together by default.

    Returns
    -------
    pandas.DataFrame
        The keys, ``covered_before_vnd, disbursed_before_vnd, gap_before_vnd,
        disbursed_rate_before_pct``, the same of this year, ``disbursed_rate_change_pp``,
        ``gap_change_vnd``, ``unmatched_vnd`` (allocated this year on measured lines and not
        matched), ``same_day`` (whether both years' cut-offs fall on one day of the year). Without
        rows where there is nothing of the year before.

    Examples
    --------
    >>> money = pd.DataFrame(
    ...     {
    ...         "year": 2019, "district_code": ["908", "906"], "programme": "ntm",
    ...         "component": "ntm_general", "source": "central", "kind": "investment",
    ...         "plan_year": 2019, "allocated_vnd": [100, 50], "disbursed_vnd": [40, 10],
    ...         "cut_off": pd.Timestamp(2019, 12, 20),
    ...     }
    ... )
    >>> previous = money.head(1).assign(year=2018, plan_year=2018, disbursed_vnd=60)
    >>> found = against_last_year(lines(money, 2019), previous).iloc[0]
    >>> float(found["disbursed_rate_change_pp"]), int(found["unmatched_vnd"])
    (-20.0, 50)
    """
    names = keys(by)
    figures = ["covered_vnd", "disbursed_vnd", "gap_vnd", "disbursed_rate_pct"]
    before = {
        name: name.rpartition("_")[0] + "_before_" + name.rpartition("_")[2] for name in figures
    }
    changes = ["disbursed_rate_change_pp", "gap_change_vnd", "unmatched_vnd", "same_day"]
    if len(previous):
        previous = previous[previous["programme"].isin(set(money["programme"].dropna()))]
    if previous.empty:
        return pd.DataFrame(columns=[*names, *before.values(), *figures, *changes])
    now, then = measured(money), measured(lines(previous, year_of(money) - 1))
    both_now, both_then = _also_in(now, then), _also_in(then, now)
    own = indicators.disbursement(both_now, by)[[*names, *figures]]
    old = indicators.disbursement(both_then, by)[[*names, *figures]].rename(columns=before)
    pool = indicators.disbursement(now, by)[[*names, "allocated_vnd"]]
    table = _beside(_beside(old, own, names), pool, names)
    table["disbursed_rate_change_pp"] = (
        table["disbursed_rate_pct"] - table["disbursed_rate_before_pct"]
    )
    table["gap_change_vnd"] = table["gap_vnd"] - table["gap_before_vnd"]
    table["unmatched_vnd"] = table.pop("allocated_vnd") - table["covered_vnd"].fillna(0)
    days = pd.concat([both_now["cut_off"], both_then["cut_off"]]).dt.strftime("%m-%d")
    return in_order(table.assign(same_day=days.nunique() <= 1), names)


def _also_in(money: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return the lines that have the same line among the others."""
    there = others[list(SAME_LINE)].drop_duplicates()
    return money.merge(there, on=list(SAME_LINE), how="inner", validate="many_to_one")


def _beside(left: pd.DataFrame, right: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    return left.merge(right, on=names) if names else left.join(right)
