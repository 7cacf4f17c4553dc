"""The rules between the numbers of a form, tried together: which cell is wrong, not which differ.

The identities of each row, the totals of the page and the year before are rules over cells. Where
some fail, the smallest set of cells whose change would let all of them hold is looked for
(`kgstats.edits.localise`). A value that its own row and its totals contradict is refused, with what
it looks like; the right cells beside it are not blamed. Where one rule alone fails, or nothing
tells which of its cells is wrong, the rule is reported where it fails and all values stay. Nothing
is changed by itself.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from operator import mul
from typing import Any

from kgstats import registry
from kgstats.edits import (
    Change,
    Diagnosis,
    Identity,
    Limits,
    Linear,
    Number,
    Rate,
    Repair,
    Rule,
    localise,
)
from kgstats.edits.cover import Cover
from kgstats.edits.identities import Quotient
from kgstats.edits.slips import Slip
from kgstats.returns.book import Book
from kgstats.returns.edits.filled_down import refuse_filled
from kgstats.returns.edits.misread_rows import (
    MOVED,
    copied_rows,
    misread,
    one_column_off,
    refused_values,
)
from kgstats.returns.edits.moved_columns import refuse_moved
from kgstats.returns.forms import KEYS, MARK_NAMES, column_words
from kgstats.returns.identities import BEFORE, identities
from kgstats.returns.joining import MARKS, NUMBERS, Row, stated_in
from kgstats.returns.records.lines import Total, Work
from kgstats.returns.records.totals import rounding
from kgstats.returns.rules import RULES, Words
from kgstats.words import N_

Cell = tuple[int, int, int]
"""Number of the sheet, row and column: the name of a number among the rules."""

LEAST_ROWS = 4
"""A column is judged as a whole where so many rows can be tried."""

MOST_BROKEN, FEW_BROKEN = 0.5, 0.2
"""A rule that fails in more rows speaks against a column, one that fails in fewer for it."""

MOST_ALIKE = 2
"""So many columns are refused where either explains what fails."""

LEAST_WITNESSES = 2
"""A value is refused where so many rules that fail can only be mended by it."""

LEAST_OF_A_ROW = 3
"""So many rules of a row, and most of them, fail where its values stand in wrong columns."""

APPROVED_WEIGHT = 50.0
"""The year before is approved and published: it is doubted last."""

LIMITS = Limits(cells=5, broken=40, steps=200)
"""A page with more slips that hang together is not judged cell by cell."""

TELLING: frozenset[Slip] = frozenset(("zero_too_many", "zero_too_few", "unit", "comma_moved"))
"""Slips that hardly ever explain a difference by chance."""

STRONG: frozenset[Slip] = TELLING | {"sign", "digits_swapped"}
"""Slips that explain a difference well enough to compete with a telling one."""

LEAST_TELLING = 100
"""A smaller value is ten times another too often for that to say anything."""

NARROW = Decimal("0.01")
"""A slip tells something where rounding leaves no wider range about the value it would give."""

BETWEEN = N_("a value between {low} and {high} would agree")
BELOW = N_("the column above it seems to be typed one row off")
NO_VALUE = N_("no single value would agree")


def judge(book: Book, table: str, rows: Sequence[Row]) -> None:
    """Try all rules of a table's rows; refuse what they contradict, report what they doubt."""
    for held in copied_rows(rows):
        refuse_copied(held)
    refuse_filled(rows, book.previous)
    refused = refused_values(rows)
    for row in rows if refused else ():
        if one_column_off(row, refused.get(id(row), ())):
            refuse_row(row, len(refused[id(row)]))
    works = {id(line.work): line.work for row in rows for line in row.lines}.values()
    rules, plain, before = identities(table), _plain(table), book.previous
    if any(work.page.sheet.open_end for work in works):
        _doubt_open_end(rows, rules)
    if all(total.holds for work in works for total in work.totals) and all(
        (before is None and _surely_hold(row, plain)) or _holds(row, stated_in(row, before), rules)
        for row in rows
    ):
        return
    refuse_moved(rows)
    case = Case(book, table, rows)
    if case.failing():
        case.columns()
        case.cells()


