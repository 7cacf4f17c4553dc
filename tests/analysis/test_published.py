from decimal import Decimal

import pandas as pd
import pytest

from kgstats import published as published_files
from kgstats.analysis import published
from kgstats.published.audit import audit as run_audit
from kgstats.published.audit import to_frame
from kgstats.published.files import read_report


def figure(name, value, kind, period, *, high=None, meaning=""):
    return {
        "id": name,
        "value": Decimal(value),
        "value_high": None if high is None else Decimal(high),
        "kind": kind,
        "period": period,
        "unit": "percentage_points",
        "denominator": None,
        "denominator_meaning": meaning,
    }


def targets(*rows, pairs):
    figures = pd.DataFrame(rows)
    links = pd.DataFrame(pairs, columns=["target", "level", "outcome"])
    return published.targets(figures, links, pd.DataFrame({"id": [], "value": []})).set_index(
        "figure"
    )


def test_a_change_over_two_years_is_the_second_years():
    """The fall from 2018 to 2019 answers the plan for 2019, not the plan for 2020."""
    found = targets(
        figure("fall", "1.45", "change", "2018/2019"),
        figure("plan_2019", "1", "target", "2019", high="1.5"),
        figure("plan_2020", "1", "target", "2020"),
        pairs=[("plan_2019", "fall", ""), ("plan_2020", "fall", "")],
    )
    assert found["target_state"].to_dict() == {"plan_2019": "reached", "plan_2020": "not_due"}
    assert pd.isna(found.loc["plan_2020", "progress_pct"])


def test_a_target_is_missed_once_its_own_year_is_over():
    rows = [figure("plan", "79", "target", "2020")]
    for period in ("2019-12-15", "2020-07-15", "2020-12-20", "2020", "2021"):
        rows.append(figure(period, "64", "stock", period))
    states = [
        targets(*rows, pairs=[("plan", level, "")]).loc["plan", "target_state"]
        for level in ("2019-12-15", "2020-07-15", "2020-12-20", "2020", "2021", "")
    ]
    assert states == ["not_due", "not_due", "missed", "missed", "missed", "no_level"]


def test_a_target_is_not_reached_before_its_year_however_far_its_level_is():
    """16.9 criteria at the end of 2019 do not reach the target of 16.6 for 2020: it is not due."""
    found = targets(
        figure("plan", "16.6", "target", "2020"),
        figure("level", "16.9", "stock", "2019-12-15"),
        figure("later", "16.9", "stock", "2020-12-15"),
        figure("again", "16.6", "target", "2020"),
        pairs=[("plan", "level", ""), ("again", "later", "")],
    )
    assert found["target_state"].to_dict() == {"plan": "not_due", "again": "reached"}
    assert found.loc["plan", "progress_pct"] == pytest.approx(101.807, abs=0.001)


def test_a_result_printed_against_its_plan_is_judged_in_that_year():
    done = figure("done", "10", "flow", "2019", meaning="result_against_plan")
    done["denominator"] = Decimal(13)
    more = done | {"id": "more", "value": Decimal(13)}
    found = targets(done, more, pairs=[])
    assert found["target_state"].to_dict() == {"done": "missed", "more": "reached"}
    assert found["level_figure"].tolist() == ["", ""]


def audited(*rows):
    names = ["identity_id", "kind", "figure_ids", "class", "suggestion"]
    return pd.DataFrame([(f"i{n}", *row) for n, row in enumerate(rows)], columns=names)


def test_one_misprint_is_one_contradiction_however_many_statements_it_breaks():
    audit = audited(
        ("sum", "total a b", "wrong", "total=51"),
        ("sum", "total c", "wrong", "total=51 | c=3"),
        ("sum", "c d", "wrong", "c=3"),
        ("sum", "e f", "wrong", ""),
        ("sum", "g h", "wrong", ""),
        ("common_base", "s p", "wrong", "base=659"),
        ("common_base", "r q", "wrong", "base=659"),
        ("ratio", "k l", "truncation", ""),
        ("ratio", "m n", "exact", ""),
    )
    wrong = published.inconsistencies(audit)
    found = published.contradictions(wrong)
    # total=51 mends the first two; no single correction mends the third as well.
    assert found["misprint"].tolist() == [1, 1, 2, 3, 4, 5, 6]
    assert len(wrong) == 8


def test_what_the_report_states_implies_and_what_comes_from_elsewhere(root):
    audit = to_frame(run_audit(read_report(root / "data" / "raw" / "published", 2019)))
    figures = published_files.read("figures", root, 2019)
    placed = published.with_topic(figures, published_files.read("topics", root, 2019))
    found = published.with_basis(audit, placed).set_index("identity_id")["basis"]
    elsewhere = found[found == "elsewhere"].index
    assert all("_from_2020" in name or name == "ntm_rural_communes_base" for name in elsewhere)
    assert len(elsewhere) == 5
    assert found["gnbv_central_2019_by_kind"] == found["monitor_districts_named"] == "stated"
    assert found["poverty_poor_rate_2019_twice"] == found["loan_job_base"] == "implied"
    wrong = published.contradictions(published.inconsistencies(audit))
    assert (len(wrong), wrong["misprint"].nunique()) == (7, 6)


def test_no_share_of_a_range():
    found = targets(
        figure("fall", "1.45", "change", "2018/2019"),
        figure("plan", "1", "target", "2019", high="1.5"),
        figure("one", "1", "target", "2019"),
        pairs=[("plan", "fall", ""), ("one", "fall", "")],
    )
    assert pd.isna(found.loc["plan", "progress_pct"])
    assert found.loc["one", "progress_pct"] == 145


def test_by_how_much_a_statement_is_off_counts_a_misprint_once_and_no_share_of_nothing():
    wrong = pd.DataFrame(
        {
            "identity_id": list("abcde"),
            "class": ["wrong", "wrong", "wrong", "wrong_unit", "wrong"],
            "basis": ["stated", "implied", "stated", "stated", "elsewhere"],
            "misprint": [1, 1, 2, 3, 4],
            "recomputed": [50.0, 10.0, 0.0, 10.0, 10.0],
            "difference": [-2.0, 1.0, 1.0, 1.0, 1.0],
        }
    )
    assert published.off_by(wrong).to_dict() == {"a": 4.0}
