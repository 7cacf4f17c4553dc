"""Every published fact says what can be computed and held against it."""

from __future__ import annotations

import ast
import datetime as dt
import re
from pathlib import Path

import pytest

import kgstats
from kgstats import registry
from kgstats.published.expressions import parse
from kgstats.reference.published_facts import RULES, facts
from kgstats.reference.tables import records

FACTS = facts()
CONDITIONS = {"decided_from", "decided_until", "list_year", "rank"}


def test_facts_are_named_once():
    assert len({fact.fact for fact in FACTS}) == len(FACTS) > 100


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.fact)
def test_a_fact_is_a_figure_or_says_its_own_value_with_label_and_source(fact):
    assert fact.rule in RULES
    if fact.figure:
        assert fact.part in ("value", "of")
        assert not (fact.value or fact.label_vi or fact.source_vi)
    else:
        float(fact.value)
        assert fact.label_vi and fact.label_en and fact.source_vi and fact.source_en and fact.unit
    if fact.asked_by:
        assert parse(fact.asked_by).references()


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.fact)
def test_a_fact_chooses_rows_by_columns_and_codes_that_there_are(fact):
    table = {"attainment": "communes"}.get(fact.subject, fact.subject)
    columns = {column.name: column for column in registry.tables()[table].columns}
    for name, wanted in fact.where.items():
        if name in ("decided_from", "decided_until"):
            dt.date.fromisoformat(wanted)
        elif name == "list_year":
            assert 2000 < int(wanted) < 2100
        elif name == "rank":
            assert wanted in ("highest", "lowest")
        else:
            assert name in columns, name
            listed = registry.code_lists().get(columns[name].codes)
            if listed is not None:
                assert set(wanted.split("|")) <= set(listed[1])
    places = {row["commune_code"] for row in records("communes_2019")}
    assert fact.where.get("commune_code", next(iter(places))) in places


def test_no_code_of_the_comparison_names_a_year_or_a_report():
    package = Path(kgstats.__file__).parent
    for name in ("analysis/agreement.py", "analysis/overview.py", "reference/published_facts.py"):
        for node in ast.walk(ast.parse((package / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and not _is_doc(node):
                assert node.value not in range(2010, 2030), (name, node.lineno)
                text = node.value if isinstance(node.value, str) else ""
                assert not re.search(r"\d+/BC-", text) or ">>>" in text, (name, node.lineno)


def _is_doc(node: ast.Constant) -> bool:
    return isinstance(node.value, str) and len(node.value) > 60
