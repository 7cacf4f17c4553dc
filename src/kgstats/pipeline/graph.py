"""The steps of a year's run: what each needs, what it makes, and why it would run again."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kgstats.pipeline import sources
from kgstats.pipeline.collection import (
    REPORT_DATA,
    RETURNS_DATA,
    CollectionError,
    Notebook,
    read_collection,
    select,
)
from kgstats.words import LANGUAGES, slug
from kgstats.workspace import Workspace

_NAMED_PACKAGES = (
    "pandas",
    "geopandas",
    "matplotlib",
    "seaborn",
    "great-tables",
    "papermill",
    "nbconvert",
    "ipykernel",
    "lxml",
    "xlrd",
    "babel",
)


class NothingToDo(Exception):
    """A run was asked for that cannot make anything; the message says why."""


@dataclass
class Step:
    """One step: ``action`` makes ``makes`` from ``needs`` and ``values``, with the product's code.

    ``code`` are the source files it is made of; they are compared as one.
    """

    id: str
    title: str
    needs: list[Path]
    values: dict[str, Any]
    makes: list[Path]
    action: Callable[[], None]
    code: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """One page of the publication: a notebook, its parameters, a language."""

    notebook: Notebook
    lang: str
    arguments: Mapping[str, Any]
    slug: str
    title: str

    @property
    def id(self) -> str:
        """A name for the page's steps, the same in every run."""
        tail = self.slug.removeprefix(self.notebook.slug)
        return f"{self.notebook.name}{tail}-{self.lang}"

    @property
    def words(self) -> str:
        """What a person is told of it."""
        tail = self.slug.removeprefix(self.notebook.slug).replace("-", " ")
        return f"{self.notebook.name}{tail} ({self.lang})"


@dataclass
class Plan:
    """All the steps of one run, in an order in which they can be taken."""

    workspace: Workspace
    year: int
    languages: list[str]
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    notebooks: list[Notebook] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """What was asked for by name and cannot be made."""
    single_files: bool = False
    """Whether each page is also published as one self-contained file."""

    def made(self, kind: str, page: Page) -> Path:
        """Return the file a step makes for a page: ``notebooks``, ``html`` or ``pages``."""
        folder = self.workspace.build(self.year) / kind / page.lang
        tail = page.slug.removeprefix(page.notebook.slug)
        names = {
            "notebooks": f"{page.notebook.name}{tail}.ipynb",
            "html": f"{page.slug}.html",
            "pages": f"{page.slug}.json",
        }
        return folder / names[kind]

    def index(self, lang: str) -> Path:
        """Return the front page of a language."""
        return self.workspace.build(self.year) / "html" / lang / "index.html"


def packages() -> dict[str, str]:
    """Return the versions of what results depend on."""
    versions = {"python": platform.python_version()}
    for name in _NAMED_PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return versions


def make_plan(
    workspace: Workspace,
    year: int,
    *,
    languages: Sequence[str] = LANGUAGES,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    parameters: Mapping[str, Any] | None = None,
    single_files: bool = False,
) -> Plan:
    """Lay out the steps of a run.

    Raises
    ------
    CollectionError
        For an unknown notebook or parameter, before anything runs.
    NothingToDo
        When nothing was received for the year.
    """
    notebooks = read_collection(workspace.notebooks)
    chosen = select(notebooks, only, skip)
    given = dict(parameters or {})
    _check_parameters(chosen, given)
    plan = Plan(workspace, year, list(languages), single_files=single_files)
    report, returns = workspace.has_report(year), workspace.has_returns(year)
    if not report and not returns:
        there = ", ".join(str(known) for known in workspace.years()) or "none"
        raise NothingToDo(
            f"nothing was received for {year}: put the districts' workbooks into "
            f"{workspace.returns(year)} (years there are: {there})"
        )
    for notebook in chosen:
        lacking = _lacking(notebook, report=report, returns=returns)
        if lacking:
            plan.notes.append(f"{notebook.name} is left out: there is no {lacking} of {year}")
            if only:
                plan.missing.append(notebook.name)
        else:
            plan.notebooks.append(notebook)
    if not plan.notebooks:
        raise NothingToDo("; ".join(plan.notes) or "no notebook was chosen")
    for lang in plan.languages:
        for notebook in plan.notebooks:
            plan.pages += _pages_of(notebook, year, lang, given)
    _add_audit(plan)
    _add_cleaning(plan, notebooks)
    for page in plan.pages:
        _add_notebook(plan, page)
    _add_pages(plan, notebooks)
    return plan


