"""The sheets of a workbook: which are read, which tables they hold, what is hidden on them."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from operator import attrgetter

from kgstats.returns.book import MONEY_BEFORE, Book
from kgstats.returns.cells import Sheet, areas
from kgstats.returns.columns.matching import Mapped, RefusedColumn, recognise, refused
from kgstats.returns.columns.plans import without_plans
from kgstats.returns.forms import NUMBER_ENDINGS, Form, column_words
from kgstats.returns.guidance import is_guidance
from kgstats.returns.joining import refuse
from kgstats.returns.layout import Column, Page, Seen
from kgstats.returns.ledger import COLUMN, COLUMNS, FATES, is_empty, numbered, row_key
from kgstats.returns.records.communes import read_communes
from kgstats.returns.records.funding import read_funding
from kgstats.returns.records.lines import Line, Work
from kgstats.returns.records.table import Table, Whose
from kgstats.returns.records.titles import stated_cut_off, stated_year
from kgstats.returns.subjects.bodies import names_commune
from kgstats.returns.turned import address_of, is_turned, read_forms

MOST_ALIKE = 200
"""How many findings of one kind a single sheet may have where a list says no more."""

ENCODING_NAMES = {"tcvn3": "TCVN3 (.VnTime)", "vni": "VNI", "mojibake": "UTF-8/cp1252"}


def open_sheets(book: Book) -> None:
    """Find the tables of every sheet that is shown."""
    for sheet in book.book.sheets:
        if is_guidance(sheet):
            book.guidance.append(sheet)
            continue
        for cells in areas(sheet.uncalculated)[:MOST_ALIKE]:
            first = cells.partition(":")[0]
            book.find("formula_not_calculated", sheet.name, first, cells=cells)
        _stale_sums(book, sheet)
        if all(is_empty(cell.value) for cell in sheet.cells):
            continue
        if sheet.state != "visible" or sheet.kind == "macro":
            book.hidden.append(sheet)
            continue
        page, tables = read_forms(sheet, partial(_tables, book))
        work = tables[0].work if tables else Work(book.book.file, page)
        book.works.append(work)
        book.tables.extend(tables)
        _hidden_parts(work)
        if sheet.cut_row is not None:
            columns = (one.column for one in work.page.seen if one.row == sheet.cut_row)
            work.find("row_cut", (sheet.cut_row, max(columns, default=1)), row=sheet.cut_row)
        _decoded(work)
    units = [one.block.unit for one in book.tables if one.form.key == "funding" and one.block.unit]
    for table in book.tables:
        if units:
            table.work.unit = units[0]
    _hidden_sheets(book)
    _other_years(book)


def _hidden_sheets(book: Book) -> None:
    """Report the sheets that are hidden; a form of the year that no other sheet has is lacking."""
    shown = {table.form.key for table in book.tables}
    for sheet in book.hidden:
        count = sum(not is_empty(cell.value) for cell in sheet.cells)
        if sheet.kind == "macro":
            book.find("sheet_macro", sheet.name, count=count)
            continue
        page, tables = read_forms(sheet, partial(_tables, book))
        stated = (stated_year(page, one.block) for one in tables)
        years = [book.year if found is None else found[0] for found in stated]
        form = next(
            (
                one.form for one, year in zip(tables, years, strict=True)
                if year == book.year and one.form.key not in shown
            ),
            None,
        )  # fmt: skip
        if form is None:
            book.find("sheet_hidden", sheet.name, count=count)
        else:
            book.find("form_hidden", sheet.name, count=count, form=form.number)


def _tables(book: Book, page: Page) -> list[Table]:
    """Return the tables of a page that are forms."""
    work = Work(book.book.file, page, address=address_of(page))
    found = []
    for number, block in enumerate(page.tables):
        visible = [one for one in block.columns if one.index not in page.sheet.hidden_columns]
        hidden = [one for one in block.columns if one not in visible]
        block.columns = visible
        form, mapped, left = recognise(block, page, book.year)
        if form is None or form.subject == "commune_code":
            block.columns, planned = without_plans(visible, book.year)
            if planned:
                form, mapped, left = recognise(block, page, book.year)
                left = [*left, *planned]
                if form is None or form.subject != "commune_code":
                    form, block.columns = None, visible
        if form is not None and block.body_rows:
            mapped, left = _without_numbers(form, mapped, left)
            found.append(Table(work, number, block, form, mapped, left, hidden))
    return found


_NUMBER = re.compile(r"(?:.* )?(?:c|tc|cot|tieu chi)? ?(?:\d{1,2}|[ivx]{1,5})")


def _without_numbers(
    form: Form, mapped: list[Mapped], left: list[Column]
) -> tuple[list[Mapped], list[Column]]:
    """Refuse all columns of numbers where the row that numbers them was read as heading words.

    Most headings end in a number then, and fewer were understood than not: what seems to be
    understood stands under words of its neighbours.
    """
    numbers = [one for one in mapped if one.name.endswith(NUMBER_ENDINGS)]
    open_ = [one for one in left if not isinstance(one, RefusedColumn)]
    columns = [*left, *(one.column for one in numbers)]
    numbered = sum(_NUMBER.fullmatch(one.folded) is not None for one in columns)
    criteria = any(one.criterion for one in mapped)  # their numbers are their names
    if criteria or len(open_) <= len(numbers) or 2 * numbered <= len(columns):
        return mapped, left
    names = {one.column.index: column_words(form.key, one.name) for one in numbers}
    doubtful = [*open_, *(one.column for one in numbers)]
    kept: list[Column] = [one for one in left if isinstance(one, RefusedColumn)]
    kept.extend(refused(one, [names.get(one.index, "…")]) for one in doubtful)
    return [one for one in mapped if one not in numbers], kept


def _stale_sums(book: Book, sheet: Sheet) -> None:
    """Report sums that were saved with another result than their cells give."""
    results = {book.address(*at): result for at, result in sheet.stale.items()}
    for cells in areas(sheet.stale)[:MOST_ALIKE]:
        first = cells.partition(":")[0]
        saved, made = (int(one) if one.is_integer() else one for one in results[first])
        book.find("formula_stale", sheet.name, first, cells=cells, stated=saved, counted=made)


def _other_years(book: Book) -> None:
    """Leave another year's table aside where the workbook has the same of its own year."""
    if len(book.tables) < 2:
        return
    stated = [stated_year(table.work.page, table.block) for table in book.tables]
    years = [None if found is None else found[0] for found in stated]
    heads = [{(one.name, one.criterion) for one in table.mapped} for table in book.tables]
    kept: list[Table] = []
    for place, table in enumerate(book.tables):
        again = any(
            year == book.year
            and other.form is table.form
            and 2 * len(heads[place] & head) > len(heads[place])
            for other, year, head in zip(book.tables, years, heads, strict=True)
        )
        if years[place] in (None, book.year) or not again:
            kept.append(table)
            continue
        work, count = table.work, 0
        for at, (role, number) in work.page.roles.items():
            if number == table.number and role != "title":
                one = work.page.at[at]
                one.fate = one.fate or FATES["ignored"]
                count += not is_empty(one.value)
        found = stated[place]
        seen = found[1] if found is not None else None
        work.find("form_other_year", seen=seen, stated=years[place], year=book.year, count=count)
        book.aside.add(id(work))
    book.tables = kept


