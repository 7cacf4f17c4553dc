"""Targets of a programme's whole period against what came of them, year by year and summed.

A target is judged in its own year: a yearly one by that year's change, a level once its year has
ended. Results come from the returns; for a year without returns from a value published with its
date, and otherwise there is none: no year is filled in from its neighbours. Where units did not
report, the verdict stays open unless what they could add makes no difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from kgstats.analysis import attainment, overview, poverty, tidy
from kgstats.analysis.poverty_disclosure import Release
from kgstats.reference import poverty_standards, programmes
from kgstats.reference.refusal import Refusal

YEARLY: tuple[tuple[str, str], ...] = (
    ("poor_fall", "all"),
    ("poor_fall", "ethnic"),
    ("newly_attained_communes", "all"),
)
"""Targets of what happens within a year (indicator, scope): their years add up."""
LEVELS: tuple[tuple[str, str], ...] = (
    ("attained_communes", "all"),
    ("mean_criteria", "all"),
    ("advanced_communes", "all"),
    ("model_communes", "all"),
)
"""Targets of what is there at the end of a year."""


def commune_results(standings: pd.DataFrame) -> pd.DataFrame:
    """Return what the returns say of communes' targets in each year.

    Parameters
    ----------
    standings
        :func:`kgstats.analysis.paths.standings`.

    Returns
    -------
    pandas.DataFrame
        ``indicator, scope, year, result, result_high`` (the most it can be with communes that did
        not report; the result itself where all did; null for a mean of some), ``reported_units,
        expected_units`` (communes), ``result_from`` (``returns``), ``source``.
        A year of which nothing is reported has no row.
    """
    rows: list[tuple[Any, ...]] = []
    for year, own in standings.groupby("year"):
        one = attainment.summary(own).iloc[0]
        if one["communes_reported"]:
            absent = int(one["communes_not_reported"])
            base = (int(one["communes"]) - absent, int(one["communes"]))
            levels = attainment.levels(own).set_index("level")["communes_at_least"]
            decided = own["decision_year"].eq(year) & own["status"].eq("recognised")
            counts = {
                "attained_communes": int(one["communes_recognised"]),
                "newly_attained_communes": int(decided.fillna(False).sum()),
                "advanced_communes": int(levels["advanced"]),
                "model_communes": int(levels["model"]),
            }
            for indicator, count in counts.items():
                rows.append((indicator, "all", year, count, count + absent, *base, "returns", ""))
        if one["criteria_communes"]:
            mean = float(one["mean_criteria"])
            known = (int(one["criteria_communes"]), int(one["communes"]))
            high = mean if known[0] == known[1] else None
            rows.append(("mean_criteria", "all", year, mean, high, *known, "returns", ""))
    return _results(rows)


def poverty_results(
    tables: Mapping[int, pd.DataFrame],
    year: int,
    release: Release | None = None,
) -> pd.DataFrame:
    """Return the fall of the poverty rate in each year of which there are two returns.

    Fall = rate of the year before − rate of the year, in points, over the units that reported
    both (:func:`kgstats.analysis.poverty.changes`); for all and for ethnic-minority households.
    Two years under different standards have none.

    Parameters
    ----------
    year
        The reporting year.
    tables
        The clean table ``poverty`` by year.
    release
        What disclosure control lets out: what it withholds of the province has no result.

    Returns
    -------
    pandas.DataFrame
        As :func:`commune_results`; ``result_high`` is null where units are missing in one of the
        years or sent the numbers of the first again, since nothing bounds what they would change.
    """
    rows = []
    years = [one for one in sorted(tables) if one <= year and len(tables[one])]
    for before, after in pairwise(years):
        try:
            poverty_standards.comparable(before, after)
        except Refusal:
            continue
        if after != before + 1:
            continue
        households = poverty.on_areas_of(after, tables[before], tables[after])
        changes = poverty.changes(households, before, after)
        again = len(overview.unchanged({year: tables[year] for year in (before, after)}, {}, after))
        moved = (changes if release is None else release.applied(changes)).set_index("measure")
        for measure, scope in (("poor", "all"), ("ethnic_poor", "ethnic")):
            one = moved.loc[measure]
            if pd.isna(one["change_pp"]):
                continue
            fall = -float(one["change_pp"])
            base = (int(one["matched_units"]), int(one["expected_units"]))
            high = fall if base[0] == base[1] and not again else None
            rows.append(("poor_fall", scope, after, fall, high, *base, "returns", ""))
    return _results(rows)


def published_results(series: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return what was published of the same, for years up to one.

    Falls only between two rates that are dated a year apart, under one standard; communes only
    as counted in December.

    Parameters
    ----------
    year
        The reporting year.
    series
        The data set ``series``.

    Returns
    -------
    pandas.DataFrame
        As :func:`commune_results`, ``result_from`` being ``published``.
    """
    if series.empty:
        return _results([])
    rows: list[tuple[Any, ...]] = []
    for measure, scope in (("poor", "all"), ("ethnic_poor", "ethnic")):
        rates = poverty.published_series(series, measure)
        for before, after in pairwise(rates.to_dict("records")):
            fall = after["published_change_pp"]
            if pd.notna(fall) and after["first_year"] == before["last_year"] + 1:
                source = " · ".join(dict.fromkeys((before["source"], after["source"])))
                falls = -float(fall)
                of = ("poor_fall", scope, after["first_year"], falls, falls, None, None)
                rows.append((*of, "published", source))
    counts = series[series["id"].str.startswith("series_ntm_communes_met_")]
    for row in counts.itertuples():
        found = str(row.year_or_date)
        if found[4:7] == "-12":
            count = int(row.value)
            counted = ("attained_communes", "all", int(found[:4]), count, count, None, None)
            rows.append((*counted, "published", row.source))
    frame = _results(rows)
    return frame[frame["year"] <= year].reset_index(drop=True)


