"""The data dictionary: every column of every clean table, as registry and contracts hold it.

Types, units, keys, ranges, definitions and code lists are read off the registry; codes of places
off the gazetteer of the year.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import numbers
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.reference import areas
from kgstats.words import N_, translator

_MOST_SHOWN = 8

UNITS = registry.codes("column_unit")
TYPES = registry.codes("column_type")

DASHES: Mapping[str, str] = {
    "zero": N_("zero"),
    "null": N_("no value"),
    "false": N_("not met"),
    "": "",
}

_PLACES = ("district_code", "commune_code")


@dataclass(frozen=True)
class Field:
    """One column of a table, as its contract holds it.

    ``type`` is ``integer``, ``number``, ``string``, ``boolean`` or ``date``; ``allowed`` the
    values allowed (none: any), ``low`` and ``high`` the range; ``dash`` says what a typed dash
    means: ``zero``, ``null``, ``false`` or nothing, where the column is not typed.
    """

    table: str
    name: str
    type: str
    unit: str = ""
    nullable: bool = True
    key: bool = False
    allowed: tuple[str | int, ...] = ()
    low: int | None = None
    high: int | None = None
    dash: str = ""

    @property
    def definition(self) -> str:
        """The English words for the column: its title, a colon, and what it means."""
        return registry.column(self.table, self.name).definition

    def description(self, lang: str) -> str:
        """Return the whole definition in a language."""
        return translator(lang)(self.definition)

    def title(self, lang: str) -> str:
        """Return the column's short name in a language.

        >>> Field("funding", "cut_off", "date").title("en")
        'Cut-off'
        """
        return self.description(lang).partition(": ")[0]


def fields(table: str, year: int) -> tuple[Field, ...]:
    """Return the columns of a table of one year, in their order.

    >>> [(one.name, one.key, one.high) for one in fields("attainment", 2019)][3]
    ('criterion', True, 19)
    """
    return tuple(_field(column, year) for column in registry.tables()[table].columns)


def _field(column: registry.Column, year: int) -> Field:
    allowed = _in_order(column.codes, _allowed_values(column, year))
    low, high = column.limits(year) or (None, None)
    whole = column.dtype == "int" and len(allowed) > 1
    if whole and allowed == tuple(range(allowed[0], allowed[-1] + 1)):
        low, high, allowed = allowed[0], allowed[-1], ()
    key = column.name in registry.tables()[column.table].key
    return Field(
        column.table,
        column.name,
        registry.TYPES[column.dtype],
        column.unit,
        not column.filled,
        key,
        allowed,
        low,
        high,
        _dash(column),
    )


def _allowed_values(column: registry.Column, year: int) -> Collection[Any]:
    """Return what a column may hold: the contract of a form's table says it, else the lists."""
    from kgstats.returns import contracts, rules

    if column.table in registry.of_forms() or column.codes in registry.PLACE_CODES:
        return contracts.allowed(column.table, year).get(column.name, ())
    if column.codes == "rule":
        return tuple(rules.RULES)
    if column.codes == "table":
        return registry.of_forms()
    return tuple(registry.codes(column.codes)) if column.codes else ()


def _dash(column: registry.Column) -> str:
    """Return what a typed dash means in a column of a form."""
    from kgstats.returns.forms import table_columns

    if column.table not in registry.of_forms() or column.filled:
        return ""
    if column.dtype == "bool":
        return "false"
    if column.name == "cut_off":
        # Taken from a title line, not typed in a cell of its own.
        return ""
    said = {one.name: one.dash for one in table_columns(column.table)}
    return said[column.name] or "null"


def _in_order(name: str, values: Collection[Any]) -> tuple[Any, ...]:
    """Return allowed values in the order of their list; the contract holds them as a set."""
    if isinstance(values, tuple):
        return values
    listed = list(registry.code_lists().get(name, ("", {}))[1])
    rank = {value: place for place, value in enumerate(listed)}
    return tuple(sorted(values, key=lambda value: (rank.get(value, len(rank)), value)))


# Shown to readers ---------------------------------------------------------------------------


def conventions(lang: str) -> Prose:
    """Say what holds for every table."""
    t = translator(lang)
    return Prose(
        items=[
            (t("Money"), t("whole đồng, whatever unit the return used; such columns end in _vnd")),
            (
                t("Rates"),
                t("in per cent, columns end in _pct; their changes in percentage points, _pp"),
            ),
            (t("Households"), t("counts of households, columns end in _hh")),
            (t("Codes"), t("are text, never numbers: they may begin with a zero")),
            (
                t("No value"),
                t(
                    "an empty cell of a table means not reported or not applicable; it is never "
                    "zero"
                ),
            ),
            (
                t("A typed dash"),
                t(
                    "is zero in columns that count events or money, and no value elsewhere; each "
                    "table says which"
                ),
            ),
        ],
        kind="conventions",
    )


