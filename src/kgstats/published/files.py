"""The transcribed report: figures, identities, topics, units, series; each row checked.

Every rule that a row breaks is reported with file and line, all of them at once, so that a
transcriber mends the file in one go.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapidfuzz import process

from kgstats import registry
from kgstats.published import expressions, printed
from kgstats.reference import province
from kgstats.reference.tables import records

if TYPE_CHECKING:
    import pandas as pd

FIGURE_KINDS = tuple(registry.codes("figure_kind"))
DENOMINATOR_MEANINGS = ("part_of_whole", "result_against_plan")
PROGRAMMES = (*registry.codes("programme"), "both")
IDENTITY_KINDS = tuple(registry.codes("statement_kind"))
RELATIONS = ("=", ">", ">=", "<", "<=", "within")


class PublishedError(Exception):
    """A transcribed file breaks its rules; the message has a line for each: file:line: what."""


@dataclass(frozen=True)
class Unit:
    """A unit of measure; ``countable`` when only whole numbers occur, so no rounding hides."""

    unit: str
    vi: str
    en: str
    countable: bool
    scale: Decimal = Decimal(1)
    """How many of the base unit one is: 10^9 for billions of đồng."""


@dataclass(frozen=True)
class Figure:
    """One figure printed in the report. Columns are described in data/raw/published/README.md."""

    id: str
    section: str
    line: int
    programme: str
    indicator_vi: str
    indicator_en: str
    area: str
    period: str
    kind: str
    value: Decimal
    value_high: Decimal | None
    unit: str
    printed: str
    denominator: Decimal | None
    denominator_meaning: str
    qualifier: str
    note: str
    decimals: dict[str, int] = field(default_factory=dict, compare=False)
    """Printed decimals of the parts ``value``, ``of`` and ``high``."""

    def part(self, name: str) -> Decimal | None:
        """Return ``value``, the denominator ``of``, or the upper end ``high``."""
        return {"value": self.value, "of": self.denominator, "high": self.value_high}[name]


@dataclass(frozen=True)
class Identity:
    """One arithmetic statement the report makes or implies."""

    id: str
    kind: str
    tested: expressions.Reference
    expression: expressions.Expression
    group: str
    relation: str
    unit: str
    description_vi: str
    description_en: str

    def figure_ids(self) -> list[str]:
        """Return the figures it speaks of, the tested one first."""
        others = [reference.figure for reference in self.expression.references()]
        return list(dict.fromkeys([self.tested.figure, *others]))


@dataclass(frozen=True)
class Topic:
    """A subject of the report, by its lines: some have numbers, some only words."""

    id: str
    section: str
    line_first: int
    line_last: int
    programme: str
    topic_vi: str
    topic_en: str


@dataclass(frozen=True)
class Target:
    """A target, the level it starts from and what came of it, as far as they were published.

    ``level`` names a figure of the same report, ``outcome`` a point of the published series;
    either may be empty.
    """

    target: str
    level: str
    outcome: str


@dataclass(frozen=True)
class SeriesPoint:
    """A value published elsewhere for some date, with its source."""

    id: str
    year_or_date: str
    indicator_vi: str
    indicator_en: str
    value: Decimal | None
    unit: str
    denominator: str
    standard: str
    source: str
    note: str
    decimals: int = 0


@dataclass(frozen=True)
class Report:
    """The transcription of one year's report."""

    year: int
    units: dict[str, Unit]
    figures: dict[str, Figure]
    identities: dict[str, Identity]
    topics: dict[str, Topic]
    targets: dict[str, Target]
    series: dict[str, SeriesPoint]

    def frame(self, name: str) -> pd.DataFrame:
        """Return one of the tables as a frame, values exact as decimals."""
        import pandas as pd

        rows: dict[str, list[object]]
        if name == "identities":
            rows = {
                "id": [i.id for i in self.identities.values()],
                "kind": [i.kind for i in self.identities.values()],
                "figure": [i.tested.figure for i in self.identities.values()],
                "expression": [i.expression.text for i in self.identities.values()],
                "group": [i.group for i in self.identities.values()],
                "relation": [i.relation for i in self.identities.values()],
                "unit": [i.unit for i in self.identities.values()],
                "description_vi": [i.description_vi for i in self.identities.values()],
                "description_en": [i.description_en for i in self.identities.values()],
            }
            return pd.DataFrame(rows)
        held: dict[str, tuple[type, dict[str, Any]]] = {
            "figures": (Figure, self.figures),
            "topics": (Topic, self.topics),
            "targets": (Target, self.targets),
            "series": (SeriesPoint, self.series),
            "units": (Unit, self.units),
        }
        kind, entries = held[name]
        rows = {
            entry.name: [getattr(row, entry.name) for row in entries.values()]
            for entry in fields(kind)
        }
        return pd.DataFrame(rows)


