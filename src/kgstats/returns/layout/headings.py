"""Where a heading begins and ends."""

from __future__ import annotations

from kgstats.returns.layout.codes import counts_up, heading_years, order_token, runs_of_years
from kgstats.returns.layout.grid import Grid, HeadingRows
from kgstats.returns.layout.heading_signs import (
    heads_values,
    is_heading_cell,
    is_titleish,
    is_wide_heading,
    names_left_of,
    numbers_the_columns,
    says_again,
    small_names_follow,
    stands_over_many,
    starts_order,
    words_over,
)
from kgstats.returns.layout.words import (
    CODE_ROW_REACH,
    ORDER_WORDS,
    parse_unit,
)


def is_empty_form(grid: Grid, header: HeadingRows) -> bool:
    """Whether a header without a body is that of a form still to be filled in."""
    first = [grid.at.get((row, header.first_column)) for row in (header.first, header.last)]
    return header.last_column - header.first_column >= 3 and any(
        one is not None and one.folded in ORDER_WORDS for one in first
    )


def next_heading(grid: Grid, position: int) -> HeadingRows | None:
    """Return the next heading from a row on: that of a known body, or what looks like one."""
    order = grid.order
    index = position
    ahead = min((row for row in grid.headings if row >= order[position]), default=None)
    while index < len(order):
        row = order[index]
        cells = grid.rows[row]
        if row == ahead:
            return grid.headings[row]
        if (starts_order(cells) and heads_values(grid, index)) or is_wide_heading(grid, index):
            header = _header_from(grid, index, position)
            if ahead is None or header.last < ahead:
                return header
        index += 1
    return None


def _header_from(grid: Grid, index: int, position: int) -> HeadingRows:
    """Find the end of a header that starts at a row, and what stands above that row."""
    order, rows = grid.order, grid.rows
    first = order[index]
    cells = rows[first]
    # A banner over part of the columns, above the row of the order word.
    top = index
    started = starts_order(cells)
    while top > position and order[top] - order[top - 1] == 1:
        above = rows[order[top - 1]]
        banner = (
            started
            and len(above) >= 2
            and not is_titleish(grid, order[top - 1])
            and all(is_heading_cell(one) for one in above)
            and above[0].column >= cells[0].column
        )
        if not banner and not words_over(grid, order[top - 1], order[index]):
            break
        top -= 1
    first = order[top]
    for ahead in range(index + 1, min(index + CODE_ROW_REACH, len(order))):
        row = order[ahead]
        if grid.code_row(row) and numbers_the_columns(grid, row, first):
            return _rows_of(grid, first, row - 1, row)
        if any(one.numeric or one.kind in ("date", "error") for one in rows[row]) and not (
            counts_up(rows[row]) or runs_of_years(rows[row])
        ):
            break
    return _rows_of(grid, first, _header_end(grid, top, index))


def _header_end(grid: Grid, top: int, index: int) -> int:
    order, rows = grid.order, grid.rows
    first = order[top]
    last = order[index]
    columns = grid.columns_of(first, last)
    left = min(columns)
    order_column = left if rows[order[index]][0].folded in ORDER_WORDS else None
    unheaded = names_left_of(grid, index, left) if order_column is None else None
    label_column = unheaded or (left if order_column is None else order_column + 1)
    last = max(_merged_down(grid, row) for row in range(first, last + 1))
    cursor = grid.index_after(last)
    while cursor < len(order):
        row = order[cursor]
        if row - last > 1 or row - first > 12:
            break
        inside = [one for one in rows[row] if left <= one.column <= max(columns) + 1]
        if not inside or (grid.code_row(row) and numbers_the_columns(grid, row, first)):
            break
        if unheaded is not None and (
            rows[row][0].column < left
            or (len(inside) == 1 and parse_unit(inside[0].text) is not None)
        ):
            break
        if any(one.kind in ("date", "error", "dash", "bool") for one in inside):
            break
        if stands_over_many(grid, inside, last):
            break
        marks = sum(one.kind == "mark" for one in inside)
        if any(one.numeric for one in inside) and not (
            counts_up(inside)
            or runs_of_years(inside)
            or (inside[0].column > label_column and heading_years(inside, rows[row]))
        ):
            break
        start = inside[0].column
        if row == last + 1 and says_again(grid, inside, last, cursor):
            last = row
            cursor += 1
            continue
        if start <= label_column:
            text = inside[0].text
            piece = (
                len(inside) <= 3
                and text[:1].islower()
                and not small_names_follow(grid, cursor, start)
            )
            if not piece or order_token(inside[0]) or marks:
                break
        elif marks > 1:
            break
        columns |= grid.columns_of(row, row)
        last = _merged_down(grid, row)
        cursor = grid.index_after(last)
    return last


MOST_MERGED = 12
"""A merge over more rows is no part of a heading."""


def _merged_down(grid: Grid, row: int) -> int:
    """Return the last row that the words of a row are merged down to."""
    bottoms = [grid.spans.get(one.place, one.place)[0] for one in grid.rows.get(row, ())]
    return max((one for one in bottoms if one - row <= MOST_MERGED), default=row)


def _rows_of(grid: Grid, first: int, last: int, code_row: int | None = None) -> HeadingRows:
    columns = grid.columns_of(first, last)
    return HeadingRows(first, last, code_row, min(columns), max(columns))
