"""A form laid on its side, communes across and columns down, turned so that it is read as usual.

Only the table is turned: titles above it and signatures below stay as they are. Every cell of the
turned sheet knows the cell received, so findings and the ledger name the place that was sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from kgstats.returns.cells import Cell, Sheet, column_letter, runs
from kgstats.returns.columns.criteria import criterion_of
from kgstats.returns.columns.heading_words import heading_meanings
from kgstats.returns.forms import all_forms
from kgstats.returns.layout import (
    Page,
    Seen,
    TableBlock,
    is_column_numbers,
    is_note,
    is_signature,
    tokens,
)
from kgstats.returns.ledger import COLUMN, COLUMNS, FATES, Address, numbered
from kgstats.returns.rules import Words
from kgstats.returns.subjects.bodies import (
    LEAST_ROWS,
    LEAST_VALUES,
    commune_within,
    names_commune,
    read_return_page,
)
from kgstats.returns.subjects.places import bare_name

Found = TypeVar("Found")

MOST_BLANK = 2
"""So many blank rows may part the rows of a table."""

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a table stands on its side: its first and last row and column."""

    top: int
    left: int
    bottom: int
    right: int

    def to(self, row: int, column: int) -> Place:
        """Return where a received cell stands on the turned sheet.

        >>> Turn(5, 1, 28, 8).to(6, 3), Turn(5, 1, 28, 8).to(30, 6), Turn(5, 1, 28, 8).to(4, 1)
        ((7, 2), (14, 6), (4, 1))
        """
        if row > self.bottom:
            return row + (self.right - self.left) - (self.bottom - self.top), column
        return (row, column) if row < self.top else self._swapped(row, column)

    def back(self, row: int, column: int) -> Place:
        """Return where a place of the turned sheet stands on the one received."""
        last = self.top + self.right - self.left
        if row > last:
            return row - last + self.bottom, column
        return (row, column) if row < self.top else self._swapped(row, column)

    def _swapped(self, row: int, column: int) -> Place:
        return self.top + column - self.left, self.left + row - self.top


@dataclass(slots=True)
class TurnedAddress(Address):
    """Addresses of a turned sheet: those of the cells received."""

    turn: Turn = field(kw_only=True)
    moved: dict[Place, Place] = field(default_factory=dict)
    """Where cells stood that have a place of another; those that keep theirs are not named."""

    def __call__(self, row: int, column: int) -> str:
        """Return the address that a place has on the sheet received."""
        at, beside = self.moved.get((row, column)) or self.turn.back(row, column)
        # A group that was a section may head the columns of a table that begins at the edge.
        return Address.__call__(self, at, max(beside, 1))

    def rows(self, rows: Collection[int]) -> Words:
        """Name rows of the table: on the sheet received they are columns."""
        places = [self.turn.back(row, self.turn.left) for row in sorted(rows)]
        if any(not self.turn.top <= at <= self.turn.bottom for at, _ in places):
            return Address.rows(self, [at for at, _ in places])
        spans = runs(column for _, column in places)
        return numbered(
            (COLUMN, COLUMNS),
            [column_letter(a) + (f"–{column_letter(b)}" if b > a else "") for a, b in spans],
        )


@dataclass(slots=True)
class TurnedSheet(Sheet):
    """A sheet with a table turned, and the cells received for those it holds."""

    turn: Turn = field(kw_only=True)
    moved: dict[Place, Place] = field(default_factory=dict)
    received: list[Cell] = field(default_factory=list)
    apart: list[tuple[Cell, str]] = field(default_factory=list)
    """Cells that the turned table has no place for, with their roles: words over all communes,
    numbers of the communes, and headings of sections of rows."""


def read_forms(sheet: Sheet, forms: Callable[[Page], list[Found]]) -> tuple[Page, list[Found]]:
    """Read a sheet as it lies, or turned where only so its rows are about communes.

    Parameters
    ----------
    sheet
        The sheet as received.
    forms
        Returns the tables of a page that are forms.
    """
    page = read_return_page(sheet)
    found = forms(page)
    if not found or not any(_names_down(page, block) for block in page.tables):
        turned = turned_page(page)
        if turned is not None and (otherwise := forms(turned)):
            return turned, otherwise
    return page, found


def _names_down(page: Page, block: TableBlock) -> bool:
    cells = (page.at.get((row, block.label_column or 0)) for row in block.body_rows)
    return any(one is not None and names_commune(one) for one in cells)


