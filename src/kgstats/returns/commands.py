"""Commands about returns: ``clean``, ``check``, ``inspect`` and ``lineage``."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from kgstats import workspace as places
from kgstats.options import DEFAULT_YEAR, ReturnsYear, WorkspaceOption
from kgstats.words import LANGUAGES, N_, translator

if TYPE_CHECKING:
    from kgstats.officer.delivery import Checked
    from kgstats.returns.clean import Cleaned

SUMMARY_HEADS = {
    "file": N_("File"),
    "district": N_("District"),
    "forms": N_("Forms"),
    "cells": N_("Cells"),
    "values": N_("Values"),
    "quarantined": N_("Refused"),
    "errors": N_("Errors"),
    "warnings": N_("To check"),
    "notes": N_("Notes on it"),
}

MOST_SHOWN = 20
"""So many messages about errors are shown after a cleaning; all stand in findings.parquet."""

MaybeYear = Annotated[
    int | None,
    typer.Option("--year", "-y", min=2017, max=2100, help="Reporting year; the titles' else."),
]
Language = Annotated[str, typer.Option("--lang", help="Language of the words: vi or en.")]


def _fail(error: Exception | str) -> NoReturn:
    typer.echo(f"kgstats: {error}", err=True)
    raise typer.Exit(2)


def _language(lang: str) -> str:
    if lang not in LANGUAGES:
        _fail(f"--lang must be one of {', '.join(LANGUAGES)}, not {lang!r}")
    return lang


def _exists(path: Path) -> Path:
    if not path.is_file():
        _fail(f"there is no file {path}")
    return path


def clean(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Returns; the year's deliveries when none given."),
    ] = None,
    year: ReturnsYear = DEFAULT_YEAR,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where to write the tables and findings."),
    ] = None,
    lang: Language = "vi",
    workspace: WorkspaceOption = None,
) -> None:
    """Read returns into clean tables, findings and a ledger of every cell.

    Ends with 0 when all is clean, 1 when values were refused, 2 when a file could not be read.
    """
    from kgstats.reference.areas import NoAreasForYear
    from kgstats.returns import processed
    from kgstats.returns.clean import clean_files
    from kgstats.returns.corrections import CorrectionError
    from kgstats.returns.deliveries import DeliveryError

    _language(lang)
    cleaned: Cleaned
    try:
        if files:
            paths = [_exists(path) for path in files]
            cleaned = clean_files(
                paths, year, illustrative=any(_illustrative(path) for path in paths)
            )
            if out is not None:
                processed.write(cleaned, out)
        else:
            where = places.find(workspace)
            if out is None:
                out = where.processed(year)
                cleaned = _cleaned_once(where, year)
            else:
                raw = where.year_raw(year)
                if not processed.received_files(where.returns(year)):
                    raise processed.NothingReceived(
                        f"no return of {year} is there: put the districts' workbooks into "
                        f"{where.returns(year)}"
                    )
                cleaned = processed.clean_folder(
                    raw,
                    year,
                    previous=processed.previous_tables(where, year),
                )
                processed.write(cleaned, out)
    except (
        CorrectionError,
        DeliveryError,
        NoAreasForYear,
        processed.NothingReceived,
        places.WorkspaceError,
    ) as error:
        _fail(error)
    except OSError as error:
        _fail(f"{error.filename or out}: {error.strerror or error}")
    _summary(cleaned, lang, out)
    raise typer.Exit(cleaned.exit_code)


def _cleaned_once(where: places.Workspace, year: int) -> Cleaned:
    """Bring a year's tables up to date as a run does, so that neither does it again."""
    from kgstats.pipeline import run as runs
    from kgstats.pipeline.holding import Busy
    from kgstats.returns import processed

    if not where.has_returns(year):
        return processed.clean_year(year, where)
    try:
        outcome = runs.clean(where, year)
    except Busy as busy:
        _fail(busy)
    for message in outcome.failed.values():
        _fail(message)
    return processed.load(year, where.processed(year))


def _illustrative(path: Path) -> bool:
    from kgstats.returns.processed import is_illustrative

    folder = path.resolve().parent
    return is_illustrative(folder) or is_illustrative(folder.parent)


