"""The cleaning as readers see it, with findings and without any."""

from __future__ import annotations

import pandas as pd
import pytest

from illustrative.write import write
from kgstats.analysis import quality, returns
from kgstats.present import returns as show
from kgstats.present.prose import Prose
from kgstats.returns import rules
from kgstats.returns.clean import Cleaned, clean_files, frame_of


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory) -> Cleaned:
    folder = tmp_path_factory.mktemp("returns")
    manifest = write(2019, folder, mess=0.5)
    kept = [file for file in manifest.files if any(x in file for x in ("Tan", "Kien Hai", "Giang"))]
    return clean_files([folder / file for file in kept], 2019, illustrative=True)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_files_add_up(cleaned, lang):
    by_file = returns.accounts_by_file(cleaned.ledger, cleaned.summary)
    found = show.files_table(by_file, lang, total=quality.in_all(by_file), year=2019)
    frame = found.frame
    parts = frame[["values", "page", "aside", "quarantined"]].sum(axis=1)
    assert (parts == frame["received"]).all()
    assert frame["received"].iloc[-1] == len(cleaned.ledger)
    assert len(frame) == len(cleaned.summary) + 1


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_was_refused_says_where_and_what_to_do(cleaned, lang):
    findings = rules.worded(cleaned.findings, lang)
    found = show.refused_table(returns.refused(findings), lang, year=2019)
    assert len(found.frame) == (findings["severity"] == "error").sum() > 0
    text = found.to_text()
    assert "B24" in text or "·" in text
    # File, sheet and cell have columns of their own: they are not at the head of what is said too.
    for file, count in findings[findings["severity"] == "error"]["file"].value_counts().items():
        assert text.count(file) == count


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_chart_has_words_and_data(cleaned, lang):
    by_district = quality.by_district(cleaned.findings, cleaned.ledger, 2019)
    chart = show.findings_chart(by_district, 2019, lang)
    assert "Tân Hiệp" in chart.alternative and "<svg" in chart.svg
    assert chart.table.frame["findings"].sum() == len(cleaned.findings)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_totals(cleaned, lang):
    note = show.totals_note(returns.stated_totals(cleaned.stated), lang)
    assert len(note.items) == 3
    told = note.to_text()
    # What is none is not counted.
    assert " 0 " not in told and ("2 differ" in told or "1 differs" in told or lang == "vi")
    wrong = show.totals_table(returns.differing_totals(cleaned.stated), lang, year=2019)
    assert set(wrong.frame["difference"]) and 0 not in set(wrong.frame["difference"])


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_nothing_to_say_is_said(cleaned, lang):
    none = rules.worded(cleaned.findings.iloc[:0], lang)
    stated = frame_of("stated", [])
    for shown in (
        show.refused_table(returns.refused(none), lang, year=2019),
        show.findings_chart(quality.by_district(none, cleaned.ledger, 2019), 2019, lang),
        show.totals_note(returns.stated_totals(stated), lang),
        show.totals_table(returns.differing_totals(stated), lang, year=2019),
    ):
        assert isinstance(shown, Prose) and shown.to_text()


def test_the_most_frequent_finding_is_said_where_one_is():
    def told(*counts):
        frame = pd.DataFrame({"rule": ["place_near", "column_extra"], "findings": counts})
        return show.rules_note(quality.kinds_found(frame), "en").items

    assert told(3, 1) == [
        "3 of 4 findings are of one kind: A misspelt name was read as the only near name of the "
        "district."
    ]
    assert told(2, 2) == []
    none = pd.DataFrame(columns=["rule", "findings"])
    assert show.rules_note(quality.kinds_found(none), "vi").items == []
