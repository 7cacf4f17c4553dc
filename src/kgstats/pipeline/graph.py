"""The steps of a year's run: what each needs, what it makes, and why it would run again."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from kgstats import registry
from kgstats.pipeline import proven, sources
from kgstats.pipeline.collection import (
    PROPOSED_DATA,
    REPORT_DATA,
    RETURNS_DATA,
    Collection,
    CollectionError,
    Notebook,
    read_collection,
    select,
)
from kgstats.pipeline.limits import DISCLOSURE, read_disclosure, read_limits, whole
from kgstats.words import LANGUAGES, slug
from kgstats.workspace import CARRIED_ON, Workspace, received_files

_NAMED_PACKAGES = (
    "pandas",
    "geopandas",
    "matplotlib",
    "seaborn",
    "papermill",
    "nbconvert",
    "ipykernel",
    "lxml",
    "xlrd",
    "babel",
)


SENSITIVE_DATA = ("poverty", "cells", "findings", "stated")
"""Data sets that tell counts of households; a form's ledger is read for the places of its cells."""


class NothingToDo(Exception):
    """A run was asked for that cannot make anything; the message says why."""


@dataclass
class Step:
    """One step: ``action`` makes ``makes`` from ``needs`` and ``values``, with the product's code.

    ``code`` are the source files it is made of; ``folders`` are made whole, whatever is in them.
    """

    id: str
    title: str
    needs: list[Path]
    values: dict[str, Any]
    makes: list[Path]
    action: Callable[[], None]
    code: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    imports: Sequence[str] = ()
    """Modules its kernel loads, where it has one."""
    work: float = 1.0
    """How much it does beside other steps, counted in lines of a notebook."""
    own: bool = False
    """Whether it is this process's own work, which goes on beside that of kernels."""
    looked_for: Callable[[], list[Path]] = list
    """What else it looked for when it was last taken, there or not."""
    of_year: int | None = None
    """The year it is of, where the runs of other years take it too; else that of the run."""

    def reads(self) -> list[Path]:
        """Return what it needs, and what else it looked for when it was last taken."""
        return list(dict.fromkeys([*self.needs, *self.looked_for()]))


@dataclass(frozen=True)
class Page:
    """One page of the publication: a notebook, its parameters, a language."""

    notebook: Notebook
    lang: str
    arguments: Mapping[str, Any]
    slug: str
    title: str

    @property
    def tail(self) -> str:
        """What tells it from other pages of its notebook: ``-giong-rieng``, or nothing."""
        return self.slug.removeprefix(self.notebook.slug)

    @property
    def id(self) -> str:
        """A name for the page's steps, the same in every run."""
        return f"{self.notebook.name}{self.tail}-{self.lang}"

    @property
    def words(self) -> str:
        """What a person is told of it."""
        return f"{self.notebook.name}{self.tail.replace('-', ' ')} ({self.lang})"

    @property
    def html(self) -> str:
        """Its file among the published ones."""
        return f"html/{self.lang}/{self.slug}.html"

    @property
    def executed(self) -> str:
        """Its executed notebook among the published ones."""
        return f"notebooks/{self.lang}/{self.notebook.name}{self.tail}.ipynb"

    @property
    def data(self) -> str:
        """The folder of its tables and pictures among the published ones."""
        return f"html/{self.lang}/data/{self.slug}"


