"""What a computed sentence may claim: who is first, by how much, whether it rose, of how many.

Every sentence or title that is made from data takes its claim from here, so that ties, zeros,
negative values, one and many, and units that did not report are treated alike on every page and
in both languages:

- Numbers are compared as they are printed. Two places whose printed values are equal are equal
  for a reader: both are named, and a list is never cut between them.
- A unit without a value takes no part. Nothing is said of it, it is neither the lowest nor among
  "all", and :func:`base` says how many there are.
- A change has a direction only if it can be seen at the printed decimals.
- A claim that nobody fits ("the largest gap", where there is none) has no holder, and the
  sentence for that case is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from kgstats.present import numbers
from kgstats.words import N_, plurals, translator

Write = Callable[[Any], str]
"""Writes a value for readers: its unit, decimals and language are settled."""


def P_(one: str, many: str) -> tuple[str, str]:
    """Mark a text for one and for many where it is declared: ``P_("{n} commune", "…s")``."""
    return one, many


UNITS: dict[str, tuple[str, str]] = {
    "communes": P_("{n} commune", "{n} communes"),
    "districts": P_("{n} district", "{n} districts"),
    "units": P_("{n} commune-level unit", "{n} commune-level units"),
    "households": P_("{n} household", "{n} households"),
    "criteria": P_("{n} criterion", "{n} criteria"),
    "points": P_("{n} percentage point", "{n} percentage points"),
    "lines": P_("{n} budget line", "{n} budget lines"),
    "years": P_("{n} year", "{n} years"),
}
"""What is counted, for one and for many; ``{n}`` comes with the marks of the language."""
_OF: dict[str, tuple[str, str]] = {
    "communes": P_("{n} of {all} commune", "{n} of {all} communes"),
    "districts": P_("{n} of {all} district", "{n} of {all} districts"),
    "units": P_("{n} of {all} commune-level unit", "{n} of {all} commune-level units"),
    "lines": P_("{n} of {all} budget line", "{n} of {all} budget lines"),
}


# Counts -------------------------------------------------------------------------------------


def counted(
    forms: tuple[str, str], n: Any, lang: str, decimals: int = 0, none: str = "", **values: object
) -> str:
    """Write a count with its noun, for one or for many.

    What is shown decides: 1 is one, 0, 1.0 and 2 are many; ``none`` is the text for zero, where a
    sentence with a nought would be none.

    >>> counted(UNITS["communes"], 1, "en"), counted(UNITS["communes"], 1020, "en")
    ('1 commune', '1,020 communes')
    >>> counted(UNITS["points"], 1.0, "en", 2), counted(UNITS["communes"], None, "en")
    ('1.00 percentage points', '… communes')
    """
    shown = numbers.number(n, lang, decimals)
    if none and shown == "0":
        return translator(lang)(none, **values)
    one = not decimals and shown.lstrip(numbers.MINUS) == "1"
    return plurals(lang)(*forms, 1 if one else 2, n=shown, **values)


def base(reported: dict[str, tuple[int, int]], lang: str) -> str:
    """Say of how many units a statistic is: "3 of 15 districts, 28 of 117 communes".

    Parameters
    ----------
    reported
        For a name of :data:`UNITS` (``districts``, ``communes``, ``units``, ``lines``): how many
        reported, and how many there are.

    >>> base({"districts": (3, 15), "communes": (28, 117)}, "en")
    '3 of 15 districts, 28 of 117 communes'
    """
    tn = plurals(lang)
    return ", ".join(
        tn(*_OF[name], of, n=numbers.number(n, lang, 0), all=numbers.number(of, lang, 0))
        for name, (n, of) in reported.items()
    )


def part(unit: str, n: Any, of: Any, lang: str, text: str = "{base}", **values: object) -> str:
    """Say of how many units something is where it is not of all of them; else nothing.

    Parameters
    ----------
    unit, n, of
        A name of :data:`UNITS`, how many reported, and how many there are.
    text
        The sentence, in which ``{base}`` stands for them.

    >>> part("communes", 28, 117, "en", "Reported: {base}."), part("communes", 117, 117, "en")
    ('Reported: 28 of 117 communes.', '')
    """
    if numbers.is_absent(n) or n == of:
        return ""
    told = base({unit: (int(n), int(of))}, lang)
    return translator(lang)(text, base=told, **values)


# Who is first -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Who holds a place in an order: all that share it, and among how many."""

    holders: tuple[Any, ...] = ()
    """Labels, in the order of the data; none where nobody fits the claim."""
    value: Any = None
    """The value they share as printed: that of the first of them, in the unit of the data."""
    compared: int = 0
    """How many units have a value."""
    missing: int = 0
    """How many have none; nothing is said of them."""

    def __bool__(self) -> bool:
        return bool(self.holders)

    @property
    def alone(self) -> bool:
        """Whether one unit holds the place against at least one other."""
        return len(self.holders) == 1 and self.compared > 1

    @property
    def everyone(self) -> bool:
        """Whether all units compared are equal, so that none of them is first."""
        return self.compared > 1 and len(self.holders) == self.compared


