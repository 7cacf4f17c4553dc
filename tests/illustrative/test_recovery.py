"""Reading the illustrative workbooks gives back the illustrative tables, and only those."""

from __future__ import annotations

import pandas as pd
import pytest

from illustrative import YEARS, truth, write
from illustrative.raw_year import lay_down
from kgstats import published
from kgstats.analysis.agreement import agreement
from kgstats.returns.clean import clean_files
from kgstats.returns.corrections import read_corrections
from kgstats.returns.deliveries import read_deliveries

KEYS = {
    "attainment": ["commune_code", "criterion"],
    "communes": ["commune_code"],
    "funding": ["district_code", "component", "source", "kind", "plan_year"],
    "poverty": ["commune_code"],
}
EXPECTED_RULES = {
    "total": "total_differs",
    "rate": "rate_differs",
    "misspelt": "place_near",
    "stranger": "place_elsewhere",
    "count": "value_contradicted",
    "corrected": "correction_applied",
}


def plain(table, key):
    """Return a table keyed and ordered, every value as text, so that only values count."""
    table = table.set_index([table[name].astype(str) for name in key]).sort_index()
    columns = {}
    for name in table.columns:
        values = table[name]
        if pd.api.types.is_float_dtype(values.dtype):
            columns[name] = ["" if pd.isna(value) else f"{value:.4f}" for value in values]
        elif name in ("decision_date", "cut_off"):
            columns[name] = ["" if pd.isna(day) else str(day)[:10] for day in values]
        else:
            columns[name] = ["" if pd.isna(value) else str(value) for value in values]
    return pd.DataFrame(columns, index=table.index)


def differences(tables, year):
    """Return (table, key, column, read, true) of every value that is not as it should be."""
    found = []
    for name, key in KEYS.items():
        true, read = plain(truth(year)[name], key), plain(tables[name], key)
        assert list(read.columns) == list(true.columns)
        assert read.index.is_unique, name
        for row in true.index.symmetric_difference(read.index):
            found.append((name, row, "", row in read.index, row in true.index))
        both = true.index.intersection(read.index)
        for column in true.columns:
            differs = read.loc[both, column] != true.loc[both, column]
            for row in both[differs.to_numpy()]:
                found.append((name, row, column, read.loc[row, column], true.loc[row, column]))
    return found


@pytest.fixture(scope="module", params=YEARS)
def sent(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"sent{request.param}")
    manifest = write(request.param, folder)
    return request.param, manifest, clean_files(sorted(folder.iterdir()), request.param)


@pytest.fixture(scope="module")
def kept(root):
    """Return the years of data/raw as they are cleaned in a run."""
    cleaned = {}
    for year in YEARS:
        folder = root / "data" / "raw" / str(year)
        files = sorted((folder / "returns").iterdir())
        cleaned[year] = clean_files(
            files,
            year,
            corrections=read_corrections(folder / "corrections.yml"),
            deliveries=read_deliveries(folder / "deliveries.yml", [file.name for file in files]),
            previous=cleaned[year - 1].tables if year - 1 in cleaned else None,
            illustrative=True,
            expected=True,
        )
    return cleaned


def test_tidy_returns_are_read_without_a_finding(tmp_path):
    write(2019, tmp_path, mess=0)
    cleaned = clean_files(sorted(tmp_path.iterdir()), 2019)
    assert differences(cleaned.tables, 2019) == []
    assert cleaned.findings.empty


def test_reading_recovers_every_value_but_the_deliberately_wrong(sent):
    year, manifest, cleaned = sent
    wrong = {
        (mistake.table, mistake.row_key[0], mistake.column)
        for mistake in manifest.mistakes
        if mistake.kind in ("rate", "count")
    }
    found = differences(cleaned.tables, year)
    assert {(name, row, column) for name, row, column, *_ in found} == wrong, found[:12]


def test_ledger_has_every_written_cell_at_its_row_and_column(sent):
    _, manifest, cleaned = sent
    ledger = cleaned.ledger
    # a mistaken count is refused: its row and its total contradict it
    ledger = ledger[ledger["role"].isin(["value", "label", "blank_mark", "quarantined"])]
    columns = ["file", "sheet", "cell", "table", "row_key", "column"]
    have = {tuple(row) for row in ledger[columns].astype(str).itertuples(index=False)}
    values = manifest.cells
    # a name stands for its row in the ledger; one name may serve several tables
    values = values[values["column"] != "commune_code"]
    wanted = {tuple(row) for row in values[columns].itertuples(index=False)}
    assert not wanted - have, sorted(wanted - have)[:10]


def test_kept_years_give_every_published_fact(kept, root):
    facts = agreement(
        {
            name: {year: cleaned.tables[name] for year, cleaned in kept.items()}
            for name in ("communes", "attainment", "poverty", "funding")
        },
        published.read("figures", root, 2019),
        published.read("series", root, 2019),
    )
    wrong = facts[~facts["agrees"].fillna(False)]
    assert wrong.empty, wrong[["fact", "printed", "from_returns"]].to_string()


def test_kept_years_have_the_declared_mistakes_and_no_others(kept, tmp_path):
    for year, cleaned in kept.items():
        manifest = lay_down(year, tmp_path / str(year))
        rules = cleaned.findings.groupby("rule").size()
        for mistake in manifest.mistakes:
            assert EXPECTED_RULES[mistake.kind] in rules.index, (year, mistake.kind)
        assert rules.get("superseded", 0) == 1
        errors = cleaned.findings[cleaned.findings["severity"] == "error"]
        refused = {"place_elsewhere", "value_contradicted"}
        assert set(errors["rule"]) == refused, errors[["file", "rule", "message"]]
        allowed = {*EXPECTED_RULES.values(), "superseded", "sheet_hidden", "column_hidden"}
        warnings = cleaned.findings[cleaned.findings["severity"] == "warning"]
        assert set(warnings["rule"]) <= allowed, set(warnings["rule"]) - allowed
        assert cleaned.exit_code == 1
