"""National criteria sets for new-rural communes and districts, each with its years.

A set is data: a new set is new rows in ``data/criteria_*.csv``. A commune that attained the
standard under one set has not attained it under another without a new assessment, so a set is
always asked for by year. What could not be read in the decision itself carries
``confirmed = False`` and is to be shown as unconfirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from kgstats import registry
from kgstats.reference.refusal import Refusal, in_force
from kgstats.reference.tables import records, table

LEVELS = tuple(registry.codes("level"))
"""Levels of a commune in rising order; each presumes those before it."""

CRITERIA_COUNT = 19
"""Number of criteria a commune must meet, the same in every set."""


class NoCriteriaForYear(Refusal):
    """No criteria set is known for the year asked for."""


class DifferentCriteria(Refusal):
    """Two years were assessed under different criteria sets."""


@dataclass(frozen=True)
class CriteriaSet:
    """One criteria set and the years in which communes are assessed by it."""

    code: str
    decision: str
    decided_on: str
    in_force_from: str
    first_year: int
    last_year: int
    extended_year: int | None
    """Year after the set's own period in which it was still applied, if any."""
    sub_criteria: int
    sub_criteria_confirmed: bool
    levels: tuple[str, ...]
    note: str

    @property
    def criteria(self) -> pd.DataFrame:
        """The 19 criteria: see :func:`criteria`."""
        return criteria(self.first_year)

    @property
    def thresholds(self) -> pd.DataFrame:
        """The sub-criteria with their thresholds: see :func:`thresholds`."""
        return thresholds(self.first_year)

    @property
    def groups(self) -> pd.DataFrame:
        """The groups of criteria: see :func:`groups`."""
        return groups(self.first_year)

    @property
    def district_criteria(self) -> pd.DataFrame:
        """The criteria of a district: see :func:`district_criteria`."""
        return district_criteria(self.first_year)


@lru_cache
def sets() -> tuple[CriteriaSet, ...]:
    """Return every known criteria set in the order of their years.

    >>> [(one.code, one.first_year, one.last_year) for one in sets()]
    [('qd1980', 2016, 2021), ('qd318', 2022, 2025)]
    """
    return tuple(
        CriteriaSet(
            code=row["set"],
            decision=row["decision"],
            decided_on=row["decided_on"],
            in_force_from=row["in_force_from"],
            first_year=int(row["first_year"]),
            last_year=int(row["last_year"]),
            extended_year=int(row["extended_year"]) if row["extended_year"] else None,
            sub_criteria=int(row["sub_criteria"]),
            sub_criteria_confirmed=row["sub_criteria_confirmed"] == "yes",
            levels=tuple(row["levels"].split("|")),
            note=row["note"],
        )
        for row in sorted(records("criteria_sets"), key=lambda row: int(row["first_year"]))
    )


def criteria_set(year: int) -> CriteriaSet:
    """Return the criteria set by which communes are assessed in a year.

    Decision 1980/QĐ-TTg for 2016 to 2020, extended to 2021; Decision 318/QĐ-TTg from 2022 to
    2025.

    Raises
    ------
    NoCriteriaForYear
        For a year of which no set is known here.

    Examples
    --------
    >>> criteria_set(2019).decision, criteria_set(2021).code, criteria_set(2022).code
    ('1980/QĐ-TTg', 'qd1980', 'qd318')
    """
    advice = "Add the set to reference/data/criteria_sets.csv and its criteria beside it"
    return in_force(year, sets(), (NoCriteriaForYear, "set of new-rural criteria", advice))


def comparable(year_a: int, year_b: int) -> None:
    """Refuse to compare attainment of two years that were assessed under different sets.

    Raises
    ------
    DifferentCriteria
        When the sets differ, naming both.

    Examples
    --------
    >>> comparable(2018, 2020)
    >>> comparable(2020, 2022)
    Traceback (most recent call last):
    ...
    kgstats.reference.criteria.DifferentCriteria: 2020 was assessed by 1980/QĐ-TTg and 2022 by \
318/QĐ-TTg: communes that attained the one standard cannot be counted with the other
    """
    first, second = criteria_set(year_a), criteria_set(year_b)
    if first.code != second.code:
        raise DifferentCriteria(
            f"{year_a} was assessed by {first.decision} and {year_b} by {second.decision}: "
            f"communes that attained the one standard cannot be counted with the other"
        )


