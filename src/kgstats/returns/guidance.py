"""What a template or an annotated copy adds to the forms for the officer's own eyes.

A sheet of guidance is told by its name and its first cell together, the column of checks by its
heading. Nothing on them is a value of a form; coming back with the return they are no doubt.
"""

from __future__ import annotations

from functools import lru_cache

from kgstats.returns.cells import Sheet
from kgstats.returns.forms import form_rows
from kgstats.returns.layout import Column, tokens


@lru_cache
def guidance(part: str) -> tuple[str, str]:
    """Return the name of a sheet of guidance and the words of its first cell.

    >>> guidance("check")
    ('Kiểm tra', 'KIỂM TRA TRƯỚC KHI GỬI')
    """
    row = next(row for row in form_rows("guidance") if row["part"] == part)
    return row["sheet"], row["words"]


@lru_cache
def _sheets() -> frozenset[tuple[str, str]]:
    return frozenset(
        (tokens(row["sheet"]), tokens(row["words"]))
        for row in form_rows("guidance")
        if row["sheet"]
    )


def is_guidance(sheet: Sheet) -> bool:
    """Whether a sheet only guides the officer: its name and its first cell say so."""
    name = tokens(sheet.name).rstrip(" 0123456789")
    if not sheet.cells or all(name != known for known, _ in _sheets()):
        return False
    first = sheet.cells[0]
    words = tokens(first.value) if isinstance(first.value, str) else ""
    return (first.row, first.column) == (1, 1) and (name, words) in _sheets()


def is_check(column: Column) -> bool:
    """Whether a column of a form holds the template's own checks."""
    return column.folded == _check_words()


@lru_cache
def _check_words() -> str:
    return tokens(guidance("column")[1])
