"""Disclosure control of the tables of poverty: what is published resists an attacker."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from tests.analysis.attack import attacked

from illustrative.truth import truth
from kgstats.analysis import poverty, poverty_disclosure
from kgstats.analysis.disclosure import Control, DisclosureError, Relation, at_most, total_of
from kgstats.analysis.poverty_disclosure import Release
from kgstats.reference import areas

COMMUNE = ("commune_code",)
AT_END = ("poor", "near_poor", "ethnic_poor", "ethnic_near_poor")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Two years of six districts; the others did not report."""
    chosen = ["899", "900", "904", "907", "909", "912"]
    tables = [truth(year)["poverty"] for year in (2018, 2019)]
    return poverty.together(*(one[one["district_code"].isin(chosen)] for one in tables))


@pytest.fixture(scope="module")
def release(frame) -> Release:
    return poverty_disclosure.release(frame, Control(threshold=5))


LEVELS = {
    "province": (),
    "area": "area",
    "district": "district",
    "district_area": ("area", "district"),
    "commune": "commune",
}


def test_off_by_default(frame) -> None:
    off = poverty_disclosure.release(frame, Control())
    assert not off.is_on
    assert off.account() == {"threshold": 0, "rounding": 1, "primary": 0, "complementary": 0}
    for by in LEVELS.values():
        made = poverty.levels(frame, by)
        assert off.applied(made) is made


def test_a_threshold_that_leaves_nothing_is_refused_at_once(frame) -> None:
    with pytest.raises(DisclosureError, match=r"threshold 5000 is too high: \d+ of \d+ counts"):
        poverty_disclosure.release(frame, Control(threshold=5000))


def named(row) -> str:
    """Name the area of a row, whatever keys it has."""
    if "commune_code" in row:
        return str(row["commune_code"])
    return "-".join(str(row[key]) for key in ("district_code", "area") if key in row) or "91"


def published_counts(frame, shown) -> tuple[dict[str, int], list[str], list[Relation]]:
    """Read the published tables as an attacker does, and set up all that adds up in them."""
    published: dict[str, int] = {}
    unknown: list[str] = []
    relations: list[Relation] = []
    held = {
        level: [
            {**row, "code": named(row)}
            for row in shown(poverty.levels(frame, by)).to_dict("records")
        ]
        for level, by in LEVELS.items()
    }
    moved = {
        level: [
            {**row, "code": named(row)}
            for row in shown(poverty.flows(frame, by)).to_dict("records")
        ]
        for level, by in LEVELS.items()
        if level in ("province", "district")
    }
    areas = frame.drop_duplicates("commune_code").set_index("commune_code")["area"]

    def note(name: str, value) -> None:
        if name in published or name in unknown:
            return
        if pd.isna(value):
            unknown.append(name)
        else:
            published[name] = int(value)

    for by, rows in held.items():
        for row in rows:
            name = f"{row['year']} {by} {row['code']}"
            for measure in AT_END:
                note(f"{name} {measure}", row[f"{measure}_end_hh"])
            relations.append(at_most(f"{name} ethnic_poor", f"{name} poor"))
            relations.append(at_most(f"{name} ethnic_near_poor", f"{name} near_poor"))
    owners = {
        "area": lambda row: areas[row["code"]],
        "district": lambda row: row["district_code"],
        "district_area": lambda row: f"{row['district_code']}-{areas[row['code']]}",
        "province": lambda row: "91",
    }
    for by, owner in owners.items():
        for row in held[by]:
            inside = [
                one
                for one in held["commune"]
                if one["year"] == row["year"] and owner(one) == row["code"]
            ]
            for measure in AT_END:
                parts = [f"{one['year']} commune {one['code']} {measure}" for one in inside]
                relations.append(total_of(f"{row['year']} {by} {row['code']} {measure}", parts))
    for by, rows in moved.items():
        for row in rows:
            name = f"{row['year']} {by} {row['code']}"
            for flow in ("start", "escaped", "fell_back", "new"):
                note(f"{name} {flow}", row[f"poor_{flow}_hh"])
            flows = dict.fromkeys([f"{name} start", f"{name} fell_back", f"{name} new"], -1)
            relations.append(Relation({f"{name} poor": 1, f"{name} escaped": 1, **flows}))
            before = f"{int(row['year']) - 1} {by} {row['code']} poor"
            if before in published or before in unknown:
                relations.append(Relation({f"{name} start": 1, before: -1}))
    for flow in ("start", "escaped", "fell_back", "new"):
        for year in (2018, 2019):
            parts = [
                f"{year} district {row['code']} {flow}"
                for row in moved["district"]
                if row["year"] == year
            ]
            relations.append(total_of(f"{year} province 91 {flow}", parts))
    return published, unknown, relations


