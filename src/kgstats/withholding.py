"""What of a year's publication is withheld: decided once, from all that is published together.

Disclosure control is a setting of the year's run (``settings.yml`` or ``--parameter``), not of one
page. Here it is applied to what stands in files: clean tables, received cells, findings. Frames
that pages compute go through `kgstats.analysis.poverty_disclosure.Release.applied`, and no table or
figure is made of one that did not.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from kgstats import registry
from kgstats.analysis import poverty
from kgstats.analysis.disclosure import Control, DisclosureError
from kgstats.analysis.poverty_disclosure import SENSITIVE_COLUMNS, Release, release
from kgstats.returns import rules
from kgstats.words import N_
from kgstats.workspace import Workspace, replacing

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Control", "DisclosureError", "decided", "published", "shown_at"]

SENSITIVE_TABLE = "poverty"
RECEIVED = ("cells", "findings", "stated")
"""Data sets that hold what stood in the received workbooks."""

WITHHELD = N_("withheld")
_TEXTS = frozenset(("title", "header", "label", "section", "column_number", "unit"))
"""Roles of cells that hold words."""


def decided(workspace: Workspace, year: int, control: Control) -> Release:
    """Return what is withheld in a year's publication, from the tables of it and earlier years.

    The publications of earlier years are at readers' hands as well: what they showed is taken as
    known, and what they withheld stays withheld. Deciding takes long, so it is done once for the
    same counts and the same control.
    """
    if not control.is_on:
        return Release(control, {}, {})
    return _decided(workspace, [own for own in workspace.years() if own <= year], year, control)


def _decided(workspace: Workspace, years: list[int], year: int, control: Control) -> Release:
    import pandas as pd

    there = [own for own in years if workspace.data_set(SENSITIVE_TABLE, own).is_file()]
    tables = [pd.read_parquet(workspace.data_set(SENSITIVE_TABLE, own)) for own in there]
    if not any(len(table) for table in tables):
        return Release(control, {}, {})
    earlier = [own for own in there if own < year]
    before = _decided(workspace, earlier, earlier[-1], control) if earlier else None
    # Counts that cannot be carried are known to readers all the same: no control is sure of them.
    households = poverty.on_areas_of(year, *tables, whole_only=False)
    known = {"threshold": control.threshold, "protection": control.protection, "years": there}
    content = hashlib.sha256(json.dumps([known, year]).encode())
    for table in tables:
        content.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    kept = workspace.state / "withheld" / f"{content.hexdigest()[:32]}.json"
    if kept.is_file():
        cells = {
            (cell[0], tuple(cell[1]), tuple(cell[2]), *cell[3:]): why
            for cell, why in json.loads(kept.read_text(encoding="utf-8"))
        }
        return release(households, control, before=before, withheld=cells)
    made = release(households, control, before=before)
    with replacing(kept) as draft:
        draft.write_text(json.dumps(list(made.withheld.items())), encoding="utf-8")
    return made


def published(name: str, frame: pd.DataFrame, made: Release, cells: pd.DataFrame) -> pd.DataFrame:
    """Return a clean table or a data set of received cells as it may leave the office.

    Parameters
    ----------
    name
        ``poverty``, or one of `RECEIVED`; any other is returned as it is.
    cells
        The ledger of the year's cells, which says what stood on which sheet.
    """
    if not made.is_on or frame.empty:
        return frame
    if name == SENSITIVE_TABLE:
        return _counts(frame, made)
    if name not in RECEIVED:
        return frame
    hidden = ~shown_at(frame, cells)
    if name == "cells":
        return frame.assign(raw=frame["raw"].mask(hidden & ~frame["role"].isin(_TEXTS)))
    if name == "stated":
        return frame[~hidden]
    args = json.dumps({rules.WITHHELD: True})
    return frame.assign(raw=frame["raw"].mask(hidden), args=frame["args"].mask(hidden, args))


def shown_at(frame: pd.DataFrame, cells: pd.DataFrame) -> pd.Series[Any]:
    """Say of each row whether its sheet holds only tables that are not withheld from.

    A sheet of which no value was taken may be a table of poverty that could not be read.
    """
    values = cells[cells["table"].notna() & (cells["role"] == "value")]
    sheets = values.groupby(["file", values["sheet"].fillna("")])["table"].agg(set)
    safe = {place for place, tables in sheets.items() if SENSITIVE_TABLE not in tables}
    places = zip(frame["file"], frame["sheet"].fillna(""), strict=True)
    import pandas as pd

    return pd.Series([place in safe for place in places], index=frame.index, dtype=bool)


def _counts(frame: pd.DataFrame, made: Release) -> pd.DataFrame:
    """Return the table of poverty: counts withheld and rounded, stated rates only of others."""
    counts = [column for column in SENSITIVE_COLUMNS if column in frame.columns]
    shown = made.applied(frame[["year", "commune_code", *counts]])
    kept = frame.assign(**{column: shown[column] for column in counts})
    for column in registry.tables()[SENSITIVE_TABLE].columns:
        if column.unit == "percent" and column.name in kept.columns:
            count = kept[column.name.removesuffix("_pct") + "_hh"]
            unclear = count.isna() | (made.control.rounding > 1)
            kept[column.name] = kept[column.name].mask(unclear)
    return kept
