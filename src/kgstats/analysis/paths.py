"""The way of each commune's criteria over all years there are returns of.

A path is told only of communes whose number of criteria is known in every year compared, under
one set of criteria and on one territory: a gap is neither a rise nor a fall. Criteria met are
those of :func:`kgstats.analysis.indicators.criteria_met`. Years under an earlier set are another
path: they are never joined to these.

Every function takes, unless it says otherwise: ``standings``, every year's standing of communes,
from `kgstats.analysis.paths.standings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.analysis import attainment, tidy
from kgstats.analysis.tidy import By, keyed, keys, quotient, sums
from kgstats.reference import areas, criteria
from kgstats.reference.refusal import Refusal

CRITERIA = criteria.CRITERIA_COUNT

PATHS = tuple(registry.codes("path"))
"""What a commune's numbers can do over the years; each commune is one of them."""

CRITERION_PATHS: tuple[str, ...] = ("always", "gained", "met_again", "lost_again", "never")
"""What a commune's marks for one criterion can do over the years."""


def standings(
    communes: Mapping[int, pd.DataFrame], marks: Mapping[int, pd.DataFrame], year: int
) -> pd.DataFrame:
    """Return where every rural commune stood in every year up to one, whatever the set.

    Parameters
    ----------
    communes, marks
        The clean tables ``communes`` and ``attainment`` by year.
    year
        The reporting year; later years are left out.

    Returns
    -------
    pandas.DataFrame
        :func:`kgstats.analysis.attainment.standings` of each set, years rising, with
        ``criteria_set`` (the decision's code). Years of which no set is known are left out.
    """
    of_set: dict[str, list[int]] = {}
    for known in sorted(set(communes) & set(marks)):
        if known > year or communes[known].empty or marks[known].empty:
            continue
        try:
            of_set.setdefault(criteria.criteria_set(known).code, []).append(known)
        except Refusal:
            continue
    pieces = [
        attainment.standings(
            {one: communes[one] for one in years}, {one: marks[one] for one in years}, years[-1]
        ).assign(criteria_set=code)
        for code, years in of_set.items()
    ]
    if not pieces:
        raise attainment.AttainmentError(f"there is no table of communes up to {year}")
    return pd.concat(pieces, ignore_index=True)


def of_last_set(standings: pd.DataFrame) -> pd.DataFrame:
    """Return the years assessed under the same set of criteria as the last one."""
    last = standings.loc[standings["year"] == standings["year"].max(), "criteria_set"].iloc[0]
    return standings[standings["criteria_set"] == last].reset_index(drop=True)


@lru_cache(maxsize=64)
def _on_one_territory(*years: int) -> frozenset[str]:
    """Return the codes that stand for the same territory in all the years."""
    codes = set(areas.rural(years[-1])["commune_code"])
    for before, after in pairwise(years):
        found = areas.successions(before, after)
        same = found["relation"].isin(["same", "renamed"]) & (
            found["from_code"] == found["to_code"]
        )
        codes &= set(found.loc[same, "from_code"])
    return frozenset(codes)


def followed(standings: pd.DataFrame) -> pd.DataFrame:
    """Leave the communes whose number of criteria is known in every year, under the last set.

    Only communes of the last year's list whose code stands for the same territory in all years.

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {"criteria_set": "qd1980", "year": [2018, 2019, 2019],
    ...      "commune_code": ["30763", "30763", "30781"], "criteria_met": [17, 18, 12]}
    ... )
    >>> followed(given)["commune_code"].tolist()
    ['30763', '30763']
    """
    own = of_last_set(standings)
    years = sorted({int(one) for one in own["year"]})
    known = own[own["criteria_met"].notna()].groupby("commune_code")["year"].nunique()
    codes = set(known.index[known == len(years)]) & _on_one_territory(*years)
    return own[own["commune_code"].isin(codes)].sort_values(
        ["commune_code", "year"], ignore_index=True
    )


# ------------------------------------------------------------------ a commune's way


