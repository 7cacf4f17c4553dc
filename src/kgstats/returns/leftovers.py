"""What no row took: absent communes and columns, hidden parts, cells beside the forms, the ledger.

Every cell that was received gets a role here, and whatever is missing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from kgstats.returns.book import Book
from kgstats.returns.cells import Cell
from kgstats.returns.forms import MARK_NAMES, NUMBER_ENDINGS, all_forms
from kgstats.returns.joining import refuse
from kgstats.returns.layout import Seen, TableBlock
from kgstats.returns.ledger import FATES, is_empty, raw_texts
from kgstats.returns.pages import hidden_names, told_hidden
from kgstats.returns.records.lines import Work
from kgstats.returns.records.table import Table
from kgstats.returns.resemblance import Resemblance, resemblance
from kgstats.returns.rules import Words
from kgstats.returns.subjects.bodies import names_commune
from kgstats.returns.turned import hand_back
from kgstats.words import N_

A_TABLE = N_("a table of “{headings}”")
EMPTY = N_("an empty table of “{headings}”")
PLACES = N_("a list of communes")
NUMBERS = N_("numbers without headings")
TEXT = N_("words without a table")

DERIVED = ("criterion", "met", "unit", "status")
"""Columns of a clean table that a form need not have."""


def explain(book: Book) -> None:
    """Say what is absent and what was left aside; account for every cell."""
    missing = _absent_places(book)
    _absent_columns(book)
    for work in book.works:
        told_hidden(book, work, missing.get(id(work), set()))
    _left_aside(book)
    if (book.works or book.guidance) and not book.tables:
        book.find("no_form")
    for work in book.works:
        book.result.stated.extend(_stated(book, work))
    _account(book)


def _stated(book: Book, work: Work) -> Iterator[dict[str, object]]:
    """Yield the totals that a sheet states, with the file and the district they are of."""
    district = next(
        (table.district for table in book.tables if table.work is work and table.district), None
    )
    line = {"file": book.book.file, "sheet": work.sheet, "district_code": district}
    for one in work.stated:
        yield {**line, **one._asdict()}


def _absent_places(book: Book) -> dict[int, set[int]]:
    """Say which communes have no row; return the hidden rows of those that are only hidden."""
    concealed: dict[int, set[int]] = {}
    for form in dict.fromkeys(table.form.key for table in book.tables):
        if form == "funding":
            continue
        usable = book.of_form(form)
        for district in dict.fromkeys(table.district for table in usable if table.district):
            tables = [table for table in usable if table.district == district]
            named = {
                line.unit.code for table in tables for line in table.lines if line.unit is not None
            }
            behind = _hidden_units(book, tables, district)
            unread: dict[str, tuple[Work, Seen]] | None = None
            absent: list[str] = []
            first = tables[0]
            place = (first.block.header_last, first.block.first_column)
            for unit in book.gazetteer.units(district):
                if unit.code in named or (form == "attainment" and not unit.rural):
                    continue
                if unit.code in behind:
                    work, row = behind[unit.code]
                    concealed.setdefault(id(work), set()).add(row)
                    continue
                number = first.form.number
                if unread is None:
                    unread = _unread_names(book, tables, district)
                if unit.code in unread:
                    work, seen = unread[unit.code]
                    work.find(
                        "place_not_read", seen=seen, row=seen.row, place=unit.full_name,
                        form=number,
                    )  # fmt: skip
                    continue
                absent.append(unit.full_name)
                first.work.find(
                    "place_missing", place, raw=unit.code, place=unit.full_name, form=number
                )
            if absent:
                _doubt_repeated(tables, absent)
    return concealed


def _doubt_repeated(tables: list[Table], absent: list[str]) -> None:
    """Refuse the second of two equal rows of a commune where another has none: it may be its."""
    lines = [line for table in tables for line in table.lines if line.unit is not None]
    used = {line.unit for line in lines if not line.refused}
    for line in lines:
        if line.refused and line.unit in used and line.unit is not None:
            line.work.find(
                "place_typed_twice", seen=line.label, place=line.unit.full_name,
                absent=", ".join(absent),
            )  # fmt: skip
            refuse(line)


def _unread_names(book: Book, tables: list[Table], district: str) -> dict[str, tuple[Work, Seen]]:
    """Return the names of units that no row of a form took, by code.

    They stand with values beside them, or between title and body, where they were taken for words
    of the heading. Their cells are in quarantine: a unit that is missing was not forgotten there.
    """
    above = {
        (id(table.work), row)
        for table in tables
        for row in range(max(table.block.title_rows, default=0) + 1, table.block.body_rows[0])
    }
    read = {id(line.label) for table in tables for line in table.lines}
    found: dict[str, tuple[Work, Seen]] = {}
    for work in {id(table.work): table.work for table in tables}.values():
        for seen in work.page.seen:
            if seen.kind != "text" or id(seen) in read or not names_commune(seen):
                continue
            beside = [one for one in work.page.rows[seen.row] if one.column >= seen.column]
            unit = book.gazetteer.match(seen.text, district, ()).unit
            if unit is None or unit.code in found:
                continue
            if not (any(map(_is_value, beside)) or (id(work), seen.row) in above):
                continue
            found[unit.code] = (work, seen)
            for one in beside:
                if (one.fate or FATES["ignored"]) == FATES["ignored"]:
                    one.fate = FATES["quarantined"]
    return found


def _is_value(one: Seen) -> bool:
    return one.numeric or one.kind in ("mark", "date")


def _hidden_units(book: Book, tables: list[Table], district: str) -> dict[str, tuple[Work, int]]:
    """Return the units whose rows are hidden on the sheets of some tables."""
    found: dict[str, tuple[Work, int]] = {}
    for work in {id(table.work): table.work for table in tables}.values():
        for one in hidden_names(work):
            unit = book.gazetteer.match(one.text, district, ()).unit
            if unit is not None:
                found.setdefault(unit.code, (work, one.row))
    return found


def _absent_columns(book: Book) -> None:
    """Note the columns that no table of a form has; parts of a form complete each other."""
    for key, form in all_forms().items():
        if form.subject != "commune_code":
            continue
        tables = [table for table in book.of_form(key) if table.district is not None]
        if not tables:
            continue
        mapped = [one for table in tables for one in (*table.mapped, *table.concealed())]
        names = {one.name for one in mapped}
        criteria = {one.criterion for one in mapped}
        wanted = [
            (column.name, column.words[0])
            for column in tables[0].form.columns
            if column.words and column.name not in names and column.name not in DERIVED
        ]
        if key == "attainment":
            wanted += [
                (name, f"Tiêu chí {number}")
                for number, name in enumerate(MARK_NAMES, 1)
                if number not in criteria
            ]
        for name, words in wanted:
            severity = None if key == "attainment" else "note"
            tables[0].work.find(
                "column_missing", tables[0].corner, severity=severity, raw=name, column=words
            )
        _lacking_in_part(tables)


def _lacking_in_part(tables: list[Table]) -> None:
    """Say which columns some communes lack because their part of the form has none of the name."""
    if len(tables) < 2:
        return
    columns = [{(one.name, one.criterion): one.column.header for one in table.mapped}
               for table in tables]  # fmt: skip
    units = [{line.unit.code for line in table.lines if line.unit is not None} for table in tables]
    headers = {key: header for held in columns for key, header in held.items()}
    for place, table in enumerate(tables):
        hidden = {(one.name, one.criterion) for one in table.concealed()}
        for key, header in headers.items():
            if key in columns[place] or key in hidden:
                continue
            given = (held for held, there in zip(units, columns, strict=True) if key in there)
            if units[place] - set().union(*given):
                table.work.find(
                    "column_missing", table.corner, severity="error", raw=key[0], column=header
                )


def _left_aside(book: Book) -> None:
    """Explain the cells of sheets, tables and margins that no form asked for."""
    formed: dict[int, set[int]] = {}
    for table in book.tables:
        formed.setdefault(id(table.work), set()).add(table.number)
    for work in book.works:
        numbers = formed.get(id(work))
        if numbers is None:
            _no_form(book, work)
        else:
            _beside(book, work, numbers)


def _no_form(book: Book, work: Work) -> None:
    """Leave aside a sheet without a form; one that looks like a form is an error."""
    aside = id(work) in book.aside
    like = None if aside else resemblance(work.page)
    fate = FATES["ignored" if like is None else "quarantined"]
    count = 0
    for one in work.page.seen:
        if not is_empty(one.value):
            one.fate = one.fate or fate
            count += 1
    if like is not None:
        _not_read(work, like, count)
    elif not aside:
        work.find("sheet_not_a_form", count=count, seems=_seems(work.page.seen, work.page.tables))


HEADINGS_SAID = 3
"""So many headings say what a table that is no form is about."""


def _seems(cells: list[Seen], tables: list[TableBlock]) -> Words:
    """Say what a sheet or table without a form seems to be."""
    words = [one for one in cells if one.kind == "text"]
    for block in tables:
        headings = [one.header for one in block.columns if one.header][:HEADINGS_SAID]
        if headings:
            said = A_TABLE if block.body_rows else EMPTY
            return Words(said, (("headings", ", ".join(headings)),))
    if 2 * sum(map(names_commune, words)) > len(words):
        return Words(PLACES)
    return Words(NUMBERS if any(one.numeric for one in cells) else TEXT)


def _not_read(work: Work, like: Resemblance, count: int) -> None:
    """Say that a sheet or table looks like a form that could not be read."""
    headings = ", ".join(like.headings) or "–"
    number = like.form.number
    work.find("form_not_read", like.place, form=number, headings=headings, count=count)


LEAST_BESIDE = 3
"""So many values beside the rows of a form may be those of a column that it lacks."""


def _lacking(book: Book, work: Work) -> str | None:
    """Return the words of a column of numbers that a form on a sheet has nowhere, if one is."""
    for form in {
        table.form.key: table.form for table in book.tables if table.work is work
    }.values():
        tables = book.of_form(form.key)
        names = {one.name for table in tables for one in (*table.mapped, *table.concealed())}
        for column in form.columns:
            if column.words and column.name.endswith(NUMBER_ENDINGS) and column.name not in names:
                return column.words[0]
    return None


def _values_beside(book: Book, work: Work, cells: list[Seen]) -> bool:
    """Refuse values beside the rows of a form that lacks a column: they may be that column's."""
    tables = [table for table in book.tables if table.work is work]
    rows = {row for table in tables for row in table.block.body_rows}
    held = [one for one in cells if one.row in rows and _is_value(one)]
    column = _lacking(book, work) if len(held) >= min(LEAST_BESIDE, len(rows)) and held else None
    if column is None:
        return False
    for one in cells:
        one.fate = FATES["quarantined"]
    work.find("beside_not_read", seen=held[0], count=len(held), column=column)
    return True


