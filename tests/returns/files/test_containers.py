"""Archives that are made to cost memory or to reach elsewhere."""

from __future__ import annotations

import struct

from tests.returns.files.writers import in_sheet, patched, sample, xlsx_of

from kgstats.returns.files.containers import Limits
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
