"""A changed return makes anew what is made from it, and nothing else; the rest stays right."""

from __future__ import annotations

import shutil

import pytest
from tests.pipeline import tiny

from kgstats.pipeline import graph, run
from kgstats.pipeline.store import digest
from kgstats.returns import processed
from kgstats.workspace import Workspace

EDITS = {
    "01": ("Xã Thạnh Yên;6;Đ;CĐ;", "Xã Thạnh Yên;6;Đ;Đ;"),
    "02": ("2.033;952,3;", "2.033;953,3;"),
    "03": ("2.399;104;", "2.400;104;"),
}
"""In the return of each form: a value, and another."""
READERS = {"01": {"20", "30", "45"}, "02": {"30"}, "03": {"30", "40", "45"}}
"""The notebooks that read a form's tables, beside those that read all of them."""
ALWAYS = {"00", "10", "70", "90"}
NEVER = {"50", "60", "80"}
HOMES = """from kgstats import notebook

report = notebook.start(year=year, lang=lang)
report.show(report.data("poverty")[["commune_code", "poor_end_hh"]], slug="homes")"""
HIDDEN = """from kgstats import notebook

read = notebook.start(year=year, lang=lang).data
report = notebook.start(year=year, lang=lang)
len(report.data("communes")), read("funding")["disbursed_vnd"].sum()"""


def edit(workspace: Workspace, form: str) -> None:
    (path,) = workspace.returns(2019).glob(f"*_{form}_*.csv")
    text = path.read_text(encoding="utf-8")
    assert text.count(EDITS[form][0]) == 1
    path.write_text(text.replace(*EDITS[form]), encoding="utf-8")


@pytest.mark.parametrize("form", sorted(EDITS))
def test_a_changed_value_concerns_the_pages_that_read_its_form(form, tmp_path, root):
    workspace = tiny.lay_out(tmp_path, root)
    shutil.rmtree(tmp_path / "notebooks")
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    shutil.copytree(root / "data/raw/published", tmp_path / "data/raw/published")
    steps = [
        step for step in graph.make_plan(workspace, 2019, languages=["vi"]).steps
        if step.id.startswith("run-")
    ]  # fmt: skip

    def looks():
        processed.clean_year(2019, workspace)
        made = {path: digest(path) for path in workspace.processed(2019).glob("*.parquet")}
        return {step.id: [made[path] for path in step.needs if path in made] for step in steps}

    before = looks()
    edit(workspace, form)
    after = looks()
    changed = {name[4:6] for name in before if before[name] != after[name]}
    assert changed - ALWAYS == READERS[form] and not changed & NEVER


def test_a_year_is_cleaned_once_whichever_years_run_needs_it(tmp_path, root):
    workspace = tiny.lay_out(tmp_path, root)
    shutil.copytree(workspace.year_raw(2019), workspace.year_raw(2020))
    assert run.clean(workspace, 2019).complete
    for year in (2019, 2020):
        outcome = run.run(graph.make_plan(workspace, year, languages=["vi"], only=["01"]))
        assert outcome.complete
        assert f"clean-{year - 1}" not in {step.id for step in outcome.done}
    assert run.clean(workspace, 2020).done == []


def test_after_a_changed_return_all_is_as_if_made_anew(tmp_path, root):
    workspace = tiny.lay_out(tmp_path / "one", root)
    notebooks = workspace.root / "notebooks"
    tiny.notebook(notebooks / "01_money.ipynb", tiny.MONEY)
    tiny.notebook(notebooks / "02_homes.ipynb", HOMES, title="Homes")
    # What a run does not see in a notebook's code is known from what its kernel looked for.
    tiny.notebook(notebooks / "03_hidden.ipynb", HIDDEN, title="Hidden")

    def made(place):
        outcome = run.run(graph.make_plan(place, 2019, languages=["vi"]))
        assert outcome.complete
        return {step.id.removesuffix("-vi") for step in outcome.done}

    assert {"run-01_money", "run-02_homes", "run-03_hidden"} <= made(workspace)
    edit(workspace, "02")
    again = made(workspace)
    assert {"run-01_money", "page-01_money", "run-03_hidden", "page-03_hidden"} <= again
    assert not {"run-02_homes", "page-02_homes"} & again
    other = Workspace(tmp_path / "other")
    for name in ("data/raw", "notebooks"):
        shutil.copytree(workspace.root / name, other.root / name)
    made(other)
    assert tiny.published(other) == tiny.published(workspace)
