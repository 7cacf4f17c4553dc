"""Kernels that start warm: copies of one process that has imported the collection's modules.

Most of a short notebook's time goes into importing pandas, geopandas and matplotlib. On Linux a
run therefore imports them once, in a process of its own, and each kernel begins as a fork of that
process. A notebook cannot tell: what it prints is the same to the byte (a test compares). Where
this does not work, kernels start as they always do.

Run as a program (``python -m kgstats.pipeline.kernels MODULE…``) this is that process. It
reads a line of JSON for each kernel (``argv``, ``env``, ``cwd``) and answers with its ``pid``.
A keeper (`keeper`) stands between the run and this process, or a kernel that starts in the usual
way: when either ends, it ends all that notebooks started and left behind.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import importlib.util
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, NoReturn

import psutil
from jupyter_client import AsyncKernelManager
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from kgstats import words
from kgstats.pipeline.keeper import kept
from kgstats.pipeline.watching import end, end_with_parent

NAME = "kgstats-warm"
FOLDER = "kgstats-"
"""How the names of socket folders begin; the number of the process they belong to follows."""
ANSWER_SECONDS = 180.0
"""How long the process that kernels are forked from may take to answer; it imports at first."""
LONGEST_SOCKET_FOLDER = 92
"""Length of a folder's name; a socket's whole name has a hundred letters at most."""
KERNEL = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell")
SLOW_TO_IMPORT = (
    *("geopandas", "jinja2", "matplotlib.pyplot", "PIL.PngImagePlugin", "pyarrow.dataset"),
    *("pyarrow.parquet", "yaml", "kgstats.lab", "kgstats.lineage", "kgstats.withholding"),
)
"""Imported inside functions, so that importing the collection's modules does not load them."""


def can_fork() -> bool:
    """Whether this system forks processes safely and gives handles to them: Linux since 5.3."""
    if sys.platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


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


def _ready(handle: int, seconds: float | None) -> bool:
    """Whether the process of a handle has ended, or ends within some time."""
    return bool(select.select([handle], [], [], seconds)[0])


class Fork:
    """A kernel's process, with what of `subprocess.Popen` a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        # A handle that names this process for good; its number may be given to another one.
        self._handle = os.pidfd_open(pid)
        # The thread that watches asks as well as the one that runs the notebook: closed twice, the
        # handle's number would be that of a file of somebody else.
        self._asking = threading.Lock()
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return None while the process lives; its exit code is not known, so 0 afterwards."""
        with self._asking:
            if self.returncode is None and _ready(self._handle, 0):
                self.returncode = 0
                os.close(self._handle)
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the process to end."""
        with self._asking:
            own = os.dup(self._handle) if self.returncode is None else None
        if own is not None:
            try:
                if not _ready(own, timeout):
                    raise subprocess.TimeoutExpired(f"kernel {self.pid}", timeout or 0.0)
            finally:
                os.close(own)
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        """Send a signal; a process that has ended gets none."""
        with self._asking:
            if self.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self._handle, number)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process."""
        self.send_signal(signal.SIGKILL)


