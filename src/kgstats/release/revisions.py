"""What differs between two publications: every figure, by how much, and what caused it.

Two publications are compared by their tables as files, cell by cell, and by their ``run.json``,
which says what each page was made from. A cause is named when it lies on the way from an input to
the page; where a row names a district whose own return changed, the others' are left out.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CLEAN = "clean"
MOST_FILES = 5


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


@dataclass
class Made:
    """What a page was made from: digests of inputs by name, code, packages, parameters."""

    inputs: dict[str, str] = field(default_factory=dict)
    code: set[str] = field(default_factory=set)
    parameters: str = ""


def compare(
    before: Path,
    after: Path,
    lang: str,
    *,
    record: Mapping[str, Any] | None = None,
    districts: Mapping[str, str] | None = None,
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
    districts
        Name of each district by its code.

    Raises
    ------
    NoPublication
        When one of them is none.
    """
    records = (_record(before), _record(after) if record is None else record)
    named = dict(districts or {})
    of_file = {**_districts_of_files(before, named), **_districts_of_files(after, named)}
    found: list[Change] = []
    earlier, later = _tables(before, lang), _tables(after, lang)
    for name in sorted(earlier.keys() | later.keys()):
        page, _, table = name.partition("/")
        cells = (_cells(earlier.get(name)), _cells(later.get(name)))
        changed = [key for key in dict.fromkeys([*cells[0], *cells[1]]) if _differs(cells, key)]
        if not changed:
            continue
        causes = _causes(records, page, lang)
        for row, column in changed:
            one = Change(
                page,
                table,
                row,
                column,
                cells[0].get((row, column), ""),
                cells[1].get((row, column), ""),
                _behind(causes, row, of_file, named),
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

    A row is headed by its first columns, as far as they hold no number; rows that are headed
    alike are told apart by their order.
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
    heading = 1
    while heading < len(head) and all(_number(row[heading]) is None for row in body):
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


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


# Causes ---------------------------------------------------------------------------------------


def _causes(
    records: tuple[Mapping[str, Any], Mapping[str, Any]], page: str, lang: str
) -> list[tuple[str, str]]:
    """Return what may have caused a difference on a page, each with the return's file it is in."""
    before, after = (_made(record, page, lang) for record in records)
    found: list[tuple[str, str]] = []
    for name in sorted(before.inputs.keys() | after.inputs.keys()):
        if before.inputs.get(name) == after.inputs.get(name):
            continue
        what = "changed"
        if name not in before.inputs:
            what = "is new"
        elif name not in after.inputs:
            what = "is gone"
        file = Path(name).name if "/returns/" in name else ""
        found.append((f"{name} {what}", file))
    if before.code != after.code:
        earlier, later = (dict(record.get("code") or {}) for record in records)
        names = sorted(n for n in earlier.keys() | later.keys() if earlier.get(n) != later.get(n))
        for name in names[:MOST_FILES]:
            kind = "standard or reference" if name.endswith((".csv", ".yml")) else "code"
            found.append((f"{kind} {name} changed", ""))
        if len(names) > MOST_FILES:
            found.append((f"and {len(names) - MOST_FILES} more files of code changed", ""))
    packages = (dict(record.get("packages") or {}) for record in records)
    old, new = packages
    found += [
        (f"{name} {old.get(name)} became {new.get(name)}", "")
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]
    if before.parameters != after.parameters:
        found.append((f"parameters {before.parameters} became {after.parameters}", ""))
    return found


def _made(record: Mapping[str, Any], page: str, lang: str) -> Made:
    """Return all that a page was made from, back to what no step made."""
    steps = list(record.get("steps") or [])
    maker = {product: step for step in steps for product in step["products"]}
    ending = f"/html/{lang}/{page}.html"
    queue = [product for product in maker if product.endswith(ending)]
    made, seen = Made(), set()
    while queue:
        name = queue.pop()
        step = maker.get(name)
        if step is None or step["step"] in seen:
            continue
        seen.add(step["step"])
        made.code.add(str(step.get("code", "")))
        if step["step"].startswith("run-"):
            made.parameters = json.dumps(step["parameters"], ensure_ascii=False, sort_keys=True)
        for one, digest in step["inputs"].items():
            if one in maker:
                queue.append(one)
            else:
                made.inputs[one] = str(digest)
    return made


def _districts_of_files(folder: Path, named: Mapping[str, str]) -> dict[str, str]:
    """Return the name of the district of each return, by the ledger of a publication."""
    path = folder / "tables" / CLEAN / "cells.csv"
    if not path.is_file():
        return {}
    found: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            parts = row["row_key"].split("/")
            if len(parts) > 1 and row["file"] not in found:
                found[row["file"]] = named.get(parts[1], "")
    return found


def _behind(
    causes: Sequence[tuple[str, str]],
    row: str,
    of_file: Mapping[str, str],
    named: Mapping[str, str],
) -> tuple[str, ...]:
    """Return the causes that lie behind a row.

    Where a row names a district whose own return changed, returns of others are left out; a row
    whose own did not change may still be a share of a sum that did.
    """
    mentioned = {name for name in named.values() if name and name in row}
    own = [one for one in causes if not one[1] or of_file.get(one[1], "") in mentioned]
    chosen = own if any(file for _, file in own) else causes
    return tuple(text for text, _ in chosen)


# Telling ----------------------------------------------------------------------------------------


def lines(changes: Sequence[Change]) -> Iterator[str]:
    """Say each change in a line."""
    for one in changes:
        by = "" if one.difference is None else f" ({one.difference:+.10g})"
        why = f" because {'; '.join(one.causes)}" if one.causes else ""
        before, after = one.before or "nothing", one.after or "nothing"
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
