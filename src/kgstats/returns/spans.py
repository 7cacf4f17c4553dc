"""What a title says of its figures beside the year: a part of it, a plan, an estimate.

And the day under a table.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from kgstats.returns.columns.heading_words import DATE_WORDS
from kgstats.returns.forms import form_rows, split_words
from kgstats.returns.layout import Page, Seen, TableBlock, tokens
from kgstats.returns.records.titles import attached

Standing = Literal["foreseen", "provisional"]
"""Figures of what is to come are no results; estimates and drafts are, and may change."""

_COUNT = r"(?:\d{1,2}|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi|muoi mot)"
_MONTHS = re.compile(
    rf"\b(?:({_COUNT}) (?:thang|th)|(\d{{1,2}}) ?t(?= (?:dau|cuoi|nam|20)))"
    r"(?: (?:dau|cuoi|qua)(?: nam)?)?\b(?! \d{1,2}\b)"
)
_QUARTER = re.compile(
    r"\bquy (?:[1-4]|i{1,3}|iv)\b|\bq ?[1-4] (?:nam )?20[0-4]\d\b|\b(?:[23]|hai|ba) quy dau\b"
    r"|\bban nien\b|\b(?:nua|giua) (?:dau |cuoi )?nam\b(?! 20[0-4]\d (?:va|den)\b)"
)
_MONTH = r"thang (?:[1-9]|1[01])\b"
_ONE_MONTH = re.compile(
    rf"\b(?:den|het|cuoi|luy ke|bao cao|so lieu) (?:het |cuoi )?{_MONTH}(?: (?:nam )?(20[0-4]\d))?"
    rf"|(?<!ngay )\b{_MONTH} (?:nam )?(20[0-4]\d)\b"
)
_UP_TO_DAY = re.compile(
    r"\b(?:den|het) (?:het )?(?:ngay )?\d{1,2} (?:thang )?([1-9])"
    r"(?: (?:nam )?(20[0-4]\d))?\b(?! \d{1,2}\b)"
)
_AT_START = re.compile(r"\b(?<!tu )(?<!voi )(?<!ngay )dau nam(?: 20[0-4]\d)?\b")
_PERIOD = re.compile(r"\bgiai doan (?:tu )?(20[0-4]\d) (?:den )?(?:nam )?(20[0-4]\d)\b")
_WHOLE_YEAR = frozenset(("12", "muoi hai"))
_PLAN = re.compile(r"\b(ke hoach|phuong huong|nhiem vu)\b")
_DAY = re.compile(r"ngay (\d{1,2}) thang (\d{1,2}) nam (20[0-4]\d)")


@lru_cache(maxsize=1 << 12)
def part_of_year(text: str, year: int | None = None, *, heading: bool = False) -> str | None:
    """Return the words of a title that name a part of a year.

    Parameters
    ----------
    text
        A title, the name of a sheet or a file, or a heading.
    year
        Year of the report: a month of another one is no part of it.
    heading
        Whether the words head a column: the start of a year is one of a form's columns.

    Examples
    --------
    >>> part_of_year("KẾT QUẢ RÀ SOÁT HỘ NGHÈO 6 THÁNG ĐẦU NĂM 2019")
    '6 thang dau nam'
    >>> part_of_year("Báo cáo quý III năm 2019"), part_of_year("Cả 12 tháng năm 2019")
    ('quy iii', None)
    >>> part_of_year("Ngày 20 tháng 12 năm 2019") is None
    True
    >>> part_of_year("Lũy kế đến 30/6"), part_of_year("BC 6T-2019.xlsx"), part_of_year("đến 31/01")
    ('den 30 6', '6t', None)
    """
    whole = re.sub(r"\b0(?=\d\b)", "", tokens(text))
    folded = DATE_WORDS.sub(" ", whole)
    if attached(folded):
        return None
    for day in _UP_TO_DAY.finditer(whole):
        # Without its year, a day in January or February is of the year after.
        if (day[2] == str(year)) if day[2] else day[1] not in "12":
            return day[0]
    for match in _MONTHS.finditer(folded):
        if (match[1] or match[2]) not in _WHOLE_YEAR:
            rest = folded[match.end() :]
            # "Kết quả năm 2019, nhiệm vụ 6 tháng đầu năm 2020": the plan is not the report.
            if not _PLAN.search(folded[: match.start()]):
                return match[0].strip()
            folded = rest
    for month in _ONE_MONTH.finditer(folded):
        if year is None or (month[1] or month[2] or str(year)) == str(year):
            return month[0]
    part = _QUARTER.search(folded) or (None if heading else _AT_START.search(folded))
    return part[0] if part is not None else None


@lru_cache(maxsize=1 << 12)
def several_years(text: str, year: int) -> str | None:
    """Return the words of a title that name a span of years up to the one reported.

    Spans of five years up to a year that ends in 0 or 5 are those of the programmes: a title
    names them beside the year, or for what the money is.

    >>> several_years("KẾT QUẢ GIẢM NGHÈO GIAI ĐOẠN 2016-2019", 2019)
    'giai doan 2016 2019'
    >>> several_years("MTQG GIAI ĐOẠN 2016-2020", 2020) is None
    True
    """
    folded = tokens(text)
    match = _PERIOD.search(folded)
    if match is None or int(match[2]) != year or year % 5 == 0:
        return None
    rest = folded[: match.start()] + folded[match.end() :]
    return None if f"nam {year}" in rest else match[0]


@lru_cache
def _title_words(*kinds: str) -> re.Pattern[str]:
    """Match words of some kinds, folded."""
    words = [
        tokens(word)
        for row in form_rows("title_words")
        if row["kind"] in kinds
        for word in split_words(row["words"])
    ]
    return re.compile(rf"\b({'|'.join(sorted(words, key=len, reverse=True))})\b")


_NOT_PLANS = re.compile(
    r"\bke hoach von\b|\bmuc tieu quoc gia\b|\b(?:tieu chi|chi tieu) so\b"
    r"|\bquy uoc\b"
)
"""The money that was planned for a year is what the form asks for; a programme has its name; a
convention ("quy ước") is no estimate ("ước")."""
_BEFORE = re.compile(
    r"(?:(?:bieu|bang|mau|phu luc|tong hop|danh sach|so lieu|so|[0-9]{1,2}|[ivx]+|chi tiet) )*"
)
_SUBJECT = re.compile(
    r"\b(ngheo|nong thon moi|ntm|tieu chi|von|giai ngan|mtqg|muc tieu quoc gia)\b"
)
_ESTIMATED = re.compile(r"(?<!quy )\buoc (?:thuc hien|ket qua|dat|ca nam)\b")


@lru_cache(maxsize=1 << 12)
def standing(text: str) -> tuple[Standing, str] | None:
    """Say whether a title's figures are foreseen or provisional, with the words that say so.

    A title that begins with a plan, or foresees anything before it names a result, is of what is
    to come: “Tình hình thực hiện kế hoạch” is not, nor is a plan for next year behind a result.

    >>> standing("KẾ HOẠCH GIẢM NGHÈO NĂM 2019"), standing("Số liệu hộ nghèo dự kiến năm 2019")
    (('foreseen', 'ke hoach'), ('foreseen', 'du kien'))
    >>> standing("Tình hình thực hiện kế hoạch vốn, giải ngân năm 2019") is None
    True
    >>> standing("Ước kết quả rà soát hộ nghèo năm 2019")
    ('provisional', 'uoc')
    """
    folded = _NOT_PLANS.sub(" ", tokens(text))
    whole = tokens(text)
    if attached(folded) or not (_SUBJECT.search(whole) or _ESTIMATED.search(whole)):
        return None
    folded = " ".join(folded.split())
    begun = _BEFORE.match(folded)
    start = begun.end() if begun is not None else 0
    plan = _title_words("plan", "foreseen").match(folded, start)
    if plan is not None:
        return "foreseen", plan[1]
    result = _title_words("results").search(folded)
    foreseen = _title_words("foreseen").search(folded)
    if foreseen is not None and (result is None or foreseen.start() < result.start()):
        return "foreseen", foreseen[1]
    provisional = _title_words("provisional").search(folded)
    return ("provisional", provisional[1]) if provisional is not None else None


def stated_standing(
    page: Page, block: TableBlock, file: str
) -> tuple[Standing, str, Seen | None] | None:
    """Return what a table's title says of the standing of its figures, with its words and cell.

    Sheet and file may be called after a plan that they tell the results of.
    """
    for text, seen in _title_lines(page, block):
        found = standing(text)
        if found is not None:
            return found[0], text, seen
    for name in (page.sheet.name, file):
        if _ESTIMATED.search(tokens(name)):
            return "provisional", name, None
    return None


def _title_lines(page: Page, block: TableBlock) -> Iterator[tuple[str, Seen | None]]:
    """Yield the lines of a table's title, then those of its page's, each with its cell."""
    titles = page.tables[0].title_rows if page.tables else []
    for row in dict.fromkeys((*sorted(block.title_rows), *sorted(titles))):
        for one in page.rows.get(row, ()):
            if one.kind == "text":
                yield one.text, one
    for text in page.outside:
        yield text, None


def stated_span(
    page: Page, block: TableBlock, year: int, file: str
) -> tuple[str, Seen | None] | None:
    """Return the words that speak of a part of a year or of several, with their cell.

    They are a line of the title, or the name of the sheet or the file.
    """
    named = ((name, None) for name in (page.sheet.name, file))
    for text, seen in (*_title_lines(page, block), *named):
        if part_of_year(text, year) is not None or several_years(text, year) is not None:
            return text, seen
    return None


def signed(page: Page, year: int) -> tuple[dt.date, Seen] | None:
    """Return the day of a year on which a sheet was signed, below its tables."""
    found = signed_on(page)
    return found if found is not None and found[0].year == year else None


def signed_on(page: Page) -> tuple[dt.date, Seen] | None:
    """Return the day on which a sheet was signed, below its tables."""
    for one in page.around:
        if page.roles[one.place][0] != "signature" or one.kind != "text":
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
_YEAR_WORD = re.compile(rf"(?i)\bn[ăa]m\s*[:.]?\s*({_DIGIT}(?:[ .,]?{_DIGIT}){{3,4}})(?![0-9])")
_TWICE = re.compile(r"(.)(?=\1)")
_FOUR = re.compile(r"20[0-4]\d")


def year_with_slip(text: str) -> int | None:
    """Return the year that a title means whose year is not typed as four digits.

    Letters that look like digits, blanks or dots between the digits and a digit typed twice are
    understood; digits in another order are not: they may be of any year.

    >>> [year_with_slip(text) for text in ("HỘ NGHÈO NĂM 20I9", "NĂM 2 0 1 9", "năm 20019")]
    [2019, 2019, 2019]
    >>> year_with_slip("NĂM 2109") is None and year_with_slip("5 năm qua") is None
    True
    """
    for match in _YEAR_WORD.finditer(unicodedata.normalize("NFC", text)):
        digits = re.sub(r"[ .,]", "", match[1].translate(_LOOKS_LIKE))
        if len(digits) > 4:
            digits = _TWICE.sub("", digits)
        if _FOUR.fullmatch(digits):
            return int(digits)
    return None


def slipped_year(page: Page, block: TableBlock) -> tuple[int, Seen] | None:
    """Return the year that a table's title states with a slip, with its cell."""
    for text, seen in _title_lines(page, block):
        if seen is not None and not attached(seen.folded):
            year = year_with_slip(text)
            if year is not None:
                return year, seen
    return None
