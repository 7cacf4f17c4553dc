"""Cleaning in a process of its own: a file that takes for ever, or all memory, ends with it.

Run as a program (``python -P -m kgstats.pipeline.apart PARENT WORKSPACE YEAR``) this is that
process. An error that is meant for people is its last line.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kgstats.pipeline.limits import Limits
from kgstats.pipeline.watching import MEMORY, TIME, Watch, end_with_parent

EXPECTED = 2
"""Exit code for an error that is meant for people."""


class CleaningFailed(Exception):
    """A year could not be cleaned; nothing was written."""


def clean(root: Path, year: int, limits: Limits) -> None:
    """Clean a year's returns.

    Raises
    ------
    CleaningFailed
        With what is wrong, or which limit was passed.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", __name__, str(os.getpid()), str(root), str(year)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    with Watch(lambda: process.pid, limits.clean_minutes * 60, limits.memory_gb) as watch:
        _, told = process.communicate()
    if process.returncode == 0:
        return
    lines = told.decode("utf-8", "replace").strip().splitlines()
    if watch.passed == TIME:
        message = f"reading the returns of {year} took longer than {limits.clean_minutes:g} minutes"
    elif watch.passed == MEMORY:
        message = f"reading the returns of {year} took more than {limits.memory_gb:g} GB of memory"
    elif process.returncode < 0:
        message = f"reading the returns of {year} was ended by the system (perhaps for its memory)"
    else:
        message = lines[-1] if lines else f"it ended with exit code {process.returncode}"
    if process.returncode not in (0, EXPECTED):
        message += f". Find the file with: kgstats inspect data/raw/{year}/returns/FILE"
    raise CleaningFailed(message)


def main() -> None:
    """Clean the year that the arguments name."""
    end_with_parent(int(sys.argv[1]))
    from kgstats.reference.areas import NoAreasForYear
    from kgstats.returns import processed
    from kgstats.returns.errors import ReturnsError
    from kgstats.workspace import WorkspaceError, find

    sys.stderr.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        processed.clean_year(int(sys.argv[3]), find(Path(sys.argv[2])))
    except (ReturnsError, NoAreasForYear, WorkspaceError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        raise SystemExit(EXPECTED) from None
    except OSError as error:
        name = Path(str(error.filename or "")).name
        print(f"{name}: {error.strerror or error}", file=sys.stderr)
        raise SystemExit(EXPECTED) from None


if __name__ == "__main__":
    main()