def test_published_tables_of_poverty_resist_the_attack(frame, release) -> None:
    exact, absent, _ = published_counts(frame, lambda made: made)
    published, unseen, known = published_counts(frame, release.applied)
    # What was not reported is in no sum; everything else that is not published is withheld.
    unknown = [name for name in unseen if name not in absent]
    relations = [
        Relation(kept, relation.low, relation.high)
        for relation in known
        if len(kept := {n: f for n, f in relation.coefficients.items() if n not in absent}) > 1
    ]
    assert all(relation.holds(exact) for relation in relations)
    assert len(unknown) > 60
    solved = []
    for name in unknown:
        low, high = attacked(published, unknown, relations, name)
        assert low - 1e-6 <= exact[name] <= high + 1e-6
        if high - low < 1 - 1e-6:
            solved.append(name)
    assert solved == []


def test_small_counts_are_nowhere_and_little_else_is_lost(frame, release) -> None:
    account = release.account()
    assert account["complementary"] < account["primary"]
    assert not any(names in ((), ("area",)) for _, names, _, _ in release.withheld)
    for by in LEVELS.values():
        made = poverty.levels(frame, by)
        table = release.applied(made)
        for measure in AT_END:
            counts = table[f"{measure}_end_hh"].dropna()
            assert not counts.between(1, 4).any()
            hidden = table[f"{measure}_end_hh"].isna()
            assert table.loc[hidden, f"{measure}_rate_pct"].isna().all()
            # What is withheld is named, and nothing that was never reported.
            said = table["withheld"].str.split().map(lambda ns, m=measure: f"{m}_end_hh" in ns)
            assert (said == (hidden & made[f"{measure}_end_hh"].notna())).all()
    compared = release.applied(poverty.changes(frame, 2018, 2019, "commune"))
    hidden = compared["before_hh"].isna() | compared["after_hh"].isna()
    assert hidden.any()
    gone = ["change_hh", "count_relative_pct", "change_pp", "rate_relative_pct"]
    assert compared.loc[hidden, gone].isna().all().all()


def test_a_count_nobody_looked_at_is_withheld(frame, release) -> None:
    commune = (2019, ("commune_code",), ("30730",))
    province = (2019, (), ())
    assert release.seen(commune, "poor_new_hh", 3) is None
    poor = int(frame.loc[frame["year"] == 2019, "poor_end_hh"].sum())
    assert release.seen(province, "poor_end_hh", poor) == poor
    # A sum over other units than those looked at is another count.
    assert release.seen(province, "poor_end_hh", poor - 1) is None
    assert release.seen(commune, "households_hh", 3) == 3
    rural = frame[frame["area"] == "rural"]
    assert release.applied(poverty.levels(rural))["poor_end_hh"].isna().all()
    moved = release.applied(poverty.levels(poverty.carried(frame, 2025), "commune"))
    assert moved["poor_end_hh"].isna().mean() > 0.5


def test_what_follows_from_withheld_counts_is_withheld(frame, release) -> None:
    now = frame[frame["year"] == 2019]
    communes = release.applied(poverty.levels(now, "commune"))
    hidden = set(communes.loc[communes["poor_end_hh"].isna(), "commune_code"])
    assert hidden
    assert not hidden & set(poverty.concentration(communes)["commune_code"])
    assert poverty.concentration_index(communes) is None
    moved = release.applied(poverty.changes(frame, 2018, 2019, "commune"))
    whole = release.applied(poverty.changes(frame, 2018, 2019))
    gone = set(moved.loc[moved["change_pp"].isna() & moved["measure"].eq("poor"), "commune_code"])
    assert not gone & set(poverty.decompose(moved, whole)["commune_code"])
    against = poverty.against_targets(moved, poverty.fall_targets(2019), ["all"])
    rows = against[against["commune_code"].isin(gone & set(now.dropna()["commune_code"]))]
    assert rows["fall_pp"].isna().all()
    assert rows["verdict"].isna().all()
    assert rows["withheld"].str.contains("fall_pp").all()


