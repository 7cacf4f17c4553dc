"""A run told on the terminal: a line a step, in colour there, plain elsewhere."""

from __future__ import annotations

import contextlib
import os
import sys

from rich.console import Console
from rich.markup import escape

from kgstats.pipeline.graph import Plan, Step
from kgstats.pipeline.run import Progress, Reason

MOST_REASONS = 3


def said(due: list[Reason]) -> list[str]:
    """Return a line for each step that is out of date, with its first reasons."""
    lines = []
    for reason in due:
        shown = reason.texts[:MOST_REASONS]
        if len(reason.texts) > MOST_REASONS:
            shown.append(f"and {len(reason.texts) - MOST_REASONS} more")
        lines.append(f"  {reason.step.title}: {'; '.join(shown)}")
    return lines


class _Terminal(Console):
    """A console whose reader may go away: rich would end the program then."""

    def on_broken_pipe(self) -> None:
        """Say nothing from now on."""
        self.quiet = True
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Lines(Progress):
    """Say what a run does, a line a step: in colour on a terminal, plain elsewhere."""

    def __init__(self) -> None:
        self.console = _Terminal(highlight=False, soft_wrap=True)
        self.total = self.count = 0

    def planned(self, plan: Plan, due: list[Reason]) -> None:
        """Say which steps are going to be taken, and why."""
        self.total = len(due)
        if due:
            self.console.print(f"{len(due)} of {len(plan.steps)} steps to take for {plan.year}:")
        for line in said(due):
            self.console.print(line, markup=False)

    def started(self, step: Step, reasons: list[str]) -> None:
        """Say that a step is taken."""
        if self.console.is_terminal:
            self.console.print(f"  [dim]… {step.title}[/dim]")

    def finished(self, step: Step, seconds: float) -> None:
        """Say that a step is done."""
        self.count += 1
        self.console.print(
            f"  {self.count:>3}/{self.total}  {step.title}  [dim]{seconds:.1f} s[/dim]"
        )

    def noticed(self, line: str) -> None:
        """Say what a step remarked."""
        self.console.print(f"  {line}", markup=False)

    def failed(self, step: Step, message: str) -> None:
        """Say that a step failed."""
        self.console.print(f"  [red]failed[/red]  {step.title}: {escape(message)}")
