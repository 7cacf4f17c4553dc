"""The year and the span that a heading states, weighed against the year of the report.

Last year's column often stands beside this year's, the disbursement of a month beside that of the
whole year. A column counts as the form's only where its heading speaks of the year reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

When = Literal["now", "start", "other"]
"""This year or no year at all; the start of this year; another year or a part of one."""

_DATE = re.compile(
    r"\b(?:(?:tinh|den|het|ngay|tai|vao|thoi diem) )*"
    r"(\d{1,2}) (?:thang )?(\d{1,2}) (?:nam )?(20[0-3]\d)\b"
)
_RANGE = re.compile(r"\b(?:giai doan )?(20[0-3]\d) (?:den |den nam |nam )?(20[0-3]\d)\b")
_YEAR = re.compile(r"\b(?:(dau|cuoi) )?(?:nam )?(20[0-3]\d)\b")
_START = re.compile(r"\b(dau (nam|ky)|nam truoc|01 01|1 1)\b")
_END = re.compile(r"\b(cuoi (nam|ky)|31 12)\b")
_PART = re.compile(
    r"\b(trong )?(thang (\d{1,2}|nay|bao cao)|trong thang|quy ([1-4]|i{1,3}|iv)|"
    r"[1-9] thang|1[01] thang)\b"
)
_UP_TO = re.compile(
    r"\b(luy ke|cong don|tu dau nam|den (het )?(ngay|thang|quy|\d)|den het|tinh den|den nay)\b"
)
_FORESEEN = re.compile(
    r"\b(uoc|du kien|du bao|nhu cau|de xuat|dang ky|trung han|chua (giai ngan|phan bo)|con lai|"
    r"phan dau|tong muc dau tu|tu (?:dau |khi )?(?:du an|giai doan|khoi cong)|"
    r"keo dai sang(?! (?:nam )?20[0-3]\d))\b"
)
_YEAR_BEFORE = re.compile(r"\bnam (truoc|ngoai)\b(?!.*\b(chuyen|keo dai)\b)")
"""Last year's money; what was carried over from the year before is this year's to spend."""
_COMPARED = re.compile(
    r"\b(so voi|tang giam|chenh lech|"
    r"bien dong(?!.*\b(thoat|tai|phat sinh|ngheo moi|tro thanh)\b))\b"
)
"""A difference between two years; “Biến động trong năm: Thoát nghèo” is a movement of one."""


_PLANNED = re.compile(r"(?<!thuc hien )\bke hoach (?:so ho |ho )?(?:thoat|giam|ngheo|can ngheo)\b")
"""Households of a plan; a plan that was carried out is none, nor is one that money was given by."""


@dataclass(frozen=True, slots=True)
class HeadingTime:
    """What a heading says of time, and its folded words without the years and days."""

    when: When
    bare: str


@lru_cache(maxsize=1 << 13)
def stock_time(folded: str, year: int | None) -> HeadingTime:
    """Read the time of a count of households: of this year, of its start, or of another year.

    >>> stock_time("ho ngheo 31 12 2018 so ho", 2019)
    HeadingTime(when='start', bare='ho ngheo so ho dau nam')
    >>> stock_time("ho ngheo nam 2019 so ho", 2019).when, stock_time("ho ngheo 2017", 2019).when
    ('now', 'other')
    >>> stock_time("so ho ngheo dau nam 2020", 2019).bare
    'so ho ngheo cuoi nam'
    >>> stock_time("ke hoach thoat ngheo", 2019).when
    'other'
    """
    ends: set[int] = set()
    says_end = _END.search(folded) is not None
    says_start = _START.search(folded) is not None and not says_end

    def day(match: re.Match[str]) -> str:
        nonlocal says_end
        if (int(match[1]), int(match[2])) == (1, 1):
            ends.add(int(match[3]) - 1)
        elif int(match[2]) >= 10:
            ends.add(int(match[3]))
            says_end = True
        else:
            ends.add(0)
        return " "

    def named(match: re.Match[str]) -> str:
        at_start = match[1] == "dau" or (says_start and match[1] is None)
        ends.add(int(match[2]) - 1 if at_start else int(match[2]))
        return f" {match[1]} nam " if match[1] else " "

    bare = _YEAR.sub(named, _DATE.sub(day, folded))
    bare = " ".join(bare.split())
    part = _PART.search(bare) is not None and _UP_TO.search(bare) is None
    foreseen = _FORESEEN.search(bare) or _PLANNED.search(bare)
    if part or foreseen or _COMPARED.search(bare) or len(ends) > 1 or 0 in ends:
        return HeadingTime("other", bare)
    if not ends or year is None:
        return HeadingTime("now", bare if ends or says_end else folded)
    if ends == {year}:
        # The start of the year after is the end of this one.
        bare = bare.replace("dau nam", "cuoi nam")
        return HeadingTime("now", f"{bare} cuoi nam" if says_end and "cuoi" not in bare else bare)
    if ends == {year - 1}:
        bare = " ".join(_END.sub(" ", bare).split())
        return HeadingTime("start", bare if "dau nam" in bare else f"{bare} dau nam")
    return HeadingTime("other", bare)


def standing_time(folded: str, year: int | None) -> When:
    """Read the time of what communes meet: that of last year or of a year's start is another.

    >>> standing_time("so tieu chi dat nam truoc", 2019), standing_time("so tieu chi dat", 2019)
    ('other', 'now')
    """
    if _YEAR_BEFORE.search(folded) or _START.search(folded):
        return "other"
    return stock_time(folded, year).when


@lru_cache(maxsize=1 << 13)
def money_time(folded: str, measure: str, year: int | None) -> When:
    """Say whether a heading of money speaks of the whole year reported.

    >>> money_time("giai ngan thang 12", "disbursed_vnd", 2019)
    'other'
    >>> money_time("giai ngan luy ke den 31 12", "disbursed_vnd", 2019)
    'now'
    """
    if _FORESEEN.search(folded) or _YEAR_BEFORE.search(folded):
        return "other"
    dates = [int(found[3]) for found in _DATE.finditer(folded)]
    bare = _DATE.sub(" ", folded)
    if measure != "allocated_vnd":
        if _PART.search(bare) and not _UP_TO.search(folded):
            return "other"
        if year is not None and dates and max(dates) < year:
            return "other"
    elif any(int(found[2]) - int(found[1]) > 1 for found in _RANGE.finditer(bare)):
        return "other"
    if year is not None and any(int(found[2]) > year for found in _YEAR.finditer(bare)):
        return "other"
    return "now"
