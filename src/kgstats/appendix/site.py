"""The publication around the pages: names, links between them, the front page, shared assets."""

from __future__ import annotations

import hashlib
import html
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kgstats
from kgstats.words import LANGUAGES, N_, translator
from kgstats.workspace import replacing

HERE = Path(__file__).parent
LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}

SITE_TITLE = N_("Kiên Giang: National Target Programmes {year}")
ILLUSTRATIVE = N_(
    "The district returns behind this page are illustrative: real returns are not public. "
    "They were made to agree with every published figure and say nothing about real places "
    "beyond those."
)


@dataclass(frozen=True)
class Entry:
    """One page of the publication in one language."""

    slug: str
    title: str

    @property
    def href(self) -> str:
        """The page's file, seen from its neighbours."""
        return f"{self.slug}.html"


def words(lang: str) -> dict[str, str]:
    """Return the words that stand around every page."""
    t = translator(lang)
    return {
        "skip": t("Skip to the content"),
        "language": t("Language"),
        "pages": t("Pages"),
        "contents": t("On this page"),
        "code": t("Code"),
        "made": t("How this page was made"),
        "inputs": t("Files it was made from"),
        "turn": t("Previous and next page"),
        "previous": t("Previous"),
        "next": t("Next"),
        "illustrative": t(ILLUSTRATIVE),
    }


def context(
    *,
    year: int,
    lang: str,
    entry: Entry,
    entries: Sequence[Entry],
    languages: Sequence[str],
    parameters: Mapping[str, Any],
    inputs: Mapping[str, str],
    illustrative: bool,
) -> dict[str, Any]:
    """Return what the template shows around a notebook."""
    t = translator(lang)
    position = [e.slug for e in entries].index(entry.slug)
    neighbours = {
        "previous": entries[position - 1] if position else None,
        "next": entries[position + 1] if position + 1 < len(entries) else None,
    }
    shown = ", ".join(f"{name} = {value}" for name, value in parameters.items())
    return {
        "lang": lang,
        "version": kgstats.__version__,
        "site_title": t(SITE_TITLE, year=year),
        "title": entry.title,
        "policy": CONTENT_SECURITY_POLICY,
        "assets": "../assets/",
        "words": words(lang),
        "illustrative": illustrative,
        "nav": [
            {"href": e.href, "title": e.title, "current": e.slug == entry.slug} for e in entries
        ],
        "languages": [
            {
                "lang": other,
                "name": LANGUAGE_NAMES[other],
                "href": f"../{other}/{entry.href}",
                "current": other == lang,
            }
            for other in LANGUAGES
            if other in languages
        ]
        if len(languages) > 1
        else [],
        "previous": _link(neighbours["previous"]),
        "next": _link(neighbours["next"]),
        "made": [
            (t("Reporting year"), str(year)),
            (t("Parameters"), shown),
            (t("Made with"), f"kgstats {kgstats.__version__}"),
        ],
        "inputs": sorted(inputs.items()),
    }


