"""The cells of a sheet of Excel that is written as programs usually write it, found in one search.

Most sheets hold addresses, styles and stored values and nothing else between ``<sheetData>`` and
its end. Only such a part is taken apart here: from first to last it must be rows that hold cells of
the usual form, so nothing can be missed. All others are read element by element (`ooxml_sheet`),
and so is what is no XML refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kgstats.returns.files.grid import column_number

Stored = tuple[tuple[int, int, str | None, str | None], str]
"""Row, column, style and kind of a cell, None for what it lacks, and its stored value."""

_CELL = r'<c r="([A-Z]{1,2}+)([1-9][0-9]{0,5}+)"(?: s="([0-9]++)")?+(?: t="([A-Za-z]++)")?+'
_BLANK = rf"(?:{_CELL.replace('([', '(?:[')}(?: ?/>|></c>|><v ?/></c>))*+"
"""Cells without a value."""
_ROW = r'<row r="[1-9][0-9]{0,5}"(?: (?!r=|hidden=|ht="0)[A-Za-z][A-Za-z0-9:]*+="[^"<&\0\r]*+")*+ ?'
_ROWS = rf"</row>(?:{_ROW}(?:/>|>{_BLANK}</row>))*+"
"""The end of a row, and rows without a value below it."""
_BEFORE_VALUE = re.compile(rf"{_BLANK}(?:{_ROWS}{_ROW}>{_BLANK})?+{_CELL}><v")
_AFTER_VALUES = re.compile(_BLANK + _ROWS)
_VALUE_ENDS = "</v></c>"
_NO_VALUE = re.compile(r"[<&\x00-\x08\x0b-\x1f\ufffe\uffff]")
_DECLARED = (
    r"(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?:UTF|utf)-8[\"'])?"
    r"(?: standalone=[\"'](?:yes|no)[\"'])?\s*\?>)?\s*"
)
_UTF8 = re.compile(rf"{_DECLARED}<worksheet[\s>]".encode())
_START, _END = b"<sheetData>", b"</sheetData>"
_BEFORE_TEXT = frozenset(("<si><t", '<si><t xml:space="preserve"'))
_BEFORE_TEXTS = re.compile(
    rf'{_DECLARED}<sst(?: xmlns="[a-z0-9:/.]+")?(?: count="[0-9]+")?(?: uniqueCount="[0-9]+")?>'
    rf"(?:{'|'.join(_BEFORE_TEXT)})"
)
_TEXT_ENDS, _AFTER_TEXTS = "</t></si>", "</sst>"


class _Places(dict[str, tuple[int, int, str | None, str | None]]):
    """What a cell is by the XML before its value: the same comes on every sheet of a form."""

    def __missing__(self, before: str) -> tuple[int, int, str | None, str | None]:
        match = _BEFORE_VALUE.fullmatch(before)
        if match is None:
            raise KeyError(before)
        letters, row, style, kind = match.groups()
        found = int(row), column_number(letters), style, kind
        if len(before) <= LONGEST_KEPT:
            if len(self) >= MOST_KEPT:
                self.clear()
            self[before] = found
        return found


LONGEST_KEPT, MOST_KEPT = 256, 1 << 14
_PLACES = _Places()


def plain_cells(body: bytes) -> tuple[Iterable[Stored], bytes] | None:
    """Return the cells of a usual sheet, and its XML without them; None for any other.

    >>> cells, rest = plain_cells(
    ...     b'<worksheet><sheetData><row r="2"><c r="B2"><v>7</v></c></row></sheetData></worksheet>'
    ... )
    >>> list(cells), rest
    ([((2, 2, None, None), '7')], b'<worksheet><sheetData></sheetData></worksheet>')
    >>> plain_cells(b'<worksheet><sheetData><row r="2"><c r="B2"><f>1+6</f><v>7</v></c></row>'
    ...             b'</sheetData></worksheet>') is None
    True
    """
    if _UTF8.match(body) is None or (b"!" in body and b"<!" in body):
        return None
    first, end = body.find(_START), body.rfind(_END)
    if first < 0 or end < first or body.find(b"sheetData", end + len(_END)) >= 0:
        return None
    try:
        data = body[first + len(_START) : end].decode()
    except UnicodeDecodeError:
        return None
    *cells, last = f"</row>{data}".split(_VALUE_ENDS)  # as if a row stood above the first
    parted = [one.rpartition(">") for one in cells]
    values = [value for _, _, value in parted]
    if _AFTER_VALUES.fullmatch(last) is None or _NO_VALUE.search("".join(values)) is not None:
        return None
    try:
        places = [_PLACES[before] for before, _, _ in parted]
    except KeyError:
        return None
    return zip(places, values, strict=True), body[: first + len(_START)] + body[end:]


def plain_texts(body: bytes) -> list[str] | None:
    """Return the shared texts of a usual workbook in their order; None for any other.

    From first to last the part is what it should be: it needs no parser to be known as XML.

    >>> plain_texts(b"<sst><si><t>An</t></si><si><t>5</t></si></sst>")
    ['An', '5']
    >>> plain_texts(b"<sst><si><r><t>a</t></r><r><t>b</t></r></si></sst>") is None
    True
    """
    try:
        *texts, after = body.decode().split(_TEXT_ENDS)
    except UnicodeDecodeError:
        return None
    parted = [one.rpartition(">") for one in texts]
    found = [text for _, _, text in parted]
    before = [one for one, _, _ in parted]
    if after.rstrip() != _AFTER_TEXTS or not found or _NO_VALUE.search("".join(found)) is not None:
        return None
    usual = _BEFORE_TEXTS.fullmatch(before[0]) is not None and set(before[1:]) <= _BEFORE_TEXT
    return found if usual else None
