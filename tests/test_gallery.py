"""The gallery shows every mark of the house from a researcher's own frames, as it stands."""

from __future__ import annotations

import inspect
import json

import nbformat
import pytest

from kgstats.appendix import site
from kgstats.appendix.exporter import export
from kgstats.pipeline import execute
from kgstats.present import charts, charts_of_points, charts_over_years, maps
from kgstats.present.figures import DATA_TYPE
from kgstats.workspace import ENVIRONMENT_VARIABLE, RUN_VARIABLE

HELPERS = {"legend_above", "canvas", "from_canvas"}


@pytest.fixture(scope="module")
def executed(root, tmp_path_factory):
    place = tmp_path_factory.mktemp("gallery")
    (place / "data" / "raw").mkdir(parents=True)
    out = place / "gallery.ipynb"
    with pytest.MonkeyPatch.context() as patch:
        # A run says so in variables, which are not for the next test.
        patch.setenv(RUN_VARIABLE, "1")
        patch.setenv(ENVIRONMENT_VARIABLE, str(place))
        execute.execute(
            root / "docs" / "gallery.ipynb", out, {"year": 2019, "lang": "en"}, workspace=place
        )
    return out


def marks():
    for room in (charts, charts_of_points, charts_over_years, maps):
        for name, one in vars(room).items():
            if name.startswith("_") or not inspect.isfunction(one) or name in HELPERS:
                continue
            if one.__annotations__.get("return") == "Figure":
                yield name, one


def code(path):
    return "\n".join(c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code")


def test_every_mark_is_in_it(root):
    written = code(root / "docs" / "gallery.ipynb")
    names = dict(marks())
    assert {"bars", "lines", "points", "area_map"} <= names.keys()
    assert [name for name in names if f".{name}(" not in written] == []


def test_its_charts_answer_and_its_page_is_whole(executed):
    notebook = nbformat.read(executed, 4)
    figures = [
        (cell, output)
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if DATA_TYPE in output.get("data", {})
    ]
    assert len(figures) == len(dict(marks())) + 2
    for _, output in figures:
        drawn = "".join(output.data["text/html"])
        told = output.data[DATA_TYPE]
        told = json.loads(told) if isinstance(told, str) else told
        if told["slug"] != "own":
            assert "<title>" in drawn or "data-code" in drawn, told["slug"]
    entry = site.Entry("gallery", "Gallery")
    edition = site.Edition(2019, "en", [entry], ["en"])
    around = site.context(edition, entry, parameters={"year": 2019}, inputs={}, cut_offs=None)
    page = export(executed, "en", around)
    assert page.title == "Gallery" and len(page.figures) == len(figures)
    (executed.parent / "gallery.html").write_text(page.html, encoding="utf-8")


def test_it_is_kept_without_outputs(root):
    notebook = nbformat.read(root / "docs" / "gallery.ipynb", 4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
