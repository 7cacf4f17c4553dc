"""Marks of attainment: ``Đ``, ``x``, ``1``, ✓ and what else a page agrees on in its legend.

The usual marks stand in ``returns/forms/marks.csv``. A page may give them another meaning (``v:
đạt; x: chưa đạt``); what its legend says counts before what is usual.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from kgstats.returns.cells import CellValue, ErrorValue
from kgstats.returns.forms import form_rows, split_words
from kgstats.returns.values.typed_numbers import DASHES, VARIANTS
from kgstats.text import decode, fold, font_encoding

Legend = Mapping[str, bool | None]
"""Mark in lower case → met or not; None where its meaning is open: a page gives it two, or one that
is neither. ``""`` is a cell left blank."""

NO_LEGEND: Legend = MappingProxyType({})


class MarkRule(StrEnum):
    """How an attainment mark was read."""

    LEGEND = "legend"
    WORD = "word"
    SIGN = "sign"
    NUMBER = "number"
    BOOLEAN = "boolean"
    SYMBOL_FONT = "symbol_font"
    DASH = "dash"
    BLANK = "blank"
    ERROR_VALUE = "error_value"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class MarkReading:
    """What an attainment cell says: met, not met, or None with the reason in ``rule``.

    ``notes`` has ``open`` where the legend leaves open what the mark means.
    """

    rule: MarkRule
    met: bool | None = None
    notes: tuple[str, ...] = ()

    @property
    def blank(self) -> bool:
        """No cell, or white space only."""
        return self.rule is MarkRule.BLANK


@lru_cache
def _usual(kind: str, font: str = "") -> dict[str, bool]:
    """Return the usual marks of a kind with whether they say met."""
    return {
        mark: row["met"] == "yes"
        for row in form_rows("marks")
        if row["kind"] == kind and row["font"] == font
        for mark in split_words(row["marks"])
    }


@lru_cache
def _symbol_fonts() -> frozenset[str]:
    return frozenset(row["font"] for row in form_rows("marks") if row["font"])


def read_mark(
    value: CellValue | None, *, font: str | None = None, legend: Legend = NO_LEGEND
) -> MarkReading:
    """Read an attainment mark: ``Đ``, ``Đạt``, ``x``, ``1``, ``+``, ✓ or ``CĐ``, ``0``, ``-``.

    Parameters
    ----------
    value
        What the cell holds; None for no cell.
    font
        The cell's font: in Wingdings ``ü`` is a tick.
    legend
        What the page says its marks mean (`legend_of`).

    Examples
    --------
    >>> read_mark("Đ").met, read_mark("chưa đạt").met, read_mark(None).met
    (True, False, None)
    >>> read_mark("ü", font="Wingdings").met, read_mark("đạt một phần").met
    (True, None)
    >>> read_mark("x", legend=legend_of(["Ghi chú: v: đạt; x: chưa đạt"])).met
    False
    """
    if legend:
        key = _key(value)
        typed = _as_typed(value) if isinstance(value, str) else key
        key = typed if typed in legend else key  # "Đ*", where the page says what the star means
        if key is not None and key in legend:
            met = legend[key]
            if met is None:
                return MarkReading(MarkRule.UNREADABLE, notes=("open",))
            return MarkReading(MarkRule.LEGEND, met)
    if value is None:
        return MarkReading(MarkRule.BLANK)
    if isinstance(value, bool):
        return MarkReading(MarkRule.BOOLEAN, value)
    if isinstance(value, int | float):
        if value in (0, 1):
            return MarkReading(MarkRule.NUMBER, value == 1)
        return MarkReading(MarkRule.UNREADABLE)
    if isinstance(value, str):
        return _read_mark(value, font)
    if isinstance(value, ErrorValue):
        return MarkReading(MarkRule.ERROR_VALUE, notes=(value.code,))
    return MarkReading(MarkRule.UNREADABLE)


def _unmangled(text: str) -> str:
    """Return a sign whose bytes were taken for letters: ``âœ“`` is ``✓``."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


