"""What the values of a table say about which column is which: their kinds, and their rules.

A flow closes, parts make their sum, a rate is the quotient of its counts: where the columns are
taken for the right ones, these hold in most rows; where one is taken for another, in hardly any.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from operator import mul

from kgstats.edits.identities import Identity, Quotient
from kgstats.returns.columns.heading_words import MEASURES
from kgstats.returns.forms import CRITERIA, Form, all_forms, exact_meaning
from kgstats.returns.identities import BEFORE, identities
from kgstats.returns.layout import Column, Page, Seen, TableBlock
from kgstats.returns.values.dates import read_date
from kgstats.returns.values.decisions import read_decision
from kgstats.returns.values.marks import legend_of
from kgstats.returns.values.numbers import read_number

MOST_LOOKED_AT = 16
"""So many rows of a column show what kind of values it holds."""

HIGHEST_RATE = 150
"""Most rates of a column are below it: even money is seldom paid out half as much again."""

LEAST_YEARS = 3
"""So many years below one another are no amounts."""

_AMOUNT = re.compile(r"\d[\d.,]*(?![\d.,/])")
"""A number with words behind it: ``5 triệu đồng``; ``12/QĐ-UBND`` is none."""

_OF_ALL = re.compile(rf"\d{{1,2}}\s*/\s*{CRITERIA}$")
"""So many of all criteria: ``15/19``."""

_COUNTED = ("_hh", "_vnd", "_pct")
"""How the names of counts, amounts and rates end."""

_WORDS = frozenset(("commune_code", "component", "source", "kind", "cause", "note", "status"))

LEAST_COUNTED = 4
"""So many numbers that run 1, 2, 3 … down a column are those of its rows."""

SHORT_MARK = 2
"""A text of so few letters may be a mark."""

MOST_MARKS = 0.6
"""A column of numbers is of marks where so many of them are 0 or 1."""

LISTINGS = {"source": "sources", "kind": "kinds"}
"""The columns of words of a money table, with the controlled list of each."""

MOST_ALIKE = 0.8
"""A column is of sources where so many of its words are names of sources."""

LEAST_TRIED = 2
"""An identity says nothing about columns where it can be tried on fewer rows."""

MOST_TRIED = 9
"""On so many rows an identity is tried: what is wrong with a column is wrong in all of them."""

MOST_HOLD, FEW_HOLD = 0.6, 0.4
"""An identity speaks for its columns where it holds in so many rows, against them in so few."""

RATE_SLACK = 0.06
"""How far a rate of two decimals may be from its counts, in percentage points."""

THOUSANDS = (1, 1000, 10**6, 10**9)
"""Columns of money may be in units that far apart; their rate is the same."""

SIGNED = ("decision_no", "decision_date")
"""What a decision states: its number and its day."""

_OPTIONAL = frozenset(("met", "programme", "unit", "cause", "note", "status", "cut_off"))

Numbers = Mapping[int, float]
"""Numbers of a column by row."""


@lru_cache
def witnesses(form: str) -> tuple[Identity, ...]:
    """Return the identities of a form's table that one row tells of: no other year, no words."""
    return tuple(
        one
        for one in identities(form)
        if one.when is None and not any(name.startswith(BEFORE) for name in one.columns)
    )


@lru_cache
def _order(key: str) -> tuple[str, ...]:
    """Return the columns of a form in their order, criteria by their numbers."""
    form = all_forms()[key]
    order: list[str] = []
    for one in form.columns:
        if one.name == "criterion":
            order.extend(map(str, range(1, CRITERIA + 1)))
        elif one.words and one.name not in (*_OPTIONAL, form.subject):
            order.append(one.name)
    return tuple(order)


