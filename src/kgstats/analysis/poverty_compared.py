"""What follows from levels, changes and flows: who made the fall, where poverty lies, targets.

Every function takes frames of :mod:`kgstats.analysis.poverty` (whole, filtered, or released by
:mod:`kgstats.analysis.poverty_disclosure`) and keeps their keys. What is withheld there is
withheld here.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction

import pandas as pd

from kgstats.analysis.households import (
    PovertyError,
    counted,
    exact_rates,
    floats,
    measure_named,
)
from kgstats.analysis.tidy import keyed, percent, quotient
from kgstats.reference import groupings, programmes
from kgstats.reference.programmes import Target

AREA_KEYS = ("area", "district_code", "commune_code")

SCOPES = {"all": "poor", "ethnic": "ethnic_poor", "especially_difficult": "poor"}
"""Scopes of a target of the poverty rate, and the measure each is about."""


def keys_in(frame: pd.DataFrame) -> list[str]:
    """Return the columns of a frame that say which area a row is of.

    Parameters
    ----------
    frame
        Any table of areas.

    Examples
    --------
    >>> keys_in(pd.DataFrame(columns=["year", "district_code", "poor_rate_pct"]))
    ['district_code']
    """
    return [name for name in AREA_KEYS if name in frame.columns]


def _ties(frame: pd.DataFrame) -> list[str]:
    """Return the columns by which equal areas are put in order: a commune's code alone."""
    names = keys_in(frame)
    return names[-1:] if "commune_code" in names else names


def _one_year(frame: pd.DataFrame, what: str) -> None:
    years = sorted({int(year) for year in frame["year"]})
    if len(years) > 1:
        raise PovertyError(f"{what} is of one year, not of {', '.join(map(str, years))}")


def _of(moved: pd.DataFrame, measure: str) -> pd.DataFrame:
    measure_named(measure)
    return moved[moved["measure"] == measure].reset_index(drop=True)


def withheld_in(frame: pd.DataFrame) -> pd.Series[bool]:
    """Say which rows rest on withheld counts.

    Parameters
    ----------
    frame
        A table that disclosure control was applied to.
    """
    if "withheld" not in frame.columns:
        return pd.Series(False, index=frame.index)
    return frame["withheld"].ne("").fillna(False)


def marked(result: pd.DataFrame, rests_on_withheld: pd.Series[bool]) -> pd.DataFrame:
    """Name in ``withheld`` what is null because the row rests on withheld counts.

    Parameters
    ----------
    result
        The rows to mark.
    rests_on_withheld
        Which of them rest on withheld counts.
    """
    if not rests_on_withheld.any():
        return result
    absent = result.isna()
    named = [
        " ".join(column for column in result.columns if hidden and absent.at[row, column])
        for row, hidden in zip(result.index, rests_on_withheld, strict=True)
    ]
    return result.assign(withheld=pd.Series(named, index=result.index, dtype="string"))


# ------------------------------------------------------------------ who made the fall


