"""What notebooks read by name, and where what they show came from."""

from __future__ import annotations

import pandas as pd
import pytest

from kgstats import notebook, registry
from kgstats.analysis import quality
from kgstats.lineage import Cells
from kgstats.present import provenance
from kgstats.present.figures import Figure
from kgstats.present.tables import Column, Table, column
from kgstats.reference import areas, programmes
from kgstats.returns.forms import KEYS
from kgstats.returns.ledger import LEDGER_COLUMNS
from kgstats.workspace import Workspace


def ledger(*cells):
    rows = [
        {
            "file": "a.xlsx", "sheet": "S", "cell": cell, "raw": "1",
            "role": "value" if key else "title", "table": "poverty" if key else None,
            "row_key": key, "column": name,
        }
        for cell, key, name in cells
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(LEDGER_COLUMNS))


def poverty(year, *rows):
    return pd.DataFrame(
        [
            {"year": year, "district_code": district, "commune_code": commune,
             "households_hh": 40, "poor_end_hh": 1}
            for district, commune in rows
        ]
    )  # fmt: skip


@pytest.fixture
def report(tmp_path, monkeypatch):
    place = Workspace(tmp_path)
    for year, rows, cells in (
        (2018, [("908", "30985")], [("B2", "2018/908/30985", "poor_end_hh")]),
        (
            2019,
            [("908", "30985"), ("909", "31018")],
            [
                ("A1", None, None),
                ("C3", "2019/908/30985", "poor_end_hh"),
                ("D3", "2019/908/30985", "households_hh"),
                ("C9", "2019/909/31018", "poor_end_hh"),
            ],
        ),
    ):
        place.processed(year).mkdir(parents=True)
        ledger(*cells).to_parquet(place.data_set("cells_03", year))
        poverty(year, *rows).to_parquet(place.data_set("poverty", year))
    (tmp_path / "data" / "raw").mkdir(exist_ok=True)
    monkeypatch.setenv("KGSTATS_WORKSPACE", str(tmp_path))
    started = notebook.start(2019, "en")
    started.data("poverty")
    started.data("poverty", year=2018)
    return started


@pytest.fixture(autouse=True)
def no_finder_is_left():
    yield
    provenance.find_with(None)


def shown(frame, *names, totals=None, **words):
    columns = [Column("district_code", "District")]
    columns += [column(name, "en", **words) for name in names]
    return Table(frame=frame, slug="s", caption="c", columns=columns, lang="en", totals=totals)


def cells(made):
    made._repr_mimebundle_()
    return [(one.district, one.file, one.cells) for one in made.sources]


DISTRICTS = pd.DataFrame({"district_code": ["908", "909"], "poor_rate_pct": [2.5, 1.0]})


def test_a_row_names_the_cells_of_its_own_keys(report):
    assert cells(shown(DISTRICTS.iloc[:1], "poor_rate_pct")) == [
        ("An Biên", "a.xlsx", ("C3", "D3"))
    ]
    assert cells(shown(DISTRICTS.iloc[1:], "poor_rate_pct")) == [("An Minh", "a.xlsx", ("C9",))]


def test_only_the_columns_that_a_measure_comes_from_are_named(report):
    frame = DISTRICTS.assign(poor_end_hh=1)
    assert cells(shown(frame.iloc[:1], "poor_end_hh")) == [("An Biên", "a.xlsx", ("C3",))]


def test_a_row_without_keys_stands_for_all_and_a_total_for_the_rows_above_it(report):
    province = pd.DataFrame({"district_code": [pd.NA], "poor_end_hh": [2]})
    every = [("An Biên", "a.xlsx", ("C3",)), ("An Minh", "a.xlsx", ("C9",))]
    assert cells(shown(province, "poor_end_hh")) == every
    above = pd.concat([DISTRICTS.iloc[:1].assign(poor_end_hh=1), province], ignore_index=True)
    assert cells(shown(above, "poor_end_hh", totals=[False, True])) == every[:1]


def test_the_year_of_a_row_says_in_which_years_file_it_stands(report):
    frame = DISTRICTS.iloc[[0, 0]].assign(year=[2018, 2019], poor_end_hh=1)
    assert cells(shown(frame, "poor_end_hh")) == [
        ("An Biên", "2018/a.xlsx", ("B2",)),
        ("An Biên", "a.xlsx", ("C3",)),
    ]


def test_a_change_comes_from_the_cells_of_both_its_years(report):
    frame = DISTRICTS.iloc[:1].assign(year=2019, base_year=2018, change_pp=-1.0)
    found = cells(shown(frame, "change_pp", year=2019))
    assert {file for _, file, _ in found} == {"2018/a.xlsx", "a.xlsx"}
    # Without its base year a frame does not say of which year it is the change.
    alone = frame.drop(columns="base_year").assign(before_rate_pct=2.0)
    assert {file for _, file, _ in cells(shown(alone, "change_pp"))} == {"a.xlsx"}
    assert cells(shown(alone, "before_rate_pct", before=2018)) == []


