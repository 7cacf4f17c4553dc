import json

import pytest

from kgstats.pipeline import collection
from kgstats.pipeline.collection import CollectionError, Read, read_collection, read_notebook


def write(
    folder,
    name="10_thing",
    cells=(),
    parameters='year: int = 2019\nlang: str = "vi"',
    title="",
    **meta,
):
    made = [{"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": parameters}]
    if title:
        made.append({"cell_type": "markdown", "metadata": {}, "source": f"# {title}"})
    made += [{"cell_type": "code", "metadata": {}, "source": source} for source in cells]
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": made, "metadata": {"kgstats": meta}}), encoding="utf-8")
    return path


def test_the_collection_is_readable(root):
    notebooks = read_collection(root / "notebooks").notebooks
    names = [notebook.name for notebook in notebooks]
    assert {"50_programme_indicators", "60_report_audit"} <= set(names)
    for notebook in notebooks:
        assert notebook.parameters["year"].type == "int"
        assert notebook.parameters["lang"].default == "vi"
        assert notebook.title("vi") != notebook.title("en") != notebook.name
        assert notebook.imports


@pytest.mark.parametrize(
    ("name", "slug"), [("60_report_audit", "report-audit"), ("70", "70"), ("my_page", "my-page")]
)
def test_every_page_has_a_name(tmp_path, name, slug):
    assert read_notebook(write(tmp_path, name=name)).slug == slug


def test_reads_are_found_in_the_code(tmp_path):
    notebook = read_notebook(
        write(
            tmp_path,
            cells=[
                'a = report.data("funding")\nb = report.data("audit", optional=True)',
                'c = report.data("poverty", year=year - 1)',
            ],
        )
    )
    assert notebook.reads == (
        Read("funding"),
        Read("audit", optional=True),
        Read("poverty", optional=True, other_years=True),
        Read("cells_02", optional=True),
        Read("cells_03", optional=True, other_years=True),
    )
    assert notebook.needs(["funding"])
    assert not notebook.needs(["audit"])


def test_what_is_made_of_returns_reads_the_ledger_of_its_forms_and_years(tmp_path):
    def reads(*cells):
        return read_notebook(write(tmp_path, cells=list(cells))).reads

    assert reads('a = report.data("poverty")') == (
        Read("poverty"),
        Read("cells_03", optional=True),
    )
    several = reads('a = report.by_year("communes")')
    assert several[-1] == Read("cells_01", optional=True, other_years=True)
    assert reads('a = report.data("poverty")', 'b = report.data("cells")') == (
        Read("poverty"),
        Read("cells"),
        Read("cells_03", optional=True),
    )
    every = reads("tables = report.clean_tables()")
    assert every[:2] == (Read("attainment", optional=True), Read("communes", optional=True))
    assert [read.name for read in every[-3:]] == ["cells_01", "cells_02", "cells_03"]
    # The printed report stands in no cell of a return.
    assert reads('a = report.data("figures")') == (Read("figures"),)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('report.data("fundings")', "takes the name of a data set"),
        ("report.data(name)", "takes the name of a data set"),
        ("for", "is not Python"),
    ],
)
def test_a_notebook_that_breaks_a_rule_is_named(tmp_path, source, message):
    with pytest.raises(CollectionError, match=message) as error:
        read_notebook(write(tmp_path, cells=[source]))
    assert "10_thing.ipynb" in str(error.value)


@pytest.mark.parametrize("parameters", ["year = 2019", "year: list = []", "year: int", "print()"])
def test_parameters_must_be_typed(tmp_path, parameters):
    with pytest.raises(CollectionError, match=r"10_thing\.ipynb"):
        read_notebook(write(tmp_path, parameters=parameters))


def test_not_a_notebook(tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(CollectionError, match="is not a notebook"):
        read_notebook(path)


@pytest.fixture
def notebook(tmp_path):
    return read_notebook(
        write(
            tmp_path,
            parameters="year: int = 2019\nlang: str = 'vi'\ncriterion: int | None = None\n"
            "share: float = 0.5\nflag: bool = False",
        )
    )


def test_values_become_their_type(notebook):
    given = {"year": "2020", "criterion": "17", "share": "1", "flag": "true"}
    assert notebook.arguments(given) == {"year": 2020, "criterion": 17, "share": 1.0, "flag": True}
    assert notebook.arguments({"criterion": None}) == {"criterion": None}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"criterium": 3}, "no parameter 'criterium'.*Did you mean criterion"),
        ({"year": "this"}, "year must be a whole number"),
        ({"year": 19}, "year must be a year"),
        ({"year": True}, "year must be a whole number"),
        ({"lang": "fr"}, "lang must be one of vi, en"),
        ({"flag": 1}, "flag must be true or false"),
        ({"year": None}, "year must be a whole number"),
    ],
)
def test_a_wrong_parameter_is_refused_with_advice(notebook, given, message):
    with pytest.raises(CollectionError, match=message):
        notebook.arguments(given)


