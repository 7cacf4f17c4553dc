"""Take the steps of a plan that are out of date, and publish the result whole or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kgstats
from kgstats import workspace as places
from kgstats.pipeline import sources
from kgstats.pipeline.graph import Plan, Step, packages
from kgstats.words import LANGUAGES
from kgstats.workspace import Workspace

CODE = "code"
WORKERS = min(8, (os.cpu_count() or 1) + 1)
"""Notebooks at once: their kernels are processes, so threads are enough here. One more than there
are processors, because a notebook waits for its kernel to start and to end."""


class Busy(Exception):
    """Another run is going on in this workspace."""


class Stopped(Exception):
    """The run was stopped before its end; nothing was published."""


@dataclass
class Reason:
    """Why a step would be taken: a sentence a person can read."""

    step: Step
    texts: list[str]


@dataclass
class Outcome:
    """What became of a run."""

    plan: Plan
    done: list[Step] = field(default_factory=list)
    unchanged: list[Step] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    published: Path | None = None

    @property
    def complete(self) -> bool:
        """Whether all that was asked for is there."""
        return not self.failed and not self.plan.missing


class Progress:
    """Hears what is out of date, and of each step as it starts and ends. Says nothing itself."""

    def planned(self, plan: Plan, due: list[Reason]) -> None:
        """These steps are going to be taken."""

    def started(self, step: Step, reasons: list[str]) -> None:
        """A step is taken now."""

    def finished(self, step: Step, seconds: float) -> None:
        """A step is done."""

    def failed(self, step: Step, message: str) -> None:
        """A step failed."""


def out_of_date(plan: Plan) -> list[Reason]:
    """Return the steps that a run would take now, each with its reasons."""
    session = _build(plan, explain=True)
    steps = {step.id: step for step in plan.steps}
    found = []
    for report in session.execution_reports:
        step = steps[report.task.attributes["step"]]
        told = report.task.attributes.get("explanation")
        if told is not None and told.reasons:
            found.append(Reason(step, _sentences(told.reasons, plan, step)))
        elif report.exc_info is not None and "missing node" in str(report.exc_info[1]):
            found.append(Reason(step, [_first_line(report.exc_info[1])]))
    order = {step.id: number for number, step in enumerate(plan.steps)}
    return sorted(found, key=lambda reason: order[reason.step.id])


def run(plan: Plan, progress: Progress | None = None) -> Outcome:
    """Take every step that is out of date; publish when all that was asked for is there.

    Raises
    ------
    Busy
        When another run holds the workspace.
    Stopped
        When it was interrupted. What it had made is kept, and the next run goes on from there.
    """
    from filelock import FileLock, Timeout

    plan.workspace.state.mkdir(parents=True, exist_ok=True)
    lock = FileLock(plan.workspace.state / "run.lock", timeout=0)
    try:
        with lock:
            return _run(plan, progress or Progress())
    except Timeout:
        raise Busy(
            f"another run is going on in {plan.workspace.root}; wait for it to end"
        ) from None


def _run(plan: Plan, progress: Progress) -> Outcome:
    started = dt.datetime.now(dt.UTC)
    outcome = Outcome(plan)
    due = out_of_date(plan)
    outcome.reasons = {reason.step.id: reason.texts for reason in due}
    progress.planned(plan, due)
    if due:
        _take(plan, outcome, progress)
    else:
        outcome.unchanged = list(plan.steps)
    if not outcome.failed:
        outcome.published = _publish(plan, outcome, started)
    return outcome


def _take(plan: Plan, outcome: Outcome, progress: Progress) -> None:
    def taken(step: Step) -> None:
        progress.started(step, outcome.reasons.get(step.id, []))
        begin = time.perf_counter()
        step.action()
        outcome.seconds[step.id] = time.perf_counter() - begin
        progress.finished(step, outcome.seconds[step.id])

    def failed(step: Step, message: str) -> None:
        outcome.failed[step.id] = message
        progress.failed(step, message)

    from pytask import TaskOutcome

    from kgstats.pipeline import kernels

    with kernels.warm(sorted({name for one in plan.notebooks for name in one.imports})):
        session = _build(plan, taken=taken)

    steps = {step.id: step for step in plan.steps}
    for report in session.execution_reports:
        step = steps[report.task.attributes["step"]]
        if report.outcome == TaskOutcome.SUCCESS:
            outcome.done.append(step)
        elif report.outcome in (TaskOutcome.SKIP_UNCHANGED, TaskOutcome.PERSISTENCE):
            outcome.unchanged.append(step)
        elif report.outcome == TaskOutcome.SKIP_PREVIOUS_FAILED:
            failed(step, "not tried: a step before it failed")
        else:
            error = report.exc_info[1] if report.exc_info else "it did not end"
            failed(step, str(error).strip() or type(error).__name__)
    if not session.execution_reports:
        for step in plan.steps:
            failed(step, "the run could not be laid out")
    _remember_code(plan, outcome.done)
    left = len(plan.steps) - len(outcome.done) - len(outcome.unchanged) - len(outcome.failed)
    if left:
        # pytask ends quietly when it is interrupted, with no word on the steps it did not reach.
        raise Stopped(
            f"the run was stopped with {left} of {len(plan.steps)} steps to go; what was published "
            "before stays as it was, and the same command goes on from here"
        )


# --- code, compared as one -----------------------------------------------------------------------


def _code(step: Step) -> str:
    """Return one fingerprint of all the source files a step is made of."""
    return hashlib.sha256(_hashable(sources.fingerprints(step.code)).encode()).hexdigest()


def _code_file(plan: Plan) -> Path:
    return plan.workspace.state / f"code-{plan.year}.json"


def _known_code(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return, as of each step's last run, ``steps`` (fingerprint) and ``files`` (behind it)."""
    path = _code_file(plan)
    empty: dict[str, dict[str, Any]] = {"steps": {}, "files": {}}
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else empty


