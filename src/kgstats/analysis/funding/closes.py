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

DATES = ("started", "timed_from", "cut_off", "close", "settle", "rule", "confirmed")
AT_ONE_CLOSE = ("programme", "kind", "plan_year", *DATES)
"""Money with one close, one start and one cut-off: its days and paces are the same."""

_DATED_BY = ("programme", "source", "kind", "plan_year", "vintage")
_SUMS = ["allocated_vnd", "disbursed_vnd", "shortfall_vnd", "due_vnd", "behind_vnd"]
_LATER = ["projected_vnd", "lapse_vnd", "lapse_settle_vnd"]
_DAYS = ["days_elapsed", "days_left", "settle_days_left"]


def close_of(kind: Any, plan_year: Any, year: int) -> funding_rules.Close | None:
    """Return the legal close of money, seen from a reporting year; None where none is known.

    >>> close_of("investment", 2019, 2019).close.isoformat()
    '2020-01-31'
    >>> close_of("investment", 2012, 2019) is None
    True
    """
    try:
        return funding_rules.close(str(kind), int(plan_year), year)
    except (funding_rules.NoCloseKnown, TypeError, ValueError):
        return None


def _dates(money: pd.DataFrame, year: int) -> pd.DataFrame:
    """Look up start and close once for each kind of money, for all its lines."""
    names = list(_DATED_BY)
    rows = []
    for key in money[names].drop_duplicates().itertuples(index=False, name=None):
        programme, source, kind, plan_year, vintage = key
        end = close_of(kind, plan_year, year)
        given = None
        if vintage == "current" and not pd.isna(plan_year):
            given = funding_rules.allocation(str(programme), str(source), str(kind), int(plan_year))
        rows.append(
            (
                *key,
                given.allocated_on if given else dt.date(year, 1, 1),
                "decision" if given else "year_start",
                *((end.close, end.settle, end.rule, end.confirmed) if end else (None,) * 4),
            )
        )
    found = ["started", "timed_from", "close", "settle", "rule", "confirmed"]
    frame = pd.DataFrame(rows, columns=[*names, *found])
    frame = frame.astype(dict.fromkeys(found, object) | money[names].dtypes.to_dict())
    for name in ("started", "close", "settle"):
        frame[name] = pd.to_datetime(frame[name])
    return frame.astype({"timed_from": "string", "rule": "string", "confirmed": "boolean"})


