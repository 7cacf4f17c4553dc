"""The printed report's indicators: what has a number, how targets stand, how the audit came out."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.reference.criteria import criteria_set

INCONSISTENT = ("truncation", "wrong", "wrong_unit", "no_common_base", "list_incomplete")
"""Classes a careful reader is told of one by one; rounding is as it should be."""


def with_topic(figures: pd.DataFrame, topics: pd.DataFrame) -> pd.DataFrame:
    """Give every figure the topic of the report it stands under, by its line in the source.

    Columns added: ``topic`` (id), ``topic_vi, topic_en`` (its words), ``named`` (True for a commune
    or district named in a list). A figure on no topic's lines keeps an empty topic.

    Parameters
    ----------
    figures
        Figures of the printed report, table ``figures`` or ``proposed_figures``.
    topics
        Table ``topics``.
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


def lists_of_places(placed: pd.DataFrame) -> pd.DataFrame:
    """Return the communes and districts that the report names, list by list.

    Parameters
    ----------
    placed
        :func:`with_topic`.

    Returns
    -------
    pandas.DataFrame
        ``topic_vi, topic_en, indicator_vi, indicator_en, places`` (how many are named) and
        ``printed``, their names as printed.
    """
    keys = ["topic_vi", "topic_en", "indicator_vi", "indicator_en"]
    lists = placed[placed["named"]].groupby(keys, sort=False)
    named = lists.agg(places=("printed", "size"), printed=("printed", ", ".join))
    return named.reset_index()


def targets(
    figures: pd.DataFrame,
    pairs: pd.DataFrame,
    series: pd.DataFrame,
) -> pd.DataFrame:
    """Set every target of the report beside the level reached, each judged in its own year.

    Progress is level ÷ target × 100, null for a range. Once the level is of the end of the
    target's year or later the state is ``reached`` where it meets the target (a range: its low
    end), else ``missed``; before it is ``not_due``, however far the level is. A yearly target (a
    flow or a change) that is not due has no progress: another year's change says nothing of it.
    Without a level there is ``no_level``. Results printed against their plan (``13/12``) are
    targets too.

    Parameters
    ----------
    figures
        The printed figures: ``id, period, kind, value, value_high, unit, denominator,
        denominator_meaning``.
    pairs
        ``target``, ``level``, ``outcome``: which figure is the level of which target, and which
        point of the published series is its outcome.
    series
        ``id, value``.

    Returns
    -------
    pandas.DataFrame
        ``figure``, ``period``, ``target``, ``target_high``, ``unit``, ``level``,
        ``level_figure``, ``progress_pct``, ``target_state``, ``outcome``, ``outcome_reached``.
    """
    plans = figures[figures["denominator_meaning"] == "result_against_plan"]
    of_plans = pd.DataFrame(
        {
            "figure": plans["id"],
            "target": plans["denominator"],
            "target_high": None,
            "level_figure": plans["id"],
            "outcome": None,
        }
    )
    printed = figures.set_index("id")
    of_pairs = pd.DataFrame(
        {
            "figure": pairs["target"],
            "target": pairs["target"].map(printed["value"]),
            "target_high": pairs["target"].map(printed["value_high"]),
            "level_figure": pairs["level"],
            "outcome": pairs["outcome"].map(series.set_index("id")["value"]),
        }
    )
    frame = pd.concat([of_plans, of_pairs], ignore_index=True).astype(object)
    for name, key in (("period", "figure"), ("unit", "figure"), ("level", "level_figure")):
        frame[name] = frame[key].map(printed["value" if name == "level" else name])
    reached = [_at_least(*pair) for pair in zip(frame["level"], frame["target"], strict=True)]
    frame["target_state"] = [
        _target_state(met, period, printed.loc[level] if level else None)
        for met, period, level in zip(reached, frame["period"], frame["level_figure"], strict=True)
    ]
    yearly = frame["level_figure"].map(printed["kind"]).isin(["flow", "change"])
    other = yearly & (frame["target_state"] == "not_due")
    known = (frame["target_state"] != "no_level") & ~other & frame["target_high"].isna()
    frame["progress_pct"] = [
        float(100 * row.level / row.target) if comparable else None
        for row, comparable in zip(frame.itertuples(), known, strict=True)
    ]
    frame["outcome_reached"] = [
        _at_least(*pair) for pair in zip(frame["outcome"], frame["target"], strict=True)
    ]
    frame.loc[frame["level_figure"] == frame["figure"], "level_figure"] = ""
    columns = ["figure", "period", "target", "target_high", "unit", "level", "level_figure"]
    return frame[[*columns, "progress_pct", "target_state", "outcome", "outcome_reached"]]


