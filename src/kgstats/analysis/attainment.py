"""Commune standards: which rural communes meet the new-rural criteria, and what holds others back.

A commune is *recognised* when it meets all nineteen criteria of its year's set and a decision
says so; with nineteen met and no decision it is *pending*. The base is the number of rural
communes (xã) on the list of 31 December of the year: wards and townships are outside. A criterion
whose mark is absent is neither met nor failed, and a commune without a return is neither
recognised nor not: it is counted apart. Criteria met, status, and what is counted from them are
defined in :mod:`kgstats.analysis.indicators`.

Sources: Decision 1980/QĐ-TTg (2016-2021) and Decision 318/QĐ-TTg (from 2022) for communes,
Decision 558/QĐ-TTg (2016) for districts; see :mod:`kgstats.reference.criteria`. Attainment under
one set is never counted under another.

Every function takes, unless it says otherwise: ``year``, the reporting year; ``standing``, a row a
commune, from `kgstats.analysis.attainment.standing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.analysis import indicators
from kgstats.analysis.tidy import By, keys, percent, quotient, sums
from kgstats.reference import areas, criteria, unit_types
from kgstats.reference.refusal import Refusal

CRITERIA = criteria.CRITERIA_COUNT

BANDS: tuple[tuple[str, int, int], ...] = (
    ("communes_met_19", 19, 19),
    ("communes_met_15_18", 15, 18),
    ("communes_met_10_14", 10, 14),
    ("communes_met_below_10", 0, 9),
)
"""The bands in which reports count communes by criteria met: name, lowest, highest."""

EVENTS = tuple(registry.codes("commune_event"))
"""What happened to a commune within a year, the rarer events before the more general."""

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
    known = criteria.criteria(year)[["criterion", "group"]]
    return known.rename(columns={"group": "criterion_group"})


def marks(attainment: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return every criterion of every rural commune of a year, absent ones as null.

    Parameters
    ----------
    attainment
        The clean table: a row per commune and criterion, ``met`` true, false or null.

    Returns
    -------
    pandas.DataFrame
        ``year, district_code, commune_code, criterion, criterion_group, met`` for all rural
        communes of the year's list times nineteen criteria.

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
    communes.insert(0, "year", pd.array([year] * len(communes), dtype="Int64"))
    frame = communes.merge(known, how="cross")
    given = table[["commune_code", "criterion", "met"]].astype(
        {"commune_code": "string", "criterion": "Int64", "met": "boolean"}
    )
    return frame.merge(given, on=["commune_code", "criterion"], how="left", validate="one_to_one")


def of_criterion(marks: pd.DataFrame, criterion: int | None = None) -> pd.DataFrame:
    """Return the marks of one criterion; of the one most often not met, where none is named.

    Parameters
    ----------
    marks
        The clean table ``attainment``: a row a commune and criterion.
    criterion
        Its number, 1 to 19; None for the one most often not met.

    Raises
    ------
    AttainmentError
        For a number the year's set does not have.

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {"commune_code": ["30763", "30763"], "criterion": [1, 2], "criterion_group": [1, 2]}
    ... ).assign(year=2019, met=pd.array([True, False], "boolean"))
    >>> of_criterion(given)["criterion"].tolist(), of_criterion(given, 1)["criterion"].tolist()
    ([2], [1])
    """
    number = int(failures(marks)["criterion"].iloc[0]) if criterion is None else criterion
    if number not in set(marks["criterion"]):
        raise AttainmentError(f"criterion must be a number from 1 to {CRITERIA}, not {number!r}")
    return marks[marks["criterion"] == number].reset_index(drop=True)


# ------------------------------------------------------------------ where each commune stands


def standing(
    communes: pd.DataFrame,
    attainment: pd.DataFrame,
    year: int,
    before: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return where every rural commune of a year stands.

    Criteria met and status are those of :func:`kgstats.analysis.indicators.criteria_met` and
    :func:`kgstats.analysis.indicators.commune_status`. The year of the standard is the first year
    in which all nineteen are met: with last year's table it is known exactly for the communes
    that completed this year; for others the year of the decision is the latest it can be.

    Parameters
    ----------
    communes, attainment
        The year's clean tables.
    before
        The same table of the year before, when there is one: see :func:`standings`.

    Returns
    -------
    pandas.DataFrame
        One row per rural commune of the year's list: ``year, district_code, commune_code, name,
        reported, criteria_met, criteria_stated, marks_met, marks_known, lacking`` (numbers of
        the criteria not met, as a tuple), ``lacking_count`` (null when marks are absent),
        ``status, level, decision_no, decision_date, decision_year, standard_year,
        standard_year_exact``.

    Raises
    ------
    AttainmentError, NoCriteriaForYear
        As in :func:`marks`.
    """
    table = _checked(communes, _COMMUNES, "communes", year)
    each = marks(attainment, year)
    given = ["commune_code", "level", "decision_no", "decision_date", "status"]
    frame = areas.rural(year)[["district_code", "commune_code", "name"]]
    frame = frame.merge(
        indicators.criteria_met(table, each), on="commune_code", how="left", validate="one_to_one"
    ).merge(table.reindex(columns=given), on="commune_code", how="left", validate="one_to_one")
    unmet = each[each["met"].eq(False).fillna(False)]
    lacking = {
        code: tuple(int(number) for number in sorted(part))
        for code, part in unmet.groupby("commune_code")["criterion"]
    }
    frame["lacking"] = [lacking.get(code, ()) for code in frame["commune_code"]]
    whole = frame["marks_known"] == CRITERIA
    frame["lacking_count"] = (CRITERIA - frame["criteria_met"]).where(whole)
    frame["reported"] = (frame["status"].notna() | (frame["marks_known"] > 0)).astype("boolean")
    frame["decision_date"] = pd.to_datetime(frame["decision_date"]).astype("datetime64[s]")
    frame["decision_year"] = frame["decision_date"].dt.year.astype("Int64")
    frame["status"] = indicators.commune_status(frame, year)
    frame = frame.astype({"level": "string", "decision_no": "string"})
    frame["year"] = pd.array([year] * len(frame), dtype="Int64")
    frame = _with_standard_year(frame, year, before)
    columns = ["year", "district_code", "commune_code", "name", "reported", "criteria_met"]
    columns += [
        "criteria_stated",
        "marks_met",
        "marks_known",
        "lacking",
        "lacking_count",
        "status",
        "level",
    ]
    columns += ["decision_no", "decision_date", "decision_year"]
    return frame[[*columns, "standard_year", "standard_year_exact"]]


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
        before = on_same_ground(before, year)
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
) -> pd.DataFrame:
    """Return the standing of every year up to one that was assessed under the same criteria.

    Parameters
    ----------
    communes, attainment
        The clean tables by year.

    Returns
    -------
    pandas.DataFrame
        :func:`standing` of each year below the other, years rising. Years under another set of
        criteria are left out: they are never counted or drawn beside these.
    """
    own = criteria.criteria_set(year)
    found: dict[int, pd.DataFrame] = {}
    for known in sorted(set(communes) & set(attainment)):
        if not own.first_year <= known <= year:
            continue
        if known != year and (communes[known].empty or attainment[known].empty):
            continue
        before = found.get(known - 1)
        found[known] = standing(communes[known], attainment[known], known, before)
    if not found:
        raise AttainmentError(f"there is no table of communes for {year}")
    return pd.concat(found.values(), ignore_index=True)


