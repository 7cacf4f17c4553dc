"""Lines of one year: what is refused, what is taken and said, and their order."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.analysis.funding.money import BN, money, table

from kgstats.analysis import funding
from kgstats.analysis.funding.lines import in_order, year_of


def test_wrong_tables_are_refused_in_one_line():
    good = table([{}])
    with pytest.raises(funding.FundingError, match="no column cut_off"):
        funding.lines(good.drop(columns="cut_off"), 2019)
    with pytest.raises(funding.FundingError, match="lines of 2019 are among the lines of 2020"):
        funding.lines(good, 2020)
    with pytest.raises(funding.FundingError, match="use one of ntm, gnbv"):
        funding.lines(good, 2019, "ntp")


def test_without_a_line_there_are_no_lines_and_nothing_fails():
    none = funding.lines(table([{}]), 2019, "gnbv")
    assert none.empty and "gap_vnd" in none and year_of(none) == 0
    assert funding.closing(none).empty and funding.denominators(none).empty
    assert funding.gaps(none)["gap_vnd"].isna().all()


def test_a_missing_cut_off_is_taken_from_the_others_and_said():
    frame = money([{"cut_off": None}, {"district_code": "906"}])
    assert frame["cut_off"].tolist() == [pd.Timestamp(2019, 12, 20)] * 2
    assert frame["cut_off_assumed"].tolist() == [True, False]


def test_the_table_given_is_left_as_it_is():
    given = table([{}])
    before = given.copy()
    funding.lines(given, 2019)
    pd.testing.assert_frame_equal(given, before)


def test_groups_stand_in_the_fields_own_order():
    frame = pd.DataFrame(
        {
            "programme": ["gnbv", "ntm", "ntm", "ntm", None],
            "plan_year": pd.array([2019, 2018, 2019, None, 2019], "Int64"),
        }
    )
    found = in_order(frame, ["programme", "plan_year"]).to_numpy(na_value=None).tolist()
    assert found == [
        ["ntm", 2019], ["ntm", 2018], ["ntm", None], ["gnbv", 2019], [None, 2019]
    ]  # fmt: skip


def test_what_was_paid_without_a_plan_sets_no_pace_for_others():
    """A district that paid twice its plan was said to have "more left" than others like it."""
    rows = [{"allocated_vnd": 0, "disbursed_vnd": 5 * BN}, {"district_code": "906"}]
    compared = funding.comparable(money(rows))
    assert compared["district_code"].tolist() == ["906"]
    assert funding.gaps(money(rows))["lines_without_rate"].tolist() == [1]
    assert funding.gaps(money(rows))["disbursed_vnd"].iloc[0] > 5 * BN  # In the sums all the same.
