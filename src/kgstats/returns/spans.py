"""The part of a year that a title speaks of, and the day under a table."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from kgstats.returns.heading_words import DATE_WORDS
from kgstats.returns.layout import Page, Seen, TableBlock, tokens

_COUNT = r"(?:\d{1,2}|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi|muoi mot)"
_MONTHS = re.compile(rf"\b({_COUNT}) thang(?: (?:dau|cuoi|qua)(?: nam)?)?\b(?! \d)")
_QUARTER = re.compile(r"\bquy (?:[1-4]|i{1,3}|iv)\b")
_WHOLE_YEAR = frozenset(("12", "muoi hai"))
_PLAN = re.compile(r"\b(ke hoach|phuong huong|nhiem vu)\b")
_DAY = re.compile(r"ngay (\d{1,2}) thang (\d{1,2}) nam (20[0-4]\d)")
_ATTACHED = ("kem theo", "ban hanh", "so ", "can cu")


def part_of_year(text: str) -> str | None:
    """Return the words of a title that name a part of a year.

    >>> part_of_year("KẾT QUẢ RÀ SOÁT HỘ NGHÈO 6 THÁNG ĐẦU NĂM 2019")
    '6 thang dau'
    >>> part_of_year("Báo cáo quý III năm 2019"), part_of_year("Cả 12 tháng năm 2019")
    ('quy iii', None)
    >>> part_of_year("Ngày 20 tháng 12 năm 2019") is None
    True
    """
    folded = tokens(text)
    if "thang" not in folded and "quy" not in folded:
        return None
    folded = DATE_WORDS.sub(" ", folded)
    if folded.startswith(_ATTACHED):
        return None
    for match in _MONTHS.finditer(folded):
        if match[1] not in _WHOLE_YEAR:
            rest = folded[match.end() :]
            # "Kết quả năm 2019, nhiệm vụ 6 tháng đầu năm 2020": the plan is not the report.
            if not _PLAN.search(folded[: match.start()]):
                return match[0]
            folded = rest
    quarter = _QUARTER.search(folded)
    return quarter[0] if quarter is not None else None


def stated_span(page: Page, block: TableBlock) -> tuple[str, Seen | None] | None:
    """Return the part of a year that a table's title speaks of, as it is written, with its cell."""
    titles = page.tables[0].title_rows if page.tables else []
    for row in (*sorted(block.title_rows), *sorted(titles)):
        for one in page.rows.get(row, ()):
            if one.kind != "text" or not ("thang" in one.folded or "quy" in one.folded):
                continue
            if part_of_year(one.text) is not None:
                return one.text, one
    for text in page.outside:
        if part_of_year(text) is not None:
            return text, None
    return None


def signed(page: Page, year: int) -> tuple[dt.date, Seen] | None:
    """Return the day of a year on which a sheet was signed, below its tables."""
    found = signed_on(page)
    return found if found is not None and found[0].year == year else None


def signed_on(page: Page) -> tuple[dt.date, Seen] | None:
    """Return the day on which a sheet was signed, below its tables."""
    for place, (role, _) in page.roles.items():
        if role != "signature":
            continue
        one = page.at[place]
        if one.kind != "text":
            continue
        match = _DAY.search(one.folded)
        if match is None:
            continue
        try:
            return dt.date(int(match[3]), int(match[2]), int(match[1])), one
        except ValueError:
            continue
    return None


_LOOKS_LIKE = str.maketrans("OoQDlIiL|SsBZz", "00001111155822")
_DIGIT = "[0-9OoQDlIiL|SsBZz]"
_YEAR_WORD = re.compile(rf"(?i)\bn[ăa]m\s*[:.]?\s*({_DIGIT}(?:[ .,]?{_DIGIT}){{3}})(?![0-9])")
_FOUR = re.compile(r"20[0-4]\d")


def year_with_slip(text: str) -> int | None:
    """Return the year that a title means whose year is not typed as four digits.

    Letters that look like digits and blanks or dots between the digits are understood; digits in
    another order are not: they may be of any year.

    >>> [year_with_slip(text) for text in ("HỘ NGHÈO NĂM 20I9", "NĂM 2 0 1 9", "năm 2O19")]
    [2019, 2019, 2019]
    >>> year_with_slip("NĂM 2109") is None and year_with_slip("5 năm qua") is None
    True
    """
    for match in _YEAR_WORD.finditer(unicodedata.normalize("NFC", text)):
        digits = re.sub(r"[ .,]", "", match[1].translate(_LOOKS_LIKE))
        if _FOUR.fullmatch(digits):
            return int(digits)
    return None


def slipped_year(page: Page, block: TableBlock) -> tuple[int, Seen] | None:
    """Return the year that a table's title states with a slip, with its cell."""
    titles = page.tables[0].title_rows if page.tables else []
    for row in (*sorted(block.title_rows), *sorted(titles)):
        for one in page.rows.get(row, ()):
            if one.kind == "text" and not one.folded.startswith(_ATTACHED):
                year = year_with_slip(one.text)
                if year is not None:
                    return year, one
    return None
