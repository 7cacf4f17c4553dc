"""Illustrative attainment: which communes are recognised when, and which criteria they lack."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import facts
from .apportion import apportion
from .places import YEARS, units

CRITERIA = 19

LACKING: tuple[float, ...] = (
    0.1, 9.0, 1.6, 1.4, 7.5, 6.5, 2.0, 1.2, 3.0, 8.0,
    0.0, 1.0, 3.2, 2.4, 3.0, 2.0, 10.0, 1.3, 0.8,
)  # fmt: skip
"""How readily each criterion is lacking: environment (17), roads (2), income (10), schools (5)
and culture houses (6) most, planning (1) least. Criterion 11 follows the commune's poverty rate."""


@dataclass(frozen=True)
class Standing:
    """How far each rural commune is: criteria met by year, and its decision.

    ``communes`` are rows of the gazetteer in its order, ``met`` is communes x years,
    ``decided`` and ``decision`` give the date and number of the recognition (None before).
    """

    communes: pd.DataFrame
    met: pd.DataFrame
    decided: dict[str, dt.date]
    decision: dict[str, str]

    def recognised(self, year: int) -> set[str]:
        """Communes with a decision dated in the year or before."""
        return {code for code, day in self.decided.items() if day.year <= year}

    def complete(self, year: int) -> set[str]:
        """Communes that meet all nineteen criteria at the end of the year."""
        return set(self.met.index[self.met[year] == CRITERIA])


def _waves(rural: pd.DataFrame, rng: np.random.Generator) -> dict[int, set[str]]:
    """Choose who is recognised by the end of each year, the named communes first."""
    merit = dict(zip(rural["commune_code"], rng.random(len(rural)), strict=True))
    first = {2018: set[str](), 2019: {*facts.QD_1007, facts.LAI_SON}}
    first[2020] = set(facts.PENDING_2019)
    named = first[2019] | first[2020]
    by_end: dict[int, set[str]] = {}
    earlier: set[str] = set()
    for year in YEARS:
        now = earlier | first[year]
        for district, members in rural.groupby("district_code", sort=True)["commune_code"]:
            quota = facts.RECOGNISED_SHARES[year][str(district)] - len(now & set(members))
            free = [
                code
                for code in members
                if code not in now and code not in named and code not in facts.NOT_YET
            ]
            free.sort(key=lambda code: (-merit[code], code))
            now |= set(free[:quota])
        by_end[year] = earlier = now
    return by_end


def _decisions(
    rural: pd.DataFrame, by_end: dict[int, set[str]], rng: np.random.Generator
) -> tuple[dict[str, dt.date], dict[str, str]]:
    """Give each recognised commune a decision: the real one where known, else an ``MH-`` number.

    MH stands for *minh họa*, illustrative: such a number exists in no register.
    """
    district = dict(zip(rural["commune_code"], rural["district_code"], strict=True))
    order = dict(zip(rural["commune_code"], rng.random(len(rural)), strict=True))
    decided: dict[str, dt.date] = {}
    number: dict[str, str] = {}
    issued = 0

    def issue(codes: list[str], day: dt.date, name: str | None = None) -> None:
        nonlocal issued
        issued += name is None
        for code in codes:
            decided[code] = day
            number[code] = name or f"MH-{issued:03d}/QĐ-UBND"

    # Tân Hiệp, a district at the standard long before 2019, comes first
    early = sorted(by_end[2018], key=lambda code: (district[code] != "904", order[code]))
    start = 0
    for day, count in facts.EARLIER_DECISIONS:
        issue(early[start : start + count], day)
        start += count
    issue(list(facts.QD_1007), facts.QD_1007_DATE, "1007/QĐ-UBND")
    rest = by_end[2019] - by_end[2018] - set(facts.QD_1007)
    july = [code for code in sorted(rest) if district[code] in facts.DECISION_1510_DISTRICTS]
    issue(july, facts.DECISION_1510_DATE, "MH-1510/QĐ-UBND")
    issue(sorted(rest - set(july)), facts.LATER_2019_DATE)
    new = by_end[2020] - by_end[2019]
    late = [*facts.PENDING_2019, *sorted(new - set(facts.PENDING_2019), key=order.__getitem__)]
    start = 0
    for day, count in facts.DECISIONS_2020:
        issue(late[start : start + count], day)
        start += count
    return decided, number


