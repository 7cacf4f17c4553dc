"""Criteria sets, poverty standards, programmes: data with validity, never used outside it."""

from __future__ import annotations

import pytest

from kgstats.reference import criteria, poverty_standards, programmes
from kgstats.reference.tables import table

FORM_NAMES = [
    "Quy hoạch",
    "Giao thông",
    "Thủy lợi",
    "Điện",
    "Trường học",
    "Cơ sở vật chất văn hóa",
    "Cơ sở hạ tầng thương mại nông thôn",
    "Thông tin và truyền thông",
    "Nhà ở dân cư",
    "Thu nhập",
    "Hộ nghèo",
    "Lao động có việc làm",
    "Tổ chức sản xuất",
    "Giáo dục và Đào tạo",
    "Y tế",
    "Văn hóa",
    "Môi trường và an toàn thực phẩm",
    "Hệ thống chính trị và tiếp cận pháp luật",
    "Quốc phòng và An ninh",
]


@pytest.mark.parametrize(
    ("year", "code"), [(2016, "qd1980"), (2020, "qd1980"), (2021, "qd1980"), (2022, "qd318")]
)
def test_the_set_in_force_each_year(year: int, code: str) -> None:
    assert criteria.criteria_set(year).code == code


@pytest.mark.parametrize("year", [2015, 2026])
def test_years_without_a_set_are_refused(year: int) -> None:
    with pytest.raises(criteria.NoCriteriaForYear, match=f"known for {year}.*criteria_sets.csv"):
        criteria.criteria_set(year)


@pytest.mark.parametrize("year", [2019, 2023])
def test_each_set_has_nineteen_criteria_in_its_groups(year: int) -> None:
    frame = criteria.criteria(year)
    assert frame["criterion"].tolist() == list(range(1, 20))
    assert frame.notna().all().all()
    assert set(frame["group"]) == set(criteria.groups(year)["group"])


def test_names_and_groups_of_decision_1980() -> None:
    frame = criteria.criteria(2019)
    assert [name.lower() for name in frame["name_vi"]] == [name.lower() for name in FORM_NAMES]
    assert frame.groupby("group").size().tolist() == [1, 8, 4, 6]


def test_thresholds_are_complete_and_say_what_is_unconfirmed() -> None:
    frame = criteria.thresholds(2019)
    parts = frame[frame["part_of"].isna()]
    assert len(parts) == 49 == criteria.criteria_set(2019).sub_criteria
    assert set(frame["criterion"]) == set(range(1, 20))
    valued = frame["rule"].isin([">=", "<=", "="])
    assert frame.loc[valued, ["national", "mekong"]].notna().all().all()
    assert frame.loc[~valued, ["national", "mekong"]].isna().all().all()
    confirmed = frame.loc[frame["mekong_confirmed"], "number"].tolist()
    assert confirmed == ["10.1"]
    assert (
        frame.loc[frame["national_confirmed"] | frame["mekong_confirmed"], "source"].notna().all()
    )
    assert criteria.thresholds(2023).empty
    districts = criteria.district_criteria(2019)
    assert len(districts) == 9
    assert not districts["confirmed"].any()
    assert criteria.criteria_set(2019).thresholds.equals(frame)


def test_attainment_is_not_compared_across_sets() -> None:
    criteria.comparable(2016, 2021)
    with pytest.raises(criteria.DifferentCriteria, match="1980/QĐ-TTg and 2023 by 318/QĐ-TTg"):
        criteria.comparable(2019, 2023)


@pytest.mark.parametrize(
    ("year", "code"),
    [(2015, "income2011"), (2016, "md2016"), (2021, "md2016"), (2022, "md2022"), (2025, "md2022")],
)
def test_the_standard_in_force_each_year(year: int, code: str) -> None:
    assert poverty_standards.standard(year).code == code


def test_lines_and_rules() -> None:
    old, new = poverty_standards.standard(2019), poverty_standards.standard(2023)
    assert (old.poor_rural_vnd, old.poor_urban_vnd) == (700_000, 900_000)
    assert (old.near_poor_rural_vnd, old.near_poor_urban_vnd) == (1_000_000, 1_300_000)
    assert (new.poor_rural_vnd, new.poor_urban_vnd) == (1_500_000, 2_000_000)
    assert (old.indicators, new.indicators) == (10, 12)
    assert old.rule("vi") != old.rule("en")
    assert old.name("vi") == "Chuẩn đa chiều 2016-2020"
    assert old.rule_confirmed
    assert not new.rule_confirmed


@pytest.mark.parametrize("year", [2010, 2026])
def test_years_without_a_standard_are_refused(year: int) -> None:
    with pytest.raises(poverty_standards.NoStandardForYear, match=r"poverty_standards\.csv"):
        poverty_standards.standard(year)
    with pytest.raises(poverty_standards.NoStandardForYear):
        poverty_standards.comparable()


def test_a_break_is_refused_in_words() -> None:
    assert poverty_standards.comparable(2018, 2019, 2020, 2021).code == "md2016"
    with pytest.raises(poverty_standards.StandardsDiffer) as refused:
        poverty_standards.comparable(2021, 2022)
    text = str(refused.value)
    assert "2021 and 2022 cannot be compared" in text
    assert "59/2015/QĐ-TTg" in text
    assert "07/2021/NĐ-CP" in text
    assert [year for year, _, _ in poverty_standards.breaks(2016, 2025)] == [2022]
    assert poverty_standards.breaks(2016, 2021) == []


@pytest.mark.parametrize("name", ["criteria_sets", "poverty_standards"])
def test_validity_has_no_gap_and_no_overlap(name: str) -> None:
    frame = table(name).astype({"first_year": "Int64", "last_year": "Int64"})
    frame = frame.sort_values("first_year")
    assert (frame["first_year"] <= frame["last_year"]).all()
    assert (frame["first_year"].iloc[1:].to_numpy() == frame["last_year"].iloc[:-1] + 1).all()


def test_programmes_and_targets() -> None:
    assert programmes.programme("ntm", 2019).decision == "1600/QĐ-TTg"
    assert programmes.programme("gnbv", 2023).decision == "90/QĐ-TTg"
    assert programmes.programme("ntm", 2019).short("vi") == "Nông thôn mới"
    with pytest.raises(programmes.NoProgrammeForYear, match="ntm, gnbv"):
        programmes.programme("x", 2019)
    with pytest.raises(programmes.NoProgrammeForYear, match="2030"):
        programmes.programme("ntm", 2030)
    ethnic = programmes.target("poor_fall", 2020, "ethnic")
    assert ethnic is not None
    assert (ethnic.low, ethnic.high) == (1.5, 2.0)
    assert programmes.target("poor_fall", 2020).high is None
    assert programmes.target("attained_communes", 2020).low == 79
    assert programmes.target("attained_communes", 2019) is None


def test_targets_of_one_indicator_do_not_overlap() -> None:
    frame = table("targets").astype({"first_year": "Int64", "last_year": "Int64"})
    for _, rows in frame.groupby(["indicator", "scope"]):
        years = [
            year
            for first, last in zip(rows["first_year"], rows["last_year"], strict=True)
            for year in range(first, last + 1)
        ]
        assert len(years) == len(set(years))