def _doubt_open_end(rows: Sequence[Row], rules: Sequence[Identity]) -> None:
    """Doubt the number a text file ends with, without a line break, where no other agrees."""
    for row in rows:
        for name, held in row.cells.items():
            work, seen = held[0]
            if (
                seen.place != work.page.sheet.open_end
                or row.values.get(name).__class__ not in NUMBERS
            ):
                continue
            values: dict[Any, Number] = {**stated_in(row, None)}
            tried = [one.on(values, None, row.words) for one in rules
                     if one.relation == "=" and name in one.columns]  # fmt: skip
            proved = any(rule is not None and rule.holds(values) for rule in tried)
            if not proved and not any(
                total.holds and total.column == name and seen.row in total.rows
                for total in work.totals
            ):
                row.find("number_at_end", name, place=row.name)


def refuse_row(row: Row, count: int) -> None:
    """Refuse all that a row states beside what it is about: it is misread as one."""
    if all(row.values.get(name) is None for name in row.cells):
        return
    row.find("row_contradicted", "", place=row.name, count=count)
    _refuse_values(row)


def refuse_copied(rows: Sequence[Row]) -> None:
    """Refuse rows with the same numbers: all but one are copies, and nothing says which is not."""
    for row in rows:
        others = ", ".join(one.name for one in rows if one is not row)
        row.find("rows_alike", "", place=row.name, others=others)
    for row in rows:
        _refuse_values(row)


def _refuse_values(row: Row) -> None:
    for name in row.cells:
        if name not in KEYS[row.table] and row.values.get(name) is not None:
            row.refuse(name)


def _holds(row: Row, values: Mapping[str, Number], rules: Iterable[Identity]) -> bool:
    """Whether no rule fails on the numbers of a row."""
    return not any(rule.fails(values, row.words) for rule in rules)


def _surely_hold(row: Row, rules: Iterable[_Plain]) -> bool:
    """Whether no rule can fail on a row, seen without exact decimals: it is asked of every row."""
    value_of = row.values.get
    for when, names, factors, constant, per, slack, equal in rules:
        if when is not None and row.words.get(when[0]) != when[1]:
            continue
        held: list[Any] = [*map(value_of, names)]
        if None in held:
            continue
        if per:
            rate, part, base = held
            if base > 0 and abs(part * per - rate * base) > 0.999 * slack * base:
                return False
            continue
        excess = sum(map(mul, held, factors)) - constant
        if excess > slack or (equal and -excess > slack):
            return False
    return True


_Plain = tuple[tuple[str, str] | None, tuple[str, ...], tuple[int, ...], int, int, float, bool]
"""A rule as it is tried on every row: when it holds, the columns, their factors and a constant,
what a quotient is of (nought for sums), how far off it may be, and whether both sides are equal."""


@lru_cache
def _plain(table: str) -> list[_Plain]:
    """Return the rules of a table with every mark named for itself."""
    found = []
    for rule in identities(table):
        terms = [
            (one, by)
            for name, by in rule.terms
            for one in (MARK_NAMES if name == EVERY_MARK else (name,))
        ]
        quotient = rule.right if isinstance(rule.right, Quotient) else None
        found.append(
            (
                rule.when,
                rule.columns if quotient else tuple(name for name, _ in terms),
                tuple(by for _, by in terms),
                rule.constant,
                quotient.per if quotient else 0,
                float(rule.slack),
                rule.relation == "=",
            )
        )
    return found


EVERY_MARK = "met *"
"""How identities name the sum of all marks."""


@dataclass(slots=True, eq=False)
class _About:
    """What a rule is about: an identity of a row, or a total of a page."""

    rule: Rule
    row: Row | None = None
    identity: Identity | None = None
    total: Total | None = None
    work: Work | None = None


