"""Commands for district officers: ``template`` and ``desk``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgstats import workspace as places
from kgstats.options import DEFAULT_YEAR, ReturnsYear, WorkspaceOption


def new_province(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="Code of the province, as 66, or its name.")
    ],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    year: ReturnsYear = DEFAULT_YEAR,
) -> None:
    """Lay out a workspace of another province, with made-up returns to try it on."""
    from kgstats.officer.new_province import lay_out
    from kgstats.reference.province import current
    from kgstats.reference.refusal import Refusal

    try:
        place = lay_out(code, folder, year)
    except Refusal as error:
        typer.echo(f"kgstats: {error}", err=True)
        raise typer.Exit(2) from None
    made = len(list(place.returns(year).iterdir()))
    typer.echo(f"{current().full_name}: {made} illustrative returns of {year} in {place.root}")
    typer.echo(f"Next: kgstats run --year {year} --workspace {folder}")


def template(
    year: ReturnsYear,
    district: Annotated[
        str | None, typer.Option("--district", metavar="D", help="Just this: 908, or An Biên.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder of the workbooks.")
    ] = None,
    letter: Annotated[
        bool, typer.Option("--letter", help="Also a letter to each district, ready to be sent.")
    ] = False,
    until: Annotated[
        str, typer.Option("--until", help="The letter asks for an answer by, as 2020-01-20.")
    ] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Write the workbook that a district fills in: one for each district of the year.

    Last year's closing figures stand in it where that year was cleaned.
    """
    import datetime as dt

    from kgstats.officer import letter as letters
    from kgstats.officer import template as writing

    place = places.find(workspace)
    folder = out or place.templates(year)
    try:
        day = dt.date.fromisoformat(until) if until else None
    except ValueError:
        raise places.WorkspaceError(
            f"--until takes a day such as 2020-01-20, not {until!r}"
        ) from None
    codes = writing.districts(year, district)
    for code, path in zip(codes, writing.write_all(place, year, folder, district), strict=True):
        typer.echo(str(path))
        if letter:
            typer.echo(str(letters.write(year, code, path, day)))


def desk(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port of the page.")] = 8620,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
    workspace: WorkspaceOption = None,
) -> None:
    """Open a page on this machine, for this machine only, to check returns at; stop with Ctrl+C."""
    import asyncio
    import contextlib

    from kgstats.officer import desk as desks

    place = None
    try:
        place = places.find(workspace)
    except places.WorkspaceError:
        if workspace is not None:
            raise

    def say(address: str) -> None:
        typer.echo(f"{address} (stop with Ctrl+C)")

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(desks.serve(place, port, browser=browser, say=say))


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(template)
    app.command()(new_province)
    app.command()(desk)
