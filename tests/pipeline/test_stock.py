"""What is forked from a process that has loaded it: kernels, and the cleaning of a year."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgstats.pipeline import apart, kernels, stock
from kgstats.pipeline.limits import Limits

pytestmark = pytest.mark.skipif(not stock.can_fork(), reason="nothing is forked here")

PROGRAM = """
import os, sys, time
def main():
    print("said", *sys.argv[1:], file=sys.stderr)
    parent, how = sys.argv[1:]
    assert int(parent) == os.getppid()
    if how == "killed":
        os.kill(os.getpid(), 9)
    if how == "fails":
        raise ValueError("wrong")
    sys.exit(int(how))
"""

REHEARSAL = """
import pathlib, time
def rehearse(path):
    for part in range(4):
        time.sleep(0.5)
        with open(path, "a") as file:
            file.write(str(part))
        yield
"""


@pytest.fixture(scope="module")
def one(tmp_path_factory) -> Iterator[stock.Stock]:
    """A stock that finds a program of the tests."""
    folder = tmp_path_factory.mktemp("programs")
    (folder / "tried.py").write_text(PROGRAM, encoding="utf-8")
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), before]))
    made = stock.Stock()
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before
    yield made
    made.close()


@pytest.mark.parametrize(
    ("how", "code", "last"),
    [("0", 0, "0"), ("2", 2, "2"), ("fails", 1, "ValueError: wrong"), ("killed", -9, "killed")],
)
def test_a_program_ends_with_its_own_code_and_errors(one, tmp_path, how, code, last):
    errors = tmp_path / "errors.txt"
    fork = one.program("tried", ["{parent}", how], errors)
    fork.wait(60)
    assert one.code(fork) == code
    lines = errors.read_text("utf-8").splitlines()
    assert lines[0].startswith("said ") and lines[-1].endswith(last)


def test_a_program_does_not_wait_for_all_that_kernels_need(tmp_path, monkeypatch):
    (tmp_path / "tried.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "rehearsed.py").write_text(REHEARSAL, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    made = stock.Stock()
    try:
        made.load([], [["rehearsed", str(tmp_path / "parts")]])
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        kernels_made: list[stock.Fork] = []
        waiting = threading.Thread(
            target=lambda: kernels_made.append(made.kernel(["tried"], environment, str(tmp_path)))
        )
        assert not made._ask({"loaded": True})["loaded"]
        waiting.start()
        time.sleep(0.3)
        fork = made.program("tried", ["{parent}", "0"], tmp_path / "errors")
        assert not kernels_made
        assert fork.wait(30) == 0 and made.code(fork) == 0
        waiting.join(60)
        assert (tmp_path / "parts").read_text("ascii") == "0123"
        kernels_made[0].kill()
    finally:
        made.close()


def test_a_program_tells_its_errors_where_the_run_has_no_output(tmp_path):
    code = (
        "import os; [os.close(one) for one in (0, 1, 2)]; from pathlib import Path; "
        "from kgstats.pipeline import stock; made = stock.Stock(); folder = Path({!r}); "
        "fork = made.program('kgstats.pipeline.apart', ['{{parent}}', str(folder), '2019'], "
        "folder / 'errors'); fork.wait(60); "
        "(folder / 'code').write_text(str(made.code(fork))); made.close()"
    )
    subprocess.run([sys.executable, "-c", code.format(str(tmp_path))], check=True)
    assert int((tmp_path / "code").read_text("ascii")) == apart.EXPECTED
    assert "data/raw" in (tmp_path / "errors").read_text("utf-8")


def test_what_is_asked_for_first_does_not_wait_for_all_that_is_to_be_loaded(one, tmp_path):
    fresh = stock.Stock()
    try:
        fork = fresh.program(
            "kgstats.pipeline.apart", ["{parent}", str(tmp_path), "2019"], tmp_path / "e"
        )
        fork.wait(60)
        # There is no workspace: that is said as a command says it.
        assert fresh.code(fork) == apart.EXPECTED
        assert str(tmp_path) in (tmp_path / "e").read_text("utf-8")
    finally:
        fresh.close()


def test_a_year_is_cleaned_by_a_fork(one, tmp_path, monkeypatch):
    monkeypatch.setattr(stock.Stock, "now", one)
    with pytest.raises(apart.CleaningFailed, match=r"data/raw"):
        apart.clean(tmp_path, 2019, Limits())
    with pytest.raises(apart.CleaningFailed, match="took longer than 0 minutes"):
        monkeypatch.setattr(stock.Stock, "program", _sleeps)
        apart.clean(tmp_path, 2019, Limits(clean_minutes=0))


def _sleeps(self: stock.Stock, module: str, argv: list[str], errors: Path) -> stock.Fork:
    return stock.Fork(subprocess.Popen(["sleep", "60"]).pid)


def test_a_year_is_cleaned_though_the_stock_is_gone(tmp_path, monkeypatch):
    gone = stock.Stock()
    os.kill(gone._process.pid, signal.SIGKILL)
    gone._process.wait()
    monkeypatch.setattr(stock.Stock, "now", gone)
    with pytest.raises(apart.CleaningFailed, match=r"data/raw"):
        apart.clean(tmp_path, 2019, Limits())


def test_one_that_was_begun_is_taken(monkeypatch):
    assert stock.Stock.begun is None
    stock.begin()
    begun = stock.Stock.begun
    stock.begin()
    assert begun is not None and stock.Stock.begun is begun
    with kernels.warm([]):
        assert stock.Stock.now is begun and stock.Stock.begun is None
    assert stock.Stock.now is None and begun._process.poll() is not None


def test_nothing_is_loaded_that_no_notebook_asks_for():
    """A grammar of web addresses, scikit-learn and scipy take longer than all the rest."""
    code = (
        "import sys; from kgstats.pipeline import execute, stock; execute.load(); "
        "stock._Loading().rest(); "
        "there = {'rfc3987_syntax', 'sklearn', 'scipy'} & set(sys.modules); "
        "import nbformat; nbformat.validate(nbformat.v4.new_notebook()); "
        "assert not there, there"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_process_that_ends_while_several_ask_gives_its_handle_back_once(monkeypatch):
    """A handle closed twice is, the second time, a file of another notebook."""
    process = subprocess.Popen(["sleep", "0.2"])
    fork = stock.Fork(process.pid)
    ready, close, closed, wrong = stock._ready, os.close, [], []

    def slowly(handle, seconds):
        found = ready(handle, seconds)
        time.sleep(0.02 if found else 0)  # so that the others ask in between
        return found

    def ask():
        try:
            while fork.poll() is None:
                pass
            fork.send_signal(signal.SIGTERM)
            assert fork.wait(1) == 0
        except OSError as error:
            wrong.append(error)

    monkeypatch.setattr(stock, "_ready", slowly)
    monkeypatch.setattr(stock.os, "close", lambda handle: (closed.append(handle), close(handle)))
    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    process.wait()
    assert not wrong
    assert closed.count(fork._handle) == 1


def test_kernels_that_have_ended_are_not_kept():
    """A process that takes many years forks thousands of kernels."""

    def ended() -> Path:
        fork = made.kernel(["ipykernel_launcher", "--version"], dict(os.environ), "/")
        fork.wait(60)
        return Path("/proc", str(fork.pid))

    made = stock.Stock()
    try:
        first = ended()
        assert first.exists()
        ended()
        assert not first.exists()
    finally:
        made.close()
