"""Exact amounts written as whole đồng, so that parts still add up to their sum."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor


def nearest(value: Fraction) -> int:
    """Round to a whole number, halves away from zero.

    Parameters
    ----------
    value
        An exact number.

    Examples
    --------
    >>> nearest(Fraction(5, 2)), nearest(Fraction(-5, 2)), nearest(Fraction(7, 3))
    (3, -3, 2)
    """
    return floor(value + Fraction(1, 2)) if value >= 0 else -floor(-value + Fraction(1, 2))


def whole(parts: Sequence[Fraction]) -> list[int]:
    """Round parts to whole numbers that add up to the rounded sum (largest remainders).

    No part moves by a whole unit; among equal remainders the first part gets it.

    Parameters
    ----------
    parts
        The exact parts.

    Examples
    --------
    >>> whole([Fraction(1, 3)] * 3), whole([Fraction(5, 2), Fraction(-5, 2)])
    ([1, 0, 0], [3, -3])
    """
    floors = [floor(part) for part in parts]
    left = nearest(sum(parts, Fraction(0))) - sum(floors)
    order = sorted(range(len(parts)), key=lambda i: (floors[i] - parts[i], i))
    for i in order[:left]:
        floors[i] += 1
    return floors