@lru_cache(maxsize=1 << 12)
def _read_mark(received: str, font: str | None) -> MarkReading:
    text = _unmangled(received).translate(VARIANTS).strip()
    if not text:
        return MarkReading(MarkRule.BLANK)
    legacy = _usual("legacy")
    if font_encoding(font) == "symbol" and font is not None:
        name = font.strip().lower()
        table = _usual("font", name if name in _symbol_fonts() else "wingdings")
        # A whole column is set in the font; a dash typed in it is still a dash.
        met = False if DASHES.match(text) else table.get(text)
        return MarkReading(MarkRule.UNREADABLE if met is None else MarkRule.SYMBOL_FONT, met)
    if text in legacy:
        # Letters of Đ, CĐ, KĐ in an old font: too short for any score, plain in a column of marks.
        return MarkReading(MarkRule.WORD, legacy[text], ("legacy",))
    if text in ("ü", "þ", "û"):
        # A tick whose font the file does not tell; alone in a cell these are no words.
        return MarkReading(MarkRule.SYMBOL_FONT, text != "û", ("font_unknown",))
    if DASHES.match(text):
        return MarkReading(MarkRule.DASH, False)
    bare = _bare(text)
    notes = ("footnote",) if len(bare) < len(text.strip(" .,;:")) else ()
    signs = _usual("sign")
    if len(set(bare)) == 1 and bare[0] in "xX+✓✔":
        bare = bare[0]
    if bare.lower() in signs:
        return MarkReading(MarkRule.SIGN, signs[bare.lower()], notes)
    if bare in ("0", "1"):
        return MarkReading(MarkRule.NUMBER, bare == "1", notes)
    known = _usual("word")
    words = " ".join(bare.lower().split())
    if words not in known:
        # "Đ" stays one in an old font: its letter is none of that font's.
        decoded = decode(bare, font)
        words = " ".join(decoded.text.lower().split())
        notes = (*notes, "legacy") if decoded.changed else notes
    met = known.get(words, known.get(" ".join(words.replace(".", " ").split())))
    return MarkReading(MarkRule.UNREADABLE if met is None else MarkRule.WORD, met, notes)


_FOOTNOTE = re.compile(r"(?<=\w)\s*(?:\*+|[¹²³⁴-⁹]+|\(\d{1,2}\)|\(\*+\))$")


def _bare(text: str) -> str:
    """Return a mark without the note mark behind it."""
    return _FOOTNOTE.sub("", text).strip(" .,;:")


CROSSES = frozenset("x×")
"""A cross says met on most pages and not met on others: beside a tick its meaning is open."""


def is_cross(value: CellValue | None) -> bool:
    """Whether a mark is a cross, once or more: ``x``, ``XX``, ``×``."""
    key = _key(value) if isinstance(value, str) else None
    return bool(key) and set(key or "") <= CROSSES


def open_crosses(values: Iterable[CellValue | None]) -> bool:
    """Whether the crosses among some marks may mean that a criterion is not met.

    They may where other marks say met and none says that a criterion is not.

    >>> open_crosses(["v", "x", "v"]), open_crosses(["x", "-"]), open_crosses(["Đ", "x", "CĐ"])
    (True, False, False)
    """
    crosses = others = False
    for value in values:
        if is_cross(value):
            crosses = True
            continue
        met = read_mark(value).met
        if met is False:
            return False
        others = others or met is True
    return crosses and others


def lesser_signs(values: Iterable[CellValue | None]) -> frozenset[str]:
    """Return the signs that stand on the page in a longer form too: a degree, of open meaning.

    >>> lesser_signs(["++", "+", "++"]), lesser_signs(["+", "-"])
    (frozenset({'+'}), frozenset())
    """
    keys = {_key(value) for value in values if isinstance(value, str)} - {None, ""}
    repeated = {key for key in keys if key is not None and len(set(key)) == 1}
    return frozenset(
        key
        for key in repeated
        if read_mark(key).rule is MarkRule.SIGN
        and any(key[0] == other[0] and len(key) < len(other) for other in repeated)
    )


# --- legends ------------------------------------------------------------------------------------

