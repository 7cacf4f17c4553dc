"""What members tell, told as one run."""

from __future__ import annotations

import json
from pathlib import Path

from kgstats.pipeline.several import Job
from kgstats.pipeline.together import OneLine, Together, close, refuse
from kgstats.workspace import Workspace

ONE = Job(Workspace(Path("/one")), "2019", "one 2019")


def test_a_member_that_ends_is_not_the_end(tmp_path):
    log = tmp_path / "log"
    view = Together(as_json=True, file=log)
    view.heard(ONE, {"event": "ended", "level": "info", "message": "", "code": 3})
    refuse(view, "two", "is not a workspace", 2)
    close(view, 2, 0.1)
    told = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(one["event"], one.get("workspace"), one["code"]) for one in told] == [
        ("ended one", "one 2019", 3),
        ("ended one", "two", 2),
        ("ended", None, 2),
    ]


def test_what_failed_without_being_a_step_is_told(capsys):
    """An input that changed while the run went on is no step's failure."""
    said = "inputs changed while the run went on"
    OneLine().heard(ONE, {"event": "failed", "level": "error", "message": said})
    assert f"one 2019: {said}" in capsys.readouterr().out


def test_whose_pages_were_not_made_is_told_again_at_the_end(capsys):
    """Of many workspaces the line that says why is far above."""
    view = OneLine()
    refuse(view, "two", "is not a workspace", 2)
    view.heard(ONE, {"event": "ended", "level": "error", "message": "ended with 1", "code": 1})
    view.heard(ONE, {"event": "ended", "level": "info", "message": "", "code": 4})
    close(view, 1, 0.1)
    assert capsys.readouterr().err == (
        "not all was made: two, one 2019; what was published before stays\n"
    )
