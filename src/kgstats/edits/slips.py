"""Slips of the hand: what makes one number of another when it is typed.

A value that would let every rule hold is the more credible the simpler the slip that turned it
into what was typed. The slips are ordered by how often typists make them and by how unlikely it
is that a wrong repair looks like one.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from kgstats.edits.rules import Number, Range

Slip = Literal[
    "zero_too_many", "zero_too_few", "unit", "comma_moved", "sign", "digits_swapped",
    "digit_extra", "digit_missing", "digit_wrong", "exchanged", "shifted", "shifted_down",
]  # fmt: skip
"""What a slip is called. The last three are of several cells of one row or column."""

PLAUSIBLE: tuple[Slip, ...] = (
    "zero_too_many", "zero_too_few", "unit", "comma_moved", "sign", "digits_swapped",
    "exchanged", "shifted", "shifted_down", "digit_extra", "digit_missing", "digit_wrong",
)  # fmt: skip
"""The slips, most plausible first."""

WEAK: frozenset[Slip] = frozenset(("digit_extra", "digit_missing", "digit_wrong"))
"""Slips that explain nearly any difference: they are told only where the right value is known."""

WIDE = Decimal("0.02")
"""From which width on, as a share of the value, a range singles out no digits."""

MOST_ZEROS = 2
"""How many zeros too many or too few still are one slip."""

UNITS = (3, 6, 9)
"""Powers of ten between the units of money: đồng, nghìn, triệu, tỷ."""

LONGEST = 15
"""A longer number is no count and no amount: its digits are not tried one by one."""


def rank(slip: Slip | None) -> int:
    """Return the place of a slip among the plausible ones; no slip at all comes last."""
    return len(PLAUSIBLE) if slip is None else PLAUSIBLE.index(slip)


def candidates(typed: Number) -> Iterator[tuple[Slip, Number]]:
    """Yield the numbers that may have been meant by what was typed, most plausible slip first.

    >>> [number for slip, number in candidates(120) if slip == "zero_too_many"]
    [12]
    >>> [number for slip, number in candidates(69239) if slip == "digits_swapped"]
    [96239, 62939, 69329, 69293]
    """
    whole = typed == int(typed)
    number = Decimal(typed)
    for power in range(1, MOST_ZEROS + 1):
        if whole and int(typed) % 10**power == 0 and typed:
            yield "zero_too_many", int(typed) // 10**power
    if typed and whole:
        for power in range(1, MOST_ZEROS + 1):
            yield "zero_too_few", int(typed) * 10**power
    if typed:
        for power in UNITS:
            yield "unit", _plain(number.scaleb(-power))
            yield "unit", _plain(number.scaleb(power))
        for power in (1, -1, 2, -2):
            yield "comma_moved", _plain(number.scaleb(power))
        yield "sign", -typed
    yield from _digits(number)


def _digits(number: Decimal) -> Iterator[tuple[Slip, Number]]:
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or len(digits) > LONGEST:
        return
    if exponent > 0:
        digits, exponent = digits + (0,) * exponent, 0
    seen = {tuple(digits)}
    for slip, changed in _changed(digits):
        # Nobody types a number with a nought before it.
        begins_well = changed[0] != 0 or len(changed) <= 1 - exponent
        if changed not in seen and begins_well:
            seen.add(changed)
            yield slip, _plain(Decimal((sign, changed, exponent)))


def _changed(digits: tuple[int, ...]) -> Iterator[tuple[Slip, tuple[int, ...]]]:
    places = range(len(digits))
    for at in places[:-1]:
        yield "digits_swapped", (*digits[:at], digits[at + 1], digits[at], *digits[at + 2 :])
    if len(digits) > 1:
        for at in places:
            yield "digit_extra", digits[:at] + digits[at + 1 :]
    for at in range(len(digits) + 1):
        for digit in range(10):
            yield "digit_missing", (*digits[:at], digit, *digits[at:])
    for at in places:
        for digit in range(10):
            yield "digit_wrong", (*digits[:at], digit, *digits[at + 1 :])


def _plain(number: Decimal) -> Number:
    return int(number) if number == number.to_integral_value() else number.normalize()


def within(number: Number, bounds: Range) -> bool:
    """Whether a number lies in a range."""
    low, high = bounds
    return (low is None or number >= low) and (high is None or number <= high)


def slip_between(typed: Number, bounds: Range, *, whole: bool = True) -> tuple[Slip, Number] | None:
    """Return the most plausible slip that makes of a typed number one within bounds.

    Parameters
    ----------
    typed
        The number as it stands.
    bounds
        The values that would be right.
    whole
        Whether only a whole number can be right.

    >>> slip_between(121_710, (12_171, 12_171))
    ('zero_too_many', 12171)
    >>> slip_between(69_239, (69_329, 69_329))
    ('digits_swapped', 69329)
    >>> slip_between(17, (4_000, 4_100)) is None
    True
    """
    low, high = bounds
    wide = low is None or high is None
    if low is not None and high is not None:
        width = Decimal(high) - Decimal(low)
        wide = width > WIDE * max(abs(Decimal(high)), Decimal(1))
    for slip, number in candidates(typed):
        if wide and slip in WEAK:
            return None
        if within(number, bounds) and (not whole or number == int(number)) and number != typed:
            return slip, number
    return None
