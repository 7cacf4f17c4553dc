"""Illustrative returns in every habit come back as the tables they were made from."""

from __future__ import annotations

import pandas as pd
import pytest

from illustrative import truth
from illustrative.raw_year import lay_down
from illustrative.write import write
from kgstats import lineage
from kgstats.returns import processed
from kgstats.returns.clean import clean_files
from kgstats.returns.forms import KEYS, TABLES, table_columns
from kgstats.workspace import Workspace

YEARS = (2018, 2019, 2020)


@pytest.fixture(scope="module")
def laid(tmp_path_factory):
    """A workspace with the three illustrative years as they are kept in the project."""
    root = tmp_path_factory.mktemp("workspace")
    manifests = {year: lay_down(year, root / "data" / "raw" / str(year)) for year in YEARS}
    return Workspace(root), manifests


@pytest.fixture(scope="module")
def cleaned(laid):
    place, _ = laid
    return {year: processed.clean_year(year, place) for year in YEARS}


def compare(tables, year, seed=2019):
    """Return missing keys, unexpected keys and differing values, by table."""
    found = {}
    for name, true in truth(year, seed).items():
        keys = list(KEYS[name])
        a, b = true.set_index(keys).sort_index(), tables[name].set_index(keys).sort_index()
        both = a.index.intersection(b.index)
        different = {
            (key, column, left, right)
            for column in a.columns
            for key, left, right in zip(both, a.loc[both, column], b.loc[both, column], strict=True)
            if pd.isna(left) != pd.isna(right) or (not pd.isna(left) and left != right)
        }
        missing, more = a.index.difference(b.index), b.index.difference(a.index)
        found[name] = (set(missing), set(more), different)
    return found


def test_tidy_returns_come_back_exactly_and_without_a_finding(tmp_path):
    manifest = write(2019, tmp_path, mess=0)
    result = clean_files([tmp_path / file for file in manifest.files], 2019, illustrative=True)
    for name, differences in compare(result.tables, 2019).items():
        assert differences == (set(), set(), set()), name
    assert result.findings.empty and result.exit_code == 0
    for name in TABLES:
        true = truth(2019)[name]
        assert list(result.tables[name].columns) == list(true.columns)
        assert result.tables[name].dtypes.equals(true.dtypes)


@pytest.mark.parametrize("year", YEARS)
def test_the_kept_years_differ_only_where_a_mistake_was_made(laid, cleaned, year):
    made = {
        (one.table, "/".join(one.row_key), one.column)
        for one in laid[1][year].mistakes
        if one.kind not in ("total", "misspelt", "stranger", "corrected")
    }
    for name, (missing, more, different) in compare(cleaned[year].tables, year).items():
        assert not missing and not more, name
        for key, column, _, _ in different:
            assert (name, "/".join(map(str, key[2:])), column) in made


@pytest.mark.parametrize("year", YEARS)
def test_every_mistake_is_found_where_it_was_made(laid, cleaned, year):
    findings = cleaned[year].findings
    rules = {
        "total": {"total_differs"},
        "rate": {"rate_differs", "number_out_of_range"},
        "misspelt": {"place_near"},
        "stranger": {"place_elsewhere"},
        "count": {"criteria_met_differs", "value_contradicted"},
        "blank": {"mark_blank"},
        "twice": {"place_twice"},
        "corrected": {"correction_applied"},
    }
    for mistake in laid[1][year].mistakes:
        found = findings[findings["rule"].isin(rules[mistake.kind])]
        assert not found.empty, mistake


@pytest.mark.parametrize("year", YEARS)
def test_every_value_stands_behind_the_cell_it_was_written_in(laid, cleaned, year):
    manifest, ledger = laid[1][year], cleaned[year].ledger
    written = manifest.cells.set_index(["file", "sheet", "cell"])
    held = ledger.set_index(["file", "sheet", "cell"])
    assert held.index.is_unique
    both = held.loc[written.index]
    kept = both["role"] != "quarantined"
    for column in ("table", "row_key", "column"):
        assert (both.loc[kept, column] == written.loc[kept, column]).all()
    # And the other way round: lineage from the value to the cell.
    row = manifest.cells[manifest.cells["column"] == "poor_end_hh"].iloc[7]
    cells = lineage.of("poverty", row["row_key"], "poor_end_hh", ledger=ledger)
    assert cells[["file", "sheet", "cell"]].to_numpy().tolist() == [
        [row["file"], row["sheet"], row["cell"]]
    ]


