"""From received workbooks to clean tables, findings and the ledger of every cell.

`clean_files` reads the files of a year and changes nothing; `processed.clean_year` writes what it
returns to ``data/processed/<year>/``, whole or not at all. What happens to one file stands in
`book`.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgstats.returns import corrections as fixes
from kgstats.returns import deliveries as sent
from kgstats.returns.book import MONEY_BEFORE, Record, Return, file_name, read_return
from kgstats.returns.book import read_book as read_book
from kgstats.returns.forms import KEYS, TABLES, all_forms
from kgstats.returns.ledger import Address, Ledger, cells_received, is_empty, raw_text
from kgstats.returns.rules import FILE_RULES, Finding, Severity
from kgstats.returns.subjects.places import Gazetteer, gazetteer

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Cleaned:
    """Clean tables, findings and ledger of some files.

    ``tables`` holds ``attainment``, ``communes``, ``funding`` and ``poverty``; ``findings`` are in
    Vietnamese (`rules.worded` says them in another language); ``ledger`` has one row for every
    non-empty cell; ``summary`` one row for every file.
    """

    year: int
    tables: dict[str, pd.DataFrame]
    findings: pd.DataFrame
    ledger: pd.DataFrame
    summary: pd.DataFrame
    illustrative: bool = False
    noted: tuple[Finding, ...] = ()
    stated: pd.DataFrame | None = None
    """Totals as the pages state them, beside the sums of their rows, in the pages' own units."""

    @property
    def exit_code(self) -> int:
        """0 clean, 1 with findings of severity error, 2 when a file could not be read."""
        rules = set(self.findings["rule"])
        if rules & FILE_RULES:
            return 2
        return 1 if (self.findings["severity"] == "error").any() else 0


_USUAL_COLLECTIONS = gc.get_threshold()
_RARE_COLLECTIONS = (1_000_000, 20, 50)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Have Python look for cycles less often: reading makes many small objects and few cycles."""
    gc.set_threshold(*_RARE_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*_USUAL_COLLECTIONS)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One file of a delivery that counts."""

    path: Path
    name: str


@_rare_collections()
def clean_files(
    paths: Iterable[Path],
    year: int,
    *,
    folder: Path | None = None,
    corrections: Sequence[fixes.Correction] = (),
    deliveries: sent.Deliveries | None = None,
    previous: Mapping[str, pd.DataFrame] | None = None,
    illustrative: bool = False,
    expected: bool = False,
) -> Cleaned:
    """Read returns into clean tables; nothing is written.

    Each parameter after the year is something known beside the files, and may be left out.

    Parameters
    ----------
    paths
        The files, in any order: the result does not depend on it.
    year
        Reporting year.
    folder
        The folder they stand in: files of its sub-folders are named with them.
    corrections
        Declared corrections (`corrections.read_corrections`).
    deliveries
        Which file counts where a district sent several (`deliveries.read_deliveries`).
    previous
        Clean tables of the year before by name: ``poverty``, for the check of the year's start,
        and ``funding``, for a unit of money that is stated nowhere.
    illustrative
        Whether the returns declare themselves illustrative; the tables then carry it.
    expected
        Whether every district of the year is expected, so that a missing one is a finding.

    Raises
    ------
    DeliveryError
        When two files hold the same form of one district and nothing says which counts.
    CorrectionError
        When a correction does not match the file any more.
    """
    files = sorted(
        (_Delivery(path, file_name(path, folder)) for path in {Path(path) for path in paths}),
        key=lambda one: (one.name, str(one.path)),
    )
    names = [one.name for one in files]
    double = [name for name, count in Counter(names).items() if count > 1]
    if double:
        raise sent.DeliveryError(f"two files are named {double[0]!r}; rename one of them")
    fixes.check_used(corrections, names)
    declared = deliveries or sent.Deliveries()
    fixes.check_counts(corrections, declared.superseded_by)
    read = _read_all(files, year, corrections, declared, _previous_values(previous))
    where = gazetteer(year)
    holders = _holders(read)
    districts = {code: district.full_name for code, district in where.districts.items()}
    sent.check_one_each(holders, districts)
    findings: list[Finding] = []
    records: dict[str, list[Record]] = {name: [] for name in TABLES}
    ledgers: list[Ledger] = []
    for one in read:
        findings.extend(one.findings)
        for table, rows in one.records.items():
            records.setdefault(table, []).extend(rows)
        if one.ledger is not None:
            ledgers.append(one.ledger)
    findings.extend(_missing(read, holders, where, expected))
    summary = [_summary_line(one) for one in read]
    homes = {line["file"]: line["district_code"] for line in summary}
    for line in summary:
        # A file that was set aside is of the district whose later file counts.
        line["district_code"] = homes.get(declared.superseded_by.get(line["file"], line["file"]))
    stated = [line for one in read for line in one.stated]
    return _assemble(year, records, findings, ledgers, summary, stated, illustrative)


