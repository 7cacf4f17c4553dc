"""A run told on the terminal: one line that lives there, a line a step elsewhere."""

from __future__ import annotations

import contextlib
import os
import sys

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar

from kgstats.pipeline.engine import NOT_TRIED
from kgstats.pipeline.graph import Plan, Step
from kgstats.pipeline.run import Progress, Reason

MOST_REASONS = 3
MOST_RUNNING = 2
FOLLOWS = "after "
"""How a reason begins that only says which other step comes first."""


def said(due: list[Reason], *, verbose: bool = False) -> list[str]:
    """Return why steps are out of date: a line for all of one reason, or one for each step."""
    if verbose:
        return [f"  {one.step.title}: {_first(one.texts)}" for one in due]
    groups: dict[tuple[str, ...], list[Reason]] = {}
    for one in due:
        own = tuple(text for text in one.texts if not text.startswith(FOLLOWS))
        groups.setdefault(own, []).append(one)
    lines = []
    for texts, members in groups.items():
        who = members[0].step.title if len(members) == 1 else f"{len(members)} steps"
        why = _first(list(texts)) if texts else "what they follow is made anew"
        if not texts and len(members) == 1:
            why = _first(members[0].texts)
        lines.append(f"  {who}: {why}")
    return lines


def _first(texts: list[str]) -> str:
    shown = texts[:MOST_REASONS]
    if len(texts) > MOST_REASONS:
        shown.append(f"and {len(texts) - MOST_REASONS} more")
    return "; ".join(shown)


class _Terminal(Console):
    """A console whose reader may go away: rich would end the program then."""

    def on_broken_pipe(self) -> None:
        """Say nothing from now on."""
        self.quiet = True
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Lines(Progress):
    """Say what a run does.

    On a terminal one line tells how many steps are done, what runs now and how long it may take;
    elsewhere each step that is done is a line.
    """

    def __init__(self, *, verbose: bool = False, console: Console | None = None) -> None:
        self.console = console or _Terminal(highlight=False, soft_wrap=True)
        self.verbose = verbose
        self.total = self.count = 0
        self._running: dict[str, str] = {}
        self._told: set[str] = set()
        self._alike = 0
        self._bar: tuple[Bar, TaskID] | None = None

    def planned(self, plan: Plan, due: list[Reason]) -> None:
        """Say which steps are going to be taken, and why."""
        self.total, self.count = len(due), 0
        if not due:
            return
        self.console.print(f"{len(due)} of {len(plan.steps)} steps to take for {plan.year}:")
        for line in said(due, verbose=self.verbose):
            self.console.print(line, markup=False)
        self.live(len(due))

    def live(self, total: int) -> None:
        """Have a line that lives, over so many steps; on a terminal only."""
        if self._bar is not None:
            self._bar[0].update(self._bar[1], total=total)
        elif self.console.is_terminal:
            columns = (
                *(MofNCompleteColumn(), BarColumn(bar_width=20), TimeElapsedColumn()),
                *(TextColumn("left"), TimeRemainingColumn(), TextColumn("{task.description}")),
            )
            bar = Bar(*columns, console=self.console, transient=True)
            self._bar = (bar, bar.add_task("", total=total))
            bar.start()

    def started(self, step: Step, reasons: list[str]) -> None:
        """Say that a step is taken."""
        self._running[step.id] = step.title
        self._live()

    def finished(self, step: Step, seconds: float) -> None:
        """Say that a step is done."""
        self.count += 1
        self._running.pop(step.id, None)
        if self._bar is None or self.verbose:
            self.console.print(
                f"  {self.count:>3}/{self.total}  {step.title}  [dim]{seconds:.1f} s[/dim]"
            )
        self._live(done=1)

    def noticed(self, line: str) -> None:
        """Say what a step remarked."""
        self.console.print(f"  {line}", markup=False)

    def failed(self, step: Step, message: str) -> None:
        """Say that a step failed: once for its other language too, and for what follows it."""
        self._running.pop(step.id, None)
        if not self.verbose and (message == NOT_TRIED or message in self._told):
            self._alike += 1
            return
        self._told.add(message)
        self.console.print(f"  [red]failed[/red]  {step.title}: {escape(message)}")

    def ended(self, seconds: float) -> None:
        """Say how long it took, and let the line that lives go."""
        if self._alike:
            self.console.print(f"  {self._alike} more failed alike, or need what failed")
            self._alike = 0
        if self._bar is None:
            return
        self._bar[0].stop()
        self._bar = None
        self.console.print(f"  {self.count} steps in {seconds:.0f} s")

    def _live(self, done: int = 0) -> None:
        """Renew the line that lives."""
        if self._bar is None:
            return
        bar, task = self._bar
        names = list(self._running.values())
        now = ", ".join(names[:MOST_RUNNING])
        if len(names) > MOST_RUNNING:
            now += f" and {len(names) - MOST_RUNNING} more"
        bar.update(task, advance=done, description=escape(now))
