"""Disclosure control: nobody can work a withheld count out from what is published."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from illustrative.truth import truth
from kgstats.analysis import disclosure, poverty
from kgstats.analysis.disclosure import Control, Relation, at_most, total_of

AT_END = ("poor", "near_poor", "ethnic_poor", "ethnic_near_poor")


def attacked(
    published: dict[str, int], unknown: list[str], relations: list[Relation], target: str
) -> tuple[float, float]:
    """Solve for one unknown count with linear programs: everything an attacker could deduce."""
    place = {name: position for position, name in enumerate(unknown)}
    equal, equal_to, below, below_by = [], [], [], []
    for relation in relations:
        row = np.zeros(len(unknown))
        known = 0
        for name, factor in relation.coefficients.items():
            if name in place:
                row[place[name]] += factor
            else:
                known += factor * published[name]
        if relation.high == relation.low:
            equal.append(row)
            equal_to.append(relation.low - known)
            continue
        below.append(-row)
        below_by.append(known - relation.low)
        if relation.high is not None:
            below.append(row)
            below_by.append(relation.high - known)
    ends = []
    for direction in (1, -1):
        aim = np.zeros(len(unknown))
        aim[place[target]] = direction
        found = linprog(
            aim,
            A_ub=np.array(below) if below else None,
            b_ub=below_by or None,
            A_eq=np.array(equal) if equal else None,
            b_eq=equal_to or None,
            bounds=[(0, None)] * len(unknown),
            method="highs",
        )
        assert found.status in (0, 3), found.message  # solved, or without an end
        ends.append(direction * (found.fun if found.status == 0 else -np.inf))
    return ends[0], ends[1]


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
    ],
)
def test_wrong_parameters_are_refused(wrong, message) -> None:
    with pytest.raises(disclosure.DisclosureError, match=message):
        Control(**wrong)


# ------------------------------------------------------------------ the tables of poverty


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Two years of six districts; the others did not report."""
    chosen = ["899", "900", "904", "907", "909", "912"]
    tables = [truth(year)["poverty"] for year in (2018, 2019)]
    return poverty.together(*(one[one["district_code"].isin(chosen)] for one in tables))


@pytest.fixture(scope="module")
def release(frame) -> disclosure.Release:
    return disclosure.release(frame, Control(threshold=5))


def test_off_by_default(frame) -> None:
    off = disclosure.release(frame, Control())
    assert not off.is_on
    assert off.counts() == (0, 0)
    for by in poverty.LEVELS:
        shown = poverty.levels(frame, by, seen=off.seen)
        pd.testing.assert_frame_equal(shown, poverty.levels(frame, by))


def published_counts(frame, seen) -> tuple[dict[str, int], list[str], list[Relation]]:
    """Read the published tables as an attacker does, and set up all that adds up in them."""
    published: dict[str, int] = {}
    unknown: list[str] = []
    relations: list[Relation] = []
    held = {by: poverty.levels(frame, by, seen=seen) for by in poverty.LEVELS}
    moved = {by: poverty.flows(frame, by, seen=seen) for by in ("province", "district")}

    def note(name: str, value) -> None:
        if name in published or name in unknown:
            return
        if pd.isna(value):
            unknown.append(name)
        else:
            published[name] = int(value)

    for by, table in held.items():
        for row in table.to_dict("records"):
            for measure in AT_END:
                note(f"{row['year']} {by} {row['code']} {measure}", row[f"{measure}_hh"])
            name = f"{row['year']} {by} {row['code']}"
            relations.append(at_most(f"{name} ethnic_poor", f"{name} poor"))
            relations.append(at_most(f"{name} ethnic_near_poor", f"{name} near_poor"))
    owners = {
        "area": lambda row: row["area"],
        "district": lambda row: row["district_code"],
        "district_area": lambda row: f"{row['district_code']}-{row['area']}",
        "province": lambda row: "91",
    }
    communes = held["commune"].to_dict("records")
    for by, owner in owners.items():
        for row in held[by].to_dict("records"):
            inside = [
                one for one in communes if one["year"] == row["year"] and owner(one) == row["code"]
            ]
            for measure in AT_END:
                parts = [f"{one['year']} commune {one['code']} {measure}" for one in inside]
                relations.append(total_of(f"{row['year']} {by} {row['code']} {measure}", parts))
    for by, table in moved.items():
        for row in table.to_dict("records"):
            name = f"{row['year']} {by} {row['code']}"
            for flow in ("start", "escaped", "fell_back", "new"):
                note(f"{name} {flow}", row[f"{flow}_hh"])
            relations.append(
                Relation(
                    {
                        f"{name} poor": 1,
                        f"{name} start": -1,
                        f"{name} escaped": 1,
                        f"{name} fell_back": -1,
                        f"{name} new": -1,
                    }
                )
            )
            before = f"{int(row['year']) - 1} {by} {row['code']} poor"
            if before in published or before in unknown:
                relations.append(Relation({f"{name} start": 1, before: -1}))
    for flow in ("start", "escaped", "fell_back", "new"):
        for year in (2018, 2019):
            parts = [
                f"{year} district {row['code']} {flow}"
                for row in moved["district"].to_dict("records")
                if row["year"] == year
            ]
            relations.append(total_of(f"{year} province 91 {flow}", parts))
    return published, unknown, relations


