"""The yearly run on the printed report, with real kernels, in a workspace of its own."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kgstats.pipeline import graph, holding, run, sources
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
        assert outcome.reasons["run-60_report_audit-en"] == ["it was never made"]
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
    edited("notebooks/60_report_audit.ipynb", "What does not add up", "What disagrees")
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
    assert said in reasons["audit-2019"]
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


def test_a_notebook_edited_until_it_fails_is_left_out(place, edited):
    def published() -> list[str]:
        return sorted(path.stem for path in (place.outputs(2019) / "html" / "vi").glob("r*.html"))

    whole = published()
    assert "report-audit" in whole
    edited(
        "notebooks/60_report_audit.ipynb",
        "show.audit_headlines(bases, in_all, contradictions, lang)",
        "1 / 0",
    )
    outcome = run.run(graph.make_plan(place, 2019, languages=["vi"]))
    assert not outcome.complete
    message = outcome.failed["run-60_report_audit-vi"]
    assert "ZeroDivisionError" in message
    assert "cell" in message
    kept = place.build(2019) / "notebooks" / "vi" / "60_report_audit.failed.ipynb"
    assert "ZeroDivisionError" in kept.read_text(encoding="utf-8")
    assert outcome.failed["page-60_report_audit-vi"].startswith("not tried")
    assert published() == [name for name in whole if name != "report-audit"]
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
    assert "the run was stopped" in said and "Traceback" not in said
    assert not workspace.outputs(2019).exists()
    again = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300)
    assert again.returncode == 0, again.stderr
    due = int(next(line for line in again.stdout.splitlines() if " of " in line).split(" of ")[0])
    assert due < len(graph.make_plan(workspace, 2019).steps)
    assert (workspace.outputs(2019) / "html" / "index.html").is_file()


def test_the_same_inputs_give_the_same_bytes(place, settled, tmp_path, root):
    other = make_workspace(tmp_path / "again", root)
    outcome = run.run(graph.make_plan(other, 2019, only=["60"], languages=["en"]))
    assert outcome.complete
    for name in ("notebooks/en/60_report_audit.ipynb", "tables/en/report-audit/audit-all.xlsx"):
        assert (other.outputs(2019) / name).read_bytes() == (
            place.outputs(2019) / name
        ).read_bytes(), name
    assert other.data_set("audit", 2019).read_bytes() == place.data_set("audit", 2019).read_bytes()


def test_a_second_run_is_told_who_holds_the_workspace(place):
    with holding.holding(place, "test of the lock"):
        done = subprocess.run(
            [sys.executable, "-m", "kgstats.cli", "run", "--workspace", str(place.root)],
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
    assert done.returncode != 0
    assert f"a test of the lock (process {os.getpid()} on " in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_dead_holders_workspace_is_taken_over(place):
    code = (
        "import sys, time; from pathlib import Path; from kgstats.workspace import Workspace\n"
        "from kgstats.pipeline.holding import holding\n"
        "with holding(Workspace(Path(sys.argv[1])), 'x'): print('in', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(place.root)], stdout=subprocess.PIPE)
    assert holder.stdout is not None and holder.stdout.readline() == b"in\n"
    holder.kill()
    holder.wait()
    assert (place.state / "holder.json").is_file()
    with holding.holding(place, "another"):
        pass
    assert not (place.state / "holder.json").exists()


def test_a_year_without_a_report_says_so(place, root):
    with pytest.raises(graph.NothingToDo, match="nothing was received for 2031"):
        graph.make_plan(place, 2031)
    (place.returns(2031)).mkdir(parents=True)
    (place.returns(2031) / "x.xlsx").write_bytes(b"x")
    try:
        with pytest.raises(graph.NothingToDo, match="no printed report of 2031"):
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


# --- up to date is proven ------------------------------------------------------------------------


def published(workspace: Workspace) -> dict[str, bytes]:
    folder = workspace.outputs(2019)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("run.json", "ro-crate-metadata.json")
    }


@pytest.fixture
def settled(place) -> dict[str, bytes]:
    """What is published of the inputs as they are at the test's beginning."""
    assert again(place).complete
    return published(place)


def again(workspace: Workspace) -> run.Outcome:
    return run.run(graph.make_plan(workspace, 2019))


@pytest.mark.parametrize(
    "name",
    [
        "html/vi/report-audit.html",
        "html/assets/kgstats.css",
        "html/en/index.html",
        "html/en/search-index.js",
        "tables/en/report-audit/audit-all.csv",
        "tables/clean/audit.csv",
        "run.json",
    ],
)
@pytest.mark.parametrize("damage", ["emptied", "gone", "other"])
def test_damage_to_what_is_published_is_seen_and_mended(place, settled, name, damage):
    before = settled
    path = place.outputs(2019) / name
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(b"" if damage == "emptied" else b"[1]")
    assert run.publication_due(graph.make_plan(place, 2019)) != []
    outcome = again(place)
    assert outcome.published is not None and not outcome.failed
    assert published(place) == before
    assert run.publication_due(graph.make_plan(place, 2019)) == []


