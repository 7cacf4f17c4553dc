"""The letters of a report as they were meant: composed, without invisible ones, old fonts undone.

A report may come as UTF-16, in the code page of Windows (1258), or typed in a font of before
Unicode (TCVN3, VNI); Word documents of one office may mix them. The decoder is that of the
districts' workbooks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u202f"), " ")
_OLD = ("tcvn3", "vni")


def composed(text: str) -> str:
    r"""Return a text in composed letters, its spaces plain, invisible characters gone.

    >>> composed("ho\u0323\u0302\u00a0ngh\u00e8o") == "h\u1ed9 ngh\u00e8o"
    True
    """
    return unicodedata.normalize("NFC", text.translate(_SPACES).translate(_INVISIBLE))


def of_bytes(data: bytes) -> str:
    """Return the text of a file, whatever it was encoded in.

    Raises
    ------
    NoText
        For bytes that are no text.
    """
    from kgstats.text import code_pages

    text, _ = code_pages.of_bytes(data)
    return "\n".join(as_meant(text.splitlines()))


def as_meant(texts: Sequence[str]) -> list[str]:
    """Return texts of one source with the letters of old fonts undone, where they are in one.

    >>> as_meant(["Hé nghÌo trong huyÖn Giång RiÒng"])
    ['Hộ nghèo trong huyện Giồng Riềng']
    """
    return [composed(text) for text in _undone(texts)]


def _undone(texts: Sequence[str]) -> Iterable[str]:
    # Letters beyond Latin-1 are none of an old font: nearly every sentence in Unicode has some.
    legacy = [text for text in texts if not text.isascii() and max(text) <= "\u02ff"]
    if not legacy or len(legacy) < sum(not text.isascii() for text in texts) / 2:
        return texts
    from kgstats.text.decoding import decode, encoding_hints

    hint = encoding_hints((text, None) for text in legacy).get(None)
    if hint not in _OLD:
        return texts
    return [decode(text, hint=hint).text for text in texts]
