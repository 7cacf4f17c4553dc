"""Poverty as readers see it: right words and figures in both languages, for every kind of year."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from illustrative.truth import truth
from kgstats import published
from kgstats.analysis import poverty as analysis
from kgstats.analysis.poverty import Review
from kgstats.present import poverty as show
from kgstats.present import poverty_charts as charts
from kgstats.present.figures import Figure
from kgstats.present.prose import Headlines, Prose
from kgstats.present.tables import Table

LANGUAGES = ("vi", "en")


def made(year: int, base_year: int | None = None, **control: int) -> Review:
    tables = [truth(each)["poverty"] for each in (2018, 2019, 2020) if each <= year]
    if base_year is None:
        tables = tables[-2:]
    return analysis.review(tables, year, base_year, **control)


@pytest.fixture(scope="module")
def review() -> Review:
    return made(2019)


@pytest.fixture(scope="module")
def series(root) -> pd.DataFrame:
    return published.read("series", root, 2019)


def everything(review: Review, series: pd.DataFrame, figures: pd.DataFrame, lang: str) -> list[Any]:
    calls: list[Callable[[], Any]] = [
        lambda: show.headlines(review, lang),
        lambda: show.standing(review, lang),
        lambda: show.published_table(review, figures, series, lang),
        lambda: charts.published_chart(series, review, lang),
        lambda: show.levels_table(review, lang),
        lambda: charts.slope_chart(review, lang),
        lambda: show.changes_table(review, lang),
        lambda: charts.flow_chart(review, lang),
        lambda: show.flows_table(review, lang),
        lambda: charts.flow_chart(review, lang, "near_poor"),
        lambda: show.flows_table(review, lang, "near_poor"),
        lambda: charts.contribution_chart(review, lang),
        lambda: show.contributions_table(review, lang),
        lambda: charts.concentration_chart(review, lang),
        lambda: show.concentration_table(review, lang),
        lambda: charts.gap_chart(review, lang),
        lambda: show.gap_note(review, lang),
        lambda: charts.targets_chart(review, lang),
        lambda: show.targets_table(review, lang),
        lambda: show.pace_table(review, lang),
        lambda: show.reasons_table(review, lang),
        lambda: show.commune_table(review, lang),
        lambda: show.later_areas_table(review, 2025, lang),
        lambda: show.definitions(review, lang),
    ]
    return [call() for call in calls]


def plain(item: Any) -> str:
    if isinstance(item, Figure):
        return f"{item.title} {item.alternative} {item.note}"
    if isinstance(item, Table):
        return f"{item.to_text()} {' '.join(item.notes)}"
    assert isinstance(item, Prose | Headlines)
    return item._repr_mimebundle_()["text/plain"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_2019_is_whole(review, series, root, lang) -> None:
    figures = published.read("figures", root, 2019)
    shown = everything(review, series, figures, lang)
    slugs = [item.slug for item in shown if isinstance(item, Figure | Table)]
    slugs += [item.table.slug for item in shown if isinstance(item, Figure) and item.table]
    assert len(slugs) == len(set(slugs)) >= 25
    for item in shown:
        text = plain(item)
        assert text.strip()
        assert "nan" not in text.lower().split()
        assert not re.search(r"\{\w+\}|<NA>|None\b", text), text
    together = " ".join(plain(item) for item in shown)
    figure = "1,45 điểm %" if lang == "vi" else "1.45 percentage points"
    assert figure in together
    # The change is in percentage points wherever it is told; a commune may have that rate.
    told = " ".join(plain(item) for item in shown[:2]).replace("\u00a0", " ")
    assert ("1,45 %" if lang == "vi" else "1.45%") not in told


def test_tables_are_written_as_each_language_writes_numbers(review) -> None:
    assert "12.118 | −6.134" in show.changes_table(review, "vi").to_text()
    assert "2,69\u00a0%" in show.changes_table(review, "vi").to_text()
    assert "12,118 | −6,134" in show.changes_table(review, "en").to_text()
    levels = show.levels_table(review, "vi")
    groups = list(dict.fromkeys(levels.frame["group"]))
    assert groups == ["I. Khu vực thành thị", "II. Khu vực nông thôn", "Toàn tỉnh"]
    assert "Tổng cộng" in levels.to_text()
    assert levels.totals is not None
    assert sum(levels.totals) == 3


def test_every_table_carries_its_standard_and_source_into_downloads(review) -> None:
    for item in (
        show.levels_table(review, "vi"),
        show.flows_table(review, "vi"),
        show.commune_table(review, "vi"),
        show.later_areas_table(review, 2025, "vi"),
    ):
        assert isinstance(item, Table)
        notes = " ".join(item.payload()["notes"])
        assert "59/2015/QĐ-TTg" in notes
        assert "Nguồn:" in notes


def test_the_same_review_gives_the_same_bytes(review, series) -> None:
    for draw in (
        lambda: charts.published_chart(series, review, "vi"),
        lambda: charts.slope_chart(review, "vi"),
        lambda: charts.flow_chart(review, "vi"),
        lambda: charts.targets_chart(review, "vi"),
    ):
        assert draw().to_html() == draw().to_html()


def test_titles_say_what_the_data_say(review) -> None:
    assert charts.slope_chart(review, "en").title == (
        "Poor rate: a fall in all 15 districts from 2018 to 2019, largest in Gò Quao, by "
        "2.68 percentage points"
    )
    assert "6,796 households left poverty and 662" in charts.flow_chart(review, "en").title
    gap = charts.gap_chart(review, "en").title
    assert "narrowed from 2.81 to 2.01 points, but rose from 1.68 to 1.75" in gap
    met = charts.targets_chart(review, "en").title
    verdicts = show.targets_table(review, "en").frame
    own = verdicts[(verdicts["scope"] == "all") & (verdicts["level"] == "district")]
    reached = own["verdict"].isin(["within", "above"]).sum()
    could = (own["verdict"] != "out_of_reach").sum()
    assert met.startswith(f"{reached} of {could} districts")


def test_a_rise_is_not_called_a_fall() -> None:
    worse = truth(2019)["poverty"].assign(year=2018)
    better = truth(2018)["poverty"].assign(year=2019)
    turned = analysis.review([worse, better], 2019)
    assert "no fall in any of 15 districts" in charts.slope_chart(turned, "en").title
    assert "did not fall" in charts.contribution_chart(turned, "en").title
    assert "the gap did not narrow" in show.gap_note(turned, "en").to_text()
    assert (
        "up 1.45 percentage points"
        in show.headlines(turned, "en")._repr_mimebundle_()["text/plain"]
    )
    assert charts.targets_chart(turned, "en").title.startswith("0 of 13 districts")


def test_a_first_year_has_no_changes_and_says_so(series) -> None:
    first = made(2018)
    assert first.before is None
    shown = everything(first, series, pd.DataFrame(), "en")
    cautions = [item for item in shown if isinstance(item, Prose) and item.kind == "caution"]
    assert len(cautions) >= 6
    assert "no change to 2018 is computed" in cautions[0].to_text()


def test_several_years_stand_side_by_side() -> None:
    three = made(2020, 2018)
    assert three.years == [2018, 2019, 2020]
    chart = charts.slope_chart(three, "vi")
    assert [column.key for column in chart.table.columns] == [
        "what",
        "2018",
        "2019",
        "2020",
        "change",
    ]
    moved = show.later_areas_table(three, 2025, "vi")
    assert len(moved.frame) == 49
    assert moved.frame["poor_2020_hh"].iloc[-1] == 8790
    assert moved.frame["units"].iloc[-1] == 145
    targets = charts.targets_chart(three, "vi")
    assert isinstance(targets, Prose)


def test_a_residue_is_drawn_and_named() -> None:
    table = truth(2019)["poverty"].copy()
    table.loc[table["poor_new_hh"].idxmax(), "poor_new_hh"] -= 1
    open_flows = analysis.review([truth(2018)["poverty"], table], 2019)
    chart = charts.flow_chart(open_flows, "en")
    assert "leave +1 households unexplained" in chart.note
    assert "unexplained 1" in chart.alternative
    notes = " ".join(show.flows_table(open_flows, "en").notes)
    assert "leave +1 households" in notes


def test_an_unreported_district_is_named_not_zero() -> None:
    table = truth(2019)["poverty"]
    partial = analysis.review(
        [truth(2018)["poverty"], table[table["district_code"] != "912"]], 2019
    )
    levels = show.levels_table(partial, "en")
    row = levels.frame[levels.frame["what"] == "Kiên Hải"].iloc[0]
    assert row["poor_hh"] is None
    assert "141 of 145 commune-level units reported" in " ".join(levels.notes)
    assert "Kiên Hải | … | … |" in levels.to_text()
    assert "in all 14 districts" in charts.slope_chart(partial, "en").title


def test_areas_of_2025_have_communes_instead_of_districts(series) -> None:
    moved = analysis.carried(analysis.together(truth(2020)["poverty"]), 2025)
    later = moved.drop(columns="areas_year").assign(year=2025)
    before = analysis.carried(analysis.together(truth(2019)["poverty"]), 2024)
    review = analysis.review([before.drop(columns="areas_year").assign(year=2024), later], 2025)
    assert review.by == "commune"
    shown = everything(review, series, pd.DataFrame(), "vi")
    assert all(plain(item).strip() for item in shown)
    assert "Tỉnh Kiên Giang cũ" in show.changes_table(review, "vi").to_text()
    assert "48 xã, phường" in charts.slope_chart(review, "vi").title


@pytest.fixture(scope="module")
def guarded() -> Review:
    return made(2019, threshold=3)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_withheld_counts_are_on_no_table_and_no_chart(guarded, series, lang) -> None:
    shown = everything(guarded, series, pd.DataFrame(), lang)
    assert isinstance(shown[-2], Prose)
    communes = show.commune_table(guarded, lang)
    assert f" | {show.WITHHELD} | " in communes.to_text()
    for item in shown:
        frames = [item] if isinstance(item, Table) else []
        if isinstance(item, Figure) and item.table is not None:
            frames.append(item.table)
        for one in frames:
            for column in one.columns:
                if not re.search(
                    r"(poor|escaped|fell_back|new|start|end|income|deprivation)\w*_hh$", column.key
                ):
                    continue
                small = [value for value in one.frame[column.key] if isinstance(value, int)]
                signed = column.kind == "signed"
                assert signed or not [value for value in small if 0 < value < 3], (one.slug, column)
    words = show.standing(guarded, lang).to_text()
    small, more = guarded.release.counts()
    assert f"{small} " in words
    assert f"{more} " in words


def test_rounded_counts_leave_no_exact_one_behind(series, root) -> None:
    rounded = made(2019, rounding=5)
    figures = published.read("figures", root, 2019)
    text = " ".join(plain(item) for item in everything(rounded, series, figures, "en"))
    assert "12,120" in text
    assert "12,118" not in text
    assert "6,134" not in text


@pytest.mark.parametrize("draw", [charts.rate_map, charts.change_map])
def test_maps_draw_every_unit_on_fixed_classes(review, draw) -> None:
    figure = draw(review, "en")
    assert "of 145 communes, wards and townships" in figure.title
    assert len(figure.table.frame) == 145
    assert "59/2015/QĐ-TTg" in figure.note
