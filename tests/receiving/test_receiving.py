"""Deliveries: taken apart, registered, refused with what to ask for, and answered."""

from __future__ import annotations

import email.message
import io
import os
import shutil
import zipfile
from pathlib import Path

import pytest
import yaml
from tests.receiving import outlook
from typer.testing import CliRunner

from kgstats.receiving import commands, letters, parcels, register
from kgstats.returns import processed
from kgstats.returns.deliveries import read_deliveries
from kgstats.workspace import Workspace

SENT = "Mon, 06 Jan 2020 08:30:00 +0700"


@pytest.fixture(scope="module")
def returns(root) -> Path:
    return root / "data" / "raw" / "2019" / "returns"


@pytest.fixture
def place(tmp_path) -> Workspace:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return Workspace(tmp_path)


def archive(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return held.getvalue()


def mail(files: dict[str, bytes]) -> bytes:
    made = email.message.EmailMessage()
    made["From"] = "Phòng NN huyện <nn@example.vn>"
    made["Date"] = SENT
    made["Subject"] = "Báo cáo số 15/BC-UBND năm 2019"
    made.set_content("Gửi kèm.")
    for name, content in files.items():
        made.add_attachment(content, maintype="application", subtype="x", filename=name)
    return made.as_bytes()


def opened(tmp_path: Path, name: str, content: bytes) -> parcels.Parcel:
    path = tmp_path / name
    path.write_bytes(content)
    return parcels.open_parcel(path)


@pytest.mark.parametrize("kind", ["eml", "msg"])
def test_an_e_mail_is_taken_apart(tmp_path, returns, kind):
    workbook = (returns / "908_AnBien_2019.xls").read_bytes()
    files = {"An Biên.xls": workbook, "ký.pdf": b"%PDF-1.7", "small.csv": b"a;b\n"}
    if kind == "eml":
        content = mail(files)
    else:
        content = outlook.message(
            "Phòng NN huyện", "nn@example.vn", "Báo cáo số 15/BC-UBND năm 2019", SENT, files
        )
    parcel = opened(tmp_path, f"thu.{kind}", content)
    assert [item.name for item in parcel.items] == ["An Biên.xls", "small.csv"]
    item = parcel.items[0]
    assert item.content == workbook
    assert (item.sender, item.date, item.number) == (
        "Phòng NN huyện <nn@example.vn>",
        "2020-01-06",
        "15/BC-UBND",
    )
    assert "PDF" in parcel.refused["ký.pdf"]


def test_an_archive_is_taken_apart_and_its_names_lead_nowhere(tmp_path):
    held = archive(
        {
            "../../etc/evil.csv": b"1",
            "/abs/b.csv": b"2",
            "thư mục\\c.csv": b"3",
            "d/": b"",
            ".hidden.csv": b"4",
            "inner.zip": archive({"e.csv": b"5"}),
        }
    )
    parcel = opened(tmp_path, "a.zip", held)
    names = [item.name for item in parcel.items]
    assert names == ["evil.csv", "b.csv", "c.csv", "hidden.csv", "e.csv"]
    assert [item.content for item in parcel.items] == [b"1", b"2", b"3", b"4", b"5"]


def test_what_is_no_workbook_is_refused_by_name_with_what_to_ask_for(tmp_path):
    held = archive(
        {
            "bieu.jpg": b"\xff\xd8\xff",
            "disguised.xlsx": b"\x89PNG\r\n\x1a\n",
            "report.docx": archive({"x": b""}),
            "scan.pdf": b"%PDF",
            "a.rar": b"Rar!",
            "note.txt": b"x",
            "good.csv": b"BM;II\n",
        }
    )
    parcel = opened(tmp_path, "a.zip", held)
    assert [item.name for item in parcel.items] == ["good.csv"]
    refused = parcel.refused
    assert "picture" in refused["bieu.jpg"] and "picture" in refused["disguised.xlsx"]
    assert "text document" in refused["report.docx"] and "PDF" in refused["scan.pdf"]
    assert all("ask the district" in why for why in refused.values())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (archive({"a.csv": b"x" * 50})[:-30], "damaged"),
        (archive({f"{n}.csv": b"" for n in range(600)}), "more than a delivery"),
        (b"PK\x03\x04nothing", "damaged"),
    ],
    # An archive has a clock in it: its bytes name no test.
    ids=["cut", "too many", "nothing"],
)
def test_an_archive_that_cannot_be_meant_is_refused(tmp_path, content, message):
    with pytest.raises(parcels.ParcelError, match=message):
        opened(tmp_path, "a.zip", content)


