"""The record of what is published of a year: ``run.json`` beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kgstats.workspace import Workspace

RECORD = "run.json"


def last_run(workspace: Workspace, year: int) -> Mapping[str, Any] | None:
    """Return the record of what is published for a year; None where none can be read."""
    try:
        loaded = json.loads((workspace.outputs(year) / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return loaded if isinstance(loaded, dict) else None
