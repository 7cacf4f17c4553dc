"""The printed report's figures and the audit of its arithmetic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kgstats.published.files import PublishedError

if TYPE_CHECKING:
    import pandas as pd

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
    return files.read_report(folder, year).frame(name)
