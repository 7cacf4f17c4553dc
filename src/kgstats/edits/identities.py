"""Identities as data: one line of a table states one rule for every row it can be tried on.

.. code-block:: text

    table,name,at,left,relation,right,slack,rounding,when
    poverty,flow,poor_end_hh,poor_end_hh,=,poor_start_hh - poor_escaped_hh + poor_new_hh,,,
    poverty,rate,poor_end_pct,poor_end_pct,=,100 * poor_end_hh / households_hh,0.06,1,
    communes,criteria,criteria_met,criteria_met,=,met *,,,
    poverty,start,poor_start_hh,poor_start_hh,=,before.poor_end_hh,,,

A name is a column of the row; ``before.`` names the same row of the year before; a name that ends
in ``*`` stands for the sum of all columns that begin so. ``slack`` is how far both sides may be
apart; ``rounding`` the same in units of the last decimal that is stated, where the left side is
rounded. ``when`` (``status=recognised``) limits the rule to rows with a word.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from kgstats.edits.rules import Key, Linear, Number, Rate, Rule

FIELDS = ("table", "name", "at", "left", "relation", "right", "slack", "rounding", "when")
"""Columns of a file of identities."""

RELATIONS = ("=", "<=")

_NAME = r"[a-z_][a-z0-9_.]*(?: ?\*)?"
_TERM = re.compile(rf"\s*([+-]?)\s*(?:(\d+)\s*\*\s*)?(?:({_NAME})|(\d+))")
_QUOTIENT = re.compile(rf"^\s*(\d+)\s*\*\s*({_NAME})\s*/\s*({_NAME})\s*$")


class IdentityError(ValueError):
    """A line of a file of identities that cannot be read. Says which, and why."""


@dataclass(frozen=True, slots=True)
class Quotient:
    """``per · part / base``, the right side of a rate."""

    per: int
    part: str
    base: str


@dataclass(frozen=True, slots=True)
class Identity:
    """One rule between the columns of a table."""

    table: str
    name: str
    at: str
    left: tuple[tuple[str, int], ...]
    relation: str
    right: tuple[tuple[str, int], ...] | Quotient
    constant: int = 0
    slack: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    when: tuple[str, str] | None = None
    columns: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The columns the rule names, those of the year before too."""
    terms: tuple[tuple[str, int], ...] = field(init=False, repr=False, compare=False)
    """The left side less the right one, where that is no quotient."""

    def __post_init__(self) -> None:
        right = self.right
        names = [name for name, _ in self.left]
        terms = list(self.left)
        if isinstance(right, Quotient):
            names += (right.part, right.base)
        else:
            names += (name for name, _ in right)
            terms += ((name, -by) for name, by in right)
        object.__setattr__(self, "columns", tuple(names))
        object.__setattr__(self, "terms", tuple(terms))

    def named(self, row: Iterable[str]) -> list[str]:
        """Return the columns of a row that the rule is about, those of a ``*`` one by one."""
        return [one for name in self.columns for one in _expanded(name, row)]

    def on(
        self,
        values: Mapping[str, Number],
        key: Mapping[str, Key] | None = None,
        words: Mapping[str, Any] | None = None,
    ) -> Rule | None:
        """Return the rule for one row, or None where it cannot be tried.

        Parameters
        ----------
        values
            Numbers of the row by column; those of the year before as ``before.<column>``.
        key
            The cell of each column, where rules of many rows stand side by side; the column's
            name when not given.
        words
            Words of the row by column, for identities with a condition.
        """
        if self.when is not None and (words or {}).get(self.when[0]) != self.when[1]:
            return None
        name_of: Mapping[str, Key] = key or {name: name for name in values}
        at = name_of.get(self.at, self.at)
        if isinstance(self.right, Quotient):
            names = self.columns
            if any(name not in values for name in names):
                return None
            rate, part, base = (name_of[name] for name in names)
            slack = max(self.slack, self.rounding.scaleb(-decimals_of(values[names[0]])))
            return Rate(self.name, rate, part, base, slack, self.right.per, at)
        terms: list[tuple[Key, Number]] = []
        for name, by in self.terms:
            found = _expanded(name, values)
            if not found:
                return None
            terms.extend((name_of[one], by) for one in found)
        relation = "<=" if self.relation == "<=" else "="
        return Linear(self.name, tuple(terms), relation, self.constant, self.slack, at)  # type: ignore[arg-type]

    def fails(self, values: Mapping[str, Number], words: Mapping[str, Any] | None = None) -> bool:
        """Whether the rule can be tried on one row and does not hold; `on` gives the rule itself.

        >>> (flow,) = read_identities([",".join(FIELDS), "t,flow,end,end,=,start - escaped,,,"])
        >>> flow.fails({"start": 9, "escaped": 2, "end": 8}), flow.fails({"start": 9, "end": 8})
        (True, False)
        """
        if self.when is not None and (words or {}).get(self.when[0]) != self.when[1]:
            return False
        if isinstance(self.right, Quotient):
            rate, part, base = map(values.get, self.columns)
            if rate is None or part is None or base is None or base <= 0:
                return False
            slack = max(self.slack, self.rounding.scaleb(-decimals_of(rate))) * base
            apart = part * self.right.per - rate * base
            return not -slack <= apart <= slack
        excess: Number = -self.constant
        for name, by in self.terms:
            value = values.get(name)
            if value is None:
                found = _expanded(name, values)
                if not found:
                    return False
                value = sum([values[one] for one in found])
            excess += value * by
        if not excess and self.slack >= 0:
            return False
        return excess > self.slack or (self.relation == "=" and -excess > self.slack)


