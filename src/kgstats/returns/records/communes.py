"""Forms 01 and 03, where a row is a commune-level unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from kgstats.returns.cells import CellValue
from kgstats.returns.columns.matching import Mapped
from kgstats.returns.layout import Seen
from kgstats.returns.ledger import FATES, raw_text
from kgstats.returns.records.columns import NumberColumns
from kgstats.returns.records.commune_rows import CommuneRow, CommuneRows
from kgstats.returns.records.lines import Line, Number, Total
from kgstats.returns.records.table import Table, TableRows, Whose
from kgstats.returns.records.totals import Totals
from kgstats.returns.values.dates import DateRule, read_date
from kgstats.returns.values.decisions import FIRST_DECISION, Decision, read_decision
from kgstats.returns.values.marks import (
    CROSSES,
    Legend,
    MarkReading,
    MarkRule,
    is_cross,
    legend_of,
    lesser_signs,
    open_crosses,
    read_mark,
    turned_round,
    unpaired,
)
from kgstats.returns.values.meanings import level_of, offered
from kgstats.returns.values.numbers import read_number

MOSTLY_BLANK = 0.9
"""From this share of blank marks on, a page does not type its marks."""

MONTHS = 12

_ERROR = MarkRule.ERROR_VALUE
_LEGEND_ROLES = frozenset(("note", "title", "header", "unit", "ignored", "signature"))
"""Where a legend may stand: beside the table's own rows, or in its margins."""


def read_communes(table: Table, whose: Whose) -> list[Line]:
    """Read a table of form 01 or 03; returns one line for every row that should name a commune."""
    rows = TableRows(table, whose)
    rows.aside()
    index = next(one for one in table.mapped if one.name == "commune_code").column.index
    kinds = CommuneRows(rows, index)
    found = kinds.found()
    there = frozenset(column.name for column in table.mapped)
    lines = [_line(rows, one, there) for one in found]
    by_row = {line.row: line for line in lines}
    columns = [one for one in table.mapped if one.name != "commune_code"]
    numeric = [
        one
        for one in columns
        if one.name != "met" and rows.spec(one.name).dtype in ("int", "float")
    ]
    numbers = NumberColumns(rows)
    numbers.settle_styles(numeric)
    words = CommuneWords(rows, by_row)
    for one in columns:
        if one in numeric:
            _number_column(numbers, one, by_row)
        elif one.criterion is None:
            words.read(one)
    marks = [one for one in columns if one.criterion is not None]
    sums = [*kinds.counts, *rows.totals]
    if marks:
        words.read_marks(marks, [row for row in sums if words.counted(row) == (True, False)])
    for line in lines:
        for seen in rows.cells[line.row].values():
            if seen.fate is None and seen is not line.label:
                line.others.append(seen)
    totals = Totals(rows, numbers)
    totals.check(
        [one for one in numeric if not one.name.endswith("_pct")],
        [*by_row, *kinds.outside],
        [*kinds.outside, *(line.row for line in lines if line.unit is None)],
        _doubles(lines),
    )
    counts = [*kinds.counts, *(rows.totals if len(rows.totals) == 1 else ())]
    for row in counts if not kinds.outside else ():
        words.check_count(marks, row)
    totals.explain(kinds.counts)
    return lines


def _line(rows: TableRows, one: CommuneRow, there: frozenset[str]) -> Line:
    table = rows.table
    line = Line(table.form.key, table.work, table.number, one.row, one.label, one.unit)
    line.header = (table.block.header_last, one.label.column)
    line.columns = there
    return line


def _doubles(lines: list[Line]) -> list[list[int]]:
    """Return the rows that name one commune more than once."""
    named: dict[str, list[int]] = {}
    for line in lines:
        if line.unit is not None:
            named.setdefault(line.unit.code, []).append(line.row)
    return [same for same in named.values() if len(same) > 1]


def _number_column(numbers: NumberColumns, one: Mapped, by_row: dict[int, Line]) -> None:
    name, index, whole = one.name, one.column.index, numbers.table.spec(one.name).dtype == "int"
    cells = numbers.table.cells
    number = numbers.count if whole else numbers.rate
    for row, reading in numbers.read(one, by_row, whole).items():
        line = by_row.get(row)
        if line is None:
            continue
        seen = line.cells[name] = cells[row][index]
        role, line.values[name] = number(one, row, seen, reading)
        seen.fate = FATES[role]


