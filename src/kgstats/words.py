"""Words of the product in Vietnamese and English, from gettext catalogues.

English is the language of the source: a message's key is its English text. The Vietnamese
text stands in ``locale/vi/<area>.po``; one file for each area of the product, so that a
translator finds a page's words together. The files are read as they are, without a compile
step that could be forgotten.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import resources

import polib

LANGUAGES: tuple[str, ...] = ("vi", "en")

Translate = Callable[..., str]


class UnknownLanguage(ValueError):
    """The language asked for is none of those the product is written in."""


def N_(message: str) -> str:
    """Mark a text for translation where it is declared, without translating it there."""
    return message


@lru_cache
def catalogue(lang: str) -> dict[str, str]:
    """Return every translated message of one language, keyed by its English text.

    Raises
    ------
    UnknownLanguage
        For a language other than ``vi`` or ``en``.
    """
    if lang not in LANGUAGES:
        raise UnknownLanguage(f"unknown language {lang!r}: use one of {', '.join(LANGUAGES)}")
    folder = resources.files("kgstats") / "locale" / lang
    messages: dict[str, str] = {}
    if folder.is_dir():
        for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if file.name.endswith(".po"):
                for entry in polib.pofile(file.read_text(encoding="utf-8")):
                    if text := entry.msgstr or entry.msgstr_plural.get(0, ""):
                        messages[entry.msgid] = text
    return messages


_called: dict[str, str] = {}
"""Phrases of the Vietnamese texts, and what the place that is worked on says instead."""


def call(phrases: Mapping[str, str]) -> None:
    """Say phrases of the Vietnamese texts in a place's own words from now on.

    The texts speak of the place that ships; in another one a level has another name.
    """
    _called.clear()
    _called.update(phrases)


def local(text: str, lang: str) -> str:
    """Return a text in the words of the place that is worked on.

    >>> call({"toàn tỉnh": "toàn thành phố"})
    >>> local("thấp hơn toàn tỉnh", "vi"), translator("vi")("Whole province")
    ('thấp hơn toàn thành phố', 'Toàn tỉnh')
    >>> call({})
    """
    if lang == "vi":
        for phrase, own in _called.items():
            text = text.replace(phrase, own)
    return text


def translator(lang: str) -> Translate:
    """Return ``t``: ``t("{n} communes", n=64)`` gives the message in ``lang``, filled in.

    >>> translator("en")("{n} of {base} communes", n=64, base=117)
    '64 of 117 communes'
    """
    messages = catalogue(lang)

    def t(message: str, **values: object) -> str:
        text = local(messages.get(message, message), lang)
        return text.format(**values) if values else text

    return t


def plurals(lang: str) -> Translate:
    """Return ``tn``: the message for one or for many, in ``lang``, filled in.

    The singular is the key in the catalogue, as in gettext; Vietnamese has one form for all. What
    is shown for ``n`` may be given as a text of its own (``n=``), with the marks of the language.

    >>> tn = plurals("en")
    >>> tn("{n} commune", "{n} communes", 1), tn("{n} commune", "{n} communes", 1020, n="1,020")
    ('1 commune', '1,020 communes')
    """
    messages = catalogue(lang)

    def tn(one: str, many: str, number: object, /, **values: object) -> str:
        text = local(messages.get(one, one if number in (1, -1) else many), lang)
        return text.format(**{"n": number} | values)

    return tn


def slug(text: str) -> str:
    """Return the anchor of a heading: accents off, đ to d, words joined by hyphens.

    >>> slug("Vốn đầu tư – giải ngân (2019)")
    'von-dau-tu-giai-ngan-2019'
    """
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "section"
