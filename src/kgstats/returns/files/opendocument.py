"""OpenDocument spreadsheets (ods): one XML part, read in one pass.

calamine repeats a cell as often as the file says before anyone can look, and shows error cells
as blank or zero; so here the values too come from the pass.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal
from xml.parsers import expat

from kgstats.returns.cells import Cell, CellValue, ErrorValue, Sheet
from kgstats.returns.files.containers import Archive, Limits, Refusal, safe_xml

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_NOT_CELLS = frozenset(("annotation", "tracked-changes", "dde-links"))
_ERROR = re.compile(r"^(?:#[A-Z/0]+[!?]?|Err:\d{3})$")
_DURATION = re.compile(r"^(-)?PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?$")
_SHORT_DATE = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})$")
_MONTH_YEAR = re.compile(r"^(?:[^\W\d_]+\.?|\d{1,2})[-/. ]\d{2}(?:\d{2})?$")
_DAY_MONTH = re.compile(r"^\d{1,2}[-/. ][^\W\d_]+")


def read_opendocument(archive: Archive, limits: Limits) -> list[Sheet]:
    """Read the sheets of an OpenDocument spreadsheet."""
    if "META-INF/manifest.xml" in archive and b"encryption-data" in archive.read(
        "META-INF/manifest.xml"
    ):
        raise Refusal("locked", "the workbook is protected with a password")
    fonts: dict[str, str] = {}
    if "styles.xml" in archive:
        reader = _Reader(limits, fonts)
        reader.run(safe_xml(archive.read("styles.xml"), doctype=True))
    reader = _Reader(limits, fonts)
    reader.run(safe_xml(archive.read("content.xml"), doctype=True))
    return reader.sheets


class _Reader:
    """Takes the events of the parser; one state for the one path through the part."""

    def __init__(self, limits: Limits, fonts: dict[str, str]) -> None:
        self.limits = limits
        self.sheets: list[Sheet] = []
        self.fonts = fonts
        self.hidden_styles: set[str] = set()
        self.percent_styles: set[str] = set()
        self.style: tuple[str, str] = ("", "")
        self.parents: dict[str, str] = {}
        self.sheet: Sheet | None = None
        self.row = self.column = 0
        self.row_repeat = 1
        self.row_cells: list[tuple[int, int, CellValue, str | None, str | None]] = []
        self.row_hidden = False
        self.row_style = ""
        self.column_styles: list[tuple[int, int, str]] = []
        self.column_count = 0
        self.cell: dict[str, str] | None = None
        self.text: list[str] = []
        self.paragraphs = 0
        self.in_text = 0
        self.skipping = 0
        self.total = 0
        self.depth = 0

    def run(self, data: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            raise Refusal("damaged", f"the content is not XML: {error}") from None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        get = {key.rpartition(" ")[2]: value for key, value in attributes.items()}.get
        if self.skipping or name in _NOT_CELLS:
            self.skipping += 1
        elif name == "table-cell" or name == "covered-table-cell":
            if self.sheet is not None and self.depth == 1:
                self.cell = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
                self.text, self.paragraphs = [], 0
        elif name == "p" and self.cell is not None:
            if self.paragraphs:
                self.text.append("\n")
            self.paragraphs += 1
            self.in_text += 1
        elif self.in_text and name == "s":
            self.text.append(" " * min(_count(get("c")), 1000))
        elif self.in_text and name == "tab":
            self.text.append("\t")
        elif self.in_text and name == "line-break":
            self.text.append("\n")
        elif name == "table-row" and self.sheet is not None and self.depth == 1:
            self.row_repeat = _count(get("number-rows-repeated"))
            self.row_hidden = get("visibility") in ("collapse", "filter")
            self.row_style = get("default-cell-style-name") or ""
            self.row_cells = []
            self.column = 0
        elif name == "table-column" and self.sheet is not None and self.depth == 1:
            first = self.column_count + 1
            self.column_count = min(
                LAST_COLUMN, self.column_count + _count(get("number-columns-repeated"))
            )
            if get("visibility") in ("collapse", "filter"):
                self.sheet.hidden_columns.update(range(first, self.column_count + 1))
            if style := get("default-cell-style-name"):
                self.column_styles.append((first, self.column_count, style))
        elif name == "table":
            self.depth += 1
            if self.depth == 1:
                hidden = (get("style-name") or "") in self.hidden_styles or get(
                    "display"
                ) == "false"
                state: Literal["hidden", "visible"] = "hidden" if hidden else "visible"
                self.sheet = Sheet(get("name") or f"Sheet{len(self.sheets) + 1}", state)
                self.row = self.column_count = 0
                self.column_styles = []
        elif name in ("style", "default-style"):
            self.style = (get("name") or "", get("family") or "")
            if parent := get("parent-style-name"):
                self.parents[self.style[0]] = parent
        elif name == "table-properties" and get("display") == "false":
            self.hidden_styles.add(self.style[0])
        elif name == "text-properties" and self.style[1] == "table-cell":
            font = get("font-name") or get("font-family")
            if font:
                self.fonts[self.style[0]] = font.strip("'\"")

    def characters(self, data: str) -> None:
        if self.in_text and not self.skipping:
            self.text.append(data)

    def end(self, tag: str) -> None:
        if self.skipping:
            self.skipping -= 1
            return
        name = tag.rpartition(" ")[2]
        if name == "p" and self.in_text:
            self.in_text -= 1
        elif name in ("table-cell", "covered-table-cell") and self.cell is not None:
            if self.depth == 1:
                self.finish_cell(self.cell)
                self.cell = None
        elif name == "table-row" and self.sheet is not None and self.depth == 1:
            self.finish_row(self.sheet)
        elif name == "table" and self.depth:
            self.depth -= 1
            if self.depth == 0 and self.sheet is not None:
                sheet, self.sheet = self.sheet, None
                widest = max((cell.column for cell in sheet.cells), default=0)
                sheet.hidden_columns = {one for one in sheet.hidden_columns if one <= widest}
                for cell in sheet.cells:
                    cell.hidden = (
                        cell.row in sheet.hidden_rows or cell.column in sheet.hidden_columns
                    )
                self.sheets.append(sheet)

    def finish_cell(self, cell: dict[str, str]) -> None:
        repeat = _count(cell.get("number-columns-repeated"))
        first = self.column + 1
        self.column += repeat
        across = _count(cell.get("number-columns-spanned"))
        down = _count(cell.get("number-rows-spanned"))
        if (across > 1 or down > 1) and self.sheet is not None and self.row_repeat == 1:
            bottom = min(LAST_ROW, self.row + down)
            right = min(LAST_COLUMN, first + across - 1)
            self.sheet.merged.append((self.row + 1, first, bottom, right))
        value = self.value(cell)
        if value is None:
            if "formula" in cell and self.sheet is not None and not self.text:
                self.sheet.uncalculated.append((self.row + 1, first))
            return
        if self.column > LAST_COLUMN:
            raise Refusal("damaged", "a cell stands outside the sheet")
        self.total += repeat * self.row_repeat
        if self.total > self.limits.cells:
            raise Refusal("too_large", f"more than {self.limits.cells} cells")
        code = None
        if cell.get("value-type") == "percentage":
            code = "0.00%"
        elif isinstance(value, dt.date):
            code = _date_format(value, "".join(self.text).strip())
        font = self.font(cell.get("style-name") or self.default_style(first))
        for column in range(first, first + repeat):
            self.row_cells.append((self.row, column, value, code, font))

    def default_style(self, column: int) -> str:
        if self.row_style:
            return self.row_style
        for first, last, style in self.column_styles:
            if first <= column <= last:
                return style
        return "Default"

    def font(self, style: str) -> str | None:
        for _ in range(8):
            if style in self.fonts:
                return self.fonts[style]
            if style not in self.parents:
                return None
            style = self.parents[style]
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
        if self.row_cells:
            if last > LAST_ROW:
                raise Refusal("damaged", "a cell stands outside the sheet")
            for row in range(self.row + 1, last + 1):
                for _, column, value, code, font in self.row_cells:
                    sheet.cells.append(Cell(row, column, value, code, font))
                if self.row_hidden:
                    sheet.hidden_rows.add(row)
        elif self.row_hidden and self.row_repeat <= 1000:
            sheet.hidden_rows.update(range(self.row + 1, last + 1))
        self.row = min(last, LAST_ROW)
        self.row_repeat = 1


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
