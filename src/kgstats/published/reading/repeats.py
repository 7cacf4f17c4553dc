"""One quantity that is printed more than once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from kgstats.edits import slip_between
from kgstats.published.reading.claim import (
    ALIKE,
    SAME,
    TYPICAL,
    Statement,
    alike,
    amount,
    likeness,
)  # fmt: skip
from kgstats.published.reading.figures import MONEY, RATES, Figure


def repeats(figures: Sequence[Figure]) -> Iterator[Statement]:
    """Propose the base of a fraction that is printed elsewhere, and a rate that is restated."""
    levels = [
        one for one in figures if not one.named and one.form != "range" and one.paragraph >= 0
    ]
    bases = [one for one in levels if one.denominator is not None]
    known: set[tuple[Fraction, str]] = set()
    for at, one in enumerate(bases):
        base = amount(one, one.denominator)
        twin = next(
            (other for other in reversed(bases[:at])
             if one.unit == other.unit and one.unit not in MONEY and one.area == other.area
             and amount(other, other.denominator) == base), None
        )  # fmt: skip
        level = next(
            (other for other in reversed(levels)
             if other is not one and other.start != one.start and alike(one, other)
             and amount(other) == base and other.denominator is None
             and not other.changes and _near(one, other)), None
        )  # fmt: skip
        if level is not None:
            yield Statement(
                "repeat", f"of({one.id})", level.id, one.unit, "/", paragraph=one.paragraph
            )
        elif twin is not None and (base, one.unit) not in known:
            known.add((base, one.unit))
            yield Statement(
                "repeat", f"of({one.id})", f"of({twin.id})", one.unit, "/", paragraph=one.paragraph
            )
    for at, one in enumerate(levels):
        if one.unit not in RATES and one.unit != "criteria_per_commune" and one.decimals == 0:
            continue
        for other in levels[:at]:
            if other.unit != one.unit or other.kind != one.kind or other.paragraph == one.paragraph:
                continue
            near = likeness(one, other)
            equal = (
                other.value == one.value and one.decimals > 0
                and near >= (ALIKE if one.unit in RATES else SAME)
            )  # fmt: skip
            if equal or (one.unit in RATES and near >= SAME and _slipped(one, other)):
                yield Statement.of("repeat", one, other.id, "=")
                break


def _near(one: Figure, other: Figure) -> bool:
    """Whether the base of a fraction and a level are told of the same thing."""
    if one.paragraph == other.paragraph or abs(one.paragraph - other.paragraph) <= 2:
        return one.decimals > 0 or one.unit in MONEY
    return one.unit in MONEY and likeness(one, other) >= 45


def _slipped(one: Figure, other: Figure) -> bool:
    if one.period != other.period or one.area != other.area or len(one.words.split()) < 4:
        return False
    found = slip_between(one.value, (other.value, other.value), whole=False)
    return found is not None and found[0] in TYPICAL
