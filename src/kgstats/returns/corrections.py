"""Declared corrections: known errors of a return, repaired without touching the file.

A correction says where (file, sheet, cell), which text it expects there, the new value, why, who
reported it, and its status. Raw files stay as received. A correction that finds nothing, or that
finds another text than it expects, stops the run: somebody has to look at it again.

.. code-block:: yaml

    corrections:
      - file: giong_rieng.xlsx
        sheet: Bieu 03
        cell: F12
        expected: "l20"
        value: 120
        reason: the letter l typed for the digit 1
        reported_by: Phòng LĐTBXH Giồng Riềng, 05/01/2020
        status: accepted
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from kgstats import registry
from kgstats.returns.cells import Cell, Workbook
from kgstats.returns.errors import ReturnsError
from kgstats.returns.ledger import raw_text

FIELDS = ("file", "sheet", "cell", "expected", "value", "reason", "reported_by", "status")
STATUSES = tuple(registry.codes("correction_status"))
"""Only accepted corrections are applied; the others are kept for the record."""

_CELL = re.compile(r"^([A-Z]{1,3})([1-9]\d*)$")


class CorrectionError(ReturnsError):
    """A correction that cannot be read, or that no longer matches the file. Says which."""


@dataclass(frozen=True)
class Correction:
    """One declared correction."""

    number: int
    file: str
    sheet: str
    cell: str
    expected: str
    value: str | int | float | dt.date | None
    reason: str
    reported_by: str
    status: str

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the cell, from 1."""
        match = _CELL.match(self.cell)
        assert match is not None
        column = 0
        for letter in match[1]:
            column = column * 26 + ord(letter) - 64
        return int(match[2]), column


def read_corrections(path: Path) -> list[Correction]:
    """Read ``corrections.yml``; a file that is not there means no corrections.

    Raises
    ------
    CorrectionError
        Naming the file, the entry and what is wrong with it.
    """
    if not path.is_file():
        return []
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CorrectionError(f"{path.name} is not valid YAML: {_first_line(error)}") from None
    if content is None:
        return []
    entries = content.get("corrections") if isinstance(content, dict) else None
    if not isinstance(entries, list) or set(content) - {"corrections"}:
        raise CorrectionError(f"{path.name}: it must hold one list named “corrections”")
    found: list[Correction] = []
    places: dict[tuple[str, str, str], int] = {}
    for number, entry in enumerate(entries, 1):
        one = _entry(path.name, number, entry)
        place = (one.file, one.sheet, one.cell)
        if place in places:
            raise CorrectionError(
                f"{path.name}: entries {places[place]} and {number} correct the same cell "
                f"({one.file}, {one.sheet}, {one.cell}); keep one"
            )
        places[place] = number
        found.append(one)
    return found


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _entry(name: str, number: int, entry: object) -> Correction:
    where = f"{name}, entry {number}"
    if not isinstance(entry, dict):
        raise CorrectionError(f"{where}: it must be a list of fields: {', '.join(FIELDS)}")
    strange = sorted(str(key) for key in set(entry) - set(FIELDS))
    if strange:
        raise CorrectionError(f"{where}: unknown field {strange[0]!r}; fields: {', '.join(FIELDS)}")
    missing = [key for key in FIELDS if key not in entry]
    if missing:
        raise CorrectionError(f"{where}: the field {missing[0]!r} is missing")
    cell = str(entry["cell"]).strip().upper()
    if not _CELL.match(cell):
        raise CorrectionError(f"{where}: {entry['cell']!r} is no cell address such as F12")
    status = str(entry["status"])
    if status not in STATUSES:
        raise CorrectionError(f"{where}: status {status!r} is none of {', '.join(STATUSES)}")
    expected = entry["expected"]
    if expected is None or not str(expected).strip():
        raise CorrectionError(
            f"{where}: expected must be the text received; a blank cell has none to correct, "
            "ask the district for the return again"
        )
    value = entry["value"]
    if not isinstance(value, str | int | float | dt.date) and value is not None:
        raise CorrectionError(f"{where}: value must be a text, a number, a date or null")
    for key in ("reason", "reported_by"):
        if not str(entry[key] or "").strip():
            raise CorrectionError(f"{where}: {key} is empty; say it, the correction is published")
    sheet = entry["sheet"]
    return Correction(
        number,
        str(entry["file"]),
        "" if sheet is None else str(sheet),
        cell,
        expected if isinstance(expected, str) else raw_text(expected),
        value,
        str(entry["reason"]),
        str(entry["reported_by"]),
        status,
    )


@dataclass(frozen=True)
class Applied:
    """A correction that was applied, with what stood in the cell."""

    correction: Correction
    raw: str


def apply(corrections: Sequence[Correction], book: Workbook) -> list[Applied]:
    """Apply the accepted corrections of one workbook to its cells in memory.

    Raises
    ------
    CorrectionError
        When a sheet or cell is not there, or holds another text than expected.
    """
    done: list[Applied] = []
    sheets = {sheet.name: sheet for sheet in book.sheets}
    for one in corrections:
        if one.file != book.file:
            continue
        where = f"corrections.yml, entry {one.number}"
        if book.problem is not None:
            raise CorrectionError(f"{where}: {one.file} could not be read, so nothing matches")
        sheet = sheets.get(one.sheet)
        if sheet is None:
            names = ", ".join(repr(name) for name in sheets) or "none"
            raise CorrectionError(
                f"{where}: {one.file} has no sheet {one.sheet!r}; its sheets: {names}"
            )
        row, column = one.place
        cell = next(
            (cell for cell in sheet.cells if cell.row == row and cell.column == column), None
        )
        if cell is None:
            raise CorrectionError(
                f"{where}: cell {one.cell} of {one.file}, sheet {one.sheet!r}, is empty; "
                f"the correction expects {one.expected!r}"
            )
        received = raw_text(cell.value)
        if received.strip() != one.expected.strip():
            raise CorrectionError(
                f"{where}: cell {one.cell} of {one.file}, sheet {one.sheet!r}, holds {received!r} "
                f"and not {one.expected!r}; the file has changed: check the correction"
            )
        if one.status != "accepted":
            continue
        _put(cell, one.value)
        done.append(Applied(one, received))
    return done


def _put(cell: Cell, value: str | int | float | dt.date | None) -> None:
    cell.value = "" if value is None else value
    cell.number_format = None
    cell.font = None


def check_counts(corrections: Sequence[Correction], superseded_by: Mapping[str, str]) -> None:
    """Raise for an accepted correction of a file that another takes the place of.

    Raises
    ------
    CorrectionError
        Naming the entry and both files.
    """
    for one in corrections:
        if one.status == "accepted" and one.file in superseded_by:
            raise CorrectionError(
                f"corrections.yml, entry {one.number}: {one.file} does not count, "
                f"{superseded_by[one.file]} takes its place; move the correction to that file, "
                "or reject it"
            )


def check_used(corrections: Sequence[Correction], files: Sequence[str]) -> None:
    """Raise for a correction of a file that did not arrive.

    Raises
    ------
    CorrectionError
        Naming the entry and the file.
    """
    for one in corrections:
        if one.file not in files:
            raise CorrectionError(
                f"corrections.yml, entry {one.number}: no file {one.file!r} was read; "
                f"files: {', '.join(sorted(files)) or 'none'}"
            )
