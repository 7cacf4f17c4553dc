"""Whole numbers that add up: a total divided over places without losing one household or đồng."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Integers = NDArray[np.int64]


class CannotApportion(ValueError):
    """The total does not fit between what the places must and what they may take."""


def apportion(
    total: int,
    weights: ArrayLike,
    *,
    most: ArrayLike | None = None,
    least: ArrayLike | None = None,
) -> Integers:
    """Divide a whole total in proportion to weights, by largest remainder (Hamilton).

    Each place first takes its ``least``; what is left is shared in proportion to the weights,
    places that reach their ``most`` take no more and the rest is shared again. The units lost
    in rounding down go to the largest remainders, the earlier place first where equal. Only
    additions, products and quotients are used, so every machine gives the same numbers.

    Parameters
    ----------
    total
        What is divided, in whole units.
    weights
        One per place, not negative.
    most, least
        Bounds per place (default: none, zero).

    Raises
    ------
    CannotApportion
        Where the bounds leave no room for the total.

    Examples
    --------
    The 13 communes recognised in 2019, had they gone by the size of four districts:

    >>> apportion(13, [18, 10, 9, 7])
    array([5, 3, 3, 2])
    """
    share = np.asarray(weights, dtype=float)
    floor = np.zeros(len(share), np.int64) if least is None else np.asarray(least, np.int64)
    # a total is a bound that no place can pass
    roof = np.full(len(share), total, np.int64) if most is None else np.asarray(most, np.int64)
    roof = np.minimum(roof, total)
    roof = np.where(share > 0, roof, np.minimum(roof, floor))
    if total < floor.sum() or total > roof.sum() or (floor > roof).any():
        raise CannotApportion(
            f"{total} cannot be divided over {len(share)} places that take"
            f" {floor.sum()} at least and {roof.sum()} at most"
        )
    given = floor.astype(float)
    open_ = roof > floor
    left = float(total - floor.sum())
    while left > 0 and open_.any():
        want = np.where(open_, share, 0.0)
        want = want * (left / want.sum())
        over = open_ & (given + want >= roof)
        if not over.any():
            given = given + want
            break
        given = np.where(over, roof, given)
        open_ = open_ & ~over
        left = float(total - given.sum())
    whole = np.minimum(np.floor(given + 1e-9).astype(np.int64), roof)
    missing = int(total - whole.sum())
    order = np.argsort(-(given - whole), kind="stable")
    while missing > 0:
        for place in order:
            if missing and whole[place] < roof[place] and share[place] > 0:
                whole[place] += 1
                missing -= 1
    return whole
