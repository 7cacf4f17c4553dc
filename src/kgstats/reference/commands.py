"""Commands on reference data: ``kgstats boundaries add`` and ``kgstats boundaries fetch``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgstats import workspace as places
from kgstats.options import DEFAULT_YEAR, WorkspaceOption

if TYPE_CHECKING:
    from kgstats.reference import boundaries

Year = Annotated[
    int, typer.Option("--year", "-y", help="Year whose list of communes the file follows.")
]
LISTED = 10


def register(app: typer.Typer) -> None:
    """Add the commands to the product's command line."""
    sub = typer.Typer(
        help="True commune boundaries for the maps; the built-in maps are schematic.",
        no_args_is_help=True,
    )

    @sub.command()
    def add(
        file: Annotated[
            Path, typer.Argument(metavar="FILE", help="GeoJSON, GeoPackage, Shapefile.")
        ],
        year: Year = DEFAULT_YEAR,
        workspace: WorkspaceOption = None,
    ) -> None:
        """Add a file of commune boundaries; the maps are then drawn with it."""
        _add(file, year, places.find(workspace))

    @sub.command()
    def fetch(
        url: Annotated[str, typer.Argument(metavar="URL")],
        sha256: Annotated[str, typer.Option("--sha256", help="Checksum of the file.")],
        year: Year = DEFAULT_YEAR,
        workspace: WorkspaceOption = None,
    ) -> None:
        """Download a file of commune boundaries, check it, and add it."""
        from kgstats.reference import boundaries

        place = places.find(workspace)
        try:
            file = boundaries.fetch(url, sha256, place.boundaries)
        except boundaries.BoundariesError as error:
            _fail(error)
        _add(file, year, place)

    app.add_typer(sub, name="boundaries")


def _fail(error: Exception) -> None:
    typer.echo(f"error: {error}", err=True)
    raise typer.Exit(2)


def _add(file: Path, year: int, place: places.Workspace) -> None:
    from kgstats.reference import boundaries

    try:
        added = boundaries.add(file, place.boundaries, year)
    except (boundaries.BoundariesError, ValueError) as error:
        _fail(error)
    else:
        for line in summary(added):
            typer.echo(line)
        typer.echo(f"kept in {added.path}; maps of {year} are drawn with it from the next run on")


def _list(items: list[str]) -> str:
    more = len(items) - LISTED
    return ", ".join(items[:LISTED]) + (f" and {more} more" if more > 0 else "")


def summary(added: boundaries.Added) -> list[str]:
    """Return the report on an added file, a line a finding."""
    found, repairs = added.matching.found, added.repairs
    how = found["by"].value_counts()
    known = ("code", "name", "alias", "beginning")
    ways = ", ".join(f"{how[way]} by {way}" for way in known if way in how)
    lines = [f"matched: {found['commune_code'].nunique()} units of {added.year} ({ways})"]
    if added.letters:
        lines.append(f"letters of names: read as {added.letters}, which the file does not state")
    if added.matching.elsewhere:
        lines.append(f"left out: {added.matching.elsewhere} features elsewhere")
    for reason, rows in added.matching.unmatched.groupby("reason", sort=False):
        named = [f"{row.feature} {row[1]!r}" for row in rows.itertuples(index=False)]
        lines.append(f"not matched, {reason}: feature {_list(named)}")
    if found["distance_m"].isna().all():
        lines.append("not checked: where these units lie is not known; look at the maps")
    if len(added.doubtful):
        far = [
            f"{row.commune_code} {row[2]!r} ({row.distance_m / 1000:.0f} km)"
            for row in added.doubtful.itertuples(index=False)
        ]
        lines.append(
            f"doubtful, far from the place known for them: {_list(far)}; check the codes of the "
            "file"
        )
    if repairs.invalid:
        lines.append(f"repaired, invalid: {_list(list(repairs.invalid))}")
    if repairs.several_features:
        lines.append(f"joined from several features: {_list(list(repairs.several_features))}")
    if repairs.overlapping:
        lines.append(
            f"repaired, overlapping by {repairs.overlap_km2:.3f} km² in all: "
            f"{_list(list(repairs.overlapping))}"
        )
    if repairs.gaps:
        lines.append(f"closed: {repairs.gaps} gaps, {repairs.gap_km2:.3f} km² in all")
    lines.append(
        f"simplified together: {repairs.vertices_before} points before, "
        f"{repairs.vertices_after} after"
    )
    return lines
