"""Which figure of last year's report a figure of this one continues.

The two are matched all at once (an assignment): by the words for what is counted, the unit, the
section and the order in it. A figure without a match is new, one that nothing continues is gone,
one that stands in another section has moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from kgstats.published import files
from kgstats.published.reading.figures import Figure, Reading

LEAST = 60.0
"""Likeness (of 100, with unit, section and order) below which figures are two and not one."""
SECTION, ORDER = 20.0, 30.0
"""What the same section and the same place in it count for, beside the words."""


@dataclass(frozen=True)
class Carried:
    """A match: the earlier figure's id, how alike, and whether the section changed."""

    id: str
    likeness: float
    moved: bool


def carried(reading: Reading, earlier: files.Report) -> dict[str, Carried]:
    """Return the earlier figure that each figure continues, by the new figure's id.

    Parameters
    ----------
    reading
        What was read of the new report; its figures have ids.
    earlier
        The reviewed transcription of an earlier year.
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    new, old = list(reading.figures), list(earlier.figures.values())
    if not new or not old:
        return {}
    mine, theirs = _places(new), _places(old)
    score = np.zeros((len(new), len(old)))
    for row, one in enumerate(new):
        around = f"{one.words} {reading.sentence(one)}".lower()
        for column, other in enumerate(old):
            if one.named != other.printed[:1].isalpha() or not _comparable(one, other):
                continue
            if one.named and one.printed != other.printed:
                continue
            same = one.section == other.section
            likeness = (
                100.0  # a named place: its name says all there is to say
                if one.named
                else fuzz.token_set_ratio(one.words.lower(), other.indicator_vi.lower())
            )
            wider = fuzz.partial_token_sort_ratio(other.indicator_vi.lower(), around)
            order = 1 - abs(mine[row] - theirs[column]) if same else 0
            kind = 5.0 if one.kind == other.kind else 0.0
            score[row, column] = (
                0.45 * likeness + 0.15 * wider + SECTION * same + ORDER * order + kind
            )
    rows, columns = linear_sum_assignment(score, maximize=True)
    return {
        new[row].id: Carried(
            old[column].id, float(score[row, column]), new[row].section != old[column].section
        )
        for row, column in zip(rows, columns, strict=True)
        if score[row, column] >= LEAST
    }


def _comparable(one: Figure, other: files.Figure) -> bool:
    money = one.unit.startswith("VND") and other.unit.startswith("VND")
    return one.unit == other.unit or money


def _places(figures: Sequence[Figure | files.Figure]) -> list[float]:
    """Return where each figure stands in its section, from 0 to 1."""
    held: dict[str, list[int]] = {}
    for number, one in enumerate(figures):
        held.setdefault(one.section, []).append(number)
    place = {
        number: at / max(len(members) - 1, 1)
        for members in held.values()
        for at, number in enumerate(members)
    }
    return [place[number] for number in range(len(figures))]
