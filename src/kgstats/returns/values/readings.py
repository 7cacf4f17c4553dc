"""What a cell says as a number: a value with the rule that gave it, or the reason for none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Literal

Style = Literal["vi", "en"]
"""``vi`` writes 1.234,5 and ``en`` 1,234.5."""

Qualifier = Literal["about", "at_least", "more_than", "nearly", "less_than", "at_most", "estimated"]


class Rule(StrEnum):
    """How a value was read, or why it has none."""

    NUMBER = "number"
    FLOAT_SHORTENED = "float_shortened"
    PERCENT_FORMAT = "percent_format"
    DIGITS = "digits"
    LEADING_ZEROS = "leading_zeros"
    GROUPS = "groups"
    DECIMALS = "decimals"
    GROUPS_AND_DECIMALS = "groups_and_decimals"
    SCIENTIFIC = "scientific"
    MONEY_WORDS = "money_words"
    RANGE = "range"
    PART_OF = "part_of"
    BY_COLUMN = "by_column"
    BY_TOTAL = "by_total"
    BY_SIBLINGS = "by_siblings"
    # No single value:
    AMBIGUOUS = "ambiguous"
    MALFORMED_GROUPS = "malformed_groups"
    DATE_WAS_FRACTION = "date_was_fraction"
    DATE = "date"
    TIME = "time"
    BOOLEAN = "boolean"
    DASH = "dash"
    ELLIPSIS = "ellipsis"
    BLANK = "blank"
    NONE_WORD = "none_word"
    ERROR_VALUE = "error_value"
    FORMULA_TEXT = "formula_text"
    NOT_A_NUMBER = "not_a_number"


@dataclass(frozen=True, slots=True)
class NumberReading:
    """What one cell says as a number.

    ``value`` is None unless the cell alone, or the rule named, decides it. ``high`` is the upper
    end of a range, ``whole`` the denominator of ``a/b`` and ``fractions`` the forms a date may
    have been typed as. Percentages are in percent (a percent cell holding 0.875 is 87.5).
    ``proves`` is the style that this text can only have been typed in. ``unit_hint`` is a unit
    glued to the number (``tỷ đồng``, ``hộ``, ``%``); the value is not multiplied by it.
    """

    rule: Rule
    value: Decimal | int | None = None
    high: Decimal | int | None = None
    whole: Decimal | int | None = None
    unit_hint: str | None = None
    percent: bool = False
    qualifier: Qualifier | None = None
    footnote: str | None = None
    candidates: tuple[Decimal | int, ...] = ()
    fractions: tuple[tuple[int, int], ...] = ()
    proves: Style | None = None
    notes: tuple[str, ...] = ()

    @property
    def dash(self) -> bool:
        """A typed dash (-, –, —)."""
        return self.rule is Rule.DASH

    @property
    def blank(self) -> bool:
        """No cell, or white space only."""
        return self.rule is Rule.BLANK

    @property
    def ambiguous(self) -> bool:
        """Whether several values are possible and none is decided."""
        return self.value is None and (len(self.candidates) > 1 or len(self.fractions) > 1)

    def chosen(self, value: Decimal | int, rule: Rule) -> NumberReading:
        """Return the reading with a candidate chosen by a rule.

        >>> from kgstats.returns.values.numbers import read_number
        >>> read_number("1.234").chosen(1234, Rule.BY_SIBLINGS).value
        1234
        """
        if value not in self.candidates:
            raise ValueError(f"{value} is not one of the candidates {self.candidates}")
        return replace(self, value=plain(value), rule=rule)


def candidate(reading: NumberReading, style: Style) -> Decimal | int:
    """Pick the candidate of an ambiguous reading in a style: groups first, then decimals."""
    grouped = ("dot" in reading.notes) == (style == "vi")
    return reading.candidates[0 if grouped else 1]


def style_of(reading: NumberReading, value: Decimal | int) -> Style:
    """Return the style in which an ambiguous reading has a value.

    >>> from kgstats.returns.values.numbers import read_number
    >>> style_of(read_number("1.234"), 1234), style_of(read_number("1,234"), 1234)
    ('vi', 'en')
    """
    return "vi" if candidate(reading, "vi") == value else "en"


def in_style(reading: NumberReading, style: Style) -> NumberReading:
    """Return a reading with what it says in a style, where it may be either of two numbers."""
    if reading.rule is not Rule.AMBIGUOUS:
        return reading
    return reading.chosen(candidate(reading, style), Rule.BY_COLUMN)


def exponent_of(value: Decimal) -> int:
    """Return the exponent of a number: −2 where it has two decimals."""
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def plain(value: Decimal | int) -> Decimal | int:
    """Give whole numbers as int, others as they are."""
    if isinstance(value, int) or exponent_of(value) < 0:
        return value
    return int(value)