def paths(standings: pd.DataFrame) -> pd.DataFrame:
    """Say for each rural commune of the last year how its criteria went over the years.

    ``kept``: all nineteen in every year. ``reached``: all nineteen since some year, and never
    lost. ``regained``: lost nineteen and has them again. ``relapsed``: had nineteen, has fewer.
    Of those that never had nineteen: ``rising`` never fell and has more than at first;
    ``wavering`` fell at some time and has no fewer than at first; ``stuck`` has the same number
    in every year; ``falling`` has fewer than at first.

    Parameters
    ----------
    standings
        :func:`standings`, or of one set.

    Returns
    -------
    pandas.DataFrame
        One row a commune: ``year, first_year, district_code, commune_code, criteria_first,
        criteria_met, criteria_gain, path``; ``stuck_criteria`` (not met in any of the years) and
        ``relapsed_criteria`` (met in a year and not in the last) as numbers in a tuple, empty
        where a mark is absent. Without rows when there is only one year. A commune that cannot be
        followed is ``not_comparable``.

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {"criteria_set": "qd1980", "year": [2018, 2019], "district_code": "900",
    ...      "commune_code": "30763", "criteria_met": [19, 18], "marks_known": 19,
    ...      "lacking": [(), (17,)]}
    ... )
    >>> paths(given)[["path", "relapsed_criteria"]].values.tolist()
    [['relapsed', (17,)]]
    """
    own = of_last_set(standings)
    first, last = int(own["year"].min()), int(own["year"].max())
    ways = dict(iter(followed(own).groupby("commune_code", sort=False)))
    found = []
    for row in own[own["year"] == last].itertuples() if first != last else ():
        rows = ways.get(row.commune_code)
        one: dict[str, Any] = {
            "year": last, "first_year": first, "district_code": row.district_code,
            "commune_code": row.commune_code, "criteria_met": row.criteria_met,
            "path": "not_comparable", "stuck_criteria": (), "relapsed_criteria": (),
        }  # fmt: skip
        if rows is not None:
            numbers = [int(n) for n in rows["criteria_met"]]
            one |= {"criteria_first": numbers[0], "path": _path(numbers)}
            one |= {"criteria_gain": numbers[-1] - numbers[0]}
            if (rows["marks_known"] == CRITERIA).all():
                lacking = [set(numbers) for numbers in rows["lacking"]]
                stuck = set.intersection(*lacking)
                one["stuck_criteria"] = tuple(sorted(stuck))
                one["relapsed_criteria"] = tuple(sorted(lacking[-1] - stuck))
        found.append(one)
    return tidy.frame(
        found,
        "Int64: year first_year",
        "string: district_code commune_code",
        "Int64: criteria_first criteria_met criteria_gain",
        "string: path",
        "stuck_criteria relapsed_criteria",
    )


def _path(numbers: Sequence[int]) -> str:
    """Name the way of a commune's numbers.

    >>> [_path(way) for way in ([19, 19], [17, 19, 19], [19, 18, 19], [17, 19, 18])]
    ['kept', 'reached', 'regained', 'relapsed']
    >>> [_path(way) for way in ([15, 15, 16], [15, 14, 15], [15, 15], [15, 16, 14])]
    ['rising', 'wavering', 'stuck', 'falling']
    """
    falls = any(after < before for before, after in pairwise(numbers))
    if CRITERIA in numbers:
        since = numbers[numbers.index(CRITERIA) :]
        if numbers[-1] < CRITERIA:
            return "relapsed"
        if min(since) < CRITERIA:
            return "regained"
        return "kept" if len(since) == len(numbers) else "reached"
    if len(set(numbers)) == 1:
        return "stuck"
    if numbers[-1] < numbers[0]:
        return "falling"
    return "wavering" if falls else "rising"


