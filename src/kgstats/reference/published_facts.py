"""Facts that were published and that the districts' returns can speak to.

A fact is a row of ``data/published_facts.csv``: where it was printed, which indicator of which
rows it is, and how a figure from the returns is to be held against it. Another year's report, or
another source, is more rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from kgstats.reference.tables import records

RULES = ("equal", "rounded", "least", "over", "more_than_half")
"""How a figure agrees: exactly; rounded to the decimals printed; at least the value; the value
with some of the last unit more; more than the value."""


@dataclass(frozen=True)
class Fact:
    """One published fact."""

    fact: str
    subject: str
    """``attainment``, ``funding`` or ``poverty``."""
    year: int
    """The year whose returns speak to it."""
    document: str
    """Number of the printed report whose figure it is; empty for what was published elsewhere."""
    figure: str
    """Id of the transcribed figure (ids joined by ``+``), or of a point of the series; empty where
    ``value`` itself stands here."""
    part: str
    """``value`` of the figure, or its denominator ``of``."""
    indicator: str
    where: Mapping[str, str]
    """Which rows of the returns: values by column, several joined by ``|``. A window of decision
    dates (``decided_from``, ``decided_until``), a list of communes (``list_year``) and a place
    among the districts (``rank``: ``highest``, ``lowest``) stand here too."""
    rule: str
    of: int | None
    """The number of communes it was published of."""
    asked_by: str
    """What other figures of the report ask the figure to be, as arithmetic over their ids."""
    identities: tuple[str, ...]
    """The audit's identities that test the figure."""
    value: str
    unit: str
    label_vi: str
    label_en: str
    source_vi: str
    source_en: str


@lru_cache
def facts() -> tuple[Fact, ...]:
    """Return every published fact, in the order in which they are shown.

    >>> one = facts()[0]
    >>> one.fact, one.indicator, dict(one.where), one.value, one.of
    ('communes_recognised_tan_hiep_2019', 'communes_recognised', {'district_code': '904'}, '10', 10)
    """
    return tuple(
        Fact(
            fact=row["fact"],
            subject=row["subject"],
            year=int(row["year"]),
            document=row["document"],
            figure=row["figure"],
            part=row["part"],
            indicator=row["indicator"],
            where=_where(row["where"]),
            rule=row["rule"],
            of=int(row["of"]) if row["of"] else None,
            asked_by=row["asked_by"],
            identities=tuple(filter(None, row["identities"].split("|"))),
            value=row["value"],
            unit=row["unit"],
            label_vi=row["label_vi"],
            label_en=row["label_en"],
            source_vi=row["source_vi"],
            source_en=row["source_en"],
        )
        for row in records("published_facts")
    )


@lru_cache
def measures() -> Mapping[str, str]:
    """Return which rate of households each indicator of the published series is.

    Earlier lists of published values called a poverty rate a poor rate.

    >>> measures()["near-poverty rate"], measures()["near-poor rate"]
    ('near_poor', 'near_poor')
    """
    return {row["indicator_en"]: row["measure"] for row in records("published_indicators")}


def _where(text: str) -> dict[str, str]:
    parts = (part.partition("=") for part in text.split("; ") if part)
    return {name: value for name, _, value in parts}
