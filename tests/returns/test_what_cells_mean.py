"""Made-up returns whose cells say, deny, foresee or scale: what is accepted and what is not."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from tests.returns.breaking import Way, make, values_read

from kgstats.returns.clean import Cleaned, clean_files, read_book

DATA = Path(__file__).parent / "data"


@cache
def cleaned(name: str) -> Cleaned:
    """Clean one of the workbooks beside the tests."""
    return clean_files([DATA / f"{name}.xlsx"], 2019)


def found(result: Cleaned, rule: str) -> list[str]:
    """Return the cells at which a rule was broken."""
    findings = result.findings
    return list(findings.loc[findings["rule"] == rule, "cell"])


def test_words_in_the_column_of_decisions_recognise_nobody():
    result = cleaned("odd/decision_column_words_make_recognised")
    communes = result.tables["communes"]
    assert set(communes["status"]) == {"pending"}
    assert communes["decision_no"].isna().all()
    told = found(result, "decision_absent") + found(result, "decision_unreadable")
    cells = result.ledger
    typed = cells[cells["cell"].isin([f"X{row}" for row in range(7, 25)])]
    typed = typed[(typed["sheet"] == "Bieu 01") & ~typed["raw"].isin(["—", "...", "…"])]
    assert sorted(told) == sorted(typed["cell"])
    assert (cells.loc[cells["cell"].isin(found(result, "decision_unreadable")), "role"]
            .eq("quarantined").any())  # fmt: skip


def test_level_words_that_deny_foresee_or_go_further():
    result = cleaned("odd/level_words_negation_and_longest_phrase")
    cells = result.ledger[(result.ledger["sheet"] == "Bieu 01")].set_index("cell")
    levels = result.tables["communes"].set_index("commune_code")["level"]

    def level(cell: str) -> object:
        return levels[cells.loc[cell, "row_key"].split("/")[2]]

    assert level("W7") == "advanced"
    for cell in ("W12", "W13", "W14"):
        assert level(cell) == "none"
    told = found(result, "word_unknown")
    for cell in ("W15", "W19", "W21"):
        assert cell in told
        assert cells.loc[cell, "role"] == "quarantined"


def test_a_cause_that_the_text_denies_is_none():
    result = cleaned("odd/cause_words_negated")
    cells = result.ledger[result.ledger["sheet"] == "Bieu 02"].set_index("cell")
    causes = {
        "/".join(map(str, row[:-1])): row[-1]
        for row in result.tables["funding"][
            ["year", "district_code", "programme", "component", "source", "kind", "plan_year",
             "cause"]
        ].itertuples(index=False)
    }  # fmt: skip
    for cell in ("I9", "I10", "I11", "I13"):
        assert str(causes[cells.loc[cell, "row_key"]]) == "<NA>", cell
    assert not {"land", "late_allocation"} & {
        causes[cells.loc[cell, "row_key"]] for cell in ("I9", "I10", "I11", "I13")
    }


def test_several_sources_in_one_cell_are_refused():
    result = cleaned("odd/mixed_source_credited_to_one")
    assert found(result, "word_several") == ["C9"]
    assert len(result.tables["funding"]) == 20


def test_a_legend_gives_marks_their_meaning():
    result = cleaned("odd/mark_legend_v_met_x_not_met_no_count")
    attainment = result.tables["attainment"]
    cells = result.ledger[result.ledger["sheet"] == "Bieu 01"]
    typed = cells[(cells["table"] == "attainment") & (cells["column"] == "met")]
    crosses = int((typed["raw"].str.lower() == "x").sum())
    assert crosses == 5
    assert int((~attainment["met"]).sum()) == crosses


def test_a_row_that_counts_communes_is_a_total():
    result = cleaned("odd/total_word_tong_so_xa_dat")
    assert len(result.findings) == 0
    assert len(result.tables["communes"]) == 18


def test_a_name_with_a_note_is_that_of_its_commune():
    result = cleaned("odd/name_with_note_xa_diem")
    assert set(result.findings["rule"]) == {"place_noted"}
    assert len(result.tables["communes"]) == 18 and len(result.tables["poverty"]) == 19


def test_a_name_over_two_rows_is_one_commune():
    result = cleaned("odd/word_paste_name_over_two_rows")
    poverty = result.tables["poverty"].set_index("commune_code")
    assert found(result, "place_broken") == ["B14"]
    assert poverty.loc["30796"].drop(["year", "district_code"]).notna().sum() == 18


def test_rows_behind_a_filter_are_not_missing_communes():
    result = cleaned("odd/filter_left_on_101_lines")
    assert not {"place_missing", "total_differs"} & set(result.findings["rule"])


def test_a_unit_for_each_row_holds_for_totals_too():
    result = cleaned("odd/unit_column_per_row_total_not_converted")
    assert len(result.findings) == 0
    assert len(result.tables["funding"]) == 23
    assert result.tables["funding"]["allocated_vnd"].notna().all()


def test_a_stated_unit_that_no_amount_can_have_is_refused_once_for_each_column():
    result = cleaned("odd/unit_says_dong_numbers_in_trieu")
    assert found(result, "unit_in_doubt") == ["F7", "G7"]
    funding = result.tables["funding"]
    assert funding["allocated_vnd"].isna().all() and funding["disbursed_vnd"].isna().all()


def test_what_a_format_shows_counts():
    result = cleaned("odd/number_format_with_scaling_comma")
    funding = result.tables["funding"]
    capacity = funding[funding["component"] == "gnbv_capacity"]
    assert list(capacity.loc[capacity["source"] == "central", "allocated_vnd"]) == [7_000_000]
    assert funding["allocated_vnd"].notna().all()


def test_an_amount_in_a_unit_of_its_own_is_read_as_the_total_shows():
    result = cleaned("inputs/unit_in_cell_thousandfold")
    cells = result.ledger[result.ledger["sheet"] == "Bieu 02"].set_index("cell")
    funding = result.tables["funding"]
    keys = ["year", "district_code", "programme", "component", "source", "kind", "plan_year"]
    line = funding[funding[keys].astype(str).agg("/".join, axis=1) == cells.loc["F12", "row_key"]]
    assert list(line["allocated_vnd"]) == [2_707_000_000]
    assert not {"total_differs", "unit_in_doubt"} & set(result.findings["rule"])


def crossed(yes: str | None, no: str | None, *, counted: bool, wrong: bool = False):
    """Read a page of form 01 without a legend whose marks are crosses; return them and errors."""
    page = make("attainment", Way(numbers=False), random.Random(3))
    sheet = page.book.sheets[0]
    count = page.columns["criteria_met"]
    signs = {"Đ": yes, "CĐ": no}
    cells = []
    for one in sheet.cells:
        value = signs.get(one.value, one.value) if one.column > 2 else one.value
        if one.column == count and not counted:
            continue
        if wrong and one.column == count and one.row == min(page.rows.values()):
            value = 3
        if value is not None:
            cells.append(replace(one, value=value))
    sheet.cells = cells
    result = read_book(page.book, 2019)
    read = values_read(result)
    marks = {key: (value, read.get(key)) for key, value in page.truth.items() if "met " in key[1]}
    return marks, [one for one in result.findings if one.grave == "error"]


@pytest.mark.parametrize(("yes", "no"), [("x", None), (None, "x"), ("x", "o"), ("o", "x")])
def test_crosses_alone_mean_nothing_without_a_legend_or_a_number(yes, no):
    marks, errors = crossed(yes, no, counted=False)
    assert {read for _, read in marks.values()} == {None}
    assert {one.rule for one in errors} - {"mark_unreadable"} == {"mark_open"}


@pytest.mark.parametrize("wrong", [False, True])
@pytest.mark.parametrize(("yes", "no"), [("x", None), (None, "x")])
def test_the_stated_numbers_of_criteria_say_what_a_cross_means(yes, no, wrong):
    marks, _ = crossed(yes, no, counted=True, wrong=wrong)
    read = [(true, got) for true, got in marks.values() if got is not None]
    assert read and all(true == got for true, got in read)


def test_a_sign_that_stands_there_twice_as_long_too_is_a_degree_of_open_meaning():
    marks, errors = crossed("++", "+", counted=False)
    assert {(true, read) for true, read in marks.values()} == {(True, True), (False, None)}
    assert {one.rule for one in errors} == {"mark_open"}
    marks, _ = crossed("++", "+", counted=True)
    read = {(true, got) for true, got in marks.values() if got is not None}
    assert read == {(True, True), (False, False)}
    marks, errors = crossed("+", "-", counted=False)
    assert not errors and all(true == read for true, read in marks.values())