def first(
    values: pd.Series,
    decimals: int = 0,
    *,
    lowest: bool = False,
    above: float | None = None,
    least: float | None = None,
    scale: int = 1,
) -> Place:
    """Find who has the highest value, or the lowest: all that share it as printed.

    Parameters
    ----------
    values
        One value a unit, by its label (index); null where it did not report.
    decimals
        The decimals printed; values equal at these are equal.
    lowest
        Look for the lowest value.
    above
        Only a value above this, as printed, fits the claim: ``above=0`` for "the largest gap".
    least
        Only a value of at least this fits: ``least=0`` for "the lowest rate", which a booking of
        less than nothing is not.
    scale
        What one printed unit is: ``10**9`` for money in billions.

    >>> rates = pd.Series({"An Biên": 1.404, "Rạch Giá": 1.4, "Hà Tiên": None})
    >>> place = first(rates, 2)
    >>> place.holders, float(place.value), place.compared, place.missing
    (('An Biên', 'Rạch Giá'), 1.404, 2, 1)
    >>> first(pd.Series({"An Biên": 0, "Gò Quao": 0}), above=0).holders
    ()
    """
    shown = printed(values, decimals, scale)
    fit = {
        label: value
        for label, value in shown.items()
        if (above is None or value > above) and (least is None or value >= least)
    }
    missing = len(values) - len(shown)
    if not fit:
        return Place(compared=len(shown), missing=missing)
    extreme = (min if lowest else max)(fit.values())
    holders = tuple(label for label, value in fit.items() if value == extreme)
    return Place(holders, values[holders[0]], len(shown), missing)


def printed(values: pd.Series, decimals: int, scale: int = 1) -> dict[Hashable, Any]:
    """Return what is printed of each unit that reported, as exact decimals."""
    return {
        label: numbers.rounded(numbers.exact(value) / scale, decimals)
        for label, value in values.items()
        if not numbers.is_absent(value)
    }


@dataclass(frozen=True)
class Words:
    """The sentences of a claim about a place; ``{names}``, ``{value}`` and ``{n}`` are filled in.

    ``one`` names a single holder; ``many`` several, who share the value; ``every`` is for units
    that are all equal, where ``many`` does not say it well; ``none`` for a claim that nobody fits
    (without it nothing is said). ``single`` is for one unit alone: nobody is first among one.
    """

    one: str
    many: str
    none: str = ""
    every: str = ""
    single: str = ""
    unit: tuple[str, str] = field(default=UNITS["districts"])
    """What the units are, to count those that are too many to name."""


def said(place: Place, words: Words, write: Write, lang: str, **values: object) -> str:
    """Say who holds a place, in the sentence for as many as hold it.

    Empty where no unit has a value: nothing can be said.

    >>> words = Words(
    ...     one="{names} has the largest gap, {value}",
    ...     many="{names} have the largest gap, {value} each",
    ...     none="No district has a gap",
    ...     every="The gap is the same in every district: {value}",
    ... )
    >>> said(first(pd.Series({"a": 3, "b": 3, "c": 1})), words, str, "en")
    'a and b have the largest gap, 3 each'
    >>> said(first(pd.Series({"a": 3, "b": 3})), words, str, "en")
    'The gap is the same in every district: 3'
    >>> said(first(pd.Series({"a": 0, "b": 0}), above=0), words, str, "en")
    'No district has a gap'
    >>> only = Words("", "", "", single="Only {names} is known: {value}")
    >>> said(first(pd.Series({"a": 3})), only, str, "en")
    'Only a is known: 3'
    """
    if not place.compared:
        return ""
    t = translator(lang)
    if not place:
        return t(words.none, n=place.compared, **values)
    text = words.one if len(place.holders) == 1 else words.many
    if place.everyone and words.every:
        text = words.every
    if place.compared == 1 and words.single:
        text = words.single
    return t(
        text,
        names=named([str(one) for one in place.holders], lang, unit=words.unit),
        value=write(place.value),
        n=len(place.holders),
        **values,
    )