def standing(seed: int) -> Standing:
    """Return how far each of the 117 rural communes is at the end of 2018, 2019 and 2020."""
    rng = np.random.default_rng([seed, 1])
    table = units()
    rural = table[table["type"] == "xã"].reset_index(drop=True)
    codes = rural["commune_code"].tolist()
    by_end = _waves(rural, rng)
    decided, number = _decisions(rural, by_end, rng)

    drawn = dict(zip(codes, rng.random(len(codes)), strict=True))
    done = by_end[2019] | set(facts.PENDING_2019)
    short = [code for code in codes if code not in done]
    soon = by_end[2020]
    # two more reach nineteen in 2020 and wait for their decision
    waiting: list[str] = []
    for home in ("905", "913"):
        inside = rural.loc[rural["district_code"] == home, "commune_code"]
        free = [code for code in inside if code in short and code not in soon]
        waiting += sorted(free, key=lambda code: (-drawn[code], code))[:1]
    base = facts.LEAST_CRITERIA_2019
    left = facts.MEAN_TOTAL_2019 - CRITERIA * len(done) - base * len(short)
    close = np.array([code in soon or code in waiting for code in short])
    wish = np.array([drawn[code] for code in short])
    extra = apportion(
        left,
        np.where(close, 5.5 + 2.5 * wish, 0.2 + 6.0 * wish),
        least=np.where(close, 5, 0),
        most=np.where(close, 8, 7),
    )
    in_2019 = dict.fromkeys(codes, CRITERIA) | {
        code: base + int(more) for code, more in zip(short, extra, strict=True)
    }

    steps = rng.integers(0, 4, len(codes))
    met: dict[int, list[int]] = {year: [] for year in YEARS}
    for place, code in enumerate(codes):
        now, step = in_2019[code], int(steps[place])
        if code in by_end[2018] or code in facts.QD_1007:
            before = CRITERIA
        elif code == facts.PHONG_DONG:
            before = facts.PHONG_DONG_2018
        elif code in done:
            before = 15 + step
        else:
            # one in four stood still or went back a criterion between the two reviews
            before = now - step if step else min(now + place % 2, CRITERIA - 1)
        if code in soon or code in waiting or now == CRITERIA:
            after = CRITERIA
        else:
            after = min(now + (step + 1) // 2 - (step == 0 and place % 3 == 0), CRITERIA - 1)
            after = max(after, base)
        met[2018].append(before)
        met[2019].append(now)
        met[2020].append(after)
    return Standing(rural, pd.DataFrame(met, index=pd.Index(codes)), decided, number)


def tables(
    year: int, stood: Standing, poor_rate: dict[int, pd.Series], seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the clean tables ``attainment`` and ``communes`` of one year.

    ``poor_rate`` gives each commune's stated poverty rate by year: criterion 11 is lacking where
    it is above 4 %, and only there.
    """
    rng = np.random.default_rng([seed, 2])
    codes = stood.met.index.tolist()
    weight = np.array(LACKING)
    # one order of difficulty per commune, the same every year: what is met tends to stay met
    score = weight * (0.25 + rng.random((len(codes), CRITERIA)))
    score[:, 10] = np.where(poor_rate[year].reindex(codes) > 4.0, np.inf, -np.inf)
    ranked = np.argsort(-score, axis=1, kind="stable")
    lacking = CRITERIA - stood.met[year].to_numpy()
    met = np.ones((len(codes), CRITERIA), bool)
    for row, count in enumerate(lacking):
        met[row, ranked[row, :count]] = False
    district = stood.communes["district_code"].tolist()
    marks = pd.DataFrame(
        {
            "year": pd.array([year] * met.size, "Int64"),
            "district_code": pd.array(np.repeat(district, CRITERIA), "string"),
            "commune_code": pd.array(np.repeat(codes, CRITERIA), "string"),
            "criterion": pd.array(np.tile(np.arange(1, CRITERIA + 1), len(codes)), "Int64"),
            "met": pd.array(met.ravel(), "boolean"),
        }
    )
    recognised = stood.recognised(year)
    complete = stood.complete(year)
    model = sorted(code for code in codes if stood.decided.get(code) and code[:4] == "3085")
    advanced = set(model[: facts.ADVANCED_2020]) if year == 2020 else set()
    level: list[str | None] = []
    status: list[str] = []
    for code in codes:
        if code in recognised:
            level.append("advanced" if code in advanced else "standard")
            status.append("recognised")
        elif code in complete:
            level.append(None)
            status.append("pending")
        else:
            level.append("none")
            status.append("not_yet")
    decided = [stood.decided[code] if code in recognised else None for code in codes]
    communes = pd.DataFrame(
        {
            "year": pd.array([year] * len(codes), "Int64"),
            "district_code": pd.array(district, "string"),
            "commune_code": pd.array(codes, "string"),
            "criteria_met": pd.array(met.sum(axis=1), "Int64"),
            "level": pd.array(level, "string"),
            "decision_no": pd.array(
                [stood.decision[code] if code in recognised else None for code in codes], "string"
            ),
            "decision_date": pd.to_datetime(pd.Series(decided, dtype=object)).astype(
                "datetime64[us]"
            ),
            "status": pd.array(status, "string"),
        }
    )
    return marks, communes
