"""Reading a number as the report prints it, and how precisely it was printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_TOKEN = re.compile(r"\d[\d.]*(?:,\d+)?")
_WELL_FORMED = re.compile(r"\d+(?:,\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?")


@dataclass(frozen=True)
class PrintedNumber:
    """A printed number: its value and the number of decimals printed."""

    value: Decimal
    decimals: int


def read_printed(text: str) -> list[PrintedNumber]:
    """Return the numbers in a printed text, Vietnamese style: ``.`` thousands, ``,`` decimals.

    Raises
    ------
    ValueError
        For a number that is not written that way (``1.23``, ``12.34,5``).

    >>> [str(n.value) for n in read_printed("6,769/13,144")]
    ['6.769', '13.144']
    >>> read_printed("1.020")
    [PrintedNumber(value=Decimal('1020'), decimals=0)]
    """
    found = []
    for token in _TOKEN.findall(text):
        token = token.rstrip(".")
        if not _WELL_FORMED.fullmatch(token):
            raise ValueError(f"{token!r} is not a number in Vietnamese style (1.020 or 2,69)")
        whole, _, part = token.partition(",")
        digits = whole.replace(".", "") + ("." + part if part else "")
        found.append(PrintedNumber(Decimal(digits), len(part)))
    return found


@dataclass(frozen=True)
class Interval:
    """A closed interval of exact rationals: what a printed number can stand for.

    Arithmetic follows the usual rules of interval arithmetic, exactly, so that "can this be
    rounding?" has a definite answer.
    """

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"an interval's low end {self.low} is above its high end {self.high}")

    @classmethod
    def exactly(cls, value: Decimal | Fraction | int) -> Interval:
        """Return the interval of one number."""
        return cls(Fraction(value), Fraction(value))

    @classmethod
    def of_printed(cls, value: Decimal, decimals: int) -> Interval:
        """Return what a number printed to so many decimals stands for: half a last place about.

        >>> interval = Interval.of_printed(Decimal("2.69"), 2)
        >>> float(interval.low), float(interval.high)
        (2.685, 2.695)
        """
        half = Fraction(1, 2 * 10**decimals)
        return cls(Fraction(value) - half, Fraction(value) + half)

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __mul__(self, other: Interval) -> Interval:
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: Interval) -> Interval:
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("the divisor may be zero")
        return self * Interval(1 / other.high, 1 / other.low)

    def meets(self, other: Interval) -> bool:
        """Whether the two have a number in common."""
        return self.low <= other.high and other.low <= self.high
