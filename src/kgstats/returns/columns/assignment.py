"""Columns that their headings leave in doubt: what their order, their values and rules decide.

A damaged heading never costs its column in silence, and never makes another one of it: a column is
named where its values prove what it is, else it is refused with the columns that it may be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import combinations, pairwise

from kgstats.edits.identities import Identity
from kgstats.returns.columns.evidence import LISTINGS, Evidence
from kgstats.returns.columns.heading_words import (
    knows_all_words,
    may_stand_for,
    seems_of,
    speaks_of,
)
from kgstats.returns.layout import Column

Verdicts = Sequence[tuple[Identity, bool]]
"""Identities that can be tried on the columns of a page, and whether they hold in most rows."""

Ask = Callable[[Mapping[str, Column]], Verdicts]
"""What the identities say where some columns are taken for others."""

MayBe = dict[str, list[str]]
"""Columns by what their headings say, with what they may hold instead."""

MOST_PAIRS = 3
"""Of more exchanges that would let all identities hold none says anything."""

TURNED = 2.5
"""What it costs that the page goes back in the form's order: blocks may stand otherwise."""

CROWDED = 6.0
"""What it costs that more nameless columns stand between two than the form has there."""

LEAST_OF_A_BLOCK = 5
"""A page that goes back more often than once in so many columns has an order of its own.

It says nothing of its columns."""

PROVED = 10.0
"""What it costs to give up a column that the numbers prove, where another one costs one."""


MOST_THERE = 0.6
"""A form is there but for single columns where so many of its columns are."""

MOST_OFFERED = 3
"""So many columns of the form are named to an officer where any of the missing may be meant."""


# --- what the rules between numbers say


def proved_by(said: Verdicts) -> set[str]:
    """Return the columns that a sum, a flow or a rate proves."""
    return {name for one, right in said if right and one.relation == "=" for name in one.columns}


def exchanged(
    held: Mapping[str, Column], misfits: Iterable[tuple[str, Column]], said: Verdicts, ask: Ask
) -> MayBe:
    """Return the columns that may stand under each other's heading, with what each may be.

    Two that let all identities hold where they are taken for one another; else one whose values do
    not fit its heading, and the one they belong to: amounts under "Tỷ lệ" are those paid out where
    the rates stand under "Giải ngân". Parts of one sum are its parts in either order: what holds
    as it stands says nothing.

    Parameters
    ----------
    held
        The columns of the page by what their headings say.
    misfits
        What else headings say, of columns with values that do not fit it.
    said
        What the identities say of the columns as they stand.
    ask
        Says the same of others.
    """
    wrong = {name for one, right in said if not right for name in one.columns}
    found: list[tuple[str, str]] = []
    for name, other in combinations(held, 2) if wrong else ():
        if not wrong.isdisjoint((name, other)):
            then = ask({name: held[other], other: held[name]})
            if len(then) >= len(said) and all(right for _, right in then):
                found.append((name, other))
    if not found:
        for name, column in misfits:
            holds = {one for one, right in ask({name: column}) if right}
            found += [
                (name, other)
                for other, its in held.items()
                for one, right in ask({other: column, name: its})
                if right
                and one.relation == "="
                and {name, other} <= set(one.columns)
                and one not in holds
            ][:1]
    may_be: MayBe = {}
    for name, other in found if len(found) <= MOST_PAIRS else ():
        may_be.setdefault(name, []).append(other)
        may_be.setdefault(other, []).append(name)
    return may_be


def grouped_with(names: Collection[str], held: Mapping[str, Column], said: Verdicts) -> list[str]:
    """Return the columns under the groups of others that were exchanged, unless proved.

    Words of two groups that were exchanged head all their columns; those that a sum, a flow or a
    rate proves are what they say. Under one group the words of the columns were exchanged.
    """
    groups = {held[name].path[:-1] for name in names if name in held}
    sound = proved_by(said)
    return [
        name
        for name, column in held.items()
        if len(groups) > 1
        and column.path[:-1] in groups - {()}
        and name not in sound
        and name not in names
    ]


