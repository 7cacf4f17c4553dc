"""From received workbooks to clean tables, findings and the ledger of every cell.

`clean_files` reads workbooks and changes nothing; `clean_year` reads a year's deliveries and
writes ``data/processed/<year>/``, whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import gc
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgstats.returns import corrections as fixes
from kgstats.returns import deliveries as sent
from kgstats.returns import identities
from kgstats.returns.cells import Cell, Sheet, Workbook, areas, runs
from kgstats.returns.forms import (
    CRITERIA,
    KEYS,
    TABLES,
    all_forms,
    code_words,
    column_words,
    table_columns,
)
from kgstats.returns.layout import Seen
from kgstats.returns.ledger import (
    FATES,
    Address,
    Ledger,
    cells_received,
    is_empty,
    raw_text,
    row_key,
)
from kgstats.returns.matching import recognise
from kgstats.returns.meanings import status_of
from kgstats.returns.places import (
    Gazetteer,
    districts_in_file_name,
    districts_named,
    gazetteer,
)
from kgstats.returns.records.communes import read_communes
from kgstats.returns.records.funding import read_funding
from kgstats.returns.records.lines import Line, Work
from kgstats.returns.records.table import Table, Whose
from kgstats.returns.records.titles import stated_cut_off, stated_year
from kgstats.returns.resemblance import Resemblance, resemblance
from kgstats.returns.rules import FILE_RULES, Finding, Several, Words
from kgstats.returns.subjects import read_return_page
from kgstats.words import N_

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Record = dict[str, Any]

STATED_DTYPES = {
    "file": "string", "sheet": "string", "cell": "string", "district_code": "string",
    "form": "string", "column": "string", "heading": "string", "stated": "Float64",
    "counted": "Float64", "agrees": "boolean",
}  # fmt: skip
"""Columns and types of the totals that pages state."""

MOST_ALIKE = 200
"""How many findings of one kind a single sheet may have where a list says no more."""

FORM_COLUMN_WORDS = 1
"""Which of a column's header words a finding about its absence shows (the first)."""

LETTERHEAD_WITNESS = N_("letterhead {districts}")
FILE_NAME_WITNESS = N_("file name {districts}")
NAMES_WITNESS = N_("commune names {districts}")


