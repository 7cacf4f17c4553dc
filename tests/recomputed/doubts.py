"""Ranges that doubt and silence leave, targets of the period, and published facts, computed again.

What is doubtful is read from the findings and the ledger of cells, not asked of the product.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pandas as pd
from tests.recomputed.exact import Value, Year, billion, ratio, rounded, whole

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
    """Bound each rate of households: a doubtful unit lies between the extremes of two years."""
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
        earlier = last[[count, base]].dropna().astype(int).itertuples(index=False, name=None)
        shares = [Fraction(part, of) for part, of in [*sure, *earlier] if of]
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


def of_communes(year: Year, unsure: set[tuple[str, str, str]]) -> Iterator[Row]:
    """Bound the communes recognised, and the criteria met per commune."""
    communes, met = year.now["communes"].set_index("commune_code"), year.met()
    rural = set(areas.rural(year.year)["commune_code"])

    def doubted(table: str, *columns: str) -> set[str]:
        return {
            key.split("/")[2]
            for own, key, column in unsure
            if own == table and column in columns
        } & rural  # fmt: skip

    silent = len(rural - set(communes["status"].dropna().index))
    odd = doubted("communes", "status", "decision_date", "decision_no")
    recognised = set(communes.index[communes["status"] == "recognised"])
    sure = len(recognised - odd)
    yield (
        {"_name": "Communes meeting the new-rural standard"},
        {"now": whole(len(recognised)), "least": whole(sure),
         "most": whole(sure + silent + len(odd)), "units": whole(len(rural)),
         "not_reported": whole(silent), "doubtful": whole(len(odd))},
    )  # fmt: skip
    odd = (doubted("communes", "criteria_met") | doubted("attainment", "met")) & set(met.index)
    known = met.drop(list(odd))
    absent = len(rural) - len(met)
    least, most = (
        Fraction(int(known.sum()) + (absent + len(odd)) * int(one), len(rural)) for one in (0, 19)
    )
    yield (
        {"_name": "Criteria met per commune"},
        {"now": ratio(met.sum(), len(met), 1), "least": least, "most": most,
         "units": whole(len(rural)), "not_reported": whole(absent), "doubtful": whole(len(odd))},
    )  # fmt: skip


def of_money(year: Year, unsure: set[tuple[str, str, str]]) -> Iterator[Row]:
    """Bound the share disbursed: of money without a report none is paid, or all of it."""
    assert not [one for one in unsure if one[0] == "funding"], "no doubtful amount in these years"
    lines = [
        (int(allocated), None if pd.isna(disbursed) else int(disbursed))
        for allocated, disbursed in year.now["funding"][
            ["allocated_vnd", "disbursed_vnd"]
        ].itertuples(index=False, name=None)
    ]
    total = sum(allocated for allocated, _ in lines)
    told = [(allocated, disbursed) for allocated, disbursed in lines if disbursed is not None]
    covered, paid = (sum(one[place] for one in told) for place in (0, 1))
    counts = {"units": whole(len(lines)), "doubtful": whole(0)}
    yield (
        {"_name": "Money allocated"},
        {name: billion(total) for name in ("now", "least", "most")}
        | counts
        | {"not_reported": whole(0)},
    )
    yield (
        {"_name": "Disbursement rate, where reported"},
        {"now": ratio(paid, covered), "least": ratio(paid, total),
         "most": ratio(paid + total - covered, total),
         "not_reported": whole(len(lines) - len(told)), **counts},
    )  # fmt: skip


def every_range(year: Year) -> Iterator[Row]:
    unsure = doubts(year)
    yield from ranges(year)
    yield from of_communes(year, unsure)
    yield from of_money(year, unsure)


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


COMPONENTS = {
    "Infrastructure investment under Programme 30a": ("gnbv_30a_infrastructure", None),
    "Central capital for infrastructure under Programme 30a": (
        "gnbv_30a_infrastructure", "central"),
    "Provincial counterpart for infrastructure under Programme 30a": (
        "gnbv_30a_infrastructure", "province"),
    "Infrastructure maintenance under Programme 30a": ("gnbv_30a_maintenance", None),
    "Central capital for infrastructure under Programme 135": (
        "gnbv_135_infrastructure", "central"),
    "Local capital for infrastructure under Programme 135": (
        "gnbv_135_infrastructure", "province"),
    "Funds for production support and models under Programme 135": ("gnbv_135_production", None),
    "Central funds for production support under Programme 135": (
        "gnbv_135_production", "central"),
    "Local funds for production support under Programme 135": ("gnbv_135_production", "province"),
    "Funds for poverty-reduction communication": ("gnbv_communication", None),
    "Funds for reducing information poverty": ("gnbv_information", None),
}  # fmt: skip
PAID = {
    "central capital of 2019": (2019, ("investment", "recurrent"), 3),
    "central investment capital": (2019, ("investment",), 3),
    "central recurrent capital": (2019, ("recurrent",), 3),
    "the carried-over capital": (2018, ("investment",), 3),
}
SHARES = {
    "livelihood funds": ("gnbv_30a_livelihoods", 4),
    "model funds": ("gnbv_30a_models", 3),
    "funds for work abroad": ("gnbv_30a_labour_export", 2),
}


def rates(year: Year) -> Iterator[Row]:
    """What the returns give for published rates and falls, and for the parts of the money.

    A fact is compared with two decimals more than were printed.
    """
    funding = year.all[2019]["funding"]
    for name, (component, source) in COMPONENTS.items():
        own = funding[funding["component"] == component]
        own = own[(own["source"] == source) | (source is None)]
        yield {"_group": "2019", "_name": name}, {"returned": billion(own["allocated_vnd"].sum())}
    central = funding[(funding["programme"] == "ntm") & (funding["source"] == "central")]
    shares = {
        name: (central[(central["plan_year"] == when) & central["kind"].isin(kinds)], places)
        for name, (when, kinds, places) in PAID.items()
    } | {
        name: (funding[funding["component"] == component], places)
        for name, (component, places) in SHARES.items()
    }
    for name, (own, places) in shares.items():
        share = ratio(own["disbursed_vnd"].sum(), own["allocated_vnd"].sum())
        key = {"_group": "2019", "_name": f"Disbursement rate of {name}"}
        yield key, {"returned": rounded(share, places)}
    for group in ("poor", "near_poor", "ethnic_poor", "ethnic_near_poor"):
        words = group.replace("_", " ").replace("near poor", "near-poor")
        base = "ethnic_households_hh" if "ethnic" in group else "households_hh"
        then, now = (
            ratio(*(int(year.all[own]["poverty"][one].sum()) for one in (f"{group}_end_hh", base)))
            for own in (2018, 2019)
        )
        level, fall = {
            "poor": ("Poor household rate", "Fall of the poor household rate"),
            "near_poor": ("Near-poor household rate", "Fall of the near-poor household rate"),
        }.get(group, (
            f"{words.removeprefix('ethnic ').capitalize()} rate of ethnic minority households",
            f"Fall of the {words} rate",
        ))  # fmt: skip
        printed = 1 if group == "ethnic_poor" else 2
        yield {"_group": "2019", "_name": level}, {"returned": rounded(now, printed + 2)}
        yield {"_group": "2019", "_name": fall}, {"returned": rounded(then - now, 4)}


def published(year: Year) -> Iterator[Row]:
    yield from facts(year)
    yield from rates(year)


TABLES = {
    ("overview", "ranges"): every_range,
    ("overview", "agreement"): published,
    ("over-the-years", "period-targets-poverty"): falls,
    ("over-the-years", "period-targets-communes"): communes_of_period,
}
