"""Provinces side by side, as readers see them: ranked only where whole, silence said."""

from __future__ import annotations

import pandas as pd
import pytest

from kgstats.present import provinces as show
from kgstats.present.prose import Prose

NAMES = {"04": "Cao Bằng", "48": "Đà Nẵng", "91": "Kiên Giang"}


def figures(*rates: float | None, whole: tuple[bool, ...] = (True, True, True)) -> pd.DataFrame:
    """Provinces with these poverty rates."""
    frame = pd.DataFrame({"province_code": list(NAMES)[: len(rates)]})
    return frame.assign(
        poor_rate_pct=pd.array(rates, "Float64"),
        poor_rate_pct_whole=whole[: len(rates)],
        units=10,
        poor_rate_units=[10 if one else 7 for one in whole[: len(rates)]],
        poor_rate_base_hh=1000,
        poor_end_hh=30,
        near_poor_rate_pct=1.0,
    )


def chart(frame: pd.DataFrame, lang: str = "en"):
    return show.rate_chart(frame, "poor_rate_pct", NAMES, 2019, lang)


def test_the_first_is_named_with_how_many_were_compared():
    assert (
        chart(figures(3, 4, 2)).title
        == "Đà Nẵng: the highest poverty rate, 4.00% (2019, 3 provinces compared)"
    )


def test_equals_as_printed_share_the_place():
    title = chart(figures(4, 4.001, 2), "vi").title
    assert (
        title == "Cao Bằng và Đà Nẵng: cùng có tỷ lệ hộ nghèo cao nhất, 4,00% "
        "(năm 2019, so sánh 3 tỉnh, thành phố)"
    )
    assert chart(figures(4, 4, 4)).title.startswith(
        "The poverty rate is the same in every province"
    )


def test_a_part_of_a_province_is_drawn_as_a_ring_and_not_ranked():
    made = chart(figures(3, 9, 2, whole=(True, False, True)))
    assert made.title.startswith("Cao Bằng: the highest poverty rate, 3.00% (2019, 2 provinces")
    assert made.note == "Rings: of a part, so not ranked (Đà Nẵng: 7 of 10 commune-level units)."
    assert made.svg.count('stroke-width="1.8"') == 1
    assert "Đà Nẵng: 9.00% (7/10)" in made.alternative


def test_one_province_is_not_the_first_of_one():
    said = "Poverty rate by province at the end of 2019: Cao Bằng, 3.00%"
    assert chart(figures(3)).title == said
    assert chart(figures(3, 9, whole=(True, False))).title == said


def test_where_nobody_is_whole_nobody_is_ranked():
    title = chart(figures(3, 9, whole=(False, False))).title
    assert title == "Poverty rate by province at the end of 2019: no province reported in full"


def test_nought_everywhere_is_the_same_everywhere():
    assert chart(figures(0, 0)).title.startswith("The poverty rate is the same in every province")


def test_silence_has_no_dot_and_no_place():
    made = chart(figures(3, None, 2, whole=(True, False, True)))
    assert "Đà Nẵng: …" in made.alternative
    assert made.svg.count("<circle") == 2
    assert isinstance(chart(figures(None, None)), Prose)


def test_the_highest_rate_stands_first():
    said = chart(figures(3, 9, 5)).alternative
    assert said.index("9.00%") < said.index("5.00%") < said.index("3.00%")


def changes(*rows: tuple[str, float, float, int]) -> pd.DataFrame:
    made = [
        {"province_code": code, "indicator": name, "before": one, "after": two,
         "change": two - one, "compared": n, "compared_of": 10}
        for code, one, two, n in rows
        for name in ("poor_rate_pct", "communes_recognised")
    ]  # fmt: skip
    return pd.DataFrame(made)


def test_a_change_is_said_of_those_compared_and_the_others_named():
    made = show.poverty_change_chart(
        changes(("04", 5, 4, 10), ("48", 3, 3.5, 9)), NAMES, 2019, "en"
    )
    assert made.title == "The poverty rate fell in 1 of 2 provinces compared between 2018 and 2019"
    assert made.note == "Not compared: Kiên Giang. Đà Nẵng: 9 of 10 commune-level units."
    one = show.poverty_change_chart(changes(("04", 5, 4, 10)), NAMES, 2019, "en")
    assert one.title == "Cao Bằng: the poverty rate fell from 5.00% to 4.00% (2018–2019)"


def test_nothing_is_compared_across_standards():
    both = changes(("04", 5, 4, 10))
    told = show.poverty_change_chart(both, NAMES, 2022, "en").to_text()
    assert (
        told
        == "Poverty of 2022 is measured by another standard than that of 2021: nothing is compared."
    )
    told = show.recognised_change_text(both, NAMES, 2022, "en").to_text()
    assert "another set of criteria" in told


def quality(**changed) -> pd.DataFrame:
    frame = pd.DataFrame({"province_code": ["04", "48"], "workspace": ["a", "b"]}).assign(
        illustrative=[True, False], state=["current", "current"], returns_expected=10,
        returns_received=10, returns_read=10, returns_whole=10, cells=5, cells_read=4,
        cells_refused=1, errors=1, warnings=0, notes=0, tables="attainment poverty",
    )  # fmt: skip
    return frame.assign(**changed)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Without 2019: Kiên Giang: no returns, so they are in no figure of this page"),
        ({}, "Illustrative, sent by nobody: Cao Bằng"),
        ({"returns_whole": [10, 3]}, "Đà Nẵng: whole returns from 3 of 10 districts"),
        ({"state": "alone"}, "Clean tables taken over without the returns: Cao Bằng and Đà Nẵng"),
        (
            {"tables": ["attainment", "poverty"]},
            "Cao Bằng: counts of households were not taken over",
        ),
    ],
)
def test_what_is_not_as_it_seems_is_said_first(changed, said):
    told = show.received_text(quality(**changed), NAMES, 2019, "en").to_text()
    assert f"- {said}" in told.splitlines()
    assert told.startswith("Returns of 2019 are here from 2 provinces: Cao Bằng and Đà Nẵng.")


def test_a_year_without_districts_expects_no_number_of_returns():
    frame = quality(returns_expected=pd.array([pd.NA, pd.NA], "Int64"))
    assert isinstance(show.quality_chart(frame, NAMES, 2025, "vi"), Prose)


def test_many_provinces_are_not_all_named_in_a_sentence():
    named = [f"P{n}" for n in range(12)]
    assert show.some_of(named, 12, "en") == "all 12 provinces"
    assert show.some_of(named[:10], 12, "en") == f"{', '.join(named[:8])} and 2 more"
    assert show.some_of(named[:8], 12, "en") == f"{', '.join(named[:7])} and P7"
    codes = [f"{n:02}" for n in range(12)]
    frame = pd.concat([quality().head(1)] * 12, ignore_index=True).assign(province_code=codes)
    told = show.received_text(frame, dict(zip(codes, named, strict=True)), 2019, "en").to_text()
    assert told.startswith("Returns of 2019 are here from 12 provinces.")
    half = show.received_text(frame[:9], {f"{n:02}": f"P{n}" for n in range(18)}, 2019, "en")
    assert "Without 2019: P9, P10" in half.to_text() and "all 9" not in half.to_text()
