"""The registry names each thing once."""

from __future__ import annotations

import ast
import csv
from collections import Counter
from importlib import resources

import pytest
from tests.test_house import FILES, named, nodes

from kgstats import registry


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
