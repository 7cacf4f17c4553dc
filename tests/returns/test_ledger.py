"""The ledger accounts for every cell once, or says that the product is wrong."""

from __future__ import annotations

import datetime as dt

import pytest

from kgstats.returns.cells import Cell, ErrorValue, Sheet, Workbook
from kgstats.returns.ledger import (
    LEDGER_COLUMNS,
    AccountsDiffer,
    Address,
    Ledger,
    as_frame,
    cells_received,
    is_empty,
    joined,
    raw_text,
    row_key,
    totals,
)


def filled(*cells, received=None, role="value"):
    ledger = Ledger("a.xlsx", len(cells) if received is None else received)
    for cell in cells:
        ledger.sheet.append("S")
        ledger.cell.append(cell)
        ledger.raw.append("1")
        ledger.role.append(role)
        for names in (ledger.table, ledger.row_key, ledger.column):
            names.append("")
    return ledger


def test_accounts_that_add_up_pass():
    filled("A1", "B1").check()
    Ledger("empty.xlsx").check()


@pytest.mark.parametrize(
    ("ledger", "says"),
    [
        (filled("A1", received=2), "2 cells received, 1 accounted for"),
        (filled("A1", "A1"), "stands twice"),
        (filled("A1", role="treasure"), "no such role: treasure"),
    ],
)
def test_accounts_that_do_not_are_an_error_of_the_product(ledger, says):
    with pytest.raises(AccountsDiffer, match=says):
        ledger.check()


def test_what_counts_as_received():
    cells = [
        Cell(1, 1, "  "), Cell(1, 2, ""), Cell(1, 3, "x"), Cell(1, 4, 0), Cell(1, 5, False),
        Cell(1, 6, ErrorValue("#REF!")), Cell(1, 7, dt.date(2019, 5, 2)),
    ]  # fmt: skip
    assert cells_received(Workbook("a.xlsx", "xlsx", [Sheet("S", cells=cells)])) == 5
    assert is_empty(None) and is_empty("\t") and not is_empty(0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (17.0, "17"), (0.875, "0.875"), (1e20, "1e+20"), (True, "TRUE"), ("  Đ ", "  Đ "),
        (ErrorValue("#DIV/0!"), "#DIV/0!"), (dt.datetime(2019, 5, 2), "2019-05-02"),
        (dt.datetime(2019, 5, 2, 3, 4), "2019-05-02T03:04:00"), (dt.time(1, 2), "01:02:00"),
        ("\ud800", "?"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_it_was_stored(value, text):
    assert raw_text(value) == text


def test_one_and_true_are_not_the_same_cell():
    assert (raw_text(1), raw_text(1.0), raw_text(True)) == ("1", "1", "TRUE")


def test_ledgers_are_put_one_below_the_other():
    frame = as_frame(joined([filled("A1"), filled("B2", "C3", role="note")]))
    assert list(frame.columns) == list(LEDGER_COLUMNS) and len(frame) == 3
    assert totals(frame).to_dict("list") == {"role": ["note", "value"], "cells": [2, 1]}
    assert len(as_frame(joined([]))) == 0


def test_keys_and_addresses():
    assert row_key(2019, "906", "30904", 5) == "2019/906/30904/5"
    assert [Address()(7, column) for column in (1, 26, 27, 703)] == ["A7", "Z7", "AA7", "AAA7"]
