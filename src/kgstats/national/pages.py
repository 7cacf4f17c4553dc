"""The pages that compare provinces: notebooks run on a collection, a publication for each year.

The notebooks stand in ``notebooks/national``, where no run of a province looks for its own. Pages
are made within the folder that is put together, and take its place with it; the same tables, code
and notebooks keep the pages there are.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgstats import registry
from kgstats.appendix import site, takeaway, years
from kgstats.national.reading import VARIABLE, Collected
from kgstats.national.written import OWN, PAGES, PART
from kgstats.pipeline import execute, kernels, sources
from kgstats.pipeline.collection import Notebook, digest, read_collection
from kgstats.pipeline.graph import packages
from kgstats.pipeline.limits import Limits
from kgstats.pipeline.pages import CODE
from kgstats.pipeline.store import canonical, files
from kgstats.pipeline.store import digest as digest_of
from kgstats.present.provinces import some_of
from kgstats.words import N_, translator
from kgstats.workspace import RUN_VARIABLE, project_folder

PLACE = N_("Provinces of Viet Nam")
WITHIN = N_("the provinces of Viet Nam")
BANNER = N_(
    "The returns of {names} behind this page are illustrative: no district sent them, and they say "
    "nothing about real places."
)
MADE_FROM = "made-from.json"
"""Says what pages were made from, and the digest of each file of them."""


class PagesFailed(Exception):
    """A notebook stopped, so there are no pages; the message says where."""


def folder() -> Path:
    """Return where the notebooks stand that compare provinces."""
    return project_folder() / "notebooks" / "national"


def make(made: Path, before: Path, languages: Sequence[str], told: Callable[[str], None]) -> None:
    """Make the pages of every year of a collection.

    Parameters
    ----------
    made
        The collection; pages come into its folder ``pages``.
    before
        The collection that it takes the place of, there or not.
    languages
        Languages of the pages.
    told
        Hears a line on each page that is made.

    Raises
    ------
    PagesFailed
        When a notebook stopped.
    """
    notebooks = read_collection(folder()).notebooks
    target, old = made / PAGES, before / PAGES
    made_from = _fingerprint(made, notebooks, languages)
    if _holds(old, made_from):
        shutil.copytree(old, target)
        return
    held = Collected(made, 0, languages[0]).table("quality")
    modules = sorted({name for one in notebooks for name in one.imports})
    work = target / ".about"
    with _variables(made), kernels.warm(modules, Limits().kernel_start_seconds):
        for year in sorted(set(map(int, held["year"]))):
            for lang in languages:
                edition = _edition(made, notebooks, year, lang, languages)
                for notebook, entry in zip(notebooks, edition.entries, strict=True):
                    told(f"{notebook.name} {year} ({lang})")
                    _page(_Page(target, notebook, edition, entry, work), made)
                abouts = {one.slug: work / lang / f"{one.slug}.json" for one in edition.entries}
                front = target / str(year) / "html" / lang / "index.html"
                site.write_index(front, edition, abouts)
            _finish(target / str(year), notebooks, year, languages, work)
            shutil.rmtree(work)
    years.write_index(target, site.HEAD, translator(languages[0])(PLACE))
    kept = {one.relative_to(target).as_posix(): digest_of(one) for one in files(target)}
    text = json.dumps({"made_from": made_from, "files": kept}, indent=1) + "\n"
    (target / MADE_FROM).write_text(text, encoding="utf-8", newline="\n")


@contextlib.contextmanager
def _variables(made: Path) -> Iterator[None]:
    """Tell kernels which collection they read, and nobody who comes after them."""
    before = dict(os.environ)
    os.environ[VARIABLE] = str(made)
    os.environ.setdefault(RUN_VARIABLE, "1")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@dataclass(frozen=True)
class _Page:
    """A page to be made: its notebook, and the publication it is of."""

    target: Path
    notebook: Notebook
    edition: site.Edition
    entry: site.Entry
    work: Path

    @property
    def site(self) -> Path:
        return self.target / str(self.edition.year)

    @property
    def executed(self) -> Path:
        return self.site / "notebooks" / self.edition.lang / f"{self.notebook.name}.ipynb"


def _edition(
    made: Path, notebooks: Sequence[Notebook], year: int, lang: str, languages: Sequence[str]
) -> site.Edition:
    t = translator(lang)
    collected = Collected(made, year, lang)
    names, quality = collected.provinces, collected.quality
    made_up = [names[one] for one in quality.loc[quality["illustrative"], "province_code"]]
    entries = [
        site.Entry(
            one.slug, one.title(lang), short=one.short_title(lang), background=one.background
        )
        for one in notebooks
    ]
    return site.Edition(
        *(year, lang, entries, languages, bool(made_up)),
        place=t(PLACE),
        within=t(WITHIN),
        names=set(names.values()),
        banner=t(BANNER, names=some_of(made_up, len(quality), lang)),
    )


def _page(page: _Page, made: Path) -> None:
    edition, entry, notebook = page.edition, page.entry, page.notebook
    arguments = notebook.arguments({"year": edition.year, "lang": edition.lang})
    try:
        execute.execute(notebook.path, page.executed, arguments, workspace=made)
    except execute.NotebookFailed as error:
        one = error.failure
        raise PagesFailed(
            f"{one.notebook} of {edition.year} stopped in cell [{one.cell}] "
            f"(under “{one.heading}”): {one.error}. Open {notebook.path.name} in JupyterLab, with "
            "the collection as its folder"
        ) from None
    read = _read(made, edition.year)
    context = site.context(
        edition,
        entry,
        parameters=arguments,
        inputs={path.relative_to(made).as_posix(): digest_of(path) for path in read},
    )
    html = page.site / "html" / edition.lang / f"{entry.slug}.html"
    about = page.work / edition.lang / f"{entry.slug}.json"
    about.parent.mkdir(parents=True, exist_ok=True)
    site.write_page(page.executed, html, about, lang=edition.lang, context=context)


def _read(made: Path, year: int) -> list[Path]:
    """Return the files that a page is made from: tables of forms up to its year, and quality."""
    forms = [path for name in registry.of_forms() for path in sorted((made / name).rglob(PART))]
    of = {path: int(path.parent.name.partition("=")[2]) for path in forms}
    return [path for path in forms if of[path] <= year] + [made / name / PART for name in OWN]


def _finish(
    target: Path, notebooks: Sequence[Notebook], year: int, languages: Sequence[str], work: Path
) -> None:
    """Add what belongs to a year's publication as a whole, and what it is taken away in."""
    site.copy_assets(target / "html" / "assets")
    titles = {lang: site.title(year, lang, translator(lang)(PLACE)) for lang in languages}
    site.finish(target, year=year, titles=titles)
    for lang in languages:
        parts = [
            takeaway.Part(one.slug, one.title(lang), work / lang / f"{one.slug}.json")
            for one in notebooks
        ]
        folder = target / "html" / lang
        book, archive = (folder / takeaway.name(year, lang, suffix) for suffix in ("xlsx", "zip"))
        takeaway.write_workbook(parts, book, titles[lang], lang)
        site.offer(folder / "index.html", [book], lang)
        takeaway.write_archive(target / "html", lang, archive)
        site.offer(folder / "index.html", [book, archive], lang)


def _fingerprint(made: Path, notebooks: Sequence[Notebook], languages: Sequence[str]) -> str:
    """Return one fingerprint of all that pages are made from."""
    modules = {name for one in notebooks for name in one.imports} | {__name__, *CODE}
    told: dict[str, Any] = {
        "read": {p.relative_to(made).as_posix(): digest_of(p) for p in files(made)},
        "notebooks": {one.name: digest(one.path) for one in notebooks},
        "code": sources.fingerprints(sources.files_of(sorted(modules))),
        "packages": packages(),
        "languages": list(languages),
    }
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def _holds(pages: Path, made_from: str) -> bool:
    """Whether there are pages made from the same, untouched."""
    try:
        told = json.loads((pages / MADE_FROM).read_text(encoding="utf-8"))
        kept = told["files"]
        there = {
            one.relative_to(pages).as_posix(): digest_of(one)
            for one in files(pages)
            if one.name != MADE_FROM
        }
        return bool(told["made_from"] == made_from and kept == there)
    except (OSError, ValueError, KeyError, TypeError):
        return False
