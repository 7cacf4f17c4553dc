"""What can be taken away from a table or figure, in one menu below it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from lxml import etree
from lxml import html as lxml_html

HIDDEN = "visually-hidden"
TAKEN_IN = ("figure-data", "provenance")
"""Folded parts of a table or figure that stand in its menu."""


def blocks(document: Any) -> list[Any]:
    """Return the tables and figures of a page; not the table of data that a figure has."""
    return [
        block
        for block in document.iterfind(".//main//*[@id]")
        if block.get("class") in ("table", "figure")
        and not any("figure-data" in str(up.get("class")) for up in block.iterancestors())
    ]


def title(block: Any) -> Any:
    """Return the element that names a table or figure."""
    return block.find(".//caption" if block.get("class") == "table" else ".//figcaption")


def name(block: Any) -> str:
    """Return the name of a table or figure as plain text."""
    return " ".join("".join(title(block).itertext()).split())


def add(block: Any, page: Mapping[str, Any], pictures: Collection[str]) -> None:
    """Put files, link, citation, sources, data and code of a table or figure into one menu.

    Parameters
    ----------
    block
        The table or figure.
    page
        What the template shows around the notebook (see :mod:`kgstats.appendix.site`).
    pictures
        Slugs of the figures that there is a picture for print of.
    """
    words, anchor, named = page["words"], block.get("id"), name(block)
    menu = etree.Element("details", {"class": "menu"})
    summary = etree.SubElement(menu, "summary")
    summary.text = words["menu"]
    etree.SubElement(summary, "span", {"class": HIDDEN}).text = f": {named}"
    tools = etree.SubElement(menu, "div", {"class": "tools"})
    for slug, suffix in _files(block, pictures):
        link = etree.SubElement(tools, "a", href=f"{page['data']}/{slug}.{suffix}", download="")
        link.text = suffix.upper()
        link.set("aria-label", f"{words['download']} {suffix.upper()}")
    link = etree.SubElement(tools, "a", {"href": f"#{anchor}", "class": "permalink"})
    link.text = words["permalink"]
    cite = etree.SubElement(menu, "p", {"class": "cite"})
    etree.SubElement(cite, "b").text = words["cite"]
    cite[0].tail = " "
    etree.SubElement(cite, "span").text = page["citation"].format(name=named, anchor=anchor)
    for part in [*block.iterfind("./details")]:
        if part.get("class") in TAKEN_IN:
            part.drop_tree()
            menu.append(part)
    # The code of a table or figure is one of the things to take away from it.
    code = block.getnext()
    if code is not None and code.get("class") == "code":
        menu.append(code)
    block.append(menu)


def _files(block: Any, pictures: Collection[str]) -> list[tuple[str, str]]:
    anchor = str(block.get("id"))
    if block.get("class") == "table":
        return [(anchor, "csv"), (anchor, "xlsx")]
    data = block.find("./details[@class='figure-data']//div[@class='table']")
    found = [(anchor, "png")] if anchor in pictures else []
    return found if data is None else [*found, (data.get("id"), "csv"), (data.get("id"), "xlsx")]


def list_cells_once(document: Any, words: str) -> None:
    """Let tables and figures made from the same cells share one list of them."""
    first: dict[bytes, Any] = {}
    for panel in document.iterfind(".//main//details[@class='provenance']"):
        listed = panel.find("ul")
        block = next(up for up in panel.iterancestors() if up.get("id"))
        key = etree.tostring(listed)
        if key not in first:
            first[key] = block
            continue
        known = first[key]
        told = etree.Element("p")
        told.text = words + " "
        link = etree.SubElement(told, "a", href=f"#{known.get('id')}")
        link.text = name(known)
        panel.replace(listed, told)


def gather_code(document: Any, words: str) -> None:
    """Put the code of sentences and headline figures together, below how the page was made."""
    loose = [
        code
        for code in document.iterfind(".//main//details[@class='code']")
        if not any(up.get("class") == "menu" for up in code.iterancestors())
    ]
    made = document.find(".//main//section[@class='made']")
    if not loose or made is None:
        return
    held = etree.SubElement(made, "details", {"class": "code"})
    etree.SubElement(held, "summary").text = words
    for code in loose:
        held.append(code.find("pre"))
        code.drop_tree()


def make_headings(document: Any) -> None:
    """Let the title of each table and figure be a heading, below the section it stands in."""
    level = 1
    shown = set(blocks(document))
    for element in list(document.find(".//main").iter("h1", "h2", "h3", "div", "figure")):
        if element.tag in ("h1", "h2", "h3"):
            level = int(element.tag[1])
        elif element in shown:
            named = title(element)
            inner = named.find("div") if element.get("class") == "table" else named
            heading = lxml_html.Element(f"h{level + 1}", {"class": "title"})
            heading.text, inner.text = inner.text, None
            for child in list(inner):
                heading.append(child)
            inner.insert(0, heading)
