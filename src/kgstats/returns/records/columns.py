"""Columns of numbers: what each cell says, settled by its column, the others or a total.

A number such as ``1.234`` is decided by its column, the other columns, a total or the range of a
rate; a cell that cannot be read is put in quarantine with a finding, and its neighbours stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from kgstats.returns.columns.matching import Mapped
from kgstats.returns.forms import CRITERIA
from kgstats.returns.layout import Seen
from kgstats.returns.ledger import FATES
from kgstats.returns.records.lines import Number, as_meant
from kgstats.returns.records.table import TableRows
from kgstats.returns.rules import Words
from kgstats.returns.values.numbers import decide_style, read_number, resolve
from kgstats.returns.values.readings import NumberReading, Rule, Style
from kgstats.returns.values.real_numbers import read_real
from kgstats.returns.values.units import UNITS_VND
from kgstats.words import N_

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


_NUMBER, _AMBIGUOUS = Rule.NUMBER, Rule.AMBIGUOUS
"""What nearly every cell holds, and what is left open: asked of each."""

Scale = Callable[[int, NumberReading], NumberReading]
"""Brings the number of a row into the unit of its page."""


@dataclass(slots=True, eq=False)
class NumberColumns:
    """The number columns of a table."""

    table: TableRows
    sums: dict[int, dict[int, Number]] = field(default_factory=dict)
    """Column index → row → number as typed, before units: what totals are checked against."""
    unsure: dict[int, set[int]] = field(default_factory=dict)
    """Column index → rows whose number could not be read."""

    def __post_init__(self) -> None:
        sheet = self.table.work.page.sheet
        for row, column in (*sheet.uncalculated, *sheet.stale):
            self.unsure.setdefault(column, set()).add(row)

    def settle_styles(self, columns: Iterable[Mapped]) -> None:
        """Find out how the page's number columns write numbers."""
        proved: set[Style] = set()
        indexes = {one.column.index for one in columns}
        for held in self.table.cells.values():
            for index, cell in held.items():
                if cell.kind in ("numeral", "text") and index in indexes:
                    style = read_number(as_meant(cell)).proves
                    if style is not None:
                        proved.add(style)
        if len(proved) == 1:
            self.table.work.style = proved.pop()

    def read(
        self, one: Mapped, rows: Iterable[int], whole: bool, scaled: Scale | None = None
    ) -> dict[int, NumberReading]:
        """Read a column of numbers, settling what a single cell leaves open.

        Rows without a cell are not in the result. Numbers of totals and sections are read too
        and kept for the check of sums. ``scaled`` brings a number into the unit of the page.
        """
        index = one.column.index
        readings: dict[int, NumberReading] = {}
        open_rows: list[int] = []
        plain = True
        for row, held in self.table.cells.items():
            seen = held.get(index)
            if seen is None:
                continue
            if seen.kind == "number":
                reading = read_real(seen.value, seen.number_format)
            elif seen.kind == "blank":
                continue
            else:
                reading = read_number(as_meant(seen), number_format=seen.number_format)
            if scaled is not None:
                reading = scaled(row, reading)
            readings[row] = reading
            if reading.rule is not _NUMBER:
                plain = False
                if reading.rule is _AMBIGUOUS:
                    open_rows.append(row)
        if open_rows:
            self._settle(one, readings, open_rows, whole, set(rows))
        sums = self.sums.setdefault(index, {})
        unsure = self.unsure.setdefault(index, set())
        if self.table.shared:
            unsure.update(self._part(one, readings, set(rows)))
        if plain:  # as nearly every column is
            sums.update({row: reading.value for row, reading in readings.items()})  # type: ignore[misc]
            return readings
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
            if row in items and (row, index) in self.table.shared and reading.value is not None
        ]
        for row in over:
            seen = self.table.cells[row][index]
            count = self.table.shared[row, index]
            self.table.work.find("number_shared", seen=seen, column=one.column.header, count=count)
            seen.fate = FATES["quarantined"]
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
        # An amount in a unit of its own ("2,707 tỷ") is not written as its column is.
        alike = [row for row in open_rows if readings[row].unit_hint not in UNITS_VND]
        if style is None and not proofs and whole:
            # A count has no decimals: of 1234 and 1,234 only the first can be meant.
            for row in alike:
                counts = [value for value in readings[row].candidates if isinstance(value, int)]
                if len(counts) == 1:
                    chosen[row] = readings[row].chosen(counts[0], Rule.BY_SIBLINGS)
            witness = BY_WHOLE
        if style is None and not proofs and not chosen and self.table.work.style is not None:
            style, witness = self.table.work.style, BY_OTHERS
        if style is not None:
            settled = resolve([readings[row] for row in alike], style, whole=whole)
            for row, reading in zip(alike, settled, strict=True):
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
                    self.decided(one, row, reading, BY_TOTAL)
        for row, reading in chosen.items():
            if row not in left:
                self.decided(one, row, reading, witness)
            readings[row] = reading

    def decided(self, one: Mapped, row: int, reading: NumberReading, witness: str) -> None:
        """Note that something decided between the readings of a number."""
        seen = self.table.cells[row][one.column.index]
        self.table.work.find(
            "number_decided", seen=seen, value=reading.value, witness=Words(witness)
        )

    def _by_total(
        self, readings: dict[int, NumberReading], items: set[int]
    ) -> dict[int, NumberReading]:
        found: dict[int, NumberReading] = {}
        for total_row, rows in self.table.groups(items):
            total = readings.get(total_row)
            if total is None:
                continue
            parts = [row for row in rows if row in readings and row not in found]
            settled = resolve([readings[row] for row in parts], None, total)
            for row, reading in zip(parts, settled, strict=True):
                if reading.rule is Rule.BY_TOTAL:
                    found[row] = reading
        return found

    def count(
        self, one: Mapped, row: int, seen: Seen, reading: NumberReading
    ) -> tuple[str, int | None]:
        """Turn a reading into a whole number; returns the cell's role and the value."""
        role, value = self.plain(one, seen, reading)
        if value is None:
            return role, None
        low, high = _bounds(one.name, self.table.whose.year)
        if value.__class__ is int and low <= value <= high:
            return role, value
        if value != int(value):
            return self.refuse(one, row, "number_not_whole", seen)
        number = int(value)
        if number < 0 and low == 0:
            return self.refuse(one, row, "number_negative", seen)
        if not low <= number <= high:
            return self.refuse(one, row, "number_out_of_range", seen, low=low, high=high)
        return role, number

    def rate(
        self, one: Mapped, row: int, seen: Seen, reading: NumberReading
    ) -> tuple[str, float | None]:
        """Turn a reading into per cent; returns the cell's role and the value."""
        role, value = self.plain(one, seen, reading, rate=True)
        if value is None:
            return role, None
        high = _highest_rate(one.name)
        if value < 0:
            return self.refuse(one, row, "number_negative", seen)
        if value > high:
            return self.refuse(one, row, "number_out_of_range", seen, low=0, high=high)
        return role, float(value)

    def refuse(
        self, one: Mapped, row: int, rule: str, seen: Seen, **args: Any
    ) -> tuple[Literal["quarantined"], None]:
        """Note that a number is refused; its row is not compared with totals then."""
        self.unsure.setdefault(one.column.index, set()).add(row)
        self.table.work.find(rule, seen=seen, column=one.column.header, **args)
        return "quarantined", None

    def plain(
        self, one: Mapped, seen: Seen, reading: NumberReading, rate: bool = False
    ) -> tuple[str, Number | None]:
        """Return role and value of a number cell, with the finding its reading calls for."""
        rule, hint = reading.rule, reading.unit_hint
        if rule is _NUMBER and hint is None:
            return "value", reading.value  # what nearly every cell holds
        work, header = self.table.work, one.column.header
        if rule in (Rule.DASH, Rule.NONE_WORD):
            zero = self.table.spec(one.name).dash == "zero"
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


def _highest_rate(name: str) -> int:
    """A part is at most its whole; disbursement may exceed a plan that was cut."""
    return 1000 if name == "disbursed_pct" else 100


def _bounds(name: str, year: int) -> tuple[int, int]:
    if name == "criteria_met":
        return 0, CRITERIA
    if name == "plan_year":
        return 2000, year
    return 0, MOST_HOUSEHOLDS
