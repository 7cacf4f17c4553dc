"""Money beside the need it answers. A difference says nothing about its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from kgstats.analysis import indicators, inequality
from kgstats.analysis.funding.lines import in_order
from kgstats.analysis.funding.rounding import nearest
from kgstats.analysis.tidy import By, keys, percent, sums


def poor_households(poverty: pd.DataFrame, listed: pd.DataFrame | None = None) -> pd.Series:
    """Count the poor households at the start of the year by district: whom the money finds.

    Parameters
    ----------
    poverty
        The clean table ``poverty``; empty where there is none.
    listed
        The units there are (:func:`kgstats.reference.areas.units`): a district of which one does
        not report has no count, since a part of its households is not what its money is for.

    Returns
    -------
    pandas.Series
        ``poor_start_hh`` by ``district_code``.

    Examples
    --------
    >>> poverty = pd.DataFrame({"district_code": ["899", "899"], "poor_start_hh": [10, 20]})
    >>> poor_households(poverty).to_dict()
    {'899': 30}
    """
    return _by_district(poverty, "poor_start_hh", listed)


def unmet_criteria(
    communes: pd.DataFrame, attainment: pd.DataFrame, listed: pd.DataFrame | None = None
) -> pd.Series:
    """Count the criteria not yet met by the communes of each district: what is left to do.

    Criteria of the set less the criteria met
    (:func:`kgstats.analysis.indicators.criteria_met`), summed over communes with a known count.
    An empty table gives no count.

    Parameters
    ----------
    communes, attainment
        The clean tables of one year; empty where there are none.
    listed
        The rural communes there are (:func:`kgstats.reference.areas.rural`): a district with a
        commune of which the number is not known has no count.

    Returns
    -------
    pandas.Series
        ``criteria_unmet`` by ``district_code``.

    Examples
    --------
    >>> communes = pd.DataFrame({"district_code": "899", "commune_code": ["a", "b", "c"]})
    >>> communes["criteria_met"] = [19, 15, None]
    >>> marks = pd.DataFrame({"commune_code": ["b"] * 19, "met": [True] * 14 + [False] * 5})
    >>> unmet_criteria(communes, marks).to_dict()
    {'899': 5}
    """
    if communes.empty or attainment.empty:
        return _by_district(communes.head(0), "criteria_unmet", listed)
    counted = indicators.criteria_met(communes, attainment)
    left = indicators.CRITERIA - counted["criteria_met"]
    unmet = counted.assign(criteria_unmet=left)[["commune_code", "criteria_unmet"]]
    places = communes[["district_code", "commune_code"]]
    return _by_district(places.merge(unmet, on="commune_code"), "criteria_unmet", listed)


def _by_district(frame: pd.DataFrame, column: str, listed: pd.DataFrame | None) -> pd.Series:
    """Sum a count by district; of a district in the list that is known in part there is none."""
    if frame.empty:
        return pd.Series(dtype="Int64", name=column).rename_axis("district_code")
    known = frame[frame["district_code"].notna()]
    found = sums(known, [column], "district").set_index("district_code")[column]
    if listed is None:
        return found
    told = set(known.loc[known[column].notna(), "commune_code"])
    part = listed.loc[~listed["commune_code"].isin(told), "district_code"]
    return found.mask(found.index.isin(part.dropna()))


def against_need(
    money: pd.DataFrame, need: pd.Series, by: By = "district", *, reported: Iterable[str] = ()
) -> pd.DataFrame:
    """Set the money allocated to each district beside a count of need.

    Money per need = Σ A / need, to the whole đồng; null where there is no need. Of the province
    (``by=()``) only the money of districts whose need is known stands against it, and only the
    need of districts that report money.

    Parameters
    ----------
    money
        Lines of the money that answers the need (own plan and carried).
    need
        A named count by district code (:func:`poor_households`, :func:`unmet_criteria`).
    by
        ``district``, or ``()`` for the province.
    reported
        Codes of districts that return money of any kind: without a line of this money they have
        none of it. Other districts without a line are not reported, which is not zero; nor is
        the money of a district that leaves the amount of a line open.

    Returns
    -------
    pandas.DataFrame
        The key, ``allocated_vnd``, the need under its own name, ``per_need_vnd``,
        ``allocated_share_pct, need_share_pct`` (of the province's).

    Examples
    --------
    >>> money = pd.DataFrame({"district_code": ["899", "900"], "allocated_vnd": [600, 400]})
    >>> need = pd.Series({"899": 30, "900": 10}, name="poor_start_hh")
    >>> against_need(money, need)[["poor_start_hh", "per_need_vnd"]].to_dict("list")
    {'poor_start_hh': [30, 10], 'per_need_vnd': [20, 40]}
    >>> against_need(money, need, by=())["per_need_vnd"].tolist()
    [25]
    """
    name = str(need.name)
    given = sums(money[money["district_code"].notna()], ["allocated_vnd"], "district")
    wanted = need.dropna().astype("Int64").rename_axis("district_code").reset_index()
    table = given.astype({"district_code": "string"}).merge(
        wanted.astype({"district_code": "string"}), on="district_code", how="outer"
    )
    # A line without its amount is silence: what the district was allocated is not known.
    open_ = table["district_code"].isin(_with_open_amount(money))
    none = table["district_code"].isin(set(reported)) & table["allocated_vnd"].isna() & ~open_
    table["allocated_vnd"] = table["allocated_vnd"].mask(none, 0).mask(open_)
    # Money of a district whose need is not known stands against no need, and the other way round.
    table[name] = table[name].where(table["allocated_vnd"].notna())
    table["against_vnd"] = table["allocated_vnd"].where(table[name].notna())
    amounts = ["allocated_vnd", "against_vnd", name]
    whole = sums(table, amounts).fillna(0)
    table = in_order(table, ["district_code"]) if keys(by) else whole
    table["per_need_vnd"] = _per(table["against_vnd"], table[name])
    for column, shared in (("allocated_vnd", "allocated_share_pct"), (name, "need_share_pct")):
        total = pd.Series(whole[column].iloc[0], index=table.index)
        table[shared] = percent(table[column], total)
    return table.drop(columns="against_vnd")


def _with_open_amount(money: pd.DataFrame) -> set[str]:
    """Return the districts with a line whose allocated amount is not reported."""
    return set(money.loc[money["allocated_vnd"].isna(), "district_code"].dropna().astype(str))


def _per(amount: pd.Series, need: pd.Series) -> pd.Series:
    values = [
        nearest(Fraction(int(a), int(n))) if not pd.isna(a) and not pd.isna(n) and n > 0 else None
        for a, n in zip(amount, need, strict=True)
    ]
    return pd.Series(pd.array(values, dtype="Int64"), index=amount.index)


def unevenness(per_need: pd.DataFrame, need: str) -> pd.DataFrame:
    """Measure how unevenly money stands to a need, over the districts whose need is known.

    See :mod:`kgstats.analysis.inequality` for the formulas.

    Parameters
    ----------
    per_need
        What :func:`against_need` returns by district.
    need
        The column of the need.

    Returns
    -------
    pandas.DataFrame
        One row: ``hoover_pct`` (the money that would have to be elsewhere), ``gini, theil,
        spread`` (the most per need over the least); null where a measure cannot be formed.

    Examples
    --------
    >>> per_need = pd.DataFrame({"allocated_vnd": [600, 400], "poor_start_hh": [50, 50]})
    >>> unevenness(per_need, "poor_start_hh")[["hoover_pct", "spread"]].to_dict("records")
    [{'hoover_pct': 10.0, 'spread': 1.5}]
    """
    known = per_need[per_need[need].notna() & per_need["allocated_vnd"].notna()]
    if len(known) < 2:
        known = known.iloc[:0]  # One district is neither even nor uneven.
    amounts = [int(value) for value in known["allocated_vnd"]]
    needs = [int(value) for value in known[need]]

    def measure(function: Callable[[Sequence[int], Sequence[int]], Any]) -> Any:
        try:
            found = function(amounts, needs)
        except inequality.NoInequality:
            return pd.NA
        return pd.NA if found is None else float(found)

    row = {
        "hoover_pct": 100 * measure(inequality.hoover),
        "gini": measure(inequality.gini),
        "theil": measure(inequality.theil),
        "spread": measure(inequality.spread),
    }
    return pd.DataFrame([row]).astype("Float64")
