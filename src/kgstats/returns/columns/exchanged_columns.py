"""Two columns under each other's heading: what the rules between numbers say of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import combinations

from kgstats.edits.identities import Identity
from kgstats.returns.layout import Column

Verdicts = Sequence[tuple[Identity, bool]]
"""Identities that can be tried on the columns of a page, and whether they hold in most rows."""

Ask = Callable[[Mapping[str, Column]], Verdicts]
"""What the identities say where some columns are taken for others."""

MayBe = dict[str, list[str]]
"""Columns by what their headings say, with what they may hold instead."""

MOST_PAIRS = 3
"""Of more exchanges that would let all identities hold none says anything."""


def proved_by(said: Verdicts) -> set[str]:
    """Return the columns that a sum, a flow or a rate proves."""
    return {name for one, right in said if right and one.relation == "=" for name in one.columns}


def exchanged(held: Mapping[str, Column], said: Verdicts, ask: Ask) -> MayBe:
    """Return the columns that let all identities hold where two are taken for one another.

    Parameters
    ----------
    held
        The columns of the page by what their headings say.
    said
        What the identities say of them as they stand.
    ask
        Says the same of others.
    """
    wrong = {name for one, right in said if not right for name in one.columns}
    found: list[tuple[str, str]] = []
    for name, other in combinations(held, 2) if wrong else ():
        if wrong.isdisjoint((name, other)):
            continue
        then = ask({name: held[other], other: held[name]})
        if len(then) >= len(said) and all(right for _, right in then):
            found.append((name, other))
    may_be: MayBe = {}
    for name, other in found if len(found) <= MOST_PAIRS else ():
        may_be.setdefault(name, []).append(other)
        may_be.setdefault(other, []).append(name)
    return may_be


def grouped_with(names: Collection[str], held: Mapping[str, Column], said: Verdicts) -> list[str]:
    """Return the columns under one group with others that belong to another one, unless proved.

    Words of a group that were exchanged head all its columns; those that a sum, a flow or a rate
    proves are what they say.
    """
    groups = {held[name].path[:-1] for name in names} - {()}
    sound = proved_by(said)
    return [
        name
        for name, column in held.items()
        if column.path[:-1] in groups and name not in sound and name not in names
    ]


def misplaced(held: Mapping[str, Column], misfits: Iterable[tuple[str, Column]], ask: Ask) -> MayBe:
    """Return a column whose values do not fit its heading, and the one they belong to.

    Amounts under "Tỷ lệ" are those paid out where the rates stand under "Giải ngân". Parts of one
    sum are its parts in either order: what holds as it stands says nothing.
    """
    for name, column in misfits:
        holds = {one for one, right in ask({name: column}) if right}
        for other, its in held.items():
            said = ask({other: column, name: its})
            if any(
                right
                and one.relation == "="
                and {name, other} <= set(one.columns)
                and one not in holds
                for one, right in said
            ):
                return {name: [other], other: [name]}
    return {}


def blamed(said: Verdicts) -> MayBe:
    """Return the one column that explains why identities fail, as what its heading says."""
    sound = proved_by(said)
    wrong = [set(one.columns) - sound for one, right in said if not right]
    suspects = set.intersection(*wrong) if wrong else set()
    return {name: [name] for name in suspects} if len(suspects) == 1 else {}


def damaged(said: Verdicts, torn: Iterable[str]) -> MayBe:
    """Return the columns with damaged headings that have a part in identities that fail."""
    wrong = {name for one, right in said if not right for name in one.columns}
    return {name: [name] for name in torn if name in wrong}
