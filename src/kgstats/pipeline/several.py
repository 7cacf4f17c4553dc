"""Several workspaces and years in one run, on this machine or on a cluster.

Each workspace and year is run by a process of its own, a member: the same command as for it alone,
so that it comes out as the same bytes and a broken one costs nothing else. A member tells what
happens as lines of JSON; on a cluster it asks for its steps to be taken, by lines too. What is
heard is told as one run.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from kgstats.pipeline import engine
from kgstats.pipeline.execute import Failure, NotebookFailed
from kgstats.pipeline.graph import NothingToDo, Plan, Step
from kgstats.pipeline.keeper import kept
from kgstats.pipeline.run import Here, Reason
from kgstats.pipeline.store import Store
from kgstats.pipeline.unattended import DONE, FAILED, HELD, MISSING, REFUSED, WRONG_CALL, Log
from kgstats.workspace import Workspace

WORST = (DONE, REFUSED, MISSING, HELD, WRONG_CALL, FAILED)
"""Exit codes of members, the worst of which is the run's, in this order."""
MOST_AT_ONCE = 32
"""Members at the same time, each of which holds up to 200 MB where the run was started."""
LOOKS_EVERY_SECONDS = 1.0
"""How often it is looked whether workers have joined."""
SETTLES_SECONDS = 0.1
"""How long a member that was answered may take to ask for its next step."""


class Elsewhere(Protocol):
    """Who takes steps for members: see :class:`kgstats.pipeline.cluster.Cluster`."""

    @property
    def slots(self) -> int:
        """How many steps are taken at the same time."""

    def give(self, told: Mapping[str, Any], answered: Callable[[dict[str, Any]], None], /) -> None:
        """Have a step taken."""


class View(Protocol):
    """Who is told what happens, by the events of members."""

    def heard(self, job: Job, told: dict[str, Any]) -> None:
        """A member tells something."""


@dataclass(frozen=True)
class Job:
    """A year of a workspace, to be run by a member."""

    place: Workspace
    year: str
    label: str
    """What people are told of it."""