_CLAUSES = re.compile(r"[;,\n/]|\.(?:\s|$)")
_INTRODUCED = re.compile(
    r"(?i)^\s*(?:[*(\-–]+\s*)?(?:ghi\s+ch[úu]|ch[úu]\s+th[íi]ch|ch[úu]\s+gi[ảa]i|k[ýyíi]\s+hi[ệe]u"
    r"|quy\s+[ướuơo]+c|trong\s+đó|l[ưu]u\s+[ýy])\b\s*:?[\s(]*(?![)])"
)
_LISTED = re.compile(r"^[-–+*•]\s+")
"""What stands before each line of a list: ``- T: đạt``, unless it is itself the mark."""
_PUT = (
    r"(?i)^(?:(?:những|các|mỗi)\s+)?(?:ô\s+(?!trống))?"
    r"(?:(?:nào|có|được|đánh|ghi|điền|gạch|tích|tick)\s+)*"
    r"(?:(?:dấu|chữ|số|ký\s+hiệu|kí\s+hiệu)\s+)?"
)
_MARK = r"(?:ô|để|bỏ)\s+trống|[^\s\w“”\"'()\[\]:=]{1,2}|\w{1,2}\*{0,2}"
_CLAUSE = re.compile(
    rf"{_PUT}(?P<open>[“\"'(\[])?\s*(?P<mark>{_MARK})\s*[”\"')\]]?\s*"
    r"(?P<says>[:=→]|(?:(?:có\s+|được\s+)?(?:nghĩa\s+|hiểu\s+)?là|thể\s+hiện|vào|ở|cho|nếu|khi)\b"
    r"|[-–]\s|\()?\s*"
    r"(?P<meaning>[^:=()]{2,50}?)\)?$"
)
"""``x: chưa đạt``, ``Đánh dấu (x) vào tiêu chí đạt``, ``v đạt``."""
_TURNED = re.compile(
    r"(?i)^(?P<meaning>[^:=()\d]{2,40}?)\s*(?:[:=(]|\b(?:ghi|đánh|là|tích)\b|\s(?=(?:để|bỏ)\s))\s*(?:dấu|chữ|ghi|là)?\s*"
    r"[“\"'(\[]?(?P<mark>(?:để|bỏ)\s+trống|[^\s\d()\[\]“”\"']{1,2})[”\"')\]]*$"
)
"""``Đạt: x``, ``Chưa đạt ghi o``."""
_BRACKETED = re.compile(r"\(([^()]{5,})\)")
_BLANK_MARK = re.compile(r"(?i)^(ô|để|bỏ)\s+trống$")
_MET = re.compile(r"\b(dat|hoan thanh)\b")
_UNMET = re.compile(r"\b(chua|khong|ko|kg)\b|^k\b")
_FORESEEN = re.compile(r"\b(phan dau|du kien|se|cho|de nghi|dang ky|dang|sap|ke hoach|muc tieu)\b")
_UNASKED = re.compile(r"\b(khong|chua) (danh gia|xet|ap dung|yeu cau|bao cao|ro|co so lieu)\b")
_ABOUT = re.compile(
    r"\b(tieu chi|xa|o|cac|nhung|nao|da|duoc|chuan|theo|quy dinh|muc|cua|vao|cho|thi|la|yeu cau|"
    r"danh gia)\b"
)
_LONGEST = 200


def legend_of(texts: Iterable[str]) -> Legend:
    """Return what a page's own words say its marks mean.

    >>> dict(legend_of(["(+) đạt, (-) không đạt"]))
    {'+': True, '-': False}
    >>> dict(legend_of(["Đánh dấu x vào các tiêu chí chưa đạt"])), dict(legend_of(["TC: Tiêu chí"]))
    ({'x': False}, {})
    >>> dict(legend_of(["CĐ: công nhận đạt; Đ: đề nghị xét; KĐ: không đạt"]))
    {'cđ': True, 'đ': None, 'kđ': False}
    """
    found: dict[str, bool | None] = {}
    for text in texts:
        for mark, met in _explained(text):
            found[mark] = met if found.get(mark, met) is met else None
    return found


@lru_cache(maxsize=1 << 12)
def _explained(text: str) -> tuple[tuple[str, bool | None], ...]:
    """Return the marks that a text explains, each with what it says they mean."""
    if len(text) > _LONGEST or not _MET.search(fold(text)):
        return ()
    found: list[tuple[str, bool | None]] = []
    inner = (found for found in _BRACKETED.findall(text) if _MET.search(fold(found)))
    for part in (*_CLAUSES.split(_INTRODUCED.sub("", text)), *_parts(inner)):
        clause = _INTRODUCED.sub("", part.strip())
        mark, met = _spoken(clause)
        if met is None and (listed := _LISTED.sub("", clause)) != clause:
            clause = listed
            mark, met = _spoken(clause)
        if met is not None:
            found.append((mark, met))
        elif (other := _unlike_usual(clause)) is not None:
            found.append(other)
    return tuple(found)


