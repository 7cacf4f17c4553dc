"""Headings that count the criteria otherwise than ``TC 1``: ``I`` … ``XIX``, ``C1``, ``1/19``.

One such heading says nothing surely; nineteen side by side that count from one to nineteen and are
written alike can be nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from kgstats.returns.forms import CRITERIA
from kgstats.returns.layout import Column
from kgstats.text import fold

_ONES = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
ROMAN = {f"{'X' * (at // 10)}{_ONES[at % 10]}": at for at in range(1, CRITERIA + 1)}
_COUNTED = re.compile(
    r"^(?P<before>.{0,15}?)(?<!\d)(?<![IVX])(?P<number>\d{1,2}|[IVX]{1,5})(?!\w)(?P<after>.*)$"
)


def counted_criteria(columns: Sequence[Column]) -> dict[int, Column]:
    """Return the columns whose headings count the criteria, headed ``1 Quy hoạch`` or ``TC 1``.

    >>> named = [Column(at, words, (words,), "") for at, words in enumerate(ROMAN)]
    >>> counted_criteria(named)[18].header, counted_criteria(named[:18])
    ('TC 19', {})
    """
    said = tuple([one.path[-1].strip() if one.path else "" for one in columns])
    first, names = _counted(said)
    found: dict[int, Column] = {}
    for column, words in zip(columns[first:], names, strict=False):
        path = (*column.path[:-1], words)
        header = ": ".join(path)
        found[column.index] = Column(
            column.index, header, path, column.folded, column.number_style, column.inherited
        )
    return found


@lru_cache(maxsize=1 << 10)
def _counted(said: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    """Return where headings begin to count the criteria, and what each of these is called."""
    leaves = [_COUNTED.match(words) for words in said]
    for first in range(len(said) - CRITERIA + 1):
        run = [leaf for leaf in leaves[first : first + CRITERIA] if leaf is not None]
        numbers = [ROMAN.get(leaf["number"]) or _number(leaf["number"]) for leaf in run]
        written = {fold(leaf["before"]) for leaf in run}
        if numbers != list(range(1, CRITERIA + 1)) or len(written) > 1:
            continue
        behind = [leaf["after"].strip(" .:)]-–/") for leaf in run]
        alike = len(set(behind)) == 1
        names = zip(numbers, behind, strict=True)
        return first, tuple(
            f"TC {number}" if alike or not words else f"{number} {words}" for number, words in names
        )
    return 0, ()


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
