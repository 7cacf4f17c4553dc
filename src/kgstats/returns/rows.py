"""Rows of a recognised form to typed values, each with the cell it came from.

A table of a page is read column by column first, because a number such as ``1.234`` is decided by
its column, the other columns or a total, and then row by row, because a row is one commune or one
line of money. A cell that cannot be read is put in quarantine with a finding; its neighbours stay.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from itertools import combinations
from typing import Any

from kgstats.returns.cells import CellValue
from kgstats.returns.decisions import Decision, read_decision
from kgstats.returns.forms import (
    CRITERIA,
    KEYS,
    Form,
    FormColumn,
    code_words,
    component_of,
    exact_meaning,
    form_rows,
    meaning,
    names_one,
    under_of,
)
from kgstats.returns.heading_words import DATE_WORDS, MEASURES, Facets, plan_year_of
from kgstats.returns.layout import (
    Column,
    Page,
    Seen,
    TableBlock,
    order_token,
    parse_unit,
    tokens,
)
from kgstats.returns.ledger import FATES, Address, raw_text, row_key
from kgstats.returns.matching import Mapped, RefusedColumn
from kgstats.returns.meanings import Choice, cause_of, choice_of, level_of
from kgstats.returns.numbers import (
    UNITS_VND,
    DateRule,
    MarkRule,
    NumberReading,
    Rule,
    Style,
    decide_style,
    read_date,
    read_mark,
    read_number,
    resolve,
    style_of,
    unit_of,
)
from kgstats.returns.places import Gazetteer, Unit
from kgstats.returns.rules import Finding, Words
from kgstats.words import N_

Number = int | Decimal
Place = tuple[int, int]

MOST_MONEY_VND = 10**13
"""No line of a district's money reaches ten thousand billion đồng."""

MOST_TOTALS = 60
"""So many totals of one table are compared with all its rows; no page has more."""

MOST_HOUSEHOLDS = 200_000
"""No commune has so many households."""

RATE_SLACK_PP = Decimal("0.06")
"""How far a stated rate may be from its counts before it is called different (two decimals)."""

BY_COLUMN = N_("the column")
BY_OTHERS = N_("the other columns")
BY_WHOLE = N_("a count of whole things")
BY_TOTAL = N_("the total")
BY_RANGE = N_("the range of a rate")
BY_RATE = N_("the rate of the row")

