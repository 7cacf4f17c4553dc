"""What machines and people do to a run, done to one: it ends, and nothing good is lost.

After each fault the last good publication is whole, no process and no socket folder is left, the
next run completes, and what it publishes is the same to the byte as that of an undisturbed run.

Run by ``make faults``; ``KGSTATS_FAULT_KILLS=100`` kills so many times.
"""

from __future__ import annotations

import os
import random
import shlex
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psutil
import pytest
from tests.pipeline import tiny

from kgstats.pipeline import graph
from kgstats.pipeline import run as runs
from kgstats.workspace import Workspace

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and SIGKILL"),
]
KILLS = int(os.environ.get("KGSTATS_FAULT_KILLS", "5"))
SEED = int(os.environ.get("KGSTATS_FAULT_SEED", "1"))
RETURN = "data/raw/2019/returns/UMinhThuong_Bieu_02_2019.csv"


class Run:
    """A run as its own process; all it starts is found by a mark in the environment."""

    def __init__(
        self,
        place: Workspace,
        aside: Path | None = None,
        *,
        year: int = 2019,
        environment: dict[str, str] | None = None,
        stdin: int | None = None,
    ) -> None:
        self.mark = uuid.uuid4().hex
        self.sockets = (aside or place.root.parent) / f"t{self.mark[:6]}"
        self.sockets.mkdir()
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "kgstats.cli", "run", "--workspace", str(place.root)),
                *("--lang", "vi", "--unattended", "--year", str(year)),
            ],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            cwd="/",
            env={
                **(dict(os.environ) if environment is None else environment),
                "KGSTATS_FAULT": self.mark,
                "TMPDIR": str(self.sockets),
            },
        )

    def processes(self) -> list[psutil.Process]:
        """Return the run's processes that still run."""
        found = []
        for one in psutil.process_iter():
            try:
                environment = Path(f"/proc/{one.pid}/environ").read_bytes()
                if self.mark.encode() in environment and one.status() != psutil.STATUS_ZOMBIE:
                    found.append(one)
            except (OSError, psutil.Error):
                continue
        return found

    def end(self, seconds: float = 240) -> tuple[int, str]:
        """Wait for the end; return the exit code and what was said."""
        said, _ = self.process.communicate(timeout=seconds)
        return self.process.returncode, said

    def nothing_left(self) -> None:
        """Fail when a process, or a folder with sockets, is left."""
        for _ in range(100):
            if not self.processes():
                break
            time.sleep(0.1)
        assert [one.cmdline() for one in self.processes()] == []
        assert [path.name for path in self.sockets.iterdir() if path.is_dir()] == []


@pytest.fixture(scope="module")
def pending(tmp_path_factory, root) -> tuple[Workspace, dict[str, str], dict[str, str], float]:
    """A published workspace in which a return has changed since.

    With what is published, what a run without faults makes of the change, and how long that takes.
    """
    folder = tmp_path_factory.mktemp("f")
    place = tiny.lay_out(folder / "w", root)
    assert Run(place).end()[0] == 4
    before = tiny.published(place)
    with (place.root / RETURN).open("a", encoding="utf-8") as file:
        file.write("\n")
    undisturbed = Workspace(folder / "undisturbed")
    shutil.copytree(place.root, undisturbed.root)
    run = Run(undisturbed)
    assert run.end()[0] == 4
    seconds = time.monotonic() - run.begun
    after = tiny.published(undisturbed)
    assert before != after and before.keys() == after.keys()
    return place, before, after, seconds


@pytest.fixture
def place(pending, tmp_path) -> Workspace:
    """A copy of the pending workspace, for one fault."""
    return copy(pending, tmp_path / "w")


def copy(pending, folder: Path) -> Workspace:
    shutil.copytree(pending[0].root, folder, symlinks=True)
    return Workspace(folder)


def recovers(place: Workspace, after: dict[str, str], aside: Path | None = None) -> None:
    """Fail unless the next run completes as an undisturbed one."""
    run = Run(place, aside)
    code, said = run.end()
    assert code == 4, said
    assert tiny.published(place) == after
    run.nothing_left()
    plan = graph.make_plan(place, 2019, languages=["vi"])
    assert runs.out_of_date(plan) == [] and runs.publication_due(plan) == []


VICTIMS = ("runner", "stock", "kernel", "cleaner", "keeper")


