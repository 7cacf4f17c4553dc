"""A report is read once for all who ask for its tables, and again when one of its files changed."""

from __future__ import annotations

import pytest

from kgstats import published, workspace
from kgstats.published import files


@pytest.fixture
def read(monkeypatch):
    """The years that were read, in order."""
    found: list[int] = []
    real = files.read_report
    monkeypatch.setattr(
        files, "read_report", lambda folder, year: found.append(year) or real(folder, year)
    )
    return found


def test_a_report_is_read_again_only_when_a_file_of_it_changed(transcription, damage, read):
    figures = published.read("figures", transcription, 2019)
    assert len(published.read("topics", transcription, 2019))
    assert published.read("figures", transcription, 2019).equals(figures)
    assert read == [2019]
    damage("2019/figures.csv", "\ntraining_college,", "\ntraining_colleges,")
    with pytest.raises(published.PublishedError, match="training_college"):
        published.read("figures", transcription, 2019)
    assert read == [2019, 2019]


def test_what_a_reader_does_to_a_table_no_other_reader_sees(transcription):
    own = published.read("figures", transcription, 2019)
    own["unit"] = "x"
    own.loc[0, "id"] = "x"
    again = published.read("figures", transcription, 2019)
    assert set(again["unit"]) != {"x"} and again["id"].iloc[0] != "x"


def test_after_the_rehearsal_nothing_is_read(transcription, read, monkeypatch):
    monkeypatch.setenv(workspace.ENVIRONMENT_VARIABLE, str(transcription))
    assert list(published.rehearse(2019))
    published.read("figures", transcription, 2019)
    assert read == [2019]