def _year_of(frame: pd.DataFrame) -> int:
    years = sorted(set(frame["year"].dropna()))
    if len(years) != 1:
        raise AttainmentError("the table of communes must be of one year")
    return int(years[0])


# ------------------------------------------------------------------ counts of communes


def summary(standings: pd.DataFrame, by: By = ()) -> pd.DataFrame:
    """Count communes by status and by criteria met, for each year.

    Parameters
    ----------
    standings
        As :func:`standing` or :func:`standings` returns it.
    by
        ``district``, or other key columns; the whole province by default.

    Returns
    -------
    pandas.DataFrame
        ``year`` and the keys; the columns of
        :func:`kgstats.analysis.indicators.commune_standard`; the communes in each of the bands
        :data:`BANDS` (null where no number is known), and ``communes_met_unknown``; ``districts``
        and ``districts_reported`` (with a commune reported) that the communes are in.

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {
    ...         "year": [2019, 2019, 2019],
    ...         "district_code": ["899", "900", "900"],
    ...         "status": ["recognised", "not_yet", "not_reported"],
    ...         "criteria_met": [19, 16, None],
    ...         "reported": [True, True, False],
    ...     }
    ... )
    >>> found = summary(given, by="district")
    >>> found[["district_code", "communes_recognised", "communes_met_15_18"]].values.tolist()
    [['899', 1, 0], ['900', 0, 1]]
    >>> summary(given)["mean_criteria"].tolist()
    [17.5]
    """
    by = ["year", *keys(by)]
    met = standings["criteria_met"].astype("Int64")
    banded = {name: met.between(low, high).fillna(False) for name, low, high in BANDS}
    work = standings[by].assign(**banded, communes_met_unknown=met.isna())
    names = [name for name in work.columns if name not in by]
    bands = sums(work.astype(dict.fromkeys(names, "Int64")), names, by)
    known = bands[[name for name, _, _ in BANDS]]
    bands[known.columns] = known.where(known.sum(axis=1) > 0)
    places = standings[by].assign(
        districts=standings["district_code"],
        districts_reported=standings["district_code"].where(standings["reported"]),
    )
    counted = places.groupby(by, dropna=False)[["districts", "districts_reported"]].nunique()
    return (
        indicators.commune_standard(standings, by)
        .merge(bands, on=by, validate="one_to_one")
        .merge(counted.astype("Int64").reset_index(), on=by, validate="one_to_one")
    )


