"""What the pages on commune standards and on several years print, computed again.

Communes are followed through sets and plain loops, deviations and slopes through decimals of fifty
digits: another way than the product's frames and floats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal, getcontext
from fractions import Fraction
from itertools import combinations, pairwise

import pandas as pd
from tests.recomputed.exact import Value, Year, ratio, whole

from kgstats.reference import areas, criteria, groupings

Row = tuple[dict[str, str], dict[str, Value]]
getcontext().prec = 50
ALL = 19


def status(year: Year) -> pd.Series:
    return year.now["communes"].set_index("commune_code")["status"]


# Commune standards ------------------------------------------------------------------------------


def both_years(year: Year) -> Iterator[tuple[str, frozenset[int], frozenset[int]]]:
    then, now = year.lacking(year.year - 1), year.lacking()
    for code in sorted(set(then) & set(now)):
        yield code, then[code], now[code]


def gains(year: Year) -> Iterator[Row]:
    gained, lost = Counter(), Counter()
    for _, then, now in both_years(year):
        gained.update(then - now)
        lost.update(now - then)
    for n in range(1, ALL + 1):
        counted = {"communes_gained": whole(gained[n]), "communes_lost": whole(lost[n])}
        yield {"number": str(n)}, {**counted, "communes_net": whole(gained[n] - lost[n])}


def moves(year: Year) -> dict[int, tuple[int, int, int, int]]:
    """Return by criterion: unmet before, of them gained, met before, of them lost; all pairs."""
    found = {n: [0, 0, 0, 0] for n in range(1, ALL + 1)}
    for one, two in pairwise(sorted(year.all)):
        then, now = year.lacking(one), year.lacking(two)
        for code in set(then) & set(now):
            for n in found:
                unmet, unmet_now = n in then[code], n in now[code]
                found[n][0] += unmet
                found[n][1] += unmet and not unmet_now
                found[n][2] += not unmet
                found[n][3] += not unmet and unmet_now
    return {n: tuple(counts) for n, counts in found.items()}


def transitions(year: Year) -> Iterator[Row]:
    for n, (unmet, gained, met, lost) in moves(year).items():
        yield (
            {"number": str(n)},
            {
                "marks_unmet_before": whole(unmet),
                "marks_gained": whole(gained),
                "gain_pct": ratio(gained, unmet),
                "marks_met_before": whole(met),
                "marks_lost": whole(lost),
                "loss_pct": ratio(lost, met),
            },
        )


def pairs(year: Year) -> Iterator[Row]:
    lacking = list(year.lacking().values())
    short = criteria.criteria(year.year).set_index("criterion")["short_en"]
    fails = Counter(n for one in lacking for n in one)
    together = Counter(pair for one in lacking for pair in combinations(sorted(one), 2))
    for (a, b), both in together.items():
        expected = Fraction(fails[a] * fails[b], len(lacking))
        yield (
            {"_name": f"{a} {short[a]} + {b} {short[b]}"},
            {
                "communes_failing_both": whole(both),
                "expected_both": expected,
                "times_expected": both / expected,
                "overlap_pct": Fraction(100 * both, fails[a] + fails[b] - both),
            },
        )


def by_commune(year: Year) -> Iterator[Row]:
    then, now = year.met(year.year - 1), year.met()
    for code in now.index:
        before = then.get(code)
        found = {"criteria_met": whole(now[code]), "criteria_before": whole(before)}
        if before is not None:
            found["criteria_change"] = whole(now[code] - before)
        yield {"commune_code": str(code)}, found


def of_district(year: Year) -> Iterator[Row]:
    """The communes' part in a district's standard, of all districts and of those proposed."""
    communes = year.now["communes"].assign(met=year.now["communes"]["commune_code"].map(year.met()))
    for code, own in communes.groupby("district_code"):
        recognised, pending = ((own["status"] == one).sum() for one in ("recognised", "pending"))
        near = ((own["met"] == ALL - 1) & (own["status"] == "not_yet")).sum()
        yield (
            {"district_code": str(code)},
            {
                "communes": whole(len(own)),
                "communes_recognised": whole(recognised),
                "communes_pending": whole(pending),
                "communes_short": whole(len(own) - recognised),
                "communes_one_short": whole(near),
                "communes_further": whole(len(own) - recognised - pending - near),
            },
        )


def progress(year: Year) -> Iterator[Row]:
    for own, tables in year.all.items():
        communes, met = tables["communes"], year.met(own)
        recognised = (communes["status"] == "recognised").sum()
        yield (
            {"_name": str(own)},
            {
                "communes_recognised": whole(recognised),
                "communes_pending": whole((communes["status"] == "pending").sum()),
                "communes_not_reported": whole(0),
                "communes": whole(len(communes)),
                "recognised_pct": ratio(recognised, len(communes)),
                "mean_criteria": ratio(met.sum(), len(met), 1),
            },
        )


GROUPINGS = {"especially_difficult": "Especially difficult communes", "island": "Island communes"}


def of_groupings(year: Year) -> Iterator[Row]:
    listed, standing, met = groupings.members(year.year), status(year), year.met()
    for code, name in GROUPINGS.items():
        named = set(listed.loc[listed["grouping"] == code, "commune_code"])
        own = [one for one in met.index if one in named]
        recognised = int((standing[own] == "recognised").sum())
        yield (
            {"_name": name},
            {
                "communes": whole(len(own)),
                "communes_recognised": whole(recognised),
                "communes_pending": whole((standing[own] == "pending").sum()),
                "recognised_pct": ratio(recognised, len(own)),
                "mean_criteria": ratio(met[own].sum(), len(own), 1),
            },
        )


def headlines(year: Year) -> Iterator[Row]:
    """The overview's figures of communes and households, with their change of like for like."""
    now, then = (tables["communes"].set_index("commune_code")["status"] == "recognised"
                 for tables in (year.now, year.before))  # fmt: skip
    both = now.index.intersection(then.index)
    yield (
        {"_name": "Communes meeting the new-rural standard"},
        {"now": whole(now.sum()), "moved": whole(now[both].sum() - then[both].sum()),
         "compared": whole(len(both))},
    )  # fmt: skip
    met, before = year.met(), year.met(year.year - 1)
    both = met.index.intersection(before.index)
    moved = Fraction(int(met[both].sum() - before[both].sum()), len(both))
    yield (
        {"_name": "Criteria met per commune"},
        {"now": ratio(met.sum(), len(met), 1), "moved": moved, "compared": whole(len(both))},
    )
    for name, part, base in (
        ("Poor households", "poor_end_hh", "households_hh"),
        ("Near-poor households", "near_poor_end_hh", "households_hh"),
        ("Poor among ethnic-minority households", "ethnic_poor_end_hh", "ethnic_households_hh"),
    ):
        own, last = (
            tables["poverty"].set_index("commune_code")[[part, base]].dropna()
            for tables in (year.now, year.before)
        )
        both = own.index.intersection(last.index)
        first, second = (ratio(one.loc[both, part].sum(), one.loc[both, base].sum())
                         for one in (last, own))  # fmt: skip
        yield (
            {"_name": name},
            {"now": ratio(own[part].sum(), own[base].sum()), "moved": second - first,
             "compared": whole(len(both))},
        )  # fmt: skip
        if name == "Poor households":
            moved = whole(own.loc[both, part].sum() - last.loc[both, part].sum())
            found = {"now": whole(own[part].sum()), "moved": moved, "compared": whole(len(both))}
            yield {"_name": "Number of poor households"}, found


