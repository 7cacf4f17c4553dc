"""Terms of the glossary in the prose of a page: the first use of each leads to what it means.

Without a script a term is a link to its entry; the page's script shows the definition beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from lxml import etree

from kgstats import registry
from kgstats.present import glossary

PROSE = ("prose", "finding", "caution", "definitions", "conventions")
"""Classes of the blocks whose sentences are looked through."""
NOT_WITHIN = ("a", "code", "summary", "h1", "h2", "h3", "table", "svg", "dl", "button")


@lru_cache
def _known(lang: str) -> tuple[re.Pattern[str], Mapping[str, registry.Term]]:
    """Return a pattern of all ways terms are written, the longest first, and whose each is."""
    by_form = {form.casefold(): term for term in registry.glossary() for form in term.forms[lang]}
    longest_first = sorted(by_form, key=len, reverse=True)
    pattern = rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])"
    return re.compile(pattern, re.IGNORECASE), by_form


def entries(document: Any) -> list[dict[str, str]]:
    """Return the terms that a page explains: each its ``text``, ``id`` and what it ``means``."""
    return [
        {
            "text": " ".join((one.find("dt").text or "").split()),
            "id": one.get("id"),
            "means": " ".join(one.find("dd").text_content().split()),
        }
        for one in document.iterfind(".//main//div[@class='glossary']//div[@id]")
    ]


def link(document: Any, href: str, lang: str) -> None:
    """Make the first use of each term in a page's prose a link to its entry.

    Parameters
    ----------
    document
        The page.
    href
        The page of the glossary; none for no links.
    lang
        Language of the page.
    """
    if not href or entries(document):
        return
    pattern, by_form = _known(lang)
    seen: set[str] = set()
    for element in list(_sentences(document)):
        for part in [element, *element.iter("em", "strong", "b")]:
            _link_in(part, None, pattern, by_form, seen, (href, lang))
        for child in list(element):
            _link_in(element, child, pattern, by_form, seen, (href, lang))


def _sentences(document: Any) -> Iterator[Any]:
    for element in document.iterfind(".//main//*"):
        if element.tag not in ("p", "li") or any(x.tag in ("p", "li") for x in element):
            continue
        above = list(element.iterancestors())
        if any(up.tag in NOT_WITHIN for up in above):
            continue
        if any(str(up.get("class")) in PROSE for up in above):
            yield element


def _link_in(
    element: Any,
    after: Any,
    pattern: re.Pattern[str],
    by_form: Mapping[str, registry.Term],
    seen: set[str],
    page: tuple[str, str],
) -> None:
    """Link terms in an element's own text, or in what follows one of its children."""
    text = (element.text if after is None else after.tail) or ""
    place = 0 if after is None else list(element).index(after) + 1
    before, last = text, None
    at = 0
    for match in pattern.finditer(text):
        term = by_form[match.group().casefold()]
        if term.key in seen:
            continue
        seen.add(term.key)
        made = etree.Element("a", {"class": "term", "href": f"{page[0]}#{glossary.anchor(term)}"})
        made.set("data-means", glossary.definition(term, page[1]))
        made.text = match.group()
        said = text[at : match.start()]
        if last is not None:
            last.tail = said
        else:
            before = said
        element.insert(place, made)
        place, at, last = place + 1, match.end(), made
    if last is None:
        return
    last.tail = text[at:]
    if after is None:
        element.text = before
    else:
        after.tail = before
