"""Every published table read back: page, CSV, XLSX and the notebook's data say the same.

Value, unit and type, in both languages, of every table and every figure's data: of two real
runs, and of a third year whose notebooks run in this process.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from lxml import html as lxml_html
from tests.in_process import Notebook, undrawn

from kgstats.pipeline.graph import make_plan
from kgstats.present import downloads, numbers
from kgstats.present.columns import SCALE
from kgstats.present.downloads import COLUMNS
from kgstats.present.tables import dumps
from kgstats.reference import areas
from kgstats.words import LANGUAGES, translator
from kgstats.workspace import Workspace

YEARS = (2018, 2019, 2020)
CODES = ("district_code", "commune_code")
CODE_LABELS = ("District code", "Commune code", "Mã huyện", "Mã xã")
TEXTS = ("text", "verbatim", "date")
EXTRA = {"_unit": "text", "_mark": "text", "_high": ""}
"""Endings of the names of columns beside a column of numbers, and their kind."""


@dataclass(frozen=True)
class Published:
    """One table in one language: what the notebook carries, its files, its element on the page."""

    year: int
    lang: str
    page: str
    data: dict[str, Any]
    folder: Path
    block: Any = None
    frame: pd.DataFrame | None = None

    @property
    def name(self) -> str:
        return f"{self.year}/{self.lang}/{self.page}#{self.data['slug']}"

    @property
    def file(self) -> Path:
        return self.folder / self.data["slug"]

    def column(self, place: int) -> list[Any]:
        return [row[place] for row in self.data["rows"]]


def slug(notebook: str) -> str:
    return notebook.partition("_")[2].replace("_", "-")


def of_a_run(year: int, folder: Path) -> Iterator[Published]:
    """Yield every table and figure's data of the executed notebooks."""
    for lang in LANGUAGES:
        for path in sorted((folder / "notebooks" / lang).glob("*.ipynb")):
            page = slug(path.stem)
            document = lxml_html.parse(str(folder / "html" / lang / f"{page}.html")).getroot()
            blocks = {one.get("id"): one for one in document.iterfind(".//div[@class='table']")}
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                for output in cell.get("outputs", []):
                    for kind, held in output.get("data", {}).items():
                        if kind.startswith("application/vnd.kgstats."):
                            data = held.get("data") if ".figure" in kind else held
                            if data:
                                files = folder / "tables" / lang / page
                                block = blocks[data["slug"]]
                                yield Published(year, lang, page, data, files, block)


def in_process(place: Workspace, year: int, folder: Path) -> Iterator[Published]:
    """Yield those of a year whose notebooks run here, and their frames; write their files."""
    for notebook in make_plan(place, year).notebooks:
        opened = Notebook(
            place.notebooks / f"{notebook.name}.ipynb",
            year,
            **({"district": "912"} if notebook.each else {}),
        )
        for lang in LANGUAGES:
            with undrawn(place.root):
                tables = opened.page(lang).tables().values()
            files = folder / lang / slug(notebook.name)
            files.mkdir(parents=True)
            told = [json.loads(dumps(one.payload())) for one in tables]
            for data, one in zip(told, tables, strict=True):
                downloads.write_csv(data, files / f"{data['slug']}.csv")
                downloads.write_xlsx(data, files / f"{data['slug']}.xlsx", lang=lang)
                block = lxml_html.fragment_fromstring(one.to_html())
                yield Published(year, lang, files.name, data, files, block, one.frame)
            downloads.write_metadata(told, files / downloads.METADATA, lang=lang)


@pytest.fixture(scope="module")
def published(site, next_year, tmp_path_factory) -> list[Published]:
    """Every table: of runs of 2019 and 2020 (in English), and of the notebooks of 2018."""
    found = [
        *in_process(Workspace(site.parents[2]), 2018, tmp_path_factory.mktemp("earlier")),
        *of_a_run(2019, site.parent),
        *of_a_run(2020, next_year),
    ]
    assert all(sum(one.year == year for one in found) > 60 for year in YEARS)
    return found


def told(failures: list[str]) -> str:
    return f"{len(failures)} of them, such as:\n" + "\n".join(failures[:25])


