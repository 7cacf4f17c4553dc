"""What a gap is made of: the general level, the mix of money, and the district's own pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from kgstats.analysis import indicators, tidy
from kgstats.analysis.funding.lines import KIND_OF_MONEY, FundingError, in_order, measured
from kgstats.analysis.funding.rounding import whole
from kgstats.analysis.tidy import By, keys


def decompose(
    money: pd.DataFrame, by: By = "district", kinds: Sequence[str] = KIND_OF_MONEY
) -> pd.DataFrame:
    """Divide the gap of each district into general level, mix, and the district's own part.

    With r the rate of all measured money, r_k that of money of one kind k (programme,
    component, source, investment or recurrent, own plan or carried) over all districts, and A_dk,
    D_dk the amounts of district d:

    - general level: Σ_k A_dk · (1 − r): the gap at the common rate;
    - mix: Σ_k A_dk · (r − r_k): having more of the slow kinds of money than others;
    - own: Σ_k (A_dk · r_k − D_dk): being slower than the others with the same kind of money.

    The three add up to the district's gap, to the đồng. Over all districts (``by=()``) the general
    level is the whole gap, and mix and own are zero (but for money paid on a kind without any
    plan, whose rate does not exist: it stands against mix and own with opposite signs).

    Parameters
    ----------
    money
        What :func:`kgstats.analysis.funding.lines` returns.
    by
        What is set apart.
    kinds
        The columns that make a kind of money.

    Returns
    -------
    pandas.DataFrame
        The keys, ``covered_vnd, disbursed_vnd, gap_vnd, disbursed_rate_pct, general_vnd,
        mix_vnd, own_vnd``; without rows where nothing is measured.

    Examples
    --------
    >>> money = pd.DataFrame(
    ...     {
    ...         "district_code": ["906", "908"], "kind": ["investment", "recurrent"],
    ...         "allocated_vnd": [100, 100], "disbursed_vnd": [100, 0],
    ...     }
    ... )
    >>> decompose(money, kinds=["kind"])[["general_vnd", "mix_vnd", "own_vnd"]].to_dict("list")
    {'general_vnd': [50, 50], 'mix_vnd': [-50, 50], 'own_vnd': [0, 0]}
    """
    names = keys(by)
    held = measured(money)
    columns = ["covered_vnd", "disbursed_vnd", "gap_vnd", "disbursed_rate_pct"]
    table = in_order(indicators.disbursement(held, by), names)[[*names, *columns]]
    if held.empty:
        return table.head(0).assign(general_vnd=[], mix_vnd=[], own_vnd=[])
    paid, plan = int(held["disbursed_vnd"].sum()), int(held["allocated_vnd"].sum())
    common = Fraction(paid, plan) if plan > 0 else Fraction(1)
    of_kind = held[[*kinds]].assign(mix=_slowness(held, kinds, common))
    mixes = held[names].assign(mix=of_kind["mix"] * held["allocated_vnd"].map(Fraction))
    general = [int(amount) * (1 - common) for amount in table["covered_vnd"]]
    if names:
        mix = table[names].merge(mixes.groupby(names, dropna=False)["mix"].sum().reset_index())
        table["mix_vnd"] = whole(list(mix["mix"]))
    else:
        table["mix_vnd"] = whole([mixes["mix"].sum()])
    table["general_vnd"] = whole(general)
    table["own_vnd"] = table["gap_vnd"] - table["general_vnd"] - table["mix_vnd"]
    parts = ["general_vnd", "mix_vnd", "own_vnd"]
    return table.astype(dict.fromkeys(parts, "Int64"))[[*names, *columns, *parts]]


def _slowness(held: pd.DataFrame, kinds: Sequence[str], common: Fraction) -> pd.Series:
    """Return r − r_k for each line; zero where its kind of money has no plan, so no rate."""
    grouped = held.groupby(list(kinds), dropna=False)
    plan = grouped["allocated_vnd"].transform("sum")
    paid = grouped["disbursed_vnd"].transform("sum")
    return pd.Series(
        [
            common - Fraction(int(below), int(above)) if above > 0 else Fraction(0)
            for above, below in zip(plan, paid, strict=True)
        ],
        index=held.index,
        dtype=object,
    )


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

    Parameters
    ----------
    budget
        What was planned, a number a heading.
    actual
        What was spent, in the same order.

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
    if sum(budget) <= 0:
        return Outturn(None, None)
    ratio = Fraction(sum(actual), sum(budget))
    if ratio <= 0:
        return Outturn(ratio, None)
    moved = sum((abs(a - b * ratio) for a, b in zip(actual, budget, strict=True)), Fraction(0))
    return Outturn(ratio, moved / sum(actual))


def composition(
    money: pd.DataFrame, headings: Sequence[str] = ("component", "source", "kind")
) -> pd.DataFrame:
    """Return outturn and composition variance by programme, on measured lines of the own plan.

    Parameters
    ----------
    money
        Lines of money: the clean table ``funding``, whole or filtered.
    headings
        Columns that make a heading.

    Returns
    -------
    pandas.DataFrame
        ``programme, headings`` (how many), ``allocated_vnd`` (of the whole own plan),
        ``covered_vnd, disbursed_vnd`` (of the lines measured), ``outturn_pct, variance_pct`` (see
        :class:`Outturn`). The plan stands for the originally approved budget,
        which returns do not give.

    Examples
    --------
    >>> money = pd.DataFrame(
    ...     {
    ...         "programme": "ntm", "component": "ntm_general", "source": "central",
    ...         "kind": ["investment", "recurrent"], "vintage": "current",
    ...         "allocated_vnd": [100, 100], "disbursed_vnd": [80, 40],
    ...     }
    ... )
    >>> composition(money)[["outturn_pct", "variance_pct"]].round(1).to_dict("list")
    {'outturn_pct': [60.0], 'variance_pct': [33.3]}
    """
    plan = money[money["vintage"] == "current"]
    sums = indicators.disbursement(measured(plan), ["programme", *headings])
    allocated = plan.groupby("programme")["allocated_vnd"].sum()
    rows = []
    for programme, part in sums.groupby("programme", sort=False):
        budget = [int(amount) for amount in part["covered_vnd"]]
        actual = [int(amount) for amount in part["disbursed_vnd"]]
        found = outturn(budget, actual)
        shares = [
            None if share is None else float(100 * share)
            for share in (found.outturn, found.variance)
        ]
        amounts = (allocated[programme], sum(budget), sum(actual))
        rows.append((programme, len(part), *amounts, *shares))
    table = tidy.frame(
        rows,
        "string: programme",
        "Int64: headings allocated_vnd covered_vnd disbursed_vnd",
        "Float64: outturn_pct variance_pct",
    )
    return in_order(table, ["programme"])