def victim(run: Run, wanted: str) -> psutil.Process | None:
    if wanted == "runner":
        return psutil.Process(run.process.pid) if run.process.poll() is None else None
    for one in run.processes():
        try:
            words, kin = " ".join(one.cmdline()), [above.pid for above in one.parents()]
        except psutil.Error:
            continue  # It ended in this very moment.
        # The keeper stands between the run and the stock; kernels are forks of the stock.
        level = kin.index(run.process.pid) if run.process.pid in kin else 0
        kind = "cleaner" if "kgstats.pipeline.apart" in words else ""
        if "kgstats.pipeline.kernels" in words:
            kind = ("keeper", "stock", "kernel")[min(level, 2)]
        if kind == wanted:
            return one
    return None


@pytest.mark.parametrize("number", range(KILLS))
def test_kill_at_a_random_moment(pending, place, fault, number):
    _, before, after, seconds = pending
    chance = random.Random(SEED * 1000 + number)
    wanted = VICTIMS[number % len(VICTIMS)]
    moment = chance.uniform(0, seconds * 1.1)
    with fault("kill -9"):
        run = Run(place)
        killed = None
        while run.process.poll() is None:
            if killed is None and time.monotonic() - run.begun > moment:
                found = victim(run, wanted)
                if found is not None:
                    killed = found
                    found.kill()
            time.sleep(0.02)
        run.end()
        assert tiny.published(place) in (before, after), (wanted, moment)
        run.nothing_left()
        recovers(place, after)


def test_killed_between_the_exchange_and_its_end(pending, place, fault):
    """The folders of a run that was killed as it published, as older systems leave them."""
    _, _, after, _ = pending
    with fault("kill -9"):
        outputs = place.outputs(2019)
        outputs.rename(outputs.with_name(".2019.old"))
        (outputs.with_name(".2019.draft") / "html").mkdir(parents=True)
        recovers(place, after)
        left = {path.name for path in outputs.parent.iterdir()}
        # And the letters to the districts, and the list of the years.
        assert left - {"letters", "index.html", "years.js"} == {"2019"}


def test_ctrl_c_ends_at_once(pending, place, fault):
    _, before, after, seconds = pending
    for part in (0.3, 0.7):
        with fault("Ctrl-C"):
            run = Run(place)
            time.sleep(seconds * part)
            asked = time.monotonic()
            run.process.send_signal(2)
            code, said = run.end(30)
            assert time.monotonic() - asked < 5
            assert code in (130, 4), said
            assert "Traceback" not in said
            assert tiny.published(place) in (before, after)
            run.nothing_left()
    recovers(place, after)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 4 MB to put a workspace on."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def test_full_disk(pending, small_disk, fault):
    _, before, after, _ = pending
    place = copy(pending, small_disk / "w")
    filler = small_disk / "filler"
    aside = small_disk.parent
    refused = 0
    for left in (0, 40, 120):
        with fault("full disk"):
            filler.unlink(missing_ok=True)
            free = shutil.disk_usage(small_disk).free // 1024
            filler.write_bytes(b"\0" * 1024 * max(0, free - left))
            run = Run(place, aside=aside)
            code, said = run.end()
            assert "Traceback" not in said
            assert (code, tiny.published(place)) in ((1, before), (4, after)), said
            refused += code == 1
            run.nothing_left()
    assert refused
    filler.unlink()
    recovers(place, after, aside=aside)


def test_outputs_that_cannot_be_written(pending, place, fault):
    _, before, after, _ = pending
    outputs = place.outputs(2019).parent
    kept = outputs.with_name("kept")
    outputs.rename(kept)
    for kind in ("a file", "a folder of the system"):
        with fault("read-only outputs"):
            if kind == "a file":
                outputs.write_bytes(b"")
            else:
                outputs.symlink_to("/proc/sys")
            run = Run(place)
            code, said = run.end()
            assert code == 1, said
            assert "Traceback" not in said
            run.nothing_left()
            outputs.unlink()
    kept.rename(outputs)
    assert tiny.published(place) == before
    recovers(place, after)


@pytest.mark.parametrize("where", [">/dev/full 2>&1", "<&- >&- 2>&-", "| head -c 1"])
def test_nobody_can_be_told(pending, place, fault, where):
    _, _, after, _ = pending
    with fault("output closed or full"):
        command = shlex.join(
            [sys.executable, "-m", "kgstats.cli", "run", "--workspace", str(place.root)]
        )
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", f"{command} --lang vi {where}"],
            timeout=240,
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr
        assert tiny.published(place) == after