_WHOLE = re.compile(
    r"^(tong|cong|tong cong|tong so)?( chung)?( ?toan)?( ?(huyen|thanh pho|thi xa|dia ban))?$"
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A total as a page states it, in the page's own unit, beside the sum of its rows."""

    form: str
    column: str
    heading: str
    cell: str
    stated: float
    counted: float | None
    agrees: bool | None
    """None where a row that could not be read leaves the sum open."""


@dataclass(slots=True, eq=False)
class Work:
    """One visible sheet while it is read: its page, and what its cells have turned out to be."""

    file: str
    page: Page
    fate: dict[Place, tuple[str, str, str, str]] = field(default_factory=dict)
    """Role, table, row key and column of a cell."""
    findings: list[Finding] = field(default_factory=list)
    address: Address = field(default_factory=Address)
    style: Style | None = None
    unit: str | None = None
    nothing_hidden: bool = False
    stated: list[Stated] = field(default_factory=list)

    @property
    def sheet(self) -> str:
        """The sheet's name."""
        return self.page.sheet.name

    def find(
        self,
        rule: str,
        at: Place | None = None,
        seen: Seen | None = None,
        severity: str | None = None,
        action: str | None = None,
        raw: str | None = None,
        **args: Any,
    ) -> None:
        """Note a finding at a place of this sheet."""
        if seen is not None:
            at = seen.place
            raw = raw_text(seen.cell.value) if raw is None else raw
            if seen.decoded is not None and seen.decoded.changed:
                # The finding keeps the text as received; its words show it as it was meant.
                args.setdefault("raw", seen.text)
        cell = self.address(*at) if at is not None else ""
        self.findings.append(
            Finding(rule, self.file, self.sheet, cell, raw or "", severity, action, args)  # type: ignore[arg-type]
        )

    def hidden(self, one: Seen) -> bool:
        """Whether a cell stands in a hidden row or column."""
        if self.nothing_hidden:
            return False
        sheet = self.page.sheet
        return one.cell.hidden or one.row in sheet.hidden_rows or one.column in sheet.hidden_columns


@dataclass(slots=True, eq=False)
class Line:
    """One row of a form as read: its values and, for each, the cell behind it."""

    form: str
    work: Work
    table: int
    row: int
    label: Seen
    unit: Unit | None = None
    values: dict[str, object] = field(default_factory=dict)
    cells: dict[str, Seen] = field(default_factory=dict)
    others: list[Seen] = field(default_factory=list)
    """Cells of the row that explain it: order number, footnote marks."""
    header: Place | None = None
    refused: bool = False
    columns: frozenset[str] = frozenset()
    """Columns of the form that its table has, whether or not this row fills them."""

    def own_cells(self) -> Iterator[Seen]:
        """Yield the cells of the row itself; one above that stands for several rows is not."""
        for seen in (self.label, *self.cells.values(), *self.others):
            if seen.row >= self.row:
                yield seen


@dataclass(slots=True, eq=False)
class Reader:
    """Reads one table of one form."""

    work: Work
    number: int
    block: TableBlock
    form: Form
    mapped: list[Mapped]
    left: list[Column]
    year: int
    district: str
    gazetteer: Gazetteer
    rows: dict[int, dict[int, Seen]] = field(default_factory=dict)
    totals: list[int] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)
    sums: dict[int, dict[int, Number]] = field(default_factory=dict)
    """Column index → row → number as typed, before units: what totals are checked against."""
    unsure: dict[int, set[int]] = field(default_factory=dict)
    """Column index → rows whose number could not be read."""
    specs: dict[str, FormColumn] = field(default_factory=dict)
    spans: dict[Place, Seen] = field(default_factory=dict)
    """Row and column → the cell above that is merged down over it."""
    shared: dict[Place, int] = field(default_factory=dict)
    """Place of a cell that is merged down → the number of rows it stands for."""
    summaries: list[int] = field(default_factory=list)
    """Rows that sum a table up otherwise than by adding: rates of the whole."""
    concealed: list[int] = field(default_factory=list)
    """Hidden rows between the others: not read, but the totals of the page may count them."""

    # --- rows ---------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Collect the cells of every row, rows that continue another joined to it."""
        block, page = self.block, self.work.page
        self.specs = {column.name: column for column in self.form.columns}
        hidden_rows = page.sheet.hidden_rows
        for row, column in page.sheet.uncalculated:
            self.unsure.setdefault(column, set()).add(row)
        if not page.sheet.filtered_rows.isdisjoint(block.body_rows):
            # What the rows that a filter hides add to a total is not known.
            for column in range(block.first_column, block.last_column + 1):
                self.unsure.setdefault(column, set()).update(block.body_rows)
        by_row: dict[int, dict[int, Seen]] = {}
        labels = {block.label_column, block.order_column}
        for row in block.body_rows:
            if row in hidden_rows:
                self.concealed.append(row)
                continue
            base = block.continuations.get(row, row)
            held = by_row.setdefault(base, {})
            for one in page.rows.get(row, ()):
                if not block.first_column <= one.column <= block.last_column:
                    continue
                if self.work.hidden(one):
                    continue
                if row == base:
                    held[one.column] = one
                    continue
                above = held.get(one.column)
                if above is None:
                    held[one.column] = one
                elif one.column in labels:
                    self.work.fate[one.place] = FATES["label"]
                elif above.kind == "text" and one.numeric:
                    # A footnote mark above the number it belongs to.
                    self.work.fate[above.place] = FATES["note"]
                    held[one.column] = one
                else:
                    self.work.fate[one.place] = FATES["note"]
        totals = {block.continuations.get(row, row) for row in block.total_rows}
        sections = set(block.section_rows)
        self.rows = by_row
        self.totals = [row for row in by_row if row in totals]
        self.sections = [row for row in by_row if row in sections]
        self.spread()

    def spread(self) -> None:
        """Note which cells stand for the rows below them too: merged down a column."""
        for top, left, bottom, right in self.work.page.sheet.merged:
            if left != right or bottom == top or top not in self.rows:
                continue
            anchor = self.rows[top].get(left)
            if anchor is not None and anchor.kind != "blank":
                for row in range(top + 1, min(bottom, top + 1000) + 1):
                    if row in self.rows and left not in self.rows[row]:
                        self.spans[row, left] = anchor
                        self.shared[top, left] = self.shared.get((top, left), 1) + 1

    def aside(self) -> None:
        """Leave the columns that are not part of the form aside, with a note for each."""
        body = set(self.rows)
        for column in self.left:
            cells = [held[column.index] for row, held in self.rows.items() if column.index in held]
            refused = column if isinstance(column, RefusedColumn) else None
            for one in cells:
                self.work.fate[one.place] = FATES["ignored" if refused is None else "quarantined"]
            if cells and body:
                self.work.find(
                    "column_extra" if refused is None else refused.rule,
                    (self.block.header_last, column.index),
                    raw=column.header,
                    column=column.header or column.letter,
                    count=len(cells),
                    names=" / ".join(refused.may_be if refused is not None else ()),
                )

    # --- numbers ------------------------------------------------------------------------------

    def settle_styles(self, columns: Iterable[Mapped]) -> None:
        """Find out how the page's number columns write numbers."""
        proved: set[Style] = set()
        for one in columns:
            for held in self.rows.values():
                cell = held.get(one.column.index)
                if cell is not None and cell.kind in ("numeral", "text"):
                    style = read_number(as_meant(cell)).proves
                    if style is not None:
                        proved.add(style)
        if len(proved) == 1:
            self.work.style = proved.pop()

    def numbers(self, one: Mapped, rows: Iterable[int], whole: bool) -> dict[int, NumberReading]:
        """Read a column of numbers, settling what a single cell leaves open.

        Rows without a cell are not in the result. Numbers of totals and sections are read too
        and kept for the check of sums.
        """
        index = one.column.index
        readings: dict[int, NumberReading] = {}
        open_rows: list[int] = []
        for row, held in self.rows.items():
            seen = held.get(index)
            if seen is None or seen.kind == "blank":
                continue
            if seen.kind == "number":
                readings[row] = _real(seen.cell.value, seen.cell.number_format)
                continue
            reading = read_number(as_meant(seen), number_format=seen.cell.number_format)
            readings[row] = reading
            if reading.rule is Rule.AMBIGUOUS:
                open_rows.append(row)
        if open_rows:
            self._settle(one, readings, open_rows, whole, set(rows))
        sums = self.sums.setdefault(index, {})
        unsure = self.unsure.setdefault(index, set())
        if self.shared:
            unsure.update(self._part(one, readings, set(rows)))
        for row, reading in readings.items():
            if reading.value is not None and reading.high is None and reading.whole is None:
                sums[row] = reading.value
            elif reading.rule not in (Rule.DASH, Rule.ELLIPSIS, Rule.NONE_WORD, Rule.BLANK):
                unsure.add(row)
        return readings

    def _part(self, one: Mapped, readings: dict[int, NumberReading], items: set[int]) -> list[int]:
        """Refuse one number merged over several rows: which part is whose is not known."""
        index = one.column.index
        over = [
            row
            for row, reading in readings.items()
            if row in items and (row, index) in self.shared and reading.value is not None
        ]
        for row in over:
            seen = self.rows[row][index]
            count = self.shared[row, index]
            self.work.find("number_shared", seen=seen, column=one.column.header, count=count)
            self.work.fate[seen.place] = FATES["quarantined"]
            del readings[row]
        return over

    def _settle(
        self,
        one: Mapped,
        readings: dict[int, NumberReading],
        open_rows: list[int],
        whole: bool,
        items: set[int],
    ) -> None:
        # A fraction in a column of counts is a slip: it shows no way of writing the others.
        sure = [
            reading
            for reading in readings.values()
            if not (whole and reading.value is not None and reading.value != int(reading.value))
        ]
        proofs = {reading.proves for reading in sure if reading.proves is not None}
        style = decide_style(sure)
        witness = BY_COLUMN
        chosen: dict[int, NumberReading] = {}
        if style is None and not proofs and whole:
            # A count has no decimals: of 1234 and 1,234 only the first can be meant.
            for row in open_rows:
                counts = [value for value in readings[row].candidates if isinstance(value, int)]
                if len(counts) == 1:
                    chosen[row] = readings[row].chosen(counts[0], Rule.BY_SIBLINGS)
            witness = BY_WHOLE
        if style is None and not proofs and not chosen and self.work.style is not None:
            style, witness = self.work.style, BY_OTHERS
        if style is not None:
            settled = resolve([readings[row] for row in open_rows], style, whole=whole)
            for row, reading in zip(open_rows, settled, strict=True):
                if reading.value is not None:
                    chosen[row] = reading
        left = [row for row in open_rows if row not in chosen]
        if one.name.endswith("_pct"):
            # No rate is above its limit, so at most one reading is left; a total of rates is none.
            for row in left:
                ways = readings[row].candidates
                possible = [value for value in ways if 0 <= value <= _highest_rate(one.name)]
                if len(possible) == 1:
                    chosen[row] = readings[row].chosen(possible[0], Rule.BY_SIBLINGS)
                    witness = BY_RANGE
            left = []
        if left:
            for row, reading in self._by_total(readings, items).items():
                if row in left:
                    chosen[row] = reading
                    self._decided(one, row, reading, BY_TOTAL)
        for row, reading in chosen.items():
            if row not in left:
                self._decided(one, row, reading, witness)
            readings[row] = reading

    def _decided(self, one: Mapped, row: int, reading: NumberReading, witness: str) -> None:
        seen = self.rows[row][one.column.index]
        self.work.find("number_decided", seen=seen, value=reading.value, witness=Words(witness))

    def _by_total(
        self, readings: dict[int, NumberReading], items: set[int]
    ) -> dict[int, NumberReading]:
        found: dict[int, NumberReading] = {}
        for total_row, rows in self._groups(items):
            total = readings.get(total_row)
            if total is None:
                continue
            parts = [row for row in rows if row in readings and row not in found]
            settled = resolve([readings[row] for row in parts], None, total)
            for row, reading in zip(parts, settled, strict=True):
                if reading.rule is Rule.BY_TOTAL:
                    found[row] = reading
        return found

    def _groups(self, items: set[int]) -> Iterator[tuple[int, list[int]]]:
        """Yield every total or section row with the rows it may be the sum of."""
        order = sorted(row for row in self.rows if row in items)
        heads = sorted({*self.sections, *self.totals})
        sections, whole = set(self.sections), 0
        for place, head in enumerate(heads):
            if head in sections:
                end = heads[place + 1] if place + 1 < len(heads) else 10**9
                group = order[bisect_right(order, head) : bisect_left(order, end)]
                if group:
                    yield head, group
            else:
                whole += 1
                if whole <= MOST_TOTALS:
                    yield head, order
                start = heads[place - 1] if place else 0
                group = order[bisect_right(order, start) : bisect_left(order, head)]
                if group and len(group) < len(order):
                    yield head, group

    def count(self, one: Mapped, row: int, reading: NumberReading) -> tuple[str, int | None]:
        """Turn a reading into a whole number; returns the cell's role and the value."""
        seen = self.rows[row][one.column.index]
        value: Number | None
        if seen.kind == "number" and reading.value.__class__ is int and reading.unit_hint is None:
            role, value = "value", reading.value
        else:
            role, value = self._plain(one, seen, reading)
        if value is None:
            return role, None
        if value != int(value):
            self._refuse(one, row, "number_not_whole", seen)
            return "quarantined", None
        number = int(value)
        low, high = _bounds(one.name, self.year)
        if number < 0 and low == 0:
            self._refuse(one, row, "number_negative", seen)
            return "quarantined", None
        if not low <= number <= high:
            self._refuse(one, row, "number_out_of_range", seen, low=low, high=high)
            return "quarantined", None
        return role, number

    def rate(self, one: Mapped, row: int, reading: NumberReading) -> tuple[str, float | None]:
        """Turn a reading into per cent; returns the cell's role and the value."""
        seen = self.rows[row][one.column.index]
        role, value = self._plain(one, seen, reading, rate=True)
        if value is None:
            return role, None
        high = _highest_rate(one.name)
        if value < 0:
            self._refuse(one, row, "number_negative", seen)
            return "quarantined", None
        if value > high:
            self._refuse(one, row, "number_out_of_range", seen, low=0, high=high)
            return "quarantined", None
        return role, float(value)

    def _refuse(self, one: Mapped, row: int, rule: str, seen: Seen, **args: Any) -> None:
        self.unsure.setdefault(one.column.index, set()).add(row)
        self.work.find(rule, seen=seen, column=one.column.header, **args)

    def _plain(
        self, one: Mapped, seen: Seen, reading: NumberReading, rate: bool = False
    ) -> tuple[str, Number | None]:
        """Return role and value of a number cell, with the finding its reading calls for."""
        work, rule = self.work, reading.rule
        spec = self.specs.get(one.name)
        header = one.column.header
        if rule in (Rule.DASH, Rule.NONE_WORD):
            zero = spec is not None and spec.dash == "zero"
            return "blank_mark", 0 if zero else None
        if rule in (Rule.ELLIPSIS, Rule.BLANK):
            return "blank_mark", None
        if rule is Rule.ERROR_VALUE:
            work.find("cell_error", seen=seen)
            return "quarantined", None
        if rule is Rule.RANGE:
            work.find("number_range", seen=seen)
            return "quarantined", None
        if rule is Rule.PART_OF:
            if (
                one.name == "criteria_met"
                and reading.whole == CRITERIA
                and reading.value is not None
            ):
                work.find("number_is_share", seen=seen, value=reading.value, base=CRITERIA)
                return "value", reading.value
            work.find("number_unreadable", seen=seen, column=header)
            return "quarantined", None
        if rule in (Rule.DATE, Rule.DATE_WAS_FRACTION, Rule.TIME):
            work.find("number_is_date", seen=seen)
            return "quarantined", None
        if rule is Rule.AMBIGUOUS and reading.value is None:
            work.find("number_ambiguous", seen=seen, readings=tuple(reading.candidates))
            return "quarantined", None
        if reading.value is None:
            work.find("number_unreadable", seen=seen, column=header)
            return "quarantined", None
        money = one.name.endswith("_vnd")
        hint = reading.unit_hint
        if not rate and not money and (reading.percent or (hint in UNITS_VND and hint is not None)):
            work.find("number_unreadable", seen=seen, column=header)
            return "quarantined", None
        if money and (reading.percent or (hint is not None and hint not in UNITS_VND)):
            work.find("number_unreadable", seen=seen, column=header)
            return "quarantined", None
        if reading.qualifier is not None:
            work.find("number_hedged", seen=seen, value=reading.value)
        elif reading.footnote is not None:
            work.find("number_marked", seen=seen, value=reading.value)
        elif rule is Rule.SCIENTIFIC or (
            hint is not None and not rate and not money and seen.kind == "text"
        ):
            work.find("number_mended", seen=seen, value=reading.value)
        return "value", reading.value

    def whole(self, label: Seen | None) -> bool:
        """Whether a row is about the whole district: ``Cộng toàn huyện``, ``Huyện An Biên``."""
        if label is None or label.kind != "text" or not label.folded:
            return False
        named = self.gazetteer.district(self.district)
        name = tokens(named.name)
        return label.folded in (name, f"{tokens(named.type)} {name}") or bool(
            _WHOLE.match(label.folded.removesuffix(f" {name}"))
        )

    # --- the sums on the page -----------------------------------------------------------------

    def check_totals(
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
        groups = list(self._groups(rows))
        for one in columns:
            index = one.column.index
            numbers, unsure = self.sums.get(index, {}), self.unsure.get(index, set())
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
                    or (self.concealed and self._hidden_makes(index, Decimal(stated) - counted))
                ):
                    right.add(head)
                else:
                    wrong.setdefault(head, counted)
            self._state(one, numbers, wrong, right)
            for head, added in wrong.items():
                seen = self.rows[head].get(index)
                if head in right or seen is None or self._roof(head, index, rows, right, wrong):
                    continue
                self.work.find(
                    "total_differs",
                    seen=seen,
                    column=one.column.header,
                    stated=numbers[head],
                    counted=added,
                )

    def _hidden_makes(self, index: int, left: Decimal) -> bool:
        """Whether what a total has beyond its rows is what hidden rows hold."""
        held: list[Decimal] = []
        for row in self.concealed[:8]:
            seen = self.work.page.at.get((row, index))
            value = None if seen is None else read_number(as_meant(seen)).value
            if value:
                held.append(Decimal(value))
        return any(
            sum(some) == left
            for size in range(1, len(held) + 1)
            for some in combinations(held, size)
        )

    def _state(
        self, one: Mapped, numbers: dict[int, Number], wrong: dict[int, Number], right: set[int]
    ) -> None:
        """Keep what the page's own totals state, for the account of the district."""
        for row in self.totals:
            seen = self.rows[row].get(one.column.index)
            if seen is None or row not in numbers:
                continue
            agrees = True if row in right else False if row in wrong else None
            counted = numbers[row] if agrees else wrong.get(row)
            self.work.stated.append(
                Stated(
                    self.form.number,
                    one.name,
                    one.column.header,
                    self.work.address(*seen.place),
                    float(numbers[row]),
                    None if counted is None else float(counted),
                    agrees,
                )
            )

    def _roof(
        self, head: int, index: int, rows: set[int], right: set[int], wrong: dict[int, Number]
    ) -> bool:
        """Whether a section is the sum of the sections below it, or of a longer run of rows."""
        if head not in self.sections:
            return False
        numbers = self.sums[index]
        stated = Decimal(numbers[head])
        order = [row for row in self.rows if row > head and (row in rows or row in self.sections)]
        run = Decimal(0)
        for row in order:
            if row in rows and row in numbers:
                run += Decimal(numbers[row])
            if run == stated:
                return True
        return False

    def explain_totals(self) -> None:
        """Give the cells of total and section rows their roles."""
        block, fate = self.block, self.work.fate
        sections = set(self.sections)
        for row in (*self.totals, *self.sections, *self.summaries):
            for index, seen in self.rows[row].items():
                if seen.place in fate:
                    continue
                words = index in (block.label_column, block.order_column) or not (
                    seen.numeric or seen.kind in ("dash", "error")
                )
                role = "section" if row in sections and words else "total"
                fate[seen.place] = FATES[role]


