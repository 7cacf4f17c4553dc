"""Units of money and of counted things, as pages and cells name them.

The words stand in ``returns/forms/units.csv``; a unit of money also says how many đồng it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kgstats.returns.forms import form_rows, split_words
from kgstats.returns.layout import parse_unit
from kgstats.text import decode, fold

UNITS_VND: dict[str, int] = {
    row["unit"]: int(row["vnd"]) for row in form_rows("units") if row["vnd"]
}
"""How many đồng one of each money unit is."""

STEPS_VND = tuple(size for size in UNITS_VND.values() if len(str(size)) % 3 == 1)
"""The sizes that a unit may have where none is stated: đồng and its thousands."""

_OF_MONEY = re.compile(r"\b(dong|vnd|trieu|ty|ti|nghin|ngan|usd|dollars?|euro?)\b|[$€₫]|\d")
_PUNCTUATION = re.compile(r"[.\s]+")
_BRACKETED = re.compile(r"[(\[]([^()\[\]]{1,40})[)\]]")
_BEHIND_MARK = re.compile(
    r"(?i)\b(?:đvt|đơn\s+vị\s+tính|đơn\s+vị|đv|dvt|don\s+vi\s+tinh)\s*[:.]?\s*((?:[^\s:;(),]+\s*){1,4})"
)
_FIRST = re.compile(r"[,;(/]")


def _folded(text: str) -> str:
    return _PUNCTUATION.sub(" ", fold(text)).strip()


@lru_cache
def _words() -> dict[str, str]:
    """Return the folded words of units with the unit they name."""
    return {
        _folded(word): row["unit"]
        for row in form_rows("units")
        for word in split_words(row["words"])
    }


@lru_cache
def _named_in_full() -> re.Pattern[str]:
    """Match a money unit named in full inside a heading: ``triệu đồng``, never ``triệu`` alone."""
    words = [word for word, unit in _words().items() if unit in UNITS_VND and " " in word]
    listed = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![a-z0-9])({listed})(?![a-z0-9])")


@lru_cache(maxsize=1 << 12)
def unit_of(text: str) -> str | None:
    """Name the unit that a few words mean; None for words that are no unit.

    >>> unit_of("tr.đ"), unit_of("Tỉ đồng"), unit_of("hộ"), unit_of("Ghi chú")
    ('triệu đồng', 'tỷ đồng', 'hộ', None)
    """
    words = text.strip(" .:;()")
    if words == "%":
        return "%"
    forms = [words]
    if not words.isascii():
        # "hé" is "hộ" in a TCVN3 font; alone it could be either, as a unit it is not.
        forms += [decode(words, hint=name).text for name in ("unicode", "tcvn3", "vni")]
    for form in forms:
        unit = _words().get(_folded(form))
        if unit is not None:
            return unit
    return None


@lru_cache(maxsize=1 << 10)
def money_unit(text: str | None) -> int | None:
    """Return how many đồng a unit is, or None for another unit.

    >>> money_unit("triệu đồng"), money_unit("1.000 đồng"), money_unit("hộ")
    (1000000, 1000, None)
    """
    if not text:
        return None
    named = unit_of(text)
    if named not in UNITS_VND:
        named = unit_of(_FIRST.split(text)[0])
    return UNITS_VND.get(named or "")


def unknown_money(text: str | None) -> bool:
    """Whether a page states a unit of money that is not known: no size may be guessed for it.

    >>> unknown_money("triệu USD"), unknown_money("triệu đồng"), unknown_money("hộ")
    (True, False, False)
    """
    return bool(text) and money_unit(text) is None and bool(_OF_MONEY.search(fold(text or "")))


@lru_cache(maxsize=1 << 10)
def unit_in_heading(header: str) -> int | None:
    """Return the money unit a heading states, in đồng: ``Kế hoạch vốn (triệu đồng)``.

    >>> unit_in_heading("Giải ngân, tr.đ"), unit_in_heading("Kế hoạch vốn giao")
    (1000000, None)
    """
    size = unit_in_title(header)
    if size is not None:
        return size
    match = _named_in_full().search(_folded(header))
    return UNITS_VND[_words()[match[1]]] if match else None


@lru_cache(maxsize=1 << 10)
def unit_in_title(title: str) -> int | None:
    """Return the money unit a title states in brackets or behind ``ĐVT``, in đồng.

    >>> unit_in_title("GIẢI NGÂN VỐN NĂM 2019 (ĐVT: triệu đồng)")
    1000000
    >>> unit_in_title("Hỗ trợ 500 triệu đồng cho xã điểm") is None
    True
    """
    for part in _BRACKETED.findall(title):
        size = money_unit(parse_unit(part) or part)
        if size is not None:
            return size
    for match in _BEHIND_MARK.finditer(title):
        words = match[1].split()
        for count in range(len(words), 0, -1):
            size = money_unit(" ".join(words[:count]))
            if size is not None:
                return size
    return None


def unit_name(size: int) -> str:
    """Return the name of a money unit by its size in đồng.

    >>> unit_name(1000)
    'nghìn đồng'
    """
    return next(name for name, value in UNITS_VND.items() if value == size)
