"""The files of words and columns in ``returns/forms``, as they stand."""

from __future__ import annotations

import csv
import io
from functools import lru_cache
from importlib import resources


@lru_cache
def form_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of ``returns/forms``; not to be changed."""
    file = resources.files("kgstats.returns") / "forms" / f"{name}.csv"
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))


def page_words(part: str) -> tuple[str, ...]:
    """Return the words that say what a line of a page is, by ``forms/page_words.csv``.

    >>> page_words("motto")
    ('Cộng hòa xã hội chủ nghĩa', 'Độc lập Tự do')
    """
    (words,) = (row["words"] for row in form_rows("page_words") if row["part"] == part)
    return split_words(words)


def split_words(words: str) -> tuple[str, ...]:
    """Split the words of one entry of a form file.

    >>> split_words("NSTW|Ngân sách Trung ương")
    ('NSTW', 'Ngân sách Trung ương')
    """
    return tuple(word.strip() for word in words.split("|") if word.strip())
