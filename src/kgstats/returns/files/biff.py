"""Workbooks of Excel 5 to 2003 (xls): a stream of BIFF records in a compound file.

xlrd reads the cells. Before, one pass over the records counts them, so that nothing costly is
begun, and takes out all records xlrd is not needed for (defined names, links, drawings, page
set-up): they are where damaged files make readers stumble.
"""

from __future__ import annotations

import contextlib
import io
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from kgstats.returns.cells import Cell, CellValue, ErrorValue, Sheet
from kgstats.returns.files import formats
from kgstats.returns.files.containers import Budget, Refusal
from kgstats.returns.files.formulas import Formulas, SheetFormulas
from kgstats.returns.files.grid import finish

ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOF = (0x0809, 0x0409, 0x0209, 0x0009)
_EOF, _CONTINUE, _FILEPASS, _CODEPAGE, _BOUNDSHEET = 0x0A, 0x3C, 0x2F, 0x42, 0x85
_NAME, _EXTERNSHEET, _SST = 0x18, 0x17, 0xFC
_ROW, _COLINFO, _MERGED, _FILTERMODE, _PRECISION = 0x208, 0x7D, 0xE5, 0x9B, 0x0E
_NUMBER, _LABEL, _BOOLERR, _STRING = 0x203, 0x204, 0x205, 0x207
_RK, _MULRK, _LABELSST, _RSTRING, _FORMULA = 0x27E, 0xBD, 0xFD, 0xD6, 0x06
_SHARED = 0x4BC
_BETWEEN = (_SHARED, 0x221, 0x236)
"""Shared formula, array and table: they stand between a formula and the text it gives."""
_IGNORED = 0x0FFE
"""A record number that means nothing to any reader."""
_LEAST = {_NUMBER: 14, _LABEL: 8, _BOOLERR: 8, _RK: 10, _LABELSST: 10, _RSTRING: 8, _FORMULA: 22}
"""Records of one cell, with the least length that makes sense."""
_KEPT = frozenset((*_LEAST, _MULRK, _EOF, _CONTINUE, _STRING, _ROW, _COLINFO, _MERGED, *_BETWEEN))
_WORKSHEET, _MACRO, _MODULE = 0, 1, 6

_STATES: dict[int, Literal["visible", "hidden", "very_hidden"]] = {1: "hidden", 2: "very_hidden"}


@dataclass(slots=True)
class _Bound:
    """A sheet as the workbook lists it, and what the pass over its records finds."""

    position: int
    state: Literal["visible", "hidden", "very_hidden"]
    kind: int
    filtered: bool = False
    as_shown: bool = False
    """Whether the workbook calculates with numbers as they are shown."""
    texts: int = 0
    """How many of the workbook's shared texts its cells reach."""
    formulas: list[tuple[int, int, bytes]] = field(default_factory=list)
    """Row and column, from 0, and the formula's tokens, of those that give a number or no text."""
    shared: dict[tuple[int, int], bytes] = field(default_factory=dict)
    """Tokens of a formula that was filled into several cells, by the first of them."""


def workbook_stream(data: bytes) -> bytes | None:
    """Take the workbook out of a compound file; None where it is an encrypted one since 2007.

    Raises
    ------
    Refusal
        ``truncated`` or ``not_a_spreadsheet``.
    """
    import olefile

    if len(data) < 1024:
        raise Refusal("truncated", "a compound file ends within its header")
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            streams = {path[0].casefold(): path for path in file.listdir() if len(path) == 1}
            if "encryptedpackage" in streams:
                return None
            for name in ("workbook", "book"):
                if name in streams:
                    return bytes(file.openstream(streams[name]).read())
    except Exception as error:
        raise Refusal("truncated", f"the compound file is damaged ({error})") from None
    raise Refusal("not_a_spreadsheet", _other_content(streams.keys()))


def _other_content(streams: Iterable[str]) -> str:
    for stream, meaning in (
        ("worddocument", "a Word document"),
        ("powerpoint document", "a PowerPoint presentation"),
        ("__properties_version1.0", "an Outlook message"),
    ):
        if stream in streams:
            return meaning
    return "a compound file without a workbook"