def recognitions(standing: pd.DataFrame) -> pd.DataFrame:
    """Count recognised communes by the year of the decision and the year of the standard.

    The two differ: communes assessed for one year are often decided on in the next, and count
    from the decision.

    Returns
    -------
    pandas.DataFrame
        ``year, decision_year, standard_year, standard_year_exact, communes``; not exact where
        the year of the standard is only known to be that year or an earlier one. Pending communes
        have no decision year.
    """
    held = standing[standing["status"].isin(["recognised", "pending"])]
    by = ["year", "decision_year", "standard_year", "standard_year_exact"]
    return sums(held.assign(communes=1), ["communes"], by)


def levels(standing: pd.DataFrame) -> pd.DataFrame:
    """Count recognised communes by level: standard, advanced, model; each presumes the lower.

    Returns
    -------
    pandas.DataFrame
        ``level, communes`` (exactly that level) and ``communes_at_least`` (that level or a higher
        one), from the lowest level to the highest.

    Examples
    --------
    >>> given = pd.DataFrame({"status": ["recognised"] * 2, "level": ["standard", "advanced"]})
    >>> levels(given)["communes_at_least"].tolist()
    [2, 1, 0]
    """
    held = standing.loc[standing["status"] == "recognised", "level"]
    names = criteria.LEVELS[1:]
    counts = [int((held == name).sum()) for name in names]
    return pd.DataFrame(
        {
            "level": pd.array(list(names), dtype="string"),
            "communes": pd.array(counts, dtype="Int64"),
            "communes_at_least": pd.array(
                [sum(counts[i:]) for i in range(len(counts))], dtype="Int64"
            ),
        }
    )


