"""The indicators that more than one page prints, each defined once.

A page, a profile, the comparison with published figures: whoever prints one of these numbers
takes it from here. Each function takes rows of a table (which rows is the caller's to choose), and
returns one row a group with the counts a rate is formed from, so that what is missing from it can
be seen beside it. Rates are formed from sums, never averaged, and never taken as stated.

What is missing is left out of numerator and denominator alike; it is never a zero. Where nothing
is reported, the indicator is null.

Sources: Decision 1980/QĐ-TTg and Decision 318/QĐ-TTg (see :mod:`kgstats.reference.criteria`) for
communes; form of the yearly review of households, columns ``4=3/1*100`` and ``21=11/3*100``, for
poverty; PEFA framework 2016, PI-1, for money.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from kgstats import registry
from kgstats.analysis.tidy import By, keys, percent, quotient, sums
from kgstats.reference import criteria

CRITERIA = criteria.CRITERIA_COUNT

STATUSES = tuple(registry.codes("standing"))
"""What a commune can be; ``earlier_set`` was recognised under an earlier set of criteria and does
not meet the year's."""


# ------------------------------------------------------------------ communes and their standard


def criteria_met(communes: pd.DataFrame, attainment: pd.DataFrame) -> pd.DataFrame:
    """Count the criteria that each commune meets: "đạt n/19 tiêu chí".

    The number is counted from the marks where all nineteen are known, because the marks are what
    is assessed and what every count by criterion is made from. With marks absent it is the number
    that the district states, unless the marks that are there contradict it (fewer than are
    marked met, or more than could be): then it is unknown.

    Parameters
    ----------
    communes
        One row per commune: ``commune_code``, and ``criteria_met`` as stated.
    attainment
        One row per commune and criterion: ``commune_code``, ``met`` (true, false or null).

    Returns
    -------
    pandas.DataFrame
        One row for each commune of either table: ``commune_code``, ``criteria_met``,
        ``criteria_stated`` (as the district states it, beside the count as its witness),
        ``marks_met``, ``marks_known``.

    Examples
    --------
    >>> communes = pd.DataFrame({"commune_code": ["30763", "30781"], "criteria_met": [12, 18]})
    >>> marks = pd.DataFrame(
    ...     {"commune_code": ["30763"] * 19, "met": pd.array([True] * 11 + [False] * 8, "boolean")}
    ... )
    >>> criteria_met(communes, marks)[["criteria_met", "criteria_stated"]].to_dict("list")
    {'criteria_met': [11, 18], 'criteria_stated': [12, 18]}
    """
    marks = attainment.astype({"commune_code": "string", "met": "boolean"})
    counted = marks.groupby("commune_code")["met"].agg(marks_met="sum", marks_known="count")
    stated = communes[["commune_code", "criteria_met"]].astype(
        {"commune_code": "string", "criteria_met": "Int64"}
    )
    frame = stated.rename(columns={"criteria_met": "criteria_stated"}).merge(
        counted.reset_index(), on="commune_code", how="outer", validate="one_to_one"
    )
    whole = dict.fromkeys(["criteria_stated", "marks_met", "marks_known"], "Int64")
    frame = frame.astype(whole).fillna({"marks_met": 0, "marks_known": 0})
    possible = (frame["criteria_stated"] >= frame["marks_met"]) & (
        frame["criteria_stated"] <= CRITERIA - frame["marks_known"] + frame["marks_met"]
    )
    frame["criteria_met"] = frame["marks_met"].where(
        frame["marks_known"] == CRITERIA, frame["criteria_stated"].where(possible.fillna(False))
    )
    return frame[["commune_code", "criteria_met", "criteria_stated", "marks_met", "marks_known"]]


