"""The localiser names the wrong cell, or says between which it cannot tell; it changes nothing."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kgstats.edits import Limits, Linear, Rate, broken, localise

FLOW = ("start", "escaped", "back", "new", "end")
COUNTS = ("households", *FLOW)


def table_rules(rows: int) -> list[Linear | Rate]:
    """The rules of a table such as form 03: flows, rates, and a total under every count."""
    rules: list[Linear | Rate] = []
    for row in [*range(rows), "all"]:
        signs = zip(FLOW, (1, -1, 1, 1, -1), strict=True)
        rules.append(Linear("flow", tuple(((row, name), by) for name, by in signs)))
        rules.append(
            Rate("rate", (row, "pct"), (row, "end"), (row, "households"), slack=Decimal("0.006"))
        )
    for name in COUNTS:
        parts = tuple(((row, name), 1) for row in range(rows))
        rules.append(Linear("total", (*parts, (("all", name), -1))))
    return rules


@st.composite
def tables(draw):
    """A consistent table of two to twelve rows with its totals."""
    rows = draw(st.integers(2, 12))
    values: dict = {}
    for row in range(rows):
        start = draw(st.integers(20, 3_000))
        escaped = draw(st.integers(0, start - 5))
        back, new = draw(st.integers(0, 40)), draw(st.integers(0, 400))
        end = start - escaped + back + new
        households = draw(st.integers(end, 40_000).filter(bool))
        for name, value in zip(COUNTS, (households, start, escaped, back, new, end), strict=True):
            values[row, name] = value
    for name in COUNTS:
        values["all", name] = sum(values[row, name] for row in range(rows))
    for row in [*range(rows), "all"]:
        exact = Decimal(100 * values[row, "end"]) / values[row, "households"]
        values[row, "pct"] = round(exact, 2)
    return rows, values


def lines_of(rows: int) -> list[list]:
    return [[(row, name) for name in (*COUNTS, "pct")] for row in [*range(rows), "all"]]


def zero_more(value):
    return value * 10


def zero_less(value):
    return value // 10 if value % 10 == 0 else value // 100


def swapped(value):
    text = str(value)
    for place in range(len(text) - 1):
        if text[place] != text[place + 1]:
            return int(text[:place] + text[place + 1] + text[place] + text[place + 2 :])
    return None


def in_thousands(value):
    return value * 1000


def negative(value):
    return -value


def digit_lost(value):
    return int(str(value)[1:]) if value > 9 else None


def one_more(value):
    return value + 1


SLIPS = [zero_more, zero_less, swapped, in_thousands, negative, digit_lost, one_more]


@given(tables())
@settings(max_examples=60, deadline=None)
def test_a_consistent_table_is_never_blamed(case):
    rows, values = case
    assert broken(table_rules(rows), values) == []
    assert localise(values, table_rules(rows), lines=lines_of(rows)) == []


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.__name__)
@given(st.data())
@settings(max_examples=25, deadline=None)
def test_one_slip_is_found(slip, data):
    rows, values = data.draw(tables())
    names = [key for key in values if key[1] != "pct"]
    key = data.draw(st.sampled_from(names))
    typed = slip(values[key])
    assume(typed is not None and typed != values[key])
    spoiled = {**values, key: typed}
    before = dict(spoiled)
    found = localise(spoiled, table_rules(rows), lines=lines_of(rows))
    assert spoiled == before
    assert found, "a total is broken at least"
    (diagnosis,) = found
    assert not diagnosis.given_up
    assert any(repair.keys == (key,) for repair in diagnosis.repairs)
    change = next(r for r in diagnosis.repairs if r.keys == (key,)).changes[0]
    assert change.low <= values[key] <= change.high
    if change.slip is not None and change.low == change.high:
        assert change.value == values[key]


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_two_exchanged_neighbours_are_found(data):
    rows, values = data.draw(tables())
    row = data.draw(st.integers(0, rows - 1))
    at = data.draw(st.integers(0, len(COUNTS) - 2))
    one, other = (row, COUNTS[at]), (row, COUNTS[at + 1])
    assume(values[one] != values[other])
    spoiled = {**values, one: values[other], other: values[one]}
    (diagnosis,) = localise(spoiled, table_rules(rows), lines=lines_of(rows))
    assert any(set(repair.keys) == {one, other} for repair in diagnosis.repairs)
    assert diagnosis.repairs[0].changes[0].slip == "exchanged"


def test_a_row_typed_one_column_to_the_right_is_one_slip():
    rules = table_rules(2)
    values = {
        (0, "households"): 900, (0, "start"): 120, (0, "escaped"): 31, (0, "back"): 2,
        (0, "new"): 14, (0, "end"): 105, (1, "households"): 700, (1, "start"): 88,
        (1, "escaped"): 9, (1, "back"): 1, (1, "new"): 6, (1, "end"): 86,
    }  # fmt: skip
    for name in COUNTS:
        values["all", name] = values[0, name] + values[1, name]
    shifted = dict(values)
    for name, right in zip(FLOW[1:], [*FLOW[2:], "pct"], strict=True):
        shifted[0, right] = values[0, name]
    del shifted[0, "escaped"]
    (diagnosis,) = localise(shifted, rules, lines=lines_of(2))
    (repair,) = diagnosis.repairs
    assert {change.slip for change in repair.changes} == {"shifted"}
    assert {c.key: c.value for c in repair.changes if c.value is not None} == {
        (0, name): values[0, name] for name in ("escaped", "back", "new", "end")
    }
    assert [c.value for c in repair.changes if c.key == (0, "pct")] == [None]


def test_two_slips_in_two_rows_are_both_named():
    rules = table_rules(3)
    values: dict = {}
    for row, numbers in enumerate(
        [(5000, 200, 40, 3, 17, 180), (6100, 310, 90, 1, 12, 233), (4300, 90, 10, 0, 4, 84)]
    ):
        values.update({(row, name): n for name, n in zip(COUNTS, numbers, strict=True)})
    for name in COUNTS:
        values["all", name] = sum(values[row, name] for row in range(3))
    for row in [*range(3), "all"]:
        exact = Decimal(100 * values[row, "end"]) / values[row, "households"]
        values[row, "pct"] = round(exact, 2)
    values[0, "households"] = 50_000
    values[2, "end"] = 48
    found = localise(values, rules, lines=lines_of(3))
    assert {key for one in found for key in one.certain} == {(0, "households"), (2, "end")}


def test_unrelated_rules_are_diagnosed_apart():
    rules = [
        Linear("one", (("a", 1), ("b", -1))),
        Linear("two", (("c", 1), ("d", -1))),
    ]
    found = localise({"a": 1, "b": 2, "c": 3, "d": 4}, rules)
    assert [[rule.name for rule in one.broken] for one in found] == [["one"], ["two"]]
    assert all(len(one.repairs) == 2 and one.certain == () for one in found)


def test_a_reliable_cell_is_blamed_last():
    rule = Linear("same", (("typed", 1), ("approved", -1)))
    (found,) = localise({"typed": 12, "approved": 21}, [rule], weights={"approved": 5})
    assert [repair.keys for repair in found.repairs] == [("typed",)]
    assert found.repairs[0].changes[0].slip == "digits_swapped"


def test_ties_stand_with_the_most_plausible_slip_first():
    rule = Linear("same", (("a", 1), ("b", -1)))
    (found,) = localise({"a": 731, "b": 7310}, [rule])
    first, second = (repair.changes[0] for repair in found.repairs)
    assert {(first.key, first.slip), (second.key, second.slip)} == {
        ("b", "zero_too_many"), ("a", "zero_too_few"),
    }  # fmt: skip
    assert first.slip == "zero_too_many"


def test_a_page_without_sense_is_given_up_and_blames_nobody():
    rules = [Linear("same", ((n, 1), (n + 1, -1))) for n in range(80)]
    (found,) = localise(dict(enumerate(range(0, 810, 10))), rules)
    assert found.given_up and found.certain == ()
    (found,) = localise(
        {n: 3 * n + n % 2 for n in range(12)},
        [Linear("same", ((n, 1), (n + 1, -1))) for n in range(0, 11)],
        limits=Limits(cells=2),
    )
    assert found.repairs == () and found.given_up


def test_amounts_of_any_size_are_treated_alike():
    rules = [
        Linear("total", (("a", 1), ("b", 1), ("c", 1), ("all", -1))),
        Rate("a%", "ra", "da", "a", slack=Decimal("0.06")),
        Linear("most", (("da", 1), ("a", -1)), "<="),
    ]
    values = {"a": 2_707 * 10**9, "b": 1_113 * 10**6, "c": 9_000 * 10**6}
    values |= {"all": 12_820 * 10**6, "da": 1_236 * 10**6, "ra": Decimal("45.66")}
    (found,) = localise(values, rules)
    (change,) = found.repairs[0].changes
    assert (change.key, change.value, change.slip) == ("a", 2_707 * 10**6, "unit")


# --- the review of 2022 (../shared/samples/audit) -------------------------------------------------


@pytest.fixture
def regions(shared):
    path = shared / "samples" / "audit" / "vn_regions.csv"
    with path.open(encoding="utf-8") as lines:
        rows = {row.pop("quantity"): row for row in csv.DictReader(lines)}
    values = {
        (name, where): int(count) for name, row in rows.items() for where, count in row.items()
    }
    places = list(next(iter(rows.values())))
    rules: list[Linear | Rate] = []
    for name in rows:
        parts = tuple(((name, where), 1) for where in places[:-1])
        rules.append(Linear(f"{name} total", (*parts, ((name, places[-1]), -1))))
    for where in places:
        terms = ((("poor_hh", where), 1), (("near_poor_hh", where), 1), (("both_hh", where), -1))
        rules.append(Linear(f"{where} both", terms))
    return values, rules


def meant(repair):
    return {change.key: change.value for change in repair.changes}


ANSWER = {
    ("poor_hh", "region_2"): 69_329,
    ("near_poor_hh", "region_4"): 107_606,
    ("near_poor_hh", "total_printed"): 915_393,
}


def test_three_misprints_of_a_published_table_have_three_smallest_repairs(regions):
    values, rules = regions
    (found,) = localise(values, rules)
    assert [len(repair.changes) for repair in found.repairs] == [3, 3, 3]
    assert ANSWER in [meant(repair) for repair in found.repairs]
    assert found.certain == (("poor_hh", "region_2"),)
    assert {c.slip for r in found.repairs for c in r.changes if c.key == found.certain[0]} == {
        "digits_swapped"
    }


def test_the_printed_rates_of_one_unprinted_base_leave_one_answer(regions):
    values, rules = regions
    printed = {"poor_hh": "8.39", "near_poor_hh": "6.99", "both_hh": "15.39"}
    for name, rate in printed.items():
        values[name, "pct"] = Decimal(rate)
        rules.append(Rate(f"{name} share", (name, "pct"), (name, "region_4"), "base"))
    (found,) = localise(values, rules, latent=["base"])
    assert [meant(repair) for repair in found.repairs] == [ANSWER]


def test_two_shares_that_cannot_have_one_base_blame_neither_alone():
    values = {"a": 57_180, "a%": Decimal("12.81"), "b": 43_316, "b%": Decimal("9.12")}
    rules = [Rate("a", "a%", "a", "base"), Rate("b", "b%", "b", "base")]
    (found,) = localise(values, rules, latent=["base"])
    assert {repair.keys for repair in found.repairs} == {("a",), ("a%",), ("b",), ("b%",)}
    assert found.certain == ()
    values["b%"] = Decimal("9.70")
    assert localise(values, rules, latent=["base"]) == []
