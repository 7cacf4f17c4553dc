"""Rules for programme money: when a plan's money may last be paid, when it was given out.

Every rule has its years. What could not be read in the law or decision itself is marked
``confirmed = no`` and is shown to readers as unconfirmed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from kgstats import registry
from kgstats.reference import published_facts
from kgstats.reference.tables import records, table

KINDS = tuple(registry.codes("kind"))
SOURCES = tuple(registry.codes("source"))
ANY = "*"


class NoCloseKnown(ValueError):
    """No legal close is known for that kind of money and plan year."""


@dataclass(frozen=True)
class Close:
    """The last day on which money of one plan year may be paid, by one reading of the law.

    ``in_force_from`` and ``in_force_to`` say since when and until when the text held, where that
    is known; ``confirmed`` whether the text itself was read.
    """

    rule: str
    day: dt.date
    in_force_from: dt.date | None
    in_force_to: dt.date | None
    basis: str
    confirmed: bool
    source: str
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


def closes(kind: str, plan_year: int, reporting_year: int) -> tuple[Close, ...]:
    """Return the last days for paying money of a plan year, seen from a reporting year.

    There are several where the documents at hand can be read in two ways, or where a law has a
    close and an adjustment after it; the earliest comes first, and each day once. Money of the
    reporting year's own plan is *current*; money of the year before is *carried* and ends with
    the year it was carried into.

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
    >>> [one.day.isoformat() for one in closes("investment", 2019, 2019)]
    ['2020-01-31', '2020-12-31']
    >>> [(one.day.isoformat(), one.confirmed) for one in closes("investment", 2020, 2020)]
    [('2021-01-31', True)]
    >>> [one.rule for one in closes("recurrent", 2019, 2019)]
    ['recurrent_2017', 'recurrent_2017_adjusted']
    """
    vintage = {0: "current", 1: "carried"}.get(reporting_year - plan_year)
    found = [
        Close(
            rule=row["rule"],
            day=_day(plan_year, row["year_offset"], row["month_day"]),
            in_force_from=_date(row["in_force_from"]),
            in_force_to=_date(row["in_force_to"]),
            basis=row["basis"],
            confirmed=row["confirmed"] == "yes",
            source=row["source"],
            note=row["note"],
        )
        for row in _records("funding_closes")
        if (row["kind"], row["vintage"]) == (kind, vintage) and _holds(row, plan_year)
    ]
    if not found:
        raise NoCloseKnown(
            f"no legal close is known for {kind} money of plan year {plan_year} in "
            f"{reporting_year}: add it to reference/data/funding_closes.csv"
        )
    return tuple(sorted(found, key=lambda one: one.day))


def _holds(row: dict[str, str], plan_year: int) -> bool:
    last = row["last_plan_year"]
    return int(row["first_plan_year"]) <= plan_year and (not last or plan_year <= int(last))


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


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
