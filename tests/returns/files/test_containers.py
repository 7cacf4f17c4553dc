"""Archives that are made to cost memory or to reach elsewhere."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from tests.returns.files.writers import in_sheet, patched, sample, xlsx_of

from kgstats.returns.files import containers
from kgstats.returns.files.containers import Budget, Limits, Refusal, open_archive
from kgstats.returns.read import read_bytes


def test_a_part_that_inflates_to_far_more_than_rows_can():
    blank = b" " * (20 << 20)
    bomb = patched(
        xlsx_of(sample), in_sheet(lambda xml: xml.replace(b"</sheetData>", blank + b"</sheetData>"))
    )
    book = read_bytes(bomb)
    assert book.problem == "too_large"
    assert "inflates" in book.detail


def test_archive_bombs():
    big = b"<c/>" * 40_000_000
    bomb = patched(xlsx_of(sample), in_sheet(lambda xml: xml.replace(b"</sheetData>", big)))
    small = Limits(expanded_bytes=50 << 20)
    assert len(bomb) < 1_000_000
    assert read_bytes(bomb, limits=small).problem == "too_large"
    # The directory lies about the size of the part.
    lying = bytearray(bomb)
    at = lying.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<I", lying, at + 24, 100)
        at = lying.find(b"PK\x01\x02", at + 1)
    assert read_bytes(bytes(lying), limits=small).problem in ("too_large", "damaged")
    assert read_bytes(bomb, limits=Limits(file_bytes=1000)).problem == "too_large"


def test_limit_on_cells():
    def fill(book):
        sheet = book.add_worksheet()
        for row in range(100):
            sheet.write_row(row, 0, range(10))

    for data in (xlsx_of(fill), b"1;2\n" * 600):
        assert read_bytes(data, "a.csv", limits=Limits(cells=900)).problem == "too_large"
        assert read_bytes(data, "a.csv").problem is None


def packed(*parts: tuple[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def said_of(data: bytes) -> list[tuple[str, bytes | str]]:
    """Return what the parts of an archive hold, or why they are refused."""
    try:
        archive = open_archive(data, Budget(Limits()))
    except Refusal as error:
        return [("archive", str(error))]
    found: list[tuple[str, bytes | str]] = []
    for name in archive.names:
        try:
            found.append((name, archive.read(name)))
        except Refusal as error:
            found.append((name, str(error)))
    return found


def test_parts_inflated_in_one_go_are_those_that_zipfile_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever byte of an archive is damaged: the same bytes, or the same refusal."""
    whole = packed(("xl/a.xml", b"<a>12</a>" * 9), ("b.xml", b""), ("Biểu.xml", b"x" * 40))
    damaged = [whole]
    for at in range(len(whole)):
        for by in (1, 0x20, 0x80):
            one = bytearray(whole)
            one[at] ^= by
            damaged.append(bytes(one))
    ours = [said_of(data) for data in damaged]
    assert dict(ours[0])["xl/a.xml"] == b"<a>12</a>" * 9
    monkeypatch.setattr(containers, "_inflated", lambda data, info: None)
    assert ours == [said_of(data) for data in damaged]
