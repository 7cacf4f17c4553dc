"""Corrections and deliveries: applied with a trace, or stopping the run with a clear line."""

from __future__ import annotations

import pytest
from tests.returns.building import body, book, poverty

from kgstats.returns.book import read_book
from kgstats.returns.clean import clean_files
from kgstats.returns.corrections import CorrectionError, read_corrections
from kgstats.returns.deliveries import DeliveryError, check_one_each, read_deliveries
from kgstats.returns.rules import message

FILE = "Kien Hai 2019.xlsx"
GOOD = body(*[(1000, 50, 10, 0, 2, 42, 4.2, 30, 28)] * 4)
ENTRY = """
corrections:
  - file: Kien Hai 2019.xlsx
    sheet: Bieu
    cell: C5
    expected: 1000
    value: 1010
    reason: gõ thiếu 10 hộ
    reported_by: Phòng LĐTBXH
    status: accepted
"""


def declared(tmp_path, text=ENTRY):
    path = tmp_path / "corrections.yml"
    path.write_text(text, encoding="utf-8")
    return read_corrections(path)


def test_a_correction_changes_the_value_and_leaves_a_trace(tmp_path):
    result = read_book(book(poverty(GOOD), file=FILE), 2019, corrections=declared(tmp_path))
    assert result.records["poverty"][0]["households_hh"] == 1010
    (found,) = [one for one in result.findings if one.rule == "correction_applied"]
    assert (found.cell, found.raw) == ("C5", "1000")
    assert "Phòng LĐTBXH" in message(found, "vi") and "gõ thiếu 10 hộ" in message(found, "en")
    held = dict(zip(result.ledger.cell, result.ledger.raw, strict=True))
    assert held["C5"] == "1000"  # the ledger shows what was received
    assert len(result.ledger) == result.received


def test_a_correction_to_nothing_makes_the_value_unknown(tmp_path):
    fix = declared(tmp_path, ENTRY.replace("value: 1010", "value: null"))
    result = read_book(book(poverty(GOOD), file=FILE), 2019, corrections=fix)
    assert result.records["poverty"][0]["households_hh"] is None
    assert len(result.ledger) == result.received
    assert "C5" in result.ledger.cell


def test_only_accepted_corrections_are_applied(tmp_path):
    fix = declared(tmp_path, ENTRY.replace("accepted", "proposed"))
    result = read_book(book(poverty(GOOD), file=FILE), 2019, corrections=fix)
    assert result.records["poverty"][0]["households_hh"] == 1000


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("expected: 1000", "expected: 999", "holds '1000' and not '999'"),
        ("cell: C5", "cell: C50", "is empty"),
        ("sheet: Bieu", "sheet: Bieu 9", "has no sheet 'Bieu 9'"),
    ],
)
def test_a_correction_that_no_longer_matches_stops_the_run(tmp_path, old, new, said):
    fix = declared(tmp_path, ENTRY.replace(old, new))
    with pytest.raises(CorrectionError, match=said) as caught:
        read_book(book(poverty(GOOD), file=FILE), 2019, corrections=fix)
    assert "entry 1" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("status: accepted", "status: perhaps", "'perhaps' is none of"),
        ("cell: C5", "cell: row 5", "no cell address"),
        ("    reason: gõ thiếu 10 hộ\n", "", "'reason' is missing"),
        ("reason: gõ thiếu 10 hộ", "reason: ''", "reason is empty"),
        ("expected: 1000", "expected: ''", "expected must be the text received"),
        ("status: accepted", "status: accepted\n    by: me", "unknown field 'by'"),
        ("corrections:", "fixes:", "one list named"),
        ("corrections:", "corrections: [", "not valid YAML"),
    ],
)
def test_a_correction_that_cannot_be_read_says_which(tmp_path, old, new, said):
    with pytest.raises(CorrectionError, match=said) as caught:
        declared(tmp_path, ENTRY.replace(old, new))
    assert "corrections.yml" in str(caught.value)


def test_two_corrections_of_one_cell(tmp_path):
    with pytest.raises(CorrectionError, match="entries 1 and 2 correct the same cell"):
        declared(tmp_path, ENTRY + ENTRY.split("corrections:\n")[1])