# --- forms 01 and 03: a commune a row -----------------------------------------------------------


@dataclass(slots=True, eq=False)
class PlaceReader(Reader):
    """Reads forms 01 and 03, where a row is a commune-level unit."""

    def lines(self) -> list[Line]:
        """Read the table; returns one line for every row that names a unit of the district."""
        self.prepare()
        self.aside()
        subject = next(one for one in self.mapped if one.name == "commune_code")
        index = subject.column.index
        found: list[tuple[int, Seen, tuple[str, ...]]] = []
        types: tuple[str, ...] = ("xã",) if self.form.key == "attainment" else ()
        totals, sections = set(self.totals), set(self.sections)
        for row, held in self.rows.items():
            if row in totals:
                continue
            label = held.get(index)
            if label is None or label.kind == "blank":
                label = self._label_beside(held, index)
            if label is not None and _SUMMARY.match(label.folded):
                self.summaries.append(row)
                continue
            if self.whole(label) and not self._is_place(label, types):
                self.totals.append(row)
                continue
            if row not in sections and label is not None and _AREAS.match(label.folded):
                self.sections.append(row)
                sections.add(row)
            if row in sections and not self._is_place(label, types):
                types = self._section_types(held, types)
                continue
            if row in sections:
                self.sections.remove(row)
            if label is None:
                self._outside(row, held)
                continue
            found.append((row, label, types))
        placed = self._places(found)
        items = [row for row, _, _ in found]
        lines = [
            Line(self.form.key, self.work, self.number, row, label, unit)
            for (row, label, _), unit in zip(found, placed, strict=True)
        ]
        there = frozenset(one.name for one in self.mapped)
        for line in lines:
            line.header = (self.block.header_last, index)
            line.columns = there
        columns = [one for one in self.mapped if one.name != "commune_code"]
        numeric = [
            one
            for one in columns
            if one.name != "met" and self.specs[one.name].dtype in ("int", "float")
        ]
        self.settle_styles(numeric)
        by_row = {line.row: line for line in lines}
        for one in columns:
            if one in numeric:
                self._number_column(one, by_row, items)
            else:
                self._word_column(one, by_row)
        for line in lines:
            held = self.rows[line.row]
            for seen in held.values():
                if seen is not line.label and seen.place not in self.work.fate:
                    line.others.append(seen)
        named: dict[str, list[int]] = {}
        for line in lines:
            if line.unit is not None:
                named.setdefault(line.unit.code, []).append(line.row)
        self.check_totals(
            [one for one in numeric if not one.name.endswith("_pct")],
            items,
            [line.row for line in lines if line.unit is None],
            [same for same in named.values() if len(same) > 1],
        )
        if self.form.key == "attainment":
            self._check_mark_totals(columns, lines)
        self.explain_totals()
        return lines

    def _label_beside(self, held: dict[int, Seen], index: int) -> Seen | None:
        """Take a name typed into the order column, or merged over both."""
        first = self.block.order_column
        if first is not None and first in held and held[first].kind == "text":
            return held[first]
        return None

    def _is_place(self, label: Seen | None, types: tuple[str, ...]) -> bool:
        if label is None or label.kind != "text" or not label.folded:
            return False
        return self.gazetteer.match(label.text, self.district, types).how in (
            "exact", "alias", "accents", "ambiguous",
        )  # fmt: skip

    def _section_types(self, held: dict[int, Seen], types: tuple[str, ...]) -> tuple[str, ...]:
        words = " ".join(one.folded for one in held.values() if one.kind == "text")
        if re.search(r"\bthanh thi\b|\bdo thi\b", words):
            return ("phường", "thị trấn")
        if re.search(r"\bnong thon\b", words):
            return ("xã",)
        return types

    def _outside(self, row: int, held: dict[int, Seen]) -> None:
        cells = [one for one in held.values() if one.kind != "blank"]
        first = True
        for one in cells:
            if one.column == self.block.order_column:
                self.work.fate[one.place] = FATES["label"]
                continue
            self.work.fate[one.place] = FATES["quarantined"]
            if first:
                self.work.find("value_outside_form", seen=one, row=row)
                first = False

    def _places(self, found: list[tuple[int, Seen, tuple[str, ...]]]) -> list[Unit | None]:
        """Match the names of all rows; of two units of one name, one row settles the other."""
        named: dict[str, int] = {}
        for _, label, types in found:
            if label.kind == "text":
                unit = self.gazetteer.match(label.text, self.district, types).unit
                if unit is not None:
                    named[unit.full_name] = named.get(unit.full_name, 0) + 1
        return [self._place(row, label, types, named) for row, label, types in found]

    def _place(
        self, row: int, label: Seen, types: tuple[str, ...], others: dict[str, int]
    ) -> Unit | None:
        """Match the name of a row; notes what is doubtful, returns None for a refused row."""
        work, gazetteer = self.work, self.gazetteer
        district = gazetteer.district(self.district).full_name
        if label.kind != "text":
            work.find("place_unknown", seen=label, district=district, suggestions="")
            return None
        match = gazetteer.match(label.text, self.district, types)
        if match.how == "unknown" and as_meant(label) != label.cell.value:
            # "Tâi" is a slip for "Tây", and no word of an old font.
            typed = gazetteer.match(str(label.cell.value), self.district, types)
            match = typed if typed.accepted else match
        if match.how == "elsewhere":
            there = match.unit
            named = (
                f"{there.full_name}, {gazetteer.district(there.district).full_name}"
                if there is not None
                else "; ".join(match.suggestions)
            )
            work.find("place_elsewhere", seen=label, district=district, suggestions=named, row=row)
            return None
        if match.how == "ambiguous":
            free = [name for name in match.suggestions if name not in others]
            if len(free) != 1:
                work.find("place_ambiguous", seen=label, suggestions=" / ".join(match.suggestions))
                return None
            others[free[0]] = 1
            match = gazetteer.match(free[0], self.district, types)
            work.find("place_other", seen=label, place=free[0])
        unit = match.unit
        if unit is None:
            work.find(
                "place_unknown",
                seen=label,
                district=district,
                suggestions=", ".join(match.suggestions),
            )
            return None
        if match.how == "near":
            work.find("place_near", seen=label, place=unit.full_name)
        if match.type_differs is not None:
            work.find("place_type", seen=label, place=unit.full_name)
        if self.form.key == "attainment" and unit.type != "xã":
            work.find("place_not_rural", seen=label, type=unit.type, row=row)
            return None
        return unit

    def _number_column(self, one: Mapped, by_row: dict[int, Line], items: list[int]) -> None:
        spec = self.specs[one.name]
        whole = spec.dtype == "int"
        readings = self.numbers(one, items, whole)
        index = one.column.index
        for row, reading in readings.items():
            line = by_row.get(row)
            if line is None:
                continue
            seen = self.rows[row][index]
            value: object
            if whole:
                role, value = self.count(one, row, reading)
            else:
                role, value = self.rate(one, row, reading)
            line.cells[one.name] = seen
            line.values[one.name] = value
            self.work.fate[seen.place] = FATES[role]

    def _word_column(self, one: Mapped, by_row: dict[int, Line]) -> None:
        index = one.column.index
        name = f"met {one.criterion}" if one.criterion is not None else one.name
        if one.doubt:
            self.work.find(one.doubt, (self.block.header_last, index), raw=one.column.header)
        for row, line in by_row.items():
            seen = self.rows[row].get(index) or self.spans.get((row, index))
            if seen is not None and seen.kind == "blank":
                self.work.fate[seen.place] = FATES["ignored"]
                seen = None
            if one.criterion is not None:
                self._mark(one, line, name, seen, index)
                continue
            if seen is None:
                continue
            role, value = self._word(one, seen)
            if isinstance(value, Decision):
                if line.values.get("decision_date") is None and value.day is not None:
                    line.values["decision_date"] = value.day
                value = value.number
            line.cells[name] = seen
            if value is not None or name not in line.values:
                line.values[name] = value
            self.work.fate[seen.place] = FATES[role]

    def _mark(self, one: Mapped, line: Line, name: str, seen: Seen | None, index: int) -> None:
        if seen is None:
            if line.unit is not None:
                self.work.find(
                    "mark_blank",
                    (line.row, index),
                    criterion=one.criterion,
                    place=line.unit.full_name,
                )
            line.values[name] = None
            return
        reading = read_mark(seen.cell.value, font=seen.cell.font)
        role = "value"
        if reading.rule is MarkRule.ERROR_VALUE:
            self.work.find("cell_error", seen=seen)
            role = "quarantined"
        elif reading.met is None:
            self.work.find("mark_unreadable", seen=seen, criterion=one.criterion)
            role = "quarantined"
        line.cells[name] = seen
        line.values[name] = reading.met
        self.work.fate[seen.place] = FATES[role]

    def _word(self, one: Mapped, seen: Seen) -> tuple[str, object]:
        """Read a word, date or text of form 01."""
        work = self.work
        if seen.kind == "error":
            work.find("cell_error", seen=seen)
            return "quarantined", None
        if one.name == "decision_date":
            if seen.kind == "dash":
                return "blank_mark", None
            reading = read_date(seen.cell.value, number_format=seen.cell.number_format)
            if reading.value is None:
                if reading.rule in (DateRule.BLANK, DateRule.DASH):
                    return "blank_mark", None
                work.find("date_unreadable", seen=seen, column=one.column.header)
                return "quarantined", None
            if not 2000 <= reading.value.year <= self.year + 2:
                work.find("date_unreadable", seen=seen, column=one.column.header)
                return "quarantined", None
            return "value", reading.value
        if seen.kind == "dash":
            return "blank_mark", None
        text = seen.text if seen.kind != "number" else raw_text(seen.cell.value)
        if text.startswith(("=", "@")):
            work.find("formula_text", seen=seen)
        if one.name == "level":
            code = level_of(text)
            if code is None:
                words = ", ".join(_first_words("levels"))
                work.find("word_unknown", seen=seen, column=one.column.header, words=words)
                return "quarantined", None
            return "value", code
        if one.name == "decision_no":
            if seen.kind == "date":
                work.find("number_is_date", seen=seen)
                return "quarantined", None
            decision = read_decision(text)
            if decision.rule == "number":
                known = decision.day is None or 2000 <= decision.day.year <= self.year + 2
                return "value", decision if known else Decision("number", text)
            work.find(f"decision_{decision.rule}", seen=seen, column=one.column.header)
            return ("blank_mark" if decision.rule == "absent" else "quarantined"), None
        return "value", text

    def _check_mark_totals(self, columns: list[Mapped], lines: list[Line]) -> None:
        for one in columns:
            if one.criterion is None:
                continue
            name = f"met {one.criterion}"
            marks = [line.values.get(name) for line in lines]
            for row in self.totals:
                seen = self.rows[row].get(one.column.index)
                if seen is None or not seen.numeric or any(mark is None for mark in marks):
                    continue
                stated = read_number(seen.cell.value, number_format=seen.cell.number_format).value
                counted = sum(mark is True for mark in marks)
                if stated is not None and stated != counted and len(self.totals) == 1:
                    self.work.find(
                        "total_differs",
                        seen=seen,
                        column=one.column.header,
                        stated=stated,
                        counted=counted,
                    )


