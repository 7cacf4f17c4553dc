"""A publication of one page and one table, written beside a year's clean tables."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from kgstats.release import crate, package
from kgstats.workspace import Workspace

YEAR = 2019


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
    package.write_package(tables, workspace, YEAR, ["vi", "en"])
    crate.write_crate(tables, workspace, YEAR, ["vi", "en"], record(workspace.root, tables))
    return tables


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def graph_of(tables: Path) -> dict[str, dict]:
    """Return what a crate describes, by its @id."""
    content = json.loads((tables / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert content["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    found = {one["@id"]: one for one in content["@graph"]}
    assert len(found) == len(content["@graph"]), "an @id is there twice"
    return found
