"""Programme money: exact sums and decompositions for any input, and the report's own figures."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgstats import published, sample
from kgstats.analysis import funding, inequality
from kgstats.reference import funding_rules

BN = 10**9
COMPONENTS = {"ntm": ["ntm_general"], "gnbv": ["gnbv_30a_models", "gnbv_capacity"]}


def table(rows: list[dict]) -> pd.DataFrame:
    """A clean table ``funding`` of 2019 from parts of rows."""
    basis = {
        "year": 2019,
        "district_code": "908",
        "programme": "ntm",
        "component": "ntm_general",
        "source": "central",
        "kind": "investment",
        "plan_year": 2019,
        "allocated_vnd": 10 * BN,
        "disbursed_vnd": 4 * BN,
        "disbursed_pct": None,
        "cut_off": pd.Timestamp(2019, 12, 20),
        "cause": None,
        "note": None,
    }
    frame = pd.DataFrame([basis | row for row in rows], columns=list(basis))
    return frame.astype(
        {
            "year": "Int64",
            "plan_year": "Int64",
            "allocated_vnd": "Int64",
            "disbursed_vnd": "Int64",
            "disbursed_pct": "Float64",
            "cut_off": "datetime64[us]",
        }
        | dict.fromkeys(
            ("district_code", "programme", "component", "source", "kind", "cause", "note"), "string"
        )
    )


def money(rows: list[dict]) -> pd.DataFrame:
    return funding.lines(table(rows), 2019)


AMOUNT = st.one_of(
    st.none(), st.just(0), st.integers(-(10**12), 10**12), st.integers(1, 3), st.just(7 * BN)
)


@st.composite
def any_row(draw: st.DrawFn) -> dict:
    """A line with any amounts: absent, zero, negative, paid above plan, several vintages."""
    programme = draw(st.sampled_from(["ntm", "gnbv"]))
    return {
        "district_code": draw(st.sampled_from(["899", "906", "908", "914"])),
        "programme": programme,
        "component": draw(st.sampled_from(COMPONENTS[programme])),
        "source": draw(st.sampled_from(["central", "province", "community"])),
        "kind": draw(st.sampled_from(["investment", "recurrent"])),
        "plan_year": draw(st.sampled_from([2016, 2018, 2019, 2020])),
        "allocated_vnd": draw(AMOUNT),
        "disbursed_vnd": draw(AMOUNT),
        "cut_off": draw(
            st.sampled_from([None, pd.Timestamp(2019, 1, 1), pd.Timestamp(2019, 12, 20),
                             pd.Timestamp(2020, 3, 31)])
        ),
        "cause": draw(st.sampled_from([None, "land", "other"])),
    }  # fmt: skip


GROUPINGS = [
    ["programme"],
    ["kind", "source"],
    ["district_code"],
    ["plan_year"],
    ["programme", "component", "vintage"],
]
ANY_ROWS = st.lists(any_row(), min_size=1, max_size=14)
FEW = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def amounts(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if name.endswith("_vnd")]


def total_of(column: pd.Series) -> int:
    return sum(int(value) for value in column.dropna())


# ------------------------------------------------------------------ footing


@FEW
@given(ANY_ROWS, st.sampled_from(GROUPINGS))
def test_every_table_of_gaps_foots(rows, by):
    found = funding.gaps(money(rows), by)
    own, total = found[found["row"] == "row"], found.iloc[-1]
    for name in amounts(found):
        expected = 0 if pd.isna(total[name]) else int(total[name])
        assert total_of(own[name]) == expected, name
    for row in found.to_dict("records"):
        assert row["allocated_vnd"] == row["covered_vnd"] + row["uncovered_vnd"]
        if not pd.isna(row["gap_vnd"]):
            assert row["covered_vnd"] == row["disbursed_vnd"] + row["gap_vnd"]
            assert row["gap_vnd"] == row["shortfall_vnd"] - row["excess_vnd"]
            assert row["shortfall_vnd"] >= 0 and row["excess_vnd"] >= 0


@FEW
@given(ANY_ROWS)
def test_subtotals_are_the_sums_of_their_rows(rows):
    found = funding.gaps(money(rows), ["programme", "source", "kind"], subtotals=True)
    for programme, part in found[found["row"] != "total"].groupby("programme"):
        below = part[part["row"] == "subtotal"]
        assert len(below) == 1, programme
        for name in ("allocated_vnd", "covered_vnd", "gap_vnd"):
            assert total_of(part.loc[part["row"] == "row", name]) == total_of(below[name])


@FEW
@given(ANY_ROWS)
def test_no_rate_is_infinite_or_made_without_a_plan(rows):
    frame = money(rows)
    for found in (funding.gaps(frame, ["kind"]), funding.denominators(frame)):
        for name in (c for c in found.columns if c.endswith("_pct")):
            known = found[name].dropna().astype(float)
            assert known.map(lambda v: v == v and abs(v) != float("inf")).all()
    by_kind = funding.gaps(frame, ["kind"])
    without = by_kind["covered_vnd"].fillna(0) <= 0
    assert by_kind.loc[without, "rate_pct"].isna().all()


@FEW
@given(ANY_ROWS)
def test_steps_of_the_waterfall_add_up(rows):
    frame = money(rows)
    steps = funding.waterfall(frame, funding.closing(frame)).set_index("step")
    amount = {str(name): int(value) for name, value in steps["amount_vnd"].items()}
    changes = ("uncovered", "disbursed", "excess", "undated", "projected")
    assert amount["allocated"] + sum(amount[name] for name in changes) == amount["lapse"]
    assert amount["shortfall"] + amount["undated"] + amount["projected"] == amount["lapse"]
    assert amount["lapse"] >= 0 and amount["projected"] <= 0
    before = steps["after_vnd"].shift()
    moved = steps["kind"] == "change"
    assert (steps["after_vnd"] - before)[moved].eq(steps["amount_vnd"][moved]).all()


@FEW
@given(ANY_ROWS)
def test_what_lapses_foots_and_dues_round_exactly(rows):
    closed = funding.closing(money(rows))
    found = funding.lapsing(closed)
    for name in ("shortfall_vnd", "projected_vnd", "lapse_vnd", "due_vnd"):
        assert (
            total_of(found[found["row"] == "row"][name])
            == total_of(closed[name])
            == (int(found.iloc[-1][name]))
        ), name
    dated = closed[closed["close"].notna()]
    short = total_of(dated["shortfall_vnd"])
    assert total_of(dated["projected_vnd"]) + total_of(dated["lapse_vnd"]) == short
    exact = Fraction(0)
    for row in dated.to_dict("records"):
        period = (row["close"] - row["started"]).days
        passed = Fraction(int(row["days_elapsed"]), period) if period > 0 else Fraction(1)
        exact += min(max(passed, Fraction(0)), Fraction(1)) * int(row["allocated_vnd"])
    assert total_of(dated["due_vnd"]) == funding.nearest(exact)


# ------------------------------------------------------------------ decomposition


@FEW
@given(ANY_ROWS, st.sampled_from(["district_code", "programme"]))
def test_the_decomposition_is_exact_for_any_input(rows, by):
    found = funding.decompose(money(rows), by)
    parts = ["general_vnd", "mix_vnd", "own_vnd"]
    for row in found.to_dict("records"):
        assert sum(int(row[name]) for name in parts) == int(row["gap_vnd"])
    own, total = found[found["row"] == "row"], found.iloc[-1]
    for name in (*parts, "gap_vnd"):
        assert total_of(own[name]) == int(total[name]), name


def planned(row: dict) -> dict:
    """The same line with a plan above zero and a payment of zero or more."""
    plan, paid = row["allocated_vnd"] or 0, row["disbursed_vnd"] or 0
    return row | {"allocated_vnd": abs(plan) + 1, "disbursed_vnd": abs(paid)}


@FEW
@given(st.lists(any_row().map(planned), min_size=1, max_size=12))
def test_over_all_districts_mix_and_own_are_nothing(rows):
    total = funding.decompose(money(rows)).iloc[-1]
    assert (int(total["mix_vnd"]), int(total["own_vnd"])) == (0, 0)
    assert int(total["general_vnd"]) == int(total["gap_vnd"])


def test_one_kind_of_money_everywhere_equally_slow_leaves_nothing_own():
    found = funding.decompose(money([
        {"district_code": "908", "allocated_vnd": 10, "disbursed_vnd": 5},
        {"district_code": "906", "allocated_vnd": 30, "disbursed_vnd": 15},
    ]))  # fmt: skip
    assert found["own_vnd"].tolist() == [0, 0, 0] and found["mix_vnd"].tolist() == [0, 0, 0]
    assert found["general_vnd"].tolist() == [15, 5, 20]


def test_a_district_with_only_slow_money_differs_by_its_mix():
    found = funding.decompose(money([
        {"district_code": "906", "kind": "investment", "allocated_vnd": 100, "disbursed_vnd": 100},
        {"district_code": "908", "kind": "recurrent", "allocated_vnd": 100, "disbursed_vnd": 0},
    ])).set_index("district_code")  # fmt: skip
    assert found.loc["906", ["general_vnd", "mix_vnd", "own_vnd"]].tolist() == [50, -50, 0]
    assert found.loc["908", ["general_vnd", "mix_vnd", "own_vnd"]].tolist() == [50, 50, 0]


@FEW
@given(st.lists(st.fractions(min_value=-100, max_value=100, max_denominator=97), max_size=12))
def test_rounded_parts_add_up_and_none_moves_by_a_whole(parts):
    rounded = funding.whole(parts)
    assert sum(rounded) == funding.nearest(sum(parts, Fraction(0)))
    assert all(abs(a - b) <= 1 for a, b in zip(rounded, parts, strict=True))


# ------------------------------------------------------------------ causes, Pareto, funnel, need


@FEW
@given(ANY_ROWS)
def test_causes_and_pareto_hold_all_of_the_shortfall(rows):
    frame = money(rows)
    total = total_of(funding.gaps(frame)["shortfall_vnd"])
    by_cause = funding.causes(frame)
    assert total_of(by_cause["shortfall_vnd"].iloc[:-1]) == total
    listed = funding.pareto(frame, funding.DIMENSIONS)
    assert total_of(listed["shortfall_vnd"]) == total
    if total:
        inside = listed[listed["within"]]
        assert 100 * total_of(inside["shortfall_vnd"]) >= 80 * total
        fewer = inside.iloc[:-1]
        assert 100 * total_of(fewer["shortfall_vnd"]) < 80 * total
        assert listed["shortfall_vnd"].is_monotonic_decreasing


def test_a_tiny_line_with_an_extreme_rate_is_not_ranked_with_large_ones():
    found = funding.funnel(money([
        {"district_code": "906", "allocated_vnd": 100 * BN, "disbursed_vnd": 70 * BN},
        {"district_code": "908", "allocated_vnd": 100 * BN, "disbursed_vnd": 50 * BN},
        {"district_code": "914", "allocated_vnd": BN // 2, "disbursed_vnd": 0},
    ]))  # fmt: skip
    where = found.points.set_index("district_code")["where"].to_dict()
    assert where == {"906": "above", "908": "below", "914": "inside"}


NEED = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**6)), min_size=1, max_size=12)


@FEW
@given(NEED)
def test_inequality_is_nothing_at_proportion_and_stays_below_one(pairs):
    x, w = [a for a, _ in pairs], [b for _, b in pairs]
    if sum(x) == 0 or sum(w) == 0:
        with pytest.raises(inequality.NoInequality):
            inequality.hoover(x, w)
        return
    hoover, gini = inequality.hoover(x, w), inequality.gini(x, w)
    assert 0 <= hoover <= gini <= 1  # the Lorenz triangle under the farthest point
    assert inequality.hoover([7 * v for v in w], w) == 0 == inequality.gini([7 * v for v in w], w)
    assert inequality.gini(x[::-1], w[::-1]) == gini
    points = inequality.lorenz(x, w)
    assert points[-1] == (1, 1)
    slopes = [(b - d) / (a - c) for (c, d), (a, b) in pairwise(points) if a > c]
    assert slopes == sorted(slopes)


def test_theil_is_infinite_where_money_goes_without_need():
    with pytest.raises(inequality.NoInequality, match="no finite value"):
        inequality.theil([1, 1], [1, 0])


def test_need_of_zero_gives_no_ratio():
    found = funding.against_need(
        money([{"district_code": "906"}, {"district_code": "908"}]),
        pd.Series({"906": 5, "908": 0}, dtype="Int64"),
    )
    per = found.table.set_index("district_code")["per_need_vnd"]
    assert per["906"] == 2 * BN and pd.isna(per["908"])
    assert found.theil is None and found.hoover == Fraction(1, 2)


def test_money_where_the_need_is_not_known_stands_against_no_need():
    found = funding.against_need(
        money([{"district_code": "906"}, {"district_code": "908"}]),
        pd.Series({"906": 5}, dtype="Int64"),
    ).table
    total = found.iloc[-1]
    assert (total["allocated_vnd"], total["per_need_vnd"]) == (20 * BN, 2 * BN)
    assert found["need"].isna().tolist() == [False, True, False]


# ------------------------------------------------------------------ findings


def rules_of(row: dict) -> set[str]:
    return set(funding.findings(money([row]))["rule"])


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"disbursed_vnd": 11 * BN}, "paid_above_plan"),
        ({"disbursed_vnd": -1}, "negative_disbursed"),
        ({"allocated_vnd": -1, "disbursed_vnd": None}, "negative_allocated"),
        ({"allocated_vnd": None}, "no_allocation"),
        ({"allocated_vnd": 0, "disbursed_vnd": 0}, "zero_plan"),
        ({"allocated_vnd": 0, "disbursed_vnd": 5}, "zero_plan_paid"),
        ({"disbursed_vnd": None}, "not_reported"),
        ({"plan_year": 2021}, "future_plan_year"),
        ({"plan_year": 2016}, "no_close_known"),
        ({"disbursed_pct": 41.0}, "stated_rate_differs"),
    ],
)
def test_what_is_unusual_is_a_finding_and_not_an_infinity(row, rule):
    assert rule in rules_of(row)
    frame = money([row, {"district_code": "906"}])
    found = funding.gaps(frame, ["district_code"])
    assert not found.isin([float("inf"), float("-inf")]).any().any()


def test_an_ordinary_line_has_no_finding():
    assert rules_of({}) == set()
    assert rules_of({"disbursed_pct": 40.0}) == set()


def test_money_paid_above_plan_makes_the_gap_negative_and_stands_apart():
    found = funding.gaps(money([
        {"district_code": "906", "disbursed_vnd": 12 * BN}, {"district_code": "908"},
    ]), ["district_code"]).set_index("district_code")  # fmt: skip
    assert found.loc["906", "gap_vnd"] == -2 * BN and found.loc["906", "excess_vnd"] == 2 * BN
    total = found.iloc[-1]
    assert (total["gap_vnd"], total["shortfall_vnd"], total["excess_vnd"]) == (
        4 * BN, 6 * BN, 2 * BN,
    )  # fmt: skip


def test_the_same_line_twice_is_a_finding():
    assert "duplicate_line" in set(funding.findings(money([{}, {}]))["rule"])


def test_a_missing_cut_off_is_taken_from_the_others_and_said():
    frame = money([{"cut_off": None}, {"district_code": "906"}])
    assert frame["cut_off"].tolist() == [pd.Timestamp(2019, 12, 20)] * 2
    assert frame["cut_off_assumed"].tolist() == [True, False]


def test_a_district_without_any_line_is_absent_and_not_zero():
    found = funding.gaps(money([{}]), ["district_code"], expected=["899", "908"])
    silent = found.set_index("district_code").loc["899"]
    assert silent["lines"] == 0 and pd.isna(silent["allocated_vnd"]) and pd.isna(silent["gap_vnd"])


def test_wrong_tables_are_refused_in_one_line():
    good = table([{}])
    with pytest.raises(funding.FundingError, match="no column cut_off"):
        funding.lines(good.drop(columns="cut_off"), 2019)
    with pytest.raises(funding.FundingError, match="lines of 2019 are among the lines of 2020"):
        funding.lines(good, 2020)
    with pytest.raises(funding.FundingError, match="use one of ntm, gnbv"):
        funding.lines(good, 2019, "ntp")
    with pytest.raises(funding.FundingError, match="no district reported a line of gnbv"):
        funding.lines(good, 2019, "gnbv")


# ------------------------------------------------------------------ legal closes


def test_closes_have_their_years():
    assert funding_rules.close("investment", 2019, 2019).close == dt.date(2020, 1, 31)
    assert not funding_rules.close("investment", 2019, 2019).confirmed
    later = funding_rules.close("investment", 2021, 2021)
    assert later.basis == "Law 39/2019/QH14, Art. 68" and later.confirmed
    assert funding_rules.close("investment", 2025, 2025).rule == "investment_2025"
    assert funding_rules.close("investment", 2019, 2020).close == dt.date(2020, 12, 31)
    with pytest.raises(funding_rules.NoCloseKnown, match="no legal close is known"):
        funding_rules.close("investment", 2016, 2019)


def test_no_two_rules_hold_for_one_kind_of_money():
    from kgstats.reference.tables import records

    for year in range(2017, 2030):
        for kind in funding_rules.KINDS:
            for vintage in ("current", "carried"):
                holding = [
                    row["rule"]
                    for row in records("funding_closes")
                    if (row["kind"], row["vintage"]) == (kind, vintage)
                    and int(row["first_plan_year"]) <= year
                    and (not row["last_plan_year"] or year <= int(row["last_plan_year"]))
                ]
                assert len(holding) == 1, (kind, vintage, year)


def test_a_settled_year_has_no_days_left_and_everything_lapses():
    closed = funding.closing(money([{"cut_off": pd.Timestamp(2020, 2, 1)}]))
    assert int(closed["days_left"].iloc[0]) == -1
    assert int(closed["lapse_vnd"].iloc[0]) == 6 * BN
    assert int(closed["due_vnd"].iloc[0]) == 10 * BN


def test_pace_so_far_and_pace_needed():
    found = funding.lapsing(funding.closing(money([{"disbursed_vnd": 2140 * 10**6}]))).iloc[0]
    assert (int(found["days_elapsed"]), int(found["days_left"])) == (214, 42)
    assert int(found["paid_per_day_vnd"]) == 10 * 10**6
    assert int(found["needed_per_day_vnd"]) == funding.nearest(Fraction(7860 * 10**6, 42))
    assert int(found["projected_vnd"]) == 420 * 10**6


# ------------------------------------------------------------------ last year


def test_only_lines_measured_in_both_years_are_compared():
    this = money([{}, {"district_code": "906", "disbursed_vnd": 1}])
    before = table([{"disbursed_vnd": 6 * BN, "plan_year": 2018}]).assign(year=2018)
    before["year"] = before["year"].astype("Int64")
    before["cut_off"] = pd.Timestamp(2018, 12, 20)
    found = funding.against_last_year(this, funding.lines(before, 2018), ["kind"])
    row = found.iloc[0]
    assert (row["rate_before_pct"], row["rate_pct"], row["change_pp"]) == (60.0, 40.0, -20.0)
    assert row["unmatched_vnd"] == 10 * BN and found["same_day"].all()


@FEW
@given(ANY_ROWS, ANY_ROWS)
def test_the_comparison_with_last_year_foots(rows, earlier):
    this, last = money(rows), money(earlier)
    found = funding.against_last_year(this, last, ["programme", "kind"])
    for name in ("allocated_vnd", "gap_vnd", "gap_before_vnd"):
        total = found.iloc[-1][name]
        assert total_of(found[name].iloc[:-1]) == (0 if pd.isna(total) else int(total)), name
    measured = this[this["measured"]]
    last_row = found.iloc[-1]
    assert int(last_row["allocated_vnd"]) + int(last_row["unmatched_vnd"]) == total_of(
        measured["allocated_vnd"]
    )


# ------------------------------------------------------------------ the report of 2019


@pytest.fixture(scope="module")
def of_2019() -> pd.DataFrame:
    return funding.lines(sample.truth(2019)["funding"], 2019)


@pytest.fixture(scope="module")
def figures(root) -> pd.DataFrame:
    return published.read("figures", root, 2019)


@pytest.fixture(scope="module")
def audit(root) -> pd.DataFrame:
    from kgstats.published import audit as auditing
    from kgstats.published.files import read_report

    report = read_report(root / "data" / "raw" / "published", 2019)
    return auditing.to_frame(auditing.audit(report))


def test_coverage_comes_before_any_rate(of_2019):
    found = funding.coverage(of_2019).set_index("programme")
    assert found.loc["ntm", ["covered_vnd", "allocated_vnd"]].tolist() == [
        180_144_000_000, 1_074_577_000_000,
    ]  # fmt: skip
    assert round(found.loc["ntm", "coverage_pct"], 1) == 16.8
    assert found.loc["gnbv", ["covered_vnd", "allocated_vnd"]].tolist() == [
        5_300_000_000, 56_135_000_000,
    ]  # fmt: skip
    assert round(found.loc["gnbv", "coverage_pct"], 1) == 9.4


@pytest.mark.parametrize(
    ("chosen", "allocated", "disbursed"),
    [
        ("source == 'central' and plan_year == 2019", 167_000, 98_856),
        ("source == 'central' and plan_year == 2019 and kind == 'investment'", 123_500, 73_856),
        ("source == 'central' and plan_year == 2019 and kind == 'recurrent'", 43_500, 25_000),
        ("plan_year == 2018", 13_144, 6_769),
        ("source == 'central'", 180_144, 105_625),
        ("plan_year == 2019", 1_061_433, 98_856),
    ],
)
def test_new_rural_money_of_the_report(of_2019, chosen, allocated, disbursed):
    found = funding.gaps(of_2019.query("programme == 'ntm'").query(chosen)).iloc[0]
    assert int(found["allocated_vnd"]) == allocated * 10**6
    assert int(found["disbursed_vnd"]) == disbursed * 10**6


@pytest.mark.parametrize(
    ("component", "allocated", "disbursed", "rate"),
    [
        ("gnbv_30a_livelihoods", 2_400, 2_000, 83.33),
        ("gnbv_30a_models", 2_400, 2_100, 87.5),
        ("gnbv_30a_labour_export", 500, 30, 6.0),
    ],
)
def test_poverty_money_of_the_report(of_2019, component, allocated, disbursed, rate):
    found = funding.gaps(of_2019[of_2019["component"] == component]).iloc[0]
    assert int(found["allocated_vnd"]) == allocated * 10**6
    assert int(found["disbursed_vnd"]) == disbursed * 10**6
    assert round(float(found["rate_pct"]), 2) == rate


def test_every_printed_figure_stands_beside_the_returns(of_2019, figures, audit):
    found = funding.beside_printed(of_2019, figures, audit)
    assert found["agrees"].notna().all()
    differing = found[~found["agrees"]].set_index("figure")
    assert set(differing.index) == {
        "gnbv_central_2019_allocated",
        "ntm_central_carried_disbursed_share",
        "p135_production",
        "other_communes_production",
    }
    assert differing["class"].to_dict() == {
        "gnbv_central_2019_allocated": "wrong",
        "ntm_central_carried_disbursed_share": "wrong",
        "p135_production": "wrong",
        "other_communes_production": "wrong_unit",
    }
    rates = found[found["measure"] == "rate"].set_index("figure")["class"]
    assert rates["ntm_central_2019_disbursed_share"] == "truncation"
    assert rates["ntm_central_investment_2019_disbursed_share"] == "rounding"
    total = found.set_index("figure").loc[
        "ntm_central_2019_allocated + ntm_province_2019_allocated"
    ]
    assert total["printed_vnd"] == total["returns_vnd"] == 1_061_433_000_000


def test_every_printed_figure_and_identity_named_exists(figures, audit):
    named = funding_rules.published(2019)
    identities = {i for text in named["identities"].dropna() for i in text.split("|")}
    assert identities <= set(audit["identity_id"])
    used = {name.strip() for text in named["figure"] for name in text.split("+")}
    assert used <= set(figures["id"])
    money_ids = figures[
        figures["id"].str.match(r"(ntm_(central|province)|gnbv_(total|central|province))_")
        | (figures["id"].str.startswith("p30a_") & figures["id"].str.contains("disbursed"))
    ]["id"]
    assert set(money_ids) <= used, "a printed figure on this money is set beside nothing"


def test_results_with_printed_recomputed_and_corrected_inputs(of_2019, figures, audit):
    beside = funding.beside_printed(of_2019, figures, audit)
    found = funding.sensitivity(of_2019, beside)
    central = found[found["figure"] == "gnbv_central_2019_allocated"].iloc[0]
    assert [central[n] for n in ("printed", "recomputed", "corrected")] == [
        50_541_000_000, 51_541_000_000, 51_541_000_000,
    ]  # fmt: skip
    ratio = found[found["result"] == "counterpart"].iloc[0]
    assert [round(ratio[n], 4) for n in ("printed", "recomputed", "corrected")] == [
        0.0909, 0.0891, 0.0891,
    ]  # fmt: skip
    carried = found[found["result"] == "rate"].iloc[0]
    assert [round(carried[n], 2) for n in ("printed", "recomputed", "corrected")] == [
        51.1, 51.5, 51.5,
    ]  # fmt: skip
    assigned = funding.allocation_gap(beside).set_index(["programme", "source", "plan_year"])
    assert assigned.loc[("gnbv", "central", 2019), "gap_vnd"] == -BN
    assert assigned.loc[("ntm", "central", 2019), "gap_vnd"] == 0


def test_outputs_beside_the_money(of_2019, figures):
    found = funding.outputs(of_2019, figures).set_index("component")
    assert found.loc["gnbv_30a_livelihoods", ["projects", "projects_planned", "households"]].tolist(
    ) == [10, 13, 234]  # fmt: skip
    assert found.loc["gnbv_30a_labour_export", "persons"] == 2


def test_composition_of_the_central_money(of_2019):
    found = funding.composition(of_2019).set_index("programme")
    assert round(found.loc["ntm", "outturn_pct"], 1) == 59.2
    assert round(found.loc["ntm", "variance_pct"], 1) == 1.5


@pytest.mark.parametrize("year", [2018, 2020])
def test_years_without_a_printed_report_have_nothing_to_stand_beside(year):
    frame = funding.lines(sample.truth(year)["funding"], year)
    beside = funding.beside_printed(frame, pd.DataFrame())
    assert beside.empty and funding.sensitivity(frame, beside).empty
    assert funding.outputs(frame, pd.DataFrame()).empty
    assert funding.allocation_gap(beside).empty
