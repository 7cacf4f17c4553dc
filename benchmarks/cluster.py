"""Two Dask workers against one: the same workspaces, a scheduler on this machine.

Efficiency is the time of one worker over twice that of two; it says something only on a machine
with two free processors. How far those are free, and slow each other, is told by the same ratio of
plain processes that only compute: no program can do better. Workers are started anew for each
measurement and load everything once, seconds that weigh the less the more workspaces there are.
The driver's memory (the run itself, without the workers) is told too.

    python benchmarks/cluster.py [--workspaces 24]
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
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
def scheduler(workers: int, folder: Path) -> Iterator[str]:
    """Start a scheduler and workers by Dask's own commands; yield the address."""
    address = f"tcp://127.0.0.1:{PORT}"
    told = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    dask = str(BIN / "dask")
    started = [subprocess.Popen([dask, "scheduler", "--port", str(PORT), "--no-dashboard"], **told)]
    words = ["worker", address, "--nworkers", str(workers), "--nthreads", "1", "--no-dashboard"]
    started.append(subprocess.Popen([dask, *words], **told))
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


def measured(workers: int, laid_out: Path) -> Spent:
    """Return what the driver takes with so many workers."""
    with tempfile.TemporaryDirectory() as folder:
        places = [shutil.copytree(one, Path(folder) / one.name) for one in laid_out.iterdir()]
        options = [part for one in sorted(places) for part in ("--workspace", str(one))]
        with scheduler(workers, Path(folder)) as address:
            run = [str(BIN / "kgstats"), "run", "--year", YEAR, "--lang", "vi", "--only", NOTEBOOK]
            return timed([*run, "--cluster", address, *options])


def free() -> float:
    """Return the efficiency of two plain processes against one."""
    found = []
    for count in (1, 2):
        begin = time.perf_counter()
        own = [subprocess.Popen([sys.executable, "-c", PLAIN]) for _ in range(count)]
        for one in own:
            one.wait()
        found.append(time.perf_counter() - begin)
    return found[0] / found[1]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspaces", type=int, default=24)
    count = parser.parse_args().workspaces
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder), count)
        before = free()
        one, two = measured(1, Path(folder)), measured(2, Path(folder))
        after = free()
    print(f"{machine()}, {count} workspaces, notebook {NOTEBOOK}")
    print("| workers | driver: seconds | driver: memory |\n|---|---|---|")
    for number, spent in ((1, one), (2, two)):
        print(f"| {number} | {spent} | {spent.memory:.0f} MB |")
    print(f"efficiency by the clock: {one.clock / two.clock / 2:.2f}")
    print(f"of plain processes, before and after: {before:.2f}, {after:.2f}")


if __name__ == "__main__":
    main()
