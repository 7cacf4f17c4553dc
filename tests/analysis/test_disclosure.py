"""Disclosure control: nobody can work a withheld count out from what is published."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.attack import attacked

from kgstats.analysis import disclosure
from kgstats.analysis.disclosure import Control, Relation, at_most, total_of


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, int], list[Relation]]:
    """A table of communes by district and by kind of area, with all its totals."""
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(2, 4))
    small = st.integers(0, 6)
    counts = st.one_of(small, small, st.integers(0, 60))
    cells = {f"{i}/{j}": draw(counts) for i in range(rows) for j in range(columns)}
    relations = []
    values = dict(cells)
    for i in range(rows):
        parts = [f"{i}/{j}" for j in range(columns)]
        values[f"{i}/all"] = sum(cells[part] for part in parts)
        relations.append(total_of(f"{i}/all", parts))
    for j in range(columns):
        parts = [f"{i}/{j}" for i in range(rows)]
        values[f"all/{j}"] = sum(cells[part] for part in parts)
        relations.append(total_of(f"all/{j}", parts))
    values["all/all"] = sum(cells.values())
    relations.append(total_of("all/all", [f"{i}/all" for i in range(rows)]))
    relations.append(total_of("all/all", [f"all/{j}" for j in range(columns)]))
    return values, relations


@settings(max_examples=40, deadline=None)
@given(table=tables(), threshold=st.integers(2, 6))
def test_no_withheld_count_can_be_solved_for(table, threshold) -> None:
    values, relations = table
    withheld = disclosure.protect(values, relations, Control(threshold=threshold))
    published = {name: value for name, value in values.items() if name not in withheld}
    small = {name for name, value in values.items() if 0 < value < threshold}
    assert {name for name, kind in withheld.items() if kind == "primary"} == small
    assert not any(0 < value < threshold for value in published.values())
    for name, kind in withheld.items():
        low, high = attacked(published, list(withheld), relations, name)
        assert low - 1e-6 <= values[name] <= high + 1e-6
        assert high - low > (threshold if kind == "primary" else 1) - 1e-6
    if not small:
        assert withheld == {}


@settings(max_examples=20, deadline=None)
@given(
    counts=st.lists(st.integers(0, 5), min_size=3, max_size=4),
    threshold=st.integers(2, 4),
)
def test_nor_by_trying_every_table(counts, threshold) -> None:
    names = [f"unit {number}" for number in range(len(counts))]
    values = dict(zip(names, counts, strict=True)) | {"total": sum(counts)}
    relations = [total_of("total", names)]
    withheld = disclosure.protect(values, relations, Control(threshold=threshold))
    possible: dict[str, set[int]] = {name: set() for name in withheld}
    for tried in itertools.product(range(9), repeat=len(names)):
        table = dict(zip(names, tried, strict=True)) | {"total": sum(tried)}
        if all(table[name] == values[name] for name in values if name not in withheld):
            for name in withheld:
                possible[name].add(table[name])
    for name in withheld:
        # A total above what was tried is not found; every unit within reach is.
        if name != "total":
            assert len(possible[name]) > 1, (values, withheld)


def test_a_lone_small_count_takes_the_smallest_neighbour_with_it() -> None:
    values = {"A": 2, "B": 40, "C": 9, "D": 0, "total": 51}
    withheld = disclosure.protect(
        values, [total_of("total", "ABCD")], Control(threshold=5, protection=3)
    )
    assert withheld == {"A": "primary", "C": "complementary"}
    low, high = disclosure.possible_range(values, [total_of("total", "ABCD")], withheld, "A")
    assert (low, high) == (0, 11)


def test_parts_of_a_whole_limit_what_can_be_hidden() -> None:
    values = {"ethnic": 2, "all": 30, "other": 28}
    relations = [total_of("all", ["ethnic", "other"]), at_most("ethnic", "all")]
    withheld = disclosure.protect(values, relations, Control(threshold=3))
    assert withheld["ethnic"] == "primary"
    assert len(withheld) == 2


def test_a_count_that_cannot_move_so_far_takes_few_searches(monkeypatch) -> None:
    """Not one search for each household between the threshold and what is possible."""
    searches = []
    another = disclosure._Tables.another
    monkeypatch.setattr(
        disclosure._Tables, "another", lambda *a, **k: searches.append(1) or another(*a, **k)
    )
    values = {"A": 2, "B": 30, "total": 32}
    withheld = disclosure.protect(
        values, [total_of("total", "AB")], Control(threshold=900), sensitive="AB"
    )
    assert withheld == {"A": "primary", "B": "primary"}
    assert disclosure.possible_range(values, [total_of("total", "AB")], "AB", "A") == (0, 32)
    assert len(searches) < 12


def test_what_the_relations_alone_give_away_is_an_error() -> None:
    with pytest.raises(disclosure.DisclosureError, match="give it away"):
        disclosure.protect({"A": 1}, [Relation({"A": 1}, 1, 1)], Control(threshold=3))
    with pytest.raises(disclosure.DisclosureError, match="does not hold"):
        disclosure.protect(
            {"A": 1, "B": 1, "total": 3}, [total_of("total", "AB")], Control(threshold=3)
        )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"threshold": -1}, "threshold must be 0 or more"),
        ({"rounding": 0}, "rounded to 1 or more"),
        ({"protection": 0}, "protection must be 1 or more"),
        ({"rounding": 3}, "show which are small"),
        ({"rounding": 4, "threshold": 1}, "show which are small"),
    ],
)
def test_wrong_parameters_are_refused(wrong, message) -> None:
    with pytest.raises(disclosure.DisclosureError, match=message):
        Control(**wrong)


@pytest.mark.parametrize("base", range(2, 8))
def test_a_base_is_refused_where_a_rounded_count_can_only_be_small(base) -> None:
    """Nothing published may stand for counts from 1 to 4 alone."""
    rounded = Control(threshold=5, rounding=base).rounded
    behind = {rounded(n): {m for m in range(40) if rounded(m) == rounded(n)} for n in range(20)}
    telling = [shown for shown, counts in behind.items() if counts <= {1, 2, 3, 4}]
    assert bool(telling) == (base < 4)
    if base < disclosure.LEAST_BASE:
        with pytest.raises(disclosure.DisclosureError):
            Control(rounding=base)
    else:
        assert Control(rounding=base).is_on
