"""The columns of a table and the words above each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kgstats.returns.layout.codes import order_token, year_in
from kgstats.returns.layout.grid import Grid
from kgstats.returns.layout.model import Column, Place, TableBlock, header_text, tokens
from kgstats.returns.layout.words import ORDER_WORDS


def widen_left(grid: Grid, block: TableBlock, start: int) -> None:
    """Take in a column of names at the left that has no heading of its own."""
    below = grid.order[start : start + 12]
    if block.first_column == 1 or not below:
        return
    heading = range(block.header_first, block.header_last + 1)
    column = block.first_column - 1
    if _counts_items(grid, block, below, column):
        if not any((row, column) in grid.at for row in heading):
            block.first_column = column
        return
    held = [grid.at[row, block.first_column].kind for row in below if _held(grid, row, block)]
    if held.count("text") >= max(1.0, 0.5 * len(held)):
        return
    least = 0.5
    for left in range(column, max(0, column - 3), -1):
        if any((row, left) in grid.at for row in heading):
            return
        cells = [grid.at[row, left] for row in below if (row, left) in grid.at]
        names = sum(one.kind == "text" or year_in(one) is not None for one in cells)
        if names >= least * len(below):
            # Names may stand in two columns: a province, and men and women below it.
            block.first_column = left
            least = 0.3
        elif cells or least < 0.5:
            return


def _counts_items(grid: Grid, block: TableBlock, below: list[int], column: int) -> bool:
    """Whether a column at the left without a heading numbers the rows of the table."""
    named = [row for row in below if _held(grid, row, block)]
    cells = [grid.at[row, column] for row in named if (row, column) in grid.at]
    tokens_here = [order_token(one) for one in cells]
    return (
        len(cells) >= max(2, 0.8 * len(named))
        and all(tokens_here)
        and header_text(cells[0]).strip("().") in ("1", "01", "I", "A")
        and (tokens_here[0] != "arabic" or header_text(cells[1]).strip("().") != "1")
    )


def _held(grid: Grid, row: int, block: TableBlock) -> bool:
    return (row, block.first_column) in grid.at


def widen_right(grid: Grid, block: TableBlock, candidates: list[int], limit: int | None) -> None:
    """Take in columns at the right that have values and no heading."""
    while True:
        column = block.last_column + 1
        if column == limit:
            return
        filled = sum(1 for row in candidates if (row, column) in grid.at)
        if filled and filled >= 0.3 * len(candidates):
            block.last_column = column
        else:
            return


def columns_of_heading(grid: Grid, block: TableBlock) -> list[Column]:
    """Return the columns of a table, each with all its words from top to bottom.

    A word set over several columns stands above each of them: merged over them, or written above
    the first and nothing above the others. The words of one heading that are split over rows are
    one part of its path; the words of the groups above it are parts of their own.
    """
    rows = range(block.header_first, block.header_last + 1)
    words: dict[Place, _Word] = {}
    across: set[int] = set()
    for row in rows:
        for one in grid.rows.get(row, ()):
            if block.first_column <= one.column <= block.last_column:
                right = grid.spans.get(one.place, one.place)[1]
                if right > one.column:
                    across.add(row)
                word = header_text(one), one.column, one.place in grid.spans
                for column in range(one.column, min(right, block.last_column) + 1):
                    words[row, column] = word
    said = tuple(words.items())
    return list(_columns(rows, block.first_column, block.last_column, said, frozenset(across)))


_Word = tuple[str, int, bool]
"""Words of a heading, the column they stand in, and whether their cell is merged."""


@lru_cache(maxsize=1 << 8)
def _columns(
    rows: range,
    first: int,
    last: int,
    said: tuple[tuple[Place, _Word], ...],
    across: frozenset[int],
) -> tuple[Column, ...]:
    """Return the columns that the words of a heading make: most returns have the same headings.

    ``said`` are the words by every place that they are merged over, ``across`` the rows with words
    over several columns.
    """
    words = dict(said)
    columns = []
    for index in range(first, last + 1):
        parts: list[_Part] = []
        own_rows = [row for row in rows if (row, index) in words]
        for row in rows:
            here = words.get((row, index))
            if here is not None:
                text, column, merged = here
                loose = not across and not merged
                group = column != index or (
                    loose and index != last and _heads_group(words, rows, row, index)
                )
                _add_part(parts, _Part(text, column, loose, group))
            elif own_rows and row < own_rows[0] and not across:
                parent = _heading_left_of(words, first, row, index)
                if parent is not None:
                    _add_part(parts, _Part(parent[0], parent[1], False, True, True))
        path = tuple([part.words for part in parts if part.words])
        header = ": ".join(part.rstrip(" :") for part in path)
        inherited = len([part for part in parts if part.inherited and part.words])
        columns.append(Column(index, header, path, tokens(header), inherited=inherited))
    return tuple(columns)


@dataclass(slots=True)
class _Part:
    """One part of a heading: its words, the column they stand in, and how they are set."""

    words: str
    column: int
    loose: bool
    """Set without any merge, so that its words may go on in the row below."""
    group: bool
    """Set over more columns than one."""
    inherited: bool = False
    """Taken from the left, where no merge says so."""


def _add_part(parts: list[_Part], part: _Part) -> None:
    """Add words to a path: as the rest of the words above them, or as a part of their own."""
    last = parts[-1] if parts else None
    if last is not None and last.words == part.words and (last.group or part.group):
        return
    if last is not None and last.loose and part.loose and not last.group:
        if last.words != part.words:
            last.words = f"{last.words} {part.words}"
        last.group = part.group
        return
    if last is None or last.words != part.words:
        parts.append(part)


def _heads_group(words: dict[Place, _Word], rows: range, row: int, column: int) -> bool:
    """Whether unmerged words also head the next column, whose own words begin further down."""
    return next((other for other in rows if (other, column + 1) in words), row) > row


def _heading_left_of(words: dict[Place, _Word], first: int, row: int, index: int) -> _Word | None:
    """Return the words at the left that head a column too, without a merge saying so."""
    for column in range(index - 1, first - 1, -1):
        one = words.get((row, column))
        if one is not None:
            return one
    return None


def find_label_columns(grid: Grid, block: TableBlock, candidates: list[int]) -> None:
    """Find the columns of order numbers and of names."""
    sample = candidates[:60]
    for column in block.columns[:3]:
        last = tokens(column.path[-1]) if column.path else ""
        if column.folded in ORDER_WORDS or last in ORDER_WORDS:
            block.order_column = column.index
            break
    if block.order_column is None and block.columns and not block.columns[0].folded:
        # Without a heading, or under a sign alone: "#".
        first = block.columns[0].index
        held = [grid.at[row, first] for row in sample if (row, first) in grid.at]
        if any(map(order_token, held)) and all(
            order_token(one) or one.kind == "dash" for one in held
        ):
            if all(year_in(one) for one in held):
                block.label_column = first
                return
            block.order_column = first
    best: int | None = None
    for column in block.columns:
        if column.index == block.order_column:
            continue
        texts = others = 0
        for row in sample:
            one = grid.at.get((row, column.index))
            if one is None:
                continue
            if one.kind == "text":
                texts += 1
            else:
                others += 1
        if texts and texts >= others:
            best = column.index
            break
    block.label_column = best
