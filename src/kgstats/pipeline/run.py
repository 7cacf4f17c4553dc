"""Take the steps of a plan that are out of date, and publish the result whole or not at all."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kgstats.pipeline import engine, execute, proven, publish, sources
from kgstats.pipeline.execute import Failure, NotebookFailed
from kgstats.pipeline.graph import Plan, Step
from kgstats.pipeline.holding import holding
from kgstats.pipeline.limits import read_limits
from kgstats.pipeline.records import last_run
from kgstats.pipeline.store import Digests, Made, Store
from kgstats.workspace import Workspace, replacing, restore_folder

MAPS = "kgstats.present.maps.rehearsal"
"""Makes what the maps of a year have in common, once for all kernels."""
REPORT = "kgstats.published"
"""Reads the printed report of a year, once for all kernels."""

LOST_SECONDS = 60.0
"""How long what a lost worker left may take to end."""


class Changed(Exception):
    """An input changed while a step read it; what the step made is of neither state."""


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
    failures: list[Failure] = field(default_factory=list)
    """Where notebooks stopped."""
    published: Path | None = None
    """The folder of the publication, when it was made anew."""

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

    def ended(self, seconds: float) -> None:
        """The steps have been taken, as far as they could be."""

    def noticed(self, line: str) -> None:
        """A step is done and says what to look at: a picture that is not there, a dead link."""


class _Notices(logging.Handler):
    """Hands what the product's modules warn of to whoever follows the run."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.WARNING)
        self.progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        self.progress.noticed(record.getMessage())


