"""What rates and totals say of the amounts beside them: how they are written, and in which unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kgstats.returns.columns.heading_words import MEASURES, Facets
from kgstats.returns.columns.matching import Mapped
from kgstats.returns.records.columns import BY_COLUMN, BY_RATE, RATE_SLACK_PP, NumberColumns
from kgstats.returns.records.lines import Number, Place
from kgstats.returns.values.numbers import resolve
from kgstats.returns.values.readings import NumberReading, Rule, Style, style_of
from kgstats.returns.values.units import UNITS_VND

MOST_IN_A_RUN = 120
"""So many rows of a table are tried for a run of amounts in another unit."""

Readings = dict[int, dict[int, NumberReading]]
"""Column index → row → reading."""


def ways(reading: NumberReading) -> tuple[Number, ...]:
    """Return the numbers that a cell may stand for."""
    return (reading.value,) if reading.value is not None else reading.candidates


@dataclass(slots=True, eq=False)
class Evidence:
    """The rates and totals of a table of money, as witnesses of its amounts."""

    measures: list[Mapped]
    numbers: NumberColumns

    def decide_by_rates(self, readings: Readings, rows: list[int]) -> None:
        """Let a row's own rate decide between the readings of its amounts."""
        held = {one.name: one for one in self.measures if one.facets == Facets()}
        if set(held) != set(MEASURES):
            return
        plan = readings[held["allocated_vnd"].column.index]
        paid = readings[held["disbursed_vnd"].column.index]
        rate = readings[held["disbursed_pct"].column.index]
        proved: set[Style] = set()
        for row in rows:
            stated = rate.get(row)
            if stated is None or stated.value is None or row not in plan or row not in paid:
                continue
            if not (plan[row].ambiguous or paid[row].ambiguous):
                continue
            fits = [
                (a, b)
                for a in ways(plan[row])
                for b in ways(paid[row])
                if a and abs(Decimal(b) / Decimal(a) * 100 - Decimal(stated.value)) <= RATE_SLACK_PP
            ]
            if len(fits) != 1:
                continue
            for name, reading, value in (
                ("allocated_vnd", plan, fits[0][0]),
                ("disbursed_vnd", paid, fits[0][1]),
            ):
                if reading[row].ambiguous:
                    if reading[row].unit_hint not in UNITS_VND:
                        proved.add(style_of(reading[row], value))
                    self._choose(held[name], reading, row, value, Rule.BY_SIBLINGS, BY_RATE)
        if len(proved) == 1 and self.numbers.table.work.style is None:
            # Nothing else on the page shows a way of writing; what the rates show holds for all.
            style = proved.pop()
            for name, reading in (("allocated_vnd", plan), ("disbursed_vnd", paid)):
                for row in rows:
                    if (
                        row in reading
                        and reading[row].rule is Rule.AMBIGUOUS
                        and reading[row].unit_hint not in UNITS_VND
                    ):
                        one = resolve([reading[row]], style)[0]
                        if one.value is not None:
                            self._choose(
                                held[name], reading, row, one.value, Rule.BY_COLUMN, BY_COLUMN
                            )

    def _choose(
        self,
        one: Mapped,
        readings: dict[int, NumberReading],
        row: int,
        value: Number,
        rule: Rule,
        witness: str,
    ) -> None:
        readings[row] = readings[row].chosen(value, rule)
        self.numbers.decided(one, row, readings[row], witness)
        self.numbers.sums[one.column.index][row] = value
        self.numbers.unsure[one.column.index].discard(row)

    def slips(self, rows: Iterable[int]) -> dict[Place, int]:
        """Find amounts typed in another unit: the only one that makes a total come out.

        A whole run of rows may be: that of a section, its own sum with it.
        """
        items, slips = set(rows), {}
        for one in self.measures:
            index = one.column.index
            numbers = self.numbers.sums.get(index, {})
            if one.name == "disbursed_pct" or self.numbers.unsure.get(index, set()) & items:
                continue
            groups = [
                (head, parts)
                for head, group in self.numbers.table.groups(items)
                if head in numbers and len(parts := [row for row in group if row in numbers]) > 1
            ]
            for head, parts in groups:
                stated, counted = numbers[head], Decimal(sum([numbers[row] for row in parts]))
                if counted == stated:
                    continue
                left = Decimal(stated) - counted
                wanted = [(times, -left * times) for times in (10**3, 10**6, 10**9)]
                found = [
                    ({row}, times)
                    for row in parts
                    if (number := numbers[row])
                    for times, over in wanted
                    if number * (times - 1) == over
                ] or _run_in_another_unit(parts, groups, numbers, left)
                if len(found) == 1:
                    run, times = found[0]
                    slips.update({(row, index): times for row in run})
                    numbers.update(_in_thousands(run, times, groups, numbers))
                    break
        return slips


Group = tuple[int, list[int]]
"""A row that states a sum, and the rows of money it may be the sum of."""


def _in_thousands(
    run: set[int], times: int, groups: list[Group], numbers: dict[int, Number]
) -> dict[int, Number]:
    """Return the numbers of some rows in the larger unit, with sums of those rows alone."""
    heads = {
        head
        for head, parts in groups
        if len(run) > 1
        and run.issuperset(parts)
        and sum([numbers[row] for row in parts]) == numbers[head]
    }
    return {row: Decimal(numbers[row]) / times for row in (*run, *heads)}


def _run_in_another_unit(
    parts: list[int], groups: list[Group], numbers: dict[int, Number], left: Decimal
) -> list[tuple[set[int], int]]:
    """Find the runs of rows that, taken in thousands, let all totals over them come out.

    ``left`` is what one total has beyond the sum of its parts.
    """
    found = []
    sums = [Decimal(0)]
    for row in parts[:MOST_IN_A_RUN]:
        sums.append(sums[-1] + Decimal(numbers[row]))
    for times in (10**3, 10**6):
        wanted = left / (Decimal(1) / times - 1)
        for first, below in enumerate(sums):
            for last in range(first + 2, len(sums)):
                run = set(parts[first:last])
                if sums[last] - below == wanted > 0 and _comes_out(run, times, groups, numbers):
                    found.append((run, times))
    return found


def _comes_out(run: set[int], times: int, groups: list[Group], numbers: dict[int, Number]) -> bool:
    """Whether every row that states a sum of some of the run agrees, once the run is scaled."""
    scaled = {**numbers, **_in_thousands(run, times, groups, numbers)}
    agree: dict[int, bool] = {}
    for head, parts in groups:
        if run.intersection(parts):
            holds = sum([Decimal(scaled[row]) for row in parts]) == scaled[head]
            agree[head] = agree.get(head, False) or holds
    return all(agree.values())
