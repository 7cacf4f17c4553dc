"""Programme money: what was allocated, what was paid by the cut-off, what is left and at risk.

Let A be the money allocated on a line and D what was disbursed on it by the cut-off date. The
*gap* is A − D, in đồng. Gaps add up over lines; rates D / A never do, they are formed anew from
the sums. A line whose disbursement is not reported is not a line without disbursement: it has
no gap, and its money is *uncovered*. Every sum here is exact, in whole đồng.

Sources: Law on Public Investment and Law on the State Budget (legal closes, in
:mod:`kgstats.reference.funding_rules`); PEFA framework 2016, indicators PI-1 and PI-2 (formulas
only, never the letter grades).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import floor, isfinite
from typing import Any

import pandas as pd

from kgstats.analysis import inequality
from kgstats.reference import areas, criteria, funding_rules
from kgstats.reference.programmes import PROGRAMMES

DIMENSIONS = ("district_code", "programme", "component", "source", "kind", "plan_year")
"""What makes a line of the clean table ``funding``, beside its year."""
NEEDED = ("year", *DIMENSIONS, "allocated_vnd", "disbursed_vnd", "cut_off")
CELLS = ("programme", "component", "source", "kind", "vintage")
"""What a line's money is, wherever it is: the mix that a district's gap depends on."""

CAUSES = (
    "late_allocation",
    "procedure",
    "land",
    "tender",
    "volume",
    "replanned",
    "no_beneficiary",
    "other",
)
HOLDS = ("exact", "rounding", "truncation")
"""Audit classes in which a printed value agrees with the recomputed one."""
_SCALES = {"VND_billion": 10**9, "VND_million": 10**6, "VND": 1}


class FundingError(ValueError):
    """The table given is not the clean table ``funding`` of one year, or has nothing asked for."""

    def _render_traceback_(self) -> list[str]:
        """Show one line in a notebook."""
        return [f"{type(self).__name__}: {self}"]


# ------------------------------------------------------------------ exact arithmetic


def share(part: int | Fraction, whole: int | Fraction) -> Fraction | None:
    """Return part / whole exactly; None where the whole is not above zero.

    >>> share(98_856, 167_000), share(5, 0)
    (Fraction(12357, 20875), None)
    """
    return Fraction(part) / Fraction(whole) if whole > 0 else None


def _pct(part: int | Fraction, whole: int | Fraction) -> float | None:
    ratio = share(part, whole)
    return None if ratio is None else float(100 * ratio)


def nearest(value: Fraction) -> int:
    """Round to a whole number, halves away from zero.

    >>> nearest(Fraction(5, 2)), nearest(Fraction(-5, 2)), nearest(Fraction(7, 3))
    (3, -3, 2)
    """
    return floor(value + Fraction(1, 2)) if value >= 0 else -floor(-value + Fraction(1, 2))


def whole(parts: Sequence[Fraction]) -> list[int]:
    """Round parts to whole numbers that add up to the rounded sum (largest remainders).

    No part moves by a whole unit; among equal remainders the first part gets it.

    >>> whole([Fraction(1, 3)] * 3), whole([Fraction(5, 2), Fraction(-5, 2)])
    ([1, 0, 0], [3, -3])
    """
    floors = [floor(part) for part in parts]
    left = nearest(sum(parts, Fraction(0))) - sum(floors)
    order = sorted(range(len(parts)), key=lambda i: (floors[i] - parts[i], i))
    for i in order[:left]:
        floors[i] += 1
    return floors


def _ints(column: pd.Series) -> list[int]:
    return [int(value) for value in column]


# ------------------------------------------------------------------ lines


def lines(funding: pd.DataFrame, year: int, programme: str | None = None) -> pd.DataFrame:
    """Return one year's lines of money, each with what can be said about it.

    Parameters
    ----------
    funding
        The clean table ``funding`` (amounts in whole đồng; null disbursement = not reported).
    programme
        ``ntm`` or ``gnbv``; both by default.

    Returns
    -------
    pandas.DataFrame
        The table's columns and ``vintage`` (``current``: the year's own plan; ``carried``:
        money of an earlier plan year), ``measured`` (both A and D are known), ``gap_vnd`` (A − D;
        null where not measured), ``cut_off`` (a missing one is taken as most lines'; then
        ``cut_off_assumed``).

    Raises
    ------
    FundingError
        For missing columns, rows of another year, an unknown programme, or no line at all.

    Examples
    --------
    >>> from kgstats import sample
    >>> money = lines(sample.truth(2019)["funding"], 2019, "ntm")
    >>> int(money.loc[money["measured"], "gap_vnd"].sum())
    74519000000
    """
    absent = [name for name in NEEDED if name not in funding.columns]
    if absent:
        raise FundingError(f"this is no table of funding: it has no column {', '.join(absent)}")
    others = sorted({int(value) for value in funding["year"].dropna()} - {year})
    if others:
        raise FundingError(
            f"lines of {', '.join(map(str, others))} are among the lines of {year}: "
            "give one year's table"
        )
    if programme is not None and programme not in PROGRAMMES:
        raise FundingError(
            f"there is no programme {programme!r}: use one of {', '.join(PROGRAMMES)}"
        )
    frame = funding if programme is None else funding[funding["programme"] == programme]
    if frame.empty:
        raise FundingError(f"no district reported a line of {programme or 'funding'} for {year}")
    frame = frame.reset_index(drop=True).copy()
    for name in ("disbursed_pct", "cause", "note"):
        if name not in frame.columns:
            frame[name] = pd.array([pd.NA] * len(frame), "Float64" if "pct" in name else "string")
    frame = frame.astype({"plan_year": "Int64", "allocated_vnd": "Int64", "disbursed_vnd": "Int64"})
    carried = (frame["plan_year"] < year).fillna(False).to_numpy(dtype=bool)
    frame["vintage"] = pd.array(["carried" if old else "current" for old in carried], "string")
    known = frame["allocated_vnd"].notna() & frame["disbursed_vnd"].notna()
    frame["measured"] = known.astype("boolean")
    frame["gap_vnd"] = (frame["allocated_vnd"] - frame["disbursed_vnd"]).where(known)
    days = pd.to_datetime(frame["cut_off"])
    frame["cut_off_assumed"] = days.isna().astype("boolean")
    usual = days.dropna().mode()
    frame["cut_off"] = days.fillna(usual.iloc[0] if len(usual) else pd.Timestamp(year, 12, 31))
    return frame


def _year(frame: pd.DataFrame) -> int:
    return int(frame["year"].dropna().iloc[0])


def _rank(name: str, value: Any) -> tuple[int, Any]:
    orders: dict[str, Sequence[Any]] = {
        "programme": PROGRAMMES,
        "source": funding_rules.SOURCES,
        "kind": funding_rules.KINDS,
        "vintage": ("current", "carried"),
        "component": _component_order(),
    }
    if pd.isna(value):
        return (2, "")
    if name == "plan_year":
        return (0, -int(value))
    order = orders.get(name, ())
    return (0, list(order).index(value)) if value in order else (1, value)


@lru_cache
def _component_order() -> tuple[str, ...]:
    return tuple(str(name) for name in funding_rules.components()["component"])


def _groups(frame: pd.DataFrame, by: Sequence[str]) -> list[tuple[tuple[Any, ...], pd.DataFrame]]:
    """Return the groups in the field's own order of programmes, sources, kinds and so on."""
    if not by:
        return [((), frame)]
    found = [
        (key if isinstance(key, tuple) else (key,), part)
        for key, part in frame.groupby(list(by), dropna=False, sort=False)
    ]
    return sorted(found, key=lambda item: [_rank(n, v) for n, v in zip(by, item[0], strict=True)])


def district_names(year: int) -> dict[str, str]:
    """Return the districts' names by code.

    >>> district_names(2019)["908"]
    'An Biên'
    """
    frame = areas.districts(year)
    return {
        str(code): str(name)
        for code, name in zip(frame["district_code"], frame["district_name"], strict=True)
    }


# ------------------------------------------------------------------ coverage, gap, rate

