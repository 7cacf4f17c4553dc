"""What a command takes: seconds of the clock and of the processors, and its largest memory."""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
EVERY = 1.0
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Spent:
    """Seconds of the clock and of the processors; the largest memory in megabytes."""

    clock: float = 0.0
    processors: float = 0.0
    memory: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.clock + other.clock,
            self.processors + other.processors,
            max(self.memory, other.memory),
        )

    def of(self, other: Spent) -> str:
        """Return the ratio to another, by the clock and by the processors."""
        return f"{self.clock / other.clock:.3f} ({self.processors / other.processors:.3f})"

    def __str__(self) -> str:
        return f"{self.clock:.2f} s ({self.processors:.2f})"


def timed(
    command: list[str], environment: dict[str, str] | None = None, cwd: Path | None = None
) -> Spent:
    """Run a command; return what it took with all that it started and waited for.

    Raises
    ------
    subprocess.CalledProcessError
        When it fails; its output is in it.
    """
    before, begin = os.times(), time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        cwd=cwd,
        text=True,
        errors="replace",
    )
    peak = [0.0]
    watching = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watching.start()
    told, _ = process.communicate()
    clock, after = time.perf_counter() - begin, os.times()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, told)
    used = after.children_user + after.children_system
    return Spent(clock, used - before.children_user - before.children_system, peak[0])


def _watch(pid: int, peak: list[float]) -> None:
    """Keep the largest sum of what a process and those below it hold for themselves (PSS)."""
    while True:
        try:
            top = psutil.Process(pid)
            family = [top, *top.children(recursive=True)]
        except psutil.Error:
            return
        held = 0
        for one in family:
            try:
                told = one.memory_full_info()
            except psutil.Error:
                continue
            held += getattr(told, "pss", told.uss)
        peak[0] = max(peak[0], held / 1e6)
        time.sleep(EVERY)


def machine() -> str:
    """Return on what was measured, and when."""
    load = f", load {os.getloadavg()[0]:.0f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{dt.datetime.now(dt.UTC).date()}, {os.cpu_count()} processors, {platform.machine()}, "
        f"Python {platform.python_version()}{load}"
    )
