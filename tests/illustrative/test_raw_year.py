"""The year folders in data/raw are those that ``make sample`` makes, and say what they are."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile

import pytest
import typer
import yaml
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from illustrative import YEARS, truth, write
from illustrative.__main__ import sample
from illustrative.raw_year import lay_down

runner = CliRunner()


@pytest.fixture(scope="module")
def command_line():
    app = typer.Typer()
    app.command()(sample)
    return app


def contents(path):
    """Return what a file holds; archives by member, since packers differ between machines."""
    data = path.read_bytes()
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    return data


@pytest.mark.parametrize("year", YEARS)
def test_kept_returns_are_those_the_command_makes(year, root, tmp_path):
    kept = root / "data" / "raw" / str(year)
    command = [sys.executable, "-m", "illustrative", "--year", str(year)]
    subprocess.run(
        [*command, "--out", str(tmp_path), "--year-folder"], check=True, cwd=root / "tools"
    )
    names = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(kept) for path in kept.rglob("*") if path.is_file())
    for name in names:
        if name.suffix == ".yml":
            assert (kept / name).read_text("utf-8") == (tmp_path / name).read_text("utf-8")
        else:
            assert contents(kept / name) == contents(tmp_path / name), name


def test_kept_returns_are_small(root):
    files = [path for year in YEARS for path in (root / "data/raw" / str(year)).rglob("*.*")]
    assert sum(path.stat().st_size for path in files) < 1_500_000


@pytest.mark.parametrize("year", YEARS)
def test_origin_says_that_the_returns_are_illustrative(year, root):
    origin = yaml.safe_load((root / f"data/raw/{year}/origin.yml").read_text("utf-8"))
    assert origin["illustrative"] is True
    assert "minh họa" in origin["statement"]["vi"]
    assert origin["generator"].startswith(f"make sample YEAR={year}")
    assert len(origin["agrees_with"]) >= 3


@pytest.mark.parametrize("year", YEARS)
def test_declared_deliveries_and_corrections_meet_their_files(year, tmp_path):
    manifest = lay_down(year, tmp_path)
    deliveries = yaml.safe_load((tmp_path / "deliveries.yml").read_text("utf-8"))["deliveries"]
    for delivery in deliveries:
        for file in (delivery["file"], *delivery["supersedes"]):
            assert (tmp_path / "returns" / file).is_file()
            assert file in manifest.files
    corrections = yaml.safe_load((tmp_path / "corrections.yml").read_text("utf-8"))["corrections"]
    for correction in corrections:
        book = CalamineWorkbook.from_path(tmp_path / "returns" / correction["file"])
        rows = book.get_sheet_by_name(correction["sheet"]).to_python(skip_empty_area=False)
        cell = correction["cell"]
        column, row = ord(cell[0]) - 64, int(cell[1:])
        assert rows[row - 1][column - 1] == correction["expected"]
        (mistake,) = [m for m in manifest.mistakes if m.kind == "corrected"]
        poverty = truth(year)["poverty"].set_index("commune_code")
        assert correction["value"] == poverty.loc[mistake.row_key[0], "households_hh"]
    assert corrections or year == 2018


def test_the_superseded_delivery_differs(tmp_path):
    lay_down(2019, tmp_path)
    (delivery,) = yaml.safe_load((tmp_path / "deliveries.yml").read_text("utf-8"))["deliveries"]
    (first,) = delivery["supersedes"]
    assert contents(tmp_path / "returns" / first) != contents(
        tmp_path / "returns" / delivery["file"]
    )


def test_command_writes_returns_and_lists_the_mistakes(tmp_path, command_line):
    result = runner.invoke(command_line, ["--year", "2019", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "illustrative files of 15 districts for 2019" in result.output
    assert "misspelt" in result.output
    written = {path.name for path in tmp_path.iterdir()}
    assert written == set(write(2019, tmp_path / "again").files)


def test_command_refuses_a_year_without_facts_in_one_line(tmp_path, command_line):
    result = runner.invoke(command_line, ["--year", "2025", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "2018 to 2020" in result.output
    assert "Traceback" not in result.output


def test_command_says_when_the_folder_cannot_be_written(tmp_path, command_line):
    (tmp_path / "file").write_text("in the way")
    out = tmp_path / "file" / "below"
    result = runner.invoke(command_line, ["--year", "2019", "--out", str(out)])
    assert result.exit_code == 2
    assert "--out" in result.output