# Lists --------------------------------------------------------------------------------------


def top(
    values: pd.Series,
    most: int,
    decimals: int = 0,
    *,
    lowest: bool = False,
    above: float | None = None,
    scale: int = 1,
) -> list[tuple[Any, Any]]:
    """Return at most so many units from the first on, never cut between equals.

    Those that share the last place would make the list too long are all left out; if already the
    first place is shared by more than ``most``, the list is empty, and no unit stands out.

    >>> missed = pd.Series({"2 Roads": 36, "5 Schools": 36, "6 Culture": 20, "17 Water": 20})
    >>> [(name, int(n)) for name, n in top(missed, 3)]
    [('2 Roads', 36), ('5 Schools', 36)]
    """
    shown = printed(values, decimals, scale)
    fit = [label for label, value in shown.items() if above is None or value > above]
    fit.sort(key=lambda label: shown[label], reverse=not lowest)
    while len(fit) > most:
        fit = [label for label in fit if shown[label] != shown[fit[-1]]]
    return [(label, values[label]) for label in fit]


def named(
    names: Sequence[str], lang: str, most: int = 5, unit: tuple[str, str] = UNITS["districts"]
) -> str:
    """Name units in a sentence; of more than ``most`` only how many they are.

    >>> named(["An Biên", "Gò Quao"], "en"), named(list("abcdef"), "en")
    ('An Biên and Gò Quao', '6 districts')
    """
    if len(names) > most:
        return counted(unit, len(names), lang)
    return numbers.joined(list(names), lang)


# Whether it rose ----------------------------------------------------------------------------


def direction(change: Any, decimals: int = 0, scale: int = 1) -> int | None:
    """Return 1 for a rise, −1 for a fall, 0 where no change can be seen; None where unknown.

    >>> direction(-0.004, 2), direction(-0.005, 2), direction(None)
    (0, -1, None)
    """
    if numbers.is_absent(change):
        return None
    shown = numbers.rounded(numbers.exact(change) / scale, decimals)
    return (shown > 0) - (shown < 0)


def change(by: Any, write: Write, lang: str, decimals: int = 0, scale: int = 1) -> str:
    """Say a change: "rose by 3", "fell by 3", "did not change"; empty where it is unknown.

    ``write`` is given the size without its sign, and says the unit.

    >>> change(-3, str, "en"), change(0, str, "en"), change(None, str, "en")
    ('fell by 3', 'did not change', '')
    """
    way = direction(by, decimals, scale)
    if way is None:
        return ""
    text = {1: N_("rose by {size}"), -1: N_("fell by {size}"), 0: N_("did not change")}[way]
    return translator(lang)(text, size=write(abs(by))) if way else translator(lang)(text)


def moved(
    before: Any,
    after: Any,
    write: Write,
    lang: str,
    decimals: int = 0,
    *,
    start: Write | None = None,
) -> str:
    """Say a level that moved: "rose from 2 to 3", "fell from …", "stayed at 2".

    Compared as printed; where one of the two is unknown, only the other is said. ``start`` writes
    the first of two where their unit is said once.

    >>> moved(2, 3, str, "en"), moved(2, 2, str, "en"), moved(None, 2, str, "en")
    ('rose from 2 to 3', 'stayed at 2', 'was 2')
    """
    t = translator(lang)
    if numbers.is_absent(after):
        return ""
    if numbers.is_absent(before):
        return t("was {value}", value=write(after))
    one, two = (numbers.rounded(value, decimals) for value in (before, after))
    if one == two:
        return t("stayed at {value}", value=write(after))
    text = N_("rose from {before} to {after}") if two > one else N_("fell from {before} to {after}")
    return t(text, before=(start or write)(before), after=write(after))


def times(one: Any, other: Any, lang: str, decimals: int = 2) -> str:
    """Say how many times one rate is of another: a rate is so many times, a gap is a difference.

    Empty where there is no such number: a value is absent, or not above zero.

    >>> times(4.55, 2.6, "en"), times(2, 0, "en")
    ('1.75 times', '')
    """
    if numbers.is_absent(one) or numbers.is_absent(other) or not (one > 0 and other > 0):
        return ""
    ratio = numbers.exact(one) / numbers.exact(other)
    return translator(lang)("{ratio} times", ratio=numbers.number(ratio, lang, decimals))