def test_a_row_of_another_measure_comes_from_that_ones_count(frame, release) -> None:
    """The target for ethnic minorities stands in the same columns as that for all households."""
    hidden = {(cell[2][0], cell[3]) for cell in release.withheld if cell[:2] == (2019, COMMUNE)}
    columns = {"all": "poor_end_hh", "ethnic": "ethnic_poor_end_hh"}
    mixed = [
        code for code, _ in hidden if sum((code, own) in hidden for own in columns.values()) == 1
    ]
    assert mixed
    for scope, column in columns.items():
        rows = pd.DataFrame({"year": 2019, "commune_code": mixed, "scope": scope})
        found = release.gives_away(rows.assign(after_rate_pct=1.0), ["after_rate_pct"])
        assert list(found["after_rate_pct"]) == [(code, column) in hidden for code in mixed]


def test_rates_follow_the_rounded_counts(frame) -> None:
    rounded = poverty_disclosure.release(frame, Control(rounding=10))
    table = rounded.applied(poverty.levels(frame, "commune"))
    assert (table["poor_end_hh"] % 10 == 0).all()
    rate = 100 * table["poor_end_hh"] / table["households_hh"]
    assert (table["poor_rate_pct"] - rate).abs().max() < 1e-9
    exact = poverty.levels(frame, "commune")
    assert table["households_hh"].equals(exact["households_hh"])
    assert table["withheld"].eq("").all()
    # Of rounded movements a residue would say nothing.
    flows = rounded.applied(poverty.flows(frame, "district"))
    assert not [name for name in flows if "residue" in name or "open_units" in name]


@pytest.mark.parametrize("base", [5, 10])
def test_rounding_alone_leaves_every_count_open(frame, base) -> None:
    """No sum of rounded counts, by area, district or part of all, pins a commune's count down."""
    control, tried = Control(rounding=base), 0
    columns = [f"{kind}_end_hh" for kind in AT_END]
    for _, own in frame[frame["year"] == 2019].dropna(subset=columns).groupby("district_code"):
        rural = own["commune_code"].isin(areas.rural(2019)["commune_code"]).to_numpy()
        parts = [np.ones(len(own), bool), rural, ~rural]
        for name in ("poor_end_hh", "near_poor_end_hh"):
            counts = [own[column].astype(int).to_numpy() for column in (name, f"ethnic_{name}")]
            tried += len(own)
            assert min(_widths(counts, [one for one in parts if one.any()], control)) >= 1
    assert tried > 80


