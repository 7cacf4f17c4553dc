"""Steps of runs on Dask's workers: the only module that knows Dask, which is an optional extra.

What is out of date, in which order, and what is published is decided as on one machine; Dask only
says which worker takes a step, and gives a lost worker's step to another one. Workers share the
workspaces' folders under the same paths. On a worker a step is taken by a process of its own
(:mod:`kgstats.pipeline.hand`), which ends with the worker, and when nobody waits for the step any
more: so nothing of a run outlives it there either.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import json
import logging
import os
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import kgstats
from kgstats.pipeline import sources
from kgstats.pipeline.graph import packages
from kgstats.pipeline.hand import Hand, HandEnded
from kgstats.workspace import Workspace, replacing

LOCAL = "local"
CONNECT_SECONDS = 10
WORKERS_SECONDS = 60
PROBE = "cluster-probe"
_FREE: list[Hand] = []
"""Hands of this worker that have nothing to do."""
_KEEPING = threading.Lock()


class ClusterError(Exception):
    """A cluster that cannot take this run's steps; the message says why."""


# --- on a worker --------------------------------------------------------------------------------


@functools.cache
def identity() -> dict[str, str]:
    """Return what has to be the same on every machine for the same bytes to come out."""
    files = [path for path in sources.PACKAGE.rglob("*") if path.suffix in sources.SUFFIXES]
    told = json.dumps(sorted(sources.fingerprints(files).items()))
    return {
        **packages(),
        "distributed": importlib.metadata.version("distributed"),
        "kgstats": f"{kgstats.__version__} ({hashlib.sha256(told.encode()).hexdigest()[:12]})",
    }


