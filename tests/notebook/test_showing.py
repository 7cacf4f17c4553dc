"""A frame that a cell ends in, in a run: a table to read, called as the heading above it."""

from __future__ import annotations

import json
import sys

import nbformat
import pandas as pd
import pytest
from IPython.display import HTML, Image, Markdown

from kgstats import notebook
from kgstats.appendix.exporter import call_frames
from kgstats.pipeline import execute
from kgstats.present.plain import MOST_ROWS
from kgstats.present.prose import Prose
from kgstats.present.tables import DATA_TYPE, WithheldShown
from kgstats.workspace import ENVIRONMENT_VARIABLE, RUN_VARIABLE, Workspace

SOURCE = """import pandas as pd
from kgstats import notebook
report = notebook.start(year, lang)
pd.DataFrame({"district_code": ["903", "904"], "poor_rate_pct": [2.5, 1.0], "wells": [3, None]})"""
SERIES = """pd.Series([1, 2], index=["a", "b"])"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    place = tmp_path_factory.mktemp("own")
    (place / "data" / "raw").mkdir(parents=True)
    cells = [
        nbformat.v4.new_code_cell('year: int = 2019\nlang: str = "vi"'),
        nbformat.v4.new_markdown_cell("## Where wells are\n\nWords."),
        nbformat.v4.new_markdown_cell("## Giếng ở đâu\n\nLời."),
        nbformat.v4.new_code_cell(SOURCE),
        nbformat.v4.new_code_cell(SERIES),
    ]
    cells[0].metadata["tags"] = ["parameters"]
    cells[1].metadata["tags"], cells[2].metadata["tags"] = ["lang-en"], ["lang-vi"]
    source, target = place / "46_mine.ipynb", place / "out" / "46_mine.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), source)
    source.with_suffix(".words.csv").write_text("key,vi,en\nwells,Số giếng,Wells\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        # A run says so in variables, which are not for the next test.
        patch.setenv(RUN_VARIABLE, "1")
        patch.setenv(ENVIRONMENT_VARIABLE, str(place))
        execute.execute(source, target, {"year": 2019, "lang": "vi"}, workspace=place)
    return nbformat.read(target, as_version=4)


def carried(content):
    for cell in content.cells:
        for output in cell.get("outputs", []):
            if DATA_TYPE in output.data:
                told = output.data[DATA_TYPE]
                yield (json.loads(told) if isinstance(told, str) else told), output.data


def test_it_is_a_table_with_words_units_and_a_caption(executed):
    call_frames(executed, "vi")
    (frame, data), (series, _) = carried(executed)
    assert (frame["caption"], series["caption"]) == ("Giếng ở đâu", "Giếng ở đâu (2)")
    assert [one["label"] for one in frame["columns"]][2:] == ["Tỷ lệ hộ nghèo, %", "Số giếng"]
    assert frame["columns"][2]["unit"] == "%"
    assert [row[0] for row in frame["rows"]] == ["Hòn Đất", "Tân Hiệp"]
    html = "".join(data["text/html"])
    assert "<div>Giếng ở đâu</div></caption>" in html and 'class="dataframe"' not in html
    assert 'scope="row"' in html and 'scope="col"' in html and "2,50" in html


def report(tmp_path, lang="en"):
    return notebook.Report(2019, lang, Workspace(tmp_path))


@pytest.mark.parametrize(
    ("frame", "heads"),
    [
        (pd.DataFrame({"a": [1]}, index=pd.Index(["x"], name="place")), ["place", "a"]),
        (pd.DataFrame({("x", "mean"): [1.0], ("x", "max"): [2]}), ["x: mean", "x: max"]),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), ["a", "a (2)"]),
        (pd.DataFrame({"a": [1, 2]}).groupby("a").size(), ["a", "Value"]),
        (pd.DataFrame({1: ["x"], 2: [None]}), ["1", "2"]),
        (pd.DataFrame({"a": pd.to_datetime(["2019-01-02"]), "b": [True]}), ["a", "b"]),
        (pd.DataFrame({"a": pd.Categorical(["x"]), "b": [{"k": 1}]}), ["a", "b"]),
        (pd.crosstab([1, 2], [3, 4]), ["row 0", "3", "4"]),
        (pd.DataFrame({"a": []}), ["a"]),
    ],
)
def test_any_frame_is_a_table(tmp_path, frame, heads):
    made = report(tmp_path).show(frame, "Some", slug="some")
    assert [one.label for one in made.columns] == heads
    assert "<caption" in made.to_html() and len(made.payload()["rows"]) == len(frame)


@pytest.mark.parametrize(
    ("lang", "heads"),
    [
        ("en", ["District", "Commune", "Type of unit", "Land area, km²", "Source"]),
        ("vi", ["Huyện", "Xã", "Loại đơn vị hành chính", "Diện tích, km²", "Nguồn"]),
    ],
)
def test_names_that_were_asked_for_stand_once_and_are_called_as_everywhere(tmp_path, lang, heads):
    codes = {"district_code": ["899"], "commune_code": ["30730"], "source": ["central"]}
    added = {"district_name": ["Rạch Giá"], "commune_name": ["Vĩnh Thanh Vân"]}
    told = {"commune_type": ["phường"], "area_km2": [0.81], "source_words": ["x"]}
    one = report(tmp_path, lang)
    whole = one.show(pd.DataFrame({**codes, **added, **told}), "S", slug="s")
    assert sorted(column.label for column in whole.columns) == sorted(heads)
    alone = one.show(pd.DataFrame({**added, **told}).drop(columns="source_words"), "S", slug="s")
    assert [column.label for column in alone.columns] == heads[:4]


def test_a_long_frame_shows_its_first_rows_and_its_files_have_all(tmp_path):
    made = report(tmp_path).show(pd.DataFrame({"n": range(1200)}), "Many", slug="many")
    assert made.to_html().count("<tr") == MOST_ROWS + 1
    assert "The first 30 of 1,200 rows" in made.to_html() and len(made.payload()["rows"]) == 1200


@pytest.fixture
def controlled(tmp_path, monkeypatch):
    """Return what shows a thing as a cell does in a run under disclosure control."""
    from IPython.core.formatters import DisplayFormatter

    from kgstats.present import tables

    class Shell:
        display_formatter = DisplayFormatter()

    monkeypatch.setattr("IPython.get_ipython", Shell)
    monkeypatch.setattr("sys.stdout", sys.stdout)
    notebook.Report(2019, "en", Workspace(tmp_path), (5, 1)).publish_frames()
    tables.check_with(lambda frame, names: pd.DataFrame({name: frame[name] < 5 for name in names}))
    yield Shell.display_formatter.format
    tables.check_with(None)


FEW = pd.DataFrame({"place": ["a"], "poor": [3]})


@pytest.mark.parametrize("shown", [FEW, FEW["poor"], FEW.style], ids=["frame", "series", "style"])
def test_what_is_withheld_is_refused_and_never_shown_as_it_is(controlled, shown):
    with pytest.raises(WithheldShown, match="poor would show 1 values"):
        controlled(shown)


@pytest.mark.parametrize(
    "shown",
    [HTML(FEW.to_html()), Markdown("3 poor"), Image(b"\x89PNG", format="png"), "3 poor", 3, [3]],
    ids=lambda shown: type(shown).__name__,
)
def test_what_control_cannot_check_is_refused_under_it(controlled, shown):
    with pytest.raises(notebook.NotebookError, match=f"cannot check .* as {type(shown).__name__}:"):
        controlled(shown)


def test_a_table_without_a_name_says_what_is_missing(tmp_path):
    report = notebook.Report(2019, "en", Workspace(tmp_path), (0, 1))
    with pytest.raises(notebook.NotebookError, match=r'report\.show\(frame, "Caption", slug='):
        report.show(FEW)


def test_what_control_can_check_is_shown_under_it(controlled):
    assert DATA_TYPE in controlled(FEW.assign(poor=12))[0]
    assert "said" in controlled(Prose(["said"]))[0]["text/html"]


def test_nothing_is_printed_under_control(tmp_path, monkeypatch):
    monkeypatch.setenv(RUN_VARIABLE, "1")
    (tmp_path / "data" / "raw").mkdir(parents=True)
    start = "from kgstats import notebook\nreport = notebook.start(2019, 'en', (5, 1))\nprint()"
    cells = [nbformat.v4.new_code_cell(one) for one in (start, "print('3 poor')")]
    source = tmp_path / "46_mine.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), source)
    with pytest.raises(execute.NotebookFailed, match=r"\[2\].*cannot check what a cell prints"):
        execute.execute(source, tmp_path / "out" / source.name, {}, workspace=tmp_path)
