"""Where everything stands: the only module that knows paths.

A workspace is a folder with ``data/raw`` in it (the project folder itself, or one named by
``--workspace`` or ``KGSTATS_WORKSPACE``). Notebooks and analysis name a data set; this module
alone turns the name into a file, and says which command makes a file that is not there.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgstats import registry

ENVIRONMENT_VARIABLE = "KGSTATS_WORKSPACE"
RUN_VARIABLE = "KGSTATS_RUN"
"""Set to 1 for the kernels of a run, so that a notebook knows nobody is looking."""
NOTEBOOK_VARIABLE = "KGSTATS_NOTEBOOK"
"""Tells a kernel of a run which notebook it runs."""
READS_VARIABLE = "KGSTATS_READS"
"""Tells a kernel of a run in which file to note the data sets it looks for."""

CARRIED_ON = ("poverty", "funding")
"""Clean tables of a year that the returns of the next one are weighed against."""


class WorkspaceError(Exception):
    """Something a command needs is not where it belongs. The message says what to do."""


@dataclass(frozen=True)
class DataSet:
    """A file known by name: where it stands, and what makes it."""

    name: str
    path: str
    made_by: str


_CLEAN = "kgstats clean --year {year}"
DATA_SETS: dict[str, DataSet] = {
    entry.name: entry
    for entry in (
        DataSet(
            "figures",
            "data/raw/published/{year}/figures.csv",
            "transcribing the printed report: see data/raw/published/README.md",
        ),
        DataSet(
            "identities",
            "data/raw/published/{year}/identities.csv",
            "transcribing the printed report: see data/raw/published/README.md",
        ),
        DataSet(
            "topics",
            "data/raw/published/{year}/topics.csv",
            "transcribing the printed report: see data/raw/published/README.md",
        ),
        DataSet(
            "targets",
            "data/raw/published/{year}/targets.csv",
            "transcribing the printed report: see data/raw/published/README.md",
        ),
        *(
            DataSet(
                f"proposed_{name}",
                f"data/raw/published/{{year}}/proposed_{name}.csv",
                "kgstats report read FILE --year {year}",
            )
            for name in ("figures", "identities", "gone")
        ),
        DataSet(
            "units",
            "data/raw/published/units.csv",
            "restoring it from version control",
        ),
        DataSet(
            "series",
            "data/raw/published/series.csv",
            "restoring it from version control",
        ),
        DataSet("audit", "data/processed/{year}/audit.parquet", "kgstats run --year {year}"),
        *(
            DataSet(name, f"data/processed/{{year}}/{name}.parquet", _CLEAN)
            for name in (*registry.made_from("returns"), *registry.ledgers().values())
        ),
    )
}


def _is_workspace(folder: Path) -> bool:
    return (folder / "data" / "raw").is_dir()


@dataclass(frozen=True)
class Workspace:
    """The folders of one workspace. Make one with :func:`find`."""

    root: Path

    @property
    def raw(self) -> Path:
        """What was received, never edited."""
        return self.root / "data" / "raw"

    @property
    def boundaries(self) -> Path:
        """Commune boundaries that the user added on this machine."""
        return self.root / "data" / "boundaries"

    @property
    def notebooks(self) -> Path:
        """The workspace's own notebooks, or the collection that came with the product."""
        own = self.root / "notebooks"
        return own if own.is_dir() else project_folder() / "notebooks"

    @property
    def state(self) -> Path:
        """What the run remembers between two runs."""
        return self.root / ".kgstats"

    def year_raw(self, year: int) -> Path:
        """What was received for one reporting year."""
        return self.raw / str(year)

    def returns(self, year: int) -> Path:
        """The districts' workbooks of one year."""
        return self.year_raw(year) / "returns"

    def processed(self, year: int) -> Path:
        """The clean tables of one year."""
        return self.root / "data" / "processed" / str(year)

    def outputs(self, year: int) -> Path:
        """What was last published for one year, whole."""
        return self.root / "outputs" / str(year)

    def releases(self, year: int) -> Path:
        """The final releases of one year, each whole, by its number."""
        return self.root / "data" / "releases" / str(year)

    def letters(self, year: int) -> Path:
        """What goes back to the districts, a page and a text each."""
        return self.root / "outputs" / "letters" / str(year)

    def templates(self, year: int) -> Path:
        """The workbooks that districts fill in."""
        return self.root / "outputs" / "templates" / str(year)

    def build(self, year: int) -> Path:
        """Where a run makes its files before they are published together."""
        return self.state / "build" / str(year)

    def records(self, year: int) -> Path:
        """What the steps of one year were last made from."""
        return self.state / "steps" / str(year)

    def failures(self, year: int) -> Path:
        """The record of where notebooks of the last run stopped."""
        return self.state / f"failures-{year}.json"

    def data_set(self, name: str, year: int) -> Path:
        """Return the path of a data set, whether or not it is there.

        Who reads one asks here, so here the kernel of a run notes what its page is made from.

        Raises
        ------
        KeyError
            For a name that no data set has.
        """
        path = self.root / DATA_SETS[name].path.format(year=year)
        if noted := os.environ.get(READS_VARIABLE):
            with open(noted, "a", encoding="utf-8") as file:  # noqa: PTH123
                file.write(f"{name} {year}\n")
        return path

    def require(self, name: str, year: int) -> Path:
        """Return the path of a data set that must be there.

        Raises
        ------
        WorkspaceError
            Naming the command that makes it.
        """
        path = self.data_set(name, year)
        if not path.is_file():
            made_by = DATA_SETS[name].made_by.format(year=year)
            of_returns = made_by == _CLEAN.format(year=year)
            if of_returns and not self.has_returns(year):
                raise WorkspaceError(
                    f"{name} of {year} cannot be made: there are no district returns in "
                    f"{self.returns(year)}. Put the districts' workbooks there"
                )
            if name == "audit" and not self.has_report(year):
                raise WorkspaceError(
                    f"audit of {year} cannot be made: there is no printed report of {year} in "
                    f"{self.raw / 'published'}. See the README there for how to transcribe one"
                )
            shown = path.relative_to(self.root).as_posix()
            raise WorkspaceError(
                f"{name} of {year} is not there ({shown} in {self.root}). Make it with: {made_by}"
            )
        return path

    def report_origin(self, year: int) -> Path:
        """Where the printed report of a year says what document it is."""
        return self.raw / "published" / str(year) / "origin.yml"

    def has_report(self, year: int) -> bool:
        """Whether a printed report of that year was transcribed."""
        return self.data_set("figures", year).is_file()

    def has_proposal(self, year: int) -> bool:
        """Whether the text of that year's report was read, and its figures proposed."""
        return self.data_set("proposed_figures", year).is_file()

    def has_returns(self, year: int) -> bool:
        """Whether districts' workbooks of that year are there."""
        return bool(received_files(self.returns(year)))

    def declarations(self, year: int) -> list[Path]:
        """The files that say something about a year's returns, as far as they are there."""
        named = [*(self.year_raw(year) / name for name in DECLARATIONS), self.province]
        return [path for path in named if path.is_file()]

    @property
    def province(self) -> Path:
        """Where the workspace says which province it is of, unless of the one that ships."""
        return self.raw / "province.yml"

    def origin(self, year: int) -> dict[str, Any]:
        """What ``origin.yml`` says of a year's returns; nothing where it is not there.

        Raises
        ------
        WorkspaceError
            When it is no list of fields in YAML.
        """
        path = self.year_raw(year) / "origin.yml"
        if not path.is_file():
            return {}
        import yaml

        try:
            declared = yaml.safe_load(path.read_text(encoding="utf-8-sig")) or {}
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            words = " ".join(str(error).split())[:200]
            raise WorkspaceError(f"data/raw/{year}/origin.yml is not valid YAML: {words}") from None
        if not isinstance(declared, dict):
            raise WorkspaceError(f"data/raw/{year}/origin.yml must hold fields, 'name: value'")
        return declared

    def is_illustrative(self, year: int) -> bool:
        """Whether that year's returns declare themselves illustrative in ``origin.yml``."""
        return bool(self.origin(year).get("illustrative", False))

    def shown(self, path: Path) -> str:
        """Return a file's name as a person knows it: from the workspace or the product's folder.

        Letters that no text can hold (a name in an old encoding) are shown as a mark.
        """
        for folder in (self.root, project_folder()):
            if path.is_relative_to(folder):
                path = path.relative_to(folder)
                break
        return path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    def years(self) -> list[int]:
        """Reporting years for which anything was received, in order."""
        found = {
            int(entry.name)
            for folder in (self.raw, self.raw / "published")
            if folder.is_dir()
            for entry in folder.iterdir()
            if entry.is_dir() and entry.name.isdigit()
        }
        return sorted(found)


