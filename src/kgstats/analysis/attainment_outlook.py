"""Commune standards against their targets, and what the next year may bring.

A target is judged in its own year and in no other: before, it is not due, and a number that is
already there is no verdict. Where communes are not reported, a target counts as reached or missed
only if it would be with any of them.

What the next year may bring is no forecast of what people will do. It is what would follow if
communes gained and lost criteria at the rates observed between all pairs of consecutive years
under the same set of criteria (a Markov chain for each criterion: met or not met), each commune
and each criterion by itself. Communes complete their last criteria together more often than that
supposes, and a decision can come late: the range says what chance alone leaves open, no more.

Every function takes, unless it says otherwise: ``standings``, as
:func:`kgstats.analysis.attainment.standings` returns it; ``year``, the reporting year.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from kgstats import registry
from kgstats.analysis import attainment, indicators, tidy
from kgstats.analysis.tidy import percent, quotient
from kgstats.reference import criteria
from kgstats.reference.programmes import Target, targets

CRITERIA = attainment.CRITERIA
TARGETS = tuple(registry.codes("target"))
"""Targets of the programme that are held against the returns."""
LEAST_AT_RISK = 10
"""A criterion's own rate rests on at least so many marks; below, that of all criteria stands in."""
TAILS = (0.1, 0.9)
"""The range within which four of five outcomes lie."""


def _of(standings: pd.DataFrame, year: int) -> pd.DataFrame:
    return standings[standings["year"] == year]


