"""How long a year's run takes, against the same notebooks by papermill's and nbconvert's commands.

One paired run on this machine, in one language, without the pages of single districts: a cold run
(cleaning, site and tables included), a second run of the same inputs, a run after one workbook
changed, and each of the same notebooks run with the same parameters by the command ``papermill``
and exported by the command ``jupyter nbconvert``, one after another; after the changed workbook the
plain commands have to run them all again, for they do not know which pages it touches. The seconds
are those of the clock, and of the processors in brackets: only those say much where other work runs
on the machine.

    python benchmarks/complete_run.py [--only 60 --only 50] [--lang en]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
YEAR = "2019"


@dataclass(frozen=True)
class Spent:
    """Seconds of the clock, and of the processors."""

    clock: float
    processors: float

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.clock + other.clock, self.processors + other.processors)

    def of(self, other: Spent) -> str:
        """Return the ratio to another, by the clock and by the processors."""
        return f"{self.clock / other.clock:.3f} ({self.processors / other.processors:.3f})"

    def __str__(self) -> str:
        return f"{self.clock:.2f} s ({self.processors:.2f})"


def timed(command: list[str], environment: dict[str, str] | None = None) -> Spent:
    """Run a command; return what it took with all that it started and waited for."""
    before, begin = os.times(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    clock, after = time.perf_counter() - begin, os.times()
    used = after.children_user + after.children_system
    return Spent(clock, used - before.children_user - before.children_system)


def change_a_return(folder: Path) -> str:
    """Write one more into the first small number of a workbook, and return its name."""
    for path in sorted((folder / "data" / "raw" / YEAR / "returns").rglob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
            if isinstance(cell.value, int | float) and 100 < cell.value < 1000:
                cell.value += 1
                book.save(path)
                return path.name
    raise SystemExit("no workbook holds a number to change")


def plain(place: Path, executed: list[Path]) -> Spent:
    """Run and export the same notebooks by commands."""
    environment = {**os.environ, "KGSTATS_WORKSPACE": str(place)}
    spent = Spent(0.0, 0.0)
    for page in executed:
        source = place / "notebooks" / page.name
        copy = place / "plain.ipynb"
        told = json.loads(page.read_text(encoding="utf-8"))["metadata"]["papermill"]
        given = [
            word
            for name, value in told["parameters"].items()
            # As papermill's command takes text that looks like a number.
            for word in ("-r" if isinstance(value, str) else "-p", name, str(value))
        ]
        spent += timed([str(BIN / "papermill"), str(source), str(copy), *given], environment)
        spent += timed([str(BIN / "jupyter"), "nbconvert", "--to", "html", str(copy)])
    return spent


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", default=[], help="just this notebook")
    parser.add_argument("--lang", default="vi")
    asked = parser.parse_args()
    chosen = [part for name in asked.only for part in ("--only", name)] or ["--skip", "70"]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(ROOT / "data" / "raw", place / "data" / "raw")
        shutil.copytree(ROOT / "notebooks", place / "notebooks")
        run = [str(BIN / "kgstats"), "run", "--workspace", folder, "--lang", asked.lang, *chosen]
        run += ["--year", YEAR]
        cold = timed(run)
        time.sleep(3)  # Files written just now are compared by content: not what is measured.
        timed(run)
        unchanged = timed(run)
        executed = sorted((place / "outputs" / YEAR / "notebooks").rglob("*.ipynb"))
        commands = plain(place, executed)
        print(f"plain {commands}, cold {cold}, unchanged {unchanged}", file=sys.stderr)
        name = change_a_return(place)
        changed = timed(run)
    print(
        f"{dt.datetime.now(dt.UTC).date()}, {os.cpu_count()} processors, {platform.machine()}, "
        f"Python {platform.python_version()}, {len(executed)} notebooks, one workbook: {name}"
    )
    print("| run | seconds | of the plain commands |")
    print("|---|---|---|")
    print(f"| plain commands | {commands} | 1 |")
    print(f"| cold | {cold} | {cold.of(commands)} |")
    print(f"| nothing changed | {unchanged} | {unchanged.of(commands)} |")
    print(f"| one workbook changed | {changed} | {changed.of(commands)} |")


if __name__ == "__main__":
    main()
