"""Words of money: units, what is compared, and what a row is called."""

from __future__ import annotations

import pandas as pd
from tests.analysis.funding.money import BN, money
from tests.present.funding.page import districts

from kgstats.present.funding import wording


def named(rows: list[dict]) -> pd.DataFrame:
    return wording.districts_named(districts(money(rows), 2019), 2019, "en")


def test_amounts_are_written_in_the_unit_that_reads_easily():
    assert wording.amount(999_000_000, "en") == "VND 999 million"
    assert wording.amount(10**9, "en") == "VND 1.00 billion"
    assert wording.Unit.of([10**8, None], "en").name == "VND million"
    assert wording.Unit.of([10**8, -2 * BN], "en").name == "VND billion"
    assert wording.quantity(-2 * BN).kind == "billion" and wording.quantity(None).value is None


def test_rows_with_an_amount_below_zero_are_not_compared_and_named():
    rows = [{"district_code": "906"}, {"disbursed_vnd": -BN}]
    frame = named(rows)
    assert list(wording.comparable(frame)["district_code"]) == ["906"]
    assert wording.not_compared(frame, "en").endswith("without a plan: An Biên.")
    assert wording.not_compared(named(rows[:1]), "en") == ""


def test_nothing_left_is_said_of_those_that_report_only():
    paid = {"disbursed_vnd": 10 * BN}
    assert "(1 of 15 districts)" in wording.nothing_left(named([paid]), "en")
    codes = districts(money([paid]), 2019)["district_code"]
    everyone = named([paid | {"district_code": code} for code in codes])
    assert wording.nothing_left(everyone, "en") == "No district has money left to disburse"


def test_a_row_is_named_by_what_it_has():
    row = {
        "year": 2019,
        "programme": "ntm",
        "source": "central",
        "kind": None,
        "vintage": "carried",
    }
    assert wording.what(row, "en") == "New rural areas, central budget, carried over"
    assert wording.sources("province|district", "en") == "provincial budget, district budget"
    assert wording.cut_off(districts(money([{}]).head(0), 2019), "en") == (
        "no budget line is reported"
    )
