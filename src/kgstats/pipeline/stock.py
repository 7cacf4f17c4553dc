"""The process that kernels, and the cleaning of a year, are forked from: what they load is loaded.

Most of a short notebook's time goes into importing pandas, geopandas and matplotlib, and half of
the cleaning's. On Linux a run therefore imports them once, in a process of its own that begins
with the command, and what needs them begins as a fork of that process.

Run as a program (``python -m kgstats.pipeline.stock``) this is that process. It reads lines of
JSON: ``load`` names modules and ``rehearse`` modules with a ``rehearse`` that is called with what
stands behind the name, and goes on part by part; ``loaded`` asks whether that is done; ``kernel``
(``argv``, ``env``, ``cwd``) and ``program`` (``module``, ``argv``, ``errors``) ask for a fork and
are answered with its ``pid``; ``ended`` names one that has ended and is answered with its exit
``code``. A keeper (`keeper`) stands between the run and this process: when either ends, it ends
all that was forked and left behind.
"""

from __future__ import annotations

import atexit
import builtins
import contextlib
import gc
import importlib
import importlib.util
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, NoReturn

from kgstats import strings, words
from kgstats.pipeline.keeper import kept
from kgstats.pipeline.watching import end, end_with_parent

FOLDER = "kgstats-"
"""How the names of temporary folders begin; the number of the process they belong to follows."""
ANSWER_SECONDS = 180.0
"""How long the process may take to answer; it imports at first."""
RARE_COLLECTIONS = (50_000, 20, 50)
"""How many new objects make a fork look for cycles: tables make many objects and few cycles, and
looking took a tenth of what notebooks compute."""
LOADING_SECONDS = 0.02
"""How long a kernel's start waits before it asks again whether all is loaded."""
CLEANING = (
    *("pandas", "kgstats.returns.processed", "kgstats.returns.clean"),
    *("kgstats.returns.files.ooxml", "pyarrow.parquet"),
)
"""What the cleaning of a year loads; first, for most of a run waits for it."""
KERNEL = (
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "sqlite3"),
    *("tornado.platform.asyncio", "IPython.core.completerlib", "IPython.core.debugger"),
    *("IPython.extensions.storemagic",),
)
"""What a kernel loads as it starts."""
DEBUGGER = "debugpy"
"""Loaded by every kernel for whoever wants to stop in it; in a run nobody does."""
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


def _ready(handle: int, seconds: float | None) -> bool:
    """Whether the process of a handle has ended, or ends within some time."""
    return bool(select.select([handle], [], [], seconds)[0])


