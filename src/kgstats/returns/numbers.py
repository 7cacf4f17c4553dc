"""Numbers as people type them, with the rule by which each was read.

Vietnamese pages write ``1.234,5``; spreadsheets in English settings write ``1,234.5``; a lone
``1.234`` may be either, and here it stays both until its column, its row or a total decides.
Nothing is guessed: a reading either has one value and the rule that gave it, or says why not.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Literal, NamedTuple

from kgstats.returns.cells import CellValue, ErrorValue
from kgstats.returns.text import decode, fold, without_stray_spaces
from kgstats.returns.units import UNITS_VND, unit_of

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

        >>> read_number("1.234").chosen(1234, Rule.BY_SIBLINGS).value
        1234
        """
        if value not in self.candidates:
            raise ValueError(f"{value} is not one of the candidates {self.candidates}")
        return replace(self, value=_plain(value), rule=rule)


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
        reading = _read_text(value)
        if reading.rule is Rule.AMBIGUOUS and style is not None:
            return _in_style(reading, style)
        return reading
    if isinstance(value, bool):
        return NumberReading(Rule.BOOLEAN, candidates=(int(value),))
    if isinstance(value, int | float):
        return _read_real(value, number_format)
    if value is None:
        return _BLANK
    if isinstance(value, ErrorValue):
        return NumberReading(Rule.ERROR_VALUE, notes=(value.code,))
    if isinstance(value, dt.date):
        return _read_date_cell(value, number_format)
    return NumberReading(Rule.TIME, candidates=(_days(value),))


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
        return [_in_style(reading, style) for reading in readings]
    doubtful = [index for index, reading in enumerate(readings) if reading.rule is Rule.AMBIGUOUS]
    if not doubtful or total is None:
        return list(readings)
    sums = _totals(total)
    sure = sum((Decimal(one.value) for one in readings if one.value is not None), Decimal(0))
    agreeing: list[tuple[Decimal | int, ...]] = []
    for guess in ("vi", "en"):
        picked = tuple(_candidate(readings[index], guess) for index in doubtful)
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


# --- text ------------------------------------------------------------------------------------

