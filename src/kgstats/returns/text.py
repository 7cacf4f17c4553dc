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

import contextlib
import csv
import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib import resources
from typing import Literal

from kgstats.returns.syllables import LETTERS, TONE_MARKS, TONED, grade

Encoding = Literal["unicode", "tcvn3", "vni", "mojibake", "mixed"]

_LEGACY: tuple[Encoding, ...] = ("tcvn3", "vni")
SYMBOL_FONTS = ("wingdings", "webdings", "symbol", "marlett", "zapf dingbats")


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
        return any(note not in ("spaces", "ambiguous_encoding") for note in self.notes)


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
    legacy, capitals = _font_encoding(font) if font else (None, False)
    if text.isascii() and not capitals:
        return _PLAIN if not text else _decode_ascii(text)
    return _decode(text, legacy, capitals, hint)


def font_encoding(font: str | None) -> Encoding | Literal["symbol"] | None:
    """Tell which encoding a font's name stands for; None where it says nothing.

    >>> font_encoding(".VnTimeH"), font_encoding("VNI-Times"), font_encoding("Times New Roman")
    ('tcvn3', 'vni', 'unicode')
    >>> font_encoding("Wingdings 2"), font_encoding(None)
    ('symbol', None)
    """
    return _font_encoding(font)[0] if font else None


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
            found = _certain(text)
            if found:
                counts.setdefault(font, Counter()).update(found)
    return {font: max(count, key=lambda name: count[name]) for font, count in counts.items()}


def valid_share(text: str) -> float | None:
    """Share of the words with other than plain letters that spell Vietnamese; None without any.

    >>> valid_share("Huyện Giồng Riềng"), valid_share("HuyÖn Giång RiÒng"), valid_share("TT 2")
    (1.0, 0.0, None)
    """
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    if not words:
        return None
    return sum(_quality(unicodedata.normalize("NFC", word)) > 0 for word in words) / len(words)


# --- matching keys -------------------------------------------------------------------------

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


# --- writing the legacy encodings (for illustrative returns and for tests) -------------------


def to_tcvn3(text: str) -> str:
    """Store text as a TCVN3 font needs it; capitals with tones become small, as they must.

    >>> to_tcvn3("Huyện Giồng Riềng")
    'HuyÖn Giång RiÒng'
    """
    back = {meant: stored for stored, meant in _tcvn3().items() if stored != "\u03bc"}
    return "".join(
        back.get(letter) or back.get(letter.lower(), letter)
        for letter in unicodedata.normalize("NFC", text)
    )


def to_vni(text: str) -> str:
    """Store text as a VNI font needs it.

    >>> to_vni("Huyện Hòn Đất")
    'Huyeän Hoøn Ñaát'
    """
    back = {meant: stored for stored, meant in _table("vni").items()}
    return "".join(back.get(letter, letter) for letter in unicodedata.normalize("NFC", text))


# --- words -----------------------------------------------------------------------------------

