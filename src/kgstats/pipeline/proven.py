"""Whether anything was touched since what is published was proven: known from files' stamps alone.

A run proves by content (:mod:`kgstats.pipeline.store`, :mod:`kgstats.pipeline.publish`), and keeps
how every file then looked: size, times, inode, as git's index does. While all of them look so, the
proof stands, and nothing has to be imported, laid out or read to know it. A file that was written
just before the proof might be written again under the same time, so its content is kept as well.
Content changed under an old time of modification is seen by the time of change, which nobody can
set; where a system has none (Windows), nothing is kept and every run proves by content. So does a
run by the clock, and ``kgstats run --verify``.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

from kgstats.workspace import Workspace, project_folder, replacing

SETTLED_NS = 2_000_000_000
"""A file changed less than this before the proof may change again under the same time."""
SKIPPED = frozenset({"__pycache__", ".ipynb_checkpoints"})
Stamps = Mapping[str, tuple[int, ...]]


def asked(**options: Any) -> str:
    """Return one text for what a run is asked for, and by what Python."""
    return json.dumps({**options, "python": sys.version}, sort_keys=True, default=str)


def stamps(workspace: Workspace, year: int) -> Stamps:
    """Return how every file that a year's publication depends on, or consists of, looks now."""
    found: dict[str, tuple[int, ...]] = {}
    later = _later(workspace, year)
    for top in _watched(workspace, year):
        for path in _below(top, later):
            try:
                now = Path(path).stat()
            except OSError:
                found[path] = ()
                continue
            found[path] = (
                *(now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino, now.st_dev),
                now.st_mode,
            )
    return found


def beside(looks: Stamps, folder: Path) -> Stamps:
    """Return how the files look that are not in a folder, whether it was there or not."""
    inside, own = f"{folder}{os.sep}", str(folder)
    return {
        path: stamp for path, stamp in looks.items() if path != own and not path.startswith(inside)
    }


def _watched(workspace: Workspace, year: int) -> list[Path]:
    package = Path(__file__).parents[1]
    return [
        workspace.root / "data",
        workspace.root / "settings.yml",
        workspace.root / "notebooks",
        project_folder() / "notebooks",
        workspace.outputs(year),
        workspace.build(year),
        workspace.records(year),
        package,
    ]


def _later(workspace: Workspace, year: int) -> frozenset[str]:
    """Return the data of later years, which none of the year's notebooks looked for.

    So the runs of a workspace's years do not undo each other's proofs.
    """
    known = [year]
    for noted in (workspace.build(year) / "reads").glob("*.txt"):
        with contextlib.suppress(OSError):
            told = noted.read_text(encoding="utf-8").split()
            known += [int(one) for one in told[1::2] if one.isdecimal()]
    return frozenset(
        os.fspath(folder)
        for top in (workspace.raw, workspace.raw / "published", workspace.processed(year).parent)
        for folder in top.glob("[0-9]*")
        if folder.name.isdecimal() and int(folder.name) > max(known)
    )


def _below(top: Path, without: Container[str] = ()) -> Iterator[str]:
    """Return a file, or every file and link below a folder, but for those of other folders."""
    if not top.is_dir():
        yield str(top)
        return
    queue = [str(top)]
    while queue:
        folder = queue.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            yield folder
            continue
        for entry in entries:
            if entry.name in SKIPPED or entry.path in without:
                continue
            if entry.is_dir(follow_symlinks=False):
                queue.append(entry.path)
            else:
                yield entry.path


def _packages() -> list[tuple[str, int, int]]:
    """Return the times of the folders of packages: they tell that one came, went or changed."""
    found = []
    for name in sys.path:
        if name.endswith("-packages"):
            with contextlib.suppress(OSError):
                now = Path(name).stat()
                found.append((name, now.st_mtime_ns, now.st_ctime_ns))
    return found


def _one(looks: Stamps) -> str:
    told = json.dumps([sorted(looks.items()), _packages()])
    return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()


def _path(workspace: Workspace, year: int, question: str) -> Path:
    name = hashlib.sha256(question.encode()).hexdigest()[:16]
    return workspace.state / "proven" / str(year) / f"{name}.json"


def keep(
    workspace: Workspace, year: int, question: str, looked: Stamps, since: int, told: Any
) -> None:
    """Keep that a publication was proven, if nothing was touched while it was.

    Parameters
    ----------
    looked, since
        How files looked before the proof began, and when that was.
    told
        What is to be said when the proof still stands.
    """
    if os.name != "posix":
        return
    recent = {path: _content(path) for path, stamp in looked.items() if _is_recent(stamp, since)}
    if stamps(workspace, year) != looked:
        return
    path = _path(workspace, year, question)
    with contextlib.suppress(OSError):
        for other in path.parent.glob("*.json"):
            if _read(other).get("looked") != _one(looked):
                other.unlink()
        _write(path, {"question": question, "looked": _one(looked), "recent": recent, "told": told})


def _is_recent(stamp: tuple[int, ...], since: int) -> bool:
    return bool(stamp) and max(stamp[1], stamp[2]) > since - SETTLED_NS


def _content(path: str) -> str:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def holds(workspace: Workspace, year: int, question: str) -> Any:
    """Return what is to be said when what was asked for is proven to be there; None if it is not.

    While a run holds the workspace nothing is.
    """
    path = _path(workspace, year, question)
    kept = _read(path)
    if not kept or os.name != "posix" or (workspace.state / "holder.json").exists():
        return None
    since, looked = time.time_ns(), stamps(workspace, year)
    if kept.get("looked") != _one(looked):
        return None
    recent = kept.get("recent")
    if not isinstance(recent, dict):
        return None
    if any(_content(name) != known for name, known in recent.items()):
        return None
    if recent and not any(_is_recent(looked.get(name, ()), since) for name in recent):
        # Nothing can be written under those times any more.
        with contextlib.suppress(OSError):
            _write(path, {**kept, "recent": {}})
    return kept.get("told")


def any_holds(workspace: Workspace, year: int) -> bool:
    """Whether any proof of a year stands: what is published is of today's inputs."""
    folder = workspace.state / "proven" / str(year)
    for path in sorted(folder.glob("*.json")):
        question = _read(path).get("question")
        if isinstance(question, str) and holds(workspace, year, question) is not None:
            return True
    return False


def _read(path: Path) -> dict[str, Any]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _write(path: Path, kept: Mapping[str, Any]) -> None:
    with replacing(path) as draft:
        draft.write_text(json.dumps(kept), encoding="utf-8")
