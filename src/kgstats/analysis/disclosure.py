"""Disclosure control: withhold small counts so that nobody can work them out from the rest.

A count from 1 to t − 1 households can point at families that neighbours know. It is withheld
(primary suppression), and with it as many other counts as are needed so that the totals, the
other tables of the same publication and the identities between its columns do not give it away
(complementary suppression). What remains may be rounded.

Whether a withheld count is safe is not judged by a rule of thumb: for every one of them a second
table is constructed, in whole households, that agrees with everything published and in which the
count is another one. Which counts of a publication are small and what readers know of them is said
by whoever publishes: for poverty, :mod:`kgstats.analysis.poverty_disclosure`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kgstats.reference.refusal import Refusal

Cell = Any
"""Any hashable name of a count."""


class DisclosureError(Refusal):
    """The parameters or relations of disclosure control do not fit the table."""


LEAST_BASE = 5
"""The smallest base to which counts are rounded where none is withheld.

Of a rounded count only as many values are possible as the base has. With a smaller base some
published numbers stand for small counts alone (of 3, to the base of 3: two to four). Rounding in
place of suppression: P. Lowthian and G. Merola, Controlled rounding for tabular releases, ONS.
"""


@dataclass(frozen=True)
class Control:
    """Parameters of disclosure control; the default changes nothing.

    Parameters
    ----------
    threshold
        Counts from 1 to ``threshold`` − 1 are withheld; 0 or 1 withholds none. Zero is
        published.
    rounding
        Published counts are rounded to the nearest multiple, halves away from zero; 1 rounds
        none. Without a threshold the base must be `LEAST_BASE` or more.
    protection
        How far apart the possible values of a small count must be, at least; the threshold
        unless given.
    """

    threshold: int = 0
    rounding: int = 1
    protection: int | None = None

    def __post_init__(self) -> None:
        if self.threshold < 0:
            raise DisclosureError(f"the threshold must be 0 or more, not {self.threshold}")
        if self.rounding < 1:
            raise DisclosureError(f"counts can be rounded to 1 or more, not {self.rounding}")
        if self.threshold <= 1 < self.rounding < LEAST_BASE:
            raise DisclosureError(
                f"counts rounded to {self.rounding} show which are small: without a threshold "
                f"the base must be {LEAST_BASE} or more"
            )
        if self.protection is not None and self.protection < 1:
            raise DisclosureError(f"the protection must be 1 or more, not {self.protection}")

    @property
    def is_on(self) -> bool:
        """Whether anything is withheld or rounded."""
        return self.threshold > 1 or self.rounding > 1

    def rounded(self, value: int) -> int:
        """Round a count to the nearest multiple, halves away from zero.

        Parameters
        ----------
        value
            A count.

        Examples
        --------
        >>> Control(rounding=5).rounded(12), Control(rounding=10).rounded(15)
        (10, 20)
        """
        return (2 * value + self.rounding) // (2 * self.rounding) * self.rounding


@dataclass(frozen=True)
class Relation:
    """What a reader knows of several counts: low ≤ Σ coefficient × count ≤ high.

    A total is the equality ``total − Σ parts = 0``; a part that cannot exceed its whole is an
    inequality without an upper end.
    """

    coefficients: Mapping[Cell, int]
    low: int = 0
    high: int | None = 0

    @property
    def key(self) -> Hashable:
        """What two relations that say the same have in common."""
        return frozenset(self.coefficients.items()), self.low, self.high

    def renamed(self, names: Mapping[Cell, Cell]) -> Relation:
        """Return the same relation of counts that are called otherwise.

        Parameters
        ----------
        names
            The new name of each count, by its old one.
        """
        own = {names[cell]: factor for cell, factor in self.coefficients.items()}
        return Relation(own, self.low, self.high)

    def holds(self, values: Mapping[Cell, int]) -> bool:
        """Whether these counts agree with the relation.

        Parameters
        ----------
        values
            The counts by name.
        """
        value = sum(factor * values[cell] for cell, factor in self.coefficients.items())
        return self.low <= value and (self.high is None or value <= self.high)


def total_of(whole: Cell, parts: Iterable[Cell]) -> Relation:
    """Return the relation: the whole is the sum of its parts.

    Parameters
    ----------
    whole
        Name of the whole.
    parts
        Names of its parts.

    Examples
    --------
    >>> total_of("all", ["poor", "other"]).holds({"all": 3, "poor": 1, "other": 2})
    True
    """
    return Relation({whole: 1, **dict.fromkeys(parts, -1)})


def at_most(part: Cell, whole: Cell) -> Relation:
    """Return the relation: the part does not exceed the whole.

    Parameters
    ----------
    part
        Name of the part.
    whole
        Name of the whole.

    Examples
    --------
    >>> at_most("poor", "all").holds({"poor": 4, "all": 3})
    False
    """
    return Relation({whole: 1, part: -1}, low=0, high=None)


class _Tables:
    """All tables of whole numbers that agree with the relations; some counts may be fixed."""

    def __init__(self, values: Mapping[Cell, int], relations: Sequence[Relation]) -> None:
        import numpy as np
        from scipy.sparse import coo_array, hstack

        self.cells = list(values)
        self.values = values
        self.relations = relations
        self.place = {cell: position for position, cell in enumerate(self.cells)}
        rows, columns, factors = [], [], []
        low, high = np.zeros(len(relations)), np.full(len(relations), np.inf)
        for row, relation in enumerate(relations):
            known = 0
            for cell, factor in relation.coefficients.items():
                rows.append(row)
                columns.append(self.place[cell])
                factors.append(float(factor))
                known += factor * values[cell]
            low[row] = relation.low - known
            if relation.high is not None:
                high[row] = relation.high - known
        shape = (len(relations), len(self.cells))
        matrix = coo_array((factors, (rows, columns)), shape=shape).tocsc()
        # Every count may rise and fall from what it is: two variables, neither below zero.
        self.matrix, self.low, self.high = hstack([matrix, -matrix]).tocsr(), low, high
        self.fall = np.array([values[cell] for cell in self.cells], dtype=float)

    def another(
        self,
        cell: Cell,
        change: tuple[int, int],
        price: Sequence[float],
        fixed: Sequence[bool],
        aim: int = 0,
    ) -> dict[Cell, int] | None:
        """Return the cheapest other table in which a count changes by so much; None if none does.

        ``price`` is for each household by which a count rises or falls, ``aim`` adds a wish for
        the one count: 1 to raise it, −1 to lower it, as far as ``change`` allows.
        """
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp

        size, place = len(self.cells), self.place[cell]
        still = np.asarray(fixed)
        rise = np.where(still, 0.0, np.inf)
        fall = np.where(still, 0.0, self.fall)
        rise[place] = max(change[1], 0)
        fall[place] = min(self.fall[place], max(-change[0], 0))
        cost = np.concatenate([np.asarray(price, dtype=float)] * 2)
        cost[[place, size + place]] = (-aim, aim)
        wanted = np.zeros((1, 2 * size))
        wanted[0, [place, size + place]] = (1, -1)
        constraints = [LinearConstraint(wanted, *change)]
        if len(self.relations):
            constraints.append(LinearConstraint(self.matrix, self.low, self.high))
        found = milp(
            cost,
            integrality=np.ones(2 * size),
            bounds=Bounds(np.zeros(2 * size), np.concatenate([rise, fall])),
            constraints=constraints,
        )
        if not found.success:
            return None
        moved = np.rint(found.x[:size] - found.x[size:]).astype(int)
        table = {
            name: self.values[name] + int(step)
            for name, step in zip(self.cells, moved, strict=True)
        }
        # The solver works with rounding; what is promised is checked in whole numbers.
        fits = all(value >= 0 for value in table.values())
        return table if fits and all(relation.holds(table) for relation in self.relations) else None


def protect(
    values: Mapping[Cell, int],
    relations: Sequence[Relation],
    control: Control,
    sensitive: Iterable[Cell] | None = None,
    price: Mapping[Cell, float] | None = None,
    withheld: Mapping[Cell, str] | None = None,
) -> dict[Cell, str]:
    """Choose which counts to withhold, so that none of them can be solved for.

    For each small count the cheapest other table is sought that agrees with all relations and in
    which it differs by the protection; the counts in which that table differs are withheld. What
    was found once stays possible when more is withheld.

    Parameters
    ----------
    values
        Every count of the publication, not below zero.
    relations
        Everything readers know of them: totals, identities, what cannot exceed what.
    control
        Threshold and protection.
    sensitive
        Counts to which the threshold applies and that may be withheld; by default all.
    price
        What it costs to withhold a count to protect another; by default 1, and more for a zero.
        Small counts are preferred at equal price.
    withheld
        What is withheld already, for its reason; it stays so, and costs nothing.

    Returns
    -------
    dict
        ``primary`` or ``complementary`` for each count withheld. For every primary one there are
        two tables that agree with everything published in which it differs by the protection
        (or by as much as the relations allow at all, where that is less); for every
        complementary one, two in which it differs.

    Raises
    ------
    DisclosureError
        When a relation does not hold in the table (then it tells readers nothing and must be
        left out), or when the relations alone give a small count away.

    Examples
    --------
    Four communes and their total; one of them has 2 poor households:

    >>> values = {"A": 2, "B": 40, "C": 9, "D": 31, "total": 82}
    >>> protect(values, [total_of("total", "ABCD")], Control(threshold=5))
    {'A': 'primary', 'C': 'complementary'}
    """
    may = dict.fromkeys(values if sensitive is None else sensitive)
    for relation in relations:
        if not relation.holds(values):
            raise DisclosureError(
                f"a relation does not hold in the table: {dict(relation.coefficients)}"
            )
    small = [cell for cell in may if 0 < values[cell] < control.threshold]
    held = dict(withheld or {}) | dict.fromkeys(small, "primary")
    if not small:
        return held
    enough = control.threshold if control.protection is None else control.protection
    search = _Search(_Tables(values, relations), may, held, price or {})
    for cell in small:
        search.widen(cell, enough)
    return search.withheld


class _Search:
    """What is withheld so far, and how low and high each count may be in the tables found."""

    def __init__(
        self,
        tables: _Tables,
        may: Mapping[Cell, None],
        withheld: dict[Cell, str],
        price: Mapping[Cell, float],
    ) -> None:
        values = tables.values
        self.tables = tables
        self.withheld = withheld
        self.lowest, self.highest = dict(values), dict(values)
        self.fixed = [cell not in may for cell in tables.cells]
        largest = max(values.values()) + 1
        self.prices = [
            price.get(cell, 1.0) * (3 if not values[cell] else 1 + values[cell] / largest)
            for cell in tables.cells
        ]
        for cell in withheld:
            self.prices[tables.place[cell]] = 0.0

    def widen(self, cell: Cell, need: int) -> None:
        """Withhold what is needed for a count to be possible in a range so wide."""
        value = self.tables.values[cell]
        while self.highest[cell] - self.lowest[cell] < need:
            down = value - self.lowest[cell]
            if self._found(cell, (need - down, need - down)):
                continue
            if self.lowest[cell] and self._found(cell, (-value, -down - 1), aim=-1):
                continue
            need = min(need - 1, down + self._rise(cell, need - down))
        if self.highest[cell] == self.lowest[cell]:
            raise DisclosureError(f"{cell!r} cannot be protected: the relations alone give it away")

    def _rise(self, cell: Cell, most: int) -> int:
        """Return by how much a count can rise at all, up to ``most``: one search, not one a step.

        What can rise depends on the relations alone, not on what is withheld so far.
        """
        free = [0.0] * len(self.prices)
        table = self.tables.another(cell, (0, most), free, self.fixed, aim=1)
        return most if table is None else table[cell] - self.tables.values[cell]

    def _found(self, cell: Cell, change: tuple[int, int], aim: int = 0) -> bool:
        """Withhold what another table differs in, and keep it as possible; False without one."""
        table = self.tables.another(cell, change, self.prices, self.fixed, aim=aim)
        for name, value in (table or {}).items():
            if value != self.tables.values[name]:
                self.withheld.setdefault(name, "complementary")
                self.prices[self.tables.place[name]] = 0.0
                self.lowest[name] = min(self.lowest[name], value)
                self.highest[name] = max(self.highest[name], value)
        return table is not None


def possible_range(
    values: Mapping[Cell, int],
    relations: Sequence[Relation],
    withheld: Iterable[Cell],
    cell: Cell,
    far: int = 10**6,
) -> tuple[int, int]:
    """Return the least and greatest value that one withheld count can have, in whole numbers.

    What a reader with everything published could find out. ``far`` bounds the search upwards.

    Parameters
    ----------
    values
        The counts by name.
    relations
        What is known to hold between them.
    withheld
        Names of the counts that are not shown.
    cell
        The count asked for, one of the withheld.
    far
        How far its values are looked for.

    Examples
    --------
    >>> values = {"A": 2, "B": 9, "C": 40, "total": 51}
    >>> possible_range(values, [total_of("total", "ABC")], ["A", "B"], "A")
    (0, 11)
    """
    tables = _Tables(values, relations)
    hidden = set(withheld)
    fixed = [name not in hidden for name in tables.cells]
    free = [0.0] * len(tables.cells)
    ends = []
    for change, aim in (((-values[cell], 0), -1), ((0, far), 1)):
        table = tables.another(cell, change, free, fixed, aim=aim)
        ends.append(values[cell] if table is None else table[cell])
    return ends[0], ends[1]