@dataclass(slots=True, eq=False)
class Stated:
    """The numbers of one clean table of one workbook, and the rules between them."""

    book: Book
    table: str
    rows: Sequence[Row]
    numbers: dict[Any, Number] = field(default_factory=dict)
    owners: dict[Any, tuple[Row, str]] = field(default_factory=dict)
    """Which value of the table stands in a cell."""
    about: dict[int, _About] = field(default_factory=dict)
    weights: dict[Any, float] = field(default_factory=dict)
    lines: list[list[Cell]] = field(default_factory=list)
    sheets: dict[int, int] = field(default_factory=dict)
    soft: list[_About] = field(default_factory=list)
    """Rules that doubt a row and say nothing of which number is wrong."""
    refused: dict[int, list[Slip | None]] = field(default_factory=dict)
    """What the refused values of each row look like."""

    def __post_init__(self) -> None:
        self.sheets = {id(work): number for number, work in enumerate(self.book.works)}
        for row in self.rows:
            self._row(row)
        self._down_columns()
        for work in {id(line.work): line.work for row in self.rows for line in row.lines}.values():
            for total in work.totals:
                self._total(work, total)

    def _cell(self, work: Work, place: tuple[int, int]) -> Cell:
        return self.sheets[id(work)], *place

    def _row(self, row: Row) -> None:
        """Note the numbers of a row and the identities that can be tried on it."""
        values = stated_in(row, self.book.previous)
        keys: dict[str, Any] = {}
        for name, value in values.items():
            if name.startswith(BEFORE):
                keys[name] = ("before", row.code, name)
                self.weights[keys[name]] = APPROVED_WEIGHT
            else:
                work, seen = row.cells[name][0]
                keys[name] = self._cell(work, seen.place)
            self.numbers[keys[name]] = value
        for name, held in row.cells.items():
            if name in row.values:
                for work, seen in held:
                    self.owners[self._cell(work, seen.place)] = (row, name)
        for identity in identities(self.table):
            rule = identity.on(values, keys, row.words)
            if rule is not None:
                about = _About(rule, row, identity)
                if identity.when is not None:
                    self.soft.append(about)
                else:
                    self.about[id(rule)] = about
        self._line(row)

    def _line(self, row: Row) -> None:
        """Note the cells of a row in the order they stand on the page, absent ones too."""
        for line in row.lines:
            block = line.work.page.tables[line.table]
            skipped = {block.label_column, block.order_column}
            places = [one.index for one in block.columns if one.index not in skipped]
            if len(places) > 1:
                self.lines.append([self._cell(line.work, (line.row, at)) for at in places])

    def _down_columns(self) -> None:
        """Note the cells of every column of numbers from top to bottom, blank ones too."""
        columns: dict[tuple[int, int, int], list[tuple[int, str]]] = {}
        rows: dict[tuple[int, int], set[int]] = {}
        for row in self.rows:
            for line in row.lines:
                rows.setdefault((self.sheets[id(line.work)], line.table), set()).add(line.row)
            for name, held in row.cells.items():
                if name in row.values and row.values[name].__class__ in NUMBERS:
                    work, seen = held[0]
                    table = next(one.table for one in row.lines if one.work is work)
                    at = self.sheets[id(work)], table, seen.column
                    columns.setdefault(at, []).append((seen.row, name))
        for (sheet, table, column), held_in in columns.items():
            if len(held_in) > 1:
                down = sorted(rows[sheet, table].union(row for row, _ in held_in))
                self.lines.append([(sheet, row, column) for row in down])

    def _total(self, work: Work, total: Total) -> None:
        """Make a rule of a total; its parts are in the page's unit, values of money in đồng.

        A sum that the workbook works out itself agrees with its rows whatever is typed in them: it
        is no second witness of what they should be.
        """
        if total.holds and total.head.place in work.page.sheet.computed:
            return
        head = self._cell(work, total.head.place)
        terms: list[tuple[Any, Number]] = []
        ours = False
        parts = total.parts
        for seen, part in parts:
            key = self._cell(work, seen.place)
            owner = self.owners.get(key)
            factor: Number = 1
            if owner is not None:
                if owner[0].values.get(owner[1]) is None:
                    return  # refused: what the total should be is not known
                ours = True
                first = owner[0].cells[owner[1]][0]
                key = self._cell(first[0], first[1].place)
                held = self.numbers.get(key)
                if held is not None and held != part and part:
                    factor = Decimal(part) / Decimal(held)
            if key not in self.numbers:
                self.numbers[key] = part
            terms.append((key, factor))
        if not ours:
            return
        self.numbers[head] = total.stated
        slack = rounding(total.stated, (part for _, part in parts))
        if any(factor != 1 for _, factor in terms):
            slack += Decimal("1e-9") * max(abs(Decimal(total.stated)), Decimal(1))
        rule = Linear("total_differs", ((head, -1), *terms), slack=slack, at=head)
        self.about[id(rule)] = _About(rule, total=total, work=work)

    def marks_misread(self) -> bool:
        """Whether the totals under the marks contradict most of them as well."""
        marks = {key for key, (_, name) in self.owners.items() if name in MARKS}
        totals = [
            one.rule.holds(self.numbers)
            for one in self.about.values()
            if one.total is not None and not marks.isdisjoint(one.rule.cells)
        ]
        return len(totals) >= LEAST_ROWS and totals.count(False) > MOST_BROKEN * len(totals)


