"""Poverty as readers see it: right words and figures in both languages, for every kind of year."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

import kgstats.notebook
from illustrative.truth import truth
from kgstats import published
from kgstats.analysis import poverty as analysis
from kgstats.analysis import poverty_disclosure
from kgstats.analysis.disclosure import Control
from kgstats.present import poverty as show
from kgstats.present.figures import Figure
from kgstats.present.numbers import Quantity
from kgstats.present.prose import Headlines, Prose
from kgstats.present.tables import Table

LANGUAGES = ("vi", "en")
NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "40_poverty_reduction.ipynb"
TABLES = {year: truth(year)["poverty"] for year in (2018, 2019, 2020)}


class Page:
    """The notebook's own cells, run on given tables: what it computes, and what it shows."""

    def __init__(
        self,
        year: int,
        lang: str = "en",
        tables: dict[int, pd.DataFrame] | None = None,
        series: pd.DataFrame | None = None,
        figures: pd.DataFrame | None = None,
        **parameters: Any,
    ) -> None:
        held = TABLES if tables is None else tables
        empty = pd.DataFrame()
        others = {"series": series, "figures": figures}

        def data(name: str, year: int = year, optional: bool = False) -> pd.DataFrame:
            found = held.get(year) if name == "poverty" else others[name]
            return empty if found is None else found

        self.names: dict[str, Any] = {}
        self.shown: list[Any] = []
        given = {"year": year, "lang": lang, **parameters}
        start = kgstats.notebook.start
        there = [table for own, table in sorted(held.items()) if own <= year and len(table)]

        def begun(year: int, lang: str, disclosure: tuple[int, int]) -> SimpleNamespace:
            control = Control(*disclosure)
            households = analysis.on_areas_of(year, *there)
            return SimpleNamespace(
                data=data, release=poverty_disclosure.release(households, control)
            )

        kgstats.notebook.start = begun
        try:
            for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "code":
                    self._run("".join(cell["source"]))
                    self.names |= given
        finally:
            kgstats.notebook.start = start

    def _run(self, source: str) -> None:
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, str(NOTEBOOK), "exec"), self.names)
        if last is not None:
            shown = eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), self.names)
            self.shown.append(shown)

    def __getitem__(self, slug: str) -> Any:
        """Return the table or figure of that name."""
        return next(item for item in self.shown if getattr(item, "slug", None) == slug)

    @property
    def prose(self) -> list[Prose]:
        return [item for item in self.shown if isinstance(item, Prose)]


@pytest.fixture(scope="module")
def series(root) -> pd.DataFrame:
    return published.read("series", root, 2019)


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(2019)


@pytest.fixture(scope="module")
def later() -> Page:
    return Page(2020)


@pytest.fixture(scope="module")
def trang() -> Page:
    return Page(2019, "vi")