def _expanded(name: str, values: Iterable[str]) -> list[str]:
    if not name.endswith("*"):
        return [name] if name in values else []
    start = name.rstrip("* ")
    return [one for one in values if one.startswith(f"{start} ")]


def decimals_of(number: Number) -> int:
    """Return how many decimals a number states.

    >>> decimals_of(Decimal("8.40")), decimals_of(3)
    (2, 0)
    """
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0


def stated_number(value: float | int | Decimal) -> Number:
    """Return a number exactly as it is stated: 2.69 is two decimals, not the nearest binary.

    >>> stated_number(2.69), stated_number(3.0), stated_number(17)
    (Decimal('2.69'), 3, 17)
    """
    return value if isinstance(value, int | Decimal) else _exact(value)


@lru_cache(maxsize=1 << 15)
def _exact(value: float) -> Number:
    exact = Decimal(f"{value:.12g}")
    return int(exact) if exact == exact.to_integral_value() else exact


def read_identities(lines: Iterable[str]) -> tuple[Identity, ...]:
    """Read a file of identities, line by line.

    Raises
    ------
    IdentityError
        Naming the line and what is wrong with it.
    """
    found: list[Identity] = []
    for number, row in enumerate(csv.DictReader(lines), 2):
        if set(row) != set(FIELDS):
            raise IdentityError(f"line {number}: the columns must be {', '.join(FIELDS)}")
        try:
            found.append(_identity({name: (value or "").strip() for name, value in row.items()}))
        except (ValueError, InvalidOperation) as error:
            raise IdentityError(f"line {number} ({row['name']}): {error}") from None
    return tuple(found)


def _identity(row: Mapping[str, str]) -> Identity:
    if row["relation"] not in RELATIONS:
        raise ValueError(f"the relation {row['relation']!r} is none of {', '.join(RELATIONS)}")
    left, constant = _terms(row["left"])
    right: tuple[tuple[str, int], ...] | Quotient
    match = _QUOTIENT.match(row["right"])
    if match is not None:
        if len(left) != 1 or constant or row["relation"] != "=":
            raise ValueError("a quotient stands right of one rate and of =")
        right = Quotient(int(match[1]), match[2], match[3])
    else:
        right, other = _terms(row["right"])
        constant = other - constant
    when = tuple(row["when"].split("=", 1)) if row["when"] else None
    if when is not None and len(when) != 2:
        raise ValueError(f"the condition {row['when']!r} is not column=word")
    return Identity(
        row["table"], row["name"], row["at"], left, row["relation"], right, constant,
        Decimal(row["slack"] or 0), Decimal(row["rounding"] or 0), when,
    )  # fmt: skip


def _terms(text: str) -> tuple[tuple[tuple[str, int], ...], int]:
    """Read ``a - 2 * b + 3`` into its terms and its constant."""
    terms: list[tuple[str, int]] = []
    constant, place = 0, 0
    while place < len(text.rstrip()):
        match = _TERM.match(text, place)
        if match is None or (place and not match[1]):
            raise ValueError(f"{text!r} cannot be read from {text[place:]!r}")
        by = (-1 if match[1] == "-" else 1) * int(match[2] or 1)
        if match[3]:
            terms.append((match[3], by))
        else:
            constant += by * int(match[4])
        place = match.end()
    if not terms and not text.strip():
        raise ValueError("a side is empty")
    return tuple(terms), constant
