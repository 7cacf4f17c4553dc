"""Text with separators (csv, tsv), in whatever encoding it was saved."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from kgstats.returns.cells import Cell, CellValue, Sheet
from kgstats.returns.files.containers import Budget, Refusal
from kgstats.returns.files.grid import LAST_COLUMN, LAST_ROW

DELIMITERS = "\t;,|"
_SEPARATOR = re.compile(r"sep=([\t;,|])\r?\n", re.IGNORECASE)


def sniff_delimiter(text: str) -> str | None:
    r"""Find the separator that cuts most lines into the same number of fields; None if none.

    >>> sniff_delimiter("Xã;Tỷ lệ\nBình An;2,5\nMinh Hòa;3,1\n")
    ';'
    """
    if match := _SEPARATOR.match(text):
        return match[1]
    sample = text[:200_000]
    best: tuple[float, str] | None = None
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        try:
            rows = list(islice(_reader(sample, delimiter, csv.QUOTE_MINIMAL), 300))
        except csv.Error:
            continue
        widths = [len(row) for row in rows if any(field.strip() for field in row)]
        if not widths:
            continue
        counts = Counter(width for width in widths if width > 1)
        if not counts:
            continue
        width, _ = max(counts.items(), key=lambda pair: (pair[1] * pair[0] ** 0.25, pair[0]))
        # A line may lack its last fields or have some too many, all of them blank.
        share = sum(min(one, width) / width for one in widths if one > 1) / len(widths)
        score = share + 0.02 * min(width, 10) - 0.001 * DELIMITERS.index(delimiter)
        if best is None or score > best[0]:
            best = (score, delimiter)
    return best[1] if best else None


def _reader(text: str, delimiter: str, quoting: int) -> Iterator[list[str]]:
    return csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=quoting,  # type: ignore[arg-type]
    )


def read_delimited(text: str, budget: Budget) -> tuple[str, Sheet]:
    """Lay delimited text on a grid; return the format (``csv`` or ``tsv``) and the sheet.

    Raises
    ------
    Refusal
        ``too_large`` or ``damaged``.
    """
    delimiter = sniff_delimiter(text) or "\t"
    if match := _SEPARATOR.match(text):
        text = text[match.end() :]
    if any(line.count(delimiter) > LAST_COLUMN for line in io.StringIO(text)):
        raise Refusal("too_large", f"a line holds more than {LAST_COLUMN} fields")
    try:
        sheet = _sheet(text, delimiter, csv.QUOTE_MINIMAL, budget)
    except csv.Error:
        # A stray quotation mark opened a field that never closes.
        try:
            sheet = _sheet(text, delimiter, csv.QUOTE_NONE, budget)
        except csv.Error as error:
            raise Refusal("damaged", str(error)) from None
    return ("tsv" if delimiter == "\t" else "csv"), sheet


def _sheet(text: str, delimiter: str, quoting: int, budget: Budget) -> Sheet:
    """Make cells of fields.

    Raises
    ------
    csv.Error
        Also for a field of more lines than any cell has.
    """
    sheet = Sheet("")
    spent = budget.cells, budget.letters
    widths: dict[int, int] = {}
    try:
        for number, row in enumerate(_reader(text, delimiter, quoting), 1):
            if number > LAST_ROW:
                raise Refusal("too_large", f"more than {LAST_ROW} lines")
            if number % 1000 == 0:
                budget.look_at_the_clock()
            if any(row):
                widths[number] = len(row)
            for column, field in enumerate(row, 1):
                if field and not field.isspace():
                    if field.count("\n") > 60:
                        raise csv.Error("a field does not end")
                    value: CellValue = _TRUTHS.get(field, field)
                    budget.spend(cells=1, letters=len(field))
                    sheet.cells.append(Cell(number, column, value))
    except csv.Error:
        budget.cells, budget.letters = spent
        raise
    if not text.endswith(("\n", "\r")):
        sheet.cut_row = _cut_row(widths)
        if sheet.cut_row is None and len(widths) > 1 and text[-1].isdecimal():
            sheet.open_end = sheet.cells[-1].row, sheet.cells[-1].column
    return sheet


ROWS_ALIKE = 3
"""So many rows of one width just above the last one say how wide it should be."""


def _cut_row(widths: dict[int, int]) -> int | None:
    """Return the last row where it is shorter than those above it, or than all that are no lines.

    >>> _cut_row({1: 4, 2: 4, 3: 2}), _cut_row({1: 4, 2: 3, 3: 2}), _cut_row({1: 1, 2: 4, 3: 1})
    (3, None, None)
    >>> _cut_row({1: 1, 2: 7, 3: 9, 4: 9, 5: 9, 6: 2}), _cut_row({1: 1, 2: 7, 3: 9, 4: 9, 6: 2})
    (6, None)
    """
    *others, (last, width) = widths.items() if widths else [(0, 0)]
    whole = {count for _, count in others}
    ragged = 1 in whole
    whole.discard(1)
    above = others[-ROWS_ALIKE:]
    if len(above) == ROWS_ALIKE and above[0][0] == last - ROWS_ALIKE:
        widest = {count for _, count in above}
        whole = widest if len(widest) == 1 else whole
    return last if len(whole) == 1 and ragged < width < min(whole) else None


_TRUTHS = {"TRUE": True, "FALSE": False}
"""How spreadsheets write logical values into text files, in every language."""