# Letters, and the signs that stand for letters in TCVN3 (¨ © ® µ …) or in cp1258 (₫, marks).
_WORD = re.compile("[A-Za-z\u00a1-\u024f\u0300-\u036f\u03bc\u1e00-\u1eff\u20ab]+")
_INVISIBLE = re.compile("[\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CP1258 = re.compile("[\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u20ab\u0300-\u0323]")
_MICRO_UNITS = frozenset(("µg", "µm", "µl", "µs", "µmol"))
_SUPERSCRIPTS = "¹²³"
_LOOK_ALIKES = str.maketrans("ÐðƢƣ", "ĐđƯư")


def _reference(name: str) -> list[dict[str, str]]:
    """Read a reference table without loading what its other users need."""
    file = resources.files("kgstats.reference") / "data" / f"{name}.csv"
    lines = file.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    return list(csv.DictReader(line for line in lines))


@cache
def _table(name: str) -> dict[str, str]:
    """Read stored form → letter of ``tcvn3`` or ``vni``."""
    return {
        row["stored_as"]: row["unicode"]
        for row in _reference(f"{name}_map")
        if row.get("in_vn3") != "no"
    }


@cache
def _tcvn3() -> dict[str, str]:
    # Cleaners that normalise compatibility forms turn the micro sign into Greek mu.
    return {**_table("tcvn3"), "\u03bc": "à"}


@cache
def _vni() -> tuple[dict[str, str], re.Pattern[str]]:
    stored = dict(_table("vni"))
    for form, letter in list(stored.items()):
        if len(form) == 2:
            # Typists leave the mark small after a capital (Uûy) or the reverse.
            stored.setdefault(form[0] + form[1].swapcase(), letter)
    longest_first = sorted(stored, key=lambda form: (-len(form), form))
    return stored, re.compile("|".join(map(re.escape, longest_first)))


def _from_tcvn3(word: str) -> str:
    return word.translate(_tcvn3_codes())


@cache
def _tcvn3_codes() -> dict[int, str]:
    return {ord(stored): meant for stored, meant in _tcvn3().items()}


def _from_vni(word: str) -> str:
    stored, pattern = _vni()
    return pattern.sub(lambda match: stored[match[0]], word)


@lru_cache(maxsize=1 << 15)
def _quality(word: str) -> int:
    """Grade an NFC word: as `grade`, or 2 for an abbreviation with Đ or Ư (QĐ, NSĐP)."""
    plain = word.rstrip(_SUPERSCRIPTS) or word
    found = grade(plain.lower())
    if found >= 2 or "\u00ad" in word:
        parts = plain.split("\u00ad")
        return found or (1 if all(grade(part.lower()) for part in parts) else 0)
    if len(plain) <= 8 and all(letter in "ĐƯ" or "A" <= letter <= "Z" for letter in plain):
        return 2 if len(plain) > 1 else 1
    return found


@dataclass(frozen=True, slots=True)
class _Readings:
    """The ways to read one word: grade and text by encoding; ``unicode`` is always there."""

    grades: Mapping[Encoding, int]
    texts: Mapping[Encoding, str]
    weak: Mapping[Encoding, tuple[int, str]] = field(default_factory=dict)
    """Grade and text of readings that need the text to have come through a wrong code page."""
    garbled: bool = False
    """Whether the word shows that it did."""

    def with_weak(self) -> _Readings:
        """Return the readings of a word in a text that came through a wrong code page."""
        grades = {**{name: mark for name, (mark, _) in self.weak.items()}, **self.grades}
        return _Readings(
            grades, {**{name: one for name, (_, one) in self.weak.items()}, **self.texts}
        )

    def only(self) -> Encoding | None:
        """Name the one encoding in which the word spells Vietnamese."""
        valid = [name for name, mark in self.grades.items() if mark]
        return valid[0] if len(valid) == 1 else None


@lru_cache(maxsize=1 << 15)
def _readings(word: str) -> _Readings | None:
    """Read a word with other than plain letters in every way; None if all ways agree."""
    composed = unicodedata.normalize("NFC", word)
    texts: dict[Encoding, str] = {"unicode": composed}
    grades: dict[Encoding, int] = {"unicode": _quality(composed)}
    if not grades["unicode"]:
        mended = composed.translate(_LOOK_ALIKES)
        if mended != composed and _quality(mended):
            texts["unicode"], grades["unicode"] = mended, _quality(mended)
        elif composed in _MICRO_UNITS:
            grades["unicode"] = 4
    elif composed[1:] not in (composed[1:].lower(), composed[1:].upper()):
        # PhÊn, CéNG: capitals and small letters alternate where a font shows other ones.
        grades["unicode"] = 0
    if not any(letter.isalpha() for letter in composed):
        # «, ©, · and their like are signs unless the cell around them says otherwise.
        grades["unicode"] = 4 if composed in _SUPERSCRIPTS else 1
    bases = [word]
    weak: dict[Encoding, tuple[int, str]] = {}
    garbled = False
    if _CP1258.search(word):
        # A one-byte file read with Vietnamese Windows' code page: take the bytes back.
        with contextlib.suppress(UnicodeEncodeError):
            bases.append(word.encode("cp1258").decode("latin-1"))
    for base in bases:
        for name, convert in (("tcvn3", _from_tcvn3), ("vni", _from_vni)):
            meant = unicodedata.normalize("NFC", convert(base))
            if not _spells(meant) or (meant == base and not _stored_as_is(base, name)):
                continue
            mark = _quality(_even_case(meant))
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
    return _Readings(grades, texts, weak, garbled)


def _stored_as_is(word: str, name: str) -> bool:
    """Whether an encoding stores the word as Unicode does (``Bình`` in VNI)."""
    table = _table(name)
    return all(letter.isascii() or table.get(letter) == letter for letter in word)


def _spells(word: str) -> bool:
    return all(letter in LETTERS for letter in word.lower())


def _even_case(word: str) -> str:
    """Make ``CộNG`` even: toned capitals that TCVN3 could not store were typed small."""
    plain = [letter for letter in word if letter.isascii()]
    return word.upper() if plain and all(letter.isupper() for letter in plain) else word


@lru_cache(maxsize=1 << 14)
def _certain(text: str) -> tuple[Encoding, ...]:
    found = []
    for word in _WORD.findall(_undo_mojibake(text)[0]):
        if not word.isascii():
            readings = _readings(word)
            only = readings.only() if readings else None
            if only and readings and readings.grades[only] >= 2:
                found.append(only)
            elif readings is None and any(letter > "\u00ff" for letter in word):
                found.append("unicode")
    return tuple(found)


# --- whole cells -----------------------------------------------------------------------------

_PLAIN = Decoded("")


@lru_cache(maxsize=1 << 15)
def _decode_ascii(text: str) -> Decoded:
    single = " ".join(text.split())
    return Decoded(single) if single == text else Decoded(single, "unicode", ("spaces",))


@lru_cache(maxsize=1 << 10)
def _font_encoding(font: str) -> tuple[Encoding | Literal["symbol"] | None, bool]:
    name = font.strip().lower()
    if name.startswith(SYMBOL_FONTS):
        return "symbol", False
    if name.startswith("vni"):
        return "vni", False
    if name.startswith((".vn", "vntime", "vnarial", ".tm")):
        return "tcvn3", font.strip().endswith("H")
    return "unicode", False


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
    meant, lossy = _undo_mojibake(text)
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


@dataclass(frozen=True, slots=True)
class _Option:
    """One way to read one word of a cell; ``folded`` is how the lexicon writes it."""

    name: Encoding
    text: str
    grade: int
    folded: str


def _decode_words(
    text: str, legacy: Encoding | Literal["symbol"] | None, hint: Encoding | None
) -> tuple[str, set[str], bool]:
    """Decode each word; return the text, the encodings met, and whether one stays in doubt."""
    places = list(_WORD.finditer(text))
    readings = [None if place[0].isascii() else _readings(place[0]) for place in places]
    if any(found is not None and found.garbled for found in readings):
        readings = [found and found.with_weak() for found in readings]
    if not any(readings):
        plain = all(place[0].isascii() for place in places)
        return unicodedata.normalize("NFC", text), set() if plain else {"unicode"}, False
    certain: set[Encoding] = set()
    doubtful: list[_Readings] = []
    for place, found in zip(places, readings, strict=True):
        if found is None:
            # The same in every encoding (ký), or with letters that no legacy encoding stores.
            if any(letter > "\u00ff" for letter in place[0]):
                certain.add("unicode")
        elif (only := found.only()) is not None:
            certain.add(only)
        elif found not in doubtful:
            doubtful.append(found)
    lead = _lead(certain, doubtful, legacy, hint)
    small = any("a" <= letter <= "z" for letter in text)
    options = [
        _options(place[0], found, certain, lead, small)
        for place, found in zip(places, readings, strict=True)
    ]
    touching = [
        place.start() > 0 and text[before.end() : place.start()].isspace()
        for before, place in zip([places[0], *places], places, strict=False)
    ]
    chosen = [found[0] for found in options]
    mixed = bool(certain.intersection(_LEGACY))
    named = False
    if doubtful:
        if mixed:
            # A sheet or font that agrees with the cell's certain words makes a mixture unlikely.
            witness = legacy if hint is None else hint
            chosen = _likeliest(options, touching, lead, 3 if lead == witness else 1)
        if len(places) <= _LONGEST_NAME:
            chosen, named = _as_name(places, readings, chosen, mixed)
    encodings: set[str] = set(certain)
    ambiguous = False
    for index, (place, found, one) in enumerate(zip(places, readings, chosen, strict=True)):
        if found is None:
            continue
        if found.only() is None:
            encodings.add(one.name)
            if lead is None and not named and _rivals(place[0], found, one.name):
                ambiguous = ambiguous or not _stands_out(index, options, chosen, touching)
        if one.name == "unicode" and one.text != unicodedata.normalize("NFC", place[0]):
            encodings.add("look_alike")
    meant = iter(zip(readings, chosen, strict=True))

    def written(place: re.Match[str]) -> str:
        found, one = next(meant)
        return place[0] if found is None else one.text

    return _WORD.sub(written, text), encodings, ambiguous


def _options(
    word: str,
    found: _Readings | None,
    certain: set[Encoding],
    lead: Encoding | None,
    small: bool,
) -> list[_Option]:
    """List the readings of a word that its cell admits, the one by default first."""
    if found is None:
        return [_Option("unicode", word, 0, _folded(word))]
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


def _option(found: _Readings, name: Encoding) -> _Option:
    text = found.texts[name]
    return _Option(name, text, found.grades[name], _folded(text))


def _likeliest(
    options: list[list[_Option]], touching: list[bool], lead: Encoding | None, trust: int
) -> list[_Option]:
    """Choose the reading of a cell with the most known words and known pairs of words.

    ``trust`` is what following the cell's certain words counts; one known word or pair counts 2.
    """
    paths: list[tuple[int, list[_Option]]] = [(0, [])]
    for found, touches in zip(options, touching, strict=True):
        reached = []
        for one in found:
            own = 2 * one.grade + (trust if one.name == (lead or "unicode") else 0)
            reached.append(
                max(
                    (
                        (
                            score + own + (2 * _paired(path[-1], one) if path and touches else 0),
                            [*path, one],
                        )
                        for score, path in paths
                    ),
                    key=lambda step: step[0],
                )
            )
        paths = reached
    return max(paths, key=lambda step: step[0])[1]


def _stands_out(
    index: int, options: list[list[_Option]], chosen: list[_Option], touching: list[bool]
) -> bool:
    """Whether a word's neighbours leave its other readings behind."""

    def weight(one: _Option) -> int:
        before = index > 0 and touching[index] and _paired(chosen[index - 1], one)
        after = index + 1 < len(chosen) and touching[index + 1]
        return one.grade + before + (after and _paired(one, chosen[index + 1]))

    best = weight(chosen[index])
    return len(options[index]) > 1 and all(
        weight(one) < best for one in options[index] if one.text != chosen[index].text
    )


def _as_name(
    places: list[re.Match[str]],
    readings: list[_Readings | None],
    chosen: list[_Option],
    mixed: bool,
) -> tuple[list[_Option], bool]:
    """Read the words so that they are a unit of the gazetteer, if just one reading is one.

    ``Xã Vĩnh Phó`` is no commune and has no word that proves an encoding, but read as TCVN3 its
    last word makes it ``Xã Vĩnh Phú``. Returns whether the words are a unit's name now.
    """
    full, bare = _is_name(chosen)
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
        if _is_name(picked)[0]
    }
    return (next(iter(names.values())), True) if len(names) == 1 else (chosen, bare)


