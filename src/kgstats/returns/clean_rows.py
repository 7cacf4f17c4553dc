"""Rows to the records of the clean tables, each value with the cell it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from kgstats import registry
from kgstats.edits.identities import Quotient
from kgstats.reference.criteria import LEVELS
from kgstats.returns.book import Book, Record
from kgstats.returns.edits.dashes import refuse_contradicted_dashes
from kgstats.returns.edits.judging import judge
from kgstats.returns.edits.moved_columns import DECISIONS, refuse_moved_decisions
from kgstats.returns.forms import (
    CRITERIA,
    KEYS,
    MARK_NAMES,
    code_words,
    column_words,
    table_columns,
)
from kgstats.returns.identities import rate_agrees, rates
from kgstats.returns.joining import Cells, Row, given, joined, order_column
from kgstats.returns.ledger import FATES, raw_text, row_key
from kgstats.returns.records.funding import doubt_units
from kgstats.returns.records.lines import Line
from kgstats.returns.rules import Words
from kgstats.returns.values.decisions import decision_days
from kgstats.returns.values.meanings import status_of

STATUS = registry.codes("status_told")

SHARE_OF_ONE = 1.5
"""A rate up to this may be a share of one instead of per cent."""

SHARE_SLACK_PP = 0.06
"""How far a share of one may be from its counts, in percentage points."""

CRITERION = {name: number for number, name in enumerate(MARK_NAMES, 1)}
"""Number of a criterion by the name of its mark in a row."""

WHOLE_PCT = 100
"""More of a plan is paid only where the plan was cut, and then its amounts say so too."""


def make(book: Book) -> None:
    """Make the records of every table that can be used, district by district."""
    for district in dict.fromkeys(table.district for table in book.tables):
        if district is None:
            continue
        lines: dict[str, list[Line]] = {}
        for table in book.tables:
            if table.district == district:
                lines.setdefault(table.form.key, []).extend(
                    line for line in table.lines if not line.refused
                )
        doubt_units(lines.get("funding", []))
        for form, held in lines.items():
            if not held:
                continue
            if form == "attainment":
                _attainment(book, held, district)
            elif form == "funding":
                _funding(book, held, district)
            else:
                _places(book, form, held, district)


def _fill(book: Book, table: str) -> list[Record]:
    return book.result.records.setdefault(table, [])


def _behind(cells: Cells, table: str, key: str, names: Iterable[str]) -> None:
    """Write down which values of a row its cells stand behind; a mark has a row of its own."""
    for name in names:
        for _, seen in cells.get(name, ()):
            role = seen.fate[0] if seen.fate else "value"
            if name in CRITERION:
                seen.fate = (role, "attainment", f"{key}/{CRITERION[name]}", "met")
            else:
                seen.fate = (role, table, key, name)


def _explain(row: Row, table: str, key: str) -> None:
    """Mark the name of a row, and what stands in it beside its values."""
    for line in row.lines:
        line.label.fate = ("label", table, key, "commune_code")
        for seen in line.others:
            role = "label" if seen.column == order_column(line) else "note"
            seen.fate = seen.fate or FATES[role]


# --- form 01 --------------------------------------------------------------------------------------


def _attainment(book: Book, lines: list[Line], district: str) -> None:
    communes, attainment = _fill(book, "communes"), _fill(book, "attainment")
    rows = joined(lines, "communes")
    refuse_moved_decisions(rows)
    for row in rows:
        if row.values.get("decision_date") is None and _unread(row):
            row.words["decisions_refused"] = True
        _refuse_contradicted(row, book.year)
        row.words["status"] = _status_of(row)
    judge(book, "communes", rows)
    names = [column.name for column in table_columns("communes")]
    stated = (*MARK_NAMES, *(name for name in names if name not in KEYS["communes"]))
    for row in rows:
        values = row.values
        key = row_key(book.year, district, row.code)
        state = _status_of(row)
        base: Record = {
            "year": book.year, "district_code": district, "commune_code": row.code,
        }  # fmt: skip
        communes.append({name: values.get(name) for name in names} | base | {"status": state})
        attainment.extend(
            [{"year": book.year, "district_code": district, "commune_code": row.code,
              "criterion": number, "met": values.get(name)}
             for name, number in CRITERION.items()]
        )  # fmt: skip
        _behind(row.cells, "communes", key, stated)
        _explain(row, "communes", key)
        if state is None and values.get("decision_date") is not None:
            row.find("decision_without_number", "decision_date", place=row.name)
        said = status_of(str(values["status"])) if values.get("status") else None
        if said is not None and state is not None and said != state:
            row.find("status_contradiction", "status", place=row.name, status=Words(STATUS[state]))


def _refuse_contradicted(row: Row, year: int) -> None:
    """Refuse a decision that marks and level contradict, or a level that neither bears out.

    Two that agree outweigh the third; a decision and a level may stand against marks that were
    given anew since. While a decision is awaited, either level may be written. A decision of a
    later year recognises nobody in this one. A number alone that no day stands beside may be the
    count of criteria met, where it is one.
    """
    values = row.values
    bare = values.get("decision_no") or ""
    if bare.isdecimal() and int(bare) <= CRITERIA and values.get("decision_date") is None:
        row.find(
            "decision_unreadable", "decision_no", column=column_words(row.table, "decision_no")
        )
        _refuse_decision(row)
    marks = [*map(values.get, MARK_NAMES)]
    level, none = values.get("level"), LEVELS[0]
    day = values.get("decision_date")
    later = day is not None and day > decision_days(year)[1]
    if level is None and not later:
        return
    state = status(values, marks, _columns_of(row))
    if later or (level == none and state == "recognised" and False in marks):
        if later:
            row.find("decision_later", "decision_date", place=row.name, year=year)
        else:
            met = marks.count(True)
            row.find("decision_contradicted", "decision_no", place=row.name, met=met)
        _refuse_decision(row)
    elif level == none and state == "recognised":
        row.find("level_contradiction", "level", place=row.name, status=Words(STATUS[state]))
    elif level not in (None, none) and state == "not_yet":
        row.find("level_without_decision", "level", place=row.name, met=marks.count(True))
        row.refuse("level")


def _refuse_decision(row: Row) -> None:
    """Refuse number and day of a row's decision, so that no status is concluded from them."""
    for name in DECISIONS:
        row.refuse(name)
    row.words["decisions_refused"] = True


