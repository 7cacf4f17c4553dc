"""Keep a program and all that it starts: nothing of it outlives the program, nor who asked for it.

Run as a program (``python -I -S keeper.py PARENT COMMAND…``; Linux) this is the process between
the two. What the command's descendants leave behind comes to it, in whatever session it is, so all
of it is found as its children. When the command ends, however it ends, or the parent does, it ends
every one of them and goes. It imports nothing of the package: it has to start at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from types import FrameType

DEATH_SIGNAL, CHILD_SUBREAPER = 1, 36
MOST_ROUNDS = 500
"""How often what was left behind is looked for: one that forks as it is ended comes again."""


def kept(command: Sequence[str]) -> list[str]:
    """Return a command line that keeps a command for this process (Linux; itself elsewhere)."""
    if sys.platform != "linux":
        return [*command]
    # Isolated: no variable, and no file of the current folder, changes what it is.
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def adopt_orphans(yes: bool = True) -> None:
    """Have what descendants of this process leave behind come to it, instead of to init (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(CHILD_SUBREAPER, int(yes), 0, 0, 0)


def end_children(spared: Collection[int] = ()) -> None:
    """End the children of this process (Linux), and theirs as they come to it, until none is left.

    Parameters
    ----------
    spared
        Numbers of children that are left alone.
    """
    for _ in range(MOST_ROUNDS):
        left = children() - set(spared)
        if not left:
            return
        for child in left:
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, os.WNOHANG)
        time.sleep(0.01)


def children() -> set[int]:
    """Return the numbers of this process's children (Linux; none elsewhere)."""
    own, found = os.getpid(), set()
    if sys.platform != "linux":
        return found
    for one in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208
        with contextlib.suppress(OSError):
            # After the name, which may hold anything: the state, then the parent.
            told = Path("/proc", one, "stat").read_bytes().rpartition(b")")[2].split()
            if int(told[1]) == own:
                found.add(int(one))
    return found


def _begin(command: list[str]) -> int:
    """Start the command; it ends with this process, should that be killed."""
    keeper = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != keeper:
        os._exit(1)
    if "JPY_PARENT_PID" in os.environ:
        # A kernel ends when its parent is another than it was told.
        os.environ["JPY_PARENT_PID"] = str(keeper)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        os._exit(127)


def _asked_to_end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main() -> None:
    """Keep the command that the arguments name, for the parent that they name."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    # Ctrl-C is for the run, whose end is seen here.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _asked_to_end)
    adopt_orphans()
    # Somebody may have stopped this process when the parent ends.
    ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGCONT, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    ends = os.pidfd_open(parent)
    code = 1
    try:
        program = _begin(command)
        ended = os.pidfd_open(program)
        ready = select.select([ended, ends], [], [])[0]
        if ended in ready:
            code = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
    finally:
        end_children()
        if select.select([ends], [], [], 0)[0]:
            # Nobody else is there to remove the parent's sockets.
            for folder in Path(tempfile.gettempdir()).glob(f"kgstats-{parent}-*"):
                shutil.rmtree(folder, ignore_errors=True)
    raise SystemExit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
