"""A proof that stands is found by stamps alone, and whatever is touched ends it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.pipeline import tiny
from typer.testing import CliRunner

from kgstats import cli
from kgstats.pipeline import graph, proven, run
from kgstats.receiving import letters
from kgstats.workspace import ENVIRONMENT_VARIABLE, Workspace

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no time of change there")
HEAVY = ("pandas", "numpy", "papermill", "nbconvert", "matplotlib")


@pytest.fixture(scope="module")
def place(tmp_path_factory, root) -> Workspace:
    made = tiny.lay_out(tmp_path_factory.mktemp("p") / "w", root)
    before = os.environ.get(ENVIRONMENT_VARIABLE)
    assert run.run(plan(made)).complete
    # This is set up before any test's own environment is noted.
    os.environ.pop(ENVIRONMENT_VARIABLE, None)
    if before is not None:
        os.environ[ENVIRONMENT_VARIABLE] = before
    return made


def plan(place: Workspace) -> graph.Plan:
    return graph.make_plan(place, 2019, languages=["vi"])


def stands(place: Workspace) -> bool:
    return proven.holds(place, 2019, question(place)) is not None


@pytest.fixture
def standing(place) -> Workspace:
    """The published workspace, proven again after what the test before did to it."""
    if not stands(place):
        assert run.run(plan(place)).complete
    assert stands(place) and proven.any_holds(place, 2019)
    return place


def call(place: Workspace, *given: str) -> tuple[str, list[str]]:
    """Return what a run says, and which heavy modules it loaded."""
    code = f"""
import json, sys
from kgstats import cli
try:
    cli.main()
finally:
    print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "--lang", "vi", "--workspace", str(place.root), *given],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=True,
        cwd="/",
    )
    return done.stdout, json.loads(done.stderr.splitlines()[-1])


def test_an_untouched_year_is_known_without_loading_anything(standing):
    said, loaded = call(standing)
    assert "nothing changed: everything is up to date" in said
    assert str(standing.outputs(2019) / "html" / "vi" / "index.html") in said
    assert loaded == []
    assert call(standing, "--verify")[0] == said


def test_a_run_by_the_clock_proves_by_content(standing, monkeypatch):
    asked: list[object] = []
    monkeypatch.setattr(proven, "holds", lambda *given: asked.append(given))
    given = ["run", "--lang", "vi", "--workspace", str(standing.root)]
    for option in ("--verify", "--unattended"):
        CliRunner().invoke(cli.app, [*given, option])
    assert asked == []
    CliRunner().invoke(cli.app, given)
    assert len(asked) == 1


