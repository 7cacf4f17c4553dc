"""How unevenly an amount stands to the need it is meant for. Exact; no causal meaning.

Every unit (a district) has an amount x and a need w, both at least zero. With amount and need in
the same proportion everywhere, each measure is 0.

Every function takes, unless it says otherwise: ``amounts``, what each unit was given, a number a
unit; ``needs``, what each unit needs, such as its poor households; in the order of ``amounts``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import fsum, log


class NoInequality(ValueError):
    """An inequality measure cannot be formed from these amounts and needs."""


def _check(amounts: Sequence[int], needs: Sequence[int]) -> tuple[int, int]:
    if len(amounts) != len(needs):
        raise NoInequality(f"{len(amounts)} amounts, but {len(needs)} needs: one of each a unit")
    if any(x < 0 for x in amounts) or any(w < 0 for w in needs):
        raise NoInequality("amounts and needs must not be negative")
    total, need = sum(amounts), sum(needs)
    if total == 0 or need == 0:
        raise NoInequality("there is no amount, or no need, to compare with")
    return total, need


def hoover(amounts: Sequence[int], needs: Sequence[int]) -> Fraction:
    """Share of the amount that would have to change place to follow need exactly.

    ½ · Σ | x_i / Σx − w_i / Σw |; 0 when amounts follow need, towards 1 when one unit without
    need has everything.

    Raises
    ------
    NoInequality
        For negative values, lists of different lengths, or nothing to divide.

    Examples
    --------
    >>> hoover([60, 40], [50, 50])
    Fraction(1, 10)
    """
    total, need = _check(amounts, needs)
    gaps = (
        abs(Fraction(x, total) - Fraction(w, need)) for x, w in zip(amounts, needs, strict=True)
    )
    return sum(gaps, Fraction(0)) / 2


def lorenz(amounts: Sequence[int], needs: Sequence[int]) -> list[tuple[Fraction, Fraction]]:
    """Return the Lorenz curve: cumulative shares of need and amount, least per need first.

    Units without need and without amount change nothing; those without need but with an amount
    come last.

    Examples
    --------
    >>> [(float(x), float(y)) for x, y in lorenz([60, 40], [50, 50])]
    [(0.0, 0.0), (0.5, 0.4), (1.0, 1.0)]
    """
    total, need = _check(amounts, needs)
    pairs = [(x, w) for x, w in zip(amounts, needs, strict=True) if x or w]
    pairs.sort(key=lambda pair: (pair[1] == 0, Fraction(pair[0], pair[1] or 1)))
    points = [(Fraction(0), Fraction(0))]
    held_need = held = 0
    for x, w in pairs:
        held_need, held = held_need + w, held + x
        points.append((Fraction(held_need, need), Fraction(held, total)))
    return points


def gini(amounts: Sequence[int], needs: Sequence[int]) -> Fraction:
    """Gini coefficient of the amount per unit of need, each unit weighing its need.

    1 − Σ (W_i − W_{i−1}) · (X_i + X_{i−1}) over the points (W, X) of the Lorenz curve.

    Examples
    --------
    >>> gini([60, 40], [50, 50]), gini([3, 3], [1, 1])
    (Fraction(1, 10), Fraction(0, 1))
    """
    points = lorenz(amounts, needs)
    area = sum(
        ((w - v) * (x + y) for (v, y), (w, x) in pairwise(points)),
        Fraction(0),
    )
    return 1 - area


def theil(amounts: Sequence[int], needs: Sequence[int]) -> float:
    """Theil's T: Σ (x_i / Σx) · ln( (x_i / Σx) / (w_i / Σw) ), natural logarithm.

    Raises
    ------
    NoInequality
        As :func:`hoover`, and where a unit without need has an amount: T is infinite there.

    Examples
    --------
    >>> round(theil([60, 40], [50, 50]), 4)
    0.0201
    """
    total, need = _check(amounts, needs)
    if any(w == 0 < x for x, w in zip(amounts, needs, strict=True)):
        raise NoInequality("a unit without need has an amount: Theil's T has no finite value")
    return fsum(
        x / total * (log(x / total) - log(w / need))
        for x, w in zip(amounts, needs, strict=True)
        if x
    )


def spread(amounts: Sequence[int], needs: Sequence[int]) -> Fraction | None:
    """Largest amount per unit of need over the smallest one, of units that have both.

    None where fewer than two units have both.

    Examples
    --------
    >>> spread([60, 40, 0], [50, 50, 10])
    Fraction(3, 2)
    """
    _check(amounts, needs)
    ratios = [Fraction(x, w) for x, w in zip(amounts, needs, strict=True) if x and w]
    return max(ratios) / min(ratios) if len(ratios) > 1 else None
