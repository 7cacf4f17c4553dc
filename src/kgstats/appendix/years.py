"""The years published beside each other: an index of them all, and the way from one to the next.

A page cannot know, from a folder, what stands beside it, and the folder of one year may be copied
alone. So the years that are published are told beside their folders (``years.js``), each year says
which pages it has (``assets/years.js``), and the page's script asks both before it shows a link.
Without a script, or alone, there is no link that leads nowhere; and a publication's bytes do not
depend on which other years there are.
"""

from __future__ import annotations

import html
import json
from pathlib import Path

from kgstats.reference import province
from kgstats.words import LANGUAGES, N_, translator
from kgstats.workspace import replacing

SCRIPT = "years.js"
TITLE = N_("Years published")


def published(outputs: Path) -> list[int]:
    """Return the years that stand in the folder of publications, in order."""
    found = [one.parents[1].name for one in outputs.glob("*/html/index.html")]
    return sorted(int(name) for name in found if name.isdigit())


def write_script(site: Path, year: int) -> None:
    """Say in a publication's assets which pages it has."""
    pages = {
        lang: sorted(page.name for page in (site / lang).glob("*.html"))
        for lang in LANGUAGES
        if (site / lang).is_dir()
    }
    text = f"(window.kgstatsYears = window.kgstatsYears || {{}})[{year}] = {json.dumps(pages)};\n"
    (site / "assets" / SCRIPT).write_text(text, encoding="utf-8", newline="\n")


def write_index(outputs: Path, head: str, heading: str = "") -> None:
    """Write the index of all years published, for people and for pages, beside their folders.

    Parameters
    ----------
    head
        What stands in the head of each page of the publication but its title and styles.
    heading
        What the publications are of; the province's name without one.
    """
    years = published(outputs)
    if not years:
        return
    with replacing(outputs / SCRIPT) as draft:
        draft.write_text(f"window.kgstatsPublished = {years};\n", encoding="utf-8", newline="\n")
    lists = []
    for lang in LANGUAGES:
        t = translator(lang)
        links = "".join(
            f'<li><a href="{year}/html/{lang}/index.html">{year}</a></li>'
            for year in reversed(years)
            if (outputs / str(year) / "html" / lang / "index.html").is_file()
        )
        if links:
            lists.append(
                f'<section lang="{lang}"><h2>{html.escape(t(TITLE))}</h2>'
                f'<ul class="links">{links}</ul></section>'
            )
    title = html.escape(translator(LANGUAGES[0])(TITLE))
    heading = heading or province.current().shown(LANGUAGES[0])
    text = (
        f'<!DOCTYPE html>\n<html lang="{LANGUAGES[0]}">\n<head>\n{head}\n<title>{title}</title>\n'
        f'<link rel="stylesheet" href="{years[-1]}/html/assets/kgstats.css">\n</head>\n'
        f"<body><main><h1>{html.escape(heading)}</h1>{''.join(lists)}</main></body>\n</html>\n"
    )
    with replacing(outputs / "index.html") as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")
