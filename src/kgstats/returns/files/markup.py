"""Tables saved as web pages or as XML under an ``.xls`` name: HTML, MHTML, SpreadsheetML 2003."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from kgstats.returns.cells import Cell, CellValue, ErrorValue, Sheet
from kgstats.returns.files.containers import Limits, Refusal, safe_xml

LAST_COLUMN = 16_384
_BLOCKS = frozenset(("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "ul", "ol"))
_SILENT = frozenset(("script", "style", "head", "title", "template", "noscript"))
_SPACE = re.compile("[ \t\r\n\f]+")
_CSS_RULE = re.compile(r"(?:\.|td\.)([\w-]+)\s*\{([^{}]*)\}")
_CSS_FONT = re.compile(r"font-family\s*:\s*[\"']?([^;\"',]+)", re.IGNORECASE)
_CSS_FORMAT = re.compile(r"mso-number-format\s*:\s*(\"(?:[^\"\\]|\\.)*\"|[^;\"]+)", re.IGNORECASE)
_CSS_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_NAMED_FORMATS = {
    "percent": "0.00%",
    "short date": "dd/mm/yyyy",
    "fixed": "0.00",
    "standard": "#,##0.00",
}


def looks_like_html(text: str) -> bool:
    """Whether text is an HTML page or fragment with a table."""
    head = text[:2000].lstrip("\ufeff \t\r\n").lower()
    if not head.startswith("<"):
        return False
    # XHTML begins with an XML declaration too; other XML has no <html>.
    return "<html" in head or ("<table" in text.lower() and not head.startswith("<?xml"))


# --- HTML ------------------------------------------------------------------------------------


def read_html(text: str, limits: Limits) -> Sheet:
    """Lay the tables of an HTML page on one grid, one below the other.

    Cells that span rows or columns stand at their top left and are noted as merged; text beside
    the tables is kept in ``Sheet.outside``.

    Raises
    ------
    Refusal
        ``not_a_spreadsheet`` for a page without a table, ``too_large``.
    """
    from lxml import html

    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1)
    try:
        page = html.document_fromstring(
            text.replace("\0", ""), parser=html.HTMLParser(recover=True, huge_tree=False)
        )
    except Exception as error:
        raise Refusal("not_a_spreadsheet", f"the page cannot be read ({error})") from None
    tables = [
        table
        for table in page.iter("table")
        if not any(parent.tag == "table" for parent in table.iterancestors())
    ]
    if not tables:
        raise Refusal("not_a_spreadsheet", "a web page without a table")
    layout = _Layout(limits, _rules(page))
    sheet = layout.sheet
    row = 1
    for table in tables:
        sheet.starts.add(row)
        row += layout.table(table, row, 1)
    latest = {(cell.row, cell.column): cell for cell in sheet.cells}
    sheet.cells = [latest[place] for place in sorted(latest)]
    sheet.outside = list(_outside(page))
    return sheet


class _Layout:
    """Places cells on the grid as a browser does."""

    def __init__(self, limits: Limits, rules: dict[str, str]) -> None:
        self.sheet = Sheet("")
        self.limits = limits
        self.rules = rules
        self.places = 0

    def table(self, table: Any, top: int, left: int, depth: int = 0) -> int:
        """Lay out one table with its corner at a place; return how many rows it takes."""
        if depth > 20:
            raise Refusal("too_large", "tables are nested too deeply")
        rows = list(_own(table, "tr"))
        taken: dict[int, int] = {}
        offset = 0
        for number, element in enumerate(rows):
            row = top + number + offset
            column = left
            hidden = self.hidden(element)
            extra = 0
            for cell in _own(element, "td", "th"):
                while taken.get(column, 0) >= row:
                    column += 1
                across = _span(cell.get("colspan"))
                down = _span(cell.get("rowspan"), zero=len(rows) - number)
                across = min(across, max(1, LAST_COLUMN - column + 1))
                down = min(down, len(rows) - number)
                if column > LAST_COLUMN:
                    raise Refusal("too_large", "a table is wider than a sheet")
                self.places += across * down if across * down > 1 else 1
                if self.places > self.limits.grid:
                    raise Refusal("too_large", "spanning cells cover more than allowed")
                nested = list(_own(cell, "table"))
                self.cell(cell, row, column, hidden, nested)
                inner = 0
                for child in nested:
                    inner += self.table(child, row + inner, column, depth + 1)
                extra = max(extra, inner - 1)
                if across > 1 or down > 1:
                    self.sheet.merged.append((row, column, row + down - 1, column + across - 1))
                if down > 1:
                    for covered in range(column, column + across):
                        taken[covered] = row + down - 1
                column += across
            if hidden:
                self.sheet.hidden_rows.add(row)
            offset += extra
        return len(rows) + offset

    def hidden(self, element: Any) -> bool:
        return element.get("hidden") is not None or bool(
            _CSS_HIDDEN.search(self.css(element)) is not None
        )

    def css(self, element: Any) -> str:
        style = element.get("style") or ""
        for name in (element.get("class") or "").split():
            style = f"{self.rules.get(name, '')};{style}"
        return style

    def cell(
        self, element: Any, row: int, column: int, row_hidden: bool, nested: list[Any]
    ) -> None:
        text = _shown(element, skip=set(nested))
        value: CellValue = text
        error = _excel(element, "err")
        number = _excel(element, "num")
        if error is not None:
            value = ErrorValue(error or text.strip() or "#N/A")
        elif number is not None or _excel(element, "bool") is not None:
            value = _typed(element, number, text)
        if isinstance(value, str) and (not value or value.isspace()):
            return
        css = self.css(element)
        font = _CSS_FONT.search(css)
        face = next((one.get("face") for one in element.iter("font") if one.get("face")), None)
        code = _CSS_FORMAT.search(css)
        hidden = row_hidden or self.hidden(element)
        self.sheet.cells.append(
            Cell(
                row,
                column,
                value,
                _format(code[1]) if code else None,
                face or (font[1].strip() if font else None),
                hidden,
            )
        )
        if len(self.sheet.cells) > self.limits.cells:
            raise Refusal("too_large", f"more than {self.limits.cells} cells")


def _own(element: Any, *names: str) -> Iterator[Any]:
    """Give the parts of a table that are its own and not of a table within."""
    stack = [iter(element)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag in names:
            yield child
        elif isinstance(child.tag, str) and child.tag != "table":
            stack.append(iter(child))


def _span(raw: str | None, zero: int = 1) -> int:
    digits = (raw or "1").strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 6:
        return 1
    return int(digits) or zero


def _shown(element: Any, skip: set[Any]) -> str:
    """Return text as a browser shows it: white space single, lines where breaks and blocks are."""
    parts: list[str] = []

    def walk(node: Any, depth: int) -> None:
        if not isinstance(node.tag, str) or node.tag in _SILENT or node in skip or depth > 200:
            return
        block = node.tag in _BLOCKS and depth > 0
        if block or node.tag == "br":
            parts.append("\n")
        if node.text:
            parts.append(_SPACE.sub(" ", node.text))
        for child in node:
            walk(child, depth + 1)
            if child.tail:
                parts.append(_SPACE.sub(" ", child.tail))
        if block:
            parts.append("\n")

    walk(element, 0)
    lines = [line.strip(" ") for line in "".join(parts).split("\n")]
    return re.sub("\n{2,}", "\n", "\n".join(lines)).strip("\n ")


def _excel(element: Any, name: str) -> str | None:
    """Return an attribute that Excel writes beside the text shown (``x:num``)."""
    value: str | None = element.get(f"x:{name}")
    return value if value is not None else element.get(f"data-{name}")


def _typed(element: Any, number: str | None, text: str) -> CellValue:
    if number is None:
        flag = _excel(element, "bool") or text
        return flag.strip().casefold() in ("true", "1")
    try:
        return float(number or text.replace("\xa0", "").strip())
    except ValueError:
        return text


def _format(raw: str) -> str:
    code = re.sub(r"\\(.)", r"\1", raw.strip().strip('"'))
    return _NAMED_FORMATS.get(code.casefold(), code)


def _rules(page: Any) -> dict[str, str]:
    rules: dict[str, str] = {}
    for style in page.iter("style"):
        for name, body in _CSS_RULE.findall(style.text or ""):
            rules[name] = rules.get(name, "") + ";" + body
    return rules


def _outside(page: Any) -> Iterator[str]:
    """Give the lines of text that stand in no table."""
    body = next(page.iter("body"), page)
    tables = set(page.iter("table"))
    for line in _shown(body, skip=tables).split("\n"):
        if line and not line.isspace():
            yield line


# --- MHTML -----------------------------------------------------------------------------------


def pages_of_mhtml(data: bytes) -> Iterator[bytes]:
    """Give the HTML pages within a web archive (one file, many parts)."""
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield payload


# --- SpreadsheetML 2003 ----------------------------------------------------------------------

SPREADSHEETML = "urn:schemas-microsoft-com:office:spreadsheet"
_SS = SPREADSHEETML + " "
_XML_STATES = {"sheethidden": "hidden", "sheetveryhidden": "very_hidden"}


def read_spreadsheetml(data: bytes, limits: Limits) -> list[Sheet]:
    """Read a workbook saved as "XML Spreadsheet 2003"."""
    reader = _XmlReader(limits)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(safe_xml(data), True)
    except expat.ExpatError as error:
        problem = "truncated" if "no element found" in str(error) else "damaged"
        raise Refusal(problem, f"the workbook is not XML: {error}") from None
    if not reader.sheets:
        raise Refusal("not_a_spreadsheet", "the workbook holds no worksheet")
    return reader.sheets


class _XmlReader:
    """Takes the events of the parser."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sheets: list[Sheet] = []
        self.styles: dict[str, tuple[str | None, str | None]] = {}
        self.parents: dict[str, str] = {}
        self.style = ""
        self.sheet: Sheet | None = None
        self.row = self.column = 0
        self.row_hidden = False
        self.row_style = ""
        self.cell_style = ""
        self.kind: str | None = None
        self.text: list[str] = []
        self.total = self.after = 0
        self.in_comment = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        get = {key.rpartition(" ")[2]: value for key, value in attributes.items()}.get
        if name == "Worksheet":
            self.sheet = Sheet(get("Name") or f"Sheet{len(self.sheets) + 1}")
            self.sheets.append(self.sheet)
            self.row = 0
        elif name == "Style":
            self.style = get("ID") or ""
            parent = self.styles.get(get("Parent") or "Default", (None, None))
            self.styles[self.style] = parent
        elif name == "NumberFormat" and self.style:
            code = get("Format")
            if code is not None:
                code = _NAMED_FORMATS.get(code.casefold(), code)
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
                span = _index(get("Span"), 0)
                self.sheet.hidden_rows.update(range(self.row, self.row + min(span, 65_536) + 1))
        elif name == "Column" and self.sheet is not None:
            first = _index(get("Index"), self.column + 1)
            self.column = first + _index(get("Span"), 0)
            if get("Hidden") == "1" or get("Width") == "0":
                self.sheet.hidden_columns.update(range(first, min(self.column, LAST_COLUMN) + 1))
        elif name == "Cell" and self.sheet is not None:
            self.column = _index(get("Index"), self.column + 1)
            self.cell_style = get("StyleID") or self.row_style or "Default"
            across, down = _index(get("MergeAcross"), 0), _index(get("MergeDown"), 0)
            if across or down:
                self.sheet.merged.append(
                    (self.row, self.column, self.row + down, self.column + across)
                )
            self.after = across
        elif name == "Comment":
            self.in_comment = True
        elif name == "Data" and self.sheet is not None and not self.in_comment:
            self.kind = get("Type") or "String"
            self.text = []
        elif name == "Visible":
            self.kind = "visible"
            self.text = []

    def characters(self, data: str) -> None:
        if self.kind is not None:
            self.text.append(data)

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name == "Data" and self.kind is not None and self.sheet is not None:
            self.finish(self.sheet, self.kind, "".join(self.text))
            self.kind = None
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
            elif kind == "Error":
                value = ErrorValue(text.strip() or "#N/A")
        except ValueError:
            value = text
        if isinstance(value, str) and (not value or value.isspace()):
            return
        if self.row > 1_048_576 or self.column > LAST_COLUMN:
            raise Refusal("damaged", "a cell stands outside the sheet")
        self.total += 1
        if self.total > self.limits.cells:
            raise Refusal("too_large", f"more than {self.limits.cells} cells")
        code, font = self.styles.get(self.cell_style, (None, None))
        hidden = self.row in sheet.hidden_rows or self.column in sheet.hidden_columns
        sheet.cells.append(Cell(self.row, self.column, value, code, font, hidden))


def _index(raw: str | None, default: int) -> int:
    if raw is None or not raw.isascii() or not raw.isdigit() or len(raw) > 7:
        return default
    return int(raw)
