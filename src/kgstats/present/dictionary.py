"""The data dictionary: every column of every clean table, as the contracts hold it.

Types, keys, ranges and controlled words are read off the contracts of the year; only the words
that say what a column means are written here. A column without words fails a test.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kgstats.words import N_, translator

if TYPE_CHECKING:
    from kgstats.present.prose import Prose
    from kgstats.present.tables import Table

CLEAN_TABLES = ("attainment", "communes", "funding", "poverty")
"""Tables whose columns are those of the forms, held by contracts."""

TABLES = (*CLEAN_TABLES, "findings", "cells", "audit")
"""Tables of the dictionary, in its order."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "findings": (),
    "cells": ("file", "sheet", "cell"),
    "audit": ("identity_id",),
}

_MOST_SHOWN = 8

ROW_IS: Mapping[str, str] = {
    "attainment": N_("one criterion of one rural commune"),
    "communes": N_("one rural commune"),
    "funding": N_("one component, source, kind and plan year of money in one district"),
    "poverty": N_("one commune-level unit: commune, ward or township"),
    "findings": N_("one finding about one place of a return"),
    "cells": N_("one non-empty cell of a received file"),
    "audit": N_("one arithmetic statement of the printed report"),
}

TITLES: Mapping[str, str] = {
    "attainment": N_("Criteria met, commune by commune"),
    "communes": N_("Rural communes and their level"),
    "funding": N_("Money allocated and disbursed"),
    "poverty": N_("Poor and near-poor households"),
    "findings": N_("Findings about the returns"),
    "cells": N_("Ledger of received cells"),
    "audit": N_("Audit of the printed report"),
}

UNITS: Mapping[str, str] = {
    "criteria": N_("criteria"),
    "households": N_("households"),
    "percent": N_("per cent"),
    "đồng": N_("đồng"),
    "printed": N_("as in column unit"),
}

TYPES: Mapping[str, str] = {
    "integer": N_("whole number"),
    "number": N_("number"),
    "string": N_("text"),
    "boolean": N_("yes or no"),
    "date": N_("date"),
}

DASHES: Mapping[str, str] = {
    "zero": N_("zero"),
    "null": N_("no value"),
    "false": N_("not met"),
    "": "",
}

_ANY: Mapping[str, str] = {
    "year": N_("Reporting year: the year the return is about, not the year it was sent"),
    "district_code": N_(
        "District: code of the General Statistics Office, valid at the end of the year"
    ),
    "commune_code": N_(
        "Commune-level unit: code of the General Statistics Office, valid at the end of the year"
    ),
    "file": N_("File: name of the received file"),
    "sheet": N_("Sheet: its name in the workbook; empty for files without sheets"),
    "cell": N_("Cell: its address on the sheet, such as F12"),
    "raw": N_("Text received: what stood in the cell, as it was sent"),
}