def _summary(cleaned: object, lang: str, out: Path | None) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from kgstats.returns import rules, telling
    from kgstats.returns.clean import Cleaned
    from kgstats.returns.subjects.places import gazetteer

    assert isinstance(cleaned, Cleaned)
    t = translator(lang)
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160
    districts = gazetteer(cleaned.year).districts
    table = Table(box=None, pad_edge=False)
    for name, head in SUMMARY_HEADS.items():
        wide = name in ("file", "district", "forms")
        table.add_column(t(head), justify="left" if wide else "right", no_wrap=name != "file")
    for row in cleaned.summary.to_dict("records"):
        code = row["district_code"]
        known = districts.get(code) if isinstance(code, str) else None
        row["district"] = known.full_name if known is not None else "–"
        row["forms"] = row["forms"] if isinstance(row["forms"], str) else "–"
        table.add_row(*(escape(str(row[name])) for name in SUMMARY_HEADS))
    console.print(table)
    told = telling.tell(rules.from_frame(cleaned.findings), lang)
    errors = [one for one in told if one.severity == "error"]
    for one in errors[:MOST_SHOWN]:
        console.print(f"  [red]![/red] {escape(one.message)}", soft_wrap=True)
    graves = cleaned.findings["severity"].value_counts()
    left = int(graves.get("error", 0)) - sum(one.count for one in errors[:MOST_SHOWN])
    if left > 0:
        console.print(t("  … and {n} more errors in findings.parquet", n=left))
    console.print(
        t(
            "Errors: {errors}; places to check: {warnings}; notes: {notes}.",
            errors=int(graves.get("error", 0)),
            warnings=int(graves.get("warning", 0)),
            notes=int(graves.get("note", 0)),
        )
    )
    received = int(cleaned.summary["cells"].sum())
    console.print(
        t(
            "{received} cells received, {accounted} accounted for; {values} values, "
            "{quarantined} refused.",
            received=received,
            accounted=len(cleaned.ledger),
            values=int((cleaned.ledger["role"] == "value").sum()),
            quarantined=int((cleaned.ledger["role"] == "quarantined").sum()),
        ),
        soft_wrap=True,
    )
    if cleaned.illustrative:
        console.print(t("These returns are illustrative: no district sent them."), soft_wrap=True)
    if out is None:
        console.print(t("Nothing was written; give --out DIR to keep the tables."), soft_wrap=True)
    else:
        console.print(t("Written to {out}", out=escape(str(out))), soft_wrap=True)


