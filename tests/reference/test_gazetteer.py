"""The rules by which lists of several days become changes of areas (``tools/gazetteer.py``)."""

from __future__ import annotations

import pytest
from tools.gazetteer import Listing, Unit, await_resolutions, between, document, mend, successors

PLACES = {"17": "Tỉnh Hòa Bình"}


def unit(code: str, name: str, parent: str = "150 huyện Kỳ Sơn", kind: str = "xã") -> Unit:
    parent_code, _, district = parent.partition(" ")
    return Unit(code, name, kind, parent_code, district, "17")


def listing(day: str, *units: Unit, title: str = "") -> Listing:
    documents = (("830/NQ-UBTVQH14", title),) if title else ()
    return Listing(day, PLACES, {one.code: one for one in units}, documents)


A, B = unit("00001", "Dân Hạ"), unit("00002", "Dân Hòa")
MOVED = unit("00001", "Dân Hạ", "148 thành phố Hòa Bình")


@pytest.mark.parametrize("slip", [(A,), (A, B, unit("00003", "Mới")), (A, unit("00002", "Khác"))])
def test_what_one_list_alone_says_is_taken_back(slip):
    lists = [listing("2019-01-01", A, B), listing("2019-02-01", *slip), listing("2019-03-01", A, B)]
    mend(lists, {"00001": A, "00002": B})
    assert [one.units for one in lists] == [{"00001": A, "00002": B}] * 3


def test_what_stands_again_at_the_end_was_merged_before():
    lists = [
        listing(f"2019-0{at}-01", *units) for at, units in enumerate([(A, B), (A,), (A, B)], 1)
    ]
    lists.insert(2, listing("2019-02-15", A))
    mend(lists, {"00001": A})
    assert [set(one.units) for one in lists] == [{"00001", "00002"}, *[{"00001"}] * 3]


def test_a_list_that_is_not_the_last_one_known_is_refused():
    with pytest.raises(ValueError, match="not that of the wheel"):
        mend([listing("2019-01-01", A)] * 3, {"00001": A, "00002": B})


@pytest.mark.parametrize(("day", "waits"), [("2020-01-01", True), ("2020-12-01", False)])
def test_a_change_waits_for_its_resolution_half_a_year(day, waits):
    """Communes of Kỳ Sơn were listed under the city two months before they were its."""
    lists = [
        listing("2019-09-11", A),
        listing("2019-11-01", MOVED),
        listing(day, MOVED, title="Sắp xếp đơn vị hành chính thuộc tỉnh Hòa Bình"),
    ]
    await_resolutions(lists)
    assert (lists[1].units["00001"] == A) is waits
    assert lists[2].units["00001"] == MOVED
    assert document(lists[2], "17") == "830/NQ-UBTVQH14" and document(lists[1], "17") == ""


@pytest.mark.parametrize(
    ("after", "former"),
    [
        (unit("00002", "Dân Hạ"), ()),
        (unit("00003", "Dân Hạ", kind="thị trấn"), ()),
        (unit("00002", "Hòa Sơn"), ("danha",)),
    ],
)
def test_what_is_gone_became_what_is_called_so_now_or_was_called_so_once(after, former):
    last = {after.code: Unit(*list(vars(after).values())[:-1], former)}
    old, new = {"00001": A, "00002": B}, {after.code: after}
    assert successors(old, new, last)["00001"] == after.code
    changes = between(old, new, {"00001": [after.code]})
    assert ("00001", after) in [(code, one) for _, code, one in changes]


def test_what_no_rule_explains_ends():
    assert successors({"00001": A}, {"00002": B}, {"00002": B}) == {}
    assert [said[:2] for said in between({"00001": A}, {"00002": B}, {})] == [
        ("created", ""),
        ("ended", "00001"),
    ]