def _unread(row: Row) -> bool:
    """Whether something is said of a decision that could not be read.

    Whether there is a decision is not known then, and nothing is concluded from its absence. A
    mark alone (``x``) says nothing of a decision: it is refused, and none is there.
    """
    cells = (seen for name in DECISIONS for _, seen in row.cells.get(name, ()))
    return any(
        seen.fate == FATES["quarantined"]
        and seen.kind != "bool"
        and not (len(said := raw_text(seen.value).strip()) == 1 and said.isalnum())
        for seen in cells
    )


def _columns_of(row: Row) -> frozenset[str]:
    """Return the columns that a row's tables have, without those of decisions not read."""
    first, *others = [line.columns for line in row.lines]
    there = first.union(*others)
    return there.difference(DECISIONS) if row.words.get("decisions_refused") else there


def _status_of(row: Row) -> str | None:
    """Return the status that a row's values give its commune."""
    return status(row.values, [*map(row.values.get, MARK_NAMES)], _columns_of(row))


def status(values: Record, marks: list[bool | None], there: frozenset[str]) -> str | None:
    """Derive a commune's status: a decision recognises; 19 met without one is pending.

    ``there`` are the columns that the commune's tables have: where none is for decisions, where
    one could not be read, or where it has a day and no number, whether there is a decision is not
    known, and so is the status.
    """
    if values.get("decision_no") is not None:
        return "recognised"
    if values.get("decision_date") is not None:
        return None if "decision_no" in there else "recognised"
    if not there & {"decision_no", "decision_date"}:
        return None
    if False in marks:
        return "not_yet"
    met = CRITERIA if None not in marks else values.get("criteria_met")
    return None if met is None else "pending" if met == CRITERIA else "not_yet"


# --- form 03, and any other of communes and numbers -----------------------------------------------


def _places(book: Book, form: str, lines: list[Line], district: str) -> None:
    records = _fill(book, form)
    columns = [column.name for column in table_columns(form)]
    rows = joined(lines, form)
    _scale_rates(rows)
    judge(book, form, rows)
    refuse_contradicted_dashes(rows)
    for row in rows:
        key = row_key(book.year, district, row.code)
        record: Record = {name: row.values.get(name) for name in columns}
        record.update(year=book.year, district_code=district, commune_code=row.code)
        records.append(record)
        _behind(row.cells, form, key, columns)
        _explain(row, form, key)


