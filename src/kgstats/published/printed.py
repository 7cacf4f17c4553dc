"""Reading a number as the report prints it, and how precisely it was printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kgstats.published.qualifiers import rows

_GROUPED = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?"
_POINTED = r"\d+\.\d{1,2}(?!\d)"
_PLAIN = r"\d+(?:, ?\d+)?"
SIMPLE = rf"(?:{_GROUPED}(?![\d])|{_POINTED}|{_PLAIN})"
"""One number as reports print it: ``1.020``, ``2,69``, ``71, 4``, and ``4.21`` by other hands."""
THOUSANDS = {row["word"]: int(row["power"]) for row in rows("number_words")}
"""Number words and the power of ten that each stands for."""
SCALES = {
    "VND": 1, "VND_thousand": 10**3, "VND_million": 10**6, "VND_billion": 10**9,
    "VND_million_per_person_year": 10**6,
}  # fmt: skip
"""How many đồng one of a unit of money is; any other unit counts itself."""


def _said(*powers: int) -> str:
    return "|".join(word for word, power in THOUSANDS.items() if power in powers)


_LESSER = (
    rf"(?P<word>{_said(9)})\b"
    rf"(?:\s(?P<less9>\d{{1,3}})(?:\s(?P<lower9>{_said(6, 3)})\b)(?![\d.,/]))?",
    rf"(?P<word6>{_said(6)})\b"
    rf"(?:\s(?P<less6>\d{{1,3}})(?:\s(?P<lower6>{_said(3)})\b)(?![\d.,/]))?",
    rf"(?P<word3>{_said(4, 3)})\b(?:\s(?P<less3>\d{{1,3}})(?![\d.,/]))?",
)
"""A number word and what may follow it: only what is less."""
COMPOUND = re.compile(rf"(?P<more>{SIMPLE})\s(?:{'|'.join(_LESSER)})", re.IGNORECASE)
_NUMBER = re.compile(rf"{COMPOUND.pattern}|(?P<simple>{SIMPLE})", re.IGNORECASE)
_STRANGE = re.compile(r"[\d][\d.,]*\d|\d")


@dataclass(frozen=True)
class PrintedNumber:
    """A printed number: its value and the number of decimals printed.

    ``30 ngàn`` is printed to the thousand: it has -3 decimals.
    """

    value: Decimal
    decimals: int


def number_of(text: str) -> PrintedNumber:
    """Return one number printed in digits.

    Raises
    ------
    ValueError
        For digits grouped in a way nobody means (``12.34,5``, ``1.2345``).

    >>> number_of("52.486,08").value, number_of("71, 4").value, number_of("4.21").decimals
    (Decimal('52486.08'), Decimal('71.4'), 2)
    """
    if not re.fullmatch(SIMPLE, text):
        raise ValueError(f"{text!r} is not a number in Vietnamese style (1.020 or 2,69)")
    if re.fullmatch(_POINTED, text):
        whole, _, part = text.partition(".")
    else:
        whole, _, part = text.replace(" ", "").partition(",")
        whole = whole.replace(".", "")
    return PrintedNumber(Decimal(whole + ("." + part if part else "")), len(part))


def read_printed(text: str) -> list[PrintedNumber]:
    """Return the numbers in a printed text, Vietnamese style: ``.`` thousands, ``,`` decimals.

    Number words count with the digits before them; of two units of money the first is the unit.

    Raises
    ------
    ValueError
        For a number that is not written that way (``12.34,5``).

    >>> [str(n.value) for n in read_printed("6,769/13,144")]
    ['6.769', '13.144']
    >>> read_printed("1.020")
    [PrintedNumber(value=Decimal('1020'), decimals=0)]
    >>> [str(n.value) for n in read_printed("30 ngàn 309")], read_printed("1 tỷ 250 triệu")
    (['30309'], [PrintedNumber(value=Decimal('1.250'), decimals=3)])
    """
    found = []
    at = 0
    while (strange := _STRANGE.search(text, at)) is not None:
        match = _NUMBER.match(text, strange.start())
        if (
            match is None
            or match.end() < strange.end()
            or text[match.end() : match.end() + 1].isdigit()
        ):
            found.append(number_of(strange.group()))
            at = strange.end()
            continue
        found.append(_valued(match))
        at = match.end()
    return found


def _valued(match: re.Match[str]) -> PrintedNumber:
    if match["simple"] is not None:
        return number_of(match["simple"])
    for digit in ("", "6", "3"):
        if match[f"word{digit}"] is not None:
            word, place = match[f"word{digit}"].lower(), digit or "9"
            break
    first, power = number_of(match["more"]), THOUSANDS[word]
    less = match[f"less{place}"]
    if less is None:
        value = first.value.scaleb(power)
        return PrintedNumber(value.quantize(Decimal(1)), first.decimals - power)
    if place == "3":
        return PrintedNumber(first.value * 10**power + Decimal(less), 0)
    # An amount of money, in the first of its two units.
    below = THOUSANDS[match[f"lower{place}"].lower()]
    return PrintedNumber(first.value + Decimal(less).scaleb(below - power), power - below)


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
        half = Fraction(10) ** -decimals / 2
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
