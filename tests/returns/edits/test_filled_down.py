"""Numbers filled down by a dragged corner are refused; what a row proves, and chance, stay."""

from __future__ import annotations

import random

import pytest
from tests.returns.breaking import POVERTY, Way, make, values_read

from kgstats.returns.book import read_book
from kgstats.returns.cells import Cell

COUNTS = [name for name, _ in POVERTY if name.endswith("_hh")]


def page(seed, district="906", *, summed=True, recounted=False, change=None):
    """A page of households with its sum, some of its counts changed."""
    made = make("poverty", Way(), random.Random(seed), district=district)
    sheet = made.book.sheets[0]
    at = {(one.row, one.column): one for one in sheet.cells}
    rows = list(made.rows.values())

    def add():
        sheet.cells.append(Cell(rows[-1] + 1, 2, "Tổng cộng"))
        for name in COUNTS:
            column = made.columns[name]
            total = sum(at[row, column].value for row in rows)
            sheet.cells.append(Cell(rows[-1] + 1, column, total))

    if summed and not recounted:
        add()
    wrong = {}
    if change is not None:
        name, first, values = change
        for code, value in zip(list(made.rows)[first:], values, strict=False):
            cell = at[made.rows[code], made.columns[name]]
            if cell.value != value:
                wrong[code] = value
            cell.value = value
    if recounted:
        add()
    return made, wrong


def filled(name, first, count, step, seed):
    made, _ = page(seed)
    start = made.truth[list(made.rows)[first], name]
    return name, first, [start + step * at for at in range(count + 1)]


@pytest.mark.parametrize("name", ["households_hh", "ethnic_households_hh", "poor_start_hh"])
@pytest.mark.parametrize(("count", "step"), [(2, 1), (5, 1), (8, 0), (6, -1), (7, 13)])
def test_no_number_of_a_series_filled_down_is_accepted(name, count, step):
    for seed in range(2):
        made, wrong = page(seed, change=filled(name, 9, count, step, seed))
        result = read_book(made.book, 2019)
        read = values_read(result)
        assert wrong and not [code for code in wrong if read.get((code, name)) is not None]
        errors = {one.cell for one in result.findings if one.grave == "error"}
        cells = {f"{chr(64 + made.columns[name])}{made.rows[code]}" for code in wrong}
        assert cells <= errors
        others = [key for key in made.truth if key[1] != name and read.get(key) is None]
        assert others == []


def test_two_series_that_meet_in_a_row_are_both_refused():
    name = "households_hh"
    start = page(0)[0].truth[list(page(0)[0].rows)[4], name]
    made, wrong = page(0, change=(name, 4, [start, start, start, start + 1, start + 2, start + 3]))
    read = values_read(read_book(made.book, 2019))
    assert len(wrong) == 5 and not [code for code in wrong if read.get((code, name)) is not None]


def test_a_series_that_nothing_contradicts_is_asked_about():
    change = filled("ethnic_households_hh", 2, 4, 1, 5)
    made, _ = page(5, change=change, recounted=True)
    result = read_book(made.book, 2019)
    (found,) = result.findings
    row = made.rows[list(made.rows)[2]]
    assert (found.rule, found.grave, found.cell) == ("values_run_evenly", "warning", f"D{row}")


def test_equal_counts_that_their_rows_prove_are_kept():
    made, _ = page(3)
    sheet = made.book.sheets[0]
    at = {(one.row, one.column): one for one in sheet.cells}
    for code in list(made.rows)[2:8]:  # the start of the year, and what follows from it
        row = made.rows[code]
        start, end = (at[row, made.columns[f"poor_{one}_hh"]] for one in ("start", "end"))
        moves = end.value - start.value
        income = at[row, made.columns["poor_income_hh"]]
        start.value, end.value = 250, 250 + moves
        at[row, made.columns["poor_deprivation_hh"]].value = end.value - income.value
        at[row, made.columns["poor_end_pct"]].value = round(
            100 * end.value / at[row, made.columns["households_hh"]].value, 2
        )
    result = read_book(made.book, 2019)
    read = values_read(result)
    assert [read[code, "poor_start_hh"] for code in list(made.rows)[2:8]] == [250] * 6


def test_small_counts_run_evenly_by_chance():
    change = ("poor_fell_back_hh", 1, [3, 3, 3, 3, 3, 3])
    made, _ = page(2, summed=False, change=change)
    result = read_book(made.book, 2019)
    assert "value_filled_down" not in {one.rule for one in result.findings}