@dataclass
class Members:
    """Runs jobs by members: those of one workspace one after another, several workspaces at once.

    Parameters
    ----------
    options
        What every member is asked for: ``asked`` (as a plan takes it), ``require``, ``unattended``.
    elsewhere
        Who takes the steps; members themselves where it is None.
    """

    options: Mapping[str, Any]
    view: View
    elsewhere: Elsewhere | None = None
    codes: list[int] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _going: int = 0
    """How many workspaces are worked on."""
    _laying_out: set[Job] = field(default_factory=set)
    """Of which no step was asked for yet."""
    _asked: int = 0
    """Steps asked for that were not answered."""

    def run(self, jobs: Sequence[Job]) -> int:
        """Run them all; return the worst of their exit codes.

        On this machine as many workspaces are worked on as it has processors. Elsewhere a further
        one begins whenever fewer steps are asked for than workers could take.
        """
        of_place: dict[Workspace, list[Job]] = {}
        for job in jobs:
            of_place.setdefault(job.place, []).append(job)
        waiting, threads = list(of_place.values()), []
        cores = os.cpu_count() or 1
        share = -(-engine.WORKERS // max(1, min(len(waiting), cores)))
        while waiting:
            slots = self.elsewhere.slots if self.elsewhere else 0

            def taken(slots: int = slots) -> bool:
                return not self._room(slots, cores)

            with self._changed:
                if taken():
                    self._changed.wait(LOOKS_EVERY_SECONDS)
                    continue
                if slots and self._changed.wait_for(taken, SETTLES_SECONDS):
                    continue
                own = waiting.pop(0)
                self._going += 1
                self._laying_out.add(own[0])
            threads.append(threading.Thread(target=self._work, args=(own, slots or share)))
            threads[-1].start()
        for one in threads:
            one.join()
        return worst(self.codes)

    def _room(self, slots: int, cores: int) -> bool:
        """Whether a further workspace is to begin; of workers' slots there are none here."""
        if self._going >= min(MOST_AT_ONCE, slots + cores):
            return False
        return not slots or self._asked + len(self._laying_out) < slots

    def _work(self, jobs: Sequence[Job], share: int) -> None:
        try:
            for job in jobs:
                with self._changed:
                    self._laying_out.add(job)
                code = FAILED
                try:
                    code = self._one(job, share)
                finally:
                    self.codes.append(code)
                    self._count(0, job)
        finally:
            with self._changed:
                self._going -= 1
                self._laying_out.difference_update(jobs)
                self._changed.notify()

    def _count(self, more: int, job: Job) -> None:
        """Note that a job asked for a step, was answered, or has ended."""
        with self._changed:
            self._asked += more
            self._laying_out.discard(job)
            self._changed.notify()

    def _one(self, job: Job, share: int) -> int:
        # -P: no file of the folder it is started in stands in for a module.
        given = {**self.options, "root": str(job.place.root), "year": job.year, "at_once": share}
        given["asks"] = self.elsewhere is not None
        command = [sys.executable, "-P", "-m", "kgstats.cli", "member", json.dumps(given)]
        member = subprocess.Popen(
            kept(command),
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        assert member.stdin is not None and member.stdout is not None
        ended: dict[str, Any] | None = None
        for line in member.stdout:
            told = json.loads(line)
            if told["event"] == "asks":
                self._give(job, told, member.stdin)
            else:
                ended = told if told["event"] == "ended" else ended
                self.view.heard(job, told)
        code = member.wait()
        with contextlib.suppress(OSError):
            member.stdin.close()
        if ended is None:
            message = f"its process ended before its time ({code})"
            told = {"event": "ended", "level": "error", "message": message, "code": FAILED}
            self.view.heard(job, told)
            return FAILED
        return int(ended["code"])

    def _give(self, job: Job, told: Mapping[str, Any], pipe: IO[str]) -> None:
        assert self.elsewhere is not None

        def answered(found: dict[str, Any]) -> None:
            self._count(-1, job)
            with contextlib.suppress(OSError, ValueError):
                pipe.write(json.dumps({**found, "number": told["number"]}) + "\n")
                pipe.flush()

        self._count(1, job)
        self.elsewhere.give(told["asked"], answered)


def years(told: str, place: Workspace) -> list[str]:
    """Return the years of a workspace that ``2019``, ``auto`` or ``2016-2025`` ask for.

    Raises
    ------
    ValueError
        When it is none of them.
    NothingToDo
        When nothing was received for any year of the span.
    """
    if "-" not in told:
        return [told]
    first, last = span(told)
    asked = [year for year in place.years() if first <= year <= last]
    found = [
        str(year)
        for year in asked
        if place.has_returns(year) or place.has_report(year) or place.has_proposal(year)
    ]
    if not found:
        raise NothingToDo(f"nothing was received for {told}")
    return found


def span(told: str) -> tuple[int, int]:
    """Return the first and the last year that ``2016-2025`` or ``2019`` ask for.

    >>> span("2016-2025"), span("2019")
    ((2016, 2025), (2019, 2019))

    Raises
    ------
    ValueError
        When it is neither.
    """
    first, dash, last = told.partition("-")
    last = last if dash else first
    if not (first.isdigit() and last.isdigit() and 2000 <= int(first) <= int(last) <= 2100):
        raise ValueError(f"--year must be a year such as 2019, 2016-2025, or auto, not {told!r}")
    return int(first), int(last)


def worst(codes: Sequence[int]) -> int:
    """Return the worst exit code.

    >>> worst([0, 4, 3]), worst([5, 1, 0]), worst([])
    (4, 1, 0)
    """
    return max(codes, key=WORST.index, default=DONE)


def labels(roots: Sequence[Path]) -> list[str]:
    """Return what workspaces are called: as much of their folders' names as tells them apart.

    >>> labels([Path("/data/66"), Path("/data/68"), Path("/old/66")])
    ['data/66', '68', 'old/66']
    """
    found = []
    for root in roots:
        parts = root.parts
        for count in range(1, len(parts) + 1):
            name = Path(*parts[-count:])
            if sum(other.parts[-count:] == parts[-count:] for other in roots) == 1:
                break
        found.append(name.as_posix())
    return found


# --- a member -----------------------------------------------------------------------------------


class Member(Log):
    """Tells the run that a member belongs to what happens: a line of JSON an event."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, as_json=True)
        # What anything else prints is no event.
        self._pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self._writing = threading.Lock()

    def write(self, line: str) -> None:
        """Write a line to whoever started this member."""
        with self._writing, contextlib.suppress(OSError, ValueError):
            self._pipe.write(f"{line}\n")
            self._pipe.flush()

    def planned(self, plan: Plan, due: list[Reason]) -> None:
        """Say what is out of date, in the words that a run for itself has."""
        from kgstats.pipeline.lines import said

        self.say(
            "planned",
            f"{len(due)} of {len(plan.steps)} steps to take for {plan.year}",
            year=plan.year,
            due=len(due),
            why=said(due),
        )

    def started(self, step: Step, reasons: list[str]) -> None:
        """Say that a step is taken."""
        self.say("started", step.title, step=step.id, title=step.title, reasons=reasons[:3])

    def finished(self, step: Step, seconds: float) -> None:
        """Say that a step is done."""
        took = round(seconds, 1)
        self.say("finished", f"{step.title} done", step=step.id, title=step.title, seconds=took)

    def failed(self, step: Step, message: str) -> None:
        """Say that a step failed."""
        text = f"{step.title} failed: {message}"
        self.say("failed", text, level="error", step=step.id, title=step.title, why=message)


class Asking(Here):
    """Has a member's steps taken by whoever started it."""

    def __init__(self, member: Member, at_once: int) -> None:
        super().__init__(at_once)
        self._member = member
        self._waiting: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        for line in sys.stdin:
            told = json.loads(line)
            self._waiting.pop(told["number"]).put(told)

    @contextlib.contextmanager
    def ready(self, plan: Plan, steps: Sequence[Step]) -> Iterator[None]:
        """Nothing is to be made ready here."""
        yield

    def take(self, plan: Plan, step: Step, store: Store) -> None:
        """Ask for a step, and wait for it.

        Raises
        ------
        NotebookFailed
            As the notebook did where it was run.
        EngineError
            With what else went wrong there.
        """
        answer: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        number = id(answer)
        self._waiting[number] = answer
        asked = {"root": str(plan.workspace.root), "question": plan.question, "step": step.id}
        self._member.write(json.dumps({"event": "asks", "number": number, "asked": asked}))
        told = answer.get()
        for line in told.get("notices", ()):
            self._member.noticed(line)
        if "failure" in told:
            raise NotebookFailed(Failure(**told["failure"]))
        if "error" in told:
            raise engine.EngineError(told["error"])