def plain(item: Any) -> str:
    if isinstance(item, Figure):
        return f"{item.title} {item.alternative} {item.note}"
    if isinstance(item, Table):
        return f"{item.to_text()} {' '.join(item.notes)}"
    assert isinstance(item, Prose | Headlines)
    return item._repr_mimebundle_()["text/plain"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_2019_is_whole(series, root, lang) -> None:
    figures = published.read("figures", root, 2019)
    shown = Page(2019, lang, series=series, figures=figures).shown
    slugs = [item.slug for item in shown if isinstance(item, Figure | Table)]
    slugs += [item.table.slug for item in shown if isinstance(item, Figure) and item.table]
    assert len(slugs) == len(set(slugs)) >= 25
    for item in shown:
        text = plain(item)
        assert text.strip()
        assert "nan" not in text.lower().split()
        assert not re.search(r"\{\w+\}|<NA>|None\b", text), text
    together = " ".join(plain(item) for item in shown)
    figure = "1,45 điểm phần trăm" if lang == "vi" else "1.45 percentage points"
    assert figure in together
    # The change is in percentage points wherever it is told; a commune may have that rate.
    told = " ".join(plain(item) for item in shown[:2]).replace("\u00a0", " ")
    assert ("1,45%" if lang == "vi" else "1.45%") not in told


def test_tables_are_written_as_each_language_writes_numbers(page, trang) -> None:
    assert "12.118 | −6.134" in trang["poverty-changes"].to_text()
    assert "2,69%" in trang["poverty-changes"].to_text()
    assert "12,118 | −6,134" in page["poverty-changes"].to_text()
    levels = trang["poverty-levels"]
    groups = list(dict.fromkeys(levels.frame["_group"]))
    assert groups == ["I. Khu vực thành thị", "II. Khu vực nông thôn", "Toàn tỉnh"]
    assert "Tổng cộng" in levels.to_text()
    assert sum(levels.totals) == 3


def test_a_table_of_rates_can_be_counted_with(page) -> None:
    """Rates are numbers; a mark at one on few households stands beside the number."""
    rates = page["poverty-communes"].frame["ethnic_poor_rate_pct"]
    marked = [value for value in rates if isinstance(value, Quantity)]
    assert marked
    assert {value.mark for value in marked} == {show.FEW_MARK}
    assert all(isinstance(value.value, float) for value in marked)
    others = [value for value in rates if not isinstance(value, Quantity)]
    assert {value for value in others if isinstance(value, str)} <= {"x"}
    assert all(isinstance(value, float) for value in page["poverty-levels"].frame["poor_rate_pct"])


@pytest.mark.parametrize("slug", ["poverty-communes", "poverty-targets", "poverty-others"])
def test_small_bases_are_marked_wherever_a_rate_stands(later, slug) -> None:
    values = later[slug].frame.to_numpy().ravel()
    marked = any(isinstance(value, Quantity) and value.mark == show.FEW_MARK for value in values)
    assert marked
    assert any("fewer than" in note for note in later[slug].notes)


def test_keys_stay_in_what_is_shown(page) -> None:
    """Lineage, codes in downloads and highlighting come from them."""
    for slug, key in (
        ("poverty-levels", "district_code"),
        ("poverty-changes", "base_year"),
        ("poverty-flows-poor", "district_code"),
        ("poverty-contributions-poor", "district_code"),
        ("poverty-concentration", "district_code"),
        ("poverty-communes", "commune_code"),
        ("poverty-pace", "district_code"),
        ("poverty-targets", "scope"),
    ):
        assert key in page[slug].frame.columns, slug
    for slug in ("poverty-map-poor", "poverty-change-map-poor", "poverty-curve"):
        assert "commune_code" in page[slug].table.frame.columns
    # The codes of 2025 are no codes of the year: no one may join them.
    assert "commune_code" not in page["poverty-areas-2025"].frame.columns


def test_every_table_carries_its_standard_and_source_into_downloads(trang) -> None:
    for slug in ("poverty-levels", "poverty-flows-poor", "poverty-communes", "poverty-areas-2025"):
        notes = " ".join(trang[slug].payload()["notes"])
        assert "59/2015/QĐ-TTg" in notes
        assert "Nguồn:" in notes


def test_the_same_tables_give_the_same_bytes(series) -> None:
    first, second = (Page(2019, "vi", series=series) for _ in range(2))
    for one, other in zip(first.shown, second.shown, strict=True):
        if isinstance(one, Figure | Table):
            assert one.to_html() == other.to_html()


def test_titles_say_what_the_data_say(page) -> None:
    assert page["poverty-slope-poor"].title == (
        "The poverty rate fell in all 15 districts from 2018 to 2019, most in Gò Quao, by "
        "2.68 percentage points"
    )
    assert "6,796 households left poverty and 662" in page["poverty-flow-poor"].title
    gap = page["poverty-gap-poor"].title
    assert "fell from 2.81 to 2.01 percentage points" in gap
    assert "was 1.68 times that of all households in 2018 and 1.75 times in 2019" in gap
    met = page["poverty-targets-chart"].title
    own = page.names["against"]
    own = own[own["scope"] == "all"]
    reached = own["verdict"].isin(["within", "above"]).sum()
    could = (own["verdict"] != "out_of_reach").sum()
    assert met.startswith(f"{reached} of {could} districts")


def test_the_axes_of_the_curve_are_shares_not_rates(trang) -> None:
    svg = trang["poverty-curve"].svg
    assert "tỷ trọng hộ nghèo cộng dồn, %" in svg
    assert "tỷ lệ hộ nghèo" not in svg


def test_a_rise_is_not_called_a_fall() -> None:
    worse = truth(2019)["poverty"].assign(year=2018)
    better = truth(2018)["poverty"].assign(year=2019)
    turned = Page(2019, tables={2018: worse, 2019: better})
    assert "did not fall in any of 15 districts" in turned["poverty-slope-poor"].title
    title = turned["poverty-waterfall-poor"].title
    assert title == "The overall poverty rate from 2018 to 2019: up 1.45 percentage points"
    assert any("the gap rose from 2.01" in item.to_text() for item in turned.prose)
    opening = turned.shown[0]._repr_mimebundle_()["text/plain"]
    assert "up 1.45 percentage points" in opening
    assert turned["poverty-targets-chart"].title.startswith("0 of 13 districts")


def test_a_first_year_has_no_changes_and_says_so(series) -> None:
    first = Page(2018, series=series)
    assert first.names["before"] is None
    cautions = [item for item in first.prose if item.kind == "caution"]
    assert len(cautions) >= 6
    assert "no change to 2018 is computed" in cautions[0].to_text()


def test_several_years_stand_side_by_side() -> None:
    three = Page(2020, "vi", base_year=2018)
    chart = three["poverty-slope-poor"]
    keys = [column.key for column in chart.table.columns]
    assert keys == ["_name", "2018", "2019", "2020", "change_pp"]
    moved = three["poverty-areas-2025"]
    assert len(moved.frame) == 49
    assert moved.frame["poor_end_hh_2020"].iloc[-1] == 8790
    assert moved.frame["units"].iloc[-1] == 145
    cautions = [item.to_text() for item in three.prose if item.kind == "caution"]
    assert any("2018" in text and "2020" in text for text in cautions)


def test_a_residue_is_drawn_and_named() -> None:
    table = truth(2019)["poverty"].copy()
    table.loc[table["poor_new_hh"].idxmax(), "poor_new_hh"] -= 1
    page = Page(2019, tables={**TABLES, 2019: table})
    chart = page["poverty-flow-poor"]
    assert "leave +1 households unexplained" in chart.note
    assert chart.title.endswith("; the movements leave 1 unexplained")
    assert "unexplained 1" in chart.alternative
    assert "leave +1 households unexplained" in " ".join(page["poverty-flows-poor"].notes)


def test_an_unreported_district_is_named_not_zero() -> None:
    table = truth(2019)["poverty"]
    partial = Page(2019, tables={**TABLES, 2019: table[table["district_code"] != "912"]})
    levels = partial["poverty-levels"]
    row = levels.frame[levels.frame["_name"] == "Kiên Hải"].iloc[0]
    assert row["poor_end_hh"] is pd.NA
    assert "141 of 145 commune-level units reported" in " ".join(levels.notes)
    assert "Kiên Hải | … | … |" in levels.to_text()
    title = partial["poverty-slope-poor"].title
    assert title.endswith(" (of the 141 of 145 units that reported)")
    assert "in all 14 districts" in title
    # It made no part of the fall; it is not said to have made none.
    assert "Kiên Hải" not in partial["poverty-contributions-poor"].to_text()


def test_what_is_drawn_over_years_is_of_the_same_units() -> None:
    """With three districts gone in one year the picture says the change that its title says."""
    before = truth(2018)["poverty"]
    gone = before["district_code"].isin(["903", "906", "909"])
    page = Page(2019, tables={2018: before[~gone], 2019: truth(2019)["poverty"]})
    (moved,) = page.names["narrowed"].to_dict("records")
    gaps = page.names["gaps"].set_index("year")
    assert gaps.loc[2018, "gap_pp"] == pytest.approx(moved["gap_before_pp"])
    assert gaps.loc[2019, "gap_pp"] == pytest.approx(moved["gap_after_pp"])
    drawn = page["poverty-slope-poor"].table.frame.iloc[-1]
    told = page.names["province_moved"].set_index("measure").loc["poor"]
    assert drawn["change_pp"] == pytest.approx(told["change_pp"])
    # The year's own figure is of all that reported in it.
    whole = page.names["province"]["poor_rate_pct"].item()
    assert whole != pytest.approx(told["after_rate_pct"])


def test_areas_of_2025_have_communes_instead_of_districts(series) -> None:
    moved = analysis.carried(analysis.together(truth(2020)["poverty"]), 2025)
    later = moved.drop(columns="areas_year").assign(year=2025)
    before = analysis.carried(analysis.together(truth(2019)["poverty"]), 2024)
    before = before.drop(columns="areas_year").assign(year=2024)
    page = Page(2025, "vi", tables={2024: before, 2025: later}, series=series)
    assert page.names["main"] == "commune"
    assert all(plain(item).strip() for item in page.shown)
    assert "Tỉnh Kiên Giang cũ" in page["poverty-changes"].to_text()
    assert "48 xã, phường" in page["poverty-slope-poor"].title
    assert len(page["poverty-levels"].frame) == 48 + len(page.names["by_area"]) + 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_withheld_counts_are_on_no_table_and_no_chart(series, lang) -> None:
    guarded = Page(2019, lang, series=series, disclosure_threshold=3)
    assert isinstance(guarded.shown[-2], Prose)
    assert f" | {show.WITHHELD} | " in guarded["poverty-communes"].to_text()
    for item in guarded.shown:
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
    # Sums and differences of counts that nobody looked at are left out.
    slugs = {getattr(item, "slug", "") for item in guarded.shown}
    assert not slugs & {"poverty-groupings", "poverty-others", "poverty-others-chart"}
    assert not slugs & {"poverty-moves", "poverty-moves-chart", "poverty-areas-2025"}
    words = guarded.shown[1].to_text()
    account = guarded.names["release"].account()
    assert f"{account['primary']} " in words
    assert f"{account['complementary']} " in words


def test_rounded_counts_leave_no_exact_one_behind(series, root) -> None:
    figures = published.read("figures", root, 2019)
    page = Page(2019, series=series, figures=figures, disclosure_rounding=5)
    text = " ".join(plain(item) for item in page.shown)
    assert "12,120" in text
    assert "12,118" not in text
    assert "6,134" not in text


def test_nothing_is_computed_twice() -> None:
    """Every analysis of the page is called once with the same arguments."""
    calls: list[str] = []
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            for node in ast.walk(ast.parse("".join(cell["source"]))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("poverty."):
                    calls.append(ast.unparse(node))
    assert len(calls) > 25
    assert sorted(set(calls)) == sorted(calls)


@pytest.mark.parametrize("slug", ["poverty-map-poor", "poverty-change-map-poor"])
def test_maps_draw_every_unit_on_fixed_classes(page, slug) -> None:
    figure = page[slug]
    assert "145 commune-level units" in figure.title
    assert len(figure.table.frame) == 145
    assert "59/2015/QĐ-TTg" in figure.note


def test_ethnic_minority_households_against_the_others(page) -> None:
    title = page["poverty-others-chart"].title
    assert title == (
        "4.70% of ethnic-minority and 2.32% of other households are poor: 2.02 times as often in "
        "2019, 1.92 times in 2018"
    )
    table = page["poverty-others"].frame
    assert table["others_ratio_2019"].iloc[-1] == pytest.approx(2.0227, abs=1e-4)
    assert len(table) == 16


def test_groupings_say_what_their_lists_lack(page, trang) -> None:
    title = page["poverty-groupings-chart"].title
    assert "Especially difficult communes (4 named): 1.53 percentage points above" in title
    table = page["poverty-groupings"]
    rows = table.frame.set_index("grouping")
    assert rows.loc["border", ["units_listed", "poor_end_hh"]].isna().all()
    assert "Border communes: no list: " in " ".join(table.notes)
    assert "Xã biên giới: chưa có danh sách" in " ".join(trang["poverty-groupings"].notes)


def test_bounds_of_moves_are_told_as_bounds(page) -> None:
    title = page["poverty-moves-chart"].title
    assert title == (
        "At least 82% of the 6,796 households that left poverty in 2019 rose above near-poverty; "
        "at most 1,245 became near-poor"
    )
    assert "never shares that were observed" in " ".join(page["poverty-moves"].notes)


def test_a_silent_year_says_nothing_of_poverty() -> None:
    """Nothing was received: no zero, no fall, no failure."""
    silent = Page(2019, tables={2018: TABLES[2018]})
    assert silent.shown[0]._repr_mimebundle_()["text/plain"].count("…") >= 4
    said = [item.to_text() for item in silent.prose if item.kind == "caution"]
    assert any("No unit reported its poor households of 2019" in text for text in said)
    for item in silent.shown:
        if isinstance(item, Figure):
            assert item.slug == "poverty-series"


def test_an_incomplete_year_names_no_province() -> None:
    table = truth(2019)["poverty"]
    three = Page(2019, tables={**TABLES, 2019: table[table["district_code"].isin(["903", "905"])]})
    for slug in ("poverty-changes", "poverty-flows-poor", "poverty-contributions-poor"):
        assert three[slug].frame["_name"].iloc[-1] == "Units that reported", slug
    assert "none of the 2 districts" in three["poverty-targets-chart"].title
    assert set(three["poverty-targets"].frame["verdict"].dropna()) == {
        "whole_incomplete",
        "incomplete",
    }
    assert three["poverty-pace"].frame["needed_escapes_hh"].iloc[-1] is pd.NA
    # Both years are of the same units, wholly reported: neither is the province's.
    later = three["poverty-areas-2025"].frame
    for year in (2018, 2019):
        column = later[f"poor_end_hh_{year}"]
        own = TABLES[year].loc[TABLES[year]["district_code"].isin(["903", "905"]), "poor_end_hh"]
        assert column.iloc[-1] == column.iloc[:-1].sum() <= own.sum()


def test_an_equal_fall_names_nobody() -> None:
    """Every district falls alike: what each contributed follows its number of households."""
    before = TABLES[2018].assign(households_hh=1000, poor_end_hh=40)
    after = TABLES[2019].assign(households_hh=1000, poor_end_hh=30)
    equal = Page(2019, tables={2018: before, 2019: after})
    assert "by the same in every area" in equal["poverty-waterfall-poor"].title
    assert equal["poverty-slope-poor"].title.endswith("by 1.00 percentage points each")


def test_returns_exchanged_show_at_the_start_of_the_year():
    """Their sum is the same: only area by area do start and last end differ."""
    first, second = truth(2018)["poverty"], truth(2019)["poverty"]
    codes = {"904": "906", "906": "904"}
    flows = analysis.flows(second, by="district")
    swapped = flows.assign(district_code=flows["district_code"].replace(codes))
    before = analysis.levels(first, by="district")
    unlike = analysis.unlike_last_end(swapped, before)
    told = show.flows_table(swapped, analysis.flows(second), "en", unlike=unlike)
    assert [note for note in told.notes if "Tân Hiệp" in note and "Giồng Riềng" in note]
    none = analysis.unlike_last_end(flows, before)
    same = show.flows_table(flows, analysis.flows(second), "en", unlike=none)
    assert not [note for note in same.notes if "These start 2019" in note]


def test_a_figure_published_twice_is_shown_once_with_both_sources():
    """The list of published values repeated four rows of the printed report."""
    rate = {"measure": "poor", "quantity": "rate_pct", "computed_value": 2.6899, "printed": 2.69}
    same = rate | {"decimals": 2, "is_agreeing": True}
    beside = pd.DataFrame(
        [
            same | {"id": "poverty_rate_2019", "source": "II.2.2.1"},
            same | {"id": "fall", "printed": 1.45, "source": "Báo X", "quantity": "fall_pp"},
            same | {"id": "series_rate", "source": "25/BC-BCĐ, II.2.2.1; Báo Y"},
        ]
    )
    shown = show.published_table(beside, 2018, 2019, "en").frame
    assert list(shown["source"]) == ["printed report, section II.2.2.1; Báo Y", "Báo X"]
