"""The house stays one that people can read: small rooms, and a test for each of them."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import kgstats

PACKAGE = Path(kgstats.__file__).parent
TESTS = Path(__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
LONGEST = {ast.FunctionDef: 80, ast.AsyncFunctionDef: 80, ast.ClassDef: 300}
MOST_PARAMETERS = 7
# A docstring that says why a call takes more says it of its parameters.
SAYS_WHY = re.compile(r"\bEach parameter (?:after the year )?is\b")
ELSEWHERE = {
    "analysis.inequality": "analysis/funding/test_need.py",
    "lab": "lab/test_dress.py",
    "returns.records.funding": "returns/records/test_money_rows.py",
    "returns.records.titles": "returns/test_origin.py",
    "returns.subjects.bodies": "returns/test_layout.py",
    "officer.letter": "officer/test_starters.py",
    "pipeline.ending": "pipeline/test_unattended.py",
    "pipeline.schedule": "pipeline/test_unattended.py",
    "present.glossary": "appendix/test_terms.py",
    "present.period_targets": "analysis/test_period_targets.py",
    "present.plain": "notebook/test_showing.py",
    "present.quality": "analysis/test_quality.py",
    "present.report_reading": "endtoend/test_report_review.py",
    "reference.criteria": "reference/test_standards.py",
    "reference.funding_rules": "reference/test_standards.py",
    "reference.poverty_standards": "reference/test_standards.py",
    "reference.programmes": "reference/test_standards.py",
    "published": "published/test_audit.py",
    "release.final": "release/test_revisions.py",
    "withholding": "release/test_withheld.py",
    "workspace": "test_cli.py",
}
"""Rooms whose test has another name: of what is made with them."""


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return len([one for one in given if one.arg not in ("self", "cls")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_rooms_are_small(path):
    for node in nodes(path):
        most = LONGEST.get(type(node))
        if most is not None:
            assert node.end_lineno - node.lineno < most, f"{node.name}: over {most} lines"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            why = " ".join((ast.get_docstring(node) or "").split())
            few = parameters(node) <= MOST_PARAMETERS
            assert few or SAYS_WHY.search(why), f"{node.name} takes {parameters(node)} parameters"


def named(path: Path) -> str:
    inner = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(inner[:-1] if inner[-1] == "__init__" else inner)


def used(path: Path) -> set[str]:
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("kgstats.") for name in found if name.startswith("kgstats.")}


def test_tests_mirror_the_package():
    """A room has a test of its name, or only serves such rooms of its folder.

    The test of a package (``test_layout.py``, ``receiving/test_receiving.py``) is that of its
    rooms; commands are tested as they are called.
    """
    uses = {named(path): used(path) for path in FILES}
    code = {named(path) for path in FILES if path.name != "__init__.py" or has_code(path)}
    held = {name for name in uses if name in ELSEWHERE or has_test(name)}
    while True:
        served = {
            other for name in held for other in uses[name] & uses.keys() if beside(name, other)
        }
        rooms = {name for name in uses if name.rpartition(".")[0] in held}
        if served | rooms <= held:
            break
        held |= served | rooms
    left = sorted(name for name in code - held if not name.endswith("commands"))
    assert left == []
    assert all((TESTS / place).exists() for place in ELSEWHERE.values())


def has_code(path: Path) -> bool:
    return any(isinstance(node, ast.FunctionDef) for node in nodes(path))


def has_test(name: str) -> bool:
    *above, own = name.split(".")
    return any(
        TESTS.joinpath(*folder, f"test_{own}.py").exists() for folder in (above, [*above, own])
    )


def beside(name: str, other: str) -> bool:
    return name.rpartition(".")[0] == other.rpartition(".")[0] != ""


OF_A_REPORT = re.compile(r"\b(?:2018|2019|2020)\b|BCĐ")
NAMED_ONCE = {
    "province.ANCHOR", "options.DEFAULT_YEAR", "book.CREATED", "downloads.CREATED",
    "annotating._CREATED",
}  # fmt: skip
"""The list of areas that ships, the year of the report that ships, a fixed day for files."""


def test_no_year_and_no_report_is_named_in_code():
    """They are data; an example of what to type (``such as 2019``) is none."""
    found = []
    for path in FILES:
        tree = nodes(path)
        told = {id(node.value) for node in tree if isinstance(node, ast.Expr)}
        for node in tree:
            name = ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else ""
            if f"{path.stem}.{name}" in NAMED_ONCE:
                told |= {id(inner) for inner in ast.walk(node.value)}
        for node in tree:
            if isinstance(node, ast.Constant) and id(node) not in told:
                text = re.sub(r"\b(?:such )?as 20\S*|<Task[\s\S]*", "", str(node.value))
                if OF_A_REPORT.search(text):
                    found.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {text[:60]!r}")
    assert found == []