def _of_set(name: str, year: int) -> pd.DataFrame:
    frame = table(name)
    chosen = frame[frame["set"] == criteria_set(year).code]
    return chosen.drop(columns="set").reset_index(drop=True)


def _yes(column: pd.Series) -> pd.Series:
    return (column == "yes").astype("boolean")


def criteria(year: int) -> pd.DataFrame:
    """Return the 19 criteria of a year's set.

    Returns
    -------
    pandas.DataFrame
        ``criterion`` (1 to 19), ``name_vi, name_en, short_vi, short_en, group, group_vi,
        group_en``.

    Examples
    --------
    >>> criteria(2019).loc[9, ["name_vi", "name_en", "group_en"]].tolist()
    ['Thu nhập', 'Income', 'Economy and organisation of production']
    """
    frame = _of_set("criteria", year).rename(columns={"number": "criterion"})
    frame = frame.astype({"criterion": "Int64", "group": "Int64"})
    names = groups(year)[["group", "name_vi", "name_en"]]
    names = names.rename(columns={"name_vi": "group_vi", "name_en": "group_en"})
    frame = frame.merge(names, on="group", how="left", validate="many_to_one")
    columns = ["criterion", "name_vi", "name_en", "short_vi", "short_en"]
    return frame[[*columns, "group", "group_vi", "group_en"]]


def groups(year: int) -> pd.DataFrame:
    """Return the groups of criteria of a year's set: ``group, roman, name_vi, name_en, confirmed``.

    Four groups under Decision 1980. (Short notes in the press speak of five, as in the set of
    2009; the table of the decision has four.)

    >>> groups(2019)["roman"].tolist()
    ['I', 'II', 'III', 'IV']
    """
    frame = _of_set("criteria_groups", year).astype({"group": "Int64"})
    frame["confirmed"] = _yes(frame["confirmed"])
    return frame


def thresholds(year: int) -> pd.DataFrame:
    """Return the sub-criteria of a year's set with the thresholds of the Mekong Delta.

    Returns
    -------
    pandas.DataFrame
        ``number`` (text, ``17.1``; ``17.1b`` is a part of 17.1), ``criterion``, ``part_of``,
        ``name_vi, name_en``, ``rule`` (``>=``, ``<=``, ``=``: compare with the value; ``met``:
        met or not; ``province``: the provincial People's Committee sets it), ``national`` and
        ``mekong`` (values), ``unit``, ``national_confirmed``, ``mekong_confirmed``, ``source``.
        Empty for a set whose thresholds are not known here.

    Examples
    --------
    >>> frame = thresholds(2019)
    >>> frame.loc[frame["number"] == "10.1", ["rule", "mekong", "mekong_confirmed"]].values.tolist()
    [['>=', 50.0, True]]
    """
    frame = _of_set("criteria_thresholds", year)
    frame = frame.astype({"criterion": "Int64", "national": "Float64", "mekong": "Float64"})
    for column in ("national_confirmed", "mekong_confirmed"):
        frame[column] = _yes(frame[column])
    return frame


def district_criteria(year: int) -> pd.DataFrame:
    """Return the criteria a district meets beside having all its communes at the standard.

    Nine under Decision 558/QĐ-TTg (2016-2021); cities and towns complete the task instead.
    Empty where they are not known.

    Returns
    -------
    pandas.DataFrame
        ``number, name_vi, name_en, confirmed, source``.

    Examples
    --------
    >>> len(district_criteria(2019))
    9
    """
    frame = _of_set("district_criteria", year).astype({"number": "Int64"})
    frame["confirmed"] = _yes(frame["confirmed"])
    return frame
