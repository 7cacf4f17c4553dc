"""Whether districts grow alike: what the titles claim, held against the numbers themselves."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgstats.analysis import convergence as analysis
from kgstats.present import convergence
from kgstats.reference import areas

CODES = list(areas.districts(2019)["district_code"])
rates = st.one_of(st.integers(0, 900), st.sampled_from([0, 100, 200]))
pairs = st.lists(st.tuples(rates, rates), min_size=2, max_size=15)


def moves(rows):
    frame = pd.DataFrame(
        [
            {"period": "md2016", "year": year, "district_code": code, "poor_rate_pct": n / 100}
            for code, both in zip(CODES, rows, strict=False)
            for year, n in zip((2018, 2019), both, strict=True)
        ]
    )
    return analysis.first_and_last(frame, "poor_rate_pct")


def title(rows, lang="en"):
    own = moves(rows)
    line = convergence._of_enough(analysis.catch_up(own)).iloc[0]
    return convergence._catch_up_title(line, own["value_change"], "districts", lang), line


@settings(deadline=None)
@given(pairs)
def test_who_fell_or_rose_more_is_said_as_it_was(rows):
    said, line = title(rows)
    changes = [after - before for before, after in rows]
    if len(rows) < convergence._ENOUGH:
        assert said.startswith("Too few districts")
        return
    if len({before for before, _ in rows}) == 1:
        assert said.startswith("All districts stood alike at first")
        return
    falls, rises = any(n < 0 for n in changes), any(n > 0 for n in changes)
    if not falls and not rises:
        assert said == "Poverty did not move in any district"
        return
    points = said.partition(";" if falls != rises else ": ")[0 if falls != rises else 2]
    if falls and rises:
        assert said.startswith("Poverty fell in some districts and rose in others")
    else:
        assert ("fell" in said, "rose" in said) == (falls, rises)
    mean = sum(before for before, _ in rows) / len(rows)
    slope = sum((before - mean) * change for (before, _), change in zip(rows, changes, strict=True))
    if abs(float(line["slope"])) < 0.0005:
        assert re.search("as much|alike", points)
    elif falls and rises:
        assert ("moved down" in points) == (slope < 0)
    else:
        # The higher fell more, or rose more.
        assert ("more" in points) == ((slope < 0) == falls)


HALVED = [(before, before / 2 + before % 7) for before in range(200, 600, 50)]
LESS = [(before, before * (0.3 + before / 2000)) for before in range(100, 600, 50)]


@pytest.mark.parametrize(
    "rows,said",
    [
        (LESS, "in proportion, less there"),
        ([(100, 10), *HALVED], "in proportion, the answer hangs on a single district"),
        (
            [(200 + n, 100 + n % 2) for n in range(9)] + [(900, 100)],
            "fell more where it was higher",
        ),
        (
            [(200, 100 + 10 * n) for n in range(9)] + [(900, 100)],
            "fell more where it was higher, but the answer hangs on a single district",
        ),
    ],
)
def test_a_title_rests_on_no_single_unit(rows, said):
    assert said in title(rows)[0]


@settings(deadline=None)
@given(pairs)
def test_of_few_units_no_slope_is_shown(rows):
    found = analysis.catch_up(moves(rows))
    table = convergence.catch_up_table({"poor_rate_pct": found}, "en")
    shown = table.frame[list(convergence._SLOPES)].notna().any(axis=None)
    assert not (shown and len(rows) < convergence._ENOUGH)
    if len(rows) >= convergence._ENOUGH and len({before for before, _ in rows}) > 1:
        assert table.frame["slope"].notna().all()


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_turn_is_said_in_both_languages(lang):
    fell = [(n * 100, n * 50) for n in range(1, 10)]
    cases = [
        fell,
        [(after, before) for before, after in fell],
        [(n * 100, 500) for n in range(1, 10)],
        [(100, n * 10) for n in range(1, 10)],
        [(n, n) for n in range(1, 10)],
        fell[:3],
    ]
    assert len({title(rows, lang)[0] for rows in cases}) == len(cases)


def spread(values, expected):
    rows = [
        {
            "period": "md2016", "year": year, "measure": "poor_rate_pct", "units": len(own),
            "expected_units": expected, "unit_mean": 3.0, "unit_sd": sd, "variation_pct": vary,
            "lowest": 1.0, "highest": 5.0,
        }
        for year, (own, sd, vary) in zip((2018, 2019), values, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize(("units", "base"), [(3, " (3 of 15 districts)"), (15, "")])
def test_a_title_says_of_how_many_units_it_is(units, base):
    own = range(units)
    frame = spread([(own, 2.0, 40.0), (own, 1.0, 45.0)], 15)
    drawn = convergence.spread_chart(frame, "poor_rate_pct", "en")
    assert drawn.title == (
        "Poverty rate, 2018–2019: the deviation between districts fell from 2.00 to 1.00, the "
        f"coefficient of variation rose from 40.0% to 45.0%{base}"
    )
    assert ("Only 3 of 15 districts can be compared." in drawn.note) == bool(base)


@settings(deadline=None)
@given(st.lists(st.tuples(rates, rates), min_size=2, max_size=2))
def test_a_gap_is_said_to_move_as_it_did(rows):
    frame = pd.DataFrame(
        [
            {"period": "md2016", "year": year, "area": area, "poor_rate_pct": n / 100,
             "poor_rate_units": n_units, "expected_units": n_units}
            for year, both in zip((2018, 2019), rows, strict=True)
            for area, n, n_units in zip(("rural", "urban"), both, (117, 28), strict=True)
        ]
    )  # fmt: skip
    said = convergence._gap_title(analysis.area_gaps(frame), "area", "en")
    first, last = (rural - urban for rural, urban in rows)
    way = "stayed" if first == last else "rose" if last > first else "fell"
    assert f"the gap in percentage points {way}" in said
    if not rows[1][1]:
        assert said.endswith("the ratio is not known")
