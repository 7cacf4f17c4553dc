"""Numbers as people type them: hedges, ranges, shares, units, brackets and note marks around them.

A lone ``1.234`` may be either of two numbers, and here it stays both.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from kgstats.returns.form_files import page_words
from kgstats.returns.forms import form_rows, split_words
from kgstats.returns.values.readings import NumberReading, Qualifier, Rule, Style, in_style, plain
from kgstats.returns.values.units import UNITS_VND, unit_of
from kgstats.text import decode, fold, without_stray_spaces

BLANK = NumberReading(Rule.BLANK)
_LONGEST = 80
"""Longer text is prose."""
VARIANTS = str.maketrans(
    {
        **{chr(zero + digit): str(digit) for zero in (0xFF10, 0x660, 0x6F0) for digit in range(10)},
        **dict(zip("．，％（）－＋／", ".,%()-+/", strict=True)),
        **dict.fromkeys("\u00a0\u202f\u205f\u3000\t\r\n", " "),
        **{chr(space): " " for space in range(0x2000, 0x200B)},
        **dict.fromkeys("’‘ʼ´`′", "'"),
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
_NONE_WORDS = frozenset(map(fold, page_words("nothing")))
_FOOTNOTE = re.compile(
    r"(?<=[\d%])\s*(?:(?P<stars>\*+)|(?P<raised>[¹²³⁰⁴-⁹]+)\)?|\((?P<round>\d|\*+|[a-e])\)"
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
_HEDGE = re.compile(r"^(?P<words>[^\d.,()+-]+?)\s*(?P<rest>[\d.,(+-].*)$")


@lru_cache
def _hedges() -> dict[str, Qualifier]:
    """Return the words that hedge a number with what they say of it."""
    return {
        fold(word): row["qualifier"]  # type: ignore[misc]
        for row in form_rows("hedges")
        for word in split_words(row["words"])
    }


@lru_cache(maxsize=1 << 16)
def read_typed(received: str) -> NumberReading:
    """Read a number as it was typed, whatever stands around it."""
    if received.isdigit() and received.isascii() and len(received) <= _LONGEST:
        return _digits(received)
    text = received.translate(VARIANTS).strip()
    if not text:
        return BLANK
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
        if words in _hedges() and not (words == "tu" and _RANGE.match(text)):
            qualifier, text = _hedges()[words], match["rest"]
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
        return NumberReading(Rule.SCIENTIFIC, plain(value))
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
            low, high = in_style(low, proves), in_style(high, proves)
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
    return NumberReading(Rule.MONEY_WORDS, plain(value), unit_hint="đồng")