def _before(standings: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the year before, of the communes whose territory is still the same."""
    return attainment.on_same_ground(_of(standings, year - 1), year)


# ------------------------------------------------------------------ targets


def progress(standings: pd.DataFrame, year: int) -> pd.DataFrame:
    """Compare recognised communes with the year before and with the programme's next target.

    Remaining = target − recognised, not below zero; pace needed = remaining ÷ years left to the
    target's year. Targets are those of the year's own set of criteria
    (:mod:`kgstats.reference.programmes`) and say nothing about another. What changed is counted
    over the communes that are reported in both years.

    Returns
    -------
    pandas.DataFrame
        One row: ``year, communes, communes_reported, communes_recognised``; ``communes_compared``
        (reported in both years) and ``communes_more`` (recognised more than a year before, among
        them; null without any); ``target_year, target_communes`` of the next target, null when
        none is set; ``target_state`` (``not_due`` before its year; then ``reached``, ``missed``,
        or ``not_judged`` where communes not reported could decide it); ``communes_remaining``
        (null where communes are not reported and the target is not reached without them),
        ``years_left``,
        ``pace_needed`` (communes a year; null once reached or when its year has come);
        ``planned_communes`` (to be recognised within the year), ``communes_decided`` (with a
        decision dated within the year).
    """
    own, before = _of(standings, year), _before(standings, year)
    counted = attainment.summary(own).iloc[0]
    own_known, then_known = (one[indicators.status_known(one)] for one in (own, before))
    both = own_known.merge(then_known, on="commune_code")
    more = (both["status_x"] == "recognised").sum() - (both["status_y"] == "recognised").sum()
    last_year = criteria.criteria_set(year).last_year
    aim = next(iter(targets(year, last_year, ["attained_communes"])), None)
    plan = next(iter(targets(year, year, ["newly_attained_communes"])), None)
    row: dict[str, Any] = {
        "year": year,
        **{
            name: counted[name] for name in ("communes", "communes_reported", "communes_recognised")
        },
        "communes_compared": len(both),
        "communes_more": int(more) if len(both) else None,
        "planned_communes": None if plan is None else int(plan.low),
        "communes_decided": _decided(own, year),
    }
    if aim is not None:
        state = _state(aim, year, *_bounds(own, "attained_communes", year))
        row |= {"target_year": aim.year, "target_communes": int(aim.low), "target_state": state}
        row["years_left"] = aim.year - year
        missing = int(counted["communes_not_reported"])
        attained = counted["communes_recognised"]
        if not pd.isna(attained) and (not missing or attained >= aim.low):
            row["communes_remaining"] = max(0, int(aim.low) - int(attained))
    frame = tidy.frame(
        [row],
        "Int64: year communes communes_reported communes_recognised communes_compared",
        "Int64: communes_more target_year target_communes communes_remaining",
        "Int64: years_left planned_communes communes_decided",
        "string: target_state",
    )
    to_go = frame["communes_remaining"].where(frame["communes_remaining"] > 0)
    frame["pace_needed"] = quotient(to_go, frame["years_left"])
    return frame


def _decided(own: pd.DataFrame, year: int) -> int | None:
    """Count decisions dated within the year; null where nothing is reported."""
    if not own["reported"].any():
        return None
    return int((own["decision_year"].eq(year) & own["status"].eq("recognised")).sum())


def judged(standings: pd.DataFrame, year: int) -> pd.DataFrame:
    """Hold the targets of a year, and those still to come, against what was reached.

    Reached when the least that the value can be is the target or more, missed when the most is
    less; in between communes not reported decide, and it is not judged. Targets of later years
    are not due.

    Returns
    -------
    pandas.DataFrame
        One row a target of the year's set of criteria, those of the year first: ``year, communes,
        communes_reported, target,
        target_year, target_low, target_reached`` (as far as reported; null where nothing is),
        ``target_state, confirmed, source``.
    """
    own = _of(standings, year)
    rows = []
    for aim in targets(year, criteria.criteria_set(year).last_year, TARGETS):
        low, high = _bounds(own, aim.indicator, year)
        value = _value(own, aim.indicator, year)
        if aim.indicator == "newly_attained_communes" and aim.year != year:
            # What happens within a year is nothing yet of another.
            value = None
        rows.append(
            {
                "year": year,
                "communes": len(own),
                "communes_reported": int(indicators.status_known(own).sum()),
                "target": aim.indicator,
                "target_year": aim.year,
                "target_low": aim.low,
                "target_reached": value,
                "target_state": _state(aim, year, low, high),
                "confirmed": aim.confirmed,
                "source": aim.source,
            }
        )
    return tidy.frame(
        rows,
        "year communes communes_reported target",
        "Int64: target_year",
        "target_low",
        "Float64: target_reached",
        "string: target_state",
        "confirmed source",
    )


def _value(own: pd.DataFrame, indicator: str, year: int) -> float | None:
    """Return what was reached, over what is reported; null where nothing is."""
    if not own["reported"].any():
        return None
    held = own[own["status"] == "recognised"]
    if indicator == "mean_criteria":
        found = attainment.summary(own)["mean_criteria"].iloc[0]
        return None if pd.isna(found) else float(found)
    if indicator == "newly_attained_communes":
        return _decided(own, year)
    least = {"advanced_communes": "advanced", "model_communes": "model"}.get(indicator)
    if least is None:
        return len(held)
    reached = attainment.levels(own).set_index("level")["communes_at_least"]
    return int(reached[least])


def _bounds(own: pd.DataFrame, indicator: str, year: int) -> tuple[float | None, float | None]:
    """Return the least and the most that a value can be with the communes not reported."""
    value = _value(own, indicator, year)
    if value is None:
        return None, None
    missing = int((~indicators.status_known(own)).sum())
    if indicator != "mean_criteria":
        return value, value + missing
    total, unknown = float(own["criteria_met"].sum()), int(own["criteria_met"].isna().sum())
    return total / len(own), (total + CRITERIA * unknown) / len(own)


def _state(aim: Target, year: int, low: float | None, high: float | None) -> str:
    if year < aim.year:
        return "not_due"
    if low is not None and low >= aim.low:
        return "reached"
    return "missed" if high is not None and high < aim.low else "not_judged"


# ------------------------------------------------------------------ what the next year may bring


def transitions(standings: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return how often communes gained and lost each criterion from one year to the next.

    Gain rate = marks that became met ÷ marks not met the year before × 100; loss rate = marks
    that stopped being met ÷ marks met the year before × 100; over all pairs of consecutive years
    up to ``year`` under its set of criteria, and the communes whose nineteen marks are known in
    both.

    Parameters
    ----------
    standings
        Every year's standing of communes, from `kgstats.analysis.paths.standings`.

    Returns
    -------
    pandas.DataFrame
        ``criterion, pairs`` (of years), ``marks_unmet_before, marks_gained, gain_pct,
        marks_met_before, marks_lost, loss_pct``. Without rows when there is no pair of years.
    """
    frames = [
        _pairs_of(standings, later)
        for later in sorted(set(standings["year"]))
        if later <= year and later - 1 in set(standings["year"])
    ]
    columns = ["marks_unmet_before", "marks_gained", "marks_met_before", "marks_lost"]
    if not frames or not sum(map(len, frames)):
        names = ["criterion", "pairs", *columns[:2], "gain_pct", *columns[2:], "loss_pct"]
        return pd.DataFrame(columns=names)
    whole = pd.concat(frames, ignore_index=True)
    frame = whole.groupby("criterion")[columns].sum().astype("Int64").reset_index()
    frame.insert(1, "pairs", sum(1 for one in frames if len(one)))
    frame["gain_pct"] = percent(frame["marks_gained"], frame["marks_unmet_before"])
    frame["loss_pct"] = percent(frame["marks_lost"], frame["marks_met_before"])
    return frame


def _pairs_of(standings: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return a row for each commune and criterion known in a year and the one before."""
    columns = ["commune_code", "lacking", "marks_known"]
    both = _of(standings, year)[columns].merge(
        _before(standings, year)[columns], on="commune_code", suffixes=("", "_before")
    )
    both = both[(both["marks_known"] == CRITERIA) & (both["marks_known_before"] == CRITERIA)]
    numbers = range(1, CRITERIA + 1)
    rows = [
        (number, number in was, number in has)
        for was, has in zip(both["lacking_before"], both["lacking"], strict=True)
        for number in numbers
    ]
    frame = pd.DataFrame(rows, columns=["criterion", "was", "has"])
    return pd.DataFrame(
        {
            "criterion": frame["criterion"],
            "marks_unmet_before": frame["was"].astype(int),
            "marks_gained": (frame["was"] & ~frame["has"]).astype(int),
            "marks_met_before": (~frame["was"]).astype(int),
            "marks_lost": (~frame["was"] & frame["has"]).astype(int),
        }
    )


def chances(standing: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Return for each commune not recognised how likely it meets all criteria a year later.

    Chance = Π gain rate over the criteria it lacks × Π (1 − loss rate) over those it meets, with
    the rates of :func:`transitions`; a criterion with fewer than :data:`LEAST_AT_RISK` marks at
    risk takes the rate of all criteria together. Only communes whose nineteen marks are known;
    for a pending commune 100, since its criteria are assessed.

    Parameters
    ----------
    standing
        A row a commune, from `kgstats.analysis.attainment.standing`.
    rates
        How often criteria were gained and lost, from :func:`transitions`.

    Returns
    -------
    pandas.DataFrame
        ``year, district_code, commune_code, status, criteria_met, lacking, lacking_count,
        chance_pct`` (null without rates), the likeliest first.
    """
    held = standing[standing["status"].isin(["pending", "not_yet", "earlier_set"])]
    held = held[(held["status"] == "pending") | (held["marks_known"] == CRITERIA)]
    gain, loss = (_rates(rates, *names) for names in _RATES)
    worth = [
        1.0 if status == "pending" else _chance(set(lacking), gain, loss)
        for status, lacking in zip(held["status"], held["lacking"], strict=True)
    ]
    columns = ["year", "district_code", "commune_code", "status", "criteria_met", "lacking"]
    frame = held[[*columns, "lacking_count"]].assign(
        chance_pct=pd.array([None if x is None else 100 * x for x in worth], dtype="Float64")
    )
    order = ["chance_pct", "lacking_count", "district_code", "commune_code"]
    return frame.sort_values(order, ascending=[False, True, True, True], ignore_index=True)


_RATES = (("marks_gained", "marks_unmet_before"), ("marks_lost", "marks_met_before"))


def _rates(rates: pd.DataFrame, part: str, whole: str) -> dict[int, float]:
    """Return the rate of each criterion, that of all where its own rests on too few."""
    if rates.empty:
        return {}
    every = float(rates[part].sum()) / max(1.0, float(rates[whole].sum()))
    return {
        int(row["criterion"]): float(row[part]) / float(row[whole])
        if row[whole] >= LEAST_AT_RISK
        else every
        for row in rates.to_dict("records")
    }


def _chance(lacking: set[int], gain: dict[int, float], loss: dict[int, float]) -> float | None:
    if not gain:
        return None
    own = (gain[n] if n in lacking else 1 - loss[n] for n in range(1, CRITERIA + 1))
    return float(np.prod(list(own)))


def outlook(standings: pd.DataFrame, chances: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return how many communes may be recognised a year later, by scenario.

    ``decisions``: those recognised now, and those pending get their decision. ``one_short``: and
    every commune that lacks a single criterion gains it. ``observed``: criteria are gained and
    lost at the rates of :func:`transitions`, and whoever meets all nineteen gets a decision:
    expected = recognised + Σ chances (:func:`chances`); the range holds four of five outcomes.
    Nobody loses a recognition. Communes not reported are in no expectation; they could all be
    recognised, which the most of each range says.

    Parameters
    ----------
    chances
        :func:`chances` of the year's communes.

    Returns
    -------
    pandas.DataFrame
        ``year`` (the reporting year), ``communes, communes_reported`` (at its end),
        ``target_year`` (the next), ``scenario, communes_added,
        communes_expected, communes_least, communes_most, target_communes`` (null where none is
        set). ``observed`` is null without a pair of years to observe. Without rows where nothing
        is reported, or where the next year is assessed under another set of criteria.
    """
    own = _of(standings, year)
    known = criteria.criteria_set(year)
    if not own["reported"].any() or year + 1 > known.last_year:
        return _scenarios([])
    aim = next(iter(targets(year + 1, year + 1, ["attained_communes"])), None)
    recognised = int((own["status"] == "recognised").sum())
    missing = int((~indicators.status_known(own)).sum())
    pending = int((own["status"] == "pending").sum())
    short = len(attainment.nearly(own, short=1))
    ways = chances["chance_pct"]
    added: dict[str, tuple[Any, Any, Any]] = {
        "decisions": (pending, pending, pending),
        "one_short": (pending + short,) * 3,
        "observed": (pd.NA,) * 3,
    }
    if ways.notna().all():
        low, high = _range(ways.astype(float) / 100)
        added["observed"] = (float(ways.sum()) / 100, low, high)
    of = (year, len(own), len(own) - missing, year + 1)
    target = None if aim is None else int(aim.low)
    return _scenarios(
        (*of, name, middle, recognised + middle, recognised + least, recognised + most + missing,
         target)
        for name, (middle, least, most) in added.items()
    )  # fmt: skip


def _scenarios(rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    return tidy.frame(
        rows,
        "Int64: year",
        "communes communes_reported",
        "Int64: target_year",
        "scenario",
        "Float64: communes_added communes_expected",
        "Int64: communes_least communes_most target_communes",
    )


def _range(chances: pd.Series) -> tuple[int, int]:
    """Return the range of how many happen, each by itself with its own chance.

    >>> _range(pd.Series([1.0, 1.0])), _range(pd.Series([0.5] * 100))
    ((2, 2), (44, 56))
    """
    spread = np.array([1.0])
    for chance in chances:
        spread = np.convolve(spread, [1 - chance, chance])
    reached = spread.cumsum()
    low, high = (int(np.searchsorted(reached, tail - 1e-9)) for tail in TAILS)
    return low, high


def tested(standings: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return what the same method would have said a year ago of this year, beside what happened.

    Only from what was known then: the years before.

    Parameters
    ----------
    standings
        Every year's standing of communes, from `kgstats.analysis.paths.standings`.

    Returns
    -------
    pandas.DataFrame
        One row: the row ``observed`` of :func:`outlook` of the year before, and
        ``communes_recognised`` of this year. Without rows where the method had no rates then, or
        communes are not reported in one of the two years.
    """
    then = standings[standings["year"] < year]
    own = _of(standings, year)
    both = (own, _of(standings, year - 1))
    whole = all(indicators.status_known(one).all() for one in both)
    known = _of(then, year - 1)
    if known.empty or not whole:
        return pd.DataFrame()
    said = outlook(then, chances(known, transitions(then, year - 1)), year - 1)
    said = said[(said["scenario"] == "observed") & said["communes_expected"].notna()]
    return said.assign(communes_recognised=int((own["status"] == "recognised").sum()))
