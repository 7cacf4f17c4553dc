"""Dashes in counts of households: nothing where nothing may be, no value against their own row."""

from __future__ import annotations

import pytest
from tests.returns.building import POVERTY_HEAD, poverty
from tests.returns.records.pages import PEOPLE, read, summed, told
from tests.returns.test_clean import GOOD, roles, values

AT = {
    "households_hh": 2, "poor_start_hh": 3, "poor_escaped_hh": 4, "poor_fell_back_hh": 5,
    "poor_new_hh": 6, "poor_end_hh": 7, "near_poor_end_hh": 10,
}  # fmt: skip


def with_dash(name, dash="-", rows=GOOD, **more):
    made = [list(row) for row in rows]
    made[0][AT[name]] = dash
    return read(poverty(made, **more))


@pytest.mark.parametrize("name", ["poor_start_hh", "poor_escaped_hh", "poor_new_hh", "poor_end_hh"])
@pytest.mark.parametrize("dash", ["-", "–", "không"])
def test_a_dash_that_its_own_row_contradicts_is_an_error_and_no_value(name, dash):
    result = with_dash(name, dash)
    cell = f"{'ABCDEFGHIJK'[AT[name]]}5"
    assert told(result)["dash_contradicted"] == [cell] and roles(result)[cell] == "quarantined"
    assert values(result)["31108"][name] is None
    others = {one: AT[one] for one in AT if one != name}
    assert {one: values(result)["31108"][one] for one in others} == {
        one: GOOD[0][at] for one, at in others.items()
    }


def test_a_dash_for_all_households_is_contradicted_by_those_that_are_poor():
    assert "dash_contradicted" in told(with_dash("households_hh"))


def test_a_dash_is_nothing_in_a_movement_and_no_value_in_a_stock():
    result = with_dash("poor_fell_back_hh")  # nobody did
    assert GOOD[0][AT["poor_fell_back_hh"]] == 0 and "dash_contradicted" not in told(result)
    assert values(result)["31108"]["poor_fell_back_hh"] == 0
    rows = [list(row) for row in GOOD]
    rows[0][3:9] = ["-", "-", "-", "-", "-", None]  # a commune without a poor household
    found = read(poverty(rows))
    assert "dash_contradicted" not in told(found)
    one = values(found)["31108"]
    assert (one["poor_escaped_hh"], one["poor_end_hh"]) == (0, None)


def test_nothing_contradicts_a_dash_beside_numbers_that_say_nothing_of_it():
    result = with_dash("near_poor_end_hh")  # its movements are no columns of the page
    assert "dash_contradicted" not in told(result)
    assert values(result)["31108"]["near_poor_end_hh"] is None
    assert "dash_contradicted" not in told(with_dash("poor_end_hh", "…"))


def test_a_total_that_agrees_with_the_dash_speaks_for_it():
    rows = [list(row) for row in PEOPLE]
    rows[0][AT["poor_fell_back_hh"]] = 0
    total = summed("Tổng cộng", rows)
    rows[0][AT["poor_fell_back_hh"]] = "-"
    result = read(poverty([*rows, total], head=POVERTY_HEAD))
    found = told(result)
    assert "dash_contradicted" not in found and "poor_flow_differs" in found