def test_a_column_comes_from_no_table_that_the_page_never_read(report):
    # ``districts`` is a measure of money; here it counts the districts of a table of households.
    place = report.workspace
    key = dict(zip(KEYS["funding"], [2019, "908", "ntm", "c", "s", "k", 2019], strict=True))
    pd.DataFrame([{**key, "allocated_vnd": 1}]).to_parquet(place.data_set("funding", 2019))
    told = ledger(("F7", "2019/908/ntm/c/s/k/2019", "allocated_vnd")).assign(table="funding")
    told.to_parquet(place.data_set("cells_02", 2019))
    frame = DISTRICTS.iloc[:1].assign(districts=1)
    assert cells(shown(frame, "districts")) == []
    report.data("funding")
    assert cells(shown(frame, "districts")) == [("An Biên", "a.xlsx", ("F7",))]


def test_a_frame_without_measures_comes_from_no_cell(report):
    assert cells(shown(DISTRICTS)) == []


def test_a_figure_names_the_cells_of_its_data(report):
    figure = Figure(
        slug="f", title="t", alternative="a", svg="<svg/>", lang="en",
        table=shown(DISTRICTS.iloc[1:], "poor_rate_pct"),
    )  # fmt: skip
    assert cells(figure) == [("An Minh", "a.xlsx", ("C9",))]
    assert figure._repr_mimebundle_()["text/html"].count("provenance") == 1


def test_what_was_found_about_a_column_or_a_sheet_names_the_cells_of_the_sheet():
    cells = ledger(("A1", None, None), ("C3", "2019/908/30985", "poor_end_hh"))
    for cell in ("M1", ""):
        found = pd.DataFrame({"file": ["a.xlsx"], "sheet": ["S"], "cell": [cell], "rule": ["r"]})
        read = {"cells": cells, "findings": found}.__getitem__
        made = Cells(lambda name, year, read=read: read(name), 2019)
        assert made.of(found.assign(message="m"), ["message"])[2019]["cell"].tolist() == [
            "A1",
            "C3",
        ]
    exact = pd.DataFrame({"file": ["a.xlsx"], "sheet": ["S"], "cell": ["C3"], "rule": ["r"]})
    made = Cells(lambda name, year: {"cells": cells, "findings": exact}[name], 2019)
    assert made.of(exact.assign(message="m"), ["message"])[2019]["cell"].tolist() == ["C3"]


def test_names_and_areas_are_joined_for_the_asking(root, tmp_path):
    here = Workspace(tmp_path)
    path = here.data_set("poverty", 2019)
    path.parent.mkdir(parents=True)
    poverty(2019, ("908", "30985"), ("908", "30988")).to_parquet(path)
    for lang in ("vi", "en"):
        told = notebook.Report(2019, lang, here).data("poverty", names=True)
        assert list(told.columns[:5]) == [
            "year", "district_code", "district_name", "commune_code", "commune_name"
        ]  # fmt: skip
        assert told["commune_name"].tolist() == ["Thứ Ba", "Tây Yên"]
        assert told["commune_type"].tolist() == ["thị trấn", "xã"] and (told["area_km2"] > 0).all()
    assert "commune_name" not in notebook.Report(2019, "vi", here).data("poverty")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_columns_of_a_table_are_described(tmp_path, lang):
    told = notebook.Report(2019, lang, Workspace(tmp_path)).describe("funding")
    assert told.loc["plan_year", "highest"] == 2019 and told["definition"].str.len().min() > 3
    with pytest.raises(notebook.NotebookError, match="there are: attainment"):
        notebook.Report(2019, lang, Workspace(tmp_path)).describe("poverti")


def test_the_columns_of_a_result_are_described(tmp_path):
    result = pd.DataFrame({"poor_rate_pct": [2.69], "programme": ["ntm"], "of_my_own": [1]})
    told = notebook.Report(2019, "vi", Workspace(tmp_path)).describe(result)
    assert told.loc["poor_rate_pct", "unit"] == "%"
    assert told.loc["poor_rate_pct", "from"] == "poverty.poor_end_hh, poverty.households_hh"
    assert told.loc["programme", "definition"].startswith("Chương trình: ")
    assert told.loc["of_my_own"].tolist()[1:] == ["", "", ""]


def test_what_was_transcribed_declared_or_listed_has_the_columns_that_are_described(root):
    report = notebook.Report(2019, "en", Workspace(root))
    read = {
        "corrections": report.corrections(),
        "deliveries": report.deliveries(),
        "listed_units": areas.units(2019),
        "district_events": programmes.district_units(2019),
        "thresholds": quality.thresholds(2019),
    }
    transcribed = [
        name for name, one in registry.given().items() if one.made_from == "transcription"
    ]
    read |= {name: report.data(name) for name in transcribed}
    assert {name: [*report.describe(name).index] for name in read} == {
        name: [*frame] for name, frame in read.items()
    }


def test_what_is_not_there_is_made_where_it_is_missed(root, tmp_path, capfd):
    returns = tmp_path / "data" / "raw" / "2019" / "returns"
    returns.mkdir(parents=True)
    name = "TanHiep_Bieu_03_2019.xlsx"
    (returns / name).write_bytes((root / "data/raw/2019/returns" / name).read_bytes())
    report = notebook.Report(2019, "en", Workspace(tmp_path))
    assert len(report.make("poverty")) == 11
    assert "kgstats clean --year 2019" in capfd.readouterr().out
    with pytest.raises(notebook.NotebookError, match="did not make poverty of 2031"):
        report.make("poverty", year=2031)
    with pytest.raises(notebook.NotebookError, match="there is no data set 'x'"):
        report.make("x")
