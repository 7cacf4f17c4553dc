from __future__ import annotations

import shutil
from pathlib import Path

import pytest

FOLDER = Path("data") / "raw" / "published"


@pytest.fixture
def transcription(tmp_path: Path, root: Path) -> Path:
    """A copy of the transcribed report that a test may damage: a workspace's root."""
    shutil.copytree(root / FOLDER, tmp_path / FOLDER)
    return tmp_path


@pytest.fixture
def damage(transcription: Path):
    """Replace text in one of the transcribed files, once."""

    def replace(name: str, old: str, new: str) -> int:
        path = transcription / FOLDER / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return replace