def _pages_of(notebook: Notebook, year: int, lang: str, given: Mapping[str, Any]) -> list[Page]:
    """Return a notebook's pages in a language: one, or one for each district."""
    own = {name: value for name, value in given.items() if name in notebook.parameters}
    arguments = notebook.arguments({"year": year, "lang": lang, **own})
    title = notebook.title(lang)
    if notebook.each is None:
        return [Page(notebook, lang, arguments, notebook.slug, title)]
    from kgstats.reference import areas

    districts = areas.districts(year)
    pages = []
    for row in districts.itertuples():
        if notebook.each in own and own[notebook.each] != row.district_code:
            continue
        pages.append(
            Page(
                notebook,
                lang,
                {**arguments, notebook.each: row.district_code},
                f"{notebook.slug}-{slug(row.district_name)}",
                f"{title}: {row.district_name}",
            )
        )
    if not pages:
        known = ", ".join(
            f"{row.district_code} {row.district_name}" for row in districts.itertuples()
        )
        raise CollectionError(
            f"{notebook.name}: no district has the code {own[notebook.each]!r}; there are {known}"
        )
    return pages


def _check_parameters(chosen: Sequence[Notebook], given: Mapping[str, Any]) -> None:
    for name in given:
        takers = [notebook for notebook in chosen if name in notebook.parameters]
        # No taker at all: the notebook's own message names the nearest parameter.
        for notebook in takers or chosen[:1]:
            notebook.arguments({name: given[name]})


def _lacking(notebook: Notebook, *, report: bool, returns: bool) -> str:
    if notebook.needs(REPORT_DATA) and not report:
        return "printed report"
    if notebook.needs(RETURNS_DATA) and not returns:
        return "district returns"
    return ""


def _add_audit(plan: Plan) -> None:
    """The audit is read by several notebooks, so it is a step of its own."""
    read = {r.name for notebook in plan.notebooks for r in notebook.reads}
    if "audit" not in read or not plan.workspace.has_report(plan.year):
        return
    workspace, year = plan.workspace, plan.year

    def action() -> None:
        from kgstats.published import audit

        audit.write(workspace.root, year)

    plan.steps.append(
        Step(
            id=f"audit-{year}",
            title=f"audit of the printed report of {year}",
            needs=[
                workspace.data_set(name, year)
                for name in ("figures", "identities", "topics", "targets", "series", "units")
            ],
            code=sources.files_of(["kgstats.published.audit"]),
            values={"year": year},
            makes=[workspace.data_set("audit", year)],
            action=action,
        )
    )


def _cleaner(plan: Plan, notebooks: Sequence[Notebook]) -> Notebook | None:
    """Return the notebook that makes the clean tables of its year."""
    for notebook in notebooks:
        if set(notebook.makes) & set(RETURNS_DATA):
            return notebook
    return None


def _years_read(plan: Plan) -> list[int]:
    """Return the earlier years whose clean tables the pages read, as far as there are returns."""
    if not any(read.other_years for notebook in plan.notebooks for read in notebook.reads):
        return []
    return [
        year
        for year in plan.workspace.years()
        if year < plan.year and plan.workspace.has_returns(year)
    ]


def _received(workspace: Workspace, year: int) -> list[Path]:
    """Return what a year's cleaning reads: its raw files, and last year's (start = last end)."""
    return sorted(
        path
        for one in (year - 1, year)
        for path in workspace.year_raw(one).rglob("*")
        if path.is_file() and not path.name.startswith((".", "~$"))
    )