def prefer_upright(book: Book) -> None:
    """Say which tables were turned; leave those whose form another sheet holds the right way."""
    own = [(one.district, one.form.key) for one in book.tables]
    turned = [is_turned(one.work.page) for one in book.tables]
    upright = {key for key, side in zip(own, turned, strict=True) if not side}
    book.tables = [
        one
        for one, key, side in zip(book.tables, own, turned, strict=True)
        if not side or key not in upright
    ]
    for one in book.tables:
        if is_turned(one.work.page):
            one.work.find("form_turned", one.corner, form=one.form.number)


def lines(book: Book, table: Table, district: str) -> list[Line]:
    """Read the rows of a table of one district."""
    read = read_funding if table.form.key == "funding" else read_communes
    before = (book.previous or {}).get(district, {}).get(MONEY_BEFORE)
    found = read(table, Whose(book.year, district, book.gazetteer, before))
    cut_off = (
        stated_cut_off(table.work.page, table.block, table.heads)
        if table.form.key == "funding"
        else None
    )
    if cut_off is not None:
        day, seen = cut_off
        if seen is not None:
            held = seen.fate
            role = held[0] if held is not None else table.work.page.roles[seen.place][0]
            base = row_key(book.year, district)
            seen.fate = (role, "funding", base, "cut_off")
        for line in found:
            line.values["cut_off"] = day
    for line in found:
        if line.row == table.work.page.sheet.cut_row:
            refuse(line)
    return found