@dataclass
class Plan:
    """All the steps of one run, in an order in which they can be taken."""

    workspace: Workspace
    year: int
    again: Callable[[Mapping[str, str]], Plan]
    """Lay the same run out anew from what is there now, without notebooks that stopped, and why."""
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    """What is asked for, and what was published before: a publication is of one state."""
    stopped: dict[str, str] = field(default_factory=dict)
    """Notebooks that stopped and are no part of it therefore, and of what."""
    missing: list[str] = field(default_factory=list)
    """What was asked for by name, or stopped, and cannot be made."""
    pdf: bool = False
    """Whether the whole publication of each language is also printed into one PDF."""
    single_files: bool = False
    """Whether each page is also published as one self-contained file."""
    question: str = ""
    """What was asked for, as a proof that it is there is kept under."""
    disclosure: dict[str, int] = field(default_factory=lambda: dict(DISCLOSURE))
    """Disclosure control of the whole publication, by the names of parameters."""

    @property
    def withholds(self) -> bool:
        """Whether disclosure control is on."""
        return max(self.disclosure.values()) > 1

    @cached_property
    def illustrative(self) -> bool:
        """Whether the year's returns declare themselves illustrative."""
        return self.workspace.is_illustrative(self.year)

    @property
    def languages(self) -> list[str]:
        """The languages of the publication."""
        return [lang for lang in LANGUAGES if any(page.lang == lang for page in self.pages)]

    @property
    def notebooks(self) -> list[Notebook]:
        """The notebooks of the publication, each once."""
        return list({page.notebook.name: page.notebook for page in self.pages}.values())

    def built(self, name: str) -> Path:
        """Return where a run makes a file of the publication before all are published together."""
        return self.workspace.build(self.year) / name

    def about(self, page: Page) -> Path:
        """Return the file that says what is on a page."""
        return self.built(f"pages/{page.lang}/{page.slug}.json")


@cache
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
    pdf: bool = False,
) -> Plan:
    """Lay out the steps of a run.

    Each parameter after the year is an option of ``kgstats run``. What was published before
    belongs to it too: where the inputs changed it would be out of date beside the pages asked for.

    Raises
    ------
    CollectionError
        For an unknown notebook or parameter, before anything runs.
    NothingToDo
        When nothing was received for the year.
    """
    asked: dict[str, Any] = {
        "languages": languages,
        "only": only,
        "skip": skip,
        "parameters": parameters or {},
        "single_files": single_files,
        "pdf": pdf,
    }
    return _laid_out(workspace, year, asked, {})


@sources.seen_once()
def _laid_out(
    workspace: Workspace, year: int, asked: Mapping[str, Any], stopped: Mapping[str, str]
) -> Plan:
    """Lay out the steps of what is asked for, without the notebooks that stopped."""

    def again(more: Mapping[str, str]) -> Plan:
        return _laid_out(workspace, year, asked, {**stopped, **more})

    languages, only, parameters = asked["languages"], asked["only"], asked["parameters"]
    collection = read_collection(workspace.notebooks)
    plan = Plan(workspace, year, again, stopped=dict(stopped), missing=list(stopped))
    plan.question = proven.asked(year=year, **asked)
    published = workspace.outputs(year)
    plan.single_files = asked["single_files"] or (published / "single").is_dir()
    plan.pdf = asked["pdf"] or any(published.glob("html/*/*.pdf"))
    received = workspace.has_report(year) or workspace.has_returns(year)
    if not received and not workspace.has_proposal(year):
        there = ", ".join(str(known) for known in workspace.years()) or "none"
        raise NothingToDo(
            f"nothing was received for {year}: put the districts' workbooks into "
            f"{workspace.returns(year)} (years there are: {there})"
        )
    plan.notes += [f"left out: {why}" for why in stopped.values()]
    for name, why in collection.left_out.items():
        plan.notes.append(f"left out: {why}")
        if any(name == one.removesuffix(".ipynb") for one in only):
            raise CollectionError(why)
    chosen = select(collection.notebooks, only, asked["skip"])
    given = dict(parameters)
    own = {name: given.pop(name) for name in DISCLOSURE if name in given}
    plan.disclosure |= read_disclosure(workspace.root)
    plan.disclosure |= {name: whole(own[name], name, DISCLOSURE[name]) for name in own}
    _check_parameters(chosen, given)
    _choose_pages(plan, collection, chosen, languages, given, named=bool(only))
    _check_disclosure(plan, {notebook.name for notebook in chosen} if only else set())
    if not plan.pages:
        raise NothingToDo("; ".join(plan.notes) or "no notebook was chosen")
    _add_audit(plan)
    _add_cleaning(plan)
    for page in plan.pages:
        _add_notebook(plan, page)
    from kgstats.pipeline import pages

    pages.add(plan)
    sources.keep()
    return plan


def plan_of(workspace: Workspace, question: str) -> Plan:
    """Lay out the run that was asked for so, as ``Plan.question`` holds it.

    Raises
    ------
    CollectionError, NothingToDo
        As :func:`make_plan` does.
    """
    asked = json.loads(question)
    del asked["python"]
    return make_plan(workspace, **asked)


