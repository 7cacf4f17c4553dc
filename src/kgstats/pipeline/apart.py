"""Cleaning in a process of its own: a file that takes for ever, or all memory, ends with it.

Run as a program (``python -P -m kgstats.pipeline.apart PARENT WORKSPACE YEAR``) this is that
process. An error that is meant for people is its last line.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from kgstats.pipeline.limits import Limits
from kgstats.pipeline.stock import FOLDER, Fork, Stock
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
    with tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-") as folder:
        errors = Path(folder, "errors.txt")
        errors.touch()
        process = _begun(str(root), str(year), errors)
        with Watch(lambda: process.pid, limits.clean_minutes * 60, limits.memory_gb) as watch:
            process.wait()
        code = _code(process)
        lines = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    if code == 0:
        return
    if watch.passed == TIME:
        message = f"reading the returns of {year} took longer than {limits.clean_minutes:g} minutes"
    elif watch.passed == MEMORY:
        message = f"reading the returns of {year} took more than {limits.memory_gb:g} GB of memory"
    elif code < 0:
        message = f"reading the returns of {year} was ended by the system (perhaps for its memory)"
    else:
        message = lines[-1] if lines else f"it ended with exit code {code}"
    if code not in (0, EXPECTED):
        message += f". Find the file with: kgstats inspect data/raw/{year}/returns/FILE"
    raise CleaningFailed(message)


def _begun(root: str, year: str, errors: Path) -> Fork | subprocess.Popen[bytes]:
    """Begin to clean a year: as a fork of what has loaded it, where there is such a process."""
    if Stock.now is not None:
        with contextlib.suppress(OSError):
            return Stock.now.program(__name__, ["{parent}", root, year], errors)
    with errors.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, str(os.getpid()), root, year],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=file,
        )


def _code(process: Fork | subprocess.Popen[bytes]) -> int:
    """Return the exit code of a process that has ended, negative for a signal."""
    if isinstance(process, subprocess.Popen):
        return process.returncode
    with contextlib.suppress(OSError):
        if Stock.now is not None:
            return Stock.now.code(process)
    return -signal.SIGKILL  # What it was forked from is gone, and ended it.


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