def test_archives_within_an_archive_hold_no_more_than_one_may(tmp_path):
    """Each is small enough; together they are more files than anybody reads."""
    half = parcels.MOST_FILES // 2 + 1
    inner = [archive({f"{place}-{n}.csv": b"1" for n in range(half)}) for place in "ab"]
    whole = archive({"a.zip": inner[0], "b.zip": inner[1]})
    with pytest.raises(parcels.ParcelError, match=f"more than {parcels.MOST_FILES} files"):
        opened(tmp_path, "whole.zip", whole)


def test_what_systems_add_to_an_archive_was_not_sent(tmp_path):
    names = ("__MACOSX/a.xlsx", "a/._a.xlsx", "a/.DS_Store", "Thumbs.db", "~$a.xlsx", "./c.csv")
    parcel = opened(tmp_path, "from_a_mac.zip", archive(dict.fromkeys(names, b"1")))
    assert ([one.name for one in parcel.items], parcel.refused) == (["c.csv"], {})


def test_a_link_in_an_archive_is_refused(tmp_path):
    path = tmp_path / "links.zip"
    with zipfile.ZipFile(path, "w") as made:
        link = zipfile.ZipInfo("a.xlsx")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    with pytest.raises(parcels.ParcelError, match="holds a link"):
        parcels.open_parcel(path)


