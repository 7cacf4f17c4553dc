"""The rows of one commune, in one or several tables of a workbook, become one row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kgstats.edits import Number
from kgstats.edits.identities import stated_number
from kgstats.returns.book import Previous, Record
from kgstats.returns.forms import MARK_NAMES, column_words
from kgstats.returns.identities import BEFORE
from kgstats.returns.layout import Seen
from kgstats.returns.ledger import FATES
from kgstats.returns.records.lines import Line, Work

Cells = dict[str, list[tuple[Work, Seen]]]

NUMBERS = (int, float, bool)
MARKS = frozenset(MARK_NAMES)


@dataclass(slots=True, eq=False)
class Row:
    """One row of a clean table before it is judged: its values and the cells behind them."""

    table: str
    name: str
    """What it is about, in words for people."""
    lines: list[Line]
    values: Record
    cells: Cells = field(default_factory=dict)
    code: str | None = None
    """Code of the commune it is about; None for a line of money."""
    words: dict[str, Any] = field(default_factory=dict)
    """What is known of it beside its values, for rules that depend on it."""

    def find(self, rule: str, behind: str, severity: str | None = None, **args: Any) -> None:
        """Note a finding at the cell behind a value, at the row's name where there is none."""
        held = self.cells.get(behind)
        work, seen = held[0] if held else (self.lines[0].work, self.lines[0].label)
        work.find(rule, seen=seen, severity=severity, **args)

    def refuse(self, column: str) -> None:
        """Take a value out of the row; its cells are in quarantine."""
        self.values[column] = None
        for _, seen in self.cells.get(column, ()):
            _, table, key, behind = seen.fate or FATES["quarantined"]
            seen.fate = ("quarantined", table, key, behind)


def stated_in(row: Row, previous: Previous | None) -> dict[str, Number]:
    """Return the numbers of a row that have a cell, by column, with those of the year before.

    Marks are among them, as 1 and 0, where all nineteen have a cell: a mark that a legend gives to
    blank cells has none to be blamed.
    """
    values: dict[str, Number] = {}
    cells = row.cells
    for name, value in row.values.items():
        if value.__class__ in NUMBERS and cells.get(name):
            values[name] = stated_number(value) if value.__class__ is float else int(value)
    if not (MARKS.isdisjoint(values) or values.keys() >= MARKS):
        for name in MARK_NAMES:
            values.pop(name, None)
    if previous is not None and row.code is not None:
        for name, before in previous.get(row.code, {}).items():
            if before is not None:
                values[BEFORE + name] = before
    return values


def joined(lines: Iterable[Line], table: str) -> list[Row]:
    """Join the rows of each commune; rows that contradict one another are refused."""
    rows: list[Row] = []
    for code, held in _by_unit(lines).items():
        unit = held[0].unit
        assert unit is not None
        values, cells = _merged(held, unit.full_name)
        rows.append(Row(table, unit.full_name, held, values, cells, code))
    return rows


def _by_unit(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Group rows by unit; rows that contradict one another are refused, doubles set aside."""
    grouped: dict[str, list[Line]] = {}
    for line in lines:
        if line.unit is None:
            refuse(line)
        else:
            grouped.setdefault(line.unit.code, []).append(line)
    kept = {code: held if len(held) == 1 else _agreed(held) for code, held in grouped.items()}
    return {code: held for code, held in kept.items() if held}


def _agreed(held: list[Line]) -> list[Line]:
    """Return the rows of one unit, one of each table; none where they contradict one another."""
    assert held[0].unit is not None
    place = held[0].unit.full_name
    pages: dict[tuple[int, int], list[Line]] = {}
    for line in held:
        pages.setdefault((id(line.work), line.table), []).append(line)
    firsts = [same[0] for same in pages.values()]
    contradict = any(
        given(one) != given(same[0]) for same in pages.values() for one in same[1:]
    ) or any(
        _apart(one, other)
        for position, one in enumerate(firsts)
        for other in firsts[position + 1 :]
    )
    if contradict:
        for line in held:
            line.work.find("place_twice", seen=line.label, place=place, count=len(held))
            refuse(line)
        return []
    for same in pages.values():
        for line in same[1:]:
            line.work.find("place_repeated", seen=line.label, place=place)
            line.refused = True
            for seen in line.own_cells():
                seen.fate = FATES["ignored"]
    return firsts


def _apart(one: Line, other: Line) -> bool:
    """Whether two tables state most of the same columns, and one of them otherwise."""
    shared = [
        name
        for name in one.values
        if one.values[name] is not None and other.values.get(name) is not None
    ]
    if 2 * len(shared) <= min(len(one.values), len(other.values)):
        return False
    return any(one.values[name] != other.values[name] for name in shared)


def _merged(lines: list[Line], place: str) -> tuple[Record, Cells]:
    """Join the values of one unit's rows in several tables of the workbook."""
    if len(lines) == 1:
        (line,) = lines
        return dict(line.values), {name: [(line.work, seen)] for name, seen in line.cells.items()}
    values: Record = {}
    cells: Cells = {}
    for line in lines:
        for name, seen in line.cells.items():
            cells.setdefault(name, []).append((line.work, seen))
        for name, value in line.values.items():
            if value is None:
                values.setdefault(name, None)
                continue
            known = values.get(name)
            if known is not None and known != value:
                work, seen = cells[name][0]
                table = "communes" if line.form == "attainment" else line.form
                work.find(
                    "value_twice", seen=seen, place=place, column=column_words(table, name),
                    values=(known, value),
                )  # fmt: skip
                for _, seen in cells[name]:
                    seen.fate = FATES["quarantined"]
                values[name] = None
                continue
            values[name] = value
    return values, cells


def given(line: Line) -> dict[str, object]:
    """Return the values of a row that are there."""
    return {name: value for name, value in line.values.items() if value is not None}


def refuse(line: Line) -> None:
    """Quarantine a row whole: name, values and all."""
    line.refused = True
    for seen in line.own_cells():
        role = "label" if seen.column == order_column(line) else "quarantined"
        seen.fate = FATES[role]


def order_column(line: Line) -> int | None:
    """Return the column that numbers the rows of a line's table."""
    return line.work.page.tables[line.table].order_column
