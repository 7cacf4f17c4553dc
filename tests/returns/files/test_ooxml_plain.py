"""A sheet that is written as usual is read in one search, every other one element by element."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from kgstats.returns.files import ooxml, ooxml_sheet
from kgstats.returns.files.ooxml_plain import plain_cells, plain_texts
from kgstats.returns.read import read_workbook

HEAD, TAIL = '<worksheet xmlns="http://x"><sheetData>', "</sheetData></worksheet>"
CELL = '<c r="B2" s="1" t="n"><v>7</v></c>'
ROW = f'<row r="1"/><row r="2" spans="1:2"><c r="A2"/>{CELL}<c r="C2" s="3"/><c r="D2"></c></row>'


def test_the_cells_of_a_usual_sheet_are_found() -> None:
    """Every cell with a value, and what stands around the cells."""
    found = plain_cells(f"{HEAD}{ROW}{TAIL}".encode())
    assert found is not None
    assert list(found[0]) == [((2, 2, "1", "n"), "7")]
    assert found[1] == f"{HEAD}{TAIL}".encode()


@pytest.mark.parametrize(
    "data",
    [
        ROW.replace("<v>", "<f>3+4</f><v>"),
        ROW.replace(' r="B2"', ""),
        ROW.replace('r="B2"', 'r="AAA2"'),
        ROW.replace('r="C2"', 'r="C1048577"'),
        ROW.replace("<v>7</v>", "<v>7<x/></v>"),
        ROW.replace("<v>7</v>", "<v>a]]>b</v>"),
        ROW.replace('r="B2"', "r='B2'"),
        ROW.replace("spans", 'hidden="1" spans'),
        ROW.replace("spans", 'ht="0" spans'),
        ROW.replace('r="2" spans', "spans"),
        ROW.replace('r="2" spans', 'r="1048577" spans'),
        ROW.replace("<v>7</v>", "<is><t>7</t></is>"),
        ROW.replace("<v>7</v>", "<v>a&amp;b</v>"),
        ROW.replace("<v>7</v>", "<v>a\r\nb</v>"),
        ROW.replace("<v>7</v>", "<v><![CDATA[7]]></v>"),
        f"<!-- {ROW} -->",
        ROW.replace("<c ", "<x:c ").replace("</c>", "</x:c>"),
        f"{ROW}<extLst/>",
        f"{ROW}{CELL}",
        f"{CELL}{ROW}",
        f"{ROW}{CELL}{ROW}",
        ROW.replace("spans", f'x="{CELL}" spans'),
        ROW.replace(CELL, "\0"),
    ],
)
def test_anything_else_is_left_to_the_careful_way(data: str) -> None:
    """A formula, a hidden row, a comment, a prefix: one bracket too many is enough."""
    assert plain_cells(f"{HEAD}{data}{TAIL}".encode()) is None


def test_another_encoding_is_left_to_the_careful_way() -> None:
    """Only UTF-8 is searched as it is."""
    declared = '<?xml version="1.0" encoding="windows-1258"?>'
    assert plain_cells(f"{declared}{HEAD}{ROW}{TAIL}".encode()) is None
    assert plain_cells(f"{HEAD}{ROW}{TAIL}".encode("utf-16")) is None


@pytest.mark.parametrize(
    "text",
    [
        "<si><r><t>a</t></r></si>",
        "<si><t>a&lt;b</t></si>",
        "<si><t>a\r\nb</t></si>",
        "<si><t>a</t><rPh><t>b</t></rPh></si>",
        "<si><t><![CDATA[a]]></t></si>",
        "<!-- <si><t>a</t></si> -->",
        "<si/>",
    ],
)
def test_shared_texts_of_another_form_are_left_to_the_careful_way(text: str) -> None:
    """Rich texts, signs for letters, sounds, sections: nothing is taken for what it is not."""
    usual = '<sst count="2"><si><t xml:space="preserve"> a </t></si>{}</sst>'
    assert plain_texts(usual.format("").encode()) == [" a "]
    assert plain_texts(usual.format(text).encode()) is None


def _workbook(folder: Path) -> Path:
    path = folder / "plain.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Tên xã", " ", 3, 4.25, True, None, "x"])
        sheet.write_row(1, 1, ["Đạt", -1])
        sheet.write_datetime(2, 2, dt.datetime(2019, 5, 2), book.add_format({"num_format": 14}))
        sheet.write(6, 27, 5)
        sheet.merge_range("A5:C5", "")
        sheet.set_column("B:B", 10, None, {"hidden": True})
    return path


def test_both_ways_read_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values, styles, merges and hidden columns."""
    path = _workbook(tmp_path)
    quick = read_workbook(path)
    archive = zipfile.ZipFile(path)
    assert plain_cells(archive.read("xl/worksheets/sheet1.xml")) is not None
    assert plain_texts(archive.read("xl/sharedStrings.xml")) is not None
    monkeypatch.setattr(ooxml_sheet, "plain_cells", lambda body: None)
    monkeypatch.setattr(ooxml, "plain_texts", lambda body: None)
    careful = read_workbook(path)
    assert quick == careful
    assert len(quick.sheets[0].cells) == 9


def test_a_sheet_that_is_no_xml_is_refused(tmp_path: Path) -> None:
    """All cells can be found in it, and yet it is damaged."""
    source = _workbook(tmp_path)
    target = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name.endswith("sheet1.xml"):
                body = body.replace(b"</row>", b"", 1)
            new.writestr(name, body)
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(target.getvalue())
    assert read_workbook(path).problem == "damaged"
