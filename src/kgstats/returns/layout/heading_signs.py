"""What makes a row a part of a heading."""

from __future__ import annotations

from itertools import pairwise

from kgstats.returns.layout.codes import column_code, counts_up, runs_of_years, year_in
from kgstats.returns.layout.grid import Grid
from kgstats.returns.layout.model import Seen
from kgstats.returns.layout.words import (
    CONTINUED,
    LEAST_COLUMNS_OF_TEXT,
    LEAST_ROWS_OF_TEXT,
    LETTERHEAD,
    ORDER_WORDS,
    STANDING,
    is_footer,
    is_signature,
    opens_page,
    parse_unit,
    starts_title,
    states_unit,
)


def starts_order(cells: list[Seen]) -> bool:
    """Whether a row begins with the heading of a column of order numbers, and holds no values."""
    if cells[0].folded not in ORDER_WORDS or cells[0].kind != "text" or len(cells) < 2:
        return False
    return any(not one.numeric for one in cells[1:]) or counts_up(cells) or runs_of_years(cells, 2)


def heads_values(grid: Grid, index: int) -> bool:
    """Whether two words head the row below: no section, "TT", of a table of many values."""
    cells = grid.rows[grid.order[index]]
    if len(cells) != 2:
        return True
    below = grid.rows[grid.order[index + 1]]
    columns = grid.columns_of(cells[0].row, cells[0].row)
    return sum(one.numeric and one.column not in columns for one in below) < 2


def is_heading_cell(one: Seen) -> bool:
    """Whether a cell may stand in a heading."""
    return one.kind in ("text", "mark") or one.folded == "%"