_TABLES = TableSpec(
    slug="tables",
    caption=N_("Tables of {year} and what one row of each stands for"),
    columns=(
        Column("table", N_("Table"), "verbatim"),
        Column("title", N_("What it holds")),
        Column("row", N_("One row is")),
        Column("key", N_("Key")),
        Column("columns", N_("Columns"), "number", unit="columns"),
    ),
    notes=N_("The key names a row: no two rows of a table share it."),
)


def overview_table(year: int, lang: str) -> Table:
    """Tabulate the tables: what a row is, the key, how many columns."""
    t = translator(lang)
    rows = [
        {
            "table": name,
            "title": t(about.title),
            "row": t(about.row_is),
            "key": ", ".join(one.name for one in fields(name, year) if one.key),
            "columns": len(fields(name, year)),
        }
        for name, about in registry.tables().items()
    ]
    return _TABLES.table(pd.DataFrame(rows), lang, year=year)


_FIELDS = (
    Column("name", N_("Column"), "verbatim"),
    Column("definition", N_("Meaning")),
    Column("type", N_("Type")),
    "unit",
    Column("key", N_("Key")),
    Column("nullable", N_("May be empty")),
    Column("allowed", N_("Values allowed")),
    Column("dash", N_("A dash means")),
)


def dictionary_table(name: str, year: int, lang: str) -> Table:
    """Tabulate the columns of one table, as the contract of the year holds them."""
    t = translator(lang)
    rows = [
        {
            "name": one.name,
            "definition": one.description(lang),
            "type": t(TYPES[one.type]),
            "unit": t(UNITS[one.unit]) if one.unit else "",
            "key": t("key") if one.key else "",
            "nullable": one.nullable,
            "allowed": _allowed(one, lang, year),
            "dash": t(DASHES[one.dash]) if one.dash else "",
        }
        for one in fields(name, year)
    ]
    frame = pd.DataFrame(rows)
    # A column of the dictionary in which nothing stands tells nothing.
    empty = {one for one in ("unit", "key", "dash") if not any(frame[one])}
    kept = tuple(one for one in _FIELDS if getattr(one, "key", one) not in empty)
    spec = TableSpec(f"columns-{name}", N_("Columns of table {table}, {year}"), kept)
    return spec.table(frame, lang, table=name, year=year)


def _allowed(one: Field, lang: str, year: int) -> str:
    t = translator(lang)
    if one.allowed:
        if one.name in _PLACES:
            return t("{n} codes of the list of {year}", n=len(one.allowed), year=year)
        if len(one.allowed) > _MOST_SHOWN:
            return t("{n} codes, listed below", n=len(one.allowed))
        return ", ".join(str(value) for value in one.allowed)
    if one.low is None or one.high is None:
        return ""
    if one.name == "plan_year":
        return f"{one.low}–{one.high}"
    return t(
        "from {low} to {high}",
        low=numbers.number(one.low, lang),
        high=numbers.number(one.high, lang),
    )


_CODES = TableSpec(
    slug="codes",
    caption=N_("Codes in the data and what they mean"),
    columns=(Column("code", N_("Value in the data"), "verbatim"), Column("meaning", N_("Meaning"))),
    group=Column("list", N_("List")),
)


def codes_table(year: int, lang: str) -> Table:
    """Tabulate the controlled words: what each code in the data means."""
    t = translator(lang)
    # Other lists name what only an analysis says; no data hold them.
    used = {column.codes for held in registry.tables().values() for column in held.columns}
    rows = [
        {"list": f"{t(title)} ({column})", "code": code, "meaning": t(meaning)}
        for column, (title, meanings) in registry.code_lists().items()
        if column in used
        for code, meaning in meanings.items()
    ]
    rows += [
        {"list": f"{t('Components')} (component)", "code": code, "meaning": meaning}
        for code, meaning in _components(year, lang)
    ]
    return _CODES.table(pd.DataFrame(rows), lang)


def _components(year: int, lang: str) -> Sequence[tuple[str, str]]:
    from kgstats.reference import funding_rules

    known = {
        row["component"]: str(row[f"name_{lang}"])
        for row in funding_rules.components().to_dict("records")
    }
    allowed = next(one for one in fields("funding", year) if one.name == "component").allowed
    return [(str(code), known[str(code)]) for code in known if code in allowed] + [
        (str(code), str(code)) for code in allowed if code not in known
    ]


_PLACES_TABLE = TableSpec(
    slug="districts",
    caption=N_("District codes and the number of their units at the end of {year}"),
    columns=(
        "district_name",
        Column("district_code", N_("Value in the data")),
        Column("units", N_("Commune-level units"), "number"),
        Column("rural_communes", N_("Rural communes"), "number", unit="communes"),
    ),
)


def places_table(year: int, lang: str) -> Table:
    """Tabulate the districts with their code and the number of their units of the year."""
    return _PLACES_TABLE.table(areas.districts(year), lang, year=year)