class Evidence:
    """What stands in a table's columns, as far as it shows which columns of a form they are."""

    def __init__(self, form: Form, block: TableBlock, page: Page | None) -> None:
        self.form = form
        self.block = block
        self.page = page
        self.order = _order(form.key)
        self._cells: dict[int, list[Seen]] | None = None
        self._profiles: dict[int, tuple[int, int, int]] = {}
        self._numbers: dict[int, Numbers] = {}
        self._listed: dict[tuple[int, str], bool] = {}
        self._said: dict[tuple[int, ...], bool | None] = {}

    def profile(self, column: Column) -> tuple[int, int, int]:
        """Count the numbers, words and other values in the first rows of a column."""
        known = self._profiles.get(column.index)
        if known is None:
            kinds = [one.kind for one in self.cells(column)]
            numbers, words = kinds.count("number") + kinds.count("numeral"), kinds.count("text")
            others = len(kinds) - numbers - words
            if words:
                texts = [one.text for one in self.cells(column) if one.kind == "text"]
                amounts = len([text for text in texts if _AMOUNT.match(text)])
                numbers, words = numbers + amounts, words - amounts
            known = self._profiles[column.index] = (numbers, words, others)
        return known

    def fit(self, column: Column, name: str, *, sure: bool = True) -> bool:
        """Whether the values of a column are of the kind that a column of the form holds.

        "Ghi" over levels, where the heading is not sure, is what damage left of another one.
        """
        if not sure and name in ("note", "status") and self.lists(column, "levels"):
            return False
        if name.endswith(_COUNTED):
            numbers, words, _ = self.profile(column)
            return words <= numbers and self._may_count(column, name.endswith("_pct"))
        if name == "met":
            numbers, words, others = self.profile(column)
            return numbers <= words + others or self.are_marks(column)
        if name == "criteria_met":
            numbers, words, others = self.profile(column)
            shares = sum(bool(_OF_ALL.match(one.text)) for one in self.cells(column))
            return words + others - shares <= numbers + shares
        if name in ("level", "status"):
            numbers, words, others = self.profile(column)
            if name == "status" and others > words and self.are_short(column):
                return False  # "Đ", "CĐ": marks of a criterion whose heading is lost
            # "Chưa đạt" is a mark too; a decision says nothing of the level.
            return numbers <= words + others and not self.signed(column, "decision_no")
        if name in _WORDS:
            numbers, words, others = self.profile(column)
            return numbers + others <= words and not self._lists_another(column, name)
        return True

    def _may_count(self, column: Column, rate: bool) -> bool:
        """Whether numbers are none of years, of rows, or too high for rates."""
        held = list(self.numbers(column).values())
        if len(held) >= LEAST_COUNTED and held[0] == 1 and held == list(range(1, len(held) + 1)):
            return False
        if rate:
            return 2 * len([number for number in held if number > HIGHEST_RATE]) <= len(held)
        return len(held) < LEAST_YEARS or min(held) < 2000 or max(held) > 2035

    def signed(self, column: Column, name: str) -> bool:
        """Whether most cells of a column hold what only a column of decisions holds."""
        cells = self.cells(column)
        if name == "decision_date":
            said = [one.kind == "date" or _is_day(one) for one in cells]
        else:
            said = [one.kind == "text" and read_decision(one.text).rule == "number"
                    for one in cells]  # fmt: skip
        return bool(said) and sum(said) >= MOST_ALIKE * len(said)

    def are_short(self, column: Column) -> bool:
        """Whether the words of a column may be marks that only the page explains: ``O``, ``Đ1``."""
        return all(len(one.text) <= SHORT_MARK for one in self.cells(column))

    def are_marks(self, column: Column) -> bool:
        """Whether a column holds marks: signs, or 1 and 0; totals may stand among them."""
        numbers, words, others = self.profile(column)
        held = list(self.numbers(column).values())
        if numbers <= words:
            return (words > numbers and self.are_short(column)) or others > numbers + words
        least = MOST_MARKS * len(held)
        return (
            others > numbers + words
            or held.count(0.0) + held.count(1.0) >= least
            or sum(map(held.count, self._explained)) >= least
        )

    @cached_property
    def _explained(self) -> set[float]:
        """The numbers that the page explains as marks: "1: đạt, 2: chưa đạt"."""
        cells = self.page.at.values() if self.page is not None else ()
        legend = legend_of([one.text for one in cells if one.kind == "text"])
        return {float(mark) for mark in legend if mark.isdecimal()}

    def lists(self, column: Column, listing: str) -> bool:
        """Whether most words of a column are those of a controlled list."""
        known = self._listed.get((column.index, listing))
        if known is None:
            words = [one for one in self.cells(column) if one.kind in ("text", "mark")]
            said = sum(exact_meaning(listing, one.text) is not None for one in words)
            known = bool(words) and said >= MOST_ALIKE * len(words)
            self._listed[column.index, listing] = known
        return known

    def _lists_another(self, column: Column, name: str) -> bool:
        """Whether a column holds kinds of money where its heading says sources, or the reverse."""
        listing = LISTINGS.get(name)
        if listing is None or self.page is None or self.lists(column, listing):
            return False
        return any(self.lists(column, other) for other in LISTINGS.values() if other != listing)

    def numbers(self, column: Column) -> Numbers:
        """Return the plain numbers of a column by row."""
        known = self._numbers.get(column.index)
        if known is None:
            last = self.block.body_rows[:MOST_TRIED][-1:]
            known = numbers_in([one for one in self.cells(column) if one.row <= last[0]])
            self._numbers[column.index] = known
        return known

    def cells(self, column: Column) -> list[Seen]:
        """Return the first cells of a column that hold something."""
        if self._cells is None:
            rows = self.page.rows if self.page is not None else {}
            self._cells = defaultdict(list)
            for row in self.block.body_rows[:MOST_LOOKED_AT]:
                for one in rows.get(row, ()):
                    self._cells[one.column].append(one)
        return self._cells.get(column.index, [])

    def fullest(self, columns: Sequence[Column]) -> Column | None:
        """Return the one of some columns that holds all that the others do, row by row."""
        return next(
            (one for one in columns if all(self._holds(one, other) for other in columns)), None
        )

    def _holds(self, whole: Column, part: Column) -> bool:
        """Whether what a column holds stands in another one too."""
        at = self.page.at if self.page is not None else {}
        for row in self.block.body_rows:
            one, other = at.get((row, whole.index)), at.get((row, part.index))
            if other is not None and (one is None or one.value != other.value):
                return False
        return True

    def verdicts(self, columns: Mapping[str, Column]) -> list[tuple[Identity, bool]]:
        """Return what the identities say where columns are taken for those of the form."""
        if self.page is None:
            return []
        found = []
        for number, identity in enumerate(witnesses(self.form.key)):
            held = [columns[name] for name in identity.columns if name in columns]
            if len(held) < len(identity.columns):
                continue
            key = number, *(one.index for one in held)
            if key not in self._said:
                self._said[key] = says(identity, [self.numbers(one) for one in held])
            said = self._said[key]
            if said is not None:
                found.append((identity, said))
        return found

    def free(self, given: Mapping[str, Column], column: Column) -> list[str]:
        """Return the columns of the form that are not given, and that a column's values fit."""
        numbers, words, others = self.profile(column)
        form, order = self.form, self.order
        free = [name for name in order if name not in given]
        if form.key == "attainment":
            signed = [name for name in SIGNED if self.signed(column, name)]
            if signed:
                return [name for name in signed if name in free]
            if others > numbers + words or (words > numbers and self.are_short(column)):
                # "Chưa đạt" is a mark, and a level too.
                return [name for name in free if name.isdigit()] or [
                    name for name in free if name == "level"
                ]
            if numbers > words:
                marks = self.are_marks(column)
                return [
                    name for name in free if name == "criteria_met" or (marks and name.isdigit())
                ]
            return [name for name in free if name in ("level", "decision_no", "decision_date")]
        if form.key == "funding":
            if words > numbers:
                return [
                    name
                    for name, listing in LISTINGS.items()
                    if name in free and self.lists(column, listing)
                ]
            return [name for name in free if name in MEASURES or name == "plan_year"]
        if words > numbers:
            return []
        rate = any(number % 1 for number in self.numbers(column).values())
        free = [name for name in free if name.endswith("_pct" if rate else "_hh")]
        places = {one.index: order.index(name) for name, one in given.items() if name in order}
        low = max((place for index, place in places.items() if index < column.index), default=-1)
        high = min(
            (place for index, place in places.items() if index > column.index), default=len(order)
        )
        return [name for name in free if low < order.index(name) < high] or free

    def proves(self, given: Mapping[str, Column], name: str, column: Column) -> bool:
        """Whether the values of a column show what it is."""
        if name in ("source", "kind"):
            return True
        if name in SIGNED:
            # "Số" over decisions, its group lost; days below no word at all may be any.
            return bool(column.header) and self.signed(column, name)
        said = [
            (one.relation, right)
            for one, right in self.verdicts({**given, name: column})
            if name in one.columns
        ]
        return all(right for _, right in said) and ("=", True) in said