_AMOUNTS = (
    "allocated_vnd",
    "covered_vnd",
    "uncovered_vnd",
    "disbursed_vnd",
    "gap_vnd",
    "shortfall_vnd",
    "excess_vnd",
)
_RATES = ("coverage_pct", "rate_pct", "gap_pct", "rate_low_pct", "rate_high_pct")


def _measures(part: pd.DataFrame) -> dict[str, Any]:
    measured = part[part["measured"]]
    allocated = sum(_ints(part["allocated_vnd"].dropna()))
    covered = sum(_ints(measured["allocated_vnd"]))
    paid = sum(_ints(measured["disbursed_vnd"]))
    gaps_here = _ints(measured["gap_vnd"])
    any_line = len(measured) > 0
    return {
        "lines": len(part),
        "lines_reported": len(measured),
        "allocated_vnd": allocated,
        "covered_vnd": covered,
        "uncovered_vnd": allocated - covered,
        "disbursed_vnd": paid if any_line else None,
        "gap_vnd": covered - paid if any_line else None,
        "shortfall_vnd": sum(gap for gap in gaps_here if gap > 0) if any_line else None,
        "excess_vnd": -sum(gap for gap in gaps_here if gap < 0) if any_line else None,
        "coverage_pct": _pct(covered, allocated),
        "rate_pct": _pct(paid, covered) if any_line else None,
        "gap_pct": _pct(covered - paid, covered) if any_line else None,
        "rate_low_pct": _pct(paid, allocated) if any_line else None,
        "rate_high_pct": _pct(paid + allocated - covered, allocated) if any_line else None,
    }


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    types: dict[str, str] = {}
    for name in frame.columns:
        if name.endswith("_vnd") or name in ("lines", "lines_reported", "days_left", "position"):
            types[name] = "Int64"
        elif name.endswith(("_pct", "_pp")):
            types[name] = "Float64"
        elif name == "plan_year":
            types[name] = "Int64"
        elif name in (*DIMENSIONS, "vintage", "row", "cause", "rule"):
            types[name] = "string"
    return frame.astype(types)


def gaps(
    frame: pd.DataFrame,
    by: Sequence[str] = (),
    *,
    expected: Iterable[str] | None = None,
    subtotals: bool = False,
) -> pd.DataFrame:
    """Return gap and rate of each group, and of all together in the last row.

    allocated = covered + uncovered; covered = disbursed + gap; gap = shortfall − excess; all
    three hold in every row, and every amount of the last row is the sum of the rows above.
    Rates are formed from the sums: rate = disbursed / covered, coverage = covered / allocated.
    Where money is uncovered the true rate lies between ``rate_low_pct`` (none of it spent) and
    ``rate_high_pct`` (all of it spent).

    Parameters
    ----------
    frame
        What :func:`lines` returns.
    by
        Columns to group by (``programme, component, source, kind, district_code, plan_year,
        vintage``).
    expected
        Values of the one column in ``by`` that must have a row even without any line.
    subtotals
        Whether the rows of each value of the first column in ``by`` are followed by their sum.

    Returns
    -------
    pandas.DataFrame
        ``row`` (``row``, ``subtotal`` or ``total``), the columns of ``by``, ``lines,
        lines_reported, allocated_vnd, covered_vnd, uncovered_vnd, disbursed_vnd, gap_vnd,
        shortfall_vnd, excess_vnd`` (whole đồng) and ``coverage_pct, rate_pct, gap_pct,
        rate_low_pct, rate_high_pct``. Null where nothing is reported, or the base is not above
        zero.

    Examples
    --------
    >>> from kgstats import sample
    >>> money = lines(sample.truth(2019)["funding"], 2019, "ntm")
    >>> central = gaps(money[money["source"] == "central"], ["vintage", "kind"])
    >>> central["disbursed_vnd"].tolist()
    [73856000000, 25000000000, 6769000000, 105625000000]
    >>> central["rate_pct"].round(2).tolist()
    [59.8, 57.47, 51.5, 58.63]
    """
    rows: list[dict[str, Any]] = []
    seen: set[Any] = set()
    for key, part in _groups(frame, by):
        seen |= set(key)
        rows.append({"row": "row", **dict(zip(by, key, strict=True)), **_measures(part)})
    if expected is not None:
        (only,) = by
        blank = dict.fromkeys((*_AMOUNTS, *_RATES))
        rows += [
            {"row": "row", only: value, "lines": 0, "lines_reported": 0, **blank}
            for value in expected
            if value not in seen
        ]
        rows.sort(key=lambda row: _rank(only, row[only]))
    if subtotals:
        rows = _with_subtotals(rows, frame, by)
    if by:
        rows.append({"row": "total", **dict.fromkeys(by), **_measures(frame)})
    else:
        rows[0]["row"] = "total"
    return _typed(pd.DataFrame(rows))


def _with_subtotals(
    rows: Sequence[dict[str, Any]], frame: pd.DataFrame, by: Sequence[str]
) -> list[dict[str, Any]]:
    first, result = by[0], []
    for (value,), part in _groups(frame, [first]):
        result += [row for row in rows if row[first] is value or row[first] == value]
        sums = {"row": "subtotal"} | dict.fromkeys(by) | {first: value}
        result.append(sums | _measures(part))
    return result


def coverage(frame: pd.DataFrame, by: Sequence[str] = ("programme",)) -> pd.DataFrame:
    """Return how much of the allocated money has a reported disbursement, before any rate.

    coverage = Σ A of lines with a reported D / Σ A of all lines, carry-over included.

    >>> from kgstats import sample
    >>> coverage(lines(sample.truth(2019)["funding"], 2019))["coverage_pct"].round(1).tolist()
    [16.8, 9.4, 16.4]
    """
    names = ["row", *by, "lines", "lines_reported", "allocated_vnd", "covered_vnd"]
    return gaps(frame, by)[[*names, "uncovered_vnd", "coverage_pct"]]


BASES = ("plan_reported", "available_reported", "plan_all", "available_all")
"""Denominators: the year's plan, or all money available (with carry-over); lines with a reported
disbursement only, or all lines."""


