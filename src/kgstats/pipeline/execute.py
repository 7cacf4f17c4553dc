"""Run one notebook with papermill, whole or not at all."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kgstats.pipeline import collection
from kgstats.workspace import ENVIRONMENT_VARIABLE, RUN_VARIABLE, replacing

_FAILED_SUFFIX = ".failed.ipynb"
_TIMES = ("start_time", "end_time", "duration")


class NotebookFailed(Exception):
    """A notebook stopped at an error; the executed copy shows where."""


def execute(source: Path, target: Path, parameters: Mapping[str, Any], *, workspace: Path) -> None:
    """Run a notebook and write the executed copy, which has no clock in it.

    Raises
    ------
    NotebookFailed
        With the error's last line and where the executed copy was kept. The copy made by an
        earlier, complete run stays as it was.
    """
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.WARNING)
    os.environ[ENVIRONMENT_VARIABLE] = str(workspace)
    os.environ[RUN_VARIABLE] = "1"
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    failed = target.with_name(target.stem + _FAILED_SUFFIX)
    failed.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    trial = target.with_name(f".{target.stem}.{os.getpid()}.trial.ipynb")
    read = trial.with_suffix(".read.ipynb")
    try:
        # Without what JupyterLab saved in it, so that the same notebook gives the same bytes.
        read.write_text(json.dumps(collection.content(source)), encoding="utf-8")
        with _own_loop(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = papermill.execute_notebook(
                str(read),
                str(trial),
                parameters=dict(parameters),
                kernel_name="python3",
                progress_bar=False,
                request_save_on_cell_execute=False,
                shutdown_kernel="immediate",
                **_quiet_kernel(),
            )
    except PapermillExecutionError as error:
        os.replace(trial, failed)
        raise NotebookFailed(
            f"{source.stem} stopped in cell {error.cell_index}: {error.ename}: {error.evalue} "
            f"(the notebook as far as it ran: {failed})"
        ) from None
    finally:
        for path in (trial, read):
            path.unlink(missing_ok=True)
    without_clocks(notebook)
    with replacing(target) as draft:
        nbformat.write(notebook, draft)


def _quiet_kernel() -> dict[str, Any]:
    """Keep a kernel's start-up remarks off the terminal; its errors still arrive as outputs."""
    from kgstats.pipeline.kernels import PrivateKernelManager

    return {
        "extra_arguments": ["--log-level=ERROR"],
        "kernel_manager_class": PrivateKernelManager,
    }


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
