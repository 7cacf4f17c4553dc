"""The three forms of a return as pages: one district, one year, by its habits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd

from .funding import MILLION
from .habits import Habits
from .page import Page, Source, Value, header
from .places import districts, units
from .writing import Hand, in_letters

CRITERIA: tuple[str, ...] = (
    "Quy hoạch",
    "Giao thông",
    "Thủy lợi",
    "Điện",
    "Trường học",
    "Cơ sở vật chất văn hóa",
    "Cơ sở hạ tầng thương mại nông thôn",
    "Thông tin và truyền thông",
    "Nhà ở dân cư",
    "Thu nhập",
    "Hộ nghèo",
    "Lao động có việc làm",
    "Tổ chức sản xuất",
    "Giáo dục và Đào tạo",
    "Y tế",
    "Văn hóa",
    "Môi trường và an toàn thực phẩm",
    "Hệ thống chính trị và tiếp cận pháp luật",
    "Quốc phòng và An ninh",
)
GROUPS: tuple[tuple[str, int], ...] = (
    ("Quy hoạch", 1),
    ("Hạ tầng kinh tế - xã hội", 8),
    ("Kinh tế và tổ chức sản xuất", 4),
    ("Văn hóa - Xã hội - Môi trường", 6),
)
LEVELS = {"none": "Chưa đạt", "standard": "Đạt chuẩn", "advanced": "Nâng cao", "model": "Kiểu mẫu"}

PROGRAMMES = {
    "ntm": "Chương trình MTQG xây dựng nông thôn mới",
    "gnbv": "Chương trình MTQG giảm nghèo bền vững",
}
LABELS: dict[str, tuple[str, str, str]] = {
    "ntm_general": ("", "Xây dựng nông thôn mới", "Chương trình nông thôn mới"),
    "gnbv_30a_infrastructure": (
        "Chương trình 30a", "Đầu tư xây dựng cơ sở hạ tầng", "Hỗ trợ đầu tư cơ sở hạ tầng",
    ),
    "gnbv_30a_maintenance": (
        "Chương trình 30a", "Duy tu, bảo dưỡng công trình", "Duy tu, bảo dưỡng công trình",
    ),
    "gnbv_30a_livelihoods": (
        "Chương trình 30a", "Hỗ trợ phát triển sản xuất, đa dạng hóa sinh kế",
        "Hỗ trợ phát triển sản xuất, đa dạng hóa sinh kế",
    ),
    "gnbv_30a_models": (
        "Chương trình 30a", "Nhân rộng mô hình giảm nghèo", "Nhân rộng mô hình giảm nghèo",
    ),
    "gnbv_30a_labour_export": (
        "Chương trình 30a", "Hỗ trợ lao động đi làm việc có thời hạn ở nước ngoài",
        "Hỗ trợ lao động đi làm việc có thời hạn ở nước ngoài",
    ),
    "gnbv_135_infrastructure": (
        "Chương trình 135", "Hỗ trợ đầu tư xây dựng cơ sở hạ tầng",
        "Hỗ trợ đầu tư xây dựng cơ sở hạ tầng",
    ),
    "gnbv_135_production": (
        "Chương trình 135", "Hỗ trợ phát triển sản xuất và nhân rộng mô hình giảm nghèo",
        "Hỗ trợ phát triển sản xuất và nhân rộng mô hình giảm nghèo",
    ),
    "gnbv_outside_production": (
        "", "Hỗ trợ phát triển sản xuất và nhân rộng mô hình giảm nghèo trên địa bàn các xã"
        " ngoài Chương trình 30a và 135",
        "Hỗ trợ phát triển sản xuất và nhân rộng mô hình giảm nghèo trên địa bàn các xã"
        " ngoài Chương trình 30a và 135",
    ),
    "gnbv_communication": ("", "Truyền thông về giảm nghèo", "Truyền thông về giảm nghèo"),
    "gnbv_information": ("", "Giảm nghèo về thông tin", "Giảm nghèo về thông tin"),
    "gnbv_capacity": (
        "", "Nâng cao năng lực và giám sát, đánh giá Chương trình",
        "Nâng cao năng lực và giám sát, đánh giá Chương trình",
    ),
}  # fmt: skip
"""Of each component: the sub-section it stands under, its usual words, other words in use."""

SOURCES = {
    "central": ("NSTW", "Ngân sách Trung ương"),
    "province": ("Ngân sách tỉnh", "NSĐP"),
    "integrated": ("Lồng ghép", "Lồng ghép"),
    "district": ("Ngân sách huyện", "Ngân sách huyện"),
    "community": ("Dân góp", "Dân góp"),
}
KINDS = {"investment": ("Đầu tư phát triển", "ĐTPT"), "recurrent": ("Sự nghiệp", "Sự nghiệp")}

TITLES = {
    "attainment": "KẾT QUẢ THỰC HIỆN BỘ TIÊU CHÍ QUỐC GIA VỀ XÃ NÔNG THÔN MỚI NĂM {year}",
    "funding": "TÌNH HÌNH PHÂN BỔ, GIẢI NGÂN VỐN CÁC CHƯƠNG TRÌNH MỤC TIÊU QUỐC GIA NĂM {year}",
    "poverty": "TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM {year}",
}
OFFICES = {
    "attainment": "VĂN PHÒNG ĐIỀU PHỐI NÔNG THÔN MỚI",
    "funding": "PHÒNG TÀI CHÍNH - KẾ HOẠCH",
    "poverty": "PHÒNG LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI",
}
ILLUSTRATIVE = "Ghi chú: Số liệu minh họa, không phải báo cáo thật của địa phương."

Record = dict[str, Any]
Writer = Callable[[Record], tuple[Value | None, str | None]]


@dataclass(frozen=True)
class Column:
    """One column of a page: the words above it and how a row's cell is written."""

    path: tuple[str, ...]
    write: Writer
    field: str | None = None
    """Column of the clean table, or the criterion's number for a mark."""
    adds: bool = False
    """Whether total rows give its sum."""


