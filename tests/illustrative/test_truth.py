"""The illustrative tables satisfy every published fact and every identity, for any seed."""

from __future__ import annotations

import csv
import datetime as dt
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from illustrative import SEED, YEARS, UnknownYear, truth
from illustrative.apportion import CannotApportion, apportion

SEEDS = (SEED, 0, 7, 123456)
MILLION = 1_000_000


def recognised(year, seed=SEED, by=None):
    communes = truth(year, seed)["communes"]
    done = communes[communes["status"] == "recognised"]
    return done if by is None else done[done["decision_date"] <= pd.Timestamp(by)]


# ---------------------------------------------------------------- apportionment


@given(
    total=st.integers(0, 10**13),
    weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any),
)
@settings(max_examples=80, deadline=None)
def test_apportion_keeps_the_total_and_stays_within_one_of_the_share(total, weights):
    parts = apportion(total, weights)
    exact = total * np.array(weights, dtype=float) / sum(weights)
    assert parts.sum() == total
    assert (np.abs(parts - exact) < 1.5 + total * 1e-9).all()
    assert (parts[np.array(weights) == 0] == 0).all()


@given(data=st.data(), size=st.integers(1, 20))
@settings(max_examples=80, deadline=None)
def test_apportion_keeps_to_its_bounds(data, size):
    least = data.draw(st.lists(st.integers(0, 50), min_size=size, max_size=size))
    room = data.draw(st.lists(st.integers(0, 50), min_size=size, max_size=size))
    most = [low + more for low, more in zip(least, room, strict=True)]
    weights = data.draw(st.lists(st.integers(1, 1000), min_size=size, max_size=size))
    total = data.draw(st.integers(sum(least), sum(most)))
    parts = apportion(total, weights, least=least, most=most)
    assert parts.sum() == total
    assert (parts >= least).all() and (parts <= most).all()


def test_apportion_says_when_the_total_does_not_fit():
    with pytest.raises(CannotApportion, match="7 cannot be divided"):
        apportion(7, [1, 1], most=[3, 3])


# ------------------------------------------------------------------- the tables


@pytest.mark.parametrize("year", YEARS)
def test_tables_have_the_columns_of_the_forms(year, shared):
    forms = {"attainment": "01", "communes": "01", "funding": "02", "poverty": "03"}
    tables = truth(year)
    assert list(tables) == list(forms)
    kinds = {
        "int": "Int64", "text": "string", "bool": "boolean", "float": "Float64",
        "date": "datetime64[us]",
    }  # fmt: skip
    for name, number in forms.items():
        (file,) = (shared / "forms").glob(f"{number}_*.csv")
        with file.open(encoding="utf-8") as lines:
            rows = [
                row for row in csv.DictReader(lines) if row.get("table", "") in ("both", name, "")
            ]
        table = tables[name]
        assert list(table.columns) == [row["column"] for row in rows]
        for row in rows:
            assert str(table[row["column"]].dtype) == kinds[row["dtype"]], row["column"]


@pytest.mark.parametrize("year", YEARS)
def test_keys_are_unique_and_every_unit_is_there(year):
    tables = truth(year)
    assert len(tables["poverty"]) == 145 == tables["poverty"]["commune_code"].nunique()
    assert len(tables["communes"]) == 117 == tables["communes"]["commune_code"].nunique()
    assert len(tables["attainment"]) == 117 * 19
    assert not tables["attainment"].duplicated(["commune_code", "criterion"]).any()
    key = ["district_code", "component", "source", "kind", "plan_year"]
    assert not tables["funding"].duplicated(key).any()
    assert tables["funding"]["district_code"].nunique() == 15


def test_seed_decides_places_and_nothing_else():
    for name, table in truth(2019).items():
        pd.testing.assert_frame_equal(table, truth(2019, SEED)[name])
    assert not truth(2019, 1)["poverty"].equals(truth(2019, 2)["poverty"])


def test_tables_returned_are_the_callers_own():
    mine = truth(2018)["poverty"]
    mine.loc[0, "households_hh"] = 0
    assert truth(2018)["poverty"].loc[0, "households_hh"] > 0


def test_other_years_are_refused_with_the_choice():
    with pytest.raises(UnknownYear, match="2018 to 2020"):
        truth(2021)


# ------------------------------------------------------------------- attainment