def _scale_rates(rows: Sequence[Row]) -> None:
    """Read rates typed as shares of one in per cent where their counts prove it.

    What is not above one and a half and has no counts is in per cent where the others of its
    column are, and refused where these are shares, or where none shows what they are.
    """
    for identity in rates(rows[0].table) if rows else ():
        assert isinstance(identity.right, Quotient)
        name = identity.at
        in_per_cent = shares = False
        unproven = []
        for row in rows:
            rate = row.values.get(name)
            part, whole = row.values.get(identity.right.part), row.values.get(identity.right.base)
            if not rate or not 0 < rate <= SHARE_OF_ONE:
                in_per_cent = in_per_cent or bool(rate)
                continue
            if not part or not whole:
                unproven.append(row)
                continue
            scaled, exact = float(f"{rate * 100:.12g}"), part * 100 / whole
            # Of a rate near nothing, 0.0006 for 0.06 %, both readings agree: the nearer is meant.
            nearer = abs(rate - exact) <= abs(scaled - exact)
            if nearer and rate_agrees(row.table, name, rate, part, whole):
                in_per_cent = True
            elif abs(scaled - exact) <= SHARE_SLACK_PP:
                shares = True
                row.values[name] = scaled
                row.find("rate_scale", name, value=Decimal(f"{scaled:g}"))
        for row in unproven if shares or not in_per_cent else ():
            row.find("rate_scale_open", name, rate=Decimal(f"{row.values[name]:g}"))
            row.refuse(name)


def _limit_rates(row: Row) -> None:
    """Refuse a rate above one hundred per cent that the counts of its own row do not give."""
    for identity in rates(row.table):
        assert isinstance(identity.right, Quotient)
        name = identity.at
        rate = row.values.get(name)
        part, whole = row.values.get(identity.right.part), row.values.get(identity.right.base)
        if rate is None or rate <= WHOLE_PCT:
            continue
        if part and whole and rate_agrees(row.table, name, rate, part, whole):
            continue
        column = column_words(row.table, name)
        row.find("number_out_of_range", name, column=column, low=0, high=WHOLE_PCT)
        row.refuse(name)


# --- form 02 --------------------------------------------------------------------------------------


def _funding(book: Book, lines: list[Line], district: str) -> None:
    records = _fill(book, "funding")
    columns = [column.name for column in table_columns("funding")]
    names = [name for name in KEYS["funding"] if name not in ("year", "district_code")]
    grouped: dict[str, list[Line]] = {}
    for line in lines:
        key = row_key(book.year, district, *(line.values[name] for name in names))
        grouped.setdefault(key, []).append(line)
    rows: dict[str, Row] = {}
    for key, held in grouped.items():
        what = money_name(held[0])
        if _one_line(held, what):
            line = held[0]
            cells = {name: [(line.work, seen)] for name, seen in line.cells.items()}
            rows[key] = Row("funding", what, [line], dict(line.values), cells)
    _scale_rates(list(rows.values()))
    judge(book, "funding", list(rows.values()))
    for row in rows.values():
        _limit_rates(row)
    for key, row in rows.items():
        record: Record = {name: row.values.get(name) for name in columns}
        record.update(year=book.year, district_code=district)
        records.append(record)
        _explain_money(row.lines[0], key)


def _one_line(held: list[Line], what: str) -> bool:
    """Whether lines of one key are one: equal ones are left aside, others refused."""
    if any(given(one) != given(held[0]) for one in held[1:]):
        for line in held:
            seen = next(
                (line.cells[n] for n in ("allocated_vnd", "disbursed_vnd") if n in line.cells),
                line.label,
            )
            line.work.find("funding_twice", seen=seen, what=what, count=len(held))
            for seen in line.own_cells():
                seen.fate = FATES["quarantined"]
        return False
    for line in held[1:]:
        line.work.find("funding_repeated", seen=line.label, what=what)
        for seen in line.own_cells():
            if seen is not line.label:
                seen.fate = FATES["ignored"]
    return True


def _explain_money(line: Line, key: str) -> None:
    """Mark the cells of a line; a label that heads several lines stands for their component."""
    for name, seen in line.cells.items():
        role, table, _, _ = seen.fate or FATES["value"]
        if table and name in ("source", "kind", "plan_year"):
            continue
        if role == "ignored":
            # Words beside the amounts are values of the line as the amounts are.
            role = "value"
        seen.fate = (role, "funding", key, name)
    label = line.label
    held = label.fate
    if held is not None and held[1] and held[2] != key:
        key = "/".join(key.split("/")[:4])
    label.fate = ("label", "funding", key, "component")


def money_name(line: Line) -> str:
    """Name a line of money in the form's own words."""
    values = line.values
    named = (("components", "component"), ("sources", "source"), ("kinds", "kind"))
    words = [code_words(listing, str(values[name])) for listing, name in named]
    return " · ".join((*words, str(values["plan_year"])))
