"""Places on a sheet: addresses, runs of rows and columns, and a sheet's cells put in order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from operator import ge

from kgstats.returns.cells import Sheet
from kgstats.returns.files.containers import Refusal

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

_PLACE = re.compile(r"\s*\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\s*")

_AREA = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Za-z]{1,3})\$?([0-9]{1,7}))?")


@lru_cache(maxsize=1 << 15)
def column_number(letters: str) -> int:
    """Return the number, from 1, of a column named by letters.

    >>> column_number("A"), column_number("AB"), column_number("XFD")
    (1, 28, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def place(address: str) -> tuple[int, int]:
    """Return row and column of an address such as ``AB12``.

    Raises
    ------
    Refusal
        ``damaged`` for what is no address, or one outside the sheet.
    """
    match = _PLACE.fullmatch(address)
    if match is None:
        raise Refusal("damaged", f"a cell has the address {address[:20]!r}")
    row, column = int(match[2]), column_number(match[1])
    within(row, column)
    return row, column


def within(row: int, column: int) -> None:
    """Refuse a place that no sheet has."""
    if not (1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN):
        raise Refusal("damaged", "a cell stands outside the sheet")


def area(reference: str) -> tuple[int, int, int, int] | None:
    """Return first row and column, last row and column of ``A1:C9``; None for what is no range.

    >>> area("$A$1:C9"), area("B2"), area("#REF!")
    ((1, 1, 9, 3), (2, 2, 2, 2), None)
    """
    match = _AREA.fullmatch(reference)
    if match is None:
        return None
    left, top, right, bottom = match.groups()
    first, last = int(top), int(bottom or top)
    if first > last:
        first, last = last, first
    start, end = column_number(left), column_number(right or left)
    if start > end:
        start, end = end, start
    if first < 1 or last > LAST_ROW or end > LAST_COLUMN:
        return None
    return first, start, last, end


def spread(runs: Iterable[tuple[int, int]], most: int) -> set[int]:
    """Return the numbers from 1 to ``most`` in any of the runs (first, last).

    Each number is taken once, however many runs lie upon one another.

    >>> sorted(spread([(2, 4), (3, 900), (0, 1)], most=5))
    [1, 2, 3, 4, 5]
    """
    found: set[int] = set()
    after = 1
    for first, last in sorted(runs):
        after = max(after, first)
        found.update(range(after, min(last, most) + 1))
        after = max(after, last + 1)
    return found


def finish(
    sheet: Sheet, hidden_columns: Iterable[tuple[int, int]] = (), *, in_order: bool = False
) -> None:
    """Put a sheet's cells in reading order, unless they are known to be, and mark what is hidden.

    Files may repeat or disorder cells; the last one written to a place counts.
    """
    cells = sheet.cells
    places = [] if in_order else [(cell.row, cell.column) for cell in cells]
    if any(map(ge, places, islice(places, 1, None))):
        latest = dict(zip(places, cells, strict=True))
        cells = sheet.cells = [latest[one] for one in sorted(latest)]
    if hidden := tuple(hidden_columns):
        widest = max((cell.column for cell in cells), default=1)
        sheet.hidden_columns |= spread(hidden, widest)
    hidden_rows, columns = sheet.hidden_rows, sheet.hidden_columns
    if hidden_rows or columns:
        for cell in cells:
            if cell.row in hidden_rows or cell.column in columns:
                cell.hidden = True