def _beside(book: Book, work: Work, numbers: set[int]) -> None:
    """Leave aside what stands on a form's sheet outside the form."""
    others: dict[int, list[Seen]] = {}
    beside: dict[int, list[Seen]] = {}
    for one in work.page.seen:
        if one.fate is not None:
            continue
        role, number = work.page.roles.get(one.place, ("ignored", None))
        if (number in numbers and role not in ("body", "ignored")) or is_empty(one.value):
            continue
        if number is not None and number not in numbers and role != "title":
            one.fate = FATES["ignored"]
            others.setdefault(number, []).append(one)
        elif role in ("body", "ignored"):
            one.fate = FATES["ignored"]
            beside.setdefault(number or 0, []).append(one)
    titled = frozenset(work.page.tables[number].title for number in numbers)
    for number, cells in others.items():
        like = resemblance(work.page, work.page.tables[number], titled)
        if like is None:
            work.find(
                "table_not_a_form", (cells[0].row, cells[0].column), count=len(cells),
                seems=_seems(cells, [work.page.tables[number]]),
            )  # fmt: skip
            continue
        for one in cells:
            one.fate = FATES["quarantined"]
        _not_read(work, like, len(cells))
    for cells in beside.values():
        if not _values_beside(book, work, cells):
            work.find("beside_table", (cells[0].row, cells[0].column), count=len(cells))


