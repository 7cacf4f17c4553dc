"""Commands about what is published: ``release`` and ``compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgstats import workspace as places
from kgstats.options import DEFAULT_YEAR, WorkspaceOption, Year
from kgstats.words import LANGUAGES


def release(
    year: Year,
    final: Annotated[bool, typer.Option("--final", help="Make what is published final.")] = False,
    by: Annotated[str, typer.Option("--by", help="Who releases it.")] = "",
    note: Annotated[str, typer.Option("--note", help="Who decided what.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """List the final releases of a year; with --final, make what is published one."""
    from kgstats.pipeline import records
    from kgstats.pipeline import run as runs
    from kgstats.pipeline.graph import make_plan
    from kgstats.pipeline.holding import holding
    from kgstats.release import final as finals

    place = places.find(workspace)
    if not final:
        for path in finals.releases(place, year):
            told = finals.about(path)
            typer.echo(f"{told['number']}: {told['date']}, {told['by']}: {told['note']}")
        return
    with holding(place, f"release of {year}", seconds=30):
        record = records.last_run(place, year)
        if record is not None:
            plan = make_plan(place, year, languages=record["languages"])
            if runs.out_of_date(plan) or runs.publication_due(plan):
                raise finals.NotReleased(
                    f"{year} is not released: what is published is out of date; run "
                    f"kgstats run --year {year}"
                )
        made = finals.release(place, year, record, by=by, note=note)
    typer.echo(f"final release {made.name} of {year}: {made}")


def compare(
    before: Annotated[str, typer.Argument(help="A release's number, 'now', or a folder.")],
    after: Annotated[str, typer.Argument(help="The same.")],
    year: Year = DEFAULT_YEAR,
    lang: Annotated[str, typer.Option("--lang", help="Language of the tables.")] = "vi",
    csv: Annotated[Path | None, typer.Option("--csv", help="Write them as a table.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say every published figure that differs, by how much, and what caused it."""
    from kgstats.release import revisions

    place = places.find(workspace)
    if lang not in LANGUAGES:
        raise places.WorkspaceError(f"--lang must be one of {', '.join(LANGUAGES)}, not {lang!r}")
    folders = [_publication(place, year, told) for told in (before, after)]
    changes = revisions.compare(folders[0], folders[1], lang, names=names(year))
    for line in revisions.lines(changes, lang):
        typer.echo(line)
    if csv is not None:
        revisions.write_csv(changes, csv)
    typer.echo(f"{len(changes)} figures differ")


def names(year: int) -> dict[str, str]:
    """Return the names of a year's districts and communes by code."""
    from kgstats.reference import areas

    units, districts = areas.units(year), areas.districts(year)
    named = dict(zip(units["commune_code"], units["name"], strict=True))
    return named | dict(zip(districts["district_code"], districts["district_name"], strict=True))


def _publication(place: places.Workspace, year: int, told: str) -> Path:
    if told == "now":
        return place.outputs(year)
    if told.isdigit() and (place.releases(year) / told).is_dir():
        return place.releases(year) / told
    return Path(told)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(release)
    app.command()(compare)
