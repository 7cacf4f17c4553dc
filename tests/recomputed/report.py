"""What pages tell of the printed report and of the data themselves, computed again.

Figures are read from the files that hold them, statements calculated by Python's own parser in
exact fractions; what the data dictionary counts is counted in the clean tables.
"""

from __future__ import annotations

import ast
import csv
import operator
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from tests.recomputed.exact import Value, Year, rounded, whole

Row = tuple[dict[str, str], dict[str, Value]]
PAGES = ("organisation", "new-rural", "poverty-reduction", "next-year")


@cache
def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rows(year: Year, name: str) -> list[dict[str, str]]:
    folder = year.place.parent / "raw" / "published"
    return _read(folder / (name if name in ("series.csv", "units.csv") else f"{year.year}/{name}"))


def number(text: str) -> Value:
    return Fraction(text) if text else None


def named(text: str) -> str:
    return text[:1].upper() + text[1:]


def is_name(printed: str) -> bool:
    """Whether a place is printed; one is called “Thứ 11”, a length is “6.081 km”."""
    return printed[:1].isalpha()


# The figures as printed -------------------------------------------------------------------------


def figures(year: Year) -> Iterator[Row]:
    """Every printed figure; those that share name and period are told apart by nothing here."""
    listed = [
        (named(one["indicator_en"]), one["period"].partition("/")[0][:4], one)
        for one in rows(year, "figures.csv")
    ]
    several = Counter((name, when) for name, when, _ in listed)
    for name, when, one in listed:
        if several[name, when] == 1 and len(one["period"]) == 4:
            yield (
                {"_name": name, "period": when},
                {
                    "value": number(one["value"]),
                    "value_high": number(one["value_high"]),
                    "denominator": number(one["denominator"]),
                },
            )


def coverage(year: Year) -> Iterator[Row]:
    """Count the numbers and the names of places on the lines of each topic."""
    printed = rows(year, "figures.csv")
    for topic in rows(year, "topics.csv"):
        lines = range(int(topic["line_first"]), int(topic["line_last"]) + 1)
        own = [one for one in printed if int(one["line"]) in lines]
        places = sum(is_name(one["printed"]) for one in own)
        key = {"_name": topic["topic_en"], "section": topic["section"]}
        yield key, {"numbers": whole(len(own) - places), "places": whole(places)}


def named_places(year: Year) -> Iterator[Row]:
    counted = Counter(
        named(one["indicator_en"]) for one in rows(year, "figures.csv") if is_name(one["printed"])
    )
    for name, count in counted.items():
        yield {"_name": name}, {"count": whole(count)}


def targets(year: Year) -> Iterator[Row]:
    found = {one["id"]: one for one in [*rows(year, "figures.csv"), *rows(year, "series.csv")]}
    for one in rows(year, "targets.csv"):
        target = found[one["target"]]
        level = number(found[one["level"]]["value"]) if one["level"] else None
        wanted = number(target["value"])
        values = {
            "target": wanted,
            "target_high": number(target["value_high"]),
            "level": level,
            "outcome": number(found[one["outcome"]]["value"]) if one["outcome"] else None,
        }
        # A change or a yearly plan of another year is no way to this target.
        if level is not None and found[one["level"]]["kind"] == "stock":
            values["progress_pct"] = 100 * level / wanted
        yield {"_name": named(target["indicator_en"])}, values


# The statements of the report -------------------------------------------------------------------

_SIGNS: dict[type, Any] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv
}  # fmt: skip


class Statement:
    """Calculates the expressions of statements, in the base unit of every quantity."""

    def __init__(self, year: Year) -> None:
        scales = {one["unit"]: Fraction(one["scale"]) for one in rows(year, "units.csv")}
        self.scales = scales
        self.found = {
            one["id"]: one for one in [*rows(year, "series.csv"), *rows(year, "figures.csv")]
        }

    def of(self, name: str, column: str = "value") -> Fraction:
        one = self.found[name]
        return Fraction(one[column]) * self.scales[one["unit"]]

    def __call__(self, text: str) -> Fraction:
        return self._value(ast.parse(text, mode="eval").body)

    def _value(self, node: ast.expr) -> Fraction:
        match node:
            case ast.Constant(value=value):
                return Fraction(str(value))
            case ast.Name(id=name):
                return self.of(name)
            case ast.BinOp(left=left, op=sign, right=right):
                return _SIGNS[type(sign)](self._value(left), self._value(right))
            case ast.Call(func=ast.Name(id="of"), args=[ast.Name(id=name)]):
                return self.of(name, "denominator")
            case ast.Call(func=ast.Name(id="count"), args=args):
                return Fraction(len(args))
        raise ValueError(ast.dump(node))


def statements(year: Year) -> Iterator[Row]:
    """Calculate each printed figure again from those that it is said to be made of.

    The page gives two decimals more than the report printed.
    """
    calculated = Statement(year)
    for one in rows(year, "identities.csv"):
        if one["kind"] == "common_base":
            continue
        printed, again = (
            calculated(one[name]) / calculated.scales[one["unit"]]
            for name in ("figure", "expression")
        )
        text = str(one["figure"])
        source = calculated.found[text.removeprefix("of(").removesuffix(")")]
        held = source["denominator" if text.startswith("of(") else "value"]
        again = rounded(again, len(held.partition(".")[2]) + 2)
        numbers = {"printed": printed, "recomputed": again, "difference": printed - again}
        yield {"_name": one["description_en"]}, numbers


def kinds(year: Year) -> Iterator[Row]:
    """Count the statements of each kind that come out to the digit."""
    calculated = Statement(year)
    names = {"sum": "Totals and parts", "repeat": "Figures printed twice"}
    own = [one for one in rows(year, "identities.csv") if "series_" not in one["expression"]]
    for kind, name in names.items():
        of_kind = [one for one in own if one["kind"] == kind]
        exact = sum(calculated(one["figure"]) == calculated(one["expression"]) for one in of_kind)
        yield (
            {"_name": name},
            {"statements": whole(len(of_kind)), "exact_statements": whole(exact)},
        )


# The data dictionary ----------------------------------------------------------------------------


def tables(year: Year) -> Iterator[Row]:
    for path in (year.place / str(year.year)).glob("*.parquet"):
        yield {"table": path.stem}, {"columns": whole(len(pd.read_parquet(path).columns))}


def districts(year: Year) -> Iterator[Row]:
    units, rural = (
        year.now[name].groupby("district_code")["commune_code"].nunique()
        for name in ("poverty", "communes")
    )
    for code in units.index:
        counted = {"units": whole(units[code]), "rural_communes": whole(rural.get(code, 0))}
        yield {"district_code": str(code)}, counted


TABLES = (
    {("programme-indicators", slug): figures for slug in PAGES}
    | {
        ("programme-indicators", "coverage"): coverage,
        ("programme-indicators", "places"): named_places,
        ("programme-indicators", "targets"): targets,
        ("report-audit", "audit-all"): statements,
        ("report-audit", "audit-classes-data"): kinds,
        ("data-dictionary", "tables"): tables,
        ("data-dictionary", "districts"): districts,
    }
)  # fmt: skip
