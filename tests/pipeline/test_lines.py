"""What a person sees of a run."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

from rich.console import Console

from kgstats.pipeline.engine import NOT_TRIED
from kgstats.pipeline.graph import Plan, Step
from kgstats.pipeline.lines import Lines, said
from kgstats.pipeline.run import Reason
from kgstats.workspace import Workspace


def step(name: str) -> Step:
    return Step(name, name, [], {}, [], lambda: None)


NEW = "data/boundaries/a.geojson is new"
DUE = [
    *(Reason(step(f"{number}_page"), [NEW]) for number in range(40)),
    *(Reason(step(f"page {number}"), [f"after {number}_page"]) for number in range(40)),
    Reason(step("clean"), ["return x changed", "return y changed", "z changed", "code changed"]),
]


def told(*, terminal: bool, verbose: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=100, highlight=False)
    lines = Lines(verbose=verbose, console=console)
    plan = Plan(Workspace(Path()), 2019, lambda _: plan, steps=[one.step for one in DUE])
    lines.planned(plan, DUE)
    for one in DUE[:2]:
        lines.started(one.step, one.texts)
    lines.finished(DUE[0].step, 1.5)
    lines.noticed("a remark")
    lines.failed(DUE[1].step, "it [broke]")
    lines.failed(DUE[2].step, "it [broke]")
    lines.failed(DUE[41].step, NOT_TRIED)
    lines.ended(12.3)
    return out.getvalue()


def test_steps_of_one_reason_are_one_line():
    assert said(DUE) == [
        f"  40 steps: {NEW}",
        "  40 steps: what they follow is made anew",
        "  clean: return x changed; return y changed; z changed; and 1 more",
    ]
    assert len(said(DUE, verbose=True)) == 81
    assert said(DUE[40:41]) == ["  page 0: after 0_page"]


def test_a_step_done_is_a_line_where_there_is_no_terminal():
    text = told(terminal=False)
    assert "  1/81  0_page  1.5 s\n" in text
    assert "\x1b" not in text and "\r" not in text
    assert "failed  1_page: it [broke]" in text and "a remark" in text


def test_what_stops_is_one_line_and_what_it_costs_another():
    text = told(terminal=False)
    assert text.count("it [broke]") == 1 and "2 more failed alike, or need what failed" in text
    assert told(terminal=False, verbose=True).count("failed  ") == 3


def test_a_terminal_has_one_line_that_lives():
    text = told(terminal=True)
    assert "\x1b[?25l" in text and text.rstrip().endswith("1 steps in 12 s")
    assert text.index("\x1b[?25l") < text.rindex("\x1b[?25h")  # The cursor comes back.
    assert "1/81  0_page" not in text
    assert "1/81  0_page" in told(terminal=True, verbose=True)


def test_nothing_to_do_says_nothing():
    out = io.StringIO()
    lines = Lines(console=Console(file=out, force_terminal=True))
    lines.planned(SimpleNamespace(steps=[], year=2019), [])
    lines.ended(0.0)
    assert out.getvalue() == ""