def read_stream(received: bytes, budget: Budget) -> list[Sheet]:
    """Read the sheets of a BIFF5 or BIFF8 workbook stream.

    Raises
    ------
    Refusal
        ``locked``, ``macro_only``, ``not_a_spreadsheet``, ``unsupported_format``, ``truncated``,
        ``damaged`` or ``too_large``.
    """
    stream = bytearray(received)
    bounds, codec, texts_at = _globals(stream, budget)
    kept = [bound for bound in bounds if bound.kind in (_WORKSHEET, _MACRO)]
    if all(bound.kind != _WORKSHEET for bound in kept):
        if kept or any(bound.kind == _MODULE for bound in bounds):
            raise Refusal("macro_only", "the workbook holds macros and no worksheet")
        raise Refusal("not_a_spreadsheet", "the workbook holds no worksheet")
    end = 0
    for bound in sorted(kept, key=lambda one: one.position):
        if bound.position < end:
            raise Refusal("damaged", "two sheets stand in one place of the file")
        end = _scan(stream, bound, budget)
    if texts_at is not None:
        # Some writers state more shared texts than there are; those that are used are enough.
        (stated,) = struct.unpack_from("<I", stream, texts_at)
        used = max(bound.texts for bound in kept)
        struct.pack_into("<I", stream, texts_at, min(stated, used))
    return _with_xlrd(bytes(stream), kept, codec, budget)


# --- records ---------------------------------------------------------------------------------


def _globals(stream: bytearray, budget: Budget) -> tuple[list[_Bound], str | None, int | None]:
    """Read the list of sheets.

    Returns
    -------
    tuple
        The sheets, the codec that text of Excel 5 is stored in, and where the number of shared
        texts stands.
    """
    unpack = struct.unpack_from
    position, end = 0, len(stream)
    if end < 8 or unpack("<H", stream)[0] not in _BOF:
        raise Refusal("damaged", "the workbook does not begin as one")
    if unpack("<H", stream)[0] != 0x0809:
        raise Refusal("unsupported_format", "a workbook of Excel 4 or before: save it as .xlsx")
    unicode = unpack("<H", stream, 4)[0] != 0x0500
    codec: str | None = None if unicode else "cp1252"
    bounds: list[_Bound] = []
    texts_at: int | None = None
    as_shown = False
    while position + 4 <= end:
        kind, length = unpack("<HH", stream, position)
        data = position + 4
        if data + length > end:
            raise Refusal("truncated", "the workbook ends within a record")
        if kind == _EOF:
            break
        if kind == _FILEPASS:
            raise Refusal("locked", "the workbook is protected with a password")
        if kind == _CODEPAGE and length >= 2 and not unicode:
            codec = _codec(unpack("<H", stream, data)[0])
        elif kind == _BOUNDSHEET and length >= 8:
            (offset,) = unpack("<I", stream, data)
            state, sheet_kind = stream[data + 4] & 0x3F, stream[data + 5]
            if offset + 8 > end:
                raise Refusal("truncated", "a sheet is missing")
            bounds.append(_Bound(offset, _STATES.get(state, "visible"), sheet_kind))
            if sheet_kind == _MACRO:
                # xlrd passes macro sheets over; their cells are received like others.
                stream[data + 5] = _WORKSHEET
                struct.pack_into("<H", stream, offset + 6, 0x10)
        elif kind == _SST and length >= 8:
            texts_at = data + 4
        elif kind == _PRECISION and length >= 2:
            as_shown = not any(stream[data : data + 2])
        elif kind in (_NAME, _EXTERNSHEET):
            struct.pack_into("<H", stream, position, _IGNORED)
        position = data + length
    if len(bounds) > budget.limits.sheets:
        raise Refusal("too_large", f"{len(bounds)} sheets")
    for bound in bounds:
        bound.as_shown = as_shown
    return bounds, codec, texts_at


def _codec(page: int) -> str:
    """Name the codec of a code page, as the Macintosh numbers its own too."""
    name = "mac_roman" if page in (10_000, 32_768) else f"cp{page}"
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name


