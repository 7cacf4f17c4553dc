"""Order numbers, column numbers and years: digits that are no data."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache

from kgstats.returns.layout.model import Seen, as_float, header_text

CODE_LETTER = re.compile(r"^\(?([A-Za-zĐđ])\)?$")
CODE_NUMBER = re.compile(
    r"^(?:cột )?[\[(]?[-–−]?(\d{1,3}(?:\.\d{1,2}){0,3}[a-z]?)[\])\-–−]?\.?$", re.I
)
CODE_FORMULA = re.compile(
    r"^(?:cột )?[\[(]?\s*[\[(]?(?P<own>\d{1,3}|[A-Za-z])?[\])]?\s*"
    r"(?:=\s*[\d\s()\[\]+\-–−*x×/:;.,…%∑ΣA-Za-z]{1,60}|\((?=.*[+∑Σ…])[\d\s()+\-–−/:;.,…∑Σ]{3,60})$"
    r"|^\d{1,3}(?:\s*\+\s*\d{1,3}){1,8}$",
    re.I,
)
ROMAN = re.compile(r"^[\[(]?(?=[IVXLC])(X{0,3}(?:IX|IV|V?I{0,3})|L|C)[\])]?[.)]?$")
LETTER = re.compile(r"^[A-ZĐ][.)]?$")
ORDER_NUMBER = re.compile(r"^\(?\d{1,4}(\.\d{1,3}){0,4}[.)]?$")
YEAR_NAMED = re.compile(r"^[^\d]{1,24}((?:19|20)\d\d)[^\d]{0,6}$|^((?:19|20)\d\d)[^\d.,]{1,6}$")


def order_token(one: Seen) -> str | None:
    """Return what an order number is: ``arabic``, ``roman``, ``letter`` or None."""
    if one.kind == "number":
        value = float(one.value)  # type: ignore[arg-type]
        return "arabic" if 0 <= value < 100_000 else None
    return _order_in(one.text) if one.kind in ("text", "numeral", "mark") else None


@lru_cache(maxsize=1 << 14)
def _order_in(text: str) -> str | None:
    """Return what an order number that is typed as text is."""
    if ORDER_NUMBER.match(text):
        return "arabic"
    if ROMAN.match(text):
        return "roman"
    return "letter" if LETTER.match(text) else None


def column_code(one: Seen) -> tuple[str, float] | None:
    """Return a column code: ('letter', 1), ('number', 4), or None for another thing."""
    value = one.value
    if one.kind == "number":
        number = abs(as_float(one))
        if 0 < number <= 300 and number.is_integer():
            return ("formula" if float(value) < 0 else "number", number)  # type: ignore[arg-type]
        return None
    return _code_in(one.text) if one.kind in ("text", "numeral", "mark") else None


@lru_cache(maxsize=1 << 14)
def _code_in(text: str) -> tuple[str, float] | None:
    """Return the column code that a text is."""
    match = CODE_LETTER.match(text)
    if match:
        return "letter", float(ord(match[1].upper()) - 64)
    match = CODE_NUMBER.match(text)
    if match:
        marked = text[0] in "([-–−"
        return "formula" if marked else "number", float(re.match(r"\d+", match[1])[0])  # type: ignore[index]
    match = CODE_FORMULA.match(text)
    if match:
        own = match["own"]
        if own and own.isalpha():
            return "letter", float(ord(own.upper()) - 64)
        if not any(letter.isdigit() for letter in text):
            return None
        return "formula", float(own) if own and own.isdigit() else 0.0
    return None


def is_column_numbers(cells: list[Seen]) -> bool:
    """Whether a row holds column numbers: ``A B 1 2 3=1+2``, ``A B a b``, −1 −2 for (1) (2)."""
    if len(cells) < 3:
        return False
    last_number = 0.0
    last_letter = 0.0
    steps = good = numbers = letters = 0
    sure = slipped = False
    capital = False
    column = 0
    for one in cells:
        code = column_code(one)
        beside, column = one.column > column + 1, one.column
        if code is None:
            if one.kind == "dash" and sure and numbers and one.text[0] in ".…":
                # Columns still to be named: (5) (6) ….
                continue
            return False
        kind, value = code
        if beside and value == 1.0 and max(last_letter, last_number) >= 3:
            # Another table beside this one, with an empty column between them.
            last_letter = last_number = 0.0
            letters = 0
            steps -= kind != "letter" and numbers > 0
            good -= kind != "letter" and numbers > 0
        if (
            kind == "letter"
            and capital
            and one.text.islower()
            and (numbers or value <= last_letter)
        ):
            kind, sure = "number", True  # A B a b c: small letters count the columns of values
        if kind == "letter":
            capital = one.text.isupper()
            letters += 1
            if numbers and value <= last_letter:
                return False
            if value < last_letter or value > 30 or (not last_letter and value > 2):
                return False
            last_letter = value
            sure = True
            continue
        if kind == "formula":
            sure = True
        numbers += 1
        if value == 0.0:
            last_number += 1
            continue
        if value < last_number:
            return False
        if value == last_number and not any(letter.isalpha() for letter in one.text):
            if slipped or not sure:
                return False
            slipped = True  # A B … 6 6 7: one number stands twice.
        if numbers == 1 and value > 3:
            return False
        if numbers > 1:
            steps += 1
            good += value - last_number <= 1
        last_number = value
    if not numbers:
        return last_letter == letters > 3
    if numbers == 1 and last_letter == 2 and last_number == 1:
        # A B 1, of a table with one column of values.
        return True
    if numbers < 2 or (steps and good / steps < 0.6):
        return False
    return sure or (numbers >= 4 and good == steps)


def runs_of_years(cells: list[Seen], least: int = 3, words: bool = False) -> bool:
    """Whether a row is a line of years: 2015, 2016, Sơ bộ 2017, beside other heading words.

    The years may run again under each of several headings: 2018, 2019, 2018, 2019. With ``words``
    two years are enough beside several other headings.
    """
    years: list[float] = []
    bare = others = 0
    for one in cells:
        if one.kind == "text":
            named = _year_named(one.text) if one is not cells[0] else None
            if named is not None:
                years.append(named)
            else:
                others += one is not cells[0]
            continue
        year = year_in(one)
        if year is None:
            return False
        bare += 1
        years.append(year)
    if bare < min(least, 2) or len(years) < least or (others and bare < 3 and not words):
        return False
    if years[0] > years[-1]:
        years.reverse()
    run = next(
        (at for at, (left, right) in enumerate(itertools.pairwise(years), 1) if left >= right),
        len(years),
    )
    return run >= 2 and (run == len(years) or years == years[:run] * (len(years) // run))


@lru_cache(maxsize=1 << 14)
def _year_named(text: str) -> float | None:
    """Return the year that a heading names beside its words."""
    named = YEAR_NAMED.match(text)
    return None if named is None else float(named[1] or named[2])


def heading_years(inside: list[Seen], line: list[Seen]) -> bool:
    """Whether the only numbers of a row without a name are years of its headings."""
    if runs_of_years(inside, 2) or runs_of_years(line, 2):
        return True
    words = sum(one.kind == "text" for one in inside)
    return words * 2 >= len(inside) and all(
        one.kind == "text" or year_in(one) is not None for one in inside
    )


def year_in(one: Seen) -> float | None:
    """Return the year that a cell of digits alone states."""
    if one.kind == "number":
        year = as_float(one)
    elif one.kind == "numeral" and one.text.isdecimal():
        year = float(one.text)
    else:
        return None
    return year if 1945 <= year <= 2100 and year.is_integer() else None


def heads_by_number(cells: list[Seen]) -> bool:
    """Whether the numbers of a row of few words are of its headings, and no values.

    The number behind a name split over rows stands in brackets, or as far from the others as
    their columns do.
    """
    if counts_up(cells):
        return True
    numerals = [one for one in cells if one.numeric]
    if not numerals:
        return False
    if _count_parts(numerals):
        return True
    values: list[float] = []
    for one in numerals:
        found = _NUMBER_OF_COLUMN.match(header_text(one))
        if found is None or float(found[1]) > MOST_NUMBERED:
            return False
        values.append(float(found[1]))
    if all(one.text[:1] in ("(", "[") for one in numerals):
        return True
    offsets = {value - one.column for value, one in zip(values, numerals, strict=True) if value}
    return len(numerals) >= 2 and len(offsets) == 1


_NUMBER_OF_PART = re.compile(r"(\d{1,2})\.(\d{1,2})$")


def _count_parts(numerals: list[Seen]) -> bool:
    """Whether numbers count the parts of criteria: 2.1, 2.2, 2.3, 17.1, 17.2."""
    parts = []
    for one in numerals:
        found = _NUMBER_OF_PART.match(header_text(one))
        if found is None:
            return False
        parts.append((int(found[1]), int(found[2])))
    return (
        len(parts) > 1
        and parts[0][1] == 1
        and all(
            b in ((a[0], a[1] + 1), (max(b[0], a[0] + 1), 1)) for a, b in itertools.pairwise(parts)
        )
    )


MOST_NUMBERED = 40
"""No heading numbers more columns."""

_NUMBER_OF_COLUMN = re.compile(r"[(.]*(\d+)[).]*\s*(?:\(?[*¹²³⁴]+\)?|\(\d\))?$")
"""A number as it heads a column, in brackets or with the mark of a footnote."""


def counts_up(cells: list[Seen]) -> bool:
    """Whether the numbers of a row run 1, 2, 3 …: numbered headings, not data.

    Where the numbers of one heading are split over rows, each stands as far from the others as
    their columns do: 3 in column E, 6 in H, 9 in K.
    """
    values: list[float] = []
    for one in cells:
        if one.kind == "number":
            values.append(abs(as_float(one)))
        elif one.kind == "numeral" and (number := _NUMBER_OF_COLUMN.match(one.text)):
            values.append(float(number[1]))
    numerals = [one for one in cells if one.numeric]
    if len(values) < 3 or len(numerals) != len(values):
        return False
    offsets = {value - one.column for value, one in zip(values, numerals, strict=True)}
    if len(offsets) == 1 and max(values) <= MOST_NUMBERED:
        return True
    steps = [right - left for left, right in itertools.pairwise(values)]
    if all(abs(step) == 1 for step in steps):
        return True
    # A column that was left out leaves a gap: 6, 8. No row of counts rises so evenly.
    # The columns of another year beside these begin again: 18, 19, 1, 2.
    if len(values) < LEAST_WITH_GAPS or max(values) > MOST_NUMBERED:
        return False
    rising = [step for step, value in zip(steps, values[1:], strict=True) if value != 1]
    gaps = sum(step != 1 for step in rising)
    return values[0] < LEAST_WITH_GAPS and min(rising, default=0) > 0 and gaps * 4 <= len(rising)


LEAST_WITH_GAPS = 8
"""So many numbers are a count of columns although one or two are missing."""
