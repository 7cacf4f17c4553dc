"""Several workspaces and years in one run, on this machine or on a cluster.

Each workspace and year is run as the command for it alone runs it, by a process that takes one
after another (:mod:`kgstats.pipeline.hand`), so that it comes out as the same bytes and a broken
one costs nothing else. Nobody who could work waits: a workspace's next year begins as soon as the
year before has its clean tables, and of what may begin the workspace with the most years left does
first. On a cluster workers take whole years while there are more of them than workers; what is
left is laid out here where that is worth its time, and its steps go to whichever worker is free.
What is heard is told as one run.
"""

from __future__ import annotations

import contextlib
import math
import os
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from kgstats.pipeline import engine
from kgstats.pipeline.graph import NothingToDo
from kgstats.pipeline.hand import Hand, HandEnded, Hands, unheard
from kgstats.pipeline.holding import Busy, holding
from kgstats.pipeline.limits import SettingsError, read_limits
from kgstats.pipeline.unattended import DONE, FAILED, HELD, MISSING, REFUSED, WRONG_CALL
from kgstats.workspace import Workspace

WORST = (DONE, REFUSED, MISSING, HELD, WRONG_CALL, FAILED)
"""Exit codes of jobs, the worst of which is the run's, in this order."""
CLEANED = "cleaned"
"""The event that a year's returns are cleaned: the year after may begin."""
LOOKS_EVERY_SECONDS = 1.0
"""How often it is looked whether workers have joined."""
LAYING_OUT_SECONDS = 4.0
"""What it takes to lay a year out here and to hand its steps over (``benchmarks/cluster.py``)."""


class Elsewhere(Protocol):
    """Who takes steps and jobs: see :class:`kgstats.pipeline.cluster.Cluster`."""

    @property
    def slots(self) -> int:
        """How many are taken at the same time."""

    def give(
        self,
        told: Mapping[str, Any],
        answered: Callable[[dict[str, Any]], None],
        heard: Callable[[dict[str, Any]], None],
        /,
    ) -> None:
        """Have a step or a job taken; events on the way are heard."""


class View(Protocol):
    """Who is told what happens, by the events of jobs."""

    def heard(self, job: Job, told: dict[str, Any]) -> None:
        """Something happened."""


@dataclass(frozen=True)
class Job:
    """A year of a workspace."""

    place: Workspace
    year: str
    label: str
    """What people are told of it."""


@dataclass
class Going:
    """A job that was begun."""

    job: Job
    away: bool
    """Whether a worker has the whole of it."""
    laying_out: bool = False
    """Whether no step of it was asked for yet."""
    asked: int = 0
    """Steps asked for that were not answered."""
    cleaned: bool = False
    """Whether the year after may begin."""


