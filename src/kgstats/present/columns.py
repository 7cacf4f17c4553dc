"""Columns of published tables: what a column is called, its unit, and its cells in words.

Every function takes, as far as it needs them, the language (``lang``, ``vi`` or ``en``), a cell
(``value``), how it is shown (``column``) and a ``kind`` of :class:`Column`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from kgstats import registry
from kgstats.present import numbers
from kgstats.present.names import places
from kgstats.present.numbers import Quantity
from kgstats.words import N_, translator

TEXTS = ("text", "date", "verbatim", "mixed")
"""Kinds of columns whose cells are no numbers."""

CODED = ("district", "commune", "component", "code")
"""Kinds of columns that hold codes and are shown in words."""

_MEASURED = {"percent": "%", "points": "points", "dong": "dong", "million": "million",
             "billion": "billion"}  # fmt: skip
_UNIT_IN_CELL = {"points": "pp", "dong": "VND", "million": "VND million", "billion": "VND billion"}
_DECIMALS = {"percent": 2, "points": 2}
SCALE = {"dong": 1, "million": 10**6, "billion": 10**9}
"""How many đồng the unit of a kind of amount has."""


@dataclass(frozen=True)
class Column:
    """How one column of a frame is shown.

    ``kind`` is ``text``, ``number``, ``percent``, ``points``, ``signed``, ``dong``, ``million``,
    ``billion`` (amounts of whole đồng shown in that unit, the unit standing in the header),
    ``date``, ``verbatim`` (a text as it was received, aligned as numbers), or ``quantity``: each
    cell is a `kgstats.present.numbers.Quantity` with a unit of its own. `column` gives the column
    of a frame that the registry names.

    ``unit`` (a name of ``registry/units.csv``, or English words) and ``definition`` (English) are
    needed only where the registry does not know the key. ``said`` gives the cells that the frame
    does not hold as they are shown: it takes a row, with the words its table was called with, and
    a language. With it, a column without label is one of the registry.
    """

    key: str
    label: str
    kind: str = "text"
    decimals: int | None = None
    spanner: str | None = None
    unit: str = ""
    definition: str = ""
    said: Callable[[dict[str, Any], str], Any] | None = None

    @property
    def is_number(self) -> bool:
        """Whether the cells are numbers."""
        return self.kind not in (*TEXTS, *CODED)

    @property
    def places(self) -> int | None:
        """How many decimals are shown; None for as many as a value has."""
        return _DECIMALS.get(self.kind) if self.decimals is None else self.decimals

    def unit_words(self, lang: str) -> str:
        """Return the unit of the column's numbers, in words; empty where none is known."""
        if not self.is_number or self.kind == "quantity":
            return ""
        return kind_words(self.kind, lang) or _words_of(self.unit, lang) or _named(self.key, lang)

    def meaning(self, lang: str) -> str:
        """Return what the column means, by the registry or as it was given; else nothing."""
        t = translator(lang)
        return t(self.definition) if self.definition else registry.meaning(self.key.lstrip("_"), t)


def kind_words(kind: str, lang: str) -> str:
    """Return the unit that a kind of numbers has by itself: ``%``, ``VND billion``.

    Examples
    --------
    >>> kind_words("million", "en"), kind_words("number", "en")
    ('VND million', '')
    """
    return _words_of(_MEASURED.get(kind, ""), lang)


def _words_of(unit: str, lang: str) -> str:
    known = registry.units().get(unit)
    words = unit if known is None else known.words
    return translator(lang)(words) if words else ""


def _named(key: str, lang: str) -> str:
    known = registry.unit_of(key.lstrip("_"))
    return "" if known is None else translator(lang)(known.words)


def with_unit(label: str, unit: str, lang: str) -> str:
    """Return a header that says its unit, once.

    Parameters
    ----------
    label
        The header.
    unit
        Words of the unit; nothing is added without.

    Examples
    --------
    >>> with_unit("Disbursed", "VND billion", "en"), with_unit("Rate, %", "%", "en")
    ('Disbursed, VND billion', 'Rate, %')
    """
    if not unit:
        return label
    for known in registry.units().values():
        if translator(lang)(known.words) == unit and re.search(known.said, label, re.IGNORECASE):
            return label
    if unit.casefold() in label.casefold():
        return label
    return f"{label}, {unit}" if label else unit


