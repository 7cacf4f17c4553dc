"""Commune standards: which rural communes meet the new-rural criteria, and what holds others back.

A commune is *recognised* when it meets all nineteen criteria of its year's set and a decision
says so; with nineteen met and no decision it is *pending*. The base is the number of rural
communes (xã) on the list of 31 December of the year: wards and townships are outside. A criterion
whose mark is absent is neither met nor failed, and a commune without a return is neither
recognised nor not: it is counted apart.

Sources: Decision 1980/QĐ-TTg (2016-2021) and Decision 318/QĐ-TTg (from 2022) for communes,
Decision 558/QĐ-TTg (2016) for districts; see :mod:`kgstats.reference.criteria`. Attainment under
one set is never counted under another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Any

import pandas as pd

from kgstats.reference import areas, criteria
from kgstats.reference.programmes import Target, target
from kgstats.reference.refusal import Refusal

CRITERIA = criteria.CRITERIA_COUNT
STATUSES: tuple[str, ...] = ("recognised", "pending", "not_yet", "earlier_set", "not_reported")
"""What a commune can be; ``earlier_set`` was recognised under an earlier set of criteria and does
not meet the year's."""

BANDS: tuple[tuple[str, int, int], ...] = (
    ("19", 19, 19),
    ("15-18", 15, 18),
    ("10-14", 10, 14),
    ("below_10", 0, 9),
)
"""The bands in which reports count communes by criteria met: name, lowest, highest."""

EVENTS: tuple[str, ...] = (
    "recognised",
    "completed",
    "rose",
    "unchanged",
    "fell",
    "lost",
    "not_comparable",
)
"""What happened to a commune within a year, the rarer events before the more general."""

KEYS: list[str] = ["level", "district_code"]
_ATTAINMENT = ("year", "commune_code", "criterion", "met")
_COMMUNES = ("year", "commune_code", "criteria_met", "level", "decision_date", "status")


class AttainmentError(Refusal):
    """The tables given are not those of one year's rural communes."""


def _checked(frame: pd.DataFrame, columns: Sequence[str], name: str, year: int) -> pd.DataFrame:
    lacking = [column for column in columns if column not in frame.columns]
    if lacking:
        raise AttainmentError(f"the table {name} has no column {', '.join(lacking)}")
    years = sorted({int(value) for value in frame["year"].dropna()})
    if years not in ([year], []):
        raise AttainmentError(f"the table {name} is of {', '.join(map(str, years))}, not of {year}")
    known = set(areas.rural(year)["commune_code"])
    strange = sorted(set(frame["commune_code"].dropna()) - known)
    if strange:
        raise AttainmentError(
            f"{name}: not rural communes of {year}: {', '.join(strange[:8])}; wards and townships "
            "are outside the programme"
        )
    key = [column for column in ("commune_code", "criterion") if column in columns]
    if frame.duplicated(key).any():
        twice = sorted(set(frame.loc[frame.duplicated(key), "commune_code"]))
        raise AttainmentError(f"{name}: more than one row for {', '.join(twice[:8])}")
    return frame


@lru_cache(maxsize=8)
def _known_criteria(year: int) -> pd.DataFrame:
    return criteria.criteria(year)[["criterion", "group"]]


