"""What became of the money that was left a year ago, and how good the forecast of it was."""

from __future__ import annotations

import pandas as pd

from kgstats.analysis.funding.closes import closing, with_levels
from kgstats.analysis.funding.lines import DIMENSIONS, in_order, lines, year_of
from kgstats.analysis.tidy import By, keys, sums

_FIGURES = [
    *("shortfall_before_vnd", "unknown_vnd", "not_carried_vnd", "beyond_vnd", "carried_vnd"),
    *("carried_uncovered_vnd", "carried_disbursed_vnd", "carried_gap_vnd"),
    *("forecast_low_vnd", "forecast_high_vnd", "refuted_vnd", "lines_before"),
]


def carry_over(money: pd.DataFrame, previous: pd.DataFrame, by: By = ()) -> pd.DataFrame:
    """Follow what was not disbursed by last year's cut-off into this year's returns.

    A line of last year's returns left the shortfall S = max(A − D, 0). This year's returns show
    the same line (district, component, source, kind, plan year) with the money C carried in:

    - *not carried* = max(S − C, 0): paid between the cut-off and the close, or lapsed. The
      returns do not tell the two apart, so that it is the most that can have lapsed;
    - *beyond* = max(C − S, 0): more carried in than was reported as left;
    - *unknown*: S of districts that return no line of money this year, or that leave the amount
      of the line open. Not reported is not cancelled, and nothing is said of what they carried.

    S = unknown + not carried + C − beyond, in every row. *Forecast* is what last year's account
    of days said would lapse at the first and the last close
    (:func:`kgstats.analysis.funding.closing`), of the districts that return money again: it can
    be tried on no others. *Refuted* is how much of the forecast at the first
    close cannot have lapsed then, line by line, because it was carried:
    max(forecast − not carried, 0). The forecast at the last close stands beside what is left now.

    Parameters
    ----------
    money
        What :func:`kgstats.analysis.funding.lines` returns.
    previous
        The clean table ``funding`` of the year before; empty where there is none.
    by
        Columns of :data:`DIMENSIONS` to group by; all money together by default.

    Returns
    -------
    pandas.DataFrame
        The keys, ``shortfall_before_vnd, unknown_vnd, not_carried_vnd, beyond_vnd, carried_vnd``;
        of what was carried ``carried_uncovered_vnd`` (no disbursement reported),
        ``carried_disbursed_vnd, carried_gap_vnd``; ``forecast_low_vnd, forecast_high_vnd`` (at
        the last and the first close), ``refuted_vnd``; ``lines_before``: of how many lines of
        last year it is known what was left. Without rows where there is nothing of the year
        before, or no districts are left whose lines these were.

    Examples
    --------
    >>> line = {
    ...     "year": 2019, "district_code": "908", "programme": "ntm", "component": "ntm_general",
    ...     "source": "central", "kind": "investment", "plan_year": 2018,
    ...     "cut_off": pd.Timestamp(2019, 12, 20),
    ... }
    >>> money = lines(pd.DataFrame([line | {"allocated_vnd": 50, "disbursed_vnd": 20}]), 2019)
    >>> before = {"year": 2018, "cut_off": pd.Timestamp(2018, 12, 20)}
    >>> previous = pd.DataFrame([line | before | {"allocated_vnd": 100, "disbursed_vnd": 20}])
    >>> found = carry_over(money, previous).iloc[0]
    >>> [int(found[name]) for name in ("shortfall_before_vnd", "not_carried_vnd", "carried_vnd")]
    [80, 30, 50]
    >>> int(found["forecast_high_vnd"]), int(found["refuted_vnd"])
    (78, 48)
    """
    names, year = keys(by), year_of(money)
    if len(previous):
        previous = previous[previous["programme"].isin(set(money["programme"].dropna()))]
    # Where districts were abolished in between, no line is that of last year.
    if previous.empty or (
        money["district_code"].isna().all() and previous["district_code"].notna().any()
    ):
        return pd.DataFrame(columns=[*names, *_FIGURES])
    work = _followed(closing(lines(previous, year - 1)), money[money["plan_year"] < year])
    there = work["district_code"].isin(set(money["district_code"].dropna()))
    reported = there & ~work["is_open"].eq(True)
    work["lines_before"] = work["shortfall_vnd"].notna().astype("Int64")
    work["shortfall_before_vnd"] = short = work["shortfall_vnd"].fillna(0)
    work["carried_vnd"] = carried = work["allocated_vnd"].fillna(0).where(reported)
    work["unknown_vnd"] = short.where(~reported, 0)
    work["not_carried_vnd"] = (short - carried).clip(lower=0)
    work["beyond_vnd"] = (carried - short).clip(lower=0)
    work["carried_disbursed_vnd"] = paid = work["disbursed_vnd"].where(reported)
    work["carried_gap_vnd"] = carried - paid
    work["carried_uncovered_vnd"] = carried.where(work["disbursed_vnd"].isna(), 0)
    work["forecast_low_vnd"] = work["lapse_low_vnd"].where(reported)
    work["forecast_high_vnd"] = work["lapse_high_vnd"].where(reported)
    work["refuted_vnd"] = (work["forecast_high_vnd"] - work["not_carried_vnd"]).clip(lower=0)
    found = sums(work, _FIGURES, by)
    some = (found["shortfall_before_vnd"] != 0) | (found["carried_vnd"].fillna(0) != 0)
    return in_order(found[some] if names else found, names)


