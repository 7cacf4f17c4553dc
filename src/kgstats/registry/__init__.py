"""What everything is called: tables, columns, measures and code lists, each named once.

The ground floor of the product. Six files of data stand beside this one:

``tables.csv``
    the clean tables, and those that are read as they were transcribed, proposed, declared or
    listed: form, key, what one row is;
``columns.csv``
    their columns: type, unit, range, code list, definition;
``measures.csv``
    the columns that analysis adds: how they are shown, what they mean, from which columns of clean
    tables they are computed;
``codes.csv``
    the controlled words and what each code means;
``units.csv``
    the units, and from which names of columns each is read;
``glossary.csv``
    the terms of the field in both languages: what each means, how it is written, its source.

Whoever checks, labels, exports, describes or traces a column asks here. A definition is a label, a
colon, and what the column means; texts are English and their Vietnamese stands in
``locale/vi/*.po``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib import resources

TYPES = {"int": "integer", "float": "number", "bool": "boolean", "text": "string", "date": "date"}
"""What Table Schema calls the types of columns."""

PLACE_CODES = ("district", "commune")
"""Code lists that stand in the gazetteer of a year, not in ``codes.csv``."""


class NotRegistered(KeyError):
    """A table, column, measure or code list that the registry does not name."""

    def __str__(self) -> str:
        return str(self.args[0])

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True)
class Column:
    """One column of a clean table.

    ``dtype`` is ``int``, ``float``, ``text``, ``bool`` or ``date``; ``codes`` the code list its
    values are taken from; ``filled`` whether it has no null. ``low`` and ``high`` are the range,
    where a year may stand for itself (``year+1``).
    """

    table: str
    name: str
    dtype: str
    unit: str
    low: str
    high: str
    codes: str
    filled: bool
    definition: str

    @property
    def label(self) -> str:
        """The column's short name, in English."""
        return self.definition.partition(": ")[0]

    def limits(self, year: int) -> tuple[int, int] | None:
        """Return the lowest and highest value of a year, or None where there is no range.

        >>> column("funding", "plan_year").limits(2019)
        (2000, 2019)
        """
        if not self.low or not self.high:
            return None
        return _bound(self.low, year), _bound(self.high, year)


@dataclass(frozen=True)
class Table:
    """One table: what a row is, what identifies it, what it is made from.

    ``units`` says which commune-level units have rows: ``rural`` communes, ``all``, or none.
    """

    name: str
    form: str
    units: str
    made_from: str
    key: tuple[str, ...]
    title: str
    row_is: str

    @property
    def columns(self) -> tuple[Column, ...]:
        """The table's columns, in their order."""
        return tuple(_columns()[self.name].values())

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The columns that say which row it is or of what kind: key, codes, dates of the page."""
        return tuple(one.name for one in self.columns if one.name in self.key or one.codes)


@dataclass(frozen=True)
class Origin:
    """A column of a clean table that a measure is computed from, and of which year.

    ``year`` is empty for the row's own year, ``-1`` for the year before, or the name of the
    frame's column that holds the year; ``first_year..`` is every year from that column's to the
    row's own.
    """

    table: str
    column: str
    year: str = ""


@dataclass(frozen=True)
class Measure:
    """A column of an analysis frame: how it is shown, what it means, what it comes from.

    ``kind`` and ``decimals`` are those of `kgstats.present.tables.Column`.
    """

    name: str
    kind: str
    decimals: int | None
    label: str
    definition: str
    origins: tuple[Origin, ...]


def _bound(text: str, year: int) -> int:
    name, _, more = text.partition("+")
    return (year if name == "year" else int(name)) + int(more or 0)


def _rows(name: str) -> list[dict[str, str]]:
    file = resources.files("kgstats.registry") / f"{name}.csv"
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))


@lru_cache
def tables() -> Mapping[str, Table]:
    """Return every clean table of a province by its name, in the dictionary's order.

    >>> tables()["poverty"].key
    ('year', 'district_code', 'commune_code')
    """
    return _made("returns", "report")


@lru_cache
def collected() -> Mapping[str, Table]:
    """Return the tables that a collection of several provinces adds to theirs.

    >>> [*collected()]
    ['quality', 'rules']
    """
    return _made("collection")


@lru_cache
def given() -> Mapping[str, Table]:
    """Return the tables that are read and not cleaned: transcribed, proposed, declared, listed.

    >>> given()["figures"].made_from, given()["deliveries"].made_from
    ('transcription', 'declaration')
    """
    return _made("transcription", "reading", "declaration", "reference")


def _made(*kinds: str) -> dict[str, Table]:
    return {name: one for name, one in _tables().items() if one.made_from in kinds}


@lru_cache
def _tables() -> dict[str, Table]:
    return {
        row["table"]: Table(
            row["table"],
            row["form"],
            row["units"],
            row["made_from"],
            tuple(filter(None, row["key"].split("|"))),
            row["title"],
            row["row_is"],
        )
        for row in _rows("tables")
    }


def of_forms() -> tuple[str, ...]:
    """Return the tables whose rows districts fill in, in the order in which they are written.

    >>> of_forms()
    ('attainment', 'communes', 'funding', 'poverty')
    """
    return tuple(name for name, table in tables().items() if table.form)


def forms() -> Mapping[str, tuple[str, ...]]:
    """Return the tables that each form fills, by the form's number.

    >>> forms()["01"]
    ('attainment', 'communes')
    """
    found: dict[str, tuple[str, ...]] = {}
    for name in of_forms():
        number = tables()[name].form
        found[number] = (*found.get(number, ()), name)
    return found


def ledgers() -> Mapping[str, str]:
    """Return what the part of the ledger that belongs to each form is called, by its number.

    >>> ledgers()["02"]
    'cells_02'
    """
    return {form: f"cells_{form}" for form in forms()}


def ledger_of(table: str) -> str:
    """Return the data set in which the cells behind a table's values stand.

    >>> ledger_of("funding"), ledger_of("findings")
    ('cells_02', 'cells')
    """
    return ledgers().get(tables()[table].form or "", "cells")


def made_from(kind: str) -> tuple[str, ...]:
    """Return the tables made from the districts' ``returns`` or from the printed ``report``."""
    return tuple(name for name, table in tables().items() if table.made_from == kind)


