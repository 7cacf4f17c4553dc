"""What a workbook holds and does not show: rows behind a filter, formulas never calculated."""

from __future__ import annotations

import pytest
from tests.returns.building import book, poverty
from tests.returns.test_clean import GOOD, QUIET

from kgstats.returns.clean import read_book
from kgstats.returns.rules import advice, told

TOTAL = ["", "Tổng cộng", *(sum(row[column] for row in GOOD) for column in range(2, 8))]


def page(rows=GOOD, *, hidden=(), filtered=False):
    """The body stands in rows 5 to 8, its total in row 9."""
    made = poverty([*rows, TOTAL])
    made.hidden_rows = set(hidden)
    made.filtered_rows = set(hidden) if filtered else set()
    for cell in made.cells:
        cell.hidden = cell.row in made.hidden_rows
    return made


def findings(made):
    result = read_book(book(made, file="Kien Hai 2019.xlsx"), 2019)
    return [one for one in result.findings if one.rule not in QUIET], result


def test_a_filter_left_on_is_one_finding():
    found, result = findings(page(hidden=(6, 7), filtered=True))
    assert [(one.rule, one.cell, one.grave) for one in found] == [("rows_filtered", "A6", "error")]
    assert told(found[0], "en") == (
        "A filter hides rows 6–7 of sheet “Bieu”; 22 cells there were not read."
    )
    assert "Kien Hai 2019.xlsx" in advice(found[0], "vi")
    assert {row["commune_code"] for row in result.records["poverty"]} == {"31108", "31115"}


def test_rows_hidden_by_hand_are_one_error_where_their_communes_stand_nowhere_else():
    found, _ = findings(page(hidden=(6, 7)))
    assert [(one.rule, one.grave) for one in found] == [("row_hidden", "error")]
    assert "rows_filtered" not in {one.rule for one in found}


def test_a_row_alone_is_no_rows():
    [found], _ = findings(page(hidden=(6,)))
    assert told(found, "en") == "Sheet “Bieu” hides row 6; 11 cells there were not read."
    assert told(found, "vi").startswith("Trang “Bieu” đang ẩn dòng 6;")
    assert "hides rows 6, 8;" in told(findings(page(hidden=(6, 8)))[0][0], "en")


def test_a_commune_that_stands_nowhere_is_missing_beside_a_filter():
    rows = [row for row in GOOD if "An Sơn" not in row[1]]
    found, _ = findings(page(rows, hidden=(6,), filtered=True))
    missing = [one.raw for one in found if one.rule == "place_missing"]
    assert len(missing) == 1


def test_stale_sums_are_findings_on_the_formula_and_not_on_the_figures():
    made = page()
    made.cells = [cell for cell in made.cells if (cell.row, cell.column) != (9, 3)]
    made.stale = {(9, 3): (4000.0, 4300.0)}
    found, result = findings(made)
    assert [(one.rule, one.cell, one.grave) for one in found] == [("formula_stale", "C9", "error")]
    assert "4,000 in C9, where the cells make 4,300" in told(found[0], "en")
    assert all(row["households_hh"] is not None for row in result.records["poverty"])


@pytest.mark.parametrize("calculated", [True, False])
def test_formulas_never_calculated_are_one_finding_for_a_run(calculated):
    rows = [[*row[:7], row[7] if calculated else None, *row[8:]] for row in GOOD]
    made = page(rows)
    if not calculated:
        made.uncalculated = [(row, 8) for row in range(5, 9)]
    found, result = findings(made)
    if calculated:
        assert found == []
        return
    assert [(one.rule, one.cell) for one in found if one.grave == "error"] == [
        ("formula_not_calculated", "H5")
    ]
    assert "H5:H8" in told(found[0], "vi")
    assert "total_differs" not in {one.rule for one in found}, "what they add is not known"
    assert all(row["poor_end_hh"] is None for row in result.records["poverty"])
