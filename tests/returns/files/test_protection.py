"""Encrypted workbooks: opened where Excel opens them unasked, else said to be locked."""

from __future__ import annotations

import io
import struct
from hashlib import md5

import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.rc4 import DocumentRC4
from tests.returns.files.writers import (
    PLAIN,
    compound_with,
    record,
    sample,
    stream_of,
    values_of,
    xls_of,
    xlsx_of,
)

from kgstats.returns.files.protection import KNOWN_PASSWORD
from kgstats.returns.read import read_bytes, read_workbook


def encrypted(password: str) -> bytes:
    out = io.BytesIO()
    file = OOXMLFile(io.BytesIO(xlsx_of(sample)))
    file.encrypt(password, out)
    return out.getvalue()


def many(book):
    sheet = book.add_sheet("A")
    for row in range(400):
        sheet.write(row, 0, f"chữ {row}")


def rc4(password: str) -> bytes:
    """Encrypt a workbook of Excel 97 as Excel does ([MS-XLS] 2.2.10)."""
    salt, verifier = bytes(range(16)), bytes(range(16, 32))
    plain = verifier + md5(verifier).digest()
    proof = DocumentRC4.decrypt(password, salt, io.BytesIO(plain)).read()
    filepass = record(0x2F, struct.pack("<HHH", 1, 1, 1) + salt + proof)
    stream = stream_of(xls_of(many)).rstrip(b"\0") + bytes(3)  # the last record is 0A 00 00 00
    begin = 4 + struct.unpack_from("<H", stream, 2)[0]
    stream = bytearray(stream[:begin] + filepass + stream[begin:])
    hidden = bytearray(DocumentRC4.decrypt(password, salt, io.BytesIO(stream), 1024).read())
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        open_to = at + 4 + {0x809: length, 0x2F: length, 0xE1: length, 0x85: 4}.get(kind, 0)
        if kind == 0x85:
            (offset,) = struct.unpack_from("<I", stream, at + 4)
            struct.pack_into("<I", stream, at + 4, offset + len(filepass))
        hidden[at:open_to] = stream[at:open_to]
        at += 4 + length
    return compound_with("Workbook", bytes(hidden))


def test_a_protected_structure_asks_for_no_password():
    assert values_of(encrypted(KNOWN_PASSWORD)) == PLAIN


def test_a_protected_structure_of_excel_97_asks_for_no_password():
    found = values_of(rc4(KNOWN_PASSWORD))
    assert (len(found), found["A400"]) == (400, "chữ 399")


@pytest.mark.parametrize("way", [encrypted, rc4])
def test_a_password_is_said(way):
    book = read_bytes(way("bí mật"))
    assert (book.problem, book.detail) == ("locked", "the workbook is protected with a password")


def test_the_protected_structure_of_a_received_workbook(shared):
    odd = shared / "samples/returns/odd"
    book = read_workbook(odd / "structure_protected_opens_without_password.xlsx")
    assert (book.problem, book.format) == (None, "xlsx")
    assert sum(len(sheet.cells) for sheet in book.sheets) > 400


def test_a_key_that_takes_for_ever_to_make_is_not_made():
    data = encrypted(KNOWN_PASSWORD).replace(b'spinCount="100000"', b'spinCount="9999999"')
    assert read_bytes(data).problem == "locked"
