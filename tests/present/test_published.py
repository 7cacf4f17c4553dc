"""The printed report as readers see it: values as printed, words that hedge, counts that moved."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgstats.analysis import published as analysis
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


def wrong_of(**columns):
    base = {"class": "wrong", "basis": "stated", "kind": "sum", "printed": 1.0}
    frame = pd.DataFrame(columns)
    given = {name: value for name, value in base.items() if name not in frame}
    return frame.assign(**given, misprint=range(1, len(frame) + 1))


NAMED = pd.DataFrame({"id": ["a", "b", "c"], "description_en": ["A", "B", "C"]})


def note_of(audit, wrong):
    kinds = analysis.outcomes(audit[audit["basis"] != "elsewhere"], by="kind")
    off = analysis.off_by(wrong)
    return published.audit_note(analysis.outcomes(audit, by="basis"), kinds, off, NAMED, "en")


@pytest.mark.parametrize(
    ("recomputed", "difference", "told"),
    [
        ([100.0, 50.0], [1.0, -2.0], ["Furthest off in proportion is “B”: by 4.0%"]),
        ([100.0, 50.0], [2.0, 1.0], ["Furthest off in proportion are “A” and “B”: by 2.0% each"]),
        ([100.0], [2.0], ["“A” is off by 2.0%"]),
        # Nothing can be a share of nothing, and what prints as 0.0% is none.
        ([0.0, 1e6], [2.0, 1.0], []),
    ],
)
def test_how_far_the_report_is_off_names_all_that_share_it(recomputed, difference, told):
    wrong = wrong_of(
        identity_id=list("abc")[: len(recomputed)], recomputed=recomputed, difference=difference
    )
    audit = wrong.drop(columns="misprint").head(1)
    note = note_of(audit, wrong)
    assert note.items == ["Correct as printed: 0 of 1 the report states", *told]


def test_where_most_is_contradicted_counts_the_reports_own_statements():
    kinds = ["sum", "sum", "sum", "ratio", "ratio", "repeat", "repeat"]
    classes = ["wrong", "wrong_unit", "exact", "wrong", "exact", "wrong", "wrong"]
    bases = ["stated"] * 5 + ["elsewhere"] * 2
    audit = pd.DataFrame({"kind": kinds, "class": classes, "basis": bases})
    none = wrong_of(identity_id=[], recomputed=[], difference=[])
    assert note_of(audit, none).items == [
        "Correct as printed: 2 of 5 the report states and 0 of 2 resting on other sources",
        "Most often contradicted: Totals and parts (2 of 3 statements)",
    ]
    held = audit.assign(**{"class": "exact"})
    assert len(note_of(held, none).items) == 1


def aims(states, came=None):
    n = len(states)
    return pd.DataFrame(
        {
            "figure": list("abcdef")[:n],
            "target": [Decimal(9)] * n,
            "target_high": [Decimal(10)] * n,
            "unit": ["communes"] * n,
            "target_state": states,
            "outcome": [None if one is None else Decimal(9 if one else 8) for one in came or states]
            if came
            else [None] * n,
            "outcome_reached": came or [None] * n,
        }
    )


AIMED = pd.DataFrame({"id": list("abcdef"), "indicator_en": list("ABCDEF")})
UNITS = pd.DataFrame({"unit": ["communes"], "en": ["communes"]})


@pytest.mark.parametrize(
    ("targets", "told"),
    [
        (aims([]), "The report prints no target."),
        (aims(["not_due"]), "- No target is due; 1 is not due yet"),
        (aims(["missed"]), "- 0 of 1 target due is reached"),
        (
            aims(["reached", "missed", "no_level"]),
            "- 1 of 2 targets due are reached; 1 cannot be judged: no level is printed",
        ),
        (
            aims(["not_due", "not_due"], [True, False]),
            "- No target is due; 2 are not due yet\n"
            "- Reached by what was published since: A (9\xa0communes; target 9–10)\n"
            "- Missed by what was published since: B (8\xa0communes; target 9–10)",
        ),
        (
            aims(["not_due"] * 4, [False] * 4),
            "- No target is due; 4 are not due yet\n"
            "- Missed by what was published since: 4 targets",
        ),
    ],
)
def test_targets_are_counted_by_what_can_be_said_of_them(targets, told):
    assert published.targets_note(targets, AIMED, UNITS, "en").to_text() == told
