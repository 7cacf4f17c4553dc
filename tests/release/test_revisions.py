"""Final releases, and what a publication says has changed since the last one."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from tests.pipeline import tiny
from typer.testing import CliRunner

from illustrative.write import write
from kgstats.pipeline import graph, records, run
from kgstats.release import final, revisions
from kgstats.workspace import Workspace


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Workspace:
    """Fifteen districts' faultless returns, published with a page of tables."""
    folder = tmp_path_factory.mktemp("r")
    workspace = Workspace(folder)
    write(2019, workspace.returns(2019), mess=0)
    (workspace.year_raw(2019) / "origin.yml").write_text("illustrative: true\n", encoding="utf-8")
    tiny.notebook(folder / "notebooks" / "01_money.ipynb", tiny.MONEY, tiny.FILES)
    root = Path(__file__).parents[2]
    shutil.copy(root / "notebooks" / "10_clean_returns.ipynb", folder / "notebooks")
    return workspace


def make(place: Workspace) -> None:
    outcome = run.run(graph.make_plan(place, 2019, languages=["vi"]))
    assert outcome.complete, outcome.failed


def kgstats(*given: str):
    from typer import Typer

    from kgstats.release import commands

    app = Typer()
    commands.register(app)
    return CliRunner().invoke(app, [*given])


def test_from_release_to_revision(place):
    root = str(place.root)
    with pytest.raises(final.NotReleased, match="nothing is published"):
        final.release(place, 2019, None, by="A", note="b")
    make(place)
    record = records.last_run(place, 2019)
    assert record is not None and record["lacking"] == []
    with pytest.raises(final.NotReleased, match="--by and --note"):
        final.release(place, 2019, record, by="", note=" ")
    done = kgstats(
        *("release", "--year", "2019", "--final", "--by", "Phòng Thống kê"),
        *("--note", "Ông A quyết định", "--workspace", root),
    )
    assert done.exit_code == 0, done.output + str(done.exception)
    (first,) = final.releases(place, 2019)
    kept = tiny.published(place)
    assert (first / "html" / "vi" / "money.html").is_file()
    assert final.about(first)["note"] == "Ông A quyết định"
    # The same once more is no release.
    with pytest.raises(final.NotReleased, match="nothing changed since final release 1"):
        final.release(place, 2019, record, by="A", note="b")

    # A district sends again: one commune has more poor households.
    workbook, district, cell = _spoil(place)
    make(place)
    page = (place.outputs(2019) / "html" / "vi" / "changes.html").read_text(encoding="utf-8")
    assert "So với bản chính thức số 1 ngày" in page
    assert f"data/raw/2019/returns/{workbook.name} đã thay đổi ({cell}: " in page
    assert "changes.html" in (place.outputs(2019) / "html/vi/index.html").read_text("utf-8")
    with (place.outputs(2019) / "tables/vi/changes.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert rows
    own = [row for row in rows if district in row["row"]]
    assert own and all(row["before"] != row["after"] for row in own)
    assert all(workbook.name in row["causes"] for row in rows)

    said = kgstats("compare", "1", "now", "--year", "2019", "--workspace", root)
    assert said.exit_code == 0 and f"{len(rows)} figures differ" in said.output
    same = kgstats("compare", "now", "now", "--year", "2019", "--workspace", root)
    assert same.output == "0 figures differ\n"
    assert kept != tiny.published(place)


def _spoil(place: Workspace) -> tuple[Path, str, str]:
    """Have one district send a workbook in which a count does not tally."""
    import pandas as pd

    from kgstats.release.commands import names

    cells = pd.read_parquet(place.data_set("cells", 2019))
    poor = cells[(cells["column"] == "poor_end_hh") & cells["file"].str.endswith(".xlsx")]
    one = poor[poor["role"] == "value"].iloc[0]
    path = place.returns(2019) / one["file"]
    book = openpyxl.load_workbook(path)
    cell = book[one["sheet"]][one["cell"]]
    cell.value = int(cell.value) + 7
    book.save(path)
    return path, names(2019)[one["row_key"].split("/")[1]], f"{one['sheet']}!{one['cell']}"


def table(folder: Path, page: str, slug: str, text: str, steps: list[dict], **more) -> Path:
    path = folder / "tables" / "vi" / page / f"{slug}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8-sig")
    (folder / "run.json").write_text(json.dumps({"steps": steps, **more}), encoding="utf-8")
    return folder


def steps(page: str, **inputs: str) -> list[dict]:
    table = "data/processed/2019/poverty.parquet"
    return [
        {
            "step": "clean",
            "inputs": inputs,
            "products": {table: "x"},
            "parameters": {},
            "code": "c",
        },
        {
            **{"step": "run-a", "inputs": {table: "x"}, "parameters": {"year": 2019}, "code": "d"},
            "products": {f".kgstats/build/2019/html/vi/{page}.html": "y"},
        },
    ]


def test_rows_are_known_by_what_heads_them(tmp_path):
    returns = "data/raw/2019/returns/a.xls"
    one = table(
        tmp_path / "one",
        *(
            "p",
            "t",
            "District,Commune,Poor,Note\nAn Biên,Tây Yên,12,x\nAn Biên,Đông Yên,5,\n\nNote",
        ),
        steps("p", **{returns: "1"}),
    )
    two = table(
        tmp_path / "two",
        *("p", "t", "District,Commune,Poor,Note\nAn Biên,Đông Yên,6,\nAn Biên,Tây Yên,12,x\n"),
        steps("p", **{returns: "2"}),
    )
    (change,) = revisions.compare(one, two, "vi")
    assert (change.row, change.column) == ("An Biên · Đông Yên", "Poor")
    assert (change.before, change.after, change.difference) == ("5", "6", 1.0)
    assert change.causes == (f"{returns} đã thay đổi",)
    assert list(revisions.lines([change], "vi")) == [
        f"p/t, An Biên · Đông Yên, Poor: 5 → 6 (+1) vì {returns} đã thay đổi"
    ]