def rewrite(path: Path) -> None:
    """Change a file's content, neither its size nor its time of modification."""
    told, stamp = bytearray(path.read_bytes()), path.stat()
    told[len(told) // 2] ^= 1
    path.write_bytes(told)
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert path.stat().st_mtime_ns == stamp.st_mtime_ns


TOUCHED = {
    "a return": lambda at: at.returns(2019) / "UMinhThuong_Bieu_02_2019.csv",
    "a clean table": lambda at: at.data_set("funding", 2019),
    "a page": lambda at: at.outputs(2019) / "html" / "vi" / "money.html",
    "a built page": lambda at: at.build(2019) / "html" / "vi" / "money.html",
    "the record": lambda at: at.outputs(2019) / "run.json",
    "a step's record": lambda at: at.state / "steps" / "2019" / "clean-2019.json",
    "the notebook": lambda at: at.notebooks / "01_money.ipynb",
}


@pytest.mark.parametrize("name", TOUCHED)
def test_content_that_changed_under_its_old_time_is_seen(standing, name):
    path = TOUCHED[name](standing)
    kept = path.read_bytes()
    rewrite(path)
    try:
        assert not stands(standing)
    finally:
        path.write_bytes(kept)


def test_what_comes_and_goes_is_seen(standing):
    for path in (
        standing.returns(2019) / "sub" / "new.csv",
        standing.root / "settings.yml",
        standing.boundaries / "a.geojson",
        standing.year_raw(2019) / "corrections.yml",
        standing.raw / "2018" / "returns" / "old.csv",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
        assert proven.holds(standing, 2019, question(standing)) is None, path
        path.unlink()
        assert proven.holds(standing, 2019, question(standing)) is not None, path
    page = standing.outputs(2019) / "html" / "vi" / "money.html"
    page.rename(page.with_name("other.html"))
    assert not stands(standing)
    page.with_name("other.html").rename(page)


def test_the_data_of_a_later_year_count_where_a_notebook_looked_for_them(standing):
    later, noted = standing.data_set("funding", 2020), standing.build(2019) / "reads" / "x.txt"
    later.parent.mkdir()
    for looked, counts in (("funding 2018\n", False), ("funding 2018\npoverty 2020\n", True)):
        noted.write_text(looked, encoding="utf-8")
        before = proven.stamps(standing, 2019)
        later.write_bytes(b"")
        assert (proven.stamps(standing, 2019) != before) is counts
        later.unlink()
    noted.unlink()
    later.parent.rmdir()


def question(place: Workspace) -> str:
    """Return what the command asks."""
    return proven.asked(year=2019, **cli._asked(["vi"], None, None, None))


def test_the_command_and_the_plan_ask_the_same(standing):
    assert plan(standing).question == question(standing)
    given = cli._asked(["en"], ["01"], None, ["x=1"], True)
    del given["only"], given["parameters"]
    laid_out = graph.make_plan(standing, 2019, **given)
    assert laid_out.question == proven.asked(year=2019, **given, only=(), parameters={})


def test_a_link_that_names_another_file_is_seen(standing, tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    for path in (one, other):
        path.write_text("x", encoding="utf-8")
    link = standing.boundaries / "link.csv"
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(one)
    looked = proven.stamps(standing, 2019)
    link.unlink()
    link.symlink_to(other)
    assert proven.stamps(standing, 2019) != looked
    link.unlink()


def test_a_file_written_just_before_the_proof_is_known_by_its_content(standing):
    """It may be written again within a tick of the clock: the stamps would be the same."""
    path = standing.returns(2019) / "UMinhThuong_Bieu_02_2019.csv"
    for since, settled in ((path.stat().st_ctime_ns, False), (time.time_ns() + 10**13, True)):
        asked = proven.asked(year=2019, test=settled)
        proven.keep(standing, 2019, asked, proven.stamps(standing, 2019), since, {"x": 1})
        kept = proven._path(standing, 2019, asked)
        told = json.loads(kept.read_text(encoding="utf-8"))
        assert (str(path) in told["recent"]) != settled
        assert proven.holds(standing, 2019, asked) == {"x": 1}
        kept.write_text(json.dumps({**told, "recent": {str(path): "0" * 64}}), encoding="utf-8")
        assert proven.holds(standing, 2019, asked) is None


def test_a_damaged_proof_is_none(standing):
    path = proven._path(standing, 2019, question(standing))
    kept = path.read_bytes()
    for damage in (b"", b"{", b"[]", b"{}", b'{"looked": 1}', b"\xff"):
        path.write_bytes(damage)
        assert not stands(standing)
    path.write_bytes(kept)
    assert stands(standing)


def test_nothing_is_told_while_a_run_holds_the_workspace(standing):
    note = standing.state / "holder.json"
    note.write_text("{}", encoding="utf-8")
    try:
        assert not stands(standing)
    finally:
        note.unlink()


def test_another_question_has_another_proof(standing):
    other = graph.make_plan(standing, 2019, languages=["vi"], single_files=True)
    assert proven.holds(standing, 2019, other.question) is None


def test_a_change_during_the_proof_leaves_none(standing, monkeypatch):
    from kgstats.pipeline import publish

    path = standing.returns(2019) / "UMinhThuong_Bieu_02_2019.csv"
    asked, kept = publish.reasons, path.read_bytes()

    def during(*given):
        path.write_bytes(kept)
        return asked(*given)

    monkeypatch.setattr(publish, "reasons", during)
    assert run.run(plan(standing)).complete
    assert not stands(standing)


def test_a_change_while_it_is_published_leaves_none(standing, monkeypatch):
    from kgstats.pipeline import publish

    path = standing.returns(2019) / "UMinhThuong_Bieu_02_2019.csv"
    real, kept = publish.publish, path.read_bytes()

    def during(*given):
        made = real(*given)
        path.write_bytes(kept + b"\r\n")
        return made

    shutil.rmtree(standing.outputs(2019))
    monkeypatch.setattr(publish, "publish", during)
    try:
        assert run.run(plan(standing)).published
        assert not stands(standing)
    finally:
        path.write_bytes(kept)


def test_a_later_year_and_letters_change_no_byte(standing):
    outputs = standing.outputs(2019)

    def all_bytes() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in outputs.rglob("*") if path.is_file()}

    before = all_bytes()
    standing.returns(2020).mkdir(parents=True)
    for path in standing.returns(2019).glob("*.csv"):
        shutil.copy(path, standing.returns(2020) / path.name.replace("2019", "2020"))
    try:
        later = run.run(graph.make_plan(standing, 2020, languages=["vi"]))
        assert later.complete, later.failed
        letters.write(standing, 2019, None)
        again = run.run(plan(standing))
        assert not again.done and again.published is None
        # And when all is made anew.
        shutil.rmtree(standing.state)
        assert run.run(plan(standing)).complete
        left_out = str(outputs / "run.json"), str(outputs / "ro-crate-metadata.json")
        after = all_bytes()
        assert {name for name in before if before[name] != after.get(name)} <= set(left_out)
        assert after.keys() == before.keys()
    finally:
        shutil.rmtree(standing.year_raw(2020))
        shutil.rmtree(standing.outputs(2020), ignore_errors=True)


def test_a_folder_that_was_not_there_yet_is_beside_nothing(tmp_path):
    """The first publication of a year is proven once, not laid out again for its own coming."""
    folder, other = tmp_path / "2019", str(tmp_path / "other")
    before = {str(folder): (), other: (1,)}
    after = {str(folder / "run.json"): (2,), other: (1,)}
    assert proven.beside(before, folder) == proven.beside(after, folder) == {other: (1,)}
    assert proven.beside({f"{folder}x": ()}, folder)
