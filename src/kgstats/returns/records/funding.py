"""Form 02, where a row is a component × source × kind × plan year."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from kgstats.returns.columns.heading_words import MEASURES, Facets
from kgstats.returns.columns.matching import Mapped
from kgstats.returns.forms import code_words
from kgstats.returns.layout import Seen, tokens
from kgstats.returns.ledger import FATES
from kgstats.returns.records.amounts import (
    LEAST_OF_A_RETURN_VND,
    LEAST_TO_DOUBT,
    LEAST_TO_GUESS,
    OF_THE_TOTAL,
    TOO_LITTLE,
    Amounts,
    Readings,
)
from kgstats.returns.records.columns import NumberColumns
from kgstats.returns.records.lines import Line, Place
from kgstats.returns.records.money_rows import ATTRIBUTES, KEY_WORDS, MoneyRow, MoneyRows
from kgstats.returns.records.table import Table, TableRows, Whose
from kgstats.returns.records.totals import Totals
from kgstats.returns.records.vintages import CARRIED
from kgstats.returns.rules import Words
from kgstats.returns.values.meanings import cause_of
from kgstats.returns.values.readings import NumberReading

AMOUNTS = ("allocated_vnd", "disbursed_vnd")

MOST_MONEY_VND = 10**13
"""No line of a district's money reaches ten thousand billion đồng."""


def read_funding(table: Table, whose: Whose) -> list[Line]:
    """Read a table of form 02; returns one line for every amount that has its full key."""
    rows = TableRows(table, whose)
    rows.aside()
    measures = [one for one in table.mapped if one.name in MEASURES]
    names = {one.name: one for one in table.mapped if one.name not in MEASURES}
    kinds = MoneyRows(rows, names, measures)
    items = kinds.found()
    measures = kinds.vintages.columns(rows, measures)
    at = [item.row for item in items]
    numbers = NumberColumns(rows)
    amounts = Amounts(rows, measures, names.get("unit"), numbers)
    readings = amounts.read(at)
    lines = MoneyLines(rows, measures, amounts, readings).put(items)
    totals = Totals(rows, numbers)
    totals.check(
        [
            one for one in measures
            if one.name != "disbursed_pct" and one.column.index not in amounts.refused
        ],
        sorted({*at, *kinds.refused}),
        kinds.refused,
    )  # fmt: skip
    totals.explain()
    for item in items:
        for seen in rows.cells[item.row].values():
            ordered = seen.column == table.block.order_column
            seen.fate = seen.fate or FATES["label" if ordered else "ignored"]
    return lines


def doubt_units(lines: list[Line]) -> None:
    """Refuse the amounts of a whole return whose stated unit makes them too small for a district.

    One table may hold little money; all tables of a return never do.
    """
    held = [line for line in lines if line.form == "funding"]
    amounts = [line.values[name] for line in held for name in AMOUNTS if line.values.get(name)]
    total = sum(amounts)  # type: ignore[arg-type]
    if len(amounts) < LEAST_TO_GUESS or total >= LEAST_OF_A_RETURN_VND:
        return
    told: set[tuple[int, int, str]] = set()
    for line in held:
        for name in AMOUNTS:
            seen = line.cells.get(name)
            if seen is None or line.values.get(name) is None:
                continue
            line.values[name] = None
            seen.fate = FATES["quarantined"]
            if (id(line.work), line.table, name) not in told:
                told.add((id(line.work), line.table, name))
                line.work.find("unit_in_doubt", seen=seen, reason=Words(TOO_LITTLE))