@dataclass
class Changes:
    """Deliberate mistakes in one district's forms, keyed as the builders look them up."""

    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """(form, commune) to the name written instead."""
    values: dict[tuple[str, str, str], Value] = field(default_factory=dict)
    """(form, commune, column) to the value written instead."""
    totals: dict[tuple[str, str], int] = field(default_factory=dict)
    """(form, column) to the total stated instead."""
    strangers: list[tuple[str, str, Record]] = field(default_factory=list)
    """Communes of other districts: form, name, values."""
    twice: dict[tuple[str, str], Record] = field(default_factory=dict)
    """(form, commune) to a second row with these values."""


def records(table: pd.DataFrame) -> list[Record]:
    """Return the rows of a clean table with None for null and plain Python values."""
    columns = []
    for name in table.columns:
        series = table[name]
        if str(series.dtype).startswith("datetime"):
            values = [None if pd.isna(day) else day.date() for day in series]
        else:
            values = series.astype(object).where(series.notna(), None).tolist()
        columns.append(values)
    return [dict(zip(table.columns, row, strict=True)) for row in zip(*columns, strict=True)]


@lru_cache
def _unit_records() -> dict[str, Record]:
    return {row["commune_code"]: row for row in records(units())}


@lru_cache
def _district_records() -> dict[str, Record]:
    return {row["district_code"]: row for row in records(districts())}


