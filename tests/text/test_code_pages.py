"""Bytes of a text file as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgstats.text import code_pages, decode, to_tcvn3, to_vni

LINES = "Huyện Giồng Riềng có 1.254 hộ nghèo.\nXã Thạnh Lộc đạt 19/19 tiêu chí.\n"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (LINES.encode(), "utf-8"),
        (LINES.encode("utf-8-sig"), "utf-8-sig"),
        (LINES.encode("utf-16"), "utf-16"),
        (LINES.encode("utf-16-be"), "utf-16-be"),
        (to_tcvn3(LINES).encode("latin-1"), "cp1252"),
        (to_vni(LINES).encode("latin-1"), "cp1252"),
    ],
)
def test_a_text_is_read_in_the_code_page_it_was_saved_in(data, name):
    text, encoding = code_pages.of_bytes(data)
    assert encoding == name
    read = [decode(line).text.casefold() for line in text.splitlines()]
    assert read == LINES.casefold().splitlines()


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
def test_what_is_utf_8_is_read_as_utf_8(text):
    assert code_pages.of_bytes(b"-" + text.encode()) == ("-" + text, "utf-8")


@pytest.mark.parametrize("data", [bytes(range(256)) * 40, b"\x01\x02\x03" * 100, b"PK\0\0\0"])
def test_what_is_no_text_is_said(data):
    with pytest.raises(code_pages.NoText, match="no text"):
        code_pages.of_bytes(data)
