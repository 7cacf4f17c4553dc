"""Totals of a page against the rows they may be the sum of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from kgstats.returns.ledger import FATES
from kgstats.returns.matching import Mapped
from kgstats.returns.numbers import read_number
from kgstats.returns.records.columns import NumberColumns
from kgstats.returns.records.lines import Number, Stated, as_meant
from kgstats.returns.records.table import TableRows

MOST_HIDDEN = 8
"""Of so many hidden rows every choice is tried; of more, all together and those of one group."""


@dataclass(slots=True, eq=False)
class Totals:
    """The totals of a table, as the page states them."""

    table: TableRows
    numbers: NumberColumns

    def check(
        self,
        columns: Iterable[Mapped],
        items: Iterable[int],
        strangers: Iterable[int] = (),
        doubles: Iterable[list[int]] = (),
    ) -> None:
        """Compare every total and section number with the rows it may be the sum of.

        ``strangers`` are rows that do not belong to the page (communes of another district): a
        total may count them or not. ``doubles`` are rows of one commune: a total counts one.
        """
        without = set(strangers)
        repeated = [set(same) for same in doubles][:6]
        rows = set(items)
        groups = list(self.table.groups(rows))
        for one in columns:
            index = one.column.index
            numbers, unsure = (
                self.numbers.sums.get(index, {}),
                self.numbers.unsure.get(index, set()),
            )
            if not numbers:
                continue
            if unsure & rows:
                # One row could not be read: what its total should be is not known.
                self._state(one, numbers, {}, set())
                continue
            wrong: dict[int, Number] = {}
            right: set[int] = set()
            for head, group in groups:
                stated = numbers.get(head)
                if stated is None:
                    continue
                parts = [numbers[row] for row in group if row in numbers]
                added = sum(parts)
                if added == stated:
                    right.add(head)
                    continue
                counted = Decimal(added)
                kept = [row for row in group if row in numbers and row not in without]
                doubled = [same for same in repeated if same & set(group)]
                if (
                    _same_sum(Decimal(stated), counted, parts)
                    or Decimal(stated) in _sums(kept, numbers, doubled)
                    or (
                        self.table.concealed
                        and self._hidden_makes(index, head, group, Decimal(stated) - counted)
                    )
                ):
                    right.add(head)
                else:
                    wrong.setdefault(head, counted)
            self._state(one, numbers, wrong, right)
            for head, added in wrong.items():
                seen = self.table.cells[head].get(index)
                if head in right or seen is None or self._roof(head, index, rows, right, wrong):
                    continue
                self.table.work.find(
                    "total_differs",
                    seen=seen,
                    column=one.column.header,
                    stated=numbers[head],
                    counted=added,
                )

    def _hidden_makes(self, index: int, head: int, group: list[int], left: Decimal) -> bool:
        """Whether what a total has beyond its rows is what hidden rows hold."""
        heads = {*self.table.totals, *self.table.sections}
        first = min(head, group[0]) if group else head
        after = [row for row in heads if group and row > group[-1]]
        held: dict[int, Decimal] = {}
        for row in self.table.concealed:
            seen = self.table.work.page.at.get((row, index))
            value = None if seen is None else read_number(as_meant(seen)).value
            if value:
                held[row] = Decimal(value)
        between = [value for row, value in held.items() if first < row < min(after, default=10**9)]
        if left in (sum(held.values()), sum(between)):
            return True
        few = list(held.values())[:MOST_HIDDEN]
        return any(
            sum(some) == left for size in range(1, len(few)) for some in combinations(few, size)
        )

    def _state(
        self, one: Mapped, numbers: dict[int, Number], wrong: dict[int, Number], right: set[int]
    ) -> None:
        """Keep what the page's own totals state, for the account of the district."""
        for row in self.table.totals:
            seen = self.table.cells[row].get(one.column.index)
            if seen is None or row not in numbers:
                continue
            agrees = True if row in right else False if row in wrong else None
            counted = numbers[row] if agrees else wrong.get(row)
            self.table.work.stated.append(
                Stated(
                    self.table.table.form.number,
                    one.name,
                    one.column.header,
                    self.table.work.address(*seen.place),
                    float(numbers[row]),
                    None if counted is None else float(counted),
                    agrees,
                )
            )

    def _roof(
        self, head: int, index: int, rows: set[int], right: set[int], wrong: dict[int, Number]
    ) -> bool:
        """Whether a section is the sum of the sections below it, or of a longer run of rows."""
        if head not in self.table.sections:
            return False
        numbers = self.numbers.sums[index]
        stated = Decimal(numbers[head])
        order = [
            row
            for row in self.table.cells
            if row > head and (row in rows or row in self.table.sections)
        ]
        run = Decimal(0)
        for row in order:
            if row in rows and row in numbers:
                run += Decimal(numbers[row])
            if run == stated:
                return True
        return False

    def explain(self, counts: Iterable[int] = ()) -> None:
        """Give the cells of total and section rows their roles; ``counts`` count other rows."""
        block, fate = self.table.block, self.table.work.fate
        sections = set(self.table.sections)
        for row in (*self.table.totals, *self.table.sections, *self.table.summaries, *counts):
            for index, seen in self.table.cells[row].items():
                if seen.place in fate:
                    continue
                words = index in (block.label_column, block.order_column) or not (
                    seen.numeric or seen.kind in ("dash", "error")
                )
                role = "section" if row in sections and words else "total"
                fate[seen.place] = FATES[role]


def _sums(rows: list[int], numbers: dict[int, Number], doubles: list[set[int]]) -> set[Decimal]:
    """Return the sums of rows, counting one of each set of doubles."""
    again = {row for same in doubles for row in same}
    sums = {sum((Decimal(numbers[row]) for row in rows if row not in again), Decimal(0))}
    for same in doubles:
        # A dash or a blank in one of the doubles counts as nothing.
        here = {Decimal(numbers.get(row, 0)) for row in same}
        sums = {total + value for total in sums for value in here}
    return sums


def _same_sum(stated: Decimal, counted: Decimal, parts: list[Number]) -> bool:
    """Whether a stated sum is that of its parts, within the rounding of their decimals."""
    if stated == counted:
        return True
    places = [
        -exponent
        for value in (*map(Decimal, parts), stated)
        if isinstance(exponent := value.as_tuple().exponent, int) and exponent < 0
    ]
    if not places:
        return False
    slack = Decimal(1).scaleb(-max(places)) * (len(parts) + 1) / 2
    return abs(stated - counted) <= slack
