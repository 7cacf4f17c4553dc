"""Imports go one way, so that each layer can be read and tested without those above it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import kgstats

PACKAGE = Path(kgstats.__file__).parent
ALLOWED = {
    "words": set(),
    "registry": set(),
    "options": set(),
    "strings": set(),
    "workspace": {"registry"},
    "reference": {"registry", "words", "workspace"},
    # A report may be typed in the old fonts of the districts' workbooks: one decoder reads both.
    "text": {"reference"},
    "returns": {"registry", "edits", "reference", "text", "words", "workspace"},
    "edits": {"registry", "words"},
    "published": {"registry", "edits", "reference", "text", "words", "workspace"},
    "analysis": {"registry", "reference", "returns", "published", "words", "workspace"},
    # A presenter shows the frame it is given: what is computed stands in the notebook.
    "present": {"registry", "reference", "returns", "published", "words", "workspace"},
    "lineage": {"registry", "returns", "text", "workspace"},
    # What leaves the office is decided by an analysis, and applied to files.
    "withholding": {"registry", "analysis", "returns", "words", "workspace"},
    "lab": set(),
    "notebook": {
        "registry", "analysis", "lab", "lineage", "present", "reference", "returns", "published",
        "strings", "withholding", "words", "workspace",
    },
    "appendix": {"registry", "present", "reference", "words", "workspace"},
    "release": {"registry", "present", "reference", "words", "workspace"},
    # A step may call an area's own entry point, at the moment it is taken; nothing more.
    "pipeline": {
        "registry", "appendix", "release", "present", "reference", "returns", "published",
        "strings", "withholding", "words", "workspace",
    },
    "receiving": {
        "registry", "analysis", "pipeline", "present", "reference", "returns", "words",
        "workspace",
    },
    # Puts together what several workspaces made, and compares it by the analysis of one province.
    "national": {
        "registry", "analysis", "appendix", "lab", "notebook", "pipeline", "present", "reference",
        "release", "returns", "words", "workspace",
    },
    "officer": {
        "registry", "edits", "receiving", "reference", "returns", "text", "words", "workspace",
    },
    "cli": {
        "officer", "options", "receiving", "pipeline", "release", "reference", "returns",
        "published", "words", "workspace",
    },
}  # fmt: skip
AT_THE_TOP = {"__init__", "__main__"}
NEVER_IN_ANALYSIS = {"papermill", "nbconvert", "matplotlib", "seaborn"}
STATISTICS = {"analysis", "returns", "published"}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_one_way(path):
    own = layer(path)
    used = {name.split(".")[1] for name in imports(path) if name.startswith("kgstats.")}
    if own not in AT_THE_TOP and path.name != "commands.py":
        assert used - {own} <= ALLOWED[own]


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if layer(path) == "analysis"],
    ids=lambda path: path.name,
)
def test_analysis_draws_and_runs_nothing(path):
    assert not {name.split(".")[0] for name in imports(path)} & NEVER_IN_ANALYSIS


def test_pages_and_runs_know_no_statistics():
    """A step may call an area's own entry point, at the moment it is taken; nothing more."""
    for path in FILES:
        if layer(path) in ("appendix", "release"):
            used = {name.split(".")[1] for name in imports(path) if name.startswith("kgstats.")}
            assert not used & STATISTICS, path


def test_only_the_workspace_knows_folders():
    for path in FILES:
        if path.name in ("workspace.py", "files.py") or layer(path) == "cli":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not node.value.startswith("data/processed"), f"{path}:{node.lineno}"


COMPUTES = {
    "agg", "corr", "cummax", "cumsum", "mean", "median", "pivot_table", "quantile", "rank", "std",
    "var",
}  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if layer(path) == "present" and path.parent.name != "maps"],
    ids=lambda path: path.relative_to(PACKAGE).as_posix(),
)
def test_a_presenter_shows_what_an_analysis_found(path):
    """Groups may be gone through to lay them out; what is said of one was computed before.

    Maps compute where things lie on paper.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    laid_out = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.For | ast.comprehension)
        for inner in ast.walk(node.iter)
    }
    found = [
        f"line {node.lineno}: {node.func.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in COMPUTES or (node.func.attr == "groupby" and id(node) not in laid_out)
    ]
    assert found == []