def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE|FOLDER...",
            help="All files of a district's return; also their .zip, or the e-mail they came in.",
        ),
    ],
    lang: Language = "vi",
    year: MaybeYear = None,
    annotate: Annotated[
        bool, typer.Option("--annotate", help="Write copies that show what was found.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Name of the copy of one file.")
    ] = None,
    last: Annotated[
        list[Path] | None,
        typer.Option("--last", metavar="FILE", help="A return of last year; the workspace's else."),
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Tell a district officer what is wrong with a return, where, and what to do.

    All files of a district are checked together: which forms are missing, what changed much
    against last year, what the province cannot publish. Ends with 0 when all is clean, 1 when
    values would be refused, 2 when a file cannot be read.
    """
    from kgstats.officer import delivery

    _language(lang)
    paths = delivery.files_in(path if path.is_dir() else _exists(path) for path in files)
    if not paths:
        _fail(f"there is no file in {files[0]}")
    with tempfile.TemporaryDirectory(prefix="kgstats-check-") as folder:
        origins = delivery.taken_apart(paths, Path(folder))
        if out is not None and len(origins) > 1:
            _fail("--out names the copy of one file; without it each copy stands beside its file")
        within = list(origins)
        checked = delivery.check(within, year, _before(within, year, last, workspace))
        _told(checked, lang)
        if annotate:
            _copies(checked, origins, out, lang)
    raise typer.Exit(checked.exit_code)


def _before(
    paths: Sequence[Path], year: int | None, last: Sequence[Path] | None, workspace: Path | None
) -> dict[str, dict[str, list[dict[str, Any]]]] | None:
    """Return last year's rows: those of the files named, else those the workspace has."""
    from kgstats.officer import delivery
    from kgstats.returns.check import check_file, year_of_file

    if last:
        return delivery.rows_of(check_file(_exists(path)) for path in last)
    try:
        place = places.find(workspace)
    except places.WorkspaceError:
        if workspace is not None:
            raise
        return None
    known = year or year_of_file(paths[0])
    return delivery.last_year(place, known) if known else None


def _told(checked: Checked, lang: str) -> None:
    """Say what was found, file by file, then what is to be said of the delivery as a whole."""
    from rich.console import Console
    from rich.markup import escape

    from kgstats.officer import delivery
    from kgstats.returns import telling

    t = translator(lang)
    console = Console(highlight=False, soft_wrap=True)
    colours = {"error": "red", "warning": "yellow", "note": "dim"}
    for _, one in checked.files:
        for told in telling.tell(one.findings, lang):
            colour, word = colours[told.severity], t(telling.SEVERITY_WORDS[told.severity])
            console.print(f"[{colour}]{escape(word)}[/{colour}]  {escape(told.message)}")
            console.print(f"    → {escape(told.advice)}")
    for group in checked.deliveries:
        for line in (*delivery.said(group, lang), *delivery.unpublished(group, lang)):
            console.print(escape(line))
    received = sum(one.received for _, one in checked.files)
    console.print(delivery.summed_up(checked, received, lang))


def _copies(checked: Checked, origins: Mapping[Path, Path], out: Path | None, lang: str) -> None:
    """Write a copy of each file that shows its findings, beside the file it came in."""
    from kgstats.officer import delivery
    from kgstats.returns import annotating

    for path, one in checked.files:
        if one.problem is not None:
            continue
        target = out or origins[path].with_name(f"{path.stem}{delivery.COPY}{path.suffix}")
        if target.resolve() == origins[path].resolve():
            _fail("--out must not be the return itself")
        try:
            copy = annotating.annotate(path, target, one.findings, lang, one.received)
        except OSError as error:
            _fail(f"{error.filename or target}: {error.strerror or error}")
        typer.echo(translator(lang)("Copy with comments: {file}", file=str(copy)))


def inspect(
    file: Annotated[Path, typer.Argument(help="Any spreadsheet.")],
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Show what was found on each sheet of any spreadsheet."""
    from kgstats.returns.inspect import inspect_file

    found = inspect_file(_exists(file))
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for line in _described(found):
            typer.echo(line)
    raise typer.Exit(2 if "problem" in found else 0)


def _described(found: dict[str, object]) -> list[str]:
    lines = [str(found["file"])]
    if "problem" in found:
        lines.append(f"  could not be read: {found['problem']} {found['detail']}".rstrip())
    for sheet in found["sheets"]:  # type: ignore[attr-defined]
        hidden = " (hidden)" if sheet["hidden"] else ""
        lines.append(f"  sheet {sheet['name'] or '–'}{hidden}: {len(sheet['tables'])} tables")
        for table in sheet["tables"]:
            first, last = table["header_rows"]
            lines.append(
                f"    header {first}–{last}, column numbers {table['column_number_row'] or '–'}, "
                f"data {table['first_data_row']}–{table['last_data_row']}, "
                f"unit {table['unit'] or '–'}, text {table['encoding']}"
            )
            for name in ("total_rows", "section_rows", "repeated_header_rows", "footer_rows"):
                if table[name]:
                    listed = ", ".join(map(str, table[name]))
                    lines.append(f"      {name.replace('_', ' ')}: {listed}")
            for column in table["columns"]:
                style = f"  [{column['number_style']}]" if column["number_style"] else ""
                lines.append(f"      {column['letter']:>3}  {column['header'] or '–'}{style}")
    return lines


def lineage(
    table: Annotated[str, typer.Argument(help="attainment, communes, funding or poverty.")],
    key: Annotated[str, typer.Argument(help="Key of the row, such as 2019/906/30904.")],
    column: Annotated[str, typer.Argument(help="Column of the value.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Show the cells behind a value of a clean table, and what a correction made of them.

    Ends with 1 when no cell stands behind the value.
    """
    from kgstats import lineage as trail

    where = places.find(workspace)
    try:
        cells = trail.of(table, key, column, workspace=where)
        mended = _corrected(where, int(key.split("/")[0])) if len(cells) else {}
    except (trail.NoLineage, places.WorkspaceError, ValueError) as error:
        _fail(error)
    for row in cells.to_dict("records"):
        said = [row[name] for name in ("file", "sheet", "cell", "role", "raw")]
        typer.echo("\t".join([*said, *mended.get(tuple(said[:3]), ())]))
    if cells.empty:
        typer.echo(
            f"no cell stands behind this value: it is blank, refused, or {table} has no row {key}",
            err=True,
        )
        raise typer.Exit(1)


def _corrected(where: places.Workspace, year: int) -> dict[tuple[Any, ...], list[str]]:
    """Return what declared corrections made of cells, by file, sheet and cell."""
    import pandas as pd

    from kgstats.returns.rules import from_frame

    findings = pd.read_parquet(where.require("findings", year))
    return {
        (one.file, one.sheet, one.cell): [f"corrected to {one.args['value']}: {one.args['reason']}"]
        for one in from_frame(findings[findings["rule"] == "correction_applied"])
    }


def register(app: typer.Typer) -> None:
    """Add the commands about returns to the command line."""
    commands: tuple[Callable[..., None], ...] = (clean, check, inspect, lineage)
    for command in commands:
        app.command()(command)
