"""The command that puts provinces together: ``collect``."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgstats import workspace as places
from kgstats.words import LANGUAGES

if TYPE_CHECKING:
    from kgstats.national.gather import Part

EVERY_YEAR = "2000-2100"


def collect(
    workspace: Annotated[
        list[Path],
        typer.Option("--workspace", metavar="DIR", help="Folder with data/raw; given again."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where it is put together.")],
    year: Annotated[
        str,
        typer.Option("--year", "-y", help="A year, 2016-2025, or auto: the last; else every one."),
    ] = EVERY_YEAR,
    lang: Annotated[
        list[str] | None, typer.Option("--lang", help="Language of the pages; both by default.")
    ] = None,
    tables_only: Annotated[
        bool, typer.Option("--tables-only", help="Make no pages that compare the provinces.")
    ] = False,
) -> None:
    """Put the clean tables of several workspaces together, and compare the provinces.

    The tables become partitioned Parquet in DIR, the comparison a page for each year in DIR/pages.
    DIR is replaced whole or stays as it was. Ends with 0 when all that was asked for is there, 4
    when a workspace or year was not cleaned or is withheld, 1 when a table or page could not be
    made, 2 for a wrong call; what can be put together is there all the same.
    """
    from kgstats.national import gather, pages, written
    from kgstats.pipeline import ending, several, unattended
    from kgstats.reference.refusal import Refusal

    languages = [one for one in LANGUAGES if one in (lang or LANGUAGES)]
    if not languages or len(languages) < len(set(lang or ())):
        raise typer.BadParameter(f"--lang must be one of {', '.join(LANGUAGES)}")
    left: list[gather.LeftOut] = []
    found = []
    for folder in workspace:
        try:
            found.append(places.find(folder))
        except (places.WorkspaceError, Refusal) as error:
            left.append(gather.LeftOut(folder.name, str(error), unattended.WRONG_CALL))
    try:
        parts, others = gather.parts(list(dict.fromkeys(found)), year)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    left += others
    target = out.expanduser().resolve()

    def finish(draft: Path) -> None:
        if tables_only:
            return
        try:
            pages.make(draft, target, languages, typer.echo)
        except pages.PagesFailed as error:
            shutil.rmtree(draft / written.PAGES, ignore_errors=True)
            left.append(gather.LeftOut("pages", str(error), unattended.FAILED))

    if parts:
        with ending.at_once():
            written.write(target, parts, left, typer.echo, finish)
    for one in left:
        typer.echo(f"left out: {one}", err=True)
    if not parts:
        typer.echo("nothing was put together; what is there stays as it was", err=True)
    else:
        _tell(parts, target, languages)
    raise typer.Exit(several.worst([one.code for one in left]))


def _tell(parts: Sequence[Part], target: Path, languages: Sequence[str]) -> None:
    provinces = len({one.own.code for one in parts})
    years = sorted({one.year for one in parts})
    typer.echo(f"{provinces} provinces, {len(parts)} years of returns: {target}")
    for lang in languages:
        front = target / "pages" / str(years[-1]) / "html" / lang / "index.html"
        if front.is_file():
            typer.echo(f"{lang}: {front}")


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(collect)
