"""A process that takes steps of runs that are laid out elsewhere, one after another.

A step is named to it by workspace, year, what the run was asked for, and the step's own name: it
lays the same run out for itself, so nothing but these words has to travel. Run as a program
(``python -P -m kgstats.pipeline.hand``) it reads a line of JSON for each step, and answers with a
line. It goes when its input ends, or when it has had nothing to do for a while.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kgstats.pipeline.keeper import kept
from kgstats.pipeline.watching import end

if TYPE_CHECKING:
    from kgstats.pipeline.graph import Plan, Step
    from kgstats.pipeline.store import Store

IDLE_SECONDS = 20.0
"""How long it waits for the next step."""
LOOKS_EVERY_SECONDS = 0.2
MOST_PLANS = 4
"""How many layouts it keeps: those of the runs that go on at once."""


class HandEnded(Exception):
    """The process ended while it took a step, or nobody wanted the step any more."""


class Hand:
    """One such process, as whoever gives it steps knows it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            kept([sys.executable, "-P", "-m", __name__]),
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    @property
    def alive(self) -> bool:
        """Whether it can be given a step."""
        return self._process.poll() is None

    def take(self, told: Mapping[str, Any], wanted: Callable[[], bool]) -> dict[str, Any]:
        """Have a step taken; return what came of it, as :func:`answer` says.

        Raises
        ------
        HandEnded
            When the process ended first, or was ended because nobody wants the step any more.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(told) + "\n")
            self._process.stdin.flush()
            while not select.select([self._process.stdout], [], [], LOOKS_EVERY_SECONDS)[0]:
                if not wanted():
                    self.end()
                    raise HandEnded("nobody waits for it any more")
            line = self._process.stdout.readline()
        except OSError as error:
            raise HandEnded(f"its process ended: {error.strerror}") from None
        if not line:
            raise HandEnded("its process ended (perhaps by the system, for its memory)")
        answered: dict[str, Any] = json.loads(line)
        return answered

    def end(self) -> None:
        """End it with all that it started."""
        end(self._process.pid)
        self._process.wait()


# --- the process itself -------------------------------------------------------------------------


class _Kept(logging.Handler):
    """Keeps what modules warn of, for the answer."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class Taking:
    """Takes the steps that are asked for; keeps layouts, and kernels warm, between them."""

    def __init__(self) -> None:
        self._plans: dict[tuple[str, ...], tuple[Plan, Store]] = {}
        self._warm = contextlib.ExitStack()

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
        if step.imports:
            # Once: the second call finds them warm.
            self._warm.enter_context(Here().ready(plan, plan.steps))
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

    def close(self) -> None:
        """Let the kernels go."""
        self._warm.close()


def main() -> None:
    """Take what is asked for until nothing more is."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What anything prints is no answer.
    os.dup2(2, 1)
    taking = Taking()
    try:
        while select.select([sys.stdin], [], [], IDLE_SECONDS)[0]:
            line = sys.stdin.readline()
            if not line:
                break
            answers.write(json.dumps(taking.answer(json.loads(line))) + "\n")
            answers.flush()
    finally:
        taking.close()


if __name__ == "__main__":
    main()
