"""Forms with known values whose headings are broken over rows in every way that is met.

A form is a list of columns, each with the words above it from the outermost group to its own; a
way of writing lays the words out in rows, with or without merges. The values below stay the same.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from kgstats.reference import areas
from kgstats.returns.cells import Cell, Sheet, Workbook
from kgstats.returns.forms import all_forms

UNITS = {
    code: list(frame.itertuples(index=False))
    for code, frame in areas.units(2019).groupby("district_code")
}
DISTRICTS = {
    row.district_code: f"{row.district_type} {row.district_name}"
    for row in areas.districts(2019).itertuples(index=False)
}

Path = tuple[str, ...]

POVERTY: list[tuple[str, Path]] = [
    ("households_hh", ("Tổng số hộ dân cư", "Số hộ")),
    ("ethnic_households_hh", ("Tổng số hộ dân cư", "Trong đó hộ DTTS")),
    ("poor_start_hh", ("Số hộ nghèo đầu năm", "Số hộ")),
    ("poor_escaped_hh", ("Diễn biến hộ nghèo trong năm", "Số hộ thoát nghèo")),
    ("poor_fell_back_hh", ("Diễn biến hộ nghèo trong năm", "Số hộ tái nghèo")),
    ("poor_new_hh", ("Diễn biến hộ nghèo trong năm", "Số hộ nghèo phát sinh")),
    ("poor_end_hh", ("Số hộ nghèo cuối năm", "Số hộ")),
    ("poor_end_pct", ("Số hộ nghèo cuối năm", "Tỷ lệ (%)")),
    ("poor_income_hh", ("Số hộ nghèo cuối năm", "Trong đó", "Nghèo về thu nhập")),
    (
        "poor_deprivation_hh",
        ("Số hộ nghèo cuối năm", "Trong đó", "Thiếu hụt tiếp cận dịch vụ xã hội cơ bản"),
    ),
    ("ethnic_poor_end_hh", ("Số hộ nghèo cuối năm", "Hộ DTTS")),
    ("near_poor_start_hh", ("Số hộ cận nghèo đầu năm", "Số hộ")),
    ("near_poor_escaped_hh", ("Diễn biến hộ cận nghèo trong năm", "Thoát cận nghèo")),
    ("near_poor_fell_back_hh", ("Diễn biến hộ cận nghèo trong năm", "Tái cận nghèo")),
    ("near_poor_new_hh", ("Diễn biến hộ cận nghèo trong năm", "Phát sinh cận nghèo")),
    ("near_poor_end_hh", ("Số hộ cận nghèo cuối năm", "Số hộ")),
    ("near_poor_end_pct", ("Số hộ cận nghèo cuối năm", "Tỷ lệ (%)")),
    ("ethnic_near_poor_end_hh", ("Số hộ cận nghèo cuối năm", "Hộ DTTS")),
]
FUNDING: list[tuple[str, Path]] = [
    ("source", ("Nguồn vốn",)),
    ("kind", ("Tính chất",)),
    ("plan_year", ("Năm kế hoạch",)),
    ("allocated_vnd", ("Kế hoạch vốn",)),
    ("disbursed_vnd", ("Lũy kế giải ngân",)),
    ("disbursed_pct", ("Tỷ lệ %",)),
    ("cause", ("Nguyên nhân",)),
    ("note", ("Ghi chú",)),
]
_CRITERIA = all_forms()["attainment"].column("criterion").words
ATTAINMENT: list[tuple[str, Path]] = [
    *((f"met {at}", ("Kết quả thực hiện các tiêu chí", words))
      for at, words in enumerate(_CRITERIA, 1)),
    ("criteria_met", ("Tổng số tiêu chí đạt",)),
    ("level", ("Mức đạt",)),
    ("decision_no", ("Số quyết định",)),
    ("decision_date", ("Ngày công nhận",)),
]  # fmt: skip
TITLES = {
    "attainment": "KẾT QUẢ THỰC HIỆN BỘ TIÊU CHÍ QUỐC GIA VỀ XÃ NÔNG THÔN MỚI NĂM 2019",
    "funding": "TÌNH HÌNH PHÂN BỔ, GIẢI NGÂN VỐN CÁC CHƯƠNG TRÌNH MỤC TIÊU QUỐC GIA NĂM 2019",
    "poverty": "TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2019",
}
NAMES = {"attainment": "Tên xã", "funding": "Nội dung", "poverty": "Xã/phường/thị trấn"}
EXTRA: dict[str, list[Path]] = {
    "attainment": [("Số ấp",), ("Người phụ trách",)],
    "funding": [("Chủ đầu tư",)],
    "poverty": [("Số nhân khẩu",), ("Số ấp",), ("Hộ nghèo năm 2017", "Số hộ")],
}


@dataclass
class Way:
    """How the words of a heading are written."""

    style: str = "merged"
    """``merged``, ``first`` (a group above the first of its columns) or ``split`` (over rows)."""
    words_a_row: int = 2
    at: str = "top"
    """Where the words of a column stand in the rows they have: ``top``, ``bottom``, ``middle``."""
    numbers: bool = True
    breaks: bool = False
    title_touches: bool = False
    empty_after_names: bool = False


@dataclass
class Made:
    """A workbook with what is in it."""

    book: Workbook
    form: str
    truth: dict[tuple[str, str], object]
    """Value by row key and column of the form."""
    columns: dict[str, int]
    """Column of the sheet by column of the form."""
    heading: tuple[int, int]
    repeated: tuple[int, int] | None = None
    rows: dict[str, int] = field(default_factory=dict)


def _lines(text: str, words_a_row: int) -> list[str]:
    words = text.split()
    return [" ".join(words[at : at + words_a_row]) for at in range(0, len(words), words_a_row)]


def write_heading(
    paths: list[Path], way: Way, top: int
) -> tuple[dict[tuple[int, int], str], list[tuple[int, int, int, int]], int]:
    """Lay the words of columns out; returns cells, merges and the last row."""
    cells: dict[tuple[int, int], str] = {}
    merges: list[tuple[int, int, int, int]] = []
    split = way.style == "split"
    stacks: list[list[str]] = []
    for at, path in enumerate(paths):
        *groups, leaf = path
        stack: list[str] = []
        for level, group in enumerate(groups):
            first = at == 0 or paths[at - 1][: level + 1] != path[: level + 1]
            stack.append(group if first else "")
        stack.extend(_lines(leaf, way.words_a_row) if split else [leaf])
        stacks.append(stack)
    height = max(map(len, stacks))
    for at, (path, stack) in enumerate(zip(paths, stacks, strict=True), 1):
        groups = len(path) - 1
        spare = height - len(stack)
        down = {"top": 0, "bottom": spare, "middle": spare // 2}[way.at] if split else 0
        for level, text in enumerate(stack):
            row = top + level + (down if level >= groups else 0)
            if text:
                shown = text.replace(" ", "\n", 1) if way.breaks and not split else text
                cells[row, at] = shown
            if way.style != "merged":
                continue
            if level < groups and text:
                last = at
                while last < len(paths) and paths[last][: level + 1] == path[: level + 1]:
                    last += 1
                if last > at:
                    merges.append((row, at, row, last))
            elif level == groups and level < height - 1:
                merges.append((row, at, top + height - 1, at))
    return cells, merges, top + height - 1


def poverty_rows(rng: random.Random, district: str) -> dict[str, dict[str, object]]:
    """Counts of the communes of a district that agree with one another."""
    found = {}
    for unit in UNITS[district]:
        one: dict[str, object] = {}
        households = one["households_hh"] = rng.randrange(1500, 9000)
        one["ethnic_households_hh"] = rng.randrange(1, households // 2)
        for group in ("poor", "near_poor"):
            start = one[f"{group}_start_hh"] = rng.randrange(60, 400)
            escaped = one[f"{group}_escaped_hh"] = rng.randrange(1, start // 2)
            back = one[f"{group}_fell_back_hh"] = rng.randrange(0, 9)
            new = one[f"{group}_new_hh"] = rng.randrange(0, 30)
            end = one[f"{group}_end_hh"] = start - escaped + back + new
            one[f"{group}_end_pct"] = round(100 * end / households, 2)
            one[f"ethnic_{group}_end_hh"] = rng.randrange(0, end)
        one["poor_income_hh"] = rng.randrange(1, one["poor_end_hh"])
        one["poor_deprivation_hh"] = one["poor_end_hh"] - one["poor_income_hh"]
        found[unit.commune_code] = one
    return found


def attainment_rows(rng: random.Random, district: str) -> dict[str, dict[str, object]]:
    """Marks of the rural communes of a district."""
    found = {}
    for unit in UNITS[district]:
        if unit.type != "xã":
            continue
        met = [rng.random() < 0.8 for _ in range(19)]
        if rng.random() < 0.3:
            met = [True] * 19
        one: dict[str, object] = {f"met {at}": mark for at, mark in enumerate(met, 1)}
        one["criteria_met"] = sum(met)
        one["level"] = "standard" if all(met) else "none"
        if all(met):
            one["decision_no"] = f"{rng.randrange(100, 3000)}/QĐ-UBND"
            one["decision_date"] = "15/06/2018"
        found[unit.commune_code] = one
    return found


LINES = [
    ("Xây dựng nông thôn mới", "NSTW", "ĐTPT", 2019, "ntm/ntm_general/central/investment/2019"),
    ("Xây dựng nông thôn mới", "NSTW", "Sự nghiệp", 2019, "ntm/ntm_general/central/recurrent/2019"),
    ("Xây dựng nông thôn mới", "NSTW", "ĐTPT", 2018, "ntm/ntm_general/central/investment/2018"),
    ("Xây dựng nông thôn mới", "Ngân sách tỉnh", "ĐTPT", 2019,
     "ntm/ntm_general/province/investment/2019"),
    ("Truyền thông về giảm nghèo", "NSTW", "Sự nghiệp", 2019,
     "gnbv/gnbv_communication/central/recurrent/2019"),
    ("Giảm nghèo về thông tin", "NSTW", "Sự nghiệp", 2019,
     "gnbv/gnbv_information/central/recurrent/2019"),
]  # fmt: skip


def _shown(value: object) -> object:
    return {True: "Đ", False: "CĐ"}.get(value, value) if isinstance(value, bool) else value


def _body(form: str, rng: random.Random, district: str):
    """Return label, key and values shown and true of every row."""
    if form == "funding":
        for label, source, kind, year, key in LINES:
            allocated = rng.randrange(100, 9000)
            disbursed = rng.randrange(1, allocated)
            rate = round(100 * disbursed / allocated, 2)
            true = {
                "allocated_vnd": allocated * 10**6, "disbursed_vnd": disbursed * 10**6,
                "disbursed_pct": rate,
            }  # fmt: skip
            shown = {
                "source": source, "kind": kind, "plan_year": year, "allocated_vnd": allocated,
                "disbursed_vnd": disbursed, "disbursed_pct": rate, "note": "Hai công trình",
            }  # fmt: skip
            yield label, key, shown, true
        return
    made = (poverty_rows if form == "poverty" else attainment_rows)(rng, district)
    names = {unit.commune_code: f"{unit.type.capitalize()} {unit.name}"
             for unit in UNITS[district]}  # fmt: skip
    words = {"standard": "Đạt chuẩn", "none": "Chưa đạt"}
    for code, values in made.items():
        shown = {name: words.get(value, _shown(value)) for name, value in values.items()}  # type: ignore[call-overload]
        true = {name: value for name, value in values.items() if name != "decision_date"}
        yield names[code], code, shown, true


COLUMNS = {"attainment": ATTAINMENT, "funding": FUNDING, "poverty": POVERTY}


def make(
    form: str, way: Way, rng: random.Random, *, extra: bool = False, again: bool = False,
    district: str = "913",
) -> Made:  # fmt: skip
    """Make a page of a form whose heading is written in a way."""
    columns: list[tuple[str, Path]] = [("order", ("STT",)), ("name", (NAMES[form],))]
    columns.extend(COLUMNS[form])
    if extra:
        columns.insert(rng.choice((2, len(columns))), ("", rng.choice(EXTRA[form])))
    paths = [path for _, path in columns]
    grid: dict[tuple[int, int], object] = {
        (1, 1): f"UBND {DISTRICTS[district].upper()}",
        (2, 1): TITLES[form],
    }
    top = 3 if way.title_touches else 5
    if form == "funding":
        grid[1, 6] = "ĐVT: triệu đồng"
    cells, merges, last = write_heading(paths, way, top)
    grid.update(cells)
    heading = (top, last)
    row = last + 1
    if way.numbers:
        for at in range(1, len(paths) + 1):
            grid[row, at] = "AB"[at - 1] if at <= 2 else at - 2
        row += 1
    truth: dict[tuple[str, str], object] = {}
    rows: dict[str, int] = {}
    repeated = None
    body = list(_body(form, rng, district))
    for order, (label, key, shown, true) in enumerate(body, 1):
        if again and order == len(body) // 2 + 1:
            grid[row, 1] = "(tiếp theo)"
            copies, more, end = write_heading(paths, way, row + 1)
            grid.update(copies)
            merges.extend(more)
            repeated = (row + 1, end)
            row = end + 1
        for at, (name, _) in enumerate(columns, 1):
            value = order if name == "order" else label if name == "name" else shown.get(name)
            if name == "":
                value = rng.randrange(2, 30)
            if value is not None:
                grid[row, at] = value
        truth.update({(key, name): value for name, value in true.items()})
        rows[key] = row
        row += 1
    if way.empty_after_names:
        grid = {(r, c + (c > 2 and r >= top)): value for (r, c), value in grid.items()}
        merges = [(a, b + (b > 2), c, d + (d > 2)) for a, b, c, d in merges]
    place = {
        name: at + (way.empty_after_names and at > 2) for at, (name, _) in enumerate(columns, 1)
    }
    sheet = Sheet(
        f"Bieu {form}",
        cells=[Cell(r, c, value) for (r, c), value in sorted(grid.items())],
        merged=merges,
    )
    return Made(
        Workbook(f"{form} {district}.xlsx", "xlsx", [sheet]), form, truth, place, heading,
        repeated, rows,
    )  # fmt: skip


def values_read(result) -> dict[tuple[str, str], object]:
    """Return the values of a return that was read, by row key and column of the form."""
    found: dict[tuple[str, str], object] = {}
    for record in result.records.get("poverty", []):
        found.update(((record["commune_code"], name), value) for name, value in record.items())
    for record in result.records.get("communes", []):
        found.update(((record["commune_code"], name), value) for name, value in record.items())
    for record in result.records.get("attainment", []):
        found[record["commune_code"], f"met {record['criterion']}"] = record["met"]
    for record in result.records.get("funding", []):
        key = "/".join(
            str(record[name]) for name in ("programme", "component", "source", "kind", "plan_year")
        )
        found.update(((key, name), value) for name, value in record.items())
    return found
