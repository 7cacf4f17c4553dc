"""All files of a district are checked as one delivery."""

from __future__ import annotations

import shutil
import zipfile
from email.message import EmailMessage

import openpyxl
import pytest
import typer
from tests.returns.building import POVERTY_HEAD, body
from typer.testing import CliRunner

from kgstats import registry
from kgstats.officer import delivery
from kgstats.officer.changes import Plausible, plausible
from kgstats.returns.commands import register
from kgstats.returns.forms import table_columns

app = typer.Typer(pretty_exceptions_enable=False)
register(app)
run = CliRunner().invoke
GOOD = body(*[(1000, 50, 10, 0, 2, 42, 4.2, 30, 28)] * 4)


def write(path, rows, year=2019):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Bieu 03"
    title = f"TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM {year}"
    for row in [["UBND HUYỆN KIÊN HẢI"], [title], [], POVERTY_HEAD, *rows]:
        page.append(row)
    book.save(path)
    return path


def changed(rows, place, **values):
    found = [list(row) for row in rows]
    for name, value in values.items():
        found[place][{"households": 2, "start": 3, "gone": 4, "end": 7, "rate": 8}[name]] = value
    return found


@pytest.fixture(autouse=True)
def nothing_known_of_last_year(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "data" / "raw").mkdir(parents=True)
    monkeypatch.setenv("KGSTATS_WORKSPACE", str(folder))


@pytest.fixture
def last(tmp_path):
    """Last year ended as this year starts, with as many households."""
    rows = body(*[(1000, 60, 12, 0, 2, 50, 5.0, 32, 30)] * 4)
    return write(tmp_path / "last.xlsx", rows, 2018)


def test_the_district_its_forms_and_what_is_missing_are_named(tmp_path, last):
    path = write(tmp_path / "a.xlsx", GOOD)
    for lang, words in (
        ("vi", ["huyện Kiên Hải; năm 2019; biểu đã có: 03", "Thiếu Biểu 01", "Thiếu Biểu 02",
                "Không có Biểu 02, tỉnh không công bố được"]),
        ("en", ["huyện Kiên Hải; year 2019; forms received: 03", "Form 01 is missing",
                "Without form 02 the province cannot publish"]),
    ):  # fmt: skip
        said = run(app, ["check", str(path), "--lang", lang, "--last", str(last)]).output
        for text in words:
            assert text in said, said
        assert "0 số liệu thay đổi" in said or "0 figures changed" in said


def test_a_folder_is_a_delivery_and_its_forms_complete_each_other(root, tmp_path):
    for name in ("TanHiep_Bieu_01_2019", "TanHiep_Bieu_02_2019", "TanHiep_Bieu_03_2019"):
        shutil.copy(root / "data" / "raw" / "2019" / "returns" / f"{name}.xlsx", tmp_path)
    checked = delivery.check(delivery.files_in([tmp_path]))
    (one,) = checked.deliveries
    assert one.district == "904" and one.missing == [] and len(one.files) == 3
    (alone,) = delivery.check(delivery.files_in([tmp_path])[:1]).deliveries
    assert len(alone.missing) == 2


def test_a_form_without_a_row_to_use_is_still_of_the_year_of_its_title(tmp_path):
    path = write(tmp_path / "a.xlsx", [[row[0], "Xã ???", *row[2:]] for row in GOOD])
    (one,) = delivery.check([path]).deliveries
    assert (one.district, one.year, one.rows("poverty")) == ("912", 2019, [])
    assert "năm 2019" in delivery.said(one, "vi")[0]


def test_the_same_form_twice_is_told_with_both_files(tmp_path):
    paths = [write(tmp_path / "a.xlsx", GOOD), write(tmp_path / "b.xlsx", GOOD)]
    checked = delivery.check(paths)
    (one,) = checked.deliveries
    assert one.twice == {"poverty": ["a.xlsx", "b.xlsx"]} and checked.exit_code == 1
    assert any("a.xlsx, b.xlsx" in line for line in delivery.said(one, "vi"))


def test_files_of_two_districts_are_two_deliveries(root):
    folder = root / "data" / "raw" / "2019" / "returns"
    paths = [folder / "TanHiep_Bieu_01_2019.xlsx", folder / "Bieu MTQG 2019 - Kien Hai.xlsx"]
    assert {one.district for one in delivery.check(paths).deliveries} == {"904", "912"}


def test_a_change_beyond_the_plausible_is_told_with_its_cell_and_size(tmp_path, last):
    rows = changed(GOOD, 1, households=1300, rate=3.23)
    path = write(tmp_path / "a.xlsx", rows)
    result = run(app, ["check", str(path), "--lang", "vi", "--last", str(last)])
    assert "ô C6" in result.output and "+30%" in result.output, result.output
    assert "năm 2019 là 1.300, năm 2018 là 1.000" in result.output
    assert result.exit_code == 0
    less = run(app, ["check", str(write(tmp_path / "b.xlsx", GOOD)), "--last", str(last)])
    assert "sẽ được hỏi lại" not in less.output


