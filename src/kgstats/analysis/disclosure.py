"""Disclosure control: withhold small counts so that nobody can work them out from the rest.

A count from 1 to t − 1 households can point at families that neighbours know. It is withheld
(primary suppression), and with it as many other counts as are needed so that the totals, the
other tables of the same publication and the identities between its columns do not give it away
(complementary suppression). What remains may be rounded.

Whether a withheld count is safe is not judged by a rule of thumb: for every one of them a second
table is constructed, in whole households, that agrees with everything published and in which the
count is another one. Off by default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kgstats.analysis.households import (
    COUNT_COLUMNS,
    LEVELS,
    Unit,
    groups,
    total,
    units_of,
    years_of,
)
from kgstats.reference.refusal import Refusal

Cell = Any
"""Any hashable name of a count; for tables of poverty (year, level, code, column)."""

SENSITIVE_COLUMNS: tuple[str, ...] = tuple(
    column for column in COUNT_COLUMNS if column not in ("households_hh", "ethnic_households_hh")
)
"""Counts that say something about a household; numbers of resident households do not."""


class DisclosureError(Refusal):
    """The parameters or relations of disclosure control do not fit the table."""


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
        none.
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
        if self.protection is not None and self.protection < 1:
            raise DisclosureError(f"the protection must be 1 or more, not {self.protection}")

    @property
    def is_on(self) -> bool:
        """Whether anything is withheld or rounded."""
        return self.threshold > 1 or self.rounding > 1

    def rounded(self, value: int) -> int:
        """Round a count to the nearest multiple, halves away from zero.

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

    def holds(self, values: Mapping[Cell, int]) -> bool:
        """Whether these counts agree with the relation."""
        value = sum(factor * values[cell] for cell, factor in self.coefficients.items())
        return self.low <= value and (self.high is None or value <= self.high)


def total_of(whole: Cell, parts: Iterable[Cell]) -> Relation:
    """Return the relation: the whole is the sum of its parts."""
    return Relation({whole: 1, **dict.fromkeys(parts, -1)})


def at_most(part: Cell, whole: Cell) -> Relation:
    """Return the relation: the part does not exceed the whole."""
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
    withheld: dict[Cell, str] = dict.fromkeys(small, "primary")
    if not small:
        return withheld
    enough = control.threshold if control.protection is None else control.protection
    tables = _Tables(values, relations)
    fixed = [cell not in may for cell in tables.cells]
    largest = max(values.values()) + 1
    prices = [
        (price or {}).get(cell, 1.0) * (3 if not values[cell] else 1 + values[cell] / largest)
        for cell in tables.cells
    ]
    for cell in small:
        prices[tables.place[cell]] = 0.0
    lowest, highest = dict(values), dict(values)

    def remember(table: dict[Cell, int] | None) -> bool:
        """Withhold what a table found needs, and keep it as possible."""
        for name, value in (table or {}).items():
            if value != values[name]:
                withheld.setdefault(name, "complementary")
                prices[tables.place[name]] = 0.0
                lowest[name] = min(lowest[name], value)
                highest[name] = max(highest[name], value)
        return table is not None

    for cell in small:
        need = enough
        while highest[cell] - lowest[cell] < need:
            down = values[cell] - lowest[cell]
            if remember(tables.another(cell, (need - down, need - down), prices, fixed)):
                continue
            if lowest[cell] and remember(
                tables.another(cell, (-values[cell], -down - 1), prices, fixed, aim=-1)
            ):
                continue
            need -= 1
        if highest[cell] == lowest[cell]:
            raise DisclosureError(f"{cell!r} cannot be protected: the relations alone give it away")
    return withheld


