"""Lines of money: one year's, checked, with what can be said about each.

Every function takes, unless it says otherwise: ``money``, lines of money: the clean table
``funding``, whole or filtered.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import pandas as pd

from kgstats.reference import funding_rules
from kgstats.reference.programmes import PROGRAMMES

DIMENSIONS = ("district_code", "programme", "component", "source", "kind", "plan_year")
"""What makes a line of the clean table ``funding``, beside its year."""
NEEDED = ("year", *DIMENSIONS, "allocated_vnd", "disbursed_vnd", "cut_off")
KIND_OF_MONEY = ("programme", "component", "source", "kind", "vintage")
"""What a line's money is, wherever it is: the mix that a district's gap depends on."""
VINTAGES = ("current", "carried")


class FundingError(ValueError):
    """The table given is not the clean table ``funding`` of one year, or has nothing asked for."""

    def _render_traceback_(self) -> list[str]:
        """Show one line in a notebook."""
        return [f"{type(self).__name__}: {self}"]


def lines(funding: pd.DataFrame, year: int, programme: str | None = None) -> pd.DataFrame:
    """Return one year's lines of money, each with its gap and vintage.

    Gap = A − D, what is allocated less what is disbursed by the cut-off; null where either is not
    reported. A missing cut-off is taken as most lines', and said so.

    Parameters
    ----------
    year
        The reporting year.
    funding
        The clean table ``funding`` (amounts in whole đồng; null disbursement = not reported).
    programme
        ``ntm`` or ``gnbv``; both by default.

    Returns
    -------
    pandas.DataFrame
        The table's columns and ``vintage`` (``current``: the year's own plan; ``carried``: money
        of an earlier plan year), ``gap_vnd``, ``cut_off_assumed``. Without rows where no
        district reported such a line.

    Raises
    ------
    FundingError
        For missing columns, rows of another year, or an unknown programme.

    Examples
    --------
    >>> funding = pd.DataFrame(
    ...     {
    ...         "year": 2019, "district_code": "908", "programme": "ntm",
    ...         "component": "ntm_general", "source": "central", "kind": "investment",
    ...         "plan_year": [2019, 2018], "allocated_vnd": [500, 300],
    ...         "disbursed_vnd": [200, None], "cut_off": pd.Timestamp(2019, 12, 20),
    ...     }
    ... )
    >>> lines(funding, 2019)[["plan_year", "vintage", "gap_vnd"]]
       plan_year  vintage  gap_vnd
    0       2019  current      300
    1       2018  carried     <NA>
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
    frame = frame.reset_index(drop=True)
    optional = {"disbursed_pct": "Float64", "cause": "string", "note": "string"}
    for name, kind in optional.items():
        if name not in frame.columns:
            frame[name] = pd.array([pd.NA] * len(frame), kind)
    frame = frame.astype(dict.fromkeys(("plan_year", "allocated_vnd", "disbursed_vnd"), "Int64"))
    carried = (frame["plan_year"] < year).fillna(False)
    frame["vintage"] = pd.Series("current", frame.index, dtype="string").mask(carried, "carried")
    frame["gap_vnd"] = frame["allocated_vnd"] - frame["disbursed_vnd"]
    days = pd.to_datetime(frame["cut_off"])
    frame["cut_off_assumed"] = days.isna().astype("boolean")
    usual = days.dropna().mode()
    frame["cut_off"] = days.fillna(usual.iloc[0] if len(usual) else pd.Timestamp(year, 12, 31))
    return frame


def measured(money: pd.DataFrame) -> pd.DataFrame:
    """Return the lines on which both what is allocated and what is disbursed is known.

    Examples
    --------
    >>> money = pd.DataFrame({"allocated_vnd": [5, 5, None], "disbursed_vnd": [3, None, 2]})
    >>> len(measured(money))
    1
    """
    amounts = ["allocated_vnd", "disbursed_vnd"]
    return money[money[amounts].notna().all(axis=1)].astype(dict.fromkeys(amounts, "Int64"))


def comparable(money: pd.DataFrame) -> pd.DataFrame:
    """Return the lines whose amounts can be compared as paces (not :func:`without_rate`).

    A booking of less than nothing, or a payment on a plan of nothing, stays in every sum; beside
    rates it would make others look quick or slow.

    Examples
    --------
    >>> money = pd.DataFrame({"allocated_vnd": [5, 5, -1], "disbursed_vnd": [3, -2, None]})
    >>> len(comparable(money))
    1
    """
    return money[~without_rate(money)]


def without_rate(money: pd.DataFrame) -> pd.Series:
    """Say which lines have no rate: an amount below zero, or money paid on a plan of nothing.

    Examples
    --------
    >>> money = pd.DataFrame({"allocated_vnd": [5, 5, 0, 0], "disbursed_vnd": [3, -2, 1, 0]})
    >>> without_rate(money).tolist()
    [False, True, True, False]
    """
    plan, paid = money["allocated_vnd"], money["disbursed_vnd"]
    return ((plan < 0) | (paid < 0) | (plan == 0) & (paid > 0)).fillna(False).astype(bool)


def year_of(money: pd.DataFrame) -> int:
    """Return the year whose lines these are; 0 where there is no line, which no rule is of."""
    years = money["year"].dropna()
    return int(years.iloc[0]) if len(years) else 0


@lru_cache
def _orders() -> dict[str, tuple[str, ...]]:
    return {
        "programme": PROGRAMMES,
        "source": funding_rules.SOURCES,
        "kind": funding_rules.KINDS,
        "vintage": VINTAGES,
        "component": tuple(str(name) for name in funding_rules.components()["component"]),
    }


def in_order(frame: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return the rows in the field's own order of programmes, sources, kinds, plan years.

    Codes that the reference does not know come after those it knows, null last; the newest plan
    year first.

    Parameters
    ----------
    frame
        Rows with the columns ``keys``.
    keys
        The columns they are ordered by.

    Examples
    --------
    >>> frame = pd.DataFrame({"source": ["district", "lottery", "central"]})
    >>> in_order(frame, ["source"])["source"].tolist()
    ['central', 'district', 'lottery']
    """

    def place(column: pd.Series) -> pd.Series:
        if column.name == "plan_year":
            return -column.astype("Int64")
        known = _orders().get(str(column.name), ())
        order = [*known, *sorted(set(column.dropna()) - set(known))]
        return column.map({value: at for at, value in enumerate(order)}).astype("Int64")

    if not keys:
        return frame.reset_index(drop=True)
    return frame.sort_values(list(keys), key=place, kind="stable", ignore_index=True)