def is_wide_heading(grid: Grid, index: int) -> bool:
    """Whether a row without an order column looks like the header of what follows it."""
    order, rows = grid.order, grid.rows
    cells = rows[order[index]]
    if len(cells) < 2:
        return False
    years = runs_of_years(cells, 2, words=True)
    if not (years or all(map(is_heading_cell, cells))):
        return False
    if len(cells) == 2 and any(
        one.kind == "mark" or states_unit(one) or starts_title(one) for one in cells
    ):
        return False
    if any(len(one.text) > 250 for one in cells) or is_footer(cells):
        return False
    if any(LETTERHEAD.search(one.folded) for one in cells):
        return False
    columns = grid.columns_of(order[index], order[index])
    below = [row for row in order[index + 1 : index + 6] if row - order[index] <= 8]
    if not below or below[0] - order[index] > 2:
        return False
    numeric = like = 0
    least = max(2, len(cells) // (2 if len(cells) < 8 else 3))
    for row in below:
        inside = [one for one in rows[row] if one.column in columns]
        like += len(inside) >= least and len(rows[row]) <= len(columns) + 2
        numeric += sum(one.kind in ("number", "numeral", "date", "dash") for one in inside)
    if len(cells) == 2 and not years:
        near = cells[1].column - cells[0].column <= 3
        return near and like >= 2 and (numeric >= 2 or _two_columns(grid, index))
    if years:
        # A line of years over columns of numbers; the names stand left of it.
        held = [
            grid.at[row, one.column]
            for one in cells
            if year_in(one) is not None
            for row in below
            if (row, one.column) in grid.at
        ]
        if sum(year_in(one) is not None for one in held) * 2 > len(held):
            return False
        return numeric >= 2
    dense = len(columns) >= 0.5 * (max(columns) - min(columns) + 1)
    merged_right = any(
        grid.spans.get((order[index], one.column), (0, one.column))[1] > one.column for one in cells
    )
    return dense and (
        (like >= 1 and numeric >= 1)
        or (like >= 2 and len(cells) >= LEAST_COLUMNS_OF_TEXT)
        or (merged_right and like >= 1)
    )


def _two_columns(grid: Grid, index: int) -> bool:
    """Whether a sheet is a list of two columns of words from this row on."""
    following = grid.order[index : index + 1 + LEAST_ROWS_OF_TEXT]
    columns = [one.column for one in grid.rows[grid.order[index]]]
    return (
        len(following) > LEAST_ROWS_OF_TEXT
        and columns[1] == columns[0] + 1
        and following[-1] - following[0] == LEAST_ROWS_OF_TEXT
        and all(
            [one.column for one in grid.rows[row]] == columns
            and not any(one.text.endswith(":") for one in grid.rows[row])
            for row in following
        )
    )


def is_titleish(grid: Grid, row: int) -> bool:
    """Whether a row belongs to the lines above a table, not to its heading."""
    cells = grid.rows[row]
    if any(LETTERHEAD.search(one.folded) for one in cells):
        return True
    return len(cells) == 2 and any(states_unit(one) or starts_title(one) for one in cells)


def words_over(grid: Grid, row: int, header_row: int) -> bool:
    """Whether a row holds only first words of headings that go on below: Sơ bộ over 2019."""
    columns = grid.columns_of(header_row, header_row)
    left = min(columns)
    for one in grid.rows[row]:
        right = grid.spans.get(one.place, one.place)[1]
        if (
            one.kind != "text"
            or len(one.text) > 40
            or one.column not in columns
            or (one.column == left and right in (left, max(columns)))
            or right > max(columns)
            or one.text.endswith(":")
            or parse_unit(one.text) is not None
            or opens_page(one)
            or CONTINUED.match(one.folded)
            or not (right > one.column or STANDING.match(one.folded))
        ):
            return False
    return not is_signature(grid.rows[row])


def numbers_the_columns(grid: Grid, row: int, first: int) -> bool:
    """Whether a row of codes spans the table, and is not a line of numbered headings."""
    codes = [one.column for one in grid.rows[row]]
    columns = grid.columns_of(first, row - 1)
    if column_code(grid.rows[row][0]) == ("letter", 1.0):
        return True
    covered = grid.columns_of(row, row)
    numbered = len(covered) >= 0.9 * len([c for c in columns if c >= codes[0]])
    left = any(column < codes[0] for column in columns)
    return numbered and not (left and _numbered_headings(grid, row, first))


def _numbered_headings(grid: Grid, row: int, first: int) -> bool:
    """Whether numbers stand under a heading that spans them: criteria 1 to 19, not codes."""
    codes = [one.column for one in grid.rows[row] if column_code(one) is not None]
    words: dict[int, list[str]] = {column: [] for column in codes}
    for above in range(row - 1, first - 1, -1):
        for one in grid.rows.get(above, ()):
            if one.column in words:
                words[one.column].append(one.folded)
    # Most of the numbered columns have no words of their own above, or the same words as their
    # neighbours, so that only the numbers tell them apart.
    alike = {
        column
        for pair in pairwise(codes)
        for column in pair
        if words[pair[0]] and words[pair[0]] == words[pair[1]]
    }
    own = sum(bool(said) and column not in alike for column, said in words.items())
    return own < 0.5 * len(codes)


def stands_over_many(grid: Grid, cells: list[Seen], above: int) -> bool:
    """Whether a row of words is set over columns that each have a heading of their own."""
    heads = grid.rows.get(above, [])
    for one in cells:
        right = grid.spans.get(one.place, (0, one.column))[1]
        if sum(one.column <= h.column <= right for h in heads) > 1:
            return True
    return len(cells) == 1 and cells[0].kind == "text" and runs_of_years(heads)


def says_again(grid: Grid, cells: list[Seen], above: int, cursor: int) -> bool:
    """Whether a row of words says each heading again: in English, in brackets, as a code."""
    heads = grid.rows.get(above, [])
    if len(cells) < 3 or not all(one.kind == "text" for one in (*heads, *cells)):
        return False
    missing = {one.column for one in heads} ^ {one.column for one in cells}
    if missing:
        # The words of the first columns stand again, a column or two have none.
        same = sum(
            one.folded == other.folded and one.column == other.column
            for one, other in zip(heads, cells, strict=False)
        )
        return same > 0 and 5 * len(missing) < len(heads) and heads[0].folded == cells[0].folded
    ascii_heads = all(one.text.isascii() for one in heads)
    ascii_cells = all(one.text.isascii() for one in cells)
    brackets = all(one.text[0] == "(" and one.text[-1] == ")" for one in cells)
    if not brackets and ascii_heads == ascii_cells:
        return False
    # Numbers stand in these columns below, in more rows than one.
    below = grid.order[cursor + 1 : cursor + 4]
    counted = sum(
        sum(one.numeric for row in below if (one := grid.at.get((row, head.column))) is not None)
        >= min(2, len(below))
        for head in cells
    )
    return counted >= 2 and counted * 2 >= len(cells)


def small_names_follow(grid: Grid, cursor: int, column: int) -> bool:
    """Whether rows of names in small letters follow, not the second line of a heading."""
    if cursor + 1 >= len(grid.order):
        return True
    row, below = grid.order[cursor : cursor + 2]
    one = grid.at.get((below, column))
    return (
        one is not None
        and one.kind == "text"
        and one.text[:1].islower()
        and len(grid.rows[below]) >= len(grid.rows[row])
        and not any(other.numeric for other in grid.rows[below])
    )


def names_left_of(grid: Grid, index: int, left: int) -> int | None:
    """Return the column of names at the left of a header that has no heading for them."""
    if left == 1:
        return None
    for row in grid.order[index + 1 : index + 10]:
        cells = grid.rows[row]
        if cells[0].column < left and len(cells) > 1:
            return cells[0].column if any(one.numeric for one in cells[1:]) else None
    return None
