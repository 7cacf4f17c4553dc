"""Groupings of communes: lists with years and sources, and what is not known of them."""

from __future__ import annotations

import pytest

from kgstats import registry
from kgstats.reference import areas, groupings
from kgstats.reference.tables import table


def test_every_grouping_has_words_and_says_what_is_known_of_its_list() -> None:
    frame = table("groupings")
    assert list(registry.codes("grouping")) == frame["grouping"].tolist()
    incomplete = frame[frame["complete"] != "yes"]
    assert incomplete[["note_vi", "note_en"]].notna().all().all()
    # A list with members rests on a document.
    listed = set(table("grouping_members")["grouping"])
    assert frame.set_index("grouping").loc[sorted(listed), "source"].notna().all()


def test_members_are_units_of_2019_under_their_names_each_with_a_source() -> None:
    frame = table("grouping_members")
    names = areas.units(2019).set_index("commune_code")["name"]
    assert (frame["member_code"].map(names) == frame["name"]).all()
    assert not frame.duplicated(["grouping", "member_code"]).any()
    assert frame["source"].notna().all()
    assert set(frame["grouping"]) <= set(table("groupings")["grouping"])


@pytest.mark.parametrize("year", range(2017, 2026))
def test_members_of_a_year_are_units_of_that_year(year: int) -> None:
    found = groupings.members(year)
    assert set(found["commune_code"]) <= set(areas.units(year)["commune_code"])
    assert not found.duplicated(["grouping", "commune_code"]).any()


def test_a_list_ends_with_its_years() -> None:
    assert len(groupings.members(2020, "especially_difficult")) == 4
    assert groupings.members(2021, "especially_difficult").empty
    assert groupings.groupings(2021)["grouping"].tolist() == ["island"]


def test_a_merged_unit_belongs_where_all_its_parts_do(monkeypatch: pytest.MonkeyPatch) -> None:
    # Hòn Thơm went into the ward An Thới in 2021: both are on the island.
    islands = set(groupings.members(2021, "island")["commune_code"])
    assert "31081" in islands
    assert "31099" not in islands
    whole = table("grouping_members")
    monkeypatch.setattr(groupings, "table", lambda name: whole[whole["member_code"] != "31099"])
    assert "31081" not in set(groupings.members(2021, "island")["commune_code"])