def _scan(stream: bytearray, bound: _Bound, budget: Budget) -> int:
    """Count the cells of a sheet, note its formulas, ignore what is not needed; return its end."""
    unpack, pack = struct.unpack_from, struct.pack_into
    position, end = bound.position, len(stream)
    depth = 0
    budget.look_at_the_clock()
    while position + 4 <= end:
        kind, length = unpack("<HH", stream, position)
        data = position + 4
        if data + length > end:
            raise Refusal("truncated", "a sheet ends within a record")
        if kind == _EOF and depth <= 1:
            return data + length
        if kind in _BOF or kind == _EOF or depth > 1:
            # A chart lying on the sheet: its records are not the sheet's cells, and its end is
            # not the sheet's.
            depth += (kind in _BOF) - (kind == _EOF)
            if depth > 1 or kind == _EOF:
                pack("<H", stream, position, _IGNORED)
        elif (least := _LEAST.get(kind)) is not None:
            if length < least:
                raise Refusal("damaged", "a sheet holds a cell cut short")
            if unpack("<H", stream, data + 2)[0] > 255:
                raise Refusal("damaged", "a sheet holds a cell beyond column IV")
            budget.spend(cells=1)
            if kind == _LABELSST:
                bound.texts = max(bound.texts, unpack("<I", stream, data + 6)[0] + 1)
            elif kind == _FORMULA:
                _note_formula(stream, data, length, bound)
        elif kind == _MULRK:
            first, last = unpack("<H", stream, data + 2)[0], unpack("<H", stream, data + length - 2)
            if length < 12 or not first <= last[0] == first + (length - 6) // 6 - 1 <= 255:
                raise Refusal("damaged", "a sheet holds a damaged row of numbers")
            budget.spend(cells=last[0] - first + 1)
        elif kind == _COLINFO:
            budget.spend(places=256)
        elif kind == _FILTERMODE:
            bound.filtered = True
        elif kind == _PRECISION and length >= 2:
            bound.as_shown |= not any(stream[data : data + 2])
        elif kind not in _KEPT:
            pack("<H", stream, position, _IGNORED)
        position = data + length
    raise Refusal("truncated", "a sheet has no end")


def _note_formula(stream: bytearray, data: int, length: int, bound: _Bound) -> None:
    """Note a formula that gives a number or no text; see that a text result is really there."""
    row, column = struct.unpack_from("<HH", stream, data)
    after = data + length
    if after + 14 <= len(stream) and struct.unpack_from("<H", stream, after)[0] == _SHARED:
        (size,) = struct.unpack_from("<H", stream, after + 2)
        bound.shared[row, column] = bytes(stream[after + 12 : after + 4 + size])
    result = stream[data + 6 : data + 14]
    if result[6:] == b"\xff\xff" and result[0] == 0:
        following = data + length
        kind = _EOF
        while following + 4 <= len(stream):
            kind, more = struct.unpack_from("<HH", stream, following)
            if kind not in _BETWEEN:
                break
            following += 4 + more
        if kind != _STRING:
            stream[data + 6] = result[0] = 3
    if result[6:] != b"\xff\xff" or result[0] == 3:
        bound.formulas.append((row, column, bytes(stream[data + 20 : data + length])))


# --- cells -----------------------------------------------------------------------------------


def _with_xlrd(
    stream: bytes, bounds: list[_Bound], codec: str | None, budget: Budget
) -> list[Sheet]:
    import xlrd

    sheets: list[Sheet] = []
    formulas = Formulas()
    try:
        with open(os.devnull, "w", encoding="utf-8") as silence:  # noqa: PTH123
            book = xlrd.open_workbook(
                file_contents=stream,
                logfile=silence,
                formatting_info=True,
                on_demand=True,
                ragged_rows=True,
                encoding_override=codec,
            )
            styles = _styles(book)
            for number, bound in enumerate(bounds):
                budget.look_at_the_clock()
                sheet = _sheet(book, number, bound, styles)
                _formulas(formulas.of(sheet), bound, book)
                sheets.append(sheet)
                book.unload_sheet(number)
    except UnicodeDecodeError:
        if codec in (None, "latin-1"):
            raise Refusal("damaged", "the workbook's text is in no known encoding") from None
        # One byte that the code page does not have must not cost the file.
        return _with_xlrd(stream, bounds, "latin-1", budget)
    except Refusal:
        raise
    except Exception as error:
        raise Refusal("damaged", f"the workbook's records are damaged ({error})") from None
    formulas.as_shown = any(bound.as_shown for bound in bounds)
    formulas.settle()
    return sheets


