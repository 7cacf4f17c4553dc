"""Templates, and LibreOffice to open them with."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from kgstats.officer import template
from kgstats.officer.last_year import LastYear, Unspent

YEAR, DISTRICT = 2019, "908"
SYSTEM_PYTHON = "/usr/bin/python3"
"""LibreOffice's own modules are the system's."""


@pytest.fixture(scope="session")
def before() -> LastYear:
    """A last year of two communes of An Biên, and of one line of money."""
    closing = {"households_hh": 1480, "poor_end_hh": 52, "near_poor_end_hh": 71, "criteria_met": 15}
    return LastYear(
        YEAR - 1,
        {"30985": closing, "30988": {**closing, "poor_end_hh": 61}},
        (Unspent("ntm_general", "central", "investment", YEAR - 1, 250_000_000),),
    )


@pytest.fixture(scope="session")
def form(tmp_path_factory: pytest.TempPathFactory, before: LastYear) -> Path:
    """The template of An Biên, with last year's closing figures."""
    folder = tmp_path_factory.mktemp("template")
    return template.write(YEAR, DISTRICT, folder / "Bieu An Bien.xlsx", before)


@pytest.fixture(scope="session")
def office(
    lacking: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Iterable[Path], Path, str], list[Path]]:
    """LibreOffice without a window: opens workbooks, calculates them, saves them as a kind."""
    if shutil.which("soffice") is None:
        lacking("LibreOffice (soffice) is not on this machine")
    profile = tmp_path_factory.mktemp("office")

    def convert(files: Iterable[Path], out: Path, kind: str = "xlsx") -> list[Path]:
        files = list(files)
        subprocess.run(
            ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{profile}",
             "--convert-to", kind, "--outdir", str(out), *map(str, files)],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
        return [out / f"{one.stem}.{kind}" for one in files]

    return convert


@pytest.fixture(scope="session")
def typist(
    office: object, lacking: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Path, Path, dict[tuple[str, str], Any]], Path]:
    """Someone who types values into a workbook with LibreOffice."""
    known = subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True)
    if known.returncode:
        lacking("python3-uno is not on this machine")
    script = Path(__file__).with_name("fill_in_libreoffice.py")

    def type_in(source: Path, target: Path, values: dict[tuple[str, str], Any]) -> Path:
        folder = tmp_path_factory.mktemp("typed")
        listed = [
            [sheet, cell, f"date:{value:%Y-%m-%d}" if hasattr(value, "year") else value]
            for (sheet, cell), value in values.items()
        ]
        (folder / "values.json").write_text(json.dumps(listed), encoding="utf-8")
        subprocess.run(
            [SYSTEM_PYTHON, str(script), str(source), str(target), str(folder / "values.json"),
             str(folder / "profile")],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
        return target

    return type_in
