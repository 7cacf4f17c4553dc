"""The command line: ``kgstats run``, ``plan``, ``status`` and the commands of each area."""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import importlib
import importlib.util
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kgstats import workspace as places
from kgstats.options import DEFAULT_YEAR, WorkspaceOption, Year
from kgstats.words import LANGUAGES

if TYPE_CHECKING:
    from kgstats.pipeline.cluster import Cluster
    from kgstats.pipeline.hand import Lines
    from kgstats.pipeline.run import Here, Outcome, Progress
    from kgstats.pipeline.together import OneLine, Together
    from kgstats.pipeline.unattended import Log

app = typer.Typer(
    help="Yearly statistics of a province's National Target Programmes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
RARE_COLLECTIONS = (50_000, 20, 50)
"""How many new objects make Python look for cycles among those of a command."""
# Areas that add commands of their own: `register(app)` in each.
_AREAS = (
    "kgstats.returns.commands",
    "kgstats.reference.commands",
    "kgstats.pipeline.commands",
    "kgstats.receiving.commands",
    "kgstats.officer.commands",
    "kgstats.release.commands",
    "kgstats.published.commands",
    "kgstats.national.commands",
)

Years = Annotated[
    str,
    typer.Option("--year", "-y", help="A year, 2016-2025, or auto: the last one received."),
]
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
Workspaces = Annotated[
    list[Path] | None,
    typer.Option("--workspace", metavar="DIR", help="Folder with data/raw; may be given again."),
]
ClusterOption = Annotated[
    str,
    typer.Option("--cluster", metavar="ADDRESS", help="Dask's scheduler, tcp://…; or local."),
]
Single = Annotated[
    bool, typer.Option("--single-file", help="Also each page as one file that can be mailed.")
]
Pdf = Annotated[
    bool,
    typer.Option("--pdf", help="Also all pages in one PDF; takes Chromium, Chrome or Edge."),
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="A line for each step, with all its reasons.")
]
AUTO = "auto"
HELD = 5
"""Exit code when another run holds the workspace."""


class WrongCall(Exception):
    """Options that cannot be meant; the message says which."""


def _expected_errors() -> tuple[type[Exception], ...]:
    """Errors whose message is meant for the user: what is wrong, where, and what to do."""
    from kgstats.pipeline.cluster import ClusterError
    from kgstats.pipeline.collection import CollectionError
    from kgstats.pipeline.engine import EngineError
    from kgstats.pipeline.graph import NothingToDo
    from kgstats.pipeline.limits import SettingsError
    from kgstats.pipeline.schedule import ScheduleError
    from kgstats.published.files import PublishedError
    from kgstats.reference.refusal import Refusal
    from kgstats.release.final import NotReleased
    from kgstats.release.revisions import NoPublication
    from kgstats.words import UnknownLanguage

    return (
        WrongCall,
        ClusterError,
        CollectionError,
        NothingToDo,
        EngineError,
        SettingsError,
        ScheduleError,
        PublishedError,
        Refusal,
        NotReleased,
        NoPublication,
        UnknownLanguage,
        places.WorkspaceError,
    )


def _told(error: Exception) -> tuple[str, int] | None:
    """Return what is said of an error that is meant for people, and its exit code."""
    from kgstats.pipeline.holding import Busy
    from kgstats.pipeline.unattended import FAILED, MISSING, WRONG_CALL, TooFew

    if isinstance(error, Busy):
        return str(error), HELD
    if isinstance(error, TooFew):
        return str(error), MISSING
    if isinstance(error, _expected_errors()):
        return str(error), WRONG_CALL
    if isinstance(error, OSError):
        # A full disk, a folder that may not be written.
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}", FAILED
    return None


