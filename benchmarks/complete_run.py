"""How long a year's run takes, against the same notebooks by papermill's and nbconvert's commands.

Prints seconds and ratios from one run on this machine: a complete run, a second run of the same
inputs, and for comparison each notebook run with the same parameters by the command ``papermill``
and exported by the command ``jupyter nbconvert``, one after another. The complete run also cleans
the other years, and writes the site and the tables; the comparison does not.

    python benchmarks/complete_run.py [--only 60 --only 50]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


def timed(command: list[str], environment: dict[str, str] | None = None) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", default=[], help="just this notebook")
    chosen = [part for name in parser.parse_args().only for part in ("--only", name)]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(ROOT / "data" / "raw", place / "data" / "raw")
        shutil.copytree(ROOT / "notebooks", place / "notebooks")
        run = [str(BIN / "kgstats"), "run", "--workspace", folder, *chosen]
        complete = timed(run)
        again = timed(run)
        executed = sorted((place / "outputs" / "2019" / "notebooks").rglob("*.ipynb"))
        print(f"kgstats run, {len(executed)} pages: {complete:.1f} s", flush=True)
        print(f"kgstats run, nothing changed: {again:.1f} s", flush=True)
        environment = {**os.environ, "KGSTATS_WORKSPACE": folder}
        plain = 0.0
        for page in executed:
            source = next((place / "notebooks").glob(f"{page.stem.split('-')[0]}*.ipynb"))
            copy = place / "plain.ipynb"
            told = json.loads(page.read_text(encoding="utf-8"))["metadata"]["papermill"]
            given = [
                word
                for name, value in told["parameters"].items()
                # As papermill's command takes text that looks like a number.
                for word in ("-r" if isinstance(value, str) else "-p", name, str(value))
            ]
            plain += timed([str(BIN / "papermill"), str(source), str(copy), *given], environment)
            plain += timed([str(BIN / "jupyter"), "nbconvert", "--to", "html", str(copy)])
        print(f"papermill and nbconvert by command: {plain:.1f} s")
        print(f"ratio, plain to complete: {plain / complete:.1f}")
        print(f"ratio, complete to nothing changed: {complete / again:.1f}")


if __name__ == "__main__":
    main()
