"""The tables of a report: a figure for each number, and the totals and rates its rows state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

from kgstats.published.printed import read_printed
from kgstats.published.reading.claim import NEAR_LISTED, Statement, amount, plausible, slack
from kgstats.published.reading.document import Document, Grid
from kgstats.published.reading.figures import MEASURES, RATES, UNKNOWN, Figure, unit_words

_NUMBER = re.compile(r"-?\s*\d[\d.,]*(?:\s?%)?")
_ORDER = re.compile(r"^(?:tt|stt|số tt|no\.?)$", re.IGNORECASE)
_UNIT_HEAD = re.compile(r"^(?:đvt|đv tính|đơn vị(?: tính)?)$", re.IGNORECASE)
_YEAR = re.compile(r"(?:năm )?(?:19|20)\d{2}")
_TOTAL = re.compile(
    r"^\W*(?:tổng|cộng|toàn (?:tỉnh|huyện|ngành)|chung|tất cả|cả (?:tỉnh|nước))", re.I
)
_COUNTS = re.compile(r"^\W*(?:tổng |trong đó |số )*(?:số|tỷ lệ|diện tích)\b", re.IGNORECASE)
_RANKS = (r"[A-HK-UĐ]", r"[IVX]+", r"\d+", r"\d+\.\d+", r"[a-zđ]|\d+\.\d+\.\d+", r"[-–+*]")
"""The marks of a table's rows, from the part to the least item."""
_GROUP = re.compile(r"^\W*(?:[IVX]+|[A-ZĐ])\W*$")
_DIFFERENCE = re.compile(
    r"\b(?:còn (?:lại|thiếu)|chưa|chênh lệch|tăng|giảm|tồn|so sánh|so với)\b", re.I
)
MOST = Fraction(3, 5)
"""Share of the rows that must bear out what a column is computed from."""


def figures_of(document: Document, year: int) -> list[Figure]:
    """Return the numbers of a report's tables, row by row.

    A figure's ``paragraph`` is that of its table, counted down from -1, its ``sentence`` the row.
    """
    found: list[Figure] = []
    for number, grid in enumerate(document.grids):
        first, labels = _head(grid)
        around = _unit_above(document, grid)
        for row in range(first, len(grid.rows)):
            cells = grid.rows[row]
            if _numbers_columns(cells):
                continue
            name = _label(grid, row)
            units = [at for at, label in enumerate(labels[: len(cells)]) if _UNIT_HEAD.match(label)]
            own = cells[units[0]] if units else ""
            for column, cell in enumerate(cells):
                if column < len(labels) and _ORDER.match(labels[column]):
                    continue
                if not _NUMBER.fullmatch(cell.strip()):
                    continue
                try:
                    (read,) = read_printed(cell)
                except ValueError:
                    continue
                label = labels[column] if column < len(labels) else ""
                sign = -1 if cell.strip().startswith("-") else 1
                unit = _unit(own, cell) or _unit(label, cell) or _said(name, cell) or around
                said = _YEAR.search(label)
                period = said[0][-4:] if said else str(year)
                found.append(
                    Figure(
                        -1 - number, row, column, column, grid.lines[row], grid.section,
                        cell.strip().rstrip("% "), sign * read.value, unit or UNKNOWN,
                        read.decimals,
                        kind="share" if unit == "percent" else "stock", period=period,
                        words=f"{name} {label}".strip(),
                    )
                )  # fmt: skip
    return found


