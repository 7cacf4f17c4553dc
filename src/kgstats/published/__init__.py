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

    ``series`` and ``units`` belong to no year and are there without a report of ``year``.

    Raises
    ------
    PublishedError
        With file and line, for anything in the file that breaks its rules.
    """
    from kgstats.published import files

    folder = root / "data" / "raw" / "published"
    if name in ("series", "units") and not (folder / str(year)).is_dir():
        return files.read_common(folder, year).frame(name)
    return files.read_report(folder, year).frame(name)
