"""Counts of households: complete lists, filters, and what may be put beside each other."""

from __future__ import annotations

import pandas as pd
import pytest

from illustrative.truth import truth
from kgstats.analysis import poverty
from kgstats.analysis.households import (
    COUNT_COLUMNS,
    UNIT_KEYS,
    PovertyError,
    area_keys,
    counted,
    on_areas_of,
    pair,
    prepared,
    together,
)
from kgstats.reference import areas, province

NONE = pd.DataFrame()


def test_every_unit_of_the_list_is_there_reported_or_not() -> None:
    table = truth(2019)["poverty"]
    frame = together(table[table["district_code"] != "912"])
    assert len(frame) == 145
    assert frame.columns.tolist() == [*UNIT_KEYS, *COUNT_COLUMNS]
    absent = frame[frame["district_code"] == "912"]
    assert len(absent) == 4
    assert absent[list(COUNT_COLUMNS)].isna().all().all()
    assert (frame.dtypes[list(COUNT_COLUMNS)] == "Int64").all()
    assert frame["area"].value_counts().to_dict() == {"rural": 117, "urban": 28}


def test_a_clean_table_and_a_prepared_one_give_the_same() -> None:
    table = truth(2019)["poverty"]
    for by in ((), "district", "commune", ("area", "district")):
        pd.testing.assert_frame_equal(
            poverty.levels(table, by), poverty.levels(together(table), by)
        )
    frame = together(table)
    assert prepared(frame) is frame


def test_a_researchers_filter_is_the_base_of_what_is_expected() -> None:
    frame = together(truth(2019)["poverty"])
    rural = poverty.levels(frame[frame["area"] == "rural"]).iloc[0]
    by_area = poverty.levels(frame, "area").set_index("area")
    assert rural["expected_units"] == by_area.loc["rural", "expected_units"] == 117
    assert rural["poor_rate_pct"] == by_area.loc["rural", "poor_rate_pct"]


def test_two_results_are_put_beside_each_other_by_their_keys() -> None:
    """No suffix, no renaming: the same key has the same name everywhere."""
    table = truth(2019)["poverty"]
    keys = ["year", "district_code"]
    flows = poverty.flows(table, "district")
    flows = flows.drop(columns=["expected_units", "poor_end_hh", "near_poor_end_hh"])
    both = poverty.levels(table, "district").merge(flows, on=keys, validate="one_to_one")
    assert len(both) == 15
    assert not [name for name in both if name.endswith(("_x", "_y"))]
    whole = poverty.levels(table).iloc[0]
    assert both["poor_end_hh"].sum() == whole["poor_end_hh"]


def test_empty_tables_of_other_years_are_left_out() -> None:
    frame = on_areas_of(2019, truth(2019)["poverty"], NONE)
    assert set(frame["year"]) == {2019}
    assert poverty.base_year(frame, 2019) is None
    with pytest.raises(PovertyError, match="no table of poverty for 2017"):
        poverty.base_year(frame, 2019, 2017)


def test_a_pair_has_each_count_of_both_years() -> None:
    both = pair(together(truth(2018)["poverty"], truth(2019)["poverty"]), 2018, 2019)
    assert len(both) == 145
    assert both["poor_end_hh_before"].sum() == 18252
    assert both["poor_end_hh_after"].sum() == 12118


def test_levels_that_are_none_are_refused() -> None:
    frame = together(truth(2019)["poverty"])
    assert area_keys(frame, ("area", "commune")) == ["area", "district_code", "commune_code"]
    with pytest.raises(PovertyError, match="no level 'region'"):
        area_keys(frame, ("district", "region"))


def test_the_count_in_a_rate_is_that_of_the_units_with_a_base() -> None:
    table = truth(2019)["poverty"].copy()
    first = table.index[0]
    table.loc[first, "households_hh"] = pd.NA
    row = poverty.levels(table)
    without = table.drop(index=first)["poor_end_hh"].sum()
    assert counted(row, "poor").item() == without
    assert row["poor_end_hh"].item() == table["poor_end_hh"].sum() > without


def test_what_the_lists_do_not_follow_is_compared_with_nothing():
    """A district whose communes were merged, in a list that does not tell with which."""
    with province.turned(province.of_code("04")):
        listed = areas.units(2019)[["district_code", "commune_code"]]
        before = listed.assign(year=2019, **dict.fromkeys(COUNT_COLUMNS, 10))
        frame = on_areas_of(2020, before).query("year == 2019")
        with pytest.raises(areas.CannotCarry, match="is not known"):
            on_areas_of(2020, before, whole_only=False)
    assert len(frame) == 161
    assert 0 < frame["poor_end_hh"].notna().sum() < 161
