"""What a statement is, and when numbers bear the words out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rapidfuzz import fuzz

from kgstats.edits import slip_between
from kgstats.edits.slips import Slip
from kgstats.published.printed import SCALES
from kgstats.published.reading.figures import MONEY, RATES, Figure

PEOPLE = ("persons", "participants", "placements")
PLACES = ("communes", "commune_level_units")
INCOMES = ("VND_million", "VND_million_per_person_year")
NEAR = Fraction(3, 100)
"""How far a sum may be off, of itself, for the words alone to carry the claim."""
NEAR_CLOSED = Fraction(5, 100)
"""The same for three parts or more of which the last follows “và”: the list ends there."""
NEAR_LISTED = Fraction(15, 100)
"""The same where a bracket or “gồm” says that the list is whole."""
NEAR_FRACTION = Fraction(100)
"""A percentage right behind its fraction (2/5 … 40 %), a fall behind its two levels: whatever."""
SHORT = 100
"""Below it nearly any number is a slip away from another: slips alone carry no loose words."""
TYPICAL: frozenset[Slip] = frozenset(
    ("zero_too_many", "zero_too_few", "unit", "comma_moved", "digits_swapped", "digit_missing",
     "digit_extra")
)  # fmt: skip
"""Slips that explain a claim that is far off."""

ALIKE = 70
"""From which likeness of the words on (of 100) two numbers count the same thing."""
SAME = 92
"""From which on they must be equal."""


@dataclass(frozen=True)
class Statement:
    """A claim about numbers, in the terms of ``identities.csv``, and the words it rests on."""

    kind: str
    figure: str
    expression: str
    unit: str
    words: str
    group: str = ""
    paragraph: int = 0
    description: str = ""

    @classmethod
    def of(
        cls, kind: str, figure: Figure, expression: str, words: str, *, unit: str = ""
    ) -> Statement:
        """Claim that a figure is what an expression makes, in its paragraph and its unit."""
        unit = unit or figure.unit
        return cls(kind, figure.id, expression, unit, words, paragraph=figure.paragraph)


def alike(one: Figure, other: Figure) -> bool:
    """Whether two figures are counted in the same unit, or one that converts."""
    if one.noun and other.noun and one.noun != other.noun:
        return False
    return one.unit == other.unit or any(
        one.unit in group and other.unit in group for group in (MONEY, PEOPLE, PLACES, INCOMES)
    )


def amount(figure: Figure, value: Decimal | None = None) -> Fraction:
    """Return a value in the base of its unit: đồng for money."""
    number = figure.value if value is None else value
    return Fraction(number) * SCALES.get(figure.unit, 1)


def slack(figure: Figure) -> Fraction:
    """Return how much rounding may hide in a figure: nothing in a count."""
    if figure.decimals == 0 and figure.unit not in (*MONEY, *RATES, "km", "ha", "kg", "m2", "m3"):
        return Fraction(0)
    return Fraction(10) ** -figure.decimals / 2 * SCALES.get(figure.unit, 1)


def plausible(
    stated: Figure,
    value: Decimal | None,
    recomputed: Fraction,
    loose: Fraction,
    parts: Sequence[tuple[Figure, Fraction] | tuple[Figure, Fraction, Fraction]] = (),
    near: Fraction = NEAR,
) -> bool:
    """Whether numbers bear a claim out: they agree, nearly agree, or one slip parts them.

    Parameters
    ----------
    stated, value
        The figure that is tested, and its part where that is not its value.
    recomputed
        What the claim makes of the others, in the base of the unit.
    loose
        What rounding may hide.
    parts
        The other figures, each with the value that alone would make the claim hold, and what
        rounding may hide in that (``loose`` where it is not given).
    near
        How far off the words alone carry it, as a share of the recomputed value.
    """
    printed = amount(stated, value)
    if abs(printed - recomputed) <= loose:
        return True
    if recomputed and abs(printed - recomputed) <= near * abs(recomputed):
        return True
    options = [(stated, recomputed, loose, value)]
    options += [(part[0], part[1], part[2] if len(part) > 2 else loose, None) for part in parts]
    for figure, needed, hidden, own in options:
        scale = SCALES.get(figure.unit, 1)
        typed = figure.value if own is None else own
        low, high = (_decimal((needed + sign * hidden) / scale) for sign in (-1, 1))
        if near == NEAR and max(typed, high) < SHORT:
            continue
        if low <= 0:
            continue
        found = slip_between(typed, (low, high), whole=False)
        if found is not None and found[0] in TYPICAL:
            return True
    return False


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def likeness(one: Figure, other: Figure) -> float:
    """Return how alike the words of two figures are, of 100."""
    return fuzz.token_set_ratio(one.words.lower(), other.words.lower())
