"""A year of a workspace that is part of a run of several, within the process that runs it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from kgstats.pipeline import engine
from kgstats.pipeline.execute import Failure, NotebookFailed
from kgstats.pipeline.graph import Plan, Step
from kgstats.pipeline.hand import Lines
from kgstats.pipeline.run import Here, Reason
from kgstats.pipeline.several import CLEANED
from kgstats.pipeline.store import Store
from kgstats.pipeline.unattended import Log
from kgstats.workspace import Workspace


class Member(Log):
    """Tells the run that a year belongs to what happens: a line of JSON an event."""

    def __init__(self, workspace: Workspace, lines: Lines) -> None:
        super().__init__(workspace, as_json=True)
        self.lines = lines
        self._to_clean: set[str] = set()
        self._follow = False
        """Whether years of the workspace follow one another."""

    def write(self, line: str) -> None:
        """Write a line to whoever started this process."""
        self.lines.write(line)

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
        # What is withheld of a year depends on what is published of the one before. A plan without
        # pages is a cleaning before the run, which knows nothing of that.
        self._follow = plan.withholds or not plan.pages
        self._to_clean = {one.step.id for one in due if one.step.of_year is not None}
        self._cleaned()

    def started(self, step: Step, reasons: list[str]) -> None:
        """Say that a step is taken."""
        self.say("started", step.title, step=step.id, title=step.title, reasons=reasons[:3])

    def finished(self, step: Step, seconds: float) -> None:
        """Say that a step is done."""
        took = round(seconds, 1)
        self.say("finished", f"{step.title} done", step=step.id, title=step.title, seconds=took)
        if step.id in self._to_clean:
            self._to_clean.discard(step.id)
            self._cleaned()

    def failed(self, step: Step, message: str) -> None:
        """Say that a step failed."""
        text = f"{step.title} failed: {message}"
        self.say("failed", text, level="error", step=step.id, title=step.title, why=message)

    def _cleaned(self) -> None:
        if not self._to_clean and not self._follow:
            self.say(CLEANED, "")


class Asking(Here):
    """Has a year's steps taken by whoever started this process."""

    def __init__(self, member: Member, at_once: int) -> None:
        super().__init__(at_once, part=True)
        self._member = member

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
        asked = {"root": str(plan.workspace.root), "question": plan.question, "step": step.id}
        told = self._member.lines.ask(asked)
        for line in told.get("notices", ()):
            self._member.noticed(line)
        if "failure" in told:
            raise NotebookFailed(Failure(**told["failure"]))
        if "error" in told:
            raise engine.EngineError(told["error"])
