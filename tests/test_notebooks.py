"""The notebooks of the collection: thin, clean, in both languages."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").rglob("[!.]*.ipynb"))
FORBIDDEN = re.compile(
    r"\bdef |\bclass |\bpd\.read_|\bplt\.|read_parquet\(|read_csv\(|read_excel\(|open\(|"
    r"Path\(|[\"'](?:\.\./|/|data/|outputs/)"
)
pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path, kind: str) -> list[dict]:
    content = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in content["cells"] if cell["cell_type"] == kind]


def test_it_is_a_valid_notebook_without_outputs(path):
    nbformat.validate(nbformat.read(path, as_version=4))
    for cell in cells(path, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


def test_code_cells_are_thin(path):
    sources = ["".join(cell["source"]) for cell in cells(path, "code")]
    for source in sources:
        assert not FORBIDDEN.search(source), source
        assert len(source.splitlines()) <= 14, source


def test_prose_is_there_in_both_languages_side_by_side(path):
    languages = []
    for cell in cells(path, "markdown"):
        tags = cell["metadata"].get("tags", [])
        written = [tag for tag in tags if tag.startswith("lang-")]
        assert len(written) == 1, "".join(cell["source"])
        languages.append(written[0])
    assert languages[0::2] == ["lang-vi"] * (len(languages) // 2)
    assert languages[1::2] == ["lang-en"] * (len(languages) // 2)
    assert len(languages) % 2 == 0


def test_headings_match_between_languages(path):
    found: dict[str, list[int]] = {"lang-vi": [], "lang-en": []}
    for cell in cells(path, "markdown"):
        tag = next(tag for tag in cell["metadata"]["tags"] if tag.startswith("lang-"))
        lines = "".join(cell["source"]).splitlines()
        found[tag] += [len(line) - len(line.lstrip("#")) for line in lines if line.startswith("#")]
    assert found["lang-vi"] == found["lang-en"]
    assert found["lang-vi"].count(1) == 1


def test_no_figure_is_typed_into_prose(path):
    """Numbers in prose come from data: only years of laws and names of standards may be written."""
    for cell in cells(path, "markdown"):
        text = re.sub(
            r"QĐ\s?\d+|\b(?:19|20)\d\d(?:[–-](?:19|20)?\d\d)?\b", "", "".join(cell["source"])
        )
        assert not re.search(r"\d+[.,]\d+|\d+\s?%", text), "".join(cell["source"])


def test_links_lead_to_headings_of_notebooks_in_their_language(path):
    """In JupyterLab as on the page: a heading's anchor is its text with hyphens for spaces."""
    for cell in cells(path, "markdown"):
        (tag,) = cell["metadata"]["tags"]
        for name, anchor in re.findall(r"\]\(([^)#]+\.ipynb)#?([^)]*)\)", "".join(cell["source"])):
            there = [
                line.lstrip("# ").replace(" ", "-")
                for other in cells(path.with_name(name), "markdown")
                if tag in other["metadata"]["tags"]
                for line in "".join(other["source"]).splitlines()
                if line.startswith("#")
            ]
            assert not anchor or anchor in there, (name, anchor)


def test_nothing_is_computed_twice(path):
    """A result that two cells show stands as an assignment of the first."""
    tree = ast.parse("\n".join("".join(cell["source"]) for cell in cells(path, "code")))
    analyses = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "kgstats.analysis"
        for alias in node.names
    }
    calls = Counter(
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[0] in analyses
    )
    assert [call for call, times in calls.items() if times > 1] == []