_LONGEST_NAME = 8
_MOST_NAMES = 64


def _is_name(words: Sequence[_Option]) -> tuple[bool, bool]:
    """Whether words name a unit, with its kind if they say one; and whether they do without it."""
    folded = [one.folded for one in words]
    names = _names()
    for length in (2, 1):
        kind, rest = " ".join(folded[:length]), " ".join(folded[length:])
        if kind in _UNIT_KINDS:
            return f"{kind} {rest}" in names, rest in names
        if length == 1 and kind in _UNIT_LETTERS:
            return rest in names, rest in names
    known = len(folded) > 1 and " ".join(folded) in names
    return known, known


_UNIT_KINDS = frozenset(("xã", "phường", "thị trấn", "huyện", "thị xã", "thành phố"))
_UNIT_LETTERS = frozenset(("x", "p", "tt", "h", "tx", "tp"))


def _paired(first: _Option, second: _Option) -> bool:
    return (first.folded, second.folded) in _pairs()


@lru_cache(maxsize=1 << 14)
def _folded(word: str) -> str:
    return tone_normal(word.casefold())


@cache
def _names() -> frozenset[str]:
    """Names of the province's units, bare and after their kind."""
    return frozenset(
        _folded(" ".join(written.split()))
        for name, kind in _units()
        for written in (name, f"{kind} {name}")
    )


