"""Pages of forms 01, 02 and 03 of Kiên Hải with known values, to be spoilt by the tests."""

from __future__ import annotations

from collections.abc import Sequence

from tests.returns.building import KIEN_HAI, Grid, book, poverty, sheet

from kgstats.returns.book import Return, read_book
from kgstats.returns.cells import CellValue, Sheet

Row = Sequence[CellValue | None]

CODES = ("31108", "31111", "31114", "31115")
MET = (19, 15, 12, 17)
MARKS_HEAD = [
    "TT", "Tên xã", *[f"TC{number}" for number in range(1, 20)], "Tổng số tiêu chí đạt", "Mức đạt",
    "Số quyết định", "Ngày", "Ghi chú",
]  # fmt: skip
MARKS_TITLE = "KẾT QUẢ THỰC HIỆN BỘ TIÊU CHÍ QUỐC GIA VỀ XÃ NÔNG THÔN MỚI NĂM 2019"

MONEY_HEAD = [
    "TT", "Nội dung", "Nguồn vốn", "Tính chất", "Năm kế hoạch", "Kế hoạch vốn", "Giải ngân",
    "Tỷ lệ %", "Ghi chú",
]  # fmt: skip
MONEY_TITLE = "TÌNH HÌNH PHÂN BỔ, GIẢI NGÂN VỐN CÁC CHƯƠNG TRÌNH MỤC TIÊU QUỐC GIA NĂM 2019"
NTM = "Xây dựng nông thôn mới"
MONEY = [
    [1, NTM, "NSTW", "ĐTPT", 2019, 12500, 7200, 57.6],
    [2, NTM, "NSTW", "Sự nghiệp", 2019, 3200, 1800, 56.25],
    [3, NTM, "Ngân sách tỉnh", "ĐTPT", 2019, 5400, 5400, 100],
    [4, "Truyền thông về giảm nghèo", "NSTW", "Sự nghiệp", 2019, 170, 85, 50],
    [5, "Nâng cao năng lực và giám sát, đánh giá chương trình", "NSTW", "Sự nghiệp", 2019, 240, 60,
     25],
]  # fmt: skip
ALLOCATED = [row[5] * 10**6 for row in MONEY]  # type: ignore[operator]

PEOPLE = [
    [1, "Xã Hòn Tre", 1000, 50, 10, 1, 2, 43, 4.3, 30, 28],
    [2, "Xã Lại Sơn", 1500, 70, 15, 1, 3, 59, 3.93, 40, 38],
    [3, "Xã An Sơn", 1000, 40, 10, 1, 2, 33, 3.3, 25, 23],
    [4, "Xã Nam Du", 800, 30, 8, 0, 1, 23, 2.88, 25, 25],
]
POOR = {code: row[7] for code, row in zip(CODES, PEOPLE, strict=True)}


def read(*sheets: Sheet) -> Return:
    """Read a workbook of the given sheets as a return of 2019."""
    return read_book(book(*sheets, file="Kien Hai 2019.xlsx"), 2019)


def told(result: Return) -> dict[str, list[str]]:
    """Return the cells of every rule that was broken; what a small page lacks is left out."""
    found: dict[str, list[str]] = {}
    for one in result.findings:
        if one.rule not in ("column_missing", "form_missing"):
            found.setdefault(one.rule, []).append(one.cell)
    return found


# --- form 01 --------------------------------------------------------------------------------------


def marks(
    met: CellValue | None = "Đ", unmet: CellValue | None = "CĐ", *, counts: bool = True
) -> list[list[CellValue | None]]:
    """Build the rows of form 01 with two marks."""
    return [
        [
            at, f"Xã {name}", *[met] * count, *[unmet] * (19 - count), count if counts else None,
            "Đạt chuẩn" if count == 19 else "Chưa đạt", "15/QĐ-UBND" if count == 19 else None,
            "12/07/2019" if count == 19 else None,
        ]
        for at, (name, count) in enumerate(zip(KIEN_HAI, MET, strict=True), 1)
    ]  # fmt: skip


def attainment(
    rows: Grid, *, head: Row = tuple(MARKS_HEAD), title: str = MARKS_TITLE, before: Grid = (),
    after: Grid = (),
) -> Sheet:  # fmt: skip
    """Build a page of form 01."""
    top: list[Row] = [["UBND HUYỆN KIÊN HẢI"], [title], [None]]
    return sheet([*top, *before, head, *rows, *after], name="Bieu 01")


def met_of(result: Return) -> list[list[bool | None]]:
    """Return the marks of the communes, in the order of their codes."""
    found: dict[str, list[bool | None]] = {code: [] for code in CODES}
    for row in result.records.get("attainment", []):
        found[row["commune_code"]].append(row["met"])
    return list(found.values())


RIGHT = [[True] * count + [False] * (19 - count) for count in MET]


# --- form 02 --------------------------------------------------------------------------------------


def money(
    rows: Grid, unit: str | None = "ĐVT: triệu đồng", *, head: Row = tuple(MONEY_HEAD),
    title: str = MONEY_TITLE, after: Grid = (), **more: object,
) -> Sheet:  # fmt: skip
    """Build a page of form 02."""
    top: list[Row] = [["UBND HUYỆN KIÊN HẢI"], [title], ["(Tính đến ngày 20/12/2019)"], [unit]]
    return sheet([*top, head, *rows, *after], **{"name": "Bieu 02", **more})  # type: ignore[arg-type]


def times(factor: int | float) -> list[list[CellValue | None]]:
    """Return the rows of form 02 with their amounts in a smaller or larger unit."""
    return [[*row[:5], row[5] * factor, row[6] * factor, *row[7:]] for row in MONEY]  # type: ignore[operator]


def total(rows: Grid, label: str = "Tổng cộng") -> list[CellValue | None]:
    """Return a total row of form 02."""
    sums = [sum(row[at] for row in rows) for at in (5, 6)]  # type: ignore[misc]
    return [None, label, None, None, None, *sums, None]


def allocated(result: Return) -> list[int | None]:
    """Return the allocated amounts in the order of the page."""
    return [row["allocated_vnd"] for row in result.records.get("funding", [])]


# --- form 03 --------------------------------------------------------------------------------------


def summed(label: str, rows: Grid = tuple(PEOPLE)) -> list[CellValue | None]:
    """Return a row of form 03 that sums rows up."""
    sums = {at: sum(row[at] for row in rows) for at in (2, 3, 4, 5, 6, 7, 9, 10)}  # type: ignore[misc]
    return [None, label, *(sums.get(at) for at in range(2, 11))]


def poor(*rows: Row) -> Return:
    """Read a page of form 03."""
    return read(poverty(rows))


def poor_of(result: Return) -> dict[str, int | None]:
    """Return the poor households at the end of the year by commune."""
    return {row["commune_code"]: row["poor_end_hh"] for row in result.records.get("poverty", [])}
