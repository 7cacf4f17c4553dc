"""The map of gaps."""

from __future__ import annotations

import re

from tests.analysis.funding.money import BN, money
from tests.present.funding.page import districts

from kgstats.analysis import funding
from kgstats.present import funding as show
from kgstats.present.figures import Figure
from kgstats.present.prose import Prose


def drawn(gaps, *how):
    return show.gap_map(gaps, funding.largest(gaps), *how)


def test_the_map_keeps_silent_districts_apart():
    rows = [{"disbursed_vnd": 2 * BN}, {"district_code": "906", "disbursed_vnd": None}]
    figure = drawn(districts(money(rows), 2019), None, 2019, "en")
    assert isinstance(figure, Figure)
    states = dict(re.findall(r'data-code="(\d+)"[^>]* data-key="([\w-]+)"', figure.svg))
    assert states["908"] == "class-3" and states["906"] == "not_reported"
    assert len(states) == 15
    assert figure.title == "An Biên alone is compared: VND 8.00 billion is not yet disbursed"


def test_the_title_says_how_much_lies_where_it_says():
    """Two districts with 9.4 and 6.2 of 20.5 billion hold three quarters of it, not half."""
    left = {"908": 9.4, "906": 6.2, "914": 4.9}
    rows = [
        {
            "district_code": code,
            "allocated_vnd": int(10 * BN),
            "disbursed_vnd": int((10 - gap) * BN),
        }
        for code, gap in left.items()
    ]
    figure = drawn(districts(money(rows), 2019), None, 2019, "en", "3 of 15 districts")
    assert "76.1% of what is not yet disbursed lies in" in figure.title
    assert figure.title.endswith("(of the 3 of 15 districts that reported)")
    assert "3 of 15 districts" in figure.table.notes[0]


def test_a_small_programme_is_drawn_in_millions(of_2019):
    lines = of_2019[of_2019["programme"] == "gnbv"]
    figure = drawn(districts(lines, 2019), "gnbv", 2019, "en")
    assert "Gap, VND million" in figure.svg


def test_a_year_without_districts_has_no_map():
    lines = money([{"district_code": None}], 2026)
    assert isinstance(drawn(districts(lines, 2026), None, 2026, "vi"), Prose)