def possible_range(
    values: Mapping[Cell, int],
    relations: Sequence[Relation],
    withheld: Iterable[Cell],
    cell: Cell,
    far: int = 10**6,
) -> tuple[int, int]:
    """Return the least and greatest value that one withheld count can have, in whole numbers.

    What a reader with everything published could find out. ``far`` bounds the search upwards.

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


# ---------------------------------------------------------------- the tables of poverty

_Count = tuple[int, str, str, str]
"""A count of the tables of poverty: year, level, code, column."""

_STATUS_FLOWS = ("start", "escaped", "fell_back", "new", "end")


@dataclass(frozen=True)
class Release:
    """What of the tables of poverty is withheld, and how the rest is rounded."""

    control: Control
    withheld: Mapping[Cell, str]
    values: Mapping[Cell, int]
    """Every count that was taken into account: (year, level, code, column)."""

    @property
    def is_on(self) -> bool:
        """Whether anything is withheld or rounded."""
        return self.control.is_on

    def counts(self) -> tuple[int, int]:
        """Return how many counts are withheld because they are small, and to protect those."""
        kinds = list(self.withheld.values())
        return kinds.count("primary"), kinds.count("complementary")

    def seen(self, year: int, level: str, code: str, column: str, value: int) -> int | None:
        """Return a count as readers get it: None when it is withheld, else rounded.

        Counts of resident households stay as they are. A count that was not taken into account
        is withheld: nobody has shown that it gives nothing away.
        """
        if not self.is_on or column not in SENSITIVE_COLUMNS:
            return value
        if self.control.threshold > 1:
            cell = (year, level, code, column)
            if cell in self.withheld or self.values.get(cell) != value:
                return None
        return self.control.rounded(value)


def release(
    frame: pd.DataFrame,
    control: Control,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> Release:
    """Decide what of a publication on poverty is withheld.

    Parameters
    ----------
    frame
        Counts by unit and year, of all years that are published together.
    control
        Threshold, rounding and protection.
    levels
        Which count columns are published at which level; by default the numbers at the end of
        the year at every level, and movements during the year for districts and the province.

    Returns
    -------
    Release
        Nothing withheld when the control is off.

    Notes
    -----
    Readers are taken to know: the sums of communes, districts, urban and rural areas; end =
    start − escaped + fell back + new and poor = income-poor + deprivation-poor where they hold;
    that a year starts where the last one ended where it does; that ethnic-minority households
    are part of all; and every number of resident households.
    """
    if control.threshold <= 1:
        return Release(control, {}, {})
    chosen = levels if levels is not None else default_levels()
    values: dict[_Count, int] = {}
    relations: list[Relation] = []
    for year in years_of(frame):
        units, list_year = units_of(frame, year)
        has_districts = any(unit.district_code is not None for unit in units)
        for level, columns in chosen.items():
            if level not in LEVELS:
                raise DisclosureError(f"there is no level {level!r}: use {', '.join(LEVELS)}")
            if level in ("district", "district_area") and not has_districts:
                continue
            for key, part in groups(units, level, list_year):
                name = (year, level, str(key["code"]))
                known = _known(part, columns)
                values |= {(*name, column): value for column, value in known.items()}
                relations += _within(name, known, part)
        relations += _between_levels(values, units, year, list_year, chosen)
    for year in years_of(frame)[1:]:
        relations += _between_years(values, year)
    relations = [relation for relation in relations if relation.holds(values)]
    # A district's or the province's figure is missed by more readers than a commune's.
    of_level = {"commune": 1.0, "district_area": 2.0, "district": 4.0, "area": 50.0}
    price = {cell: of_level.get(cell[1], 200.0) for cell in values}
    return Release(control, protect(values, relations, control, price=price), values)


def default_levels() -> dict[str, tuple[str, ...]]:
    """Return which counts the collection publishes at which level."""
    at_end = ("poor_end_hh", "near_poor_end_hh", "ethnic_poor_end_hh", "ethnic_near_poor_end_hh")
    return {
        "province": SENSITIVE_COLUMNS,
        "area": at_end,
        "district": SENSITIVE_COLUMNS,
        "district_area": at_end,
        "commune": at_end,
    }


def _known(part: Sequence[Unit], columns: Sequence[str]) -> dict[str, int]:
    """Sum the columns over the units of an area that report them."""
    sums = {column: total(part, column) for column in columns}
    return {column: value for column, value in sums.items() if value is not None}


def _within(
    name: tuple[int, str, str], known: Mapping[str, int], part: Sequence[Unit]
) -> list[Relation]:
    """Return what is known of the counts of one area in one year."""
    found = []
    for status in ("poor", "near_poor"):
        columns = [f"{status}_{flow}_hh" for flow in _STATUS_FLOWS]
        if all(column in known for column in columns):
            start, escaped, fell_back, new, end = ((*name, column) for column in columns)
            found.append(Relation({end: 1, start: -1, escaped: 1, fell_back: -1, new: -1}))
            found.append(at_most(escaped, start))
        whole, ethnic = f"{status}_end_hh", f"ethnic_{status}_end_hh"
        if whole in known and ethnic in known:
            found.append(at_most((*name, ethnic), (*name, whole)))
    if {"poor_end_hh", "poor_income_hh", "poor_deprivation_hh"} <= known.keys():
        parts = [(*name, "poor_income_hh"), (*name, "poor_deprivation_hh")]
        found.append(total_of((*name, "poor_end_hh"), parts))
    for prefix, base in (("", "households_hh"), ("ethnic_", "ethnic_households_hh")):
        homes = _known(part, [base])
        counted = [f"{prefix}poor_end_hh", f"{prefix}near_poor_end_hh"]
        if homes and all(column in known for column in counted):
            both: dict[Cell, int] = {(*name, column): 1 for column in counted}
            found.append(Relation(both, low=0, high=homes[base]))
    return found


def _between_levels(
    values: Mapping[_Count, int],
    units: Sequence[Unit],
    year: int,
    list_year: int,
    levels: Mapping[str, Sequence[str]],
) -> list[Relation]:
    """Return the sums that connect the levels of one year."""
    steps = [("province", "area"), ("province", "district"), ("province", "commune")]
    steps += [("area", "district_area"), ("district", "district_area"), ("area", "commune")]
    steps += [("district", "commune"), ("district_area", "commune")]
    found = []
    has_districts = any(unit.district_code is not None for unit in units)
    for whole, part in steps:
        if not {whole, part} <= levels.keys():
            continue
        if not has_districts and any("district" in level for level in (whole, part)):
            continue
        owner = {
            unit.code: str(key["code"])
            for key, members in groups(units, whole, list_year)
            for unit in members
        }
        inside: dict[str, list[str]] = {}
        for key, members in groups(units, part, list_year):
            inside.setdefault(owner[members[0].code], []).append(str(key["code"]))
        for column in levels[whole]:
            if column not in levels[part]:
                continue
            for code, parts in inside.items():
                sum_cell = (year, whole, code, column)
                # A part that was not reported is in no sum either.
                cells = [cell for one in parts if (cell := (year, part, one, column)) in values]
                if sum_cell in values:
                    found.append(total_of(sum_cell, cells))
    return found


def _between_years(values: Mapping[_Count, int], year: int) -> list[Relation]:
    """Return that a year starts where the last one ended, area by area."""
    found = []
    for cell in values:
        when, level, code, column = cell
        if when != year or not column.endswith("_start_hh"):
            continue
        before = (year - 1, level, code, column.replace("_start_hh", "_end_hh"))
        if before in values:
            found.append(Relation({cell: 1, before: -1}))
    return found
