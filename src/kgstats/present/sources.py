"""What the reference data says of its own sources, in the reader's language."""

from __future__ import annotations

from kgstats.words import translator


def said(text: object, lang: str) -> str:
    """Return a source in words of the language; an address or a number of a decision as it is.

    >>> said("from general knowledge", "vi"), said("QĐ 24/QĐ-UBND", "vi")
    ('theo hiểu biết chung', 'QĐ 24/QĐ-UBND')
    """
    return translator(lang)(str(text))
