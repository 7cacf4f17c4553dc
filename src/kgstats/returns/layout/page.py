"""A sheet read as a page: its tables, and the role of every cell."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from operator import attrgetter

from kgstats.returns.cells import Sheet
from kgstats.returns.layout.body import body_rows
from kgstats.returns.layout.codes import order_token
from kgstats.returns.layout.columns import (
    columns_of_heading,
    find_label_columns,
    widen_left,
    widen_right,
)
from kgstats.returns.layout.grid import Grid, HeadingRows
from kgstats.returns.layout.headings import is_empty_form, next_heading
from kgstats.returns.layout.known_bodies import counted_subjects, known_bodies, named_subjects
from kgstats.returns.layout.model import (
    Page,
    Place,
    Seen,
    Subjects,
    TableBlock,
    header_text,
    see,
    see_all,
)
from kgstats.returns.layout.row_kinds import tell_rows_apart
from kgstats.returns.layout.surroundings import encoding_of, roles_of_cells
from kgstats.returns.layout.words import ORDER_WORDS
from kgstats.text import Encoding, decode, encoding_hints

FindSubjects = Callable[[dict[int, list[Seen]]], list[Subjects]]


LEAST_OTHERS = 2
"""So many names beside the first ones that differ from them are other subjects."""

MOST_BELOW = 5
"""In so many rows below a heading names show that it heads a table of its own."""


def find_tables(sheet: Sheet) -> list[TableBlock]:
    """Return the tables of a sheet, from top to bottom and from left to right."""
    return read_page(sheet).tables


def read_page(sheet: Sheet, find_subjects: FindSubjects | None = None) -> Page:
    """Find the tables of a sheet and give every cell its role on the page.

    Parameters
    ----------
    sheet
        The sheet as received.
    find_subjects
        Says in which rows the subjects of a form stand. A table with such rows is found from
        them, and its heading is what stands above; where there are none, rows that are numbered
        1, 2, 3 … or names beside numbers take their place. Other tables are found by their
        headings.
    """
    mended = see_all(sheet.cells)
    seen = sheet.cells
    hints: dict[str | None, Encoding] = {}
    if any(one.decoded.changed for one in mended if one.decoded is not None):
        # Something is in a legacy encoding: read again with what is known of the whole sheet.
        hints = encoding_hints(
            (cell.value, cell.font) for cell in sheet.cells if isinstance(cell.value, str)
        )
        for one in seen:
            if one.decoded is not None:
                see(one, hints.get(one.font))
        mended = [one for one in seen if one.decoded is not None and one.decoded.notes]
    rows: dict[int, list[Seen]] = {}
    at: dict[Place, Seen] = {}
    held: list[Seen] = []
    last = 0
    for one in seen:
        at[one.place] = one
        if one.kind != "blank":
            if one.row != last:
                last = one.row
                held = rows.setdefault(last, [])
            held.append(one)
    spans = {
        (top, left): (bottom, right)
        for top, left, bottom, right in sheet.merged
        if (bottom > top or right > left) and (top, left) in at
    }
    # The scan takes away what stands beside a table; the page keeps it.
    subjects = find_subjects(rows) if find_subjects is not None else []
    subjects = subjects or counted_subjects(rows) or named_subjects(rows)
    tables = tables_of(Grid(dict(rows), at, spans, sheet.starts, subjects))
    tables.sort(key=lambda block: (block.header_first, block.first_column))
    outside = [decode(text, None, hints.get(None)).text for text in sheet.outside]
    roles, around = roles_of_cells(rows, at, tables, outside)
    page = Page(sheet, seen, at, tables, roles, around, rows, mended, outside)
    if mended:
        for block in tables:
            block.encoding = encoding_of(page, block)
    return page


def table_beside(grid: Grid, header: HeadingRows) -> int | None:
    """Return the first column of another table beside this one, and narrow the header."""
    columns = grid.columns_of(header.first, header.last)
    if header.code_row is not None:
        columns |= {one.column for one in grid.rows[header.code_row]}
    starts = sorted(
        {
            one.column
            for row in range(header.first, header.last + 1)
            for one in grid.rows.get(row, ())
            if one.folded in ORDER_WORDS and one.kind == "text" and _counts_below(grid, header, one)
        }
        | _begins_again(grid, header)
    )
    for start in starts:
        if start > header.first_column + 1:
            header.last_column = max(column for column in columns if column < start)
            return start
    return None


def _counts_below(grid: Grid, header: HeadingRows, word: Seen) -> bool:
    """Whether "No." heads order numbers; "Yes", "No" and "no." are headings of values too."""
    below = grid.order[grid.index_after(header.code_row or header.last) :][:MOST_BELOW]
    held = (grid.at.get((row, word.column)) for row in below)
    first = next((one for one in held if one is not None), None)
    return word.folded != "no" or (first is not None and header_text(first).strip("().") == "1")


def _begins_again(grid: Grid, header: HeadingRows) -> set[int]:
    """Return where the first two words of a heading stand again, whatever they are."""
    first = grid.rows.get(header.first, [])
    words = [one.text for one in first]
    if not all(word and not any(map(str.isdigit, word)) for word in words[:2]):
        return set()
    below = grid.order[grid.index_after(header.code_row or header.last) :][:MOST_BELOW]
    same = [
        first[at].column
        for at in range(2, len(words) - 1)
        if words[at : at + 2] == words[:2] and first[at + 1].column == first[at].column + 1
    ]
    named = (grid.at.get((row, same[0] + 1)) for row in below) if len(same) == 1 else ()
    return {*same} if any(one is not None and one.kind == "text" for one in named) else set()


def _aside(grid: Grid, header: HeadingRows, start: int) -> list[TableBlock]:
    """Scan the columns from ``start`` on as a sheet of their own."""
    rows: dict[int, list[Seen]] = {}
    for row in grid.order:
        if row < header.first:
            continue
        aside = [one for one in grid.rows[row] if one.column >= start]
        if aside:
            rows[row] = aside
    subjects = [
        Subjects(one.column, held)
        for one in grid.subjects
        if one.column >= start and (held := [row for row in one.rows if row in rows])
    ]
    found = tables_of(Grid(rows, grid.at, grid.spans, grid.starts, subjects))
    for block in found:
        for row in range(block.header_first, (block.last_data_row or block.header_last) + 1):
            if row in grid.rows:
                kept = [one for one in grid.rows[row] if one.column < start]
                grid.rows[row] = kept
    grid.order = [row for row in grid.order if grid.rows[row]]
    grid.forget_code_rows()
    return found


def _block(grid: Grid, header: HeadingRows, right: int | None) -> TableBlock:
    block = TableBlock(
        header.first_column,
        header.last_column,
        header.first,
        header.last,
        header.code_row,
    )
    start = grid.index_after(header.code_row or header.last)
    widen_left(grid, block, start)
    candidates = body_rows(grid, block, start)
    widen_right(grid, block, candidates, right)
    block.columns = columns_of_heading(grid, block)
    find_label_columns(grid, block, candidates)
    tell_rows_apart(grid, block, candidates)
    return block


def _other_subjects(subjects: list[Subjects], grid: Grid) -> int | None:
    """Return where a table of other subjects begins beside the first, in most of the same rows.

    One that begins lower, where the first has ended, stands apart from it by an empty column.
    Names said again at the right for the reader are no subjects of their own.
    """
    for one, other in itertools.pairwise(sorted(subjects, key=attrgetter("column"))):
        mine, others = (
            {row: named.folded for row in held.rows if (named := grid.at.get((row, held.column)))}
            for held in (one, other)
        )  # a line of money may leave out the name that stands above it
        both = mine.keys() & others.keys()
        differ = sum(mine[row] != others[row] for row in both)
        names = set(others.values())
        halves = names.isdisjoint(mine.values()) and len(names) >= LEAST_OTHERS and bool(both)
        lower = not both and other.rows[-1] > one.rows[-1] and len(names) >= LEAST_OTHERS
        apart = lower and _empty_between(grid, one, other)
        if halves or apart or (differ >= LEAST_OTHERS and 2 * differ > len(both)):
            before = [grid.at.get((row, other.column - 1)) for row in other.rows]
            counted = sum(held is not None and order_token(held) is not None for held in before)
            return other.column - (2 * counted > len(before))
    return None


def _empty_between(grid: Grid, left: Subjects, right: Subjects) -> bool:
    """Whether no row of two bodies holds anything in some column between them."""
    first, last = min(left.rows[0], right.rows[0]), max(left.rows[-1], right.rows[-1])
    rows = grid.order[grid.index_after(first - 1) : grid.index_after(last)]
    held = {one.column for row in rows for one in grid.rows[row]}
    return not held.issuperset(range(left.column + 1, right.column))


def _parted(grid: Grid) -> tuple[Grid, Grid] | None:
    """Part the columns of a sheet where other subjects with a heading stand beside the first."""
    start = _other_subjects(grid.subjects, grid)
    if start is None:
        return None
    named = [one for one in grid.subjects if one.column >= start]
    aside = {row: held for row, cells in grid.rows.items()
             if (held := [one for one in cells if one.column >= start])}  # fmt: skip
    bodies = known_bodies(Grid(aside, grid.at, grid.spans, grid.starts, named), named)
    if not bodies:
        return None
    top = bodies[0].heading.first
    right = {row: cells for row, cells in aside.items() if row >= top}
    left = {row: held for row, cells in grid.rows.items()
            if (held := [one for one in cells if row < top or one.column < start])}  # fmt: skip
    first = [one for one in grid.subjects if one.column < start]
    at = {one.place: one for cells in left.values() for one in cells}
    return (
        Grid(left, at, grid.spans, grid.starts, first),
        Grid(right, grid.at, grid.spans, grid.starts, named),
    )


def tables_of(grid: Grid) -> list[TableBlock]:
    """Find the tables of these rows, and of what stands beside them."""
    parted = _parted(grid) if len(grid.subjects) > 1 else None
    if parted is not None:
        return [table for part in parted for table in tables_of(part)]
    found: list[TableBlock] = []
    for body in known_bodies(grid, grid.subjects):
        grid.headings.setdefault(body.heading.first, body.heading)
        grid.repeats.update(body.repeats)
    position = 0
    while position < len(grid.order):
        header = next_heading(grid, position)
        if header is None:
            break
        right = table_beside(grid, header)
        block = _block(grid, header, right)
        end = (
            block.body_rows[-1]
            if block.body_rows
            else max(block.header_last, block.column_number_row or 0)
        )
        if right is not None:
            found.extend(_aside(grid, header, right))
        if block.body_rows or is_empty_form(grid, header):
            found.append(block)
        position = grid.index_after(end)
    return found