AT_RISK = 10
"""Below so many marks at risk a criterion takes the rate of all criteria together."""


def chances(year: Year) -> dict[str, Fraction]:
    """Return the chance of each commune that is not recognised to meet all criteria next year."""
    counted = moves(year)
    every = [sum(one[part] for one in counted.values()) for part in range(4)]

    def rate(n: int, happened: int, at_risk: int) -> Fraction:
        own = counted[n] if counted[n][at_risk] >= AT_RISK else every
        return Fraction(own[happened], own[at_risk])

    found, standing = {}, status(year)
    for code, lacking in year.lacking().items():
        if standing[code] == "recognised":
            continue
        chance = Fraction(1)
        if standing[code] != "pending":
            for n in range(1, ALL + 1):
                chance *= rate(n, 1, 0) if n in lacking else 1 - rate(n, 3, 2)
        found[code] = chance
    return found


def candidates(year: Year) -> Iterator[Row]:
    met = year.met()
    for code, chance in chances(year).items():
        yield {"commune_code": code}, {"criteria_met": whole(met[code]), "chance_pct": 100 * chance}


def observed(year: Year) -> dict[str, Value]:
    """Return how many are expected to meet all, and the range that holds four of five outcomes."""
    recognised = int((status(year) == "recognised").sum())
    told = list(chances(year).values())
    spread = [1.0]
    for chance in map(float, told):
        longer = [0.0] * (len(spread) + 1)
        for n, weight in enumerate(spread):
            longer[n] += weight * (1 - chance)
            longer[n + 1] += weight * chance
        spread = longer
    ends = []
    for tail in (0.1, 0.9):
        reached, n = 0.0, -1
        while reached < tail - 1e-9:
            n += 1
            reached += spread[n]
        ends.append(whole(recognised + n))
    added = sum(told)
    low, high = ends
    return {"communes_added": added, "communes_expected": recognised + added,
            "communes_least": low, "communes_most": high}  # fmt: skip


