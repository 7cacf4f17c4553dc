"""Words known to follow one another: names of units, headings and words of the forms."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

from kgstats.reference import unit_types
from kgstats.reference.tables import records
from kgstats.text.folding import tone_normal
from kgstats.text.old_fonts import reference_rows


def is_name(folded: Sequence[str]) -> tuple[bool, bool]:
    """Whether words name a unit, with its kind if they say one; and whether they do without it."""
    names = _names()
    for length in (2, 1):
        kind, rest = " ".join(folded[:length]), " ".join(folded[length:])
        if kind in unit_types.named():
            return f"{kind} {rest}" in names, rest in names
        if length == 1 and kind in unit_types.words():
            return rest in names, rest in names
    known = len(folded) > 1 and " ".join(folded) in names
    return known, known


def paired(first: str, second: str) -> bool:
    """Whether two words, folded, are known to follow one another."""
    return (first, second) in _pairs()


@lru_cache(maxsize=1 << 14)
def folded_word(word: str) -> str:
    """Write a word as the lexicon does: small, its tone where the gazetteer puts it."""
    return tone_normal(word.casefold())


@cache
def _names() -> frozenset[str]:
    """Names of the province's units, bare and after their kind."""
    return frozenset(
        folded_word(" ".join(written.split()))
        for name, kind in _units()
        for written in (name, f"{kind} {name}")
    )


@cache
def _units() -> tuple[tuple[str, str], ...]:
    rows = records("communes_2019")
    return tuple(
        dict.fromkeys(
            (row[f"{level}name"], row[f"{level}type"])
            for level in ("", "district_", "successor_2025_")
            for row in rows
        )
    )


@cache
def _pairs() -> frozenset[tuple[str, str]]:
    """Words that follow one another in names of units, headings and words of the forms."""
    phrases = [f"{kind} {name}" for name, kind in _units()]
    for name, columns in _PHRASES.items():
        phrases += [row[column] for row in reference_rows(name) for column in columns]
    # Words only: nothing of how a form is read.
    for file in (resources.files("kgstats.returns") / "forms").iterdir():
        if file.name.endswith(".csv"):
            phrases.append(file.read_text(encoding="utf-8-sig"))
    return frozenset(
        pair
        for phrase in phrases
        for part in _PHRASE_ENDS.split(folded_word(phrase))
        for pair in itertools.pairwise(part.split())
        if not (pair[0].isascii() and pair[1].isascii())
    )


_PHRASES = {
    "unit_types": ("type", "words"),
    "criteria": ("name_vi", "short_vi"),
    "criteria_groups": ("name_vi",),
    "criteria_thresholds": ("name_vi",),
    "programmes": ("name_vi",),
    "funding_components": ("name_vi",),
}


_PHRASE_ENDS = re.compile(r"[^\w ]|\d")
