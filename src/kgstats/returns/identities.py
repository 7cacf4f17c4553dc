"""What a return's numbers must say about one another: the identities of ``forms/identities.csv``.

``end = start − escaped + fell back + new`` for poor and near-poor; a rate is that of its counts;
poor by income and by deprivation make all poor; a part is not above its whole; criteria met are the
marks; the start of a year is the end of the year before; disbursed is at most allocated. Each is a
rule with a name; `judging` tries them.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from importlib import resources

from kgstats.edits import Identity, Rate, read_identities
from kgstats.edits.identities import Quotient, decimals_of, stated_number
from kgstats.edits.rules import Values

BEFORE = "before."
"""Begins the name of a column of the year before."""


@lru_cache
def identities(table: str) -> tuple[Identity, ...]:
    """Return the identities of a clean table."""
    file = resources.files("kgstats.returns") / "forms" / "identities.csv"
    found = read_identities(file.read_text(encoding="utf-8").splitlines())
    return tuple(one for one in found if one.table == table)


@lru_cache
def rates(table: str) -> tuple[Identity, ...]:
    """Return those identities of a table that state a rate."""
    return tuple(one for one in identities(table) if isinstance(one.right, Quotient))


def rate_agrees(table: str, name: str, stated: float, part: int, whole: int) -> bool:
    """Whether a stated rate in per cent is that of its counts, at the decimals it has.

    >>> rate_agrees("poverty", "poor_end_pct", 2.69, 269, 10_000)
    True
    """
    one = next(one for one in rates(table) if one.at == name)
    rate = stated_number(stated)
    slack = max(one.slack, one.rounding.scaleb(-decimals_of(rate)))
    values: Values = {"rate": rate, "part": part, "base": whole}
    return Rate(name, "rate", "part", "base", Decimal(slack)).holds(values)
