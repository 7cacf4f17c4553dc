"""The command line as a person meets it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def kgstats(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kgstats.cli", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "--only", "60_report_adit"], "Did you mean 60_report_audit?"),
        (["run", "--only", "60", "-p", "yaer=3"], "has no parameter 'yaer'"),
        (["run", "-p", "year=2020"], "give year as --year"),
        (["run", "-p", "x"], "takes NAME=VALUE"),
        (["run", "--lang", "fr"], "--lang must be one of vi, en"),
        (["run", "--year", "2031"], "nothing was received for 2031"),
        (["plan", "--workspace", "nowhere"], "is not a workspace: it has no folder data/raw"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments, message, tmp_path):
    result = kgstats(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr


def test_plan_does_nothing_and_says_why(tmp_path, root):
    shutil.copytree(root / "data/raw/published", tmp_path / "data/raw/published")
    result = kgstats("plan", "--year", "2019", "--workspace", str(tmp_path), "--only", "60", "-v")
    assert result.returncode == 0, result.stderr
    assert "audit of the printed report of 2019: it was never made" in result.stdout
    assert not (tmp_path / "outputs").exists()
    processed = tmp_path / "data" / "processed"
    assert not [path for path in processed.rglob("*") if path.is_file()]


def test_status_names_what_was_received(tmp_path, root):
    shutil.copytree(root / "data/raw/published", tmp_path / "data/raw/published")
    result = kgstats("status", "--workspace", str(tmp_path))
    assert "2019: received printed report; nothing published" in result.stdout


def test_a_bad_figure_row_is_told_with_file_and_line(tmp_path, root):
    shutil.copytree(root / "data/raw/published", tmp_path / "data/raw/published")
    figures = tmp_path / "data/raw/published/2019/figures.csv"
    text = figures.read_text(encoding="utf-8")
    figures.write_text(text.replace(",26226,", ",x,", 1), encoding="utf-8")
    line = text[: text.index(",26226,")].count("\n") + 1
    result = kgstats("run", "--workspace", str(tmp_path), "--only", "60", "--lang", "en")
    assert result.returncode == 1
    assert f"data/raw/published/2019/figures.csv:{line}: value 'x'" in result.stdout
    assert not (tmp_path / "outputs").exists()
