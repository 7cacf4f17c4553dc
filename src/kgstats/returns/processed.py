"""Clean tables on disk: written whole or not at all, the same bytes for the same input.

``data/processed/<year>/`` holds the four clean tables, ``findings.parquet``, ``cells.parquet`` (the
ledger) and ``.clean.json``: from which inputs they were made, so that a second call only loads
them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgstats.returns import corrections as fixes
from kgstats.returns import deliveries as sent
from kgstats.returns.clean import (
    STATED_DTYPES,
    SUMMARY_DTYPES,
    Cleaned,
    clean_files,
    file_name,
    frame_of,
)
from kgstats.returns.errors import ReturnsError
from kgstats.returns.forms import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from kgstats.workspace import Workspace

SIDECAR = ".clean.json"
FILES = (*TABLES, "findings", "cells")
"""The data sets of a year, each ``<name>.parquet``."""

LEFT_OUT = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
DECLARATIONS = ("corrections.yml", "deliveries.yml", "origin.yml")


class NothingReceived(ReturnsError):
    """No return of the year is there. Says where they belong."""


def received_files(folder: Path) -> list[Path]:
    """Return the files of a returns folder; hidden files and Office locks are left out."""
    if not folder.is_dir():
        return []
    return sorted(
        entry
        for entry in folder.iterdir()
        if entry.is_file()
        and not entry.name.startswith((".", "~$"))
        and entry.name.lower() not in LEFT_OUT
    )


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

    Called again with the same deliveries it only loads what it made before.

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
    raw, out = workspace.year_raw(year), workspace.processed(year)
    before = workspace.year_raw(year - 1)
    paths = received_files(workspace.returns(year))
    if not paths:
        raise NothingReceived(
            f"no return of {year} is there: put the districts' workbooks into "
            f"{workspace.returns(year)}"
        )
    print_of_inputs = _fingerprint(raw, before)
    from filelock import FileLock

    out.mkdir(parents=True, exist_ok=True)
    with FileLock(out / ".clean.lock"):
        known = load(out)
        if known is not None and known[1] == print_of_inputs:
            return known[0]
        cleaned = clean_folder(raw, year, previous=previous_poverty(before, year - 1))
        write(cleaned, out, print_of_inputs)
    return cleaned


def clean_folder(raw: Path, year: int, *, previous: pd.DataFrame | None = None) -> Cleaned:
    """Clean the returns of one year's raw folder in memory, with its declarations."""
    paths = received_files(raw / "returns")
    names = [file_name(path) for path in paths]
    return clean_files(
        paths,
        year,
        corrections=fixes.read_corrections(raw / "corrections.yml"),
        deliveries=sent.read_deliveries(raw / "deliveries.yml", names),
        previous=previous,
        illustrative=is_illustrative(raw),
        expected=True,
    )


def previous_poverty(raw: Path, year: int) -> pd.DataFrame | None:
    """Return the poverty table of the year before, from its own returns.

    It is made in memory, so that the result never depends on which year was cleaned first; a
    year that cannot be cleaned is no reason to stop this one.
    """
    if not received_files(raw / "returns"):
        return None
    try:
        return clean_folder(raw, year).tables["poverty"]
    except (fixes.CorrectionError, sent.DeliveryError):
        return None


# --- what the tables were made from -------------------------------------------------------------


def _fingerprint(*folders: Path) -> str:
    """Return a digest of the inputs and of the code that reads them."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in [*received_files(folder / "returns"), *(folder / n for n in DECLARATIONS)]:
            if path.is_file():
                digest.update(f"{path.name}\0".encode("utf-8", "surrogateescape"))
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        digest.update(b"\1")
    digest.update(_source())
    return digest.hexdigest()


def _source() -> bytes:
    digest = hashlib.sha256()
    root = resources.files("kgstats")
    for area in ("returns", "reference", "locale"):
        for name, entry in sorted(_walk(root / area, area)):
            digest.update(name.encode())
            digest.update(entry.read_bytes())
    import pandas
    import pyarrow

    digest.update(f"pandas {pandas.__version__} pyarrow {pyarrow.__version__}".encode())
    return digest.digest()


def _walk(folder: Any, name: str) -> Iterable[tuple[str, Any]]:
    for entry in folder.iterdir():
        if entry.name.startswith((".", "__pycache__")):
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{name}/{entry.name}")
        elif entry.name.endswith((".py", ".csv", ".po", ".txt")):
            yield f"{name}/{entry.name}", entry


# --- writing and loading ------------------------------------------------------------------------


def frames(cleaned: Cleaned) -> dict[str, pd.DataFrame]:
    """Return the data sets of a cleaning by the name of their file."""
    return {
        **cleaned.tables,
        "findings": cleaned.findings,
        "cells": cleaned.ledger,
    }


def write(cleaned: Cleaned, out: Path, made_from: str = "") -> None:
    """Write all data sets of a cleaning, or none.

    Every file is made in a folder beside its place first; only when all are there do they
    replace the old ones, and if one cannot be replaced the old ones come back.
    """
    out.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".clean-", dir=out))
    try:
        for name, frame in frames(cleaned).items():
            write_parquet(frame, draft / f"{name}.parquet", illustrative=cleaned.illustrative)
        about = {
            "year": cleaned.year,
            "illustrative": cleaned.illustrative,
            "made_from": made_from,
            "files": {
                name: hashlib.sha256((draft / f"{name}.parquet").read_bytes()).hexdigest()
                for name in FILES
            },
            "summary": _rows_of(cleaned.summary),
            "stated": _rows_of(cleaned.stated),
        }
        text = json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        (draft / SIDECAR).write_text(text, encoding="utf-8", newline="\n")
        _replace_all(draft, out, [*(f"{name}.parquet" for name in FILES), SIDECAR])
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _rows_of(frame: pd.DataFrame | None) -> list[dict[str, Any]]:
    if frame is None:
        return []
    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records"))
    return rows


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
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
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


def load(out: Path) -> tuple[Cleaned, str] | None:
    """Load what `write` wrote, and what it was made from; None unless it is whole."""
    import pandas as pd

    try:
        about = json.loads((out / SIDECAR).read_text(encoding="utf-8"))
        for name, digest in about["files"].items():
            if hashlib.sha256((out / f"{name}.parquet").read_bytes()).hexdigest() != digest:
                return None
        held = {name: pd.read_parquet(out / f"{name}.parquet") for name in FILES}
        cleaned = Cleaned(
            about["year"],
            {name: held[name] for name in TABLES},
            held["findings"],
            held["cells"],
            frame_of(about["summary"], SUMMARY_DTYPES),
            about["illustrative"],
            stated=frame_of(about["stated"], STATED_DTYPES),
        )
        return cleaned, about["made_from"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