@dataclass(slots=True, eq=False)
class Case(Stated):
    """The rules of a table that fail, and the values they refuse or doubt."""

    def failing(self) -> bool:
        """Report the soft rules; return whether another one fails."""
        for about in self.soft:
            if not about.rule.holds(self.numbers):
                self._report(about)
        return any(not one.rule.holds(self.numbers) for one in self.about.values())

    def columns(self) -> None:
        """Refuse a column as one where several rules fail in most rows for want of it."""
        tried: Counter[Identity] = Counter()
        failed: Counter[Identity] = Counter()
        for about in self.about.values():
            if about.identity is not None:
                tried[about.identity] += 1
                failed[about.identity] += not about.rule.holds(self.numbers)
        mostly = [
            one
            for one in tried
            if tried[one] >= LEAST_ROWS and failed[one] > MOST_BROKEN * tried[one]
        ]
        for one in mostly:
            # One number beside the nineteen marks it counts is wrong, unless their totals say no.
            if isinstance(one.right, tuple) and (EVERY_MARK, 1) in one.right:
                for name in MARK_NAMES if self.marks_misread() else (one.at,):
                    self._refuse_column(name)
        if len(mostly) < LEAST_WITNESSES:
            return
        trusted: Counter[str] = Counter()
        for one in tried:
            if tried[one] >= LEAST_ROWS and failed[one] <= FEW_BROKEN * tried[one]:
                trusted.update(set(one.columns))
        cover = Cover({name: 1.0 + count for name, count in trusted.items()})
        for one in mostly:
            cover.add([name for name in one.columns if not name.startswith(BEFORE)])
        alike: list[str] = []
        least = 0.0
        while (chosen := cover.smallest()) is not None:
            weight = sum(cover.weights.get(name, 1.0) for name in chosen)
            if len(chosen) != 1 or (alike and weight > least):
                break
            least = weight
            alike.append(str(chosen[0]))
            cover.exclude(chosen)
        # Columns under each other's heading: any of them may be the one that is wrong.
        for name in alike if len(alike) <= MOST_ALIKE else ():
            self._refuse_column(name)

    def _refuse_column(self, name: str) -> None:
        held = [
            row for row in self.rows if row.values.get(name) is not None and row.cells.get(name)
        ]
        if not held:
            return
        work, seen = held[0].cells[name][0]
        column = next(
            (
                one
                for one in work.page.tables[held[0].lines[0].table].columns
                if one.index == seen.column
            ),
            None,
        )
        block = work.page.tables[held[0].lines[0].table]
        words = column_words(self.table, name)
        work.find(
            "column_contradicted", (block.header_last, seen.column),
            column=column.header if column is not None else words, names=words, count=len(held),
        )  # fmt: skip
        for row in held:
            row.refuse(name)
        gone = {key for key, (_, own) in self.owners.items() if own == name}
        for key in gone:
            self.numbers.pop(key, None)
        self.about = {
            number: about
            for number, about in self.about.items()
            if not gone.intersection(about.rule.cells)
        }

    def cells(self) -> None:
        """Find the cells that are wrong; report the rules that nothing explains."""
        found = localise(
            self.numbers, [one.rule for one in self.about.values()], weights=self.weights,
            lines=self.lines, limits=LIMITS,
        )  # fmt: skip
        reported: list[_About] = []
        for diagnosis in found:
            reported.extend(self._diagnosed(diagnosis))
        reported = self._rows(reported)
        for about in sorted(reported, key=lambda one: str(one.rule.at)):
            self._report(about)

    def _rows(self, reported: list[_About]) -> list[_About]:
        """Refuse the rows that break most of their rules, misread as one; return the rest.

        Not so where one cell, or cells that were moved, explain it.
        """
        rules = [one for one in self.about.values() if one.identity is not None]
        tried = Counter(id(one.row) for one in rules)
        failed = Counter(id(one.row) for one in rules if not one.rule.holds(self.numbers))
        left = Counter(id(one.row) for one in reported)
        wrong = {id(row): count for row, count in misread(self.rows, self.refused, reported)}
        for row in self.rows:
            count, slips = failed[id(row)], self.refused.get(id(row), [])
            explained = len(slips) == 1 or bool(slips and MOVED.issuperset(slips))
            if count < LEAST_OF_A_ROW or count <= MOST_BROKEN * tried[id(row)]:
                continue
            if left[id(row)] >= LEAST_OF_A_ROW or (slips and not explained):
                wrong.setdefault(id(row), count)
        for row in self.rows:
            if id(row) in wrong:
                refuse_row(row, wrong[id(row)])
        return [one for one in reported if not self._of_refused(one, wrong)]

    def _of_refused(self, about: _About, rows: Collection[int]) -> bool:
        """Whether a rule is about a row that is refused whole."""
        if about.row is not None:
            return id(about.row) in rows
        owners = (self.owners.get(cell) for cell in about.rule.cells)
        return any(owner is not None and id(owner[0]) in rows for owner in owners)

    def _diagnosed(self, diagnosis: Diagnosis) -> list[_About]:
        """Refuse the values a diagnosis is certain of; return the rules left to report."""
        left = [self.about[id(rule)] for rule in diagnosis.broken]
        repair = self._leading(diagnosis)
        if repair is None:
            return self._against_both(left) if diagnosis.given_up else self._sums(left)
        failing = left
        columns = {key[2] for key in repair.keys if isinstance(key, tuple)}
        down = len(columns) == 1 < len(repair.changes)
        for change in repair.changes:
            if change.slip == "shifted" and down:
                change = replace(change, slip="shifted_down")
            # A cell that every repair changes is wrong: what another one explains speaks too.
            sure = change.key in diagnosis.certain and change.key in self.owners
            against = [one for one in (failing if sure else left) if change.key in one.rule.cells]
            owner = self.owners.get(change.key)
            if owner is None:
                if change.key in self.weights or len(against) < LEAST_WITNESSES:
                    continue
                # A total that its rows and the totals above contradict: the others are right.
                own = [one for one in against if one.rule.at == change.key] or against[:1]
                left = [one for one in left if one not in against or one in own]
                continue
            moved = change.slip in MOVED
            if not moved and len(against) < LEAST_WITNESSES and not _telling(change):
                continue
            self._refuse(change, owner, against)
            left = [one for one in left if one not in against]
        if down and repair.changes[0].slip in MOVED:
            self._below(repair, failing)
        return left

    def _below(self, repair: Repair, against: list[_About]) -> None:
        """Refuse what stands below values typed one row off, where no rule speaks for it."""
        moved = [key for key in repair.keys if isinstance(key, tuple)]
        if len(moved) < LEAST_OF_A_ROW:
            return
        sheet, last, column = max(moved)
        spoken = {
            key
            for one in self.about.values()
            if one.identity is not None and one.identity.relation == "="
            for key in one.rule.cells
            if one.rule.holds(self.numbers)
        }
        for key, owner in self.owners.items():
            below = key[0] == sheet and key[2] == column and key[1] > last and key not in spoken
            if below and owner[0].values.get(owner[1]) is not None:
                change = Change(key, self.numbers.get(key), None, None, None, "shifted_down")
                self._refuse(change, owner, against)

    def _against_both(self, left: list[_About]) -> list[_About]:
        """Refuse the values that neither their row nor a sum bears out; return the rules left."""
        rows = {
            key
            for one in left
            if one.identity is not None and one.identity.relation == "="
            for key in one.rule.cells
        }
        sums = [one for one in left if one.total is not None]
        refused = rows & self.owners.keys() & {key for one in sums for key in one.rule.cells}
        for key in sorted(refused, key=str):
            row, name = owner = self.owners[key]
            cells = _addresses([one for one in sums if key in one.rule.cells], owner)
            row.find(
                "value_against_both", name, place=row.name, cells=", ".join(cells),
                column=column_words(self.table, name),
            )  # fmt: skip
            row.refuse(name)
        return [one for one in left if refused.isdisjoint(one.rule.cells)]

    def _sums(self, left: list[_About]) -> list[_About]:
        """Refuse the rows of a column of which one is wrong where several of its sums say so.

        One sum alone may itself be wrong; two that are off by the same have a row in common.
        """
        if len(left) < LEAST_WITNESSES or any(one.total is None for one in left):
            return left
        heads = {one.rule.at: one.total.head for one in left if one.total is not None}
        if len(heads) < LEAST_WITNESSES or len({one.column for one in heads.values()}) != 1:
            return left
        apart = [Decimal(one.total.stated) - one.total.counted for one in left if one.total]
        slack = max(Decimal(one.rule.slack) for one in left)
        if max(apart) - min(apart) > 2 * slack:
            return left
        shared = set(left[0].rule.cells).intersection(*(one.rule.cells for one in left))
        owned = {key: self.owners[key] for key in shared if key in self.owners}
        if not owned or (min(apart) > 0 and _lacks_units(self, owned.values())):
            return left
        work, total = left[0].work, left[0].total
        assert work is not None and total is not None
        work.find(
            "rows_contradicted", seen=total.head, column=total.heading, count=len(owned),
            rows=work.address.rows({row.cells[name][0][1].row for row, name in owned.values()}),
            cells=", ".join(work.address(*one.place) for one in heads.values()),
        )  # fmt: skip
        for row, name in owned.values():
            row.refuse(name)
        return []

    def _leading(self, diagnosis: Diagnosis) -> Repair | None:
        """Return the repair that stands alone, or alone with a telling slip."""
        if not diagnosis.repairs or diagnosis.given_up:
            return None
        first, *others = diagnosis.repairs
        if not others:
            return first
        # Of ties the one with a telling slip leads, unless a slip explains another as well.
        slipped = [one for one in diagnosis.repairs if all(c.slip in STRONG for c in one.changes)]
        if len(slipped) == 1 and any(map(_telling, slipped[0].changes)):
            return slipped[0]
        certain = diagnosis.certain
        if not certain:
            return None
        changes = tuple(change for change in first.changes if change.key in certain)
        return Repair(changes, first.weight)

    def _refuse(self, change: Change, owner: tuple[Row, str], against: list[_About]) -> None:
        row, name = owner
        cells = _addresses(against, owner)
        args: dict[str, Any] = {
            "place": row.name,
            "column": column_words(self.table, name),
            "cells": ", ".join(cells),
            "looks": _looks(change, _shown_unit(owner)),
        }
        row.find("value_contradicted", name, **args)
        self.refused.setdefault(id(row), []).append(change.slip)
        row.refuse(name)

    def _report(self, about: _About) -> None:
        """Report a rule that fails, where it fails; no value is refused for it."""
        if about.total is not None and about.work is not None:
            total = about.total
            about.work.find(
                "total_differs", seen=total.head, column=total.heading, stated=total.stated,
                counted=total.counted,
            )  # fmt: skip
            return
        row, identity = about.row, about.identity
        assert row is not None and identity is not None
        args = {**_args(about.rule, identity, self.numbers), "place": row.name, "what": row.name}
        if not isinstance(identity.right, Quotient) and identity.right:
            args["column"] = column_words(self.table, identity.right[0][0].removeprefix(BEFORE))
        args["year"], args["before"] = self.book.year, self.book.year - 1
        wanted = _fields(identity.name)
        row.find(identity.name, identity.at, **{n: v for n, v in args.items() if n in wanted})
        self._doubt(row, identity)

    def _doubt(self, row: Row, failed: Identity) -> None:
        """Note at every value of a rule that fails that it may be the wrong one.

        So may be those that follow from the number the rule fails at: they agree with it.
        """
        names = set(failed.named(row.values))
        for identity in identities(self.table):
            if identity.relation == "=" and failed.at in identity.columns:
                names.update(identity.named(row.values))
        at = row.cells[failed.at][0] if row.cells.get(failed.at) else None
        for name in sorted(names - {failed.at}):
            if at is None or row.values.get(name) is None or not row.cells.get(name):
                continue
            mark = name in MARK_NAMES
            column = f"Tiêu chí {name.split()[1]}" if mark else column_words(self.table, name)
            other = at[0].address(*at[1].place)
            for work, seen in row.cells[name]:
                work.find("value_in_doubt", seen=seen, place=row.name, column=column, other=other)


