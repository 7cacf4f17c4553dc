"""Answers that are not given because they would be wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Refusal(ValueError):
    """A question that has no right answer with these years, areas or numbers.

    The message says what was refused and what to ask instead; a notebook shows it as one line.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class Decided(Protocol):
    """A rule that a decision sets for some years."""

    @property
    def first_year(self) -> int:
        """The first year under it."""

    @property
    def last_year(self) -> int:
        """The last year under it."""

    @property
    def decision(self) -> str:
        """The number of the decision."""


Rule = TypeVar("Rule", bound=Decided)


def in_force(year: int, rules: Sequence[Rule], told: tuple[type[Refusal], str, str]) -> Rule:
    """Return the one of several rules that is in force in a year.

    Parameters
    ----------
    year
        The year.
    rules
        Rules of which at most one is in force in a year.
    told
        What is raised where none is; what it says is not known, and what is to be done.

    Raises
    ------
    Refusal
        Of the class given, naming the rules there are and their years.
    """
    for one in rules:
        if one.first_year <= year <= one.last_year:
            return one
    refusal, what, advice = told
    known = "; ".join(f"{one.first_year}-{one.last_year}: {one.decision}" for one in rules)
    raise refusal(f"no {what} is known for {year} ({known}). {advice}")
