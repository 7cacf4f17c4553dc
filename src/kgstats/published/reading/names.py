"""Names made of words: parts of ids."""

from __future__ import annotations

import re
import unicodedata

LONGEST_ID = 6
"""Words of an id."""


def slug(text: str, words: int = LONGEST_ID) -> str:
    """Return words as part of an id: small letters without accents.

    >>> slug("Vốn Trung ương (đầu tư)")
    'von_trung_uong_dau_tu'
    """
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return "_".join(re.findall(r"[a-z]+", bare)[:words])
