"""One sheet of a workbook of Excel since 2007, read in one pass over its XML."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, islice

from kgstats.returns.cells import Cell, CellValue, ErrorValue, Sheet
from kgstats.returns.files import formats
from kgstats.returns.files.containers import Budget, LocalNames, Refusal, parse_xml
from kgstats.returns.files.formulas import Formula, Formulas
from kgstats.returns.files.grid import (
    LAST_COLUMN,
    area,
    finish,
    place,
    within,
)
from kgstats.returns.files.ooxml_plain import Stored, plain_cells

YES = ("1", "true")
"""How XML says that something is so."""
_NOTHING = ("0", "0.0")
LONGEST_TEXT = 500_000
"""Characters; Excel allows 32 767."""


class Texts(dict[str, str | None]):
    """The texts that sheets share, by number as cells write it; None for white space."""

    def __missing__(self, number: str) -> str | None:
        if not number.strip():
            return None
        usual = number.strip().lstrip("0") or "0"
        if usual == number:
            raise Refusal("damaged", "a cell's text is missing in the workbook")
        return self[usual]


Styles = dict[str | None, tuple[str | None, str | None, str | None]]
"""Styles by number as cells write it, as plain tuples: they are taken apart for each cell."""


@dataclass(slots=True)
class Shared:
    """What the sheets of a workbook share."""

    texts: Texts = field(default_factory=Texts)
    styles: Styles = field(default_factory=dict)
    date1904: bool = False


class SheetReader:
    """Reads one sheet: its cells, and what is said around them."""

    def __init__(self, sheet: Sheet, shared: Shared, budget: Budget, formulas: Formulas) -> None:
        self.sheet = sheet
        self.shared = shared
        self.budget = budget
        self.formulas = formulas.of(sheet)
        self.styles = shared.styles
        self.plain = self.styles.get("0", (None, None, None))
        self.columns: dict[str, int] = {}
        """Number of each column met, by its letters."""
        self.hidden_columns: list[tuple[int, int]] = []
        self.filters: list[tuple[int, int]] = []
        """First and last row of each range with a filter."""
        self.filtered = False
        self.in_order = False
        """Whether the cells were seen to stand in reading order."""

    def read(self, pieces: Iterable[bytes]) -> None:
        """Parse the sheet's part."""
        left = iter(pieces)
        begun = list(islice(left, 2))
        found = plain_cells(begun[0]) if len(begun) == 1 else None
        if found is None:
            self._by_element(chain(begun, left))
            return
        cells, rest = found
        parse_xml([rest], self.budget, self.around)
        self._plain(cells)

    def _plain(self, stored: Iterable[Stored]) -> None:
        """Take the cells of a sheet that is written as usual."""
        append, texts, value_of = self.sheet.cells.append, self.shared.texts, self.value
        row, last, in_order = 0, 0, True
        before: str | None = ""
        for (at, column, style, kind), text in stored:
            if not text:
                continue
            if at != row:
                in_order = in_order and row < at
                row = at
            elif column <= last:
                in_order = False
            last = column
            if style != before:  # most cells are set as the one at their left
                before = style
                code, font, shows = self.styles.get(style, self.plain)
            value: CellValue | None
            if kind == "s":
                value = texts[text]
            elif kind is None and shows is None and text.isdecimal():
                value = float(text)
            else:
                value = value_of(kind or "n", text, shows)
            if value is not None:
                if shows is not None:
                    value = formats.as_seen(value, shows)
                append(Cell(at, column, value, code, font))
        self.in_order = in_order
        self.budget.spend(cells=len(self.sheet.cells))

    def _by_element(self, pieces: Iterable[bytes]) -> None:
        """Read a sheet however it is written; cells are told apart as quickly as can be."""
        cells, around, add = self.sheet.cells, self.around, self.formulas.add
        append, texts, local, columns = cells.append, self.shared.texts, LocalNames(), self.columns
        style_of, plain, value_of = self.styles.get, self.plain, self.value
        own_row = row = column = counted = letters = 0  # letters: of an address, from its end
        digits = text = formula_text = reading = ""
        cell: dict[str, str] | None = None
        formula: dict[str, str] | None = None
        phonetic = above = False  # a reading aid, and what a font raises

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal row, own_row, column, counted, digits, letters, cell, text, reading, formula
            nonlocal formula_text, phonetic, above
            if name != "v" and name != "c":
                name = local[name]
            if name == "v":
                reading = name
            elif name == "c":
                cell, formula, text = attributes, None, ""
                if (address := attributes.get("r")) is None:
                    column += 1
                    within(row, column)
                elif address.endswith(digits) and (at := columns.get(address[:letters])):
                    row, column = own_row, at
                else:
                    row, column = place(address)
                    if digits and row == own_row:
                        columns[address[:letters]] = column
            elif name == "row":
                digits = attributes.get("r", "")
                letters = -len(digits)
                row = int(digits) if digits.isdecimal() and len(digits) < 8 else row + 1
                own_row, column = row, 0
                self.row(row, attributes)
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
            elif name in ("r", "vertAlign"):
                above = attributes.get("val") == "superscript"

        def characters(data: str) -> None:
            nonlocal text, formula_text
            if reading == "f":
                formula_text = (formula_text + data)[:LONGEST_TEXT]
            elif reading:
                text += formats.raised(data, text) if above else data
                if len(text) > LONGEST_TEXT:
                    raise Refusal("too_large", f"a cell holds more than {LONGEST_TEXT} letters")

        def end(name: str) -> None:
            nonlocal cell, reading, phonetic, above
            if name != "v" and name != "c":
                name = local[name]
            if name != "c":
                reading = ""
                phonetic, above = phonetic and name != "rPh", above and name != "is"
            elif cell is not None:
                if text or formula is not None:
                    kind = cell.get("t", "n")
                    code, font, shows = style_of(cell.get("s", ""), plain)
                    value: CellValue | None = None
                    if text:
                        value = texts[text] if kind == "s" else value_of(kind, text, shows)
                    if value is not None:
                        append(Cell(row, column, formats.as_seen(value, shows), code, font))
                    if formula is not None:
                        saved = kind == "str" or bool(text.strip())
                        self.copied(add(row, column, formula_text, value, saved=saved), formula)
                cell = None

        parse_xml(pieces, self.budget, start, end, characters)
        self.budget.spend(cells=len(cells) - counted)

    def row(self, row: int, attributes: dict[str, str]) -> None:
        """Note a hidden row; a height of nothing hides as well."""
        within(row, 1)
        if attributes.get("hidden") in YES or attributes.get("ht") in _NOTHING:
            self.sheet.hidden_rows.add(row)

    def copied(self, one: Formula, attributes: dict[str, str]) -> None:
        """Let a formula that is written once for several cells stand in each of them."""
        if attributes.get("t") == "shared":
            self.formulas.add_shared(one, attributes.get("si", ""))

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
                else formats.as_shown(number, shows, date1904=self.shared.date1904)
            )
        if kind in ("str", "inlineStr"):
            text = unescaped(text)
            self.budget.spend(letters=len(text))
        elif kind == "e":
            return ErrorValue(text.strip() or "#N/A")
        elif kind == "b":
            return text.strip() in YES if text else None
        elif kind == "d":
            with contextlib.suppress(ValueError):
                moment = dt.datetime.fromisoformat(text.strip().removesuffix("Z"))
                return moment.date() if moment.time() == dt.time() else moment
        else:
            raise Refusal("damaged", f"a cell is of the unknown kind {kind[:20]!r}")
        return text if text and not text.isspace() else None

    def around(self, name: str, attributes: dict[str, str]) -> None:
        """Take what is said of columns, merged cells and filters."""
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "col":
            if attributes.get("hidden") in YES or attributes.get("width") in _NOTHING:
                first, last = integer(attributes.get("min")), integer(attributes.get("max"))
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
            self.filtered = attributes.get("filterMode") in YES

    def finish(self) -> None:
        """Put the sheet in order, and tell rows that a filter hides from others."""
        sheet = self.sheet
        finish(sheet, self.hidden_columns, in_order=self.in_order)
        for first, last in self.filters:
            sheet.filtered_rows |= {row for row in sheet.hidden_rows if first < row <= last}
        if self.filtered and not self.filters:
            sheet.filtered_rows = set(sheet.hidden_rows)


def integer(raw: str | None) -> int:
    """Return a number as attributes hold it; 0 for what is none."""
    try:
        return int(raw or 0)
    except ValueError:
        return 0


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """Give back the characters that XML cannot hold and Excel writes as ``_x000D_``."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
