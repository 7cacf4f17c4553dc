"""A process that takes what runs are made of, one after another: a step, or a year of a workspace.

A step is named to it by workspace, year, what the run was asked for, and the step's own name: it
lays the same run out for itself, so nothing but these words has to travel. A year of a workspace
(a job) it runs as the command for it alone does. It reads a line of JSON for each, tells what
happens by lines, and answers with one. What kernels are forked from stays between them. It goes
when its input ends, or when it has had nothing to do for a while.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kgstats.pipeline.keeper import kept
from kgstats.pipeline.watching import end

if TYPE_CHECKING:
    from kgstats.pipeline.graph import Plan, Step
    from kgstats.pipeline.store import Store

PROGRAM = (sys.executable, "-P", "-m", "kgstats.cli", "member")
"""-P: no file of the folder it is started in stands in for a module."""
IDLE_SECONDS = 20.0
"""How long it waits for the next step."""
LOOKS_EVERY_SECONDS = 0.2
MOST_PLANS = 4
"""How many layouts it keeps: those of the runs that go on at once."""
BLOCK = 1 << 16


class HandEnded(Exception):
    """The process ended while it took a step, or nobody wanted the step any more."""


def always() -> bool:
    """Somebody waits."""
    return True


def unheard(event: dict[str, Any]) -> None:
    """Nobody is told."""


class Hand:
    """One such process, as whoever gives it steps knows it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            kept(PROGRAM),
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._writing = threading.Lock()
        self._text = b""

    @property
    def alive(self) -> bool:
        """Whether it can be given a step."""
        return self._process.poll() is None

    def take(
        self,
        told: Mapping[str, Any],
        wanted: Callable[[], bool] = always,
        heard: Callable[[dict[str, Any]], None] = unheard,
    ) -> dict[str, Any]:
        """Have something taken; return what came of it, as :func:`serve` says.

        Parameters
        ----------
        wanted
            Whether somebody still waits for it.
        heard
            Is told each event on the way.

        Raises
        ------
        HandEnded
            When the process ended first, or was ended because nobody wants it any more.
        """
        try:
            self.tell(told)
            for line in self._lines(wanted):
                found: dict[str, Any] = json.loads(line)
                if "event" not in found:
                    return found
                heard(found)
        except OSError as error:
            raise HandEnded(f"its process ended: {error.strerror}") from None
        raise HandEnded("its process ended (perhaps by the system, for its memory)")

    def tell(self, told: Mapping[str, Any]) -> None:
        """Write a line to the process."""
        assert self._process.stdin is not None
        with self._writing:
            self._process.stdin.write(f"{json.dumps(told)}\n".encode())
            self._process.stdin.flush()

    def _lines(self, wanted: Callable[[], bool]) -> Iterator[bytes]:
        assert self._process.stdout is not None
        handle = self._process.stdout.fileno()
        while True:
            line, newline, rest = self._text.partition(b"\n")
            if newline:
                self._text = rest
                yield line
                continue
            while not select.select([handle], [], [], LOOKS_EVERY_SECONDS)[0]:
                if not wanted():
                    self.end()
                    raise HandEnded("nobody waits for it any more")
            more = os.read(handle, BLOCK)
            if not more:
                return
            self._text += more

    def end(self) -> None:
        """End it with all that it started."""
        end(self._process.pid)
        self._process.wait()

    def close(self) -> None:
        """Let it go when it has nothing to do."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.wait()


class Hands:
    """Hands of this process, each with one thing to do at a time; as many as are needed at once."""

    def __init__(self) -> None:
        self._free: list[Hand] = []
        self._keeping = threading.Lock()

    @contextlib.contextmanager
    def one(self) -> Iterator[Hand]:
        """Have one within this block; one that ended is not used again."""
        with self._keeping:
            hand = next((one for one in self._free if one.alive), None)
            self._free = [one for one in self._free if one is not hand and one.alive]
        hand = hand or Hand()
        try:
            yield hand
        except BaseException:
            hand.end()
            raise
        with self._keeping:
            self._free.append(hand)

    def let_go(self, how: Callable[[Hand], None] = Hand.end) -> None:
        """End those that have nothing to do."""
        with self._keeping:
            free, self._free = self._free, []
        for hand in free:
            how(hand)


# --- the process itself -------------------------------------------------------------------------


class Lines:
    """The lines between this process and whoever gives it something to do."""

    def __init__(self) -> None:
        self._pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
        # What anything prints is no answer.
        os.dup2(2, 1)
        self._writing = threading.Lock()
        self._given: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._waiting: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            told = json.loads(line)
            if "number" in told:
                self._waiting.pop(told["number"]).put(told)
            else:
                self._given.put(told)
        self._given.put(None)

    def next(self) -> dict[str, Any] | None:
        """Return what is to be done next; None when nothing more comes, or nothing for a while."""
        with contextlib.suppress(queue.Empty):
            return self._given.get(timeout=IDLE_SECONDS)
        return None

    def write(self, line: str) -> None:
        """Write a line; who would read it may have gone."""
        with self._writing, contextlib.suppress(OSError, ValueError):
            self._pipe.write(f"{line}\n")
            self._pipe.flush()

    def ask(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for a step to be taken elsewhere; return what came of it."""
        answer: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        number = id(answer)
        self._waiting[number] = answer
        self.write(json.dumps({"event": "asks", "number": number, "asked": asked}))
        return answer.get()


