"""Points on two axes: all are drawn, names cover nothing, the rest is said when asked."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from kgstats.present import style
from kgstats.present.charts import Chart
from kgstats.present.charts_of_points import Axis, points
from kgstats.present.charts_over_years import Look
from kgstats.present.picture import Scale
from kgstats.present.tables import Column, Table

LOOKS = {"a": Look("slow", style.CONTRAST, "v"), "b": Look("fast", style.ACCENT, "^", 0.8)}


def drawn(frame, **options):
    data = Table(frame=frame, slug="d", caption="c", columns=[Column("name", "Name")], lang="en")
    chart = Chart("s", "A finding", "Points.", data)
    axes = Axis("x", "size", Scale(0, 10)), Axis("y", "rate", Scale(0, 100), lambda n: f"{n:g}%")
    return points(chart, frame, "name", axes, LOOKS, **options)


def frame(places):
    rows = [
        {"name": f"Place {n}", "x": x, "y": y, "look": "ab"[n % 2], "says": f"Place {n}: {y:g}"}
        for n, (x, y) in enumerate(places)
    ]
    return pd.DataFrame(rows)


def test_every_point_answers_and_the_key_says_the_signs():
    figure = drawn(frame([(1, 10), (5, 50), (9, 90)]))
    assert re.findall(r"<title>(.*?)</title>", figure.svg) == [
        "Place 2: 90", "Place 1: 50", "Place 0: 10",
    ]  # fmt: skip
    assert {">slow<", ">fast<", ">20%<"} <= set(re.findall(r">[^<>]+<", figure.svg))
    assert figure.alternative == "Points. Place 0: 10; Place 1: 50; Place 2: 90."


@pytest.mark.parametrize("count", [2, 30])
def test_names_that_would_cover_others_are_left_to_the_asking(count):
    crowded = frame([(5 + n / 1000, 50) for n in range(count)])
    written = re.findall(r">(Place \d+)</text>", drawn(crowded).svg)
    assert len(written) == len(set(written)) <= 6
    assert written[0] == "Place 0"


def test_only_named_points_are_named():
    own = frame([(1, 10), (5, 50), (9, 90)]).assign(named=[False, True, False])
    assert re.findall(r">(Place \d+)</text>", drawn(own, named="named").svg) == ["Place 1"]