def _asked(
    lang: list[str] | None,
    only: list[str] | None,
    skip: list[str] | None,
    parameter: list[str] | None,
    single_file: bool = False,
    pdf: bool = False,
) -> dict[str, Any]:
    """Return what is asked for, as a plan takes it."""
    given: dict[str, Any] = {}
    for setting in parameter or []:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise WrongCall(f"--parameter takes NAME=VALUE, not {setting!r}")
        given[name.strip()] = value
    languages = list(dict.fromkeys(lang or LANGUAGES))
    for one in languages:
        if one not in LANGUAGES:
            raise WrongCall(f"--lang must be one of {', '.join(LANGUAGES)}, not {one!r}")
    for fixed in ("year", "lang"):
        if fixed in given:
            raise WrongCall(f"give {fixed} as --{fixed}, not as --parameter")
    return {
        "languages": languages,
        "only": only or [],
        "skip": skip or [],
        "parameters": given,
        "single_files": single_file,
        "pdf": pdf,
    }


def _proven(place: places.Workspace, year: int, asked: dict[str, Any]) -> dict[str, Any] | None:
    """Return what is to be said when all that is asked for is proven to be there, untouched."""
    from kgstats.pipeline import proven

    told = proven.holds(place, year, proven.asked(year=year, **asked))
    return told if isinstance(told, dict) else None


@app.command()
def run(
    year: Years = str(DEFAULT_YEAR),
    lang: Language = None,
    only: Only = None,
    skip: Skip = None,
    parameter: Setting = None,
    workspace: Workspaces = None,
    single_file: Single = False,
    pdf: Pdf = False,
    cluster: ClusterOption = "",
    require: Annotated[
        int, typer.Option("--require", metavar="N", help="Publish only with N districts' returns.")
    ] = 0,
    unattended: Annotated[
        bool, typer.Option("--unattended", help="By the clock: a line an event, full exit codes.")
    ] = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="As --unattended, each line as JSON.")
    ] = False,
    log_file: Annotated[
        Path | None, typer.Option("--log", metavar="FILE", help="Unattended lines here as well.")
    ] = None,
    verbose: Verbose = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read every file again, however untouched it looks.")
    ] = False,
) -> None:
    """Make a year's appendices: whatever is out of date, nothing else.

    Ends with 0 when all is there, 1 when a step failed, 2 for a wrong call, 4 when fewer returns
    are there than required, 5 when another run holds the workspace. With --unattended also with 3
    when values were refused and 4 when returns are missing, though it published; the letters to
    the districts are then written too. Of several workspaces or years, with the worst of theirs.
    (Each parameter is an option of the command.)
    """
    alone = unattended or log_json or log_file is not None
    if cluster or "-" in year or len(workspace or []) > 1:
        asked = _asked(lang, only, skip, parameter, single_file, pdf)
        given = {"asked": asked, "require": require, "unattended": alone}
        view = _view(alone, log_json, log_file, verbose)
        raise typer.Exit(_together(workspace or [], year, cluster, given, view, verify))
    place = places.find(workspace[0] if workspace else None)
    asked = _asked(lang, only, skip, parameter, single_file, pdf) if not alone else {}
    if not (alone or require or verify or year == AUTO):
        chosen = _year(year, place)
        untouched = _proven(place, chosen, asked)
        if untouched is not None:
            _tell_untouched(place, chosen, untouched)
            return
    from kgstats.pipeline import ending, stock

    if alone:
        from kgstats.pipeline import unattended as quiet

        log = quiet.Log(place, as_json=log_json, file=log_file)
        options = (lang, only, skip, parameter, single_file, pdf)
        raise typer.Exit(_quietly(log, place, year, lambda: _asked(*options), require))
    with ending.at_once():
        stock.begin()
        from kgstats.pipeline import run as runs
        from kgstats.pipeline.graph import make_plan
        from kgstats.pipeline.lines import Lines

        progress = Lines(verbose=verbose)
        chosen = _year(year, place)
        if require:
            _require(place, chosen, require, progress)
        plan = make_plan(place, chosen, **asked)
        for note in plan.notes:
            _say(f"note: {note}")
        outcome = runs.run(plan, progress)
    _tell(outcome, chosen)
    if not outcome.complete:
        from kgstats.pipeline.unattended import FAILED

        raise typer.Exit(FAILED)