# --- what is hidden -------------------------------------------------------------------------------


def _hidden_parts(work: Work) -> None:
    """Leave the cells of hidden rows and columns aside: they are received and not read."""
    sheet = work.page.sheet
    work.nothing_hidden = not (sheet.hidden_rows or sheet.hidden_columns) and not any(
        map(attrgetter("hidden"), sheet.cells)
    )
    if work.nothing_hidden:
        return
    for one in work.page.seen:
        if work.hidden(one):
            one.fate = FATES["ignored"]


def told_hidden(book: Book, work: Work, missing: set[int]) -> None:
    """Report the hidden rows and columns of a sheet, those of one kind together.

    ``missing`` are hidden rows of communes that the sheet shows nowhere: their values are lacking,
    which is more than a doubt.
    """
    if work.nothing_hidden:
        return
    sheet = work.page.sheet
    rows: Counter[int] = Counter()
    columns: Counter[int] = Counter()
    for one in work.page.seen:
        if one.row in sheet.hidden_rows or (one.hidden and one.column not in sheet.hidden_columns):
            rows[one.row] += 1
        elif one.column in sheet.hidden_columns:
            columns[one.column] += 1
    filtered = sheet.filtered_rows & set(rows)
    for rule, held in (("rows_filtered", filtered), ("row_hidden", set(rows) - filtered)):
        if held:
            work.find(
                rule, (min(held), 1), severity="error" if missing & held else None,
                rows=work.address.rows(held), count=sum(rows[row] for row in held), row=min(held),
            )  # fmt: skip
    lacking = _only_hidden(book, work) if columns else set()
    for severity, held in (("error", lacking & set(columns)), (None, set(columns) - lacking)):
        if held:
            letters = [book.address(1, column)[:-1] for column in sorted(held)]
            work.find(
                "column_hidden", (1, min(held)), severity=severity,
                columns=numbered((COLUMN, COLUMNS), letters),
                count=sum(columns[column] for column in held),
            )  # fmt: skip


def _only_hidden(book: Book, work: Work) -> set[int]:
    """Return the hidden columns of a sheet that are columns of a form which stand nowhere else."""
    shown = {(one.form.key, m.name, m.criterion) for one in book.tables for m in one.mapped}
    return {
        m.column.index
        for one in book.tables
        if one.work is work and not one.refused
        for m in one.concealed()
        if (one.form.key, m.name, m.criterion) not in shown
    }


def hidden_names(work: Work) -> list[Seen]:
    """Return the cells of hidden rows that name a commune."""
    sheet = work.page.sheet
    if work.nothing_hidden:
        return []
    return [
        one
        for one in work.page.seen
        if one.kind == "text"
        and (one.row in sheet.hidden_rows or one.hidden)
        and names_commune(one)
    ]


def _decoded(work: Work) -> None:
    """Report legacy encodings, once a sheet, and letters that are lost, cell by cell."""
    counts: Counter[str] = Counter()
    first: dict[str, Seen] = {}
    for one in work.page.mended:
        decoded = one.decoded
        if decoded is None:
            continue
        for note in decoded.notes:
            if note in ENCODING_NAMES:
                counts[note] += 1
                first.setdefault(note, one)
            elif note == "lossy":
                work.find("text_lost", seen=one)
            elif note == "ambiguous_encoding":
                work.find("text_ambiguous", seen=one, value=one.text)
    for name, count in sorted(counts.items()):
        work.find("text_decoded", seen=first[name], count=count, encoding=ENCODING_NAMES[name])