@cache
def _units() -> tuple[tuple[str, str], ...]:
    rows = _reference("communes_2019")
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
        phrases += [row[column] for row in _reference(name) for column in columns]
    for file in (resources.files("kgstats.returns") / "forms").iterdir():
        if file.name.endswith(".csv"):
            phrases.append(file.read_text(encoding="utf-8-sig"))
    return frozenset(
        pair
        for phrase in phrases
        for part in _PHRASE_ENDS.split(_folded(phrase))
        for pair in itertools.pairwise(part.split())
        if not (pair[0].isascii() and pair[1].isascii())
    )


_PHRASES = {
    "criteria": ("name_vi", "short_vi"),
    "criteria_groups": ("name_vi",),
    "criteria_thresholds": ("name_vi",),
    "programmes": ("name_vi",),
    "funding_components": ("name_vi",),
}
_PHRASE_ENDS = re.compile(r"[^\w ]|\d")


def _lead(
    certain: set[Encoding],
    doubtful: list[_Readings],
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
            name for name in _LEGACY if all(found.grades.get(name, 0) for found in doubtful)
        ]
        if explaining:
            return max(explaining, key=lambda name: sum(found.grades[name] for found in doubtful))
    return None


def _rivals(word: str, found: _Readings, chosen: Encoding) -> bool:
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
        for word in _WORD.findall(text)
    )


