from decimal import Decimal

import pandas as pd

from kgstats.analysis import published


def figure(name, value, kind, period, *, high=None, meaning=""):
    return {
        "id": name,
        "value": Decimal(value),
        "value_high": None if high is None else Decimal(high),
        "kind": kind,
        "period": period,
        "unit": "percentage_points",
        "denominator": None,
        "denominator_meaning": meaning,
    }


def targets(*rows, pairs):
    figures = pd.DataFrame(rows)
    links = pd.DataFrame(pairs, columns=["target", "level", "outcome"])
    return published.targets(figures, links, pd.DataFrame({"id": [], "value": []})).set_index(
        "figure"
    )


def test_a_change_over_two_years_is_the_second_years():
    """The fall from 2018 to 2019 answers the plan for 2019, not the plan for 2020."""
    found = targets(
        figure("fall", "1.45", "change", "2018/2019"),
        figure("plan_2019", "1", "target", "2019", high="1.5"),
        figure("plan_2020", "1", "target", "2020"),
        pairs=[("plan_2019", "fall", ""), ("plan_2020", "fall", "")],
    )
    assert found.loc["plan_2019", "reached"] is True
    assert found.loc["plan_2020", "reached"] is None


def test_no_share_of_a_range():
    found = targets(
        figure("fall", "1.45", "change", "2018/2019"),
        figure("plan", "1", "target", "2019", high="1.5"),
        figure("one", "1", "target", "2019"),
        pairs=[("plan", "fall", ""), ("one", "fall", "")],
    )
    assert pd.isna(found.loc["plan", "progress_pct"])
    assert found.loc["one", "progress_pct"] == 145