def _read_all(
    files: Sequence[_Delivery],
    year: int,
    corrections: Sequence[fixes.Correction],
    declared: sent.Deliveries,
    before: dict[str, dict[str, int | None]] | None,
) -> list[Return]:
    """Read the files of a delivery; a copy of another district's table counts for nothing."""

    def read(one: _Delivery, elsewhere: frozenset[str] = frozenset()) -> Return:
        if one.name in declared.superseded_by:
            return _set_aside(one, declared.superseded_by[one.name])
        return read_return(
            one.path,
            year,
            name=one.name,
            corrections=[fix for fix in corrections if fix.file == one.name],
            district=declared.district_of(one.name),
            previous=before,
            elsewhere=elsewhere,
        )

    found = [read(one) for one in files]
    own = {(one.district, form) for one in found for code, form in one.held if code == one.district}
    for place, (file, one) in enumerate(zip(files, found, strict=True)):
        foreign = {code for code, form in one.held if code != one.district and (code, form) in own}
        if foreign:
            found[place] = read(file, frozenset(foreign))
    return found


def _holders(read: Sequence[Return]) -> dict[tuple[str, str], list[str]]:
    """Return the files that hold each form of each district."""
    holders: dict[tuple[str, str], list[str]] = {}
    for one in read:
        for district, form in one.held:
            holders.setdefault((district, all_forms()[form].number), []).append(one.file)
    return holders


def _set_aside(file: _Delivery, by: str) -> Return:
    """Account for the cells of a file that another takes the place of: received, not used."""
    from kgstats.returns.read import read_workbook

    book = read_workbook(file.path)
    ledger = Ledger(file.name, cells_received(book))
    address = Address()
    for sheet in book.sheets:
        for cell in sheet.cells:
            if is_empty(cell.value):
                continue
            ledger.sheet.append(sheet.name)
            ledger.cell.append(address(cell.row, cell.column))
            ledger.raw.append(raw_text(cell.value))
            ledger.role.append("ignored")
            for names in (ledger.table, ledger.row_key, ledger.column):
                names.append("")
    ledger.check()
    found = [Finding("superseded", file.name, args={"by": by})]
    return Return(file.name, findings=found, ledger=ledger, problem="superseded")


def _previous_values(
    previous: Mapping[str, pd.DataFrame] | None,
) -> dict[str, dict[str, int | None]] | None:
    """Return what the year before left: poverty by commune, all amounts by district."""
    found: dict[str, dict[str, int | None]] = {}
    for table, frame in (previous or {}).items():
        if table == "poverty" and not frame.empty:
            names = ["commune_code", "poor_end_hh", "near_poor_end_hh"]
            columns = [frame[name].astype(object).where(frame[name].notna(), None)
                       for name in names]  # fmt: skip
            for code, poor, near in zip(*columns, strict=True):
                found[code] = {"poor_end_hh": poor, "near_poor_end_hh": near}
        elif table == "funding" and not frame.empty:
            amounts = frame[["allocated_vnd", "disbursed_vnd"]].sum(axis="columns")
            for district, total in amounts.groupby(frame["district_code"]).sum().items():
                found[str(district)] = {MONEY_BEFORE: int(total)}
    return found or None


