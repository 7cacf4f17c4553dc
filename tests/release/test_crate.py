"""The research object: what every crate must have, every file with its hash, the run."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
from tests.release.publication import graph_of

VALIDATOR_VARIABLE = "KGSTATS_CRATE_VALIDATOR"
"""Names a Python with the RO-Crate validator, where it is not in ``.tools``."""
VALIDATOR = Path(".tools/crate/bin/python")


def references(value: object) -> set[str]:
    if isinstance(value, dict):
        return {value["@id"]} if set(value) == {"@id"} else set()
    if isinstance(value, list):
        return set().union(*(references(one) for one in value)) if value else set()
    return set()


def test_the_crate_has_what_every_crate_must_have(tables):
    graph = graph_of(tables)
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
    graph = graph_of(tables)
    known = {"https://w3id.org/ro/crate/1.1", "http://schema.org/CompletedActionStatus"}
    for one in graph.values():
        for name, value in one.items():
            assert references(value) <= set(graph) | known, (one["@id"], name)


def test_the_crate_lists_every_file_with_its_hash(tables):
    graph = graph_of(tables)
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
    graph = graph_of(tables)
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
