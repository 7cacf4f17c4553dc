"""Steps of runs on Dask's workers: the only module that knows Dask, which is an optional extra.

What is out of date, in which order, and what is published is decided as on one machine; Dask only
says which worker takes a step, or all the steps of a year, and gives what a lost worker had to
another one. Workers share the workspaces' folders under the same paths. On a worker it is taken by
a process of its own (:mod:`kgstats.pipeline.hand`), which ends with the worker, and when nobody
waits for it any more: so nothing of a run outlives it there either.
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
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import kgstats
from kgstats.pipeline import sources
from kgstats.pipeline.graph import packages
from kgstats.pipeline.hand import HandEnded, Hands
from kgstats.workspace import Workspace, replacing

LOCAL = "local"
CONNECT_SECONDS = 10
WORKERS_SECONDS = 60
PROBE = "cluster-probe"
HANDS = Hands()
"""The hands of this worker."""
LAST_EVENTS_SECONDS = 10.0
"""How long events that a worker told may be on their way when the job is done."""


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


def take(told: Mapping[str, Any], here: Mapping[str, str], topic: str) -> dict[str, Any]:
    """Take a step or a job on this worker, in a process of its own.

    Parameters
    ----------
    told
        The step or the job, as :func:`kgstats.pipeline.hand.serve` takes it.
    here
        The `identity` of who asks: a worker may have joined since it was looked at.
    topic
        Under which its events are told, each with the ``try`` that it is of. The answer has both
        that and the number of ``events``.
    """
    from distributed import get_worker

    if differs := differences(identity(), here):
        return {"error": f"a worker that joined late differs: {differs}", "notices": []}
    worker = get_worker()
    key = worker.get_current_task()

    def wanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is not None and task.state in ("executing", "long-running")

    about: dict[str, Any] = {"try": uuid.uuid4().hex, "events": 0}

    def heard(event: dict[str, Any]) -> None:
        about["events"] += 1
        worker.log_event(topic, {"key": key, "try": about["try"], "told": event})

    for tries in (1, 0):
        try:
            with HANDS.one() as hand:
                answered = hand.take(told, wanted, heard)
        except HandEnded as problem:
            if tries and wanted():
                continue
            return {"error": str(problem), "notices": [], **about}
        return {**answered, "worker": worker.address, **about}
    raise AssertionError


def let_go() -> None:
    """End the processes of this worker that have nothing to do."""
    HANDS.let_go()


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
        self._heard: dict[str, Callable[[dict[str, Any]], None]] = {}
        self._counts: Counter[str | None] = Counter()
        """Events heard, by the try that they are of."""
        self._telling = threading.Condition()

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
        self._client.subscribe_topic(self._run, self._event)
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

    def give(
        self,
        told: Mapping[str, Any],
        answered: Callable[[dict[str, Any]], None],
        heard: Callable[[dict[str, Any]], None],
    ) -> None:
        """Have a step or a job taken by some worker; ``answered`` is told what came of it.

        When the worker is lost another one takes it again, as often as the scheduler allows
        (``distributed.scheduler.allowed-failures``).
        """
        key = f"{told.get('step', 'job')}-{uuid.uuid4().hex}"
        with self._telling:
            self._heard[key] = heard

        def hear(future: Any) -> None:
            try:
                found = future.result()
            except BaseException as error:
                found = {"error": _lost(error), "notices": []}
            with self._telling:
                # Events come by another way than answers.
                self._telling.wait_for(
                    lambda: self._counts[found.get("try")] >= found.get("events", 0),
                    LAST_EVENTS_SECONDS,
                )
                del self._heard[key]
            answered(found)

        given = {**told, "run": self._run}
        self._client.submit(
            take, given, identity(), self._run, key=key, pure=False
        ).add_done_callback(hear)

    def _event(self, event: tuple[float, dict[str, Any]]) -> None:
        told = event[1]
        with self._telling:
            heard = self._heard.get(told["key"])
            if heard is not None:
                heard(told["told"])
            self._counts[told["try"]] += 1
            self._telling.notify_all()

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