@pytest.mark.parametrize("seed", SEEDS)
def test_recognised_communes_by_date_are_the_published_counts(seed):
    assert [len(recognised(year, seed)) for year in YEARS] == [51, 64, 81]
    by = {"2017-08-31": 36, "2018-05-31": 40, "2018-12-31": 51, "2019-05-02": 58}
    by |= {"2019-07-15": 62, "2019-12-15": 64}
    for day, count in by.items():
        assert len(recognised(2019, seed, day)) == count, day
    this_year = recognised(2019, seed)["decision_date"] > pd.Timestamp(2018, 12, 31)
    assert this_year.sum() == 13
    in_force_2021 = recognised(2020, seed)
    assert len(in_force_2021[in_force_2021["commune_code"] != "31099"]) == 81


@pytest.mark.parametrize("seed", SEEDS)
def test_known_facts_of_2019_hold(seed, shared):
    communes = truth(2019, seed)["communes"].set_index("commune_code")
    with (shared / "reference/communes_2019.csv").open(encoding="utf-8") as lines:
        units = list(csv.DictReader(lines))
    code = {
        (row["name"], row["district_name"]): row["commune_code"]
        for row in units
        if row["type"] == "xã"
    }
    rural = {}
    for row in units:
        if row["type"] == "xã":
            rural.setdefault(row["district_name"], []).append(row["commune_code"])
    with (shared / "reference/known_attainment.csv").open(encoding="utf-8") as lines:
        facts = list(csv.DictReader(lines))
    tried = 0
    for fact in facts:
        name, _, district = fact["place"].replace(" (xã)", "").partition(", ")
        if fact["level"] == "district":
            here = communes.loc[rural[name]]
            done = (here["status"] == "recognised").sum()
            assert len(here) == int(fact["of"])
            if fact["fact"] == "attained_over_half":
                assert done > len(here) / 2, name
            else:
                assert done == int(fact["value"]), name
        elif fact["level"] == "commune":
            row = communes.loc[code[name, district]]
            assert row["criteria_met"] == 19
            if fact["fact"] == "attained":
                assert row["status"] == "recognised"
                assert row["decision_date"].year == 2019
                assert ("QĐ 1007" in fact["source"]) == (row["decision_no"] == "1007/QĐ-UBND")
            else:
                assert row["status"] == "pending"
                assert pd.isna(row["decision_no"]) and pd.isna(row["level"])
        else:
            continue
        tried += 1
    assert tried == 20
    mean = communes["criteria_met"].sum() / 117
    assert round(mean, 1) == 16.9
    assert communes["criteria_met"].min() >= 10
    assert (communes["status"] == "pending").sum() == 4


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("year", YEARS)
def test_status_follows_from_marks_and_decision(year, seed):
    tables = truth(year, seed)
    communes = tables["communes"].set_index("commune_code")
    marks = tables["attainment"].groupby("commune_code")["met"].sum()
    assert (communes["criteria_met"] == marks.reindex(communes.index)).all()
    decided = communes["decision_no"].notna()
    assert (decided == communes["decision_date"].notna()).all()
    assert (decided == (communes["status"] == "recognised")).all()
    assert (communes.loc[decided, "criteria_met"] == 19).all()
    pending = communes["status"] == "pending"
    assert ((communes["criteria_met"] == 19) & ~decided == pending).all()
    assert (communes["level"].isna() == pending).all()
    assert (communes["decision_date"].dropna() <= pd.Timestamp(year, 12, 31)).all()


def test_invented_decisions_say_that_they_are():
    numbers = set(truth(2020)["communes"]["decision_no"].dropna())
    assert {number for number in numbers if not number.startswith("MH-")} == {"1007/QĐ-UBND"}
    first = truth(2020)["communes"].query("decision_no == '1007/QĐ-UBND'")
    assert len(first) == 7
    assert set(first["decision_date"].dt.date) == {dt.date(2019, 5, 2)}


def test_criteria_are_mostly_kept_from_year_to_year():
    by_year = [
        truth(year)["attainment"].set_index(["commune_code", "criterion"])["met"].astype(bool)
        for year in YEARS
    ]
    for before, after in itertools.pairwise(by_year):
        gained = (after & ~before).sum()
        lost = (before & ~after).sum()
        assert 0 < lost < gained / 3
    lacking = (~by_year[1]).groupby("criterion").sum()
    assert lacking.idxmax() in (17, 2)
    assert lacking[1] <= 3


# ---------------------------------------------------------------------- funding


def money(year, seed=SEED, **where):
    table = truth(year, seed)["funding"]
    for column, value in where.items():
        table = table[table[column] == value]
    return table["allocated_vnd"].sum() / MILLION, table["disbursed_vnd"].sum(min_count=1) / MILLION


