"""Run one notebook with papermill, whole or not at all, within limits of time and memory."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgstats.pipeline import collection
from kgstats.pipeline.limits import Limits
from kgstats.pipeline.watching import MEMORY, TIME, Watch
from kgstats.workspace import (
    ENVIRONMENT_VARIABLE,
    NOTEBOOK_VARIABLE,
    READS_VARIABLE,
    RUN_VARIABLE,
    replacing,
)

FAILED_SUFFIX = ".failed.ipynb"
ENGINE = "kgstats"
GRAMMAR = "rfc3987_syntax"
_TIMES = ("start_time", "end_time", "duration")
_OF_THREAD = threading.local()
"""``notebook``: what papermill runs in this thread, with the outputs it has so far."""


@dataclass(frozen=True)
class Failure:
    """Where a notebook stopped, and what to do about it: the one record of it."""

    notebook: str
    parameters: Mapping[str, Any]
    cell: int
    """As JupyterLab counts: the how-manieth code cell it is, 0 where none had begun."""
    heading: str
    error: str
    advice: str
    kept: str
    """The executed copy, as far as it went."""


class NotebookFailed(Exception):
    """A notebook stopped; the executed copy shows where."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        under = f" (under “{failure.heading}”)" if failure.heading else ""
        super().__init__(
            f"{failure.notebook} stopped in cell [{failure.cell}]{under}: {failure.error}. "
            f"{failure.advice}"
        )


class KernelEnded(Exception):
    """A notebook's kernel ended before its time; the message says of what."""


def load() -> None:
    """Import what runs and writes notebooks.

    nbformat loads jsonschema, and that builds a whole grammar of web addresses for a check that no
    notebook asks for. It takes longer than everything else here, so jsonschema is told that there
    is none, as on a machine without the package.
    """
    if "jsonschema" not in sys.modules:
        sys.modules[GRAMMAR] = None  # type: ignore[assignment]
        try:
            import nbformat  # noqa: F401
        finally:
            del sys.modules[GRAMMAR]
    import papermill  # noqa: F401


def execute(
    source: Path,
    target: Path,
    parameters: Mapping[str, Any],
    *,
    workspace: Path,
    limits: Limits | None = None,
    reads: Path | None = None,
) -> None:
    """Run a notebook and write the executed copy, which has no clock in it.

    A kernel that dies or hangs may have been unlucky, so it is tried once more.

    Parameters
    ----------
    reads
        Where to leave which data sets the notebook looked for: a name and a year in each line.

    Raises
    ------
    NotebookFailed
        With the error's first line and where the executed copy was kept. The copy made by an
        earlier, complete run stays as it was.
    """
    load()
    import nbformat

    limits = limits or Limits()
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    os.environ[ENVIRONMENT_VARIABLE] = str(workspace)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    failed = target.with_name(target.stem + FAILED_SUFFIX)
    failed.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    noted = failed.with_suffix(".reads")
    noted.unlink(missing_ok=True)
    try:
        try:
            notebook = _run(source, target, parameters, limits, noted)
        except KernelEnded:
            notebook = _run(source, target, parameters, limits, noted)
        told = noted.read_text(encoding="utf-8") if noted.is_file() else ""
    except Exception as error:
        raise _failed(source, failed, parameters, error, workspace) from None
    finally:
        noted.unlink(missing_ok=True)
    if reads is not None:
        with replacing(reads) as draft:
            draft.write_text("".join(sorted(set(told.splitlines(True)))), encoding="utf-8")
    without_clocks(notebook)
    with replacing(target) as draft:
        nbformat.write(notebook, draft)


def _run(
    source: Path, target: Path, parameters: Mapping[str, Any], limits: Limits, noted: Path
) -> Any:
    """Run a notebook once.

    Raises
    ------
    KernelEnded
        When the kernel died, or was ended for passing a limit.
    PapermillExecutionError
        When a cell ends with an error.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    _engine()
    _OF_THREAD.notebook = None
    trial = target.with_name(f".{target.stem}.{os.getpid()}.trial.ipynb")
    read = trial.with_suffix(".read.ipynb")
    try:
        # Without what JupyterLab saved in it, so that the same notebook gives the same bytes.
        read.write_text(json.dumps(collection.content(source)), encoding="utf-8")
        with (
            _own_loop(),
            _kernel(limits, source, noted) as (watch, settings),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            try:
                return papermill.execute_notebook(
                    _literal(read),
                    _literal(trial),
                    parameters=dict(parameters),
                    kernel_name="python3",
                    engine_name=ENGINE,
                    progress_bar=False,
                    request_save_on_cell_execute=False,
                    shutdown_kernel="immediate",
                    execution_timeout=max(1, round(limits.cell_minutes * 60)),
                    start_timeout=max(1, round(limits.kernel_start_seconds)),
                    **settings,
                )
            except CellTimeoutError:
                raise KernelEnded(
                    f"one cell ran longer than {limits.cell_minutes:g} minutes"
                ) from None
            except (DeadKernelError, RuntimeError) as error:
                raise KernelEnded(_ended(watch, limits, error)) from None
    finally:
        for path in (trial, read):
            path.unlink(missing_ok=True)


def _literal(path: Path) -> str:
    """Return a path as papermill takes it: braces are places for parameters there."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _ended(watch: Watch, limits: Limits, error: Exception) -> str:
    """Say of what a kernel ended."""
    if watch.passed == TIME:
        return f"it ran longer than {limits.notebook_minutes:g} minutes"
    if watch.passed == MEMORY:
        return f"it took more than {limits.memory_gb:g} GB of memory"
    if "Kernel died" in str(error):
        return "its kernel died (of a fault in a library, or ended by the system for its memory)"
    return _first_line(error)


