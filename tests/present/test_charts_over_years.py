"""Marks that compare years: what they draw, and what they say to those who do not see it."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from kgstats.present import period_targets, style
from kgstats.present.charts import Chart, Series
from kgstats.present.charts_over_years import (
    Dates,
    Flow,
    Look,
    Range,
    dots_to_target,
    flow,
    lines,
    lines_beside,
    slopes,
)
from kgstats.present.figures import MissingAlternativeText
from kgstats.present.tables import Column, Table

DATA = Table(
    frame=pd.DataFrame({"what": ["a"]}),
    slug="data",
    caption="Data",
    columns=[Column("what", "What")],
    lang="en",
)


def chart(lang: str = "en", says: str = "A picture.") -> Chart:
    return Chart("slug", "A finding", says, replace(DATA, lang=lang), axis="percent")


def words(svg: str) -> list[str]:
    """Return the texts of a picture and of its key, in the order drawn."""
    found = re.findall(r"<text.*?</text>|<span>.*?</span>", svg, re.S)
    return [re.sub(r"<[^>]+>", "", text).strip() for text in found]


def drawn_lines(svg: str, colour: str) -> int:
    """Count the strokes of a series that lead from one place to another."""
    return len(re.findall(rf'<line [^>]*stroke="[^"]*{colour}[^"]*" stroke-width="2"/>', svg))


SEGMENTS = pd.DataFrame(
    {
        "year": [2018.0, 2019.5, 2022.0],
        "first": [2018, 2019, 2022],
        "last": [2018, 2020, 2022],
        "old": [4.1, 2.7, None],
        "new": [None, None, 1.3],
    }
)
TWO = [Series("old", "old standard", style.ACCENT), Series("new", "new standard", style.CONTRAST)]


def test_no_line_leads_from_one_standard_to_another() -> None:
    dates = Dates([2021.5], "first", "last")
    figure = lines(chart(), SEGMENTS, "year", TWO, dates=dates)
    assert {"old standard", "new standard", "4.10", "2.70", "1.30"} <= set(words(figure.svg))
    # One point has no line; the break stands between them.
    assert figure.alternative == (
        "A picture. 2018.0: old standard 4.10; 2019.5: old standard 2.70; "
        "2022.0: new standard 1.30."
    )
    assert drawn_lines(figure.svg, style.ACCENT) == 1
    assert drawn_lines(figure.svg, style.CONTRAST) == 0
    assert "stroke-dasharray" in figure.svg


def test_a_point_of_open_date_is_hollow() -> None:
    open_date = lines(chart(), SEGMENTS, "year", TWO, dates=Dates([2021.5], "first", "last"))
    dated = lines(chart(), SEGMENTS.assign(last=[2018, 2019, 2022]), "year", TWO,
                  dates=Dates([2021.5], "first", "last"))  # fmt: skip
    hollow = 'fill="var(--paper'
    assert open_date.svg.count(hollow) > dated.svg.count(hollow)


def test_words_stand_between_two_lines_and_numbers_as_the_language_writes_them() -> None:
    gaps = pd.DataFrame(
        {"year": [2018, 2019], "all": [4.14, 2.69], "own": [6.95, 4.7], "gap": ["x 1", "x 2"]}
    )
    series = [Series("own", "own", style.ACCENT), Series("all", "all", style.CONTRAST)]
    figure = lines(chart("vi"), gaps, "year", series, apart="gap")
    drawn = words(figure.svg)
    assert {"x 1", "x 2", "6,95", "2,69"} <= set(drawn)
    assert "2018: 6,95, 4,14" in figure.alternative
    without = lines(chart("vi"), gaps, "year", series)
    assert not {"x 1", "x 2"} & set(words(without.svg))


def test_slopes_name_every_line_at_both_ends_and_keep_names_apart() -> None:
    rows = pd.DataFrame(
        {
            "what": [f"Area {n}" for n in range(12)] + ["Whole"],
            "2018": [5.0] * 12 + [4.0],
            "2019": [3.0 + n / 100 for n in range(12)] + [2.0],
            "whole": [False] * 12 + [True],
            "most": [True] + [False] * 12,
        }
    )
    figure = slopes(
        chart(), rows, "what", {"2018": "2018", "2019": "2019"}, strong="whole", marked="most"
    )
    drawn = words(figure.svg)
    assert sum("Area 3" in text for text in drawn) == 2
    heights = [
        float(y) for y in re.findall(r'<text[^>]*? y="([\d.]+)"[^>]*>Area \d+  5', figure.svg)
    ]
    steps = [b - a for a, b in zip(sorted(heights), sorted(heights)[1:], strict=False)]
    assert len(heights) == 12
    assert min(steps) > 8
    assert "Whole 4.00 → 2.00" in figure.alternative


LOOKS = {
    "below": Look("below target", style.CONTRAST, "v"),
    "within": Look("met", style.ACCENT, "o"),
}


@pytest.mark.parametrize("high", [None, 1.5])
def test_dots_say_how_each_row_stands_to_the_target(high) -> None:
    rows = pd.DataFrame(
        {
            "what": ["An Biên", "Phú Quốc"],
            "fall": [1.2, -0.3],
            "verdict": ["within", "below"],
            "whole": [False, False],
        }
    )
    figure = dots_to_target(chart(), rows, "what", "fall", Range(1.0, high), LOOKS, strong="whole")
    assert figure.alternative.endswith("An Biên 1.20; Phú Quốc −0.30.")
    assert {"below target", "met"} <= set(words(figure.svg))
    only = dots_to_target(
        chart(), rows.head(1), "what", "fall", Range(1.0, high), LOOKS, strong="whole"
    )
    # A state that no row has is not in the legend.
    assert "below target" not in words(only.svg)


def test_a_flow_names_what_stayed_left_and_came() -> None:
    of = Flow(("start", 100), ("left", 40), [("back", 5), ("new", 10)], ("end", 75), "stayed")
    figure = flow(chart(), of)
    assert {"stayed 60", "left 40", "new 10", "back 5"} <= set(words(figure.svg))
    assert figure.alternative == "A picture. start 100; left 40; back 5; new 10; end 75."
    assert flow(chart(), of).to_html() == figure.to_html()


def test_no_chart_without_words() -> None:
    with pytest.raises((MissingAlternativeText, ValueError)):
        flow(Chart("slug", "", "", DATA), Flow(("a", 1), ("b", 1), [], ("c", 0), "d"))


def test_values_of_two_charts_side_by_side_keep_apart_on_a_telephone():
    """On 360 pixels two charts share the width: “4.68” and “4.67” ran together."""
    rows = pd.DataFrame(
        {"year": [2018, 2019], "own": [4.41, 4.67], "all": [4.68, 4.59], "far": [9.0, 1.0]}
    )
    pair = [Series("own", "Gò Quao", style.ACCENT), Series("all", "Province", style.CONTRAST)]
    svg = lines_beside(chart(), rows, "year", {"Near": pair, "Far": [pair[0]]}).svg
    assert "flex:1 1 9rem" in svg
    near = svg.split("chart-panels", 1)[1].split("</svg>", 1)[0]
    right, left = map(float, re.search(r"margin:0 ([\d.]+)px 0 ([\d.]+)px", near).groups())
    told = []
    for text in re.finditer(r'<text x="([\d.]+)%"([^>]*?) y="([\d.]+)"([^>]*)>(4\.\d\d)<', near):
        place, before, y, after, words = text.groups()
        dx = re.search(r'dx="(-?[\d.]+)"', before)
        side = re.search(r'text-anchor="(\w+)"', before + after)
        width = style.text_width(words, 12.5)
        x = float(place) / 100 * (144 - left - right) + float(dx[1] if dx else 0)
        x -= {"middle": width / 2, "end": width}.get(side[1] if side else "start", 0)
        told.append((x, x + width, float(y), words))
    assert sorted(words for *_, words in told) == ["4.41", "4.59", "4.67", "4.68"]
    for n, (start, end, y, _) in enumerate(told):
        for start2, end2, y2, _ in told[n + 1 :]:
            assert end + 2 < start2 or end2 + 2 < start or abs(y - y2) > 11


@pytest.mark.parametrize(("last", "rose"), [(4.14, True), (2.50, False)])
def test_a_fall_over_the_period_does_not_hide_a_last_rise(last, rose):
    since = pd.DataFrame(
        {
            "year": [2015, 2018, 2019],
            "rate_since_pct": [9.78, 2.69, last],
            "fall_since_pp": [0.0, 7.09, 9.78 - last],
            "result_from": ["published", "returns", "returns"],
            "source": ["", "", ""],
        }
    )
    title = period_targets.since_chart(since, "en").title
    assert ("2018–2019 it rose from 2.69% to 4.14%" in title) == rose
