"""Columns typed one row too low: the sums of their sections agree when they are moved up.

Such a column breaks no rule of a row where its neighbours moved with it. But a number that slid
from one section into the next is missing in the sum of the one and too many in that of the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from kgstats.edits import Number
from kgstats.returns.forms import MARK_NAMES, column_words
from kgstats.returns.identities import BEFORE, identities
from kgstats.returns.joining import Row, stated_in
from kgstats.returns.records.lines import Total, Work
from kgstats.returns.records.totals import same_sum


def refuse_moved(rows: Sequence[Row]) -> None:
    """Refuse columns that are typed one row too low, and those that moved with them."""
    for work in {id(line.work): line.work for row in rows for line in row.lines}.values():
        by_column: dict[int, list[Total]] = defaultdict(list)
        for total in work.totals:
            if total.rows:
                by_column[total.head.column].append(total)
        failing = [
            totals
            for totals in by_column.values()
            if len(totals) > 1 and not all(one.holds for one in totals)
        ]
        zones = [moved_down(totals) for totals in failing]
        for totals, zone in zip(failing, zones, strict=True):
            # A commune that reported nothing is blank in all columns: what one of them tells by
            # chance, the others do not.
            if zone and all(
                other[:1] == zone[:1] or _filled(also, zone[0])
                for also, other in zip(failing, zones, strict=True)
            ):
                _refuse(rows, work, totals, zone)


def _filled(totals: Sequence[Total], row: int) -> bool:
    """Whether a column has a number in a row."""
    return any(part for one in totals for seen, part in one.parts if seen.row == row)


DECISIONS = ("decision_no", "decision_date")

LEAST_MOVED = 2
"""One decision beside a commune without all criteria may be its own, unless its level says no."""


def refuse_moved_decisions(rows: Sequence[Row]) -> None:
    """Refuse decisions typed one row off: moved back, each is beside a commune that meets all.

    The rows are marked, so that no status is concluded from what is not there.
    """
    known = sorted((row for row in rows if row.lines), key=lambda row: row.lines[0].row)
    decided = [row.values.get(DECISIONS[0]) is not None for row in known]
    all_met = [all(row.values.get(name) for name in MARK_NAMES) for row in known]
    wrong = [row for row, has, met in zip(known, decided, all_met, strict=True) if has and not met]
    alone = len(wrong) < LEAST_MOVED and all(row.values.get("level") != "none" for row in wrong)
    if alone or len({id(row.lines[0].work) for row in known}) != 1:
        return
    for start in range(len(known)):
        down = [*decided[:start], *decided[start + 1 :], False]
        up = [*decided[:start], False, *decided[start:-1]]
        count = sum(decided[start:])
        if count >= LEAST_MOVED and (
            (not decided[start] and _beside_all(down, all_met)) or _beside_all(up, all_met)
        ):
            zone = known[start:]
            work, line = zone[0].lines[0].work, zone[0].lines[0]
            held = next(row for row in zone if row.cells.get(DECISIONS[0]))
            column = held.cells[DECISIONS[0]][0][1].column
            work.find("decisions_moved", (line.row, column), row=line.row, count=count)
            for row in zone:
                row.words["decisions_refused"] = True
                for name in DECISIONS:
                    row.refuse(name)
            return


def _beside_all(decided: Iterable[bool], all_met: Iterable[bool]) -> bool:
    """Whether every decision is beside a commune that meets all criteria."""
    return all(met for has, met in zip(decided, all_met, strict=True) if has)


def moved_down(totals: Sequence[Total]) -> list[int]:
    """Return the rows from the one left blank on, where all numbers stand one row too low.

    The number of the last row fell out: a sum that counts it tells what it was, and says something
    only where another one tells the same.
    """
    order = sorted({row for one in totals for row in one.rows})
    held = {seen.row: part for one in totals for seen, part in one.parts}
    for start, row in enumerate(order[:-1]):
        if held.get(row):
            continue
        right = {**held, **{at: held.get(below, 0) for at, below in _steps(order[start:])}}
        right[row] = held.get(order[start + 1], 0)
        if _agree(totals, right, order[-1]):
            return order[start:]
    return []


def _steps(order: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Yield each row with the row below it."""
    return pairwise(order)


def _agree(totals: Iterable[Total], right: dict[int, Number], last: int) -> bool:
    """Whether all sums agree with other numbers in the rows, and some did not before."""
    told: list[Decimal] = []
    spoken = 0
    for total in totals:
        parts = [right.get(row, 0) for row in total.rows if row != last]
        if last in total.rows:
            told.append(Decimal(total.stated) - Decimal(sum(parts)))
        elif same_sum(total.stated, sum(parts), parts):
            spoken += not total.holds
        else:
            return False
    if any(one < 0 or abs(one - told[0]) > Decimal("0.5") for one in told):
        return False
    return spoken > 0


def _refuse(rows: Sequence[Row], work: Work, totals: Sequence[Total], zone: Sequence[int]) -> None:
    """Refuse the numbers of a column in some rows, and of those that agree with it there."""
    at = {line.row: row for row in rows for line in row.lines if line.work is work}
    name = totals[0].column
    cells = ", ".join(work.address(*one.head.place) for one in totals if not one.holds)
    for column in (name, *_companions(at, name, zone)):
        held = [at[row] for row in zone if row in at and at[row].values.get(column) is not None]
        if not held:
            continue
        seen = held[0].cells[column][0][1] if held[0].cells.get(column) else totals[0].head
        work.find(
            "column_moved", (zone[0], seen.column), column=column_words(held[0].table, column),
            row=zone[0], cells=cells, count=len(held),
        )  # fmt: skip
        for row in held:
            row.refuse(column)


def _companions(at: dict[int, Row], name: str, zone: Sequence[int]) -> list[str]:
    """Return the columns that would contradict a column if it alone were moved up."""
    known = [at[row] for row in zone if row in at]
    found: dict[str, None] = {}
    for row, below in pairwise(known):
        before, there = stated_in(row, None), stated_in(below, None)
        after = {**before, name: there[name]} if name in there else {**before}
        for one in identities(row.table):
            holds = name in one.columns and not one.fails(before, row.words)
            if holds and one.fails(after, row.words):
                found.update(dict.fromkeys(one.columns))
    return [one for one in found if one != name and not one.startswith(BEFORE)]
