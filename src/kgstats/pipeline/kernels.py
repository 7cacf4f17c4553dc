"""Kernels that start warm: copies of one process that has imported the collection's modules.

On Linux each kernel begins as a fork of a process that is ready (`stock`). A notebook cannot tell:
what it prints is the same to the byte (a test compares). Where this does not work, kernels start as
they always do; then a keeper (`keeper`) stands between the run and the kernel, which ends all that
the notebook started and left behind.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import psutil
from jupyter_client import AsyncKernelManager
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from kgstats.pipeline.keeper import kept
from kgstats.pipeline.stock import ANSWER_SECONDS, FOLDER, Fork, Stock, begin, can_fork
from kgstats.pipeline.watching import end, end_with_parent
from kgstats.workspace import ENVIRONMENT_VARIABLE

NAME = "kgstats-warm"
LONGEST_SOCKET_FOLDER = 92
"""Length of a folder's name; a socket's whole name has a hundred letters at most."""
_LIVE: set[Any] = set()
"""The kernels of this process that have not been put away."""


class PrivateKernelManager(AsyncKernelManager):
    """Talks to its kernel through sockets in a folder of its own, where the system has them.

    A port is chosen by one process and taken by another, and a second kernel may come between the
    two; and anybody on the machine can knock at a port.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        _register()
        self.folder = folder = tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-")
        _LIVE.add(self)
        if os.name == "posix" and len(folder) <= LONGEST_SOCKET_FOLDER:
            self.transport = "ipc"
        self.connection_file = str(Path(folder) / "kernel.json")

    @property
    def pid(self) -> int | None:
        """The number of the kernel's process; None while it has none."""
        process = getattr(self.provisioner, "process", None)
        return None if process is None or process.poll() is not None else int(process.pid)

    def put_away(self) -> None:
        """End the kernel if it still runs, and remove its sockets."""
        pid = self.pid
        if pid is not None:
            end(pid)
        shutil.rmtree(self.folder, ignore_errors=True)
        _LIVE.discard(self)


def _register() -> None:
    """Have kernels of this process started by `WarmProvisioner`."""
    if os.name != "posix":
        return
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[NAME] = EntryPoint(
        NAME, f"{__name__}:WarmProvisioner", KernelProvisionerFactory.GROUP_NAME
    )
    factory.default_provisioner_name = NAME


def sweep() -> None:
    """Remove the socket folders of runs that are no more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*-*"):
        owner = folder.name.removeprefix(FOLDER).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


class WarmProvisioner(LocalProvisioner):
    """Starts kernels as forks of the stock, where there is one; in the usual way otherwise.

    Either way a kernel ends with the process that started it.
    """

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> KernelConnectionInfo:
        """Start a kernel by its command line."""
        fork = self._fork(cmd, settings)
        if fork is None:
            if not can_fork():
                settings["preexec_fn"] = _bound_to_this_process()
                return await super().launch_kernel(cmd, **settings)
            return await super().launch_kernel(kept(cmd), **settings)
        self.process = fork  # type: ignore[assignment]
        # A kernel leads its own group, as one started in the usual way does.
        self.pid = self.pgid = fork.pid
        self.cwd = settings.get("cwd", Path.cwd())
        return self.connection_info

    def _fork(self, cmd: Sequence[str], settings: Mapping[str, Any]) -> Fork | None:
        argv = _kernel_arguments(cmd)
        if Stock.now is None or argv is None:
            return None
        env = dict(settings.get("env") or os.environ)
        with contextlib.suppress(OSError, ValueError):
            return Stock.now.kernel(argv, env, str(settings.get("cwd") or Path.cwd()))
        return None

    async def kill(self, restart: bool = False) -> None:
        """End the kernel with all that it started."""
        if self.process is not None:
            end(self.process.pid)


def _bound_to_this_process() -> Callable[[], None]:
    """Return what a kernel started in the usual way does first: end when this process does."""
    parent = os.getpid()
    return lambda: end_with_parent(parent)


def _kernel_arguments(cmd: Sequence[str]) -> list[str] | None:
    """Return the arguments of this Python's IPython kernel; None for another command."""
    place = list(cmd).index("ipykernel_launcher") if "ipykernel_launcher" in cmd else 0
    return list(cmd[place:]) if place >= 2 and cmd[0] == sys.executable else None


@contextlib.contextmanager
def warm(
    modules: Sequence[str],
    seconds: float = ANSWER_SECONDS,
    rehearsals: Sequence[Sequence[Any]] = (),
    workspace: Path | None = None,
) -> Iterator[None]:
    """Have kernels start warm within this block: with these modules imported.

    Parameters
    ----------
    modules, rehearsals
        As :meth:`Stock.load` takes them; what is rehearsed is of the ``workspace``.
    seconds
        How long the process that kernels are forked from may take to answer.
    """
    if not can_fork():
        yield
        return
    stands = Stock.now
    if stands is None:
        begin()
        Stock.now, Stock.begun = Stock.begun, None
    stock = Stock.now
    assert stock is not None
    stock.seconds = seconds
    env = {} if workspace is None else {ENVIRONMENT_VARIABLE: str(workspace)}
    stock.load(modules, rehearsals, env)
    try:
        yield
    finally:
        if stands is None:
            Stock.now = None
            stock.close()


def end_all() -> None:
    """End every kernel now."""
    for manager in list(_LIVE):
        manager.put_away()
