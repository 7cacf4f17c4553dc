"""How a page is laid out: key findings first, contents beside the text, details folded.

A notebook says with tags of its cells what matters. The figure, or the first sentences, that a cell
tagged ``key`` makes are key findings of the page; sentences tagged ``key-only`` stand among these
alone, and not again in their section. A table or figure of a cell tagged ``open`` is shown at
once. On a page with such tags every other table and figure is folded under its title.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from kgstats.appendix import menus
from kgstats.present.figures import DATA_TYPE as FIGURE_DATA
from kgstats.present.tables import DATA_TYPE as TABLE_DATA

KEY, KEY_ONLY, OPEN = "key", "key-only", "open"
SENTENCES = 3
"""So many sentences of one cell are key findings."""


@dataclass
class Marks:
    """What the tags of a notebook's cells single out."""

    findings: list[dict[str, str]] = field(default_factory=list)
    """The key findings: each a ``text`` and the ``anchor`` where it is shown."""
    open: set[str] = field(default_factory=set)
    """Slugs of what is shown at once."""
    used: bool = False
    said: set[str] = field(default_factory=set)
    """The anchors of sentences that stand among the key findings alone."""


def marks(cells: Iterable[Any]) -> Marks:
    """Read the tags of executed cells; sentences that are key findings get an anchor.

    Parameters
    ----------
    cells
        The cells of the page; the HTML of their outputs may be changed.
    """
    found = Marks()
    for number, cell in enumerate(cells):
        tags = cell.metadata.get("tags", [])
        found.used = found.used or not {KEY, KEY_ONLY, OPEN}.isdisjoint(tags)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            carried = data.get(FIGURE_DATA) or data.get(TABLE_DATA)
            if carried and OPEN in tags:
                found.open.add(carried["slug"])
            if KEY not in tags and KEY_ONLY not in tags:
                continue
            if FIGURE_DATA in data:
                found.findings.append({"text": carried["title"], "anchor": carried["slug"]})
            elif not carried and "text/html" in data:
                anchor = f"finding-{number}"
                if KEY_ONLY in tags:
                    found.said.add(anchor)
                page = re.sub("<div ", f'<div id="{anchor}" ', "".join(data["text/html"]), count=1)
                data["text/html"] = page
                lines = "".join(data["text/plain"]).splitlines()
                lines = lines if KEY_ONLY in tags else lines[:SENTENCES]
                found.findings += [{"text": _as_titles(x), "anchor": anchor} for x in lines]
    return found


def _as_titles(sentence: str) -> str:
    """Return a sentence as it stands among titles: a single one ends without a stop."""
    said = sentence.removeprefix("- ")
    return said if ". " in said else said.removesuffix(".")


def lay_out(
    document: Any, found: Marks, headings: Sequence[Mapping[str, Any]], words: Mapping[str, str]
) -> None:
    """Put the key findings above the text, the contents beside it, and fold the details."""
    if found.used:
        for block in menus.blocks(document):
            if block.get("id") not in found.open:
                fold(block, words)
        for told in document.iterfind(".//main//div[@class='definitions']"):
            _wrap([told], words["definitions"])
        for folded in document.iterfind(".//main//details[@class='detail']"):
            _take_in(folded)
    for anchor in found.said:
        _say_once(document, anchor, found.findings)
    _fold_reading(document, words["reading"])
    shown = list(headings)
    if found.findings:
        _insert_findings(document, found.findings, words["findings"])
        shown.insert(0, {"level": 2, "text": words["findings"], "id": FINDINGS})
    _insert_contents(document, shown, words["contents"])


FINDINGS = "key-findings"


def _say_once(document: Any, anchor: str, findings: Sequence[dict[str, str]]) -> None:
    """Take sentences out of their section, to whose heading the key findings lead then."""
    told = document.get_element_by_id(anchor)
    section = told.xpath("(preceding::h2 | preceding::h3)[@id][last()]")
    told.drop_tree()
    for one in findings:
        if one["anchor"] == anchor and section:
            one["anchor"] = section[0].get("id")


def fold(block: Any, words: Mapping[str, str]) -> None:
    """Fold a table or figure: its title stays, as the heading of what can be unfolded."""
    named = menus.title(block)
    heading = next(x for x in named.iter() if str(x.get("class")) == "title")
    kind = words["figure"] if block.get("class") == "figure" else words["table"]
    held = etree.Element("details", {"class": "detail"})
    summary = etree.SubElement(held, "summary")
    block.addprevious(held)
    held.append(block)
    # What follows the block in its paragraph stays where it is.
    held.tail, block.tail = block.tail, None
    parent = heading.getparent()
    label = etree.Element("span")
    label.text = "".join(heading.itertext())
    parent.replace(heading, label)
    heading.tail = None
    summary.append(heading)
    etree.SubElement(summary, "span", {"class": "kind"}).text = kind
    named.set("class", "folded")


def _take_in(folded: Any) -> None:
    """Fold the sentences about a table or figure with it; cautions and key findings stay."""
    told = folded.getnext()
    while told is not None and told.get("class") == "finding" and told.get("id") is None:
        folded.append(told)
        told = folded.getnext()


