"""How a run grows: with the returns of a year, and with the workspaces of a run.

Each size is a process of its own; seconds of the clock and of the processors, and the largest
memory of all its processes together.

    python benchmarks/growth.py [--returns 15 --returns 713] [--workspaces 1 --workspaces 63]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measure import BIN, ROOT, machine, timed

YEAR = "2019"
NOTEBOOK = "90"
"""A light page, so that what is counted is the product's own work and not one analysis."""


def provinces() -> list[str]:
    """Return the codes of the country's provinces."""
    folder = ROOT / "src" / "kgstats" / "reference" / "data" / "areas"
    return sorted(path.name.partition(".")[0] for path in folder.glob("*.csv.gz"))


def lay_out(root: Path, count: int) -> list[str]:
    """Lay out workspaces of provinces on illustrative returns; return them as options."""
    options = []
    for code in provinces()[:count]:
        folder = str(root / code)
        timed([str(BIN / "kgstats"), "new-province", code, folder, "--year", YEAR])
        options += ["--workspace", folder]
    return options


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--returns", action="append", type=int, default=[])
    parser.add_argument("--workspaces", action="append", type=int, default=[])
    asked = parser.parse_args()
    print(f"{machine()}\n| what | seconds | memory |\n|---|---|---|", flush=True)
    for count in asked.returns or [15, 150, 713]:
        # Made and cleaned in one process, with the loading it is compared with.
        script = str(Path(__file__).with_name("clean_returns.py"))
        spent = timed([sys.executable, script, "--files", str(count)])
        print(f"| {count} returns, cleaned and loaded | {spent} | {spent.memory:.0f} MB |")
    for count in asked.workspaces or [1, 4, 16, 63]:
        with tempfile.TemporaryDirectory() as folder:
            options = lay_out(Path(folder), count)
            run = [str(BIN / "kgstats"), "run", "--year", YEAR, "--lang", "vi"]
            spent = timed([*run, "--only", NOTEBOOK, *options])
        line = f"| {count} workspaces, notebook {NOTEBOOK} | {spent} | {spent.memory:.0f} MB |"
        print(line, flush=True)


if __name__ == "__main__":
    main()