def decompose(moved: pd.DataFrame, whole: pd.DataFrame, measure: str = "poor") -> pd.DataFrame:
    """Split the change of the province's rate into what each area contributed, exactly.

    With wᵢ the share of area i in the province's households (the base of the measure), rᵢ its
    rate and R = Σ wᵢ rᵢ the province's, each area contributes wᵢ₁ rᵢ₁ − wᵢ₀ rᵢ₀ to R₁ − R₀, less
    what a mere shift of households would do at the average rate:

    - rate effect  = ½ (wᵢ₀ + wᵢ₁) (rᵢ₁ − rᵢ₀): poverty in the area fell or rose;
    - weight effect = (½ (rᵢ₀ + rᵢ₁) − ½ (R₀ + R₁)) (wᵢ₁ − wᵢ₀): the area, poorer or better off
      than the province, grew or shrank.

    Both sum over the areas to R₁ − R₀ with nothing left over (the weights' changes sum to zero);
    neither depends on which year is taken as the base (Kitagawa 1955, symmetric form).

    Parameters
    ----------
    moved
        :func:`kgstats.analysis.poverty.changes` by area.
    whole
        The same of the province.
    measure
        One of ``MEASURES``.

    Returns
    -------
    pandas.DataFrame
        The keys and counts of ``moved``; ``weight_before, weight_after, rate_effect_exact,
        weight_effect_exact, contribution_exact`` as :class:`fractions.Fraction`, whose sums are
        exact; as floats ``rate_effect_pp, weight_effect_pp, contribution_pp``; and, null where the
        province's change is zero, ``contribution_share_pct``, ``contribution_cumulative_pct`` (of
        the rows so far), ``within_half`` (of the fewest that make half of it). The largest fall
        comes first. Areas without a report of both years, or withheld, are left out.

    Examples
    --------
    >>> counts = {"measure": "poor", "base_year": 2018, "year": 2019}
    >>> moved = pd.DataFrame(
    ...     [
    ...         {**counts, "district_code": "899", "before_hh": 30, "base_before_hh": 500,
    ...          "after_hh": 10, "base_after_hh": 500},
    ...         {**counts, "district_code": "900", "before_hh": 20, "base_before_hh": 500,
    ...          "after_hh": 20, "base_after_hh": 500},
    ...     ]
    ... )
    >>> whole = pd.DataFrame(
    ...     [{**counts, "before_hh": 50, "base_before_hh": 1000, "after_hh": 30,
    ...       "base_after_hh": 1000}]
    ... )
    >>> decompose(moved, whole)[["district_code", "contribution_exact"]].values.tolist()
    [['899', Fraction(-2, 1)], ['900', Fraction(0, 1)]]
    """
    own, province = _of(moved, measure), _of(whole, measure)
    columns = ["before_hh", "base_before_hh", "after_hh", "base_after_hh"]
    own = own.dropna(subset=columns)
    ends = [
        rate
        for when in _WHEN
        for rate in exact_rates(province[f"{when}_hh"], province[f"base_{when}_hh"])
        if rate is not None
    ]
    if len(ends) < 2:
        own, ends = own.head(0), [Fraction(0), Fraction(0)]
    frame = own[["base_year", "year", *keys_in(own), "measure", *columns]].copy()
    rates, weights = [], []
    for when in _WHEN:
        base, total = own[f"base_{when}_hh"], province[f"base_{when}_hh"]
        rates.append(exact_rates(own[f"{when}_hh"], base))
        weights.append([Fraction(int(one), int(total.iloc[0])) for one in base])
        frame[f"{when}_rate_pct"] = floats(rates[-1], own.index)
        frame[f"weight_{when}"] = pd.Series(weights[-1], index=own.index, dtype=object)
    pairs = zip(zip(*weights, strict=True), zip(*rates, strict=True), strict=True)
    effects = [_effects(weight, rate, (ends[0], ends[1])) for weight, rate in pairs]
    for place, name in enumerate(_EFFECTS):
        exact = pd.Series([one[place] for one in effects], index=own.index, dtype=object)
        frame[name.replace("_pp", "_exact")], frame[name] = exact, floats(exact, own.index)
    change = ends[1] - ends[0]
    shares = [part / change * 100 if change else None for part in frame["contribution_exact"]]
    frame["contribution_share_pct"] = floats(shares, own.index)
    return _summed_up(frame.sort_values(["contribution_exact", *_ties(own)], ignore_index=True))


