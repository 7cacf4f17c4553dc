"""Workbooks of Excel since 2007 (xlsx, xlsm): ZIP archives of XML parts.

Each sheet is read in one pass over its XML as it is inflated. What a file states about sizes
(dimensions, counts) is never believed, and a cell in the last corner costs no more than another:
only cells that hold something take memory.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from kgstats.returns.cells import Cell, CellValue, ErrorValue, Sheet
from kgstats.returns.files import formats
from kgstats.returns.files.containers import (
    Archive,
    Budget,
    LocalNames,
    Refusal,
    parse_xml,
    tags,
)
from kgstats.returns.files.formulas import Formulas
from kgstats.returns.files.grid import (
    LAST_COLUMN,
    area,
    finish,
    place,
    within,
)

Relations = dict[str, tuple[str, str]]
"""Relationship id → type and part name."""

_KINDS: dict[str, Literal["worksheet", "macro", "chart", "dialog"]] = {
    "worksheet": "worksheet",
    "chartsheet": "chart",
    "dialogsheet": "dialog",
    "xlmacrosheet": "macro",
    "xlintlmacrosheet": "macro",
}
_STATES: dict[str, Literal["visible", "hidden", "very_hidden"]] = {
    "hidden": "hidden",
    "veryhidden": "very_hidden",
}
_YES = ("1", "true")


@dataclass(slots=True)
class Part:
    """A sheet of the workbook: where it stands in the archive and what it is."""

    name: str
    state: Literal["visible", "hidden", "very_hidden"]
    kind: Literal["worksheet", "macro", "chart", "dialog"]
    path: str


@dataclass(slots=True)
class Book:
    """What the sheets of a workbook share."""

    parts: list[Part] = field(default_factory=list)
    texts: dict[str, str | None] = field(default_factory=dict)
    styles: list[formats.Style] = field(default_factory=list)
    date1904: bool = False
    left_to_calculate: bool = False
    """Whether the writer asks whoever opens the workbook to calculate it."""
    as_shown: bool = False
    """Whether it calculates with numbers as they are shown."""


def read_ooxml(archive: Archive, budget: Budget) -> tuple[str, list[Sheet]]:
    """Read a workbook; return its format (``xlsx``, ``xlsm``) and its sheets.

    Raises
    ------
    Refusal
        ``unsupported_format``, ``macro_only``, ``not_a_spreadsheet``, ``damaged``, ``unsafe_xml``
        or ``too_large``.
    """
    main = _main_part(archive, budget)
    if main.casefold().endswith(".bin"):
        raise Refusal("unsupported_format", "binary workbook (xlsb): save it as .xlsx")
    folder = posixpath.dirname(main)
    book = _book(archive, budget, main)
    has_macros = f"{folder}/vbaProject.bin" in archive
    if not any(part.kind == "worksheet" for part in book.parts):
        if has_macros or any(part.kind == "macro" for part in book.parts):
            raise Refusal("macro_only", "the workbook holds macros and no worksheet")
        raise Refusal("not_a_spreadsheet", "the workbook holds no worksheet")
    sheets, formulas = [], Formulas(book.left_to_calculate, book.as_shown)
    for part in book.parts:
        if part.kind not in ("worksheet", "macro"):
            continue
        sheet = Sheet(part.name, part.state)
        if part.kind == "macro":
            sheet.kind = "macro"
        reader = _SheetReader(sheet, book, budget, formulas)
        reader.read(archive.pieces(part.path))
        _tables(archive, budget, part.path, reader)
        reader.finish()
        sheets.append(sheet)
    formulas.settle()
    return "xlsm" if has_macros else "xlsx", sheets


# --- the workbook ----------------------------------------------------------------------------


def _main_part(archive: Archive, budget: Budget) -> str:
    if "_rels/.rels" in archive:
        for _, relation in tags(archive.pieces("_rels/.rels"), budget):
            if relation.get("Type", "").endswith("/officeDocument"):
                target = relation.get("Target", "").lstrip("/")
                if target in archive:
                    return target
    for name in ("xl/workbook.xml", "xl/workbook.bin"):
        if name in archive:
            return name
    raise Refusal("not_a_spreadsheet", "the archive holds no workbook")


def _relations(archive: Archive, budget: Budget, part: str) -> Relations:
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    found: Relations = {}
    for _, relation in tags(archive.pieces(path), budget) if path in archive else ():
        target = relation.get("Target")
        if target is None or relation.get("TargetMode") == "External":
            continue
        target = target.replace("\\", "/")
        full = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        kind = relation.get("Type", "").rpartition("/")[2]
        found[relation.get("Id", "")] = (kind, posixpath.normpath(full))
    return found


def _book(archive: Archive, budget: Budget, main: str) -> Book:
    folder = posixpath.dirname(main)
    relations = _relations(archive, budget, main)
    paths = dict(reversed(relations.values()))
    book = Book()
    for name, attributes in tags(archive.pieces(main), budget):
        if name == "workbookPr":
            book.date1904 = attributes.get("date1904") in _YES
        elif name == "calcPr":
            book.left_to_calculate = attributes.get("fullCalcOnLoad") in _YES
            book.as_shown = attributes.get("fullPrecision") in ("0", "false")
        elif name == "sheet":
            link = next(
                (value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), ""
            )
            number = len(book.parts) + 1
            usual = ("worksheet", f"{folder}/worksheets/sheet{number}.xml")
            kind, path = relations.get(link, usual)
            book.parts.append(
                Part(
                    attributes.get("name", f"Sheet{number}"),
                    _STATES.get(attributes.get("state", "").casefold(), "visible"),
                    _KINDS.get(kind.casefold(), "worksheet"),
                    path,
                )
            )
    if len(book.parts) > budget.limits.sheets:
        raise Refusal("too_large", f"{len(book.parts)} sheets")
    styles = paths.get("styles", f"{folder}/styles.xml")
    if styles in archive:
        book.styles = _styles(tags(archive.pieces(styles), budget))
    texts = paths.get("sharedStrings", f"{folder}/sharedStrings.xml")
    if texts in archive:
        book.texts = _shared_texts(archive, budget, texts)
    return book


def _styles(elements: list[tuple[str, dict[str, str]]]) -> list[formats.Style]:
    """Number format and font of each cell style, in the order cells refer to them."""
    codes: dict[int, str | None] = dict(formats.BUILTIN_FORMATS)
    fonts: list[str | None] = []
    styles: list[formats.Style] = []
    section = ""
    for name, attributes in elements:
        if name in _STYLE_SECTIONS:
            section = name
        elif name == "numFmt" and section == "numFmts":
            codes[_integer(attributes.get("numFmtId"))] = attributes.get("formatCode")
        elif name == "font" and section == "fonts":
            fonts.append(None)
        elif name == "name" and section == "fonts" and fonts:
            fonts[-1] = attributes.get("val") or None
        elif name == "xf" and section == "cellXfs":
            font = _integer(attributes.get("fontId"))
            styles.append(
                formats.style(
                    codes.get(_integer(attributes.get("numFmtId"))),
                    fonts[font] if 0 <= font < len(fonts) else None,
                )
            )
    return styles


_STYLE_SECTIONS = frozenset(
    ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs",
     "tableStyles", "colors", "extLst")
)  # fmt: skip


def _integer(raw: str | None) -> int:
    try:
        return int(raw or 0)
    except ValueError:
        return 0


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def _unescaped(text: str) -> str:
    """Give back the characters that XML cannot hold and Excel writes as ``_x000D_``."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


