"""Gap, coverage and rate of programme money, by whatever a line has."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from kgstats import registry
from kgstats.analysis import indicators
from kgstats.analysis.funding.lines import FundingError, in_order, measured, without_rate
from kgstats.analysis.tidy import By, keys, quotient

BASES = tuple(registry.codes("disbursement_basis"))
"""Denominators: the year's plan, or all money available (with carry-over); lines with a reported
disbursement only, or all lines."""


def gaps(money: pd.DataFrame, by: By = (), *, expected: Iterable[str] = ()) -> pd.DataFrame:
    """Return gap and rate of each group of lines; of all together without ``by``.

    The measures, their formulas and bases are those of
    :func:`kgstats.analysis.indicators.disbursement`: allocated = covered + uncovered;
    covered = disbursed + gap; gap = shortfall − excess, in every row.

    Parameters
    ----------
    money
        What :func:`kgstats.analysis.funding.lines` returns.
    by
        ``district``, or columns to group by (``programme, component, source, kind, plan_year,
        vintage``).
    expected
        Values of the one key that have a row even without any line, such as the codes of all
        districts: not zero, but null.

    Returns
    -------
    pandas.DataFrame
        The keys, the measures, ``lines_without_rate``
        (:func:`kgstats.analysis.funding.lines.without_rate`), and
        ``cut_off_first, cut_off_last``: up to which days the amounts count. In the field's own
        order.

    Raises
    ------
    FundingError
        When ``expected`` is given for another number of keys than one.

    Examples
    --------
    >>> money = pd.DataFrame(
    ...     {
    ...         "source": ["central", "central", "province"],
    ...         "allocated_vnd": [300, 100, 50], "disbursed_vnd": [200, 100, None],
    ...         "cut_off": pd.Timestamp(2019, 12, 20),
    ...     }
    ... )
    >>> columns = ["source", "allocated_vnd", "gap_vnd", "disbursed_rate_pct"]
    >>> gaps(money, by="source")[columns]
         source  allocated_vnd  gap_vnd  disbursed_rate_pct
    0   central            400      100                75.0
    1  province             50     <NA>                <NA>
    """
    names = keys(by)
    found = indicators.disbursement(money, by)
    days = money.assign(
        cut_off_first=money["cut_off"],
        cut_off_last=money["cut_off"],
        lines_without_rate=without_rate(money).astype("Int64"),
        lines_allocated=money["allocated_vnd"].notna().astype("Int64"),
    )
    ends = {
        "lines_without_rate": "sum",
        "lines_allocated": "sum",
        "cut_off_first": "min",
        "cut_off_last": "max",
    }
    if names:
        found = found.merge(days.groupby(names, dropna=False).agg(ends).reset_index(), on=names)
    else:
        found = found.assign(**{name: days[name].agg(end) for name, end in ends.items()})
    silent = sorted(set(expected) - set(found[names[0]])) if len(names) == 1 else list(expected)
    if silent and len(names) != 1:
        raise FundingError(f"rows can be expected of one key, not of {len(names)}")
    if silent:
        blank = pd.DataFrame({names[0]: silent, "lines": 0, "lines_reported": 0})
        found = pd.concat([found, blank.reindex(columns=found.columns).astype(found.dtypes)])
    return in_order(found, names)


def denominators(money: pd.DataFrame, by: By = ()) -> pd.DataFrame:
    """Return the rate on several denominators, one row each.

    The year's plan A or the money available U = A + C (C carried in); each on the lines with a
    reported disbursement, where the rate is known, and on all lines, where it lies between
    ``disbursed_rate_low_pct`` and ``disbursed_rate_high_pct``.

    Parameters
    ----------
    money
        Lines of money: the clean table ``funding``, whole or filtered.
    by
        What the rows are grouped by; see the table returned.

    Returns
    -------
    pandas.DataFrame
        The keys, ``basis`` (see :data:`BASES`), and the measures of :func:`gaps`; without a row
        for a basis without lines.

    Examples
    --------
    >>> money = pd.DataFrame(
    ...     {
    ...         "vintage": ["current", "current", "carried"],
    ...         "allocated_vnd": [300, 100, 50], "disbursed_vnd": [150, None, 50],
    ...         "cut_off": pd.Timestamp(2019, 12, 20),
    ...     }
    ... )
    >>> denominators(money).set_index("basis")["disbursed_rate_low_pct"].round(1).to_dict()
    {'plan_reported': 50.0, 'available_reported': 57.1, 'plan_all': 37.5, 'available_all': 44.4}
    """
    plan, reported = money[money["vintage"] == "current"], measured(money)
    pools = (plan.loc[plan.index.isin(reported.index)], reported, plan, money)
    found = [
        gaps(pool, by).assign(basis=basis)
        for basis, pool in zip(BASES, pools, strict=True)
        if len(pool)
    ]
    names = keys(by)
    if not found:
        return gaps(money, by).assign(basis=pd.Series(dtype="string")).head(0)
    table = pd.concat(found).astype({"basis": "string"})
    table = table[[*names, "basis", *table.columns.difference([*names, "basis"], sort=False)]]
    return in_order(table, names)


def by_denominator(money: pd.DataFrame) -> pd.DataFrame:
    """Return the rate on several denominators, by source, and of programmes with several sources.

    Where all lines report, or nothing was carried over, two denominators are one: it stands once.

    Parameters
    ----------
    money
        Lines of money: the clean table ``funding``, whole or filtered.

    Returns
    -------
    pandas.DataFrame
        As :func:`denominators` by ``programme, source``; a null source is all sources.

    Examples
    --------
    >>> money = pd.DataFrame(
    ...     {
    ...         "programme": "ntm", "source": ["central", "province"], "vintage": "current",
    ...         "allocated_vnd": [100, 300], "disbursed_vnd": [100, 150],
    ...         "cut_off": pd.Timestamp(2019, 12, 20),
    ...     }
    ... )
    >>> found = by_denominator(money).astype({"source": object}).fillna({"source": "all"})
    >>> found[["source", "disbursed_rate_pct"]].values.tolist()
    [['central', 100.0], ['province', 50.0], ['all', 62.5]]
    """
    by_source, whole = (
        denominators(money, ["programme", "source"]),
        denominators(money, "programme"),
    )
    pools = []
    for programme, of_sources in by_source.groupby("programme", sort=False):
        pools.append(of_sources)
        if of_sources["source"].nunique(dropna=False) > 1:
            pools.append(whole[whole["programme"] == programme])
    found = pd.concat(pools or [by_source])
    once = ["programme", "source", "allocated_vnd", "disbursed_vnd"]
    return found[~found.duplicated(once)]


def counterpart(money: pd.DataFrame) -> pd.DataFrame:
    """Return the money put beside the central budget's, by programme.

    Counterpart ratio = (province + integrated + district + community) / central, on what is
    allocated from the year's own plan. Integrated money (``lồng ghép``) is that of other
    programmes: they count it as theirs too.

    Parameters
    ----------
    money
        Lines of money: the clean table ``funding``, whole or filtered.

    Returns
    -------
    pandas.DataFrame
        ``programme, central_vnd, local_vnd, integrated_vnd`` (of the local), ``counterpart_ratio``
        (null without central money).

    Examples
    --------
    >>> money = pd.DataFrame(
    ...     {
    ...         "programme": "ntm", "source": ["central", "province", "community"],
    ...         "vintage": "current", "allocated_vnd": [100, 300, 50], "disbursed_vnd": None,
    ...         "cut_off": pd.Timestamp(2019, 12, 20),
    ...     }
    ... )
    >>> counterpart(money)[["central_vnd", "local_vnd", "counterpart_ratio"]].to_dict("records")
    [{'central_vnd': 100, 'local_vnd': 350, 'counterpart_ratio': 3.5}]
    """
    plan = money[money["vintage"] == "current"]
    central = (plan["source"] == "central").fillna(False)
    split = plan.assign(
        central_vnd=plan["allocated_vnd"].where(central, 0).astype("Int64"),
        local_vnd=plan["allocated_vnd"].mask(central, 0).astype("Int64"),
        integrated_vnd=plan["allocated_vnd"].where(plan["source"] == "integrated", 0),
    )
    amounts = ["central_vnd", "local_vnd", "integrated_vnd"]
    table = split.groupby("programme")[amounts].sum().reset_index()
    table["counterpart_ratio"] = quotient(table["local_vnd"], table["central_vnd"])
    return in_order(table, ["programme"])
