"""What a table's files hold: the numbers of the page in the page's units, each thing in a column.

One rule for the whole publication: page, files and the data in the executed notebook agree in
value, unit and type. An amount stands in the unit its header says, with all its decimals; a mark,
a unit that differs from row to row and the upper end of a range stand in columns of their own;
a table of places has their codes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import numbers
from kgstats.present.columns import NO, SCALE, YES, Column, kind_words, shown, with_unit
from kgstats.present.numbers import Quantity
from kgstats.words import N_, translator

CODES = registry.codes("place_code")
"""Keys of places, which every file of a table of places has."""

_UNIT, _MARK, _HIGH = N_("unit"), N_("mark"), N_("up to")


@dataclass(frozen=True)
class FileColumn:
    """One column of a file: what stands in its header, and its values."""

    key: str
    label: str
    kind: str
    values: list[Any]
    unit: str = ""
    decimals: int | None = None
    meaning: str = ""

    def about(self) -> dict[str, Any]:
        """Return what is said of the column."""
        return {
            "key": self.key,
            "label": self.label,
            "kind": self.kind,
            "unit": self.unit,
            "decimals": self.decimals,
            "definition": self.meaning,
        }


def file_columns(
    frame: pd.DataFrame, columns: Sequence[Column], lang: str, header: str = ""
) -> list[FileColumn]:
    """Return the columns of a table's files, from the frame and the columns the page shows.

    Codes of places stand after ``header``, the column that names the rows.

    Raises
    ------
    ValueError
        When two columns would have one header: readers could not tell them apart.
    """
    found: list[FileColumn] = []
    shown_keys = {one.key for one in columns}
    for one in columns:
        found += _numbers(frame[one.key], one, lang) if one.is_number else [_text(frame, one, lang)]
        if one.key == header:
            found += [
                _code(frame, key, lang)
                for key in CODES
                if key in frame.columns and key not in shown_keys and frame[key].notna().any()
            ]
    labels = [one.label for one in found]
    if twice := sorted({label for label in labels if labels.count(label) > 1}):
        raise ValueError(f"several columns have the header {', '.join(map(repr, twice))}")
    return found


def _label(one: Column) -> str:
    # In a file no header stands over several columns: each says it for itself.
    return f"{one.spanner}: {one.label}" if one.spanner else one.label


def _text(frame: pd.DataFrame, one: Column, lang: str) -> FileColumn:
    values = [_plain_text(value, one, lang) for value in frame[one.key]]
    return FileColumn(one.key, _label(one), one.kind, values, meaning=one.meaning(lang))


def _plain_text(value: Any, one: Column, lang: str) -> Any:
    if isinstance(value, Quantity):
        return shown(value, one, lang)
    value = plain(value)
    if isinstance(value, bool):
        return translator(lang)(YES if value else NO)
    return value


def _code(frame: pd.DataFrame, key: str, lang: str) -> FileColumn:
    values = [None if numbers.is_absent(value) else str(value) for value in frame[key]]
    label = translator(lang)(CODES[key])
    return FileColumn(key, label, "text", values, meaning=Column(key, label).meaning(lang))


def _numbers(cells: Iterable[Any], one: Column, lang: str) -> list[FileColumn]:
    """Return a column of numbers, and the columns of what some of its cells have beside them."""
    t = translator(lang)
    rows = [_quantity(cell) for cell in cells]
    own = one.unit_words(lang)
    units = [_unit(row, one, own, lang) for row in rows]
    there = {unit for unit, row in zip(units, rows, strict=True) if row.value is not None}
    several = len(there) > 1
    unit = "" if several else next(iter(there), own)
    label, meaning = _label(one), one.meaning(lang)
    if several and own and own in label:
        raise ValueError(f"the header {label!r} says one unit over several")
    scales = [SCALE.get(row.kind or one.kind, 1) for row in rows]
    made = FileColumn(
        one.key,
        with_unit(label, unit, lang),
        one.kind,
        [_scaled(row.value, scale) for row, scale in zip(rows, scales, strict=True)],
        unit,
        one.places,
        meaning,
    )
    found = [made]
    beside = replace(made, kind="text", unit="", decimals=None, meaning="")

    def add(name: str, column: FileColumn) -> None:
        found.append(replace(column, key=f"{one.key}_{name}", label=f"{label}: {t(_BESIDE[name])}"))

    if any(row.high is not None for row in rows):
        highs = [_scaled(row.high, scale) for row, scale in zip(rows, scales, strict=True)]
        add("high", replace(made, values=highs))
    if several:
        add("unit", replace(beside, values=[unit or None for unit in units]))
    if any(row.mark.strip() or row.relation for row in rows):
        marks = [" ".join((row.relation, row.mark)).strip() or None for row in rows]
        add("mark", replace(beside, values=marks))
    return found


_BESIDE = {"high": _HIGH, "unit": _UNIT, "mark": _MARK}


def _quantity(cell: Any) -> Quantity:
    """Return a cell of a column of numbers as a quantity; a sign in it is a mark."""
    if isinstance(cell, Quantity):
        absent = numbers.is_absent(cell.value)
        return replace(cell, value=None if absent else cell.value)
    if numbers.is_absent(cell):
        return Quantity()
    return Quantity(mark=cell) if isinstance(cell, str) else Quantity(cell)


def _unit(row: Quantity, one: Column, own: str, lang: str) -> str:
    if row.unit:
        return str(translator(lang)(row.unit))
    return kind_words(row.kind, lang) if row.kind else own


def _scaled(value: Any, scale: int) -> Any:
    if value is None or scale == 1:
        return plain(value)
    return plain(numbers.exact(value) / scale)


def plain(value: Any) -> Any:
    """Return a value as JSON can carry it, numbers staying numbers."""
    if numbers.is_absent(value):
        return None
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return float(value) if value != value.to_integral_value() else int(value)
    if isinstance(value, Fraction):
        return float(value) if value.denominator > 1 else int(value)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()[:10] if _is_day(value) else value.isoformat()
    if isinstance(value, float):
        return float(value)  # NumPy's is one too.
    if hasattr(value, "item"):
        return plain(value.item())
    return str(value)


def _is_day(value: dt.date | dt.datetime) -> bool:
    return not isinstance(value, dt.datetime) or value.time() == dt.time()


def carried_group(key: str, columns: Sequence[Column], lang: str) -> list[Column]:
    """Return the columns with the group's before them, where it is not among them."""
    if any(one.key == key for one in columns):
        return list(columns)
    return [Column(key, translator(lang)(N_("Group"))), *columns]
