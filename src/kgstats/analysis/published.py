"""The printed report's indicators: what has a number, how targets stand, how the audit came out."""

from __future__ import annotations

import re
from decimal import Decimal

import pandas as pd

from kgstats import registry
from kgstats.reference.criteria import criteria_set

INCONSISTENT = ("truncation", "wrong", "wrong_unit", "list_incomplete")
"""Classes a careful reader is told of one by one; rounding is as it should be."""


def with_topic(figures: pd.DataFrame, topics: pd.DataFrame) -> pd.DataFrame:
    """Give every figure the topic of the report it stands under, by its line in the source.

    Columns added: ``topic`` (id), ``topic_vi, topic_en`` (its words), ``named`` (True for a commune
    or district named in a list). A figure on no topic's lines keeps an empty topic.
    """
    spans = list(topics[["id", "line_first", "line_last"]].itertuples(index=False, name=None))

    def topic(line: int) -> str:
        return next((name for name, first, last in spans if first <= line <= last), "")

    found = [topic(line) for line in figures["line"]]
    words = topics.set_index("id")
    return figures.assign(
        topic=found,
        **{name: [words[name].get(one, "") for one in found] for name in ("topic_vi", "topic_en")},
        named=[text[:1].isalpha() for text in figures["printed"]],
    )


def coverage(placed: pd.DataFrame, topics: pd.DataFrame) -> pd.DataFrame:
    """Count, for each topic of the report, what is said in numbers.

    A topic has a number when at least one printed number stands on its lines; places named in a
    list are counted apart, since a name is no measurement.

    Parameters
    ----------
    placed
        The printed figures `with_topic`.

    Returns
    -------
    pandas.DataFrame
        One row per topic in the report's order: the columns of ``topics`` and ``numbers``,
        ``places``, ``words_only`` (no number at all).
    """
    numbers = placed[~placed["named"]].groupby("topic").size()
    places = placed[placed["named"]].groupby("topic").size()
    counted = topics.assign(
        numbers=topics["id"].map(numbers).fillna(0).astype("int64"),
        places=topics["id"].map(places).fillna(0).astype("int64"),
    )
    return counted.assign(words_only=counted["numbers"] == 0)


def targets(
    figures: pd.DataFrame,
    pairs: pd.DataFrame,
    series: pd.DataFrame,
) -> pd.DataFrame:
    """Set every target of the report beside the level reached and what came of it later.

    Progress is level ÷ target × 100, null for a range; ``reached`` says whether the level meets
    the target: for a range, whether it reaches the range's low end. A yearly target (a flow or a
    change) of a later year than the level's is not due: both are null then. Results printed
    against their plan (``13/12``) are targets too.

    Parameters
    ----------
    pairs
        ``target``, ``level``, ``outcome``: which figure is the level of which target, and which
        point of the published series is its outcome.

    Returns
    -------
    pandas.DataFrame
        ``figure``, ``period``, ``target``, ``target_high``, ``unit``, ``level``,
        ``level_figure``, ``progress_pct``, ``reached`` (null without a level), ``outcome``,
        ``outcome_reached``.
    """
    by_id = figures.set_index("id")
    points = series.set_index("id")["value"]
    rows: list[dict[str, object]] = []
    for plan in figures[figures["denominator_meaning"] == "result_against_plan"].itertuples():
        rows.append(_target(plan.id, plan.period, plan.denominator, None, plan.unit, plan.value))
    for pair in pairs.itertuples():
        row = by_id.loc[pair.target]
        level, due = None, True
        if pair.level:
            found = by_id.loc[pair.level]
            level = found["value"]
            yearly = found["kind"] in ("flow", "change")
            due = not yearly or _last_year(row["period"]) <= _last_year(found["period"])
        outcome = points[pair.outcome] if pair.outcome else None
        rows.append(
            _target(
                pair.target,
                row["period"],
                row["value"],
                row["value_high"],
                row["unit"],
                level,
                pair.level,
                outcome,
                due=due,
            )
        )
    return pd.DataFrame(rows)