# --- the ledger -----------------------------------------------------------------------------------


def _account(book: Book) -> None:
    """Write every received cell into the ledger, with what became of it."""
    ledger = book.result.ledger
    assert ledger is not None
    works = {id(work.page.sheet): work for work in book.works}
    originals = book.originals
    plain = {**FATES, "body": FATES["ignored"]}
    guides = set(map(id, book.guidance))
    for one in book.works:
        hand_back(one.page)
    for sheet in book.book.sheets:
        work = works.get(id(sheet))
        roles = work.page.roles if work is not None else {}
        name = sheet.name
        cells = book.received[id(sheet)]
        if originals:
            cells = [
                cell
                for cell in sheet.cells
                if not is_empty(cell.value) or _place(name, cell) in originals
            ]
        if not cells:
            continue
        fates = [
            cell.fate or plain[roles.get((cell.row, cell.column), ("ignored", None))[0]]
            for cell in cells
        ]
        if id(sheet) in guides:
            fates = [FATES["note"]] * len(cells)
        raws = raw_texts(cells)
        if originals:
            raws = [
                originals.get(_place(name, cell), raw)
                for cell, raw in zip(cells, raws, strict=True)
            ]
        ledger.sheet.extend([name] * len(cells))
        ledger.cell.extend(book.address.all(cells))
        ledger.raw.extend(raws)
        lists = (ledger.role, ledger.table, ledger.row_key, ledger.column)
        for held, values in zip(lists, zip(*fates, strict=True), strict=True):
            held.extend(values)
    ledger.check()


def _place(sheet: str, cell: Cell) -> tuple[str, tuple[int, int]]:
    return sheet, (cell.row, cell.column)
