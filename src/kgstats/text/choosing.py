"""Which reading of each word of a cell is meant, by the words around it and what is known."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass, replace
from typing import TypeAlias

from kgstats.text.lexicon import folded_word, is_name, paired
from kgstats.text.old_fonts import Encoding
from kgstats.text.words import Readings


@dataclass(frozen=True, slots=True)
class Option:
    """One way to read one word of a cell; ``folded`` is how the lexicon writes it."""

    name: Encoding
    text: str
    grade: int
    folded: str


def _option(found: Readings, name: Encoding) -> Option:
    text = found.texts[name]
    return Option(name, text, found.grades[name], folded_word(text))


def options(
    word: str,
    found: Readings | None,
    certain: set[Encoding],
    lead: Encoding | None,
    small: bool,
) -> list[Option]:
    """List the readings of a word that its cell admits, the one by default first."""
    if found is None:
        return [Option("unicode", word, 0, folded_word(word))]
    only = found.only()
    if only is not None:
        return [_option(found, only)]
    name: Encoding = lead if lead is not None and lead in found.texts else "unicode"
    valid = [key for key, mark in found.grades.items() if mark]
    if name == "unicode" and valid and "unicode" not in valid:
        # Both legacy encodings explain it and plain reading does not.
        name = max(valid, key=lambda key: found.grades[key])
    others = [key for key in valid if key != name and (key == "unicode" or key in certain)]
    listed = [_option(found, key) for key in (name, *others)]
    if small and len(word) > 1 and word.isupper():
        # PhÊn MÔ: a word in capitals among others is rather a small letter of an old font.
        listed = [
            replace(one, grade=one.grade - 1) if one.name == "unicode" else one for one in listed
        ]
    return listed


_Chain: TypeAlias = "tuple[Option, _Chain | None]"


def likeliest(
    options: list[list[Option]], touching: list[bool], lead: Encoding | None, trust: int
) -> list[Option]:
    """Choose the reading of a cell with the most known words and known pairs of words.

    ``trust`` is what following the cell's certain words counts; one known word or pair counts 2.
    """
    # The best way to each reading of the last word, as a score and a chain back to the first.
    ways: list[tuple[int, _Chain | None]] = [(0, None)]
    for found, touches in zip(options, touching, strict=True):
        reached: list[tuple[int, _Chain | None]] = []
        for one in found:
            own = 2 * one.grade + (trust if one.name == (lead or "unicode") else 0)
            score, chain = max(
                ((_joined(way, one) if touches else way[0], way[1]) for way in ways),
                key=lambda way: way[0],
            )
            reached.append((score + own, (one, chain)))
        ways = reached
    chain = max(ways, key=lambda way: way[0])[1]
    chosen: list[Option] = []
    while chain is not None:
        chosen.append(chain[0])
        chain = chain[1]
    return chosen[::-1]


def _joined(way: tuple[int, _Chain | None], one: Option) -> int:
    """Return the score of a way that goes on with a word touching its last."""
    score, chain = way
    return score if chain is None else score + 2 * paired(chain[0].folded, one.folded)


def stands_out(
    index: int, options: list[list[Option]], chosen: list[Option], touching: list[bool]
) -> bool:
    """Whether a word's neighbours leave its other readings behind."""

    def weight(one: Option) -> int:
        before = index > 0 and touching[index] and paired(chosen[index - 1].folded, one.folded)
        after = index + 1 < len(chosen) and touching[index + 1]
        return one.grade + before + (after and paired(one.folded, chosen[index + 1].folded))

    best = weight(chosen[index])
    return len(options[index]) > 1 and all(
        weight(one) < best for one in options[index] if one.text != chosen[index].text
    )


def as_name(
    places: list[re.Match[str]],
    readings: list[Readings | None],
    chosen: list[Option],
    mixed: bool,
) -> tuple[list[Option], bool]:
    """Read the words so that they are a unit of the gazetteer, if just one reading is one.

    ``Xã Vĩnh Phó`` is no commune and has no word that proves an encoding, but read as TCVN3 its
    last word makes it ``Xã Vĩnh Phú``. Returns whether the words are a unit's name now.
    """
    full, bare = is_name([one.folded for one in chosen])
    if full or (bare and not mixed):
        return chosen, True
    choices = [
        [one]
        if found is None or found.only() is not None
        else [_option(found, name) for name, mark in found.grades.items() if mark] or [one]
        for found, one in zip(readings, chosen, strict=True)
    ]
    if math.prod(map(len, choices)) > _MOST_NAMES:
        return chosen, bare
    names = {
        tuple(one.text for one in picked): list(picked)
        for picked in itertools.product(*choices)
        if is_name([one.folded for one in picked])[0]
    }
    return (next(iter(names.values())), True) if len(names) == 1 else (chosen, bare)


LONGEST_NAME = 8


_MOST_NAMES = 64
