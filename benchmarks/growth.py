"""How a run grows: with the returns of a year, with its years and with its workspaces.

Each size is a process of its own; seconds of the clock and of the processors, and the largest
memory of all its processes together.

    python benchmarks/growth.py [--returns 15 --returns 713] [--years 1 --years 8]
        [--workspaces 1 --workspaces 63]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measure import BIN, ROOT, machine, timed

YEAR = "2019"
HOME, FIRST_YEAR = "91", 2017
"""Kiên Giang, and the first year of which the lists of areas tell; the last is 2024."""
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


def lay_out_years(root: Path, count: int) -> str:
    """Lay out a workspace with illustrative returns of some years; return them as an option."""
    for year in range(FIRST_YEAR, FIRST_YEAR + count):
        made = root / f"of-{year}"
        timed([str(BIN / "kgstats"), "new-province", HOME, str(made), "--year", str(year)])
        if year == FIRST_YEAR:
            made.rename(root / "all")
        else:
            own = f"data/raw/{year}"
            (made / own).rename(root / "all" / own)
    return f"{FIRST_YEAR}-{FIRST_YEAR + count - 1}"


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--returns", action="append", type=int, default=[])
    parser.add_argument("--years", action="append", type=int, default=[])
    parser.add_argument("--workspaces", action="append", type=int, default=[])
    asked = parser.parse_args()
    print(f"{machine()}\n| what | seconds | memory |\n|---|---|---|", flush=True)
    for count in asked.returns or [15, 150, 713]:
        # Made and cleaned in one process, with the loading it is compared with.
        script = str(Path(__file__).with_name("clean_returns.py"))
        spent = timed([sys.executable, script, "--files", str(count)])
        line = f"| {count} returns, cleaned and loaded | {spent} | {spent.memory:.0f} MB |"
        print(line, flush=True)
    for count in asked.years or [1, 3, 8]:
        with tempfile.TemporaryDirectory() as folder:
            years = lay_out_years(Path(folder), count)
            run = [str(BIN / "kgstats"), "run", "--year", years, "--lang", "vi"]
            spent = timed([*run, "--only", NOTEBOOK, "--workspace", f"{folder}/all"])
        line = f"| {count} years, notebook {NOTEBOOK} | {spent} | {spent.memory:.0f} MB |"
        print(line, flush=True)
    for count in asked.workspaces or [1, 4, 16, 63]:
        with tempfile.TemporaryDirectory() as folder:
            options = lay_out(Path(folder), count)
            run = [str(BIN / "kgstats"), "run", "--year", YEAR, "--lang", "vi"]
            spent = timed([*run, "--only", NOTEBOOK, *options])
        line = f"| {count} workspaces, notebook {NOTEBOOK} | {spent} | {spent.memory:.0f} MB |"
        print(line, flush=True)


if __name__ == "__main__":
    main()