@lru_cache
def area_codes() -> dict[str, str]:
    """Return the name of every area a figure may speak of, by its GSO code."""
    own = province.current()
    codes = {own.code: own.name}
    for name, column in (("districts_2019", "district_code"), ("communes_2019", "commune_code")):
        codes.update({row[column]: row["name"] for row in records(name)})
    return codes


def known_code(code: str) -> bool:
    """Whether a code is that of an area: one of this province's, or well formed of another.

    Codes stand in the order of provinces, so one between two of this province's belongs to it.

    >>> known_code("904"), known_code("30850"), known_code("89"), known_code("99999x")
    (True, True, True, False)
    """
    if code in area_codes():
        return True
    if not re.fullmatch(r"\d{2}|\d{3}|\d{5}", code):
        return False
    own = [known for known in area_codes() if len(known) == len(code)]
    return not min(own) < code < max(own) or code in _codes_of_any_list()


@lru_cache
def _codes_of_any_list() -> frozenset[str]:
    from kgstats.reference import areas  # only here: few codes are of a later list

    return frozenset(areas.periods()["commune_code"])


class _Reader:
    """Reads the rows of one file and keeps what is wrong with them."""

    def __init__(self, path: Path, columns: tuple[str, ...], problems: list[str], shown: str):
        self.path, self.columns, self.problems, self.shown = path, columns, problems, shown
        self.line = 0

    def problem(self, text: str) -> None:
        self.problems.append(f"{self.shown}:{self.line}: {text}")

    def rows(self) -> Iterator[dict[str, str]]:
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            self.problems.append(f"{self.shown}: the file is not there")
            return
        except UnicodeDecodeError as error:
            self.problems.append(f"{self.shown}: not UTF-8 ({error.reason}); save it as UTF-8")
            return
        reader = csv.DictReader(text.splitlines(keepends=True))
        missing = [name for name in self.columns if name not in (reader.fieldnames or [])]
        if missing:
            self.line = 1
            self.problem(f"no column {', '.join(missing)}")
            return
        seen: dict[str, int] = {}
        key = self.columns[0]
        for row in reader:
            self.line = reader.line_num
            if None in row or None in row.values():
                self.problem(f"{len(self.columns)} columns expected")
                continue
            clean = {name: value.strip() for name, value in row.items()}
            if not clean[key]:
                self.problem(f"{key} is empty")
                continue
            if clean[key] in seen:
                self.problem(f"duplicate {key} {clean[key]!r}, first on line {seen[clean[key]]}")
                continue
            seen[clean[key]] = self.line
            yield clean

    def decimal(self, row: dict[str, str], name: str, *, required: bool) -> Decimal | None:
        text = row[name]
        if not text:
            if required:
                self.problem(f"{name} is empty")
            return None
        try:
            if text != text.strip() or not set(text) <= set("0123456789.-"):
                raise InvalidOperation
            return Decimal(text)
        except InvalidOperation:
            self.problem(
                f"{name} {text!r} is not a plain decimal number (write 1020 and 2.69, "
                "no thousands separator)"
            )
            return None

    def one_of(self, row: dict[str, str], name: str, allowed: tuple[str, ...] | list[str]) -> None:
        if row[name] not in allowed:
            near = process.extractOne(row[name], list(allowed), score_cutoff=60)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            listed = f" (one of {', '.join(allowed)})" if len(allowed) <= 8 else ""
            self.problem(f"unknown {name} {row[name]!r}{listed}{hint}")


FIGURE_COLUMNS = tuple(entry.name for entry in fields(Figure) if entry.name != "decimals")
IDENTITY_COLUMNS = (
    "id",
    "kind",
    "figure",
    "expression",
    "group",
    "relation",
    "unit",
    "description_vi",
    "description_en",
)
TOPIC_COLUMNS = tuple(entry.name for entry in fields(Topic))
_TARGET_COLUMNS = tuple(entry.name for entry in fields(Target))
_SERIES_COLUMNS = tuple(entry.name for entry in fields(SeriesPoint) if entry.name != "decimals")
_UNIT_COLUMNS = ("unit", "vi", "en", "countable", "scale")