class Texts(dict[str, str | None]):
    """The texts that sheets share, by number as cells write it; None for white space."""

    def __missing__(self, number: str) -> str | None:
        usual = number.strip().lstrip("0") or "0"
        if usual == number:
            raise Refusal("damaged", "a cell's text is missing in the workbook")
        return self[usual]


def _shared_texts(archive: Archive, budget: Budget, path: str) -> Texts:
    texts = Texts()
    text = ""
    local = LocalNames()
    reading = phonetic = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal reading, phonetic
        name = local[name]
        if name == "t":
            reading = not phonetic
        elif name == "rPh":
            phonetic = True

    def characters(data: str) -> None:
        nonlocal text
        if reading:
            text += data
            if len(text) > _LONGEST_TEXT:
                raise Refusal("too_large", f"a cell holds more than {_LONGEST_TEXT} letters")

    def end(name: str) -> None:
        nonlocal reading, phonetic, text
        name = local[name]
        if name == "t":
            reading = False
        elif name == "rPh":
            phonetic = False
        elif name == "si":
            budget.spend(letters=len(text) + 1)
            texts[str(len(texts))] = _unescaped(text) if text and not text.isspace() else None
            text = ""

    parse_xml(archive.pieces(path), budget, start, end, characters)
    return texts


# --- a sheet ---------------------------------------------------------------------------------


