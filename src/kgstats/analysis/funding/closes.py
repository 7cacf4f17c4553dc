"""Legal closes: what would lapse at the pace so far, and the pace it would take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from kgstats.analysis.funding.lines import in_order, measured, year_of
from kgstats.analysis.funding.rounding import nearest, whole
from kgstats.analysis.tidy import By, keys
from kgstats.reference import funding_rules

DATES = ("started", "timed_from", "cut_off", "close_first", "close_last", "confirmed")
AT_ONE_CLOSE = ("programme", "kind", "plan_year", *DATES)
"""Money with the same closes, one start and one cut-off: its days and paces are the same."""

_DATED_BY = ("programme", "source", "kind", "plan_year", "vintage")
_SUMS = [
    *("allocated_vnd", "disbursed_vnd", "shortfall_vnd", "due_low_vnd", "due_high_vnd"),
    *("behind_low_vnd", "behind_high_vnd", "projected_low_vnd", "projected_high_vnd"),
    *("lapse_low_vnd", "lapse_high_vnd", "unconfirmed_vnd"),
]
_DAYS = ["days_elapsed", "days_left_first", "days_left_last"]
_PACES = [
    *("paid_per_day_vnd", "needed_per_day_high_vnd", "needed_per_day_low_vnd"),
    *("pace_high_ratio", "pace_low_ratio", "elapsed_high_pct", "elapsed_low_pct"),
]


def closes_of(kind: Any, plan_year: Any, year: int) -> tuple[funding_rules.Close, ...]:
    """Return the closes of money that the documents at hand allow; none where none is known.

    Parameters
    ----------
    kind
        Kind of capital: investment or recurrent.
    plan_year
        The year of the plan the money belongs to.
    year
        The year reported on.

    Examples
    --------
    >>> [one.day.isoformat() for one in closes_of("investment", 2019, 2019)]
    ['2020-01-31', '2020-12-31']
    >>> closes_of("investment", 2012, 2019)
    ()
    """
    try:
        return funding_rules.closes(str(kind), int(plan_year), year)
    except (funding_rules.NoCloseKnown, TypeError, ValueError):
        return ()


def _dates(money: pd.DataFrame, year: int) -> pd.DataFrame:
    """Look up start and closes once for each kind of money, for all its lines."""
    names = list(_DATED_BY)
    rows = []
    for key in money[names].drop_duplicates().itertuples(index=False, name=None):
        programme, source, kind, plan_year, vintage = key
        ends = closes_of(kind, plan_year, year)
        given = None
        if vintage == "current" and not pd.isna(plan_year):
            given = funding_rules.allocation(str(programme), str(source), str(kind), int(plan_year))
        rows.append(
            (
                *key,
                given.allocated_on if given else dt.date(year, 1, 1),
                "decision" if given else "year_start",
                *((ends[0].day, ends[-1].day) if ends else (None, None)),
                all(end.confirmed for end in ends) if ends else None,
            )
        )
    found = ["started", "timed_from", "close_first", "close_last", "confirmed"]
    frame = pd.DataFrame(rows, columns=[*names, *found])
    frame = frame.astype(dict.fromkeys(found, object) | money[names].dtypes.to_dict())
    for name in ("started", "close_first", "close_last"):
        frame[name] = pd.to_datetime(frame[name])
    return frame.astype({"timed_from": "string", "confirmed": "boolean"})


def closing(money: pd.DataFrame) -> pd.DataFrame:
    """Return the measured lines with their legal closes, and what would lapse at the pace so far.

    A close is the last day on which money may be paid. Where the documents at hand can be read in
    two ways, or an adjustment follows the close, there is a first and a last such day
    (:func:`kgstats.reference.funding_rules.closes`), and every result lies between two amounts.

    With the money given out on day s (of its decision; 1 January where none is known), the
    cut-off τ and a close T, the elapsed share is Y = (τ − s) / (T − s), at most 1. What was *due*
    is Y · A; the time-adjusted gap is Y · A − D (*behind*). At the pace so far,
    D · (T − τ) / (τ − s) more would be paid by the close, at most the shortfall; the rest of the
    shortfall is what would lapse. All this line by line: a line without any payment would pay
    nothing more. Paces are an account of days, not a forecast.

    Parameters
    ----------
    money
        What :func:`kgstats.analysis.funding.lines` returns.

    Returns
    -------
    pandas.DataFrame
        The lines with both amounts, and ``started, timed_from`` (``decision`` or ``year_start``),
        ``close_first, close_last, confirmed`` (whether every rule was read in the law),
        ``days_elapsed, days_left_first, days_left_last``, ``shortfall_vnd``, ``due_low_vnd,
        due_high_vnd`` (rounded so that the sum over all lines is exact), ``behind_low_vnd,
        behind_high_vnd, projected_low_vnd, projected_high_vnd, lapse_low_vnd`` (at the last
        close), ``lapse_high_vnd`` (at the first), ``unconfirmed_vnd`` (the shortfall whose close
        is not confirmed). Where no close is known, the dates and what depends on them are null.

    Examples
    --------
    >>> money = pd.DataFrame(
    ...     {
    ...         "year": 2019, "programme": "ntm", "source": "central", "kind": "investment",
    ...         "plan_year": 2019, "vintage": "current", "cut_off": pd.Timestamp(2019, 12, 20),
    ...         "allocated_vnd": [1000], "disbursed_vnd": [428],
    ...     }
    ... )
    >>> found = closing(money).iloc[0]
    >>> [int(found[name]) for name in ("days_elapsed", "days_left_first", "days_left_last")]
    [214, 42, 377]
    >>> [int(found[name]) for name in ("lapse_low_vnd", "lapse_high_vnd")]
    [0, 488]
    """
    held = measured(money).reset_index(drop=True)
    dates = _dates(held, year_of(money))
    table = held.merge(dates, on=list(_DATED_BY), how="left", validate="many_to_one")
    day = pd.to_datetime(table["cut_off"]).dt.normalize()
    plan, paid = table["allocated_vnd"], table["disbursed_vnd"]
    table["shortfall_vnd"] = short = (plan - paid).clip(lower=0)
    table["days_elapsed"] = elapsed = _days(day - table["started"])
    for which, due, left in (("first", "high", "low"), ("last", "low", "high")):
        close = table[f"close_{which}"]
        table[f"days_left_{which}"] = _days(close - day)
        table[f"due_{due}_vnd"] = _due(plan, elapsed, _days(close - table["started"]))
        table[f"behind_{due}_vnd"] = table[f"due_{due}_vnd"] - paid
        table[f"projected_{left}_vnd"] = _paid_at_pace(table, table[f"days_left_{which}"])
        table[f"lapse_{due}_vnd"] = short - table[f"projected_{left}_vnd"]
    table["unconfirmed_vnd"] = short.mask(table["confirmed"].fillna(False), 0)
    return table


def _days(spans: pd.Series) -> pd.Series:
    return spans.dt.days.astype("Int64")


def _due(plan: pd.Series, elapsed: pd.Series, period: pd.Series) -> pd.Series:
    """Return the elapsed share of each plan, rounded so that all of them sum exactly."""
    dated = period.notna()
    exact = [
        min(max(Fraction(int(gone), int(days)), Fraction(0)), Fraction(1)) * int(amount)
        if days > 0
        else Fraction(int(amount))
        for amount, gone, days in zip(plan[dated], elapsed[dated], period[dated], strict=True)
    ]
    return pd.Series(whole(exact), index=plan.index[dated], dtype="Int64").reindex(plan.index)


def _paid_at_pace(table: pd.DataFrame, left: pd.Series) -> pd.Series:
    """Return what more is paid in the days left at the pace so far, at most the shortfall."""
    paid, elapsed = table["disbursed_vnd"], table["days_elapsed"]
    moving = ((paid > 0) & (elapsed > 0) & (left > 0)).fillna(False)
    more = (paid * left).where(moving, 0) // elapsed.where(moving, 1)
    return more.clip(upper=table["shortfall_vnd"]).where(left.notna())


def lapsing(closed: pd.DataFrame, by: By = AT_ONE_CLOSE) -> pd.DataFrame:
    """Return what is at risk at each legal close, and the pace it would take to pay it out.

    Pace so far = D / days elapsed; pace needed = shortfall / days left, both in đồng a day;
    ``pace_high_ratio`` = needed by the first close / so far, ``pace_low_ratio`` by the last.
    Groups whose lines have several closes or cut-offs (all money together, with ``by=()``) have
    amounts alone.

    Parameters
    ----------
    closed
        What :func:`closing` returns.
    by
        Columns to group by.

    Returns
    -------
    pandas.DataFrame
        The keys, ``days_elapsed, days_left_first, days_left_last``, the sums of the amounts of
        :func:`closing`, ``paid_per_day_vnd, needed_per_day_high_vnd,
        needed_per_day_low_vnd, pace_high_ratio, pace_low_ratio``, and the share of the time passed
        ``elapsed_high_pct`` (to the first close), ``elapsed_low_pct`` (to the last).

    Examples
    --------
    >>> closed = closing(
    ...     pd.DataFrame(
    ...         {
    ...             "year": 2021, "programme": "ntm", "source": "central", "kind": "investment",
    ...             "plan_year": 2021, "vintage": "current", "cut_off": pd.Timestamp(2021, 7, 20),
    ...             "allocated_vnd": [1000, 750], "disbursed_vnd": [600, 0],
    ...         }
    ...     )
    ... )
    >>> lapsing(closed)[["paid_per_day_vnd", "needed_per_day_high_vnd"]].to_dict("list")
    {'paid_per_day_vnd': [3], 'needed_per_day_high_vnd': [6]}
    """
    names = keys(by)
    rows = [
        dict(zip(names, key, strict=True)) | _at_risk(part) for key, part in _parts(closed, names)
    ]
    table = pd.DataFrame(rows, columns=[*names, *_DAYS, *_SUMS, *_PACES])
    table = table.astype(
        {
            name: "Float64" if name.endswith(("_ratio", "_pct")) else "Int64"
            for name in table.columns.difference(names)
        }
    )
    return in_order(table.astype(closed[names].dtypes.to_dict()), names)


def _parts(frame: pd.DataFrame, names: Sequence[str]) -> list[tuple[tuple[Any, ...], pd.DataFrame]]:
    if not names:
        return [((), frame)]
    return list(frame.groupby(list(names), dropna=False, sort=False))


def _at_risk(part: pd.DataFrame) -> dict[str, Any]:
    """Sum the amounts of lines, and form the paces where the days are the same for all."""
    found: dict[str, Any] = {name: part[name].sum(min_count=min(1, len(part))) for name in _SUMS}
    for name in _DAYS:
        found[name] = part[name].iloc[0] if part[name].nunique(dropna=False) == 1 else pd.NA
    elapsed = found["days_elapsed"]
    so_far = _a_day(found["disbursed_vnd"], elapsed)
    found["paid_per_day_vnd"] = pd.NA if so_far is None else nearest(so_far)
    for which, end in (("first", "high"), ("last", "low")):
        left = pd.NA if pd.isna(elapsed) else found[f"days_left_{which}"]
        needed = _a_day(found["shortfall_vnd"], left)
        found[f"needed_per_day_{end}_vnd"] = pd.NA if needed is None else nearest(needed)
        found[f"pace_{end}_ratio"] = pd.NA
        if needed is not None and so_far is not None and so_far > 0:
            found[f"pace_{end}_ratio"] = float(needed / so_far)
        found[f"elapsed_{end}_pct"] = _passed(elapsed, left)
    return found


def _passed(elapsed: Any, left: Any) -> Any:
    """Return the share of the time that has passed, in percent: none of it to all of it."""
    if pd.isna(elapsed) or pd.isna(left):
        return pd.NA
    period = int(elapsed) + int(left)
    share = Fraction(100 * int(elapsed), period) if period > 0 else Fraction(100)
    return float(min(max(share, Fraction(0)), Fraction(100)))


def _a_day(amount: Any, days: Any) -> Fraction | None:
    return Fraction(int(amount), int(days)) if not pd.isna(days) and days > 0 else None


def waterfall(total: pd.DataFrame, closed: pd.DataFrame) -> pd.DataFrame:
    """Return the steps from all money allocated to what would lapse; they add up exactly.

    ``allocated`` − ``uncovered`` (no disbursement reported) − ``disbursed`` + ``excess`` (paid
    above plan elsewhere fills no other line) = ``shortfall``; − ``undated`` (no legal close
    known) − ``projected`` (would be paid by the first close at the pace so far) = ``lapse_high``;
    − ``projected_later`` (would be paid from there to the last close) = ``lapse_low``.

    Parameters
    ----------
    total
        The one row of :func:`kgstats.analysis.funding.gaps` without ``by``.
    closed
        What :func:`closing` returns of the same lines.

    Returns
    -------
    pandas.DataFrame
        ``step, is_level`` (or a change between two levels), ``amount_vnd`` (signed),
        ``after_vnd`` (the level after the step). Where no disbursement is reported, what depends
        on it is null, not nothing.

    Examples
    --------
    >>> total = pd.DataFrame(
    ...     {
    ...         "allocated_vnd": [1300], "uncovered_vnd": [300], "disbursed_vnd": [428],
    ...         "excess_vnd": [0], "shortfall_vnd": [572],
    ...     }
    ... )
    >>> closed = pd.DataFrame(
    ...     {
    ...         "close_first": [pd.Timestamp(2020, 1, 31)], "shortfall_vnd": [572],
    ...         "lapse_high_vnd": [488], "lapse_low_vnd": [100],
    ...     }
    ... )
    >>> steps = waterfall(total, closed).set_index("step")["amount_vnd"]
    >>> steps[["allocated", "shortfall", "projected", "lapse_high", "lapse_low"]].tolist()
    [1300, 572, -84, 488, 100]
    """
    sums = total.iloc[0].fillna({"allocated_vnd": 0, "uncovered_vnd": 0})
    unknown = pd.NA if pd.isna(sums["shortfall_vnd"]) else 0
    dated = closed[closed["close_first"].notna()]
    undated = closed.loc[closed["close_first"].isna(), "shortfall_vnd"].sum() + unknown
    high, low = (dated[f"lapse_{end}_vnd"].sum() + unknown for end in ("high", "low"))
    steps = [
        ("allocated", True, sums["allocated_vnd"]),
        ("uncovered", False, -sums["uncovered_vnd"]),
        ("disbursed", False, -sums["disbursed_vnd"]),
        ("excess", False, sums["excess_vnd"]),
        ("shortfall", True, sums["shortfall_vnd"]),
        ("undated", False, -undated),
        ("projected", False, undated + high - sums["shortfall_vnd"]),
        ("lapse_high", True, high),
        ("projected_later", False, low - high),
        ("lapse_low", True, low),
    ]
    return with_levels(pd.DataFrame(steps, columns=["step", "is_level", "amount_vnd"]))


def with_levels(steps: pd.DataFrame) -> pd.DataFrame:
    """Add the level after each step: every level begins anew, and changes add to it.

    Parameters
    ----------
    steps
        A row a step in order; see the module.

    Examples
    --------
    >>> steps = pd.DataFrame({"step": "abc", "is_level": [True, False, False]})
    >>> with_levels(steps.assign(amount_vnd=[10, -4, -1]))["after_vnd"].tolist()
    [10, 6, 5]
    """
    table = steps.astype({"step": "string", "is_level": "boolean", "amount_vnd": "Int64"})
    table["after_vnd"] = table.groupby(table["is_level"].cumsum())["amount_vnd"].cumsum()
    return table
