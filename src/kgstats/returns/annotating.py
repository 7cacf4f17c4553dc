"""A copy of a return that shows its findings: a first sheet with all of them, coloured cells."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgstats import registry
from kgstats.returns.cells import Cell, ErrorValue, Sheet
from kgstats.returns.guidance import guidance, is_guidance
from kgstats.returns.looks import USUAL_WIDTH, Looks, fitting, looks_of, runs_on
from kgstats.returns.rules import SEVERITIES, Finding, Severity, advice, figure, message, told
from kgstats.returns.telling import QUIET, SEVERITY_WORDS, closing
from kgstats.text import decode
from kgstats.words import N_, translator

AUTHOR = "kgstats"
_CREATED = dt.datetime(2020, 1, 1)
_SHEET_SIGNS = re.compile(r"[\[\]:*?/\\]")

MOST_COMMENTS = 20
"""So many cells of one sheet get a comment about one rule; the first says how many there are."""

MOST_LISTED = 2000
"""So many findings stand on the first sheet; nobody works through more."""

LINE_HEIGHT, HIGHEST = 15, 400
"""Points of a line of text, and of the highest row there can be."""

COLOURS: dict[Severity, str] = {"error": "FBD5D0", "warning": "FFE9A8", "note": "DCE9F7"}
"""The fill of a cell by its gravest finding."""

HEADS = (
    N_("No."), N_("How grave"), N_("Sheet"), N_("Cell"), N_("As received"), N_("What was found"),
    N_("What to do"),
)  # fmt: skip
WIDTHS = (6, 14, 16, 10, 22, 60, 60)
KEPT = N_(
    "The rest of the workbook is as it was; drawings and pictures may be missing in this copy."
)
ANEW = N_(
    "This copy was written anew from a .{kind} file: values, merged cells and widths are kept as "
    "far as the file tells them; other looks are not."
)


@dataclass(frozen=True)
class Line:
    """One line of the first sheet."""

    severity: Severity
    sheet: str
    cell: str
    raw: str
    found: str
    to_do: str


def height(texts: Sequence[tuple[str, float]]) -> float:
    """Return how high a row must be, in points, for texts that wrap in columns of some widths.

    >>> height([("Lỗi", 14), ("x" * 100, 60)])
    31
    """
    most = 1
    for text, width in texts:
        room = max(width - 1, 1)
        most = max(most, sum(max(1, math.ceil(len(part) / room)) for part in text.split("\n")))
    return min(1 + LINE_HEIGHT * most, HIGHEST)


def comments(findings: Sequence[Finding], lang: str) -> dict[tuple[str, str], str]:
    """Return the comment of each doubtful cell, by sheet and cell."""
    t = translator(lang)
    alike = Counter((one.rule, one.sheet) for one in findings if one.cell)
    said: Counter[tuple[str, str]] = Counter()
    found: dict[tuple[str, str], list[str]] = {}
    for one in findings:
        kind = one.rule, one.sheet
        if not one.cell or one.rule in QUIET or said[kind] == MOST_COMMENTS:
            continue
        said[kind] += 1
        text = f"{t(SEVERITY_WORDS[one.grave])}: {message(one, lang)} {advice(one, lang)}"
        if said[kind] == 1 and alike[kind] > MOST_COMMENTS:
            text += " " + t("({n} such cells on this sheet.)", n=figure(alike[kind], lang))
        found.setdefault((one.sheet, one.cell), []).append(text)
    return {place: "\n".join(texts) for place, texts in found.items()}


def lines(
    findings: Sequence[Finding], lang: str, texts: AbstractSet[tuple[str, str]]
) -> list[Line]:
    """Return what the first sheet lists: every finding, the gravest first.

    ``texts`` are the cells, by sheet and address, that hold words: they are shown as typed.
    """
    ordered = sorted(findings, key=lambda one: (SEVERITIES.index(one.grave), one.rule in QUIET))
    return [
        Line(
            one.grave,
            one.sheet,
            one.cell,
            one.raw if (one.sheet, one.cell) in texts else shown(one.raw, lang),
            told(one, lang),
            advice(one, lang),
        )
        for one in ordered
    ]


def shown(raw: str, lang: str) -> str:
    """Write the number a cell held as its sheet shows it, with its separators.

    >>> shown("121710", "vi"), shown("2,7 tỷ", "vi"), shown("2031", "vi")
    ('121.710', '2,7 tỷ', '2031')
    """
    from decimal import Decimal

    plain = re.fullmatch(r"-?\d{5,15}|-?\d{1,15}\.\d{1,9}", raw)
    return figure(Decimal(raw), lang) if plain else raw


def fills(findings: Sequence[Finding]) -> dict[tuple[str, str], Severity]:
    """Return the gravest severity of each doubtful cell."""
    found: dict[tuple[str, str], Severity] = {}
    for one in findings:
        if not one.cell or one.rule in QUIET:
            continue
        place = one.sheet, one.cell
        known = found.get(place, "note")
        found[place] = min(known, one.grave, key=SEVERITIES.index)
    return found


def annotate(
    path: Path, out: Path, findings: Sequence[Finding], lang: str, received: int = 0
) -> Path:
    """Write a copy of a workbook that shows its findings.

    A first sheet lists them all, with links to their cells; each doubtful cell is coloured and has
    a comment. Of ``.xlsx`` and ``.xlsm`` the rest stays as it is; other kinds are written as a new
    ``.xlsx`` that keeps values, merged cells and widths, and says so.

    Returns
    -------
    Path
        The copy: ``out``, with the ending its kind needs.
    """
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        copy = _in_place(path, out.with_suffix(path.suffix.lower()), findings, lang, received)
        if copy is not None:
            return copy
    return _anew(path, out.with_suffix(".xlsx"), findings, lang, received)


# --- a workbook that stays as it is ---------------------------------------------------------------


def _in_place(
    path: Path, out: Path, findings: Sequence[Finding], lang: str, received: int
) -> Path | None:
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    try:
        book = openpyxl.load_workbook(path, keep_vba=path.suffix.lower() == ".xlsm")
    except Exception:  # a workbook that openpyxl cannot open is written anew
        return None
    said = comments(findings, lang)
    for (sheet, cell), grave in fills(findings).items():
        place = _cell_of(book, sheet, cell)
        if place is None:
            continue
        colour = COLOURS[grave]
        place.fill = PatternFill("solid", start_color=colour, end_color=colour)
        text = said.get((sheet, cell))
        if text is None:
            continue
        known = f"{place.comment.text}\n" if place.comment is not None else ""
        comment = Comment(known + text, AUTHOR)
        comment.width, comment.height = 420, 60 + 18 * (len(text) // 50)
        place.comment = comment
    _first_sheet_in(book, path, findings, lang, received)
    book.save(out)
    return out


def _cell_of(book: Any, sheet: str, cell: str) -> Any:
    """Return a cell, the first one of the merge it belongs to; None where there is none."""
    from openpyxl.cell.cell import MergedCell

    if sheet not in book.sheetnames:
        return None
    page = book[sheet]
    place = page[cell]
    if not isinstance(place, MergedCell):
        return place
    span = next((span for span in page.merged_cells.ranges if cell in span), None)
    return None if span is None else page.cell(span.min_row, span.min_col)


def _first_sheet_in(
    book: Any, path: Path, findings: Sequence[Finding], lang: str, received: int
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.properties import PageSetupProperties

    name, title = guidance(f"findings_{lang}")
    if name in book.sheetnames and book[name]["A1"].value == title:
        del book[name]  # the copy of a copy
    page = book.create_sheet(_free(name, {one.lower() for one in book.sheetnames}), 0)
    t, wrapped = translator(lang), Alignment(wrap_text=True, vertical="top")
    page["A1"] = title
    page["A1"].font = Font(bold=True, size=14)
    for row, text in enumerate(_above(path, findings, lang, received, KEPT), 2):
        page.cell(row, 1, text)
    head = 2 + len(_above(path, findings, lang, received, KEPT)) + 1
    for at, words in enumerate(HEADS, 1):
        cell = page.cell(head, at, t(words))
        cell.font, cell.alignment = Font(bold=True), wrapped
        cell.fill = PatternFill("solid", start_color="E4EAF0", end_color="E4EAF0")
        page.column_dimensions[cell.column_letter].width = WIDTHS[at - 1]
    texts = {
        (one.sheet, one.cell)
        for one in findings
        if one.cell and isinstance(getattr(_cell_of(book, one.sheet, one.cell), "value", None), str)
    }
    for number, line in enumerate(lines(findings, lang, texts)[:MOST_LISTED], 1):
        row, values = head + number, _values(number, line, lang)
        page.row_dimensions[row].height = _row_height(values)
        for at, value in enumerate(values, 1):
            cell = page.cell(row, at, value)
            cell.alignment = wrapped
            if isinstance(value, str):
                cell.data_type = "s"
        colour = COLOURS[line.severity]
        page.cell(row, 2).fill = PatternFill("solid", start_color=colour, end_color=colour)
        if line.cell and line.sheet in book.sheetnames:
            link = page.cell(row, 4)
            link.hyperlink = f"#{_quoted(line.sheet)}!{line.cell}"
            link.font = Font(color="0B5394", underline="single")
    page.freeze_panes = page.cell(head + 1, 1)
    # Printed across the paper, a sheet wide.
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is page
    book.active = 0


def _above(
    path: Path, findings: Sequence[Finding], lang: str, received: int, kept: str
) -> list[str]:
    """Return the lines above the list: whose it is, the sum, the colours, what was not kept."""
    t = translator(lang)
    colours = "; ".join(t(words) for words in registry.codes("severity_colour").values())
    words = t(kept, kind=path.suffix.lstrip(".").lower()) if "{" in kept else t(kept)
    return [
        path.name,
        closing(findings, received, lang),
        f"{colours[:1].upper()}{colours[1:]}.",
        words,
    ]


def _values(number: int, line: Line, lang: str) -> list[Any]:
    word = translator(lang)(SEVERITY_WORDS[line.severity])
    return [number, word, line.sheet, line.cell, line.raw[:2000], line.found, line.to_do]


def _row_height(values: Sequence[Any]) -> float:
    return height([(str(one), width) for one, width in zip(values, WIDTHS, strict=True)])


def _quoted(sheet: str) -> str:
    return "'" + sheet.replace("'", "''") + "'"


# --- a workbook written anew ----------------------------------------------------------------------


def _anew(path: Path, out: Path, findings: Sequence[Finding], lang: str, received: int) -> Path:
    import xlsxwriter

    from kgstats.returns.read import read_workbook

    book = read_workbook(path)
    made = xlsxwriter.Workbook(
        str(out), {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    )
    made.set_properties({"created": _CREATED})
    names: set[str] = set()
    first = made.add_worksheet(_free(guidance(f"findings_{lang}")[0], names))
    known = looks_of(path, book.format)
    pages: dict[str, str] = {}
    copy = _Copy(made, comments(findings, lang), fills(findings))
    for sheet in book.sheets:
        if is_guidance(sheet) and sheet.name == guidance(f"findings_{lang}")[0]:
            continue
        name = _free(sheet.name or path.stem, names)
        pages[sheet.name] = name
        looks = known.get(sheet.name) or fitting(sheet)
        page = made.add_worksheet(name)
        if sheet.state != "visible" and len(book.sheets) > 1:
            page.hide()
        copy.sheet(page, sheet, looks)
    texts = {
        (sheet.name, cell.address)
        for sheet in book.sheets
        for cell in sheet.cells
        if isinstance(cell.value, str)
    }
    listed = lines(findings, lang, texts)
    _first_sheet(made, first, path, findings, (lang, received), pages, listed)
    made.close()
    return out


def _heights(sheet: Sheet, looks: Looks, running: AbstractSet[tuple[int, int]]) -> dict[int, float]:
    """Return how high the rows must be for the words that wrap in them."""
    spans = {
        (top, left): sum(looks.widths.get(at, USUAL_WIDTH) for at in range(left, right + 1))
        for top, left, _, right in sheet.merged
    }
    tall = {(top, left) for top, left, bottom, _ in sheet.merged if bottom > top}
    held: dict[int, list[tuple[str, float]]] = {}
    for cell in sheet.cells:
        at = (cell.row, cell.column)
        if isinstance(cell.value, str) and at not in running and at not in tall:
            width = spans.get(at, looks.widths.get(cell.column, USUAL_WIDTH))
            held.setdefault(cell.row, []).append((cell.value, width))
    return {row: height(texts) for row, texts in held.items() if height(texts) > LINE_HEIGHT + 1}


@dataclass
class _Copy:
    """What every sheet of a copy is written with."""

    book: Any
    said: dict[tuple[str, str], str]
    graves: dict[tuple[str, str], Severity]

    def __post_init__(self) -> None:
        self.formats: dict[tuple[Any, ...], Any] = {}

    def sheet(self, page: Any, sheet: Sheet, looks: Looks) -> None:
        """Write one sheet with its values, merges, widths, hidden parts and findings."""
        for column, width in looks.widths.items():
            page.set_column(column - 1, column - 1, min(max(width, 2), 120))
        for column in sheet.hidden_columns:
            page.set_column(column - 1, column - 1, None, None, {"hidden": True})
        _a_sheet_wide(page)
        running = runs_on(sheet)
        for row, high in _heights(sheet, looks, running).items():
            page.set_row(row - 1, high)
        for row in sheet.hidden_rows:
            page.set_row(row - 1, None, None, {"hidden": True})
        for top, left, bottom, right in sheet.merged:
            if (bottom, right) > (top, left):
                page.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
        for cell in sheet.cells:
            wraps = (cell.row, cell.column) not in running
            _put(page, cell, self._format(sheet.name, cell, looks, wraps))
        held = {cell.address for cell in sheet.cells}
        for (name, address), grave in self.graves.items():
            if name == sheet.name and address not in held:
                page.write_blank(
                    address, None, self.book.add_format({"bg_color": f"#{COLOURS[grave]}"})
                )
        for (name, address), text in self.said.items():
            if name == sheet.name:
                page.write_comment(address, text[:30_000], {"author": AUTHOR, "x_scale": 3})

    def _format(self, sheet: str, cell: Cell, looks: Looks, wraps: bool) -> Any:
        at, grave = (cell.row, cell.column), self.graves.get((sheet, cell.address))
        day = isinstance(cell.value, dt.date)
        code = "dd/mm/yyyy" if day else cell.number_format or ""
        key = (at in looks.bold, at in looks.centred, at in looks.framed, code, grave, wraps)
        if key not in self.formats:
            more: dict[str, Any] = {"text_wrap": wraps, "valign": "top"}
            if code and code != "General":
                more["num_format"] = code
            if key[0]:
                more["bold"] = True
            if key[1]:
                more["align"] = "center"
            if key[2]:
                more["border"] = 1
            if grave is not None:
                more["bg_color"] = f"#{COLOURS[grave]}"
            self.formats[key] = self.book.add_format(more)
        return self.formats[key]


def _first_sheet(
    book: Any,
    page: Any,
    path: Path,
    findings: Sequence[Finding],
    told_in: tuple[str, int],
    pages: dict[str, str],
    listed: Sequence[Line],
) -> None:
    lang, received = told_in
    t = translator(lang)
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    head = book.add_format({"bold": True, "bg_color": "#E4EAF0", "border": 1, "text_wrap": True})
    link = book.add_format({"font_color": "#0B5394", "underline": 1, "border": 1, "valign": "top"})
    page.write_string(0, 0, guidance(f"findings_{lang}")[1], book.add_format({"bold": True}))
    above = _above(path, findings, lang, received, ANEW)
    for row, text in enumerate(above, 1):
        page.write_string(row, 0, text)
    top = len(above) + 2
    for at, words in enumerate(HEADS):
        page.write_string(top, at, t(words), head)
        page.set_column(at, at, WIDTHS[at])
    shades = {
        grave: book.add_format({"bg_color": f"#{colour}", "border": 1, "valign": "top"})
        for grave, colour in COLOURS.items()
    }
    for number, line in enumerate(listed[:MOST_LISTED], 1):
        row, values = top + number, _values(number, line, lang)
        page.set_row(row, _row_height(values))
        for at, value in enumerate(values):
            style = shades[line.severity] if at == 1 else wrapped
            if isinstance(value, str):
                page.write_string(row, at, value, style)
            else:
                page.write_number(row, at, value, style)
        if line.cell and line.sheet in pages:
            target = f"internal:{_quoted(pages[line.sheet])}!{line.cell}"
            page.write_url(row, 3, target, link, line.cell)
    page.freeze_panes(top + 1, 0)
    page.activate()
    _a_sheet_wide(page)


def _a_sheet_wide(page: Any) -> None:
    """Have a sheet printed across the paper, a sheet wide."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _put(page: Any, cell: Cell, style: Any) -> None:
    """Write a value so that nothing in it can run."""
    row, column, value = cell.row - 1, cell.column - 1, cell.value
    if isinstance(value, bool):
        page.write_boolean(row, column, value, style)
    elif isinstance(value, int | float):
        page.write_number(row, column, value, style)
    elif isinstance(value, dt.datetime | dt.date):
        page.write_datetime(row, column, value, style)
    elif isinstance(value, ErrorValue):
        page.write_string(row, column, value.code, style)
    elif isinstance(value, str):
        page.write_string(row, column, decode(value, cell.font).text[:32_000], style)
    else:
        page.write_string(row, column, str(value), style)


def _free(name: str, taken: set[str]) -> str:
    """Return a name for a sheet that no other has."""
    bare = _SHEET_SIGNS.sub(" ", name).strip().strip("'")[:28] or "Sheet"
    number, free = 1, bare
    while free.lower() in taken:
        number += 1
        free = f"{bare} {number}"
    taken.add(free.lower())
    return free