@dataclass(slots=True, eq=False)
class Return:
    """What was read from one file."""

    file: str
    district: str | None = None
    forms: list[str] = field(default_factory=list)
    records: dict[str, list[Record]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    ledger: Ledger | None = None
    problem: str | None = None
    sheets: int = 0
    stated: list[Record] = field(default_factory=list)

    @property
    def received(self) -> int:
        """Number of non-empty cells received."""
        return self.ledger.received if self.ledger is not None else 0


@dataclass(frozen=True)
class Cleaned:
    """Clean tables, findings and ledger of some files.

    ``tables`` holds ``attainment``, ``communes``, ``funding`` and ``poverty``; ``findings`` are in
    Vietnamese (`rules.worded` says them in another language); ``ledger`` has one row for every
    non-empty cell; ``summary`` one row for every file.
    """

    year: int
    tables: dict[str, pd.DataFrame]
    findings: pd.DataFrame
    ledger: pd.DataFrame
    summary: pd.DataFrame
    illustrative: bool = False
    noted: tuple[Finding, ...] = ()
    stated: pd.DataFrame | None = None
    """Totals as the pages state them, beside the sums of their rows, in the pages' own units."""

    @property
    def exit_code(self) -> int:
        """0 clean, 1 with findings of severity error, 2 when a file could not be read."""
        rules = set(self.findings["rule"])
        if rules & FILE_RULES:
            return 2
        return 1 if (self.findings["severity"] == "error").any() else 0


# --- one file -----------------------------------------------------------------------------------


def file_name(path: Path) -> str:
    r"""Return a file's name as tables show it: composed letters, no folder.

    >>> file_name(Path("../../x/Gio\u0300ng.xls")) == "Giòng.xls"
    True
    """
    name = unicodedata.normalize("NFC", Path(path).name)
    return name.encode("utf-8", "replace").decode("utf-8")


def read_return(
    path: Path,
    year: int,
    *,
    corrections: Sequence[fixes.Correction] = (),
    district: str | None = None,
    previous: Mapping[str, Mapping[str, int | None]] | None = None,
) -> Return:
    """Read one file of one district.

    Parameters
    ----------
    path
        The file as received.
    year
        Reporting year: decides which communes there are.
    corrections
        Declared corrections; those of other files are ignored.
    district
        Code of the district where it is declared; found by witnesses otherwise.
    previous
        Poverty values of the year before by commune code, for the check of the year's start.
    """
    from kgstats.returns.read import read_workbook

    book = read_workbook(path)
    book.file = file_name(path)
    return read_book(book, year, corrections=corrections, district=district, previous=previous)


def read_book(
    book: Workbook,
    year: int,
    *,
    corrections: Sequence[fixes.Correction] = (),
    district: str | None = None,
    previous: Mapping[str, Mapping[str, int | None]] | None = None,
) -> Return:
    """Read a workbook that is in memory; as `read_return`."""
    file = book.file
    result = Return(file, problem=book.problem, ledger=Ledger(file))
    applied = fixes.apply(corrections, book) if corrections else []
    if book.problem is not None:
        rule = book.problem if book.problem in FILE_RULES else "unreadable"
        result.findings.append(Finding(rule, file, args={"detail": book.detail}))
        return result
    originals = {(one.correction.sheet, one.correction.place): one.raw for one in applied}
    assert result.ledger is not None
    result.ledger.received = cells_received(book) + sum(
        one.correction.value in (None, "") for one in applied
    )
    for one in applied:
        fix = one.correction
        result.findings.append(
            Finding(
                "correction_applied",
                file,
                fix.sheet,
                fix.cell,
                one.raw,
                args={
                    "value": "" if fix.value is None else raw_text(fix.value),
                    "reason": fix.reason,
                    "reporter": fix.reported_by,
                },
            )
        )
    _Book(book, year, district, previous, result, originals).read()
    return result


class _Book:
    """One workbook on its way to records."""

    def __init__(
        self,
        book: Workbook,
        year: int,
        declared: str | None,
        previous: Mapping[str, Mapping[str, int | None]] | None,
        result: Return,
        originals: Mapping[tuple[str, tuple[int, int]], str],
    ) -> None:
        self.book = book
        self.year = year
        self.declared = declared
        self.previous = previous
        self.result = result
        self.originals = originals
        self.gazetteer: Gazetteer = gazetteer(year)
        self.works: list[Work] = []
        self.hidden: list[Sheet] = []
        self.tables: list[Table] = []
        self.aside: set[int] = set()
        """Sheets with a table of another year."""
        self.address = Address()

    def read(self) -> None:
        self._pages()
        self._other_years()
        if not self.works and not self.hidden:
            self.result.findings.append(Finding("no_cells", self.book.file))
        district = self._district()
        self.result.district = district
        lines: list[Line] = []
        for table in self.tables:
            self._title(table, district)
            if district is None:
                self._quarantine(table)
            else:
                found = self._lines(table, district)
                lines.extend(found)
                if not found and not any(one.grave == "error" for one in table.work.findings):
                    block = table.block
                    place = (block.header_first, block.first_column)
                    table.work.find("form_without_rows", place, form=table.form.number)
        if district is not None:
            self._records(lines, district)
            self._absent(lines, district)
            self._absent_columns()
        self._leftovers()
        if self.works and not self.tables:
            self.result.findings.append(Finding("no_form", self.book.file))
        for work in self.works:
            self.result.findings.extend(work.findings)
            for one in work.stated:
                line = {"file": self.book.file, "sheet": work.sheet, "district_code": district}
                line.update(
                    {name: getattr(one, name) for name in STATED_DTYPES if name not in line}
                )
                self.result.stated.append(line)
        self._ledger()
        self.result.forms = list(dict.fromkeys(table.form.key for table in self.tables))
        self.result.sheets = len(self.book.sheets)

    # --- pages --------------------------------------------------------------------------------

    def _pages(self) -> None:
        for sheet in self.book.sheets:
            for cells in areas(sheet.uncalculated)[:MOST_ALIKE]:
                first = cells.partition(":")[0]
                self.result.findings.append(
                    Finding(
                        "formula_not_calculated",
                        self.book.file,
                        sheet.name,
                        first,
                        args={"cells": cells},
                    )
                )
            if all(is_empty(cell.value) for cell in sheet.cells):
                continue
            if sheet.state != "visible" or sheet.kind == "macro":
                self.hidden.append(sheet)
                rule = "sheet_macro" if sheet.kind == "macro" else "sheet_hidden"
                count = sum(not is_empty(cell.value) for cell in sheet.cells)
                self.result.findings.append(
                    Finding(rule, self.book.file, sheet.name, args={"count": count})
                )
                continue
            work = Work(self.book.file, read_return_page(sheet))
            self.works.append(work)
            self._hidden_parts(work)
            self._decoded(work)
            for number, block in enumerate(work.page.tables):
                visible = [
                    column for column in block.columns if column.index not in sheet.hidden_columns
                ]
                hidden = [column for column in block.columns if column not in visible]
                block.columns = visible
                form, mapped, left = recognise(block, work.page, self.year)
                if form is not None and block.body_rows:
                    self.tables.append(Table(work, number, block, form, mapped, left, hidden))
        units = [
            table.block.unit
            for table in self.tables
            if table.form.key == "funding" and table.block.unit
        ]
        for table in self.tables:
            if units:
                table.work.unit = units[0]

    def _other_years(self) -> None:
        """Leave another year's table aside where the workbook has the same of its own year."""
        if len(self.tables) < 2:
            return
        stated = [stated_year(table.work.page, table.block) for table in self.tables]
        years = [None if found is None else found[0] for found in stated]
        heads = [{(one.name, one.criterion) for one in table.mapped} for table in self.tables]
        kept: list[Table] = []
        for place, table in enumerate(self.tables):
            again = any(
                year == self.year
                and other.form is table.form
                and 2 * len(heads[place] & head) > len(heads[place])
                for other, year, head in zip(self.tables, years, heads, strict=True)
            )
            if years[place] in (None, self.year) or not again:
                kept.append(table)
                continue
            work, count = table.work, 0
            for at, (role, number) in work.page.roles.items():
                if number == table.number and role != "title":
                    work.fate.setdefault(at, FATES["ignored"])
                    count += not is_empty(work.page.at[at].cell.value)
            found = stated[place]
            seen = found[1] if found is not None else None
            work.find(
                "form_other_year", seen=seen, stated=years[place], year=self.year, count=count
            )
            self.aside.add(id(work))
        self.tables = kept

    def _hidden_parts(self, work: Work) -> None:
        """Report hidden rows and columns; their cells are received and not read."""
        sheet = work.page.sheet
        work.nothing_hidden = not (sheet.hidden_rows or sheet.hidden_columns) and not any(
            cell.hidden for cell in sheet.cells
        )
        if work.nothing_hidden:
            return
        rows: Counter[int] = Counter()
        columns: Counter[int] = Counter()
        for one in work.page.seen:
            if one.row in sheet.hidden_rows:
                rows[one.row] += 1
            elif one.column in sheet.hidden_columns:
                columns[one.column] += 1
            elif one.cell.hidden:
                rows[one.row] += 1
            else:
                continue
            work.fate[one.place] = FATES["ignored"]
        filtered = sorted(sheet.filtered_rows & rows.keys())
        if filtered:
            shown = ", ".join(
                str(first) if first == last else f"{first}–{last}" for first, last in runs(filtered)
            )
            count = sum(rows.pop(row) for row in filtered)
            work.find("rows_filtered", (filtered[0], 1), rows=shown, count=count)
        for row, count in sorted(rows.items()):
            work.find("row_hidden", (row, 1), row=row, count=count)
        for column, count in sorted(columns.items()):
            letter = self.address(1, column)[:-1]
            work.find("column_hidden", (1, column), column=letter, count=count)

    def _decoded(self, work: Work) -> None:
        """Report legacy encodings, once a sheet, and letters that are lost, cell by cell."""
        counts: Counter[str] = Counter()
        first: dict[str, Seen] = {}
        for one in work.page.mended:
            decoded = one.decoded
            if decoded is None:
                continue
            for note in decoded.notes:
                if note in ("tcvn3", "vni", "mojibake"):
                    counts[note] += 1
                    first.setdefault(note, one)
                elif note == "lossy":
                    work.find("text_lost", seen=one)
                elif note == "ambiguous_encoding":
                    work.find("text_ambiguous", seen=one, value=one.text)
        for name, count in sorted(counts.items()):
            work.find("text_decoded", seen=first[name], count=count, encoding=ENCODING_NAMES[name])

    # --- whose return -------------------------------------------------------------------------

    def _district(self) -> str | None:
        """Decide the district by its witnesses; a disagreement is a finding."""
        if self.declared is not None:
            if self.declared not in self.gazetteer.districts:
                raise sent.DeliveryError(
                    f"deliveries.yml: district {self.declared!r} of {self.book.file} is no "
                    f"district of {self.year}"
                )
            return self.declared
        letterheads: Counter[str] = Counter()
        for work in self.works:
            for text in work.page.outside[:40]:
                if len(text) <= 200:
                    letterheads.update(districts_named(text, self.gazetteer))
            for place, (role, _) in work.page.roles.items():
                if role != "title" and role != "signature":
                    continue
                one = work.page.at[place]
                if one.kind != "text" or len(one.text) > 200:
                    continue
                for code in districts_named(one.text, self.gazetteer):
                    letterheads[code] += 1
        names: list[str] = []
        for table in self.tables:
            if table.form.key == "funding":
                continue
            subject = next(one for one in table.mapped if one.name == "commune_code")
            for row in table.block.body_rows:
                label = table.work.page.at.get((row, subject.column.index))
                if label is not None and label.kind == "text":
                    names.append(label.text)
        communes = self.gazetteer.witness(list(dict.fromkeys(names)))
        in_name = districts_in_file_name(self.book.file, self.gazetteer)
        votes: Counter[str] = Counter()
        said: list[tuple[str, list[str]]] = []
        if letterheads:
            top = max(letterheads.values())
            best = sorted(code for code, count in letterheads.items() if count == top)
            said.append((LETTERHEAD_WITNESS, best))
            for code in best:
                votes[code] += 6 // len(best)
        if in_name:
            said.append((FILE_NAME_WITNESS, sorted(in_name)))
            for code in in_name:
                votes[code] += 4 // len(in_name)
        if communes:
            top = max(communes.values())
            best = sorted(code for code, count in communes.items() if count == top)
            said.append((NAMES_WITNESS, best))
            weight = 5 if top == 1 else 11
            for code in best:
                votes[code] += weight // len(best)
        ranked = votes.most_common()
        if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
            if self.tables:
                self.result.findings.append(Finding("district_unknown", self.book.file))
            return None
        chosen = ranked[0][0]
        if any(chosen not in codes for _, codes in said):
            district = self.gazetteer.district(chosen).full_name
            witnesses = Several(
                tuple(Words(text, (("districts", self._named(codes)),)) for text, codes in said)
            )
            self.result.findings.append(
                Finding(
                    "district_conflict",
                    self.book.file,
                    args={"witnesses": witnesses, "district": district},
                )
            )
        return chosen

    def _named(self, codes: Iterable[str]) -> str:
        return " / ".join(self.gazetteer.district(code).full_name for code in codes)

    def _title(self, table: Table, district: str | None) -> None:
        """Read year and cut-off out of the title; mark the cells that said them."""
        work, block = table.work, table.block
        name = "communes" if table.form.key == "attainment" else table.form.key
        base = row_key(self.year, district or "")
        found = stated_year(work.page, block)
        if found is not None:
            stated, seen = found
            if seen is not None:
                work.fate[seen.place] = ("title", name, base, "year")
            if stated != self.year:
                work.find("year_differs", seen=seen, stated=stated, year=self.year)
        if district is not None:
            for row in block.title_rows:
                for one in work.page.rows.get(row, ()):
                    if (
                        one.kind == "text"
                        and one.place not in work.fate
                        and (districts_named(one.text, self.gazetteer) == {district})
                    ):
                        work.fate[one.place] = ("title", name, base, "district_code")

    def _quarantine(self, table: Table) -> None:
        """Put every body cell of a form nobody signed in quarantine."""
        block = table.block
        for row in block.body_rows:
            for one in table.work.page.rows.get(row, ()):
                if block.first_column <= one.column <= block.last_column:
                    table.work.fate.setdefault(one.place, FATES["quarantined"])

    # --- rows ---------------------------------------------------------------------------------

    def _lines(self, table: Table, district: str) -> list[Line]:
        whose = Whose(self.year, district, self.gazetteer)
        read = read_funding if table.form.key == "funding" else read_communes
        lines = read(table, whose)
        if table.form.key == "funding":
            found = stated_cut_off(table.work.page, table.block)
            if found is not None:
                day, seen = found
                if seen is not None:
                    place = seen.place
                    held = table.work.fate.get(place)
                    role = held[0] if held is not None else table.work.page.roles[place][0]
                    base = row_key(self.year, district)
                    table.work.fate[place] = (role, "funding", base, "cut_off")
                for line in lines:
                    line.values["cut_off"] = day
        return lines

    def _absent_columns(self) -> None:
        """Note the columns that no table of a form has; parts of a form complete each other."""
        for key in ("attainment", "poverty"):
            tables = [table for table in self.tables if table.form.key == key]
            if not tables:
                continue
            mapped = [one for table in tables for one in (*table.mapped, *table.concealed())]
            names = {one.name for one in mapped}
            criteria = {one.criterion for one in mapped}
            wanted = [
                (column.name, column.words[0])
                for column in tables[0].form.columns
                if column.words
                and column.name not in names
                and column.name not in ("criterion", "met", "unit", "status")
            ]
            if key == "attainment":
                wanted += [
                    (name, f"Tiêu chí {number}")
                    for number, name in enumerate(MARK_NAMES, 1)
                    if number not in criteria
                ]
            block = tables[0].block
            for name, words in wanted:
                place = (block.header_first, block.first_column)
                severity = None if key == "attainment" else "note"
                tables[0].work.find(
                    "column_missing", place, severity=severity, raw=name, column=words
                )

    def _records(self, lines: list[Line], district: str) -> None:
        by_form: dict[str, list[Line]] = {}
        for line in lines:
            by_form.setdefault(line.form, []).append(line)
        if "attainment" in by_form:
            self._attainment(by_form["attainment"], district)
        if "poverty" in by_form:
            self._poverty(by_form["poverty"], district)
        if "funding" in by_form:
            self._funding(by_form["funding"], district)

    def _refuse(self, line: Line) -> None:
        """Quarantine a row whole: name, values and all."""
        line.refused = True
        for seen in line.own_cells():
            role = "label" if seen.column == self._order(line) else "quarantined"
            line.work.fate[seen.place] = FATES[role]

    def _order(self, line: Line) -> int | None:
        return line.work.page.tables[line.table].order_column

    def _set_aside(self, line: Line) -> None:
        line.refused = True
        for seen in line.own_cells():
            line.work.fate[seen.place] = FATES["ignored"]

    def _by_unit(self, lines: list[Line]) -> dict[str, list[Line]]:
        """Group rows by unit; rows that contradict one another are refused, doubles set aside."""
        grouped: dict[str, list[Line]] = {}
        for line in lines:
            if line.unit is None:
                self._refuse(line)
            else:
                grouped.setdefault(line.unit.code, []).append(line)
        kept: dict[str, list[Line]] = {}
        for code, held in grouped.items():
            if len(held) > 1:
                held = self._agree(held)
            if held:
                kept[code] = held
        return kept

    def _agree(self, held: list[Line]) -> list[Line]:
        assert held[0].unit is not None
        place = held[0].unit.full_name
        pages: dict[tuple[int, int], list[Line]] = {}
        for line in held:
            pages.setdefault((id(line.work), line.table), []).append(line)
        contradict = False
        for same in pages.values():
            contradict = contradict or any(_values(one) != _values(same[0]) for one in same[1:])
        firsts = [same[0] for same in pages.values()]
        for position, one in enumerate(firsts):
            for other in firsts[position + 1 :]:
                shared = [
                    name
                    for name in one.values
                    if one.values[name] is not None and other.values.get(name) is not None
                ]
                least = min(len(one.values), len(other.values))
                if 2 * len(shared) > least:
                    contradict = contradict or any(
                        one.values[name] != other.values[name] for name in shared
                    )
        if contradict:
            for line in held:
                line.work.find("place_twice", seen=line.label, place=place, count=len(held))
                self._refuse(line)
            return []
        for same in pages.values():
            for line in same[1:]:
                line.work.find("place_repeated", seen=line.label, place=place)
                self._set_aside(line)
        return firsts

    def _merge(
        self, lines: list[Line], place: str
    ) -> tuple[Record, dict[str, list[tuple[Work, Seen]]]]:
        """Join the rows of one unit in several tables of the workbook."""
        if len(lines) == 1:
            (line,) = lines
            return dict(line.values), {
                name: [(line.work, seen)] for name, seen in line.cells.items()
            }
        values: Record = {}
        cells: dict[str, list[tuple[Work, Seen]]] = {}
        for line in lines:
            for name, seen in line.cells.items():
                cells.setdefault(name, []).append((line.work, seen))
            for name, value in line.values.items():
                if value is None:
                    values.setdefault(name, None)
                    continue
                known = values.get(name)
                if known is not None and known != value:
                    work, seen = cells[name][0]
                    work.find(
                        "value_twice", seen=seen, place=place, column=_column_name(line, name),
                        values=(known, value),
                    )  # fmt: skip
                    for work, seen in cells[name]:
                        work.fate[seen.place] = FATES["quarantined"]
                    values[name] = None
                    continue
                values[name] = value
        return values, cells

    def _place_cells(
        self,
        cells: dict[str, list[tuple[Work, Seen]]],
        name: str,
        table: str,
        key: str,
        column: str,
    ) -> None:
        """Write down which value a cell stands behind."""
        for work, seen in cells.get(name, ()):
            place = seen.place
            work.fate[place] = (work.fate[place][0], table, key, column)

    def _explain(self, line: Line, table: str, key: str, column: str) -> None:
        label = line.label
        line.work.fate[label.place] = ("label", table, key, column)
        for seen in line.others:
            role = "label" if seen.column == self._order(line) else "note"
            line.work.fate.setdefault(seen.place, FATES[role])

    def _attainment(self, lines: list[Line], district: str) -> None:
        communes = self.result.records.setdefault("communes", [])
        attainment = self.result.records.setdefault("attainment", [])
        for code, held in self._by_unit(lines).items():
            unit = held[0].unit
            assert unit is not None
            place = unit.full_name
            values, cells = self._merge(held, place)
            marks = [values.get(name) for name in MARK_NAMES]
            key = row_key(self.year, district, code)
            there = frozenset().union(*(line.columns for line in held))
            status = _status(values, marks, there)
            communes.append(
                {
                    "year": self.year,
                    "district_code": district,
                    "commune_code": code,
                    "criteria_met": values.get("criteria_met"),
                    "level": values.get("level"),
                    "decision_no": values.get("decision_no"),
                    "decision_date": values.get("decision_date"),
                    "status": status,
                }
            )
            for number, (name, met) in enumerate(zip(MARK_NAMES, marks, strict=True), 1):
                attainment.append(
                    {
                        "year": self.year,
                        "district_code": district,
                        "commune_code": code,
                        "criterion": number,
                        "met": met,
                    }
                )
                self._place_cells(cells, name, "attainment", f"{key}/{number}", "met")
            for name in ("criteria_met", "level", "decision_no", "decision_date", "status"):
                self._place_cells(cells, name, "communes", key, name)
            for line in held:
                self._explain(line, "communes", key, "commune_code")

            def find(
                rule: str,
                name: str,
                cells: dict[str, list[tuple[Work, Seen]]] = cells,
                first: Line = held[0],
                **args: Any,
            ) -> None:
                work, seen = cells[name][0] if cells.get(name) else (first.work, first.label)
                work.find(rule, seen=seen, **args)

            if status is None and values.get("decision_date") is not None:
                find("decision_without_number", "decision_date", place=place)
            identities.check_commune(values, marks, status, place, find)
            said = values.get("status")
            if said:
                witness = status_of(str(said))
                if witness is not None and status is not None and witness != status:
                    find(
                        "status_contradiction", "status", place=place, status=Words(STATUS[status])
                    )

    def _poverty(self, lines: list[Line], district: str) -> None:
        records = self.result.records.setdefault("poverty", [])
        columns = [column.name for column in table_columns("poverty")]
        for code, held in self._by_unit(lines).items():
            unit = held[0].unit
            assert unit is not None
            place = unit.full_name
            values, cells = self._merge(held, place)
            key = row_key(self.year, district, code)
            self._scale_rates(values, cells)
            record: Record = {name: values.get(name) for name in columns}
            record.update(year=self.year, district_code=district, commune_code=code)
            records.append(record)
            for name in columns:
                self._place_cells(cells, name, "poverty", key, name)
            for line in held:
                self._explain(line, "poverty", key, "commune_code")

            def find(
                rule: str,
                name: str,
                cells: dict[str, list[tuple[Work, Seen]]] = cells,
                first: Line = held[0],
                **args: Any,
            ) -> None:
                work, seen = cells[name][0] if cells.get(name) else (first.work, first.label)
                work.find(rule, seen=seen, **args)

            identities.check_poverty(values, place, find)
            if self.previous is not None and code in self.previous:
                identities.check_start(values, self.previous[code], place, self.year, find)

    def _scale_rates(self, values: Record, cells: dict[str, list[tuple[Work, Seen]]]) -> None:
        """Read a rate typed as a share of one in per cent where its counts prove it."""
        for group in ("poor", "near_poor"):
            name = f"{group}_end_pct"
            rate = values.get(name)
            part, whole = values.get(f"{group}_end_hh"), values.get("households_hh")
            self._scale(values, cells, name, rate, part, whole)

    def _scale(
        self,
        values: Record,
        cells: dict[str, list[tuple[Work, Seen]]],
        name: str,
        rate: float | None,
        part: int | None,
        whole: int | None,
    ) -> None:
        if rate is None or not part or not whole or not 0 < rate <= 1.5:
            return
        if identities.rate_agrees(rate, part, whole):
            return
        scaled = float(f"{rate * 100:.12g}")
        if abs(scaled - part * 100 / whole) <= 0.06:
            values[name] = scaled
            work, seen = cells[name][0]
            work.find("rate_scale", seen=seen, value=Decimal(f"{scaled:g}"))

    def _funding(self, lines: list[Line], district: str) -> None:
        records = self.result.records.setdefault("funding", [])
        columns = [column.name for column in table_columns("funding")]
        names = [name for name in KEYS["funding"] if name not in ("year", "district_code")]
        grouped: dict[str, list[Line]] = {}
        for line in lines:
            key = row_key(self.year, district, *(line.values[name] for name in names))
            grouped.setdefault(key, []).append(line)
        for key, held in grouped.items():
            what = _money_name(held[0])
            if len(held) > 1:
                if any(_values(one) != _values(held[0]) for one in held[1:]):
                    for line in held:
                        seen = next(
                            (line.cells[n] for n in ("allocated_vnd", "disbursed_vnd")
                             if n in line.cells), line.label,
                        )  # fmt: skip
                        line.work.find("funding_twice", seen=seen, what=what, count=len(held))
                        self._refuse_amounts(line)
                    continue
                for line in held[1:]:
                    line.work.find("funding_repeated", seen=line.label, what=what)
                    for seen in line.own_cells():
                        if seen is not line.label:
                            line.work.fate[seen.place] = FATES["ignored"]
            line = held[0]
            values: Record = dict(line.values)
            cells = {name: [(line.work, seen)] for name, seen in line.cells.items()}
            self._scale(
                values, cells, "disbursed_pct", values.get("disbursed_pct"),
                values.get("disbursed_vnd"), values.get("allocated_vnd"),
            )  # fmt: skip
            record: Record = {name: values.get(name) for name in columns}
            record.update(year=self.year, district_code=district)
            records.append(record)
            for name, seen in line.cells.items():
                role, table, _, _ = line.work.fate.get(seen.place, FATES["value"])
                if table and name in ("source", "kind", "plan_year"):
                    continue
                if role == "ignored":
                    # Words beside the amounts are values of the line as the amounts are.
                    role = "value"
                line.work.fate[seen.place] = (role, "funding", key, name)
            self._explain_funding(line, key)

            def find(
                rule: str,
                name: str,
                line: Line = line,
                **args: Any,
            ) -> None:
                line.work.find(rule, seen=line.cells.get(name, line.label), **args)

            identities.check_funding(values, what, find)

    def _explain_funding(self, line: Line, key: str) -> None:
        """Mark the label of a line; one that heads several lines stands for their component."""
        label = line.label
        held = line.work.fate.get(label.place)
        if held is not None and held[1] and held[2] != key:
            key = "/".join(key.split("/")[:4])
        line.work.fate[label.place] = ("label", "funding", key, "component")

    def _refuse_amounts(self, line: Line) -> None:
        for seen in line.own_cells():
            line.work.fate[seen.place] = FATES["quarantined"]

    def _absent(self, lines: list[Line], district: str) -> None:
        """Say which communes of the district have no row."""
        for form in ("attainment", "poverty"):
            tables = [table for table in self.tables if table.form.key == form]
            if not tables:
                continue
            named = {
                line.unit.code for line in lines if line.form == form and line.unit is not None
            }
            table = tables[0]
            concealed = {one for table in tables for one in table.work.concealed}
            number = table.form.number
            place = (table.block.header_last, table.block.first_column)
            for unit in self.gazetteer.units(district):
                if form == "attainment" and unit.type != "xã":
                    continue
                if unit.code not in named and (form, unit.code) not in concealed:
                    table.work.find(
                        "place_missing", place, raw=unit.code, place=unit.full_name, form=number
                    )

    # --- what is left -------------------------------------------------------------------------

    def _leftovers(self) -> None:
        """Explain the cells of sheets, tables and margins that no form asked for."""
        formed: dict[int, set[int]] = {}
        for table in self.tables:
            formed.setdefault(id(table.work), set()).add(table.number)
        for work in self.works:
            page = work.page
            numbers = formed.get(id(work))
            if numbers is None:
                like = resemblance(page) if id(work) not in self.aside else None
                count = 0
                for one in page.seen:
                    if not is_empty(one.cell.value):
                        role = "ignored" if like is None else "quarantined"
                        work.fate.setdefault(one.place, FATES[role])
                        count += 1
                if like is not None:
                    self._not_read(work, like, count)
                elif id(work) not in self.aside:
                    work.find("sheet_not_a_form", count=count)
                continue
            others: dict[int, list[Seen]] = {}
            beside: dict[int, list[Seen]] = {}
            for one in page.seen:
                place = one.place
                if place in work.fate or is_empty(one.cell.value):
                    continue
                role, number = page.roles.get(place, ("ignored", None))
                if number is not None and number not in numbers and role != "title":
                    work.fate[place] = FATES["ignored"]
                    others.setdefault(number, []).append(one)
                elif role in ("body", "ignored"):
                    work.fate[place] = FATES["ignored"]
                    beside.setdefault(number or 0, []).append(one)
            for number, cells in others.items():
                like = resemblance(page, page.tables[number])
                if like is None:
                    work.find("table_not_a_form", (cells[0].row, cells[0].column), count=len(cells))
                    continue
                work.fate.update((one.place, FATES["quarantined"]) for one in cells)
                self._not_read(work, like, len(cells))
            for cells in beside.values():
                work.find("beside_table", (cells[0].row, cells[0].column), count=len(cells))

    def _not_read(self, work: Work, like: Resemblance, count: int) -> None:
        """Say that a sheet or table looks like a form that could not be read."""
        headings = ", ".join(like.headings) or "–"
        number = like.form.number
        work.find("form_not_read", like.place, form=number, headings=headings, count=count)

    def _ledger(self) -> None:
        ledger = self.result.ledger
        assert ledger is not None
        works = {id(work.page.sheet): work for work in self.works}
        originals, letters = self.originals, self.address.letters
        plain = {**FATES, "body": FATES["ignored"]}
        for sheet in self.book.sheets:
            work = works.get(id(sheet))
            fate = work.fate if work is not None else {}
            roles = work.page.roles if work is not None else {}
            name = sheet.name
            cells = [
                cell
                for cell in sheet.cells
                if not is_empty(cell.value) or (originals and _place(name, cell) in originals)
            ]
            if not cells:
                continue
            places = [(cell.row, cell.column) for cell in cells]
            fates = [
                fate.get(place) or plain[roles[place][0] if place in roles else "ignored"]
                for place in places
            ]
            raws = [raw_text(cell.value) for cell in cells]
            if originals:
                raws = [
                    originals.get(_place(name, cell), raw)
                    for cell, raw in zip(cells, raws, strict=True)
                ]
            ledger.sheet.extend([name] * len(cells))
            ledger.cell.extend([f"{letters[column]}{row}" for row, column in places])
            ledger.raw.extend(raws)
            lists = (ledger.role, ledger.table, ledger.row_key, ledger.column)
            for held, values in zip(lists, zip(*fates, strict=True), strict=True):
                held.extend(values)
        ledger.check()


ENCODING_NAMES = {"tcvn3": "TCVN3 (.VnTime)", "vni": "VNI", "mojibake": "UTF-8/cp1252"}

STATUS = {
    "recognised": N_("recognised"),
    "pending": N_("awaiting the decision"),
    "not_yet": N_("not yet met"),
}


MARK_NAMES = tuple(f"met {number}" for number in range(1, CRITERIA + 1))
"""Names of the nineteen marks among the values of a line."""


def _place(sheet: str, cell: Cell) -> tuple[str, tuple[int, int]]:
    return sheet, (cell.row, cell.column)


def _column_name(line: Line, name: str) -> str:
    table = "communes" if line.form == "attainment" else line.form
    return column_words(table, name)


def _money_name(line: Line) -> str:
    """Name a line of money in the form's own words."""
    values = {name: str(value) for name, value in line.values.items()}
    return " · ".join(
        (
            code_words("components", values["component"]),
            code_words("sources", values["source"]),
            code_words("kinds", values["kind"]),
            values["plan_year"],
        )
    )


def _values(line: Line) -> dict[str, object]:
    return {name: value for name, value in line.values.items() if value is not None}


def _status(values: Record, marks: list[bool | None], there: frozenset[str]) -> str | None:
    """Derive a commune's status: a decision recognises; 19 met without one is pending.

    ``there`` are the columns that the commune's tables have: where none is for decisions, or where
    a decision has a day and no number, whether there is one is not known, and so is the status.
    """
    if values.get("decision_no") is not None:
        return "recognised"
    if values.get("decision_date") is not None:
        return None if "decision_no" in there else "recognised"
    if not there & {"decision_no", "decision_date"}:
        return None
    if any(mark is False for mark in marks):
        return "not_yet"
    known = all(mark is not None for mark in marks)
    met = CRITERIA if known else values.get("criteria_met")
    return None if met is None else "pending" if met == CRITERIA else "not_yet"


# --- several files ------------------------------------------------------------------------------

_USUAL_COLLECTIONS = gc.get_threshold()
_RARE_COLLECTIONS = (100_000, 20, 50)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Have Python look for cycles less often: reading makes many small objects and few cycles."""
    gc.set_threshold(*_RARE_COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*_USUAL_COLLECTIONS)


@_rare_collections()
def clean_files(
    paths: Iterable[Path],
    year: int,
    *,
    corrections: Sequence[fixes.Correction] = (),
    deliveries: sent.Deliveries | None = None,
    previous: pd.DataFrame | None = None,
    illustrative: bool = False,
    expected: bool = False,
) -> Cleaned:
    """Read returns into clean tables; nothing is written.

    Parameters
    ----------
    paths
        The files, in any order: the result does not depend on it.
    year
        Reporting year.
    corrections
        Declared corrections (`corrections.read_corrections`).
    deliveries
        Which file counts where a district sent several (`deliveries.read_deliveries`).
    previous
        Clean table ``poverty`` of the year before, for the check of the year's start.
    illustrative
        Whether the returns declare themselves illustrative; the tables then carry it.
    expected
        Whether every district of the year is expected, so that a missing one is a finding.

    Raises
    ------
    DeliveryError
        When two files hold the same form of one district and nothing says which counts.
    CorrectionError
        When a correction does not match the file any more.
    """
    listed = sorted({Path(path) for path in paths}, key=lambda path: (file_name(path), str(path)))
    names = [file_name(path) for path in listed]
    double = [name for name, count in Counter(names).items() if count > 1]
    if double:
        raise sent.DeliveryError(f"two files are named {double[0]!r}; rename one of them")
    fixes.check_used(corrections, names)
    declared = deliveries or sent.Deliveries()
    fixes.check_counts(corrections, declared.superseded_by)
    before = _previous_values(previous)
    findings: list[Finding] = []
    records: dict[str, list[Record]] = {name: [] for name in TABLES}
    ledgers: list[pa.Table] = []
    summary: list[Record] = []
    stated: list[Record] = []
    holders: dict[tuple[str, str], list[str]] = {}
    for path, name in zip(listed, names, strict=True):
        if name in declared.superseded_by:
            by = declared.superseded_by[name]
            findings.append(Finding("superseded", name, args={"by": by}))
            old = _set_aside(path)
            if len(old):
                ledgers.append(old.arrow())
            summary.append(_superseded_line(name, old.received))
            continue
        one = read_return(
            path,
            year,
            corrections=[fix for fix in corrections if fix.file == name],
            district=declared.district_of(name),
            previous=before,
        )
        for form in one.forms if one.district is not None else ():
            holders.setdefault((one.district or "", all_forms()[form].number), []).append(name)
        findings.extend(one.findings)
        for table, rows in one.records.items():
            records[table].extend(rows)
        if one.ledger is not None and len(one.ledger):
            ledgers.append(one.ledger.arrow())
        summary.append(_summary_line(one))
        stated.extend(one.stated)
    homes = {line["file"]: line["district_code"] for line in summary}
    for line in summary:
        # A file that was set aside is of the district whose later file counts.
        line["district_code"] = homes.get(declared.superseded_by.get(line["file"], line["file"]))
    where = gazetteer(year)
    districts = {code: district.full_name for code, district in where.districts.items()}
    sent.check_one_each(holders, districts)
    findings.extend(_missing(holders, where, expected))
    return _assemble(year, records, findings, ledgers, summary, stated, illustrative)


def _set_aside(path: Path) -> Ledger:
    """Account for the cells of a file that another takes the place of: received, not used."""
    from kgstats.returns.read import read_workbook

    book = read_workbook(path)
    ledger = Ledger(file_name(path), cells_received(book))
    address = Address()
    for sheet in book.sheets:
        for cell in sheet.cells:
            if is_empty(cell.value):
                continue
            ledger.sheet.append(sheet.name)
            ledger.cell.append(address(cell.row, cell.column))
            ledger.raw.append(raw_text(cell.value))
            ledger.role.append("ignored")
            for names in (ledger.table, ledger.row_key, ledger.column):
                names.append("")
    ledger.check()
    return ledger


def _previous_values(
    previous: pd.DataFrame | None,
) -> dict[str, dict[str, int | None]] | None:
    if previous is None or previous.empty:
        return None
    names = ["commune_code", "poor_end_hh", "near_poor_end_hh"]
    columns = [previous[name].astype(object).where(previous[name].notna(), None) for name in names]
    return {
        code: {"poor_end_hh": poor, "near_poor_end_hh": near}
        for code, poor, near in zip(*columns, strict=True)
    }


def _missing(
    holders: Mapping[tuple[str, str], Sequence[str]], where: Gazetteer, expected: bool
) -> list[Finding]:
    found: list[Finding] = []
    arrived = {district for district, _ in holders}
    for code, district in where.districts.items():
        if code not in arrived:
            if expected:
                found.append(
                    Finding("return_missing", "", raw=code, args={"district": district.full_name})
                )
            continue
        for form in all_forms().values():
            if (code, form.number) not in holders:
                files = sorted({f for (d, _), fs in holders.items() if d == code for f in fs})
                found.append(
                    Finding(
                        "form_missing",
                        files[0],
                        raw=form.number,
                        severity="error" if expected else None,
                        args={"district": district.full_name, "form": form.number},
                    )
                )
    return found


def _summary_line(one: Return) -> Record:
    roles = one.ledger.counts() if one.ledger is not None else Counter()
    graves = Counter(finding.grave for finding in one.findings)
    return {
        "file": one.file,
        "district_code": one.district,
        "forms": " ".join(sorted(all_forms()[form].number for form in one.forms)) or None,
        "sheets": one.sheets,
        "cells": one.received,
        "values": roles["value"] + roles["blank_mark"],
        "quarantined": roles["quarantined"],
        "errors": graves["error"],
        "warnings": graves["warning"],
        "notes": graves["note"],
        "problem": one.problem,
    }


def _superseded_line(name: str, cells: int) -> Record:
    return {
        "file": name, "district_code": None, "forms": None, "sheets": 0, "cells": cells,
        "values": 0,
        "quarantined": 0, "errors": 0, "warnings": 0, "notes": 1, "problem": "superseded",
    }  # fmt: skip


SUMMARY_DTYPES = {
    "file": "string", "district_code": "string", "forms": "string", "sheets": "Int64",
    "cells": "Int64", "values": "Int64", "quarantined": "Int64", "errors": "Int64",
    "warnings": "Int64", "notes": "Int64", "problem": "string",
}  # fmt: skip
"""Columns and types of the summary: one row for every file."""


def _assemble(
    year: int,
    records: dict[str, list[Record]],
    findings: list[Finding],
    ledgers: list[pa.Table],
    summary: list[Record],
    stated: list[Record],
    illustrative: bool,
) -> Cleaned:

    from kgstats.returns import contracts, ledger, rules

    tables: dict[str, pd.DataFrame] = {}
    for name in TABLES:
        tables[name] = _table(name, records[name])
        tables[name].attrs["illustrative"] = illustrative
    contracts.check(tables, year)
    order = {severity: place for place, severity in enumerate(rules.SEVERITIES)}
    findings = sorted(
        findings,
        key=lambda one: (one.file, one.sheet, order[one.grave], _cell_order(one.cell), one.rule),
    )
    lines = frame_of(summary, SUMMARY_DTYPES)
    cells = ledger.as_frame(ledger.joined(ledgers))
    found = rules.frame(findings)
    for frame in (cells, found):
        frame.attrs["illustrative"] = illustrative
    return Cleaned(
        year,
        tables,
        found,
        cells,
        lines,
        illustrative,
        tuple(findings),
        frame_of(stated, STATED_DTYPES),
    )


def frame_of(rows: Sequence[Mapping[str, Any]], dtypes: Mapping[str, str]) -> pd.DataFrame:
    """Build a table of the given columns and types from its rows."""
    import pandas as pd

    return pd.DataFrame(
        {name: pd.array([row[name] for row in rows], dtype=dtype) for name, dtype in dtypes.items()}
    )


def _cell_order(cell: str) -> tuple[int, int, str]:
    letters = cell.rstrip("0123456789")
    digits = cell[len(letters) :]
    return (int(digits) if digits else 0, len(letters), letters)


def _table(name: str, rows: list[Record]) -> pd.DataFrame:
    """Build a clean table from its records, in the form's columns, sorted by its key."""
    import pandas as pd

    from kgstats.returns.contracts import DTYPES

    rows = sorted(rows, key=itemgetter(*KEYS[name]))
    data: dict[str, Any] = {}
    for column in table_columns(name):
        values = [row[column.name] for row in rows]
        if column.dtype == "date":
            stamps = [
                None if day is None else dt.datetime(day.year, day.month, day.day) for day in values
            ]
            data[column.name] = pd.array(stamps, dtype="datetime64[us]")
        else:
            data[column.name] = pd.array(values, dtype=DTYPES[column.dtype])
    return pd.DataFrame(data)
