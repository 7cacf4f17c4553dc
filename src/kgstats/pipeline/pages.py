"""The steps that make pages of executed notebooks, and the front page of each language."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgstats import registry
from kgstats.pipeline import sources
from kgstats.pipeline.collection import RETURNS_DATA, Notebook
from kgstats.pipeline.graph import Page, Plan, Step, inputs
from kgstats.pipeline.store import digest
from kgstats.release import final, package
from kgstats.workspace import Workspace

if TYPE_CHECKING:
    from kgstats.appendix.site import Entry

CODE = ("kgstats.appendix.site", "kgstats.appendix.exporter")


def add(plan: Plan) -> None:
    """Export every page, and the front page of each language that lists them all."""
    from kgstats.appendix import site

    code = sources.files_of(CODE)
    _add_gaps(plan)
    for lang in plan.languages:
        shown = [page for page in plan.pages if page.lang == lang]
        entries = [
            site.Entry(
                page.slug,
                page.title,
                page.notebook.slug if page.notebook.each else None,
                page.notebook.title(lang),
                page.notebook.short_title(lang),
                page.notebook.background,
            )
            for page in shown
        ]
        plan.steps += [_page(plan, page, entries, code) for page in shown]
        plan.steps.append(_front(plan, lang, shown, entries, code))


@contextlib.contextmanager
def loading(languages: Sequence[str]) -> Iterator[None]:
    """Load what pages are made with, beside this block: a run waits for its returns at first."""

    def load() -> None:
        import xlsxwriter  # noqa: F401

        from kgstats.appendix import exporter
        from kgstats.present import downloads  # noqa: F401

        for lang in languages:
            exporter.exporter(lang)

    with ThreadPoolExecutor(1) as beside:
        beside.submit(load)  # What cannot be loaded, the first page tells.
        yield


def index(plan: Plan, lang: str) -> Path:
    """Return where the front page of a language is made."""
    return plan.built(f"html/{lang}/index.html")


def compared_with(plan: Plan) -> Path | None:
    """Return the final release that the publication is compared with; None where it is with none.

    With disclosure control on that is none: figures before and after could give counts away that
    are withheld in one of them.
    """
    found = final.releases(plan.workspace, plan.year)
    return None if plan.withholds or not found else found[-1]


def _front(
    plan: Plan, lang: str, shown: Sequence[Page], entries: Sequence[Entry], code: list[Path]
) -> Step:
    from kgstats.appendix import site

    target = index(plan, lang)
    abouts = {page.slug: plan.about(page) for page in shown}
    counted = _counted(plan, [page.notebook for page in shown])
    illustrative = _illustrative(plan, [page.notebook for page in shown])

    changes = compared_with(plan) is not None
    licence = package.licence_words(plan.workspace, plan.year, lang)

    def action() -> None:
        lacking = _lacking(plan, RETURNS_DATA if counted else ())
        edition = site.Edition(plan.year, lang, entries, plan.languages, illustrative, lacking)
        revisions = not plan.withholds
        site.write_index(
            target, edition, abouts, licence=licence, changes=changes, revisions=revisions
        )

    return Step(
        id=f"index-{lang}",
        title=f"front page ({lang})",
        needs=sorted({*abouts.values(), *counted}),
        code=code,
        values={
            "pages": [entry.slug for entry in entries],
            "languages": plan.languages,
            "illustrative": illustrative,
            "licence": licence,
            "changes": changes,
            "revisions": not plan.withholds,
        },
        makes=[target, target.with_name("search-index.js")],
        action=action,
    )


def _page(plan: Plan, page: Page, entries: Sequence[Entry], code: list[Path]) -> Step:
    from kgstats.appendix import site

    workspace, year = plan.workspace, plan.year
    executed, target, about = plan.built(page.executed), plan.built(page.html), plan.about(page)
    made_from = inputs(plan, page.notebook)
    counted = _counted(plan, [page.notebook])
    tables = [read.name for read in page.notebook.reads] if counted else []
    illustrative = _illustrative(plan, [page.notebook])
    links = _links(plan, page)

    def action() -> None:
        lacking = _lacking(plan, tables, page.arguments.get(page.notebook.each or ""))
        around = site.context(
            site.Edition(year, page.lang, entries, plan.languages, illustrative, lacking),
            next(e for e in entries if e.slug == page.slug),
            parameters=page.arguments,
            inputs={workspace.shown(path): digest(path) for path in made_from},
            cut_offs=_cut_offs(workspace, year, page.notebook),
            links=links,
        )
        site.write_page(executed, target, about, lang=page.lang, context=around)

    return Step(
        id=f"page-{page.id}",
        title=f"page {page.slug} ({page.lang})",
        needs=sorted({executed, *made_from, *counted}),
        code=code,
        values={
            "pages": [[e.slug, e.title, e.short, e.background] for e in entries],
            "languages": plan.languages,
            "illustrative": illustrative,
            "links": links,
        },
        makes=[target, about],
        folders=[plan.built(page.data)],
        action=action,
        own=True,
    )


def _links(plan: Plan, page: Page) -> dict[str, str]:
    """Return where each notebook that a page links to is published; nothing for one that is not.

    A notebook that is not in the folder is left out: a link to it is a mistake.
    """
    shown = {one.notebook.name: one for one in plan.pages if one.lang == page.lang}
    found = {}
    for name in page.notebook.links:
        if name in shown:
            other = shown[name].notebook
            found[name] = f"index.html#{other.slug}" if other.each else f"{other.slug}.html"
        elif (plan.workspace.notebooks / f"{name}.ipynb").is_file():
            found[name] = ""
    return found


def _add_gaps(plan: Plan) -> None:
    """Pages name the districts that are missing; which these are is a step of its own."""
    workspace, year = plan.workspace, plan.year
    counted = _counted(plan, plan.notebooks)

    def action() -> None:
        from kgstats.pipeline import readiness

        readiness.write_gaps(workspace, year, counted[0])

    if counted:
        plan.steps.append(
            Step(
                id=f"gaps-{year}",
                title=f"missing returns of {year}",
                needs=[workspace.data_set("files", year), *workspace.declarations(year)],
                code=sources.files_of(["kgstats.pipeline.readiness"]),
                values={"year": year},
                makes=counted,
                action=action,
                own=True,
            )
        )


def _counted(plan: Plan, notebooks: Sequence[Notebook]) -> list[Path]:
    """Return what says which returns are missing, for pages that show any of them."""
    shown = any(notebook.reads_any(RETURNS_DATA) for notebook in notebooks)
    return [plan.built("gaps.json")] if shown and plan.workspace.has_returns(plan.year) else []


def _lacking(plan: Plan, tables: Sequence[str], district: Any = None) -> list[str]:
    """Return the names of the districts whose returns are missing in what pages show."""
    from kgstats.pipeline import readiness

    if not tables:
        return []
    districts = readiness.read_gaps(plan.built("gaps.json"))
    return [one.name for one in readiness.gaps(districts, tables, district)]


def _illustrative(plan: Plan, notebooks: Sequence[Notebook]) -> bool:
    """Whether what these notebooks show was made from illustrative returns."""
    return plan.illustrative and any(notebook.reads_any(RETURNS_DATA) for notebook in notebooks)


def _cut_offs(workspace: Workspace, year: int, notebook: Notebook) -> Mapping[str, str]:
    """Return the day each kind of a page's data ends with.

    ``money`` is the latest day the districts counted payments to, ``units`` the state of communes
    and households, which forms ask for at the end of the year, ``report`` the printed report's.
    """
    found: dict[str, Any] = {}
    funding = workspace.data_set("funding", year)
    if notebook.reads_any(["funding"]) and funding.is_file():
        import pandas as pd

        days = pd.read_parquet(funding, columns=["cut_off"])["cut_off"].dropna()
        if not days.empty:
            found["money"] = str(days.max().date())
    if notebook.reads_any([name for name, one in registry.tables().items() if one.units]):
        found["units"] = f"{year}-12-31"
    origin = workspace.report_origin(year)
    if not found and origin.is_file():
        found["report"] = str(package.origin(origin).get("date", ""))
    return {kind: day for kind, day in found.items() if day}
