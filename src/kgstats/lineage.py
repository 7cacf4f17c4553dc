"""From a number back to the cells it was computed from.

Every value of a clean table stands in the ledger (``cells.parquet``) with the file, sheet and cell
behind it. A figure that an analysis computed comes from rows and columns of clean tables: name
them, and `trace` gives their cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kgstats.returns.forms import CRITERIA, KEYS, TABLES
from kgstats.returns.ledger import LEDGER_COLUMNS, row_key

if TYPE_CHECKING:
    import pandas as pd

    from kgstats.workspace import Workspace

PAGE_COLUMNS = ("year", "district_code", "cut_off")
"""Columns said once for a page: their cells stand under the page's key, year/district."""


class NoLineage(ValueError):
    """A table, column or key that no ledger knows. Says what there is."""


def of(
    table: str,
    key: str,
    column: str,
    *,
    ledger: pd.DataFrame | None = None,
    workspace: Workspace | None = None,
) -> pd.DataFrame:
    """Return the cells behind one value of a clean table.

    Parameters
    ----------
    table
        ``attainment``, ``communes``, ``funding`` or ``poverty``.
    key
        The row's key columns joined by ``/``, as ``2019/906/30904``.
    column
        The column of the value.
    ledger
        The ledger to look in; that of the key's year otherwise.

    Returns
    -------
    pandas.DataFrame
        Rows of the ledger: ``file, sheet, cell, raw, role, table, row_key, column``. Empty for a
        value that is null because no cell says it.
    """
    _check(table, [column])
    parts = key.split("/")
    if len(parts) != len(KEYS[table]):
        raise NoLineage(f"a key of {table} is {'/'.join(KEYS[table])}, not {key!r}")
    if ledger is None:
        ledger = read_ledger(int(parts[0]), workspace)
    wanted = set(_places(table, key, column))
    return _pick(ledger, wanted)


def trace(
    rows: pd.DataFrame,
    columns: Sequence[str],
    *,
    table: str | None = None,
    ledger: pd.DataFrame | None = None,
    workspace: Workspace | None = None,
) -> pd.DataFrame:
    """Return the cells behind the selected rows and columns of a clean table.

    Parameters
    ----------
    rows
        A selection of a clean table, with its key columns: the rows a figure was computed from.
    columns
        The columns it was computed from.
    table
        Which clean table it is; recognised by its columns when not given.
    ledger
        The ledger to look in; those of the rows' years otherwise.

    Examples
    --------
    The cells behind the number of poor households of a district::

        poverty = report.data("poverty")
        lineage.trace(poverty[poverty["district_code"] == "903"], ["poor_end_hh"])
    """
    name = table or table_of(rows)
    _check(name, columns)
    keys = [row_key(*parts) for parts in rows[list(KEYS[name])].itertuples(index=False, name=None)]
    if ledger is None:
        import pandas as pd

        years = sorted({int(key.split("/")[0]) for key in keys})
        held = [read_ledger(year, workspace) for year in years]
        ledger = (
            pd.concat(held, ignore_index=True) if held else pd.DataFrame(columns=LEDGER_COLUMNS)
        )
    wanted = {place for key in keys for column in columns for place in _places(name, key, column)}
    return _pick(ledger, wanted)


def table_of(rows: pd.DataFrame) -> str:
    """Name the clean table a selection comes from, by its columns.

    Raises
    ------
    NoLineage
        When no clean table has these columns.
    """
    columns = set(rows.columns)
    for name in ("attainment", "funding", "poverty", "communes"):
        own = {"attainment": "criterion", "funding": "component", "poverty": "poor_end_hh",
               "communes": "status"}[name]  # fmt: skip
        if set(KEYS[name]) <= columns and (own in columns or name == "communes"):
            return name
    raise NoLineage(
        "the rows are of no clean table: they need its key columns, such as "
        + ", ".join(KEYS["poverty"])
    )


def read_ledger(year: int, workspace: Workspace | None = None) -> pd.DataFrame:
    """Return the ledger of a year."""
    import pandas as pd

    if workspace is None:
        from kgstats import workspace as places

        workspace = places.find()
    return pd.read_parquet(workspace.require("cells", year))


def _check(table: str, columns: Iterable[str]) -> None:
    from kgstats.returns.forms import table_columns

    if table not in TABLES:
        raise NoLineage(f"there is no clean table {table!r}; there are: {', '.join(TABLES)}")
    known = [column.name for column in table_columns(table)]
    for column in columns:
        if column not in known:
            raise NoLineage(f"{table} has no column {column!r}; it has: {', '.join(known)}")


def _places(table: str, key: str, column: str) -> list[tuple[str, str, str]]:
    """Return table, row key and column under which the cells of a value stand."""
    parts = key.split("/")
    page = "/".join(parts[:2])
    home = "communes" if table == "attainment" else table
    if column in PAGE_COLUMNS:
        return [(home, page, column)]
    commune = "/".join(parts[:3])
    if table == "attainment":
        return (
            [("communes", commune, column)] if column == "commune_code" else [(table, key, "met")]
        )
    if table == "communes" and column == "status":
        marks = [("attainment", f"{commune}/{number}", "met") for number in range(1, CRITERIA + 1)]
        return [(table, key, name) for name in ("decision_no", "decision_date", "status")] + marks
    if table == "funding" and column in ("programme", "component"):
        # A label that heads several lines stands under the component's key.
        return [(table, key, "component"), (table, "/".join(parts[:4]), "component")]
    return [(table, key, column)]


def _pick(ledger: pd.DataFrame, wanted: set[tuple[str, str, str]]) -> pd.DataFrame:
    if not wanted:
        return ledger.iloc[:0]
    keys = {key for _, key, _ in wanted}
    near = ledger[ledger["row_key"].isin(list(keys))]
    mask = [
        place in wanted
        for place in zip(near["table"], near["row_key"], near["column"], strict=True)
    ]
    return near[mask].reset_index(drop=True)
