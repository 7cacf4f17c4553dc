"""Which form a table is, and which column is which, where numbers stand in place of words."""

from __future__ import annotations

import random

import pytest
from tests.returns.breaking import EXTRA, Way, make, values_read

from kgstats.returns.book import read_book
from kgstats.returns.cells import Cell

WRITTEN = {
    "plain": lambda number: number,
    "criteria": lambda number: f"TC {number}",
    "roman": lambda number: {1: "I", 4: "IV", 5: "V", 9: "IX"}.get(number, number),
}


def numbered(form, seed, write, *, words=True, extra=False):
    """A page whose row of column numbers lost its letters, and maybe its words above."""
    made = make(form, Way(), random.Random(seed), extra=extra, district="911")
    sheet, (first, last) = made.book.sheets[0], made.heading
    kept = []
    for cell in sheet.cells:
        if cell.row == last + 1 and cell.column <= 2:
            continue
        if cell.row == last + 1:
            cell.value = write(cell.value)
        if words or not (first <= cell.row <= last and cell.column > 2):
            kept.append(cell)
    sheet.cells = kept
    return made


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("extra", [False, True])
def test_counts_of_households_never_become_criteria(write, extra):
    for seed in range(3):
        made = numbered("poverty", seed, write, words=False, extra=extra)
        result = read_book(made.book, 2019)
        assert not result.records.get("attainment") and not result.records.get("communes")
        assert any(one.grave == "error" for one in result.findings)


def test_numbers_one_place_off_name_no_criterion(monkeypatch):
    monkeypatch.setitem(EXTRA, "attainment", [("Số ấp",)])
    seen = set()
    for seed in range(6):
        made = numbered("attainment", seed, int, words=False, extra=True)
        read = values_read(read_book(made.book, 2019))
        beside = made.columns["met 1"] != 3  # the column of the page's own stands before the marks
        seen.add(beside)
        given = [
            key for key in made.truth if key[1].startswith("met") and read.get(key) is not None
        ]
        assert bool(given) != beside
        assert not [key for key in given if read[key] != made.truth[key]]
    assert seen == {True, False}


def test_a_criterion_that_holds_counts_is_named_at_its_heading():
    made = numbered("attainment", 1, int)
    sheet = made.book.sheets[0]
    for cell in sheet.cells:
        if cell.column == made.columns["met 7"] and cell.row in made.rows.values():
            cell.value = 12 + cell.row
    result = read_book(made.book, 2019)
    (found,) = [one for one in result.findings if one.grave == "error"]
    assert (found.rule, found.args["names"]) == ("column_unfit", "Tiêu chí 7")


ASIDE = {
    "nothing": (),
    "the year before": ("Hộ nghèo cuối năm 2018",),
    "the year before, grouped": ("Số hộ cận nghèo cuối năm 2018", "Số hộ"),
}


@pytest.mark.parametrize("said", ASIDE.values(), ids=ASIDE)
@pytest.mark.parametrize("style", ["merged", "first", "split"])
def test_a_column_more_at_the_right_costs_no_column_of_the_form(said, style):
    made = make("poverty", Way(style), random.Random(3))
    page, right = made.book.sheets[0], max(made.columns.values()) + 1
    page.cells += [Cell(made.heading[0] + down, right, words) for down, words in enumerate(said)]
    page.cells += [Cell(row, right, 7 + row * row % 50) for row in made.rows.values()]
    page.cells.sort(key=lambda one: (one.row, one.column))
    result = read_book(made.book, 2019)
    read = values_read(result)
    assert {key: read.get(key) for key in made.truth} == made.truth
    assert not [one for one in result.findings if one.grave == "error"]


def test_a_column_without_a_heading_is_refused_where_the_form_lacks_one():
    made = make("poverty", Way(), random.Random(3))
    page, last = made.book.sheets[0], max(made.columns.values())
    page.cells = [one for one in page.cells
                  if not (one.column == last and one.row <= made.heading[1])]  # fmt: skip
    result = read_book(made.book, 2019)
    assert (
        values_read(result).items()
        >= {
            key: value for key, value in made.truth.items() if key[1] != "ethnic_near_poor_end_hh"
        }.items()
    )
    (found,) = [one for one in result.findings if one.grave == "error"]
    assert found.rule == "column_doubtful"
