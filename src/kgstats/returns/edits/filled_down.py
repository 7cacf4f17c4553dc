"""Numbers that continue a series down a column: the corner of a cell was dragged over those below.

A spreadsheet then writes the number again, or one more in each row. Counts of households do not run
so by themselves: where rows or totals contradict one of them none is used but what its own row
proves, and a long run is asked about where nothing does, as a sum made by the workbook agrees with
any numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from operator import itemgetter

from kgstats.edits.identities import Identity
from kgstats.returns.book import Previous
from kgstats.returns.forms import column_words, table_columns
from kgstats.returns.identities import identities
from kgstats.returns.joining import Row, stated_in

LEAST_OF_A_SERIES = 3
"""So many counts that run evenly may be filled down, where something contradicts them."""

LEAST_BY_ITSELF = 4
"""So many are asked about whatever else stands there, and are filled down whatever their step."""

LEAST_COUNT = 50
"""Smaller counts run evenly by chance where nothing contradicts them."""

LEAST_DOUBTED = 10
"""Nor does a series up to this size where something contradicts it."""

STEPS = (0, 1, -1)
"""What is added from row to row where a single cell was dragged; two cells give any step."""

NEAR = 20
"""A rule that would hold with a twentieth more as well proves nothing."""

PROVED, CONTRADICTED = "proved", "contradicted"


def refuse_filled(rows: Sequence[Row], previous: Previous | None) -> None:
    """Refuse the counts of every series that was filled down, but those that their row proves."""
    rules = identities(rows[0].table) if rows else ()
    for name, run in _series(rows):
        about = [one for one in rules if name in one.columns]
        # The row where two series meet may be refused already, with the first of them.
        there = [row for row in run if row.values[name] is not None]
        told = {id(row): _told(row, name, about, previous) for row in there}
        left = [row for row in there if told[id(row)] != PROVED]
        work, seen = run[0].cells[name][0]
        column = column_words(run[0].table, name)
        if CONTRADICTED in told.values():
            for row in left:
                row.find(
                    "value_filled_down", name, place=row.name, column=column, count=len(run),
                    first=work.address(*seen.place),
                )  # fmt: skip
                row.refuse(name)
        elif left and len(run) >= LEAST_BY_ITSELF and min(_counts(run, name)) >= LEAST_COUNT:
            work.find("values_run_evenly", seen=seen, column=column, count=len(run))


def _series(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Yield the runs of counts that stand evenly below one another, with the column's name."""
    at: dict[tuple[int, str], list[tuple[int, int, Row]]] = defaultdict(list)
    counted = _counts_of(rows[0].table) if rows else ()
    for row in rows if counted else ():
        for name, value in row.values.items():
            if name in counted and value.__class__ is int and (behind := row.cells.get(name)):
                work, seen = behind[0]
                at[id(work), name].append((seen.row, value, row))
    for (_, name), held in at.items():
        held.sort(key=itemgetter(0))
        first = 0
        for step, pairs in groupby(_steps(held)):
            count = len(list(pairs)) + 1
            least = LEAST_OF_A_SERIES if step in STEPS else LEAST_BY_ITSELF
            if step is not None and count >= least:
                run = [row for _, _, row in held[first : first + count]]
                if max(_counts(run, name)) >= LEAST_DOUBTED:
                    yield name, run
            first += count - 1


@lru_cache
def _counts_of(table: str) -> frozenset[str]:
    return frozenset(one.name for one in table_columns(table) if one.name.endswith("_hh"))


def _steps(held: Sequence[tuple[int, int, Row]]) -> Iterator[int | None]:
    """Yield what is added from row to row between two counts, in rows of sums between as well."""
    for (above, before, _), (below, after, _) in pairwise(held):
        apart, down = after - before, below - above
        yield apart // down if down and not apart % down else None


def _counts(run: Iterable[Row], name: str) -> list[int]:
    return [row.values[name] for row in run if row.values[name] is not None]


def _told(row: Row, name: str, rules: Sequence[Identity], previous: Previous | None) -> str | None:
    """Return what row and sums say of a count: `PROVED`, `CONTRADICTED` or nothing.

    A rule that would hold with a number near it as well proves nothing.
    """
    values = stated_in(row, previous)
    near = {**values, name: values[name] + 1 + values[name] // NEAR}
    line = row.lines[0]
    if any(one.fails(values, row.words) for one in rules):
        return CONTRADICTED
    if any(one.relation == "=" and one.fails(near, row.words) for one in rules):
        return PROVED
    sums = [one for one in line.work.totals if one.column == name and line.row in one.rows]
    return None if all(one.holds for one in sums) else CONTRADICTED