def _quietly(
    log: Log,
    place: places.Workspace,
    year: str,
    asked: Callable[[], dict[str, Any]],
    require: int,
    *,
    taker: Here | None = None,
    attended: bool = False,
) -> int:
    """Run a year, telling a log what happens; return the exit code, which its last line says.

    Parameters
    ----------
    attended
        Somebody looks on: refused and missing values are no other end, and no letters are written.
    """
    from kgstats.pipeline import ending
    from kgstats.pipeline import run as runs
    from kgstats.pipeline import unattended as quiet
    from kgstats.pipeline.graph import NothingToDo, make_plan

    told = ""
    try:
        with ending.at_once():
            chosen = _year(year, place)
            if require:
                _require(place, chosen, require, log, taker)
            plan = make_plan(place, chosen, **asked())
            for note in plan.notes:
                log.say("left out", note, level="warning")
            outcome = runs.run(plan, log, taker)
        code = quiet.verdict(outcome, log)
        if code in (quiet.REFUSED, quiet.MISSING):
            if attended:
                code = quiet.DONE
            else:
                _letters(place, chosen, log)
    except typer.Exit as error:
        code = error.exit_code
    except Exception as error:
        told, code = _told(error) or (quiet.crash(place, error), quiet.FAILED)
        code = quiet.MISSING if isinstance(error, NothingToDo) and not attended else code
    log.end(code, told)
    return code


@app.command(hidden=True)
def member() -> None:
    """Take what a run of several gives, as lines of JSON: steps, and years of workspaces."""
    from kgstats.pipeline import hand

    hand.serve(_job)


def _job(given: Mapping[str, Any], lines: Lines) -> int:
    """Run a year of a workspace; return its exit code."""
    from kgstats.pipeline.member import Asking, Member
    from kgstats.pipeline.run import Here
    from kgstats.pipeline.unattended import FAILED

    place = places.Workspace(Path(given["root"]))
    log = Member(place, lines)
    try:
        places.find(place.root)
    except Exception as error:
        told, code = _told(error) or (type(error).__name__, FAILED)
        log.end(code, told)
        return code
    at_once = given["at_once"]
    return _quietly(
        *(log, place, given["year"], lambda: given["asked"], given["require"]),
        taker=Asking(log, at_once) if given["asks"] else Here(at_once, part=True),
        attended=not given["unattended"],
    )


def _view(alone: bool, as_json: bool, file: Path | None, verbose: bool) -> OneLine | Together:
    from kgstats.pipeline.together import OneLine, Together

    return Together(as_json=as_json, file=file) if alone else OneLine(verbose=verbose)


def _together(
    folders: Sequence[str | Path],
    year: str,
    cluster: str,
    given: dict[str, Any],
    view: OneLine | Together,
    verify: bool,
) -> int:
    """Run workspaces and years as one; return the worst exit code."""
    from kgstats.pipeline import ending, several, together, unattended
    from kgstats.pipeline.graph import NothingToDo

    begin = time.perf_counter()
    found, codes, jobs = [], [], []
    for folder in folders or [""]:
        try:
            found.append(places.find(folder or None))
        except Exception as error:
            # One that cannot be used costs the others nothing.
            if (told := _told(error)) is None:
                raise
            codes.append(together.refuse(view, str(folder), *told))
    found = list(dict.fromkeys(found))
    for place, label in zip(found, several.labels([one.root for one in found]), strict=True):
        try:
            wanted = several.years(year, place)
        except ValueError as error:
            raise WrongCall(str(error)) from None
        except NothingToDo as error:
            code = unattended.MISSING if given["unattended"] else unattended.WRONG_CALL
            codes.append(together.refuse(view, label, str(error), code))
            continue
        for one in wanted:
            job = several.Job(place, one, f"{label} {one}")
            if not (given["unattended"] or given["require"] or verify or one == AUTO):
                untouched = _proven(place, _year(one, place), given["asked"])
                if untouched is not None:
                    continue
            jobs.append(job)
    with ending.at_once(), _elsewhere(cluster, found if jobs else []) as elsewhere:
        members = several.Members(given, view, elsewhere)
        codes.append(members.run(jobs))
    code = several.worst(codes)
    together.close(view, code, time.perf_counter() - begin)
    return code