LEFT_OUT = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
DECLARATIONS = ("corrections.yml", "deliveries.yml", "origin.yml")


def received_files(folder: Path) -> list[Path]:
    """Return the files of a returns folder and its sub-folders, in the order of their names.

    Hidden files and folders and Office's locks are left out, and so is a link to a file elsewhere:
    what it names was not received.
    """
    if not folder.is_dir():
        return []
    return sorted(
        entry
        for entry in folder.rglob("*")
        if entry.is_file()
        and not any(part.startswith((".", "~$")) for part in entry.relative_to(folder).parts)
        and entry.name.lower() not in LEFT_OUT
        and not leaves(entry, folder)
    )


def leaves(entry: Path, folder: Path) -> bool:
    """Whether a name in a folder is a link to something outside of it."""
    return entry.is_symlink() and not entry.resolve().is_relative_to(folder.resolve())


def project_folder() -> Path:
    """The folder of the product's checkout: the workspace used when no other is named."""
    return Path(__file__).resolve().parents[2]


_watching: list[Callable[[Workspace], object]] = []
_chosen: list[Workspace] = []


def watch(turn: Callable[[Workspace], object]) -> None:
    """Have a function called with the workspace that is worked on, now and when it changes."""
    _watching.append(turn)
    for place in _chosen:
        turn(place)


