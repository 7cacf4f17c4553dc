"""Whether some cells can have values with which all rules hold: linear programming.

The programme is written in what a cell would have to change by, so that its numbers are of the
size of the differences and not of the amounts. Where there are no such values, its dual is the
combination of rules that proves it: an edit implied by them, in which none of the free cells is
left.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kgstats.edits.rules import Key, Number, Range, Rate, Rule

TOLERANCE = 1e-6
"""What counts as nothing, where the largest difference is `LARGEST`."""

LARGEST = 1e4
"""The largest difference is brought to this size."""


@dataclass(frozen=True, slots=True)
class _Row:
    """``Σ coefficient · cell ≤ most``; ``rate`` is the stated rate in its coefficients."""

    terms: dict[Key, Number]
    most: Number
    rate: Key | None = None


@dataclass(slots=True)
class Feasible:
    """The values free cells may have, the others fixed.

    Parameters
    ----------
    values
        The numbers by cell.
    rules
        The rules; those about fixed cells only must hold.
    free
        Cells that may change.
    latent
        Quantities nobody stated.
    floor
        Lowest value of a cell.
    """

    values: Mapping[Key, Number]
    rules: Sequence[Rule]
    free: Collection[Key]
    latent: Collection[Key] = ()
    floor: Number | None = 0
    columns: list[Key] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    idle: dict[Key, list[Rate]] = field(default_factory=dict)
    scale: float = 1.0

    def __post_init__(self) -> None:
        self.columns = [*self.free, *(key for key in self.latent if key not in self.free)]
        for rule in self.rules:
            self._add(rule)
        largest = max((abs(float(self._rest(row))) for row in self.rows), default=0.0)
        self.scale = max(largest / LARGEST, 1e-12) if largest else 1.0

    def _add(self, rule: Rule) -> None:
        if isinstance(rule, Rate):
            if rule.rate in self.free:
                self.idle.setdefault(rule.rate, []).append(rule)
                return
            stated = self.values[rule.rate]
            low, high = stated - rule.slack, stated + rule.slack
            self.rows.append(_Row({rule.part: rule.per, rule.base: -high}, 0, rule.rate))
            self.rows.append(_Row({rule.part: -rule.per, rule.base: low}, 0, rule.rate))
            return
        terms: dict[Key, Number] = {}
        for key, by in rule.terms:
            terms[key] = terms.get(key, 0) + by
        self.rows.append(_Row(terms, rule.constant + rule.slack))
        if rule.relation == "=":
            turned = {key: -by for key, by in terms.items()}
            self.rows.append(_Row(turned, rule.slack - rule.constant))

    def _rest(self, row: _Row) -> Number:
        """Return what a row leaves for the changes of its cells."""
        return row.most - sum(
            (by * self.values[key] for key, by in row.terms.items() if key not in self.latent), 0
        )

    def _matrices(self) -> tuple[Any, Any, list[tuple[float | None, None]]]:
        import numpy as np

        place = {key: number for number, key in enumerate(self.columns)}
        matrix = np.zeros((len(self.rows), len(self.columns)))
        most = np.zeros(len(self.rows))
        for number, row in enumerate(self.rows):
            for key, by in row.terms.items():
                if key in place:
                    matrix[number, place[key]] = float(by)
            most[number] = float(self._rest(row)) / self.scale
        bounds: list[tuple[float | None, None]] = []
        for key in self.columns:
            if key in self.latent:
                bounds.append((0.0, None))
            elif self.floor is None:
                bounds.append((None, None))
            else:
                low = min(float(self.floor - self.values[key]), 0.0)
                bounds.append((low / self.scale, None))
        return matrix, most, bounds

    def solved(self) -> tuple[dict[Key, Range] | None, set[Key]]:
        """Return the range of every free cell, or None and the fixed cells that exclude it."""
        import numpy as np
        from scipy.optimize import linprog

        matrix, most, bounds = self._matrices()
        count = len(self.rows)
        if count:
            # Each row may be exceeded; how far, summed, is nothing where there is a solution.
            elastic = linprog(
                np.concatenate([np.zeros(len(self.columns)), np.ones(count)]),
                A_ub=np.hstack([matrix, -np.eye(count)]),
                b_ub=most,
                bounds=[*bounds, *[(0, None)] * count],
                method="highs",
            )
            if elastic.fun is None or elastic.fun > TOLERANCE:
                return None, self._proof(elastic)
            most = most + TOLERANCE
        ranges: dict[Key, Range] = {}
        stated = [key for key in self.free if not matrix[:, self.columns.index(key)].any()]
        for number, key in enumerate(self.columns):
            if key in stated:
                continue
            ends: list[Number | None] = []
            for sign in (1.0, -1.0):
                aim = np.zeros(len(self.columns))
                aim[number] = sign
                end = linprog(aim, A_ub=matrix, b_ub=most, bounds=bounds, method="highs")
                ends.append(None if end.x is None else self._shown(key, float(end.x[number])))
            ranges[key] = (ends[0], ends[1])
        for key in stated:
            ranges[key] = self._of_rate(key, ranges)
        return {key: ranges[key] for key in self.free}, set()

    def _shown(self, key: Key, change: float) -> Number:
        """Turn a change into a value, taking out what the solver adds in the last digits."""
        value = Decimal(self.values.get(key, 0)) + Decimal(repr(change * self.scale))
        near = value.quantize(Decimal("0.01"))
        slack = Decimal(repr(TOLERANCE * 10 * max(self.scale, 1e-6)))
        value = near if abs(near - value) <= slack else value
        return int(value) if value == value.to_integral_value() else value

    def _of_rate(self, key: Key, ranges: Mapping[Key, Range]) -> Range:
        """Return what a stated rate should be, where its counts stay as they are."""
        for rule in self.idle.get(key, ()):
            if rule.part in self.free or rule.base in self.free:
                continue
            if rule.base not in self.latent:
                return rule.range_of(key, self.values)
            low, high = ranges[rule.base]
            part = Decimal(self.values[rule.part] * rule.per)
            return (
                part / Decimal(high) - rule.slack if high else None,
                part / Decimal(low) + rule.slack if low else None,
            )
        return None, None

    def _proof(self, elastic: Any) -> set[Key]:
        """Return the fixed cells left in the combination of rules that excludes a solution."""
        totals: dict[Key, float] = {}
        rates: set[Key] = set()
        if elastic.fun is None:  # pragma: no cover - the solver gave up: any cell may be wrong
            return {key for row in self.rows for key in row.terms} - set(self.columns)
        for row, dual in zip(self.rows, elastic.ineqlin.marginals, strict=True):
            if abs(dual) <= 1e-9:
                continue
            if row.rate is not None:
                rates.add(row.rate)
            for key, by in row.terms.items():
                totals[key] = totals.get(key, 0.0) + float(dual) * float(by)
        largest = max((abs(total) for total in totals.values()), default=0.0)
        left = {key for key, total in totals.items() if abs(total) > 1e-9 * max(largest, 1.0)}
        return (left | rates) - set(self.columns)
