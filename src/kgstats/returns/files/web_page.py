"""Tables of web pages (HTML) and web archives (MHTML), often saved under an ``.xls`` name."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from kgstats.returns.cells import Cell, CellValue, ErrorValue, Sheet
from kgstats.returns.files import formats
from kgstats.returns.files.containers import Budget, Refusal
from kgstats.returns.files.grid import LAST_COLUMN, finish

_BLOCKS = frozenset(("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "ul", "ol"))
_SILENT = frozenset(("script", "style", "head", "title", "template", "noscript"))
_SPACE = re.compile("[ \t\r\n\f]+")
_CSS_RULE = re.compile(r"(?:\.|td\.)([\w-]+)\s*\{([^{}]*)\}")
_CSS_FONT = re.compile(r"font-family\s*:\s*[\"']?([^;\"',]+)", re.IGNORECASE)
_CSS_FORMAT = re.compile(r"mso-number-format\s*:\s*(\"(?:[^\"\\]|\\.)*\"|[^;\"]+)", re.IGNORECASE)
_CSS_RAISED = re.compile(r"vertical-align\s*:\s*super|mso-text-raise\s*:\s*[1-9.]", re.IGNORECASE)
_CSS_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)


def looks_like_html(text: str) -> bool:
    """Whether text is an HTML page or fragment with a table."""
    head = text[:2000].lstrip("\ufeff \t\r\n").lower()
    if not head.startswith("<"):
        return False
    # XHTML begins with an XML declaration too; other XML has no <html>.
    return "<html" in head or ("<table" in text.lower() and not head.startswith("<?xml"))


# --- HTML ------------------------------------------------------------------------------------


def read_html(text: str, budget: Budget) -> Sheet:
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
    layout = _Layout(budget, _rules(page))
    sheet = layout.sheet
    row = 1
    for table in tables:
        sheet.starts.add(row)
        row += layout.table(table, row, 1)
    finish(sheet)
    sheet.outside = list(_outside(page))
    return sheet


class _Layout:
    """Places cells on the grid as a browser does."""

    def __init__(self, budget: Budget, rules: dict[str, _Look]) -> None:
        self.sheet = Sheet("")
        self.budget = budget
        self.rules = rules

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
            hidden = self.look(element).hidden
            extra = 0
            self.budget.look_at_the_clock()
            for cell in _own(element, "td", "th"):
                while taken.get(column, 0) >= row:
                    column += 1
                    self.budget.spend(places=1)
                across = _span(cell.get("colspan"))
                down = _span(cell.get("rowspan"), zero=len(rows) - number)
                across = min(across, max(1, LAST_COLUMN - column + 1))
                down = min(down, len(rows) - number)
                if column > LAST_COLUMN:
                    raise Refusal("too_large", "a table is wider than a sheet")
                self.budget.spend(places=across * down)
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

    def look(self, element: Any) -> _Look:
        """Return what the page's rules and the element's own style say of how it is shown."""
        looks = [self.rules[name] for name in _classes(element) if name in self.rules]
        look = _look(element.get("style") or "")
        for one in looks:
            look = one.under(look)
        return look._replace(hidden=True) if element.get("hidden") is not None else look

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
        look = self.look(element)
        face = next((one.get("face") for one in element.iter("font") if one.get("face")), None)
        if isinstance(value, str):
            self.budget.spend(letters=len(value))
        self.budget.spend(cells=1)
        self.sheet.cells.append(
            Cell(
                row,
                column,
                value,
                look.number_format,
                face or look.font,
                row_hidden or look.hidden,
            )
        )


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
            words = _SPACE.sub(" ", node.text)
            above = node.tag == "sup" or _CSS_RAISED.search(node.get("style") or "")
            parts.append(formats.raised(words, "".join(parts)) if above else words)
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
    return formats.NAMED_FORMATS.get(code.casefold(), code)


class _Look(NamedTuple):
    """What a style sheet says of an element, as far as it concerns what was meant."""

    number_format: str | None = None
    font: str | None = None
    hidden: bool = False

    def under(self, upper: _Look) -> _Look:
        """Return the look of an element that has this one and, before it, another."""
        return _Look(
            upper.number_format or self.number_format,
            upper.font or self.font,
            upper.hidden or self.hidden,
        )


@lru_cache(maxsize=1 << 10)
def _look(css: str) -> _Look:
    code, font = _CSS_FORMAT.search(css), _CSS_FONT.search(css)
    return _Look(
        _format(code[1]) if code else None,
        font[1].strip() if font else None,
        _CSS_HIDDEN.search(css) is not None,
    )


def _classes(element: Any) -> list[str]:
    """Give the element's classes, the last first: later rules count before earlier ones."""
    return (element.get("class") or "").split()[:20][::-1]


def _rules(page: Any) -> dict[str, _Look]:
    """Return the look of each class; of several rules for one, the last counts."""
    rules: dict[str, _Look] = {}
    for style in page.iter("style"):
        for name, body in _CSS_RULE.findall(style.text or ""):
            rules[name] = rules.get(name, _Look()).under(_look(body))
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
