"""Two machines of Dask against one: the same workspaces, scheduler and workers on this machine.

A machine is one processor here: the first has the scheduler, the run that drives and a worker, the
second a worker. Each process is bound to the processor of its machine (``os.sched_setaffinity``),
so that one machine does not borrow the other's. Efficiency is the time of one over twice that of
two. How far the processors are free and slow each other is told by the same ratio of plain
processes that only compute: no program can do better. Workers are started anew for each measurement
and load everything once, seconds that weigh the less the more workspaces there are. One and two
take turns; the median of the rounds counts. The driver's memory (the run itself, without the
workers) is told too. ``--unbound`` leaves the processes to the system.

    python benchmarks/cluster.py [--workspaces 24] [--rounds 3] [--unbound]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from growth import NOTEBOOK, YEAR, lay_out
from measure import BIN, Spent, machine, timed

PLAIN = """import numpy, pandas
for _ in range(60):
    text = numpy.random.default_rng(1).integers(0, 99, 60000).astype(str)
    pandas.DataFrame({"a": text}).groupby("a").size()
"""
START_SECONDS = 60
PORT = 8799


@contextlib.contextmanager
def on(processor: int | None) -> Iterator[None]:
    """Bind what is started within to a processor; None leaves it to the system."""
    before = os.sched_getaffinity(0) if processor is not None else set()
    if processor is not None:
        os.sched_setaffinity(0, {sorted(before)[processor]})
    try:
        yield
    finally:
        if processor is not None:
            os.sched_setaffinity(0, before)


@contextlib.contextmanager
def scheduler(workers: int, folder: Path, bound: bool) -> Iterator[str]:
    """Start a scheduler and workers by Dask's own commands; yield the address."""
    address = f"tcp://127.0.0.1:{PORT}"
    told = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    dask = str(BIN / "dask")
    first = [dask, "scheduler", "--port", str(PORT), "--no-dashboard"]
    worker = [dask, "worker", address, "--nworkers", "1", "--nthreads", "1", "--no-dashboard"]
    started = []
    for processor, command in ((0, first), *enumerate([worker] * workers)):
        with on(processor if bound else None):
            started.append(subprocess.Popen(command, **told))
    try:
        _wait(address, workers)
        yield address
    finally:
        for one in reversed(started):
            one.terminate()
            one.wait()


def _wait(address: str, workers: int) -> None:
    from distributed import Client

    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError), Client(address, timeout=5) as client:
            client.wait_for_workers(workers, timeout=START_SECONDS)
            return
        if time.monotonic() > deadline:
            raise SystemExit("the scheduler does not answer")


def measured(workers: int, laid_out: Path, bound: bool) -> Spent:
    """Return what the driver takes with so many workers."""
    with tempfile.TemporaryDirectory() as folder:
        places = [shutil.copytree(one, Path(folder) / one.name) for one in laid_out.iterdir()]
        options = [part for one in sorted(places) for part in ("--workspace", str(one))]
        with scheduler(workers, Path(folder), bound) as address, on(0 if bound else None):
            run = [str(BIN / "kgstats"), "run", "--year", YEAR, "--lang", "vi", "--only", NOTEBOOK]
            return timed([*run, "--cluster", address, *options])


def free(bound: bool) -> float:
    """Return the efficiency of two plain processes against one."""
    found = []
    for count in (1, 2):
        begin = time.perf_counter()
        own = []
        for processor in range(count):
            with on(processor if bound else None):
                own.append(subprocess.Popen([sys.executable, "-c", PLAIN]))
        for one in own:
            one.wait()
        found.append(time.perf_counter() - begin)
    return found[0] / found[1]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspaces", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--unbound", action="store_true")
    asked = parser.parse_args()
    bound = not asked.unbound and hasattr(os, "sched_setaffinity")
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder), asked.workspaces)
        bindings = "one processor each" if bound else "not bound"
        print(f"{machine()}, {asked.workspaces} workspaces, notebook {NOTEBOOK}, {bindings}")
        print("| one | memory | two | memory | efficiency | plain processes |")
        print("|---|---|---|---|---|---|", flush=True)
        found = []
        for _ in range(asked.rounds):
            plain = free(bound)
            one, two = (measured(count, Path(folder), bound) for count in (1, 2))
            found.append(one.clock / two.clock / 2)
            memories = f"{one} | {one.memory:.0f} MB | {two} | {two.memory:.0f} MB"
            print(f"| {memories} | {found[-1]:.2f} | {plain:.2f} |", flush=True)
    print(f"efficiency by the clock, median of {len(found)}: {statistics.median(found):.2f}")


if __name__ == "__main__":
    main()
