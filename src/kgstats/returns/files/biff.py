"""Workbooks of Excel 5 to 2003 (xls): a stream of BIFF records in a compound file.

Values come from calamine; errors, styles, hidden rows and columns from one pass over the
records. The pass also makes the stream safe and complete for calamine: sizes that it would
reserve memory for are put right, formulas become the results they hold, rich-text labels of
Excel 5 become plain ones (it passes them over), and rows are moved together where a stray cell
in the last row would make the grid huge. Where calamine still gives up, xlrd reads the values.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import struct
from dataclasses import dataclass, field
from typing import Any, Literal

from kgstats.returns.cells import Cell, CellValue, ErrorValue, Sheet
from kgstats.returns.files.containers import (
    CompoundFile,
    Grid,
    Limits,
    Refusal,
    compound_with,
    read_values,
)
from kgstats.returns.files.ooxml import BUILTIN_FORMATS, Style

ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip

_BOF = (0x0809, 0x0409, 0x0209, 0x0009)
_EOF, _CONTINUE, _FILEPASS, _CODEPAGE, _DATE1904 = 0x0A, 0x3C, 0x2F, 0x42, 0x22
_BOUNDSHEET, _FONT, _FORMAT, _XF, _SST = 0x85, 0x31, 0x41E, 0xE0, 0xFC
_DIMENSIONS, _ROW, _COLINFO, _MERGED = 0x200, 0x208, 0x7D, 0xE5
_NUMBER, _LABEL, _BOOLERR, _STRING = 0x203, 0x204, 0x205, 0x207
_RK, _MULRK, _LABELSST, _RSTRING, _FORMULA = 0x27E, 0xBD, 0xFD, 0xD6, 0x06
_IGNORED = 0x0FFE
"""A record number that means nothing to any reader."""
_SINGLE = {_NUMBER: 14, _LABEL: 8, _BOOLERR: 8, _RK: 10, _LABELSST: 10, _RSTRING: 8, _FORMULA: 22}
"""Records of one cell, with the least length that makes sense."""

_STATES: dict[int, Literal["visible", "hidden", "very_hidden"]] = {1: "hidden", 2: "very_hidden"}


@dataclass(slots=True)
class _Bound:
    """A sheet as the workbook lists it, and what the pass over its records finds."""

    name: str
    position: int
    state: Literal["visible", "hidden", "very_hidden"]
    kind: int
    places: list[tuple[int, int, int]] = field(default_factory=list)
    """Row, column (from 0) and style number of each cell."""
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    row_offsets: list[int] = field(default_factory=list)
    """Where in the stream the row numbers of cells stand."""
    moved: dict[int, int] | None = None


@dataclass(slots=True)
class _Globals:
    biff8: bool = True
    codec: str = "cp1252"
    date1904: bool = False
    fonts: list[str] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=lambda: dict(BUILTIN_FORMATS))
    xfs: list[tuple[int, int]] = field(default_factory=list)
    bounds: list[_Bound] = field(default_factory=list)

    def styles(self) -> list[Style]:
        """Number format and font of each cell style."""
        found: list[Style] = []
        for font, code in self.xfs:
            # There is no font 4; numbers from 5 count one too many.
            index = font - 1 if font > 4 else font
            text = self.formats.get(code)
            if text is not None and text.casefold() == "general":
                text = None
            found.append((text, self.fonts[index] if index < len(self.fonts) else None))
        return found


def read_compound(compound: CompoundFile, limits: Limits) -> tuple[str, list[Sheet]]:
    """Read a workbook from a compound file.

    Raises
    ------
    Refusal
        ``locked``, ``macro_only``, ``not_a_spreadsheet``, ``truncated``, ``damaged`` or
        ``too_large``.
    """
    entries = compound.entries
    if "encryptedpackage" in entries or "encryptioninfo" in entries:
        raise Refusal("locked", "the workbook is protected with a password")
    name = next((name for name in ("workbook", "book") if name in entries), None)
    if name is None:
        raise Refusal("not_a_spreadsheet", _other_content(entries))
    # Writers that round the size up leave a last sector that is not all there; whether
    # something is missing shows in the records.
    return "xls", read_stream(compound.read(name), limits)


def _other_content(entries: dict[str, tuple[int, int]]) -> str:
    for stream, meaning in (
        ("worddocument", "a Word document"),
        ("powerpoint document", "a PowerPoint presentation"),
        ("__properties_version1.0", "an Outlook message"),
    ):
        if stream in entries:
            return meaning
    return "a compound file without a workbook"


def read_stream(received: bytes, limits: Limits) -> list[Sheet]:
    """Read the sheets of a BIFF5 or BIFF8 workbook stream."""
    stream = bytearray(received)
    found = _read_globals(stream)
    sheets = [bound for bound in found.bounds if bound.kind == 0]
    macros = [bound for bound in found.bounds if bound.kind == 1]
    if not sheets:
        if macros or any(bound.kind == 6 for bound in found.bounds):
            raise Refusal("macro_only", "the workbook holds macros and no worksheet")
        raise Refusal("not_a_spreadsheet", "the workbook holds no worksheet")
    total = 0
    for bound in found.bounds:
        if bound.kind in (0, 1):
            _scan_sheet(stream, bound, limits.cells - total)
            total += len(bound.places)
            _move_together(stream, bound, limits)
    kept = [bound for bound in found.bounds if bound.kind in (0, 1)]
    indexes = [index for index, bound in enumerate(found.bounds) if bound.kind in (0, 1)]
    name = "Workbook" if found.biff8 else "Book"
    try:
        grids = read_values(io.BytesIO(compound_with(name, bytes(stream))), len(found.bounds))
    except Refusal as refusal:
        if refusal.problem != "damaged":
            raise
        return _with_xlrd(received, kept, found)
    styles = found.styles()
    return [_sheet(bound, grids[index], styles) for bound, index in zip(kept, indexes, strict=True)]


# --- records ---------------------------------------------------------------------------------


def _read_globals(stream: bytearray) -> _Globals:
    found = _Globals()
    position, end = 0, len(stream)
    unpack = struct.unpack_from
    if end < 8 or unpack("<H", stream)[0] not in _BOF:
        raise Refusal("damaged", "the workbook does not begin as one")
    if unpack("<H", stream)[0] != 0x0809:
        raise Refusal("unsupported_format", "a workbook of Excel 4 or before: save it as .xlsx")
    found.biff8 = unpack("<H", stream, 4)[0] != 0x0500
    while position + 4 <= end:
        kind, length = unpack("<HH", stream, position)
        data = position + 4
        if data + length > end:
            raise Refusal("truncated", "the workbook ends within a record")
        if kind == _EOF:
            break
        if kind == _FILEPASS:
            raise Refusal("locked", "the workbook is protected with a password")
        if kind == _CODEPAGE and length >= 2:
            found.codec = _codec(unpack("<H", stream, data)[0])
        elif kind == _DATE1904 and length >= 2:
            found.date1904 = unpack("<H", stream, data)[0] == 1
        elif kind == _BOUNDSHEET and length >= 8:
            _bound(stream, data, length, found)
        elif kind == _FONT and length >= 15:
            found.fonts.append(_short_text(stream, data + 14, data + length, found))
        elif kind == _FORMAT and length >= 4:
            (number,) = unpack("<H", stream, data)
            found.formats[number] = _format_text(stream, data + 2, data + length, found)
            if not found.biff8 or length < 5:
                # calamine reads formats as those of Excel 97; give it the same as such.
                _rewrite_format(stream, position, length)
        elif kind == _XF and length >= 4:
            found.xfs.append(unpack("<HH", stream, data))
        elif kind == _SST and length >= 8:
            _check_strings(stream, data, length)
        elif kind in (0x17, 0x18):
            # Names and links to other books: not needed, and a trap for readers.
            struct.pack_into("<H", stream, position, _IGNORED)
        position = data + length
    return found


def _codec(page: int) -> str:
    if page in (1200, 0):
        return "cp1252"
    if page in (10000, 32768):
        return "mac_roman"
    name = f"cp{page}"
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name


def _short_text(stream: bytearray, start: int, end: int, found: _Globals) -> str:
    """Read a string with a one-byte length."""
    count = stream[start] if start < end else 0
    if not found.biff8:
        return bytes(stream[start + 1 : min(end, start + 1 + count)]).decode(found.codec, "replace")
    wide = stream[start + 1] & 1 if start + 1 < end else 0
    raw = bytes(stream[start + 2 : min(end, start + 2 + count * (2 if wide else 1))])
    return raw.decode("utf-16-le" if wide else "latin-1", "replace")


def _format_text(stream: bytearray, start: int, end: int, found: _Globals) -> str:
    if not found.biff8:
        return _short_text(stream, start, end, found)
    if start + 3 > end:
        return ""
    (count,) = struct.unpack_from("<H", stream, start)
    wide = stream[start + 2] & 1
    raw = bytes(stream[start + 3 : min(end, start + 3 + count * (2 if wide else 1))])
    return raw.decode("utf-16-le" if wide else "latin-1", "replace")


def _rewrite_format(stream: bytearray, position: int, length: int) -> None:
    """Turn an Excel 5 FORMAT record into one of Excel 97 of the same size, losing its tail.

    Whether a format is a date shows in its first section, so two letters less do no harm.
    """
    count = stream[position + 6] if length > 2 else 0
    text = bytes(stream[position + 7 : position + 7 + count])
    if length < 5:
        struct.pack_into("<H", stream, position, _IGNORED)
        return
    text = text[: length - 5]
    struct.pack_into("<HB", stream, position + 6, len(text), 0)
    stream[position + 9 : position + 9 + len(text)] = text


def _bound(stream: bytearray, data: int, length: int, found: _Globals) -> None:
    (offset,) = struct.unpack_from("<I", stream, data)
    state, kind = stream[data + 4] & 0x3F, stream[data + 5]
    name = _short_text(stream, data + 6, data + length, found).replace("\0", "")
    if offset >= len(stream):
        raise Refusal("truncated", f"sheet {name!r} is missing")
    # States and kinds that no reader knows are put right for calamine.
    stream[data + 4] = state if state in (0, 1, 2) else 0
    stream[data + 5] = kind if kind in (0, 1, 2, 6) else 6
    found.bounds.append(_Bound(name, offset, _STATES.get(state, "visible"), kind))


def _check_strings(stream: bytearray, data: int, length: int) -> None:
    """Put the stated number of shared strings right: readers reserve memory for it."""
    (count,) = struct.unpack_from("<I", stream, data + 4)
    room = length - 8
    position = data + length
    while position + 4 <= len(stream):
        kind, more = struct.unpack_from("<HH", stream, position)
        if kind != _CONTINUE:
            break
        room += more
        position += 4 + more
    if count > room // 3:
        struct.pack_into("<I", stream, data + 4, room // 3)


def _scan_sheet(stream: bytearray, bound: _Bound, most: int) -> None:
    """Note every cell of a sheet and put its records in a form that calamine reads."""
    unpack, pack = struct.unpack_from, struct.pack_into
    position, end = bound.position, len(stream)
    places, offsets, errors = bound.places, bound.row_offsets, bound.errors
    depth = 0
    last_formula = -1
    while position + 4 <= end:
        kind, length = unpack("<HH", stream, position)
        data = position + 4
        if data + length > end:
            raise Refusal("truncated", f"sheet {bound.name!r} ends within a record")
        least = _SINGLE.get(kind)
        if kind == _EOF and depth <= 1:
            return
        if kind in _BOF or kind == _EOF or depth > 1:
            # A chart lying on the sheet: its records are not the sheet's cells, and its end is
            # not the sheet's.
            depth += (kind in _BOF) - (kind == _EOF)
            if depth > 1 or kind == _EOF:
                pack("<H", stream, position, _IGNORED)
        elif least is not None:
            if length < least:
                raise Refusal("damaged", f"sheet {bound.name!r} holds a cell cut short")
            row, column, style = unpack("<HHH", stream, data)
            if column > 255:
                raise Refusal("damaged", f"sheet {bound.name!r} holds a cell beyond column IV")
            if kind == _FORMULA:
                last_formula = position
                _settle_formula(stream, position, row, column, bound)
            elif kind == _BOOLERR:
                if stream[data + 7]:
                    errors[row, column] = ERRORS.get(stream[data + 6], "#N/A")
                    pack("<H", stream, position, _IGNORED)
            elif kind == _RSTRING:
                pack("<H", stream, position, _LABEL)
            places.append((row, column, style))
            offsets.append(data)
        elif kind == _MULRK and length >= 6:
            row, first = unpack("<HH", stream, data)
            count = (length - 6) // 6
            if first + count > 256 or unpack("<H", stream, data + length - 2)[0] != (
                first + count - 1
            ):
                raise Refusal("damaged", f"sheet {bound.name!r} holds a damaged row of numbers")
            for index in range(count):
                (style,) = unpack("<H", stream, data + 4 + 6 * index)
                places.append((row, first + index, style))
            offsets.append(data)
        elif kind == _ROW and length >= 16:
            (row,) = unpack("<H", stream, data)
            (height,) = unpack("<H", stream, data + 6)
            if unpack("<H", stream, data + 12)[0] & 0x20 or height & 0x7FFF == 0:
                bound.hidden_rows.add(row + 1)
        elif kind == _COLINFO and length >= 10:
            first, last, width, _, options = unpack("<HHHHH", stream, data)
            if options & 1 or width == 0:
                bound.hidden_columns.append((first + 1, last + 1))
        elif kind == _MERGED and length >= 2:
            (count,) = unpack("<H", stream, data)
            for index in range(min(count, (length - 2) // 8)):
                top, bottom, left, right = unpack("<HHHH", stream, data + 2 + 8 * index)
                bound.merged.append((top + 1, left + 1, bottom + 1, right + 1))
        elif kind == _DIMENSIONS:
            # calamine reserves memory for the stated size.
            pack("<H", stream, position, _IGNORED)
        elif kind == _STRING and last_formula < 0:
            pack("<H", stream, position, _IGNORED)
        if len(places) > most:
            raise Refusal("too_large", "more cells than allowed")
        position = data + length
    raise Refusal("truncated", f"sheet {bound.name!r} has no end")


def _settle_formula(stream: bytearray, position: int, row: int, column: int, bound: _Bound) -> None:
    """Turn a formula's record into one that holds its last result."""
    pack = struct.pack_into
    data = position + 4
    if stream[data + 12] != 0xFF or stream[data + 13] != 0xFF:
        pack("<H", stream, position, _NUMBER)
        return
    result = stream[data + 6]
    if result == 1:
        stream[data + 6], stream[data + 7] = stream[data + 8], 0
        pack("<H", stream, position, _BOOLERR)
    elif result == 2:
        bound.errors[row, column] = ERRORS.get(stream[data + 8], "#N/A")
        pack("<H", stream, position, _IGNORED)
    else:
        # Text follows in a STRING record; the formula itself need not be understood.
        pack("<H", stream, data + 20, 0)


