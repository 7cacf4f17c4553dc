"""A workspace that is run in seconds: one district's returns, one notebook that draws nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from kgstats.workspace import Workspace

RETURNS = "UMinhThuong_Bieu_0*.csv"
START = """from kgstats import notebook

report = notebook.start(year=year, lang=lang)"""
MONEY = f"""{START}
money = report.data("funding")
money.groupby("programme", observed=True)[["allocated_vnd", "disbursed_vnd"]].sum()"""
FILES = """files = report.data("files")
files[["file", "values", "errors"]]"""


def notebook(path: Path, *sources: str, title: str = "Money") -> Path:
    """Write a notebook with the two parameters every notebook has."""
    cells = [
        ("markdown", f"# {title}", []),
        ("code", 'year: int = 2019\nlang: str = "vi"', ["parameters"]),
        *(("code", source, []) for source in sources),
    ]
    made = [
        {
            "cell_type": kind,
            "id": f"cell-{number}",
            "metadata": {"tags": tags},
            "source": source,
            **({"outputs": [], "execution_count": None} if kind == "code" else {}),
        }
        for number, (kind, source, tags) in enumerate(cells)
    ]
    told = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def lay_out(folder: Path, root: Path) -> Workspace:
    """Make the workspace."""
    raw = folder / "data/raw/2019"
    (raw / "returns").mkdir(parents=True)
    for path in (root / "data/raw/2019/returns").glob(RETURNS):
        shutil.copy(path, raw / "returns")
    shutil.copy(root / "data/raw/2019/origin.yml", raw)
    notebook(folder / "notebooks" / "01_money.ipynb", MONEY, FILES)
    return Workspace(folder)


def published(workspace: Workspace, year: int = 2019) -> dict[str, str]:
    """Return digests of what is published, but for the two files with a clock."""
    folder = workspace.outputs(year)
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("run.json", "ro-crate-metadata.json")
    }