_BLANK = NumberReading(Rule.BLANK)
_LONGEST = 80
"""Longer text is prose."""
VARIANTS = str.maketrans(
    {
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
        **dict(zip("．，％（）－＋／", ".,%()-+/", strict=True)),
        **dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f\u3000\t\r\n", " "),
        **dict.fromkeys("\u200b\u200e\u200f\ufeff", ""),
        "−": "-",
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "⁄": "/",
    }
)
_ELLIPSIS = re.compile(r"^(?:[.…]\s*){2,}$|^…$")
DASHES = re.compile(r"^[-_]+$")
_ERRORS = frozenset(
    ("#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#GETTING_DATA")
)
_NONE_WORDS = frozenset(
    ("khong", "khong co", "chua co", "ko", "ko co", "khong phat sinh", "chua phat sinh", "n/a")
)
_FOOTNOTE = re.compile(
    r"(?<=[\d%])\s*(?:(?P<stars>\*+)|(?P<raised>[¹²³⁰⁴-⁹]+)|\((?P<round>\d|\*+|[a-e])\)"
    r"|\[(?P<square>\d{1,2}|\*+|[a-e])\])$|(?<=\d)\((?P<glued>\d{2})\)$"
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_NUMBER = r"\d+(?:[.,' ]{1,2}\d+)*[.,]?|[.,]\d+"
_PLAIN_NUMBER = re.compile(rf"^(?:{_NUMBER})$")
_RANGE = re.compile(
    rf"^(?:từ |tu )?(?P<low>{_NUMBER}) ?(?P<unit>%)? ?(?:-|÷|~|đến|den|tới) ?(?P<high>{_NUMBER})$",
    re.IGNORECASE,
)
_PART = re.compile(rf"^(?P<part>{_NUMBER}) ?/ ?(?P<whole>{_NUMBER})$")
_DATE_TEXT = re.compile(r"^\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})$|^\d{4}-\d{1,2}-\d{1,2}")
_SCIENTIFIC = re.compile(r"^(\d+(?:[.,]\d+)?)[eE]([+-]?\d{1,3})$")
_UNIT = re.compile(r"^(?P<number>.*?[\d%](?:[.,](?=\s|$))?) ?(?P<unit>[^\W\d_][^\d]*|%|‰)$")
_MONEY_WORDS = re.compile(
    rf"({_NUMBER}) ?(tỷ|tỉ|ty|triệu|trieu|tr|nghìn|nghin|ngàn|ngan|đồng|dong|đ)\b\.?", re.IGNORECASE
)
_HEDGES: dict[str, Qualifier] = {
    "khoang": "about",
    "xap xi": "about",
    "chung": "about",
    "~": "about",
    "≈": "about",
    "uoc": "estimated",
    "uoc dat": "estimated",
    "uoc tinh": "estimated",
    "uoc thuc hien": "estimated",
    "hon": "more_than",
    "tren": "more_than",
    ">": "more_than",
    "it nhat": "at_least",
    "toi thieu": "at_least",
    "tu": "at_least",
    "≥": "at_least",
    ">=": "at_least",
    "gan": "nearly",
    "duoi": "less_than",
    "<": "less_than",
    "khong qua": "at_most",
    "toi da": "at_most",
    "≤": "at_most",
    "<=": "at_most",
}
_HEDGE = re.compile(r"^(?P<words>[^\d.,()+-]+?)\s*(?P<rest>[\d.,(+-].*)$")


@lru_cache(maxsize=1 << 16)
def _read_text(received: str) -> NumberReading:
    if received.isdigit() and received.isascii() and len(received) <= _LONGEST:
        return _digits(received)
    text = received.translate(VARIANTS).strip()
    if not text:
        return _BLANK
    if len(text) > _LONGEST:
        return NumberReading(Rule.NOT_A_NUMBER)
    notes: tuple[str, ...] = ()
    if (mended := without_stray_spaces(text)) != text:
        text, notes = mended.strip(), ("mojibake",)
    if not received.isascii() and any("\uff00" < letter < "\uff5f" for letter in received):
        notes = (*notes, "full_width")
    if text[0] == "'":
        text = text[1:].lstrip()
        if not text:
            return NumberReading(Rule.NOT_A_NUMBER)
    if text.isdigit() and text.isascii():
        return _noted(_digits(text), notes)
    if DASHES.match(text):
        return NumberReading(Rule.DASH)
    if _ELLIPSIS.match(text):
        return NumberReading(Rule.ELLIPSIS)
    if text[0] == "#" and text.upper() in _ERRORS:
        return NumberReading(Rule.ERROR_VALUE, notes=(text.upper(),))
    if text[0] in "=@":
        return NumberReading(Rule.FORMULA_TEXT)
    if not any(letter.isdigit() for letter in text):
        return NumberReading(Rule.NONE_WORD if fold(text) in _NONE_WORDS else Rule.NOT_A_NUMBER)
    if not text[-1].isascii() or not text.isascii():
        text = " ".join(decode(text).text.split()) if not _legacy_free(text) else text
    return _noted(_typed(" ".join(text.split())), notes)


def _legacy_free(text: str) -> bool:
    """Whether only raised digits and signs stand beside ASCII: ``¹`` must not become a letter."""
    return not any(letter.isalpha() and not letter.isascii() for letter in text)


def _noted(reading: NumberReading, notes: tuple[str, ...]) -> NumberReading:
    return replace(reading, notes=reading.notes + notes) if notes else reading


def _typed(text: str) -> NumberReading:
    """Read typed text that holds at least one digit, taking it apart from the outside in."""
    footnote = None
    if (mark := _FOOTNOTE.search(text)) and not _DATE_TEXT.match(text):
        parts = [part for part in mark.groups() if part]
        footnote = parts[0].translate(_RAISED)
        text = text[: mark.start()].rstrip()
    qualifier, text = _hedged(text)
    if _DATE_TEXT.match(text) and _grouped(text) is None:
        return NumberReading(Rule.DATE)
    reading = _negative(text) or _unsigned(text)
    if reading.rule is Rule.NOT_A_NUMBER:
        return reading
    extra = {}
    if footnote is not None:
        extra["footnote"] = footnote
    if qualifier is not None:
        extra["qualifier"] = qualifier
    return replace(reading, **extra) if extra else reading  # type: ignore[arg-type]


def _hedged(text: str) -> tuple[Qualifier | None, str]:
    qualifier: Qualifier | None = None
    if match := _HEDGE.match(text):
        words = fold(match["words"]).strip(" :")
        if words in _HEDGES and not (words == "tu" and _RANGE.match(text)):
            qualifier, text = _HEDGES[words], match["rest"]
        elif words in ("dat", "la", "dat tren", "co"):
            qualifier = "more_than" if words.endswith("tren") else None
            text = match["rest"]
    folded = fold(text)
    for ending, meaning in (("tro len", "at_least"), ("tro xuong", "at_most")):
        if folded.endswith(ending):
            return meaning, text[: -len(ending)].rstrip()  # type: ignore[return-value]
    return qualifier, text


def _negative(text: str) -> NumberReading | None:
    """Read ``-5``, ``5-`` and ``(1.234)``; None for text that is not negative."""
    note: tuple[str, ...] = ()
    if text[0] == "(" and text.endswith((")", ")%", ") %")):
        inner = text[1:].replace(")", "", 1).strip()
        note = ("brackets",)
    elif text[0] == "-":
        inner = text[1:].lstrip()
    elif text[0] == "+":
        return _unsigned(text[1:].lstrip())
    elif text[-1] == "-" and _PLAIN_NUMBER.match(text[:-1].rstrip()):
        inner = text[:-1].rstrip()
    else:
        return None
    if not inner or not (inner[0].isdigit() or inner[0] in ".,"):
        return NumberReading(Rule.NOT_A_NUMBER)
    reading = _unsigned(inner)
    if reading.high is not None or reading.whole is not None:
        return NumberReading(Rule.NOT_A_NUMBER)
    return replace(
        reading,
        value=None if reading.value is None else -reading.value,
        candidates=tuple(-one for one in reading.candidates),
        notes=reading.notes + note,
    )


def _unsigned(text: str) -> NumberReading:
    if _PLAIN_NUMBER.match(text):
        return _separated(text)
    if match := _SCIENTIFIC.match(text):
        value = Decimal(match[1].replace(",", ".")).scaleb(int(match[2]))
        return NumberReading(Rule.SCIENTIFIC, _plain(value))
    if match := _UNIT.match(text):
        money = _money_words(text)
        if money is not None:
            return money
        unit = unit_of(match["unit"])
        if unit is None:
            return NumberReading(Rule.NOT_A_NUMBER)
        inner = match["number"].strip()
        if not inner:
            return NumberReading(Rule.NOT_A_NUMBER)
        reading = _unsigned(inner)
        if reading.rule is Rule.NOT_A_NUMBER:
            return reading
        percent = reading.percent or unit == "%"
        return replace(reading, unit_hint=reading.unit_hint or unit, percent=percent)
    if match := _PART.match(text):
        part, whole = _separated(match["part"]), _separated(match["whole"])
        return replace(
            part,
            rule=Rule.PART_OF if part.value is not None else part.rule,
            whole=whole.value,
            proves=part.proves or whole.proves,
        )
    if match := _RANGE.match(text):
        low, high = _separated(match["low"]), _separated(match["high"])
        proves = low.proves or high.proves
        if proves is not None:
            low, high = _in_style(low, proves), _in_style(high, proves)
        if low.value is None or high.value is None or low.value >= high.value:
            return NumberReading(Rule.NOT_A_NUMBER, notes=("range",))
        percent = bool(match["unit"])
        hint = "%" if percent else None
        return NumberReading(
            Rule.RANGE, low.value, high.value, unit_hint=hint, percent=percent, proves=proves
        )
    return NumberReading(Rule.NOT_A_NUMBER)


def _digits(text: str) -> NumberReading:
    if len(text) > 1 and text[0] == "0":
        return NumberReading(Rule.LEADING_ZEROS, int(text))
    return NumberReading(Rule.DIGITS, int(text))


def _grouped(text: str) -> list[str] | None:
    """Split ``1.234.567`` at its one kind of separator; None unless all groups are of three."""
    separator = "." if "." in text else ","
    parts = text.split(separator)
    if len(parts) < 2 or not all(part.isdigit() for part in parts):
        return None
    if not 1 <= len(parts[0]) <= 3 or any(len(part) != 3 for part in parts[1:]):
        return None
    return parts


def _separated(text: str) -> NumberReading:
    """Read unsigned digits with separators."""
    notes: tuple[str, ...] = ()
    if " " in text or "'" in text:
        groups = re.split(r"(?<=\d)[ '](?=\d)", text)
        head, *rest = groups
        tail = re.match(r"^(\d{3})(?:([.,])(\d+))?$", rest[-1]) if rest else None
        if rest and head.isdigit() and len(head) <= 3 and tail:
            if any(len(part) != 3 or not part.isdigit() for part in rest[:-1]):
                return NumberReading(Rule.NOT_A_NUMBER)
            whole = "".join([head, *rest[:-1], tail[1]])
            if tail[2] is None:
                return NumberReading(Rule.GROUPS, int(whole), notes=("space_groups",))
            return NumberReading(
                Rule.GROUPS_AND_DECIMALS,
                Decimal(f"{whole}.{tail[3]}"),
                proves="vi" if tail[2] == "," else "en",
                notes=("space_groups",),
            )
        # "1. 234" is a slip of the space bar; "12 34" is two numbers.
        closed = re.sub(r" ?([.,]) ?", r"\1", text)
        if " " in closed or "'" in closed:
            return NumberReading(Rule.NOT_A_NUMBER)
        text, notes = closed, ("inner_space",)
    if text.isdigit():
        return _noted(_digits(text), notes)
    if text[-1] in ".," and text[:-1].isdigit():
        return _noted(_digits(text[:-1]), (*notes, "trailing_mark"))
    if text[-1] in ".,":
        text, notes = text[:-1], (*notes, "trailing_mark")
    return _noted(_marked(text), notes)


def _marked(text: str) -> NumberReading:
    """Read digits with dots or commas between them."""
    dots, commas = text.count("."), text.count(",")
    if dots and commas:
        mark = "." if text.rfind(".") > text.rfind(",") else ","
        style: Style = "en" if mark == "." else "vi"
        whole, _, decimals = text.rpartition(mark)
        groups = _grouped(whole)
        if text.count(mark) > 1 or groups is None or not decimals.isdigit():
            return NumberReading(Rule.MALFORMED_GROUPS)
        value = Decimal("".join(groups) + "." + decimals)
        return NumberReading(Rule.GROUPS_AND_DECIMALS, value, proves=style)
    mark = "." if dots else ","
    if dots + commas > 1:
        groups = _grouped(text)
        if groups is None or groups[0][0] == "0":
            return NumberReading(Rule.MALFORMED_GROUPS)
        return NumberReading(
            Rule.GROUPS, int("".join(groups)), proves="vi" if mark == "." else "en"
        )
    whole, _, decimals = text.partition(mark)
    if not decimals.isdigit() or (whole and not whole.isdigit()):
        return NumberReading(Rule.NOT_A_NUMBER)
    fraction = Decimal(f"{whole or '0'}.{decimals}")
    if len(decimals) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0":
        return NumberReading(
            Rule.AMBIGUOUS,
            candidates=(int(whole + decimals), fraction),
            notes=("dot" if mark == "." else "comma",),
        )
    return NumberReading(Rule.DECIMALS, fraction, proves="en" if mark == "." else "vi")


def _candidate(reading: NumberReading, style: Style) -> Decimal | int:
    """Pick the candidate of an ambiguous reading in a style: groups first, then decimals."""
    grouped = ("dot" in reading.notes) == (style == "vi")
    return reading.candidates[0 if grouped else 1]


def style_of(reading: NumberReading, value: Decimal | int) -> Style:
    """Return the style in which an ambiguous reading has a value.

    >>> style_of(read_number("1.234"), 1234), style_of(read_number("1,234"), 1234)
    ('vi', 'en')
    """
    return "vi" if _candidate(reading, "vi") == value else "en"


def _in_style(reading: NumberReading, style: Style) -> NumberReading:
    if reading.rule is not Rule.AMBIGUOUS:
        return reading
    return reading.chosen(_candidate(reading, style), Rule.BY_COLUMN)


def _as_count(reading: NumberReading, style: Style | None) -> NumberReading:
    """Choose the whole number of an ambiguous reading, unless its column groups the other way."""
    if reading.rule is not Rule.AMBIGUOUS:
        return reading
    grouped = reading.candidates[0]
    if style is None:
        return reading.chosen(grouped, Rule.BY_SIBLINGS)
    if _candidate(reading, style) != grouped:
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
            "vi": (Decimal(_candidate(total, "vi")),),
            "en": (Decimal(_candidate(total, "en")),),
        }
    return {}


