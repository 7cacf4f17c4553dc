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
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import openpyxl
import pandas as pd
from measure import BIN, ROOT, Spent, machine, timed

YEAR = "2019"


def change_a_return(folder: Path) -> str:
    """Write one more into an amount that was disbursed, and return the workbook's name."""
    cells = pd.read_parquet(folder / "data" / "processed" / YEAR / "cells.parquet")
    amounts = cells[cells["column"].eq("disbursed_vnd") & cells["file"].str.endswith(".xlsx")]
    for row in amounts.itertuples():
        path = folder / "data" / "raw" / YEAR / "returns" / row.file
        book = openpyxl.load_workbook(path)
        cell = book[row.sheet][row.cell]
        if isinstance(cell.value, int | float):
            cell.value += 1
            book.save(path)
            return path.name
    raise SystemExit("no workbook holds an amount to change")


def plain(place: Path, executed: list[Path]) -> Spent:
    """Run and export the same notebooks by commands."""
    environment = {**os.environ, "KGSTATS_WORKSPACE": str(place)}
    spent = Spent()
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
    print(f"{machine()}, {len(executed)} notebooks, one workbook: {name}")
    print("| run | seconds | of the plain commands | memory |\n|---|---|---|---|")
    for told, spent in (
        ("plain commands", commands),
        ("cold", cold),
        ("nothing changed", unchanged),
        ("one workbook changed", changed),
    ):
        print(f"| {told} | {spent} | {spent.of(commands)} | {spent.memory:.0f} MB |")


if __name__ == "__main__":
    main()