MOST_ROUNDED = 0.6
"""So far a share of communes in per cent may be rounded."""

MOSTLY_STATED = 0.8
"""A cross means what so many of the stated numbers of criteria met say."""


@dataclass(slots=True, eq=False)
class CommuneWords:
    """The marks, words and dates of form 01."""

    table: TableRows
    lines: dict[int, Line]
    legend: Legend = field(default_factory=dict)
    known: dict[tuple[CellValue, str | None, type], MarkReading] = field(default_factory=dict)
    """Marks of the page that were read before, with what they were read as."""
    month_first: bool = False
    """Whether days of the page are typed month first."""
    open: dict[str, list[Seen]] = field(default_factory=dict)
    """Marks whose meaning is open, with their cells."""

    # --- marks --------------------------------------------------------------------------------

    def read_marks(self, marks: list[Mapped], sums: Sequence[int]) -> None:
        """Read the columns of marks; a page that types none of them is told so once.

        ``sums`` are the rows that count the communes which meet each criterion.
        """
        table = self.table
        self.legend = legend_of(self._words())
        held = {row: self._cells(row, marks) for row in self.lines}
        self._settle(held, self._stated(held, marks, sums))
        named = [row for row, line in self.lines.items() if line.unit is not None]
        blank = len([seen for row in named for seen in held[row] if seen is None])
        unmarked = "" not in self.legend and blank > max(2, MOSTLY_BLANK * len(marks) * len(named))
        if unmarked:
            place = (table.block.header_first, marks[0].column.index)
            table.work.find("marks_not_typed", place, count=blank)
        for number, one in enumerate(marks):
            if one.doubt:
                place = (table.block.header_last, one.column.index)
                table.work.find(one.doubt, place, raw=one.column.header)
            name = f"met {one.criterion}"
            for row, line in self.lines.items():
                seen = held[row][number]
                if seen is None:
                    line.values[name] = self._blank(one, line, quiet=unmarked)
                else:
                    line.cells[name] = seen
                    role, line.values[name] = self._mark(one, seen)
                    seen.fate = FATES[role]
        for cells in self.open.values():
            first = min(cells, key=lambda seen: seen.place)
            table.work.find("mark_open", seen=first, count=len(cells))

    def _words(self) -> Iterator[str]:
        """Yield the texts of the page that may explain its marks; two cells of a row are one."""
        page = self.table.work.page
        roles = page.roles
        yield from page.outside
        for cells in page.rows.values():
            held = [
                one
                for one in cells
                if (one.kind == "text" or one.kind == "mark")
                and roles.get(one.place, ("ignored", None))[0] in _LEGEND_ROLES
            ]
            yield from (one.text for one in held if one.kind == "text")
            if len(held) == len(cells) == 2:
                yield f"{held[0].text}: {held[1].text}"

    def _stated(
        self, held: dict[int, list[Seen | None]], marks: list[Mapped], sums: Sequence[int]
    ) -> list[tuple[object, list[Seen | None]]]:
        """Return how many of some marks the page says are met: of each row and each column."""
        stated: list[tuple[object, list[Seen | None]]] = [
            (self.lines[row].values.get("criteria_met"), cells) for row, cells in held.items()
        ]
        for row in sums:
            for number, one in enumerate(marks):
                seen = self.table.cells[row].get(one.column.index)
                if seen is not None and seen.numeric:
                    count = read_number(seen.value, number_format=seen.number_format).value
                    stated.append((count, [cells[number] for cells in held.values()]))
        return [(count, cells) for count, cells in stated if count is not None and any(cells)]

    def _settle(
        self,
        held: dict[int, list[Seen | None]],
        stated: list[tuple[object, list[Seen | None]]],
    ) -> None:
        """Let the stated numbers of criteria met say what marks mean that may mean either.

        Letters may that the legend turns round (`turned_round`); so may a cross beside ticks,
        where no other mark says "not met", and where it is the only mark of a page whose other
        cells are blank: those may be the criteria that are met; and a sign that stands there twice
        as long too. A single stated number that is
        wrong does not cost the marks of the page.
        """
        used = {
            seen.value
            for cells in held.values()
            for seen in cells
            if seen is not None and seen.kind != "error"
        }
        self.legend = {**self.legend, **unpaired(self.legend, used)}
        ways: list[Legend] = []
        usual = turned_round(self.legend)
        if usual:
            ways = [{mark: self.legend[mark] for mark in usual}, usual]
        elif not self.legend.keys() & CROSSES and any(map(is_cross, used)):
            alone = all(is_cross(value) or read_mark(value).met is None for value in used)
            if alone or open_crosses(used):
                ways = [{**dict.fromkeys(CROSSES, met)} for met in (True, False)]
            if alone:
                ways = [ways[0], {**ways[1], "": True}]
        elif lesser := lesser_signs(used) - self.legend.keys():
            ways = [dict.fromkeys(lesser, met) for met in (True, False)]
        if not ways:
            return
        agree = [
            sum(number == self._met({**self.legend, **way}, cells) for number, cells in stated)
            for way in ways
        ]
        # Without numbers that settle it such a mark is refused: on most pages it means one of both.
        sure = max(agree) >= MOSTLY_STATED * max(1, len(stated)) and agree[0] != agree[1]
        said = ways[agree.index(max(agree))] if sure else dict.fromkeys(ways[0])
        self.legend = {**self.legend, **said}

    @staticmethod
    def _met(legend: Legend, cells: Sequence[Seen | None]) -> int:
        """Count the marks that say met under a legend."""
        values = (None if seen is None else seen.value for seen in cells)
        return sum(read_mark(value, legend=legend).met is True for value in values)

    def _cells(self, row: int, columns: Sequence[Mapped]) -> list[Seen | None]:
        """Return the cells of a row in some columns; None for what is blank."""
        held, spans = self.table.cells[row], self.table.spans
        found: list[Seen | None] = []
        for one in columns:
            seen = held.get(one.column.index)
            if seen is None and spans:
                seen = spans.get((row, one.column.index))
            if seen is not None and seen.kind == "blank":
                seen.fate = FATES["ignored"]
                seen = None
            found.append(seen)
        return found

    def _blank(self, one: Mapped, line: Line, *, quiet: bool) -> bool | None:
        """Return what a blank cell means: nothing, unless the page says so."""
        met = self.legend.get("")
        if line.unit is not None and met is None and not quiet:
            self.table.work.find(
                "mark_blank", (line.row, one.column.index), criterion=one.criterion,
                place=line.unit.full_name,
            )  # fmt: skip
        return met

    def _mark(self, one: Mapped, seen: Seen) -> tuple[str, bool | None]:
        """Return role and meaning of a mark."""
        value = seen.value
        key = (value, seen.font, value.__class__)
        reading = self.known.get(key)
        if reading is None:
            reading = read_mark(value, font=seen.font, legend=self.legend)
            self.known[key] = reading
        error = reading.rule is _ERROR
        if reading.met is not None and not error:
            return "value", reading.met
        if error:
            self.table.work.find("cell_error", seen=seen)
        elif "open" in reading.notes:
            self.open.setdefault(seen.text.lower(), []).append(seen)
        else:
            self.table.work.find("mark_unreadable", seen=seen, criterion=one.criterion)
        return "quarantined", reading.met

    def counted(self, row: int) -> tuple[bool, bool]:
        """Return whether a row counts the communes that meet a criterion, and whether in %."""
        labels = [one.folded for one in self.table.cells[row].values() if not one.numeric]
        words = set(" ".join(labels).split())
        return not {"chua", "khong"} & words, "%" in words

    def check_count(self, marks: list[Mapped], row: int) -> None:
        """Compare what a row counts, communes that meet a criterion or do not, with the marks.

        It may count them in per cent of all.
        """
        held = self.table.cells[row]
        wanted, rate = self.counted(row)
        # The rows without their sheet: a sum that held its sheet would keep it in memory.
        lines = self.lines.values()
        every = [(line.cells, line.values) for line in lines]
        own = [(line.cells, line.values) for line in lines if line.unit is not None]
        for one in marks:
            seen = held.get(one.column.index)
            if seen is None or not seen.numeric:
                continue
            name = f"met {one.criterion}"
            stated = read_number(seen.value, number_format=seen.number_format).value
            # A row of another district, or of a name that nobody knows, may be counted or not.
            alone = [values.get(name) for _, values in own]
            rows = own if own and None not in alone and alone.count(wanted) == stated else every
            given = [values.get(name) for _, values in rows]
            if None in given:
                continue
            counted = given.count(wanted)
            if rate and stated is not None:
                share = 100 * counted / len(given)
                if abs(float(stated) - share) > MOST_ROUNDED:
                    self._differs(one, seen, stated, round(share, 1))
            elif wanted and stated is not None:
                found = partial(_counted, name, rows)
                total = Total(
                    name, one.column.header, seen, stated, found, counted, stated == counted
                )
                self.table.work.totals.append(total)
            elif stated is not None and stated != counted:
                self._differs(one, seen, stated, counted)

    def _differs(self, one: Mapped, seen: Seen, stated: Number, counted: float) -> None:
        self.table.work.find(
            "total_differs", seen=seen, column=one.column.header, stated=stated, counted=counted
        )

    # --- words --------------------------------------------------------------------------------

    def read(self, one: Mapped) -> None:
        """Read a column of words, dates or text."""
        name = one.name
        held = {row: self._cells(row, (one,))[0] for row in self.lines}
        if name == "decision_date":
            self.month_first = any(
                seen is not None and read_date(seen.value).rule is DateRule.MONTH_DAY_YEAR
                for seen in held.values()
            )
        for row, line in self.lines.items():
            seen = held[row]
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
            seen.fate = FATES[role]

    def _word(self, one: Mapped, seen: Seen) -> tuple[str, object]:
        """Return role and value of a word, date or text."""
        work = self.table.work
        if seen.kind == "error":
            work.find("cell_error", seen=seen)
            return "quarantined", None
        if seen.kind == "dash":
            return "blank_mark", None
        if one.name == "decision_date":
            return self._day(one, seen)
        plain = seen.kind not in ("number", "bool")
        text = seen.text if plain else raw_text(seen.value)
        if text.startswith(("=", "@")):
            work.find("formula_text", seen=seen)
        if one.name == "level":
            code = level_of(text, self.table.whose.year)
            if code is None:
                words = ", ".join(offered("levels"))
                work.find("word_unknown", seen=seen, column=one.column.header, words=words)
                return "quarantined", None
            return "value", code
        if one.name == "decision_no":
            return self._decision(one, seen, text)
        return "value", text

    def _day(self, one: Mapped, seen: Seen) -> tuple[str, object]:
        reading = read_date(seen.value, number_format=seen.number_format)
        if reading.rule in (DateRule.BLANK, DateRule.DASH):
            return "blank_mark", None
        day = reading.value
        # Where others of the column put the month first, 02/05 may be the second of May or not.
        either = (
            self.month_first
            and day is not None
            and reading.rule is DateRule.DAY_MONTH_YEAR
            and day.day <= MONTHS
            and day.day != day.month
        )
        if day is not None and not either and day.year >= FIRST_DECISION:
            return "value", day
        if seen.kind == "text" and read_decision(seen.text).rule == "absent":
            self.table.work.find("decision_absent", seen=seen, column=one.column.header)
            return "blank_mark", None
        self.table.work.find("date_unreadable", seen=seen, column=one.column.header)
        return "quarantined", None

    def _decision(self, one: Mapped, seen: Seen, text: str) -> tuple[str, object]:
        work = self.table.work
        if seen.kind == "date":
            work.find("number_is_date", seen=seen)
            return "quarantined", None
        decision = read_decision(text)
        if decision.rule == "number":
            known = decision.day is None or decision.day.year >= FIRST_DECISION
            return "value", decision if known else Decision("number", text)
        work.find(f"decision_{decision.rule}", seen=seen, column=one.column.header)
        return ("blank_mark" if decision.rule == "absent" else "quarantined"), None


def _counted(
    name: str, rows: list[tuple[dict[str, Seen], dict[str, object]]]
) -> tuple[tuple[Seen, int], ...]:
    """Return the cells of a criterion, each with 1 where the commune meets it."""
    return tuple(
        (cells[name], int(values[name] is True)) for cells, values in rows if name in cells
    )
