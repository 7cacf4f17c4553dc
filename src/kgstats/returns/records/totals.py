"""The sums a page states, beside the rows they may be the sums of.

A total may count every row, the rows of its section, or those since the total above it; a
commune of another district or not; of a commune that stands twice one row. Which it is, the other
columns of its row tell. Whether a total that agrees with none of these is wrong, or one of its
rows, is for the rules between all numbers to say (`judging`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import combinations

from kgstats.returns.columns.matching import Mapped
from kgstats.returns.layout import Seen
from kgstats.returns.ledger import FATES
from kgstats.returns.records.columns import NumberColumns
from kgstats.returns.records.lines import Number, Stated, Total, as_meant
from kgstats.returns.records.table import TableRows
from kgstats.returns.values.numbers import read_number

MOST_HIDDEN = 8
"""Of so many hidden rows every choice is tried; of more, all together and those of one group."""


MOST_DOUBLES = 6
"""So many communes that stand twice are tried with either row."""


def same_sum(stated: Number, counted: Number, parts: Iterable[Number]) -> bool:
    """Whether a stated sum is that of its parts, within the rounding of their decimals."""
    return stated == counted or abs(Decimal(stated) - Decimal(counted)) <= rounding(stated, parts)


def rounding(stated: Number, parts: Iterable[Number]) -> Decimal:
    """Return how far the sum of rounded parts may be from its rounded total; 0 for whole ones.

    >>> rounding(Decimal("3.1"), [Decimal("1.2"), Decimal("1.8")])
    Decimal('0.15')
    """
    held = [*parts, stated]
    if all(number.__class__ is int for number in held):
        return Decimal(0)
    numbers = [*map(Decimal, held)]
    places = [
        -exponent
        for value in numbers
        if isinstance(exponent := value.as_tuple().exponent, int) and exponent < 0
    ]
    return Decimal(1).scaleb(-max(places)) * len(numbers) / 2 if places else Decimal(0)


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
        repeated = [set(same) for same in doubles][:MOST_DOUBLES]
        _Comparison(self, set(items), set(strangers), repeated).run(list(columns))

    def explain(self, counts: Iterable[int] = ()) -> None:
        """Give the cells of total and section rows their roles; ``counts`` count other rows."""
        block = self.table.block
        sections = set(self.table.sections)
        for row in (*self.table.totals, *self.table.sections, *self.table.summaries, *counts):
            for index, seen in self.table.cells[row].items():
                if seen.fate is not None:
                    continue
                words = index in (block.label_column, block.order_column) or not (
                    seen.numeric or seen.kind in ("dash", "error")
                )
                role = "section" if row in sections and words else "total"
                seen.fate = FATES[role]


class _Comparison:
    """The totals of one table while they are compared."""

    def __init__(
        self, totals: Totals, rows: set[int], without: set[int], doubles: list[set[int]]
    ) -> None:
        self.totals = totals
        self.table = totals.table
        self.rows = rows
        self.without = without
        self.doubles = doubles
        self.groups: list[tuple[int, list[int]]] = list(totals.table.groups(rows))
        self.added: dict[tuple[int, int], tuple[list[int], list[Number], Number]] = {}
        self.first: dict[int, int] = {}
        for place, (head, _) in enumerate(self.groups):
            self.first.setdefault(head, place)

    def run(self, columns: list[Mapped]) -> None:
        known = [
            one
            for one in columns
            if self.totals.numbers.sums.get(one.column.index)
            and not self.totals.numbers.unsure.get(one.column.index, set()) & self.rows
        ]
        agree = {one.column.index: self._agreeing(one.column.index) for one in known}
        usual: dict[int, Counter[int]] = {}
        for found in agree.values():
            for head, place in found.items():
                if head not in usual:
                    usual[head] = Counter()
                usual[head][place] += 1
        for one in columns:
            index = one.column.index
            if index in agree:
                self._column(one, agree[index], usual)
            elif self.totals.numbers.sums.get(index):
                # One row could not be read: what its total should be is not known.
                self._state(one, {}, set())

    def _agreeing(self, index: int) -> dict[int, int]:
        """Return for each total that agrees the first group of rows it is the sum of."""
        numbers = self.totals.numbers.sums[index]
        found: dict[int, int] = {}
        for place, (head, _) in enumerate(self.groups):
            stated = numbers.get(head)
            if stated is not None and head not in found and self._makes(index, place):
                found[head] = place
        return found

    def _added(self, index: int, place: int) -> tuple[list[int], list[Number], Number]:
        """Return the rows of a group that have a number in a column, the numbers and their sum."""
        known = self.added.get((index, place))
        if known is None:
            numbers = self.totals.numbers.sums[index]
            rows = [row for row in self.groups[place][1] if row in numbers]
            parts = [numbers[row] for row in rows]
            known = self.added[index, place] = rows, parts, sum(parts)
        return known

    def _makes(self, index: int, place: int) -> bool:
        """Whether the numbers of a group make the total that heads it."""
        numbers, (head, group) = self.totals.numbers.sums[index], self.groups[place]
        stated = numbers[head]
        rows, parts, added = self._added(index, place)
        if added == stated:
            return True
        counted = Decimal(added)
        kept = [row for row in rows if row not in self.without]
        doubled = [same for same in self.doubles if same & set(group)]
        return (
            same_sum(stated, counted, parts)
            or Decimal(stated) in _sums(kept, numbers, doubled)
            or (
                bool(self.table.concealed)
                and self._hidden_makes(index, head, group, Decimal(stated) - counted)
            )
        )

    def _column(self, one: Mapped, agree: dict[int, int], usual: dict[int, Counter[int]]) -> None:
        index = one.column.index
        numbers = self.totals.numbers.sums[index]
        cells = self.table.cells
        wrong: dict[int, Number] = {}
        for head in self.first:
            seen = cells[head].get(index)
            if head not in numbers or seen is None:
                continue
            holds = head in agree
            if holds:
                place = agree[head]
            elif head in usual:
                place = usual[head].most_common(1)[0][0]
            else:
                place = self.first[head]
            rows = self.groups[place][1]
            group, parts, counted = self._added(index, place)
            if holds and not same_sum(numbers[head], counted, parts):
                continue  # it agrees in a way that says nothing of a single row
            if not holds:
                wrong[head] = counted
                if self._roof(head, index):
                    continue
            found = partial(_parts, group, index, cells, numbers)
            self.table.work.totals.append(
                Total(one.name, one.column.header, seen, numbers[head], found, counted, holds, rows)
            )
        self._state(one, wrong, set(agree))

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

    def _state(self, one: Mapped, wrong: dict[int, Number], right: set[int]) -> None:
        """Keep what the page's own totals state, for the account of the district."""
        numbers = self.totals.numbers.sums[one.column.index]
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

    def _roof(self, head: int, index: int) -> bool:
        """Whether a section is the sum of the sections below it, or of a longer run of rows."""
        table, rows = self.table, self.rows
        if head not in table.sections:
            return False
        numbers = self.totals.numbers.sums[index]
        stated = Decimal(numbers[head])
        end = table.next_alike(head)
        order = [
            row
            for row in table.cells
            if head < row < end and (row in rows or row in table.sections)
        ]
        run = Decimal(0)
        for row in order:
            if row in rows and row in numbers:
                run += Decimal(numbers[row])
            if run == stated:
                return True
        return False


def _parts(
    rows: list[int], index: int, cells: dict[int, dict[int, Seen]], numbers: dict[int, Number]
) -> tuple[tuple[Seen, Number], ...]:
    return tuple([(cells[row][index], numbers[row]) for row in rows])


def _sums(rows: list[int], numbers: dict[int, Number], doubles: list[set[int]]) -> set[Decimal]:
    """Return the sums of rows, counting one of each set of doubles."""
    again = {row for same in doubles for row in same}
    sums = {sum((Decimal(numbers[row]) for row in rows if row not in again), Decimal(0))}
    for same in doubles:
        # A dash or a blank in one of the doubles counts as nothing.
        here = {Decimal(numbers.get(row, 0)) for row in same}
        sums = {total + value for total in sums for value in here}
    return sums