def by_path(paths: pd.DataFrame, by: By = ()) -> pd.DataFrame:
    """Count communes by their path.

    Parameters
    ----------
    paths
        A row a commune, from :func:`paths`.
    by
        What the rows are grouped by; see the table returned.

    Returns
    -------
    pandas.DataFrame
        ``year, first_year`` and the keys; a column ``path_…`` for each of :data:`PATHS`, which
        add up to ``communes``. Where no commune can be followed nothing is known of their paths:
        all but ``path_not_comparable`` are null.

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {"year": 2019, "first_year": 2018, "district_code": ["903", "905"],
    ...      "path": ["rising", "not_comparable"]}
    ... )
    >>> by_path(given, "district")[["path_rising", "path_stuck"]].values.tolist()
    [[1, 0], [<NA>, <NA>]]
    """
    names = ["year", "first_year", *keys(by)]
    counts = {f"path_{name}": (paths["path"] == name).astype("Int64") for name in PATHS}
    work = paths[names].assign(communes=1, **counts)
    frame = sums(work, ["communes", *counts], names)
    known = [name for name in counts if name != "path_not_comparable"]
    silent = frame["path_not_comparable"] == frame["communes"]
    frame[known] = frame[known].mask(silent)
    return frame


def by_criterion(standings: pd.DataFrame) -> pd.DataFrame:
    """Count for each criterion what the marks of communes did over the years.

    Over the communes that can be followed and have all marks in every year: ``always`` met,
    ``gained`` (met from some year on), ``met_again`` (lost and met again), ``lost_again`` (met in
    some year, not in the last), ``never`` met.

    Returns
    -------
    pandas.DataFrame
        ``year, first_year, criterion, communes``, and a column ``criterion_…`` for each of
        :data:`CRITERION_PATHS`, which add up to it; those most often never met first. Without
        rows when there is only one year, or no commune with all marks.
    """
    counts = [f"criterion_{name}" for name in CRITERION_PATHS]
    columns = ["year", "first_year", "criterion", "communes", *counts]
    held = followed(standings)
    whole = held.groupby("commune_code")["marks_known"].transform("min") == CRITERIA
    held = held[whole.fillna(False)]
    if held["year"].nunique() < 2:
        return pd.DataFrame(columns=columns).astype("Int64")
    rows = []
    for _, way in held.groupby("commune_code"):
        lacking = list(way["lacking"])
        for number in range(1, CRITERIA + 1):
            met = [number not in numbers for numbers in lacking]
            rows.append((number, f"criterion_{_marks_path(met)}"))
    marks = pd.DataFrame(rows, columns=["criterion", "did"])
    counted = marks.value_counts().unstack(fill_value=0).reindex(columns=counts, fill_value=0)
    frame = counted.reset_index().assign(
        year=held["year"].max(),
        first_year=held["year"].min(),
        communes=held["commune_code"].nunique(),
    )
    order = ["criterion_never", "criterion_lost_again", "criterion"]
    frame = frame.sort_values(order, ascending=[False, False, True], ignore_index=True)
    return frame[columns].astype("Int64")


def _marks_path(met: Sequence[bool]) -> str:
    """Name the way of one criterion's marks.

    >>> [_marks_path(way) for way in ([1, 1], [0, 1, 1], [1, 0, 1], [0, 1, 0], [0, 0])]
    ['always', 'gained', 'met_again', 'lost_again', 'never']
    """
    if not any(met):
        return "never"
    if not met[-1]:
        return "lost_again"
    if all(met):
        return "always"
    return "met_again" if any(b and not a for b, a in pairwise(met)) else "gained"


# ------------------------------------------------------------------ years per step


