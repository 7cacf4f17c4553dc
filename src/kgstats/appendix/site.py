"""The publication around the pages: names, links between them, the front page, shared assets."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import html
import json
import logging
import re
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import kgstats
from kgstats.appendix import pictures
from kgstats.present import numbers
from kgstats.present.names import places
from kgstats.reference import province
from kgstats.words import LANGUAGES, N_, translator
from kgstats.workspace import replace_folder, replacing

logger = logging.getLogger(__name__)
HERE = Path(__file__).parent
LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}

SITE_TITLE = N_("{province}: National Target Programmes {year}")
ILLUSTRATIVE = N_(
    "The district returns behind this page are illustrative: real returns are not public. "
    "They were made to agree with every published figure and say nothing about real places "
    "beyond those."
)
MADE_UP = N_(
    "The district returns behind this page are illustrative, for trying the programme: no "
    "district sent them, and they say nothing about real places."
)

PROVISIONAL = N_(
    "Provisional: the returns of {year} from {places} are missing or incomplete, and nothing here "
    "includes what they lack."
)

CHANGES_TITLE = N_("What changed in the figures of {year}")
CHANGES_SINCE = N_("Compared with final release {number} of {day}.")
CHANGES_CAPTION = N_("{n} figures that changed, and why")
NO_CHANGES = N_("No published figure changed.")


@dataclass(frozen=True)
class Entry:
    """One page of the publication in one language."""

    slug: str
    title: str
    group: str | None = None
    """Pages of one group (a profile for each district) share one place in the navigation."""
    group_title: str = ""
    short: str = ""
    """What menus call the page, or its group."""
    background: bool = False
    """Whether the page tells of sources and checks; menus name it after the results."""

    @property
    def menu(self) -> str:
        """The name in a menu."""
        return self.short or self.group_title or self.title

    @property
    def href(self) -> str:
        """The page's file, seen from its neighbours."""
        return f"{self.slug}.html"


@dataclass(frozen=True)
class Edition:
    """A year's publication in one language: what all its pages share."""

    year: int
    lang: str
    entries: Sequence[Entry]
    languages: Sequence[str]
    illustrative: bool = False
    lacking: Sequence[str] = ()
    """Districts whose returns are missing in what is shown."""
    place: str = ""
    """What it is of, where it is not the province that is worked on."""
    within: str = ""
    """The same within a sentence."""
    names: Collection[str] | None = None
    """Vietnamese names that its pages hold, where they are not those of a province's areas."""
    banner: str = ""
    """What is said of illustrative returns, where it is not what is said of a province's."""

    @property
    def title(self) -> str:
        """What it is called."""
        return title(self.year, self.lang, self.place)

    @property
    def words(self) -> dict[str, str]:
        """The words around its pages."""
        return words(self.lang) | ({"illustrative": self.banner} if self.banner else {})


def title(year: int, lang: str, place: str = "") -> str:
    """Return what a year's publication of a place is called; of the province's without one."""
    shown = place or province.current().shown(lang)
    return translator(lang)(SITE_TITLE, province=shown, year=year)


def words(lang: str) -> dict[str, str]:
    """Return the words that stand around every page."""
    t = translator(lang)
    return {
        "skip": t("Skip to the content"),
        "language": t("Language"),
        "years": t("Other years"),
        "pages": t("Pages"),
        "crumbs": t("You are here"),
        "contents": t("On this page"),
        "code": t("Code"),
        "page_code": t("Code of the sentences and headline figures"),
        "menu": t("Download, data and source"),
        "figure": t("Chart"),
        "table": t("Table"),
        "reading": t("About this page"),
        "findings": t("Key findings"),
        "definitions": t("Show the definitions"),
        "take_away": t("Download: Excel, PDF, archive"),
        "about": t("About this publication"),
        "results": t("Results"),
        "background": t("Sources and checks"),
        "made": t("How this page was made"),
        "inputs": t("Files it was made from"),
        "siblings": t("Pages of this kind"),
        "read_on": t("Read on"),
        "turn": t("Previous and next page"),
        "previous": t("Previous"),
        "next": t("Next"),
        "illustrative": t(ILLUSTRATIVE if province.current().in_full else MADE_UP),
        "download": t("Download"),
        "permalink": t("Link"),
        "cite": t("Cite"),
        "same_cells": t("Drawn from the same cells as:"),
        "search": t("Search the publication"),
        "no_results": t("Nothing found"),
        "results_found": t("{n} results", n="{n}"),
        "copy_table": t("Copy the table"),
        "copy_citation": t("Copy the citation"),
        "save_picture": t("Save as a picture (PNG)"),
        "copied": t("Copied"),
        "not_copied": t("It could not be copied"),
        "filter": t("Filter rows"),
        "rows_shown": t("rows shown"),
        "sort": t("Sort by"),
        "profile": t("Profile of this district"),
        "close": t("Clear the choice of district"),
    }