def test_the_start_of_the_year_is_held_to_the_end_of_the_last(tmp_path, last):
    rows = changed(GOOD, 2, start=51, gone=11)
    result = run(app, ["check", str(write(tmp_path / "a.xlsx", rows)), "--last", str(last)])
    assert "D7" in result.output and "31/12" not in result.output
    assert "đầu năm" in result.output or "hai" in result.output


def test_without_last_year_it_says_that_it_did_not_compare(tmp_path):
    (one,) = delivery.check([write(tmp_path / "a.xlsx", GOOD)]).deliveries
    assert one.changed is None
    assert any("Chưa so được với năm 2018" in line for line in delivery.said(one, "vi"))


def test_what_cannot_be_published_names_places_and_figures(tmp_path):
    rows = changed(GOOD, 0, households=None, rate=None)
    (one,) = delivery.check([write(tmp_path / "a.xlsx", rows)]).deliveries
    lines = [line for line in delivery.unpublished(one, "vi") if "không công bố được" in line]
    told = next(line for line in lines if "Tổng số hộ dân cư" in line)
    assert "xã Hòn Tre" in told and "nghèo" in told and "xã Lại Sơn" not in told


@pytest.mark.parametrize(("before", "now", "asked"), [
    (100, 126, True), (100, 125, False), (100, 29, True), (100, 30, False), (10, 25, False),
    (0, 500, False), (100, 100, False),
])  # fmt: skip
def test_thresholds_are_limits_upwards_and_downwards_and_for_small_numbers(before, now, asked):
    rule = next(one for one in plausible() if one.column == "poor_end_hh")
    assert isinstance(rule, Plausible)
    assert (rule.beyond(before, now) is not None) == asked


def test_a_file_that_cannot_be_read_is_told_beside_the_others(tmp_path):
    (tmp_path / "x.xlsx").write_bytes(b"")
    write(tmp_path / "a.xlsx", GOOD)
    result = run(app, ["check", str(tmp_path)])
    assert result.exit_code == 2 and "x.xlsx" in result.output and "Kiên Hải" in result.output


def test_an_empty_folder_and_one_name_for_several_copies_are_refused(tmp_path):
    assert run(app, ["check", str(tmp_path)]).exit_code == 2
    for name in ("a.xlsx", "b.xlsx"):
        write(tmp_path / name, GOOD)
    assert run(app, ["check", str(tmp_path), "--annotate", "--out", "c.xlsx"]).exit_code == 2


def parcel(folder, *files):
    path = folder / "bao cao.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for one in files:
            archive.write(one, f"Kiên Hải/{one.name}")
        archive.writestr("ban ky.pdf", b"%PDF-1.4")
    return path


@pytest.mark.parametrize("kind", ["zip", "eml"])
def test_a_district_may_send_its_files_in_an_archive_or_an_e_mail(tmp_path, kind):
    path = parcel(tmp_path, write(tmp_path / "a.xlsx", changed(GOOD, 1, end="x1")))
    if kind == "eml":
        mail = EmailMessage()
        mail["From"], mail["Subject"] = "huyen@example.org", "báo cáo"
        mail.set_content("Kính gửi")
        mail.add_attachment(
            path.read_bytes(), maintype="application", subtype="zip", filename="b.zip"
        )
        path = tmp_path / "thu.eml"
        path.write_bytes(mail.as_bytes())
    told = run(app, ["check", str(path), "--annotate"])
    assert told.exit_code == 1 and "a.xlsx" in told.output and "pdf" not in told.output
    assert (tmp_path / "a.checked.xlsx").is_file()


def test_an_archive_without_a_workbook_is_refused_by_its_name(tmp_path):
    told = run(app, ["check", str(parcel(tmp_path))])
    assert told.exit_code == 2 and "bao cao.zip" in told.output


def test_an_annotated_copy_in_the_folder_is_no_second_return(tmp_path):
    write(tmp_path / "a.xlsx", GOOD)
    assert run(app, ["check", str(tmp_path), "--annotate"]).exit_code == 0
    assert (tmp_path / "a.checked.xlsx").is_file()
    assert [one.name for one in delivery.files_in([tmp_path])] == ["a.xlsx"]
    assert delivery.files_in([tmp_path / "a.checked.xlsx"])


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_forms_that_are_missing_are_said_in_the_last_line(tmp_path, lang):
    said = run(app, ["check", str(write(tmp_path / "a.xlsx", GOOD)), "--lang", lang]).output
    words = {"vi": "Còn thiếu biểu của huyện Kiên Hải: 01, 02.", "en": "form: 01, 02."}
    assert said.strip().endswith(words[lang])


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_cannot_be_published_is_named_in_whole_words(tmp_path, lang):
    for form in registry.forms():
        for table in registry.forms()[form]:
            for column in table_columns(table):
                named = delivery._figures([(table, column.name)], lang)
                assert "{" not in named and ", ," not in named, named
