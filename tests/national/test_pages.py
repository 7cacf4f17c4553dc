"""The pages that compare provinces: made with the tables, kept while those are the same."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
from lxml import html
from tests.in_process import Notebook, undrawn
from tests.national import small
from typer.testing import CliRunner

from kgstats import cli, words
from kgstats.national import pages, reading, written
from kgstats.notebook.view import NotebookError
from kgstats.pipeline import execute
from kgstats.reference import province
from kgstats.workspace import Workspace


@pytest.fixture(autouse=True)
def back_to_the_project():
    yield
    province.use(None)


@pytest.fixture(scope="module")
def two(tmp_path_factory) -> list[Workspace]:
    folder = tmp_path_factory.mktemp("provinces")
    city = small.lay_out(folder / "city", small.CITY, {2019: 4})
    south = small.lay_out(folder / "south", small.SOUTH, {2019: 5}, silent=1, illustrative=False)
    # A table that cannot be taken costs its figures alone.
    south.data_set("funding", 2019).unlink()
    small.lay_out(folder / "later", "04", {2020: 3})
    return [city, south]


def collect(*options: object):
    if not cli.app.registered_commands or "collect" not in {
        one.callback.__name__ for one in cli.app.registered_commands if one.callback
    }:
        cli._add_areas()
    return CliRunner().invoke(cli.app, ["collect", *map(str, options)])


def named(places: list[Workspace]) -> list[object]:
    return [part for place in places for part in ("--workspace", place.root)]


@pytest.fixture(scope="module")
def made(two, tmp_path_factory):
    """A collection of 2019 with its pages in both languages, and what the command said."""
    out, before = tmp_path_factory.mktemp("national") / "out", dict(os.environ)
    told = collect(*named(two), "--year", 2019, "--out", out)
    # Variables left behind would be those of whoever comes next in this process.
    changed = {name for name, value in os.environ.items() if before.get(name) != value}
    assert not changed - {"PYTEST_CURRENT_TEST"}
    return out, told


def page(out: Path, lang: str):
    path = out / "pages" / "2019" / "html" / lang / "provinces.html"
    return html.fromstring(path.read_text(encoding="utf-8"))


def test_what_could_be_put_together_is_there_and_the_rest_is_said(made):
    out, told = made
    assert told.exit_code == 1, told.output
    assert "left out: south 2019: funding is not taken: it is not there" in told.output
    assert f"vi: {out}/pages/2019/html/vi/index.html" in told.output
    assert (out / "pages" / "index.html").is_file()


def test_pages_of_provinces_have_no_citys_words(two, tmp_path, monkeypatch):
    """Nor has the kernel of a notebook that is opened in a city's folder."""
    said = []
    monkeypatch.setattr(pages, "make", lambda *_: said.append(words.local("toàn tỉnh", "vi")))
    out = tmp_path / "out"
    collect(*named(two[:1]), "--year", 2019, "--out", out)
    province.use(two[0])
    assert words.local("toàn tỉnh", "vi") == "toàn thành phố"
    reading.start(2019, "vi", str(out))
    assert [*said, words.local("toàn tỉnh", "vi")] == ["toàn tỉnh"] * 2


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_says_of_whom_it_is_and_who_is_illustrative(made, lang):
    text = " ".join(page(made[0], lang).text_content().split())
    banner = page(made[0], lang).find_class("banner")[0].text_content()
    assert "Đà Nẵng" in banner
    assert "Hậu Giang" not in banner
    assert {"vi": "Xã được công nhận đạt chuẩn", "en": "Communes recognised"}[lang] in text
    assert "Kiên Giang" not in text
    names = page(made[0], lang).xpath('//main//*[@lang="vi"]/text()')
    assert ("Đà Nẵng" in names) == (lang == "en")


def test_files_of_the_tables_have_the_code_of_the_province(made):
    files = made[0] / "pages" / "2019" / "tables" / "en"
    rows = (files / "provinces" / "provinces-communes.csv").read_text("utf-8-sig").splitlines()
    assert rows[1].startswith("Province,Province code,Rural communes") or "Province code" in rows[0]
    assert any(row.startswith("Đà Nẵng,48,11,11,6,") for row in rows)


def test_a_table_says_from_which_rows_of_which_workspace_it_comes(made):
    said = " ".join(
        " ".join(one.text_content().split()) for one in page(made[0], "en").find_class("provenance")
    )
    count = len(reading.Collected(made[0], 2019, "en").table("communes", province_code="93"))
    assert "Đà Nẵng: city › poverty 2019: 56 rows" in said
    assert f"Hậu Giang: south › communes 2019: {count} rows" in said
    assert "city › funding 2019: 7 rows" in said
    assert "south › funding" not in said


