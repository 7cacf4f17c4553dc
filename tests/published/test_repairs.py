import csv
from decimal import Decimal
from pathlib import Path

import pytest

from kgstats.published import expressions, files
from kgstats.published.audit import audit

UNITS = files.read_common(Path(__file__).parents[2] / "data/raw/published", 2019).units


def figure(name, value, unit="households", qualifier=""):
    value = Decimal(str(value))
    places = max(0, -int(value.as_tuple().exponent))
    return files.Figure(
        name, "", 1, "both", name, name, "", "", "stock", value, None, unit, f"{value}", None, "",
        qualifier, "", {"value": places},
    )  # fmt: skip


def report(figures, statements):
    identities = {
        f"{kind}_{number}": files.Identity(
            f"{kind}_{number}", kind, expressions.parse(tested).references()[0],
            expressions.parse(text), group, "=", figures[tested].unit, "", "",
        )
        for number, (kind, tested, text, group) in enumerate(statements)
    }  # fmt: skip
    return files.Report(2019, UNITS, figures, identities, {}, {}, {})


def held(*figures):
    return {one.id: one for one in figures}


@pytest.fixture
def regions(shared):
    path = shared / "samples" / "audit" / "vn_regions.csv"
    with path.open(encoding="utf-8") as lines:
        table = {row.pop("quantity"): row for row in csv.DictReader(lines)}
    figures = held(
        *(figure(f"{q}_{at}", value) for q, row in table.items() for at, value in row.items()),
        figure("poor_rate", "8.39", "percent"), figure("near_rate", "6.99", "percent"),
        figure("both_rate", "15.39", "percent"),
    )  # fmt: skip
    places = list(next(iter(table.values())))
    statements = [
        ("sum", f"{name}_total_printed", " + ".join(f"{name}_{w}" for w in places[:-1]), "")
        for name in table
    ]
    statements += [("sum", f"both_hh_{w}", f"poor_hh_{w} + near_poor_hh_{w}", "") for w in places]
    statements += [
        ("common_base", f"{rate}_rate", f"share_of({name}_hh_region_4)", "region_4")
        for rate, name in (("poor", "poor"), ("near", "near_poor"), ("both", "both"))
    ]  # fmt: skip
    return report(figures, statements)


def test_three_misprints_are_judged_together_with_the_printed_rates(regions):
    """The case of ../shared/samples/audit: one figure at a time contradicts itself there."""
    wrong = {one.suggestion for one in audit(regions) if one.klass == "wrong"}
    assert wrong == {
        "near_poor_hh_region_4=107606 & near_poor_hh_total_printed=915393 & poor_hh_region_2=69329"
    }


def test_two_shares_without_a_common_base_are_told_as_a_pair():
    figures = held(
        figure("a", 57180), figure("b", 43316), figure("a_pct", "12.81", "percent"),
        figure("b_pct", "9.12", "percent"),
    )  # fmt: skip
    shares = [("common_base", f"{one}_pct", f"share_of({one})", "all") for one in "ab"]
    found = audit(report(figures, shares))
    assert [one.klass for one in found] == ["no_common_base"] * 2
    assert {one.suggestion for one in found} == {"bases=446370/474956"}


def test_a_third_share_says_which_of_two_is_wrong():
    figures = held(
        figure("a", 57180), figure("b", 43316), figure("c", 89274),
        figure("a_pct", "12.81", "percent"), figure("b_pct", "9.12", "percent"),
        figure("c_pct", "20.00", "percent"),
    )  # fmt: skip
    shares = [("common_base", f"{one}_pct", f"share_of({one})", "all") for one in "abc"]
    found = {one.identity.tested.figure: one.klass for one in audit(report(figures, shares))}
    assert found == {"a_pct": "rounding", "b_pct": "wrong", "c_pct": "exact"}


@pytest.mark.parametrize(
    ("qualifier", "printed", "klass"),
    [
        ("trên", 225, "rounding"), ("hơn", 225, "rounding"), ("", 225, "truncation"),
        ("gần", 226, "rounding"), ("gần", 225, "wrong"), ("trên", 226, "wrong"),
        ("khoảng", 226, "rounding"), ("trên", 220, "rounding"),
    ],
)  # fmt: skip
def test_words_that_hedge_are_weighed(qualifier, printed, klass):
    figures = held(
        figure("total", printed, "VND_billion", qualifier), figure("a", "200.5", "VND_billion"),
        figure("b", "25.3", "VND_billion"),
    )  # fmt: skip
    (found,) = audit(report(figures, [("sum", "total", "a + b", "")]))
    assert found.klass == klass


def test_large_bases_keep_their_digits():
    figures = held(figure("a", 12_345_678), figure("a_pct", "50.00000", "percent"))
    (found,) = audit(report(figures, [("common_base", "a_pct", "share_of(a)", "all")]))
    assert found.suggestion == "base=24691356"
