"""What title and headings say of all rows of a table: the reporting year and the cut-off day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from kgstats.returns.columns.heading_words import DATE_WORDS
from kgstats.returns.columns.matching import YEAR, Mapped, match_columns
from kgstats.returns.forms import Form
from kgstats.returns.layout import Page, Seen, TableBlock, tokens
from kgstats.returns.values.dates import read_date

_ATTACHED = re.compile(r"(?:kem theo|ban hanh|can cu)\b|so \d")


def attached(folded: str) -> bool:
    """Say whether a line names the document that a form came with, which has a year of its own.

    >>> attached("kem theo ke hoach so 12 kh ubnd nam 2018"), attached("so lieu ho ngheo nam 2019")
    (True, False)
    """
    return _ATTACHED.match(folded) is not None


def stated_year(page: Page, block: TableBlock) -> tuple[int, Seen | None] | None:
    """Return the reporting year a table's title states, with its cell.

    Words beside the grid of a web page have no cell.
    """
    titles = page.tables[0].title_rows if page.tables else []
    for row in (*sorted(block.title_rows), *sorted(titles)):
        for one in page.rows.get(row, ()):
            if one.kind != "text" or attached(one.folded):
                continue
            if "nam 20" not in one.folded:
                continue
            year = _year_in(one.folded)
            if year is not None:
                return year, one
    for text in page.outside:
        year = _year_in(tokens(text))
        if year is not None:
            return year, None
    return None


@lru_cache(maxsize=1 << 12)
def _year_in(folded: str) -> int | None:
    """Return the one year that words name, days aside but for its last: "tính đến hết năm"."""
    years = set(re.findall(r"\bnam (20[0-4]\d)\b", DATE_WORDS.sub(" ", folded)))
    years = years or set(re.findall(r"\bhet nam (20[0-4]\d)\b", folded))
    return int(years.pop()) if len(years) == 1 else None


def _up_to(folded: str) -> bool:
    """Whether words say up to when something is counted."""
    words = f" {folded} "
    return " den " in words or " tinh het " in words


def stated_cut_off(
    page: Page, block: TableBlock, heads: Collection[int] | None = None
) -> tuple[dt.date, Seen | None] | None:
    """Return the day up to which a table's money is counted, with its cell.

    In the heading it counts above the columns of the form, ``heads``, where these are known:
    another column's is its own.
    """
    titles = page.tables[0].title_rows if page.tables else []
    header = range(block.header_first, block.header_last + 1)
    for row in (*sorted(block.title_rows), *header, *sorted(titles)):
        for one in page.rows.get(row, ()):
            if one.kind != "text" or not _up_to(one.folded):
                continue
            if row in header and heads is not None and one.column not in heads:
                continue
            day = _day_in(one.text)
            if day is not None:
                return day, one
    for text in page.outside:
        day = _day_in(text) if _up_to(tokens(text)) else None
        if day is not None:
            return day, None
    return None


_YEAR = r"20[0-4]\d(?!\d)"


@lru_cache(maxsize=1 << 12)
def _day_in(text: str) -> dt.date | None:
    match = re.search(rf"(\d{{1,2}}\s*[/.\-]\s*\d{{1,2}}\s*[/.\-]\s*{_YEAR})", text) or re.search(
        rf"(\d{{1,2}}\s+tháng\s+\d{{1,2}}\s+năm\s+{_YEAR})", text
    )
    return read_date(match[1]).value if match else None


MORE_COLUMNS = 2
"""So many more columns of the form make a table one of another year."""


def headed_year(
    form: Form, block: TableBlock, page: Page, year: int, mapped: Sequence[Mapped]
) -> int | None:
    """Return the other year that all dated headings of a table are of; None where it is open.

    No heading names the year of the report, and read as those of the other year more of them are
    columns of the form: "cuối năm 2018" beside "trong năm 2018" is no start of 2019.

    Parameters
    ----------
    form, block, page
        The form, the table and its page.
    year
        Year of the report.
    mapped
        The columns matched in that year.
    """
    folded = [one.folded for one in block.columns if " 20" in f" {one.folded}"]
    named = {int(one) for words in folded for one in YEAR.findall(words)}
    if not named or year in named:
        return None
    others = sorted({at + step for at in named for step in (0, 1)} - {year})
    counts = {at: len(match_columns(form, block, page, at)[0]) for at in others}
    best = max(counts, key=lambda at: counts[at])
    return best if counts[best] >= len(mapped) + MORE_COLUMNS else None
