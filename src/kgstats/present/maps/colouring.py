"""A map's colours and words: what every area shows, ready to be drawn on screen or on paper."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from kgstats.present.maps.classes import (
    NOT_REPORTED,
    OUTSIDE,
    Category,
    class_key,
    is_class,
    state_categories,
)
from kgstats.present.maps.spec import MapSpec, Mark
from kgstats.present.names import area_name
from kgstats.present.numbers import is_absent
from kgstats.reference.refusal import Refusal
from kgstats.words import translator


@dataclass(frozen=True)
class Colouring:
    """What each area shows.

    Parameters
    ----------
    label
        What the colours mean: the legend's title.
    categories
        All categories in the order of the legend, the states that are no value last.
    of
        The category of every area, by code.
    lines
        What the reader is told about an area: its name first, then a fact a line.
    districts
        The district of each area, by code.
    over_years
        On a map of several years: the category of each area in each of them, by code.
    """

    label: str
    categories: tuple[Category, ...]
    of: Mapping[str, str]
    lines: Mapping[str, tuple[str, ...]]
    marks: tuple[Mark, ...] = field(default_factory=tuple)
    districts: Mapping[str, str] = field(default_factory=dict)
    over_years: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Return the number of areas of each category, zero for a category without any."""
        counts = {category.key: 0 for category in self.categories}
        for key in self.of.values():
            counts[key] += 1
        return counts

    def legend(self) -> list[tuple[Category, int]]:
        """Return the legend's entries, as :func:`entries` keeps them."""
        return entries(self.categories, self.counts())


def entries(
    categories: Sequence[Category], counts: Mapping[str, int]
) -> list[tuple[Category, int]]:
    """Return the entries of a legend that say something.

    A state that is no value is kept only where it occurs; so are the lowest and highest classes
    of an amount, but an empty class between two others shows the gap.

    Examples
    --------
    >>> from kgstats.present.maps.classes import Classes
    >>> classes = Classes((2, 4, 8, 16), kind="percent").categories("en")
    >>> kept = entries(classes, {"class-0": 3, "class-2": 1})
    >>> [(category.key, n) for category, n in kept]
    [('class-0', 3), ('class-1', 0), ('class-2', 1)]
    """
    classes = [category.key for category in categories if is_class(category.key)]
    used = [place for place, key in enumerate(classes) if counts.get(key)]
    between = classes[used[0] : used[-1] + 1] if used else []
    unless_empty = {NOT_REPORTED, OUTSIDE, *classes} - set(between)
    return [
        (category, counts.get(category.key, 0))
        for category in categories
        if counts.get(category.key) or category.key not in unless_empty
    ]


class UnknownArea(Refusal):
    """A table names an area that the year's list does not have, or a state not declared."""


def full_names(units: pd.DataFrame, lang: str) -> dict[str, str]:
    """Return each unit with its district: ``Xã Đông Hưng, huyện An Minh``."""
    names = {}
    for unit in units.itertuples(index=False):
        own = area_name(str(unit.type), str(unit.name), lang)
        if not pd.isna(unit.district_code):
            own += ", " + area_name(str(unit.district_type), str(unit.district_name), lang)
        names[str(unit.commune_code)] = own[0].upper() + own[1:]
    return names


def district_names(units: pd.DataFrame, lang: str) -> dict[str, str]:
    """Return each district with its type: ``Huyện An Minh``."""
    names = {}
    for unit in units.itertuples(index=False):
        if not pd.isna(unit.district_code):
            own = area_name(str(unit.district_type), str(unit.district_name), lang)
            names[str(unit.district_code)] = own[0].upper() + own[1:]
    return dict(sorted(names.items()))


def colour(
    frame: pd.DataFrame, spec: MapSpec, key: str, names: Mapping[str, str], outside: Collection[str]
) -> Colouring:
    """Give every area its category and its words.

    ``names`` has every area of the map by its code, which stands in the frame's column ``key``.

    Raises
    ------
    UnknownArea
        For a code that is not in the year's list, or that stands there twice, or a category that
        was not declared: such a row would silently not be drawn.
    """
    given = frame[key].astype("string")
    _check(given, names)
    values = dict(zip(given, frame[spec.value], strict=True))
    told: dict[str, Any] = {}
    if spec.facts is not None:
        told = dict(zip(given, frame[spec.facts], strict=True))
    declared = list(spec.categories)
    if spec.classes is not None:
        declared = spec.classes.categories(spec.lang)
    states = state_categories(spec.lang, spec.outside_label, spec.unknown_label)
    words = {category.key: category.label for category in [*declared, *states]}
    of: dict[str, str] = {}
    lines: dict[str, tuple[str, ...]] = {}
    for code in names:
        value = values.get(code)
        of[code] = _category(value, spec, OUTSIDE if code in outside else NOT_REPORTED)
        if of[code] not in words:
            raise UnknownArea(f"{code} has the category {of[code]!r}, which is not declared")
        first = words[of[code]]
        if spec.classes is not None and not is_absent(value):
            amount = spec.classes.shown(value, spec.lang)
            first = translator(spec.lang)("{label}: {value}", label=spec.label, value=amount)
        marks = (mark.label for mark in spec.marks if code in mark.codes)
        lines[code] = (names[code], first, *_further(told.get(code)), *marks)
    return Colouring(spec.label, (*declared, *states), of, lines, tuple(spec.marks))


def _check(given: pd.Series, names: Mapping[str, str]) -> None:
    strange = sorted(set(given.dropna()) - set(names))
    if strange:
        raise UnknownArea(f"not areas of the map's year: {', '.join(strange[:8])}")
    if given.duplicated().any():
        twice = sorted(set(given[given.duplicated()]))
        raise UnknownArea(f"more than one row for {', '.join(twice[:8])}")


def _category(value: Any, spec: MapSpec, absent: str) -> str:
    if is_absent(value):
        return absent
    return str(value) if spec.classes is None else class_key(spec.classes.position(value))


def _further(told: Any) -> list[str]:
    """Return an area's further lines, given as a list or as one text."""
    if isinstance(told, str):
        return told.split("\n") if told else []
    return [] if told is None else [str(line) for line in told]
