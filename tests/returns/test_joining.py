"""Rows of one commune become one row, or none where they contradict one another."""

from __future__ import annotations

from tests.returns.building import POVERTY_HEAD, poverty
from tests.returns.test_clean import GOOD, at, read, roles, values

LEFT, RIGHT = POVERTY_HEAD[:9], [*POVERTY_HEAD[:2], *POVERTY_HEAD[9:]]


def named(page, name):
    page.name = name
    return page


def left(rows=GOOD):
    return named(poverty([row[:9] for row in rows], head=LEFT), "trai")


def right(rows=GOOD):
    return named(poverty([[*row[:2], *row[9:]] for row in rows], head=RIGHT), "phai")


def test_a_form_on_two_sheets_is_one_row_a_commune():
    result = read(left(), right())
    whole = values(read(poverty(GOOD)))
    assert values(result) == whole


def test_the_same_row_twice_counts_once():
    result = read(poverty([*GOOD, GOOD[0]]))
    assert at(result, "place_repeated") == ["B9"] and len(values(result)) == 4
    assert roles(result)["C9"] == "ignored"


def test_the_same_row_twice_may_be_that_of_a_commune_without_one():
    rows = [GOOD[0], [2, *GOOD[0][1:]], *GOOD[2:]]
    result = read(poverty(rows))
    assert at(result, "place_typed_twice") == ["B6"] and len(values(result)) == 3
    assert roles(result)["C6"] == "quarantined"


def test_rows_that_contradict_one_another_are_both_refused():
    other = [*GOOD[0]]
    other[2] = 1001
    result = read(poverty([*GOOD, other]))
    assert at(result, "place_twice") == ["B5", "B9"]
    assert "31108" not in values(result) and len(values(result)) == 3
    assert roles(result)["C5"] == roles(result)["C9"] == "quarantined"


def test_one_column_on_two_sheets_with_two_values_is_refused_alone():
    rows = [list(row) for row in GOOD]
    both = [*POVERTY_HEAD[:3], *POVERTY_HEAD[9:]]
    rows[1][2] = 2222
    second = named(poverty([[*row[:3], *row[9:]] for row in rows], head=both), "phai")
    result = read(left(), second)
    assert len(at(result, "value_twice")) == 1
    lai_son = values(result)["31111"]
    assert lai_son["households_hh"] is None and lai_son["poor_end_hh"] == 65
    assert values(result)["31108"]["households_hh"] == 1000