@pytest.mark.parametrize("seed", SEEDS)
def test_ntm_2019_is_the_report_to_the_dong(seed):
    central = {"programme": "ntm", "source": "central", "plan_year": 2019}
    assert money(2019, seed, **central) == (167_000, 98_856)
    assert money(2019, seed, **central, kind="investment") == (123_500, 73_856)
    assert money(2019, seed, **central, kind="recurrent") == (43_500, 25_000)
    assert money(2019, seed, programme="ntm", plan_year=2018) == (13_144, 6_769)
    ntm = truth(2019, seed)["funding"].query("programme == 'ntm' and source != 'central'")
    assert ntm["disbursed_vnd"].isna().all()
    by_kind = ntm.groupby("kind")["allocated_vnd"].sum() / MILLION
    assert by_kind.to_dict() == {"investment": 814_733, "recurrent": 79_700}


@pytest.mark.parametrize("seed", SEEDS)
def test_gnbv_2019_is_the_report_with_its_totals(seed):
    table = truth(2019, seed)["funding"].query("programme == 'gnbv'")
    by = table.groupby(["source", "kind"])["allocated_vnd"].sum() / MILLION
    assert by["central", "investment"] == 35_835
    assert by["central", "recurrent"] == 15_706
    assert by["province", "investment"] == 2_238
    assert by["province", "recurrent"] == 2_356
    assert by.sum() == 56_135
    lines = {
        ("gnbv_30a_infrastructure", "central"): (20_581, None),
        ("gnbv_30a_infrastructure", "province"): (1_488, None),
        ("gnbv_30a_maintenance", "central"): (1_107, None),
        ("gnbv_30a_livelihoods", "central"): (2_400, 2_000),
        ("gnbv_30a_models", "central"): (2_400, 2_100),
        ("gnbv_30a_labour_export", "central"): (500, 30),
        ("gnbv_135_infrastructure", "central"): (15_254, None),
        ("gnbv_135_infrastructure", "province"): (750, None),
        ("gnbv_135_production", "central"): (3_166, None),
        ("gnbv_135_production", "province"): (874, None),
        ("gnbv_outside_production", "central"): (1_631, None),
        ("gnbv_outside_production", "province"): (1_407, None),
        ("gnbv_communication", "central"): (874, None),
        ("gnbv_information", "central"): (1_510, None),
    }
    for (component, source), (allocated, disbursed) in lines.items():
        got = money(2019, seed, component=component, source=source)
        assert got[0] == allocated, component
        assert pd.isna(got[1]) if disbursed is None else got[1] == disbursed


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("year", YEARS)
def test_money_is_whole_and_within_its_plan(year, seed):
    table = truth(year, seed)["funding"]
    reported = table[table["disbursed_vnd"].notna()]
    assert (reported["disbursed_vnd"] <= reported["allocated_vnd"]).all()
    assert (reported["disbursed_vnd"] >= 0).all()
    assert (table["allocated_vnd"] > 0).all()
    rate = 100 * reported["disbursed_vnd"] / reported["allocated_vnd"]
    assert ((rate - reported["disbursed_pct"]).abs() <= 0.005 + 1e-9).all()
    assert table["disbursed_pct"].isna().equals(table["disbursed_vnd"].isna())
    assert table.loc[table["cause"].notna(), "note"].notna().all()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("year", [2019, 2020])
def test_carried_over_money_was_unspent(year, seed):
    before = truth(year - 1, seed)["funding"]
    before = before[
        (before["component"] == "ntm_general")
        & (before["source"] == "central")
        & (before["kind"] == "investment")
        & (before["plan_year"] == year - 1)
    ].set_index("district_code")
    unspent = before["allocated_vnd"] - before["disbursed_vnd"]
    now = truth(year, seed)["funding"]
    carried = now[now["plan_year"] < year].set_index("district_code")
    assert set(carried["kind"]) == {"investment"}
    assert (carried["allocated_vnd"] <= unspent.reindex(carried.index)).all()


def test_the_plan_of_2020_is_just_over_732_billion():
    allocated, _ = money(2020, programme="ntm", plan_year=2020)
    assert 732_000 < allocated < 733_000


# ---------------------------------------------------------------------- poverty

PUBLISHED_RATES = {
    2018: (4.14, 4.68, 6.95, 7.28),
    2019: (2.69, 4.59, 4.7, 7.23),
    2020: (1.91, 4.21, 3.4, 6.45),
}


