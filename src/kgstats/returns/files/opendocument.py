"""OpenDocument spreadsheets: one XML part of an archive (ods), or one XML file (fods), in one pass.

Cells and rows that a file repeats are counted before they are made, and error cells keep their
code.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterable

from kgstats.returns.cells import Cell, CellValue, ErrorValue, Sheet
from kgstats.returns.files import formats
from kgstats.returns.files.containers import (
    PIECE,
    Archive,
    Budget,
    LocalNames,
    Refusal,
    parse_xml,
)
from kgstats.returns.files.formulas import Formulas, SheetFormulas
from kgstats.returns.files.grid import LAST_COLUMN, LAST_ROW, finish

_NOT_CELLS = frozenset(("annotation", "tracked-changes", "dde-links"))
_ERROR = re.compile(r"^(?:#[A-Z/0]+[!?]?|Err:\d{3})$")
_ABOVE = re.compile(r"super|[1-9]")
_DURATION = re.compile(r"^(-)?PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?$")
_SHORT_DATE = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})$")
_MONTH_YEAR = re.compile(r"^(?:[^\W\d_]+\.?|\d{1,2})[-/. ]\d{2}(?:\d{2})?$")
_DAY_MONTH = re.compile(r"^\d{1,2}[-/. ][^\W\d_]+")


def read_opendocument(archive: Archive, budget: Budget) -> list[Sheet]:
    """Read the sheets of an OpenDocument spreadsheet."""
    if "META-INF/manifest.xml" in archive and b"encryption-data" in archive.read(
        "META-INF/manifest.xml"
    ):
        raise Refusal("locked", "the workbook is protected with a password")
    parts = [part for part in ("styles.xml", "content.xml")
             if part in archive or part == "content.xml"]  # fmt: skip
    return _sheets_in(map(archive.pieces, parts), budget)


def is_flat(data: bytes) -> bool:
    """Whether a file is an OpenDocument spreadsheet of one XML part (fods)."""
    return _FLAT.search(data, 0, 16_384) is not None


_FLAT = re.compile(rb"""mimetype\s*=\s*["']application/vnd\.oasis\.opendocument\.spreadsheet""")


def read_flat(data: bytes, budget: Budget) -> list[Sheet]:
    """Read an OpenDocument spreadsheet of one XML part; pictures in it are passed over."""
    pieces = (data[at : at + PIECE] for at in range(0, len(data), PIECE))
    return _sheets_in([pieces], budget)


def _sheets_in(parts: Iterable[Iterable[bytes]], budget: Budget) -> list[Sheet]:
    """Read the sheets from the parts that hold styles and content, one after the other."""
    reader = _Reader(budget)
    for pieces in parts:
        parse_xml(pieces, budget, reader.start, reader.end, reader.characters, doctype=True)
    if len(reader.sheets) > budget.limits.sheets:
        raise Refusal("too_large", f"{len(reader.sheets)} sheets")
    reader.formulas.settle()
    return reader.sheets


