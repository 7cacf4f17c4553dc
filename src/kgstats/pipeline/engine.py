"""Steps in the order of what they need, several at once: pytask lays them out and takes them.

What is out of date is not asked of pytask: its database and lock file say what they last saw, not
what is there, and when they are damaged it sees nothing to do. Each run gives it an empty folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgstats.pipeline.graph import Step

WORKERS = min(8, (os.cpu_count() or 1) + 1)
"""Notebooks at once: their kernels are processes, so threads are enough here. One more than there
are processors, because a notebook waits for its kernel to start and to end."""
NOT_TRIED = "not tried: a step before it failed"


class EngineError(Exception):
    """The steps could not be laid out or taken; nothing is known to be done."""


@dataclass
class Done:
    """That a step was taken: what pytask orders the steps by (a node in its terms).

    A step is known to pytask by its id alone; which files it reads is the store's to know.
    """

    name: str
    attributes: dict[Any, Any] = field(default_factory=dict)
    taken: bool = False

    @property
    def signature(self) -> str:
        """What pytask tells nodes apart by."""
        return f"done: {self.name}"

    def state(self) -> str:
        """Say that it is there: every step is taken in every run of the engine."""
        return "there"

    def load(self, is_product: bool = False) -> Any:
        """Return itself to the step that makes it, and whether that was taken to others."""
        return self if is_product else self.taken

    def save(self, value: bool) -> None:
        """Note that the step was taken."""
        self.taken = value


def before(steps: Sequence[Step]) -> dict[str, list[str]]:
    """Return for each step the ids of those among the steps that make what it needs."""
    maker = {path: step.id for step in steps for path in step.makes}
    return {
        step.id: sorted({maker[path] for path in step.reads() if path in maker} - {step.id})
        for step in steps
    }


def take(
    steps: Sequence[Step],
    action: Callable[[Step], None],
    folder: Path,
    at_once: int = WORKERS,
) -> dict[str, BaseException | None]:
    """Take steps, each after those it needs; return what went wrong with each, None if nothing.

    A step whose predecessor failed is not tried. ``folder`` is pytask's own, and emptied;
    ``at_once`` is how many steps are taken at the same time.

    Raises
    ------
    EngineError
        When the engine says that it did not do its work.
    """
    if folder.is_dir():
        shutil.rmtree(folder)
    folder.unlink(missing_ok=True)
    folder.mkdir(parents=True)
    config = folder / "pytask.toml"
    config.write_text("[tool.pytask.ini_options]\n", encoding="utf-8")
    session = _build(_tasks(steps, before(steps), action), config, at_once)
    taken = {report.task.attributes["step"]: report for report in session.execution_reports}
    lost = [step.title for step in steps if step.id not in taken]
    if lost:
        raise EngineError(
            f"the steps could not be taken (pytask ended with {int(session.exit_code)}): "
            + ", ".join(lost[:3])
        )
    return {name: _problem(report) for name, report in taken.items()}


def _tasks(
    steps: Sequence[Step], after: Mapping[str, list[str]], action: Callable[[Step], None]
) -> list[Callable[..., None]]:
    from pytask import task

    def taking(step: Step) -> Callable[..., bool]:
        def taken(first: Any) -> bool:
            action(step)
            return True

        return taken

    done = {step.id: Done(step.id) for step in steps}
    tasks = []
    for step in steps:
        first = [done[one] for one in after[step.id]]
        made: Any = task(name=step.id, kwargs={"first": first}, produces=done[step.id])(
            taking(step)
        )
        made.pytask_meta.attributes["step"] = step.id
        tasks.append(made)
    return tasks


def _build(tasks: list[Callable[..., None]], config: Path, at_once: int) -> Any:
    import pytask

    quiet, pytask.console.quiet = pytask.console.quiet, True
    try:
        return pytask.build(
            tasks=tasks,
            config=config,
            database_url="sqlite://",
            force=True,
            capture="no",
            disable_warnings=True,
            n_workers=at_once,
            parallel_backend="threads",
        )
    finally:
        pytask.console.quiet = quiet


def _problem(report: Any) -> BaseException | None:
    from pytask import TaskOutcome

    if report.outcome == TaskOutcome.SUCCESS:
        return None
    if report.outcome == TaskOutcome.SKIP_PREVIOUS_FAILED:
        return EngineError(NOT_TRIED)
    error: BaseException = report.exc_info[1] if report.exc_info else EngineError("it did not end")
    return error