def closing(money: pd.DataFrame) -> pd.DataFrame:
    """Return the measured lines with their legal close, and what would lapse at the pace so far.

    With the money given out on day s (of its decision; 1 January where none is known), the
    cut-off τ and the legal close T, the elapsed share is Y = (τ − s) / (T − s), at most 1. What
    was *due* is Y · A; the time-adjusted gap is Y · A − D (``behind_vnd``). At the pace so far,
    D · (T − τ) / (τ − s) more would be paid by the close, at most the shortfall; the rest of the
    shortfall is what would lapse. Paces are an account of days, not a forecast.

    Parameters
    ----------
    money
        What :func:`kgstats.analysis.funding.lines` returns.

    Returns
    -------
    pandas.DataFrame
        The lines with both amounts, and ``started, timed_from`` (``decision`` or ``year_start``),
        ``close, settle`` (end of the adjustment), ``rule, confirmed``, ``days_elapsed, days_left,
        settle_days_left``, ``shortfall_vnd``, ``due_vnd`` (rounded so that the sum over all lines
        is exact), ``behind_vnd, projected_vnd, lapse_vnd, lapse_settle_vnd``. Where no close is
        known, the dates and what depends on them are null.

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
    >>> [int(found[name]) for name in ("days_elapsed", "days_left", "projected_vnd", "lapse_vnd")]
    [214, 42, 84, 488]
    """
    held = measured(money).reset_index(drop=True)
    dates = _dates(held, year_of(money))
    table = held.merge(dates, on=list(_DATED_BY), how="left", validate="many_to_one")
    day = pd.to_datetime(table["cut_off"]).dt.normalize()
    table["days_elapsed"] = _days(day - table["started"])
    table["days_left"] = _days(table["close"] - day)
    table["settle_days_left"] = _days(table["settle"] - day)
    plan, paid = table["allocated_vnd"], table["disbursed_vnd"]
    short = (plan - paid).clip(lower=0)
    table["shortfall_vnd"] = short
    table["due_vnd"] = _due(plan, table["days_elapsed"], _days(table["close"] - table["started"]))
    table["behind_vnd"] = table["due_vnd"] - paid
    table["projected_vnd"] = _paid_at_pace(table, table["days_left"])
    table["lapse_vnd"] = short - table["projected_vnd"]
    table["lapse_settle_vnd"] = short - _paid_at_pace(table, table["settle_days_left"])
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
    ``pace_ratio`` = needed / so far. Groups whose lines have several closes or cut-offs (all money
    together, with ``by=()``) have amounts alone.

    Parameters
    ----------
    closed
        What :func:`closing` returns.
    by
        Columns to group by.

    Returns
    -------
    pandas.DataFrame
        The keys, ``days_elapsed, days_left, settle_days_left, allocated_vnd, disbursed_vnd,
        shortfall_vnd, due_vnd, behind_vnd, paid_per_day_vnd, needed_per_day_vnd, pace_ratio,
        projected_vnd, lapse_vnd, lapse_settle_vnd``.

    Examples
    --------
    >>> closed = closing(
    ...     pd.DataFrame(
    ...         {
    ...             "year": 2019, "programme": "ntm", "source": "central", "kind": "investment",
    ...             "plan_year": 2019, "vintage": "current", "cut_off": pd.Timestamp(2019, 12, 20),
    ...             "allocated_vnd": [1000, 268], "disbursed_vnd": [428, 0],
    ...         }
    ...     )
    ... )
    >>> lapsing(closed)[["paid_per_day_vnd", "needed_per_day_vnd", "pace_ratio"]].to_dict("list")
    {'paid_per_day_vnd': [2], 'needed_per_day_vnd': [20], 'pace_ratio': [10.0]}
    """
    names = keys(by)
    rows = [
        dict(zip(names, key, strict=True)) | _at_risk(part) for key, part in _parts(closed, names)
    ]
    paces = ["paid_per_day_vnd", "needed_per_day_vnd", "pace_ratio"]
    table = pd.DataFrame(rows, columns=[*names, *_DAYS, *_SUMS, *paces, *_LATER])
    whole_numbers = [*_DAYS, *_SUMS, *paces[:2], *_LATER]
    table = table.astype(dict.fromkeys(whole_numbers, "Int64") | {"pace_ratio": "Float64"})
    return in_order(table.astype(closed[names].dtypes.to_dict()), names)


def _parts(frame: pd.DataFrame, names: Sequence[str]) -> list[tuple[tuple[Any, ...], pd.DataFrame]]:
    if not names:
        return [((), frame)]
    return list(frame.groupby(list(names), dropna=False, sort=False))


def _at_risk(part: pd.DataFrame) -> dict[str, Any]:
    """Sum the amounts of lines, and form the paces where the days are the same for all."""
    found: dict[str, Any] = {
        name: part[name].sum(min_count=min(1, len(part))) for name in [*_SUMS, *_LATER]
    }
    for name in _DAYS:
        found[name] = part[name].iloc[0] if part[name].nunique(dropna=False) == 1 else pd.NA
    elapsed, left = found["days_elapsed"], found["days_left"]
    one_period = not pd.isna(elapsed) and not pd.isna(left)
    paid, short = int(found["disbursed_vnd"]), int(found["shortfall_vnd"])
    so_far = Fraction(paid, int(elapsed)) if not pd.isna(elapsed) and elapsed > 0 else None
    needed = Fraction(short, int(left)) if one_period and left > 0 else None
    found["paid_per_day_vnd"] = pd.NA if so_far is None else nearest(so_far)
    found["needed_per_day_vnd"] = pd.NA if needed is None else nearest(needed)
    found["pace_ratio"] = float(needed / so_far) if needed is not None and so_far else pd.NA
    return found


def waterfall(total: pd.DataFrame, closed: pd.DataFrame) -> pd.DataFrame:
    """Return the steps from all money allocated to what would lapse; they add up exactly.

    ``allocated`` − ``uncovered`` (no disbursement reported) − ``disbursed`` + ``excess`` (paid
    above plan elsewhere fills no other line) = ``shortfall``; − ``undated`` (no legal close
    known) − ``projected`` (would be paid by the close at the pace so far) = ``lapse``.

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
        ``after_vnd`` (the level after the step).

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
    ...         "close": [pd.Timestamp(2020, 1, 31)], "shortfall_vnd": [572],
    ...         "projected_vnd": [84], "lapse_vnd": [488],
    ...     }
    ... )
    >>> steps = waterfall(total, closed).set_index("step")["amount_vnd"]
    >>> steps[["allocated", "shortfall", "projected", "lapse"]].tolist()
    [1300, 572, -84, 488]
    """
    amounts = ["allocated_vnd", "uncovered_vnd", "disbursed_vnd", "excess_vnd", "shortfall_vnd"]
    sums = total[amounts].iloc[0].fillna(0)
    dated, undated = closed[closed["close"].notna()], closed[closed["close"].isna()]
    steps = [
        ("allocated", True, sums["allocated_vnd"]),
        ("uncovered", False, -sums["uncovered_vnd"]),
        ("disbursed", False, -sums["disbursed_vnd"]),
        ("excess", False, sums["excess_vnd"]),
        ("shortfall", True, sums["shortfall_vnd"]),
        ("undated", False, -undated["shortfall_vnd"].sum()),
        ("projected", False, -dated["projected_vnd"].sum()),
        ("lapse", True, dated["lapse_vnd"].sum()),
    ]
    table = pd.DataFrame(steps, columns=["step", "is_level", "amount_vnd"])
    table = table.astype({"step": "string", "is_level": "boolean", "amount_vnd": "Int64"})
    level = table["is_level"].cumsum()
    table["after_vnd"] = table.groupby(level)["amount_vnd"].cumsum()
    return table
