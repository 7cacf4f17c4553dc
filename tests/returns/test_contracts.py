"""The gate on clean tables: what breaks a contract never leaves the cleaning."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from illustrative import truth
from kgstats.returns.contracts import ContractBroken, breach, check, schema
from kgstats.returns.forms import TABLES

DAMAGES = {
    "Int64": [-1, 0, 21, 150, 1999, 2018, 10**15, None],
    "Float64": [-0.5, 0.0, 100.0, 100.5, 1000.5, None],
    "string": ["", "99999", "30730", "899", "perhaps", "bank", None],
    "boolean": [None],
    "datetime64[us]": [None],
}


@pytest.fixture
def tables():
    return {name: table.copy() for name, table in truth(2019).items()}


def test_true_tables_pass(tables):
    check(tables, 2019)
    check({name: table.iloc[:0] for name, table in tables.items()}, 2019)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("poverty", "commune_code", "99999"),
        ("attainment", "commune_code", "30730"),  # a ward: not in form 01
        ("poverty", "district_code", "999"),
        ("poverty", "poor_end_hh", -1),
        ("poverty", "poor_end_pct", 101.0),
        ("poverty", "households_hh", 10**7),
        ("funding", "allocated_vnd", 10**15),
        ("funding", "source", "bank"),
        ("funding", "plan_year", 1999),
        ("communes", "criteria_met", 20),
        ("communes", "status", "perhaps"),
        ("attainment", "criterion", 20),
        ("attainment", "year", 2018),
    ],
)
def test_a_value_outside_its_contract_is_named(tables, table, column, value):
    tables[table].loc[3, column] = value
    with pytest.raises(ContractBroken) as caught:
        check(tables, 2019)
    said = str(caught.value)
    assert said.startswith(f"{table} of 2019") and column in said and str(value) in said


@pytest.mark.parametrize("table", TABLES)
def test_keys_are_there_and_unique(tables, table):
    twice = pd.concat([tables[table], tables[table].iloc[[0]]], ignore_index=True)
    with pytest.raises(ContractBroken, match=table):
        check({**tables, table: twice}, 2019)
    tables[table].loc[0, "district_code"] = None
    with pytest.raises(ContractBroken, match="district_code"):
        check(tables, 2019)


@pytest.mark.parametrize("table", TABLES)
def test_columns_types_and_order_are_kept(tables, table):
    with pytest.raises(ContractBroken, match=table):
        check({**tables, table: tables[table].drop(columns="year")}, 2019)
    with pytest.raises(ContractBroken, match=table):
        check({**tables, table: tables[table][tables[table].columns[::-1]]}, 2019)
    changed = tables[table].astype({"year": "float64"})
    with pytest.raises(ContractBroken, match="year"):
        check({**tables, table: changed}, 2019)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_the_pass_and_pandera_find_the_same_tables_wrong(data):
    """Nothing leaves by the quick look that the schema would have held."""
    name = data.draw(st.sampled_from(TABLES))
    frame = truth(2019)[name].iloc[:40].copy()
    for _ in range(data.draw(st.integers(0, 2))):
        column = data.draw(st.sampled_from(list(frame.columns)))
        row = data.draw(st.integers(0, len(frame) - 1))
        frame.loc[row, column] = data.draw(st.sampled_from(DAMAGES[str(frame[column].dtype)]))
    shape = data.draw(st.sampled_from(["kept", "kept", "kept", "doubled", "turned", "cut", "cast"]))
    if shape == "doubled":
        frame = pd.concat([frame, frame.iloc[[0]]], ignore_index=True)
    elif shape == "turned":
        frame = frame[frame.columns[::-1]]
    elif shape == "cut":
        frame = frame.drop(columns=data.draw(st.sampled_from(list(frame.columns))))
    elif shape == "cast":
        frame = frame.astype({data.draw(st.sampled_from(list(frame.columns))): object})
    found = breach(frame, name, 2019)
    try:
        schema(name, 2019).validate(frame, lazy=True)
    except SchemaErrors:
        assert found is not None
    else:
        # pandera takes a column of plain Python strings for one of text.
        assert found is None or shape == "cast"
