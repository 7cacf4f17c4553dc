"""The printed report's indicators: what has a number, how targets stand, how the audit came out."""

from __future__ import annotations

import re
from decimal import Decimal

import pandas as pd

from kgstats import registry

INCONSISTENT = ("truncation", "wrong", "wrong_unit", "list_incomplete")
"""Classes a careful reader is told of one by one; rounding is as it should be."""


def with_topic(figures: pd.DataFrame, topics: pd.DataFrame) -> pd.DataFrame:
    """Give every figure the topic of the report it stands under, by its line in the source.

    Columns added: ``topic`` (id), ``named`` (True for a commune or district named in a list).
    A figure on no topic's lines keeps an empty topic.
    """
    spans = list(topics[["id", "line_first", "line_last"]].itertuples(index=False, name=None))

    def topic(line: int) -> str:
        return next((name for name, first, last in spans if first <= line <= last), "")

    return figures.assign(
        topic=[topic(line) for line in figures["line"]],
        named=[text[:1].isalpha() for text in figures["printed"]],
    )


def coverage(figures: pd.DataFrame, topics: pd.DataFrame) -> pd.DataFrame:
    """Count, for each topic of the report, what is said in numbers.

    A topic has a number when at least one printed number stands on its lines; places named in a
    list are counted apart, since a name is no measurement.

    Returns
    -------
    pandas.DataFrame
        One row per topic in the report's order: the columns of ``topics`` and ``numbers``,
        ``places``, ``words_only`` (no number at all).
    """
    placed = with_topic(figures, topics)
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


def summary(audit: pd.DataFrame) -> pd.DataFrame:
    """Count the audit's identities by kind and class.

    Returns
    -------
    pandas.DataFrame
        One row per kind in order of first appearance, a column per class that occurs, ``all``
        last; a last row ``all`` with the totals.
    """
    found = [name for name in registry.codes("class") if (audit["class"] == name).any()]
    kinds = list(dict.fromkeys(audit["kind"]))
    table = pd.DataFrame(
        {
            name: [int(((audit["kind"] == k) & (audit["class"] == name)).sum()) for k in kinds]
            for name in found
        }
    )
    table.insert(0, "kind", kinds)
    table["all"] = table[found].sum(axis=1)
    total = pd.DataFrame([{"kind": "all", **table[[*found, "all"]].sum().to_dict()}])
    return pd.concat([table, total], ignore_index=True)


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