_AREAS = re.compile(r"^(khu vuc )?(thanh thi|do thi|nong thon)$")
_SUMMARY = re.compile(r"^(ty le|ti le|tl|ty trong|so xa dat|so luong xa dat)\b")

# --- form 02: money -----------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Around:
    """What the rows above say about a row of money."""

    programme: str | None = None
    under: str | None = None
    component: str | None = None
    label: Seen | None = None
    source: str | None = None
    kind: str | None = None
    plan_year: int | None = None


@dataclass(slots=True, eq=False)
class _Money:
    """A row of money before its numbers are put to it."""

    row: int
    label: Seen
    programme: str | None
    component: str | None
    source: str | None
    kind: str | None
    plan_year: int | None
    cells: dict[str, Seen]
    words: dict[str, object]


@dataclass(slots=True, eq=False)
class FundingReader(Reader):
    """Reads form 02, where a row is a component × source × kind × plan year."""

    slips: dict[Place, int] = field(default_factory=dict)
    """Cells whose amount is a power of a thousand off, as a total of the page proves."""
    undated: set[int] = field(default_factory=set)
    """Rows that leave the plan year open while others say that it is the reporting year."""
    refused: list[int] = field(default_factory=list)
    """Rows whose words could not be read: the totals of the page may count their money."""
    told: set[Place] = field(default_factory=set)
    """Cells over several rows about which something was said once."""

    def lines(self) -> list[Line]:
        """Read the table; returns one line for every amount that has its full key."""
        self.prepare()
        self.aside()
        measures = [one for one in self.mapped if one.name in MEASURES]
        names = {one.name: one for one in self.mapped if one.name not in MEASURES}
        items = self._items(names, measures)
        rows = [item.row for item in items]
        if any(item.plan_year == self.year and "plan_year" in item.cells for item in items):
            self.undated = {item.row for item in items if item.plan_year is None}
        self.settle_styles(measures)
        readings = {one.column.index: self.numbers(one, rows, whole=False) for one in measures}
        self._by_rate(measures, readings, rows)
        self._slips(measures, rows)
        units = self._units(measures, names, readings, rows)
        lines = self._put(items, measures, readings, units, names)
        self.check_totals(
            [one for one in measures if one.name != "disbursed_pct"],
            sorted({*rows, *self.refused}),
            self.refused,
        )
        self.explain_totals()
        for item in items:
            for seen in self.rows[item.row].values():
                if seen.place not in self.work.fate:
                    self.work.fate[seen.place] = (
                        FATES["label"]
                        if seen.column == self.block.order_column
                        else FATES["ignored"]
                    )
        return lines

    # --- which rows carry money, and under which words ------------------------------------------

    def _items(self, names: dict[str, Mapped], measures: list[Mapped]) -> list[_Money]:
        index = names["component"].column.index
        around = _Around(
            programme=meaning("programmes", self.block.title)
            if _one_programme(self.block.title)
            else None
        )
        items: list[_Money] = []
        totals = set(self.totals)
        order = list(self.rows)
        self.sections = []
        for position, row in enumerate(order):
            held = self.rows[row]
            label = held.get(index)
            if label is not None and label.kind == "blank":
                label = None
            if label is None:
                first = held.get(self.block.order_column or 0)
                if first is not None and first.kind == "text" and order_token(first) is None:
                    label = first
            words = {
                name: held[one.column.index]
                for name, one in names.items()
                if name not in ("component", "unit")
                and one.column.index in held
                and held[one.column.index].kind != "blank"
            }
            attributes = any(name in words for name in ("source", "kind", "plan_year"))
            for name in ("source", "kind", "plan_year"):
                # One cell merged down over several rows says it for each of them.
                column = names[name].column.index if name in names else 0
                if name not in words and (row, column) in self.spans:
                    words[name] = self.spans[row, column]
                    attributes = attributes or bool(held)
            if row not in totals and not attributes and self.whole(label):
                self.totals.append(row)
                continue
            if row in totals and not attributes:
                continue
            if row in totals:
                self.totals.remove(row)
            numbers = [
                held[one.column.index]
                for one in measures
                if one.column.index in held and held[one.column.index].kind != "blank"
            ]
            if self._heading(label, attributes, numbers, measures, order, position, around, index):
                self.sections.append(row)
                year = plan_year_of(label.text) if label is not None else None
                if year is not None and 2000 <= year <= self.year + 1:
                    around.plan_year = year
                continue
            if label is None and not attributes and not numbers:
                for one in held.values():
                    self.work.fate.setdefault(one.place, FATES["note"])
                continue
            item = self._item(row, held, label, words, around)
            if item is not None:
                items.append(item)
            else:
                self.refused.append(row)
        return items

    def _heading(
        self,
        label: Seen | None,
        attributes: bool,
        numbers: list[Seen],
        measures: list[Mapped],
        order: list[int],
        position: int,
        around: _Around,
        index: int,
    ) -> bool:
        """Whether a row only heads those below it; takes what it says about them."""
        if attributes:
            return False
        row = order[position]
        token = None
        first = self.rows[row].get(self.block.order_column or 0)
        if first is not None:
            token = order_token(first)
        if label is None:
            if token in ("roman", "letter") and first is not None and not _LOWER.match(first.text):
                # A heading without its words: what stood above does not go on below it.
                around.under = around.component = None
                return True
            return False
        programme = meaning("programmes", label.text)
        component, _, _ = component_of(label.text, around.under)
        under = under_of(label.text)
        faceted = any(one.facets.source is not None for one in measures)
        if component is not None and component != "ntm_general":
            if faceted or not self._sources_below(order, position, index):
                return False
            around.component, around.label = component, label
            return True
        if (
            component == "ntm_general"
            and token == "arabic"
            and (faceted or self._sources_below(order, position, index))
        ):
            around.component, around.label, around.programme = component, label, "ntm"
            return not faceted
        source = exact_meaning("sources", label.text)
        if source is not None and around.component is not None:
            return False
        if programme is not None and component in (None, "ntm_general"):
            around.programme, around.under, around.component = programme, under, None
            around.source = None
            return not (
                faceted and programme == "ntm" and numbers and self._last_of(order, position)
            )
        if under is not None and component is None:
            around.programme, around.under, around.component = "gnbv", under, None
            return True
        other = re.search(r"\bkhac\b", label.folded) is not None
        section = row in self.block.section_rows or token in ("roman", "letter")
        section = section or (other and not faceted)
        if section or not numbers or _LOWER.match(first.text if first is not None else ""):
            if component is None and (section or other):
                around.under = around.component = None
                return True
            return not numbers and component is None
        return False

    def _last_of(self, order: list[int], position: int) -> bool:
        """Whether no component row follows before the next section."""
        following = order[position + 1 : position + 2]
        return all(row in self.block.section_rows or row in self.totals for row in following)

    def _sources_below(self, order: list[int], position: int, index: int) -> bool:
        """Whether the next row is a source of money written where components stand."""
        for row in order[position + 1 : position + 2]:
            below = self.rows[row].get(index)
            if below is not None and below.kind == "text":
                bare = re.sub(r"^[-–+•*\s]+|^\d+[.)]\s*", "", below.text)
                return exact_meaning("sources", bare) is not None
        return False

    def _item(
        self,
        row: int,
        held: dict[int, Seen],
        label: Seen | None,
        words: dict[str, Seen],
        around: _Around,
    ) -> _Money | None:
        work = self.work
        source_label: str | None = None
        if label is not None:
            bare = re.sub(r"^[-–+•*\s]+|^\d+[.)]\s*", "", label.text)
            source_label = exact_meaning("sources", bare) if around.component else None
        if label is not None and source_label is None:
            component, near, misspelt = component_of(label.text, around.under)
            if component is None and meaning("programmes", label.text) == "ntm":
                component, misspelt = "ntm_general", False  # the programme has no other
            if component is None:
                work.find("component_unknown", seen=label, suggestions=_component_names(near))
                around.component, around.label = None, label
            else:
                if misspelt:
                    work.find(
                        "component_near", seen=label, component=code_words("components", component)
                    )
                around.component, around.label = component, label
        component = around.component
        if label is not None and component is None:
            self._quarantine(held)
            return None
        anchor = label or around.label
        if anchor is None or component is None:
            self._quarantine(held)
            first = next(iter(held.values()))
            work.find("key_missing", seen=first, row=row, what=Words(WHAT["component"]))
            return None
        values: dict[str, object] = {}
        programme = "ntm" if component.startswith("ntm") else "gnbv"
        codes: dict[str, str | None] = {"source": source_label, "kind": None}
        for name, listing in (("source", "sources"), ("kind", "kinds")):
            seen = words.get(name)
            if seen is None:
                continue
            choice = choice_of(listing, seen.text) if seen.kind == "text" else Choice(None)
            code = choice.code
            if code is None:
                rule = "word_several" if choice.several else "word_unknown"
                offered = ", ".join(_first_words(listing))
                work.find(rule, seen=seen, column=self._header(name), words=offered)
                work.fate[seen.place] = FATES["quarantined"]
                self._quarantine(held)
                return None
            codes[name] = code
        if label is not None:
            # "Xây dựng nông thôn mới (vốn đầu tư)": the label itself may say what has no column.
            for name, listing in (("source", "sources"), ("kind", "kinds")):
                if codes[name] is None and name not in words and names_one(label.text, listing):
                    codes[name] = meaning(listing, label.text)
        year = around.plan_year
        seen = words.get("plan_year")
        if seen is not None and seen.kind != "dash":
            year = self._year(seen)
            if year is None:
                work.find("number_unreadable", seen=seen, column=self._header("plan_year"))
                self._quarantine(held)
                return None
        for name in ("cause", "note"):
            seen = words.get(name)
            if seen is None:
                continue
            if seen.kind == "error":
                work.find("cell_error", seen=seen)
                work.fate[seen.place] = FATES["quarantined"]
                continue
            if seen.kind == "dash":
                work.fate[seen.place] = FATES["blank_mark"]
                continue
            text = (
                seen.text
                if seen.kind not in ("number", "date", "bool")
                else raw_text(seen.cell.value)
            )
            if text.startswith(("=", "@")):
                work.find("formula_text", seen=seen)
            values[name] = text
        return _Money(
            row, anchor, programme, component, codes["source"], codes["kind"], year, words, values
        )

    def _header(self, name: str) -> str:
        return next((one.column.header for one in self.mapped if one.name == name), name)

    def _year(self, seen: Seen) -> int | None:
        if seen.kind == "number":
            value = float(seen.cell.value)  # type: ignore[arg-type]
            year = int(value) if value == int(value) else None
        elif seen.kind == "date":
            year = getattr(seen.cell.value, "year", None)
        else:
            year = plan_year_of(seen.text)
        return year if year is not None and 2000 <= year <= self.year + 1 else None

    def _quarantine(self, held: dict[int, Seen]) -> None:
        for one in held.values():
            role = "label" if one.column == self.block.order_column else "quarantined"
            self.work.fate[one.place] = FATES[role]

    # --- numbers --------------------------------------------------------------------------------

    def _by_rate(
        self,
        measures: list[Mapped],
        readings: dict[int, dict[int, NumberReading]],
        rows: list[int],
    ) -> None:
        """Let a row's own rate decide between the readings of its amounts."""
        held = {one.name: one for one in measures if one.facets == Facets()}
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
                for a in _ways(plan[row])
                for b in _ways(paid[row])
                if a and abs(Decimal(b) / Decimal(a) * 100 - Decimal(stated.value)) <= RATE_SLACK_PP
            ]
            if len(fits) != 1:
                continue
            for name, reading, value in (
                ("allocated_vnd", plan, fits[0][0]),
                ("disbursed_vnd", paid, fits[0][1]),
            ):
                if reading[row].ambiguous:
                    proved.add(style_of(reading[row], value))
                    self._choose(held[name], reading, row, value, Rule.BY_SIBLINGS, BY_RATE)
        if len(proved) == 1 and self.work.style is None:
            # Nothing else on the page shows a way of writing; what the rates show holds for all.
            style = proved.pop()
            for name, reading in (("allocated_vnd", plan), ("disbursed_vnd", paid)):
                for row in rows:
                    if row in reading and reading[row].rule is Rule.AMBIGUOUS:
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
        self._decided(one, row, readings[row], witness)
        self.sums[one.column.index][row] = value
        self.unsure[one.column.index].discard(row)

    def _slips(self, measures: list[Mapped], rows: list[int]) -> None:
        """Find amounts typed in another unit: the only one that makes a total come out."""
        items = set(rows)
        for one in measures:
            index = one.column.index
            numbers, unsure = self.sums.get(index, {}), self.unsure.get(index, set())
            if one.name == "disbursed_pct" or unsure & items:
                continue
            for head, group in self._groups(items):
                stated = numbers.get(head)
                parts = [row for row in group if row in numbers]
                counted = sum((Decimal(numbers[row]) for row in parts), Decimal(0))
                if stated is None or counted == stated or len(parts) < 2:
                    continue
                found = [
                    (row, times)
                    for row in parts
                    if numbers[row]
                    for times in (10**3, 10**6, 10**9)
                    if counted - Decimal(numbers[row]) + Decimal(numbers[row]) / times == stated
                ]
                if len(found) == 1:
                    row, times = found[0]
                    self.slips[row, index] = times
                    numbers[row] = Decimal(numbers[row]) / times
                    break

    def _units(
        self,
        measures: list[Mapped],
        names: dict[str, Mapped],
        readings: dict[int, dict[int, NumberReading]],
        rows: list[int],
    ) -> dict[int, int | None]:
        """Return, for every money column, how many đồng one of its numbers is."""
        stated = money_unit(self.block.unit) or money_unit(self.block.sheet_unit)
        units: dict[int, int | None] = {}
        for one in measures:
            if one.name == "disbursed_pct":
                continue
            index = one.column.index
            own = unit_in_heading(one.column.header)
            if own is not None:
                units[index] = own
            elif stated is not None:
                units[index] = stated
            elif "unit" in names:
                units[index] = None
            else:
                units[index] = self._guess(one, readings[index], rows)
        return units

    def _guess(
        self, one: Mapped, readings: dict[int, NumberReading], rows: list[int]
    ) -> int | None:
        header = (self.block.header_last, one.column.index)
        bare = [
            row for row in rows
            if row in readings and _ways(readings[row]) not in ((), (0,))
            and readings[row].unit_hint not in UNITS_VND
        ]  # fmt: skip
        if not bare and any(
            readings[row].unit_hint in UNITS_VND for row in rows if row in readings
        ):
            return None  # every amount says its own unit
        elsewhere = money_unit(self.work.unit)
        if elsewhere is not None:
            name = _unit_name(elsewhere)
            self.work.find(
                "unit_guessed", header, raw=one.column.header, column=one.column.header,
                unit=name, witness=Words(N_("another table of the workbook")),
            )  # fmt: skip
            return elsewhere
        values = [
            readings[row].value for row in rows
            if row in readings and readings[row].value not in (None, 0)
        ]  # fmt: skip
        if values and all(value == int(value) and value >= 10**6 for value in values):  # type: ignore[arg-type]
            self.work.find(
                "unit_guessed", header, raw=one.column.header, column=one.column.header,
                unit="đồng", witness=Words(N_("the size of its numbers")),
            )  # fmt: skip
            return 1
        self.work.find("unit_missing", header, raw=one.column.header, column=one.column.header)
        return None

    def _put(
        self,
        items: list[_Money],
        measures: list[Mapped],
        readings: dict[int, dict[int, NumberReading]],
        units: dict[int, int | None],
        names: dict[str, Mapped],
    ) -> list[Line]:
        years = {one.facets.plan_year for one in measures if one.facets.plan_year is not None}
        only_year = years.pop() if len(years) == 1 else None
        groups: dict[Facets, list[Mapped]] = {}
        for one in measures:
            facets = one.facets
            if facets.plan_year is None and only_year is not None:
                facets = Facets(facets.source, facets.kind, only_year, facets.programme)
                if any(other.name == one.name for other in groups.get(facets, ())):
                    # Another column holds this already: two columns never make one value.
                    facets = one.facets
            groups.setdefault(facets, []).append(one)
        faceted = [facets for facets in groups if facets.source is not None]
        assumed: set[int] = set()
        lines: list[Line] = []
        unit_column = names.get("unit")
        for item in items:
            cell_unit: int | None = None
            if unit_column is not None:
                seen = self.rows[item.row].get(unit_column.column.index)
                if seen is not None:
                    cell_unit = money_unit(seen.text)
                    role = "unit" if cell_unit is not None else "ignored"
                    self.work.fate[seen.place] = FATES[role]
            for facets, columns in groups.items():
                if faceted and facets.source is None and item.source is None:
                    # A column over all sources is a total of the row.
                    for one in columns:
                        seen = self.rows[item.row].get(one.column.index)
                        if seen is not None:
                            self.work.fate[seen.place] = FATES["total"]
                    continue
                line = self._line(
                    item, facets, columns, readings, units, cell_unit, assumed, len(groups) > 1
                )
                if line is not None:
                    lines.append(line)
        for index in sorted(assumed):
            header = next(one.column.header for one in measures if one.column.index == index)
            self.work.find(
                "plan_year_assumed", (self.block.header_last, index), raw=header,
                column=header, year=self.year,
            )  # fmt: skip
        return lines

    def _line(
        self,
        item: _Money,
        facets: Facets,
        columns: list[Mapped],
        readings: dict[int, dict[int, NumberReading]],
        units: dict[int, int | None],
        cell_unit: int | None,
        assumed: set[int],
        several: bool,
    ) -> Line | None:
        held = self.rows[item.row]
        present = [
            one
            for one in columns
            if one.column.index in readings and item.row in readings[one.column.index]
        ]
        if not present and (several or facets.source is not None):
            return None
        source = facets.source or item.source
        kind = facets.kind or item.kind
        # "Kế hoạch vốn năm 2019" heads a page; the year in the row says which money it is.
        year = facets.plan_year if several or item.plan_year is None else item.plan_year
        year = year or item.plan_year
        for name, code in (("source", source), ("kind", kind)):
            if code is None:
                first = held[present[0].column.index] if present else item.label
                self.work.find("key_missing", seen=first, row=item.row, what=Words(WHAT[name]))
                for one in present:
                    seen = held[one.column.index]
                    self.work.fate[seen.place] = FATES["quarantined"]
                for seen in (*item.cells.values(), item.label):
                    self.work.fate.setdefault(seen.place, FATES["label"])
                return None
        if year is None and item.row in self.undated:
            first = held[present[0].column.index] if present else item.label
            self.work.find("key_missing", seen=first, row=item.row, what=Words(WHAT["plan_year"]))
            for one in present:
                seen = held[one.column.index]
                self.work.fate[seen.place] = FATES["quarantined"]
            return None
        if year is None:
            year = self.year
            if present:
                assumed.add(present[0].column.index)
        line = Line("funding", self.work, self.number, item.row, item.label)
        line.values.update(
            programme=item.programme, component=item.component, source=source, kind=kind,
            plan_year=year,
        )  # fmt: skip
        for name in ("source", "kind", "plan_year"):
            if name in item.cells:
                line.cells[name] = item.cells[name]
        for one in present:
            index = one.column.index
            seen = held[index]
            reading = readings[index][item.row]
            line.cells[one.name] = seen
            value: object
            if one.name == "disbursed_pct":
                role, value = self.rate(one, item.row, reading)
            else:
                role, value = self._money(one, item.row, seen, reading, units[index], cell_unit)
            line.values[one.name] = value
            self.work.fate[seen.place] = FATES[role]
        cause, note = item.words.get("cause"), item.words.get("note")
        for name in ("cause", "note"):
            if name in item.cells and name in item.words:
                line.cells[name] = item.cells[name]
        line.values["cause"] = self._cause(cause, note, item.cells.get("cause"))
        texts = [str(text) for text in dict.fromkeys((note, cause)) if text]
        line.values["note"] = "; ".join(texts) or None
        return line

    def _cause(self, cause: object, note: object, seen: Seen | None) -> str | None:
        if cause:
            given = cause_of(str(cause))
            if given.several and seen is not None and seen.place not in self.told:
                self.told.add(seen.place)
                words = ", ".join(code_words("causes", code) for code in given.several)
                self.work.find("cause_several", seen=seen, words=words)
            return given.code
        has_column = any(one.name == "cause" for one in self.mapped)
        if not note or has_column:
            return None
        code = cause_of(str(note)).code
        return code if code != "other" else None

    def _money(
        self,
        one: Mapped,
        row: int,
        seen: Seen,
        reading: NumberReading,
        unit: int | None,
        cell_unit: int | None,
    ) -> tuple[str, int | None]:
        role, value = self._plain(one, seen, reading)
        if value is None:
            return role, None
        times = self.slips.get((row, one.column.index))
        if times is not None:
            self.work.find("unit_in_doubt", seen=seen, times=times)
            return "quarantined", None
        own = UNITS_VND.get(reading.unit_hint or "")
        factor = own or cell_unit or unit
        if factor is None:
            if value == 0:
                return role, 0
            if cell_unit is None and unit is None and any(m.name == "unit" for m in self.mapped):
                self.work.find("unit_missing", seen=seen, column=one.column.header)
            return "quarantined", None
        amount = Decimal(value) * factor
        if own is not None and own != (cell_unit or unit):
            self.work.find("unit_in_cell", seen=seen, value=amount)
            # Sums on the page are in the page's unit.
            page_unit = cell_unit or unit
            if page_unit:
                self.sums[one.column.index][row] = amount / page_unit
        number = int(amount.to_integral_value(ROUND_HALF_EVEN))
        if amount < 0:
            self._refuse(one, row, "number_negative", seen)
            return "quarantined", None
        if number > MOST_MONEY_VND:
            self._refuse(one, row, "number_out_of_range", seen, low=0, high=MOST_MONEY_VND)
            return "quarantined", None
        if number != amount:
            self.work.find("money_rounded", seen=seen, value=number)
        return role, number