class Fork:
    """A process that was forked, with what of `subprocess.Popen` a provisioner uses."""

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
                    raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0)
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
    """The process that others are forked from."""

    begun: ClassVar[Stock | None] = None
    """One that loads what every run needs, before it is known what this one does."""
    now: ClassVar[Stock | None] = None
    """The one that kernels are forked from; they start in the usual way where there is none."""

    def __init__(self, seconds: float = ANSWER_SECONDS) -> None:
        self._asking = threading.Lock()
        self.seconds = seconds
        self._told: dict[str, Any] = {}
        # A file of the current folder must not stand in for a module, so it starts in Python's.
        self._process = subprocess.Popen(
            kept([sys.executable, "-m", __name__]),
            cwd=Path(os.__file__).parent,
            # Nor is it to be ended with the run's group, before it has put things away.
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def load(
        self,
        modules: Sequence[str],
        rehearsals: Sequence[Sequence[Any]] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Have it load modules before it forks a kernel, and make what kernels have in common.

        Parameters
        ----------
        rehearsals
            Each a module and what its function ``rehearse`` is given.
        env
            Variables that rehearsals find.
        """
        told = {
            "load": list(modules),
            "rehearse": [list(one) for one in rehearsals],
            "env": dict(env or {}),
        }
        with self._asking, contextlib.suppress(OSError):
            if told != self._told:
                self._tell(told)
                self._told = told

    def kernel(self, argv: Sequence[str], env: dict[str, str], cwd: str) -> Fork:
        """Return a new kernel, when all that kernels have in common is loaded.

        Raises
        ------
        OSError
            When the process is gone, or does not answer in time: then it is ended.
        """
        late = time.monotonic() + self.seconds
        # Meanwhile others may ask: a year is cleaned by what is loaded first.
        while not self._ask({"loaded": True})["loaded"]:
            if time.monotonic() > late:
                self._give_up()
            time.sleep(LOADING_SECONDS)
        return Fork(self._ask({"kernel": {"argv": list(argv), "env": env, "cwd": cwd}})["pid"])

    def program(self, module: str, argv: Sequence[str], errors: Path) -> Fork:
        """Return a fork that runs the ``main`` of a module, as a command that ends with a code.

        Parameters
        ----------
        argv
            What it finds behind its name; ``{parent}`` stands for the number of its parent.
        errors
            The file it writes its errors to.

        Raises
        ------
        OSError
            As :meth:`kernel` does.
        """
        told = {"module": module, "argv": list(argv), "errors": str(errors)}
        return Fork(self._ask({"program": told})["pid"])

    def code(self, fork: Fork) -> int:
        """Return the exit code of a program that has ended, negative for a signal.

        Raises
        ------
        OSError
            As :meth:`kernel` does.
        """
        return int(self._ask({"ended": fork.pid})["code"])

    def _tell(self, told: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()

    def _ask(self, told: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdout is not None
        with self._asking:
            self._tell(told)
            # An answer is one short line, written at once.
            if not select.select([self._process.stdout], [], [], self.seconds)[0]:
                self._give_up()
            answer = self._process.stdout.readline()
        if not answer:
            raise OSError("the process that kernels are forked from has ended")
        found: dict[str, Any] = json.loads(answer)
        return found

    def _give_up(self) -> NoReturn:
        self.end()
        raise OSError("the process that kernels are forked from does not answer")

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


@contextlib.contextmanager
def standing() -> Iterator[None]:
    """Have one that stands within this block, whatever runs are made there."""
    Stock.now = Stock() if can_fork() else None
    try:
        yield
    finally:
        if Stock.now is not None:
            Stock.now.close()
        Stock.now = None


def begin() -> None:
    """Have a stock load, beside whatever else is done, what every run needs."""
    if can_fork() and Stock.begun is None and Stock.now is None:
        Stock.begun = Stock()


def end_all() -> None:
    """End now what kernels are forked from."""
    for one in (Stock.now, Stock.begun):
        if one is not None:
            one.end()


# --- the process itself -------------------------------------------------------------------------


class _Loading:
    """What is still to be loaded, as if in a kernel, in parts: a fork may come between them."""

    def __init__(self) -> None:
        self.left: deque[Callable[[], object]] = deque()
        self._import((*CLEANING, *KERNEL, *SLOW_TO_IMPORT))
        self.left += [partial(words.catalogue, lang) for lang in words.LANGUAGES]
        self.left.append(strings.as_objects)  # As every notebook that starts.

    def add(self, modules: Iterable[str], rehearsals: Iterable[Sequence[Any]]) -> None:
        """Load these too, and rehearse: a module, and what its ``rehearse`` is given."""
        self._import(modules)
        self.left += [partial(self._rehearse, *one) for one in rehearsals]

    def _import(self, modules: Iterable[str]) -> None:
        self.left += [partial(importlib.import_module, name) for name in modules]

    def _rehearse(self, module: str, *given: Any) -> None:
        self._go_on(importlib.import_module(module).rehearse(*given))

    def _go_on(self, parts: Iterator[None]) -> None:
        for _ in parts:
            self.left.appendleft(partial(self._go_on, parts))
            return

    def one(self) -> None:
        """Load the next part: some modules look at their surroundings as they are imported."""
        os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        builtins.get_ipython = lambda: SimpleNamespace(kernel=None)  # type: ignore[attr-defined]
        part = self.left.popleft()
        try:
            # A kernel that needs it says what is wrong.
            with contextlib.suppress(Exception):
                part()
        finally:
            del builtins.get_ipython  # type: ignore[attr-defined]

    def rest(self) -> None:
        """Load all that is left."""
        while self.left:
            self.one()


def _serve() -> dict[str, Any] | None:
    """Fork at each request; returns the request in the fork, None when there are no more.

    Where nothing is asked it loads what is left to be loaded.
    """
    # Ctrl-C is for the run, whose end is this process's end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent, handle, text, loading = os.getpid(), sys.stdin.fileno(), b"", _Loading()
    kernels: set[int] = set()
    for _ in CLEANING:
        loading.one()
    while True:
        while b"\n" not in text:
            if loading.left and not _ready(handle, 0):
                loading.one()
                continue
            more = os.read(handle, 1 << 16)
            if not more:
                return None
            text += more
        line, _, text = text.partition(b"\n")
        asked: dict[str, Any] = json.loads(line)
        if "load" in asked:
            loading.add(asked["load"], asked["rehearse"])
            os.environ.update(asked["env"])
            continue
        if "loaded" in asked:
            _answer(loaded=not loading.left)
            continue
        if "ended" in asked:
            _answer(code=os.waitstatus_to_exitcode(os.waitpid(asked["ended"], 0)[1]))
            continue
        if "kernel" in asked:
            loading.rest()
        with warnings.catch_warnings():
            # Python 3.12 warns of forking beside threads. No thread of Python runs here; those of
            # OpenBLAS and jemalloc are made for it: they stop, and start again when needed.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            # What was loaded is never collected, so its memory stays shared.
            gc.freeze()
            gc.set_threshold(*RARE_COLLECTIONS)
            gc.enable()
            end_with_parent(parent)
            return asked
        if "kernel" in asked:
            # One that serves many runs does not keep the kernels that have ended.
            kernels = {one for one in kernels if not os.waitpid(one, os.WNOHANG)[0]} | {pid}
        _answer(pid=pid)


def _answer(**told: int) -> None:
    # What it is told of after the run has ended is nobody's to hear.
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(told), flush=True)


def _apart(errors: int) -> None:
    """Take the run's pipes from this fork; what it says of errors goes to a file of its own."""
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    # What is written past sockets and files must not be taken for an answer.
    os.dup2(errors, 1)
    os.dup2(errors, 2)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123


def _become_program(asked: dict[str, Any]) -> NoReturn:
    """Run the program that was asked for."""
    _apart(os.open(asked["errors"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    # Where the run has no output, Python gave this process none.
    sys.stdout = sys.stderr = os.fdopen(2, "w", 1, "utf-8", "replace", closefd=False)
    parent = str(os.getppid())
    sys.argv = [asked["module"], *(parent if one == "{parent}" else one for one in asked["argv"])]
    code: int | str | None = 0
    try:
        importlib.import_module(asked["module"]).main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    if isinstance(code, str):
        print(code, file=sys.stderr)
    sys.stderr.flush()
    # All that was loaded is not put away piece by piece; a run waits for this.
    os._exit(1 if isinstance(code, str) else code or 0)


def _become_kernel(asked: dict[str, Any]) -> NoReturn:
    """Turn this fork into the kernel that was asked for."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    # Where memory runs out, the system ends a notebook before the run.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    _apart(2)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    os.chdir(asked["cwd"])
    # The parent's number is also given as an argument: ipykernel read the variable on import.
    launcher = importlib.util.find_spec(asked["argv"][0])
    program = launcher.origin if launcher is not None else None
    parent = f"--IPKernelApp.parent_handle={os.getppid()}"
    sys.argv = [program or asked["argv"][0], *asked["argv"][1:], parent]
    # As where it is not installed: to load it takes longer than all else that a kernel starts with.
    sys.modules[DEBUGGER] = None  # type: ignore[assignment]
    from ipykernel import kernelapp

    try:
        kernelapp.launch_new_instance()
    finally:
        gc.freeze()
    raise SystemExit(0)


def main() -> None:
    """Load what forks take, and fork until the input ends."""
    # As ipykernel's own launcher does: the folder it is started in is not to hide any module.
    if sys.path and sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]
    gc.disable()  # What is loaded is no garbage, now or at the end.
    asked = _serve()
    gc.freeze()
    if asked is not None and "kernel" in asked:
        _become_kernel(asked["kernel"])
    if asked is not None:
        _become_program(asked["program"])
    atexit._run_exitfuncs()  # What libraries put away at the end; all else goes with the process.
    os._exit(0)


if __name__ == "__main__":
    main()
