"""What arrived, what was found, what was assumed: counted, never lost."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from kgstats import reference
from kgstats.analysis import quality
from kgstats.notebook import NotebookError, Report
from kgstats.present import quality as show
from kgstats.present.prose import Prose
from kgstats.present.tables import Table
from kgstats.reference import areas
from kgstats.words import LANGUAGES, catalogue
from kgstats.workspace import Workspace

NONE = pd.DataFrame()


@pytest.fixture
def cells() -> pd.DataFrame:
    rows = [
        ("a.xls", "S", "A1", "Biểu 01", "title", "", "", ""),
        ("a.xls", "S", "B2", "Đ", "value", "attainment", "2019/906/30904/5", "met"),
        ("a.xls", "S", "C2", "12", "value", "communes", "2019/906/30904", "criteria_met"),
        ("b.csv", "", "C2", "7", "value", "poverty", "2019/899/30730", "poor_end_hh"),
        ("b.csv", "", "D2", "?", "quarantined", "", "", ""),
        ("b0.csv", "", "C2", "6", "ignored", "", "", ""),
    ]
    names = ["file", "sheet", "cell", "raw", "role", "table", "row_key", "column"]
    return pd.DataFrame(rows, columns=names, dtype="string")


@pytest.fixture
def findings() -> pd.DataFrame:
    rows = [
        ("b.csv", "", "D2", "number_unreadable", "error", "?", "quarantined"),
        ("b0.csv", "", "", "superseded", "note", "", "ignored"),
        ("", "", "", "return_missing", "error", "900", "missing"),
        ("", "", "", "return_missing", "error", "902", "missing"),
        ("x.pdf", "", "", "not_a_spreadsheet", "error", "", "not_read"),
        ("a.xls", "S", "C2", "correction_applied", "note", "l2", "repaired"),
    ]
    names = ["file", "sheet", "cell", "rule", "severity", "raw", "action"]
    return pd.DataFrame(rows, columns=names, dtype="string")


@pytest.fixture
def deliveries() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "file": ["b.csv"],
            "district_code": pd.array([None], dtype="string"),
            "received": ["2020-01-06"],
            "reason": ["gửi lại"],
            "supersedes": [["b0.csv"]],
        }
    )


def test_a_file_not_used_belongs_to_the_district_of_its_successor(cells, deliveries):
    assert quality.file_districts(cells).to_dict() == {"a.xls": "906", "b.csv": "899"}
    known = quality.file_districts(cells, deliveries)
    assert known["b0.csv"] == "899"


def test_a_chain_of_deliveries_is_followed(cells):
    chain = pd.DataFrame(
        {
            "file": ["b1.csv", "b.csv"],
            "district_code": pd.array([None, None], dtype="string"),
            "supersedes": [["b0.csv"], ["b1.csv"]],
        }
    )
    known = quality.file_districts(cells, chain)
    assert known["b0.csv"] == known["b1.csv"] == "899"


def test_findings_by_district_add_up_and_lose_none(cells, findings, deliveries):
    found = quality.by_district(findings, cells, 2019, deliveries)
    assert int(found["findings"].sum()) == len(findings)
    by_code = found.set_index("district_code")
    assert by_code.loc["899", ["errors", "notes"]].tolist() == [1, 1]
    assert by_code.loc["900", "errors"] == 1
    unknown = found[found["district_code"].isna()]
    assert unknown["errors"].tolist() == [1]
    assert (found["findings"] == found[["errors", "warnings", "notes"]].sum(axis=1)).all()


def test_a_district_that_sent_nothing_is_not_without_findings(cells, findings, deliveries):
    found = quality.by_district(findings, cells, 2019, deliveries).set_index("district_code")
    counts = found[["errors", "warnings", "notes", "findings"]]
    sent = set(quality.file_districts(cells, deliveries).dropna())
    silent = counts[~counts.index.isin(sent) & counts.index.notna()]
    # A finding of a district without a file is one nevertheless.
    named = silent.dropna()
    assert list(named["findings"]) == [1, 1]
    assert len(silent) > 5 and silent.drop(named.index).isna().all().all()
    assert counts[counts.index.isin(sent)].notna().all().all()


def test_coverage_names_what_is_missing(cells):
    communes = pd.DataFrame({"district_code": ["906", "906"]})
    poverty = pd.DataFrame({"district_code": ["899"] * 12})
    tables = {"communes": communes, "poverty": poverty}
    found = quality.coverage(cells, tables, 2019).set_index("district_code")
    assert len(found) == 15
    assert found.loc["906", "rows_01"] == 2
    assert found.loc["906", "expected_01"] == 18
    assert found.loc["906", "missing"] == "02 03"
    assert found.loc["899", "rows_03"] == found.loc["899", "expected_03"] == 12
    assert found.loc["899", "missing"] == "01 02"
    assert pd.isna(found.loc["911", "rows_03"])
    assert found.loc["911", "forms"] == 0


def test_units_expected_follow_the_year():
    empty = pd.DataFrame(columns=["file", "row_key"])
    for year in (2019, 2021):
        found = quality.coverage(empty, {}, year)
        assert int(found["expected_03"].sum()) == len(areas.units(year))
        assert int(found["expected_01"].sum()) == areas.rural_base(year)


def test_accounts_add_up(cells):
    found = quality.accounts(cells)
    assert int(found["cells"].sum()) == len(cells)
    assert found["cells_share_pct"].sum() == pytest.approx(100)
    assert quality.accounts(NONE).empty and quality.accounts(NONE, by=None).empty
    assert quality.accounts(cells, by=None).loc[0, ["cells", "files"]].tolist() == [6, 3]


def test_rules_are_listed_gravest_first(findings):
    found = quality.by_rule(findings)
    assert found["severity"].tolist() == ["error"] * 3 + ["note"] * 2
    assert found.loc[0, ["rule", "findings"]].tolist() == ["return_missing", 2]
    assert quality.by_rule(NONE).empty


def test_a_correction_counts_as_applied_only_where_it_was(findings):
    declared = pd.DataFrame(
        {"file": ["a.xls", "a.xls"], "sheet": ["S", "S"], "cell": ["C2", "C3"]}, dtype="string"
    )
    assert quality.corrections(declared, findings)["applied"].tolist() == [True, False]


# What was assumed ---------------------------------------------------------------------------

FOLDER = Path(reference.__file__).parent / "data"


def unconfirmed(name: str, column: str = "confirmed") -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8-sig") as file:
        return [row for row in csv.DictReader(file) if row[column] == "no"]


def in_year(row: dict[str, str], year: int) -> bool:
    return int(row["first_year"]) <= year <= int(row["last_year"])


@pytest.mark.parametrize(("year", "code"), [(2018, "qd1980"), (2019, "qd1980"), (2023, "qd318")])
def test_every_unconfirmed_item_of_the_year_is_listed(year, code):
    found = quality.assumptions(year)["topic"].value_counts().to_dict()
    one_set = [row for row in unconfirmed("district_criteria") if row["set"] == code]
    assert found.get("district_criteria", 0) == len(one_set)
    groups = [row for row in unconfirmed("criteria_groups") if row["set"] == code]
    assert found.get("groups", 0) == len(groups)
    sets = unconfirmed("criteria_sets", "sub_criteria_confirmed")
    assert found.get("sub_criteria", 0) == sum(row["set"] == code for row in sets)
    for topic, name in (("programme", "programmes"), ("target", "targets")):
        assert found.get(topic, 0) == sum(in_year(row, year) for row in unconfirmed(name)), topic
    rules = unconfirmed("poverty_standards", "rule_confirmed")
    assert found.get("poverty_rule", 0) == sum(in_year(row, year) for row in rules)
    listed = {row["number"] for row in unconfirmed("criteria_thresholds", "mekong_confirmed")}
    listed |= {row["number"] for row in unconfirmed("criteria_thresholds", "national_confirmed")}
    shown = quality.thresholds(year)
    assert set(shown["number"] if len(shown) else ()) == (listed if code == "qd1980" else set())


def test_closes_of_both_vintages_are_listed():
    found = quality.assumptions(2019)
    closes = found[found["topic"] == "close"]
    days = [day.isoformat() for day in closes["date"]]
    assert sorted(zip(closes["about"], closes["plan_year"], days, strict=True)) == [
        ("investment", 2018, "2019-12-31"),
        ("investment", 2019, "2020-01-31"),
        ("investment", 2019, "2020-12-31"),
        ("recurrent", 2018, "2019-12-31"),
        ("recurrent", 2018, "2020-01-31"),
        ("recurrent", 2019, "2019-12-31"),
        ("recurrent", 2019, "2020-01-31"),
    ]
    later = quality.assumptions(2021)
    assert set(later[later["topic"] == "close"]["about"]) == {"recurrent"}


def test_what_is_said_of_sources_has_vietnamese():
    vietnamese = catalogue("vi")
    for year in range(2016, 2026):
        frame = quality.assumptions(year)
        texts = {*frame["source"].dropna(), *frame["basis"].dropna()}
        shown = quality.thresholds(year)
        texts |= set(shown["source"].dropna()) if len(shown) else set()
        for text in texts:
            # A bare decision number is the same in both languages.
            assert text in vietnamese or " " not in text, text


def accounts_table(cells, lang):
    total = quality.accounts(cells, by=None)
    return show.accounts_table(quality.accounts(cells), total, 2019, lang)


# As readers see it --------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_a_year_with_returns(lang, cells, findings, deliveries):
    declared = pd.DataFrame(
        [[1, "a.xls", "S", "C2", "l2", "12", "gõ nhầm", "Phòng", "accepted"]],
        columns=[
            "number", "file", "sheet", "cell", "expected", "value",
            "reason", "reported_by", "status",
        ],
    )  # fmt: skip
    by_district = quality.by_district(findings, cells, 2019, deliveries)
    assert isinstance(
        show.districts_table(by_district, quality.in_all(by_district), 2019, lang), Table
    )
    assert isinstance(accounts_table(cells, lang), Table)
    assert isinstance(show.found_table(quality.by_rule(findings), lang, year=2019), Table)
    replaced = show.deliveries_table(quality.replaced(deliveries, cells), lang, year=2019)
    assert replaced.frame.loc[0, ["file", "district", "replaced_by"]].tolist() == [
        "b0.csv",
        "Rạch Giá",
        "b.csv",
    ]
    shown = show.corrections_table(quality.corrections(declared, findings), lang, year=2019)
    assert shown.frame.loc[0, "place"] == "a.xls, S, C2"
    for part in (replaced, shown):
        assert "<script" not in part.to_html()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_a_year_without_returns_says_so(lang):
    no_cells = pd.DataFrame()
    deliveries = pd.DataFrame(columns=["file", "district_code", "received", "reason", "supersedes"])
    declared = pd.DataFrame(columns=["file", "sheet", "cell"])
    parts = [
        show.districts_table(quality.by_district(NONE, no_cells, 2019), NONE, 2019, lang),
        show.found_table(quality.by_rule(NONE), lang, year=2019),
        accounts_table(no_cells, lang),
        show.corrections_table(quality.corrections(declared, NONE), lang, year=2019),
        show.deliveries_table(quality.replaced(deliveries, no_cells), lang, year=2019),
        show.nature(2019, lang, returns=False, report=False, statement=None),
    ]
    for part in parts:
        assert isinstance(part, Prose)
        assert "2019" in part.to_text()
    coverage = quality.coverage(NONE, {}, 2019)
    shown = show.headlines(quality.received(coverage, NONE, no_cells), lang).items
    # Nothing is said of cells and findings where nothing arrived.
    assert [one.value for one in shown] == ["0", "0"]
    assert len(show.coverage_table(coverage, 2019, lang).frame) == 15


@pytest.mark.parametrize("year", [2015, 2019, 2023])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_assumptions_are_shown_for_any_year(year, lang):
    table = show.assumptions_table(quality.assumptions(year), year, lang)
    text = table.to_text()
    assert "nan" not in text.lower().split() and "<NA>" not in text
    show.thresholds_table(quality.thresholds(year), lang, year=year)
    assert show.unknown_note(quality.unknown(year), 3, year, lang).to_text()


def test_thresholds_keep_signs_units_and_what_is_open():
    table = show.thresholds_table(quality.thresholds(2019), "vi", year=2019)
    shown = table.shown().set_index("0")
    row = shown.loc["5.1 Trường học các cấp có cơ sở vật chất đạt chuẩn quốc gia"]
    assert [text.replace("\xa0", " ") for text in row[["1", "2"]]] == ["≥ 80%", "≥ 70%"]
    assert row["3"] == "Đồng bằng sông Cửu Long"
    # In a file the number is a number; its sign and unit stand beside it.
    number = table.frame.set_index("item").loc[row.name, "mekong_value"]
    assert (number.value, number.kind, number.relation) == (70, "percent", "≥")
    # The income threshold is confirmed for both, so it is no assumption.
    assert not any(item.startswith("10.1") for item in shown.index)


def ledger(*rows):
    return pd.DataFrame(rows, columns=["file", "row_key", "role"])


VALUES = (("a.xls", "2019/906/30904", "value"), ("b.xls", "2019/907/30907", "value"))


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ([], []),
        (["a.xls", "a.xls", "b.xls"], ["Most refused cells are in returns of Giồng Riềng: 2 of 3"]),
        (["a.xls", "b.xls"], ["Every district has 1 of the 2 refused cells"]),
        # What belongs to no district is counted and names none.
        (["c.xls"], []),
        (["a.xls", "c.xls"], ["Most refused cells are in returns of Giồng Riềng: 1 of 2"]),
    ],
)
def test_where_most_cells_were_refused(refused, told):
    cells = ledger(*VALUES, *((file, "", "quarantined") for file in refused))
    counted = quality.refused_cells(cells, 2019)
    assert counted["refused_cells"].sum() == len(refused)
    coverage = quality.coverage(cells, {}, 2019)
    assert show.received_note(coverage, counted, 2019, "en").items == told


def test_of_how_many_units_rows_were_received():
    held = {"district_code": ["906"] * 3}
    tables = {"communes": pd.DataFrame(held), "poverty": pd.DataFrame(held)}
    coverage = quality.coverage(ledger(*VALUES), tables, 2019)
    none = quality.refused_cells(NONE, 2019)
    assert show.received_note(coverage, none, 2019, "en").items == [
        "Rows were received for 3 of 117 communes (form 01) and 3 of 145 commune-level units "
        "(form 03)"
    ]


def test_corrections_and_replaced_files_are_counted():
    declared = pd.DataFrame({"applied": [True, False]})
    one = pd.DataFrame({"file": ["a.xls"]})
    assert show.corrections_note(declared, one, "en").items == [
        "2 corrections were declared, 1 applied; 1 file was replaced by a later delivery"
    ]
    assert show.corrections_note(declared.head(0), one.head(0), "vi").to_text() == ""


# By name ------------------------------------------------------------------------------------


def report(folder: Path) -> Report:
    (folder / "data" / "raw" / "2019" / "returns").mkdir(parents=True)
    return Report(2019, "vi", Workspace(folder))


def test_declarations_are_read_by_name(tmp_path):
    one = report(tmp_path)
    assert one.corrections().empty and one.deliveries().empty
    raw = tmp_path / "data" / "raw" / "2019"
    for name in ("a.xls", "a2.xls"):
        (raw / "returns" / name).write_bytes(b"")
    (raw / "deliveries.yml").write_text(
        "deliveries:\n- {file: a2.xls, supersedes: [a.xls], received: 2020-01-06}\n"
    )
    (raw / "corrections.yml").write_text(
        "corrections:\n- {file: a2.xls, sheet: S, cell: B2, expected: l2, value: 12, "
        "reason: r, reported_by: p, status: proposed}\n"
    )
    assert one.deliveries().loc[0, "supersedes"] == ["a.xls"]
    assert one.corrections().loc[0, ["cell", "value", "status"]].tolist() == [
        "B2",
        "12",
        "proposed",
    ]
    (raw / "deliveries.yml").write_text("deliveries:\n- {file: gone.xls}\n")
    with pytest.raises(NotebookError, match=r"gone\.xls"):
        one.deliveries()


def test_what_was_received_is_told(tmp_path):
    one = report(tmp_path)
    assert one.received() == {"returns": False, "report": False, "statement": None}
    raw = tmp_path / "data" / "raw" / "2019"
    (raw / "returns" / "a.xls").write_bytes(b"")
    (raw / "origin.yml").write_text("illustrative: true\nstatement: {vi: Minh họa., en: Made.}\n")
    told = one.received()
    assert told["returns"] and told["statement"]["en"] == "Made."
    assert "Minh họa." in show.nature(2019, "vi", **told).to_text()


def test_a_column_that_shares_its_key_with_another_has_its_own_meaning():
    """The files' notes once explained the day of a delivery as a number of cells."""
    own = [one for one in show.deliveries_table.columns if not isinstance(one, str)]
    meant = {column.key: column.meaning("en") for column in own}
    assert meant["received"] == "The day the file arrived"
