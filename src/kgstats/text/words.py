"""One word and the ways to read it: as it stands, and as bytes of an old font."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from kgstats.text.old_fonts import Encoding, from_tcvn3, from_vni, stored_as_is
from kgstats.text.syllables import LETTERS, grade


def valid_share(text: str) -> float | None:
    """Share of the words with other than plain letters that spell Vietnamese; None without any.

    >>> valid_share("Huyện Giồng Riềng"), valid_share("HuyÖn Giång RiÒng"), valid_share("TT 2")
    (1.0, 0.0, None)
    """
    words = [word for word in WORD.findall(text) if not word.isascii()]
    if not words:
        return None
    return sum(quality(unicodedata.normalize("NFC", word)) > 0 for word in words) / len(words)


# Letters, and the signs that stand for letters in TCVN3 (¨ © ® µ …) or in cp1258 (₫, marks).
WORD = re.compile("[A-Za-z\u00a1-\u024f\u0300-\u036f\u03bc\u1e00-\u1eff\u20ab]+")


_CP1258 = re.compile("[\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u20ab\u0300-\u0323]")


_MICRO_UNITS = frozenset(("µg", "µm", "µl", "µs", "µmol"))


SUPERSCRIPTS = "¹²³"


_LOOK_ALIKES = str.maketrans("ÐðƢƣ", "ĐđƯư")


@lru_cache(maxsize=1 << 15)
def quality(word: str) -> int:
    """Grade an NFC word: as `grade`, or 2 for an abbreviation with Đ or Ư (QĐ, NSĐP)."""
    plain = word.rstrip(SUPERSCRIPTS) or word
    found = grade(plain.lower())
    if found >= 2 or "\u00ad" in word:
        parts = plain.split("\u00ad")
        return found or (1 if all(grade(part.lower()) for part in parts) else 0)
    if len(plain) <= 8 and all(letter in "ĐƯ" or "A" <= letter <= "Z" for letter in plain):
        return 2 if len(plain) > 1 else 1
    return found


@dataclass(frozen=True, slots=True)
class Readings:
    """The ways to read one word: grade and text by encoding; ``unicode`` is always there."""

    grades: Mapping[Encoding, int]
    texts: Mapping[Encoding, str]
    weak: Mapping[Encoding, tuple[int, str]] = field(default_factory=dict)
    """Grade and text of readings that need the text to have come through a wrong code page."""
    garbled: bool = False
    """Whether the word shows that it did."""

    def with_weak(self) -> Readings:
        """Return the readings of a word in a text that came through a wrong code page."""
        grades = {**{name: mark for name, (mark, _) in self.weak.items()}, **self.grades}
        return Readings(
            grades, {**{name: one for name, (_, one) in self.weak.items()}, **self.texts}
        )

    def only(self) -> Encoding | None:
        """Name the one encoding in which the word spells Vietnamese."""
        valid = [name for name, mark in self.grades.items() if mark]
        return valid[0] if len(valid) == 1 else None


@lru_cache(maxsize=1 << 15)
def readings_of(word: str) -> Readings | None:
    """Read a word with other than plain letters in every way; None if all ways agree."""
    composed = unicodedata.normalize("NFC", word)
    texts: dict[Encoding, str] = {"unicode": composed}
    grades: dict[Encoding, int] = {"unicode": quality(composed)}
    if not grades["unicode"]:
        mended = composed.translate(_LOOK_ALIKES)
        if mended != composed and quality(mended):
            texts["unicode"], grades["unicode"] = mended, quality(mended)
        elif composed in _MICRO_UNITS:
            grades["unicode"] = 4
    elif composed[1:] not in (composed[1:].lower(), composed[1:].upper()):
        # PhÊn, CéNG: capitals and small letters alternate where a font shows other ones.
        grades["unicode"] = 0
    if not any(letter.isalpha() for letter in composed):
        # «, ©, · and their like are signs unless the cell around them says otherwise.
        grades["unicode"] = 4 if composed in SUPERSCRIPTS else 1
    bases = [word]
    weak: dict[Encoding, tuple[int, str]] = {}
    garbled = False
    if _CP1258.search(word):
        # A one-byte file read with Vietnamese Windows' code page: take the bytes back.
        with contextlib.suppress(UnicodeEncodeError):
            bases.append(word.encode("cp1258").decode("latin-1"))
    for base in bases:
        for name, convert in (("tcvn3", from_tcvn3), ("vni", from_vni)):
            meant = unicodedata.normalize("NFC", convert(base))
            if not spells(meant) or (meant == base and not stored_as_is(base, name)):
                continue
            mark = quality(even_case(meant))
            if base is not word and 0 < mark <= grades["unicode"]:
                # Năm, căn: read as bytes of an old font (Nóm, cón) only beside words that need it.
                weak[name] = (mark, meant)  # type: ignore[index]
                continue
            garbled = garbled or (base is not word and mark > 0 and not grades["unicode"])
            if mark > grades.get(name, -1):  # type: ignore[call-overload]
                grades[name] = mark  # type: ignore[index]
                texts[name] = meant  # type: ignore[index]
    if grades["unicode"] and set(texts.values()) == {composed} and not weak:
        return None
    return Readings(grades, texts, weak, garbled)


def spells(word: str) -> bool:
    """Whether a word has letters of Vietnamese only."""
    return all(letter in LETTERS for letter in word.lower())


def even_case(word: str) -> str:
    """Make ``CộNG`` even: toned capitals that TCVN3 could not store were typed small."""
    plain = [letter for letter in word if letter.isascii()]
    return word.upper() if plain and all(letter.isupper() for letter in plain) else word
