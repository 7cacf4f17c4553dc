"""Text with separators, in any encoding."""

from __future__ import annotations

import pytest
from tests.returns.files.writers import GRID, delimited, one_byte, values_of

from kgstats.returns.read import read_bytes
from kgstats.returns.text import decode, encoding_hints, to_tcvn3, to_vni


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        one_byte,
        lambda text: to_tcvn3(text).encode("latin-1"),
        lambda text: to_vni(text).encode("latin-1"),
    ],
    ids=["utf8", "bom", "utf16", "utf16le", "utf16be", "cp1258", "tcvn3", "vni"],
)
def test_delimited_text(mark, encode):
    book = read_bytes(encode(delimited(mark)), "bieu.csv")
    assert book.problem is None
    assert book.format == ("tsv" if mark == "\t" else "csv")
    assert book.sheets[0].name == ""
    cells = book.sheets[0].cells
    hint = encoding_hints((cell.value, None) for cell in cells).get(None)
    found = {cell.address: decode(cell.value, hint=hint).text.casefold() for cell in cells}
    assert found == {
        f"{'ABC'[column]}{row + 1}": field.casefold()
        for row, fields in enumerate(GRID)
        for column, field in enumerate(fields)
        if field
    }


def test_a_stray_quotation_mark_does_not_swallow_the_file():
    lines = "".join(f"{n};Xã {n};x\n" for n in range(200))
    data = ('1;"Xã hỏng;x\n' + lines).encode()
    assert len(values_of(data, name="a.csv")) == 603


def test_tab_separated_text_called_xls():
    book = read_bytes("TT\tXã\n1\tBình An\n".encode("utf-16"), "bieu.xls")
    assert (book.format, len(book.sheets[0].cells)) == ("tsv", 4)


def test_a_sentence_with_commas_is_no_table():
    words = "Xin gửi kèm biểu, kính gửi Sở, trân trọng\n".encode()
    assert read_bytes(words, "gui.xls").problem == "not_a_spreadsheet"
    rows = "Xã,Số hộ\nHòn Tre,10\nLại Sơn,12\n".encode()
    assert read_bytes(rows, "bieu.xls").problem is None