def test_csv_and_xlsx_hold_the_very_values_of_the_notebook(published):
    failures = []
    cells = 0
    for one in published:
        labels = [column["label"] for column in one.data["columns"]]
        rows = one.data["rows"]
        with one.file.with_suffix(".csv").open(encoding="utf-8-sig", newline="") as file:
            read = list(csv.reader(file))
        book = openpyxl.load_workbook(one.file.with_suffix(".xlsx"))
        sheet = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
        if read[0] != [downloads.as_text(label) for label in labels] or sheet[2] != labels:
            failures.append(f"{one.name}: heads differ")
            continue
        for place, row in enumerate(rows):
            cells += len(row)
            spread = sheet[3 + place] + [None] * (len(row) - len(sheet[3 + place]))
            for column, value in enumerate(row):
                text, held = read[1 + place][column], spread[column]
                if isinstance(value, bool | int | float) and value is not None:
                    # A workbook keeps sixteen digits.
                    same = float(text) == value and not isinstance(held, str)
                    same = same and held is not None and math.isclose(held, value, rel_tol=1e-14)
                else:
                    same = text == ("" if value is None else downloads.as_text(value))
                    if isinstance(held, dt.datetime):
                        held = held.date().isoformat()
                    same = same and (held or None) == (value or None)
                if not same:
                    failures.append(f"{one.name} row {place} {labels[column]}: {value!r} {held!r}")
    assert not failures, told(failures)
    assert cells > 30_000


def test_the_notebook_carries_what_its_frame_holds(published):
    """Amounts in the unit of their head, everything else as it was computed; silence as silence."""
    failures, compared = [], 0
    for one in published:
        if one.frame is None:
            continue
        for place, column in enumerate(one.data["columns"]):
            if column["key"] not in one.frame or column["kind"] in TEXTS:
                continue
            for cell, held in zip(one.frame[column["key"]], one.column(place), strict=True):
                own = getattr(cell, "value", cell)
                kind = getattr(cell, "kind", "") or column["kind"]
                if isinstance(own, str) or pd.isna(own):
                    same = held is None
                else:
                    exact = Fraction(own) / SCALE.get(kind, 1)
                    same = type(held) in (int, float) and math.isclose(held, exact, rel_tol=1e-14)
                compared += 1
                if not same:
                    failures.append(f"{one.name} {column['label']}: {cell!r} is {held!r}")
    assert not failures, told(failures)
    assert compared > 10_000


def test_units_and_definitions_go_with_the_files(published):
    failures = []
    for one in published:
        book = openpyxl.load_workbook(one.file.with_suffix(".xlsx"), read_only=True)
        listed = list(book[translator(one.lang)(COLUMNS)].iter_rows(min_row=2, values_only=True))
        meta = json.loads((one.folder / downloads.METADATA).read_text(encoding="utf-8"))
        table = next(t for t in meta["tables"] if t["url"] == f"{one.data['slug']}.csv")
        described = table["tableSchema"]["columns"]
        for column, line, about in zip(one.data["columns"], listed, described, strict=True):
            line = (*line, None, None, None, None)
            same = (line[0], line[1] or "", line[2] or "", line[3]) == (
                column["label"], column["unit"], column["definition"], column["key"],
            )  # fmt: skip
            same &= about["titles"] == column["label"] and about["name"] == column["key"]
            same &= about.get("schema:unitText", "") == column["unit"]
            if not same:
                failures.append(f"{one.name}: {column['label']}")
    assert not failures, told(failures)


def test_units_beside_numbers_are_in_the_language_of_the_file(published):
    """A Vietnamese file of whole columns of English units went unseen: page and file differed."""
    t = translator("vi")
    english = {(one.year, one.page, one.data["slug"]): one for one in published if one.lang == "en"}
    failures, compared = [], 0
    for one in published:
        other = english.get((one.year, one.page, one.data["slug"]))
        if one.lang == "en" or other is None or len(one.data["rows"]) != len(other.data["rows"]):
            continue
        keys = [column["key"] for column in other.data["columns"]]
        for place, column in enumerate(one.data["columns"]):
            if not column["key"].endswith("_unit") or column["key"] not in keys:
                continue
            own, theirs = one.column(place), other.column(keys.index(column["key"]))
            wrong = [
                # “Communes” has no word of its own in Vietnamese: it is that of one.
                a for a, b in zip(own, theirs, strict=True)
                if b and a not in (t(b), t(b.removesuffix("s")))
            ]  # fmt: skip
            compared += len(own)
            failures += [f"{one.name} {column['key']}: {word!r}" for word in wrong]
    assert not failures, told(failures)
    assert compared > 50


