"""One run a workspace at a time; a second one is told who has it.

A run of several years holds the workspace for all of them, and each year is held by who runs it.

The lock is the system's: it ends with the process that has it, however that ends. Who has it is
written beside it, for people.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path

from kgstats.workspace import Workspace, replacing


class Busy(Exception):
    """Another run is going on in this workspace; the message says which, and since when."""


@contextlib.contextmanager
def holding(
    workspace: Workspace, what: str, *, seconds: float = 0.0, part: int | None = None
) -> Iterator[None]:
    """Have the workspace alone within this block, or a year of it.

    Parameters
    ----------
    what
        What it is held for, told to others.
    seconds
        How long to wait for another to end.
    part
        The year alone that is held, where a run of several holds the workspace.

    Raises
    ------
    Busy
        When another still holds it then.
    """
    from filelock import FileLock, Timeout

    workspace.state.mkdir(parents=True, exist_ok=True)
    of = "" if part is None else f"-{part}"
    note = workspace.state / f"holder{of}.json"
    lock = FileLock(workspace.state / f"run{of}.lock", timeout=seconds)
    try:
        lock.acquire()
    except Timeout:
        raise Busy(f"{_holder(note)} holds the workspace; wait for it to end, or end it") from None
    try:
        told = {
            "what": what,
            "process": os.getpid(),
            "machine": platform.node(),
            "since": dt.datetime.now().astimezone().isoformat(timespec="seconds"),
        }
        with replacing(note) as draft:
            draft.write_text(json.dumps(told), encoding="utf-8")
        yield
        note.unlink(missing_ok=True)
    finally:
        lock.release()


def _holder(note: Path) -> str:
    """Say who holds a workspace, as far as it is written down."""
    # The note is written just after the lock is taken.
    for _ in range(5):
        try:
            told = json.loads(note.read_text(encoding="utf-8"))
            return (
                f"a {told['what']} (process {told['process']} on {told['machine']}, "
                f"since {told['since']})"
            )
        except (OSError, ValueError, KeyError, TypeError):
            time.sleep(0.1)
    return "another run"
