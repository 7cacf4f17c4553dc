"""The rows of a table below its heading."""

from __future__ import annotations

from kgstats.returns.layout.codes import counts_up, order_token, runs_of_years
from kgstats.returns.layout.grid import Grid
from kgstats.returns.layout.heading_signs import heads_values, is_wide_heading, starts_order
from kgstats.returns.layout.model import Seen, TableBlock, header_text
from kgstats.returns.layout.words import (
    CONTINUED,
    CONTINUED_MARK,
    ORDER_WORDS,
    is_footer,
    is_total,
    parse_unit,
    starts_title,
)

TAKE, END = 0, -1
"""What becomes of a row: one of the body, or the first below it; else the place to go on at."""


def body_rows(grid: Grid, block: TableBlock, start: int) -> list[int]:
    """Return the rows of the body, before they are told apart."""
    order = grid.order
    found: list[int] = []
    previous = block.column_number_row or block.header_last
    index = start
    while index < len(order):
        row = order[index]
        inside = grid.inside(block, row)
        if not inside:
            index += 1
            continue
        gap = row - previous - 1
        step = _step_by_subjects(grid, block, index, found)
        if step is None:
            step = _step_over_heading(grid, block, index, found)
        if step is None:
            step = _step_over_page_break(grid, block, index, found, gap)
        if step is None:
            step = END if _ends_before(grid, block, index, found, gap) else TAKE
        if step == END:
            break
        if step == TAKE:
            found.append(row)
            step = index + 1
        previous = order[step - 1]
        index = step
    return found


def _step_by_subjects(grid: Grid, block: TableBlock, index: int, found: list[int]) -> int | None:
    """Say what becomes of a row where the subjects of the rows are known."""
    row = grid.order[index]
    if row in grid.headings:
        _leave_titles(grid, block, found)
        return END
    if row in grid.repeats:
        after = grid.index_after(grid.repeats[row])
        block.repeated_header_rows.extend(grid.order[index:after])
        return after
    return TAKE if row in grid.subject_rows else None


def _step_over_heading(grid: Grid, block: TableBlock, index: int, found: list[int]) -> int | None:
    """Pass a heading or column numbers said again; another heading ends the table."""
    order = grid.order
    row = order[index]
    if found and grid.code_row(row) and grid.subject_rows:
        # A first row may stand above the numbers of the columns.
        block.repeated_header_rows.append(row)
        return index + 1
    if _matches_header(grid, block, row) is None:
        headed = starts_order(grid.inside(block, row)) and heads_values(grid, index)
        return END if headed else None
    block.repeated_header_rows.append(row)
    # The rows of the repeated header that follow, down to a row with an order number.
    height = block.header_last - block.header_first
    while index + 1 < len(order) and order[index + 1] - row <= height:
        following = grid.inside(block, order[index + 1])
        if following and (
            (any(one.numeric for one in following) and not counts_up(following))
            or not _repeats_words(grid, block, following)
        ):
            break
        index += 1
        block.repeated_header_rows.append(order[index])
    return index + 1


def _step_over_page_break(
    grid: Grid, block: TableBlock, index: int, found: list[int], gap: int
) -> int | None:
    """Pass a page's foot and head between two parts of a table, or end it there."""
    order = grid.order
    row = order[index]
    inside = grid.inside(block, row)
    if is_footer(inside) and not has_values(block, inside):
        return index + 1 if _continues(grid, index) else END
    if len(inside) > 2:
        return None
    if found and (gap >= 1 or CONTINUED_MARK.search(inside[-1].text)):
        part = _next_part(grid, block, index, found[0])
        if part is not None:
            return part or END
    if found and gap >= 1 and inside[0].numeric:
        after = order[index + 1] if index + 1 < len(order) else row + 2
        if len(inside) == 1 and after - row > 1 and inside[0].column > block.first_column:
            return index + 1  # the number of a page stands alone
        if len(inside) > 1 and inside[1].kind == "text" and _titles_ahead(grid, block, index):
            return END
    if _is_narrow(inside) and any(
        starts_title(one) or CONTINUED.match(one.folded) for one in inside
    ):
        return index + 1 if _continues(grid, index) else END
    return None


def _is_narrow(cells: list[Seen]) -> bool:
    """Whether a row has hardly a word and no value."""
    return len(cells) <= 2 and not any(
        one.numeric or one.kind in ("dash", "date", "error") for one in cells
    )


def _ends_before(grid: Grid, block: TableBlock, index: int, found: list[int], gap: int) -> bool:
    """Whether a row stands below the table, or heads another one."""
    if not found:
        return False
    row = grid.order[index]
    inside = grid.inside(block, row)
    narrow = _is_narrow(inside)
    if narrow and (gap >= 1 or is_unit_line(inside)):
        total = any(is_total(one) for one in inside)
        if (
            order_token(inside[0]) is None
            and not total
            and not _tabular_after(grid, block, index, gap)
        ):
            return True
    if gap >= 1 and not narrow and runs_of_years(inside):
        return True
    if gap >= 4 and (
        not any(one.numeric for one in inside)
        or inside[0].column > grid.inside(block, found[-1])[0].column + 1
    ):
        return True
    anew = (
        len(inside) >= 3
        and _heads_anew(grid, inside, found)
        and (gap >= 1 or _is_total_row(grid, block, found[-1]))
    )
    return (row in grid.starts or anew or (gap >= 2 and not narrow)) and is_wide_heading(
        grid, index
    )