def _followed(closed: pd.DataFrame, carried: pd.DataFrame) -> pd.DataFrame:
    """Put last year's lines beside those carried in, each line of either once."""
    line = list(DIMENSIONS)
    now = ["allocated_vnd", "disbursed_vnd"]
    before = ["shortfall_vnd", "lapse_low_vnd", "lapse_high_vnd"]
    both = sums(closed, before, line).merge(sums(carried, now, line), on=line, how="outer")
    open_ = carried.loc[carried["allocated_vnd"].isna(), line].drop_duplicates()
    return both.merge(open_.assign(is_open=True), on=line, how="left")


def carry_over_steps(total: pd.DataFrame) -> pd.DataFrame:
    """Return the steps from what was left a year ago to what is left of it now; they add up.

    ``shortfall_before`` − ``unknown`` − ``not_carried`` + ``beyond`` = ``carried``; −
    ``carried_uncovered`` − ``carried_disbursed`` = ``carried_gap``.

    Parameters
    ----------
    total
        The one row of :func:`carry_over` without ``by``.

    Returns
    -------
    pandas.DataFrame
        ``step, is_level, amount_vnd`` (signed), ``after_vnd``, as of
        :func:`kgstats.analysis.funding.waterfall`; without rows where there is no row.

    Examples
    --------
    >>> total = pd.DataFrame(
    ...     {
    ...         "shortfall_before_vnd": [80], "unknown_vnd": [0], "not_carried_vnd": [30],
    ...         "beyond_vnd": [0], "carried_vnd": [50], "carried_uncovered_vnd": [0],
    ...         "carried_disbursed_vnd": [20], "carried_gap_vnd": [30],
    ...     }
    ... )
    >>> carry_over_steps(total)["amount_vnd"].tolist()
    [80, 0, -30, 0, 50, 0, -20, 30]
    """
    steps = {
        "shortfall_before": 1,
        "unknown": -1,
        "not_carried": -1,
        "beyond": 1,
        "carried": 1,
        "carried_uncovered": -1,
        "carried_disbursed": -1,
        "carried_gap": 1,
    }
    levels = ("shortfall_before", "carried", "carried_gap")
    rows = [
        (step, step in levels, sign * total[f"{step}_vnd"].iloc[0])
        for step, sign in steps.items()
        if len(total)
    ]
    return with_levels(pd.DataFrame(rows, columns=["step", "is_level", "amount_vnd"]))