WHAT = {
    "component": N_("component"),
    "source": N_("source of money"),
    "kind": N_("kind of money"),
    "plan_year": N_("plan year"),
}

_LOWER = re.compile(r"^[a-zđ][.)]?$")


@lru_cache
def _first_words(listing: str) -> tuple[str, ...]:
    return tuple(code_words(listing, row["code"]) for row in form_rows(listing))


def _component_names(codes: tuple[str, ...]) -> str:
    return "; ".join(code_words("components", code) for code in codes)


def _one_programme(title: str) -> bool:
    folded = tokens(title)
    ntm = "nong thon moi" in folded or " ntm" in f" {folded}"
    poor = "giam ngheo" in folded or "gnbv" in folded
    return ntm != poor


def _ways(reading: NumberReading) -> tuple[Number, ...]:
    return (reading.value,) if reading.value is not None else reading.candidates


@lru_cache(maxsize=1 << 10)
def money_unit(text: str | None) -> int | None:
    """Return how many đồng a unit is, or None for another unit.

    >>> money_unit("triệu đồng"), money_unit("1.000 đồng"), money_unit("hộ")
    (1000000, 1000, None)
    """
    if not text:
        return None
    folded = tokens(text)
    if folded in ("1 000 dong", "1000 dong", "1000d", "1000 d", "1 000d", "1000 vnd"):
        return 1000
    if folded in ("1 000 000 dong", "1000000 dong", "1 000 000 d"):
        return 10**6
    named = unit_of(text)
    if named in UNITS_VND:
        return UNITS_VND[named]
    first = re.split(r"[,;(/]", text)[0]
    named = unit_of(first)
    return UNITS_VND.get(named or "")