def _move_together(stream: bytearray, bound: _Bound, limits: Limits) -> None:
    if not bound.places:
        return
    rows = [row for row, _, _ in bound.places]
    columns = [column for _, column, _ in bound.places]
    tall, wide = max(rows) - min(rows) + 1, max(columns) - min(columns) + 1
    if tall * wide <= max(200_000, 50 * len(rows)):
        return
    new = {row: index for index, row in enumerate(sorted(set(rows)))}
    if len(new) * wide > limits.grid:
        raise Refusal("too_large", f"cells are spread over {tall} rows and {wide} columns")
    bound.moved = new
    for offset in bound.row_offsets:
        (row,) = struct.unpack_from("<H", stream, offset)
        struct.pack_into("<H", stream, offset, new[row])


def _sheet(bound: _Bound, grid: Grid, styles: list[Style]) -> Sheet:
    first_row, first_column, rows = grid
    sheet = _empty_sheet(bound)
    hidden_rows, hidden_columns = sheet.hidden_rows, sheet.hidden_columns
    cells: dict[tuple[int, int], Cell] = {}
    count, moved, errors = len(styles), bound.moved, bound.errors
    ordered, last = True, (-1, -1)
    for row, column, style in bound.places:
        place = (row, column)
        value: CellValue
        if place in errors:
            value = ErrorValue(errors[place])
        else:
            at = row if moved is None else moved[row]
            try:
                value = rows[at - first_row][column - first_column]
            except IndexError:
                continue
            if isinstance(value, str) and (not value or value.isspace()):
                continue
        code, font = styles[style] if style < count else (None, None)
        cells[place] = Cell(row + 1, column + 1, value, code, font)
        ordered = ordered and place > last
        last = place
    sheet.cells = list(cells.values()) if ordered else [cells[place] for place in sorted(cells)]
    if hidden_rows or hidden_columns:
        for cell in sheet.cells:
            cell.hidden = cell.row in hidden_rows or cell.column in hidden_columns
    return sheet