@lru_cache
def _columns() -> dict[str, dict[str, Column]]:
    found: dict[str, dict[str, Column]] = {}
    for row in _rows("columns"):
        found.setdefault(row["table"], {})[row["name"]] = Column(
            row["table"], row["name"], row["dtype"], row["unit"], row["low"], row["high"],
            row["codes"], row["filled"] == "yes", row["definition"],
        )  # fmt: skip
    return found


def column(table: str, name: str) -> Column:
    """Return one column of a clean table.

    Raises
    ------
    NotRegistered
        Naming the columns there are.
    """
    try:
        return _columns()[table][name]
    except KeyError:
        there = ", ".join(_columns().get(table, ())) or "no such table"
        raise NotRegistered(f"{table} has no column {name!r}; there are: {there}") from None


@lru_cache
def measures() -> Mapping[str, Measure]:
    """Return every measure by its name; one named after a form stands for each form.

    >>> [name for name in measures() if name.startswith("rows_")]
    ['rows_01', 'rows_02', 'rows_03']
    """
    return {
        name: Measure(
            name, row["kind"], int(row["decimals"]) if row["decimals"] else None,
            row["label"], row["definition"],
            tuple(map(_origin, filter(None, row["from"].split("|")))),
        )
        for row in _rows("measures")
        for name in dict.fromkeys(row["name"].format(form=form) for form in forms())
    }  # fmt: skip


def _origin(text: str) -> Origin:
    place, _, year = text.partition("@")
    table, _, name = place.partition(".")
    if table != "cells":
        column(table, name)
    return Origin(table, name, year)


@lru_cache
def origins(name: str) -> tuple[Origin, ...]:
    """Return the columns of clean tables that a column of any frame comes from.

    A measure says so itself; a column of a clean table that is neither key nor code comes from
    itself. Keys, codes and words come from nothing: they name the row.

    >>> origins("disbursed_vnd")
    (Origin(table='funding', column='disbursed_vnd', year=''),)
    """
    if name in measures():
        return measures()[name].origins
    return tuple(
        Origin(table, name)
        for table in of_forms()
        if name in _columns()[table] and name not in tables()[table].dimensions
    )


@lru_cache
def code_lists() -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Return every code list by name: its title, and what each code means, in order."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for row in _rows("codes"):
        found.setdefault(row["list"], (row["title"], {}))[1][row["code"]] = row["words"]
    return found