def district_standard(districts: pd.DataFrame) -> pd.DataFrame:
    """Say how far each district meets the first condition of its standard: all its communes.

    Under Decision 558/QĐ-TTg a district meets the standard when all of its communes are
    recognised and it meets nine criteria of its own; a city or town instead *completes the task*.
    The returns do not carry the district's own criteria, so no district is declared attained
    here; what can be said is whether the communes stand in the way.

    Parameters
    ----------
    districts
        :func:`summary` of one year by district.

    Returns
    -------
    pandas.DataFrame
        ``year, district_code, district_name, district_type, communes, communes_recognised,
        communes_pending, communes_not_reported, communes_short`` (reported and not
        recognised), ``condition`` (``met``,
        ``awaits_decisions``: all others are pending, ``not_met``, ``unknown``: communes not
        reported), ``route`` (``standard``, ``task``), ``district_criteria`` (their number). No
        row for a year without districts.
    """
    year = _year_of(districts)
    names = areas.districts(year)[["district_code", "district_name", "district_type"]]
    frame = names.merge(districts, on="district_code", validate="one_to_one")
    known = frame["communes"] - frame["communes_not_reported"]
    frame["communes_short"] = known - frame["communes_recognised"]
    frame["condition"] = pd.array([_condition(row) for row in frame.itertuples()], "string")
    city = frame["district_type"].isin(unit_types.named("district", "urban"))
    frame["route"] = city.map({True: "task", False: "standard"}).astype("string")
    frame["district_criteria"] = len(criteria.district_criteria(year))
    columns = ["year", "district_code", "district_name", "district_type", "communes"]
    columns += ["communes_recognised", "communes_pending", "communes_not_reported"]
    return frame[[*columns, "communes_short", "condition", "route", "district_criteria"]]


def _condition(row: Any) -> str:
    if not row.communes_reported:
        return "unknown"
    met_all = row.communes_recognised + row.communes_pending
    if row.communes_recognised == row.communes:
        return "met"
    if met_all == row.communes:
        return "awaits_decisions"
    if met_all + row.communes_not_reported == row.communes:
        return "unknown"
    return "not_met"


