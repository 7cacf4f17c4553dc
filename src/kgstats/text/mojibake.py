"""UTF-8 that was read with a Windows code page, undone."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from kgstats.text.words import WORD, quality


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
def undo_mojibake(text: str) -> tuple[str, bool]:
    """Read UTF-8 that was read with a code page once more, if more words spell Vietnamese then."""
    if (number := without_stray_spaces(text)) != text:
        return number, False
    if _LOST_D.search(text):
        with_d = _LOST_D.sub("Ä\x90", text)
        mended, lossy = undo_mojibake(with_d)
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
    for word in WORD.findall(text):
        if not word.isascii():
            score += 1 if quality(unicodedata.normalize("NFC", word)) else -1
    return score - len(_MOJIBAKE_SIGNS.findall(text))


# Punctuation of code pages inside words is what mojibake looks like.
_MOJIBAKE_SIGNS = re.compile("(?<=[ÃÄÅÆáâĂ])[\u0080-\u00bf\u2013-\u203a\u20ac\u2122\u0152-\u0192]")