def outlook(year: Year) -> Iterator[Row]:
    standing, met = status(year), year.met()
    recognised, pending = ((standing == one).sum() for one in ("recognised", "pending"))
    near = int((met[standing[met.index] == "not_yet"] == ALL - 1).sum())
    names = {
        "Pending decisions only": pending,
        "Plus communes one criterion short": pending + near,
    }
    for name, more in names.items():
        then = whole(recognised + more)
        found = {"communes_added": whole(more), "communes_expected": then}
        yield {"_name": name}, {**found, "communes_least": then, "communes_most": then}
    yield {"_name": "At the rates observed so far"}, observed(year)


# Several years ----------------------------------------------------------------------------------


def ways(year: Year) -> dict[str, list[int]]:
    """Return the numbers of criteria of the communes whose marks are known in every year."""
    held = [year.met(own) for own in sorted(year.all)]
    codes = set.intersection(*(set(one.index) for one in held))
    return {str(code): [int(one[code]) for one in held] for code in sorted(codes)}


def path(way: list[int]) -> str:
    if ALL in way:
        since = way[way.index(ALL) :]
        if way[-1] < ALL:
            return "relapsed"
        if min(since) < ALL:
            return "regained"
        return "kept" if len(since) == len(way) else "reached"
    if max(way) == min(way):
        return "stuck"
    if way[-1] < way[0]:
        return "falling"
    return "wavering" if any(b < a for a, b in pairwise(way)) else "rising"


PATHS = ("kept", "reached", "regained", "rising", "wavering", "stuck", "falling", "relapsed")


def paths_by_district(year: Year) -> Iterator[Row]:
    known = ways(year)
    for code, own in year.now["communes"].groupby("district_code"):
        counted = Counter(path(known[c]) for c in own["commune_code"] if c in known)
        silent = len(own) - counted.total()
        found = {f"path_{name}": whole(counted[name]) for name in PATHS} if counted else {}
        held = {"communes": whole(len(own)), "path_not_comparable": whole(silent)}
        yield {"district_code": str(code)}, {**found, **held}


def not_advancing(year: Year) -> Iterator[Row]:
    for code, way in ways(year).items():
        yield (
            {"commune_code": code},
            {"criteria_first": whole(way[0]), "criteria_met": whole(way[-1])},
        )


def criteria_over_years(year: Year) -> Iterator[Row]:
    lacking = [year.lacking(own) for own in sorted(year.all)]
    codes = set.intersection(*(set(one) for one in lacking))
    for n in range(1, ALL + 1):
        counted: Counter[str] = Counter()
        for code in codes:
            met = [n not in one[code] for one in lacking]
            if not any(met):
                counted["never"] += 1
            elif not met[-1]:
                counted["lost_again"] += 1
            elif all(met):
                counted["always"] += 1
            elif any(a and not b for a, b in pairwise(met)):
                counted["met_again"] += 1
            else:
                counted["gained"] += 1
        names = ("always", "gained", "met_again", "lost_again", "never")
        found = {f"criterion_{name}": whole(counted[name]) for name in names}
        yield {"number": str(n)}, {"communes": whole(len(codes)), **found}