class _Kept(logging.Handler):
    """Keeps what modules warn of, for the answer."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class Taking:
    """Takes the steps that are asked for; keeps layouts between them."""

    def __init__(self) -> None:
        self._plans: dict[tuple[str, ...], tuple[Plan, Store]] = {}

    def answer(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Take a step; return ``seconds``, ``notices``, and ``error`` or ``failure`` if it failed.

        Parameters
        ----------
        told
            ``root`` (folder of the workspace), ``question`` (what the run was asked for),
            ``run`` (a name of the run: a layout is used in one run only), ``step`` (its id).
        """
        from kgstats.pipeline.execute import NotebookFailed

        notices, log = _Kept(), logging.getLogger("kgstats")
        log.addHandler(notices)
        begin = time.perf_counter()
        found: dict[str, Any] = {}
        try:
            self._take(told)
        except NotebookFailed as problem:
            found = {"failure": asdict(problem.failure)}
        except Exception as problem:
            found = {"error": str(problem).strip() or type(problem).__name__}
        finally:
            log.removeHandler(notices)
        return {"seconds": time.perf_counter() - begin, "notices": notices.lines, **found}

    def _take(self, told: Mapping[str, Any]) -> None:
        from kgstats.pipeline.run import Here, take_one

        plan, store, step = self._found(told)
        with Here().ready(plan, plan.steps) if step.imports else contextlib.nullcontext():
            take_one(step, store)

    def _found(self, told: Mapping[str, Any]) -> tuple[Plan, Store, Step]:
        from kgstats import workspace
        from kgstats.pipeline.graph import plan_of
        from kgstats.pipeline.store import Store

        place = workspace.find(told["root"])
        key = (told["root"], told["question"], told["run"])
        for again in (False, True):
            if again or key not in self._plans:
                plan = plan_of(place, told["question"])
                self._plans[key] = (plan, Store(place, plan.year))
                while len(self._plans) > MOST_PLANS:
                    del self._plans[next(iter(self._plans))]
            plan, store = self._plans[key]
            step = next((one for one in plan.steps if one.id == told["step"]), None)
            if step is not None:
                return plan, store, step
        raise LookupError(f"there is no step {told['step']} here: do all machines see one folder?")


def serve(job: Callable[[Mapping[str, Any], Lines], int]) -> None:
    """Take what is asked for until nothing more is.

    A step is answered as :meth:`Taking.answer` says, a job with its exit ``code``.

    Parameters
    ----------
    job
        Runs a year of a workspace, tells what happens, and returns its exit code.
    """
    from kgstats.pipeline import stock

    lines, taking = Lines(), Taking()
    with contextlib.ExitStack() as standing:
        while (told := lines.next()) is not None:
            own = told.get("job")
            if not (own and own["asks"]) and stock.Stock.now is None:
                standing.enter_context(stock.standing())
            found = {"code": job(own, lines)} if own else taking.answer(told)
            lines.write(json.dumps(found))
