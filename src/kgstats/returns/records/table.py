"""The rows of one table of a form: its cells row by row, and which rows are totals or sections."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from kgstats.reference import unit_types
from kgstats.returns.columns.matching import Mapped, RefusedColumn, match_columns
from kgstats.returns.forms import Form, FormColumn, column_words
from kgstats.returns.guidance import is_check
from kgstats.returns.layout import Column, Seen, TableBlock, order_token, tokens
from kgstats.returns.ledger import FATES
from kgstats.returns.records.lines import Line, Place, Work
from kgstats.returns.subjects.places import Gazetteer
from kgstats.text.folding import fold

MOST_TOTALS = 60
"""So many totals of one table are compared with all its rows; no page has more."""

_WHOLE = re.compile(
    r"^(tong|cong|tong cong|tong so)?( chung)?( ?toan)?"
    rf"( ?({unit_types.pattern(map(fold, unit_types.named('district')))}|dia ban))?$"
)


@dataclass(slots=True, eq=False)
class Table:
    """A recognised table of one sheet."""

    work: Work
    number: int
    block: TableBlock
    form: Form
    mapped: list[Mapped]
    left: list[Column]
    hidden: list[Column] = field(default_factory=list)
    district: str | None = None
    """Whose table it is; None while that is not known, or where it cannot be known."""
    refused: bool = False
    """Whether nothing of it can be used."""
    lines: list[Line] = field(default_factory=list)

    @property
    def corner(self) -> Place:
        """Where the headings begin."""
        return self.block.header_first, self.block.first_column

    @property
    def heads(self) -> frozenset[int]:
        """The columns that are columns of the form."""
        return frozenset(one.column.index for one in self.mapped)

    def concealed(self) -> list[Mapped]:
        """Return the columns of the form that are there and hidden."""
        if not self.hidden:
            return []
        return match_columns(self.form, replace(self.block, columns=self.hidden))[0]

    def quarantine(self) -> None:
        """Put every body cell in quarantine."""
        self.refused = True
        for row in self.block.body_rows:
            for one in self.work.page.rows.get(row, ()):
                if self.block.first_column <= one.column <= self.block.last_column:
                    one.fate = one.fate or FATES["quarantined"]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose return is read, and of which year."""

    year: int
    district: str
    gazetteer: Gazetteer
    money_before: int | None = None
    """Đồng of all amounts of the district's return of the year before, where it is known."""


