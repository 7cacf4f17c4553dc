"""Text as it was meant: legacy encodings undone, letters composed, spaces single.

Before Unicode, Vietnamese was typed with fonts that show other letters than the file stores:
TCVN3 (``.VnTime``) one code per letter, VNI (``VNI-Times``) base letter and mark. Inside a
spreadsheet such text is stored as Latin letters, so ``Huyện Giồng Riềng`` arrives as
``HuyÖn Giång RiÒng`` or ``Huyeän Gioàng Rieàng``. The font is a witness and no proof; whether the
letters spell Vietnamese syllables decides, word by word, because one cell may mix the two:
words that spell Vietnamese in several encodings are read so that the cell has the most words and
pairs of words known from the gazetteer and the forms.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kgstats.text.choosing import (
    LONGEST_NAME,
    as_name,
    likeliest,
    options,
    stands_out,
)
from kgstats.text.mojibake import undo_mojibake
from kgstats.text.old_fonts import LEGACY, Encoding, encoding_of_font
from kgstats.text.words import WORD, Readings, readings_of

_UNCHANGED = frozenset(("spaces", "ambiguous_encoding"))
"""Notes of text whose letters are as they were received."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A cell's text as it was meant.

    ``encoding`` is what its words were stored in (``unicode`` for plain text too, ``mixed`` where
    one cell holds several). ``notes`` names each repair: ``tcvn3``, ``vni``, ``mojibake``,
    ``lossy`` (letters gone for good), ``nfc``, ``look_alike``, ``capitals``, ``invisible``,
    ``spaces``, and ``ambiguous_encoding`` where the words spell Vietnamese in two encodings and
    nothing decides.
    """

    text: str
    encoding: Encoding = "unicode"
    notes: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether letters differ from what was received; spaces alone do not count."""
        return bool(self.notes) and not _UNCHANGED.issuperset(self.notes)


def decode(text: str, font: str | None = None, hint: Encoding | None = None) -> Decoded:
    """Give the text that a cell was meant to show.

    Each word is judged by whether it spells a Vietnamese syllable as it stands, read as TCVN3,
    or read as VNI. Words that only one reading explains are read so; words that several explain
    follow the others of the cell, unless they are better known as they stand (one word of a name
    pasted from an old file), then ``hint`` (what is known of the sheet, see `encoding_hints`),
    then ``font``, and else stay as they are. A cell that holds nothing but a unit's name is read
    as the gazetteer writes it, where just one reading of its words is a unit. Text that is
    Unicode already changes only in composition (NFC), invisible characters and spaces.

    Parameters
    ----------
    text
        The cell's text as the file stores it, nothing stripped (TCVN3 stores ``ư`` as U+00AD).
    font
        Name of the cell's font, if known.
    hint
        Encoding of the rest of the sheet, if known.

    Examples
    --------
    >>> decode("HuyÖn Giång RiÒng")
    Decoded(text='Huyện Giồng Riềng', encoding='tcvn3', notes=('tcvn3',))
    >>> decode("Bµ Rịa- Vũng Tµu")
    Decoded(text='Bà Rịa- Vũng Tàu', encoding='mixed', notes=('tcvn3',))
    >>> decode("Xã VÜnh Phú").text, decode("X· VÜnh Phó").text, decode("Xã Vĩnh Phó").text
    ('Xã Vĩnh Phú', 'Xã Vĩnh Phú', 'Xã Vĩnh Phú')
    >>> decode("Huyeän Hoøn Ñaát").text, decode("HuyÃªn").text
    ('Huyện Hòn Đất', 'Huyên')
    >>> decode("An Phó").text, decode("An Phó", hint="tcvn3").text
    ('An Phó', 'An Phú')
    """
    legacy, capitals = encoding_of_font(font) if font else (None, False)
    if text.isascii() and not capitals:
        return _PLAIN if not text else _decode_ascii(text)
    return _decode(text, legacy, capitals, hint)