class Stock:
    """The process that kernels are forked from."""

    def __init__(self, modules: Sequence[str], seconds: float = ANSWER_SECONDS) -> None:
        self._asking = threading.Lock()
        self._seconds = seconds
        # A file of the current folder must not stand in for a module, so it starts in Python's.
        self._process = subprocess.Popen(
            kept([sys.executable, "-m", __name__, *modules]),
            cwd=Path(os.__file__).parent,
            # Nor is it to be ended with the run's group, before it has put things away.
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def fork(self, argv: Sequence[str], env: dict[str, str], cwd: str) -> Fork:
        """Return a new kernel.

        Raises
        ------
        OSError
            When the process is gone, or does not answer in time: then it is ended.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        with self._asking:
            asked = {"argv": list(argv), "env": env, "cwd": cwd}
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            # An answer is one short line, written at once.
            if not select.select([self._process.stdout], [], [], self._seconds)[0]:
                self.end()
                raise OSError("the process that kernels are forked from does not answer")
            answer = self._process.stdout.readline()
        if not answer:
            raise OSError("the process that kernels are forked from has ended")
        return Fork(json.loads(answer)["pid"])

    def end(self) -> None:
        """End the process now, with its kernels and what they left to it."""
        end(self._process.pid)

    def close(self) -> None:
        """Let the process end, and with it any kernel that still runs."""
        try:
            self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.end()
            self._process.wait()
        except OSError:
            self._process.wait()


class WarmProvisioner(LocalProvisioner):
    """Starts kernels as forks of the stock, where there is one; in the usual way otherwise.

    Either way a kernel ends with the process that started it.
    """

    stock: ClassVar[Stock | None] = None

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
        if self.stock is None or argv is None:
            return None
        env = dict(settings.get("env") or os.environ)
        with contextlib.suppress(OSError, ValueError):
            return self.stock.fork(argv, env, str(settings.get("cwd") or Path.cwd()))
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
def warm(modules: Sequence[str], seconds: float = ANSWER_SECONDS) -> Iterator[None]:
    """Have kernels start warm within this block: with these modules imported."""
    if not can_fork() or WarmProvisioner.stock is not None:
        yield
        return
    WarmProvisioner.stock = stock = Stock(modules, seconds)
    try:
        yield
    finally:
        WarmProvisioner.stock = None
        stock.close()


def end_all() -> None:
    """End every kernel and what they are forked from, now."""
    stock = WarmProvisioner.stock
    for manager in list(_LIVE):
        manager.put_away()
    if stock is not None:
        stock.end()


# --- the process itself -------------------------------------------------------------------------


def _import(modules: Sequence[str]) -> None:
    """Import modules as if in a kernel: some look at their surroundings as they are imported."""
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)  # type: ignore[attr-defined]
    try:
        for name in (*KERNEL, *SLOW_TO_IMPORT, *modules):
            # A kernel that needs it says what is wrong.
            with contextlib.suppress(Exception):
                importlib.import_module(name)
        for lang in words.LANGUAGES:
            words.catalogue(lang)
    finally:
        del builtins.get_ipython  # type: ignore[attr-defined]


def _serve() -> dict[str, Any] | None:
    """Fork at each request; returns the request in the kernel, None when there are no more."""
    # Ctrl-C is for the run, whose end is this process's end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getpid()
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        with warnings.catch_warnings():
            # Python 3.12 warns of forking beside threads. No thread of Python runs here; those of
            # OpenBLAS and jemalloc are made for it: they stop, and start again when needed.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            end_with_parent(parent)
            return asked
        # What it is told of after the run has ended is nobody's to hear.
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps({"pid": pid}), flush=True)
    return None


def _become_kernel(asked: dict[str, Any]) -> NoReturn:
    """Turn this fork into the kernel that was asked for."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    # Where memory runs out, the system ends a notebook before the run.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    # What a kernel writes past its sockets must not be taken for an answer.
    os.dup2(2, 1)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123
    os.environ.clear()
    os.environ.update(asked["env"])
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    os.chdir(asked["cwd"])
    # The parent's number is also given as an argument: ipykernel read the variable on import.
    launcher = importlib.util.find_spec(asked["argv"][0])
    program = launcher.origin if launcher is not None else None
    parent = f"--IPKernelApp.parent_handle={os.getppid()}"
    sys.argv = [program or asked["argv"][0], *asked["argv"][1:], parent]
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
    raise SystemExit(0)


def main() -> None:
    """Import what the arguments name, then fork kernels until the input ends."""
    # As ipykernel's own launcher does: the folder it is started in is not to hide any module.
    if sys.path and sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]
    _import(sys.argv[1:])
    gc.freeze()  # What is imported is never collected, so its memory stays shared.
    asked = _serve()
    if asked is not None:
        _become_kernel(asked)


if __name__ == "__main__":
    main()
