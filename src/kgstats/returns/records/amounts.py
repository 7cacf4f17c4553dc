"""The amounts of form 02, every one in the unit of the page, which is known or refused.

A unit is stated above the table, in a heading, in a column of its own for each row, or in the cell
itself; a cell's own unit counts first. A unit that is stated nowhere is taken only where the size
of the numbers leaves a single one possible, and a stated one that no amount can have is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from kgstats.returns.columns.heading_words import Facets
from kgstats.returns.columns.matching import Mapped
from kgstats.returns.ledger import FATES
from kgstats.returns.records.columns import NumberColumns
from kgstats.returns.records.evidence import Evidence, Readings, ways
from kgstats.returns.records.lines import Number, Place, as_meant
from kgstats.returns.records.table import TableRows
from kgstats.returns.rules import Words
from kgstats.returns.values.numbers import read_number
from kgstats.returns.values.readings import NumberReading
from kgstats.returns.values.units import (
    STEPS_VND,
    UNITS_VND,
    money_unit,
    unit_in_heading,
    unit_in_title,
    unit_name,
    unknown_money,
)
from kgstats.words import N_

LEAST_AMOUNT_VND = 10**6
"""Hardly a line of a programme's money in a district is smaller."""

LEAST_OF_A_RETURN_VND = 3 * 10**8
"""The money of one district's return never adds up to less: three hundred million đồng."""

MOST_OF_A_PAGE_VND = 10**13
"""The money of one district's page never adds up to more: ten thousand billion đồng."""

MOST_OF_A_LINE_VND = 10**12
"""No line of a district's money comes near a thousand billion đồng."""

LEAST_TO_DOUBT = 3
"""So many amounts are needed before their sum says anything about their unit."""

LEAST_TO_GUESS = 8
"""So many amounts are needed before their size alone decides a unit, or doubts a return's."""

AS_LAST_YEAR = 25
"""No district has so many times more or less money than in the year before."""

PAID_OF_ALLOCATED = (Decimal("0.02"), Decimal("1.2"))
"""Between these shares of what is allocated lies what is paid, in most rows of a table."""

BY_COLUMN_BESIDE = N_("another column of the table")
BY_TABLE = N_("another table of the workbook")
BY_SIZE = N_("the size of its numbers")
BY_LAST_YEAR = N_("the district's money of the year before")

OF_THE_TOTAL = N_("it is {times} times what the total of the page leaves room for")
TOO_SMALL = N_("in {unit} most amounts of the column would be below a million đồng")
TOO_LITTLE = N_("all amounts of the return would add up to less than a district ever has")
TOO_LARGE = N_("in {unit} the column would add up to more than a district has")


