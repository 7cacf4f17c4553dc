"""The heading of a body whose rows are known by their subjects.

Where the rows of a table are known, everything between the title and the first of them is its
heading, however the words are broken over rows, with or without merges and column numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from kgstats.returns.layout.codes import (
    column_code,
    counts_up,
    heads_by_number,
    is_column_numbers,
    order_token,
    runs_of_years,
)
from kgstats.returns.layout.grid import Grid, HeadingRows
from kgstats.returns.layout.heading_signs import numbers_the_columns, starts_order
from kgstats.returns.layout.model import Seen, Subjects, header_text
from kgstats.returns.layout.words import (
    CONTINUED,
    LABELLED_SECTION,
    ORDER_WORDS,
    SECTION_WORDS,
    is_footer,
    is_signature,
    is_total,
    opens_page,
    parse_unit,
    starts_title,
    states_unit,
)

MOST_LOOKED_AT = 16
"""So many rows of a body show in which columns its values stand."""

MOST_BLANK_ROWS = 3
"""So many rows may be left blank between a heading and the first row of its body."""

MOST_DAMAGED = 2
"""So many column numbers may be unreadable in a row of few; in one of many, a third of them."""

SURE = 5
"""So many column numbers make it sure that a word among them stands for one."""

LONGEST_GROUP = 45
"""A lone line of more letters above a heading is a title, no group of its columns."""

MONEY_UNIT = re.compile(r"(Nghìn|Ngàn|Triệu|Tỷ|Tỉ) đồng\W*$")
"""A unit of money in a line of its own; the last word of a heading begins in a small letter."""

SHORT_PIECE = 20
"""A word of no more letters, alone in its row, may go on with the label of the row above it."""

SURELY_SAME = 0.8
"""A heading of which so many words stand where they stood is the earlier one beyond doubt."""

SAME_HEADING = 0.5
"""A heading whose words are so much those of an earlier one repeats it after a page break."""


@dataclass(slots=True)
class KnownBody:
    """Rows known by their subjects, with the heading above them."""

    column: int
    rows: list[int]
    heading: HeadingRows
    repeats: list[tuple[int, int]] = field(default_factory=list)
    """First and last row of the headings said again between the rows."""


LEAST_COUNTED = 3
"""So many rows numbered 1, 2, 3 … are the body of a table, whatever they are about."""


def counted_subjects(rows: dict[int, list[Seen]]) -> list[Subjects]:
    """Return the labels that stand beside order numbers counting up, with values at the right."""
    columns: dict[int, list[tuple[int, int, int]]] = {}
    for row, cells in rows.items():
        if len(cells) < 3 or not any(one.numeric or one.kind == "mark" for one in cells[2:]):
            continue
        first, label = cells[0], cells[1]
        number = header_text(first).strip("().") if order_token(first) == "arabic" else ""
        if label.kind == "text" and number.isdecimal():
            columns.setdefault(first.column, []).append((row, int(number), label.column))
    found: list[Subjects] = []
    for held in columns.values():
        held.sort()
        counted = sum(b[1] == a[1] + 1 for a, b in pairwise(held))
        column, times = Counter(at for _, _, at in held).most_common(1)[0]
        if len(held) >= LEAST_COUNTED and 2 * counted >= len(held) - 1 and times == len(held):
            found.append(Subjects(column, [row for row, _, _ in held]))
    return found


LEAST_NAMED = 5
"""So many rows of a name and numbers are the body of a table without order numbers."""


def named_subjects(rows: dict[int, list[Seen]]) -> list[Subjects]:
    """Return the labels at the left of rows of numbers."""
    columns: dict[int, list[int]] = {}
    for row, cells in rows.items():
        if cells[0].kind != "text" or counts_up(cells) or runs_of_years(cells, 2, words=True):
            continue
        numbers = sum(one.numeric for one in cells[1:])
        if numbers >= 2 and 2 * numbers >= len(cells):
            columns.setdefault(cells[0].column, []).append(row)
    if len(columns) != 1:
        return []
    [(column, held)] = columns.items()
    return [Subjects(column, held)] if len(held) >= LEAST_NAMED else []


def known_bodies(grid: Grid, subjects: list[Subjects]) -> list[KnownBody]:
    """Return the bodies of a sheet whose heading stands above them, from top to bottom."""
    found: list[KnownBody] = []
    for one in subjects:
        above = 0
        mine: list[KnownBody] = []
        values = _value_columns(grid, one.column, one.rows)
        for run in _runs(grid, one, values):
            of_run = values if run == one.rows else _value_columns(grid, one.column, run)
            heading = _heading_over(grid, one.column, run, above, of_run)
            above = run[-1]
            if heading is None:
                if mine:
                    mine[-1].rows.extend(run)
                continue
            goes_on = mine and not _named_again(grid, one.column, mine[-1].rows, run)
            if goes_on and _repeats(grid, mine[-1].heading, heading):
                top = _with_title(grid, mine[-1], heading.first)
                mine[-1].repeats.append((top, heading.code_row or heading.last))
                mine[-1].rows.extend(run)
            else:
                mine.append(KnownBody(one.column, list(run), heading))
        found.extend(mine)
    return sorted(found, key=lambda body: (body.heading.first, body.column))


def _value_columns(grid: Grid, column: int, rows: list[int]) -> set[int]:
    """Return the columns right of the subjects where most rows hold no words."""
    looked_at = rows[:MOST_LOOKED_AT]
    held = Counter(
        [
            one.column
            for row in looked_at
            for one in grid.rows.get(row, ())
            if one.column > column and one.kind != "text"
        ]
    )
    return {index for index, count in held.items() if 2 * count >= len(looked_at)}


def _runs(grid: Grid, subjects: Subjects, values: set[int]) -> list[list[int]]:
    """Split the rows of subjects where heading words stand between them."""
    runs: list[list[int]] = []
    previous = 0
    for row in subjects.rows:
        broken = previous != row - 1 and any(
            _is_heading(grid.rows[other], values)
            for other in grid.order[grid.index_after(previous) : grid.index_after(row) - 1]
        )
        if not runs or (previous and broken):
            runs.append([])
        runs[-1].append(row)
        previous = row
    return runs


def _is_heading(cells: list[Seen], values: set[int]) -> bool:
    """Whether a row has words where the rows of the body have values."""
    kinds = [one.kind for one in cells if one.column in values]
    words = kinds.count("text")
    if words and any(one.folded in ORDER_WORDS for one in cells):
        return True
    return words >= 2 and 2 * words > len(kinds) and words >= 0.3 * len(values)


def _heading_over(
    grid: Grid, column: int, run: list[int], above: int, values: set[int]
) -> HeadingRows | None:
    """Return the heading above the rows of a body, below another body that ends at ``above``."""
    cursor = grid.index_after(run[0]) - 2
    # Sections, totals and rows without a known name between the heading and the first subject.
    top_of_body = run[0]
    while cursor >= 0 and grid.order[cursor] > above:
        row = grid.order[cursor]
        if top_of_body - row > MOST_BLANK_ROWS + 1 or not (
            _of_body(grid, row, column, values)
            or (row + 1 == top_of_body and _stands_between(grid, cursor, run, column, values))
        ):
            break
        top_of_body = row
        cursor -= 1
    if cursor < 0 or top_of_body - grid.order[cursor] > MOST_BLANK_ROWS + 1:
        return None
    # The columns may be numbered twice: A B 1 2 over (1) (2) (3) (4).
    codes: list[int] = []
    while cursor >= 0 and _are_column_numbers(grid, grid.order[cursor]) and len(codes) < 2:
        codes.append(grid.order[cursor])
        cursor -= 1
    last = None
    first = None
    anchored = False
    below = codes[-1] if codes else top_of_body
    while cursor >= 0 and grid.order[cursor] > above:
        row = grid.order[cursor]
        cells = grid.rows[row]
        near = row + 1 == below or (first is None and below - row <= MOST_BLANK_ROWS + 1)
        # A heading word that was lost may leave a row blank among one-word rows.
        near = near or (
            row + 2 == below
            and (len(cells) > 2 or _goes_on(grid, cursor, column, values, anchored))
        )
        if not (near or grid.merged_over(row, below)):
            break
        if len(cells) == 1 and not anchored and _is_unit_line(cells[0]):
            cursor -= 1
            below = row
            continue
        if first is not None and above and _ends_body(grid, row, column, values):
            break
        if not _of_heading(grid, cells, column, values, anchored) and not (
            _is_piece(cells, column) and _goes_on(grid, cursor, column, values, anchored)
        ):
            break
        first = row
        last = last or row
        anchored = anchored or any(one.column <= column and one.kind == "text" for one in cells)
        below = row
        cursor -= 1
    if codes and (first is None or not numbers_the_columns(grid, codes[-1], first)):
        # Criteria 1 to 19 under a word that spans them are headings, no column numbers.
        last = codes.pop()
        first = first or last
    if first is None or last is None:
        return None
    return _bounded(grid, (first, last), codes, top_of_body, column, run)


def _bounded(
    grid: Grid, rows: tuple[int, int], codes: list[int], top: int, column: int, run: list[int]
) -> HeadingRows:
    """Return the rows of a heading with the columns that it and its body stand in.

    A cell of it that is merged down into the body, which begins at ``top``, takes no row of it.
    """
    first, last = rows
    bottom = last
    for row in range(first, last + 1):
        for one in grid.rows.get(row, ()):
            down = grid.spans.get(one.place, one.place)[0]
            if down < (codes[-1] if codes else top):
                bottom = max(bottom, down)
    columns = grid.columns_of(first, last)
    columns.update(one.column for row in codes for one in grid.rows[row])
    held = [one.column for row in run for one in grid.rows[row] if one.column <= column]
    code_row = codes[0] if codes else None
    return HeadingRows(first, bottom, code_row, min({*columns, *held}), max(columns), True)


def _of_body(grid: Grid, row: int, column: int, values: set[int]) -> bool:
    """Whether a row above the first subject is one of the body: a section, a total, an item."""
    cells = grid.rows[row]
    if (
        _are_column_numbers(grid, row)
        or _is_heading(cells, values)
        or any(one.folded in ORDER_WORDS for one in cells)
    ):
        return False
    labels = [one for one in cells if one.column <= column and one.kind == "text"]
    if any(is_total(one) for one in labels):
        return True
    numbers = sum(one.column in values and one.kind != "text" for one in cells)
    words = sum(one.kind == "text" for one in cells)
    aside = sum(one.kind == "text" and one.column <= column for one in cells)
    if words - aside > numbers and (not aside or all(_is_word(one) for one in cells)):
        return False  # "nhập", "2019", "nghèo": the last words of several columns
    if all(one.kind == "mark" for one in cells) and 2 * len(cells) < len(values):
        return False  # "đạt", the last word of a heading split over rows
    if numbers and not heads_by_number(cells) and not runs_of_years(cells):
        return True
    right = [one for one in cells if one.column > column]
    if right and labels and all(one.kind == "number" for one in right):
        # The sum of an area, above communes of which few are filled in yet.
        return any(SECTION_WORDS.match(one.folded) for one in labels) and not counts_up(right)
    if right or not labels:
        return False
    if any(parse_unit(one.text) or starts_title(one) for one in labels):
        return False
    if CONTINUED.match(labels[0].folded):
        return False
    token = order_token(cells[0])
    return (
        (token is not None and len(cells) > 1)
        or LABELLED_SECTION.match(labels[0].text) is not None
        or SECTION_WORDS.match(labels[0].folded) is not None
    )


def _ends_body(grid: Grid, row: int, column: int, values: set[int]) -> bool:
    """Whether a row above a heading that is said again belongs to the body above: a section."""
    amounts = any(one.column in values and one.kind == "number" for one in grid.rows[row])
    return amounts and _of_body(grid, row, column, values)


def _stands_between(grid: Grid, cursor: int, run: list[int], column: int, values: set[int]) -> bool:
    """Whether a lone line stands where the names do: "Trong đó", or one of several sections."""
    [one, *others] = grid.rows[grid.order[cursor]]
    named = grid.at.get((run[0], one.column))
    if others or not cursor or one.kind != "text" or named is None or named.kind != "text":
        return False
    above = grid.order[cursor - 1]
    if one.text[0].isupper() and _is_heading(grid.rows[above], values):
        between = grid.order[grid.index_after(run[0]) : grid.index_after(run[-1])]
        alone = (grid.rows[row] for row in between)
        return sum(len(held) == 1 and held[0].column == one.column for held in alone) >= 2
    numbers = sum(held.numeric and held.column in values for held in grid.rows[above])
    return (
        above + 1 == one.row
        and (above, one.column) in grid.at
        and numbers > 0
        and _of_body(grid, above, column, values)
    )


def _of_heading(
    grid: Grid, cells: list[Seen], column: int, values: set[int], anchored: bool
) -> bool:
    """Whether a row is one of heading words, seen from the row below it upwards."""
    signed = is_signature(cells)
    if is_footer(cells) or (signed and 2 * sum(is_signature([one]) for one in cells) >= len(cells)):
        return False
    if any(map(opens_page, cells)):
        return False
    # "TC1", "-", "Quy", "hoạch": the sign between number and name has a row of its own.
    signs = all(
        (one.column > column and one.kind == "dash")
        or (_is_word(one) and (one.column > column or one.text[:1].islower()))
        for one in cells
    )
    words = sum(_is_word(one) or signs for one in cells)
    if 2 * words < len(cells) and not (heads_by_number(cells) or runs_of_years(cells)):
        return False
    if len(cells) > 2 or starts_order(cells):
        return True
    if len(cells) == 1 or anchored:
        return all(_heads_columns(grid, one, column, anchored) for one in cells)
    return all(len(one.text) <= 2 * LONGEST_GROUP for one in cells)


def _are_column_numbers(grid: Grid, row: int) -> bool:
    """Whether a row holds column numbers, few of them damaged."""
    if grid.code_row(row):
        return True
    cells = grid.rows[row]
    damaged, most = [], max(MOST_DAMAGED, len(cells) // 3)
    for one in cells:
        if column_code(one) is None:
            damaged.append(one)
            if len(damaged) > most:
                return False
    if not damaged:
        return False
    whole = [one for one in cells if one not in damaged]
    # Words before the first number name the columns of a heading: "TT", "Xã", 1, 2, 3 …; so does
    # the only word over a column: 18, 19, "Số", "Ngày".
    known = all(
        one.kind == "error"
        or (whole and one.column > whole[-1].column + 1)  # beside the table, apart from it
        or (one.kind not in ("number", "numeral") and not _has_words(one))
        or (
            one.kind != "number"
            and len(whole) >= SURE
            and one.column > whole[0].column
            and not (_has_words(one) and (row - 1, one.column) not in grid.at)
        )
        for one in damaged
    )
    return known and is_column_numbers(whole)


def _is_unit_line(one: Seen) -> bool:
    """Whether a lone cell states the unit of a table; "ngân" may be the end of "giải ngân"."""
    if states_unit(one):
        return True
    said = one.text[:1] == "(" or " - " in one.text or MONEY_UNIT.match(one.text) is not None
    return said and parse_unit(one.text) is not None


def _is_piece(cells: list[Seen], column: int) -> bool:
    """Whether a row may be one of few heading words: one unreadable, or one of a long label."""
    if len(cells) > 2:
        return False
    if cells[0].column > column:
        return any(not _is_word(one) for one in cells)
    return all(
        one.kind == "text"
        and len(one.text) <= SHORT_PIECE
        and one.text[0].islower()
        and not CONTINUED.match(one.folded)
        for one in cells
    )


def _goes_on(grid: Grid, cursor: int, column: int, values: set[int], anchored: bool) -> bool:
    """Whether rows of heading words lead from here up to one of many words."""
    while cursor > 0 and grid.order[cursor] - grid.order[cursor - 1] == 1:
        cursor -= 1
        above = grid.rows[grid.order[cursor]]
        fits = _of_heading(grid, above, column, values, anchored)
        if len(above) > 2 or not (fits or _is_piece(above, column)):
            return fits and len(above) > 2
    return False


def _is_word(one: Seen) -> bool:
    """Whether a cell may be a word of a heading: text, or a small number typed as text."""
    if one.kind == "numeral":
        return len(one.text) <= 2 or one.folded == "%"
    return one.kind in ("text", "mark")


def _heads_columns(grid: Grid, one: Seen, column: int, anchored: bool) -> bool:
    """Whether a lone cell is a word of the heading below it, and no title."""
    right = grid.spans.get(one.place, one.place)[1]
    if not _is_word(one) or _is_unit_line(one):
        return False
    if CONTINUED.match(one.folded) and (one.column <= column or one.text.startswith("(")):
        return False
    if one.column <= column:
        below = grid.at.get((one.row + 1, one.column))
        # "Xã," over "thị", "trấn": one label, a word in each row.
        broken = below is not None and below.text[:1].islower() and len(one.text) <= SHORT_PIECE
        return (not anchored or broken) and right <= column and len(one.text) <= LONGEST_GROUP
    if "tinh den" in one.folded or one.text.isupper() or one.text.startswith("("):
        return not anchored and len(one.text) <= LONGEST_GROUP
    return len(one.text) <= LONGEST_GROUP or right > one.column


def _named_again(grid: Grid, column: int, rows: list[int], run: list[int]) -> bool:
    """Whether some rows are about the same as earlier ones, from the first on: a new table.

    Lines of money name one source again and again; communes come once.
    """
    # A name merged over two rows stands in the first of them.
    before, after = (
        [one.folded for row in held if (one := grid.at.get((row, column)))] for held in (rows, run)
    )
    distinct = set(after)
    same = len(distinct.intersection(before))
    return before[:1] == after[:1] and 1 < len(distinct) < 2 * same and same > len(after) / 2


def _with_title(grid: Grid, body: KnownBody, first: int) -> int:
    """Return the first row of a heading said again, with the title that is said again over it."""
    above = [row for row in grid.order if row < body.heading.first]
    titles = {one.folded for row in above for one in grid.rows[row] if one.kind == "text"}
    for row in reversed(grid.order[grid.index_after(body.rows[-1]) : grid.index_after(first) - 1]):
        if any(one.folded not in titles for one in grid.rows[row]):
            break
        first = row
    return first


def _has_words(one: Seen) -> bool:
    """Whether a cell of a heading says something: no formula as text, no number or sign."""
    return any(map(str.isalpha, one.folded)) and not one.text.startswith("=")


def _repeats(grid: Grid, first: HeadingRows, again: HeadingRows) -> bool:
    """Whether a heading says an earlier one again, damaged cells aside.

    A heading whose words stand over other columns than before is one of its own.
    """
    if again.last_column - again.first_column > first.last_column - first.first_column + 2:
        return False
    known = {
        (row - first.first, one.column): one.folded
        for row in range(first.first, first.last + 1)
        for one in grid.rows.get(row, ())
    }
    places: dict[str, set[int]] = {}
    for (_, column), folded in known.items():
        places.setdefault(folded, set()).add(column)
    same = moved = total = 0
    for row in range(again.first, again.last + 1):
        for one in grid.rows.get(row, ()):
            if one.kind != "text" or not one.folded:
                continue
            total += 1
            there = places.get(one.folded, set())
            same += one.column in there
            moved += bool(there) and one.column not in there and _has_words(one)
    # One word elsewhere among many at their place is a slip, "TC 1" for "TC 17"; two are exchanged.
    return total > 0 and same >= SAME_HEADING * total and moved <= (same >= SURELY_SAME * total)
