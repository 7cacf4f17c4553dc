"""How long cleaning takes beside merely loading the same workbooks.

713 returns, as many as the country has districts, are cleaned with findings and ledger, in years
of fifteen districts. Beside it stand loading the same files with pandas' ``read_excel`` (openpyxl),
with openpyxl itself, and a bare calamine read, year after year in turn: a machine that gets slower
or faster meanwhile does so for all of them. CPU seconds of this process are compared, so that other
work on the machine counts little. Run it with ``python benchmarks/clean_returns.py``;
``--files 90`` for a quick look.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DISTRICTS_OF_THE_COUNTRY = 713
YEAR = 2019
SEEDS = (2019, 7, 11)
# The generator of illustrative returns stands beside the product.
sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))


def lay_out(root: Path, count: int, mess: float) -> list[list[Path]]:
    """Write returns of a few seeds and copy them until there are enough; a list per year."""
    from illustrative.write import write

    sets: list[list[Path]] = []
    for seed in SEEDS:
        folder = root / f"seed-{seed}"
        manifest = write(YEAR, folder, seed=seed, mess=mess)
        sets.append([folder / name for name in manifest.files])
    years: list[list[Path]] = []
    made = 0
    while made < count:
        source = sets[len(years) % len(sets)]
        target = root / f"year-{len(years)}"
        target.mkdir()
        copied = [Path(shutil.copy(path, target / path.name)) for path in source[: count - made]]
        years.append(copied)
        made += len(copied)
    return years


@contextmanager
def cpu(what: str, seconds: Counter[str]) -> Iterator[None]:
    gc.collect()
    start = time.process_time()
    yield
    seconds[what] += time.process_time() - start


def peak_megabytes() -> float | None:
    """Return the largest memory this process has had; None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (1024 * 1024 if sys.platform == "darwin" else 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=DISTRICTS_OF_THE_COUNTRY)
    parser.add_argument("--mess", type=float, default=0.0, help="0 tidy workbooks to 1 wild ones")
    given = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="kgstats-benchmark-"))
    try:
        years = lay_out(root, given.files, given.mess)
        workbooks = [path for paths in years for path in paths if path.suffix == ".xlsx"]
        if given.mess:
            years = [[path for path in paths if path.suffix == ".xlsx"] for paths in years]
        measure(years, workbooks)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def measure(years: list[list[Path]], workbooks: list[Path]) -> None:
    import openpyxl
    import pandas as pd
    import python_calamine

    from kgstats.returns.clean import clean_files

    clean_files(years[0], YEAR)  # imports and first-time caches, on both sides
    openpyxl.load_workbook(workbooks[0])
    pd.read_excel(workbooks[0], sheet_name=None, header=None, engine="openpyxl")

    seconds: Counter[str] = Counter()
    memory: list[float | None] = []
    cells = findings = values = 0
    for paths in years:
        with cpu("kgstats", seconds):
            cleaned = clean_files(paths, YEAR, illustrative=True)
        cells += len(cleaned.ledger)
        findings += len(cleaned.findings)
        values += int(cleaned.ledger["role"].eq("value").sum())
        del cleaned
        memory.append(peak_megabytes())
        of_year = [path for path in paths if path.suffix == ".xlsx"]
        with cpu("pandas", seconds):
            for path in of_year:
                pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")
        with cpu("openpyxl", seconds):
            for path in of_year:
                openpyxl.load_workbook(path)
        with cpu("calamine", seconds):
            for path in of_year:
                book = python_calamine.CalamineWorkbook.from_path(str(path))
                for name in book.sheet_names:
                    book.get_sheet_by_name(name).to_python()

    count = len(workbooks)
    print(f"{count} workbooks, {cells} cells, {values} values, {findings} findings")
    for name, label in (
        ("kgstats", "kgstats: tables, findings, ledger, contracts"),
        ("pandas", "pandas.read_excel (openpyxl)"),
        ("openpyxl", "openpyxl.load_workbook"),
        ("calamine", "python-calamine, bare"),
    ):
        print(f"  {label:<46}{seconds[name]:8.2f} s {seconds[name] / count * 1000:8.1f} ms a file")
    ours = seconds["kgstats"]
    both = seconds["pandas"] + seconds["openpyxl"]
    print(f"  kgstats / (pandas + openpyxl)  {ours / both:5.2f}   (aim: at most 0.50)")
    print(f"  kgstats / pandas alone         {ours / seconds['pandas']:5.2f}   (the same aim)")
    print(f"  kgstats / calamine             {ours / seconds['calamine']:5.1f}")
    if memory[0] is not None and memory[-1] is not None:
        print(f"  peak memory after one year {memory[0]:.0f} MB, after all {memory[-1]:.0f} MB")


if __name__ == "__main__":
    main()
