"""One page as one file to mail: styles, script and downloads inside, no link that would break."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html

MEDIA_TYPES = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def single_file(page: Path) -> str:
    """Return a page of the publication as one self-contained HTML file.

    The script is allowed by its hash, so the page's policy stays as strict as it was. Links to
    other pages become plain text: a page that is mailed has no neighbours.
    """
    document = lxml_html.document_fromstring(page.read_text(encoding="utf-8"))
    for link in document.findall(".//link[@rel='stylesheet']"):
        style = etree.Element("style")
        style.text = (page.parent / str(link.get("href"))).resolve().read_text(encoding="utf-8")
        link.getparent().replace(link, style)
    hashes = []
    for script in document.findall(".//script[@src]"):
        file = (page.parent / str(script.get("src"))).resolve()
        if file.name == "search-index.js":
            script.drop_tree()
            continue
        text = file.read_text(encoding="utf-8")
        script.attrib.clear()
        script.text = text
        # It has to find the page's body already there: an inline script cannot be deferred.
        script.drop_tree()
        document.body.append(script)
        hashes.append("'sha256-" + _digest(text) + "'")
    policy = document.find(".//meta[@http-equiv='Content-Security-Policy']")
    rules = [rule.strip() for rule in str(policy.get("content")).split(";")]
    rules = [
        f"script-src {' '.join(hashes)}" if rule.startswith("script-src") else rule
        for rule in rules
    ]
    policy.set("content", "; ".join(rules))
    for link in list(document.iter("a")):
        _inside(link, page)
    document.body.attrib.pop("data-years", None)
    for name in ("pages", "languages", "siblings", "crumbs", "read-on", "turn"):
        for block in document.findall(f".//nav[@class='{name}']"):
            block.drop_tree()
    for entry in document.findall(".//nav[@class='contents']//a[@href='#read-on']/.."):
        entry.drop_tree()
    return "<!DOCTYPE html>\n" + lxml_html.tostring(document, encoding="unicode") + "\n"


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _inside(link: Any, page: Path) -> None:
    target = str(link.get("href") or "")
    if target.startswith(("#", "http:", "https:", "mailto:")) or not target:
        return
    file = page.parent / unquote(target.partition("#")[0])
    if link.get("download") is not None and file.is_file():
        kind = MEDIA_TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0]
        content = base64.b64encode(file.read_bytes()).decode("ascii")
        link.set("href", f"data:{kind};base64,{content}")
        link.set("download", file.name)
        return
    link.tag = "span"
    for name in ("href", "rel", "aria-current", "hreflang", "data-language-switch"):
        link.attrib.pop(name, None)
