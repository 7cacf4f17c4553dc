"""Workbooks saved as "XML Spreadsheet 2003", often under an ``.xls`` name."""

from __future__ import annotations

import datetime as dt
import re

from kgstats.returns.cells import Cell, CellValue, ErrorValue, Sheet
from kgstats.returns.files import formats
from kgstats.returns.files.containers import PIECE, Budget, LocalNames, Refusal, parse_xml
from kgstats.returns.files.grid import LAST_COLUMN, LAST_ROW, finish, spread, within

SPREADSHEETML = "urn:schemas-microsoft-com:office:spreadsheet"
_XML_STATES = {"sheethidden": "hidden", "sheetveryhidden": "very_hidden"}


_RANGE = re.compile(r"R(\d{1,7})C\d+:R(\d{1,7})C\d+")


def is_one(data: bytes) -> bool:
    """Whether a file is such a workbook, in whatever encoding of Unicode."""
    head = data[:16_384]
    return any(SPREADSHEETML.encode(codec) in head for codec in ("ascii", "utf-16-le", "utf-16-be"))


def read_spreadsheetml(data: bytes, budget: Budget) -> list[Sheet]:
    """Read a workbook saved as "XML Spreadsheet 2003"."""
    reader = _XmlReader(budget)
    pieces = (data[at : at + PIECE] for at in range(0, len(data), PIECE))
    parse_xml(pieces, budget, reader.start, reader.end, reader.characters)
    if not reader.sheets:
        raise Refusal("not_a_spreadsheet", "the workbook holds no worksheet")
    return reader.sheets


class _XmlReader:
    """Takes the events of the parser."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.local = LocalNames()
        self.sheets: list[Sheet] = []
        self.styles: dict[str, tuple[str | None, str | None]] = {}
        self.style = ""
        self.sheet: Sheet | None = None
        self.row = self.column = 0
        self.row_hidden = False
        self.row_style = ""
        self.cell_style = ""
        self.kind: str | None = None
        self.above = False
        self.text: list[str] = []
        self.after = 0
        self.hidden_rows: list[tuple[int, int]] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self.filters: list[tuple[int, int]] = []
        """First and last row of each range with a filter."""
        self.in_comment = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self.local[tag]
        get = {self.local[key]: value for key, value in attributes.items()}.get
        if name == "Worksheet":
            self.sheet = Sheet(get("Name") or f"Sheet{len(self.sheets) + 1}")
            self.sheets.append(self.sheet)
            if len(self.sheets) > self.budget.limits.sheets:
                raise Refusal("too_large", f"more than {len(self.sheets) - 1} sheets")
            self.row = self.column = 0
            self.hidden_rows, self.hidden_columns, self.filters = [], [], []
        elif name == "Style":
            self.style = get("ID") or ""
            parent = self.styles.get(get("Parent") or "Default", (None, None))
            self.styles[self.style] = parent
        elif name == "NumberFormat" and self.style:
            code = get("Format")
            if code is not None:
                code = formats.NAMED_FORMATS.get(code.casefold(), code)
            _, font = self.styles[self.style]
            self.styles[self.style] = (code if code != "General" else None, font)
        elif name == "Font" and self.style and self.sheet is None:
            code, font = self.styles[self.style]
            self.styles[self.style] = (code, get("FontName") or font)
        elif name == "Row" and self.sheet is not None:
            self.row = _index(get("Index"), self.row + 1)
            self.column = 0
            self.row_hidden = get("Hidden") == "1"
            self.row_style = get("StyleID") or ""
            if self.row_hidden:
                self.hidden_rows.append((self.row, self.row + _index(get("Span"), 0)))
        elif name == "Column" and self.sheet is not None:
            first = _index(get("Index"), self.column + 1)
            self.column = first + _index(get("Span"), 0)
            if get("Hidden") == "1" or get("Width") == "0":
                self.hidden_columns.append((first, self.column))
        elif name == "Cell" and self.sheet is not None:
            self.column = _index(get("Index"), self.column + 1)
            self.cell_style = get("StyleID") or self.row_style or "Default"
            across, down = _index(get("MergeAcross"), 0), _index(get("MergeDown"), 0)
            if across or down:
                bottom, right = self.row + down, self.column + across
                self.sheet.merged.append(
                    (self.row, self.column, min(bottom, LAST_ROW), min(right, LAST_COLUMN))
                )
            self.after = across
        elif name == "AutoFilter":
            if match := _RANGE.fullmatch(get("Range") or ""):
                self.filters.append((int(match[1]), int(match[2])))
        elif name == "Comment":
            self.in_comment = True
        elif name == "Data" and self.sheet is not None and not self.in_comment:
            self.kind = get("Type") or "String"
            self.text = []
        elif name == "Sup":
            self.above = True
        elif name == "Visible":
            self.kind = "visible"
            self.text = []

    def characters(self, data: str) -> None:
        if self.kind is not None:
            before = "".join(self.text) if self.above else ""
            self.text.append(formats.raised(data, before) if before else data)

    def end(self, tag: str) -> None:
        name = self.local[tag]
        if name == "Data" and self.kind is not None and self.sheet is not None:
            self.finish(self.sheet, self.kind, "".join(self.text))
            self.kind = None
        elif name == "Sup":
            self.above = False
        elif name == "Visible" and self.sheet is not None:
            state = _XML_STATES.get("".join(self.text).strip().casefold(), "visible")
            self.sheet.state = state  # type: ignore[assignment]
            self.kind = None
        elif name == "Comment":
            self.in_comment = False
        elif name == "Cell":
            self.column += self.after
        elif name in ("Style", "Styles"):
            self.style = ""
        elif name == "Worksheet" and self.sheet is not None:
            last = max((cell.row for cell in self.sheet.cells), default=0)
            self.sheet.hidden_rows = spread(self.hidden_rows, last)
            for top, bottom in self.filters:
                self.sheet.filtered_rows |= spread([(top + 1, bottom)], last)
            self.sheet.filtered_rows &= self.sheet.hidden_rows
            finish(self.sheet, self.hidden_columns)

    def finish(self, sheet: Sheet, kind: str, text: str) -> None:
        value: CellValue = text
        try:
            if kind == "Number":
                value = float(text)
            elif kind == "Boolean":
                value = text.strip() == "1"
            elif kind == "DateTime":
                moment = dt.datetime.fromisoformat(text.strip())
                value = moment.date() if moment.time() == dt.time() else moment
                value = formats.or_number(value, excel=True)
            elif kind == "Error":
                value = ErrorValue(text.strip() or "#N/A")
        except ValueError:
            value = text
        if isinstance(value, str) and (not value or value.isspace()):
            return
        within(self.row, self.column)
        self.budget.spend(cells=1, letters=len(text))
        code, font = self.styles.get(self.cell_style, (None, None))
        sheet.cells.append(Cell(self.row, self.column, value, code, font))


def _index(raw: str | None, default: int) -> int:
    if raw is None or not raw.isascii() or not raw.isdigit() or len(raw) > 7:
        return default
    return int(raw)
