"""Marks of the house: what is absent is not drawn as nothing, and every number is said in words."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from kgstats.present import charts
from kgstats.present.tables import Column, Table

FRAME = pd.DataFrame(
    {
        "when": ["2018", "2019", "2020"],
        "done": pd.array([51, pd.NA, 81], dtype="Int64"),
        "waiting": pd.array([7, pd.NA, 2], dtype="Int64"),
    }
)
SERIES = [charts.Series("done", "Done", "#0b6e75"), charts.Series("waiting", "Waiting", "#eeb25c")]


@pytest.fixture
def chart():
    data = Table(
        frame=FRAME,
        slug="years-data",
        caption="By year",
        columns=[Column("when", "Year")],
        lang="en",
    )
    return charts.Chart("years", "The number rose", "Bars by year.", data, axis="communes")


def test_a_column_asked_for_in_vain_is_told_with_those_there_are(chart):
    with pytest.raises(KeyError, match="no column 'finished'; it has: when, done, waiting"):
        charts.bars(chart, FRAME, "when", "finished")


def test_columns_stand_in_their_place_and_an_absent_one_is_said_to_be_absent(chart):
    target = charts.Target("2021", 90, "Target 90")
    figure = charts.columns(chart, FRAME, "when", SERIES, target=target, top=117)
    assert "2018: Done 51, Waiting 7" in figure.alternative
    assert "2020: Done 81, Waiting 2" in figure.alternative and "Target 90" in figure.alternative
    assert "2019: …" in figure.alternative
    absent = figure.svg.split("<title>2019: …")[1].split("</g>")[0]
    assert ">…<" in absent and "<rect" not in absent
    for name in ("2018", "2019", "2020", "2021"):
        assert f">{name}<" in figure.svg


def test_a_target_in_a_year_that_is_there_takes_no_place_of_its_own(chart):
    figure = charts.columns(chart, FRAME, "when", SERIES, target=charts.Target("2020", 79, "T"))
    assert figure.svg.count(">2020<") == 1


def test_small_columns_leave_the_place_of_an_absent_value_empty(chart):
    panels = [charts.Panel("done", "Done"), charts.Panel("waiting", "Waiting", 1)]
    figure = charts.small_columns(chart, FRAME, "when", panels, current="2020")
    assert "Done: 2018 51, 2019 …, 2020 81" in figure.alternative
    assert "Waiting: 2018 7.0, 2019 …, 2020 2.0" in figure.alternative
    assert figure.svg.count(">2019<") == 2


def test_a_legend_says_what_the_colours_of_bars_mean(chart):
    frame = FRAME.dropna()
    colours = {"Before": "#5a6672", "Now": "#b3671d"}
    figure = charts.bars(
        chart,
        frame,
        "when",
        "done",
        colour=lambda row: colours["Now" if row["when"] == "2020" else "Before"],
        legend=colours,
    )
    for words in ("Before", "Now", "51", "81"):
        assert f">{words}<" in figure.svg
    assert "2018: 51; 2020: 81" in figure.alternative
    plain = charts.bars(chart, frame, "when", "done")
    assert "Before" not in plain.svg


LEVELS = pd.DataFrame(
    {
        "what": ["2018", "A", "B", "2019"],
        "is_level": [True, False, False, True],
        "after": [4.14, 2.54, 2.69, 2.69],
    }
)


@pytest.mark.parametrize("from_zero", [True, False])
def test_steps_lead_from_one_level_to_the_next(chart, from_zero):
    figure = charts.steps(
        chart, LEVELS, "what", text=lambda row: f"to {row['after']}", from_zero=from_zero
    )
    assert figure.alternative.endswith("2018 to 4.14; A to 2.54; B to 2.69; 2019 to 2.69.")
    # A bar of a level begins at zero; where the axis does not, a level is a point.
    zero = ">0<" in figure.svg
    assert zero == from_zero


def test_no_line_crosses_the_name_of_a_step(chart):
    """On a phone a line between two bars went through the name that stands between them."""
    long = LEVELS.assign(
        what="Giải ngân thêm đến thời hạn sớm nhất theo nhịp độ đến nay, " + LEVELS["what"]
    )
    svg = charts.steps(chart, long, "what", text=lambda row: str(row["after"])).svg
    names = re.findall(r'<g paint-order="stroke" stroke="[^"]+" stroke-width="4">\s*<text', svg)
    assert len(names) == len(long)
    assert svg.rindex("<line") < svg.index(names[0])


def test_a_curve_of_shares_says_its_point(chart):
    figure = charts.concentration_curve(
        chart, [0, 50, 100], [0, 90, 100], 25.0, upwards="poor, %", text="25: 45", even="even"
    )
    assert "25: 45" in figure.alternative and ">even<" in figure.svg


def test_the_words_of_a_curve_keep_apart(chart):
    """On a phone the name of the diagonal ran into the words beside the point."""
    svg = charts.concentration_curve(
        chart, [0, 50, 100], [0, 90, 100], 25.0, upwards="poor, %",
        text="a quarter of the communes: half of the wells", even="the same everywhere",
    ).svg  # fmt: skip
    first, second = (
        [
            float(y)
            for y in re.findall(r'<tspan[^>]* y="([\d.]+)"', svg[svg.index(start) - 90 :])[:2]
        ]
        for start in ("a quarter", "the same")
    )
    assert max(second) + 15 <= min(first)


def test_pairs_of_dots_keep_their_numbers_apart(chart):
    rows = pd.DataFrame(
        {"what": ["A", "B"], "ours": [4.0, 1.0], "theirs": [2.0, 1.5], "whole": [False, True]}
    )
    pair = (charts.Series("theirs", "theirs", "#0b6e75"), charts.Series("ours", "ours", "#5b4b9a"))
    figure = charts.dot_pairs(
        chart, rows, "what", pair, text=lambda one: f"{one:.1f}", strong="whole"
    )
    assert figure.alternative.endswith("A: theirs 2.0, ours 4.0; B: theirs 1.5, ours 1.0.")

    def at(number: str) -> str:
        found = re.search(rf'<text[^>]*?(?: text-anchor="(\w+)")?[^>]*>{number}<', figure.svg)
        return re.search(r'text-anchor="(\w+)"|$', found.group()).group(1) or "start"

    # The smaller number stands left of its dot, the larger right of it, whichever it is.
    assert (at("2.0"), at("4.0")) == ("end", "start")
    assert (at("1.0"), at("1.5")) == ("end", "start")


def test_ranges_in_different_units_each_have_a_scale_of_their_own(chart):
    rows = pd.DataFrame(
        {
            "what": ["communes", "rate", "sum"],
            "now": [12, -4.0, 3],
            "least": [12, -10.0, 5],
            "most": [100, 50.0, 9],
            "end": [117, 100.0, 8],
        }
    )
    names = ("now", "least", "most", "end")
    figure = charts.dots_in_ranges(
        chart, rows, "what", names, text=lambda row: (str(row["now"]), f"to {row['most']}")
    )
    assert "communes 12.0 (to 100.0); rate -4.0 (to 50.0); sum 3.0 (to 9.0)" in figure.alternative
    # Negative values and those beyond the end stay within the picture.
    places = [float(one) for one in re.findall(r'(?:cx|x)="(-?[\d.]+)%"', figure.svg)]
    assert places and all(0 <= one <= 100 for one in places)
    bars = re.findall(r'<rect x="([\d.]+)%" y="[\d.]+" width="([\d.]+)%"', figure.svg)
    assert [float(left) + float(width) for left, width in bars][2] == pytest.approx(100, abs=0.1)
    certain = charts.dots_in_ranges(
        chart, rows.assign(least=rows["now"], most=rows["now"]), "what", names,
        text=lambda row: (str(row["now"]), ""),
    )  # fmt: skip
    assert "<rect" not in certain.svg and "communes 12.0; rate" in certain.alternative