def _choose_pages(
    plan: Plan,
    collection: Collection,
    chosen: Sequence[Notebook],
    languages: Sequence[str],
    given: Mapping[str, Any],
    *,
    named: bool,
) -> None:
    """Add the pages that are asked for, and those that were published or built before."""
    workspace, year = plan.workspace, plan.year
    asked = {notebook.name for notebook in chosen}
    for lang in LANGUAGES:
        for notebook in collection.notebooks:
            if notebook.name in plan.stopped:
                continue
            wanted = notebook.name in asked and lang in languages
            lacking = _lacking(notebook, workspace, year)
            if lacking or lang not in notebook.titles:
                if wanted and lacking and lang == languages[0]:
                    plan.notes.append(f"{notebook.name} is left out: no {lacking} of {year}")
                    plan.missing += [notebook.name] if named else []
                elif wanted and not lacking:
                    plan.notes.append(f"{notebook.name} has no title in {lang}, so no page")
                continue
            control = {} if plan.disclosure == DISCLOSURE else plan.disclosure
            now = _pages_of(notebook, year, lang, {**given, **control}) if wanted else []
            slugs = {page.slug for page in now}
            plan.pages += [
                page
                for page in _pages_of(notebook, year, lang, control)
                if page.slug not in slugs and _known(plan, page)
            ]
            plan.pages += now


def _check_disclosure(plan: Plan, asked: set[str]) -> None:
    """Leave out, or refuse when asked for by name, pages that would show what is to be withheld.

    A notebook that reads counts of households must take the parameters of disclosure control:
    then its tables and figures are checked as they are made.
    """
    if not plan.withholds:
        return
    from kgstats import withholding

    withholding.Control(
        *plan.disclosure.values()
    )  # Refuses what does not protect before anything is run.
    open_ = [one for one in plan.notebooks if _is_open(one)]
    refused = [
        f"{one.name} would show counts of households without disclosure control, which is on: add "
        f"the parameters {', '.join(DISCLOSURE)} and show frames by report.release.applied()"
        for one in open_
    ]
    if named := [why for one, why in zip(open_, refused, strict=True) if one.name in asked]:
        raise CollectionError("; ".join(named))
    from kgstats.pipeline import given_out

    given_out.check(plan.workspace, plan.year, plan.disclosure)
    plan.notes += [f"left out: {why}" for why in refused]
    plan.pages = [page for page in plan.pages if page.notebook not in open_]


def _is_open(notebook: Notebook) -> bool:
    """Whether a notebook reads what may be withheld and takes no disclosure control."""
    return notebook.reads_any(SENSITIVE_DATA) and not set(DISCLOSURE) <= set(notebook.parameters)


def _known(plan: Plan, page: Page) -> bool:
    """Whether a page was published or built before."""
    published = plan.workspace.outputs(plan.year)
    return (published / page.html).is_file() or plan.built(page.html).is_file()


def _pages_of(notebook: Notebook, year: int, lang: str, given: Mapping[str, Any]) -> list[Page]:
    """Return a notebook's pages in a language: one, or one for each district."""
    own = {name: value for name, value in given.items() if name in notebook.parameters}
    arguments = notebook.arguments({"year": year, "lang": lang, **own})
    title = notebook.title(lang)
    if notebook.each is None:
        return [Page(notebook, lang, arguments, notebook.slug, title)]
    from kgstats.reference import areas

    districts = areas.reporting(year)
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


def _lacking(notebook: Notebook, workspace: Workspace, year: int) -> str:
    if notebook.needs(REPORT_DATA) and not workspace.has_report(year):
        return "printed report"
    if notebook.needs(RETURNS_DATA) and not workspace.has_returns(year):
        return "district returns"
    if notebook.needs(PROPOSED_DATA) and not workspace.has_proposal(year):
        return "text of a printed report (kgstats report read)"
    return ""


def _add_audit(plan: Plan) -> None:
    """The audit is read by several notebooks, so it is a step of its own."""
    reads_it = any(notebook.reads_any(["audit"]) for notebook in plan.notebooks)
    if not reads_it or not plan.workspace.has_report(plan.year):
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