@pytest.mark.parametrize("name", ["60", "60_report_audit", "report_audit", "report-audit"])
def test_notebooks_are_found_by_any_part_of_their_name(root, name):
    notebooks = read_collection(root / "notebooks").notebooks
    assert [n.name for n in collection.select(notebooks, [name], [])] == ["60_report_audit"]
    left = collection.select(notebooks, [], [name])
    assert len(left) == len(notebooks) - 1


def test_an_unknown_notebook_gets_a_suggestion(root):
    with pytest.raises(CollectionError, match="Did you mean 60_report_audit"):
        collection.select(read_collection(root / "notebooks").notebooks, ["60_report_adit"], [])


def test_a_number_that_two_notebooks_have_names_neither(tmp_path):
    """The first of them would be made, and who asked for the other would not hear of it."""
    for name in ("45_over_the_years", "45_poor_and_behind"):
        write(tmp_path, name, title="T")
    notebooks = read_collection(tmp_path).notebooks
    with pytest.raises(CollectionError, match="45_over_the_years or 45_poor_and_behind"):
        collection.select(notebooks, ["45"], [])
    chosen = collection.select(notebooks, ["45_poor_and_behind"], [])
    assert [one.name for one in chosen] == ["45_poor_and_behind"]


def test_a_notebook_that_is_no_page_yet_is_left_out_and_told(tmp_path):
    write(tmp_path, "20_good", title="Good")
    write(tmp_path, "Untitled", title="Mine")
    write(tmp_path, "Untitled3", title="Mine")
    write(tmp_path, "draft_idea", title="Mine")
    write(tmp_path, "20_good-Copy1", title="Good")
    write(tmp_path, "30_marked", title="Mine", draft=True)
    write(tmp_path, "40_nameless")
    write(tmp_path, "50_one_language", title="Mine", parameters="year: int = 2019")
    write(tmp_path, "60_computed", title="Mine", parameters="year: int = int('2019')")
    write(tmp_path, "70_each", title="Mine", each="district")
    write(tmp_path, "90_good", title="The same page")
    (tmp_path / "80_garbage.ipynb").write_bytes(b"\xff\x00{")
    (tmp_path / "81_list.ipynb").write_text('{"cells": [1, 2]}')
    (tmp_path / "82_empty.ipynb").write_bytes(b"")
    (tmp_path / "83_folder.ipynb").mkdir()
    found = read_collection(tmp_path)
    assert [one.name for one in found.notebooks] == ["20_good"]
    said = found.left_out
    assert len(said) == 14
    for name in ("Untitled", "Untitled3", "draft_idea", "20_good-Copy1", "30_marked"):
        assert f"{name}.ipynb is a draft" in said[name]
    assert "no title" in said["40_nameless"]
    assert "no parameter lang" in said["50_one_language"]
    assert "must be written out" in said["60_computed"]
    assert "for each district" in said["70_each"]
    assert "the same page as 20_good.ipynb" in said["90_good"]
    for name in ("80_garbage", "81_list", "82_empty", "83_folder"):
        assert name in said[name]


@pytest.mark.parametrize(
    "name", ["20_copying", "25_untitled_land", "10_drafting_rules", "30_copy2"]
)
def test_ordinary_names_that_sound_like_drafts_are_pages(tmp_path, name):
    write(tmp_path, name, title="Good")
    assert [one.name for one in read_collection(tmp_path).notebooks] == [name]


def test_what_jupyterlab_saves_is_no_change(tmp_path):
    path = write(tmp_path, cells=["a = 1"], title="Good")
    before = collection.digest(path)
    told = json.loads(path.read_text(encoding="utf-8"))
    told["metadata"] |= {"kernelspec": {"name": "other"}, "language_info": {"version": "3.14"}}
    for number, cell in enumerate(told["cells"]):
        cell["metadata"] |= {"jupyter": {"source_hidden": True}, "execution": {"t": 1}}
        if cell["cell_type"] == "code":
            cell |= {"execution_count": number, "outputs": [{"output_type": "stream"}]}
    path.write_text(json.dumps(told, indent=4), encoding="utf-8")
    assert collection.digest(path) == before
    told["cells"][-1]["source"] = "a = 2"
    path.write_text(json.dumps(told), encoding="utf-8")
    assert collection.digest(path) != before


def test_a_tag_is_a_change(tmp_path):
    path = write(tmp_path, cells=["a = 1"], title="Good")
    before = collection.digest(path)
    told = json.loads(path.read_text(encoding="utf-8"))
    told["cells"][-1]["metadata"]["tags"] = ["lab-only"]
    path.write_text(json.dumps(told), encoding="utf-8")
    assert collection.digest(path) != before
