"""Titles, units, notes and signatures around the tables of a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from operator import attrgetter

from kgstats.returns.layout.codes import is_column_numbers
from kgstats.returns.layout.model import Page, Seen, TableBlock
from kgstats.returns.layout.words import (
    CONTINUED,
    UNIT_BRACKET,
    UNIT_MARK,
    is_note,
    is_signature,
    marks_unit,
    opens_page,
    parse_unit,
)
from kgstats.text import decode

_place_of = attrgetter("place")


def roles_of_cells(
    rows: dict[int, list[Seen]],
    at: dict[tuple[int, int], Seen],
    tables: list[TableBlock],
    outside: list[str],
) -> tuple[dict[tuple[int, int], tuple[str, int | None]], list[Seen]]:
    """Give every cell its role, and tables their titles, units and footers.

    Returns
    -------
    tuple
        Role and number of the table by place, and the cells that are of no table's rows.
    """
    roles: dict[tuple[int, int], tuple[str, int | None]] = {}
    inside_rows: dict[int, list[tuple[int, int, int]]] = {}
    for number, block in enumerate(tables):
        left, right = block.first_column, block.last_column
        for row in range(block.header_first, block.header_last + 1):
            inside_rows.setdefault(row, []).append((number, left, right))
            for one in rows.get(row, ()):
                if left <= one.column <= right:
                    unit = parse_unit(one.text) if one.kind == "text" else None
                    lone = unit is not None and UNIT_MARK.match(one.text) is not None
                    roles[one.place] = ("unit" if lone else "header", number)
        for row in range(block.header_last + 1, (block.column_number_row or 0) + 1):
            inside_rows.setdefault(row, []).append((number, left, right))
            for one in rows.get(row, ()):
                if left <= one.column <= right:
                    roles[one.place] = ("column_number", number)
        for row in block.repeated_header_rows:
            inside_rows.setdefault(row, []).append((number, left, right))
            codes = is_column_numbers([one for one in rows[row] if left <= one.column <= right])
            for one in rows.get(row, ()):
                if left <= one.column <= right:
                    roles[one.place] = ("column_number" if codes else "header", number)
        totals, sections = set(block.total_rows), set(block.section_rows)
        for row in block.body_rows:
            inside_rows.setdefault(row, []).append((number, left, right))
            base = block.continuations.get(row, row)
            role = "total" if base in totals else "section" if base in sections else "body"
            cells = rows.get(row, [])
            if cells and not left <= cells[0].column <= cells[-1].column <= right:
                cells = [one for one in cells if left <= one.column <= right]
            roles.update(dict.fromkeys(map(_place_of, cells), (role, number)))
    return roles, _around(rows, tables, inside_rows, roles, outside)


def _near(tables: list[TableBlock], row: int, column: int) -> tuple[int | None, int | None]:
    """Return the tables above and below a place that its column belongs to, else any."""
    above: int | None = None
    below: int | None = None
    for number, block in enumerate(tables):
        last = block.last_data_row or block.header_last
        side = block.first_column <= column <= block.last_column
        if last < row:
            if above is None:
                above = number
            else:
                best = tables[above]
                best_last = best.last_data_row or best.header_last
                best_side = best.first_column <= column <= best.last_column
                if (last, side) > (best_last, best_side) and (side or not best_side):
                    above = number
        elif block.header_first > row:
            if below is None:
                below = number
            else:
                best = tables[below]
                best_side = best.first_column <= column <= best.last_column
                if block.header_first < best.header_first or (
                    block.header_first == best.header_first and side and not best_side
                ):
                    below = number
    return above, below


def _around(
    rows: dict[int, list[Seen]],
    tables: list[TableBlock],
    inside_rows: dict[int, list[tuple[int, int, int]]],
    roles: dict[tuple[int, int], tuple[str, int | None]],
    outside: list[str],
) -> list[Seen]:
    """Name the lines above, between, beside and below the tables; return their cells."""
    state: dict[int | None, str] = {}
    found: list[Seen] = []
    for row in sorted(rows):
        cells = rows[row]
        spans_here = inside_rows.get(row)
        if spans_here:
            _, left, right = spans_here[0]
            if left <= cells[0].column and cells[-1].column <= right:
                continue
            cells = [one for one in cells if one.place not in roles]
        if not cells:
            continue
        found.extend(cells)
        said = "signature" if is_signature(cells) else "note" if is_note(cells) else ""
        for one in cells:
            if spans_here:
                repeated = one.kind == "text" and CONTINUED.match(one.folded) is not None
                roles[one.place] = ("title" if repeated else "ignored", spans_here[0][0])
                continue
            above, below = _near(tables, row, one.column)
            within = _within(tables, one)
            unit = parse_unit(one.text) if one.kind == "text" else None
            if within is not None:
                # Between two parts of one table: a page's foot and head.
                role = "unit" if unit else said or "title"
                roles[one.place] = (role, within)
                if role in ("note", "signature"):
                    _last_row(tables[within].footer_rows, row)
            elif above is None and below is None:
                roles[one.place] = (said or "title", None)
            elif below is not None and (
                above is None
                or (not said and _is_title(one, unit, state.get(above)))
                or (not said and _just_above(rows, tables[below], tables[above], row))
            ):
                if above is not None and not unit:
                    state[above] = "title"
                roles[one.place] = ("title" if unit is None else "unit", below)
                _take_title(tables[below], one, unit)
            elif above is not None:
                if said == "signature" or (state.get(above) == "signature" and said != "note"):
                    role = "signature"
                else:
                    role = "note"
                if said == "signature" or role == "note":
                    state[above] = role
                roles[one.place] = (role, above)
                _last_row(tables[above].footer_rows, row)
    _share_heads(tables, outside)
    return found


def _within(tables: list[TableBlock], one: Seen) -> int | None:
    """Return the table between whose rows a cell stands."""
    for number, block in enumerate(tables):
        below_head = block.header_last < one.row < (block.last_data_row or 0)
        if below_head and block.first_column <= one.column <= block.last_column:
            return number
    return None


def _last_row(rows: list[int], row: int) -> None:
    """Add a row at the end of rows, once."""
    if row not in rows[-1:]:
        rows.append(row)


def _is_title(one: Seen, unit: str | None, state: str | None) -> bool:
    """Whether words below a table are of the one that follows; ``state`` is what stood before."""
    return (
        state == "title"
        or unit is not None
        or opens_page(one)
        or (state is None and in_capitals(one))
    )


def _take_title(block: TableBlock, one: Seen, unit: str | None) -> None:
    """Let a table have a line above it: words of its title, or its unit with words before it."""
    _last_row(block.title_rows, one.row)
    if unit is not None:
        block.unit = block.unit or unit
        mark = UNIT_MARK.search(one.text)
        lead = one.text[: mark.start()].strip(" (-–") if mark is not None else ""
        if len(lead) > 8:
            block.title = f"{block.title} {lead}".strip()
    elif one.kind == "text":
        block.title = f"{block.title} {one.text}".strip()
        block.unit = block.unit or _unit_in_title(one)


def _share_heads(tables: list[TableBlock], outside: list[str]) -> None:
    """Give tables that stand together, and all of a sheet, what is said once above them."""
    for number, block in enumerate(tables):
        # Beside tables that stand together, the title of one is the title of all.
        for other in tables:
            if other is not block and abs(other.header_first - block.header_first) <= 3:
                block.title = block.title or other.title
                block.unit = block.unit or other.unit
        # The head of a sheet is said once, above the first of its tables or beside the grid.
        block.sheet_title = " ".join([*outside, tables[0].title]).strip()
        if block.unit is None:
            said = (parse_unit(text) for text in outside if len(text) < 80)
            stated = next((unit for unit in said if unit is not None), None)
            block.sheet_unit = tables[0].unit if number else stated


def _just_above(
    rows: dict[int, list[Seen]], block: TableBlock, above: TableBlock, row: int
) -> bool:
    """Whether a line stands on the header below it, apart from the table above."""
    last = above.last_data_row or above.header_last
    return any(between not in rows for between in range(last + 1, row))


def in_capitals(one: Seen) -> bool:
    """Whether a text is written in capitals, as titles are."""
    letters = [letter for letter in one.text if letter.isalpha()]
    return len(letters) > 8 and sum(letter.isupper() for letter in letters) > 0.8 * len(letters)


def _unit_in_title(one: Seen) -> str | None:
    """Return the unit that a title states in a line of its own or in brackets at its end."""
    if not marks_unit(one.text):
        return None
    bracket = UNIT_BRACKET.search(one.text)
    if bracket is not None:
        return parse_unit(bracket[1])
    lines = str(one.value).splitlines()
    stated = (parse_unit(decode(line, one.font).text.strip()) for line in lines[1:])
    return next((unit for unit in stated if unit is not None), None)


def table_cells(page: Page, block: TableBlock) -> Iterator[Seen]:
    """Yield the cells of a table: header, codes and body."""
    last = block.last_data_row or block.header_last
    for row in sorted(page.rows):
        if block.header_first <= row <= last:
            for one in page.rows[row]:
                if block.first_column <= one.column <= block.last_column:
                    yield one


def encoding_of(page: Page, block: TableBlock) -> str:
    """Return the encoding that most words of a table are in."""
    counts: Counter[str] = Counter()
    for one in table_cells(page, block):
        if one.kind == "text" and one.decoded is not None and not one.text.isascii():
            counts[one.decoded.encoding] += 1
    return counts.most_common(1)[0][0] if counts else "unicode"