DEFINITIONS: Mapping[str, Mapping[str, str]] = {
    "attainment": {
        "criterion": N_("Criterion: its number in the national criteria set of the year"),
        "met": N_("Met: whether the commune met the criterion; without a mark it is not known"),
    },
    "communes": {
        "criteria_met": N_("Criteria met: as the district states it; checked against the marks"),
        "level": N_("Level: highest level recognised; no value while a decision is pending"),
        "decision_no": N_("Decision number: of the decision that recognises the level"),
        "decision_date": N_("Decision date: the day the decision was signed"),
        "status": N_("Status: derived from the decision and the marks, never typed"),
    },
    "funding": {
        "programme": N_("Programme: the National Target Programme that gives the money"),
        "component": N_("Component: the project or line of the programme the money is for"),
        "source": N_("Source: the budget or people the money comes from"),
        "kind": N_("Kind of money: investment or recurrent"),
        "plan_year": N_("Plan year: an earlier year than the reporting year is money carried over"),
        "allocated_vnd": N_("Allocated: planned amount given out to the district"),
        "disbursed_vnd": N_("Disbursed: paid by the cut-off; a blank is not reported, never zero"),
        "disbursed_pct": N_(
            "Stated disbursement rate: as the district states it; checked against the amounts"
        ),
        "cut_off": N_("Cut-off: the day up to which disbursement is counted"),
        "cause": N_("Cause: why money was not disbursed, by the district's own words"),
        "note": N_("Note: the district's remark; also its words where the cause is free text"),
    },
    "poverty": {
        "households_hh": N_("Households: all households of the unit at the end of the year"),
        "ethnic_households_hh": N_("Ethnic minority households: among all households"),
        "poor_start_hh": N_(
            "Poor households, start of year: those on the list at the end of the year before"
        ),
        "poor_escaped_hh": N_("Escaped poverty: poor households that left the list in the year"),
        "poor_fell_back_hh": N_("Fell back: households poor again after having left the list"),
        "poor_new_hh": N_("Newly poor: households on the list for the first time"),
        "poor_end_hh": N_("Poor households, end of year: start − escaped + fell back + newly poor"),
        "poor_end_pct": N_(
            "Stated poor rate: poor households in per cent of all households, as the district "
            "states it"
        ),
        "poor_income_hh": N_("Income-poor: poor households with an income below the poverty line"),
        "poor_deprivation_hh": N_(
            "Deprivation-poor: poor households that lack basic social services"
        ),
        "ethnic_poor_end_hh": N_("Ethnic minority poor: among the poor households, end of year"),
        "near_poor_start_hh": N_(
            "Near-poor households, start of year: those on the list at the end of the year before"
        ),
        "near_poor_escaped_hh": N_(
            "Escaped near-poverty: near-poor households that left the list in the year"
        ),
        "near_poor_fell_back_hh": N_(
            "Fell back to near-poor: households near-poor again after having left the list"
        ),
        "near_poor_new_hh": N_("Newly near-poor: households on the list for the first time"),
        "near_poor_end_hh": N_(
            "Near-poor households, end of year: start − escaped + fell back + newly near-poor"
        ),
        "near_poor_end_pct": N_(
            "Stated near-poor rate: near-poor households in per cent of all households, as the "
            "district states it"
        ),
        "ethnic_near_poor_end_hh": N_(
            "Ethnic minority near-poor: among the near-poor households, end of year"
        ),
    },
    "findings": {
        "rule": N_("Rule: name of the rule that was broken; all rules are listed below"),
        "severity": N_("Severity: whether a value was refused, kept though doubtful, or repaired"),
        "message": N_("Message: what was found, in the language of the table"),
        "advice": N_("Advice: what the district can do about it"),
        "action": N_("Action: what was done with the value"),
    },
    "cells": {
        "role": N_("Role: what became of the cell"),
        "table": N_("Table: the clean table that holds the value; empty for other roles"),
        "row_key": N_("Row: key of the row in that table, its parts joined by /"),
        "column": N_("Column: the column of that table"),
    },
    "audit": {
        "identity_id": N_("Statement: stable name of the arithmetic statement"),
        "kind": N_("Kind of statement: sum, ratio, change and so on"),
        "description": N_("Description: what the statement says, in Vietnamese"),
        "figure_ids": N_("Figures: ids of the printed figures it involves, separated by blanks"),
        "printed": N_("Printed: the value in the report"),
        "recomputed": N_("Recomputed: the value computed from the other printed figures"),
        "difference": N_("Difference: printed less recomputed"),
        "unit": N_("Unit: of the three values before it"),
        "class": N_("Class: how printed and recomputed value agree"),
        "suggestion": N_("Suggestion: a value that satisfies most statements, where there is one"),
    },
}

LISTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "level": (
        N_("Levels"),
        {
            "none": N_("standard not reached"),
            "standard": N_("new-rural standard"),
            "advanced": N_("advanced new-rural commune"),
            "model": N_("model new-rural commune"),
        },
    ),
    "status": (
        N_("Recognition"),
        {
            "recognised": N_("recognised by a decision"),
            "pending": N_("all criteria met, decision pending"),
            "not_yet": N_("not yet all criteria"),
        },
    ),
    "programme": (
        N_("Programmes"),
        {
            "ntm": N_("New-style rural development"),
            "gnbv": N_("Sustainable poverty reduction"),
        },
    ),
    "source": (
        N_("Sources of money"),
        {
            "central": N_("central budget"),
            "province": N_("provincial budget"),
            "district": N_("district budget"),
            "integrated": N_("integrated from other programmes"),
            "community": N_("people's contributions"),
        },
    ),
    "kind": (
        N_("Kinds of money"),
        {"investment": N_("investment"), "recurrent": N_("recurrent")},
    ),
    "cause": (
        N_("Causes"),
        {
            "late_allocation": N_("money given out late"),
            "procedure": N_("investment procedures"),
            "land": N_("site clearance"),
            "tender": N_("tendering"),
            "volume": N_("works not yet accepted"),
            "replanned": N_("plan just changed"),
            "no_beneficiary": N_("no one entitled"),
            "other": N_("another cause"),
        },
    ),
    "severity": (
        N_("Severities of findings"),
        {
            "error": N_("value refused"),
            "warning": N_("value kept, doubtful"),
            "note": N_("repaired by a safe rule, or left aside on purpose"),
        },
    ),
    "action": (
        N_("What was done"),
        {
            "refused": N_("refused"),
            "quarantined": N_("set aside in quarantine"),
            "not_read": N_("not read"),
            "kept": N_("kept"),
            "repaired": N_("repaired"),
            "ignored": N_("left aside"),
            "missing": N_("missing"),
        },
    ),
    "role": (
        N_("Roles of cells"),
        {
            "value": N_("value of a clean table"),
            "label": N_("name of a place, a component or a row number"),
            "title": N_("title or letterhead"),
            "header": N_("column heading"),
            "unit": N_("statement of the unit"),
            "column_number": N_("number of a column"),
            "section": N_("heading of a section"),
            "total": N_("total, used to check its rows"),
            "note": N_("remark"),
            "signature": N_("signature"),
            "blank_mark": N_("mark for no value, such as a dash"),
            "ignored": N_("left aside, with the reason in the findings"),
            "quarantined": N_("refused, with the reason in the findings"),
        },
    ),
    "class": (
        N_("Classes of the audit"),
        {
            "exact": N_("exact"),
            "rounding": N_("rounding"),
            "truncation": N_("digits cut off"),
            "wrong": N_("wrong"),
            "wrong_unit": N_("wrong unit"),
            "list_incomplete": N_("list incomplete"),
            "not_computable": N_("not computable"),
        },
    ),
}
"""Controlled words by the column that uses them: a title, and what each code means.

Components are not among them: their names stand in the reference data.
"""

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
        own = DEFINITIONS[self.table]
        return own[self.name] if self.name in own else _ANY[self.name]

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
    if table in CLEAN_TABLES:
        return _held(table, year)
    return {"findings": _findings, "cells": _cells, "audit": _audit}[table]()


def _held(table: str, year: int) -> tuple[Field, ...]:
    from kgstats.returns import contracts
    from kgstats.returns.forms import KEYS as CLEAN_KEYS
    from kgstats.returns.forms import table_columns

    held = contracts.schema(table, year)
    values = contracts.allowed(table, year)
    limits = {
        name: (int(low), int(high))
        for (low, high), names in contracts.ranges(table, year).items()
        for name in names
    }
    types = {"int": "integer", "float": "number", "bool": "boolean", "text": "string"}
    found = []
    for column in table_columns(table):
        contract = held.columns[column.name]
        allowed = _in_order(column.name, values.get(column.name, ()))
        low, high = limits.get(column.name, (None, None))
        whole = column.dtype == "int" and len(allowed) > 1
        if whole and allowed == tuple(range(allowed[0], allowed[-1] + 1)):
            low, high, allowed = allowed[0], allowed[-1], ()
        dash = column.dash
        if not dash and contract.nullable:
            dash = "null"
        if column.name == "met":
            dash = "false"
        if column.name == "cut_off":
            # Taken from a title line, not typed in a cell of its own.
            dash = ""
        found.append(
            Field(
                table,
                column.name,
                types.get(column.dtype, column.dtype),
                column.unit,
                bool(contract.nullable),
                column.name in CLEAN_KEYS[table],
                allowed,
                low,
                high,
                dash,
            )
        )
    return tuple(found)


def _in_order(name: str, values: Collection[Any]) -> tuple[Any, ...]:
    """Return allowed values in the order of their list; the contract holds them as a set."""
    listed = list(LISTS[name][1]) if name in LISTS else []
    rank = {value: place for place, value in enumerate(listed)}
    return tuple(sorted(values, key=lambda value: (rank.get(value, len(rank)), value)))


def _findings() -> tuple[Field, ...]:
    from kgstats.returns.rules import ACTIONS, FINDING_COLUMNS, RULES, SEVERITIES

    words: dict[str, tuple[str, ...]] = {
        "rule": tuple(RULES),
        "severity": SEVERITIES,
        "action": ACTIONS,
    }
    empty = ("file", "sheet", "cell", "raw")
    return tuple(
        Field("findings", name, "string", nullable=name in empty, allowed=words.get(name, ()))
        for name in FINDING_COLUMNS
    )


def _cells() -> tuple[Field, ...]:
    from kgstats.returns.ledger import LEDGER_COLUMNS, ROLES

    filled = ("file", "cell", "raw", "role")
    words: dict[str, tuple[str, ...]] = {"role": ROLES, "table": CLEAN_TABLES}
    return tuple(
        Field(
            "cells",
            name,
            "string",
            nullable=name not in filled,
            key=name in KEYS["cells"],
            allowed=words.get(name, ()),
        )
        for name in LEDGER_COLUMNS
    )


