"""Kernels that start warm: the same results as others, and no process left behind."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest

from kgstats.pipeline import execute, kernels

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


def notebook(path: Path, sources: tuple[str, ...]) -> Path:
    content = nbformat.v4.new_notebook(metadata={"language_info": {"name": "python"}})
    parameters = nbformat.v4.new_code_cell("year: int = 2018", metadata={"tags": ["parameters"]})
    content.cells = [parameters, *(nbformat.v4.new_code_cell(one) for one in sources)]
    for number, cell in enumerate(content.cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(content, path)
    return path


def outputs(source: Path, target: Path) -> list:
    execute.execute(source, target, {"year": 2019}, workspace=target.parent)
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


def test_kernels_take_no_port_and_leave_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    told = "from ipykernel.connect import get_connection_info; get_connection_info(unpack=True)"
    source = notebook(tmp_path / "a.ipynb", (f"{told}['transport']",))
    with kernels.warm(MODULES):
        assert outputs(source, tmp_path / "b.ipynb")[-1][0].data["text/plain"] == "'ipc'"
    gc.collect()
    assert not list(tmp_path.glob("kgstats-*"))


def test_what_is_imported_is_there_from_the_start(tmp_path):
    loaded = "import sys; before = sorted(sys.modules)"
    source = notebook(tmp_path / "a.ipynb", (loaded, "'pandas' in before"))
    with kernels.warm(MODULES):
        assert outputs(source, tmp_path / "b.ipynb")[-1][0].data["text/plain"] == "True"


def test_a_notebook_that_fails_is_kept(tmp_path):
    source = notebook(tmp_path / "a.ipynb", ("1 / 0",))
    with kernels.warm(MODULES), pytest.raises(execute.NotebookFailed, match="ZeroDivisionError"):
        outputs(source, tmp_path / "b.ipynb")
    assert "ZeroDivisionError" in (tmp_path / "b.failed.ipynb").read_text(encoding="utf-8")


def test_a_kernel_that_dies_is_a_failed_notebook(tmp_path):
    source = notebook(tmp_path / "a.ipynb", ("import os, signal; os.kill(os.getpid(), 9)",))
    with kernels.warm(MODULES), pytest.raises(Exception, match="died"):
        outputs(source, tmp_path / "b.ipynb")


def test_kernels_start_as_usual_where_the_stock_is_gone(tmp_path):
    source = notebook(tmp_path / "a.ipynb", ("6 * 7",))
    with kernels.warm(MODULES):
        stock = kernels.WarmProvisioner.stock
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
        assert kernels.WarmProvisioner.stock is None
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
