"""Pictures and links in the prose of notebooks, as people paste and write them.

What leads nowhere is said in one line that names notebook and cell, and left out of the page; it
never costs the page.
"""

from __future__ import annotations

import html
import logging
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from kgstats.words import local, slug

logger = logging.getLogger(__name__)

_MARKDOWN_PICTURE = re.compile(
    r"!\[(?P<words>[^\]]*)\]\(\s*(?:<(?P<bracketed>[^>]+)>|(?P<attached>attachment:"
    r"(?:[^()\"]|\([^()\"]*\))+?)|(?P<other>(?:[^()\s]|\([^()\s]*\))+))(?P<title>\s+\"[^\"]*\"|\s+'[^']*')?\s*\)"
)
_HTML_PICTURE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_SOURCE = re.compile(r"(\ssrc\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)
_WORDS = re.compile(r"\salt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_CODE = re.compile(r"(```.*?```|~~~.*?~~~|`[^`\n]+`)", re.DOTALL)
_NOTEBOOK = re.compile(r"(?:\./)?(?P<name>[^/#:?]+)\.ipynb(?:#(?P<anchor>.*))?", re.DOTALL)
INJECTED = "injected-parameters"
_KINDS = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")


def say_locally(content: Any, name: str, lang: str) -> None:
    """Write prose in the words of the province that the page is of; see `place_pictures`."""
    for _, cell in _prose(content, name, lang):
        parts = _CODE.split(cell.source)
        parts[::2] = [local(part, lang) for part in parts[::2]]
        cell.source = "".join(parts)


def place_pictures(content: Any, name: str, lang: str) -> None:
    """Put the pictures attached to cells of prose where the prose shows them.

    Names may have accents, in any form and percent-encoded or not, and stand in Markdown or in
    ``<img>``. A picture that is not in the notebook is replaced by its words.

    Parameters
    ----------
    content
        The notebook; its cells are changed.
    name
        Its name, for messages.
    lang
        Language of the page; cells of the other one are left as they are.
    """
    for place, cell in _prose(content, name, lang):
        attached = {_plain(key): bundle for key, bundle in (cell.get("attachments") or {}).items()}
        parts = _CODE.split(cell.source)
        parts[::2] = [_placed(part, attached, place) for part in parts[::2]]
        cell.source = "".join(parts)


def _placed(text: str, attached: Mapping[str, Mapping[str, str]], place: str) -> str:
    def in_markdown(match: re.Match[str]) -> str:
        source = match["bracketed"] or match["attached"] or match["other"]
        found = _picture(source, attached, place)
        if found is None:
            return f"*{match['words']}*" if match["words"] else ""
        if not found.startswith("data:image/svg"):
            return f"![{match['words']}]({found}{match['title'] or ''})"
        # Markdown takes a drawing's address for a script.
        return f'<img src="{found}" alt="{html.escape(match["words"])}">'

    def in_html(match: re.Match[str]) -> str:
        source = _SOURCE.search(match[0])
        given = html.unescape(source[2].strip("\"'")) if source else ""
        found = _picture(given, attached, place)
        if source is None or found is None:
            words = _WORDS.search(match[0])
            return f"<em>{words[1] or words[2] or ''}</em>" if words else ""
        return match[0][: source.start(2)] + f'"{found}"' + match[0][source.end(2) :]

    return _HTML_PICTURE.sub(in_html, _MARKDOWN_PICTURE.sub(in_markdown, text))


def _picture(source: str, attached: Mapping[str, Mapping[str, str]], place: str) -> str | None:
    """Return a picture as a data address; None, with a line, if it is not in the notebook."""
    if source.startswith("data:image/"):
        return source
    if source.startswith("attachment:"):
        bundle = attached.get(_plain(source.removeprefix("attachment:")), {})
        for kind in _KINDS:
            if kind in bundle:
                data = "".join(str(bundle[kind]).split())
                return f"data:{kind};base64,{data}"
    shown = unquote(source.removeprefix("attachment:"))[:80]
    logger.warning(
        "%s: the picture “%s” is not in the notebook; paste it into the cell", place, shown
    )
    return None


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", unquote(name)).strip()


def mend_links(document: Any, content: Any, name: str, lang: str) -> None:
    """Lead links within a page to its headings; those that lead nowhere become plain words.

    JupyterLab writes a heading's anchor with its accents and capitals; the page has its own.

    Parameters
    ----------
    document
        The page, its headings with their anchors.
    content, name, lang
        See `place_pictures`.
    """
    anchors = {one.get("id") for one in document.iter() if one.get("id")}
    for link in list(document.iterfind(".//main//a[@href]")):
        target = link.get("href")
        if not target.startswith("#") or target == "#" or target[1:] in anchors:
            continue
        wanted = unquote(target[1:])
        if slug(wanted) in anchors:
            link.set("href", f"#{slug(wanted)}")
            continue
        place = _place(content, name, lang, wanted, target)
        logger.warning("%s: the link “#%s” leads to no heading of the page", place, wanted)
        link.drop_tag()


def lead_to_pages(
    document: Any, content: Any, name: str, lang: str, links: Mapping[str, str]
) -> list[str]:
    """Lead links to other notebooks to their pages, and return where they lead.

    ``[the map](45_over_the_years.ipynb#How-it-changed)`` opens the notebook in JupyterLab, and its
    page here. One to a notebook without a page becomes plain words, with a line if there is no
    such notebook at all.

    Parameters
    ----------
    document, content, name, lang
        See `mend_links`.
    links
        Where each notebook is published; nothing for one that is not.
    """
    found = []
    for link in list(document.iterfind(".//main//a[@href]")):
        target = link.get("href")
        match = _NOTEBOOK.fullmatch(target)
        if match is None:
            continue
        href = links.get(unquote(match["name"]))
        if not href:
            if href is None:
                place = _place(content, name, lang, unquote(target), target)
                logger.warning("%s: the link “%s” leads to no notebook", place, unquote(target))
            link.drop_tag()
            continue
        if match["anchor"] and "#" not in href:
            href = f"{href}#{slug(unquote(match['anchor']))}"
        link.set("href", href)
        found.append(href)
    return found


def _place(content: Any, name: str, lang: str, *written: str) -> str:
    """Return the words for the cell of prose that has one of these texts; else for the notebook."""
    for place, cell in _prose(content, name, lang):
        if any(one in cell.source for one in written):
            return place
    return name


def _prose(content: Any, name: str, lang: str) -> Iterator[tuple[str, Any]]:
    """Give the cells of prose that the page shows, and the words for where each stands."""
    # The run put a cell of its own into the notebook; its author counts without it.
    own = [one for one in content.cells if INJECTED not in one.metadata.get("tags", [])]
    for number, cell in enumerate(own, 1):
        tags = cell.metadata.get("tags", [])
        written = [tag for tag in tags if tag.startswith("lang-")]
        shown = (not written or f"lang-{lang}" in written) and "lab-only" not in tags
        if cell.cell_type == "markdown" and shown:
            yield f"{name}, cell {number}", cell