def steps(year: Year) -> Iterator[Row]:
    held: dict[int, list[int]] = {}
    for one, two in pairwise(sorted(year.all)):
        then, now = year.met(one), year.met(two)
        for code in set(then.index) & set(now.index):
            if then[code] < ALL:
                held.setdefault(int(then[code]), []).append(int(now[code]))
    for start, ends in held.items():
        up = [end for end in ends if end > start]
        yield (
            {"_name": str(start)},
            {
                "commune_years": whole(len(ends)),
                "moved_up": whole(len(up)),
                "stayed": whole(sum(end == start for end in ends)),
                "moved_down": whole(sum(end < start for end in ends)),
                "criteria_added": whole(sum(end - start for end in up)),
                "years_per_step": ratio(len(ends), len(up), 1),
            },
        )


def one_short(year: Year) -> Iterator[Row]:
    for first, later in combinations(sorted(year.all), 2):
        then, now = year.met(first), year.met(later)
        ends = [int(now[code]) for code in then.index[then == ALL - 1] if code in now.index]
        yield (
            {"_name": str(first), "looked_at": str(later)},
            {
                "communes": whole(len(ends)),
                "communes_met_19": whole(ends.count(ALL)),
                "communes_met_18": whole(ends.count(ALL - 1)),
                "communes_below": whole(sum(end < ALL - 1 for end in ends)),
            },
        )


def poor(year: Year, part: str = "poor", base: str = "households_hh") -> pd.DataFrame:
    """Return count and base of the units that report both in every year, a row a unit and year."""
    columns = ["commune_code", "district_code", f"{part}_end_hh", base]
    frames = [
        tables["poverty"][columns].dropna().assign(year=own) for own, tables in year.all.items()
    ]
    held = pd.concat(frames).rename(columns={f"{part}_end_hh": "count", base: "base"})
    steady = held.groupby("commune_code")["year"].nunique()
    return held[held["commune_code"].isin(steady.index[steady == len(year.all)])]


def rates(held: pd.DataFrame, by: list[str]) -> dict[tuple, Fraction]:
    sums = held.groupby(by)[["count", "base"]].sum()
    return {
        key if isinstance(key, tuple) else (key,): Fraction(
            100 * int(row["count"]), int(row["base"])
        )
        for key, row in sums.iterrows()
    }


def decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def spread_of(values: list[Fraction], prefix: str) -> dict[str, Value]:
    mean = sum(values) / len(values)
    deviation = decimal(sum((x - mean) ** 2 for x in values) / len(values)).sqrt()
    return {
        f"{prefix}_mean": mean,
        f"{prefix}_sd": Fraction(deviation),
        f"{prefix}_variation_pct": 100 * Fraction(deviation) / mean,
        f"{prefix}_lowest": min(values),
        f"{prefix}_highest": max(values),
    }


def poor_spread(year: Year) -> Iterator[Row]:
    by_district = rates(poor(year), ["year", "district_code"])
    for own in year.all:
        values = [rate for (when, _), rate in by_district.items() if when == own]
        yield {"_name": str(own)}, spread_of(values, "poor_rate")


def criteria_spread(year: Year) -> Iterator[Row]:
    known = ways(year)
    places = areas.rural(year.year).set_index("commune_code")["district_code"]
    for place, own in enumerate(sorted(year.all)):
        held: dict[str, list[int]] = {}
        for code, way in known.items():
            held.setdefault(places[code], []).append(way[place])
        values = [Fraction(sum(one), len(one)) for one in held.values()]
        yield {"_name": str(own)}, spread_of(values, "criteria")


def first_and_last(year: Year) -> dict[str, tuple[Fraction, Fraction]]:
    by_district = rates(poor(year), ["year", "district_code"])
    first = min(year.all)
    return {
        code: (by_district[first, code], by_district[year.year, code]) for _, code in by_district
    }


