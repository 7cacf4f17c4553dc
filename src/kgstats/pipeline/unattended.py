"""A run nobody watches: plain lines or JSON lines, and an exit code that says what came of it."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sys
import traceback
from pathlib import Path
from typing import Any

from kgstats.pipeline import readiness
from kgstats.pipeline.graph import NothingToDo, Plan, Step
from kgstats.pipeline.run import Outcome, Progress, Reason
from kgstats.workspace import Workspace

DONE, FAILED, WRONG_CALL, REFUSED, MISSING, HELD = 0, 1, 2, 3, 4, 5
"""Exit codes: all is well; a step failed; the call cannot be meant; it is done, but values were
refused; returns are missing; another run holds the workspace."""


class TooFew(Exception):
    """Fewer districts' returns are there than are required; the message says which are not."""


def latest_year(workspace: Workspace) -> int:
    """Return the last year for which returns were received, or a printed report.

    Raises
    ------
    NothingToDo
        When nothing was received for any year.
    """
    years = [
        year
        for year in workspace.years()
        if workspace.has_returns(year) or workspace.has_report(year)
    ]
    if not years:
        raise NothingToDo("nothing was received for any year: see data/raw/README.md")
    return years[-1]


class Log(Progress):
    """A line an event, with the time: plain, or JSON for machines.

    It names no folder outside the workspace, and no user. The fields of a line of JSON are listed
    in the README; the last line is the event ``ended``, with the exit code.
    """

    def __init__(
        self, workspace: Workspace, *, as_json: bool = False, file: Path | None = None
    ) -> None:
        self._root, self._json, self._file = str(workspace.root), as_json, file
        if file is not None:
            with contextlib.suppress(OSError):
                file.parent.mkdir(parents=True, exist_ok=True)

    def say(self, event: str, message: str, *, level: str = "info", **more: Any) -> None:
        """Write one line."""
        now = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        text = self._anonymous(message)
        if self._json:
            more = {name: self._bare(value) for name, value in more.items()}
            told = {"time": now, "level": level, "event": event, "message": text, **more}
            line = json.dumps(told, ensure_ascii=False)
        else:
            line = f"{now} {level} {text}"
        self.write(line)

    def write(self, line: str) -> None:
        """Write a line down, for whoever reads along and in the file."""
        # A full disk under the log, or a reader that went away, is no reason to end.
        with contextlib.suppress(OSError, ValueError):
            # In one piece: steps that run at once speak at once.
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        if self._file is not None:
            with contextlib.suppress(OSError), self._file.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")

    def end(self, code: int, message: str = "") -> None:
        """Say that the command ends, and how: the last line."""
        level = "error" if message or code == FAILED else "info"
        self.say("ended", message or f"ended with {code}", level=level, code=code)

    def _bare(self, value: Any) -> Any:
        """Return what stands in a field, without places of this machine."""
        if isinstance(value, list):
            return [self._bare(one) for one in value]
        return self._anonymous(value) if isinstance(value, str) else value

    def _anonymous(self, text: str) -> str:
        """Return a text without the places this machine keeps things at."""
        for folder, shown in ((self._root + "/", ""), (self._root, "."), (str(Path.home()), "~")):
            text = text.replace(folder, shown) if len(folder) > 1 else text
        return " ".join(text.split())

    def planned(self, plan: Plan, due: list[Reason]) -> None:
        """Say how much is out of date."""
        self.say(
            "planned",
            f"{len(due)} of {len(plan.steps)} steps to take for {plan.year}",
            year=plan.year,
        )

    def started(self, step: Step, reasons: list[str]) -> None:
        """Say that a step is taken, and why."""
        self.say(
            "started", f"{step.title}: {'; '.join(reasons[:3])}", step=step.id, reasons=reasons[:3]
        )

    def finished(self, step: Step, seconds: float) -> None:
        """Say that a step is done."""
        self.say("finished", f"{step.title} done", step=step.id, seconds=round(seconds, 1))

    def noticed(self, line: str) -> None:
        """Say what a step remarked."""
        self.say("noticed", line, level="warning")

    def failed(self, step: Step, message: str) -> None:
        """Say that a step failed."""
        self.say("failed", f"{step.title} failed: {message}", level="error", step=step.id)


def crash(workspace: Workspace, error: Exception) -> str:
    """Keep what the program itself did wrong, for who mends it; return what is said of it."""
    kept = workspace.state / "crash.txt"
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return f"an error of the program, kept in {workspace.shown(kept)}: {type(error).__name__}"


def verdict(outcome: Outcome, log: Log) -> int:
    """Say what came of a run, and return its exit code."""
    plan = outcome.plan
    if outcome.failed or plan.missing:
        if "inputs" in outcome.failed:
            log.say("failed", f"inputs {outcome.failed['inputs']}", level="error")
        kept = "what was published before stays as it was"
        if outcome.published is not None:
            kept = "the other pages were published"
        log.say("unpublished", kept, level="error")
        return FAILED
    made = outcome.published is not None
    log.say("published" if made else "unchanged", "published" if made else "all is up to date")
    if not plan.workspace.has_returns(plan.year):
        return DONE
    districts = readiness.read(plan.workspace, plan.year)
    lacking = readiness.gaps(districts, ["files"])
    refused = [one for one in districts if one.errors or one.unreadable]
    for one in districts:
        if one in lacking:
            log.say(
                "missing",
                f"{one.name}: forms {', '.join(one.lacking)} are missing",
                level="warning",
                district=one.code,
            )
        if one in refused:
            log.say(
                "refused",
                f"{one.name}: {one.errors} values refused, {one.unreadable} files unreadable",
                level="warning",
                district=one.code,
            )
    return MISSING if lacking else REFUSED if refused else DONE