def _addresses(against: Iterable[_About], owner: tuple[Row, str]) -> list[str]:
    """Name the cells that speak against a value: of a rule about itself, the others in it."""
    places: list[str] = []
    for about in against:
        if about.total is not None and about.work is not None:
            places.append(about.work.address(*about.total.head.place))
        elif about.row is not None and about.identity is not None:
            names = [about.identity.at]
            if (about.row, about.identity.at) == owner:
                names = [one for one in about.identity.columns if one != owner[1]]
            for held in filter(None, map(about.row.cells.get, names)):
                places.append(held[0][0].address(*held[0][1].place))
    return list(dict.fromkeys(places))


@lru_cache
def _fields(rule: str) -> frozenset[str]:
    """Return the names that the words of a rule ask for."""
    words = RULES[rule].message + RULES[rule].advice
    return frozenset(name for _, name, _, _ in string.Formatter().parse(words) if name)


def _args(rule: Rule, identity: Identity, numbers: dict[Any, Number]) -> dict[str, Any]:
    """Return what an identity that fails states, and what its other side gives."""
    if isinstance(rule, Rate):
        counted = Decimal(numbers[rule.part] * rule.per) / Decimal(numbers[rule.base])
        return {
            "stated": numbers[rule.rate], "counted": round(counted, 2), "base": numbers[rule.base],
        }  # fmt: skip
    left = len(identity.left)
    sides = [numbers[key] * by for key, by in rule.terms]
    if not isinstance(identity.right, Quotient) and identity.left[0][0].endswith("*"):
        met = sum(sides, 0)
        return {"stated": met, "met": met, "counted": rule.constant}
    stated = sum(sides[:left], 0)
    other = rule.constant - sum(sides[left:], 0)
    return {"stated": stated, "counted": other, "base": other}