def test_a_delivery_without_a_file_is_told(tmp_path):
    mail, empty = tmp_path / "mail.eml", tmp_path / "empty.zip"
    mail.write_text("From: a@b.vn\nSubject: report\n\nsee attached", encoding="utf-8")
    empty.write_bytes(archive({}))
    for path in (mail, empty):
        with pytest.raises(parcels.ParcelError, match="holds no file"):
            parcels.open_parcel(path)


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path):
    with pytest.raises(parcels.ParcelError, match="is a folder: name the files in it"):
        parcels.open_parcel(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.csv")
        with pytest.raises(parcels.ParcelError, match=r"pipe.csv is no file"):
            parcels.open_parcel(tmp_path / "pipe.csv")


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(parcels, "MOST_BYTES", 10_000)
    with pytest.raises(parcels.ParcelError, match="more than a delivery"):
        opened(tmp_path, "a.zip", archive({"a.csv": bytes(20_000)}))


def test_a_delivery_is_kept_unchanged_named_and_declared(place, returns):
    source = returns / "TanHiep_Bieu_03_2019.xlsx"
    item = parcels.Item(source.name, source.read_bytes(), "x@y", "2020-01-06", "15/BC-UBND")
    told = register.register(place, 2019, item)
    assert (told.district, told.forms, told.errors) == ("904", ("poverty",), 1)
    kept = place.returns(2019) / source.name
    assert kept.read_bytes() == source.read_bytes()
    declared = yaml.safe_load((place.year_raw(2019) / "deliveries.yml").read_text("utf-8"))
    (entry,) = declared["deliveries"]
    assert entry["district"] == "904" and entry["sender"] == "x@y"
    assert entry["received"] == "2020-01-06" and entry["number"] == "15/BC-UBND"
    assert len(entry["sha256"]) == 64
    again = register.register(place, 2019, item)
    assert again.known == source.name
    assert len(list(place.returns(2019).iterdir())) == 1


def test_a_later_file_supersedes_the_earlier_and_remarks_stay(place, returns):
    first = (returns / "Bieu 01-03 GoQuao 2019 sua (lan 1).xlsx").read_bytes()
    second = (returns / "Bieu 01-03 GoQuao 2019 sua.xlsx").read_bytes()
    register.register(place, 2019, parcels.Item("GoQuao.xlsx", first, date="2020-01-06"))
    path = place.year_raw(2019) / "deliveries.yml"
    path.write_text("# by hand\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    told = register.register(place, 2019, parcels.Item("GoQuao.xlsx", second, date="2020-01-09"))
    assert told.file == "GoQuao (2).xlsx" and told.supersedes == ["GoQuao.xlsx"]
    assert told.changed and all("/907" in line and " → " in line for line in told.changed)
    same = register.register(place, 2019, parcels.Item("b.xlsx", _saved_again(second)))
    assert same.supersedes == ["GoQuao (2).xlsx"] and same.changed == []
    (place.returns(2019) / "b.xlsx").unlink()
    path.write_text(path.read_text("utf-8").partition("  - file: b.xlsx")[0], encoding="utf-8")
    assert (place.returns(2019) / "GoQuao.xlsx").read_bytes() == first
    assert path.read_text(encoding="utf-8").startswith("# by hand\n")
    files = [one.name for one in sorted(place.returns(2019).iterdir())]
    assert read_deliveries(path, files).superseded_by == {"GoQuao.xlsx": "GoQuao (2).xlsx"}
    cleaned = processed.clean_year(2019, place)
    assert set(cleaned.tables["poverty"]["district_code"]) == {"907"}


def test_a_file_with_fewer_forms_than_the_earlier_overlaps_and_supersedes_nothing(place, returns):
    whole = (returns / "Bieu MTQG 2019 - Chau Thanh.xlsx").read_bytes()
    register.register(place, 2019, parcels.Item("ca ba.xlsx", whole))
    part = _saved_again(whole, without=("Bieu 01", "Bieu 02"))
    told = register.register(place, 2019, parcels.Item("bieu 03.xlsx", part))
    assert (told.supersedes, told.overlaps) == ([], ["ca ba.xlsx"])


def _saved_again(content: bytes, without: tuple[str, ...] = ()) -> bytes:
    """Return a workbook with the same cells, but for some sheets, in another file."""
    import openpyxl

    held = io.BytesIO()
    book = openpyxl.load_workbook(io.BytesIO(content))
    for name in without:
        del book[name]
    book.properties.title = "again"
    book.save(held)
    return held.getvalue()


def test_another_form_of_a_district_supersedes_nothing(place, returns):
    for form in ("01", "02"):
        source = returns / f"TanHiep_Bieu_{form}_2019.xlsx"
        told = register.register(place, 2019, parcels.Item(source.name, source.read_bytes()))
        assert told.district == "904" and told.supersedes == [] and told.overlaps == []


def test_a_delivery_that_cannot_be_declared_leaves_nothing(place, returns):
    folder = place.year_raw(2019)
    folder.mkdir(parents=True)
    (folder / "deliveries.yml").write_text("deliveries: {a: 1}\n", encoding="utf-8")
    source = returns / "TanHiep_Bieu_03_2019.xlsx"
    with pytest.raises(Exception, match=r"deliveries\.yml"):
        register.register(place, 2019, parcels.Item(source.name, source.read_bytes()))
    assert list(place.returns(2019).iterdir()) == []
    assert (folder / "deliveries.yml").read_text(encoding="utf-8") == "deliveries: {a: 1}\n"


def test_the_command_says_what_it_took_and_what_to_ask_for(place, returns, tmp_path):
    import typer

    path = tmp_path / "thu.eml"
    workbook = (returns / "908_AnBien_2019.xls").read_bytes()
    path.write_bytes(mail({"An Biên.xls": workbook, "ảnh.png": b"\x89PNG"}))
    app = typer.Typer()
    commands.register(app)
    done = CliRunner().invoke(
        app, ["receive", str(path), "--year", "2019", "--workspace", str(place.root)]
    )
    assert done.exit_code == 1, done.output
    assert "An Biên.xls: 908 An Biên, forms" in done.output
    assert "refused: ảnh.png is a picture" in done.output


def test_each_district_gets_a_letter_that_can_be_mailed(place, root):
    import datetime as dt

    raw = place.year_raw(2019)
    shutil.copytree(root / "data" / "raw" / "2019", raw)
    for path in (raw / "returns").glob("*AnBien*"):
        path.unlink()
    processed.clean_year(2019, place)
    folder = letters.write(place, 2019, dt.date(2020, 1, 20))
    assert len(list(folder.glob("*.txt"))) == len(list(folder.glob("*.html"))) == 15
    mended = (folder / "904-tan-hiep.txt").read_text(encoding="utf-8")
    assert mended.startswith("Kính gửi: Ủy ban nhân dân huyện Tân Hiệp")
    assert "TanHiep_Bieu_03_2019.xlsx, trang “Bieu 03”, ô B" in mended
    assert mended.count("TanHiep_Bieu_03_2019.xlsx") == mended.count(", ô ")
    assert "Đề nghị gửi lại trước ngày 20/1/2020." in mended
    silent = (folder / "908-an-bien.txt").read_text(encoding="utf-8")
    assert "Chưa nhận được báo cáo năm 2019" in silent
    well = (folder / "899-rach-gia.txt").read_text(encoding="utf-8")
    assert "không có giá trị nào bị từ chối" in well and "Đề nghị gửi lại" not in well
    for path in folder.glob("*.txt"):
        assert ("TanHiep" in path.read_text(encoding="utf-8")) is (path.stem == "904-tan-hiep")
