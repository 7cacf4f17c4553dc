"""What caused a difference between two publications: an input, its cells, code, a package.

A cause is named when it lies on the way from an input to the page. Where a row names a district
or a commune whose own values changed, those of others are left out; a row whose own did not change
may still be a share of a sum that did.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kgstats.words import N_, translator

CODE_CHANGED = N_("code {name} changed")
MOST_FILES = 5
MOST_CELLS = 5


@dataclass(frozen=True)
class Cause:
    """What may lie behind a difference, and the return it is, where it is one."""

    text: str
    file: str = ""


@dataclass
class Made:
    """What a page was made from: digests of inputs by name, code, parameters."""

    inputs: dict[str, str] = field(default_factory=dict)
    code: set[str] = field(default_factory=set)
    parameters: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a return that holds another value than before."""

    place: str
    before: str
    after: str
    where: tuple[str, ...]
    """The parts of the row's key: year, district, and what follows."""

    def told(self, lang: str) -> str:
        """Say where the cell stands, and what it held and holds."""
        nothing = translator(lang)("no value")
        return f"{self.place}: {self.before or nothing} → {self.after or nothing}"


def of_page(
    records: tuple[Mapping[str, Any], Mapping[str, Any]], page: str, lang: str
) -> list[Cause]:
    """Return what may have caused a difference on a page, by two ``run.json``."""
    t = translator(lang)
    before, after = (_made(record, page, lang) for record in records)
    found: list[Cause] = []
    for name in sorted(before.inputs.keys() | after.inputs.keys()):
        if before.inputs.get(name) == after.inputs.get(name):
            continue
        words = N_("{name} changed")
        if name not in before.inputs:
            words = N_("{name} is new")
        elif name not in after.inputs:
            words = N_("{name} is gone")
        file = Path(name).name if "/returns/" in name else ""
        found.append(Cause(t(words, name=name), file))
    if before.code != after.code:
        earlier, later = (dict(record.get("code") or {}) for record in records)
        names = sorted(n for n in earlier.keys() | later.keys() if earlier.get(n) != later.get(n))
        for name in names[:MOST_FILES]:
            reference = name.endswith((".csv", ".yml"))
            words = N_("standard or reference {name} changed") if reference else CODE_CHANGED
            found.append(Cause(t(words, name=name)))
        if len(names) > MOST_FILES:
            found.append(Cause(t("and {n} more files of code changed", n=len(names) - MOST_FILES)))
    old, new = (dict(record.get("packages") or {}) for record in records)
    found += [
        Cause(t("{name} {old} became {new}", name=name, old=old.get(name), new=new.get(name)))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]
    if before.parameters != after.parameters:
        given = {"old": before.parameters, "new": after.parameters}
        found.append(Cause(t("{name} {old} became {new}", name=t("parameters"), **given)))
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


class Ledgers:
    """The published ledgers of two publications: which cells of which return differ.

    Parameters
    ----------
    names
        Name of each district and commune by its code.
    """

    def __init__(self, before: Path, after: Path, names: Mapping[str, str]) -> None:
        self._names = names
        self._districts: dict[str, str] = {}
        values = [self._values(folder) for folder in (before, after)]
        self._cells: dict[str, list[Cell]] = {}
        for key in dict.fromkeys([*values[1], *values[0]]):
            (old_place, old), (new_place, new) = (held.get(key, ("", "")) for held in values)
            if old == new:
                continue
            file, _, place = (new_place or old_place).partition("\n")
            cell = Cell(place, old, new, tuple(key[1].split("/")))
            self._cells.setdefault(file, []).append(cell)

    def _values(self, folder: Path) -> dict[tuple[str, str, str], tuple[str, str]]:
        """Return each value of a publication by table, row and column: where it stood, its text."""
        path = folder / "tables" / "clean" / "cells.csv"
        if not path.is_file():
            return {}
        found = {}
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                parts = row["row_key"].split("/")
                if len(parts) > 1:
                    self._districts.setdefault(row["file"], parts[1])
                if row["role"] == "value":
                    place = f"{row['file']}\n{row['sheet']}!{row['cell']}"
                    found[row["table"], row["row_key"], row["column"]] = (place, row["raw"])
        return found

    def behind(self, causes: Sequence[Cause], row: str, lang: str) -> tuple[str, ...]:
        """Return the causes that lie behind a row, returns with the cells that changed."""
        own = [one for one in causes if not one.file or self._mentions(row, one.file)]
        chosen = own if any(one.file for one in own) else causes
        return tuple(self._told(one, row, lang) for one in chosen)

    def _mentions(self, row: str, file: str) -> bool:
        name = self._names.get(self._districts.get(file, ""), "")
        return bool(name) and name in row

    def _told(self, cause: Cause, row: str, lang: str) -> str:
        """Say a cause; of a return, the cells that changed: the row's own, where it has some."""
        cells = self._cells.get(cause.file, []) if cause.file else []
        places = [{self._names.get(part, "") for part in one.where[2:]} - {""} for one in cells]
        own = [
            one for one, names in zip(cells, places, strict=True) if any(n in row for n in names)
        ]
        shown = own or cells
        if not shown:
            return cause.text
        texts = [one.told(lang) for one in shown[:MOST_CELLS]]
        if len(shown) > MOST_CELLS:
            texts.append(translator(lang)("and {n} cells more", n=len(shown) - MOST_CELLS))
        return f"{cause.text} ({'; '.join(texts)})"
