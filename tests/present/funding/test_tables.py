"""Tables of money: the report's figures, exact totals, words that stay text."""

from __future__ import annotations

import pytest
from tests.analysis.funding.money import BN, money

from kgstats.analysis import funding
from kgstats.present import funding as show
from kgstats.present.funding.tables import RULE_NAMES


def gap_table(lines, lang):
    by = ["programme", "source", "kind", "plan_year"]
    programmes, total = funding.gaps(lines, "programme"), funding.gaps(lines)
    return show.gap_table(
        funding.gaps(lines, by), lang, subtotals=programmes, total=total, year=2019
    )


def lapsing_table(lines, year, lang):
    closed = funding.closing(lines)
    return show.lapsing_table(funding.lapsing(closed), funding.lapsing(closed, by=()), year, lang)


def test_the_table_of_gaps_has_the_reports_figures_and_foots(of_2019):
    shown = gap_table(of_2019, "vi")
    text = shown.to_text()
    assert "123,500" in text and "73,856" in text and "49,644" in text
    assert "1.074,577 | 894,433 | 105,625 | 74,519" in text
    frame = shown.frame
    is_total = frame["programme"].isna()
    is_subtotal = frame["_total"] & ~is_total
    for name in ("allocated_vnd", "uncovered_vnd", "gap_vnd"):
        own = frame.loc[~frame["_total"], name].fillna(0).sum()
        parts = frame.loc[is_subtotal, name].fillna(0).sum()
        assert own == parts == frame.loc[is_total, name].iloc[0], name
    assert shown.totals == frame["_total"].tolist()


def test_one_programme_has_no_total_of_both(of_2019):
    text = gap_table(of_2019[of_2019["programme"] == "ntm"], "en").to_text()
    assert text.count("Total") == 1 and "Both programmes" not in text
    both = gap_table(of_2019, "en")
    assert both.frame["_group"].iloc[-1] == "Both programmes together"


def test_a_component_alone_in_its_programme_is_its_own_total(of_2019):
    by_component = funding.gaps(of_2019, ["programme", "component"])
    programmes, total = funding.gaps(of_2019, "programme"), funding.gaps(of_2019)
    shown = show.component_table(by_component, "en", subtotals=programmes, total=total, year=2019)
    marked = shown.frame.loc[shown.frame["_total"], "programme"].fillna("both").tolist()
    assert marked == ["gnbv", "both"]


def test_equal_denominators_are_shown_once(of_2019):
    def shown(lines):
        return show.denominators_table(funding.by_denominator(lines), "vi", year=2019)

    assert "167,000" in shown(of_2019).to_text()
    # All reported, nothing carried over: the four denominators are one.
    assert len(shown(money([{}])).frame) == 1
    assert len(shown(money([{}, {"disbursed_vnd": None, "kind": "recurrent"}])).frame) == 2


def test_unconfirmed_closes_are_marked(of_2019):
    shown = lapsing_table(of_2019, 2019, "en")
    assert "31 January 2020 or 31 December 2020 *" in shown.to_text()
    unread = next(note for note in shown.notes if note.startswith("* Not confirmed"))
    assert "31 January 2020: Law 49/2014/QH13" in unread
    assert "31 December 2020: Decree 77/2015/NĐ-CP as amended by Decree 120/2018" in unread
    again = lapsing_table(money([{}], 2021), 2021, "en")
    assert "31 January 2022 |" in again.to_text() and not any("*" in note for note in again.notes)


def test_a_pace_without_a_close_is_empty_and_not_missing():
    text = lapsing_table(money([{"plan_year": 2015}]), 2019, "en").to_text()
    row = text.splitlines()[2].split(" | ")
    assert row[1] == "not known" and row[4:] == ["", "…", "", "…"]


def test_numbers_in_downloads_are_numbers(of_2019):
    payload = lapsing_table(of_2019, 2019, "vi").payload()
    keys = [column["key"] for column in payload["columns"]]
    first = dict(zip(keys, payload["rows"][0], strict=True))
    assert first["paid_per_day_vnd"] == 345.121495
    assert round(first["pace_high_ratio"], 2) == 3.42


def test_names_from_the_data_stay_text():
    lines = money([{"component": "<script>x</script>", "cause": "<b>", "programme": "gnbv"}])
    total = funding.gaps(lines)
    by_component = funding.gaps(lines, ["programme", "component"])
    of = funding.gaps(lines, "programme")
    components = show.component_table(by_component, "en", subtotals=of, total=total, year=2019)
    causes = show.causes_table(
        funding.shortfall(lines, "cause"), "en", total=funding.shortfall(lines), year=2019
    )
    for shown in (components, causes):
        assert "<script>" not in shown.to_html() and "<b>" not in shown.to_html()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"disbursed_vnd": 12 * BN}], "More paid than allocated | 1 | 1 | 10.000"),
        ([{"disbursed_vnd": None}, {"cut_off": None}], "Disbursement not reported | 1 | 1"),
    ],
)
def test_what_is_unusual_is_counted_and_what_is_not_found_is_named(rows, said):
    counts = funding.unusual_counts(funding.unusual(money(rows)))
    shown = show.unusual_table(counts, funding.gaps(money(rows)), 2019, "en")
    assert said in shown.to_text()
    shown_rules = {RULE_NAMES[rule] for rule in shown.frame["unusual"]}
    others = "; ".join(name for name in RULE_NAMES.values() if name not in shown_rules)
    assert shown.notes[-1] == f"Checked and not found: {others}."


def test_of_no_line_nothing_was_checked():
    none = money([{}]).iloc[:0]
    shown = show.unusual_table(
        funding.unusual_counts(funding.unusual(none)), funding.gaps(none), 2019, "en"
    )
    assert shown.to_text() == "No district reports this money for 2019."
