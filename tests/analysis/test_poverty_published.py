"""Published rates: their series with its breaks, and beside our own."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from tests.analysis.poverty_tables import shown, three_years

from kgstats.analysis import poverty


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return three_years()


def test_published_figures_agree_with_the_computed_ones(frame) -> None:
    figures = pd.DataFrame(
        {
            "id": ["poverty_poor_rate_2019", "poverty_poor_rate_2019_change", "other"],
            "value": [Decimal("2.69"), Decimal("1.45"), Decimal(1)],
            "printed": ["2,69", "1,45", "1"],
            "section": ["II.2.2.1"] * 3,
        }
    )
    series = pd.DataFrame(
        {
            "id": ["series_poor_rate_2019", "series_ethnic_poor_rate_2019"],
            "value": [Decimal("2.69"), Decimal("4.8")],
            "source": ["decision", "made up"],
        }
    )
    moved = poverty.changes(frame, 2018, 2019)
    rows = poverty.beside_published(moved, figures, series)
    assert rows["is_agreeing"].tolist() == [True, True, True, False]
    assert rows["quantity"].tolist() == ["rate_pct", "fall_pp", "rate_pct", "rate_pct"]
    assert rows["decimals"].tolist() == [2, 2, 2, 1]
    empty = poverty.beside_published(moved, pd.DataFrame(), pd.DataFrame())
    assert empty.empty


def test_every_published_figure_of_the_transcription_agrees(frame, root) -> None:
    from kgstats import published

    figures = published.read("figures", root, 2019)
    series = published.read("series", root, 2019)
    of_2019 = poverty.beside_published(poverty.changes(frame, 2018, 2019), figures, series)
    assert len(of_2019) >= 12
    assert of_2019["is_agreeing"].all()
    of_2020 = poverty.beside_published(poverty.changes(frame, 2019, 2020), figures, series)
    assert len(of_2020) >= 12
    assert of_2020["is_agreeing"].all()


@pytest.mark.parametrize("measure", ["poor", "near_poor", "ethnic_poor", "ethnic_near_poor"])
def test_a_series_that_says_poor_rate_is_read_as_one_that_says_poverty_rate(
    root, tmp_path, measure
) -> None:
    from kgstats import published

    # As packages of published values said it until 0.1: a file of somebody who has one.
    now = (root / "data/raw/published/series.csv").read_text(encoding="utf-8")
    then = now.replace("poverty rate", "poor rate").replace("near-poverty", "near-poor")
    assert then != now and "poverty rate" not in then
    folder = tmp_path / "data/raw/published"
    folder.mkdir(parents=True)
    (folder / "series.csv").write_text(then, encoding="utf-8")
    for needed in (root / "data/raw/published").glob("*.csv"):
        if needed.name != "series.csv":
            (folder / needed.name).write_bytes(needed.read_bytes())
    rows = poverty.published_series(published.read("series", tmp_path, 2019), measure)
    expected = poverty.published_series(published.read("series", root, 2019), measure)
    pd.testing.assert_frame_equal(rows, expected)
    assert measure not in ("poor", "near_poor") or len(rows)


def test_the_series_is_broken_where_the_standard_changes(root) -> None:
    from kgstats import published

    rows = poverty.published_series(published.read("series", root, 2019))
    assert not any("survey" in name for name in rows["id"])
    assert rows["first_year"].is_monotonic_increasing
    by_year = rows[rows["id"].str.fullmatch(r"series_poor_rate_\d{4}")].set_index("first_year")
    assert by_year.loc[2020, "standard"] == "md2016"
    assert by_year.loc[2024, "standard"] == "md2022"
    assert by_year.loc[2024, "published_change_pp"] is pd.NA
    assert shown(by_year.loc[2019, "published_change_pp"]) == Decimal("-1.45")
    assert by_year.loc[2024, "segment"] == by_year.loc[2020, "segment"] + 1
    undated = rows[~rows["is_dated"]]
    assert undated["label"].tolist() == ["2016 or 2017"]
    assert undated["published_change_pp"].isna().all()


def test_a_series_without_a_year_is_an_error() -> None:
    series = pd.DataFrame(
        [
            {
                "id": "x",
                "year_or_date": "recently",
                "indicator_en": "poverty rate",
                "value": "1.2",
                "unit": "percent",
                "standard": "",
                "source": "",
            }
        ]
    )
    with pytest.raises(poverty.PovertyError, match="no year in the date 'recently' of x"):
        poverty.published_series(series)
    assert poverty.published_series(series, "near_poor").empty