def blamed(said: Verdicts, torn: Iterable[str]) -> set[str]:
    """Return the one column that explains why identities fail, else those with damaged headings."""
    sound = proved_by(said)
    wrong = [set(one.columns) for one, right in said if not right]
    suspects = set.intersection(*wrong) - sound if wrong else set()
    return suspects if len(suspects) == 1 else set(torn) & set().union(*wrong)


# --- what the order of the form says


def displaced(places: Sequence[int | None], proved: Collection[int], count: int) -> set[int]:
    """Return the fewest columns without which the others have room for all nameless ones.

    Where these may be some or others, all of them are in doubt.

    Parameters
    ----------
    places
        The columns of a page from left to right, each by its place in the form; None for one
        that has no name.
    proved
        Those among them that the numbers prove, by their place on the page.
    count
        How many columns the form has.

    Returns
    -------
    set of int
        Places on the page; none where every column has a name.

    Examples
    --------
    >>> displaced([8, 9, 10, None, 11, 12, 14, 15, 16], (), 19), displaced([0, None, 2], (), 3)
    ({4, 5}, set())
    """
    named = [at for at in places if at is not None]
    turns = sum(one > other for one, other in pairwise(named))
    if None not in places or turns * LEAST_OF_A_BLOCK > len(named):
        return set()
    row = [-1, *places, count]  # the edges of the form hold its columns as its columns do
    worth = [PROVED if at - 1 in proved else 1.0 for at in range(len(row))]
    sound = {0, len(row) - 1, *(at + 1 for at in proved)}
    # The cheapest ways to each column that is kept, with the columns that all of them keep.
    best: dict[int, tuple[float, frozenset[int]]] = {0: (0.0, frozenset())}
    for at, place in enumerate(row):
        if place is not None and at:
            ways = []
            for before, (cost, kept) in best.items():
                between = row[before + 1 : at]
                given_up = sum(
                    worth[before + 1 + step] for step, one in enumerate(between) if one is not None
                )
                room = place - (row[before] or 0) - 1
                cost += given_up + _step(room, between, {before, at} <= sound)
                ways.append((cost, kept | {at}))
            least = min(cost for cost, _ in ways)
            best[at] = (
                least,
                frozenset.intersection(*(kept for cost, kept in ways if cost == least)),
            )
    kept = best[len(row) - 1][1]
    return {at - 1 for at, place in enumerate(row) if at and place is not None and at not in kept}


def _step(room: int, between: Sequence[int | None], sound: bool) -> float:
    """Return what it costs that a column follows another, with so many in between."""
    if room >= 0 and (len(between) <= room or None not in between):
        return 0.0
    return TURNED if sound or None not in between else CROWDED


def said_again(places: Mapping[int, int], again: Mapping[int, int]) -> bool:
    """Whether a heading that stands word for word over two columns is in its place in the form.

    Then it was copied over that of its neighbour; elsewhere it is a page of two such columns.

    Parameters
    ----------
    places, again
        Columns by their place on the page with their place in the form: those that are settled,
        and those of which several say the same.

    Examples
    --------
    >>> said_again({1: 0, 4: 3}, {2: 2, 3: 2}), said_again({1: 0, 4: 1}, {2: 6, 3: 6})
    (True, False)
    """
    for index, place in again.items():
        before = [places[at] for at in sorted(places) if at < index]
        after = [places[at] for at in sorted(places) if at > index]
        if (before or [-1])[-1] < place < (after or [place + 1])[0]:
            return True
    return False


# --- headings that are lost


Named = list[tuple[Column, str]]
Doubtful = list[tuple[Column, list[str]]]


