"""Which of the nineteen criteria a heading stands for: by its number, its name, or those beside it.

One heading such as ``I``, ``C1`` or ``1/19`` says nothing surely; nineteen side by side that count
from one to nineteen and are written alike can be nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from kgstats.reference.tables import records
from kgstats.returns.forms import CRITERIA, NEAR_VALUE, all_forms
from kgstats.returns.layout import Column, tokens
from kgstats.text import fold

_DIGIT = re.compile(r"\d")
CRITERION_NUMBER = re.compile(
    r"^(?:(?:tieu chi|tc|chi tieu|tieu chi so|tc so|so)\s*)?0?(\d{1,2})(?:\s+(.*))?$"
)
CRITERION_LAST = re.compile(r"^(.*\S) (?:tieu chi|tc)(?: so)? ?0?(\d{1,2})$")
"""A criterion's number behind its name."""
_FOOTNOTE = re.compile(r"(?<=\w)\s*\(\d{1,2}\)\s*$")
"""The mark of a note behind a heading that has a number of its own: ``TC.06 (1)``."""
_OF_A_YEAR = re.compile(r"(?<=\w) (?:nam )?20[0-3]\d$")
"""The year of the marks, behind the criterion in one cell: ``1 Quy hoạch\\n2019``."""
_LED = re.compile(r"(?<=\D )0?(\d{1,2}) (\D+)$")
_SAID_AGAIN = re.compile(r"^(.+) (\d{1,2}) \1$")
"""A group of one criterion above it: ``Quy hoạch`` over ``1. Quy hoạch``."""
_CRITERION_ENDS = re.compile(r"(?<=\S) (?:tieu chi|tc)(?: so)?$")
"""What stands before a number that was taken for that of the column: ``Giao thông TC / 2``."""

_PART = re.compile(r"^\W*(?:(?:tiêu chí|tc)\W*)?(\d{1,2})\.[1-9]\d?(?![.\d])", re.IGNORECASE)
"""A part of a criterion: ``2.1``, ``17.3 Nước sạch``."""


@lru_cache(maxsize=1 << 12)
def divided_criterion(path: tuple[str, ...]) -> int | None:
    """Return the criterion of which a heading names a part.

    >>> divided_criterion(("2 Giao thông", "2.1 Đường trục xã")), divided_criterion(("2. Điện",))
    (2, None)
    """
    found = (match for match in map(_PART.match, path) if match)
    return next((int(one[1]) for one in found if 1 <= int(one[1]) <= CRITERIA), None)


_OF_EACH = re.compile(r"^(cac )?(tieu chi|ket qua)|\b(tung|cac|theo|bo|19)( tieu chi\b|$)")
"""What is set over all criteria: “Mức độ đạt từng tiêu chí”."""
_NUMBER_BEHIND = re.compile(r" \d{1,2}$")


@lru_cache
def _criteria() -> dict[str, int]:
    """Return the criteria by their folded names: the form's, those of each set, short ones."""
    said = (words.partition(" ") for words in all_forms()["attainment"].column("criterion").words)
    listed = (
        (row["number"], "", row[name])
        for row in records("criteria")
        for name in ("name_vi", "short_vi")
    )
    return {tokens(name): int(number) for number, _, name in (*said, *listed)}


def _has_words(number: int, words: str) -> bool:
    """Whether some words stand whole within a name of a criterion."""
    return any(f" {words} " in f" {name} " for name, at in _criteria().items() if at == number)


@lru_cache(maxsize=1 << 12)
def _criterion_named(words: str) -> int | None:
    """Return the criterion whose name some words are, misspelt at most."""
    names = _criteria()
    if words in names or len(words) < 4:
        return names.get(words)
    near = process.extractOne(words, names.keys(), scorer=fuzz.ratio, score_cutoff=NEAR_VALUE)
    return names[near[0]] if near is not None else None


def _said_over(folded: str) -> str:
    """Leave out what one cell says of all criteria before what it says of its own.

    >>> _said_over("ket qua thuc hien cac tieu chi 4 dien"), _said_over("cac tieu chi y te")
    ('4 dien', 'y te')
    >>> _said_over("ket qua thuc hien cac tieu chi 7 dien"), _said_over("so tieu chi dat")
    ('ket qua thuc hien cac tieu chi 7 dien', 'so tieu chi dat')
    """
    led = _LED.search(folded)
    if led is not None and _criterion_named(led[2]) == int(led[1]):
        return led[0]
    over, _, own = folded.rpartition(" tieu chi ")
    return own if own in _criteria() and _OF_EACH.search(f"{over} tieu chi") else folded


@lru_cache(maxsize=1 << 12)
def criterion_of(path: tuple[str, ...]) -> tuple[int | None, str]:
    """Return the number of the criterion a heading stands for, and a doubt where there is one.

    >>> criterion_of(("Tiêu chí", "TC 5")), criterion_of(("11. Hộ nghèo",))
    ((5, ''), (11, ''))
    >>> criterion_of(("Văn hóa - Xã hội", "Y tế TC 15")), criterion_of(("Y tế TC",))
    ((15, ''), (15, ''))
    """
    number: int | None = None
    named: list[str] = []
    for part in path:
        bare = _FOOTNOTE.sub("", part)
        folded = _OF_A_YEAR.sub("", tokens(bare if _DIGIT.search(bare) else part))
        folded = CRITERION_LAST.sub(r"\2 \1", folded)
        folded = _said_over(_SAID_AGAIN.sub(r"\2 \1", folded))
        match = CRITERION_NUMBER.match(folded)
        if match and 1 <= int(match[1]) <= CRITERIA:
            if match[2] and match[2].isdigit():
                return None, ""  # two numbers: those of a damaged heading
            number = int(match[1])
            if match[2]:
                named.append(match[2])
        elif folded:
            bare, behind = _NUMBER_BEHIND.sub("", folded), folded.rpartition(" ")[2]
            if bare != folded and _has_words(int(behind), bare):
                number = int(behind)  # "văn hóa (6)": the last words of a name broken over rows
                continue
            # Its own number, or that of a footnote.
            known = bare != folded and _criterion_named(bare) is not None
            named.append(bare if known else _CRITERION_ENDS.sub("", folded))
    by_name: int | None = None
    for at in range(len(named)):
        by_name = _criterion_named(" ".join(named[at:]))
        if by_name is not None:
            break
    if number is None:
        return by_name, ""
    if by_name is not None and by_name != number:
        if any(_has_words(number, words) for words in named):
            return number, ""
        return by_name, "criterion_heading"
    if by_name is None and named:
        last = named[-1]
        counts = re.search(r"\b(tong|so tieu chi|dat|muc|ghi chu|quyet dinh|ngay)\b", last)
        if counts and not _OF_EACH.search(last):
            return None, ""
    return number, ""


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
