"""Answers that are not given because they would be wrong."""

from __future__ import annotations


class Refusal(ValueError):
    """A question that has no right answer with these years, areas or numbers.

    The message says what was refused and what to ask instead; a notebook shows it as one line.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]
