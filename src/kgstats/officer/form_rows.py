"""The rows of a form: one for each unit, or free lines of money, and those that add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kgstats import registry
from kgstats.reference import unit_types
from kgstats.returns.forms import Form
from kgstats.returns.subjects.places import Unit
from kgstats.words import N_, Translate

FREE_ROWS = 60
"""Lines of money a district can fill in."""

SECTIONS = (
    (N_("Urban area"), ("urban",)),
    (N_("Rural area"), ("rural", "special")),
)
TOTAL, COUNT = "Tổng cộng", "Số xã đạt"


@dataclass(frozen=True)
class Row:
    """One row of the body: its order, its words, its unit, and the rows it adds up."""

    at: int
    order: str = ""
    label: str = ""
    unit: Unit | None = None
    adds: tuple[int, ...] = ()
    free: bool = False

    @property
    def filled(self) -> bool:
        """Whether the officer fills it in."""
        return self.unit is not None or self.free


def rows(form: Form, units: Sequence[Unit], first: int, t: Translate) -> list[Row]:
    """Return the rows of a form's body from top to bottom.

    Parameters
    ----------
    form
        The form; one of money has free lines, one of communes a row for each.
    units
        The district's communes, wards and towns, in order.
    first
        The sheet's row in which the body begins, from 1.
    t
        What puts the names of the areas into the officer's language.
    """
    if form.subject != "commune_code":
        lines = [Row(first + at, free=True) for at in range(FREE_ROWS)]
        return [*lines, _whole(first + FREE_ROWS, TOTAL, lines)]
    if registry.tables()[registry.forms()[form.number][0]].units == "rural":
        rural = [one for one in units if one.rural]
        listed = [_of_unit(first + at, at + 1, one) for at, one in enumerate(rural)]
        return [*listed, _whole(first + len(listed), COUNT, listed)]
    return _by_area(units, first, t)


def _by_area(units: Sequence[Unit], first: int, t: Translate) -> list[Row]:
    """Return the units under their areas, each area with its sum, the whole below."""
    found: list[Row] = []
    number = 0
    for roman, (words, areas) in zip(("I", "II"), SECTIONS, strict=True):
        held = [one for one in units if unit_types.area_of(one.type) in areas]
        if not held:
            continue
        at = first + len(found)
        inside = [_of_unit(at + nth, number + nth, one) for nth, one in enumerate(held, start=1)]
        number += len(held)
        found += [Row(at, roman, t(words), adds=tuple(row.at for row in inside)), *inside]
    return [*found, _whole(first + len(found), TOTAL, [row for row in found if row.filled])]


def _of_unit(at: int, number: int, unit: Unit) -> Row:
    name = unit.full_name
    return Row(at, str(number), name[:1].upper() + name[1:], unit)


def _whole(at: int, label: str, of: Sequence[Row]) -> Row:
    return Row(at, "", label, adds=tuple(row.at for row in of))
