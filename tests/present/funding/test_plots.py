"""Plots of money: two years, rates against size, money against need."""

from __future__ import annotations

from tests.analysis.funding.money import BN, money, table
from tests.present.funding.page import NOTHING, compared, need_shown

from illustrative.truth import truth
from kgstats.analysis import funding
from kgstats.present import funding as show
from kgstats.present.figures import Figure
from kgstats.present.prose import Prose


def test_last_year_is_said_to_be_more_less_or_as_much():
    def title(paid: int) -> str:
        return compared(money([{}]), table([{"disbursed_vnd": paid}], 2018), 2019, "en").title

    assert "20.0" in title(6 * BN) and "less than in 2018 (60.0%)" in title(6 * BN)
    assert "more than in 2018 (20.0%)" in title(2 * BN)
    assert title(4 * BN) == "40.0% of the comparable money is disbursed, as in 2018"


def test_no_year_before_and_no_line_in_common_are_said_apart():
    none = compared(money([{}]), NOTHING, 2019, "en")
    assert none.paragraphs == ["Nothing of 2018 can be compared with 2019."]
    other = compared(money([{}]), table([{"district_code": "906"}], 2018), 2019, "en")
    assert other.paragraphs == ["No line is measured in both 2018 and 2019."]


def test_need_of_the_other_programme_is_not_shown(of_2019):
    poor = funding.poor_households(truth(2019)["poverty"])
    gnbv = of_2019["programme"] == "gnbv"
    chart, note = need_shown(of_2019[of_2019["programme"] == "none"], poor, 2019, "en")
    assert isinstance(chart, Prose) and note is None
    chart, note = need_shown(of_2019[gnbv], poor, 2019, "en")
    assert isinstance(chart, Figure) and "(Hoover index)" in note.paragraphs[0]
    assert int(chart.table.frame["allocated_vnd"].iloc[-1]) == 56_135_000_000


def test_districts_without_need_and_without_a_count_are_named():
    import pandas as pd

    lines = money([{"district_code": code} for code in ("906", "908", "914")])
    poor = pd.Series({"906": 5, "908": 0}, dtype="Int64", name="poor_start_hh")
    chart, _ = need_shown(lines, poor, 2019, "en")
    assert "Without any poor household: An Biên." in chart.note
    assert "or only in part: poor households at the start of the year of Giang" in chart.note


def test_small_lines_with_extreme_rates_are_told_from_those_that_matter():
    rows = [
        {"district_code": "906", "allocated_vnd": 100 * BN, "disbursed_vnd": 70 * BN},
        {"district_code": "908", "allocated_vnd": 100 * BN, "disbursed_vnd": 50 * BN},
        {"district_code": "914", "allocated_vnd": BN // 2, "disbursed_vnd": 0},
    ]
    figure = show.funnel_chart(funding.funnel(money(rows)), 2019, "en")
    assert figure.title.startswith("Materially slower than the overall")
    assert figure.title.endswith(": 1 of 3 budget lines")
    assert figure.table.frame["_group"].tolist() == [
        "Materially slower", "Materially faster", "Too small to matter",
    ]  # fmt: skip