@contextlib.contextmanager
def _elsewhere(cluster: str, found: list[places.Workspace]) -> Iterator[Cluster | None]:
    """Have the cluster that is asked for, if there is something to do for it."""
    if not cluster or not found:
        yield None
        return
    from kgstats.pipeline.cluster import Cluster

    with Cluster(cluster, found) as made:
        yield made


def _say(text: str, *, err: bool = False) -> None:
    """Tell a person; a run does not fail because nobody can be told."""
    with contextlib.suppress(OSError, ValueError):
        typer.echo(text, err=err)


def _year(told: str, place: places.Workspace) -> int:
    if told == AUTO:
        from kgstats.pipeline.unattended import latest_year

        return latest_year(place)
    if not told.isdigit() or not 2000 <= int(told) <= 2100:
        raise WrongCall(f"--year must be a year such as 2019, or auto, not {told!r}")
    return int(told)


def _require(
    place: places.Workspace,
    year: int,
    number: int,
    progress: Progress,
    taker: Here | None = None,
) -> None:
    """End the command unless the whole returns of so many districts are there."""
    from kgstats.pipeline import readiness
    from kgstats.pipeline import run as runs
    from kgstats.pipeline.unattended import FAILED, TooFew

    if place.has_returns(year):
        outcome = runs.clean(place, year, progress, taker)
        if outcome.failed:
            raise typer.Exit(FAILED)
        districts = readiness.read(place, year)
        whole = [one for one in districts if not one.lacking]
        lacking = ", ".join(one.name for one in districts if one.lacking)
    else:
        whole, lacking = [], "all"
    if len(whole) < number:
        raise TooFew(
            f"{len(whole)} of {number} required returns of {year} are there and whole; missing: "
            f"{lacking}. Nothing was published"
        )


def _letters(place: places.Workspace, year: int, log: Log) -> None:
    """Write to the districts what they have to mend: nobody else is there to tell them."""
    from kgstats.pipeline import readiness
    from kgstats.receiving import letters

    due = readiness.deadline(place, year)
    folder = letters.write(place, year, due if due and due >= dt.date.today() else None)
    log.say("letters", f"letters to the districts: {place.shown(folder)}")


def _tell(outcome: Outcome, year: int) -> None:
    """Say what came of a run to the person who started it."""
    plan = outcome.plan
    if "inputs" in outcome.failed:
        _say(f"inputs {outcome.failed['inputs']}", err=True)
    if outcome.failed:
        kept = "what was published before stays as it was"
        if outcome.published is not None:
            kept = "the other pages were published"
        _say(f"{len(outcome.failed)} steps failed; {kept}.", err=True)
        return
    if not outcome.done and outcome.published is None:
        _say("nothing changed: everything is up to date")
    if plan.missing:
        _say(f"not made: {', '.join(plan.missing)}", err=True)
    _tell_where(plan.workspace, year, plan.languages)


def _tell_untouched(place: places.Workspace, year: int, told: dict[str, Any]) -> None:
    for note in told["notes"]:
        _say(f"note: {note}")
    _say("nothing changed: everything is up to date")
    _tell_where(place, year, told["languages"])


def _tell_where(place: places.Workspace, year: int, languages: Iterable[str]) -> None:
    published = place.outputs(year)
    for one in languages:
        _say(f"{one}: {published / 'html' / one / 'index.html'}")
    if (published / "single").is_dir():
        _say(f"single files: {published / 'single'}")


