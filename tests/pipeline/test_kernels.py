"""Kernels that start warm: the same results as others, and no process left behind."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
import pytest

from kgstats.pipeline import execute, kernels
from kgstats.pipeline.limits import Limits

pytestmark = pytest.mark.skipif(not kernels.can_fork(), reason="kernels are forked on Linux alone")

NAME = "ipykernel_launcher"
MODULES = ["kgstats.notebook", "kgstats.present.tables"]
SOURCES = (
    # What a library finds out about its surroundings when it is imported, or at its first figure.
    "import pandas as pd\npd.DataFrame([range(30)] * 70)",
    "import matplotlib\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "matplotlib.get_backend(), plt.isinteractive(), pd.get_option('display.max_columns')",
    "import os, sys\nsys.argv[0], os.getcwd(), sys.path",
    "get_ipython().__class__, sys.stdin.read(1), input.__module__",
    "import warnings\nwarnings.warn_explicit('seen', UserWarning, 'a.py', 1)",
    "!echo from a shell",
)


@pytest.fixture(scope="module")
def one_stock() -> Iterator[kernels.Stock]:
    """What kernels are forked from, for all tests that do it no harm: it takes long to import."""
    with kernels.warm(MODULES):
        assert kernels.Stock.now is not None
        stock, kernels.Stock.now = kernels.Stock.now, None
        yield stock


@pytest.fixture
def stocked(one_stock, monkeypatch) -> None:
    """Kernels start warm in this test."""
    monkeypatch.setattr(kernels.Stock, "now", one_stock)


def notebook(path: Path, sources: tuple[str, ...]) -> Path:
    content = nbformat.v4.new_notebook(metadata={"language_info": {"name": "python"}})
    parameters = nbformat.v4.new_code_cell("year: int = 2018", metadata={"tags": ["parameters"]})
    content.cells = [parameters, *(nbformat.v4.new_code_cell(one) for one in sources)]
    for number, cell in enumerate(content.cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(content, path)
    return path


def outputs(source: Path, target: Path, **limits: float) -> list:
    given = Limits(**limits)
    execute.execute(source, target, {"year": 2019}, workspace=target.parent, limits=given)
    return [cell.outputs for cell in nbformat.read(target, 4).cells if cell.cell_type == "code"]


def test_a_notebook_cannot_tell(tmp_path):
    source = notebook(tmp_path / "a.ipynb", SOURCES)
    usual = outputs(source, tmp_path / "usual.ipynb")
    assert any("image/png" in one.get("data", {}) for cell in usual for one in cell)
    with kernels.warm(MODULES):
        forked = outputs(source, tmp_path / "forked.ipynb")
        again = outputs(source, tmp_path / "again.ipynb")
    assert forked == usual
    assert again == usual


def test_kernels_take_no_port_and_leave_no_folder(stocked, tmp_path, monkeypatch):
    # The name of a socket is short, whatever folder tests are given.
    short = Path(tempfile.mkdtemp(prefix="k"))
    monkeypatch.setattr(tempfile, "tempdir", str(short))
    told = "from ipykernel.connect import get_connection_info; get_connection_info(unpack=True)"
    source = notebook(tmp_path / "a.ipynb", (f"{told}['transport']",))
    assert outputs(source, tmp_path / "b.ipynb")[-1][0].data["text/plain"] == "'ipc'"
    gc.collect()
    assert not list(short.glob("kgstats-*"))
    shutil.rmtree(short)


def test_what_is_imported_is_there_from_the_start(stocked, tmp_path):
    loaded = "import sys; before = sorted(sys.modules)"
    source = notebook(tmp_path / "a.ipynb", (loaded, "'pandas' in before"))
    assert outputs(source, tmp_path / "b.ipynb")[-1][0].data["text/plain"] == "True"


def test_a_notebook_that_fails_is_kept(stocked, tmp_path):
    source = notebook(tmp_path / "a.ipynb", ("1 / 0",))
    with pytest.raises(execute.NotebookFailed, match="ZeroDivisionError"):
        outputs(source, tmp_path / "b.ipynb")
    assert "ZeroDivisionError" in (tmp_path / "b.failed.ipynb").read_text(encoding="utf-8")


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def gone(*pids: int) -> bool:
    for _ in range(100):
        if not any(alive(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


DIES = "import os, signal; os.kill(os.getpid(), 9)"
HANGS = "while True: pass"
SLEEPS_IN_C = "import re; re.match(r'(a+)+$', 'a' * 50 + 'b')"
EATS = "held = []\nwhile True: held.append(bytearray(50_000_000))"


@pytest.mark.parametrize(
    ("code", "limits", "message"),
    [
        (DIES, {}, "its kernel died"),
        (HANGS, {"cell_minutes": 0.03}, "one cell ran longer than 0.03 minutes"),
        (HANGS, {"notebook_minutes": 0.12}, "it ran longer than 0.12 minutes"),
        (SLEEPS_IN_C, {"cell_minutes": 0.03}, "one cell ran longer"),
        (EATS, {"memory_gb": 0.6}, "it took more than 0.6 GB of memory"),
    ],
)
def test_a_kernel_that_dies_or_hangs_is_told_apart(stocked, tmp_path, code, limits, message):
    marks = tmp_path / "marks"
    begun = f"import os; print(os.getpid(), file=open({str(marks)!r}, 'a'))"
    source = notebook(tmp_path / "a.ipynb", (begun, code))
    with pytest.raises(execute.NotebookFailed, match=message) as failed:
        outputs(source, tmp_path / "b.ipynb", **limits)
    # Tried twice (a slow start may use up the time of one), and neither kernel is left.
    pids = [int(one) for one in marks.read_text(encoding="ascii").split()]
    assert 1 <= len(pids) <= 2 and gone(*pids)
    assert failed.value.failure.cell == 4
    assert failed.value.failure.parameters == {"year": 2019}
    assert (tmp_path / "b.failed.ipynb").is_file()


def test_a_kernel_that_died_once_is_forgiven(stocked, tmp_path):
    mark = str(tmp_path / "mark")
    code = f"import os, signal\nif not os.path.exists({mark!r}): open({mark!r}, 'w'); {DIES[19:]}"
    source = notebook(tmp_path / "a.ipynb", (code, "6 * 7"))
    assert outputs(source, tmp_path / "b.ipynb")[-1][0].data["text/plain"] == "42"


def test_where_a_notebook_stopped_is_said_with_the_heading_above(tmp_path):
    source = notebook(tmp_path / "a.ipynb", ("1 + 1", "open('/no/such')\n", "2"))
    content = nbformat.read(source, 4)
    content.cells.insert(3, nbformat.v4.new_markdown_cell("## Later", id="later"))
    content.cells.insert(2, nbformat.v4.new_markdown_cell("## Reading\n\nIt reads.", id="reading"))
    nbformat.write(content, source)
    with pytest.raises(execute.NotebookFailed) as failed:
        outputs(source, tmp_path / "b.ipynb")
    told = failed.value.failure
    assert (told.notebook, told.cell, told.heading) == ("a", 4, "Reading")
    assert told.error == "FileNotFoundError: [Errno 2] No such file or directory: '/no/such'"
    assert "kgstats open a" in told.advice


def test_a_stock_that_does_not_answer_is_done_without(tmp_path):
    source = notebook(tmp_path / "a.ipynb", ("6 * 7",))
    with kernels.warm(MODULES, 3):
        stock = kernels.Stock.now
        assert stock is not None
        for _ in range(100):
            server = next(iter(psutil.Process(stock._process.pid).children()), None)
            if server is not None:
                break
            time.sleep(0.05)
        assert server is not None
        server.suspend()
        assert outputs(source, tmp_path / "b.ipynb")[-1][0].data["text/plain"] == "42"
        assert gone(stock._process.pid, server.pid)


RUNNER = """
import sys
from pathlib import Path
from kgstats.pipeline import ending, execute, kernels
folder = Path(sys.argv[1])
cold = __import__("contextlib").nullcontext()
with ending.at_once(), kernels.warm(["kgstats.notebook"]) if sys.argv[2] == "warm" else cold:
    execute.execute(folder / "a.ipynb", folder / "b.ipynb", {}, workspace=folder)
