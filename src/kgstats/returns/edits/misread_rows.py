"""Rows whose numbers stand in wrong columns: what speaks for it, and which rows they are.

A row typed one column off holds values that its columns cannot have, though their neighbours can;
it breaks its own rules; and the totals it is part of agree once the value beside is taken. One
such witness is a slip of one cell. Several that nothing else explains are a row misread as one:
then none of its values is right because it happens to be possible where it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Protocol

from kgstats.edits import Number
from kgstats.edits.slips import Slip
from kgstats.returns.identities import rate_agrees, rates
from kgstats.returns.joining import Row
from kgstats.returns.layout import Seen
from kgstats.returns.records.lines import Total, as_meant
from kgstats.returns.records.totals import same_sum
from kgstats.returns.values.numbers import read_number

LEAST_WITNESSES = 3
"""So many witnesses speak for a row typed one column off, not for slips of single cells."""

LEAST_OF_KIND = 2
"""So many values that only the column beside can have are no slips of single cells."""

MOST_OF_A_COLUMN = 0.5
"""Where more values of a column are refused, the column is to blame and not its rows."""

MOVED: frozenset[Slip | None] = frozenset(("exchanged", "shifted", "shifted_down"))
"""Slips of several cells that stand in one another's place."""


class Witness(Protocol):
    """A rule that fails and that no single cell explains."""

    @property
    def row(self) -> Row | None:
        """The row it is about, if it is about one."""

    @property
    def total(self) -> Total | None:
        """The total it is about, if it is about one."""


LEAST_ALIKE = 8
"""So many counts of households are never equal in two communes by chance."""

LEAST_COUNT = 50
"""Small counts are: the largest of those that are equal has at least so many."""


def copied_rows(rows: Sequence[Row]) -> list[list[Row]]:
    """Return the rows of different places that state the same counts from first to last."""
    placed = [row for row in rows if row.code is not None]
    counts = [
        tuple([value for value in row.values.values() if value and value.__class__ is int])
        for row in placed
    ]
    often = Counter([held for held in counts if len(held) >= LEAST_ALIKE])
    alike: dict[tuple[tuple[str, Number], ...], list[Row]] = {}
    for row, held in zip(placed, counts, strict=True):
        if often[held] > 1 and max(held) >= LEAST_COUNT:
            named = [
                (name, one) for name, one in row.values.items() if one and one.__class__ is int
            ]
            alike.setdefault(tuple(named), []).append(row)
    return [held for held in alike.values() if len({row.code for row in held}) > 1]


def refused_values(rows: Sequence[Row]) -> dict[int, list[str]]:
    """Return the names of the values of each row that were refused by themselves, by row.

    Values of columns that are refused as a whole say nothing of their rows; nor do rates that the
    row's own numbers make: one wrong base makes several impossible rates, where they belong.
    """
    refused: Counter[str] = Counter()
    found: dict[int, list[str]] = {}
    for row in rows:
        names = [name for name, value in row.values.items() if value is None]
        if not row.cells.keys() <= row.values.keys():
            names.extend(row.cells.keys() - row.values.keys())
        for name in names:
            for _, seen in row.cells.get(name, ())[:1]:
                quarantined = seen.fate is not None and seen.fate[0] == "quarantined"
                if quarantined and not _made_by_its_row(row, name, seen):
                    refused[name] += 1
                    found.setdefault(id(row), []).append(name)
    filled = {name: sum(name in row.cells for row in rows) for name in refused}
    whole = {name for name in refused if refused[name] > max(1, MOST_OF_A_COLUMN * filled[name])}
    kept = {key: [one for one in names if one not in whole] for key, names in found.items()}
    return {key: names for key, names in kept.items() if names}


def _made_by_its_row(row: Row, name: str, seen: Seen) -> bool:
    """Whether a rate is that of its row's own numbers."""
    stated = seen.value
    for one in rates(row.table):
        if one.at == name and isinstance(stated, int | float):
            part, whole = (row.values.get(of) for of in one.columns[1:3])
            if isinstance(part, int) and isinstance(whole, int) and whole:
                return rate_agrees(row.table, name, stated, part, whole)
    return False