def test_a_correction_of_a_file_that_did_not_arrive(tmp_path):
    with pytest.raises(CorrectionError, match=r"no file 'Kien Hai 2019.xlsx' was read"):
        clean_files([], 2019, corrections=declared(tmp_path))


def test_no_file_no_corrections(tmp_path):
    assert read_corrections(tmp_path / "corrections.yml") == []
    assert declared(tmp_path, "") == []


# --- deliveries ---------------------------------------------------------------------------------


def delivered(tmp_path, text, files=("a.xlsx", "b.xlsx", "c.xlsx")):
    path = tmp_path / "deliveries.yml"
    path.write_text(text, encoding="utf-8")
    return read_deliveries(path, files)


def test_the_later_file_counts_when_it_is_declared(tmp_path):
    found = delivered(
        tmp_path,
        "deliveries:\n- {file: b.xlsx, supersedes: [a.xlsx], received: 2020-01-06}\n"
        "- {file: c.xlsx, district: '905'}\n",
    )
    assert found.superseded_by == {"a.xlsx": "b.xlsx"}
    assert found.district_of("c.xlsx") == "905" and found.district_of("b.xlsx") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("deliveries:\n- {file: d.xlsx}", "no file 'd.xlsx' among the returns"),
        ("deliveries:\n- {file: a.xlsx, supersedes: [d.xlsx]}", "no file 'd.xlsx'"),
        ("deliveries:\n- {file: a.xlsx, supersedes: [a.xlsx]}", "cannot supersede itself"),
        ("deliveries:\n- {file: a.xlsx}\n- {file: a.xlsx}", "declared twice"),
        (
            "deliveries:\n- {file: a.xlsx, supersedes: [b.xlsx]}\n"
            "- {file: b.xlsx, supersedes: [a.xlsx]}",
            "supersede each other",
        ),
        (
            "deliveries:\n- {file: a.xlsx, supersedes: [c.xlsx]}\n"
            "- {file: b.xlsx, supersedes: [c.xlsx]}",
            "superseded by a.xlsx already",
        ),
        ("deliveries:\n- {supersedes: [a.xlsx]}", "at least the field 'file'"),
        ("deliveries:\n- {file: a.xlsx, when: today}", "unknown field 'when'"),
        ("- a.xlsx", "one list named"),
        ("deliveries: {", "not valid YAML"),
    ],
)
def test_deliveries_that_make_no_sense_are_refused(tmp_path, text, said):
    with pytest.raises(DeliveryError, match=said):
        delivered(tmp_path, text)


def test_two_files_with_one_form_of_one_district():
    with pytest.raises(DeliveryError) as caught:
        check_one_each({("906", "03"): ["a.xlsx", "b.xlsx"]}, {"906": "huyện Giồng Riềng"})
    said = str(caught.value)
    assert "huyện Giồng Riềng" in said and "a.xlsx, b.xlsx" in said and "deliveries.yml" in said
    check_one_each({("906", "03"): ["a.xlsx"], ("906", "02"): ["b.xlsx"]}, {})


def test_a_correction_of_a_superseded_file_stops_the_run(tmp_path):
    for name in (FILE, "Kien Hai lan 2.xlsx"):
        saved(tmp_path / name)
    text = "deliveries: [{file: Kien Hai lan 2.xlsx, supersedes: [Kien Hai 2019.xlsx]}]"
    (tmp_path / "deliveries.yml").write_text(text, encoding="utf-8")
    names = [FILE, "Kien Hai lan 2.xlsx"]
    which = read_deliveries(tmp_path / "deliveries.yml", names)
    paths = [tmp_path / name for name in names]
    with pytest.raises(CorrectionError, match=r"lan 2\.xlsx takes its place"):
        clean_files(paths, 2019, corrections=declared(tmp_path), deliveries=which)
    other = declared(tmp_path, ENTRY.replace("accepted", "rejected"))
    assert len(clean_files(paths, 2019, corrections=other, deliveries=which).tables["poverty"]) == 4


def saved(path):
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    page.title = "Bieu"
    for cell in poverty(GOOD).cells:
        page.cell(cell.row, cell.column, cell.value)
    book.save(path)
