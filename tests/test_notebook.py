"""What notebooks read by name, and where what they show came from."""

from __future__ import annotations

import pandas as pd
import pytest

from kgstats import notebook
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, table
from kgstats.returns.ledger import LEDGER_COLUMNS
from kgstats.workspace import Workspace


def ledger(year, *cells):
    rows = [
        {
            "file": "a.xlsx",
            "sheet": "S",
            "cell": cell,
            "raw": "1",
            "role": "value" if key else "title",
            "table": "poverty" if key else None,
            "row_key": key,
            "column": "poor_end_hh" if key else None,
        }
        for cell, key in cells
    ]
    return pd.DataFrame(rows, columns=list(LEDGER_COLUMNS))


@pytest.fixture
def report(tmp_path, monkeypatch):
    for year, cells in {
        2018: [("B2", "2018/908/30985")],
        2019: [("A1", None), ("C3", "2019/908/30985")],
    }.items():
        place = Workspace(tmp_path).data_set("cells", year)
        place.parent.mkdir(parents=True)
        ledger(year, *cells).to_parquet(place)
    (tmp_path / "data" / "raw").mkdir(exist_ok=True)
    monkeypatch.setenv("KGSTATS_WORKSPACE", str(tmp_path))
    return notebook.start(2019, "en")


def poverty(year):
    keys = {"year": [year], "district_code": ["908"], "commune_code": ["30985"]}
    return pd.DataFrame({**keys, "poor_end_hh": [1]})


def shown():
    columns = [Column("a", "A")]
    return table(pd.DataFrame({"a": [1]}), slug="s", caption="c", columns=columns, lang="en")


def test_one_source_serves_many(report):
    from_end = report.from_cells(poverty(2019), ["poor_end_hh"])
    for made in (from_end(shown()), from_end(shown())):
        (found,) = made.sources
        assert (found.district, found.file, found.cells) == ("An Biên", "a.xlsx", ("C3",))


def test_two_years_name_the_files_of_both(report):
    years = {2018: poverty(2018), 2019: poverty(2019)}
    made = report.from_cells(years, ["poor_end_hh"])(shown())
    assert [(one.file, one.cells) for one in made.sources] == [
        ("2018/a.xlsx", ("B2",)),
        ("a.xlsx", ("C3",)),
    ]
    assert len(report.from_cells(list(years.values()), ["poor_end_hh"])(shown()).sources) == 2


def test_words_in_place_of_a_table_stay_as_they_are(report):
    words = Prose(["Nothing."])
    assert report.from_cells(poverty(2019), ["poor_end_hh"])(words) is words
    assert report.from_cells(pd.DataFrame(), ["poor_end_hh"])(shown()).sources == []


def test_tables_about_files_name_every_cell(report):
    (found,) = report.from_files(report.data("cells"))(shown()).sources
    assert (found.district, found.cells) == ("An Biên", ("A1", "C3"))
