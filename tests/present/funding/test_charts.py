"""Charts of money: the same bytes, whole legends, small programmes in their own unit."""

from __future__ import annotations

import re

import pytest
from tests.analysis.funding.money import BN, money
from tests.present.funding.page import districts, everything

from kgstats.analysis import funding
from kgstats.present import funding as show
from kgstats.present.prose import Prose


def chart(name, lines, lang):
    total = funding.gaps(lines)
    if name == "coverage":
        by_source = funding.gaps(lines, ["programme", "source"])
        return show.coverage_chart(by_source, total, 2019, lang)
    if name == "decomposition":
        parts = funding.decompose(lines), funding.decompose(lines, by=())
        return show.decomposition_chart(*parts, 2019, lang)
    return show.funnel_chart(funding.funnel(lines), 2019, lang)


@pytest.mark.parametrize("name", ["decomposition", "funnel", "coverage"])
def test_the_same_money_gives_the_same_bytes(of_2019, name):
    assert chart(name, of_2019, "vi").to_html() == chart(name, of_2019, "vi").to_html()


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", ["coverage", "decomposition"])
def test_a_legend_is_text_of_the_page_which_wraps_and_is_never_cut(of_2019, name, lang):
    svg = chart(name, of_2019, lang).svg
    key = svg[svg.index('<ul class="chart-key"') : svg.index("</ul>")]
    assert "flex-wrap:wrap" in key
    assert key.count("<li") == {"coverage": 2, "decomposition": 3}[name]
    assert all(text.strip() for text in re.findall(r"<span>(.*?)</span>", key))


def test_small_programmes_are_drawn_in_millions(of_2019):
    lines = of_2019[of_2019["programme"] == "gnbv"]
    assert "VND million of the gap" in chart("decomposition", lines, "en").svg
    assert "VND billion of the gap" in chart("decomposition", of_2019, "en").svg


def test_districts_without_a_report_are_named_below_the_picture():
    rows = [{}, {"district_code": "906", "disbursed_vnd": None}]
    figure = show.district_chart(
        districts(money(rows), 2019), funding.gaps(money(rows)), 2019, "en"
    )
    assert (
        figure.note.startswith("No disbursement reported by ") and "Giồng Riềng" not in figure.svg
    )
    assert len(figure.table.frame) == 15 + 1 and figure.table.totals[-1]


def test_the_bars_of_districts_are_called_what_they_are(of_2019):
    figure = show.district_chart(districts(of_2019, 2019), funding.gaps(of_2019), 2019, "en")
    key = re.findall(r"<span>(.*?)</span>", figure.svg)
    assert "allocated, disbursement reported" in key and "allocated" not in key


def test_where_there_are_no_districts_nothing_is_drawn_of_them():
    lines = money([{"district_code": None}], 2026)
    told = show.district_chart(districts(lines, 2026), funding.gaps(lines), 2026, "en")
    assert isinstance(told, Prose)


def test_the_picture_of_lines_names_its_programme_or_all():
    both = [{}, {"programme": "gnbv", "component": "gnbv_capacity", "disbursed_vnd": 3 * BN}]
    one = show.pareto_chart(funding.pareto(money([{}])), 2019, "en")
    two = show.pareto_chart(funding.pareto(money(both)), 2019, "en")
    assert "one programme: New rural areas" in one.note and "one programme:" not in two.note
    paid = funding.pareto(money([{"disbursed_vnd": 10 * BN}]))
    assert isinstance(show.pareto_chart(paid, 2019, "en"), Prose)


def test_steps_are_totals_where_they_are_levels():
    shown = everything(money([{}]), "en")
    waterfall = next(one for one in shown if getattr(one, "slug", "") == "funding-waterfall")
    levels = waterfall.table.frame["step"][waterfall.table.totals].tolist()
    assert levels == ["allocated", "shortfall", "lapse_high", "lapse_low"]
