"""What can be a written Vietnamese syllable, and which syllables administration uses.

The score by which legacy encodings are recognised rests on this: text read in the wrong
encoding seldom spells syllables, text read in the right one nearly always does.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib import resources

from kgstats.reference.tables import records

TONE_MARKS = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
"""Level, huyền, hỏi, ngã, sắc, nặng, as combining marks."""

VOWELS = "aăâeêioôơuưy"
_CONSONANTS = frozenset("bcdđghklmnpqrstvx")

TONED: dict[str, tuple[str, int]] = {
    unicodedata.normalize("NFC", vowel + mark): (vowel, tone)
    for vowel in VOWELS
    for tone, mark in enumerate(TONE_MARKS)
}
"""Each lower-case vowel letter with its base letter and tone (0 to 5)."""

LETTERS = frozenset(TONED) | _CONSONANTS | {"w", "z", "f", "j"}
"""Lower-case letters that Vietnamese text may hold."""

_ONSET_LIST = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_ONSETS = frozenset(_ONSET_LIST.split()) | {""}

# Rimes without tone; the digit is the letter that carries the tone (two digits: both ways of
# writing are in use).
_RIME_LIST = """
a0 ac0 ach0 ai0 am0 an0 ang0 anh0 ao0 ap0 at0 au0 ay0
ăc0 ăm0 ăn0 ăng0 ăp0 ăt0 âc0 âm0 ân0 âng0 âp0 ât0 âu0 ây0
e0 ec0 em0 en0 eng0 eo0 ep0 et0 ê0 êch0 êm0 ên0 êng0 ênh0 êp0 êt0 êu0
i0 ia0 ich0 iêc1 iêm1 iên1 iêng1 iêp1 iêt1 iêu1 im0 in0 inh0 ip0 it0 iu0
o0 oa01 oac1 oach1 oai1 oam1 oan1 oang1 oanh1 oao1 oap1 oat1 oay1
oăc1 oăm1 oăn1 oăng1 oăt1 oc0 oe01 oen1 oeo1 oet1 oi0 om0 on0 ong0 oong1 ooc1 op0 ot0
ô0 ôc0 ôi0 ôm0 ôn0 ông0 ôp0 ôt0 ơ0 ơi0 ơm0 ơn0 ơp0 ơt0
u0 ua0 uc0 ui0 um0 un0 ung0 up0 ut0 uôc1 uôi1 uôm1 uôn1 uông1 uôt1
uân1 uâng1 uât1 uây1 uê1 uêch1 uênh1 uơ1 uy01 uya1 uych1 uyên2 uyêt2 uynh1 uyp1 uyt1 uyu1 uyn1
ư0 ưa0 ưc0 ưi0 ưm0 ưn0 ưng0 ưt0 ưu0 ươc1 ươi1 ươm1 ươn1 ương1 ươp1 ươt1 ươu1
y0 yêm1 yên1 yêng1 yêt1 yêu1 ych0 ynh0 yt0 yn0 yp0
"""
_RIMES = {
    rime.rstrip("0123456789"): {int(digit) for digit in rime if digit.isdigit()}
    for rime in _RIME_LIST.split()
}
_STOPS = ("c", "ch", "p", "t")
_FRONT = frozenset("eêiy")


def grade(word: str) -> int:
    """Tell how well a lower-case NFC word spells one Vietnamese syllable.

    Returns
    -------
    int
        3 a syllable that administration or the gazetteer uses, 2 a well-formed syllable, 1 one
        that only lacks its tone or carries it a letter too early, 0 none.

    Examples
    --------
    >>> grade("huyện"), grade("khoằm"), grade("hoàn"), grade("hòan"), grade("mot"), grade("huyön")
    (3, 2, 3, 1, 1, 0)
    """
    return _grade(word)


@lru_cache(maxsize=1 << 15)
def _grade(word: str) -> int:
    if not word or len(word) > 7:
        return 0
    tone = 0
    place = -1
    bare = []
    for index, letter in enumerate(word):
        entry = TONED.get(letter)
        if entry is None:
            if letter not in _CONSONANTS:
                return 0
            bare.append(letter)
            continue
        if entry[1]:
            if tone:
                return 0
            tone, place = entry[1], index
        bare.append(entry[0])
    toneless = "".join(bare)
    best = 0
    for cut in range(min(3, len(toneless)) + 1):
        onset, rime = toneless[:cut], toneless[cut:]
        if onset not in _ONSETS:
            continue
        positions = _RIMES.get(rime)
        if positions is None:
            # Highland names (Đắk, Pốk) end in k; they are near to syllables, not foreign text.
            if rime.endswith("k") and rime[:-1] + "c" in _RIMES:
                best = max(best, 1)
            continue
        if tone and place - cut > max(positions):
            # Nobody types xaõ; it is VNI's way of storing xã.
            continue
        best = max(best, 2 if _well_formed(onset, rime, tone, place - cut, positions) else 1)
    if best == 2 and word in _known():
        return 3
    return best


def _well_formed(onset: str, rime: str, tone: int, place: int, positions: set[int]) -> bool:
    if tone:
        if place not in positions:
            return False
    elif rime.endswith(_STOPS):
        return False
    if rime.endswith(_STOPS) and tone not in (4, 5):
        return False
    first = rime[0]
    if onset in ("c", "ng"):
        return first not in _FRONT
    if onset == "g":
        return first not in "eêy"
    if onset == "k":
        return first in _FRONT
    if onset in ("gh", "ngh"):
        return first in "eêi"
    if onset == "qu":
        return first not in "uưo" and not rime.startswith("iê")
    if rime.startswith("yê"):
        return onset == ""
    if rime.startswith("iê"):
        return onset != ""
    if first == "y":
        return len(rime) == 1
    return True


@cache
def listed_words() -> frozenset[str]:
    """Return the usual words of administrative forms."""
    listed = resources.files("kgstats.returns") / "forms" / "vocabulary.txt"
    return frozenset(listed.read_text(encoding="utf-8").split())


@cache
def _known() -> frozenset[str]:
    """Return the words of administrative forms and of the gazetteer."""
    words = set(listed_words())
    for row in records("communes_2019"):
        names = f"{row['name']} {row['district_name']} {row['successor_2025_name']}"
        words.update(unicodedata.normalize("NFC", names).casefold().split())
    return frozenset(words)
