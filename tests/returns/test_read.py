"""Every kind of file is told by its content; a bad one is a named problem and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.returns.files.writers import (
    archive,
    biff5,
    byte_text,
    cell_record,
    compound_with,
    delimited,
    in_sheet,
    patched,
    record,
    sample,
    with_part,
    xls_of,
    xlsx_of,
)

from kgstats.returns.read import PROBLEMS, read_bytes, read_workbook


def macro_sheet(name, content):
    if name.endswith("workbook.xml.rels"):
        return content.replace(b"relationships/worksheet", b"relationships/xlMacrosheet")
    return content


def entities(name, content):
    bomb = b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    return (
        content.replace(b"?>", b"?>" + bomb, 1) if name.endswith("sharedStrings.xml") else content
    )


def filepass() -> bytes:
    return biff5(b"", before=record(0x2F, b"\x01\x00\x01\x00"))


def encrypted_zip() -> bytes:
    data = bytearray(xlsx_of(sample))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 1)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty_file"),
        (b"\r\n \t\n", "empty_file"),
        (b"\xef\xbb\xbf\r\n", "empty_file"),
        (xlsx_of(sample)[:-200], "truncated"),
        (xlsx_of(sample)[:40], "truncated"),
        (xls_of(lambda book: book.add_sheet("A").write(0, 0, "x"))[:3000], "truncated"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "truncated"),
        (compound_with("EncryptedPackage", b"x" * 5000), "locked"),
        (filepass(), "locked"),
        (encrypted_zip(), "locked"),
        (patched(xlsx_of(sample), macro_sheet), "macro_only"),
        (biff5(b"", sheet_kind=1), "macro_only"),
        (biff5(b"", sheet_kind=6), "macro_only"),
        (patched(xlsx_of(sample), entities), "unsafe_xml"),
        (with_part("../../evil.txt"), "unsafe_archive"),
        (with_part("/etc/passwd"), "unsafe_archive"),
        (with_part("C:\\evil.txt"), "unsafe_archive"),
        (with_part("xl/worksheets/sheet1.xml"), "unsafe_archive"),
        (archive(xl__workbook_dot_bin=b"x"), "unsupported_format"),
        (archive(word__document_dot_xml=b"x"), "not_a_spreadsheet"),
        (archive(bieu_dot_xlsx=b"x"), "not_a_spreadsheet"),
        (compound_with("WordDocument", b"x" * 5000), "not_a_spreadsheet"),
        (b"%PDF-1.4\n", "not_a_spreadsheet"),
        (b"\xff\xd8\xff\xe0 JFIF", "not_a_spreadsheet"),
        (b"MZ\x90\x00", "not_a_spreadsheet"),
        (bytes(range(256)) * 20, "not_a_spreadsheet"),
        ("Kính gửi quý cơ quan.\nTrân trọng.".encode(), "not_a_spreadsheet"),
        (b"<html><body><p>none</p></body></html>", "not_a_spreadsheet"),
        (b"\x09\x00\x04\x00\x02\x00\x10\x00", "unsupported_format"),
        (
            patched(xlsx_of(sample), in_sheet(lambda xml: xml.replace(b'"B2"', b'"B9999999"'))),
            "damaged",
        ),
        (patched(xlsx_of(sample), in_sheet(lambda xml: xml[:-90] + b"<!--")), "damaged"),
    ],
)
def test_problems_have_names(data, problem):
    book = read_bytes(data, "bieu.xls")
    assert (book.problem, book.sheets) == (problem, [])
    assert problem in PROBLEMS
    assert book.detail


def test_missing_file_and_folder(tmp_path):
    assert read_workbook(tmp_path / "none.xlsx").problem == "cannot_open"
    assert read_workbook(tmp_path).problem == "cannot_open"


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.xlsx")
    assert read_workbook(tmp_path / "a.xlsx").problem == "cannot_open"


def test_the_size_is_looked_at_first(tmp_path):
    with (tmp_path / "a.xlsx").open("wb") as file:
        file.truncate(50 << 30)
    assert read_workbook(tmp_path / "a.xlsx").problem == "too_large"


def test_reading_needs_no_pandas():
    """What a district officer's check needs at least must start fast."""
    code = (
        "import sys, kgstats.returns.read, kgstats.returns.values.numbers\n"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xls", "a"]))
def test_random_bytes_never_raise(data, name):
    assert read_bytes(data, name).problem in (None, *PROBLEMS)


BASES = [
    xlsx_of(sample),
    xls_of(lambda book: [book.add_sheet("A").write(row, 1, row * 1.5) for row in range(1)]),
    biff5(cell_record(0x204, 0, 0, byte_text(b"abc")) * 5),
    b"<table><tr><td rowspan=2>a<td>b<tr><td>c</table>",
    delimited(";").encode(),
]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(BASES),
    st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=8)), max_size=6),
    st.one_of(st.none(), st.integers(0, 10**6)),
)
def test_damaged_files_never_raise(data, writes, cut):
    damaged = bytearray(data)
    for at, content in writes:
        at %= len(damaged)
        damaged[at : at + len(content)] = content
    if cut is not None:
        damaged = damaged[: cut % len(damaged)]
    assert read_bytes(bytes(damaged), "a.xls").problem in (None, *PROBLEMS)


def test_a_package_that_is_not_installed_is_no_damage_of_the_file(root, monkeypatch):
    file = root / "data" / "raw" / "2019" / "returns" / "908_AnBien_2019.xls"
    monkeypatch.setitem(sys.modules, "olefile", None)
    with pytest.raises(ImportError, match="olefile"):
        read_workbook(file)