def _add_cleaning(plan: Plan, notebooks: Sequence[Notebook]) -> None:
    """Clean the years that pages read: the run's own by its notebook, others directly."""
    cleaner = _cleaner(plan, notebooks)
    if cleaner is None:
        return
    years = list(_years_read(plan))
    reads_own = any(
        read.name in RETURNS_DATA for notebook in plan.notebooks for read in notebook.reads
    )
    if cleaner not in plan.notebooks and reads_own and plan.workspace.has_returns(plan.year):
        years.append(plan.year)
    for year in years:
        plan.steps.append(_cleaning(plan.workspace, year, cleaner.makes))


def _cleaning(workspace: Workspace, year: int, makes: Sequence[str]) -> Step:
    def action() -> None:
        from kgstats.returns import processed

        processed.clean_year(year, workspace)

    return Step(
        id=f"clean-{year}",
        title=f"clean tables of {year}",
        needs=_received(workspace, year),
        code=sources.files_of(["kgstats.returns.processed"]),
        values={"year": year},
        makes=[workspace.data_set(name, year) for name in makes],
        action=action,
    )


def _inputs(plan: Plan, notebook: Notebook) -> list[Path]:
    """Return the data files a notebook reads that are there or that a step makes."""
    workspace, year = plan.workspace, plan.year
    # What a notebook will make counts from the start: the first run lays out the same steps as
    # the second, whichever notebook comes first.
    made = {path for step in plan.steps for path in step.makes} | {
        workspace.data_set(name, year) for other in plan.notebooks for name in other.makes
    }
    found = []
    for read in notebook.reads:
        years = [year]
        if read.other_years:
            # A page looks back, never ahead: what it is made from must not change with next year.
            years += [other for other in workspace.years() if other < year]
        for other in years:
            path = workspace.data_set(read.name, other)
            if path in made or path.is_file():
                found.append(path)
    if any(read.name in ("figures", "identities") for read in notebook.reads):
        # Read and checked together with them.
        found += [
            path
            for name in ("figures", "identities", "topics", "targets", "units", "series")
            if (path := workspace.data_set(name, year)).is_file()
        ]
        if workspace.report_origin(year).is_file():
            found.append(workspace.report_origin(year))
    if any(read.name == "findings" for read in notebook.reads):
        # What was declared about the returns is shown beside what was found in them.
        found += [
            path
            for name in ("corrections.yml", "deliveries.yml", "origin.yml")
            if (path := workspace.year_raw(year) / name).is_file()
        ]
    return sorted(set(found))


def _add_notebook(plan: Plan, page: Page) -> None:
    workspace, notebook = plan.workspace, page.notebook
    target = plan.made("notebooks", page)
    needs = [notebook.path, *_inputs(plan, notebook)]
    if workspace.boundaries.is_dir():
        needs += sorted(path for path in workspace.boundaries.iterdir() if path.is_file())
    makes = [target]
    if notebook.makes:
        needs += _received(workspace, plan.year)
        tables = [workspace.data_set(name, plan.year) for name in notebook.makes]
        if page.lang == plan.languages[0]:
            makes += tables
        else:
            # The first language cleans, the others read what it made.
            needs += tables

    def action() -> None:
        from kgstats.pipeline import execute

        execute.execute(notebook.path, target, page.arguments, workspace=workspace.root)

    plan.steps.append(
        Step(
            id=f"run-{page.id}",
            title=page.words,
            needs=sorted(set(needs)),
            code=sources.files_of([*notebook.imports, "kgstats.notebook"]),
            values={**page.arguments, "packages": packages()},
            makes=makes,
            action=action,
        )
    )


