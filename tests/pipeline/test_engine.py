"""Steps are taken in the order of what they need, several at once, the longest way first."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgstats.pipeline import engine
from kgstats.pipeline.graph import Step


def _step(name: str, needs: tuple[str, ...] = (), work: float = 1.0) -> Step:
    return Step(name, name, [Path(one) for one in needs], {}, [Path(name)], lambda: None, work=work)


GRAPHS = st.lists(st.sets(st.integers(0, 11), max_size=4), min_size=1, max_size=12).map(
    lambda sets: [
        _step(f"s{place}", tuple(f"s{one}" for one in sorted(needs) if one < place))
        for place, needs in enumerate(sets)
    ]
)


@given(GRAPHS, st.sets(st.integers(0, 11)), st.integers(1, 4))
def test_a_step_comes_after_those_it_needs_and_not_after_one_that_failed(steps, failing, at_once):
    taken: list[str] = []
    now, most, counting = 0, 0, threading.Lock()

    def take(step: Step) -> None:
        nonlocal now, most
        with counting:
            now += 1
            most = max(most, now)
        try:
            if int(step.id[1:]) in failing:
                raise ValueError(step.id)
            taken.append(step.id)
        finally:
            with counting:
                now -= 1

    problems = engine.take(steps, take, at_once)

    assert list(problems) and set(problems) == {step.id for step in steps}
    assert most <= at_once
    for step in steps:
        first = [path.name for path in step.needs]
        assert all(taken.index(one) < taken.index(step.id) for one in first if step.id in taken)
        problem = problems[step.id]
        if any(problems[one] is not None for one in first):
            assert isinstance(problem, engine.EngineError) and str(problem) == engine.NOT_TRIED
        elif int(step.id[1:]) in failing:
            assert isinstance(problem, ValueError)
        else:
            assert problem is None and step.id in taken


def test_the_longest_way_is_begun_first():
    steps = [
        _step("short", work=2),
        _step("page", ("long",)),
        _step("long", ("clean",), work=9),
        _step("clean"),
    ]
    assert engine.lengths(steps) == {"short": 2, "page": 1, "long": 10, "clean": 11}
    taken: list[str] = []
    engine.take(steps, lambda step: taken.append(step.id), 1)
    assert taken == ["clean", "long", "short", "page"]


def test_what_this_process_does_itself_goes_on_beside_the_others_one_by_one():
    steps = [
        *(_step("a", work=5), _step("b", ("a",), work=4)),
        *(_step(f"page {n} of a", ("a",)) for n in (1, 2)),
    ]
    for step in steps[2:]:
        step.own = True
    now: set[str] = set()
    seen: list[set[str]] = []
    both, counting = threading.Event(), threading.Lock()

    def take(step: Step) -> None:
        with counting:
            now.add(step.id)
            seen.append(set(now))
            if "b" in now and len(now) > 1:
                both.set()
        if step.id != "a":
            assert both.wait(10)
        with counting:
            now.discard(step.id)

    assert set(engine.take(steps, take, 1).values()) == {None}
    assert all(len(some - {"a", "b"}) <= 1 for some in seen)


def test_a_step_begins_when_the_last_one_it_needs_ends():
    ended: dict[str, float] = {}

    def take(step: Step) -> None:
        ended[f"{step.id} began"] = time.perf_counter()
        if step.id == "first":
            time.sleep(0.8)
        ended[step.id] = time.perf_counter()

    engine.take([_step("first"), _step("second", ("first",))], take, 2)
    # Where steps are looked for at intervals it waits for the next one, of up to a second.
    assert ended["second began"] - ended["first"] < 0.2


def test_an_interruption_goes_to_who_asked(monkeypatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        engine.take([_step("one")], lambda step: None)
