"""Commands about deliveries: ``receive`` and ``letters``."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgstats import workspace as places
from kgstats.options import ReturnsYear, WorkspaceOption

if TYPE_CHECKING:
    from kgstats.receiving.register import Registered

MOST_CHANGES = 20


def receive(
    files: Annotated[list[Path], typer.Argument(help="Workbooks, .zip, or e-mails: .eml, .msg.")],
    year: ReturnsYear,
    sender: Annotated[str, typer.Option("--sender", help="Who sent it.")] = "",
    date: Annotated[str, typer.Option("--date", help="When it came, as 2020-01-06.")] = "",
    number: Annotated[str, typer.Option("--number", help="Number of the document.")] = "",
    district: Annotated[str, typer.Option("--district", help="Code, if no file says it.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Register deliveries: read, named, declared in deliveries.yml, and kept unchanged.

    Ends with 0 when every file was taken, 1 when one was refused.
    """
    from kgstats.pipeline.holding import holding
    from kgstats.receiving import parcels, register

    place = places.find(workspace)
    bad = False
    with holding(place, f"receiving for {year}", seconds=30):
        for path in files:
            try:
                parcel = parcels.open_parcel(path)
                for item in parcel.items:
                    stated = replace(
                        item,
                        sender=sender or item.sender,
                        date=date or item.date,
                        number=number or item.number,
                    )
                    _tell(register.register(place, year, stated, district=district or None), year)
            except (parcels.ParcelError, register.ReceivingError) as error:
                typer.echo(f"refused: {error}", err=True)
                bad = True
                continue
            except OSError as error:
                typer.echo(f"refused: {path.name}: {error.strerror}", err=True)
                bad = True
                continue
            for name, why in parcel.refused.items():
                typer.echo(f"refused: {name} is {why}", err=True)
                bad = True
    raise typer.Exit(1 if bad else 0)


def _tell(one: Registered, year: int) -> None:
    typer.echo(_line(one, year))
    for line in one.changed[:MOST_CHANGES]:
        typer.echo(f"  {line}")
    if len(one.changed) > MOST_CHANGES:
        typer.echo(f"  and {len(one.changed) - MOST_CHANGES} values more")


def _line(one: Registered, year: int) -> str:
    from kgstats.returns.subjects.places import gazetteer

    if one.known:
        return f"{one.file}: received before, as {one.known}"
    known = gazetteer(year).districts.get(one.district)
    district = f"{one.district} {known.name if known else ''}".strip()
    parts = [district or "district unknown: say --district", f"forms {' '.join(one.forms) or '–'}"]
    parts += [f"{one.errors} values refused"] if one.errors else []
    parts += [f"cannot be read: {one.problem}"] if one.problem else []
    parts += [f"supersedes {', '.join(one.supersedes)}"] if one.supersedes else []
    parts += [
        f"holds only some forms of {name}: say in deliveries.yml which counts"
        for name in one.overlaps
    ]
    return f"{one.file}: {', '.join(parts)}"


def letters(
    year: ReturnsYear,
    until: Annotated[str, typer.Option("--until", help="Answer by, as 2020-01-20.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Write to each district what was refused, why, and in which cell: a page and a short text."""
    from kgstats.receiving import letters as writing
    from kgstats.receiving.parcels import is_day

    place = places.find(workspace)
    place.require("findings", year)
    place.require("files", year)
    if until and not is_day(until):
        raise places.WorkspaceError(f"--until takes a day such as 2020-01-20, not {until!r}")
    day = dt.date.fromisoformat(until) if until else None
    folder = writing.write(place, year, day)
    typer.echo(f"{len(list(folder.glob('*.txt')))} letters: {folder}")


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(receive)
    app.command()(letters)