def _add_cleaning(plan: Plan) -> None:
    """Clean the years that pages read, each once, the earlier ones first."""
    workspace = plan.workspace
    if not any(notebook.reads_any(RETURNS_DATA) for notebook in plan.notebooks):
        return
    wanted = {plan.year}
    if any(read.other_years for notebook in plan.notebooks for read in notebook.reads):
        wanted |= {year for year in workspace.years() if year < plan.year}
    plan.steps += cleaning(workspace, sorted(wanted))


def cleaning(workspace: Workspace, years: Sequence[int]) -> list[Step]:
    """Return the steps that clean these years and whatever years they start from."""
    steps: dict[int, Step] = {}
    for wanted in years:
        chain = []
        while workspace.has_returns(wanted) and wanted not in steps:
            chain.append(wanted)
            wanted -= 1
        for year in reversed(chain):
            steps[year] = _cleaning(workspace, year)
    return [steps[year] for year in sorted(steps)]


def _cleaning(workspace: Workspace, year: int) -> Step:
    needs = [*received_files(workspace.returns(year)), *workspace.declarations(year)]
    if workspace.has_returns(year - 1):
        # A year starts as the one before ended.
        needs.extend(workspace.data_set(name, year - 1) for name in CARRIED_ON)

    def action() -> None:
        from kgstats.pipeline import apart

        apart.clean(workspace.root, year, read_limits(workspace.root))

    return Step(
        id=f"clean-{year}",
        title=f"clean tables of {year}",
        needs=sorted(needs),
        code=sources.files_of(["kgstats.returns.processed"]),
        values={"year": year, "packages": packages()},
        makes=[
            workspace.data_set(name, year) for name in (*RETURNS_DATA, *registry.ledgers().values())
        ],
        action=action,
        of_year=year,
    )


def inputs(plan: Plan, notebook: Notebook) -> list[Path]:
    """Return the data files a notebook reads that are there or that a step makes."""
    workspace, year = plan.workspace, plan.year
    made = {path for step in plan.steps for path in step.makes}
    found = [path for path in (workspace.province,) if path.is_file()]
    for read in notebook.reads:
        years = [year]
        if read.other_years:
            # A page looks back, never ahead: what it is made from must not change with next year.
            years += [other for other in workspace.years() if other < year]
        for other in years:
            path = workspace.data_set(read.name, other)
            # A clean table that no step makes is of returns that are no longer there.
            of_returns = read.name in RETURNS_DATA or read.name in registry.ledgers().values()
            if path in made or (path.is_file() and not of_returns):
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
    if notebook.reads_any(RETURNS_DATA):
        # What was declared about the returns is shown beside what was found in them.
        found += workspace.declarations(year)
    if notebook.reads_any(["files"]):
        found += received_files(workspace.returns(year))
    return sorted(set(found))


def _add_notebook(plan: Plan, page: Page) -> None:
    workspace, notebook = plan.workspace, page.notebook
    target, reads = plan.built(page.executed), plan.built(f"reads/{page.id}.txt")
    needs = {notebook.path, *inputs(plan, notebook)}
    if notebook.words.is_file():
        needs.add(notebook.words)
    if notebook.draws_maps and workspace.boundaries.is_dir():
        needs |= {path for path in workspace.boundaries.iterdir() if path.is_file()}

    def action() -> None:
        from kgstats.pipeline import execute

        execute.execute(
            notebook.path,
            target,
            page.arguments,
            workspace=workspace.root,
            limits=read_limits(workspace.root),
            reads=reads,
        )

    plan.steps.append(
        Step(
            id=f"run-{page.id}",
            title=page.words,
            needs=sorted(needs),
            code=sources.files_of([*notebook.imports, "kgstats.notebook"]),
            values={**page.arguments, "packages": packages()},
            makes=[target],
            action=action,
            imports=notebook.imports,
            work=notebook.lines,
            looked_for=lambda: _looked_for(workspace, reads),
        )
    )


def _looked_for(workspace: Workspace, reads: Path) -> list[Path]:
    """Return the data sets that a kernel noted to have looked for; none where it never ran."""
    try:
        lines = reads.read_text(encoding="utf-8").splitlines()
        return [workspace.data_set(name, int(year)) for name, year in map(str.split, lines)]
    except (OSError, ValueError, KeyError):
        return []
