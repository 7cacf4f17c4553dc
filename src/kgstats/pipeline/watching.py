"""A process that takes too long or too much memory is ended, and it is said which of the two."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable

import psutil

EVERY_SECONDS = 0.5
TIME, MEMORY = "time", "memory"
MOST_ROUNDS = 50
"""How often what was left is looked for: one that forks as it is ended comes again."""


class Watch:
    """Ends a process, with all that it started, when it passes a limit.

    Parameters
    ----------
    pid
        Returns the process's number; None while there is none.
    seconds, gigabytes
        How long it may run, and how much real memory it and its children may have.
    """

    def __init__(self, pid: Callable[[], int | None], seconds: float, gigabytes: float) -> None:
        self._pid, self._seconds, self._bytes = pid, seconds, gigabytes * 1e9
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._started: dict[int, psutil.Process] = {}
        self.passed: str | None = None
        """Which limit was passed: ``time`` or ``memory``; None while neither is."""

    def __enter__(self) -> Watch:
        self._end = time.monotonic() + self._seconds
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        # What it started does not go on without it, whatever session it is in.
        for one in self._started.values():
            with contextlib.suppress(psutil.Error):
                one.kill()

    def _watch(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            pid = self._pid()
            if pid is None:
                continue
            members = family(pid)
            self._started |= {one.pid: one for one in members if one.pid != pid}
            if time.monotonic() > self._end:
                self.passed = TIME
            elif memory(members) > self._bytes:
                self.passed = MEMORY
            if self.passed is not None:
                end(pid)
                return


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all it started that still belongs to it; nothing when it is gone."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def memory(processes: Iterable[psutil.Process]) -> float:
    """Return the real memory of processes, in bytes."""
    total = 0
    for one in processes:
        with contextlib.suppress(psutil.Error):
            total += one.memory_info().rss
    return total


def end(pid: int) -> None:
    """End a process and all that it started, now."""
    with contextlib.suppress(psutil.Error):
        # It starts nothing more, and is there to be looked under until the last is gone.
        psutil.Process(pid).suspend()
    for _ in range(MOST_ROUNDS):
        left = [one for one in family(pid)[1:] if _alive(one)]
        if not left:
            break
        for one in left:
            with contextlib.suppress(psutil.Error):
                one.kill()
    if os.name == "posix":
        # What it started and left to itself is still of its group.
        with contextlib.suppress(OSError):
            if os.getpgid(pid) == pid:
                os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(psutil.Error):
        psutil.Process(pid).kill()


def _alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


def end_with_parent(parent: int) -> None:
    """Have this process end when the one that started it does, however that ends (Linux).

    Parameters
    ----------
    parent
        The number of the process that started this one: it may have ended already.
    """
    if sys.platform != "linux":
        return
    import ctypes

    set_death_signal = 1
    ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
