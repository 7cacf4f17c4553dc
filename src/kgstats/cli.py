"""The command line: ``kgstats run``, ``plan``, ``status`` and the commands of each area."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kgstats import workspace as places
from kgstats.words import LANGUAGES

if TYPE_CHECKING:
    from kgstats.pipeline.graph import Plan

app = typer.Typer(
    help="Yearly statistics of Kiên Giang's National Target Programmes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# Areas that add commands of their own: `register(app)` in each.
_AREAS = ("kgstats.returns.commands", "kgstats.reference.commands")

Year = Annotated[int, typer.Option("--year", "-y", min=2000, max=2100, help="Reporting year.")]
Language = Annotated[
    list[str] | None, typer.Option("--lang", help="Language of the pages; both by default.")
]
Only = Annotated[
    list[str] | None, typer.Option("--only", metavar="NOTEBOOK", help="Just this notebook.")
]
Skip = Annotated[
    list[str] | None, typer.Option("--skip", metavar="NOTEBOOK", help="All but this notebook.")
]
Setting = Annotated[
    list[str] | None,
    typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="A notebook parameter."),
]
WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", metavar="DIR", help="Folder with data/raw; this project's else."),
]
Single = Annotated[
    bool, typer.Option("--single-file", help="Also each page as one file that can be mailed.")
]
DEFAULT_YEAR = 2019


def _expected_errors() -> tuple[type[Exception], ...]:
    """Errors whose message is meant for the user: what is wrong, where, and what to do."""
    from kgstats.pipeline.collection import CollectionError
    from kgstats.pipeline.engine import EngineError
    from kgstats.pipeline.graph import NothingToDo
    from kgstats.pipeline.holding import Busy
    from kgstats.pipeline.limits import SettingsError
    from kgstats.published.files import PublishedError
    from kgstats.reference.refusal import Refusal
    from kgstats.words import UnknownLanguage

    return (
        CollectionError,
        NothingToDo,
        Busy,
        EngineError,
        SettingsError,
        PublishedError,
        Refusal,
        UnknownLanguage,
        places.WorkspaceError,
    )


def _plan(
    year: int,
    lang: list[str] | None,
    only: list[str] | None,
    skip: list[str] | None,
    parameter: list[str] | None,
    workspace: Path | None,
    single_file: bool = False,
) -> Plan:
    from kgstats.pipeline.collection import CollectionError
    from kgstats.pipeline.graph import make_plan
    from kgstats.words import UnknownLanguage

    given: dict[str, Any] = {}
    for setting in parameter or []:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise CollectionError(f"--parameter takes NAME=VALUE, not {setting!r}")
        given[name.strip()] = value
    languages = list(dict.fromkeys(lang or LANGUAGES))
    for one in languages:
        if one not in LANGUAGES:
            raise UnknownLanguage(f"--lang must be one of {', '.join(LANGUAGES)}, not {one!r}")
    for fixed in ("year", "lang"):
        if fixed in given:
            raise CollectionError(f"give {fixed} as --{fixed}, not as --parameter")
    return make_plan(
        places.find(workspace),
        year,
        languages=languages,
        only=only or (),
        skip=skip or (),
        parameters=given,
        single_files=single_file,
    )


@app.command()
def run(
    year: Year = DEFAULT_YEAR,
    lang: Language = None,
    only: Only = None,
    skip: Skip = None,
    parameter: Setting = None,
    workspace: WorkspaceOption = None,
    single_file: Single = False,
) -> None:
    """Make a year's appendices: whatever is out of date, nothing else."""
    from kgstats.pipeline import ending
    from kgstats.pipeline import run as runs
    from kgstats.pipeline.lines import Lines

    plan = _plan(year, lang, only, skip, parameter, workspace, single_file)
    for note in plan.notes:
        typer.echo(f"note: {note}")
    with ending.at_once():
        outcome = runs.run(plan, Lines())
    if outcome.failed:
        typer.echo(
            f"{len(outcome.failed)} steps failed; what was published before stays as it was.",
            err=True,
        )
        raise typer.Exit(1)
    if not outcome.done and outcome.published is None:
        typer.echo("nothing changed: everything is up to date")
    html = plan.workspace.outputs(year) / "html"
    if outcome.plan.missing:
        typer.echo(f"not made: {', '.join(outcome.plan.missing)}", err=True)
    for one in plan.languages:
        typer.echo(f"{one}: {html / one / 'index.html'}")
    if single_file:
        typer.echo(f"single files: {plan.workspace.outputs(year) / 'single'}")
    if not outcome.complete:
        raise typer.Exit(1)


@app.command()
def plan(
    year: Year = DEFAULT_YEAR,
    lang: Language = None,
    only: Only = None,
    skip: Skip = None,
    parameter: Setting = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what a run would do, and why; do nothing."""
    from kgstats.pipeline import run as runs
    from kgstats.pipeline.lines import said

    laid_out = _plan(year, lang, only, skip, parameter, workspace)
    for note in laid_out.notes:
        typer.echo(f"note: {note}")
    due = runs.out_of_date(laid_out)
    if not due and (texts := runs.publication_due(laid_out)):
        typer.echo(f"the pages of {year} would be published anew: {'; '.join(texts[:3])}")
        return
    if not due:
        typer.echo(f"nothing to do for {year}: all {len(laid_out.steps)} steps are up to date")
        return
    typer.echo(f"{len(due)} of {len(laid_out.steps)} steps would be taken for {year}:")
    for line in said(due):
        typer.echo(line)


@app.command()
def status(workspace: WorkspaceOption = None) -> None:
    """Say for each year what was received, what is published, and whether it is up to date."""
    from kgstats.pipeline import publish
    from kgstats.pipeline import run as runs
    from kgstats.pipeline.graph import NothingToDo, make_plan

    place = places.find(workspace)
    typer.echo(f"workspace {place.root}")
    for year in place.years():
        received = [
            words
            for there, words in (
                (place.has_report(year), "printed report"),
                (place.has_returns(year), "district returns"),
            )
            if there
        ]
        record = publish.last_run(place, year)
        if record is None:
            state = "nothing published"
        else:
            try:
                laid_out = make_plan(place, year, languages=record["languages"])
                due = len(runs.out_of_date(laid_out))
                fresh = "up to date" if not due else f"{due} steps out of date"
                if not due and runs.publication_due(laid_out):
                    fresh = "to be published anew"
            except NothingToDo as error:
                fresh = str(error)
            state = f"published {record['finished']} ({', '.join(record['languages'])}), {fresh}"
        typer.echo(f"{year}: received {', '.join(received) or 'nothing'}; {state}")


def _add_areas() -> None:
    for name in _AREAS:
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name).register(app)


def main() -> None:
    """Run the command line; an expected error is one line and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may not know Vietnamese letters; a run must not end for that.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    _add_areas()
    try:
        app()
    except _expected_errors() as error:
        typer.echo(f"error: {error}", err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
