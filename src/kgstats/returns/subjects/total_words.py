"""Words that say what a row is that names no single subject.

It is a total, a count, an average, a rate, or something aside: another year, a plan, a part of the
whole. The words stand in ``returns/forms/total_words.csv``; what ``stands`` there says is asked of
pages of any kind (`kgstats.returns.layout`), while a row of a form that begins with them, in any
spelling, case or brackets, is no commune and no line of money.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, cast

from kgstats.returns.forms import form_rows, split_words
from kgstats.returns.layout import tokens
from kgstats.text import tone_normal

RowSense = Literal["total", "count", "average", "rate", "group", "aside"]
NONE = "none"
"""The sense of words that begin like those of a total and are none: ``Cộng đồng``."""

_OF_ANOTHER_YEAR = re.compile(
    r"^((thuc hien|ket qua|so lieu|ke hoach|muc tieu|chi tieu|du kien|uoc( thuc hien)?"
    r"|th|kh)\b ?)*(nam |giai doan )?20[0-3]\d( 20[0-3]\d)?$"
)
"""A row about a year, below those of the form: “Năm 2018”, “Kế hoạch 2020”."""
_BRACKET = re.compile(r"\(([^()]*)\)")
_NUMBERED = re.compile(r"^\W*(?:[IVX]{1,4}|[A-Z]|\d{1,2})[.)\-:]\s*(?=\S)")


@lru_cache
def _phrases() -> list[tuple[str, str, str]]:
    """Return the words, folded and as spelled, with their sense, the longest first."""
    found = [
        (tokens(words), _spelled(words), row["sense"])
        for row in form_rows("total_words")
        for words in split_words(row["words"])
    ]
    return sorted(found, key=lambda entry: -len(entry[0]))


def _spelled(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", tone_normal(text).lower()))


@lru_cache(maxsize=1 << 12)
def sense_of_row(text: str) -> RowSense | None:
    """Return what a label says its row is, by the words it begins with or has in brackets.

    The name of a subject comes first: ``Cộng Hòa`` may be a commune, and who knows the communes
    asks only about other labels.

    >>> sense_of_row("Tổng số xã đạt"), sense_of_row("CỘNG TOÀN HUYỆN"), sense_of_row("An Biên")
    ('count', 'total', None)
    >>> sense_of_row("Huyện Giồng Riềng (Tổng số)"), sense_of_row("* Bình quân/xã")
    ('total', 'average')
    """
    bare = _BRACKET.sub(" ", _NUMBERED.sub("", text))
    if _OF_ANOTHER_YEAR.match(tokens(bare)):
        return "aside"
    for part, inner in ((bare, False), *((found, True) for found in _BRACKET.findall(text))):
        folded, spelled = tokens(part), _spelled(part)
        for words, written, sense in _phrases():
            # "Cống Vị" is folded like "Cộng VI": letters with accents must be the same.
            if (
                not (inner and sense == "group")
                and (folded == words or folded.startswith(f"{words} "))
                and (spelled.isascii() or f"{spelled} ".startswith(f"{written} "))
            ):
                return None if sense == NONE else cast(RowSense, sense)
    return None
