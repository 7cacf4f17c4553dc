"""``kgstats report read`` and ``report audit``: a report's figures and its arithmetic."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from kgstats import registry
from kgstats import workspace as places
from kgstats.options import DEFAULT_YEAR, WorkspaceOption
from kgstats.words import translator

if TYPE_CHECKING:
    from kgstats.published.reading.review import Told

report = typer.Typer(
    help="Read a printed report: propose its figures, audit its arithmetic.", no_args_is_help=True
)

Report = Annotated[Path, typer.Argument(help="The report: .docx, .pdf with text, .md or .txt.")]
Year = Annotated[int, typer.Option("--year", "-y", min=2000, max=2100, help="Year it reports on.")]


@report.command()
def read(file: Report, year: Year, workspace: WorkspaceOption = None) -> None:
    """Propose the figures and statements of a report, for review in 65_report_review."""
    from kgstats.published.files import PublishedError
    from kgstats.published.reading import review

    place = places.find(workspace)
    try:
        found = review.propose(file, year, place)
    except PublishedError as error:
        _fail(error)
    shown = found.folder.relative_to(place.root).as_posix()
    typer.echo(
        f"{found.figures} figures and {found.identities} statements proposed in "
        f"{shown}/proposed_*.csv: {found.carried} carried over, {found.moved} moved, "
        f"{found.figures - found.carried - found.moved} new, {found.gone} gone, "
        f"{found.doubtful} doubtful"
    )
    typer.echo("review them in notebooks/65_report_review.ipynb; nothing is taken over by itself")


MOST_MENDS = 3
"""Repairs that are told, of those that do equally well."""


@report.command()
def audit(
    file: Report,
    year: Year = DEFAULT_YEAR,
    lang: Annotated[str, typer.Option("--lang", help="vi or en.")] = "vi",
    workspace: WorkspaceOption = None,
) -> None:
    """Print what does not hold in a report, with its sentence; 1 = something does not."""
    from kgstats.published.files import PublishedError, read_common
    from kgstats.published.reading import review

    if lang not in ("vi", "en"):
        _fail(f"lang must be one of vi, en, not {lang!r}")
    t = translator(lang)
    units = read_common(places.find(workspace).raw / "published", year).units
    try:
        told = review.told(file, year, units)
    except PublishedError as error:
        _fail(error)
    for one in told:
        typer.echo(_line(one, lang))
        typer.echo(f"    “{one.sentence}”")
    if not told:
        typer.echo(t("Every statement of the report is correct as printed."))
    raise typer.Exit(1 if told else 0)


def _line(one: Told, lang: str) -> str:
    t = translator(lang)
    line = (
        t(registry.codes("class")[one.klass]) + ": " + t("printed {printed}", printed=one.printed)
    )
    if one.named:
        named = ", ".join(one.named)
        return line + ", " + t("but {n} are named: {named}", n=len(one.named), named=named)
    if one.recomputed is not None:
        line += ", " + t(
            "the other figures give {recomputed}", recomputed=_written(one.recomputed, lang)
        )
    if one.klass == "no_common_base":
        bases = " / ".join(_written(base, lang) for base in one.bases)
        line += ", " + t("the shares imply {bases}", bases=bases)
    if one.mends:
        repairs = (
            f" {t('and')} ".join(
                f"{printed} → {_written(value, lang)}" for printed, value in repair
            )
            for repair in one.mends[:MOST_MENDS]
        )
        line += "; " + t("it would hold with {mends}", mends=f", {t('or')} ".join(repairs))
        if (more := len(one.mends) - MOST_MENDS) > 0:
            line += ", " + t("or another of {more} figures", more=more)
    return line


def _written(value: Decimal, lang: str) -> str:
    """Write a number as the report writes its own: 1.020 and 2,69."""
    text = f"{value:,f}"
    return text.translate(str.maketrans(",.", ".,")) if lang == "vi" else text


def _fail(error: object) -> NoReturn:
    typer.echo(f"error: {error}", err=True)
    raise typer.Exit(2)


def register(app: typer.Typer) -> None:
    """Add the commands about printed reports to the command line."""
    app.add_typer(report, name="report")
