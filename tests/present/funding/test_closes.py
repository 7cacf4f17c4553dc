"""Closes: nothing unconfirmed leads, both readings stand there, last year's money is followed."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from tests.analysis.funding.money import BN, money, table
from tests.present.funding.page import NOTHING

from illustrative.truth import truth
from kgstats.analysis import funding
from kgstats.present import funding as show
from kgstats.present.figures import Figure
from kgstats.present.prose import Prose

CARRIED = {"plan_year": 2018, "allocated_vnd": 5 * BN, "disbursed_vnd": 2 * BN}


def waterfall(rows: list[dict], year: int = 2019):
    lines = money(rows, year)
    closed = funding.closing(lines)
    steps = funding.waterfall(funding.gaps(lines), closed)
    return show.waterfall_chart(steps, funding.lapsing(closed, ()), year, "en")


def headlines(rows: list[dict], year: int = 2019, previous: pd.DataFrame = NOTHING) -> str:
    lines = money(rows, year)
    at_risk = funding.lapsing(funding.closing(lines), ())
    followed = funding.carry_over(lines, previous)
    return show.headlines(funding.gaps(lines), at_risk, followed, "en").to_html()


def followed(now: list[dict], before: list[dict], lang: str = "en"):
    total = funding.carry_over(money(now), table(before, 2018))
    chart = show.carry_over_chart(funding.carry_over_steps(total), total, 2019, lang)
    return chart, show.forecast_note(total, 2019, lang)


def test_no_title_and_no_headline_rests_on_an_unconfirmed_close():
    assert "lapse" not in headlines([{}])
    assert re.match(r"VND 6.00 billion is not yet disbursed; .* unconfirmed", waterfall([{}]).title)
    # Where the law was read, both say what would lapse.
    assert "Could lapse at the pace so far" in headlines([{}], 2021)
    assert "would lapse at the legal deadline" in waterfall([{}], 2021).title
    # One line with an unconfirmed close is enough to be silent.
    mixed = [{}, {"kind": "recurrent"}]
    assert "lapse" not in headlines(mixed, 2021)
    assert "not confirmed in the law" in waterfall(mixed, 2021).note


def test_silence_is_no_waterfall():
    shown = waterfall([{"disbursed_vnd": None}])
    assert isinstance(shown, Prose) and "what is left is not known" in shown.to_text()


def test_a_single_close_is_drawn_once():
    two, one = waterfall([{}]), waterfall([{}], 2021)
    assert "Would lapse at the last deadline" in two.alternative
    assert "Would lapse at the last deadline" not in one.alternative


def test_the_money_of_last_year_is_followed_in_words():
    chart, note = followed([CARRIED], [{}])
    assert chart.title == (
        "Of VND 6.00 billion not disbursed by the cut-off of 2018, VND 5.00 billion was carried "
        "over into 2019"
    )
    levels = chart.table.frame["step"][chart.table.totals].tolist()
    assert levels == ["shortfall_before", "carried", "carried_gap"]
    assert "too high by that or more" in note.to_text()
    assert "VND 3.00 billion is still not disbursed" in note.to_text()


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        ([{}], [{}], "Nothing of VND 6.00 billion"),
        ([{"district_code": "906"}], [{}], "No district that had money left in 2018 reports"),
        (
            [{}],
            [{"disbursed_vnd": 10 * BN}],
            "Of the money of 2018 whose disbursement is reported nothing was left",
        ),
        ([{}], [{"disbursed_vnd": None}], "No disbursement of 2018 is reported"),
    ],
)
def test_each_end_of_last_years_money_has_its_words(now, before, said):
    chart, _ = followed(now, before)
    text = chart.title if isinstance(chart, Figure) else chart.to_text()
    assert text.startswith(said)


def test_what_silent_districts_had_left_is_no_base_of_what_was_carried():
    chart, note = followed([CARRIED], [{}, {"district_code": "906", "disbursed_vnd": BN}])
    assert chart.title == (
        "Where it is reported again, VND 5.00 billion of VND 6.00 billion not disbursed by the "
        "cut-off of 2018 was carried over"
    )
    assert "What became of VND 9.00 billion is not known" in note.to_text()
    two = table([{}, {"district_code": "906", "disbursed_vnd": BN}], 2018)
    said = headlines([CARRIED], 2019, two)
    assert "of VND 6.00 billion left last year where it is reported again" in said


def test_a_forecast_is_tried_only_where_its_districts_report_again():
    before = [{}, {"district_code": "906", "disbursed_vnd": BN}]
    _, alone = followed([CARRIED], [{}])
    _, note = followed([CARRIED], before)
    # What was forecast of the silent one is in neither sentence.
    assert note.to_text().splitlines()[1] == alone.to_text().splitlines()[1]
    assert "the forecast above is not of it" in note.to_text()
    _, none = followed([{"district_code": "914"} | CARRIED], before)
    assert none is None


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_silence_about_last_years_money_stands_in_a_column_of_its_own(lang):
    kinds = ["programme", "source", "kind", "plan_year"]
    before = [{}, {"district_code": "906", "kind": "recurrent", "disbursed_vnd": BN}]
    lines, then = money([CARRIED]), table(before, 2018)
    made = show.carry_over_table(
        funding.carry_over(lines, then, kinds), funding.carry_over(lines, then), 2019, lang
    )
    assert "unknown_vnd" in [column.key for column in made.columns]
    silent = made.frame[made.frame["kind"] == "recurrent"].iloc[0]
    assert silent["unknown_vnd"] == 9 * BN
    # It neither paid, nor cancelled, nor carried anything that we know of.
    assert pd.isna(silent["not_carried_vnd"]) and pd.isna(silent["carried_vnd"])
    whole = show.carry_over_table(
        funding.carry_over(lines, then.head(1), kinds),
        funding.carry_over(lines, then.head(1)), 2019, lang,
    )  # fmt: skip
    assert "unknown_vnd" not in [column.key for column in whole.columns]


def test_without_a_year_before_nothing_is_followed():
    none = funding.carry_over(money([{}]), NOTHING)
    chart = show.carry_over_chart(funding.carry_over_steps(none), none, 2019, "en")
    assert "Nothing of 2018 can be compared" in chart.to_text()
    assert show.carry_over_table(none, none, 2019, "en") is None
    assert show.forecast_note(none, 2019, "en") is None


def test_what_was_not_carried_has_no_use_and_is_not_called_unreported(of_2019):
    by = ["programme", "source", "kind", "plan_year"]
    previous = truth(2018)["funding"]
    rows = funding.carry_over(of_2019, previous, by)
    shown = show.carry_over_table(rows, funding.carry_over(of_2019, previous), 2019, "en")
    lines = shown.to_text().splitlines()
    of_investment = next(line for line in lines if "investment" in line)
    assert "22.785 | 9.641 | 13.144 | 6.769 | 6.375 | 17.823 | 8.584" in of_investment
    assert "10.697 | 10.697 | 0.000 |  |  | " in next(line for line in lines if "recurrent" in line)
