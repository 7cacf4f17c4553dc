"""A notebook's own words in both languages, from the file beside it."""

from __future__ import annotations

import pytest

from kgstats import notebook
from kgstats.pipeline import graph
from kgstats.workspace import NOTEBOOK_VARIABLE, RUN_VARIABLE, Workspace

GOOD = "key,vi,en\npoor,Còn {n} hộ,{n} households left\nWells,Giếng,\n"


@pytest.fixture
def report(tmp_path, monkeypatch):
    def made(text, lang="vi"):
        (tmp_path / "46_mine.words.csv").write_text(text, encoding="utf-8")
        return notebook.Report(2019, lang, Workspace(tmp_path))

    monkeypatch.setenv(NOTEBOOK_VARIABLE, str(tmp_path / "46_mine.ipynb"))
    return made


def test_own_words_come_first_and_the_products_after(report):
    vi, en = report(GOOD), report(GOOD, "en")
    assert (vi.t("poor", n=3), en.t("poor", n=3)) == ("Còn 3 hộ", "3 households left")
    assert (vi.t("Wells"), en.t("Wells")) == ("Giếng", "Wells")
    assert vi.t("Commune") == "Xã"
    with pytest.raises(notebook.NotebookError, match="'n' open"):
        vi.t("poor", m=3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("key,vi\na,b\n", "line 1: the columns must be key, vi, en"),
        (GOOD + "Wells,Giếng khoan,\n", "line 4: the key 'Wells' is there twice"),
        (GOOD + "more,,more\n", "line 4: “more” has no Vietnamese"),
        (GOOD + "a,{x},{y}\n", r"line 4: open words differ: \['x'\] in vi, \['y'\] in en"),
        (GOOD + "a,hộ nghèo, cận nghèo,poor\n", "line 4: 4 values instead of 3; quote commas"),
        (GOOD + "a,{x,{x}\n", "line 4: a brace is not closed"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(report, text, said):
    with pytest.raises(notebook.NotebookError, match=f"46_mine.words.csv, {said}"):
        report(text).t("Commune")


def test_a_text_without_vietnamese_is_told_and_stops_a_run(report, monkeypatch, capsys):
    monkeypatch.delenv(RUN_VARIABLE, raising=False)
    assert report(GOOD).t("unheard of") == "unheard of"
    assert (
        "“unheard of” has no Vietnamese: add a line to 46_mine.words.csv" in capsys.readouterr()[1]
    )
    monkeypatch.setenv(RUN_VARIABLE, "1")
    assert report(GOOD, "en").t("unheard of") == "unheard of"
    with pytest.raises(notebook.NotebookError, match=r"46_mine\.words\.csv"):
        report(GOOD).t("unheard of")


def test_a_change_of_words_makes_its_own_notebook_again_and_no_other(root, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "raw").symlink_to(root / "data" / "raw")
    (tmp_path / "notebooks").mkdir()
    for name in ("30_funding_gaps", "90_quality"):
        source = root / "notebooks" / f"{name}.ipynb"
        (tmp_path / "notebooks" / source.name).write_bytes(source.read_bytes())
    words = tmp_path / "notebooks" / "30_funding_gaps.words.csv"
    words.write_text(GOOD, encoding="utf-8")
    steps = graph.make_plan(Workspace(tmp_path), 2019).steps
    assert {one.id for one in steps if words in one.needs} == {
        "run-30_funding_gaps-vi", "run-30_funding_gaps-en"
    }  # fmt: skip