def _add_pages(plan: Plan, notebooks: Sequence[Notebook]) -> None:
    """Export every page, and the front page of each language that lists them all."""
    from kgstats.appendix import site

    workspace, year = plan.workspace, plan.year
    code = sources.files_of(["kgstats.appendix.site", "kgstats.appendix.exporter"])
    asked = {(page.slug, page.lang) for page in plan.pages}
    shown = {
        lang: [
            page
            for notebook in notebooks
            for page in _pages_of(notebook, year, lang, {})
            if (page.slug, lang) in asked or plan.made("html", page).is_file()
        ]
        for lang in LANGUAGES
    }
    languages = [lang for lang in LANGUAGES if shown[lang]]
    illustrative = workspace.is_illustrative(year)
    for lang in plan.languages:
        entries = [
            site.Entry(
                page.slug,
                page.title,
                page.notebook.slug if page.notebook.each else None,
                page.notebook.title(lang),
            )
            for page in shown[lang]
        ]
        for page in plan.pages:
            if page.lang == lang:
                plan.steps.append(_page(plan, page, entries, languages, code))
        abouts = {page.slug: plan.made("pages", page) for page in shown[lang]}
        target = plan.index(lang)
        shows_returns = illustrative and any(_uses_returns(p.notebook) for p in shown[lang])

        def action(
            lang: str = lang,
            entries: list[site.Entry] = entries,
            abouts: dict[str, Path] = abouts,
            target: Path = target,
            shows_returns: bool = shows_returns,
        ) -> None:
            site.write_index(
                target,
                year=year,
                lang=lang,
                entries=entries,
                abouts=abouts,
                languages=languages,
                illustrative=shows_returns,
            )

        plan.steps.append(
            Step(
                id=f"index-{lang}",
                title=f"front page ({lang})",
                needs=sorted(set(abouts.values())),
                code=code,
                values={"pages": [e.slug for e in entries], "languages": languages},
                makes=[target],
                action=action,
            )
        )


def _uses_returns(notebook: Notebook) -> bool:
    return bool(notebook.makes) or any(read.name in RETURNS_DATA for read in notebook.reads)


def _cut_offs(workspace: Workspace, year: int, notebook: Notebook) -> dict[str, str]:
    """Return the day each kind of a page's data ends with.

    ``money`` is the latest day the districts counted payments to, ``units`` the state of communes
    and households, which forms ask for at the end of the year, ``report`` the printed report's.
    """
    reads = {read.name for read in notebook.reads}
    found: dict[str, str] = {}
    funding = workspace.data_set("funding", year)
    if ("funding" in reads or notebook.makes) and funding.is_file():
        import pandas as pd

        days = pd.read_parquet(funding, columns=["cut_off"])["cut_off"].dropna()
        if not days.empty:
            found["money"] = str(days.max().date())
    if notebook.makes or reads & {"communes", "attainment", "poverty"}:
        found["units"] = f"{year}-12-31"
    origin = workspace.report_origin(year)
    if not found and origin.is_file():
        import yaml

        found["report"] = str(yaml.safe_load(origin.read_text(encoding="utf-8")).get("date", ""))
    return {kind: day for kind, day in found.items() if day}


def _page(
    plan: Plan,
    page: Page,
    entries: Sequence[Any],
    languages: Sequence[str],
    code: list[Path],
) -> Step:
    from kgstats.appendix import site

    workspace, year = plan.workspace, plan.year
    executed = plan.made("notebooks", page)
    target, about = plan.made("html", page), plan.made("pages", page)
    inputs = _inputs(plan, page.notebook)
    if page.notebook.makes:
        inputs += _received(workspace, year)
    illustrative = workspace.is_illustrative(year) and _uses_returns(page.notebook)

    def action() -> None:
        around = site.context(
            year=year,
            lang=page.lang,
            entry=next(e for e in entries if e.slug == page.slug),
            entries=entries,
            languages=languages,
            parameters=page.arguments,
            inputs={
                path.relative_to(workspace.root).as_posix(): site.digest(path) for path in inputs
            },
            illustrative=illustrative,
            cut_offs=_cut_offs(workspace, year, page.notebook),
        )
        site.write_page(executed, target, about, lang=page.lang, context=around)

    return Step(
        id=f"page-{page.id}",
        title=f"page {page.slug} ({page.lang})",
        needs=sorted({executed, *inputs}),
        code=code,
        values={
            "pages": [[e.slug, e.title] for e in entries],
            "languages": list(languages),
            "illustrative": illustrative,
        },
        makes=[target, about],
        action=action,
    )
