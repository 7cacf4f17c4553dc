"""The printed report's figures and the audit of its arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kgstats.published.files import PublishedError

if TYPE_CHECKING:
    import pandas as pd

    from kgstats.published.files import Report

__all__ = ["PublishedError", "read"]


def read(name: str, root: Path, year: int) -> pd.DataFrame:
    """Read one of the transcribed files as a frame: figures, identities, topics, series, units.

    ``proposed_figures``, ``proposed_identities`` and ``proposed_gone`` are what reading the
    report's text proposed, for review. ``series`` and ``units`` belong to no year and are there
    without a report of ``year``.

    Raises
    ------
    PublishedError
        With file and line, for anything in the file that breaks its rules.
    """
    if name.startswith("proposed_"):
        from kgstats.published.reading import review
        from kgstats.workspace import Workspace

        return review.frame(name.removeprefix("proposed_"), year, Workspace(root))
    from kgstats.published import files

    folder = root / "data" / "raw" / "published"
    if name in ("series", "units") and not (folder / str(year) / "figures.csv").is_file():
        return files.read_common(folder, year).frame(name)
    return _report(folder, year, _looks(folder, year)).frame(name)


def _looks(folder: Path, year: int) -> tuple[tuple[str, int, int, int, int], ...]:
    """Return how the files of a report look: what is read of them changes with that alone."""
    found = []
    for path in sorted([*folder.glob("*.csv"), *folder.glob(f"{year}/*.csv")]):
        now = path.stat()
        stamp = (now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino)
        found.append((str(path), *stamp))
    return tuple(found)


@lru_cache(maxsize=8)
def _report(folder: Path, year: int, looks: tuple[tuple[str, int, int, int, int], ...]) -> Report:
    from kgstats.published import files

    return files.read_report(folder, year)


def rehearse(year: int) -> Iterator[None]:
    """Read the report of a year in the workspace that is found: every reading after it is spared.

    Something else may come between any two parts.
    """
    from kgstats import workspace

    read("figures", workspace.find().root, year)
    yield
