"""Which cells must be wrong: the smallest weighted set whose change lets all rules hold.

After Fellegi and Holt (1976). Where every rule that fails shares a cell, that cell is tried alone,
exactly. Otherwise the set is found by integer programming: a cover of all edits that the fixed
cells contradict. The edits implied by several rules are not generated beforehand (there are far
too many): whenever the covering set at hand still leaves the rules without a solution, linear
programming gives the combination of rules that proves it, and the cells in that combination are
one more set to be covered. No large constant stands in the programme, so amounts of any size are
treated alike.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from kgstats.edits import slips
from kgstats.edits.cover import Cover
from kgstats.edits.feasible import Feasible
from kgstats.edits.rules import Key, Number, Range, Rate, Rule, broken, tried
from kgstats.edits.slips import Slip, slip_between


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the search goes before it gives up; a page that needs more is not a page of slips."""

    cells: int = 4
    """Most cells of one repair."""
    broken: int = 60
    """Most broken rules that hang together."""
    ties: int = 12
    """Most repairs of the same weight that are told."""
    steps: int = 200
    """Covers that are tried for all broken rules together.

    Steps and not seconds, so that the same numbers have the same answer on any machine.
    """


@dataclass(frozen=True, slots=True)
class Change:
    """One cell of a repair, and what would be right in it."""

    key: Key
    found: Number | None
    low: Number | None
    high: Number | None
    value: Number | None = None
    """The value that would mend it, where one is singled out by the rules or by a slip."""
    slip: Slip | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """A set of cells whose change lets all rules hold."""

    changes: tuple[Change, ...]
    weight: float

    @property
    def keys(self) -> tuple[Key, ...]:
        """The cells."""
        return tuple(change.key for change in self.changes)

    @property
    def slipped(self) -> int:
        """How plausible the repair is: places of its slips among the plausible ones, summed."""
        shared = {change.slip for change in self.changes}
        if len(shared) == 1 and shared <= {"exchanged", "shifted"}:
            return slips.rank(self.changes[0].slip)
        return sum(slips.rank(change.slip) for change in self.changes)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is to be said of broken rules that hang together."""

    broken: tuple[Rule, ...]
    repairs: tuple[Repair, ...] = ()
    """The smallest repairs, most plausible slip first; several are ties."""
    given_up: bool = False
    """Whether a limit was reached before a repair, or before all ties, were found."""

    @property
    def certain(self) -> tuple[Key, ...]:
        """The cells that every repair changes: they cannot be right."""
        if not self.repairs or self.given_up:
            return ()
        first, *others = (repair.keys for repair in self.repairs)
        return tuple(key for key in first if all(key in other for other in others))


def rounded(low: Number, high: Number) -> Number:
    """Return the number between two others with the fewest decimals, two at most where possible.

    >>> rounded(Decimal("2.684"), Decimal("2.696"))
    Decimal('2.69')
    """
    middle = (Decimal(low) + Decimal(high)) / 2
    for places in range(9):
        near = middle.quantize(Decimal(1).scaleb(-max(places, 2)))
        if low <= near <= high:
            return near
    return middle


@dataclass(slots=True)
class _Problem:
    """The numbers and rules around some broken rules."""

    values: Mapping[Key, Number]
    rules: list[Rule]
    broken: list[Rule]
    every: Mapping[Key, list[Rule]]
    """All rules about a cell, those that cannot be tried as well."""
    weights: Mapping[Key, float]
    latent: frozenset[Key]
    lines: Sequence[Sequence[Key]]
    floor: Number | None
    limits: Limits
    left: list[int]
    """How many covers may still be tried, for all problems of a page."""
    by_cell: dict[Key, list[Rule]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for rule in self.rules:
            for key in set(rule.cells):
                self.by_cell.setdefault(key, []).append(rule)

    def about(self, key: Key) -> list[Rule]:
        return self.by_cell.get(key, [])

    def weight(self, keys: Iterable[Key]) -> float:
        return sum(self.weights.get(key, 1.0) for key in keys)

    def whole(self, key: Key) -> bool:
        """Whether a cell counts whole things: a rate may be a fraction although it is typed 4."""
        return isinstance(self.values.get(key), int) and not self.is_rate(key)

    def is_rate(self, key: Key) -> bool:
        return any(isinstance(rule, Rate) and rule.rate == key for rule in self.about(key))

    def bounded(self, bounds: Range) -> Range:
        low, high = bounds
        if self.floor is not None and (low is None or low < self.floor):
            low = self.floor
        return low, high

    def change(self, key: Key, bounds: Range) -> Change:
        """Describe what would be right in a cell, by a slip where one explains it."""
        low, high = self.bounded(bounds)
        whole, typed = self.whole(key), self.values[key]
        if whole:
            low = None if low is None else -int(-Decimal(low) // 1)
            high = None if high is None else int(Decimal(high) // 1)
        found = slip_between(typed, (low, high), whole=whole)
        if found is not None:
            return Change(key, typed, low, high, found[1], found[0])
        if low is None or high is None:
            return Change(key, typed, low, high)
        if self.is_rate(key):
            return Change(key, typed, low, high, rounded(low, high))
        return Change(key, typed, low, high, low if low == high else None)


def localise(
    values: Mapping[Key, Number],
    rules: Iterable[Rule],
    *,
    weights: Mapping[Key, float] | None = None,
    latent: Collection[Key] = (),
    lines: Sequence[Sequence[Key]] = (),
    floor: Number | None = 0,
    limits: Limits | None = None,
) -> list[Diagnosis]:
    """Name the smallest sets of cells whose change lets all rules hold; change nothing.

    Parameters
    ----------
    values
        The numbers by cell. Rules about a cell that is not there are not tried.
    rules
        The rules between them.
    weights
        How reliable a cell is, beside 1 for the others: a set's weight is the sum of its cells'.
    latent
        Quantities the rules speak of that nobody stated (the base of printed shares): any value
        that lets the rules hold is right.
    lines
        Cells in the order they stand on the page, row by row and column by column, absent ones
        too: for values that were exchanged with their neighbour or typed one place off.
    floor
        Lowest possible value of any cell; None for none.
    limits
        How far to search.

    Returns
    -------
    list of Diagnosis
        One for each set of broken rules that share cells; none when all rules hold.

    Examples
    --------
    >>> from kgstats.edits import Linear
    >>> counts = {"an": 121_710, "binh": 340, "all": 12_511}
    >>> total = Linear("total", (("an", 1), ("binh", 1), ("all", -1)))
    >>> rate = Rate("rate", "pct", "poor", "an")
    >>> (found,) = localise({**counts, "pct": Decimal("2.00"), "poor": 243}, [total, rate])
    >>> change, = found.repairs[0].changes
    >>> change.key, change.value, change.slip
    ('an', 12171, 'zero_too_many')
    """
    limits, rules = limits or Limits(), list(rules)
    hidden = frozenset(latent)
    active = tried(rules, values, hidden)
    failing = _failing(active, values, hidden)
    if not failing:
        return []
    every: dict[Key, list[Rule]] = {}
    for rule in rules:
        for key in set(rule.cells):
            every.setdefault(key, []).append(rule)
    failed = set(map(id, failing))
    holding = [rule for rule in active if id(rule) not in failed]

    left_to_try = [limits.steps]

    def problem(group: list[Rule]) -> _Problem:
        return _Problem(
            values, [*group, *holding], group, every, weights or {}, hidden, lines, floor, limits,
            left_to_try,
        )  # fmt: skip

    groups = _together(failing)
    found, left = _rows_moved(problem(failing), groups)
    return [*found, *(_diagnose(problem(group)) for group in left)]


def _rows_moved(
    problem: _Problem, groups: list[list[Rule]]
) -> tuple[list[Diagnosis], list[list[Rule]]]:
    """Diagnose rows typed one column off, or columns one row, which break rules far apart.

    Returns
    -------
    found, left
        A diagnosis for each set of groups that one row or column explains, and those left.
    """
    repairs_of: dict[tuple[int, ...], list[Repair]] = {}
    for line in problem.lines if len(groups) > 1 else ():
        cells = set(line)
        about = tuple(
            place
            for place, group in enumerate(groups)
            if any(cells.intersection(rule.cells) for rule in group)
        )
        if len(about) > 1:
            some = [rule for place in about for rule in groups[place]]
            moved = _moved(replace(problem, broken=some), [line])
            repairs_of.setdefault(about, []).extend(moved)
    found: list[Diagnosis] = []
    explained: set[int] = set()
    for about, repairs in repairs_of.items():
        if repairs and not explained.intersection(about):
            explained.update(about)
            found.append(_ordered(tuple(r for place in about for r in groups[place]), repairs))
    return found, [group for place, group in enumerate(groups) if place not in explained]


def _failing(
    rules: Sequence[Rule], values: Mapping[Key, Number], latent: frozenset[Key]
) -> list[Rule]:
    """Return the rules that do not hold; rules about one latent quantity fail together."""
    if not latent:
        return broken(rules, values)
    plain = [rule for rule in rules if not latent.intersection(rule.cells)]
    failing = broken(plain, values)
    for key in latent:
        about = [rule for rule in rules if key in rule.cells]
        if about and not _meet(about, key, values):
            failing.extend(about)
    return failing


def _meet(rules: Sequence[Rule], key: Key, values: Mapping[Key, Number]) -> bool:
    low, high = _intersection(rules, key, values)
    return low is None or high is None or low <= high


def _intersection(rules: Iterable[Rule], key: Key, values: Mapping[Key, Number]) -> Range:
    low: Number | None = None
    high: Number | None = None
    for rule in rules:
        least, most = rule.range_of(key, values)
        if least is not None and (low is None or least > low):
            low = least
        if most is not None and (high is None or most < high):
            high = most
    return low, high


def _together(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Group rules that share cells, directly or by others."""
    parents = list(range(len(rules)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    seen: dict[Key, int] = {}
    for place, rule in enumerate(rules):
        for key in rule.cells:
            one, other = root(seen.setdefault(key, place)), root(place)
            parents[max(one, other)] = min(one, other)
    groups: dict[int, list[Rule]] = {}
    for place, rule in enumerate(rules):
        groups.setdefault(root(place), []).append(rule)
    return list(groups.values())


def _diagnose(problem: _Problem) -> Diagnosis:
    failing = tuple(problem.broken)
    if len(failing) > problem.limits.broken:
        return Diagnosis(failing, given_up=True)
    repairs, given_up = _alone(problem), False
    if not repairs:
        repairs = _moved(problem, problem.lines)
    if not repairs:
        repairs, given_up = _covering(problem)
    return _ordered(failing, repairs, given_up)


def _ordered(
    failing: tuple[Rule, ...], repairs: Iterable[Repair], given_up: bool = False
) -> Diagnosis:
    ordered = sorted(repairs, key=lambda one: (one.weight, one.slipped, str(one.keys)))
    return Diagnosis(failing, tuple(ordered), given_up)


def _alone(problem: _Problem) -> list[Repair]:
    """Return the repairs that change one cell, exactly."""
    if any(problem.latent.intersection(rule.cells) for rule in problem.broken):
        return []
    shared = set(problem.broken[0].cells).intersection(*(rule.cells for rule in problem.broken))
    found: list[Repair] = []
    for key in shared:
        about = problem.by_cell[key]
        if any(problem.latent.intersection(rule.cells) for rule in about):
            return []
        low, high = problem.bounded(_intersection(about, key, problem.values))
        if low is not None and high is not None and low > high:
            continue
        change = problem.change(key, (low, high))
        if change.low is not None and change.high is not None and change.low > change.high:
            continue  # no whole number lies between
        found.append(Repair((change,), problem.weight((key,))))
    if not found:
        return []
    least = min(repair.weight for repair in found)
    # Of more ties than are told the most plausible are: the one with a slip is not cut off.
    lightest = (repair for repair in found if repair.weight == least)
    return sorted(lightest, key=lambda one: (one.slipped, str(one.keys)))[: problem.limits.ties]


LONGEST_RUN = 12
"""How many neighbouring cells may be moved one place, unless they reach to the end of the line."""


def _moved(problem: _Problem, lines: Sequence[Sequence[Key]]) -> list[Repair]:
    """Return the repairs that put the values of neighbouring cells one place further.

    Two cells exchanged, or a run typed one column off: one slip, though several cells are wrong.
    A number may be put where none stood: rules that could not be tried then can.
    """
    if problem.latent:
        return []
    broken_cells = [frozenset(rule.cells) for rule in problem.broken]
    found: dict[tuple[Key, ...], Repair] = {}
    for line in lines:
        if any(cells.isdisjoint(line) for cells in broken_cells):
            continue
        for keys, turned in _turns(line, problem.values):
            reaches_all = not any(cells.isdisjoint(keys) for cells in broken_cells)
            if reaches_all and _lets_hold(problem, keys, turned):
                repair = _move(problem, keys, turned)
                found.setdefault(repair.keys, repair)
    shortest = min((len(keys) for keys in found), default=0)
    return [repair for keys, repair in found.items() if len(keys) == shortest]


def _turns(
    line: Sequence[Key], values: Mapping[Key, Number]
) -> Iterator[tuple[tuple[Key, ...], list[Number | None]]]:
    """Yield every run of neighbouring cells with its values moved one place on, or back."""
    for first, last in itertools.combinations(range(len(line)), 2):
        if last - first < LONGEST_RUN or last == len(line) - 1:
            keys = tuple(line[first : last + 1])
            held = [values.get(key) for key in keys]
            yield keys, [*held[1:], held[0]]
            yield keys, [held[-1], *held[:-1]]


def _move(problem: _Problem, keys: Sequence[Key], turned: Sequence[Number | None]) -> Repair:
    moved = [
        (key, problem.values.get(key), new)
        for key, new in zip(keys, turned, strict=True)
        if problem.values.get(key) != new
    ]
    slip: Slip = "exchanged" if len(moved) == 2 else "shifted"
    changes = tuple(Change(key, old, new, new, new, slip) for key, old, new in moved)
    return Repair(changes, MOVED_WEIGHT)


LEAST_EVIDENCE = 2
"""How many rules must speak for values having been moved."""

MOVED_WEIGHT = 1.5
"""Cells exchanged or moved together are one slip, less common than one in a single cell."""


def _lets_hold(problem: _Problem, keys: Sequence[Key], values: Sequence[Number | None]) -> bool:
    """Whether all rules hold with other values in some cells, and no fewer can be tried."""
    about = {id(rule): rule for key in keys for rule in problem.every.get(key, ())}
    cells = {key for rule in about.values() for key in rule.cells}
    changed = {key: problem.values[key] for key in cells if key in problem.values}
    for key, value in zip(keys, values, strict=True):
        if value is None:
            changed.pop(key, None)
        else:
            changed[key] = value
    can = tried(about.values(), changed)
    if len(can) < LEAST_EVIDENCE or not all(rule.holds(changed) for rule in can):
        return False
    could = tried(about.values(), problem.values)
    if len(can) >= len(could):
        return True
    # The value that fell out at the end is not known: any that its rules allow may be right.
    gone = [key for key, value in zip(keys, values, strict=True) if value is None]
    lost = [rule for rule in could if not set(gone).isdisjoint(rule.cells)]
    if len(gone) != 1 or len(can) < len(could) - len(lost):
        return False
    # A sum along the line was made without the value that is now in it: it says nothing.
    told = [rule for rule in lost if len(set(keys).intersection(rule.cells)) == 1]
    low, high = _intersection(told, gone[0], changed)
    if low is not None and high is not None and low > high:
        return False
    failed = set(map(id, problem.broken))
    before = set(map(id, could))
    speak = [one for one in (*can, *told[1:]) if id(one) in failed or id(one) not in before]
    return len(speak) > LEAST_EVIDENCE


COMPUTED = 2
"""Totals above a cell: of its section, and of all."""


def _covering(problem: _Problem) -> tuple[list[Repair], bool]:
    """Return the repairs of least weight by covering implied edits.

    Many more cells than rules that fail are not looked for: nothing would speak for each of them.
    A few are: totals that were computed from a wrong cell hold, and must change with it.
    """
    some = len(problem.broken)
    most = min(problem.limits.cells, some + COMPUTED if some > 1 else some)
    cover = Cover(problem.weights)
    for rule in problem.broken:
        if not problem.latent.intersection(rule.cells):
            cover.add(rule.cells)
    found: list[Repair] = []
    least: float | None = None
    while problem.left[0] > 0:
        problem.left[0] -= 1
        if len(found) == problem.limits.ties:
            break
        chosen = cover.smallest()
        if chosen is None or len(chosen) > most:
            return found, chosen is not None and not found
        weight = problem.weight(chosen)
        if least is not None and weight > least + 1e-9:
            return found, False
        ranges, core = _feasible(problem, problem.values, chosen)
        if ranges is None:
            cover.add(core)
            continue
        least = weight
        found.append(Repair(_changes(problem, chosen, ranges), weight))
        cover.exclude(chosen)
    return found, True


def _feasible(
    problem: _Problem, values: Mapping[Key, Number], free: Sequence[Key]
) -> tuple[dict[Key, Range] | None, set[Key]]:
    """Ask whether some cells can have values with which all rules hold, the others fixed."""
    about = {id(rule): rule for key in (*free, *problem.latent) for rule in problem.about(key)}
    about.update({id(rule): rule for rule in problem.broken})
    return Feasible(values, list(about.values()), free, problem.latent, problem.floor).solved()


def _changes(
    problem: _Problem, chosen: Sequence[Key], ranges: Mapping[Key, Range]
) -> tuple[Change, ...]:
    """Choose the value of one cell after the other, each with those before it."""
    values = dict(problem.values)
    left = sorted(chosen, key=str)
    made: dict[Key, Change] = {}
    while left:
        # What the rules single out first; what a slip explains next.
        options = {key: problem.change(key, ranges[key]) for key in left}
        key = min(left, key=lambda one: (options[one].value is None, _width(options[one])))
        made[key] = options[key]
        left.remove(key)
        value = options[key].value
        if value is None or not left:
            continue
        values[key] = value
        narrowed, _ = _feasible(problem, values, left)
        if narrowed is None:
            # The slip of one cell leaves none for the others: say the ranges alone.
            made[key] = replace(made[key], value=None, slip=None)
            values[key] = problem.values[key]
        else:
            ranges = narrowed
    return tuple(made[key] for key in sorted(made, key=str))


def _width(change: Change) -> Number:
    if change.low is None or change.high is None:
        return Decimal("Infinity")
    return change.high - change.low