def column(name: str, lang: str, /, *, spanner: str | None = None, **words: object) -> Column:
    """Return how a column that the registry names is shown: its label, kind and decimals.

    ``words`` fill in what a label leaves open, such as ``{year}``.

    >>> column("disbursed_rate_pct", "en").label, column("disbursed_rate_pct", "en").decimals
    ('Disbursement rate', 2)

    Parameters
    ----------
    name
        A name of the registry.
    spanner
        A header above it and its neighbours.

    Raises
    ------
    kgstats.registry.NotRegistered
        For a name that is neither a measure nor a column of a clean table.
    """
    t = translator(lang)
    if name in registry.measures():
        one = registry.measures()[name]
        return Column(name, t(one.label, **words), one.kind, one.decimals, spanner)
    for table in registry.tables().values():
        for held in table.columns:
            if held.name == name:
                kind = "text" if held.dtype in ("text", "bool", "date") else "number"
                return Column(name, t(held.definition).partition(": ")[0], kind, spanner=spanner)
    known = [
        *registry.measures(),
        *(one.name for t in registry.tables().values() for one in t.columns),
    ]
    near = ", ".join(dict.fromkeys(get_close_matches(name, known, 3)))
    raise registry.NotRegistered(
        f"no measure is called {name!r}{f'; near it: {near}' if near else ''}. "
        "Add a row to registry/measures.csv, or give a Column"
    )


MOST_DECIMALS = 4


def alike(values: Iterable[Any], column: Column) -> Column:
    """Return the column with one number of decimals for all its values, the most that any needs.

    Numbers below each other are compared by their digits. What was printed elsewhere (a decimal)
    and what has a unit or a mark of its own stays as it is.

    Parameters
    ----------
    values
        The column's values.

    Examples
    --------
    >>> alike([3_308_300_000, 88_700_000, 3_397_000_000], Column("v", "V", "million")).decimals
    1
    >>> alike([1, 25], Column("n", "N", "number")).decimals
    0
    """
    if not column.is_number or column.kind == "quantity" or column.places is not None:
        return column
    known = [value for value in values if not numbers.is_absent(value)]
    if not known or any(isinstance(value, str | Quantity | Decimal | bool) for value in known):
        return column
    scale = SCALE.get(column.kind, 1)
    amounts = (numbers.exact(value) / scale for value in known)
    places = max(-int(amount.normalize().as_tuple().exponent) for amount in amounts)
    return replace(column, decimals=min(max(places, 0), MOST_DECIMALS))


YES, NO = N_("yes"), N_("no")


def bare(value: Any) -> Any:
    """Return the number of a cell without what belongs to it.

    Examples
    --------
    >>> bare(Quantity(4.55, mark="*")), bare(3)
    (4.55, 3)
    """
    return value.value if isinstance(value, Quantity) else value


def shown(value: Any, column: Column, lang: str) -> str:
    """Return a cell as readers see it.

    Examples
    --------
    >>> shown(1234, Column("n", "N", "number"), "vi"), shown(None, Column("n", "N", "number"), "vi")
    ('1.234', '…')
    """
    if isinstance(value, Quantity):
        return quantity(value, column, lang)
    if numbers.is_absent(value):
        return numbers.NOT_REPORTED if column.is_number else ""
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return translator(lang)(YES if value else NO)
    if isinstance(value, str) or not (column.is_number or column.kind == "date"):
        # A sign in a column of numbers: not applicable, withheld.
        return str(value)
    if column.kind == "date":
        return numbers.date(value, lang)
    return _number(value, column.kind, column.places, lang)


def _number(value: Any, kind: str, places: int | None, lang: str) -> str:
    if kind in SCALE:
        return numbers.number(numbers.exact(value) / SCALE[kind], lang, places)
    if kind == "percent":
        # The header or the row's words say percent; the sign is repeated for screen readers.
        return numbers.percent(value, lang, 2 if places is None else places)
    if kind in ("points", "signed"):
        return numbers.signed(value, lang, places)
    return numbers.number(value, lang, places)


