"""Steps on Dask's workers: the same bytes as here, a lost worker costs nothing, nothing is left."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import psutil
import pytest
from tests.pipeline import tiny

from kgstats.pipeline import cluster
from kgstats.pipeline.graph import make_plan
from kgstats.pipeline.run import run
from kgstats.workspace import Workspace

SLOW = """import time, pathlib
from kgstats import workspace
(workspace.find().state / f"begun-{lang}-{time.time_ns()}").touch()
time.sleep(2)"""


@pytest.fixture(scope="module")
def scheduler():
    """Dask's own scheduler, and two workers by Dask's own command."""
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    begun = [
        subprocess.Popen(
            [*dask, "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show"],
            stderr=subprocess.DEVNULL,
        )
    ]
    begun += [worker(address), worker(address)]
    yield address
    for one in begun:
        one.terminate()
    for one in begun:
        one.wait(20)


def free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def worker(address: str) -> subprocess.Popen[bytes]:
    """Start a worker with its nanny, which starts it again when it is lost."""
    line = ["-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
    return subprocess.Popen(
        [sys.executable, *line], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def command(*options: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-P", "-m", "kgstats.cli", "run", *map(str, options)]
    return subprocess.run(line, capture_output=True, encoding="utf-8", timeout=300)


def hands() -> list[psutil.Process]:
    """What below this process takes steps and years, with the keepers before them."""
    found = []
    for one in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            found += [one] if one.cmdline()[-2:] == ["kgstats.cli", "member"] else []
    return found


def killing(places: list[Workspace]) -> tuple[list[int], threading.Thread]:
    """Kill a worker that is busy as soon as a slow notebook runs; return which, and the killer."""
    killed: list[int] = []

    def kill() -> None:
        within(120, lambda: any(list(one.state.glob("begun-*")) for one in places))
        # Hand, its keeper, the worker; the hands of the run itself have no worker.
        for one in hands():
            if one.children() and "keeper.py" not in " ".join(one.cmdline()):
                worker = one.parents()[1]
                if "spawn_main" in " ".join(worker.cmdline()):
                    worker.kill()
                    killed.append(worker.pid)
                    return

    thread = threading.Thread(target=kill)
    thread.start()
    return killed, thread


@pytest.fixture(scope="module")
def alone(tmp_path_factory, root) -> Workspace:
    place = tiny.lay_out(tmp_path_factory.mktemp("alone") / "place", root)
    tiny.notebook(place.root / "notebooks" / "02_slow.ipynb", SLOW, title="Slow")
    assert run(make_plan(place, 2019, languages=["vi"])).complete
    return place


@pytest.mark.cluster
def test_a_worker_that_is_killed_costs_nothing(scheduler, alone, tmp_path, root):
    place = tiny.lay_out(tmp_path / "place", root)
    tiny.notebook(place.root / "notebooks" / "02_slow.ipynb", SLOW, title="Slow")
    killed, thread = killing([place])
    told = command(
        *("--year", 2019, "--lang", "vi", "--cluster", scheduler, "--workspace", place.root)
    )
    thread.join()
    assert told.returncode == 0, told.stdout + told.stderr
    assert killed
    assert tiny.published(place) == tiny.published(alone)
    assert "clean tables of 2019" in told.stdout
    assert [one for one in hands() if one.is_running()] == []


@pytest.mark.cluster
def test_a_worker_that_is_killed_with_a_whole_year_costs_nothing(scheduler, alone, tmp_path, root):
    """Of four workspaces on two workers the first ones are taken whole."""
    places = [tiny.lay_out(tmp_path / f"w{number}", root) for number in range(4)]
    for place in places:
        tiny.notebook(place.root / "notebooks" / "02_slow.ipynb", SLOW, title="Slow")
    killed, thread = killing(places[:2])
    named = [part for place in places for part in ("--workspace", place.root)]
    told = command("--year", 2019, "--lang", "vi", "--cluster", scheduler, *named)
    thread.join()
    assert told.returncode == 0, told.stdout + told.stderr
    assert killed
    for place in places:
        assert tiny.published(place) == tiny.published(alone)
    assert within(60, lambda: not hands())


def taking() -> list[psutil.Process]:
    """What below this process takes steps: hands of workers, kernels of notebooks."""
    below = psutil.Process().children(recursive=True)
    rooms = ("kgstats.pipeline.stock", "kgstats.pipeline.kernels", "kgstats.cli")
    found = []
    for one in below:
        with contextlib.suppress(psutil.Error):
            found += [one] if set(rooms) & set(one.cmdline()) else []
    return found


@pytest.mark.cluster
@pytest.mark.parametrize("where", ["scheduler", "local"])
def test_nothing_goes_on_after_ctrl_c(where, request, alone, tmp_path, root):
    address = request.getfixturevalue("scheduler") if where == "scheduler" else where
    place = tiny.lay_out(tmp_path / "place", root)
    tiny.notebook(
        place.root / "notebooks" / "02_slow.ipynb", SLOW.replace("sleep(2)", "sleep(200)")
    )
    asked = ("--year", 2019, "--lang", "vi", "--workspace", place.root, "--cluster", address)
    line = [sys.executable, "-P", "-m", "kgstats.cli", "run", *map(str, asked)]
    driver = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert within(120, lambda: list(place.state.glob("begun-*")))
    driver.send_signal(signal.SIGINT)
    assert driver.wait(20) == 130
    # Hands that have nothing to do end by themselves.
    assert within(60, lambda: not taking()), [one.cmdline() for one in taking()]
    tiny.notebook(place.root / "notebooks" / "02_slow.ipynb", SLOW, title="Slow")
    told = command(*asked)
    assert told.returncode == 0, told.stdout + told.stderr
    assert tiny.published(place) == tiny.published(alone)


def within(seconds: float, holds: Callable[[], object]) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


@pytest.mark.cluster
def test_local_workers_give_the_same_bytes_and_reasons(alone, tmp_path, root):
    place = tiny.lay_out(tmp_path / "place", root)
    tiny.notebook(place.root / "notebooks" / "02_slow.ipynb", "1 / 0", title="Slow")
    options = ("--year", 2019, "--lang", "vi", "--workspace", place.root, "--cluster", "local")
    told = command(*options)
    assert told.returncode == 1
    assert "02_slow stopped in cell [3]" in told.stdout
    assert "ZeroDivisionError" in told.stdout
    tiny.notebook(place.root / "notebooks" / "02_slow.ipynb", SLOW, title="Slow")
    told = command(*options)
    assert told.returncode == 0, told.stdout + told.stderr
    assert tiny.published(place) == tiny.published(alone)


@pytest.mark.cluster
def test_a_scheduler_that_is_not_there_is_one_line(alone):
    told = command(
        *("--year", 2019, "--verify", "--workspace", alone.root),
        *("--cluster", f"tcp://127.0.0.1:{free_port()}"),
    )
    assert told.returncode == 2
    assert told.stderr.startswith("error: no scheduler answers at tcp://127.0.0.1:")
    assert len(told.stderr.splitlines()) == 1


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(cluster.ClusterError, match=r"pip install 'kgstats\[cluster\]'"),
        cluster.Cluster("local", []),
    ):
        pass


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (({**cluster.identity(), "pandas": "0.1"}, []), "pandas 0.1 there"),
        ((cluster.identity(), ["/x/.kgstats/probe"]), "does not see the workspace /x"),
        (ModuleNotFoundError("no kgstats"), "is the same kgstats installed there"),
    ],
)
def test_a_worker_that_is_not_as_this_machine_is_refused(answer, message, tmp_path):
    made = cluster.Cluster("tcp://x:1", [Workspace(tmp_path)])

    class Client:
        def run(self, *_, **__):
            return {"tcp://worker": answer}

    made._client = Client()
    with pytest.raises(cluster.ClusterError, match=message):
        made._check()


def test_dask_is_not_imported_when_it_is_not_asked_for():
    code = (
        "import sys, kgstats.cli, kgstats.pipeline.cluster, kgstats.pipeline.several;"
        "print([name for name in sys.modules if name in ('dask', 'distributed')])"
    )
    line = [sys.executable, "-P", "-c", code]
    assert subprocess.run(line, capture_output=True, text=True).stdout.strip() == "[]"
