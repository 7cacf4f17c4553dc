"""The smallest weighted set of cells that has a cell of each of many sets: integer programming."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kgstats.edits.rules import Key

MOST_NODES = 2_000
"""So many branches are looked at for one cover; covers of a page need a handful."""


class Cover:
    """Sets of cells, of each of which at least one must be chosen.

    >>> cover = Cover()
    >>> cover.add(["poor", "all", "rate"]); cover.add(["poor", "start", "end"])
    >>> cover.smallest()
    ['poor']
    """

    def __init__(self, weights: Mapping[Key, float] | None = None) -> None:
        self.weights = weights or {}
        self.places: dict[Key, int] = {}
        self.sets: list[list[int]] = []
        self.excluded: list[list[int]] = []

    def add(self, keys: Iterable[Key]) -> None:
        """Demand that one of these cells be chosen."""
        self.sets.append([self._place(key) for key in dict.fromkeys(keys)])

    def exclude(self, keys: Iterable[Key]) -> None:
        """Rule out the choices that hold all of these cells."""
        self.excluded.append([self._place(key) for key in keys])

    def _place(self, key: Key) -> int:
        return self.places.setdefault(key, len(self.places))

    def smallest(self) -> list[Key] | None:
        """Return a choice of least weight, or None where none is left."""
        if any(not one for one in self.sets) or not self.sets:
            return None if self.sets else []
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp

        keys = list(self.places)
        constraints = [
            LinearConstraint(_matrix(self.sets, len(keys)), np.ones(len(self.sets)), np.inf)
        ]
        if self.excluded:
            most = np.array([len(one) - 1 for one in self.excluded], dtype=float)
            constraints.append(LinearConstraint(_matrix(self.excluded, len(keys)), -np.inf, most))
        solved = milp(
            np.array([self.weights.get(key, 1.0) for key in keys]),
            integrality=np.ones(len(keys)),
            bounds=Bounds(0, 1),
            constraints=constraints,
            options={"node_limit": MOST_NODES},
        )
        if solved.x is None:
            return None
        return [key for key, chosen in zip(keys, solved.x, strict=True) if chosen > 0.5]


def _matrix(sets: Sequence[Sequence[int]], width: int) -> object:
    import numpy as np

    matrix = np.zeros((len(sets), width))
    for row, places in enumerate(sets):
        matrix[row, places] = 1.0
    return matrix
