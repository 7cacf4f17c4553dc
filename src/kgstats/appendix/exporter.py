"""Executed notebooks to HTML pages: an nbconvert exporter with a template of the product's own."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from lxml import html as lxml_html
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import Preprocessor
from traitlets import Unicode

from kgstats.appendix import menus, outline, prose, terms
from kgstats.present.figures import DATA_TYPE as FIGURE_DATA
from kgstats.present.tables import DATA_TYPE as TABLE_DATA
from kgstats.words import slug

HERE = Path(__file__).parent
DROPPED_TAGS = ("parameters", "lab-only")
"""Cells a reader has no use for: defaults that the run replaced, and views for JupyterLab."""


FIXED_ANCHORS = ("how-made", "read-on")
"""Anchors of the template's own headings, the same in every language."""


class ExportError(Exception):
    """A page that must not be published as it is; the message says what is missing."""


@dataclass
class Page:
    """An exported page and what the site needs to know of it."""

    html: str
    title: str
    headings: list[dict[str, Any]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, str]] = field(default_factory=list)
    intro: str = ""
    """The first paragraph below the title."""
    lead: dict[str, str] = field(default_factory=dict)
    """What the front page may open with: ``headlines``, ``picture`` and ``caption`` of a figure."""
    terms: list[dict[str, str]] = field(default_factory=list)
    """The terms that the page explains."""
    links: list[str] = field(default_factory=list)
    """Where its prose links to on other pages."""


class LanguageFilter(Preprocessor):
    """Keep the prose of one language and hide the cells readers have no use for."""

    lang = Unicode("vi")

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the notebook with the cells of the page's language."""
        kept: list[Any] = []
        waiting: list[str] = []
        for cell in nb.cells:
            tags = cell.metadata.get("tags", [])
            written = [tag.removeprefix("lang-") for tag in tags if tag.startswith("lang-")]
            if written and self.lang not in written:
                continue
            if any(tag in DROPPED_TAGS for tag in tags):
                continue
            if cell.cell_type == "code":
                # Code without a result of its own is read together with the next that has one.
                if not cell.outputs:
                    waiting.append(cell.source)
                    continue
                cell.source = "\n\n".join([*waiting, cell.source])
                waiting = []
            kept.append(cell)
        nb.cells = kept
        return nb, resources