def _styles(book: Any) -> list[formats.Style]:
    """Number format and font of each cell style."""
    from xlrd.formatting import std_format_strings

    found = []
    for xf in book.xf_list:
        code = book.format_map.get(xf.format_key)
        text = None if code is None else code.format_str
        if text == std_format_strings.get(xf.format_key):
            text = formats.BUILTIN_FORMATS.get(xf.format_key)
        fonts = book.font_list
        font = fonts[xf.font_index] if xf.font_index < len(fonts) else None
        strikes = font is not None and bool(font.struck_out)
        found.append(formats.style(text, font.name if font else None, strikes=strikes))
    return found


def _sheet(book: Any, number: int, bound: _Bound, styles: list[formats.Style]) -> Sheet:
    from xlrd import (
        XL_CELL_BLANK,
        XL_CELL_BOOLEAN,
        XL_CELL_EMPTY,
        XL_CELL_ERROR,
        XL_CELL_TEXT,
    )

    received = book.sheet_by_index(number)
    kind: Literal["macro", "worksheet"] = "macro" if bound.kind == _MACRO else "worksheet"
    sheet = Sheet(received.name, bound.state, kind=kind)
    nothing, rich = formats.Style(), received.rich_text_runlist_map
    for row in range(received.nrows):
        kinds, contents = received.row_types(row), received.row_values(row)
        for column, (stored, content) in enumerate(zip(kinds, contents, strict=True)):
            if stored in (XL_CELL_EMPTY, XL_CELL_BLANK):
                continue
            index = received.cell_xf_index(row, column)
            style = styles[index] if 0 <= index < len(styles) else nothing
            value: CellValue = content
            if stored == XL_CELL_TEXT:
                if not content or content.isspace():
                    continue
                if runs := rich.get((row, column)):
                    value = _raised(content, runs, book.font_list)
            elif stored == XL_CELL_BOOLEAN:
                value = bool(content)
            elif stored == XL_CELL_ERROR:
                value = ErrorValue(ERRORS.get(content, "#N/A"))
            else:
                value = formats.as_shown(content, style.shows, date1904=bool(book.datemode))
            value = formats.as_seen(value, style.shows)
            sheet.cells.append(Cell(row + 1, column + 1, value, style.number_format, style.font))
    sheet.hidden_rows = {
        row + 1
        for row, info in received.rowinfo_map.items()
        if info.hidden or (info.height == 0 and not info.has_default_height)
    }
    sheet.merged = [
        (top + 1, left + 1, bottom, right) for top, bottom, left, right in received.merged_cells
    ]
    finish(
        sheet,
        [(c + 1, c + 1) for c, one in received.colinfo_map.items() if one.hidden or not one.width],
    )
    if bound.filtered:
        sheet.filtered_rows = set(sheet.hidden_rows)
    return sheet


def _raised(text: str, runs: list[tuple[int, int]], fonts: list[Any]) -> str:
    """Write the digits that a text's fonts raise behind a number as what they are."""
    ends = [at for at, _ in runs[1:]] + [len(text)]
    for (start, font), end in zip(runs, ends, strict=True):
        if font < len(fonts) and fonts[font].escapement == _SUPERSCRIPT:
            text = text[:start] + formats.raised(text[start:end], text[:start]) + text[end:]
    return text


_SUPERSCRIPT = 1
"""How a font says that it stands above the line."""


def _formulas(found: SheetFormulas, bound: _Bound, book: Any) -> None:
    """Take the formulas, so that it shows whether they give what is saved for them."""
    from xlrd.formula import FMLA_TYPE_CELL, FMLA_TYPE_SHARED, decompile_formula

    values = {(cell.row, cell.column): cell.value for cell in found.sheet.cells}
    for row, column, tokens in bound.formulas:
        text, way = "", FMLA_TYPE_CELL
        if len(tokens) >= 7 and tokens[2] == _COPY:
            first = struct.unpack_from("<HH", tokens, 3)
            tokens, way = bound.shared.get(first, b""), FMLA_TYPE_SHARED
        if 2 < len(tokens) <= _LONGEST_FORMULA:
            (length,) = struct.unpack_from("<H", tokens)
            with contextlib.suppress(Exception):  # tokens that xlrd does not know
                text = decompile_formula(book, tokens[2:], length, way, browx=row, bcolx=column)
        at = (row + 1, column + 1)
        found.add(*at, text or "", values.get(at), saved=True)


_COPY = 0x01
"""The token of a formula that says where its first cell stands."""
_LONGEST_FORMULA = 500