@app.command()
def plan(
    year: Year = DEFAULT_YEAR,
    lang: Language = None,
    only: Only = None,
    skip: Skip = None,
    parameter: Setting = None,
    workspace: WorkspaceOption = None,
    verbose: Verbose = False,
) -> None:
    """Say what a run would do, and why; do nothing."""
    place, asked = places.find(workspace), _asked(lang, only, skip, parameter)
    untouched = _proven(place, year, asked)
    if untouched is not None:
        for note in untouched["notes"]:
            typer.echo(f"note: {note}")
        typer.echo(f"nothing to do for {year}: all {untouched['steps']} steps are up to date")
        return
    from kgstats.pipeline import run as runs
    from kgstats.pipeline.graph import make_plan
    from kgstats.pipeline.lines import said

    laid_out = make_plan(place, year, **asked)
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
    for line in said(due, verbose=verbose):
        typer.echo(line)


@app.command()
def status(
    workspace: WorkspaceOption = None,
    year: Annotated[
        int | None, typer.Option("--year", "-y", help="District by district, for this year.")
    ] = None,
) -> None:
    """Say for each year what was received, what is published, and whether it is up to date."""
    if year is not None:
        _districts(places.find(workspace), year)
        return
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
        record = _record(place, year)
        if record is None:
            state = "nothing published"
        else:
            fresh = _fresh(place, year, record)
            state = f"published {record['finished']} ({', '.join(record['languages'])}), {fresh}"
        typer.echo(f"{year}: received {', '.join(received) or 'nothing'}; {state}")


def _record(place: places.Workspace, year: int) -> Mapping[str, Any] | None:
    """Return the record of what is published; None where it is none, or damaged."""
    from kgstats.pipeline import records

    record = records.last_run(place, year)
    whole = record is not None and isinstance(record.get("languages"), list)
    return record if whole and "finished" in (record or {}) else None


def _fresh(place: places.Workspace, year: int, record: Mapping[str, Any]) -> str:
    """Say whether what is published is up to date."""
    from kgstats.pipeline import proven

    if proven.any_holds(place, year):
        return "up to date"
    from kgstats.pipeline import run as runs
    from kgstats.pipeline.graph import NothingToDo, make_plan

    try:
        laid_out = make_plan(place, year, languages=record["languages"])
        due = len(runs.out_of_date(laid_out))
        if not due and runs.publication_due(laid_out):
            return "to be published anew"
    except NothingToDo as error:
        return str(error)
    return "up to date" if not due else f"{due} steps out of date"


def _districts(place: places.Workspace, year: int) -> None:
    """Say which districts' returns are there, whole and in time."""
    import datetime as dt

    from kgstats.pipeline import readiness

    place.require("files", year)
    for line in readiness.lines(place, year, dt.date.today()):
        typer.echo(line)


def _add_areas() -> None:
    for name in _AREAS:
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name).register(app)


def _in_utf8() -> None:
    """Start again in Python's UTF-8 mode where the locale knows no names beyond ASCII.

    A clock's environment often has no locale; libraries then cannot open ``Sở/``.
    """
    if sys.getfilesystemencoding() not in ("utf-8", "utf8"):
        os.execve(sys.executable, sys.orig_argv, {**os.environ, "PYTHONUTF8": "1"})


def main() -> None:
    """Run the command line; an expected error is one line and exit code 2."""
    # Most of what a command makes it keeps to its end.
    gc.set_threshold(*RARE_COLLECTIONS)
    _in_utf8()
    for number in range(3):
        # What was closed by whoever started this would be the number of the next file opened, and
        # of a pipe to a process.
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may not know Vietnamese letters; a run must not end for that.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    _add_areas()
    try:
        app()
    except Exception as error:
        told = _told(error)
        if told is None:
            raise
        typer.echo(f"error: {told[0]}", err=True)
        raise SystemExit(told[1]) from None
    finally:
        # What is held now is not looked through for garbage once more as Python ends.
        gc.freeze()
        _let_go()


def _let_go() -> None:
    """Give up on output that cannot be written; Python would end with an error of its own."""
    for name in ("stdout", "stderr"):
        try:
            getattr(sys, name).flush()
        except (OSError, ValueError):
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123


if __name__ == "__main__":
    main()
