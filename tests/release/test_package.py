"""The package of clean tables: read back whole by its own validator, and honest about itself."""

from __future__ import annotations

import csv
import getpass
import hashlib
import json
import platform
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from tests.release.publication import YEAR, graph_of, published, rows

from kgstats.release import package
from kgstats.returns import processed
from kgstats.returns.contracts import DTYPES
from kgstats.returns.forms import KEYS, TABLES, table_columns
from kgstats.workspace import Workspace


def told(tables: Path) -> dict:
    return json.loads((tables / "datapackage.json").read_text(encoding="utf-8"))


def resource(tables: Path, name: str) -> dict:
    return next(one for one in told(tables)["resources"] if one["name"] == name)


def test_its_own_validator_finds_nothing(tables):
    frictionless = pytest.importorskip("frictionless")
    found = frictionless.validate(str(tables / "datapackage.json"))
    assert found.valid, found.flatten(["title", "message"])
    assert {task.name for task in found.tasks} == {one["name"] for one in told(tables)["resources"]}


def test_its_own_validator_would_find_a_wrong_value(tables, tmp_path):
    frictionless = pytest.importorskip("frictionless")
    amount = rows(tables / "clean" / "funding.csv")[0]["allocated_vnd"]
    assert int(amount) > 0
    for change in (("2019,899", "2018,899"), ("central", "centre"), (amount, "-1")):
        copy = tmp_path / change[1]
        shutil.copytree(tables, copy)
        path = copy / "clean" / "funding.csv"
        text = path.read_text(encoding="utf-8")
        assert change[0] in text
        path.write_text(text.replace(change[0], change[1], 1), encoding="utf-8", newline="")
        assert not frictionless.validate(str(copy / "datapackage.json")).valid, change


@pytest.mark.parametrize("name", TABLES)
def test_a_clean_table_comes_back_as_it_was(tables, workspace, name):
    frame = pd.read_parquet(workspace.data_set(name, YEAR))
    path = tables / "clean" / f"{name}.csv"
    kinds = {column.name: DTYPES[column.dtype] for column in table_columns(name)}
    read = pd.read_csv(
        path,
        dtype={key: kind for key, kind in kinds.items() if not kind.startswith("datetime")},
        keep_default_na=False,
        na_values=[""],
        true_values=["true"],
        false_values=["false"],
    )
    assert read.pop("illustrative").all()
    for key, kind in kinds.items():
        if kind.startswith("datetime"):
            read[key] = pd.to_datetime(read[key]).astype(kind)
        if kind == "string":
            # Documented: an apostrophe keeps text from being taken for a formula.
            read[key] = read[key].str.replace(r"^'(?=\s*[=+\-@])", "", regex=True)
    pd.testing.assert_frame_equal(read, frame, check_dtype=False)


def test_there_is_no_mark_and_no_note(tables):
    for path in (tables / "clean").glob("*.csv"):
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf")
        lines = list(csv.reader(content.decode("utf-8").splitlines(keepends=True)))
        assert {len(line) for line in lines} == {len(lines[0])}


