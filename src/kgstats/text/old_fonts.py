"""TCVN3 and VNI, the encodings of Vietnamese fonts from before Unicode."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from typing import Literal

Encoding = Literal["unicode", "tcvn3", "vni", "mojibake", "mixed"]


LEGACY: tuple[Encoding, ...] = ("tcvn3", "vni")


SYMBOL_FONTS = ("wingdings", "webdings", "symbol", "marlett", "zapf dingbats")


def font_encoding(font: str | None) -> Encoding | Literal["symbol"] | None:
    """Tell which encoding a font's name stands for; None where it says nothing.

    >>> font_encoding(".VnTimeH"), font_encoding("VNI-Times"), font_encoding("Times New Roman")
    ('tcvn3', 'vni', 'unicode')
    >>> font_encoding("Wingdings 2"), font_encoding(None)
    ('symbol', None)
    """
    return encoding_of_font(font)[0] if font else None


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
    back = {meant: stored for stored, meant in stored_forms("vni").items()}
    return "".join(back.get(letter, letter) for letter in unicodedata.normalize("NFC", text))


def reference_rows(name: str) -> list[dict[str, str]]:
    """Read a reference table without loading what its other users need."""
    file = resources.files("kgstats.reference") / "data" / f"{name}.csv"
    lines = file.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    return list(csv.DictReader(line for line in lines))


@cache
def stored_forms(name: str) -> dict[str, str]:
    """Read stored form → letter of ``tcvn3`` or ``vni``."""
    return {
        row["stored_as"]: row["unicode"]
        for row in reference_rows(f"{name}_map")
        if row.get("in_vn3") != "no"
    }


@cache
def _tcvn3() -> dict[str, str]:
    # Cleaners that normalise compatibility forms turn the micro sign into Greek mu.
    return {**stored_forms("tcvn3"), "\u03bc": "à"}


@cache
def _vni() -> tuple[dict[str, str], re.Pattern[str]]:
    stored = dict(stored_forms("vni"))
    for form, letter in list(stored.items()):
        if len(form) == 2:
            # Typists leave the mark small after a capital (Uûy) or the reverse.
            stored.setdefault(form[0] + form[1].swapcase(), letter)
    longest_first = sorted(stored, key=lambda form: (-len(form), form))
    return stored, re.compile("|".join(map(re.escape, longest_first)))


def from_tcvn3(word: str) -> str:
    """Read a word as TCVN3 stores it."""
    return word.translate(_tcvn3_codes())


@cache
def _tcvn3_codes() -> dict[int, str]:
    return {ord(stored): meant for stored, meant in _tcvn3().items()}


def from_vni(word: str) -> str:
    """Read a word as VNI stores it."""
    stored, pattern = _vni()
    return pattern.sub(lambda match: stored[match[0]], word)


def stored_as_is(word: str, name: str) -> bool:
    """Whether an encoding stores the word as Unicode does (``Bình`` in VNI)."""
    table = stored_forms(name)
    return all(letter.isascii() or table.get(letter) == letter for letter in word)


@lru_cache(maxsize=1 << 10)
def encoding_of_font(font: str) -> tuple[Encoding | Literal["symbol"] | None, bool]:
    """Tell the encoding a font's name stands for, and whether the font shows capitals only."""
    name = font.strip().lower()
    if name.startswith(SYMBOL_FONTS):
        return "symbol", False
    if name.startswith("vni"):
        return "vni", False
    if name.startswith((".vn", "vntime", "vnarial", ".tm")):
        return "tcvn3", font.strip().endswith("H")
    return "unicode", False
