"""The package of clean tables: read back whole by its own validator, and honest about itself."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from kgstats.release import package
from kgstats.returns import processed
from kgstats.returns.contracts import DTYPES
from kgstats.returns.forms import KEYS, TABLES, table_columns
from kgstats.workspace import Workspace

YEAR = 2019
VALIDATOR_VARIABLE = "KGSTATS_CRATE_VALIDATOR"
"""Names a Python with the RO-Crate validator, where it is not in ``.tools``."""
VALIDATOR = Path(".tools/crate/bin/python")


def record(root: Path, tables: Path) -> dict:
    raw = sorted((root / "data" / "raw" / str(YEAR) / "returns").iterdir())[:2]
    inputs = {path.relative_to(root).as_posix(): "0" * 64 for path in raw}
    made = "data/processed/2019/poverty.parquet"
    return {
        "started": "2020-03-01T08:00:00+00:00",
        "finished": "2020-03-01T08:01:00+00:00",
        "kgstats": "0.1.0",
        "packages": {"python": "3.11.0", "pandas": "3.0.0"},
        "steps": [
            {"step": "clean", "inputs": inputs, "products": {made: "1" * 64}},
            {"step": "run", "inputs": {made: "1" * 64}, "products": {}},
        ],
    }


@pytest.fixture(scope="module")
def workspace(root, tmp_path_factory) -> Workspace:
    """A year of illustrative returns and the printed report, cleaned."""
    folder = tmp_path_factory.mktemp("package")
    raw = folder / "data" / "raw"
    shutil.copytree(root / "data" / "raw" / str(YEAR), raw / str(YEAR))
    shutil.copytree(root / "data" / "raw" / "published", raw / "published")
    one = Workspace(folder)
    processed.clean_year(YEAR, one)
    from kgstats.published import audit

    audit.write(folder, YEAR)
    return one


def published(workspace: Workspace, target: Path) -> Path:
    """Write the package of a publication with one page and one table of it."""
    for lang in ("vi", "en"):
        page = target / "html" / lang / "quality.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("<!DOCTYPE html><title>x</title>", encoding="utf-8")
        file = target / "tables" / lang / "quality" / "a b.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x\n1\n", encoding="utf-8")
    tables = target / "tables"
    package.write_package(tables, workspace, YEAR, ["vi", "en"], record(workspace.root, tables))
    return tables


@pytest.fixture(scope="module")
def tables(workspace, tmp_path_factory) -> Path:
    return published(workspace, tmp_path_factory.mktemp("published"))


def told(tables: Path) -> dict:
    return json.loads((tables / "datapackage.json").read_text(encoding="utf-8"))


def resource(tables: Path, name: str) -> dict:
    return next(one for one in told(tables)["resources"] if one["name"] == name)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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
    graph = crate(tables)
    assert graph[graph["./"]["license"]["@id"]]["description"]
    (copy.year_raw(YEAR) / "origin.yml").write_text(
        "licence: {name: CC-BY-4.0, path: 'https://spdx.org/licenses/CC-BY-4.0'}\n"
        "publisher: Office\n"
    )
    tables = published(copy, tmp_path / "q")
    assert told(tables)["licenses"][0]["name"] == "CC-BY-4.0"
    assert crate(tables)["#publisher"]["name"] == "Office"


def test_a_year_without_returns_has_its_audit_only(workspace, tmp_path):
    copy = Workspace(tmp_path / "w")
    shutil.copytree(workspace.root / "data" / "raw" / "published", copy.raw / "published")
    source = workspace.data_set("audit", YEAR)
    target = copy.data_set("audit", YEAR)
    target.parent.mkdir(parents=True)
    shutil.copyfile(source, target)
    tables = tmp_path / "tables"
    tables.mkdir()
    empty = {**record(workspace.root, tables), "steps": []}
    package.write_package(tables, copy, YEAR, ["vi"], empty)
    assert [one["name"] for one in told(tables)["resources"]] == ["audit"]
    assert "translations" not in told(tables)


def test_a_year_with_nothing_clean_has_no_package(tmp_path):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    tables = tmp_path / "tables"
    tables.mkdir()
    empty = {
        "started": "2020-03-01", "finished": "2020-03-01", "kgstats": "0", "packages": {},
        "steps": [],
    }  # fmt: skip
    package.write_package(tables, Workspace(tmp_path), YEAR, ["vi"], empty)
    assert not (tables / "datapackage.json").exists()
    assert not (tables / "clean").exists()


def test_text_that_looks_like_a_formula_is_kept_from_running(tmp_path):
    frame = pd.DataFrame(
        {
            "text": pd.array(["=1+1", "-", "@x", 'a"b,c', "dòng\nhai", None], dtype="string"),
            "number": pd.array([-1, 0, None, 3, 4, 5], dtype="Int64"),
            "rate": pd.array([0.5, 106.0, None, 1.0, 2.0, 2.69], dtype="Float64"),
            "met": pd.array([True, False, None, True, True, True], dtype="boolean"),
            "day": pd.to_datetime(["2019-12-31", None, None, None, None, None]),
        }
    )
    path = tmp_path / "t.csv"
    package.write_csv(frame, path)
    found = rows(path)
    assert [row["text"] for row in found] == ["'=1+1", "'-", "'@x", 'a"b,c', "dòng\nhai", ""]
    assert [row["number"] for row in found] == ["-1", "0", "", "3", "4", "5"]
    assert [row["rate"] for row in found][:3] == ["0.5", "106.0", ""]
    assert [row["met"] for row in found][:3] == ["true", "false", ""]
    assert [row["day"] for row in found][:2] == ["2019-12-31", ""]


# The crate ----------------------------------------------------------------------------------


def crate(tables: Path) -> dict[str, dict]:
    content = json.loads((tables / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert content["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    found = {one["@id"]: one for one in content["@graph"]}
    assert len(found) == len(content["@graph"]), "an @id is there twice"
    return found


def references(value: object) -> set[str]:
    if isinstance(value, dict):
        return {value["@id"]} if set(value) == {"@id"} else set()
    if isinstance(value, list):
        return set().union(*(references(one) for one in value)) if value else set()
    return set()


def test_the_crate_has_what_every_crate_must_have(tables):
    graph = crate(tables)
    descriptor = graph["ro-crate-metadata.json"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = graph["./"]
    assert root["@type"] == "Dataset"
    for name in ("name", "description", "datePublished", "license"):
        assert root[name], name
    assert all("@type" in one for one in graph.values())
    assert "illustrative" in root["description"] or "minh họa" in root["description"]


@pytest.fixture(scope="module")
def faults_of_crate(root, lacking, tmp_path_factory):
    """Return what the validator of RO-Crates says of a folder."""
    python = Path(os.environ.get(VALIDATOR_VARIABLE, root / VALIDATOR))
    if not python.is_file():
        lacking("no RO-Crate validator on this machine (CONTRIBUTING.md says how to get it)")
    program = Path(__file__).with_name("validate_crate.py")
    cache = tmp_path_factory.mktemp("validator") / "cache"

    def faults(folder: Path) -> list[str]:
        command = [str(python), str(program), str(folder), str(cache)]
        said = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300)
        assert said.returncode == 0, said.stderr
        return json.loads(said.stdout.splitlines()[-1])

    return faults


def test_the_crates_own_validator_finds_nothing(tables, faults_of_crate):
    assert faults_of_crate(tables) == []


def test_the_crates_own_validator_would_find_a_fault(tables, faults_of_crate, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(tables, copy)
    path = copy / "ro-crate-metadata.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    root = next(one for one in content["@graph"] if one["@id"] == "./")
    del root["license"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert any("license" in fault for fault in faults_of_crate(copy))
    (copy / "clean" / "poverty.csv").unlink()
    assert any("poverty.csv" in fault for fault in faults_of_crate(copy))


def test_every_reference_of_the_crate_leads_somewhere(tables):
    graph = crate(tables)
    known = {"https://w3id.org/ro/crate/1.1", "http://schema.org/CompletedActionStatus"}
    for one in graph.values():
        for name, value in one.items():
            assert references(value) <= set(graph) | known, (one["@id"], name)


def test_the_crate_lists_every_file_with_its_hash(tables):
    graph = crate(tables)
    parts = references(graph["./"]["hasPart"])
    there = {
        path.relative_to(tables).as_posix()
        for path in tables.rglob("*")
        if path.is_file() and path.name != "ro-crate-metadata.json"
    }
    assert {unquote(part) for part in parts} == there
    for part in parts:
        content = (tables / unquote(part)).read_bytes()
        assert graph[part]["@type"] == "File"
        assert graph[part]["sha256"] == hashlib.sha256(content).hexdigest()
        assert graph[part]["contentSize"] == str(len(content))
        assert " " not in part
    pages = [one for one in graph.values() if one["@type"] == "WebPage"]
    assert {page["inLanguage"] for page in pages} == {"vi", "en"}
    for page in pages:
        assert (tables / page["@id"]).is_file()


def test_the_crate_tells_the_run_its_software_and_its_inputs(tables, workspace):
    graph = crate(tables)
    run = graph["#run"]
    assert run["@type"] == "CreateAction"
    assert run["startTime"] < run["endTime"]
    assert graph[run["instrument"]["@id"]]["softwareVersion"] == "0.1.0"
    inputs = [graph[name] for name in references(run["object"])]
    assert len(inputs) == 2
    for one in inputs:
        # What a step of the run made itself is no input of the run.
        assert one["name"].startswith("data/raw/2019/returns/")
        assert (workspace.root / one["name"]).is_file()
    assert references(run["result"]) >= references(graph["./"]["hasPart"])


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