def steps(standings: pd.DataFrame, by: By = "criteria_before") -> pd.DataFrame:
    """Count how often communes moved up from each number of criteria, and how long a step takes.

    Each pair of one year and the next, of a commune whose number is known in both and below
    nineteen at first, is one commune-year. Years a step = commune-years ÷ those that moved up: the
    time a step takes if it is as likely in every year as in those observed. Communes that have
    not moved yet are counted with the years they have waited; leaving them out would make steps
    look short.

    Parameters
    ----------
    standings
        Of the years to be counted: :func:`standings`. Pairs across two sets are left out.
    by
        ``criteria_before`` (the number a step starts from), other keys, or nothing.

    Returns
    -------
    pandas.DataFrame
        The keys, ``commune_years, moved_up, stayed, moved_down, criteria_added`` (summed over
        those that moved up), ``years_per_step`` (null where none moved up), ``year, first_year``
        (the years looked at), from the highest number down.

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {"criteria_set": "qd1980", "year": [2018, 2019, 2018, 2019],
    ...      "commune_code": ["30763", "30763", "30781", "30781"],
    ...      "criteria_met": [18, 19, 18, 18]}
    ... )
    >>> steps(given)[["criteria_before", "commune_years", "years_per_step"]].values.tolist()
    [[18, 2, 2.0]]
    """
    pieces = []
    for _, own in standings.groupby("criteria_set", sort=False):
        years = sorted({int(one) for one in own["year"]})
        for before, after in pairwise(years):
            if after != before + 1:
                continue
            codes = _on_one_territory(before, after)
            then = own.loc[own["year"] == before, ["commune_code", "criteria_met"]]
            pairs = own[(own["year"] == after) & own["commune_code"].isin(codes)].merge(
                then.rename(columns={"criteria_met": "criteria_before"}), on="commune_code"
            )
            pieces.append(pairs.dropna(subset=["criteria_met", "criteria_before"]))
    names = keys(by)
    counts = ["commune_years", "moved_up", "stayed", "moved_down", "criteria_added"]
    if not pieces:
        return pd.DataFrame(columns=[*names, *counts, "years_per_step"])
    work = pd.concat(pieces, ignore_index=True)
    work = work.astype({"criteria_met": "Int64", "criteria_before": "Int64"})
    work = work[work["criteria_before"] < CRITERIA]
    move = work["criteria_met"] - work["criteria_before"]
    work = work.assign(
        commune_years=1,
        moved_up=(move > 0).astype("Int64"),
        stayed=(move == 0).astype("Int64"),
        moved_down=(move < 0).astype("Int64"),
        criteria_added=move.clip(lower=0),
    )
    frame = sums(work, counts, names).fillna(dict.fromkeys(counts, 0))
    frame["years_per_step"] = quotient(
        frame["commune_years"].where(frame["moved_up"] > 0), frame["moved_up"]
    )
    frame = frame.assign(year=standings["year"].max(), first_year=standings["year"].min())
    frame = keyed(frame)
    return frame.iloc[::-1].reset_index(drop=True) if names else frame


def from_one_short(standings: pd.DataFrame) -> pd.DataFrame:
    """Follow the communes that lacked a single criterion, from each year on.

    Returns
    -------
    pandas.DataFrame
        One row for each year in which communes met eighteen (``first_year``) and each later year:
        ``first_year, year, years_later, communes`` (whose number is known in both), of them
        ``communes_met_19, communes_met_18, communes_below`` (fewer than eighteen). A commune
        stands in the row of every year in which it lacked one.
    """
    own = of_last_set(standings)
    rows = []
    years = sorted({int(one) for one in own["year"]})
    for first in years[:-1]:
        start = own[(own["year"] == first) & (own["criteria_met"] == CRITERIA - 1)]
        for year in (one for one in years if one > first):
            codes = _on_one_territory(*(one for one in years if first <= one <= year))
            now = own[(own["year"] == year) & own["commune_code"].isin(start["commune_code"])]
            now = now.loc[now["commune_code"].isin(codes), "criteria_met"].dropna()
            rows.append(
                {
                    "first_year": first, "year": year, "years_later": year - first,
                    "communes": len(now), "communes_met_19": int((now == CRITERIA).sum()),
                    "communes_met_18": int((now == CRITERIA - 1).sum()),
                    "communes_below": int((now < CRITERIA - 1).sum()),
                }
            )  # fmt: skip
    return tidy.frame(
        rows,
        "Int64: first_year year years_later communes",
        "Int64: communes_met_19 communes_met_18 communes_below",
    )