def read_report(folder: Path, year: int) -> Report:
    """Read and check the transcription of one year's report.

    Parameters
    ----------
    folder
        ``data/raw/published`` of a workspace.

    Raises
    ------
    PublishedError
        With a line ``file:line: what is wrong`` for every rule a row breaks.
    """
    problems: list[str] = []

    def reader(name: str, columns: tuple[str, ...]) -> _Reader:
        return _Reader(folder / name, columns, problems, f"data/raw/published/{name}")

    units = _read_units(reader("units.csv", _UNIT_COLUMNS))
    series = _read_series(reader("series.csv", _SERIES_COLUMNS))
    figures = _read_figures(reader(f"{year}/figures.csv", FIGURE_COLUMNS), units)
    known = figures.keys() | series.keys()
    identities = _read_identities(
        reader(f"{year}/identities.csv", IDENTITY_COLUMNS), figures, series, units, sorted(known)
    )
    topics = _read_topics(reader(f"{year}/topics.csv", TOPIC_COLUMNS))
    targets = _read_targets(reader(f"{year}/targets.csv", _TARGET_COLUMNS), figures, series)
    both = figures.keys() & series.keys()
    if both:
        problems.append(f"series.csv and figures.csv both have the id {', '.join(sorted(both))}")
    if problems:
        raise PublishedError("\n".join(problems))
    return Report(year, units, figures, identities, topics, targets, series)


def read_common(folder: Path, year: int) -> Report:
    """Read what stands beside the yearly reports: units and the series published elsewhere.

    For a year without a transcribed report; everything else is empty.

    Raises
    ------
    PublishedError
        As :func:`read_report`.
    """
    problems: list[str] = []

    def reader(name: str, columns: tuple[str, ...]) -> _Reader:
        return _Reader(folder / name, columns, problems, f"data/raw/published/{name}")

    units = _read_units(reader("units.csv", _UNIT_COLUMNS))
    series = _read_series(reader("series.csv", _SERIES_COLUMNS))
    if problems:
        raise PublishedError("\n".join(problems))
    return Report(year, units, {}, {}, {}, {}, series)


def _read_units(file: _Reader) -> dict[str, Unit]:
    units = {}
    for row in file.rows():
        scale = file.decimal(row, "scale", required=True)
        file.one_of(row, "countable", ("yes", "no"))
        units[row["unit"]] = Unit(
            row["unit"], row["vi"], row["en"], row["countable"] == "yes", scale or Decimal(1)
        )
    return units


def _read_series(file: _Reader) -> dict[str, SeriesPoint]:
    points = {}
    for row in file.rows():
        value = file.decimal(row, "value", required=False)
        decimals = max(0, -int(value.as_tuple().exponent)) if value is not None else 0
        values = {name: row[name] for name in _SERIES_COLUMNS if name != "value"}
        points[row["id"]] = SeriesPoint(**values, value=value, decimals=decimals)
    return points


def _read_topics(file: _Reader) -> dict[str, Topic]:
    topics = {}
    for row in file.rows():
        lines = [row["line_first"], row["line_last"]]
        if not all(line.isdigit() for line in lines) or int(lines[0]) > int(lines[1]):
            file.problem("line_first and line_last must be line numbers in order")
            continue
        file.one_of(row, "programme", PROGRAMMES)
        topics[row["id"]] = Topic(
            row["id"],
            row["section"],
            int(lines[0]),
            int(lines[1]),
            row["programme"],
            row["topic_vi"],
            row["topic_en"],
        )
    return topics


def _read_targets(
    file: _Reader, figures: dict[str, Figure], series: dict[str, SeriesPoint]
) -> dict[str, Target]:
    targets = {}
    for row in file.rows():
        for name, known in (("target", figures), ("level", figures), ("outcome", series)):
            if row[name] and row[name] not in known:
                near = process.extractOne(row[name], list(known), score_cutoff=70)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                file.problem(f"{name}: there is no {row[name]!r}{hint}")
        if row["target"] in figures and figures[row["target"]].kind not in ("target", "limit"):
            file.problem(f"{row['target']} is of kind {figures[row['target']].kind}, no target")
        targets[row["target"]] = Target(row["target"], row["level"], row["outcome"])
    return targets


