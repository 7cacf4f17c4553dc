"""Published numbers computed again by other code: plain pandas on clean tables, exact fractions.

Nothing of the product's analysis is used. What is published is read from its CSV files, what it is
computed from are the clean tables of the year and of the year before.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from tests.recomputed import doubts, report, standards
from tests.recomputed.exact import Value, Year, billion, ratio, whole

YEARS = (2019, 2020)
LEAST = 1_000


@pytest.fixture(scope="module")
def published(site, next_year) -> dict[int, Path]:
    """The published folders: the shared runs of 2019 and of 2020."""
    return {2019: site.parent, 2020: next_year}


def table(folder: Path, page: str, slug: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a published CSV by the names of its columns."""
    place = folder / "tables" / "en" / page
    told = json.loads((place / "csv-metadata.json").read_text(encoding="utf-8"))
    columns = next(
        one["tableSchema"]["columns"] for one in told["tables"] if one["url"] == f"{slug}.csv"
    )
    with (place / f"{slug}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == [column["titles"] for column in columns]
    for row in rows[1:]:
        if len(row) != len(columns):
            return
        yield dict(zip([column["name"] for column in columns], row, strict=True))


# What is said of households ---------------------------------------------------------------------

RATES = {
    "poor": "households_hh",
    "near_poor": "households_hh",
    "ethnic_poor": "ethnic_households_hh",
    "ethnic_near_poor": "ethnic_households_hh",
}


def of_households(row: pd.Series) -> dict[str, Value]:
    found = {base: whole(row[base]) for base in ("households_hh", "ethnic_households_hh")}
    for name, base in RATES.items():
        found[f"{name}_end_hh"] = whole(row[f"{name}_end_hh"])
        found[f"{name}_rate_pct"] = ratio(row[f"{name}_end_hh"], row[base])
    return found


def poverty_communes(year: Year) -> Iterator[tuple[dict[str, str], dict[str, Value]]]:
    last = year.before["poverty"].set_index("commune_code")
    for row in year.now["poverty"].to_dict("records"):
        then = last.loc[row["commune_code"]]
        first = ratio(then["poor_end_hh"], then["households_hh"])
        now = ratio(row["poor_end_hh"], row["households_hh"])
        moved = {} if first is None or now is None else {"change_pp": now - first}
        yield {"commune_code": row["commune_code"]}, {**of_households(row), **moved}


def poverty_changes(year: Year) -> Iterator[tuple[dict[str, str], dict[str, Value]]]:
    columns = ["households_hh", "poor_end_hh", "near_poor_end_hh"]
    both = year.now["poverty"].merge(
        year.before["poverty"][["commune_code", *columns]], on="commune_code", suffixes=("", "_b")
    )
    sums = both.groupby("district_code")[[*columns, *(f"{c}_b" for c in columns)]].sum()
    for code, row in sums.iterrows():
        found: dict[str, Value] = {}
        for name in ("poor", "near_poor"):
            before, after = row[f"{name}_end_hh_b"], row[f"{name}_end_hh"]
            first, last = ratio(before, row["households_hh_b"]), ratio(after, row["households_hh"])
            found |= {
                f"{name}_before_hh": whole(before),
                f"{name}_after_hh": whole(after),
                f"{name}_change_hh": whole(after - before),
                f"{name}_after_rate_pct": last,
                f"{name}_change_pp": last - first,
                f"{name}_rate_relative_pct": (last - first) / first * 100,
            }
        yield {"district_code": str(code)}, found


def poverty_flows(year: Year) -> Iterator[tuple[dict[str, str], dict[str, Value]]]:
    moves = ["start", "escaped", "fell_back", "new", "end"]
    names = [f"poor_{move}_hh" for move in moves]
    for code, row in year.now["poverty"].groupby("district_code")[names].sum().iterrows():
        start, escaped, fell_back, new, end = (int(row[name]) for name in names)
        yield (
            {"district_code": str(code)},
            {
                **{name: whole(row[name]) for name in names},
                "poor_residue_hh": whole(end - (start - escaped + fell_back + new)),
                "poor_net_change_hh": whole(end - start),
                "poor_gross_change_hh": whole(escaped + fell_back + new),
                "poor_escape_rate_pct": ratio(escaped, start),
                "poor_reentry_rate_pct": ratio(fell_back, escaped),
            },
        )


# What is said of communes -----------------------------------------------------------------------


def districts_of_communes(year: Year) -> Iterator[tuple[dict[str, str], dict[str, Value]]]:
    communes = year.now["communes"].assign(met=year.now["communes"]["commune_code"].map(year.met()))
    for code, own in communes.groupby("district_code"):
        recognised = int((own["status"] == "recognised").sum())
        met = own["met"].dropna()
        yield (
            {"district_code": str(code)},
            {
                "communes": whole(len(own)),
                "communes_recognised": whole(recognised),
                "communes_pending": whole((own["status"] == "pending").sum()),
                "recognised_pct": ratio(recognised, len(own)),
                "mean_criteria": ratio(met.sum(), len(met), 1),
                "communes_met_19": whole((met == 19).sum()),
                "communes_met_15_18": whole(met.between(15, 18).sum()),
                "communes_met_10_14": whole(met.between(10, 14).sum()),
                "communes_met_below_10": whole((met < 10).sum()),
            },
        )


def failures_by_district(year: Year) -> Iterator[tuple[dict[str, str], dict[str, Value]]]:
    marks = year.now["attainment"]
    for code, own in marks.groupby("district_code"):
        failed = own[own["met"] == False].groupby("criterion").size()  # noqa: E712
        counted = {str(n): whole(failed.get(n, 0)) for n in range(1, 20)}
        yield {"district_code": str(code)}, counted


def failures(year: Year) -> Iterator[tuple[dict[str, str], dict[str, Value]]]:
    for criterion, own in year.now["attainment"].dropna(subset="met").groupby("criterion"):
        failed = int((~own["met"].astype(bool)).sum())
        found = {"marks_not_met": whole(failed), "marks_given": whole(len(own))}
        yield {"number": str(criterion)}, {**found, "not_met_pct": ratio(failed, len(own))}


# What is said of money --------------------------------------------------------------------------


def of_money(own: pd.DataFrame) -> dict[str, Value]:
    known = own[own["disbursed_vnd"].notna()]
    there = len(known) > 0
    allocated, disbursed = known["allocated_vnd"].sum(), known["disbursed_vnd"].sum()
    return {
        "allocated_vnd": billion(own["allocated_vnd"].sum()),
        "uncovered_vnd": billion(own["allocated_vnd"].sum() - allocated),
        "disbursed_vnd": billion(disbursed) if there else None,
        "gap_vnd": billion(allocated - disbursed) if there else None,
        "disbursed_rate_pct": ratio(disbursed, allocated) if there else None,
    }


def money_by_district(year: Year) -> Iterator[tuple[dict[str, str], dict[str, Value]]]:
    for code, own in year.now["funding"].groupby("district_code"):
        yield {"district_code": str(code)}, of_money(own)


# Comparing --------------------------------------------------------------------------------------

TABLES: dict[tuple[str, str], Callable[[Year], Iterator]] = (
    {
        ("poverty-reduction", "poverty-communes"): poverty_communes,
        ("poverty-reduction", "poverty-changes"): poverty_changes,
        ("poverty-reduction", "poverty-flows-poor"): poverty_flows,
        ("commune-standards", "districts"): districts_of_communes,
        ("commune-standards", "failures-by-district"): failures_by_district,
        ("commune-standards", "failures-data"): failures,
        ("funding-gaps", "funding-map-data"): money_by_district,
        ("funding-gaps", "funding-districts-data"): money_by_district,
    }
    | standards.TABLES
    | doubts.TABLES
    | report.TABLES
)
PROFILE = {
    "communes": lambda year: (
        (key, {name: value for name, value in found.items() if "ethnic" not in name})
        for key, found in poverty_communes(year)
    )
}


def close(text: str, value: Fraction) -> bool:
    """Whether a published number is the exact one, to the last digit that a computer keeps."""
    return abs(Fraction(text) - value) <= abs(value) * Fraction(1, 10**13)


def compared(folder: Path, page: str, slug: str, again: Iterator) -> tuple[Counter, list[str]]:
    """Count the numbers of a table that were computed again, and say which differ."""
    truth = {tuple(key.items()): found for key, found in again}
    names = list(next(iter(truth))[0:])
    seen, wrong = Counter(), []
    for row in table(folder, page, slug):
        number = row.get("_name", "").partition(" ")[0]
        key = tuple((name, row.get(name, number)) for name, _ in names)
        for name, value in truth.get(key, {}).items():
            text = row.get(name)
            if text is None:
                continue
            seen[page] += 1
            if (value is None) != (text == "") or (value is not None and not close(text, value)):
                wrong.append(f"{page}/{slug} {key} {name}: {text!r} is {value}")
    return seen, wrong


@pytest.fixture(scope="module")
def result(published) -> dict[int, tuple[Counter, list[str]]]:
    """Count by year and page what was computed again, and tell what differs."""
    every = {}
    for own in YEARS:
        total, wrong = Counter(), []
        folder = published[own]
        year = Year(folder, own)
        found = [
            compared(folder, page, slug, again(year))
            for (page, slug), again in TABLES.items()
            if (folder / "tables" / "en" / page / f"{slug}.csv").is_file()
        ]
        for page in sorted((folder / "tables" / "en").glob("district-profile-*")):
            found.append(compared(folder, page.name, "communes", PROFILE["communes"](year)))
        found.append(of_the_whole(folder, year))
        for seen, differ in found:
            total += seen
            wrong += [f"{own} {text}" for text in differ]
        every[own] = total, wrong
    return every


def of_the_whole(folder: Path, year: Year) -> tuple[Counter, list[str]]:
    """Compute the overview's levels of this year and the one before again."""
    seen, wrong = Counter(), []
    for row in table(folder, "overview", "trend-data"):
        if row["_name"] not in (str(year.year), str(year.year - 1)):
            continue
        tables = year.now if row["_name"] == str(year.year) else year.before
        poor, communes = tables["poverty"], tables["communes"]
        marks = tables["attainment"].dropna(subset="met").groupby("commune_code")["met"]
        met = marks.sum()[marks.size() == 19].astype(int)
        households = poor["households_hh"].sum()
        truth = {
            "communes_recognised": whole((communes["status"] == "recognised").sum()),
            "mean_criteria": ratio(met.sum(), len(met), 1),
            "poor_rate_pct": ratio(poor["poor_end_hh"].sum(), households),
            "near_poor_rate_pct": ratio(poor["near_poor_end_hh"].sum(), households),
        }
        for name, value in truth.items():
            seen["overview"] += 1
            if not close(row[name], value):
                wrong.append(f"overview {row['when']} {name}: {row[name]} is {float(value)}")
    return seen, wrong


OF_RETURNS = {"overview", "commune-standards", "funding-gaps", "over-the-years",
              "poverty-reduction", "profiles", "data-dictionary"}  # fmt: skip
OF_THE_REPORT = {"programme-indicators", "report-audit"}


def test_published_numbers_come_out_again(result, capsys):
    for year, (total, wrong) in result.items():
        pages = Counter()
        for page, count in total.items():
            pages["profiles" if page.startswith("district-profile") else page] += count
        with capsys.disabled():
            said = ", ".join(f"{page} {count}" for page, count in sorted(pages.items()))
            print(f"\n{year}: {total.total()} published numbers computed again: {said}")
        assert not wrong, "\n".join(wrong[:30])
        assert total.total() >= LEAST
        # The report that is at hand is of 2019.
        assert set(pages) == OF_RETURNS | (OF_THE_REPORT if year == 2019 else set())
        assert min(pages.values()) >= 12