def quantity(one: Quantity, column: Column, lang: str) -> str:
    """Return a number with what belongs to it, as readers see it.

    Parameters
    ----------
    one
        The number with its unit, mark or range.

    Examples
    --------
    >>> quantity(Quantity(4.55, mark="*"), Column("rate", "Rate", "percent"), "en")
    '4.55%*'
    >>> quantity(Quantity(98_856_000_000, "billion", 3), Column("v", "Value", "quantity"), "en")
    'VND 98.856 billion'
    >>> quantity(Quantity(5 * 10**9, "billion", 1, relation="+"), Column("v", "", "quantity"), "en")
    '+VND 5.0 billion'
    """
    if numbers.is_absent(one.value):
        # A blank for a mark: the cell is empty, nothing is missing.
        return one.mark.strip() if one.mark else numbers.NOT_REPORTED
    kind = _kind(one, column)
    places = column.places if one.decimals is None else one.decimals
    if places is None:
        places = _DECIMALS.get(kind)
    own = column.kind == "quantity"
    if own and kind in SCALE and numbers.is_absent(one.high):
        text = numbers.money(one.value, lang, kind, places)
    else:
        text = _number(one.value, kind, places, lang)
        if not numbers.is_absent(one.high):
            text = text.removesuffix("%").rstrip() + "–" + _number(one.high, kind, places, lang)
        unit = one.unit or (_UNIT_IN_CELL.get(kind, "") if own else "")
        if unit:
            text += numbers.NO_BREAK + translator(lang)(unit)
    apart = "" if one.relation == "+" else " "
    return apart.join(filter(None, (one.relation, text))) + one.mark


def _kind(one: Quantity, column: Column) -> str:
    return one.kind or ("number" if column.kind == "quantity" else column.kind)


def coded(
    value: Any, column: Column, lang: str, year: Any = None, absent: str | None = None
) -> str:
    """Return the words for a code: a district, a commune, a component, or an entry of a list.

    Parameters
    ----------
    year
        The year whose names of places are used.
    absent
        What is said without a code.

    Examples
    --------
    >>> coded("903", Column("district_code", "", "district"), "en", 2019)
    'Hòn Đất'
    >>> coded("central", Column("source", "", "code"), "en")
    'central budget'
    """
    t = translator(lang)
    if numbers.is_absent(value):
        return t("not given") if absent is None else absent
    if column.kind in ("district", "commune"):
        return places(int(year), lang)[column.kind].get(str(value), str(value))
    if column.kind == "component":
        from kgstats.reference import funding_rules

        known = funding_rules.components().set_index("component")[f"name_{lang}"]
        return str(known.get(str(value), value))
    if column.kind == "code":
        return t(registry.codes(column.key).get(str(value), str(value)))
    return shown(value, column, lang)


def from_list(codes: str, key: str = "") -> Callable[[dict[str, Any], str], str]:
    """Return what says a code of a row in words: for a column's ``said`` or a table's ``name``.

    Parameters
    ----------
    codes
        A code list of the registry.
    key
        The column with the code, where it is not called as the list.

    Examples
    --------
    >>> from_list("source")({"source": "central"}, "en")
    'central budget'
    """
    words = registry.codes(codes)
    return lambda row, lang: translator(lang)(words[row[key or codes]])


def place_in(between: str, *names: str) -> Callable[[dict[str, Any], str], str]:
    """Return what says where in a delivery a row is of: its file, sheet and cell, as far as known.

    Parameters
    ----------
    between
        What stands between two of these.
    names
        Their columns, where they are others.

    Examples
    --------
    >>> place_in(", ")({"file": "a.xls", "sheet": "", "cell": "B2"}, "en")
    'a.xls, B2'
    """
    held = names or ("file", "sheet", "cell")
    return lambda row, _: between.join(
        str(row[name]) for name in held if not numbers.is_absent(row[name]) and row[name]
    )
