"""One form of the template: letterhead, title, heads, a row for each unit, checks, signatures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kgstats.officer import form_rules
from kgstats.officer.book import Place, TemplateBook
from kgstats.officer.fields import CHECK, ORDER, Field, fields, marks
from kgstats.officer.form_rows import Row, rows
from kgstats.officer.formulas import BLANK, blanks, row_checks, verdict
from kgstats.officer.last_year import CLOSINGS
from kgstats.returns.cells import column_letter
from kgstats.returns.forms import Form, all_forms
from kgstats.returns.identities import BEFORE, rates
from kgstats.returns.rules import RULES
from kgstats.words import N_

HEAD_ROW = 7
NO_ROWS = N_("{district} has no row of this form: nothing is to be filled in here.")
NOT_YET = N_("Not filled in yet")
WIDTHS = {"order": 5, "place": 24, "mark": 5.5, "count": 10, "money": 13, "rate": 8, "counted": 7,
          "words": 18, "text": 18, "date": 12, "year": 10, "check": 60}  # fmt: skip
NAMED_WIDTHS = {"component": 58, "cause": 24}
CENTRED = ("order", "mark", "counted")
ROW_HEIGHT, LINE_HEIGHT = 20, 16
STATE, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
MONEY_UNIT = "triệu đồng"


def draw(book: TemplateBook, key: str) -> Place | None:
    """Write one form into the workbook; return where its rows stand, None for no rows."""
    return _Page(book, all_forms()[key], fields(key)).draw()


@dataclass(eq=False)
class _Page:
    """One form while it is written."""

    book: TemplateBook
    form: Form
    columns: tuple[Field, ...]
    rows: list[Row] = field(default_factory=list)
    page: Any = None

    def draw(self) -> Place | None:
        """Write the form; None where the district has nothing to fill in."""
        name = f"Biểu {self.form.number}"
        self.page = self.book.book.add_worksheet(name)
        depth = max(len(one.heading) for one in self.columns)
        self.rows = rows(self.form, self.book.district.units, HEAD_ROW + depth + 1, self.book.t)
        filled = [row for row in self.rows if row.filled]
        if not filled:
            self._nothing()
            return None
        place = Place(
            self.form.key, self.form.number, name, self.columns,
            tuple(row.at for row in filled), tuple(row.unit for row in filled),
        )  # fmt: skip
        self.book.places[self.form.key] = place
        self._top()
        self._heads(depth)
        for row in self.rows:
            self._row(row)
        form_rules.refuse(self.book, self.page, place)
        form_rules.colour(self.book, self.page, place)
        for at, one in enumerate(self.columns, 1):
            # Of a form of marks only the last row adds up, and its sums are small.
            if one.name != CHECK and self.form.key != "attainment":
                letter = column_letter(at)
                cells = f"{letter}{self.rows[0].at}:{letter}{self.rows[-1].at}"
                self.book.show_numbers(self.page, one.kind, cells)
        self._bottom(self.rows[-1].at + 2)
        self._print(depth, self.rows[-1].at + 8)
        return place

    def _nothing(self) -> None:
        """Say that the district has no row of this form: a town without communes."""
        self._top()
        name = self.book.district.full_name
        self._across(5, 0, self._printed, self.book.t(NO_ROWS, district=name), "centred")
        self._print(1, 8)

    # --- page around the table ----------------------------------------------------------------

    @property
    def _printed(self) -> int:
        """The last column that is printed, from 0: the checks are for the screen."""
        return len(self.columns) - 2

    def _top(self) -> None:
        book, wide = self.book, self._printed
        kind, name = book.district.type, book.district.name
        half = max(2, wide // 2)
        self._across(0, 0, half - 1, f"UBND {kind.upper()} {name.upper()}", "centred")
        self._across(0, half, wide, STATE, "centred")
        self._across(1, half, wide, MOTTO, "centred")
        self.page.write(2, wide, f"Biểu số {self.form.number}", book.style("right"))
        title = f"{self.form.titles[0]} năm {book.year}".upper()
        self._across(3, 0, wide, title, "title")
        self.page.set_row(3, 24)
        if self.form.key == "funding":
            self._across(4, 0, wide, book.t(CUT_OFF, year=book.year), "asked")
            self.page.write(5, wide, f"ĐVT: {MONEY_UNIT}", book.style("right"))
        elif any(one.kind == "count" for one in self.columns):
            self.page.write(5, wide, "Đơn vị tính: hộ", book.style("right"))

    def _across(self, row: int, left: int, right: int, text: str, style: str) -> None:
        form = self.book.style(style)
        if left < right:
            self.page.merge_range(row, left, row, right, text, form)
        else:
            self.page.write(row, left, text, form)

    def _heads(self, depth: int) -> None:
        """Write the headings, groups across and single ones down, and the row of numbers."""
        head, top = self.book.style("head"), HEAD_ROW - 1
        at = 0
        while at < len(self.columns):
            heading = self.columns[at].heading
            if len(heading) == 1:
                if depth > 1:
                    self.page.merge_range(top, at, top + depth - 1, at, heading[0], head)
                else:
                    self.page.write(top, at, heading[0], head)
                at += 1
                continue
            end = at
            while (
                end + 1 < len(self.columns) and self.columns[end + 1].heading[:-1] == heading[:-1]
            ):
                end += 1
            if end > at:
                self.page.merge_range(top, at, top, end, heading[0], head)
            else:
                self.page.write(top, at, heading[0], head)
            for place in range(at, end + 1):
                self.page.write(top + 1, place, self.columns[place].heading[-1], head)
            at = end + 1
        for place, one in enumerate(self.columns):
            width = NAMED_WIDTHS.get(one.name, WIDTHS[one.kind])
            if one.kind in ("mark", "counted"):
                # A criterion's name goes up a narrow column.
                turned = self.book.style("head", rotation=90)
                self.page.write(top, place, one.heading[0], turned)
            self.page.set_column(place, place, width)
            if one.name == CHECK:
                self.page.write(top + depth, place, "", self.book.style("code"))
                continue
            code = "AB"[place] if place < 2 else place - 1
            self.page.write(top + depth, place, code, self.book.style("code"))
        marked = any(one.kind == "mark" for one in self.columns)
        self.page.set_row(top, 160 if marked else 46)
        if depth > 1:
            self.page.set_row(top + 1, 78)
        for row in self.rows:
            lines = 2 if row.free else -(-len(row.label) // int(WIDTHS["place"]))
            self.page.set_row(row.at - 1, max(ROW_HEIGHT, 1 + LINE_HEIGHT * lines))
        self.page.freeze_panes(top + depth + 1, 2)

    def _bottom(self, at: int) -> None:
        book, wide = self.book, self._printed + 1
        yes, no = marks()
        if any(one.kind == "mark" for one in self.columns):
            words = book.t(MARKS_NOTE, yes=yes, no=no)
            self.page.write(at - 1, 1, words, book.style("plain", italic=True))
            at += 1
        left = max(wide - 6, 2)
        self._across(at - 1, left, wide - 1, book.t(SIGNED, district=book.district.name), "asked")
        self._across(at, left, wide - 1, "KT. CHỦ TỊCH", "centred")
        self._across(at + 1, left, wide - 1, "PHÓ CHỦ TỊCH", "centred")
        self.page.write(at, 1, "NGƯỜI LẬP BIỂU", book.style("centred"))

    def _print(self, depth: int, last: int) -> None:
        page = self.page
        page.print_area(0, 0, last, self._printed)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_margins(0.4, 0.4, 0.5, 0.5)
        page.repeat_rows(HEAD_ROW - 1, HEAD_ROW + depth - 1)
        page.set_footer("&C&P/&N")
        self.book.protect(page)

    # --- cells --------------------------------------------------------------------------------

    def _cell(self, row: Row, name: str) -> str | None:
        """Return the cell of a column in a row, or of a closing figure of last year."""
        if name.startswith(BEFORE):
            if row.unit is None:
                return None
            return self.book.starts.get((row.unit.code, name.removeprefix(BEFORE)))
        for at, one in enumerate(self.columns, 1):
            if one.name == name:
                return f"{column_letter(at)}{row.at}"
        return None

    def _row(self, row: Row) -> None:
        for at, one in enumerate(self.columns):
            if not row.filled:
                self._sum(row, at, one)
            elif one.name == CHECK:
                self._check(row, at)
            else:
                self._field(row, at, one)

    def _field(self, row: Row, at: int, one: Field) -> None:
        book, place = self.book, row.at - 1
        style = book.field_style(one.kind, locked=not one.typed)
        if one.name == ORDER:
            if row.free:
                subject = self._cell(row, self.form.subject)
                first = self.rows[0].at - 1
                formula = f'=IF(LEN({subject})=0,"",ROW()-{first})'
                self.page.write_formula(place, at, formula, style, "")
            else:
                self.page.write_number(place, at, int(row.order), style)
        elif one.kind == "place":
            self.page.write_string(place, at, row.label, book.style("label"))
        elif one.kind in ("rate", "counted"):
            self.page.write_formula(place, at, self._worked_out(row, one), style, "")
        elif one.name in CLOSINGS and self._start(row, one.name) is not None:
            carried = book.field_style(one.kind, locked=True, colour="carried")
            self.page.write_number(place, at, self._start(row, one.name), carried)
        else:
            self.page.write_blank(place, at, None, style)

    def _start(self, row: Row, name: str) -> int | None:
        """Return last year's closing figure that a column starts with."""
        before = self.book.before
        if before is None or row.unit is None:
            return None
        return before.closing(row.unit.code, CLOSINGS[name])

    def _worked_out(self, row: Row, one: Field) -> str:
        if one.kind == "counted":
            yes, no = marks()
            span = f"{self._cell(row, 'met 1')}:{self._cell(row, 'met 19')}"
            read = f'COUNTIF({span},"{yes}")'
            return f'=IF({read}+COUNTIF({span},"{no}")=0,"",{read})'
        return _rate(self.form.key, one.name, lambda name: self._cell(row, name))

    def _sum(self, row: Row, at: int, one: Field) -> None:
        """Write a cell of a row that adds others up."""
        style = self.book.style("section", **({"align": "center"} if one.kind in CENTRED else {}))
        place, letter = row.at - 1, column_letter(at + 1)
        first, last = row.adds[0], row.adds[-1]
        span = f"{letter}{first}:{letter}{last}"
        if one.name == ORDER:
            self.page.write(place, at, row.order, style)
        elif at == 1:
            self.page.write(place, at, row.label, style)
        elif one.kind == "mark":
            yes, no = marks()
            any_ = f'COUNTIF({span},"{yes}")+COUNTIF({span},"{no}")'
            formula = f'=IF({any_}=0,"",COUNTIF({span},"{yes}"))'
            self.page.write_formula(place, at, formula, style, "")
        elif one.kind in ("count", "money") and self.form.key != "attainment":
            parts = self._parts(row, letter)
            formula = f'=IF(COUNT({parts})=0,"",SUM({parts}))'
            value = self._carried(row, one.name)
            self.page.write_formula(place, at, formula, style, value)
        elif one.kind == "rate":
            formula = _rate(self.form.key, one.name, lambda name: self._cell(row, name))
            style = self.book.style("section", align="right")
            self.page.write_formula(place, at, formula, style, "")
        else:
            self.page.write_blank(place, at, None, style)

    def _carried(self, row: Row, name: str) -> int | str:
        """Return the sum of last year's closing figures that rows start with; blank for none."""
        if name not in CLOSINGS:
            return ""
        known = [self._start(one, name) for one in self.rows if one.at in row.adds]
        there = [one for one in known if one is not None]
        return sum(there) if there else ""

    def _parts(self, row: Row, letter: str) -> str:
        """Name the cells a row adds up, run by run: sums of areas are not added again."""
        runs: list[list[int]] = []
        for at in row.adds:
            if runs and runs[-1][1] == at - 1:
                runs[-1][1] = at
            else:
                runs.append([at, at])
        return ",".join(f"{letter}{a}:{letter}{b}" for a, b in runs)

    def _check(self, row: Row, at: int) -> None:
        book, place = self.book, self.book.places[self.form.key]

        def cell(name: str) -> str | None:
            return self._cell(row, name)

        checks = row_checks(self.form.key, self.columns, cell, book.lists(), book.year)
        said = [(book.t(RULES[one.rule].meaning), one.formula) for one in checks]
        said.append((book.t(BLANK), blanks(self.columns, cell)))
        if row.unit is not None:
            # The list of communes is locked, but can be pasted over.
            apart = f'{self._cell(row, self.form.subject)}<>"{row.label}"'
            said.insert(0, (book.t(RULES["place_missing"].meaning), f"IFERROR({apart},TRUE)"))
        if row.free:
            twice = form_rules.twice(place, cell)
            said.append((book.t(RULES["funding_twice"].meaning), twice))
        typed = [
            str(self._cell(row, one.name))
            for one in self.columns
            if one.typed and not (one.name in CLOSINGS and self._start(row, one.name) is not None)
        ]
        used = f"COUNTA({','.join(typed)})>0"
        expected = row.unit is not None
        lacking = book.t(NOT_YET)
        formula = verdict(used, expected, said, lacking)
        value = lacking if expected else ""
        self.page.write_formula(row.at - 1, at, formula, book.style("check"), value)


CUT_OFF = N_("(Counted up to …/…/{year})")
MARKS_NOTE = N_("Note: {yes}: met; {no}: not met.")
SIGNED = N_("{district}, … day … month … year …")


def _rate(table: str, name: str, cell: Any) -> str:
    """Return the formula that works a rate out, blank where it cannot be."""
    identity = next(one for one in rates(table) if one.at == name)
    part, base = cell(identity.columns[1]), cell(identity.columns[2])
    per = identity.right.per  # type: ignore[union-attr]
    return f'=IF(AND(COUNT({part},{base})=2,N({base})>0),ROUND({per}*{part}/{base},2),"")'