# ------------------------------------------------------------------ after recognition


def after_recognition(standings: pd.DataFrame) -> pd.DataFrame:
    """Follow recognised communes by the year of their decision, to see if they keep what they met.

    A commune belongs to the year of the first decision reported of it, and stays there when a
    later return no longer says that it is recognised. Decisions made before the set came into
    force were about another standard and are left out.

    Returns
    -------
    pandas.DataFrame
        One row for each year of decisions (``decision_year``) and each year of returns from then
        on: ``decision_year, year, years_later, communes`` (decided on, on the year's list), of
        them ``communes_met_19, communes_lapsed`` (fewer than nineteen), ``communes_unknown``;
        ``criteria_lost`` (summed over the lapsed), ``communes_higher`` (advanced or model).
    """
    own = of_last_set(standings)
    held = own.assign(decided=own["commune_code"].map(_decided(own)).astype("Int64"))
    held = held[(held["decided"] <= held["year"]).fillna(False)]
    met = held["criteria_met"].astype("Int64")
    lapsed = (met < CRITERIA).fillna(False)
    counts = {
        "communes": pd.Series(1, index=held.index, dtype="Int64"),
        "communes_met_19": (met == CRITERIA).fillna(False).astype("Int64"),
        "communes_lapsed": lapsed.astype("Int64"),
        "communes_unknown": met.isna().astype("Int64"),
        "criteria_lost": (CRITERIA - met).where(lapsed, 0),
        "communes_higher": held["level"].isin(["advanced", "model"]).astype("Int64"),
    }
    work = pd.DataFrame({"decision_year": held["decided"], "year": held["year"], **counts})
    frame = sums(work, list(counts), ("decision_year", "year"))
    frame.insert(2, "years_later", frame["year"] - frame["decision_year"])
    return frame


def after_in_all(after: pd.DataFrame) -> pd.DataFrame:
    """Sum up the communes with a decision, of whatever year, as they stand in the last year.

    Parameters
    ----------
    after
        :func:`after_recognition`.

    Returns
    -------
    pandas.DataFrame
        One row: ``year, communes, communes_lapsed, communes_unknown``; none without decisions.

    Examples
    --------
    >>> after = pd.DataFrame(
    ...     {"decision_year": [2018, 2019, 2019], "year": [2019, 2019, 2018], "communes": [3, 4, 3],
    ...      "communes_lapsed": [1, 0, 0], "communes_unknown": [0, 1, 0]}
    ... )
    >>> after_in_all(after).values.tolist()
    [[2019, 7, 1, 1]]
    """
    counts = ["communes", "communes_lapsed", "communes_unknown"]
    now = after[after["year"] == after["year"].max()]
    return now.groupby("year")[counts].sum().reset_index()


def _decided(own: pd.DataFrame) -> pd.Series[Any]:
    """Return the year of the first decision under the set, by commune."""
    in_force = criteria.criteria_set(int(own["year"].max())).in_force_from
    under = own[pd.to_datetime(own["decision_date"]) >= pd.Timestamp(in_force)]
    return under.groupby("commune_code")["decision_year"].min()


def lost_after_recognition(standings: pd.DataFrame) -> pd.DataFrame:
    """Count the criteria that communes with a decision lack in the last year, most often first.

    Returns
    -------
    pandas.DataFrame
        ``year, criterion, communes_lapsed``; without rows where none lacks any.
    """
    own = of_last_set(standings)
    now = own[(own["year"] == own["year"].max()) & own["commune_code"].isin(_decided(own).index)]
    lacking = now[["year", "lacking"]].explode("lacking").dropna()
    work = lacking.rename(columns={"lacking": "criterion"}).astype("Int64")
    frame = sums(work.assign(communes_lapsed=1), ["communes_lapsed"], ("year", "criterion"))
    return frame.sort_values(
        ["communes_lapsed", "criterion"], ascending=[False, True], ignore_index=True
    )