def settle_unnamed(
    evidence: Evidence,
    given: Mapping[str, Column],
    unnamed: list[Column],
    elsewhere: list[Column],
) -> tuple[Named, Doubtful]:
    """Name the columns that their values prove; say of the others what they may be.

    Parameters
    ----------
    evidence
        What stands in the columns of the table.
    given
        The columns of the form found so far; a criterion by its number.
    unnamed
        The columns that are none of them. One that is no column of the form, by its words and
        its place, is in neither list.
    elsewhere
        Those among them whose headings speak of another year: only their place may name them.
    """
    filled = [one for one in unnamed if any(evidence.profile(one))]
    key, held, order = evidence.form.key, dict(given), set(evidence.order)
    named: Named = []
    doubtful: Doubtful = []
    for column in filled:
        free = evidence.free(held, column)
        names = [
            one
            for one in free
            if column not in elsewhere and _may_be(evidence.form.key, column, one)
        ]
        certain = None
        if key == "attainment":
            certain = _between_neighbours(held, column, free)
        elif column not in elsewhere:
            certain = _only_list(evidence, filled, column, free)
        if certain is not None:
            names = [certain]
        if certain or (len(names) == 1 and evidence.proves(held, names[0], column)):
            named.append((column, names[0]))
            held[names[0]] = column
            continue
        if not names:
            # Words that the form does not know, where a column of the form should stand.
            if column not in elsewhere:
                names = [one for one in free if evidence.proves(held, one, column)]
            names = names or _missing_at(evidence, given, filled, column, free)
            lost = column not in elsewhere and seems_of(key, column.readings)
            there = not order.isdisjoint(given)
            said = any(speaks_of(key, column.header, one) for one in given)
            if not names and lost and there and not said:
                names = free[:MOST_OFFERED]
        if names:
            doubtful.append((column, names))
    return named, doubtful


def lost_its_name(evidence: Evidence, given: Mapping[str, Column], column: Column) -> bool:
    """Whether a column without a name may be one of the form's, by its heading and evidence.

    Where the form has all its columns, one without any words is none.
    """
    numbers, words, others = evidence.profile(column)
    if not column.header and given.keys() >= set(evidence.order):
        return False
    return (
        numbers + words + others > 0
        and seems_of(evidence.form.key, column.readings)
        and (numbers > words + others or bool(evidence.free(given, column)))
    )


def _may_be(key: str, column: Column, name: str) -> bool:
    """Whether a heading that lost words may be that of a column of the form."""
    if name.isdigit():
        return True  # a column of marks is a criterion
    return any(may_stand_for(key, ": ".join(path), name) for path in column.readings)


def _between_neighbours(given: Mapping[str, Column], column: Column, free: list[str]) -> str | None:
    """Return the criterion that a column of marks is, which stands between those beside it."""
    for name in filter(str.isdigit, free):
        beside = [(given.get(str(int(name) + step)), step) for step in (-1, 1)]
        if all(one is not None and one.index == column.index + step for one, step in beside):
            return name
    return None


def _only_list(
    evidence: Evidence, filled: list[Column], column: Column, free: list[str]
) -> str | None:
    """Return what a column is whose words are those of a list, where no other has such words."""
    for name in LISTINGS.keys() & set(free):
        if [one for one in filled if evidence.lists(one, LISTINGS[name])] == [column]:
            return name
    return None


def _missing_at(
    evidence: Evidence,
    given: Mapping[str, Column],
    filled: list[Column],
    column: Column,
    free: list[str],
) -> list[str]:
    """Return the columns that a form lacks at a place, where the rest of it is there.

    As many columns without a name as the form lacks between the same neighbours are those.
    """
    order = evidence.order
    if len(given) < MOST_THERE * len(order):
        return []
    at = {one.index: order.index(name) for name, one in given.items() if name in order}
    before = [index for index in at if index < column.index]
    after = [index for index in at if index > column.index]
    low = max(before, default=0)
    high = min(after, default=max(one.index for one in evidence.block.columns) + 1)
    lacking = order[(at[low] if before else -1) + 1 : at[high] if after else len(order)]
    between = [one for one in filled if low < one.index < high]
    if len(between) > len(lacking):
        # One of them is no column of the form: one with words that the form does not know.
        between = [
            one
            for one in between
            if knows_all_words(evidence.form.key, ": ".join(one.readings[-1]))
        ]
    return [name for name in lacking if name in free] if column in between else []
