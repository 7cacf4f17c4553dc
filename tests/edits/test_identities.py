"""Identities are read from data and tried on rows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgstats.edits import IdentityError, Linear, Rate, broken, read_identities

HEAD = "table,name,at,left,relation,right,slack,rounding,when"


def read(*rows: str):
    return read_identities([HEAD, *rows])


def test_a_flow_is_a_linear_rule():
    (flow,) = read("poverty,flow,end,end,=,start - escaped + new,,,")
    rule = flow.on({"start": 100, "escaped": 30, "new": 5, "end": 75})
    assert isinstance(rule, Linear) and rule.at == "end"
    assert rule.holds({"start": 100, "escaped": 30, "new": 5, "end": 75})
    assert rule.excess({"start": 100, "escaped": 30, "new": 5, "end": 76}) == 1


def test_a_rule_is_not_tried_where_a_number_is_absent():
    flow, rate = read("t,flow,a,a,=,b + c,,,", "t,rate,p,p,=,100 * a / b,0.06,1,")
    assert flow.on({"a": 1, "b": 1}) is None
    assert rate.on({"p": Decimal("3.1"), "a": 1}) is None


@pytest.mark.parametrize(
    ("stated", "holds"),
    [
        ("33.33", True),
        ("33.3", True),
        ("33", True),
        ("33.4", True),
        ("33.40", False),
        ("35", False),
    ],
)
def test_a_rate_is_compared_at_the_decimals_it_has(stated, holds):
    (rate,) = read("t,rate,p,p,=,100 * a / b,0.06,1,")
    values = {"p": Decimal(stated), "a": 1, "b": 3}
    rule = rate.on(values)
    assert isinstance(rule, Rate) and rule.holds(values) is holds


def test_constants_factors_and_limits():
    (rule,) = read("t,most,a,2 * a - b,<=,c + 10,,,")
    linear = rule.on({"a": 1, "b": 2, "c": 3})
    assert linear.relation == "<=" and linear.constant == 10
    assert broken([linear], {"a": 8, "b": 2, "c": 4}) == []
    assert broken([linear], {"a": 8, "b": 1, "c": 4}) == [linear]


NUMBERS = st.one_of(st.none(), st.integers(0, 9), st.decimals(0, 9, places=1))


@given(st.fixed_dictionaries(dict.fromkeys(("a", "b", "c", "met 1", "met 2"), NUMBERS)))
def test_whether_a_rule_fails_is_what_the_rule_itself_says(row):
    values = {name: value for name, value in row.items() if value is not None}
    for line in (
        "t,x,a,a,=,b + c,,,", "t,x,a,a,<=,b + 2,,,", "t,x,a,a,=,100 * b / c,0.06,1,",
        "t,x,a,a,=,met *,,,", "t,x,a,2 * a,=,b,0.5,,",
    ):  # fmt: skip
        (identity,) = read(line)
        rule = identity.on(values)
        assert identity.fails(values) == (rule is not None and not rule.holds(values)), line


def test_a_star_sums_the_columns_that_begin_so():
    (rule,) = read("communes,met,met_count,met_count,=,met *,,,")
    values = {"met_count": 2, "met 1": 1, "met 2": 0, "met 3": 1}
    assert rule.on(values).holds(values)
    assert not rule.on(values).holds({**values, "met 2": 1})
    assert rule.on({"met_count": 2}) is None


def test_the_year_before_is_a_prefix_and_a_condition_a_word():
    (rule,) = read("p,start,start,start,=,before.end,,,status=final")
    values = {"start": 12, "before.end": 13}
    assert rule.on(values) is None
    assert not rule.on(values, words={"status": "final"}).holds(values)


def test_cells_of_many_rows_stand_side_by_side():
    (rule,) = read("t,sum,a,a,=,b,,,")
    first = rule.on({"a": 1, "b": 2}, {"a": "A1", "b": "B1"})
    assert first.cells == ("A1", "B1") and first.at == "A1"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("t,x,a,a,>,b,,,", "line 2 \\(x\\): the relation '>'"),
        ("t,x,a,a,=,b c,,,", "cannot be read from"),
        ("t,x,a,a + b,=,100 * c / d,,,", "a quotient stands right"),
        ("t,x,a,a,=,b,,,status", "is not column=word"),
        ("t,x,a,a,=,,,,", "a side is empty"),
        ("t,x,a,a,=,b,much,,", "line 2"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(row, says):
    with pytest.raises(IdentityError, match=says):
        read(row)


def test_other_columns_are_refused():
    with pytest.raises(IdentityError, match="the columns must be"):
        read_identities(["table,name", "a,b"])
