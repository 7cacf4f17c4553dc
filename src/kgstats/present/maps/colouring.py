"""A map's colours and words: what every area shows, ready to be drawn on screen or on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from kgstats.present.maps.classes import NOT_REPORTED, OUTSIDE, Category, Classes, state_categories
from kgstats.reference.refusal import Refusal
from kgstats.words import N_, translator

TYPE_NAMES = {
    "xã": N_("{name} commune"),
    "phường": N_("{name} ward"),
    "thị trấn": N_("{name} township"),
    "đặc khu": N_("{name} special zone"),
    "huyện": N_("{name} district"),
    "thành phố": N_("{name} city"),
    "thị xã": N_("{name} town"),
    "tỉnh": N_("{name} province"),
}


@dataclass(frozen=True)
class Mark:
    """A sign drawn over some areas: ``ring``, ``star`` or ``triangle``."""

    label: str
    codes: frozenset[str]
    sign: str = "ring"


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
    """

    label: str
    categories: tuple[Category, ...]
    of: Mapping[str, str]
    lines: Mapping[str, tuple[str, ...]]
    marks: tuple[Mark, ...] = field(default_factory=tuple)

    def counts(self) -> dict[str, int]:
        """Return the number of areas of each category, zero for a category without any."""
        counts = {category.key: 0 for category in self.categories}
        for key in self.of.values():
            counts[key] += 1
        return counts

    def legend(self) -> list[tuple[Category, int]]:
        """Return the legend's entries; a state that is no value only where it occurs."""
        counts = self.counts()
        return [
            (category, counts[category.key])
            for category in self.categories
            if counts[category.key] or category.key not in (NOT_REPORTED, OUTSIDE)
        ]


class UnknownArea(Refusal):
    """A table names an area that the year's list does not have, or a state not declared."""


def area_name(kind: str, name: str, lang: str) -> str:
    """Write a unit with its type: ``xã Đông Hưng``, ``Đông Hưng commune``.

    >>> area_name("thị trấn", "Thứ Ba", "en"), area_name("thị trấn", "Thứ Ba", "vi")
    ('Thứ Ba township', 'thị trấn Thứ Ba')
    """
    if lang == "vi":
        return f"{kind} {name}"
    return translator(lang)(TYPE_NAMES[kind], name=name) if kind in TYPE_NAMES else name


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
    frame: pd.DataFrame,
    value: str,
    *,
    key: str,
    codes: Sequence[str],
    names: Mapping[str, str],
    lang: str,
    label: str,
    classes: Classes | None = None,
    categories: Sequence[Category] = (),
    outside: frozenset[str] = frozenset(),
    outside_label: str,
    facts: str | None = None,
    marks: Sequence[Mark] = (),
) -> Colouring:
    """Give every area its category and its words.

    Raises
    ------
    UnknownArea
        For a code that is not in the year's list, or that stands there twice, or a category that
        was not declared: such a row would silently not be drawn.
    """
    t = translator(lang)
    given = frame[key].astype("string")
    strange = sorted(set(given.dropna()) - set(codes))
    if strange:
        raise UnknownArea(f"not areas of the map's year: {', '.join(strange[:8])}")
    if given.duplicated().any():
        twice = sorted(set(given[given.duplicated()]))
        raise UnknownArea(f"more than one row for {', '.join(twice[:8])}")
    values = dict(zip(given, frame[value], strict=True))
    told: dict[str, Any] = {} if facts is None else dict(zip(given, frame[facts], strict=True))
    declared = list(categories) if classes is None else classes.categories(lang)
    known = {category.key: category for category in declared}
    states = state_categories(lang, outside_label)
    state_labels = {category.key: category.label for category in states}
    of: dict[str, str] = {}
    lines: dict[str, tuple[str, ...]] = {}
    for code in codes:
        own = values.get(code)
        absent = own is None or bool(pd.isna(own))
        if absent:
            of[code] = OUTSIDE if code in outside else NOT_REPORTED
            words = [state_labels[of[code]]]
        elif classes is not None:
            of[code] = f"class-{classes.position(own)}"
            words = [t("{label}: {value}", label=label, value=classes.shown(own, lang))]
        else:
            if str(own) not in known:
                raise UnknownArea(f"{code} has the category {own!r}, which is not declared")
            of[code] = str(own)
            words = [known[str(own)].label]
        extra = told.get(code)
        if extra is not None and not isinstance(extra, str) and len(extra):
            words += [str(line) for line in extra]
        elif isinstance(extra, str) and extra:
            words += extra.split("\n")
        words += [mark.label for mark in marks if code in mark.codes]
        lines[code] = (names[code], *words)
    return Colouring(
        label=label,
        categories=(*declared, *states),
        of=of,
        lines=lines,
        marks=tuple(marks),
    )