def _missing(
    read: Sequence[Return],
    holders: Mapping[tuple[str, str], Sequence[str]],
    where: Gazetteer,
    expected: bool,
) -> list[Finding]:
    """Say which districts, and which forms of those that sent something, are not there."""
    found: list[Finding] = []
    sent_by: dict[str, list[str]] = {}
    for one in read:
        for code in dict.fromkeys((one.district, *(code for code, _ in one.held))):
            if code is not None:
                sent_by.setdefault(code, []).append(one.file)
    for code, district in where.districts.items():
        if code not in sent_by:
            if expected:
                args = {"district": district.full_name}
                found.append(Finding("return_missing", "", raw=code, args=args))
            continue
        for form in all_forms().values():
            if (code, form.number) not in holders and district.owes(form.number):
                args = {"district": district.full_name, "form": form.number}
                first = min(sent_by[code])
                grave: Severity | None = None if expected else "warning"
                found.append(Finding("form_missing", first, "", "", form.number, grave, args=args))
    return found


def _summary_line(one: Return) -> Record:
    roles = one.ledger.counts() if one.ledger is not None else Counter()
    graves = one.graves()
    return {
        "file": one.file,
        "district_code": one.district,
        "forms": " ".join(sorted(all_forms()[form].number for form in one.forms)) or None,
        "sheets": one.sheets,
        "cells": one.received,
        "values": roles["value"] + roles["blank_mark"],
        "quarantined": roles["quarantined"],
        "errors": graves["error"],
        "warnings": graves["warning"],
        "notes": graves["note"],
        "problem": one.problem,
    }


def _assemble(
    year: int,
    records: dict[str, list[Record]],
    findings: list[Finding],
    ledgers: list[Ledger],
    summary: list[Record],
    stated: list[Record],
    illustrative: bool,
) -> Cleaned:
    import pandas as pd

    from kgstats.returns import contracts, ledger, rules

    values = {
        name: _values_of(name, sorted(records[name], key=itemgetter(*KEYS[name])))
        for name in TABLES
    }
    columns = {name: _columns_of(name, held) for name, held in values.items()}
    contracts.check(columns, year, values)
    tables = {name: pd.DataFrame(held, copy=False) for name, held in columns.items()}
    order = {severity: place for place, severity in enumerate(rules.SEVERITIES)}
    findings = sorted(
        findings,
        key=lambda one: (one.file, one.sheet, order[one.grave], _cell_order(one.cell), one.rule),
    )
    lines = frame_of("files", summary)
    cells = ledger.as_frame(ledger.joined(ledgers))
    found = rules.frame(findings)
    for frame in (*tables.values(), cells, found):
        frame.attrs["illustrative"] = illustrative
    return Cleaned(
        year,
        tables,
        found,
        cells,
        lines,
        illustrative,
        tuple(findings),
        frame_of("stated", stated),
    )


def frame_of(table: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Build a table from its rows, with the columns and types that the registry names."""
    import pandas as pd

    return pd.DataFrame(_columns_of(table, _values_of(table, rows)), copy=False)


def _values_of(table: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[Any]]:
    """Return the values of a table's columns by name, from its rows."""
    from kgstats.returns.contracts import types

    wanted = types(table)
    columns = list(zip(*map(itemgetter(*wanted), rows), strict=True)) or [()] * len(wanted)
    return dict(zip(wanted, columns, strict=True))


def _columns_of(table: str, columns: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Return the columns of a table by name, of the types that the registry names."""
    from kgstats.returns.contracts import types

    data: dict[str, Any] = {}
    for name, dtype in types(table).items():
        values = columns[name]
        if dtype.kind == "M":
            values = tuple(day and dt.datetime(day.year, day.month, day.day) for day in values)
        data[name] = array_of(values, dtype)
    return data


_ARROW = {"Int64": "int64", "Float64": "float64", "boolean": "bool", "string": "large_string"}


def array_of(values: Sequence[Any], dtype: Any) -> Any:
    """Return values as a column of a pandas type, by way of Arrow where that is quicker."""
    import pandas as pd
    import pyarrow as pa

    if dtype.name not in _ARROW:
        return pd.array(values, dtype=dtype)
    return dtype.__from_arrow__(pa.array(values, _ARROW[dtype.name]))


def _cell_order(cell: str) -> tuple[int, int, str]:
    letters = cell.rstrip("0123456789")
    digits = cell[len(letters) :]
    return (int(digits) if digits else 0, len(letters), letters)
