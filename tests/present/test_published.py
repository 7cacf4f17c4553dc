"""The printed report as readers see it: values as printed, words that hedge, counts that moved."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgstats.present import published
from kgstats.published.audit import audit as run_audit
from kgstats.published.audit import to_frame
from kgstats.published.files import read_report


@pytest.fixture(scope="module")
def report(root):
    return read_report(root / "data" / "raw" / "published", 2019)


@pytest.fixture(scope="module")
def table(report):
    audit = to_frame(run_audit(report)).assign(basis="stated")
    frames = (report.frame(name) for name in ("figures", "identities", "units"))
    return published.audit_table(audit, *frames, "source", "en")


def test_every_hedge_of_the_report_is_said_in_english(report):
    figures = report.frame("figures")
    for qualifier in set(figures["qualifier"]):
        assert bool(published._said(qualifier, "en")) == bool(qualifier)
        assert published._said(qualifier, "vi") == qualifier


def test_printed_values_keep_the_zeros_they_were_printed_with(report, table):
    figures = report.frame("figures").set_index("id")["value"]
    for row in table.frame.itertuples():
        first = row.figure_ids.split()[0]
        if figures.get(first) == row.printed:
            assert str(row.printed) == str(figures[first])
    cost = table.frame[table.frame["identity_id"] == "electricity_support_cost_by_group"].iloc[0]
    assert (str(cost["printed"]), str(cost["recomputed"])) == ("12.270", "12.269")


def test_zeros_are_added_to_what_is_compared_and_to_nothing_else(table):
    """In Vietnamese 3.038,000 and 1,000 would pass for other numbers."""
    for row in table.frame.itertuples():
        assert row.difference is None or row.difference == row.difference.normalize()
    assert not [one for one in table.frame["difference"] if str(one).endswith(".000")]
    wrong = table.frame[table.frame["class"] == "wrong_unit"].iloc[0]
    assert str(wrong["recomputed"]) == "3038"


def test_a_statement_that_holds_by_rounding_shows_its_difference(table):
    held = table.frame[table.frame["class"].isin(["rounding", "truncation", "wrong"])]
    assert len(held) > 10
    assert (held["difference"].map(abs) > 0).all()
    assert (table.frame.loc[table.frame["class"] == "exact", "recomputed"].notna()).all()


counts = st.lists(st.integers(0, 117), min_size=1, max_size=5)


@given(counts)
def test_a_published_count_rose_or_fell_as_it_did(values):
    points = pd.DataFrame(
        {"value": values, "date_said": [f"{n + 1}/2019" for n in range(len(values))]}
    )
    said = published._rose(points, "en")
    first, last = values[0], values[-1]
    if first == last:
        noun = "commune" if last == 1 else "communes"
        assert said == f"{last} {noun} met the standard ({len(values)}/2019)"
    else:
        way = "rose" if last > first else "fell"
        assert f"{way} from {first} (1/2019) to {last} ({len(values)}/2019)" in said


def test_a_recomputed_value_has_no_binary_tail():
    assert str(published._shown_float(0.1 + 0.2, 4)) == "0.3"
    assert str(published._shown_float(4.04, 5, 3)) == "4.040"
    assert published._shown_float(None, 2) is None
    assert published._shown_float(59.195, 3) == Decimal("59.195")