def _fold_reading(document: Any, words: str) -> None:
    """Keep the first paragraph below the title; how the page is to be read is folded."""
    title = document.find(".//main//h1")
    rest = [x for x in list(title.itersiblings()) if x.tag in ("p", "ul", "ol")][1:]
    if not rest:
        return
    _wrap(rest, words)


def _wrap(parts: Sequence[Any], words: str) -> None:
    """Fold parts that follow each other below a line of words."""
    held = etree.Element("details", {"class": "reading"})
    etree.SubElement(held, "summary").text = words
    parts[0].addprevious(held)
    for part in parts:
        held.append(part)


def _insert_findings(document: Any, findings: Sequence[Mapping[str, str]], label: str) -> None:
    title = document.find(".//main//h1")
    block = title.getparent()
    section = etree.Element("section", {"class": "key", "aria-labelledby": FINDINGS})
    etree.SubElement(section, "h2", id=FINDINGS).text = label
    entries = etree.SubElement(section, "ul")
    for one in findings:
        link = etree.SubElement(etree.SubElement(entries, "li"), "a", href=f"#{one['anchor']}")
        link.text = one["text"]
    # Below the headline figures, where the page opens with them.
    after = block.getnext()
    while after is not None and after.get("class") in ("code", "banner"):
        after = after.getnext()
    opens = after is not None and "headlines" in str(after.get("class"))
    (after if opens else block if block.tag != "main" else title).addnext(section)


def _insert_contents(document: Any, headings: Sequence[Mapping[str, Any]], label: str) -> None:
    main = document.find(".//main")
    contents = etree.Element("nav", {"class": "contents", "aria-label": label})
    etree.SubElement(contents, "p", {"class": "contents-title"}).text = label
    entries = etree.SubElement(contents, "ul", id="contents")
    for heading in headings:
        if heading["level"] == 2:
            link = etree.SubElement(etree.SubElement(entries, "li"), "a", href=f"#{heading['id']}")
            link.text = heading["text"]
    main.addprevious(contents)


def mark_names(document: Any, names: Collection[str]) -> None:
    """Mark Vietnamese names on a page in another language, so that a voice reads them rightly.

    What is nothing but a name is marked itself, a name within words by an element around it.
    """
    if not names:
        return
    for element in document.iter("th", "a", "span", "li"):
        if len(element) == 0 and " ".join((element.text or "").split()) in names:
            element.set("lang", "vi")
    longest_first = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    named = re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)")
    for element in list(document.find(".//main").iter(etree.Element)):
        parents = (element, *element.iterancestors())
        if any(one.tag in NOT_WORDS or one.get("lang") for one in parents[:-1]):
            continue
        _mark(element, None, named)
        for child in list(element):
            _mark(element, child, named)


def with_names(page: str, names: Collection[str]) -> str:
    """Return a page, as HTML, with its Vietnamese names marked."""
    document = lxml_html.document_fromstring(page)
    mark_names(document, names)
    return lxml_html.tostring(document, encoding="unicode", doctype="<!DOCTYPE html>") + "\n"


NOT_WORDS = frozenset({"svg", "code", "pre", "script", "style", "option", "title", "textarea"})
"""Elements in which no other can stand, or whose text is not said in words."""


def _mark(parent: Any, after: Any, named: re.Pattern[str]) -> None:
    """Put an element around each name in the text at the head of an element, or after a child."""
    text = (parent.text if after is None else after.tail) or ""
    for found in reversed(list(named.finditer(text))):
        marked = etree.Element("span", lang="vi")
        marked.text, marked.tail = found.group(), text[found.end() :]
        text = text[: found.start()]
        if after is None:
            parent.text = text
            parent.insert(0, marked)
        else:
            after.tail = text
            parent.insert(parent.index(after) + 1, marked)


def intro(document: Any) -> str:
    """Return the first paragraph below the title, as text."""
    told = next((x for x in document.find(".//main//h1").itersiblings() if x.tag == "p"), None)
    return "" if told is None else " ".join(told.text_content().split())


HEAVIEST = 60_000
"""A picture of more characters than this, a map, does not stand on the front page."""


def lead(document: Any) -> dict[str, str]:
    """Return the headline figures of a page, and the first picture it shows at once, as HTML."""
    found = {}
    headlines = document.find(".//main//dl[@class='headlines']")
    if headlines is not None:
        found["headlines"] = lxml_html.tostring(headlines, encoding="unicode", with_tail=False)
    for figure in menus.blocks(document):
        shut = any(up.tag == "details" for up in figure.iterancestors())
        picture = figure.find("./div[@class='picture']")
        if shut or picture is None:
            continue
        drawn = lxml_html.tostring(picture, encoding="unicode", with_tail=False)
        if len(drawn) <= HEAVIEST:
            caption = menus.name(figure)
            return found | {"picture": drawn, "caption": caption, "anchor": figure.get("id")}
    return found
