"""What a map is asked to show, said once for every kind of map."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kgstats.present.maps.classes import URBAN, Category, Classes
from kgstats.present.maps.layout import COMMUNE
from kgstats.present.maps.shapes import Shapes
from kgstats.present.tables import Table
from kgstats.words import N_


@dataclass(frozen=True)
class Mark:
    """A sign drawn over some areas: ``ring``, ``star`` or ``triangle``."""

    label: str
    codes: frozenset[str]
    sign: str = "ring"


@dataclass(frozen=True)
class MapSpec:
    """One map: what it draws, of which year, and the words around it.

    Parameters
    ----------
    value
        The column drawn: amounts, or keys of ``categories``.
    label
        The indicator with its unit: title of the legend, and the word before each value.
    year
        The year whose list of areas the codes belong to.
    slug, title
        Anchor and finding of the figure.
    classes, categories
        One of the two: the classes declared with the indicator, the same for every year and
        panel; or named states.
    level
        ``commune`` or ``district``.
    district
        Draws one district alone, as large as the sheet allows.
    outside
        ``"urban"``, or codes of areas the indicator does not exist for: grey.
    outside_label
        What being outside means, in English (translated here).
    unknown_label
        What having no value means, in English: by default, that nothing was reported.
    facts
        Column with further lines about each area, for the panel: a list of texts.
    marks
        Signs over some areas.
    alternative, table
        Made from the data when not given.
    note
        Source and cautions; that the map is schematic is added.
    shapes
        Shapes to draw; those of the workspace when not given.
    png
        Whether the figure also carries a picture at print resolution.
    """

    value: str
    label: str
    year: int
    lang: str
    slug: str = ""
    title: str = ""
    classes: Classes | None = None
    categories: Sequence[Category] = ()
    level: str = COMMUNE
    district: str | None = None
    outside: str | Collection[str] = ()
    outside_label: str = URBAN
    unknown_label: str = N_("Not reported")
    facts: str | None = None
    marks: Sequence[Mark] = ()
    alternative: str | None = None
    note: str = ""
    table: Table | None = None
    shapes: Shapes | None = None
    png: bool = True

    def __post_init__(self) -> None:
        if (self.classes is None) == (not self.categories):
            raise ValueError("a map takes either classes or categories")


@dataclass(frozen=True)
class Panels:
    """The panels of small multiples: the column that names them, titles in order, captions."""

    column: str
    titles: Mapping[Any, str]
    captions: Mapping[Any, str] = field(default_factory=dict)