def test_sizes_and_hashes_are_those_of_the_files(tables):
    for one in told(tables)["resources"]:
        content = (tables / one["path"]).read_bytes()
        assert one["bytes"] == len(content)
        assert one["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        assert one["rows"] == len(rows(tables / one["path"]))


def test_fields_say_type_title_unit_and_key(tables):
    poverty = resource(tables, "poverty")["schema"]
    assert poverty["primaryKey"] == list(KEYS["poverty"])
    fields = {field["name"]: field for field in poverty["fields"]}
    assert fields["poor_end_hh"]["type"] == "integer"
    assert fields["poor_end_hh"]["unit"] == "households"
    assert fields["poor_end_hh"]["title"] == "Hộ nghèo cuối năm"
    english = fields["poor_end_hh"]["translations"]["en"]
    assert english["title"] == "Poor households, end of year"
    assert len(fields["commune_code"]["constraints"]["enum"]) == 145
    assert all("description" in field for field in poverty["fields"])
    assert poverty["missingValues"] == [""]
    funding = {field["name"]: field for field in resource(tables, "funding")["schema"]["fields"]}
    assert funding["allocated_vnd"]["constraints"]["minimum"] == 0
    assert funding["cut_off"]["type"] == "date"


def test_every_table_of_returns_says_that_it_is_illustrative(tables):
    package_json = told(tables)
    assert package_json["illustrative"] is True
    assert "illustrative" in package_json["translations"]["en"]["description"]
    for name in package.OF_RETURNS:
        found = rows(tables / "clean" / f"{name}.csv")
        assert found and {row["illustrative"] for row in found} == {"true"}
        last = resource(tables, name.replace("_", "-"))["schema"]["fields"][-1]
        assert (last["name"], last["type"]) == ("illustrative", "boolean")
    assert "illustrative" not in rows(tables / "clean" / "audit.csv")[0]


def test_the_same_inputs_give_the_same_bytes(workspace, tables, tmp_path):
    again = published(workspace, tmp_path)
    for path in sorted(tables.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (again / path.relative_to(tables)).read_bytes(), path.name


def test_real_returns_are_neither_marked_nor_licensed(workspace, tmp_path):
    copy = Workspace(tmp_path / "w")
    shutil.copytree(workspace.root, copy.root)
    (copy.year_raw(YEAR) / "origin.yml").unlink()
    tables = published(copy, tmp_path / "p")
    assert told(tables)["illustrative"] is False
    assert "licenses" not in told(tables)
    assert {row["illustrative"] for row in rows(tables / "clean" / "poverty.csv")} == {"false"}
    graph = graph_of(tables)
    assert graph[graph["./"]["license"]["@id"]]["description"]
    assert package.licence_words(copy, YEAR, "en") == package.NOT_STATED
    (copy.year_raw(YEAR) / "origin.yml").write_text(
        "licence: {name: CC-BY-4.0, path: 'https://spdx.org/licenses/CC-BY-4.0'}\n"
        "publisher: Office\n"
    )
    words = package.licence_words(copy, YEAR, "vi")
    assert words == "CC-BY-4.0: https://spdx.org/licenses/CC-BY-4.0"
    tables = published(copy, tmp_path / "q")
    assert told(tables)["licenses"][0]["name"] == "CC-BY-4.0"
    assert graph_of(tables)["#publisher"]["name"] == "Office"


def test_a_year_without_returns_has_its_audit_only(workspace, tmp_path):
    copy = Workspace(tmp_path / "w")
    shutil.copytree(workspace.root / "data" / "raw" / "published", copy.raw / "published")
    source = workspace.data_set("audit", YEAR)
    target = copy.data_set("audit", YEAR)
    target.parent.mkdir(parents=True)
    shutil.copyfile(source, target)
    tables = tmp_path / "tables"
    tables.mkdir()
    package.write_package(tables, copy, YEAR, ["vi"])
    assert [one["name"] for one in told(tables)["resources"]] == ["audit"]
    assert "translations" not in told(tables)


def test_a_year_with_nothing_clean_has_no_package(tmp_path):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    tables = tmp_path / "tables"
    tables.mkdir()
    package.write_package(tables, Workspace(tmp_path), YEAR, ["vi"])
    assert not (tables / "datapackage.json").exists()
    assert not (tables / "clean").exists()


def test_text_that_looks_like_a_formula_is_kept_from_running(tmp_path):
    frame = pd.DataFrame(
        {
            "text": pd.array(["=1+1", "-", "@x", 'a"b,c', "dòng\nhai", None], dtype="string"),
            "number": pd.array([-1, 0, None, 3, 4, 5], dtype="Int64"),
            "rate": pd.array([0.5, 106.0, None, 0.0, -0.0, 2.69], dtype="Float64"),
            "met": pd.array([True, False, None, True, True, True], dtype="boolean"),
            "day": pd.to_datetime(["2019-12-31", None, None, None, None, None]),
        }
    )
    path = tmp_path / "t.csv"
    package.write_csv(frame, path)
    found = rows(path)
    assert [row["text"] for row in found] == ["'=1+1", "'-", "'@x", 'a"b,c', "dòng\nhai", ""]
    assert [row["number"] for row in found] == ["-1", "0", "", "3", "4", "5"]
    assert [row["rate"] for row in found] == ["0.5", "106.0", "", "0.0", "-0.0", "2.69"]
    assert [row["met"] for row in found][:3] == ["true", "false", ""]
    assert [row["day"] for row in found][:2] == ["2019-12-31", ""]


def test_nothing_raw_leaves_that_was_not_used(workspace, tmp_path):
    import openpyxl

    shutil.copytree(workspace.root / "data" / "raw", tmp_path / "data" / "raw")
    one = Workspace(tmp_path)
    (one.processed(YEAR)).mkdir(parents=True)
    folder = one.returns(YEAR)
    path = next(p for p in sorted(folder.glob("*.xlsx")) if "lan 1" not in p.name)
    book = openpyxl.load_workbook(path)
    hidden = book.create_sheet("an")
    hidden["A1"] = "HIDDEN-SHEET"
    hidden.sheet_state = "hidden"
    sheet = book[book.sheetnames[0]]
    sheet.cell(sheet.max_row + 2, 2, "NGƯỜI LẬP BIỂU")
    sheet.cell(sheet.max_row + 3, 2, "SIGNED-BY-SOMEBODY")
    book.save(path)
    (folder / "thu rieng.csv").write_text("UNKNOWN-FILE;1\n", encoding="utf-8")
    secret = tmp_path / "secret.csv"
    secret.write_text("LINKED-SECRET;1\n", encoding="utf-8")
    (folder / "link.csv").symlink_to(secret)
    processed.clean_year(YEAR, one)
    kept = one.data_set("cells", YEAR).read_bytes()
    assert kept
    tables = published(one, tmp_path / "published")
    everything = b"".join(path.read_bytes() for path in tables.rglob("*") if path.is_file())
    for word in ("HIDDEN-SHEET", "SIGNED-BY-SOMEBODY", "UNKNOWN-FILE", "LINKED-SECRET"):
        assert word.encode() not in everything, word
    # What was used is there, and so is the place of what was not.
    cells = rows(tables / "clean" / "cells.csv")
    assert {row["role"] for row in cells if row["raw"]} <= package.USED
    assert all(row["raw"] for row in cells if row["role"] == "value")
    assert any(row["sheet"] == "an" and row["cell"] == "A1" for row in cells)


def test_nothing_published_names_a_place_of_the_machine(site, root):
    """Nor who ran it: no folder of a user, of Python or of temporary files, in any file."""
    told = [str(path).encode() for path in (root, Path.home(), sys.prefix, tempfile.gettempdir())]
    places = [place + b"/" for place in told if place.count(b"/") > 0 and len(place) > 3]
    found = []
    for path in sorted(site.parent.rglob("*")):
        if path.is_file():
            found += [(path.name, place) for place in places if _holds(path, place)]
    assert found == []
    record = (site.parent / "run.json").read_text(encoding="utf-8")
    for name in (getpass.getuser(), platform.node()):
        assert f'"{name}"' not in record


def _holds(path: Path, place: bytes) -> bool:
    content = path.read_bytes()
    if path.suffix in (".xlsx", ".zip"):
        with zipfile.ZipFile(path) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    return place in content
