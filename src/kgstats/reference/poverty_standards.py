"""National poverty standards, each with the years whose reviews apply it.

A standard decides who is counted as poor. The yearly review at the end of a year applies one of
them; numbers of two standards are different quantities and are never subtracted from each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from kgstats.reference.refusal import Refusal, in_force
from kgstats.reference.tables import records

FEW_HOUSEHOLDS = 100
"""A rate on fewer households than this is marked: one household moves it by over a point."""


class NoStandardForYear(Refusal):
    """No poverty standard is known for the year asked for."""


class StandardsDiffer(Refusal):
    """Two years were reviewed under different poverty standards."""


@dataclass(frozen=True)
class PovertyStandard:
    """One poverty standard; income lines are đồng per person and month."""

    code: str
    name_vi: str
    name_en: str
    decision: str
    decided_on: str
    in_force_from: str
    first_year: int
    last_year: int
    baseline_year: int | None
    """Earlier year for which a survey measured poverty by this standard as well."""
    poor_rural_vnd: int
    poor_urban_vnd: int
    near_poor_rural_vnd: int
    near_poor_urban_vnd: int
    indicators: int | None
    """Number of indicators of lacking basic social services; None for an income standard."""
    published_as: str
    """What the standard is called in the data set ``series``; empty where that is not one name."""
    rule_vi: str
    rule_en: str
    rule_confirmed: bool
    source: str

    def name(self, lang: str) -> str:
        """Return the name of the standard in Vietnamese or English."""
        return self.name_vi if lang == "vi" else self.name_en

    def rule(self, lang: str) -> str:
        """Return who is poor under the standard, in Vietnamese or English."""
        return self.rule_vi if lang == "vi" else self.rule_en


@lru_cache
def standards() -> tuple[PovertyStandard, ...]:
    """Return every known poverty standard in the order of their years.

    >>> [(one.code, one.first_year, one.last_year) for one in standards()]
    [('income2011', 2011, 2015), ('md2016', 2016, 2021), ('md2022', 2022, 2025)]
    """
    return tuple(
        PovertyStandard(
            code=row["standard"],
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            decision=row["decision"],
            decided_on=row["decided_on"],
            in_force_from=row["in_force_from"],
            first_year=int(row["first_year"]),
            last_year=int(row["last_year"]),
            baseline_year=int(row["baseline_year"]) if row["baseline_year"] else None,
            poor_rural_vnd=int(row["poor_rural_vnd"]),
            poor_urban_vnd=int(row["poor_urban_vnd"]),
            near_poor_rural_vnd=int(row["near_poor_rural_vnd"]),
            near_poor_urban_vnd=int(row["near_poor_urban_vnd"]),
            indicators=int(row["indicators"]) if row["indicators"] else None,
            published_as=row["published_as"],
            rule_vi=row["rule_vi"],
            rule_en=row["rule_en"],
            rule_confirmed=row["rule_confirmed"] == "yes",
            source=row["source"],
        )
        for row in sorted(records("poverty_standards"), key=lambda row: int(row["first_year"]))
    )


def standard(year: int) -> PovertyStandard:
    """Return the poverty standard that the review of a year applies.

    Raises
    ------
    NoStandardForYear
        For a year of which no standard is known here.

    Examples
    --------
    >>> standard(2019).decision, standard(2021).code, standard(2022).decision
    ('59/2015/QĐ-TTg', 'md2016', '07/2021/NĐ-CP')
    """
    advice = "Add it to reference/data/poverty_standards.csv"
    return in_force(year, standards(), (NoStandardForYear, "poverty standard", advice))


def comparable(*years: int) -> PovertyStandard:
    """Return the one standard that all the years were reviewed under, or refuse.

    Raises
    ------
    StandardsDiffer
        When the years fall under more than one standard, naming them.
    NoStandardForYear
        For a year of which no standard is known.

    Examples
    --------
    >>> comparable(2018, 2019, 2020).code
    'md2016'
    >>> comparable(2020, 2022)
    Traceback (most recent call last):
    ...
    kgstats.reference.poverty_standards.StandardsDiffer: poverty of 2020 and 2022 cannot be \
compared: 2020 was reviewed under 59/2015/QĐ-TTg, 2022 under 07/2021/NĐ-CP. Choose years under \
one standard: 2016-2021 or 2022-2025
    """
    if not years:
        raise NoStandardForYear("no year was given")
    found = {year: standard(year) for year in sorted(set(years))}
    codes = list(dict.fromkeys(one.code for one in found.values()))
    if len(codes) > 1:
        named = " and ".join(str(year) for year in found)
        each = ", ".join(
            f"{year} {'was reviewed ' if number == 0 else ''}under {one.decision}"
            for number, (year, one) in enumerate(found.items())
        )
        choice = " or ".join(
            f"{one.first_year}-{one.last_year}" for one in standards() if one.code in codes
        )
        raise StandardsDiffer(
            f"poverty of {named} cannot be compared: {each}. "
            f"Choose years under one standard: {choice}"
        )
    return next(iter(found.values()))


def breaks(first_year: int, last_year: int) -> list[tuple[int, PovertyStandard, PovertyStandard]]:
    """Return the breaks of a yearly series: the first year of each new standard, old and new.

    Years of which no standard is known count as no break.

    >>> [(year, old.code, new.code) for year, old, new in breaks(2015, 2025)]
    [(2016, 'income2011', 'md2016'), (2022, 'md2016', 'md2022')]
    """
    ordered = standards()
    return [
        (new.first_year, old, new)
        for old, new in pairwise(ordered)
        if first_year < new.first_year <= last_year
    ]
