"""Numbers as people type them, with the rule by which each was read.

Vietnamese pages write ``1.234,5``; spreadsheets in English settings write ``1,234.5``; a lone
``1.234`` may be either, and here it stays both until its column, its row or a total decides.
Nothing is guessed: a reading either has one value and the rule that gave it, or says why not.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from decimal import Decimal

from kgstats.returns.cells import CellValue, ErrorValue
from kgstats.returns.values.readings import (
    NumberReading,
    Rule,
    Style,
    candidate,
    exponent_of,
    in_style,
)
from kgstats.returns.values.real_numbers import days_of, read_date_cell, read_real
from kgstats.returns.values.typed_numbers import BLANK, read_typed


def read_number(
    value: CellValue | None, *, number_format: str | None = None, style: Style | None = None
) -> NumberReading:
    """Read a cell as a number.

    Parameters
    ----------
    value
        What the cell holds; None for no cell.
    number_format
        The cell's number format; tells percent cells and dates that were typed as ``2/5``.
    style
        How the column writes numbers, if decided (`decide_style`); settles ``1.234``.

    Examples
    --------
    >>> read_number("1.020,5").value, read_number("106,0 %").percent
    (Decimal('1020.5'), True)
    >>> read_number("1.234").candidates
    (1234, Decimal('1.234'))
    >>> read_number("1.234", style="vi").rule, read_number(0.875, number_format="0.0%").value
    (<Rule.BY_COLUMN: 'by_column'>, Decimal('87.5'))
    >>> read_number("hơn 1 - 1,5%").high, read_number("64/117").whole
    (Decimal('1.5'), 117)
    """
    if isinstance(value, str):
        reading = read_typed(value)
        if reading.rule is Rule.AMBIGUOUS and style is not None:
            return in_style(reading, style)
        return reading
    if isinstance(value, bool):
        return NumberReading(Rule.BOOLEAN, candidates=(int(value),))
    if isinstance(value, int | float):
        return read_real(value, number_format)
    if value is None:
        return BLANK
    if isinstance(value, ErrorValue):
        return NumberReading(Rule.ERROR_VALUE, notes=(value.code,))
    if isinstance(value, dt.date):
        return read_date_cell(value, number_format)
    return NumberReading(Rule.TIME, candidates=(days_of(value),))


def decide_style(readings: Iterable[NumberReading], *, whole: bool = False) -> Style | None:
    """Decide how a column writes numbers, from the cells that leave no doubt.

    In a column of whole numbers a cell with decimals is a mistake and proves nothing.

    ``1.234.567`` and ``12,5`` prove Vietnamese style, ``1,234.5`` and ``12.5`` English style.
    None where nothing proves a style, or where the column mixes both.

    >>> decide_style([read_number("1.234"), read_number("12,5")])
    'vi'
    """
    proved = {
        reading.proves
        for reading in readings
        if reading.proves is not None
        and not (whole and reading.value is not None and reading.value != int(reading.value))
    }
    return proved.pop() if len(proved) == 1 else None


def resolve(
    readings: Sequence[NumberReading],
    style: Style | None,
    total: NumberReading | Decimal | int | None = None,
    *,
    whole: bool = False,
) -> list[NumberReading]:
    """Settle the ambiguous cells of a column by what it counts, its style, or else its total.

    Counts have no decimals: in a column of them ``3.000`` is 3000 unless the column is known to
    write its groups the other way, and then it stays open for a total to decide. With a total,
    the style in which the parts add up to it is taken; if neither does, the one combination of
    readings that does. What nothing settles stays ambiguous.

    Parameters
    ----------
    readings
        The parts, in any order; those without a value count as nothing.
    style
        The column's style (`decide_style`).
    total
        The stated sum of the parts, a number or a reading (which may be ambiguous itself).
    whole
        Whether the column holds whole numbers only.

    Examples
    --------
    >>> parts = [read_number(text) for text in ("1.234", "2.000", "5")]
    >>> [part.value for part in resolve(parts, None, total=3239)]
    [1234, 2000, 5]
    >>> [(part.value, part.rule.value) for part in resolve(parts[:2], None, whole=True)]
    [(1234, 'by_siblings'), (2000, 'by_siblings')]
    """
    if whole:
        readings = [_as_count(reading, style) for reading in readings]
    elif style is not None:
        return [in_style(reading, style) for reading in readings]
    doubtful = [index for index, reading in enumerate(readings) if reading.rule is Rule.AMBIGUOUS]
    if not doubtful or total is None:
        return list(readings)
    sums = _totals(total)
    sure = sum((Decimal(one.value) for one in readings if one.value is not None), Decimal(0))
    agreeing: list[tuple[Decimal | int, ...]] = []
    for guess in ("vi", "en"):
        picked = tuple(candidate(readings[index], guess) for index in doubtful)
        wanted = sums.get(guess, sums.get(None, ()))
        if any(_adds_up(sure, picked, whole) for whole in wanted):
            agreeing.append(picked)
    if not agreeing and len(doubtful) <= 12:
        options = [readings[index].candidates for index in doubtful]
        every = {whole for wholes in sums.values() for whole in wholes}
        for picked in itertools.product(*options):
            if sure + sum(map(Decimal, picked)) in every:
                agreeing.append(picked)
    result = list(readings)
    if len(set(agreeing)) == 1:
        for index, value in zip(doubtful, agreeing[0], strict=True):
            result[index] = readings[index].chosen(value, Rule.BY_TOTAL)
    return result


def _as_count(reading: NumberReading, style: Style | None) -> NumberReading:
    """Choose the whole number of an ambiguous reading, unless its column groups the other way."""
    if reading.rule is not Rule.AMBIGUOUS:
        return reading
    grouped = reading.candidates[0]
    if style is None:
        return reading.chosen(grouped, Rule.BY_SIBLINGS)
    if candidate(reading, style) != grouped:
        return reading
    return reading.chosen(grouped, Rule.BY_COLUMN)


def _totals(
    total: NumberReading | Decimal | int,
) -> dict[Style | None, tuple[Decimal, ...]]:
    if not isinstance(total, NumberReading):
        return {None: (Decimal(total),)}
    if total.value is not None:
        return {None: (Decimal(total.value),)}
    if total.rule is Rule.AMBIGUOUS:
        return {
            "vi": (Decimal(candidate(total, "vi")),),
            "en": (Decimal(candidate(total, "en")),),
        }
    return {}


def _adds_up(sure: Decimal, parts: Sequence[Decimal | int], total: Decimal) -> bool:
    """Whether parts make up the total within the rounding of their last printed decimals."""
    exact = [Decimal(part) for part in parts]
    places = min((exponent_of(part) for part in [*exact, sure, total]), default=0)
    slack = Decimal(len(exact)).scaleb(places) / 2 if places < 0 else Decimal(0)
    return abs(sure + sum(exact) - total) <= slack
