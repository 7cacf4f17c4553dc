"""One sheet while it is read, and the rows of forms as they come out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from kgstats.returns.cells import CellValue
from kgstats.returns.layout import Page, Seen
from kgstats.returns.ledger import Address, raw_text
from kgstats.returns.rules import Finding
from kgstats.returns.subjects.places import Unit
from kgstats.returns.values.readings import Style

Number = int | Decimal
Place = tuple[int, int]


class Stated(NamedTuple):
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
class Total:
    """One number of a total or section row, and the numbers it is the sum of."""

    column: str
    heading: str
    head: Seen
    stated: Number
    found: Callable[[], tuple[tuple[Seen, Number], ...]]
    counted: Number
    holds: bool
    rows: Sequence[int] = ()
    """The rows it is about, those without a number too."""

    @property
    def parts(self) -> tuple[tuple[Seen, Number], ...]:
        """The numbers it is the sum of, each with its cell: most totals agree, and none asks."""
        return self.found()


@dataclass(slots=True, eq=False)
class Work:
    """One visible sheet while it is read: its page, and what its cells have turned out to be."""

    file: str
    page: Page
    findings: list[Finding] = field(default_factory=list)
    address: Address = field(default_factory=Address)
    style: Style | None = None
    unit: str | None = None
    nothing_hidden: bool = False
    stated: list[Stated] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    """The sums the page states, with the cells they are the sums of."""

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
            raw = raw_text(seen.value) if raw is None else raw
            if seen.decoded is not None and seen.decoded.changed:
                # The finding keeps the text as received; its words show it as it was meant.
                args.setdefault("raw", seen.text)
        if "row" in args:
            args["row"] = self.address.rows([args["row"]])
        cell = self.address(*at) if at is not None else ""
        self.findings.append(
            Finding(rule, self.file, self.sheet, cell, raw or "", severity, action, args)  # type: ignore[arg-type]
        )

    def hidden(self, one: Seen) -> bool:
        """Whether a cell stands in a hidden row or column."""
        if self.nothing_hidden:
            return False
        sheet = self.page.sheet
        return one.hidden or one.row in sheet.hidden_rows or one.column in sheet.hidden_columns


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


def as_meant(one: Seen) -> CellValue:
    """Return a cell's value, with its letters mended where they were stored wrongly."""
    if one.decoded is not None and one.decoded.changed:
        return one.text
    return one.value