def test_the_clock_goes_backwards(pending, place, fault):
    """What changed bears an old time, what was made a time to come."""
    _, _, after, _ = pending
    with fault("clock backwards"):
        os.utime(place.root / RETURN, (1, 1))
        for folder in (place.state, place.outputs(2019), place.processed(2019)):
            for path in folder.rglob("*"):
                os.utime(path, (4e9, 4e9))
        recovers(place, after)


def test_two_runs_at_once(pending, place, fault):
    _, _, after, _ = pending
    with fault("two at once"):
        runs = [Run(place), Run(place)]
        ended = sorted(run.end()[0] for run in runs)
        assert ended in ([4, 5], [4, 4])
        assert tiny.published(place) == after
        for run in runs:
            run.nothing_left()
        recovers(place, after)


def test_two_years_at_once(pending, place, fault):
    """The workspace is one: a year waits its turn, and neither is mixed with the other."""
    _, before, after, _ = pending
    shutil.copytree(place.year_raw(2019), place.year_raw(2020))
    with fault("two at once"):
        both = [Run(place, year=year) for year in (2019, 2020)]
        ended = {year: run.end() for year, run in zip((2019, 2020), both, strict=True)}
        held = [year for year, (code, _) in ended.items() if code == 5]
        assert len(held) < 2, ended
        for year in held:
            assert f"a run of {2019 + 2020 - year} (process" in ended[year][1]
        for run in both:
            run.nothing_left()
        assert tiny.published(place) in (before, after)
        recovers(place, after)


@pytest.mark.parametrize("linked", ["outputs", "outputs/2019", ".kgstats"])
def test_an_unusual_machine(pending, tmp_path, fault, linked):
    """A path no shell likes, no home, no locale, no input, old clocks, another disk by a link."""
    _, _, after, _ = pending
    place = copy(pending, tmp_path / "Sở {năm} – “x” ; & ünï %s")
    elsewhere = tmp_path / "elsewhere"
    (place.root / linked).rename(elsewhere)
    (place.root / linked).symlink_to(elsewhere)
    for path in (place.root / "data").rglob("*"):
        os.utime(path, (5, 5))
    for path in place.notebooks.rglob("*"):
        os.utime(path, (-1e8, -1e8))
    bare = {"PATH": os.defpath, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    with fault("unusual machine"):
        run = Run(place, tmp_path, environment=bare, stdin=subprocess.DEVNULL)
        code, said = run.end()
        assert code == 4, said
        assert tiny.published(place) == after
        assert (place.root / linked).is_symlink()
        run.nothing_left()


def test_returns_that_can_only_be_read(pending, place, fault):
    _, _, after, _ = pending
    bind = ["mount", "--bind", str(place.raw), str(place.raw)]
    if os.geteuid() != 0 or subprocess.run(bind, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(place.raw)], check=True)
        with fault("read-only returns"):
            recovers(place, after)
    finally:
        subprocess.run(["umount", "-l", str(place.raw)], check=False)


def test_a_notebook_that_leaves_children(pending, place, fault):
    """What it starts ends with it, even in a session of its own."""
    _, _, after, _ = pending
    path = place.notebooks / "01_money.ipynb"
    good = path.read_bytes()
    start = (
        "import os, subprocess, time\nsubprocess.Popen(['sleep', '600'], start_new_session=True)"
    )
    fork = "if os.fork() == 0:\n    os.setsid()\n    os.fork() or time.sleep(600)\n    os._exit(0)"
    tiny.notebook(path, tiny.MONEY, tiny.FILES, f"{start}\n{fork}")
    with fault("children of a notebook"):
        run = Run(place)
        code, said = run.end()
        assert code == 4, said
        run.nothing_left()
    path.write_bytes(good)
    recovers(place, after)


@pytest.mark.parametrize("when", ["clean tables of 2019 done", "01_money (vi): "])
def test_a_return_is_replaced_during_the_run(pending, place, fault, when):
    _, before, after, _ = pending
    path = place.root / RETURN
    wanted = path.read_bytes()
    path.write_bytes(wanted + b"\n")
    with fault("return replaced"):
        run = Run(place)
        assert run.process.stdout is not None
        said = []
        for line in run.process.stdout:
            said.append(line)
            if when in line:
                path.write_bytes(wanted)
                break
        code, rest = run.end()
        assert code == 1, "".join(said) + rest
        assert "UMinhThuong_Bieu_02_2019.csv changed" in rest
        assert tiny.published(place) == before
        run.nothing_left()
        recovers(place, after)


