"""Columns that stand where the form has another one, beside columns that nobody could name.

Words that slid into the next cell head its neighbours' columns, and each may be whole. But a form
runs in one order: between two of its columns there is room for as many nameless ones as it has
columns there, and for no more. Where more stand, some heading is not its own column's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

TURNED = 2.5
"""What it costs that the page goes back in the form's order: blocks may stand otherwise."""

CROWDED = 6.0
"""What it costs that more nameless columns stand between two than the form has there."""

LEAST_OF_A_BLOCK = 5
"""A page that goes back more often than once in so many columns has an order of its own.

It says nothing of its columns."""

PROVED = 10.0
"""What it costs to give up a column that the numbers prove, where another one costs one."""


def displaced(places: Sequence[int | None], proved: Collection[int], count: int) -> set[int]:
    """Return the fewest columns without which the others have room for all nameless ones.

    Where these may be some or others, all of them are in doubt.

    Parameters
    ----------
    places
        The columns of a page from left to right, each by its place in the form; None for one
        that has no name.
    proved
        Those among them that the numbers prove, by their place on the page.
    count
        How many columns the form has.

    Returns
    -------
    set of int
        Places on the page; none where every column has a name.

    Examples
    --------
    >>> displaced([8, 9, 10, None, 11, 12, 14, 15, 16], (), 19), displaced([0, None, 2], (), 3)
    ({4, 5}, set())
    """
    named = [at for at in places if at is not None]
    turns = sum(one > other for one, other in pairwise(named))
    if None not in places or turns * LEAST_OF_A_BLOCK > len(named):
        return set()
    row = [-1, *places, count]  # the edges of the form hold its columns as its columns do
    worth = [PROVED if at - 1 in proved else 1.0 for at in range(len(row))]
    sound = {0, len(row) - 1, *(at + 1 for at in proved)}
    # The cheapest ways to each column that is kept, with the columns that all of them keep.
    best: dict[int, tuple[float, frozenset[int]]] = {0: (0.0, frozenset())}
    for at, place in enumerate(row):
        if place is not None and at:
            ways = []
            for before, (cost, kept) in best.items():
                between = row[before + 1 : at]
                given_up = sum(
                    worth[before + 1 + step] for step, one in enumerate(between) if one is not None
                )
                room = place - (row[before] or 0) - 1
                cost += given_up + _step(room, between, {before, at} <= sound)
                ways.append((cost, kept | {at}))
            least = min(cost for cost, _ in ways)
            best[at] = (
                least,
                frozenset.intersection(*(kept for cost, kept in ways if cost == least)),
            )
    kept = best[len(row) - 1][1]
    return {at - 1 for at, place in enumerate(row) if at and place is not None and at not in kept}


def _step(room: int, between: Sequence[int | None], sound: bool) -> float:
    """Return what it costs that a column follows another, with so many in between."""
    if room >= 0 and (len(between) <= room or None not in between):
        return 0.0
    return TURNED if sound or None not in between else CROWDED


def said_again(places: Mapping[int, int], again: Mapping[int, int]) -> bool:
    """Whether a heading that stands word for word over two columns is in its place in the form.

    Then it was copied over that of its neighbour; elsewhere it is a page of two such columns.

    Parameters
    ----------
    places, again
        Columns by their place on the page with their place in the form: those that are settled,
        and those of which several say the same.

    Examples
    --------
    >>> said_again({1: 0, 4: 3}, {2: 2, 3: 2}), said_again({1: 0, 4: 1}, {2: 6, 3: 6})
    (True, False)
    """
    for index, place in again.items():
        before = [places[at] for at in sorted(places) if at < index]
        after = [places[at] for at in sorted(places) if at > index]
        if (before or [-1])[-1] < place < (after or [place + 1])[0]:
            return True
    return False