def commune_status(communes: pd.DataFrame, year: int) -> pd.Series:
    """Say how each commune stands to the standard of its year.

    A commune is ``recognised`` by a decision, at whatever level. A decision made under an earlier
    set of criteria counts only with the nineteen of the year's own set; otherwise the commune is
    ``earlier_set``. Without a status it is ``not_reported``: neither recognised nor not.

    Parameters
    ----------
    year
        The reporting year.
    communes
        ``status``, ``decision_date`` and ``criteria_met`` (:func:`criteria_met`) of each.

    Returns
    -------
    pandas.Series
        One of :data:`STATUSES` for each row.

    Examples
    --------
    >>> communes = pd.DataFrame(
    ...     {
    ...         "status": ["recognised", "recognised", "pending", None],
    ...         "decision_date": pd.to_datetime(["2019-05-02", "2019-05-02", None, None]),
    ...         "criteria_met": [19, 17, 19, None],
    ...     }
    ... )
    >>> commune_status(communes, 2019).tolist()
    ['recognised', 'recognised', 'pending', 'not_reported']
    >>> commune_status(communes, 2022).tolist()
    ['recognised', 'earlier_set', 'pending', 'not_reported']
    """
    in_force = pd.Timestamp(criteria.criteria_set(year).in_force_from)
    before = pd.to_datetime(communes["decision_date"]) < in_force
    short = communes["criteria_met"].astype("Int64").fillna(0) < CRITERIA
    status = communes["status"].astype("string").fillna("not_reported")
    return status.mask((status == "recognised") & before & short, "earlier_set")


def status_known(standing: pd.DataFrame) -> pd.Series:
    """Say of which communes it is known how they stand to the standard.

    Marks alone do not tell it: whether there is a decision stands elsewhere on the form, and may
    be missing or refused where the marks are there.

    Parameters
    ----------
    standing
        ``status`` of each commune: :func:`commune_status`.

    Examples
    --------
    >>> status_known(pd.DataFrame({"status": ["pending", "not_reported"]})).tolist()
    [True, False]
    """
    return standing["status"].astype("string").fillna("not_reported") != "not_reported"


def commune_standard(standing: pd.DataFrame, by: By = ()) -> pd.DataFrame:
    """Count the communes that meet the new-rural standard, and the criteria met per commune.

    Share recognised = communes recognised ÷ rural communes whose status is known × 100. Of all
    rural communes of the year's list it is at least ``recognised_min_pct`` and at most
    ``recognised_max_pct``. Mean criteria ("tiêu chí bình quân/xã") = criteria met, summed over
    the communes whose number is known, ÷ those communes.

    Parameters
    ----------
    standing
        One row per rural commune of the year's list, reported or not:
        :func:`kgstats.analysis.attainment.standing`.
    by
        Key columns, or ``district``; the whole by default.

    Returns
    -------
    pandas.DataFrame
        The keys; ``communes`` (the base); ``communes_reported`` (status known), of them
        ``communes_recognised, communes_pending, communes_not_yet, communes_earlier_set``, and
        ``communes_not_reported``, with which these sum to the base; ``recognised_pct,
        recognised_min_pct, recognised_max_pct``; ``criteria_total, criteria_communes,
        mean_criteria, least_criteria``. Where no status is known there is nothing to count: the
        communes of each status are null, all but those not reported.

    Examples
    --------
    >>> standing = pd.DataFrame(
    ...     {
    ...         "district_code": ["899", "899", "900"],
    ...         "status": ["recognised", "not_reported", "pending"],
    ...         "criteria_met": [19, None, 19],
    ...     }
    ... )
    >>> found = commune_standard(standing, "district")
    >>> found[["communes", "communes_recognised", "recognised_pct"]].to_dict("list")
    {'communes': [2, 1], 'communes_recognised': [1, 0], 'recognised_pct': [100.0, 0.0]}
    >>> commune_standard(standing)["mean_criteria"].tolist()
    [19.0]
    """
    status = standing["status"].astype("string")
    work = standing[keys(by)].assign(
        communes=1,
        communes_reported=status_known(standing).astype("Int64"),
        **{f"communes_{name}": (status == name).astype("Int64") for name in STATUSES},
        criteria_total=standing["criteria_met"].astype("Int64"),
        criteria_communes=standing["criteria_met"].notna().astype("Int64"),
    )
    frame = sums(work, [name for name in work.columns if name not in keys(by)], by)
    counts = [name for name in frame.columns if name.startswith("communes")]
    frame = frame.fillna(dict.fromkeys([*counts, "criteria_communes"], 0))
    told = [f"communes_{name}" for name in STATUSES[:-1]]
    frame[told] = frame[told].where(frame["communes_reported"] > 0)
    recognised, base = frame["communes_recognised"], frame["communes"]
    frame["recognised_pct"] = percent(recognised, frame["communes_reported"])
    frame["recognised_min_pct"] = percent(recognised, base)
    frame["recognised_max_pct"] = percent(recognised + frame["communes_not_reported"], base)
    frame["mean_criteria"] = quotient(frame["criteria_total"], frame["criteria_communes"])
    met = work["criteria_total"]
    grouped = met.groupby([work[key] for key in keys(by)], dropna=False) if keys(by) else None
    frame["least_criteria"] = met.min() if grouped is None else grouped.min().to_numpy()
    return frame.astype({"least_criteria": "Int64"})


