"""The plan of a run, laid out on the whole collection; nothing is run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kgstats.pipeline import graph
from kgstats.pipeline.collection import RETURNS_DATA
from kgstats.reference.areas import NoAreasForYear, NoDistricts
from kgstats.workspace import Workspace, received_files


def make_workspace(folder: Path, root: Path) -> Workspace:
    shutil.copytree(root / "data/raw", folder / "data/raw")
    shutil.copytree(
        root / "notebooks",
        folder / "notebooks",
        ignore=shutil.ignore_patterns(".ipynb_checkpoints"),
    )
    return Workspace(folder)


def needs(workspace: Workspace) -> dict[str, list[Path]]:
    return {step.id: step.needs for step in graph.make_plan(workspace, 2019).steps}


def test_the_first_run_is_laid_out_as_the_second(tmp_path, root):
    workspace = make_workspace(tmp_path, root)
    first = graph.make_plan(workspace, 2019)
    for step in first.steps:
        for path in step.makes:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    assert needs(workspace) == {step.id: step.needs for step in first.steps}


def test_a_notebook_waits_for_the_tables_it_reads(tmp_path, root):
    workspace = make_workspace(tmp_path, root)
    read = needs(workspace)["run-00_overview-vi"]
    tables = ("attainment", "communes", "funding", "poverty", "cells")
    assert {workspace.data_set(name, 2019) for name in tables} <= set(read)


def test_a_year_is_cleaned_once_and_after_the_year_it_starts_from(tmp_path, root):
    workspace = make_workspace(tmp_path, root)
    plan = graph.make_plan(workspace, 2020)
    cleanings = [step for step in plan.steps if step.id.startswith("clean-")]
    assert [step.id for step in cleanings] == ["clean-2018", "clean-2019", "clean-2020"]
    assert workspace.data_set("poverty", 2019) in cleanings[2].needs
    assert not any(path.suffix == ".parquet" for path in cleanings[0].needs)
    tables = {workspace.data_set(name, 2020) for name in RETURNS_DATA}
    makers = [step.id for step in plan.steps if tables & set(step.makes)]
    assert makers == ["clean-2020"]


def test_several_years_are_read_back_to_the_first_and_never_ahead(tmp_path, root):
    """A page is made again when an earlier year changes, and stays when a later one arrives."""
    workspace = make_workspace(tmp_path, root)
    read = set(needs(workspace)["run-45_over_the_years-vi"])
    for table in ("attainment", "communes", "poverty"):
        years = {year for year in (2018, 2019, 2020) if workspace.data_set(table, year) in read}
        assert years == {2018, 2019}, table


def test_one_language_cleans_as_two_do(tmp_path, root):
    workspace = make_workspace(tmp_path, root)
    one = graph.make_plan(workspace, 2019, only=["10"], languages=["en"])
    assert [step.id for step in one.steps] == [
        *("clean-2018", "clean-2019", "run-10_clean_returns-en"),
        *("gaps-2019", "page-10_clean_returns-en", "index-en"),
    ]


def test_what_was_published_belongs_to_every_run(tmp_path, root):
    workspace = make_workspace(tmp_path, root)
    for name in ("vi/report-audit.html", "vi/withdrawn.html", "en/district-profile-an-bien.html"):
        page = workspace.outputs(2019) / "html" / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.touch()
    plan = graph.make_plan(workspace, 2019, only=["50"], languages=["en"])
    assert [page.id for page in plan.pages] == [
        *("60_report_audit-vi", "50_programme_indicators-en", "70_district_profile-an-bien-en"),
    ]


def test_a_page_of_a_notebook_that_is_a_draft_now_is_withdrawn(tmp_path, root):
    workspace = make_workspace(tmp_path, root)
    notebooks = workspace.notebooks
    (notebooks / "60_report_audit.ipynb").rename(notebooks / "draft_report_audit.ipynb")
    plan = graph.make_plan(workspace, 2019)
    assert not any("audit" in page.slug for page in plan.pages)
    assert any("draft_report_audit.ipynb is a draft" in note for note in plan.notes)


def test_a_link_out_of_the_folder_was_not_received(tmp_path, root):
    workspace = make_workspace(tmp_path, root)
    secret = tmp_path / "secret.xlsx"
    secret.write_bytes(b"secret")
    folder = workspace.returns(2019)
    (folder / "link.xlsx").symlink_to(secret)
    (folder / "own.xlsx").symlink_to(sorted(folder.iterdir())[0])
    (folder / "up.xlsx").symlink_to(Path("..") / "origin.yml")
    names = {path.name for path in received_files(folder)}
    assert "own.xlsx" in names
    assert not names & {"link.xlsx", "up.xlsx"}


def test_boundaries_are_needed_by_pages_with_maps_alone(tmp_path, root):
    place = make_workspace(tmp_path, root)
    before = needs(place)
    place.boundaries.mkdir(parents=True)
    (place.boundaries / "a.geojson").write_text("{}", encoding="utf-8")
    after = needs(place)
    touched = {name.split("-")[1][:2] for name in after if after[name] != before[name]}
    assert touched == {"20", "30", "40", "45", "70"}


@pytest.mark.parametrize(("year", "why"), [(2016, NoAreasForYear), (2025, NoDistricts)])
def test_a_year_without_districts_is_refused_in_a_sentence(year, why, tmp_path, root):
    """Returns that lie in the folder of 2025 once ended in an error of the program."""
    workspace = make_workspace(tmp_path, root)
    shutil.copytree(workspace.returns(2019), workspace.returns(year))
    with pytest.raises(why, match=str(year)):
        graph.make_plan(workspace, year)