def denominators(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rate on several denominators side by side, by programme and source.

    The year's plan A or the money available U = A + C (C carried in); each on the lines with a
    reported disbursement, where the rate is known, and on all lines, where it lies between
    ``rate_low_pct`` and ``rate_high_pct``.

    Returns
    -------
    pandas.DataFrame
        ``programme, source`` (null: all sources together), ``basis`` (see :data:`BASES`),
        ``allocated_vnd, covered_vnd, disbursed_vnd, gap_vnd, coverage_pct, rate_low_pct,
        rate_high_pct``.

    Examples
    --------
    >>> from kgstats import sample
    >>> table = denominators(lines(sample.truth(2019)["funding"], 2019, "ntm"))
    >>> whole_programme = table[table["source"].isna()].set_index("basis")["rate_low_pct"]
    >>> whole_programme.round(2).to_dict()["plan_reported"]
    59.2
    >>> whole_programme.round(2).to_dict()["available_all"]
    9.83
    """
    rows = []
    for (programme,), of_programme in _groups(frame, ["programme"]):
        pools: list[tuple[Any, pd.DataFrame]] = [
            (key[0], part) for key, part in _groups(of_programme, ["source"])
        ]
        if len(pools) > 1:
            pools.append((None, of_programme))
        for source, pool in pools:
            for basis in BASES:
                part = pool if basis.startswith("available") else pool[pool["vintage"] == "current"]
                part = part[part["measured"]] if basis.endswith("reported") else part
                if len(part):
                    found = _measures(part)
                    rows.append({"programme": programme, "source": source, "basis": basis} | found)
    names = ["allocated_vnd", "covered_vnd", "disbursed_vnd", "gap_vnd", "coverage_pct"]
    table = _typed(pd.DataFrame(rows))
    return table[["programme", "source", "basis", *names, "rate_low_pct", "rate_high_pct"]]


def ageing(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the gap by plan-year vintage, oldest last; ``age`` in years since the plan.

    Columns otherwise as :func:`gaps`.

    >>> from kgstats import sample
    >>> table = ageing(lines(sample.truth(2019)["funding"], 2019))
    >>> table[["plan_year", "gap_vnd"]].iloc[1].tolist()
    [2018, 6375000000]
    """
    table = gaps(frame, ["plan_year"])
    table.insert(2, "age", (_year(frame) - table["plan_year"]).astype("Int64"))
    return table


# ------------------------------------------------------------------ findings

RULES = (
    "duplicate_line",
    "no_allocation",
    "negative_allocated",
    "negative_disbursed",
    "zero_plan_paid",
    "zero_plan",
    "paid_above_plan",
    "future_plan_year",
    "no_close_known",
    "no_cut_off",
    "stated_rate_differs",
    "not_reported",
)
STATED_RATE_TOLERANCE_PP = Fraction(6, 100)
"""A stated rate may be cut off or rounded at one decimal; beyond that it is another rate."""


def findings(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what is unusual about lines: each a finding, none an infinite or dropped rate.

    Money paid above its plan counts in the gap as it stands (the gap is negative there) and is
    listed apart as ``excess``; a plan of zero has no rate; a negative amount is kept in the sums
    as received. A line can have several findings.

    Returns
    -------
    pandas.DataFrame
        ``rule`` (see :data:`RULES`), the columns of :data:`DIMENSIONS`, ``allocated_vnd,
        disbursed_vnd, gap_vnd, stated_pct, computed_pct``; in the order of the rules.

    Examples
    --------
    >>> from kgstats import sample
    >>> found = findings(lines(sample.truth(2019)["funding"], 2019))
    >>> found["rule"].value_counts().to_dict()
    {'not_reported': 198}
    """
    year = _year(frame)
    repeated = frame.duplicated(list(DIMENSIONS), keep=False).to_numpy()
    rows = []
    for twice, row in zip(repeated, frame.to_dict("records"), strict=True):
        plan = None if pd.isna(row["allocated_vnd"]) else int(row["allocated_vnd"])
        paid = None if pd.isna(row["disbursed_vnd"]) else int(row["disbursed_vnd"])
        stated = _stated(row["disbursed_pct"])
        rate = share(paid, plan) if plan is not None and paid is not None else None
        broken = {
            "duplicate_line": bool(twice),
            "no_allocation": plan is None,
            "negative_allocated": plan is not None and plan < 0,
            "negative_disbursed": paid is not None and paid < 0,
            "zero_plan_paid": plan == 0 and bool(paid),
            "zero_plan": plan == 0 and not paid,
            "paid_above_plan": plan is not None and paid is not None and paid > plan != 0,
            "future_plan_year": not pd.isna(row["plan_year"]) and int(row["plan_year"]) > year,
            "no_close_known": _close(row, year) is None,
            "no_cut_off": bool(row["cut_off_assumed"]),
            "stated_rate_differs": stated is not None
            and rate is not None
            and abs(stated - 100 * rate) > STATED_RATE_TOLERANCE_PP,
            "not_reported": paid is None,
        }
        held = {name: row[name] for name in (*DIMENSIONS, "allocated_vnd", "disbursed_vnd")}
        rates = {
            "stated_pct": None if stated is None else float(stated),
            "computed_pct": None if rate is None else float(100 * rate),
        }
        rows += [
            {"rule": rule, **held, "gap_vnd": row["gap_vnd"], **rates}
            for rule, yes in broken.items()
            if yes
        ]
    columns = ["rule", *DIMENSIONS, "allocated_vnd", "disbursed_vnd", "gap_vnd"]
    table = pd.DataFrame(rows, columns=[*columns, "stated_pct", "computed_pct"])
    order = table["rule"].map({rule: at for at, rule in enumerate(RULES)})
    return _typed(table.iloc[order.sort_values(kind="stable").index].reset_index(drop=True))


def _stated(value: Any) -> Fraction | None:
    return Fraction(str(value)) if not pd.isna(value) and isfinite(value) else None


# ------------------------------------------------------------------ time


def _close(row: Mapping[Any, Any], year: int) -> funding_rules.Close | None:
    try:
        return funding_rules.close(str(row["kind"]), int(row["plan_year"]), year)
    except (funding_rules.NoCloseKnown, TypeError, ValueError):
        return None


def closing(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the measured lines with their legal close, and what would lapse at the pace so far.

    With the money given out on day s (of its decision; 1 January where none is known), the
    cut-off τ and the legal close T, the elapsed share is Y = (τ − s) / (T − s), at most 1. What
    was *due* is Y · A; the time-adjusted gap is Y · A − D (``behind_vnd``). At the pace so far,
    D · (T − τ) / (τ − s) more would be paid by the close, at most the shortfall; the rest of the
    shortfall is what would lapse. Paces are an account of days, not a forecast.

    Returns
    -------
    pandas.DataFrame
        The measured lines of :func:`lines` and ``started, timed_from`` (``decision`` or
        ``year_start``), ``close, settle`` (end of the adjustment), ``rule, confirmed``,
        ``days_elapsed, days_left, settle_days_left``, ``due_vnd`` (rounded so that the sum over
        all lines is exact), ``behind_vnd, shortfall_vnd, projected_vnd, lapse_vnd,
        lapse_settle_vnd``. Where no close is known, the dates and what depends on them are null.

    Examples
    --------
    >>> from kgstats import sample
    >>> money = closing(lines(sample.truth(2019)["funding"], 2019, "ntm"))
    >>> money[["days_elapsed", "days_left"]].drop_duplicates().to_numpy().tolist()
    [[214, 42], [214, 11], [353, 11]]
    """
    year = _year(frame)
    held = frame[frame["measured"]].reset_index(drop=True)
    due: list[Fraction] = []
    rows: list[dict[str, Any]] = []
    for row in held.to_dict("records"):
        plan, paid = int(row["allocated_vnd"]), int(row["disbursed_vnd"])
        end = _close(row, year)
        given = None
        if row["vintage"] == "current":
            given = funding_rules.allocation(
                str(row["programme"]), str(row["source"]), str(row["kind"]), int(row["plan_year"])
            )
        start = given.allocated_on if given else dt.date(year, 1, 1)
        day = pd.Timestamp(row["cut_off"]).date()
        short = max(plan - paid, 0)
        entry: dict[str, Any] = {
            "started": start,
            "timed_from": "decision" if given else "year_start",
            "days_elapsed": (day - start).days,
            "shortfall_vnd": short,
        }
        if end is not None:
            left, settle_left = (end.close - day).days, (end.settle - day).days
            elapsed = (day - start).days
            period = (end.close - start).days
            passed = Fraction(elapsed, period) if period > 0 else Fraction(1)
            due.append(min(max(passed, Fraction(0)), Fraction(1)) * plan)
            at_close = _paid_at_pace(paid, elapsed, left, short)
            at_settle = _paid_at_pace(paid, elapsed, settle_left, short)
            entry |= {
                "close": end.close,
                "settle": end.settle,
                "rule": end.rule,
                "confirmed": end.confirmed,
                "days_left": left,
                "settle_days_left": settle_left,
                "projected_vnd": at_close,
                "lapse_vnd": short - at_close,
                "lapse_settle_vnd": short - at_settle,
            }
        rows.append(entry)
    names = ["started", "timed_from", "close", "settle", "rule", "confirmed", "days_elapsed"]
    names += ["days_left", "settle_days_left", "shortfall_vnd", "projected_vnd", "lapse_vnd"]
    extra = pd.DataFrame(rows, columns=[*names, "lapse_settle_vnd"], dtype=object)
    wholes = iter(whole(due))
    dated = extra["close"].notna()
    extra["due_vnd"] = [next(wholes) if yes else None for yes in dated]
    for name in ("started", "close", "settle"):
        extra[name] = pd.to_datetime(extra[name])
    counts = ("days_elapsed", "days_left", "settle_days_left")
    amounts = [name for name in extra.columns if name.endswith("_vnd")]
    extra = extra.astype(
        dict.fromkeys((*counts, *amounts), "Int64")
        | {"timed_from": "string", "rule": "string", "confirmed": "boolean"}
    )
    table = pd.concat([held, extra], axis=1)
    table["behind_vnd"] = table["due_vnd"] - table["disbursed_vnd"]
    return table


def _paid_at_pace(paid: int, elapsed: int, left: int, short: int) -> int:
    """Return what more is paid in the days left at the pace so far, at most the shortfall."""
    if paid <= 0 or elapsed <= 0 or left <= 0:
        return 0
    return min(short, paid * left // elapsed)


_DATES = ("started", "timed_from", "cut_off", "close", "settle", "rule", "confirmed")


def lapsing(closed: pd.DataFrame) -> pd.DataFrame:
    """Return what is at risk at each legal close, and the pace it would take to pay it out.

    Rows are money with one close, start and cut-off. Pace so far = D / days elapsed; pace
    needed = shortfall / days left, both in đồng a day; ``pace_ratio`` = needed / so far.

    Parameters
    ----------
    closed
        What :func:`closing` returns.

    Returns
    -------
    pandas.DataFrame
        ``row, programme, kind, plan_year``, the dates of :func:`closing`, ``days_elapsed,
        days_left, settle_days_left, allocated_vnd, disbursed_vnd, shortfall_vnd, due_vnd,
        behind_vnd, paid_per_day_vnd, needed_per_day_vnd, pace_ratio, projected_vnd, lapse_vnd,
        lapse_settle_vnd``; the last row is the sum (of amounts alone).

    Examples
    --------
    >>> from kgstats import sample
    >>> table = lapsing(closing(lines(sample.truth(2019)["funding"], 2019, "ntm")))
    >>> table.loc[0, ["shortfall_vnd", "paid_per_day_vnd", "needed_per_day_vnd"]].tolist()
    [49644000000, 345121495, 1182000000]
    >>> round(float(table.loc[0, "pace_ratio"]), 2)
    3.42
    """
    keys = ["programme", "kind", "plan_year", *_DATES]
    days = ["days_elapsed", "days_left", "settle_days_left"]
    amounts = ["allocated_vnd", "disbursed_vnd", "shortfall_vnd", "due_vnd", "behind_vnd"]
    later = ["projected_vnd", "lapse_vnd", "lapse_settle_vnd"]
    rows = []
    for key, part in _groups(closed, keys):
        entry: dict[str, Any] = {"row": "row", **dict(zip(keys, key, strict=True))}
        entry |= {name: part[name].iloc[0] for name in days}
        entry |= {name: sum(_ints(part[name].dropna())) for name in amounts}
        dated = bool(part["close"].notna().all())
        for name in (*later, "due_vnd", "behind_vnd"):
            entry[name] = sum(_ints(part[name])) if dated else None
        elapsed, left = entry["days_elapsed"], entry["days_left"]
        paid, short = entry["disbursed_vnd"], entry["shortfall_vnd"]
        so_far = Fraction(paid, int(elapsed)) if elapsed > 0 else None
        needed = Fraction(short, int(left)) if dated and left > 0 else None
        entry["paid_per_day_vnd"] = None if so_far is None else nearest(so_far)
        entry["needed_per_day_vnd"] = None if needed is None else nearest(needed)
        known = so_far is not None and needed is not None and so_far > 0
        entry["pace_ratio"] = float(needed / so_far) if known else None  # type: ignore[operator]
        rows.append(entry)
    rows.append(
        {"row": "total"} | {name: sum(_ints(closed[name].dropna())) for name in [*amounts, *later]}
    )
    paces = ["paid_per_day_vnd", "needed_per_day_vnd", "pace_ratio"]
    table = pd.DataFrame(rows, columns=["row", *keys, *days, *amounts, *paces, *later])
    table = table.astype(
        dict.fromkeys(days, "Int64")
        | {"pace_ratio": "Float64", "confirmed": "boolean", "timed_from": "string"}
    )
    for name in ("started", "cut_off", "close", "settle"):
        table[name] = pd.to_datetime(table[name])
    return _typed(table)


def waterfall(frame: pd.DataFrame, closed: pd.DataFrame) -> pd.DataFrame:
    """Return the steps from all money allocated to what would lapse; they add up exactly.

    ``allocated`` − ``uncovered`` (no disbursement reported) − ``disbursed`` + ``excess`` (paid
    above plan elsewhere fills no other line) = ``shortfall``; − ``undated`` (no legal close
    known) − ``projected`` (would be paid by the close at the pace so far) = ``lapse``.

    Returns
    -------
    pandas.DataFrame
        ``step, amount_vnd`` (signed), ``kind`` (``level`` or ``change``), ``after_vnd`` (the
        level after the step).

    Examples
    --------
    >>> from kgstats import sample
    >>> money = lines(sample.truth(2019)["funding"], 2019, "ntm")
    >>> steps = waterfall(money, closing(money)).set_index("step")["amount_vnd"]
    >>> [int(steps[name]) for name in ("allocated", "uncovered", "disbursed", "shortfall")]
    [1074577000000, -894433000000, -105625000000, 74519000000]
    """
    total = _measures(frame)
    undated = closed["close"].isna()
    apart = sum(_ints(closed.loc[undated, "shortfall_vnd"]))
    projected = sum(_ints(closed.loc[~undated, "projected_vnd"]))
    lapse = sum(_ints(closed.loc[~undated, "lapse_vnd"]))
    paid = total["disbursed_vnd"] or 0
    steps = [
        ("allocated", "level", total["allocated_vnd"]),
        ("uncovered", "change", -total["uncovered_vnd"]),
        ("disbursed", "change", -paid),
        ("excess", "change", total["excess_vnd"] or 0),
        ("shortfall", "level", total["shortfall_vnd"] or 0),
        ("undated", "change", -apart),
        ("projected", "change", -projected),
        ("lapse", "level", lapse),
    ]
    level, rows = 0, []
    for step, kind, amount in steps:
        level = amount if kind == "level" else level + amount
        rows.append({"step": step, "kind": kind, "amount_vnd": amount, "after_vnd": level})
    table = pd.DataFrame(rows)
    return table.astype({"amount_vnd": "Int64", "after_vnd": "Int64", "step": "string"})


def against_last_year(
    frame: pd.DataFrame, previous: pd.DataFrame, by: Sequence[str] = ("programme", "kind")
) -> pd.DataFrame:
    """Return rate and gap beside those of the year before, on lines measured in both years.

    A line of this year is matched with the same district, component, source, kind and vintage
    (own plan or carried in) of the year before; money measured in one year only would change
    the rate by itself and stands apart in ``unmatched_vnd``.

    Returns
    -------
    pandas.DataFrame
        ``row``, the columns of ``by``, ``allocated_before_vnd, disbursed_before_vnd,
        gap_before_vnd, rate_before_pct``, the same of this year, ``change_pp`` (points),
        ``gap_change_vnd, unmatched_vnd`` (allocated this year and not matched), ``same_day``
        (whether both years' cut-offs fall on one day of the year). ``by`` may use the columns
        of :data:`CELLS` and ``district_code``.

    Examples
    --------
    >>> from kgstats import sample
    >>> this, last = (lines(sample.truth(y)["funding"], y, "ntm") for y in (2019, 2018))
    >>> table = against_last_year(this, last, ["kind"])
    >>> table[["rate_before_pct", "rate_pct"]].round(1).to_numpy().tolist()[0]
    [78.4, 59.8]
    """
    keys = ["district_code", *CELLS]
    now, then = frame[frame["measured"]], previous[previous["measured"]]
    held_then = set(then[keys].astype("string").itertuples(index=False, name=None))
    held_now = set(now[keys].astype("string").itertuples(index=False, name=None))

    def matched(part: pd.DataFrame, other: set[Any]) -> pd.Series:
        own = part[keys].astype("string").itertuples(index=False, name=None)
        return pd.Series([key in other for key in own], index=part.index, dtype=bool)

    both_now, both_then = now[matched(now, held_then)], then[matched(then, held_now)]
    days = {
        (pd.Timestamp(day).month, pd.Timestamp(day).day)
        for part in (both_now, both_then)
        for day in part["cut_off"]
    }
    before = {key: _measures(part) for key, part in _groups(both_then, by)}
    rows = []
    for key, part in [*_groups(both_now, by), (None, both_now)]:
        own = _measures(part)
        old = _measures(both_then) if key is None else before[key]
        pool = now if key is None else _same(now, by, key)
        entry: dict[str, Any] = {"row": "total" if key is None else "row"}
        entry |= dict.fromkeys(by) if key is None else dict(zip(by, key, strict=True))
        entry |= {
            "allocated_before_vnd": old["covered_vnd"],
            "disbursed_before_vnd": old["disbursed_vnd"],
            "gap_before_vnd": old["gap_vnd"],
            "rate_before_pct": old["rate_pct"],
            "allocated_vnd": own["covered_vnd"],
            "disbursed_vnd": own["disbursed_vnd"],
            "gap_vnd": own["gap_vnd"],
            "rate_pct": own["rate_pct"],
            "change_pp": _less(own["rate_pct"], old["rate_pct"]),
            "gap_change_vnd": _less(own["gap_vnd"], old["gap_vnd"]),
            "unmatched_vnd": sum(_ints(pool["allocated_vnd"])) - own["covered_vnd"],
            "same_day": len(days) <= 1,
        }
        rows.append(entry)
    return _typed(pd.DataFrame(rows))


def _same(frame: pd.DataFrame, by: Sequence[str], key: Sequence[Any]) -> pd.DataFrame:
    for name, value in zip(by, key, strict=True):
        frame = frame[frame[name].isna() if pd.isna(value) else frame[name] == value]
    return frame


def _less(a: Any, b: Any) -> Any:
    return None if a is None or b is None else a - b


# ------------------------------------------------------------------ decomposition


def decompose(
    frame: pd.DataFrame, by: str = "district_code", cells: Sequence[str] = CELLS
) -> pd.DataFrame:
    """Divide the gap of each district into general level, mix, and the district's own part.

    With r the rate of all measured money, r_k that of money of one kind k (programme,
    component, source, investment or recurrent, own plan or carried) over all districts, and A_dk,
    D_dk the amounts of district d:

    - general level: Σ_k A_dk · (1 − r): the gap at the common rate;
    - mix: Σ_k A_dk · (r − r_k): having more of the slow kinds of money than others;
    - own: Σ_k (A_dk · r_k − D_dk): being slower than the others with the same kind of money.

    The three add up to the district's gap, to the đồng. Over all districts the general level is
    the whole gap, and mix and own are zero (but for money paid on a kind without any plan, whose
    rate does not exist: it stands against mix and own with opposite signs).

    Parameters
    ----------
    by
        The column whose values are set apart.
    cells
        What a kind of money is.

    Returns
    -------
    pandas.DataFrame
        ``row``, the column ``by``, ``allocated_vnd, disbursed_vnd, gap_vnd, rate_pct,
        general_vnd, mix_vnd, own_vnd``.

    Examples
    --------
    >>> from kgstats import sample
    >>> money = lines(sample.truth(2019)["funding"], 2019, "ntm")
    >>> table = decompose(money)
    >>> total = table.iloc[-1]
    >>> [int(total[name]) for name in ("gap_vnd", "general_vnd", "mix_vnd", "own_vnd")]
    [74519000000, 74519000000, 0, 0]
    """
    held = frame[frame["measured"]]
    all_of = _measures(held)
    common = share(all_of["disbursed_vnd"] or 0, all_of["covered_vnd"])
    level = Fraction(1) if common is None else common
    kinds: dict[tuple[Any, ...], Fraction] = {}
    for key, part in _groups(held, cells):
        sums = _measures(part)
        rate = share(sums["disbursed_vnd"], sums["covered_vnd"])
        kinds[tuple(map(str, key))] = level if rate is None else rate
    general, mix, rows = [], [], []
    for (value,), part in _groups(held, [by]):
        sums = _measures(part)
        general.append(sums["covered_vnd"] * (1 - level))
        names = part[list(cells)].itertuples(index=False, name=None)
        mix.append(
            sum(
                (
                    plan * (level - kinds[tuple(map(str, key))])
                    for key, plan in zip(names, _ints(part["allocated_vnd"]), strict=True)
                ),
                Fraction(0),
            )
        )
        rows.append({"row": "row", by: value} | sums)
    for row, whole_general, whole_mix in zip(rows, whole(general), whole(mix), strict=True):
        row |= {"general_vnd": whole_general, "mix_vnd": whole_mix}
        row["own_vnd"] = row["gap_vnd"] - whole_general - whole_mix
    total = {"row": "total", by: None} | all_of
    total |= {n: sum(row[n] for row in rows) for n in ("general_vnd", "mix_vnd", "own_vnd")}
    if not rows:
        total |= {"gap_vnd": 0, "disbursed_vnd": 0}
    table = _typed(pd.DataFrame([*rows, total]))
    table["allocated_vnd"] = table["covered_vnd"]
    names_out = ["allocated_vnd", "disbursed_vnd", "gap_vnd", "rate_pct", "general_vnd"]
    return table[["row", by, *names_out, "mix_vnd", "own_vnd"]]


def counterpart(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the money put beside the central budget's, by programme.

    counterpart ratio = (province + integrated + district + community) / central, on what is
    allocated from the year's own plan.

    Returns
    -------
    pandas.DataFrame
        ``programme, central_vnd, local_vnd, ratio`` (null without central money).

    Examples
    --------
    >>> from kgstats import sample
    >>> counterpart(lines(sample.truth(2019)["funding"], 2019))["ratio"].round(3).tolist()
    [5.356, 0.089]
    """
    rows = []
    for (programme,), part in _groups(frame[frame["vintage"] == "current"], ["programme"]):
        from_centre = (part["source"] == "central").fillna(False)
        central = sum(_ints(part.loc[from_centre, "allocated_vnd"].dropna()))
        local = sum(_ints(part.loc[~from_centre, "allocated_vnd"].dropna()))
        ratio = share(local, central)
        rows.append(
            {
                "programme": programme,
                "central_vnd": central,
                "local_vnd": local,
                "ratio": None if ratio is None else float(ratio),
            }
        )
    table = pd.DataFrame(rows, columns=["programme", "central_vnd", "local_vnd", "ratio"])
    return _typed(table).astype({"ratio": "Float64"})


@dataclass(frozen=True)
class Outturn:
    """How spending compares with the budget: in all, and in its composition.

    ``outturn`` = Σa / Σb (PEFA PI-1: actual over originally approved); ``variance`` =
    Σ |a_i − b_i · Σa/Σb| / Σ b_i · Σa/Σb (PI-2: the adjustment removes the aggregate effect).
    Exact; None where Σb or Σa is not above zero.
    """

    outturn: Fraction | None
    variance: Fraction | None


def outturn(budget: Sequence[int], actual: Sequence[int]) -> Outturn:
    """Return aggregate outturn and composition variance of amounts by heading.

    Raises
    ------
    FundingError
        For a different number of budgets and actuals.

    Examples
    --------
    The central new-rural money of 2019, investment and recurrent (million đồng):

    >>> found = outturn([123_500, 43_500], [73_856, 25_000])
    >>> round(float(100 * found.outturn), 1), round(float(100 * found.variance), 1)
    (59.2, 1.5)
    """
    if len(budget) != len(actual):
        raise FundingError(f"{len(budget)} budgets, but {len(actual)} actuals")
    ratio = share(sum(actual), sum(budget))
    if ratio is None or ratio <= 0:
        return Outturn(ratio, None)
    moved = sum((abs(a - b * ratio) for a, b in zip(actual, budget, strict=True)), Fraction(0))
    return Outturn(ratio, moved / sum(actual))


def composition(frame: pd.DataFrame, by: Sequence[str] = ("source", "kind")) -> pd.DataFrame:
    """Return outturn and composition variance by programme, on measured lines of the own plan.

    Returns
    -------
    pandas.DataFrame
        ``programme, headings`` (how many), ``allocated_vnd, disbursed_vnd, outturn_pct,
        variance_pct``. The plan stands for the originally approved budget, which returns do not
        give.
    """
    rows = []
    held = frame[frame["measured"] & (frame["vintage"] == "current")]
    for (programme,), of_programme in _groups(held, ["programme"]):
        sums = [_measures(part) for _, part in _groups(of_programme, by)]
        budget = [s["covered_vnd"] for s in sums]
        actual = [s["disbursed_vnd"] for s in sums]
        found = outturn(budget, actual)
        rows.append(
            {
                "programme": programme,
                "headings": len(sums),
                "allocated_vnd": sum(budget),
                "disbursed_vnd": sum(actual),
                "outturn_pct": None if found.outturn is None else float(100 * found.outturn),
                "variance_pct": None if found.variance is None else float(100 * found.variance),
            }
        )
    columns = ["programme", "headings", "allocated_vnd", "disbursed_vnd"]
    return _typed(pd.DataFrame(rows, columns=[*columns, "outturn_pct", "variance_pct"]))


# ------------------------------------------------------------------ concentration


def pareto(
    frame: pd.DataFrame,
    by: Sequence[str] = ("district_code", "programme", "kind", "vintage"),
    percent: int = 80,
) -> pd.DataFrame:
    """Return the groups by size of their shortfall, and the fewest that make 80 % of it.

    Returns
    -------
    pandas.DataFrame
        ``position`` (1 the largest), the columns of ``by``, ``allocated_vnd, disbursed_vnd,
        shortfall_vnd, rate_pct, share_pct, cumulative_pct, within`` (among the fewest that make
        ``percent`` of the whole shortfall). Groups without shortfall are left out; equal
        shortfalls stand in the order of the fields.

    Examples
    --------
    >>> from kgstats import sample
    >>> money = lines(sample.truth(2019)["funding"], 2019, "ntm")
    >>> table = pareto(money, ["kind", "vintage"])
    >>> table["shortfall_vnd"].tolist(), table["within"].tolist()
    ([49644000000, 18500000000, 6375000000], [True, True, False])
    """
    rows = [
        {**dict(zip(by, key, strict=True)), **_measures(part)}
        for key, part in _groups(frame[frame["measured"]], by)
    ]
    rows = sorted((r for r in rows if r["shortfall_vnd"]), key=lambda r: -r["shortfall_vnd"])
    total = sum(row["shortfall_vnd"] for row in rows)
    running = 0
    for at, row in enumerate(rows, start=1):
        row["position"], row["within"] = at, 100 * running < percent * total
        running += row["shortfall_vnd"]
        row["allocated_vnd"] = row["covered_vnd"]
        row["share_pct"] = _pct(row["shortfall_vnd"], total)
        row["cumulative_pct"] = _pct(running, total)
    names = ["allocated_vnd", "disbursed_vnd", "shortfall_vnd", "rate_pct", "share_pct"]
    columns = ["position", *by, *names, "cumulative_pct", "within"]
    return _typed(pd.DataFrame(rows, columns=columns)).astype({"within": "boolean"})


@dataclass(frozen=True)
class Funnel:
    """Rates of single lines against their size, and what tells a large departure from a small one.

    ``points``: ``DIMENSIONS, allocated_vnd, disbursed_vnd, rate_pct, away_vnd`` (D − r · A) and
    ``where`` (``below`` or ``above``: material; ``inside``: not). ``rate`` is the common rate r;
    ``step_vnd`` the material amount. Lines without a plan above zero have no rate and no point.
    """

    points: pd.DataFrame
    rate: Fraction
    step_vnd: int


def funnel(frame: pd.DataFrame, material: Fraction = Fraction(1, 100)) -> Funnel | None:
    """Tell lines that matter from small lines with an extreme rate.

    A line departs from the common rate r by D − r · A đồng. The departure is material when it is
    more than ``material`` (1 %) of the whole shortfall; in a chart of rate against size the
    limits are r ± step / A: wide for small lines, narrow for large ones. This is an account of
    money, not of chance: nothing is sampled.

    Returns
    -------
    Funnel or None
        None where no line has a rate.

    Examples
    --------
    >>> from kgstats import sample
    >>> found = funnel(lines(sample.truth(2019)["funding"], 2019))
    >>> tiny = found.points[found.points["component"] == "gnbv_30a_labour_export"]
    >>> set(tiny["where"])
    {'inside'}
    """
    held = frame[frame["measured"] & (frame["allocated_vnd"] > 0).fillna(False)]
    sums = _measures(held)
    rate = share(sums["disbursed_vnd"] or 0, sums["covered_vnd"])
    if rate is None:
        return None
    step = nearest(material * (sums["shortfall_vnd"] or 0))
    points = held[[*DIMENSIONS, "vintage", "allocated_vnd", "disbursed_vnd"]].copy()
    plan, paid = _ints(held["allocated_vnd"]), _ints(held["disbursed_vnd"])
    away = [d - rate * a for a, d in zip(plan, paid, strict=True)]
    points["rate_pct"] = [_pct(d, a) for a, d in zip(plan, paid, strict=True)]
    points["away_vnd"] = [nearest(value) for value in away]
    points["where"] = pd.array(
        ["inside" if abs(v) <= step else "below" if v < 0 else "above" for v in away], "string"
    )
    return Funnel(_typed(points).reset_index(drop=True), rate, step)


# ------------------------------------------------------------------ need, causes, outputs


def poor_households(poverty: pd.DataFrame) -> pd.Series:
    """Return the poor households at the start of the year by district: whom the money finds.

    >>> from kgstats import sample
    >>> bool(poor_households(sample.truth(2019)["poverty"]).sum() > 17_000)
    True
    """
    return _need(poverty, "poor_start_hh")


def unmet_criteria(communes: pd.DataFrame, year: int) -> pd.Series:
    """Return the criteria not yet met by the communes of each district: what is left to do.

    Criteria of the set in force in ``year`` less the criteria met, summed over communes with a
    known count. An empty table gives no count.

    >>> from kgstats import sample
    >>> int(unmet_criteria(sample.truth(2018)["communes"], 2018).sum()) > 200
    True
    """
    if communes.empty:
        return _need(communes, "unmet")
    total = len(criteria.criteria(year))
    left = communes.assign(unmet=total - communes["criteria_met"])
    return _need(left, "unmet")


def _need(frame: pd.DataFrame, column: str) -> pd.Series:
    if frame.empty:
        return pd.Series(dtype="Int64", name="need")
    sums = frame.groupby("district_code", dropna=True)[column].sum(min_count=1)
    return sums.astype("Int64").rename("need")


@dataclass(frozen=True)
class Need:
    """Money beside need, by district, and how unevenly the one stands to the other.

    ``table``: ``row, district_code, allocated_vnd, need, per_need_vnd, amount_share_pct,
    need_share_pct``. ``hoover``, ``gini``, ``theil``, ``spread``: see
    :mod:`kgstats.analysis.inequality`; None where they cannot be formed. A difference says
    nothing about its reason.
    """

    table: pd.DataFrame
    hoover: Fraction | None
    gini: Fraction | None
    theil: float | None
    spread: Fraction | None


def against_need(frame: pd.DataFrame, need: pd.Series) -> Need:
    """Set the money allocated to each district beside a count of need.

    per need = Σ A / need, to the whole đồng; null where there is no need. In the total, and in the
    measures, only the money of districts whose need is known stands against it.

    Parameters
    ----------
    frame
        Lines of the money that answers the need (own plan and carried).
    need
        A count by district code (:func:`poor_households`, :func:`unmet_criteria`).

    Examples
    --------
    >>> from kgstats import sample
    >>> tables = sample.truth(2019)
    >>> money = lines(tables["funding"], 2019, "gnbv")
    >>> found = against_need(money, poor_households(tables["poverty"]))
    >>> int(found.table["allocated_vnd"].iloc[-1])
    56135000000
    >>> 0 < found.hoover < 1
    True
    """
    money = {
        str(key[0]): sum(_ints(part["allocated_vnd"].dropna()))
        for key, part in _groups(frame[frame["district_code"].notna()], ["district_code"])
    }
    wants = {str(code): int(value) for code, value in need.dropna().items()}
    codes = sorted(set(money) | set(wants))
    rows: list[dict[str, Any]] = [
        {
            "row": "row",
            "district_code": code,
            "allocated_vnd": money.get(code, 0),
            "need": wants.get(code),
        }
        for code in codes
    ]
    known = [row for row in rows if row["need"] is not None]
    amounts, needs = [r["allocated_vnd"] for r in known], [r["need"] for r in known]
    rows.append(
        {
            "row": "total",
            "district_code": None,
            "allocated_vnd": sum(money.values()),
            "need": sum(wants.values()),
        }
    )
    for row in rows:
        # Money of a district whose need is not known stands against no need.
        held = sum(amounts) if row["row"] == "total" else row["allocated_vnd"]
        per = share(held, row["need"] or 0)
        row["per_need_vnd"] = None if per is None else nearest(per)
        row["amount_share_pct"] = _pct(row["allocated_vnd"], rows[-1]["allocated_vnd"])
        row["need_share_pct"] = None if row["need"] is None else _pct(row["need"], rows[-1]["need"])
    table = _typed(pd.DataFrame(rows)).astype({"need": "Int64"})

    def measure(function: Any) -> Any:
        try:
            return function(amounts, needs)
        except inequality.NoInequality:
            return None

    return Need(
        table,
        measure(inequality.hoover),
        measure(inequality.gini),
        measure(inequality.theil),
        measure(inequality.spread),
    )


def causes(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the shortfall by the cause that districts gave, and what has none.

    One line has one cause, so that the rows add up to the shortfall.

    Returns
    -------
    pandas.DataFrame
        ``row, cause`` (null: none given), ``lines, districts, shortfall_vnd, share_pct``,
        largest first, none given last, then the total.

    Examples
    --------
    >>> from kgstats import sample
    >>> table = causes(lines(sample.truth(2019)["funding"], 2019))
    >>> int(table["shortfall_vnd"].iloc[:-1].sum()) == int(table["shortfall_vnd"].iloc[-1])
    True
    """
    held = frame[frame["measured"] & (frame["gap_vnd"] > 0).fillna(False)]
    total = sum(_ints(held["gap_vnd"]))

    def entry(row: str, cause: Any, part: pd.DataFrame) -> dict[str, Any]:
        short = sum(_ints(part["gap_vnd"]))
        return {
            "row": row,
            "cause": cause,
            "lines": len(part),
            "districts": part["district_code"].nunique(),
            "shortfall_vnd": short,
            "share_pct": _pct(short, total),
        }

    rows = [entry("row", key[0], part) for key, part in _groups(held, ["cause"])]
    rows.sort(key=lambda r: (pd.isna(r["cause"]), -r["shortfall_vnd"]))
    return _typed(pd.DataFrame([*rows, entry("total", None, held)]))


OUTPUTS = ("projects", "projects_planned", "households", "persons")


def outputs(frame: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Return what the printed report says was delivered, beside the money of the same component.

    Returns
    -------
    pandas.DataFrame
        ``programme, component, allocated_vnd, disbursed_vnd, rate_pct, projects,
        projects_planned, households, persons``; without rows where no report is transcribed.
        The two stand side by side; neither explains the other.
    """
    printed = _printed(_year(frame), figures)
    wanted = printed[printed["measure"].isin(OUTPUTS)] if len(printed) else printed
    rows = []
    for component in dict.fromkeys(wanted["component"]) if len(wanted) else ():
        part = frame[frame["component"] == component]
        if part.empty:
            continue
        sums = _measures(part)
        of = wanted[wanted["component"] == component].set_index("measure")["printed"]
        rows.append(
            {
                "programme": part["programme"].iloc[0],
                "component": component,
                "allocated_vnd": sums["allocated_vnd"],
                "disbursed_vnd": sums["disbursed_vnd"],
                "rate_pct": sums["rate_pct"],
                **{name: int(of[name]) if name in of else None for name in OUTPUTS},
            }
        )
    columns = ["programme", "component", "allocated_vnd", "disbursed_vnd", "rate_pct", *OUTPUTS]
    table = _typed(pd.DataFrame(rows, columns=columns))
    return table.astype(dict.fromkeys(OUTPUTS, "Int64"))


# ------------------------------------------------------------------ beside the printed report


def _printed(year: int, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the printed figures on money, exact, in whole đồng or percent."""
    wanted = funding_rules.published(year)
    if figures.empty or wanted.empty:
        return pd.DataFrame(columns=[*wanted.columns, "printed", "printed_text"])
    by_id = figures.set_index("id")
    values, texts = [], []
    for figure, part, measure in wanted[["figure", "part", "measure"]].itertuples(index=False):
        names = [name.strip() for name in figure.split("+")]
        missing = [name for name in names if name not in by_id.index]
        if missing:
            raise FundingError(
                f"the report of {year} has no figure {', '.join(missing)}; "
                "mend reference/data/funding_published.csv"
            )
        total = Fraction(0)
        for name in names:
            row = by_id.loc[name]
            scale = _SCALES.get(row["unit"], 1) if measure in ("allocated", "disbursed") else 1
            total += Fraction(str(row["denominator" if part == "of" else "value"])) * scale
        values.append(total)
        texts.append(" + ".join(str(by_id.loc[name]["printed"]) for name in names))
    return wanted.assign(printed=pd.Series(values, dtype=object), printed_text=texts)


def _among(frame: pd.DataFrame, row: Mapping[Any, Any]) -> pd.DataFrame:
    """Return the lines a printed figure speaks of."""
    chosen = frame["programme"] == row["programme"]
    for name in ("component", "source", "kind"):
        if row[name] != funding_rules.ANY:
            chosen &= frame[name].isin(str(row[name]).split("|"))
    return frame[(chosen & (frame["plan_year"] == row["plan_year"])).fillna(False)]


def _audited(row: Mapping[Any, Any], audit: pd.DataFrame) -> dict[str, Any]:
    """Return the identity that tests a printed figure (a broken one first), or one it is part of.

    A figure that is only part of a sum is judged by a sum that holds, if there is one: where
    a sum is broken, any of its figures may be the wrong one.
    """
    if audit.empty:
        return {}
    found = [{str(key): value for key, value in one.items()} for one in audit.to_dict("records")]
    named = [] if pd.isna(row["identities"]) else str(row["identities"]).split("|")
    tested = [one | {"role": "tested"} for one in found if one["identity_id"] in named]
    if tested:
        return min(tested, key=lambda one: one["class"] in HOLDS)
    parts = [
        one | {"role": "part"}
        for one in found
        if row["figure"] in str(one["figure_ids"]).split() and one["kind"] in ("sum", "ratio")
    ]
    return min(parts, key=lambda one: one["class"] not in HOLDS) if parts else {}


def beside_printed(
    frame: pd.DataFrame, figures: pd.DataFrame, audit: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Set the figures of the printed report beside the same ones from the returns.

    Parameters
    ----------
    frame
        What :func:`lines` returns (one or both programmes).
    figures
        The transcribed figures of the report (``report.data("figures")``).
    audit
        The audit of the report's own arithmetic; may be empty.

    Returns
    -------
    pandas.DataFrame
        ``figure, programme, component, source, kind, plan_year, measure`` (``allocated,
        disbursed, rate``), ``printed_text``, ``printed_vnd, returns_vnd, difference_vnd``
        (printed − returns) or ``printed_pct, returns_pct, difference_pp``; ``agrees`` (equal
        amounts; a rate within one last printed place), ``class, role`` (``tested`` by an
        identity of the audit, or only ``part`` of one), ``identity_id, recomputed_vnd,
        recomputed_pct, suggestion`` from the audit. Without rows for a year without a
        transcribed report.

    Examples
    --------
    >>> from pathlib import Path
    >>> from kgstats import sample
    >>> money = lines(sample.truth(2019)["funding"], 2019)
    >>> beside_printed(money, pd.DataFrame()).empty
    True
    """
    audit = pd.DataFrame() if audit is None else audit
    printed = _printed(_year(frame), figures)
    here = set(frame["programme"].dropna())
    rows = []
    for row in printed.to_dict("records"):
        if row["measure"] in OUTPUTS or row["programme"] not in here:
            continue
        sums = _measures(_among(frame, row))
        checked = _audited(row, audit)
        names = ("figure", "programme", "component", "source", "kind", "plan_year", "measure")
        entry = {name: row[name] for name in (*names, "printed_text")}
        if row["measure"] == "rate":
            own = share(sums["disbursed_vnd"] or 0, sums["covered_vnd"])
            entry |= {"printed_pct": float(row["printed"])}
            if own is not None:
                text = str(row["printed_text"])
                place = Fraction(1, 10 ** len(text.partition(",")[2]))
                entry["returns_pct"] = float(100 * own)
                entry["difference_pp"] = float(row["printed"] - 100 * own)
                entry["agrees"] = abs(row["printed"] - 100 * own) < place
        else:
            amount = sums[f"{row['measure']}_vnd"]
            entry |= {"printed_vnd": nearest(row["printed"]), "returns_vnd": amount}
            if amount is not None:
                entry["difference_vnd"] = nearest(row["printed"]) - amount
                entry["agrees"] = row["printed"] == amount
        entry |= {name: checked.get(name) for name in ("class", "role", "identity_id")}
        tested = checked.get("role") == "tested"
        entry["suggestion"] = checked.get("suggestion") if tested else None
        if tested and not pd.isna(checked.get("recomputed")):
            exact = Fraction(str(checked["recomputed"]))
            if row["measure"] == "rate":
                entry["recomputed_pct"] = float(exact)
            else:
                entry["recomputed_vnd"] = nearest(exact * _SCALES.get(checked["unit"], 1))
        rows.append(entry)
    columns = ["figure", "programme", "component", "source", "kind", "plan_year", "measure"]
    columns += ["printed_text", "printed_vnd", "returns_vnd", "difference_vnd", "printed_pct"]
    columns += ["returns_pct", "difference_pp", "agrees", "class", "role", "identity_id"]
    columns += ["recomputed_vnd", "recomputed_pct", "suggestion"]
    table = _typed(pd.DataFrame(rows, columns=columns))
    words = ("figure", "measure", "printed_text", "class", "role", "identity_id", "suggestion")
    return table.astype({"agrees": "boolean"} | dict.fromkeys(words, "string"))


def allocation_gap(beside: pd.DataFrame) -> pd.DataFrame:
    """Return money assigned by the province (as printed) less money given out in detail.

    allocation gap = assigned − allocated on the districts' lines, by programme and source.
    Above zero: money no district has on a line; below zero: more on lines than was assigned, so
    that one of the two figures is wrong.

    Parameters
    ----------
    beside
        What :func:`beside_printed` returns.

    Returns
    -------
    pandas.DataFrame
        ``programme, source, plan_year, assigned_vnd, detailed_vnd, gap_vnd, class``.
    """
    whole_sources = (
        (beside["measure"] == "allocated")
        & (beside["component"] == funding_rules.ANY)
        & (
            (beside["kind"] == funding_rules.ANY)
            | (beside["plan_year"] < beside["plan_year"].max())
        )
    )
    names = {"printed_vnd": "assigned_vnd", "returns_vnd": "detailed_vnd"}
    table = beside[whole_sources].rename(columns=names | {"difference_vnd": "gap_vnd"})
    columns = ["programme", "source", "plan_year", "assigned_vnd", "detailed_vnd", "gap_vnd"]
    return table[[*columns, "class"]].reset_index(drop=True)


def sensitivity(frame: pd.DataFrame, beside: pd.DataFrame) -> pd.DataFrame:
    """Return results with printed, recomputed and corrected inputs, where they differ.

    *Printed*: every figure as the report prints it. *Recomputed*: a figure that contradicts the
    report's own parts is replaced by what the parts give. *Corrected*: what the returns give.
    Beside the contradictory figures themselves stand results that use them: the sum of the
    sources, the counterpart ratio (province / central), coverage on the sum of the sources.

    Parameters
    ----------
    beside
        What :func:`beside_printed` returns, with the audit.

    Returns
    -------
    pandas.DataFrame
        ``result`` (``amount, rate, sum_of_sources, counterpart, coverage``), ``figure`` (null
        for derived results), ``programme, component, source, kind, plan_year, class``, ``unit``
        (``vnd, percent, ratio``), ``printed, recomputed, corrected`` (floats; whole for đồng)
        and ``identity_id``.
    """
    rows: list[dict[str, Any]] = []
    for row in beside.to_dict("records"):
        if row["role"] != "tested" or row["class"] in HOLDS:
            continue
        suffix = "pct" if row["measure"] == "rate" else "vnd"
        names = ("figure", "programme", "component", "source", "kind", "plan_year")
        rows.append(
            {name: row[name] for name in (*names, "class", "identity_id")}
            | {
                "result": "rate" if suffix == "pct" else "amount",
                "unit": "percent" if suffix == "pct" else "vnd",
                "printed": row[f"printed_{suffix}"],
                "recomputed": row[f"recomputed_{suffix}"],
                "corrected": row[f"returns_{suffix}"],
            }
        )
    for programme in dict.fromkeys(row["programme"] for row in rows):
        rows += _derived(frame, beside, str(programme))
    columns = ["result", "figure", "programme", "component", "source", "kind", "plan_year"]
    columns += ["class", "unit", "printed", "recomputed", "corrected", "identity_id"]
    table = _typed(pd.DataFrame(rows, columns=columns))
    words = ("result", "figure", "class", "unit", "identity_id")
    numbers = ("printed", "recomputed", "corrected")
    return table.astype(dict.fromkeys(words, "string") | dict.fromkeys(numbers, "Float64"))


def _derived(frame: pd.DataFrame, beside: pd.DataFrame, programme: str) -> Iterator[dict[str, Any]]:
    """Return the results of a programme that change with the inputs."""
    year = _year(frame)
    own = beside[(beside["programme"] == programme) & (beside["measure"] == "allocated")]
    own = own[(own["component"] == "*") & (own["kind"] == "*") & (own["plan_year"] == year)]
    sources = {str(row["source"]): row for row in own.to_dict("records")}
    central = sources.get("central")
    local = next((row for name, row in sources.items() if name.startswith("province")), None)
    if central is None or local is None:
        return
    sums = _measures(frame[frame["programme"] == programme])
    carried = frame[(frame["programme"] == programme) & (frame["vintage"] == "carried")]
    carried_vnd = sum(_ints(carried["allocated_vnd"].dropna()))

    def value(row: Mapping[Any, Any], inputs: str) -> int:
        if inputs == "corrected":
            return int(row["returns_vnd"])
        broken = row["role"] == "tested" and row["class"] not in HOLDS
        replaced = inputs == "recomputed" and broken and not pd.isna(row["recomputed_vnd"])
        return int(row["recomputed_vnd" if replaced else "printed_vnd"])

    results: dict[str, dict[str, float | None]] = {"sum_of_sources": {}, "counterpart": {}}
    results["coverage"] = {}
    for inputs in ("printed", "recomputed", "corrected"):
        a, b = value(central, inputs), value(local, inputs)
        results["sum_of_sources"][inputs] = a + b
        ratio = share(b, a)
        results["counterpart"][inputs] = None if ratio is None else float(ratio)
        results["coverage"][inputs] = _pct(sums["covered_vnd"], a + b + carried_vnd)
    units = {"sum_of_sources": "vnd", "counterpart": "ratio", "coverage": "percent"}
    for result, values in results.items():
        if len(set(values.values())) > 1:
            yield {"result": result, "programme": programme, "unit": units[result], **values}