def encoding_hints(cells: Iterable[tuple[str, str | None]]) -> dict[str | None, Encoding]:
    """Find the encoding of each font's text on one sheet, from the words that leave no doubt.

    Parameters
    ----------
    cells
        Text and font name of each cell (None where fonts are unknown).

    Returns
    -------
    dict
        Encoding by font name, only for fonts with a word that leaves no doubt. Give
        ``hints.get(font)`` to `decode` as ``hint``.

    Examples
    --------
    >>> encoding_hints([("An Phó", None), ("T©n Ch©u", None), ("TT", None)])
    {None: 'tcvn3'}
    """
    counts: dict[str | None, Counter[Encoding]] = {}
    for text, font in cells:
        if not text.isascii():
            for encoding in _certain(text):
                counts.setdefault(font, Counter())[encoding] += 1
    return {font: max(count, key=lambda name: count[name]) for font, count in counts.items()}


_INVISIBLE = re.compile("[\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


@lru_cache(maxsize=1 << 14)
def _certain(text: str) -> tuple[Encoding, ...]:
    found = []
    for word in WORD.findall(undo_mojibake(text)[0]):
        if not word.isascii():
            readings = readings_of(word)
            only = readings.only() if readings else None
            if only and readings and readings.grades[only] >= 2:
                found.append(only)
            elif readings is None and any(letter > "\u00ff" for letter in word):
                found.append("unicode")
    return tuple(found)


_PLAIN = Decoded("")


@lru_cache(maxsize=1 << 15)
def _decode_ascii(text: str) -> Decoded:
    single = " ".join(text.split())
    return Decoded(single) if single == text else Decoded(single, "unicode", ("spaces",))


@lru_cache(maxsize=1 << 15)
def _decode(
    text: str,
    legacy: Encoding | Literal["symbol"] | None,
    capitals: bool,
    hint: Encoding | None,
) -> Decoded:
    if legacy == "symbol":
        single = " ".join(text.split())
        return Decoded(single, "unicode", () if single == text else ("spaces",))
    notes: list[str] = []
    meant, lossy = undo_mojibake(text)
    if meant != text:
        notes.append("mojibake")
    if lossy:
        notes.append("lossy")
    meant, encodings, ambiguous = _decode_words(meant, legacy, hint)
    notes += [name for name in ("tcvn3", "vni") if name in encodings]
    shown_large = capitals and "unicode" not in encodings and meant != meant.upper()
    if shown_large or ("tcvn3" in encodings and _typed_in_capitals(meant)):
        meant = meant.upper()
        notes.append("capitals")
    composed = unicodedata.normalize("NFC", meant)
    if encodings <= {"unicode", "look_alike"} and not unicodedata.is_normalized("NFC", text):
        notes.append("nfc")
    if "look_alike" in encodings:
        notes.append("look_alike")
    visible = _INVISIBLE.sub("", composed)
    # What is left of soft hyphens is not ư: legacy words have been read by now.
    visible = visible.replace("\u00ad", "")
    if visible != composed:
        notes.append("invisible")
    single = " ".join(visible.split())
    if single != visible:
        notes.append("spaces")
    if ambiguous:
        notes.append("ambiguous_encoding")
    names = encodings - {"look_alike"}
    encoding: Encoding
    if len(names) > 1:
        encoding = "mixed"
    elif names and names != {"unicode"}:
        encoding = "tcvn3" if "tcvn3" in names else "vni"
    else:
        encoding = "mojibake" if "mojibake" in notes else "unicode"
    return Decoded(single, encoding, tuple(notes))


def _decode_words(
    text: str, legacy: Encoding | Literal["symbol"] | None, hint: Encoding | None
) -> tuple[str, set[str], bool]:
    """Decode each word; return the text, the encodings met, and whether one stays in doubt."""
    places = list(WORD.finditer(text))
    readings = [None if place[0].isascii() else readings_of(place[0]) for place in places]
    if any(found is not None and found.garbled for found in readings):
        readings = [found and found.with_weak() for found in readings]
    if not any(readings):
        plain = all(place[0].isascii() for place in places)
        return unicodedata.normalize("NFC", text), set() if plain else {"unicode"}, False
    certain: set[Encoding] = set()
    doubtful: dict[str, Readings] = {}
    for place, found in zip(places, readings, strict=True):
        if found is None:
            # The same in every encoding (ký), or with letters that no legacy encoding stores.
            if any(letter > "\u00ff" for letter in place[0]):
                certain.add("unicode")
        elif (only := found.only()) is not None:
            certain.add(only)
        else:
            doubtful[place[0]] = found
    lead = _lead(certain, list(doubtful.values()), legacy, hint)
    small = any("a" <= letter <= "z" for letter in text)
    offered = [
        options(place[0], found, certain, lead, small)
        for place, found in zip(places, readings, strict=True)
    ]
    touching = [
        place.start() > 0 and text[before.end() : place.start()].isspace()
        for before, place in zip([places[0], *places], places, strict=False)
    ]
    chosen = [found[0] for found in offered]
    mixed = bool(certain.intersection(LEGACY))
    named = False
    if doubtful:
        if mixed:
            # A sheet or font that agrees with the cell's certain words makes a mixture unlikely.
            witness = legacy if hint is None else hint
            chosen = likeliest(offered, touching, lead, 3 if lead == witness else 1)
        if len(places) <= LONGEST_NAME:
            chosen, named = as_name(places, readings, chosen, mixed)
    encodings: set[str] = set(certain)
    ambiguous = False
    for index, (place, found, one) in enumerate(zip(places, readings, chosen, strict=True)):
        if found is None:
            continue
        if found.only() is None:
            encodings.add(one.name)
            if lead is None and not named and _rivals(place[0], found, one.name):
                ambiguous = ambiguous or not stands_out(index, offered, chosen, touching)
        if one.name == "unicode" and one.text != unicodedata.normalize("NFC", place[0]):
            encodings.add("look_alike")
    meant = iter(zip(readings, chosen, strict=True))

    def written(place: re.Match[str]) -> str:
        found, one = next(meant)
        return place[0] if found is None else one.text

    return WORD.sub(written, text), encodings, ambiguous


def _lead(
    certain: set[Encoding],
    doubtful: list[Readings],
    legacy: Encoding | Literal["symbol"] | None,
    hint: Encoding | None,
) -> Encoding | None:
    """Say which encoding words in doubt follow: the cell's own, the sheet's, the font's."""
    if len(certain) == 1:
        return next(iter(certain))
    if certain:
        return hint if hint in certain else None
    for witness in (hint, legacy):
        if witness is None or witness == "symbol":
            continue
        if witness not in ("tcvn3", "vni"):
            return "unicode"
        # The witness must not turn everyday words into rare ones.
        as_witness = sum(found.grades.get(witness, 0) for found in doubtful)
        as_it_stands = sum(found.grades["unicode"] for found in doubtful)
        if as_witness >= as_it_stands:
            return witness
    if any(not found.grades["unicode"] for found in doubtful):
        explaining: list[Encoding] = [
            name for name in LEGACY if all(found.grades.get(name, 0) for found in doubtful)
        ]
        if explaining:
            return max(explaining, key=lambda name: sum(found.grades[name] for found in doubtful))
    return None


def _rivals(word: str, found: Readings, chosen: Encoding) -> bool:
    if any(letter > "\u00ff" for letter in word):
        # A wrong code page garbles whole files: a lone Đ is no byte of an old font.
        return False
    return any(letter.isalpha() for letter in word) and any(
        mark >= max(2, found.grades[chosen])
        for name, mark in found.grades.items()
        if found.texts[name] != found.texts[chosen]
    )


def _typed_in_capitals(text: str) -> bool:
    """Whether all plain letters are capitals and toned ones are not (``CộNG HòA``)."""
    plain = [letter for letter in text if letter.isascii() and letter.isalpha()]
    if len(plain) < 2 or not all(letter.isupper() for letter in plain):
        return False
    return any(
        sum(letter.isascii() for letter in word) >= 2 and word != word.upper()
        for word in WORD.findall(text)
    )