def _at_least(value: Decimal | None, target: Decimal) -> bool | None:
    return None if value is None or pd.isna(value) else bool(value >= target)


def _target_state(met: bool | None, period: str, level: pd.Series[Any] | None) -> str:
    if met is None or level is None:
        return "no_level"
    if _years(period)[-1] > _ended(level["period"]):
        return "not_due"
    return "reached" if met else "missed"


def _years(period: str) -> list[int]:
    """Return the years a period names: a change from 2018 to 2019 is the last's.

    >>> _years("2018/2019"), _years("2019-12-15")
    ([2018, 2019], [2019])
    """
    return sorted(int(year) for year in re.findall(r"\d{4}", period)) or [0]


def _ended(period: str) -> int:
    """Return the last year whose end a period reaches; December counts as a year's end.

    >>> _ended("2019"), _ended("2019-12-15"), _ended("2019-07-15")
    (2019, 2019, 2018)
    """
    month = re.search(r"\d{4}-(\d{2})(?!\d)", period)
    return _years(period)[-1] - int(month is not None and int(month[1]) < 12)


# ------------------------------------------------------------------ the audit


def with_basis(audit: pd.DataFrame, placed: pd.DataFrame) -> pd.DataFrame:
    """Say of each statement what it rests on.

    ``stated``: the figures it needs are printed under one topic of the report, as a total with
    its parts or a percentage with its numbers. ``implied``: figures printed under different
    topics have to fit together, or shares have to fit a base that is printed nowhere.
    ``elsewhere``: it needs a value that was published elsewhere, so that the report alone neither
    makes nor breaks it.

    Parameters
    ----------
    audit
        One row a statement: ``kind``, ``figure_ids`` (separated by blanks).
    placed
        The printed figures `with_topic`: ``id``, ``topic``.

    Returns
    -------
    pandas.DataFrame
        The audit with the column ``basis``.

    Examples
    --------
    >>> audit = pd.DataFrame(
    ...     {"kind": ["sum", "repeat", "change", "common_base"],
    ...      "figure_ids": ["a b", "a c", "a elsewhere", "a b"]}
    ... )
    >>> placed = pd.DataFrame({"id": ["a", "b", "c"], "topic": ["money", "money", "roads"]})
    >>> with_basis(audit, placed)["basis"].tolist()
    ['stated', 'implied', 'elsewhere', 'implied']
    """
    topics = dict(zip(placed["id"], placed["topic"], strict=True))

    def basis(kind: str, names: list[str]) -> str:
        if any(name not in topics for name in names):
            return "elsewhere"
        one_topic = len({topics[name] for name in names}) == 1
        return "stated" if one_topic and kind != "common_base" else "implied"

    found = [
        basis(kind, names.split())
        for kind, names in zip(audit["kind"], audit["figure_ids"], strict=True)
    ]
    return audit.assign(basis=pd.Series(found, index=audit.index, dtype="string"))


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


