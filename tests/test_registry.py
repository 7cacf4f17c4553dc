"""The registry names each thing once."""

from __future__ import annotations

import ast
import csv
from collections import Counter
from importlib import resources

import pytest
from tests.in_process import Notebook, undrawn
from tests.test_house import FILES, PACKAGE, named, nodes

from kgstats import registry
from kgstats.present.columns import Column, column


def rows(name: str) -> list[dict[str, str]]:
    file = resources.files("kgstats.registry") / f"{name}.csv"
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("tables", ("table",)),
        ("columns", ("table", "name")),
        ("measures", ("name",)),
        ("codes", ("list", "code")),
    ],
)
def test_nothing_is_named_twice(file, names):
    """The last of two rows would stand for both: a name has one meaning."""
    counted = Counter(tuple(row[name] for name in names) for row in rows(file))
    assert [name for name, times in counted.items() if times > 1] == []


def test_measures_come_from_columns_that_there_are():
    for name in registry.measures():
        for origin in registry.origins(name):
            assert origin.table == "cells" or registry.column(origin.table, origin.column)


def test_a_code_list_has_one_title():
    titles = {(row["list"], row["title"]) for row in rows("codes")}
    assert len(titles) == len({name for name, _ in titles})


def test_a_code_list_is_named_nowhere_else():
    lists = {frozenset(codes): name for name, (_, codes) in registry.code_lists().items()}
    found = {}
    for path in FILES:
        tree = nodes(path)
        types = {
            id(inner)
            for node in tree
            if isinstance(node, ast.Subscript)
            for inner in ast.walk(node.slice)
        }
        for node in tree:
            if not isinstance(node, ast.Tuple | ast.List | ast.Set) or id(node) in types:
                continue
            codes = frozenset(one.value for one in node.elts if isinstance(one, ast.Constant))
            if len(codes) == len(node.elts) and codes in lists:
                found.setdefault(named(path), []).append(f"{lists[codes]}, line {node.lineno}")
    assert not found


SAID_ON_ONE_SCREEN = {
    "officer/desk_page.py": "texts of the desk, by their place on it",
    "officer/form_rules.py": "what is asked in a cell, by its kind",
    "officer/guide.py": "what the colours of the template mean",
    "present/provinces.py": "heads of one table below their common ones",
    "returns/commands.py": "heads of one table",
}
"""Rooms where words beside names are no code list, and what they are."""


def words_of(node: ast.AST) -> list[ast.expr]:
    """Texts for readers in a node that are words and no sentence to be filled in."""
    return [
        call.args[0]
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "N_"
        and "{" not in ast.unparse(call.args[0])
    ]


def is_code(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def lists_codes(node: ast.AST) -> bool:
    """Whether a literal says of three codes or more what each means."""
    if isinstance(node, ast.Dict):
        pairs = list(zip(node.keys, node.values, strict=True))
        said = all(is_code(key) and says_only(value) for key, value in pairs)
    elif isinstance(node, ast.Tuple | ast.List):
        pairs = node.elts
        said = all(isinstance(one, ast.Tuple) and says_only(one) for one in pairs)
        said = said and all(any(map(is_code, one.elts)) for one in pairs)
    else:
        return False
    return len(pairs) >= 3 and said


def says_only(node: ast.AST) -> bool:
    inner = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(isinstance(one, ast.Call) and words_of(one) for one in inner) and not any(
        isinstance(one, ast.Call) and ast.unparse(one.func) != "N_" for one in inner
    )


def test_words_of_codes_stand_in_the_registry():
    """A dictionary of words in code is a code list that nobody else finds."""
    found = {}
    for path in FILES:
        room = path.relative_to(PACKAGE).as_posix()
        lines = [node.lineno for node in nodes(path) if lists_codes(node)]
        if lines:
            found[room] = lines
    assert {room: lines for room, lines in found.items() if room not in SAID_ON_ONE_SCREEN} == {}
    assert found.keys() == SAID_ON_ONE_SCREEN.keys()


def test_a_column_of_a_table_is_described_once():
    """Who shows a column as the registry says gives its name alone."""
    again = []
    for path in FILES:
        tables = [node for node in nodes(path) if isinstance(node, ast.Tuple)]
        for one in [one for node in tables for one in node.elts if is_bare_column(one)]:
            key, label, *more = (ast.literal_eval(literal(arg)) for arg in one.args)
            try:
                known = column(key, "en")
            except registry.NotRegistered:
                continue
            own = Column(key, label, *more)
            if (own.label, own.kind, own.places) == (known.label, known.kind, known.places):
                again.append(f"{named(path)}:{one.lineno} {key}")
    assert again == []


COLLECTION = sorted((PACKAGE.parents[1] / "notebooks").glob("*.ipynb"))
ELSEWHERE = {
    "65_report_review": "endtoend/test_report_review.py: on a report that was just read",
    "80_data_dictionary": "it assigns no frame",
}
"""Notebooks whose frames are looked at elsewhere, or not at all."""


@pytest.mark.parametrize("path", COLLECTION, ids=lambda path: path.stem)
def test_a_column_of_a_frame_that_a_notebook_assigns_is_registered(path, site):
    """What a researcher sees of a result has a label and a meaning: one name, one thing."""
    if path.stem in ELSEWHERE:
        return
    opened = Notebook(path, 2019)
    with undrawn(site.parents[2]):
        assert not opened.page("en").error
    assert opened.unregistered() == {}


def literal(node: ast.expr) -> ast.expr:
    return node.args[0] if isinstance(node, ast.Call) else node


def is_bare_column(node: ast.expr) -> bool:
    """Whether a node is ``Column(…)`` of literals, with nothing but kind and decimals."""
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == "Column"
        and not node.keywords
        and len(node.args) > 1
        and all(isinstance(literal(arg), ast.Constant) for arg in node.args)
    )
