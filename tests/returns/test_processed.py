"""Clean tables on disk: whole or not at all, the same bytes."""

from __future__ import annotations

import os
import shutil

import pandas as pd
import pyarrow.parquet as pq
import pytest

from illustrative.raw_year import lay_down
from kgstats import registry
from kgstats.returns import processed
from kgstats.returns.corrections import CorrectionError
from kgstats.workspace import Workspace


@pytest.fixture(scope="module")
def laid(tmp_path_factory):
    root = tmp_path_factory.mktemp("raw")
    raw = root / "data" / "raw" / "2019"
    manifest = lay_down(2019, raw)
    # A few districts are enough here: those of the two declarations, and two more.
    kept = {"907", "912", "913"} | {
        one.district_code for one in manifest.mistakes if one.kind == "corrected"
    }
    cells = manifest.cells
    files = set(cells.loc[cells["district_code"].isin(list(kept)), "file"])
    for path in (raw / "returns").iterdir():
        if path.name not in files and "(lan 1)" not in path.name:
            path.unlink()
    return root


@pytest.fixture
def place(laid, tmp_path):
    shutil.copytree(laid / "data", tmp_path / "data")
    return Workspace(tmp_path)


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}


def test_the_same_input_gives_the_same_bytes(place, tmp_path):
    cleaned = processed.clean_year(2019, place)
    first = bytes_of(place.processed(2019))
    assert set(first) == {
        f"{name}.parquet" for name in (*processed.FILES, *registry.ledgers().values())
    }
    shutil.rmtree(place.processed(2019))
    processed.clean_year(2019, place)
    assert bytes_of(place.processed(2019)) == first
    # and written elsewhere, from what was loaded
    again = processed.load(2019, place.processed(2019))
    processed.write(again, tmp_path / "out")
    assert bytes_of(tmp_path / "out") == first
    assert cleaned.summary.equals(again.summary)


def test_the_bytes_do_not_tell_how_pandas_held_texts(place, tmp_path):
    written = []
    for storage in ("pyarrow", "python"):
        with pd.option_context("mode.string_storage", storage):
            processed.write(processed.clean_year(2019, place), tmp_path / storage)
        written.append({p.name: p.read_bytes() for p in (tmp_path / storage).iterdir()})
    assert written[0] == written[1]


def test_what_was_written_is_loaded_as_it_was(place):
    one = processed.clean_year(2019, place)
    two = processed.load(2019, place.processed(2019))
    for name, frame in processed.frames(one).items():
        pd.testing.assert_frame_equal(frame, processed.frames(two)[name])
    assert one.exit_code == two.exit_code == 1
    assert one.illustrative is two.illustrative is True


def test_a_year_starts_from_the_clean_end_of_the_year_before(place):
    before = place.year_raw(2018)
    lay_down(2018, before)
    for path in (before / "returns").iterdir():
        if "TanHiep" not in path.name:
            path.unlink()
    (before / "corrections.yml").unlink(missing_ok=True)
    (before / "deliveries.yml").unlink(missing_ok=True)
    expected = processed.clean_folder(before, 2018).tables
    found = processed.previous_tables(place, 2019)
    for name in ("poverty", "funding"):
        pd.testing.assert_frame_equal(found[name], expected[name])
    assert place.data_set("poverty", 2018).is_file()
    assert processed.previous_tables(place, 2018) is None


def test_a_stopped_run_leaves_the_old_tables_as_they_were(place):
    processed.clean_year(2019, place)
    before = bytes_of(place.processed(2019))
    path = place.year_raw(2019) / "corrections.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("expected: ", "expected: 9"), encoding="utf-8")
    with pytest.raises(CorrectionError, match="entry 1"):
        processed.clean_year(2019, place)
    assert bytes_of(place.processed(2019)) == before


def test_a_write_that_fails_half_way_changes_nothing(place, monkeypatch):
    cleaned = processed.clean_year(2019, place)
    out = place.processed(2019)
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    real, seen = os.replace, []

    def fails(source, target):
        if str(target).endswith("findings.parquet") and "old" not in str(target):
            seen.append(target)
            if len(seen) == 1:
                raise OSError("disk full")
        real(source, target)

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(OSError, match="disk full"):
        processed.write(cleaned, out)
    monkeypatch.undo()
    after = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    assert after == before
    assert not [path for path in out.iterdir() if path.is_dir()]


def test_illustrative_tables_say_so(place, tmp_path):
    cleaned = processed.clean_year(2019, place)
    assert cleaned.illustrative
    for name in processed.FILES:
        path = place.processed(2019) / f"{name}.parquet"
        assert pq.read_schema(path).metadata[b"illustrative"] == b"true"
        assert pd.read_parquet(path).attrs["illustrative"] is True
    (place.year_raw(2019) / "origin.yml").unlink()
    real = processed.clean_year(2019, place)
    assert not real.illustrative
    schema = pq.read_schema(place.processed(2019) / "poverty.parquet")
    assert schema.metadata[b"illustrative"] == b"false"


def test_a_year_without_returns_says_where_they_belong(tmp_path):
    with pytest.raises(processed.NothingReceived, match="2017"):
        processed.clean_year(2017, Workspace(tmp_path))


def test_office_locks_and_hidden_files_are_no_returns(tmp_path):
    for name in ("~$a.xlsx", ".DS_Store", "Thumbs.db", "a.xlsx"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in processed.received_files(tmp_path)] == ["a.xlsx"]


def test_a_superseded_file_is_accounted_for_and_not_used(place):
    cleaned = processed.clean_year(2019, place)
    row = cleaned.summary[cleaned.summary["problem"] == "superseded"]
    assert list(row["district_code"].notna()) == [True]
    assert len(row) == 1
    cells = cleaned.ledger[cleaned.ledger["file"] == row["file"].iloc[0]]
    assert len(cells) == row["cells"].iloc[0] > 0 and set(cells["role"]) == {"ignored"}
