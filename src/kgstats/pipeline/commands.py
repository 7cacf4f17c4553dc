"""Commands around the yearly run: ``schedule`` and ``open``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Annotated

import typer

from kgstats import workspace as places
from kgstats.options import DEFAULT_YEAR, WorkspaceOption, Year


def schedule(
    kind: Annotated[str, typer.Argument(help="cron, systemd or windows; this system's else.")] = "",
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help="When, each day.")] = "06:00",
    install: Annotated[bool, typer.Option("--install", help="Put it in force.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take it out of force.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Print, or put in force, the yearly run by the clock: each day, whatever has arrived."""
    from kgstats.pipeline import schedule as schedules

    place = places.find(workspace)
    chosen = kind or ("windows" if os.name == "nt" else "cron")
    if chosen not in schedules.KINDS:
        raise schedules.ScheduleError(
            f"there is no schedule {kind!r}; there are {', '.join(schedules.KINDS)}"
        )
    if remove:
        typer.echo(f"removed: {schedules.remove(chosen, place)}")
    elif install:
        typer.echo(f"installed: {schedules.install(chosen, place, at)}")
    else:
        typer.echo(schedules.shown(chosen, place, at), nl=False)


def open_failed(
    notebook: Annotated[
        str, typer.Argument(help="The notebook that stopped; the first that did, else.")
    ] = "",
    year: Year = DEFAULT_YEAR,
    show: Annotated[bool, typer.Option("--show", help="Only say where it stopped.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Open a notebook that stopped, in JupyterLab, with its parameters and as far as it ran."""
    place = places.find(workspace)
    try:
        failures = json.loads(place.failures(year).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        failures = []
    chosen = [one for one in failures if one["notebook"].startswith(notebook)]
    if not chosen:
        known = ", ".join(one["notebook"] for one in failures) or "none"
        typer.echo(f"no such notebook stopped in the last run of {year}; stopped: {known}")
        raise typer.Exit(1)
    one = chosen[0]
    given = ", ".join(f"{name} = {value}" for name, value in one["parameters"].items())
    typer.echo(f"{one['notebook']} ({given})")
    typer.echo(f"stopped in cell [{one['cell']}], under “{one['heading']}”: {one['error']}")
    typer.echo(f"as far as it ran: {one['kept']}")
    if show:
        return
    copy = place.root / one["kept"]
    subprocess.run(
        [
            sys.executable,
            "-P",
            "-m",
            "jupyter",
            "lab",
            "--ContentsManager.allow_hidden=True",
            str(copy),
        ],
        env={**os.environ, places.ENVIRONMENT_VARIABLE: str(place.root)},
        check=False,
    )


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(schedule)
    app.command("open")(open_failed)