def _link(entry: Entry | None) -> dict[str, str] | None:
    return None if entry is None else {"href": entry.href, "title": entry.title}


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_page(
    notebook: Path, target: Path, about: Path, *, lang: str, context: Mapping[str, Any]
) -> None:
    """Export one executed notebook to ``target``, and what the site needs to know to ``about``."""
    from kgstats.appendix.exporter import export

    page = export(notebook, lang, context)
    told = {
        "title": page.title,
        "headings": page.headings,
        "tables": page.tables,
        "notes": [context["words"]["illustrative"]] if context["illustrative"] else [],
        "figures": [{k: v for k, v in figure.items() if k != "png"} for figure in page.figures],
    }
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
    *,
    year: int,
    lang: str,
    entries: Sequence[Entry],
    abouts: Mapping[str, Path],
    languages: Sequence[str],
    illustrative: bool,
) -> None:
    """Write the front page of one language: every page with what is on it."""
    t = translator(lang)
    names = words(lang)
    title = t(SITE_TITLE, year=year)
    cards = []
    for entry in entries:
        told = json.loads(abouts[entry.slug].read_text(encoding="utf-8"))
        sections = [h["text"] for h in told["headings"] if h["level"] == 2]
        listed = " · ".join(text for text in sections if text != names["made"])
        cards.append(
            f'<li><a href="{html.escape(entry.href)}">{html.escape(told["title"])}</a>'
            f"<p>{html.escape(listed)}</p></li>"
        )
    others = "".join(
        f'<li><span aria-current="true" lang="{o}">{LANGUAGE_NAMES[o]}</span></li>'
        if o == lang
        else f'<li><a href="../{o}/index.html" lang="{o}" hreflang="{o}">'
        f"{LANGUAGE_NAMES[o]}</a></li>"
        for o in LANGUAGES
        if o in languages
    )
    switch = (
        f'<nav class="languages" aria-label="{html.escape(names["language"])}">'
        f"<ul>{others}</ul></nav>"
        if len(languages) > 1
        else ""
    )
    banner = (
        f'<p class="banner" role="note">{html.escape(names["illustrative"])}</p>'
        if illustrative
        else ""
    )
    intro = t(
        "Statistical appendices on new-style rural development and sustainable poverty "
        "reduction in Kiên Giang province, {year}.",
        year=year,
    )
    page = f"""<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{CONTENT_SECURITY_POLICY}">
<meta name="color-scheme" content="light dark">
<title>{html.escape(title)}</title>
<link rel="stylesheet" href="../assets/kgstats.css">
</head>
<body>
<a class="skip" href="#content">{html.escape(names["skip"])}</a>
<header class="site">
<p class="brand"><a href="index.html">{html.escape(title)}</a></p>{switch}
</header>
<main id="content">
{banner}<h1>{html.escape(title)}</h1>
<p>{html.escape(intro)}</p>
<ul class="cards">{"".join(cards)}</ul>
</main>
</body>
</html>
"""
    with replacing(target) as draft:
        draft.write_text(page, encoding="utf-8", newline="\n")


CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self' file: data:; style-src 'self' file: 'unsafe-inline'; "
    "script-src 'self' file:; font-src 'self' file:; base-uri 'none'; form-action 'none'"
)


def copy_assets(target: Path) -> None:
    """Put the shared styles and scripts into a folder."""
    target.mkdir(parents=True, exist_ok=True)
    for asset in sorted((HERE / "assets").iterdir()):
        shutil.copyfile(asset, target / asset.name)


def finish(site: Path, build: Path, *, year: int) -> None:
    """Add what belongs to the publication as a whole: the way in, and the tables as files.

    Parameters
    ----------
    site
        The folder being published, with ``html/<lang>`` in it.
    build
        The folder of the run, with ``pages/<lang>/*.json`` in it.
    """
    present = [lang for lang in LANGUAGES if (site / "html" / lang / "index.html").is_file()]
    (site / "html" / "index.html").write_text(_way_in(present, year), encoding="utf-8")
    from kgstats.present import downloads

    for lang in present:
        for about in sorted((build / "pages" / lang).glob("*.json")):
            told = json.loads(about.read_text(encoding="utf-8"))
            folder = site / "tables" / lang / about.stem
            for table in _tables(told):
                folder.mkdir(parents=True, exist_ok=True)
                downloads.write_csv(table, folder / f"{table['slug']}.csv", told["notes"])
                downloads.write_xlsx(
                    table, folder / f"{table['slug']}.xlsx", told["notes"], lang=lang
                )


def _tables(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(told["tables"]) + [f["data"] for f in told["figures"] if "data" in f]


def _way_in(languages: Sequence[str], year: int) -> str:
    links = "".join(
        f'<li><a href="{lang}/index.html" lang="{lang}">{LANGUAGE_NAMES[lang]}: '
        f"{html.escape(translator(lang)(SITE_TITLE, year=year))}</a></li>"
        for lang in languages
    )
    title = html.escape(translator(languages[0])(SITE_TITLE, year=year))
    return f"""<!DOCTYPE html>
<html lang="{languages[0]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{CONTENT_SECURITY_POLICY}">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="stylesheet" href="assets/kgstats.css">
</head>
<body><main><h1>{title}</h1><ul class="cards">{links}</ul></main></body>
</html>
"""
