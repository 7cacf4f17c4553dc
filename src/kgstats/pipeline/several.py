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
MOST_AT_ONCE = 8
"""Members at the same time: what the machine that starts the run has to hold does not grow."""


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

    def run(self, jobs: Sequence[Job]) -> int:
        """Run them all; return the worst of their exit codes."""
        queues: queue.SimpleQueue[list[Job]] = queue.SimpleQueue()
        of_place: dict[Workspace, list[Job]] = {}
        for job in jobs:
            of_place.setdefault(job.place, []).append(job)
        for own in of_place.values():
            queues.put(own)
        most = self.elsewhere.slots + 1 if self.elsewhere else os.cpu_count() or 1
        count = min(len(of_place), MOST_AT_ONCE, most)
        share = self.elsewhere.slots if self.elsewhere else -(-engine.WORKERS // max(1, count))
        threads = [threading.Thread(target=self._work, args=(queues, share)) for _ in range(count)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        return worst(self.codes)

    def _work(self, queues: queue.SimpleQueue[list[Job]], share: int) -> None:
        while True:
            try:
                jobs = queues.get_nowait()
            except queue.Empty:
                return
            for job in jobs:
                self.codes.append(self._one(job, share))

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
                self._give(told, member.stdin)
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

    def _give(self, told: Mapping[str, Any], pipe: IO[str]) -> None:
        assert self.elsewhere is not None

        def answered(found: dict[str, Any]) -> None:
            with contextlib.suppress(OSError, ValueError):
                pipe.write(json.dumps({**found, "number": told["number"]}) + "\n")
                pipe.flush()

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