def _adds_up(sure: Decimal, parts: Sequence[Decimal | int], total: Decimal) -> bool:
    """Whether parts make up the total within the rounding of their last printed decimals."""
    exact = [Decimal(part) for part in parts]
    places = min((_exponent(part) for part in [*exact, sure, total]), default=0)
    slack = Decimal(len(exact)).scaleb(places) / 2 if places < 0 else Decimal(0)
    return abs(sure + sum(exact) - total) <= slack


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _money_words(text: str) -> NumberReading | None:
    """Read ``2 tỷ 500 triệu`` as đồng; None unless two or more money words follow one another."""
    if _MONEY_WORDS.sub("", text).strip(" ,.") not in ("", "đồng", "đ", "dong"):
        return None
    parts = [(number, unit_of(word)) for number, word in _MONEY_WORDS.findall(text)]
    if len(parts) < 2:
        return None
    value, last = Decimal(0), None
    for number, unit in parts:
        size = UNITS_VND.get(unit or "")
        amount = _separated(number).value
        if size is None or amount is None or (last is not None and size >= last):
            return None
        value, last = value + Decimal(amount) * size, size
    return NumberReading(Rule.MONEY_WORDS, _plain(value), unit_hint="đồng")


# --- real numbers and dates in cells ---------------------------------------------------------


