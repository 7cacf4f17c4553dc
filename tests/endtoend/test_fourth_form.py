"""A fourth form is data: a form file, rows of the registry, rules between its numbers, words.

A copy of the package gets a form 04 on rural water supply, by files alone, and reads, checks,
cleans, describes and packs a return of it.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import kgstats
from kgstats.reference import areas

PACKAGE = Path(kgstats.__file__).parent
KEYS = ("year", "district_code", "commune_code")
COLUMNS = {
    # name: type, unit, low, high, definition
    "rural_households_hh": (
        "int", "households", 0, 200_000, "Rural households: at the end of the year",
    ),
    "clean_water_hh": (
        "int", "households", 0, 200_000, "Households with clean water: from any safe source",
    ),
    "standard_water_hh": (
        "int", "households", 0, 200_000, "Households with water of the standard: QCVN 02",
    ),
    "clean_water_pct": (
        "float", "percent", 0, 100, "Stated share with clean water: as the district states it",
    ),
}  # fmt: skip
WORDS = {
    "rural_households_hh": "Tổng số hộ nông thôn|Số hộ nông thôn",
    "clean_water_hh": "Số hộ sử dụng nước hợp vệ sinh|Hộ dùng nước hợp vệ sinh",
    "standard_water_hh": "Số hộ sử dụng nước sạch đạt quy chuẩn|Hộ dùng nước sạch đạt QCVN",
    "clean_water_pct": "Tỷ lệ hộ sử dụng nước hợp vệ sinh|Tỷ lệ nước hợp vệ sinh (%)",
}
TITLE = "TÌNH HÌNH CẤP NƯỚC SẠCH NÔNG THÔN NĂM 2019"
DISTRICT, NAME = "906", "Giồng Riềng"


def add(file: Path, *rows: tuple[object, ...]) -> None:
    with file.open("a", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


def head(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8-sig").splitlines()[0].split(",")


def row(file: Path, **values: object) -> tuple[object, ...]:
    assert set(values) <= set(head(file)), (head(file), values)
    return tuple(values.get(name, "") for name in head(file))


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    """A copy of the package with a fourth form, added by files of data alone."""
    root = tmp_path_factory.mktemp("package")
    shutil.copytree(PACKAGE, root / "kgstats", ignore=shutil.ignore_patterns("__pycache__"))
    registry, forms = root / "kgstats" / "registry", root / "kgstats" / "returns" / "forms"
    add(
        registry / "tables.csv",
        row(
            registry / "tables.csv", table="water", form="04", units="rural", made_from="returns",
            key="|".join(KEYS), title="Rural water supply", row_is="one rural commune",
        ),
    )  # fmt: skip
    columns = registry / "columns.csv"
    year, district, commune = (
        line for line in csv.DictReader(columns.open(encoding="utf-8"))
        if line["table"] == "communes" and line["name"] in KEYS
    )  # fmt: skip
    for line in (year, district, commune):
        add(columns, row(columns, **{**line, "table": "water"}))
    for name, (dtype, unit, low, high, definition) in COLUMNS.items():
        add(
            columns,
            row(
                columns, table="water", name=name, dtype=dtype, unit=unit, low=low, high=high,
                definition=definition,
            ),
        )  # fmt: skip
    add(
        forms / "forms.csv",
        row(
            forms / "forms.csv", form="04", table="water",
            titles="Tình hình cấp nước sạch nông thôn|Kết quả cấp nước sạch nông thôn",
            needs="clean_water_hh:1",
        ),
    )  # fmt: skip
    heads = ["column", "table", "dash", "header_words", "note"]
    with (forms / "04_water.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(heads)
        places = next(
            line["header_words"]
            for line in csv.DictReader((forms / "03_poverty.csv").open(encoding="utf-8"))
            if line["column"] == "commune_code"
        )
        for name in KEYS:
            words = places if name == "commune_code" else ""
            writer.writerow([name, "water", "", words, ""])
        for name, words in WORDS.items():
            writer.writerow([name, "water", "zero" if name.endswith("_hh") else "null", words, ""])
    identities = forms / "identities.csv"
    add(
        identities,
        row(
            identities, table="water", name="rate_differs", at="clean_water_pct",
            left="clean_water_pct", relation="=",
            right="100 * clean_water_hh / rural_households_hh", slack="0.06", rounding="1",
        ),
        row(
            identities, table="water", name="water_part_above_whole", at="standard_water_hh",
            left="standard_water_hh", relation="<=", right="clean_water_hh",
        ),
    )  # fmt: skip
    rules = root / "kgstats" / "returns" / "rules.csv"
    add(
        rules,
        row(
            rules, name="water_part_above_whole", about="identities", severity="warning",
            action="kept",
            message="{place}: {stated} households with standard water of {base} with clean water.",
            advice="Check {cell} against the column before it.",
            meaning="More households have water of the standard than have clean water.",
        ),
    )  # fmt: skip
    words = root / "kgstats" / "locale" / "vi" / "water.po"
    texts = {definition: f"Nước: {name}" for name, (*_, definition) in COLUMNS.items()}
    texts |= {"Rural water supply": "Cấp nước nông thôn"}
    words.write_text(
        "\n".join(f'msgid "{text}"\nmsgstr "{said}"\n' for text, said in texts.items()),
        encoding="utf-8",
    )
    return root


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    """A year with one return of form 04, with one wrong rate and one impossible part."""
    root = tmp_path_factory.mktemp("workspace")
    returns = root / "data" / "raw" / "2019" / "returns"
    returns.mkdir(parents=True)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Bieu 04"
    sheet["A1"] = f"UBND HUYỆN {NAME.upper()}"
    sheet["A3"] = f"Biểu số 04: {TITLE}"
    labels = ["STT", "Xã", *(words.split("|")[0] for words in WORDS.values())]
    for place, label in enumerate(labels, start=1):
        sheet.cell(5, place, label)
    units = areas.rural(2019)
    names = units.loc[units["district_code"] == DISTRICT, "name"]
    for order, name in enumerate(names, start=1):
        more = order * order  # Counts that run evenly are asked about.
        total, clean, standard = 1000 + 7 * more, 900 + 5 * more, 400 + 3 * more
        rate = round(100 * clean / total, 2)
        if order == 3:
            rate = 12.34
        if order == 5:
            standard = clean + 50
        for place, value in enumerate((order, f"Xã {name}", total, clean, standard, rate), start=1):
            sheet.cell(5 + order, place, value)
    book.save(returns / "GiongRieng_Bieu_04_2019.xlsx")
    return root


@pytest.fixture(scope="module")
def cleaned(package, workspace) -> subprocess.CompletedProcess[str]:
    return run(package, workspace, "-m", "kgstats.cli", "clean", "--year", "2019")


def run(package: Path, workspace: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(package),
        "PYTHONDONTWRITEBYTECODE": "1",
        "KGSTATS_WORKSPACE": str(workspace),
    }
    return subprocess.run(
        [sys.executable, *command],
        env=environment, cwd=workspace, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_form_is_read_and_cleaned(cleaned, workspace):
    path = workspace / "data" / "processed" / "2019" / "water.parquet"
    assert path.is_file(), cleaned.stdout + cleaned.stderr
    water = pd.read_parquet(path)
    assert list(water.columns) == [*KEYS, *COLUMNS]
    assert len(water) == 18 and set(water["district_code"]) == {DISTRICT}
    assert water["rural_households_hh"].tolist()[0] > 1000
    assert water["clean_water_hh"].notna().all()


def test_its_rules_are_checked(cleaned, workspace):
    found = pd.read_parquet(workspace / "data" / "processed" / "2019" / "findings.parquet")
    own = found[found["cell"].isin(["F8", "E10", "D10"])]
    assert set(own["cell"].str[-2:].str.lstrip("EFD")) >= {"8", "10"}, found.to_string()


def test_no_cell_is_lost(cleaned, workspace):
    cells = pd.read_parquet(workspace / "data" / "processed" / "2019" / "cells.parquet")
    values = cells[(cells["table"] == "water") & (cells["role"] == "value")]
    assert len(values) >= 18 * 4 - 2
    assert (cells["role"] != "ignored").all()


def test_it_is_listed_in_the_dictionary_and_packed_for_download(cleaned, package, workspace):
    code = (
        "import json; from pathlib import Path\n"
        "from kgstats.present import dictionary\n"
        "from kgstats.release import package\n"
        "from kgstats.workspace import Workspace\n"
        "shown = dictionary.dictionary_table('water', 2019, 'en').frame['name'].tolist()\n"
        "listed = dictionary.overview_table(2019, 'en').frame['table'].tolist()\n"
        "out = Path('tables'); out.mkdir()\n"
        "made = package.write_package(out, Workspace(Path('.').resolve()), 2019, ['vi', 'en'])\n"
        "names = [one['name'] for one in json.loads(made.read_text())['resources']]\n"
        "print(json.dumps([shown, listed, names]))\n"
    )
    done = run(package, workspace, "-c", code)
    assert done.returncode == 0, done.stderr
    shown, listed, names = json.loads(done.stdout.splitlines()[-1])
    assert shown == [*KEYS, *COLUMNS]
    assert "water" in listed and "water" in names
    assert (workspace / "tables" / "clean" / "water.csv").is_file()