def test_every_column_of_numbers_has_a_unit_and_every_head_is_alone(published):
    failures = []
    for one in published:
        columns = one.data["columns"]
        heads = Counter(column["label"] for column in columns)
        failures += [f"{one.name}: {n} × {head!r}" for head, n in heads.items() if n > 1]
        beside = any(
            column["key"].endswith(("unit", "quantity"))
            or column["label"] in ("Unit", "Đơn vị", "Đơn vị tính")
            for column in columns
        )
        for place, column in enumerate(columns):
            values = [value for value in one.column(place) if value is not None]
            is_number = any(type(value) in (int, float) for value in values)
            if is_number and column["kind"] != "text" and not (column["unit"] or beside):
                failures.append(f"{one.name}: {column['label']} ({column['key']}) has no unit")
            if is_number and column["kind"] != "text" and column["unit"]:
                others = [value for value in values if isinstance(value, str)]
                if others:
                    failures.append(f"{one.name}: {column['label']} holds {others[:2]}")
    assert not failures, told(failures)


A_NUMBER = re.compile(
    r"[+−-]?(?:VND )?[+−-]?\d[\d.,]*(?:\s?%|\*|\s?pp| tỷ đồng| triệu đồng| billion| million)"
)


def test_no_text_is_a_number_in_disguise(published):
    failures = []
    for one in published:
        for place, column in enumerate(one.data["columns"]):
            if column["kind"] == "mixed":
                failures.append(f"{one.name}: {column['label']} is a column of everything")
            if column["kind"] == "verbatim":
                continue
            for value in one.column(place):
                if isinstance(value, str) and A_NUMBER.fullmatch(value.replace("\u00a0", " ")):
                    failures.append(f"{one.name}: {column['label']} holds {value!r}")
                    break
    assert not failures, told(failures)


def _read(text: str, lang: str) -> tuple[float, int] | None:
    """Read the first number of a cell of a page: its value and the decimals shown."""
    group, point = (".", ",") if lang == "vi" else (",", ".")
    pattern = rf"([+−-]?)(?:VND\s)?(\d{{1,3}}(?:\{group}\d{{3}})+|\d+)(?:\{point}(\d+))?"
    match = re.search(pattern, text)
    if match is None:
        return None
    whole, part = match[2].replace(group, ""), match[3] or ""
    sign = -1 if match[1] in ("−", "-") else 1
    return sign * float(f"{whole}.{part or 0}"), len(part)


def _lines(block: Any) -> list[list[str]]:
    """Return the cells of a page's table, row by row."""
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")]
        for row in block.iterfind(".//tbody/tr")
        if row.get("class") != "group"
    ]


def _main(data: dict[str, Any]) -> list[int]:
    """Return which columns of a file are columns of the page."""
    columns = data["columns"]
    keys = [column["key"] for column in columns]

    def beside(place: int) -> bool:
        kind = columns[place]["kind"]
        return any(
            keys[place] == f"{key}{end}" and kind == (wanted or kind)
            for key in keys
            for end, wanted in EXTRA.items()
        )

    header = keys.index(data["header"])
    codes = {place for place, column in enumerate(columns) if column["label"] in CODE_LABELS}
    return [place for place in range(header, len(keys)) if place not in codes and not beside(place)]


def _order(data: dict[str, Any]) -> list[int]:
    """Return the rows of a file in the page's order: groups gather their rows."""
    places = range(len(data["rows"]))
    if data["columns"][0]["key"] == data["header"]:
        return list(places)
    groups = [str(row[0]) for row in data["rows"]]
    return sorted(places, key=lambda place: (groups.index(groups[place]), place))


def _difference(text: str, value: Any, column: dict[str, Any], lang: str, head: str) -> str:
    """Say in what a cell of a page differs from its file; nothing where it does not."""
    read = _read(text, lang)
    if read is None or float(numbers.rounded(value, read[1])) != read[0]:
        return f"{text!r} is {value!r}"
    if column["decimals"] not in (None, read[1]):
        return f"decimals of {text!r}"
    if "%" in text and column["unit"] not in ("%", ""):
        return f"{text!r} in {column['unit']}"
    said = f"{head} {text}".casefold()
    if column["kind"] in ("million", "billion") and column["unit"].casefold() not in said:
        return f"no {column['unit']}"
    return ""