def _plain(value: Decimal | int) -> Decimal | int:
    """Give whole numbers as int, others as they are."""
    if isinstance(value, int) or _exponent(value) < 0:
        return value
    return int(value)


def _read_real(value: int | float, number_format: str | None) -> NumberReading:
    rule = Rule.NUMBER
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
        number = _plain(number)
    if number_format is None or number_format == "General":
        return NumberReading(rule, number)
    facts = _format_facts(number_format, number)
    notes: tuple[str, ...] = ()
    if facts.thousands:
        # The cell shows the number divided, and what is shown is what was meant.
        number = _plain(Decimal(number).scaleb(-3 * facts.thousands))
        notes = ("format_scales",)
    if facts.percent:
        hundredfold = Decimal(number) * 100
        number = _plain(hundredfold.normalize() if hundredfold else Decimal(0))
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


def _format_facts(number_format: str, number: Decimal | int) -> _Format:
    """Tell what the section of a format that a number falls under does to it."""
    return _section_facts(number_format, _section_of(number_format, number))


def _section_of(number_format: str, number: Decimal | int) -> int:
    """Return which section of a format shows a number: ``[<1]0.0%;0`` or positive, negative, zero.

    >>> _section_of("[<1]0.0%;0", 45), _section_of("[<1]0.0%;0", Decimal("0.5"))
    (1, 0)
    """
    sections = _sections(number_format)
    conditions = [_CONDITION.search(section) for section in sections[:2]]
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
        return _plain(whole + seconds) if seconds else whole
    days_since = (value - EPOCH).days
    return days_since - (days_since <= _FALSE_LEAP_DAY)


def _days(value: dt.time | dt.timedelta) -> Decimal | int:
    """Return the number behind a cell with a time format, in days."""
    if isinstance(value, dt.time):
        value = dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    days = Decimal(value.days) + Decimal(value.seconds) / 86400
    return int(days) if days == int(days) else days


def _read_date_cell(value: dt.date, number_format: str | None) -> NumberReading:
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