@dataclass(slots=True, eq=False)
class Amounts:
    """The number columns of a table of money."""

    table: TableRows
    measures: list[Mapped]
    unit_column: Mapped | None
    numbers: NumberColumns
    bases: dict[int, int | None] = field(default_factory=dict)
    """Column index → how many đồng one of its numbers is, once they are in the page's unit."""
    row_units: dict[int, int] = field(default_factory=dict)
    """Row → how many đồng one of its numbers is, by a column of units."""
    unitless: set[Place] = field(default_factory=set)
    """Amounts whose unit is not known."""
    slips: dict[Place, int] = field(default_factory=dict)
    """Cells whose amount is a power of a thousand off, as a total of the page proves."""
    refused: set[int] = field(default_factory=set)
    """Columns whose unit cannot be the stated one."""

    def read(self, rows: list[int]) -> Readings:
        """Read the columns of a table whose rows of money are given."""
        self._read_row_units()
        self._read_section_units(rows)
        self.bases = self._bases(rows)
        self.numbers.settle_styles(self.measures)
        readings: Readings = {}
        for one in self.measures:
            index = one.column.index
            if one.name == "disbursed_pct":
                readings[index] = self.numbers.read(one, rows, whole=False)
                continue
            readings[index] = self.numbers.read(
                one, rows, whole=False, scaled=partial(self._scaled, index)
            )
        evidence = Evidence(self.measures, self.numbers)
        evidence.decide_by_rates(readings, rows)
        self.slips = evidence.slips(rows)
        self._doubt_units(readings, rows)
        return readings

    # --- units --------------------------------------------------------------------------------

    def _read_row_units(self) -> None:
        if self.unit_column is None:
            return
        index = self.unit_column.column.index
        for row, held in self.table.cells.items():
            seen = held.get(index) or self.table.spans.get((row, index))
            if seen is None or seen.kind == "blank":
                continue
            size = money_unit(seen.text)
            seen.fate = FATES["unit" if size is not None else "ignored"]
            if size is not None:
                self.row_units[row] = size

    def _read_section_units(self, rows: list[int]) -> None:
        """Take the unit that the head of a section states for its rows."""
        for head, group in self.table.groups(set(rows)):
            label = self.table.block.label_column or 0
            seen = self.table.cells[head].get(label) if head in self.table.sections else None
            size = unit_in_title(seen.text) if seen is not None and seen.kind == "text" else None
            if size is not None:
                for row in self.table.cells:
                    if head <= row <= group[-1]:
                        self.row_units.setdefault(row, size)

    def _bases(self, rows: list[int]) -> dict[int, int | None]:
        """Return, for every money column, how many đồng one number of the page is."""
        block = self.table.block
        stated = (
            money_unit(block.unit) or unit_in_title(block.title)
            or money_unit(block.sheet_unit) or unit_in_title(block.sheet_title)
            or self._said_beside()
        )  # fmt: skip
        found: dict[int, int | None] = {}
        unstated: list[Mapped] = []
        for one in self.measures:
            if one.name == "disbursed_pct":
                continue
            index = one.column.index
            found[index] = unit_in_heading(one.column.header) or stated
            if found[index] is not None:
                continue
            if self.row_units:
                found[index] = Counter(self.row_units.values()).most_common(1)[0][0]
                self.unitless |= {
                    (row, index) for row in self.table.cells if row not in self.row_units
                }
            else:
                unstated.append(one)
        if unstated and (unknown_money(block.unit) or unknown_money(block.sheet_unit)):
            for one in unstated:
                found[one.column.index] = None
                name = one.column.header
                self.table.work.find(
                    "unit_missing", (block.header_last, one.column.index), raw=name, column=name
                )
        elif unstated:
            found |= self._guess(unstated, rows, self._beside(found, unstated, rows))
        return found

    def _said_beside(self) -> int | None:
        """Return the one money unit that notes and titles of the sheet state, if they do."""
        page = self.table.work.page
        texts = [
            one.text for one in page.around
            if page.roles[one.place][0] in ("note", "title") and one.kind == "text"
        ]  # fmt: skip
        found = {unit_in_title(text) for text in (*texts, *page.outside)} - {None}
        return found.pop() if len(found) == 1 else None

    def _beside(
        self, known: dict[int, int | None], unstated: list[Mapped], rows: list[int]
    ) -> int | None:
        """Return the unit of the other columns, where paid and allocated are alike in it."""
        sizes = set(known.values()) - {None}
        if len(sizes) != 1:
            return None
        named = {one.name: one.column.index for one in self.measures if one.facets == Facets()}
        if not {"allocated_vnd", "disbursed_vnd"} <= set(named):
            return None
        shares = [
            Decimal(paid.value) / Decimal(given.value)
            for row in rows
            if (given := self._raw(row, named["allocated_vnd"])) is not None and given.value
            and (paid := self._raw(row, named["disbursed_vnd"])) is not None and paid.value
        ]  # fmt: skip
        low, high = PAID_OF_ALLOCATED
        alike = sum(low <= share <= high for share in shares)
        return sizes.pop() if shares and alike * 2 > len(shares) else None

    def _guess(
        self, unstated: list[Mapped], rows: list[int], beside: int | None
    ) -> dict[int, int | None]:
        """Take the unit of another table, or the only one that the size of the numbers allows."""
        work, header_row = self.table.work, self.table.block.header_last
        found: dict[int, int | None] = {}
        bare: dict[int, list[Number | None]] = {}
        for one in unstated:
            index = one.column.index
            raw = {row: self._raw(row, index) for row in self.table.cells}
            plain = {
                row: reading for row, reading in raw.items()
                if reading is not None and reading.unit_hint not in UNITS_VND
            }  # fmt: skip
            if any(any(ways(plain[row])) for row in rows if row in plain):
                bare[index] = [plain[row].value for row in rows if row in plain]
            else:
                # Every amount says its own unit, or there is none: they are read in đồng.
                self.unitless |= {(row, index) for row in plain}
                found[index] = 1
        values: list[Number] = [value for held in bare.values() for value in held if value]
        elsewhere = beside or money_unit(work.unit)
        possible = [
            size for size in STEPS_VND
            if _impossible(values, size) is None
            and not any(abs(Decimal(value)) * size >= MOST_OF_A_LINE_VND for value in values)
            and (
                elsewhere is not None
                or sum(abs(Decimal(value)) * size for value in values) >= LEAST_OF_A_RETURN_VND
            )
        ]  # fmt: skip
        last_year = self._as_last_year(values) if elsewhere is None else None
        if elsewhere is not None:
            possible = [size for size in possible if size == elsewhere]
        elif last_year is not None:
            possible = [size for size in possible if size in last_year]
        elif len(values) < LEAST_TO_GUESS and possible != [1]:
            possible = []
        witness = BY_SIZE if last_year is None else BY_LAST_YEAR
        if elsewhere is not None:
            witness = BY_TABLE if beside is None else BY_COLUMN_BESIDE
        for one in unstated:
            index, name = one.column.index, one.column.header
            if index in found:
                continue
            found[index] = possible[0] if values and len(possible) == 1 else None
            if found[index] is None:
                work.find("unit_missing", (header_row, index), raw=name, column=name)
                continue
            work.find(
                "unit_guessed", (header_row, index), raw=name, column=name,
                unit=unit_name(possible[0]), witness=Words(witness),
            )  # fmt: skip
            self._note_guess(index, rows, unit_name(possible[0]))
        return found

    def _as_last_year(self, values: list[Number]) -> list[int] | None:
        """Return the units in which a table has about the money of last year's return, if known."""
        before = self.table.whose.money_before
        if not before or not values:
            return None
        total = sum(abs(Decimal(value)) for value in values)
        low, high = Decimal(before) / AS_LAST_YEAR, before * AS_LAST_YEAR
        return [size for size in STEPS_VND if low <= total * size <= high]

    def _note_guess(self, index: int, rows: list[int], unit: str) -> None:
        """Note at every amount itself that its unit is guessed."""
        for row in rows:
            reading = self._raw(row, index)
            if reading is not None and any(ways(reading)) and reading.unit_hint not in UNITS_VND:
                self.table.work.find(
                    "amount_in_guessed_unit", seen=self.table.cells[row][index], unit=unit
                )

    def _raw(self, row: int, index: int) -> NumberReading | None:
        seen = self.table.cells[row].get(index)
        if seen is None or seen.kind == "blank":
            return None
        return read_number(as_meant(seen), number_format=seen.number_format)

    def _scaled(self, index: int, row: int, reading: NumberReading) -> NumberReading:
        """Bring a number into the unit of the page: its own unit counts first, then its row's."""
        base = self.bases[index]
        own = UNITS_VND.get(reading.unit_hint or "")
        if own is not None:
            self.unitless.discard((row, index))
        size = own or self.row_units.get(row) or base
        if base is None:
            if own is None:
                self.unitless.add((row, index))
                return reading
            base = self.bases[index] = 1
        if size is None or size == base:
            return reading
        value = None if reading.value is None else _times(reading.value, size, base)
        ways = tuple(_times(one, size, base) for one in reading.candidates)
        return replace(reading, value=value, candidates=ways)

    def own_unit(self, row: int, index: int, reading: NumberReading) -> bool:
        """Whether a cell states a unit that is not that of its row or column."""
        own = UNITS_VND.get(reading.unit_hint or "")
        return own is not None and own != (self.row_units.get(row) or self.bases[index])

    def _doubt_units(self, readings: Readings, rows: list[int]) -> None:
        """Refuse the columns whose stated unit no amount can have, once for each."""
        block, work = self.table.block, self.table.work
        pages: dict[int, list[Number | None]] = {}
        for index, base in self.bases.items():
            if base is not None:
                pages.setdefault(base, []).extend(
                    reading.value for row in rows
                    if (reading := readings[index].get(row)) is not None
                    and (row, index) not in self.slips
                    and reading.unit_hint not in UNITS_VND and row not in self.row_units
                )  # fmt: skip
        doubts = {
            base: doubt for base, values in pages.items()
            if (doubt := _impossible(values, base)) is not None
        }  # fmt: skip
        absurd = self._absurd_in_cells(readings, rows)
        for one in self.measures:
            index = one.column.index
            base = self.bases.get(index)
            doubt, unit = (TOO_LARGE, absurd[index]) if index in absurd else (None, None)
            if base in doubts:
                doubt, unit = doubts[base], unit_name(base)
            if doubt is not None:
                self.refused.add(index)
                reason = Words(doubt, (("unit", unit),))
                work.find(
                    "unit_in_doubt", (block.header_last, index), raw=one.column.header,
                    reason=reason,
                )  # fmt: skip

    def _absurd_in_cells(self, readings: Readings, rows: list[int]) -> dict[int, str]:
        """Return the columns whose cells say a unit that makes them too much, with the unit.

        A number format may add " tỷ" to every number of a page in triệu.
        """
        held: dict[str, dict[int, list[Number | None]]] = {}
        for index, base in self.bases.items():
            for row in rows if base is not None else ():
                reading = readings[index].get(row)
                if reading is not None and reading.unit_hint in UNITS_VND:
                    assert base is not None
                    amount = None if reading.value is None else Decimal(reading.value) * base
                    held.setdefault(reading.unit_hint or "", {}).setdefault(index, []).append(
                        amount
                    )
        return {
            index: unit
            for unit, columns in held.items()
            if _impossible((one for column in columns.values() for one in column), 1) == TOO_LARGE
            for index in columns
        }


def _times(value: Number, size: int, base: int) -> Decimal:
    """Bring a number from one unit into another; how finely it was stated stays with it."""
    steps = len(str(size)) - len(str(base))
    return Decimal(value).scaleb(steps)


def _impossible(values: Iterable[Number | None], size: int) -> str | None:
    """Return why amounts cannot be in a unit, or None."""
    amounts = [abs(Decimal(value)) * size for value in values if value]
    if 2 * sum(amount < LEAST_AMOUNT_VND for amount in amounts) > len(amounts):
        return TOO_SMALL
    large = sum(amounts) > MOST_OF_A_PAGE_VND and len(amounts) >= LEAST_TO_DOUBT
    return TOO_LARGE if large else None