def turned_page(page: Page) -> Page | None:
    """Return a sheet whose communes stand in one row as if they stood in one column.

    The criteria of one commune are turned too.

    Parameters
    ----------
    page
        The sheet as received.

    Returns
    -------
    Page or None
        None where neither is the case, or where parts are hidden.
    """
    sheet = page.sheet
    if sheet.hidden_rows or sheet.hidden_columns or any(one.hidden for one in page.seen):
        return None
    found = _across(page) or _alone(page) if sheet.cut_row is None else None
    if found is None:
        return None
    turn, apart, moved, named = found
    left_out = {one.place for one, _ in apart}
    pairs = sorted(
        ((turn.to(*moved.get(one.place, one.place)), one)
         for one in sheet.cells if one.place not in left_out),
        key=lambda pair: pair[0],
    )  # fmt: skip
    heading, name = named
    turned = TurnedSheet(
        sheet.name,
        cells=[
            Cell(*at, name if one.place == heading else one.value, one.number_format, one.font)
            for at, one in pairs
        ],
        merged=[
            (*turn.to(top, left), *turn.to(bottom, right))
            for top, left, bottom, right in sheet.merged
            if not left_out & {(top, left)} and (top, left) not in moved
        ],
        uncalculated=[turn.to(*one) for one in sheet.uncalculated],
        computed={turn.to(*one) for one in sheet.computed},
        stale={turn.to(*one): sums for one, sums in sheet.stale.items()},
        outside=sheet.outside, turn=turn,
        moved={turn.to(*there): here for here, there in moved.items()},
        received=[one for _, one in pairs], apart=apart,
    )  # fmt: skip
    return read_return_page(turned)


def address_of(page: Page) -> Address:
    """Return what names the places of a page as they were received."""
    sheet = page.sheet
    if isinstance(sheet, TurnedSheet):
        return TurnedAddress(turn=sheet.turn, moved=sheet.moved)
    return Address()


def is_turned(page: Page) -> bool:
    """Whether a page is a sheet that was turned."""
    return isinstance(page.sheet, TurnedSheet)


def hand_back(page: Page) -> None:
    """Tell the cells received what became of those of a turned sheet."""
    sheet = page.sheet
    if not isinstance(sheet, TurnedSheet):
        return
    for one, received in zip(sheet.cells, sheet.received, strict=True):
        role = page.roles.get(one.place, ("ignored", None))[0]
        received.fate = one.fate or FATES["ignored" if role == "body" else role]
    for received, role in sheet.apart:
        received.fate = FATES[role]


class _Side(NamedTuple):
    """A table on its side: its cells left apart with their roles, and where others belong."""

    turn: Turn
    apart: list[tuple[Cell, str]]
    moved: dict[Place, Place]
    named: tuple[Place, str] = ((0, 0), "")
    """A heading in place of which a commune is read that a title or the sheet's name says."""


def _across(page: Page) -> _Side | None:
    """Return a table that a row of communes heads.

    The headings of the first columns may be merged down to that row: they belong there.
    """
    across: dict[int, dict[str, int]] = {}
    down: dict[int, set[str]] = {}
    for one in page.seen:
        if one.kind == "text" and names_commune(one):
            across.setdefault(one.row, {}).setdefault(one.folded, one.column)
            down.setdefault(one.column, set()).add(one.folded)
    row = max(across, key=lambda at: len(across[at]), default=0)
    names = across.get(row, {})
    if len(names) < max(LEAST_ROWS, 1 + max(map(len, down.values()), default=0)):
        return None
    first = min(names.values())
    apart: list[tuple[Cell, str]] = []
    moved: dict[Place, Place] = {}
    for one in _over(page, row, first):
        if one.column < first:
            moved[one.place] = row, one.column
        else:
            apart.append((one, "label" if one.numeric else "header"))
    return _side(page, row, first, apart, moved)


def _alone(page: Page) -> _Side | None:
    """Return a table of the criteria of one commune, named above it or by the sheet's name.

    One column holds its marks; the name takes the place of that column's heading.
    """
    marks: Counter[int] = Counter()
    rows: dict[int, int] = {}
    for row, cells in page.rows.items():
        if not any(map(_marks, cells)):
            continue
        words = [one for one in cells if one.kind == "text"]
        number, at = next(
            ((found, one.column) for one in words if (found := criterion_of((one.text,))[0])),
            (None, 0),
        )
        held = [one.column for one in cells if one.column > at and _marks(one)]
        if number is not None and held:
            rows.setdefault(number, row)
            marks.update(held)
    if len(rows) < LEAST_VALUES or len(marks) != 1:
        return None
    [column] = marks
    heads = [
        one
        for row, cells in page.rows.items()
        if row < min(rows.values()) and not is_column_numbers(cells)
        if (one := page.at.get((row, column))) is not None and one.kind in ("text", "mark")
    ]
    if not heads:
        return None
    above = heads[-1]
    over = [one for one in page.seen if one.kind == "text" and one.row < above.row]
    alone = [one for one in over if names_commune(one)]
    said = [*(one.text for one in over), f"xã {bare_name(page.sheet.name)}"]
    texts = [
        *filter(None, map(commune_within, said)),
        *(f"xã {bare_name(one.text)}" for one in alone if commune_within(one.text) is None),
    ]
    if len(set(map(tokens, texts))) != 1:
        return None
    if alone:
        return _side(page, above.row, column, [(above, "header")], {alone[0].place: above.place})
    side = _side(page, above.row, column, [], {})
    return side and side._replace(named=(above.place, texts[0]))