def _leave_titles(grid: Grid, block: TableBlock, found: list[int]) -> None:
    """Take the title of the next table away from the end of a body."""
    while found and found[-1] not in grid.subject_rows:
        inside = grid.inside(block, found[-1])
        if len(inside) > 2 or any(one.kind != "text" or is_total(one) for one in inside):
            return
        found.pop()


def _matches_header(grid: Grid, block: TableBlock, row: int) -> int | None:
    """Return the header row that a row repeats, word for word."""
    inside = grid.inside(block, row)
    cells = [one for one in inside if one.kind == "text"]
    if len(cells) < 2:
        if not runs_of_years(inside):
            return None
        cells = inside
    if not _same_subject(grid, block, cells[0]):
        return None
    for header_row in range(block.header_first, block.header_last + 1):
        same = sum(
            1
            for one in cells
            if (twin := grid.at.get((header_row, one.column))) is not None
            and twin.folded == one.folded
            and (one.folded or header_text(twin) == header_text(one))
        )
        if same >= 2 and same >= 0.6 * len(cells):
            return header_row
    return None


def _same_subject(grid: Grid, block: TableBlock, first: Seen) -> bool:
    """Whether a row may repeat a header: what it says of the first column is the same."""
    if first.column != block.first_column or first.kind != "text":
        return True
    return first.folded in ORDER_WORDS or any(
        (twin := grid.at.get((row, first.column))) is not None and twin.folded == first.folded
        for row in range(block.header_first, block.header_last + 1)
    )


def _is_total_row(grid: Grid, block: TableBlock, row: int) -> bool:
    return any(is_total(one) for one in grid.inside(block, row)[:2])


def _heads_anew(grid: Grid, cells: list[Seen], found: list[int]) -> bool:
    """Whether a row of words stands in columns that have held numbers so far."""
    if not all(one.kind == "text" for one in cells):
        return False
    over = 0
    for one in cells[1:]:
        held = [grid.at[row, one.column] for row in found[-6:] if (row, one.column) in grid.at]
        over += bool(held) and sum(other.numeric for other in held) * 2 > len(held)
    return over >= 2


def is_unit_line(cells: list[Seen]) -> bool:
    """Whether a row is a line that states the unit of a table."""
    return len(cells) == 1 and parse_unit(cells[0].text) is not None and ":" in cells[0].text


def _repeats_words(grid: Grid, block: TableBlock, cells: list[Seen]) -> bool:
    words = {
        one.folded
        for row in range(block.header_first, block.header_last + 1)
        for one in grid.rows.get(row, ())
        if one.folded
    }
    texts = [one for one in cells if one.folded]
    return bool(texts) and sum(one.folded in words for one in texts) >= 0.5 * len(texts)


def has_values(block: TableBlock, cells: list[Seen]) -> bool:
    """Whether a row holds numbers, dashes or errors."""
    return any(one.numeric or one.kind in ("dash", "error") for one in cells)


def _continues(grid: Grid, index: int) -> bool:
    """Whether the table goes on within a page's head below this row.

    The same heading comes back, or rows with a known subject do below one too damaged to tell.
    """
    for row in grid.order[index + 1 : index + 16]:
        if row in grid.repeats or row in grid.subject_rows:
            return True
        if row in grid.headings:
            return False
    return False


def _titles_ahead(grid: Grid, block: TableBlock, index: int) -> bool:
    """Whether a number and words begin the title of another table, not an item."""
    heads = range(block.header_first, block.header_last + 1)
    first = [grid.at.get((row, block.first_column)) for row in heads]
    if any(one is not None and one.folded in ORDER_WORDS for one in first):
        return False
    for ahead in range(index + 1, min(index + 7, len(grid.order))):
        inside = grid.inside(block, grid.order[ahead])
        if is_wide_heading(grid, ahead):
            return True
        if len(inside) > 2 or any(one.numeric for one in inside):
            return False
    return False


def _next_part(grid: Grid, block: TableBlock, index: int, first: int) -> int | None:
    """Return where the same header comes back below a page's head; 0 where it starts a table.

    None where it does not come back, or where the lines above it do not say which it is.
    """
    continued = titled = False
    for ahead in range(index, min(index + 8, len(grid.order))):
        row = grid.order[ahead]
        inside = grid.inside(block, row)
        if ahead > index and _matches_header(grid, block, row) is not None:
            if continued:
                return ahead
            return 0 if titled or _starts_again(grid, block, ahead, first) else None
        if len(inside) > 2 or not inside or inside[-1].kind != "text":
            return None
        continued |= any(
            CONTINUED_MARK.search(one.text) or CONTINUED.match(one.folded) for one in inside
        )
        titled |= any(starts_title(one) for one in inside)
    return None


def _starts_again(grid: Grid, block: TableBlock, index: int, first: int) -> bool:
    """Whether the body below a repeated header names what the first body row names."""
    words = [one.folded for one in grid.inside(block, first) if one.kind == "text"]
    for row in grid.order[index + 1 : index + 1 + 12]:
        inside = grid.inside(block, row)
        if any(one.numeric or one.kind == "dash" for one in inside[1:]) and not (
            grid.code_row(row) or runs_of_years(inside)
        ):
            return bool(words) and words == [one.folded for one in inside if one.kind == "text"]
    return False


def _tabular_after(grid: Grid, block: TableBlock, index: int, gap: int) -> bool:
    """Whether ordinary rows go on below a lone line of text."""
    for ahead in range(index + 1, min(index + 3, len(grid.order))):
        row = grid.order[ahead]
        if row - grid.order[index] > 2 or starts_order(grid.rows[row]):
            return False
        inside = grid.inside(block, row)
        if len(inside) >= 3 and any(one.numeric for one in inside):
            return not runs_of_years(inside)
    return False
