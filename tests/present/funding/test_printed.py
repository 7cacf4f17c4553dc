"""The page beside the printed report."""

from __future__ import annotations

import pytest
from tests.present.funding.page import NOTHING

from kgstats import published
from kgstats.analysis import funding
from kgstats.present import funding as show
from kgstats.present.prose import Prose


@pytest.fixture(scope="module")
def printed(root):
    from kgstats.published import audit as auditing
    from kgstats.published.files import read_report

    report = read_report(root / "data" / "raw" / "published", 2019)
    audit = auditing.to_frame(auditing.audit(report))
    return published.read("figures", root, 2019), audit


def test_the_page_beside_the_printed_report(of_2019, printed):
    figures, _ = printed
    beside = funding.beside_printed(of_2019, *printed)
    text = show.printed_table(beside, 2019, "en").to_text()
    assert "Disbursement rate, central budget | 59,1 | 59.10% | 59.20% | agrees" in text
    assert "50,541 | VND 50.541 billion | VND 51.541 billion | differs | wrong" in text
    results = show.sensitivity_table(funding.sensitivity(of_2019, beside), beside, 2019, "vi")
    assert "50,541 tỷ đồng | 51,541 tỷ đồng | 51,541 tỷ đồng" in results.to_text()
    assigned = show.allocation_table(funding.allocation_gap(beside), 2019, "en").to_text()
    assert "50.541 | 51.541 | \u22121.000" in assigned
    delivered = show.outputs_table(funding.outputs(of_2019, figures), "vi", year=2019).to_text()
    assert "10 | 13 | 234" in delivered
    assert len(show.printed_note(beside, 2019, "en").items) == 4


def test_a_year_without_a_printed_report_says_so_once(of_2019):
    beside = funding.beside_printed(of_2019, NOTHING, NOTHING)
    assert show.printed_note(beside, 2019, "en") is None
    results = funding.sensitivity(of_2019, beside)
    assert show.sensitivity_table(results, beside, 2019, "en") is None
    assert show.allocation_table(funding.allocation_gap(beside), 2019, "en") is None
    assert isinstance(show.printed_table(beside, 2019, "en"), Prose)


def test_a_report_without_contradictions_says_so(of_2019, printed):
    figures, audit = printed
    beside = funding.beside_printed(of_2019, figures, audit.assign(**{"class": "exact"}))
    shown = show.sensitivity_table(funding.sensitivity(of_2019, beside), beside, 2019, "en")
    assert shown.paragraphs == ["No figure on this money contradicts the report's own parts."]


def test_a_printed_figure_names_the_lines_it_speaks_of(of_2019, printed):
    from kgstats.present import provenance

    asked = []

    def finder(frame, names):
        asked.append((frame, tuple(names)))
        return ()

    beside = funding.beside_printed(of_2019, *printed)
    provenance.find_with(finder)
    try:
        show.printed_table(beside, 2019, "en")
        show.allocation_table(funding.allocation_gap(beside), 2019, "en")
    finally:
        provenance.find_with(None)
    (frame, names), (assigned, only) = asked
    assert names == ("allocated_vnd", "disbursed_vnd") and only == ("allocated_vnd",)
    for rows in (frame, assigned):
        assert not rows["source"].str.contains("[|*]").any()
    whole = frame[frame["figure"] == "ntm_central_2019_allocated + ntm_province_2019_allocated"]
    assert len(whole) >= 1 and whole["component"].isna().all()


def test_where_a_district_is_silent_nothing_is_compared(of_2019, printed):
    beside = funding.beside_printed(of_2019, *printed, ["899"])
    note = show.printed_note(beside, 2019, "en")
    assert note.to_text().startswith("No printed figure is compared")
    assert "differs" not in show.printed_table(beside, 2019, "en").to_text()
    assert "of 2019" not in note.to_text() and not note.items