def _remember_code(plan: Plan, done: Sequence[Step]) -> None:
    """Keep which files a step was made of, so that a later run can say which of them changed."""
    known = _known_code(plan)
    for step in done:
        known["steps"][step.id] = fingerprint = _code(step)
        known["files"].setdefault(fingerprint, sources.fingerprints(step.code))
    in_use = set(known["steps"].values())
    known["files"] = {one: files for one, files in known["files"].items() if one in in_use}
    with places.replacing(_code_file(plan)) as draft:
        draft.write_text(json.dumps(known), encoding="utf-8")


def _changed_code(plan: Plan, step: Step) -> list[str]:
    """Say which source files changed since a step was last taken."""
    known = _known_code(plan)
    before = known["files"].get(known["steps"].get(step.id, ""))
    if before is None:
        return ["the code behind it changed"]
    now = sources.fingerprints(step.code)
    said = [f"{file} is new" for file in sorted({*now} - {*before})]
    said += [f"{file} is gone" for file in sorted({*before} - {*now})]
    return said + [
        f"{file} changed" for file in sorted({*now} & {*before}) if now[file] != before[file]
    ]


def _build(
    plan: Plan, *, explain: bool = False, taken: Callable[[Step], None] | None = None
) -> Any:
    import pytask
    from pytask import PythonNode, console, task

    state = plan.workspace.state / "pytask"
    state.mkdir(parents=True, exist_ok=True)
    config = state / "pytask.toml"
    if not config.is_file():
        config.write_text("[tool.pytask.ini_options]\n", encoding="utf-8")

    def known(step: Step) -> str:
        # What is remembered of a step is of its year: another year's run leaves it as it is.
        return f"{plan.year}-{step.id}"

    def as_task(step: Step) -> Callable[..., None]:
        values = {
            name: PythonNode(name=f"{known(step)}: {name}", value=_hashable(value), hash=True)
            for name, value in {**step.values, CODE: _code(step)}.items()
        }

        @task(
            name=known(step),
            kwargs={"needs": list(step.needs), "values": values, "produces": list(step.makes)},
        )
        def taking(needs: Any, values: Any, produces: Any) -> None:
            if taken is not None:
                taken(step)

        taking.pytask_meta.attributes["step"] = step.id
        return taking

    settings: dict[str, Any] = {"config": config, "capture": "no", "disable_warnings": True}
    if explain:
        settings["explain"] = True
    else:
        settings |= {"n_workers": WORKERS, "parallel_backend": "threads"}
    quiet, console.quiet = console.quiet, True
    try:
        return pytask.build(tasks=[as_task(step) for step in plan.steps], **settings)
    finally:
        console.quiet = quiet