def test_a_code_heads_its_row_where_the_table_says_that_it_is_a_text(tmp_path):
    made = []
    for number in (5, 6):
        text = f"District,Code,Poor\nAn Biên,908,{number}\n"
        folder = table(tmp_path / str(number), "p", "t", text, steps("p"))
        columns = [{"datatype": kind} for kind in ("string", "string", "integer")]
        told = {"tables": [{"url": "t.csv", "tableSchema": {"columns": columns}}]}
        (folder / "tables/vi/p/csv-metadata.json").write_text(json.dumps(told), encoding="utf-8")
        made.append(folder)
    (change,) = revisions.compare(*made, "vi")
    assert (change.row, change.column) == ("An Biên · 908", "Poor")


def test_each_kind_of_cause_is_named(tmp_path):
    text = "Where,Poor\nX,{}\n"
    one = table(tmp_path / "one", "p", "t", text.format(1), steps("p"), packages={"pandas": "3.0"})
    later = steps("p", **{"data/raw/2019/corrections.yml": "1"})
    later[0]["code"] = "other"
    two = table(
        tmp_path / "two",
        *("p", "t", text.format(2), later),
        packages={"pandas": "3.1"},
        code={"src/kgstats/reference/data/poverty_standards.csv": "1", "src/kgstats/a.py": "2"},
    )
    (change,) = revisions.compare(one, two, "vi")
    assert change.causes == (
        "data/raw/2019/corrections.yml mới có",
        "mã lệnh src/kgstats/a.py đã thay đổi",
        "chuẩn hoặc dữ liệu tham chiếu src/kgstats/reference/data/poverty_standards.csv"
        " đã thay đổi",
        "pandas: 3.0 thành 3.1",
    )


@pytest.mark.parametrize("files", [5, 7])
def test_of_many_changed_files_of_code_the_first_are_named(tmp_path, files):
    text = "Where,Poor\nX,{}\n"
    one = table(tmp_path / "one", "p", "t", text.format(1), steps("p"))
    later = steps("p")
    later[0]["code"] = "other"
    code = {f"src/kgstats/m{n}.py": "2" for n in range(files)}
    two = table(tmp_path / "two", "p", "t", text.format(2), later, code=code)
    (change,) = revisions.compare(one, two, "vi")
    named = tuple(f"mã lệnh {name} đã thay đổi" for name in list(code)[:5])
    assert change.causes[:5] == named
    assert len(change.causes) == min(files, 6) and (files == 5 or " 2 " in change.causes[5])


@pytest.fixture
def two_that_sent_again(tmp_path):
    """Two publications between which An Biên and An Minh each changed a commune's value."""
    names = {"908": "An Biên", "909": "An Minh", "910": "Vĩnh Thuận", "1": "Tây Yên", "2": "Vân"}
    text = "Where,Poor\nAn Biên,{0}\nAn Minh,{0}\nAn Biên · Tây Yên,{0}\nVĩnh Thuận,{0}\nAll,{0}\n"
    made = []
    for number in (1, 2):
        inputs = {f"data/raw/2019/returns/{name}.xls": str(number) for name in ("b", "m")}
        folder = table(tmp_path / str(number), "p", "t", text.format(number), steps("p", **inputs))
        rows = [f"b.xls,S,C{row},{number}00,value,poverty,2019/908/{row},n" for row in range(1, 8)]
        rows += [f"m.xls,S,C9,{number},value,poverty,2019/909/2,n"]
        rows += ["m.xls,S,C10,5,value,poverty,2019/909/9,n"]
        cells = folder / "tables" / "clean" / "cells.csv"
        cells.parent.mkdir()
        head = "file,sheet,cell,raw,role,table,row_key,column"
        cells.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
        made.append(folder)
    return [*made, names]


def test_a_row_is_caused_by_its_own_return_and_cells_where_those_changed(two_that_sent_again):
    before, after, names = two_that_sent_again
    causes = {one.row: one.causes for one in revisions.compare(before, after, "vi", names=names)}
    (biên,) = causes["An Biên"]
    assert biên.startswith("data/raw/2019/returns/b.xls đã thay đổi (S!C1: 100 → 200; S!C2: ")
    assert biên.endswith("S!C5: 100 → 200; và 2 ô khác)")
    assert causes["An Minh"] == ("data/raw/2019/returns/m.xls đã thay đổi (S!C9: 1 → 2)",)
    assert causes["An Biên · Tây Yên"] == (
        "data/raw/2019/returns/b.xls đã thay đổi (S!C1: 100 → 200)",
    )
    # Neither is theirs: a share of a sum, and the sum.
    assert len(causes["Vĩnh Thuận"]) == len(causes["All"]) == 2


def test_a_table_that_is_new_or_gone_is_told(tmp_path):
    one = table(tmp_path / "one", "p", "t", "Where,Poor\nX,1\n", steps("p"))
    two = table(tmp_path / "two", "p", "u", "Where,Poor\nX,1\n", steps("p"))
    told = {(c.table, c.before, c.after) for c in revisions.compare(one, two, "vi")}
    assert told == {("t", "1", ""), ("u", "", "1")}


def test_what_is_no_publication_is_said(tmp_path):
    with pytest.raises(revisions.NoPublication, match="holds no publication"):
        revisions.compare(tmp_path, tmp_path, "vi")
