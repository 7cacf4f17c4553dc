"""Number formats: which ones show dates, and the date a serial number stands for.

Spreadsheets store dates as days since an epoch; only the cell's number format tells them from
other numbers.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

from kgstats.returns.cells import CellValue

BUILTIN_FORMATS = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "dd/mm/yyyy h:mm",
    37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;[Red](#,##0.00)", 41: '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""Number formats that files name by number only; 14 and 22 as Vietnamese settings show them."""

NAMED_FORMATS = {
    "percent": "0.00%",
    "short date": "dd/mm/yyyy",
    "fixed": "0.00",
    "standard": "#,##0.00",
}
"""Number formats that pages and XML workbooks name by word."""


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_FIGURES = re.compile(r"[\s\d.,%()+'’-]*\d[\s%)]*")


def raised(text: str, before: str) -> str:
    """Return text that a cell sets above the line, as digits of that kind behind a number.

    A note mark must not become a digit of the number it stands behind.

    >>> raised("1", before="178"), raised("(2)", before="9,5 %"), raised("2", before="km")
    ('¹', '(2)', '2')
    """
    marked = text.lstrip().startswith(("(", "["))
    return text if marked or not _FIGURES.fullmatch(before) else text.translate(_RAISED)


class Style(NamedTuple):
    """What a cell's style says of its value."""

    number_format: str | None = None
    """None for General."""
    font: str | None = None
    shows: str | None = None
    """``date`` or ``elapsed`` (hours beyond 24) where the number format is of such a kind;
    ``struck`` where the font strikes out what is written."""


STRUCK = "struck"
_STROKE = "\u0336"


def struck(value: CellValue) -> str:
    """Write what a font strikes out as it is seen: whoever struck it did not send it.

    >>> struck(87.0), struck("Đ")
    ('8\u03367\u0336', 'Đ\u0336')
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "".join(letter + _STROKE for letter in str(value))


def as_seen(value: CellValue, shows: str | None) -> CellValue:
    """Return a value, struck out where its font does so."""
    return struck(value) if shows == STRUCK else value


def style(number_format: str | None, font: str | None, *, strikes: bool = False) -> Style:
    """Describe a style by its number format, the name of its font and whether that strikes out.

    >>> style("General", None).number_format, style("d-mmm", "Arial").shows
    (None, 'date')
    """
    if strikes:
        return Style(number_format, font, STRUCK)
    if not number_format or number_format.casefold() == "general":
        return Style(None, font)
    return Style(number_format, font, _shows(number_format))


_LITERAL = re.compile(r'"[^"]*"?|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]?|AM/PM|A/P', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_FRACTION = re.compile(r"(?<=s)\.0+", re.IGNORECASE)


@lru_cache(maxsize=1 << 10)
def _shows(code: str) -> str | None:
    """Tell a format for dates or times from one for numbers.

    >>> [_shows(code) for code in ("dd/mm/yyyy", "[h]:mm", '0 "hộ"', "[Red]#,##0.0,", "mm:ss.0")]
    ['date', 'elapsed', None, None, 'date']
    """
    bare = _FRACTION.sub("", _LITERAL.sub("", code).partition(";")[0])
    if re.search("[0#?]", bare):
        return None
    if _ELAPSED.search(bare):
        return "elapsed"
    return "date" if re.search("[dmyhs]", bare, re.IGNORECASE) else None


_EPOCH, _EPOCH_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)
FIRST_DATE = 61
"""Serial number of 1 March 1900. Programs disagree about the days before (Excel counts a 29
February 1900), and nobody reports of them: such a number under a date format is a number."""


def as_shown(number: float, shows: str | None, *, date1904: bool = False) -> CellValue:
    """Turn a stored number into the date or time that its number format shows.

    Parameters
    ----------
    number
        Days, as stored.
    shows
        ``Style.shows``.
    date1904
        Whether the workbook counts days from 1904.

    Examples
    --------
    >>> as_shown(43587.0, "date"), as_shown(43587.0, None), as_shown(12.0, "date")
    (datetime.date(2019, 5, 2), 43587.0, 12.0)
    >>> as_shown(0.5, "date"), as_shown(1.5, "elapsed")
    (datetime.time(12, 0), datetime.timedelta(days=1, seconds=43200))
    """
    if shows is None or shows == STRUCK:
        return number
    try:
        length = dt.timedelta(seconds=round(number * 86_400, 3))
        if shows == "elapsed":
            return length
        if 0 < number < 1:
            return (_EPOCH + length).time()
        if number < FIRST_DATE:
            return number
        moment = (_EPOCH_1904 if date1904 else _EPOCH) + length
    except (OverflowError, ValueError):
        return number
    return moment.date() if moment.time() == dt.time() else moment


def or_number(value: CellValue, *, excel: bool = False) -> CellValue:
    """Give the number behind a date of January or February 1900, which is no date.

    Parameters
    ----------
    value
        A date as a file writes it in letters; other values are given back.
    excel
        Whether the program that wrote it counts a 29 February 1900.

    Examples
    --------
    >>> or_number(dt.date(1900, 1, 12)), or_number(dt.date(1900, 1, 12), excel=True)
    (13.0, 12.0)
    """
    if isinstance(value, dt.date) and value.year <= 1900:
        day = value.date() if isinstance(value, dt.datetime) else value
        serial = (day - _EPOCH.date()).days - excel
        if 0 <= serial < FIRST_DATE - excel:
            return float(serial)
    return value
