"""Small sheets built in memory, so that a test shows the page it is about."""

from __future__ import annotations

from collections.abc import Sequence

from kgstats.returns.cells import Cell, CellValue, Sheet, Workbook

Grid = Sequence[Sequence[CellValue | None]]


def sheet(
    rows: Grid,
    *,
    name: str = "Bieu",
    top: int = 1,
    left: int = 1,
    merged: Sequence[tuple[int, int, int, int]] = (),
    fonts: dict[tuple[int, int], str] | None = None,
) -> Sheet:
    """Build a sheet from rows of values; None is an empty cell."""
    cells = [
        Cell(row, column, value, font=(fonts or {}).get((row, column)))
        for row, values in enumerate(rows, top)
        for column, value in enumerate(values, left)
        if value is not None
    ]
    return Sheet(name, cells=cells, merged=list(merged))


def book(*sheets: Sheet, file: str = "Bieu Giong Rieng 2019.xlsx") -> Workbook:
    """Build a workbook of sheets."""
    return Workbook(file, "xlsx", list(sheets))


POVERTY_HEAD: list[str] = [
    "TT",
    "Đơn vị",
    "Tổng số hộ",
    "Hộ nghèo đầu năm",
    "Thoát nghèo",
    "Tái nghèo",
    "Phát sinh nghèo",
    "Hộ nghèo cuối năm",
    "Tỷ lệ hộ nghèo cuối năm",
    "Hộ cận nghèo đầu năm",
    "Hộ cận nghèo cuối năm",
]
KIEN_HAI = ("Hòn Tre", "Lại Sơn", "An Sơn", "Nam Du")
"""Communes of the smallest district, 912."""


def poverty(
    rows: Sequence[Sequence[CellValue | None]],
    *,
    head: Sequence[str] = tuple(POVERTY_HEAD),
    before: Grid = (),
    after: Grid = (),
    **more: object,
) -> Sheet:
    """Build a page of form 03 of Kiên Hải with the given body rows."""
    titles: list[list[CellValue | None]] = [
        ["UBND HUYỆN KIÊN HẢI"],
        ["TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2019"],
        [None],
    ]
    return sheet([*titles, *before, list(head), *rows, *after], **more)  # type: ignore[arg-type]


def body(*numbers: Sequence[CellValue | None]) -> list[list[CellValue | None]]:
    """Build body rows of the communes of Kiên Hải, in order, with the numbers given."""
    return [
        [at, f"Xã {name}", *values]
        for at, (name, values) in enumerate(zip(KIEN_HAI, numbers, strict=False), 1)
    ]