class _Heard(Progress):
    """Passes on what is told as long as it can be: a run does not fail for want of a listener."""

    def __init__(self, listener: Progress) -> None:
        self._listener = listener

    def planned(self, plan: Plan, due: list[Reason]) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._listener.planned(plan, due)

    def started(self, step: Step, reasons: list[str]) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._listener.started(step, reasons)

    def finished(self, step: Step, seconds: float) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._listener.finished(step, seconds)

    def failed(self, step: Step, message: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._listener.failed(step, message)

    def ended(self, seconds: float) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._listener.ended(seconds)

    def noticed(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._listener.noticed(line)


class Here:
    """Takes a run's steps on this machine, kernels started warm.

    Others may stand in for it: steps are then taken where they say, in the same order, and leave
    the same files and records.
    """

    def __init__(self, at_once: int = engine.WORKERS, *, part: bool = False) -> None:
        self.at_once = at_once
        """How many steps are taken at the same time."""
        self.part = part
        """Whether the run is part of one of several years, which holds the workspace."""

    @contextlib.contextmanager
    def ready(self, plan: Plan, steps: Sequence[Step]) -> Iterator[None]:
        """Make ready for these steps of a plan, within the block that is returned."""
        from kgstats.pipeline import kernels, pages

        modules = sorted({name for step in steps for name in step.imports})
        seconds = read_limits(plan.workspace.root).kernel_start_seconds
        due = {step.id for step in steps}
        maps = any(one.notebook.draws_maps and f"run-{one.id}" in due for one in plan.pages)
        rehearsals: list[tuple[Any, ...]] = []
        if plan.workspace.has_report(plan.year):
            rehearsals.append((REPORT, plan.year))
        if maps:
            rehearsals.append((MAPS, plan.year, plan.languages[0]))
        warm = kernels.warm(modules, seconds, rehearsals, plan.workspace.root)
        own = any(step.own for step in steps)
        with (
            warm if modules else contextlib.nullcontext(),
            pages.loading(plan.languages) if own else contextlib.nullcontext(),
        ):
            execute.load()
            yield

    def take(self, plan: Plan, step: Step, store: Store) -> None:
        """Take a step and keep the record of it."""
        take_one(step, store)


def out_of_date(plan: Plan) -> list[Reason]:
    """Return the steps that a run would take now, each with its reasons."""
    return _due(plan.steps, Store(plan.workspace, plan.year))


def publication_due(plan: Plan) -> list[str]:
    """Say why what is published is not what was built; to be asked when no step is due."""
    return publish.reasons(plan, Store(plan.workspace, plan.year))


@sources.seen_once()
def _due(steps: Sequence[Step], store: Store) -> list[Reason]:
    maker = {path: step for step in steps for path in step.makes}
    found: dict[str, Reason] = {}
    for step in steps:
        texts = store.reasons(step)
        if texts != ["it was never made"]:
            makers = [maker[path] for path in step.reads() if path in maker]
            texts = [*(f"after {one.title}" for one in makers if one.id in found), *texts]
        lacking = [path for path in step.needs if path not in maker and not path.is_file()]
        if texts or lacking:
            found[step.id] = Reason(step, list(dict.fromkeys(texts)))
    return list(found.values())


def run(plan: Plan, progress: Progress | None = None, taker: Here | None = None) -> Outcome:
    """Take every step that is out of date; publish when all that was asked for is there.

    Parameters
    ----------
    taker
        Who takes the steps; this machine where nobody is named.

    Raises
    ------
    Busy
        When another run holds the workspace.
    """
    taker = taker or Here()
    with _held(plan, "run", taker):
        heard = _Heard(progress or Progress())
        outcome = _run(plan, heard, taker)
        stopped = _holding_nothing_back(plan, outcome.failed)
        if not stopped:
            return outcome
        others = _run(plan.again(stopped), heard, taker)
        others.failed = {**others.failed, **outcome.failed}
        others.failures = [*others.failures, *outcome.failures]
        _note_failures(others)
        return others


def _holding_nothing_back(plan: Plan, failed: Mapping[str, str]) -> dict[str, str]:
    """Return the notebooks behind failed steps, and of what they stopped, if all else can go on.

    A notebook that never made a page of the year, or that somebody changed since, holds nothing
    back. One that made its page as it stands stopped of its data or of the product, and what was
    published stays; so it does when something else failed, or every notebook did.
    """
    record = last_run(plan.workspace, plan.year) or {}
    inputs = {one["step"]: one["inputs"] for one in record.get("steps", [])}
    digests = Digests(plan.workspace)
    found: dict[str, str] = {}
    for step, why in failed.items():
        page = next((p for p in plan.pages if step in (f"run-{p.id}", f"page-{p.id}")), None)
        if page is None and step.startswith("index-"):
            continue  # It was not tried, for want of the page.
        if page is None:
            return {}
        made_from = inputs.get(f"run-{page.id}")
        own = (page.notebook.path, page.notebook.words)
        if made_from is not None and all(
            made_from.get(plan.workspace.shown(path)) == digests.of(path) for path in own
        ):
            return {}
        found.setdefault(page.notebook.name, why)
    return found if len(found) < len(plan.notebooks) else {}


def _held(plan: Plan, what: str, taker: Here) -> AbstractContextManager[None]:
    """Hold what a run needs to have alone."""
    seconds, told = read_limits(plan.workspace.root).lock_seconds, f"{what} of {plan.year}"
    if not taker.part:
        return holding(plan.workspace, told, seconds=seconds)
    # The year is nobody else's, but of a worker that was lost and is about to end.
    seconds = max(seconds, LOST_SECONDS)
    return holding(plan.workspace, told, seconds=seconds, part=plan.year)


def clean(
    workspace: Workspace,
    year: int,
    progress: Progress | None = None,
    taker: Here | None = None,
) -> Outcome:
    """Bring the clean tables of a year up to date, and those of the years it starts from.

    Raises
    ------
    Busy
        When another run holds the workspace.
    """
    from kgstats.pipeline.graph import cleaning

    plan = Plan(workspace, year, lambda _: plan, steps=cleaning(workspace, [year]))
    taker = taker or Here()
    with _held(plan, "cleaning", taker):
        outcome, store = Outcome(plan), Store(workspace, year)
        _bring_up_to_date(plan, outcome, store, _Heard(progress or Progress()), taker)
        return outcome


def _run(plan: Plan, progress: Progress, taker: Here) -> Outcome:
    started = dt.datetime.now(dt.UTC)
    outcome = Outcome(plan)
    store = Store(plan.workspace, plan.year)
    _clear(plan)
    _bring_up_to_date(plan, outcome, store, progress, taker)
    _note_failures(outcome)
    if outcome.failed:
        return outcome
    # What is published is of one state of its inputs: the one that is there now.
    since, looked = time.time_ns(), proven.stamps(plan.workspace, plan.year)
    now = plan.again({})
    left = _due(now.steps, store)
    if left:
        texts = list(dict.fromkeys(text for one in left for text in one.texts))
        outcome.failed["inputs"] = (
            f"changed while the run went on: {'; '.join(texts[:3])}. Nothing was published; "
            "the same command makes what is there now"
        )
        return outcome
    if publish.reasons(now, store):
        done = {step.id for step in outcome.done}
        records = [
            publish.step_record(
                step,
                store,
                made=step.id in done,
                reasons=outcome.reasons.get(step.id, []),
                seconds=outcome.seconds.get(step.id, 0.0),
            )
            for step in now.steps
        ]
        outcome.published = publish.publish(now, store, records, started)
        before, own = looked, plan.workspace.outputs(plan.year)
        since, looked = time.time_ns(), proven.stamps(plan.workspace, plan.year)
        # The publication's own files were read as its proof was written.
        if proven.beside(looked, own) != proven.beside(before, own):
            now = plan.again({})
            if _due(now.steps, store) or publish.reasons(now, store):
                return outcome
    publish.list_years(plan.workspace, plan.year)
    if not now.missing:
        told = {"notes": now.notes, "steps": len(now.steps), "languages": now.languages}
        proven.keep(plan.workspace, plan.year, now.question, looked, since, told)
    return outcome


def _note_failures(outcome: Outcome) -> None:
    """Keep where notebooks stopped, for `kgstats open`."""
    with replacing(outcome.plan.workspace.failures(outcome.plan.year)) as draft:
        told = [asdict(failure) for failure in outcome.failures]
        draft.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def _clear(plan: Plan) -> None:
    """Put right what a run that was killed, or somebody's hand, left where files are made."""
    from kgstats.pipeline import kernels

    kernels.sweep()
    workspace, year = plan.workspace, plan.year
    restore_folder(workspace.outputs(year))
    records = {workspace.records(step.of_year or year) for step in plan.steps}
    for folder in (workspace.build(year), *records):
        for path in (folder.parent, folder):
            if path.exists() and not path.is_dir():
                path.unlink()
    for path in workspace.build(year).rglob(".*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _bring_up_to_date(
    plan: Plan, outcome: Outcome, store: Store, progress: Progress, taker: Here
) -> None:
    due = _due(plan.steps, store)
    outcome.reasons = {reason.step.id: reason.texts for reason in due}
    progress.planned(plan, due)
    begin = time.perf_counter()
    try:
        if due:
            _take(plan, [reason.step for reason in due], outcome, store, progress, taker)
    finally:
        progress.ended(time.perf_counter() - begin)
    outcome.unchanged += [step for step in plan.steps if step.id not in outcome.reasons]


def _take(
    plan: Plan,
    steps: Sequence[Step],
    outcome: Outcome,
    store: Store,
    progress: Progress,
    taker: Here,
) -> None:
    def taken(step: Step) -> None:
        with _alone(plan.workspace, step):
            _taken(step)

    def _taken(step: Step) -> None:
        if not store.reasons(step):
            # What it was to follow came out as it was, or another year's run has taken it.
            outcome.unchanged.append(step)
            return
        progress.started(step, outcome.reasons.get(step.id, []))
        begin = time.perf_counter()
        taker.take(plan, step, store)
        outcome.seconds[step.id] = time.perf_counter() - begin
        outcome.done.append(step)
        progress.finished(step, outcome.seconds[step.id])

    notices, log = _Notices(progress), logging.getLogger("kgstats")
    log.addHandler(notices)
    try:
        with taker.ready(plan, steps):
            problems = engine.take(steps, taken, taker.at_once)
    finally:
        log.removeHandler(notices)
    for step in steps:
        problem = problems[step.id]
        if problem is not None:
            message = str(problem).strip() or type(problem).__name__
            outcome.failed[step.id] = message
            progress.failed(step, message)
        if isinstance(problem, NotebookFailed):
            outcome.failures.append(problem.failure)


def _alone(workspace: Workspace, step: Step) -> AbstractContextManager[object]:
    """Have alone a step that the runs of other years take, too."""
    if step.of_year is None:
        return contextlib.nullcontext()
    from filelock import FileLock

    folder = workspace.records(step.of_year)
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / f".{step.id}.lock")


def take_one(step: Step, store: Store) -> None:
    """Take a step, and remember what it was made from if that stayed as it was meanwhile.

    Raises
    ------
    Changed
        When it did not.
    """
    before = store.state(step)
    lacking = [name for name, found in store.digested(step.needs).items() if found is None]
    if lacking:
        raise Changed(f"{', '.join(lacking)} is missing")
    step.action()
    after = store.state(step)
    # What it looked for beyond its needs is known only now.
    known = before.inputs.keys() & after.inputs.keys()
    changed = [name for name in known if after.inputs[name] != before.inputs[name]]
    changed += [name for name, found in before.code.items() if after.code.get(name) != found]
    if changed:
        raise Changed(f"{', '.join(changed)} changed while it was read; run again")
    unmade = [name for name, found in after.products.items() if found is None]
    if unmade:
        raise Changed(f"{', '.join(unmade)} was not made")
    store.keep(step, Made(after.inputs, before.values, before.code, after.products))