def outcomes(audit: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    r"""Count the audit's statements by how they hold.

    holding = exact + rounding; contradicted = wrong + wrong_unit + list_incomplete.

    Parameters
    ----------
    audit, by
        As of :func:`summary`.

    Returns
    -------
    pandas.DataFrame
        ``by`` (when asked for), ``statements, holding, exact, rounding, truncation, contradicted,
        not_computable``.

    Examples
    --------
    >>> audit = pd.DataFrame({"basis": "stated", "class": ["exact", "rounding", "wrong_unit"]})
    >>> outcomes(audit, by="basis")[["holding", "contradicted"]].values.tolist()
    [[2, 1]]
    """
    counted = summary(audit, by)
    n = counted.reindex(columns=list(registry.codes("class")), fill_value=0)
    keys = [] if by is None else [by]
    return counted[[*keys, "statements"]].assign(
        holding=n["exact"] + n["rounding"],
        exact=n["exact"],
        rounding=n["rounding"],
        truncation=n["truncation"],
        contradicted=n["wrong"] + n["wrong_unit"] + n["list_incomplete"],
        not_computable=n["not_computable"],
    )


def inconsistencies(audit: pd.DataFrame) -> pd.DataFrame:
    """Return the statements that do not hold as printed, the gravest classes first.

    Statements that one and the same correction would mend break for one misprint, however many
    they are: they share its number.

    Parameters
    ----------
    audit
        Table ``audit``.

    Returns
    -------
    pandas.DataFrame
        Rows of the audit with the column ``misprint`` (from 1), those of one misprint together.

    Examples
    --------
    >>> audit = pd.DataFrame(
    ...     {"identity_id": ["sum", "ratio", "list", "rest"],
    ...      "class": ["wrong", "exact", "list_incomplete", "wrong"],
    ...      "suggestion": ["total=51.541", "", "places=3", "total=51.541 | part=2"]}
    ... )
    >>> inconsistencies(audit)[["identity_id", "misprint"]].values.tolist()
    [['sum', 1], ['rest', 1], ['list', 2]]
    """
    gravest = ("wrong", "wrong_unit", "no_common_base", "list_incomplete", "truncation")
    order = {klass: place for place, klass in enumerate(gravest)}
    found = audit[audit["class"].isin(INCONSISTENT)]
    found = found.iloc[found["class"].map(order).argsort(kind="stable")]
    return (
        found.assign(misprint=_misprints(found["suggestion"]))
        .sort_values("misprint", kind="stable")
        .reset_index(drop=True)
    )


def _misprints(suggestions: pd.Series[str]) -> list[int]:
    """Number misprints by the corrections that would mend every statement of one."""
    common: list[set[str]] = []
    numbers = []
    for text in suggestions.fillna(""):
        # A base that shares imply is no correction: each share is printed for itself.
        mends = {one for one in text.split(" | ") if one and not one.startswith("base=")}
        place = next((n for n, held in enumerate(common) if held & mends), len(common))
        if place == len(common):
            common.append(mends)
        common[place] &= mends
        numbers.append(place + 1)
    return numbers


def contradictions(inconsistent: pd.DataFrame) -> pd.DataFrame:
    """Return the statements that no rounding or cutting of digits explains.

    Parameters
    ----------
    inconsistent
        :func:`inconsistencies`.
    """
    return inconsistent[inconsistent["class"] != "truncation"]


def off_by(inconsistent: pd.DataFrame) -> pd.Series:
    """Return by how many per cent the report's own wrong statements are off, by identity.

    100 · (printed − recomputed) ÷ recomputed, without its sign. A wrong unit and an incomplete
    list are off by no share, nothing is a share of zero, and what breaks for one misprint counts
    once.

    Parameters
    ----------
    inconsistent
        :func:`inconsistencies`.

    Examples
    --------
    >>> wrong = {"class": ["wrong"], "basis": ["stated"], "identity_id": ["a"], "misprint": [1]}
    >>> off_by(pd.DataFrame(wrong | {"recomputed": [50.0], "difference": [-2.0]})).to_dict()
    {'a': 4.0}
    """
    own = (inconsistent["class"] == "wrong") & (inconsistent["basis"] != "elsewhere")
    off = inconsistent[own & (inconsistent["recomputed"] != 0)]
    off = off.drop_duplicates("misprint").set_index("identity_id")
    return (100 * off["difference"] / off["recomputed"]).abs()


def of_sections(placed: pd.DataFrame, *sections: str) -> pd.DataFrame:
    """Return the printed numbers of some sections: ``II.2.1`` takes II.2.1.1 and so on.

    Parameters
    ----------
    placed
        Figures with their section, from :func:`with_topic`.
    *sections
        Numbers of sections, such as ``II.2.1``.
    """
    return placed[~placed["named"] & placed["section"].str.startswith(sections)]


def communes_met(series: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return how many communes met the standard valid in a year, at each published date.

    Counts under another set of criteria are another series and are left out. Columns as of
    `series_of`.

    Parameters
    ----------
    series
        Table ``series``: published values of several years.
    year
        The reporting year.
    """
    points = series_of(series, "series_ntm_communes_met_")
    standard = "QĐ " + criteria_set(year).decision.partition("/")[0]
    return points[points["standard"] == standard].reset_index(drop=True)


def series_of(series: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Return the published values of one indicator over the years, in order of date.

    Columns: ``date`` (year, with months as fractions, for drawing), ``year_or_date`` as published,
    ``value``, ``standard``, ``source``, ``note``. Points without a usable year are left out.

    Parameters
    ----------
    series
        Table ``series``: published values of several years.
    prefix
        How the indicator's name begins.
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