def turned_round(legend: Legend) -> dict[str, bool]:
    """Return the letters and words that a legend gives the opposite meaning, with their usual one.

    A sign has the meaning that a page agrees on; ``CĐ`` and ``Đ`` are abbreviations of what they
    mean, and a legend that turns them round may itself be wrong.

    >>> turned_round(legend_of(["CĐ: công nhận đạt; x: chưa đạt"]))
    {'cđ': False}
    """
    usual = {mark: read_mark(mark) for mark, met in legend.items() if met is not None}
    return {
        mark: reading.met
        for mark, reading in usual.items()
        if reading.rule is MarkRule.WORD
        and "footnote" not in reading.notes  # "Đ*" is what the page says of its star
        and reading.met is not None
        and reading.met is not legend[mark]
    }


def unpaired(legend: Legend, used: Iterable[CellValue]) -> Legend:
    """Return the marks of a page whose opposite its legend gives an open meaning, as open too.

    >>> unpaired({"có": None}, ["Có", "Không", "Chưa đạt"])
    {'không': None}
    """
    if not any(
        met is None and read_mark(mark).rule is MarkRule.WORD for mark, met in legend.items()
    ):
        return {}
    return {
        key: None
        for value in used
        if isinstance(value, str)
        and (key := _key(value)) is not None
        and key not in legend
        and read_mark(value).rule is MarkRule.WORD
        and not _MET.search(fold(value))
    }


def _unlike_usual(clause: str) -> tuple[str, bool | None] | None:
    """Return a usual mark to which a clause of a legend gives a meaning unlike the usual one.

    >>> _unlike_usual("Đ: đang thực hiện"), _unlike_usual("Đ: đạt theo QĐ 1980")
    (('đ', None), None)
    >>> _unlike_usual("CĐ: cơ bản đạt"), _unlike_usual("KĐ: không đánh giá")
    (('cđ', True), ('kđ', None))
    """
    match = _CLAUSE.match(clause)
    if match is None or not (match["says"] or match["open"]):
        return None
    mark = match["mark"].translate(VARIANTS).lower()
    usual = None if mark.isdigit() else read_mark(mark).met  # a digit: the number of a note
    if usual is None:
        return None
    meaning = fold(match["meaning"])
    unmet, met = _UNMET.search(meaning), _MET.search(meaning)
    said = None if met is None or _FORESEEN.search(meaning) else unmet is None
    if not usual and not _UNASKED.search(meaning) and (unmet or _FORESEEN.search(meaning)):
        said = False  # "CĐ: chưa thực hiện", "CĐ: phấn đấu đạt trong năm sau"
    return None if said is usual else (mark, said)


def _parts(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from _CLAUSES.split(text)


def _spoken(clause: str) -> tuple[str, bool | None]:
    """Return the mark that a clause of a legend names, and what it says the mark means."""
    match = _CLAUSE.match(clause)
    if match is not None and not (match["says"] or match["open"]) and not _plain(match["mark"]):
        match = None
    match = match if match is not None and _met(match["meaning"]) is not None else None
    match = match or _TURNED.match(clause)
    if match is None:
        return "", None
    mark = _BLANK_MARK.sub("", match["mark"]).translate(VARIANTS).lower()
    return mark, _met(match["meaning"])


def _plain(mark: str) -> bool:
    """Whether a mark needs no sign between it and its meaning; ``1 xã chưa đạt`` counts."""
    return len(mark) == 1 and not mark.isdigit()


def _met(words: str) -> bool | None:
    """Return what the meaning of a mark says; None where it is not about meeting a criterion."""
    folded = fold(words).strip(" -–.“”\"'")
    unmet, met = _UNMET.search(folded), _MET.search(folded)
    if met is None:
        return None
    rest = _ABOUT.sub(" ", _UNMET.sub(" ", _MET.sub(" ", folded))).split()
    return None if rest else unmet is None


def _as_typed(text: str) -> str:
    return text.translate(VARIANTS).strip().lower()


def _key(value: CellValue | None) -> str | None:
    """Return a mark as a legend would name it."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = _as_typed(value)
        return _bare(text).lower() or text
    if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
        return str(int(value))
    return None
