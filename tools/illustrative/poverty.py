"""Illustrative poverty: households by commune whose sums are the published figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from . import facts
from .apportion import Integers, apportion
from .attainment import Standing
from .places import YEARS, units

COLUMNS: tuple[str, ...] = (
    "year", "district_code", "commune_code", "households_hh", "ethnic_households_hh",
    "poor_start_hh", "poor_escaped_hh", "poor_fell_back_hh", "poor_new_hh", "poor_end_hh",
    "poor_end_pct", "poor_income_hh", "poor_deprivation_hh", "ethnic_poor_end_hh",
    "near_poor_start_hh", "near_poor_escaped_hh", "near_poor_fell_back_hh", "near_poor_new_hh",
    "near_poor_end_hh", "near_poor_end_pct", "ethnic_near_poor_end_hh",
)  # fmt: skip


def stated_rate(part: Integers, whole: Integers) -> np.ndarray:
    """Return ``100 part / whole`` as a form states it: two decimals, halves away from zero.

    >>> stated_rate(np.array([8790]), np.array([460250]))
    array([1.91])
    """
    return (20_000 * part + whole) // (2 * whole) / 100


def _poor_by_commune(
    year: int,
    table: pd.DataFrame,
    households: Integers,
    need: np.ndarray,
    done: set[str],
) -> Integers:
    """Divide the province's poor households over districts, then over their communes."""
    district = table["district_code"].to_numpy()
    rate = np.array([facts.POOR_RATES[code] for code in district])
    codes = sorted(set(district))
    known = facts.POOR_OF_DISTRICT[year]
    home = np.array([households[district == code].sum() for code in codes])
    weight = np.array([facts.POOR_RATES[code] for code in codes]) * home
    weight = weight * _lag(facts.POOR_PACE, codes, year)
    # the district known to be highest stays so
    below = known.get("903", facts.POOR[year] * 145 // 1000) - 1
    roof = np.where(np.array(codes) == "903", facts.POOR[year], below)
    fixed = np.array([known.get(code, -1) for code in codes])
    shares = apportion(
        facts.POOR[year],
        weight,
        most=np.where(fixed >= 0, fixed, roof),
        least=np.where(fixed >= 0, fixed, 2),
    )
    # a commune at the standard has at most 4 % poor households (criterion 11)
    at_standard = np.array([code in done for code in table["commune_code"]])
    most = np.where(at_standard, households * 4 // 100, households * 22 // 100)
    poor = np.zeros(len(table), np.int64)
    for code, total in zip(codes, shares, strict=True):
        here = district == code
        poor[here] = apportion(int(total), (households * rate * need)[here], most=most[here])
    return poor


def _lag(pace: dict[str, float], codes: Sequence[str], year: int) -> np.ndarray:
    """Return how far each district still is from its level of the last year, as a ratio."""
    ratio = np.array([pace[code] for code in codes])
    lag = np.ones(len(ratio))
    for _ in range(YEARS[-1] - year):
        lag = lag * ratio  # products, not powers: the same bits on every machine
    return lag


def _flows(
    start: Integers, end: Integers, rng: np.random.Generator
) -> tuple[Integers, Integers, Integers]:
    """Choose who fell back and who is new; who escaped follows from the identity."""
    fell_back = np.minimum(start * rng.integers(0, 14, len(start)) // 1000, end)
    new = np.minimum(end * rng.integers(15, 95, len(start)) // 1000, end - fell_back)
    new = np.maximum(new, end - start - fell_back)
    return start + fell_back + new - end, fell_back, new


def tables(stood: Standing, seed: int) -> dict[int, pd.DataFrame]:
    """Return the clean table ``poverty`` of each year, keyed by year.

    The end of each year is the start of the next, commune by commune.
    """
    rng = np.random.default_rng([seed, 3])
    table = units()
    size = len(table)
    district = table["district_code"].to_numpy()
    people = table["population"].to_numpy()
    of_two_halves = rng.random((6, size))
    growing = np.where(district == "911", 1.35, 0.8 + 0.4 * of_two_halves[0])
    crowding = 0.94 + 0.12 * of_two_halves[1]
    recognised = np.array([code in stood.recognised(2019) for code in table["commune_code"]])
    town = (table["type"] != "xã").to_numpy()
    need = np.where(recognised | town, 0.55, 1.0) + 0.8 * of_two_halves[2]
    near_rate = 2.5 + np.array([facts.POOR_RATES[code] for code in district])
    near_need = 0.5 * need + 0.4 + 0.5 * of_two_halves[3]
    ethnic_share = np.array([facts.ETHNIC_SHARES[code] for code in district])
    ethnic_share = ethnic_share * (0.25 + 1.5 * of_two_halves[4] * of_two_halves[5] * 2)

    homes: dict[int, Integers] = {}
    poor: dict[int, Integers] = {}
    near: dict[int, Integers] = {}
    for year in (YEARS[0] - 1, *YEARS):
        wobble = 0.95 + 0.1 * rng.random((2, size))
        spread = people * crowding * (1 + 0.022 * growing * (year - 2018))
        homes[year] = apportion(facts.HOUSEHOLDS[year], spread)
        done = stood.complete(year) if year in YEARS else set()
        near_lag = _lag(facts.NEAR_POOR_PACE, list(district), year)
        poor[year] = _poor_by_commune(year, table, homes[year], need * wobble[0], done)
        near[year] = apportion(
            facts.NEAR_POOR[year],
            homes[year] * near_rate * near_need * near_lag * wobble[1],
            most=homes[year] * 30 // 100,
        )
    result: dict[int, pd.DataFrame] = {}
    for year in YEARS:
        ethnic = apportion(
            facts.ETHNIC_HOUSEHOLDS[year],
            homes[year] * ethnic_share,
            most=homes[year] * 72 // 100,
        )
        other = homes[year] - ethnic
        income = apportion(facts.POOR_BY_INCOME[year], poor[year] * 1.0, most=poor[year])
        ethnic_poor = apportion(
            facts.ETHNIC_POOR[year],
            ethnic * (poor[year] / homes[year]),
            most=np.minimum(poor[year], ethnic),
            least=np.maximum(poor[year] - other, 0),
        )
        ethnic_near = apportion(
            facts.ETHNIC_NEAR_POOR[year],
            ethnic * (near[year] / homes[year]),
            most=np.minimum(near[year], ethnic - ethnic_poor),
            least=np.maximum(near[year] - (other - poor[year] + ethnic_poor), 0),
        )
        escaped, fell_back, new = _flows(poor[year - 1], poor[year], rng)
        near_escaped, near_fell_back, near_new = _flows(near[year - 1], near[year], rng)
        values: dict[str, Integers] = {
            "households_hh": homes[year],
            "ethnic_households_hh": ethnic,
            "poor_start_hh": poor[year - 1],
            "poor_escaped_hh": escaped,
            "poor_fell_back_hh": fell_back,
            "poor_new_hh": new,
            "poor_end_hh": poor[year],
            "poor_income_hh": income,
            "poor_deprivation_hh": poor[year] - income,
            "ethnic_poor_end_hh": ethnic_poor,
            "near_poor_start_hh": near[year - 1],
            "near_poor_escaped_hh": near_escaped,
            "near_poor_fell_back_hh": near_fell_back,
            "near_poor_new_hh": near_new,
            "near_poor_end_hh": near[year],
            "ethnic_near_poor_end_hh": ethnic_near,
        }
        frame = pd.DataFrame({name: pd.array(data, "Int64") for name, data in values.items()})
        frame["year"] = pd.array([year] * size, "Int64")
        frame["district_code"] = table["district_code"].astype("string")
        frame["commune_code"] = table["commune_code"].astype("string")
        frame["poor_end_pct"] = pd.array(stated_rate(poor[year], homes[year]), "Float64")
        frame["near_poor_end_pct"] = pd.array(stated_rate(near[year], homes[year]), "Float64")
        result[year] = frame[list(COLUMNS)]
    return result