def _choose(place: Workspace, *, by_name: bool) -> Workspace:
    """Take a workspace for the one worked on: one found without a name gives way to a named one."""
    if by_name or not _chosen:
        _chosen[:] = [place]
        for turn in _watching:
            turn(place)
    return place


def find(named: str | os.PathLike[str] | None = None) -> Workspace:
    """Find the workspace: the one named, the environment's, one above here, or the project.

    Raises
    ------
    WorkspaceError
        When the folder named has no ``data/raw``.
    """
    given = named or os.environ.get(ENVIRONMENT_VARIABLE)
    if given:
        folder = Path(given).expanduser().resolve()
        if not _is_workspace(folder):
            raise WorkspaceError(
                f"{folder} is not a workspace: it has no folder data/raw. "
                "Make that folder and put the year's files in it."
            )
        return _choose(Workspace(folder), by_name=True)
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if _is_workspace(folder) and (folder / "notebooks").is_dir():
            return _choose(Workspace(folder), by_name=False)
    project = project_folder()
    if _is_workspace(project):
        return _choose(Workspace(project), by_name=False)
    raise WorkspaceError(
        f"no workspace found from {here} upwards: name one with --workspace DIR or "
        f"{ENVIRONMENT_VARIABLE}"
    )


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Write a file whole or not at all: yields a path beside it that replaces it at the end."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        yield draft
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)


def replace_folder(target: Path, fill: Callable[[Path], None], *, durable: bool = False) -> None:
    """Replace a folder by a newly filled one, in one step: it is whole at every moment.

    ``fill`` gets an empty folder beside the target. When it fails the target stays as it was.

    Parameters
    ----------
    durable
        Have the new folder on the disk before it takes the old one's place, so that not even a
        power cut loses both.
    """
    if target.is_symlink():
        target = target.resolve()
    restore_folder(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        fill(draft)
        if durable:
            _to_disk(draft)
        if not target.exists():
            os.replace(draft, target)
        elif not _exchange(draft, target):
            old = _old(target)
            os.replace(target, old)
            os.replace(draft, target)
    finally:
        restore_folder(target)
        shutil.rmtree(draft, ignore_errors=True)


def restore_folder(target: Path) -> None:
    """Bring back a folder that was moved aside for a new one that never came."""
    old = _old(target)
    if not old.exists():
        return
    if target.exists():
        shutil.rmtree(old, ignore_errors=True)
    else:
        os.replace(old, target)


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _to_disk(folder: Path) -> None:
    """Have the system write a folder's files down now."""
    if os.name != "posix":
        return
    for path in (folder, *folder.rglob("*")):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system cannot do that."""
    if sys.platform != "linux":
        return False
    import ctypes

    here, exchange = -100, 2
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)