def test_pages_show_what_the_files_hold(published):
    failures = []
    compared = 0
    for one in published:
        block = one.block
        head = " ".join(" ".join(block.xpath(".//caption//text()|.//thead//text()")).split())
        lines, main, order = _lines(block), _main(one.data), _order(one.data)
        if len(lines) != len(order) or any(len(line) != len(main) for line in lines):
            failures.append(f"{one.name}: {len(lines)} rows of {len(main)} columns")
            continue
        for line, place in zip(lines, order, strict=True):
            for text, at in zip(line, main, strict=True):
                value, column = one.data["rows"][place][at], one.data["columns"][at]
                if column["kind"] in TEXTS or value is None:
                    continue
                compared += 1
                if differs := _difference(text, value, column, one.lang, head):
                    failures.append(f"{one.name} {column['label']}: {differs}")
    assert not failures, told(failures)
    assert compared > 8_000


AS_PRINTED = {
    "agreement": "beside each published figure what the returns give, a digit or two more exact",
    "audit-all": "each difference is as exact as its statement",
    "funding-printed": "beside each printed figure what the returns give, as exact",
}
"""Tables of figures of other publications, which keep the decimals they were printed with."""


def _measured(one: Published, at: int) -> list[Any]:
    """Return what each row of a column measures: rows of several units are figures of their own."""
    columns = one.data["columns"]
    keys = [column["key"] for column in columns]
    units = {f"{keys[at]}_unit", "unit"} & set(keys)
    if not units and columns[at]["kind"] != "quantity":
        return [None] * len(one.data["rows"])
    return [
        (row[keys.index(one.data["header"])], *(row[keys.index(unit)] for unit in sorted(units)))
        for row in one.data["rows"]
    ]


def test_numbers_below_each_other_have_the_same_decimals(published):
    failures, compared = [], 0
    for one in published:
        lines, main, order = _lines(one.block), _main(one.data), _order(one.data)
        for place, at in enumerate(main):
            column = one.data["columns"][at]
            if column["kind"] in TEXTS or one.data["slug"] in AS_PRINTED:
                continue
            measured = _measured(one, at)
            found: dict[Any, dict[int, str]] = {}
            for line, row in zip(lines, order, strict=True):
                read = _read(line[place], one.lang)
                if one.data["rows"][row][at] is not None and read is not None:
                    compared += 1
                    found.setdefault(measured[row], {})[read[1]] = line[place]
            failures += [
                f"{one.name} {column['label']} ({column['key']}): {list(several.values())}"
                for several in found.values()
                if len(several) > 1
            ]
    assert not failures, told(failures)
    assert compared > 8_000


TYPES = r"^(xã|phường|thị trấn) | (commune|ward|township)$"


def test_places_have_their_codes_and_no_name_stands_for_two(published):
    failures = []
    for one in published:
        units, districts = areas.units(one.year), areas.districts(one.year)
        twice = set(units["name"][units["name"].duplicated(keep=False)])
        known = set(districts["district_name"]) | set(units["name"])
        keys = {column["key"] for column in one.data["columns"]}
        header = next(
            i for i, c in enumerate(one.data["columns"]) if c["key"] == one.data["header"]
        )
        heads = [str(value) for value in one.column(header)]
        places = sum(re.sub(r" \(.*\)$", "", head) in known for head in heads)
        if heads and places > len(heads) / 2 and not keys & set(CODES):
            failures.append(f"{one.name}: {places} places without a code")
        code = [column["key"] for column in one.data["columns"]].index("commune_code") if (
            "commune_code" in keys
        ) else None  # fmt: skip
        for row in one.data["rows"]:
            if code is None or not row[code]:
                continue
            name = re.sub(TYPES, "", str(row[header]))
            own = units[units["name"] == name]["district_name"]
            beside = " ".join(map(str, [*row, one.data["caption"]])).replace(
                str(row[header]), "", 1
            )
            if name in twice and not any(district in beside for district in own):
                failures.append(f"{one.name}: {row[header]} without its district")
    assert not failures, told(failures)