def _head(grid: Grid) -> tuple[int, list[str]]:
    """Return the first row of numbers and the label of each column."""
    first = next(
        (
            at
            for at, row in enumerate(grid.rows)
            if sum(_is_number(cell) for cell in row) >= max(1, len(row) // 3)
            and not _numbers_columns(row)
        ),
        len(grid.rows),
    )
    heads = [row for row in grid.rows[:first] if not _numbers_columns(row)]
    width = max((len(row) for row in grid.rows), default=0)
    labels = [
        " ".join(
            dict.fromkeys(row[at].strip() for row in heads if at < len(row) and row[at].strip())
        )
        for at in range(width)
    ]
    return first, labels


def _is_number(cell: str) -> bool:
    """Whether a cell holds a number that is counted: a year heads a column."""
    return bool(_NUMBER.fullmatch(cell.strip())) and not _YEAR.fullmatch(cell.strip())


def _numbers_columns(row: Sequence[str]) -> bool:
    """Whether a row only numbers the columns: A, B, 1, 2, 3=1+2."""
    cells = [cell.strip("() ") for cell in row if cell.strip()]
    marks = [re.match(r"^(?:[A-E]|\d{1,2})(?:\s*=.*)?$", cell) for cell in cells]
    counted = [int(cell) for cell in cells if cell.isdigit()]
    return bool(cells) and all(marks) and counted == list(range(1, len(counted) + 1)) != [1]


def _unit(label: str, cell: str) -> str:
    if "%" in cell or "%" in label or "tỷ lệ" in label.lower():
        return "percent"
    low = label.lower()
    hits = [
        (len(word), unit)
        for word, unit in unit_words().items()
        # “vốn tỉnh” counts no provinces: what is counted begins the head, or follows “số”.
        if re.search(
            ("" if unit in MEASURES else r"(?:^|số |[(])")
            + rf"(?<!\w){re.escape(word.lower())}(?!\w)",
            low,
        )
    ]
    measured = [hit for hit in hits if hit[1] in MEASURES]
    return max(measured or hits)[1] if hits else ""


def _said(name: str, cell: str) -> str:
    """Return the unit that the name of a row says (“Số hộ nghèo”, “Tỷ lệ (%)”), not a place's."""
    return _unit(name, cell) if _COUNTS.match(name) or "%" in name else ""


def _unit_above(document: Document, grid: Grid) -> str:
    """Return the unit that is said above a table: “Đơn vị tính: triệu đồng”."""
    above = [one for one in document.paragraphs if one.places[0][1] < grid.lines[0]]
    for one in reversed(above[-3:]):
        said = re.search(r"(?:đơn vị tính|đơn vị|ĐVT)\s*:?\s*(.{1,30})", one.text, re.IGNORECASE)
        if said:
            return _unit(said[1], "")
    return ""


def statements_of(document: Document, figures: Sequence[Figure]) -> Iterator[Statement]:
    """Yield what the tables state: columns that add up, rows that do, rates of two columns."""
    for number, grid in enumerate(document.grids):
        own = [one for one in figures if one.paragraph == -1 - number]
        columns = sorted({one.start for one in own})
        by = {(one.sentence, one.start): one for one in own}
        rows = sorted({one.sentence for one in own})
        for column in columns:
            yield from _down(grid, by, rows, column)
        yield from _groups(grid, by, rows, columns)
        _, heads = _head(grid)
        turned = {(column, row): one for (row, column), one in by.items()}
        names = {row: _label(grid, row) for row in rows}
        for cells, lines, across, labels in (
            (by, rows, columns, dict(enumerate(heads))),
            (turned, columns, rows, names),
        ):
            if cells is by:
                yield from _across(labels, cells, lines, across)
            yield from _rates(cells, lines, across)
            yield from _differences(labels, cells, lines, across)


Cells = dict[tuple[int, int], Figure]
Labels = dict[int, str]


def _label(grid: Grid, row: int) -> str:
    cells = (cell for cell in grid.rows[row] if not _GROUP.match(cell))
    return next((cell for cell in cells if re.search(r"[^\W\d_]{2}", cell)), "")


def _down(grid: Grid, by: Cells, rows: Sequence[int], column: int) -> Iterator[Statement]:
    """Propose a total row, above its rows or below them."""
    totals = [row for row in rows if _TOTAL.match(_label(grid, row))]
    for total in totals:
        head = by.get((total, column))
        if head is None or (head.unit in RATES and head.value != 100):
            continue
        before = [row for row in rows if row < total and row not in totals]
        after = [row for row in rows if row > total and row not in totals]
        for side in (before, after):
            groups = [row for row in side if _GROUP.match(grid.rows[row][0] or "")]
            leaves = [row for row in side if row not in groups]
            chosen = None
            for some in (groups, leaves):
                parts = [by[row, column] for row in some if (row, column) in by]
                whole = len(parts) > 1 and len(parts) == len(some)
                if whole and (_makes_all(parts) if head.unit in RATES else _adds_up(head, parts)):
                    chosen = parts
                    break
            if chosen:
                yield _sum(head, chosen)
                break


def _makes_all(parts: Sequence[Figure]) -> bool:
    """Whether shares are those of a structure: together nearly a hundred."""
    return abs(sum((Fraction(one.value) for one in parts), Fraction(0)) - 100) <= 3


def _rank(mark: str) -> int | None:
    bare = mark.strip().rstrip(".) ")
    return next((at for at, what in enumerate(_RANKS) if re.fullmatch(what, bare)), None)


def _groups(
    grid: Grid, by: Cells, rows: Sequence[int], columns: Sequence[int]
) -> Iterator[Statement]:
    """Propose the rows that sum those below them (I of 1, 2; 1 of a, b), where most do."""
    ranks = {
        row: _rank(grid.rows[row][0] or "") for row in rows if not _TOTAL.match(_label(grid, row))
    }
    found: dict[tuple[int, int], list[tuple[Figure, list[Figure]]]] = {}
    for at, row in enumerate(rows):
        own = ranks.get(row)
        below: list[int] = []
        for other in rows[at + 1 :]:
            rank = ranks.get(other)
            if own is None or rank is None or rank <= own:
                break
            below.append(other)
        level = min((ranks[one] or 0 for one in below), default=0)
        parts = [one for one in below if ranks[one] == level]
        for column in columns if own is not None and len(parts) > 1 else ():
            cells = [by.get((one, column)) for one in (row, *parts)]
            numbers = [one for one in cells if one is not None]
            if len(numbers) == len(cells) and numbers[0].unit not in RATES:
                found.setdefault((own or 0, level), []).append((numbers[0], numbers[1:]))
    for sums in found.values():
        fits = sum(amount(head) == sum(map(amount, parts), Fraction(0)) for head, parts in sums)
        if fits > 1 and fits >= MOST * len(sums):
            yield from (_sum(head, parts) for head, parts in sums)


def _adds_up(head: Figure, parts: Sequence[Figure]) -> bool:
    total = sum((amount(one) for one in parts), Fraction(0))
    loose = sum((slack(one) for one in parts), slack(head))
    needed = [(one, amount(one) + amount(head) - total) for one in parts]
    return plausible(head, None, total, loose, needed, NEAR_LISTED)


def _sum(head: Figure, parts: Sequence[Figure]) -> Statement:
    expression = " + ".join(one.id for one in parts)
    return Statement.of("sum", head, expression, "|")


def _across(
    labels: Labels, by: Cells, rows: Sequence[int], columns: Sequence[int]
) -> Iterator[Statement]:
    """Propose a column of totals and the columns beside it that add up to it, row by row."""
    for total in columns:
        if not re.search(r"(?:^|\s)\W*(?:tổng|cộng|chung)\b", labels.get(total, ""), re.I):
            continue
        behind = [column for column in columns if column > total]
        before = [column for column in reversed(columns) if column < total]
        sides = [side[:length] for side in (behind, before) for length in range(len(side), 1, -1)]
        for some in sides:
            found = [
                (by[row, total], [by[row, column] for column in some])
                for row in rows
                if (row, total) in by and all((row, column) in by for column in some)
            ]
            if any(one.unit != head.unit for head, parts in found for one in parts):
                continue
            fits = [
                amount(head) == sum((amount(one) for one in parts), Fraction(0))
                for head, parts in found
            ]
            if len(found) > 1 and sum(fits) >= MOST * len(found):
                yield from (_sum(head, parts) for head, parts in found)
                break


def _rates(by: Cells, rows: Sequence[int], columns: Sequence[int]) -> Iterator[Statement]:
    """Propose a column of rates and the two columns it is the quotient of."""
    for rate in columns:
        shown = [by[row, rate] for row in rows if (row, rate) in by]
        if not shown or any(one.unit != "percent" for one in shown):
            continue
        best: tuple[int, int, int] | None = None
        for part in columns:
            for base in columns:
                pairs = [
                    (by[row, rate], by[row, part], by[row, base])
                    for row in rows
                    if part != base and all((row, one) in by for one in (rate, part, base))
                ]
                pairs = [
                    p
                    for p in pairs
                    if p[1].unit not in RATES and p[2].unit not in RATES and p[2].value
                ]
                fits = sum(_is_rate(*pair) for pair in pairs)
                if (
                    len(pairs) > 1
                    and fits >= MOST * len(pairs)
                    and (best is None or fits > best[0])
                ):
                    best = (fits, part, base)
        if best is None:
            continue
        _, part, base = best
        for row in rows:
            if all((row, one) in by for one in (rate, part, base)):
                yield Statement.of(
                    "ratio",
                    by[row, rate],
                    f"100 * {by[row, part].id} / {by[row, base].id}",
                    "|",
                    unit="percent",
                )


def _is_rate(rate: Figure, part: Figure, base: Figure) -> bool:
    exact = 100 * Fraction(part.value) / Fraction(base.value)
    return abs(Fraction(rate.value) - exact) <= Fraction(Decimal(1).scaleb(-rate.decimals))


def _differences(
    labels: Labels, by: Cells, rows: Sequence[int], columns: Sequence[int]
) -> Iterator[Statement]:
    """Propose a column that says to be what is left between two others, and mostly is."""
    for rest in columns:
        if not _DIFFERENCE.search(labels.get(rest, "")):
            continue
        for whole, part in permutations([one for one in columns if one != rest], 2):
            found = [
                (by[row, rest], by[row, whole], by[row, part])
                for row in rows
                if all((row, one) in by for one in (rest, whole, part))
            ]
            fits = [amount(a) == amount(b) - amount(c) for a, b, c in found]
            alike_ones = all(len({one.unit for one in three}) == 1 for three in found)
            if len(found) > 1 and alike_ones and sum(fits) >= MOST * len(found):
                for left, before, gone in found:
                    yield Statement.of("sum", left, f"{before.id} - {gone.id}", labels[rest])
                break
