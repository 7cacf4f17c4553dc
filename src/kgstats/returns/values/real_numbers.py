"""Numbers and dates that cells hold, read as their formats show them."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from kgstats.returns.values.readings import NumberReading, Rule, plain
from kgstats.returns.values.units import unit_of

_NUMBER = Rule.NUMBER


@lru_cache(maxsize=1 << 15, typed=True)
def read_real(value: int | float, number_format: str | None) -> NumberReading:
    """Read a number that a cell holds, as its format shows it."""
    rule = _NUMBER
    number: Decimal | int
    if isinstance(value, int):
        number = value
    elif not math.isfinite(value):
        return NumberReading(Rule.NOT_A_NUMBER)
    elif value.is_integer() and abs(value) < 1e15:
        number = int(value)
    else:
        # Fifteen significant digits are what the spreadsheet itself shows of 0.1 + 0.2.
        number = Decimal(f"{value:.15g}")
        if float(number) != value:
            rule = Rule.FLOAT_SHORTENED
        number = plain(number)
    if number_format is None or number_format == "General":
        return NumberReading(rule, number)
    facts = _format_facts(number_format, number)
    notes: tuple[str, ...] = ()
    if facts.thousands:
        # The cell shows the number divided, and what is shown is what was meant.
        number = plain(Decimal(number).scaleb(-3 * facts.thousands))
        notes = ("format_scales",)
    if facts.percent:
        hundredfold = Decimal(number) * 100
        number = plain(hundredfold.normalize() if hundredfold else Decimal(0))
        return NumberReading(Rule.PERCENT_FORMAT, number, percent=True, unit_hint="%", notes=notes)
    if facts.dashed and number == 0:
        notes = (*notes, "shown_as_dash")
    return NumberReading(rule, number, unit_hint=facts.unit, notes=notes)


_QUOTED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_SECTIONS = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])+|(?<=;)(?=;|$)|^(?=;)')
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")


class _Format(NamedTuple):
    """What a number format does to a number: per cent, zero as a dash, unit words, thousands."""

    percent: bool
    dashed: bool
    unit: str | None
    thousands: int
    """By how many thousands the number is divided as it is shown."""


@lru_cache(maxsize=1 << 12)
def _sections(number_format: str) -> tuple[str, ...]:
    return tuple(_SECTIONS.findall(number_format))


@lru_cache(maxsize=1 << 12)
def _conditions(number_format: str) -> tuple[re.Match[str] | None, ...]:
    return tuple(_CONDITION.search(section) for section in _sections(number_format)[:2])


def _format_facts(number_format: str, number: Decimal | int) -> _Format:
    """Tell what the section of a format that a number falls under does to it."""
    return _section_facts(number_format, _section_of(number_format, number))


def _section_of(number_format: str, number: Decimal | int) -> int:
    """Return which section of a format shows a number: ``[<1]0.0%;0`` or positive, negative, zero.

    >>> _section_of("[<1]0.0%;0", 45), _section_of("[<1]0.0%;0", Decimal("0.5"))
    (1, 0)
    """
    sections, conditions = _sections(number_format), _conditions(number_format)
    if any(conditions):
        for place, condition in enumerate(conditions):
            if condition is None or _holds(number, condition[1], Decimal(condition[2])):
                return place
        return min(2, len(sections) - 1)
    place = 0 if number > 0 else 1 if number < 0 else 2
    return place if place < len(sections) else 0


def _holds(number: Decimal | int, sign: str, limit: Decimal) -> bool:
    return {
        "<": number < limit,
        "<=": number <= limit,
        ">": number > limit,
        ">=": number >= limit,
        "=": number == limit,
        "<>": number != limit,
    }[sign]


@lru_cache(maxsize=1 << 12)
def _section_facts(number_format: str, place: int) -> _Format:
    sections = _sections(number_format)
    section = sections[place] if place < len(sections) else ""
    bare = _QUOTED.sub("", section)
    zero = sections[2] if len(sections) > 2 else ""
    dashed = bool(zero) and not any(sign in _QUOTED.sub("", zero) for sign in "0#") and "-" in zero
    words = " ".join(match[1] for match in _QUOTED.finditer(section) if match[1])
    shown = bare.rstrip(" )_%-")
    thousands = len(shown) - len(shown.rstrip(",")) if any(sign in bare for sign in "0#") else 0
    return _Format("%" in bare, dashed, unit_of(words) if words.strip() else None, thousands)


EPOCH = dt.date(1899, 12, 30)


_FALSE_LEAP_DAY = 60
"""Spreadsheets count a 29 February 1900 that never was: before it, numbers are one day behind."""


def _serial(value: dt.date) -> Decimal | int:
    if isinstance(value, dt.datetime):
        days = value - dt.datetime(1899, 12, 30, tzinfo=value.tzinfo)
        seconds = Decimal(days.seconds) / 86400
        whole = days.days - (days.days <= _FALSE_LEAP_DAY)
        return plain(whole + seconds) if seconds else whole
    days_since = (value - EPOCH).days
    return days_since - (days_since <= _FALSE_LEAP_DAY)


def days_of(value: dt.time | dt.timedelta) -> Decimal | int:
    """Return the number behind a cell with a time format, in days."""
    if isinstance(value, dt.time):
        value = dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    days = Decimal(value.days) + Decimal(value.seconds) / 86400
    return int(days) if days == int(days) else days


def read_date_cell(value: dt.date, number_format: str | None) -> NumberReading:
    """Recover what a date cell was typed as: ``2/5`` became 2 May, ``10/13`` October 2013."""
    parts = _date_parts(number_format or "")
    if parts in ("dm", "md"):
        day, month = value.day, value.month
        typed = (day, month) if parts == "dm" else (month, day)
        fractions = (typed,) if day == month else (typed, typed[::-1])
        return NumberReading(Rule.DATE_WAS_FRACTION, fractions=fractions)
    if parts == "my" and value.day == 1:
        year = value.year % 100
        return NumberReading(Rule.DATE_WAS_FRACTION, fractions=((value.month, year),))
    return NumberReading(Rule.DATE, candidates=(_serial(value),))


@lru_cache(maxsize=1 << 10)
def _date_parts(number_format: str) -> str:
    """Reduce a date format to the order of its parts, as ``dm`` or ``dmy``.

    >>> _date_parts("d-mmm"), _date_parts("[$-42A]dd/mm/yyyy;@"), _date_parts("mmm-yy")
    ('dm', 'dmy', 'my')
    """
    bare = _QUOTED.sub("", number_format.split(";")[0]).lower()
    return "".join(letter for letter, _ in itertools.groupby(bare) if letter in "dmyhs")
