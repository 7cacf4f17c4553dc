"""The National Target Programmes, their targets, and the districts proposed and recognised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from kgstats import registry
from kgstats.reference.refusal import Refusal
from kgstats.reference.tables import records, table

PROGRAMMES = tuple(registry.codes("programme"))


class NoProgrammeForYear(Refusal):
    """The programme asked for is not known for that year."""


@dataclass(frozen=True)
class Programme:
    """One programme in one period."""

    code: str
    first_year: int
    last_year: int
    name_vi: str
    name_en: str
    short_vi: str
    short_en: str
    decision: str
    decided_on: str
    confirmed: bool

    def name(self, lang: str) -> str:
        """Return the full name in Vietnamese or English."""
        return self.name_vi if lang == "vi" else self.name_en

    def short(self, lang: str) -> str:
        """Return the short name in Vietnamese or English."""
        return self.short_vi if lang == "vi" else self.short_en


def programme(code: str, year: int) -> Programme:
    """Return a programme (``ntm``, ``gnbv``) as it stood in a year.

    Raises
    ------
    NoProgrammeForYear
        For another code or a year outside its periods.

    Examples
    --------
    >>> programme("gnbv", 2019).name_en, programme("ntm", 2019).decision
    ('National Target Programme on Sustainable Poverty Reduction', '1600/QĐ-TTg')
    """
    for row in records("programmes"):
        first, last = int(row["first_year"]), int(row["last_year"])
        if row["programme"] == code and first <= year <= last:
            return Programme(
                code=code,
                first_year=first,
                last_year=last,
                name_vi=row["name_vi"],
                name_en=row["name_en"],
                short_vi=row["short_vi"],
                short_en=row["short_en"],
                decision=row["decision"],
                decided_on=row["decided_on"],
                confirmed=row["confirmed"] == "yes",
            )
    raise NoProgrammeForYear(
        f"no programme {code!r} is known for {year}: use one of {', '.join(PROGRAMMES)} in the "
        f"years of reference/data/programmes.csv"
    )


@dataclass(frozen=True)
class Target:
    """What was to be reached in a year: at least ``low``; ``high`` where a range is given."""

    indicator: str
    scope: str
    year: int
    low: float
    high: float | None
    unit: str
    confirmed: bool
    source: str


def target(indicator: str, year: int, scope: str = "all") -> Target | None:
    """Return the target of an indicator in a year, or None where there is none.

    ``poor_fall`` is the fall of the poverty rate in percentage points, for ``all`` households,
    ``ethnic`` minority households, or households of ``especially_difficult`` communes.

    >>> fall = target("poor_fall", 2019)
    >>> fall.low, fall.high
    (1.0, 1.5)
    >>> target("poor_fall", 2023) is None
    True
    """
    for row in records("targets"):
        if (row["indicator"], row["scope"]) == (indicator, scope) and (
            int(row["first_year"]) <= year <= int(row["last_year"])
        ):
            return Target(
                indicator=indicator,
                scope=scope,
                year=year,
                low=float(row["low"]),
                high=float(row["high"]) if row["high"] else None,
                unit=row["unit"],
                confirmed=row["confirmed"] == "yes",
                source=row["source"],
            )
    return None


def targets(first_year: int, last_year: int, indicators: Sequence[str]) -> list[Target]:
    """Return the targets of some indicators in each of some years, for all of the province.

    >>> [(one.year, one.low) for one in targets(2019, 2020, ["newly_attained_communes"])]
    [(2019, 12.0), (2020, 15.0)]
    """
    years = range(first_year, last_year + 1)
    found = [target(name, year) for year in years for name in indicators]
    return [one for one in found if one is not None]


def target_code(indicator: str, scope: str = "all") -> str:
    """Return the code of a target: its indicator, and for whom where it is not for all.

    >>> target_code("poor_fall", "ethnic")
    'poor_fall_ethnic'
    """
    return indicator if scope == "all" else f"{indicator}_{scope}"


def target_words(code: str) -> str:
    """Return what a target is called, by the code lists of targets.

    >>> target_words("mean_criteria"), target_words("poor_fall")
    ('Criteria met per commune, on average', 'Fall of the poverty rate')
    """
    return {**registry.codes("target"), **registry.codes("fall_target")}[code]


def district_units(year: int) -> pd.DataFrame:
    """Return what is known of districts proposed for their standard or recognised.

    Known are the recognitions for a year up to this one (a decision can be of a later date than
    the year it is for), and the proposals for this year and the next.

    Returns
    -------
    pandas.DataFrame
        ``district_code, event`` (``proposed``, ``recognised``), ``event_year`` (the year that it
        is for), ``decision, decided_on`` (null where not known), ``source``.

    Examples
    --------
    >>> district_units(2019)["event"].tolist()
    ['recognised', 'proposed', 'proposed', 'proposed', 'proposed', 'proposed']
    """
    frame = table("district_units").rename(columns={"year": "event_year"})
    frame["event_year"] = frame["event_year"].astype("Int64")
    ahead = frame["event_year"] - year
    known = (frame["event"] == "recognised") & (ahead <= 0)
    asked = (frame["event"] == "proposed") & ahead.isin([0, 1])
    columns = ["district_code", "event", "event_year", "decision", "decided_on", "source"]
    return frame.loc[known | asked, columns].reset_index(drop=True)