def test_damaged_state_files(pending, place, fault):
    _, _, after, _ = pending
    chance = random.Random(SEED)
    recovers(place, after)
    known = sorted(path for path in place.state.rglob("*") if path.is_file())
    damages = [b"", b"{", b"\x00\xff" * 100, b"[1, 2]", b"null"]
    for damage in damages:
        with fault("damaged state"):
            for path in chance.sample(known, len(known) // 2):
                if path.is_file() and path.name != "run.lock":
                    path.write_bytes(damage)
            recovers(place, after)
    for gone in (place.state, place.processed(2019), place.outputs(2019)):
        with fault("lost state"):
            shutil.rmtree(gone)
            recovers(place, after)


def damaged_workbooks(folder: Path, root: Path) -> int:
    """Put workbooks of many kinds of damage into a folder of returns; return how many."""
    returns = root / "data/raw/2019/returns"
    xlsx = next(returns.glob("Bieu MTQG*.xlsx")).read_bytes()
    xls = next(returns.glob("*.xls")).read_bytes()
    ods = next(returns.glob("*.ods")).read_bytes()
    chance = random.Random(SEED)
    spoilt = bytearray(xlsx)
    for _ in range(200):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    kinds: dict[str, bytes] = {
        "empty.xlsx": b"",
        "empty.xls": b"",
        "empty.csv": b"",
        "text.xlsx": "Huyện An Biên".encode(),
        "half.xlsx": xlsx[: len(xlsx) // 2],
        "half.xls": xls[: len(xls) // 2],
        "half.ods": ods[: len(ods) // 2],
        "spoilt.xlsx": bytes(spoilt),
        "nothing.csv": b"\0" * 5000,
        "random.csv": bytes(chance.randrange(256) for _ in range(5000)),
        "picture.xlsx": b"\x89PNG\r\n\x1a\n" + bytes(500),
        "letter.xls": b"%PDF-1.7\n%%EOF",
        "page.xls": b"<html><table><tr><td>" + b"1<td>" * 1000,
        "archive.xlsx": b"PK\x05\x06" + bytes(18),
        "long.csv": b"1" * 200_000 + b"\n",
        "xls as.xlsx": xls,
    }
    for name, content in kinds.items():
        (folder / name).write_bytes(content)
    (folder / "folder.xlsx").mkdir()
    (folder / "nowhere.xlsx").symlink_to("gone.xlsx")
    (folder / "round.xlsx").symlink_to("round.xlsx")
    with open(os.fsencode(folder / "ten ") + b"\xb5\xd0.csv", "wb") as file:  # noqa: PTH123
        file.write(b"x;1\n")
    os.mkfifo(folder / "pipe.csv")
    return len(kinds) + 5


def test_damaged_workbooks(pending, place, root, fault):
    _, _, after, _ = pending
    folder = place.returns(2019)
    kept = folder.with_name("kept")
    shutil.copytree(folder, kept)
    number = damaged_workbooks(folder, root)
    with fault("damaged workbooks, all at once"):
        run = Run(place)
        code, said = run.end()
        assert code == 4, said
        assert "Traceback" not in said
        assert tiny.published(place) != after
        run.nothing_left()
    assert number > 15
    shutil.rmtree(folder)
    kept.rename(folder)
    recovers(place, after)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("while True: pass", "one cell ran longer than 0.1 minutes"),
        ("import re; re.match(r'(a+)+$', 'a' * 50 + 'b')", "one cell ran longer"),
        ("held = []\nwhile True: held.append(bytearray(9_000_000))", "more than 0.7 GB of memory"),
        ("import os; os.kill(os.getpid(), 9)", "its kernel died"),
        ("import os; os._exit(0)", "its kernel died"),
    ],
)
def test_a_notebook_that_does_not_end_well(pending, place, fault, code, message):
    _, before, after, _ = pending
    path = place.notebooks / "01_money.ipynb"
    good = path.read_bytes()
    (place.root / "settings.yml").write_text(
        "limits: {cell_minutes: 0.1, memory_gb: 0.7}", encoding="utf-8"
    )
    tiny.notebook(path, tiny.MONEY, code)
    with fault("notebook without end"):
        run = Run(place)
        ended, said = run.end()
        assert ended == 1, said
        assert message in said
        assert tiny.published(place) == before
        run.nothing_left()
    path.write_bytes(good)
    (place.root / "settings.yml").unlink()
    recovers(place, after)