def _is_day(one: Seen) -> bool:
    """Whether a text is a date, day and year and all."""
    return one.kind in ("text", "numeral") and read_date(one.text).value is not None


def numbers_in(cells: Iterable[Seen]) -> dict[int, float]:
    """Return the plain numbers of a column by row; a dash stands for nothing."""
    found: dict[int, float] = {}
    for one in cells:
        if one.kind == "number":
            found[one.row] = float(one.value)  # type: ignore[arg-type]
        elif one.kind == "dash":
            found[one.row] = 0.0
        elif one.kind == "numeral" and one.text.isdecimal():
            found[one.row] = float(one.text)
        elif one.kind == "numeral":
            value = read_number(one.text).value
            if value is not None:
                found[one.row] = float(value)
    return found


def says(identity: Identity, held: Sequence[Numbers]) -> bool | None:
    """Say whether an identity speaks for the columns it names, against them, or not at all.

    ``held`` are the numbers of those columns, in the identity's own order.
    """
    first, *others = held
    if not all(one.keys() == first.keys() for one in others):
        common = set(first).intersection(*others)
        held = [{row: one[row] for row in common} for one in held]
    rows = list(filter(any, zip(*[one.values() for one in held], strict=True)))
    if len(rows) < LEAST_TRIED:
        return None
    factors = [by for _, by in identity.terms]
    quotient, equal = isinstance(identity.right, Quotient), identity.relation == "="
    slack, most, good = float(identity.slack) + 1e-6, MOST_HOLD * len(rows), 0
    for values in rows:
        if quotient:
            good += _is_rate(*values)
        else:
            excess = sum(map(mul, values, factors))
            good += excess <= slack and (not equal or -excess <= slack)
        if good >= most:
            return True
    return False if good <= FEW_HOLD * len(rows) else None


def _is_rate(rate: float, part: float, base: float) -> bool:
    """Whether a rate is a quotient, in per cent or as a share, whatever the units of money."""
    if not base:
        return not part
    exact = 100 * part / base
    if abs(exact - rate) <= RATE_SLACK:
        return True
    exponent = Decimal(repr(rate)).as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 and rate % 1 else 0
    slack = max(RATE_SLACK, 0.6 * 10.0**-places)
    near = any(abs(exact * by - rate) <= slack for size in THOUSANDS for by in (size, 1 / size))
    return near or (abs(rate) <= 1.5 and places > 0 and abs(exact / 100 - rate) <= 0.006)