# ------------------------------------------------------------------ poor households


@dataclass(frozen=True)
class Rate:
    """A rate of households: those counted in ``count`` out of those in ``base``."""

    count: str
    base: str


RATES: dict[str, Rate] = {
    "poor_rate_pct": Rate("poor_end_hh", "households_hh"),
    "near_poor_rate_pct": Rate("near_poor_end_hh", "households_hh"),
    "ethnic_poor_rate_pct": Rate("ethnic_poor_end_hh", "ethnic_households_hh"),
    "ethnic_near_poor_rate_pct": Rate("ethnic_near_poor_end_hh", "ethnic_households_hh"),
}
"""The rates by name; for ethnic minorities both are of ethnic-minority households."""


def lived_in(units: pd.DataFrame) -> pd.DataFrame:
    """Take a unit that states no resident household for one whose households are not reported.

    Nobody lives in no unit of the lists: there a zero is silence, and a rate has no base.

    Parameters
    ----------
    units
        One row per commune-level unit (and year), with ``households_hh``.

    Returns
    -------
    pandas.DataFrame
        The same, ``households_hh`` and ``ethnic_households_hh`` null where the first is 0.

    Examples
    --------
    >>> found = lived_in(pd.DataFrame({"households_hh": [812, 0], "poor_end_hh": [31, 0]}))
    >>> found["households_hh"].isna().tolist()
    [False, True]
    """
    empty = units["households_hh"].eq(0).fillna(False)
    own = [name for name in ("households_hh", "ethnic_households_hh") if name in units]
    return units.assign(**{name: units[name].mask(empty) for name in own})


def household_poverty(households: pd.DataFrame, by: By = ()) -> pd.DataFrame:
    """Count poor and near-poor households, and form their rates.

    Rate = households of the kind at the end of the year ÷ resident households × 100, over the
    units that report both (QĐ 59/2015/QĐ-TTg; form of the yearly review), those of no household
    (:func:`lived_in`) not being reported. A count is summed over
    the units that report it, so that it can be of more units than its rate.

    Parameters
    ----------
    households
        One row per commune-level unit (and year): the counts named in :data:`RATES`, and any
        other counts of households (``*_hh``), which are summed alike.
    by
        Key columns, or ``district``, ``commune``; the whole by default.

    Returns
    -------
    pandas.DataFrame
        The keys; each count and base under its own name; for each rate the rate, the resident
        households it is of (``poor_rate_base_hh`` beside ``poor_rate_pct``), and how many units
        report both (``poor_rate_units``).

    Examples
    --------
    >>> households = pd.DataFrame(
    ...     {
    ...         "households_hh": [1000, 500, None],
    ...         "poor_end_hh": [30, None, 20],
    ...         "near_poor_end_hh": [40, 5, 10],
    ...         "ethnic_households_hh": [0, 0, 0],
    ...         "ethnic_poor_end_hh": [0, 0, 0],
    ...         "ethnic_near_poor_end_hh": [0, 0, 0],
    ...     }
    ... )
    >>> found = household_poverty(households).iloc[0]
    >>> int(found["poor_end_hh"]), float(found["poor_rate_pct"]), int(found["poor_rate_units"])
    (50, 3.0, 1)
    >>> float(found["near_poor_rate_pct"]), found["ethnic_poor_rate_pct"]
    (3.0, <NA>)
    """
    needed = dict.fromkeys(name for rate in RATES.values() for name in (rate.base, rate.count))
    others = dict.fromkeys(name for name in households.columns if name.endswith("_hh"))
    columns = list(needed | others)
    work = lived_in(households[[*keys(by), *columns]].astype(dict.fromkeys(columns, "Int64")))
    for name, rate in RATES.items():
        both = work[rate.count].notna() & work[rate.base].notna()
        work[f"{name}:part"] = work[rate.count].where(both)
        work[_base(name)] = work[rate.base].where(both)
        work[_units(name)] = both.astype("Int64")
    frame = sums(work, [name for name in work.columns if name not in keys(by)], by)
    for name in RATES:
        frame[name] = percent(frame[f"{name}:part"], frame[_base(name)])
    rates = [column for name in RATES for column in (name, _base(name), _units(name))]
    return frame[[*keys(by), *columns, *rates]].fillna(dict.fromkeys(map(_units, RATES), 0))