def _telling(change: Change) -> bool:
    if change.slip not in TELLING or change.value is None or change.found is None:
        return False
    low, high = change.low, change.high
    if (
        low is None
        or high is None
        or Decimal(high) - Decimal(low) > NARROW * abs(Decimal(change.value))
    ):
        return False
    return min(abs(Decimal(change.value)), abs(Decimal(change.found))) >= LEAST_TELLING


def _looks(change: Change, unit: Number) -> Words:
    """Say what a refused value looks like, and what would be right, as the page writes it."""

    def typed(number: Number) -> Number:
        return number if unit == 1 else Decimal(number) / Decimal(unit)

    if change.value is None and change.slip == "shifted_down":
        return Words(BELOW)
    if change.value is not None:
        looks = registry.codes("slip")[change.slip or "none"]
        return Words(looks, (("value", typed(change.value)),))
    if change.low is not None and change.high is not None and change.low < change.high:
        ends = (("low", typed(change.low)), ("high", typed(change.high)))
        return Words(BETWEEN, ends)
    return Words(NO_VALUE)


def _shown_unit(owner: tuple[Row, str]) -> Number:
    """Return how many đồng a number in the cell's column is: as the officer typed it."""
    row, name = owner
    work, seen = row.cells[name][0]
    for total in work.totals:
        for cell, part in total.parts:
            if cell is seen and part and row.values.get(name):
                return Decimal(row.values[name]) / Decimal(part)
    return 1


def _lacks_units(stated: Stated, owners: Iterable[tuple[Row, str]]) -> bool:
    """Whether a district's units lack values of a column, which its sums may have counted."""
    units = [(row.lines[0].unit, name) for row, name in owners]
    districts = {(unit.district, name) for unit, name in units if unit is not None}
    return any(
        one.code not in {row.code for row in stated.rows if row.values.get(name) is not None}
        for district, name in districts
        for one in stated.book.gazetteer.units(district)
        if one.type == "xã" or stated.table == "poverty"
    )
