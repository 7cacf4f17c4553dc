"""The page that shows researchers how to make their own analysis runs as it stands."""

from __future__ import annotations

import re
import shutil

import nbformat
import papermill
import pytest

from kgstats.appendix import site
from kgstats.appendix.exporter import export
from kgstats.returns import processed
from kgstats.workspace import Workspace


@pytest.fixture(scope="module")
def executed(root, tmp_path_factory):
    place = tmp_path_factory.mktemp("workspace")
    shutil.copytree(root / "data" / "raw" / "2019", place / "data" / "raw" / "2019")
    processed.clean_year(2019, Workspace(place))
    out = place / "executed.ipynb"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KGSTATS_WORKSPACE", str(place))
        papermill.execute_notebook(
            root / "docs" / "your_own_analysis.ipynb",
            out,
            {"year": 2019, "lang": "vi"},
            kernel_name="python3",
            progress_bar=False,
        )
    return nbformat.read(out, as_version=4)


def outputs(notebook, kind):
    return [
        output["data"][kind]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if kind in output.get("data", {})
    ]


def test_a_table_a_chart_and_a_map_come_out_of_it(executed):
    tables = outputs(executed, "application/vnd.kgstats.table+json")
    figures = outputs(executed, "application/vnd.kgstats.figure+json")
    assert [one["slug"] for one in tables] == ["poor-and-behind", "behind-by-district"]
    assert [one["slug"] for one in figures] == [
        "poor-and-behind-chart",
        "rates-by-district",
        "rural-rates",
    ]
    rows = tables[0]["rows"]
    rate = [column["key"] for column in tables[0]["columns"]].index("poor_rate_pct")
    assert rows and all(row[rate] > 5 for row in rows)
    assert str(len(rows)) in figures[0]["title"]


def test_its_table_names_the_cells_of_its_own_communes(executed):
    html = next(text for text in outputs(executed, "text/html") if 'id="poor-and-behind"' in text)
    rows = len(outputs(executed, "application/vnd.kgstats.table+json")[0]["rows"])
    # Households, poor households, the stated number and nineteen marks a commune; not a cell more.
    assert f"{22 * rows} ô" in html


def test_a_page_can_be_made_of_it_though_its_charts_share_a_table(executed, tmp_path):
    path = tmp_path / "own.ipynb"
    nbformat.write(executed, path)
    entry = site.Entry("own", "Own")
    edition = site.Edition(2019, "vi", [entry], ["vi"])
    page = export(path, "vi", site.context(edition, entry, parameters={}, inputs={}))
    data = [figure["data"]["slug"] for figure in page.figures]
    assert data == ["poor-and-behind-chart-data", "rates-by-district-data", "rural-rates-data"]
    assert all(f'id="{slug}"' in page.html for slug in data)


def test_it_is_kept_without_outputs(root):
    notebook = nbformat.read(root / "docs" / "your_own_analysis.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)


def test_the_number_it_gives_the_page_is_free(root):
    """``--only 45`` would make the page that has the number already."""
    told = (root / "docs" / "your_own_analysis.ipynb").read_text(encoding="utf-8")
    number = re.search(r"`(\d+)_\w+\.ipynb`", told)[1]
    assert f"--only {number}`" in told
    assert not list((root / "notebooks").glob(f"{number}_*"))
