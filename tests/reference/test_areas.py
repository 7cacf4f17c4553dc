"""Areas: the lists of each year, what became of units, and carrying counts between years."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgstats.reference import areas

YEARS = (2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025)


@pytest.mark.parametrize(
    ("year", "total", "rural"),
    [
        (2017, 145, 118),
        (2018, 145, 117),
        (2019, 145, 117),
        (2020, 145, 117),
        (2021, 144, 116),
        (2023, 144, 116),
        (2024, 143, 116),
    ],
)
def test_number_of_units_and_rural_communes(year: int, total: int, rural: int) -> None:
    frame = areas.units(year)
    assert len(frame) == total
    assert frame["commune_code"].is_unique
    assert areas.rural_base(year) == rural
    assert set(areas.rural(year)["type"]) == {"xã"}


def test_the_wards_and_townships_published_with_the_changes() -> None:
    counts = {year: areas.units(year)["type"].value_counts().to_dict() for year in YEARS}
    assert counts[2017] == {"xã": 118, "phường": 15, "thị trấn": 12}
    assert counts[2019] == {"xã": 117, "phường": 16, "thị trấn": 12}
    assert counts[2021] == {"xã": 116, "phường": 18, "thị trấn": 10}
    assert counts[2024] == {"xã": 116, "phường": 17, "thị trấn": 10}
    assert counts[2025]["đặc khu"] == 3
    assert sum(counts[2025].values()) == 48


def test_dates_decide_not_years() -> None:
    def kind(day: str, name: str) -> str:
        frame = areas.units_on(day)
        return frame.loc[frame["name"] == name, "type"].item()

    assert kind("2018-10-31", "Mỹ Đức") == "xã"
    assert kind("2018-11-01", "Mỹ Đức") == "phường"
    assert "Hòn Thơm" in set(areas.units_on("2021-02-28")["name"])
    assert "Hòn Thơm" not in set(areas.units_on("2021-03-01")["name"])
    assert len(areas.units_on(dt.date(2024, 11, 30))) == 144
    assert len(areas.units_on(dt.date(2024, 12, 1))) == 143
    assert len(areas.units_on("2025-06-30")) == 143
    assert len(areas.units_on("2025-07-01")) == 48


def test_before_the_first_list_is_an_error_that_says_so() -> None:
    with pytest.raises(areas.NoAreasForYear, match="2017-10-15"):
        areas.units(2016)
    assert len(areas.units_on("2017-10-15")) == 145


def test_columns_types_and_nulls() -> None:
    for year in (2019, 2025):
        frame = areas.units(year)
        assert list(frame.columns) == areas.UNIT_COLUMNS
        assert frame[["commune_code", "name", "type", "province"]].notna().all().all()
        assert str(frame["population_2019"].dtype) == "Int64"
        assert str(frame["commune_code"].dtype).startswith("string")
    assert areas.units(2025)["district_code"].isna().all()
    assert set(areas.units(2025)["province"]) == {"An Giang"}
    assert areas.province(2024) == "Kiên Giang"


def test_the_result_is_the_callers_own() -> None:
    frame = areas.units(2019)
    frame.loc[:, "name"] = "x"
    assert "x" not in set(areas.units(2019)["name"])


def test_districts_match_the_list_of_2019(shared) -> None:
    listed = pd.read_csv(shared / "reference/districts_2019.csv", dtype={"district_code": str})
    ours = areas.districts(2019)
    assert len(ours) == 15
    merged = listed.merge(ours, on="district_code")
    assert (merged["xa"] == merged["rural_communes"]).all()
    assert (merged["phuong"] == merged["wards"]).all()
    assert (merged["thi_tran"] == merged["townships"]).all()
    assert (merged["population_2019_x"] == merged["population_2019_y"]).all()
    assert areas.districts(2025).empty
    before = areas.districts(2017).set_index("district_name")
    assert before.at["Hà Tiên", "district_type"] == "thị xã"
    assert areas.districts(2021).set_index("district_name").at["Phú Quốc", "district_type"] == (
        "thành phố"
    )


def test_population_and_area_are_kept_by_every_change() -> None:
    totals = {year: int(areas.units(year)["population_2019"].sum()) for year in YEARS}
    assert set(totals.values()) == {1723067}
    sizes = [areas.units(year)["area_km2"].sum() for year in YEARS]
    assert max(sizes) - min(sizes) < 0.01


def test_intervals_of_a_code_do_not_overlap_and_leave_no_gap() -> None:
    for code, rows in areas.periods().groupby("commune_code"):
        ends = rows["valid_to"].tolist()[:-1]
        starts = rows["valid_from"].tolist()[1:]
        for end, start in zip(ends, starts, strict=True):
            assert start - end == pd.Timedelta(days=1), code
    assert areas.periods()["valid_to"].isna().sum() == 48


def test_aliases_belong_to_units_of_their_district() -> None:
    known = areas.units(2019).set_index("commune_code")
    for row in areas.aliases().itertuples():
        assert known.at[row.commune_code, "name"] == row.name
        assert known.at[row.commune_code, "district_name"] == row.district_name
        assert known.at[row.commune_code, "district_code"] == row.district_code


def test_what_became_of_units() -> None:
    assert areas.successors("31099", 2020, 2021)["to_name"].tolist() == ["An Thới"]
    assert areas.successors("31099", 2020, 2021)["relation"].tolist() == ["merged"]
    assert areas.successors("30778", 2017, 2018)["relation"].tolist() == ["renamed"]
    assert areas.successors("30730", 2023, 2024)["to_code"].tolist() == ["30742"]
    assert areas.predecessors("30742", 2024, 2023)["from_name"].tolist() == [
        "Vĩnh Thanh Vân",
        "Vĩnh Bảo",
    ]
    assert areas.successors("31105", 2019, 2025)["relation"].tolist() == ["renamed"]
    assert areas.successors("30781", 2019, 2025)["relation"].tolist() == ["same"]
    back = areas.successors("31108", 2025, 2019)
    assert back["to_name"].tolist() == ["Hòn Tre", "Lại Sơn", "An Sơn", "Nam Du"]
    assert set(back["relation"]) == {"split"}
    with pytest.raises(areas.NoAreasForYear, match="99999"):
        areas.successors("99999", 2019, 2025)


def test_the_successors_of_2019_are_those_of_the_gazetteer(shared) -> None:
    listed = pd.read_csv(shared / "reference/communes_2019.csv", dtype=str)
    ours = areas.successions(2019, 2025).set_index("from_code")
    assert len(ours) == 145
    for row in listed.itertuples():
        assert ours.at[row.commune_code, "to_code"] == row.successor_2025_code
        assert ours.at[row.commune_code, "to_name"] == row.successor_2025_name
        assert ours.at[row.commune_code, "to_type"] == row.successor_2025_type


def test_join_by_code_is_refused_where_codes_changed_their_meaning() -> None:
    with pytest.raises(areas.DifferentAreas) as refused:
        areas.join_guard(2024, 2025)
    text = str(refused.value)
    assert "42 of the 48 common codes" in text
    assert "20 of them for a unit of another name" in text
    assert "30742 Vĩnh Thanh Vân → Rạch Giá" in text
    assert "areas.carry(" in text
    areas.join_guard(2017, 2018)
    areas.join_guard(2018, 2020)
    areas.join_guard(2019, 2025, ["30781", "31105"])
    with pytest.raises(areas.DifferentAreas):
        areas.join_guard(2025, 2019, ["30781", "31027"])


def test_join_checks_then_joins() -> None:
    left = areas.units(2019)[["commune_code", "population_2019"]]
    right = areas.units(2020)[["commune_code", "population_2019"]]
    joined = areas.join(left, right, 2019, 2020)
    assert len(joined) == 145
    assert list(joined.columns) == ["commune_code", "population_2019_2019", "population_2019_2020"]
    with pytest.raises(areas.DifferentAreas):
        areas.join(left, areas.units(2025)[["commune_code", "population_2019"]], 2019, 2025)
    with pytest.raises(areas.CannotCarry, match="Is the table of another year"):
        areas.join(left, right, 2019, 2021)


def _counts(year: int, values: list[int | None]) -> pd.DataFrame:
    frame = areas.units(year)[["commune_code"]].copy()
    frame["poor_end_hh"] = pd.array(values[: len(frame)], dtype="Int64")
    return frame


values = st.lists(st.integers(min_value=0, max_value=10_000), min_size=145, max_size=145)


@settings(max_examples=25, deadline=None)
@given(values=values, years=st.tuples(st.sampled_from(YEARS), st.sampled_from(YEARS)))
def test_carrying_keeps_sums_and_counts_every_unit_once(values, years) -> None:
    start, end = sorted(years)
    frame = _counts(start, values)
    carried = areas.carry(frame, "commune_code", ["poor_end_hh"], start, end)
    assert carried["poor_end_hh"].sum() == frame["poor_end_hh"].sum()
    assert carried["units_carried"].sum() == len(frame)
    assert (carried["units_carried"] == carried["units_expected"]).all()
    assert set(carried["commune_code"]) == set(areas.units(end)["commune_code"])


@settings(max_examples=25, deadline=None)
@given(values=values, middle=st.sampled_from((2020, 2021, 2023, 2024)))
def test_carrying_in_two_steps_is_carrying_in_one(values, middle) -> None:
    frame = _counts(2019, values)
    step = areas.carry(frame, "commune_code", ["poor_end_hh"], 2019, middle)
    two = areas.carry(step, "commune_code", ["poor_end_hh"], middle, 2025)
    one = areas.carry(frame, "commune_code", ["poor_end_hh"], 2019, 2025)
    columns = ["commune_code", "name", "poor_end_hh"]
    pd.testing.assert_frame_equal(two[columns], one[columns])


@settings(max_examples=20, deadline=None)
@given(values=values)
def test_carrying_there_and_back_gives_the_same_counts(values) -> None:
    frame = _counts(2017, values)
    there = areas.carry(frame, "commune_code", ["poor_end_hh"], 2017, 2020)
    back = areas.carry(there, "commune_code", ["poor_end_hh"], 2020, 2017)
    start = frame.sort_values("commune_code", ignore_index=True)
    assert back["commune_code"].tolist() == start["commune_code"].tolist()
    assert back["poor_end_hh"].tolist() == start["poor_end_hh"].tolist()


def test_carrying_back_is_possible_for_units_that_stayed_whole_only() -> None:
    now = areas.units(2025)[["commune_code"]].copy()
    now["poor_end_hh"] = pd.array([7] * 48, dtype="Int64")
    stayed = now[now["commune_code"].isin(["30781", "31105"])]
    back = areas.carry(stayed, "commune_code", ["poor_end_hh"], 2025, 2019)
    assert back["name"].tolist() == ["Tiên Hải", "Thổ Châu"]
    with pytest.raises(areas.CannotCarry, match="42 units would have to be divided"):
        areas.carry(now, "commune_code", ["poor_end_hh"], 2025, 2019)


def test_an_absent_member_makes_the_sum_absent_not_smaller() -> None:
    frame = _counts(2019, [1] * 145)
    without = frame[frame["commune_code"] != "31099"]
    carried = areas.carry(without, "commune_code", ["poor_end_hh"], 2019, 2021)
    row = carried[carried["commune_code"] == "31081"].iloc[0]
    assert row["poor_end_hh"] is pd.NA
    assert (row["units_carried"], row["units_expected"]) == (1, 2)
    assert carried["poor_end_hh"].isna().sum() == 1
    frame.loc[frame["commune_code"] == "31099", "poor_end_hh"] = pd.NA
    carried = areas.carry(frame, "commune_code", ["poor_end_hh"], 2019, 2021)
    assert carried["poor_end_hh"].isna().sum() == 1


def test_what_cannot_be_carried_is_refused_by_name() -> None:
    frame = _counts(2019, [1] * 145)
    frame["poor_end_pct"] = 2.5
    frame["met_pct"] = pd.array([2] * 145, dtype="Int64")
    for column in ("poor_end_pct", "met_pct"):
        with pytest.raises(areas.CannotCarry, match="not a count"):
            areas.carry(frame, "commune_code", [column], 2019, 2025)
    with pytest.raises(areas.CannotCarry, match="no column 'nowhere'"):
        areas.carry(frame, "commune_code", ["nowhere"], 2019, 2025)
    doubled = pd.concat([frame, frame.head(1)])
    with pytest.raises(areas.CannotCarry, match="30730 Vĩnh Thanh Vân"):
        areas.carry(doubled, "commune_code", ["poor_end_hh"], 2019, 2025)
    with pytest.raises(areas.CannotCarry, match="no commune-level units of 2021: 31099"):
        areas.carry(frame, "commune_code", ["poor_end_hh"], 2021, 2025)


def test_keys_beside_the_code_are_kept() -> None:
    first, second = _counts(2019, [1] * 145), _counts(2019, [2] * 145)
    long = pd.concat([first.assign(year=2018), second.assign(year=2019)], ignore_index=True)
    carried = areas.carry(long, "commune_code", ["poor_end_hh"], 2019, 2025, by=["year"])
    assert carried.groupby("year")["poor_end_hh"].sum().to_dict() == {2018: 145, 2019: 290}
    assert list(carried.columns[:4]) == ["year", "commune_code", "name", "poor_end_hh"]


def test_members_cover_the_map_of_2019_once() -> None:
    for year in YEARS:
        frame = areas.members(year)
        assert sorted(frame["member_code"]) == sorted(areas.units(2019)["commune_code"])
        assert set(frame["commune_code"]) == set(areas.units(year)["commune_code"])