def _empty_sheet(bound: _Bound) -> Sheet:
    sheet = Sheet(bound.name, bound.state, kind="macro" if bound.kind == 1 else "worksheet")
    sheet.merged = bound.merged
    sheet.hidden_rows = bound.hidden_rows
    widest = max((column for _, column, _ in bound.places), default=0) + 1
    for first, last in bound.hidden_columns:
        sheet.hidden_columns.update(range(first, min(last, widest) + 1))
    return sheet


# --- when calamine gives up ------------------------------------------------------------------


def _with_xlrd(stream: bytes, bounds: list[_Bound], found: _Globals) -> list[Sheet]:
    """Read the values with xlrd, which is slower and more patient."""
    import xlrd

    try:
        with open(os.devnull, "w", encoding="utf-8") as silence:  # noqa: PTH123
            book = xlrd.open_workbook(
                file_contents=stream, logfile=silence, on_demand=True, ragged_rows=True
            )
            grids = [_xlrd_values(book, bound) for bound in bounds]
    except Exception as error:
        raise Refusal("damaged", f"the workbook's records are damaged ({error})") from None
    styles = found.styles()
    sheets = []
    for bound, values in zip(bounds, grids, strict=True):
        sheet = _empty_sheet(bound)
        style_of = {(row, column): style for row, column, style in bound.places}
        for (row, column), value in sorted(values.items()):
            style = style_of.get((row, column), -1)
            code, font = styles[style] if 0 <= style < len(styles) else (None, None)
            hidden = row + 1 in sheet.hidden_rows or column + 1 in sheet.hidden_columns
            sheet.cells.append(Cell(row + 1, column + 1, value, code, font, hidden))
        sheets.append(sheet)
    return sheets


