"""Numbers, names, marks and dates as a district writes them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from . import legacy
from .habits import Habits
from .page import Page, Value

UNIT_VND = {
    "đồng": 1,
    "nghìn đồng": 1_000,
    "triệu đồng": 1_000_000,
    "tỷ đồng": 1_000_000_000,
}

SHORT_TYPE = {"xã": "X.", "phường": "P.", "thị trấn": "TT."}

OTHER_NAMES = {"31018": "Thứ 11", "31105": "Thổ Chu", "30985": "Thứ 3"}
"""Names in use that are not the listed ones (from the list of aliases)."""

HOMONYMS = frozenset({"31051", "31069"})
"""Vĩnh Thuận, a commune and a township of one district: no one leaves the type out there."""


@dataclass(frozen=True)
class Hand:
    """Writes values by the habits of one district."""

    habits: Habits

    def grouped(self, value: float, places: int) -> str:
        """Write a number as text with the district's signs for thousands and decimals."""
        text = f"{value:,.{places}f}"
        if self.habits.numbers == "en":
            return text
        thousands = "\u00a0" if self.habits.numbers == "space" else "."
        return text.translate({ord(","): thousands, ord("."): ","})

    def count(self, value: int | None, *, dash: bool = False) -> tuple[Value | None, str | None]:
        """Write a count: the cell's value and number format. Absent is an empty cell."""
        if value is None:
            return None, None
        if value == 0 and dash and self.habits.zero == "-":
            return "-", None
        if self.habits.numbers != "real":
            return self.grouped(value, 0), None
        # the accounting format shows a dash for zero, the cell still holds 0
        return value, '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)' if dash else "#,##0"

    def money(self, vnd: int | None) -> tuple[Value | None, str | None]:
        """Write đồng in the district's unit."""
        if vnd is None:
            return None, None
        if vnd == 0 and self.habits.zero == "-":
            return "-", None
        unit = UNIT_VND[self.habits.unit]
        whole, rest = divmod(vnd, unit)
        if self.habits.numbers != "real":
            places = 0 if not rest else len(f"{rest / unit:.9f}".rstrip("0")) - 2
            return self.grouped(vnd / unit, places), None
        if not rest:
            return whole, "#,##0"
        return round(vnd / unit, 9), "#,##0.###"

    def rate(self, value: float | None) -> tuple[Value | None, str | None]:
        """Write a percentage that has two decimals."""
        if value is None:
            return None, None
        if self.habits.percent == "cell":
            return round(value / 100, 6), "0.00%"
        if self.habits.percent == "sign":
            if self.habits.numbers == "en":
                return f"{value:.2f}%", None
            return f"{value:.2f} %".replace(".", ","), None
        if self.habits.numbers != "real":
            return self.grouped(value, 2), None
        return value, "0.00"

    def date(self, day: dt.date | None) -> tuple[Value | None, str | None]:
        """Write a date: a real one, or text with the day first."""
        if day is None:
            return None, None
        if self.habits.dates == "dd/mm/yyyy":
            return f"{day:%d/%m/%Y}", None
        if self.habits.dates == "d/m/yyyy":
            return f"{day.day}/{day.month}/{day.year}", None
        return day, "dd/mm/yyyy"

    def mark(self, met: bool) -> Value:
        """Write a criterion's mark."""
        yes, no = self.habits.marks.split("|")
        sign = yes if met else no
        # digits are typed as numbers where the office types numbers at all
        return int(sign) if sign.isdigit() and self.habits.numbers == "real" else sign

    def serial(self, number: int) -> Value:
        """Write a row's number."""
        if self.habits.serial == "01":
            return f"{number:02d}"
        return number if self.habits.numbers == "real" else str(number)

    def name(self, code: str, name: str, kind: str) -> str:
        """Write a commune's name."""
        style = self.habits.name_type
        if style != "full":
            name = OTHER_NAMES.get(code, name)
        if style == "none" and code not in HOMONYMS:
            text = name
        elif style == "short":
            text = f"{SHORT_TYPE[kind]} {name}"
        else:
            text = f"{kind.capitalize()} {name}"
        spelling = self.habits.spelling
        if spelling == "new tone":
            return legacy.new_tone(text)
        if spelling == "spaces":
            return f" {text.replace(' ', '  ', 1)}\u00a0"
        if spelling == "capitals":
            return text.upper()
        if spelling == "no marks":
            return legacy.unmarked(text)
        return text


def in_letters(page: Page, letters: str, names: set[tuple[int, int]]) -> None:
    """Store the page's text in the district's letters, with the font that shows them."""
    if letters == "unicode":
        return
    for at, put in page.cells.items():
        text = put.value
        if not isinstance(text, str):
            continue
        if letters == "nfd":
            put.value = legacy.decomposed(text)
        elif letters == "mojibake":
            put.value = legacy.mojibake(text)
        elif letters == "mixed":
            if at in names:
                # one word of a name was pasted from an old file
                first, space, rest = text.partition(" ")
                second, gap, tail = rest.partition(" ")
                put.value = first + space + legacy.encode(second, "tcvn3") + gap + tail
        else:
            put.value = legacy.encode(text, letters)
            put.font = "VNI-Times"
            if letters == "tcvn3":
                capitals = text.upper() == text and re.search(r"[^\W\d_]{3}", text)
                put.font = ".VnTimeH" if capitals else ".VnTime"