def _summed_up(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the shares so far, and which rows are the fewest that make half of the change."""
    running = frame["contribution_share_pct"].cumsum()
    half = running.shift(fill_value=0.0) < 50
    return frame.assign(contribution_cumulative_pct=running, within_half=half)


def _effects(
    weights: tuple[Fraction, Fraction],
    rates: tuple[Fraction | None, Fraction | None],
    whole: tuple[Fraction, Fraction],
) -> tuple[Fraction, Fraction, Fraction]:
    """Return rate effect, weight effect and contribution of one area."""
    # An area without households in one year has no rate then: only its weight changed.
    known = [rate for rate in rates if rate is not None] or [whole[0]]
    rate_effect = (weights[0] + weights[1]) / 2 * (known[-1] - known[0])
    distance = (known[0] + known[-1] - whole[0] - whole[1]) / 2
    weight_effect = distance * (weights[1] - weights[0])
    return rate_effect, weight_effect, rate_effect + weight_effect


_WHEN = ("before", "after")
_EFFECTS = ("rate_effect_pp", "weight_effect_pp", "contribution_pp")


def contribution_total(parts: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """Sum the contributions of areas: what they make of the province's change together.

    Parameters
    ----------
    parts
        Of :func:`decompose`, all of its areas or some.
    whole
        :func:`kgstats.analysis.poverty.changes` of the province.

    Returns
    -------
    pandas.DataFrame
        One row (none without parts): ``base_year, year, measure, before_rate_pct,
        after_rate_pct, change_pp, matched_units, expected_units`` of the province, and the summed
        columns of :func:`decompose`, exact and as floats.
    """
    measures = parts["measure"].unique()
    columns = ["base_year", "year", "measure", "before_rate_pct", "after_rate_pct", "change_pp"]
    columns += ["matched_units", "expected_units"]
    frame = whole.loc[whole["measure"].isin(measures), columns].reset_index(drop=True)
    for name in _EFFECTS:
        total = sum(parts[name.replace("_pp", "_exact")], Fraction(0))
        frame[name.replace("_pp", "_exact")] = [total] * len(frame)
        frame[name] = float(total)
    frame["contribution_share_pct"] = parts["contribution_share_pct"].sum(min_count=1)
    return frame


def bridge(parts: pd.DataFrame, whole: pd.DataFrame, most: int = 16) -> pd.DataFrame:
    """Return the steps from the province's rate of one year to that of the other.

    Parameters
    ----------
    parts, whole
        :func:`decompose`, and its :func:`contribution_total`.
    most
        So many areas have a step of their own, those that fell most; the others have one together
        where they are three or more.

    Returns
    -------
    pandas.DataFrame
        ``base_year, year``, the keys, ``step`` (``before``, ``area``, ``others``, ``shift`` of
        households, ``withheld``, ``after``), ``areas`` (how many the step is of),
        ``rate_effect_pp`` (the rate itself for ``before`` and ``after``) and ``after_pct``, where
        the step ends. Areas that are withheld are together what the others leave of the change.

    Examples
    --------
    >>> parts = pd.DataFrame({"district_code": ["899", "900"], "rate_effect_pp": [-1.0, -0.5]})
    >>> whole = pd.DataFrame(
    ...     [{"base_year": 2018, "year": 2019, "before_rate_pct": 4.0, "after_rate_pct": 2.75,
    ...       "change_pp": -1.25, "contribution_pp": -1.25, "weight_effect_pp": 0.25}]
    ... )
    >>> bridge(parts, whole)[["step", "rate_effect_pp", "after_pct"]].values.tolist()[1:4]
    [['area', -1.0, 3.0], ['area', -0.5, 2.5], ['shift', 0.25, 2.75]]
    """
    names = ["step", "rate_effect_pp", "areas"]
    if whole.empty:
        return pd.DataFrame(columns=[*names, "base_year", "year", "after_pct"])
    (total,) = whole.to_dict("records")
    own = parts[[*keys_in(parts), "rate_effect_pp"]].sort_values("rate_effect_pp", kind="stable")
    shown = own.iloc[:most] if len(own) > most + 2 else own
    rest = own.iloc[len(shown) :]
    left = float(total["change_pp"]) - float(total["contribution_pp"])
    more = [("others", float(rest["rate_effect_pp"].sum()), len(rest))] if len(rest) else []
    more.append(("shift", total["weight_effect_pp"], len(own)))
    more += [("withheld", left, 0)] if abs(left) > 1e-9 else []
    more.append(("after", total["after_rate_pct"], 0))
    first = pd.DataFrame([("before", total["before_rate_pct"], 0)], columns=names)
    steps = pd.concat(
        [first, shown.assign(step="area", areas=1), pd.DataFrame(more, columns=names)],
        ignore_index=True,
    ).assign(base_year=int(total["base_year"]), year=int(total["year"]))
    steps["after_pct"] = steps["rate_effect_pp"].cumsum()
    steps.loc[len(steps) - 1, "after_pct"] = total["after_rate_pct"]
    return keyed(steps)


# ------------------------------------------------------------------ where poverty lies


def concentration(levels: pd.DataFrame, measure: str = "poor") -> pd.DataFrame:
    """Say where poverty is concentrated: share of the poor against share of households.

    poor_share = cᵢ ÷ Σ c; household_share = bᵢ ÷ Σ b; ratio = their quotient = rᵢ ÷ R (above 1:
    poorer than the province). Areas come poorest first, with cumulative shares: "the 20 % of
    households in the poorest communes hold 42 % of the poor".

    Parameters
    ----------
    measure
        A name of ``kgstats.analysis.households.MEASURES``.
    levels
        :func:`kgstats.analysis.poverty.levels` of one year, by area.

    Returns
    -------
    pandas.DataFrame
        ``year`` and the keys of ``levels``; the count and ``_base_hh`` of the measure's rate and
        the rate itself; ``poor_share_pct, household_share_pct, concentration_ratio,
        cumulative_poor_pct, cumulative_household_pct``, poorest first; areas without households,
        without a report or with withheld counts are left out.

    Examples
    --------
    >>> levels = pd.DataFrame(
    ...     {"year": 2019, "district_code": ["899", "900"], "poor_rate_pct": [1.0, 4.0],
    ...      "poor_rate_base_hh": [600, 400]}
    ... )
    >>> found = concentration(levels)
    >>> found["district_code"].tolist(), found["cumulative_household_pct"].tolist()
    (['900', '899'], [40.0, 100.0])
    >>> found["poor_share_pct"].round(1).tolist()
    [72.7, 27.3]
    """
    _one_year(levels, "concentration")
    rate, base = f"{measure}_rate_pct", f"{measure}_rate_base_hh"
    count = measure_named(measure).count
    frame = levels[["year", *keys_in(levels), base, rate]].assign(
        **{count: counted(levels, measure)}
    )
    ties = _ties(levels)
    frame = frame[frame[rate].notna()].sort_values(
        [rate, *ties], ascending=[False, *(True for _ in ties)], ignore_index=True
    )
    counts, homes = frame[count].astype("Int64"), frame[base].astype("Int64")
    poor, all_homes = counts.sum(), homes.sum()
    whole = pd.DataFrame({"poor": poor, "homes": all_homes}, index=frame.index)
    frame["poor_share_pct"] = percent(counts, whole["poor"])
    frame["household_share_pct"] = percent(homes, whole["homes"])
    frame["concentration_ratio"] = quotient(counts * all_homes, homes * poor)
    frame["cumulative_poor_pct"] = percent(counts.cumsum(), whole["poor"])
    frame["cumulative_household_pct"] = percent(homes.cumsum(), whole["homes"])
    return frame


def concentration_index(levels: pd.DataFrame, measure: str = "poor") -> Fraction | None:
    """Measure how unevenly poverty lies over areas: 0 evenly, towards 1 all in few places.

    Twice the area between the concentration curve (areas poorest first, cumulative share of
    households across, of the poor upwards, straight lines between) and the diagonal: the Gini
    coefficient between areas. Exact.

    Parameters
    ----------
    levels
        Counts and rates by area, from `kgstats.analysis.poverty.levels`.
    measure
        A name of ``MEASURES``.

    Returns
    -------
    fractions.Fraction or None
        None where nobody is poor, and where counts are withheld or rounded.

    Examples
    --------
    >>> levels = pd.DataFrame(
    ...     {"year": 2019, "commune_code": ["30730", "30733"], "poor_rate_pct": [10.0, 0.0],
    ...      "poor_rate_base_hh": [100, 100]}
    ... )
    >>> concentration_index(levels)
    Fraction(1, 2)
    """
    if "withheld" in levels.columns:
        return None
    curve = concentration(levels, measure)
    counts = [int(count) for count in curve[measure_named(measure).count]]
    homes = [int(base) for base in curve[f"{measure}_rate_base_hh"]]
    if not sum(counts):
        return None
    area = height = 0
    for count, base in zip(counts, homes, strict=True):
        area += base * (2 * height + count)
        height += count
    return Fraction(area, sum(counts) * sum(homes)) - 1


# ------------------------------------------------------------------ the ethnic-minority gap


def ethnic_gap(levels: pd.DataFrame, status: str = "poor") -> pd.DataFrame:
    """Set the rate of ethnic-minority households beside that of all, year by year.

    gap = ethnic rate − rate of all households, in points; ratio = ethnic rate ÷ rate of all.

    Parameters
    ----------
    levels
        Counts and rates by area, from `kgstats.analysis.poverty.levels`.
    status
        ``poor`` or ``near_poor``.

    Returns
    -------
    pandas.DataFrame
        ``year`` and the keys of ``levels``, the two rates (``poor_rate_pct``,
        ``ethnic_poor_rate_pct``), ``gap_pp, gap_ratio``.
    """
    every, ethnic = f"{status}_rate_pct", f"ethnic_{status}_rate_pct"
    measure_named(f"ethnic_{status}")
    frame = levels[["year", *keys_in(levels), every, ethnic]].copy()
    frame["gap_pp"] = frame[ethnic] - frame[every]
    frame["gap_ratio"] = (frame[ethnic] / frame[every]).where(frame[every] > 0)
    return frame


def ethnic_gap_change(moved: pd.DataFrame, status: str = "poor") -> pd.DataFrame:
    """Ask whether the gap between ethnic-minority and all households narrowed.

    When poverty falls everywhere the gap often narrows while the ratio rises: both are given,
    as in :func:`ethnic_gap`, over the units that report both years.

    Parameters
    ----------
    moved
        :func:`kgstats.analysis.poverty.changes`.
    status
        ``poor`` or ``near_poor``.

    Returns
    -------
    pandas.DataFrame
        ``base_year, year`` and the keys of ``moved``; ``all_before_rate_pct,
        all_after_rate_pct, ethnic_before_rate_pct, ethnic_after_rate_pct, gap_before_pp,
        gap_after_pp, gap_change_pp, before_ratio, after_ratio, is_narrowed`` (the gap in points
        came closer to zero), ``is_ratio_lower``; ``matched_units`` (the fewer of both groups) of
        ``expected_units``.

    Examples
    --------
    >>> of = {"base_year": 2018, "year": 2019, "base_before_hh": 1000, "base_after_hh": 1000,
    ...       "matched_units": 1, "expected_units": 1}
    >>> moved = pd.DataFrame(
    ...     [
    ...         {**of, "measure": "poor", "before_hh": 40, "after_hh": 20},
    ...         {**of, "measure": "ethnic_poor", "before_hh": 60, "after_hh": 35},
    ...     ]
    ... )
    >>> row = ethnic_gap_change(moved).iloc[0]
    >>> float(row["gap_before_pp"]), float(row["gap_after_pp"]), bool(row["is_narrowed"])
    (2.0, 1.5, True)
    >>> float(row["before_ratio"]), float(row["after_ratio"]), bool(row["is_ratio_lower"])
    (1.5, 1.75, False)
    """
    every, ethnic = _of(moved, status), _of(moved, f"ethnic_{status}")
    frame = every[["base_year", "year", *keys_in(moved)]].copy()
    gaps, ratios = [], []
    for when in ("before", "after"):
        all_rates = exact_rates(every[f"{when}_hh"], every[f"base_{when}_hh"])
        ethnic_rates = exact_rates(ethnic[f"{when}_hh"], ethnic[f"base_{when}_hh"])
        both = list(zip(all_rates, ethnic_rates, strict=True))
        frame[f"all_{when}_rate_pct"] = floats(all_rates, frame.index)
        frame[f"ethnic_{when}_rate_pct"] = floats(ethnic_rates, frame.index)
        gaps.append([None if a is None or e is None else e - a for a, e in both])
        ratios.append([None if not a or e is None else e / a for a, e in both])
        frame[f"gap_{when}_pp"] = floats(gaps[-1], frame.index)
        frame[f"{when}_ratio"] = floats(ratios[-1], frame.index)
    pairs = list(zip(*gaps, strict=True))
    moves = [None if a is None or b is None else b - a for a, b in pairs]
    frame["gap_change_pp"] = floats(moves, frame.index)
    narrowed = [pd.NA if a is None or b is None else abs(b) < abs(a) for a, b in pairs]
    frame["is_narrowed"] = pd.array(narrowed, dtype="boolean")
    lower = [pd.NA if a is None or b is None else b < a for a, b in zip(*ratios, strict=True)]
    frame["is_ratio_lower"] = pd.array(lower, dtype="boolean")
    frame["matched_units"] = every["matched_units"].clip(upper=ethnic["matched_units"])
    frame["expected_units"] = every["expected_units"]
    return frame


# ------------------------------------------------------------------ targets


def fall_targets(year: int) -> list[Target]:
    """Return the targets of the fall of the poverty rate in a year, one for each scope with one.

    Parameters
    ----------
    year
        The reporting year.

    Examples
    --------
    >>> [(target.scope, target.low, target.high) for target in fall_targets(2020)][:2]
    [('all', 1.0, None), ('ethnic', 1.5, 2.0)]
    """
    found = (programmes.target("poor_fall", year, scope) for scope in SCOPES)
    return [target for target in found if target is not None]


def against_targets(
    moved: pd.DataFrame,
    targets: Iterable[Target],
    scopes: Sequence[str] = ("all", "ethnic"),
    whole: pd.DataFrame | None = None,
    again: Collection[str] = (),
) -> pd.DataFrame:
    """Compare the fall of the poverty rate with what was to be reached.

    fall = rate before − rate after, in points. ``below`` the target: fall < low; ``within``:
    low ≤ fall ≤ high; ``above``: fall > high. Without an upper end, ``within`` means reached.
    An area whose rate was lower than the target could not fall by it (``out_of_reach``): it is
    not said to have missed it. Where not every unit reported both years nothing is judged
    (``incomplete``; ``whole_incomplete`` where only others of the province did not), nor communes
    of a grouping whose list is not whole (``list_incomplete``): the rest could turn the verdict.

    Parameters
    ----------
    moved
        :func:`kgstats.analysis.poverty.changes`.
    targets
        Targets of the indicator ``poor_fall``; others are ignored.
    scopes
        Scopes that apply to the areas of ``moved``: ``all`` and ``ethnic`` to any,
        ``especially_difficult`` to those communes alone.
    whole
        Changes of the province, whose target it is: where it is incomplete no area is judged.
    again
        Districts whose every number is that of the year before
        (:func:`kgstats.analysis.overview.unchanged`): neither they nor a whole with them are
        judged (``sent_again``).

    Returns
    -------
    pandas.DataFrame
        ``base_year, year``, the keys of ``moved``, ``scope``; ``before_rate_pct,
        after_rate_pct, fall_pp, target_low_pp, target_high_pp, verdict`` (null without both
        rates), ``is_few, matched_units, expected_units``.

    Examples
    --------
    >>> moved = pd.DataFrame(
    ...     {"base_year": 2018, "year": 2019, "district_code": ["899", "900"], "measure": "poor",
    ...      "before_hh": [50, 5], "base_before_hh": 1000, "after_hh": [38, 2],
    ...      "base_after_hh": 1000, "is_few": False, "matched_units": 1, "expected_units": 1}
    ... )
    >>> found = against_targets(moved, fall_targets(2019), ["all"])
    >>> found[["fall_pp", "verdict"]].values.tolist()
    [[1.2, 'within'], [0.3, 'out_of_reach']]
    """
    pieces = []
    for target in targets:
        if target.indicator != "poor_fall" or target.scope not in scopes:
            continue
        own = _of(moved, SCOPES[target.scope])
        first = exact_rates(own["before_hh"], own["base_before_hh"])
        last = exact_rates(own["after_hh"], own["base_after_hh"])
        both = list(zip(first, last, strict=True))
        falls = [None if a is None or b is None else a - b for a, b in both]
        of_all = own if whole is None else _of(whole, SCOPES[target.scope])
        frame = own[["base_year", "year", *keys_in(own)]].assign(
            scope=target.scope,
            before_rate_pct=floats(first, own.index),
            after_rate_pct=floats(last, own.index),
            fall_pp=floats(falls, own.index),
            target_low_pp=target.low,
            target_high_pp=pd.array([target.high] * len(own), dtype="Float64"),
            verdict=_judged(own, of_all, both, target, whole is None).mask(
                _among(own, again) & pd.Series(falls, index=own.index).notna(), "sent_again"
            ),
            is_few=own["is_few"].where(pd.Series(falls, dtype=object).notna()),
            matched_units=own["matched_units"],
            expected_units=own["expected_units"],
        )
        pieces.append(marked(frame, withheld_in(own)))
    if not pieces:
        columns = ["scope", "before_rate_pct", "after_rate_pct", "fall_pp", "target_low_pp"]
        columns += ["target_high_pp", "verdict", "is_few", "matched_units", "expected_units"]
        return pd.DataFrame(columns=["base_year", "year", *keys_in(moved), *columns])
    return pd.concat(pieces, ignore_index=True)


def verdict_counts(against: pd.DataFrame) -> pd.DataFrame:
    """Count by scope the areas that reached a target, and those of which it cannot be said.

    Parameters
    ----------
    against
        :func:`against_targets`; areas without both rates count nowhere.

    Returns
    -------
    pandas.DataFrame
        One row per scope: ``scope, areas_compared``, of them ``areas_judged`` and ``areas_reached``
        (within or above the target); not judged are ``areas_out_of_reach, areas_incomplete,
        areas_sent_again``.

    Examples
    --------
    >>> against = pd.DataFrame(
    ...     {"scope": "all", "fall_pp": [1.2, 0.3], "verdict": ["within", "incomplete"]}
    ... )
    >>> verdict_counts(against)[["areas_compared", "areas_judged", "areas_reached"]].values.tolist()
    [[2, 1, 1]]
    """
    told = against[against["fall_pp"].notna()]
    counted = {
        "areas_compared": told["verdict"].notna(),
        "areas_judged": told["verdict"].isin(["below", "within", "above"]),
        "areas_reached": told["verdict"].isin(["within", "above"]),
        "areas_out_of_reach": told["verdict"] == "out_of_reach",
        "areas_incomplete": told["verdict"].isin(["incomplete", "whole_incomplete"]),
        "areas_sent_again": told["verdict"] == "sent_again",
    }
    marks = pd.DataFrame(counted).fillna(False).astype("Int64")
    return marks.groupby(told["scope"], sort=False).sum().reset_index()


def _judged(
    own: pd.DataFrame,
    whole: pd.DataFrame,
    rates: list[tuple[Fraction | None, Fraction | None]],
    target: Target,
    alone: bool,
) -> pd.Series[str]:
    """Say of each area how it stands to the target, or why that is not said."""
    found = [None if a is None or b is None else _verdict(a, a - b, target) for a, b in rates]
    known = pd.Series(found, index=own.index, dtype="string")
    complete = own["matched_units"] == own["expected_units"]
    all_in = alone or bool((whole["matched_units"] == whole["expected_units"]).all())
    told = known.where(all_in | known.isna(), "whole_incomplete")
    told = told.where(complete | known.isna(), "incomplete")
    return told.mask(known.notna() & (not _is_listed(target)), "list_incomplete")


def _among(areas: pd.DataFrame, districts: Collection[str]) -> pd.Series[bool] | bool:
    """Whether an area lies in one of these districts, or has one of them within it."""
    if "district_code" in areas:
        return areas["district_code"].isin(districts)
    return bool(districts)


def _is_listed(target: Target) -> bool:
    """Whether it is known which units a target is about: all, or those of a whole list."""
    known = groupings.groupings(target.year).set_index("grouping")["complete"]
    return bool(known.get(target.scope, True))


def _verdict(before: Fraction, fall: Fraction, target: Target) -> str:
    if fall < Fraction(repr(target.low)):
        return "out_of_reach" if before < Fraction(repr(target.low)) else "below"
    high = None if target.high is None else Fraction(repr(target.high))
    return "above" if high is not None and fall > high else "within"


def pace(levels: pd.DataFrame, flows: pd.DataFrame, target: Target | None) -> pd.DataFrame:
    """Say what the next year needs to fall by the target.

    With the poverty rate r now, the target fall t and households as now: the rate to reach is
    r − t (not below 0), the most households that may be poor then is ⌊(r − t) ÷ 100 × b⌋, and
    needed_fall_hh is what is above that. With as many households becoming poor or falling back
    as this year, needed_escapes_hh must escape: compare with those that escaped this year.

    Parameters
    ----------
    levels, flows
        :func:`kgstats.analysis.poverty.levels` and :func:`kgstats.analysis.poverty.flows` of one
        year, by the same areas.
    target
        Of the next year; without one there is no row.

    Returns
    -------
    pandas.DataFrame
        ``year`` and the keys; ``poor_rate_pct, poor_end_hh, poor_rate_base_hh,
        needed_rate_pct, needed_end_hh, needed_fall_hh, entered_hh, needed_escapes_hh,
        poor_escaped_hh, escape_pace_ratio`` (needed ÷ this year's escapes; above 1: faster than
        now), ``reported_units, expected_units``. Counts are null where not every unit of the area
        reported: they would be of a part of it.
    """
    keys = ["year", *keys_in(levels)]
    if target is None:
        return pd.DataFrame(columns=keys)
    _one_year(levels, "the pace")
    moves = ["poor_escaped_hh", "poor_fell_back_hh", "poor_new_hh"]
    units = ["reported_units", "expected_units"]
    frame = levels[[*keys, "poor_rate_pct", "poor_rate_base_hh", *units]].assign(
        poor_end_hh=counted(levels, "poor"), hidden=withheld_in(levels)
    )
    moved = flows[[*keys, *moves, "poor_flow_units"]].assign(hidden_moves=withheld_in(flows))
    frame = frame.merge(moved, on=keys, how="left", validate="one_to_one")
    hidden = frame.pop("hidden") | frame.pop("hidden_moves").fillna(False).astype(bool)
    base, count = frame["poor_rate_base_hh"].astype("Int64"), frame["poor_end_hh"]
    aims = [
        None if rate is None else max(rate - Fraction(repr(target.low)), Fraction(0))
        for rate in exact_rates(count, base)
    ]
    most = [
        pd.NA if aim is None else math.floor(aim * int(homes) / 100)
        for aim, homes in zip(aims, base, strict=True)
    ]
    frame["needed_rate_pct"] = floats(aims, frame.index)
    flowing = frame.pop("poor_flow_units")
    whole = (frame["reported_units"] == frame["expected_units"]) & (
        flowing == frame["expected_units"]
    )
    frame["needed_end_hh"] = pd.Series(pd.array(most, dtype="Int64")).where(whole.fillna(False))
    frame["needed_fall_hh"] = count - frame["needed_end_hh"]
    frame["entered_hh"] = frame.pop("poor_fell_back_hh") + frame.pop("poor_new_hh")
    frame["needed_escapes_hh"] = frame["needed_fall_hh"] + frame["entered_hh"]
    frame["escape_pace_ratio"] = quotient(frame["needed_escapes_hh"], frame["poor_escaped_hh"])
    return marked(frame, hidden)
