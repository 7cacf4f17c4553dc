"""Every arithmetic statement of the 2019 report, and the rules that class them."""

from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgstats.published import audit
from kgstats.published.files import read_report
from kgstats.published.printed import Interval

CONTRADICTIONS = {
    "gnbv_central_2019_by_kind": ("wrong", "gnbv_central_2019_allocated=51.541"),
    "gnbv_central_2019_from_total": ("wrong", "gnbv_central_2019_allocated=51.541"),
    "ntm_central_carried_disbursed_ratio": ("wrong", "ntm_central_carried_disbursed_share=51.5"),
    "training_total_by_level": ("wrong", "training_total=26266 | "),
    "p135_production_by_source": ("wrong", "p135_production=4.040 | "),
    "other_communes_production_by_source": ("wrong_unit", "other_communes_production=3038"),
    "comms_loudspeaker_kien_hai_named": (
        "list_incomplete",
        "comms_loudspeaker_communes_kien_hai=3",
    ),
    "ntm_central_2019_disbursed_ratio": ("truncation", ""),
    "ntm_central_recurrent_2019_disbursed_ratio": ("truncation", ""),
    "loan_work_abroad_base": ("truncation", "base="),
    "education_national_standard_base": ("not_computable", "base=659"),
}


@pytest.fixture(scope="module")
def frame(root) -> pd.DataFrame:
    report = read_report(root / "data" / "raw" / "published", 2019)
    return audit.to_frame(audit.audit(report)).set_index("identity_id", drop=False)


def test_the_table_has_the_agreed_columns(frame):
    assert tuple(frame.columns) == audit.COLUMNS
    assert set(frame["class"]) <= set(audit.CLASSES)


@pytest.mark.parametrize("identity", CONTRADICTIONS)
def test_known_inconsistency(frame, identity):
    klass, suggestion = CONTRADICTIONS[identity]
    assert frame.loc[identity, "class"] == klass
    assert frame.loc[identity, "suggestion"].startswith(suggestion)


def test_no_false_alarm(frame):
    told = frame[~frame["class"].isin(["exact", "rounding"])]
    assert set(told["identity_id"]) == set(CONTRADICTIONS)


def test_printed_stays_beside_recomputed(frame):
    row = frame.loc["gnbv_central_2019_by_kind"]
    assert (row["printed"], row["recomputed"], row["difference"]) == (50.541, 51.541, -1.0)
    row = frame.loc["ntm_central_carried_disbursed_ratio"]
    assert row["printed"] == 51.1
    assert row["recomputed"] == pytest.approx(100 * 6.769 / 13.144)
    assert row["figure_ids"].split() == [
        "ntm_central_carried_disbursed_share",
        "ntm_central_carried_disbursed",
    ]


def test_shares_of_one_base_agree_on_it(frame):
    loans = frame[frame["identity_id"].str.startswith("loan_")]
    assert set(loans["suggestion"]) == {"base=3427.1"}
    assert (loans["class"] == "rounding").sum() == 3


def test_the_same_input_gives_the_same_bytes(transcription):
    first = audit.write(transcription, 2019).read_bytes()
    assert audit.write(transcription, 2019).read_bytes() == first


numbers = st.integers(0, 10**7)


@given(part=numbers, whole=st.integers(1, 10**7), places=st.integers(0, 3))
def test_a_rounded_share_is_never_called_wrong(part, whole, places):
    share = Fraction(100 * part, whole)
    step = Fraction(1, 10**places)
    rounded = ((2 * share + step) // (2 * step)) * step
    cut = (share // step) * step
    assert audit.classify(rounded, places, share, Interval.exactly(share)) in ("exact", "rounding")
    assert audit.classify(cut, places, share, Interval.exactly(share)) in (
        "exact",
        "rounding",
        "truncation",
    )


@given(
    parts=st.lists(st.integers(0, 10**6), min_size=2, max_size=6),
    places=st.integers(1, 3),
    off=st.integers(1, 50),
)
def test_a_sum_of_rounded_parts_is_rounding_until_it_cannot_be(parts, places, off):
    """Parts known to one place more than printed: their printed sum may miss by n half places."""
    step = Fraction(1, 10**places)
    exact = [Fraction(part, 10 ** (places + 1)) for part in parts]

    def shown(value: Fraction) -> Fraction:
        return ((2 * value + step) // (2 * step)) * step

    printed_parts = [shown(part) for part in exact]
    possible = Interval.exactly(0)
    for part in printed_parts:
        possible = possible + Interval(part - step / 2, part + step / 2)
    recomputed = sum(printed_parts, Fraction(0))
    klass = audit.classify(shown(sum(exact, Fraction(0))), places, recomputed, possible)
    assert klass in ("exact", "rounding")
    far = recomputed + (len(parts) + 1 + off) * step
    far_class = audit.classify(far, places, recomputed, possible)
    assert far_class in ("wrong", "wrong_unit")


def test_a_count_is_not_excused_by_rounding():
    assert (
        audit.classify(Fraction(26226), 0, Fraction(26266), Interval.exactly(26266), countable=True)
        == "wrong"
    )


def test_a_power_of_a_thousand_is_a_wrong_unit():
    got = audit.classify(
        Fraction("3.038"), 3, Fraction(3038), Interval(Fraction(3037), Fraction(3039))
    )
    assert got == "wrong_unit"


def test_a_relation_that_does_not_hold_is_wrong(transcription, damage):
    damage(
        "2019/identities.csv",
        "ntm_criteria_mean_target_2020,,>",
        "ntm_criteria_mean_target_2020,,<",
    )
    report = read_report(transcription / "data" / "raw" / "published", 2019)
    found = {f.identity.id: f for f in audit.audit(report)}
    assert found["ntm_criteria_mean_above_target"].klass == "wrong"


def test_a_list_naming_more_than_announced_is_wrong(transcription, damage):
    damage("2019/figures.csv", "flow,5,,districts,05", "flow,4,,districts,04")
    report = read_report(transcription / "data" / "raw" / "published", 2019)
    found = {f.identity.id: f for f in audit.audit(report)}
    assert found["monitor_districts_named"].klass == "wrong"
