"""Made-up returns whose cells say, deny, foresee or scale: what is accepted and what is not."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kgstats.returns.clean import Cleaned, clean_files

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
