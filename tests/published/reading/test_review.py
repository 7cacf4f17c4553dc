import csv
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kgstats.cli import app
from kgstats.published import commands, files
from kgstats.published.reading import review
from kgstats.workspace import Workspace

PUBLISHED = Path(__file__).parents[3] / "data/raw/published"
TEXT = """Số: 41 /BC-BCĐ

Kiên Giang, ngày 20 tháng 02 năm 2021

## II. KẾT QUẢ

### 1. Chương trình Giảm nghèo bền vững

- Tỷ lệ hộ nghèo toàn tỉnh là 1,91%, giảm 0,78% so với năm 2019.

- Kinh phí là 50,000 tỷ đồng (trung ương 40,000 tỷ đồng, tỉnh 9,000 tỷ đồng), hỗ trợ 35 loa.
"""


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "data/raw/published"
    folder.mkdir(parents=True)
    for name in ("units.csv", "series.csv"):
        shutil.copy(PUBLISHED / name, folder)
    shutil.copytree(PUBLISHED / "2019", folder / "2019")
    (tmp_path / "r.md").write_text(TEXT, encoding="utf-8")
    return Workspace(tmp_path)


def rows(path):
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_nothing_is_taken_over_without_review(place):
    written = review.propose(place.root / "r.md", 2020, place)
    assert (written.figures, written.identities) == (6, 1)
    assert not (written.folder / "figures.csv").exists()
    assert not place.has_report(2020)


def test_a_figure_continues_that_of_the_year_before(place):
    review.propose(place.root / "r.md", 2020, place)
    found = review.proposed(2020, place).set_index("printed")
    assert found.loc["1,91", "id"] == "poverty_poor_rate_2019"
    assert found.loc["1,91", "status"] in ("carried", "moved")
    assert found.loc["0,78", "unit"] == "percentage_points"
    gone = set(review.gone(2020, place)["id"])
    assert "ntm_communes_met" in gone
    assert "poverty_poor_rate_2019" not in gone


def test_accepted_rows_are_a_transcription_and_stay(place):
    review.propose(place.root / "r.md", 2020, place)
    taken = review.accept(2020, workspace=place)
    assert (taken.figures, taken.identities, taken.kept) == (6, 1, 0)
    folder = place.raw / "published/2020"
    assert len(files.read_report(place.raw / "published", 2020).figures) == 6
    reviewed = rows(folder / "figures.csv")
    reviewed[0]["indicator_en"] = "my own words"
    with (folder / "figures.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, reviewed[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(reviewed)
    (place.root / "r.md").write_text(TEXT.replace("1,91", "1,95"), encoding="utf-8")
    review.propose(place.root / "r.md", 2020, place)
    again = review.accept(2020, workspace=place)
    assert (again.figures, again.identities) == (0, 0)
    assert rows(folder / "figures.csv") == reviewed


def test_a_row_that_breaks_a_rule_writes_nothing(place):
    review.propose(place.root / "r.md", 2020, place)
    found = review.proposed(2020, place)
    with pytest.raises(files.PublishedError, match="unknown unit"):
        review.accept(2020, found.assign(unit="furlongs"), workspace=place)
    assert not (place.raw / "published/2020/figures.csv").exists()


def test_the_command_says_what_was_read_and_what_does_not_hold(place, monkeypatch):
    monkeypatch.setattr("kgstats.cli._AREAS", ("kgstats.published.commands",))
    if not any(group.name == "report" for group in app.registered_groups):
        commands.register(app)
    run = CliRunner().invoke
    read = run(app, ["report", "read", str(place.root / "r.md"), "--year", "2020",
                     "--workspace", str(place.root)])  # fmt: skip
    assert read.exit_code == 0, read.output
    assert "6 figures and 1 statements" in read.output
    told = run(app, ["report", "audit", str(place.root / "r.md"), "--workspace", str(place.root)])
    assert told.exit_code == 1
    assert "sai: in 50,000, các số khác cho ra 49" in told.output
    assert "Kinh phí là 50,000 tỷ đồng" in told.output
    (place.root / "l.txt").write_text("Có 04 xã: Hòn Tre, Lại Sơn, Nam Du.", encoding="utf-8")
    told = run(app, ["report", "audit", str(place.root / "l.txt"), "--workspace", str(place.root)])
    assert "in 04, nhưng danh sách nêu 3: Hòn Tre, Lại Sơn, Nam Du" in told.output