def _read_figures(file: _Reader, units: dict[str, Unit]) -> dict[str, Figure]:
    figures = {}
    for row in file.rows():
        before = len(file.problems)
        value = file.decimal(row, "value", required=True)
        high = file.decimal(row, "value_high", required=False)
        denominator = file.decimal(row, "denominator", required=False)
        file.one_of(row, "unit", list(units))
        file.one_of(row, "kind", FIGURE_KINDS)
        file.one_of(row, "programme", PROGRAMMES)
        if not row["line"].isdigit():
            file.problem(f"line {row['line']!r} is not a line number of the source")
        if not row["id"].isidentifier():
            file.problem(f"id {row['id']!r} must be letters, digits and _, not starting with one")
        if denominator is not None or row["denominator_meaning"]:
            file.one_of(row, "denominator_meaning", DENOMINATOR_MEANINGS)
        for code in filter(None, row["area"].split(";")):
            if not known_code(code):
                file.problem(
                    f"unknown area code {code!r}: use the GSO code of a province (2 digits), a "
                    "district (3) or a commune (5); this province's stand on one of its lists"
                )
        for name in ("indicator_vi", "indicator_en", "printed"):
            if not row[name]:
                file.problem(f"{name} is empty")
        decimals = _check_printed(file, row, value, high, denominator) if value is not None else {}
        if len(file.problems) > before or value is None:
            continue
        figures[row["id"]] = Figure(
            **{
                name: row[name]
                for name in FIGURE_COLUMNS
                if name not in ("line", "value", "value_high", "denominator")
            },
            line=int(row["line"]),
            value=value,
            value_high=high,
            denominator=denominator,
            decimals=decimals,
        )
    return figures


def _check_printed(
    file: _Reader,
    row: dict[str, str],
    value: Decimal,
    high: Decimal | None,
    denominator: Decimal | None,
) -> dict[str, int]:
    """Check that the value is what the printed text says, and return the decimals printed."""
    if row["printed"][:1].isalpha():
        # A commune or district named in a list; it may end in a number (thị trấn Thứ 11).
        if value != 1:
            file.problem(f"{row['printed']!r} is a name: its value must be 1")
        return {"value": 0}
    try:
        found = printed.read_printed(row["printed"])
    except ValueError as error:
        file.problem(f"printed {row['printed']!r}: {error}")
        return {}
    expected = {"value": value}
    if high is not None:
        expected["high"] = high
    if denominator is not None:
        expected["of"] = denominator
    if len(found) != len(expected):
        file.problem(
            f"printed {row['printed']!r} has {len(found)} numbers, the row gives {len(expected)} "
            "(value, value_high, denominator)"
        )
        return {}
    decimals = {}
    for (name, wanted), number in zip(expected.items(), found, strict=True):
        if abs(wanted) != number.value:
            column = {"of": "denominator", "high": "value_high"}.get(name, name)
            file.problem(f"{column} {wanted} is not what is printed: {row['printed']!r}")
        decimals[name] = number.decimals
    return decimals


def _read_identities(
    file: _Reader,
    figures: dict[str, Figure],
    series: dict[str, SeriesPoint],
    units: dict[str, Unit],
    known: list[str],
) -> dict[str, Identity]:
    identities = {}
    for row in file.rows():
        before = len(file.problems)
        file.one_of(row, "kind", IDENTITY_KINDS)
        row["relation"] = row["relation"] or "="
        file.one_of(row, "relation", RELATIONS)
        file.one_of(row, "unit", list(units))
        parsed = []
        for name in ("figure", "expression"):
            try:
                parsed.append(expressions.parse(row[name]))
            except expressions.ExpressionError as error:
                file.problem(f"{name}: {error}")
        if len(parsed) < 2:
            continue
        for reference in [*parsed[0].references(), *parsed[1].references()]:
            if reference.figure not in known:
                near = process.extractOne(reference.figure, known, score_cutoff=70)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                file.problem(f"there is no figure {reference.figure!r}{hint}")
            elif reference.figure in figures:
                if figures[reference.figure].part(reference.part) is None:
                    file.problem(f"{reference.part}({reference.figure}): it has none")
            elif reference.part != "value" or series[reference.figure].value is None:
                file.problem(f"{reference.figure} of the series has no such value")
        tested = parsed[0].references()
        if len(tested) != 1:
            file.problem("figure must name one figure")
        if row["kind"] == "common_base" and (parsed[1].share_of is None or not row["group"]):
            file.problem("a common_base needs share_of(figure) and a group")
        if len(file.problems) > before:
            continue
        identities[row["id"]] = Identity(
            row["id"],
            row["kind"],
            tested[0],
            parsed[1],
            row["group"],
            row["relation"],
            row["unit"],
            row["description_vi"],
            row["description_en"],
        )
    return identities
