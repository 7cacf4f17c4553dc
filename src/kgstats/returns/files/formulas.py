"""Formulas whose saved result is none, or not what their cells give.

A workbook holds for each formula the result its writer saved. Programs that cannot calculate
save nothing, an empty text or 0 and leave it to whoever opens the file; such a 0 is no value.
It is told from a true zero by calculating the formula, where it only adds, subtracts, multiplies
and divides cells of its sheet; else by a writer that asks for calculation and saved no result
other than 0 in the whole workbook. Sums whose cells were changed afterwards are told likewise.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product

from kgstats.returns.cells import CellValue, Sheet, column_letter
from kgstats.returns.files.grid import LAST_COLUMN, LAST_ROW, area, column_number

_MOST_LETTERS = 400
_MOST_VISITS = 1_000_000
_DEEPEST = 20


@dataclass(slots=True)
class Formula:
    """One formula: its place, its text (empty where not known) and the result saved for it."""

    row: int
    column: int
    text: str
    value: CellValue | None
    saved: bool
    """Whether the file holds a result, be it an empty text."""


@dataclass(slots=True)
class SheetFormulas:
    """The formulas of a sheet, as they are met."""

    sheet: Sheet
    formulas: dict[tuple[int, int], Formula] = field(default_factory=dict)
    shared: dict[str, Formula] = field(default_factory=dict)

    def add(
        self, row: int, column: int, text: str, value: CellValue | None, *, saved: bool
    ) -> Formula:
        """Note a formula."""
        one = Formula(row, column, text.removeprefix("="), value, saved)
        self.formulas[row, column] = one
        return one

    def add_shared(self, one: Formula, number: str) -> None:
        """Give a formula the text of the one it is a copy of, or keep its text for its copies."""
        if one.text:
            self.shared[number] = one
        elif origin := self.shared.get(number):
            one.text = moved(origin.text, one.row - origin.row, one.column - origin.column)


@dataclass(slots=True)
class Formulas:
    """The formulas of a workbook."""

    left_to_calculate: bool = False
    """Whether the workbook asks to be calculated when it is opened."""
    as_shown: bool = False
    """Whether the workbook calculates with numbers as they are shown, rounded."""
    sheets: list[SheetFormulas] = field(default_factory=list)

    def of(self, sheet: Sheet) -> SheetFormulas:
        """Begin with a sheet."""
        self.sheets.append(SheetFormulas(sheet))
        return self.sheets[-1]

    def settle(self) -> None:
        """Take back the results that are none: their cells go, their places are noted."""
        results = [one.value for found in self.sheets for one in found.formulas.values()]
        never = self.left_to_calculate and not any(value not in (None, 0) for value in results)
        for found in self.sheets:
            if not found.formulas:
                continue
            found.sheet.computed = set(found.formulas)
            calculate = Calculation(found)
            none = set()
            stale: dict[tuple[int, int], tuple[float, float]] = {}
            for at, one in found.formulas.items():
                if isinstance(one.value, float) and one.value:
                    made = None if self.as_shown or _MULTIPLIES.search(one.text) else calculate(at)
                    if made is not None and abs(made - one.value) >= max(1, 0.01 * abs(made)):
                        stale[at] = (one.value, made)
                    continue
                if one.value not in (None, 0) or isinstance(one.value, bool):
                    continue
                result = calculate(at) if one.saved else None
                if not one.saved or (never if result is None else result != one.value):
                    none.add(at)
            if none or stale:
                sheet = found.sheet
                sheet.uncalculated, sheet.stale = sorted(none), stale
                none |= stale.keys()
                sheet.cells = [one for one in sheet.cells if (one.row, one.column) not in none]


# --- calculating -----------------------------------------------------------------------------

_MULTIPLIES = re.compile(r"[*/]")
"""Products and rates may be saved rounded; sums are not."""
_REFERENCE = re.compile(r"(\$?)([A-Z]{1,3})(\$?)([0-9]{1,7})(?![0-9A-Z(.!])")
_RANGE = re.compile(r"\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?(?![0-9A-Z(.!])")
_ARITHMETIC = re.compile(r"(?:SUM\(|\$?[A-Z]{1,3}\$?[0-9]{1,7}|[0-9.]+|[-+*/(),;: ])*")
_OPERATIONS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def moved(text: str, down: int, right: int) -> str:
    """Write a formula as it reads when copied to another cell.

    >>> moved("SUM(B$2:B9)*$C1", 1, 2)
    'SUM(D$2:D10)*$C2'
    """

    def one(match: re.Match[str]) -> str:
        fixed, letters, row_fixed, digits = match.groups()
        column = column_number(letters) + (0 if fixed else right)
        row = int(digits) + (0 if row_fixed else down)
        if not (1 <= column <= LAST_COLUMN and 1 <= row <= LAST_ROW):
            return "#REF!"
        return f"{fixed}{column_letter(column)}{row_fixed}{row}"

    return _REFERENCE.sub(one, text)


class _Unknown(Exception):
    """A formula that is not calculated here."""


class Calculation:
    """Calculates formulas of a sheet that do arithmetic with cells of the same sheet."""

    def __init__(self, found: SheetFormulas) -> None:
        self.formulas = found.formulas
        self.values = {(cell.row, cell.column): cell.value for cell in found.sheet.cells}
        self.results: dict[tuple[int, int], float | None] = {}
        self.visits = 0
        self.depth = 0

    def __call__(self, at: tuple[int, int]) -> float | None:
        """Return the result of the formula in a place; None where it is not known."""
        if at not in self.results:
            self.results[at] = None  # a circle is not known either
            try:
                self.results[at] = self._evaluate(self.formulas[at].text)
            except (_Unknown, ArithmeticError, SyntaxError, ValueError, MemoryError):
                self.results[at] = None
        return self.results[at]

    def _evaluate(self, text: str) -> float:
        if not text or len(text) > _MOST_LETTERS or self.depth >= _DEEPEST:
            raise _Unknown
        text = text.upper()
        if not _ARITHMETIC.fullmatch(text):
            raise _Unknown
        ranges: list[str] = []

        def name(match: re.Match[str]) -> str:
            ranges.append(match[0])
            return f"r{len(ranges) - 1}"

        expression = _RANGE.sub(name, text).replace(";", ",").strip()
        self.depth += 1
        try:
            return self._number(ast.parse(expression, mode="eval").body, ranges)
        finally:
            self.depth -= 1

    def _number(self, node: ast.expr, ranges: list[str]) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.UnaryOp(op=ast.UAdd() | ast.USub() as sign, operand=one):
                value = self._number(one, ranges)
                return -value if isinstance(sign, ast.USub) else value
            case ast.BinOp(left=left, op=operation, right=right) if type(operation) in _OPERATIONS:
                return _OPERATIONS[type(operation)](
                    self._number(left, ranges), self._number(right, ranges)
                )
            case ast.Name(id=name) if name.startswith("r"):
                return self._single(ranges[int(name[1:])])
            case ast.Call(func=ast.Name(id="SUM"), args=parts):
                return sum(self._sum(part, ranges) for part in parts)
        raise _Unknown

    def _sum(self, node: ast.expr, ranges: list[str]) -> float:
        if isinstance(node, ast.Name) and node.id.startswith("r"):
            return sum(self._values(ranges[int(node.id[1:])], texts_count=False))
        return self._number(node, ranges)

    def _single(self, reference: str) -> float:
        values = self._values(reference, texts_count=True)
        if ":" in reference or len(values) > 1:
            raise _Unknown
        return values[0] if values else 0.0

    def _values(self, reference: str, *, texts_count: bool) -> list[float]:
        """Give the numbers of a range; a text within is passed over only where sums do so."""
        corners = area(reference)
        if corners is None:
            raise _Unknown
        top, left, bottom, right = corners
        self.visits += (bottom - top + 1) * (right - left + 1)
        if self.visits > _MOST_VISITS:
            raise _Unknown
        places = product(range(top, bottom + 1), range(left, right + 1))
        numbers = []
        for at in places:
            value = self.values.get(at)
            if at in self.formulas and value in (None, 0):
                value = self(at)
                if value is None:
                    raise _Unknown
            if isinstance(value, bool) or not isinstance(value, int | float):
                if value is not None and (texts_count or not isinstance(value, str | bool)):
                    raise _Unknown
                continue
            numbers.append(float(value))
        return numbers
