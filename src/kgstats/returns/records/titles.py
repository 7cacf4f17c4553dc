"""What the title of a table says of all its rows: the reporting year and the cut-off day."""

from __future__ import annotations

import datetime as dt
import re

from kgstats.returns.dates import read_date
from kgstats.returns.heading_words import DATE_WORDS
from kgstats.returns.layout import Page, Seen, TableBlock, tokens


def stated_year(page: Page, block: TableBlock) -> tuple[int, Seen | None] | None:
    """Return the reporting year a table's title states, with its cell.

    Words beside the grid of a web page have no cell.
    """
    titles = page.tables[0].title_rows if page.tables else []
    for row in (*sorted(block.title_rows), *sorted(titles)):
        for one in page.rows.get(row, ()):
            if one.kind != "text" or one.folded.startswith(("kem theo", "ban hanh", "so ")):
                continue
            if "nam 20" not in one.folded:
                continue
            folded = DATE_WORDS.sub(" ", one.folded)
            years = re.findall(r"\bnam (20[0-4]\d)\b", folded)
            if len(set(years)) == 1:
                return int(years[0]), one
    for text in page.outside:
        years = re.findall(r"\bnam (20[0-4]\d)\b", DATE_WORDS.sub(" ", tokens(text)))
        if len(set(years)) == 1:
            return int(years[0]), None
    return None


def stated_cut_off(page: Page, block: TableBlock) -> tuple[dt.date, Seen | None] | None:
    """Return the day up to which a table's money is counted, with its cell."""
    titles = page.tables[0].title_rows if page.tables else []
    header = range(block.header_first, block.header_last + 1)
    for row in (*sorted(block.title_rows), *header, *sorted(titles)):
        for one in page.rows.get(row, ()):
            if one.kind != "text" or not re.search(r"\bden\b|\btinh het\b", one.folded):
                continue
            day = _day_in(one.text)
            if day is not None:
                return day, one
    for text in page.outside:
        day = _day_in(text) if re.search(r"\bden\b|\btinh het\b", tokens(text)) else None
        if day is not None:
            return day, None
    return None


def _day_in(text: str) -> dt.date | None:
    match = re.search(r"(\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4})", text) or re.search(
        r"(\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4})", text
    )
    return read_date(match[1]).value if match else None
