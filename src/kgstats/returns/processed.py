"""Clean tables on disk: written whole or not at all, the same bytes for the same input.

``data/processed/<year>/`` holds the four clean tables, ``findings.parquet``, ``cells.parquet`` (the
ledger), ``files.parquet`` (a row for every file received) and ``stated.parquet`` (the totals that
pages state). ``cells_01.parquet`` and so on are the ledger's parts by form
(`kgstats.returns.ledger.by_form`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kgstats import registry
from kgstats.returns import corrections as fixes
from kgstats.returns import deliveries as sent
from kgstats.returns.book import file_name as file_name
from kgstats.returns.clean import Cleaned, clean_files, frame_of
from kgstats.returns.errors import ReturnsError
from kgstats.returns.forms import TABLES
from kgstats.returns.ledger import by_form
from kgstats.workspace import CARRIED_ON, received_files

if TYPE_CHECKING:
    import pandas as pd

    from kgstats.workspace import Workspace

FILES = registry.made_from("returns")
"""The data sets of a year, each ``<name>.parquet``; beside them stand the ledger's parts."""


class NothingReceived(ReturnsError):
    """No return of the year is there. Says where they belong."""


def is_illustrative(folder: Path) -> bool:
    """Whether the ``origin.yml`` of a folder declares its returns illustrative."""
    origin = folder / "origin.yml"
    if not origin.is_file():
        return False
    import yaml

    try:
        declared = yaml.safe_load(origin.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError:
        return False
    return isinstance(declared, dict) and bool(declared.get("illustrative", False))


def clean_year(year: int, workspace: Workspace | None = None) -> Cleaned:
    """Clean a year's deliveries into ``data/processed/<year>/``.

    Whether that is needed is for the pipeline to say; this does it each time it is called.

    Parameters
    ----------
    year
        Reporting year.
    workspace
        Where the data stands; found as everywhere else when not given.

    Raises
    ------
    NothingReceived
        When the year has no returns.
    CorrectionError, DeliveryError
        When a declaration does not match the files; nothing is written then.
    """
    if workspace is None:
        from kgstats import workspace as places

        workspace = places.find()
    if not workspace.has_returns(year):
        raise NothingReceived(
            f"no return of {year} is there: put the districts' workbooks into "
            f"{workspace.returns(year)}"
        )
    cleaned = clean_folder(
        workspace.year_raw(year), year, previous=previous_tables(workspace, year)
    )
    write(cleaned, workspace.processed(year))
    return cleaned


def clean_folder(
    raw: Path, year: int, *, previous: Mapping[str, pd.DataFrame] | None = None
) -> Cleaned:
    """Clean the returns of one year's raw folder in memory, with its declarations."""
    paths = received_files(raw / "returns")
    names = [file_name(path, raw / "returns") for path in paths]
    return clean_files(
        paths,
        year,
        folder=raw / "returns",
        corrections=fixes.read_corrections(raw / "corrections.yml"),
        deliveries=sent.read_deliveries(raw / "deliveries.yml", names),
        previous=previous,
        illustrative=is_illustrative(raw),
        expected=True,
    )


def previous_tables(workspace: Workspace, year: int) -> dict[str, pd.DataFrame] | None:
    """Return clean tables of the year before: a year starts as the last one ended.

    They are made first where they were never made; None when nothing was received for that year.
    """
    import pandas as pd

    before = year - 1
    if not workspace.has_returns(before):
        return None
    paths = {name: workspace.data_set(name, before) for name in CARRIED_ON}
    if not all(path.is_file() for path in paths.values()):
        clean_year(before, workspace)
    return {name: pd.read_parquet(path) for name, path in paths.items()}


# --- writing and loading ------------------------------------------------------------------------


def frames(cleaned: Cleaned) -> dict[str, pd.DataFrame]:
    """Return the data sets of a cleaning by the name of their file."""
    return {
        **cleaned.tables,
        "findings": cleaned.findings,
        "cells": cleaned.ledger,
        "files": cleaned.summary,
        "stated": frame_of("stated", []) if cleaned.stated is None else cleaned.stated,
    }


def write(cleaned: Cleaned, out: Path) -> None:
    """Write all data sets of a cleaning, or none.

    Every file is made in a folder beside its place first; only when all are there do they
    replace the old ones, and if one cannot be replaced the old ones come back.
    """
    out.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".clean-", dir=out))
    try:
        parts = {registry.ledgers()[form]: part for form, part in by_form(cleaned.ledger).items()}
        for name, frame in {**frames(cleaned), **parts}.items():
            frame.attrs["illustrative"] = cleaned.illustrative
            write_parquet(frame, draft / f"{name}.parquet", illustrative=cleaned.illustrative)
        _replace_all(draft, out, [f"{name}.parquet" for name in (*FILES, *parts)])
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _replace_all(draft: Path, out: Path, names: list[str]) -> None:
    kept = draft / "old"
    kept.mkdir()
    moved: list[str] = []
    placed: list[str] = []
    try:
        for name in names:
            if (out / name).exists():
                os.replace(out / name, kept / name)
                moved.append(name)
        for name in names:
            os.replace(draft / name, out / name)
            placed.append(name)
    except BaseException:
        for name in placed:
            with contextlib.suppress(OSError):
                (out / name).unlink()
        for name in moved:
            os.replace(kept / name, out / name)
        raise


def write_parquet(frame: pd.DataFrame, path: Path, *, illustrative: bool) -> None:
    """Write a table as Parquet with fixed settings; its metadata says if it is illustrative."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    # However pandas held texts: the bytes tell of the values alone.
    texts = {
        name: pd.StringDtype("pyarrow", kind.na_value)
        for name, kind in frame.dtypes.items()
        if isinstance(kind, pd.StringDtype)
    }
    table = pa.Table.from_pandas(frame.astype(texts), preserve_index=False)
    metadata: Mapping[bytes, bytes] = table.schema.metadata or {}
    said = {**metadata, b"illustrative": b"true" if illustrative else b"false"}
    pq.write_table(
        table.replace_schema_metadata(said),
        path,
        version="2.6",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        data_page_version="1.0",
        row_group_size=1 << 20,
        write_statistics=True,
    )


def load(year: int, out: Path) -> Cleaned:
    """Load what `write` wrote for a year.

    Raises
    ------
    OSError
        When a table is not there.
    """
    import pandas as pd

    held = {name: pd.read_parquet(out / f"{name}.parquet") for name in FILES}
    return Cleaned(
        year,
        {name: held[name] for name in TABLES},
        held["findings"],
        held["cells"],
        held["files"],
        bool(held["cells"].attrs.get("illustrative")),
        stated=held["stated"],
    )