def looks(probes: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return a worker's `identity`, and the workspaces among these that it does not see."""
    unseen = []
    for path, written in probes.items():
        try:
            seen = Path(path).read_text(encoding="utf-8") == written
        except OSError:
            seen = False
        if not seen:
            unseen.append(path)
    return identity(), unseen


def take(told: Mapping[str, Any], here: Mapping[str, str]) -> dict[str, Any]:
    """Take a step on this worker, in a process of its own.

    Parameters
    ----------
    told
        The step, as :meth:`kgstats.pipeline.hand.Taking.answer` takes it.
    here
        The `identity` of who asks: a worker may have joined since it was looked at.
    """
    from distributed import get_worker

    if differs := differences(identity(), here):
        return {"error": f"a worker that joined late differs: {differs}", "notices": []}
    worker = get_worker()
    key = worker.get_current_task()

    def wanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is not None and task.state in ("executing", "long-running")

    for tries in (1, 0):
        with _KEEPING:
            hand = next((one for one in _FREE if one.alive), None)
            _FREE[:] = [one for one in _FREE if one is not hand and one.alive]
        hand = hand or Hand()
        try:
            answered = hand.take(told, wanted)
        except HandEnded as problem:
            if tries and wanted():
                continue
            return {"error": str(problem), "notices": []}
        with _KEEPING:
            _FREE.append(hand)
        return {**answered, "worker": worker.address}
    raise AssertionError


def let_go() -> None:
    """End the processes of this worker that have nothing to do."""
    with _KEEPING:
        free, _FREE[:] = list(_FREE), []
    for hand in free:
        hand.end()


# --- where the run is laid out ------------------------------------------------------------------


def differences(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """Say what differs between two identities; nothing where they are the same.

    >>> differences({"python": "3.11.2", "pandas": "3.0.1"}, {"python": "3.12.1"})
    'pandas 3.0.1 there, not installed here; python 3.11.2 there, 3.12.1 here'
    """
    return "; ".join(
        f"{name} {_version(there, name)} there, {_version(here, name)} here"
        for name in sorted({*there, *here})
        if there.get(name) != here.get(name)
    )


def _version(of: Mapping[str, str], name: str) -> str:
    return of.get(name, "not installed")


class Cluster:
    """Workers that take steps, within a ``with`` block.

    Parameters
    ----------
    address
        Of Dask's scheduler, ``tcp://host:8786``; or ``local`` for workers of this machine's own.
    places
        The workspaces that the workers have to see.

    Raises
    ------
    ClusterError
        On entering, when the extra is not installed, the scheduler does not answer, there is no
        worker, or one of them has another version or does not see a workspace.
    """

    def __init__(self, address: str, places: Sequence[Workspace]) -> None:
        self.address, self._places = address, places
        self._run = uuid.uuid4().hex
        self._local: Any = None
        self._client: Any = None

    def __enter__(self) -> Cluster:
        try:
            import distributed
        except ModuleNotFoundError:
            raise ClusterError(
                "--cluster takes Dask, which is not installed: pip install 'kgstats[cluster]'"
            ) from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            self._connect(distributed)
            self._check()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _connect(self, distributed: Any) -> None:
        try:
            if self.address == LOCAL:
                self._local = distributed.LocalCluster(
                    n_workers=os.cpu_count() or 1,
                    threads_per_worker=1,
                    # Limits of memory are the run's own, of each notebook.
                    memory_limit=0,
                    dashboard_address=":0",
                    silence_logs=logging.CRITICAL,
                )
            self._client = distributed.Client(
                self._local or self.address, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, ValueError, TypeError) as error:
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise ClusterError(
                f"no scheduler answers at {self.address} ({first}); Dask's own command starts "
                "one: dask scheduler"
            ) from None
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError:
            raise ClusterError(
                f"the scheduler at {self.address} has no workers; Dask's own command starts "
                f"one: dask worker {self.address} --nthreads 1"
            ) from None

    def _check(self) -> None:
        """Ask every worker whether it is as this machine, and sees the workspaces."""
        probes = {str(place.state / PROBE): self._run for place in self._places}
        for path, told in probes.items():
            with replacing(Path(path)) as draft:
                draft.write_text(told, encoding="utf-8")
        try:
            found = self._client.run(looks, probes, on_error="return")
        finally:
            for path in probes:
                Path(path).unlink(missing_ok=True)
        for worker, answered in found.items():
            if isinstance(answered, BaseException):
                raise ClusterError(
                    f"worker {worker} cannot take steps ({type(answered).__name__}: {answered}); "
                    "is the same kgstats installed there?"
                )
            there, unseen = answered
            if differs := differences(there, identity()):
                raise ClusterError(f"worker {worker} is not as this machine: {differs}")
            if unseen:
                root = Path(unseen[0]).parents[1]
                raise ClusterError(
                    f"worker {worker} does not see the workspace {root}: every machine must "
                    "have it under the same path"
                )

    @property
    def slots(self) -> int:
        """How many steps the workers take at the same time, at least one."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return max(1, sum(int(one["nthreads"]) for one in workers))

    def give(self, told: Mapping[str, Any], answered: Callable[[dict[str, Any]], None]) -> None:
        """Have a step taken by some worker; ``answered`` hears what came of it.

        When the worker is lost another one takes the step again, as often as the scheduler allows
        (``distributed.scheduler.allowed-failures``).
        """

        def hear(future: Any) -> None:
            try:
                found = future.result()
            except BaseException as error:
                found = {"error": _lost(error), "notices": []}
            answered(found)

        self._client.submit(
            take,
            {**told, "run": self._run},
            identity(),
            key=f"{told['step']}-{uuid.uuid4().hex}",
            pure=False,
        ).add_done_callback(hear)

    def __exit__(self, *_: object) -> None:
        client, local = self._client, self._local
        self._client = self._local = None
        if client is not None:
            # Idle ones end by themselves.
            with contextlib.suppress(Exception):
                client.run(let_go, on_error="ignore")
            client.close()
        if local is not None:
            local.close()


def _lost(error: BaseException) -> str:
    name = type(error).__name__
    if name == "KilledWorker":
        return "every worker that took it was lost (of memory? see the workers' own logs)"
    if "Cancelled" in name:
        return "the scheduler was lost"
    return f"{name}: {error}"
