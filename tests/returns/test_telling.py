"""What repeats is told once; what is told last counts errors and doubts."""

from __future__ import annotations

import pytest

from kgstats.returns.annotating import MOST_COMMENTS, comments
from kgstats.returns.rules import Finding
from kgstats.returns.telling import SCREENFUL, closing, tell


def unreadable(count, sheet="Bieu 03"):
    return [
        Finding("number_unreadable", "a.xlsx", sheet, f"D{row}", "x", args={"column": "Số hộ"})
        for row in range(5, 5 + count)
    ]


def test_few_findings_are_told_one_by_one():
    told = tell(unreadable(3), "en")
    assert len(told) == 3 and all("cell D" in one.message for one in told)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "9,999 more such on this sheet: D6, D7, D8, D9, D10…"),
        ("vi", "còn 9.999 chỗ như vậy trên trang này: D6, D7, D8, D9, D10…"),
    ],
)
def test_ten_thousand_findings_are_one_message_with_one_advice(lang, words):
    (one,) = tell(unreadable(10_000), lang)
    assert one.count == 10_000 and "D5" in one.message and "D5" in one.advice
    assert words in one.message


def test_what_would_do_in_one_column_is_no_advice_for_another():
    findings = [
        Finding(
            "word_unknown", "a.xlsx", "S", f"{letter}{row}", "?", args={"column": name, "words": do}
        )
        for row in range(5, 9)
        for letter, name, do in (("C", "Nguồn vốn", "NSTW"), ("D", "Tính chất", "ĐTPT"))
    ]
    told = tell(findings, "en")
    assert [(one.count, one.advice[-6:-1]) for one in told] == [(4, " NSTW"), (4, " ĐTPT")]
    assert "D5" not in told[0].message + told[0].advice


def test_a_slip_in_the_year_of_every_title_is_one_line():
    findings = [
        Finding("year_slip", "a.xlsx", sheet, "A5", "NĂM 2O19", args={"year": 2019})
        for sheet in ("Bieu 01", "Bieu 02", "Bieu 03")
    ]
    (one,) = tell(findings, "vi")
    assert "(còn 2 chỗ như vậy: Bieu 02 A5, Bieu 03 A5)" in one.message
    assert tell(findings[:1], "vi")[0].message in one.message


def test_sheets_and_rules_are_told_apart_and_the_gravest_first():
    findings = [
        Finding("form_without_rows", "a.xlsx", "B", "A4", args={"form": "03"}, severity="note"),
        *unreadable(5, "A"),
        *unreadable(5, "B"),
        Finding("place_missing", "a.xlsx", "B", "A4", "1", args={"place": "xã An", "form": "03"}),
    ]
    told = tell(findings, "en")
    assert [one.count for one in told] == [5, 5, 1, 1]
    assert told[-1].severity == "note"


def test_a_workbook_of_a_thousand_sheets_is_not_a_thousand_lines():
    findings = [one for number in range(1000) for one in unreadable(4, f"S{number}")]
    (told,) = tell(findings, "vi")
    assert told.count == 4000 and "(còn 3.999 chỗ như vậy: S0 D6" in told.message


def test_many_kinds_on_many_sheets_are_one_message_each():
    kinds = ("cell_error", "number_range", "form_without_rows", "sheet_hidden")
    args = {"form": "03", "count": 2}
    findings = [
        Finding(rule, "a.xlsx", f"S{number}", "A4", "x", args=args)
        for number in range(SCREENFUL)
        for rule in kinds
    ]
    told = tell(findings, "en")
    assert [one.count for one in told] == [SCREENFUL] * len(kinds)
    assert len(tell(findings[: 2 * len(kinds)], "en")) == 2 * len(kinds)


def test_the_last_line_counts_what_is_wrong_and_what_is_doubtful():
    doubt = Finding("row_hidden", "a.xlsx", "S", args={"rows": "5", "count": 2, "row": 5})
    assert closing([], 620, "en") == "Nothing to correct: 620 cells were read."
    assert "places to check: 4. No value was refused" in closing([doubt] * 4, 620, "en")
    assert "kiểm tra 4 chỗ" in closing([doubt] * 4, 620, "vi")
    said = closing([doubt, *unreadable(2)], 620, "en")
    assert said.startswith("Before sending, errors to correct: 2; places to check: 1.")


def test_findings_at_one_cell_are_told_apart_by_what_they_are_about():
    names = ["Xã An", "Xã Bình", "Xã Chu", "Xã Dân"]
    args = [{"place": name, "form": "03"} for name in names]
    found = [Finding("place_missing", "a.xlsx", "S", "A4", args=one) for one in args]
    (one,) = tell(found, "en")
    assert "Xã An" in one.message and "Xã Bình, Xã Chu, Xã Dân" in one.message


def test_a_copy_has_a_bounded_number_of_comments():
    said = comments(unreadable(10_000), "vi")
    assert len(said) == MOST_COMMENTS
    assert "10.000" in said["Bieu 03", "D5"]
    assert len(comments(unreadable(4), "vi")) == 4
