"""The yearly run on the printed report, with real kernels, in a workspace of its own."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kgstats.pipeline import graph, run, sources
from kgstats.workspace import Workspace

NOTEBOOKS = ("50_programme_indicators.ipynb", "60_report_audit.ipynb")


def make_workspace(folder: Path, root: Path) -> Workspace:
    shutil.copytree(root / "data/raw/published", folder / "data/raw/published")
    (folder / "notebooks").mkdir()
    for name in NOTEBOOKS:
        shutil.copy(root / "notebooks" / name, folder / "notebooks" / name)
    return Workspace(folder)


@pytest.fixture(scope="module")
def place(tmp_path_factory, root) -> Workspace:
    workspace = make_workspace(tmp_path_factory.mktemp("workspace"), root)
    outcome = run.run(graph.make_plan(workspace, 2019))
    assert outcome.failed == {}
    assert outcome.complete
    return workspace


def due(workspace: Workspace, **options) -> dict[str, list[str]]:
    plan = graph.make_plan(workspace, 2019, **options)
    return {reason.step.id: reason.texts for reason in run.out_of_date(plan)}


@pytest.fixture
def edited(place):
    """Edit a file of the workspace; it is put back afterwards."""
    before: dict[Path, bytes] = {}

    def edit(name: str, old: str, new: str) -> None:
        path = place.root / name
        before.setdefault(path, path.read_bytes())
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    yield edit
    for path, content in before.items():
        path.write_bytes(content)


def test_everything_asked_for_is_there(place):
    outputs = place.outputs(2019)
    for lang in ("vi", "en"):
        for page in ("index", "programme-indicators", "report-audit"):
            assert (outputs / "html" / lang / f"{page}.html").is_file()
        assert (outputs / "tables" / lang / "report-audit" / "audit-all.csv").is_file()
        assert (outputs / "notebooks" / lang / "60_report_audit.ipynb").is_file()
    assert (outputs / "html" / "index.html").is_file()
    assert place.data_set("audit", 2019).is_file()


def test_the_record_says_what_ran_why_and_from_what(place):
    record = json.loads((place.outputs(2019) / "run.json").read_text(encoding="utf-8"))
    steps = {step["step"]: step for step in record["steps"]}
    audit = steps["audit-2019"]
    figures = place.data_set("figures", 2019)
    digest = hashlib.sha256(figures.read_bytes()).hexdigest()
    assert audit["inputs"]["data/raw/published/2019/figures.csv"] == digest
    assert audit["reasons"] == ["it was never made"]
    assert steps["run-60_report_audit-vi"]["parameters"] == {"year": 2019, "lang": "vi"}
    assert record["packages"]["pandas"]


def test_unchanged_inputs_run_nothing(place):
    assert due(place) == {}
    before = {p: p.stat().st_mtime_ns for p in place.outputs(2019).rglob("*") if p.is_file()}
    outcome = run.run(graph.make_plan(place, 2019))
    assert outcome.done == []
    after = {p: p.stat().st_mtime_ns for p in place.outputs(2019).rglob("*") if p.is_file()}
    assert before == after


def test_another_year_leaves_this_one_up_to_date(place, root):
    other = place.raw / "published" / "2018"
    shutil.copytree(place.raw / "published" / "2019", other)
    try:
        outcome = run.run(graph.make_plan(place, 2018, only=["60"], languages=["en"]))
        assert outcome.complete, outcome.failed
        assert outcome.reasons["audit-2018"] == ["it was never made"]
        assert outcome.reasons["run-60_report_audit-en"] == [
            "after audit of the printed report of 2018"
        ]
        assert due(place) == {}
    finally:
        shutil.rmtree(other)


def test_touching_a_file_is_no_change(place):
    place.data_set("figures", 2019).touch()
    assert due(place) == {}


def test_a_changed_figure_reruns_what_depends_on_it_and_says_why(place, edited):
    edited("data/raw/published/2019/figures.csv", ",1300,,trees,1.300,", ",1400,,trees,1.400,")
    reasons = due(place)
    assert reasons["audit-2019"] == ["data/raw/published/2019/figures.csv changed"]
    assert "after audit of the printed report of 2019" in reasons["run-60_report_audit-vi"]
    assert {"page-60_report_audit-en", "run-50_programme_indicators-en"} <= set(reasons)


def test_a_changed_topic_leaves_no_page_behind(place, edited):
    edited("data/raw/published/2019/topics.csv", "Giao thông nông thôn", "Đường nông thôn")
    reasons = due(place)
    assert reasons["audit-2019"] == ["data/raw/published/2019/topics.csv changed"]


def test_a_changed_notebook_reruns_itself_alone(place, edited):
    edited("notebooks/60_report_audit.ipynb", "What does not agree", "What disagrees")
    reasons = due(place)
    assert reasons["run-60_report_audit-en"] == ["notebooks/60_report_audit.ipynb changed"]
    assert not any("50_programme" in step for step in reasons)
    assert "audit-2019" not in reasons


def test_changed_code_reruns_its_users_alone_and_is_named(place, monkeypatch):
    changed = sources.PACKAGE / "published" / "audit.py"
    real = sources.fingerprints

    def other(files):
        return {
            name: "another" if name.endswith("published/audit.py") else value
            for name, value in real(files).items()
        }

    monkeypatch.setattr(sources, "fingerprints", other)
    reasons = due(place)
    said = f"{changed.relative_to(sources.PACKAGE.parents[1]).as_posix()} changed"
    assert reasons["audit-2019"] == [said]
    assert not any(step.startswith("index") and said in reasons[step] for step in reasons)


def test_a_missing_page_is_made_again(place):
    page = place.build(2019) / "html" / "vi" / "report-audit.html"
    content = page.read_bytes()
    page.unlink()
    try:
        reasons = due(place)
        # The front page lists what is on each page, so it is looked at again too.
        assert set(reasons) == {"page-60_report_audit-vi", "index-vi"}
        assert any("is missing" in text for text in reasons["page-60_report_audit-vi"])
    finally:
        page.write_bytes(content)


def test_a_failed_run_leaves_what_was_published(place, edited):
    published = place.outputs(2019) / "html" / "vi" / "report-audit.html"
    before = published.read_bytes()
    edited("notebooks/60_report_audit.ipynb", "show.audit_headlines(audit, lang)", "1 / 0")
    outcome = run.run(graph.make_plan(place, 2019, languages=["vi"]))
    assert not outcome.complete
    message = outcome.failed["run-60_report_audit-vi"]
    assert "ZeroDivisionError" in message
    assert "cell" in message
    kept = place.build(2019) / "notebooks" / "vi" / "60_report_audit.failed.ipynb"
    assert "ZeroDivisionError" in kept.read_text(encoding="utf-8")
    assert outcome.failed["page-60_report_audit-vi"].startswith("not tried")
    assert published.read_bytes() == before
    assert not list(place.outputs(2019).rglob("*.failed.ipynb"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_a_stopped_run_publishes_nothing_and_the_next_goes_on(tmp_path, root):
    workspace = make_workspace(tmp_path, root)
    command = [sys.executable, "-u", "-m", "kgstats.cli", "run", "--workspace", str(tmp_path)]
    begun = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert begun.stdout is not None
    for line in begun.stdout:
        if line.lstrip().startswith("2/"):
            break
    begun.send_signal(signal.SIGINT)
    _, said = begun.communicate(timeout=120)
    assert begun.returncode == 130
    assert "the run was stopped with" in said and "Traceback" not in said
    assert not workspace.outputs(2019).exists()
    again = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300)
    assert again.returncode == 0, again.stderr
    due = int(again.stdout.split(" of ", 1)[0])
    assert due < len(graph.make_plan(workspace, 2019).steps)
    assert (workspace.outputs(2019) / "html" / "index.html").is_file()


def test_the_same_inputs_give_the_same_bytes(place, tmp_path, root):
    other = make_workspace(tmp_path / "again", root)
    outcome = run.run(graph.make_plan(other, 2019, only=["60"], languages=["en"]))
    assert outcome.complete
    for name in ("notebooks/en/60_report_audit.ipynb", "tables/en/report-audit/audit-all.xlsx"):
        assert (other.outputs(2019) / name).read_bytes() == (
            place.outputs(2019) / name
        ).read_bytes(), name
    assert other.data_set("audit", 2019).read_bytes() == place.data_set("audit", 2019).read_bytes()


def test_a_second_run_at_the_same_time_is_refused(place):
    from filelock import FileLock

    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with FileLock(place.state / "run.lock"):
            entered.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert entered.wait(10)
    try:
        with pytest.raises(run.Busy, match="another run is going on"):
            run.run(graph.make_plan(place, 2019))
    finally:
        leave.set()
        holder.join()


def test_a_year_without_a_report_says_so(place, root):
    with pytest.raises(graph.NothingToDo, match="nothing was received for 2031"):
        graph.make_plan(place, 2031)
    (place.returns(2031)).mkdir(parents=True)
    (place.returns(2031) / "x.xlsx").write_bytes(b"x")
    try:
        with pytest.raises(graph.NothingToDo, match="there is no printed report of 2031"):
            graph.make_plan(place, 2031)
    finally:
        shutil.rmtree(place.year_raw(2031))


def test_a_page_is_made_from_its_own_year_and_earlier_ones(tmp_path, root):
    workspace = make_workspace(tmp_path, root)
    shutil.copy(root / "notebooks" / "00_overview.ipynb", tmp_path / "notebooks")
    for year in (2018, 2019, 2020):
        shutil.copytree(root / f"data/raw/{year}", tmp_path / f"data/raw/{year}")
        for name in ("communes", "poverty", "funding", "attainment", "cells"):
            place = workspace.data_set(name, year)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(b"")
    plan = graph.make_plan(workspace, 2019, only=["00"], languages=["en"])
    page = next(step for step in plan.steps if step.id.startswith("page-"))
    read = {path.parent.name for path in page.needs if path.suffix == ".parquet"}
    assert read == {"2018", "2019"}
