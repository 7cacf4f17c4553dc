import json

import pytest

from kgstats.pipeline import collection
from kgstats.pipeline.collection import CollectionError, Read, read_collection, read_notebook


def write(
    folder, name="10_thing", cells=(), parameters='year: int = 2019\nlang: str = "vi"', **meta
):
    made = [{"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": parameters}]
    made += [{"cell_type": "code", "metadata": {}, "source": source} for source in cells]
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": made, "metadata": {"kgstats": meta}}), encoding="utf-8")
    return path


def test_the_collection_is_readable(root):
    notebooks = read_collection(root / "notebooks")
    names = [notebook.name for notebook in notebooks]
    assert {"50_programme_indicators", "60_report_audit"} <= set(names)
    for notebook in notebooks:
        assert notebook.parameters["year"].type == "int"
        assert notebook.parameters["lang"].default == "vi"
        assert notebook.title("vi") != notebook.title("en") != notebook.name
        assert notebook.imports


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
        Read("cells", optional=True, other_years=True),
    )
    assert notebook.needs(["funding"])
    assert not notebook.needs(["audit"])


def test_what_is_made_of_returns_reads_the_ledger_of_its_years(tmp_path):
    def reads(*cells):
        return read_notebook(write(tmp_path, cells=list(cells))).reads

    assert reads('a = report.data("poverty")') == (
        Read("poverty"),
        Read("cells", optional=True, other_years=False),
    )
    several = reads('a = report.by_year("communes")')
    assert several[-1] == Read("cells", optional=True, other_years=True)
    assert reads('a = report.data("poverty")', 'b = report.data("cells")') == (
        Read("poverty"),
        Read("cells"),
    )
    every = reads("tables = report.clean_tables()")
    assert every[:2] == (Read("attainment", optional=True), Read("communes", optional=True))
    assert every[-1] == Read("cells", optional=True)
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
    notebooks = read_collection(root / "notebooks")
    assert [n.name for n in collection.select(notebooks, [name], [])] == ["60_report_audit"]
    left = collection.select(notebooks, [], [name])
    assert len(left) == len(notebooks) - 1


def test_an_unknown_notebook_gets_a_suggestion(root):
    with pytest.raises(CollectionError, match="Did you mean 60_report_audit"):
        collection.select(read_collection(root / "notebooks"), ["60_report_adit"], [])
