"""What changed against last year beyond what is plausible, by thresholds that are data.

The thresholds of ``plausible.csv`` are the product's own: no regulation states them. A figure
beyond them is no error; it is told so that the district can say why before it is asked.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

from kgstats import registry
from kgstats.reference import areas
from kgstats.reference.criteria import LEVELS
from kgstats.returns.book import Record, Return
from kgstats.returns.forms import code_words, column_words
from kgstats.returns.ledger import row_key
from kgstats.returns.rules import Finding, Words
from kgstats.returns.subjects.places import gazetteer
from kgstats.words import N_

SHOWN = {"percent": N_("{by}%"), "count": N_("{by}")}
RISEN = {"percent": N_("+{by}%"), "count": N_("+{by}")}


@dataclass(frozen=True)
class Plausible:
    """How far a figure may move in a year before it is asked about."""

    table: str
    column: str
    up: Decimal
    down: Decimal
    least: Decimal
    per: str

    def beyond(self, before: int, now: int) -> tuple[Decimal, Decimal] | None:
        """Return the change and the limit it passes, or None.

        >>> limits = Decimal(25), Decimal(70), Decimal(20)
        >>> rule = Plausible("poverty", "poor_end_hh", *limits, "percent")
        >>> rule.beyond(100, 160), rule.beyond(100, 40), rule.beyond(10, 25)
        ((Decimal('60'), Decimal('25')), None, None)
        """
        moved = Decimal(now - before)
        if abs(moved) < self.least or not moved:
            return None
        by = moved
        if self.per == "percent":
            if not before:
                return None
            by = (100 * moved / Decimal(before)).quantize(Decimal("0.1")).normalize()
            by = Decimal(f"{by:f}")
        limit = self.up if moved > 0 else self.down
        return (by, limit) if abs(by) > limit else None


@lru_cache
def plausible() -> tuple[Plausible, ...]:
    """Return the thresholds."""
    text = (resources.files("kgstats.officer") / "plausible.csv").read_text(encoding="utf-8")
    return tuple(
        Plausible(
            row["table"], row["column"], Decimal(row["up"]), Decimal(row["down"]),
            Decimal(row["least"]), row["per"],
        )
        for row in csv.DictReader(io.StringIO(text))
    )  # fmt: skip


def changes(
    read: Sequence[Return], before: Mapping[str, Iterable[Record]], district: str, year: int
) -> list[tuple[Return, Finding]]:
    """Return what changed too much in a district's files, each with the file it stands in.

    Parameters
    ----------
    read
        The files of the delivery.
    before
        The district's rows of last year by clean table.
    district, year
        Whose they are, and of which year.
    """
    found: list[tuple[Return, Finding]] = []
    for rule in plausible():
        look = _money if rule.table == "funding" else _places
        found.extend(look(rule, read, list(before.get(rule.table, ())), district, year))
    found.extend(_levels(read, list(before.get("communes", ())), district, year))
    return found


def _places(
    rule: Plausible, read: Sequence[Return], before: list[Record], district: str, year: int
) -> Iterator[tuple[Return, Finding]]:
    names = {unit.code: unit.full_name for unit in gazetteer(year).units(district)}
    last = {str(row["commune_code"]): row.get(rule.column) for row in before}
    for one, row in _rows(read, rule.table, district):
        code = str(row["commune_code"])
        was, now = _number(last.get(code)), _number(row.get(rule.column))
        if was is None or now is None or not areas.same_place(code, year - 1, year):
            continue
        moved = rule.beyond(was, now)
        if moved is None:
            continue
        sheet, cell = _cell(one, rule.table, row_key(year, district, code), rule.column)
        where, name = (one.file, sheet, cell), names.get(code, code)
        yield one, _finding(rule, moved, (was, now), where, name, year)


def _money(
    rule: Plausible, read: Sequence[Return], before: list[Record], district: str, year: int
) -> Iterator[tuple[Return, Finding]]:
    """Compare the money of each programme: lines come and go, their sum does not so much."""
    last = _sums(before, rule.column)
    holder: dict[str, tuple[Return, Record]] = {}
    for one, row in _rows(read, rule.table, district):
        holder.setdefault(str(row["programme"]), (one, row))
    now = _sums([row for _, row in _rows(read, rule.table, district)], rule.column)
    for programme in sorted(now.keys() & last.keys()):
        moved = rule.beyond(last[programme], now[programme])
        if moved is None:
            continue
        one, row = holder[programme]
        key = row_key(*(row[name] for name in registry.tables()[rule.table].key))
        sheet, cell = _cell(one, rule.table, key, rule.column)
        words = code_words("programmes", programme)
        where = (one.file, sheet, cell)
        yield one, _finding(rule, moved, (last[programme], now[programme]), where, words, year)


def _sums(rows: Iterable[Record], column: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        value = _number(row.get(column))
        if value is not None:
            programme = str(row["programme"])
            found[programme] = found.get(programme, 0) + value
    return found


def _levels(
    read: Sequence[Return], before: list[Record], district: str, year: int
) -> Iterator[tuple[Return, Finding]]:
    names = {unit.code: unit.full_name for unit in gazetteer(year).units(district)}
    last = {str(row["commune_code"]): row.get("level") for row in before}
    for one, row in _rows(read, "communes", district):
        code, now = str(row["commune_code"]), row.get("level")
        was = last.get(code)
        if was not in LEVELS or now not in LEVELS or LEVELS.index(now) >= LEVELS.index(was):
            continue
        sheet, cell = _cell(one, "communes", row_key(year, district, code), "level")
        args = {
            "place": names.get(code, code), "stated": code_words("levels", str(now)),
            "counted": code_words("levels", str(was)), "year": year, "before": year - 1,
        }  # fmt: skip
        yield one, Finding("level_lower", one.file, sheet, cell, args=args)


def _finding(
    rule: Plausible,
    moved: tuple[Decimal, Decimal],
    values: tuple[int, int],
    where: tuple[str, str, str],
    place: str,
    year: int,
) -> Finding:
    by, limit = moved
    change = Words((RISEN if by > 0 else SHOWN)[rule.per], (("by", by),))
    most = Words(SHOWN[rule.per], (("by", limit),))
    args = {
        "place": place, "column": column_words(rule.table, rule.column), "stated": values[1],
        "counted": values[0], "change": change, "limit": most,
        "year": year, "before": year - 1,
    }  # fmt: skip
    file, sheet, cell = where
    return Finding("change_large", file, sheet, cell, args=args)


def _rows(read: Sequence[Return], table: str, district: str) -> Iterator[tuple[Return, Record]]:
    for one in read:
        for row in one.records.get(table, ()):
            if row["district_code"] == district:
                yield one, row


def _cell(one: Return, table: str, key: str, column: str) -> tuple[str, str]:
    """Return the sheet and cell that a value was read from."""
    ledger = one.ledger
    if ledger is None:
        return "", ""
    lists = zip(ledger.table, ledger.row_key, ledger.column, ledger.sheet, ledger.cell, strict=True)
    return next(
        ((sheet, cell) for *held, sheet, cell in lists if held == [table, key, column]), ("", "")
    )


def _number(value: Any) -> int | None:
    """Return a whole number, or None where there is none."""
    there = isinstance(value, int | float) and not isinstance(value, bool) and value == value
    return int(value) if there else None
