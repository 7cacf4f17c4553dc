"""Vietnamese text as old fonts and careless programs leave it."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from kgstats.reference.tables import records

TONES = "\u0300\u0301\u0303\u0309\u0323"


@lru_cache
def _map(name: str) -> dict[str, str]:
    return {
        row["unicode"]: row["stored_as"]
        for row in records(f"{name}_map")
        if row.get("in_vn3", "yes") == "yes"
    }


def encode(text: str, letters: str) -> str:
    """Write Unicode text as it is stored under a TCVN3 or VNI font.

    TCVN3 has no toned capitals: they take the code of the small letter, which a font of
    capitals (``.VnTimeH``) shows large.

    >>> encode("Huyện Giồng Riềng", "vni")
    'Huyeän Gioàng Rieàng'
    >>> encode("Huyện Giồng Riềng", "tcvn3")
    'HuyÖn Giång RiÒng'
    """
    table = _map(letters)
    stored = []
    for letter in unicodedata.normalize("NFC", text):
        if letter in table:
            stored.append(table[letter])
        elif letters == "tcvn3" and letter.lower() in table:
            stored.append(table[letter.lower()])
        else:
            stored.append(letter)
    return "".join(stored)


def decomposed(text: str) -> str:
    """Write letters and their marks apart, as file systems of macOS do."""
    return unicodedata.normalize("NFD", text)


def mojibake(text: str) -> str:
    """Return UTF-8 text read as cp1252, with the five bytes that cp1252 lacks kept as controls."""
    return "".join(
        bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode("utf-8")
    )


def windows_1258(text: str) -> str:
    """Write letters so that cp1258 can store them: the tone apart where it has no letter."""
    written = []
    for letter in unicodedata.normalize("NFC", text):
        try:
            letter.encode("cp1258")
            written.append(letter)
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            base = unicodedata.normalize("NFC", "".join(p for p in parts if p not in TONES))
            written.append(base + "".join(p for p in parts if p in TONES))
    return "".join(written)


def new_tone(text: str) -> str:
    """Place the tone on the second letter of a final oa, oe, uy: Hòa becomes Hoà.

    >>> new_tone("Thủy Liễu, Hòa Hưng, Thuận Hòa, Hoàn")
    'Thuỷ Liễu, Hoà Hưng, Thuận Hoà, Hoàn'
    """
    done = []
    for word in text.split(" "):
        core = word.rstrip(",.;:)")
        tail = word[len(core) :]
        parts = unicodedata.normalize("NFD", core[-2:]) if len(core) >= 2 else ""
        letters = "".join(p for p in parts if p not in TONES)
        tone = "".join(p for p in parts if p in TONES)
        toned_first = len(core) >= 2 and unicodedata.normalize("NFD", core[-2])[-1:] in TONES
        if letters.lower() in ("oa", "oe", "uy") and tone and toned_first:
            before = core[:-2].lower()
            # in "quý" the u belongs to the consonant
            if not (letters.lower() == "uy" and before.endswith("q")):
                core = core[:-2] + unicodedata.normalize("NFC", letters + tone)
        done.append(core + tail)
    return " ".join(done)


def unmarked(text: str) -> str:
    """Return the text without any mark: Giồng Riềng becomes Giong Rieng."""
    parts = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(p for p in parts if not unicodedata.combining(p))
