"""Bytes of a text file as text, whatever code page they were saved in."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, partial

from kgstats.text.decoding import decode
from kgstats.text.words import valid_share

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class NoText(ValueError):
    """The bytes are no text in any code page that is known here."""


def of_bytes(data: bytes) -> tuple[str, str]:
    """Turn a text file's bytes into text; return it with the name of the encoding.

    A byte-order mark of UTF-16 decides, or UTF-16's zero bytes. Else each line is UTF-8 where
    most of its letters beyond ASCII are; bytes within it that are not stand for themselves as in
    Latin-1. Other lines are in the one-byte code page in which more words spell Vietnamese:
    cp1258, or cp1252 with the letters of a TCVN3 or VNI font. So a stray byte costs no other
    line, and lines of several files put together are each read as they were written.

    Raises
    ------
    NoText
        For bytes that are no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
        if text.count("\ufffd") > len(text) // 20:
            raise NoText("the bytes are no text")
        return _text_only(text), "utf-16"
    sample = data[:4096]
    if b"\0" in sample:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > 4 * even and odd > len(sample) // 20:
            return _text_only(data.decode("utf-16-le", "replace")), "utf-16-le"
        if even > 4 * odd and even > len(sample) // 20:
            return _text_only(data.decode("utf-16-be", "replace")), "utf-16-be"
        if sample.count(0) > 1 + len(sample) // 500:
            raise NoText("the bytes are no text")
        data = data.replace(b"\0", b"")
    marked = data.startswith(_MARK)
    while data.startswith(_MARK):
        data = data.removeprefix(_MARK)
    try:
        return _text_only(data.decode("utf-8")), "utf-8-sig" if marked else "utf-8"
    except UnicodeDecodeError:
        text, encoding = _by_lines(data)
        return _text_only(text), encoding


_MARK = b"\xef\xbb\xbf"


def _by_lines(data: bytes) -> tuple[str, str]:
    """Decode lines of which some are not UTF-8; the encoding named is that of most."""
    lines = data.splitlines(keepends=True)
    texts = [_as_utf8(line) for line in lines]
    others = [line for line, text in zip(lines, texts, strict=True) if text is None]
    proper = sum(text is not None and not text.isascii() for text in texts)
    pages = _pages(others)
    read = []
    for line, text in zip(lines, texts, strict=True):
        if text is None:
            tried = pages if len(others) <= _MOST_LINES else pages[:1]
            read.append(_in_page(line, max(tried, key=partial(_spelled, line))))
        elif len(others) > proper and not text.isascii():
            # Letters of a one-byte page may happen to be UTF-8.
            better = _spelled(line, pages[0]) > (valid_share(text) or 0.0)
            read.append(_in_page(line, pages[0]) if better else text)
        else:
            read.append(text)
    return "".join(read), "utf-8" if proper >= len(others) else pages[0]


_PAGES = ["cp1258", "cp1252"]
_MOST_LINES = 2_000


def _as_utf8(line: bytes) -> str | None:
    """Decode a line most of whose letters beyond ASCII are UTF-8; None for others."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("utf-8", "surrogateescape")
    stray = len(_STRAY.findall(text))
    # The longer a sequence of bytes that is UTF-8, the less it is so by chance.
    proper = sum(1 if letter < "\u0800" else 2 for letter in text if letter > "\x7f") - 2 * stray
    if proper <= stray:
        return None
    return _STRAY.sub(lambda match: _western()[ord(match[0]) - 0xDC00], text)


_STRAY = re.compile("[\udc80-\udcff]")


@cache
def _western() -> str:
    """The characters of cp1252 by their byte; those it does not have stand for themselves."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))


def _in_page(line: bytes, page: str) -> str:
    if page == "cp1252":
        return line.decode("latin-1").translate(dict(enumerate(_western())))
    return unicodedata.normalize("NFC", line.decode(page, "replace"))


def _pages(lines: list[bytes]) -> list[str]:
    """Order the pages by how much of the lines spells Vietnamese in them."""
    sample = b"\n".join(line[:1000] for line in lines[:400])
    return sorted(_PAGES, key=lambda page: -_spelled(sample, page))


def _spelled(line: bytes, page: str) -> float:
    """Share of the words that spell Vietnamese in a page; cp1252 is the page of old fonts."""
    text = _in_page(line, page)
    if page == "cp1252":
        text = "\n".join(decode(one).text for one in text.splitlines())
    return valid_share(text) or 0.0


def _text_only(text: str) -> str:
    if len(_CONTROLS.findall(text[:20_000])) > len(text[:20_000]) // 200:
        raise NoText("the bytes are no text")
    return text
