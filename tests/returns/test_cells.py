"""Addresses of cells."""

from __future__ import annotations

import pytest

from kgstats.returns.cells import Cell, Sheet, Workbook, column_letter


@pytest.mark.parametrize(
    ("column", "letters"),
    [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")],
)
def test_letters_of_a_column(column, letters):
    assert column_letter(column) == letters


def test_address():
    assert Cell(12, 28, "x").address == "AB12"


def test_a_workbook_that_could_not_be_read_has_no_sheets():
    book = Workbook("a.xls", "", problem="locked")
    assert book.sheets == [] and Sheet("x").kind == "worksheet"
