"""What an attacker can find out of counts that are withheld."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from kgstats.analysis.disclosure import Relation


def attacked(
    published: dict[str, int], unknown: list[str], relations: list[Relation], target: str
) -> tuple[float, float]:
    """Solve for one unknown count with linear programs: everything an attacker could deduce."""
    place = {name: position for position, name in enumerate(unknown)}
    equal, equal_to, below, below_by = [], [], [], []
    for relation in relations:
        row = np.zeros(len(unknown))
        known = 0
        for name, factor in relation.coefficients.items():
            if name in place:
                row[place[name]] += factor
            else:
                known += factor * published[name]
        if relation.high == relation.low:
            equal.append(row)
            equal_to.append(relation.low - known)
            continue
        below.append(-row)
        below_by.append(known - relation.low)
        if relation.high is not None:
            below.append(row)
            below_by.append(relation.high - known)
    ends = []
    for direction in (1, -1):
        aim = np.zeros(len(unknown))
        aim[place[target]] = direction
        found = linprog(
            aim,
            A_ub=np.array(below) if below else None,
            b_ub=below_by or None,
            A_eq=np.array(equal) if equal else None,
            b_eq=equal_to or None,
            bounds=[(0, None)] * len(unknown),
            method="highs",
        )
        assert found.status in (0, 3), found.message  # solved, or without an end
        ends.append(direction * (found.fun if found.status == 0 else -np.inf))
    return ends[0], ends[1]