def rates(year, seed=SEED):
    total = truth(year, seed)["poverty"].sum(numeric_only=True)
    return tuple(
        100 * total[part] / total[whole]
        for part, whole in (
            ("poor_end_hh", "households_hh"),
            ("near_poor_end_hh", "households_hh"),
            ("ethnic_poor_end_hh", "ethnic_households_hh"),
            ("ethnic_near_poor_end_hh", "ethnic_households_hh"),
        )
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_rates_and_their_falls_are_the_published_ones(seed):
    for year, printed in PUBLISHED_RATES.items():
        assert tuple(round(rate, 2) for rate in rates(year, seed)) == printed
    falls = {2019: (1.45, 0.09, 2.25, 0.05), 2020: (0.78, 0.38, 1.3, 0.78)}
    for year, printed in falls.items():
        fall = np.subtract(rates(year - 1, seed), rates(year, seed))
        assert tuple(np.round(fall, 2)) == printed


@pytest.mark.parametrize("seed", SEEDS)
def test_household_counts_are_the_published_ones(seed):
    total = truth(2020, seed)["poverty"].sum(numeric_only=True)
    assert total["poor_end_hh"] == 8_790
    assert (total["poor_income_hh"], total["poor_deprivation_hh"]) == (8_037, 753)
    assert total["near_poor_end_hh"] == 19_378
    assert (total["ethnic_poor_end_hh"], total["ethnic_near_poor_end_hh"]) == (2_393, 4_539)
    by_district = truth(2020, seed)["poverty"].groupby("district_code")["poor_end_hh"].sum()
    by_district = by_district.sort_values()
    assert (by_district.index[0], by_district.iloc[0]) == ("912", 1)
    assert by_district.iloc[1] > 1
    assert (by_district.index[-1], by_district.iloc[-1]) == ("903", 1_273)
    assert by_district.iloc[-2] < 1_273
    assert truth(2018, seed)["poverty"]["poor_end_hh"].sum() == 18_252


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("year", YEARS)
def test_every_unit_satisfies_the_identities(year, seed):
    t = truth(year, seed)["poverty"]
    for kind in ("poor", "near_poor"):
        end = (
            t[f"{kind}_start_hh"]
            - t[f"{kind}_escaped_hh"]
            + t[f"{kind}_fell_back_hh"]
            + t[f"{kind}_new_hh"]
        )
        assert (end == t[f"{kind}_end_hh"]).all()
        assert (t[f"{kind}_escaped_hh"] <= t[f"{kind}_start_hh"]).all()
        rate = 100 * t[f"{kind}_end_hh"] / t["households_hh"]
        assert ((rate - t[f"{kind}_end_pct"]).abs() <= 0.005 + 1e-9).all()
    assert (t["poor_income_hh"] + t["poor_deprivation_hh"] == t["poor_end_hh"]).all()
    assert (t["poor_end_hh"] + t["near_poor_end_hh"] <= t["households_hh"]).all()
    assert (t["ethnic_poor_end_hh"] <= t["poor_end_hh"]).all()
    assert (t["ethnic_near_poor_end_hh"] <= t["near_poor_end_hh"]).all()
    ethnic = t["ethnic_poor_end_hh"] + t["ethnic_near_poor_end_hh"]
    assert (ethnic <= t["ethnic_households_hh"]).all()
    other = t["households_hh"] - t["ethnic_households_hh"]
    assert (t["poor_end_hh"] + t["near_poor_end_hh"] - ethnic <= other).all()
    numbers = t.select_dtypes("number")
    assert (numbers >= 0).all(axis=None)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("year", [2019, 2020])
def test_a_year_starts_where_the_last_ended(year, seed):
    before = truth(year - 1, seed)["poverty"]
    now = truth(year, seed)["poverty"]
    assert (before["commune_code"] == now["commune_code"]).all()
    for kind in ("poor", "near_poor"):
        assert (before[f"{kind}_end_hh"] == now[f"{kind}_start_hh"]).all()


def test_communes_at_the_standard_have_few_poor_households():
    for year in YEARS:
        tables = truth(year)
        rate = tables["poverty"].set_index("commune_code")["poor_end_pct"]
        poverty_mark = tables["attainment"].query("criterion == 11").set_index("commune_code")
        lacking = ~poverty_mark["met"].astype(bool)
        assert ((rate.reindex(lacking.index) > 4) == lacking).all()