def proposals(districts: pd.DataFrame, near: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Hold the districts proposed for their standard against their communes.

    A proposal asks for the first condition too: all communes recognised. Of the communes that
    are not, those pending need a decision alone, and those near lack a criterion or two; the
    district's own criteria are not in the returns and nothing is said of them.

    Parameters
    ----------
    districts
        :func:`district_standard`.
    near
        :func:`nearly` of the same year, with ``short=1``.
    events
        :func:`kgstats.reference.programmes.district_units`.

    Returns
    -------
    pandas.DataFrame
        Of the districts proposed, the columns of :func:`district_standard`, and ``proposed_year,
        communes_one_short, communes_further`` (reported, not recognised, not pending, not one
        short; null where what is reported leaves the condition open), ``decision, decided_on``
        (recognised for that year).
        Without rows where no proposal is known.

    Examples
    --------
    >>> districts = pd.DataFrame(
    ...     {"district_code": ["910"], "communes_pending": [1], "communes_short": [2],
    ...      "condition": ["not_met"]}
    ... )
    >>> events = pd.DataFrame(
    ...     {"district_code": ["910"], "event": ["proposed"], "event_year": [2020],
    ...      "decision": None, "decided_on": None, "source": "report"}
    ... )
    >>> found = proposals(districts, pd.DataFrame({"district_code": ["910"]}), events)
    >>> found[["communes_one_short", "communes_further"]].values.tolist()
    [[1, 0]]
    """
    asked = events[events["event"] == "proposed"][["district_code", "event_year", "source"]]
    done = events[events["event"] == "recognised"]
    done = done[["district_code", "event_year", "decision", "decided_on"]]
    frame = districts.merge(asked, on="district_code", validate="one_to_one").merge(
        done, on=["district_code", "event_year"], how="left", validate="one_to_one"
    )
    counts = near["district_code"].value_counts()
    frame["communes_one_short"] = frame["district_code"].map(counts).fillna(0).astype("Int64")
    told = frame["condition"] != "unknown"
    further = frame["communes_short"] - frame["communes_pending"] - frame["communes_one_short"]
    frame["communes_further"] = further.astype("Int64").where(told)
    frame["communes_one_short"] = frame["communes_one_short"].where(told)
    return frame.rename(columns={"event_year": "proposed_year"}).reset_index(drop=True)


def by_grouping(standing: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Count communes by status and criteria for each grouping that policy singles out.

    A commune counts in every grouping that names it, so that groupings do not add up. The base is
    the rural communes listed; where a list is not complete the counts are of those listed alone.

    Parameters
    ----------
    standing
        As :func:`standing` returns it.
    members
        :func:`kgstats.reference.groupings.members` of the year.

    Returns
    -------
    pandas.DataFrame
        ``grouping`` and the columns of :func:`summary`; no row for a grouping without communes.

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {"year": 2019, "district_code": ["914", "912"], "commune_code": ["30797", "31108"],
    ...      "criteria_met": [19, 12], "status": ["recognised", "not_yet"], "reported": True}
    ... )
    >>> lists = pd.DataFrame({"grouping": ["border", "island"], "commune_code": ["30797", "31108"]})
    >>> by_grouping(given, lists)[["grouping", "communes_recognised"]].values.tolist()
    [['border', 1], ['island', 0]]
    """
    held = standing.merge(members[["grouping", "commune_code"]], on="commune_code")
    return summary(held, by="grouping")


def witnesses(standing: pd.DataFrame) -> pd.DataFrame:
    """Return the communes whose stated number of criteria is not that of their marks.

    The marks count; the number that the district states is a witness. Where marks are absent the
    number must be one that they leave possible: at least those met, at most all but those not met.

    Returns
    -------
    pandas.DataFrame
        ``year, district_code, commune_code, criteria_stated, marks_met, marks_known,
        criteria_met`` (what counts; null where neither can be), ``lacking``.

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {"year": 2020, "district_code": "912", "commune_code": ["31108", "31111"],
    ...      "criteria_stated": [12, 19], "criteria_met": [11, 19], "marks_met": [11, 19],
    ...      "marks_known": 19, "lacking": [(1, 2), ()]}
    ... )
    >>> witnesses(given)["commune_code"].tolist()
    ['31108']
    """
    stated, met = standing["criteria_stated"], standing["criteria_met"]
    apart = stated.notna() & (met.isna() | (stated != met)).fillna(True)
    columns = ["year", "district_code", "commune_code", "criteria_stated", "marks_met"]
    columns += ["marks_known", "criteria_met", "lacking"]
    return standing.loc[apart, columns].reset_index(drop=True)


def nearly(standing: pd.DataFrame, short: int = 2) -> pd.DataFrame:
    """Return the communes not recognised that lack only a few criteria, with which they lack.

    Only communes whose nineteen marks are all known: with a mark absent the number is not.

    Parameters
    ----------
    short
        The most criteria lacking.

    Returns
    -------
    pandas.DataFrame
        ``year, district_code, commune_code, name, criteria_met, lacking, lacking_count``, the
        nearest to the standard first.
    """
    count = standing["lacking_count"]
    close = (count >= 1) & (count <= short) & (standing["status"] != "recognised")
    held = standing[close].sort_values(["lacking_count", "district_code", "commune_code"])
    columns = ["year", "district_code", "commune_code", "name", "criteria_met", "lacking"]
    return held[[*columns, "lacking_count"]].reset_index(drop=True)


# ------------------------------------------------------------------ criteria


def failures(marks: pd.DataFrame, by: By = ("criterion_group", "criterion")) -> pd.DataFrame:
    """Count the marks that are not met: by criterion, the communes that do not meet it.

    Failing share = marks "not met" ÷ marks given × 100.

    Parameters
    ----------
    marks
        As :func:`marks` returns them.
    by
        Key columns: the criterion by default; ``criterion_group``; ``("district",
        "criterion")``.

    Returns
    -------
    pandas.DataFrame
        ``year`` and the keys, ``marks_given, marks_not_met, not_met_pct`` (null without a mark);
        the most often failed first within each area.

    Examples
    --------
    >>> given = pd.DataFrame({"criterion": [1, 1, 2, 2], "criterion_group": [1, 1, 2, 2]})
    >>> given["year"] = 2019
    >>> given["met"] = pd.array([True, True, False, None], "boolean")
    >>> failures(given)[["criterion", "marks_given", "marks_not_met"]].values.tolist()
    [[2, 1, 1], [1, 2, 0]]
    """
    names = ["year", *keys(by)]
    known = marks["met"].notna()
    work = marks[names].assign(
        marks_given=known.astype("Int64"),
        marks_not_met=(known & ~marks["met"].fillna(True)).astype("Int64"),
    )
    frame = sums(work, ["marks_given", "marks_not_met"], names)
    frame["marks_not_met"] = frame["marks_not_met"].where(frame["marks_given"] > 0)
    frame["not_met_pct"] = percent(frame["marks_not_met"], frame["marks_given"])
    own = [name for name in names if name.startswith("criterion")]
    rest = [name for name in names if name not in own]
    order = [*rest, "marks_not_met", *(["criterion"] if "criterion" in own else own)]
    return frame.sort_values(
        order, ascending=[name != "marks_not_met" for name in order], ignore_index=True
    )


def communes_with_marks(marks: pd.DataFrame, by: By = ()) -> pd.DataFrame:
    """Count the communes with a mark for any criterion.

    Parameters
    ----------
    marks
        As :func:`marks` returns them.
    by
        Key columns, such as ``district``; all communes together by default.

    Returns
    -------
    pandas.DataFrame
        ``year`` and the keys, ``communes_marked``.

    Examples
    --------
    Neither criterion is marked of both communes, and yet both have a mark:

    >>> given = pd.DataFrame({"year": 2019, "commune_code": ["30850", "30853"] * 2})
    >>> given["met"] = pd.array([True, None, None, False], "boolean")
    >>> communes_with_marks(given)["communes_marked"].tolist()
    [2]
    """
    names = ["year", *keys(by)]
    known = marks.assign(has_mark=marks["met"].notna())
    known = known.groupby([*names, "commune_code"], dropna=False)["has_mark"].any().reset_index()
    return sums(
        known.assign(communes_marked=known["has_mark"].astype("Int64")), ["communes_marked"], names
    )


def failing_pairs(marks: pd.DataFrame) -> pd.DataFrame:
    """Count the communes that fail two criteria together, against what chance would give.

    Over the communes with both marks: expected = failed(a) × failed(b) ÷ communes, what would
    fail together if the two had nothing to do with each other; times = both ÷ expected. The
    overlap is both ÷ (failed a or b) × 100.

    Parameters
    ----------
    marks
        The clean table ``attainment``: a row a commune and criterion.

    Returns
    -------
    pandas.DataFrame
        One row per pair that some commune fails: ``criterion, other_criterion, communes,
        communes_failing_both, expected_both, times_expected, overlap_pct``, the most frequent
        first.

    Examples
    --------
    >>> given = pd.DataFrame({"commune_code": ["a", "a", "b", "b"], "criterion": [1, 2, 1, 2]})
    >>> given["met"] = pd.array([False, False, True, True], "boolean")
    >>> pair = failing_pairs(given).iloc[0]
    >>> int(pair["communes_failing_both"]), float(pair["expected_both"])
    (1, 0.5)
    """
    wide = marks.assign(failed=~marks["met"]).pivot(
        index="commune_code", columns="criterion", values="failed"
    )
    known, failed = wide.notna().to_numpy(int), wide.eq(True).fillna(False).to_numpy(int)
    # Counts of a criterion (row) among the communes where another (column) is marked too.
    marked, own, together = known.T @ known, failed.T @ known, failed.T @ failed
    rows = []
    for a, b in combinations(range(len(wide.columns)), 2):
        one, two, both = own[a, b], own[b, a], together[a, b]
        if both:
            pair = (wide.columns[a], wide.columns[b])
            rows.append((*pair, marked[a, b], both, one * two, one + two - both))
    columns = ["criterion", "other_criterion", "communes", "communes_failing_both"]
    frame = pd.DataFrame(rows, columns=[*columns, "product", "either"]).astype("Int64")
    both = frame["communes_failing_both"]
    frame["expected_both"] = quotient(frame["product"], frame["communes"])
    frame["times_expected"] = quotient(both * frame["communes"], frame["product"])
    frame["overlap_pct"] = percent(both, frame["either"])
    frame = frame.sort_values(
        ["communes_failing_both", "overlap_pct", "criterion", "other_criterion"],
        ascending=[False, False, True, True],
        ignore_index=True,
    )
    return frame[[*columns, "expected_both", "times_expected", "overlap_pct"]]


# ------------------------------------------------------------------ change within a year

_CHANGES = [
    "year", "district_code", "commune_code", "name", "criteria_before", "criteria_met",
    "criteria_change", "gained", "lost", "marks_compared", "status_before", "status", "event",
]  # fmt: skip


def changes(standings: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return what each commune gained and lost since the year before.

    Parameters
    ----------
    standings
        As :func:`standings` returns it.
    year
        The year that is compared with the one before.

    Returns
    -------
    pandas.DataFrame
        ``year, district_code, commune_code, name, criteria_before, criteria_met,
        criteria_change, gained, lost`` (criteria numbers, as tuples), ``marks_compared`` (whether
        all marks are known in both years), ``status_before, status, event``: one of
        :data:`EVENTS`. A commune without a number in one of the years, or that is no longer the
        territory it was, is ``not_comparable`` unless its status changed; one that left the list
        of rural communes is not in the table. Without rows when there is no table of the year
        before.

    Raises
    ------
    DifferentCriteria
        When the years were assessed under different sets.
    """
    now, before = standings[standings["year"] == year], standings[standings["year"] == year - 1]
    if before.empty:
        return pd.DataFrame(columns=_CHANGES)
    criteria.comparable(year - 1, year)
    columns = ["commune_code", "criteria_met", "lacking", "marks_known", "status"]
    old = on_same_ground(before, year)[columns].rename(
        columns={
            "criteria_met": "criteria_before",
            "lacking": "lacking_before",
            "marks_known": "known_before",
            "status": "status_before",
        }
    )
    frame = now.merge(old, on="commune_code", how="left", validate="one_to_one")
    frame["criteria_change"] = frame["criteria_met"] - frame["criteria_before"]
    known = (frame["marks_known"] == CRITERIA) & (frame["known_before"] == CRITERIA)
    frame["marks_compared"] = known.fillna(False).astype("boolean")
    pairs = list(
        zip(frame["lacking"], frame["lacking_before"], frame["marks_compared"], strict=True)
    )
    frame["gained"] = [tuple(sorted({*was} - {*has})) if ok else () for has, was, ok in pairs]
    frame["lost"] = [tuple(sorted({*has} - {*was})) if ok else () for has, was, ok in pairs]
    frame["event"] = pd.array([_event(row) for row in frame.itertuples(index=False)], "string")
    return frame[_CHANGES]


def change_counts(changed: pd.DataFrame) -> pd.DataFrame:
    """Count the communes that changed since the year before, and those that can be compared.

    Parameters
    ----------
    changed
        As :func:`changes` returns it.

    Returns
    -------
    pandas.DataFrame
        One row: ``communes, communes_newly`` (recognised since), ``communes_no_longer``
        (recognised before and not now), ``communes_rose, communes_fell`` (by criteria met),
        ``communes_compared`` (with a number in both years), ``communes_marks_compared``.

    Examples
    --------
    >>> changed = pd.DataFrame(
    ...     {"event": ["recognised", "fell"], "criteria_change": pd.array([2, -1], "Int64"),
    ...      "marks_compared": [True, False]}
    ... )
    >>> change_counts(changed)[["communes_newly", "communes_rose", "communes_fell"]].values.tolist()
    [[1, 1, 1]]
    """
    moved = changed["criteria_change"].dropna()
    held = {
        "communes": len(changed),
        "communes_newly": (changed["event"] == "recognised").sum(),
        "communes_no_longer": (changed["event"] == "lost").sum(),
        "communes_rose": (moved > 0).sum(),
        "communes_fell": (moved < 0).sum(),
        "communes_compared": len(moved),
        "communes_marks_compared": changed["marks_compared"].sum(),
    }
    return pd.DataFrame([held]).astype("Int64")


def on_same_ground(before: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the rows of the year before under the codes that the communes have in a year.

    Only communes whose territory is the same: one that was merged or split has no row, and a code
    that now stands for another territory meets none.

    Parameters
    ----------
    before
        Rows of the year before, with ``commune_code``.
    year
        The year whose codes are wanted.

    Examples
    --------
    >>> given = pd.DataFrame({"commune_code": ["31105", "30763"], "n": [1, 2]})
    >>> on_same_ground(given, 2025)["commune_code"].tolist()
    ['31105']
    """
    moves = areas.successions(year - 1, year)
    kept = moves[moves["relation"].isin(["same", "renamed"])]
    codes = kept.set_index("from_code")["to_code"]
    held = before[before["commune_code"].isin(codes.index)]
    return held.assign(commune_code=held["commune_code"].map(codes).astype("string"))


def _event(row: Any) -> str:
    was = "" if pd.isna(row.status_before) else row.status_before
    if row.status == "recognised" and was not in ("recognised", "", "not_reported"):
        return "recognised"
    if was == "recognised" and row.status in ("not_yet", "earlier_set", "pending"):
        return "lost"
    if pd.isna(row.criteria_change):
        return "not_comparable"
    if row.criteria_change > 0:
        return "completed" if row.criteria_met == CRITERIA else "rose"
    return "fell" if row.criteria_change < 0 else "unchanged"


def gains(changed: pd.DataFrame) -> pd.DataFrame:
    """Count by criterion the communes that gained and lost it since the year before.

    Parameters
    ----------
    changed
        As :func:`changes` returns it.

    Returns
    -------
    pandas.DataFrame
        ``criterion, communes_gained, communes_lost, communes_net``, the largest net gain first.
        Without rows when nothing could be compared.

    Examples
    --------
    >>> changed = pd.DataFrame(
    ...     {"gained": [(3, 5), (3,)], "lost": [(), (5,)], "marks_compared": [True, True]}
    ... )
    >>> gains(changed).head(1).values.tolist()
    [[3, 2, 0, 2]]
    """
    columns = ["criterion", "communes_gained", "communes_lost", "communes_net"]
    if changed.empty or not changed["marks_compared"].any():
        return pd.DataFrame(columns=columns).astype("Int64")
    frame = pd.DataFrame({"criterion": pd.array(range(1, CRITERIA + 1), dtype="Int64")})
    for name in ("gained", "lost"):
        counted = changed[name].explode().dropna().astype("Int64").value_counts()
        frame[f"communes_{name}"] = frame["criterion"].map(counted).fillna(0).astype("Int64")
    frame["communes_net"] = frame["communes_gained"] - frame["communes_lost"]
    return frame.sort_values(["communes_net", "criterion"], ascending=[False, True])[
        columns
    ].reset_index(drop=True)
