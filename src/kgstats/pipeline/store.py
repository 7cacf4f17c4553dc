"""What each step was last made from: the one answer to the question whether it is out of date.

A step is up to date when a record of its last success is there, and every input, value, source
file and product named in it is today what it was then, byte for byte. Nothing is inferred from
times, and a record that cannot be read counts as none: the step is taken again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgstats.pipeline import collection, sources
from kgstats.workspace import Workspace, replacing

if TYPE_CHECKING:
    from kgstats.pipeline.graph import Step

BLOCK = 1 << 20
SETTLED_NS = 2_000_000_000
"""A file changed less than this before it was read may change again under the same time."""


class Digests:
    """SHA-256 of files, read again unless size, times and inode say that nothing was written.

    A notebook of the collection is known by what a run reads of it: what JupyterLab saves beside
    that (outputs, counts) is no change.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._notebooks = workspace.notebooks
        self._known: dict[Path, tuple[tuple[int, ...], str]] = {}

    def of(self, path: Path) -> str | None:
        """Return a file's digest; None where there is no file."""
        try:
            now = path.stat()
            stamp = (now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino, now.st_dev)
            known = self._known.get(path)
            if known is not None and known[0] == stamp:
                return known[1]
            if path.parent == self._notebooks and path.suffix == ".ipynb":
                found = collection.digest(path)
            else:
                found = digest(path)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        # On Windows the time of change is that of creation, so it proves nothing.
        if os.name == "posix" and time.time_ns() - now.st_ctime_ns > SETTLED_NS:
            self._known[path] = (stamp, found)
        return found


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found.update(block)
    return found.hexdigest()


def files(folder: Path) -> list[Path]:
    """Return every file below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


@dataclass
class Made:
    """What a step was made from, and what it made: digests by the names people know."""

    inputs: dict[str, str | None] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    code: dict[str, str] = field(default_factory=dict)
    products: dict[str, str | None] = field(default_factory=dict)


class Store:
    """The records of a year's steps, a file each, so that one damaged file costs one step.

    The cleaning of a year has its record with that year, whichever year's run takes it: a year is
    cleaned once, not once for each later one.
    """

    def __init__(self, workspace: Workspace, year: int) -> None:
        self._workspace = workspace
        self._year = year
        self.digests = Digests(workspace)

    def _path(self, step: Step) -> Path:
        year = self._year if step.of_year is None else step.of_year
        return self._workspace.records(year) / f"{step.id}.json"

    def recorded(self, step: Step) -> Made | None:
        """Return what a step was last made from; None where no readable record says so."""
        try:
            told = json.loads(self._path(step).read_text(encoding="utf-8"))
            made = Made(**told)
        except (OSError, ValueError, TypeError):
            return None
        parts = (made.inputs, made.values, made.code, made.products)
        return made if all(isinstance(part, dict) for part in parts) else None

    def state(self, step: Step) -> Made:
        """Return what a step would be made from now, and its products as they are."""
        return Made(
            self.digested(step.reads()),
            {name: canonical(value) for name, value in step.values.items()},
            sources.fingerprints(step.code),
            self.digested([*step.makes, *(path for one in step.folders for path in files(one))]),
        )

    def digested(self, paths: Iterable[Path]) -> dict[str, str | None]:
        """Return files' digests by the names people know; None where there is no file."""
        return {self._workspace.shown(path): self.digests.of(path) for path in paths}

    def keep(self, step: Step, made: Made) -> None:
        """Remember what a step was made from."""
        path = self._path(step)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.rmtree(path)
        with replacing(path) as draft:
            draft.write_text(json.dumps(asdict(made)), encoding="utf-8")

    def reasons(self, step: Step) -> list[str]:
        """Say why a step is out of date, in sentences a person can read; nothing if it is not."""
        before, now = self.recorded(step), self.state(step)
        if before is None:
            return ["it was never made"]
        texts = _compared(before.inputs, now.inputs, "changed")
        texts += _compared(
            {_value_words(step, name): value for name, value in before.values.items()},
            {_value_words(step, name): value for name, value in now.values.items()},
            "changed",
        )
        texts += _compared(before.products, now.products, "is not as it was made")
        code = _compared(before.code, now.code, "changed")
        return [*sorted(set(texts)), *sorted(set(code))]


def canonical(value: Any) -> str:
    """Return a value as text, the same text for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _value_words(step: Step, name: str) -> str:
    if name == "packages":
        return "a package's version"
    return f"parameter {name}" if name in ("year", "lang") else f"setting {name}"


def _compared(
    before: Mapping[str, str | None], now: Mapping[str, str | None], changed: str
) -> list[str]:
    """Say how one set of named digests differs from another."""
    texts = [f"{name} is gone" for name in before.keys() - now.keys()]
    texts += [f"{name} is new" for name in now.keys() - before.keys()]
    for name in before.keys() & now.keys():
        if before[name] != now[name]:
            texts.append(f"{name} is missing" if now[name] is None else f"{name} {changed}")
    return texts