def catch_up_data(year: Year) -> Iterator[Row]:
    for code, (first, last) in first_and_last(year).items():
        found = {"rate_first_pct": first, "rate_last_pct": last, "rate_moved_pp": last - first}
        yield {"district_code": code}, found


def line(across: list[Decimal], up: list[Decimal]) -> tuple[Decimal, Decimal]:
    x, y = sum(across) / len(across), sum(up) / len(up)
    xy = sum((a - x) * (b - y) for a, b in zip(across, up, strict=True))
    xx, yy = sum((a - x) ** 2 for a in across), sum((b - y) ** 2 for b in up)
    return xy / xx, xy / (xx * yy).sqrt()


def ranks(values: list[Decimal]) -> list[Decimal]:
    return [
        Decimal(sum(one < value for one in values)) + Decimal(values.count(value) + 1) / 2
        for value in values
    ]


def catch_up(year: Year) -> Iterator[Row]:
    moved = list(first_and_last(year).values())
    slope, fit = line([decimal(a) for a, _ in moved], [decimal(b - a) for a, b in moved])
    there = [(decimal(a), decimal(b)) for a, b in moved if a > 0 and b > 0]
    logs, proportion = [a.ln() for a, _ in there], [(b / a).ln() for a, b in there]
    yield (
        {"_name": "Poverty rate"},
        {
            "spread_units": whole(len(moved)),
            "slope": Fraction(slope),
            "r_squared": Fraction(fit**2),
            "relative_slope": Fraction(line(logs, proportion)[0]),
            "rank_correlation": Fraction(line(ranks(logs), ranks(proportion))[1]),
        },
    )


def area_gap(year: Year) -> Iterator[Row]:
    rural = set(areas.rural(year.year)["commune_code"])
    held = poor(year)
    held = held.assign(area=held["commune_code"].isin(rural))
    found = rates(held, ["year", "area"])
    for own in year.all:
        one, two = found[own, True], found[own, False]
        gap = {"area_gap_pp": one - two, "area_gap_ratio": one / two}
        yield {"_name": str(own)}, {"rural_poor_rate_pct": one, "urban_poor_rate_pct": two, **gap}


def ethnic_gap(year: Year) -> Iterator[Row]:
    every = rates(poor(year), ["year"])
    ethnic = rates(poor(year, "ethnic_poor", "ethnic_households_hh"), ["year"])
    for own in year.all:
        one, two = ethnic[own,], every[own,]
        gap = {"gap_pp": one - two, "gap_ratio": one / two}
        yield {"_name": str(own)}, {"ethnic_poor_rate_pct": one, "poor_rate_pct": two, **gap}


TABLES: dict[tuple[str, str], Callable[[Year], Iterator[Row]]] = {
    ("commune-standards", "gains"): gains,
    ("commune-standards", "transitions"): transitions,
    ("commune-standards", "pairs"): pairs,
    ("commune-standards", "communes"): by_commune,
    ("commune-standards", "nearly"): by_commune,
    ("commune-standards", "changes"): by_commune,
    ("commune-standards", "candidates"): candidates,
    ("commune-standards", "criteria-map-data"): by_commune,
    ("commune-standards", "change-map-data"): by_commune,
    ("commune-standards", "district-standard"): of_district,
    ("commune-standards", "proposals"): of_district,
    ("commune-standards", "proposals-data"): of_district,
    ("commune-standards", "progress-data"): progress,
    ("commune-standards", "groupings"): of_groupings,
    ("overview", "headline-figures"): headlines,
    ("commune-standards", "outlook"): outlook,
    ("over-the-years", "paths-by-district"): paths_by_district,
    ("over-the-years", "communes-not-advancing"): not_advancing,
    ("over-the-years", "criteria-over-years-data"): criteria_over_years,
    ("over-the-years", "steps"): steps,
    ("over-the-years", "from-one-short"): one_short,
    ("over-the-years", "poor-rate-spread-data"): poor_spread,
    ("over-the-years", "criteria-spread-data"): criteria_spread,
    ("over-the-years", "catch-up-data"): catch_up_data,
    ("over-the-years", "catch-up"): catch_up,
    ("over-the-years", "area-gap-data"): area_gap,
    ("over-the-years", "ethnic-gap-data"): ethnic_gap,
}
