"""A whole year to take away: one workbook of all tables, one archive, one document to print."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from kgstats.appendix import hatching
from kgstats.words import N_, translator

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
"""Programs that can print a page; the first that is there is used."""
PRINTING_MINUTES = 15
_EARLY = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive: the same files are the same bytes."""

TABLE, PAGE, SHEET = N_("Table"), N_("Page"), N_("Worksheet")
INDEX = N_("Index")


@dataclass(frozen=True)
class Part:
    """A page of the publication, as it is taken away."""

    slug: str
    title: str
    about: Path
    """What the page's export told of it."""


def name(year: int, lang: str, suffix: str) -> str:
    """Return the name of a file to take away.

    >>> name(2019, "vi", "xlsx")
    'kgstats-2019-vi.xlsx'
    """
    return f"kgstats-{year}-{lang}.{suffix}"


# One workbook -------------------------------------------------------------------------------


def write_workbook(parts: Sequence[Part], path: Path, title: str, lang: str) -> None:
    """Write all tables of a year into one workbook: an index, then a sheet a table.

    Numbers have all their decimals and are shown with as many as on the page; the notes of a table
    stand below it. The same tables are the same bytes.
    """
    import xlsxwriter

    from kgstats.present import downloads

    t = translator(lang)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": title, "created": downloads.CREATED})
        bold = book.add_format({"bold": True})
        link = book.get_default_url_format()
        index = book.add_worksheet(t(INDEX))
        index.write_string(0, 0, title, bold)
        for place, (head, width) in enumerate(((SHEET, 12), (TABLE, 90), (PAGE, 50))):
            index.write_string(2, place, t(head), bold)
            index.set_column(place, place, width)
        line, notes = 3, []
        formats: dict[str, Any] = {}
        for part in parts:
            told = json.loads(part.about.read_text(encoding="utf-8"))
            notes += [note for note in told["notes"] if note not in notes]
            for table in downloads.of_page(told):
                number = str(line - 2)
                downloads.write_sheet(book, number, table, formats, told["notes"])
                index.write_url(line, 0, f"internal:'{number}'!A1", link, number)
                index.write_string(line, 1, table["caption"])
                index.write_string(line, 2, part.title)
                line += 1
        wrapped = book.add_format({"text_wrap": True})
        for place, note in enumerate(notes, start=line + 1):
            index.write_string(place, 1, note, wrapped)
        index.freeze_panes(3, 0)
        downloads.lay_on_paper(index)


# One archive --------------------------------------------------------------------------------


