"""Words that hedge a printed number or say its direction: ``hơn 225``, ``giảm 1,5 %``.

They stand in ``data/qualifiers.csv`` with their English. ``read`` are those looked for before a
number; ``below`` and ``above`` say how far the number meant may lie from what is printed, in units
of its last place that is not nought: ``trên 225`` is said of 225,8.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from importlib import resources
from types import MappingProxyType


@lru_cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Read the words of printed reports that stand in ``data/<name>.csv``.

    >>> rows("number_words")[0]
    {'word': 'tỷ', 'power': '9'}
    """
    file = resources.files("kgstats.published") / "data" / f"{name}.csv"
    return tuple(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


@lru_cache
def read() -> tuple[str, ...]:
    """Return the words looked for before a number, the longest first."""
    return tuple(
        sorted((row["words"] for row in rows("qualifiers") if row["read"]), key=len, reverse=True)
    )


@lru_cache
def hedges() -> MappingProxyType[str, tuple[int, int]]:
    """Return how far below and above the printed number the meant one may lie, by the word.

    >>> hedges()["gần"], hedges()["khoảng"]
    ((1, 0), (1, 1))
    """
    return MappingProxyType(
        {
            row["words"]: (int(row["below"]), int(row["above"]))
            for row in rows("qualifiers")
            if row["below"]
        }
    )


def in_english(text: str) -> str:
    """Return qualifiers in English, the longest first; a word that is none stays as printed.

    >>> in_english("giảm bình quân"), in_english("tối đa"), in_english("tăng khoảng")
    ('a fall, on average', 'at most', 'a rise about')
    """
    known = {row["words"]: row["english"] for row in rows("qualifiers")}
    words = "|".join(re.escape(one) for one in sorted(known, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{words})(?!\w)", lambda found: known[found[0]], text)