def _widths(counts: list[np.ndarray], parts: list[np.ndarray], control: Control) -> list[int]:
    """Return how many values, less one, an attacker must leave to each count of the communes.

    Known are the rounded counts and their rounded sums, and that the ethnic-minority poor (the
    second list) are among the poor.
    """
    size, base = len(counts[0]), control.rounding

    def ends(value: int) -> tuple[int, int]:
        rounded = control.rounded(int(value))
        return max(0, rounded - base // 2), rounded + (base - 1) // 2

    rows = [np.eye(2 * size)[size + i] - np.eye(2 * size)[i] for i in range(size)]
    limits = [0] * size
    for place, own in enumerate(counts):
        for part in parts:
            row = np.zeros(2 * size)
            row[place * size : (place + 1) * size] = part
            low, high = ends(own[part].sum())
            rows, limits = [*rows, row, -row], [*limits, high, -low]
    bounds = [ends(value) for own in counts for value in own]
    found = []
    for aim in np.eye(2 * size):
        low, high = (
            way * linprog(way * aim, A_ub=rows, b_ub=limits, bounds=bounds).fun for way in (1, -1)
        )
        found.append(math.floor(high + 1e-9) - math.ceil(low - 1e-9))
    return found


def test_an_unreported_commune_does_not_open_the_others(frame) -> None:
    gaps = frame.copy()
    gaps.loc[gaps["commune_code"] == "30733", "poor_end_hh"] = pd.NA
    shown = poverty_disclosure.release(gaps, Control(threshold=5))
    table = shown.applied(poverty.levels(gaps, "commune"))
    assert not table["poor_end_hh"].dropna().between(1, 4).any()
    assert shown.applied(poverty.levels(gaps))["poor_end_hh"].notna().all()


# Several years' publications, which readers have side by side ----------------------------------


def editions(
    tables: dict[int, pd.DataFrame], control: Control, *, aware: bool = True, **how: object
) -> list[Release]:
    """Decide year by year what a publication of it and the years before withholds."""
    made: list[Release] = []
    for year in tables:
        frame = poverty.on_areas_of(year, *(tables[own] for own in tables if own <= year))
        before = made[-1] if made and aware else None
        made.append(poverty_disclosure.release(frame, control, before=before, **how))
    return made


def found_in_all(made: list[Release], every: int = 1) -> list[str]:
    """Return the small counts that somebody with all editions knows better than they should."""
    last = made[-1]
    shown = {
        # A count of another territory has another name in the last edition.
        cell if last.values.get(cell) == value else (*cell, one.areas_year)
        for one in made
        for cell, value in one.values.items()
        if cell not in one.withheld
    }
    published = {cell: last.values[cell] for cell in shown}
    unknown = [cell for cell in last.values if cell not in published]
    found = []
    for cell in [c for c, why in last.withheld.items() if why == "primary"][::every]:
        if cell in published:
            found.append(f"{cell} is shown")
            continue
        low, high = attacked(published, unknown, last.relations, cell)
        if high - low < last.control.threshold - 1e-6:
            found.append(f"{cell} lies between {low:g} and {high:g}")
    return found


def test_publications_of_several_years_give_nothing_away_together() -> None:
    """What protects a count is chosen anew each year, but what was shown cannot be taken back."""
    ends = {2018: {"899": 2, "902": 9, "907": 40}, 2019: {"902": 9}}
    tables = {}
    for year, own in ends.items():
        one = truth(year)["poverty"].drop_duplicates("district_code")
        one = one[one["district_code"].isin(own)].reset_index(drop=True)
        one[list(poverty.COUNT_COLUMNS)] = pd.array([pd.NA] * len(one), "Int64")[0]
        one["poor_end_hh"] = one["district_code"].map(own).astype("Int64")
        if year == 2019:
            one["poor_start_hh"] = one["poor_end_hh"]
        tables[year] = one
    columns = ("poor_start_hh", "poor_end_hh")
    how = {"published": {(): columns, ("district_code",): columns}}
    alone = editions(tables, Control(threshold=5), aware=False, **how)
    assert all(found_in_all([one]) == [] for one in alone)
    assert "between 2 and 2" in " ".join(found_in_all(alone))
    assert found_in_all(editions(tables, Control(threshold=5), **how)) == []


def test_later_editions_keep_to_what_was_shown_and_withheld() -> None:
    tables = {year: truth(year)["poverty"] for year in (2018, 2019, 2020)}
    tables = {y: one[one["district_code"].isin(["900", "912"])] for y, one in tables.items()}
    made = editions(tables, Control(threshold=8))
    for one, later in itertools.pairwise(made):
        assert {cell: later.withheld.get(cell) for cell in one.withheld} == one.withheld
        assert not (one.values.keys() - one.withheld.keys()) & set(later.withheld)
    assert len(made[-1].withheld) > 50
    assert found_in_all(made, every=4) == []


def test_nor_where_units_became_one_in_between() -> None:
    """An Thới and Hòn Thơm became one unit in 2021."""
    first = truth(2020)["poverty"]
    first = first[first["district_code"] == "911"].reset_index(drop=True)
    rural = first["commune_code"] == "31099"
    first.loc[rural, ["poor_end_hh", "near_poor_end_hh"]] = 2
    counts = list(poverty.COUNT_COLUMNS)
    later = poverty.carried(first, 2021).assign(year=2021)
    later = later[later["district_code"] == "911"][["year", "commune_code", *counts]]
    made = editions({2020: first, 2021: later}, Control(threshold=5), aware=True)
    old = (2020, ("commune_code",), ("31099",), "poor_end_hh")
    assert made[0].withheld[old] == "primary"
    # In the later edition it is a count of its own, beside that of the unit it is part of now.
    assert [cell for cell in made[1].values if cell[2] == ("31099",)]
    whole = (2020, ("commune_code",), ("31081",), "poor_end_hh")
    assert made[1].values[whole] == made[0].values[whole] + 2
    assert found_in_all(made) == []


def test_a_corrected_count_is_another_one() -> None:
    """A later edition may hold another number for the same unit and year."""
    one = truth(2018)["poverty"]
    one = one[one["district_code"] == "912"].reset_index(drop=True)
    corrected = one.assign(poor_end_hh=one["poor_end_hh"].mask(one.index == 0, 17))
    first = poverty_disclosure.release(one, Control(threshold=5))
    then = poverty_disclosure.release(corrected, Control(threshold=5), before=first)
    changed = (2018, ("commune_code",), (str(one["commune_code"].iloc[0]),), "poor_end_hh")
    assert then.values[changed] == 17
    assert then.values[(*changed, 2018)] == first.values[changed]
