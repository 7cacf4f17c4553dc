"""Ranges that doubt and silence leave, targets of the period, and published facts, computed again.

What is doubtful is read from the findings and the ledger of cells, not asked of the product.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pandas as pd
from tests.recomputed.exact import Value, Year, billion, ratio, whole

from kgstats.reference import areas

Row = tuple[dict[str, str], dict[str, Value]]
DOUBTFUL = {"value_in_doubt", "amount_in_guessed_unit"}


def doubts(year: Year) -> set[tuple[str, str, str]]:
    """Return table, row and column of every value that was kept though it may be wrong."""
    findings, cells = (
        pd.read_parquet(year.place / str(year.year) / f"{name}.parquet")
        for name in ("findings", "cells")
    )
    told = findings["rule"].isin(DOUBTFUL) | (findings["severity"] == "warning")
    at = set(findings[told][["file", "sheet", "cell"]].itertuples(index=False, name=None))
    values = cells[cells["role"] == "value"]
    return {
        (row.table, row.row_key, row.column)
        for row in values.itertuples()
        if (row.file, row.sheet, row.cell) in at
    }


HOUSEHOLDS = {
    "Poverty rate": ("poor_end_hh", "households_hh"),
    "Near-poverty rate": ("near_poor_end_hh", "households_hh"),
    "Poverty rate of ethnic-minority households": ("ethnic_poor_end_hh", "ethnic_households_hh"),
}


def ranges(year: Year) -> Iterator[Row]:
    """Bound each rate of households: a doubtful unit lies between the lowest and the highest."""
    unsure = doubts(year)
    last = year.before["poverty"].set_index("commune_code")
    for name, (count, base) in HOUSEHOLDS.items():
        sure, sizes, doubted, silent = [], [], 0, 0
        for row in year.now["poverty"].to_dict("records"):
            key = f"{row['year']}/{row['district_code']}/{row['commune_code']}"
            odd = [one for one in (count, base) if ("poverty", key, one) in unsure]
            absent = pd.isna(row[count]) or pd.isna(row[base])
            if not odd and not absent:
                sure.append((int(row[count]), int(row[base])))
                continue
            silent, doubted = silent + absent, doubted + (not absent)
            known = not pd.isna(row[base]) and base not in odd
            sizes.append(int(row[base] if known else last.loc[row["commune_code"], base]))
        shares = [Fraction(part, of) for part, of in sure if of]
        parts, bases = (sum(one[place] for one in sure) for place in (0, 1))
        low, high = (
            100 * (parts + sum(sizes) * share) / (bases + sum(sizes))
            for share in (min(shares), max(shares))
        )
        own = year.now["poverty"][[count, base]].dropna()
        yield (
            {"_name": name},
            {"now": ratio(own[count].sum(), own[base].sum()), "least": low, "most": high,
             "doubtful": whole(doubted), "not_reported": whole(silent)},
        )  # fmt: skip


def fall(year: Year, part: str, base: str) -> Fraction:
    own, last = (
        tables["poverty"].set_index("commune_code")[[part, base]].dropna()
        for tables in (year.now, year.before)
    )
    both = own.index.intersection(last.index)
    then, now = (ratio(one.loc[both, part].sum(), one.loc[both, base].sum()) for one in (last, own))
    return then - now


def falls(year: Year) -> Iterator[Row]:
    for group, (part, base) in {
        "Fall of the poverty rate": HOUSEHOLDS["Poverty rate"],
        "Fall of the poverty rate of ethnic-minority households": (
            HOUSEHOLDS["Poverty rate of ethnic-minority households"]
        ),
    }.items():
        key = {"_group": group, "_name": str(year.year)}
        yield key, {"fall_of_year_pp": fall(year, part, base)}


def communes_of_period(year: Year) -> Iterator[Row]:
    now, then = (tables["communes"].set_index("commune_code")["status"] == "recognised"
                 for tables in (year.now, year.before))  # fmt: skip
    both = now.index.intersection(then.index)
    met = year.met()
    for group, name, value in (
        ("Communes recognised within the year", year.year, now[both].sum() - then[both].sum()),
        ("Communes recognised at the end of the year", 2020, now.sum()),
        ("Criteria met on average", 2020, Fraction(int(met.sum()), len(met))),
    ):
        exact = value if isinstance(value, Fraction) else whole(value)
        yield {"_group": group, "_name": str(name)}, {"commune_result": exact}


MONEY = {
    "Central capital allocated to new rural development": ("ntm", ("central",), None),
    "Central investment capital allocated to new rural development": (
        "ntm", ("central",), "investment"),
    "Central recurrent capital allocated to new rural development": (
        "ntm", ("central",), "recurrent"),
    "Provincial counterpart and integrated capital for new rural development": (
        "ntm", ("province", "integrated"), None),
    "Provincial counterpart and integrated investment capital": (
        "ntm", ("province", "integrated"), "investment"),
    "Total capital of the poverty-reduction programme": ("gnbv", ("central", "province"), None),
    "Central capital of the poverty-reduction programme": ("gnbv", ("central",), None),
    "Provincial counterpart capital of the poverty-reduction programme": (
        "gnbv", ("province",), None),
}  # fmt: skip


def facts(year: Year) -> Iterator[Row]:
    """What the returns give for published facts: communes of a district, sums of money."""
    names = areas.districts(2019).set_index("district_code")["district_name"]
    communes = year.all[2019]["communes"]
    for code, own in communes.groupby("district_code"):
        name = f"Communes of {names[code]} recognised, of {len(own)}"
        found = whole((own["status"] == "recognised").sum())
        yield {"_group": "2019", "_name": name}, {"returned": found}
    funding = year.all[2019]["funding"]
    for name, (programme, sources, kind) in MONEY.items():
        own = funding[(funding["programme"] == programme) & (funding["plan_year"] == 2019)]
        own = own[own["source"].isin(sources) & ((own["kind"] == kind) | (kind is None))]
        yield {"_group": "2019", "_name": name}, {"returned": billion(own["allocated_vnd"].sum())}


TABLES = {
    ("overview", "ranges"): ranges,
    ("overview", "agreement"): facts,
    ("over-the-years", "period-targets-poverty"): falls,
    ("over-the-years", "period-targets-communes"): communes_of_period,
}