@contextlib.contextmanager
def _kernel(limits: Limits, source: Path, noted: Path) -> Iterator[tuple[Watch, dict[str, Any]]]:
    """Watch the kernel that papermill starts with the settings yielded, and put it away.

    It notes in the file ``noted`` what data it looks for.
    """
    from kgstats.pipeline.kernels import PrivateKernelManager

    def pid() -> int | None:
        manager = managers[0] if managers else None
        return None if manager is None else manager.pid

    managers: list[PrivateKernelManager] = []

    class Manager(PrivateKernelManager):
        """Made by papermill, in this thread; the watching one has to know it too."""

        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            managers.append(self)

        async def start_kernel(self, **settings: Any) -> None:  # type: ignore[override]
            told = {RUN_VARIABLE: "1", NOTEBOOK_VARIABLE: str(source), READS_VARIABLE: str(noted)}
            await super().start_kernel(**{**settings, "env": {**os.environ, **told}})

    settings = {
        # A kernel's start-up remarks are not for the terminal; its errors arrive as outputs.
        "extra_arguments": ["--log-level=CRITICAL"],
        "kernel_manager_class": Manager,
    }
    try:
        with Watch(pid, limits.notebook_minutes * 60, limits.memory_gb) as watch:
            yield watch, settings
    finally:
        for manager in managers:
            manager.put_away()


def _engine() -> None:
    """Register papermill's own engine again, keeping hold of the notebook while it runs."""
    from papermill.engines import NBClientEngine, papermill_engines

    if ENGINE in papermill_engines._engines:
        return

    class Engine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **settings: Any) -> Any:
            _OF_THREAD.notebook = nb_man.nb
            return super().execute_managed_notebook(nb_man, kernel_name, **settings)

    papermill_engines.register(ENGINE, Engine)


class _own_loop:
    """Give this thread an event loop of its own: kernels are talked to asynchronously."""

    def __enter__(self) -> None:
        self.loop = None
        if threading.current_thread() is not threading.main_thread():
            self.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self.loop)

    def __exit__(self, *_: object) -> None:
        if self.loop is not None:
            asyncio.set_event_loop(None)
            self.loop.close()


# --- where it stopped -----------------------------------------------------------------------------


def _failed(
    source: Path,
    kept: Path,
    parameters: Mapping[str, Any],
    error: Exception,
    workspace: Path,
) -> NotebookFailed:
    """Keep the notebook as far as it ran, and say where it stopped."""
    import nbformat

    ran = _OF_THREAD.notebook
    number, heading = 0, ""
    if ran is not None:
        number, heading = _reached(ran.cells)
        without_clocks(ran)
        with replacing(kept) as draft:
            nbformat.write(ran, draft)
    name = kept.relative_to(workspace) if kept.is_relative_to(workspace) else kept
    name_of_error = getattr(error, "ename", None)
    said = f"{name_of_error}: {getattr(error, 'evalue', '')}" if name_of_error else str(error)
    if isinstance(error, KernelEnded):
        advice = "It was tried twice. Limits are set in settings.yml"
    else:
        advice = f"See it with: kgstats open {source.stem}"
    return NotebookFailed(
        Failure(
            notebook=source.stem,
            parameters=dict(parameters),
            cell=number,
            heading=heading,
            error=_first_line(said).rstrip(".: "),
            advice=advice,
            kept=name.as_posix(),
        )
    )


def _first_line(told: object) -> str:
    lines = str(told).strip().splitlines()
    return lines[0] if lines else type(told).__name__


def _reached(cells: list[Any]) -> tuple[int, str]:
    """Return the last code cell that began, as JupyterLab counts, and the heading above it."""
    number, reached, heading, above = 0, 0, "", ""
    for cell in cells:
        if cell.cell_type == "markdown":
            lines = [line.lstrip("# ") for line in cell.source.splitlines() if line[:1] == "#"]
            heading = lines[-1] if lines else heading
        elif cell.cell_type == "code":
            number += 1
            if cell.metadata.get("papermill", {}).get("status") not in (None, "pending"):
                reached, above = number, heading
    return reached, above


def without_clocks(notebook: Any) -> None:
    """Remove times from an executed notebook: the same inputs give the same bytes."""
    about = notebook.metadata.get("papermill", {})
    for name in (*_TIMES, "input_path", "output_path"):
        about.pop(name, None)
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("execution", None)
        for name in _TIMES:
            cell.metadata.get("papermill", {}).pop(name, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            # papermill gives the cell a random id.
            cell["id"] = f"injected-{number}"
