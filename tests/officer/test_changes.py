"""What changed too much since last year: never between two territories that share a code."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from kgstats.officer.changes import changes


@pytest.mark.parametrize(("year", "told"), [(2020, ["poor_end_hh"]), (2021, [])])
def test_a_code_that_became_another_territory_is_not_compared(year, told):
    row = {"district_code": "911", "commune_code": "31081"}  # An Thới, of other bounds from 2021
    now = {**row, "poor_end_hh": 900}
    read = SimpleNamespace(file="a.xlsx", records={"poverty": [now]}, ledger=None)
    found = changes([read], {"poverty": [{**row, "poor_end_hh": 90}]}, "911", year)
    assert [one.rule for _, one in found] == ["change_large"] * len(told)
