"""Columns whose headings lost their words: named by their numbers and place, or refused.

A damaged heading never costs its column in silence: where a column of the form is missing and one
stands there that nobody can name, it is refused with the columns it may be.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from kgstats.returns.columns.heading_words import (
    MEASURES,
    knows_all_words,
    may_stand_for,
    seems_of,
    speaks_of,
)
from kgstats.returns.columns.witnesses import LISTINGS, ColumnValues
from kgstats.returns.forms import CRITERIA, Form, all_forms
from kgstats.returns.layout import Column, TableBlock

MOST_THERE = 0.6
"""A form is there but for single columns where so many of its columns are."""

MOST_OFFERED = 3
"""So many columns of the form are named to an officer where any of the missing may be meant."""

SIGNED = ("decision_no", "decision_date")
"""What a decision states: its number and its day."""

_OPTIONAL = frozenset(("met", "programme", "unit", "cause", "note", "status", "cut_off"))

Named = list[tuple[Column, str]]
Doubtful = list[tuple[Column, list[str]]]


def settle_unnamed(
    form: Form,
    block: TableBlock,
    values: ColumnValues,
    given: Mapping[str, Column],
    unnamed: list[Column],
    elsewhere: list[Column],
) -> tuple[Named, Doubtful]:
    """Name the columns that their values prove; say of the others what they may be.

    Parameters
    ----------
    form, block, values
        The form, the table and what stands in its columns.
    given
        The columns of the form found so far; a criterion by its number.
    unnamed
        The columns that are none of them. One that is no column of the form, by its words and
        its place, is in neither list.
    elsewhere
        Those among them whose headings speak of another year: only their place may name them.
    """
    filled = [one for one in unnamed if any(values.profile(one))]
    held, order = dict(given), set(order_of(form))
    named: Named = []
    doubtful: Doubtful = []
    for column in filled:
        free = free_names(form, values, held, column)
        names = [one for one in free if column not in elsewhere and _may_be(form, column, one)]
        certain = None
        if form.key == "attainment":
            certain = _between_neighbours(held, column, free)
        elif column not in elsewhere:
            certain = _only_list(values, filled, column, free)
        if certain is not None:
            names = [certain]
        if certain or (len(names) == 1 and _proved(values, held, names[0], column)):
            named.append((column, names[0]))
            held[names[0]] = column
            continue
        if not names:
            # Words that the form does not know, where a column of the form should stand.
            if column not in elsewhere:
                names = [one for one in free if _proved(values, held, one, column)]
            names = names or _missing_at(form, block, given, filled, column, free)
            lost = column not in elsewhere and seems_of(form.key, column.readings)
            there = not order.isdisjoint(given)
            said = any(speaks_of(form.key, column.header, one) for one in given)
            if not names and lost and there and not said:
                names = free[:MOST_OFFERED]
        if names:
            doubtful.append((column, names))
    return named, doubtful


def lost_its_name(
    form: Form, values: ColumnValues, given: Mapping[str, Column], column: Column
) -> bool:
    """Whether a column without a name may be one of the form's, by its heading and values.

    Where the form has all its columns, one without any words is none.
    """
    numbers, words, others = values.profile(column)
    if not column.header and given.keys() >= set(order_of(form)):
        return False
    return (
        numbers + words + others > 0
        and seems_of(form.key, column.readings)
        and (numbers > words + others or bool(free_names(form, values, given, column)))
    )


def order_of(form: Form) -> tuple[str, ...]:
    """Return the columns of a form in their order, criteria by their numbers."""
    return _order(form.key)


@lru_cache
def _order(key: str) -> tuple[str, ...]:
    form = all_forms()[key]
    order: list[str] = []
    for one in form.columns:
        if one.name == "criterion":
            order.extend(map(str, range(1, CRITERIA + 1)))
        elif one.words and one.name not in (*_OPTIONAL, form.subject):
            order.append(one.name)
    return tuple(order)


def _may_be(form: Form, column: Column, name: str) -> bool:
    """Whether a heading that lost words may be that of a column of the form."""
    if name.isdigit():
        return True  # a column of marks is a criterion
    return any(may_stand_for(form.key, ": ".join(path), name) for path in column.readings)


def _between_neighbours(given: Mapping[str, Column], column: Column, free: list[str]) -> str | None:
    """Return the criterion that a column of marks is, which stands between those beside it."""
    for name in filter(str.isdigit, free):
        beside = [(given.get(str(int(name) + step)), step) for step in (-1, 1)]
        if all(one is not None and one.index == column.index + step for one, step in beside):
            return name
    return None


def _only_list(
    values: ColumnValues, filled: list[Column], column: Column, free: list[str]
) -> str | None:
    """Return what a column is whose words are those of a list, where no other has such words."""
    for name in LISTINGS.keys() & set(free):
        if [one for one in filled if values.lists(one, LISTINGS[name])] == [column]:
            return name
    return None


def _proved(values: ColumnValues, given: Mapping[str, Column], name: str, column: Column) -> bool:
    """Whether the values of a column show what it is."""
    if name in ("source", "kind"):
        return True
    if name in SIGNED:
        # "Số" over decisions, its group lost; days below no word at all may be any.
        return bool(column.header) and values.signed(column, name)
    said = [
        (one.relation, right)
        for one, right in values.verdicts({**given, name: column})
        if name in one.columns
    ]
    return all(right for _, right in said) and ("=", True) in said


def _missing_at(
    form: Form,
    block: TableBlock,
    given: Mapping[str, Column],
    filled: list[Column],
    column: Column,
    free: list[str],
) -> list[str]:
    """Return the columns that a form lacks at a place, where the rest of it is there.

    As many columns without a name as the form lacks between the same neighbours are those.
    """
    order = order_of(form)
    if len(given) < MOST_THERE * len(order):
        return []
    at = {one.index: order.index(name) for name, one in given.items() if name in order}
    before = [index for index in at if index < column.index]
    after = [index for index in at if index > column.index]
    low = max(before, default=0)
    high = min(after, default=max(one.index for one in block.columns) + 1)
    lacking = order[(at[low] if before else -1) + 1 : at[high] if after else len(order)]
    between = [one for one in filled if low < one.index < high]
    if len(between) > len(lacking):
        # One of them is no column of the form: one with words that the form does not know.
        between = [one for one in between if knows_all_words(form.key, ": ".join(one.readings[-1]))]
    return [name for name in lacking if name in free] if column in between else []


def free_names(
    form: Form, values: ColumnValues, given: Mapping[str, Column], column: Column
) -> list[str]:
    """Return the columns of the form that are not there, and that a column's values fit."""
    numbers, words, others = values.profile(column)
    order = order_of(form)
    free = [name for name in order if name not in given]
    if form.key == "attainment":
        signed = [name for name in SIGNED if values.signed(column, name)]
        if signed:
            return [name for name in signed if name in free]
        if others > numbers + words or (words > numbers and values.are_short(column)):
            # "Chưa đạt" is a mark, and a level too.
            return [name for name in free if name.isdigit()] or [
                name for name in free if name == "level"
            ]
        if numbers > words:
            marks = values.are_marks(column)
            return [name for name in free if name == "criteria_met" or (marks and name.isdigit())]
        return [name for name in free if name in ("level", "decision_no", "decision_date")]
    if form.key == "funding":
        if words > numbers:
            return [
                name
                for name, listing in LISTINGS.items()
                if name in free and values.lists(column, listing)
            ]
        return [name for name in free if name in MEASURES or name == "plan_year"]
    if words > numbers:
        return []
    rate = any(number % 1 for number in values.numbers(column).values())
    free = [name for name in free if name.endswith("_pct" if rate else "_hh")]
    places = {one.index: order.index(name) for name, one in given.items() if name in order}
    low = max((place for index, place in places.items() if index < column.index), default=-1)
    high = min(
        (place for index, place in places.items() if index > column.index), default=len(order)
    )
    return [name for name in free if low < order.index(name) < high] or free
