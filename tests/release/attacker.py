"""Who reads a whole publication and tries to find out what was withheld.

The attacker knows the truth only to judge what was found. Everything is tried that a reader with
the folder could: counts and rates in every published table beside the codes of their place, in
CSV, XLSX, JSON and the data of executed notebooks; counts in sentences that name the place; and
the sums, solved by linear programs with all that was read.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from tests.analysis.attack import attacked

from kgstats import registry
from kgstats.analysis.disclosure import Relation, at_most, total_of
from kgstats.reference import areas

Cell = Any
AT_END = ("poor_end_hh", "near_poor_end_hh", "ethnic_poor_end_hh", "ethnic_near_poor_end_hh")
AREAS = re.compile(r"(urban|thành thị)|rural|nông thôn", re.IGNORECASE)
BASES = {"poor_end_hh": "households_hh", "near_poor_end_hh": "households_hh",
         "ethnic_poor_end_hh": "ethnic_households_hh",
         "ethnic_near_poor_end_hh": "ethnic_households_hh"}  # fmt: skip


@dataclass
class Row:
    """A row about a place that stood somewhere in the folder: its numbers by column."""

    where: str
    year: int
    base_year: int
    codes: dict[str, str]
    numbers: dict[str, float]

    @property
    def place(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if "commune_code" in self.codes:
            return ("commune_code",), (self.codes["commune_code"],)
        return tuple(self.codes), tuple(self.codes.values())


def _number(text: Any) -> float | None:
    try:
        return None if isinstance(text, bool) or text in (None, "") else float(text)
    except (TypeError, ValueError):
        return None


def _rows(where: str, keys: list[str], rows: list[Any], year: int) -> Iterator[Row]:
    for row in rows:
        if len(row) != len(keys):
            return  # Notes follow.
        held = dict(zip(keys, row, strict=True))
        codes = {k: str(held[k]) for k in ("district_code", "commune_code") if held.get(k)}
        area = AREAS.search(str(held.get("_group", "")))
        if area and "commune_code" not in codes:
            codes = {"area": "urban" if area[1] else "rural", **codes}
        # A table over years has them in a column, or as the names of its rows.
        stated = [str(held.get(key) or "") for key in ("year", "_name")]
        own = next((int(text) for text in stated if re.fullmatch(r"20\d\d", text)), year)
        found = {
            key: number
            for key, value in held.items()
            if key not in codes and key != "year" and (number := _number(value)) is not None
        }
        yield Row(where, own, own - 1, codes, found)


def rows(folder: Path, year: int) -> Iterator[Row]:
    """Read the rows of every table in the folder, whatever the kind of file it stands in."""
    heads: dict[str, dict[str, str]] = {}
    for path in folder.rglob("csv-metadata.json"):
        for table in json.loads(path.read_text(encoding="utf-8"))["tables"]:
            columns = table["tableSchema"]["columns"]
            name = (path.parent / table["url"]).with_suffix("").as_posix()
            heads[name] = {column["titles"]: column["name"] for column in columns}
    for path in sorted(folder.rglob("*")):
        name, known = (
            path.relative_to(folder).as_posix(),
            heads.get(path.with_suffix("").as_posix()),
        )
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                read = list(csv.reader(file))
            keys = [(known or {}).get(head, head) for head in read[0]] if read else []
            yield from _rows(name, keys, read[1:], year)
        elif path.suffix == ".xlsx":
            sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
            read = [list(row) for row in sheet.iter_rows(values_only=True)]
            keys = [(known or {}).get(head, str(head)) for head in read[2]]
            yield from _rows(name, keys, read[3:], year)
        elif path.suffix in (".ipynb", ".json"):
            for table in _payloads(json.loads(path.read_text(encoding="utf-8"))):
                keys = [column["key"] for column in table["columns"]]
                yield from _rows(f"{name}#{table['slug']}", keys, table["rows"], year)


def _payloads(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, list):
        for value in found:
            yield from _payloads(value)
    elif isinstance(found, dict):
        if "slug" in found and isinstance(found.get("rows"), list):
            yield found
        else:
            for value in found.values():
                yield from _payloads(value)


def counts(folder: Path, year: int) -> dict[Cell, str]:
    """Return every count of households of a place that stands in a table, and where."""
    found: dict[Cell, str] = {}
    for row in rows(folder, year):
        for key, number in row.numbers.items():
            origins = registry.origins(key.lstrip("_"))
            plain = len(origins) == 1 and origins[0].table == "poverty" and key.endswith("_hh")
            if plain and origins[0].column not in ("households_hh", "ethnic_households_hh"):
                when = {"": row.year, "-1": row.year - 1}.get(origins[0].year, row.base_year)
                found[when, *row.place, origins[0].column] = f"{row.where}: {number:g}"
    return found


def rates_given_away(folder: Path, made: Any, households: pd.DataFrame) -> list[str]:
    """Return where a number beside a place is the rate that only a withheld count gives."""
    rates: dict[tuple[str, ...], dict[float, Cell]] = {}
    for cell, rate in _rates(made, households):
        rates.setdefault(cell[2], {})[round(rate, 9)] = cell
    return [
        f"{row.where}: {key} of {row.codes} is the rate of {rates[row.place[1]][round(number, 9)]}"
        for row in rows(folder, max(households["year"]))
        for key, number in row.numbers.items()
        # A whole number is a rate only where a column says so: criteria are counted too.
        if (number % 1 or key.endswith("_pct"))
        if round(number, 9) in rates.get(row.place[1], {})
    ]


def _rates(made: Any, households: pd.DataFrame) -> Iterator[tuple[Cell, float]]:
    """Yield the rate of each withheld count that is no rate of a count readers may see."""
    truth = households.set_index(["year", "commune_code"])
    for cell in made.withheld:
        year, names, codes, column = cell
        if names == ("commune_code",) and column in BASES:
            row = truth.loc[(year, codes[0])]
            rate = 100 * int(row[column]) / int(row[BASES[column]])
            shown = {
                round(100 * int(row[other]) / int(row[base]), 9)
                for other, base in BASES.items()
                if (year, names, codes, other) not in made.withheld and row[base]
            }
            if rate and round(rate, 9) not in shown:
                yield cell, rate


def said(folder: Path, made: Any, households: pd.DataFrame, names: dict[str, str]) -> list[str]:
    """Return sentences, alternative texts among them, with a place and its withheld count."""
    wanted: dict[str, list[tuple[str, str]]] = {}
    for cell, rate in _rates(made, households):
        name, count = names[cell[2][0]], made.values[cell]
        if list(names.values()).count(name) == 1:
            # The rate as it is printed, and the count beside a word for households.
            printed = rf"(?<![\d.,]){rate:.2f}\s?%"
            told = rf"(?:poor|nghèo)[^.;\d]{{0,20}}(?<![\d.,]){count}(?![\d.,%])"
            wanted.setdefault(name, []).append((str(cell), f"{printed}|{told}"))
    found = []
    for where, text in texts(folder):
        for name in (name for name in wanted if name in text):
            for cell, pattern in wanted[name]:
                # What is said right after the name is about the place.
                after = text[text.index(name) + len(name) :][:60]
                if re.search(pattern, re.split(r"[;.] ", after)[0]):
                    found.append(f"{where}: {text[:150]} gives {cell} away")
    return found


def solvable(
    made: Any, seen: dict[Cell, str], households: pd.DataFrame, every: int
) -> tuple[list[str], int]:
    """Return the withheld counts that all sums and identities pin down, and how many were tried."""
    values = dict(made.values)
    relations = [one for one in _known(values, households) if one.holds(values)]
    published = {cell: values[cell] for cell in seen if cell in values}
    used = {cell for one in relations for cell in one.coefficients}
    unknown = [cell for cell in values if cell not in published and cell in used]
    targets = [cell for cell, why in made.withheld.items() if why == "primary"][::every]
    found = []
    for cell in targets:
        low, high = attacked(published, unknown, relations, cell)
        if high - low < made.control.threshold - 1e-6:
            found.append(f"{cell} lies between {low:g} and {high:g}")
    return found, len(targets)


def _known(values: dict[Cell, int], households: pd.DataFrame) -> Iterator[Relation]:
    """Yield what every reader knows: parts of areas, flows, ends that are the next starts."""
    units = households.merge(
        pd.concat([areas.units(y).assign(year=y) for y in sorted(set(households["year"]))])[
            ["year", "commune_code", "type"]
        ],
        on=["year", "commune_code"],
    )
    units["area"] = ["rural" if kind == "xã" else "urban" for kind in units["type"]]
    for names in ((), ("area",), ("district_code",), ("area", "district_code")):
        for key, group in units.groupby(["year", *names]):
            for column in AT_END:
                whole = (int(key[0]), names, tuple(map(str, key[1:])), column)
                parts = [(whole[0], ("commune_code",), (c,), column) for c in group["commune_code"]]
                if whole in values:
                    yield total_of(whole, [part for part in parts if part in values])
    for cell in list(values):
        year, names, codes, column = cell
        if column.endswith("_end_hh") and not column.startswith("ethnic"):
            status = column.removesuffix("_end_hh")
            start, *moves = (
                (year, names, codes, f"{status}_{move}_hh")
                for move in ("start", "escaped", "fell_back", "new")
            )
            if {start, *moves} <= values.keys():
                yield Relation({cell: 1, start: -1, moves[0]: 1, moves[1]: -1, moves[2]: -1})
            if (after := (year + 1, names, codes, f"{status}_start_hh")) in values:
                yield Relation({after: 1, cell: -1})
            if (part := (year, names, codes, f"ethnic_{column}")) in values:
                yield at_most(part, cell)


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Read every sentence: of pages, of their attributes, of drawings, of the search index."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".svg", ".js"):
            content = path.read_text(encoding="utf-8")
            for piece in re.split(r"[<>\"]", content):
                if len(words := " ".join(piece.split())) > 8:
                    yield path.relative_to(folder).as_posix(), words