@lru_cache(maxsize=1 << 10)
def unit_in_heading(header: str) -> int | None:
    """Return the money unit a heading states, in đồng: ``Kế hoạch vốn (triệu đồng)``."""
    for part in re.findall(r"[(\[]([^()\[\]]{1,40})[)\]]", header):
        size = money_unit(parse_unit(part) or part)
        if size is not None:
            return size
    match = re.search(r"(?i)\b(?:đvt|đơn vị tính|đv)\s*[:.]?\s*([^:;()]{1,20})$", header)
    if match:
        return money_unit(match[1])
    match = re.search(r"(?i)\b(tỷ đồng|tỉ đồng|triệu đồng|nghìn đồng|ngàn đồng)\b", header)
    return money_unit(match[1]) if match else None


def _unit_name(size: int) -> str:
    return next(name for name, value in UNITS_VND.items() if value == size)


def _highest_rate(name: str) -> int:
    """A part is at most its whole; disbursement may exceed a plan that was cut."""
    return 1000 if name == "disbursed_pct" else 100


def _bounds(name: str, year: int) -> tuple[int, int]:
    if name == "criteria_met":
        return 0, CRITERIA
    if name == "plan_year":
        return 2000, year + 1
    return 0, MOST_HOUSEHOLDS


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


def stated_year(page: Page, block: TableBlock) -> tuple[int, Seen | None] | None:
    """Return the reporting year a table's title states, with its cell.

    Words beside the grid of a web page have no cell.
    """
    titles = page.tables[0].title_rows if page.tables else []
    for row in (*sorted(block.title_rows), *sorted(titles)):
        for one in page.rows.get(row, ()):
            if one.kind != "text" or one.folded.startswith(("kem theo", "ban hanh", "so ")):
                continue
            if "nam 20" not in one.folded:
                continue
            folded = DATE_WORDS.sub(" ", one.folded)
            years = re.findall(r"\bnam (20[0-4]\d)\b", folded)
            if len(set(years)) == 1:
                return int(years[0]), one
    for text in page.outside:
        years = re.findall(r"\bnam (20[0-4]\d)\b", DATE_WORDS.sub(" ", tokens(text)))
        if len(set(years)) == 1:
            return int(years[0]), None
    return None