def _results(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return tidy.frame(
        rows,
        "string: indicator scope",
        "Int64: year",
        "Float64: result result_high",
        "Int64: reported_units expected_units",
        "string: result_from source",
    )


def against(results: Sequence[pd.DataFrame], year: int) -> pd.DataFrame:
    """Set every target of the programme's period beside its result, each judged in its own year.

    Parameters
    ----------
    results
        :func:`commune_results`, :func:`poverty_results`, :func:`published_results`: of two
        results of one year that of the earlier frame is taken.
    year
        The reporting year: results are of years up to it, levels to come stand beside its own.

    Returns
    -------
    pandas.DataFrame
        ``indicator, scope, year`` (of the target), ``yearly, target_low, target_high,
        target_confirmed, target_source`` (null where no target is at hand for a year that has a
        result), ``result_year, result, result_high, reported_units, expected_units,
        result_from, source``, and ``period_state``: ``reached``, ``missed``, ``open`` (units are
        missing), ``not_due``, ``no_result``, ``no_target``. Without rows for a year in no
        programme's period.
    """
    try:
        period = programmes.programme("ntm", year)
    except Refusal:
        return _judged([])
    found = pd.concat(results, ignore_index=True)
    found = found.drop_duplicates(["indicator", "scope", "year"])
    known = {
        (row.indicator, row.scope, int(row.year)): row
        for row in found.itertuples()
        if row.year <= year
    }
    rows = []
    for indicator, scope in (*YEARLY, *LEVELS):
        yearly = (indicator, scope) in YEARLY
        for one in range(period.first_year, period.last_year + 1):
            aim = programmes.target(indicator, one, scope)
            # What happens within a later year says nothing yet; a level is on its way.
            of = one if yearly else min(one, year)
            result = known.get((indicator, scope, of))
            if (yearly and one > year) or (aim is None and (result is None or not yearly)):
                continue
            rows.append(_against(indicator, scope, one, yearly, aim, result))
    return _judged(rows)


def _judged(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return tidy.frame(
        rows,
        "string: indicator scope",
        "Int64: year",
        "yearly",
        "Float64: target_low target_high",
        "target_confirmed target_source",
        "Int64: result_year",
        "Float64: result result_high",
        "Int64: reported_units expected_units",
        "string: result_from",
        "source",
        "string: period_state",
    )


def _against(
    indicator: str, scope: str, year: int, yearly: bool, aim: programmes.Target | None, result: Any
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "indicator": indicator, "scope": scope, "year": year, "yearly": yearly,
        "period_state": "no_target" if aim is None else "no_result",
    }  # fmt: skip
    if aim is not None:
        row |= {
            "target_low": aim.low, "target_high": aim.high,
            "target_confirmed": aim.confirmed, "target_source": aim.source,
        }  # fmt: skip
    if result is not None:
        row |= {
            "result_year": result.year, "result": result.result, "result_high": result.result_high,
            "reported_units": result.reported_units, "expected_units": result.expected_units,
            "result_from": result.result_from, "source": result.source,
        }  # fmt: skip
        if aim is not None:
            row["period_state"] = _state(aim, result, year)
    return row


def _state(aim: programmes.Target, result: Any, year: int) -> str:
    if result.year < year:
        return "not_due"  # A target is judged in its own year.
    # A digit that is not printed decides nothing: 1.4999999 points are 1.5.
    if round(result.result, 9) >= aim.low:
        # Communes that report later can add to a count, and change a mean or a rate either way.
        counted = aim.indicator not in ("poor_fall", "mean_criteria")
        return "reached" if counted or pd.notna(result.result_high) else "open"
    high = result.result_high
    return "open" if pd.isna(high) or round(high, 9) >= aim.low else "missed"


def cumulated(against: pd.DataFrame) -> pd.DataFrame:
    """Sum yearly targets and results over the years that have both.

    A target that nobody confirmed is left out of the sums like one that is not at hand.

    Parameters
    ----------
    against
        :func:`against`.

    Returns
    -------
    pandas.DataFrame
        One row for each yearly target: ``indicator, scope, first_year, year`` (the first and last
        year summed), ``years`` (how many), ``target_low, target_high`` (a range that is given for
        no year is null; a single value counts as both ends), ``result, period_state``;
        ``years_without_target``, ``years_without_result``: as tuples, left out of both sums.
    """
    rows = []
    for (indicator, scope), own in against[against["yearly"].astype(bool)].groupby(
        ["indicator", "scope"], sort=False
    ):
        aimed = own["target_low"].notna() & own["target_confirmed"].eq(True)
        both = own[aimed & own["result"].notna()]
        if both.empty:
            continue
        low, result = float(both["target_low"].sum()), float(both["result"].sum())
        high = both["target_high"]
        state = "reached" if round(result, 9) >= low else "missed"
        rows.append(
            {
                "indicator": indicator, "scope": scope, "first_year": both["year"].min(),
                "year": both["year"].max(), "years": len(both), "target_low": low,
                "target_high": float(high.fillna(both["target_low"]).sum())
                if high.notna().any() else None,
                "result": result,
                "period_state": "open" if both["period_state"].eq("open").any() else state,
                "years_without_target": tuple(
                    int(y) for y in own.loc[~aimed, "year"]
                ),
                "years_without_result": tuple(
                    int(y) for y in own.loc[own["result"].isna(), "year"]
                ),
            }
        )  # fmt: skip
    return tidy.frame(
        rows,
        "indicator scope",
        "Int64: first_year year years",
        "Float64: target_low target_high result",
        "period_state years_without_target years_without_result",
    )


def since_base(
    series: pd.DataFrame,
    tables: Mapping[int, pd.DataFrame],
    year: int,
    release: Release | None = None,
) -> pd.DataFrame:
    """Measure the fall of the poverty rate since the period began, from the last rate before it.

    Parameters
    ----------
    series
        The data set ``series``: the base is the rate published for the year before the period
        under the period's standard.
    tables
        The clean table ``poverty`` by year. A year in which a unit did not report has no rate of
        the province: what was published stands in its place, or nothing.
    release
        What disclosure control lets out: a rate of the province that it withholds is not given.

    Returns
    -------
    pandas.DataFrame
        One row for the base and each year of the period with a dated rate, up to ``year``:
        ``year, rate_since_pct, result_from`` (``returns`` or ``published``), ``fall_since_pp``
        (of the base), ``source``. Without rows where no base is published.
    """
    columns = ["year", "rate_since_pct", "result_from", "fall_since_pp", "source"]
    try:
        first = programmes.programme("gnbv", year).first_year
        code = poverty_standards.standard(year).code
    except Refusal:
        return pd.DataFrame(columns=columns)
    known = poverty.published_series(series) if len(series) else pd.DataFrame()
    rates: dict[int, tuple[float, str, str]] = {}
    for row in known.to_dict("records"):
        if row["is_dated"] and row["standard"] == code and first - 1 <= row["first_year"] <= year:
            rates.setdefault(
                int(row["first_year"]),
                (float(row["published_rate_pct"]), "published", str(row["source"])),
            )
    for one, table in tables.items():
        if not first <= one <= year or table.empty or poverty_standards.standard(one).code != code:
            continue
        levels = poverty.levels(poverty.together(table))
        province = (levels if release is None else release.applied(levels)).iloc[0]
        whole = province["poor_rate_units"] == province["expected_units"]
        if whole and pd.notna(province["poor_rate_pct"]):
            rates[one] = (float(province["poor_rate_pct"]), "returns", "")
    if first - 1 not in rates:
        return pd.DataFrame(columns=columns)
    base = rates[first - 1][0]
    return pd.DataFrame(
        [
            (one, rate, origin, base - rate, source)
            for one, (rate, origin, source) in sorted(rates.items())
        ],
        columns=columns,
    ).astype({"year": "Int64", "rate_since_pct": "Float64", "fall_since_pp": "Float64"})