def test_a_publishing_that_failed_is_made_up_for(place, settled, edited, monkeypatch):
    from kgstats.release import package

    before = settled
    edited("data/raw/published/2019/figures.csv", ",1300,,trees,1.300,", ",1400,,trees,1.400,")

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(package, "write_package", full)
        with pytest.raises(OSError, match="No space left"):
            again(place)
    assert published(place) == before
    assert due(place) == {}
    assert run.publication_due(graph.make_plan(place, 2019)) != []
    again(place)
    assert published(place) != before
    assert run.publication_due(graph.make_plan(place, 2019)) == []


@pytest.mark.parametrize("damage", ["truncated", "emptied", "another kind", "a folder"])
def test_a_damaged_record_is_no_record(place, settled, damage):
    before = settled
    record = place.state / "steps" / "2019" / "run-60_report_audit-vi.json"
    content = record.read_bytes()
    if damage == "a folder":
        record.unlink()
        record.mkdir()
    else:
        record.write_bytes(
            {"truncated": content[:-9], "emptied": b"", "another kind": b'{"inputs": 3}'}[damage]
        )
    assert due(place)["run-60_report_audit-vi"] == ["it was never made"]
    assert again(place).complete
    assert due(place) == {}
    assert published(place) == before


@pytest.mark.parametrize("name", ["steps", "build"])
def test_what_the_run_remembers_may_be_anything(place, settled, name):
    before = settled
    path = place.state / name
    if path.is_dir():
        shutil.rmtree(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x00\xff")
    assert again(place).complete
    assert published(place) == before


def test_content_that_changed_under_the_same_time_is_seen(place):
    path = place.data_set("figures", 2019)
    content, times = path.read_bytes(), path.stat()
    assert content.count(b",1.300,") == 1
    path.write_bytes(content.replace(b",1.300,", b",1.400,"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    try:
        assert path.stat().st_size == times.st_size
        assert "audit-2019" in due(place)
    finally:
        path.write_bytes(content)


def test_an_input_that_changes_under_a_step_fails_it(place, settled, edited, monkeypatch):
    from kgstats.published import audit

    before = settled
    edited("data/raw/published/2019/figures.csv", ",1300,,trees,1.300,", ",1400,,trees,1.400,")
    real = audit.write

    def replaced(*given):
        edited("data/raw/published/2019/figures.csv", ",1400,,trees,1.400,", ",1500,,trees,1.500,")
        return real(*given)

    monkeypatch.setattr(audit, "write", replaced)
    outcome = again(place)
    said = "data/raw/published/2019/figures.csv changed while it was read"
    assert said in outcome.failed["audit-2019"]
    assert published(place) == before
    monkeypatch.undo()
    assert again(place).complete
    assert published(place) != before


def test_an_input_that_changes_after_its_step_stops_the_publishing(
    place, settled, edited, monkeypatch
):
    from kgstats.appendix import site

    before = settled
    edited("data/raw/published/2019/figures.csv", ",1300,,trees,1.300,", ",1400,,trees,1.400,")
    real, seen = site.write_index, []

    def replaced(*given, **named):
        if not seen:
            seen.append(1)
            edited("data/raw/published/2019/origin.yml", "number", "number ")
        return real(*given, **named)

    monkeypatch.setattr(site, "write_index", replaced)
    outcome = again(place)
    assert "data/raw/published/2019/origin.yml changed" in " ".join(outcome.failed.values())
    assert published(place) == before


def test_one_language_does_not_leave_the_other_behind(place, edited):
    edited("data/raw/published/2019/figures.csv", ",1300,,trees,1.300,", ",1400,,trees,1.400,")
    run.run(graph.make_plan(place, 2019, languages=["vi"]))
    assert due(place) == {}
    record = json.loads((place.outputs(2019) / "run.json").read_text(encoding="utf-8"))
    assert record["languages"] == ["vi", "en"]


def test_a_lost_state_does_not_unpublish_the_other_language(place, settled):
    before = settled
    shutil.rmtree(place.state)
    assert run.run(graph.make_plan(place, 2019, only=["60"], languages=["en"])).complete
    assert published(place) == before


def test_a_removed_notebook_takes_its_page_with_it(place):
    extra = place.notebooks / "61_extra.ipynb"
    shutil.copy(place.notebooks / "60_report_audit.ipynb", extra)
    assert again(place).complete
    assert "html/vi/extra.html" in published(place)
    extra.unlink()
    assert again(place).complete
    now = published(place)
    assert not [name for name in now if "extra" in name]
    assert not any(b"extra.html" in content for content in now.values())


def test_what_a_person_saves_or_drafts_is_no_change(place):
    path = place.notebooks / "60_report_audit.ipynb"
    content = path.read_bytes()
    told = json.loads(content)
    for cell in told["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    path.write_text(json.dumps(told), encoding="utf-8")
    drafts = [place.notebooks / "Untitled.ipynb", place.notebooks / "60_report_audit-Copy1.ipynb"]
    try:
        for draft in drafts:
            draft.write_bytes(content)
        assert due(place) == {}
        plan = graph.make_plan(place, 2019)
        assert run.publication_due(plan) == []
        assert len(plan.notes) == 2
    finally:
        path.write_bytes(content)
        for draft in drafts:
            draft.unlink()


def test_pages_moved_aside_by_a_killed_run_come_back(place, settled):
    before, outputs = settled, place.outputs(2019)
    outputs.rename(outputs.with_name(".2019.old"))
    assert again(place).complete
    assert published(place) == before
    assert not list(outputs.parent.glob(".2019*"))
