"""A new year's report: its file in, one command, a page to review it on, and its audit."""

import shutil
from pathlib import Path

import pytest
from tests.in_process import Notebook, undrawn
from typer.testing import CliRunner

from kgstats import cli, notebook
from kgstats.published import files
from kgstats.workspace import Workspace

ROOT = Path(__file__).parents[2]
TEXT = """Số: 41 /BC-BCĐ

BAN CHỈ ĐẠO TỈNH KIÊN GIANG

Kiên Giang, ngày 20 tháng 02 năm 2022

## II. KẾT QUẢ

### 1. Chương trình Giảm nghèo bền vững

- Tỷ lệ hộ nghèo toàn tỉnh là 1,91%, giảm 0,78% so với năm 2020.

- Kinh phí là 50,000 tỷ đồng (trung ương 40,000 tỷ đồng, tỉnh 9,000 tỷ đồng), hỗ trợ 35 loa, 12 sáng kiến.
"""  # noqa: E501


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "data/raw/published"
    shutil.copytree(ROOT / "data/raw/published", folder)
    (folder / "2021").mkdir()
    (folder / "2021/report.md").write_text(TEXT, encoding="utf-8")
    return Workspace(tmp_path)


def test_from_a_text_to_the_page_on_which_it_is_reviewed(place, monkeypatch):
    cli._add_areas()

    def run(*words):
        return CliRunner().invoke(cli.app, [*words, "--workspace", str(place.root)])

    source = place.raw / "published/2021/report.md"
    read = run("report", "read", str(source), "--year", "2021")
    assert read.exit_code == 0, read.output
    done = run("run", "--year", "2021", "--only", "65", "--lang", "vi")
    assert done.exit_code == 0, done.output
    page = (place.outputs(2021) / "html/vi/report-review.html").read_text(encoding="utf-8")
    assert "Rà soát báo cáo in" in page
    assert "1,91" in page
    assert "danh từ không có trong danh mục đơn vị" in page
    monkeypatch.chdir(place.root)
    report = notebook.start(2021, "vi")
    figures = report.data("proposed_figures")
    chosen = figures[figures["doubts"] == ""]
    said = report.accept(chosen, report.data("proposed_identities"))
    assert said.startswith("Đã ghi 6 số liệu và 1 phép tính")
    assert len(files.read_report(place.raw / "published", 2021).figures) == 6
    audited = run("run", "--year", "2021", "--only", "60", "--lang", "vi")
    assert audited.exit_code == 0, audited.output
    opened = Notebook(ROOT / "notebooks/65_report_review.ipynb", 2021)
    with undrawn(place.root):
        assert not opened.page("en").error
    assert opened.unregistered() == {}
    page = (place.outputs(2021) / "html/vi/report-audit.html").read_text(encoding="utf-8")
    assert "41/BC-BCĐ" in page
    assert "49" in page
