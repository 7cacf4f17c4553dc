"""A run told on the terminal: a line a step, in colour there, plain elsewhere."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from kgstats.pipeline.graph import Step
from kgstats.pipeline.run import Progress


class Lines(Progress):
    """Say what a run does, a line a step: in colour on a terminal, plain elsewhere."""

    def __init__(self, total: int) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self.total, self.count = total, 0

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

    def failed(self, step: Step, message: str) -> None:
        """Say that a step failed."""
        self.console.print(f"  [red]failed[/red]  {step.title}: {escape(message)}")
