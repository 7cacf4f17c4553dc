"""Any province: its areas over time, and what a workspace says of itself."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.reference.test_province_values import GOOD, listed

from kgstats import workspace
from kgstats.reference import areas, province, tables

YEARS = (2017, 2019, 2020, 2021, 2024, 2025)
CODES = ("01", "04", "10", "17", "20", "31", "38", "46", "48", "66", "79", "92")
"""Provinces that lost districts, made cities, merged most, split communes or spell as highlands."""


@pytest.fixture
def turned(tmp_path):
    """Turn to a province, and back at the end."""

    def turn(code: str, more: str = "") -> province.Province:
        raw = tmp_path / code / "data" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        (raw / province.FILE).write_text(f'code: "{code}"\n{more}', encoding="utf-8")
        return province.use(workspace.Workspace(tmp_path / code))

    yield turn
    province.use(None)


def test_without_a_file_it_is_the_one_that_ships(tmp_path):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    assert province.use(workspace.Workspace(tmp_path)).name == "Kiên Giang"
    assert areas.territory() == areas.province(2019) == "Kiên Giang"


def test_turning_to_another_province_forgets_the_first(turned):
    from kgstats.returns.subjects.places import gazetteer

    assert "899" in gazetteer(2019).districts
    assert turned("66").full_name == "tỉnh Đắk Lắk"
    assert "899" not in gazetteer(2019).districts
    assert gazetteer(2019).districts["643"].name == "Buôn Ma Thuột"
    province.use(None)
    assert "899" in gazetteer(2019).districts


@pytest.mark.parametrize(
    ("table", "key"), [item for item in province.OWN_TABLES.items() if item[0] != "districts"]
)
def test_what_is_the_provinces_own_is_read_from_its_file(table, key, turned):
    """Targets, lines of money and so on: none of the province that ships, then those declared."""
    shipped, given = tables.records(table), GOOD[key]
    turned("66")
    assert tables.records(table) == (shipped if key in province.KEPT else [])
    turned("66", listed(key, given).partition("\n")[2])
    (row,) = tables.records(table)
    declared = {name: value.strip('"') for name, value in given.items()}
    assert row == {name: declared.get(name, "") for name in shipped[0]}
    for name, value in declared.items():
        assert tables.table(table)[name].tolist() == [value]


@pytest.mark.parametrize(("table", "key"), province.OWN_TABLES.items())
def test_a_column_that_nothing_reads_is_refused(table, key, turned):
    """A slip in a column's name would leave a target out, and say nothing."""
    with pytest.raises(province.ProvinceError, match=f"nothing reads indicatr in {key}; known are"):
        turned("66", f"{key}:\n  - {{indicatr: poor_fall}}\n")


def test_districts_are_known_by_their_own_forms_of_address_and_names_by_the_files(turned):
    from kgstats.returns.subjects.places import districts_named, gazetteer

    turned("66")
    assert districts_named("BMT gửi", gazetteer(2019)) == set()
    words = '{district_code: "643", words: "thủ phủ cà phê"}'
    own = turned("66", f"name_en: Dak Lak\nforms_of_address:\n  - {words}\n")
    assert districts_named("UBND thủ phủ cà phê", gazetteer(2019)) == {"643"}
    assert own.titled("en") == "Dak Lak province" and own.titled("vi") == "tỉnh Đắk Lắk"


@pytest.mark.parametrize("code", CODES)
def test_every_commune_is_of_one_district_and_every_merger_adds_up(code, turned):
    """Codes are unique, each district has one name, and what ends is found in what follows."""
    turned(code)
    for year in YEARS:
        units = areas.units(year)
        assert len(units) and units["commune_code"].is_unique
        assert units["commune_code"].str.fullmatch(r"\d{5}").all() and units["name"].notna().all()
        assert set(units["type"]) <= {"xã", "phường", "thị trấn", "đặc khu"}
        districts = units.groupby("district_code")[["district_name", "district_type"]].nunique()
        assert (districts == 1).all().all()
        assert units["district_code"].isna().all() == (year == 2025)
        assert set(areas.districts(year)["district_code"]) == set(units["district_code"].dropna())
    for before, after in pairwise(YEARS):
        met = areas.successions(before, after)
        assert set(met["to_code"]) <= set(areas.units(after)["commune_code"])
        assert set(met["from_code"]) <= set(areas.units(before)["commune_code"])
        back = areas.successions(after, before)
        pairs = set(zip(met["from_code"], met["to_code"], strict=True))
        assert pairs == set(zip(back["to_code"], back["from_code"], strict=True))
        ended = {
            row["old_code"]
            for row in tables.records("admin_changes_2019_2025")
            if row["change"] == "ended"
        }
        assert set(areas.units(before)["commune_code"]) - set(met["from_code"]) <= ended


def test_counts_by_year_are_those_of_the_country(turned):
    """Published of each year's end but 2019 (the list's own); 10,035 units, then 3,321 in 2025.

    Districts without a commune (islands: four, five since 2020) are on no list of communes; in
    2025 they are special zones of their own.
    """
    published = {
        2017: (713, 11162),
        2018: (713, 11162),
        2019: (713, 11055),
        2020: (707, 10614),
        2021: (705, 10599),
        2022: (705, 10599),
    }
    units: dict[int, set[str]] = {}
    districts: dict[int, set[str]] = {}
    last: set[str] = set()
    for one in province.every():
        turned(one.code)
        for year in (*published, 2025):
            units.setdefault(year, set()).update(areas.units(year)["commune_code"])
            districts.setdefault(year, set()).update(areas.districts(year)["district_code"])
        last.update(areas.units_on("2025-06-30")["commune_code"])
    islands = {year: 4 if year < 2020 else 5 for year in published}
    assert published == {
        year: (len(districts[year]) + islands[year], len(units[year])) for year in published
    }
    assert (len(last), len(units[2025]) + 5) == (10035, 3321)


def test_what_resolutions_of_the_turn_of_2019_merged_stood_until_then(turned):
    """Hòa Bình merged Kỳ Sơn into its city on 1 January 2020; Phú Mỹ was Tân Thành until 2018."""
    turned("17")
    assert "Kỳ Sơn" in set(areas.districts(2019)["district_name"])
    assert "Kỳ Sơn" not in set(areas.districts(2020)["district_name"])
    met = areas.successions(2019, 2020)
    assert {"merged", "same"} <= set(met["relation"])
    told = areas.changes()
    assert (
        told.loc[told["effective_date"] == "2020-01-01", "legal_document"]
        .eq("830/NQ-UBTVQH14")
        .all()
    )
    turned("77")
    names = [
        areas.districts(year).set_index("district_code").loc["754", "district_name"]
        for year in (2017, 2018)
    ]
    assert names == ["Tân Thành", "Phú Mỹ"]


def test_texts_call_levels_as_the_province_does(turned):
    """A city has no province in it, and its districts are not "huyện, thành phố"."""
    from kgstats.words import plurals, translator

    def said() -> tuple[str, str, str]:
        t, tn = translator("vi"), plurals("vi")
        counted = tn("{n} of {all} district", "{n} of {all} districts", 2, n=2, all=7)
        return t("Whole province"), counted, translator("en")("Whole province")

    assert said() == ("Toàn tỉnh", "2/7 huyện, thành phố", "Whole province")
    turned("01")
    assert said() == ("Toàn thành phố", "2/7 quận, huyện, thị xã", "Whole province")
    turned("62")
    assert said() == ("Toàn tỉnh", "2/7 huyện, thành phố", "Whole province")
    province.use(None)
    assert said()[0] == "Toàn tỉnh"