def codes(name: str) -> Mapping[str, str]:
    """Return the codes of a list with their English words, in the list's order.

    >>> codes("kind")
    {'investment': 'investment', 'recurrent': 'recurrent'}

    Raises
    ------
    NotRegistered
        Naming the lists there are.
    """
    try:
        return code_lists()[name][1]
    except KeyError:
        raise NotRegistered(
            f"there is no code list {name!r}; there are: {', '.join(code_lists())}"
        ) from None


@dataclass(frozen=True)
class Unit:
    """A unit of numbers: ``said`` finds it in a label, ``names`` are patterns of column names."""

    unit: str
    words: str
    said: str
    names: tuple[str, ...]


@lru_cache
def units() -> Mapping[str, Unit]:
    """Return every unit by its name."""
    return {
        row["unit"]: Unit(
            row["unit"], row["words"], row["said"], tuple(filter(None, row["names"].split("|")))
        )
        for row in _rows("units")
    }


@lru_cache
def unit_of(name: str) -> Unit | None:
    """Return the unit that a column's name says; None for a name that says none.

    >>> unit_of("poor_end_hh").words, unit_of("gap_pp").words, unit_of("status")
    ('households', 'percentage points', None)
    """
    return next(
        (
            one
            for one in units().values()
            if any(fnmatchcase(name, pattern) for pattern in one.names)
        ),
        None,
    )


@dataclass(frozen=True)
class Term:
    """A term of the field: its name, other ways it is written, and what it means, by language.

    A term that is a measure has the measure's definition and none of its own; ``source`` names law
    or decision, and ``confirmed`` says whether it was read there.
    """

    key: str
    theme: str
    measure: str
    source: str
    confirmed: bool
    names: Mapping[str, str]
    forms: Mapping[str, tuple[str, ...]]
    deprecated: Mapping[str, tuple[str, ...]]
    """Words for the same thing that no text uses (deprecated terms, ISO 30042)."""
    definitions: Mapping[str, str]


@lru_cache
def glossary() -> tuple[Term, ...]:
    """Return the terms of the field, theme by theme.

    >>> term = next(one for one in glossary() if one.key == "poor_rate")
    >>> term.names["vi"], term.measure
    ('Tỷ lệ hộ nghèo', 'poor_rate_pct')
    """

    def listed(row: Mapping[str, str], kind: str, lang: str) -> tuple[str, ...]:
        return tuple(filter(None, row[f"{kind}_{lang}"].split("|")))

    langs = ("vi", "en")
    return tuple(
        Term(
            row["key"], row["theme"], row["measure"], row["source"], row["confirmed"] == "yes",
            {lang: row[lang] for lang in langs},
            {lang: (row[lang], *listed(row, "forms", lang)) for lang in langs},
            {lang: listed(row, "deprecated", lang) for lang in langs},
            {lang: row[f"definition_{lang}"] for lang in langs},
        )
        for row in _rows("glossary")
    )  # fmt: skip


@lru_cache
def names() -> frozenset[str]:
    """Return every name that a column of a frame can have: measures and columns of all tables.

    >>> "poor_rate_pct" in names(), "indicator_vi" in names(), "poor_rate" in names()
    (True, True, False)
    """
    return frozenset(measures()).union(*_columns().values())


def meaning(name: str, words: Callable[[str], str] = str) -> str:
    """Return what a column of any frame means; empty for a name not registered.

    ``words`` translates the registry's texts.

    >>> meaning("ethnic_households_hh")
    'among all households'
    """
    if name in measures() and measures()[name].definition:
        return words(measures()[name].definition)
    for table in tables():
        if name in _columns()[table]:
            return words(_columns()[table][name].definition).partition(": ")[2]
    return ""


def texts() -> Iterator[tuple[str, str]]:
    """Yield every text of the registry that readers see, with the place where it stands."""
    for place, names in (
        ("tables", ("title", "row_is")),
        ("columns", ("definition",)),
        ("measures", ("label", "definition")),
        ("codes", ("title", "words")),
        ("units", ("words",)),
    ):
        for line, row in enumerate(_rows(place), start=2):
            for name in names:
                if row[name]:
                    yield row[name], f"registry/{place}.csv:{line}"