@dataclass(slots=True, eq=False)
class MoneyLines:
    """Puts the amounts of a table to the rows that say what money they are."""

    table: TableRows
    measures: list[Mapped]
    amounts: Amounts
    readings: Readings
    undated: set[int] = field(default_factory=set)
    """Rows that leave the plan year open while others say that it is the reporting year."""
    assumed: set[int] = field(default_factory=set)
    """Columns whose money was read as that of the reporting year."""
    told: set[Place] = field(default_factory=set)
    """Cells over several rows about which something was said once."""

    def put(self, items: list[MoneyRow]) -> list[Line]:
        """Return the lines of the rows, one for every group of columns with a key of its own."""
        table, year = self.table, self.table.whose.year
        if any(item.plan_year == year and "plan_year" in item.cells for item in items):
            self.undated = {item.row for item in items if item.plan_year is None}
        groups = self._groups()
        faceted = any(facets.source is not None for facets in groups)
        lines: list[Line] = []
        for item in items:
            for facets, columns in groups.items():
                if faceted and facets.source is None and item.source is None:
                    # A column over all sources is a total of the row.
                    for one in columns:
                        seen = table.cells[item.row].get(one.column.index)
                        if seen is not None:
                            seen.fate = FATES["total"]
                    continue
                line = self._line(item, facets, columns, several=len(groups) > 1)
                if line is not None:
                    lines.append(line)
        self._doubt_years(lines)
        for index in sorted(self.assumed):
            header = next(one.column.header for one in self.measures if one.column.index == index)
            table.work.find(
                "plan_year_assumed", (table.block.header_last, index), raw=header, column=header,
                year=year,
            )  # fmt: skip
        return lines

    def _doubt_years(self, lines: list[Line]) -> None:
        """Say where all money of a table is of earlier years, and no word says it was carried."""
        block, year = self.table.block, self.table.whose.year
        cells = [line.cells["plan_year"] for line in lines if "plan_year" in line.cells]
        said = " ".join([block.title, block.sheet_title, *(one.text for one in cells)])
        years = {line.values["plan_year"] for line in lines}
        if len(cells) >= LEAST_TO_DOUBT and year not in years and not CARRIED.search(tokens(said)):
            self.table.work.find("plan_year_none", seen=cells[0], year=year, count=len(lines))

    def _groups(self) -> dict[Facets, list[Mapped]]:
        """Group the columns by what their headings say beside their measure."""
        years = {one.facets.plan_year for one in self.measures if one.facets.plan_year is not None}
        only_year = years.pop() if len(years) == 1 else None
        groups: dict[Facets, list[Mapped]] = {}
        for one in self.measures:
            facets = one.facets
            if facets.plan_year is None and only_year is not None:
                facets = Facets(facets.source, facets.kind, only_year, facets.programme)
                if any(other.name == one.name for other in groups.get(facets, ())):
                    # Another column holds this already: two columns never make one value.
                    facets = one.facets
            groups.setdefault(facets, []).append(one)
        return groups

    def _line(
        self, item: MoneyRow, facets: Facets, columns: list[Mapped], several: bool
    ) -> Line | None:
        table, held = self.table, self.table.cells[item.row]
        present = [one for one in columns if item.row in self.readings[one.column.index]]
        if not present and (several or facets.source is not None):
            return None
        source, kind = facets.source or item.source, facets.kind or item.kind
        # "Kế hoạch vốn năm 2019" heads a page; the year in the row says which money it is.
        year = facets.plan_year if several or item.plan_year is None else item.plan_year
        year = year or item.plan_year
        for name, code in (("source", source), ("kind", kind)):
            if code is None:
                self._keyless(item, present, name)
                for seen in (*item.cells.values(), item.label):
                    seen.fate = seen.fate or FATES["label"]
                return None
        if year is None and item.row in self.undated:
            self._keyless(item, present, "plan_year")
            return None
        if year is None:
            year = table.whose.year
            if present:
                self.assumed.add(present[0].column.index)
        line = Line("funding", table.work, table.table.number, item.row, item.label)
        line.values.update(
            programme=item.programme, component=item.component, source=source, kind=kind,
            plan_year=year,
        )  # fmt: skip
        for name in ATTRIBUTES:
            if name in item.cells:
                line.cells[name] = item.cells[name]
        for one in present:
            seen = held[one.column.index]
            reading = self.readings[one.column.index][item.row]
            line.cells[one.name] = seen
            value: object
            if one.name == "disbursed_pct":
                role, value = self.amounts.numbers.rate(one, item.row, seen, reading)
            else:
                role, value = self._money(one, item.row, seen, reading)
            line.values[one.name] = value
            seen.fate = FATES[role]
        self._without_plan(line, columns)
        self._words(item, line)
        return line

    def _without_plan(self, line: Line, columns: list[Mapped]) -> None:
        """Refuse what is paid of nothing: the cell of the plan is blank, the one beside is not.

        Amounts typed one column off look so.
        """
        plans = [one for one in columns if one.name == "allocated_vnd"]
        paid = line.cells.get("disbursed_vnd")
        if not plans or "allocated_vnd" in line.cells or not line.values.get("disbursed_vnd"):
            return
        assert paid is not None
        index = plans[0].column.index
        held = self.table.cells[line.row].get(index) or self.table.spans.get((line.row, index))
        if held is not None and held.kind != "blank":
            return  # what is refused, or stands for several rows, is no blank
        plan = self.table.work.address(line.row, index)
        self.table.work.find("disbursed_without_plan", seen=paid, plan=plan, row=line.row)
        for name in ("disbursed_vnd", "disbursed_pct"):
            if name in line.cells:
                line.values[name] = None
                line.cells[name].fate = FATES["quarantined"]

    def _keyless(self, item: MoneyRow, present: list[Mapped], name: str) -> None:
        """Refuse the amounts of a row that does not say all of its key."""
        held, work = self.table.cells[item.row], self.table.work
        first = held[present[0].column.index] if present else item.label
        work.find("key_missing", seen=first, row=item.row, what=Words(KEY_WORDS[name]))
        for one in present:
            held[one.column.index].fate = FATES["quarantined"]

    # --- cause and note -----------------------------------------------------------------------

    def _words(self, item: MoneyRow, line: Line) -> None:
        """Put cause and note to a line: the words of both are kept as its note."""
        cause, note = item.words.get("cause"), item.words.get("note")
        for name in ("cause", "note"):
            if name in item.cells and name in item.words:
                line.cells[name] = item.cells[name]
        line.values["cause"] = self._cause(cause, note, item.cells.get("cause"))
        texts = [str(text) for text in dict.fromkeys((note, cause)) if text]
        line.values["note"] = "; ".join(texts) or None

    def _cause(self, cause: object, note: object, seen: Seen | None) -> str | None:
        if cause:
            given = cause_of(str(cause))
            if given.several and seen is not None and seen.place not in self.told:
                self.told.add(seen.place)
                words = ", ".join(code_words("causes", code) for code in given.several)
                self.table.work.find("cause_several", seen=seen, words=words)
            return given.code
        has_column = any(one.name == "cause" for one in self.table.table.mapped)
        if not note or has_column:
            return None
        code = cause_of(str(note)).code
        return code if code != "other" else None

    # --- amounts ------------------------------------------------------------------------------

    def _money(
        self, one: Mapped, row: int, seen: Seen, reading: NumberReading
    ) -> tuple[str, int | None]:
        """Turn an amount in the unit of the page into whole đồng; returns its role and value."""
        amounts, work, index = self.amounts, self.table.work, one.column.index
        role, value = amounts.numbers.plain(one, seen, reading)
        if value is None or (value == 0 and (row, index) in amounts.unitless):
            return role, value if value is None else 0
        if index in amounts.refused:
            return "quarantined", None  # said once, at the heading
        times = amounts.slips.get((row, index))
        if times is not None:
            work.find("unit_in_doubt", seen=seen, reason=Words(OF_THE_TOTAL, (("times", times),)))
            return "quarantined", None
        base = amounts.bases[index]
        if base is None or (row, index) in amounts.unitless:
            if base is not None:
                work.find("unit_missing", seen=seen, column=one.column.header)
            return "quarantined", None
        amount = Decimal(value) * base
        if amounts.own_unit(row, index, reading):
            work.find("unit_in_cell", seen=seen, value=amount)
        number = int(amount.to_integral_value(ROUND_HALF_EVEN))
        if amount < 0:
            amounts.numbers.refuse(one, row, "number_negative", seen)
            return "quarantined", None
        if number > MOST_MONEY_VND:
            amounts.numbers.refuse(
                one, row, "number_out_of_range", seen, low=0, high=MOST_MONEY_VND
            )
            return "quarantined", None
        if number != amount:
            work.find("money_rounded", seen=seen, value=number)
        return role, number
