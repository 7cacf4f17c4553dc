"""PDFs whose small objects are compressed together are the same documents."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter

from kgstats.appendix import bound


def written(sheets: int) -> bytes:
    writer = PdfWriter()
    for number in range(sheets):
        writer.add_blank_page(100 + number, 200)
        writer.add_outline_item(f"Tờ (số) {number} endobj", number)
    writer.add_metadata({"/Title": "Năm 2019"})
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("together", [1, 7, 500])
@pytest.mark.parametrize("sheets", [1, 40])
def test_what_is_packed_reads_the_same(monkeypatch, together, sheets):
    monkeypatch.setattr(bound, "PER_STREAM", together)
    plain = written(sheets)
    packed = bound.packed(plain)
    before, after = PdfReader(BytesIO(plain)), PdfReader(BytesIO(packed), strict=True)
    assert [one.mediabox for one in after.pages] == [one.mediabox for one in before.pages]
    assert [one.title for one in after.outline] == [one.title for one in before.outline]
    assert after.metadata == before.metadata
    assert b"/Outlines" in plain and b"/Outlines" not in packed


def test_many_small_objects_take_less_room():
    plain = written(200)
    assert len(bound.packed(plain)) < len(plain) / 5