def _xlrd_values(book: Any, bound: _Bound) -> dict[tuple[int, int], CellValue]:
    import xlrd

    values: dict[tuple[int, int], CellValue] = {}
    if bound.kind == 1:
        return values  # xlrd passes macro sheets over
    sheet = book.sheet_by_name(bound.name)
    for row in range(sheet.nrows):
        kinds, contents = sheet.row_types(row), sheet.row_values(row)
        for column, (kind, content) in enumerate(zip(kinds, contents, strict=True)):
            value: CellValue
            if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                continue
            if kind == xlrd.XL_CELL_TEXT:
                if not content or content.isspace():
                    continue
                value = content
            elif kind == xlrd.XL_CELL_BOOLEAN:
                value = bool(content)
            elif kind == xlrd.XL_CELL_ERROR:
                value = ErrorValue(ERRORS.get(content, "#N/A"))
            elif kind == xlrd.XL_CELL_DATE:
                value = _xlrd_date(content, book.datemode)
            else:
                value = content
            values[row, column] = value
    return values


def _xlrd_date(serial: float, datemode: int) -> CellValue:
    import xlrd

    try:
        moment = xlrd.xldate_as_datetime(serial, datemode)
    except (ValueError, OverflowError, xlrd.XLDateError):
        return serial
    if serial < 1:
        return moment.time()
    return moment.date() if moment.time() == dt.time() else moment