def test_no_place_on_a_machine_is_told(made, two):
    for path in made[0].rglob("*"):
        if path.is_file() and path.suffix != ".xlsx":
            assert str(two[0].root.parent.parent).encode() not in path.read_bytes(), path


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_again_runs_no_notebook_and_gives_the_same_bytes(made, two, monkeypatch):
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a notebook was run")

    monkeypatch.setattr(execute, "execute", never)
    before = digests(made[0])
    told = collect(*named(two), "--year", 2019, "--out", made[0])
    assert told.exit_code == 1, told.output
    assert digests(made[0]) == before


def test_a_notebook_that_stops_costs_the_pages_alone(two, tmp_path, monkeypatch):
    def stop(source: Path, target: Path, arguments: object, *, workspace: Path) -> None:
        failure = execute.Failure(source.stem, {}, 3, "Money", "ValueError: no", "", "")
        raise execute.NotebookFailed(failure)

    monkeypatch.setattr(execute, "execute", stop)
    told = collect(*named(two[:1]), "--out", tmp_path / "out", "--lang", "vi")
    assert told.exit_code == 1
    assert "provinces of 2019 stopped in cell [3] (under “Money”): ValueError: no" in told.output
    assert written.is_collection(tmp_path / "out")
    assert not (tmp_path / "out" / "pages").exists()


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--tables-only"], 0, "1 provinces, 1 years"),
        (["--tables-only", "--year", "2018-2019", "--workspace", "later"], 4, "later: nothing was"),
        (["--tables-only", "--workspace", "nowhere"], 2, "nowhere"),
        (["--year", "nineteen"], 2, "--year must be"),
        (["--lang", "fr"], 2, "--lang must be"),
    ],
)
def test_the_exit_code_says_what_came_of_it(two, tmp_path, options, code, said):
    told = [two[0].root.parent / one if one in ("later", "nowhere") else one for one in options]
    found = collect(*named(two[:1]), "--out", tmp_path / "out", *told)
    assert found.exit_code == code, found.output
    assert said in found.output
    assert not (tmp_path / "out" / "pages").exists()


def test_where_nothing_is_to_be_taken_all_stays_as_it_was(two, tmp_path):
    assert collect(*named(two[:1]), "--out", tmp_path / "out", "--tables-only").exit_code == 0
    before = digests(tmp_path / "out")
    found = collect(*named(two[:1]), "--out", tmp_path / "out", "--year", 2012)
    assert found.exit_code == 4
    assert digests(tmp_path / "out") == before


def test_a_run_of_a_province_has_none_of_these_notebooks(root):
    from kgstats.pipeline.collection import read_collection

    mine = {one.name for one in read_collection(pages.folder()).notebooks}
    assert mine == {"provinces"}
    assert not mine & {one.name for one in read_collection(root / "notebooks").notebooks}


# In a notebook ------------------------------------------------------------------------------------


def test_a_column_of_a_frame_that_the_notebook_assigns_is_registered(made, two):
    opened = Notebook(pages.folder() / "provinces.ipynb", 2019, folder=str(made[0]))
    with undrawn(two[0].root):
        assert not opened.page("en").error
    assert opened.unregistered() == {}


def test_an_analysis_of_one_province_is_made_of_each(made):
    held = reading.start(2019, "en", str(made[0]))
    seen = held.each(lambda tables, year: tables["poverty"][year].head(1))
    assert seen[["province_code", "district_code"]].to_numpy().tolist() == [
        ["48", "490"], ["93", "930"],
    ]  # fmt: skip
    before = province.current().code
    codes = held.each(lambda *_: seen.head(1)[["year"]].assign(now=province.current().code))
    assert codes["now"].tolist() == ["48", "93"]
    assert province.current().code == before


@pytest.mark.parametrize(
    ("year", "said"), [(2017, "nothing of 2017 was collected; there are: 2019")]
)
def test_a_year_that_was_not_collected_is_one_line(made, year, said):
    with pytest.raises(NotebookError, match=said):
        reading.start(year, "vi", str(made[0]))


def test_a_table_there_is_not_is_one_line(made):
    with pytest.raises(NotebookError, match="there is no table 'money'"):
        reading.start(2019, "vi", str(made[0])).dataset("money")


def test_the_proof_of_the_pages_names_each_file(made):
    told = json.loads((made[0] / "pages" / pages.MADE_FROM).read_text(encoding="utf-8"))
    assert "2019/html/vi/provinces.html" in told["files"]
