"""Matching keys: text reduced to what is the same however it is written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from kgstats.text.syllables import TONE_MARKS, TONED

_FOLDED = {
    ord(form): base
    for letter, (vowel, _) in TONED.items()
    for form, base in (
        (letter, unicodedata.normalize("NFD", vowel)[0]),
        (letter.upper(), unicodedata.normalize("NFD", vowel)[0]),
    )
} | {ord("đ"): "d", ord("Đ"): "d", ord("ð"): "d", ord("Ð"): "d"}


@lru_cache(maxsize=1 << 14)
def fold(text: str) -> str:
    """Reduce text to what is typed without accents: lower case, ``đ`` as ``d``, single spaces.

    >>> fold("  Thị trấn  Hòn Đất")
    'thi tran hon dat'
    """
    if text.isascii():
        return " ".join(text.lower().split())
    text = unicodedata.normalize("NFC", text).translate(_FOLDED)
    if not text.isascii():
        parts = unicodedata.normalize("NFD", text)
        text = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return " ".join(text.casefold().split())


_PLACEMENT = {
    first + second: toned_first + bare_second
    for first_letter, second_letter in (("o", "a"), ("o", "e"), ("u", "y"))
    for mark in TONE_MARKS[1:]
    for first, second, toned_first, bare_second in (
        (a, unicodedata.normalize("NFC", b + mark), unicodedata.normalize("NFC", a + mark), b)
        for a in (first_letter, first_letter.upper())
        for b in (second_letter, second_letter.upper())
    )
}


_NEW_PLACEMENT = re.compile(rf"(?<![qQ])(?:{'|'.join(sorted(_PLACEMENT))})(?!\w)")


@lru_cache(maxsize=1 << 14)
def tone_normal(text: str) -> str:
    """Write the tone of syllable-final oa, oe and uy on the first letter, as the gazetteer does.

    >>> tone_normal("Hoà Thuỷ, hoàn, quý, KHOẺ")
    'Hòa Thủy, hoàn, quý, KHỎE'
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    return _NEW_PLACEMENT.sub(lambda match: _PLACEMENT[match[0]], text)


_KEY_PARTS = re.compile(r"[a-z0-9]+|%")


_FINAL_Y = re.compile(r"([bcdhklmst])y\b")


@lru_cache(maxsize=1 << 14)
def words_key(text: str) -> str:
    r"""Reduce a header or label to its bare words, so that ways of writing them coincide.

    Accents, case, punctuation and line breaks go; ``kỳ, tỷ, mỹ`` are ``ki, ti, mi``; the
    percent sign stays, as a word.

    >>> words_key("Tỉ lệ(%)") == words_key("TỶ LỆ\n( % )") == "ti le %"
    True
    """
    return " ".join(_KEY_PARTS.findall(_FINAL_Y.sub(r"\1i", fold(text))))
