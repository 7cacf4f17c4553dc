"""Dates as people type them, with the rule by which each was read.

Text is day, month, year unless only another order is possible; nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from kgstats.returns.cells import CellValue, ErrorValue
from kgstats.returns.values.real_numbers import EPOCH
from kgstats.returns.values.typed_numbers import DASHES, VARIANTS
from kgstats.text import decode, fold


class DateRule(StrEnum):
    """How a date was read."""

    DATE = "date"
    DAY_MONTH_YEAR = "day_month_year"
    YEAR_MONTH_DAY = "year_month_day"
    MONTH_DAY_YEAR = "month_day_year"
    WORDS = "words"
    SERIAL = "serial"
    BLANK = "blank"
    DASH = "dash"
    ERROR_VALUE = "error_value"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a cell says as a date; None with the reason in ``rule``."""

    rule: DateRule
    value: dt.date | None = None
    notes: tuple[str, ...] = ()

    @property
    def blank(self) -> bool:
        """No cell, or white space only."""
        return self.rule is DateRule.BLANK


_NUMERIC_DATE = re.compile(
    r"^(?:ngay )?(\d{1,2}) ?[/.\- ] ?(\d{1,2}) ?[/.\- ] ?(\d{4}|\d{2})\.?"
    r"(?: \d{1,2}:\d{2}(?::\d{2})?)?$"
)
_ISO_DATE = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?$")
_WORD_DATE = re.compile(r"^(?:ngay )?(\d{1,2}) ?thang (\d{1,2}),? ?nam (\d{4})\.?$")
_SERIALS = range(18264, 73051)
"""Serial numbers of 1950 to 2099; other numbers in a date column are not dates."""


def read_date(value: CellValue | None, *, number_format: str | None = None) -> DateReading:
    """Read a date; text is day, month, year unless only another order is possible.

    >>> read_date("15/12/2019").value, read_date("ngày 5 tháng 6 năm 2019").value
    (datetime.date(2019, 12, 15), datetime.date(2019, 6, 5))
    >>> read_date(43814).value, read_date("Quý II").rule
    (datetime.date(2019, 12, 15), <DateRule.UNREADABLE: 'unreadable'>)
    """
    if value is None:
        return DateReading(DateRule.BLANK)
    if isinstance(value, dt.datetime):
        return DateReading(DateRule.DATE, value.date())
    if isinstance(value, dt.date):
        return DateReading(DateRule.DATE, value)
    if isinstance(value, ErrorValue):
        return DateReading(DateRule.ERROR_VALUE, notes=(value.code,))
    if isinstance(value, bool):
        return DateReading(DateRule.UNREADABLE)
    if isinstance(value, int | float):
        return _from_serial(value)
    if isinstance(value, str):
        return _date_text(value)
    return DateReading(DateRule.UNREADABLE)


def _from_serial(value: int | float) -> DateReading:
    if math.isfinite(value) and int(value) in _SERIALS:
        return DateReading(DateRule.SERIAL, EPOCH + dt.timedelta(days=int(value)))
    return DateReading(DateRule.UNREADABLE)


@lru_cache(maxsize=1 << 12)
def _date_text(received: str) -> DateReading:
    text = fold(decode(received.translate(VARIANTS)).text)
    if not text:
        return DateReading(DateRule.BLANK)
    if DASHES.match(text):
        return DateReading(DateRule.DASH)
    if text.isdigit() and len(text) == 5:
        return _from_serial(int(text))
    if match := _ISO_DATE.match(text):
        year, month, day = map(int, match.groups())
        return _dated(DateRule.YEAR_MONTH_DAY, year, month, day)
    if match := _WORD_DATE.match(text):
        day, month, year = map(int, match.groups())
        return _dated(DateRule.WORDS, year, month, day)
    if match := _NUMERIC_DATE.match(text):
        day, month = int(match[1]), int(match[2])
        notes: tuple[str, ...] = ()
        year = int(match[3])
        if len(match[3]) == 2:
            year, notes = 2000 + year, ("short_year",)
        if month > 12 >= day:
            return _dated(DateRule.MONTH_DAY_YEAR, year, day, month, notes)
        return _dated(DateRule.DAY_MONTH_YEAR, year, month, day, notes)
    return DateReading(DateRule.UNREADABLE)


def _dated(
    rule: DateRule, year: int, month: int, day: int, notes: tuple[str, ...] = ()
) -> DateReading:
    try:
        return DateReading(rule, dt.date(year, month, day), notes)
    except ValueError:
        return DateReading(DateRule.UNREADABLE)