"""


LOADING = """
import os, signal, sys
from kgstats.pipeline import ending, stock
class Asked:
    def find_spec(self, name, *_):
        if name == "jupyter_client":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Asked())
stock.begin()
print(stock.Stock.begun._process.pid, flush=True)
with ending.at_once():
    from kgstats.pipeline import kernels
"""


def test_ctrl_c_while_kernels_are_only_being_loaded_ends_what_was_begun():
    ran = subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True)
    assert ran.returncode == 128 + signal.SIGINT, ran.stderr
    assert "Traceback" not in ran.stderr
    assert gone(int(ran.stdout))


# One that leaves by itself, through two forks and a session of its own, with no variable to know
# it by: what daemons do.
DAEMON = """
import os, subprocess, time
child = subprocess.Popen(['sleep', '600'], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), file=open({marks!r}, 'a'), flush=True)
        os.execve('/bin/sleep', ['sleep', '600'], {{}})
    os._exit(0)
print(os.getpid(), os.getppid(), child.pid, file=open({marks!r}, 'a'), flush=True)
"""


def started(tmp_path: Path, how: str, last: str) -> tuple[subprocess.Popen[bytes], list[int]]:
    """Start a runner of a notebook that leaves daemons; return their numbers when they run."""
    marks, sockets = tmp_path / "marks", tmp_path / "t"
    sockets.mkdir()
    notebook(tmp_path / "a.ipynb", (DAEMON.format(marks=str(marks)), last))
    runner = subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(tmp_path), how],
        env={**os.environ, "TMPDIR": str(sockets)},
        start_new_session=True,
    )
    pids: list[int] = []
    for _ in range(600):
        pids = [int(one) for one in marks.read_text("ascii").split()] if marks.is_file() else []
        if len(pids) == 4 or runner.poll() is not None:
            break
        time.sleep(0.05)
    assert len(pids) == 4
    return runner, pids


@pytest.mark.parametrize(
    ("how", "victim"),
    [("warm", "runner"), ("usual", "runner"), ("warm", "group"), ("usual", "keeper")],
)
def test_nothing_outlives_what_is_killed(tmp_path, how, victim):
    runner, pids = started(tmp_path, how, SLEEPS_IN_C)
    assert all(map(alive, pids))
    (keeper,) = psutil.Process(runner.pid).children()
    if victim == "keeper":
        keeper.kill()
        runner.terminate()
    elif victim == "group":
        os.killpg(runner.pid, signal.SIGKILL)
    else:
        runner.kill()
    runner.wait()
    assert gone(keeper.pid, *pids)
    if victim != "keeper":
        assert not list((tmp_path / "t").iterdir())


def test_a_notebook_leaves_nothing(tmp_path):
    marks = str(tmp_path / "marks")
    all_are_there = f"while len(open({marks!r}).read().split()) < 4: time.sleep(0.01)"
    runner, pids = started(tmp_path, "usual", all_are_there)
    assert runner.wait(60) == 0
    assert gone(*pids)


def test_a_module_in_the_current_folder_is_not_executed(tmp_path, monkeypatch):
    (tmp_path / "select.py").write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    source = notebook(tmp_path / "a.ipynb", ("6 * 7",))
    with kernels.warm(MODULES):
        stock = kernels.Stock.now
        assert outputs(source, tmp_path / "b.ipynb")[-1][0].data["text/plain"] == "42"
        assert stock is not None and stock._process.poll() is None


def test_sockets_of_dead_runs_are_swept(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen(["true"])
    ended.wait()
    for name in (f"kgstats-{ended.pid}-x", f"kgstats-{os.getpid()}-y", "kgstats-z", "other-1-x"):
        (tmp_path / name).mkdir()
    kernels.sweep()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {f"kgstats-{os.getpid()}-y", "kgstats-z", "other-1-x"}


def test_kernels_start_as_usual_where_the_stock_is_gone(tmp_path):
    source = notebook(tmp_path / "a.ipynb", ("6 * 7",))
    with kernels.warm(MODULES):
        stock = kernels.Stock.now
        assert stock is not None
        os.kill(stock._process.pid, signal.SIGKILL)
        stock._process.wait()
        assert outputs(source, tmp_path / "b.ipynb")[-1][0].data["text/plain"] == "42"


def test_kernels_start_as_usual_where_processes_have_no_handles(tmp_path, monkeypatch):
    def lacking(pid):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(os, "pidfd_open", lacking)
    source = notebook(tmp_path / "a.ipynb", ("6 * 7",))
    with kernels.warm(MODULES):
        assert kernels.Stock.now is None
        assert outputs(source, tmp_path / "b.ipynb")[-1][0].data["text/plain"] == "42"


def test_no_process_is_left(tmp_path):
    source = notebook(tmp_path / "a.ipynb", ("import os; os.getpid(), os.getppid()",))
    with kernels.warm(MODULES):
        pids = outputs(source, tmp_path / "b.ipynb")[-1][0].data["text/plain"]
    for pid in map(int, pids.strip("()").split(",")):
        assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ([sys.executable, "-m", NAME, "-f", "x"], [NAME, "-f", "x"]),
        ([sys.executable, "-Xfrozen_modules=off", "-m", NAME], [NAME]),
        (["another-python", "-m", NAME, "-f", "x"], None),
        ([sys.executable, "-m", "another_kernel"], None),
    ],
)
def test_only_kernels_of_this_python_are_forked(command, arguments):
    assert kernels._kernel_arguments(command) == arguments
