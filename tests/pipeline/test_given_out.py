"""Disclosure control beside what readers have already."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kgstats.pipeline import given_out, graph, pages
from kgstats.pipeline.collection import CollectionError
from kgstats.pipeline.store import digest
from kgstats.release import final
from kgstats.withholding import DisclosureError
from kgstats.workspace import Workspace

CONTROL = {"disclosure_threshold": 5, "disclosure_rounding": 1}
OWN = {"threshold": 5, "rounding": 1, "primary": 7, "complementary": 2}


@pytest.fixture
def place(tmp_path) -> Workspace:
    """A workspace with two years, of which the first is published under the same control."""
    one = Workspace(tmp_path)
    for year in (2018, 2019):
        one.returns(year).mkdir(parents=True)
        (one.returns(year) / "return.xlsx").touch()
        counts = one.data_set("poverty", year)
        counts.parent.mkdir(parents=True)
        counts.write_bytes(b"%d" % year)
    publish(one, 2018, one.outputs(2018), OWN)
    return one


def publish(place: Workspace, year: int, folder: Path, control: dict) -> None:
    counts = place.data_set("poverty", year)
    products = {counts.relative_to(place.root).as_posix(): digest(counts)}
    steps = [{"step": f"clean-{year}", "products": products}]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps({"disclosure": control, "steps": steps}))


def test_years_under_the_same_control_stand_together(place):
    given_out.check(place, 2019, CONTROL)


@pytest.mark.parametrize("held", [{"threshold": 0, "rounding": 1}, {"threshold": 9, "rounding": 1}])
def test_an_earlier_year_without_the_control_is_refused(place, held):
    publish(place, 2018, place.outputs(2018), OWN | held)
    with pytest.raises(CollectionError, match="published for 2018 stands under another control"):
        given_out.check(place, 2019, CONTROL)
    # The first year itself can be published anew, and then the next.
    given_out.check(place, 2018, CONTROL)


def test_a_later_year_without_the_control_shows_this_years_counts(place):
    publish(place, 2019, place.outputs(2019), {"threshold": 0, "rounding": 1})
    with pytest.raises(CollectionError, match="published for 2019 stands under another control"):
        given_out.check(place, 2018, CONTROL)
    publish(place, 2019, place.outputs(2019), OWN)
    given_out.check(place, 2018, CONTROL)


def test_what_was_published_of_other_counts_is_refused(place):
    place.data_set("poverty", 2018).write_bytes(b"corrected")
    with pytest.raises(CollectionError, match="published for 2018 is of other counts"):
        given_out.check(place, 2019, CONTROL)


def test_a_final_release_of_the_year_itself_cannot_be_taken_back(place):
    folder = place.releases(2019) / "1"
    publish(place, 2019, folder, {"threshold": 0, "rounding": 1})
    (folder / final.ABOUT).write_text("number: 1\n")
    with pytest.raises(CollectionError, match="final release 1 of 2019 stands under another"):
        given_out.check(place, 2019, CONTROL)
    publish(place, 2019, folder, OWN)
    given_out.check(place, 2019, CONTROL)


def test_the_plan_of_a_run_is_refused(place, root):
    (place.root / "notebooks").symlink_to(root / "notebooks")
    publish(place, 2018, place.outputs(2018), {"threshold": 0, "rounding": 1})
    with pytest.raises(CollectionError, match="could be worked out"):
        graph.make_plan(place, 2019, parameters={"disclosure_threshold": 5})
    # Without the control nothing is withheld, and nothing is to be refused.
    assert graph.make_plan(place, 2019).pages


def test_a_control_that_does_not_protect_is_refused_before_anything_runs(place, root):
    (place.root / "notebooks").symlink_to(root / "notebooks")
    with pytest.raises(DisclosureError, match="show which are small"):
        graph.make_plan(place, 2018, parameters={"disclosure_rounding": 3})
    assert graph.make_plan(place, 2018, parameters={"disclosure_rounding": 5}).pages


def test_under_a_control_nothing_is_compared_with_what_was_given_out(place, root):
    """What changed since a final release would stand beside what is withheld now."""
    (place.root / "notebooks").symlink_to(root / "notebooks")
    folder = place.releases(2018) / "1"
    for control in ({"disclosure_threshold": 5}, {"disclosure_rounding": 5}):
        held = {key.partition("_")[2]: value for key, value in control.items()}
        publish(place, 2018, folder, {"threshold": 0, "rounding": 1} | held)
        (folder / final.ABOUT).write_text("number: 1\n")
        plan = graph.make_plan(place, 2018, parameters=control)
        assert pages.compared_with(plan) is None
    assert pages.compared_with(graph.make_plan(place, 2018)) == folder