def _audit() -> tuple[Field, ...]:
    from kgstats.published.audit import CLASSES, COLUMNS

    numeric = ("printed", "recomputed", "difference")
    return tuple(
        Field(
            "audit",
            name,
            "number" if name in numeric else "string",
            "printed" if name in numeric else "",
            nullable=name in ("recomputed", "difference", "suggestion"),
            key=name in KEYS["audit"],
            allowed=CLASSES if name == "class" else (),
        )
        for name in COLUMNS
    )


# Shown to readers ---------------------------------------------------------------------------


def conventions(lang: str) -> Prose:
    """Say what holds for every table."""
    from kgstats.present.prose import Prose

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


def overview_table(year: int, lang: str) -> Table:
    """Tabulate the tables: what a row is, the key, how many columns."""
    import pandas as pd

    from kgstats.present.tables import Column, table

    t = translator(lang)
    rows = []
    for name in TABLES:
        columns = fields(name, year)
        rows.append(
            {
                "table": name,
                "title": t(TITLES[name]),
                "row": t(ROW_IS[name]),
                "key": ", ".join(one.name for one in columns if one.key),
                "columns": len(columns),
            }
        )
    return table(
        pd.DataFrame(rows),
        slug="tables",
        caption=t("Tables of {year} and what one row of each stands for", year=year),
        columns=[
            Column("table", t("Table")),
            Column("title", t("What it holds")),
            Column("row", t("One row is")),
            Column("key", t("Key")),
            Column("columns", t("Columns"), "number"),
        ],
        lang=lang,
        notes=[t("The key names a row: no two rows of a table share it.")],
    )


def dictionary_table(name: str, year: int, lang: str) -> Table:
    """Tabulate the columns of one table, as the contract of the year holds them."""
    import pandas as pd

    from kgstats.present.tables import Column, table

    t = translator(lang)
    columns = fields(name, year)
    frame = pd.DataFrame(
        {
            "name": [one.name for one in columns],
            "definition": [one.description(lang) for one in columns],
            "type": [t(TYPES[one.type]) for one in columns],
            "unit": [t(UNITS[one.unit]) if one.unit else "" for one in columns],
            "key": [t("key") if one.key else "" for one in columns],
            "nullable": [one.nullable for one in columns],
            "allowed": [_allowed(one, lang, year) for one in columns],
            "dash": [t(DASHES[one.dash]) if one.dash else "" for one in columns],
        }
    )
    shown = [
        Column("name", t("Column")),
        Column("definition", t("Meaning")),
        Column("type", t("Type")),
        Column("unit", t("Unit")),
        Column("key", t("Key")),
        Column("nullable", t("May be empty")),
        Column("allowed", t("Values allowed")),
        Column("dash", t("A dash means")),
    ]
    # A column of the dictionary in which nothing stands tells nothing.
    kept = [one for one in shown if one.key not in ("unit", "key", "dash") or any(frame[one.key])]
    return table(
        frame,
        slug=f"columns-{name}",
        caption=t("Columns of table {table}, {year}", table=name, year=year),
        columns=kept,
        lang=lang,
    )


def _allowed(one: Field, lang: str, year: int) -> str:
    from kgstats.present import numbers

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


def codes_table(year: int, lang: str) -> Table:
    """Tabulate the controlled words: what each code in the data means."""
    import pandas as pd

    from kgstats.present.tables import Column, table

    t = translator(lang)
    rows = [
        {"list": f"{t(title)} ({column})", "code": code, "meaning": t(meaning)}
        for column, (title, meanings) in LISTS.items()
        for code, meaning in meanings.items()
    ]
    rows += [
        {"list": f"{t('Components')} (component)", "code": code, "meaning": meaning}
        for code, meaning in _components(year, lang)
    ]
    return table(
        pd.DataFrame(rows),
        slug="codes",
        caption=t("Codes in the data and what they mean"),
        columns=[Column("code", t("Value in the data")), Column("meaning", t("Meaning"))],
        lang=lang,
        group="list",
    )


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


def places_table(year: int, lang: str) -> Table:
    """Tabulate the districts with their code and the number of their units of the year."""
    from kgstats.present.tables import Column, table
    from kgstats.reference import areas

    t = translator(lang)
    return table(
        areas.districts(year),
        slug="districts",
        caption=t("District codes and the number of their units at the end of {year}", year=year),
        columns=[
            Column("district_name", t("District")),
            Column("district_code", t("Value in the data")),
            Column("units", t("Commune-level units"), "number"),
            Column("rural_communes", t("Rural communes"), "number"),
        ],
        lang=lang,
    )
