"""What readers search: an index of the publication, with values and words that mean the same."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import html as lxml_html

from kgstats import registry
from kgstats.present import numbers
from kgstats.words import N_, Translate, translator

SYNONYMS = Path(__file__).with_name("synonyms.csv")
SMALL_WORDS = Path(__file__).with_name("small_words.csv")
ROW_VALUES = 2
"""So many numbers of a row stand beside its name."""
PROVINCE = N_("Whole province")

Entry = tuple[str, str, int, str, str]
"""Text, kind, number of the page, anchor, and a value to read at once."""


@lru_cache
def synonyms() -> list[list[str]]:
    """Return the groups of words that mean the same, of both languages together."""
    with SYNONYMS.open(encoding="utf-8", newline="") as file:
        return [
            [one for column in row.values() for one in column.split("|")]
            for row in csv.DictReader(file)
        ]


@lru_cache
def small_words() -> list[list[str]]:
    """Return what questions are put with and says nothing by itself, the longest first."""
    with SMALL_WORDS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {one for row in rows for column in row.values() for one in column.split("|") if one}
    return sorted((one.split() for one in found), key=lambda words: (-len(words), words))


def script(pages: Sequence[Mapping[str, str]], told: Sequence[Mapping[str, Any]], lang: str) -> str:
    """Return the index as a classic script, which works from a folder.

    Parameters
    ----------
    pages
        ``title``, ``href``, what menus call it (``short``), the ``place`` (a district) that it is
        about, or that it is about the ``whole`` province.
    told
        What the export of each page told of it.
    lang
        Language of the pages.
    """
    t = translator(lang)
    entries = [
        entry
        for number, (page, about) in enumerate(zip(pages, told, strict=True))
        for entry in _of_page(number, page, about, lang, t)
    ]
    content = {
        "pages": [{"title": page["title"], "href": page["href"]} for page in pages],
        "entries": entries,
        "small": small_words(),
        "synonyms": synonyms(),
    }
    return f"window.kgstatsSearch = {json.dumps(content, ensure_ascii=False)};\n"


def _of_page(
    number: int, page: Mapping[str, str], about: Mapping[str, Any], lang: str, t: Translate
) -> Iterator[Entry]:
    short = page.get("short", "")
    yield about["title"], "page", number, "", short if short != about["title"] else ""
    place = page.get("place") or (t(PROVINCE) if page.get("whole") else "")
    if place:
        for label, value in _headlines(about.get("lead", {}).get("headlines", "")):
            yield f"{label}, {place}", "value", number, "", value
    for heading in about["headings"]:
        yield heading["text"], "heading", number, heading["id"], ""
    for term in about.get("terms", ()):
        yield term["text"], "term", number, term["id"], term["means"]
    for figure in about["figures"]:
        yield figure["title"], "figure", number, figure["slug"], ""
    seen: set[str] = set()
    for table in about["tables"]:
        yield table["caption"], "table", number, table["slug"], ""
        keys = [column["key"] for column in table["columns"]]
        for key in keys:
            measure = registry.measures().get(key)
            # One without a definition is a key; what is left open is said by the page.
            if measure and measure.definition and "{" not in measure.label:
                name = t(measure.label)
                if name not in seen:
                    seen.add(name)
                    yield name, "measure", number, table["slug"], ""
        # What heads a row, and before it the group the row stands in.
        last = keys.index(table["header"])
        for row in table["rows"]:
            for at, cell in enumerate(row[: last + 1]):
                text = str("" if cell is None else cell).strip()
                if text and text not in seen:
                    seen.add(text)
                    said = _values(table["columns"], row, last, lang) if at == last else ""
                    yield text, "row", number, table["slug"], said


def _headlines(markup: str) -> list[tuple[str, str]]:
    """Return the headline figures of a page: what each is, and its value."""
    if not markup:
        return []
    return [
        (
            one.findtext("dt") or "",
            " ".join(one.find("dd[@class='value']").text_content().split()),
        )
        for one in lxml_html.fragment_fromstring(markup).iterfind("div")
    ]


def _values(columns: Sequence[Mapping[str, Any]], row: Sequence[Any], last: int, lang: str) -> str:
    """Return the first numbers of a row, each with its column's name."""
    said = []
    for column, value in list(zip(columns, row, strict=True))[last + 1 :]:
        if isinstance(value, bool) or not isinstance(value, int | float) or not column.get("unit"):
            continue
        said.append(f"{column['label']}: {numbers.number(value, lang, column.get('decimals'))}")
        if len(said) == ROW_VALUES:
            break
    return "; ".join(said)
