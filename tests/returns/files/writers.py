"""Writes files of every kind as received ones may be, whole, odd or damaged."""

from __future__ import annotations

import io
import struct
import unicodedata
import warnings
import zipfile

import olefile
import xlsxwriter
import xlwt
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style
from odf.table import Table, TableCell
from odf.text import P

from kgstats.returns.cells import ErrorValue
from kgstats.returns.files.biff import OLE_SIGNATURE
from kgstats.returns.read import read_bytes


def xlsx_of(fill, **options) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    fill(book)
    book.close()
    return out.getvalue()


def xls_of(fill) -> bytes:
    book = xlwt.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def values_of(data: bytes, sheet: int = 0, name: str = "") -> dict[str, object]:
    book = read_bytes(data, name)
    assert book.problem is None, (book.problem, book.detail)
    return {cell.address: cell.value for cell in book.sheets[sheet].cells}


def patched(data: bytes, change) -> bytes:
    """Change parts of an archive: ``change(name, content)`` gives the new content."""
    source = zipfile.ZipFile(io.BytesIO(data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return out.getvalue()


def in_sheet(change):
    return lambda name, content: change(content) if name.endswith("sheet1.xml") else content


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def cell_record(kind: int, row: int, column: int, rest: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<HHH", row, column, style) + rest)


def byte_text(text: bytes) -> bytes:
    return struct.pack("<H", len(text)) + text


def biff5(cells: bytes, *, sheet_kind: int = 0, before: bytes = b"", page: int = 1258) -> bytes:
    """Write a workbook of Excel 5 as one file."""
    name = b"Bieu"
    font = struct.pack("<HHHHHBBBB", 200, 0, 8, 400, 0, 0, 0, 0, 0) + b"\x07.VnTime"
    percent = struct.pack("<HB", 164, 4) + b"0.0%"
    head = record(0x0809, struct.pack("<HHHH", 0x0500, 0x0005, 0, 0)) + before
    head += record(0x42, struct.pack("<H", page)) + record(0x31, font) + record(0x41E, percent)
    head += record(0xE0, struct.pack("<HH", 0, 0) + bytes(12))
    head += record(0xE0, struct.pack("<HH", 0, 164) + bytes(12))
    bound = len(name) + 7
    start = len(head) + 4 + bound + 4
    head += record(0x85, struct.pack("<IBBB", start, 0, sheet_kind, len(name)) + name)
    head += record(0x0A)
    sheet = record(0x0809, struct.pack("<HHHH", 0x0500, 0x0010, 0, 0)) + cells + record(0x0A)
    return compound_with("Book", head + sheet)


def formula(row: int, column: int, result: bytes) -> bytes:
    # The tokens after the result are nonsense: results are read, formulas are not.
    return cell_record(0x06, row, column, result + bytes(6) + b"\x03\x00\xfe\xfe\xfe")


def sample(book):
    sheet = book.add_worksheet("A")
    sheet.write("A1", "x")
    sheet.write("B2", 1)
    sheet.write_formula("B3", "=1/0", None, "#DIV/0!")
    sheet.write("C4", "y")


PLAIN = {"A1": "x", "B2": 1.0, "B3": ErrorValue("#DIV/0!"), "C4": "y"}


def ods_of(tables: list[Table], styles: tuple[Style, ...] = (), *, flat: bool = False) -> bytes:
    book = OpenDocumentSpreadsheet()
    for style in styles:
        book.automaticstyles.addElement(style)
    for table in tables:
        book.spreadsheet.addElement(table)
    if flat:
        return book.xml()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods_cell(text: str = "", **attributes) -> TableCell:
    cell = TableCell(**attributes)
    if text:
        cell.addElement(P(text=text))
    return cell


GRID = [["BÁO CÁO", "", ""], ["Xã", "Tỷ lệ", "Ghi chú"], ["Bình An", "2,5", 'chữ "a"; b']]


def delimited(mark: str) -> str:
    quoted = [['"' + f.replace('"', '""') + '"' if '"' in f else f for f in row] for row in GRID]
    if mark == ",":
        quoted = [
            [f'"{f}"' if "," in f and not f.startswith('"') else f for f in row] for row in quoted
        ]
    return "".join(mark.join(row) + "\r\n" for row in quoted)


def one_byte(text: str) -> bytes:
    """Encode as Vietnamese Windows does: base letter and tone mark."""
    out = b""
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tones = "".join(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
            base = "".join(part for part in parts if part not in tones)
            out += (unicodedata.normalize("NFC", base) + tones).encode("cp1258")
    return out


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def with_part(name: str, content: bytes = b"x") -> bytes:
    data = io.BytesIO(xlsx_of(sample))
    with zipfile.ZipFile(data, "a") as file, warnings.catch_warnings(action="ignore"):
        file.writestr(zipfile.ZipInfo(name), content)
    return data.getvalue()


def compound_with(name: str, stream: bytes) -> bytes:
    """Write a compound file that holds one stream, for a reader to open."""
    size = 512
    stream = stream + bytes(max(0, 4096 - len(stream)))
    used = -(-len(stream) // size)
    per_sector = size // 4
    # Sectors: stream, directory, allocation table, list of the table's sectors beyond 109.
    tables = difats = 0
    while True:
        total = used + 1 + tables + difats
        need = -(-total // per_sector)
        more = -(-max(0, need - 109) // (per_sector - 1))
        if need == tables and more == difats:
            break
        tables, difats = need, more
    first_table = used + 1
    first_difat = first_table + tables
    fat = [*range(1, used), 0xFFFFFFFE, 0xFFFFFFFE]
    fat += [0xFFFFFFFD] * tables + [0xFFFFFFFC] * difats
    fat += [0xFFFFFFFF] * (tables * per_sector - len(fat))
    numbers = list(range(first_table, first_table + tables))
    head = numbers[:109] + [0xFFFFFFFF] * (109 - len(numbers[:109]))
    difat = b""
    rest = numbers[109:]
    for index in range(difats):
        part = rest[index * (per_sector - 1) : (index + 1) * (per_sector - 1)]
        part += [0xFFFFFFFF] * (per_sector - 1 - len(part))
        following = first_difat + index + 1 if index + 1 < difats else 0xFFFFFFFE
        difat += struct.pack(f"<{per_sector}I", *part, following)
    header = OLE_SIGNATURE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, tables, used, 0, 4096, 0xFFFFFFFE, 0,
                          first_difat if difats else 0xFFFFFFFE, difats)  # fmt: skip
    header += struct.pack("<109I", *head)
    directory = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry(
        name, 2, 0xFFFFFFFF, 0, len(stream)
    )
    directory += bytes(size - len(directory))
    body = stream + bytes(used * size - len(stream))
    return header + body + directory + struct.pack(f"<{len(fat)}I", *fat) + difat


def _entry(name: str, kind: int, child: int, start: int, length: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        + bytes(36)
        + struct.pack("<III", start, length, 0)
    )


def stream_of(data: bytes) -> bytes:
    """Take the workbook stream out of a compound file."""
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        return file.openstream("Workbook").read()


contents = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: round(value, 4)),
    st.booleans(),
    st.text("abc đĐạƯ=+-@<>&'\"\u00ad\u00a0 ", min_size=1, max_size=8),
)


grids = st.dictionaries(st.tuples(st.integers(0, 60), st.integers(0, 30)), contents, max_size=25)


def counted(grid) -> int:
    return sum(not (isinstance(value, str) and value.isspace()) for value in grid.values())


def same(found, grid) -> bool:
    wanted = {
        place: value
        for place, value in grid.items()
        if not (isinstance(value, str) and value.isspace())
    }
    return {(cell.row - 1, cell.column - 1): cell.value for cell in found} == wanted
