"""What differs between two publications: every figure, by how much, and what caused it.

Two publications are compared by their tables as files, cell by cell, and by their ``run.json``,
which says what each page was made from (:mod:`kgstats.release.causes`).
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgstats.present.downloads import METADATA
from kgstats.release.causes import Ledgers, of_page
from kgstats.words import translator

CLEAN = "clean"


class NoPublication(Exception):
    """A folder that holds no publication; the message names it."""


@dataclass(frozen=True)
class Change:
    """One figure that differs. ``before`` or ``after`` is empty where there was, or is, none."""

    page: str
    table: str
    row: str
    column: str
    before: str
    after: str
    causes: tuple[str, ...] = ()

    @property
    def difference(self) -> float | None:
        """By how much, where both are numbers."""
        before, after = _number(self.before), _number(self.after)
        return None if before is None or after is None else after - before


def compare(
    before: Path,
    after: Path,
    lang: str,
    *,
    record: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
) -> list[Change]:
    """Return every figure that differs between two publications, in the order of the pages.

    Parameters
    ----------
    before, after
        Folders of publications.
    lang
        Language of the tables that are compared.
    record
        What ``run.json`` of the later one is going to say, while it is being made.
    names
        Name of each district and commune by its code.

    Raises
    ------
    NoPublication
        When one of them is none.
    """
    records = (_record(before), _record(after) if record is None else record)
    ledgers = Ledgers(before, after, dict(names or {}))
    found: list[Change] = []
    earlier, later = _tables(before, lang), _tables(after, lang)
    for name in sorted(earlier.keys() | later.keys()):
        page, _, table = name.partition("/")
        cells = (_cells(earlier.get(name)), _cells(later.get(name)))
        changed = [key for key in dict.fromkeys([*cells[0], *cells[1]]) if _differs(cells, key)]
        if not changed:
            continue
        causes = of_page(records, page, lang)
        for row, column in changed:
            one = Change(
                page,
                table,
                row,
                column,
                cells[0].get((row, column), ""),
                cells[1].get((row, column), ""),
                ledgers.behind(causes, row, lang),
            )
            found.append(one)
    return found


def _differs(cells: tuple[Mapping[Any, str], Mapping[Any, str]], key: Any) -> bool:
    return cells[0].get(key, "") != cells[1].get(key, "")


def _record(folder: Path) -> Mapping[str, Any]:
    try:
        told = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise NoPublication(f"{folder} holds no publication: it has no readable run.json") from None
    if not isinstance(told, dict):
        raise NoPublication(f"{folder} holds no publication: its run.json is of another kind")
    return told


def _tables(folder: Path, lang: str) -> dict[str, Path]:
    base = folder / "tables" / lang
    return {
        f"{path.parent.name}/{path.stem}": path
        for path in sorted(base.glob("*/*.csv"))
        if path.parent.name != CLEAN
    }


def _cells(path: Path | None) -> dict[tuple[str, str], str]:
    """Return a table's cells by what heads their row and column.

    A row is headed by its first columns, as far as they hold texts (a code is a text); rows that
    are headed alike are told apart by their order.
    """
    if path is None:
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    if not rows:
        return {}
    head, body = rows[0], []
    for row in rows[1:]:
        if len(row) != len(head):
            break  # Notes follow.
        body.append(row)
    texts = _are_texts(path) or [
        all(_number(row[place]) is None for row in body) for place in range(len(head))
    ]
    heading = 1
    while heading < len(head) and texts[heading]:
        heading += 1
    if heading == len(head):
        heading = 1
    seen: Counter[str] = Counter()
    found: dict[tuple[str, str], str] = {}
    for row in body:
        name = " · ".join(text for text in row[:heading] if text)
        seen[name] += 1
        label = name if seen[name] == 1 else f"{name} ({seen[name]})"
        for column, text in zip(head[heading:], row[heading:], strict=True):
            found[label, column] = text
    return found


def _are_texts(path: Path) -> list[bool]:
    """Return which columns of a table hold texts, by the description beside it; [] without one."""
    try:
        told = json.loads((path.parent / METADATA).read_text(encoding="utf-8"))
        own = next(one for one in told["tables"] if one["url"] == path.name)
        return [one["datatype"] == "string" for one in own["tableSchema"]["columns"]]
    except (OSError, ValueError, KeyError, StopIteration):
        return []


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


# Telling ----------------------------------------------------------------------------------------


def lines(changes: Sequence[Change], lang: str) -> Iterator[str]:
    """Say each change in a line."""
    t = translator(lang)
    nothing = t("no value")
    for one in changes:
        by = "" if one.difference is None else f" ({one.difference:+.10g})"
        why = " " + t("because {causes}", causes="; ".join(one.causes)) if one.causes else ""
        before, after = one.before or nothing, one.after or nothing
        yield f"{one.page}/{one.table}, {one.row}, {one.column}: {before} → {after}{by}{why}"


def write_csv(changes: Sequence[Change], path: Path) -> None:
    """Write changes as a table, a row each."""
    from kgstats.present.downloads import as_text

    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(
            ("page", "table", "row", "column", "before", "after", "difference", "causes")
        )
        for one in changes:
            texts = (one.page, one.table, one.row, one.column, one.before, one.after)
            difference = "" if one.difference is None else f"{one.difference:.10g}"
            causes = as_text("; ".join(one.causes))
            writer.writerow([*map(as_text, texts), difference, causes])
