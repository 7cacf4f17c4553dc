"""Maps and charts of commune standards say what their frames say; the maps' geometry is tested
with the maps."""

from __future__ import annotations

import pandas as pd
import pytest

from illustrative.truth import truth
from kgstats.analysis import attainment, attainment_outlook
from kgstats.present import attainment_figures as show
from kgstats.present import attainment_outlook as ahead
from kgstats.present.maps import printing


@pytest.fixture(autouse=True)
def own_workspace(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.getbasetemp() / "no-boundaries"
    (folder / "data" / "raw").mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("KGSTATS_WORKSPACE", str(folder))
    monkeypatch.setattr(printing, "png", lambda *_, **__: b"")
    monkeypatch.setattr(printing, "panels_png", lambda *_, **__: b"")


@pytest.fixture(scope="module")
def standings():
    tables = {year: truth(year) for year in (2018, 2019)}
    return attainment.standings(
        {year: held["communes"] for year, held in tables.items()},
        {year: held["attainment"] for year, held in tables.items()},
        2019,
    )


@pytest.fixture(scope="module")
def marks():
    return attainment.marks(truth(2019)["attainment"], 2019)


def test_the_chart_of_criteria_says_each_number_and_carries_its_data(marks):
    failures = attainment.failures(marks)
    figure = show.failures_chart(failures, "en")
    frame = figure.table.frame
    assert frame["marks_not_met"].tolist() == failures["marks_not_met"].tolist()
    for name, number in zip(frame["name"], frame["marks_not_met"], strict=True):
        assert f"{name}: {number}" in figure.alternative
    for group in ("I Planning", "IV Culture"):
        assert group in figure.svg


def test_progress_is_drawn_to_its_target(standings):
    years = attainment.summary(standings)
    figure = ahead.progress_chart(years, attainment_outlook.progress(standings, 2019), "en")
    assert "2018: Recognised 51, Decision pending 7" in figure.alternative
    assert "Target 79" in figure.alternative and "Target 79" in figure.svg
    assert figure.title.startswith(
        "With 64 communes recognised by the end of 2019, 15 more are needed"
    )
    assert figure.table.frame["communes_recognised"].tolist() == [51, 64]


def test_progress_without_a_target_or_a_number_says_so(standings):
    none = attainment_outlook.progress(standings, 2019).assign(target_year=pd.NA)
    figure = ahead.progress_chart(attainment.summary(standings), none, "en")
    assert figure.title == "64 communes recognised by the end of 2019"
    assert "Target" not in figure.svg
    unknown = none.assign(communes_recognised=pd.NA)
    figure = ahead.progress_chart(attainment.summary(standings), unknown, "en")
    assert "not reported" in figure.title


def test_a_map_of_changes_tells_what_a_commune_gained(standings):
    changes = attainment.changes(standings, 2019)
    row = changes[changes["gained"].map(len) > 0].iloc[0]
    figure = show.change_map(changes, attainment.change_counts(changes), 2019, "en")
    assert f"Criteria met: {row['criteria_before']} to {row['criteria_met']}" in figure.svg
    assert str(int((changes["criteria_change"] > 0).sum())) in figure.title


def test_a_commune_not_reported_is_no_category_of_its_own(standings):
    standing = standings[standings["year"] == 2019].reset_index(drop=True)
    standing.loc[0, "status"] = "not_reported"
    figure = show.status_map(standing, attainment.summary(standing), "en")
    assert "Not reported" in figure.alternative
    assert [c.key for c in show._categories(standing, "en")] == ["recognised", "pending", "not_yet"]


def test_behind_the_tiles_of_a_silent_district_stands_no_zero(standings):
    standing = standings[standings["year"] == 2019].reset_index(drop=True)
    silent = standing["district_code"] == "904"
    standing.loc[silent, "status"] = "not_reported"
    standing.loc[silent, "reported"] = False
    districts = attainment.summary(standing, by="district")
    figure = show.status_tiles(standing, districts, "en")
    assert ">…/10<" in figure.svg and ">0/10<" not in figure.svg
    assert "recognised/reported" in figure.note
    assert figure.title.startswith("Of 14 districts and cities with all communes reported")


@pytest.mark.parametrize(
    ("every", "few", "told", "said"),
    [
        (15, 0, 0, "15 districts and cities have all communes recognised; none has fewer than"),
        (0, 2, 3, "Of 3 districts and cities with all communes reported: no district or city has"),
        (1, 0, 1, "Of 1 district or city with all communes reported: 1 district or city has all"),
    ],
)
def test_what_is_none_is_said_in_words(every, few, told, said):
    assert show._tiles_said(every, few, told, "en").startswith(said)
    vietnamese = show._tiles_said(every, few, told, "vi")
    assert "0" not in vietnamese.replace("10", "") and "không" in vietnamese.casefold()


def test_a_change_title_has_no_nought():
    moved = pd.DataFrame(
        {"criteria_change": pd.array([2, 0, None], "Int64"), "event": "", "marks_compared": True}
    )
    assert show._change_title(attainment.change_counts(moved).iloc[0], 2019, "en") == (
        "In 2019: no commune was recognised; 1 met more criteria than before; none met fewer; "
        "compared: 2 of 3 communes"
    )