def _marks(one: Seen) -> bool:
    """Whether a cell may say that a criterion is met or not: by a mark, or by 1 and 0."""
    return one.kind in ("mark", "dash") or (one.kind == "number" and one.value in (0, 1))


def _over(page: Page, row: int, first: int) -> list[Seen]:
    """Return the cells just above the communes that are of the heading with them."""
    cells = page.rows.get(row - 1, [])
    if page.rows[row][0].column < first:
        # The first columns are headed beside the communes: above are numbers of these, or none.
        return cells if len(cells) > 1 and all(one.numeric for one in cells) else []
    return cells if len(cells) > 1 else []


def _side(
    page: Page, row: int, first: int, apart: list[tuple[Cell, str]], moved: dict[Place, Place]
) -> _Side | None:
    """Return the table below a row whose values begin in a column; sections and codes aside.

    Where words of rows recur, the sections above them tell which they are: they become groups.
    """
    below = _rows_below(page, row)
    words = [
        tuple(one.folded for one in cells if one.column < first and one.kind == "text")
        for cells in below.values()
        if first <= cells[-1].column
    ]
    recur = len(set(words)) < len(words)
    last, columns = row, [one.column for one in page.rows[row]]
    aside, sections = list[tuple[Cell, str]](), list[list[Seen]]()
    heads: list[tuple[list[Seen], list[list[Seen]]]] = []
    for at, cells in below.items():
        if is_column_numbers(cells):
            aside.extend((one, "column_number") for one in cells)
        elif cells[0].column < first and (
            first <= cells[-1].column or _heads_a_row(cells, among=recur)
        ):
            last = at
            columns.extend(one.column for one in cells)
            apart.extend(aside)
            heads.append(([one for one in cells if one.column < first], sections))
            aside, sections = [], []
        elif cells[-1].column < first:
            aside.extend((one, "section") for one in cells)
            sections.append(cells)
    if last == row:
        return None
    if recur:
        groups = _groups(heads)
        apart = [pair for pair in apart if pair[0].place not in groups]
        apart.extend((one, "label") for own, _ in heads for one in own[:-1] if one.numeric)
        moved = {**moved, **groups}
        columns.extend(column for _, column in groups.values())
    return _Side(Turn(row, min(columns), last, max(columns)), apart, moved)


def _rows_below(page: Page, row: int) -> dict[int, list[Seen]]:
    """Return the rows of a table below its first one: to its notes, signatures or blank rows."""
    found: dict[int, list[Seen]] = {}
    before = row
    for at in sorted(one for one in page.rows if one > row):
        cells = page.rows[at]
        if at - before > MOST_BLANK + 1 or is_note(cells) or is_signature(cells):
            break
        found[at] = cells
        before = at
    return found


def _groups(heads: list[tuple[list[Seen], list[list[Seen]]]]) -> dict[Place, Place]:
    """Return where the words of sections stand as groups: before those of the row below them.

    Among sections that are numbered, those without a number divide them further.
    """
    numbered = {len(cells) > 1 for _, sections in heads for cells in sections}
    found: dict[Place, Place] = {}
    for own, sections in heads:
        # Of two at one level the first has no rows.
        level = {len(cells) > 1 and len(numbered) > 1: cells[-1] for cells in sections}
        for outer, one in level.items():
            found[one.place] = own[-1].row, own[-1].column - 1 - outer
    return found


def _heads_a_row(cells: list[Seen], *, among: bool) -> bool:
    """Whether words alone in a row head one that is not filled in, and no section of rows.

    Among rows that their sections tell apart only a number says so.
    """
    words = cells[-1].text
    return cells[0].numeric or (
        not among
        and criterion_of((words,))[0] is None
        and any(
            one.score >= 1 and one.name != form.subject
            for form in all_forms().values()
            for one in heading_meanings(form.key, (words,), words)
        )
    )