def _last_year(period: object) -> str:
    """Return the year a period ends in: a change from 2018 to 2019 is 2019's."""
    return max(re.findall(r"\d{4}", str(period)), default="")


def _target(
    figure: str,
    period: str,
    target: Decimal,
    high: Decimal | None,
    unit: str,
    level: Decimal | None,
    level_figure: str = "",
    outcome: Decimal | None = None,
    *,
    due: bool = True,
) -> dict[str, object]:
    return {
        "figure": figure,
        "period": period,
        "target": target,
        "target_high": high,
        "unit": unit,
        "level": level,
        "level_figure": level_figure,
        "progress_pct": float(100 * level / target)
        if level is not None and due and (high is None or pd.isna(high))
        else None,
        "reached": bool(level >= target) if level is not None and due else None,
        "outcome": outcome,
        "outcome_reached": None if outcome is None else bool(outcome >= target),
    }


def summary(audit: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    r"""Count the audit's statements by class.

    Parameters
    ----------
    audit
        One row a statement: ``kind, class``.
    by
        ``"kind"`` for a row a kind of statement, in order of first appearance; one row for all
        statements when not given.

    Returns
    -------
    pandas.DataFrame
        ``kind`` (when asked for), a column per class that occurs, ``statements`` last.

    Examples
    --------
    >>> audit = pd.DataFrame(
    ...     {"kind": ["sum", "sum", "ratio"], "class": ["exact", "wrong", "exact"]}
    ... )
    >>> summary(audit, by="kind").to_csv(index=False)
    'kind,exact,wrong,statements\nsum,1,1,2\nratio,1,0,1\n'
    """
    found = [name for name in registry.codes("class") if (audit["class"] == name).any()]
    keys = [] if by is None else [by]
    marks = audit[keys].assign(**{name: audit["class"] == name for name in found})
    if by is None:
        counted = marks.sum().to_frame().T
    else:
        counted = marks.groupby(by, sort=False).sum().reset_index()
    counted[found] = counted[found].astype("int64")
    return counted.assign(statements=counted[found].sum(axis=1))


def inconsistencies(audit: pd.DataFrame) -> pd.DataFrame:
    """Return the statements that do not hold as printed, the gravest classes first."""
    order = {"wrong": 0, "wrong_unit": 1, "list_incomplete": 2, "truncation": 3}
    found = audit[audit["class"].isin(INCONSISTENT)]
    return (
        found.assign(_order=found["class"].map(order))
        .sort_values("_order", kind="stable")
        .drop(columns="_order")
        .reset_index(drop=True)
    )


def of_sections(placed: pd.DataFrame, *sections: str) -> pd.DataFrame:
    """Return the printed numbers of some sections: ``II.2.1`` takes II.2.1.1 and so on."""
    return placed[~placed["named"] & placed["section"].str.startswith(sections)]


def communes_met(series: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return how many communes met the standard valid in a year, at each published date.

    Counts under another set of criteria are another series and are left out. Columns as of
    `series_of`.
    """
    points = series_of(series, "series_ntm_communes_met_")
    standard = "QĐ " + criteria_set(year).decision.partition("/")[0]
    return points[points["standard"] == standard].reset_index(drop=True)


def series_of(series: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Return the published values of one indicator over the years, in order of date.

    Columns: ``date`` (year, with months as fractions, for drawing), ``year_or_date`` as published,
    ``value``, ``standard``, ``source``, ``note``. Points without a usable year are left out.
    """
    rows = series[series["id"].str.startswith(prefix)].copy()
    rows = rows[rows["value"].notna()]
    stamps = rows["year_or_date"].str.extract(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
    month = pd.to_numeric(stamps[1]).fillna(12)
    day = pd.to_numeric(stamps[2]).fillna(28)
    rows["date"] = pd.to_numeric(stamps[0]) + (month - 1) / 12 + (day - 1) / 365
    rows = rows[rows["date"].notna()].sort_values("date", kind="stable")
    return rows[
        ["date", "year_or_date", "value", "unit", "standard", "source", "note"]
    ].reset_index(drop=True)