def _units(rate: str) -> str:
    return rate.removesuffix("_pct") + "_units"


def _base(rate: str) -> str:
    return rate.removesuffix("_pct") + "_base_hh"


# ------------------------------------------------------------------ money


def disbursement(lines: pd.DataFrame, by: By = ()) -> pd.DataFrame:
    """Sum the money allocated and disbursed, and form gap and rate.

    Allocated = Σ A over all lines. *Covered* is the allocation of the lines whose disbursement D
    by the cut-off is reported too; disbursed, gap and rate are of those lines only:
    gap = covered − disbursed = shortfall − excess, rate = disbursed ÷ covered × 100,
    coverage = covered ÷ allocated × 100. Where money is uncovered, the true rate lies between
    ``disbursed_rate_low_pct`` (none of it spent) and ``disbursed_rate_high_pct`` (all of it).

    Parameters
    ----------
    lines
        One row a line of money: ``allocated_vnd, disbursed_vnd`` in whole đồng.
    by
        Key columns, or ``district``; the whole by default.

    Returns
    -------
    pandas.DataFrame
        The keys; ``lines, lines_reported, allocated_vnd, covered_vnd, uncovered_vnd,
        disbursed_vnd, gap_vnd, shortfall_vnd, excess_vnd`` (whole đồng) and ``coverage_pct,
        disbursed_rate_pct, gap_pct, disbursed_rate_low_pct, disbursed_rate_high_pct``. Null
        where no line is reported, or the base is not above zero.

    Examples
    --------
    >>> lines = pd.DataFrame(
    ...     {"allocated_vnd": [200, 100, 50], "disbursed_vnd": [150, None, 60]}
    ... )
    >>> found = disbursement(lines).iloc[0]
    >>> [int(found[name]) for name in ("allocated_vnd", "covered_vnd", "disbursed_vnd", "gap_vnd")]
    [350, 250, 210, 40]
    >>> float(found["disbursed_rate_pct"]), int(found["shortfall_vnd"]), int(found["excess_vnd"])
    (84.0, 50, 10)
    """
    money = lines[[*keys(by), "allocated_vnd", "disbursed_vnd"]].astype(
        {"allocated_vnd": "Int64", "disbursed_vnd": "Int64"}
    )
    both = money["allocated_vnd"].notna() & money["disbursed_vnd"].notna()
    gap = (money["allocated_vnd"] - money["disbursed_vnd"]).where(both)
    work = money.assign(
        lines=1,
        lines_reported=both.astype("Int64"),
        covered_vnd=money["allocated_vnd"].where(both),
        disbursed_vnd=money["disbursed_vnd"].where(both),
        gap_vnd=gap,
        shortfall_vnd=gap.clip(lower=0),
        excess_vnd=(-gap).clip(lower=0),
    )
    frame = sums(work, [name for name in work.columns if name not in keys(by)], by)
    frame = frame.fillna(dict.fromkeys(["lines", "lines_reported", "covered_vnd"], 0))
    allocated, covered, paid = (
        frame[name] for name in ("allocated_vnd", "covered_vnd", "disbursed_vnd")
    )
    frame["uncovered_vnd"] = allocated - covered
    frame["coverage_pct"] = percent(covered, allocated)
    frame["disbursed_rate_pct"] = percent(paid, covered)
    frame["gap_pct"] = percent(frame["gap_vnd"], covered)
    frame["disbursed_rate_low_pct"] = percent(paid, allocated)
    frame["disbursed_rate_high_pct"] = percent(paid + frame["uncovered_vnd"], allocated)
    amounts = ["allocated_vnd", "covered_vnd", "uncovered_vnd", "disbursed_vnd", "gap_vnd"]
    rates = ["coverage_pct", "disbursed_rate_pct", "gap_pct"]
    rates += ["disbursed_rate_low_pct", "disbursed_rate_high_pct"]
    order = ["lines", "lines_reported", *amounts, "shortfall_vnd", "excess_vnd", *rates]
    return frame[[*keys(by), *order]]