class Form:
    """Builds the pages of one district's return."""

    def __init__(
        self,
        year: int,
        district: str,
        tables: dict[str, pd.DataFrame],
        habits: Habits,
        changes: Changes,
    ) -> None:
        self.year = year
        self.district = district
        self.habits = habits
        self.hand = Hand(habits)
        self.changes = changes
        self.own = _district_records()[district]
        self.rows = {
            name: records(table[table["district_code"] == district])
            for name, table in tables.items()
        }
        self.other = habits.words == "other"
        self.names: dict[int, set[tuple[int, int]]] = {}

    # ------------------------------------------------------------- page around a table

    def _start(self, form: str, name: str, number: str, unit: str | None) -> tuple[Page, int, int]:
        """Write letterhead, title and unit; return the page, the next row, the first column."""
        page = Page(name)
        self.names[id(page)] = set()
        left = 1 + int(self.habits.margin)
        wide = left + 8
        row = 1 + int(self.habits.margin)
        kind = "THÀNH PHỐ" if self.own["type"] == "thành phố" else "HUYỆN"
        if self.habits.letterhead != "none":
            full = self.habits.letterhead == "full"
            page.put(row, left, f"UBND {kind} {self.own['name'].upper()}", bold=True)
            if full:
                page.put(row, wide, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True)
            row += 1
            page.put(row, left, OFFICES[form], bold=True)
            if full:
                page.put(row, wide, "Độc lập - Tự do - Hạnh phúc", bold=True)
                row += 1
                page.put(row, left, f"Số:        /BC-{'UBND' if self.other else 'PB'}")
            row += 1
        page.put(row, wide, f"Biểu số {number}", italic=True)
        row += 1
        page.put(
            row,
            left,
            TITLES[form].format(year=self.year),
            to=(row, left + 10),
            bold=True,
            centred=True,
        )
        row += 1
        if self.habits.letterhead == "full":
            text = f"(Kèm theo Báo cáo số      /BC-UBND ngày 24 tháng 12 năm {self.year})"
            page.put(row, left, text, to=(row, left + 10), italic=True, centred=True)
            row += 1
        row = self._measured(page, row, left, form, unit)
        page.widths[left] = 5
        page.widths[left + 1] = 28
        return page, row, left

    def _measured(self, page: Page, row: int, left: int, form: str, unit: str | None) -> int:
        """Write up to which day the money is counted, and the unit; return the next row."""
        if form == "funding":
            day = self.rows["funding"][0]["cut_off"]
            words = "Số liệu tính đến ngày" if self.other else "Tính đến ngày"
            text = f"({words} {day:%d/%m/%Y})"
            page.put(row, left, text, to=(row, left + 10), italic=True, centred=True)
            row += 1
        if unit:
            words = "Đơn vị tính" if self.other else "ĐVT"
            page.put(row, left + 8, f"{words}: {unit}", italic=True)
            row += 1
        return row

    def _end(self, page: Page, row: int, left: int, notes: Sequence[str]) -> None:
        row += 1
        for note in (*notes, ILLUSTRATIVE):
            page.put(row, left, note, italic=True)
            row += 1
        if self.habits.signature == "yes":
            right = left + 8
            date = f"{self.own['name']}, ngày 24 tháng 12 năm {self.year}"
            page.put(row, right, date, italic=True)
            page.put(row + 1, left + 1, "NGƯỜI LẬP BIỂU", bold=True)
            page.put(row + 1, right, "KT. CHỦ TỊCH", bold=True)
            page.put(row + 2, right, "PHÓ CHỦ TỊCH", bold=True)
        in_letters(page, self.habits.letters, self.names[id(page)])

    def _code_row(self, page: Page, row: int, left: int, columns: Sequence[Column]) -> int:
        """Write the row of column numbers: A B 1 2 3=2/1, some as numbers, some as text."""
        if self.habits.code_row == "no":
            return row
        place = {column.field: at for at, column in enumerate(columns, 1) if column.field}
        for at in range(len(columns) + 2):
            code: Value = "AB"[at] if at < 2 else at - 1
            if at >= 2:
                name = columns[at - 2].field
                if name == "poor_end_pct" and "poor_end_hh" in place:
                    code = f"{at - 1}={place['poor_end_hh']}/{place['households_hh']}*100"
                elif name == "disbursed_pct":
                    code = f"{at - 1}={place['disbursed_vnd']}/{place['allocated_vnd']}"
                elif self.habits.numbers != "real":
                    code = str(code)
            page.put(row, left + at, code, italic=True, centred=True, framed=True)
        return row + 1

    def _head(
        self, page: Page, row: int, left: int, label: str, columns: Sequence[Column]
    ) -> tuple[int, int]:
        serial = "STT" if self.other else "TT"
        paths = [(serial,), (label,), *(column.path for column in columns)]
        depth = header(page, row, left, paths)
        return self._code_row(page, row + depth, left, columns), depth

    def _line(
        self,
        page: Page,
        row: int,
        left: int,
        columns: Sequence[Column],
        record: Record,
        source: Callable[[str], Source] | None,
        form: str,
        key: str = "",
    ) -> None:
        for at, column in enumerate(columns, left + 2):
            value, number_format = column.write(record)
            changed = self.changes.values.get((form, key, column.field or ""))
            if changed is not None and source is not None:
                value = changed
            of = source(column.field) if source and column.field and value is not None else None
            page.put(
                row,
                at,
                value,
                of=of,
                number_format=number_format,
                framed=True,
                centred=isinstance(value, str) and len(value) < 4,
            )

    def _total(
        self,
        page: Page,
        row: int,
        left: int,
        columns: Sequence[Column],
        rows: Sequence[Record],
        label: str,
        serial: str | None,
        form: str,
    ) -> None:
        if serial:
            page.put(row, left, serial, bold=True, framed=True)
        page.put(row, left + 1, label, bold=True, framed=True)
        for at, column in enumerate(columns, left + 2):
            if not column.adds or column.field is None:
                continue
            known = [record[column.field] for record in rows if record[column.field] is not None]
            if not known:
                continue
            total = int(sum(known))
            if serial is None:
                total = self.changes.totals.get((form, column.field), total)
            value, number_format = (
                self.hand.money(total) if column.field.endswith("_vnd") else self.hand.count(total)
            )
            page.put(row, at, value, number_format=number_format, bold=True, framed=True)

    # ---------------------------------------------------------------------- form 01

    def attainment(self) -> Page:
        """Form 01: a rural commune a row, nineteen marks, the recognition."""
        page, row, left = self._start("attainment", self._sheet(1), "01", None)
        marks = {(r["commune_code"], r["criterion"]): r["met"] for r in self.rows["attainment"]}
        rows = [
            {**record, **{str(n): marks[record["commune_code"], n] for n in range(1, 20)}}
            for record in self.rows["communes"]
        ]
        columns = self._attainment_columns()
        label = "Xã" if self.habits.order == "form" else "Tên xã"
        row, _ = self._head(page, row, left, label, columns)
        total = {"first": "Toàn huyện", "last": "Tổng cộng"}.get(self.habits.totals)
        if self.own["type"] == "thành phố" and total == "Toàn huyện":
            total = "Toàn thành phố"
        if total and self.habits.totals == "first":
            self._total(page, row, left, columns, rows, total, None, "attainment")
            row += 1
        turn = len(rows) // 2 if self.habits.continued == "yes" and len(rows) >= 6 else None
        for number, record in enumerate(rows, 1):
            if number - 1 == turn:
                page.put(row, left, "(tiếp theo)", italic=True)
                row, _ = self._head(page, row + 1, left, label, columns)
            code = record["commune_code"]

            def source(name: str, code: str = code) -> Source:
                if name.isdigit():
                    return Source("attainment", (code, name), "met")
                return Source("communes", (code,), name)

            page.put(row, left, self.hand.serial(number), framed=True)
            self._name(page, row, left + 1, code, "attainment")
            self._line(page, row, left, columns, record, source, "attainment", code)
            row += 1
        if total and self.habits.totals == "last":
            self._total(page, row, left, columns, rows, total, None, "attainment")
            row += 1
        yes, no = self.habits.marks.split("|")
        self._end(page, row, left, [f"Ghi chú: {yes}: đạt; {no}: chưa đạt."])
        return page

    def _attainment_columns(self) -> list[Column]:
        hand = self.hand

        def mark(number: int) -> Writer:
            def write(record: Record) -> tuple[Value | None, str | None]:
                met = record[str(number)]
                return (None if met is None else hand.mark(met)), None

            return write

        paths: list[tuple[str, ...]] = []
        style = self.habits.criteria_header
        groups = [name for name, size in GROUPS for _ in range(size)]
        for number, name in enumerate(CRITERIA, 1):
            if style == "TC":
                paths.append((f"TC{number}",))
            elif style == "long":
                paths.append((f"Tiêu chí {number}",))
            elif style == "names":
                paths.append(("Tiêu chí", f"{number}. {name}"))
            elif style == "groups":
                paths.append((groups[number - 1], name, f"TC {number}"))
            else:
                paths.append(("Tiêu chí số", str(number)))
        marks = [
            Column(path, mark(number), str(number), adds=True)
            for number, path in enumerate(paths, 1)
        ]
        count = Column(
            ("Tổng số tiêu chí đạt",) if self.other else ("Số tiêu chí đạt",),
            lambda record: hand.count(record["criteria_met"]),
            "criteria_met",
            adds=True,
        )
        decided = [
            Column(
                ("Danh hiệu",) if self.other else ("Mức đạt",),
                lambda record: (LEVELS.get(record["level"] or ""), None),
                "level",
            ),
            Column(
                ("Số quyết định",) if self.habits.order == "form" else ("QĐ công nhận",),
                lambda record: (record["decision_no"], None),
                "decision_no",
            ),
            Column(
                ("Ngày công nhận",),
                lambda record: hand.date(record["decision_date"]),
                "decision_date",
            ),
        ]
        note = Column(
            ("Ghi chú",),
            lambda record: (
                "Chờ UBND tỉnh quyết định công nhận" if record["status"] == "pending" else None,
                None,
            ),
        )
        extra = []
        if self.habits.extra_columns == "yes":
            extra = [Column(("Số ấp",), lambda record: (4 + int(record["commune_code"]) % 7, None))]
        if self.habits.order == "other":
            return [*extra, count, *decided, *marks, note]
        return [*extra, *marks, count, *decided, note]

    # ---------------------------------------------------------------------- form 02

    def funding(self) -> Page:
        """Form 02: a component x source x kind x plan year a row, programmes as sections."""
        page, row, left = self._start("funding", self._sheet(2), "02", self.habits.unit)
        columns = self._funding_columns()
        rows = self.rows["funding"]
        both = self.habits.funding_tables == "one"
        label = "Nội dung" if self.habits.order == "form" else "Dự án"
        total = self.habits.totals
        if both:
            row, _ = self._head(page, row, left, label, columns)
        if both and total == "first":
            self._total(page, row, left, columns, rows, "Tổng số", None, "funding")
            row += 1
        for roman, programme in zip(("I", "II"), ("ntm", "gnbv"), strict=True):
            lines = [record for record in rows if record["programme"] == programme]
            if not both:
                if roman == "II":
                    row += 1
                page.put(row, left, f"{roman}. {PROGRAMMES[programme]}", bold=True)
                row += 1
                if roman == "II":
                    row = self._measured(page, row, left, "funding", self.habits.unit)
                row, _ = self._head(page, row, left, label, columns)
            elif total == "absent":
                page.put(row, left, roman, bold=True, framed=True)
                page.put(row, left + 1, PROGRAMMES[programme], bold=True, framed=True)
                row += 1
            else:
                name = PROGRAMMES[programme]
                self._total(page, row, left, columns, lines, name, roman, "funding")
                row += 1
            row = self._funding_lines(page, row, left, columns, lines)
            if not both and total != "absent":
                self._total(page, row, left, columns, lines, "Cộng", None, "funding")
                row += 1
        if both and total == "last":
            self._total(page, row, left, columns, rows, "Tổng cộng", None, "funding")
            row += 1
        self._end(page, row, left, [])
        return page

    def _funding_lines(
        self, page: Page, row: int, left: int, columns: Sequence[Column], lines: Sequence[Record]
    ) -> int:
        number = 0
        section = ""
        before = ""
        start = row
        letters = iter("abcd")
        for record in lines:
            component = record["component"]
            under, usual, other = LABELS[component]
            text = other if self.other else usual
            if under and self.other:
                # some name the programme in the label, others give it a row of its own
                text = f"{under}: {text}"
                under = ""
            if under != section and not self.other:
                here = [line for line in lines if LABELS[line["component"]][0] == under]
                name = under or "Các dự án khác"
                if self.habits.totals == "absent":
                    page.put(row, left, next(letters), italic=True, framed=True)
                    page.put(row, left + 1, name, italic=True, framed=True)
                else:
                    self._total(page, row, left, columns, here, name, next(letters), "funding")
                row += 1
                section = under
                before = ""
                number = 0
            if component != before:
                number += 1
                start = row
            once = self.habits.labels == "once"
            if component != before or not once:
                if component != before:
                    page.put(row, left, self.hand.serial(number), framed=True)
                page.put(row, left + 1, text, framed=True)
            elif row > start:
                # the label stands once, merged over the component's lines
                page.merged = [merge for merge in page.merged if merge[:2] != (start, left + 1)]
                page.merged.append((start, left + 1, row, left + 1))
            before = component
            key = (
                record["programme"],
                component,
                record["source"],
                record["kind"],
                str(record["plan_year"]),
            )

            def source(name: str, key: tuple[str, ...] = key) -> Source:
                return Source("funding", key, name)

            self._line(page, row, left, columns, record, source, "funding", "|".join(key))
            row += 1
        return row

    def _funding_columns(self) -> list[Column]:
        hand, which = self.hand, int(self.other)
        real = self.habits.numbers == "real"

        def plan_year(record: Record) -> tuple[Value | None, str | None]:
            return (record["plan_year"] if real else str(record["plan_year"])), None

        def cause(record: Record) -> tuple[Value | None, str | None]:
            return (record["note"] if record["cause"] else None), None

        def note(record: Record) -> tuple[Value | None, str | None]:
            return (record["note"] if not record["cause"] else None), None

        source = Column(
            ("Nguồn vốn",), lambda record: (SOURCES[record["source"]][which], None), "source"
        )
        kind = Column(("Tính chất",), lambda record: (KINDS[record["kind"]][which], None), "kind")
        year = Column(("Năm kế hoạch",), plan_year, "plan_year")
        allocated = Column(
            ("Kế hoạch giao",) if self.other else ("Kế hoạch vốn",),
            lambda record: hand.money(record["allocated_vnd"]),
            "allocated_vnd",
            adds=True,
        )
        disbursed = Column(
            ("Lũy kế giải ngân",) if self.other else ("Giải ngân",),
            lambda record: hand.money(record["disbursed_vnd"]),
            "disbursed_vnd",
            adds=True,
        )
        rate = Column(
            ("% so KH",) if self.other else ("Tỷ lệ %",),
            lambda record: hand.rate(record["disbursed_pct"]),
            "disbursed_pct",
        )
        causes = Column(("Vướng mắc",) if self.other else ("Nguyên nhân",), cause, "cause")
        notes = Column(("Ghi chú",), note, "note")
        if self.habits.order == "other":
            return [year, kind, source, allocated, disbursed, rate, causes, notes]
        return [source, kind, year, allocated, disbursed, rate, causes, notes]

    # ---------------------------------------------------------------------- form 03

    def poverty(self) -> list[Page]:
        """Form 03: a commune-level unit a row, towns and countryside as sections."""
        page, row, left = self._start("poverty", self._sheet(3), "03", "hộ")
        blocks = self._poverty_columns()
        stacked = self.habits.poverty_tables == "stacked"
        parts = [blocks[:1] + blocks[1:2], blocks[:1] + blocks[2:]] if stacked else [blocks]
        if self.habits.order == "other" and not stacked:
            parts = [[blocks[0], blocks[2], blocks[1]]]
        for at, part in enumerate(parts):
            columns = [column for block in part for column in block]
            if at:
                row += 2
            row = self._poverty_table(page, row, left, columns, first=at == 0)
        notes = []
        if self.habits.footnote == "name":
            notes.append("(*) Số hộ tính cả các ấp mới chia tách trong năm.")
        self._end(page, row, left, notes)
        return [page]

    def _poverty_table(
        self, page: Page, row: int, left: int, columns: Sequence[Column], first: bool
    ) -> int:
        label = "Đơn vị" if self.habits.order == "form" else "Khu vực/Đơn vị"
        rows = self.rows["poverty"]
        known = _unit_records()
        row, _ = self._head(page, row, left, label, columns)
        if self.habits.totals == "first":
            self._total(page, row, left, columns, rows, "TỔNG SỐ", None, "poverty")
            row += 1
        number = 0
        turn = len(rows) // 2 if self.habits.continued == "yes" and len(rows) >= 8 else None
        noted = False
        for roman, name, town in (
            ("I", "Khu vực thành thị", True),
            ("II", "Khu vực nông thôn", False),
        ):
            here = [
                record for record in rows if (known[record["commune_code"]]["type"] != "xã") == town
            ]
            if not here:
                continue
            if self.habits.totals == "absent":
                page.put(row, left, roman, bold=True, framed=True)
                page.put(row, left + 1, name, bold=True, framed=True)
            else:
                self._total(page, row, left, columns, here, name, roman, "poverty")
            row += 1
            for record in here:
                if number == turn:
                    page.put(row, left, "(tiếp)", italic=True)
                    row, _ = self._head(page, row + 1, left, label, columns)
                number += 1
                code = record["commune_code"]

                def source(name: str, code: str = code) -> Source:
                    return Source("poverty", (code,), name)

                page.put(row, left, self.hand.serial(number), framed=True)
                mark = self.habits.footnote == "name" and not noted and not town
                self._name(page, row, left + 1, code, "poverty", " (*)" if mark else "")
                noted = noted or mark
                self._line(page, row, left, columns, record, source, "poverty", code)
                row += 1
                again = self.changes.twice.get(("poverty", code))
                if again:
                    number += 1
                    page.put(row, left, self.hand.serial(number), framed=True)
                    self._name(page, row, left + 1, code, "poverty")
                    self._line(page, row, left, columns, again, None, "poverty")
                    row += 1
        for form, text, values in self.changes.strangers if first else ():
            if form == "poverty":
                number += 1
                page.put(row, left, self.hand.serial(number), framed=True)
                page.put(row, left + 1, text, framed=True)
                self.names[id(page)].add((row, left + 1))
                self._line(page, row, left, columns, values, None, "poverty")
                row += 1
        if self.habits.totals == "last":
            self._total(page, row, left, columns, rows, "Tổng cộng", None, "poverty")
            row += 1
        return row

    def _poverty_columns(self) -> list[list[Column]]:
        hand = self.hand

        def count(*path: str, name: str, dash: bool = False) -> Column:
            return Column(path, lambda record: hand.count(record[name], dash=dash), name, adds=True)

        def rate(*path: str, name: str) -> Column:
            return Column(path, lambda record: hand.rate(record[name]), name)

        people = "Tổng số hộ dân cư"
        base = [
            count(people, "Số hộ", name="households_hh"),
            count(people, "Trong đó hộ DTTS", name="ethnic_households_hh", dash=True),
        ]
        if self.habits.extra_columns == "yes":
            base.append(
                Column(
                    (people, "Nhân khẩu"),
                    lambda record: hand.count(4 * record["households_hh"] - 11),
                )
            )
        start, flow, end = (
            "Số hộ nghèo đầu năm",
            "Diễn biến hộ nghèo trong năm",
            "Số hộ nghèo cuối năm",
        )
        poor = [
            count(start, "Số hộ", name="poor_start_hh"),
            count(flow, "Số hộ thoát nghèo", name="poor_escaped_hh", dash=True),
            count(flow, "Số hộ tái nghèo", name="poor_fell_back_hh", dash=True),
            count(flow, "Số hộ nghèo phát sinh", name="poor_new_hh", dash=True),
            count(end, "Số hộ", name="poor_end_hh"),
            rate(end, "Tỷ lệ %" if self.other else "Tỷ lệ", name="poor_end_pct"),
            count(end, "Trong đó: nghèo về thu nhập", name="poor_income_hh", dash=True),
            count(
                end,
                "Trong đó: thiếu hụt tiếp cận dịch vụ xã hội cơ bản",
                name="poor_deprivation_hh",
                dash=True,
            ),
            count(end, "Hộ DTTS", name="ethnic_poor_end_hh", dash=True),
        ]
        start, flow, end = (
            "Số hộ cận nghèo đầu năm",
            "Diễn biến hộ cận nghèo trong năm",
            "Số hộ cận nghèo cuối năm",
        )
        near = [
            count(start, "Số hộ", name="near_poor_start_hh"),
            count(flow, "Thoát cận nghèo", name="near_poor_escaped_hh", dash=True),
            count(flow, "Tái cận nghèo", name="near_poor_fell_back_hh", dash=True),
            count(flow, "Phát sinh cận nghèo", name="near_poor_new_hh", dash=True),
            count(end, "Số hộ", name="near_poor_end_hh"),
            rate(end, "Tỷ lệ %" if self.other else "Tỷ lệ", name="near_poor_end_pct"),
            count(end, "Hộ DTTS", name="ethnic_near_poor_end_hh", dash=True),
        ]
        return [base, poor, near]

    # ------------------------------------------------------------------ beside the forms

    def _sheet(self, number: int) -> str:
        names = {1: "Bieu 01", 2: "Bieu 02", 3: "Bieu 03"}
        if self.other:
            names = {1: "NTM", 2: "Von MTQG", 3: "Ho ngheo"}
        return names[number]

    def _name(
        self, page: Page, row: int, column: int, code: str, form: str, tail: str = ""
    ) -> None:
        unit = _unit_records()[code]
        text = self.hand.name(code, unit["name"], unit["type"])
        text = self.changes.names.get((form, code), text) + tail
        table = "communes" if form == "attainment" else "poverty"
        page.put(row, column, text, of=Source(table, (code,), "commune_code"), framed=True)
        self.names[id(page)].add((row, column))

    def beside(self) -> list[Page]:
        """Sheets that no form asks for: last year's, hidden, and somebody's sums."""
        pages = []
        if self.habits.hidden_sheet != "no":
            page = Page(f"Nam {self.year - 1}")
            page.state = "hidden" if self.habits.hidden_sheet == "hidden" else "very_hidden"
            self.names[id(page)] = set()
            page.put(1, 1, f"HỘ NGHÈO NĂM {self.year - 1}", bold=True)
            header(page, 3, 1, [("TT",), ("Đơn vị",), ("Số hộ nghèo cuối năm",)])
            for at, record in enumerate(self.rows["poverty"], 1):
                unit = _unit_records()[record["commune_code"]]
                page.put(3 + at, 1, at)
                page.put(
                    3 + at, 2, self.hand.name(unit["commune_code"], unit["name"], unit["type"])
                )
                page.put(3 + at, 3, record["poor_start_hh"])
            in_letters(page, self.habits.letters, set())
            pages.append(page)
        if self.habits.stray_sheet == "yes":
            page = Page("Sheet3")
            total = sum(record["allocated_vnd"] for record in self.rows["funding"])
            page.put(2, 2, "cộng thử")
            page.put(3, 2, total / MILLION)
            page.put(4, 2, round(total / MILLION * 0.6, 1))
            in_letters(page, self.habits.letters, set())
            pages.append(page)
        return pages

    def hide_column(self, page: Page) -> None:
        """Put a helper column beside the table and hide it."""
        column = page.last_column + 2
        for row in sorted({row for row, _ in page.sources}):
            page.put(row, column, row * 7)
        page.hidden_columns.add(column)
