"""Kinds of areas are named once, and what names them in a text is read everywhere."""

import pytest

from kgstats import registry
from kgstats.reference import areas, province, unit_types


def test_every_kind_of_the_lists_is_known_with_its_level():
    units = areas.units(2025)
    assert set(units["type"]) <= set(unit_types.named("commune"))
    for one in province.every():
        assert one.type in unit_types.named("province")
    districts = areas.districts(2019)["district_type"]
    assert set(districts) <= set(unit_types.named("district"))


def test_readers_of_english_have_a_word_for_every_kind():
    assert set(unit_types.named()) == set(registry.codes("place_name"))


@pytest.mark.parametrize(("kind", "area"), [("quận", "urban"), ("đặc khu", "special"), ("?", "")])
def test_a_kind_is_urban_or_rural(kind, area):
    assert unit_types.area_of(kind) == area


def test_no_word_stands_for_two_kinds():
    said = [word for kind in unit_types.named() for word in unit_types.words() if word == kind]
    assert len(said) == len(set(said))
    assert unit_types.words()["t trấn"] == "thị trấn"


def test_a_kind_that_names_begin_with_needs_its_accents():
    plain = unit_types.words(plain=True)
    assert "tp" in plain and "quận" not in plain and "tỉnh" not in plain