def _hashable(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _sentences(reasons: list[Any], plan: Plan, step: Step) -> list[str]:
    """Say in words what pytask found changed; the first run of a step needs one sentence only."""
    kinds = {reason.reason for reason in reasons}
    if any(r.node_type == "source" for r in reasons) and kinds <= {"not_in_db", "missing"}:
        return ["it was never made"]
    texts = []
    titles = {other.id: other.title for other in plan.steps}
    for reason in reasons:
        name = reason.node_name.split("::")[-1].removeprefix(f"{plan.year}-")
        if reason.reason == "cascade":
            texts.append(f"after {titles.get(name, name)}")
        elif reason.node_type == "source":
            texts.append("the way it is made changed")
        else:
            what = name.removeprefix(f"{step.id}: ")
            if what == name:
                what = _shown(reason.node_name, plan)
            elif what == CODE:
                texts += _changed_code(plan, step)
                continue
            elif what == "packages":
                what = "a package's version"
            else:
                what = f"parameter {what}" if what in ("year", "lang") else f"setting {what}"
            texts.append(f"{what} {_WORDS.get(reason.reason, reason.reason)}")
    return sorted(set(texts), key=lambda text: ("src/" in text, text))


_WORDS = {"changed": "changed", "missing": "is missing", "not_in_db": "is new"}


def _shown(name: str, plan: Plan) -> str:
    """Return a file's name as the user knows it: from the workspace or the product's folder."""
    path = Path(name)
    for folder in (plan.workspace.root, places.project_folder()):
        for candidate in (path, folder.parent / path):
            if candidate.is_relative_to(folder):
                return candidate.relative_to(folder).as_posix()
    return path.as_posix()


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0]


def _publish(plan: Plan, outcome: Outcome, started: dt.datetime) -> Path:
    """Put the built site in place of the one published before, together with its record."""
    target = plan.workspace.outputs(plan.year)
    record = target / "run.json"
    if not outcome.done and record.is_file() and _is_published(plan, target):
        return target

    def fill(draft: Path) -> None:
        build = plan.workspace.build(plan.year)
        for kind in ("notebooks", "html"):
            for path in sorted((build / kind).rglob("*")):
                if path.is_file() and not path.name.startswith(".") and ".failed." not in path.name:
                    copy = draft / kind / path.relative_to(build / kind)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, copy)
        from kgstats.appendix import site
        from kgstats.release import package

        site.copy_assets(draft / "html" / "assets")
        site.finish(draft, build, year=plan.year)
        if plan.single_files:
            for page in plan.pages:
                site.write_single(draft, page.lang, page.slug)
        told = _record(plan, outcome, started)
        languages = [lang for lang in LANGUAGES if (draft / "html" / lang).is_dir()]
        package.write_package(draft / "tables", plan.workspace, plan.year, languages, told)
        (draft / "run.json").write_text(
            json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )

    places.replace_folder(target, fill)
    return target


def _is_published(plan: Plan, target: Path) -> bool:
    build = plan.workspace.build(plan.year)
    if plan.single_files and not (target / "single").is_dir():
        return False
    return all(
        (target / path.relative_to(build)).is_file()
        for step in plan.steps
        for path in step.makes
        if path.is_relative_to(build / "html")
    )


def _record(plan: Plan, outcome: Outcome, started: dt.datetime) -> dict[str, Any]:
    """Return the record of a run: what ran, why, from what, and when. The only clocks are here."""
    root = plan.workspace.root

    def listed(paths: list[Path]) -> dict[str, str]:
        return {
            path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in paths
            if path.is_relative_to(root)
        }

    steps: list[Mapping[str, Any]] = [
        {
            "step": step.id,
            "outcome": "made" if step in outcome.done else "unchanged",
            "reasons": outcome.reasons.get(step.id, []),
            "seconds": round(outcome.seconds.get(step.id, 0.0), 3),
            "parameters": {k: v for k, v in step.values.items() if k != "packages"},
            "inputs": listed(step.needs),
            "products": listed(step.makes),
        }
        for step in plan.steps
    ]
    return {
        "year": plan.year,
        "languages": plan.languages,
        "started": started.isoformat(timespec="seconds"),
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "kgstats": kgstats.__version__,
        "packages": packages(),
        "left_out": plan.notes,
        "steps": steps,
    }


def last_run(workspace: Workspace, year: int) -> dict[str, Any] | None:
    """Return the record of what is published for a year."""
    record = workspace.outputs(year) / "run.json"
    if not record.is_file():
        return None
    loaded: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    return loaded