@dataclass(slots=True, eq=False)
class TableRows:
    """The rows of a table's body."""

    table: Table
    whose: Whose
    cells: dict[int, dict[int, Seen]] = field(default_factory=dict)
    """Row → column → cell."""
    totals: list[int] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)
    spans: dict[Place, Seen] = field(default_factory=dict)
    """Row and column → the cell above that is merged down over it."""
    shared: dict[Place, int] = field(default_factory=dict)
    """Place of a cell that is merged down → the number of rows it stands for."""
    summaries: list[int] = field(default_factory=list)
    """Rows that sum a table up otherwise than by adding: rates of the whole."""
    concealed: list[int] = field(default_factory=list)
    """Hidden rows between the others: not read, but the totals of the page may count them."""
    order: list[int] = field(default_factory=list)
    """The rows of the body from top to bottom."""
    tails: dict[int, list[Seen]] = field(default_factory=dict)
    """Row → the cells below its label that go on with it."""
    work: Work = field(init=False)
    """The sheet."""
    block: TableBlock = field(init=False)
    """Where the table is on its sheet."""

    def __post_init__(self) -> None:
        self.work, self.block = self.table.work, self.table.block
        self._collect()
        self._spread()

    def spec(self, name: str) -> FormColumn:
        """Return what the form says of a column."""
        return self.table.form.column(name)

    def after(self, row: int, count: int) -> list[int]:
        """Return the rows that follow one in the body."""
        at = bisect_right(self.order, row)
        return self.order[at : at + count]

    def _collect(self) -> None:
        """Collect the cells of every row, rows that continue another joined to it."""
        block, page = self.block, self.work.page
        hidden_rows = page.sheet.hidden_rows
        work, nothing_hidden = self.work, self.work.nothing_hidden
        first, last = block.first_column, block.last_column
        by_row: dict[int, dict[int, Seen]] = {}
        labels = {block.label_column, block.order_column}
        for row in block.body_rows:
            if row in hidden_rows:
                self.concealed.append(row)
                continue
            base = block.continuations.get(row, row)
            cells = page.rows.get(row, [])
            usual = base == row and nothing_hidden and row not in by_row and cells
            if usual and first <= cells[0].column and cells[-1].column <= last:
                by_row[row] = {one.column: one for one in cells}
                continue
            held = by_row.setdefault(base, {})
            for one in cells:
                if not first <= one.column <= last:
                    continue
                if not nothing_hidden and work.hidden(one):
                    continue
                if row == base:
                    held[one.column] = one
                    continue
                above = held.get(one.column)
                if above is None:
                    held[one.column] = one
                elif one.column in labels:
                    one.fate = FATES["label"]
                    if one.column == block.label_column and one.kind == "text":
                        self.tails.setdefault(base, []).append(one)
                elif above.kind == "text" and one.numeric:
                    # A footnote mark above the number it belongs to.
                    above.fate = FATES["note"]
                    held[one.column] = one
                else:
                    one.fate = FATES["note"]
        totals = {block.continuations.get(row, row) for row in block.total_rows}
        sections = set(block.section_rows)
        self.cells = by_row
        self.order = sorted(by_row)
        self.totals = [row for row in by_row if row in totals]
        self.sections = [row for row in by_row if row in sections]

    def _spread(self) -> None:
        """Note which cells stand for the rows below them too: merged down a column."""
        for top, left, bottom, right in self.work.page.sheet.merged:
            if left != right or bottom == top or top not in self.cells:
                continue
            anchor = self.cells[top].get(left)
            if anchor is not None and anchor.kind != "blank":
                for row in range(top + 1, min(bottom, top + 1000) + 1):
                    if row in self.cells and left not in self.cells[row]:
                        self.spans[row, left] = anchor
                        self.shared[top, left] = self.shared.get((top, left), 1) + 1

    def aside(self) -> None:
        """Leave the columns that are not part of the form aside, with a note for each."""
        checks = {one.index for one in self.block.columns if is_check(one)}
        for held in self.cells.values():
            for index in checks & held.keys():
                held[index].fate = FATES["note"]
        for held_as in self.table.mapped:
            if held_as.doubt and held_as.criterion is None:
                place = (self.block.header_last, held_as.column.index)
                words = column_words(self.table.form.key, held_as.name)
                self.work.find(held_as.doubt, place, raw=held_as.column.header, column=words)
        for column in self.table.left:
            self.leave(column)

    def leave(self, column: Column) -> None:
        """Leave a column aside, or refuse it, and say so where it holds anything."""
        cells = [held[column.index] for held in self.cells.values() if column.index in held]
        refused = column if isinstance(column, RefusedColumn) else None
        for one in cells:
            one.fate = FATES["ignored" if refused is None else "quarantined"]
        if cells:
            self.work.find(
                "column_extra" if refused is None else refused.rule,
                (self.block.header_last, column.index),
                raw=column.header,
                column=column.header or column.letter,
                count=len(cells),
                names=" / ".join(refused.may_be if refused is not None else ()),
            )

    def groups(self, items: set[int]) -> Iterator[tuple[int, list[int]]]:
        """Yield every total or section row with the rows it may be the sum of."""
        order = sorted(row for row in self.cells if row in items)
        heads = sorted({*self.sections, *self.totals})
        sections, whole = set(self.sections), 0
        for place, head in enumerate(heads):
            if head in sections:
                end = heads[place + 1] if place + 1 < len(heads) else 10**9
                group = order[bisect_right(order, head) : bisect_left(order, end)]
                if group:
                    yield head, group
                    continue
                # A section of sections is the sum of all rows up to the next one of its kind.
                level = self._level(head)
                same = (one for one in heads[place + 1 :] if one not in sections
                        or self._level(one) == level)  # fmt: skip
                end = next(same, 10**9)
                group = order[bisect_right(order, head) : bisect_left(order, end)]
                if group and level is not None:
                    yield head, group
            else:
                whole += 1
                if whole <= MOST_TOTALS:
                    yield head, order
                start = heads[place - 1] if place else 0
                above = order[: bisect_left(order, head)]
                group = above[bisect_right(order, start) :]
                if group and len(group) < len(order):
                    yield head, group
                if len(group) < len(above) < len(order):
                    yield head, above  # "Cộng mang sang": all rows so far

    def next_alike(self, head: int) -> int:
        """Return the row where the next section numbered as one begins; beyond all rows for none.

        What ``I`` sums up ends before ``II``, whatever stands between.
        """
        level = self._level(head)
        alike = (row for row in self.sections if row > head and self._level(row) == level)
        return min(alike, default=10**9) if level is not None else 10**9

    def _level(self, row: int) -> str | None:
        """Return how a section is numbered: by Roman numerals or by letters."""
        column = self.block.order_column
        seen = None if column is None else self.cells[row].get(column)
        token = None if seen is None else order_token(seen)
        return token if token in ("roman", "letter") else None

    def whole(self, label: Seen | None) -> bool:
        """Whether a row is about the whole district: ``Cộng toàn huyện``, ``Huyện An Biên``."""
        if label is None or label.kind != "text" or not label.folded:
            return False
        named = self.whose.gazetteer.district(self.whose.district)
        return _is_whole(label.folded, named.type, named.name)


@lru_cache(maxsize=1 << 12)
def _is_whole(folded: str, kind: str, district: str) -> bool:
    """Whether words name a district, or say that all of it is meant."""
    name = tokens(district)
    return folded in (name, f"{tokens(kind)} {name}") or bool(
        _WHOLE.match(folded.removesuffix(f" {name}"))
    )
