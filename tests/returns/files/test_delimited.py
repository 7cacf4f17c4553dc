"""Text with separators, in any encoding."""

from __future__ import annotations

import pytest
from tests.returns.files.writers import GRID, delimited, one_byte, values_of

from kgstats.returns.files.containers import Limits
from kgstats.returns.read import read_bytes
from kgstats.text import decode, encoding_hints, to_tcvn3, to_vni


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


# --- bytes of several encodings --------------------------------------------------------------

NAMES = "Xã;Số hộ\nBình An;10\nTân Hội;20\nMỹ Đức;30\nPhú Mỹ;40\n"


def decoded(data: bytes) -> dict[str, object]:
    """Values with the letters of old fonts undone."""
    return {
        address: decode(value).text if isinstance(value, str) else value
        for address, value in values_of(data, name="a.csv").items()
    }


EXPECTED = decoded(NAMES.encode())


@pytest.mark.parametrize("stray", [b"\xa0", b"\xe9", b"\xd4", b"\x96"])
def test_a_stray_byte_changes_no_other_letter(stray):
    data = NAMES.encode().replace(b"10", b"1" + stray + b"0")
    found = decoded(data)
    assert found.pop("B2") == decode("1" + stray.decode("cp1252") + "0").text
    assert found == {place: value for place, value in EXPECTED.items() if place != "B2"}
    assert read_bytes(data, "a.csv").detail == "utf-8"


def test_a_stray_zero_byte_is_no_letter():
    data = NAMES.encode()
    for at in (0, len(data) // 2, len(data)):
        assert decoded(data[:at] + b"\0" + data[at:]) == EXPECTED
    assert read_bytes(data.replace(b"1", b"\0\0\0"), "a.csv").problem == "not_a_spreadsheet"


def test_a_stray_byte_within_a_word_is_that_letter():
    data = NAMES.encode().replace("Tân Hội".encode(), b"T\xe2n " + "Hội".encode())
    assert values_of(data, name="a.csv")["A3"] == "Tân Hội"
    assert decoded(data) == EXPECTED


@pytest.mark.parametrize("second", [one_byte, lambda text: to_tcvn3(text).encode("latin-1")])
@pytest.mark.parametrize(
    "first", [one_byte, lambda text: to_vni(text).encode("latin-1"), str.encode]
)
def test_lines_of_several_encodings_are_each_read_as_written(first, second):
    lines = NAMES.splitlines(keepends=True)
    data = b"".join(first(line) for line in lines[:3]) + b"".join(map(second, lines[3:]))
    assert decoded(data) == EXPECTED


@pytest.mark.parametrize("marks", [1, 2])
def test_marks_of_byte_order_are_no_letters(marks):
    data = b"\xef\xbb\xbf" * marks + b"sep=;\n" + NAMES.encode()
    assert decoded(data) == EXPECTED
    assert decoded(data + b"\xa0") | {"A6": None} == EXPECTED | {"A6": None}


def test_a_file_of_an_old_font_is_not_taken_for_utf8():
    """``Ã¡`` is UTF-8 for á and, here, two letters of another page."""
    data = to_tcvn3(NAMES).encode("latin-1") + b"\xc3\xa1;50\n"
    found = decoded(data)
    names = ("A2", "A3", "A4", "A5")
    assert [found[place] for place in names] == [EXPECTED[place] for place in names]
    assert read_bytes(data, "a.csv").detail == "cp1252"


@pytest.mark.parametrize(
    ("text", "value"), [("TRUE", True), ("FALSE", False), ("True story", None)]
)
def test_logical_values_in_text_are_logical_values(text, value):
    found = values_of(f"Xã;Đạt\nA;{text}\n".encode(), name="a.csv")
    assert found["B2"] is value if value is not None else found["B2"] == text


# --- what costs time or memory ---------------------------------------------------------------


def test_a_line_of_more_fields_than_a_sheet_has_is_refused_before_it_is_split():
    wide = b"a," * 20_000
    book = read_bytes(b"x,y\n" + wide, "a.csv")
    assert (book.problem, book.detail) == ("too_large", "a line holds more than 16384 fields")
    assert read_bytes(b"x,y\n" + b"a," * 16_000, "a.csv").problem is None


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        (Limits(cells=10), None),
        (Limits(cells=9), "too_large"),
        (Limits(letters=46), None),
        (Limits(letters=10), "too_large"),
        (Limits(file_bytes=20), "too_large"),
    ],
)
def test_limits_of_text_files(limits, problem):
    assert read_bytes(NAMES.encode(), "a.csv", limits=limits).problem == problem


def test_a_field_that_does_not_end_is_counted_once():
    """The file is laid out twice; its cells count once."""
    text = 'a;"b\n' + "c;d\n" * 100
    assert len(read_bytes(text.encode(), "a.csv", limits=Limits(cells=202)).sheets[0].cells) == 202


def test_a_file_cut_in_a_row_says_so_whatever_the_width_of_its_titles():
    lines = [
        "UBND HUYỆN",
        "TÌNH HÌNH VỐN",
        ";;;ĐVT: triệu đồng",
        "TT;Nội dung;Vốn;Giải ngân;Ghi chú",
    ]
    lines += [f"{at};Xây dựng;{at}0;{at};" for at in range(1, 5)]
    cut = "\n".join([*lines, "5;Giảm ngh"])
    note = "\n".join([*lines, "", ";Người lập"])
    found = [
        read_bytes(text.encode(), "a.csv").sheets[0].cut_row for text in (cut, cut + "\n", note)
    ]
    assert found == [9, None, None]