def one_column_off(row: Row, refused: Collection[str]) -> bool:
    """Whether several refused values of a row are of the kind of the column on one side."""
    if len(refused) < LEAST_OF_KIND:
        return False
    columns = {seen.column: name for name, held in row.cells.items() for _, seen in held[:1]}
    for step in (-1, 1):
        fitting = [
            name
            for name in refused
            if _can_hold(columns.get(row.cells[name][0][1].column + step), row.cells[name][0][1])
            and not _can_hold(name, row.cells[name][0][1])
        ]
        if len(fitting) >= LEAST_OF_KIND:
            return True
    return False


def _can_hold(name: str | None, seen: Seen) -> bool:
    """Whether a value looks like one of a column of the form, by its kind alone."""
    if name is None:
        return False
    value = seen.value
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if name.endswith("_pct"):
        return number is not None and 0 <= number <= 100
    if name.endswith(("_hh", "_vnd")) or name == "criteria_met":
        whole = number is not None and (number == int(number) or name.endswith("_vnd"))
        return whole and (name != "criteria_met" or 0 <= (number or 0) <= 19)
    return number is None and seen.kind in ("text", "date")


def misread(
    rows: Sequence[Row],
    slips: dict[int, list[Slip | None]],
    left: Collection[Witness],
) -> Iterator[tuple[Row, int]]:
    """Yield the rows that are misread as one, each with the number of witnesses.

    Parameters
    ----------
    rows
        The rows of a table.
    slips
        What the values refused in judging look like, by row.
    left
        The rules that fail and that no cell explains.
    """
    refused = refused_values(rows)
    own = Counter(id(one.row) for one in left if one.row is not None)
    totals = [one.total for one in left if one.total is not None]
    failing = {one.head.column for one in totals}
    explained: dict[int, set[int]] = {}
    for row in rows if totals else ():
        found = _explained(row, totals)
        # A row that was moved is why most sums fail; of marks, others agree by chance.
        if len(found) >= MOST_OF_A_COLUMN * len(failing):
            explained[id(row)] = found
    gone: set[int] = set()
    for row in sorted(rows, key=lambda row: len(explained.get(id(row), ())), reverse=True):
        told = slips.get(id(row), [])
        single = sum(slip not in MOVED for slip in told)
        kinds = max(0, len(refused.get(id(row), ())) - len(told))
        sums = explained.get(id(row), set()) - gone
        others = kinds + own[id(row)] + len(sums)
        run = len(told) >= LEAST_WITNESSES and not single
        several = kinds or single >= LEAST_OF_KIND or len(sums) >= LEAST_WITNESSES
        if (run and others) or (several and not run and others + len(told) >= LEAST_WITNESSES):
            gone |= sums
            yield row, others + len(told)


def _explained(row: Row, totals: Iterable[Total]) -> set[int]:
    """Return the columns whose totals agree where a row has the number beside its own."""
    columns = {seen.column: name for name, held in row.cells.items() for _, seen in held[:1]}
    at = row.lines[0].row
    found: set[int] = set()
    for total in totals:
        column = total.head.column
        parts = {seen.row: part for seen, part in total.parts if seen.column == column}
        blank = at not in parts and parts and min(parts) - 1 <= at <= max(parts) + 1
        if not blank and (at not in parts or columns.get(column) != total.column):
            continue
        part = parts.get(at, 0)
        near = (_beside(row, columns, column + step) for step in (-1, 1))
        if any(same_sum(total.stated, total.counted - part + one, (part, one)) for one in near):
            found.add(column)
    return found


def _beside(row: Row, columns: dict[int, str], column: int) -> Number:
    """Return the number in a column of a row as its page writes it, nought for none."""
    mark = row.values.get(columns.get(column, ""))
    if isinstance(mark, bool):
        return int(mark)
    line = row.lines[0]
    seen = line.work.page.at.get((line.row, column))
    value = None if seen is None else read_number(as_meant(seen)).value
    return 0 if value is None else value
