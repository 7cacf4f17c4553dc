"""Sections, totals and continued rows told from items."""

from __future__ import annotations

import itertools

from kgstats.returns.layout.codes import order_token
from kgstats.returns.layout.grid import Grid
from kgstats.returns.layout.model import Seen, TableBlock
from kgstats.returns.layout.words import (
    LABELLED_SECTION,
    OPEN_END,
    REGION,
    TOTAL_OF_BUDGET,
    is_total,
)


def tell_rows_apart(grid: Grid, block: TableBlock, candidates: list[int]) -> None:
    """Tell sections, totals and continued rows from items."""
    sections: list[int] = []
    arabic = plain = 0
    regions: list[int] = []
    names: set[str] = set()
    order_column, label_column = block.order_column, block.label_column
    previous: int | None = None
    twice = _said_twice(grid, block, candidates)
    for row in candidates:
        inside = grid.inside(block, row)
        order = grid.at.get((row, order_column)) if order_column else None
        label = grid.at.get((row, label_column)) if label_column else None
        if previous is not None and (
            row in twice or _continues_row(grid, block, row, order, label, previous)
        ):
            block.continuations[row] = previous
            block.body_rows.append(row)
            if previous in block.total_rows and any(
                one.numeric for one in _values(grid, block, row)
            ):
                block.total_rows.extend(range(previous + 1, row + 1))
            continue
        block.body_rows.append(row)
        previous = row
        token = order_token(order) if order is not None else None
        heads = [one for one in (order, label) if one is not None and one.kind == "text"]
        if _subheading(grid, block, inside, label):
            sections.append(row)
            continue
        if any(is_total(one) for one in heads) or (
            order is None
            and row in (candidates[0], candidates[-1])
            and any(TOTAL_OF_BUDGET.match(one.folded) for one in heads)
        ):
            block.total_rows.append(row)
            continue
        if token in ("roman", "letter"):
            sections.append(row)
            continue
        if token == "arabic":
            arabic += 1
            continue
        text = heads[0].text if heads else ""
        if heads and LABELLED_SECTION.match(text):
            sections.append(row)
            continue
        if heads and not _values(grid, block, row):
            sections.append(row)
            continue
        if order is None and label is not None and REGION.match(label.folded):
            regions.append(row)
            names.add(label.folded)
            continue
        plain += 1
    if (plain or arabic) and (len(regions) > 1 or any(len(named) > 10 for named in names)):
        # Regions are heads of the provinces between them; alone they are what is counted.
        sections = sorted({*sections, *regions})
    block.section_rows = sections
    _leave_lines_below(grid, block)


def _leave_lines_below(grid: Grid, block: TableBlock) -> None:
    """Take lines of text at the end of the rows, with nothing after them, out of the table."""
    while len(block.body_rows) > 1 and all(
        one.value == 0 and one.column > block.first_column + 1
        for one in grid.inside(block, block.body_rows[-1])
    ):
        # Formulas that were filled down too far.
        block.continuations.pop(block.body_rows.pop(), None)
    while block.body_rows and block.body_rows[-1] in block.section_rows:
        row = block.body_rows[-1]
        if _values(grid, block, row) or row in block.continuations:
            break
        if len(grid.inside(block, row)) == 1 and not _looks_like_item(grid, block, row):
            block.body_rows.pop()
            block.section_rows.remove(row)
        else:
            break


def _said_twice(grid: Grid, block: TableBlock, candidates: list[int]) -> set[int]:
    """Return the rows that say the name of the row above in another language, in most rows."""
    rows: set[int] = set()
    if sum(len(grid.rows[row]) == 1 for row in candidates) < 3:
        return rows
    named = 0
    for above, row in itertools.pairwise(candidates):
        inside = grid.inside(block, row)
        if len(inside) > 1:
            named += 1
        elif (
            row == above + 1
            and inside[0].column == block.label_column
            and inside[0].kind == "text"
            and inside[0].text.isascii()
            and len(grid.inside(block, above)) > 1
        ):
            rows.add(row)
    return rows if len(rows) >= 3 and len(rows) >= 0.7 * named else set()


def _subheading(grid: Grid, block: TableBlock, inside: list[Seen], label: Seen | None) -> bool:
    """Whether a row is one line of words set over the columns of values."""
    if label is not None or len(inside) != 1 or inside[0].kind != "text":
        return False
    one = inside[0]
    if one.column == block.first_column:
        return False
    if grid.spans.get(one.place, one.place)[1] > one.column:
        return True
    column = block.column(block.label_column) if block.label_column else None
    return column is not None and not column.header


def _looks_like_item(grid: Grid, block: TableBlock, row: int) -> bool:
    one = grid.inside(block, row)[0]
    return one.column == block.label_column and len(one.text) <= 40 and row - 1 in grid.rows


def _values(grid: Grid, block: TableBlock, row: int) -> list[Seen]:
    """Return the cells of a row beside its order number and its label."""
    names = block.order_column, block.label_column
    return [one for one in grid.inside(block, row) if one.column not in names]


def _continues_row(
    grid: Grid,
    block: TableBlock,
    row: int,
    order: Seen | None,
    label: Seen | None,
    previous: int,
) -> bool:
    """Whether a row only finishes the row above it."""
    if order is not None:
        return False
    covered = grid.covered and sum(
        (row, column) in grid.covered
        and grid.covered[row, column][0] < row
        and grid.covered[row, column][0] >= previous
        for column in range(block.first_column, block.last_column + 1)
    )
    width = block.last_column - block.first_column + 1
    if covered and covered >= max(1, width // 3):
        return True
    if label is not None:
        # The words of a label split over two rows, nothing else in the second: they go on
        # in small letters, or the first ends in the middle of a sentence.
        above = grid.at.get((previous, label.column))
        return (
            above is not None
            and len(grid.inside(block, row)) == 1
            and order_token(label) is None
            and row == previous + 1
            and (label.text[:1].islower() or OPEN_END.search(above.text) is not None)
        )
    inside = grid.inside(block, row)
    if row - previous > 3 or block.label_column is None or len(inside) > max(2, width // 4):
        return False
    for one in inside:
        above = grid.at.get((previous, one.column))
        if above is not None and above.numeric:
            return False
    return all(one.numeric or one.kind == "text" for one in inside)
