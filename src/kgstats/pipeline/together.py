"""Members of a run of several workspaces and years, told as one run."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from pathlib import Path
from typing import Any

from kgstats.pipeline.graph import Step
from kgstats.pipeline.lines import Lines
from kgstats.pipeline.several import Job
from kgstats.pipeline.unattended import DONE, FAILED, HELD, WRONG_CALL, Log
from kgstats.workspace import Workspace

OF_LETTERS = ("missing", "refused")
"""Events that only a run by the clock tells."""

UNMADE = (FAILED, HELD, WRONG_CALL)
"""Exit codes of members that did not publish what was asked for."""


class OneLine(Lines):
    """For a person: one line that lives, over all workspaces and years."""

    def __init__(self, *, verbose: bool = False) -> None:
        super().__init__(verbose=verbose)
        self.unmade: list[str] = []
        self._telling = threading.Lock()

    def heard(self, job: Job, told: dict[str, Any]) -> None:
        """A member tells something; several do so at once."""
        with self._telling:
            self._heard(job, told)

    def _heard(self, job: Job, told: dict[str, Any]) -> None:
        event, text = told["event"], told["message"]
        label = f"{job.label}: "
        if event == "planned":
            if told["due"]:
                self._expect(told["due"], [f"{label}{text}:", *(f"  {why}" for why in told["why"])])
        elif "step" in told:
            step = Step(f"{label}{told['step']}", f"{label}{told['title']}", [], {}, [], _nothing)
            if event == "started":
                self.started(step, told["reasons"])
            elif event == "finished":
                self.finished(step, told["seconds"])
            else:
                self.failed(step, told["why"])
        elif event == "ended":
            if told["code"] in UNMADE:
                self.unmade.append(job.label)
            if told["level"] == "error" and not told["message"].startswith("ended with"):
                self.noticed(f"{label}{told['message']}")
        elif event not in OF_LETTERS:
            self.noticed(f"{label}{text}")

    def _expect(self, count: int, lines: list[str]) -> None:
        for line in lines:
            self.console.print(line, markup=False)
        self.total += count
        self.live(self.total)


def _nothing() -> None:
    """What is taken elsewhere has no action here."""


class Together(Log):
    """For a run by the clock: a line an event, with the workspace it is of."""

    def __init__(self, *, as_json: bool, file: Path | None) -> None:
        super().__init__(Workspace(Path("/")), as_json=as_json, file=file)
        self._whole_json = as_json

    def heard(self, job: Job, told: dict[str, Any]) -> None:
        """A member tells something; its end is one event among others here."""
        given = {**told, "workspace": job.label}
        if told["event"] == "ended":
            given["event"] = "ended one"
            given["message"] = told["message"] or f"ended with {told['code']}"
        if self._whole_json:
            self.write(json.dumps(given, ensure_ascii=False))
            return
        self.write(f"{given.get('time', '')} {given['level']} {job.label}: {given['message']}")

    def ended(self, seconds: float) -> None:
        """All members have ended; the last line follows."""


def refuse(view: OneLine | Together, label: str, message: str, code: int) -> int:
    """Tell of a workspace that cannot be run; return the exit code it has."""
    job = Job(Workspace(Path()), "", label)
    view.heard(job, {"event": "ended", "level": "error", "message": message, "code": code})
    return code


def close(view: OneLine | Together, code: int, seconds: float) -> None:
    """Say how the whole run ended."""
    view.ended(seconds)
    if isinstance(view, Together):
        view.end(code)
    elif view.unmade:
        with contextlib.suppress(OSError, ValueError):
            named = ", ".join(view.unmade)
            print(f"not all was made: {named}; what was published before stays", file=sys.stderr)
    elif code == DONE and not view.total:
        view.console.print("nothing changed: everything is up to date")
