"""What is unusual about lines of money: each a finding, none an infinite or dropped rate."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite

import pandas as pd

from kgstats import registry
from kgstats.analysis.funding.closes import closes_of
from kgstats.analysis.funding.lines import DIMENSIONS, lines, year_of
from kgstats.analysis.funding.years import SAME_LINE
from kgstats.analysis.tidy import percent

RULES = tuple(registry.codes("unusual"))
FAR = 300
"""So many times last year's amount, or one in so many, hints at another unit: million for billion
makes a thousand."""
STATED_RATE_TOLERANCE_PP = Fraction(6, 100)
"""A stated rate may be cut off or rounded at one decimal; beyond that it is another rate."""


def unusual(money: pd.DataFrame, previous: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return what is unusual about lines, one row a finding; a line can have several.

    Money paid above its plan counts in the gap as it stands (the gap is negative there) and is
    listed apart as ``excess``; a plan of zero has no rate; a negative amount is kept in the sums
    as received.

    Parameters
    ----------
    money
        What :func:`kgstats.analysis.funding.lines` returns.
    previous
        The clean table ``funding`` of the year before, where there is one.

    Returns
    -------
    pandas.DataFrame
        ``unusual`` (one of :data:`RULES`), what makes the line, ``allocated_vnd, disbursed_vnd,
        gap_vnd``, ``disbursed_pct`` (as stated), ``disbursed_rate_pct`` (as computed); in the
        order of the rules.

    Examples
    --------
    >>> from kgstats.analysis.funding import lines
    >>> funding = pd.DataFrame(
    ...     {
    ...         "year": 2019, "district_code": ["908", "906"], "programme": "ntm",
    ...         "component": "ntm_general", "source": "central", "kind": "investment",
    ...         "plan_year": 2019, "allocated_vnd": [0, 100], "disbursed_vnd": [5, None],
    ...         "cut_off": pd.Timestamp(2019, 12, 20),
    ...     }
    ... )
    >>> unusual(lines(funding, 2019))[["unusual", "district_code"]].to_dict("list")
    {'unusual': ['zero_plan_paid', 'not_reported'], 'district_code': ['908', '906']}
    """
    year = year_of(money)
    plan, paid = money["allocated_vnd"], money["disbursed_vnd"]
    kinds = zip(money["kind"], money["plan_year"], strict=True)
    broken = {
        "duplicate_line": money.duplicated(list(DIMENSIONS), keep=False),
        "no_allocation": plan.isna(),
        "negative_allocated": plan < 0,
        "negative_disbursed": paid < 0,
        "zero_plan_paid": (plan == 0) & (paid.fillna(0) != 0),
        "zero_plan": (plan == 0) & (paid.fillna(0) == 0),
        "paid_above_plan": (paid > plan) & (plan != 0),
        "far_from_last_year": _far(money, previous),
        "future_plan_year": money["plan_year"] > year,
        "no_close_known": pd.Series(
            [not closes_of(kind, plan_year, year) for kind, plan_year in kinds], money.index
        ),
        "no_cut_off": money["cut_off_assumed"],
        "stated_rate_differs": _states_another_rate(money),
        "not_reported": paid.isna(),
    }
    rated = money.assign(disbursed_rate_pct=percent(paid, plan))
    found = [rated[broken[rule].fillna(False).astype(bool)].assign(unusual=rule) for rule in RULES]
    amounts = ["allocated_vnd", "disbursed_vnd", "gap_vnd", "disbursed_pct", "disbursed_rate_pct"]
    table = pd.concat(found, ignore_index=True)[["unusual", *DIMENSIONS, *amounts]]
    return table.astype({"unusual": "string"})


def _far(money: pd.DataFrame, previous: pd.DataFrame | None) -> pd.Series:
    """Say which lines are :data:`FAR` times the same line of the year before, or one in so many."""
    if previous is None or previous.empty or money.empty:
        return pd.Series(False, index=money.index)
    before = lines(previous, year_of(money) - 1)
    held = before.groupby([*SAME_LINE], dropna=False)["allocated_vnd"].sum(min_count=1)
    last = money[list(SAME_LINE)].join(held, on=[*SAME_LINE])["allocated_vnd"]
    both = money["allocated_vnd"].gt(0) & last.gt(0)
    far = money["allocated_vnd"].ge(FAR * last) | last.ge(FAR * money["allocated_vnd"])
    return both & far


def _states_another_rate(money: pd.DataFrame) -> pd.Series:
    columns = [money[name] for name in ("disbursed_pct", "allocated_vnd", "disbursed_vnd")]

    def differs(stated: float, plan: int, paid: int) -> bool:
        if pd.isna(stated) or not isfinite(stated) or pd.isna(plan) or pd.isna(paid) or plan <= 0:
            return False
        rate = Fraction(100 * int(paid), int(plan))
        return abs(Fraction(str(stated)) - rate) > STATED_RATE_TOLERANCE_PP

    return pd.Series([differs(*row) for row in zip(*columns, strict=True)], index=money.index)


def unusual_counts(found: pd.DataFrame) -> pd.DataFrame:
    """Count findings by rule, also the rules that nothing breaks.

    Parameters
    ----------
    found
        What :func:`unusual` returns.

    Returns
    -------
    pandas.DataFrame
        ``unusual, lines, districts, allocated_vnd`` (on those lines).

    Examples
    --------
    >>> found = pd.DataFrame(
    ...     {
    ...         "unusual": ["zero_plan", "not_reported", "not_reported"],
    ...         "district_code": ["908", "906", "906"], "allocated_vnd": [0, 10, 20],
    ...     }
    ... )
    >>> table = unusual_counts(found)
    >>> table[table["lines"] > 0].to_dict("records")[1]
    {'unusual': 'not_reported', 'lines': 2, 'districts': 1, 'allocated_vnd': 30}
    """
    by_rule = found.groupby("unusual")
    table = pd.DataFrame(
        {
            "lines": by_rule.size(),
            "districts": by_rule["district_code"].nunique(),
            "allocated_vnd": by_rule["allocated_vnd"].sum(),
        }
    )
    table = table.reindex(pd.Index(RULES, name="unusual")).fillna(0).astype("Int64")
    return table.reset_index().astype({"unusual": "string"})
