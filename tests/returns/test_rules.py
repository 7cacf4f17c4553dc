"""Rules: every finding has words in both languages that say where and what to do."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from decimal import Decimal

import pytest

from kgstats.returns.read import PROBLEMS
from kgstats.returns.rules import (
    ACTIONS,
    FILE_RULES,
    FINDING_COLUMNS,
    RULES,
    SEVERITIES,
    Finding,
    Several,
    Words,
    advice,
    frame,
    from_frame,
    message,
    told,
    worded,
)

FREE = {"file", "sheet", "cell", "raw", "detail"}


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_speaks_both_languages_and_names_its_place(name):
    rule = RULES[name]
    args = {key: f"<{key}>" for key in (fields(rule.message) | fields(rule.advice)) - FREE}
    found = Finding(name, "a.xlsx", "Biểu 03", "F12", "l20", args=args)
    said = {lang: message(found, lang) + " " + advice(found, lang) for lang in ("vi", "en")}
    assert said["vi"] != said["en"]
    for text in said.values():
        assert "a.xlsx" in text and "Biểu 03" in text and "F12" in text
        assert "{" not in text
    assert rule.severity in SEVERITIES and rule.action in ACTIONS
    assert message(found, "vi").split("F12: ")[1] != rule.message


def test_severity_and_action_say_the_same():
    for rule in RULES.values():
        if rule.action in ("quarantined", "refused", "not_read") and not rule.name.endswith(
            ("_hidden", "_macro")
        ):
            assert rule.severity == "error", rule.name
        if rule.action == "kept":
            # A value in doubt is told beside the warning at the rule that it belongs to.
            beside = rule.name == "value_in_doubt"
            assert rule.severity == ("note" if beside else "warning"), rule.name
        if rule.action == "repaired":
            assert rule.severity == "note", rule.name


def test_every_way_a_file_can_fail_has_a_rule():
    assert set(PROBLEMS) <= FILE_RULES <= set(RULES)


def test_text_received_is_never_taken_for_a_format():
    found = Finding("number_unreadable", "a.xlsx", "S", "A1", "{0} {x!r}", args={"column": "{y}"})
    assert "{0} {x!r}" in message(found, "vi") and "{y}" in message(found, "en")


def test_arguments_are_translated_with_the_finding():
    args = {
        "witnesses": Several((Words("file name {districts}", (("districts", "A"),)),)),
        "outcome": Words("It was read as {district}.", (("district", "B"),)),
    }
    found = Finding("district_conflict", "a.xlsx", args=args)
    assert "file name A" in message(found, "en")
    assert "tên tệp ghi A" in message(found, "vi")


FOUND = [
    Finding("cell_error", "a.xlsx", "S", "A1", "#REF!"),
    Finding("empty_file", "b.xlsx"),
    Finding("total_differs", "a.xlsx", "S", "C8", "12", args={
        "column": "Số hộ", "stated": Decimal("1234.5"), "counted": 129_704}),
    Finding("number_ambiguous", "a.xlsx", "S", "C9", args={"readings": (1234, Decimal("1.234"))}),
    Finding("number_decided", "a.xlsx", "S", "C9", args={
        "value": 1234, "witness": Words("the total")}),
    Finding("district_conflict", "a.xlsx", args={
        "outcome": Words("Form {form} of this sheet was not used.", (("form", "02"),)),
        "witnesses": Several((
        Words("file name {districts}", (("districts", "A"),)), Words("letterhead {districts}", (
            ("districts", "B"),))))}),
    Finding("start_differs", "a.xlsx", "S", "D9", args={
        "place": "xã An", "stated": 1200, "counted": 1190, "year": 2019, "before": 2018}),
    Finding("form_missing", "a.xlsx", severity="error", args={"district": "B", "form": "03"}),
]  # fmt: skip


def test_findings_are_stored_once_and_worded_again():
    stored = frame(FOUND)
    assert list(stored.columns) == list(FINDING_COLUMNS)
    assert set(map(str, stored.dtypes)) == {"string"}
    assert list(frame([]).columns) == list(FINDING_COLUMNS) == list(worded(frame([]), "en").columns)
    for lang in ("vi", "en"):
        again = worded(stored, lang)
        assert again.equals(frame(FOUND, lang))
        assert again["message"].tolist() == [message(one, lang) for one in FOUND]
    assert from_frame(stored) == [
        replace(one, severity=one.grave, action=one.done) for one in FOUND
    ]


def test_numbers_are_written_as_people_write_them():
    _, _, total, ways, _, _, start, _ = FOUND
    assert "1.234,5" in message(total, "vi") and "129.704" in message(total, "vi")
    assert "1,234.5" in message(total, "en") and "129,704" in message(total, "en")
    assert "1.234; 1,234" in message(ways, "vi") and "1,234; 1.234" in message(ways, "en")
    said = message(start, "vi")
    assert "2019" in said and "2018" in said and "1.200" in said


def test_messages_are_sentences():
    for rule in RULES.values():
        for text in (rule.message, rule.advice):
            assert re.search(r"[.}]$", text), (rule.name, text)


def test_details_of_a_file_are_said_in_the_readers_language():
    pdf = Finding("not_a_spreadsheet", "a.xlsx", args={"detail": "a PDF document"})
    assert message(pdf, "vi") == "a.xlsx: Tệp không phải là bảng tính. Đây là tệp PDF."
    assert message(pdf, "en").endswith("is not a spreadsheet. A PDF document.")
    part = Finding("truncated", "a.xlsx", args={"detail": "File is not a zip file"})
    assert message(part, "vi") == "a.xlsx: Tệp bị hỏng, thiếu phần cuối."


def test_a_text_file_is_one_sheet_named_after_the_file():
    found = Finding(
        "sheet_not_a_form", "a.csv", args={"count": 2, "seems": Words("words without a table")}
    )
    assert "“a.csv”" in message(found, "vi") and "“a.csv”" in advice(found, "en")


ALWAYS_SEVERAL = {
    "place_twice", "funding_twice", "number_shared", "row_contradicted", "value_filled_down",
    "values_run_evenly",
}  # fmt: skip
"""What these count is never one."""


def test_one_cell_is_said_as_one():
    bare = {name for name, rule in RULES.items() if "{count}" in rule.message}
    assert bare == ALWAYS_SEVERAL
    one, many = (Finding("sheet_hidden", "a.xlsx", "B", args={"count": n}) for n in (1, 1020))
    assert told(one, "en") == "Sheet “B” is hidden; its 1 cell was not read."
    assert told(many, "en") == "Sheet “B” is hidden; its 1,020 cells were not read."
    assert "; 1 ô" in told(one, "vi") and "; 1.020 ô" in told(many, "vi")