class _SheetReader:
    """Reads one sheet: its cells, and what is said around them."""

    def __init__(self, sheet: Sheet, book: Book, budget: Budget, formulas: Formulas) -> None:
        self.sheet = sheet
        self.book = book
        self.budget = budget
        self.formulas = formulas.of(sheet)
        self.styles = {str(number): style for number, style in enumerate(book.styles)}
        self.plain = self.styles.get("0", formats.Style())
        self.columns: dict[str, int] = {}
        """Number of each column met, by its letters."""
        self.hidden_columns: list[tuple[int, int]] = []
        self.filters: list[tuple[int, int]] = []
        """First and last row of each range with a filter."""
        self.filtered = False

    def read(self, pieces: Iterable[bytes]) -> None:
        """Parse the sheet's part; cells are told apart here, as quickly as can be."""
        cells, formulas, around = self.sheet.cells, self.formulas, self.around
        append, texts, local, columns = cells.append, self.book.texts, LocalNames(), self.columns
        style_of, plain, value_of = self.styles.get, self.plain, self.value
        own_row = row = column = counted = 0
        digits = text = formula_text = reading = ""
        cell: dict[str, str] | None = None
        formula: dict[str, str] | None = None
        phonetic = False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal row, own_row, column, counted, digits, cell, text, reading
            nonlocal formula, formula_text, phonetic
            name = local[name]
            if name == "v":
                reading = name
            elif name == "c":
                cell, formula, text = attributes, None, ""
                if (address := attributes.get("r")) is None:
                    column += 1
                    within(row, column)
                elif address.endswith(digits) and (at := columns.get(address[: -len(digits)])):
                    row, column = own_row, at
                else:
                    row, column = place(address)
                    if digits and row == own_row:
                        columns[address[: -len(digits)]] = column
            elif name == "row":
                digits = attributes.get("r", "")
                row = int(digits) if digits.isdecimal() and len(digits) < 8 else row + 1
                own_row, column = row, 0
                within(row, 1)
                if attributes.get("hidden") in _YES or attributes.get("ht") in _NOTHING:
                    self.sheet.hidden_rows.add(row)
                self.budget.spend(cells=len(cells) - counted)
                counted = len(cells)
            elif cell is None:
                around(name, attributes)
            elif name == "f":
                reading, formula, formula_text = name, attributes, ""
            elif name == "rPh":
                phonetic = True
            elif name == "t" and not phonetic:
                reading = name

        def characters(data: str) -> None:
            nonlocal text, formula_text
            if reading == "f":
                formula_text = (formula_text + data)[:_LONGEST_TEXT]
            elif reading:
                text += data
                if len(text) > _LONGEST_TEXT:
                    raise Refusal("too_large", f"a cell holds more than {_LONGEST_TEXT} letters")

        def end(name: str) -> None:
            nonlocal cell, reading, phonetic
            name = local[name]
            if name != "c":
                reading = ""
                phonetic = phonetic and name != "rPh"
            elif cell is not None:
                if text or formula is not None:
                    kind = cell.get("t", "n")
                    code, font, shows = style_of(cell.get("s", ""), plain)
                    if kind == "s":
                        value: CellValue | None = texts[text]
                    elif kind == "n" and shows is None and text:
                        try:
                            value = float(text)
                        except ValueError:
                            value = text
                    else:
                        value = value_of(kind, text, shows)
                    if value is not None:
                        append(Cell(row, column, value, code, font))
                    if formula is not None:
                        saved = kind == "str" or bool(text.strip())
                        one = formulas.add(row, column, formula_text, value, saved=saved)
                        if formula.get("t") == "shared":
                            formulas.add_shared(one, formula.get("si", ""))
                cell = None

        parse_xml(pieces, self.budget, start, end, characters)
        self.budget.spend(cells=len(cells) - counted)

    def value(self, kind: str, text: str, shows: str | None) -> CellValue | None:
        """Give the value of a cell from what is stored; None for white space."""
        if kind == "n":
            try:
                number = float(text)
            except ValueError:
                return text if text and not text.isspace() else None
            return (
                number
                if shows is None
                else formats.as_shown(number, shows, date1904=self.book.date1904)
            )
        if kind in ("str", "inlineStr"):
            text = _unescaped(text)
            self.budget.spend(letters=len(text))
        elif kind == "e":
            return ErrorValue(text.strip() or "#N/A")
        elif kind == "b":
            return text.strip() in _YES if text else None
        elif kind == "d":
            with contextlib.suppress(ValueError):
                moment = dt.datetime.fromisoformat(text.strip().removesuffix("Z"))
                return moment.date() if moment.time() == dt.time() else moment
        else:
            raise Refusal("damaged", f"a cell is of the unknown kind {kind[:20]!r}")
        return text if text and not text.isspace() else None

    def around(self, name: str, attributes: dict[str, str]) -> None:
        """Take what is said of columns, merged cells and filters."""
        if name == "col":
            if attributes.get("hidden") in _YES or attributes.get("width") in _NOTHING:
                first, last = _integer(attributes.get("min")), _integer(attributes.get("max"))
                self.hidden_columns.append((first, min(last, LAST_COLUMN)))
        elif name == "mergeCell":
            corners = area(attributes.get("ref", ""))
            if corners is not None and corners[:2] != corners[2:]:
                self.sheet.merged.append(corners)
        elif name == "autoFilter":
            corners = area(attributes.get("ref", ""))
            if corners is not None:
                self.filters.append((corners[0], corners[2]))
        elif name == "sheetPr":
            self.filtered = attributes.get("filterMode") in _YES

    def finish(self) -> None:
        """Put the sheet in order, and tell rows that a filter hides from others."""
        sheet = self.sheet
        finish(sheet, self.hidden_columns)
        for first, last in self.filters:
            sheet.filtered_rows |= {row for row in sheet.hidden_rows if first < row <= last}
        if self.filtered and not self.filters:
            sheet.filtered_rows = set(sheet.hidden_rows)


def _tables(archive: Archive, budget: Budget, path: str, reader: _SheetReader) -> None:
    """Take the filters of the tables that lie on a sheet; they stand in parts of their own."""
    if not reader.sheet.hidden_rows:
        return
    for kind, part in _relations(archive, budget, path).values():
        if kind == "table" and part in archive:
            for name, attributes in tags(archive.pieces(part), budget):
                if name == "autoFilter":
                    reader.around(name, attributes)


_NOTHING = ("0", "0.0")
_LONGEST_TEXT = 500_000
"""Characters; Excel allows 32 767."""
