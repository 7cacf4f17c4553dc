"""A template filled in by known values, and the same filled in wrongly."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from kgstats.officer.fields import Field, fields, listed

SHEETS = {"attainment": "Biểu 01", "funding": "Biểu 02", "poverty": "Biểu 03"}
CUT_OFF = "A5"


@dataclass
class Form:
    """Where a form's cells are in a template."""

    key: str
    rows: dict[str, int] = field(default_factory=dict)
    """Row of each unit by its label; of each free row by its number from 0."""

    @property
    def columns(self) -> tuple[Field, ...]:
        return fields(self.key)

    def cell(self, row: str | int, name: str) -> str:
        at = next(i for i, one in enumerate(self.columns, 1) if one.name == name)
        return f"{get_column_letter(at)}{self.rows[str(row)]}"


def forms(path: Path) -> dict[str, Form]:
    """Find the rows of a template's forms."""
    return forms_of(openpyxl.load_workbook(path))


def forms_of(book: Any) -> dict[str, Form]:
    """Find the rows of the forms of a template that is open."""
    found = {key: Form(key) for key in SHEETS}
    for key, form in found.items():
        page = book[SHEETS[key]]
        for row in range(8, page.max_row + 1):
            order, label = page.cell(row, 1).value, page.cell(row, 2).value
            if isinstance(order, int):
                form.rows[str(label)] = row
            elif isinstance(order, str) and order.startswith("=IF(LEN("):
                form.rows[str(len(form.rows))] = row
    return found


def typed(path: Path, year: int) -> dict[tuple[str, str], Any]:
    """Return what is typed, by sheet and cell: all rows whole and in order."""
    found: dict[tuple[str, str], Any] = {}
    held = forms(path)
    book = openpyxl.load_workbook(path)
    poverty = held["poverty"]
    for at, label in enumerate(poverty.rows):
        start = {
            name: book[SHEETS["poverty"]][poverty.cell(label, name)].value
            for name in ("poor_start_hh", "near_poor_start_hh")
        }
        values = poverty_row(at, start)
        for name, value in values.items():
            if start.get(name) is None:
                found[SHEETS["poverty"], poverty.cell(label, name)] = value
    attainment = held["attainment"]
    for at, label in enumerate(attainment.rows):
        for name, value in attainment_row(at).items():
            found[SHEETS["attainment"], attainment.cell(label, name)] = value
    funding = held["funding"]
    for at in range(len(listed("components"))):
        for name, value in funding_row(at, year).items():
            found[SHEETS["funding"], funding.cell(at, name)] = value
    found[SHEETS["funding"], CUT_OFF] = f"(Số liệu tính đến ngày 31/12/{year})"
    return found


def poverty_row(at: int, start: dict[str, Any]) -> dict[str, int]:
    # Counts that ran evenly down a column would be asked about.
    more, fewer = at * (at + 1) // 2, at * at % 11
    poor, near = start["poor_start_hh"], start["near_poor_start_hh"]
    poor = 40 + more if poor is None else poor
    near = 60 + more if near is None else near
    row = {
        "households_hh": 1500 + 37 * more, "ethnic_households_hh": 100 + more,
        "poor_start_hh": poor, "poor_escaped_hh": 10 + fewer, "poor_fell_back_hh": 1,
        "poor_new_hh": 2, "near_poor_start_hh": near, "near_poor_escaped_hh": 20 + fewer,
        "near_poor_fell_back_hh": 0, "near_poor_new_hh": 3, "ethnic_poor_end_hh": 5,
        "ethnic_near_poor_end_hh": 4,
    }  # fmt: skip
    row["poor_end_hh"] = poor - row["poor_escaped_hh"] + 3
    row["near_poor_end_hh"] = near - row["near_poor_escaped_hh"] + 3
    row["poor_income_hh"], row["poor_deprivation_hh"] = row["poor_end_hh"] - 5, 5
    return row


def attainment_row(at: int) -> dict[str, Any]:
    marks = {f"met {n}": "Đ" if at == 0 or (n + at) % 5 else "CĐ" for n in range(1, 20)}
    if at == 0:
        return {
            **marks, "level": "Đạt chuẩn", "decision_no": "1510/QĐ-UBND",
            "decision_date": dt.datetime(2018, 7, 2), "status": "Đã công nhận",
        }  # fmt: skip
    return {**marks, "level": "Chưa đạt", "status": "Chưa đạt"}


def funding_row(at: int, year: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        "component": listed("components")[at], "source": listed("sources")[at % 5],
        "kind": listed("kinds")[at % 2], "plan_year": year - (at % 3 == 2),
        "allocated_vnd": 1000 + at * 250.5, "disbursed_vnd": 600 + at * 100,
    }  # fmt: skip
    if at == 1:
        row |= {"cause": listed("causes")[0], "note": "bổ sung cuối năm"}
    return row


def fill(path: Path, out: Path, values: dict[tuple[str, str], Any]) -> Path:
    """Type values into a template with openpyxl; its formulas are not calculated then."""
    book = openpyxl.load_workbook(path)
    for (sheet, cell), value in values.items():
        book[sheet][cell] = value
    book.save(out)
    return out
