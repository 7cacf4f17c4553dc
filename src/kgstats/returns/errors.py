"""Errors that a person can mend: one line that says where and what to do."""

from __future__ import annotations


class ReturnsError(ValueError):
    """A problem with what was received or declared; shown in a notebook as one line."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]
