"""Steps in the order of what they need, several at once.

The standard library lays them out (`graphlib`) and takes them in threads: what is out of date, and
why, is the store's to know. Nothing is polled, so a step begins the moment the last one that it
needs has ended.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgstats.pipeline.graph import Step

WORKERS = min(8, (os.cpu_count() or 1) + 2)
"""Notebooks at once: their kernels are processes, so threads are enough here. Two more than there
are processors, because a notebook waits for its kernel to start, to answer and to end."""
NOT_TRIED = "not tried: a step before it failed"


class EngineError(Exception):
    """A step was not taken; nothing is known to be done."""


def before(steps: Sequence[Step]) -> dict[str, set[str]]:
    """Return for each step the ids of those among the steps that make what it needs."""
    maker = {path: step.id for step in steps for path in step.makes}
    return {
        step.id: {maker[path] for path in step.reads() if path in maker} - {step.id}
        for step in steps
    }


def lengths(steps: Sequence[Step]) -> dict[str, float]:
    """Return for each step the work of the longest way from its beginning to the end of the run.

    A run cannot end earlier than its longest way, so of the steps that are ready the one that
    begins the longest is taken first (list scheduling by the critical path: Graham, R. L., 1969,
    Bounds on multiprocessing timing anomalies, SIAM Journal on Applied Mathematics 17(2)).
    """
    after: dict[str, list[str]] = {step.id: [] for step in steps}
    needed = before(steps)
    for name, firsts in needed.items():
        for first in firsts:
            after[first].append(name)
    works = {step.id: step.work for step in steps}
    found: dict[str, float] = {}
    for name in reversed(list(TopologicalSorter(needed).static_order())):
        found[name] = works[name] + max((found[one] for one in after[name]), default=0.0)
    return found


def take(
    steps: Sequence[Step], action: Callable[[Step], None], at_once: int = WORKERS
) -> dict[str, BaseException | None]:
    """Take steps, each after those it needs; return what went wrong with each, None if nothing.

    A step whose predecessor failed is not tried. ``at_once`` is how many are taken at the same
    time; of those that are ready the one that begins the longest way comes first. This process's
    own work goes on beside them, one step at a time: threads of one process do not run beside one
    another, and kernels are not to wait for it, nor it to be left for the end.
    """
    by_id = {step.id: step for step in steps}
    needed, length = before(steps), lengths(steps)
    order = TopologicalSorter(needed)
    order.prepare()
    problems: dict[str, BaseException | None] = {}
    ready: dict[bool, list[tuple[float, str]]] = {True: [], False: []}
    running: dict[Future[None], str] = {}
    with ThreadPoolExecutor(at_once + 1) as threads:
        while order.is_active():
            for name in order.get_ready():
                heapq.heappush(ready[by_id[name].own], (-length[name], name))
            for own, most in ((True, 1), (False, at_once)):
                now = sum(by_id[name].own == own for name in running.values())
                while ready[own] and now < most:
                    _, name = heapq.heappop(ready[own])
                    if any(problems[one] is not None for one in needed[name]):
                        problems[name] = EngineError(NOT_TRIED)
                        order.done(name)
                    else:
                        running[threads.submit(action, by_id[name])] = name
                        now += 1
            ended, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                name = running.pop(future)
                problems[name] = future.exception()
                order.done(name)
    return problems