@dataclass
class Members:
    """Runs jobs, as many at once as there is somebody to take them.

    Parameters
    ----------
    options
        What every job is asked for: ``asked`` (as a plan takes it), ``require``, ``unattended``.
    elsewhere
        Who takes steps and jobs; this machine's processors where it is None.
    """

    options: Mapping[str, Any]
    view: View
    elsewhere: Elsewhere | None = None
    codes: list[int] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _going: dict[Job, Going] = field(default_factory=dict)
    _hands: Hands = field(default_factory=Hands)
    _cores: int = os.cpu_count() or 1
    _seconds: list[float] = field(default_factory=list)
    """What workers took for each whole year."""

    def run(self, jobs: Sequence[Job]) -> int:
        """Run them all; return the worst of their exit codes."""
        waiting: dict[Workspace, deque[Job]] = {}
        for job in jobs:
            waiting.setdefault(job.place, deque()).append(job)
        held: dict[Workspace, contextlib.ExitStack] = {}
        threads: list[threading.Thread] = []
        try:
            while waiting or self._going:
                slots = self.elsewhere.slots if self.elsewhere else 0
                with self._changed:
                    ready = self._ready(waiting)
                    begun = self._next(ready, slots)
                    if begun is None:
                        self._let_go(held, waiting)
                        self._changed.wait(LOOKS_EVERY_SECONDS)
                        continue
                    job, left = begun.job, waiting[begun.job.place]
                    left.popleft()
                    if not left:
                        del waiting[job.place]
                    if job.place not in held and not self._hold(job, left, held):
                        waiting.pop(job.place, None)
                        continue
                    self._going[job] = begun
                threads.append(threading.Thread(target=self._work, args=(begun, slots)))
                threads[-1].start()
        finally:
            for one in threads:
                one.join()
            for own in held.values():
                own.close()
            self._hands.let_go(Hand.close)
        return worst(self.codes)

    def _ready(self, waiting: Mapping[Workspace, deque[Job]]) -> list[Job]:
        """Return what may begin, of the workspaces with the most years left first."""
        kept = {own.job.place for own in self._going.values() if not own.cleaned}
        free = [place for place in waiting if place not in kept]
        return [waiting[place][0] for place in sorted(free, key=lambda one: -len(waiting[one]))]

    def _next(self, ready: Sequence[Job], slots: int) -> Going | None:
        """Return what begins now, if anything is ready and somebody could take it.

        A job goes away whole where others are ready for all other workers, where this machine
        lays out as many as it has processors, or where to share its steps would save less than it
        costs.
        """
        here = sum(not own.away for own in self._going.values())
        taken = sum(own.away + own.laying_out + own.asked for own in self._going.values())
        if not ready or (taken >= slots if slots else here >= self._cores):
            return None
        away = bool(slots) and (len(ready) >= slots or here >= self._cores or self._short(slots))
        return Going(ready[0], away, laying_out=not away)

    def _short(self, slots: int) -> bool:
        """Whether a whole year keeps a worker for so short that its steps are not shared."""
        saved = statistics.median(self._seconds) * (1 - 1 / slots) if self._seconds else math.inf
        return saved < LAYING_OUT_SECONDS

    def _hold(
        self, job: Job, left: Sequence[Job], held: dict[Workspace, contextlib.ExitStack]
    ) -> bool:
        """Hold a workspace for all its years; whether that could be done."""
        own, years = contextlib.ExitStack(), [job.year, *(one.year for one in left)]
        what = f"run of {years[0]}" + (f" to {years[-1]}" if left else "")
        try:
            seconds = read_limits(job.place.root).lock_seconds
            own.enter_context(holding(job.place, what, seconds=seconds))
        except (Busy, SettingsError, OSError) as error:
            code = HELD if isinstance(error, Busy) else WRONG_CALL
            for one in (job, *left):
                self.codes.append(self._ended(one, code, str(error)))
            return False
        held[job.place] = own
        return True

    def _let_go(
        self,
        held: dict[Workspace, contextlib.ExitStack],
        waiting: Mapping[Workspace, deque[Job]],
    ) -> None:
        busy = {job.place for job in self._going}
        for place in [one for one in held if one not in waiting and one not in busy]:
            held.pop(place).close()

    def _work(self, going: Going, slots: int) -> None:
        code = FAILED
        try:
            code = self._away(going) if going.away else self._here(going, slots)
        finally:
            with self._changed:
                self.codes.append(code)
                del self._going[going.job]
                self._changed.notify()

    def _told(self, going: Going, at_once: int, asks: bool) -> dict[str, Any]:
        job = going.job
        own = {"root": str(job.place.root), "year": job.year, "at_once": at_once, "asks": asks}
        return {"job": {**self.options, **own}}

    def _away(self, going: Going) -> int:
        """Have a worker run a job; return its exit code."""
        assert self.elsewhere is not None
        done, found = threading.Event(), {}

        def answered(told: dict[str, Any]) -> None:
            found.update(told)
            done.set()

        told, begin = self._told(going, 1, asks=False), time.monotonic()
        self.elsewhere.give(told, answered, lambda event: self._heard(going, event))
        done.wait()
        with self._changed:
            self._seconds.append(time.monotonic() - begin)
        if "error" in found:
            return self._ended(going.job, FAILED, found["error"])
        return int(found["code"])

    def _here(self, going: Going, slots: int) -> int:
        """Run a job by a process of this machine; return its exit code."""
        share = slots or -(-engine.WORKERS // min(self._cores, max(1, len(self._going))))
        told = self._told(going, share, asks=bool(slots))
        try:
            with self._hands.one() as hand:

                def heard(event: dict[str, Any]) -> None:
                    if event["event"] == "asks":
                        self._give(going, event, hand)
                    else:
                        self._heard(going, event)

                return int(hand.take(told, heard=heard)["code"])
        except HandEnded as problem:
            return self._ended(going.job, FAILED, f"{problem}")

    def _ended(self, job: Job, code: int, message: str) -> int:
        told = {"event": "ended", "level": "error", "message": message, "code": code}
        self.view.heard(job, told)
        return code

    def _heard(self, going: Going, told: dict[str, Any]) -> None:
        if told["event"] != CLEANED:
            self.view.heard(going.job, told)
            return
        with self._changed:
            going.cleaned = True
            self._changed.notify()

    def _give(self, going: Going, told: Mapping[str, Any], hand: Hand) -> None:
        """Have a step of a job taken elsewhere, and the job told of it."""
        assert self.elsewhere is not None

        def count(more: int) -> None:
            with self._changed:
                going.asked += more
                going.laying_out = False
                self._changed.notify()

        def answered(found: dict[str, Any]) -> None:
            count(-1)
            with contextlib.suppress(OSError, ValueError):
                hand.tell({**found, "number": told["number"]})

        count(1)
        self.elsewhere.give(told["asked"], answered, unheard)


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