@pytest.mark.parametrize("year", YEARS)
def test_the_accounts_add_up(cleaned, year):
    result = cleaned[year]
    assert int(result.summary["cells"].sum()) == len(result.ledger)
    per_file = result.ledger.groupby("file").size()
    for row in result.summary.itertuples(index=False):
        assert per_file.get(row.file, 0) == row.cells


def test_wild_returns_never_stop_the_run_and_never_invent(tmp_path):
    for year, seed in ((2018, 7), (2020, 11)):
        folder = tmp_path / str(year)
        manifest = write(year, folder, seed=seed, mess=1.0)
        result = clean_files([folder / file for file in manifest.files], year)
        wrong = {
            (one.table, "/".join(one.row_key), one.column)
            for one in manifest.mistakes
            if one.kind not in ("total", "misspelt", "stranger")
        }
        for name, (_, more, different) in compare(result.tables, year, seed).items():
            assert not more, name
            for key, column, _, read in different:
                # a value may be refused, and then it is null; it is never another one
                at = (name, "/".join(map(str, key[2:])), column)
                assert read is pd.NA or pd.isna(read) or at in wrong


def test_order_of_files_does_not_matter(tmp_path):
    manifest = write(2019, tmp_path, mess=0.5)
    paths = [tmp_path / file for file in manifest.files]
    one, other = clean_files(paths, 2019), clean_files(reversed(paths), 2019)
    for name in TABLES:
        pd.testing.assert_frame_equal(one.tables[name], other.tables[name])
    pd.testing.assert_frame_equal(one.ledger, other.ledger)
    pd.testing.assert_frame_equal(one.findings, other.findings)


def test_lineage_of_a_figure(cleaned):
    poverty = cleaned[2019].tables["poverty"]
    here = poverty[poverty["district_code"] == "903"]
    cells = lineage.trace(here, ["poor_end_hh"], ledger=cleaned[2019].ledger)
    assert len(cells) == len(here) == 14
    assert set(cells["role"]) == {"value"} and set(cells["column"]) == {"poor_end_hh"}
    total = sum(int(raw.replace(".", "")) for raw in cells["raw"])
    assert total == int(here["poor_end_hh"].sum())
    funding = cleaned[2019].tables["funding"].iloc[[3]]
    for column in [one.name for one in table_columns("funding")]:
        found = lineage.trace(funding, [column], ledger=cleaned[2019].ledger)
        assert len(found) >= 1 or pd.isna(funding[column].iloc[0]), column
    with pytest.raises(lineage.NoLineage, match="no clean table"):
        lineage.of("towns", "2019/906", "x", ledger=cleaned[2019].ledger)
    with pytest.raises(lineage.NoLineage, match="has no column"):
        lineage.of("poverty", "2019/903/30817", "x", ledger=cleaned[2019].ledger)


@pytest.mark.parametrize("mess", [0, 0.7])
def test_every_value_leads_back_to_a_cell(tmp_path, mess, monkeypatch):
    manifest = write(2019, tmp_path, mess=mess)
    result = clean_files([tmp_path / file for file in manifest.files], 2019)
    kept = lineage._Ledger(result.ledger)  # looked up ten thousand times, so put in order once
    monkeypatch.setattr(lineage, "_Ledger", lambda frame: kept)
    for name, table in result.tables.items():
        rows = table.iloc[:: max(1, len(table) // 60)]
        for column in [one.name for one in table_columns(name)]:
            if column == "year":
                continue  # the folder says it where no title does
            for at in range(len(rows)):
                row = rows.iloc[[at]]
                if pd.isna(row[column].iloc[0]):
                    continue
                assert len(lineage.trace(row, [column], ledger=result.ledger)), (name, row, column)