def stated_cut_off(page: Page, block: TableBlock) -> tuple[dt.date, Seen | None] | None:
    """Return the day up to which a table's money is counted, with its cell."""
    titles = page.tables[0].title_rows if page.tables else []
    header = range(block.header_first, block.header_last + 1)
    for row in (*sorted(block.title_rows), *header, *sorted(titles)):
        for one in page.rows.get(row, ()):
            if one.kind != "text" or not re.search(r"\bden\b|\btinh het\b", one.folded):
                continue
            day = _day_in(one.text)
            if day is not None:
                return day, one
    for text in page.outside:
        day = _day_in(text) if re.search(r"\bden\b|\btinh het\b", tokens(text)) else None
        if day is not None:
            return day, None
    return None


def _day_in(text: str) -> dt.date | None:
    match = re.search(r"(\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4})", text) or re.search(
        r"(\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4})", text
    )
    return read_date(match[1]).value if match else None


@lru_cache(maxsize=1 << 15)
def _real(value: CellValue, number_format: str | None) -> NumberReading:
    """Read a real number; the same counts come again and again."""
    return read_number(value, number_format=number_format)


def as_meant(one: Seen) -> CellValue:
    """Return a cell's value, with its letters mended where they were stored wrongly."""
    if one.decoded is not None and one.decoded.changed:
        return one.text
    return one.cell.value


def key_of(table: str, record: dict[str, object]) -> str:
    """Return the row key of a record of a clean table."""
    return row_key(*(record[name] for name in KEYS[table]))
