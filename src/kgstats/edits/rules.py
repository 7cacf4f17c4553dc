"""Edit rules over named cells: linear statements and quotients, checked exactly.

Numbers are whole numbers or decimals; no check is made in floating point, so that a sum agrees to
the last unit or does not agree.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Key = Hashable
"""Name of a cell: whatever the user of the rules calls it."""

Number = int | Decimal
Values = Mapping[Key, Number]
Range = tuple[Number | None, Number | None]
"""Lowest and highest possible value; None where there is no limit."""


@dataclass(frozen=True, slots=True)
class Linear:
    """``Σ coefficient · cell = constant``, or ``≤ constant``, within ``slack``.

    ``at`` is the cell that states the result: where a reader is told of the difference.
    """

    name: str
    terms: tuple[tuple[Key, Number], ...]
    relation: Literal["=", "<="] = "="
    constant: Number = 0
    slack: Number = 0
    at: Key | None = None

    @property
    def cells(self) -> tuple[Key, ...]:
        """The cells the rule is about."""
        return tuple([key for key, _ in self.terms])

    def excess(self, values: Values) -> Number:
        """Return the left side less the constant.

        >>> flow = Linear("flow", (("start", 1), ("escaped", -1), ("end", -1)))
        >>> flow.excess({"start": 120, "escaped": 20, "end": 90})
        10
        """
        return sum([values[key] * by for key, by in self.terms], -self.constant)

    def holds(self, values: Values) -> bool:
        """Whether the values satisfy the rule."""
        excess = self.excess(values)
        return excess <= self.slack and (self.relation == "<=" or -excess <= self.slack)

    def range_of(self, key: Key, values: Values) -> Range:
        """Return the values of one cell with which the rule holds, the others as they are."""
        by = sum((factor for name, factor in self.terms if name == key), 0)
        if by == 0:
            return None, None
        rest = self.constant - sum(
            (values[name] * factor for name, factor in self.terms if name != key), 0
        )
        high = _divided(rest + self.slack, by)
        low = None if self.relation == "<=" else _divided(rest - self.slack, by)
        return (low, high) if by > 0 else (high, low)


@dataclass(frozen=True, slots=True)
class Rate:
    """``rate = per · part / base`` within ``slack``: a stated rate is that of its counts.

    It is tried where the base is above zero.
    """

    name: str
    rate: Key
    part: Key
    base: Key
    slack: Decimal = Decimal("0.005")
    per: int = 100
    at: Key | None = None

    @property
    def cells(self) -> tuple[Key, ...]:
        """The cells the rule is about."""
        return self.rate, self.part, self.base

    def holds(self, values: Values) -> bool:
        """Whether the values satisfy the rule.

        >>> rule = Rate("poverty rate", "rate", "poor", "all")
        >>> rule.holds({"rate": Decimal("2.69"), "poor": 269, "all": 10_000})
        True
        """
        base = values[self.base]
        if base <= 0:
            return True
        apart = values[self.part] * self.per - values[self.rate] * base
        return -self.slack * base <= apart <= self.slack * base

    def range_of(self, key: Key, values: Values) -> Range:
        """Return the values of one cell with which the rule holds, the others as they are."""
        if key == self.rate:
            if values[self.base] <= 0:
                return None, None
            exact = _divided(values[self.part] * self.per, values[self.base])
            return exact - self.slack, exact + self.slack
        low, high = values[self.rate] - self.slack, values[self.rate] + self.slack
        if key == self.part:
            base = max(values[self.base], 0)
            return _divided(low * base, self.per), _divided(high * base, self.per)
        part = values[self.part] * self.per
        if part == 0:
            return None, None
        return (
            _divided(part, high) if high > 0 else None,
            _divided(part, low) if low > 0 else None,
        )


Rule = Linear | Rate


def _divided(number: Number, by: Number) -> Number:
    """Divide, keeping whole numbers whole where they are."""
    if isinstance(number, int) and isinstance(by, int) and number % by == 0:
        return number // by
    return Decimal(number) / Decimal(by)


def tried(
    rules: Iterable[Rule], values: Values, latent: Collection[Key] = frozenset()
) -> list[Rule]:
    """Return the rules whose numbers are all there: an absent number says nothing."""
    return [rule for rule in rules if all(key in values or key in latent for key in rule.cells)]


def broken(rules: Iterable[Rule], values: Values) -> list[Rule]:
    """Return the rules that can be tried and do not hold.

    >>> parts = Linear("parts", (("urban", 1), ("rural", 1), ("all", -1)))
    >>> [rule.name for rule in broken([parts], {"urban": 3, "rural": 4, "all": 8})]
    ['parts']
    >>> broken([parts], {"urban": 3, "all": 8})
    []
    """
    return [rule for rule in tried(rules, values) if not rule.holds(values)]
