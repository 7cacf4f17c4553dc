"""With disclosure control on, nobody who reads the whole publication finds a withheld count."""

from __future__ import annotations

import json
import re
import shutil

import pandas as pd
import pytest
from tests.release import attacker

from kgstats import withholding
from kgstats.analysis import poverty_disclosure
from kgstats.pipeline import run
from kgstats.pipeline.collection import CollectionError
from kgstats.pipeline.graph import make_plan
from kgstats.reference import areas
from kgstats.workspace import Workspace

YEAR, THRESHOLD = 2019, 5
PAGES = ("00_overview", "10_clean_returns", "30_funding_gaps", "40_poverty_reduction",
         "45_over_the_years", "70_district_profile", "90_quality")  # fmt: skip


@pytest.fixture(scope="module")
def place(root, tmp_path_factory) -> Workspace:
    """A workspace whose settings ask for disclosure control, with an open release before it."""
    folder = tmp_path_factory.mktemp("withheld")
    shutil.copytree(root / "data" / "raw", folder / "data" / "raw")
    shutil.copytree(root / "notebooks", folder / "notebooks")
    (folder / "settings.yml").write_text(f"disclosure:\n  threshold: {THRESHOLD}\n")
    return Workspace(folder)


@pytest.fixture(scope="module")
def publication(place):
    """The folder of a run of the pages that show households, one profile among them."""
    plan = make_plan(
        place, YEAR, languages=["en"], only=PAGES, parameters={"district": "912"},
        single_files=True,
    )  # fmt: skip
    outcome = run.run(plan)
    assert outcome.complete, outcome.failed or outcome.plan.missing
    return outcome.published


@pytest.fixture(scope="module")
def made(place, publication):
    """What was decided to be withheld."""
    return withholding.decided(place, YEAR, withholding.Control(THRESHOLD))


def test_much_is_withheld_and_much_is_shown(made, publication):
    account = made.account()
    assert account["primary"] > 100 and account["complementary"] > 10
    assert json.loads((publication / "run.json").read_text())["disclosure"] == account
    seen = attacker.counts(publication, YEAR)
    assert len(seen) > 500


def test_no_withheld_count_stands_in_any_table(made, publication):
    seen = attacker.counts(publication, YEAR)
    assert not [(cell, where) for cell, where in seen.items() if cell in made.withheld]
    poor = [cell for cell in seen if cell[1] == ("commune_code",) and "start" in cell[3]]
    assert not poor, "movements of communes are not published at all"


def test_no_rate_of_a_withheld_count_stands_beside_its_place(made, publication, households):
    assert attacker.rates_given_away(publication, made, households) == []


def test_no_sentence_names_a_place_with_its_withheld_count(made, publication, households):
    names = dict(areas.units(YEAR).set_index("commune_code")["name"])
    assert attacker.said(publication, made, households, names) == []


def test_no_cell_as_received_tells_one(publication):
    cells = pd.read_csv(publication / "tables" / "clean" / "cells.csv", dtype="string")
    counts = cells[(cells["table"] == "poverty") & (cells["role"] == "value")]
    assert len(counts) > 1000 and counts["raw"].isna().all()
    findings = pd.read_csv(publication / "tables" / "clean" / "findings_en.csv", dtype="string")
    sheets = set(zip(counts["file"], counts["sheet"], strict=True))
    about = [place in sheets for place in zip(findings["file"], findings["sheet"], strict=True)]
    assert sum(about) and findings[about]["raw"].isna().all()
    # Only that a rule was broken is said, never the numbers that broke it.
    assert not findings[about]["message"].str.contains(r"\d+ (?:households|against)").any()


def test_no_withheld_count_can_be_solved_for(made, publication, households):
    """By all sums and identities, from the counts that were really read in the folder."""
    seen = attacker.counts(publication, YEAR)
    open_, tried = attacker.solvable(made, seen, households, every=5)
    assert tried >= 25 and open_ == []


def test_the_same_attacker_finds_them_where_nothing_is_withheld(made, site, households):
    published = site.parent
    assert len([c for c in attacker.counts(published, YEAR) if c in made.withheld]) > 50
    assert attacker.rates_given_away(published, made, households)
    names = dict(areas.units(YEAR).set_index("commune_code")["name"])
    assert attacker.said(published, made, households, names)


def test_a_notebook_without_the_control_is_refused_or_left_out(place, publication):
    own = place.notebooks / "95_own.ipynb"
    source = (place.notebooks / "70_district_profile.ipynb").read_text(encoding="utf-8")
    told = json.loads(source)
    for cell in told["cells"]:
        text = "".join(cell["source"])
        text = re.sub(r"disclosure_\w+: int = \d\n?", "", text)
        cell["source"] = text.replace(
            "notebook.start(year, lang, (disclosure_threshold, disclosure_rounding))",
            "notebook.start(year, lang)",
        )
    own.write_text(json.dumps(told), encoding="utf-8")
    try:
        with pytest.raises(CollectionError, match="95_own would show counts of households"):
            make_plan(place, YEAR, languages=["en"], only=["95_own"])
        plan = make_plan(place, YEAR, languages=["en"])
        assert any("left out: 95_own would show counts of house" in note for note in plan.notes)
        assert "95_own" not in {one.name for one in plan.notebooks}
    finally:
        own.unlink()


@pytest.fixture(scope="module")
def households(place, publication) -> pd.DataFrame:
    """The truth, with which the attacker's finds are judged."""
    years = [year for year in place.years() if year <= YEAR]
    paths = [place.data_set("poverty", year) for year in years]
    return pd.concat([pd.read_parquet(path) for path in paths if path.is_file()])


def test_what_is_withheld_is_decided_once(place, made, monkeypatch):
    monkeypatch.setattr(poverty_disclosure, "protect", lambda *_, **__: pytest.fail("again"))
    again = withholding.decided(place, YEAR, withholding.Control(THRESHOLD))
    assert again.withheld == made.withheld