def words_attributes(lang: str) -> str:
    """Return the words that the page's script needs, as attributes of its body."""
    names = words(lang)
    needed = (
        "search", "no_results", "results_found", "filter", "rows_shown", "sort", "profile", "close",
        "years", "copy_table", "copy_citation", "save_picture", "copied", "not_copied",
    )  # fmt: skip
    return " ".join(
        f'data-{name.replace("_", "-")}="{html.escape(names[name], quote=True)}"' for name in needed
    )


def context(
    edition: Edition,
    entry: Entry,
    *,
    parameters: Mapping[str, Any],
    inputs: Mapping[str, str],
    cut_offs: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what the template shows around a notebook.

    ``links`` says where each notebook that the page links to is published.
    """
    year, lang, entries = edition.year, edition.lang, edition.entries
    t = translator(lang)
    position = [e.slug for e in entries].index(entry.slug)
    neighbours = {
        "previous": entries[position - 1] if position else None,
        "next": entries[position + 1] if position + 1 < len(entries) else None,
    }
    shown = ", ".join(f"{name} = {value}" for name, value in parameters.items())
    return {
        "lang": lang,
        "year": year,
        "version": kgstats.__version__,
        "site_title": edition.title,
        "title": entry.title,
        "policy": CONTENT_SECURITY_POLICY,
        "icon": ICON,
        "assets": "../assets/",
        "words": edition.words,
        "glossary": next((one.href for one in entries if one.slug == GLOSSARY), ""),
        "script_words": words_attributes(lang),
        "illustrative": edition.illustrative,
        "provisional": provisional(year, lang, edition.lacking),
        "names": frozenset() if lang == "vi" else _names(year, edition.names),
        "data": f"data/{entry.slug}",
        "citation": _citation_of_parts(edition, cut_offs or {}, entry),
        "cut_offs": dict(cut_offs or {}),
        "links": links or {},
        "nav": _navigation(entries, entry),
        "crumbs": _crumbs(t("Front page"), entry),
        "siblings": [
            {
                "href": e.href,
                "title": e.title.removeprefix(f"{e.group_title}: "),
                "current": e.slug == entry.slug,
            }
            for e in entries
            if entry.group is not None and e.group == entry.group
        ],
        "read_on": [] if position else _read_on(entries[1:]),
        "computed_title": entry.group is not None,
        "languages": [
            {
                "lang": other,
                "name": LANGUAGE_NAMES[other],
                "href": f"../{other}/{entry.href}",
                "current": other == lang,
            }
            for other in LANGUAGES
            if other in edition.languages
        ]
        if len(edition.languages) > 1
        else [],
        "previous": _link(neighbours["previous"]),
        "next": _link(neighbours["next"]),
        "made": [
            (t("Reporting year"), str(year)),
            *_cut_off_line(cut_offs or {}, lang),
            (t("Parameters"), shown),
            (t("Produced with"), f"kgstats {kgstats.__version__}"),
            (t("How to cite"), _citation(edition, cut_offs or {}, entry)),
        ],
        "inputs": sorted(inputs.items()),
    }


def _names(year: int, own: Collection[str] | None = None) -> frozenset[str]:
    """Return the Vietnamese names on pages: those of all areas of a year, unless others are."""
    return _areas(year) if own is None else frozenset(own)


@lru_cache
def _areas(year: int) -> frozenset[str]:
    known = places(year, "vi")
    return frozenset(name for kind in ("district", "commune") for name in known[kind].values())


def provisional(year: int, lang: str, lacking: Sequence[str]) -> str:
    """Say that a page is provisional, for want of these districts' returns; nothing if of none."""
    if not lacking:
        return ""
    return translator(lang)(PROVISIONAL, year=year, places=", ".join(lacking))


CUT_OFFS = {"money": N_("money"), "units": N_("communes and households"), "report": ""}

REVISIONS = N_(
    "Once a year's figures are final, a page says which of them changed since, by how much and why."
)


def _cut_off_line(days: Mapping[str, str], lang: str) -> list[tuple[str, str]]:
    """Say the day the data end with; where kinds of data differ in it, each with its name."""
    t = translator(lang)
    shown = {kind: numbers.date(dt.date.fromisoformat(day), lang) for kind, day in days.items()}
    if not shown:
        return []
    said = "; ".join(f"{t(CUT_OFFS[kind])} {day}".strip() for kind, day in shown.items())
    return [(t("Data cut-off"), said)]


GLOSSARY = "data-dictionary"
"""The page that explains the terms."""

PUBLISHER = N_("The kgstats contributors")


def _citation(edition: Edition, days: Mapping[str, str], page: Entry | None = None) -> str:
    """Return the citation of a page, of the whole publication without one.

    Its year is that of the publication, the same on all pages, and its date the day its data end
    with: the day of a run would make other bytes of the same.
    """
    t = translator(edition.lang)
    day = max(days.values(), default=f"{edition.year}-12-31")
    said = t("Data to {day}.", day=numbers.date(dt.date.fromisoformat(day), edition.lang))
    titles = f"{page.title}. {edition.title}" if page else edition.title
    where = page.href if page else "index.html"
    return (
        f"{t(PUBLISHER)} ({edition.year}). {titles}. {said} kgstats {kgstats.__version__}. {where}"
    )


def _citation_of_parts(edition: Edition, days: Mapping[str, str], page: Entry) -> str:
    """Return the citation of a table or figure, with places left for its name and anchor."""
    whole = _citation(edition, days, page).replace("{", "{{").replace("}", "}}")
    by, titled = whole.split("). ", 1)
    return f"{by}). “{{name}}”, {translator(edition.lang)('in:')} {titled}#{{anchor}}"


def _crumbs(home: str, entry: Entry) -> list[dict[str, str]]:
    """Return the way from the front page to a page, the page itself without a link."""
    way = [{"href": "index.html", "title": home}]
    title = entry.title
    if entry.group is not None:
        way.append({"href": f"index.html#{entry.group}", "title": entry.group_title})
        title = title.removeprefix(f"{entry.group_title}: ")
    return [*way, {"href": "", "title": title}]


def _navigation(entries: Sequence[Entry], current: Entry) -> list[dict[str, Any]]:
    """Return the entries of the top navigation: each page, each group once."""
    found: list[dict[str, Any]] = []
    seen: set[str | None] = {None}
    # Results first, then what they rest on.
    for entry in sorted(entries, key=lambda one: one.background):
        if entry.group is None:
            href, here = entry.href, entry.slug == current.slug
        elif entry.group not in seen:
            href, here = f"index.html#{entry.group}", entry.group == current.group
        else:
            continue
        seen.add(entry.group)
        told = {"href": href, "title": entry.menu, "current": here}
        found.append(told | {"background": entry.background})
    return found


def _read_on(entries: Sequence[Entry]) -> list[dict[str, str]]:
    """Return the other pages by their titles, each group once."""
    alone = [{"href": one.href, "title": one.title} for one in entries if one.group is None]
    groups = {one.group: one.group_title for one in entries if one.group is not None}
    return alone + [{"href": f"index.html#{g}", "title": title} for g, title in groups.items()]


def _link(entry: Entry | None) -> dict[str, str] | None:
    return None if entry is None else {"href": entry.href, "title": entry.title}


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_page(
    notebook: Path, target: Path, about: Path, *, lang: str, context: Mapping[str, Any]
) -> None:
    """Export one executed notebook to ``target``, and what the site needs to know to ``about``.

    The page's tables and pictures are written as files beside it, in ``data/<page>/``.
    """
    from kgstats.appendix.exporter import export
    from kgstats.present import downloads

    page = export(notebook, lang, context)
    told: dict[str, Any] = {
        "title": page.title,
        "headings": page.headings,
        "findings": page.findings,
        "intro": page.intro,
        "lead": page.lead,
        "terms": page.terms,
        "links": page.links,
        "tables": page.tables,
        "cut_offs": context.get("cut_offs", {}),
        "notes": [
            note
            for note in (
                context["words"]["illustrative"] if context["illustrative"] else "",
                context.get("provisional", ""),
            )
            if note
        ],
        "figures": [{k: v for k, v in figure.items() if k != "png"} for figure in page.figures],
    }

    def fill(folder: Path) -> None:
        _write_tables(folder, downloads.of_page(told), told["notes"], lang)
        for figure in page.figures:
            if "png" in figure:
                named = {"name": figure["title"], "anchor": figure["slug"]}
                below = [*told["notes"], context["citation"].format(**named)]
                picture = pictures.labelled(base64.b64decode(figure["png"]), below)
                (folder / f"{figure['slug']}.png").write_bytes(picture)

    replace_folder(target.parent / "data" / target.stem, fill)
    with replacing(target) as draft:
        draft.write_text(page.html, encoding="utf-8", newline="\n")
    with replacing(about) as draft:
        draft.write_text(
            json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
            encoding="utf-8",
            newline="\n",
        )


def write_index(
    target: Path,
    edition: Edition,
    abouts: Mapping[str, Path],
    *,
    licence: str = "",
    changes: bool = False,
    revisions: bool = False,
) -> None:
    """Write the front page of one language: every page with what is on it.

    Parameters
    ----------
    licence
        What the publication may be used under, or whom to ask.
    changes
        Whether there is a page of what changed since the last final release.
    revisions
        Whether there will be one, once there is a final release.
    """
    from jinja2 import Environment, FileSystemLoader

    year, lang, entries = edition.year, edition.lang, edition.entries
    t = translator(lang)
    names, heading = edition.words, edition.title
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.group is not None:
            groups.setdefault(entry.group, []).append(entry)
    told = {one: json.loads(path.read_text(encoding="utf-8")) for one, path in abouts.items()}
    days = _ends(told.values())
    _check_links(told)
    alone = [entry for entry in entries if entry.group is None]
    about = [
        *_cut_off_line(days, lang),
        *([(t("Revisions"), t(REVISIONS))] if revisions else []),
        (t("Produced with"), f"kgstats {kgstats.__version__}"),
        *([(t("Licence"), licence)] if licence else []),
        (t("How to cite"), _citation(edition, days)),
    ]
    environment = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
    page = environment.get_template("front.html.j2").render(
        lang=lang,
        year=year,
        title=heading,
        title_in_css=_in_css(heading),
        policy=CONTENT_SECURITY_POLICY,
        icon=ICON,
        script_words=words_attributes(lang),
        words=names,
        languages={one: LANGUAGE_NAMES[one] for one in LANGUAGES if one in edition.languages},
        illustrative=edition.illustrative,
        provisional=provisional(year, lang, edition.lacking),
        intro=t(
            "Statistical appendices on new-style rural development and sustainable poverty "
            "reduction in {province}, {year}.",
            province=edition.within or province.current().titled(lang),
            year=year,
        ),
        findings=_findings(entries, told),
        lead=told[entries[0].slug].get("lead", {}) if entries else {},
        first=entries[0] if entries else None,
        results=[(e, _first(told[e.slug])) for e in alone if not e.background],
        background=[(e, _first(told[e.slug])) for e in alone if e.background],
        groups=groups,
        changes=t(CHANGES_TITLE, year=year) if changes else "",
        about=about,
    )
    if lang != "vi":
        from kgstats.appendix import outline

        page = outline.with_names(page, _names(year, edition.names))
    with replacing(target) as draft:
        draft.write_text(page, encoding="utf-8", newline="\n")
    with replacing(target.with_name("search-index.js")) as draft:
        draft.write_text(_search_index(edition, told, about), encoding="utf-8", newline="\n")


def _ends(pages: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the day each kind of the pages' data ends with; the report's where there is no other.

    >>> _ends([{"cut_offs": {"report": "2020-02-18"}}, {"cut_offs": {"units": "2019-12-31"}}])
    {'units': '2019-12-31'}
    """
    found = {kind: day for page in pages for kind, day in page.get("cut_offs", {}).items()}
    return {kind: found[kind] for kind in ("money", "units") if kind in found} or found


def _check_links(told: Mapping[str, Mapping[str, Any]]) -> None:
    """Say which links between pages lead to no heading, table or figure; they open the page."""
    for slug, page in told.items():
        for href in page.get("links", []):
            name, _, anchor = href.partition("#")
            other = told.get(name.removesuffix(".html"))
            if not anchor or other is None:
                continue
            shown = [
                *other["figures"],
                *other["tables"],
                *(x["data"] for x in other["figures"] if "data" in x),
            ]
            known = {one["id"] for one in other["headings"]} | {one["slug"] for one in shown}
            if anchor not in known:
                logger.warning("%s: the link “%s” leads to no heading, table or figure", slug, href)


def _search_index(
    edition: Edition, told: Mapping[str, Mapping[str, Any]], about: Iterable[tuple[str, str]]
) -> str:
    from kgstats.appendix import search

    pages = [
        {
            "title": one.title,
            "href": one.href,
            "short": "" if one.group else one.short,
            "place": one.title.removeprefix(f"{one.group_title}: ") if one.group else "",
            "whole": "" if number else "1",
        }
        for number, one in enumerate(edition.entries)
    ]
    front = translator(edition.lang)("Front page")
    names = words(edition.lang)
    parts = [{"text": names["take_away"], "id": "take-away"}]
    parts += [{"text": text, "id": "about-publication"} for text in (names["about"], *dict(about))]
    return search.script(
        [*pages, {"title": front, "href": "index.html"}],
        [
            *(told[one.slug] for one in edition.entries),
            {"title": front, "headings": parts, "figures": [], "tables": []},
        ],
        edition.lang,
    )


MOST_FINDINGS = 5


def _findings(
    entries: Sequence[Entry], told: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, str]]:
    """Return the key findings of the year: the first of each page of results."""
    found = [
        {**one, "href": f"{entry.href}#{one['anchor']}", "page": entry.menu}
        for entry in entries
        if entry.group is None and not entry.background
        for one in told[entry.slug].get("findings", [])[:1]
    ]
    return found[:MOST_FINDINGS]


def _first(told: Mapping[str, Any]) -> str:
    """Return what a card says of a page: its introduction, in one paragraph."""
    return str(told.get("intro", ""))


def write_changes(
    target: Path,
    *,
    year: int,
    lang: str,
    since: Mapping[str, Any],
    changes: Sequence[Any],
) -> None:
    """Write the page of what changed since the last final release.

    Parameters
    ----------
    since
        What is said of that release: ``number`` and ``date``.
    changes
        Each figure that changed (`kgstats.release.revisions.Change`).
    """
    from jinja2 import Environment, FileSystemLoader

    t = translator(lang)
    day = numbers.date(dt.date.fromisoformat(str(since["date"])), lang)
    told = t(CHANGES_SINCE, number=since["number"], day=day)
    if not changes:
        told += " " + t(NO_CHANGES)
    environment = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
    heads = (N_("Where"), N_("Figure"), N_("Before"), N_("Now"), N_("By how much"), N_("Why"))
    page = environment.get_template("changes.html.j2").render(
        lang=lang,
        title=t(CHANGES_TITLE, year=year),
        site_title=title(year, lang),
        policy=CONTENT_SECURITY_POLICY,
        icon=ICON,
        words=words(lang),
        since=told,
        caption=t(CHANGES_CAPTION, n=len(changes)),
        heads=[t(head) for head in heads],
        changes=[
            {
                "page": one.page,
                "table": one.table,
                "row": one.row,
                "column": one.column,
                "before": one.before,
                "after": one.after,
                "by": "" if one.difference is None else f"{one.difference:+.10g}",
                "causes": one.causes,
            }
            for one in changes
        ],
    )
    target.write_text(page, encoding="utf-8", newline="\n")


def _in_css(text: str) -> str:
    """Return text that is safe in a string of a style sheet inside a page."""
    return text.replace("\\", "\\5c ").replace('"', "\\22 ").replace("<", "\\3c ")


ICON = (
    "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2016%2016'%3E"
    "%3Crect%20width='16'%20height='16'%20rx='2'%20fill='%230b6168'/%3E%3Cpath%20d='M4%2012V8M8"
    "%2012V4M12%2012V6'%20stroke='%23fff'%20stroke-width='2'/%3E%3C/svg%3E"
)
"""Three bars, inside the page: a browser that finds no icon would ask a server for one."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self' file: data:; style-src 'self' file: 'unsafe-inline'; "
    "script-src 'self' file:; font-src 'self' file:; base-uri 'none'; form-action 'none'"
)


HEAD = f"""<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{CONTENT_SECURITY_POLICY}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="{ICON}">"""
"""What stands in the head of every page."""


def copy_assets(target: Path) -> None:
    """Put the shared styles and scripts into a folder."""
    target.mkdir(parents=True, exist_ok=True)
    for asset in sorted((HERE / "assets").iterdir()):
        shutil.copyfile(asset, target / asset.name)


def finish(site: Path, *, year: int, titles: Mapping[str, str] | None = None) -> None:
    """Add what belongs to the publication as a whole: the way in, and the tables as files.

    Parameters
    ----------
    site
        The folder being published, with ``html/<lang>`` in it.
    titles
        What the publication is called, by language, where it is not the province's of the year.
    """
    from kgstats.appendix import years

    years.write_script(site / "html", year)
    present = [lang for lang in LANGUAGES if (site / "html" / lang / "index.html").is_file()]
    (site / "html" / "index.html").write_text(
        _way_in({lang: (titles or {}).get(lang) or title(year, lang) for lang in present}),
        encoding="utf-8",
    )
    for lang in present:
        files = site / "html" / lang / "data"
        if files.is_dir():
            shutil.copytree(files, site / "tables" / lang)


def _write_tables(
    folder: Path, tables: Sequence[Mapping[str, Any]], notes: Sequence[str], lang: str
) -> None:
    from kgstats.present import downloads

    for table in tables:
        downloads.write_csv(table, folder / f"{table['slug']}.csv", notes)
        downloads.write_xlsx(table, folder / f"{table['slug']}.xlsx", notes, lang=lang)
    if tables:
        downloads.write_metadata(tables, folder / downloads.METADATA, notes, lang)


def write_single(site: Path, lang: str, slug: str) -> None:
    """Write one page as a self-contained file into ``single/<lang>``."""
    from kgstats.appendix.single import single_file

    target = site / "single" / lang / f"{slug}.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    content = single_file(site / "html" / lang / f"{slug}.html")
    target.write_text(content, encoding="utf-8", newline="\n")


_OFFERED = re.compile(r'<ul class="links take-away">.*?</ul>', re.DOTALL)


def offer(front: Path, files: Sequence[Path], lang: str) -> None:
    """List on the front page what the whole year is taken away in, each with its size."""
    t = translator(lang)
    known = {
        ".xlsx": t("All tables in one workbook (XLSX)"),
        ".pdf": t("All pages in one document (PDF)"),
        ".zip": t("All pages and files in one archive (ZIP)"),
    }
    lines = [
        f'<li><a href="{file.name}" download>{html.escape(known[file.suffix])}</a>, '
        f"{numbers.number(max(0.1, file.stat().st_size / 10**6), lang, 1)} MB</li>"
        for file in files
    ]
    if not any(file.suffix == ".pdf" for file in files):
        lines.append(f"<li>{html.escape(t('PDF: not made in this run'))}</li>")
    listed = f'<ul class="links take-away">{"".join(lines)}</ul>'
    text = front.read_text(encoding="utf-8")
    front.write_text(_OFFERED.sub(lambda _: listed, text), encoding="utf-8", newline="\n")


def _way_in(titles: Mapping[str, str]) -> str:
    links = "".join(
        f'<li><a href="{lang}/index.html" lang="{lang}">{LANGUAGE_NAMES[lang]}: '
        f"{html.escape(text)}</a></li>"
        for lang, text in titles.items()
    )
    first, heading = next((lang, html.escape(text)) for lang, text in titles.items())
    return f"""<!DOCTYPE html>
<html lang="{first}">
<head>
{HEAD}
<title>{heading}</title>
<link rel="stylesheet" href="assets/kgstats.css">
</head>
<body><main><h1>{heading}</h1><ul class="cards">{links}</ul></main></body>
</html>
"""