# --- UTF-8 read with a Windows code page -----------------------------------------------------


def _bytes_of(codec: str) -> dict[str, int]:
    """Character for each byte above 7F; the C1 control where the code page has none."""
    table = {}
    for code in range(0x80, 0x100):
        table[chr(code)] = code
    for code in range(0x80, 0x100):
        try:
            table[bytes([code]).decode(codec)] = code
        except UnicodeDecodeError:
            continue
    return table


@cache
def _mojibake(codec: str) -> tuple[dict[str, int], re.Pattern[str]]:
    table = _bytes_of(codec)
    kinds: dict[str, list[str]] = {"lead2": [], "lead3": [], "trail": []}
    for character, code in table.items():
        if 0xC2 <= code <= 0xDF:
            kinds["lead2"].append(character)
        elif 0xE0 <= code <= 0xEF:
            kinds["lead3"].append(character)
        elif code <= 0xBF:
            kinds["trail"].append(character)
    lead2, lead3, trail = ("[" + "".join(map(re.escape, kinds[k])) + "]" for k in kinds)
    return table, re.compile(f"{lead3}{trail}{{2}}|{lead2}{trail}")


# Bytes that cp1252 does not have arrive as a question mark or the replacement character.
_LOST = re.compile("á[»º][?\ufffd](?=\\w|\\s|$)")
# Of the letters that begin with that byte, Vietnamese has one: Đ.
_LOST_D = re.compile("Ä(?:\ufffd|[?](?=\\w))")


# A no-break space whose second byte a cleaner made an ordinary space, or took away.
_LOST_SPACE = re.compile(r"(?<=[\d%)])Â(?=\s|$)|(?<!\S)Â\s+(?=[\d(+\-.,])")
_NUMERAL_WITH_SPACES = re.compile(r"(?=\D*\d)[\d\s.,%()+\-Â]+")


def without_stray_spaces(text: str) -> str:
    """Turn the ``Â`` that is left of a no-break space in a number into a space.

    >>> without_stray_spaces("1Â 234"), without_stray_spaces("Âu 2")
    ('1  234', 'Âu 2')
    """
    if "Â" not in text or not _NUMERAL_WITH_SPACES.fullmatch(text):
        return text
    return _LOST_SPACE.sub(" ", text)


@lru_cache(maxsize=1 << 14)
def _undo_mojibake(text: str) -> tuple[str, bool]:
    """Read UTF-8 that was read with a code page once more, if more words spell Vietnamese then."""
    if (number := without_stray_spaces(text)) != text:
        return number, False
    if _LOST_D.search(text):
        with_d = _LOST_D.sub("Ä\x90", text)
        mended, lossy = _undo_mojibake(with_d)
        certain = "Ä\ufffd" in text  # no text is typed so
        if mended != with_d and (certain or _spelling(mended) > _spelling(text)):
            return mended, lossy
    best, lossy = text, False
    for codec in ("cp1252", "cp1258"):
        table, pattern = _mojibake(codec)
        # Cleaners make the no-break space of "Ã\u00a0" (à) an ordinary one.
        for candidate in (text, text.replace("Ã ", "Ã\u00a0").replace("áº ", "áº\u00a0")):
            if not pattern.search(candidate):
                continue

            def meant(match: re.Match[str], table: dict[str, int] = table) -> str:
                try:
                    return bytes(table[letter] for letter in match[0]).decode("utf-8")
                except UnicodeDecodeError:
                    return match[0]

            mended = pattern.sub(meant, candidate)
            # In a cell proved to be mojibake, "Ã " is always à.
            margin = 0 if best != text and candidate != text else 1
            if mended != candidate and _spelling(mended) >= _spelling(best) + margin:
                best = mended
    if _LOST.search(best):
        marked = _LOST.sub("\ufffd", best)
        if best != text or _spelling(marked) >= _spelling(best):
            best, lossy = marked, True
    return best, lossy


def _spelling(text: str) -> int:
    """Weigh words that spell Vietnamese against those that do not."""
    score = 0
    for word in _WORD.findall(text):
        if not word.isascii():
            score += 1 if _quality(unicodedata.normalize("NFC", word)) else -1
    return score - len(_MOJIBAKE_SIGNS.findall(text))


# Punctuation of code pages inside words is what mojibake looks like.
_MOJIBAKE_SIGNS = re.compile("(?<=[ÃÄÅÆáâĂ])[\u0080-\u00bf\u2013-\u203a\u20ac\u2122\u0152-\u0192]")