class AppendixExporter(HTMLExporter):
    """HTML without a request to anywhere: no scripts or styles but the publication's own."""

    def __init__(self, lang: str, **settings: Any) -> None:
        self._lang = lang
        # Where the publication's own template stands.
        folders = [str(HERE / "templates")]
        # Is still a notebook at the end, not after each of a dozen steps that change little.
        settings = {"optimistic_validation": True, **settings}
        super().__init__(extra_template_basedirs=folders, **settings)
        self.register_preprocessor(LanguageFilter(lang=lang, enabled=True), enabled=True)

    def _template_name_default(self) -> str:
        return "kgstats"

    def from_notebook_node(  # type: ignore[override]
        self, nb: Any, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert a notebook, without `HTMLExporter`'s second reading of what came out.

        It marks the boxes of JupyterLab's template, which this one has not, and pictures without
        alternative text, which are refused here.
        """
        resources = self._init_resources(resources)
        lexer = nb.metadata.get("language_info", {}).get("pygments_lexer", "ipython3")
        self.register_filter("highlight_code", Highlight2HTML(pygments_lexer=lexer, parent=self))
        types = WidgetsDataTypeFilter(self._nb_metadata, resources, parent=self)
        self.register_filter("filter_data_type", types)
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)


_EXPORTERS: dict[str, AppendixExporter] = {}


def exporter(lang: str) -> AppendixExporter:
    """Return the language's exporter, kept warm: making one costs far more than using it."""
    if lang not in _EXPORTERS:
        _EXPORTERS[lang] = AppendixExporter(lang)
    return _EXPORTERS[lang]


def export(notebook: Path, lang: str, context: Mapping[str, Any]) -> Page:
    """Export one executed notebook.

    Parameters
    ----------
    context
        What the template shows around the notebook (see :mod:`kgstats.appendix.site`).

    Raises
    ------
    ExportError
        For a page without exactly one first-level heading, a figure without alternative text, a
        repeated anchor, or an image that is no figure of ours.
    """
    import nbformat

    content = nbformat.read(notebook, as_version=4)
    call_frames(content, lang)
    own_data(content)
    tables, figures = _carried(content, notebook.stem)
    page = dict(context)
    prose.say_locally(content, notebook.stem, lang)
    prose.place_pictures(content, notebook.stem, lang)
    marks = outline.marks(content.cells)
    held = _held_out(content)
    body, _ = exporter(lang).from_notebook_node(content, resources={"kgstats": page})
    body = SLOT.sub(lambda match: held[int(match[1])], body)
    document = lxml_html.document_fromstring(body)
    if page["computed_title"]:
        for heading in document.findall(".//main//h1"):
            heading.text = page["title"]
    title, headings = _headings(document, notebook.stem)
    prose.mend_links(document, content, notebook.stem, lang)
    links = prose.lead_to_pages(document, content, notebook.stem, lang, page["links"])
    pictures = {figure["slug"] for figure in figures if "png" in figure}
    words = page["words"]
    menus.make_headings(document)
    for block in menus.blocks(document):
        menus.add(block, page, pictures)
    menus.list_cells_once(document, words["same_cells"])
    menus.gather_code(document, words["page_code"])
    outline.lay_out(document, marks, headings, words)
    outline.mark_names(document, page["names"])
    terms.link(document, page["glossary"], lang)
    _check_ids(document, notebook.stem)
    rendered = lxml_html.tostring(document, encoding="unicode", doctype="<!DOCTYPE html>")
    return Page(
        rendered + "\n",
        title,
        headings,
        tables,
        figures,
        findings=marks.findings,
        intro=outline.intro(document),
        lead=outline.lead(document),
        terms=terms.entries(document),
        links=links,
    )


SLOT = re.compile(r'<div data-kgstats-slot="(\d+)"></div>')


_INDENTED = re.compile(r">\s*\n\s*<")


def _held_out(content: Any) -> list[str]:
    """Put a slot in the place of each HTML output, and return what was there.

    nbconvert parses a whole page once more to look for pictures without alternative text, which
    ours cannot have; with the drawings in it that took most of a page's time.
    """
    held: list[str] = []
    for cell in content.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                held.append(_INDENTED.sub(">\n<", "".join(data["text/html"])))
                data["text/html"] = f'<div data-kgstats-slot="{len(held) - 1}"></div>'
    return held


def call_frames(content: Any, lang: str) -> None:
    """Call tables of plain frames, which nobody gave a caption, as the headings above them."""
    heading, calls = "", Counter[str]()
    for cell in content.cells:
        tags = cell.metadata.get("tags", [])
        if any(tag.startswith("lang-") for tag in tags) and f"lang-{lang}" not in tags:
            continue
        if cell.cell_type == "markdown":
            said = re.findall(r"^#+\s+(.+?)\s*$", cell.source, re.MULTILINE)
            heading = said[-1] if said else heading
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if TABLE_DATA not in data or not heading:
                continue
            table = _as_dict(data[TABLE_DATA])
            if not table.get("plain"):
                continue
            calls[heading] += 1
            number = calls[heading]
            table["caption"] = heading if number == 1 else f"{heading} ({number})"
            data[TABLE_DATA] = table
            called = escape(table["caption"]).replace("\\", r"\\")
            page = "".join(data["text/html"])
            data["text/html"] = _CAPTION.sub(rf"\g<1>{called}\g<2>", page, count=1)


def own_data(content: Any) -> None:
    """Give a figure's data an anchor of its own, where a table of the page has theirs.

    A researcher shows a table and hands it to the charts drawn from it.
    """
    outputs = [one for cell in content.cells for one in cell.get("outputs", [])]
    told = [one.data[TABLE_DATA] for one in outputs if TABLE_DATA in one.get("data", {})]
    taken = {_as_dict(one)["slug"] for one in told}
    for output in outputs:
        data = output.get("data", {})
        if FIGURE_DATA not in data:
            continue
        figure = _as_dict(data[FIGURE_DATA])
        old = figure.get("data", {}).get("slug")
        if old in taken:
            figure["data"]["slug"] = new = f"{figure['slug']}-data"
            page = "".join(data["text/html"])
            data["text/html"] = re.sub(
                rf'(="#?){re.escape(old)}(?=(-caption)?")', rf"\1{new}", page
            )
            data[FIGURE_DATA] = figure
        taken.add(figure.get("data", {}).get("slug"))


_CAPTION = re.compile(r"(<caption[^>]*><div>).*?(</div></caption>)", re.DOTALL)


def _carried(content: Any, name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    tables, figures = [], []
    for cell in content.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if TABLE_DATA in data:
                tables.append(_as_dict(data[TABLE_DATA]))
            if FIGURE_DATA in data:
                figure = _as_dict(data[FIGURE_DATA])
                if not figure.get("alternative", "").strip():
                    raise ExportError(
                        f"{name}: figure {figure.get('slug')} has no alternative text"
                    )
                figures.append(figure)
            elif "image/png" in data or "image/svg+xml" in data:
                raise ExportError(
                    f"{name}: a picture without alternative text; make it a figure with "
                    "kgstats.present.figures"
                )
    return tables, figures


def _as_dict(value: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(value) if isinstance(value, str) else dict(value)
    return loaded


def _headings(document: Any, name: str) -> tuple[str, list[dict[str, Any]]]:
    """Give every heading a stable anchor; return the title and the headings below it."""
    main = document.find(".//main")
    taken = {element.get("id") for element in document.iter() if element.get("id")}
    first = main.findall(".//h1")
    if len(first) != 1:
        raise ExportError(f"{name}: the page has {len(first)} first-level headings, it needs one")
    found: list[dict[str, Any]] = []
    for element in main.iter("h1", "h2", "h3"):
        text = " ".join("".join(element.itertext()).replace("¶", "").split())
        for anchor in element.findall(".//a[@class='anchor-link']"):
            anchor.drop_tree()
        if element.get("id") in FIXED_ANCHORS:
            found.append({"level": 2, "text": text, "id": element.get("id")})
            continue
        old = element.get("id")
        taken.discard(old)
        anchor, number = slug(text), 2
        while anchor in taken:
            anchor, number = f"{slug(text)}-{number}", number + 1
        taken.add(anchor)
        element.set("id", anchor)
        if element.tag != "h1":
            found.append({"level": int(element.tag[1]), "text": text, "id": anchor})
    return " ".join(first[0].text_content().split()), found


def _check_ids(document: Any, name: str) -> None:
    seen: set[str] = set()
    for element in document.iter():
        anchor = element.get("id") if isinstance(element.tag, str) else None
        if anchor is None:
            continue
        if anchor in seen:
            raise ExportError(f"{name}: the anchor {anchor!r} is there twice; slugs must differ")
        seen.add(anchor)
