"""What a year of a run of several tells, and when the year after may begin."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kgstats.pipeline.graph import Plan, Step
from kgstats.pipeline.member import Member
from kgstats.pipeline.run import Reason
from kgstats.pipeline.several import CLEANED
from kgstats.workspace import Workspace


class Lines:
    def __init__(self) -> None:
        self.told: list[str] = []

    def write(self, line: str) -> None:
        self.told.append(json.loads(line)["event"])


def step(name: str, of_year: int | None = None) -> Step:
    return Step(name, name, [], {}, [], lambda: None, of_year=of_year)


@pytest.fixture
def member():
    lines = Lines()
    made = Member(Workspace(Path("/w")), lines)
    return made, lines.told


def planned(member: Member, due: list[Step], threshold: int = 0) -> None:
    plan = Plan(Workspace(Path("/w")), 2019, lambda _: plan, steps=due)
    plan.pages = [None]  # type: ignore[list-item]
    plan.disclosure = {"disclosure_threshold": threshold, "disclosure_rounding": 1}
    member.planned(plan, [Reason(one, ["it was never made"]) for one in due])


def test_the_year_after_may_begin_when_all_years_are_cleaned(member):
    made, told = member
    steps = [step("clean-2018", 2018), step("clean-2019", 2019), step("run-01-vi")]
    planned(made, steps)
    made.finished(steps[0], 1.0)
    assert CLEANED not in told
    made.finished(steps[1], 1.0)
    assert told[-1] == CLEANED
    made.finished(steps[2], 1.0)
    assert told.count(CLEANED) == 1


def test_it_may_begin_at_once_when_nothing_is_to_be_cleaned(member):
    made, told = member
    planned(made, [step("run-01-vi")])
    assert told == ["planned", CLEANED]


def test_a_failed_cleaning_is_waited_for_to_the_end(member):
    made, told = member
    steps = [step("clean-2019", 2019)]
    planned(made, steps)
    made.failed(steps[0], "it cannot be read")
    assert CLEANED not in told


def test_under_disclosure_control_years_follow_one_another(member):
    made, told = member
    planned(made, [step("run-01-vi")], threshold=5)
    assert told == ["planned"]
