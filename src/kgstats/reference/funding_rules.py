"""Rules for programme money: when a plan's money may last be paid, when it was given out.

Every rule has its years. What could not be read in the law or decision itself is marked
``confirmed = no`` and is shown to readers as unconfirmed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from kgstats.reference import published_facts
from kgstats.reference.tables import records, table

KINDS: tuple[str, ...] = ("investment", "recurrent")
SOURCES: tuple[str, ...] = ("central", "province", "district", "integrated", "community")
ANY = "*"


class NoCloseKnown(ValueError):
    """No legal close is known for that kind of money and plan year."""


@dataclass(frozen=True)
class Close:
    """When money of one plan year ends.

    ``close`` is the last day on which work is done and paid; ``settle`` the last day of the
    adjustment in which what was accepted by the close may still be paid (the same day where the
    law gives none).
    """

    rule: str
    close: dt.date
    settle: dt.date
    basis: str
    confirmed: bool
    note: str


@dataclass(frozen=True)
class Allocation:
    """The decision by which money was given out in detail, and its date."""

    allocated_on: dt.date
    document: str
    confirmed: bool


@lru_cache
def _records(name: str) -> tuple[dict[str, str], ...]:
    """Read a table once: every line of money asks it."""
    return tuple(records(name))


def close(kind: str, plan_year: int, reporting_year: int) -> Close:
    """Return the legal close of money of a plan year, seen from a reporting year.

    Money of the reporting year's own plan is *current*; money of the year before is *carried*
    and ends with the year it was carried into.

    Parameters
    ----------
    kind
        ``investment`` (đầu tư phát triển) or ``recurrent`` (sự nghiệp).

    Raises
    ------
    NoCloseKnown
        For money carried for more than one year, of a later plan year, or of years without rule.

    Examples
    --------
    >>> close("investment", 2019, 2019).close.isoformat()
    '2020-01-31'
    >>> close("investment", 2018, 2019).close.isoformat()
    '2019-12-31'
    >>> recurrent = close("recurrent", 2019, 2019)
    >>> recurrent.close.isoformat(), recurrent.settle.isoformat(), recurrent.confirmed
    ('2019-12-31', '2020-01-31', False)
    """
    age = reporting_year - plan_year
    vintage = {0: "current", 1: "carried"}.get(age)
    for row in _records("funding_closes"):
        if (row["kind"], row["vintage"]) == (kind, vintage) and _holds(row, plan_year):
            return Close(
                rule=row["rule"],
                close=_day(plan_year, row["close_year_offset"], row["close_month_day"]),
                settle=_day(plan_year, row["settle_year_offset"], row["settle_month_day"]),
                basis=row["basis"],
                confirmed=row["confirmed"] == "yes",
                note=row["note"],
            )
    raise NoCloseKnown(
        f"no legal close is known for {kind} money of plan year {plan_year} in {reporting_year}: "
        "add it to reference/data/funding_closes.csv"
    )


def _holds(row: dict[str, str], plan_year: int) -> bool:
    last = row["last_plan_year"]
    return int(row["first_plan_year"]) <= plan_year and (not last or plan_year <= int(last))


def _day(plan_year: int, offset: str, month_day: str) -> dt.date:
    month, day = month_day.split("-")
    return dt.date(plan_year + int(offset), int(month), int(day))


def allocation(programme: str, source: str, kind: str, plan_year: int) -> Allocation | None:
    """Return the decision that gave a plan's money out in detail; None where it is not known.

    >>> allocation("ntm", "central", "investment", 2019).allocated_on.isoformat()
    '2019-05-20'
    >>> allocation("ntm", "central", "investment", 2018) is None
    True
    """
    for row in _records("funding_allocations"):
        wanted = (programme, source, kind, str(plan_year))
        given = (row["programme"], row["source"], row["kind"], row["plan_year"])
        if all(g in (ANY, w) for g, w in zip(given, wanted, strict=True)):
            return Allocation(
                dt.date.fromisoformat(row["allocated_on"]),
                row["document"],
                row["confirmed"] == "yes",
            )
    return None


def components() -> pd.DataFrame:
    """Return the components money is given for, in the order of the programmes' decisions.

    Returns
    -------
    pandas.DataFrame
        ``component, programme, under`` (30a, 135 or null)``, name_vi, name_en, short_vi,
        short_en``.

    Examples
    --------
    >>> components()["component"].head(2).tolist()
    ['ntm_general', 'gnbv_30a_infrastructure']
    """
    return table("funding_components")


_MEASURES = {
    "allocated_vnd": "allocated",
    "disbursed_vnd": "disbursed",
    "disbursed_rate_pct": "rate",
}


def published(year: int) -> pd.DataFrame:
    """Return which printed figure of a year's report says which amount, for setting side by side.

    These are the facts on money of :mod:`kgstats.reference.published_facts` that stand in a
    report.

    Returns
    -------
    pandas.DataFrame
        ``figure`` (id, or ids joined by ``+``), ``part`` (``value`` or the denominator ``of``),
        ``measure`` (``allocated, disbursed, rate, projects, projects_planned, households,
        persons``), ``programme, component, source, kind`` (``*`` any, ``|`` between several),
        ``plan_year``, ``identities`` (of the audit, joined by ``|``). Without rows for a year
        whose report was not transcribed.

    Examples
    --------
    >>> published(2019)["figure"][1], len(published(2020))
    ('ntm_central_2019_allocated', 0)
    """
    columns = ["figure", "part", "measure", "programme", "component", "source", "kind"]
    rows = [
        (
            fact.figure,
            fact.part,
            _MEASURES.get(fact.indicator, fact.indicator),
            *(fact.where.get(name, ANY) for name in columns[3:]),
            fact.where["plan_year"],
            "|".join(fact.identities) or pd.NA,
        )
        for fact in published_facts.facts()
        if fact.subject == "funding" and fact.document and fact.year == year
    ]
    frame = pd.DataFrame(rows, columns=[*columns, "plan_year", "identities"], dtype="string")
    return frame.astype({"plan_year": "Int64"})
