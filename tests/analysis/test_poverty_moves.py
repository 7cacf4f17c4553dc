"""Bounds of moves: no way in which households can have moved lies outside them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgstats.analysis import poverty
from kgstats.reference import areas

UNITS = areas.units(2019)["commune_code"].tolist()


@st.composite
def moved(draw: st.DrawFn) -> tuple[pd.DataFrame, dict[str, int]]:
    """Households as they truly moved in a few units, and what the form then counts of them."""
    rows = []
    truth = dict.fromkeys(("to_near", "from_near", "relapsed", "left", "left_before"), 0)
    for code in draw(st.lists(st.sampled_from(UNITS), min_size=1, max_size=4, unique=True)):
        few = st.integers(0, 9)
        to_near, above, from_near, back_from_near, fresh, again = (draw(few) for _ in range(6))
        near_above, near_fresh, near_back = (draw(few) for _ in range(3))
        known = draw(st.integers(0, to_near))  # had been near-poor before
        left_before = draw(st.integers(0, 12))
        back = back_from_near + again
        relapsed = draw(st.integers(0, min(back, left_before)))
        counts = dict.fromkeys(poverty.COUNT_COLUMNS, 0) | {"commune_code": code}
        rows.append({**counts, "year": 2018, "poor_escaped_hh": left_before})
        rows.append(
            {
                **counts,
                "year": 2019,
                "poor_escaped_hh": to_near + above,
                "poor_new_hh": from_near + fresh,
                "poor_fell_back_hh": back,
                "near_poor_escaped_hh": near_above + from_near + back_from_near,
                "near_poor_new_hh": to_near - known + near_fresh,
                "near_poor_fell_back_hh": known + near_back,
            }
        )
        truth["to_near"] += to_near
        truth["from_near"] += from_near + back_from_near
        truth["relapsed"] += relapsed
        truth["left"] += to_near + above
        truth["left_before"] += left_before
    return poverty.together(pd.DataFrame(rows)), truth


@given(moved())
@settings(max_examples=25, deadline=None)
def test_what_happened_lies_within_the_bounds(case) -> None:
    frame, truth = case
    (row,) = poverty.bounds_of_moves(frame, 2018, 2019).to_dict("records")
    assert truth["to_near"] <= row["to_near_poor_most_hh"] <= row["poor_escaped_hh"]
    assert row["above_least_hh"] <= truth["left"] - truth["to_near"]
    assert truth["from_near"] <= row["from_near_poor_most_hh"] <= row["poor_entered_hh"]
    assert truth["relapsed"] <= row["relapse_most_hh"] <= row["escaped_before_hh"]
    assert row["poor_escaped_hh"] == truth["left"]
    assert row["escaped_before_hh"] == truth["left_before"]


def test_a_movement_that_is_missing_bounds_nothing() -> None:
    counts = dict.fromkeys(poverty.COUNT_COLUMNS, 3)
    frame = pd.DataFrame(
        [
            {**counts, "year": year, "commune_code": code}
            for year in (2018, 2019)
            for code in ("31108", "31111")
        ]
    )
    whole = poverty.bounds_of_moves(frame, 2018, 2019).iloc[0]
    assert (whole["reported_units"], whole["poor_escaped_hh"]) == (2, 6)
    frame.loc[3, "near_poor_new_hh"] = None
    part = poverty.bounds_of_moves(frame, 2018, 2019).iloc[0]
    assert (part["reported_units"], part["poor_escaped_hh"], part["escaped_before_hh"]) == (1, 3, 3)


@pytest.mark.parametrize("before", [None, 2017])
def test_relapse_is_of_the_year_before_alone(before) -> None:
    counts = dict.fromkeys(poverty.COUNT_COLUMNS, 3) | {"commune_code": "31108"}
    frame = pd.DataFrame([{**counts, "year": year} for year in (2017, 2019)])
    row = poverty.bounds_of_moves(frame, before, 2019).iloc[0]
    assert pd.isna(row["relapse_most_hh"]) and pd.isna(row["relapse_most_pct"])
    assert row["to_near_poor_most_hh"] == 3