def test_published_tables_of_poverty_resist_the_attack(frame, release) -> None:
    exact, absent, _ = published_counts(frame, lambda *given: given[-1])
    published, unseen, known = published_counts(frame, release.seen)
    # What was not reported is in no sum; everything else that is not published is withheld.
    unknown = [name for name in unseen if name not in absent]
    relations = [
        Relation(kept, relation.low, relation.high)
        for relation in known
        if len(kept := {n: f for n, f in relation.coefficients.items() if n not in absent}) > 1
    ]
    assert all(relation.holds(exact) for relation in relations)
    assert len(unknown) > 60
    solved = []
    for name in unknown:
        low, high = attacked(published, unknown, relations, name)
        assert low - 1e-6 <= exact[name] <= high + 1e-6
        if high - low < 1 - 1e-6:
            solved.append(name)
    assert solved == []


def test_small_counts_are_nowhere_and_little_else_is_lost(frame, release) -> None:
    primary, complementary = release.counts()
    assert complementary < primary
    assert not any(level in ("province", "area") for _, level, _, _ in release.withheld)
    for by in poverty.LEVELS:
        table = poverty.levels(frame, by, seen=release.seen)
        for measure in AT_END:
            counts = table[f"{measure}_hh"].dropna()
            assert not counts.between(1, 4).any()
            hidden = table[f"{measure}_hh"].isna()
            assert table.loc[hidden, f"{measure}_pct"].isna().all()
    compared = poverty.changes(frame, 2018, 2019, "commune", seen=release.seen)
    hidden = compared["before_hh"].isna() | compared["after_hh"].isna()
    assert hidden.any()
    gone = ["change_hh", "count_relative_pct", "change_pp", "rate_relative_pct"]
    assert compared.loc[hidden, gone].isna().all().all()


def test_a_count_nobody_looked_at_is_withheld(frame, release) -> None:
    assert release.seen(2019, "commune", "30730", "poor_new_hh", 3) is None
    poor = int(frame.loc[frame["year"] == 2019, "poor_end_hh"].sum())
    assert release.seen(2019, "province", "91", "poor_end_hh", poor) == poor
    # A sum over other units than those looked at is another count.
    assert release.seen(2019, "province", "91", "poor_end_hh", poor - 1) is None
    assert release.seen(2019, "commune", "30730", "households_hh", 3) == 3


def test_rates_follow_the_rounded_counts(frame) -> None:
    control = Control(rounding=10)
    rounded = disclosure.release(frame, control)
    table = poverty.levels(frame, "commune", seen=rounded.seen)
    assert (table["poor_hh"] % 10 == 0).all()
    rate = 100 * table["poor_hh"] / table["households_hh"]
    assert (table["poor_pct"] - rate).abs().max() < 1e-9
    assert table["households_hh"].equals(poverty.levels(frame, "commune")["households_hh"])


def test_an_unreported_commune_does_not_open_the_others(frame) -> None:
    gaps = frame.copy()
    gaps.loc[gaps["commune_code"] == "30733", "poor_end_hh"] = pd.NA
    shown = disclosure.release(gaps, Control(threshold=5))
    table = poverty.levels(gaps, "commune", seen=shown.seen)
    assert not table["poor_hh"].dropna().between(1, 4).any()
    whole = poverty.levels(gaps, "province", seen=shown.seen)
    assert whole["poor_hh"].notna().all()