def write_archive(site: Path, lang: str, path: Path) -> None:
    """Put the pages of a language with all they need into one archive, ready to be unpacked.

    Links to what is not in it (the other language, the document) are words there.

    Parameters
    ----------
    site
        The folder ``html`` of a publication.
    """
    # The document is large and taken away by itself.
    own = [
        file
        for file in sorted((site / lang).rglob("*"))
        if file.is_file() and file != path and file.suffix != ".pdf"
    ]
    shared = sorted(file for file in (site / "assets").rglob("*") if file.is_file())
    there = {str(file) for file in (*shared, *own)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for file in [*shared, *own]:
            told = zipfile.ZipInfo(f"{path.stem}/{file.relative_to(site).as_posix()}", _EARLY)
            told.external_attr = 0o644 << 16
            packed = file.suffix in (".xlsx", ".png", ".zip", ".pdf")
            told.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            content = file.read_bytes()
            if file.suffix == ".html":
                content = _alone(content.decode("utf-8"), file.parent, there).encode("utf-8")
            archive.writestr(told, content)


_LANGUAGES = re.compile(r'<nav class="languages".*?</nav>\s*', re.DOTALL)
_TO_FILE = re.compile(r'<a [^>]*?href="(?![a-z]+:)([^"#?]+)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)


def _alone(page: str, folder: Path, there: Set[str]) -> str:
    """Return a page whose links to files that are not there are words."""

    def kept(link: re.Match[str]) -> str:
        target = os.path.normpath(folder / unquote(html.unescape(link[1])))
        return link[0] if target in there else link[2]

    return _TO_FILE.sub(kept, _LANGUAGES.sub("", page))


# One document -------------------------------------------------------------------------------


def browser() -> str | None:
    """Return the program that can print pages; None where there is none on this machine."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def write_document(
    site: Path,
    parts: Sequence[Part],
    path: Path,
    title: str,
    cache: Path,
    *,
    kept: Callable[[list[str]], list[str]] = list,
) -> str:
    """Print all pages of a language into one PDF, with contents, bookmarks and page numbers.

    Parameters
    ----------
    site
        The folder of the language's pages.
    cache
        Where printed pages are kept: a page that did not change is not printed again.
    kept
        Makes of the browser's command one that ends with this process.

    Returns
    -------
    str
        Why it was not made; nothing when it was.
    """
    from pypdf import PdfReader

    from kgstats.appendix.bound import Binding

    program = browser()
    if program is None:
        return "no PDF: it takes Chromium, Chrome or Edge, and none is on this machine"
    cache.mkdir(parents=True, exist_ok=True)
    held = _Press(program, site, cache, kept)
    try:
        printed = [held.page(part) for part in parts]
        lengths = [len(PdfReader(one).pages) for one in printed]
        lang = site.name
        front = held.sheet(_contents(parts, lengths, 0, title, lang))
        before = len(PdfReader(front).pages)
        front = held.sheet(_contents(parts, lengths, before, title, lang))
        stamps = PdfReader(held.sheet(_numbers(before + sum(lengths)), "--disable-pdf-tagging"))
    except (subprocess.SubprocessError, OSError) as error:
        return f"no PDF: the browser could not print the pages ({type(error).__name__})"
    whole = Binding()
    whole.add(front, "index")
    for part, one in zip(parts, printed, strict=True):
        headings = json.loads(part.about.read_text(encoding="utf-8"))["headings"]
        whole.add(one, part.slug, part.title, [(x["id"], x["text"]) for x in headings])
    whole.lead_to_parts()
    whole.stamp(stamps)
    whole.write(path, title, lang)
    held.forget()
    return ""


class _Press:
    """Prints pages with a browser, and keeps what it printed."""

    def __init__(
        self, program: str, site: Path, cache: Path, kept: Callable[[list[str]], list[str]]
    ) -> None:
        self.program, self.site, self.cache, self.kept = program, site, cache, kept
        self.used: set[Path] = set()

    def page(self, part: Part) -> Path:
        """Print a page without its own numbers; its links to other pages will lead to these."""
        text = (self.site / f"{part.slug}.html").read_text(encoding="utf-8")
        text = text.replace("</head>", f"<style>{_NO_NUMBERS}</style></head>", 1)
        text = hatching.as_lines(text)
        return self.sheet(_LINK.sub(_leading_to_page, text))

    def sheet(self, text: str, *settings: str) -> Path:
        """Print HTML that stands among the pages; settings are the browser's."""
        looks = [file.read_bytes() for file in sorted(self.site.parent.glob("assets/*"))]
        asked = [*settings, text]
        key = hashlib.sha256(b"".join([*(x.encode() for x in asked), *looks])).hexdigest()
        target = self.cache / f"{key}.pdf"
        self.used.add(target)
        if target.is_file():
            return target
        draft = self.site / f"print-{key[:12]}.html"
        with tempfile.TemporaryDirectory() as folder:
            printed = Path(folder) / "printed.pdf"
            command = [
                self.program, "--headless", "--disable-gpu", "--no-sandbox", "--disable-quic",
                f"--user-data-dir={folder}/profile", "--no-pdf-header-footer",
                *settings, f"--print-to-pdf={printed}", draft.as_uri(),
            ]  # fmt: skip
            try:
                draft.write_text(text, encoding="utf-8")
                limit = PRINTING_MINUTES * 60
                subprocess.run(self.kept(command), check=True, capture_output=True, timeout=limit)
                shutil.copyfile(printed, target)
            finally:
                draft.unlink(missing_ok=True)
        return target

    def forget(self) -> None:
        """Remove what was printed of pages that are others now."""
        for file in set(self.cache.glob("*.pdf")) - self.used:
            file.unlink()


_LINK = re.compile(r'href="(?!\.\./assets|data:|#|https?:)([^"]*)\.html([^"]*)"')
TO_PAGE = "page:"
"""What a link to another page begins with when the pages are printed."""


def _leading_to_page(link: re.Match[str]) -> str:
    return "" if "/" in link[1] else f'href="{TO_PAGE}{link[1]}{link[2]}"'


_NO_NUMBERS = "@page { @bottom-right { content: none; } }"
_HEAD = (
    '<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">'
    "<style>@page {{ size: A4; margin: 18mm 16mm 20mm; }} "
    'body {{ font: 11pt "Noto Sans", "Segoe UI", Arial, sans-serif; margin: 0; }} {style}</style>'
    "</head><body>"
)


def _contents(
    parts: Sequence[Part], lengths: Sequence[int], before: int, title: str, lang: str
) -> str:
    t = translator(lang)
    style = (
        "h1 { font-size: 22pt; margin: 40mm 0 20mm; } h2 { font-size: 14pt; } "
        "p { display: flex; justify-content: space-between; gap: 1em; margin: 0.35em 0; } "
        "a { color: inherit; text-decoration: none; }"
    )
    lines, at = [], before + 1
    for part, length in zip(parts, lengths, strict=True):
        linked = f'<a href="{TO_PAGE}{part.slug}">{html.escape(part.title)}</a>'
        lines.append(f"<p>{linked}<b>{at}</b></p>")
        at += length
    return (
        _HEAD.format(lang=lang, style=style)
        + f"<h1>{html.escape(title)}</h1><h2>{html.escape(t(CONTENTS))}</h2>{''.join(lines)}"
        + "</body></html>"
    )


def _numbers(sheets: int) -> str:
    """Return empty sheets with nothing but their numbers."""
    style = (
        "@page { margin: 0; } div { height: 297mm; position: relative; break-after: page; } "
        "div:last-child { break-after: auto; } "
        "b { position: absolute; right: 16mm; bottom: 9mm; font: 8pt sans-serif; }"
    )
    numbered = "".join(f"<div><b>{n} / {sheets}</b></div>" for n in range(1, sheets + 1))
    return _HEAD.format(lang="en", style=style) + numbered + "</body></html>"


CONTENTS = N_("Contents")