def marks(attainment: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return every criterion of every rural commune of a year, absent ones as null.

    Parameters
    ----------
    attainment
        The clean table: a row per commune and criterion, ``met`` true, false or null.
    year
        The reporting year.

    Returns
    -------
    pandas.DataFrame
        ``district_code, commune_code, criterion, group, met`` for all rural communes of the
        year's list times nineteen criteria.

    Raises
    ------
    AttainmentError
        For another year's table, a unit that is no rural commune, a mark given twice, or a
        criterion that the set does not have.
    NoCriteriaForYear
        For a year of which no set is known.
    """
    table = _checked(attainment, _ATTAINMENT, "attainment", year)
    known = _known_criteria(year)
    strange = sorted(set(table["criterion"].dropna()) - set(known["criterion"]))
    if strange:
        raise AttainmentError(f"attainment: no criterion of the set is numbered {strange[0]}")
    communes = areas.rural(year)[["district_code", "commune_code"]]
    frame = communes.merge(known, how="cross")
    given = table[["commune_code", "criterion", "met"]].astype(
        {"commune_code": "string", "criterion": "Int64", "met": "boolean"}
    )
    return frame.merge(given, on=["commune_code", "criterion"], how="left", validate="one_to_one")


def _band(number: Any) -> Any:
    if pd.isna(number):
        return pd.NA
    return next(name for name, low, high in BANDS if low <= number <= high)


def standing(
    communes: pd.DataFrame,
    attainment: pd.DataFrame,
    year: int,
    before: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return where every rural commune of a year stands.

    Criteria met is the number of marks "met" when all nineteen marks are known; otherwise the
    number the district states. The year of the standard is the first year in which all nineteen
    are met: with last year's table it is known exactly for the communes that completed this year;
    for others the year of the decision is the latest it can be.

    Parameters
    ----------
    communes, attainment
        The year's clean tables.
    year
        The reporting year.
    before
        The same table of the year before, when there is one: see :func:`standings`.

    Returns
    -------
    pandas.DataFrame
        One row per rural commune of the year's list: ``year, district_code, commune_code, name,
        reported, criteria_met, marks_known, lacking`` (numbers of the criteria not met, as a
        tuple), ``lacking_count`` (null when marks are absent), ``band, status, level,
        decision_date, decision_year, standard_year, standard_year_exact``.

    Raises
    ------
    AttainmentError, NoCriteriaForYear
        As in :func:`marks`.
    """
    table = _checked(communes, _COMMUNES, "communes", year)
    each = marks(attainment, year)
    one = criteria.criteria_set(year)
    frame = areas.rural(year)[["district_code", "commune_code", "name"]]
    counted = each.groupby("commune_code", sort=False).agg(
        marks_met=("met", "sum"), marks_known=("met", "count")
    )
    unmet = each[each["met"].eq(False).fillna(False)]
    lacking = {
        code: tuple(int(number) for number in sorted(part))
        for code, part in unmet.groupby("commune_code")["criterion"]
    }
    frame = frame.merge(counted, on="commune_code", how="left", validate="one_to_one")
    given = table[list(_COMMUNES)].drop(columns="year")
    frame = frame.merge(given, on="commune_code", how="left", validate="one_to_one")
    whole = frame["marks_known"] == CRITERIA
    frame["criteria_met"] = (
        frame["marks_met"].astype("Int64").where(whole, frame["criteria_met"].astype("Int64"))
    )
    frame["marks_known"] = frame["marks_known"].astype("Int64")
    frame["lacking"] = [lacking.get(code, ()) for code in frame["commune_code"]]
    frame["lacking_count"] = (CRITERIA - frame["criteria_met"]).where(whole)
    frame["band"] = pd.array([_band(n) for n in frame["criteria_met"]], dtype="string")
    frame["reported"] = (frame["status"].notna() | (frame["marks_known"] > 0)).astype("boolean")
    frame["decision_date"] = pd.to_datetime(frame["decision_date"]).astype("datetime64[s]")
    frame["decision_year"] = frame["decision_date"].dt.year.astype("Int64")
    frame["status"] = [_status(row, one) for row in frame.itertuples(index=False)]
    frame["status"] = frame["status"].astype("string")
    frame["level"] = frame["level"].astype("string")
    frame["year"] = pd.array([year] * len(frame), dtype="Int64")
    frame = _with_standard_year(frame, year, before)
    columns = ["year", "district_code", "commune_code", "name", "reported", "criteria_met"]
    columns += ["marks_known", "lacking", "lacking_count", "band", "status", "level"]
    columns += ["decision_date", "decision_year", "standard_year", "standard_year_exact"]
    return frame[columns]


def _status(row: Any, one: criteria.CriteriaSet) -> str:
    """Return a commune's status within its year's set of criteria."""
    if pd.isna(row.status):
        return "not_reported"
    if row.status == "recognised" and not pd.isna(row.decision_date):
        before = row.decision_date < pd.Timestamp(one.in_force_from)
        met = row.criteria_met
        # A decision under an earlier set counts only with the nineteen of this one.
        if before and (pd.isna(met) or met < CRITERIA):
            return "earlier_set"
    return str(row.status)


def _with_standard_year(
    frame: pd.DataFrame, year: int, before: pd.DataFrame | None
) -> pd.DataFrame:
    """Add the year in which the standard was met, and whether it is known or only bounded."""
    known = before is not None and len(before) > 0
    complete: set[str] = set()
    unknown: set[str] = set()
    if before is not None and known:
        previous = _year_of(before)
        criteria.comparable(previous, year)
        if previous != year - 1:
            raise AttainmentError(f"the year before {year} is not {previous}")
        complete = set(before.loc[before["criteria_met"] == CRITERIA, "commune_code"])
        # Of a commune without a number last year nothing is known.
        unknown = set(before.loc[before["criteria_met"].isna(), "commune_code"])
    years, exact = [], []
    for row in frame.itertuples(index=False):
        if pd.isna(row.criteria_met) or row.criteria_met < CRITERIA:
            years.append(pd.NA)
            exact.append(pd.NA)
            continue
        had = row.commune_code in complete
        new = known and not had and row.commune_code not in unknown
        latest = year - 1 if had else year
        decided = row.decision_year
        years.append(latest if pd.isna(decided) else min(latest, int(decided)))
        exact.append(new and years[-1] == year)
    return frame.assign(
        standard_year=pd.array(years, dtype="Int64"),
        standard_year_exact=pd.array(exact, dtype="boolean"),
    )


def standings(
    communes: Mapping[int, pd.DataFrame], attainment: Mapping[int, pd.DataFrame], year: int
) -> dict[int, pd.DataFrame]:
    """Return the standing of every year up to one that was assessed under the same criteria.

    Parameters
    ----------
    communes, attainment
        The clean tables by year.
    year
        The reporting year.

    Returns
    -------
    dict
        :func:`standing` by year, rising. Years under another set of criteria are left out: they
        are never counted or drawn beside these.

    Examples
    --------
    >>> from kgstats.sample.truth import truth
    >>> tables = {year: truth(year) for year in (2018, 2019, 2020)}
    >>> found = standings(
    ...     {year: t["communes"] for year, t in tables.items()},
    ...     {year: t["attainment"] for year, t in tables.items()},
    ...     2020,
    ... )
    >>> {year: int((frame["status"] == "recognised").sum()) for year, frame in found.items()}
    {2018: 51, 2019: 64, 2020: 81}
    """
    own = criteria.criteria_set(year)
    result: dict[int, pd.DataFrame] = {}
    for known in sorted(set(communes) & set(attainment)):
        if not own.first_year <= known <= year:
            continue
        if known != year and (communes[known].empty or attainment[known].empty):
            continue
        before = result.get(known - 1)
        result[known] = standing(communes[known], attainment[known], known, before)
    return result


def _groups(frame: pd.DataFrame, by: str, year: int) -> list[tuple[str, Any, pd.DataFrame]]:
    """Split a table of communes into districts, or leave the province whole."""
    if by == "province":
        return [("province", pd.NA, frame)]
    if by != "district":
        raise AttainmentError(f"by must be province or district, not {by!r}")
    known = areas.districts(year)
    if known.empty:
        raise AttainmentError(f"there were no districts at the end of {year}")
    return [
        ("district", code, frame[frame["district_code"] == code])
        for code in known["district_code"]
        if (frame["district_code"] == code).any()
    ]


def _ratio(part: int, whole: int) -> float | None:
    return float(Fraction(100 * part, whole)) if whole else None


def _year_of(frame: pd.DataFrame) -> int:
    years = sorted(set(frame["year"].dropna()))
    if len(years) != 1:
        raise AttainmentError("the table of communes must be of one year")
    return int(years[0])


def summary(standings: pd.DataFrame, by: str = "district") -> pd.DataFrame:
    """Count attained communes and criteria met, by district or for the province.

    Attained share = communes recognised ÷ rural communes of the year's list × 100. Mean criteria
    = criteria met, summed over the communes whose number is known, ÷ those communes. With
    communes not reported the share is the least it can be; ``attained_max_pct`` is the most.

    Parameters
    ----------
    standings
        As :func:`standing` returns it.
    by
        ``district`` or ``province``.

    Returns
    -------
    pandas.DataFrame
        ``level, district_code, communes`` (the base), ``reported, recognised, pending, not_yet,
        earlier_set, not_reported, attained_pct, attained_max_pct, criteria_total,
        criteria_communes, mean_criteria``.

    Examples
    --------
    >>> from kgstats.sample.truth import truth
    >>> tables = truth(2019)
    >>> row = summary(standing(tables["communes"], tables["attainment"], 2019), "province").iloc[0]
    >>> int(row["recognised"]), int(row["communes"]), f"{row['mean_criteria']:.1f}"
    (64, 117, '16.9')
    """
    year = _year_of(standings)
    rows = []
    for level, code, part in _groups(standings, by, year):
        counts = {status: int((part["status"] == status).sum()) for status in STATUSES}
        known = part["criteria_met"].dropna()
        base = len(part)
        reported = int(part["reported"].sum())
        attained = counts["recognised"]
        rows.append(
            {
                "level": level,
                "district_code": code,
                "communes": base,
                "reported": reported,
                **counts,
                "attained_pct": _ratio(attained, base) if reported else None,
                "attained_max_pct": _ratio(attained + counts["not_reported"], base),
                "criteria_total": int(known.sum()) if len(known) else None,
                "criteria_communes": len(known),
                "mean_criteria": float(Fraction(int(known.sum()), len(known)))
                if len(known)
                else None,
            }
        )
    frame = pd.DataFrame(rows)
    whole = ["communes", "reported", *STATUSES, "criteria_total", "criteria_communes"]
    frame = frame.astype(dict.fromkeys(whole, "Int64") | {"district_code": "string"})
    return frame.astype(
        dict.fromkeys(["attained_pct", "attained_max_pct", "mean_criteria"], "Float64")
    )


def bands(standings: pd.DataFrame, by: str = "district") -> pd.DataFrame:
    """Count communes by the number of criteria they meet, in the bands reports use.

    Returns
    -------
    pandas.DataFrame
        ``level, district_code, band, communes``: the bands of :data:`BANDS` and ``not_reported``,
        zero where a band is empty.

    Examples
    --------
    >>> from kgstats.sample.truth import truth
    >>> tables = truth(2019)
    >>> frame = bands(standing(tables["communes"], tables["attainment"], 2019), "province")
    >>> dict(zip(frame["band"], frame["communes"].tolist()))["below_10"]
    0
    """
    rows = []
    for level, code, part in _groups(standings, by, _year_of(standings)):
        held = part["band"]
        for name, _, _ in BANDS:
            rows.append((level, code, name, int((held == name).sum())))
        rows.append((level, code, "not_reported", int(held.isna().sum())))
    frame = pd.DataFrame(rows, columns=[*KEYS, "band", "communes"])
    return frame.astype({"district_code": "string", "band": "string", "communes": "Int64"})


def recognitions(standings: pd.DataFrame) -> pd.DataFrame:
    """Count recognised communes by the year of the decision and the year of the standard.

    The two differ: communes assessed for one year are often decided on in the next, and count
    from the decision.

    Returns
    -------
    pandas.DataFrame
        ``decision_year, standard_year, exact, communes``; ``exact`` is False where the year of
        the standard is only known to be that year or an earlier one. Pending communes have no
        decision year.
    """
    held = standings[standings["status"].isin(["recognised", "pending"])]
    frame = held.groupby(
        ["decision_year", "standard_year", "standard_year_exact"], dropna=False, sort=True
    ).size()
    table = frame.rename("communes").reset_index()
    table = table.rename(columns={"standard_year_exact": "exact"})
    return table.astype({"communes": "Int64"})


def levels(standings: pd.DataFrame) -> pd.DataFrame:
    """Count recognised communes by level: standard, advanced, model; each presumes the lower.

    Returns
    -------
    pandas.DataFrame
        ``level, communes`` (exactly that level) and ``at_least`` (that level or a higher one),
        from the lowest level to the highest.
    """
    held = standings.loc[standings["status"] == "recognised", "level"]
    names = criteria.LEVELS[1:]
    counts = [int((held == name).sum()) for name in names]
    return pd.DataFrame(
        {
            "level": pd.array(list(names), dtype="string"),
            "communes": pd.array(counts, dtype="Int64"),
            "at_least": pd.array([sum(counts[i:]) for i in range(len(counts))], dtype="Int64"),
        }
    )


def district_standard(standings: pd.DataFrame) -> pd.DataFrame:
    """Say how far each district meets the first condition of its standard: all its communes.

    Under Decision 558/QĐ-TTg a district meets the standard when all of its communes are
    recognised and it meets nine criteria of its own; a city or town instead *completes the task*.
    The returns do not carry the district's own criteria, so no district is declared attained
    here; what can be said is whether the communes stand in the way.

    Returns
    -------
    pandas.DataFrame
        ``district_code, district_name, district_type, communes, recognised, pending,
        communes_short`` (not recognised), ``condition`` (``met``, ``awaits_decisions``: all
        others are pending, ``not_met``, ``unknown``: communes not reported), ``route``
        (``standard``, ``task``), ``district_criteria`` (their number) and
        ``district_criteria_reported`` (False).
    """
    year = _year_of(standings)
    held = summary(standings, "district")
    names = areas.districts(year)[["district_code", "district_name", "district_type"]]
    frame = names.merge(held, on="district_code", how="inner", validate="one_to_one")
    frame["communes_short"] = frame["communes"] - frame["recognised"]
    conditions = []
    for row in frame.itertuples(index=False):
        if row.communes_short == 0:
            conditions.append("met")
        elif row.not_reported and row.recognised + row.pending + row.not_reported == row.communes:
            conditions.append("unknown")
        elif row.recognised + row.pending == row.communes:
            conditions.append("awaits_decisions")
        else:
            conditions.append("not_met")
    frame["condition"] = pd.array(conditions, dtype="string")
    city = frame["district_type"].isin(["thành phố", "thị xã"])
    frame["route"] = city.map({True: "task", False: "standard"}).astype("string")
    frame["district_criteria"] = pd.array(
        [len(criteria.district_criteria(year))] * len(frame), dtype="Int64"
    )
    frame["district_criteria_reported"] = pd.array([False] * len(frame), dtype="boolean")
    columns = ["district_code", "district_name", "district_type", "communes", "recognised"]
    columns += ["pending", "communes_short", "condition", "route", "district_criteria"]
    return frame[[*columns, "district_criteria_reported"]]


def failures(attainment: pd.DataFrame, year: int, by: str = "province") -> pd.DataFrame:
    """Count the communes that do not meet each criterion.

    Failing share = communes with the mark "not met" ÷ communes with a mark × 100.

    Parameters
    ----------
    by
        ``province``, ``district``, or ``group`` (the set's groups of criteria: marks not met ÷
        marks given).

    Returns
    -------
    pandas.DataFrame
        ``level, district_code, criterion, group, marked, failed, failed_pct``, the most often
        failed first within each area; ``criterion`` is null by group.

    Examples
    --------
    >>> from kgstats.sample.truth import truth
    >>> frame = failures(truth(2019)["attainment"], 2019)
    >>> len(frame), int(frame["failed"].sum())
    (19, 246)
    """
    each = marks(attainment, year)
    keys = ["group"] if by == "group" else ["criterion", "group"]
    place = "district" if by == "district" else "province"
    parts = []
    for level, code, part in _groups(each, place, year):
        counted = part.groupby(keys, sort=True)["met"].agg(["count", "sum"]).reset_index()
        counted = counted.rename(columns={"count": "marked"})
        counted["failed"] = counted["marked"] - counted["sum"].astype("Int64")
        counted["failed_pct"] = [
            _ratio(int(f), int(m))
            for f, m in zip(counted["failed"], counted["marked"], strict=True)
        ]
        if by == "group":
            counted["criterion"] = pd.NA
        order = counted.sort_values(["failed", *keys], ascending=[False] + [True] * len(keys))
        parts.append(order.assign(level=level, district_code=code))
    frame = pd.concat(parts, ignore_index=True)
    whole = dict.fromkeys(["criterion", "group", "marked", "failed"], "Int64")
    frame = frame.astype(whole | {"district_code": "string", "failed_pct": "Float64"})
    return frame[[*KEYS, "criterion", "group", "marked", "failed", "failed_pct"]]


def failing_pairs(attainment: pd.DataFrame, year: int) -> pd.DataFrame:
    """Count the communes that fail two criteria together, against what chance would give.

    Over the communes with both marks: expected = failed(a) × failed(b) ÷ communes, what would
    fail together if the two had nothing to do with each other; ratio = both ÷ expected. The
    overlap is both ÷ (failed a or b) × 100.

    Returns
    -------
    pandas.DataFrame
        One row per pair that some commune fails: ``first, second, communes, both, expected,
        ratio, overlap_pct``, the most frequent first.
    """
    each = marks(attainment, year)
    wide = each.assign(failed=~each["met"]).pivot(
        index="commune_code", columns="criterion", values="failed"
    )
    rows = []
    for first, second in combinations(sorted(wide.columns), 2):
        pair = wide[[first, second]].dropna()
        total = len(pair)
        one, two = int(pair[first].sum()), int(pair[second].sum())
        both = int((pair[first] & pair[second]).sum())
        if not both:
            continue
        expected = Fraction(one * two, total)
        rows.append(
            {
                "first": int(first),
                "second": int(second),
                "communes": total,
                "both": both,
                "expected": float(expected),
                "ratio": float(both / expected),
                "overlap_pct": _ratio(both, one + two - both),
            }
        )
    columns = ["first", "second", "communes", "both", "expected", "ratio", "overlap_pct"]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.sort_values(
        ["both", "overlap_pct", "first", "second"],
        ascending=[False, False, True, True],
        ignore_index=True,
    )
    whole = dict.fromkeys(["first", "second", "communes", "both"], "Int64")
    return frame.astype(whole | dict.fromkeys(["expected", "ratio", "overlap_pct"], "Float64"))


def nearly(standings: pd.DataFrame, short: int = 2) -> pd.DataFrame:
    """Return the communes that lack only a few criteria, with which they lack.

    Only communes whose nineteen marks are all known: with a mark absent the number is not.

    Parameters
    ----------
    short
        The most criteria lacking.

    Returns
    -------
    pandas.DataFrame
        ``district_code, commune_code, name, criteria_met, lacking, lacking_count``, the nearest
        to the standard first.
    """
    count = standings["lacking_count"]
    held = standings[(count >= 1) & (count <= short)].sort_values(
        ["lacking_count", "district_code", "commune_code"]
    )
    columns = ["district_code", "commune_code", "name", "criteria_met", "lacking", "lacking_count"]
    return held[columns].reset_index(drop=True)


def changes(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return what each commune gained and lost since the year before.

    Parameters
    ----------
    now, before
        Two years' :func:`standing`.

    Returns
    -------
    pandas.DataFrame
        ``district_code, commune_code, name, criteria_before, criteria_met, change, gained,
        lost`` (criteria numbers, as tuples), ``status_before, status, event``: one of
        :data:`EVENTS`. A commune without a number in one of the years is ``not_comparable`` unless
        its status changed; one that left the list of rural communes is not in the table.

    Raises
    ------
    DifferentCriteria
        When the years were assessed under different sets.
    DifferentAreas
        When a code stands for different territories in the two years.
    """
    year, earlier = _year_of(now), _year_of(before)
    criteria.comparable(earlier, year)
    common = set(now["commune_code"]) & set(before["commune_code"])
    areas.join_guard(earlier, year, common)
    columns = ["commune_code", "criteria_met", "lacking", "marks_known", "status"]
    old = before[columns].rename(
        columns={
            "criteria_met": "criteria_before",
            "lacking": "lacking_before",
            "marks_known": "known_before",
            "status": "status_before",
        }
    )
    frame = now.merge(old, on="commune_code", how="left", validate="one_to_one")
    frame["change"] = frame["criteria_met"] - frame["criteria_before"]
    gained, lost, events = [], [], []
    for row in frame.itertuples(index=False):
        numbers = (row.marks_known, row.known_before)
        known = not any(pd.isna(n) for n in numbers) and set(numbers) == {CRITERIA}
        had = set(row.lacking_before) if isinstance(row.lacking_before, tuple) else set()
        has = set(row.lacking)
        gained.append(tuple(sorted(had - has)) if known else ())
        lost.append(tuple(sorted(has - had)) if known else ())
        events.append(_event(row))
    frame["gained"], frame["lost"] = gained, lost
    frame["event"] = pd.array(events, dtype="string")
    shown = ["district_code", "commune_code", "name", "criteria_before", "criteria_met", "change"]
    return frame[[*shown, "gained", "lost", "status_before", "status", "event"]]


def _event(row: Any) -> str:
    was = "" if pd.isna(row.status_before) else row.status_before
    if row.status == "recognised" and was not in ("recognised", "", "not_reported"):
        return "recognised"
    if was == "recognised" and row.status in ("not_yet", "earlier_set", "pending"):
        return "lost"
    if pd.isna(row.change):
        return "not_comparable"
    if row.change > 0:
        return "completed" if row.criteria_met == CRITERIA else "rose"
    return "fell" if row.change < 0 else "unchanged"


def gains(changed: pd.DataFrame) -> pd.DataFrame:
    """Count by criterion the communes that gained and lost it since the year before.

    Returns
    -------
    pandas.DataFrame
        ``criterion, gained, lost, net``, the largest net gain first.
    """
    gained = changed["gained"].explode().dropna().astype("Int64").value_counts()
    lost = changed["lost"].explode().dropna().astype("Int64").value_counts()
    rows = [
        {
            "criterion": number,
            "gained": int(gained.get(number, 0)),
            "lost": int(lost.get(number, 0)),
        }
        for number in range(1, CRITERIA + 1)
    ]
    frame = pd.DataFrame(rows).astype("Int64")
    frame["net"] = frame["gained"] - frame["lost"]
    return frame.sort_values(["net", "criterion"], ascending=[False, True], ignore_index=True)


@dataclass(frozen=True)
class Progress:
    """How far the province is from its target, and the pace it needs."""

    year: int
    attained: int
    base: int
    target: Target | None
    """The next target of attained communes; None when none is set."""
    remaining: int | None
    years_left: int | None
    pace_needed: Fraction | None
    """Communes a year from now to the target; None once reached or when its year has come."""
    gained: int | None
    """Communes more than a year before; None without last year's table."""
    plan: Target | None
    """How many were to be recognised within the year."""
    decided: int
    """Communes whose decision is dated within the year."""

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None without one."""
        return None if self.remaining is None else self.remaining == 0


def progress(standings: pd.DataFrame, before: pd.DataFrame | None = None) -> Progress:
    """Compare attained communes with the programme's next target.

    Remaining = target − attained, not below zero; pace needed = remaining ÷ years left to the
    target's year. The target of 2020 is 79 communes (report 25/BC-BCĐ); it is asked of communes
    under Decision 1980 and says nothing about another set.

    Examples
    --------
    >>> from kgstats.sample.truth import truth
    >>> tables = truth(2019)
    >>> found = progress(standing(tables["communes"], tables["attainment"], 2019))
    >>> found.attained, found.target.low, found.remaining, found.pace_needed
    (64, 79.0, 15, Fraction(15, 1))
    """
    year = _year_of(standings)
    row = summary(standings, "province").iloc[0]
    attained = int(row["recognised"])
    own = criteria.criteria_set(year)
    ahead = [
        found
        for later in range(year, own.last_year + 1)
        if (found := target("attained_communes", later)) is not None
    ]
    aim = ahead[0] if ahead else None
    remaining = years_left = pace = None
    if aim is not None:
        remaining = max(0, int(aim.low) - attained)
        years_left = aim.year - year
        if remaining and years_left > 0:
            pace = Fraction(remaining, years_left)
    gained = None
    if before is not None and len(before):
        criteria.comparable(_year_of(before), year)
        gained = attained - int(summary(before, "province").iloc[0]["recognised"])
    decided = standings["decision_year"].eq(year) & standings["status"].eq("recognised")
    return Progress(
        year=year,
        attained=attained,
        base=int(row["communes"]),
        target=aim,
        remaining=remaining,
        years_left=years_left,
        pace_needed=pace,
        gained=gained,
        plan=target("newly_attained_communes", year),
        decided=int(decided.sum()),
    )
