"""Sentences on money: the base first, integrated money counted once, equal causes together."""

from __future__ import annotations

from tests.analysis.funding.money import BN, money, table
from tests.present.funding.page import districts

from kgstats.analysis import funding
from kgstats.present import funding as show


def coverage(rows: list[dict], programme: str | None = None) -> str:
    lines = money(rows)
    if programme:
        lines = lines[lines["programme"] == programme]
    base = show.reporting(districts(lines, 2019), 2019, "en")
    return show.coverage_note(funding.gaps(lines), 2019, "en", base).to_text()


def test_the_base_stands_before_any_rate():
    assert coverage([{}]).startswith("Money is reported by 1 of 15 districts")
    everyone = [{"district_code": code} for code in districts(money([{}]), 2019)["district_code"]]
    assert "reported by" not in coverage(everyone)
    assert coverage([{}], "gnbv") == "No district reports this money for 2019."


def test_an_amount_below_zero_is_said():
    assert "1 budget line has an amount below zero or paid" in coverage(
        [{"disbursed_vnd": -BN}, {}]
    )
    two = [{"disbursed_vnd": -BN}, {"district_code": "906", "allocated_vnd": -BN}]
    assert "2 budget lines have an amount below zero" in coverage(two)
    assert "below zero" not in coverage([{}, {"disbursed_vnd": 0}])


def test_a_unit_that_may_be_another_is_said():
    rows = [{"allocated_vnd": 10_000 * BN}, {"source": "province"}]
    found = funding.unusual(money(rows), table([{"plan_year": 2018}], 2018))
    far = found[found["unusual"] == "far_from_last_year"]
    text = show.coverage_note(funding.gaps(money(rows)), 2019, "vi", "", far).to_text()
    assert "1 dòng vốn có vốn phân bổ gấp hoặc kém hàng trăm lần" in text
    assert "10.000,0 tỷ đồng" in text


def test_integrated_money_is_said_to_count_twice():
    def note(source: str) -> str:
        local = {"source": source, "disbursed_vnd": None, "allocated_vnd": 30 * BN}
        found = show.counterpart_note(funding.counterpart(money([{}, local])), 2019, "en")
        return found.to_text()

    assert "VND 30.0 billion of it is integrated" in note("integrated")
    assert "integrated" not in note("province")


def test_a_composition_says_what_it_covers_and_varies_by_component():
    gnbv = {"programme": "gnbv", "source": "central", "kind": "recurrent"}
    rows = [
        gnbv | {"component": "gnbv_30a_models", "disbursed_vnd": 10 * BN},
        gnbv | {"component": "gnbv_capacity", "disbursed_vnd": 2 * BN},
        gnbv | {"component": "gnbv_information", "disbursed_vnd": None},
    ]
    text = show.composition_note(funding.composition(money(rows)), 2019, "en").to_text()
    assert "reported for VND 20.0 billion of the plan of VND 30.0 billion" in text
    assert "differs from the plan's by 66.7%" in text
    text = show.composition_note(funding.composition(money(rows)), 2019, "vi").to_text()
    assert "cho 20,0 tỷ đồng trong kế hoạch 30,0 tỷ đồng" in text and "lệch 66,7%" in text
    alone = show.composition_note(funding.composition(money(rows[:1])), 2019, "en").to_text()
    assert "its composition cannot vary" in alone


def test_equal_causes_are_named_together():
    def note(*causes: tuple[str | None, int]) -> str:
        rows = [
            {"district_code": code, "cause": cause, "disbursed_vnd": paid * BN}
            for code, (cause, paid) in zip(("906", "908", "914"), causes, strict=False)
        ]
        found = show.causes_note(funding.shortfall(money(rows), "cause"), "en")
        return "" if found is None else found.to_text()

    assert "is put down to “Site clearance”" in note(("land", 2), ("tender", 4)).replace("“s", "“S")
    assert "billion each, are put down to" in note(("land", 4), ("tender", 4), ("volume", 5))
    assert "Every cause given has the same amount" in note(("land", 4), ("tender", 4))
    assert note((None, 4)) == "No return gives a cause."
    assert note(("land", 10)) == ""