class _Reader:
    """Takes the events of the parser; one state for the one path through the parts."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.local = LocalNames()
        self.sheets: list[Sheet] = []
        self.formulas = Formulas()
        self.known: SheetFormulas | None = None
        self.fonts: dict[str, str] = {}
        self.data_styles: dict[str, str] = {}
        self.scaled: dict[str, str] = {}
        self.striking: dict[str, str] = {}
        self.raised: set[str] = set()
        """Styles of words that stand above the line."""
        self.above = 0
        self.parents: dict[str, str] = {}
        self.hidden_styles: set[str] = set()
        self.style: tuple[str, str] = ("", "")
        self.sheet: Sheet | None = None
        self.row = self.column = 0
        self.row_repeat = 1
        self.row_cells: list[tuple[int, CellValue, str | None, str | None]] = []
        self.row_visibility = "visible"
        self.row_style = ""
        self.column_styles: list[tuple[int, int, str]] = []
        self.column_count = 0
        self.hidden_columns: list[tuple[int, int]] = []
        self.cell: dict[str, str] | None = None
        self.text: list[str] = []
        self.paragraphs = 0
        self.in_text = 0
        self.skipping = 0
        self.depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = self.local
        name = local[tag]
        if self.skipping or name in _NOT_CELLS:
            self.skipping += 1
            return
        own = {local[key]: value for key, value in attributes.items()}
        if self.in_text and name in ("s", "tab", "line-break"):
            count = min(_count(own.get("c")), 1000)
            self.add({"s": " " * count, "tab": "\t"}.get(name, "\n"))
        elif self.in_text and name == "span":
            self.above += self.above > 0 or own.get("style-name") in self.raised
        elif name == "p" and self.cell is not None:
            if self.paragraphs:
                self.add("\n")
            self.paragraphs += 1
            self.in_text += 1
        elif name == "table":
            self.depth += 1
            if self.depth == 1:
                self.begin_sheet(own)
        elif self.sheet is not None and self.depth == 1:
            self.within_sheet(name, own)
        elif name in ("style", "default-style", "number-style"):
            self.style = (own.get("name", ""), own.get("family", name))
            self.parents[self.style[0]] = own.get("parent-style-name", "")
            self.data_styles[self.style[0]] = own.get("data-style-name", "")
        elif name == "table-properties" and own.get("display") == "false":
            self.hidden_styles.add(self.style[0])
        elif name == "text-properties" and self.style[1] == "table-cell":
            font = own.get("font-name") or own.get("font-family")
            if font:
                self.fonts[self.style[0]] = font.strip("'\"")
            if line := own.get("text-line-through-style"):
                self.striking[self.style[0]] = line
        elif name == "text-properties" and _ABOVE.match(own.get("text-position", "")):
            self.raised.add(self.style[0])
        elif name == "number" and self.style[1] == "number-style":
            self.scaled[self.style[0]] = _scaled(own)

    def begin_sheet(self, own: dict[str, str]) -> None:
        hidden = own.get("style-name") in self.hidden_styles or own.get("display") == "false"
        self.sheet = Sheet(
            own.get("name") or f"Sheet{len(self.sheets) + 1}", "hidden" if hidden else "visible"
        )
        self.known = self.formulas.of(self.sheet)
        self.row = self.column_count = 0
        self.column_styles, self.hidden_columns = [], []

    def within_sheet(self, name: str, own: dict[str, str]) -> None:
        if name == "table-cell" or name == "covered-table-cell":
            self.cell = own
            self.text, self.paragraphs = [], 0
        elif name == "table-row":
            self.row_repeat = _count(own.get("number-rows-repeated"))
            self.row_visibility = own.get("visibility", "visible")
            self.row_style = own.get("default-cell-style-name", "")
            self.row_cells = []
            self.column = 0
        elif name == "table-column":
            first = self.column_count + 1
            repeat = _count(own.get("number-columns-repeated"))
            self.column_count = min(LAST_COLUMN, self.column_count + repeat)
            if own.get("visibility") in _HIDDEN:
                self.hidden_columns.append((first, self.column_count))
            if style := own.get("default-cell-style-name"):
                self.column_styles.append((first, self.column_count, style))

    def add(self, text: str) -> None:
        """Add to the text of the cell that is open."""
        self.budget.spend(letters=len(text))
        self.text.append(text)

    def characters(self, data: str) -> None:
        if self.in_text and not self.skipping:
            self.add(formats.raised(data, "".join(self.text)) if self.above else data)

    def end(self, tag: str) -> None:
        if self.skipping:
            self.skipping -= 1
            return
        name = self.local[tag]
        if name == "p" and self.in_text:
            self.in_text -= 1
        elif name == "span" and self.above:
            self.above -= 1
        elif name in ("table-cell", "covered-table-cell") and self.cell is not None:
            if self.depth == 1 and self.sheet is not None and self.known is not None:
                self.finish_cell(self.cell, self.sheet, self.known)
                self.cell = None
        elif name == "table-row" and self.sheet is not None and self.depth == 1:
            self.finish_row(self.sheet)
        elif name == "table" and self.depth:
            self.depth -= 1
            if self.depth == 0 and self.sheet is not None:
                finish(self.sheet, self.hidden_columns)
                self.sheets.append(self.sheet)
                self.sheet = None

    def finish_cell(self, cell: dict[str, str], sheet: Sheet, known: SheetFormulas) -> None:
        repeat = _count(cell.get("number-columns-repeated"))
        first = self.column + 1
        self.column += repeat
        across = _count(cell.get("number-columns-spanned"))
        down = _count(cell.get("number-rows-spanned"))
        if (across > 1 or down > 1) and self.row_repeat == 1:
            bottom = min(LAST_ROW, self.row + down)
            right = min(LAST_COLUMN, first + across - 1)
            sheet.merged.append((self.row + 1, first, bottom, right))
        value = self.value(cell)
        if "formula" in cell and repeat == 1:
            # LibreOffice writes neither type nor text for a formula that gives an empty text.
            saved = value is not None or bool(self.text) or "value-type" in cell
            saved = saved or '""' in cell["formula"]
            known.add(self.row + 1, first, _excel(cell["formula"]), value, saved=saved)
        if value is None:
            return
        if self.column > LAST_COLUMN:
            raise Refusal("damaged", "a cell stands outside the sheet")
        self.budget.spend(cells=repeat * self.row_repeat)
        style = cell.get("style-name") or self.default_style(first)
        if cell.get("value-type") == "percentage":
            code: str | None = "0.00%"
        elif isinstance(value, dt.date):
            code = _date_format(value, "".join(self.text).strip())
            value = formats.or_number(value)
        else:
            code = self.scaled.get(self.inherited(self.data_styles, style) or "")
        font = self.inherited(self.fonts, style)
        if self.inherited(self.striking, style) not in (None, "none"):
            value = formats.struck(value)
        for column in range(first, first + repeat):
            self.row_cells.append((column, value, code, font))

    def default_style(self, column: int) -> str:
        if self.row_style:
            return self.row_style
        index = bisect_left(self.column_styles, column, key=lambda run: run[1])
        if index < len(self.column_styles) and self.column_styles[index][0] <= column:
            return self.column_styles[index][2]
        return "Default"

    def inherited(self, by_style: dict[str, str], style: str) -> str | None:
        """Look something up for a style or the one it is derived from."""
        for _ in range(8):
            if found := by_style.get(style):
                return found
            style = self.parents.get(style, "")
            if not style:
                return None
        return None

    def value(self, cell: dict[str, str]) -> CellValue | None:
        kind = cell.get("value-type")
        text = "".join(self.text)
        shown = text.strip()
        if kind is None and not shown:
            return None
        if _ERROR.match(shown) and ("formula" in cell or kind in ("float", "error")):
            return ErrorValue(shown)
        try:
            if kind in ("float", "percentage", "currency"):
                return float(cell["value"])
            if kind == "boolean":
                return cell["boolean-value"] == "true"
            if kind == "date":
                return _date(cell["date-value"])
            if kind == "time":
                return _duration(cell["time-value"])
        except (KeyError, ValueError, OverflowError):
            return text if shown else None
        text = text or cell.get("string-value", "")
        return text if text and not text.isspace() else None

    def finish_row(self, sheet: Sheet) -> None:
        last = self.row + self.row_repeat
        if self.row_cells and last > LAST_ROW:
            raise Refusal("damaged", "a cell stands outside the sheet")
        hidden = self.row_visibility in _HIDDEN and (self.row_cells or self.row_repeat <= 1000)
        for row in range(self.row + 1, last + 1) if self.row_cells or hidden else ():
            for column, value, code, font in self.row_cells:
                sheet.cells.append(Cell(row, column, value, code, font))
            if hidden:
                sheet.hidden_rows.add(row)
                if self.row_visibility == "filter":
                    sheet.filtered_rows.add(row)
        self.row = min(last, LAST_ROW)
        self.row_repeat = 1


_HIDDEN = ("collapse", "filter")
_CELL_REFERENCE = re.compile(r"\[\.([$A-Z0-9]+)(?::\.([$A-Z0-9]+))?\]")


def _excel(formula: str) -> str:
    """Write an OpenDocument formula as Excel does.

    >>> _excel("of:=SUM([.B2:.B9])-[.C$1]")
    'SUM(B2:B9)-C$1'
    """
    text = formula.partition("=")[2] or formula
    return _CELL_REFERENCE.sub(lambda at: f"{at[1]}:{at[2]}" if at[2] else at[1], text)


def _scaled(number: dict[str, str]) -> str:
    """Write the format of numbers that are shown in thousands or millions; nothing for others."""
    commas = {"1000": ",", "1000000": ",,", "1000000000": ",,,"}.get(
        number.get("display-factor", "").partition(".")[0]
    )
    if commas is None:
        return ""
    places = number.get("decimal-places", "0")
    decimals = "." + "0" * int(places) if places in tuple("123456789") else ""
    return f"{'#,##0' if number.get('grouping') == 'true' else '0'}{decimals}{commas}"


def _count(raw: str | None) -> int:
    if raw is None or not (raw.isascii() and raw.isdigit()) or len(raw) > 9:
        return 1 if raw is None or len(raw or "") <= 9 else LAST_ROW
    return max(1, int(raw))


def _date(raw: str) -> CellValue:
    moment = dt.datetime.fromisoformat(raw.rstrip("Z"))
    return moment.date() if "T" not in raw else moment


def _duration(raw: str) -> CellValue:
    match = _DURATION.match(raw)
    if match is None:
        raise ValueError(raw)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:4])
    if match[1] or hours > 23 or minutes > 59 or seconds > 59:
        length = dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return -length if match[1] else length
    return dt.time(hours, minutes, seconds)


def _date_format(value: dt.date, shown: str) -> str:
    """Tell from the text shown how a date was typed (``2/5``), as a number format does."""
    if match := _SHORT_DATE.match(shown):
        day_first = int(match[1]) == value.day and int(match[3]) == value.month
        return f"d{match[2]}m" if day_first else f"m{match[2]}d"
    if _DAY_MONTH.match(shown) and not shown[-4:].isdigit():
        return "d-mmm"
    if _MONTH_YEAR.match(shown):
        return "mmm-yy"
    return "dd/mm/yyyy"
