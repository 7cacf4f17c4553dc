"""The cells of a sheet by place, with its merges."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from kgstats.returns.layout.codes import is_column_numbers
from kgstats.returns.layout.model import Seen, Subjects, TableBlock


@dataclass(slots=True, eq=False)
class HeadingRows:
    """The rows and columns of a heading, and the row of column numbers below it."""

    first: int
    last: int
    code_row: int | None
    first_column: int
    last_column: int
    known: bool = False
    """Whether the rows below are known by their subjects."""


class Grid:
    """The cells of a sheet, or of the columns that another table left aside."""

    def __init__(
        self,
        rows: dict[int, list[Seen]],
        at: dict[tuple[int, int], Seen],
        spans: dict[tuple[int, int], tuple[int, int]],
        starts: set[int],
        subjects: list[Subjects] | None = None,
    ) -> None:
        self.subjects = subjects or []
        self.subject_rows = {row for one in self.subjects for row in one.rows}
        self.headings: dict[int, HeadingRows] = {}
        """Headings of known bodies by their first row."""
        self.repeats: dict[int, int] = {}
        """First and last row of the headings that known bodies say again."""
        self.rows = rows
        self.starts = starts
        self.order = sorted(rows)
        self.at = at
        self.spans = spans
        self._code_rows: dict[int, bool] = {}
        # Cells that a merged range covers downwards: they belong to the row of its first cell.
        self.covered: dict[tuple[int, int], tuple[int, int]] = {}
        for (top, left), (bottom, right) in spans.items():
            if (bottom - top) * (right - left) > 100_000:
                continue
            for row in range(top + 1, min(bottom, top + 40) + 1):
                for column in range(left, min(right, left + 400) + 1):
                    self.covered[row, column] = (top, left)

    def code_row(self, row: int) -> bool:
        """Whether a row holds column numbers."""
        known = self._code_rows.get(row)
        if known is None:
            known = self._code_rows[row] = is_column_numbers(self.rows[row])
        return known

    def forget_code_rows(self) -> None:
        """Look for rows of column numbers anew: cells were taken away."""
        self._code_rows.clear()

    def index_after(self, row: int) -> int:
        """Return where the rows below a row begin in the order of rows."""
        return bisect_right(self.order, row)

    def columns_of(self, first: int, last: int) -> set[int]:
        """Return the columns that rows of heading words stand in or are merged over."""
        columns: set[int] = set()
        for row in range(first, last + 1):
            for one in self.rows.get(row, ()):
                columns.add(one.column)
                span = self.spans.get(one.place) if self.spans else None
                if span is not None:
                    columns.update(range(one.column, min(span[1], one.column + 400) + 1))
        return columns

    def merged_over(self, row: int, next_row: int) -> bool:
        """Whether a cell of a row is merged down to just above another row."""
        return any(
            self.spans.get((row, one.column), (row, 0))[0] >= next_row - 1 for one in self.rows[row]
        )

    def inside(self, block: TableBlock, row: int) -> list[Seen]:
        """Return the cells of a row that stand in the table's columns."""
        cells = self.rows[row]
        first, last = block.first_column, block.last_column
        if cells and cells[0].column >= first and cells[-1].column <= last:
            return cells
        return [one for one in cells if first <= one.column <= last]
